"""If this truck came now: which orders it completes, what goes to lanes and bins; against putting away first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import (
    Customer,
    Delivery,
    DeliveryPart,
    Order,
    OrderLine,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)
from wms_desktop.db.types import Money
from wms_desktop.domain.allocation import Supply, decide
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.prompts import Message
from wms_desktop.services import picturing, planning, site_time
from wms_desktop.services.planning import Look, LookOrder
from wms_desktop.views.dock import TruckNow, TruckOrder

_OPEN = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved
_COMING = ("expected", "here")
_GUARDS = frozenset({"order_held", "not_released", "cutoff_missed", "kit_part"})
_Named = Row[*tuple[Any, ...]]


def truck_now(session: Session, now: datetime, delivery_id: int | None = None,
              purchase_id: int | None = None) -> TruckNow:  # fmt: skip
    """What would happen if a truck, or the goods still due of a purchase order, stood at the dock now.

    Decided by the engine that shares out a real arrival; nothing is written. Raises BadInput `dock.no_truck` where
    there is no such truck or purchase order, Refusal `dock.truck_over` and `dock.purchase_over` where nothing of it is
    to come.
    """
    number = _check(session, delivery_id, purchase_id)
    look = planning.look(session, now, delivery_id=delivery_id, purchase_order_id=purchase_id)
    stored = _complete_from_bins(session, now, look)
    named = _name(session, [order.order_id for order in look.orders])
    today = site_time.today(session, now)
    orders = tuple(
        _show(session, now, today, order, named[order.order_id], is_stored_too=order.order_id in stored)
        for order in look.orders
    )
    code = "dock.if_truck" if delivery_id is not None else "dock.if_purchase"
    return TruckNow(
        question=Message(code, {"number": number}),
        at=now,
        orders=orders,
        units=look.units,
        to_lanes=look.to_lanes,
        to_bins=look.to_bins,
        completes=look.completes,
        bound=look.bound,
        in_part=sum(not order.is_completed for order in look.orders),
        rescued=sum(order.is_rescued for order in orders),
        stored_completes=len(stored),
        notes=(*_inspected(session, delivery_id, purchase_id), *_kept_out(session, look)),
    )


def _check(session: Session, delivery_id: int | None, purchase_id: int | None) -> str:
    """The number of what is asked about; refuses what brings nothing more."""
    if delivery_id is not None:
        delivery = session.get(Delivery, delivery_id)
        if delivery is None:
            raise BadInput("dock.no_truck")
        if delivery.state not in _COMING:
            raise Refusal("dock.truck_over", number=delivery.number)
        return delivery.number
    purchase = session.get(PurchaseOrder, purchase_id)
    if purchase is None:
        raise BadInput("dock.no_truck")
    if purchase.state != "open":
        raise Refusal("dock.purchase_over", number=purchase.number)
    return purchase.number


def _name(session: Session, order_ids: Collection[int]) -> dict[int, _Named]:
    """What a person reads of each order, its last day as things stand, and the value of what it waits for."""
    if not order_ids:
        return {}
    rows = session.execute(
        select(
            Order.id, Order.number, Order.promise, Order.leave_by, Order.currency, Customer.name.label("customer"),
            func.max(OrderLine.eta).label("eta"), func.count().label("lines"), func.count(OrderLine.eta).label("dated"),
            func.sum(_OPEN * OrderLine.price, type_=Money()).label("value"),
        )
        .join(Customer, Customer.id == Order.customer_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(is_among(session.connection(), Order.id, order_ids), _OPEN > 0)
        .group_by(Order.id, Order.number, Order.promise, Order.leave_by, Order.currency, Customer.name)
    )  # fmt: skip
    return {row.id: row for row in rows}


def _show(session: Session, now: datetime, today: date, order: LookOrder, row: _Named, *,
          is_stored_too: bool) -> TruckOrder:  # fmt: skip
    eta: date | None = row.eta if row.dated == row.lines else None
    leaves = row.leave_by.astimezone(site_time.zone_of(session)).date() if row.leave_by > now else today
    is_broken = eta is None or eta > row.promise
    reasons = [gift.reason for gift in order.lines]
    return TruckOrder(
        order_id=order.order_id,
        number=row.number,
        customer=row.customer,
        promise=row.promise,
        leave_by=row.leave_by,
        eta=eta,
        units=order.units,
        from_bins=order.from_bins,
        is_completed=order.is_completed,
        is_rescued=order.is_completed and is_broken and leaves <= row.promise,
        is_stored_too=is_stored_too,
        value=row.value or Decimal(0),
        currency=row.currency,
        reason=Message("dock.gets_it", {"why": f"why.{reasons[0]}"}),
    )


def _complete_from_bins(session: Session, now: datetime, look: Look) -> set[int]:
    """The orders that would become complete if the same units stood in bins and were reserved from there."""
    arriving = dict(look.problem.arriving)
    if not arriving:
        return set()
    picture = picturing.read(session, now, product_ids=arriving)
    ids = {one.order_id for one in picture.demands}
    picture = picturing.widen(session, picture, ids, [line.product_id for one in picture.demands for line in one.lines])
    picture = picture.with_supply(
        *(Supply(stock_id=-place, product_id=product_id, free=units, bin="", walk_seq=0)
          for place, (product_id, units) in enumerate(arriving.items(), 1))
    )  # fmt: skip
    given: dict[int, int] = defaultdict(int)
    for share in decide(picture).shares:
        given[share.line_id] += share.qty
    return {
        one.order_id
        for one in picture.demands
        if any(given[line.line_id] for line in one.lines)
        and all(given[line.line_id] >= line.open for line in one.lines)
    }


def _kept_out(session: Session, look: Look) -> list[Message]:
    """Orders that wait for the goods and that a rule keeps out, by rule."""
    counted = Counter(guard for _, guard in look.kept_out)
    first = {guard: order_id for order_id, guard in reversed(look.kept_out)}
    numbers = _numbers(session, first.values())
    return [
        Message("dock.kept_out", {"orders": count, "first": numbers[first[guard]], "why": _guard(guard)})
        for guard, count in sorted(counted.items())
    ]


def _guard(code: str) -> str:
    return f"why.guard_{code}" if code in _GUARDS else "why.guard_other"


def _numbers(session: Session, order_ids: Collection[int]) -> Mapping[int, str]:
    rows = session.execute(select(Order.id, Order.number).where(Order.id.in_(list(order_ids))))
    return {row.id: row.number for row in rows}


def _inspected(session: Session, delivery_id: int | None, purchase_id: int | None) -> Sequence[Message]:
    """Goods of the truck that must be inspected before anybody is served of them."""
    parts = select(DeliveryPart.purchase_order_id).where(DeliveryPart.delivery_id == delivery_id)
    which = PurchaseOrder.id == purchase_id if delivery_id is None else PurchaseOrder.id.in_(parts)
    units = session.scalar(
        select(func.sum(PurchaseLine.ordered - PurchaseLine.received))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Product, Product.id == PurchaseLine.product_id)
        .where(which, PurchaseOrder.state == "open", PurchaseLine.ordered > PurchaseLine.received,
               or_(Product.is_inspected == True, Supplier.is_inspected == True))
    )  # fmt: skip
    return [Message("dock.inspected_first", {"units": int(units)})] if units else []
