"""Finds the bin for goods that nobody waits for: same goods first, then the nearest free one that fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import Location, Product, Stock
from wms_desktop.services.inventory import Goods


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A bin and why it was chosen (`same_goods`, `nearest_free`); ``room`` is how many units fit in it."""

    location_id: int
    code: str
    reason: str
    room: int


def propose(session: Session, goods: Goods) -> Proposal | None:
    """The bin where these goods should go, or None when no bin has room for a single unit.

    The bin with the same product and lot and room for all of it, the nearest on the walk; else the nearest empty
    bin of the product's velocity zone that takes all of it; else any nearest empty one; else the one with most
    room. An unknown size or weight fits everywhere.
    """
    product = session.get_one(Product, goods.product_id)
    same = [row for row in _list_same(session, goods) if _room(row, product) >= goods.qty]
    if same:
        best = min(same, key=lambda row: (row.walk_seq, row.id))
        return Proposal(location_id=best.id, code=best.code, reason="same_goods", room=_room(best, product))
    empty = _find_empty(session, product, goods.qty, product.velocity) or _find_empty(session, product, goods.qty, "")
    if empty is not None:
        return Proposal(location_id=empty.id, code=empty.code, reason="nearest_free", room=_room(empty, product))
    return None


def room_in(session: Session, location_id: int, product: Product) -> int:
    """How many more units of a product fit in a bin by volume and weight."""
    row = session.execute(_with_load().where(Location.id == location_id).group_by(Location.id)).one()
    return _room(row, product)


def _with_load() -> Select[*tuple[Any, ...]]:
    held = aliased(Product)
    return (
        select(
            Location.id,
            Location.code,
            Location.walk_seq,
            Location.capacity_mm3,
            Location.max_weight_g,
            func.coalesce(func.sum(Stock.on_hand * held.length_mm * held.width_mm * held.height_mm), 0).label("volume"),
            func.coalesce(func.sum(Stock.on_hand * held.weight_g), 0).label("weight"),
        )
        .outerjoin(Stock, (Stock.location_id == Location.id) & (Stock.on_hand > 0))
        .outerjoin(held, held.id == Stock.product_id)
    )


def _list_same(session: Session, goods: Goods) -> list[Row[*tuple[Any, ...]]]:
    places = select(Stock.location_id).where(
        Stock.product_id == goods.product_id,
        Stock.lot_id == goods.lot_id,
        Stock.condition == "good",
        Stock.on_hand > 0,
    )
    query = _with_load().where(Location.kind == "bin", Location.id.in_(places)).group_by(Location.id)
    return list(session.execute(query).all())


def _find_empty(session: Session, product: Product, qty: int, zone: str) -> Row[*tuple[Any, ...]] | None:
    used = exists().where(Stock.location_id == Location.id, Stock.on_hand > 0)
    query = (
        select(
            Location.id,
            Location.code,
            Location.walk_seq,
            Location.capacity_mm3,
            Location.max_weight_g,
            (Location.id * 0).label("volume"),
            (Location.id * 0).label("weight"),
        )
        .where(
            Location.kind == "bin",
            ~used,
            (Location.capacity_mm3 == 0) | (Location.capacity_mm3 >= qty * product.volume_mm3),
            (Location.max_weight_g == 0) | (Location.max_weight_g >= qty * product.weight_g),
        )
        .order_by(Location.walk_seq, Location.id)
        .limit(1)
    )
    if zone:
        query = query.where(Location.zone == zone)
    return session.execute(query).one_or_none()


def _room(row: Row[*tuple[Any, ...]], product: Product) -> int:
    limits = [10**9]
    if row.capacity_mm3 and product.volume_mm3:
        limits.append((row.capacity_mm3 - int(row.volume)) // product.volume_mm3)
    if row.max_weight_g and product.weight_g:
        limits.append((row.max_weight_g - int(row.weight)) // product.weight_g)
    return max(0, min(limits))
