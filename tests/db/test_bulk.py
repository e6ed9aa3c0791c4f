"""Rows written past the session are the rows that the session would have written, and are found again by their keys."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.conftest import house, template  # noqa: F401
from wms_desktop.db.bulk import insert_many, insert_numbered, look_up
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Product

PRODUCT = Product.metadata.tables["product"]
NOT_YET = date(2026, 4, 1)


def test_values_are_stored_as_the_session_stores_them(house: House) -> None:  # noqa: F811
    rows = [
        {"sku": "A", "name": "Mug", "price": Decimal("2.5"), "lot_tracked": True, "release_on": None},
        {"sku": "B", "name": "Jug", "price": Decimal("0.0001"), "lot_tracked": False, "release_on": NOT_YET},
    ]
    with writing(house.engine) as session:
        insert_many(session.connection(), PRODUCT, rows, {"brand": "''"})

    found = house.read(lambda s: s.scalars(select(Product).order_by(Product.sku)).all())

    assert [(one.sku, one.price, one.lot_tracked, one.release_on) for one in found] == [
        ("A", Decimal("2.5"), True, None), ("B", Decimal("0.0001"), False, NOT_YET)]  # fmt: skip
    assert [(one.brand, one.velocity, one.backorders) for one in found] == [("", "C", "allow")] * 2


def test_columns_may_be_named_in_any_order(house: House) -> None:  # noqa: F811
    with writing(house.engine) as session:
        insert_many(session.connection(), PRODUCT, [{"name": "Mug", "weight_g": 7, "sku": "A"}])

    assert house.read(lambda s: s.scalars(select(Product)).one()).sku == "A"


def test_ids_come_in_the_order_of_the_rows_and_are_not_given_twice(house: House) -> None:  # noqa: F811
    with writing(house.engine) as session:
        first = insert_numbered(session.connection(), PRODUCT, [{"sku": sku, "name": sku} for sku in ("B", "A")])
        more = insert_numbered(session.connection(), PRODUCT, [{"sku": "C", "name": "C"}])
    with writing(house.engine) as session:
        by_session = Product(sku="D", name="D")
        session.add(by_session)
        session.flush()
        last = by_session.id

    skus = house.read(lambda s: {row.id: row.sku for row in s.scalars(select(Product))})
    assert [skus[one] for one in (*first, *more, last)] == ["B", "A", "C", "D"]
    assert [*first, *more, last] == sorted({*first, *more, last})


@pytest.mark.parametrize("asked", [[], ["A", "C", "NONE"], ["A'); DROP TABLE product; --", "C"]])
def test_rows_are_found_by_any_number_of_keys(house: House, asked: list[str]) -> None:  # noqa: F811
    with writing(house.engine) as session:
        rows = [{"sku": sku, "name": "x", "release_on": NOT_YET if sku == "C" else None} for sku in ("A", "B", "C")]
        insert_many(session.connection(), PRODUCT, rows)

    found = house.read(lambda s: look_up(s.connection(), Product.sku, (Product.release_on,), asked))

    assert dict(found) == {sku: day for sku, day in {"A": None, "C": NOT_YET}.items() if sku in asked}
