"""Which lane an order collects in: the one it stands in or is booked for, else the best one with room for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, union
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import CarrierService, Delivery, Location, OrderLine, Peg

FULL = "lane_full"
BLOCKED = "lane_blocked"


@dataclass(frozen=True, slots=True)
class _Read:
    """What is asked of the database once: lanes nearest first, (lane, order) pairs, the carrier of each service, and
    how many ``others`` are in each lane whose orders were not asked for.
    """

    lanes: Sequence[Location]
    taken: Sequence[Row[*tuple[Any, ...]]]
    carriers: dict[int, str]
    others: dict[int, int]


def _ask_lanes(session: Session, order_ids: frozenset[int] | None) -> _Read:
    lanes = session.scalars(
        select(Location).where(Location.kind == "lane").order_by(Location.walk_seq, Location.id)
    ).all()
    standing = (
        select(Peg.lane_id, OrderLine.order_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(Peg.state.in_(("arrived", "in_lane")))
    )
    # By the trucks that are here: the firm pegs of today, not all that was ever planned.
    booked = (
        select(Peg.lane_id, OrderLine.order_id)
        .select_from(Delivery)
        .join(Peg, Peg.delivery_id == Delivery.id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(Delivery.state.in_(("expected", "here")), Delivery.state == "here",
               Peg.state.in_(("proposed", "firm")), Peg.state == "firm", Peg.lane_id.is_not(None))
    )  # fmt: skip
    others: dict[int, int] = {}
    if order_ids is not None:
        everybody = union(standing, booked).subquery()
        counts = select(everybody.c.lane_id, func.count().label("orders")).group_by(everybody.c.lane_id)
        others = {row.lane_id: row.orders for row in session.execute(counts)}
        mine = is_among(session.connection(), OrderLine.order_id, order_ids)
        standing = standing.where(mine)
        # From the orders: a truck that is here may have booked for thousands.
        booked = (
            select(Peg.lane_id, OrderLine.order_id)
            .select_from(OrderLine)
            .join(Peg, Peg.order_line_id == OrderLine.id)
            .join(Delivery, Delivery.id == Peg.delivery_id)
            .where(mine, Peg.state == "firm", Delivery.state == "here", Peg.lane_id.is_not(None))
        )
    taken = [*session.execute(standing.distinct()).all(), *session.execute(booked.distinct()).all()]
    for lane_id, _ in {tuple(row) for row in taken} if order_ids is not None else ():
        others[int(lane_id or 0)] -= 1
    carriers = session.execute(select(CarrierService.id, CarrierService.carrier)).all()
    return _Read(lanes, taken, {row.id: row.carrier for row in carriers}, others)


class Lanes:
    """Says which lane an order gets, and counts what it gives away.

    The lane where the order stands or that is booked for it; else, among the lanes of its service with room: a
    cubby or another place for one order, a lane of its carrier, a lane of its service, any lane. Among alike ones
    the emptiest, then the nearest. Booked, arrived and carried orders all take their place. A blocked lane is never
    chosen: an order that stands in one gets another lane for what comes.
    """

    def __init__(self, session: Session, order_ids: Collection[int] | None = None) -> None:
        """Reads where every order stands, or only where these do: quicker where thousands of lanes are booked."""
        self._orders: dict[int, set[int]] = defaultdict(set)
        self._lanes_of: dict[int, list[int]] = defaultdict(list)  # where it stands first, then what is booked
        asked = None if order_ids is None else frozenset(order_ids)
        read = ask_once(session, (Lanes, asked), lambda: _ask_lanes(session, asked))
        self._lanes, self._carriers, self._others = read.lanes, read.carriers, read.others
        self._open = {lane.id: lane for lane in read.lanes if not lane.is_blocked}
        for row in read.taken:
            self._note(row.lane_id, row.order_id)
        self._best: dict[int, int | None] = {}

    def find(self, order_id: int, service_id: int) -> int | None:
        """The lane for an order, None when every lane of its service is full or blocked."""
        for lane_id in self._lanes_of.get(order_id, ()):
            if lane_id in self._open:
                return lane_id
        if service_id not in self._best:
            self._best[service_id] = self._find_best(service_id)
        return self._best[service_id]

    def take(self, order_id: int, service_id: int, hoped: int | None = None) -> int | None:
        """The lane for an order, counted as taken from now on: the one hoped for where it may collect there."""
        is_able = hoped is not None and self.may_stand(hoped, order_id, service_id)
        lane_id = hoped if is_able else self.find(order_id, service_id)
        if lane_id is not None and lane_id not in self._lanes_of.get(order_id, ()):
            self._note(lane_id, order_id)
            self._best.clear()
        return lane_id

    def why_none(self, service_id: int) -> str:
        """Why `find` gives no lane: `lane_blocked` when a blocked one would have room, else `lane_full`."""
        blocked = any(
            lane.is_blocked and self._serves(lane, service_id) and self._has_room(lane) for lane in self._lanes
        )
        return BLOCKED if blocked else FULL

    def may_stand(self, lane_id: int, order_id: int, service_id: int) -> bool:
        """Whether an order may collect in this lane: it does already, or it stands nowhere and the lane has room."""
        lane = self._open.get(lane_id)
        stands = self._lanes_of.get(order_id, ())
        if lane is None or stands:
            return lane is not None and lane_id in stands
        return self._serves(lane, service_id) and self._has_room(lane)

    def list_orders(self, lane_id: int) -> frozenset[int]:
        """The orders that stand in a lane, are on their way to it, or are booked for it."""
        return frozenset(self._orders.get(lane_id, ()))

    def _note(self, lane_id: int, order_id: int) -> None:
        if order_id not in self._orders[lane_id]:
            self._orders[lane_id].add(order_id)
            self._lanes_of[order_id].append(lane_id)

    def _find_best(self, service_id: int) -> int | None:
        fit = [lane for lane in self._open.values() if self._serves(lane, service_id) and self._has_room(lane)]
        return min(fit, key=lambda lane: (_class_of(lane), self._count(lane))).id if fit else None

    def _serves(self, lane: Location, service_id: int) -> bool:
        of_carrier = not lane.carrier or lane.carrier == self._carriers.get(service_id)
        return of_carrier and lane.service_id in (None, service_id)

    def _has_room(self, lane: Location) -> bool:
        return lane.capacity_orders == 0 or self._count(lane) < lane.capacity_orders

    def _count(self, lane: Location) -> int:
        return len(self._orders[lane.id]) + self._others.get(lane.id, 0)


def _class_of(lane: Location) -> int:
    """A place for one order before its carrier's, its service's and everybody's lanes."""
    if lane.capacity_orders == 1:
        return 0
    if lane.carrier:
        return 1
    return 3 if lane.service_id is None else 2
