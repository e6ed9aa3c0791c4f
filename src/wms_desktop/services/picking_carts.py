"""How a walk begins and ends: the cart, a hand-over, the totes, and the drop-off place."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Batch, BatchOrder, Location, Order, OrderLine, Reservation, Stock
from wms_desktop.errors import Moved, Value, WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import batches, inventory, paper_picking, picking_prompts, picking_walks
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.picking_walks import Told, Walk, get_walk


def scan_cart(session: Session, context: Context, cart: Resolved) -> Told:
    """Takes the most urgent batch with an empty cart, or takes over a cart that nobody walks."""
    owner = session.scalars(
        select(Batch).where(Batch.cart_id == cart.id, Batch.state.in_(("running", "picked"))).with_for_update()
    ).one_or_none()
    if owner is not None:
        return _take_left_cart(session, context, cart, owner)
    units = session.scalar(select(func.sum(Stock.on_hand)).where(Stock.location_id == cart.id))
    if units:
        raise WrongScan("pick_cart_not_empty", cart=cart.name, units=int(units))
    chosen = str(picking_walks.list_chosen(session, context).get("chosen", ""))
    batch = picking_walks.find_next(session, context, number=chosen) if chosen else None
    lost = bool(chosen) and batch is None
    batch = batch or picking_walks.find_next(session, context)
    if batch is None:
        raise WrongScan("pick_no_batch", cart=cart.name)
    inventory.forget_empty(session, cart.id)
    batch.operator_id = context.operator_id
    batch.cart_id = cart.id
    batch.state = "running"
    batch.started_at = context.at
    batch.epoch = batches.next_epoch(session, batch)
    session.flush()
    walk = picking_walks.load(session, batch)
    walk.keep()
    picking_walks.keep_chosen(session, context, chosen=None, paper=None, last=batch.id)
    args: dict[str, Value] = {"batch": batch.number, "cart": cart.name, "stops": len(walk.todo), "metres": batch.metres}
    if lost:
        return Told(Outcome.LOOK_HERE, Message("pick_gone_next", args | {"gone": chosen}))
    return Told(Outcome.STEP_DONE, Message("pick_begun", args))


def _take_left_cart(session: Session, context: Context, cart: Resolved, batch: Batch) -> Told:
    if batch.operator_id is not None:
        who = picking_walks.name_of(session, batch.operator_id)
        raise WrongScan("pick_cart_taken", cart=cart.name, who=who, batch=batch.number)
    batch.operator_id = context.operator_id
    batch.epoch = batches.next_epoch(session, batch)
    return _take_over(session, context, picking_walks.load(session, batch))


def _take_over(session: Session, context: Context, walk: Walk) -> Told:
    walk.keep(handover=None)
    picking_walks.keep_chosen(session, context, chosen=None, paper=None, last=walk.batch.id)
    done, total = walk.progress
    message = Message("pick_took_over", {"batch": walk.batch.number, "cart": walk.cart, "done": done, "total": total})
    return Told(Outcome.STEP_DONE, message)


def scan_batch(session: Session, context: Context, scanned: Resolved) -> Told:
    """Chooses a batch that has not begun (the cart is scanned next), or opens a paper list."""
    batch = session.get_one(Batch, scanned.id, populate_existing=True, with_for_update=True)
    if batch.mode == "paper":
        return paper_picking.open_list(session, context, batch)
    who = picking_walks.name_of(session, batch.operator_id)
    if batch.state in ("done", "cancelled"):
        code = "pick_batch_over" if batch.state == "done" else "pick_batch_gone"
        raise Moved(code, batch=batch.number)
    if batch.operator_id not in (None, context.operator_id):
        raise WrongScan("pick_batch_of", batch=batch.number, who=who)
    if batch.state != "released":
        cart = session.get_one(Location, batch.cart_id)
        raise WrongScan("pick_batch_on_cart", batch=batch.number, cart=cart.code)
    picking_walks.keep_chosen(session, context, chosen=batch.number)
    return Told(Outcome.ACCEPTED, Message("pick_chosen", {"batch": batch.number}), Changes.NONE)


def forget_chosen(session: Session, context: Context, _key: Resolved) -> Told:
    """The chosen batch is let go; the most urgent one comes with the cart."""
    picking_walks.keep_chosen(session, context, chosen=None)
    return Told(Outcome.ACCEPTED, Message("pick_back"), Changes.NONE)


def prove_cart(session: Session, context: Context, cart: Resolved) -> Told:
    """The new picker stands at the cart. Raises WrongScan (`pick_wrong_cart`) for another one."""
    walk = get_walk(session, context)
    if cart.id != walk.batch.cart_id:
        raise WrongScan("pick_wrong_cart", cart=cart.name, wanted=walk.cart, batch=walk.batch.number)
    return _take_over(session, context, walk)


def scan_new_tote(session: Session, context: Context, tote: Resolved) -> Told:
    """Gives an order its tote (or a further one): empty, and nobody else's."""
    walk = get_walk(session, context)
    place = walk.totes[picking_prompts.wanted_order(walk)]
    used = session.execute(
        select(Order.number, Batch.number)
        .join(BatchOrder, BatchOrder.order_id == Order.id)
        .join(Batch, Batch.id == BatchOrder.batch_id)
        .where(BatchOrder.plate_id == tote.id, BatchOrder.is_open == True)
    ).first()
    if used is not None:
        raise WrongScan("pick_tote_in_use", tote=tote.name, order=used[0], batch=used[1], wanted=place.number)
    filled = session.execute(
        select(func.sum(Stock.on_hand), func.min(Location.code))
        .join(Location, Location.id == Stock.location_id)
        .where(Stock.plate_id == tote.id, Stock.on_hand > 0)
    ).one()
    if filled[0]:
        raise WrongScan("pick_tote_not_empty", tote=tote.name, units=int(filled[0]), place=filled[1],
                        order=place.number)  # fmt: skip
    place.row.plate_id = tote.id
    walk.keep(new_tote=None)
    message = Message("pick_tote_known", {"tote": tote.name, "order": place.number, "position": place.position})
    return Told(Outcome.ACCEPTED, message, Changes.BATCHES)


def ask_another_tote(session: Session, context: Context, _key: Resolved) -> Told:
    """The tote of the present order is full; it stays on the cart, and the next scan gives the order another."""
    walk = get_walk(session, context)
    tote = walk.tote_of(walk.here())
    walk.keep(new_tote=tote.row.order_id)
    message = Message("pick_tote_full", {"tote": tote.code, "order": tote.number, "position": tote.position})
    return Told(Outcome.LOOK_HERE, message, Changes.BATCHES)


def keep_tote(session: Session, context: Context, _key: Resolved) -> Told:
    """The order goes on with the tote it has. Raises WrongScan (`pick_tote_needed`) when it has none."""
    walk = get_walk(session, context)
    if not walk.facts.get("new_tote"):
        raise WrongScan("pick_tote_needed", order=walk.totes[picking_prompts.wanted_order(walk)].number)
    walk.keep(new_tote=None)
    return Told(Outcome.ACCEPTED, Message("pick_back"), Changes.BATCHES)


def drop(session: Session, context: Context, bench: Resolved) -> Told:
    """All totes stand at the drop-off place; the cart is free again."""
    walk = get_walk(session, context)
    batch = walk.batch
    if batch.cart_id is None:
        raise WrongScan("pick_no_cart", batch=batch.number)
    rows = session.execute(
        select(Reservation.stock_id, Reservation.order_line_id, Reservation.qty, Stock.plate_id, OrderLine.order_id)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .where(Stock.location_id == batch.cart_id, Reservation.state == "held")
        .order_by(Stock.id, Reservation.id)
    ).all()
    loads = [
        (row.stock_id, row.order_line_id, row.qty, Spot(location_id=bench.id, plate_id=row.plate_id)) for row in rows
    ]
    if loads:
        inventory.carry_many(session, context, loads, reason="drop_off")
    unwanted = _drop_unwanted(session, context, batch.cart_id, bench)
    filled = {row.order_id for row in rows}
    for order_id, tote in walk.totes.items():
        tote.row.is_open = order_id in filled
    batch.state = "done"
    batch.finished_at = context.at
    batch.dropped_at_id = bench.id
    walk.keep(bin=None, taken=None)
    args: dict[str, Value] = {
        "batch": batch.number,
        "totes": len({row.plate_id for row in rows}),
        "units": sum(row.qty for row in rows),
        "bench": bench.name,
        "cart": walk.cart,
        "unwanted": unwanted,
    }
    code = "pick_dropped_unwanted" if unwanted else "pick_dropped"
    return Told(Outcome.JOB_COMPLETE, Message(code, args))


def _drop_unwanted(session: Session, context: Context, cart_id: int, bench: Resolved) -> int:
    """Units on the cart that no order wants any more go to the bench too, free; gives how many."""
    rows = session.scalars(
        select(Stock)
        .where(Stock.location_id == cart_id, Stock.on_hand > 0)
        .order_by(Stock.id)
        .execution_options(populate_existing=True)
    ).all()
    units = sum(stock.on_hand for stock in rows)
    for stock in rows:
        goods = Goods(product_id=stock.product_id, qty=stock.on_hand, lot_id=stock.lot_id)
        spot = inventory.spot_of(stock)
        inventory.post(session, context, goods, spot, inventory.at(spot, bench.id), reason="drop_off")
    return units
