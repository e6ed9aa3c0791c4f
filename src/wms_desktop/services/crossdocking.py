"""Decides on each receiving scan who gets the units, pegs them to waiting orders and carries them to lanes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import (
    Customer,
    Location,
    Order,
    OrderLine,
    Peg,
    PrintJob,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Station,
    Stock,
)
from wms_desktop.db.types import Money
from wms_desktop.domain.crossdock import Portion, Sharing, Waiting, share
from wms_desktop.domain.demand import rank, urgency_of
from wms_desktop.domain.documents import CrossDockTag
from wms_desktop.errors import Refusal
from wms_desktop.services import inventory, printing, settings, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

_OPEN = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Units that one scan put on the dock: the receipt line, the stock row they stand in, and how many."""

    receipt_line_id: int
    stock_id: int
    product_id: int
    qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """Units on the dock that are to be carried to a lane for an order."""

    peg_id: int
    lane: str
    lane_id: int
    order: str
    customer: str
    qty: int
    product: str
    reason: str
    leave_by: datetime


def decide(session: Session, context: Context, product_id: int, qty: int, *, leave_out: Sequence[int] = ()) -> Sharing:
    """The sharing-out of ``qty`` arriving units of a product among the orders that wait for it now."""
    rows = _list_waiting(session, product_id, leave_out)
    if not rows:
        return Sharing((), (), (), qty)
    lines_of = {order_id: list(lines) for order_id, lines in groupby(rows, key=lambda row: row.order_id)}
    order_ids = sorted(lines_of)
    rest, value = _rest_of(session, order_ids, product_id)
    due = _due_soon(session, context, {product_id}.union(*rest.values()))
    lanes = _Lanes(session)
    today = site_time.today(session, context.at)
    waiting = []
    for order_id in order_ids:
        lines = lines_of[order_id]
        first = lines[0]
        urgency = urgency_of(first, order_id, value[order_id])
        own_open = sum(row.open for row in lines)
        missing = dict(rest[order_id])
        if own_open > qty:
            missing[product_id] = own_open - qty
        waiting.append(
            Waiting(
                urgency=urgency,
                rank=rank(urgency, context.at, today),
                lines=tuple((row.line_id, row.open) for row in lines),
                ship_complete=first.ship_complete,
                rest_missing=sum(rest[order_id].values()),
                rest_due=all(due.get(p, 0) >= units for p, units in missing.items()),
                guard=_guard(first, today),
                lane_free=lanes.find(order_id, first.service_id) is not None,
            )
        )
    return share(qty, waiting)


def peg(session: Session, context: Context, arrival: Arrival, sharing: Sharing) -> None:
    """Ties the arrived units to the orders of the sharing: reserved on the dock, so that nobody else sees them."""
    lanes = _Lanes(session)
    ids = {*sharing.passed_over, *(portion.order_id for portion in sharing.portions)}
    orders = {order.id: order for order in session.scalars(select(Order).where(Order.id.in_(ids)))}
    for portion in sharing.portions:
        lane_id = None
        if portion.to == "lane":
            lane_id = lanes.take(portion.order_id, orders[portion.order_id].service_id)
        session.add(
            Peg(
                receipt_line_id=arrival.receipt_line_id,
                order_line_id=portion.line_id,
                qty=portion.qty,
                state="stored" if lane_id is None else "arrived",
                lane_id=lane_id,
                reason=portion.reason,
                at=context.at,
            )
        )
        inventory.hold(session, arrival.stock_id, portion.line_id, portion.qty, _reason(portion))
    for order_id in sharing.passed_over:
        orders[order_id].passed_over += 1
    for order_id in {p.order_id for p in sharing.portions if p.reason == "completes"}:
        if orders[order_id].passed_over:
            orders[order_id].passed_over = 0
    session.flush()


def list_carries(session: Session, receipt_id: int, station_id: int) -> list[Carry]:
    """What this station still has to carry from the dock to lanes, the last decided first."""
    rows = session.execute(
        select(Peg, Location.code, Order.number, Order.leave_by, Customer.name, Product.name.label("product"))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(Location, Location.id == Peg.lane_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Peg.state == "arrived", ReceiptLine.receipt_id == receipt_id, ReceiptLine.station_id == station_id)
        .order_by(ReceiptLine.id.desc(), Peg.id)
    ).all()
    return [
        Carry(
            peg_id=row.Peg.id,
            lane=row.code,
            lane_id=row.Peg.lane_id,
            order=row.number,
            customer=row.name,
            qty=row.Peg.qty,
            product=row.product,
            reason=row.Peg.reason,
            leave_by=row.leave_by,
        )
        for row in rows
    ]


def carry_to_lane(session: Session, context: Context, carries: Sequence[Carry]) -> list[str]:
    """Confirms that units stand in their lane; gives the numbers of the orders this made wholly available.

    One tag per order and receipt is printed at the first units of it.
    """
    order_ids = set()
    for carry in carries:
        row = session.get_one(Peg, carry.peg_id)
        line = session.get_one(ReceiptLine, row.receipt_line_id)
        order_line = session.get_one(OrderLine, row.order_line_id)
        receipt = session.get_one(Receipt, line.receipt_id)
        source = _dock_stock(session, line, receipt.dock_id)
        inventory.carry(
            session, context, source.id, row.order_line_id, row.qty, Spot(location_id=carry.lane_id),
            reason="crossdock",
        )  # fmt: skip
        row.state = "in_lane"
        session.flush()
        order_ids.add(order_line.order_id)
        _print_tag(session, context, carry, receipt, order_line)
    return list_complete(session, sorted(order_ids))


def release(session: Session, peg_row: Peg, why: str) -> None:
    """Lets go of units that still stand on the dock for an order, with the reason."""
    line = session.get_one(ReceiptLine, peg_row.receipt_line_id)
    receipt = session.get_one(Receipt, line.receipt_id)
    inventory.free(session, _dock_stock(session, line, receipt.dock_id).id, peg_row.order_line_id, peg_row.qty)
    peg_row.state = "released"
    peg_row.why = why
    session.flush()


def offer_again(session: Session, context: Context, declined: Peg) -> None:
    """Shares out a declined peg's units anew, leaving every order out that was declined for this line."""
    line = session.get_one(ReceiptLine, declined.receipt_line_id)
    receipt = session.get_one(Receipt, line.receipt_id)
    refused = (
        select(OrderLine.order_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .where(Peg.receipt_line_id == line.id, Peg.state == "released", Peg.why.startswith("declined"))
    )
    leave_out = tuple(session.scalars(refused))
    sharing = decide(session, context, line.product_id, declined.qty, leave_out=leave_out)
    stock = _dock_stock(session, line, receipt.dock_id)
    arrival = Arrival(receipt_line_id=line.id, stock_id=stock.id, product_id=line.product_id, qty=declined.qty)
    peg(session, context, arrival, sharing)


def order_of(session: Session, row: Peg) -> Order:
    """The order that a peg serves."""
    return session.get_one(Order, session.get_one(OrderLine, row.order_line_id).order_id)


def count_carries(session: Session, receipt_id: int) -> int:
    """Units of a receipt that anybody still has to carry to a lane."""
    found = session.scalar(
        select(func.sum(Peg.qty))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(Peg.state == "arrived", ReceiptLine.receipt_id == receipt_id)
    )
    return int(found or 0)


def list_complete(session: Session, order_ids: Sequence[int]) -> list[str]:
    """Numbers of those orders of which every open unit is held."""
    if not order_ids:
        return []
    rows = session.execute(
        select(Order.number)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.id.in_(order_ids))
        .group_by(Order.number)
        .having(func.sum(_OPEN) == 0)
        .order_by(Order.number)
    )
    return [row.number for row in rows]


def _list_waiting(session: Session, product_id: int, leave_out: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            OrderLine.id.label("line_id"),
            OrderLine.order_id,
            _OPEN.label("open"),
            Order.is_pinned,
            Order.is_held,
            Order.release_on,
            Order.promise,
            Order.leave_by,
            Order.priority_class,
            Order.placed_at,
            Order.passed_over,
            Order.ship_complete,
            Order.service_id,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            OrderLine.product_id == product_id,
            OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved,
            Order.id.not_in(leave_out),
        )
        .order_by(OrderLine.order_id, OrderLine.line_no)
        .with_for_update(of=OrderLine)  # what is decided for them must still be open when it is held
    ).all()


def _rest_of(session: Session, order_ids: Sequence[int], product_id: int) -> tuple[
    dict[int, dict[int, int]], dict[int, Decimal]
]:  # fmt: skip
    """Per order: its other open units that nothing holds, by product; and the value of all it still waits for."""
    rest: dict[int, dict[int, int]] = defaultdict(dict)
    value: dict[int, Decimal] = defaultdict(Decimal)
    owed = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
    rows = session.execute(
        select(OrderLine.order_id, OrderLine.product_id, func.sum(_OPEN).label("open"),
               func.sum(owed * OrderLine.price, type_=Money()).label("value"))
        .where(OrderLine.order_id.in_(order_ids))
        .group_by(OrderLine.order_id, OrderLine.product_id)
    )  # fmt: skip
    for row in rows:
        value[row.order_id] += row.value
        if row.product_id != product_id and row.open:
            rest[row.order_id][row.product_id] = int(row.open)
    return rest, value


def _due_soon(session: Session, context: Context, product_ids: set[int]) -> dict[int, int]:
    """Units of these products still expected on purchase orders due within the house's limit, by product."""
    limit = site_time.today(session, context.at) + timedelta(days=settings.get_int(session, "hold_days"))
    rows = session.execute(
        select(PurchaseLine.product_id, func.sum(PurchaseLine.ordered - PurchaseLine.received).label("units"))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(
            PurchaseLine.product_id.in_(product_ids),
            PurchaseLine.received < PurchaseLine.ordered,
            PurchaseOrder.state == "open",
            PurchaseOrder.due <= limit,
        )
        .group_by(PurchaseLine.product_id)
    )
    return {row.product_id: int(row.units) for row in rows}


def _guard(row: Row[*tuple[Any, ...]], today: date) -> str:
    if row.is_held:
        return "order_held"
    if row.release_on is not None and row.release_on > today:
        return "not_released"
    return ""


def _reason(portion: Portion) -> str:
    return json.dumps({"rule": portion.reason, "by": "crossdock"})


def _dock_stock(session: Session, line: ReceiptLine, dock_id: int) -> Stock:
    goods = Goods(product_id=line.product_id, lot_id=line.lot_id, qty=0)
    found = inventory.find_stock(session, goods, Spot(location_id=dock_id))
    if found is None:
        raise LookupError(f"receipt line {line.id} has no stock on the dock")
    return found


def _print_tag(session: Session, context: Context, carry: Carry, receipt: Receipt, line: OrderLine) -> None:
    number = f"{receipt.number}-{carry.order}"
    printed = select(PrintJob.id).where(
        PrintJob.kind == CrossDockTag.kind, PrintJob.number == number, PrintJob.state != "void"
    )
    if session.scalar(printed.limit(1)) is not None:
        return
    order = session.get_one(Order, line.order_id)
    product = session.get_one(Product, line.product_id)
    tag = CrossDockTag(
        number=number,
        lane=carry.lane,
        order=carry.order,
        customer=carry.customer,
        quantity=carry.qty,
        sku=product.sku,
        item=product.name,
        receipt=receipt.number,
        must_leave_by=order.leave_by,
    )
    printer = session.get_one(Station, context.station_id).label_printer
    printing.enqueue(session, context, tag, printer=printer)


def reprint_tag(session: Session, context: Context) -> str:
    """Prints this station's last cross-dock tag once more, marked as a copy; gives its number."""
    last = session.scalars(
        select(PrintJob)
        .where(
            PrintJob.kind == CrossDockTag.kind,
            PrintJob.station_id == context.station_id,
            PrintJob.state != "void",
        )
        .order_by(PrintJob.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        raise Refusal("nothing_to_reprint")
    printing.reprint(session, context, last.id, reason="asked at the dock")
    return last.number


def _ask_lanes(session: Session) -> tuple[Sequence[Location], Sequence[Row[*tuple[Any, ...]]]]:
    """The lanes, nearest first, and which orders' units stand in them or are on their way."""
    lanes = session.scalars(
        select(Location).where(Location.kind == "lane").order_by(Location.walk_seq, Location.id)
    ).all()
    rows = session.execute(
        select(Peg.lane_id, OrderLine.order_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(Peg.state.in_(("arrived", "in_lane")))
        .distinct()
    ).all()
    return lanes, rows


class _Lanes:
    """Which lane an order collects in: the one it stands in, else the emptiest of its service with room."""

    def __init__(self, session: Session) -> None:
        self._orders: dict[int, set[int]] = defaultdict(set)
        self._lanes, rows = ask_once(session, _Lanes, lambda: _ask_lanes(session))
        for row in rows:
            self._orders[row.lane_id].add(row.order_id)
        self._emptiest: dict[int, int | None] = {}

    def find(self, order_id: int, service_id: int) -> int | None:
        """The lane for an order, None when every lane of its service is full."""
        for lane in self._lanes:
            if order_id in self._orders[lane.id]:
                return lane.id
        if service_id not in self._emptiest:
            self._emptiest[service_id] = self._find_emptiest(service_id)
        return self._emptiest[service_id]

    def _find_emptiest(self, service_id: int) -> int | None:
        free = [
            lane for lane in self._lanes
            if lane.service_id in (None, service_id)
            and (lane.capacity_orders == 0 or len(self._orders[lane.id]) < lane.capacity_orders)
        ]  # fmt: skip
        return min(free, key=lambda lane: len(self._orders[lane.id])).id if free else None

    def take(self, order_id: int, service_id: int) -> int | None:
        """The lane for an order, counted as taken from now on."""
        lane_id = self.find(order_id, service_id)
        if lane_id is not None:
            self._orders[lane_id].add(order_id)
            self._emptiest.clear()
        return lane_id
