"""Carries what was tied to orders from the dock to their lanes, with one tag per order and receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Customer,
    Location,
    Order,
    OrderLine,
    Peg,
    PrintJob,
    Product,
    Receipt,
    ReceiptLine,
    Station,
    Stock,
)
from wms_desktop.domain.documents import CrossDockTag
from wms_desktop.services import inventory, news, printing, waiting_orders
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot


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
        source = dock_stock(session, line, receipt.dock_id)
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
    inventory.free(session, dock_stock(session, line, receipt.dock_id).id, peg_row.order_line_id, peg_row.qty)
    news.note_dock(session, line.id)
    peg_row.state = "released"
    peg_row.why = why
    session.flush()


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
        .having(func.sum(waiting_orders.OPEN) == 0)
        .order_by(Order.number)
    )
    return [row.number for row in rows]


def dock_stock(session: Session, line: ReceiptLine, dock_id: int) -> Stock:
    """The stock row on the dock that a receipt line's units stand in."""
    goods = Goods(product_id=line.product_id, lot_id=line.lot_id, qty=0)
    found = inventory.find_stock(session, goods, Spot(location_id=dock_id, plate_id=line.plate_id))
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
