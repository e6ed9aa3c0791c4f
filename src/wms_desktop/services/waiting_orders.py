"""Who waits for what arrives: open lines with what decides their turn, the rest of their orders, what is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import Order, OrderLine, Peg, PurchaseLine, PurchaseOrder
from wms_desktop.db.types import Money
from wms_desktop.domain.demand import full_key, urgency_of
from wms_desktop.domain.whole_kits import asked_for, count_whole
from wms_desktop.services import settings, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.picturing import WAITS, free_in_bins

OPEN = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved
_STANDING = ("arrived", "in_lane")
_SECURED = OrderLine.reserved + OrderLine.shipped
_AT_ONCE = 4000
Line = Row[*tuple[Any, ...]]


def list_waiting(session: Session, product_ids: Collection[int], leave_out: Sequence[int]) -> Sequence[Line]:
    """Open lines of these products, order by order, locked; what is decided for them must still be open then."""
    return [
        row
        for part in in_pieces(product_ids, at_once=_AT_ONCE)
        for row in session.execute(
            _lines(OrderLine.product_id.in_(part), Order.id.not_in(leave_out)).with_for_update(of=OrderLine)
        )
    ]


def list_lines_of(session: Session, order_ids: Collection[int], *, lock: bool) -> list[Line]:
    """All open lines of these orders, order by order, as :func:`list_waiting` gives them."""
    found: list[Line] = []
    for part in in_pieces(sorted(order_ids), at_once=_AT_ONCE):
        query = _lines(OrderLine.order_id.in_(part))
        found += session.execute(query.with_for_update(of=OrderLine) if lock else query).all()
    return found


def list_orders_for(session: Session, product_ids: Collection[int]) -> set[int]:
    """The orders that wait for any of these products."""
    found: set[int] = set()
    for part in in_pieces(product_ids, at_once=_AT_ONCE):
        found.update(session.scalars(select(OrderLine.order_id).where(WAITS, OrderLine.product_id.in_(part))))
    return found


def _lines(*which: ColumnElement[bool]) -> Any:
    also = aliased(OrderLine)
    begun = (
        exists(Peg.id)
        .where(Peg.order_line_id == also.id, also.order_id == Order.id, Peg.state.in_(_STANDING))
        .correlate(Order)
    )
    return (
        select(
            OrderLine.id.label("line_id"), OrderLine.order_id, OrderLine.product_id, OPEN.label("open"),
            _SECURED.label("secured"), OrderLine.release_on.label("line_release_on"), OrderLine.made_to_order,
            OrderLine.made_by_id, OrderLine.replaces_id, OrderLine.kit_qty, Order.is_pinned, Order.is_held,
            Order.release_on, Order.promise, Order.leave_by, Order.priority_class, Order.placed_at,
            Order.passed_over, Order.ship_complete, Order.service_id, begun.label("is_begun"),
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(WAITS, *which)
        .order_by(OrderLine.order_id, OrderLine.line_no)
    )  # fmt: skip


def rest_of(session: Session, order_ids: Collection[int]) -> tuple[dict[int, dict[int, int]], dict[int, Decimal]]:
    """Per order: its open units that nothing holds, by product; and the value of all that it still waits for."""
    rest: dict[int, dict[int, int]] = defaultdict(dict)
    value: dict[int, Decimal] = defaultdict(Decimal)
    owed = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
    for part in in_pieces(order_ids, at_once=_AT_ONCE):
        rows = session.execute(
            select(OrderLine.order_id, OrderLine.product_id, func.sum(OPEN).label("open"),
                   func.sum(owed * OrderLine.price, type_=Money()).label("value"))
            .where(OrderLine.order_id.in_(part))
            .group_by(OrderLine.order_id, OrderLine.product_id)
        )  # fmt: skip
        for row in rows:
            value[row.order_id] += row.value
            if row.open:
                rest[row.order_id][row.product_id] = int(row.open)
    return rest, value


def due_soon(session: Session, context: Context, product_ids: Collection[int]) -> dict[int, int]:
    """Units of these products still expected on purchase orders due within the house's limit, by product."""
    limit = site_time.today(session, context.at) + timedelta(days=settings.get_int(session, "hold_days"))
    due: dict[int, int] = {}
    for part in in_pieces(product_ids, at_once=_AT_ONCE):
        rows = session.execute(
            select(PurchaseLine.product_id, func.sum(PurchaseLine.ordered - PurchaseLine.received).label("units"))
            .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
            .where(
                PurchaseLine.product_id.in_(part),
                PurchaseLine.received < PurchaseLine.ordered,
                PurchaseOrder.state == "open",
                PurchaseOrder.due <= limit,
            )
            .group_by(PurchaseLine.product_id)
        )
        due |= {row.product_id: int(row.units) for row in rows}
    return due


def guard_of(row: Line, today: date) -> str:
    """The rule that keeps a line's order out, empty: none."""
    if row.is_held:
        return "order_held"
    if any(day is not None and day > today for day in (row.release_on, row.line_release_on)):
        return "not_released"
    return ""


def misses_cutoff(row: Line, arrives: datetime, now: datetime, minutes: int) -> bool:
    """Whether units that arrive then cannot be carried to their lane in time for the order's cut-off.

    A cut-off that has passed already hurries nobody: the order leaves with the next round, and takes what comes. An
    order of which units stand in a lane, or on the dock for one, has begun: it keeps its turn until it leaves.
    """
    return bool(not row.is_begun and now < row.leave_by < arrives + timedelta(minutes=minutes))


def whole_kits(session: Session, context: Context, rows: Sequence[Line], arriving: Mapping[int, int]) -> dict[int, int]:
    """The most units that each line for a part of a kit may take of what arrives, so that kits stay whole.

    A kit counts when each of its parts is held, arrives with these units, or stands free in a bin; the kits of the
    most urgent order first, so that no unit makes two kits whole.
    """
    today = site_time.today(session, context.at)
    of_parts = sorted(
        (row for row in rows if row.kit_qty),
        key=lambda row: full_key(urgency_of(row, row.order_id), context.at, today),
    )
    kits = list(dict.fromkeys(row.replaces_id for row in of_parts))
    parts: dict[int, list[Line]] = defaultdict(list)
    for some in in_pieces(kits, at_once=_AT_ONCE):
        found = session.execute(
            select(OrderLine.id, OrderLine.replaces_id, OrderLine.product_id, OrderLine.kit_qty,
                   OPEN.label("open"), _SECURED.label("secured"))
            .where(OrderLine.replaces_id.in_(some), OrderLine.kit_qty > 0)
        )  # fmt: skip
        for row in found:
            parts[row.replaces_id or 0].append(row)
    free = free_in_bins(session, context.at, {row.product_id for lines in parts.values() for row in lines})
    left = {product_id: free.get(product_id, 0) + arriving.get(product_id, 0) for product_id in {*free, *arriving}}
    able: dict[int, int] = {}
    for kit_id in kits:
        number = count_whole(parts[kit_id], lambda product_id: left.get(product_id, 0))
        for product_id, units in asked_for(parts[kit_id], number).items():
            left[product_id] = left.get(product_id, 0) - units
        able |= {row.id: max(0, min(row.open, number * row.kit_qty - row.secured)) for row in parts[kit_id]}
    return able
