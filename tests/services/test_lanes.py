"""Which lane an order gets, and what is walked back from lanes."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders import NOON, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import CarrierService, Delivery, Location, Order, OrderLine, Peg, PurchaseLine
from wms_desktop.services import inventory, receiving, walk_backs
from wms_desktop.services.lanes import BLOCKED, FULL, Lanes


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", name="Blue mug")


def _lane(house: House, code: str, **facts: Any) -> int:
    with writing(house.engine) as session:
        place = Location(warehouse_id=1, code=code, kind="lane", **facts)
        session.add(place)
        session.flush()
        return place.id


def _set(house: House, code: str, **facts: Any) -> None:
    with writing(house.engine) as session:
        session.execute(update(Location).where(Location.code == code).values(**facts))


def _found(house: House, order: int = 0, service: str = "PARCEL") -> str:
    """The code of the lane that an order would get; without an order, one that stands nowhere yet."""

    def ask(session: Any) -> str:
        service_id = session.scalars(select(CarrierService.id).where(CarrierService.code == service)).one()
        lane = Lanes(session).find(order, service_id)
        return "" if lane is None else session.get_one(Location, lane).code

    return house.read(ask)


def _receive(house: House, product: int, qty: int, code: str = "EAN-MUG") -> Any:
    house.purchase(f"PO-{qty}", (product, qty))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    clerk.scan(f"PO-{qty}", code)
    if qty > 1:
        clerk.key("quantity", str(qty))
    return clerk


def _book(house: House, order: int, product: int, lane: str, state: str = "here") -> None:
    """Two units of a truck booked for an order's lane."""
    house.purchase(f"PO-{order}-{lane}", (product, 2))
    with writing(house.engine) as session:
        delivery = Delivery(number=f"D-{order}-{lane}", state=state)
        session.add(delivery)
        session.flush()
        peg = Peg(
            receipt_line_id=None, qty=2, state="firm" if state == "here" else "proposed", reason="completes", at=NOON,
            order_line_id=session.scalars(select(OrderLine.id).where(OrderLine.order_id == order)).first(),
            lane_id=session.scalars(select(Location.id).where(Location.code == lane)).one(), kind="planned",
            purchase_line_id=session.scalars(select(PurchaseLine.id).order_by(PurchaseLine.id.desc())).first(),
            delivery_id=delivery.id,
        )  # fmt: skip
        session.add(peg)


def test_the_emptiest_lane_of_the_service_then_the_nearest(house: House, mug: int) -> None:
    assert _found(house) == "LANE-1"
    house.order("O1", (mug, 2))
    _receive(house, mug, 2)

    assert _found(house) == "LANE-3"
    assert _found(house, service="FREIGHT") == "LANE-2"


def test_an_order_keeps_the_lane_it_stands_in(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    clerk = _receive(house, mug, 2)

    assert _found(house, order) == "LANE-1"
    clerk.scan("LANE-1")
    assert _found(house, order) == "LANE-1"


def test_an_order_keeps_the_lane_that_a_truck_that_is_here_has_booked(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    _book(house, order, mug, "LANE-3")

    assert _found(house, order) == "LANE-3"
    assert _found(house) == "LANE-1"


def test_a_plan_for_a_truck_that_is_not_here_books_nothing(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    _book(house, order, mug, "LANE-3", state="expected")

    assert _found(house, order) == "LANE-1"


def test_the_lane_where_it_stands_goes_before_the_lane_that_is_booked(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    _receive(house, mug, 2).scan("LANE-1")
    _set(house, "LANE-3", walk_seq=-1)
    _book(house, order, mug, "LANE-3")

    assert _found(house, order) == "LANE-1"


def test_booked_orders_take_room(house: House, mug: int) -> None:
    _set(house, "LANE-1", capacity_orders=1)
    _set(house, "LANE-3", is_blocked=True)
    _book(house, house.order("O1", (mug, 4)), mug, "LANE-1")

    assert _found(house) == ""


def test_a_place_for_one_order_goes_before_the_carriers_lane_the_services_and_any(house: House) -> None:
    """Hand-computed: each kind of lane in turn, by taking away the better one."""
    _lane(house, "ANY-1", walk_seq=-9, capacity_orders=9)
    _lane(house, "NORTH-1", carrier="Northway")
    _lane(house, "WALL-1", wall="W1", capacity_orders=1, walk_seq=9)

    found = []
    for code in ("WALL-1", "NORTH-1", "LANE-1", "LANE-3"):
        found.append(_found(house))
        _set(house, code, is_blocked=True)

    assert [*found, _found(house)] == ["WALL-1", "NORTH-1", "LANE-1", "LANE-3", "ANY-1"]


def test_a_lane_of_another_carrier_is_not_chosen(house: House) -> None:
    _lane(house, "BULK-1", carrier="Bulkline", walk_seq=-9)

    assert _found(house) == "LANE-1"
    assert _found(house, service="FREIGHT") == "BULK-1"


def test_an_order_in_a_blocked_lane_gets_another(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    _receive(house, mug, 2).scan("LANE-1")
    _set(house, "LANE-1", is_blocked=True)

    assert _found(house, order) == "LANE-3"


def test_no_lane_says_whether_it_is_full_or_blocked(house: House, mug: int) -> None:
    for code in ("LANE-1", "LANE-3"):
        _set(house, code, capacity_orders=1)
        _book(house, house.order(f"O-{code}", (mug, 2)), mug, code)
    assert (_found(house), house.read(lambda s: Lanes(s).why_none(1))) == ("", FULL)

    _lane(house, "LANE-9", service_id=1, is_blocked=True)
    assert (_found(house), house.read(lambda s: Lanes(s).why_none(1))) == ("", BLOCKED)


def test_what_is_taken_counts_at_once(house: House, mug: int) -> None:
    for code in ("LANE-1", "LANE-3"):
        _set(house, code, capacity_orders=1)

    def take(session: Any) -> list[int | None]:
        lanes = Lanes(session)
        return [lanes.take(order, 1) for order in (101, 102, 101, 103)]

    first, third = house.place("LANE-1"), house.place("LANE-3")
    assert house.read(take) == [first, third, first, None]


def test_units_in_a_lane_that_nobody_holds_are_to_be_walked_back(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    _receive(house, mug, 4).scan("LANE-1")
    assert list(house.read(walk_backs.list_walk_backs)) == []

    with writing(house.engine) as session:
        line = session.scalars(select(OrderLine.id).where(OrderLine.order_id == order)).one()
        stock = next(row.Stock.id for row in inventory.list_held_on(session, order_id=order))
        session.get_one(Order, order).state = "held"
        inventory.free(session, stock, line, 3)

    (row,) = house.read(walk_backs.list_walk_backs)
    assert (row.lane, row.product, row.qty, row.lot) == ("LANE-1", "Blue mug", 3, "")
    assert (row.stock_id, row.since is not None) == (stock, True)


def test_the_walk_backs_of_one_lane(house: House, mug: int) -> None:
    house.put(mug, "LANE-1", 2)
    house.put(mug, "LANE-3", 5)
    place = house.place("LANE-3")

    assert [row.qty for row in house.read(lambda s: walk_backs.list_walk_backs(s, place))] == [5]
    assert [row.lane for row in house.read(walk_backs.list_walk_backs)] == ["LANE-1", "LANE-3"]
