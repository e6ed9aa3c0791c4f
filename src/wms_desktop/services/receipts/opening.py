"""Opens the receipt of what arrives, says who expects an item, and closes it with what is still due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, exists, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import forget_answers
from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    Location,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Station,
    Supplier,
)
from wms_desktop.errors import Refusal
from wms_desktop.services import news, settings
from wms_desktop.services.dialogue import Context

MOST_OFFERED = 9


def open_for(session: Session, context: Context, purchase_order_id: int | None, *, delivery_id: int | None = None,
             notice_id: int | None = None) -> Receipt:  # fmt: skip
    """The open receipt of a purchase order (several clerks may share it), or a new one; None opens a blind one.

    It notes the truck and the notice that bring it. The purchase order's row is locked until the commit, so that two
    clerks who open it at once get one receipt. Raises Refusal `po_closed` when the order is closed or cancelled, and
    `station_has_no_dock`.
    """
    if purchase_order_id is not None:
        purchase = session.get_one(PurchaseOrder, purchase_order_id, populate_existing=True, with_for_update=True)
        if purchase.state != "open":
            raise Refusal("po_closed", number=purchase.number, state=purchase.state)
        found = session.scalars(
            select(Receipt)
            .where(Receipt.purchase_order_id == purchase_order_id, Receipt.state == "open")
            .order_by(Receipt.id)
            .execution_options(populate_existing=True)
        ).first()
        if found is not None:
            if found.delivery_id is None and delivery_id is not None:
                found.delivery_id, found.notice_id = delivery_id, notice_id
                session.flush()
            return found
    station = session.get_one(Station, context.station_id)
    if station.location_id is None or session.get_one(Location, station.location_id).kind != "dock":
        raise Refusal("station_has_no_dock", station=station.code)
    receipt = Receipt(
        number=f"R{settings.next_number(session, 'receipt'):06d}",
        purchase_order_id=purchase_order_id,
        dock_id=station.location_id,
        opened_at=context.at,
        delivery_id=delivery_id,
        notice_id=notice_id,
    )
    session.add(receipt)
    session.flush()
    _note_here(session, purchase_order_id)
    return receipt


def list_expecting(session: Session, product_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Open purchase orders that still expect a product: (id, number, supplier, due, open, here), the best first.

    Those that are being received or whose truck is at the dock (``here``) go first, then the earliest due, then those
    that expect the most.
    """
    still = func.sum(PurchaseLine.ordered - PurchaseLine.received)
    received = exists().where(Receipt.purchase_order_id == PurchaseOrder.id, Receipt.state == "open")
    trucks = (
        exists()
        .where(DeliveryPart.purchase_order_id == PurchaseOrder.id, Delivery.id == DeliveryPart.delivery_id,
               Delivery.state == "here")
        .correlate(PurchaseOrder)
    )  # fmt: skip
    here = case((received | trucks, 1), else_=0)
    return session.execute(
        select(PurchaseOrder.id, PurchaseOrder.number, Supplier.name.label("supplier"), PurchaseOrder.due,
               still.label("open"), here.label("here"))
        .join(PurchaseLine, PurchaseLine.purchase_order_id == PurchaseOrder.id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseLine.product_id == product_id, PurchaseOrder.state == "open",
               PurchaseLine.received < PurchaseLine.ordered)
        .group_by(PurchaseOrder.id, PurchaseOrder.number, Supplier.name, PurchaseOrder.due)
        .order_by(here.desc(), PurchaseOrder.due, still.desc(), PurchaseOrder.id)
        .limit(MOST_OFFERED)
    ).all()  # fmt: skip


def hold_open(session: Session, receipt_id: int, *, to_close: bool = False) -> Receipt:
    """The receipt, which nobody closes before the commit; ``to_close``: and nobody counts into it, all is read anew.

    To be asked for before anything of its order is locked. Refuses `receipt_closed`.
    """
    lock: Any = True if to_close else {"read": True}
    receipt = session.get_one(Receipt, receipt_id, populate_existing=True, with_for_update=lock)
    if receipt.state != "open":
        raise Refusal("receipt_closed", number=receipt.number)
    if to_close:
        forget_answers(session)
    return receipt


def close(session: Session, context: Context, receipt: Receipt) -> tuple[int, int]:
    """Closes a receipt; gives (units received, units still due). The order closes when nothing is due."""
    receipt.state = "closed"
    receipt.closed_at = context.at
    received = session.scalar(
        select(func.coalesce(func.sum(ReceiptLine.qty), 0)).where(
            ReceiptLine.receipt_id == receipt.id, ReceiptLine.state == "received"
        )
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
