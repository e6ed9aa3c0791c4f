"""Why this order and not that one: who got what came, who did not, by which rank and which rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    Location,
    Order,
    OrderLine,
    Peg,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
)
from wms_desktop.domain.demand import age_key, rank, urgency_of
from wms_desktop.errors import BadInput, Value
from wms_desktop.prompts import Message
from wms_desktop.services import settings, short_pegs, site_time, waiting_orders

FEW = 5
_LIVING = ("proposed", "firm", "arrived", "in_lane")
_PLANNED = ("proposed", "firm")
_DECLINED = "declined: "
_PEG_WHYS = frozenset({
    "came", "did_not_come", "shared_anew", "not_wanted", "not_planned", "order_cancelled", "let_go", "taken_back",
    "order_changed", "cannot_complete", "missed", "not_found",
})  # fmt: skip
_RULES = frozenset({"completes", "part", "kept_for_rest", "kept_lane_full", "made_for_it", short_pegs.REASON})
_GUARDS = frozenset({"order_held", "not_released", "cutoff_missed", "kit_part", "case_closed", "planned"})
_REASONS = frozenset({"does_not_fit", "damaged", "lane_blocked", "not_wanted", "other"})
_Row = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The line in question with its order, and how many units of it neither stand reserved nor are planned."""

    line: OrderLine
    order: Order
    open: int
    now: datetime
    today: date

    def turn(self, order: Any, order_id: int) -> tuple[Any, Any]:
        """An order's rank and its age within it: the smaller is served first."""
        urgency = urgency_of(order, order_id)
        return rank(urgency, self.now, self.today), age_key(urgency)


def tell(session: Session, now: datetime, line_id: int) -> tuple[Message, ...]:
    """Why an order line got what it got of the goods that came or come, and why others got them; the plainest first.

    First what is its own, with the reason; then what it was given and lost; then the orders that have units of the
    same product, with what brought them before it; at last which rule keeps the rest of it waiting. Nothing is
    written. Raises BadInput `dock.no_line`.
    """
    line = session.get(OrderLine, line_id)
    if line is None:
        raise BadInput("dock.no_line")
    order = session.get_one(Order, line.order_id)
    own = _list_own(session, line_id)
    planned = sum(row.qty for row in own if row.state in _PLANNED)
    waits = line.ordered - line.cancelled - line.shipped - line.reserved - planned
    asked = _Asked(line, order, waits, now, site_time.today(session, now))
    said = [*_tell_own(own)]
    if waits > 0:
        guard = _guard(session, asked)
        said += _tell_others(session, asked, guard)
        said += _tell_rest(session, asked, guard)
    elif not own:
        said.append(Message("dock.why_nothing"))
    return tuple(said)


def tell_beside(session: Session, now: datetime, line_id: int) -> tuple[Message, ...]:
    """What the dock adds to the reasons of the stock; nothing where no arrival was tied to anybody wanting the same."""
    own = select(Peg.id).where(Peg.order_line_id == line_id).limit(1)
    wanted = select(OrderLine.product_id).where(OrderLine.id == line_id).scalar_subquery()
    others = (
        select(Peg.id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(OrderLine.product_id == wanted, Peg.state.in_(_LIVING))
        .limit(1)
    )
    is_tied = session.scalar(own) is not None or session.scalar(others) is not None
    return tell(session, now, line_id) if is_tied else ()


def _list_own(session: Session, line_id: int) -> Sequence[_Row]:
    """Its pegs, alike ones together, in the order of their life."""
    return session.execute(
        select(Peg.state, Peg.reason, Peg.why, Location.code.label("lane"), Delivery.number.label("truck"),
               Receipt.number.label("receipt"), func.sum(Peg.qty).label("qty"))
        .outerjoin(Location, Location.id == Peg.lane_id)
        .outerjoin(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .outerjoin(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .outerjoin(Delivery, Delivery.id == func.coalesce(Peg.delivery_id, Receipt.delivery_id))
        .where(Peg.order_line_id == line_id)
        .group_by(Peg.state, Peg.reason, Peg.why, Location.code, Delivery.number, Receipt.number)
        .order_by(func.min(Peg.id))
    ).all()  # fmt: skip


def _tell_own(rows: Sequence[_Row]) -> Iterator[Message]:
    for row in rows:
        if row.state == "released":
            continue
        rule = f"why.{row.reason}" if row.reason in _RULES else "why.guard_other"
        args: dict[str, Value] = {"units": int(row.qty), "source": row.truck or row.receipt or "-",
                                  "lane": row.lane or "-", "why": rule}  # fmt: skip
        is_fetched = row.state == "stored" and row.reason == short_pegs.REASON
        yield Message("dock.has_fetched" if is_fetched else f"dock.has_{row.state}", args)
    for row in rows:
        if row.state != "released" or row.why == "came":
            continue
        if row.why.startswith(_DECLINED):
            reason = row.why.removeprefix(_DECLINED)
            said = f"reason.{reason}" if reason in _REASONS else reason
            yield Message("dock.declined", {"units": int(row.qty), "why": said})
        else:
            yield Message("dock.let_go", {"units": int(row.qty), "why": _why_let_go(row.why)})


def _why_let_go(why: str) -> str:
    if why in _PEG_WHYS:
        return f"why.peg_{why}"
    return f"why.guard_{why}" if why in _GUARDS else "why.peg_other"


def _guard(session: Session, asked: _Asked) -> str:
    """The rule that keeps the line's order out at this moment; empty: none."""
    rows = waiting_orders.list_lines_of(session, {asked.order.id}, lock=False)
    row = next((one for one in rows if one.line_id == asked.line.id), None)
    if row is None:
        return ""
    minutes = settings.get_int(session, "crossdock_minutes")
    late = waiting_orders.misses_cutoff(row, asked.now, asked.now, minutes)
    return waiting_orders.guard_of(row, asked.today) or ("cutoff_missed" if late else "")


def _tell_others(session: Session, asked: _Asked, guard: str) -> Iterator[Message]:
    """Who has units of the product that came or come, the first served first, against the line's own turn."""
    rows = session.execute(
        select(
            Order.id, Order.number, Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class,
            Order.placed_at, Order.passed_over, func.sum(Peg.qty).label("units"), func.min(Peg.reason).label("reason"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .where(OrderLine.product_id == asked.line.product_id, Peg.state.in_(_LIVING), Order.id != asked.order.id)
        .group_by(Order.id, Order.number, Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class,
                  Order.placed_at, Order.passed_over)
    ).all()  # fmt: skip
    ordered = sorted(rows, key=lambda row: asked.turn(row, row.id))
    mine = asked.turn(asked.order, asked.order.id)
    for row in ordered[:FEW]:
        yield _against(session, asked, row, mine, guard)
    if len(ordered) > FEW:
        units = sum(int(row.units) for row in ordered[FEW:])
        yield Message("dock.others_more", {"orders": len(ordered) - FEW, "units": units})


def _against(session: Session, asked: _Asked, row: _Row, mine: tuple[Any, Any], guard: str) -> Message:
    """Why another order has units that this one still waits for."""
    its = asked.turn(row, row.id)
    args: dict[str, Value] = {"order": row.number, "units": int(row.units)}
    if its[0] < mine[0]:
        local = row.leave_by.astimezone(site_time.zone_of(session)).strftime("%Y-%m-%d %H:%M")
        return Message("dock.other_before", args | {"rank": _rank_word(asked, row), "leave_by": local})
    if its[0] == mine[0]:
        is_first = row.reason != "completes" and its[1] < mine[1]
        return Message("dock.other_older" if is_first else "dock.other_equal", args)
    if guard:
        return Message("dock.other_after_guard", args | {"why": _word(guard)})
    return Message("dock.other_after_whole" if asked.order.ship_complete else "dock.other_after", args)


def _rank_word(asked: _Asked, row: _Row) -> str:
    if row.is_pinned:
        return "reason.rank_pinned"
    if row.promise < asked.today:
        return "reason.rank_late"
    return "reason.rank_cut_off" if row.leave_by > asked.now else "reason.rank_missed"


def _word(guard: str) -> str:
    return f"why.guard_{guard}" if guard in _GUARDS else "why.guard_other"


def _tell_rest(session: Session, asked: _Asked, guard: str) -> Iterator[Message]:
    """Which rule keeps the rest of the line waiting, and since when it was left behind."""
    args: dict[str, Value] = {"units": asked.open}
    coming, free = _coming(session, asked)
    if guard:
        yield Message("dock.rest_guard", args | {"why": _word(guard)})
    elif asked.order.ship_complete and (missing := _missing(session, asked)):
        yield Message("dock.rest_whole", args | {"missing": ", ".join(missing)})
    elif not coming:
        yield Message("dock.rest_nothing_comes", args)
    else:
        yield Message("dock.rest_free" if free else "dock.rest_nothing_left", args | {"coming": coming, "free": free})
    if asked.order.passed_over:
        yield Message("dock.passed_over", {"count": asked.order.passed_over})


def _coming(session: Session, asked: _Asked) -> tuple[int, int]:
    """Units of the product on trucks that are here or planned, and those of them that no plan has given away."""
    far = asked.now + timedelta(days=settings.get_int(session, "plan_days"))
    trucks = (
        select(DeliveryPart.purchase_order_id)
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .where(or_(Delivery.state == "here",
                   (Delivery.state == "expected") & (Delivery.opens_at.is_(None) | (Delivery.opens_at <= far))))
    )  # fmt: skip
    due = PurchaseLine.ordered - PurchaseLine.received
    row = session.execute(
        select(func.coalesce(func.sum(due), 0), func.coalesce(func.sum(due - PurchaseLine.planned), 0))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseLine.product_id == asked.line.product_id, PurchaseLine.received < PurchaseLine.ordered,
               PurchaseOrder.state == "open", PurchaseOrder.id.in_(trucks))
    ).one()  # fmt: skip
    return int(row[0]), max(0, int(row[1]))


def _missing(session: Session, asked: _Asked) -> list[str]:
    """The articles of the order's other lines that nothing covers yet."""
    pegged = (
        select(func.coalesce(func.sum(Peg.qty), 0))
        .where(Peg.order_line_id == OrderLine.id, Peg.state.in_(_PLANNED))
        .correlate(OrderLine)
        .scalar_subquery()
    )
    rows = session.scalars(
        select(Product.sku)
        .join(OrderLine, OrderLine.product_id == Product.id)
        .where(OrderLine.order_id == asked.order.id, OrderLine.id != asked.line.id,
               waiting_orders.OPEN - pegged > 0)
        .distinct()
        .order_by(Product.sku)
    )  # fmt: skip
    return list(rows)
