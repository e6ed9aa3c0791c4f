"""The backlog: every open unit in exactly one state, by line and by order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from wms_desktop.prompts import Message

STATES = ("ready", "in_work", "backordered", "stock_blocked", "pre_order", "on_hold")
"""Every open unit is in exactly one of these; with shipped and cancelled they add up to what was ordered."""
AGE_BANDS = ("0-1", "2-3", "4-7", "8-14", "15-30", "31+")
"""Days since the order was placed."""
CAUSES = (
    "", "supplier_late", "stock_difference", "demand", "staff", "process", "new_release", "made_to_order", "carrier",
    "policy",
)  # fmt: skip
"""Why a line is late or waits ("": it is neither)."""


class BacklogLine(NamedTuple):
    """One order line with open units; ``by_state`` counts them in the order of :data:`STATES`.

    ``state`` is that of most of its units; ``risk`` is 0 (safe) to 3 (promise broken); ``place`` counts the demand
    order from 1; ``value`` is of the open units in ``currency``; instants are UTC, days site-local; ``eta_from`` is a
    purchase order's number; ``minutes_to_cut_off`` is negative when the truck is gone.
    """

    order_id: int
    line_id: int
    order_number: str
    line_no: int
    customer_code: str
    customer: str
    channel: str
    sku: str
    product: str
    state: str
    by_state: tuple[int, int, int, int, int, int]
    units_open: int
    value: Decimal
    currency: str
    is_paid: bool
    is_pinned: bool
    is_held: bool
    ship_rule: str
    priority_class: int
    place: int
    risk: int
    placed_at: datetime
    leave_by: datetime
    minutes_to_cut_off: int
    age_days: int
    age_band: str
    first_promise: date
    promise: date
    promise_rule: str
    eta: date | None
    eta_late: date | None
    eta_from: str
    cause: str
    is_cause_set: bool
    waits: Message


class BacklogOrder(NamedTuple):
    """One open order: its lines' sums; ``state`` is the one that keeps it from leaving."""

    order_id: int
    order_number: str
    customer: str
    channel: str
    state: str
    by_state: tuple[int, int, int, int, int, int]
    units_open: int
    lines_open: int
    value: Decimal
    currency: str
    is_paid: bool
    is_pinned: bool
    is_held: bool
    ship_rule: str
    priority_class: int
    place: int
    risk: int
    leave_by: datetime
    minutes_to_cut_off: int
    age_days: int
    promise: date
    eta: date | None
    waits: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The whole backlog as of an instant, in the demand order."""

    at: datetime
    lines: tuple[BacklogLine, ...]
    orders: tuple[BacklogOrder, ...]
