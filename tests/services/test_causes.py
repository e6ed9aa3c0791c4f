"""Causes of delay from the house's own rows, corrected by a person, and summed up for the Pareto."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.test_promising import act, day, lines, recompute
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Carton, CountTask, OrderEvent, OrderLine, Plate, PurchaseOrder, Shipment
from wms_desktop.phrases import sentence, texts
from wms_desktop.services import causes, inventory, promise_reads
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.views.backlog import CAUSES
from wms_desktop.views.figures import Slice


@pytest.fixture
def mug(house: House) -> int:
    """An article with a bin, of which as much was ordered in the weeks before: no sudden demand."""
    house.bin("A-1")
    product = house.product("MUG")
    before = house.order("OLD", (product, 400), placed_at=house.now - timedelta(days=20), promise=day(-1))
    with writing(house.engine) as session:
        session.scalars(select(OrderLine).where(OrderLine.order_id == before)).one().cancelled = 400
    return product


def why(house: House) -> dict[str, str]:
    """The cause of each order's first line, where it has one."""
    found = house.read(lambda session: causes.propose(session, house.now))
    return {number: found[line.id] for number, line in lines(house).items() if line.id in found}


def wait(house: House, mug: int, number: str = "O1", **facts: Any) -> None:
    """An order behind a purchase order due in four days."""
    house.order(number, (mug, 3), promise=day(9), **facts)
    house.purchase(f"P-{number}", (mug, 3), due=day(4))
    recompute(house)


def test_what_is_in_time_and_has_its_goods_has_no_cause(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3)
    house.order("O1", (mug, 3), promise=day(9))
    recompute(house)

    assert why(house) == {}


def test_a_purchase_order_moved_later_or_overdue_is_the_suppliers(house: House, mug: int) -> None:
    wait(house, mug)
    in_time = why(house)
    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, 1).first_due = day(3)
    moved = why(house)
    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, 1).first_due = session.get_one(PurchaseOrder, 1).due = day(-1)

    assert (in_time, moved, why(house)) == ({"O1": "demand"}, {"O1": "supplier_late"}, {"O1": "supplier_late"})


def test_a_count_that_found_less_or_missing_units_are_a_stock_difference(house: House, mug: int) -> None:
    wait(house, mug)
    with writing(house.engine) as session:
        session.add(CountTask(location_id=house.place("A-1"), product_id=mug, reason="short", found=1, expected=4,
                              operator_id=1, at=house.now))  # fmt: skip
    counted = why(house)
    with writing(house.engine) as session:
        session.scalars(select(CountTask)).one().found = 4
    right = why(house)
    house.put(mug, "A-1", 1)
    with writing(house.engine) as session:
        here = Spot(location_id=house.place("A-1"))
        inventory.post(session, house.context(command="opening"), Goods(product_id=mug, qty=1), here,
                       Spot(location_id=here.location_id, condition="missing"), reason="short")  # fmt: skip

    assert (counted, right, why(house)) == ({"O1": "stock_difference"}, {"O1": "demand"}, {"O1": "stock_difference"})


def test_a_rise_of_demand_a_mode_a_hold_a_release_day_and_nothing_bought_each_have_theirs(
    house: House, mug: int
) -> None:
    skus = {sku: house.product(sku) for sku in ("HOT", "SLOW", "HELD", "LATER", "NONE")}
    old = {"placed_at": house.now - timedelta(days=20)}
    for sku in ("SLOW", "NONE"):
        house.order(sku, (skus[sku], 3), promise=day(9), **old)
    house.order("HOT", (skus["HOT"], 3), promise=day(9))
    house.order("HELD", (skus["HELD"], 3), promise=day(9), is_held=True)
    house.order("LATER", (skus["LATER"], 3), promise=day(9), release_on=day(5))
    recompute(house)
    act(house, "backorder_mode_on", product="SLOW", extra_days=2, reason="staff: two ill")

    assert why(house) == {
        "HOT": "demand", "SLOW": "staff", "HELD": "policy", "LATER": "new_release", "NONE": "process"}  # fmt: skip


def test_parcels_that_are_packed_and_on_no_truck_past_the_cut_off_wait_for_the_carrier(house: House, mug: int) -> None:
    stock = house.put(mug, "A-1", 6)
    for number in ("O1", "O2"):
        house.order(number, (mug, 3), hours=1, promise=day(9))
    line, context = lines(house)["O1"].id, house.context(command="opening")
    with writing(house.engine) as session:
        box, shipment = Plate(code="BOX-1", kind="carton"), Shipment(number="S1", order_id=2, created_at=house.now)
        session.add_all([box, shipment])
        session.flush()
        session.add(Carton(shipment_id=shipment.id, seq=1, plate_id=box.id, sscc="1", state="closed"))
        bench = Spot(location_id=house.place("BENCH-1"), plate_id=box.id)
        inventory.hold(session, stock, line, 3, "test")
        inventory.carry(session, context, stock, line, 3, bench, reason="pack")
    recompute(house)
    early = why(house)
    house.now += timedelta(hours=2)

    assert (early, why(house)) == ({}, {"O1": "carrier", "O2": "staff"})


def test_what_somebody_knows_better_goes_before_the_proposal_until_it_is_cleared(house: House, mug: int) -> None:
    wait(house, mug)
    line = lines(house)["O1"].id
    said = act(house, "set_cause", lines=[line], cause="carrier").message
    known = why(house)
    act(house, "set_cause", lines=[line], cause="")
    events = house.read(lambda session: session.scalars(select(OrderEvent).order_by(OrderEvent.id)).all())

    assert sentence(said.code, said.args) == "Cause of 1 lines: carrier."
    assert (known, why(house)) == ({"O1": "carrier"}, {"O1": "demand"})
    assert [(event.code, event.order_line_id) for event in events] == [
        ("event.cause", line), ("event.cause_cleared", line)]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "cause", "code"),
    [
        ([1], "weather", "promises.no_cause"),
        ([1, 999], "staff", "promises.no_lines"),
        ([], "staff", "promises.no_lines"),
    ],
)
def test_an_unknown_cause_or_line_is_refused(house: House, mug: int, given: list[int], cause: str, code: str) -> None:
    assert act(house, "set_cause", lines=given, cause=cause).message.code == code
    assert lines(house)["OLD"].cause == ""


def test_the_pareto_counts_units_lines_orders_and_money_of_each_cause(house: House, mug: int) -> None:
    cup = house.product("CUP")
    house.order("O1", (cup, 2), (cup, 3), promise=day(9), placed_at=house.now - timedelta(days=20))
    house.order("O2", (cup, 1), promise=day(9), is_held=True)
    recompute(house)
    price = lines(house)["O1"].price
    found = house.read(lambda session: promise_reads.QUESTIONS["causes"](session, house.now, {}))

    assert found == (
        Slice(dimension="cause", key="process", label="cause.process", units=5, lines=2, orders=1,
              amounts={"GBP": 5 * price}),
        Slice(dimension="cause", key="policy", label="cause.policy", units=1, lines=1, orders=1,
              amounts={"GBP": price}),
    )  # fmt: skip


def test_every_cause_has_its_word() -> None:
    assert [cause for cause in CAUSES if f"cause.{cause}" not in texts()] == []
