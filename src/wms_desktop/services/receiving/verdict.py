"""The verdict as a task: units are carried to their lane, declined with a reason, explained; the receipt is closed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import Location, Peg, ReceiptLine
from wms_desktop.errors import Refusal, WrongScan
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import bins, crossdocking, inbound, receipts, site_time
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods
from wms_desktop.services.receiving.state import (
    DECLINE_REASONS,
    TOUCHED,
    Facts,
    carries,
    chosen,
    go,
    kept,
    receipt_of,
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
    """F2: the lane is declined."""
    _, facts = where(session, context)
    if not carries(session, context, facts):
        raise Refusal("nothing_to_decline")
    go(session, context, "decline", kept(facts))
    return said(Outcome.LOOK_HERE, Message("decline_reason_wanted"))


def decline_reason(session: Session, context: Context, key: Resolved) -> Answer:
    """Lets the last verdict's units go and offers them to the next candidate."""
    _, facts = where(session, context)
    why = chosen(key, DECLINE_REASONS)
    first = carries(session, context, facts)[0]
    row = session.get_one(Peg, first.peg_id)
    crossdocking.release(session, row, f"declined: {why}")
    crossdocking.offer_again(session, context, row)
    go(session, context, "inspect" if "passed" in facts else "count", kept(facts))
    args: Facts = {"qty": first.qty, "order": first.order, "lane": first.lane, "reason": f"reason.{why}"}
    return said(Outcome.STEP_DONE, Message("declined", args), TOUCHED)


def why_so(session: Session, context: Context, _key: Resolved) -> Answer:
    """F9: why this order, or this bin."""
    _, facts = where(session, context)
    pegs = receipts.list_pegs(session, facts.get("last", {}).get("lines", []))
    if not pegs:
        today = site_time.today(session, context.at)
        guard = crossdocking.find_guard(session, today, facts.get("last", {}).get("lines", []))
        if guard:
            return said(Outcome.LOOK_HERE, Message(f"why_arrival_{guard}", {}))
        proposal = propose_bin(session, facts)
        code = "why_bin_none" if proposal is None else f"why_bin_{proposal.reason}"
        place: Facts = {} if proposal is None else {"bin": proposal.code}
        return said(Outcome.LOOK_HERE, Message(code, place))
    order = crossdocking.order_of(session, pegs[0])
    leave_by = site_time.clock_time(session, order.leave_by)
    args: Facts = {"order": order.number, "qty": pegs[0].qty, "leave_by": leave_by}
    return said(Outcome.LOOK_HERE, Message(f"why_{pegs[0].reason}", args))


def reprint(session: Session, context: Context, _key: Resolved) -> Answer:
    """F5: the last cross-dock tag again."""
    number = crossdocking.reprint_tag(session, context)
    return said(Outcome.ACCEPTED, Message("reprinted", {"number": number}), Changes.PRINTS)


def done(session: Session, context: Context, _key: Resolved) -> Answer:
    """F10: the receipt is closed; what did not come stays due."""
    _, facts = where(session, context)
    waiting = carries(session, context, facts)
    if waiting:
        raise Refusal("carry_first", qty=sum(one.qty for one in waiting), lane=waiting[0].lane)
    receipt = receipt_of(session, facts)
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


def rest_of_last(session: Session, facts: Facts) -> int:
    """Good units of the last scan that nobody gets in a lane."""
    lines = facts.get("last", {}).get("lines", [])
    return ask_once(session, ("rest", *lines), lambda: _ask_rest(session, lines)) if lines else 0


def _ask_rest(session: Session, lines: list[int]) -> int:
    rows = session.scalars(select(ReceiptLine).where(ReceiptLine.id.in_(lines)))
    total = sum(line.qty for line in rows if line.condition == "good" and line.note != receipts.NOT_ORDERED)
    return total - sum(p.qty for p in receipts.list_pegs(session, lines) if p.state in ("arrived", "in_lane"))


def propose_bin(session: Session, facts: Facts) -> bins.Proposal | None:
    """Where the rest of the last scan goes."""
    rest = rest_of_last(session, facts)
    if not rest:
        return None
    line = session.get_one(ReceiptLine, facts["last"]["lines"][0])
    goods = Goods(product_id=line.product_id, qty=rest, lot_id=line.lot_id)
    return ask_once(session, goods, lambda: bins.propose(session, goods))
