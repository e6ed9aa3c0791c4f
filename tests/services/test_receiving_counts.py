"""What was counted: damaged units, wrong goods, short deliveries, the note of it all, and goods that go back."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop.db.tables import Peg, PrintJob, PurchaseLine, PurchaseOrder, ReceiptLine
from wms_desktop.prompts import Answer, Outcome
from wms_desktop.services import commands, putaway, receiving, selfcheck
from wms_desktop.services.goods_in_acts import ACTS

MUG, CASE, MILK = "8412345000003", "18412345000000", "4012345000009"


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", MUG, case=(CASE, 12), name="Blue mug")


@pytest.fixture
def milk(house: House) -> int:
    return house.product("MILK", MILK, lot_tracked=True, expiry_tracked=True, name="Milk")


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


def _damaging(clerk: Desk, order: str, reason: str = "3") -> Desk:
    clerk.scan(order)
    clerk.key("damaged")
    clerk.key("choose", reason)
    return clerk


def _note(house: House) -> dict[str, dict[str, object]]:
    job = house.read(lambda s: s.scalars(select(PrintJob).where(PrintJob.kind == "received_note")).one())
    return {row["sku"]: row for row in json.loads(job.payload)["facts"]["rows"]}


# --- damaged ----------------------------------------------------------------------------------------------------------


def test_damaged_units_beyond_what_was_ordered_wait_for_a_supervisor_too(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 6))

    asked = _damaging(clerk, "PO-1").scan(CASE)
    assert (asked.prompt.state, house.on_hand("HOLD-1", mug, "damaged")) == ("over_far", 0)
    answer = clerk.scan("OP-supervisor")

    assert (answer.prompt.state, house.on_hand("HOLD-1", mug, "damaged")) == ("damage", 12)


def test_damaged_units_are_asked_for_lot_and_expiry_too(house: House, clerk: Desk, milk: int) -> None:
    house.purchase("PO-1", (milk, 6))

    assert _damaging(clerk, "PO-1").scan(MILK).prompt.state == "lot"
    assert clerk.scan("L7").prompt.state == "expiry"
    assert clerk.scan("2027-01-01").prompt.state == "damage"

    assert house.on_hand("HOLD-1", milk, "damaged") == 1


def test_a_damaged_unit_left_uncounted_leads_back_to_the_damaged_ones(house: House, clerk: Desk, milk: int) -> None:
    house.purchase("PO-1", (milk, 6))
    _damaging(clerk, "PO-1").scan(MILK)

    answer = clerk.key("back")

    assert (answer.prompt.state, answer.prompt.args["reason"]) == ("damage", "reason.broken")


def test_a_number_after_a_damaged_unit_means_so_many_of_it(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    _damaging(clerk, "PO-1").scan(MUG)

    answer = clerk.key("quantity", "5")

    assert (answer.prompt.state, house.on_hand("HOLD-1", mug, "damaged")) == ("damage", 5)


def test_a_note_stands_behind_the_reason_and_nothing_demands_one(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    _damaging(clerk, "PO-1").scan(MUG)
    clerk.key("damaged")

    answer = clerk.scan("corner of the pallet wet")

    assert (answer.message.code, answer.prompt.state) == ("note_kept", "damage")
    assert house.read(lambda s: s.scalars(select(ReceiptLine.note)).one()) == "broken: corner of the pallet wet"


# --- wrong goods ------------------------------------------------------------------------------------------------------


@pytest.fixture
def pen(house: House) -> int:
    return house.product("PEN", "EAN-PEN", name="Pen")


def test_wrong_goods_go_to_the_hold_by_a_supervisors_badge_and_to_nobody(
    house: House, clerk: Desk, mug: int, pen: int
) -> None:
    house.purchase("PO-1", (mug, 24))
    house.order("O1", (pen, 1))
    refused = clerk.scan("PO-1", "EAN-PEN")
    assert (refused.outcome, refused.message.code, refused.prompt.state) == (Outcome.STOP, "not_on_order", "foreign")

    answer = clerk.scan("OP-supervisor")

    assert (answer.message.code, answer.prompt.state) == ("foreign_to_hold", "count")
    assert (house.on_hand("HOLD-1", pen), house.on_hand("DOCK-1", pen)) == (1, 0)
    assert house.read(lambda s: s.query(Peg).count()) == 0
    assert house.read(selfcheck.find_differences) == []


def test_wrong_goods_put_aside_stop_nobody_from_counting_on(house: House, clerk: Desk, mug: int, pen: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1", "EAN-PEN")

    answer = clerk.scan(MUG)

    assert (answer.message.code, house.on_hand("DOCK-1", mug), house.on_hand("HOLD-1", pen)) == ("verdict_bin", 1, 0)


def test_wrong_goods_that_another_order_expects_are_named_with_it(
    house: House, clerk: Desk, mug: int, pen: int
) -> None:
    house.purchase("PO-1", (mug, 24))
    house.purchase("PO-2", (pen, 24))

    answer = clerk.scan("PO-1", "EAN-PEN")

    assert (answer.message.code, answer.message.args["number"]) == ("on_other_order", "PO-2")


# --- closing ----------------------------------------------------------------------------------------------------------


def test_complaint_14_nothing_came_is_an_answer_and_needs_no_plate(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    clerk.scan("PO-1")

    answer = clerk.key("done")

    assert answer.message.args == {"number": "R000001", "received": 0, "due": 24}
    assert house.read(lambda s: s.query(PurchaseOrder).one().state) == "open"
    assert _note(house)["MUG"]["still_due"] == 24


def test_complaint_14_a_short_delivery_is_due_again_at_once(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    house.order("O1", (mug, 20))
    clerk.scan("PO-1", CASE, "LANE-1")
    clerk.key("done")

    answer = clerk.scan("PO-1", CASE)

    assert (answer.prompt.args["receipt"], answer.message.args["lane_qty"]) == ("R000002", 8)


def test_the_note_says_what_differs_in_which_lots_and_what_is_still_due(
    house: House, clerk: Desk, mug: int, milk: int, pen: int
) -> None:
    house.purchase("PO-1", (mug, 24), (milk, 4))
    clerk.scan("PO-1", CASE, MILK, "L1", "2027-01-01", MILK, "L2", "2027-01-01", "EAN-PEN", "OP-supervisor")
    clerk.key("damaged")
    clerk.key("choose", "2")
    clerk.scan(MUG)
    clerk.key("done")
    clerk.key("done")

    rows = _note(house)

    wanted = ("expected", "good", "damaged", "still_due", "not_ordered", "lot")
    assert {sku: tuple(row[name] for name in wanted) for sku, row in rows.items()} == {
        "MUG": (24, 12, 1, 11, 0, ""),
        "MILK": (4, 2, 0, 2, 0, "L1 (1), L2 (1)"),
        "PEN": (0, 1, 0, 0, 1, ""),
    }
    assert rows["MUG"]["damages"] == [{"reason": "wet", "qty": 1, "note": "", "photo": ""}]


def test_the_surplus_of_a_second_scan_is_asked_anew(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 11))
    clerk.scan("PO-1", CASE)
    clerk.key("yes")

    assert clerk.scan(MUG).prompt.state == "over_far"


# --- back to the supplier ---------------------------------------------------------------------------------------------


@pytest.fixture
def closed(house: House, clerk: Desk, mug: int) -> Desk:
    house.purchase("PO-1", (mug, 12))
    clerk.scan("PO-1", CASE)
    clerk.key("done")
    return clerk


def test_goods_of_a_closed_receipt_go_back_with_a_reason(house: House, closed: Desk, mug: int) -> None:
    opened = closed.scan("R000001")
    closed.key("choose", "1")
    closed.scan(MUG)
    answer = closed.key("quantity", "3")

    assert (opened.prompt.state, answer.message.code) == ("give_back", "given_back")
    assert (house.on_hand("DOCK-1", mug), house.on_hand("SUPPLIER", mug)) == (9, -9)
    assert house.read(lambda s: s.query(PurchaseLine).one().received) == 9
    states = house.read(lambda s: sorted((line.qty, line.state) for line in s.query(ReceiptLine)))
    assert states == [(1, "countered"), (2, "countered"), (9, "received")]
    assert house.read(selfcheck.find_differences) == []


def test_goods_go_back_from_wherever_they_stand_free(house: House, closed: Desk, mug: int) -> None:
    house.bin("A-1")
    house.at(putaway, "DOCK-A", "OP-receiver").scan(MUG, "A-1")
    closed.scan("R000001")
    closed.key("choose", "1")

    answer = closed.scan(CASE)

    assert (answer.message.args["places"], house.on_hand("A-1", mug)) == ("A-1", 0)


def test_goods_that_stand_for_an_order_or_have_left_do_not_go_back(house: House, clerk: Desk, mug: int) -> None:
    house.order("O1", (mug, 10))
    house.purchase("PO-1", (mug, 12))
    clerk.scan("PO-1", CASE, "LANE-1")
    clerk.key("done")
    clerk.scan("R000001")
    clerk.key("choose", "1")

    answer = clerk.scan(CASE)

    assert (answer.message.code, answer.message.args["qty"]) == ("counter_not_here", 2)
    assert house.on_hand("LANE-1", mug) == 10


def test_goods_given_back_come_again_when_it_is_undone(house: House, closed: Desk, mug: int) -> None:
    closed.scan("R000001")
    closed.key("choose", "1")
    closed.scan(MUG)

    closed.key("undo")

    assert house.on_hand("DOCK-1", mug) == 12
    assert house.read(lambda s: [(line.qty, line.state) for line in s.query(ReceiptLine)]) == [(12, "received")]
    assert house.read(selfcheck.find_differences) == []


# --- acts of the window and the desks ---------------------------------------------------------------------------------


def _act(house: House, name: str, **args: object) -> Answer:
    context = house.context(station="DOCK-A", badge="OP-receiver")
    act = ACTS[name]
    return commands.run(house.engine, act.workflow, f"{name} {args}", context, lambda s, c: act.do(s, c, args),
                        receiving.prompt)  # fmt: skip


def test_a_picture_belongs_to_the_damaged_units_counted_last(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    assert _act(house, "attach_photo", file="0123456789abcdef.png").message.code == "photo_of_nothing"
    _damaging(clerk, "PO-1").scan(MUG)

    answer = _act(house, "attach_photo", file="0123456789abcdef.png")

    assert (answer.message.code, answer.message.args["qty"]) == ("photo_kept", 1)
    assert house.read(lambda s: s.scalars(select(ReceiptLine.photo)).one()) == "0123456789abcdef.png"
    clerk.key("undo")
    assert house.read(lambda s: s.scalars(select(ReceiptLine.photo)).one()) == ""


def test_f3_asks_for_a_picture_once_there_are_damaged_units(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))

    early = _damaging(clerk, "PO-1").key("find")
    clerk.scan(MUG)

    assert (early.message.code, clerk.key("find").message.code) == ("photo_of_nothing", "photo_wanted")
    assert clerk.prompt().state == "damage"


def test_a_picture_belongs_to_all_units_of_one_scan_though_they_fill_two_lines(
    house: House, clerk: Desk, mug: int
) -> None:
    house.purchase("PO-1", (mug, 5), (mug, 7))
    _damaging(clerk, "PO-1").scan(CASE)

    answer = _act(house, "attach_photo", file="0123456789abcdef.png")

    assert answer.message.args["qty"] == 12
    assert house.read(lambda s: s.scalars(select(ReceiptLine.photo)).all()) == ["0123456789abcdef.png"] * 2


def test_the_received_note_names_note_and_picture_of_each_damage(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    _damaging(clerk, "PO-1").scan(MUG)
    clerk.key("damaged")
    clerk.scan("handle off: all three")
    _act(house, "attach_photo", file="0123456789abcdef.png")
    clerk.scan(MUG)
    clerk.key("done")
    clerk.key("done")

    assert _note(house)["MUG"]["damages"] == [
        {"reason": "broken", "qty": 1, "note": "", "photo": ""},
        {"reason": "broken", "qty": 1, "note": "handle off: all three", "photo": "0123456789abcdef.png"},
    ]


def test_a_picture_is_never_named_by_a_path(house: House) -> None:
    assert _act(house, "attach_photo", file="../../etc/passwd.png").message.code == "photo_unreadable"


def test_a_desk_gives_goods_back_as_the_dock_does(house: House, closed: Desk, mug: int) -> None:
    refused = _act(house, "counter_receipt", receipt=1, product=mug, qty=13, reason="wrong colour")
    done = _act(house, "counter_receipt", receipt=1, product=mug, qty=12, reason="wrong colour")

    assert (refused.message.code, done.message.code) == ("counter_not_here", "given_back")
    assert house.read(lambda s: s.scalars(select(ReceiptLine.note)).one()) == "wrong colour"
