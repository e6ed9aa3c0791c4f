"""Two clerks, two lots, two lines: what goes wrong only when things meet at the dock."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop.db.tables import Peg, PurchaseOrder
from wms_desktop.prompts import Outcome
from wms_desktop.services import putaway, receiving, selfcheck

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
