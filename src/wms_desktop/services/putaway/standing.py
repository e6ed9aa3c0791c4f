"""What stands somewhere and waits to be put away: on a dock, or on a cart; kept for an order or free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import (
    Location,
    Lot,
    OrderLine,
    Peg,
    Pick,
    Product,
    Receipt,
    ReceiptLine,
    Reservation,
    Stock,
)


class Waiting(NamedTuple):
    """Units of one stock row that are to be put away; ``plate_id`` is the plate they are on (0: none)."""

    stock_id: int
    product_id: int
    name: str
    lot_id: int
    lot: str
    free: int
    plate_id: int


def list_waiting(session: Session, dock_id: int) -> Sequence[Waiting]:
    """What stands on a dock and is to be put away: stock not meant for a lane (free, or kept for an order).

    Units that a picker was told to fetch there are left to him. Derived: stock on the dock *is* the queue.
    """
    return ask_once(session, (list_waiting, dock_id), lambda: _ask_waiting(session, dock_id))


def _ask_waiting(session: Session, dock_id: int) -> list[Waiting]:
    for_lane = (
        select(
            ReceiptLine.product_id, ReceiptLine.lot_id, ReceiptLine.plate_id, func.sum(Peg.qty).label("qty")
        )
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Peg.state == "arrived", Receipt.dock_id == dock_id)
        .group_by(ReceiptLine.product_id, ReceiptLine.lot_id, ReceiptLine.plate_id)
        .subquery()
    )  # fmt: skip
    for_pick = (
        select(func.coalesce(func.sum(Pick.qty - Pick.picked), 0))
        .where(Pick.stock_id == Stock.id, Pick.state == "todo")
        .correlate(Stock)
        .scalar_subquery()
    )
    free = (Stock.on_hand - func.coalesce(for_lane.c.qty, 0) - for_pick).label("free")
    rows = session.execute(
        select(Stock.id, Stock.product_id, Product.name, Stock.lot_id, Lot.code, free, Stock.plate_id)
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .outerjoin(
            for_lane,
            (for_lane.c.product_id == Stock.product_id)
            & (for_lane.c.lot_id == Stock.lot_id)
            & (for_lane.c.plate_id == Stock.plate_id),
        )
        .where(Stock.location_id == dock_id, Stock.condition == "good", Stock.on_hand > 0)
        .order_by(Product.name, Stock.id)
    ).all()
    return [Waiting(*row[:5], int(row[5]), row[6]) for row in rows if row[5] > 0]


def list_lying(session: Session, bin_id: int) -> list[Waiting]:
    """All good units that the book says of a bin, held or free."""
    rows = session.execute(
        select(Stock.id, Stock.product_id, Product.name, Stock.lot_id, Lot.code, Stock.on_hand, Stock.plate_id)
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Stock.location_id == bin_id, Stock.condition == "good", Stock.on_hand > 0)
        .order_by(Product.name, Stock.id)
    ).all()
    return [Waiting(*row) for row in rows]


def list_on_cart(session: Session, cart_id: int) -> Sequence[Waiting]:
    """What stands loose on a cart, by name."""
    return ask_once(session, (list_on_cart, cart_id), lambda: _ask_on_cart(session, cart_id))


def _ask_on_cart(session: Session, cart_id: int) -> list[Waiting]:
    rows = session.execute(
        select(Stock.id, Stock.product_id, Product.name, Stock.lot_id, Lot.code, Stock.on_hand, Stock.plate_id)
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(
            Stock.location_id == cart_id, Stock.condition == "good", Stock.on_hand > 0, Stock.plate_id == 0
        )
        .order_by(Product.name, Stock.id)
    ).all()  # fmt: skip
    return [Waiting(*row) for row in rows]


def list_free(session: Session, bin_id: int) -> Sequence[Waiting]:
    """What lies in a bin and is held for nobody."""
    return ask_once(session, (list_free, bin_id), lambda: _ask_free(session, bin_id))


def _ask_free(session: Session, bin_id: int) -> list[Waiting]:
    free = (Stock.on_hand - Stock.reserved).label("free")
    rows = session.execute(
        select(Stock.id, Stock.product_id, Product.name, Stock.lot_id, Lot.code, free, Stock.plate_id)
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Stock.location_id == bin_id, Stock.condition == "good", Stock.on_hand > 0)
        .order_by(Product.name, Stock.id)
    ).all()
    return [Waiting(*row) for row in rows if row.free > 0]


def list_kept(session: Session, stock: Stock) -> list[tuple[int, int]]:
    """Held units of a row on a dock or a cart that are kept for an order in a bin: (order line, units).

    Neither those for a lane nor those that a picker was told to fetch.
    """
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
            ReceiptLine.plate_id == stock.plate_id,
        )
        .correlate(OrderLine)
        .scalar_subquery()
    )
    for_pick = (
        select(func.coalesce(func.sum(Pick.qty - Pick.picked), 0))
        .where(Pick.stock_id == stock.id, Pick.order_line_id == OrderLine.id, Pick.state == "todo")
        .correlate(OrderLine)
        .scalar_subquery()
    )
    rows = session.execute(
        select(OrderLine.id, (Reservation.qty - for_lane - for_pick).label("kept"))
        .join(Reservation, Reservation.order_line_id == OrderLine.id)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .where(Reservation.stock_id == stock.id, Reservation.state == "held", Location.kind.in_(("dock", "cart")))
        .order_by(OrderLine.id)
    )
    return [(row.id, int(row.kept)) for row in rows if row.kept > 0]
