"""The ledger and its balances: what is posted adds up, and the database refuses what must not be."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Movement, OrderLine, Stock
from wms_desktop.errors import NotEnoughStock
from wms_desktop.services import inventory
from wms_desktop.services.inventory import Goods, Spot


def test_a_movement_takes_from_one_place_and_gives_to_the_other(house: House) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    house.bin("A-2")
    house.put(mug, "A-1", 5)
    with writing(house.engine) as session:
        source, target = Spot(location_id=house.place("A-1")), Spot(location_id=house.place("A-2"))
        inventory.post(
            session, house.context(command="opening"), Goods(product_id=mug, qty=2), source, target, reason="x"
        )

    assert (house.on_hand("A-1", mug), house.on_hand("A-2", mug)) == (3, 2)
    assert house.on_hand("ADJUSTMENT", mug) == -5


def test_more_than_is_free_is_refused_and_nothing_changes(house: House) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    stock = house.put(mug, "A-1", 5)
    house.order("O1", (mug, 4))
    with writing(house.engine) as session:
        inventory.hold(session, stock, 1, 4, "test")

    spot, target = Spot(location_id=house.place("A-1")), Spot(location_id=house.place("HOLD-1"))
    context, goods = house.context(command="opening"), Goods(product_id=mug, qty=2)
    with pytest.raises(NotEnoughStock) as refused, writing(house.engine) as session:
        inventory.post(session, context, goods, spot, target, reason="x")

    assert refused.value.args_ == {"asked": 2, "free": 1}
    assert house.on_hand("A-1", mug) == 5


def test_a_unit_cannot_be_held_twice(house: House) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    stock = house.put(mug, "A-1", 3)
    house.order("O1", (mug, 2))
    house.order("O2", (mug, 2))
    with writing(house.engine) as session:
        inventory.hold(session, stock, 1, 2, "first")

    with pytest.raises(NotEnoughStock), writing(house.engine) as session:
        inventory.hold(session, stock, 2, 2, "second")

    assert house.read(lambda s: s.get_one(Stock, stock).reserved) == 2
    assert house.read(lambda s: s.get_one(OrderLine, 1).reserved) == 2


def test_an_order_line_cannot_be_promised_more_than_it_owes(house: House) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    stock = house.put(mug, "A-1", 9)
    house.order("O1", (mug, 2))

    with pytest.raises(NotEnoughStock), writing(house.engine) as session:
        inventory.hold(session, stock, 1, 3, "greedy")


@pytest.mark.parametrize("sql", [
    "UPDATE movement SET qty = 1",
    "DELETE FROM movement",
    "UPDATE stock SET on_hand = on_hand + 1",
    "UPDATE stock SET reserved = on_hand + 1 WHERE is_virtual = 0",
])  # fmt: skip
def test_the_database_itself_refuses_to_have_the_ledger_bent(house: House, sql: str) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    house.put(mug, "A-1", 3)

    with pytest.raises(DBAPIError), writing(house.engine) as session:
        session.execute(text(sql))

    assert house.on_hand("A-1", mug) == 3


def test_held_units_travel_with_their_reservation(house: House) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    stock = house.put(mug, "A-1", 5)
    house.order("O1", (mug, 2))
    with writing(house.engine) as session:
        context = house.context(command="opening")
        inventory.hold(session, stock, 1, 2, "why")
        moved = inventory.carry(
            session, context, stock, 1, 2, Spot(location_id=house.place("CART-1"), plate_id=1), reason="pick"
        )

    held = house.read(lambda s: inventory.find_held(s, moved, 1))
    assert (held.qty, held.reason) == (2, "why")
    assert house.read(lambda s: s.get_one(Stock, stock).reserved) == 0
    assert house.on_hand("CART-1", mug) == 2


def test_shipped_units_end_consumed_and_count_on_the_line(house: House) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    stock = house.put(mug, "A-1", 5)
    house.order("O1", (mug, 2))
    with writing(house.engine) as session:
        inventory.hold(session, stock, 1, 2, "why")
        inventory.consume(
            session, house.context(command="opening"), stock, 1, Spot(location_id=house.place("CUSTOMER"))
        )

    line = house.read(lambda s: s.get_one(OrderLine, 1))
    assert (line.shipped, line.reserved) == (2, 0)
    assert house.on_hand("CUSTOMER", mug) == 2


def test_a_movement_is_reversed_by_its_opposite_and_only_once(house: House) -> None:
    mug = house.product("MUG")
    house.bin("A-1")
    house.put(mug, "A-1", 5)
    first = house.read(lambda s: s.scalars(select(Movement.id)).one())
    with writing(house.engine) as session:
        inventory.reverse(session, house.context(command="opening"), first)

    assert house.on_hand("A-1", mug) == 0
    with pytest.raises(DBAPIError), writing(house.engine) as session:
        session.execute(update(Movement).values(reverses_id=first))
