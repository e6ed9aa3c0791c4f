"""The picker's dialogue, as somebody with a cart lives it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import (
    Picker,
    batch_of,
    counts,
    form,
    give,
    held,
    picker,
    picks,
    proved,
    put_setting,
    snapshot,
)  # fmt: skip
from wms_desktop.db.tables import BatchOrder, Movement
from wms_desktop.prompts import Outcome

CASE = "18412345000000"


@pytest.fixture
def floor(house: House) -> dict[str, int]:
    """Two orders of two articles in three bins; the batch B000001 walks A-1, A-2 and B-1."""
    house.bin("A-1", y_mm=2000)
    house.bin("A-2", y_mm=4000)
    house.bin("B-1", aisle=1, y_mm=3000)
    mug = house.product("MUG", "8412345000003", case=(CASE, 3), name="Blue mug")
    jug = house.product("JUG", name="Red jug")
    cup = house.product("CUP", name="Tea cup")
    house.put(mug, "A-1", 20)
    house.put(jug, "A-2", 2)
    house.put(cup, "B-1", 9)
    house.order("O1", (mug, 4), (jug, 1), hours=2)
    house.order("O2", (mug, 1), (cup, 2), hours=3)
    form(house)
    return {"mug": mug, "jug": jug, "cup": cup}


@pytest.fixture
def ana(house: House, floor: dict[str, int]) -> Picker:
    """A picker with cart and totes, in front of the first bin."""
    return begun(picker(house))


def begun(walker: Picker) -> Picker:
    walker.scan("CART-1", "TOTE-01", "TOTE-02")
    return walker


WALK = ("A-1", CASE, "EAN-MUG", "TOTE-01", "EAN-MUG", "TOTE-02", "A-2", "EAN-JUG", "TOTE-01",
        "B-1", "EAN-CUP", "EAN-CUP", "TOTE-02", "BENCH-1")  # fmt: skip


def by_gtin(codes: tuple[str, ...]) -> list[str]:
    return ["8412345000003" if code == "EAN-MUG" else code for code in codes]


def test_the_whole_walk_brings_every_unit_to_the_bench(house: House, floor: dict[str, int]) -> None:
    walker = picker(house)
    states = [walker.prompt().state]
    for code in ("CART-1", "TOTE-01", "TOTE-02", *by_gtin(WALK)):
        states.append(walker.scan(code).prompt.state)

    assert states == ["start", "totes", "totes", "bin", "item", "item", "tote", "item", "tote", "bin", "item", "tote",
                      "bin", "item", "item", "tote", "drop", "start"]  # fmt: skip
    assert walker.last is not None
    assert (walker.last.outcome, walker.said) == (Outcome.JOB_COMPLETE, "pick_dropped")
    assert held(house) == [("BENCH-1", "TOTE-01", 1, 4), ("BENCH-1", "TOTE-01", 2, 1), ("BENCH-1", "TOTE-02", 3, 1),
                           ("BENCH-1", "TOTE-02", 4, 2)]  # fmt: skip
    assert batch_of(house, "B000001").state == "done"
    assert proved(house) == []


def test_the_screen_names_bin_item_quantity_tote_and_what_comes_next(ana: Picker) -> None:
    args = dict(ana.prompt().args)

    wanted = {"bin": "A-1", "product": "Blue mug", "qty": 4, "left": 4, "taken": 0, "position": 1,
              "tote": "TOTE-01", "order": "O1", "next_bin": "A-2", "batch": "B000001", "cart": "CART-1",
              "done": 0, "total": 4}  # fmt: skip
    assert {name: args[name] for name in wanted} == wanted
    assert ana.prompt().big == "A-1"
    assert [detail.code for detail in ana.prompt().details] == ["pick.take", "pick.for", "pick.next"]


def test_own_batches_come_before_nobodys_and_urgent_ones_first(house: House, floor: dict[str, int]) -> None:
    house.order("O3", (floor["cup"], 1), hours=9)
    form(house)
    give(house, "B000002", "OP-picker")

    shown = [detail.code for detail in picker(house).prompt().details]
    answer = picker(house).scan("CART-1")

    assert shown == ["pick.yours", "pick.waiting"]
    assert answer.message.args["batch"] == "B000002"
    assert picker(house, "OP-picker2", "PICK-2").scan("CART-2").message.args["batch"] == "B000001"


def test_a_batch_number_chooses_the_batch_and_esc_lets_it_go(house: House, floor: dict[str, int]) -> None:
    house.order("O3", (floor["cup"], 1), hours=9)
    form(house)
    walker = picker(house)

    assert walker.scan("B000002").prompt.details[0].code == "pick.chosen"
    assert walker.key("back").prompt.details[0].args["batch"] == "B000001"
    assert walker.scan("B000002", "CART-1").message.args["batch"] == "B000002"


def test_a_chosen_batch_that_went_to_a_colleague_is_said_and_the_next_one_comes(
    house: House, floor: dict[str, int]
) -> None:
    house.order("O3", (floor["cup"], 1), hours=9)
    form(house)
    walker = picker(house)
    walker.scan("B000001")
    picker(house, "OP-picker2", "PICK-2").scan("CART-2")

    answer = walker.scan("CART-1")

    assert (answer.outcome, answer.message.code) == (Outcome.LOOK_HERE, "pick_gone_next")
    assert (answer.message.args["gone"], answer.message.args["batch"]) == ("B000001", "B000002")


def test_one_scan_and_a_keyed_count_are_as_good_as_many_scans(house: House, ana: Picker) -> None:
    ana.scan("A-1", "8412345000003")

    answer = ana.key("quantity", "4")

    assert (answer.prompt.state, answer.prompt.args["taken"]) == ("tote", 4)
    ana.scan("TOTE-01")
    assert held(house)[0] == ("CART-1", "TOTE-01", 1, 4)


def test_a_part_may_go_into_the_tote_and_the_rest_is_asked_for(house: House, ana: Picker) -> None:
    answer = ana.scan("A-1", CASE, "TOTE-01")

    assert (answer.message.code, answer.prompt.state) == ("pick_put_part", "item")
    assert (answer.prompt.args["qty"], answer.prompt.args["taken"]) == (1, 0)
    assert ("CART-1", "TOTE-01", 1, 3) in held(house)


def test_a_skipped_bin_comes_back_at_the_end_and_must_be_done(house: House, ana: Picker) -> None:
    answer = ana.key("skip")

    assert (answer.message.code, answer.prompt.args["bin"]) == ("pick_skipped", "A-2")
    ana.scan("A-2", "EAN-JUG", "TOTE-01", "B-1", "EAN-CUP", "EAN-CUP", "TOTE-02")
    assert ana.prompt().args["bin"] == "A-1"
    ana.scan("A-1", CASE, "8412345000003", "TOTE-01", "8412345000003", "TOTE-02")
    assert ana.prompt().state == "drop"


def test_a_full_tote_gets_a_second_one_and_both_reach_the_bench(house: House, ana: Picker) -> None:
    ana.scan("A-1", CASE, "TOTE-01")
    answer = ana.key("next_parcel")
    assert (answer.prompt.state, answer.prompt.args["order"]) == ("totes", "O1")

    ana.scan("TOTE-03", "8412345000003", "TOTE-03", *by_gtin(WALK[4:8]), "TOTE-03", *WALK[9:])

    assert held(house)[:3] == [("BENCH-1", "TOTE-01", 1, 3), ("BENCH-1", "TOTE-03", 1, 1), ("BENCH-1", "TOTE-03", 2, 1)]
    assert proved(house) == []


def test_a_tote_that_is_not_full_after_all_is_kept(ana: Picker) -> None:
    ana.key("next_parcel")

    assert ana.key("back").prompt.state == "bin"


def test_the_bin_that_should_be_empty_is_asked_about(house: House, floor: dict[str, int]) -> None:
    walker = empty_bin(house, floor)

    assert (walker.prompt().state, walker.prompt().args["bin"]) == ("empty", "B-2")
    assert walker.key("yes").prompt.state == "drop"
    assert counts(house) == []


def empty_bin(house: House, floor: dict[str, int]) -> Picker:
    house.bin("B-2", aisle=1, y_mm=6000)
    pan = house.product("PAN", name="Pan")
    house.put(pan, "B-2", 1)
    house.order("O9", (pan, 1), is_pinned=True)
    form(house)
    walker = picker(house)
    walker.scan("B000002", "CART-1", "TOTE-01", "B-2", "EAN-PAN", "TOTE-01")
    return walker


def test_the_next_scan_is_a_yes_to_the_empty_bin(house: House, floor: dict[str, int]) -> None:
    walker = empty_bin(house, floor)

    answer = walker.scan("BENCH-1")

    assert (answer.message.code, answer.prompt.state) == ("pick_dropped", "start")


def test_units_in_a_bin_that_should_be_empty_ask_for_a_count(house: House, floor: dict[str, int]) -> None:
    walker = empty_bin(house, floor)

    assert walker.key("quantity", "2").message.args["units"] == 2
    assert counts(house) == [("B-2", "not_empty", 2, 0)]
    walker.key("undo")
    assert (walker.prompt().state, counts(house)) == ("empty", [])
    walker.key("no")
    assert counts(house) == [("B-2", "not_empty", 1, 0)]


def test_the_house_may_leave_the_empty_check_out(house: House, floor: dict[str, int]) -> None:
    put_setting(house, "empty_check", "0")

    assert empty_bin(house, floor).prompt().state == "drop"


@pytest.mark.parametrize(("scans", "codes"), [
    ("bin", ("A-1", "A-1", "A-2", "B-1")),
    ("item", (CASE, "EAN-MUG", "EAN-MUG", "EAN-JUG", "EAN-CUP", "EAN-CUP")),
    ("bin,tote", ("A-1", "TOTE-01", "TOTE-02", "A-2", "TOTE-01", "B-1", "TOTE-02")),
    ("item,tote", (CASE, "EAN-MUG", "TOTE-01", "EAN-MUG", "TOTE-02", "EAN-JUG", "TOTE-01", "EAN-CUP", "EAN-CUP",
                   "TOTE-02")),
    ("bin,item", ("A-1", CASE, "EAN-MUG", "EAN-MUG", "A-2", "EAN-JUG", "B-1", "EAN-CUP", "EAN-CUP")),
])  # fmt: skip
def test_what_must_be_scanned_is_the_houses_rule(
    house: House, floor: dict[str, int], scans: str, codes: tuple[str, ...]
) -> None:
    put_setting(house, "pick_scans", scans)
    walker = begun(picker(house))

    walker.scan(*by_gtin(codes))

    assert walker.prompt().state == "drop"
    assert [stop[3] for stop in picks(house)] == ["done"] * 4
    assert proved(house) == []


def test_why_and_find_answer_without_changing_anything(house: House, ana: Picker) -> None:
    ana.scan("A-1")
    before = snapshot(house)

    assert ana.key("why").message.code == "why.one_bin"
    assert ana.key("find").message.args["places"] == "A-1: 20"
    assert snapshot(house) == before


def test_every_scan_of_a_walk_can_be_taken_back_one_by_one(house: House, floor: dict[str, int]) -> None:
    walker = picker(house)
    trail = []
    for code in ("CART-1", "TOTE-01", "TOTE-02", *by_gtin(WALK)):
        trail.append((snapshot(house), walker.prompt()))
        walker.scan(code)

    for state, prompt in reversed(trail):
        answer = walker.key("undo")
        assert (answer.message.code, answer.prompt) == ("undone", prompt)
        assert snapshot(house) == state

    assert walker.key("undo").message.code == "nothing_to_undo"
    assert proved(house) == []


def test_an_undone_walk_can_be_walked_again(house: House, ana: Picker) -> None:
    for _ in range(2):
        ana.scan(*by_gtin(WALK))
        for _ in WALK:
            ana.key("undo")

    ana.scan(*by_gtin(WALK))

    assert [stop[3] for stop in picks(house)] == ["done"] * 4
    assert proved(house) == []


def test_a_colleague_at_the_same_station_takes_nothing_back(house: House, ana: Picker) -> None:
    ana.scan("A-1")

    assert picker(house, "OP-picker2").key("undo").message.code == "nothing_to_undo"


def test_a_drop_is_not_taken_back_once_the_picker_walks_elsewhere(house: House, ana: Picker) -> None:
    ana.scan(*by_gtin(WALK))
    house.order("O3", (1, 1), hours=9)
    form(house)
    picker(house, station="PICK-2").scan("CART-2", "TOTE-05")

    answer = picker(house).key("undo")

    assert answer.message.code == "cannot_undo"
    assert proved(house) == []


def test_complaint_15_no_scan_takes_more_than_the_stop_wants(house: House, ana: Picker) -> None:
    ana.scan("A-1", CASE)

    assert ana.scan(CASE).message.code == "pick_case_too_big"
    ana.scan("8412345000003", "TOTE-01", "8412345000003")
    assert ana.scan("8412345000003").message.code == "pick_enough"
    assert ("CART-1", "TOTE-01", 1, 4) in held(house)


def test_complaint_27_an_undone_pick_stands_in_its_bin_again(house: House, ana: Picker) -> None:
    before = snapshot(house)
    ana.scan("A-1", CASE, "TOTE-01")
    for _ in range(3):
        ana.key("undo")

    assert snapshot(house) == before
    undone = house.read(lambda s: s.scalars(select(Movement).where(Movement.reason == "undo")).all())
    assert [(move.qty, move.reverses_id is not None) for move in undone] == [(3, True)]


def test_an_order_that_got_nothing_gives_its_tote_back_at_the_drop(house: House, ana: Picker) -> None:
    ana.scan("A-1")
    ana.key("short", "0")
    ana.key("choose", "1")  # both orders want the missing mugs
    ana.scan("A-2", "EAN-JUG", "TOTE-01", "B-1")
    ana.key("short")
    ana.key("choose", "1")
    ana.scan("BENCH-1")

    opened = house.read(lambda s: list(s.scalars(select(BatchOrder.is_open).order_by(BatchOrder.position))))
    assert opened == [True, False]
