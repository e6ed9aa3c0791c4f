"""The same moves for many loads at once, in a dozen statements whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, exists, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import insert_numbered
from wms_desktop.db.engine import forget_answers
from wms_desktop.db.tables import Movement, OrderLine, Reservation, Stock
from wms_desktop.errors import NotEnoughStock
from wms_desktop.services import news, undo
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory.balances import SPOT, balance_of, lock_spots, movement_of, since
from wms_desktop.services.inventory.spots import ON_PLATE, Goods, Spot, goods_of, spot_of

Load = tuple[int, int, int, Spot]
"""(stock id, order line id, units, target)."""


def hold_many(session: Session, rows: Sequence[tuple[int, int, int, str]], *, recorded: bool = False) -> None:
    """Reserves units for many lines at once: (stock id, order line id, units, reason); one statement for all.

    The command becomes final, unless what it did is ``recorded``. Raises NotEnoughStock when any of them are not free;
    the transaction cannot go on then (a savepoint here makes SQLite copy every page it touches, for each row anew).
    """
    session.flush()
    if not recorded:
        undo.close(session)
    if not rows:
        return
    statement = _maker(session)(Reservation)
    statement = statement.on_conflict_do_update(
        index_elements=["stock_id", "order_line_id"],
        index_where=text("state = 'held'"),
        set_={"qty": Reservation.qty + statement.excluded.qty},
    )
    units: dict[tuple[int, int], int] = {}
    why: dict[tuple[int, int], str] = {}
    for stock_id, line_id, qty, reason in rows:
        units[stock_id, line_id] = units.get((stock_id, line_id), 0) + qty
        why.setdefault((stock_id, line_id), reason)
    lines = [
        {"stock_id": key[0], "order_line_id": key[1], "qty": qty, "state": "held", "reason": why[key]}
        for key, qty in units.items()
    ]
    try:
        if not recorded:
            session.connection().execute(statement, lines)
            return
        keys = statement.returning(Reservation.id, Reservation.stock_id, Reservation.order_line_id)
        made = session.connection().execute(keys, lines).all()
    except IntegrityError as refused:
        raise NotEnoughStock(asked=sum(units.values())) from refused
    finally:
        forget_answers(session)
    for row in made:
        undo.note_share(session, "reservation", row.id, units[row.stock_id, row.order_line_id])


def carry_many(session: Session, context: Context, loads: Sequence[Load], *, reason: str) -> None:
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
    targets = _settle(session, context, loads, stocks, last)
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
    _settle(session, context, loads, stocks, moves, virtual=True)
    table = OrderLine.__table__
    session.connection().execute(
        update(OrderLine).where(table.c.id == bindparam("line")).values(shipped=table.c.shipped + bindparam("units")),
        [{"line": line_id, "units": qty} for line_id, qty in sorted(shipped.items())],
    )
    return sum(shipped.values())


def bring_in(session: Session, context: Context, rows: Sequence[tuple[Goods, Spot]], source_id: int, *,
             reason: str) -> list[int]:  # fmt: skip
    """Posts many units from one virtual place (a supplier, an adjustment) in one go; gives each row's stock id.

    As `post` for each, set-based. Units that stand in good condition anywhere are news for those who wait.
    """
    if not rows:
        return []
    source = Spot(location_id=source_id)
    loads = [(goods, source, spot) for goods, spot in rows]
    lock_spots(session, [(goods, one) for goods, start, end in loads for one in (start, end)])
    moves = [movement_of(context, goods, start, end, (reason, None)) for goods, start, end in loads]
    session.flush()
    ids = insert_numbered(session.connection(), Movement.metadata.tables["movement"], moves)
    forget_answers(session)
    for movement_id in ids:
        undo.note_movement(session, movement_id)
    news.note(session, {goods.product_id for goods, _ in rows})
    taken = [(goods, source, -goods.qty, move_id) for (goods, _), move_id in zip(rows, ids, strict=True)]
    given = [(goods, spot, goods.qty, move_id) for (goods, spot), move_id in zip(rows, ids, strict=True)]
    _add_many(session, context, taken, virtual=True)
    return _add_many(session, context, given, virtual=False)


def open_stock(session: Session, context: Context, rows: Sequence[tuple[Goods, Spot]], source_id: int) -> None:
    """Posts opening stock from one virtual place; the command becomes final."""
    undo.close(session)
    bring_in(session, context, rows, source_id, reason="opening")


def forget_empty(session: Session, location_id: int) -> None:
    """Removes balance rows of a place that are zero and that nothing refers to (a cart or a bench, when done)."""
    referred = exists().where(Reservation.stock_id == Stock.id)
    session.execute(delete(Stock).where(Stock.location_id == location_id, Stock.on_hand == 0, ~referred))


def forget_plates(session: Session, plate_ids: Sequence[int]) -> None:
    """Removes the balance rows of plates that left the house, where they are zero and nothing refers to them."""
    referred = select(Reservation.stock_id).where(Reservation.stock_id == Stock.id).exists()
    session.execute(delete(Stock).where(Stock.plate_id.in_(plate_ids), ON_PLATE, Stock.on_hand == 0, ~referred))


def _maker(session: Session) -> Any:
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


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


def _note_moves(session: Session, context: Context, loads: Sequence[Load], stocks: dict[int, Stock],
                reason: str) -> list[int]:  # fmt: skip
    """One ledger row for each load; gives their ids in the same order."""
    goods = [goods_of(stocks[stock_id], qty) for stock_id, _, qty, _ in loads]
    lock_spots(session, [(one, load[3]) for one, load in zip(goods, loads, strict=True)])
    moves = [
        Movement(**movement_of(context, one, spot_of(stocks[stock_id]), target, (reason, line_id)))
        for one, (stock_id, line_id, _, target) in zip(goods, loads, strict=True)
    ]
    session.add_all(moves)
    session.flush()
    for move in moves:
        undo.note_movement(session, move.id)
    return [move.id for move in moves]


def _settle(session: Session, context: Context, loads: Sequence[Load], stocks: dict[int, Stock],
            moves: Sequence[int], *, virtual: bool = False) -> list[int]:  # fmt: skip
    """Both balances of many moves, each row once; gives the target's stock id of each load."""
    taken: dict[int, tuple[int, int]] = {}
    given = []
    for (stock_id, _, qty, target), move_id in zip(loads, moves, strict=True):
        before, last = taken.get(stock_id, (0, 0))
        taken[stock_id] = (before + qty, max(last, move_id))
        given.append((goods_of(stocks[stock_id], qty), target, qty, move_id))
    table = Stock.__table__
    session.connection().execute(
        update(Stock)
        .where(table.c.id == bindparam("stock"))
        .values(on_hand=table.c.on_hand - bindparam("taken"), last_movement_id=bindparam("move")),
        [{"stock": stock_id, "taken": qty, "move": move_id} for stock_id, (qty, move_id) in taken.items()],
    )
    return _add_many(session, context, given, virtual=virtual)


def _add_many(session: Session, context: Context, loads: Sequence[tuple[Goods, Spot, int, int]], *,
              virtual: bool) -> list[int]:  # fmt: skip
    """Adds (goods, spot, units, movement) to their balances, each row once; gives the stock id of each."""
    sums: dict[tuple[object, ...], tuple[dict[str, object], int, int]] = {}
    keys = []
    for goods, spot, qty, move_id in loads:
        row = balance_of(goods, spot, virtual=virtual)
        key = tuple(row.values())[:5]
        _, before, last = sums.get(key, (row, 0, 0))
        sums[key] = (row, before + qty, max(last, move_id))
        keys.append(key)
    rows = [
        row | {"on_hand": qty, "reserved": 0, "last_movement_id": move, "since": context.at}
        for row, qty, move in sums.values()
    ]
    statement = _maker(session)(Stock)
    upsert = statement.on_conflict_do_update(
        index_elements=SPOT,
        set_={
            "on_hand": Stock.on_hand + statement.excluded.on_hand,
            "last_movement_id": statement.excluded.last_movement_id,
            "since": since(statement.excluded.since),
        },
    ).returning(Stock.id, Stock.product_id, Stock.lot_id, Stock.plate_id, Stock.location_id, Stock.condition)
    found: dict[tuple[object, ...], int] = {
        (row.product_id, row.lot_id, row.plate_id, row.location_id, row.condition): row.id
        for row in session.connection().execute(upsert, rows)
    }
    return [found[key] for key in keys]
