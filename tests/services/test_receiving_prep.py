"""Inspection and new labels: nobody gets the units before; passed ones hear lane or bin exactly as if just scanned."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from tests.services.inbound_desk import OTHER_SSCC, SSCC, notice
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Peg, Product, ReceiptLine, Supplier
from wms_desktop.prompts import Outcome
from wms_desktop.services import receiving, selfcheck

CODE, CASE = "8412345000003", "18412345000000"


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


@pytest.fixture
def toy(house: House) -> int:
    return house.product("TOY", CODE, case=(CASE, 12), name="Toy", is_inspected=True)


def _pegs(house: House) -> list[tuple[int, str]]:
    came = select(Peg).where(Peg.receipt_line_id.is_not(None)).order_by(Peg.id)
    return house.read(lambda s: [(peg.qty, peg.state) for peg in s.scalars(came)])


def test_what_must_be_inspected_says_so_in_the_largest_letters_and_serves_nobody(
    house: House, clerk: Desk, toy: int
) -> None:
    house.order("O1", (toy, 5))
    house.purchase("PO-1", (toy, 24))

    answer = clerk.scan("PO-1", CASE)

    assert (answer.outcome, answer.message.code) == (Outcome.LOOK_HERE, "set_aside_inspect")
    assert (answer.prompt.state, answer.prompt.big) == ("aside", "step.inspect")
    assert (house.on_hand("DOCK-1", toy, "inspect"), house.on_hand("DOCK-1", toy)) == (12, 0)
    assert _pegs(house) == []


def test_what_passed_hears_its_lane_as_if_just_scanned(house: House, clerk: Desk, toy: int) -> None:
    house.order("O1", (toy, 5))
    house.purchase("PO-1", (toy, 24))
    clerk.scan("PO-1", CASE)
    clerk.key("yes")

    passed = clerk.key("yes")

    assert (passed.message.code, passed.message.args["lane_qty"]) == ("verdict_lane", 5)
    assert (passed.prompt.state, passed.prompt.big) == ("bring", "LANE-1")
    carried = clerk.scan("LANE-1")
    assert (carried.prompt.state, house.on_hand("LANE-1", toy)) == ("inspect", 5)
    assert house.read(selfcheck.find_differences) == []


def test_what_failed_goes_to_the_hold_with_its_reason(house: House, clerk: Desk, toy: int) -> None:
    house.purchase("PO-1", (toy, 24))
    clerk.scan("PO-1", CASE)
    clerk.key("yes")
    clerk.key("quantity", "4")
    clerk.key("decline")

    answer = clerk.key("choose", "3")

    assert (answer.message.code, answer.message.args["qty"]) == ("damaged_to_hold", 4)
    assert (house.on_hand("HOLD-1", toy, "damaged"), house.on_hand("DOCK-1", toy, "inspect")) == (4, 8)
    lines = house.read(lambda s: sorted((line.qty, line.condition, line.note) for line in s.query(ReceiptLine)))
    assert lines == [(4, "damaged", "broken"), (8, "inspect", "")]
    assert house.read(selfcheck.find_differences) == []


def test_part_may_pass_now_and_the_rest_later(house: House, clerk: Desk, toy: int) -> None:
    house.order("O1", (toy, 12))
    house.purchase("PO-1", (toy, 12))
    clerk.scan("PO-1", CASE)
    clerk.key("yes")
    clerk.key("quantity", "7")
    clerk.key("yes")
    clerk.scan("LANE-1", CODE)

    answer = clerk.key("yes")

    assert answer.message.args["lane_qty"] == 5
    assert _pegs(house) == [(7, "in_lane"), (5, "arrived")]


def test_a_receipt_may_be_closed_before_its_goods_are_inspected(house: House, clerk: Desk, toy: int) -> None:
    house.order("O1", (toy, 5))
    house.purchase("PO-1", (toy, 12))
    clerk.scan("PO-1", CASE)
    clerk.key("done")
    clerk.key("yes")
    clerk.scan(CODE)

    passed = clerk.key("yes")
    assert (passed.prompt.state, clerk.key("back").message.code) == ("bring", "carry_first")

    assert clerk.scan("LANE-1").outcome is Outcome.JOB_COMPLETE


def test_whoever_inspects_carries_what_passed(house: House, clerk: Desk, toy: int) -> None:
    house.order("O1", (toy, 5))
    house.purchase("PO-1", (toy, 12))
    clerk.scan("PO-1", CASE)
    other = house.at(receiving, "DOCK-B", "OP-supervisor")
    other.key("yes")
    other.scan(CODE)

    assert other.key("yes").prompt.state == "bring"
    assert clerk.prompt().state == "aside"


def test_everything_of_an_inspected_supplier_is_inspected(house: House, clerk: Desk) -> None:
    mug = house.product("MUG", CODE)
    with writing(house.engine) as session:
        session.get_one(Supplier, 1).is_inspected = True
    house.purchase("PO-1", (mug, 5))

    assert clerk.scan("PO-1", CODE).message.code == "set_aside_inspect"


def test_inspection_comes_before_the_new_label(house: House, clerk: Desk) -> None:
    toy = house.product("TOY", CODE, is_inspected=True, is_relabelled=True)
    house.order("O1", (toy, 1))
    house.purchase("PO-1", (toy, 5))
    clerk.scan("PO-1", CODE)
    clerk.key("yes")

    labelled = clerk.key("yes")

    assert (labelled.message.code, house.on_hand("DOCK-1", toy, "relabel")) == ("set_aside_relabel", 1)
    clerk.scan(CODE)
    assert clerk.key("yes").message.args["lane_qty"] == 1


def test_an_inspection_is_taken_back_like_any_scan(house: House, clerk: Desk, toy: int) -> None:
    house.order("O1", (toy, 5))
    house.purchase("PO-1", (toy, 12))
    clerk.scan("PO-1", CASE)
    clerk.key("yes")
    before = clerk.key("quantity", "7").prompt
    clerk.key("yes")

    answer = clerk.key("undo")

    assert answer.prompt == before
    assert (house.on_hand("DOCK-1", toy, "inspect"), house.on_hand("DOCK-1", toy)) == (12, 0)
    assert house.read(selfcheck.find_differences) == []


def test_nothing_to_inspect_says_so(house: House, clerk: Desk, toy: int) -> None:
    assert clerk.key("yes").message.code == "nothing_to_inspect"


def test_the_next_scan_leaves_what_was_set_aside_for_later(house: House, clerk: Desk, toy: int) -> None:
    mug = house.product("MUG", "EAN-MUG")
    house.purchase("PO-1", (toy, 24), (mug, 5))

    answer = clerk.scan("PO-1", CASE, "EAN-MUG")

    assert (answer.prompt.state, answer.message.code) == ("count", "verdict_bin")


def _arrive(house: House, clerk: Desk, number: str, *goods: tuple[int, int]) -> None:
    """Goods of an order of their own, set aside on the dock, its receipt closed."""
    house.purchase(number, *goods)
    clerk.scan(number)
    for product_id, qty in goods:
        clerk.scan(house.read(lambda s, one=product_id: s.get_one(Product, one).sku))
        if qty > 1:
            clerk.key("quantity", str(qty))
    clerk.key("done")


def test_units_of_two_receipts_that_passed_together_are_carried_together(house: House, clerk: Desk, toy: int) -> None:
    house.order("O1", (toy, 6))
    _arrive(house, clerk, "PO-1", (toy, 3))
    _arrive(house, clerk, "PO-2", (toy, 3))
    clerk.key("yes")
    clerk.scan(CODE)
    assert clerk.key("yes").message.args["lane_qty"] == 6

    assert clerk.scan("LANE-1").message.args["qty"] == 6

    assert (house.on_hand("LANE-1", toy), house.on_hand("DOCK-1", toy)) == (6, 0)
    assert {state for _, state in _pegs(house)} == {"in_lane"}
    assert house.read(selfcheck.find_differences) == []


def test_what_passed_before_keeps_its_lane_while_goods_of_another_receipt_pass(
    house: House, clerk: Desk, toy: int
) -> None:
    tea = house.product("TEA", "EAN-TEA", name="Tea", is_inspected=True)
    house.order("O1", (toy, 3))
    house.order("O2", (tea, 2), service="FREIGHT")
    _arrive(house, clerk, "PO-1", (toy, 3))
    _arrive(house, clerk, "PO-2", (tea, 2))
    clerk.key("yes")
    clerk.scan(CODE)
    clerk.key("yes")
    clerk.scan("EAN-TEA")

    both = clerk.key("yes")

    assert (both.prompt.state, both.prompt.big) == ("bring", "LANE-2")
    assert clerk.scan("LANE-2").prompt.big == "LANE-1"
    assert clerk.key("back").message.code == "carry_first"
    assert clerk.scan("LANE-1").prompt.state == "inspect"


def test_what_passed_for_a_receipt_that_a_colleague_closed_is_carried_before_leaving(
    house: House, clerk: Desk, toy: int
) -> None:
    house.order("O1", (toy, 5))
    house.purchase("PO-1", (toy, 12))
    clerk.scan("PO-1", CASE)
    clerk.key("yes")
    other = house.at(receiving, "DOCK-B", "OP-supervisor")
    other.scan("PO-1")
    assert other.key("done").message.code == "receipt_done"
    clerk.key("yes")

    assert clerk.key("back").message.code == "carry_first"


# --- a package whose units are set aside ------------------------------------------------------------------------------


def _pallet(house: House, product: int, *lines: tuple[int, str], number: str = "PO-1", code: str = SSCC) -> None:
    """An order of one product, announced on one pallet: (units, lot) of each line."""
    po = house.purchase(number, (product, sum(qty for qty, _ in lines)))
    notice(house, po, f"ASN-{number}", lines=[(1, qty, {"package": code, "lot": lot}) for qty, lot in lines])


def test_f8_after_a_pallet_shows_what_was_set_aside_of_it(house: House, clerk: Desk, toy: int) -> None:
    _pallet(house, toy, (7, ""))
    _pallet(house, toy, (5, ""), number="PO-2", code=OTHER_SSCC)
    clerk.scan(SSCC)
    clerk.key("done")
    clerk.scan(OTHER_SSCC)

    answer = clerk.key("yes")

    assert (answer.prompt.state, answer.message.args["qty"], answer.prompt.args["there"]) == ("passing", 5, 12)
    assert clerk.key("yes").message.args["qty"] == 5


def test_f8_after_a_pallet_of_several_lots_asks_which(house: House, clerk: Desk) -> None:
    tea = house.product("TEA", CODE, lot_tracked=True, is_inspected=True)
    _pallet(house, tea, (7, "L1"), (5, "L2"))
    clerk.scan(SSCC)

    assert clerk.key("yes").prompt.state == "inspect"
    assert clerk.scan("L2").message.args["qty"] == 5


def test_f8_after_a_number_shows_all_that_were_counted(house: House, clerk: Desk, toy: int) -> None:
    house.purchase("PO-1", (toy, 24))
    clerk.scan("PO-1", CODE)
    clerk.key("quantity", "7")

    assert clerk.key("yes").message.args["qty"] == 7
