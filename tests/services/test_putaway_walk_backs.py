"""What stands in lanes for nobody is walked back to bins."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.builders import House
from tests.services.putaway_floor import is_clean, last_reason, rows, worker
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Peg
from wms_desktop.prompts import Outcome
from wms_desktop.services import dock_figures, inventory, receiving

# On PostgreSQL the sequences of test_putaway_undo walk the same states.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture
def mug(house: House) -> int:
    """Six mugs in a lane, four of them held for an order; three bins, the same goods in the farthest."""
    mug = house.product("MUG", name="Blue mug")
    for number in (1, 2, 3):
        house.bin(f"A-{number}", y_mm=number * 1000)
    house.put(mug, "A-3", 1)
    order = house.order("O1", (mug, 4))
    stock = house.put(mug, "LANE-1", 6)
    with writing(house.engine) as session:
        inventory.hold(session, stock, order, 4, "{}")
    return mug


def test_a_scanned_lane_is_walked_back_item_by_item(house: House, mug: int) -> None:
    me = worker(house)
    lane = me.scan("LANE-1")
    assert (lane.prompt.state, lane.prompt.args["units"], lane.prompt.args["lane"]) == ("lane", 2, "LANE-1")
    assert rows(lane.prompt) == ["2 × Blue mug "]

    told = me.scan("EAN-MUG")
    assert (told.message.code, told.prompt.state, told.prompt.big) == ("walk_back_to_bin", "back", "A-3")
    done = me.scan("A-3")

    assert (done.outcome, done.message.code, done.prompt.state) == (Outcome.JOB_COMPLETE, "lane_walked_back", "take")
    assert (house.on_hand("LANE-1", mug), house.on_hand("A-3", mug), last_reason(house)) == (4, 3, "walk back")
    assert is_clean(house)


def test_an_item_that_stands_only_in_a_lane_is_walked_back_at_once(house: House, mug: int) -> None:
    assert worker(house).scan("EAN-MUG").prompt.state == "back"


def test_what_stands_on_the_dock_goes_first(house: House, mug: int) -> None:
    house.put(mug, "DOCK-1", 1)

    assert worker(house).scan("EAN-MUG").prompt.state == "place"


def test_an_item_in_several_lanes_asks_for_the_lane(house: House, mug: int) -> None:
    house.put(mug, "LANE-3", 1)
    me = worker(house)

    assert me.scan("EAN-MUG").message.code == "several_lanes"
    me.scan("LANE-3", "EAN-MUG", "A-3")
    assert (house.on_hand("LANE-3", mug), house.on_hand("LANE-1", mug)) == (0, 6)


def test_a_lane_where_all_is_held_has_nothing_to_walk_back(house: House, mug: int) -> None:
    assert worker(house).scan("LANE-3").message.code == "nothing_to_walk_back"


def test_what_is_held_stays_in_the_lane(house: House, mug: int) -> None:
    me = worker(house)
    me.scan("LANE-1", "EAN-MUG")

    assert me.key("quantity", "3").message.code == "too_many_to_put"
    assert me.key("quantity", "1").prompt.args["qty"] == 1


def test_another_item_is_not_in_the_lane(house: House, mug: int) -> None:
    house.product("PEN")
    me = worker(house)
    me.scan("LANE-1")

    assert me.scan("EAN-PEN").message.code == "nothing_in_lane"
    assert me.key("back").prompt.state == "take"


def test_the_work_is_offered_and_chosen_by_its_number(house: House, mug: int) -> None:
    house.put(house.product("PEN"), "DOCK-1", 1)
    me = worker(house)
    assert rows(me.prompt()) == ["1 × Item PEN ", "2 · WALK BACK 2 from LANE-1"]

    assert me.key("choose", "2").prompt.state == "lane"


def test_another_bin_keeps_that_it_was_a_walk_back(house: House, mug: int) -> None:
    me = worker(house)
    me.scan("LANE-1", "EAN-MUG", "A-1")
    me.key("choose", "3")

    assert (house.on_hand("A-1", mug), last_reason(house)) == (2, "walk back, other bin: better_place")


def test_units_that_were_tied_to_an_order_meanwhile_stay(house: House, mug: int) -> None:
    me = worker(house)
    me.scan("LANE-1", "EAN-MUG")
    order = house.order("O2", (mug, 2))
    with writing(house.engine) as session:
        stock = next(row.Stock.id for row in inventory.list_held_on(session, location_id=house.place("LANE-1")))
        inventory.hold(session, stock, order, 2, "{}")

    answer = me.scan("A-3")

    assert (answer.outcome, answer.prompt.state, house.on_hand("LANE-1", mug)) == (Outcome.STOP, "take", 6)


def test_a_cart_takes_what_is_walked_back_too(house: House, mug: int) -> None:
    me = worker(house)

    me.scan("CART-1", "EAN-MUG")
    assert (house.on_hand("CART-1", mug), house.on_hand("LANE-1", mug)) == (2, 4)
    me.key("quantity", "1")
    assert (house.on_hand("CART-1", mug), house.on_hand("LANE-1", mug)) == (1, 5)
    assert house.read(lambda s: dock_figures.figures(s, house.now)).walked_back == 1
    me.key("done")
    me.scan("A-3")

    assert house.on_hand("A-3", mug) == 2
    assert is_clean(house)


def test_walked_back_units_serve_whoever_waits(house: House, mug: int) -> None:
    """In the bin they are free stock like any other: the end of the command shares them out."""
    order = house.order("O2", (mug, 2), service="FREIGHT")
    worker(house).scan("LANE-1", "EAN-MUG", "A-3")

    held = house.read(lambda s: [(row.Stock.location_id, row.Reservation.qty) for row in
                                 inventory.list_held_on(s, order_id=order)])  # fmt: skip
    assert (house.place("A-3"), 2) in held


def test_a_walk_back_is_taken_back(house: House, mug: int) -> None:
    me = worker(house)
    me.scan("LANE-1", "EAN-MUG")
    before = me.prompt()
    me.scan("A-3")

    me.key("undo")

    assert (me.prompt(), house.on_hand("LANE-1", mug)) == (before, 6)


def test_complaint_05_the_cross_docked_figure_stays_right_when_another_bin_or_lane_is_used(house: House) -> None:
    """Cross-docked is what the pegs say: no bin and no lane is counted, whatever else is put or found there."""
    pen = house.product("PEN", name="Red pen")
    house.bin("B-1")
    house.order("O9", (pen, 4))
    house.purchase("PO-9", (pen, 10))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    clerk.scan("PO-9", "EAN-PEN")
    clerk.key("quantity", "10")
    lane = clerk.prompt().big
    before = _crossdocked(house)
    clerk.scan(lane)
    assert (before, _crossdocked(house)) == (0, 4)

    house.put(pen, lane, 3)
    house.put(pen, "LANE-2", 5)
    me = worker(house)
    me.scan("EAN-PEN", "B-1")
    me.scan(lane, "EAN-PEN", "B-1")
    me.scan("LANE-2", "EAN-PEN", "B-1")

    assert (house.on_hand(lane, pen), house.on_hand("LANE-2", pen), house.on_hand("B-1", pen)) == (4, 0, 14)
    assert _crossdocked(house) == 4
    assert is_clean(house)


def test_complaint_21_scan_key_cart_and_verdict_name_the_same_bin_and_force_no_step(house: House) -> None:
    """One engine, whichever way it is asked; the bin alone is scanned, for an item that was never scanned before."""
    pen = house.product("PEN", name="Red pen")
    house.bin("B-1", y_mm=500, is_blocked=True)
    house.bin("B-2", y_mm=600)
    house.put(pen, "B-2", 1)
    house.purchase("PO-9", (pen, 10))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    verdict = clerk.scan("PO-9", "EAN-PEN").prompt
    me = worker(house)

    by_scan = me.scan("EAN-PEN").prompt.big
    me.key("back")
    by_key = me.key("choose", "1").prompt.big
    me.key("back")
    me.scan("CART-1", "EAN-PEN")
    by_cart = me.key("done").prompt.big

    assert (by_scan, by_key, by_cart) == ("B-2", "B-2", "B-2")
    assert "B-2" in [row.args.get("bin") for row in verdict.details]
    assert (me.scan("B-2").message.code, house.on_hand("B-2", pen)) == ("cart_put_away", 2)


def _crossdocked(house: House) -> int:
    """Units of pegs that have reached their lane."""
    query = select(func.coalesce(func.sum(Peg.qty), 0)).where(Peg.state.in_(("in_lane", "packed")))
    return int(house.read(lambda s: s.scalar(query)))
