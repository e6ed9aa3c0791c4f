"""What the demo warehouse consists of: frozen values, lengths in mm, weights in g, money in GBP, times aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from wms_desktop.domain.sscc import check_digit


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A generated name and address; the country is the real customer's."""

    name: str
    contact: str
    street: str
    town: str
    postcode: str
    country_code: str
    country: str
    email: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The warehouse itself and the settings that its rules need; ``gs1_prefix`` is GS1's own example prefix."""

    code: str
    address: Address
    timezone: str
    currency: str
    gs1_prefix: str
    over_receipt_percent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The grid of aisles: x of each aisle, y of front, middle and rear cross-aisle, in mm; work starts at the depot."""

    aisle_x_mm: tuple[int, ...]
    cross_aisle_y_mm: tuple[int, ...]
    bay_length_mm: int
    depot_x_mm: int
    depot_y_mm: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place that stock can stand in, or a virtual one (supplier, customer, scrap, adjustment).

    ``kind`` is supplier, customer, scrap, adjustment, dock, hold, bin, lane, bench, cart or truck. What does not
    apply is 0 or empty; lanes hold ``capacity_orders`` orders of one ``service``, trucks belong to a ``carrier``.
    """

    code: str
    kind: str
    zone: str = ""
    aisle: int = 0
    bay: int = 0
    side: str = ""
    level: int = 0
    x_mm: int = 0
    y_mm: int = 0
    walk_seq: int = 0
    capacity_mm3: int = 0
    max_weight_g: int = 0
    carrier: str = ""
    service: str = ""
    capacity_orders: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierService:
    """What a generated carrier offers: daily cut-off in site-local time, days until the parcel arrives, its lane."""

    code: str
    name: str
    carrier: str
    carrier_name: str
    cut_off: time
    transit_days: int
    lane: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """An article. ``source`` is uci (real name and price, in-store EAN) or usda (real barcode, brand and category).

    ``gtin`` is written as on the pack (12 or 13 digits), ``case_gtin`` (14 digits, "" without a case) stands for
    ``units_per_case`` units (0 without). ``generated`` says that sizes and weight are made up, as they all are here.
    What comes in of an ``inspected`` article is looked at before anybody gets it.
    """

    sku: str
    name: str
    brand: str
    category: str
    source: str
    gtin: str
    case_gtin: str
    units_per_case: int
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int
    velocity: str
    orders_in_month: int
    price: Decimal
    lot_tracked: bool
    expiry_tracked: bool
    supplier: str
    generated: bool = True
    inspected: bool = False

    @property
    def volume_mm3(self) -> int:
        """The volume of one unit's bounding box."""
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRow:
    """So many units of one article and lot in one bin; no lot is "" and no expiry None."""

    location: str
    sku: str
    quantity: int
    lot: str = ""
    expiry: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """A real order line: article, units, unit price."""

    line_no: int
    sku: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A real order with generated address, service, promise and priority (1 is the most urgent class).

    ``ship_policy`` is complete or available; ``leave_by`` the cut-off it was promised to; ``promised_on`` the
    site-local day on which the customer expects it.
    """

    number: str
    customer_code: str
    ship_to: Address
    placed_at: datetime
    service: str
    leave_by: datetime
    promised_on: date
    priority: int
    ship_policy: str
    value: Decimal
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplier:
    """Who sends goods; generated."""

    code: str
    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseLine:
    """What was bought: article, units, unit cost."""

    line_no: int
    sku: str
    quantity: int
    unit_cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder:
    """Goods on the way; ``pallets`` are the SSCCs announced by the supplier, where he did."""

    number: str
    supplier: str
    ordered_at: datetime
    due_at: datetime
    lines: tuple[PurchaseLine, ...]
    pallets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredPack:
    """One thing that the clerk takes from the pallet and scans: a closed case or a loose unit.

    ``barcode`` is what the scanner reads on it. Lot and expiry are printed on it where the article has them; on a
    case they are in the barcode too (GS1-128, with the symbology identifier), on a unit they must be typed.
    """

    kind: str
    sku: str
    barcode: str
    units: int
    lot: str = ""
    expiry: date | None = None
    damaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pallet:
    """A pallet of a delivery, in the order in which its packs come to hand."""

    sscc: str
    packs: tuple[DeliveredPack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What is really on the truck for a purchase order, which is not quite what was ordered."""

    po_number: str
    pallets: tuple[Pallet, ...]

    @property
    def packs(self) -> tuple[DeliveredPack, ...]:
        """Every pack, pallet after pallet."""
        return tuple(pack for pallet in self.pallets for pack in pallet.packs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A bin that holds something else than the book says, and where a picker who finds it short is helped.

    ``remedy`` is another_bin, dock (today's delivery brings it, nobody waits for it), none (a backorder) or
    surplus (more than the book says).
    """

    location: str
    sku: str
    book: int
    real: int
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Physical:
    """The truth beside the system's stock: what really lies in each bin, and what is really on the trucks."""

    stock: tuple[StockRow, ...]
    deliveries: tuple[Delivery, ...]
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Somebody on the floor; ``role`` is picker, packer, receiver, supervisor, buyer or admin; no PIN is ""."""

    badge: str
    name: str
    role: str
    pin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A place with a screen; ``kind`` is receive, pick, pack, ship or desk, ``location`` where its goods stand."""

    code: str
    kind: str
    name: str
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCode:
    """One barcode of the printable sheet for working the demo by hand: section, what is encoded, what it says."""

    section: str
    code: str
    text: str


def with_check_digit(body: str) -> str:
    """The digits of a GS1 key with their check digit behind them."""
    return f"{body}{check_digit(body)}"
