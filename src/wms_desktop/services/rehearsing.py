"""Answers "what if": reads the values of the moment, carries the change through on them, and lists the difference."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Customer, Order, OrderLine, Product, PurchaseLine, PurchaseOrder
from wms_desktop.domain.allocation import Line
from wms_desktop.domain.demand import urgency_of
from wms_desktop.domain.promises import Expected, Outlook, WaitingLine, plan
from wms_desktop.domain.rehearsal import FRESH, Course, Kits
from wms_desktop.errors import BadInput, Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import cancelling, kits, outlooks, picturing, policies, site_time, substituting
from wms_desktop.services.cancelling import Effort
from wms_desktop.services.intake import AT_ONCE
from wms_desktop.services.outlooks import IS_OWED, LineRow
from wms_desktop.services.promising import may_move
from wms_desktop.views.rehearsal import Changed, Rehearsal

_OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
_WAITS = _OWED - OrderLine.reserved
_NEW = 0
"""The id of a line in the answer that only the change would make."""


@dataclass(frozen=True, slots=True)
class _Days:
    """The day of each line before and after, for those that the change would compute anew."""

    was: Mapping[int, date | None]
    now: Mapping[int, date | None]


def rehearse_pin(session: Session, now: datetime, order_id: int) -> Rehearsal:
    """What pinning an order would do: what it takes back from whom, who is served from what that frees.

    Refuses what the act refuses: `orders.gone`, `orders.over`, `orders.pinned_already`.
    """
    order = session.get(Order, order_id)
    if order is None:
        raise BadInput("orders.gone")
    if not session.scalar(select(func.sum(_OWED)).where(OrderLine.order_id == order_id)):
        raise Refusal("orders.over", order=order.number)
    if order.is_pinned:
        raise Refusal("orders.pinned_already", order=order.number)
    course = _open_course(session, now, order_id)
    course.change_order(order_id, lambda demand: replace(demand, is_pinned=True))
    if not order.is_held:
        course.serve_order(order_id)
    course.settle()
    return _compare(session, now, course, Message("rehearsal.pin", {"order": order.number}))


def rehearse_substitute(session: Session, now: datetime, line_id: int, alternative_id: int,
                        units: int | None = None) -> Rehearsal:  # fmt: skip
    """What sending another product would do (``units`` None: as many as wait, or as are free of it).

    Refuses what the act refuses.
    """
    line = session.get(OrderLine, line_id)
    other = session.get(Product, alternative_id)
    if line is None:
        raise BadInput("orders.gone")
    if other is None:
        raise BadInput("orders.no_such_product")
    order, was = session.get_one(Order, line.order_id), session.get_one(Product, line.product_id)
    owed = line.ordered - line.cancelled - line.shipped
    if not owed:
        raise Refusal("orders.over", order=order.number)
    if units is None:
        free = policies.list_sellable(session, now, [other.id])[other.id]
        units = max(1, min(owed - line.reserved or owed, free))
    substituting.check(session, now, line, (was, other), units)
    freed = cancelling.list_freed(session, line, units, most=Effort.PICK)
    rows = {one.stock_id: one for one in picturing.list_supplies(session, [stock_id for stock_id, _ in freed])}
    course = _open_course(session, now, order.id, beside={was.id, other.id}, takes_back=False)
    course.exchange(line_id, other.id, units, [(rows[one], qty) for one, qty in freed if one in rows])
    course.settle()
    args: dict[str, Value] = {"order": order.number, "units": units, "was": was.sku, "now": other.sku}
    return _compare(session, now, course, Message("rehearsal.substitute", args))


def rehearse_purchase(session: Session, now: datetime, purchase_id: int, due: date) -> Rehearsal:
    """What another day of a purchase order would do to the days of the lines behind it.

    Refuses what the act refuses: `promises.no_purchase`, `promises.purchase_over`, `promises.same_day`, and
    BadInput `promises.past_day`.
    """
    purchase = session.get(PurchaseOrder, purchase_id)
    if purchase is None:
        raise Refusal("promises.no_purchase")
    today = site_time.today(session, now)
    if purchase.state != "open":
        raise Refusal("promises.purchase_over", purchase=purchase.number)
    if due < today:
        raise BadInput("promises.past_day", day=due.isoformat())
    if due == purchase.due:
        raise Refusal("promises.same_day", purchase=purchase.number, day=due.isoformat())
    mine = select(PurchaseLine.product_id).where(PurchaseLine.purchase_order_id == purchase_id)
    rows, base = _read_days(session, now, set(session.scalars(mine)))
    moved = _expect(session, today, purchase, due)
    inbounds = tuple(
        replace(one, likely=moved[0], late=moved[1])
        if moved and one.purchase_id == purchase_id and not one.is_announced
        else one
        for one in base.inbounds
    )
    days = _days(rows, plan(base), plan(replace(base, inbounds=inbounds)), {row.product_id for row in rows})
    question = Message("rehearsal.purchase", {"purchase": purchase.number, "due": due.isoformat()})
    return _answer(session, question, days, {}, [])


# --- the course of an order's change ---------------------------------------------------------------------------------


def _open_course(session: Session, now: datetime, order_id: int, beside: Collection[int] = (), *,
                 takes_back: bool = True) -> Course:  # fmt: skip
    """The values that a change of one order may touch; ``beside`` are products that come in by it."""
    mine = _list_products(session, [order_id], picturing.WAITS)
    made_of = {part.product_id for rows in kits.list_parts(session, mine).values() for part in rows}
    held = picturing.list_held(session, mine | made_of, {order_id}) if takes_back else []
    losers = {one.order_id for one in held}
    lost = _list_products(session, losers, true())
    products = outlooks.widen(session, mine | lost | set(beside))
    parts = kits.list_parts(session, products)
    picture = picturing.read(session, now, product_ids=products)
    with_kits = {one.order_id for one in picture.demands if any(line.product_id in parts for line in one.lines)}
    known = {line.product_id for demand in picture.demands for line in demand.lines}
    picture = picturing.widen(session, picture, losers | with_kits | {order_id}, products - known)
    if takes_back:
        picture = picture.with_order(order_id, lambda one: replace(one, is_asked=True, takes_back=True))
    on_order = frozenset(kits.list_on_order(session, parts))
    return Course(replace(picture, held=tuple(held)), Kits(parts=parts, on_order=on_order))


def _list_products(session: Session, order_ids: Collection[int], which: ColumnElement[bool]) -> set[int]:
    found: set[int] = set()
    ordered = sorted(order_ids)
    for start in range(0, len(ordered), AT_ONCE):
        some = OrderLine.order_id.in_(ordered[start : start + AT_ONCE])
        found.update(session.scalars(select(OrderLine.product_id).where(some, which).distinct()))
    return found


def _compare(session: Session, now: datetime, course: Course, question: Message) -> Rehearsal:
    """The lines that fare otherwise, their days by the same walk before and after."""
    rows, base = _read_days(session, now, course.touched)
    after = _after(session, base, course)
    over = _list_over(session, course.cut)
    days = _days([row for row in rows if row.id not in over], plan(base), plan(after), course.touched, after)
    gone = [order_id for order_id in course.demands if course.opened(order_id)]
    fresh = [
        (order_id, line)
        for order_id, demand in course.demands.items()
        for line in demand.lines
        if line.line_id > FRESH
    ]  # fmt: skip
    gained = {line_id: qty for line_id, qty in course.gained.items() if qty}
    found = _answer(session, question, days, gained, fresh)
    before = _open_before(session, gone)
    numbers = {order_id: course.demands[order_id].number for order_id in gone}
    left = {order_id: before[order_id] + course.opened(order_id) for order_id in gone}
    return replace(
        found,
        completed=tuple(sorted(numbers[one] for one in gone if not left[one] and before[one])),
        broken=tuple(sorted(numbers[one] for one in gone if left[one] and not before[one])),
    )


def _after(session: Session, base: Outlook, course: Course) -> Outlook:
    """The outlook as the change leaves it: who waits for how much, in which place, and what is free."""
    lines = {line.line_id: line for demand in course.demands.values() for line in demand.lines}
    orders = {line.line_id: demand for demand in course.demands.values() for line in demand.lines}
    changed: list[WaitingLine] = []
    pattern: dict[int, WaitingLine] = {}
    for one in base.lines:
        known = lines.get(one.line_id)
        if known is not None:
            demand = orders[one.line_id]
            urgency = urgency_of(demand, demand.order_id)
            one = replace(one, units=known.open, urgency=urgency)
        changed.append(one)
        pattern[one.urgency.order_id] = one
    for line_id, line in lines.items():
        demand = orders[line_id]
        if line_id > FRESH and demand.order_id in pattern:
            changed.append(_waiting(line, pattern[demand.order_id], demand.release_on))
    loose = outlooks.list_loose(session, base.today, [one for one, qty in course.freed.items() if qty])
    safety = _safety(session, course.freed)
    free = dict(base.free)
    for product_id, qty in course.freed.items():
        units = loose.get(product_id, (0, 0))[0] + qty - safety.get(product_id, 0)
        free[product_id] = max(0, units)
    return replace(base, lines=tuple(changed), free={one: units for one, units in free.items() if units > 0})


def _waiting(line: Line, like: WaitingLine, release_on: date | None) -> WaitingLine:
    """A line that came about, as the walk sees it: it leaves with its order."""
    days = [day for day in (line.release_on, release_on) if day is not None]
    return replace(like, line_id=line.line_id, product_id=line.product_id, units=line.open, is_made=False,
                   made_by_id=None, release_on=max(days, default=None))  # fmt: skip


def _safety(session: Session, product_ids: Collection[int]) -> dict[int, int]:
    found = select(Product.id, Product.safety_stock).where(Product.id.in_(product_ids))
    return {row[0]: row[1] for row in session.execute(found)}


def _kits_of(outlook: Outlook, product_ids: Collection[int]) -> set[int]:
    """The kits that have one of these products as a part."""
    return {kit for kit, parts in outlook.kits.items() if any(part in product_ids for part, _ in parts)}


# --- days ------------------------------------------------------------------------------------------------------------


def _read_days(session: Session, now: datetime, product_ids: Collection[int]) -> tuple[Sequence[LineRow], Outlook]:
    wider = outlooks.widen(session, product_ids)
    rows = outlooks.list_lines(session, IS_OWED, wider)
    return rows, outlooks.build(session, now, rows, wider)


def _expect(session: Session, today: date, purchase: PurchaseOrder, due: date) -> tuple[date, date] | None:
    """The likely and the late day of a purchase order if it were due on another day; None: nothing of it is due."""
    rows = session.execute(outlooks.due_lines(PurchaseLine.purchase_order_id == purchase.id)).all()
    told: list[Any] = [
        SimpleNamespace(**(row._asdict() | {"due": due, "first_due": row.first_due or row.due})) for row in rows
    ]
    return outlooks.expect_all(session, today, told).get(purchase.id)


def _days(rows: Sequence[LineRow], was: Mapping[int, Expected], now: Mapping[int, Expected], touched: Collection[int],
          after: Outlook | None = None) -> _Days:  # fmt: skip
    """Before and after, of the lines that would be computed anew; one that is wholly covered keeps the day it has."""
    units = {line.line_id: line.units for line in after.lines} if after is not None else {}
    moves = {row.id for row in rows if may_move(row, units.get(row.id, row.units))}
    reached = set(touched)
    if after is not None:
        named = reached | _kits_of(after, reached)
        reached = _widened(after, {row.product_id for row in rows if row.id in moves and row.product_id in named})
    before = {row.id: was[row.id].eta if may_move(row, row.units) else row.eta for row in rows}
    then = {
        row.id: now[row.id].eta if row.id in moves and row.product_id in reached else before[row.id] for row in rows
    }
    fresh = {line_id: one.eta for line_id, one in now.items() if line_id > FRESH}
    return _Days(before, then | fresh)


def _widened(outlook: Outlook, product_ids: set[int]) -> set[int]:
    """As `outlooks.widen`, from what was read."""
    known = product_ids | {part for kit in product_ids for part, _ in outlook.kits.get(kit, ())}
    touched = _kits_of(outlook, known)
    return known | touched | {part for kit in touched for part, _ in outlook.kits[kit]}


# --- the answer ------------------------------------------------------------------------------------------------------


def _answer(session: Session, question: Message, days: _Days, gained: Mapping[int, int],
            fresh: Sequence[tuple[int, Line]]) -> Rehearsal:  # fmt: skip
    """The lines with other units or another day, those that would come about last."""
    moved = {line_id for line_id, day in days.now.items() if line_id < FRESH and days.was[line_id] != day}
    changed = []
    for row in _names(session, moved | {line_id for line_id in gained if line_id < FRESH}):
        held = row.reserved + gained.get(row.id, 0)
        both = days.was.get(row.id, row.eta), days.now.get(row.id, row.eta)
        changed.append(_changed(row, (row.id, row.reserved, held), both))
    heads = _heads(session, fresh)
    for (order_id, line), (number, customer, sku) in zip(fresh, heads, strict=True):
        head = SimpleNamespace(order_id=order_id, number=number, customer=customer, sku=sku)
        day = days.now.get(line.line_id) if line.open or line.secured else None  # else a kit, made of its parts
        changed.append(_changed(head, (_NEW, 0, gained.get(line.line_id, 0)), (None, day)))
    return Rehearsal(question=question, changed=tuple(changed), completed=(), broken=())


def _changed(row: Any, units: tuple[int, int, int], days: tuple[date | None, date | None]) -> Changed:
    line_id, was, now = units
    first, then = (day or date.max for day in days)
    return Changed(
        order_id=row.order_id,
        line_id=line_id,
        order_number=row.number,
        customer=row.customer,
        sku=row.sku,
        reserved_was=was,
        reserved_now=now,
        eta_was=days[0],
        eta_now=days[1],
        is_better=now > was if now != was else then < first,
    )


def _names(session: Session, line_ids: Collection[int]) -> list[Any]:
    ordered = sorted(line_ids)
    return [
        row
        for start in range(0, len(ordered), AT_ONCE)
        for row in session.execute(
            select(OrderLine.id, OrderLine.order_id, OrderLine.reserved, OrderLine.eta, Order.number,
                   Customer.name.label("customer"), Product.sku)
            .join(Order, Order.id == OrderLine.order_id)
            .join(Customer, Customer.id == Order.customer_id)
            .join(Product, Product.id == OrderLine.product_id)
            .where(OrderLine.id.in_(ordered[start : start + AT_ONCE]))
            .order_by(Order.number, OrderLine.line_no)
        )
    ]  # fmt: skip


def _heads(session: Session, fresh: Sequence[tuple[int, Line]]) -> list[tuple[str, str, str]]:
    orders = {row[0]: (row[1], row[2]) for row in session.execute(
        select(Order.id, Order.number, Customer.name).join(Customer, Customer.id == Order.customer_id).where(
            Order.id.in_({order_id for order_id, _ in fresh})))}  # fmt: skip
    query = select(Product.id, Product.sku).where(Product.id.in_({line.product_id for _, line in fresh}))
    skus = {row[0]: row[1] for row in session.execute(query)}
    return [(*orders[order_id], skus[line.product_id]) for order_id, line in fresh]


def _list_over(session: Session, cut: Mapping[int, int]) -> set[int]:
    """Lines of which nothing is open any more when so many units have left them."""
    owed = select(OrderLine.id, _OWED).where(OrderLine.id.in_([line_id for line_id in cut if line_id < FRESH]))
    return {row[0] for row in session.execute(owed) if row[1] <= cut[row[0]]}


def _open_before(session: Session, order_ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for start in range(0, len(order_ids), AT_ONCE):
        rows = session.execute(
            select(OrderLine.order_id, func.sum(_WAITS))
            .where(OrderLine.order_id.in_(order_ids[start : start + AT_ONCE]))
            .group_by(OrderLine.order_id)
        )
        found |= {row[0]: int(row[1]) for row in rows}
    return found
