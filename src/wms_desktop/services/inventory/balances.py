"""The rows of the ledger and the balances they add up to: what every move is made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Row, case, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql import tuple_

from wms_desktop.db.tables import Location, Movement, Stock
from wms_desktop.errors import NotEnoughStock
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory.spots import Goods, Spot, find_stock

# Spots that one question names: five values each.
_AT_ONCE = 1000
SPOT = ("product_id", "location_id", "lot_id", "plate_id", "condition")


def places_of(session: Session, *location_ids: int) -> dict[int, Row[int, bool, str]]:
    """Whether each place is virtual, and its kind."""
    rows = session.execute(
        select(Location.id, Location.is_virtual, Location.kind).where(Location.id.in_(location_ids))
    ).all()
    return {row.id: row for row in rows}


def balance_of(goods: Goods, spot: Spot, *, virtual: bool) -> dict[str, object]:
    """What names the balance row of goods at a spot."""
    return {
        "product_id": goods.product_id,
        "lot_id": goods.lot_id,
        "plate_id": spot.plate_id,
        "location_id": spot.location_id,
        "condition": spot.condition,
        "is_virtual": virtual,
    }


def lock_spots(session: Session, spots: Sequence[tuple[Goods, Spot]]) -> None:
    """Locks the balance rows that are there already, before a movement gets its number.

    So the numbers in one row grow, and two people who move between the same places do not wait for each other in a
    circle. SQLite needs none of it: it has one writer at a time.
    """
    if session.get_bind().dialect.name == "sqlite":
        return
    keys = sorted({(goods.product_id, s.location_id, goods.lot_id, s.plate_id, s.condition) for goods, s in spots})
    key = tuple_(Stock.product_id, Stock.location_id, Stock.lot_id, Stock.plate_id, Stock.condition)
    for start in range(0, len(keys), _AT_ONCE):
        among = key.in_(keys[start : start + _AT_ONCE])
        session.execute(select(Stock.id).where(among).order_by(Stock.id).with_for_update())


def movement_of(context: Context, goods: Goods, source: Spot, target: Spot,
                why: tuple[str, int | None]) -> dict[str, Any]:  # fmt: skip
    """One row of the ledger, not yet written; ``why`` is the reason and the order line."""
    return {
        "product_id": goods.product_id,
        "lot_id": goods.lot_id,
        "qty": goods.qty,
        "from_location_id": source.location_id,
        "from_plate_id": source.plate_id,
        "from_condition": source.condition,
        "to_location_id": target.location_id,
        "to_plate_id": target.plate_id,
        "to_condition": target.condition,
        "reason": why[0],
        "order_line_id": why[1],
        "operator_id": context.operator_id,
        "station_id": context.station_id,
        "command_id": context.command_id,
        "at": context.at,
    }


def take(session: Session, goods: Goods, spot: Spot, virtual: bool, movement: Movement) -> None:
    """Takes free units from a balance. Raises NotEnoughStock when an internal one has fewer."""
    if virtual:
        _add(session, goods, spot, -goods.qty, movement, virtual=True)
        return
    changed = session.execute(
        update(Stock)
        .where(*_is(goods, spot), Stock.on_hand - Stock.reserved >= goods.qty)
        .values(on_hand=Stock.on_hand - goods.qty, last_movement_id=movement.id)
        .execution_options(synchronize_session=False)
    )
    if not isinstance(changed, CursorResult) or changed.rowcount != 1:
        found = find_stock(session, goods, spot)
        raise NotEnoughStock(asked=goods.qty, free=found.on_hand - found.reserved if found else 0)


def give(session: Session, goods: Goods, spot: Spot, virtual: bool, movement: Movement) -> int:
    """Adds units to a balance; gives its stock id."""
    return _add(session, goods, spot, goods.qty, movement, virtual=virtual)


def since(at: Any) -> ColumnElement[datetime | None]:
    """When units came to the row that a balance is added to: now if it was empty, else as it was."""
    return case((Stock.on_hand == literal_column("0"), at), else_=Stock.since)


def _is(goods: Goods, spot: Spot) -> list[ColumnElement[bool]]:
    return [
        Stock.product_id == goods.product_id,
        Stock.lot_id == goods.lot_id,
        Stock.plate_id == spot.plate_id,
        Stock.location_id == spot.location_id,
        Stock.condition == spot.condition,
    ]


def _add(session: Session, goods: Goods, spot: Spot, qty: int, movement: Movement, *, virtual: bool) -> int:
    maker = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = maker(Stock).values(
        **balance_of(goods, spot, virtual=virtual), on_hand=qty, reserved=0, last_movement_id=movement.id,
        since=movement.at,
    )  # fmt: skip
    upsert = statement.on_conflict_do_update(
        index_elements=SPOT,
        set_={
            "on_hand": Stock.on_hand + qty,
            "last_movement_id": movement.id,
            "since": since(statement.excluded.since),
        },
    ).returning(Stock.id)
    stock_id: int = session.execute(upsert, execution_options={"populate_existing": True}).scalar_one()
    return stock_id
