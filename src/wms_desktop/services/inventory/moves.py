"""Moves of one load: units from spot to spot, reservations made and let go, and both together."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Movement, Reservation, Stock
from wms_desktop.errors import Bug, CannotUndo, NotEnoughStock
from wms_desktop.services import news, undo
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory.balances import give, lock_spots, movement_of, places_of, take
from wms_desktop.services.inventory.spots import Goods, Spot, find_held, get_stock, goods_of, spot_of


def post(session: Session, context: Context, goods: Goods, source: Spot, target: Spot, *, reason: str,
         order_line_id: int | None = None, reverses_id: int | None = None) -> int:  # fmt: skip
    """Moves free units from one spot to another: one ledger row and both balances. Gives the target's stock id.

    Raises NotEnoughStock when fewer unreserved units stand at an internal source; nothing is changed then.
    """
    lock_spots(session, [(goods, source), (goods, target)])
    movement = Movement(**movement_of(context, goods, source, target, (reason, order_line_id)))
    movement.reverses_id = reverses_id
    session.add(movement)
    session.flush()
    undo.note_movement(session, movement.id)
    places = places_of(session, source.location_id, target.location_id)
    if order_line_id is None:
        _tell(session, goods, (places[source.location_id].kind, source), (places[target.location_id].kind, target))
    take(session, goods, source, places[source.location_id].is_virtual, movement)
    return give(session, goods, target, places[target.location_id].is_virtual, movement)


def hold(session: Session, stock_id: int, order_line_id: int, qty: int, reason: str) -> None:
    """Reserves free units of a stock row for an order line. Raises NotEnoughStock when they are not free."""
    if qty <= 0:
        raise Bug(f"a reservation of {qty}")
    session.flush()
    held = find_held(session, stock_id, order_line_id)
    try:
        with session.begin_nested():
            if held is None:
                session.add(Reservation(stock_id=stock_id, order_line_id=order_line_id, qty=qty, reason=reason))
            else:
                held.qty += qty
            session.flush()
    except IntegrityError as refused:
        raise NotEnoughStock(asked=qty) from refused


def free(session: Session, stock_id: int, order_line_id: int, qty: int) -> None:
    """Lets go of held units of a stock row; they are free for others at once."""
    _let_go(session, stock_id, order_line_id, qty)
    news.note(session, session.scalars(select(Stock.product_id).where(Stock.id == stock_id)))


def carry(session: Session, context: Context, stock_id: int, order_line_id: int, qty: int, target: Spot, *,
          reason: str) -> int:  # fmt: skip
    """Moves held units together with their reservation, and gives the target's stock id.

    The reservation keeps its reason. Raises NotEnoughStock when fewer are held there.
    """
    source = get_stock(session, stock_id)
    held = find_held(session, stock_id, order_line_id)
    why = held.reason if held else ""
    _let_go(session, stock_id, order_line_id, qty)
    goods = goods_of(source, qty)
    moved = post(session, context, goods, spot_of(source), target, reason=reason, order_line_id=order_line_id)
    hold(session, moved, order_line_id, qty, why)
    return moved


def reverse(session: Session, context: Context, movement_id: int) -> None:
    """Posts the counter-movement of a movement. Raises CannotUndo when its units are no longer free there."""
    old = session.get_one(Movement, movement_id)
    goods = Goods(product_id=old.product_id, qty=old.qty, lot_id=old.lot_id)
    back_from = Spot(location_id=old.to_location_id, plate_id=old.to_plate_id, condition=old.to_condition)
    back_to = Spot(location_id=old.from_location_id, plate_id=old.from_plate_id, condition=old.from_condition)
    try:
        post(session, context, goods, back_from, back_to, reason="undo", reverses_id=movement_id)
    except NotEnoughStock as gone:
        raise CannotUndo("cannot_undo_gone", qty=old.qty) from gone


def _tell(session: Session, goods: Goods, source: tuple[str, Spot], target: tuple[str, Spot]) -> None:
    """What free units that move mean to those who wait."""
    was, becomes = (f"{kind} {spot.condition}" for kind, spot in (source, target))
    if becomes != "bin good":
        news.note_moved(session, [goods.product_id])
    elif was == "dock good":
        news.note_free(session, [goods.product_id])
    else:
        news.note(session, [goods.product_id])


def _let_go(session: Session, stock_id: int, order_line_id: int, qty: int) -> None:
    session.flush()
    held = find_held(session, stock_id, order_line_id)
    if held is None or held.qty < qty:
        raise NotEnoughStock(asked=qty, free=held.qty if held else 0)
    if held.qty == qty:
        session.delete(held)
    else:
        held.qty -= qty
    session.flush()
