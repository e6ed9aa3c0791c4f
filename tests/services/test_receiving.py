"""The receiving dialogue, as a clerk at the dock lives it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop.db.tables import Peg, PurchaseLine, PurchaseOrder
from wms_desktop.prompts import Outcome
from wms_desktop.services import receiving, selfcheck

CASE = "18412345000006"


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", "8412345000009", case=(CASE, 12), name="Blue mug")


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


def _pegs(house: House) -> list[tuple[int, str]]:
    """Units that came, and what became of them; what is only planned is left out."""
    came = select(Peg).where(Peg.receipt_line_id.is_not(None)).order_by(Peg.id)
    return house.read(lambda s: [(p.qty, p.state) for p in s.scalars(came)])


def test_a_scan_says_lane_for_the_waiting_order_and_bin_for_the_rest(house: House, clerk: Desk, mug: int) -> None:
    house.bin("A-1")
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 24))

    answer = clerk.scan("PO-1", CASE)

    assert answer.prompt.state == "carry"
    assert answer.prompt.big == "LANE-1"
    assert answer.message.args == {"product": "Blue mug", "qty": 12, "lane_qty": 5, "rest": 7}
    assert [d.args.get("bin") for d in answer.prompt.details] == [None, "A-1"]


def test_units_count_for_packing_only_when_the_lane_is_scanned(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", CASE)
    assert (house.on_hand("DOCK-1", mug), house.on_hand("LANE-1", mug)) == (12, 0)

    answer = clerk.scan("LANE-1")

    assert (house.on_hand("DOCK-1", mug), house.on_hand("LANE-1", mug)) == (7, 5)
    assert answer.outcome == Outcome.JOB_COMPLETE
    assert answer.message.args["freed"] == 1
    assert _pegs(house) == [(5, "in_lane")]


def test_one_arrival_serves_several_orders_of_different_lanes(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.order("O2", (mug, 3), service="FREIGHT")
    house.purchase("PO-1", (mug, 24))

    clerk.scan("PO-1", CASE, "LANE-2")
    answer = clerk.scan("LANE-1")

    assert (house.on_hand("LANE-1", mug), house.on_hand("LANE-2", mug)) == (5, 3)
    assert answer.prompt.state == "count"


def test_the_other_lane_is_refused_in_words(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", CASE)

    answer = clerk.scan("LANE-2")

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "wrong_lane")
    assert answer.message.args == {"lane": "LANE-2", "lanes": "LANE-1"}
    assert house.on_hand("DOCK-1", mug) == 12


def test_declined_units_are_offered_to_the_next_order(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.order("O2", (mug, 9), hours=6)
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", CASE)
    clerk.key("decline")

    answer = clerk.key("choose", "2")

    assert answer.message.args["reason"] == "reason.lane_blocked"
    assert _pegs(house) == [(5, "released"), (7, "arrived"), (2, "arrived")]
    assert house.read(selfcheck.find_differences) == []


def test_a_ship_complete_order_gets_nothing_it_cannot_leave_with(house: House, clerk: Desk, mug: int) -> None:
    pen = house.product("PEN")
    house.order("O1", (mug, 5), (pen, 1), complete=True)
    house.purchase("PO-1", (mug, 24))

    answer = clerk.scan("PO-1", CASE)

    assert answer.prompt.state == "count"
    assert _pegs(house) == []


def test_a_ship_complete_order_keeps_its_units_in_a_bin_when_the_rest_is_due(
    house: House, clerk: Desk, mug: int
) -> None:
    pen = house.product("PEN")
    house.bin("A-1")
    house.order("O1", (mug, 5), (pen, 1), complete=True)
    house.purchase("PO-1", (mug, 24))
    house.purchase("PO-2", (pen, 10), due=(house.now + timedelta(days=3)).date())

    clerk.scan("PO-1", CASE)

    assert _pegs(house) == [(5, "stored")]
    assert house.read(lambda s: s.query(Peg).filter_by(state="stored").one().reason) == "kept_for_rest"


def test_a_number_after_a_scan_means_so_many_of_that_code(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 48))

    clerk.scan("PO-1", CASE)
    answer = clerk.key("quantity", "3")

    assert house.on_hand("DOCK-1", mug) == 36
    assert answer.prompt.progress == (36, 48)


def test_a_surplus_within_the_tolerance_waits_for_a_yes(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 11))
    clerk.scan("PO-1")

    asked = clerk.scan(CASE)
    assert (asked.prompt.state, house.on_hand("DOCK-1", mug)) == ("over", 0)
    clerk.scan("WMS-KEY-YES")

    assert house.on_hand("DOCK-1", mug) == 12
    assert house.read(lambda s: s.query(PurchaseLine).one().received) == 12


def test_a_surplus_beyond_the_tolerance_waits_for_a_supervisor(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 6))
    asked = clerk.scan("PO-1", CASE)
    assert asked.prompt.state == "over_far"

    refused = clerk.scan("OP-picker")
    assert refused.message.code == "supervisor_wanted"
    clerk.scan("OP-supervisor")

    assert house.on_hand("DOCK-1", mug) == 12


def test_damaged_units_go_to_the_hold_with_their_reason_and_to_nobody(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")
    clerk.key("damaged")
    clerk.key("choose", "3")

    clerk.scan("8412345000009")
    answer = clerk.key("done")

    assert house.on_hand("HOLD-1", mug, "damaged") == 1
    assert _pegs(house) == []
    assert answer.prompt.state == "count"


def test_an_item_nobody_ordered_is_refused(house: House, clerk: Desk, mug: int) -> None:
    pen = house.product("PEN")
    house.purchase("PO-1", (pen, 5))
    clerk.scan("PO-1")

    answer = clerk.scan(CASE)

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "not_on_order")
    assert house.on_hand("DOCK-1", mug) == 0


def test_an_item_opens_the_one_order_that_expects_it_and_counts(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 5))

    answer = clerk.scan("8412345000009")

    assert answer.prompt.args["order"] == "PO-1"
    assert house.on_hand("DOCK-1", mug) == 1


def test_of_several_orders_the_earliest_due_is_offered_first(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-LATE", (mug, 5), due=(house.now + timedelta(days=2)).date())
    house.purchase("PO-SOON", (mug, 5))

    offered = clerk.scan("8412345000009")
    answer = clerk.key("quantity", "1")

    assert [d.args["number"] for d in offered.prompt.details] == ["PO-SOON", "PO-LATE"]
    assert answer.prompt.args["order"] == "PO-SOON"


def test_a_lot_and_its_expiry_are_demanded(house: House, clerk: Desk) -> None:
    milk = house.product("MILK", "4012345000009", lot_tracked=True, expiry_tracked=True)
    house.purchase("PO-1", (milk, 5))

    assert clerk.scan("PO-1", "4012345000009").prompt.state == "lot"
    assert clerk.scan("L77").prompt.state == "expiry"
    clerk.scan("2026-09-30")

    assert house.on_hand("DOCK-1", milk) == 1


def test_a_gs1_scan_brings_lot_and_expiry_with_it(house: House, clerk: Desk) -> None:
    milk = house.product("MILK", "4012345000009", lot_tracked=True, expiry_tracked=True)
    house.purchase("PO-1", (milk, 5))

    answer = clerk.scan("PO-1", "]C101040123450000091726093010L77")

    assert answer.prompt.state == "count"
    assert house.on_hand("DOCK-1", milk) == 1


def test_an_expired_lot_goes_to_the_hold(house: House, clerk: Desk) -> None:
    milk = house.product("MILK", "4012345000009", lot_tracked=True, expiry_tracked=True)
    house.purchase("PO-1", (milk, 5))

    answer = clerk.scan("PO-1", "]C101040123450000091725093010L77")

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "expired_to_hold")
    assert house.on_hand("HOLD-1", milk, "damaged") == 1


def test_what_did_not_come_stays_due(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", CASE)

    answer = clerk.key("done")

    assert answer.message.args == {"number": "R000001", "received": 12, "due": 12}
    assert house.read(lambda s: s.query(PurchaseOrder).one().state) == "open"


def test_a_receipt_does_not_close_over_units_still_to_be_carried(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", CASE)

    assert clerk.key("done").message.code == "carry_first"


def test_two_clerks_share_one_receipt_and_carry_each_his_own(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 20))
    house.purchase("PO-1", (mug, 48))
    other = house.at(receiving, "DOCK-B", "OP-supervisor")
    clerk.scan("PO-1", CASE)

    other.scan("PO-1", "8412345000009")
    answer = clerk.scan("LANE-1")

    assert answer.message.args["qty"] == 12
    assert other.prompt().state == "carry"
    assert other.prompt().args["receipt"] == "R000001"


def test_an_unknown_code_changes_nothing_and_says_so(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")

    answer = clerk.scan("NONSENSE")

    assert (answer.outcome, answer.message.code) == (Outcome.NOT_UNDERSTOOD, "unknown_item")
    assert answer.prompt.state == "count"


def test_a_picker_may_not_receive(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))

    answer = house.at(receiving, "DOCK-A", "OP-picker").scan("PO-1")

    assert answer.message.code == "not_permitted"
    assert answer.prompt.state == "open"


def test_every_scan_taken_back_leaves_the_house_as_it_was(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.order("O2", (mug, 30))
    house.purchase("PO-1", (mug, 48))
    start = clerk.prompt()
    seen = []
    for code in ("PO-1", CASE, "LANE-1", CASE, "LANE-3"):
        seen.append(clerk.prompt())
        clerk.scan(code)

    for before in reversed(seen):
        clerk.key("undo")
        assert clerk.prompt() == before

    assert clerk.prompt() == start
    assert house.on_hand("DOCK-1", mug) == house.on_hand("LANE-1", mug) == house.on_hand("SUPPLIER", mug) == 0
    assert house.read(selfcheck.find_differences) == []


def test_after_a_crash_the_screen_finds_the_same_prompt(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 20))
    keys = [("scan", "PO-1"), ("scan", CASE), ("key", "decline"), ("key", "back"), ("scan", "LANE-1"), ("scan", CASE)]

    for act, value in keys:
        answer = getattr(clerk, act)(value)
        assert clerk.prompt() == answer.prompt
