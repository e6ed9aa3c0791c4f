"""Inspection and new labels: units are passed or failed; what passed hears lane or bin as if just scanned."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import ReceiptLine, Station
from wms_desktop.errors import NotUnderstood, Refusal
from wms_desktop.prompts import Answer, Detail, Message, Outcome
from wms_desktop.services import receipts
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods
from wms_desktop.services.receipts import Waiting
from wms_desktop.services.receiving import labelling
from wms_desktop.services.receiving.counting import verdict
from wms_desktop.services.receiving.state import (
    DAMAGE_REASONS,
    TOUCHED,
    Facts,
    chosen,
    go,
    kept,
    number,
    said,
    where,
)

_MOST_SHOWN = 8


def begin(session: Session, context: Context, _key: Resolved) -> Answer:
    """F8: what stands on this dock is inspected or relabelled now; what was set aside last comes first."""
    state, facts = where(session, context)
    waiting = list_here(session, context)
    if not waiting:
        raise Refusal("nothing_to_inspect")
    back: Facts = {"from": facts.get("receipt")}
    if state == "aside":
        aside = _ask_aside(session, facts["last"])
        mine = [one for one in waiting if (one.product_id, one.lot_id, one.step) in aside]
        if len(mine) == 1:
            one = mine[0]
            return _show(session, context, back, one, min(one.qty, aside[one.product_id, one.lot_id, one.step]))
    go(session, context, "inspect", back)
    return said(Outcome.LOOK_HERE, Message("inspect_scan", {"kinds": len(waiting)}))


def _ask_aside(session: Session, last: Facts) -> dict[tuple[int, int, str], int]:
    """Units that the last scan set aside and that still wait, by product, lot and step: of a package its shown ones.

    A number typed after a scan counts with the scan.
    """
    lines = session.scalars(
        select(ReceiptLine)
        .where(ReceiptLine.id.in_(last["lines"]), ReceiptLine.product_id == last["product"],
               ReceiptLine.condition == last["step"])
        .execution_options(populate_existing=True)
    )  # fmt: skip
    aside: Counter[tuple[int, int, str]] = Counter()
    for line in lines:
        aside[line.product_id, line.lot_id, line.condition] += line.qty
    counted = last["count"] * last["units"]
    return {key: max(qty, counted) for key, qty in aside.items()}


def pick(session: Session, context: Context, scan: Resolved) -> Answer:
    """The item that was inspected: all units of it that wait here, unless a number says fewer."""
    rows = [one for one in list_here(session, context) if one.product_id == scan.id]
    if scan.lot:
        rows = [one for one in rows if one.lot == scan.lot]
    return _pick(session, context, rows, scan.name)


def pick_lot(session: Session, context: Context, typed: Resolved) -> Answer:
    """The lot, where the item stands here in several."""
    rows = [one for one in list_here(session, context) if one.lot == (typed.lot or typed.text)]
    if not rows:
        raise NotUnderstood("unknown_code", text=typed.text)
    if len({one.product_id for one in rows}) > 1:
        raise Refusal("several_articles", lot=rows[0].lot, count=len(rows))
    return _pick(session, context, rows, rows[0].product)


def fewer(session: Session, context: Context, key: Resolved) -> Answer:
    """A number: so many of them."""
    _, facts = where(session, context)
    goods = facts["goods"]
    qty = number(key.text, goods["there"])
    go(session, context, "passing", facts | {"goods": goods | {"qty": qty}})
    args: Facts = {"qty": qty, "product": goods["name"]}
    return said(Outcome.ACCEPTED, Message(f"passing_{goods['step']}", args))


def passed(session: Session, context: Context, _key: Resolved) -> Answer:
    """F8: they passed. Good units are shared out at once; what must get a label comes next."""
    _, facts = where(session, context)
    goods, dock_id = facts["goods"], _dock(session, context)
    bare = goods["qty"] - labelling.count(session, facts, dock_id, _goods(goods))
    lines = receipts.pass_on(session, context, dock_id, _goods(goods), goods["step"])
    args: Facts = {"product": goods["name"], "qty": goods["qty"]}
    labelled = _label(session, context, goods, bare) if goods["step"] == "relabel" else None
    if lines[0].condition != "good":
        go(session, context, "inspect", kept(facts))
        return said(Outcome.LOOK_HERE, Message("set_aside_relabel", args), TOUCHED)
    last = {"lines": [line.id for line in lines], "units": 0, "count": 1, "product": goods["product"]}
    newest = [line.receipt_id for line in sorted(lines, key=lambda line: line.id, reverse=True)]
    receipt_ids = list(dict.fromkeys([*newest, *facts.get("passed", [])]))
    facts = labelling.use_up(facts, _goods(goods))
    go(session, context, "inspect", kept(facts) | {"passed": receipt_ids, "last": last})
    answer = verdict(session, last["lines"], args)
    if labelled is None:
        return answer
    code = f"{'labelled' if labelled else 'unlabelled'}_{answer.message.code}"
    told = Message(code, {**answer.message.args, "labels": labelled})
    return replace(answer, message=told, changes=answer.changes | Changes.PRINTS)


def labels(session: Session, context: Context, key: Resolved) -> Answer:
    """F5 before they pass: labels of those that have none; when all have theirs, anew; a number before it: so many."""
    _, facts = where(session, context)
    shown, dock_id = facts["goods"], _dock(session, context)
    goods = _goods(shown)
    bare = goods.qty - labelling.count(session, facts, dock_id, goods)
    asked = number(key.text, labelling.MOST_LABELS) if key.text else bare or goods.qty
    printed = receipts.print_labels(session, context, replace(goods, qty=asked))
    if not printed:
        raise Refusal("no_label_code", product=shown["name"])
    go(session, context, "passing", labelling.note(session, facts, dock_id, goods, printed))
    return said(Outcome.ACCEPTED, Message("labels_printing", {"labels": printed, "product": shown["name"]}),
                Changes.PRINTS)  # fmt: skip


def _label(session: Session, context: Context, goods: Facts, bare: int) -> int | None:
    """Prints the labels of ``bare`` units; None: all have theirs, 0: the item has no code to print."""
    return receipts.print_labels(session, context, replace(_goods(goods), qty=bare)) if bare else None


def failed(session: Session, context: Context, _key: Resolved) -> Answer:
    """F2: they failed; a reason is asked."""
    _, facts = where(session, context)
    go(session, context, "failing", facts)
    return said(Outcome.LOOK_HERE, Message("fail_reason_wanted"))


def fail_reason(session: Session, context: Context, key: Resolved) -> Answer:
    """The reason: the units go to the hold."""
    _, facts = where(session, context)
    why, goods = chosen(key, DAMAGE_REASONS), facts["goods"]
    receipts.fail(session, context, _dock(session, context), _goods(goods), goods["step"], why)
    go(session, context, "inspect", kept(labelling.use_up(facts, _goods(goods))))
    args: Facts = {"product": goods["name"], "qty": goods["qty"], "reason": f"reason.{why}"}
    return said(Outcome.STEP_DONE, Message("damaged_to_hold", args), TOUCHED)


def list_here(session: Session, context: Context) -> list[Waiting]:
    """What stands on this station's dock to be inspected or relabelled."""
    return receipts.list_waiting(session, _dock(session, context))


def list_rows(session: Session, context: Context) -> list[Detail]:
    """The same as rows of the screen."""
    return [
        Detail(f"receive.{one.step}_row", {"qty": one.qty, "product": one.product, "lot": one.lot})
        for one in list_here(session, context)[:_MOST_SHOWN]
    ]


def _pick(session: Session, context: Context, rows: list[Waiting], name: str) -> Answer:
    _, facts = where(session, context)
    if not rows:
        raise Refusal("not_to_inspect", product=name)
    steps = [one for one in rows if one.step == rows[0].step]
    if len(steps) > 1:
        raise Refusal("several_lots", product=name, count=len(steps))
    return _show(session, context, kept(facts), rows[0], rows[0].qty)


def _show(session: Session, context: Context, facts: Facts, one: Waiting, qty: int) -> Answer:
    goods = {"product": one.product_id, "name": one.product, "lot_id": one.lot_id, "lot": one.lot, "step": one.step,
             "there": one.qty, "qty": qty}  # fmt: skip
    go(session, context, "passing", facts | {"goods": goods})
    return said(Outcome.ACCEPTED, Message(f"passing_{one.step}", {"qty": qty, "product": one.product}))


def _goods(goods: Facts) -> Goods:
    return Goods(product_id=goods["product"], qty=goods["qty"], lot_id=goods["lot_id"])


def _dock(session: Session, context: Context) -> int:
    station = session.get_one(Station, context.station_id)
    if station.location_id is None:
        raise Refusal("station_has_no_dock", station=station.code)
    return station.location_id
