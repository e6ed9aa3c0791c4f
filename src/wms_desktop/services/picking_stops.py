"""One stop of the walk: prove the bin, count the units, put them into the tote of their order."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import BatchOrder, CountTask, Order, Stock
from wms_desktop.errors import Value, WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import batches, inventory, picking_walks
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Spot
from wms_desktop.services.picking_shorts import REASONS
from wms_desktop.services.picking_walks import Halt, Told, Walk, get_walk


def prove_bin(session: Session, context: Context, place: Resolved) -> Told:
    """The bin is the right one; again is as good as once. Raises WrongScan (`pick_wrong_bin`)."""
    walk = get_walk(session, context)
    halt = walk.here()
    if place.id != halt.location_id:
        raise WrongScan("pick_wrong_bin", scanned=place.name, wanted=halt.place, product=halt.product)
    walk.keep(bin=halt.location_id)
    if walk.scans.isdisjoint(("item", "tote")):
        return _take_all(session, context, walk, halt)
    return Told(Outcome.ACCEPTED, Message("pick_bin_right", {"bin": halt.place, "product": halt.product}), walk=walk)


def take_item(session: Session, context: Context, item: Resolved) -> Told:
    """Counts a unit or a case into the hand. Refuses another product or lot, and more than is wanted."""
    walk = get_walk(session, context)
    halt = walk.here()
    if item.id != halt.product_id:
        raise WrongScan("pick_wrong_item", scanned=item.name, wanted=halt.product, bin=halt.place)
    _check_lot(session, walk, halt, item.lot)
    left = halt.left - walk.taken
    if item.units > left:
        raise WrongScan("pick_case_too_big", units=item.units, left=left, product=halt.product)
    return _count(session, context, walk, walk.taken + item.units)


def key_quantity(session: Session, context: Context, key: Resolved) -> Told:
    """The count of units in the hand, keyed after the item was scanned once."""
    walk = get_walk(session, context)
    halt = walk.here()
    units = int(key.text) if key.text.isascii() and key.text.isdigit() and len(key.text) <= 6 else 0
    if not walk.taken:
        raise WrongScan("pick_scan_once", product=halt.product, bin=halt.place)
    if not 1 <= units <= halt.left:
        raise WrongScan("pick_too_many", units=key.text, qty=halt.left, product=halt.product)
    return _count(session, context, walk, units)


def read_lot(session: Session, context: Context, _key: Resolved) -> Told:
    """The picker has read the lot on the goods: it is the wanted one."""
    walk = get_walk(session, context)
    halt = walk.here()
    if not halt.lot:
        raise WrongScan("pick_no_lot", product=halt.product)
    walk.keep(lot_read=halt.pick.id)
    return Told(Outcome.ACCEPTED, Message("pick_lot_read", {"lot": halt.lot, "product": halt.product}))


def scan_tote(session: Session, context: Context, tote: Resolved) -> Told:
    """Puts what is in the hand into the tote of its order; a part of it too, the rest is then asked for."""
    walk = get_walk(session, context)
    halt = walk.here()
    wanted = walk.tote_of(halt)
    units = walk.taken if "item" in walk.scans else halt.left
    if not units:
        raise WrongScan("pick_item_first", tote=tote.name, product=halt.product, bin=halt.place)
    if tote.id != wanted.row.plate_id and not _is_older_tote(session, walk, halt, tote.id):
        raise _say_whose(session, walk, halt, tote)
    return put(session, context, walk, units, tote.id)


def put(session: Session, context: Context, walk: Walk, units: int, plate_id: int) -> Told:
    """Moves units of the current stop from its bin to the tote on the cart, with their reservation."""
    halt = walk.here()
    pick, tote = halt.pick, walk.tote_of(halt)
    target = Spot(location_id=walk.batch.cart_id or 0, plate_id=plate_id)
    inventory.carry_many(session, context, [(pick.stock_id, pick.order_line_id, units, target)], reason="pick")
    pick.picked += units
    done = pick.picked == pick.qty
    if done:
        pick.state = "short" if pick.reason in REASONS else "done"
        pick.done_at = context.at
        walk.keep(taken=None, lot_read=None, empty=_ask_if_empty(session, walk, halt))
        if walk.scans.isdisjoint(("item", "tote")):
            walk.keep(bin=None)  # the bin is the only proof: it is asked for again
        end_walk(walk)
    else:
        walk.keep(taken=None)
    args: dict[str, Value] = {
        "units": units,
        "product": halt.product,
        "tote": tote.code,
        "position": tote.position,
        "order": tote.number,
        "left": halt.left,
    }
    if not done:
        return Told(Outcome.ACCEPTED, Message("pick_put_part", args), walk=walk)
    if walk.batch.state == "picked":
        return Told(Outcome.STEP_DONE, Message("pick_all_done", args), walk=walk)
    return Told(Outcome.STEP_DONE, Message("pick_put", args), walk=walk)


def skip(session: Session, context: Context, _key: Resolved) -> Told:
    """The stop comes back at the end; before its bin is proved, every stop of that bin does."""
    walk = get_walk(session, context)
    halt = walk.here()
    if walk.taken:
        raise WrongScan("pick_skip_in_hand", units=walk.taken, product=halt.product, bin=halt.place)
    at_bin = walk.facts.get("bin") == halt.location_id
    moved = [other for other in walk.todo if other is halt or (not at_bin and other.location_id == halt.location_id)]
    if len(moved) == len(walk.todo):
        raise WrongScan("pick_skip_last", bin=halt.place, product=halt.product)
    last = max(other.pick.seq for other in walk.halts)
    for n, other in enumerate(moved, 1):
        other.pick.seq = last + n * batches.GAP
    walk.keep(bin=walk.facts.get("bin") if at_bin else None, lot_read=None)
    return Told(Outcome.LOOK_HERE, Message("pick_skipped", {"bin": halt.place, "product": halt.product}))


def end_walk(walk: Walk) -> None:
    """When no stop is left, only the drop-off place is."""
    if walk.current is None:
        walk.batch.state = "picked"


def drop_unwanted(session: Session, context: Context, walk: Walk) -> Message | None:
    """Stops whose units nobody wants any more leave the walk; the sentence when the present one was among them."""
    here = walk.current
    gone = [halt for halt in walk.todo if halt.held < halt.left]
    if not gone:
        return None
    for halt in gone:
        wanted = halt.pick.picked + halt.held
        halt.pick.reason = "not_wanted"
        if wanted:
            halt.pick.qty = wanted
        if wanted == halt.pick.picked:
            halt.pick.state = "short" if wanted else "cancelled"
            halt.pick.done_at = context.at
    if here is None or all(halt is not here for halt in gone):
        walk.keep()
        return None
    walk.keep(taken=None, short=None, lot_read=None)
    end_walk(walk)
    tote = walk.tote_of(here)
    return Message("pick_not_wanted", {"order": tote.number, "product": here.product, "bin": here.place})


def say_finer(walk: Walk, state: str, wrong: WrongScan) -> WrongScan:
    """A known code in the wrong step, in words that name what is expected now."""
    kind, what = str(wrong.args_.get("kind", "")), str(wrong.args_.get("what", ""))
    if wrong.code != "wrong_scan" or state not in ("bin", "item", "tote"):
        return wrong
    halt = walk.here()
    if state == "bin" and kind in ("product", "tote", "key:short", "key:quantity"):
        return WrongScan("pick_bin_first", what=what or kind.removeprefix("key:"), bin=halt.place)
    if state == "item" and kind in picking_walks.PLACES:
        return WrongScan("pick_wrong_bin", scanned=what, wanted=halt.place, product=halt.product)
    if state == "tote" and kind == "product":
        code = "pick_enough" if what == halt.product else "pick_tote_first"
        tote = walk.tote_of(halt)
        return WrongScan(code, scanned=what, qty=halt.left, product=halt.product, tote=tote.code,
                         position=tote.position)  # fmt: skip
    if state == "tote" and kind in picking_walks.PLACES:
        tote = walk.tote_of(halt)
        return WrongScan("pick_tote_first", scanned=what, product=halt.product, tote=tote.code,
                         position=tote.position)  # fmt: skip
    return wrong


def _take_all(session: Session, context: Context, walk: Walk, halt: Halt) -> Told:
    return put(session, context, walk, halt.left, walk.tote_of(halt).row.plate_id)


def _count(session: Session, context: Context, walk: Walk, units: int) -> Told:
    halt = walk.here()
    tote = walk.tote_of(halt)
    if units == halt.left and "tote" not in walk.scans:
        return put(session, context, walk, units, tote.row.plate_id)
    walk.keep(taken=units)
    args: dict[str, Value] = {
        "taken": units,
        "qty": halt.left,
        "left": halt.left - units,
        "product": halt.product,
        "tote": tote.code,
        "position": tote.position,
    }
    if units == halt.left:
        return Told(Outcome.ACCEPTED, Message("pick_taken_all", args), Changes.NONE, walk)
    return Told(Outcome.ACCEPTED, Message("pick_taken", args), Changes.NONE, walk)


def _check_lot(session: Session, walk: Walk, halt: Halt, lot: str) -> None:
    """The wanted lot, scanned or read; by the product's code alone when no other lot lies there."""
    if not halt.lot or lot == halt.lot:
        return
    if lot:
        raise WrongScan("pick_wrong_lot", lot=lot, wanted=halt.lot, product=halt.product, bin=halt.place)
    if walk.facts.get("lot_read") == halt.pick.id:
        return
    lots = session.scalar(
        select(func.count(func.distinct(Stock.lot_id))).where(
            Stock.location_id == halt.location_id, Stock.product_id == halt.product_id, Stock.on_hand > 0
        )
    )
    if lots and lots > 1:
        raise WrongScan("pick_lot_needed", lot=halt.lot, product=halt.product)


def _is_older_tote(session: Session, walk: Walk, halt: Halt, plate_id: int) -> bool:
    """Whether an earlier, full tote of the same order on this cart was scanned."""
    rows = inventory.list_held_on(session, location_id=walk.batch.cart_id or 0, plate_id=plate_id)
    return bool(rows) and all(row.OrderLine.order_id == halt.order_id for row in rows)


def _say_whose(session: Session, walk: Walk, halt: Halt, tote: Resolved) -> WrongScan:
    wanted = walk.tote_of(halt)
    args: dict[str, Value] = {"tote": tote.name, "wanted": wanted.code, "position": wanted.position}
    mine = next((other for other in walk.totes.values() if other.row.plate_id == tote.id), None)
    if mine is not None:
        return WrongScan("pick_wrong_tote", **args, order=mine.number, scanned_position=mine.position)
    owner = session.scalar(
        select(Order.number)
        .join(BatchOrder, BatchOrder.order_id == Order.id)
        .where(BatchOrder.plate_id == tote.id, BatchOrder.is_open == True)
    )
    if owner is not None:
        return WrongScan("pick_foreign_tote", **args, order=owner)
    return WrongScan("pick_unknown_tote", **args)


def _ask_if_empty(session: Session, walk: Walk, halt: Halt) -> dict[str, int | str] | None:
    """The question whether a bin is empty, when the book says so and nobody is to count it anyway."""
    if halt.kind != "bin" or not walk.asks_if_empty:
        return None
    units = session.scalar(select(func.sum(Stock.on_hand)).where(Stock.location_id == halt.location_id))
    if units:
        return None
    counted = session.scalar(
        select(CountTask.id).where(CountTask.location_id == halt.location_id, CountTask.state == "open").limit(1)
    )
    if counted is not None:
        return None
    return {"location": halt.location_id, "product": halt.product_id, "code": halt.place}
