"""Products, barcodes, lots, places and stock come in many at once, or not at all with the row that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Barcode, CarrierService, Customer, Location, Lot, Plate, Product, Station, Supplier
from wms_desktop.errors import BadInput
from wms_desktop.phrases import setup as phrases
from wms_desktop.services import catalog, codes, places, selfcheck
from wms_desktop.services.catalog import NewBarcode, NewCustomer, NewLot, NewProduct, NewService, NewSupplier
from wms_desktop.services.places import NewLocation, NewPlate, NewStation, Standing

MUG = NewProduct(sku="MUG", name="Mug", price=Decimal("2.50"))
EAN, TYPO, UPC = "5012345678900", "5012345678901", "036000291452"
TABLES = (Product, Barcode, Lot, Customer, Supplier, CarrierService, Location, Plate, Station)
Add = Callable[[Session], object]


def sizes(house: House) -> list[int]:
    """How many rows each table has."""
    return house.read(lambda s: [s.scalar(select(func.count()).select_from(table)) for table in TABLES])


def refusal(house: House, act: Add) -> dict[str, Any]:
    """Why the act is refused; nothing is left of it, and its sentence can be said."""
    before = sizes(house)
    with pytest.raises(BadInput) as refused, writing(house.engine) as session:
        act(session)
    assert sizes(house) == before
    assert phrases.TEXTS[refused.value.code].format_map(refused.value.args_)
    return {"code": refused.value.code.removeprefix("input."), **refused.value.args_}


def named(house: House, act: Add) -> tuple[str, int, str]:
    """Rule, row and field of a refusal."""
    why = refusal(house, act)
    return why["code"], why["row"], why["field"]


def furnish(house: House) -> None:
    """Two products, one of them with lots, and two bins."""
    with writing(house.engine) as session:
        catalog.add_products(session, [MUG, NewProduct(sku="TEA", name="Tea", lot_tracked=True)])
        catalog.add_lots(session, [NewLot("TEA", "L1", date(2026, 9, 1))])
        places.add_locations(session, 1, [NewLocation(code=c, kind="bin", aisle=0) for c in ("A-1", "A-2")])


def test_a_scan_of_any_form_of_a_barcode_finds_the_product_and_its_units(house: House) -> None:
    furnish(house)
    rows = [NewBarcode("MUG", EAN), NewBarcode("MUG", "15012345678907", 24), NewBarcode("TEA", UPC)]
    with writing(house.engine) as session:
        catalog.add_barcodes(session, rows)
    scans = (EAN, f"]C101{EAN.zfill(14)}", "15012345678907", UPC, f"0{UPC}")
    found = [house.read(lambda s, scan=scan: codes.resolve(s, scan)) for scan in scans]

    assert [(f.name, f.units) for f in found] == [("Mug", 1), ("Mug", 1), ("Mug", 24), ("Tea", 1), ("Tea", 1)]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (replace(MUG, sku=""), ("empty", 2, "sku")),
        (replace(MUG, sku="CUP "), ("blanks", 2, "sku")),
        (replace(MUG, sku="TEA"), ("twice", 2, "sku")),
        (replace(MUG, sku="CUP", name="a\x00b"), ("unreadable", 2, "name")),
        (replace(MUG, sku="CUP", name="x" * 201), ("too_long", 2, "name")),
        (replace(MUG, sku="CUP", weight_g=-1), ("too_small", 2, "weight_g")),
        (replace(MUG, sku="CUP", velocity="D"), ("not_one_of", 2, "velocity")),
        (replace(MUG, sku="CUP", price=Decimal("0.00001")), ("not_money", 2, "price")),
        (replace(MUG, sku="CUP", price=Decimal("NaN")), ("not_money", 2, "price")),
        (replace(MUG, sku="CUP", price=Decimal(-1)), ("too_small", 2, "price")),
    ],
)
def test_a_wrong_product_is_named_and_none_comes_in(house: House, row: NewProduct, why: tuple[str, int, str]) -> None:
    rows = [replace(MUG, sku="TEA"), row]

    assert named(house, lambda session: catalog.add_products(session, rows)) == why


def test_a_product_that_is_in_the_house_is_refused_with_its_row(house: House) -> None:
    furnish(house)

    assert named(house, lambda s: catalog.add_products(s, [replace(MUG, sku="NEW"), MUG])) == ("taken", 2, "sku")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (NewBarcode("MUG", TYPO), ("check_digit", 2, "code")),
        (NewBarcode("NONE", "X-1"), ("unknown", 2, "product")),
        (NewBarcode("MUG", "X-1", 0), ("too_small", 2, "units")),
        (NewBarcode("MUG", f"0{EAN}"), ("twice", 2, "code")),
        (NewBarcode("MUG", "WMS-KEY-YES"), ("is_a_key", 2, "code")),
        (NewBarcode("MUG", ""), ("empty", 2, "code")),
    ],
)
def test_a_wrong_barcode_is_named_and_none_comes_in(house: House, row: NewBarcode, why: tuple[str, int, str]) -> None:
    furnish(house)

    assert named(house, lambda s: catalog.add_barcodes(s, [NewBarcode("TEA", EAN), row])) == why


def test_a_mistyped_barcode_says_the_digit_it_should_end_with(house: House) -> None:
    furnish(house)
    why = refusal(house, lambda session: catalog.add_barcodes(session, [NewBarcode("MUG", TYPO)]))

    assert (why["value"], why["wanted"]) == (TYPO, "0")


def test_a_barcode_cannot_name_two_products(house: House) -> None:
    furnish(house)
    with writing(house.engine) as session:
        catalog.add_barcodes(session, [NewBarcode("MUG", EAN)])

    assert named(house, lambda s: catalog.add_barcodes(s, [NewBarcode("TEA", EAN)])) == ("taken", 1, "code")


WRONG: list[tuple[Add, tuple[str, int, str]]] = [
    (lambda s: catalog.add_lots(s, [NewLot("TEA", "L1")]), ("taken", 1, "code")),
    (lambda s: catalog.add_lots(s, [NewLot("TEA", "L2"), NewLot("TEA", "L2")]), ("twice", 2, "code")),
    (lambda s: catalog.add_lots(s, [NewLot("NONE", "L2")]), ("unknown", 1, "product")),
    (lambda s: catalog.add_customers(s, [NewCustomer("C1", "Acme")]), ("taken", 1, "code")),
    (lambda s: catalog.add_customers(s, [NewCustomer("C2", "Acme", 0)]), ("not_one_of", 1, "priority_class")),
    (lambda s: catalog.add_suppliers(s, [NewSupplier("S2", "")]), ("empty", 1, "name")),
    (lambda s: catalog.add_services(s, [NewService("S9", "", "Fast")]), ("empty", 1, "carrier")),
    (lambda s: places.add_warehouse(s, "W2", "Two", "Mars/Base"), ("unknown_zone", 1, "timezone")),
    (lambda s: places.add_warehouse(s, "MAIN", "Two", "UTC"), ("taken", 1, "code")),
    (lambda s: places.add_locations(s, 1, [NewLocation(code="X", kind="shelf")]), ("not_one_of", 1, "kind")),
    (lambda s: places.add_locations(s, 1, [NewLocation(code="A-1", kind="bin")]), ("taken", 1, "code")),
    (lambda s: places.add_locations(s, 1, [NewLocation(code="X", kind="bin", aisle=-1)]), ("too_small", 1, "aisle")),
    (lambda s: places.add_locations(s, 1, [NewLocation(code="X", kind="lane", service="NO")]),
     ("unknown", 1, "service")),
    (lambda s: places.add_plates(s, [NewPlate("TOTE-01")]), ("taken", 1, "code")),
    (lambda s: places.add_plates(s, [NewPlate("P1", "crate")]), ("not_one_of", 1, "kind")),
    (lambda s: places.add_stations(s, [NewStation(code="Z", kind="pack", location="NO")]), ("unknown", 1, "location")),
    (lambda s: places.add_stations(s, [NewStation(code="Z", kind="bar")]), ("not_one_of", 1, "kind")),
]  # fmt: skip


@pytest.mark.parametrize(("act", "why"), WRONG)
def test_every_other_wrong_row_is_named_too(house: House, act: Add, why: tuple[str, int, str]) -> None:
    furnish(house)

    assert named(house, act) == why


def opened(house: House, *rows: Standing) -> Add:
    """The act of posting opening stock."""
    context = house.context(command="opening")
    return lambda session: places.add_opening_stock(session, context, rows)


def test_opening_stock_stands_where_it_was_said_and_the_ledger_proves_it(house: House) -> None:
    furnish(house)
    rows = (Standing(location="A-1", product="MUG", qty=5), Standing(location="A-2", product="TEA", qty=7, lot="L1"))
    with writing(house.engine) as session:
        opened(house, *rows)(session)
    mug, tea = house.read(lambda s: s.scalars(select(Product.id).order_by(Product.sku)).all())

    assert (house.on_hand("A-1", mug), house.on_hand("A-2", tea), house.on_hand("ADJUSTMENT", tea)) == (5, 7, -7)
    assert house.read(selfcheck.find_differences) == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (Standing(location="A-1", product="MUG", qty=0), ("too_small", 2, "qty")),
        (Standing(location="NO", product="MUG", qty=1), ("unknown", 2, "location")),
        (Standing(location="SUPPLIER", product="MUG", qty=1), ("not_a_place", 2, "location")),
        (Standing(location="A-1", product="NO", qty=1), ("unknown", 2, "product")),
        (Standing(location="A-1", product="TEA", qty=1), ("empty", 2, "lot")),
        (Standing(location="A-1", product="TEA", qty=1, lot="L2"), ("unknown", 2, "lot")),
        (Standing(location="A-2", product="MUG", qty=1), ("twice", 2, "location")),
    ],
)
def test_wrong_opening_stock_is_named_and_nothing_posted(
    house: House, row: Standing, why: tuple[str, int, str]
) -> None:
    furnish(house)

    assert named(house, opened(house, Standing(location="A-2", product="MUG", qty=1), row)) == why


def test_goods_that_stand_there_already_are_not_posted_again(house: House) -> None:
    furnish(house)
    with writing(house.engine) as session:
        opened(house, Standing(location="A-1", product="MUG", qty=5))(session)

    again = opened(house, Standing(location="A-1", product="MUG", qty=5))
    assert named(house, again) == ("taken", 1, "location")


def test_no_rows_are_no_work(house: House) -> None:
    before = sizes(house)
    with writing(house.engine) as session:
        assert catalog.add_products(session, []) == catalog.add_customers(session, []) == {}
        opened(house)(session)

    assert sizes(house) == before
