"""Licence plates at the dock: what is counted stands on the pallet or tote that was scanned before."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import BatchOrder, Location, Plate, ReceiptLine, Stock
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import inventory
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.receiving.state import Facts, go, kept, receipt_of, said, where


def use(session: Session, context: Context, scan: Resolved) -> Answer:
    """The plate that the next units stand on; the same once more: they stand loose again."""
    _, facts = where(session, context)
    if facts.get("plate") == scan.id:
        loose = {name: value for name, value in kept(facts).items() if name != "plate"}
        go(session, context, "count", loose)
        return said(Outcome.ACCEPTED, Message("plate_left", {"plate": scan.name}))
    _refuse_others(session, facts, scan)
    go(session, context, "count", kept(facts) | {"plate": scan.id})
    return said(Outcome.ACCEPTED, Message("plate_used", {"plate": scan.name}))


def make(session: Session, context: Context, facts: Facts, code: str) -> Answer:
    """A pallet with an SSCC that the house did not know: scanned twice, it is a plate from now on."""
    plate = Plate(code=code, kind="pallet")
    session.add(plate)
    session.flush()
    go(session, context, "count", kept(facts) | {"plate": plate.id})
    return said(Outcome.STEP_DONE, Message("plate_made", {"plate": code}), Changes.INBOUND)


def for_content(session: Session, code: str) -> int:
    """The plate of a pallet whose symbol says what it contains, made where it is new; gives its id.

    Refuses `plate_received` where goods stand on it already: the same pallet would be counted twice.
    """
    plate = session.scalars(select(Plate).where(Plate.code == code).with_for_update()).one_or_none()
    if plate is None:
        plate = Plate(code=code, kind="pallet")
        session.add(plate)
        session.flush()
    elif session.scalar(select(Stock.id).where(Stock.plate_id == plate.id, inventory.ON_PLATE, Stock.on_hand > 0)):
        raise Refusal("plate_received", plate=code)
    return plate.id


def _refuse_others(session: Session, facts: Facts, scan: Resolved) -> None:
    """A plate with goods of another receipt or place on it, or in use on a cart, is refused."""
    receipt = receipt_of(session, facts)
    mine = exists().where(
        ReceiptLine.receipt_id == receipt.id, ReceiptLine.plate_id == scan.id,
        ReceiptLine.product_id == Stock.product_id, ReceiptLine.lot_id == Stock.lot_id,
    )  # fmt: skip
    other = session.execute(
        select(Location.code)
        .join(Stock, Stock.location_id == Location.id)
        .where(Stock.plate_id == scan.id, inventory.ON_PLATE, Stock.on_hand > 0,
               (Stock.location_id != receipt.dock_id) | ~mine)
        .limit(1)
    ).first()  # fmt: skip
    if other is not None:
        raise Refusal("plate_in_use", plate=scan.name, place=other.code)
    walked = select(BatchOrder.order_id).where(BatchOrder.plate_id == scan.id, BatchOrder.is_open == True)
    if session.scalar(walked.limit(1)) is not None:
        raise Refusal("plate_walked", plate=scan.name)
