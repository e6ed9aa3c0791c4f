"""The only writer of the ledger, the balances and the reservations.

Every function flushes what it did before it returns, in the order in which the undo record will walk back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import CursorResult, Row, bindparam, delete, exists, insert, literal_column, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql import tuple_

from wms_desktop.db.tables import NO_LOT, NO_PLATE, Location, Movement, Order, OrderLine, Reservation, Stock
from wms_desktop.errors import Bug, CannotUndo, NotEnoughStock
from wms_desktop.services import undo
from wms_desktop.services.dialogue import Context

# Beside every question by plate, its zero written out: else SQLite cannot use the partial index on plates.
ON_PLATE = Stock.plate_id != literal_column("0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where units stand: the place, the plate they are on (0: none), and their condition."""

    location_id: int
    plate_id: int = NO_PLATE
    condition: str = "good"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """So many whole units of a product and lot (0: none)."""

    product_id: int
    qty: int
    lot_id: int = NO_LOT


def post(session: Session, context: Context, goods: Goods, source: Spot, target: Spot, *, reason: str,
         order_line_id: int | None = None, reverses_id: int | None = None) -> int:  # fmt: skip
    """Moves free units from one spot to another: one ledger row and both balances. Gives the target's stock id.

    Raises NotEnoughStock when fewer unreserved units stand at an internal source; nothing is changed then.
    """
    _lock_spots(session, [(goods, source), (goods, target)])
    movement = _movement(context, goods, source, target, (reason, order_line_id))
    movement.reverses_id = reverses_id
    session.add(movement)
    session.flush()
    undo.note_movement(session, movement.id)
    virtual = _are_virtual(session, source.location_id, target.location_id)
    _take(session, goods, source, virtual[source.location_id], movement.id)
    return _give(session, goods, target, virtual[target.location_id], movement.id)


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


def hold_many(session: Session, rows: Sequence[tuple[int, int, int, str]]) -> None:
    """Reserves units for many lines at once: (stock id, order line id, units, reason); one statement for all.

    Bulk work, so the command becomes final. Raises NotEnoughStock when any of them are not free.
    """
    undo.close(session)
    session.flush()
    if not rows:
        return
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = maker(Reservation)
    statement = statement.on_conflict_do_update(
        index_elements=["stock_id", "order_line_id"],
        index_where=text("state = 'held'"),
        set_={"qty": Reservation.qty + statement.excluded.qty},
    )
    lines = [
        {"stock_id": stock_id, "order_line_id": line_id, "qty": qty, "state": "held", "reason": reason}
        for stock_id, line_id, qty, reason in rows
    ]
    try:
        with session.begin_nested():
            session.execute(statement, lines)
    except IntegrityError as refused:
        raise NotEnoughStock(asked=sum(row[2] for row in rows)) from refused


def free(session: Session, stock_id: int, order_line_id: int, qty: int) -> None:
    """Lets go of held units of a stock row; they are free for others at once."""
    session.flush()
    held = find_held(session, stock_id, order_line_id)
    if held is None or held.qty < qty:
        raise NotEnoughStock(asked=qty, free=held.qty if held else 0)
    if held.qty == qty:
        session.delete(held)
    else:
        held.qty -= qty
    session.flush()


def carry(session: Session, context: Context, stock_id: int, order_line_id: int, qty: int, target: Spot, *,
          reason: str) -> int:  # fmt: skip
    """Moves held units together with their reservation, and gives the target's stock id.

    The reservation keeps its reason. Raises NotEnoughStock when fewer are held there.
    """
    source = get_stock(session, stock_id)
    held = find_held(session, stock_id, order_line_id)
    why = held.reason if held else ""
    free(session, stock_id, order_line_id, qty)
    goods = _goods_of(source, qty)
    moved = post(session, context, goods, spot_of(source), target, reason=reason, order_line_id=order_line_id)
    hold(session, moved, order_line_id, qty, why)
    return moved


def carry_many(session: Session, context: Context, loads: Sequence[tuple[int, int, int, Spot]], *,
               reason: str) -> None:  # fmt: skip
    """Moves held units of many stock rows with their reservations: (stock id, order line id, units, target).

    As `carry` for each, in a dozen statements whatever their number. Raises NotEnoughStock when fewer are held.
    """
    session.flush()
    stocks = _lock_stocks(session, {load[0] for load in loads})
    held = _held_on(session, list(stocks))
    why: dict[tuple[int, int], str] = {}
    for stock_id, line_id, qty, _ in loads:
        row = held.get((stock_id, line_id))
        if row is None or row.qty < qty:
            raise NotEnoughStock(asked=qty, free=row.qty if row else 0)
        why[stock_id, line_id] = row.reason
        if row.qty == qty:
            session.delete(held.pop((stock_id, line_id)))
        else:
            row.qty -= qty
    session.flush()
    last = _note_moves(session, context, loads, stocks, reason)
    targets = _settle(session, loads, stocks, last)
    there = _held_on(session, sorted(set(targets)))
    for (stock_id, line_id, qty, _), target_id in zip(loads, targets, strict=True):
        kept = there.get((target_id, line_id))
        if kept is None:
            kept = Reservation(stock_id=target_id, order_line_id=line_id, qty=qty, reason=why[stock_id, line_id])
            there[target_id, line_id] = kept
            session.add(kept)
        else:
            kept.qty += qty
    session.flush()


def consume(session: Session, context: Context, stock_id: int, order_line_id: int, target: Spot) -> int:
    """Ships all units held on a stock row for a line to a virtual place; gives how many.

    The reservation ends *consumed* and the line counts them as shipped.
    """
    return consume_many(session, context, [(stock_id, order_line_id)], target)


def consume_many(session: Session, context: Context, held_on: Sequence[tuple[int, int]], target: Spot) -> int:
    """As `consume` for each (stock id, order line id), in a dozen statements whatever their number; gives the units."""
    session.flush()
    stocks = _lock_stocks(session, {stock_id for stock_id, _ in held_on})
    held = _held_on(session, list(stocks))
    if not held.keys() >= set(held_on):
        raise NotEnoughStock(asked=1, free=0)
    loads = [(stock_id, line_id, held[stock_id, line_id].qty, target) for stock_id, line_id in held_on]
    shipped: dict[int, int] = {}
    for stock_id, line_id, qty, _ in loads:
        held[stock_id, line_id].state = "consumed"
        shipped[line_id] = shipped.get(line_id, 0) + qty
    session.flush()
    moves = _note_moves(session, context, loads, stocks, "ship")
    _settle(session, loads, stocks, moves, virtual=True)
    table = OrderLine.__table__
    session.connection().execute(
        update(OrderLine).where(table.c.id == bindparam("line")).values(shipped=table.c.shipped + bindparam("units")),
        [{"line": line_id, "units": qty} for line_id, qty in sorted(shipped.items())],
    )
    return sum(shipped.values())


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


def get_stock(session: Session, stock_id: int) -> Stock:
    """The stock row as the database has it now, locked until the transaction ends."""
    return session.get_one(Stock, stock_id, populate_existing=True, with_for_update=True)


def find_stock(session: Session, goods: Goods, spot: Spot) -> Stock | None:
    """The stock row of a product and lot at a spot, if there ever was one."""
    return session.scalars(
        select(Stock)
        .where(
            Stock.product_id == goods.product_id,
            Stock.lot_id == goods.lot_id,
            Stock.location_id == spot.location_id,
            Stock.plate_id == spot.plate_id,
            Stock.condition == spot.condition,
        )
        .execution_options(populate_existing=True)
        .with_for_update()
    ).one_or_none()


def find_held(session: Session, stock_id: int, order_line_id: int) -> Reservation | None:
    """The living reservation of a stock row for an order line."""
    return session.scalars(
        select(Reservation)
        .where(
            Reservation.stock_id == stock_id,
            Reservation.order_line_id == order_line_id,
            Reservation.state == "held",
        )
        .execution_options(populate_existing=True)
    ).one_or_none()


def list_held_on(session: Session, *, location_id: int | None = None, plate_id: int | None = None,
                 order_id: int | None = None) -> Sequence[Row[Stock, Reservation, OrderLine]]:  # fmt: skip
    """Held reservations with their stock and line, by place, plate and order; oldest line first."""
    query = (
        select(Stock, Reservation, OrderLine)
        .join(Reservation, Reservation.stock_id == Stock.id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .where(Reservation.state == "held")
        .order_by(OrderLine.order_id, OrderLine.line_no, Stock.id)
        .execution_options(populate_existing=True)
    )
    if location_id is not None:
        query = query.where(Stock.location_id == location_id)
    if plate_id is not None:
        query = query.where(Stock.plate_id == plate_id, ON_PLATE)
    if order_id is not None:
        query = query.join(Order, Order.id == OrderLine.order_id).where(Order.id == order_id)
    return session.execute(query).all()


def spot_of(stock: Stock) -> Spot:
    """Where a stock row stands."""
    return Spot(location_id=stock.location_id, plate_id=stock.plate_id, condition=stock.condition)


def at(spot: Spot, location_id: int) -> Spot:
    """The same plate and condition at another place."""
    return replace(spot, location_id=location_id)


def open_stock(session: Session, context: Context, rows: Sequence[tuple[Goods, Spot]], source_id: int) -> None:
    """Posts many units from one virtual place in one go (opening stock); each target row must be new.

    Set-based: one statement for the ledger, one for the balances, whatever the number of rows.
    """
    lines = [
        {
            "product_id": goods.product_id,
            "lot_id": goods.lot_id,
            "qty": goods.qty,
            "from_location_id": source_id,
            "from_plate_id": NO_PLATE,
            "from_condition": "good",
            "to_location_id": spot.location_id,
            "to_plate_id": spot.plate_id,
            "to_condition": spot.condition,
            "reason": "opening",
            "operator_id": context.operator_id,
            "station_id": context.station_id,
            "command_id": context.command_id,
            "at": context.at,
        }
        for goods, spot in rows
    ]
    ids = session.scalars(insert(Movement).returning(Movement.id, sort_by_parameter_order=True), lines).all()
    undo.close(session)
    targets = [
        _balance(goods, spot, virtual=False) | {"on_hand": goods.qty, "last_movement_id": movement_id}
        for (goods, spot), movement_id in zip(rows, ids, strict=True)
    ]
    session.execute(insert(Stock), targets)
    taken: dict[tuple[int, int], tuple[int, int]] = {}
    for (goods, _), movement_id in zip(rows, ids, strict=True):
        qty, _last = taken.get((goods.product_id, goods.lot_id), (0, 0))
        taken[goods.product_id, goods.lot_id] = (qty + goods.qty, movement_id)
    source = Spot(location_id=source_id)
    for (product_id, lot_id), (qty, movement_id) in taken.items():
        _take(session, Goods(product_id=product_id, lot_id=lot_id, qty=qty), source, True, movement_id)


def forget_empty(session: Session, location_id: int) -> None:
    """Removes balance rows of a place that are zero and that nothing refers to (a cart or a bench, when done)."""
    referred = exists().where(Reservation.stock_id == Stock.id)
    session.execute(delete(Stock).where(Stock.location_id == location_id, Stock.on_hand == 0, ~referred))


def forget_plates(session: Session, plate_ids: Sequence[int]) -> None:
    """Removes the balance rows of plates that left the house, where they are zero and nothing refers to them."""
    referred = select(Reservation.stock_id).where(Reservation.stock_id == Stock.id).exists()
    session.execute(delete(Stock).where(Stock.plate_id.in_(plate_ids), ON_PLATE, Stock.on_hand == 0, ~referred))


def _are_virtual(session: Session, *location_ids: int) -> dict[int, bool]:
    rows = session.execute(select(Location.id, Location.is_virtual).where(Location.id.in_(location_ids))).all()
    return {row.id: row.is_virtual for row in rows}


def _balance(goods: Goods, spot: Spot, *, virtual: bool) -> dict[str, object]:
    return {
        "product_id": goods.product_id,
        "lot_id": goods.lot_id,
        "plate_id": spot.plate_id,
        "location_id": spot.location_id,
        "condition": spot.condition,
        "is_virtual": virtual,
    }


def _lock_spots(session: Session, spots: Sequence[tuple[Goods, Spot]]) -> None:
    """Locks the balance rows that are there already, before a movement gets its number.

    So the numbers in one row grow, and two people who move between the same places do not wait for each other in a
    circle. SQLite needs none of it: it has one writer at a time.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    keys = {(goods.product_id, s.location_id, goods.lot_id, s.plate_id, s.condition) for goods, s in spots}
    key = tuple_(Stock.product_id, Stock.location_id, Stock.lot_id, Stock.plate_id, Stock.condition)
    session.execute(select(Stock.id).where(key.in_(sorted(keys))).order_by(Stock.id).with_for_update())


def _lock_stocks(session: Session, stock_ids: set[int]) -> dict[int, Stock]:
    rows = session.scalars(
        select(Stock)
        .where(Stock.id.in_(sorted(stock_ids)))
        .order_by(Stock.id)
        .execution_options(populate_existing=True)
        .with_for_update()
    )
    return {row.id: row for row in rows}


def _held_on(session: Session, stock_ids: Sequence[int]) -> dict[tuple[int, int], Reservation]:
    rows = session.scalars(
        select(Reservation)
        .where(Reservation.stock_id.in_(stock_ids), Reservation.state == "held")
        .execution_options(populate_existing=True)
    )
    return {(row.stock_id, row.order_line_id): row for row in rows}


def _goods_of(stock: Stock, qty: int) -> Goods:
    return Goods(product_id=stock.product_id, qty=qty, lot_id=stock.lot_id)


def _movement(context: Context, goods: Goods, source: Spot, target: Spot, why: tuple[str, int | None]) -> Movement:
    """One row of the ledger, not yet written; ``why`` is the reason and the order line."""
    return Movement(
        product_id=goods.product_id,
        lot_id=goods.lot_id,
        qty=goods.qty,
        from_location_id=source.location_id,
        from_plate_id=source.plate_id,
        from_condition=source.condition,
        to_location_id=target.location_id,
        to_plate_id=target.plate_id,
        to_condition=target.condition,
        reason=why[0],
        order_line_id=why[1],
        operator_id=context.operator_id,
        station_id=context.station_id,
        command_id=context.command_id,
        at=context.at,
    )


def _note_moves(session: Session, context: Context, loads: Sequence[tuple[int, int, int, Spot]],
                stocks: dict[int, Stock], reason: str) -> list[int]:  # fmt: skip
    """One ledger row for each load; gives their ids in the same order."""
    goods = [_goods_of(stocks[stock_id], qty) for stock_id, _, qty, _ in loads]
    _lock_spots(session, [(one, load[3]) for one, load in zip(goods, loads, strict=True)])
    moves = [
        _movement(context, one, spot_of(stocks[stock_id]), target, (reason, line_id))
        for one, (stock_id, line_id, _, target) in zip(goods, loads, strict=True)
    ]
    session.add_all(moves)
    session.flush()
    for move in moves:
        undo.note_movement(session, move.id)
    return [move.id for move in moves]


def _settle(session: Session, loads: Sequence[tuple[int, int, int, Spot]], stocks: dict[int, Stock],
            moves: Sequence[int], *, virtual: bool = False) -> list[int]:  # fmt: skip
    """Both balances of many moves, each row once; gives the target's stock id of each load."""
    taken: dict[int, tuple[int, int]] = {}
    given: dict[tuple[object, ...], tuple[dict[str, object], int, int]] = {}
    keys = []
    for (stock_id, _, qty, target), move_id in zip(loads, moves, strict=True):
        stock = stocks[stock_id]
        before, last = taken.get(stock_id, (0, 0))
        taken[stock_id] = (before + qty, max(last, move_id))
        row = _balance(_goods_of(stock, qty), target, virtual=virtual)
        key = tuple(row.values())
        _, before, last = given.get(key, (row, 0, 0))
        given[key] = (row, before + qty, max(last, move_id))
        keys.append(key)
    table = Stock.__table__
    session.connection().execute(
        update(Stock)
        .where(table.c.id == bindparam("stock"))
        .values(on_hand=table.c.on_hand - bindparam("taken"), last_movement_id=bindparam("move")),
        [{"stock": stock_id, "taken": qty, "move": move_id} for stock_id, (qty, move_id) in taken.items()],
    )
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    rows = [row | {"on_hand": qty, "reserved": 0, "last_movement_id": move} for row, qty, move in given.values()]
    statement = maker(Stock).values(rows)
    upsert = statement.on_conflict_do_update(
        index_elements=["product_id", "location_id", "lot_id", "plate_id", "condition"],
        set_={
            "on_hand": Stock.on_hand + statement.excluded.on_hand,
            "last_movement_id": statement.excluded.last_movement_id,
        },
    ).returning(Stock.id, Stock.product_id, Stock.lot_id, Stock.plate_id, Stock.location_id, Stock.condition)
    found: dict[tuple[object, ...], int] = {
        (row.product_id, row.lot_id, row.plate_id, row.location_id, row.condition): row.id
        for row in session.connection().execute(upsert)
    }
    return [found[key[:5]] for key in keys]


def _where(goods: Goods, spot: Spot) -> list[object]:
    return [
        Stock.product_id == goods.product_id,
        Stock.lot_id == goods.lot_id,
        Stock.plate_id == spot.plate_id,
        Stock.location_id == spot.location_id,
        Stock.condition == spot.condition,
    ]


def _take(session: Session, goods: Goods, spot: Spot, virtual: bool, movement_id: int) -> None:
    if virtual:
        _add(session, goods, spot, -goods.qty, movement_id, virtual=True)
        return
    changed = session.execute(
        update(Stock)
        .where(*_where(goods, spot), Stock.on_hand - Stock.reserved >= goods.qty)  # type: ignore[arg-type]
        .values(on_hand=Stock.on_hand - goods.qty, last_movement_id=movement_id)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(changed, CursorResult) or changed.rowcount != 1:
        found = find_stock(session, goods, spot)
        raise NotEnoughStock(asked=goods.qty, free=found.on_hand - found.reserved if found else 0)


def _give(session: Session, goods: Goods, spot: Spot, virtual: bool, movement_id: int) -> int:
    return _add(session, goods, spot, goods.qty, movement_id, virtual=virtual)


def _add(session: Session, goods: Goods, spot: Spot, qty: int, movement_id: int, *, virtual: bool) -> int:
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = maker(Stock).values(
        **_balance(goods, spot, virtual=virtual), on_hand=qty, reserved=0, last_movement_id=movement_id
    )
    upsert = statement.on_conflict_do_update(
        index_elements=["product_id", "location_id", "lot_id", "plate_id", "condition"],
        set_={"on_hand": Stock.on_hand + qty, "last_movement_id": movement_id},
    ).returning(Stock.id)
    stock_id: int = session.execute(upsert, execution_options={"populate_existing": True}).scalar_one()
    return stock_id
