"""Which lane an order collects in: the one it stands in, else the emptiest of its service with room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import Location, OrderLine, Peg


def _ask_lanes(session: Session) -> tuple[Sequence[Location], Sequence[Row[*tuple[Any, ...]]]]:
    """The lanes, nearest first, and which orders' units stand in them or are on their way."""
    lanes = session.scalars(
        select(Location).where(Location.kind == "lane").order_by(Location.walk_seq, Location.id)
    ).all()
    rows = session.execute(
        select(Peg.lane_id, OrderLine.order_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(Peg.state.in_(("arrived", "in_lane")))
        .distinct()
    ).all()
    return lanes, rows


class Lanes:
    """Which lane an order collects in: the one it stands in, else the emptiest of its service with room."""

    def __init__(self, session: Session) -> None:
        self._orders: dict[int, set[int]] = defaultdict(set)
        self._lanes, rows = ask_once(session, Lanes, lambda: _ask_lanes(session))
        for row in rows:
            self._orders[row.lane_id].add(row.order_id)
        self._emptiest: dict[int, int | None] = {}

    def find(self, order_id: int, service_id: int) -> int | None:
        """The lane for an order, None when every lane of its service is full."""
        for lane in self._lanes:
            if order_id in self._orders[lane.id]:
                return lane.id
        if service_id not in self._emptiest:
            self._emptiest[service_id] = self._find_emptiest(service_id)
        return self._emptiest[service_id]

    def _find_emptiest(self, service_id: int) -> int | None:
        free = [
            lane for lane in self._lanes
            if lane.service_id in (None, service_id)
            and (lane.capacity_orders == 0 or len(self._orders[lane.id]) < lane.capacity_orders)
        ]  # fmt: skip
        return min(free, key=lambda lane: len(self._orders[lane.id])).id if free else None

    def take(self, order_id: int, service_id: int) -> int | None:
        """The lane for an order, counted as taken from now on."""
        lane_id = self.find(order_id, service_id)
        if lane_id is not None:
            self._orders[lane_id].add(order_id)
            self._emptiest.clear()
        return lane_id
