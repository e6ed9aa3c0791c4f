"""How a tie between units and an order line ends: wholly, or a part of it that is kept with its reason."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Peg
from wms_desktop.services.dialogue import Context


def release(session: Session, context: Context, peg: Peg, units: int, why: str) -> None:
    """Lets go of so many units of a peg, with the reason; fewer than it has are split off, and the rest stands.

    What is reserved or booked for the units is for the caller to free.
    """
    if units >= peg.qty:
        peg.state, peg.why = "released", why
        return
    peg.qty -= units
    session.flush()  # first fewer, then the part: no more than what came is ever pegged
    session.add(
        Peg(
            receipt_line_id=peg.receipt_line_id,
            order_line_id=peg.order_line_id,
            qty=units,
            state="released",
            lane_id=peg.lane_id,
            reason=peg.reason,
            why=why,
            at=context.at,
            kind=peg.kind,
            purchase_line_id=peg.purchase_line_id,
            delivery_id=peg.delivery_id,
        )
    )
