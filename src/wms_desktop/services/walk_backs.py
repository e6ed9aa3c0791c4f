"""What stands in lanes and is held for nobody any more: it is walked back to a bin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import Location, Lot, Product, Stock

REASON = "walk back"
"""The reason of the movement that takes units out of a lane into a bin."""
ON_CART = "walk back, on a cart"
OFF_CART = "back in its lane"
"""The reasons of the movements from a lane to a cart, and of what did not go along after all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkBack:
    """Free good units of one stock row in a lane; they stand there ``since`` then (None: not known)."""

    lane: str
    lane_id: int
    stock_id: int
    product_id: int
    sku: str
    product: str
    lot_id: int
    lot: str
    qty: int
    since: datetime | None


def list_walk_backs(session: Session, lane_id: int | None = None) -> Sequence[WalkBack]:
    """Good units in lanes (or in one lane) that no reservation holds, lane by lane, the nearest lane first.

    Derived from the balances: whatever lets a lane's units go, by a cancellation, a count or a late truck, puts
    them on this list, and whoever ties them to an order again, or walks them back, takes them off it.
    """
    return ask_once(session, (list_walk_backs, lane_id), lambda: _ask(session, lane_id))


def _ask(session: Session, lane_id: int | None) -> list[WalkBack]:
    query = (
        select(
            Location.code.label("lane"),
            Location.id.label("lane_id"),
            Stock.id.label("stock_id"),
            Stock.product_id,
            Product.sku,
            Product.name.label("product"),
            Stock.lot_id,
            Lot.code.label("lot"),
            (Stock.on_hand - Stock.reserved).label("qty"),
            Stock.since,
        )
        .join(Stock, Stock.location_id == Location.id)
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(
            Location.kind == "lane",
            Stock.condition == "good",
            Stock.on_hand > 0,
            Stock.on_hand > Stock.reserved,
        )
        .order_by(Location.walk_seq, Location.id, Product.name, Stock.id)
    )
    if lane_id is not None:
        query = query.where(Location.id == lane_id)
    return [
        WalkBack(
            lane=row.lane,
            lane_id=row.lane_id,
            stock_id=row.stock_id,
            product_id=row.product_id,
            sku=row.sku,
            product=row.product,
            lot_id=row.lot_id,
            lot=row.lot,
            qty=int(row.qty),
            since=row.since,
        )
        for row in session.execute(query)
    ]
