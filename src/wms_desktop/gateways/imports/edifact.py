"""EDIFACT ORDERS and DESADV (D.96A, D.01B): marks come from the UNA, the counts of UNT, CNT and UNZ are checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import BinaryIO

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports.edifact_goods import Do, GoodsMessage, describe
from wms_desktop.gateways.imports.edifact_notices import NoticeMessage
from wms_desktop.gateways.imports.edifact_segments import Segment, marks_of, point
from wms_desktop.gateways.imports.segments import (
    Controls,
    Document,
    Numbers,
    cut_segments,
    edi_day,
    mended,
)
from wms_desktop.gateways.imports.tables import Reader
from wms_desktop.gateways.imports.text_rows import decode
from wms_desktop.gateways.imports.x12 import survey_edi
from wms_desktop.prompts import Message
from wms_desktop.views.imports import Reading

_DAYS = {"137": "placed_at", "2": "promise", "63": "promise", "10": "leave_by", "200": "leave_by", "64": "release_on"}
# Segments that an order may have and that say nothing of ours; any other is a spoilt one.
_OTHER_NAMES = """PAI ALI RFF LOC FII DOC CTA COM TAX MOA PAT PCD TDT TSR TOD PAC MEA PCI GIN GIR EQD EQN SCC APR RNG
ALC RTE RCS DGS QVR HAN GEI STG CCI CAV PGI BII EFI IFD CED PTY"""
_OTHERS = frozenset(_OTHER_NAMES.split())
_BEGINS = {"UNB", "UNG", "UNH"}
_ENDS = {"UNT": "UNH", "UNE": "UNG", "UNZ": "UNB"}


def read_edifact(stream: BinaryIO, reading: Reading) -> Reader:
    """The lines of all ORDERS, or of all DESADV where notices are read.

    Refuses other messages, a cut file, and envelopes whose counts are wrong.

    A file without its UNZ is taken, and that is said.
    """
    text = decode(stream, reading.encoding)
    survey_edi(stream, reading)
    head = text.read(400).lstrip("\ufeff\r\n\t ")
    marks, start = marks_of(head)
    envelope = _Envelope(MESSAGES.get(reading.kind, {}))
    for number, segment in cut_segments(text, head[start:], marks.terminator, marks.release):
        document = envelope.take(Segment(number, segment, marks))
        if document is not None:
            yield from document.rows()
    notes: tuple[Message, ...] = (*envelope.close(), *mended(envelope.ignored))
    return envelope.controls.declared(), notes


class _Envelope:
    """Interchange, group and message: what is open, and whether it is closed by the right counts and numbers."""

    def __init__(self, messages: Mapping[str, Callable[[int], NoticeMessage | _Message]]) -> None:
        self.controls = Controls()
        self.ignored = 0
        self._messages = messages
        self._numbers = Numbers()
        self._open: list[tuple[str, str, int]] = []  # what is open, its reference, what was counted in it
        self._message: NoticeMessage | _Message | None = None
        self._last = 0

    def take(self, segment: Segment) -> Document | None:
        """One segment; gives a document when its message ends."""
        self._last = segment.number
        if segment.name in _BEGINS:
            self._begin(segment)
        elif segment.name == "UNT":
            return self._end_message(segment)
        elif segment.name in _ENDS:
            self._end(segment)
        elif self._message is not None:
            self._message.take(segment)
        else:
            raise BadInput("import.read.edi_order", line=segment.number, segment=segment.name[:10])
        return None

    def _begin(self, segment: Segment) -> None:
        name, above = segment.name, self._open[-1][0] if self._open else ""
        if above not in {"UNB": ("",), "UNG": ("UNB",), "UNH": ("UNB", "UNG")}[name]:
            raise BadInput("import.read.edi_order", line=segment.number, segment=name)
        if name == "UNH":
            kind = segment.get(2)
            if kind not in self._messages:
                wanted = " / ".join(sorted(self._messages))
                raise BadInput("import.read.edifact_message", line=segment.number, message=kind[:10], wanted=wanted)
            self._message = self._messages[kind](segment.number)
        self._open.append((name, segment.get({"UNB": 5, "UNG": 5, "UNH": 1}[name]), 0))

    def _end_message(self, segment: Segment) -> Document:
        message = self._message
        if message is None:
            raise BadInput("import.read.edi_order", line=segment.number, segment="UNT")
        head, reference = message.document.head, self._open.pop()[1]
        count, said = segment.number - message.segment + 1, segment.get(1)
        if not self.controls.agree("segments", said, count):
            head.refuse("UNT-01", said, "import.read.segment_count", counted=count)
        if segment.get(2) != reference:
            head.refuse("UNT-02", segment.get(2), "import.read.control_number", begun=reference)
        message.finish(self.controls)
        self._numbers.check(message.document)
        self.ignored += sum(line.ignored for line in message.document.lines)
        self._message = None
        self._count_one()
        return message.document

    def _end(self, segment: Segment) -> None:
        wanted = _ENDS[segment.name]
        if not self._open or self._open[-1][0] != wanted:
            raise BadInput("import.read.edi_order", line=segment.number, segment=segment.name)
        _, reference, count = self._open.pop()
        said = segment.get(1)
        what = "documents" if segment.name == "UNZ" else "groups"
        if not self.controls.agree(what, said, count):
            raise BadInput(
                "import.read.envelope_count", line=segment.number, segment=segment.name, said=said[:20], counted=count
            )
        if segment.get(2) != reference:
            raise BadInput(
                "import.read.envelope_number", line=segment.number, segment=segment.name, begun=reference[:20]
            )
        if self._open:
            self._count_one()

    def _count_one(self) -> None:
        name, reference, count = self._open[-1]
        self._open[-1] = (name, reference, count + 1)

    def close(self) -> tuple[Message, ...]:
        """The file ends here; refuses one that was cut within a message."""
        if not self._open:
            return ()
        if self._message is not None or len(self._open) > 1 or not self._open[0][2]:
            raise BadInput("import.read.edi_cut", line=self._last, segment=self._open[-1][0])
        return (Message("import.read.no_unz", {"count": self._open[0][2]}),)


class _Message(GoodsMessage):
    """One ORDERS as its segments come."""

    def __init__(self, segment: int) -> None:
        super().__init__(segment, _SEGMENTS, _OTHERS)
        self.is_summary = False


def _bgm(order: _Message, segment: Segment) -> None:
    order.begin(segment, ("5", "7", "9", "35"))


def _dtm(order: _Message, segment: Segment) -> None:
    field = _DAYS.get(segment.get(1))
    if field and order.line is None and not order.is_summary and not order.head.fields.get(field):
        order.head.put(field, edi_day(segment.get(1, 1)), "DTM-01")


def _nad(order: _Message, segment: Segment) -> None:
    party, head = segment.get(1), order.head
    if order.line is not None:
        if party in ("DP", "ST", "UC"):
            order.line.refuse("NAD-01", party, "import.read.several_places")
        return
    code = segment.get(2)
    name = segment.joined(4) or segment.joined(3)
    if party == "BY":
        head.put("customer_code", code, "NAD-02")
        head.put("customer_name", name, "NAD-04")
    elif party in ("DP", "ST") or (party == "UC" and not head.fields.get("ship_name")):
        head.put("ship_name", name or code, "NAD-04")
        head.put("street", segment.joined(5), "NAD-05")
        head.put("city", ", ".join(filter(None, (segment.get(6), segment.get(7)))), "NAD-06")
        head.put("postcode", segment.get(8), "NAD-08")
        head.put("country", segment.get(9), "NAD-09")


def _cux(order: _Message, segment: Segment) -> None:
    if not order.head.fields.get("currency"):
        order.head.put("currency", segment.get(1, 1), "CUX-01")


def _ftx(order: _Message, segment: Segment) -> None:
    text = segment.joined(4)
    if text and order.line is None:
        before = order.head.fields.get("note", "")
        order.head.put("note", " ".join(filter(None, (before, text))), "FTX-04")


def _lin(order: _Message, segment: Segment) -> None:
    line = order.begin_line(segment)
    if segment.get(1).isdigit():
        line.put("line_no", segment.get(1), "LIN-01")
    if segment.get(2) not in ("", "1", "5", "6"):
        line.refuse("LIN-02", segment.get(2), "import.read.edi_purpose")
    order.add_number(segment.get(3), segment.get(3, 1))


def _pia(order: _Message, segment: Segment) -> None:
    for element in range(2, 7):
        order.add_number(segment.get(element), segment.get(element, 1))


def _qty(order: _Message, segment: Segment) -> None:
    if order.line is None:
        return
    kind, unit = segment.get(1), segment.get(1, 2)
    if kind == "21":
        order.line.put("qty", point(segment.get(1, 1)), "QTY-01")
        order.line.put("unit", unit, "QTY-01")
    elif kind == "11":
        order.line.refuse("QTY-01", kind, "import.read.several_places")


def _pri(order: _Message, segment: Segment) -> None:
    if order.line is None or segment.get(1) not in ("AAA", "AAB", "INF", "NTP"):
        return
    if order.line.fields.get("price") and segment.get(1) != "AAA":
        return
    order.line.put("price", point(segment.get(1, 1)), "PRI-01")
    basis = point(segment.get(1, 4)) or "1"
    if order.line.wrong is None and basis != "1":
        if not (basis.isascii() and basis.isdigit()) or int(basis[:9]) == 0 or len(basis) > 6:
            order.line.refuse("PRI-01", basis, "import.read.price_basis")
            return
        each = (Decimal(order.line.fields["price"] or 0) / int(basis)).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)
        order.line.put("price", f"{each:f}", "PRI-01")


def _uns(order: _Message, segment: Segment) -> None:
    order.end_line()
    order.is_summary = True


def _cnt(order: _Message, segment: Segment) -> None:
    what = {"1": "units", "2": "lines"}.get(segment.get(1))
    if what and order.line is None:
        order.said.append(("CNT-01", what, point(segment.get(1, 1))))


_SEGMENTS: Mapping[str, Do] = {
    "BGM": _bgm, "DTM": _dtm, "NAD": _nad, "CUX": _cux, "FTX": _ftx, "LIN": _lin, "PIA": _pia, "IMD": describe,
    "QTY": _qty, "PRI": _pri, "UNS": _uns, "CNT": _cnt,
}  # fmt: skip
MESSAGES: Mapping[str, Mapping[str, Callable[[int], NoticeMessage | _Message]]] = {
    "orders": {"ORDERS": _Message},
    "notices": {"DESADV": NoticeMessage},
}
"""Messages by the kind of file, each with what reads it."""
