"""Where a dock station's dialogue stands, from the stored state and the rows; and what its handlers share."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import Operator, Product, PurchaseOrder, Receipt
from wms_desktop.errors import NotPermitted, Refusal
from wms_desktop.prompts import Answer, Message, Outcome, Prompt
from wms_desktop.services import crossdocking
from wms_desktop.services.crossdocking import Carry
from wms_desktop.services.dialogue import Context, Resolved, load, save

NAME = "receive"
Facts = dict[str, Any]
DAMAGE_REASONS = ("crushed", "wet", "broken", "other")
DECLINE_REASONS = ("does_not_fit", "lane_blocked", "not_wanted", "other")
RETURN_REASONS = ("wrong_item", "damaged", "too_many", "other")
TOUCHED = Changes.STOCK | Changes.INBOUND | Changes.ORDERS | Changes.LANES
SUPERVISES = ("supervisor", "admin")
COUNTS = ("count", "carry", "aside")
"""What the stored state `count` may be shown as: units wait to be carried, or to be inspected or relabelled."""
PREPARES = ("inspect", "passing", "failing")
ASKED = ("serial", "lot", "expiry", "over", "over_far", "foreign", "weight")
"""States that ask something about units before they are taken in."""
_WITHOUT_RECEIPT = ("open", "choose", "truck", *PREPARES)
_NO_PROMPT = Prompt(workflow=NAME, state="open")


def where(session: Session, context: Context) -> tuple[str, Facts]:
    """The stored state, except that `count` becomes `aside` or `carry` while units wait to be set aside or carried.

    A receipt that a colleague closed, or took back, leads to `open`; what was inspected and waits to be carried makes
    `inspect` a `bring`. Where the orders to choose from are a truck's, `choose` is a `truck`.
    """
    state, facts = load(session, context, NAME, "open")
    if isinstance(facts.get("passed"), int):  # as older versions kept it: the one receipt whose goods passed
        facts["passed"] = [facts["passed"]]
    if state == "give_back":
        return state, facts
    if state == "choose" and "product" not in facts:
        return "truck", facts
    if state not in _WITHOUT_RECEIPT and "receipt" in facts:
        receipt = session.get(Receipt, facts["receipt"])
        if receipt is None or receipt.state != "open":
            return "open", {}
    if state == "decline" and "shown" not in facts:  # as older versions kept it: nobody knows what was shown
        state, facts = ("inspect" if "passed" in facts else "count"), kept(facts)
    if state == "inspect" and carries(session, context, facts):
        return "bring", facts
    if state == "count" and facts.get("last", {}).get("step"):
        return "aside", facts
    if state == "count" and carries(session, context, facts):
        return "carry", facts
    return state, facts


def go(session: Session, context: Context, state: str, facts: Facts) -> None:
    """Writes where the dialogue stands now; what is derived is stored as what it is derived from.

    Labels that were printed for units on the dock stay known in every state, until ``facts`` say otherwise.
    """
    stored = "count" if state in COUNTS else "inspect" if state == "bring" else state
    facts = {"labels": load(session, context, NAME, "open")[1].get("labels")} | facts
    save(session, context, NAME, stored, facts if facts["labels"] else _without(facts, "labels"))


def _without(facts: Facts, name: str) -> Facts:
    return {key: value for key, value in facts.items() if key != name}


def kept(facts: Facts) -> Facts:
    """The facts that stay while counting: the receipt, the plate in use, what was scanned last, what was inspected,
    which units have their labels.
    """
    return {name: facts[name] for name in ("receipt", "plate", "last", "passed", "from", "labels") if name in facts}


def said(outcome: Outcome, message: Message, changes: Changes = Changes.NONE) -> Answer:
    """The answer of a handler; the prompt is derived from the rows when it is done."""
    return Answer(outcome=outcome, message=message, prompt=_NO_PROMPT, changes=changes)


def carries(session: Session, context: Context, facts: Facts) -> list[Carry]:
    """What this station still has to carry to lanes: of its receipt, or of all receipts whose goods passed here."""
    receipt_ids = facts.get("passed") or [facts.get("receipt")]
    return [one for receipt_id in receipt_ids for one in _list_carries(session, context, receipt_id)]


def _list_carries(session: Session, context: Context, receipt_id: int | None) -> list[Carry]:
    if receipt_id is None:
        return []
    at = (receipt_id, context.station_id)
    return ask_once(session, ("carries", at), lambda: crossdocking.list_carries(session, *at))


def receipt_of(session: Session, facts: Facts) -> Receipt:
    """The receipt that is being counted."""
    return session.get_one(Receipt, facts["receipt"])


def name_of(session: Session, product_id: int) -> str:
    """A product's name."""
    return session.get_one(Product, product_id).name


def order_number(session: Session, receipt: Receipt) -> str:
    """The number of a receipt's purchase order ("-": received without one)."""
    if receipt.purchase_order_id is None:
        return "-"
    return session.get_one(PurchaseOrder, receipt.purchase_order_id).number


def number(text: str, most: int) -> int:
    """A typed number of 1 to ``most``; refuses `number_wanted`."""
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        raise Refusal("number_wanted", text=text, most=most)
    return int(text)


def chosen(key: Resolved, reasons: tuple[str, ...]) -> str:
    """The reason whose number was typed."""
    return reasons[number(key.text, len(reasons)) - 1]


def supervise(session: Session, scan: Resolved) -> str:
    """The name of the supervisor whose badge was scanned; refuses `supervisor_wanted`."""
    who = session.get_one(Operator, scan.id)
    if who.role not in SUPERVISES or not who.is_active:
        raise NotPermitted("supervisor_wanted", who=who.name)
    return who.name


def leave(session: Session, context: Context, _key: Resolved) -> Answer:
    """Esc: back to counting, or out of the receipt, which stays open."""
    state, facts = where(session, context)
    waiting = _list_forgotten(session, context, facts) if state == "bring" else []
    if waiting:
        raise Refusal("carry_first", qty=sum(one.qty for one in waiting), lane=waiting[0].lane)
    if state in ("passing", "failing") or (state == "decline" and "passed" in facts):
        go(session, context, "inspect", kept(facts))
    elif facts.get("from") is not None:
        go(session, context, "count", {"receipt": facts["from"]})
    elif facts.get("reason") and state in ASKED:
        go(session, context, "damage", kept(facts) | {"reason": facts["reason"]})
    elif "receipt" in facts and state not in COUNTS:
        go(session, context, "count", kept(facts))
    else:
        go(session, context, "open", {})
    return said(Outcome.LOOK_HERE, Message("left_as_it_is"))


def _list_forgotten(session: Session, context: Context, facts: Facts) -> list[Carry]:
    """What passed and would be forgotten on leaving: all but what the receipt that is gone back to shows itself."""
    back = session.get(Receipt, facts["from"]) if facts.get("from") is not None else None
    shown = facts["from"] if back is not None and back.state == "open" else None
    return [
        one
        for receipt_id in facts["passed"]
        if receipt_id != shown
        for one in _list_carries(session, context, receipt_id)
    ]
