"""A counter-receipt at the dock: units of a closed receipt go back to the supplier, with a reason."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Lot, Receipt
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import receipts
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods
from wms_desktop.services.receiving.state import RETURN_REASONS, TOUCHED, Facts, chosen, go, number, said, where

_MOST = 9999


def choose(session: Session, context: Context, key: Resolved) -> Answer:
    """The reason by its number; after an item a number means so many of it, in all."""
    _, facts = where(session, context)
    if key.kind == "key:quantity" and is_counting(facts):
        last = facts["last"]
        counted = number(key.text, _MOST)
        if counted <= last["count"]:
            raise Refusal("quantity_only_up", count=last["count"], asked=counted)
        return _give(session, context, facts, last | {"qty": (counted - last["count"]) * last["units"],
                                                      "count": counted})  # fmt: skip
    why = chosen(key, RETURN_REASONS)
    go(session, context, "give_back", {"closed": facts["closed"], "reason": why})
    return said(Outcome.ACCEPTED, Message("give_back_scan", {"reason": f"reason.{why}"}))


def is_counting(facts: Facts) -> bool:
    """Whether a number is a quantity now: a unit was scanned after the reason was chosen."""
    return "reason" in facts and "last" in facts


def unit(session: Session, context: Context, scan: Resolved) -> Answer:
    """Each item or case that goes back."""
    _, facts = where(session, context)
    if "reason" not in facts:
        raise Refusal("damage_reason_first")
    what = {"product": scan.id, "name": scan.name, "lot": scan.lot, "units": scan.units, "count": 1}
    return _give(session, context, facts, what | {"qty": scan.units})


def _give(session: Session, context: Context, facts: Facts, what: Facts) -> Answer:
    receipt = session.get_one(Receipt, facts["closed"])
    lot_id = 0
    if what["lot"]:
        found = session.scalar(select(Lot.id).where(Lot.product_id == what["product"], Lot.code == what["lot"]))
        if found is None:
            raise Refusal("counter_not_here", product=what["name"], number=receipt.number, qty=0, asked=what["qty"])
        lot_id = found
    goods = Goods(product_id=what["product"], qty=what["qty"], lot_id=lot_id)
    places = receipts.give_back(session, context, receipt, goods, facts["reason"])
    last = {name: what[name] for name in ("product", "name", "lot", "units", "count")}
    go(session, context, "give_back", facts | {"last": last})
    code = "given_back_due" if receipts.is_due_again(session, receipt) else "given_back"
    args: Facts = {"qty": what["qty"], "product": what["name"], "places": ", ".join(places)}
    return said(Outcome.STEP_DONE, Message(code, args), TOUCHED)
