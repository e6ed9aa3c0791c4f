"""The demo warehouse stands in the database as the world says, on either engine, and can be worked at once."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, select

from wms_desktop.db import schema, tables
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.errors import Refusal
from wms_desktop.phrases import setup as phrases
from wms_desktop.prompts import Scan
from wms_desktop.services import codes, floor_plan, people, places, selfcheck, settings, shipping
from wms_desktop.shift import demo, world

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
WORLD = world.build(7, MORNING)
LIMIT_S = 5


def furnish(url: str) -> None:
    """Loads the demo into an empty database."""
    engine = open_engine(url)
    schema.upgrade(engine)
    demo.load(engine, WORLD)
    engine.dispose()


@pytest.fixture(scope="module")
def loaded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the demo, to copy from."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    furnish(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The loaded demo on either database, this test's own."""
    if request.param == "sqlite":
        source, folder = request.getfixturevalue("loaded_file"), request.getfixturevalue("tmp_path")
        url = f"sqlite:///{shutil.copy(source, folder / 'house.db')}"
    else:
        url = request.getfixturevalue("postgres_copy")("demo_loaded", furnish)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def ask(engine: Engine, question: Callable[[Any], Any]) -> Any:
    """The answer of a question to the database."""
    with reading(engine) as session:
        return question(session)


def count(engine: Engine, table: type[tables.Table]) -> int:
    """How many rows a table has."""
    return int(ask(engine, lambda s: s.scalar(select(func.count()).select_from(table))))


def test_every_row_of_the_world_is_there_once(house: Engine) -> None:
    lines = {tables.OrderLine: WORLD.orders, tables.PurchaseLine: WORLD.purchase_orders}
    wanted = {
        tables.Product: WORLD.products, tables.Location: WORLD.locations, tables.Order: WORLD.orders,
        tables.Supplier: WORLD.suppliers, tables.PurchaseOrder: WORLD.purchase_orders, tables.Movement: WORLD.stock,
        tables.CarrierService: WORLD.services, tables.Customer: {o.customer_code for o in WORLD.orders},
    }  # fmt: skip
    with_house = {tables.Operator: WORLD.operators, tables.Station: WORLD.stations, tables.Plate: WORLD.totes}

    assert {table: count(house, table) for table in wanted} == {table: len(rows) for table, rows in wanted.items()}
    assert {t: count(house, t) - 1 for t in with_house} == {t: len(rows) for t, rows in with_house.items()}
    assert {t: count(house, t) for t in lines} == {t: sum(len(r.lines) for r in rows) for t, rows in lines.items()}


def test_the_balances_are_what_the_ledger_says_and_the_world_holds(house: Engine) -> None:
    rows = ask(house, lambda s: s.execute(
        select(tables.Location.code, tables.Product.sku, tables.Lot.code, tables.Stock.on_hand)
        .join(tables.Location, tables.Location.id == tables.Stock.location_id)
        .join(tables.Product, tables.Product.id == tables.Stock.product_id)
        .join(tables.Lot, tables.Lot.id == tables.Stock.lot_id)
        .where(tables.Location.kind == "bin")
    ).all())  # fmt: skip

    assert Counter({tuple(row[:3]): row[3] for row in rows}) == Counter(
        {(row.location, row.sku, row.lot): row.quantity for row in WORLD.stock}
    )
    assert ask(house, selfcheck.find_differences) == []
    assert ask(house, lambda s: s.scalar(select(func.sum(tables.Stock.on_hand)))) == 0


def test_every_barcode_of_the_demo_finds_its_product_and_units(house: Engine) -> None:
    names = {product.sku: product.name for product in WORLD.products}
    wanted = [(p.gtin, p.name, 1) for p in WORLD.products]
    wanted += [(p.case_gtin, p.name, p.units_per_case) for p in WORLD.products if p.case_gtin]
    wanted += [(k.barcode, names[k.sku], k.units) for d in WORLD.physical.deliveries for k in d.packs]

    def scan_all(session: Any) -> list[tuple[str, str, int]]:
        found = [(code, codes.resolve(session, code, ("product",))) for code, _, _ in wanted]
        return [(code, one.name, one.units) for code, one in found if one.kind == "product"]

    assert ask(house, scan_all) == wanted


def test_every_other_code_of_the_printable_sheet_is_understood(house: Engine) -> None:
    announced = {f"]C100{pallet.sscc}" for d in WORLD.physical.deliveries for pallet in d.pallets}
    sheet = [row for row in WORLD.barcode_sheet() if row.code not in announced]
    kinds = {"badges": {"operator"}, "totes": {"tote"}, "bins": {"bin", "product"},
             "goods on the truck": {"product"}}  # fmt: skip
    found = ask(house, lambda s: [(row.section, codes.resolve(s, row.code).kind) for row in sheet])

    assert len(found) > 60
    assert all(kind in kinds[section] for section, kind in found if section in kinds)
    assert {kind for section, kind in found if section == "deliveries"} == {"purchase_order"}
    places_found = {kind for section, kind in found if section == "places"}
    assert places_found == {"dock", "hold", "lane", "bench", "cart", "truck"}


def test_lanes_and_trucks_know_whom_they_serve(house: Engine) -> None:
    place, service = tables.Location, tables.CarrierService
    query = select(place.code, service.code).join(service, service.id == place.service_id).where(place.kind == "lane")
    lanes = ask(house, lambda s: {tuple(row) for row in s.execute(query)})
    trucks = ask(house, lambda s: s.execute(select(place.id, place.code).where(place.kind == "truck")).all())
    carriers = {row.code: ask(house, lambda s, row=row: shipping.carrier_of(s, row.id)) for row in trucks}

    assert lanes == {(s.lane, s.code) for s in WORLD.services}
    assert carriers == {f"TRUCK-{s.carrier}": s.carrier_name for s in WORLD.services}


def test_the_floor_is_the_one_that_the_world_was_laid_out_on(house: Engine) -> None:
    floor = ask(house, floor_plan.load)
    plan = floor.layout

    assert floor.columns == {aisle: aisle for aisle in range(len(WORLD.layout.aisle_x_mm))}
    assert (plan.aisles, plan.cross_aisles) == (WORLD.layout.aisle_x_mm, WORLD.layout.cross_aisle_y_mm)
    assert (plan.depot.x, plan.depot.y) == (WORLD.layout.depot_x_mm, WORLD.layout.depot_y_mm)


def test_the_house_says_that_its_data_is_generated_and_whose_the_real_part_is(house: Engine) -> None:
    note = ask(house, lambda s: settings.get(s, "demo_note"))

    assert WORLD.generated in note
    assert all(citation in note for citation in WORLD.citations)
    assert ask(house, lambda s: settings.get(s, "company_prefix")) == WORLD.site.gs1_prefix
    assert ask(house, lambda s: s.scalar(select(tables.Warehouse.timezone))) == "Europe/London"


def test_people_sign_on_with_the_pins_of_their_sheet(house: Engine) -> None:
    station = ask(house, lambda s: s.scalar(select(tables.Station.id).where(tables.Station.code == "PICK-1")))
    boss = next(row for row in WORLD.operators if row.role == "supervisor")

    def sign_on(text: str, pin_ok: bool | None) -> None:
        with writing(house) as session:
            people.answer(session, people.house_context(MORNING, text, station), Scan(text), pin_ok)

    sign_on(boss.badge, None)
    sign_on(boss.pin, people.verify_pin(house, station, boss.pin))

    assert ask(house, lambda s: people.get_signed_on(s, station)).name == boss.name
    assert ask(house, lambda s: s.scalar(select(tables.Station.kind).where(tables.Station.code == "DOCK-A"))) == "dock"


def test_a_second_demo_is_refused_with_a_sentence_and_changes_nothing(house: Engine) -> None:
    before = ask(house, selfcheck.count_proved)
    for other in (WORLD, world.build(8, MORNING)):
        with pytest.raises(Refusal) as refused:
            demo.load(house, other)

        assert phrases.TEXTS[refused.value.code].startswith("This database holds a warehouse already.")
    assert ask(house, selfcheck.count_proved) == before


def test_the_day_opens_with_stock_reserved_and_todays_batches_ready(house: Engine) -> None:
    opening = demo.first_allocation(house, WORLD)
    zone = ZoneInfo(WORLD.site.timezone)
    batched = select(tables.Order.number).join(tables.BatchOrder, tables.BatchOrder.order_id == tables.Order.id)
    numbers = set(ask(house, lambda s: s.scalars(batched).all()))
    leaving = {o.number for o in WORLD.orders if o.leave_by.astimezone(zone).date() == MORNING.date()}

    assert count(house, tables.Batch) == len(opening.batches) >= 5
    assert opening.units == ask(house, lambda s: s.scalar(select(func.sum(tables.OrderLine.reserved)))) > 0
    assert numbers
    assert numbers <= leaving
    assert ask(house, selfcheck.find_differences) == []


def test_the_day_is_opened_once_however_often_it_is_asked(house: Engine) -> None:
    first = demo.first_allocation(house, WORLD)
    again = demo.first_allocation(house, WORLD)

    assert (again.units, again.batches) == (0, ())
    assert count(house, tables.Batch) == len(first.batches)


@pytest.mark.parametrize("spoilt", ["orders", "stock"])
def test_a_world_with_a_wrong_row_leaves_an_empty_house(tmp_path: Path, spoilt: str) -> None:
    rows = getattr(WORLD, spoilt)
    bad = replace(WORLD, **{spoilt: (*rows, rows[0])})
    engine = open_engine(f"sqlite:///{tmp_path / 'bad.db'}")
    schema.upgrade(engine)
    with pytest.raises(Refusal, match=r"input\.twice"):
        demo.load(engine, bad)

    assert not ask(engine, places.is_furnished)
    assert (count(engine, tables.Product), count(engine, tables.Movement)) == (0, 0)
    engine.dispose()


def test_loading_is_quick_and_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    engine = open_engine(f"sqlite:///{tmp_path / 'quick.db'}")
    schema.upgrade(engine)
    begun = time.process_time()
    demo.load(engine, WORLD, lambda part, done, of: told.append((part, done, of)))
    took = time.process_time() - begun
    engine.dispose()

    assert told == [("people", 0, 2), ("warehouse", 1, 2), ("warehouse", 2, 2)]
    assert took < LIMIT_S
