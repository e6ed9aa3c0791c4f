"""Putting away: the proposed bin, another bin, and what must not be put away."""

from __future__ import annotations

import pytest

from tests.builders import Desk, House
from wms_desktop.prompts import Outcome
from wms_desktop.services import inventory, putaway, receiving, selfcheck


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", name="Blue mug")


@pytest.fixture
def worker(house: House) -> Desk:
    return house.at(putaway, "DOCK-A", "OP-receiver")


def _receive(house: House, product: int, qty: int, code: str = "EAN-MUG") -> Desk:
    house.purchase(f"PO-{qty}", (product, qty))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    clerk.scan(f"PO-{qty}", code)
    if qty > 1:
        clerk.key("quantity", str(qty))
    return clerk


def test_the_same_goods_lie_together_before_the_nearest_free_bin(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1", y_mm=1000)
    house.bin("A-9", y_mm=9000)
    house.put(mug, "A-9", 3)
    _receive(house, mug, 4)

    answer = worker.scan("EAN-MUG")

    assert (answer.prompt.big, answer.prompt.args["reason"]) == ("A-9", "same_goods")


def test_a_bin_that_is_too_small_is_not_proposed(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1", y_mm=1000, capacity_mm3=399_999)
    house.bin("A-2", y_mm=2000, capacity_mm3=400_000)
    _receive(house, mug, 4)

    assert worker.scan("EAN-MUG").prompt.big == "A-2"


def test_the_scanned_bin_gets_the_units(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1")
    _receive(house, mug, 4)

    answer = worker.scan("EAN-MUG", "A-1")

    assert (house.on_hand("A-1", mug), house.on_hand("DOCK-1", mug)) == (4, 0)
    assert (answer.outcome, answer.message.code) == (Outcome.JOB_COMPLETE, "all_put_away")


def test_another_bin_must_be_scanned_twice(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1")
    house.bin("A-2", y_mm=2000)
    _receive(house, mug, 4)

    asked = worker.scan("EAN-MUG", "A-2")
    assert (asked.message.code, house.on_hand("A-2", mug)) == ("other_bin", 0)
    worker.scan("A-2")

    assert house.on_hand("A-2", mug) == 4


def test_another_bin_without_room_is_refused(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1")
    house.bin("A-2", y_mm=2000, capacity_mm3=250_000)
    _receive(house, mug, 4)

    answer = worker.scan("EAN-MUG", "A-2")

    assert (answer.message.code, answer.message.args["room"]) == ("bin_too_small", 2)


def test_a_smaller_number_goes_to_this_bin_and_the_rest_stays(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1")
    _receive(house, mug, 4)
    worker.scan("EAN-MUG")
    worker.key("quantity", "3")

    answer = worker.scan("A-1")

    assert (house.on_hand("A-1", mug), house.on_hand("DOCK-1", mug)) == (3, 1)
    assert answer.prompt.args["units"] == 1


def test_units_for_a_lane_are_not_put_away(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1")
    house.order("O1", (mug, 4))
    _receive(house, mug, 4)

    assert worker.scan("EAN-MUG").message.code == "nothing_on_dock"


def test_units_kept_for_an_order_keep_their_reservation_in_the_bin(house: House, worker: Desk, mug: int) -> None:
    pen = house.product("PEN")
    house.bin("A-1")
    house.order("O1", (mug, 4), (pen, 1), complete=True)
    house.purchase("PO-PEN", (pen, 1))
    _receive(house, mug, 6)

    worker.scan("EAN-MUG", "A-1")

    place = house.place("A-1")
    held = house.read(
        lambda s: [(r.qty, stock.on_hand) for stock, r, _ in inventory.list_held_on(s, location_id=place)]
    )
    assert held == [(4, 6)]
    assert house.read(selfcheck.find_differences) == []


def test_putting_away_can_be_taken_back(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1")
    _receive(house, mug, 4)
    before = worker.prompt()
    worker.scan("EAN-MUG", "A-1")

    worker.key("undo")
    worker.key("undo")

    assert worker.prompt() == before
    assert (house.on_hand("A-1", mug), house.on_hand("DOCK-1", mug)) == (0, 4)


def test_work_that_a_colleague_finished_falls_back_to_the_next(house: House, worker: Desk, mug: int) -> None:
    house.bin("A-1")
    _receive(house, mug, 4)
    other = house.at(putaway, "DOCK-B", "OP-picker")
    worker.scan("EAN-MUG")
    other.scan("EAN-MUG", "A-1")

    answer = worker.scan("A-1")

    assert answer.outcome == Outcome.STOP
    assert answer.prompt.state == "take"
    assert house.on_hand("A-1", mug) == 4
