"""A label that says a weight where whole units are meant: so many units by the weight of one are offered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Product
from wms_desktop.domain.gs1_rules import units_by_weight
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services.dialogue import Context
from wms_desktop.services.receiving.state import Facts, go, said


def is_doubtful(product: Product, pending: Facts) -> bool:
    """Whether the label's weight is that of another number of units than the scan stands for, and nobody said which."""
    if pending.get("weighed") or not pending.get("weight_g"):
        return False
    return units_by_weight(pending["weight_g"], product.weight_g) not in (0, pending["qty"])


def ask(session: Session, context: Context, facts: Facts, pending: Facts) -> Answer:
    """Offers the number of units that the weight stands for; F8 takes it, a typed number another one."""
    product = session.get_one(Product, pending["product"])
    units = units_by_weight(pending["weight_g"], product.weight_g)
    go(session, context, "weight", facts | {"pending": pending | {"by_weight": units}})
    args: Facts = {"product": product.name, "weight": pending["weight_g"], "each": product.weight_g, "qty": units}
    return said(Outcome.LOOK_HERE, Message("weight_asked", args))
