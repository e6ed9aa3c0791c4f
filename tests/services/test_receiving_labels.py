"""Item labels at relabelling: one for each unit, in the house's own code, at the dock's printer, and again by a key."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from tests.gateways.paper_reader import read_all
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Barcode, Dialogue, PrintJob, Product
from wms_desktop.domain.documents import ItemLabel, from_payload
from wms_desktop.gateways.paper.rendering import render
from wms_desktop.services import codes, receiving

CODE = "8412345000003"


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


@pytest.fixture
def toy(house: House) -> int:
    return house.product("TOY", CODE, name="Toy", is_relabelled=True)


def begin(house: House, clerk: Desk, product: int, qty: int) -> None:
    """So many units on the dock, shown to be relabelled."""
    house.purchase("PO-1", (product, qty))
    sku = house.read(lambda s: s.get_one(Product, product).sku)
    clerk.scan("PO-1", sku)
    clerk.key("quantity", str(qty))
    clerk.key("yes")


def jobs(house: House) -> list[tuple[int, int, str]]:
    """(labels, number of the copy, state) of each job of item labels."""
    query = select(PrintJob).where(PrintJob.kind == "item_label").order_by(PrintJob.id)
    return house.read(lambda s: [(job.copies, job.copy_no, job.state) for job in s.scalars(query)])


def label(house: House) -> ItemLabel:
    query = select(PrintJob.payload).where(PrintJob.kind == "item_label").order_by(PrintJob.id.desc()).limit(1)
    document = from_payload("item_label", house.read(lambda s: s.scalar(query)))
    assert isinstance(document, ItemLabel)
    return document


def test_units_that_pass_get_a_label_each_at_the_docks_printer(house: House, clerk: Desk, toy: int) -> None:
    house.order("O1", (toy, 5))
    begin(house, clerk, toy, 7)

    answer = clerk.key("yes")

    assert (answer.message.code, answer.message.args["labels"]) == ("labelled_verdict_lane", 7)
    assert (jobs(house), answer.prompt.state) == ([(7, 0, "queued")], "bring")
    assert house.read(lambda s: s.scalar(select(PrintJob.printer))) == "labels"


def test_the_printed_label_scans_back_to_the_item_with_its_lot_and_day(house: House, clerk: Desk) -> None:
    tea = house.product("TEA", CODE, name="Tea", is_relabelled=True, lot_tracked=True, expiry_tracked=True)
    house.purchase("PO-1", (tea, 3))
    clerk.scan("PO-1", "TEA", "L-77", "2027-12-31")
    clerk.key("yes")
    clerk.key("yes")

    [(code, symbology)] = read_all(render(label(house)), 203)

    found = house.read(lambda s: codes.resolve(s, symbology + code.decode()))
    assert (found.id, found.units, found.lot, found.expiry) == (tea, 1, "L-77", "2027-12-31")
    assert (label(house).lot, label(house).expiry) == ("L-77", date(2027, 12, 31))


def test_an_item_without_a_gtin_gets_the_houses_own_code(house: House, clerk: Desk) -> None:
    vase = house.product("VASE-1", "SUPPLIERS CODE", is_relabelled=True)
    begin(house, clerk, vase, 2)
    clerk.key("yes")

    [(code, symbology)] = read_all(render(label(house)), 203)

    assert (code, house.read(lambda s: codes.resolve(s, symbology + code.decode())).id) == (b"VASE-1", vase)


def test_labels_printed_before_passing_are_not_printed_twice(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 7)
    clerk.key("reprint", "5")

    answer = clerk.key("yes")

    assert (jobs(house), answer.message.args["labels"]) == ([(5, 0, "queued"), (2, 0, "queued")], 2)


def test_all_labels_first_and_the_pass_prints_none(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 7)

    first = clerk.key("reprint")

    assert (first.message.code, first.prompt.state) == ("labels_printing", "passing")
    assert clerk.key("yes").message.code == "verdict_bin"
    assert jobs(house) == [(7, 0, "queued")]


def test_f5_prints_the_last_labels_again_all_or_as_many_as_typed(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 7)
    clerk.key("yes")

    again = clerk.key("reprint")
    clerk.key("reprint", "2")

    assert (again.message.code, again.message.args["copies"]) == ("reprinted_many", 7)
    assert jobs(house) == [(7, 0, "queued"), (7, 1, "queued"), (2, 2, "queued")]


def test_labels_of_a_pass_that_is_taken_back_are_void(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 7)
    clerk.key("yes")
    clerk.key("reprint")

    clerk.key("undo")

    assert {state for _, _, state in jobs(house)} == {"void"}
    assert clerk.key("yes").message.args["labels"] == 7


def test_an_item_that_no_bars_can_say_passes_all_the_same_and_is_told(house: House, clerk: Desk) -> None:
    vase = house.product("ВАЗА", is_relabelled=True)
    with writing(house.engine) as session:
        session.scalars(select(Barcode).where(Barcode.product_id == vase)).one().code = "КОД"
    begin(house, clerk, vase, 2)

    assert clerk.key("reprint").message.code == "no_label_code"
    assert clerk.key("yes").message.code == "unlabelled_verdict_bin"
    assert (house.on_hand("DOCK-1", vase), jobs(house)) == (2, [])


@pytest.mark.parametrize("letters", [31, 60])
def test_a_long_sku_prints_or_its_taught_code_does(house: House, clerk: Desk, letters: int) -> None:
    vase = house.product("V" * letters, "VASE", is_relabelled=True)
    begin(house, clerk, vase, 2)
    clerk.key("yes")

    [(code, _)] = read_all(render(label(house)), 203)

    assert code == (b"V" * 31 if letters == 31 else b"VASE")


def test_an_item_whose_codes_are_all_too_long_is_told_instead_of_sent_to_a_printer(house: House, clerk: Desk) -> None:
    vase = house.product("V" * 32, "W" * 60, is_relabelled=True)
    begin(house, clerk, vase, 2)

    assert clerk.key("yes").message.code == "unlabelled_verdict_bin"
    assert jobs(house) == []


def test_inspected_goods_pass_without_labels_unless_they_are_asked_for(house: House, clerk: Desk) -> None:
    mug = house.product("MUG", is_inspected=True)
    begin(house, clerk, mug, 3)

    assert clerk.key("yes").message.code == "verdict_bin"
    assert jobs(house) == []


# --- no unit gets a label twice ---------------------------------------------------------------------------------------


def total(house: House) -> int:
    """Labels that were printed and not taken back, without copies."""
    return sum(copies for copies, copy_no, state in jobs(house) if state != "void" and not copy_no)


def test_labels_of_all_serve_units_that_pass_in_parts(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 10)
    clerk.key("reprint")
    clerk.key("quantity", "4")
    clerk.key("yes")
    clerk.scan("TOY")
    clerk.key("yes")

    assert total(house) == 10


def test_labels_are_not_printed_again_after_looking_away(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 10)
    clerk.key("reprint")
    clerk.key("back")
    clerk.key("back")
    clerk.key("done")
    clerk.key("yes")
    clerk.scan("TOY")

    assert clerk.key("yes").message.code == "verdict_bin"
    assert total(house) == 10


def test_labels_printed_at_the_inspection_serve_the_relabelling(house: House, clerk: Desk) -> None:
    toy = house.product("TOY", CODE, is_relabelled=True, is_inspected=True)
    begin(house, clerk, toy, 10)
    clerk.key("reprint")
    clerk.key("quantity", "4")
    clerk.key("yes")
    clerk.scan("TOY")  # of two steps the inspection is shown first: the other six
    clerk.key("yes")
    clerk.scan("TOY")
    clerk.key("yes")

    assert (total(house), house.on_hand("DOCK-1", toy)) == (10, 10)


def test_labels_of_units_that_failed_serve_no_others(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 10)
    clerk.key("quantity", "4")
    clerk.key("reprint")
    clerk.key("decline")
    clerk.key("choose", "1")
    clerk.scan("TOY")

    assert clerk.key("yes").message.args["labels"] == 6


def test_a_spoilt_label_printed_anew_serves_no_other_unit(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 10)
    clerk.key("quantity", "4")
    clerk.key("reprint")
    clerk.key("reprint", "2")
    clerk.key("yes")
    clerk.scan("TOY")

    assert clerk.key("yes").message.args["labels"] == 6


def pass_toys_and_receive(house: House, product: int, code: str) -> Desk:
    """A colleague at the other dock passes the toys, and begins to receive three units of a product."""
    other = house.at(receiving, "DOCK-B", "OP-supervisor")
    other.key("yes")
    other.scan("TOY")
    other.key("yes")
    other.key("back")
    house.purchase("PO-2", (product, 3))
    other.scan("PO-2", code)
    return other


def test_labels_of_units_that_a_colleague_passed_serve_no_later_delivery(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 10)
    clerk.key("reprint")
    other = pass_toys_and_receive(house, toy, "TOY")
    other.key("done")

    clerk.key("back")
    clerk.scan("TOY")

    assert clerk.key("yes").message.args["labels"] == 1


def test_labels_that_are_taken_back_are_printed_anew(house: House, clerk: Desk, toy: int) -> None:
    begin(house, clerk, toy, 10)
    clerk.key("reprint")
    clerk.key("undo")

    assert clerk.key("yes").message.args["labels"] == 10


def test_labels_of_what_waits_no_more_are_forgotten(house: House, clerk: Desk, toy: int) -> None:
    vase = house.product("VASE", is_relabelled=True)
    begin(house, clerk, toy, 2)
    clerk.key("reprint")
    pass_toys_and_receive(house, vase, "VASE")

    clerk.key("back")
    clerk.scan("VASE")
    clerk.key("reprint")

    query = select(Dialogue.facts).where(Dialogue.workflow == "receive", Dialogue.state == "passing")
    assert list(json.loads(house.read(lambda s: s.scalars(query).one()))["labels"]) == [f"{vase}:0"]
