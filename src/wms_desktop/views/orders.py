"""One order's whole story, and what a scanned or typed text finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wms_desktop.prompts import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPlace:
    """Where some units of a line are now: a sentence and how many."""

    units: int
    where: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One line of an order; ``by_state`` as in the backlog; ``places`` say where each unit is."""

    line_id: int
    line_no: int
    sku: str
    product: str
    ordered: int
    shipped: int
    cancelled: int
    replaced: int
    replaces: str
    by_state: tuple[int, int, int, int, int, int]
    price: Decimal
    first_promise: date
    promise: date
    promise_rule: str
    eta: date | None
    eta_late: date | None
    eta_from: str
    cause: str
    waits: Message
    places: tuple[StoryPlace, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEvent:
    """Something that happened, who did it ("": the house itself) and when (UTC)."""

    at: datetime
    what: Message
    who: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryParcel:
    """One parcel of the order and where it stands."""

    sscc: str
    number: int
    state: str
    weight_g: int
    shipped_at: datetime | None
    manifest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStory:
    """Everything about one order on one page, for the customer's question; ``short`` answers it in one sentence."""

    order_id: int
    number: str
    customer_code: str
    customer: str
    channel: str
    address: tuple[str, ...]
    service: str
    placed_at: datetime
    leave_by: datetime
    promise: date
    ship_rule: str
    priority_class: int
    is_pinned: bool
    is_held: bool
    hold_reason: str
    is_paid: bool
    value_open: Decimal
    currency: str
    short: Message
    lines: tuple[StoryLine, ...]
    parcels: tuple[StoryParcel, ...]
    events: tuple[StoryEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a look-up found, with its orders.

    Kinds: order, customer, product, parcel, tote, lane, place, purchase, batch.
    """

    kind: str
    label: str
    orders: tuple[tuple[int, str, str], ...]
    """(order id, number, one word of state), the most urgent first."""
