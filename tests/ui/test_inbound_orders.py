"""What is on order at the inbound desk: trucks booked for it, orders and notices entered, dropped and taken in."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui import inbound_rows as rows
from tests.ui.inbound_stage import ELEVEN, TEN, fill, open_inbound, texts
from tests.ui.stage import Stage
from wms_desktop.prompts import Outcome

KEY = Qt.Key


@pytest.fixture
def orders(qtbot: QtBot, tmp_path: Path) -> Stage:
    made = open_inbound(qtbot, tmp_path)
    made.desk.show_tab("orders")
    return made


def test_orders_are_followed_by_their_notices(orders: Stage) -> None:
    assert texts(orders, "orders", 0) == ["Order", "Order", "Notice", "Order", "Order"]
    assert texts(orders, "orders", 1) == ["PO-4708", "PO-4709", "ASN-9", "PO-4710", "PO-4711"]
    assert texts(orders, "orders", 7)[-1] == "T000002"


def test_one_truck_is_booked_for_what_is_marked(orders: Stage) -> None:
    orders.press(KEY.Key_Space, KEY.Key_Down, KEY.Key_Space, KEY.Key_B)
    fill(orders, opens="10:00", closes="1130", carrier="Hull Haulage")
    facts, said = orders.desk.panel.facts.text(), orders.desk.panel.accept.text()
    orders.press(KEY.Key_F8)
    parts = [{"purchase": 8, "notice": None}, {"purchase": 9, "notice": 109}]

    assert facts.startswith("It brings PO-4708, ASN-9, units 120.")
    assert said.startswith("Book Mon 2 Mar 10:00–1130, DOCK-1")
    assert orders.acts == [
        ("book_delivery", {"parts": parts, "dock": 11, "opens_at": TEN, "closes_at": ELEVEN, "carrier": "Hull Haulage"})
    ]


def test_a_whole_order_takes_the_place_of_its_notices(orders: Stage) -> None:
    orders.desk.tables["orders"].choose([(9, 0), (9, 109)])
    orders.press(KEY.Key_B)
    fill(orders, opens="10", closes="11:30")
    orders.press(KEY.Key_F8)

    assert orders.acts[0][1]["parts"] == [{"purchase": 9, "notice": None}]


def test_what_has_a_truck_is_not_booked_twice(orders: Stage) -> None:
    orders.desk.tables["orders"].choose([(11, 0)])
    orders.press(KEY.Key_B)

    assert "PO-4711 comes with T000002 already" in orders.desk.note.text()
    assert orders.desk.panel.isHidden()


@pytest.mark.parametrize(("key", "args"), [((9, 0), {"purchase": 9}), ((9, 109), {"notice": 109})])
def test_goods_that_nobody_booked_are_checked_in(orders: Stage, key: tuple[int, int], args: dict[str, int]) -> None:
    orders.desk.tables["orders"].choose([key])
    orders.press(KEY.Key_I, KEY.Key_F8)

    assert orders.acts == [("check_in", args)]


def test_everything_is_taken_in_as_announced_after_a_second_yes(orders: Stage) -> None:
    orders.press(KEY.Key_G, KEY.Key_F8)
    once = list(orders.acts)
    orders.press(KEY.Key_F8)

    assert once == []
    assert orders.acts == [("receive_purchase", {"purchase": 8})]


def test_a_purchase_order_is_rehearsed_and_who_waits_is_one_key_away(orders: Stage) -> None:
    orders.press(KEY.Key_R)
    orders.press(KEY.Key_Escape, KEY.Key_W)

    assert orders.asked[-1] == ("truck_now", {"purchase": 8})
    assert orders.gone == [("backlog", {"dimension": "purchase", "keys": ["PO-4708"], "label": "Waits for PO-4708"})]


def test_a_purchase_order_is_entered_by_hand_or_pasted(orders: Stage) -> None:
    orders.press(KEY.Key_P)
    fill(orders, supplier="S1", number="PO-9", due="+3", lines="MUG, 24, 2.50\n\nJUG\t12")
    orders.press(KEY.Key_F8)
    lines = [{"sku": "MUG", "qty": 24, "price": "2.50"}, {"sku": "JUG", "qty": 12, "price": "0"}]
    due = rows.TODAY + timedelta(days=3)

    assert orders.acts == [("enter_purchase", {"supplier": "S1", "number": "PO-9", "due": due, "lines": lines})]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("", "Type at least one line."),
        ("MUG", "Line 1 needs a SKU"),
        ("MUG, 3\nJUG, many", "Line 2: “many” is no number of units."),
        ("MUG, 0", "is no number of units"),
        ("MUG, 3, dear", "Line 1: “dear” is no price."),
        ("MUG, 3, 1.50, x", "Line 1 has more than 3 parts."),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_entered(orders: Stage, lines: str, said: str) -> None:
    orders.press(KEY.Key_P)
    fill(orders, supplier="S1", number="PO-9", due="+3", lines=lines)
    orders.press(KEY.Key_F8)

    assert orders.acts == []
    assert said in orders.desk.panel.problem.text()


def test_a_purchase_order_without_a_number_is_not_entered(orders: Stage) -> None:
    orders.press(KEY.Key_P)
    fill(orders, supplier="S1", due="+3", lines="MUG, 3")
    orders.press(KEY.Key_F8)

    assert orders.acts == []
    assert orders.desk.panel.problem.text() == "Still wanted: Order number."


def test_a_notice_begins_with_what_is_not_announced_yet(orders: Stage) -> None:
    orders.desk.tables["orders"].choose([(9, 0)])
    orders.press(KEY.Key_A)
    before = orders.desk.panel.values()["lines"]
    fill(orders, notice_number="ASN-77", due="+1", lines="mug-blue, 20, L77, 2027-01-31, 340123450000000018\nJUG, 2")
    orders.press(KEY.Key_F8)
    lines = [
        {"line": 501, "qty": 20, "lot": "L77", "expiry": date(2027, 1, 31), "package": "340123450000000018"},
        {"line": 502, "qty": 2, "lot": "", "expiry": None, "package": ""},
    ]
    due = rows.TODAY + timedelta(days=1)

    assert before == [["MUG-BLUE", "20"]]
    assert orders.acts == [("enter_notice", {"purchase": 9, "number": "ASN-77", "due": due, "lines": lines})]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("CUP, 3", "CUP is not due on this order"),
        ("JUG, 3, L1, someday", "“someday” is no day"),
        ("JUG, x", "“x” is no"),
    ],
)
def test_a_notice_of_what_is_not_due_is_not_entered(orders: Stage, lines: str, said: str) -> None:
    orders.press(KEY.Key_A)
    fill(orders, notice_number="ASN-77", lines=lines)
    orders.press(KEY.Key_F8)

    assert orders.acts == []
    assert said in orders.desk.panel.problem.text()


def test_a_notice_is_dropped_and_a_purchase_order_is_not(orders: Stage) -> None:
    orders.press(KEY.Key_X)
    said = orders.desk.band.outcome
    orders.desk.tables["orders"].choose([(9, 109)])
    orders.press(KEY.Key_X, KEY.Key_F8, KEY.Key_F8)

    assert said is Outcome.LOOK_HERE
    assert orders.acts == [("cancel_notice", {"notice": 109})]


def test_letters_typed_into_a_form_do_nothing_else(orders: Stage) -> None:
    orders.press(KEY.Key_P)
    orders.type("reebokw")

    assert orders.desk.panel.values()["supplier"] == "reebokw"
    assert (orders.gone, [q for q, _ in orders.asked if q == "truck_now"]) == ([], [])
