"""Says how a truck was shared out, and whether that is the best there is."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery
from wms_desktop.errors import BadInput, Value
from wms_desktop.prompts import Message
from wms_desktop.services import planning, settings
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
    bound = planning.prove(session, now, delivery)
    how = how_it_stands(delivery, bound, now, settings.get_int(session, "solver_seconds"))
    args: dict[str, Value] = {"number": delivery.number, "completes": delivery.completes, "bound": bound}
    return SharingState(
        delivery_id=delivery.id,
        method=delivery.method,
        completes=delivery.completes,
        bound=bound,
        is_sought=how == "searching",
        message=Message(f"dock.shared_{how}", args),
    )


def how_it_stands(delivery: Delivery, bound: int | None, now: datetime, seconds: int) -> str:
    """How a truck's sharing-out stands, in a word that every list and sentence about it goes by.

    none: not shared out; proven: no sharing-out completes more; solver: its answer stands; searching: it is still at
    work; search and stated: it is late or lost, and the plain answer stands (search_off, stated_off: it is switched
    off). ``bound`` is the most that any could complete (None: not proven), ``seconds`` the solver's time.
    """
    if not delivery.method:
        return "none"
    if delivery.completes == bound:
        return "proven"
    if delivery.method == "solver":
        return "solver"
    if not seconds:
        return f"{delivery.method}_off"
    until = delivery.shared_at + timedelta(seconds=seconds) + _GRACE if delivery.shared_at else now
    return "searching" if now < until else delivery.method
