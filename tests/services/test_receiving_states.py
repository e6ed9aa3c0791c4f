"""Where the dialogue of a dock stands after an event: it leads only where its table says, and keeps its reason."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Dialogue, ReceiptLine
from wms_desktop.prompts import Answer, Key, Outcome
from wms_desktop.services import receiving
from wms_desktop.ui.keys import interpret

# The state table is the same in both databases; what is written in its states is tested on both beside this.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)

MUG, CASE = "8412345000003", "18412345000000"
PALLET = "340123450000000017"


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", MUG, case=(CASE, 12), name="Blue mug")


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


def _type(desk: Desk, text: str) -> Answer:
    """What was typed, as the station's keyboard understands it under the prompt that is shown."""
    event = interpret(text, desk.prompt())
    return desk.key(event.name, event.value) if isinstance(event, Key) else desk.scan(event.text)


# --- a pallet that nobody announced -----------------------------------------------------------------------------------


def test_a_pallet_nobody_knows_asks_for_the_order_first_however_often_it_is_scanned(
    house: House, clerk: Desk, mug: int
) -> None:
    house.purchase("PO-1", (mug, 24))
    for _ in range(3):
        answer = clerk.scan(PALLET)
        assert (answer.outcome, answer.message.code) == (Outcome.STOP, "pallet_needs_order")
        assert answer.prompt.state == "open"

    assert clerk.scan(MUG).message.code == "verdict_bin"
    assert clerk.scan(PALLET, PALLET).message.code == "plate_made"


def test_a_pallet_nobody_knows_leaves_damage_and_its_reason_as_they_are(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")
    clerk.key("damaged")
    clerk.key("choose", "2")

    answer = clerk.scan(PALLET, PALLET)

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "pallet_while_damaged")
    assert answer.prompt.state == "damage"
    assert clerk.scan(MUG).message.code == "damaged_to_hold"
    assert (house.on_hand("HOLD-1", mug, "damaged"), house.on_hand("DOCK-1", mug)) == (1, 0)


def test_after_wrong_goods_among_damaged_ones_the_next_unit_is_still_damaged(
    house: House, clerk: Desk, mug: int
) -> None:
    house.product("PEN", "EAN-PEN")
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")
    clerk.key("damaged")
    clerk.key("choose", "2")
    assert clerk.scan("EAN-PEN").prompt.state == "foreign"

    assert clerk.scan(MUG).message.code == "damaged_to_hold"
    assert (house.on_hand("HOLD-1", mug, "damaged"), house.on_hand("DOCK-1", mug)) == (1, 0)


# --- every event leads where the table says (the guard in conftest.py looks at each) ----------------------------------


def test_an_order_whose_units_still_wait_for_their_lane_is_joined_where_they_are_carried(
    house: House, clerk: Desk, mug: int
) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", CASE)
    clerk.key("back")

    assert clerk.scan("PO-1").prompt.state == "carry"


def test_what_passed_is_carried_after_the_next_item_was_left_unjudged(house: House, clerk: Desk) -> None:
    toy = house.product("TOY", MUG, case=(CASE, 12), is_inspected=True)
    house.order("O1", (toy, 5))
    house.purchase("PO-1", (toy, 24))
    clerk.scan("PO-1", CASE)
    clerk.key("yes")
    clerk.key("quantity", "5")
    clerk.key("yes")
    clerk.scan(MUG)

    assert clerk.key("back").prompt.state == "bring"


# --- typed digits -----------------------------------------------------------------------------------------------------


def test_digits_choose_the_reason_before_a_damaged_unit_and_count_after_it(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")
    clerk.key("damaged")
    assert _type(clerk, "1").prompt.args["reason"] == "reason.crushed"
    assert _type(clerk, "2").prompt.args["reason"] == "reason.wet"
    clerk.scan(MUG)

    answer = _type(clerk, "3")

    assert (answer.message.code, answer.prompt.args["reason"]) == ("damaged_to_hold", "reason.wet")
    assert house.on_hand("HOLD-1", mug, "damaged") == 3


def test_another_reason_starts_its_own_count(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")
    clerk.key("damaged")
    _type(clerk, "1")
    clerk.scan(MUG)
    clerk.key("choose", "2")

    assert _type(clerk, "3").prompt.args["reason"] == "reason.broken"
    assert house.on_hand("HOLD-1", mug, "damaged") == 1


def test_digits_choose_why_goods_go_back_before_an_item_and_count_after_it(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 12))
    clerk.scan("PO-1", CASE)
    clerk.key("done")
    clerk.scan("R000001")
    assert _type(clerk, "1").prompt.args["why"] == "reason.wrong_item"
    clerk.scan(MUG)

    assert _type(clerk, "3").message.code == "given_back"
    assert house.on_hand("DOCK-1", mug) == 9


def test_f8_on_several_offers_asks_for_the_row_by_its_number(house: House, clerk: Desk) -> None:
    goods = [house.product(f"A{n}", f"{'0' * n}71234") for n in (1, 2, 3)]
    house.purchase("PO-1", *((product, 5) for product in goods))
    clerk.scan("PO-1", "71234")

    answer = clerk.key("yes")

    assert (answer.outcome, answer.message.code, answer.message.args["count"]) == (Outcome.STOP, "which_was_meant", 3)
    assert _type(clerk, "3").prompt.state == "count"


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["MUG", "A-1", "OP-supervisor", "see PO-1", "3"])
def test_a_note_may_say_anything_the_name_of_an_item_too(house: House, clerk: Desk, mug: int, words: str) -> None:
    house.bin("A-1")
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")
    clerk.key("damaged")
    _type(clerk, "1")
    clerk.scan(MUG)
    clerk.key("damaged")

    assert _type(clerk, words).message.code == "note_kept"
    assert house.read(lambda s: s.query(ReceiptLine).one().note) == f"crushed: {words}"


def test_f9_before_any_scan_asks_for_one(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")

    answer = clerk.key("why")

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "why_scan_first")


def test_f9_after_joining_explains_what_is_to_be_carried(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", CASE)
    clerk.key("back")
    clerk.scan("PO-1")

    assert clerk.key("why").message.args["order"] == "O1"


EXPIRED = f"]C1010{MUG}1720010110L1"
KEPT = [
    (MUG, {"is_relabelled": True}, "why_relabel"),
    (MUG, {"is_inspected": True}, "why_arrival_inspection"),
    (EXPIRED, {"lot_tracked": True, "expiry_tracked": True}, "why_hold_expired"),
]


@pytest.mark.parametrize(("code", "traits", "why"), KEPT)
def test_f9_says_what_keeps_units_from_a_bin(
    house: House, clerk: Desk, code: str, traits: dict[str, Any], why: str
) -> None:
    house.bin("A-1")
    house.purchase("PO-1", (house.product("TOY", MUG, **traits), 24))
    clerk.scan("PO-1", code)

    assert clerk.key("why").message.code == why


def test_f9_says_that_nobody_ordered_what_a_supervisor_put_on_the_hold(house: House, clerk: Desk, mug: int) -> None:
    house.product("PEN", "EAN-PEN")
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", "EAN-PEN", "OP-supervisor")

    assert clerk.key("why").message.code == "why_hold_foreign"


def test_f9_says_that_no_bin_has_room_only_of_units_that_want_one(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", MUG)

    assert clerk.key("why").message.code == "why_bin_none"


# --- a dialogue that an older version stored --------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["inspect", "decline"])
def test_a_dialogue_stored_with_one_receipt_that_passed_goes_on_with_it(house: House, clerk: Desk, state: str) -> None:
    toy = house.product("TOY", MUG, case=(CASE, 12), name="Toy", is_inspected=True)
    house.order("O1", (toy, 5))
    house.purchase("PO-1", (toy, 12))
    clerk.scan("PO-1", CASE)
    clerk.key("done")
    clerk.key("yes")
    clerk.scan(MUG)
    clerk.key("yes")
    with writing(house.engine) as session:
        row = session.scalars(select(Dialogue).where(Dialogue.workflow == "receive")).one()
        row.state, row.facts = state, '{"passed": 1}'

    assert clerk.prompt().state == "bring"
    clerk.key("why")
    assert clerk.scan("LANE-1").message.code == "carried_freed"
