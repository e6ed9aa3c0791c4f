"""Less there than asked: one gesture, and the line gets its units from elsewhere or says that it waits."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import (
    Picker,
    batch_of,
    counts,
    form,
    held,
    picker,
    picks,
    proved,
    put_setting,
    reserved,
    say,
    snapshot,
)  # fmt: skip
from tests.services.truck_floor import check_in, scan, truck
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Peg
from wms_desktop.services import inventory, packing

MUG = "8412345000003"


@pytest.fixture
def floor(house: House) -> int:
    """Four mugs asked for of A-1; a jug behind them in B-1; gives the mug."""
    for code, aisle, y_mm in (("A-1", 0, 2000), ("A-9", 0, 9000), ("B-1", 1, 3000), ("B-2", 1, 4000)):
        house.bin(code, aisle=aisle, y_mm=y_mm)
    mug = house.product("MUG", MUG, name="Blue mug")
    jug = house.product("JUG", name="Red jug")
    house.put(mug, "A-1", 6)
    house.put(jug, "B-1", 3)
    house.order("O1", (mug, 4), (jug, 1))
    form(house)
    return mug


def at_the_bin(house: House) -> Picker:
    walker = picker(house)
    walker.scan("CART-1", "TOTE-01", "A-1")
    return walker


REASONS = {"not_there": "1", "damaged": "2", "other": "3"}


@pytest.mark.parametrize("reason", REASONS)
@pytest.mark.parametrize("found", [0, 1, 3])
@pytest.mark.parametrize(
    "others", [(0, 0), (0, 9), (9, 0), (1, 0), (1, 9)], ids="{0[0]} elsewhere, {0[1]} on dock".format
)
def test_short_table(house: House, floor: int, reason: str, found: int, others: tuple[int, int]) -> None:
    elsewhere, dock = others
    if elsewhere:
        house.put(floor, "B-2", elsewhere)
    if dock:
        house.put(floor, "DOCK-1", dock)
    walker = at_the_bin(house)
    walker.key("short", str(found))
    answer = walker.key("choose", REASONS[reason])

    missing = 4 - found
    near = min(missing, elsewhere)
    arrived = min(missing - near, dock)
    waits = missing - near - arrived
    said = {name: answer.message.args[name] for name in ("missing", "elsewhere", "dock", "backorder")}
    assert said == {"missing": missing, "elsewhere": near, "dock": arrived, "backorder": waits}
    assert reserved(house)[1] == 4 - waits
    assert counts(house) == [("A-1", reason, found, 6)]
    aside = house.on_hand("A-1", floor, "missing"), house.on_hand("A-1", floor, "damaged")
    assert aside == ((2, missing) if reason == "damaged" else (6 - found, 0))
    finish(walker)
    brought = [("BENCH-1", "TOTE-01", 1, 4 - waits)] if waits < 4 else []
    assert held(house) == [*brought, ("BENCH-1", "TOTE-01", 2, 1)]
    assert proved(house) == []


def finish(walker: Picker) -> None:
    """Does what the screen says until the cart is free."""
    codes = {"Blue mug": MUG, "Red jug": "EAN-JUG"}
    for _ in range(60):
        prompt = walker.prompt()
        if prompt.state == "start":
            return
        args = prompt.args
        wanted = {"bin": args.get("bin"), "item": codes.get(str(args.get("product"))), "tote": args.get("tote"),
                  "drop": "BENCH-1", "empty": ""}[prompt.state]  # fmt: skip
        answer = walker.scan(str(wanted)) if wanted else walker.key("yes")
        assert answer.outcome.value not in ("stop", "not_understood"), answer.message
    raise AssertionError("the walk never ended")


def test_complaint_14_zero_found_is_an_answer_and_needs_no_tote(house: House, floor: int) -> None:
    walker = at_the_bin(house)

    answer = walker.key("short", "0")
    assert (answer.prompt.state, answer.prompt.args["found"]) == ("short", 0)
    answer = walker.key("choose", "1")

    assert say(answer.message.code, dict(answer.message.args)) == (
        "4 × Blue mug missing in A-1, and nowhere else: they stay on backorder. Go on."
    )
    assert (answer.prompt.state, answer.prompt.args["bin"]) == ("bin", "B-1")
    assert picks(house)[0] == ("A-1", 4, 0, "short")


def test_units_in_the_hand_are_the_ones_found(house: House, floor: int) -> None:
    walker = at_the_bin(house)
    walker.scan(MUG)

    assert walker.key("short").prompt.args["found"] == 1
    assert walker.key("choose", "1").prompt.state == "tote"
    walker.scan("TOTE-01")
    assert ("CART-1", "TOTE-01", 1, 1) in held(house)
    assert picks(house)[0] == ("A-1", 1, 1, "short")


def test_the_other_bin_comes_where_it_costs_the_least_of_the_walk_ahead(house: House, floor: int) -> None:
    house.put(floor, "B-2", 9)
    house.put(floor, "A-9", 9)
    before = batch_of(house, "B000001").metres
    walker = at_the_bin(house)
    walker.key("short", "0")
    answer = walker.key("choose", "1")

    assert answer.message.args["bins"] == "B-2"
    assert [stop[0] for stop in picks(house)] == ["A-1", "B-2", "B-1"]
    assert batch_of(house, "B000001").metres == before + 2
    assert answer.prompt.args["bin"] == "B-2"


def test_units_that_stand_on_the_dock_are_offered_and_fetched_last(house: House, floor: int) -> None:
    house.put(floor, "DOCK-1", 9)
    walker = at_the_bin(house)
    walker.key("short", "1")
    answer = walker.key("choose", "1")

    assert say(answer.message.code, dict(answer.message.args)) == (
        "3 × Blue mug missing in A-1: 3 just arrived stand on DOCK-1. Fetch them at the end."
    )
    walker.scan("TOTE-01", "B-1", "EAN-JUG", "TOTE-01")
    assert (walker.prompt().args["bin"], walker.prompt().args["qty"]) == ("DOCK-1", 3)
    assert walker.scan("DOCK-1", MUG).prompt.args["taken"] == 1
    assert ("DOCK-1", "", 1, 3) in held(house)


def test_other_peoples_reservations_are_left_alone(house: House, floor: int) -> None:
    house.order("O2", (floor, 2), is_pinned=True)
    form(house)  # another batch holds the last two mugs of A-1
    walker = picker(house)
    walker.scan("B000001", "CART-1", "TOTE-01", "A-1")
    walker.key("short", "0")
    walker.key("choose", "1")

    assert ("A-1", "", 3, 2) in held(house)
    assert house.on_hand("A-1", floor) == 2
    assert house.on_hand("A-1", floor, "missing") == 4


@pytest.fixture
def shared_bin(house: House) -> tuple[Picker, int]:
    """Two orders of one batch want mugs of A-1, where the second stop is untouched."""
    house.bin("A-1", y_mm=2000)
    house.bin("B-2", aisle=1, y_mm=4000)
    mug = house.product("MUG", MUG, name="Blue mug")
    house.put(mug, "A-1", 5)
    house.order("O1", (mug, 3), hours=1)
    house.order("O2", (mug, 2), hours=2)
    form(house)
    walker = picker(house)
    walker.scan("CART-1", "TOTE-01", "TOTE-02", "A-1")
    return walker, mug


def test_the_picker_is_not_asked_twice_for_what_is_not_there(house: House, shared_bin: tuple[Picker, int]) -> None:
    walker, mug = shared_bin
    house.put(mug, "B-2", 9)
    walker.key("short", "1")
    answer = walker.key("choose", "1")

    assert (answer.message.args["missing"], answer.message.args["elsewhere"]) == (4, 4)
    assert [row[2:] for row in held(house)] == [(1, 1), (1, 2), (2, 2)]
    finish_two(walker)
    assert held(house) == [("BENCH-1", "TOTE-01", 1, 3), ("BENCH-1", "TOTE-02", 2, 2)]
    assert proved(house) == []


def finish_two(walker: Picker) -> None:
    walker.scan("TOTE-01", "B-2")
    for _ in range(2):
        prompt = walker.prompt()
        walker.scan(MUG)
        if walker.prompt().state == "item":
            walker.key("quantity", str(prompt.args["qty"]))
        walker.scan(str(prompt.args["tote"]))
    walker.scan("BENCH-1")


def test_a_scarce_unit_elsewhere_goes_to_the_line_that_was_short_first(
    house: House, shared_bin: tuple[Picker, int]
) -> None:
    walker, mug = shared_bin
    house.put(mug, "B-2", 2)
    walker.key("short", "1")
    walker.key("choose", "1")

    assert reserved(house) == {1: 3, 2: 0}
    walker.scan("TOTE-01", "B-2", MUG, MUG, "TOTE-01")
    assert walker.prompt().state in ("empty", "drop")


def test_a_second_short_asks_for_no_second_count(house: House, shared_bin: tuple[Picker, int]) -> None:
    walker, mug = shared_bin
    walker.scan(MUG)
    walker.key("short")
    walker.key("choose", "3")
    again = house.put(mug, "A-1", 4)
    house.order("O3", (mug, 2))
    with writing(house.engine) as session:
        inventory.hold(session, again, 3, 2, "new")

    assert len(counts(house)) == 1


def test_a_short_is_taken_back_whole(house: House, floor: int) -> None:
    house.put(floor, "B-2", 1)
    house.put(floor, "DOCK-1", 1)
    walker = at_the_bin(house)
    walker.scan(MUG)
    before, prompt = snapshot(house), walker.prompt()
    walker.key("short")
    walker.key("choose", "2")
    walker.scan("TOTE-01")

    for _ in range(3):
        walker.key("undo")

    assert (snapshot(house), walker.prompt()) == (before, prompt)
    assert proved(house) == []


def test_other_units_of_the_same_line_are_asked_for_at_one_stop(house: House, floor: int) -> None:
    house.put(floor, "B-2", 9)
    walker = at_the_bin(house)
    walker.scan(MUG, MUG, "TOTE-01")  # two are in the tote, two more are not there
    walker.key("short", "0")
    walker.key("choose", "1")

    assert sorted(picks(house)) == [("A-1", 2, 2, "short"), ("B-1", 1, 0, "todo"), ("B-2", 2, 0, "todo")]
    finish(walker)
    assert held(house)[0] == ("BENCH-1", "TOTE-01", 1, 4)


def test_the_short_of_the_last_stop_sends_the_picker_to_the_bench(house: House, floor: int) -> None:
    walker = at_the_bin(house)
    walker.scan(MUG)
    walker.key("quantity", "4")
    walker.scan("TOTE-01", "B-1")
    walker.key("short", "0")

    assert walker.key("choose", "1").prompt.state == "drop"


def test_a_ship_complete_order_keeps_what_is_in_its_tote(house: House) -> None:
    house.bin("A-1", y_mm=2000)
    mug = house.product("MUG", MUG, name="Blue mug")
    house.put(mug, "A-1", 3)
    house.order("O1", (mug, 3), complete=True)
    form(house)
    walker = picker(house)
    walker.scan("CART-1", "TOTE-01", "A-1", MUG)
    walker.key("short")
    walker.key("choose", "1")
    walker.scan("TOTE-01", "BENCH-1")

    assert held(house) == [("BENCH-1", "TOTE-01", 1, 1)]
    assert form(house).numbers == ()


def test_without_tote_scans_the_found_units_go_into_the_tote_at_once(house: House, floor: int) -> None:
    put_setting(house, "pick_scans", "bin,item")
    walker = at_the_bin(house)
    walker.scan(MUG)
    walker.key("short")
    walker.key("choose", "1")

    assert ("CART-1", "TOTE-01", 1, 1) in held(house)
    assert walker.prompt().args["bin"] == "B-1"


def test_units_from_the_dock_are_tied_to_the_receipt_they_came_with(house: House, floor: int) -> None:
    """The third moment of cross-docking: seven units nobody wanted stand on the dock when a picker finds none."""
    truck_id = truck(house, house.purchase("PO-1", (floor, 7)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, floor, 7)
    walker = at_the_bin(house)
    walker.key("short", "1")

    answer = walker.key("choose", "1")

    assert answer.message.code == "pick_short_dock"
    assert ties(house) == [("short", "short_pick", 3, "stored")]
    finish(walker)
    pack = house.at(packing, "PACK-1", "OP-packer")
    pack.scan("TOTE-01", MUG, MUG, MUG, MUG)
    assert ties(house) == [("short", "short_pick", 3, "packed")]
    assert proved(house) == []


def test_units_that_are_not_on_the_dock_either_are_let_go(house: House, floor: int) -> None:
    truck_id = truck(house, house.purchase("PO-1", (floor, 7)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, floor, 7)
    walker = at_the_bin(house)
    walker.key("short", "1")
    walker.key("choose", "1")
    walker.scan("TOTE-01", "B-1", "EAN-JUG", "TOTE-01")
    assert walker.prompt().args["bin"] == "DOCK-1"

    walker.scan("DOCK-1")
    walker.key("short", "2")
    walker.key("choose", "1")

    assert ties(house) == [("short", "short_pick", 1, "released"), ("short", "short_pick", 2, "stored")]
    assert proved(house) == []


def ties(house: House) -> list[tuple[str, str, int, str]]:
    """The pegs: kind, reason, units and state."""
    query = select(Peg.kind, Peg.reason, Peg.qty, Peg.state).order_by(Peg.qty)
    return [tuple(row) for row in house.read(lambda s: s.execute(query).all())]
