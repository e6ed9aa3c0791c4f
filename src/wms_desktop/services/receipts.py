"""What happens to a receipt: it is opened, goods are taken in, and it is closed with its differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    NO_LOT,
    Location,
    Lot,
    Operator,
    Peg,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Station,
    Supplier,
)
from wms_desktop.domain.documents import ReceivedNote, ReceivedRow
from wms_desktop.errors import NothingExpected, Refusal
from wms_desktop.services import crossdocking, inventory, news, printing, settings, site_time
from wms_desktop.services.crossdocking import Arrival
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Units to take in: product, quantity, lot code and expiry as read (empty: none), and their condition."""

    product_id: int
    qty: int
    lot: str = ""
    expiry: str = ""
    condition: str = "good"
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How a quantity compares with what the purchase order still has open for the product."""

    ordered: int
    received: int
    over: int
    tolerated: bool


def open_for(session: Session, context: Context, purchase_order_id: int | None) -> Receipt:
    """The open receipt of a purchase order (several clerks may share it), or a new one; None opens a blind one.

    Raises Refusal `po_closed` when the order is closed or cancelled.
    """
    if purchase_order_id is not None:
        purchase = session.get_one(PurchaseOrder, purchase_order_id)
        if purchase.state != "open":
            raise Refusal("po_closed", number=purchase.number, state=purchase.state)
        found = session.scalars(
            select(Receipt).where(Receipt.purchase_order_id == purchase_order_id, Receipt.state == "open")
        ).first()
        if found is not None:
            return found
    station = session.get_one(Station, context.station_id)
    if station.location_id is None:
        raise Refusal("station_has_no_dock", station=station.code)
    receipt = Receipt(
        number=f"R{settings.next_number(session, 'receipt'):06d}",
        purchase_order_id=purchase_order_id,
        dock_id=station.location_id,
        opened_at=context.at,
    )
    session.add(receipt)
    session.flush()
    _note_here(session, purchase_order_id)
    return receipt


def list_expecting(session: Session, product_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Open purchase orders that still expect a product, the earliest due first (id, number, supplier, due, open)."""
    still = func.sum(PurchaseLine.ordered - PurchaseLine.received)
    return session.execute(
        select(PurchaseOrder.id, PurchaseOrder.number, Supplier.name.label("supplier"), PurchaseOrder.due,
               still.label("open"))
        .join(PurchaseLine, PurchaseLine.purchase_order_id == PurchaseOrder.id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseLine.product_id == product_id, PurchaseOrder.state == "open",
               PurchaseLine.received < PurchaseLine.ordered)
        .group_by(PurchaseOrder.id, PurchaseOrder.number, Supplier.name, PurchaseOrder.due)
        .order_by(PurchaseOrder.due, still.desc(), PurchaseOrder.id)
        .limit(9)
    ).all()  # fmt: skip


def compare(session: Session, receipt: Receipt, product_id: int, qty: int) -> Expected:
    """What the order expects of a product, and how far this quantity goes beyond it.

    Raises NothingExpected when the product is not on the order; a blind receipt expects anything.
    """
    if receipt.purchase_order_id is None:
        return Expected(ordered=0, received=0, over=0, tolerated=True)
    row = session.execute(
        select(
            func.sum(PurchaseLine.ordered).label("ordered"), func.sum(PurchaseLine.received).label("received")
        ).where(PurchaseLine.purchase_order_id == receipt.purchase_order_id, PurchaseLine.product_id == product_id)
    ).one()
    if row.ordered is None:
        product = session.get_one(Product, product_id)
        number = session.get_one(PurchaseOrder, receipt.purchase_order_id).number
        raise NothingExpected("not_on_order", product=product.name, number=number)
    ordered, received = int(row.ordered), int(row.received)
    over = max(0, received + qty - ordered)
    tolerance = ordered * settings.get_int(session, "over_receipt_percent") // 100
    return Expected(ordered=ordered, received=received, over=over, tolerated=over <= tolerance)


def take_in(session: Session, context: Context, receipt: Receipt, parcel: Parcel) -> list[ReceiptLine]:
    """Posts units from the supplier to the dock (damaged ones to the hold) and pegs what somebody waits for.

    Good units are shared out at once; one receipt line is written per purchase line they fill.
    """
    lot_id = _lot(session, parcel)
    supplier, hold = _place(session, "supplier"), _place(session, "hold")
    damaged = parcel.condition == "damaged"
    target = Spot(location_id=hold if damaged else receipt.dock_id, condition=parcel.condition)
    goods = Goods(product_id=parcel.product_id, qty=parcel.qty, lot_id=lot_id)
    stock_id = inventory.post(session, context, goods, Spot(location_id=supplier), target, reason="receive")
    lines = [
        ReceiptLine(
            receipt_id=receipt.id,
            purchase_line_id=purchase_line_id,
            product_id=parcel.product_id,
            lot_id=lot_id,
            condition=parcel.condition,
            qty=qty,
            note=parcel.note,
            operator_id=context.operator_id,
            station_id=context.station_id,
            at=context.at,
        )
        for purchase_line_id, qty in _spread(session, receipt, parcel)
    ]
    session.add_all(lines)
    session.flush()
    if not damaged:
        crossdocking.serve(session, context, [_arrival(line, stock_id) for line in lines])
    return lines


def _arrival(line: ReceiptLine, stock_id: int) -> Arrival:
    return Arrival(
        receipt_line_id=line.id,
        stock_id=stock_id,
        product_id=line.product_id,
        qty=line.qty,
        purchase_line_id=line.purchase_line_id,
    )


def close(session: Session, context: Context, receipt: Receipt) -> tuple[int, int]:
    """Closes a receipt; gives (units received, units still due). The order closes when nothing is due."""
    receipt.state = "closed"
    receipt.closed_at = context.at
    received = session.scalar(
        select(func.coalesce(func.sum(ReceiptLine.qty), 0)).where(ReceiptLine.receipt_id == receipt.id)
    )
    due = 0
    if receipt.purchase_order_id is not None:
        still = PurchaseLine.ordered - PurchaseLine.received
        due = session.scalar(
            select(func.coalesce(func.sum(case((still > 0, still), else_=0)), 0)).where(
                PurchaseLine.purchase_order_id == receipt.purchase_order_id
            )
        ) or 0  # fmt: skip
        if due == 0:
            session.get_one(PurchaseOrder, receipt.purchase_order_id).state = "closed"
    session.flush()
    _note_here(session, receipt.purchase_order_id)
    return int(received or 0), int(due)


def _note_here(session: Session, purchase_order_id: int | None) -> None:
    """What a truck at the dock brings is due today; what it did not bring, on its own day again."""
    if purchase_order_id is not None:
        due = select(PurchaseLine.product_id).where(PurchaseLine.purchase_order_id == purchase_order_id)
        news.note_moved(session, session.scalars(due))


def print_note(session: Session, context: Context, receipt: Receipt) -> None:
    """Queues the goods-received note of a closed receipt, differences first, for the station's paper printer."""
    supplier, purchase = "", ""
    if receipt.purchase_order_id is not None:
        order = session.get_one(PurchaseOrder, receipt.purchase_order_id)
        purchase = order.number
        supplier = session.get_one(Supplier, order.supplier_id).name
    note = ReceivedNote(
        number=receipt.number,
        purchase=purchase,
        supplier=supplier,
        rows=_note_rows(session, receipt),
        received=context.at,
        clerk=session.get_one(Operator, context.operator_id).name,
    )
    printer = session.get_one(Station, context.station_id).paper_printer
    printing.enqueue(session, context, note, printer=printer)


def _note_rows(session: Session, receipt: Receipt) -> tuple[ReceivedRow, ...]:
    """A row per product: what was still expected when this receipt began, and what came in which condition."""
    came = session.execute(
        select(
            ReceiptLine.product_id,
            func.sum(case((ReceiptLine.condition == "good", ReceiptLine.qty), else_=0)).label("good"),
            func.sum(case((ReceiptLine.condition == "good", 0), else_=ReceiptLine.qty)).label("damaged"),
        )
        .where(ReceiptLine.receipt_id == receipt.id)
        .group_by(ReceiptLine.product_id)
    ).all()
    here = {row.product_id: (int(row.good), int(row.damaged)) for row in came}
    lines = session.execute(
        select(
            PurchaseLine.product_id,
            func.sum(PurchaseLine.ordered).label("ordered"),
            func.sum(PurchaseLine.received).label("received"),
        )
        .where(PurchaseLine.purchase_order_id == receipt.purchase_order_id)
        .group_by(PurchaseLine.product_id)
    ).all()
    expected = {
        row.product_id: int(row.ordered) - int(row.received) + sum(here.get(row.product_id, (0, 0))) for row in lines
    }
    products = session.execute(
        select(Product.id, Product.sku, Product.name).where(Product.id.in_([*here, *expected])).order_by(Product.sku)
    )
    return tuple(
        ReceivedRow(
            sku=row.sku,
            name=row.name,
            expected=max(0, expected.get(row.id, 0)),
            good=here.get(row.id, (0, 0))[0],
            damaged=here.get(row.id, (0, 0))[1],
        )
        for row in products
    )


def counted(session: Session, receipt: Receipt) -> tuple[int, int]:
    """Units received on this receipt's order so far, and units ordered (0 when blind)."""
    if receipt.purchase_order_id is None:
        total = session.scalar(select(func.sum(ReceiptLine.qty)).where(ReceiptLine.receipt_id == receipt.id))
        return int(total or 0), 0
    row = session.execute(
        select(
            func.sum(PurchaseLine.received).label("received"), func.sum(PurchaseLine.ordered).label("ordered")
        ).where(PurchaseLine.purchase_order_id == receipt.purchase_order_id)
    ).one()
    return int(row.received), int(row.ordered)


def list_pegs(session: Session, line_ids: Sequence[int]) -> Sequence[Peg]:
    """The living pegs of receipt lines, in the order they were decided."""
    return session.scalars(
        select(Peg).where(Peg.receipt_line_id.in_(line_ids), Peg.state != "released").order_by(Peg.id)
    ).all()


def day_of(text: str) -> str:
    """A day typed as YYYY-MM-DD or as the label says it, YYMMDD; gives ISO text."""
    digits = text.replace("-", "")
    if len(digits) == 6:
        digits = f"20{digits}"
    try:
        return date.fromisoformat(digits).isoformat()
    except ValueError as wrong:
        raise Refusal("day_wanted", text=text) from wrong


def known_expiry(session: Session, product_id: int, lot: str) -> str:
    """The expiry day (ISO text) that the house knows of a lot; empty: none."""
    found = session.scalar(select(Lot.expiry).where(Lot.product_id == product_id, Lot.code == lot))
    return found.isoformat() if found else ""


def is_expired(session: Session, context: Context, expiry: str) -> bool:
    """Whether a lot's expiry day (ISO text) has passed at this site."""
    return bool(expiry) and date.fromisoformat(expiry) < site_time.today(session, context.at)


def _spread(session: Session, receipt: Receipt, parcel: Parcel) -> list[tuple[int | None, int]]:
    """Quantities per purchase line: open lines filled in order, what is over goes to the last one."""
    if receipt.purchase_order_id is None:
        return [(None, parcel.qty)]
    lines = session.scalars(
        select(PurchaseLine)
        .where(
            PurchaseLine.purchase_order_id == receipt.purchase_order_id,
            PurchaseLine.product_id == parcel.product_id,
        )
        .order_by(PurchaseLine.line_no)
        .execution_options(populate_existing=True)
    ).all()
    if not lines:
        return [(None, parcel.qty)]
    left = parcel.qty
    spread: list[tuple[int | None, int]] = []
    for line in lines:
        take = left if line is lines[-1] else min(left, max(0, line.ordered - line.received))
        if take:
            spread.append((line.id, take))
            left -= take
    return spread


def _lot(session: Session, parcel: Parcel) -> int:
    if not parcel.lot:
        return NO_LOT
    found = session.scalars(
        select(Lot).where(Lot.product_id == parcel.product_id, Lot.code == parcel.lot)
    ).one_or_none()
    expiry = date.fromisoformat(parcel.expiry) if parcel.expiry else None
    if found is None:
        found = Lot(product_id=parcel.product_id, code=parcel.lot, expiry=expiry)
        session.add(found)
        session.flush()
    elif expiry and found.expiry and found.expiry != expiry:
        raise Refusal("lot_expiry_differs", lot=parcel.lot, known=found.expiry.isoformat(), read=parcel.expiry)
    elif expiry and not found.expiry:
        found.expiry = expiry
    return found.id


def _place(session: Session, kind: str) -> int:
    return session.scalars(select(Location.id).where(Location.kind == kind).order_by(Location.id).limit(1)).one()
