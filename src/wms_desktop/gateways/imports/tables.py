"""Files that are tables, whatever they are kept in: titles first, then rows, each taken by its format's own hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from itertools import chain
from typing import Protocol

from wms_desktop.domain import written
from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import caps
from wms_desktop.gateways.imports.columns import Columns
from wms_desktop.gateways.imports.text_rows import Broken, Row
from wms_desktop.prompts import Message
from wms_desktop.views.imports import Declared, Fault, Reading, Record

Rows = Iterator[Row | Broken]
Told = tuple[tuple[Declared, ...], tuple[Message, ...]]
Reader = Generator[Record | Fault, None, Told]


class Hand(Protocol):
    """What takes the rows of one format; None is a row that holds nothing of its own."""

    def take(self, line: int, cells: list[str]) -> Record | Fault | None:
        """One row."""

    def told(self) -> Told:
        """The control counts of the file, and what is to be said at its end."""


class PlainHand:
    """Takes rows that stand each for itself; an article may come once only."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._first: dict[str, int] | None = {} if columns.reading.kind == "products" else None

    def take(self, line: int, cells: list[str]) -> Record | Fault | None:
        """One row by its columns."""
        row = self.columns.read(line, cells)
        if self._first is None or isinstance(row, Fault):
            return row
        before = self._first.setdefault(row.key, line)
        if before != line:
            return self.columns.fault(row, "sku", "import.read.twice", row.key, first=before)
        return row

    def told(self) -> Told:
        """Only what was mended."""
        return (), self.columns.notes()


def find_titles(rows: Rows, header: int) -> tuple[list[str], int, list[str], Rows]:
    """The titles, made distinct, with their row; the row's own cells; the rows behind them.

    Refuses a file without such a row, too many columns, and titles that are too long.
    """
    for row in rows:
        line, cells = row
        if header and line < header:
            continue
        if isinstance(cells, str):
            raise BadInput("import.read.header_broken", line=line)
        if len(cells) > caps.MOST_COLUMNS:
            raise BadInput("import.read.many_columns", line=line, most=caps.MOST_COLUMNS)
        if not header:
            return [str(number) for number in range(1, len(cells) + 1)], line, [], chain([row], rows)
        return make_titles(cells, line), line, cells, rows
    raise BadInput("import.read.no_rows", line=max(header, 1))


def make_titles(cells: Sequence[str], line: int) -> list[str]:
    """The titles of a file's columns: on one line each, and numbered where several are the same or none is given."""
    titles: list[str] = []
    for place, cell in enumerate(cells, start=1):
        if len(cell) > caps.MOST_TITLE:
            raise BadInput("import.read.title_long", line=line, column=place, most=caps.MOST_TITLE)
        title = " ".join(cell.replace("\ufeff", "").split())
        if written.unreadable(title):
            raise BadInput("import.read.title_unreadable", line=line, column=place)
        titles.append(title or f"#{place}")
    many = Counter(titles)
    count: Counter[str] = Counter()
    for place, title in enumerate(titles):
        if many[title] > 1:
            count[title] += 1
            titles[place] = f"{title} ({count[title]})"
    return titles


def take_rows(rows: Iterable[Row | Broken], hand: Hand, columns: Columns, header: Sequence[str]) -> Reader:
    """Every row behind the titles, by the format's hand. Refuses too many rows."""
    for count, (line, cells) in enumerate(rows):
        if count >= caps.MOST_ROWS:
            raise BadInput("import.read.many_rows", line=line, most=caps.MOST_ROWS)
        if isinstance(cells, str):
            yield columns.broken(line, cells)
        elif cells == header:
            yield columns.broken(line, "import.read.header_again", cells)
        else:
            try:
                row = hand.take(line, cells)
            except BadInput as fault:  # of a cell that the mapping does not show
                row = columns.broken(line, fault.code, cells, **fault.args_)
            if row is not None:
                yield row
    return hand.told()


def columns_of(titles: list[str], reading: Reading, line: int) -> Columns:
    """The columns by the reading's mapping. Refuses ``column_missing``, ``field_missing`` and their like."""
    if not reading.mapping:
        raise BadInput("import.read.no_mapping", line=line)
    return Columns(titles, reading, line)
