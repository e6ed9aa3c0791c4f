"""Codes at the dock: GS1 symbols, serial numbers, damaged codes that are offered, unknown ones that are taught."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Barcode, Plate, ReceivedSerial, Stock
from wms_desktop.prompts import Outcome
from wms_desktop.services import receiving, selfcheck, settings

# What a code means is the same in both databases; receiving itself is tested on both beside this.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)

MUG, CASE = "8412345000003", "18412345000000"
GS = "\x1d"


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", MUG, case=(CASE, 12), name="Blue mug", weight_g=400)


@pytest.fixture
def clerk(house: House, mug: int) -> Desk:
    house.purchase("PO-1", (mug, 500))
    desk = house.at(receiving, "DOCK-A", "OP-receiver")
    desk.scan("PO-1")
    return desk


def _codes(house: House) -> dict[str, int]:
    return house.read(lambda s: {row.code: row.units for row in s.scalars(select(Barcode))})


# --- GS1 --------------------------------------------------------------------------------------------------------------


def test_one_symbol_of_a_pallet_gives_item_lot_quantity_and_plate(house: House, clerk: Desk, mug: int) -> None:
    answer = clerk.scan(f"]C100340123450000000017020{MUG}3748{GS}10L7")

    assert answer.message.args["qty"] == 48
    row = house.read(lambda s: s.scalars(select(Stock).where(Stock.on_hand > 0, Stock.plate_id != 0)).one())
    assert house.read(lambda s: s.get(Plate, row.plate_id).code) == "340123450000000017"
    assert (row.on_hand, row.location_id) == (48, house.place("DOCK-1"))


def test_the_same_pallets_symbol_twice_is_refused(house: House, clerk: Desk, mug: int) -> None:
    symbol = f"]C100340123450000000017020{MUG}3748"
    clerk.scan(symbol)

    assert clerk.scan(symbol).message.code == "plate_received"
    assert house.on_hand("DOCK-1", mug) == 48


def test_a_case_on_a_pallets_symbol_counts_its_units(house: House, clerk: Desk, mug: int) -> None:
    clerk.scan(f"]C102{CASE}3704")

    assert house.on_hand("DOCK-1", mug) == 48


def test_a_symbol_whose_elements_may_not_stand_together_is_refused_by_name(clerk: Desk) -> None:
    answer = clerk.scan(f"]C1010{MUG}3712")

    assert (answer.outcome, answer.message.code) == (Outcome.NOT_UNDERSTOOD, "gs1_excluded")
    assert (answer.message.args["first"], answer.message.args["others"]) == ("(01)", "(37)")


def test_a_symbol_with_the_lot_alone_asks_for_the_items_symbol(clerk: Desk) -> None:
    assert clerk.scan("]C110L77").message.code == "gs1_item_wanted"


def test_a_weight_where_units_are_meant_is_offered_as_units(house: House, clerk: Desk, mug: int) -> None:
    asked = clerk.scan(f"]C1010{MUG}3103004800")
    assert (asked.prompt.state, asked.prompt.args["by_weight"]) == ("weight", 12)
    assert house.on_hand("DOCK-1", mug) == 0

    clerk.key("yes")

    assert house.on_hand("DOCK-1", mug) == 12


def test_a_weight_that_is_one_units_own_asks_nothing(house: House, clerk: Desk, mug: int) -> None:
    assert clerk.scan(f"]C1010{MUG}3103000400").prompt.state == "count"
    assert house.on_hand("DOCK-1", mug) == 1


def test_a_lots_own_symbol_answers_the_question_for_it(house: House) -> None:
    milk = house.product("MILK", "4012345000009", lot_tracked=True, expiry_tracked=True)
    house.purchase("PO-2", (milk, 5))
    desk = house.at(receiving, "DOCK-B", "OP-receiver")
    desk.scan("PO-2", "4012345000009")

    answer = desk.scan(f"]C110L77{GS}17261231")

    assert (answer.prompt.state, house.on_hand("DOCK-1", milk)) == ("count", 1)


# --- serial numbers ---------------------------------------------------------------------------------------------------


@pytest.fixture
def driller(house: House) -> Desk:
    drill = house.product("DRILL", "4012345000009", case=("14012345000006", 4), serial_tracked=True, name="Drill")
    house.purchase("PO-D", (drill, 9))
    desk = house.at(receiving, "DOCK-B", "OP-receiver")
    desk.scan("PO-D")
    return desk


def test_each_unit_with_a_serial_is_asked_for_it(house: House, driller: Desk) -> None:
    asked = driller.scan("4012345000009")
    answer = driller.scan("SN-1")

    assert (asked.prompt.state, answer.prompt.state) == ("serial", "count")
    assert house.read(lambda s: list(s.scalars(select(ReceivedSerial.code)))) == ["SN-1"]


def test_a_serial_that_is_here_already_is_refused_until_it_is_undone(house: House, driller: Desk) -> None:
    driller.scan("]C1010401234500000921SN-1")
    assert driller.scan("]C1010401234500000921SN-1").message.code == "serial_known"

    driller.key("undo")

    assert driller.scan("]C1010401234500000921SN-1").message.code == "verdict_bin"


@pytest.mark.parametrize("act", ["case", "quantity"])
def test_units_with_serials_come_one_by_one(driller: Desk, act: str) -> None:
    driller.scan("4012345000009", "SN-1")

    answer = driller.scan("14012345000006") if act == "case" else driller.key("quantity", "3")

    assert answer.message.code == "serial_one_by_one"


# --- damaged codes ----------------------------------------------------------------------------------------------------


def test_a_code_without_its_check_digit_is_offered_not_guessed(house: House, clerk: Desk, mug: int) -> None:
    asked = clerk.scan(MUG[:-1])
    assert (asked.message.code, asked.prompt.state) == ("was_meant", "offer")
    assert house.on_hand("DOCK-1", mug) == 0

    answer = clerk.scan(MUG[:-1])

    assert (answer.message.code, answer.prompt.state) == ("verdict_bin", "count")
    assert house.on_hand("DOCK-1", mug) == 1


def test_f8_takes_the_offer_and_its_units(house: House, clerk: Desk, mug: int) -> None:
    clerk.scan(CASE[:-1])
    clerk.key("yes")

    assert house.on_hand("DOCK-1", mug) == 12


def test_lost_zeros_are_offered_from_the_open_screen_too(house: House) -> None:
    cup = house.product("CUP", "012345678905", name="Cup")
    house.purchase("PO-C", (cup, 5))
    desk = house.at(receiving, "DOCK-B", "OP-receiver")
    desk.scan("12345678905")

    answer = desk.key("yes")

    assert (answer.prompt.args["order"], house.on_hand("DOCK-1", cup)) == ("PO-C", 1)


def test_of_several_that_were_meant_one_is_chosen_and_never_taken_by_itself(house: House, clerk: Desk) -> None:
    one, two = house.product("A1", "00071234"), house.product("A2", "0071234")
    house.purchase("PO-2", (one, 5), (two, 5))
    clerk.scan("PO-2")
    asked = clerk.scan("71234")
    assert (asked.message.code, len(asked.prompt.details)) == ("which_was_meant", 2)
    assert clerk.scan("71234").message.code == "which_was_meant"
    assert clerk.key("yes").message.code == "which_was_meant"

    clerk.key("choose", "2")

    assert house.on_hand("DOCK-1", one) + house.on_hand("DOCK-1", two) == 1


def test_the_next_item_leaves_the_offer(house: House, clerk: Desk, mug: int) -> None:
    clerk.scan(CASE[:-1], MUG)

    assert house.on_hand("DOCK-1", mug) == 1


def test_a_gs1_symbol_of_an_unknown_item_can_be_taught(house: House, clerk: Desk, mug: int) -> None:
    symbol = f"]C10104099999000005{'10'}L7"
    clerk.scan(symbol, symbol, "OP-supervisor", MUG)
    clerk.key("yes")

    clerk.scan(symbol)

    assert house.on_hand("DOCK-1", mug) == 1


# --- teaching ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def boss(house: House, mug: int) -> Desk:
    house.purchase("PO-B", (mug, 500))
    desk = house.at(receiving, "DOCK-B", "OP-supervisor")
    desk.scan("PO-B")
    return desk


def test_an_unknown_code_scanned_twice_is_taught_with_its_units(house: House, boss: Desk, mug: int) -> None:
    boss.scan("X-UNKNOWN", "X-UNKNOWN")
    asked = boss.scan("blue m")
    taught = boss.key("quantity", "24")
    boss.scan("X-UNKNOWN")

    assert (asked.prompt.state, taught.message.code) == ("teach_units", "taught")
    assert house.on_hand("DOCK-1", mug) == 24


def test_a_taught_code_is_unknown_again_when_it_is_undone(house: House, boss: Desk) -> None:
    before = _codes(house)
    boss.scan("X-UNKNOWN", "X-UNKNOWN", MUG)
    boss.key("yes")
    assert _codes(house)["X-UNKNOWN"] == 1

    boss.key("undo")

    assert _codes(house) == before


def test_a_receiver_needs_a_supervisors_badge_to_teach(house: House, clerk: Desk) -> None:
    assert clerk.scan("X-UNKNOWN", "X-UNKNOWN").prompt.state == "teach_badge"
    assert clerk.scan("OP-picker").message.code == "supervisor_wanted"

    assert clerk.scan("OP-supervisor").prompt.state == "teach"


def test_a_house_may_let_its_receivers_teach(house: House, clerk: Desk) -> None:
    with writing(house.engine) as session:
        settings.put(session, "receivers_teach", "1")

    assert clerk.scan("X-UNKNOWN", "X-UNKNOWN").prompt.state == "teach"


def test_another_code_between_the_two_scans_teaches_nothing(boss: Desk) -> None:
    boss.scan("X-UNKNOWN", MUG)

    assert boss.scan("X-UNKNOWN").message.code == "unknown_item"


@pytest.mark.parametrize(("code", "refusal"), [("4012345000008", "teach_check_digit"), ("X1", "teach_short")])
def test_what_cannot_be_an_items_code_is_not_taught(boss: Desk, code: str, refusal: str) -> None:
    answer = boss.scan(code, code)

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, refusal)


def test_a_code_that_a_colleague_taught_meanwhile_is_not_taught_twice(house: House, boss: Desk, clerk: Desk) -> None:
    boss.scan("X-UNKNOWN", "X-UNKNOWN", MUG)
    other = house.at(receiving, "DOCK-A", "OP-supervisor")
    other.scan("X-UNKNOWN", "X-UNKNOWN", MUG)
    other.key("yes")

    assert boss.key("quantity", "12").message.code == "teach_known"


def test_more_units_than_anybody_packs_are_refused(boss: Desk) -> None:
    boss.scan("X-UNKNOWN", "X-UNKNOWN", MUG)

    assert boss.key("quantity", "9999").message.code == "teach_absurd"


def test_a_name_that_many_items_have_asks_for_more_of_it_and_few_are_offered(house: House, boss: Desk) -> None:
    for n in range(9):
        house.product(f"PLATE-{n}", name=f"Plate {n} {'deep' if n < 2 else 'flat'}")
    boss.scan("X-UNKNOWN", "X-UNKNOWN")

    assert boss.scan("plate").message.code == "teach_too_many"
    assert [d.args["sku"] for d in boss.scan("deep").prompt.details] == ["PLATE-0", "PLATE-1"]
    assert boss.key("choose", "2").prompt.args["product"] == "Plate 1 deep"
    assert house.read(selfcheck.find_differences) == []
