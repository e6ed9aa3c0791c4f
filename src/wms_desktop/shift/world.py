"""The demo warehouse as one frozen value: what the system believes, and beside it what really lies where."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from wms_desktop.shift import world_places
from wms_desktop.shift.world_facts import (
    CarrierService,
    Layout,
    Location,
    Operator,
    Order,
    Physical,
    Product,
    PurchaseOrder,
    SheetCode,
    Site,
    Station,
    StockRow,
    Supplier,
)
from wms_desktop.shift.world_orders import SITE_ZONE, Moment, address, orders, words
from wms_desktop.shift.world_plan import SHOWCASE_CASE, Plan, plan
from wms_desktop.shift.world_products import case_barcode, products
from wms_desktop.shift.world_stock import opening_stock, physical_stock
from wms_desktop.shift.world_supply import GS1_EXAMPLE_PREFIX, supply

CITATIONS = (
    "Chen, D. (2015). Online Retail [Dataset]. UCI Machine Learning Repository. "
    "https://doi.org/10.24432/C5BW33. CC BY 4.0; changed: see resources/demo/README.md.",
    "U.S. Department of Agriculture, Agricultural Research Service. FoodData Central: Branded Foods. "
    "https://fdc.nal.usda.gov. CC0 1.0.",
)
GENERATED = (
    "Sizes, weights, in-store barcodes (29...), case sizes, stock, names, addresses, carriers, promises, suppliers "
    "and deliveries of this demo are generated; articles, order lines, customer codes and countries are real."
)
OVER_RECEIPT_PERCENT = 10
DESK_KEYS = (
    ("YES", "Yes"),
    ("SHORT", "Not there / short"),
    ("DECLINE", "Not to the lane"),
    ("FIND", "Find"),
    ("UNDO", "Undo the last scan"),
    ("REPRINT", "Print again"),
    ("NEXT_PARCEL", "Next parcel"),
    ("SKIP", "Skip"),
    ("WHY", "Why?"),
    ("DONE", "Done"),
    ("DAMAGED", "Damaged"),
    ("BACK", "Back"),
    ("LOCK", "Lock"),
)
SHEET_ITEMS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A whole small warehouse at one instant; equal seeds and instants make equal worlds."""

    seed: int
    now: datetime
    site: Site
    layout: Layout
    services: tuple[CarrierService, ...]
    products: tuple[Product, ...]
    locations: tuple[Location, ...]
    totes: tuple[str, ...]
    stock: tuple[StockRow, ...]
    orders: tuple[Order, ...]
    suppliers: tuple[Supplier, ...]
    purchase_orders: tuple[PurchaseOrder, ...]
    operators: tuple[Operator, ...]
    stations: tuple[Station, ...]
    physical: Physical
    plan: Plan
    citations: tuple[str, ...] = CITATIONS
    generated: str = GENERATED

    def barcode_sheet(self) -> tuple[SheetCode, ...]:
        """What a person needs on paper to work the demo by hand, section by section."""
        return tuple(_sheet(self))


def build(seed: int, now: datetime) -> World:
    """Makes the warehouse of that seed as it stands at ``now`` (aware UTC); pure, in well under a second."""
    catalogue = products(seed)
    demanded = orders(seed, now, catalogue)
    parts = plan(seed, now, demanded, catalogue)
    catalogue = tuple(_as_showcase(product) if product.sku == parts.showcase else product for product in catalogue)
    catalogue = tuple(replace(product, inspected=product.sku == parts.inspected) for product in catalogue)
    incoming = supply(seed, now, demanded, catalogue, parts)
    catalogue = tuple(replace(product, supplier=incoming.supplier_of[product.sku]) for product in catalogue)
    locations = world_places.locations()
    bins = [place for place in locations if place.kind == "bin"]
    book = opening_stock(catalogue, demanded, bins, parts, seed=seed, today=Moment(now).today)
    real, differences = physical_stock(seed, book, demanded, parts)
    return World(
        seed=seed,
        now=now,
        site=_site(seed),
        layout=world_places.layout(),
        services=world_places.SERVICES,
        products=catalogue,
        locations=locations,
        totes=world_places.TOTES,
        stock=book,
        orders=demanded,
        suppliers=incoming.suppliers,
        purchase_orders=incoming.purchase_orders,
        operators=world_places.operators(_people(seed)),
        stations=world_places.STATIONS,
        physical=Physical(stock=real, deliveries=incoming.deliveries, differences=differences),
        plan=parts,
    )


def _as_showcase(product: Product) -> Product:
    return replace(product, units_per_case=SHOWCASE_CASE, case_gtin=case_barcode(product.gtin))


def _site(seed: int) -> Site:
    rng = random.Random(f"{seed}:site")
    return Site(
        code="DEMO",
        address=address(rng, "United Kingdom", "Demo Warehouse (generated)"),
        timezone=SITE_ZONE,
        currency="GBP",
        gs1_prefix=GS1_EXAMPLE_PREFIX,
        over_receipt_percent=OVER_RECEIPT_PERCENT,
    )


def _people(seed: int) -> list[str]:
    rng = random.Random(f"{seed}:people")
    count = len(world_places.OPERATOR_ROLES)
    firsts, lasts = rng.sample(words()["first_names"], count), rng.sample(words()["last_names"], count)
    return [f"{first} {last}" for first, last in zip(firsts, lasts, strict=True)]


def _sheet(world: World) -> Iterator[SheetCode]:
    for operator in world.operators:
        pin = f", PIN {operator.pin}" if operator.pin else ""
        yield SheetCode(section="badges", code=operator.badge, text=f"{operator.name}, {operator.role}{pin}")
    for key, text in DESK_KEYS:
        yield SheetCode(section="keys", code=f"WMS-KEY-{key}", text=text)
    for delivery in world.physical.deliveries:
        yield SheetCode(section="deliveries", code=delivery.po_number, text=f"Purchase order {delivery.po_number}")
        for pallet in delivery.pallets:
            yield SheetCode(section="deliveries", code=f"]C100{pallet.sscc}", text=f"Pallet {pallet.sscc}")
    for place in world.locations:
        if place.kind in ("dock", "hold", "lane", "bench", "truck", "cart"):
            yield SheetCode(
                section="places", code=place.code, text=f"{place.kind} {place.service or place.carrier}".strip()
            )
    for tote in world.totes[:12]:
        yield SheetCode(section="totes", code=tote, text="")
    yield from _sheet_goods(world)


def _sheet_goods(world: World) -> Iterator[SheetCode]:
    """The first articles on the first truck, then bins of articles that many orders want, each with its article."""
    names = {product.sku: product for product in world.products}
    packs = {(pack.sku, pack.kind): pack for pack in reversed(world.physical.deliveries[0].packs)}
    for sku in list(dict.fromkeys(pack.sku for pack in world.physical.deliveries[0].packs))[:SHEET_ITEMS]:
        for kind in ("case", "unit"):
            pack = packs.get((sku, kind))
            if pack:
                text = f"{names[sku].name}, {kind} of {pack.units}"
                yield SheetCode(section="goods on the truck", code=pack.barcode, text=text)
    bin_of = {row.sku: row.location for row in reversed(world.stock)}
    wanted = sorted(bin_of, key=lambda sku: (-names[sku].orders_in_month, sku))
    for sku in wanted[:SHEET_ITEMS]:
        yield SheetCode(section="bins", code=bin_of[sku], text=names[sku].name)
        yield SheetCode(section="bins", code=names[sku].gtin, text=names[sku].name)
