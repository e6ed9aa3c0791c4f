"""Promises that moved, lines that need a decision, and what is proposed for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wms_desktop.prompts import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One line whose promise or ETA moved; None: no day in sight."""

    order_id: int
    line_id: int
    order_number: str
    customer: str
    sku: str
    units: int
    was: date | None
    now: date | None
    cause: str
    purchase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What a change did to the promises: who slipped, who was rescued, and how many lines stayed as they were."""

    slipped: tuple[Moved, ...]
    rescued: tuple[Moved, ...]
    unchanged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A product that may be sent instead: its free units now, and its price beside the ordered one's."""

    product_id: int
    sku: str
    product: str
    free: int
    price: Decimal
    rank: int
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """A line that waits for a decision; ``choices`` are those that make sense, the proposed one first."""

    order_id: int
    line_id: int
    order_number: str
    customer: str
    sku: str
    product: str
    units: int
    value: Decimal
    currency: str
    first_promise: date
    promise: date
    eta: date | None
    days_late: int
    slips: int
    cause: str
    choices: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseRow:
    """A purchase order on its way: what waits behind it, and how reliable its supplier has been (days, 0 to 1)."""

    purchase_id: int
    number: str
    supplier: str
    due: date
    first_due: date
    likely: date
    late: date
    units_due: int
    lines_waiting: int
    orders_waiting: int
    on_time_share: float | None
    deliveries_known: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """A backorder mode that is on: for the house (sku "") or a product."""

    mode_id: int
    sku: str
    extra_days: int
    reason: str
    since: datetime
    by: str
