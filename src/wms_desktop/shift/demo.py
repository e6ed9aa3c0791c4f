"""Puts the demo warehouse into an empty database, through the same services that take in a real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wms_desktop.changes import Changes
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import (
    allocation,
    batches,
    catalog,
    commands,
    inbound,
    orders,
    people,
    places,
    purchasing,
    settings,
)
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import Engine, Session
from wms_desktop.shift.world import World, build
from wms_desktop.shift.world_facts import Location, Product, PurchaseOrder

STATION_KINDS = {"receive": "dock"}
Progress = Callable[[str, int, int], None]
_WORKFLOW = "setup"
_UNLOADING = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """How the first morning begins: units reserved for orders, and the batches that wait for their pickers."""

    units: int
    orders: int
    batches: tuple[str, ...]
    metres: int


def load(engine: Engine, world: World, progress: Progress = lambda _part, _done, _of: None) -> None:
    """Fills an empty, upgraded database with the world, in one transaction: after a crash it is all there or empty.

    ``progress(part, done, of)`` is called between the parts (people, warehouse), never inside the transaction.
    Raises Refusal `demo_not_empty` when the house has a site already, and leaves it as it is.
    """
    progress("people", 0, 2)
    staff = _operators(world)
    progress("warehouse", 1, 2)
    context = people.house_context(world.now, f"demo-{world.seed}")
    if _carry_out(engine, context, lambda session, inside: _fill(session, inside, world, staff)).replayed:
        raise Refusal("demo_not_empty")
    progress("warehouse", 2, 2)


def fill_if_empty(engine: Engine, seed: int, now: datetime) -> bool:
    """Makes the demo in a house that has no site yet; False (and nothing done) when it has one."""
    if places.is_house_furnished(engine):
        return False
    made = build(seed, now)
    load(engine, made)
    first_allocation(engine, made)
    return True


def first_allocation(engine: Engine, world: World) -> Opening:
    """Reserves the stock for all orders and forms the batches of today's wave, as the night shift would have done.

    Two commands, each carried out once however often this is called (a second call gives empty figures).
    """
    zone = ZoneInfo(world.site.timezone)
    today = world.now.astimezone(zone).date()
    wave = [order.number for order in world.orders if order.leave_by.astimezone(zone).date() == today]
    found: dict[str, Opening] = {}

    def reserve(session: Session, context: Context) -> Answer:
        allocation.allocate(session, context)
        units, count = orders.count_reserved(session)
        found["reserved"] = Opening(units=units, orders=count, batches=(), metres=0)
        return batches.answer(session, context, Message("demo_reserved", {"units": units, "orders": count}))

    def form(session: Session, context: Context) -> Answer:
        made = batches.form_batches(session, context, order_ids=orders.list_ids(session, wave))
        found["formed"] = Opening(units=0, orders=made.orders, batches=made.numbers, metres=made.metres)
        return batches.answer(session, context, batches.formed_message(made))

    for part, act in (("allocation", reserve), ("batches", form)):
        _carry_out(engine, people.house_context(world.now, f"demo-{world.seed}-{part}"), act)
    none = Opening(units=0, orders=0, batches=(), metres=0)
    reserved, formed = found.get("reserved", none), found.get("formed", none)
    return Opening(units=reserved.units, orders=reserved.orders, batches=formed.batches, metres=formed.metres)


def _carry_out(engine: Engine, context: Context, act: commands.Act) -> Answer:
    """Runs one command of the house; what it refuses is raised."""
    answer = commands.run(engine, _WORKFLOW, f"demo {context.command_id}", context, act, people.prompt)
    if answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD):
        raise Refusal(answer.message.code, **answer.message.args)
    return answer


def _fill(session: Session, context: Context, world: World, staff: list[people.NewOperator]) -> Answer:
    if places.is_furnished(session):
        raise Refusal("demo_not_empty")
    _add_house(session, world, staff)
    _add_goods(session, context, world)
    orders.add_orders(session, list(_orders(world)))
    numbers = purchasing.add_purchases(session, list(_purchases(world)))
    for announced in world.purchase_orders:
        if announced.pallets:
            _announce(session, context, world, announced, numbers[announced.number])
    bins = sum(place.kind == "bin" for place in world.locations)
    args = {"products": len(world.products), "bins": bins, "orders": len(world.orders)}
    return Answer(
        outcome=Outcome.JOB_COMPLETE,
        message=Message("demo_loaded", args),
        prompt=people.prompt(session, context),
        changes=~Changes.NONE,
    )


def _add_house(session: Session, world: World, staff: list[people.NewOperator]) -> None:
    site = world.site
    for name, value in _settings(world).items():
        settings.put(session, name, value)
    warehouse_id = places.add_warehouse(session, site.code, site.address.name, site.timezone)
    catalog.add_services(
        session,
        [
            catalog.NewService(service.code, service.carrier_name, service.name, sort_code=service.code)
            for service in world.services
        ],
    )
    places.add_locations(session, warehouse_id, [_location(world, place) for place in world.locations])
    places.add_plates(session, [places.NewPlate(code) for code in world.totes])
    places.add_stations(
        session,
        [
            places.NewStation(code=row.code, kind=STATION_KINDS.get(row.kind, row.kind), location=row.location)
            for row in world.stations
        ],
    )
    people.add_operators(session, staff)


def _add_goods(session: Session, context: Context, world: World) -> None:
    names = {order.customer_code: order for order in world.orders}
    catalog.add_customers(
        session,
        [catalog.NewCustomer(code, first.ship_to.name, first.priority) for code, first in names.items()],
    )
    catalog.add_suppliers(session, [catalog.NewSupplier(row.code, row.address.name) for row in world.suppliers])
    catalog.add_products(session, [_product(row) for row in world.products])
    catalog.add_barcodes(session, list(_barcodes(world)))
    lots = {(row.sku, row.lot): row.expiry for row in world.stock if row.lot}
    catalog.add_lots(session, [catalog.NewLot(sku, lot, expiry) for (sku, lot), expiry in lots.items()])
    standing = [
        places.Standing(location=row.location, product=row.sku, qty=row.quantity, lot=row.lot) for row in world.stock
    ]
    places.add_opening_stock(session, context, standing)


def _settings(world: World) -> dict[str, str]:
    site, layout = world.site, world.layout
    address = site.address
    sender = (address.name, address.street, f"{address.town} {address.postcode}", address.country_code)
    return {
        "site": site.code,
        "currency": site.currency,
        "company_prefix": site.gs1_prefix,
        "sender": "\n".join(sender),
        "over_receipt_percent": str(site.over_receipt_percent),
        "cross_aisles_mm": ",".join(str(y) for y in layout.cross_aisle_y_mm),
        "depot": f"{layout.depot_x_mm},{layout.depot_y_mm}",
        "demo_note": "\n".join((world.generated, *world.citations)),
    }


def _location(world: World, place: Location) -> places.NewLocation:
    """A lane serves its service; a truck any service of its carrier, of which it bears the first."""
    of_carrier = (service.code for service in world.services if service.carrier == place.carrier)
    return places.NewLocation(
        code=place.code,
        kind=place.kind,
        aisle=place.aisle - 1 if place.kind == "bin" else None,
        level=place.level,
        x_mm=place.x_mm,
        y_mm=place.y_mm,
        walk_seq=place.walk_seq,
        zone=place.zone,
        capacity_mm3=place.capacity_mm3,
        max_weight_g=place.max_weight_g,
        service=place.service or next(of_carrier, ""),
        capacity_orders=place.capacity_orders,
    )


def _operators(world: World) -> list[people.NewOperator]:
    """The people with their PINs hashed, which is slow and therefore done before the transaction."""
    return [
        people.NewOperator(
            badge=row.badge, name=row.name, role=row.role, pin_hash=people.hash_pin(row.pin) if row.pin else ""
        )
        for row in world.operators
    ]


def _product(row: Product) -> catalog.NewProduct:
    return catalog.NewProduct(
        sku=row.sku,
        name=row.name,
        brand=row.brand,
        category=row.category,
        weight_g=row.weight_g,
        length_mm=row.length_mm,
        width_mm=row.width_mm,
        height_mm=row.height_mm,
        velocity=row.velocity,
        lot_tracked=row.lot_tracked,
        expiry_tracked=row.expiry_tracked,
        price=row.price,
        is_inspected=row.inspected,
    )


def _announce(session: Session, context: Context, world: World, purchase: PurchaseOrder, purchase_id: int) -> None:
    """The supplier's notice says that all is on the way, and on which pallet; the truck is booked at its hour."""
    on = {
        pack.sku: pallet.sscc
        for delivery in world.physical.deliveries
        if delivery.po_number == purchase.number
        for pallet in delivery.pallets
        for pack in pallet.packs
    }
    lines = [
        inbound.TypedLine(line=line_id, qty=line.quantity, package=on.get(line.sku, purchase.pallets[0]))
        for line, line_id in zip(purchase.lines, purchasing.list_line_ids(session, purchase_id), strict=True)
    ]
    day = purchase.due_at.astimezone(ZoneInfo(world.site.timezone)).date()
    notice = inbound.enter_notice(session, context, purchase_id, f"ASN-{purchase.number}", day, lines)
    window = inbound.Window(opens_at=purchase.due_at, closes_at=purchase.due_at + _UNLOADING)
    inbound.book(session, context, [(purchase_id, notice.id)], window, "Demo Haulage")


def _barcodes(world: World) -> Iterator[catalog.NewBarcode]:
    for row in world.products:
        yield catalog.NewBarcode(row.sku, row.gtin)
        if row.case_gtin:
            yield catalog.NewBarcode(row.sku, row.case_gtin, row.units_per_case)


def _orders(world: World) -> Iterator[orders.NewOrder]:
    for row in world.orders:
        yield orders.NewOrder(
            number=row.number,
            customer=row.customer_code,
            service=row.service,
            placed_at=row.placed_at,
            leave_by=row.leave_by,
            promise=row.promised_on,
            priority_class=row.priority,
            ship_rule=row.ship_policy,
            currency=world.site.currency,
            ship_name=row.ship_to.name,
            street=row.ship_to.street,
            city=row.ship_to.town,
            postcode=row.ship_to.postcode,
            country=row.ship_to.country_code,
            lines=tuple(orders.NewOrderLine(line.sku, line.quantity, line.unit_price) for line in row.lines),
        )


def _purchases(world: World) -> Iterator[purchasing.NewPurchase]:
    """Purchase orders, due on the site's calendar day of their arrival."""
    zone = ZoneInfo(world.site.timezone)
    for row in world.purchase_orders:
        yield purchasing.NewPurchase(
            number=row.number,
            supplier=row.supplier,
            due=row.due_at.astimezone(zone).date(),
            lines=tuple(purchasing.NewPurchaseLine(line.sku, line.quantity, line.unit_cost) for line in row.lines),
        )
