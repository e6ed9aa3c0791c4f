"""Pick faces that run low are refilled from reserve, the most urgent first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Location, Product
from wms_desktop.services import inventory, replenishing
from wms_desktop.views.refills import Refill


def faced(house: House, sku: str, face: str, *, least: int = 5, most: int = 12, **facts: Any) -> int:
    """A product with a pick face of its own."""
    product = house.product(sku, name=f"Item {sku}", **facts)
    house.bin(face, y_mm=1000)
    _set(house, Product, product, face_id=house.place(face), face_min=least, face_max=most)
    return product


def _set(house: House, table: Any, key: int, **facts: Any) -> None:
    with writing(house.engine) as session:
        session.execute(update(table).where(table.id == key).values(**facts))


def _list(house: House) -> list[Refill]:
    return house.read(replenishing.list_refills)


@pytest.fixture
def mug(house: House) -> int:
    mug = faced(house, "MUG", "F-1")
    for number in (1, 2):
        house.bin(f"C-{number}", y_mm=5000 * number)
    return mug


def test_a_face_below_its_least_is_refilled_to_its_most(house: House, mug: int) -> None:
    house.put(mug, "F-1", 4)
    house.put(mug, "C-1", 40)

    (one,) = _list(house)

    assert (one.face, one.there, one.source, one.qty, one.wanted) == ("F-1", 4, "C-1", 8, 0)
    assert not one.is_urgent


def test_a_face_at_its_least_is_left_alone(house: House, mug: int) -> None:
    house.put(mug, "F-1", 5)
    house.put(mug, "C-1", 40)

    assert _list(house) == []


def test_without_free_reserve_there_is_nothing_to_do(house: House, mug: int) -> None:
    stock = house.put(mug, "C-1", 2)
    order = house.order("O1", (mug, 2))
    house.put(mug, "F-1", 1)
    with writing(house.engine) as session:
        inventory.hold(session, stock, order, 2, "{}")

    assert _list(house) == []


def test_no_more_than_the_reserve_has(house: House, mug: int) -> None:
    house.put(mug, "C-1", 3)

    assert [one.qty for one in _list(house)] == [3]


def test_what_expires_first_is_taken_first(house: House, mug: int) -> None:
    for code, place, day in (("L1", "C-1", 20), ("L2", "C-2", 10)):
        house.put(mug, place, 9, lot_id=house.lot(mug, code, date(2026, 5, day)))

    assert [(one.source, one.lot) for one in _list(house)] == [("C-2", "L2")]


@pytest.mark.parametrize("blocked", ["F-1", "C-1"])
def test_blocked_places_are_left_out(house: House, mug: int, blocked: str) -> None:
    house.put(mug, "C-1", 9)
    _set(house, Location, house.place(blocked), is_blocked=True)

    assert _list(house) == []


def test_a_waiting_pick_goes_first_then_the_emptiest(house: House, mug: int) -> None:
    """Hand-computed: PEN waits for 2 with 1 there; MUG has 0 of 5, CUP 4 of 5."""
    pen, cup = faced(house, "PEN", "F-2"), faced(house, "CUP", "F-3")
    for product, there in ((cup, 4), (pen, 1)):
        house.put(product, "F-2" if product == pen else "F-3", there)
    for product in (mug, pen, cup):
        house.put(product, "C-1", 20)
    house.order("O1", (pen, 2))

    found = _list(house)

    assert [one.sku for one in found] == ["PEN", "MUG", "CUP"]
    assert [one.is_urgent for one in found] == [True, False, False]


def test_an_empty_face_without_a_least_is_refilled_when_a_pick_waits(house: House) -> None:
    jar = faced(house, "JAR", "F-4", least=0)
    house.bin("C-3")
    house.put(jar, "C-3", 30)
    assert _list(house) == []

    house.order("O1", (jar, 1))
    assert [one.qty for one in _list(house)] == [12]
