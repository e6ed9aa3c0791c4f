"""Shipping notices: what a supplier says is on its way is written down, told anew, or taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Notice, NoticeLine, NoticePackage, PurchaseLine, ReceiptLine
from wms_desktop.services import news, planning, settings
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import in_pieces, insert_rows

LIVING = ("announced", "here")
_KEYS_AT_ONCE = 1000
Key = tuple[str, int, int]
"""A notice's number, its supplier and its purchase order: what names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNoticeLine:
    """Units of a product on their way; ``lot`` and the SSCCs of ``pallet`` and ``carton`` are empty where not said.

    ``purchase_line_id`` 0: the order's lines of the product are filled in their order.
    """

    product_id: int
    qty: int
    lot: str = ""
    expiry: date | None = None
    pallet: str = ""
    carton: str = ""
    purchase_line_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """What a supplier announces for one purchase order, due on a site-local day."""

    number: str
    supplier_id: int
    purchase_order_id: int
    due: date
    lines: tuple[NewNoticeLine, ...]
    shipped_on: date | None = None
    carrier: str = ""

    @property
    def key(self) -> Key:
        """What names it."""
        return self.number, self.supplier_id, self.purchase_order_id


@dataclass(slots=True)
class Room:
    """A purchase line: units ordered and received, and by notice the units still to come and those that came of it."""

    id: int
    purchase_order_id: int
    product_id: int
    line_no: int
    ordered: int
    received: int
    said: dict[int, tuple[int, int]] = field(default_factory=dict)

    def left(self, own_id: int) -> int:
        """Units that the notice ``own_id`` (0: a new one) may say are on their way, those that came of it counted in.

        Below 0 where more is announced than was ordered.
        """
        others = sum(open_ for notice_id, (open_, _) in self.said.items() if notice_id != own_id)
        return self.ordered - self.received - others + self.said.get(own_id, (0, 0))[1]


@dataclass(frozen=True, slots=True)
class Over:
    """A product of which a notice says more than was ordered and the tolerance allows."""

    product_id: int
    ordered: int
    most: int
    asked: int


@dataclass(slots=True)
class _Known:
    """A notice that is in the house: its row, lines and packages."""

    id: int
    state: str
    lines: list[Any] = field(default_factory=list)
    packages: dict[str, int] = field(default_factory=dict)


def find_notices(session: Session, keys: Collection[Key]) -> dict[Key, tuple[int, str]]:
    """The notices of these names that are in the house: their ids and states."""
    found: dict[Key, tuple[int, str]] = {}
    for part in in_pieces(keys, at_once=_KEYS_AT_ONCE):
        rows = session.execute(
            select(Notice.id, Notice.state, Notice.number, Notice.supplier_id, Notice.purchase_order_id).where(
                tuple_(Notice.number, Notice.supplier_id, Notice.purchase_order_id).in_(part)
            )
        )
        found |= {(row.number, row.supplier_id, row.purchase_order_id): (row.id, row.state) for row in rows}
    return found


def list_room(session: Session, purchase_order_ids: Collection[int]) -> dict[int, list[Room]]:
    """The lines of purchase orders with what is announced of them."""
    rooms: dict[int, Room] = {}
    for part in in_pieces(purchase_order_ids):
        lines = session.execute(
            select(PurchaseLine.id, PurchaseLine.purchase_order_id, PurchaseLine.product_id, PurchaseLine.line_no,
                   PurchaseLine.ordered, PurchaseLine.received)
            .where(PurchaseLine.purchase_order_id.in_(part))
            .order_by(PurchaseLine.purchase_order_id, PurchaseLine.line_no)
        )  # fmt: skip
        rooms |= {row.id: Room(*row) for row in lines}
        said = session.execute(
            select(NoticeLine.purchase_line_id, NoticeLine.notice_id, Notice.state, NoticeLine.qty, NoticeLine.received)
            .join(Notice, Notice.id == NoticeLine.notice_id)
            .where(Notice.purchase_order_id.in_(part))
        )
        for line_id, notice_id, state, qty, received in said:
            open_, came = rooms[line_id].said.get(notice_id, (0, 0))
            more = max(0, qty - received) if state in LIVING else 0
            rooms[line_id].said[notice_id] = (open_ + more, came + received)
    grouped: dict[int, list[Room]] = defaultdict(list)
    for room in rooms.values():
        grouped[room.purchase_order_id].append(room)
    return grouped


def list_over(session: Session, notice: NewNotice, rooms: Sequence[Room], own_id: int = 0) -> list[Over]:
    """The products of which a notice says more than its order has left, beyond the tolerance for receiving.

    ``own_id``: the notice is here already, under this id.
    """
    percent = settings.get_int(session, "over_receipt_percent")
    asked: dict[int, int] = defaultdict(int)
    for line in notice.lines:
        asked[line.product_id] += line.qty
    over = []
    for product_id, units in asked.items():
        mine = [room for room in rooms if room.product_id == product_id]
        ordered = sum(room.ordered for room in mine)
        most = max(0, sum(room.left(own_id) for room in mine) + ordered * percent // 100)
        if units > most:
            over.append(Over(product_id, ordered, most, units))
    return over


def put_notices(session: Session, context: Context, notices: Sequence[NewNotice]) -> list[int]:
    """Writes notices down, many at once; gives their ids. The purchase orders must have lines of the products.

    One that is here already is told anew: what came of it stays, what has not come yet is as the new one says. Plans
    and days follow at the end of the command, which becomes final.
    """
    if not notices:
        return []
    known = _load(session, notices)
    ids = _heads(session, notices, known)
    orders = [notice.purchase_order_id for notice in notices]
    rooms = list_room(session, orders)
    lines: list[dict[str, Any]] = []
    gone: list[int] = []
    changed: list[dict[str, int]] = []
    packages = _packages(session, notices, ids, known)
    for notice, notice_id in zip(notices, ids, strict=True):
        codes = packages[notice_id]
        before = known[notice.key].lines if notice.key in known else []
        dealt = _dealt(notice, rooms[notice.purchase_order_id], notice_id, _came_of(before), codes)
        wanted = _merged(dealt, codes)
        keep, drop = _kept(before, wanted)
        changed += keep
        gone += drop
        first = max([line.line_no for line in before], default=0) + 1
        lines += [
            {"notice_id": notice_id, "line_no": line_no, "purchase_line_id": key[0], "product_id": key[1],
             "qty": qty, "lot": key[2], "expiry": key[3], "package_id": key[4]}
            for line_no, (key, qty) in enumerate(wanted.items(), first)
        ]  # fmt: skip
    _drop_lines(session, gone)
    if changed:
        session.execute(update(NoticeLine), changed)
    insert_rows(session, NoticeLine, lines, {"received": 0})
    _drop_packages(session, notices, packages, known)
    session.expire_all()
    products = {room.product_id for order_id in set(orders) for room in rooms[order_id]}
    news.note_moved(session, products)
    planning.replan(session, context, sorted(set(orders)))
    return ids


def _load(session: Session, notices: Sequence[NewNotice]) -> dict[Key, _Known]:
    """The notices that are here already, with their lines and packages."""
    found = find_notices(session, [notice.key for notice in notices])
    known = {key: _Known(notice_id, state) for key, (notice_id, state) in found.items()}
    by_id = {one.id: one for one in known.values()}
    for part in in_pieces(by_id):
        query = select(NoticeLine.id, NoticeLine.notice_id, NoticeLine.line_no, NoticeLine.purchase_line_id,
                       NoticeLine.product_id, NoticeLine.received, NoticeLine.lot, NoticeLine.expiry,
                       NoticeLine.package_id).where(NoticeLine.notice_id.in_(part))  # fmt: skip
        for row in session.execute(query.order_by(NoticeLine.id)):
            by_id[row.notice_id].lines.append(row)
        boxes = select(NoticePackage.id, NoticePackage.notice_id, NoticePackage.code)
        for box in session.execute(boxes.where(NoticePackage.notice_id.in_(part))):
            by_id[box.notice_id].packages[box.code] = box.id
    return known


def _heads(session: Session, notices: Sequence[NewNotice], known: Mapping[Key, _Known]) -> list[int]:
    """The rows of the notices themselves, in the same order."""
    facts = [
        {"due": notice.due, "shipped_on": notice.shipped_on, "carrier": notice.carrier} for notice in notices
    ]  # fmt: skip
    old = [
        {"id": known[notice.key].id, "state": _state_of(known[notice.key]), **fact}
        for notice, fact in zip(notices, facts, strict=True)
        if notice.key in known
    ]
    if old:
        session.execute(update(Notice), old)
    new = [
        {"number": notice.number, "supplier_id": notice.supplier_id, "purchase_order_id": notice.purchase_order_id,
         "state": "announced", **fact}
        for notice, fact in zip(notices, facts, strict=True)
        if notice.key not in known
    ]  # fmt: skip
    made = iter(insert_rows(session, Notice, new))
    return [known[notice.key].id if notice.key in known else next(made) for notice in notices]


def _state_of(known: _Known) -> str:
    """The state of a notice that is told anew."""
    return "announced" if known.state == "cancelled" else known.state


def _packages(session: Session, notices: Sequence[NewNotice], ids: Sequence[int],
              known: Mapping[Key, _Known]) -> dict[int, dict[str, int]]:  # fmt: skip
    """The packages of each notice by their codes: pallets first, then the cartons that stand on them."""
    codes = {
        notice_id: dict(known[notice.key].packages) if notice.key in known else {}
        for notice, notice_id in zip(notices, ids, strict=True)
    }
    for kind in ("pallet", "carton"):
        rows: list[dict[str, Any]] = []
        for notice, notice_id in zip(notices, ids, strict=True):
            mine = codes[notice_id]
            for code, parent in _boxes(notice, kind).items():
                if code not in mine:
                    mine[code] = 0
                    rows.append({"notice_id": notice_id, "code": code, "kind": kind, "parent_id": mine.get(parent),
                                 "state": "announced"})  # fmt: skip
        for row, package_id in zip(rows, insert_rows(session, NoticePackage, rows), strict=True):
            codes[row["notice_id"]][row["code"]] = package_id
    return codes


def _boxes(notice: NewNotice, kind: str) -> dict[str, str]:
    """Codes of the pallets or cartons that a notice names, each with the pallet it stands on ("": none)."""
    if kind == "pallet":
        return {line.pallet: "" for line in notice.lines if line.pallet}
    return {line.carton: line.pallet for line in notice.lines if line.carton}


_LineKey = tuple[int, int, str, date | None, int | None]


def _dealt(notice: NewNotice, rooms: Sequence[Room], own_id: int, came: _Came,
           codes: Mapping[str, int]) -> Iterator[NewNoticeLine]:  # fmt: skip
    """The lines with their purchase lines: what came of alike units stays where it came; then the lines of a product
    are filled in their order, and what is over goes on the last.
    """
    left = {room.id: max(0, room.left(own_id)) for room in rooms}
    for line in notice.lines:
        if line.purchase_line_id:
            yield line
            continue
        units = line.qty
        mine = [room for room in rooms if room.product_id == line.product_id]
        here = came.get((line.product_id, line.lot, line.expiry, codes.get(line.carton or line.pallet)), {})
        for purchase_line_id in here:
            take = min(units, here[purchase_line_id])
            here[purchase_line_id] -= take
            left[purchase_line_id] = max(0, left[purchase_line_id] - take)
            units -= take
            if take:
                yield replace(line, purchase_line_id=purchase_line_id, qty=take)
        for room in mine:
            take = units if room is mine[-1] else min(units, left[room.id])
            if take:
                left[room.id] -= take
                units -= take
                yield replace(line, purchase_line_id=room.id, qty=take)


_Came = dict[tuple[int, str, date | None, int | None], dict[int, int]]
"""Units that came of a notice by what makes them alike (product, lot, expiry, package), by purchase line."""


def _came_of(before: Sequence[Any]) -> _Came:
    came: _Came = {}
    for line in before:
        if line.received:
            here = came.setdefault((line.product_id, line.lot, line.expiry, line.package_id), {})
            here[line.purchase_line_id] = here.get(line.purchase_line_id, 0) + line.received
    return came


def _merged(lines: Iterator[NewNoticeLine], codes: Mapping[str, int]) -> dict[_LineKey, int]:
    """Units by what makes a line of a notice its own."""
    merged: dict[_LineKey, int] = {}
    for line in lines:
        box = codes.get(line.carton or line.pallet)
        key = (line.purchase_line_id, line.product_id, line.lot, line.expiry, box)
        merged[key] = merged.get(key, 0) + line.qty
    return merged


def _kept(before: Sequence[Any], wanted: dict[_LineKey, int]) -> tuple[list[dict[str, int]], list[int]]:
    """Lines of which something came, with their new units (taken out of ``wanted``), and the ids of those to go."""
    keep, drop = [], []
    for line in before:
        if not line.received:
            drop.append(line.id)
            continue
        key = (line.purchase_line_id, line.product_id, line.lot, line.expiry, line.package_id)
        keep.append({"id": line.id, "qty": max(line.received, wanted.pop(key, 0))})
    return keep, drop


def _drop_lines(session: Session, line_ids: Sequence[int]) -> None:
    for part in in_pieces(line_ids):
        # Units that came for a line and were given back since keep their receipt, but not their announcement.
        session.execute(update(ReceiptLine).where(ReceiptLine.notice_line_id.in_(part)).values(notice_line_id=None))
        session.execute(delete(NoticeLine).where(NoticeLine.id.in_(part)))


def _drop_packages(session: Session, notices: Sequence[NewNotice], packages: Mapping[int, Mapping[str, int]],
                   known: Mapping[Key, _Known]) -> None:  # fmt: skip
    """Packages that a new telling does not name any more, as long as nobody touched them."""
    gone = [
        package_id
        for notice in notices
        if notice.key in known
        for code, package_id in packages[known[notice.key].id].items()
        if code not in _boxes(notice, "pallet") and code not in _boxes(notice, "carton")
    ]
    for part in in_pieces(gone):
        holds = select(NoticeLine.package_id).where(NoticeLine.package_id.in_(part))
        bears = select(NoticePackage.parent_id).where(NoticePackage.parent_id.is_not(None),
                                                      NoticePackage.id.not_in(part))  # fmt: skip
        idle = NoticePackage.id.in_(part) & (NoticePackage.state == "announced") & NoticePackage.id.not_in(holds)
        session.execute(
            update(NoticePackage).where(NoticePackage.parent_id.in_(part), NoticePackage.id.in_(part))
            .values(parent_id=None)
        )  # fmt: skip
        session.execute(delete(NoticePackage).where(idle, NoticePackage.id.not_in(bears)))


def empty_notice(session: Session, notice_id: int) -> None:
    """A cancelled notice of which nothing came says nothing any more: a new telling may bring it back.

    What a person takes back keeps its lines, and stays taken back.
    """
    boxes = NoticePackage.notice_id == notice_id
    _drop_lines(session, session.scalars(select(NoticeLine.id).where(NoticeLine.notice_id == notice_id)).all())
    session.execute(update(NoticePackage).where(boxes).values(parent_id=None))
    session.execute(delete(NoticePackage).where(boxes))
    session.expire_all()


def next_number(session: Session) -> str:
    """A number for a notice that somebody was told by telephone."""
    return f"N{settings.next_number(session, 'notice'):06d}"


def count_open(session: Session, notice_id: int) -> int:
    """Units of a notice that have not come yet."""
    still = func.sum(NoticeLine.qty - NoticeLine.received)
    return int(session.scalar(select(still).where(NoticeLine.notice_id == notice_id)) or 0)
