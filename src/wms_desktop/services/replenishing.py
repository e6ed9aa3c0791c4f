"""Pick faces that run low while their product lies in reserve: which, from where, and how many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import Location, Lot, OrderLine, Peg, Product, Reservation, Stock
from wms_desktop.services.intake import in_pieces
from wms_desktop.views.refills import Refill

REASON = "replenish"
"""The reason of the movement that takes units from reserve to a pick face."""
_CARRIED = ("lane", "cart", "bench", "truck")
_OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped


def list_refills(session: Session) -> list[Refill]:
    """Pick faces below their least units (or empty while a pick waits) with free reserve elsewhere.

    One row a face, the most urgent first: a pick waits that the face cannot serve, then the emptiest for its least,
    then by face. From one stock row: the earliest expiry, then the oldest, then the nearest; as many as bring the
    face to its most (without one: all of that row). Blocked bins, and faces that are blocked, are left out.
    """
    faces = _low_faces(session)
    if not faces:
        return []
    wanted = count_wanted(session, [row.id for row in faces])
    faces = [row for row in faces if row.there < row.face_min or wanted.get(row.id, 0) > row.there == 0]
    reserve = _reserve(session, [row.id for row in faces])
    found = [
        _refill(row, wanted.get(row.id, 0), source) for row in faces for source in _first(row, reserve.get(row.id, ()))
    ]
    return sorted(found, key=lambda one: (not one.is_urgent, one.there / max(1, one.face_min), one.face, one.sku))


def _low_faces(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    there = func.coalesce(func.sum(Stock.on_hand), 0)
    return session.execute(
        select(Product.id, Product.sku, Product.name, Product.face_id, Product.face_min, Product.face_max,
               Location.code, there.label("there"))
        .join(Location, Location.id == Product.face_id)
        .outerjoin(Stock, (Stock.location_id == Product.face_id) & (Stock.product_id == Product.id)
                   & (Stock.condition == "good") & (Stock.on_hand > 0))
        .where(Product.face_id > 0, Location.is_blocked == False)
        .group_by(Product.id, Product.sku, Product.name, Product.face_id, Product.face_min, Product.face_max,
                  Location.code)
        .having((there < Product.face_min) | (there == 0))
    ).all()  # fmt: skip


def count_wanted(session: Session, product_ids: Sequence[int]) -> dict[int, int]:
    """Units of each product that are still to be picked: owed, not carried already, and not on the dock for a lane."""
    wanted = dict.fromkeys(product_ids, 0)
    for some in in_pieces(product_ids):
        owed = (
            select(OrderLine.product_id, func.sum(_OWED))
            .where(OrderLine.product_id.in_(some), OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped)
            .group_by(OrderLine.product_id)
        )
        carried = (
            select(Stock.product_id, func.sum(Reservation.qty))
            .join(Reservation, Reservation.stock_id == Stock.id)
            .join(Location, Location.id == Stock.location_id)
            .where(
                Stock.product_id.in_(some), Stock.on_hand > 0, Reservation.state == "held", Location.kind.in_(_CARRIED)
            )
            .group_by(Stock.product_id)
        )
        for_lane = (
            select(OrderLine.product_id, func.sum(Peg.qty))
            .join(Peg, Peg.order_line_id == OrderLine.id)
            .where(Peg.state == "arrived", OrderLine.product_id.in_(some))
            .group_by(OrderLine.product_id)
        )
        for query, sign in ((owed, 1), (carried, -1), (for_lane, -1)):
            for product_id, units in session.execute(query):
                wanted[product_id] += sign * int(units)
    return wanted


def _reserve(session: Session, product_ids: Sequence[int]) -> dict[int, list[Row[*tuple[Any, ...]]]]:
    """Free good units of each product in bins, the ones to be taken first in front."""
    place = aliased(Location)
    found: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for some in in_pieces(product_ids):
        rows = session.execute(
            select(Stock.id, Stock.product_id, Stock.location_id, place.code, place.walk_seq, Stock.since, Lot.expiry,
                   Lot.code.label("lot"), (Stock.on_hand - Stock.reserved).label("free"))
            .join(place, place.id == Stock.location_id)
            .join(Lot, Lot.id == Stock.lot_id)
            .where(Stock.product_id.in_(some), Stock.condition == "good", Stock.on_hand > 0,
                   Stock.on_hand > Stock.reserved, place.kind == "bin", place.is_blocked == False)
        )  # fmt: skip
        for row in rows:
            found[row.product_id].append(row)
    for rows_of_one in found.values():
        rows_of_one.sort(key=lambda row: (row.expiry or date.max, str(row.since or ""), row.walk_seq, row.id))
    return found


def _first(face: Row[*tuple[Any, ...]], rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Row[*tuple[Any, ...]]]:
    return [row for row in rows if row.location_id != face.face_id][:1]


def _refill(face: Row[*tuple[Any, ...]], wanted: int, source: Row[*tuple[Any, ...]]) -> Refill:
    free, there = int(source.free), int(face.there)
    return Refill(
        product_id=face.id,
        sku=face.sku,
        product=face.name,
        face_id=face.face_id,
        face=face.code,
        there=there,
        face_min=face.face_min,
        face_max=face.face_max,
        wanted=max(0, wanted),
        source_id=source.location_id,
        source=source.code,
        stock_id=source.id,
        lot=source.lot,
        qty=min(free, face.face_max - there) if face.face_max else free,
    )
