"""A short pick finds its units on the dock, or free in a lane: the third moment at which goods that came meet an order.

The picker fetches them there at the end of his walk, so no lane is booked: the peg stands until they are packed.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Peg, Reservation, Stock
from wms_desktop.services import spare_units
from wms_desktop.services.dialogue import Context
from wms_desktop.services.pegs import release

REASON = "short_pick"
KIND = "short"


def tie(session: Session, context: Context, stock_id: int, line_id: int, qty: int) -> None:
    """Pegs ``qty`` units of a stock row on a dock or in a lane to an order line.

    Those of which no receipt is known that they came with are held without a peg.
    """
    for spare in spare_units.list_spare(session, stock_id, qty):
        units = min(qty, spare.units)
        session.add(
            Peg(receipt_line_id=spare.line_id, order_line_id=line_id, qty=units, state="stored", reason=REASON,
                at=context.at, kind=KIND)
        )  # fmt: skip
        qty -= units
    session.flush()


def untie(session: Session, context: Context, line_id: int, qty: int, why: str) -> None:
    """Lets go of so many units that a short pick had found, the latest first: they were not there either."""
    pegs = session.scalars(
        select(Peg).where(Peg.order_line_id == line_id, Peg.kind == KIND, Peg.state == "stored").order_by(Peg.id.desc())
    ).all()
    for peg in pegs:
        gone = min(qty, peg.qty)
        qty -= gone
        if gone:
            release(session, context, peg, gone, why)
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
        select(Peg).where(Peg.order_line_id.in_(line_ids), Peg.kind == KIND, Peg.state == "stored", ~fetched_yet)
    ):
        peg.state = "packed"
    session.flush()
