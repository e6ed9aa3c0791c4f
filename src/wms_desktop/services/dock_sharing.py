"""Says how a truck was shared out, and whether that is the best there is."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery
from wms_desktop.errors import BadInput, Value
from wms_desktop.prompts import Message
from wms_desktop.services import settings
from wms_desktop.views.dock import SharingState

_GRACE = timedelta(seconds=15)
"""How long after its time the solver's answer may still be on its way."""


def tell(session: Session, now: datetime, delivery_id: int) -> SharingState:
    """The state of a truck's sharing-out. Where the solver is late or lost, the plain answer stands, and it says so.

    Raises BadInput `dock.no_truck`.
    """
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise BadInput("dock.no_truck")
    seconds = settings.get_int(session, "solver_seconds")
    until = delivery.shared_at + timedelta(seconds=seconds) + _GRACE if delivery.shared_at else now
    is_sought = bool(seconds) and delivery.method in ("stated", "search") and now < until
    args: dict[str, Value] = {
        "number": delivery.number,
        "completes": delivery.completes,
        "bound": delivery.bound,
    }
    return SharingState(
        delivery_id=delivery.id,
        method=delivery.method,
        completes=delivery.completes,
        bound=delivery.bound,
        is_sought=is_sought,
        message=Message(f"dock.shared_{_how(delivery, seconds, is_sought)}", args),
    )


def _how(delivery: Delivery, seconds: int, is_sought: bool) -> str:
    if not delivery.method:
        return "none"
    if delivery.completes == delivery.bound:
        return "proven"
    if delivery.method == "solver":
        return "solver"
    if is_sought:
        return "searching"
    return delivery.method if seconds else f"{delivery.method}_off"
