"""Shipping notices from a file: one for each purchase order they name, with lots, expiry days, pallets and cartons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import Notice, NoticeLine, NoticePackage, PurchaseOrder
from wms_desktop.domain import sscc
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import inbound, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.importing import lookups, packages
from wms_desktop.services.importing.drafts import Draft
from wms_desktop.services.importing.fields import BadField, Wrong, day, flag
from wms_desktop.services.importing.inbound import (
    Seller,
    Sellers,
    Wanted,
    add_sellers,
    draft_of,
    find_sellers,
    goods_of,
)
from wms_desktop.services.importing.purchases import Known, find_known, write_lines
from wms_desktop.services.importing.rows import Document, Verdict, list_documents
from wms_desktop.services.inbound import announcing
from wms_desktop.services.inbound.announcing import NewNotice, NewNoticeLine, Room
from wms_desktop.services.intake import in_pieces, insert_rows
from wms_desktop.views.imports import Reading

HEAD = ("supplier_code", "supplier_name", "due", "shipped_on", "carrier", "is_cancelled")
_MOST_LOT = 60
_MOST_CARRIER = 60
_Leaf = tuple[int, str, date | None, str, str]
"""What makes units of a notice alike: product, lot, expiry, pallet, carton."""


@dataclass(slots=True)
class _Part:
    """What a notice says for one purchase order (``known`` None: one that comes in with it)."""

    purchase: str
    known: Known | None
    rows: list[tuple[Wanted, NewNoticeLine]]
    notice_id: int = 0
    is_same: bool = False


@dataclass(slots=True)
class _Shipment:
    """A notice on its way in: its head, and a part for each purchase order."""

    number: str
    seller: Seller | None
    due: date | None
    shipped_on: date | None
    carrier: str
    is_cancelled: bool
    parts: list[_Part] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    """Notices (their ids) of orders that the shipment named before, and names no more."""
    stays: list[int] = field(default_factory=list)
    """Those of them that stay: goods came of them."""
    claims: list[packages.Claim] = field(default_factory=list)
    """Packages that other notices of the file must give up for it."""

    def as_notice(self, part: _Part, supplier_id: int, order_id: int, today: date) -> NewNotice:
        """A part as the house writes it down."""
        due = self.due or (
            max(part.known.due, today) if part.known is not None else max(self.shipped_on or today, today)
        )
        return NewNotice(
            number=self.number, supplier_id=supplier_id, purchase_order_id=order_id, due=due,
            lines=tuple(line for _, line in part.rows), shipped_on=self.shipped_on, carrier=self.carrier,
        )  # fmt: skip


@dataclass(slots=True)
class _House:
    """What the house knows of the documents at hand."""

    purchases: dict[str, Known]
    sellers: Sellers
    notices: dict[announcing.Key, tuple[int, str]]
    rooms: dict[int, list[Room]]
    leaves: dict[int, tuple[dict[_Leaf, int], tuple[date, date | None, str]]]
    living: dict[str, list[Any]]
    """What living notices of these numbers are for: (id, supplier, purchase order, whether goods came), by number."""
    packages: packages.Packages
    """SSCCs that the house knows."""


class NoticesJudge:
    """Judges and writes shipping notices."""

    by_row = False

    def __init__(self, session: Session, now: datetime, reading: Reading, run_id: int) -> None:
        self._run_id = run_id
        self._is_publishing = False
        self._options = lookups.options_of(session, reading)
        self._today = site_time.today(session, now)
        self._repeats = packages.Repeats()

    def judge(self, session: Session, documents: Sequence[Document], *, lock: bool = False) -> list[Verdict]:
        """The verdict on each document alone; a few questions for all of them."""
        self._is_publishing = lock
        drafts = [draft_of(self._options, document, HEAD) for document in documents]
        catalog = lookups.find_catalog(session, (fields for draft in drafts for _, fields in draft.fields))
        _say_purchases(drafts)
        house = self._look_up(session, drafts, lock=lock)
        for draft in drafts:
            lines = goods_of(draft, catalog)
            try:
                self._judge(session, house, draft, lines)
            except BadField as bad:
                draft.refuse(bad.wrong)
        return [draft.verdict for draft in drafts]

    def remember(self, verdicts: Sequence[Verdict]) -> None:
        """Keeps the SSCCs of good notices."""
        for verdict in verdicts:
            if verdict.is_good:
                self._repeats.add(verdict.document, _told(verdict))

    def refuse(self, session: Session) -> dict[str, dict[int, Wrong]]:
        """An SSCC that two notices of the file name is refused in the later one; one that another notice bears, unless
        the file tells that notice anew without it.
        """
        documents = list_documents(session, self._run_id, self._repeats.list_unknown())
        if self._is_publishing:  # only what is good is written
            documents = [one for one in documents if all(row.state == "good" for row in one.rows)]
        others = self.judge(session, documents) if documents else []
        return self._repeats.refuse(_told(verdict) for verdict in others if verdict.is_good)

    def write(self, session: Session, context: Context, verdicts: Sequence[Verdict]) -> None:
        """Writes notices down, with the purchase orders and suppliers that come in with them; plans and days follow."""
        shipments: list[_Shipment] = [verdict.plan for verdict in verdicts if verdict.plan is not None]
        for shipment in shipments:
            for part in shipment.parts:
                if shipment.is_cancelled and part.notice_id:
                    inbound.cancel_notice(session, context, part.notice_id)
            for notice_id in shipment.gone:
                inbound.cancel_notice(session, context, notice_id)
                announcing.empty_notice(session, notice_id)
        living = [shipment for shipment in shipments if not shipment.is_cancelled]
        orders = _add_purchases(session, living, self._today)
        notices = []
        for shipment in living:
            for part in shipment.parts:
                if part.is_same:
                    continue
                if part.known is not None:
                    supplier_id, order_id = part.known.supplier_id, part.known.id
                else:
                    order_id, supplier_id = orders[part.purchase]
                notices.append(shipment.as_notice(part, supplier_id, order_id, self._today))
        announcing.put_notices(session, context, notices)

    def finish(self, session: Session, context: Context) -> None:
        """Nothing is left to do."""

    def _look_up(self, session: Session, drafts: Sequence[Draft], *, lock: bool) -> _House:
        numbers = {fields["purchase"] for draft in drafts for _, fields in draft.fields if fields.get("purchase")}
        purchases = find_known(session, sorted(numbers), lock=lock)
        keys = {
            (draft.number, purchases[name].supplier_id, purchases[name].id)
            for draft in drafts
            for name in {fields.get("purchase", "") for _, fields in draft.fields}
            if name in purchases
        }
        notices = announcing.find_notices(session, keys)
        codes = {
            fields.get(name, "") for draft in drafts for _, fields in draft.fields for name in ("pallet", "carton")
        }
        return _House(
            purchases,
            find_sellers(session, self._options, drafts, {one.supplier_id for one in purchases.values()}),
            notices,
            announcing.list_room(session, [one.id for one in purchases.values()]),
            _list_leaves(session, [notice_id for notice_id, _ in notices.values()]),
            _list_living(session, [draft.number for draft in drafts]),
            packages.find(session, codes - {""}),
        )

    def _judge(self, session: Session, house: _House, draft: Draft, lines: list[Wanted]) -> None:
        said = draft.said
        shipment = _Shipment(
            draft.number, house.sellers.find(draft), day(said, "due"), day(said, "shipped_on"),
            said.get("carrier", "")[:_MOST_CARRIER], flag(said, "is_cancelled"),
        )  # fmt: skip
        grouped: dict[str, list[tuple[Wanted, NewNoticeLine]]] = defaultdict(list)
        holders: dict[str, str] = {}
        for line in lines:
            try:
                announced = _line(line, holders)
                grouped[line.fields["purchase"]].append((line, announced))
            except BadField as bad:
                draft.verdict.refuse(line.row, bad.wrong)
        for purchase, rows in grouped.items():
            part = _Part(purchase, house.purchases.get(purchase), rows)
            _judge_part(house, draft, shipment, part)
            shipment.parts.append(part)
            if not draft.verdict.wrongs and part.known is not None and not shipment.is_cancelled:
                _judge_units(session, house, draft, shipment, part, self._today)
        _judge_packages(house, draft, shipment, lines)
        _take_off(house, draft.verdict, shipment)
        _conclude(draft.verdict, shipment)


def _told(verdict: Verdict) -> packages.Told:
    """The packages that a good notice names: none where it is taken back."""
    shipment: _Shipment = verdict.plan
    lines = [line for part in shipment.parts for _, line in part.rows]
    codes = {code for line in lines for code in (line.pallet, line.carton) if code}
    return packages.Told(
        shipment.number, frozenset(_suppliers_of(shipment)), frozenset(shipment.stays),
        frozenset() if shipment.is_cancelled else frozenset(codes), tuple(shipment.claims),
    )  # fmt: skip


def _say_purchases(drafts: Iterable[Draft]) -> None:
    """Rows without a purchase order belong to the only one that others name; where none does, to the notice's own."""
    for draft in drafts:
        named = {fields["purchase"] for _, fields in draft.fields if fields.get("purchase")}
        only = next(iter(named)) if len(named) == 1 else ""
        filled = []
        for row, fields in draft.fields:
            if not fields.get("purchase"):
                if len(named) > 1:
                    draft.verdict.refuse(row, Wrong("purchase", "", "import.run.empty"))
                fields = {**fields, "purchase": only or draft.number}
            filled.append((row, fields))
        draft.fields[:] = filled


def _line(line: Wanted, holders: dict[str, str]) -> NewNoticeLine:
    """A row's units with their lot, day and packages; ``holders`` are the pallets of the cartons named so far."""
    fields = line.fields
    lot, pallet, carton = fields.get("lot", ""), fields.get("pallet", ""), fields.get("carton", "")
    if len(lot) > _MOST_LOT:
        raise BadField("lot", lot, "too_long", most=_MOST_LOT)
    for name, code in (("pallet", pallet), ("carton", carton)):
        if code and not sscc.is_sscc(code):
            raise BadField(name, code, "not_sscc")
    if pallet:
        holders.setdefault(pallet, "")
    if carton and holders.setdefault(carton, pallet or "-") != (pallet or "-"):
        raise BadField("carton", carton, "package_twice")
    if pallet and holders[pallet]:
        raise BadField("pallet", pallet, "package_twice")
    return NewNoticeLine(
        product_id=line.product_id, qty=line.qty, lot=lot, expiry=day(fields, "expiry"), pallet=pallet, carton=carton
    )


def _judge_part(house: _House, draft: Draft, shipment: _Shipment, part: _Part) -> None:
    """Whether the purchase order can have this notice."""
    known, seller, first = part.known, shipment.seller, part.rows[0][0].row
    if known is None:
        if seller is None:
            raise BadField("supplier_code", "", "no_supplier")
        return
    if seller is not None and seller.id and seller.id != known.supplier_id:
        told = {"purchase": known.number, "supplier": house.sellers.by_id[known.supplier_id].code}
        draft.verdict.refuse(first, Wrong("supplier_code", seller.code, "import.run.other_supplier", told))
    found = house.notices.get((shipment.number, known.supplier_id, known.id))
    if found is not None:
        part.notice_id, state = found
        # An order that a telling took off says nothing any more, and is named again: it comes back.
        is_back = state == "cancelled" and not shipment.is_cancelled and not house.leaves[part.notice_id][0]
        if state in ("closed", "cancelled") and not (state == "cancelled" and shipment.is_cancelled) and not is_back:
            told = {"notice": shipment.number, "purchase": known.number}
            draft.verdict.refuse(first, Wrong("number", shipment.number, f"import.run.notice_{state}", told))
        elif state == "here" and shipment.is_cancelled:
            draft.verdict.refuse(
                first, Wrong("is_cancelled", "1", "import.run.notice_here", {"notice": shipment.number})
            )
        elif state == "cancelled" and not is_back:
            part.notice_id = 0
    if known.state != "open" and not shipment.is_cancelled:
        args = {"state": known.state}
        draft.verdict.refuse(first, Wrong("purchase", known.number, "import.run.purchase_over", args))


def _judge_units(session: Session, house: _House, draft: Draft, shipment: _Shipment, part: _Part,
                 today: date) -> None:  # fmt: skip
    """Whether the order has these goods, and so many of them left."""
    if part.known is None:
        return
    ordered = {line.product_id for line in part.known.lines}
    for wanted, _ in part.rows:
        if wanted.product_id not in ordered:
            args = {"purchase": part.known.number}
            draft.verdict.refuse(wanted.row, Wrong("sku", wanted.sku, "import.run.not_on_purchase", args))
    if draft.verdict.wrongs:
        return
    notice = shipment.as_notice(part, part.known.supplier_id, part.known.id, today)
    rooms = house.rooms.get(part.known.id, [])
    if part.notice_id:
        leaves, head = house.leaves[part.notice_id]
        part.is_same = leaves == _leaves_of(notice) and head == (notice.due, notice.shipped_on, notice.carrier)
    for over in announcing.list_over(session, notice, rooms, part.notice_id):
        wanted = next(wanted for wanted, _ in part.rows if wanted.product_id == over.product_id)
        told: dict[str, Value] = {"sku": wanted.sku, "most": over.most, "asked": over.asked,
                                  "purchase": part.known.number}  # fmt: skip
        draft.verdict.refuse(wanted.row, Wrong("qty", str(wanted.qty), "import.run.notice_over", told))


def _take_off(house: _House, verdict: Verdict, shipment: _Shipment) -> None:
    """Orders that the shipment named when it was told before, and names no more, are taken off it.

    Those of which goods are here stay as they are, and that is said.
    """
    suppliers = _suppliers_of(shipment)
    named = {part.purchase for part in shipment.parts}
    if shipment.is_cancelled:
        return
    for before in house.living.get(shipment.number, ()):
        if before.supplier_id not in suppliers or before.purchase in named:
            continue
        told: dict[str, Value] = {"notice": shipment.number, "purchase": before.purchase}
        if before.came:
            shipment.stays.append(before.id)
            verdict.notes.append(Message("import.run.notice_stays", told))
        else:
            shipment.gone.append(before.id)
            verdict.notes.append(Message("import.run.notice_leaves", told))


def _suppliers_of(shipment: _Shipment) -> set[int]:
    """The suppliers whose shipment it is (ids; 0: one that comes in with it): of its orders, and the one named."""
    suppliers = {part.known.supplier_id for part in shipment.parts if part.known is not None}
    return suppliers | ({shipment.seller.id} if shipment.seller is not None else set())


def _judge_packages(house: _House, draft: Draft, shipment: _Shipment, lines: Sequence[Wanted]) -> None:
    """An SSCC names one package: what another notice, or a pallet in the house, bears is refused or claimed."""
    if shipment.is_cancelled:
        return
    rows = [(line.row, line.fields) for line in lines]
    shipment.claims = packages.judge(house.packages, draft.verdict, _suppliers_of(shipment), rows)


def _conclude(verdict: Verdict, shipment: _Shipment) -> None:
    """What publishing would do, and what is to be told before."""
    verdict.plan = shipment
    known = [part for part in shipment.parts if part.notice_id]
    if shipment.is_cancelled:
        verdict.effect = "updated" if known else "untouched"
        verdict.counts["notices_never_here"] += not known
        return
    verdict.effect = "updated" if known or shipment.gone else "fresh"
    if known and all(part.is_same for part in shipment.parts) and not shipment.gone:
        verdict.effect = "untouched"
    for part in shipment.parts:
        if part.known is None:
            verdict.counts["new_purchases"] += 1
            told = {"notice": shipment.number, "purchase": part.purchase}
            verdict.notes.append(Message("import.run.makes_purchase", told))
    verdict.counts["new_suppliers"] += shipment.seller is not None and not shipment.seller.id and any(
        part.known is None for part in shipment.parts
    )  # fmt: skip


def _leaves_of(notice: NewNotice) -> dict[_Leaf, int]:
    leaves: dict[_Leaf, int] = defaultdict(int)
    for line in notice.lines:
        leaves[(line.product_id, line.lot, line.expiry, line.pallet, line.carton)] += line.qty
    return dict(leaves)


def _list_leaves(
    session: Session, notice_ids: Sequence[int]
) -> dict[int, tuple[dict[_Leaf, int], tuple[date, date | None, str]]]:
    """What notices that are here say, as a file would."""
    outer = aliased(NoticePackage)
    found: dict[int, tuple[dict[_Leaf, int], tuple[date, date | None, str]]] = {}
    for part in in_pieces(notice_ids):
        heads = select(Notice.id, Notice.due, Notice.shipped_on, Notice.carrier).where(Notice.id.in_(part))
        found |= {row.id: (defaultdict(int), (row.due, row.shipped_on, row.carrier)) for row in session.execute(heads)}
        rows = session.execute(
            select(NoticeLine.notice_id, NoticeLine.product_id, NoticeLine.lot, NoticeLine.expiry, NoticeLine.qty,
                   NoticePackage.kind, NoticePackage.code, outer.code.label("outer"))
            .outerjoin(NoticePackage, NoticePackage.id == NoticeLine.package_id)
            .outerjoin(outer, outer.id == NoticePackage.parent_id)
            .where(NoticeLine.notice_id.in_(part))
        )  # fmt: skip
        for row in rows:
            is_carton = row.kind == "carton"
            pallet = (row.outer if is_carton else row.code) or ""
            leaf = (row.product_id, row.lot, row.expiry, pallet, row.code if is_carton else "")
            found[row.notice_id][0][leaf] += row.qty
    return found


def _list_living(session: Session, numbers: Sequence[str]) -> dict[str, list[Any]]:
    """What living notices of these numbers are for, by number."""
    found: dict[str, list[Any]] = defaultdict(list)
    came = exists().where(NoticeLine.notice_id == Notice.id, NoticeLine.received > 0)
    query = (
        select(Notice.id, Notice.number, Notice.supplier_id, PurchaseOrder.number.label("purchase"),
               or_(Notice.state == "here", came).label("came"))
        .join(PurchaseOrder, PurchaseOrder.id == Notice.purchase_order_id)
        .where(Notice.state.in_(announcing.LIVING))
        .order_by(Notice.id)
    )  # fmt: skip
    for part in in_pieces(numbers):
        for row in session.execute(query.where(Notice.number.in_(part))):
            found[row.number].append(row)
    return found


def _add_purchases(session: Session, shipments: Sequence[_Shipment], today: date) -> dict[str, tuple[int, int]]:
    """The purchase orders and suppliers that come in with notices, with all their goods: id and supplier by number."""
    fresh: dict[str, tuple[_Shipment, dict[int, Wanted]]] = {}
    for shipment in shipments:
        for part in shipment.parts:
            if part.known is not None:
                continue
            goods = fresh.setdefault(part.purchase, (shipment, {}))[1]
            for wanted, _ in part.rows:
                before = goods.get(wanted.product_id)
                units = wanted.qty + (before.qty if before is not None else 0)
                goods[wanted.product_id] = replace(wanted, qty=units)
    if not fresh:
        return {}
    sellers = {number: shipment.seller for number, (shipment, _) in fresh.items() if shipment.seller is not None}
    made = add_sellers(session, sellers.values())
    suppliers = {number: one.id or made[one.code] for number, one in sellers.items()}
    heads: list[dict[str, Any]] = []
    for number, (shipment, _) in fresh.items():
        due = shipment.due or max(shipment.shipped_on or today, today)
        heads.append({"number": number, "supplier_id": suppliers[number], "due": due, "state": "open",
                      "placed_on": None, "first_due": due})  # fmt: skip
    ids = insert_rows(session, PurchaseOrder, heads)
    write_lines(session, [
        (order_id, line_no, wanted)
        for order_id, (_, goods) in zip(ids, fresh.values(), strict=True)
        for line_no, wanted in enumerate(goods.values(), 1)
    ])  # fmt: skip
    return {number: (order_id, suppliers[number]) for number, order_id in zip(fresh, ids, strict=True)}
