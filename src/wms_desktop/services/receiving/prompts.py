"""What the dock station shows: the instruction of each state, its rows, and the word to be read from afar."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Plate
from wms_desktop.errors import Value
from wms_desktop.prompts import Detail
from wms_desktop.services import receipts, site_time
from wms_desktop.services.crossdocking import Carry
from wms_desktop.services.dialogue import Context
from wms_desktop.services.receiving import damage, giving_back, offers, opening, prep, teaching, verdict
from wms_desktop.services.receiving.state import (
    DAMAGE_REASONS,
    DECLINE_REASONS,
    RETURN_REASONS,
    Facts,
    carries,
    name_of,
    order_number,
    receipt_of,
)

_REASONS: Mapping[str, tuple[str, ...]] = {
    "damage": DAMAGE_REASONS,
    "decline": DECLINE_REASONS,
    "failing": DAMAGE_REASONS,
    "give_back": RETURN_REASONS,
}

_COUNTING: Mapping[str, Callable[[Facts], bool]] = {
    "damage": damage.is_counting,
    "give_back": giving_back.is_counting,
}

_MOST_RESTS = 8

Shown = tuple[dict[str, Value], list[Detail], str]


def show(session: Session, context: Context, state: str, facts: Facts) -> Shown:
    """The arguments, rows and large word of a state."""
    args: Facts = {}
    if "receipt" in facts:
        receipt = receipt_of(session, facts)
        received, ordered = receipts.counted(session, receipt)
        args = {"receipt": receipt.number, "order": order_number(session, receipt), "received": received,
                "ordered": ordered}  # fmt: skip
    more, details, big = _of_state(session, context, state, facts)
    if "plate" in facts and state in ("count", "carry", "aside"):
        details.append(Detail("receive.on_plate", {"plate": session.get_one(Plate, facts["plate"]).code}))
    return args | more, details, big


def digits(state: str, facts: Facts, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of a state; where digits choose a reason first and count afterwards, only one of the two at a time."""
    if state not in _COUNTING:
        return keys
    return tuple(key for key in keys if key != ("choose" if _COUNTING[state](facts) else "quantity"))


def progress(session: Session, facts: Facts) -> tuple[int, int]:
    """Units received on the receipt's order, and units ordered."""
    return receipts.counted(session, receipt_of(session, facts)) if "receipt" in facts else (0, 0)


def _of_state(session: Session, context: Context, state: str, facts: Facts) -> tuple[Facts, list[Detail], str]:
    if state == "choose":
        return {"product": name_of(session, facts["product"])}, opening.list_choices(session, facts), ""
    if state == "truck":
        return {"count": len(facts["orders"])}, opening.list_choices(session, facts), ""
    if state in ("carry", "bring"):
        waiting = carries(session, context, facts)
        leave_by = site_time.clock_time(session, waiting[0].leave_by)
        return _carry_args(waiting) | {"leave_by": leave_by}, _details(session, waiting, facts), waiting[0].lane
    if state == "aside":
        last = facts["last"]
        args = {"product": name_of(session, last["product"]), "qty": last.get("aside", last["count"] * last["units"]),
                "step": f"step.{last['step']}"}  # fmt: skip
        return args, _details(session, carries(session, context, facts), {}), f"step.{last['step']}"
    if state in _REASONS:
        return _reasons(state, facts)
    if state == "offer":
        return {"text": facts["offer"]["text"]}, offers.list_rows(facts), ""
    if state.startswith("teach"):
        teach = facts["teach"]
        named = {"product": name_of(session, teach["product"])} if "product" in teach else {}
        return {"code": teach["code"]} | named, teaching.list_rows(session, facts) if state == "teach" else [], ""
    if state == "inspect":
        return {}, prep.list_rows(session, context), ""
    if state == "passing":
        goods = facts["goods"]
        shown = {
            "qty": goods["qty"],
            "product": goods["name"],
            "there": goods["there"],
            "step": f"step.{goods['step']}",
        }
        return shown, [], ""
    if "pending" in facts:
        return _pending_args(session, facts["pending"]), [], ""
    return {}, _details(session, [], facts) if state == "count" else [], ""


def _reasons(state: str, facts: Facts) -> tuple[Facts, list[Detail], str]:
    chosen = facts.get("reason", "") if state in ("damage", "give_back") else ""
    args = {"reason": f"reason.{chosen}" if chosen else "", "why": f"reason.{chosen or 'none'}"}
    if chosen:
        return args, [], ""
    rows = [Detail("receive.reason", {"n": n, "reason": f"reason.{why}"}) for n, why in enumerate(_REASONS[state], 1)]
    return args, rows, ""


def _pending_args(session: Session, pending: Facts) -> Facts:
    args = {"product": name_of(session, pending["product"]), "qty": pending["qty"]}
    return args | {name: pending[name] for name in ("over", "lot", "by_weight", "weight_g") if name in pending}


def _carry_args(waiting: list[Carry]) -> Facts:
    first = waiting[0]
    same = [one for one in waiting if one.lane_id == first.lane_id]
    return {
        "lane": first.lane,
        "order": first.order,
        "customer": first.customer,
        "qty": first.qty,
        "lane_qty": sum(one.qty for one in same),
        "product": first.product,
        "reason": f"why.{first.reason}",
    }


def _details(session: Session, waiting: list[Carry], facts: Facts) -> list[Detail]:
    rows = [
        Detail("receive.to_lane", {"lane": one.lane, "order": one.order, "customer": one.customer, "qty": one.qty,
                                   "product": one.product})
        for one in waiting
    ]  # fmt: skip
    rests = verdict.list_rests(session, facts)
    for goods in rests[:_MOST_RESTS]:
        proposal = verdict.propose_bin(session, goods)
        place: Facts = {} if proposal is None else {"bin": proposal.code}
        what: Facts = {"product": verdict.name_of_goods(session, goods)} if len(rests) > 1 else {}
        code = "receive.to_bin" if place else "receive.to_nowhere"
        rows.append(Detail(f"{code}_of" if what else code, {"qty": goods.qty} | what | place))
    return rows
