"""The goods-received note: what came against what was expected, in which lots and condition, and what is still due."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Lot,
    Operator,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Station,
    Supplier,
)
from wms_desktop.domain.documents import Damage, ReceivedNote, ReceivedRow
from wms_desktop.services import printing
from wms_desktop.services.dialogue import Context
from wms_desktop.services.receipts.taking import NOT_ORDERED


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
        rows=_list_rows(session, receipt),
        received=context.at,
        clerk=session.get_one(Operator, context.operator_id).name,
    )
    printer = session.get_one(Station, context.station_id).paper_printer
    printing.enqueue(session, context, note, printer=printer)


@dataclass(slots=True)
class _Came:
    """Units of one product that a receipt brought, by what became of them."""

    good: int = 0
    checking: int = 0
    damaged: Counter[tuple[str, str]] = field(default_factory=Counter)
    lots: Counter[str] = field(default_factory=Counter)
    not_ordered: int = 0

    @property
    def total(self) -> int:
        return self.good + self.checking + self.damaged.total()


def _list_rows(session: Session, receipt: Receipt) -> tuple[ReceivedRow, ...]:
    """A row per product: what was still expected when this receipt began, what came, and what is due now."""
    came = _read_came(session, receipt)
    lines = session.execute(
        select(
            PurchaseLine.product_id,
            func.sum(PurchaseLine.ordered).label("ordered"),
            func.sum(PurchaseLine.received).label("received"),
        )
        .where(PurchaseLine.purchase_order_id == receipt.purchase_order_id)
        .group_by(PurchaseLine.product_id)
    ).all()
    open_now = {row.product_id: int(row.ordered) - int(row.received) for row in lines}
    due = session.scalar(select(PurchaseOrder.due).where(PurchaseOrder.id == receipt.purchase_order_id))
    products = session.execute(
        select(Product.id, Product.sku, Product.name).where(Product.id.in_([*came, *open_now])).order_by(Product.sku)
    )
    rows = []
    for row in products:
        here, still = came.get(row.id, _Came()), open_now.get(row.id, 0)
        rows.append(
            ReceivedRow(
                sku=row.sku,
                name=row.name,
                expected=max(0, still + here.total - here.not_ordered) if row.id in open_now else 0,
                good=here.good,
                damaged=here.damaged.total(),
                lot=", ".join(f"{lot} ({qty})" if len(here.lots) > 1 else lot for lot, qty in here.lots.items()),
                due=due if still > 0 else None,
                still_due=max(0, still),
                checking=here.checking,
                not_ordered=here.not_ordered,
                damages=tuple(_damage(*told, qty) for told, qty in here.damaged.items() if any(told)),
            )
        )
    return tuple(rows)


def _damage(told: str, photo: str, qty: int) -> Damage:
    """What a line says of its damage: the reason, and behind it the clerk's note."""
    reason, _, note = told.partition(": ")
    return Damage(reason=reason, qty=qty, note=note, photo=photo)


def _read_came(session: Session, receipt: Receipt) -> dict[int, _Came]:
    rows = session.execute(
        select(ReceiptLine.product_id, ReceiptLine.condition, ReceiptLine.note, ReceiptLine.photo, Lot.code,
               func.sum(ReceiptLine.qty).label("qty"))
        .join(Lot, Lot.id == ReceiptLine.lot_id)
        .where(ReceiptLine.receipt_id == receipt.id, ReceiptLine.state == "received")
        .group_by(ReceiptLine.product_id, ReceiptLine.condition, ReceiptLine.note, ReceiptLine.photo, Lot.code)
        .order_by(ReceiptLine.product_id, Lot.code, ReceiptLine.note, ReceiptLine.photo)
    )  # fmt: skip
    came: dict[int, _Came] = defaultdict(_Came)
    for row in rows:
        one, qty = came[row.product_id], int(row.qty)
        if row.condition == "damaged":
            one.damaged[row.note, row.photo] += qty
        elif row.condition == "good":
            one.good += qty
        else:
            one.checking += qty
        if row.note == NOT_ORDERED:
            one.not_ordered += qty
        if row.code:
            one.lots[row.code] += qty
    return came
