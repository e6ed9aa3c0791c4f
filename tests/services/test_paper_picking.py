"""Picking with a printed list: what nobody confirms was not taken, and packing gets what was."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import (
    Picker,
    batch_of,
    cancel,
    counts,
    form,
    give,
    held,
    picker,
    picks,
    proved,
    reserved,
    say,
    snapshot,
)  # fmt: skip
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import PrintJob
from wms_desktop.domain import documents
from wms_desktop.errors import Moved
from wms_desktop.prompts import Outcome
from wms_desktop.services import inventory, paper_picking


@pytest.fixture
def floor(house: House) -> dict[str, int]:
    """A list of three lines in two bins for two orders: 1 mugs for O1, 2 mugs for O2, 3 a jug for O1."""
    house.bin("A-1", y_mm=2000)
    house.bin("A-2", y_mm=4000)
    mug, jug = house.product("MUG", name="Blue mug"), house.product("JUG", name="Red jug")
    stock = house.put(mug, "A-1", 9)
    house.put(jug, "A-2", 2)
    house.order("O1", (mug, 4), (jug, 1), hours=2)
    house.order("O2", (mug, 2), hours=3)
    form(house, mode="paper")
    return {"mug": mug, "jug": jug, "stock": stock}


@pytest.fixture
def ana(house: House, floor: dict[str, int]) -> Picker:
    """A picker who came back with the list and scanned its number."""
    walker = picker(house)
    walker.scan("B000001")
    return walker


def print_list(house: House, number: str = "B000001") -> documents.PickList:
    with writing(house.engine) as session:
        context = house.context(station="PICK-1", badge="OP-supervisor", command="opening")
        job = paper_picking.print_pick_list(session, context, batch_of(house, number).id)
        row = session.get_one(PrintJob, job)
        document = documents.from_payload(row.kind, row.payload)
    assert isinstance(document, documents.PickList)
    return document


def test_the_list_stands_in_walking_order_and_bears_the_batch_number(house: House, floor: dict[str, int]) -> None:
    document = print_list(house)

    assert (document.number, document.drop_off) == ("B000001", "BENCH-1")
    assert [(row.bin, row.sku, row.quantity, row.tote) for row in document.rows] == [
        ("A-1", "MUG", 4, "1"), ("A-1", "MUG", 2, "2"), ("A-2", "JUG", 1, "1")]  # fmt: skip
    assert document.due == batch_of(house, "B000001").leave_by


def test_the_list_of_a_cancelled_batch_is_not_printed(house: House, floor: dict[str, int]) -> None:
    cancel(house, "B000001")

    with pytest.raises(Moved):
        print_list(house)


def test_one_key_confirms_all_and_the_bench_books_it(house: House, ana: Picker) -> None:
    answer = ana.key("yes")
    assert (answer.message.code, answer.prompt.args["open"]) == ("paper_confirmed", 0)
    assert house.on_hand("BENCH-1", 1) == 0

    answer = ana.scan("BENCH-1")

    assert (answer.outcome, answer.message.code) == (Outcome.JOB_COMPLETE, "paper_dropped")
    assert held(house) == [("BENCH-1", "", 1, 4), ("BENCH-1", "", 2, 1), ("BENCH-1", "", 3, 2)]
    assert [stop[3] for stop in picks(house)] == ["done"] * 3
    assert batch_of(house, "B000001").state == "done"
    assert proved(house) == []


def test_complaint_36_lines_nobody_confirmed_count_as_not_taken(house: House, ana: Picker) -> None:
    ana.key("choose", "1")
    ana.key("quantity", "4")

    first = ana.scan("BENCH-1")
    assert (first.outcome, first.message.code) == (Outcome.LOOK_HERE, "paper_unconfirmed")
    assert house.on_hand("BENCH-1", 1) == 0
    ana.scan("BENCH-1")

    assert [stop[1:] for stop in picks(house)] == [(4, 4, "done"), (2, 0, "cancelled"), (1, 0, "cancelled")]
    assert held(house) == [("BENCH-1", "", 1, 4), ("A-2", "", 2, 1), ("A-1", "", 3, 2)]
    assert counts(house) == []
    assert form(house).orders == 2


def test_another_bench_is_no_second_scan(house: House, ana: Picker) -> None:
    ana.scan("BENCH-1")

    assert ana.scan("BENCH-2").message.code == "paper_unconfirmed"


def test_an_exception_has_a_quantity_and_a_reason(house: House, ana: Picker) -> None:
    assert ana.key("choose", "1").prompt.keys == ("quantity", "short", "back")
    answer = ana.key("quantity", "1")
    assert (answer.message.code, answer.prompt.keys) == ("paper_why", ("short", "choose", "back"))
    ana.key("choose", "2")
    ana.key("yes")
    ana.scan("BENCH-1")

    assert [stop[1:] for stop in picks(house)] == [(1, 1, "short"), (2, 2, "done"), (1, 1, "done")]
    assert (house.on_hand("A-1", 1, "damaged"), house.on_hand("A-1", 1, "missing")) == (3, 3)
    assert counts(house) == [("A-1", "damaged", 1, 9)]
    assert reserved(house) == {1: 1, 2: 1, 3: 2}
    assert proved(house) == []


def test_nothing_taken_is_an_exception_too(house: House, ana: Picker) -> None:
    ana.key("choose", "3")
    ana.key("short")
    ana.key("choose", "1")
    ana.key("yes")
    ana.scan("BENCH-1")

    assert picks(house)[2] == ("A-2", 1, 0, "short")
    assert house.on_hand("A-2", 2, "missing") == 2


def test_a_line_may_be_looked_at_and_left_as_it_was(house: House, ana: Picker) -> None:
    ana.key("choose", "2")

    assert ana.key("back").prompt.state == "paper"
    assert ana.prompt().args["open"] == 3


def test_the_list_can_be_put_away_and_gone_on_with(house: House, ana: Picker) -> None:
    ana.key("choose", "1")
    ana.key("quantity", "4")
    ana.key("back")
    assert ana.prompt().state == "start"

    elsewhere = picker(house, station="PICK-2")
    assert elsewhere.scan("B000001").prompt.args["confirmed"] == 1


def test_wrong_turns_with_a_list(house: House, ana: Picker) -> None:
    before = snapshot(house)

    def refused(code: str, key: str = "", value: str = "") -> str:
        answer = ana.key(key, value) if key else ana.scan(code)
        assert answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD)
        return say(answer.message.code, dict(answer.message.args))

    assert refused("", "choose", "4") == "The list has lines 1 to 3, not 4. Type the number again."
    assert "Wanted now" in refused("A-1")
    assert "Wanted now" in refused("CART-1")
    assert snapshot(house) == before
    ana.key("choose", "1")
    assert refused("", "quantity", "5").startswith("5 is not possible: the line is 4 × Blue mug.")
    assert refused("", "choose", "1") == "Type how many were taken of line 1 first."
    ana.key("quantity", "3")
    assert refused("", "choose", "7").startswith("7 is not a reason here.")


def test_a_colleagues_list_is_not_opened(house: House, ana: Picker) -> None:
    other = picker(house, "OP-picker2", "PICK-2").scan("B000001")

    assert (other.outcome, other.message.args["who"]) == (Outcome.STOP, "Picker")


def test_a_list_that_is_over_says_so(house: House, ana: Picker) -> None:
    ana.key("yes")
    ana.scan("BENCH-1")

    assert ana.scan("B000001").message.code == "pick_batch_over"


def test_a_list_given_to_somebody_else_refuses_the_old_screen_and_keeps_its_lines(house: House, ana: Picker) -> None:
    ana.key("choose", "1")
    ana.key("quantity", "4")
    give(house, "B000001", "OP-picker2")

    answer = ana.key("yes")

    assert (answer.message.code, answer.message.args["who"]) == ("pick_moved", "Second picker")
    assert picker(house, "OP-picker2", "PICK-2").scan("B000001").prompt.args["confirmed"] == 1


def test_every_step_of_a_list_can_be_taken_back(house: House, floor: dict[str, int]) -> None:
    ana = picker(house)
    steps = (("scan", "B000001"), ("choose", "1"), ("quantity", "1"), ("choose", "1"), ("yes", ""), ("scan", "BENCH-1"))
    trail = []
    for key, value in steps:
        trail.append((snapshot(house), ana.prompt()))
        ana.scan(value) if key == "scan" else ana.key(key, value)

    for state, prompt in reversed(trail):
        assert ana.key("undo").prompt == prompt
        assert snapshot(house) == state
    assert proved(house) == []


def test_units_of_a_cancelled_order_are_not_booked_but_named(house: House, floor: dict[str, int], ana: Picker) -> None:
    ana.key("yes")
    with writing(house.engine) as session:
        inventory.free(session, floor["stock"], 3, 2)

    answer = ana.scan("BENCH-1")

    assert (answer.message.code, answer.message.args["unwanted"]) == ("paper_dropped_unwanted", 2)
    assert house.on_hand("BENCH-1", floor["mug"]) == 4
    assert proved(house) == []


def test_a_list_is_printed_again_as_a_copy(house: House, ana: Picker) -> None:
    print_list(house)

    ana.key("reprint")

    copies = house.read(lambda s: list(s.scalars(select(PrintJob.copy_no).order_by(PrintJob.id))))
    assert copies == [0, 1]
