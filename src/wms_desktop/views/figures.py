"""The backlog in figures: totals, flow, hands, targets; each names the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from wms_desktop.prompts import Message

Amounts = Mapping[str, Decimal]
"""Money by currency, never added across currencies."""
DIMENSIONS = ("state", "age_band", "customer", "product", "cause", "channel", "paid_week", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One figure: the open units whose ``dimension`` is ``key``; ``label`` is what a person reads.

    Of a state, an age band and a cause the label is the key itself: the screen has its own word for it.
    """

    dimension: str
    key: str
    label: str
    units: int
    lines: int
    orders: int
    amounts: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowDay:
    """Units that came into the backlog on a site-local day, left it, were cancelled, and its size at the day's end."""

    day: date
    came: int
    left: int
    cancelled: int
    open_at_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Units one person does in an hour; ``is_measured`` is False while it is the stated default."""

    work: str
    units_per_hour: float
    is_measured: bool
    measured_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """People needed to send what is ready by the cut-off; ``until`` is the instant; ``hours`` are of work left."""

    until: datetime
    units_to_pick: int
    units_to_pack: int
    pick_hours: float
    pack_hours: float
    pickers: int
    packers: int
    rates: tuple[Rate, ...]
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalDay:
    """What is due on a day: purchase orders, units, waiting units and orders they serve, and hands they take."""

    day: date
    purchases: tuple[str, ...]
    units: int
    units_waited_for: int
    orders_served: int
    amounts: Amounts
    receivers: int
    pickers: int
    packers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnDown:
    """A goal: so many open units on a day; ``ideal`` and ``actual`` are (day, units); ``message`` says how it goes."""

    target_units: int
    target_day: date
    ideal: tuple[tuple[date, int], ...]
    actual: tuple[tuple[date, int], ...]
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Waited:
    """What customers waited for (A8): by product, how long they accepted, and how much they cancelled."""

    sku: str
    product: str
    units_backordered: int
    units_shipped_late: int
    units_cancelled: int
    cancel_rate: float
    accepted_days: float
    waited_days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything the cockpit shows, from one reading of the rows; ``limits`` are the house's, by setting ("": none)."""

    at: datetime
    total: Slice
    slices: tuple[Slice, ...]
    paid_unshipped: Amounts
    flow: tuple[FlowDay, ...]
    days_to_clear: float | None
    alerts: tuple[Message, ...]
    hands: Hands
    arrivals: tuple[ArrivalDay, ...]
    burn_down: BurnDown | None
    waited: tuple[Waited, ...]
    limits: Mapping[str, str] = field(default_factory=dict)
