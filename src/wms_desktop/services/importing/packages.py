"""SSCCs in a file of notices: each names one package, in the file, on other notices and in the house."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Notice, NoticePackage, Plate, Stock
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import inventory
from wms_desktop.services.importing.fields import Fields, Wrong
from wms_desktop.services.importing.rows import Document, Staged, Verdict
from wms_desktop.services.inbound import announcing
from wms_desktop.services.intake import in_pieces

_COLUMNS = ("pallet", "carton")


@dataclass(frozen=True, slots=True)
class _Borne:
    """A notice that names a package: its number and supplier, whether it is still to come, whether the package came."""

    notice: str
    supplier_id: int
    is_living: bool
    came: bool


@dataclass(slots=True)
class Packages:
    """SSCCs that the house knows: the notices that name them, and the places where plates of them bear goods."""

    borne: dict[str, list[_Borne]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, str] = field(default_factory=dict)


def find(session: Session, codes: Iterable[str]) -> Packages:
    """What the house knows of these SSCCs."""
    found = Packages()
    for part in in_pieces(codes):
        told = session.execute(
            select(NoticePackage.code, NoticePackage.state, Notice.number, Notice.supplier_id,
                   Notice.state.label("of_notice"))
            .join(Notice, Notice.id == NoticePackage.notice_id)
            .where(NoticePackage.code.in_(part), Notice.state != "cancelled")
            .order_by(NoticePackage.id)
        )  # fmt: skip
        for row in told:
            living = row.of_notice in announcing.LIVING
            found.borne[row.code].append(_Borne(row.number, row.supplier_id, living, row.state != "announced"))
        stands = session.execute(
            select(Plate.code, Location.code.label("place"))
            .join(Stock, Stock.plate_id == Plate.id)
            .join(Location, Location.id == Stock.location_id)
            .where(Plate.code.in_(part), inventory.ON_PLATE, Stock.on_hand > 0)
            .order_by(Stock.id.desc())
        )
        found.places |= {row.code: row.place for row in stands}
    return found


def judge(known: Packages, verdict: Verdict, supplier_ids: Collection[int],
          rows: Sequence[tuple[Staged, Fields]]) -> None:  # fmt: skip
    """Refuses SSCCs that another living notice, or a plate with goods in the house, bears; tells those that came once.

    A notice that is told again keeps its own, even when they stand in the house by now.
    """
    told: set[str] = set()
    for row, fields in rows:
        for column in _COLUMNS:
            code = fields.get(column, "")
            if not code or code in told:
                continue
            told.add(code)
            _judge_one(known, verdict, supplier_ids, (row, column, code))


def _judge_one(
    known: Packages, verdict: Verdict, supplier_ids: Collection[int], named: tuple[Staged, str, str]
) -> None:
    row, column, code = named
    own: list[_Borne] = []
    others: list[_Borne] = []
    for one in known.borne.get(code, ()):
        is_own = one.notice == verdict.document.key and one.supplier_id in supplier_ids
        (own if is_own else others).append(one)
    taken = next((one.notice for one in others if one.is_living), "")
    if taken:
        verdict.refuse(row, Wrong(column, code, "import.run.package_taken", {"notice": taken}))
    elif code in known.places and not any(one.came for one in own):
        verdict.refuse(row, Wrong(column, code, "import.run.package_here", {"place": known.places[code]}))
    elif before := next((one.notice for one in reversed(others) if one.came), ""):
        told = {"package": code, "notice": verdict.document.key, "before": before}
        verdict.notes.append(Message("import.run.package_came", told))


@dataclass(slots=True)
class Repeats:
    """The SSCCs of a file's notices as they are read, to find those that two of them name."""

    _first: dict[str, tuple[str, int]] = field(default_factory=dict)
    _later: list[tuple[Document, Staged, Wrong]] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Keeps what a good notice names."""
        for row in document.rows:
            for column in _COLUMNS:
                code = row.fields.get(column, "")
                if not code:
                    continue
                notice, line = self._first.setdefault(code, (document.key, row.line))
                if notice != document.key:
                    args: dict[str, Value] = {"notice": notice, "line": line}
                    self._later.append((document, row, Wrong(column, code, "import.run.package_repeated", args)))

    def refuse(self) -> dict[str, dict[int, Wrong]]:
        """What is wrong, by the notice's number and row id; forgets all."""
        wrongs: dict[str, dict[int, Wrong]] = defaultdict(dict)
        for document, row, wrong in self._later:
            wrongs[document.key].setdefault(row.id, wrong)
        self._first.clear()
        self._later.clear()
        return wrongs
