"""If this truck came now: what is foretold is what happens, nothing is written, and every number is hand-counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services.inbound_desk import act, book, delivery
from tests.services.stock_floor import change_order, command
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Command, Delivery, Movement, Order, OrderLine, Peg, Product
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Message
from wms_desktop.services import dock_reads, goods_in, receipts
from wms_desktop.services.dialogue import Context
from wms_desktop.views.dock import TruckNow


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1")
    return house.product("MUG")


@pytest.fixture
def jug(house: House) -> int:
    return house.product("JUG")


def look(house: House, **args: int) -> TruckNow:
    """What the desk is told of a truck."""
    found: TruckNow = house.read(lambda s: dock_reads.QUESTIONS["truck_now"](s, house.now, args))
    return found


def gets(found: TruckNow) -> dict[str, tuple[int, int, bool]]:
    """Per order: units to its lane, units from bins, and whether it is completed."""
    return {one.number: (one.units, one.from_bins, one.is_completed) for one in found.orders}


def received(house: House, purchase: int) -> dict[str, tuple[int, bool]]:
    """Takes the whole purchase order in; per order: units on their way to its lane, and whether it has everything."""

    def take_in(session: Session, context: Context) -> Message:
        receipts.open_for(session, context, purchase, delivery_id=delivery(house).id)
        return goods_in.receive_all(session, context, purchase).message

    command(house, take_in, station="DOCK-A")
    open_ = func.sum(OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved)
    units = func.sum(select(func.coalesce(func.sum(Peg.qty), 0))
                     .where(Peg.order_line_id == OrderLine.id, Peg.state == "arrived").scalar_subquery())  # fmt: skip
    query = select(Order.number, units, open_).join(OrderLine).group_by(Order.number)
    return {row[0]: (int(row[1]), row[2] == 0) for row in house.read(lambda s: s.execute(query).all()) if row[1]}


def count_rows(house: House) -> list[int]:
    """How many rows there are of what a command could write."""
    queries = [select(func.count()).select_from(table) for table in (Command, Movement, Peg, Delivery)]
    return [house.read(lambda s, q=query: s.scalar(q)) for query in queries]  # type: ignore[misc]


def test_the_truck_does_what_was_foretold(house: House, mug: int, jug: int) -> None:
    house.put(jug, "A-1", 1)
    purchase = house.purchase("PO-1", (mug, 6), (jug, 2))
    house.order("BIG", (mug, 5), (jug, 9))
    house.order("A", (mug, 2), (jug, 1), complete=True)
    house.order("B", (mug, 2), complete=True)
    house.order("C", (jug, 1))
    book(house, purchase)

    foretold = look(house, delivery=delivery(house).id)
    act(house, "check_in", station="DOCK-A", delivery=delivery(house).id)

    assert {name: one[::2] for name, one in gets(foretold).items()} == received(house, purchase)
    assert foretold.completes == 3


def test_units_orders_and_sums_by_hand(house: House, mug: int, jug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 4), (jug, 4))
    house.order("BIG", (mug, 4))
    house.order("A", (mug, 2))
    house.order("B", (mug, 1), (jug, 1))
    house.order("C", (jug, 1), complete=True)

    found = look(house, purchase=purchase)

    assert gets(found) == {"A": (2, 0, True), "B": (2, 0, True), "C": (1, 0, True), "BIG": (1, 0, False)}
    assert (found.units, found.to_lanes, found.to_bins) == (8, 6, 2)
    assert (found.completes, found.in_part, found.bound) == (3, 1, 3)
    assert sentence(found.question.code, found.question.args) == "If everything still due of PO-1 came now"
    assert {one.number: one.value for one in found.orders}["BIG"] == 10


def test_putting_away_first_reserves_in_the_stated_order_and_completes_fewer(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 4))
    house.order("OLD", (mug, 4), placed_at=house.now - timedelta(days=9))
    house.order("A", (mug, 2))
    house.order("B", (mug, 2))

    found = look(house, purchase=purchase)

    assert (found.completes, found.stored_completes) == (2, 1)
    assert {one.number: one.is_stored_too for one in found.orders} == {"A": False, "B": False}


def test_an_order_is_rescued_that_would_break_its_promise_otherwise(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 5), due=(house.now + timedelta(days=9)).date())
    tomorrow = (house.now + timedelta(days=1)).date()
    house.order("SAVED", (mug, 1), promise=tomorrow)
    house.order("LATE", (mug, 1), promise=house.now.date() - timedelta(days=2))
    house.order("EASY", (mug, 1), promise=house.now.date() + timedelta(days=30))
    with writing(house.engine) as session:
        session.execute(update(OrderLine).values(eta=house.now.date() + timedelta(days=9)))

    found = look(house, purchase=purchase)

    assert {one.number for one in found.orders if one.is_rescued} == {"SAVED"}
    assert found.rescued == 1


def test_who_is_kept_out_and_what_must_be_inspected_is_said(house: House, mug: int, jug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 5), (jug, 7))
    held = house.order("HELD", (mug, 1))
    house.order("SOON", (mug, 1), hours=0, leave_by=house.now + timedelta(minutes=10))
    house.order("A", (mug, 1))
    change_order(house, held, is_held=True, hold_reason="paid?")
    with writing(house.engine) as session:
        session.get_one(Product, jug).is_inspected = True

    found = look(house, purchase=purchase)

    assert gets(found) == {"A": (1, 0, True)}
    assert [sentence(one.code, one.args) for one in found.notes] == [
        "7 units must be inspected first; nobody is served of them until they pass.",
        "1 orders that wait for these goods are kept out, SOON first: its cut-off cannot be met any more.",
        "1 orders that wait for these goods are kept out, HELD first: the order is on hold.",
    ]


def test_nothing_is_written(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 5))
    house.order("A", (mug, 1))
    book(house, purchase)
    before = count_rows(house)

    look(house, delivery=delivery(house).id)

    assert count_rows(house) == before


def test_a_truck_nobody_waits_for_goes_to_bins_whole(house: House, mug: int) -> None:
    found = look(house, purchase=house.purchase("PO-1", (mug, 5)))

    assert (found.orders, found.units, found.to_bins, found.completes, found.notes) == ((), 5, 5, 0, ())


def test_what_is_over_or_unknown_is_refused(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 5))
    book(house, purchase)
    act(house, "cancel_delivery", delivery=delivery(house).id, reason="supplier")

    with pytest.raises(Refusal, match=r"dock\.truck_over"):
        look(house, delivery=delivery(house).id)
    with pytest.raises(BadInput, match=r"dock\.no_truck"):
        look(house, delivery=99)
    with pytest.raises(BadInput, match=r"dock\.no_truck"):
        look(house, purchase=99)
