"""SSCCs in a file of notices: each names one package, in the file, on other notices and in the house."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import Location, Notice, NoticeLine, NoticePackage, Plate, Stock
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import inventory
from wms_desktop.services.importing.fields import Fields, Wrong
from wms_desktop.services.importing.rows import Document, Staged, Verdict
from wms_desktop.services.inbound import announcing
from wms_desktop.services.intake import in_pieces

TAKEN = "import.run.package_taken"
_COLUMNS = ("pallet", "carton")


@dataclass(frozen=True, slots=True)
class _Borne:
    """A notice that names a package: its number and supplier, whether it is still to come, whether the package came
    (``begun``: or something of it).
    """

    notice: str
    notice_id: int
    supplier_id: int
    is_living: bool
    came: bool
    begun: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A package that a row takes over from a living notice, if the same file tells that notice anew without it."""

    row: Staged
    column: str
    code: str
    notice: str
    notice_id: int
    supplier_id: int


@dataclass(frozen=True, slots=True)
class Told:
    """A good notice of a file: whose shipment it may be (supplier ids), the packages it names from now on, and the
    notices of its number (ids) that stay as they are.
    """

    key: str
    supplier_ids: frozenset[int]
    stays: frozenset[int]
    codes: frozenset[str]
    claims: tuple[Claim, ...]


@dataclass(slots=True)
class Packages:
    """SSCCs that the house knows: the notices that name them, and the places where plates of them bear goods."""

    borne: dict[str, list[_Borne]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, str] = field(default_factory=dict)


def find(session: Session, codes: Iterable[str]) -> Packages:
    """What the house knows of these SSCCs."""
    found = Packages()
    inner = aliased(NoticePackage)
    came_in = NoticeLine.received > 0
    begun = or_(  # two questions: each goes by an index
        exists().where(NoticeLine.package_id == NoticePackage.id, came_in),
        exists().where(inner.parent_id == NoticePackage.id, NoticeLine.package_id == inner.id, came_in),
    )
    for part in in_pieces(codes):
        told = session.execute(
            select(NoticePackage.code, NoticePackage.state, Notice.number, Notice.id, Notice.supplier_id,
                   Notice.state.label("of_notice"), begun.label("begun"))
            .join(Notice, Notice.id == NoticePackage.notice_id)
            .where(NoticePackage.code.in_(part), Notice.state != "cancelled")
            .order_by(NoticePackage.id)
        )  # fmt: skip
        for row in told:
            living = row.of_notice in announcing.LIVING
            came = row.state != "announced"
            borne = _Borne(row.number, row.id, row.supplier_id, living, came, came or bool(row.begun))
            found.borne[row.code].append(borne)
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
          rows: Sequence[tuple[Staged, Fields]]) -> list[Claim]:  # fmt: skip
    """Refuses SSCCs that another living notice, or a plate with goods in the house, bears; tells those that came once.

    A notice that is told again keeps its own, even when they stand in the house by now. Those that another notice
    could still give up are given back: :class:`Repeats` knows whether it does.
    """
    told: set[str] = set()
    claims: list[Claim] = []
    for row, fields in rows:
        for column in _COLUMNS:
            code = fields.get(column, "")
            if not code or code in told:
                continue
            told.add(code)
            claims += _judge_one(known, verdict, supplier_ids, (row, column, code))
    return claims


def _judge_one(
    known: Packages, verdict: Verdict, supplier_ids: Collection[int], named: tuple[Staged, str, str]
) -> list[Claim]:
    row, column, code = named
    own: list[_Borne] = []
    others: list[_Borne] = []
    for one in known.borne.get(code, ()):
        is_own = one.notice == verdict.document.key and one.supplier_id in supplier_ids
        (own if is_own else others).append(one)
    taken = [one for one in others if one.is_living]
    fixed = next((one.notice for one in taken if one.begun or one.notice == verdict.document.key), "")
    if fixed:
        verdict.refuse(row, _taken(column, code, fixed))
    elif code in known.places and not any(one.came for one in own):
        verdict.refuse(row, Wrong(column, code, "import.run.package_here", {"place": known.places[code]}))
    elif before := next((one.notice for one in reversed(others) if one.came), ""):
        told = {"package": code, "notice": verdict.document.key, "before": before}
        verdict.notes.append(Message("import.run.package_came", told))
    return [Claim(row, column, code, one.notice, one.notice_id, one.supplier_id) for one in taken]


def _taken(column: str, code: str, notice: str) -> Wrong:
    return Wrong(column, code, TAKEN, {"notice": notice})


@dataclass(slots=True)
class Repeats:
    """The SSCCs of a file's notices as they are read: to find those that two of them name, and those that one of them
    takes over from a notice that does not give them up.
    """

    _first: dict[str, tuple[str, int]] = field(default_factory=dict)
    _later: list[tuple[Document, Staged, Wrong]] = field(default_factory=list)
    _told: dict[str, Told] = field(default_factory=dict)

    def add(self, document: Document, told: Told) -> None:
        """Keeps what a good notice names."""
        self._told[told.key] = told
        for row in document.rows:
            for column in _COLUMNS:
                code = row.fields.get(column, "")
                if code not in told.codes:
                    continue
                notice, line = self._first.setdefault(code, (document.key, row.line))
                if notice != document.key:
                    args: dict[str, Value] = {"notice": notice, "line": line}
                    self._later.append((document, row, Wrong(column, code, "import.run.package_repeated", args)))

    def list_unknown(self) -> set[str]:
        """Numbers of notices that are to give up packages, and were not read yet."""
        return {claim.notice for told in self._told.values() for claim in told.claims} - set(self._told)

    def refuse(self, others: Iterable[Told] = ()) -> dict[str, dict[int, Wrong]]:
        """What is wrong, by the notice's number and row id; forgets all.

        ``others``: good notices of the file that were read before or come later, which may give packages up.
        """
        wrongs: dict[str, dict[int, Wrong]] = defaultdict(dict)
        for document, row, wrong in self._later:
            wrongs[document.key].setdefault(row.id, wrong)
        told = {one.key: one for one in others} | self._told
        claims = [(key, claim) for key, one in told.items() for claim in one.claims]
        # What one that is refused was to give up is not given up either: hence again until nothing more is refused.
        while vain := [
            (key, claim) for key, claim in claims if key not in wrongs and not _gives_up(told, wrongs, claim)
        ]:
            for key, claim in vain:
                wrongs[key].setdefault(claim.row.id, _taken(claim.column, claim.code, claim.notice))
        self._first.clear()
        self._later.clear()
        mine, self._told = self._told, {}
        return {key: found for key, found in wrongs.items() if key in mine}


def _gives_up(told: Mapping[str, Told], wrongs: Collection[str], claim: Claim) -> bool:
    giver = told.get(claim.notice)
    return (
        giver is not None and giver.key not in wrongs
        and claim.supplier_id in giver.supplier_ids and claim.notice_id not in giver.stays
        and claim.code not in giver.codes
    )  # fmt: skip
