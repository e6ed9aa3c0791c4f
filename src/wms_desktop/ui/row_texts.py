"""The texts of many rows: made when they are first seen, once for rows that say the same, and ready for a filter."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wms_desktop.ui.widgets import plain

_CELL = 200
_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its title, the text of a row, what rows sort by (None: the text), whether figures stand on the right.

    ``by``: rows that are equal in this have the same text, which is then made once for all of them; a column whose
    text takes long to make (a day in words, a sentence) should say so. ``value`` is what a file gets (a number, a
    day, a text) where the text on the screen is dressed up; ``tone`` names the theme's ink for a row ("alarm",
    "soft"; "": the usual); ``is_hidden``: not shown until it is asked for.
    """

    title: str
    text: Callable[[Any], str]
    sort: Callable[[Any], Any] | None = None
    by: Callable[[Any], Hashable] | None = None
    is_number: bool = False
    value: Callable[[Any], Any] | None = None
    tone: Callable[[Any], str] | None = None
    is_hidden: bool = False


class RowTexts:
    """The texts of some rows in some columns; the filter looks in the columns on the screen only."""

    def __init__(self, columns: Sequence[Column], rows: Sequence[Any] = (), searched: Sequence[int] = ()) -> None:
        self.columns = tuple(columns)
        self.rows = tuple(rows)
        self.searched = tuple(searched)
        self._made: list[dict[Hashable, str]] = [{} for _ in self.columns]
        self._whole: list[str] = []

    def text(self, number: int, column: int) -> str:
        """The text of a cell; what comes from outside is plain."""
        row, by = self.rows[number], self.columns[column].by
        known = number if by is None else by(row)
        made = self._made[column].get(known)
        if made is None:
            made = self._made[column][known] = plain(self.columns[column].text(row), _CELL)
        return made

    def sort_keys(self, column: int) -> list[Any]:
        """What each row sorts by in a column."""
        sort = self.columns[column].sort
        if sort is not None:
            return [sort(row) for row in self.rows]
        return [text.casefold() for text in self._texts(column, self.rows)]

    def holding(self, numbers: Iterable[int], words: Iterable[str]) -> list[int]:
        """Those of the rows that hold every word."""
        self.prepare()
        left, whole = list(numbers), self._whole
        for word in words:
            left = [number for number in left if word in whole[number]]
        return left

    def is_prepared(self) -> bool:
        """Whether a filter finds everything made ready."""
        return len(self._whole) == len(self.rows)

    def prepare(self, seconds: float | None = None) -> None:
        """Make ready what the filter looks in, as far as the time allows."""
        until = None if seconds is None else time.monotonic() + seconds
        while not self.is_prepared():
            begin = len(self._whole)
            rows = self.rows[begin : begin + _AT_ONCE]
            across = [self._texts(column, rows) for column in self.searched] or [[""] * len(rows)]
            self._whole += ["\n".join(texts).casefold() for texts in zip(*across, strict=True)]
            if until is not None and time.monotonic() > until:
                return

    def _texts(self, column: int, rows: Sequence[Any]) -> list[str]:
        text, by = self.columns[column].text, self.columns[column].by
        if by is None:
            return [text(row) for row in rows]
        known = self._made[column]

        def make(key: Hashable, row: Any) -> str:
            made = known[key] = plain(text(row), _CELL)
            return made

        return [known[key] if (key := by(row)) in known else make(key, row) for row in rows]


def value_of(column: Column, row: Any) -> Any:
    """What a file gets of a row in a column: a number where there is one, else the text of the screen."""
    if column.value is not None:
        return column.value(row)
    number = column.sort(row) if column.is_number and column.sort is not None else None
    return number if isinstance(number, int | float | Decimal) else column.text(row)
