"""The receiving dialogue: open a receipt, count goods in, hear lane or bin at once, carry, decline, close."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import (
    Location,
    Operator,
    Peg,
    Product,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
)
from wms_desktop.errors import NothingExpected, NotPermitted, Refusal, WrongScan
from wms_desktop.prompts import Answer, Detail, Event, Message, Outcome, Prompt
from wms_desktop.services import bins, crossdocking, receipts, site_time
from wms_desktop.services.conversation import converse
from wms_desktop.services.crossdocking import Carry
from wms_desktop.services.dialogue import Context, Resolved, Step, Workflow, load, save
from wms_desktop.services.inventory import Goods
from wms_desktop.services.receipts import Parcel

NAME = "receive"
_TOUCHED = Changes.STOCK | Changes.INBOUND | Changes.ORDERS | Changes.LANES
DAMAGE_REASONS = ("crushed", "wet", "broken", "other")
DECLINE_REASONS = ("does_not_fit", "lane_blocked", "not_wanted", "other")
Facts = dict[str, Any]


def answer(session: Session, context: Context, event: Event) -> Answer:
    """The answer to one event at a dock station."""
    return converse(WORKFLOW, session, context, event, _state(session, context)[0], prompt)


def prompt(session: Session, context: Context) -> Prompt:
    """What the dock station shows now, from the rows alone."""
    state, facts = _state(session, context)
    args: dict[str, Any] = {}
    details: list[Detail] = []
    big = ""
    progress = (0, 0)
    if "receipt" in facts:
        receipt = session.get_one(Receipt, facts["receipt"])
        progress = receipts.counted(session, receipt)
        args = {"receipt": receipt.number, "order": _order_number(session, receipt)}
        args |= {"received": progress[0], "ordered": progress[1]}
    if state == "choose":
        rows = receipts.list_expecting(session, facts["product"])
        args = {"product": session.get_one(Product, facts["product"]).name}
        details = [
            Detail("receive.choice", {"n": n, "number": r.number, "supplier": r.supplier,
                                      "due": r.due.isoformat(), "open": int(r.open)})
            for n, r in enumerate(rows, 1)
        ]  # fmt: skip
    elif state == "carry":
        carries = _carries(session, context, facts)
        big = carries[0].lane
        args |= _carry_args(carries)
        args["leave_by"] = site_time.clock_time(session, carries[0].leave_by)
        details = _details(session, carries, facts)
    elif state in ("damage", "decline"):
        reasons = DAMAGE_REASONS if state == "damage" else DECLINE_REASONS
        chosen = facts.get("reason", "")
        args["reason"] = f"reason.{chosen}" if chosen else ""
        if not chosen:
            details = [Detail("receive.reason", {"n": n, "reason": f"reason.{r}"}) for n, r in enumerate(reasons, 1)]
    elif "pending" in facts:
        pending = facts["pending"]
        args |= {"product": session.get_one(Product, pending["product"]).name, "qty": pending["qty"]}
        args |= {name: pending[name] for name in ("over", "lot") if name in pending}
    elif state == "count":
        details = _details(session, [], facts)
    return Prompt(
        workflow=NAME, state=state, args=args, accepts=WORKFLOW.accepts(state), keys=WORKFLOW.keys(state),
        details=tuple(details), big=big, progress=progress,
    )  # fmt: skip


# --- opening -------------------------------------------------------------------------------------------------


def _open_purchase(session: Session, context: Context, scan: Resolved) -> Answer:
    receipt = receipts.open_for(session, context, scan.id)
    save(session, context, NAME, "count", {"receipt": receipt.id})
    message = Message("receipt_opened", {"number": receipt.number, "order": _order_number(session, receipt)})
    return _said(session, context, Outcome.STEP_DONE, message, Changes.INBOUND)


def _open_receipt(session: Session, context: Context, scan: Resolved) -> Answer:
    receipt = session.get_one(Receipt, scan.id)
    if receipt.state != "open":
        raise Refusal("receipt_closed", number=receipt.number)
    save(session, context, NAME, "count", {"receipt": receipt.id})
    message = Message("receipt_opened", {"number": receipt.number, "order": _order_number(session, receipt)})
    return _said(session, context, Outcome.STEP_DONE, message)


def _open_by_product(session: Session, context: Context, scan: Resolved) -> Answer:
    rows = receipts.list_expecting(session, scan.id)
    if not rows:
        raise NothingExpected(product=scan.name)
    if len(rows) > 1:
        save(session, context, NAME, "choose", {"product": scan.id, "scan": _scan_facts(scan)})
        message = Message("choose_receipt", {"product": scan.name, "count": len(rows)})
        return _said(session, context, Outcome.LOOK_HERE, message)
    receipt = receipts.open_for(session, context, rows[0].id)
    save(session, context, NAME, "count", {"receipt": receipt.id})
    return _count(session, context, scan)


def _open_blind(session: Session, context: Context, _key: Resolved) -> Answer:
    receipt = receipts.open_for(session, context, None)
    save(session, context, NAME, "count", {"receipt": receipt.id})
    return _said(session, context, Outcome.STEP_DONE, Message("blind_opened", {"number": receipt.number}),
                 Changes.INBOUND)  # fmt: skip


def _choose(session: Session, context: Context, key: Resolved) -> Answer:
    _, facts = _state(session, context)
    rows = receipts.list_expecting(session, facts["product"])
    row = rows[_number(key.text, len(rows)) - 1]
    receipt = receipts.open_for(session, context, row.id)
    save(session, context, NAME, "count", {"receipt": receipt.id})
    return _count(session, context, Resolved(kind="product", text="", id=facts["product"], **facts["scan"]))


def _leave(session: Session, context: Context, _key: Resolved) -> Answer:
    state, facts = _state(session, context)
    if "receipt" in facts and state not in ("count", "carry"):
        save(session, context, NAME, "count", _counted(facts))
    else:
        save(session, context, NAME, "open", {})
    return _said(session, context, Outcome.LOOK_HERE, Message("left_as_it_is"))


# --- counting ------------------------------------------------------------------------------------------------


def _count(session: Session, context: Context, scan: Resolved) -> Answer:
    _, facts = _state(session, context)
    pending = _scan_facts(scan) | {"product": scan.id, "qty": scan.units}
    return _demand(session, context, facts, pending)


def _demand(session: Session, context: Context, facts: Facts, pending: Facts) -> Answer:
    """Asks for what is still missing (lot, expiry, a yes), else takes the units in."""
    product = session.get_one(Product, pending["product"])
    facts = _counted(facts)
    asked: Facts = {"product": product.name, "qty": pending["qty"]}
    if product.lot_tracked and not pending["lot"]:
        save(session, context, NAME, "lot", facts | {"pending": pending})
        return _said(session, context, Outcome.LOOK_HERE, Message("lot_wanted", asked))
    pending["expiry"] = pending["expiry"] or receipts.known_expiry(session, product.id, pending["lot"])
    if product.expiry_tracked and not pending["expiry"]:
        save(session, context, NAME, "expiry", facts | {"pending": pending})
        return _said(session, context, Outcome.LOOK_HERE, Message("expiry_wanted", asked))
    receipt = session.get_one(Receipt, facts["receipt"])
    if not pending.get("allowed"):
        wanted = receipts.compare(session, receipt, product.id, pending["qty"])
        if wanted.over:
            state = "over" if wanted.tolerated else "over_far"
            pending = pending | {"over": wanted.over}
            save(session, context, NAME, state, facts | {"pending": pending})
            args = asked | {"ordered": wanted.ordered, "received": wanted.received, "over": wanted.over}
            return _said(session, context, Outcome.LOOK_HERE, Message(f"receive_{state}", args))
    return _take_in(session, context, facts, pending)


def _take_in(session: Session, context: Context, facts: Facts, pending: Facts) -> Answer:
    receipt = session.get_one(Receipt, facts["receipt"])
    expired = receipts.is_expired(session, context, pending["expiry"])
    parcel = Parcel(
        product_id=pending["product"], qty=pending["qty"], lot=pending["lot"], expiry=pending["expiry"],
        condition="damaged" if expired else "good", note="expired" if expired else "",
    )  # fmt: skip
    lines = receipts.take_in(session, context, receipt, parcel)
    count = pending.get("count", 1)
    last = {"lines": [line.id for line in lines], "units": pending["units"], "count": count, "lot": pending["lot"],
            "expiry": pending["expiry"], "product": pending["product"]}  # fmt: skip
    save(session, context, NAME, "count", {"receipt": receipt.id, "last": last})
    name = session.get_one(Product, pending["product"]).name
    args: Facts = {"product": name, "qty": pending["qty"]}
    if expired:
        return _said(session, context, Outcome.STOP, Message("expired_to_hold", args), _TOUCHED)
    to_lane = sum(p.qty for p in receipts.list_pegs(session, last["lines"]) if p.state == "arrived")
    if to_lane:
        message = Message("verdict_lane", args | {"lane_qty": to_lane, "rest": pending["qty"] - to_lane})
        return _said(session, context, Outcome.STEP_DONE, message, _TOUCHED)
    return _said(session, context, Outcome.ACCEPTED, Message("verdict_bin", args), _TOUCHED)


def _quantity(session: Session, context: Context, key: Resolved) -> Answer:
    _, facts = _state(session, context)
    last = facts.get("last")
    if not last:
        raise Refusal("scan_first")
    count = _number(key.text, 9999)
    if count <= last["count"]:
        raise Refusal("quantity_only_up", count=last["count"], asked=count)
    pending = {"product": last["product"], "qty": (count - last["count"]) * last["units"], "units": last["units"],
               "lot": last["lot"], "expiry": last["expiry"], "count": count}  # fmt: skip
    return _demand(session, context, facts, pending)


def _lot(session: Session, context: Context, scan: Resolved) -> Answer:
    _, facts = _state(session, context)
    _same_item(session, facts, scan, scan.lot)
    pending = facts["pending"] | {"lot": scan.lot or scan.text, "expiry": scan.expiry or facts["pending"]["expiry"]}
    return _demand(session, context, facts, pending)


def _expiry(session: Session, context: Context, scan: Resolved) -> Answer:
    _, facts = _state(session, context)
    _same_item(session, facts, scan, scan.expiry)
    return _demand(session, context, facts, facts["pending"] | {"expiry": receipts.day_of(scan.expiry or scan.text)})


def _same_item(session: Session, facts: Facts, scan: Resolved, carried: str) -> None:
    """An item's code answers the question for lot or expiry only if it is this item's and carries the answer."""
    if scan.kind == "product" and (scan.id != facts["pending"]["product"] or not carried):
        wanted = session.get_one(Product, facts["pending"]["product"]).name
        raise WrongScan("answer_first", what=scan.name, product=wanted)


def _yes(session: Session, context: Context, _key: Resolved) -> Answer:
    _, facts = _state(session, context)
    return _demand(session, context, facts, facts["pending"] | {"allowed": True})


def _badge(session: Session, context: Context, scan: Resolved) -> Answer:
    who = session.get_one(Operator, scan.id)
    if who.role not in ("supervisor", "admin"):
        raise NotPermitted("supervisor_wanted", who=who.name)
    return _yes(session, context, scan)


def _damaged(session: Session, context: Context, _key: Resolved) -> Answer:
    _, facts = _state(session, context)
    save(session, context, NAME, "damage", _counted(facts))
    return _said(session, context, Outcome.LOOK_HERE, Message("damage_reason_wanted"))


def _damage_reason(session: Session, context: Context, key: Resolved) -> Answer:
    _, facts = _state(session, context)
    reason = DAMAGE_REASONS[_number(key.text, len(DAMAGE_REASONS)) - 1]
    save(session, context, NAME, "damage", facts | {"reason": reason})
    return _said(session, context, Outcome.ACCEPTED, Message("scan_damaged", {"reason": f"reason.{reason}"}))


def _damage_unit(session: Session, context: Context, scan: Resolved) -> Answer:
    _, facts = _state(session, context)
    if "reason" not in facts:
        raise Refusal("damage_reason_first")
    receipt = session.get_one(Receipt, facts["receipt"])
    receipts.compare(session, receipt, scan.id, scan.units)
    parcel = Parcel(product_id=scan.id, qty=scan.units, lot=scan.lot, expiry=scan.expiry, condition="damaged",
                    note=facts["reason"])  # fmt: skip
    receipts.take_in(session, context, receipt, parcel)
    args: Facts = {"product": scan.name, "qty": scan.units, "reason": f"reason.{facts['reason']}"}
    return _said(session, context, Outcome.ACCEPTED, Message("damaged_to_hold", args), _TOUCHED)


# --- the verdict ---------------------------------------------------------------------------------------------


def _carry(session: Session, context: Context, scan: Resolved) -> Answer:
    _, facts = _state(session, context)
    carries = _carries(session, context, facts)
    here = [carry for carry in carries if carry.lane_id == scan.id]
    if not here:
        lanes = ", ".join(sorted({f"{c.lane}" for c in carries})) or "-"
        raise WrongScan("wrong_lane", lane=scan.name, lanes=lanes)
    completed = crossdocking.carry_to_lane(session, context, here)
    args: Facts = {"qty": sum(carry.qty for carry in here), "lane": scan.name, "freed": len(completed)}
    code = "carried_freed" if completed else "carried"
    outcome = Outcome.JOB_COMPLETE if completed else Outcome.STEP_DONE
    return _said(session, context, outcome, Message(code, args), _TOUCHED | Changes.PRINTS)


def _decline(session: Session, context: Context, _key: Resolved) -> Answer:
    _, facts = _state(session, context)
    if not _carries(session, context, facts):
        raise Refusal("nothing_to_decline")
    save(session, context, NAME, "decline", facts)
    return _said(session, context, Outcome.LOOK_HERE, Message("decline_reason_wanted"))


def _decline_reason(session: Session, context: Context, key: Resolved) -> Answer:
    """Lets the last verdict's units go and offers them to the next candidate."""
    _, facts = _state(session, context)
    reason = DECLINE_REASONS[_number(key.text, len(DECLINE_REASONS)) - 1]
    carry = _carries(session, context, facts)[0]
    row = session.get_one(Peg, carry.peg_id)
    crossdocking.release(session, row, f"declined: {reason}")
    crossdocking.offer_again(session, context, row)
    save(session, context, NAME, "count", _counted(facts))
    args: Facts = {"qty": carry.qty, "order": carry.order, "lane": carry.lane, "reason": f"reason.{reason}"}
    return _said(session, context, Outcome.STEP_DONE, Message("declined", args), _TOUCHED)


def _why(session: Session, context: Context, _key: Resolved) -> Answer:
    _, facts = _state(session, context)
    pegs = receipts.list_pegs(session, facts.get("last", {}).get("lines", []))
    if not pegs:
        proposal = _proposal(session, facts)
        code = "why_bin_none" if proposal is None else f"why_bin_{proposal.reason}"
        where: Facts = {} if proposal is None else {"bin": proposal.code}
        return _said(session, context, Outcome.LOOK_HERE, Message(code, where))
    order = crossdocking.order_of(session, pegs[0])
    leave_by = site_time.clock_time(session, order.leave_by)
    args: Facts = {"order": order.number, "qty": pegs[0].qty, "leave_by": leave_by}
    return _said(session, context, Outcome.LOOK_HERE, Message(f"why_{pegs[0].reason}", args))


def _reprint(session: Session, context: Context, _key: Resolved) -> Answer:
    number = crossdocking.reprint_tag(session, context)
    return _said(session, context, Outcome.ACCEPTED, Message("reprinted", {"number": number}), Changes.PRINTS)


def _done(session: Session, context: Context, _key: Resolved) -> Answer:
    _, facts = _state(session, context)
    carries = _carries(session, context, facts)
    if carries:
        raise Refusal("carry_first", qty=sum(c.qty for c in carries), lane=carries[0].lane)
    receipt = session.get_one(Receipt, facts["receipt"])
    elsewhere = crossdocking.count_carries(session, receipt.id)
    if elsewhere:
        raise Refusal("colleague_carries", qty=elsewhere)
    received, due = receipts.close(session, context, receipt)
    receipts.print_note(session, context, receipt)
    save(session, context, NAME, "open", {})
    message = Message("receipt_done", {"number": receipt.number, "received": received, "due": due})
    return _said(session, context, Outcome.JOB_COMPLETE, message, Changes.INBOUND | Changes.PRINTS)


# --- what the states are made of -----------------------------------------------------------------------------


def _state(session: Session, context: Context) -> tuple[str, Facts]:
    """The stored state, except that units waiting to be carried make `count` a `carry`."""
    state, facts = load(session, context, NAME, "open")
    if "receipt" in facts:
        receipt = session.get(Receipt, facts["receipt"])
        if receipt is None or receipt.state != "open":
            return "open", {}
    if state == "decline" and not _carries(session, context, facts):
        return "count", _counted(facts)
    if state == "count" and _carries(session, context, facts):
        return "carry", facts
    return state, facts


def _carries(session: Session, context: Context, facts: Facts) -> list[Carry]:
    at = (facts["receipt"], context.station_id)
    return ask_once(session, ("carries", at), lambda: crossdocking.list_carries(session, *at))


def _said(session: Session, context: Context, outcome: Outcome, message: Message,
          changes: Changes = Changes.NONE) -> Answer:  # fmt: skip
    return Answer(outcome=outcome, message=message, prompt=prompt(session, context), changes=changes)


def _order_number(session: Session, receipt: Receipt) -> str:
    if receipt.purchase_order_id is None:
        return "-"
    return session.get_one(PurchaseOrder, receipt.purchase_order_id).number


def _counted(facts: Facts) -> Facts:
    """The facts that stay while counting: the receipt and what was scanned last."""
    return {name: facts[name] for name in ("receipt", "last") if name in facts}


def _scan_facts(scan: Resolved) -> Facts:
    return {"units": scan.units, "lot": scan.lot, "expiry": scan.expiry}


def _carry_args(carries: list[Carry]) -> dict[str, Any]:
    first = carries[0]
    same = [c for c in carries if c.lane_id == first.lane_id]
    return {
        "lane": first.lane,
        "order": first.order,
        "customer": first.customer,
        "qty": first.qty,
        "lane_qty": sum(c.qty for c in same),
        "product": first.product,
        "reason": f"why.{first.reason}",
    }


def _details(session: Session, carries: list[Carry], facts: Facts) -> list[Detail]:
    rows = [
        Detail("receive.to_lane", {"lane": c.lane, "order": c.order, "customer": c.customer, "qty": c.qty,
                                   "product": c.product})
        for c in carries
    ]  # fmt: skip
    rest = _rest_of_last(session, facts)
    if rest:
        proposal = _proposal(session, facts)
        where: Facts = {} if proposal is None else {"bin": proposal.code}
        rows.append(Detail("receive.to_bin" if where else "receive.to_nowhere", {"qty": rest} | where))
    return rows


def _rest_of_last(session: Session, facts: Facts) -> int:
    """Units of the last scan that nobody gets in a lane."""
    lines = facts.get("last", {}).get("lines", [])
    return ask_once(session, ("rest", *lines), lambda: _ask_rest(session, lines)) if lines else 0


def _ask_rest(session: Session, lines: list[int]) -> int:
    total = sum(line.qty for line in session.scalars(select(ReceiptLine).where(ReceiptLine.id.in_(lines))))
    return total - sum(p.qty for p in receipts.list_pegs(session, lines) if p.state in ("arrived", "in_lane"))


def _proposal(session: Session, facts: Facts) -> bins.Proposal | None:
    rest = _rest_of_last(session, facts)
    if not rest:
        return None
    line = session.get_one(ReceiptLine, facts["last"]["lines"][0])
    goods = Goods(product_id=line.product_id, qty=rest, lot_id=line.lot_id)
    return ask_once(session, goods, lambda: bins.propose(session, goods))


def _number(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        raise Refusal("number_wanted", text=text, most=most)
    return int(text)


def _bin_scanned(session: Session, _context: Context, scan: Resolved) -> Answer:
    raise WrongScan("putaway_is_elsewhere", bin=session.get_one(Location, scan.id).code)


_OPENING = [
    Step("open", "purchase_order", _open_purchase, ("count",), "Scan the purchase order's paper: its receipt opens."),
    Step("open", "receipt", _open_receipt, ("count", "carry"), "Scan a receipt a colleague opened: join it."),
    Step("open", "product", _open_by_product, ("count", "carry", "choose", "lot", "over"),
         "Scan any item: the order that expects it opens and the unit is counted; several are offered, best first."),
    Step("open", "key:blind", _open_blind, ("count",), "No paper: receive without an order."),
    Step("choose", "key:choose", _choose, ("count", "carry", "lot", "over"), "Choose the order by its row number."),
    Step("choose", "key:quantity", _choose, ("count", "carry", "lot", "over"), "A typed number chooses the row."),
    Step("choose", "purchase_order", _open_purchase, ("count",), "Scan the order's paper instead."),
    Step("choose", "key:back", _leave, ("open",), "Leave it."),
]  # fmt: skip


def _counting(state: str) -> list[Step]:
    return [
        Step(state, "product", _count, ("count", "carry", "lot", "expiry", "over", "over_far"),
             "Scan a unit or a case: it is counted and the verdict appears."),
        Step(state, "lane", _carry, ("count", "carry"), "Scan the lane: what was carried there is confirmed."),
        Step(state, "bin", _bin_scanned, (state,), "A bin is refused: putting away has its own screen."),
        Step(state, "purchase_order", _open_purchase, ("count", "carry"), "Change to another order's receipt."),
        Step(state, "key:quantity", _quantity, ("count", "carry", "over", "over_far"),
             "Type a number: so many of the code scanned last, in all."),
        Step(state, "key:decline", _decline, ("decline",), "F2: the lane is declined; a reason is asked."),
        Step(state, "key:damaged", _damaged, ("damage",), "F11: the next units are damaged; a reason is asked."),
        Step(state, "key:why", _why, (state,), "F9: why this order or this bin."),
        Step(state, "key:reprint", _reprint, (state,), "F5: the last cross-dock tag again, marked as a copy."),
        Step(state, "key:done", _done, ("open",), "F10: close the receipt; what did not come stays due."),
        Step(state, "key:back", _leave, ("open",), "Esc: leave the receipt open and go back."),
    ]  # fmt: skip


_ASKING = [
    Step("lot", "text", _lot, ("count", "carry", "expiry", "over"), "Type or scan the lot."),
    Step("lot", "product", _lot, ("count", "carry", "expiry", "over"), "Scan the GS1 code that carries the lot."),
    Step("lot", "key:back", _leave, ("count", "carry"), "Leave the unit uncounted."),
    Step("expiry", "text", _expiry, ("count", "carry", "over"), "Type the expiry day, YYYY-MM-DD or YYMMDD."),
    Step("expiry", "product", _expiry, ("count", "carry", "over"), "Scan the GS1 code that carries the expiry."),
    Step("expiry", "key:back", _leave, ("count", "carry"), "Leave the unit uncounted."),
    Step("over", "key:yes", _yes, ("count", "carry"), "F8 or the YES barcode: more than ordered is taken in."),
    Step("over", "key:back", _leave, ("count", "carry"), "Do not take the surplus in."),
    Step("over_far", "operator", _badge, ("count", "carry"), "A supervisor's badge takes the surplus in."),
    Step("over_far", "key:back", _leave, ("count", "carry"), "Do not take the surplus in."),
    Step("damage", "key:choose", _damage_reason, ("damage",), "Choose the reason by its number."),
    Step("damage", "key:quantity", _damage_reason, ("damage",), "A typed number chooses the reason."),
    Step("damage", "product", _damage_unit, ("damage",), "Scan each damaged unit: it goes to the hold."),
    Step("damage", "key:done", _leave, ("count", "carry"), "F10: back to good units."),
    Step("damage", "key:back", _leave, ("count", "carry"), "Esc: back to good units."),
    Step("decline", "key:choose", _decline_reason, ("count", "carry"), "Choose the reason; the next order is offered."),
    Step("decline", "key:quantity", _decline_reason, ("count", "carry"), "A typed number chooses the reason."),
    Step("decline", "key:back", _leave, ("carry",), "Keep the verdict."),
]

WORKFLOW = Workflow(NAME, [*_OPENING, *_counting("count"), *_counting("carry"), *_ASKING])
