"""The decisions desk: late lines, purchase orders that move, backorder modes, parts that leave together."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui import backlog_rows as rows
from tests.ui.stage import REFUSED, Stage
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui.desks.decisions import TABS, DecisionsDesk
from wms_desktop.ui.settings import Settings

KEY = Qt.Key
DECIDED: dict[str, Any] = {"line": 1, "days": 0, "alternative": None, "units": None, "reason": ""}


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    made = Stage(DecisionsDesk(Settings(tmp_path / "station.ini"), UTC, lambda: rows.NOW), qtbot).open()
    made.desk.take_keyboard()
    return made


def set_field(stage: Stage, name: str, text: str) -> None:
    stage.desk.panel._editors[name].entry.setText(text)


def test_the_line_looked_at_shows_its_facts_and_its_choices_the_proposed_first(stage: Stage) -> None:
    stage.answers["decisions"] = lambda args: (rows.decision(0, choices=("substitute", "cancel")),)
    stage.desk.refresh()

    assert stage.desk.choice.offered() == ["substitute", "cancel"]
    assert stage.desk.choice.title.text() == "Order SO-00001, Harbour Gifts Ltd"
    assert "Slips 2. Cause: supplier late." in stage.desk.choice.facts.text()
    assert "ALT-0 could go at once: free 40, price 4.10." in stage.desk.choice.buttons["substitute"].accessibleName()


def test_another_line_shows_its_own_choices(stage: Stage) -> None:
    stage.press(KEY.Key_Down)

    assert stage.desk.choice.title.text().startswith("Order SO-00002")


def test_the_customer_accepts_to_wait(stage: Stage) -> None:
    stage.press(KEY.Key_W, KEY.Key_Up, KEY.Key_F8)

    assert stage.acts == [("decide", {**DECIDED, "choice": "wait", "days": 11})]


def test_a_substitute_is_rehearsed_and_decided(stage: Stage) -> None:
    stage.press(KEY.Key_S, KEY.Key_Down, KEY.Key_F7, KEY.Key_F8)

    assert ("rehearse", {"what": "substitute", "line": 1, "alternative": 901}) in stage.asked
    assert stage.acts == [("decide", {**DECIDED, "choice": "substitute", "alternative": 901, "units": 3})]


def test_a_part_is_shipped(stage: Stage) -> None:
    stage.press(KEY.Key_P, KEY.Key_F8)

    assert stage.acts == [("decide", {**DECIDED, "choice": "part_ship"})]


def test_nothing_is_cancelled_without_a_reason_and_a_second_yes(stage: Stage) -> None:
    stage.press(KEY.Key_C, KEY.Key_F8)
    without = list(stage.acts)
    stage.type("will not wait")
    stage.press(KEY.Key_F8)
    once = list(stage.acts)
    stage.press(KEY.Key_F8)

    assert without == once == []
    assert stage.acts == [("decide", {**DECIDED, "choice": "cancel", "reason": "will not wait"})]


def test_a_choice_that_makes_no_sense_is_not_offered(stage: Stage) -> None:
    stage.answers["decisions"] = lambda args: (rows.decision(0, choices=("wait",)),)
    stage.desk.refresh()
    stage.press(KEY.Key_S)

    assert stage.desk.band.outcome is Outcome.LOOK_HERE
    assert stage.desk.panel.isHidden()


def test_a_big_button_is_as_good_as_its_key(stage: Stage) -> None:
    stage.desk.choice.buttons["wait"].setFocus()
    stage.press(KEY.Key_Return, KEY.Key_F8)

    assert stage.acts == [("decide", {**DECIDED, "choice": "wait", "days": 10})]


def test_a_refused_decision_is_shown_and_the_panel_stays(stage: Stage) -> None:
    stage.refused["decide"] = REFUSED
    stage.press(KEY.Key_W, KEY.Key_F8)

    assert stage.desk.band.outcome is Outcome.STOP
    assert stage.desk.panel.isVisible()


def test_after_a_decision_the_next_line_is_looked_at(stage: Stage) -> None:
    stage.press(KEY.Key_W)
    stage.answers["decisions"] = lambda args: (rows.decision(1),)
    stage.press(KEY.Key_F8)

    assert stage.desk.choice.isVisible()
    assert stage.desk.choice.title.text().startswith("Order SO-00002")


def test_a_purchase_order_is_rehearsed_moved_and_moved_back(stage: Stage) -> None:
    stage.desk.show_tab("purchases")
    stage.press(KEY.Key_M)
    set_field(stage, "due", "+4")
    stage.press(KEY.Key_F7, KEY.Key_F8, KEY.Key_F4)

    due = rows.TODAY + timedelta(days=4)
    assert ("rehearse", {"what": "purchase", "purchase": 1, "due": due}) in stage.asked
    assert stage.acts == [
        ("move_purchase", {"purchase": 1, "due": due}), ("move_purchase", {"purchase": 1, "due": rows.TODAY}),
    ]  # fmt: skip


def test_what_is_no_day_moves_nothing(stage: Stage) -> None:
    stage.desk.show_tab("purchases")
    stage.press(KEY.Key_M)
    set_field(stage, "due", "whenever")
    stage.press(KEY.Key_F7, KEY.Key_F8)

    assert stage.acts == []
    assert not [question for question, _ in stage.asked if question == "rehearse"]
    assert "“whenever” is no day" in stage.desk.panel.problem.text()


def test_who_waits_for_a_purchase_order_is_one_key_away(stage: Stage) -> None:
    stage.desk.show_tab("purchases")
    stage.press(KEY.Key_B)

    assert stage.gone == [("backlog", {"dimension": "purchase", "keys": ["PO-000"], "label": "Waits for PO-000"})]


def test_how_reliable_a_supplier_is_says_when_too_little_is_known(stage: Stage) -> None:
    model = stage.desk.tables["purchases"].rows

    assert [model.text_at(place, 9) for place in range(2)] == ["too few (1)", "62 % of 13"]


def test_a_mode_is_switched_on_with_a_reason(stage: Stage) -> None:
    stage.desk.show_tab("modes")
    stage.press(KEY.Key_N)
    stage.press(KEY.Key_F8)
    without = list(stage.acts)
    set_field(stage, "reason", "two are ill")
    stage.press(KEY.Key_F8)

    assert without == []
    assert stage.acts == [("backorder_mode_on", {"product": "", "extra_days": 3, "reason": "two are ill"})]


def test_a_mode_is_switched_off_and_on_again(stage: Stage) -> None:
    stage.desk.show_tab("modes")
    stage.press(KEY.Key_O, KEY.Key_F8, KEY.Key_F4)

    assert stage.acts == [
        ("backorder_mode_off", {"mode": 1}),
        ("backorder_mode_on", {"product": "", "extra_days": 3, "reason": "Two pickers are ill"}),
    ]


def test_the_rules_of_an_item_change_only_where_something_is_chosen(stage: Stage) -> None:
    stage.desk.show_tab("modes")
    stage.press(KEY.Key_P)
    set_field(stage, "product", "MUG")
    set_field(stage, "safety", "12")
    stage.desk.panel._editors["backorders"].list.setCurrentRow(3)
    stage.desk.panel._editors["limit"].box.setValue(50)
    stage.press(KEY.Key_F8)

    assert stage.acts == [
        ("product_policy", {"product": "MUG", "backorders": "units", "limit": 50, "safety_stock": 12})
    ]


def test_the_rules_of_a_customer_are_set(stage: Stage) -> None:
    stage.desk.show_tab("modes")
    stage.press(KEY.Key_C)
    set_field(stage, "customer", "C1")
    stage.desk.panel._editors["rule"].list.setCurrentRow(1)
    stage.press(KEY.Key_F8)

    assert stage.acts == [("customer_policy", {"customer": "C1", "ship_rule": "complete"})]


def test_parts_that_are_there_leave_as_one(stage: Stage) -> None:
    stage.desk.show_tab("merges")
    stage.press(KEY.Key_M)
    facts = stage.desk.panel.facts.text()
    stage.press(KEY.Key_F8)

    assert facts == "4 of 4 units are ready."
    assert stage.acts == [("merge", {"order": 1})]


@pytest.mark.parametrize(("tab", "gone"), [("lines", ("story", {"order": 1})), ("merges", ("story", {"order": 1}))])
def test_enter_opens_the_order(stage: Stage, tab: str, gone: tuple[str, dict[str, int]]) -> None:
    stage.desk.show_tab(tab)
    stage.press(KEY.Key_Return)

    assert stage.gone == [gone]


@pytest.mark.parametrize("tab", TABS)
def test_an_empty_list_says_so_and_its_keys_do_nothing(stage: Stage, tab: str) -> None:
    for question in ("decisions", "purchases", "modes", "merges"):
        stage.answers[question] = lambda args: ()
    stage.desk.refresh()
    stage.desk.show_tab(tab)
    for key in (KEY.Key_W, KEY.Key_M, KEY.Key_B, KEY.Key_O, KEY.Key_Return):
        stage.press(key)

    assert stage.desk.reason.text().startswith("No ")
    assert (stage.acts, stage.desk.choice.isVisible(), stage.desk.panel.isVisible()) == ([], False, False)


def test_tabs_say_how_many_there_are(stage: Stage) -> None:
    assert [stage.desk.tabs[tab].text() for tab in TABS] == [
        "Late lines 2", "Purchase orders 2", "Backorder modes 2", "Can leave together 1",
    ]  # fmt: skip


def test_one_list_that_cannot_be_read_leaves_the_others(stage: Stage) -> None:
    stage.answers["purchases"] = lambda args: Message("ui.read_failed", {"reason": "broken"})
    stage.desk.refresh()

    assert "broken" in stage.desk.note.text()
    assert stage.desk.tables["lines"].rows.rowCount() == 2
