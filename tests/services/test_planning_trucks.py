"""Several trucks at once: their turn, the stock in bins that more than one counts on, and what a change asks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from tests.builders import House
from tests.services.truck_floor import check_in, command, pegs, plan, scan, truck
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Delivery, OrderLine, PurchaseLine
from wms_desktop.services import news, orders


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG")


@pytest.fixture
def pen(house: House) -> int:
    house.bin("A-1")
    return house.product("PEN")


def completes(house: House, delivery_id: int) -> int:
    """Orders that a truck's plan completes."""
    return house.read(lambda s: s.get_one(Delivery, delivery_id)).completes


def test_a_truck_that_comes_within_the_days_is_planned_when_demand_changes(house: House, mug: int) -> None:
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), hours=60)
    plan(house, truck_id)
    first = house.order("O1", (mug, 3), hours=99)
    command(house, lambda s, c: orders.note_demand(s, [first]), workflow="orders")
    assert pegs(house) == []
    house.now += timedelta(hours=24)

    command(house, lambda s, c: orders.pin(s, c, [first]), workflow="orders")

    assert pegs(house) == [("O1", "MUG", 3, "proposed")]


@pytest.mark.parametrize("pinned_first", [True, False])
def test_stock_that_a_later_truck_counts_on_goes_to_the_higher_rank(
    house: House, mug: int, pen: int, pinned_first: bool
) -> None:
    """Tomorrow's truck completes an order with the pens in the bin; today's brings what a pinned order lacks."""
    cup = house.product("CUP")
    house.put(pen, "A-1", 5)
    house.order("LATER", (cup, 1), (pen, 5), complete=True, hours=60)
    later = truck(house, house.purchase("PO-2", (cup, 1)), hours=20)
    plan(house, later)
    assert pegs(house) == [("LATER", "CUP", 1, "proposed")]
    house.order("NOW", (mug, 1), (pen, 5), complete=True, hours=60, is_pinned=pinned_first)
    now = truck(house, house.purchase("PO-1", (mug, 1)), here=True)

    check_in(house, now)

    assert pegs(house) == ([("NOW", "MUG", 1, "firm")] if pinned_first else [("LATER", "CUP", 1, "proposed")])
    assert (completes(house, now), completes(house, later)) == (pinned_first, not pinned_first)


def test_bins_that_a_later_truck_completes_a_pinned_order_with_are_left_to_it(house: House, mug: int, pen: int) -> None:
    """The pinned order wants mugs, too, which come today; its cup comes tomorrow, so today cannot complete it."""
    cup = house.product("CUP")
    house.put(pen, "A-1", 5)
    house.put(mug, "A-1", 1)
    house.order("HIGH", (mug, 1), (cup, 1), (pen, 5), complete=True, hours=60, is_pinned=True)
    plan(house, truck(house, house.purchase("PO-2", (cup, 1)), hours=20))
    house.order("LOW", (mug, 1), (pen, 5), complete=True, hours=60)

    check_in(house, truck(house, house.purchase("PO-1", (mug, 1)), here=True))

    assert pegs(house) == [("HIGH", "CUP", 1, "proposed")]


@pytest.mark.parametrize("is_here", [False, True])
def test_what_was_made_for_two_goes_to_the_higher_rank(house: House, mug: int, is_here: bool) -> None:
    orders_of_it = [house.order("LOW", (mug, 5)), house.order("HIGH", (mug, 5), is_pinned=True)]
    truck_id = truck(house, house.purchase("PO-1", (mug, 5)), here=is_here)
    with writing(house.engine) as session:
        source = session.scalars(select(PurchaseLine.id)).one()
        made = {"made_to_order": True, "made_by_id": source}
        session.execute(update(OrderLine).where(OrderLine.order_id.in_(orders_of_it)).values(made))

    scan(house, truck_id, mug, 5) if is_here else plan(house, truck_id)

    assert [peg[0] for peg in pegs(house)] == ["HIGH"]


def test_a_change_reads_all_trucks_at_once(house: House, mug: int) -> None:
    """With ten trucks that bring the same goods no more is asked of the database than with two."""
    house.order("O1", (mug, 400), hours=99)

    def asked() -> int:
        seen: list[str] = []

        def note(*told: object) -> None:
            seen.append(str(told[2]))

        event.listen(house.engine, "before_cursor_execute", note)
        command(house, lambda s, c: news.note(s, [mug]))
        event.remove(house.engine, "before_cursor_execute", note)
        return len(seen)

    for number in range(2):
        plan(house, truck(house, house.purchase(f"PO-{number}", (mug, 4)), hours=number + 1))
    with_two = asked()
    for number in range(2, 10):
        plan(house, truck(house, house.purchase(f"PO-{number}", (mug, 4)), hours=number + 1))

    assert len(pegs(house)) == 10
    assert asked() <= with_two
