"""Counts good units in: what is still missing is asked for, then they are taken in and the verdict is made."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wms_desktop.db.tables import NO_PLATE, Product, Receipt
from wms_desktop.errors import NothingExpected, Refusal
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import receipts
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.receipts import Expected, Parcel
from wms_desktop.services.receiving import plates, weighing
from wms_desktop.services.receiving.state import (
    TOUCHED,
    Facts,
    go,
    kept,
    name_of,
    number,
    order_number,
    receipt_of,
    said,
    where,
)

MOST_AT_ONCE = 9999


def count(session: Session, context: Context, scan: Resolved) -> Answer:
    """A unit, a case or what a pallet's symbol says."""
    _, facts = where(session, context)
    pending = scan_facts(scan) | {"product": scan.id, "qty": scan.units}
    return demand(session, context, facts, pending)


def scan_facts(scan: Resolved) -> Facts:
    """What a scan says beside the item."""
    return {"units": scan.units, "lot": scan.lot, "expiry": scan.expiry, "serial": scan.serial, "sscc": scan.sscc,
            "weight_g": scan.weight_g, "case": scan.case}  # fmt: skip


def quantity(session: Session, context: Context, key: Resolved) -> Answer:
    """A typed number: so many of the code scanned last, in all."""
    _, facts = where(session, context)
    last = facts.get("last")
    if not last:
        raise Refusal("scan_first")
    if last.get("serial"):
        raise Refusal("serial_one_by_one", product=name_of(session, last["product"]))
    if not last.get("units"):
        raise Refusal("scan_first")
    counted = number(key.text, MOST_AT_ONCE)
    if counted <= last["count"]:
        raise Refusal("quantity_only_up", count=last["count"], asked=counted)
    same = {name: last[name] for name in ("product", "units", "lot", "expiry", "reason", "case") if name in last}
    pending = same | {"qty": (counted - last["count"]) * last["units"], "count": counted}
    return demand(session, context, facts, pending)


def demand(session: Session, context: Context, facts: Facts, pending: Facts) -> Answer:
    """Asks for what is still missing (serial, lot, expiry, a yes), else takes the units in."""
    product = session.get_one(Product, pending["product"])
    receipt = receipts.hold_open(session, facts["receipt"])
    facts = kept(facts) | ({"reason": pending["reason"]} if "reason" in pending else {})
    asked: Facts = {"product": product.name, "qty": pending["qty"]}
    wanted = None if pending.get("foreign") else _compare(session, receipt, product, pending["qty"])
    if wanted is None and not pending.get("foreign"):
        return _offer_foreign(session, context, receipt, facts, pending)
    asks = _missing(session, product, pending)
    if asks:
        go(session, context, asks, facts | {"pending": pending})
        return said(Outcome.LOOK_HERE, Message(f"{asks}_wanted", asked))
    if weighing.is_doubtful(product, pending):
        return weighing.ask(session, context, facts, pending)
    if wanted is not None and wanted.over and wanted.over > pending.get("allowed", 0):
        state = "over" if wanted.tolerated else "over_far"
        go(session, context, state, facts | {"pending": pending | {"over": wanted.over}})
        args = asked | {"ordered": wanted.ordered, "received": wanted.received, "over": wanted.over}
        return said(Outcome.LOOK_HERE, Message(f"receive_{state}", args))
    return _take_in(session, context, facts, pending)


def _compare(session: Session, receipt: Receipt, product: Product, qty: int) -> Expected | None:
    """How the units compare with what is expected; None: the item is not on the order."""
    try:
        return receipts.compare(session, receipt, product.id, qty)
    except NothingExpected:
        return None


def _offer_foreign(session: Session, context: Context, receipt: Receipt, facts: Facts, pending: Facts) -> Answer:
    """Wrong goods: nothing is taken in; a supervisor may take them onto the hold."""
    go(session, context, "foreign", facts | {"pending": pending})
    args: Facts = {"product": name_of(session, pending["product"])}
    elsewhere = receipts.list_expecting(session, pending["product"])
    if elsewhere:
        return said(Outcome.STOP, Message("on_other_order", args | {"number": elsewhere[0].number}))
    return said(Outcome.STOP, Message("not_on_order", args | {"number": order_number(session, receipt)}))


def _missing(session: Session, product: Product, pending: Facts) -> str:
    """What must still be said of the units: "serial", "lot" or "expiry"; refuses a serial that is here already."""
    if product.serial_tracked:
        if pending["qty"] != 1:
            raise Refusal("serial_one_by_one", product=product.name)
        if not pending.get("serial"):
            return "serial"
        if receipts.list_here(session, product.id, [pending["serial"]]):
            raise Refusal("serial_known", serial=pending["serial"], product=product.name)
    if product.lot_tracked and not pending["lot"]:
        return "lot"
    pending["expiry"] = pending["expiry"] or receipts.known_expiry(session, product.id, pending["lot"])
    return "expiry" if product.expiry_tracked and not pending["expiry"] else ""


def _take_in(session: Session, context: Context, facts: Facts, pending: Facts) -> Answer:
    receipt = receipt_of(session, facts)
    expired = receipts.is_expired(session, context, pending["expiry"])
    reason = pending.get("reason", "") or ("expired" if expired else "")
    step = "" if reason or pending.get("foreign") else _step(session, receipt, pending["product"])
    parcel = Parcel(
        product_id=pending["product"], qty=pending["qty"], lot=pending["lot"], expiry=pending["expiry"],
        condition="damaged" if reason else step or "good", note=reason, plate_id=_plate(session, facts, pending),
        not_ordered=bool(pending.get("foreign")) and not reason,
        serials=(pending["serial"],) if pending.get("serial") else (), case=pending.get("case", 1),
    )  # fmt: skip
    lines = receipts.take_in(session, context, receipt, [parcel])
    last = {"lines": [line.id for line in lines], "units": pending["units"], "count": pending.get("count", 1),
            "lot": pending["lot"], "expiry": pending["expiry"], "product": pending["product"], "step": step,
            "serial": pending.get("serial", ""), "case": pending.get("case", 1)}  # fmt: skip
    args: Facts = {"product": name_of(session, pending["product"]), "qty": pending["qty"]}
    if pending.get("reason"):
        go(session, context, "damage", kept(facts) | {"reason": reason, "last": last | {"reason": reason, "step": ""}})
        return said(Outcome.ACCEPTED, Message("damaged_to_hold", args | {"reason": f"reason.{reason}"}), TOUCHED)
    go(session, context, "count", kept(facts) | {"last": last})
    if expired:
        return said(Outcome.STOP, Message("expired_to_hold", args), TOUCHED)
    if parcel.not_ordered:
        return said(Outcome.STEP_DONE, Message("foreign_to_hold", args), TOUCHED)
    if step:
        return said(Outcome.LOOK_HERE, Message(f"set_aside_{step}", args), TOUCHED)
    return verdict(session, last["lines"], args)


def verdict(session: Session, line_ids: list[int], args: Facts) -> Answer:
    """What becomes of good units that were just taken in or passed: to a lane, or to storage."""
    to_lane = sum(peg.qty for peg in receipts.list_pegs(session, line_ids) if peg.state == "arrived")
    if to_lane:
        message = Message("verdict_lane", args | {"lane_qty": to_lane, "rest": args["qty"] - to_lane})
        return said(Outcome.STEP_DONE, message, TOUCHED)
    return said(Outcome.ACCEPTED, Message("verdict_bin", args), TOUCHED)


def _step(session: Session, receipt: Receipt, product_id: int) -> str:
    """What must be done with the units before they are free; "": nothing."""
    steps = receipts.steps_of(session, receipt, [product_id])[product_id]
    return steps[0] if steps else ""


def _plate(session: Session, facts: Facts, pending: Facts) -> int:
    """The plate that the units stand on: the one their own symbol names, else the one in use."""
    if pending.get("sscc"):
        return plates.for_content(session, pending["sscc"])
    plate_id: int = facts.get("plate", NO_PLATE)
    return plate_id
