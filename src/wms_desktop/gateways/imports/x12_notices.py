"""X12 856 (ship notice): shipment, orders, pallets, cartons and items as a tree of HL segments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports.segments import (
    Controls,
    Document,
    Line,
    edi_day,
    element_at,
    name_goods,
    pairs_of,
)

Elements = list[str]
_ORDER, _PALLET, _CARTON, _ITEM = "O", "T", "P", "I"
_RANKS = {"S": 0, _ORDER: 1, _PALLET: 2, _CARTON: 3, _ITEM: 4}
_DEEPEST = 20
_DAYS = {"011": "shipped_on", "11": "shipped_on", "017": "due", "17": "due", "371": "due", "002": "due", "067": "due"}
_EXPIRIES = ("036", "36", "208")
_LOTS = ("LT", "BT", "LO")
_SSCCS = ("GM", "AA", "AI")
_SUPPLIERS = ("SU", "VN", "SF", "SE")
# Segments that a notice may have and that say nothing of ours; any other is a spoilt one.
_OTHER_NAMES = """TD1 TD3 TD4 PKG PER N2 N3 N4 MEA PO4 SLN PID SAC CUR FOB PAL AMT ETD ITA MTX LDT LM LQ LS LE V1 TXI
CTP PWK CD3 N9 GF YNQ OTI TSD BLR LFH"""
_OTHERS = frozenset(_OTHER_NAMES.split())


@dataclass(slots=True)
class _Level:
    """One HL: what it stands for, what it stands in, and the SSCC it bears."""

    kind: str
    parent: _Level | None
    depth: int = 0
    purchase: str = ""
    code: str = ""
    lines: list[Line] = field(default_factory=list)

    def find(self, kind: str) -> _Level | None:
        """Itself or the nearest around it that is of this kind."""
        level: _Level | None = self
        while level is not None and level.kind != kind:
            level = level.parent
        return level


class NoticeSet:
    """One 856 as its segments come."""

    def __init__(self, segment: int) -> None:
        self.segment = segment
        self.document = Document(Line(segment))
        self.head = self.document.head
        self.line: Line | None = None
        self.level: _Level | None = None
        self.levels: dict[str, _Level] = {}
        self.last: dict[int, _Level] = {}
        self.count = 0
        self.said: list[tuple[str, str, str]] = []

    def take(self, number: int, name: str, elements: Elements) -> None:
        """One segment of the set."""
        do = _SEGMENTS.get(name)
        if do is not None:
            do(self, number, elements)
        elif name not in _OTHERS:
            self.head.refuse(name[:10], "", "import.read.edi_segment", number=number)

    def check_counts(self, controls: Controls) -> None:
        """Places each item in its order and packages, and compares what the set says of itself with what came."""
        for level in self.levels.values():
            for line in level.lines:
                _place(line, level)
        counted = {"levels": self.count, "units": self.document.units()}
        for place, what, said in self.said:
            if said and not controls.agree(what, said, counted[what]):
                self.head.refuse(place, said, f"import.read.{what}_count", counted=counted[what])


def _place(line: Line, level: _Level) -> None:
    order = level.find(_ORDER)
    if order is not None and order.purchase:
        line.put("purchase", order.purchase, "PRF-01")
    for kind, name in ((_PALLET, "pallet"), (_CARTON, "carton")):
        package = level.find(kind)
        if package is not None and package.code:
            line.put(name, package.code, "MAN-02")


def _bsn(notice: NoticeSet, number: int, elements: Elements) -> None:
    head, purpose = notice.head, element_at(elements, 1)
    head.put("number", element_at(elements, 2), "BSN-02")
    if purpose in ("01", "03"):
        head.put("is_cancelled", "1", "BSN-01")
    elif purpose not in ("00", "05", "06", "07", "14", "15", "18"):
        head.refuse("BSN-01", purpose, "import.read.edi_purpose")


def _hl(notice: NoticeSet, number: int, elements: Elements) -> None:
    notice.count += 1
    notice.line = None
    kind, above = element_at(elements, 3).upper(), element_at(elements, 2)
    parent = notice.levels.get(above)
    if above and parent is None:
        notice.head.refuse("HL-02", above, "import.read.hl_parent", number=number)
    if not above and kind != "S":
        # Some senders name no parent: it is the last one of a level above.
        parent = next(
            (notice.last[rank] for rank in range(_RANKS.get(kind, 0) - 1, -1, -1) if rank in notice.last), None
        )
    notice.level = _Level(kind, parent, parent.depth + 1 if parent is not None else 0)
    if notice.level.depth > _DEEPEST:
        raise BadInput("import.read.hl_deep", line=number, most=_DEEPEST)
    rank = _RANKS.get(kind, 0)
    notice.last = {other: one for other, one in notice.last.items() if other < rank} | {rank: notice.level}
    if element_at(elements, 1) in notice.levels:
        notice.head.refuse("HL-01", element_at(elements, 1), "import.read.hl_twice", number=number)
    notice.levels[element_at(elements, 1) or f"#{number}"] = notice.level
    if kind in (_PALLET, _CARTON) and parent is not None and parent.kind == _ITEM:
        notice.head.refuse("HL-03", kind, "import.read.hl_packs", number=number)


def _prf(notice: NoticeSet, number: int, elements: Elements) -> None:
    if notice.level is not None:
        notice.level.purchase = element_at(elements, 1)


def _man(notice: NoticeSet, number: int, elements: Elements) -> None:
    level = notice.level
    if level is None:
        return
    for qualifier, code in pairs_of([*elements[:3]], 1):
        if qualifier in _SSCCS and level.kind in (_PALLET, _CARTON) and not level.code:
            level.code = code


def _lin(notice: NoticeSet, number: int, elements: Elements) -> None:
    notice.line = line = notice.document.add_line(number)
    if notice.level is not None:
        notice.level.lines.append(line)
    pairs = list(pairs_of(elements, 2))
    name_goods(line, pairs, "LIN")
    lot = next((code for qualifier, code in pairs if qualifier in _LOTS), "")
    if lot:
        line.put("lot", lot, "LIN-lot")


def _sn1(notice: NoticeSet, number: int, elements: Elements) -> None:
    line, unit = notice.line, element_at(elements, 3)
    if line is None:
        notice.head.refuse("SN1", "", "import.read.hl_packs", number=number)
        return
    line.put("qty", element_at(elements, 2), "SN1-02")
    line.put("unit", unit, "SN1-03")


def _ref(notice: NoticeSet, number: int, elements: Elements) -> None:
    if notice.line is not None and element_at(elements, 1) in _LOTS:
        notice.line.put_first("lot", element_at(elements, 2), "REF-02")


def _dtm(notice: NoticeSet, number: int, elements: Elements) -> None:
    kind, text = element_at(elements, 1), edi_day(element_at(elements, 2))
    if notice.line is not None:
        if kind in _EXPIRIES:
            notice.line.put_first("expiry", text, "DTM-02")
    elif kind in _DAYS:
        notice.head.put_first(_DAYS[kind], text, "DTM-02")


def _n1(notice: NoticeSet, number: int, elements: Elements) -> None:
    party = element_at(elements, 1)
    if party in _SUPPLIERS:
        notice.head.put_first("supplier_code", element_at(elements, 4), "N1-04")
        notice.head.put_first("supplier_name", element_at(elements, 2), "N1-02")


def _td5(notice: NoticeSet, number: int, elements: Elements) -> None:
    notice.head.put_first("carrier", element_at(elements, 5) or element_at(elements, 3), "TD5-05")


def _pid(notice: NoticeSet, number: int, elements: Elements) -> None:
    if notice.line is not None:
        notice.line.put_first("name", element_at(elements, 5), "PID-05")


def _ctt(notice: NoticeSet, number: int, elements: Elements) -> None:
    notice.line = None
    notice.said += [("CTT-01", "levels", element_at(elements, 1)), ("CTT-02", "units", element_at(elements, 2))]


_SEGMENTS: Mapping[str, Callable[[NoticeSet, int, Elements], None]] = {
    "BSN": _bsn, "HL": _hl, "PRF": _prf, "MAN": _man, "LIN": _lin, "SN1": _sn1, "REF": _ref, "DTM": _dtm, "N1": _n1,
    "TD5": _td5, "PID": _pid, "CTT": _ctt,
}  # fmt: skip
