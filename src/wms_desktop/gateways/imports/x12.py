"""X12 850 (purchase order), 940 (shipping order), 856 (ship notice): marks come from the ISA, counts are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports.segments import (
    Controls,
    Document,
    Line,
    Numbers,
    cut_segments,
    edi_day,
    mended,
    name_goods,
    pairs_of,
)
from wms_desktop.gateways.imports.segments import element_at as _at
from wms_desktop.gateways.imports.tables import Reader
from wms_desktop.gateways.imports.text_rows import decode, survey
from wms_desktop.gateways.imports.x12_notices import NoticeSet
from wms_desktop.prompts import Message
from wms_desktop.views.imports import Reading

_ISA_ELEMENTS = 16
_PER_HUNDRED = {"HP", "TP", "HF", "HT"}
_DAYS = {"002": "promise", "02": "promise", "063": "promise", "010": "leave_by", "10": "leave_by", "038": "leave_by",
         "38": "leave_by", "037": "release_on", "37": "release_on", "04": "placed_at", "004": "placed_at"}  # fmt: skip
_CANADA = {"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"}
# Segments that the two sets may have and that say nothing of ours; any other is a spoilt one.
_OTHER_NAMES = """REF PER TAX FOB CTP PAM CSH SAC ITD DIS INC LDT LIN SI MEA PWK PKG TD1 TD3 TD4 MAN PCT CTB TXI N9 NX2
SPI CB1 ADV MTX FA1 FA2 QTY IT3 PO3 PO4 SCH IT8 SLN LM LQ LS LE AMT G61 K1 ISR NM1 ITA G66 G72 G73 LH2 LHR LH6 LHT W09
W6 R2 W20 CD3 CRC N8 POD OTI"""
_OTHERS = frozenset(_OTHER_NAMES.split())
Elements = list[str]


def marks_of(head: str) -> tuple[str, str, str]:
    """Element mark, segment terminator and component mark, as the ISA sets them. Refuses what is no ISA."""
    mark = head[3:4]
    at = 3
    for _ in range(_ISA_ELEMENTS - 1):
        at = head.find(mark, at + 1) if mark else -1
        if at < 0:
            raise BadInput("import.read.x12_isa", line=1)
    component, terminator = head[at + 1 : at + 2], head[at + 2 : at + 3]
    if not terminator or any(sign.isalnum() for sign in mark + terminator) or mark in (terminator, " "):
        raise BadInput("import.read.x12_isa", line=1)
    return mark, terminator, component


def read_x12(stream: BinaryIO, reading: Reading) -> Reader:
    """The lines of all 850s and 940s (orders) or 856s (notices).

    Refuses other sets, a cut file, and envelopes whose counts are wrong.
    """
    text = decode(stream, reading.encoding)
    survey_edi(stream, reading)
    head = text.read(400).lstrip("\ufeff\r\n\t ")
    if not head.startswith("ISA"):
        raise BadInput("import.read.x12_isa", line=1)
    mark, terminator, _ = marks_of(head)
    envelope = _Envelope(SETS.get(reading.kind, {}))
    for number, segment in cut_segments(text, head, terminator):
        document = envelope.take(number, segment.split(mark))
        if document is not None:
            yield from document.rows()
    envelope.close()
    notes: tuple[Message, ...] = mended(envelope.ignored)
    return envelope.controls.declared(), notes


def survey_edi(stream: BinaryIO, reading: Reading) -> None:
    """As for tables, but one line may hold the whole file."""
    try:
        survey(stream, reading.encoding)
    except BadInput as fault:
        if fault.code not in ("import.read.line_long", "import.read.many_lines"):
            raise
        stream.seek(0)


class _Envelope:
    """Interchange, group and set: what is open, and whether it is closed by the right counts and numbers."""

    def __init__(self, sets: Mapping[str, Callable[[int], NoticeSet | _Set]]) -> None:
        self.controls = Controls()
        self.ignored = 0
        self._sets = sets
        self._numbers = Numbers()
        self._open: list[tuple[str, str, int]] = []  # what is open, its control number, what was counted in it
        self._set: NoticeSet | _Set | None = None
        self._last = 0

    def take(self, number: int, elements: Elements) -> Document | None:
        """One segment; gives a document when its set ends."""
        self._last = number
        name = elements[0].strip().upper()
        if self._set is not None and name not in ("SE", "GE", "IEA", "ISA", "GS", "ST"):
            self._set.take(number, name, elements)
            return None
        if name in ("ISA", "GS", "ST"):
            self._begin(number, name, elements)
        elif name == "SE":
            return self._end_set(number, elements)
        elif name in ("GE", "IEA"):
            self._end(number, name, elements)
        else:
            raise BadInput("import.read.edi_order", line=number, segment=name[:10])
        return None

    def _begin(self, number: int, name: str, elements: Elements) -> None:
        depth = {"ISA": 0, "GS": 1, "ST": 2}[name]
        if len(self._open) != depth:
            raise BadInput("import.read.edi_order", line=number, segment=name)
        if name == "ST":
            kind = _at(elements, 1)
            if kind not in self._sets:
                wanted = " / ".join(sorted(self._sets))
                raise BadInput("import.read.x12_set", line=number, set=kind[:10], wanted=wanted)
            self._set = self._sets[kind](number)
        place = {"ISA": 13, "GS": 6, "ST": 2}[name]
        self._open.append((name, _at(elements, place), 0))

    def _end_set(self, number: int, elements: Elements) -> Document:
        if self._set is None:
            raise BadInput("import.read.edi_order", line=number, segment="SE")
        document, count = self._set.document, number - self._set.segment + 1
        said, control = _at(elements, 1), self._open.pop()[1]
        if not self.controls.agree("segments", said, count):
            document.head.refuse("SE-01", said, "import.read.segment_count", counted=count)
        if _at(elements, 2) != control:
            document.head.refuse("SE-02", _at(elements, 2), "import.read.control_number", begun=control)
        self._set.check_counts(self.controls)
        self._numbers.check(document)
        self.ignored += sum(line.ignored for line in document.lines)
        self._set = None
        self._count_one()
        return document

    def _end(self, number: int, name: str, elements: Elements) -> None:
        wanted = {"GE": "GS", "IEA": "ISA"}[name]
        if not self._open or self._open[-1][0] != wanted:
            raise BadInput("import.read.edi_order", line=number, segment=name)
        _, control, count = self._open.pop()
        said = _at(elements, 1)
        if not self.controls.agree("documents" if name == "GE" else "groups", said, count):
            raise BadInput("import.read.envelope_count", line=number, segment=name, said=said[:20], counted=count)
        if _at(elements, 2).lstrip("0") != control.lstrip("0"):
            raise BadInput("import.read.envelope_number", line=number, segment=name, begun=control[:20])
        if self._open:
            self._count_one()

    def _count_one(self) -> None:
        name, control, count = self._open[-1]
        self._open[-1] = (name, control, count + 1)

    def close(self) -> None:
        """The file ends here. Refuses one that was cut."""
        if self._open:
            raise BadInput("import.read.edi_cut", line=self._last, segment=self._open[-1][0])


class _Set:
    """One 850 or 940 as its segments come: the document, whose address is being told, the line being told."""

    def __init__(self, segment: int) -> None:
        self.segment = segment
        self.document = Document(Line(segment))
        self.head = self.document.head
        self.party = ""
        self.line: Line | None = None
        self.said: list[tuple[str, str, str]] = []

    @property
    def is_receiver(self) -> bool:
        """Whether the address of the order's receiver is being told."""
        return self.party == "ST" and self.line is None

    def take(self, number: int, name: str, elements: Elements) -> None:
        """One segment of the set."""
        do = _SEGMENTS.get(name)
        if do is not None:
            do(self, number, elements)
        elif name not in _OTHERS:
            self.head.refuse(name[:10], "", "import.read.edi_segment", number=number)

    def begin_line(self, number: int, place: str, qty: str, unit: str) -> Line:
        """A further line; ``place`` names its quantity, the unit stands behind it."""
        self.line = line = self.document.add_line(number)
        line.put("qty", qty, place)
        line.put("unit", unit, place)
        return line

    def add_note(self, text: str, place: str) -> None:
        """A note to the order; those to a line are not kept."""
        if self.line is None and text:
            before = self.head.fields.get("note", "")
            self.head.put("note", " ".join(filter(None, (before, text))), place)

    def check_counts(self, controls: Controls) -> None:
        """Compares what the set says of its lines and units with what came."""
        counted = {"lines": len(self.document.lines), "units": self.document.units()}
        for place, what, said in self.said:
            if said and not controls.agree(what, said, counted[what]):
                self.head.refuse(place, said, f"import.read.{what}_count", counted=counted[what])


def _beg(order: _Set, number: int, elements: Elements) -> None:
    head, purpose = order.head, _at(elements, 1)
    head.put("number", _at(elements, 3), "BEG-03")
    head.put("placed_at", edi_day(_at(elements, 5)), "BEG-05")
    if purpose in ("01", "03"):
        head.put("is_cancelled", "1", "BEG-01")
    elif purpose not in ("00", "05", "07", "15", "18", "49"):
        head.refuse("BEG-01", purpose, "import.read.edi_purpose")


def _w05(order: _Set, number: int, elements: Elements) -> None:
    head, status = order.head, _at(elements, 1)
    head.put("number", _at(elements, 2) or _at(elements, 3), "W05-02")
    if status in ("F", "D"):
        head.put("is_cancelled", "1", "W05-01")
    elif status not in ("N", "R", "B", "S", "T"):
        head.refuse("W05-01", status, "import.read.edi_purpose")


def _cur(order: _Set, number: int, elements: Elements) -> None:
    order.head.put("currency", _at(elements, 2), "CUR-02")


def _dtm(order: _Set, number: int, elements: Elements) -> None:
    field = _DAYS.get(_at(elements, 1))
    if field and order.line is None:
        clock = _at(elements, 3)
        text = edi_day(_at(elements, 2))
        if field in ("leave_by", "placed_at") and len(clock) in (4, 6) and clock.isdigit():
            text = f"{text} {clock[:2]}:{clock[2:4]}"
        order.head.put(field, text, f"{elements[0]}-02")


def _n1(order: _Set, number: int, elements: Elements) -> None:
    head = order.head
    order.party = _at(elements, 1)
    if order.line is not None:
        if order.party == "ST":
            order.line.refuse("N1-01", "ST", "import.read.several_places")
        return
    if order.party == "ST":
        head.put("ship_name", _at(elements, 2) or _at(elements, 4), "N1-02")
    # The customer is the buyer, else who pays, else who receives.
    is_known = bool(head.fields.get("customer_code"))
    if order.party == "BY" or (order.party in ("BT", "ST") and not is_known):
        head.put("customer_code", _at(elements, 4), "N1-04")
        head.put("customer_name", _at(elements, 2), "N1-02")


def _n2(order: _Set, number: int, elements: Elements) -> None:
    if order.is_receiver and _at(elements, 1):
        name = order.head.fields.get("ship_name", "")
        order.head.put("ship_name", ", ".join(filter(None, (name, _at(elements, 1)))), "N2-01")


def _n3(order: _Set, number: int, elements: Elements) -> None:
    if order.is_receiver:
        parts = (order.head.fields.get("street", ""), _at(elements, 1), _at(elements, 2))
        order.head.put("street", ", ".join(filter(None, parts)), "N3-01")


def _n4(order: _Set, number: int, elements: Elements) -> None:
    if order.is_receiver:
        city, state = _at(elements, 1), _at(elements, 2)
        order.head.put("city", ", ".join(filter(None, (city, state))), "N4-01")
        order.head.put("postcode", _at(elements, 3), "N4-03")
        # The standard names the country only where it is not the sender's own: the state then tells which.
        order.head.put("country", _at(elements, 4) or ("CA" if state in _CANADA else "US"), "N4-04")


def _td5(order: _Set, number: int, elements: Elements) -> None:
    service = _at(elements, 12) or _at(elements, 5) or _at(elements, 3)
    if order.line is None:
        order.head.put_first("service", service, "TD5-05")


def _w66(order: _Set, number: int, elements: Elements) -> None:
    order.head.put_first("service", _at(elements, 5) or _at(elements, 10) or _at(elements, 2), "W66-05")


def _lx(order: _Set, number: int, elements: Elements) -> None:
    order.line = None


def _po1(order: _Set, number: int, elements: Elements) -> None:
    line = order.begin_line(number, "PO1-02", _at(elements, 2), _at(elements, 3))
    if _at(elements, 1).isdigit():
        line.put("line_no", _at(elements, 1), "PO1-01")
    if _at(elements, 5) in _PER_HUNDRED:
        line.refuse("PO1-05", _at(elements, 5), "import.read.price_basis")
    line.put("price", _at(elements, 4), "PO1-04")
    name_goods(line, list(pairs_of(elements, 6)), "PO1")


def _w01(order: _Set, number: int, elements: Elements) -> None:
    line = order.begin_line(number, "W01-01", _at(elements, 1), _at(elements, 2))
    pairs = [(_at(elements, 4), _at(elements, 5)), (_at(elements, 6), _at(elements, 7))]
    pairs += [(_at(elements, 15), _at(elements, 16))]
    name_goods(line, [pair for pair in pairs if all(pair)], "W01")
    line.put_first("barcode", _at(elements, 3), "W01-03")


def _pid(order: _Set, number: int, elements: Elements) -> None:
    if order.line is not None:
        order.line.put_first("name", _at(elements, 5), "PID-05")


def _g69(order: _Set, number: int, elements: Elements) -> None:
    if order.line is not None:
        order.line.put_first("name", _at(elements, 1), "G69-01")


def _nte(order: _Set, number: int, elements: Elements) -> None:
    order.add_note(_at(elements, 2), "NTE-02")


def _msg(order: _Set, number: int, elements: Elements) -> None:
    order.add_note(_at(elements, 1), "MSG-01")


def _sdq(order: _Set, number: int, elements: Elements) -> None:
    if order.line is not None:
        order.line.refuse("SDQ", "", "import.read.several_places")


def _ctt(order: _Set, number: int, elements: Elements) -> None:
    order.line = None
    order.said += [("CTT-01", "lines", _at(elements, 1)), ("CTT-02", "units", _at(elements, 2))]


def _w76(order: _Set, number: int, elements: Elements) -> None:
    order.line = None
    order.said.append(("W76-01", "units", _at(elements, 1)))


_SEGMENTS: Mapping[str, Callable[[_Set, int, Elements], None]] = {
    "BEG": _beg, "W05": _w05, "CUR": _cur, "DTM": _dtm, "G62": _dtm, "N1": _n1, "N2": _n2, "N3": _n3, "N4": _n4,
    "TD5": _td5, "W66": _w66, "PO1": _po1, "W01": _w01, "LX": _lx, "PID": _pid, "G69": _g69, "NTE": _nte,
    "MSG": _msg, "SDQ": _sdq, "CTT": _ctt, "W76": _w76,
}  # fmt: skip
SETS: Mapping[str, Mapping[str, Callable[[int], NoticeSet | _Set]]] = {
    "orders": {"850": _Set, "940": _Set},
    "notices": {"856": NoticeSet},
}
"""Sets by the kind of file, each with what reads it."""
