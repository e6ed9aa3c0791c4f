"""Holding and carrying many units at once gives what holding and carrying one by one gives."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import held, proved
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Command
from wms_desktop.errors import NotEnoughStock
from wms_desktop.services import inventory, undo
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.inventory.balances import lock_spots


@pytest.fixture
def stocks(house: House) -> tuple[int, int]:
    """Five mugs in each of two bins, for an order of eight and one of two."""
    mug = house.product("MUG")
    house.bin("A-1")
    house.bin("A-2")
    first, second = house.put(mug, "A-1", 5), house.put(mug, "A-2", 5)
    house.order("O1", (mug, 8))
    house.order("O2", (mug, 2))
    with writing(house.engine) as session:
        inventory.hold_many(session, [(first, 1, 4, "a"), (second, 1, 3, "b"), (second, 2, 2, "c")])
    return first, second


def spot(house: House, place: str, plate: int = 0) -> Spot:
    return Spot(location_id=house.place(place), plate_id=plate)


def test_many_reservations_are_written_at_once(house: House, stocks: tuple[int, int]) -> None:
    with writing(house.engine) as session:
        inventory.hold_many(session, [(stocks[0], 1, 1, "more")])

    assert held(house) == [("A-1", "", 1, 5), ("A-2", "", 1, 3), ("A-2", "", 2, 2)]
    assert proved(house) == []


def test_holding_nothing_is_allowed(house: House, stocks: tuple[int, int]) -> None:
    with writing(house.engine) as session:
        inventory.hold_many(session, [])

    assert len(held(house)) == 3


def test_one_that_is_not_free_refuses_them_all(house: House, stocks: tuple[int, int]) -> None:
    with pytest.raises(NotEnoughStock), writing(house.engine) as session:
        inventory.hold_many(session, [(stocks[0], 1, 1, "fits"), (stocks[1], 1, 1, "does not")])

    assert held(house)[0] == ("A-1", "", 1, 4)


def test_loads_of_one_line_from_two_bins_meet_in_the_tote(house: House, stocks: tuple[int, int]) -> None:
    first, second = stocks
    target = spot(house, "CART-1", 1)
    with writing(house.engine) as session:
        loads = [(first, 1, 4, target), (second, 1, 2, target), (second, 2, 2, spot(house, "CART-1", 2))]
        inventory.carry_many(session, house.context(command="opening"), loads, reason="pick")

    assert held(house) == [("A-2", "", 1, 1), ("CART-1", "TOTE-01", 1, 6), ("CART-1", "TOTE-02", 2, 2)]
    assert (house.on_hand("A-1", 1), house.on_hand("A-2", 1), house.on_hand("CART-1", 1)) == (1, 1, 8)
    assert proved(house) == []


def test_units_join_those_that_stand_there_already(house: House, stocks: tuple[int, int]) -> None:
    target = spot(house, "CART-1", 1)
    for stock_id in stocks:
        with writing(house.engine) as session:
            inventory.carry_many(session, house.context(command="opening"), [(stock_id, 1, 3, target)], reason="pick")

    assert held(house)[-2] == ("CART-1", "TOTE-01", 1, 6)
    assert proved(house) == []


def test_more_than_is_held_is_refused_and_nothing_moves(house: House, stocks: tuple[int, int]) -> None:
    loads = [(stocks[1], 2, 2, spot(house, "CART-1", 1)), (stocks[0], 1, 5, spot(house, "CART-1", 1))]

    with pytest.raises(NotEnoughStock) as refused, writing(house.engine) as session:
        inventory.carry_many(session, house.context(command="opening"), loads, reason="pick")

    assert refused.value.args_ == {"asked": 5, "free": 4}
    assert house.on_hand("CART-1", 1) == 0


def test_many_moves_are_walked_back_like_one(house: House, stocks: tuple[int, int]) -> None:
    before = held(house)
    with writing(house.engine) as session:
        context = house.context(command="opening")
        undo.start(session)
        target = spot(house, "CART-1", 1)
        inventory.carry_many(session, context, [(stocks[0], 1, 4, target), (stocks[1], 1, 1, target)], reason="pick")
        text = undo.finish(session)
        undo.walk_back(session, json.loads(text), lambda movement_id: inventory.reverse(session, context, movement_id))

    assert held(house) == before
    assert house.read(lambda s: s.get_one(Command, "opening").state) == "done"
    assert proved(house) == []


def test_the_rows_of_a_whole_house_are_locked_however_many_they_are(house: House) -> None:
    spots = [(Goods(product_id=number, qty=1), Spot(location_id=1)) for number in range(14_000)]

    with writing(house.engine) as session:
        lock_spots(session, spots)
        assert session.scalar(select(1)) == 1
