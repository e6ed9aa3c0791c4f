"""Two clerks, two lots, two lines: what goes wrong only when things meet at the dock."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from tests.services.pick_floor import form, picker
from tests.services.truck_floor import command
from wms_desktop.db.tables import Peg, PurchaseOrder
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Outcome
from wms_desktop.services import cancelling, putaway, receiving, selfcheck

CASE = "18412345000006"


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", "8412345000009", case=(CASE, 10), name="Blue mug")


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


@pytest.fixture
def colleague(house: House) -> Desk:
    return house.at(receiving, "DOCK-B", "OP-supervisor")


def test_an_undo_takes_back_its_own_unit_and_leaves_the_colleagues(
    house: House, clerk: Desk, colleague: Desk, mug: int
) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 5))
    clerk.scan("PO-1", "8412345000009")
    colleague.scan("PO-1", "8412345000009")

    clerk.key("undo")
    answer = colleague.scan("LANE-1")

    assert answer.outcome is Outcome.STEP_DONE
    assert house.on_hand("LANE-1", mug) == 1
    assert house.read(selfcheck.find_differences) == []


def test_an_undone_receipt_sends_who_had_joined_it_back_to_the_start(
    house: House, clerk: Desk, colleague: Desk, mug: int
) -> None:
    house.purchase("PO-1", (mug, 5))
    clerk.scan("PO-1")
    colleague.scan("PO-1")

    clerk.key("undo")

    assert colleague.prompt().state == "open"
    assert colleague.scan("PO-1").prompt.state == "count"


def test_a_receipt_waits_for_what_a_colleague_still_carries(
    house: House, clerk: Desk, colleague: Desk, mug: int
) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 5))
    clerk.scan("PO-1", "8412345000009")
    colleague.scan("PO-1")

    answer = colleague.key("done")

    assert (answer.message.code, answer.message.args) == ("colleague_carries", {"qty": 1})


def test_a_scan_is_not_taken_back_behind_a_closed_receipt(house: House, clerk: Desk, colleague: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 1))
    clerk.scan("PO-1", "8412345000009")
    colleague.scan("PO-1")
    colleague.key("done")

    answer = clerk.key("undo")

    assert answer.message.code == "receipt_closed_since"
    assert house.read(lambda s: s.query(PurchaseOrder).one().state) == "closed"


def test_a_case_that_fills_two_purchase_lines_is_decided_as_one(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 10), complete=True)
    house.purchase("PO-1", (mug, 6), (mug, 4))

    answer = clerk.scan("PO-1", CASE)

    assert answer.message.args["lane_qty"] == 10
    came = select(Peg.qty).where(Peg.state == "arrived").order_by(Peg.id)
    assert house.read(lambda s: s.scalars(came).all()) == [6, 4]


def test_a_known_lots_expiry_is_not_forgotten(house: House, clerk: Desk) -> None:
    milk = house.product("MILK", "4012345000009", lot_tracked=True, expiry_tracked=True)
    house.order("O1", (milk, 2))
    house.lot(milk, "L1", date(2026, 1, 1))
    house.purchase("PO-1", (milk, 5))

    answer = clerk.scan("PO-1", "4012345000009", "L1")

    assert answer.message.code == "expired_to_hold"
    assert house.on_hand("HOLD-1", milk, "damaged") == 1


def test_the_next_item_is_never_taken_for_a_lot(house: House, clerk: Desk, mug: int) -> None:
    milk = house.product("MILK", "4012345000009", lot_tracked=True)
    house.purchase("PO-1", (milk, 5), (mug, 5))
    clerk.scan("PO-1", "4012345000009")

    answer = clerk.scan("8412345000009")

    assert (answer.message.code, answer.prompt.state) == ("answer_first", "lot")
    assert house.on_hand("DOCK-1", milk) == house.on_hand("DOCK-1", mug) == 0


def test_of_several_lots_on_the_dock_the_typed_one_is_put_away(house: House, clerk: Desk) -> None:
    milk = house.product("MILK", "4012345000009", lot_tracked=True)
    house.bin("A-1")
    house.purchase("PO-1", (milk, 5))
    clerk.scan("PO-1", "4012345000009", "L1", "4012345000009", "L2")
    worker = house.at(putaway, "DOCK-A", "OP-receiver")
    assert worker.scan("4012345000009").message.code == "several_lots"

    worker.scan("L2", "A-1")

    assert (house.on_hand("A-1", milk), house.on_hand("DOCK-1", milk)) == (1, 1)


def test_a_declined_order_is_not_offered_again_by_the_next_decline(house: House, clerk: Desk, mug: int) -> None:
    for number in ("O1", "O2", "O3"):
        house.order(number, (mug, 1), hours=int(number[1]))
    house.purchase("PO-1", (mug, 5))
    clerk.scan("PO-1", "8412345000009")
    offered = [clerk.prompt().args["order"]]
    for _ in range(2):
        clerk.key("decline")
        offered.append(clerk.key("choose", "1").prompt.args["order"])

    assert offered == ["O1", "O2", "O3"]


# --- what was shown when the lane was declined ------------------------------------------------------------------------


def _states(house: House) -> list[tuple[int, str]]:
    pegs = select(Peg).where(Peg.receipt_line_id.is_not(None)).order_by(Peg.id)
    return [(peg.qty, peg.state) for peg in house.read(lambda s: s.scalars(pegs).all())]


@pytest.fixture
def last_order(house: House, clerk: Desk, mug: int) -> int:
    """Units of two orders are to be carried; F2 declines the lane of the last one, whose id it gives."""
    pen = house.product("PEN")
    house.order("O1", (mug, 1))
    last = house.order("O2", (pen, 1))
    house.purchase("PO-1", (mug, 5), (pen, 5))
    clerk.scan("PO-1", "MUG", "PEN")
    clerk.key("decline")
    return last


def _cancel(house: House, order_id: int) -> None:
    command(house, lambda s, c: cancelling.cancel(s, c, order_id, reason="customer"), workflow="orders")


def test_a_decline_of_units_that_are_gone_declines_no_others(house: House, clerk: Desk, last_order: int) -> None:
    _cancel(house, last_order)

    answer = clerk.key("choose", "1")

    assert (answer.outcome, answer.message.code) == (Outcome.LOOK_HERE, "decline_gone")
    assert answer.message.args == {"order": "O2", "lane": "LANE-3"}
    assert (answer.prompt.state, answer.prompt.args["order"]) == ("carry", "O1")
    assert _states(house) == [(1, "arrived"), (1, "released")]


def test_a_reasons_number_is_never_taken_for_units(house: House, clerk: Desk, mug: int) -> None:
    only = house.order("O1", (mug, 1))
    house.purchase("PO-1", (mug, 5))
    clerk.scan("PO-1", "MUG")
    clerk.key("decline")
    _cancel(house, only)

    answer = clerk.key("quantity", "2")

    assert (answer.message.code, answer.prompt.state, house.on_hand("DOCK-1", mug)) == ("decline_gone", "count", 1)


def test_the_units_that_were_shown_are_declined(house: House, clerk: Desk, last_order: int) -> None:
    clerk.key("choose", "1")

    assert _states(house) == [(1, "arrived"), (1, "released")]
    assert house.read(selfcheck.find_differences) == []


# --- a picker finds too few, and takes what stands on the dock --------------------------------------------------------


def test_f9_says_that_a_picker_fetches_what_he_lacked(house: House, clerk: Desk, mug: int) -> None:
    house.bin("A-1")
    house.put(mug, "A-1", 4)
    house.order("O1", (mug, 4))
    form(house)
    house.purchase("PO-1", (mug, 10))
    clerk.scan("PO-1", CASE)
    walker = picker(house)
    walker.scan("CART-1", "TOTE-01", "A-1")
    walker.key("short", "0")
    walker.key("choose", "1")

    answer = clerk.key("why")

    assert (answer.message.code, answer.message.args["qty"]) == ("why_short_pick", 4)
    assert "O1" in sentence(answer.message.code, answer.message.args)
