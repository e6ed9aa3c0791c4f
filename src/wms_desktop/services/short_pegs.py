"""A short pick finds its units on the dock, or free in a lane: the third moment at which goods that came meet an order.

The picker fetches them there at the end of his walk, so no lane is booked: the peg stands until they are packed.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Peg, Receipt, ReceiptLine, Reservation, Stock
from wms_desktop.services.dialogue import Context

REASON = "short_pick"
_KIND = "short"


def tie(session: Session, context: Context, stock_id: int, line_id: int, qty: int) -> int:
    """Pegs ``qty`` units of a stock row on a dock or in a lane to an order line, those that came first before others.

    Gives how many units have a receipt that they came with and is not used up; the others are held without a peg.
    """
    left = qty
    for receipt_line_id, spare in _list_spare(session, stock_id):
        units = min(left, spare)
        if units:
            session.add(
                Peg(receipt_line_id=receipt_line_id, order_line_id=line_id, qty=units, state="stored", reason=REASON,
                    at=context.at, kind=_KIND)
            )  # fmt: skip
            left -= units
    session.flush()
    return qty - left


def untie(session: Session, context: Context, line_id: int, qty: int, why: str) -> None:
    """Lets go of so many units that a short pick had found, the latest first: they were not there either."""
    pegs = session.scalars(
        select(Peg)
        .where(Peg.order_line_id == line_id, Peg.kind == _KIND, Peg.state == "stored")
        .order_by(Peg.id.desc())
    ).all()
    for peg in pegs:
        gone = min(qty, peg.qty)
        qty -= gone
        if gone == peg.qty:
            peg.state, peg.why = "released", why
        elif gone:
            peg.qty -= gone
            session.flush()
            session.add(
                Peg(receipt_line_id=peg.receipt_line_id, order_line_id=line_id, qty=gone, state="released",
                    reason=peg.reason, why=why, at=context.at, kind=_KIND)
            )  # fmt: skip
    session.flush()


def pack(session: Session, line_ids: Collection[int]) -> None:
    """Pegs of short picks are packed with their lines, as soon as nothing of the line is still to be fetched."""
    fetched_yet = (
        exists()
        .where(Reservation.stock_id == Stock.id, Stock.location_id == Location.id)
        .where(Location.kind.in_(("dock", "lane")))
        .where(Reservation.order_line_id == Peg.order_line_id, Reservation.state == "held")
    )
    for peg in session.scalars(
        select(Peg).where(Peg.order_line_id.in_(line_ids), Peg.kind == _KIND, Peg.state == "stored", ~fetched_yet)
    ):
        peg.state = "packed"
    session.flush()


def _list_spare(session: Session, stock_id: int) -> list[tuple[int, int]]:
    """Receipt lines whose units stand in a stock row, with how many of them go to nobody yet.

    On a dock those received there; in a lane those whose pegs were let go there.
    """
    stock = session.get_one(Stock, stock_id)
    place = session.get_one(Location, stock.location_id)
    query = select(ReceiptLine.id, (ReceiptLine.qty - ReceiptLine.pegged).label("spare")).where(
        ReceiptLine.product_id == stock.product_id,
        ReceiptLine.lot_id == stock.lot_id,
        ReceiptLine.state == "received",
        ReceiptLine.condition == "good",
        ReceiptLine.qty > ReceiptLine.pegged,
    )
    if place.kind == "dock":
        here = query.join(Receipt, Receipt.id == ReceiptLine.receipt_id).where(
            Receipt.dock_id == place.id, ReceiptLine.plate_id == stock.plate_id
        )
    else:
        here = query.where(
            exists().where(Peg.receipt_line_id == ReceiptLine.id, Peg.state == "released", Peg.lane_id == place.id)
        )
    return [(row.id, row.spare) for row in session.execute(here.order_by(ReceiptLine.id))]
