"""Which receipt lines the units of a stock row on a dock or in a lane came with, and go to nobody yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Peg, Receipt, ReceiptLine, Stock

_SPARE = (ReceiptLine.qty - ReceiptLine.pegged).label("units")
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Spare:
    """Units of a receipt line that nobody has, and how many stand in each of its closed cases (1: loose)."""

    line_id: int
    units: int
    case: int


def list_spare(session: Session, stock_id: int, units: int) -> list[Spare]:
    """Receipt lines that so many units of a stock row came with, the newest first: what is older was put away before.

    On a dock those of receipts that are open there; in a lane those whose pegs were let go there, no more of each
    than was let go. Fewer than asked for, where the others came without a receipt or it is closed. Asked of the open
    receipts, or page by page until there are enough: the receipts of the years are not read.
    """
    stock = session.get_one(Stock, stock_id)
    place = session.get_one(Location, stock.location_id)
    found: list[Spare] = []
    for spare in _on_dock(session, stock) if place.kind == "dock" else _in_lane(session, stock):
        if units <= 0:
            break
        found.append(spare)
        units -= spare.units
    return found


def _on_dock(session: Session, stock: Stock) -> Iterator[Spare]:
    open_ = session.scalars(
        select(Receipt.id).where(Receipt.state == "open", Receipt.dock_id == stock.location_id)
    ).all()
    if open_:
        query = _alike(stock).where(ReceiptLine.receipt_id.in_(open_), ReceiptLine.plate_id == stock.plate_id)
        yield from (Spare(row.id, row.units, row.case_units) for row in session.execute(query).all())


def _in_lane(session: Session, stock: Stock) -> Iterator[Spare]:
    gone = (
        select(func.sum(Peg.qty))
        .where(Peg.receipt_line_id == ReceiptLine.id, Peg.state == "released", Peg.lane_id == stock.location_id)
        .scalar_subquery()
    )
    query = _alike(stock).add_columns(gone.label("gone")).where(gone > 0).limit(_AT_ONCE)
    page = session.execute(query).all()
    while page:
        yield from (Spare(row.id, min(row.units, int(row.gone)), row.case_units) for row in page)
        page = session.execute(query.where(ReceiptLine.id < page[-1].id)).all() if len(page) == _AT_ONCE else []


def _alike(stock: Stock) -> Select[int, int, int]:
    return (
        select(ReceiptLine.id, ReceiptLine.case_units, _SPARE)
        .where(
            ReceiptLine.product_id == stock.product_id,
            ReceiptLine.lot_id == stock.lot_id,
            ReceiptLine.state == "received",
            ReceiptLine.condition == "good",
            ReceiptLine.qty > ReceiptLine.pegged,
        )
        .order_by(ReceiptLine.id.desc())
    )
