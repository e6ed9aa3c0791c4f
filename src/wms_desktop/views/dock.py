"""What a desk sees of the dock: a truck rehearsed before it comes, and what cross-docking has come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from wms_desktop.prompts import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckOrder:
    """What one waiting order would get of a truck, in the order served.

    ``units`` of the truck go to its lane, ``from_bins`` more would be picked for it. ``is_completed``: it then has all
    it still lacks. ``eta`` is the day it is expected to leave as things stand now, None while nothing is in sight;
    ``is_rescued``: completed in time for a promise that would be broken otherwise. ``value`` is of all that it still
    waits for, in ``currency``. ``is_stored_too``: it would be completed as well if the goods were put away first.
    """

    order_id: int
    number: str
    customer: str
    promise: date
    leave_by: datetime
    eta: date | None
    units: int
    from_bins: int
    is_completed: bool
    is_rescued: bool
    is_stored_too: bool
    value: Decimal
    currency: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckNow:
    """The answer to "if this truck came now": nothing of it is written.

    ``units`` it brings = ``to_lanes`` + ``to_bins``. ``completes`` orders leave complete, at the most ``bound`` could;
    ``in_part`` others get some units, ``rescued`` promises are kept that would be broken. ``stored_completes`` is how
    many orders would become complete if the goods were put away first and reserved from their bins; each of the
    ``to_lanes`` units then has to be put away and picked once more. ``notes`` are sentences: who is kept out, and why.
    """

    question: Message
    at: datetime
    orders: tuple[TruckOrder, ...]
    units: int
    to_lanes: int
    to_bins: int
    completes: int
    bound: int
    in_part: int
    rescued: int
    stored_completes: int
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """How long it took from the receiving scan to the truck: ``units`` measured, median and P90 in minutes.

    Both are None where nothing was measured.
    """

    units: int
    median: int | None
    p90: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One row of a split: its ``key`` (a kind of cross-dock, or the reason of a decline), units and pegs."""

    key: str
    units: int
    pegs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DockDay:
    """One site-local day: good units received, and those of them that went to a lane."""

    day: date
    received: int
    crossed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DockFigures:
    """What cross-docking has come to over the last ``days`` site-local days, today included.

    A unit counts as cross-docked when it reached its lane. ``crossed_lines`` and ``crossed_orders`` are the order lines
    and orders such units were for, ``received_lines`` the receiving scans of good goods, ``verdict_lines`` those of
    them that somebody waited for. ``kinds`` splits the cross-docked units, ``declines`` what was sent to storage at the
    dock, by reason, the most units first. ``walked_back`` units were carried from a lane to a bin. Deliveries count
    by the day of their window: ``on_time`` were checked in before it closed, ``late`` after, ``missed`` never came.
    """

    at: datetime
    days: int
    first: date
    received: int
    crossed: int
    received_lines: int
    verdict_lines: int
    crossed_lines: int
    crossed_orders: int
    kinds: tuple[Count, ...]
    declines: tuple[Count, ...]
    walked_back: int
    crossed_minutes: Minutes
    stored_minutes: Minutes
    on_time: int
    late: int
    missed: int
    by_day: tuple[DockDay, ...]

    def rows(self) -> tuple[tuple[str, str, int | str], ...]:
        """Every figure as a row for a file: (figure, of what, value); what is not known is left out."""
        single = ("received", "crossed", "received_lines", "verdict_lines", "crossed_lines", "crossed_orders",
                  "walked_back", "on_time", "late", "missed")  # fmt: skip
        found: list[tuple[str, str, int | str]] = [("first", "", self.first.isoformat()), ("days", "", self.days)]
        found += [(name, "", getattr(self, name)) for name in single]
        found += [("kind", one.key, one.units) for one in self.kinds]
        found += [("decline", one.key, one.units) for one in self.declines]
        for name, taken in (("crossed", self.crossed_minutes), ("stored", self.stored_minutes)):
            if taken.median is not None and taken.p90 is not None:
                found += [(f"{name}_minutes", "median", taken.median), (f"{name}_minutes", "p90", taken.p90)]
        for one in self.by_day:
            found += [("received", one.day.isoformat(), one.received), ("crossed", one.day.isoformat(), one.crossed)]
        return tuple(found)

    @property
    def share(self) -> float | None:
        """Cross-docked units as a share of the good units received; None where nothing was received."""
        return self.crossed / self.received if self.received else None

    @property
    def saved_minutes(self) -> int | None:
        """How much sooner a cross-docked unit left, median against median; None until both are measured."""
        lane, bin_ = self.crossed_minutes.median, self.stored_minutes.median
        return None if lane is None or bin_ is None else bin_ - lane


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRow:
    """Units received for an order: ``state`` in_lane or packed, or released where they were declined (``why``)."""

    at: datetime
    sku: str
    product: str
    units: int
    kind: str
    state: str
    why: str
    order_id: int
    order: str
    customer: str
    lane: str
    receipt: str
    truck: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedOrder:
    """An order that units crossed the dock for, with when its first and its last came in."""

    order_id: int
    order: str
    customer: str
    lines: int
    units: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageRow:
    """Units from the receiving scan to the truck, through a "lane" (for an order) or a "bin" (order_id 0)."""

    through: str
    sku: str
    product: str
    units: int
    came: datetime
    left: datetime
    minutes: int
    order_id: int
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkRow:
    """Units walked back out of a lane, by whom; below 0: they went back to their lane off a cart."""

    at: datetime
    sku: str
    product: str
    units: int
    source: str
    target: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DockTruck:
    """A truck whose window is over: ``verdict`` on_time, late or missed; ``late_minutes`` None where it never came."""

    delivery_id: int
    number: str
    suppliers: tuple[str, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    came: datetime | None
    late_minutes: int | None
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameLine:
    """One receiving scan: good units, and those that went to lanes."""

    at: datetime
    sku: str
    product: str
    units: int
    crossed: int
    receipt: str
    truck: str
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DockRows:
    """What adds up to a figure of the dock, the latest first; ``is_cut``: there are more than are shown.

    ``what``: crossed (`TieRow`, ``key`` a kind), declined (`TieRow`, ``key`` a reason), orders (`ServedOrder`), minutes
    and saved (`PassageRow`: through lanes; through lanes and bins), walked (`WalkRow`), trucks (`DockTruck`), received
    (`CameLine`, ``key`` a day).
    """

    what: str
    key: str
    rows: tuple[Any, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingState:
    """How a truck was shared out: the ``method`` ("" not yet, stated, search, solver), the orders that leave complete,
    how many could at most, and the sentence to show; ``is_sought``: a better answer may come yet.
    """

    delivery_id: int
    method: str
    completes: int
    bound: int
    is_sought: bool
    message: Message
