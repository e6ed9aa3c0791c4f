"""Whatever a picker scans wrongly is refused in words and changes nothing; work that moved says where it went."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders import House
from tests.services.pick_floor import Picker, batch_of, cancel, form, give, held, picker, picks, proved, say, snapshot
from wms_desktop.db.engine import writing
from wms_desktop.prompts import Outcome
from wms_desktop.services import inventory
from wms_desktop.services.inventory import Goods, Spot

CASE = "18412345000000"
MUG = "8412345000003"


@pytest.fixture
def floor(house: House) -> dict[str, int]:
    """Two orders in three bins; the batch B000001 walks A-1, A-2 and B-1; a spare jug stands in B-9."""
    for code, aisle, y_mm in (("A-1", 0, 2000), ("A-2", 0, 4000), ("B-1", 1, 3000), ("B-9", 1, 9000)):
        house.bin(code, aisle=aisle, y_mm=y_mm)
    mug = house.product("MUG", MUG, case=(CASE, 6), name="Blue mug")
    jug = house.product("JUG", name="Red jug")
    cup = house.product("CUP", name="Tea cup")
    stock = house.put(mug, "A-1", 20)
    house.put(jug, "A-2", 2)
    house.put(cup, "B-1", 9)
    house.order("O1", (mug, 4), (jug, 1), hours=2)
    house.order("O2", (mug, 1), (cup, 2), hours=3)
    form(house)
    return {"mug": mug, "jug": jug, "cup": cup, "stock": stock}


@pytest.fixture
def ana(house: House, floor: dict[str, int]) -> Picker:
    walker = picker(house)
    walker.scan("CART-1", "TOTE-01", "TOTE-02")
    return walker


def refused(house: House, walker: Picker, code: str, *, key: str = "", value: str = "") -> str:
    """The sentence of a refusal that changed nothing and left the prompt as it was."""
    before, prompt = snapshot(house), walker.prompt()
    answer = walker.key(key, value) if key else walker.scan(code)
    assert answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD)
    assert answer.prompt == prompt
    assert snapshot(house) == before
    return say(answer.message.code, dict(answer.message.args))


def test_wrong_turns_at_the_start(house: House, floor: dict[str, int]) -> None:
    walker = picker(house)
    assert refused(house, walker, "NEVER-SEEN").startswith("NEVER-SEEN is not known in this house")
    assert "Wanted now" in refused(house, walker, "A-1")
    assert "Wanted now" in refused(house, walker, "TOTE-01")
    house.put(floor["mug"], "CART-2", 3)
    assert refused(house, walker, "CART-2") == (
        "CART-2 is not empty: 3 units stand on it. Take another cart, or clear it first."
    )


def test_a_cart_or_batch_of_a_colleague_is_not_taken(house: House, ana: Picker) -> None:
    other = picker(house, "OP-picker2", "PICK-2")

    assert refused(house, other, "CART-1") == "CART-1 is with Picker (batch B000001). Take another cart."
    assert refused(house, other, "CART-2").startswith("No batch waits for you or for anybody.")
    assert refused(house, other, "B000001").startswith("Batch B000001 belongs to Picker.")


def test_a_batch_that_is_over_says_so(house: House, floor: dict[str, int]) -> None:
    cancel(house, "B000001")

    assert refused(house, picker(house), "B000001") == "Batch B000001 was cancelled. Scan a cart to get the next one."


def test_wrong_totes_are_refused_each_in_its_words(house: House, floor: dict[str, int]) -> None:
    walker = picker(house)
    walker.scan("CART-1", "TOTE-01")
    house.order("O3", (floor["cup"], 1))
    form(house)
    picker(house, "OP-picker2", "PICK-2").scan("CART-2", "TOTE-09")
    fill_tote(house, floor["jug"], "TOTE-05")

    assert refused(house, walker, "TOTE-99").startswith("TOTE-99 is not known")
    assert "Wanted now" in refused(house, walker, "CART-1")
    assert refused(house, walker, "TOTE-01").startswith("TOTE-01 is the tote of order O1 in batch B000001.")
    assert refused(house, walker, "TOTE-09").startswith("TOTE-09 is the tote of order O3 in batch B000002.")
    assert refused(house, walker, "TOTE-05") == (
        "TOTE-05 is not empty: 1 units in it, at BENCH-2. Take an empty tote for order O2."
    )
    assert refused(house, walker, "", key="back") == "Order O2 has no tote yet. Scan an empty tote."


def fill_tote(house: House, product: int, tote: str) -> None:
    number = int(tote[-2:])
    with writing(house.engine) as session:
        inventory.post(session, house.context(command="opening"), Goods(product_id=product, qty=1),
                       Spot(location_id=house.place("ADJUSTMENT")),
                       Spot(location_id=house.place("BENCH-2"), plate_id=number), reason="opening")  # fmt: skip


def test_wrong_turns_in_front_of_a_bin(house: House, ana: Picker) -> None:
    assert refused(house, ana, "A-2") == "That is A-2. Blue mug is taken from A-1: go to A-1 and scan it."
    assert refused(house, ana, MUG).startswith("That is Blue mug. First scan the bin A-1")
    assert refused(house, ana, "TOTE-01").startswith("That is TOTE-01. First scan the bin A-1")
    assert refused(house, ana, "", key="short").startswith("That is F2. First scan the bin A-1")
    assert "Wanted now" in refused(house, ana, "BENCH-1")
    assert refused(house, ana, "garbage").startswith("garbage is not known in this house")


def test_wrong_turns_with_the_goods(house: House, ana: Picker) -> None:
    ana.scan("A-1")

    assert refused(house, ana, "EAN-JUG") == (
        "That is Red jug. This stop needs Blue mug. Put it back in A-1, or press F2 if there is none."
    )
    assert refused(house, ana, "A-2").startswith("That is A-2. Blue mug is taken from A-1")
    assert refused(house, ana, "TOTE-01") == "That is TOTE-01. First take Blue mug from A-1 and scan it."
    assert refused(house, ana, CASE).startswith("That case holds 6, only 4 × Blue mug more are wanted.")
    assert refused(house, ana, "", key="quantity", value="2").startswith("Scan Blue mug in A-1 once first")
    assert refused(house, ana, "", key="yes").startswith("Blue mug has no lot to confirm")
    ana.scan(MUG)
    assert refused(house, ana, "", key="quantity", value="5").startswith("5 is not a quantity of this stop")
    assert refused(house, ana, "", key="skip").startswith("1 × Blue mug are in your hand.")


def test_wrong_turns_in_front_of_the_totes(house: House, ana: Picker) -> None:
    ana.scan("A-1", MUG)
    ana.key("quantity", "4")
    house.order("O3", (3, 1))
    form(house)
    picker(house, "OP-picker2", "PICK-2").scan("CART-2", "TOTE-09")

    assert refused(house, ana, "TOTE-02") == ("That is TOTE-02, place 2, order O2. Put it in place 1: scan TOTE-01.")
    assert refused(house, ana, "TOTE-09").startswith("TOTE-09 belongs to order O3 of another batch.")
    assert refused(house, ana, "TOTE-07").startswith("TOTE-07 is not on this cart.")
    assert refused(house, ana, MUG).startswith("All 4 × Blue mug are taken already.")
    assert refused(house, ana, "EAN-JUG").startswith("That is Red jug. First put Blue mug in place 1")
    assert refused(house, ana, "A-2").startswith("That is A-2. First put Blue mug in place 1")


def test_wrong_turns_in_a_short(house: House, ana: Picker) -> None:
    ana.scan("A-1")

    assert refused(house, ana, "", key="short", value="4").startswith("4 of 4 × Blue mug: that is not short.")
    ana.key("short", "2")
    assert refused(house, ana, "", key="choose", value="9").startswith("9 is not a reason here. Type 1 to 3.")
    assert refused(house, ana, "", key="quantity", value="7").startswith("7 of 4 × Blue mug")
    assert "Wanted now" in refused(house, ana, MUG)
    assert ana.key("quantity", "1").prompt.args["found"] == 1
    assert ana.key("back").prompt.state == "item"


def test_the_last_stop_cannot_be_skipped(house: House, ana: Picker) -> None:
    ana.scan("A-1", MUG)
    ana.key("quantity", "4")
    ana.scan("TOTE-01", MUG, "TOTE-02", "A-2", "EAN-JUG", "TOTE-01")

    assert refused(house, ana, "", key="skip").startswith("B-1 is all that is left")


def test_only_a_bench_takes_the_totes(house: House, ana: Picker) -> None:
    ana.scan("A-1", MUG)
    ana.key("quantity", "4")
    ana.scan("TOTE-01", MUG, "TOTE-02", "A-2", "EAN-JUG", "TOTE-01", "B-1", "EAN-CUP", "EAN-CUP", "TOTE-02")

    assert "Wanted now" in refused(house, ana, "DOCK-1")
    assert "Wanted now" in refused(house, ana, "A-1")


def test_the_right_bin_twice_is_as_good_as_once(ana: Picker) -> None:
    assert ana.scan("A-1", "A-1").prompt.state == "item"


@pytest.fixture
def lots(house: House) -> Picker:
    """Pills of two lots in one bin; the order gets the one that expires first."""
    house.bin("A-1", y_mm=2000)
    pill = house.product("PILL", MUG, name="Pill", lot_tracked=True, expiry_tracked=True)
    for code, expiry in (("L1", date(2026, 5, 1)), ("L2", date(2026, 6, 1))):
        house.put(pill, "A-1", 3, lot_id=house.lot(pill, code, expiry))
    house.order("O1", (pill, 2))
    form(house)
    walker = picker(house)
    walker.scan("CART-1", "TOTE-01", "A-1")
    return walker


def test_another_lot_is_refused_and_the_wanted_one_asked_for(house: House, lots: Picker) -> None:
    gtin = "0" + MUG
    assert refused(house, lots, f"]C101{gtin}10L2").startswith("That is lot L2 of Pill. This order gets lot L1.")
    assert refused(house, lots, MUG).startswith("Several lots of Pill lie here. Take lot L1")

    assert lots.scan(f"]C101{gtin}10L1").prompt.args["taken"] == 1
    lots.key("yes")
    assert lots.scan(MUG).prompt.state == "tote"


def test_a_lot_that_lies_alone_needs_no_second_code(house: House) -> None:
    house.bin("A-1", y_mm=2000)
    pill = house.product("PILL", MUG, lot_tracked=True)
    house.put(pill, "A-1", 3, lot_id=house.lot(pill, "L1"))
    house.order("O1", (pill, 1))
    form(house)
    walker = picker(house)

    assert walker.scan("CART-1", "TOTE-01", "A-1", MUG).prompt.state == "tote"


def test_a_line_nobody_wants_any_more_says_so_and_the_walk_goes_on(
    house: House, floor: dict[str, int], ana: Picker
) -> None:
    ana.scan("A-1", MUG)
    with writing(house.engine) as session:
        inventory.free(session, floor["stock"], 1, 4)

    answer = ana.scan(MUG)

    assert (answer.outcome, answer.message.code) == (Outcome.LOOK_HERE, "pick_not_wanted")
    assert (answer.prompt.args["order"], answer.prompt.args["qty"]) == ("O2", 1)
    assert picks(house)[0] == ("A-1", 4, 0, "cancelled")
    ana.scan(MUG, "TOTE-02")
    assert proved(house) == []


STEPS = ("", "TOTE-01", "TOTE-02", "A-1", MUG, MUG, MUG, MUG, "TOTE-01", MUG, "TOTE-02", "A-2", "EAN-JUG", "TOTE-01",
         "B-1", "EAN-CUP", "EAN-CUP", "TOTE-02")  # fmt: skip


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1))
def test_complaint_22_a_cart_is_handed_over_at_every_step(house: House, floor: dict[str, int], steps: int) -> None:
    ana, ben = picker(house), picker(house, "OP-picker2", "PICK-2")
    ana.scan("CART-1", *STEPS[1:steps])
    give(house, "B000001", "OP-picker2")

    old = refused_once(house, ana, "8412345000003")
    assert old.startswith("Batch B000001 was given to Second picker by Supervisor at 12:")
    assert ben.prompt().state == "handover"
    assert ben.scan("CART-2").message.code == "pick_wrong_cart"
    ben.scan("CART-1")
    finish(ben)

    assert [stop[3] for stop in picks(house)] == ["done"] * 4
    assert [row[0] for row in held(house)] == ["BENCH-1"] * 4
    assert [row[3] for row in held(house)] == [4, 1, 1, 2]
    assert proved(house) == []


def refused_once(house: House, walker: Picker, code: str) -> str:
    before = snapshot(house)
    answer = walker.scan(code)
    assert (answer.outcome, answer.prompt.state) == (Outcome.STOP, "start")
    assert snapshot(house) == before
    return say(answer.message.code, dict(answer.message.args))


def finish(walker: Picker) -> None:
    """Does what the screen says until the cart is free."""
    codes = {"Blue mug": MUG, "Red jug": "EAN-JUG", "Tea cup": "EAN-CUP"}
    for _ in range(60):
        prompt = walker.prompt()
        if prompt.state == "start":
            return
        code = {
            "totes": f"TOTE-0{prompt.args.get('position')}",
            "bin": prompt.args.get("bin"),
            "item": codes.get(str(prompt.args.get("product"))),
            "tote": prompt.args.get("tote"),
            "drop": "BENCH-1",
        }[prompt.state]
        walker.scan(str(code))
    raise AssertionError("the walk never ended")


def test_a_cart_taken_from_a_picker_without_a_new_one_waits_for_whoever_scans_it(house: House, ana: Picker) -> None:
    ana.scan("A-1", MUG)
    give(house, "B000001", "")

    assert refused_once(house, ana, MUG).startswith("Batch B000001 was taken back by Supervisor at 12:")
    ben = picker(house, "OP-picker2", "PICK-2")
    assert ben.scan("CART-1").message.code == "pick_took_over"
    assert ben.prompt().args["bin"] == "A-1"


def test_complaint_23_the_new_picker_takes_nothing_of_the_old_one_back(house: House, ana: Picker) -> None:
    ana.scan("A-1", MUG)
    ana.key("quantity", "4")
    ana.scan("TOTE-01")
    give(house, "B000001", "OP-picker2")
    ben = picker(house, "OP-picker2", "PICK-1")

    assert ben.key("undo").message.code == "nothing_to_undo"
    ben.scan("CART-1")
    assert ben.key("undo").prompt.state == "handover"
    assert refused_once(house, ana, MUG)
    assert ana.key("undo").message.code in ("cannot_undo", "nothing_to_undo")
    assert ("CART-1", "TOTE-01", 1, 4) in held(house)


def test_work_that_comes_back_is_proved_by_its_cart_again(house: House, ana: Picker) -> None:
    ana.scan("A-1", MUG)
    give(house, "B000001", "OP-picker2")
    give(house, "B000001", "OP-picker")

    answer = ana.scan(MUG)

    assert (answer.message.code, answer.prompt.state) == ("pick_moved", "handover")
    assert ana.scan("CART-1").prompt.state == "bin"
    assert ana.prompt().args["taken"] == 0


def test_a_finished_batch_seen_on_an_old_screen_says_so(house: House, ana: Picker) -> None:
    elsewhere = picker(house, station="PICK-2")
    elsewhere.epoch = ana.epoch
    finish(ana)

    answer = elsewhere.scan("A-1")

    assert answer.message.code == "pick_changed"
    assert batch_of(house, "B000001").state == "done"
