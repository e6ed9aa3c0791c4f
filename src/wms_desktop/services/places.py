"""Puts up the house: the warehouse, its places, plates and stations, and what stands there on the first day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import reading
from wms_desktop.db.places import KINDS, VIRTUAL_KINDS
from wms_desktop.db.tables import NO_LOT, CarrierService, Location, Lot, Plate, Product, Station, Stock, Warehouse
from wms_desktop.errors import BadInput
from wms_desktop.services import inventory
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import AT_ONCE, Entry, check_new, entries, find_ids, insert_rows
from wms_desktop.services.inventory import Goods, Spot

PLATE_KINDS = ("tote", "pallet", "carton")
STATION_KINDS = ("dock", "pick", "pack", "ship", "desk")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLocation:
    """A place; ``aisle`` counts from 0 (None: in no aisle), ``service`` is a carrier service's code or empty.

    ``x_mm`` and ``y_mm`` are its point on the walk, capacity in cubic millimetres and grams (0: no limit).
    """

    code: str
    kind: str
    aisle: int | None = None
    level: int = 0
    x_mm: int = 0
    y_mm: int = 0
    walk_seq: int = 0
    zone: str = ""
    capacity_mm3: int = 0
    max_weight_g: int = 0
    service: str = ""
    capacity_orders: int = 0


@dataclass(frozen=True, slots=True)
class NewPlate:
    """A licence plate: tote, pallet or carton."""

    code: str
    kind: str = "tote"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStation:
    """A workplace; ``location`` is the code of the place its goods stand on (empty: none)."""

    code: str
    kind: str
    location: str = ""
    label_printer: str = "labels"
    paper_printer: str = "paper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Units of a product (its sku) and lot that stand at a place (its code) before the first movement."""

    location: str
    product: str
    qty: int
    lot: str = ""


def add_warehouse(session: Session, code: str, name: str, timezone: str) -> int:
    """Adds the site; gives its id. Raises BadInput for an unknown time zone or a code that is taken."""
    entry = Entry("warehouses", 1)
    entry.code("code", code)
    entry.text("name", name)
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise entry.refusal("unknown_zone", "timezone", timezone) from unknown
    check_new(session, "warehouses", Warehouse.code, [code])
    return insert_rows(session, Warehouse, [{"code": code, "name": name, "timezone": timezone}])[0]


def is_furnished(session: Session) -> bool:
    """Whether the house has a site already."""
    return session.scalar(select(Warehouse.id).limit(1)) is not None


def is_house_furnished(engine: Engine) -> bool:
    """The same, asked of a database that nobody has opened yet."""
    with reading(engine) as session:
        return is_furnished(session)


def add_locations(session: Session, warehouse_id: int, rows: Sequence[NewLocation]) -> dict[str, int]:
    """Adds places; gives their ids by code. Raises BadInput and adds none when one row is wrong."""
    services = find_ids(session, CarrierService.code, CarrierService.id, [row.service for row in rows if row.service])
    made = []
    for entry, row in entries("locations", rows):
        entry.code("code", row.code)
        entry.one_of("kind", row.kind, KINDS)
        entry.maybe_text("zone", row.zone)
        for field in ("level", "walk_seq", "capacity_mm3", "max_weight_g", "capacity_orders"):
            entry.at_least(field, getattr(row, field), 0)
        if row.aisle is not None:
            entry.at_least("aisle", row.aisle, 0)
        facts = {name: getattr(row, name) for name in NewLocation.__slots__ if name != "service"}
        facts["service_id"] = entry.known("service", row.service, services) if row.service else None
        made.append(facts | {"warehouse_id": warehouse_id, "is_virtual": row.kind in VIRTUAL_KINDS})
    codes = [row.code for row in rows]
    check_new(session, "locations", Location.code, codes)
    return dict(zip(codes, insert_rows(session, Location, made), strict=True))


def add_plates(session: Session, rows: Sequence[NewPlate]) -> None:
    """Adds licence plates. Raises BadInput and adds none when one row is wrong."""
    for entry, row in entries("plates", rows):
        entry.code("code", row.code)
        entry.one_of("kind", row.kind, PLATE_KINDS)
    check_new(session, "plates", Plate.code, [row.code for row in rows])
    insert_rows(session, Plate, [{"code": row.code, "kind": row.kind} for row in rows])


def add_stations(session: Session, rows: Sequence[NewStation]) -> dict[str, int]:
    """Adds workplaces; gives their ids by code. Raises BadInput and adds none when one row is wrong."""
    places = find_ids(session, Location.code, Location.id, [row.location for row in rows if row.location])
    made = []
    for entry, row in entries("stations", rows):
        entry.code("code", row.code)
        entry.one_of("kind", row.kind, STATION_KINDS)
        entry.text("label_printer", row.label_printer)
        entry.text("paper_printer", row.paper_printer)
        facts = {name: getattr(row, name) for name in NewStation.__slots__ if name != "location"}
        made.append(facts | {"location_id": entry.known("location", row.location, places) if row.location else None})
    codes = [row.code for row in rows]
    check_new(session, "stations", Station.code, codes)
    return dict(zip(codes, insert_rows(session, Station, made), strict=True))


def add_opening_stock(session: Session, context: Context, rows: Sequence[Standing]) -> None:
    """Posts what stands in the house before the first movement, from the adjustment place.

    Raises BadInput, and posts nothing, for an unknown place, product or lot, a missing lot where the product needs
    one, a quantity below 1, and goods that are listed twice or stand there already.
    """
    posted = _as_goods(session, rows)
    _check_untouched(session, rows, posted)
    source = session.scalar(select(Location.id).where(Location.kind == "adjustment").order_by(Location.id).limit(1))
    if source is None:
        raise BadInput("input.no_adjustment")
    if posted:
        inventory.open_stock(session, context, posted, source)


def _as_goods(session: Session, rows: Sequence[Standing]) -> list[tuple[Goods, Spot]]:
    places = find_ids(session, Location.code, Location.id, [row.location for row in rows])
    virtual = set(session.scalars(select(Location.id).where(Location.kind.in_(VIRTUAL_KINDS))))
    products = find_ids(session, Product.sku, Product.id, [row.product for row in rows])
    tracked = set(session.scalars(select(Product.id).where(Product.lot_tracked == True)))
    lots = {
        (row.product_id, row.code): row.id
        for row in session.execute(select(Lot.id, Lot.product_id, Lot.code).where(Lot.id != NO_LOT))
    }
    posted = []
    for entry, row in entries("opening stock", rows):
        entry.at_least("qty", row.qty, 1)
        place = entry.known("location", row.location, places)
        product = entry.known("product", row.product, products)
        if place in virtual:
            raise entry.refusal("not_a_place", "location", row.location)
        if product in tracked and not row.lot:
            raise entry.refusal("empty", "lot", row.lot)
        lot = lots.get((product, row.lot), NO_LOT)
        if row.lot and lot == NO_LOT:
            raise entry.refusal("unknown", "lot", row.lot)
        posted.append((Goods(product_id=product, qty=row.qty, lot_id=lot), Spot(location_id=place)))
    return posted


def _check_untouched(session: Session, rows: Sequence[Standing], posted: Sequence[tuple[Goods, Spot]]) -> None:
    """Each product and lot is listed once for a place, and never stood there before."""
    places = sorted({spot.location_id for _, spot in posted})
    known: set[tuple[int, ...]] = set()
    for start in range(0, len(places), AT_ONCE):
        found = select(Stock.product_id, Stock.lot_id, Stock.location_id).where(
            Stock.location_id.in_(places[start : start + AT_ONCE])
        )
        known |= {tuple(row) for row in session.execute(found)}
    first: dict[tuple[int, ...], int] = {}
    for (entry, row), (goods, spot) in zip(entries("opening stock", rows), posted, strict=True):
        key = (goods.product_id, goods.lot_id, spot.location_id)
        if key in first:
            raise entry.refusal("twice", "location", row.location, first=first[key])
        if key in known:
            raise entry.refusal("taken", "location", row.location)
        first[key] = entry.row
