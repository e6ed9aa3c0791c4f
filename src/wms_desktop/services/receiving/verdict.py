"""The verdict as a task: units are carried to their lane, declined with a reason, explained; the receipt is closed."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import Location, Lot, Peg, ReceiptLine
from wms_desktop.errors import Refusal, WrongScan
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import bins, crossdocking, inbound, receipts, site_time
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods
from wms_desktop.services.receiving.labelling import MOST_LABELS
from wms_desktop.services.receiving.state import (
    DECLINE_REASONS,
    TOUCHED,
    Facts,
    carries,
    chosen,
    go,
    kept,
    name_of,
    number,
    said,
    where,
)


def carry(session: Session, context: Context, scan: Resolved) -> Answer:
    """The lane was scanned: what was carried there stands in it now."""
    state, facts = where(session, context)
    waiting = carries(session, context, facts)
    here = [one for one in waiting if one.lane_id == scan.id]
    if not here:
        lanes = ", ".join(sorted({one.lane for one in waiting})) or "-"
        raise WrongScan("wrong_lane", lane=scan.name, lanes=lanes)
    completed = crossdocking.carry_to_lane(session, context, here)
    if state == "aside":
        go(session, context, "count", kept(facts) | {"last": facts["last"] | {"step": ""}})
    args: Facts = {"qty": sum(one.qty for one in here), "lane": scan.name, "freed": len(completed)}
    code = "carried_freed" if completed else "carried"
    outcome = Outcome.JOB_COMPLETE if completed else Outcome.STEP_DONE
    return said(outcome, Message(code, args), TOUCHED | Changes.PRINTS)


def decline(session: Session, context: Context, _key: Resolved) -> Answer:
    """F2: the lane that is shown is declined."""
    _, facts = where(session, context)
    waiting = carries(session, context, facts)
    if not waiting:
        raise Refusal("nothing_to_decline")
    shown: Facts = {"peg": waiting[0].peg_id, "order": waiting[0].order, "lane": waiting[0].lane}
    go(session, context, "decline", kept(facts) | {"shown": shown})
    return said(Outcome.LOOK_HERE, Message("decline_reason_wanted"))


def decline_reason(session: Session, context: Context, key: Resolved) -> Answer:
    """Lets the units go that were shown when the lane was declined, and offers them to the next candidate.

    Where they are gone since, nothing is declined and it is said so.
    """
    _, facts = where(session, context)
    why = chosen(key, DECLINE_REASONS)
    shown = facts["shown"]
    declined = next((one for one in carries(session, context, facts) if one.peg_id == shown["peg"]), None)
    go(session, context, "inspect" if "passed" in facts else "count", kept(facts))
    if declined is None:
        args: Facts = {"order": shown["order"], "lane": shown["lane"]}
        return said(Outcome.LOOK_HERE, Message("decline_gone", args))
    row = session.get_one(Peg, declined.peg_id)
    crossdocking.release(session, row, f"declined: {why}")
    crossdocking.offer_again(session, context, row)
    args = {"qty": declined.qty, "order": declined.order, "lane": declined.lane, "reason": f"reason.{why}"}
    return said(Outcome.STEP_DONE, Message("declined", args), TOUCHED)


def why_so(session: Session, context: Context, _key: Resolved) -> Answer:
    """F9: why this order, or this bin; refuses `why_scan_first`."""
    _, facts = where(session, context)
    lines = facts.get("last", {}).get("lines", [])
    pegs = receipts.list_pegs(session, lines)
    if not lines:
        pegs = [session.get_one(Peg, one.peg_id) for one in carries(session, context, facts)[:1]]
    if not pegs:
        return said(Outcome.LOOK_HERE, _why_no_lane(session, context, facts, lines))
    order = crossdocking.order_of(session, pegs[0])
    leave_by = site_time.clock_time(session, order.leave_by)
    args: Facts = {"order": order.number, "qty": pegs[0].qty, "leave_by": leave_by}
    return said(Outcome.LOOK_HERE, Message(f"why_{pegs[0].reason}", args))


def _why_no_lane(session: Session, context: Context, facts: Facts, lines: list[int]) -> Message:
    """Why units that nobody gets in a lane go to their bin, or are kept from all."""
    rests = list_rests(session, facts)
    if not rests:
        return _why_kept(session, lines)
    guard = crossdocking.find_guard(session, site_time.today(session, context.at), lines)
    if guard:
        return Message(f"why_arrival_{guard}", {})
    proposal = propose_bin(session, rests[0])
    if proposal is None:
        return Message("why_bin_none")
    return Message(f"why_bin_{proposal.reason}", {"bin": proposal.code})


def _why_kept(session: Session, lines: list[int]) -> Message:
    """What units are that want no bin: set aside, or on the hold."""
    for line in session.scalars(select(ReceiptLine).where(ReceiptLine.id.in_(lines)).order_by(ReceiptLine.id)):
        if line.condition == "inspect":
            return Message("why_arrival_inspection")
        if line.condition == "relabel":
            return Message("why_relabel")
        if line.note == receipts.NOT_ORDERED:
            return Message("why_hold_foreign")
        if line.condition == "damaged":
            return Message("why_hold_expired" if line.note == "expired" else "why_hold_damaged")
    raise Refusal("why_scan_first")


def reprint(session: Session, context: Context, key: Resolved) -> Answer:
    """F5: the last cross-dock tag or item labels again; a number before it: so many labels."""
    asked = number(key.text, MOST_LABELS) if key.text else 0
    named, copies = receipts.reprint_last(session, context, asked)
    code = "reprinted" if copies == 1 else "reprinted_many"
    return said(Outcome.ACCEPTED, Message(code, {"number": named, "copies": copies}), Changes.PRINTS)


def done(session: Session, context: Context, _key: Resolved) -> Answer:
    """F10: the receipt is closed; what did not come stays due."""
    _, facts = where(session, context)
    receipt = receipts.hold_open(session, facts["receipt"], to_close=True)
    waiting = carries(session, context, facts)
    if waiting:
        raise Refusal("carry_first", qty=sum(one.qty for one in waiting), lane=waiting[0].lane)
    elsewhere = crossdocking.count_carries(session, receipt.id)
    if elsewhere:
        raise Refusal("colleague_carries", qty=elsewhere)
    received, due = receipts.close(session, context, receipt)
    inbound.finish(session, context, receipt)
    receipts.print_note(session, context, receipt)
    go(session, context, "open", {})
    message = Message("receipt_done", {"number": receipt.number, "received": received, "due": due})
    return said(Outcome.JOB_COMPLETE, message, Changes.INBOUND | Changes.PRINTS)


def refuse_bin(session: Session, _context: Context, scan: Resolved) -> Answer:
    """A bin is refused: putting away has its own screen."""
    raise WrongScan("putaway_is_elsewhere", bin=session.get_one(Location, scan.id).code)


def list_rests(session: Session, facts: Facts) -> list[Goods]:
    """Good units of the last scan that nobody gets in a lane, by product and lot."""
    lines = facts.get("last", {}).get("lines", [])
    return ask_once(session, ("rests", *lines), lambda: _ask_rests(session, lines)) if lines else []


def _ask_rests(session: Session, lines: list[int]) -> list[Goods]:
    to_lane = [peg for peg in receipts.list_pegs(session, lines) if peg.state in ("arrived", "in_lane")]
    left: Counter[tuple[int, int]] = Counter()
    for line in session.scalars(select(ReceiptLine).where(ReceiptLine.id.in_(lines)).order_by(ReceiptLine.id)):
        if line.condition == "good" and line.note != receipts.NOT_ORDERED:
            carried = sum(peg.qty for peg in to_lane if peg.receipt_line_id == line.id)
            left[line.product_id, line.lot_id] += line.qty - carried
    return [Goods(product_id=product, qty=qty, lot_id=lot) for (product, lot), qty in left.items() if qty > 0]


def name_of_goods(session: Session, goods: Goods) -> str:
    """A product's name, with its lot."""
    lot = session.get_one(Lot, goods.lot_id).code if goods.lot_id else ""
    return f"{name_of(session, goods.product_id)} {lot}".strip()


def propose_bin(session: Session, goods: Goods) -> bins.Proposal | None:
    """Where the rest of the last scan goes."""
    return ask_once(session, goods, lambda: bins.propose(session, goods))
