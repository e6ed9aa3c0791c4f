"""Lets go of lane units that an order cannot leave with, and ties what is free in lanes and on docks anew."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import Delivery, Location, Order, OrderLine, Peg, ReceiptLine, Stock
from wms_desktop.domain.crossdock import Portion, Waiting, share
from wms_desktop.domain.demand import rank, urgency_of
from wms_desktop.services import inventory, news, site_time, waiting_orders
from wms_desktop.services.crossdocking import bin_part
from wms_desktop.services.crossdocking.carrying import release
from wms_desktop.services.crossdocking.deciding import list_closed, trim
from wms_desktop.services.crossdocking.serving import list_declined, list_on_dock, serve_free
from wms_desktop.services.dialogue import Context
from wms_desktop.services.lanes import Lanes
from wms_desktop.services.picturing import WAITS, free_in_bins
from wms_desktop.services.spare_units import list_spare
from wms_desktop.services.waiting_orders import OPEN, Line

CANNOT_LEAVE = "cannot_complete"
_STANDING = ("arrived", "in_lane")
_Row = Row[*tuple[Any, ...]]


def settle(session: Session, context: Context, product_ids: Collection[int]) -> None:
    """After a command: ship-complete orders that can no longer be completed give their lane units back; what was let
    go on the dock of an open receipt, and what is free on such docks and in lanes of these products, which somebody
    waits for, goes to others.

    What nobody takes in its lane is walked back; what nobody takes on the dock is put away.
    """
    session.flush()
    stuck = _list_stuck(session, context)
    if stuck:
        let_go(session, context, stuck, CANNOT_LEAVE)
    on_dock = news.take_dock(session)
    newly_wanted = set(product_ids) - news.take_served(session)
    if newly_wanted:
        on_dock.update(list_on_dock(session, newly_wanted))
    if on_dock:
        serve_free(session, context, sorted(on_dock), leave_out=stuck)
    products = set(product_ids)
    if stuck:
        products |= news.peek(session)
    if products:
        _tie_in_lanes(session, context, products, leave_out=stuck)


def let_go(session: Session, context: Context, order_ids: Collection[int], why: str) -> int:
    """Lets go of all units that stand in lanes for these orders, or on the dock for one; gives how many there were."""
    rows = session.execute(
        select(Peg, ReceiptLine.product_id, ReceiptLine.lot_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(OrderLine.order_id.in_(order_ids), Peg.state.in_(_STANDING))
        .order_by(Peg.id)
    ).all()
    units = 0
    for row in rows:
        if row.Peg.state == "arrived":
            release(session, row.Peg, why)
        else:
            _free_in_lane(session, row, why)
        units += row.Peg.qty
    session.flush()
    return units


def _free_in_lane(session: Session, row: _Row, why: str) -> None:
    peg = row.Peg
    stocks = session.scalars(
        select(Stock.id).where(Stock.location_id == peg.lane_id, Stock.product_id == row.product_id,
                               Stock.lot_id == row.lot_id, Stock.condition == "good", Stock.reserved > 0)
        .order_by(Stock.id)
    ).all()  # fmt: skip
    left = peg.qty
    for stock_id in stocks:
        held = inventory.find_held(session, stock_id, peg.order_line_id)
        taken = min(left, held.qty) if held is not None else 0
        if taken:
            inventory.free(session, stock_id, peg.order_line_id, taken)
            left -= taken
    peg.state, peg.why = "released", why


def _list_stuck(session: Session, context: Context) -> list[int]:
    """Ship-complete orders that hold lane units, lack something, and can have it neither from a truck nor from bins.

    Those that only lack what stands free in bins get it reserved first. Orders that are being packed are left alone.
    """
    lacking = _list_lacking(session)
    if not lacking:
        return []
    free = free_in_bins(session, context.at, {product for units in lacking.values() for product in units})
    hopeful = [
        order_id for order_id, units in lacking.items()
        if all(free.get(product, 0) >= missing for product, missing in units.items())
    ]  # fmt: skip
    if hopeful:
        bin_part.reserve(session, context, hopeful)
        lacking = _list_lacking(session)
    return sorted(lacking)


def _list_lacking(session: Session) -> dict[int, dict[int, int]]:
    """What ship-complete orders with units in lanes lack, beside what the firm plan of a truck here brings them."""
    standing = (
        select(OrderLine.order_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Peg.state.in_(_STANDING), Order.ship_complete == True)
        .distinct()
    )
    orders = set(session.scalars(standing))
    if not orders:
        return {}
    packed = (
        select(OrderLine.order_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .where(is_among(session.connection(), OrderLine.order_id, orders), Peg.state == "packed")
    )
    orders -= set(session.scalars(packed))
    firm = (
        select(func.coalesce(func.sum(Peg.qty), 0))
        .join(Delivery, Delivery.id == Peg.delivery_id)
        .where(Peg.state == "firm", Peg.order_line_id == OrderLine.id, Delivery.state == "here")
        .correlate(OrderLine)
        .scalar_subquery()
    )
    rows = session.execute(
        select(OrderLine.order_id, OrderLine.product_id, (OPEN - firm).label("missing")).where(
            is_among(session.connection(), OrderLine.order_id, orders), WAITS
        )
    )
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.missing > 0:
            found[row.order_id][row.product_id] += int(row.missing)
    return found


def _tie_in_lanes(session: Session, context: Context, product_ids: Collection[int], leave_out: Sequence[int]) -> None:
    """What stands free in a lane goes to an order that waits for it and may collect in that very lane."""
    stocks = session.execute(
        select(Stock.id, Stock.product_id, Stock.lot_id, Stock.location_id,
               (Stock.on_hand - Stock.reserved).label("free"))
        .join(Location, Location.id == Stock.location_id)
        .where(is_among(session.connection(), Stock.product_id, product_ids), Stock.condition == "good",
               Stock.on_hand > Stock.reserved, func.coalesce(Location.kind, "") == "lane")
        .order_by(Stock.id)
    ).all()  # fmt: skip
    for stock in stocks:
        _tie_stock(session, context, stock, leave_out)


def _tie_stock(session: Session, context: Context, stock: _Row, leave_out: Sequence[int]) -> None:
    spare = {one.line_id: (one.units, one.case) for one in list_spare(session, stock.id, stock.free)}
    if not spare:
        return
    out = (*leave_out, *list_declined(session, list(spare)))
    is_closed = bool(list_closed(session, [stock.product_id]))
    left = stock.free
    for case in sorted({case if is_closed else 1 for _, case in spare.values()}, reverse=True):
        alike = {line_id: units for line_id, (units, size) in spare.items() if not is_closed or size == case}
        units = min(left, sum(alike.values())) // case * case
        rows = waiting_orders.list_waiting(session, [stock.product_id], out) if units else ()
        portions = _share(session, context, stock, (units, case), rows) if rows else ()
        _tie_alike(session, context, stock, portions, alike)
        left -= sum(portion.qty for portion in portions)


def _tie_alike(session: Session, context: Context, stock: _Row, portions: Sequence[Portion],
               spare: dict[int, int]) -> None:  # fmt: skip
    """Ties units of these receipt lines, which stand in a lane, to those whose portions they are."""
    for portion in portions:
        left = portion.qty
        for line_id in [one for one, qty in spare.items() if qty]:
            taken = min(left, spare[line_id])
            spare[line_id] -= taken
            left -= taken
            if taken:
                session.add(_in_lane(context, stock, portion, line_id, taken))
        reason = json.dumps({"rule": portion.reason, "by": "crossdock"})
        inventory.hold(session, stock.id, portion.line_id, portion.qty, reason)
    if portions:
        news.note_moved(session, [stock.product_id])


def _in_lane(context: Context, stock: _Row, portion: Portion, receipt_line_id: int, qty: int) -> Peg:
    return Peg(
        receipt_line_id=receipt_line_id,
        order_line_id=portion.line_id,
        qty=qty,
        state="in_lane",
        lane_id=stock.location_id,
        reason=portion.reason,
        at=context.at,
    )


def _share(session: Session, context: Context, stock: _Row, goods: tuple[int, int],
           rows: Sequence[Line]) -> Sequence[Portion]:  # fmt: skip
    """Who gets free units of a lane, (units, units of a case): whole orders that may collect there, then parts."""
    units, case = goods
    today = site_time.today(session, context.at)
    by_order: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        if not row.made_to_order and not row.kit_qty and not waiting_orders.guard_of(row, today):
            by_order[row.order_id].append(row)
    rest, value = waiting_orders.rest_of(session, by_order.keys())
    lanes = Lanes(session, by_order)
    waiting = []
    for order_id, lines in by_order.items():
        first = lines[0]
        if not lanes.may_stand(stock.location_id, order_id, first.service_id):
            continue
        urgency = urgency_of(first, order_id, value[order_id])
        others: Mapping[int, int] = rest[order_id]
        own = sum(row.open for row in lines)
        wanted = trim([(row.line_id, row.open) for row in lines], own, case)
        if not wanted:
            continue
        waiting.append(
            Waiting(
                urgency=urgency,
                rank=rank(urgency, context.at, today),
                lines=wanted,
                ship_complete=first.ship_complete,
                rest_missing=sum(qty for product, qty in others.items() if product != stock.product_id)
                + own
                - sum(qty for _, qty in wanted),
            )
        )
    return [portion for portion in share(units, waiting).portions if portion.to == "lane"]
