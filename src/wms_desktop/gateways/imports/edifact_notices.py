"""EDIFACT DESADV (despatch advice): packages as a tree of CPS, their SSCCs, and the lines that each of them holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import caps
from wms_desktop.gateways.imports.edifact_goods import Do, GoodsMessage, describe
from wms_desktop.gateways.imports.edifact_segments import Segment, point
from wms_desktop.gateways.imports.segments import Controls, Line, edi_day, is_count

_DEEPEST = 20
_DAYS = {"11": "shipped_on", "132": "due", "17": "due", "2": "due", "358": "due", "191": "due"}
_EXPIRIES = ("361", "36", "36E")
_LOTS = ("BT", "LO", "BX")
_SUPPLIERS = ("SU", "SE", "SF", "CZ")
_PALLETS = {"09", "08", "200", "201", "202", "203", "204", "PX", "PF", "PB", "OE", "AG", "AH", "SL", "PLT", "PAL"}
_CARTONS = {"CT", "CS", "BX", "PK", "CR", "PC", "BG", "BO", "SW", "CL", "EC", "10"}
# Segments that a notice may have and that say nothing of ours; any other is a spoilt one.
_OTHER_NAMES = """ALI MEA MOA LOC CTA COM TOD EQD SEL HAN FTX PRI GIR SGP TCC TSR DGS STS RNG CAV CCI QVR PAI DOC RCS
TAX CUX APP PCI PCD APR ALC CTB EFI IFD SCC"""
_OTHERS = frozenset(_OTHER_NAMES.split())


@dataclass(slots=True)
class _Package:
    """One CPS: what it stands in, what kind it is, and the SSCCs of the packages it speaks of."""

    parent: _Package | None
    depth: int = 0
    kind: str = ""
    codes: list[str] = field(default_factory=list)
    has_inner: bool = False

    def find(self, kind: str) -> _Package | None:
        """Itself or the nearest around it that is of this kind and bears an SSCC."""
        package: _Package | None = self
        while package is not None and not (package.codes and package.sort() == kind):
            package = package.parent
        return package

    def sort(self) -> str:
        """Pallet or carton: as it says, else by whether it stands in one and holds others."""
        if self.kind:
            return self.kind
        return "carton" if self.parent is not None and self.parent.codes and not self.has_inner else "pallet"


class NoticeMessage(GoodsMessage):
    """One DESADV as its segments come."""

    def __init__(self, segment: int) -> None:
        super().__init__(segment, _SEGMENTS, _OTHERS)
        self.packages: dict[str, _Package] = {}
        self.package: _Package | None = None
        self.within: list[tuple[Line, _Package]] = []

    def finish(self, controls: Controls) -> None:
        """Places the lines in their packages as well."""
        super().finish(controls)
        self._place()

    def _place(self) -> None:
        packages = {id(line): package for line, package in self.within}
        placed: list[Line] = []
        for line in self.document.lines:
            package = packages.get(id(line))
            parts = _parts(line, package.codes) if package is not None else [line]
            if len(placed) + len(parts) > caps.MOST_DOCUMENT_LINES:
                raise BadInput("import.read.document_long", line=line.segment, most=caps.MOST_DOCUMENT_LINES)
            for number, part in enumerate(parts):
                for kind in ("pallet", "carton"):
                    holder = package.find(kind) if package is not None else None
                    if holder is None:
                        continue
                    if len(holder.codes) == 1:
                        part.put(kind, holder.codes[0], "GIN-02")
                    elif holder is package and len(parts) == len(holder.codes):
                        part.put(kind, holder.codes[number], "GIN-02")
                placed.append(part)
        self.document.lines[:] = placed


def _parts(line: Line, codes: Sequence[str]) -> list[Line]:
    """A line of several packages that hold the same is dealt out over them; what does not divide stays together."""
    text = line.fields.get("qty", "")
    if len(codes) < 2 or not is_count(text) or int(text) == 0 or int(text) % len(codes) or line.wrong is not None:
        return [line]
    share = str(int(text) // len(codes))
    return [Line(line.segment, {**line.fields, "qty": share}, None, line.ignored) for _ in codes]


def _bgm(notice: NoticeMessage, segment: Segment) -> None:
    notice.begin(segment, ("5", "7", "9", "31", "35"))


def _dtm(notice: NoticeMessage, segment: Segment) -> None:
    kind, text = segment.get(1), edi_day(segment.get(1, 1))
    if kind in _EXPIRIES and notice.line is not None:
        notice.line.put_first("expiry", text, "DTM-01")
    elif kind in _DAYS and notice.line is None:
        notice.head.put_first(_DAYS[kind], text[:10], "DTM-01")


def _rff(notice: NoticeMessage, segment: Segment) -> None:
    kind, text = segment.get(1), segment.get(1, 1)
    if kind == "ON":
        (notice.line or notice.head).put_first("purchase", text, "RFF-01")
    elif kind in _LOTS and notice.line is not None:
        notice.line.put_first("lot", text, "RFF-01")


def _nad(notice: NoticeMessage, segment: Segment) -> None:
    if segment.get(1) in _SUPPLIERS and notice.line is None:
        notice.head.put_first("supplier_code", segment.get(2), "NAD-02")
        notice.head.put_first("supplier_name", segment.joined(4) or segment.joined(3), "NAD-04")


def _tdt(notice: NoticeMessage, segment: Segment) -> None:
    notice.head.put_first("carrier", segment.get(5, 3) or segment.get(5), "TDT-05")


def _cps(notice: NoticeMessage, segment: Segment) -> None:
    notice.end_line()
    number, above = segment.get(1), segment.get(2)
    parent = notice.packages.get(above)
    if above and parent is None:
        notice.head.refuse("CPS-02", above, "import.read.cps_parent", number=segment.number)
    if parent is not None:
        parent.has_inner = True
    depth = parent.depth + 1 if parent is not None else 0
    if depth > _DEEPEST:
        raise BadInput("import.read.hl_deep", line=segment.number, most=_DEEPEST)
    notice.package = notice.packages[number or f"#{segment.number}"] = _Package(parent, depth)


def _pac(notice: NoticeMessage, segment: Segment) -> None:
    kind = segment.get(3).upper()
    if notice.package is not None and notice.line is None and not notice.package.kind:
        notice.package.kind = "pallet" if kind in _PALLETS else "carton" if kind in _CARTONS else ""


def _gin(notice: NoticeMessage, segment: Segment) -> None:
    kind = segment.get(1)
    codes = [code for element in range(2, 7) for code in segment.parts(element) if code]
    if kind == "BX" and notice.line is not None and codes:
        notice.line.put_first("lot", codes[0], "GIN-02")
    elif kind in ("BJ", "AW") and notice.package is not None and notice.line is None:
        notice.package.codes += codes


def _lin(notice: NoticeMessage, segment: Segment) -> None:
    line = notice.begin_line(segment)
    if notice.package is not None:
        notice.within.append((line, notice.package))
    notice.add_number(segment.get(3), segment.get(3, 1))


def _pia(notice: NoticeMessage, segment: Segment) -> None:
    for element in range(2, 7):
        text, kind = segment.get(element), segment.get(element, 1)
        if kind in ("NB", "BB") and notice.line is not None and text:
            notice.line.put_first("lot", text, "PIA-02")
        notice.add_number(text, kind)


def _qty(notice: NoticeMessage, segment: Segment) -> None:
    if notice.line is None or segment.get(1) != "12":
        return
    unit = segment.get(1, 2)
    notice.line.put("qty", point(segment.get(1, 1)), "QTY-01")
    notice.line.put("unit", unit, "QTY-01")


def _cnt(notice: NoticeMessage, segment: Segment) -> None:
    notice.end_line()
    what = {"1": "units", "2": "lines"}.get(segment.get(1))
    if what:
        notice.said.append(("CNT-01", what, point(segment.get(1, 1))))


_SEGMENTS: Mapping[str, Do] = {
    "BGM": _bgm, "DTM": _dtm, "RFF": _rff, "NAD": _nad, "TDT": _tdt, "CPS": _cps, "PAC": _pac, "GIN": _gin,
    "LIN": _lin, "PIA": _pia, "IMD": describe, "QTY": _qty, "CNT": _cnt,
}  # fmt: skip
