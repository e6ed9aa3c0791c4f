"""Where each unit of an order is at this moment, line by line, and its parcels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Carton,
    Location,
    Manifest,
    OrderLine,
    Peg,
    Plate,
    Reservation,
    Shipment,
    Stock,
)
from wms_desktop.domain.states import BACKORDERED, IN_WORK, ON_HOLD, PRE_ORDER, READY, STOCK_BLOCKED, Split
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.views.orders import StoryParcel, StoryPlace

_KINDS = ("bin", "dock", "lane", "cart", "bench", "truck", "hold")
_STUCK = "story.place.hold"


def list_places(session: Session, lines: Sequence[OrderLine],
                by_state: Mapping[int, Split]) -> dict[int, tuple[StoryPlace, ...]]:  # fmt: skip
    """Where the units of each line are; they add up to what was ordered.

    Held units by place, then those that stand free in the bins for the line, those that stand where nobody may pick
    them, those that are not there at all, those that have left, and those that were cancelled or replaced.
    """
    held = _list_held(session, [line.id for line in lines])
    return {
        line.id: (*held[line.id], *_list_waiting(held[line.id], by_state.get(line.id)), *_list_gone(line))
        for line in lines
    }


def list_parcels(session: Session, order_id: int) -> tuple[StoryParcel, ...]:
    """The order's parcels, numbered through its shipments as they were packed."""
    rows = session.execute(
        select(Carton.sscc, Carton.state, Carton.weight_g, Manifest.number, Manifest.closed_at)
        .join(Shipment, Shipment.id == Carton.shipment_id)
        .outerjoin(Manifest, Manifest.id == Carton.manifest_id)
        .where(Shipment.order_id == order_id)
        .order_by(Shipment.id, Carton.seq)
    )
    return tuple(
        StoryParcel(
            sscc=row.sscc,
            number=number,
            state=row.state,
            weight_g=row.weight_g,
            shipped_at=row.closed_at if row.state == "shipped" else None,
            manifest=row.number or "",
        )
        for number, row in enumerate(rows, 1)
    )


def _list_held(session: Session, line_ids: Sequence[int]) -> dict[int, list[StoryPlace]]:
    rows = session.execute(
        select(Reservation.order_line_id, Reservation.qty, Location.code, Location.kind, Plate.code.label("plate"),
               Plate.kind.label("plate_kind"), Location.id.label("location_id"))
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .where(Reservation.order_line_id.in_(line_ids), Reservation.state == "held")
        .order_by(Reservation.order_line_id, Location.code, Plate.code)
    ).all()  # fmt: skip
    lanes = _list_lanes(session, line_ids)
    found: dict[int, list[StoryPlace]] = defaultdict(list)
    for row in rows:
        found[row.order_line_id].append(StoryPlace(units=row.qty, where=_where(row, lanes)))
    return found


def _list_lanes(session: Session, line_ids: Sequence[int]) -> dict[int, str]:
    """The lane for which the dock keeps units of a line."""
    rows = session.execute(
        select(Peg.order_line_id, Location.code)
        .join(Location, Location.id == Peg.lane_id)
        .where(Peg.order_line_id.in_(line_ids), Peg.state == "arrived")
    )
    return {row.order_line_id: row.code for row in rows}


def _where(row: Row[*tuple[Any, ...]], lanes: Mapping[int, str]) -> Message:
    said: dict[str, Value] = {"units": row.qty, "place": row.code, "plate": row.plate}
    if row.plate_kind == "carton":
        return Message("story.place.parcel", said)
    if row.plate_kind == "tote":
        return Message("story.place.tote", said)
    if row.kind == "dock" and row.order_line_id in lanes:
        return Message("story.place.for_lane", {**said, "lane": lanes[row.order_line_id]})
    return Message(f"story.place.{row.kind}" if row.kind in _KINDS else "story.place.other", said)


def _list_waiting(held: Sequence[StoryPlace], by_state: Split | None) -> list[StoryPlace]:
    """Units that nothing holds: free for the line in the bins, blocked, not there; or stopped with their order."""
    if by_state is None:
        return []
    units = sum(place.units for place in held)
    stuck = sum(place.units for place in held if place.where.code == _STUCK)
    waiting = sum(by_state) - units
    if by_state[ON_HOLD] or by_state[PRE_ORDER]:
        return _listed(("stopped", waiting))
    free = by_state[READY] + by_state[IN_WORK] - (units - stuck)
    blocked = by_state[STOCK_BLOCKED] - stuck
    return _listed(("free", free), ("blocked", blocked), ("nowhere", by_state[BACKORDERED]))


def _list_gone(line: OrderLine) -> list[StoryPlace]:
    kept = line.cancelled - line.replaced
    return _listed(("shipped", line.shipped), ("replaced", line.replaced), ("cancelled", kept))


def _listed(*places: tuple[str, int]) -> list[StoryPlace]:
    return [
        StoryPlace(units=units, where=Message(f"story.place.{what}", {"units": units}))
        for what, units in places
        if units > 0
    ]
