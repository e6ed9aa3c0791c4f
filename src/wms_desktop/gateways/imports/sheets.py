"""The sheets of an XLSX workbook as rows of texts: numbers and days as they are written, formulas by their results."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import BinaryIO

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import caps
from wms_desktop.gateways.imports.text_rows import Broken, Row
from wms_desktop.gateways.imports.workbook import Package, XmlReader, drain, local
from wms_desktop.prompts import Message
from wms_desktop.views.imports import Reading

NOT_CALCULATED = "#NOT-CALCULATED!"
_CELL = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_DAY_FORMATS = {*range(14, 23), *range(27, 37), *range(50, 59)}
_NOT_FORMAT = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 — a sheet knows no zone
_LAST_DAY = 2_958_465
_MOST_STYLES = 65_536


class Workbook:
    """An XLSX file: its sheets by name, its strings and its formats. Refuses ``import.read.xlsx_*``."""

    def __init__(self, stream: BinaryIO) -> None:
        self.package = Package(stream)
        book = _Book("xl/workbook.xml")
        drain(self.package, book.member, book)
        targets = _Targets("xl/_rels/workbook.xml.rels")
        drain(self.package, targets.member, targets)
        self.sheets: dict[str, str] = {}
        self.hidden = book.hidden
        for name, link in book.sheets:
            kind, target = targets.found.get(link, ("", ""))
            if kind.endswith("/worksheet"):
                self.sheets[name] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        if not self.sheets:
            raise BadInput("import.read.not_a_workbook")
        self.hidden_rows = 0
        self._is_1904 = book.is_1904
        self._strings = self._read(targets, "/sharedStrings", _Strings)
        self._styles = self._read(targets, "/styles", _Styles)

    def _read(self, targets: _Targets, kind: str, made: type[_Strings] | type[_Styles]) -> list[str]:
        target = next((target for found, target in targets.found.values() if found.endswith(kind)), "")
        member = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/") if target else ""
        if member not in self.package.members:
            return []
        reader = made(member)
        drain(self.package, member, reader)
        return reader.values

    def choose(self, name: str) -> str:
        """The sheet of that name, or the first that is not hidden. Refuses a name that the workbook does not have."""
        if name and name not in self.sheets:
            raise BadInput("import.read.sheet_missing", sheet=name[:80], sheets=", ".join(self.sheets)[:200])
        visible = (sheet for sheet in self.sheets if sheet not in self.hidden)
        return name or next(visible, next(iter(self.sheets)))

    def rows(self, name: str, decimal: str) -> Iterator[Row]:
        """The rows of a sheet that hold anything, as texts, with their numbers."""
        member = self.sheets[name]
        reader = _Sheet(member, self._strings, self._styles, decimal, _EPOCH_1904 if self._is_1904 else _EPOCH)
        for _ in self.package.parse(member, reader):
            self.hidden_rows = reader.hidden
            yield from reader.ready
            reader.ready.clear()


class SheetRows:
    """The rows of the reading's sheet, each at least as wide as its titles."""

    def __init__(self, stream: BinaryIO, reading: Reading) -> None:
        self._book = Workbook(stream)
        self._sheet = self._book.choose(reading.sheet)
        self._reading = reading
        self._width = 0

    def __iter__(self) -> Iterator[Row | Broken]:
        for line, cells in self._book.rows(self._sheet, self._reading.decimal):
            if not self._width and line >= self._reading.header:
                self._width = len(cells)
            if len(cells) < self._width:
                cells += [""] * (self._width - len(cells))
            yield line, cells

    def notes(self) -> tuple[Message, ...]:
        """What a person who looks at the sheet would not see."""
        hidden = self._book.hidden_rows
        return (Message("import.read.hidden_rows", {"count": hidden}),) if hidden else ()


class _Book(XmlReader):
    """workbook.xml: the sheets in their order."""

    def __init__(self, member: str) -> None:
        super().__init__(member)
        self.sheets: list[tuple[str, str]] = []
        self.hidden: set[str] = set()
        self.is_1904 = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Notes a sheet."""
        if name == "workbookPr":
            self.is_1904 = local(attributes, "date1904") in ("1", "true")
        elif name == "sheet":
            title = local(attributes, "name")
            if len(title) > caps.MOST_TITLE or len(self.sheets) >= caps.MOST_SHEETS:
                raise BadInput("import.read.xlsx_damaged", place=self.member)
            self.sheets.append((title, local(attributes, "id")))
            if local(attributes, "state") in ("hidden", "veryHidden"):
                self.hidden.add(title)


class _Targets(XmlReader):
    """A part's relations: what each link leads to."""

    def __init__(self, member: str) -> None:
        super().__init__(member)
        self.found: dict[str, tuple[str, str]] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Notes a link that stays within the file."""
        if name == "Relationship" and local(attributes, "TargetMode") != "External":
            self.found[local(attributes, "Id")] = (local(attributes, "Type"), local(attributes, "Target"))


class _Strings(XmlReader):
    """sharedStrings.xml: the texts that cells name by number."""

    def __init__(self, member: str) -> None:
        super().__init__(member)
        self.values: list[str] = []
        self._parts: list[str] = []
        self._is_text = False
        self._is_sound = 0
        self._length = 0
        self._total = 0
        self.parser.CharacterDataHandler = self._add

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """A text begins, or the reading aid of one, which is no part of it."""
        if name == "si":
            self._parts.clear()
            self._length = 0
        elif name == "t":
            self._is_text = not self._is_sound
        elif name == "rPh":
            self._is_sound += 1

    def end(self, name: str) -> None:
        """A text ends."""
        if name == "t":
            self._is_text = False
        elif name == "rPh":
            self._is_sound -= 1
        elif name == "si":
            self.values.append(_unescaped("".join(self._parts)))
            if len(self.values) > caps.MOST_STRINGS:
                raise BadInput("import.read.xlsx_size", most=caps.MOST_UNPACKED >> 20)

    def _add(self, text: str) -> None:
        if not self._is_text:
            return
        self._parts.append(text)
        self._length += len(text)
        self._total += len(text)
        if self._length > caps.MOST_CELL:
            raise BadInput("import.read.xlsx_cell_long", cell=f"#{len(self.values) + 1}", most=caps.MOST_CELL)
        if self._total > caps.MOST_STRING_CHARS:
            raise BadInput("import.read.xlsx_size", most=caps.MOST_UNPACKED >> 20)


class _Styles(XmlReader):
    """styles.xml: for each format of a cell "d" where it shows a day."""

    def __init__(self, member: str) -> None:
        super().__init__(member)
        self.values: list[str] = []
        self._codes: dict[str, str] = {}
        self._is_cells = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Notes a format."""
        if name == "numFmt":
            self._codes[local(attributes, "numFmtId")] = local(attributes, "formatCode")[:200]
        elif name == "cellXfs":
            self._is_cells = True
        elif name == "xf" and self._is_cells and len(self.values) < _MOST_STYLES:
            self.values.append("d" if self._is_day(local(attributes, "numFmtId")) else "")

    def end(self, name: str) -> None:
        """The cells' formats end."""
        if name == "cellXfs":
            self._is_cells = False

    def _is_day(self, number: str) -> bool:
        code = self._codes.get(number)
        if code is None:
            return number.isascii() and number.isdigit() and len(number) < 6 and int(number) in _DAY_FORMATS
        bare = _NOT_FORMAT.sub("", code.split(";")[0]).lower()
        return "d" in bare or "y" in bare


class _Sheet(XmlReader):
    """A worksheet: rows are put into ``ready`` as they end."""

    def __init__(self, member: str, strings: list[str], styles: list[str], decimal: str, epoch: datetime) -> None:
        super().__init__(member)
        self.ready: list[Row] = []
        self.hidden = 0
        self._strings = strings
        self._styles = styles
        self._decimal = decimal
        self._epoch = epoch
        self._row = 0
        self._count = 0
        self._cells: list[str] = []
        self._place = -1
        self._type = ""
        self._style = ""
        self._has_formula = False
        self._is_text = False
        self._is_sound = False
        self._parts: list[str] = []
        self._length = 0
        self.parser.CharacterDataHandler = self._add

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """A row, a cell or a value begins."""
        if name == "c":
            self._begin_cell(attributes)
        elif name == "v" or name == "t":
            self._is_text = not self._is_sound
        elif name == "row":
            self._begin_row(attributes.get("r", ""))
            self.hidden += attributes.get("hidden") in ("1", "true")
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._is_sound = True

    def end(self, name: str) -> None:
        """A value, a cell or a row ends."""
        if name == "v" or name == "t":
            self._is_text = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            if any(self._cells):
                self.ready.append((self._row, self._cells))
            self._cells = []
        elif name == "rPh":
            self._is_sound = False

    def _begin_row(self, number: str) -> None:
        before = self._row
        self._row = int(number) if number.isascii() and number.isdigit() and len(number) < 8 else before + 1
        self._count += 1
        if self._count > caps.MOST_ROWS:
            raise BadInput("import.read.many_rows", line=before, most=caps.MOST_ROWS)
        if self._row <= before:
            raise BadInput("import.read.xlsx_order", line=self._row)
        self._place = -1

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        name = attributes.get("r", "")
        self._place += 1
        if name:
            found = _CELL.fullmatch(name)
            if found is None or int(found[2]) != self._row:
                raise BadInput("import.read.xlsx_order", line=self._row)
            place = 0
            for letter in found[1]:
                place = place * 26 + ord(letter) - 64
            if place <= self._place:
                raise BadInput("import.read.xlsx_order", line=self._row)
            self._place = place - 1
        self._type = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._has_formula = False
        self._parts.clear()
        self._length = 0

    def _add(self, text: str) -> None:
        if not self._is_text:
            return
        self._parts.append(text)
        self._length += len(text)
        if self._length > caps.MOST_CELL:
            raise BadInput("import.read.xlsx_cell_long", cell=self._cell(), most=caps.MOST_CELL)

    def _cell(self) -> str:
        letters, place = "", self._place + 1
        while place:
            place, rest = divmod(place - 1, 26)
            letters = chr(65 + rest) + letters
        return f"{letters}{self._row}"

    def _end_cell(self) -> None:
        text = "".join(self._parts)
        if not text:
            if not self._has_formula or self._type == "str":
                return
            value = NOT_CALCULATED
        else:
            value = self._value(text)
        if not value:
            return
        if self._place >= caps.MOST_COLUMNS or self._row > caps.MOST_ROWS:
            raise BadInput("import.read.xlsx_corner", cell=self._cell(), line=self._row)
        missing = self._place - len(self._cells)
        if missing:
            self._cells += [""] * missing
        self._cells.append(value)

    def _value(self, text: str) -> str:
        kind = self._type
        if kind == "s":
            place = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else len(self._strings)
            if place >= len(self._strings):
                raise BadInput("import.read.xlsx_damaged", place=self._cell())
            return self._strings[place]
        if kind == "n":
            return self._number(text.strip())
        if kind == "b":
            return "1" if text.strip() in ("1", "true") else "0"
        return _unescaped(text)

    def _is_day(self) -> bool:
        style = self._style
        return bool(style.isdigit() and len(style) < 6 and int(style) < len(self._styles) and self._styles[int(style)])

    def _number(self, text: str) -> str:
        if not _NUMBER.fullmatch(text):
            raise BadInput("import.read.xlsx_damaged", place=self._cell())
        if self._is_day() and (day := _day(text, self._epoch)):
            return day
        if text.isdigit() and len(text) <= 15:
            return text
        # A sheet counts in binary and shows 15 digits: 0.30000000000000004 is 0.3.
        value = Decimal(f"{float(text):.15g}")
        shown = f"{value:f}" if -20 < value.adjusted() < 20 else str(value)
        return shown.replace(".", self._decimal)


def _day(number: str, epoch: datetime) -> str:
    days = float(number)
    if not 1 <= days <= _LAST_DAY:
        return ""
    if epoch == _EPOCH and days < 60:
        days += 1  # the sheet believes in a 29 February 1900
    when = epoch + timedelta(seconds=round(days * 86_400))
    return when.strftime("%Y-%m-%d") if when.time().isoformat() == "00:00:00" else when.isoformat(sep=" ")


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold stand as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
