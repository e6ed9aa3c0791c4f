"""What is known of a receipt, its lines, a lot and a serial number; and the days that are typed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Lot,
    Peg,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    ReceivedSerial,
    Supplier,
)
from wms_desktop.errors import Refusal
from wms_desktop.services import site_time
from wms_desktop.services.dialogue import Context


def counted(session: Session, receipt: Receipt) -> tuple[int, int]:
    """Units received on this receipt's order so far, and units ordered (0 when blind)."""
    if receipt.purchase_order_id is None:
        total = session.scalar(
            select(func.sum(ReceiptLine.qty)).where(
                ReceiptLine.receipt_id == receipt.id, ReceiptLine.state == "received"
            )
        )
        return int(total or 0), 0
    row = session.execute(
        select(
            func.sum(PurchaseLine.received).label("received"), func.sum(PurchaseLine.ordered).label("ordered")
        ).where(PurchaseLine.purchase_order_id == receipt.purchase_order_id)
    ).one()
    return int(row.received or 0), int(row.ordered or 0)


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


def list_here(session: Session, product_id: int, serials: Collection[str]) -> list[str]:
    """Those of a product's serial numbers that came in and were not given back; the product's row is then locked.

    Two clerks who scan the same number at once cannot both pass.
    """
    session.execute(select(Product.id).where(Product.id == product_id).with_for_update())
    rows = session.scalars(
        select(ReceivedSerial.code)
        .join(ReceiptLine, ReceiptLine.id == ReceivedSerial.receipt_line_id)
        .where(ReceivedSerial.product_id == product_id, ReceivedSerial.code.in_(serials),
               ReceiptLine.state == "received")
    )  # fmt: skip
    return sorted(rows)


def steps_of(session: Session, receipt: Receipt, product_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """What must be done with each product before it is free: "inspect", then "relabel", either, or nothing.

    Everything of an inspected supplier is inspected.
    """
    inspects = False
    if receipt.purchase_order_id is not None:
        inspects = bool(session.scalar(
            select(Supplier.is_inspected)
            .join(PurchaseOrder, PurchaseOrder.supplier_id == Supplier.id)
            .where(PurchaseOrder.id == receipt.purchase_order_id)
        ))  # fmt: skip
    rows = session.execute(
        select(Product.id, Product.is_inspected, Product.is_relabelled).where(Product.id.in_(product_ids))
    )
    return {
        row.id: ("inspect",) * bool(inspects or row.is_inspected) + ("relabel",) * bool(row.is_relabelled)
        for row in rows
    }
