"""Free stock is shared out in the stated order, never twice, and every refusal says why."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select

from tests.builders import House
from tests.services.pick_floor import allocate, held, proved, reserved, say
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Order, OrderLine, Reservation, Stock
from wms_desktop.errors import NotEnoughStock
from wms_desktop.services import allocation, inventory


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1", y_mm=1000)
    house.bin("A-2", y_mm=2000)
    house.bin("A-3", y_mm=3000)
    return house.product("MUG")


def why(house: House) -> list[str]:
    return list(house.read(lambda s: s.scalars(select(Reservation.reason).order_by(Reservation.id))))


def test_open_lines_get_what_stands_free_in_bins(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    house.order("O1", (mug, 2))
    house.order("O2", (mug, 2))

    done = allocate(house)

    assert (done.units, done.lines, done.orders, done.waiting) == (4, 2, 2, ())
    assert held(house) == [("A-1", "", 1, 2), ("A-1", "", 2, 2)]
    assert proved(house) == []


def test_a_second_run_changes_nothing(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3)
    house.order("O1", (mug, 2))
    house.order("O2", (mug, 2))
    allocate(house)
    before = held(house)

    again = allocate(house)

    assert (again.units, held(house)) == (0, before)


def test_complaint_6_the_earlier_need_gets_the_stock_whatever_the_order_of_entry(house: House, mug: int) -> None:
    house.put(mug, "A-1", 4)
    house.order("LATE", (mug, 1), hours=9)
    house.order("SOON", (mug, 1), hours=2)
    house.order("BROKEN", (mug, 1), hours=9, promise=house.now.date() - timedelta(days=1))
    house.order("PINNED", (mug, 1), hours=9, is_pinned=True)
    house.order("MISSED", (mug, 1), hours=-1)

    allocate(house)

    assert reserved(house) == {1: 1, 2: 1, 3: 1, 4: 1, 5: 0}


def test_a_better_class_goes_first_at_the_same_cut_off(house: House, mug: int) -> None:
    house.put(mug, "A-1", 1)
    house.order("O1", (mug, 1), priority_class=5)
    house.order("O2", (mug, 1), priority_class=1)

    allocate(house)

    assert reserved(house) == {1: 0, 2: 1}


def test_complaint_8_a_far_off_order_locks_nothing_within_the_horizon(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    house.order("FAR", (mug, 5), hours=24 * 9)

    assert allocate(house, horizon=timedelta(days=2)).units == 0
    assert allocate(house).units == 5


def test_complaint_12_two_orders_never_hold_the_same_unit(house: House, mug: int) -> None:
    stock = house.put(mug, "A-1", 3)
    house.order("O1", (mug, 2))
    house.order("O2", (mug, 2))
    allocate(house)

    with pytest.raises(NotEnoughStock), writing(house.engine) as session:
        inventory.hold_many(session, [(stock, 2, 1, "again"), (stock, 1, 1, "greedy")])

    assert sum(reserved(house).values()) == 3
    assert proved(house) == []


def test_complaint_10_a_line_without_stock_says_why(house: House, mug: int) -> None:
    other = house.product("JUG")
    house.put(mug, "A-1", 2)
    house.order("FIRST", (mug, 2), hours=1)
    house.order("AFTER", (mug, 1), (other, 1), hours=2)

    waiting = allocate(house).waiting

    assert [(one.order_id, one.missing, one.why) for one in waiting] == [(2, 1, "went_before"), (2, 1, "no_stock")]
    assert [say(m.code, dict(m.args)) for m in map(allocation.waiting_message, waiting)] == [
        "1 missing: orders that come first took them.",
        "1 missing: none stands in any bin.",
    ]


def test_a_ship_complete_order_takes_all_or_nothing(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.put(mug, "A-1", 2)
    house.put(jug, "A-2", 1)
    house.order("WHOLE", (mug, 2), (jug, 2), complete=True, hours=1)
    house.order("PART", (mug, 1), hours=2)

    done = allocate(house)

    assert reserved(house) == {1: 0, 2: 0, 3: 1}
    assert [one.why for one in done.waiting] == ["waits_for_rest", "too_few"]
    assert house.read(lambda s: s.get_one(Order, 1).passed_over) == 1


def test_what_is_held_already_counts_towards_a_ship_complete_order(house: House, mug: int) -> None:
    jug = house.product("JUG")
    lane = house.put(jug, "LANE-1", 1)
    house.put(mug, "A-1", 2)
    house.order("WHOLE", (mug, 2), (jug, 1), complete=True)
    with writing(house.engine) as session:
        inventory.hold(session, lane, 2, 1, "crossdock")

    allocate(house)

    assert reserved(house) == {1: 2, 2: 1}


def test_an_order_passed_over_three_times_goes_first_in_its_rank(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.order("OLD", (mug, 1), placed_at=house.now - timedelta(days=5))
    house.order("STARVED", (mug, 2), complete=True, passed_over=3)

    allocate(house)

    assert reserved(house) == {1: 0, 2: 2}
    assert house.read(lambda s: s.get_one(Order, 2).passed_over) == 0


def test_held_orders_and_orders_before_their_release_wait(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    house.order("HELD", (mug, 1), is_held=True)
    house.order("PRE", (mug, 1), release_on=house.now.date() + timedelta(days=3))
    house.order("OUT", (mug, 1), release_on=house.now.date())

    allocate(house)

    assert reserved(house) == {1: 0, 2: 0, 3: 1}


def test_the_lot_that_expires_first_goes_first_and_expired_ones_stay(house: House, mug: int) -> None:
    for code, expiry, place in (("OLD", date(2026, 1, 1), "A-1"), ("MAY", date(2026, 5, 1), "A-3"),
                                ("JUNE", date(2026, 6, 1), "A-2")):  # fmt: skip
        house.put(mug, place, 2, lot_id=house.lot(mug, code, expiry))
    house.order("O1", (mug, 3))
    house.order("O2", (mug, 9))

    done = allocate(house)

    assert held(house)[:2] == [("A-2", "", 1, 1), ("A-3", "", 1, 2)]
    assert why(house)[0] == '["fefo","MAY","2026-05-01"]'
    assert say(*_message(why(house)[0])) == "Lot MAY expires first, on 2026-05-01."
    assert [one.missing for one in done.waiting] == [8]


def _message(reason: str) -> tuple[str, dict[str, object]]:
    message = allocation.reason_message(reason)
    return message.code, dict(message.args)


def test_the_nearest_bin_that_holds_all_of_it_is_taken(house: House, mug: int) -> None:
    house.put(mug, "A-1", 1)
    house.put(mug, "A-2", 4)
    house.put(mug, "A-3", 9)
    house.order("O1", (mug, 3))

    allocate(house)

    assert held(house) == [("A-2", "", 1, 3)]
    assert say(*_message(why(house)[0])) == "A-2 holds all of it and is the nearest that does; next best: A-1."


def test_otherwise_the_fewest_bins(house: House, mug: int) -> None:
    house.put(mug, "A-1", 1)
    house.put(mug, "A-2", 2)
    house.put(mug, "A-3", 4)
    house.order("O1", (mug, 6))

    allocate(house)

    assert held(house) == [("A-2", "", 1, 2), ("A-3", "", 1, 4)]


def test_only_good_units_in_bins_are_given_away(house: House, mug: int) -> None:
    for place in ("DOCK-1", "HOLD-1", "LANE-1", "CART-1", "BENCH-1"):
        house.put(mug, place, 2)
    house.order("O1", (mug, 1))

    assert [one.why for one in allocate(house).waiting] == ["no_stock"]


def test_a_unit_that_others_hold_is_named_as_the_reason(house: House, mug: int) -> None:
    house.put(mug, "A-1", 1)
    house.order("O1", (mug, 1), hours=1)
    allocate(house)
    house.order("O2", (mug, 1), hours=2)

    assert [one.why for one in allocate(house).waiting] == ["all_held"]


def test_a_run_can_be_narrowed_to_products_that_arrived(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.put(mug, "A-1", 1)
    house.put(jug, "A-2", 1)
    house.order("O1", (mug, 1), (jug, 1))

    allocate(house, product_ids=[jug])

    assert reserved(house) == {1: 0, 2: 1}


def test_complaint_25_ten_thousand_lines_take_seconds(house: House) -> None:
    products = [house.product(f"P{n}") for n in range(20)]
    house.bin("A-1")
    for product in products:
        house.put(product, "A-1", 400)
    with writing(house.engine) as session:
        now = house.now
        common = {"customer_id": 1, "service_id": 1, "placed_at": now, "promise": now.date(),
                  "leave_by": now + timedelta(hours=3)}  # fmt: skip
        session.execute(insert(Order), [{"number": f"O{n}"} | common for n in range(5_000)])
        ids = session.scalars(select(Order.id).order_by(Order.id)).all()
        session.execute(insert(OrderLine), [
            {"order_id": order_id, "line_no": line, "product_id": products[(order_id + line * 7) % 20], "ordered": 1}
            for order_id in ids for line in (1, 2)
        ])  # fmt: skip
    began = time.perf_counter()

    done = allocate(house)

    assert (done.units, len(done.waiting)) == (8_000, 2_000)
    assert time.perf_counter() - began < 20
    left = house.read(lambda s: s.scalar(select(func.sum(Stock.on_hand - Stock.reserved)).where(Stock.on_hand > 0)))
    assert left == 0


def test_complaint_16_two_runs_at_once_hold_no_unit_twice(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    house.put(mug, "A-2", 5)
    for n in range(8):
        house.order(f"O{n}", (mug, 2))

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(lambda _: allocate(house).units, range(2)))

    assert sum(done) == 10
    assert sum(reserved(house).values()) == 10
    assert proved(house) == []
