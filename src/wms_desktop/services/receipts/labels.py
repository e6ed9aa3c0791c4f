"""Item labels: units that get a new label get the house's own, printed beside the dock, and again when asked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Barcode, Lot, PrintJob, Product, Station
from wms_desktop.domain import barcodes
from wms_desktop.domain.documents import CrossDockTag, ItemLabel
from wms_desktop.errors import Refusal
from wms_desktop.services import printing
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods

_SHORTENED = ("000000", "0")


def print_labels(session: Session, context: Context, goods: Goods) -> int:
    """Queues a label for each of the units at the station's label printer; gives how many.

    None (0) where the item has no code that a label's bars can say: its sku is not in plain letters or too long, and it
    has no barcode.
    A printer that is out keeps them waiting in the outbox; nobody waits for it.
    """
    product = session.get_one(Product, goods.product_id)
    code, is_gtin = _code_of(session, product)
    if not code or goods.qty < 1:
        return 0
    lot = session.get_one(Lot, goods.lot_id)
    label = ItemLabel(
        code=code,
        is_gtin=is_gtin,
        sku=product.sku,
        name=product.name,
        lot=lot.code if product.lot_tracked else "",
        expiry=lot.expiry if product.expiry_tracked else None,
    )
    printer = session.get_one(Station, context.station_id).label_printer
    printing.enqueue(session, context, label, printer=printer, copies=goods.qty)
    return goods.qty


def reprint_last(session: Session, context: Context, copies: int = 0) -> tuple[str, int]:
    """Prints what this station printed last, item labels or a cross-dock tag, once more, marked as a copy.

    Item labels come as many as there were, or ``copies`` of them; a tag comes once. Gives the paper's number and how
    many were queued. Refuses `nothing_to_reprint`.
    """
    last = session.scalars(
        select(PrintJob)
        .where(
            PrintJob.kind.in_((CrossDockTag.kind, ItemLabel.kind)),
            PrintJob.station_id == context.station_id,
            PrintJob.state != "void",
        )
        .order_by(PrintJob.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        raise Refusal("nothing_to_reprint")
    number, many = last.number, 1
    if last.kind == ItemLabel.kind:
        many = copies or last.copies
    printing.reprint(session, context, last.id, reason="asked at the dock", copies=many)
    return number, many


def _code_of(session: Session, product: Product) -> tuple[str, bool]:
    """The code of one unit, and whether it is a GTIN: its GTIN, else its sku, else a code that it was taught."""
    codes = session.scalars(
        select(Barcode.code).where(Barcode.product_id == product.id, Barcode.units == 1).order_by(Barcode.id)
    ).all()
    for code in codes:
        if barcodes.is_gtin(code):
            return _shortest(code), True
    plain = (code for code in (product.sku, *codes) if code.isascii() and code.isprintable())
    return next((code for code in plain if len(code) <= ItemLabel.most_letters), ""), False


def _shortest(gtin: str) -> str:
    """A GTIN without the zeros that it is stored with: 8, 13 or 14 digits."""
    if len(gtin) != barcodes.GTIN_LENGTH:
        return gtin
    zeros = next((zeros for zeros in _SHORTENED if gtin.startswith(zeros)), "")
    return gtin.removeprefix(zeros)
