"""Another bin than the proposed one, a full bin, several bins for one item, and why."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from tests.builders import NOON, House
from tests.services.putaway_floor import counts, last_reason, rows, worker
from wms_desktop import phrases
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Location
from wms_desktop.prompts import Outcome
from wms_desktop.services import putaway

# On PostgreSQL the sequences of test_putaway_undo walk the same states.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture
def mug(house: House) -> int:
    """Four mugs on the dock, and three bins."""
    mug = house.product("MUG", name="Blue mug")
    for number in (1, 2, 3):
        house.bin(f"A-{number}", y_mm=number * 1000)
    house.put(mug, "DOCK-1", 4)
    return mug


def _set(house: House, code: str, **facts: Any) -> None:
    with writing(house.engine) as session:
        session.execute(update(Location).where(Location.code == code).values(**facts))


@pytest.mark.parametrize(
    ("key", "why", "counted"),
    [("1", "full", True), ("2", "blocked", True), ("3", "better_place", False), ("4", "other", False)],
)
def test_another_bin_with_a_reason(house: House, mug: int, key: str, why: str, counted: bool) -> None:
    me = worker(house)
    asked = me.scan("EAN-MUG", "A-2")
    assert (asked.outcome, asked.message.code, asked.prompt.state) == (Outcome.LOOK_HERE, "other_bin", "other")

    me.key("choose", key)

    assert (house.on_hand("A-2", mug), last_reason(house)) == (4, f"putaway, other bin: {why}")
    assert counts(house) == ([("A-1", "unknown")] if counted else [])
    assert house.read(lambda s: putaway.count_other_bins(s, NOON))[why] == 1


def test_the_reasons_are_listed_and_a_wrong_number_is_refused(house: House, mug: int) -> None:
    me = worker(house)
    asked = me.scan("EAN-MUG", "A-2")
    assert rows(asked.prompt)[0] == "1 · the proposed bin is full"

    assert me.key("choose", "5").message.code == "number_wanted"
    assert house.on_hand("DOCK-1", mug) == 4


def test_the_other_bin_once_more_needs_no_better_reason(house: House, mug: int) -> None:
    worker(house).scan("EAN-MUG", "A-2", "A-2")

    assert (house.on_hand("A-2", mug), last_reason(house)) == (4, "putaway, other bin: other")


def test_a_third_bin_is_asked_about_anew_and_the_proposed_one_is_right_after_all(house: House, mug: int) -> None:
    me = worker(house)

    assert me.scan("EAN-MUG", "A-2", "A-3").prompt.args["other"] == "A-3"
    me.scan("A-1")

    assert (house.on_hand("A-1", mug), last_reason(house)) == (4, "putaway")


def test_esc_takes_the_question_back(house: House, mug: int) -> None:
    me = worker(house)
    me.scan("EAN-MUG", "A-2")

    assert me.key("back").prompt.big == "A-1"
    assert me.key("back").prompt.state == "take"


REFUSED = [
    ({"is_blocked": True}, "bin_is_blocked"),
    ({"capacity_mm3": 250_000}, "bin_too_small"),
    ({"max_weight_g": 150}, "bin_too_small"),
    ({"mixing": "one_product"}, "bin_does_not_mix"),
]


@pytest.mark.parametrize(("facts", "code"), REFUSED)
def test_a_bin_that_may_not_be_is_refused(house: House, mug: int, facts: dict[str, Any], code: str) -> None:
    house.put(house.product("PEN", weight_g=1, length_mm=1), "A-2", 1)
    _set(house, "A-2", **facts)
    me = worker(house)

    answer = me.scan("EAN-MUG", "A-2")

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, code)
    assert (answer.prompt.state, house.on_hand("A-2", mug)) == ("place", 0)


def test_the_proposed_bin_filled_up_meanwhile_is_refused_and_f2_goes_on(house: House, mug: int) -> None:
    me = worker(house)
    me.scan("EAN-MUG")
    _set(house, "A-1", capacity_mm3=100_000)

    assert me.scan("A-1").message.code == "bin_too_small"
    answer = me.key("full")

    assert (answer.message.code, answer.prompt.big) == ("bin_full_next", "A-2")
    assert counts(house) == [("A-1", "unknown")]


def test_bins_found_full_are_not_proposed_again(house: House, mug: int) -> None:
    me = worker(house)
    me.scan("EAN-MUG")

    assert [me.key("full").prompt.big for _ in range(2)] == ["A-2", "A-3"]
    answer = me.key("full")

    assert (answer.message.code, answer.prompt.state) == ("bin_full_no_other", "no_bin")
    assert me.key("why").message.code == "why_putaway_none"
    assert counts(house) == [("A-1", "unknown"), ("A-2", "unknown"), ("A-3", "unknown")]


def test_a_smaller_number_does_not_bring_the_full_bin_back(house: House, mug: int) -> None:
    me = worker(house)
    me.scan("EAN-MUG")
    me.key("full")

    assert me.key("quantity", "2").prompt.big == "A-2"


def test_a_count_that_f2_asked_for_is_taken_back_with_it(house: House, mug: int) -> None:
    me = worker(house)
    before = me.scan("EAN-MUG").prompt
    me.key("full")
    me.key("undo")

    assert (me.prompt(), counts(house)) == (before, [])


def test_one_item_for_several_bins_is_told_at_once_and_done_one_after_the_other(house: House, mug: int) -> None:
    for number, units in ((1, 12), (2, 8), (3, 5)):
        _set(house, f"A-{number}", capacity_mm3=units * 100_000)
    house.put(mug, "DOCK-1", 16)
    me = worker(house)

    told = me.scan("EAN-MUG")
    assert (told.message.args["bins"], rows(told.prompt)) == ("A-1 (12), A-2 (8)", ["then 8 to A-2"])
    second = me.scan("A-1")
    assert (second.message.code, second.prompt.big, second.prompt.args["qty"]) == ("put_away_next", "A-2", 8)
    me.scan("A-2")

    assert [house.on_hand(f"A-{n}", mug) for n in (1, 2, 3)] == [12, 8, 0]
    assert me.said == "all_put_away"


def test_what_no_bin_takes_of_an_item_comes_last(house: House, mug: int) -> None:
    for number in (1, 2, 3):
        _set(house, f"A-{number}", capacity_mm3=100_000)
    me = worker(house)

    me.scan("EAN-MUG", "A-1", "A-2")
    answer = me.scan("A-3")

    assert (answer.prompt.state, answer.prompt.args["qty"]) == ("no_bin", 1)
    assert me.scan("A-3").message.code == "bin_too_small"
    assert me.key("back").prompt.args["units"] == 1


def test_any_bin_is_right_where_none_was_proposed(house: House, mug: int) -> None:
    for number in (1, 2, 3):
        _set(house, f"A-{number}", is_blocked=True)
    me = worker(house)
    assert me.scan("EAN-MUG").message.code == "take_no_bin"

    house.bin("B-1")
    me.scan("B-1")

    assert (house.on_hand("B-1", mug), last_reason(house)) == (4, "putaway")


def test_why_this_bin_and_why_not_the_nearer_ones(house: House, mug: int) -> None:
    _set(house, "A-1", is_blocked=True)
    _set(house, "A-2", capacity_mm3=150_000)
    me = worker(house)
    me.scan("EAN-MUG")

    message = me.key("why").message

    assert phrases.sentence(message.code, message.args) == (
        "A-3 for 4: the nearest free bin. Not A-1: blocked. Not A-2: too little room."
    )


def test_two_people_are_not_sent_to_the_same_free_bin(house: House, mug: int) -> None:
    house.put(house.product("PEN"), "DOCK-1", 2)
    me, other = worker(house), worker(house, "DOCK-B", "OP-picker")

    assert me.scan("EAN-MUG").prompt.big == "A-1"
    assert other.scan("EAN-PEN").prompt.big == "A-2"


def test_a_bin_before_any_item_is_refused_in_words(house: House, mug: int) -> None:
    answer = worker(house).scan("A-1")

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "bin_without_item")


def test_a_row_of_the_list_by_its_number(house: House, mug: int) -> None:
    me = worker(house)

    assert me.key("choose", "2").message.code == "number_wanted"
    assert me.key("choose", "1").prompt.big == "A-1"


def test_the_number_of_a_lot_is_the_lot(house: House, mug: int) -> None:
    milk = house.product("MILK", lot_tracked=True)
    for code in ("1", "77"):
        house.put(milk, "DOCK-1", 2, lot_id=house.lot(milk, code))
    me = worker(house)
    assert me.scan("EAN-MILK").message.code == "several_lots"

    assert me.key("choose", "77").prompt.args["lot"] == "77"
    assert me.key("back").prompt.state == "take"
