"""What every EDIFACT message says of goods: their numbers, and how many lines and units it should have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wms_desktop.gateways.imports.edifact_segments import Segment
from wms_desktop.gateways.imports.segments import Controls, Document, Line

Do = Callable[[Any, Segment], None]
"""What a message does with one kind of segment."""
SKUS = ("SA", "VN", "MF", "PV", "IN", "BP")
BARCODES = ("EN", "SRV", "UP", "EU", "GTIN", "GU")
"""Kinds of numbers, the best first: the supplier's (ours) before the buyer's."""


def name_goods(line: Line, skus: Mapping[str, str], codes: Mapping[str, str]) -> None:
    """Names the goods of a line by the best of their numbers."""
    for name, found, order in (("sku", skus, SKUS), ("barcode", codes, BARCODES)):
        best = next((found[kind] for kind in order if kind in found), "")
        if best:
            line.put(name, best, "LIN-03" if name == "barcode" else "PIA-02")


def compare(head: Line, said: Sequence[tuple[str, str, str]], counted: Mapping[str, int], controls: Controls) -> None:
    """Compares what a message says of its lines and units, (place, what, number), with what came."""
    for place, what, number in said:
        if not controls.agree(what, number, counted[what]):
            head.refuse(place, number, f"import.read.{what}_count", counted=counted[what])


class GoodsMessage:
    """A message of goods as its segments come: a document, its lines, and the numbers that name the goods of each.

    ``segments`` say what is done with a segment by its name, ``others`` may stand in the message and say nothing of
    ours; any other is a spoilt one.
    """

    def __init__(self, segment: int, segments: Mapping[str, Do], others: frozenset[str]) -> None:
        self.segment = segment
        self.document = Document(Line(segment))
        self.head = self.document.head
        self.line: Line | None = None
        self.count = 0
        self.said: list[tuple[str, str, str]] = []
        self._segments, self._others = segments, others
        self._skus: dict[str, str] = {}
        self._codes: dict[str, str] = {}

    def take(self, segment: Segment) -> None:
        """One segment of the message."""
        do = self._segments.get(segment.name)
        if do is not None:
            do(self, segment)
        elif segment.name not in self._others:
            self.head.refuse(segment.name[:10], "", "import.read.edi_segment", number=segment.number)

    def begin(self, segment: Segment, purposes: Sequence[str]) -> None:
        """Its number, and what it is for (BGM): new or repeated by ``purposes``, else cancelled, else refused."""
        self.head.put("number", segment.get(2), "BGM-02")
        purpose = segment.get(3)
        if purpose in ("1", "3"):
            self.head.put("is_cancelled", "1", "BGM-03")
        elif purpose and purpose not in purposes:
            self.head.refuse("BGM-03", purpose, "import.read.edi_purpose")

    def begin_line(self, segment: Segment) -> Line:
        """A further line; the one before is whole now."""
        self.end_line()
        self.count += 1
        self.line = self.document.add_line(segment.number)
        return self.line

    def add_number(self, text: str, kind: str) -> None:
        """A number of the line's goods; the first of each kind counts."""
        if self.line is not None and text:
            kept = self._codes if kind in BARCODES else self._skus if kind in SKUS else {}
            kept.setdefault(kind, text)

    def end_line(self) -> None:
        """Names the goods of the line by the best of their numbers: the supplier's (ours) before the buyer's."""
        if self.line is not None:
            name_goods(self.line, self._skus, self._codes)
        self._skus, self._codes, self.line = {}, {}, None

    def finish(self, controls: Controls) -> None:
        """Compares what the message says of its lines and units with what came."""
        self.end_line()
        compare(self.head, self.said, {"lines": self.count, "units": self.document.units()}, controls)


def describe(message: GoodsMessage, segment: Segment) -> None:
    """The goods in words (IMD)."""
    if message.line is not None:
        message.line.put_first("name", ", ".join(part for part in segment.parts(3)[3:5] if part), "IMD-03")
