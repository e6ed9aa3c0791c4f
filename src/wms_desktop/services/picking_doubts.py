"""Doubts on the way: less there than asked, is the bin empty, why these units, where else do they stand."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Location, Stock
from wms_desktop.errors import WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import (
    allocation,
    batches,
    inventory,
    paper_picking,
    picking_shorts,
    picking_stops,
    picking_walks,
)
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.picking_walks import Told, Walk, get_walk


def why(session: Session, context: Context, _key: Resolved) -> Told:
    """Why this bin and these units: the reason kept with the reservation."""
    pick = get_walk(session, context).here().pick
    held = inventory.find_held(session, pick.stock_id, pick.order_line_id)
    message = allocation.reason_message(held.reason if held is not None else "")
    return Told(Outcome.LOOK_HERE, message, Changes.NONE)


def find(session: Session, context: Context, _key: Resolved) -> Told:
    """Every place where the product stands."""
    halt = get_walk(session, context).here()
    rows = session.execute(
        select(Location.code, func.sum(Stock.on_hand).label("units"))
        .join(Location, Location.id == Stock.location_id)
        .where(Stock.product_id == halt.product_id, Stock.condition == "good", Stock.on_hand > 0,
               Location.kind.in_(picking_walks.PLACES))
        .group_by(Location.code, Location.walk_seq)
        .order_by(Location.walk_seq)
        .limit(6)
    )  # fmt: skip
    places = ", ".join(f"{row.code}: {int(row.units)}" for row in rows)
    message = Message("pick_found_at", {"product": halt.product, "places": places})
    return Told(Outcome.LOOK_HERE, message, Changes.NONE)


def begin_short(session: Session, context: Context, key: Resolved) -> Told:
    """F2, with the quantity found before it or without (what is in the hand counts)."""
    walk = get_walk(session, context)
    halt = walk.here()
    more = not walk.scans.isdisjoint(("item", "tote"))
    if more and "bin" in walk.scans and walk.facts.get("bin") != halt.location_id:
        raise WrongScan("pick_bin_first", what="F2", bin=halt.place)
    in_hand = walk.taken if "item" in walk.scans else 0
    return _note_found(session, context, walk, key.text or str(in_hand))


def key_found(session: Session, context: Context, key: Resolved) -> Told:
    """Another quantity was found than the one shown."""
    return _note_found(session, context, get_walk(session, context), key.text)


def _note_found(session: Session, context: Context, walk: Walk, text: str) -> Told:
    halt = walk.here()
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else -1
    if not 0 <= found < halt.left:
        raise WrongScan("pick_not_short", found=text, qty=halt.left, product=halt.product)
    walk.keep(short={"found": found})
    message = Message("pick_why_short", {"found": found, "qty": halt.left, "bin": halt.place})
    return Told(Outcome.LOOK_HERE, message, Changes.NONE)


def give_reason(session: Session, context: Context, key: Resolved) -> Told:
    """The reason ends the short: stock aside, count asked for, other units found or a backorder."""
    walk = get_walk(session, context)
    halt = walk.here()
    reason = paper_picking.get_reason(key.text)
    found = int(walk.facts["short"]["found"])
    search = picking_shorts.settle(session, context, walk, halt, (found, reason))
    walk.keep(short=None, taken=found, lot_read=None)
    session.flush()
    fresh = picking_walks.load(session, walk.batch)
    if found and "tote" not in walk.scans:
        picking_stops.put(session, context, fresh, found, fresh.totes[halt.order_id].row.plate_id)
    else:
        picking_stops.end_walk(fresh)
    return Told(Outcome.LOOK_HERE, search.message(halt), Changes.STOCK | Changes.BATCHES | Changes.ORDERS)


def leave_short(session: Session, context: Context, _key: Resolved) -> Told:
    """Back to where the picker stood; nothing was short."""
    get_walk(session, context).keep(short=None)
    return Told(Outcome.ACCEPTED, Message("pick_back"), Changes.NONE)


def is_empty(session: Session, context: Context, _key: Resolved) -> Told:
    """The bin is as empty as the book says."""
    walk = get_walk(session, context)
    code = walk.facts["empty"]["code"]
    walk.keep(empty=None)
    return Told(Outcome.ACCEPTED, Message("pick_empty_yes", {"bin": code}), Changes.NONE)


def not_empty(session: Session, context: Context, key: Resolved) -> Told:
    """Units the book does not know: a count is asked for, nothing is written up."""
    walk = get_walk(session, context)
    asked = walk.facts["empty"]
    units = int(key.text) if key.text.isascii() and key.text.isdigit() and len(key.text) <= 6 else 1
    if not units:
        return is_empty(session, context, key)
    spot = (int(asked["location"]), int(asked["product"]))
    batches.request_count(session, context, spot, reason="not_empty", found=units, expected=0)
    walk.keep(empty=None)
    message = Message("pick_empty_no", {"bin": asked["code"], "units": units})
    return Told(Outcome.LOOK_HERE, message, Changes.STOCK)
