"""Purchase orders from a file: new ones come in, those that are here are changed as far as nothing came of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Product, PurchaseLine, PurchaseOrder, Receipt
from wms_desktop.prompts import Message
from wms_desktop.services import inbound, lead_times, news, planning, settings, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.importing import lookups
from wms_desktop.services.importing.drafts import Draft
from wms_desktop.services.importing.fields import BadField, Wrong, day, flag, instant
from wms_desktop.services.importing.inbound import (
    Seller,
    Sellers,
    Wanted,
    add_sellers,
    draft_of,
    find_sellers,
    goods_of,
)
from wms_desktop.services.importing.rows import Document, Verdict
from wms_desktop.services.intake import in_pieces, insert_rows
from wms_desktop.views.imports import Reading

HEAD = ("supplier_code", "supplier_name", "due", "placed_at", "is_cancelled")


@dataclass(slots=True)
class Known:
    """A purchase order that is here: its head, its lines in their order, whether it is being received."""

    id: int
    number: str
    supplier_id: int
    state: str
    due: date
    first_due: date | None
    lines: list[Any] = field(default_factory=list)
    is_open_now: bool = False


@dataclass(slots=True)
class _Fresh:
    """A new purchase order."""

    number: str
    seller: Seller
    due: date
    placed_on: date | None
    lines: list[Wanted]


@dataclass(slots=True)
class _Change:
    """What changes of an order that is here: its day, units of lines, prices, further goods; or it is cancelled."""

    known: Known
    due: date | None = None
    ordered: dict[int, int] = field(default_factory=dict)
    prices: dict[int, Decimal] = field(default_factory=dict)
    more: list[Wanted] = field(default_factory=list)
    is_cancelled: bool = False

    @property
    def does(self) -> bool:
        """Whether it does anything."""
        return bool(self.due or self.ordered or self.prices or self.more or self.is_cancelled)


class PurchasesJudge:
    """Judges and writes purchase orders."""

    by_row = False

    def __init__(self, session: Session, now: datetime, reading: Reading) -> None:
        self._options = lookups.options_of(session, reading)
        self._today = site_time.today(session, now)
        self._zone = site_time.zone_of(session)
        self._lead_days = settings.get_int(session, "lead_days")

    def judge(self, session: Session, documents: Sequence[Document], *, lock: bool = False) -> list[Verdict]:
        """The verdict on each document alone; a few questions for all of them."""
        drafts = [draft_of(self._options, document, HEAD) for document in documents]
        catalog = lookups.find_catalog(session, (fields for draft in drafts for _, fields in draft.fields))
        known = find_known(session, [draft.number for draft in drafts], lock=lock)
        sellers = find_sellers(session, self._options, drafts, {one.supplier_id for one in known.values()})
        leads = lead_times.read(session, self._today, set(sellers.by_id)) if sellers.by_id else {}
        for draft in drafts:
            lines = goods_of(draft, catalog)
            try:
                if draft.number in known:
                    draft.verdict.plan = self._repeat(draft, lines, known[draft.number], sellers)
                else:
                    draft.verdict.plan = self._fresh(draft, lines, sellers, leads)
            except BadField as bad:
                draft.refuse(bad.wrong)
            _count(draft.verdict, lines)
        return [draft.verdict for draft in drafts]

    def remember(self, verdicts: Sequence[Verdict]) -> None:
        """Documents are judged alone."""

    def refuse(self, session: Session) -> dict[str, dict[int, Wrong]]:
        """Nothing more than each document says of itself."""
        return {}

    def write(self, session: Session, context: Context, verdicts: Sequence[Verdict]) -> None:
        """Puts new orders in and changes those that are here; what waits for their goods gets its day."""
        plans = [verdict.plan for verdict in verdicts]
        _write_fresh(session, [plan for plan in plans if isinstance(plan, _Fresh)])
        _write_changes(session, context, [plan for plan in plans if isinstance(plan, _Change) and plan.does])

    def finish(self, session: Session, context: Context) -> None:
        """Nothing is left to do."""

    def _fresh(self, draft: Draft, lines: list[Wanted], sellers: Sellers,
               leads: Mapping[int, lead_times.Supplied]) -> _Fresh | None:  # fmt: skip
        if flag(draft.said, "is_cancelled"):
            draft.verdict.effect = "untouched"
            draft.verdict.counts["purchases_never_here"] += 1
            return None
        seller = sellers.find(draft)
        if seller is None:
            raise BadField("supplier_code", "", "no_supplier")
        if not seller.id:
            draft.verdict.counts["new_suppliers"] += 1
        placed = instant(draft.said, "placed_at", self._zone)
        placed_on = placed.astimezone(self._zone).date() if placed is not None else None
        due = day(draft.said, "due")
        if due is None:
            draft.verdict.counts["default_due"] += 1
            lead = leads[seller.id].lead_days if seller.id in leads else self._lead_days
            due = max(self._today, (placed_on or self._today) + timedelta(days=lead))
        return _Fresh(draft.number, seller, due, placed_on, lines)

    def _repeat(self, draft: Draft, lines: list[Wanted], known: Known, sellers: Sellers) -> _Change:
        if known.state != "open":
            raise BadField("number", known.number, "purchase_over", state=known.state)
        seller = sellers.find(draft)
        if seller is not None and seller.id != known.supplier_id:
            column = "supplier_code" if "supplier_code" in draft.said else "supplier_name"
            raise BadField(column, seller.code, "other_supplier", purchase=known.number,
                           supplier=sellers.by_id[known.supplier_id].code)  # fmt: skip
        change = _Change(known)
        if flag(draft.said, "is_cancelled"):
            if known.is_open_now:
                raise BadField("is_cancelled", "1", "purchase_here", purchase=known.number)
            change.is_cancelled = True
        else:
            due = day(draft.said, "due")
            change.due = due if due != known.due else None
            _compare(draft.verdict, change, lines)
        draft.verdict.effect = "updated" if change.does else "untouched"
        return change


def find_known(session: Session, numbers: Sequence[str], *, lock: bool = False) -> dict[str, Known]:
    """The purchase orders of these numbers that are here, with their lines (``lock``: until the commit)."""
    found: dict[int, Known] = {}
    for part in in_pieces(number for number in numbers if number):
        query = select(PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.supplier_id, PurchaseOrder.state,
                       PurchaseOrder.due, PurchaseOrder.first_due).where(PurchaseOrder.number.in_(part))  # fmt: skip
        query = query.order_by(PurchaseOrder.id)
        found |= {row.id: Known(*row) for row in session.execute(query.with_for_update() if lock else query)}
    for ids in in_pieces(found):
        lines = select(PurchaseLine.id, PurchaseLine.purchase_order_id, PurchaseLine.line_no, PurchaseLine.product_id,
                       PurchaseLine.ordered, PurchaseLine.received, PurchaseLine.price, Product.sku)  # fmt: skip
        lines = lines.join(Product, Product.id == PurchaseLine.product_id)
        for row in session.execute(lines.where(PurchaseLine.purchase_order_id.in_(ids)).order_by(PurchaseLine.line_no)):
            found[row.purchase_order_id].lines.append(row)
        here = select(Receipt.purchase_order_id).where(Receipt.purchase_order_id.in_(ids), Receipt.state == "open")
        for order_id in session.scalars(here):
            found[order_id or 0].is_open_now = True
    return {one.number: one for one in found.values()}


def _count(verdict: Verdict, lines: Sequence[Wanted]) -> None:
    verdict.counts["zero_price"] += sum(line.has_price and not line.price for line in lines)


def _compare(verdict: Verdict, change: _Change, lines: Sequence[Wanted]) -> None:
    """Units by article, as the file has them, against those that are here: the last line of an article takes it up."""
    wanted: dict[int, list[Wanted]] = defaultdict(list)
    for line in lines:
        wanted[line.product_id].append(line)
    here: dict[int, list[Any]] = defaultdict(list)
    for line in change.known.lines:
        here[line.product_id].append(line)
    for product_id, asked in wanted.items():
        mine = here.get(product_id)
        if mine is None:
            change.more += asked
            continue
        _adjust(verdict, change, mine, sum(line.qty for line in asked))
        if asked[0].has_price:
            change.prices |= {line.id: asked[0].price for line in mine if line.price != asked[0].price}
    for product_id, mine in here.items():
        if product_id not in wanted:
            told = {"order": change.known.number, "line": mine[0].line_no, "sku": mine[0].sku}
            verdict.notes.append(Message("import.run.purchase_not_named", told))


def _adjust(verdict: Verdict, change: _Change, mine: Sequence[Any], asked: int) -> None:
    """Spreads other units over an article's lines: up on the last one, down from the last, never below what came."""
    left = asked - sum(line.ordered for line in mine)
    if left > 0:
        change.ordered[mine[-1].id] = mine[-1].ordered + left
        return
    for line in reversed(mine):
        take = min(-left, max(0, line.ordered - max(1, line.received)))
        if take:
            change.ordered[line.id] = line.ordered - take
            left += take
    if left:
        told = {"order": change.known.number, "sku": mine[0].sku, "value": asked, "units": asked - left}
        verdict.notes.append(Message("import.run.purchase_came", told))


def _write_fresh(session: Session, fresh: Sequence[_Fresh]) -> None:
    if not fresh:
        return
    made = add_sellers(session, [one.seller for one in fresh])
    heads = [
        {"number": one.number, "supplier_id": one.seller.id or made[one.seller.code], "due": one.due, "state": "open",
         "placed_on": one.placed_on, "first_due": one.due}
        for one in fresh
    ]  # fmt: skip
    ids = insert_rows(session, PurchaseOrder, heads)
    write_lines(session, [(order_id, line_no, line) for order_id, one in zip(ids, fresh, strict=True)
                          for line_no, line in enumerate(one.lines, 1)])  # fmt: skip


def write_lines(session: Session, lines: Sequence[tuple[int, int, Wanted]]) -> None:
    """Further lines of purchase orders: (order id, line number, goods)."""
    rows = [
        {"purchase_order_id": order_id, "line_no": line_no, "product_id": line.product_id, "ordered": line.qty,
         "price": line.price}
        for order_id, line_no, line in lines
    ]  # fmt: skip
    insert_rows(session, PurchaseLine, rows, {"received": 0, "planned": 0})
    news.note_moved(session, {line.product_id for _, _, line in lines})


def _write_changes(session: Session, context: Context, changes: Sequence[_Change]) -> None:
    if not changes:
        return
    ids = [change.known.id for change in changes]
    inbound.let_plans_go(session, ids, "order_changed")
    for change in changes:
        if change.is_cancelled:
            _cancel(session, change.known)
        elif change.due is not None:
            _move(session, change.known, change.due)
    _update(session, {line: {"ordered": units} for change in changes for line, units in change.ordered.items()})
    _update(session, {line: {"price": price} for change in changes for line, price in change.prices.items()})
    more = [
        (change.known.id, line_no, line)
        for change in changes
        for line_no, line in enumerate(change.more, change.known.lines[-1].line_no + 1 if change.known.lines else 1)
    ]
    write_lines(session, more)
    session.expire_all()
    news.note_moved(session, {line.product_id for change in changes for line in change.known.lines})
    planning.replan(session, context, ids)


def _update(session: Session, values: Mapping[int, Mapping[str, Any]]) -> None:
    if values:
        session.execute(update(PurchaseLine), [{"id": line_id, **change} for line_id, change in values.items()])


def _move(session: Session, known: Known, due: date) -> None:
    values = {"due": due, "first_due": known.first_due or known.due}
    session.execute(update(PurchaseOrder).where(PurchaseOrder.id == known.id).values(values))


def _cancel(session: Session, known: Known) -> None:
    """What came stays; the rest comes no more."""
    came = any(line.received for line in known.lines)
    state = "closed" if came else "cancelled"
    session.execute(update(PurchaseOrder).where(PurchaseOrder.id == known.id).values(state=state))
    inbound.give_up_order(session, known.id)
