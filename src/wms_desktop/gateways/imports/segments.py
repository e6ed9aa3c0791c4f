"""What X12 and EDIFACT share: a file is segments; the lines of a document go out, or are refused, together."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from wms_desktop.domain import barcode_cleaning, written
from wms_desktop.errors import BadInput, Value
from wms_desktop.gateways.imports import caps
from wms_desktop.prompts import Message
from wms_desktop.views.imports import Declared, Fault, Record

_SHOWN = 200
_AT_ONCE = 1 << 16
X12_SKUS = ("SK", "VN", "VP", "VC", "VA", "MG", "PI", "PN", "IN", "BP", "CB")
X12_BARCODES = ("EN", "UP", "UK", "UI", "UA", "UD", "EO", "GT", "EM")


def cut_segments(text: io.TextIOWrapper, begun: str, terminator: str, release: str = "") -> Iterator[tuple[int, str]]:
    """The segments with their numbers, from 1; line breaks between them do not count. ``begun`` was read already.

    What stands behind the last terminator is a segment too, unless it is blank. Refuses one that is too long, and
    too many.
    """
    number, rest = 0, begun
    while True:
        more = text.read(_AT_ONCE)
        rest += more
        start = 0
        while (end := _find_end(rest, start, terminator, release)) >= 0:
            if segment := rest[start:end].strip("\r\n\t "):
                number += 1
                yield _fits(number, segment), segment
            start = end + 1
        rest = rest[start:]
        if not more:
            break
        if len(rest) > _AT_ONCE:
            _fits(number + 1, rest)
    if last := rest.strip("\r\n\t \x1a\0"):
        yield _fits(number + 1, last), last


def _find_end(text: str, start: int, terminator: str, release: str) -> int:
    """Where the next segment ends: at a terminator that no release character covers."""
    end = text.find(terminator, start)
    while release and end >= 0:
        before = end
        while before > start and text[before - 1] == release:
            before -= 1
        if (end - before) % 2 == 0:
            break
        end = text.find(terminator, end + 1)
    return end


def _fits(number: int, segment: str) -> int:
    if len(segment) > caps.MOST_SEGMENT or number > caps.MOST_SEGMENTS:
        raise BadInput("import.read.segment_long", line=number, most=caps.MOST_SEGMENT)
    return number


def split(text: str, mark: str, release: str = "") -> list[str]:
    """The parts between the marks that no release character covers; release characters are kept."""
    if not release or release not in text:
        return text.split(mark)
    parts: list[str] = []
    part: list[str] = []
    is_released = False
    for sign in text:
        if sign == mark and not is_released:
            parts.append("".join(part))
            part = []
        else:
            part.append(sign)
        is_released = sign == release and not is_released
    parts.append("".join(part))
    return parts


def unescape(text: str, release: str) -> str:
    """The text without its release characters."""
    if not release or release not in text:
        return text.strip()
    made: list[str] = []
    is_released = False
    for sign in text:
        if sign == release and not is_released:
            is_released = True
            continue
        made.append(sign)
        is_released = False
    return "".join(made).strip()


class Controls:
    """The control counts that a file carries, summed over its documents, beside what was counted."""

    def __init__(self) -> None:
        self._said: dict[str, int] = {}
        self._counted: dict[str, int] = {}

    def agree(self, what: str, said: str, counted: int) -> bool:
        """Whether a count is right; it is added to the sums either way."""
        head, _, tail = said.partition(".")
        number = int(head) if is_count(head) else -1
        self._said[what] = self._said.get(what, 0) + max(number, 0)
        self._counted[what] = self._counted.get(what, 0) + counted
        return number == counted and not tail.strip("0")

    def declared(self) -> tuple[Declared, ...]:
        """All of them: lines, units, segments, documents."""
        return tuple(
            Declared(what=f"import.read.said_{what}", said=str(said), counted=str(self._counted[what]))
            for what, said in self._said.items()
        )


@dataclass(slots=True)
class Line:
    """One order line as it is gathered: the number of its segment, its fields, the first thing wrong with it."""

    segment: int
    fields: dict[str, str] = field(default_factory=dict)
    wrong: tuple[str, str, str, Mapping[str, Value]] | None = None
    ignored: int = 0

    def put(self, name: str, value: str, place: str, dates: str = "ymd") -> None:
        """Sets a field, read by its grammar; what is wrong is kept with its place (PO1-02)."""
        try:
            if name in written.BARCODES:
                self.fields[name] = self._barcode(value)
            elif name == "qty":
                self.fields[name] = written.units(value.strip()) if value.strip() else ""
            else:
                self.fields[name] = written.canonical(name, value, ".", dates)
        except BadInput as fault:
            self.fields[name] = value[:_SHOWN]
            self.refuse(place, value, fault.code, **fault.args_)

    def put_first(self, name: str, value: str, place: str) -> None:
        """Sets a field that says nothing yet."""
        if value.strip() and not self.fields.get(name):
            self.put(name, value, place)

    def refuse(self, place: str, value: str, rule: str, **args: Value) -> None:
        """Names what is wrong; the first thing said stays."""
        self.wrong = self.wrong or (place, value[:_SHOWN], rule, args)

    def _barcode(self, value: str) -> str:
        found = barcode_cleaning.clean(written.plain(value))
        if found.state in (barcode_cleaning.OFFERED, barcode_cleaning.REFUSED):
            if self.fields.get("sku"):
                self.ignored += 1
                return ""
            rule = found.rule or "import.read.barcode_zeros"
            raise BadInput(rule, **({"offer": found.code} if not found.rule else {"wanted": found.wanted}))
        return found.code


@dataclass(slots=True)
class Document:
    """One order as it is gathered: its head, its lines, and what is wrong with all of it."""

    head: Line
    lines: list[Line] = field(default_factory=list)

    def add_line(self, segment: int) -> Line:
        """A further line. Refuses more than a document may have."""
        if len(self.lines) >= caps.MOST_DOCUMENT_LINES:
            raise BadInput("import.read.document_long", line=segment, most=caps.MOST_DOCUMENT_LINES)
        self.lines.append(Line(segment))
        return self.lines[-1]

    def units(self) -> int:
        """The units of its lines, as far as they can be read."""
        texts = [line.fields.get("qty", "") for line in self.lines]
        return sum(int(text) for text in texts if is_count(text))

    def rows(self) -> Iterator[Record | Fault]:
        """Its lines as records or faults; what is wrong with the head refuses every line."""
        key = self.head.fields.get("number", "")[: written.MOST_CODE]
        if not key:
            self.head.refuse("number", "", "import.read.empty")
        if not self.lines:
            self.head.refuse("", "", "import.read.no_lines")
            self.lines.append(self.head)
        for line in self.lines:
            fields = {name: value for name, value in (self.head.fields | line.fields).items() if value}
            wrong = self.head.wrong or line.wrong or _missing(fields)
            if wrong is None:
                yield Record(line=line.segment, key=key, fields=fields)
            else:
                place, value, rule, args = wrong
                yield Fault(
                    line=line.segment, key=key, column=place, value=value, rule=rule, args=dict(args), fields=fields
                )


def _missing(fields: Mapping[str, str]) -> tuple[str, str, str, Mapping[str, Value]] | None:
    if not (fields.get("sku") or fields.get("barcode") or fields.get("name")):
        return "sku", "", "import.read.empty", {}
    return None if fields.get("qty") else ("qty", "", "import.read.empty", {})


class Numbers:
    """The orders' numbers, each of which may come once in a file."""

    def __init__(self) -> None:
        self._first: dict[str, int] = {}

    def check(self, document: Document) -> None:
        """Refuses a document whose number another one has."""
        number, segment = document.head.fields.get("number", ""), document.head.segment
        before = self._first.setdefault(number, segment) if number else segment
        if before != segment:
            document.head.refuse("number", number, "import.read.twice", first=before)


def mended(count: int) -> tuple[Message, ...]:
    """Says how many barcodes were left aside for the SKU beside them."""
    return (Message("import.read.cleaned_ignored", {"count": count}),) if count else ()


def element_at(elements: list[str], place: int) -> str:
    """An element of an X12 segment; "" where there is none."""
    return elements[place].strip() if place < len(elements) else ""


def pairs_of(elements: list[str], start: int) -> Iterator[tuple[str, str]]:
    """Qualifiers and the values behind them, from a place on."""
    for place in range(start, len(elements) - 1, 2):
        if element_at(elements, place) and element_at(elements, place + 1):
            yield element_at(elements, place), element_at(elements, place + 1)


def name_goods(line: Line, pairs: list[tuple[str, str]], segment: str) -> None:
    """The SKU and the barcode among several numbers, each with a qualifier; ours (the vendor's) before the buyer's."""
    numbers = dict(reversed(pairs))
    for field_, qualifiers in (("sku", X12_SKUS), ("barcode", X12_BARCODES)):
        found = next((numbers[qualifier] for qualifier in qualifiers if qualifier in numbers), "")
        if found:
            line.put(field_, found, f"{segment}-{field_}")


def edi_day(text: str) -> str:
    """A day as EDI writes it (CCYYMMDD, YYMMDD), with a time behind it or not, in ISO form; else as it is."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        return digits
    if len(digits) == 6:
        digits = f"20{digits}"
    if len(digits) in (12, 14):
        clock = f"{digits[8:10]}:{digits[10:12]}" + (f":{digits[12:14]}" if len(digits) == 14 else "")
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:8]} {clock}"
    return digits


def is_count(text: str) -> bool:
    """Whether the text is a count as control segments carry them."""
    return text.isascii() and text.isdigit() and len(text) <= 9
