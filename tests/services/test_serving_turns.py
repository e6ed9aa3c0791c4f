"""Who gets what came: also where one command brings several products, a bin has a part, or the cut-off is near."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.truck_floor import carry, check_in, close, command, pegs, plan, receive_all, scan, truck
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Order, OrderLine, Peg, Product, PurchaseLine
from wms_desktop.services import cancelling, news, orders, selfcheck


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG")


@pytest.fixture
def cup(house: House) -> int:
    return house.product("CUP")


@pytest.fixture
def pen(house: House) -> int:
    house.bin("A-1")
    return house.product("PEN")


def reserved(house: House) -> dict[tuple[str, str], int]:
    """Units that are held, by order and product."""
    query = (
        select(Order.number, Product.sku, OrderLine.reserved)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, Product.id == OrderLine.product_id)
    )
    found: dict[tuple[str, str], int] = {}
    for number, sku, units in house.read(lambda s: s.execute(query).all()):
        found[number, sku] = found.get((number, sku), 0) + units
    return {key: units for key, units in found.items() if units}


def test_two_lines_of_one_scan_both_go_to_the_order_whose_rest_stands_in_a_bin(
    house: House, mug: int, pen: int
) -> None:
    house.put(pen, "A-1", 2)
    house.order("O1", (mug, 4), (mug, 3), (pen, 2), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 7)), here=True)
    check_in(house, truck_id)

    scan(house, truck_id, mug, 7)

    assert sorted(pegs(house)) == [("O1", "MUG", 3, "arrived"), ("O1", "MUG", 4, "arrived")]
    assert reserved(house) == {("O1", "MUG"): 7, ("O1", "PEN"): 2}
    assert house.read(selfcheck.find_differences) == []


@pytest.mark.parametrize("is_planned", [True, False], ids=["planned", "unplanned"])
def test_two_products_that_come_at_once_both_go_to_the_order_whose_rest_stands_in_a_bin(
    house: House, mug: int, cup: int, pen: int, is_planned: bool
) -> None:
    house.put(pen, "A-1", 2)
    house.order("O1", (mug, 4), (cup, 3), (pen, 2), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4), (cup, 3)), hours=3 if is_planned else 99)
    if is_planned:
        check_in(house, truck_id)

    receive_all(house, truck_id, (mug, 4), (cup, 3))

    assert pegs(house) == [("O1", "CUP", 3, "arrived"), ("O1", "MUG", 4, "arrived")]
    assert reserved(house) == {("O1", "MUG"): 4, ("O1", "CUP"): 3, ("O1", "PEN"): 2}
    assert house.read(selfcheck.find_differences) == []


def test_units_of_a_bin_spoken_for_by_one_order_are_not_counted_on_by_the_next(
    house: House, mug: int, cup: int, pen: int
) -> None:
    house.put(pen, "A-1", 3)
    house.order("O1", (mug, 4), (cup, 3), (pen, 2), complete=True)
    house.order("O2", (mug, 4), (cup, 3), (pen, 2), complete=True, hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 8), (cup, 6)), hours=99)

    receive_all(house, truck_id, (mug, 8), (cup, 6))

    assert pegs(house, "arrived") == [("O1", "CUP", 3, "arrived"), ("O1", "MUG", 4, "arrived")]
    assert {key: units for key, units in reserved(house).items() if key[1] == "PEN"} == {("O1", "PEN"): 2}


def test_of_two_products_that_come_at_once_the_first_leaves_a_higher_rank_its_part_in_a_bin(
    house: House, mug: int, cup: int, pen: int
) -> None:
    house.put(pen, "A-1", 1)
    house.order("HIGH", (cup, 1), (pen, 1), complete=True)
    house.order("LOW", (mug, 1), (pen, 1), complete=True, hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 1), (cup, 1)), here=True)
    check_in(house, truck_id)
    assert pegs(house) == [("HIGH", "CUP", 1, "firm")]

    receive_all(house, truck_id, (mug, 1), (cup, 1))

    assert pegs(house) == [("HIGH", "CUP", 1, "arrived")]
    assert reserved(house) == {("HIGH", "CUP"): 1, ("HIGH", "PEN"): 1}


def test_an_older_order_leaves_the_bin_units_that_a_plan_counts_on_for_one_of_its_own_rank(
    house: House, mug: int, cup: int, pen: int
) -> None:
    house.put(pen, "A-1", 1)
    facts = {"complete": True, "leave_by": house.now + timedelta(hours=9)}
    house.order("OLD", (mug, 1), (pen, 1), placed_at=house.now - timedelta(days=9), **facts)
    house.order("WORTH", (cup, 5), (pen, 1), **facts)
    truck_id = truck(house, house.purchase("PO-1", (mug, 1), (cup, 5)), here=True)
    check_in(house, truck_id)
    assert pegs(house) == [("WORTH", "CUP", 5, "firm")]

    scan(house, truck_id, mug, 1)

    assert pegs(house) == [("WORTH", "CUP", 5, "firm")]


@pytest.mark.parametrize("looked_at", [True, False], ids=["looked_at", "not_looked_at"])
def test_an_order_that_has_begun_keeps_its_lane_units_while_its_cutoff_draws_near(
    house: House, mug: int, pen: int, looked_at: bool
) -> None:
    house.order("O1", (mug, 4), (pen, 2), complete=True, leave_by=house.now + timedelta(minutes=50))
    house.order("O2", (pen, 2), (mug, 4), hours=30)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4), (pen, 2)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)
    carry(house)
    house.now += timedelta(minutes=25)
    if looked_at:
        command(house, lambda s, _: news.note(s, [mug, pen]))

    scan(house, truck_id, pen, 2)

    assert pegs(house) == [("O1", "MUG", 4, "in_lane"), ("O1", "PEN", 2, "arrived")]


def test_a_pinned_order_takes_the_bin_units_that_a_plan_counts_on_for_a_lower_rank(
    house: House, mug: int, cup: int, pen: int
) -> None:
    _propose_low(house, cup, pen)
    house.order("HIGH", (mug, 1), (pen, 1), complete=True, is_pinned=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 1)), here=True)
    check_in(house, truck_id)

    scan(house, truck_id, mug, 1)

    assert pegs(house) == [("HIGH", "MUG", 1, "arrived")]
    assert reserved(house) == {("HIGH", "MUG"): 1, ("HIGH", "PEN"): 1}


def test_a_lower_rank_leaves_the_bin_units_that_a_plan_counts_on(house: House, mug: int, cup: int, pen: int) -> None:
    low = _propose_low(house, cup, pen)
    command(house, lambda s, c: orders.pin(s, c, [low]), workflow="orders")
    house.order("LATER", (mug, 1), (pen, 1), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 1)), here=True)
    check_in(house, truck_id)

    scan(house, truck_id, mug, 1)

    assert pegs(house) == [("LOW", "CUP", 1, "proposed")]
    assert reserved(house) == {}


def _propose_low(house: House, cup: int, pen: int) -> int:
    """An order that tomorrow's truck completes with the only pen of a bin; gives its id."""
    house.put(pen, "A-1", 1)
    low = house.order("LOW", (cup, 1), (pen, 1), complete=True, hours=48)
    plan(house, truck(house, house.purchase("PO-2", (cup, 1)), hours=40))
    assert pegs(house) == [("LOW", "CUP", 1, "proposed")]
    return low


def test_a_proposal_ends_when_its_order_takes_over_lane_units(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 5), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 5)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 5)
    carry(house)
    close(house, truck_id)
    _want_of_the_next_truck(house, mug)

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="changed mind"), workflow="orders")

    assert pegs(house) == [("O2", "MUG", 5, "in_lane"), ("O3", "MUG", 5, "proposed")]


def test_a_proposal_ends_when_its_order_takes_over_units_of_the_dock(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 5), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 5)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 5)
    _want_of_the_next_truck(house, mug)

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="changed mind"), workflow="orders")

    assert pegs(house) == [("O2", "MUG", 5, "arrived"), ("O3", "MUG", 5, "proposed")]


def _want_of_the_next_truck(house: House, mug: int) -> None:
    house.order("O2", (mug, 5), hours=20)
    house.order("O3", (mug, 5), hours=30)
    plan(house, truck(house, house.purchase("PO-2", (mug, 5)), hours=5))
    assert ("O2", "MUG", 5, "proposed") in pegs(house)


def test_expired_units_made_for_an_order_go_to_no_lane(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    truck_id = truck(house, house.purchase("PO-1", (mug, 5)), here=True)
    with writing(house.engine) as session:
        line = session.query(OrderLine).one()
        line.made_to_order, line.made_by_id = True, session.query(PurchaseLine).one().id
    check_in(house, truck_id)
    old = house.lot(mug, "OLD", (house.now - timedelta(days=5)).date())

    scan(house, truck_id, mug, 5, lot=old)

    assert pegs(house) == []
    assert reserved(house) == {}
    assert house.read(lambda s: {peg.state for peg in s.query(Peg)}) == {"released"}


@pytest.mark.parametrize(
    ("last", "times"), [(lambda house, truck_id, cup: scan(house, truck_id, cup, 1), 0), (lambda *_: None, 3)],
    ids=["all", "half"],
)  # fmt: skip
def test_an_order_passed_over_begins_anew_only_when_its_last_units_came(
    house: House, mug: int, cup: int, last: Callable[[House, int, int], None], times: int
) -> None:
    order_id = house.order("O1", (mug, 1), (cup, 1), complete=True, passed_over=3)
    truck_id = truck(house, house.purchase("PO-1", (mug, 1), (cup, 1)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 1)

    last(house, truck_id, cup)

    assert house.read(lambda s: s.get_one(Order, order_id).passed_over) == times


def test_an_order_completed_with_a_bin_begins_anew_too(house: House, mug: int, pen: int) -> None:
    house.put(pen, "A-1", 1)
    order_id = house.order("O1", (mug, 1), (pen, 1), complete=True, passed_over=3)
    truck_id = truck(house, house.purchase("PO-1", (mug, 1)), here=True)
    check_in(house, truck_id)

    scan(house, truck_id, mug, 1)

    assert house.read(lambda s: s.get_one(Order, order_id).passed_over) == 0


def test_units_that_nobody_wanted_go_from_the_dock_to_an_order_that_comes_later(house: House, mug: int) -> None:
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 10)
    assert pegs(house) == []

    order = house.order("LATE", (mug, 4), complete=True)
    command(house, lambda s, c: orders.note_demand(s, [order]), workflow="orders")

    assert pegs(house) == [("LATE", "MUG", 4, "arrived")]
    carry(house)
    assert [house.on_hand(code, mug) for code in ("LANE-1", "DOCK-1")] == [4, 6]
    assert house.read(selfcheck.find_differences) == []
