"""Where units stand: spots, the stock rows behind them and what is held on those, as the database has them now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Row, literal_column, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import NO_LOT, NO_PLATE, Order, OrderLine, Reservation, Stock

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


def goods_of(stock: Stock, qty: int) -> Goods:
    """So many units of what a stock row holds."""
    return Goods(product_id=stock.product_id, qty=qty, lot_id=stock.lot_id)


def at(spot: Spot, location_id: int) -> Spot:
    """The same plate and condition at another place."""
    return replace(spot, location_id=location_id)
