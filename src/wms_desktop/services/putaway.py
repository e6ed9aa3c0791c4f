"""The putaway dialogue: what stands on the dock and goes to no lane is taken to the bin the house proposes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import (
    Location,
    Lot,
    OrderLine,
    Peg,
    Product,
    Receipt,
    ReceiptLine,
    Reservation,
    Station,
    Stock,
)
from wms_desktop.errors import NotUnderstood, Refusal
from wms_desktop.prompts import Answer, Detail, Event, Message, Outcome, Prompt
from wms_desktop.services import bins, inventory
from wms_desktop.services.conversation import converse
from wms_desktop.services.dialogue import Context, Resolved, Step, Workflow, load, save
from wms_desktop.services.inventory import Goods, Spot

NAME = "putaway"
Facts = dict[str, Any]


def answer(session: Session, context: Context, event: Event) -> Answer:
    """The answer to one event of somebody who puts away."""
    return converse(WORKFLOW, session, context, event, _state(session, context)[0], prompt)


def prompt(session: Session, context: Context) -> Prompt:
    """What the putaway screen shows now, from the rows alone."""
    state, facts = _state(session, context)
    waiting = list_waiting(session, _dock(session, context))
    args: Facts
    if state == "take":
        dock = session.get_one(Location, _dock(session, context)).code
        args = {"units": sum(int(w.free) for w in waiting), "kinds": len({w.product_id for w in waiting}), "dock": dock}
        details = tuple(
            Detail("putaway.waiting", {"qty": int(w.free), "product": w.name, "lot": w.lot}) for w in waiting[:8]
        )
        return _prompt(state, args, "", details)
    product = session.get_one(Product, facts["product"])
    args = {"product": product.name, "qty": facts["qty"], "bin": facts["bin"], "reason": facts["reason"]}
    return _prompt(state, args, facts["bin"], ())


def list_waiting(session: Session, dock_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What stands on a dock and is to be put away: stock not meant for a lane (free, or kept for an order).

    Derived: stock on the dock *is* the queue. Columns: stock_id, product_id, name, lot_id, lot, free.
    """
    return ask_once(session, (list_waiting, dock_id), lambda: _ask_waiting(session, dock_id))


def _ask_waiting(session: Session, dock_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    for_lane = (
        select(ReceiptLine.product_id, ReceiptLine.lot_id, func.sum(Peg.qty).label("qty"))
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Peg.state == "arrived", Receipt.dock_id == dock_id)
        .group_by(ReceiptLine.product_id, ReceiptLine.lot_id)
        .subquery()
    )
    free = (Stock.on_hand - func.coalesce(for_lane.c.qty, 0)).label("free")
    rows = session.execute(
        select(Stock.id.label("stock_id"), Stock.product_id, Product.name, Stock.lot_id, Lot.code.label("lot"), free)
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .outerjoin(for_lane, (for_lane.c.product_id == Stock.product_id) & (for_lane.c.lot_id == Stock.lot_id))
        .where(Stock.location_id == dock_id, Stock.condition == "good", Stock.on_hand > 0)
        .order_by(Product.name, Stock.id)
    ).all()
    return [row for row in rows if row.free > 0]


def _take(session: Session, context: Context, scan: Resolved) -> Answer:
    rows = [w for w in list_waiting(session, _dock(session, context)) if w.product_id == scan.id]
    if scan.lot:
        rows = [row for row in rows if row.lot == scan.lot]
    if not rows:
        raise Refusal("nothing_on_dock", product=scan.name)
    if len(rows) > 1:
        raise Refusal("several_lots", product=scan.name, count=len(rows))
    return _propose(session, context, rows[0], int(rows[0].free))


def _take_lot(session: Session, context: Context, typed: Resolved) -> Answer:
    rows = [w for w in list_waiting(session, _dock(session, context)) if w.lot == typed.text]
    if not rows:
        raise NotUnderstood("unknown_code", text=typed.text)
    if len(rows) > 1:
        raise Refusal("several_articles", lot=typed.text, count=len(rows))
    return _propose(session, context, rows[0], int(rows[0].free))


def _quantity(session: Session, context: Context, key: Resolved) -> Answer:
    _, facts = _state(session, context)
    row = _row(session, context, facts)
    asked = int(key.text) if key.text.isascii() and key.text.isdigit() else 0
    if not 1 <= asked <= row.free:
        raise Refusal("too_many_to_put", product=row.name, qty=int(row.free), asked=key.text)
    return _propose(session, context, row, asked)


def _propose(session: Session, context: Context, row: Row[*tuple[Any, ...]], qty: int) -> Answer:
    proposal = bins.propose(session, Goods(product_id=row.product_id, qty=qty, lot_id=row.lot_id))
    facts = {"stock": row.stock_id, "product": row.product_id, "qty": qty, "bin": "", "reason": "none"}
    if proposal is not None:
        facts |= {"bin": proposal.code, "reason": proposal.reason}
    save(session, context, NAME, "place" if proposal else "no_bin", facts)
    args: Facts = {"qty": qty, "product": row.name}
    if proposal is None:
        return _said(session, context, Outcome.LOOK_HERE, Message("take_no_bin", args))
    return _said(session, context, Outcome.ACCEPTED, Message("take_to_bin", args | {"bin": proposal.code}))


def _place(session: Session, context: Context, scan: Resolved) -> Answer:
    _, facts = _state(session, context)
    product = session.get_one(Product, facts["product"])
    room = bins.room_in(session, scan.id, product)
    if room < facts["qty"]:
        raise Refusal("bin_too_small", bin=scan.name, room=room, product=product.name, qty=facts["qty"])
    if scan.name != facts["bin"] and facts.get("other") != scan.name:
        save(session, context, NAME, "place" if facts["bin"] else "no_bin", facts | {"other": scan.name})
        wanted = facts["bin"] or "-"
        return _said(session, context, Outcome.LOOK_HERE, Message("other_bin", {"bin": scan.name, "wanted": wanted}))
    reason = "putaway" if scan.name == facts["bin"] else f"putaway, other bin than {facts['bin'] or 'none'}"
    _move(session, context, facts, scan.id, reason)
    save(session, context, NAME, "take", {})
    left = list_waiting(session, _dock(session, context))
    args: Facts = {"qty": facts["qty"], "product": product.name, "bin": scan.name}
    if not left:
        return _said(session, context, Outcome.JOB_COMPLETE, Message("all_put_away", args), Changes.STOCK)
    return _said(session, context, Outcome.STEP_DONE, Message("put_away", args), Changes.STOCK)


def _move(session: Session, context: Context, facts: Facts, bin_id: int, reason: str) -> None:
    """Moves free units, and units kept for an order with their reservation; kept ones go first."""
    stock = inventory.get_stock(session, facts["stock"])
    target = Spot(location_id=bin_id)
    left = facts["qty"]
    for line_id, kept in _list_kept(session, stock):
        qty = min(left, kept)
        if qty:
            inventory.carry(session, context, stock.id, line_id, qty, target, reason=reason)
            left -= qty
    if left:
        goods = Goods(product_id=stock.product_id, qty=left, lot_id=stock.lot_id)
        inventory.post(session, context, goods, inventory.spot_of(stock), target, reason=reason)


def _list_kept(session: Session, stock: Stock) -> list[tuple[int, int]]:
    """Held units of a dock row that are kept for an order in a bin: (order line, units)."""
    for_lane = (
        select(func.coalesce(func.sum(Peg.qty), 0))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(
            Peg.state == "arrived",
            Peg.order_line_id == OrderLine.id,
            Receipt.dock_id == stock.location_id,
            ReceiptLine.product_id == stock.product_id,
            ReceiptLine.lot_id == stock.lot_id,
        )
        .correlate(OrderLine)
        .scalar_subquery()
    )
    rows = session.execute(
        select(OrderLine.id, (Reservation.qty - for_lane).label("kept"))
        .join(Reservation, Reservation.order_line_id == OrderLine.id)
        .where(Reservation.stock_id == stock.id, Reservation.state == "held")
        .order_by(OrderLine.id)
    )
    return [(row.id, int(row.kept)) for row in rows if row.kept > 0]


def _why(session: Session, context: Context, _key: Resolved) -> Answer:
    _, facts = _state(session, context)
    args: Facts = {"qty": facts["qty"]} | ({"bin": facts["bin"]} if facts["bin"] else {})
    return _said(session, context, Outcome.LOOK_HERE, Message(f"why_putaway_{facts['reason']}", args))


def _back(session: Session, context: Context, _key: Resolved) -> Answer:
    save(session, context, NAME, "take", {})
    return _said(session, context, Outcome.LOOK_HERE, Message("left_as_it_is"))


def _state(session: Session, context: Context) -> tuple[str, Facts]:
    """The stored state; work that a colleague finished meanwhile falls back to `take`."""
    state, facts = load(session, context, NAME, "take")
    if state != "take":
        row = _find_row(session, context, facts)
        if row is None or row.free < facts["qty"]:
            return "take", {}
    return state, facts


def _find_row(session: Session, context: Context, facts: Facts) -> Row[*tuple[Any, ...]] | None:
    rows = list_waiting(session, _dock(session, context))
    return next((row for row in rows if row.stock_id == facts["stock"]), None)


def _row(session: Session, context: Context, facts: Facts) -> Row[*tuple[Any, ...]]:
    row = _find_row(session, context, facts)
    if row is None:
        raise LookupError("the state promised that the units stand there")
    return row


def _dock(session: Session, context: Context) -> int:
    station = session.get_one(Station, context.station_id)
    if station.location_id is None:
        raise Refusal("station_has_no_dock", station=station.code)
    return station.location_id


def _prompt(state: str, args: Facts, big: str, details: tuple[Detail, ...]) -> Prompt:
    return Prompt(workflow=NAME, state=state, args=args, accepts=WORKFLOW.accepts(state), keys=WORKFLOW.keys(state),
                  details=details, big=big)  # fmt: skip


def _said(session: Session, context: Context, outcome: Outcome, message: Message,
          changes: Changes = Changes.NONE) -> Answer:  # fmt: skip
    return Answer(outcome=outcome, message=message, prompt=prompt(session, context), changes=changes)


def _placing(state: str) -> list[Step]:
    return [
        Step(state, "bin", _place, ("take", state),
             "Scan the bin: the units stand there. Another bin with room: scan it once more to confirm."),
        Step(state, "product", _take, ("place", "no_bin"), "Scan another item: that one is put away first."),
        Step(state, "key:quantity", _quantity, ("place", "no_bin"), "Type a number: only so many go to this bin."),
        Step(state, "key:why", _why, (state,), "F9: why this bin."),
        Step(state, "key:back", _back, ("take",), "Esc: leave them on the dock."),
    ]  # fmt: skip


WORKFLOW = Workflow(NAME, [
    Step("take", "product", _take, ("place", "no_bin"), "Scan an item that stands on the dock: its bin is shown."),
    Step("take", "text", _take_lot, ("place", "no_bin"), "Several lots stand there: type the lot of what you hold."),
    *_placing("place"),
    *_placing("no_bin"),
])  # fmt: skip
