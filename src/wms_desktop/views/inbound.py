"""What the inbound desk shows: trucks with what they bring and complete, docks by the hour, suppliers' records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

TRUCK_STATES = ("here", "expected", "missed", "done", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckRow:
    """A truck: what it brings in units, and what its goods complete.

    ``units`` are those announced and still to come with those received of it already; ``planned`` of them are for
    orders, planned or here already. It ``completes`` so many orders, found by ``method`` (stated, search, solver; "":
    not shared out), and no sharing-out could complete more than ``bound`` (None: not proven since the plan was mended);
    ``sharing`` is how that stands (`services.dock_sharing.how_it_stands`). ``late_minutes``: past the end of its window
    without having come, or how late it came; ``is_late``: more than the house allows.
    """

    delivery_id: int
    number: str
    state: str
    suppliers: tuple[str, ...]
    purchases: tuple[str, ...]
    notices: tuple[str, ...]
    purchase_ids: tuple[int, ...]
    opens_at: datetime | None
    closes_at: datetime | None
    dock_id: int | None
    dock: str
    carrier: str
    note: str
    checked_in_at: datetime | None
    done_at: datetime | None
    units: int
    received: int
    lines: int
    planned: int
    completes: int
    bound: int | None
    method: str
    sharing: str
    late_minutes: int
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A shipping notice that is on its way, with its units still to come."""

    notice_id: int
    number: str
    due: date
    units: int
    truck: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPurchase:
    """An open purchase order: what is still due of it, what was announced, and the truck that brings it ("": none)."""

    purchase_id: int
    number: str
    supplier: str
    due: date
    lines: int
    units: int
    notices: tuple[NoticeRow, ...]
    truck: str
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundBoard:
    """Trucks (here, expected, missed, done today) and open purchase orders; ``docks`` as (id, code)."""

    at: datetime
    today: date
    trucks: tuple[TruckRow, ...]
    purchases: tuple[OpenPurchase, ...]
    docks: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Units of a truck's line for one order line; lane "": none is booked yet. ``state``: the peg's, or fetched."""

    order_id: int
    line_id: int
    order: str
    customer: str
    units: int
    lane: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckLine:
    """One purchase line that the truck brings: ``units`` in all, ``received`` of them, ``rest`` for nobody yet."""

    purchase: str
    line_no: int
    sku: str
    product: str
    units: int
    received: int
    rest: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One line of a notice: which lot in which package."""

    notice: str
    line_no: int
    sku: str
    lot: str
    expiry: date | None
    package: str
    units: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A pallet or carton that was announced; ``parent`` is the pallet it stands on ("": none)."""

    code: str
    kind: str
    parent: str
    state: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckView:
    """One truck opened."""

    truck: TruckRow
    lines: tuple[TruckLine, ...]
    announced: tuple[Announced, ...]
    packages: tuple[Package, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """A line of a purchase order with what is still due and not announced yet."""

    line_id: int
    line_no: int
    sku: str
    product: str
    due: int
    unannounced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The docks on one site-local day, from ``begins`` to ``ends``; ``unplaced`` trucks have no window or no dock."""

    day: date
    begins: datetime
    ends: datetime
    docks: tuple[str, ...]
    trucks: tuple[TruckRow, ...]
    unplaced: tuple[TruckRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRecord:
    """What a supplier promised against what he did, over a year's closed purchase orders, notices and trucks.

    ``late_half`` and ``late_most`` are the days after the promised one by which half, and nine in ten, of the orders
    were complete (below 0: early; None: nothing came yet), ``notice_late_half`` and ``notice_late_most`` the same of
    announced shipments. Shares are 0 to 1. ``lead_days`` is what half of the orders took from order to goods, or the
    house's stated default (``is_lead_measured`` False).
    """

    supplier: str
    code: str
    orders: int
    on_time_share: float | None
    in_full_share: float | None
    units_share: float | None
    late_half: int | None
    late_most: int | None
    lead_days: int
    is_lead_measured: bool
    notices: int
    notice_late_half: int | None
    notice_late_most: int | None
    trucks: int
    trucks_late: int
    trucks_missed: int
