"""What the lane board shows: each lane with its orders, what an order still lacks, and what must be walked back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

BOOKED, FILLING, COMPLETE, PACKED = "booked", "filling", "complete", "packed"
BLOCKED, LOOSE, EMPTY = "blocked", "loose", "empty"
ORDER_STATES = (COMPLETE, FILLING, BOOKED, PACKED)
"""What an order's state in a lane can be; a lane has the first of these that one of its orders has."""
LANE_STATES = (BLOCKED, *ORDER_STATES, LOOSE, EMPTY)
"""A lane's states; loose: nothing but units that must be walked back."""
DOCK, BIN, CART, HOLD, TRUCK, PLANNED, BACKORDER = "dock", "bin", "cart", "hold", "truck", "planned", "backorder"
SOURCES = (DOCK, BIN, CART, HOLD, TRUCK, PLANNED, BACKORDER)
"""Whence units come that an order still lacks at its lane, the nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOrder:
    """An order in a lane: ``units_in`` stand in it, ``units_coming`` are tied to it on the dock or on a truck.

    ``missing`` units of the whole order are neither in a lane, on a bench nor in a carton. ``state`` is booked,
    filling, complete or packed; ``is_late``: its cut-off is over and it has not left.
    """

    order_id: int
    number: str
    customer: str
    state: str
    units_in: int
    units_coming: int
    missing: int
    leave_by: datetime
    since: datetime | None
    is_ship_complete: bool
    is_held: bool
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A lane with its orders, the first to leave first. ``capacity`` counts orders, 0: no limit.

    ``service`` and ``carrier`` are "" where it takes any, ``wall`` names the put wall of a cubby. ``loose`` units stand
    in it for nobody and must be walked back. ``since`` is how long the oldest of its units has stood; ``is_stale``:
    longer than the house allows.
    """

    lane_id: int
    code: str
    state: str
    carrier: str
    service: str
    wall: str
    capacity: int
    is_blocked: bool
    blocked_why: str
    units_in: int
    units_coming: int
    loose: int
    leave_by: datetime | None
    since: datetime | None
    is_stale: bool
    orders: tuple[LaneOrder, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many of its orders are in each state."""
        return {state: sum(order.state == state for order in self.orders) for state in ORDER_STATES}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneBoard:
    """All lanes in walking order; units older than ``stale_minutes`` make a lane stale."""

    at: datetime
    stale_minutes: int
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Units that an order still lacks at its lane, and whence they come.

    ``kind`` is one of SOURCES; ``place`` the dock, bin or cart they stand at; ``number`` the delivery or batch that
    brings them; ``day`` when they are expected at the earliest, None: now, or not known.
    """

    kind: str
    units: int
    place: str = ""
    number: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One line of an order that is not all there: how many units lack, and each part of them with its source."""

    line_id: int
    order_id: int
    line_no: int
    sku: str
    product: str
    units: int
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Units that stand in the lane for an order line."""

    order_id: int
    sku: str
    product: str
    lot: str
    tote: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneView:
    """One lane opened: what stands in it for whom, and what each of its orders still lacks."""

    at: datetime
    lane: Lane
    standing: tuple[Standing, ...]
    lacks: tuple[Lack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkBackRow:
    """Good units at a lane that nobody holds: carry them to a bin (put away; scan the lane)."""

    lane_id: int
    lane: str
    product_id: int
    sku: str
    product: str
    lot: str
    units: int
    since: datetime | None
