"""What the house does with a truck's plan, by name: takes a better sharing-out over."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery
from wms_desktop.domain.arrivals import Answer as SharingOut
from wms_desktop.errors import BadInput
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import orders, planning
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args


def _adopt_sharing(session: Session, context: Context, args: Args) -> Answer:
    """Takes over an ``answer`` found for a ``delivery``, where it is better than what stands; ``question`` is the plan
    that it was found for.

    Raises BadInput `dock.no_truck`.
    """
    delivery = session.get(Delivery, args["delivery"])
    if delivery is None:
        raise BadInput("dock.no_truck")
    found: SharingOut = args["answer"]
    before = delivery.completes
    is_better = planning.adopt(session, context, delivery.id, found, args["question"])
    code = "dock.sharing_adopted" if is_better else "dock.sharing_stands"
    said = Message(code, {"number": delivery.number, "was": before, "now": delivery.completes})
    return orders.answer(session, context, said)


ACTS: Mapping[str, Act] = {"adopt_sharing": Act("inbound", _adopt_sharing)}
