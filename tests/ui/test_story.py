"""The order desk: look anything up, read one order's story, copy it, print it."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui import backlog_rows as rows
from tests.ui.fakes import GS, FakeReads, FakeRunner, type_into
from tests.ui.stage import REFUSED, Stage
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui.desks.story import StoryDesk
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.widgets import Label

KEY = Qt.Key


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    return Stage(StoryDesk(Settings(tmp_path / "station.ini"), UTC), qtbot).open()


@pytest.fixture
def opened(stage: Stage) -> Stage:
    stage.desk.open_order(1)
    return stage


def texts(page: QWidget) -> str:
    return "\n".join(label.text() for label in page.findChildren(Label))


def test_the_field_waits_for_a_scan_or_a_name(stage: Stage) -> None:
    stage.type("SO-1")
    stage.press(KEY.Key_Return)

    assert stage.asked == [("find", {"text": "SO-1"}), ("story", {"order": 1})]
    assert stage.desk.page.story.number == "SO-00001"


def test_several_orders_are_offered_the_most_urgent_first(stage: Stage) -> None:
    stage.answers["find"] = lambda args: (rows.found("product", 3),)
    stage.type("mug")
    stage.press(KEY.Key_Return)
    offered = stage.desk.results.lines()
    stage.press(KEY.Key_Down, KEY.Key_Return)

    assert offered[0] == "Item  Blue mug 300 ml"
    assert [line.split() for line in offered[1:]] == [[f"SO-0000{n}", "●", "ready"] for n in (1, 2, 3)]
    assert stage.desk.page.story.order_id == 1


def test_what_nobody_knows_is_said_and_the_field_is_ready_again(stage: Stage) -> None:
    stage.answers["find"] = lambda args: ()
    stage.type("<b>nothing</b>")
    stage.press(KEY.Key_Return)

    assert stage.desk.band.outcome is Outcome.NOT_UNDERSTOOD
    assert "“<b>nothing</b>”" in stage.desk.note.text()
    assert stage.desk.lookup.hasFocus()
    assert stage.desk.lookup.selectedText() == "<b>nothing</b>"


def test_what_has_no_order_is_named(stage: Stage) -> None:
    stage.answers["find"] = lambda args: (rows.found("tote", 0),)
    stage.type("T1")
    stage.press(KEY.Key_Return)

    assert stage.desk.note.text() == "Tote  Blue mug 300 ml: no order has to do with it."


def test_an_empty_field_asks_nothing(stage: Stage) -> None:
    stage.type("   ")
    stage.press(KEY.Key_Return)

    assert stage.asked == []


def test_the_short_answer_stands_first_and_largest(opened: Stage) -> None:
    short = opened.desk.page.short

    assert short.text() == "4 of 6 units leave today; 2 wait for PO-007, due Wed 25."
    assert short.font().pointSizeF() == max(x.font().pointSizeF() for x in opened.desk.page.findChildren(Label))


def test_a_line_says_states_places_promises_and_what_brings_it(opened: Stage) -> None:
    page = texts(opened.desk.page)

    assert "ordered 6 · shipped 1 · cancelled 2   ● 1 ready   ○ 2 backordered" in page
    assert "1 in bin A-03-02-B-04 · 2 not here · 2 units wait for PO-007." in page
    assert "First promised Tue 17 Nov, now Tue 24 Nov (promise.stock). Expected Wed 25 Nov" in page
    assert "instead of SKU-9" in page
    assert "Parcel 1   095200012345678905   shipped   1.250 kg   left Thu 19 Nov 13:05 with M000012" in page


def test_a_very_long_story_counts_its_earliest_events(stage: Stage) -> None:
    events = rows.story().events * 20
    stage.answers["story"] = lambda args: rows.story(1, events=events, parcels=(), lines=rows.story().lines * 200)
    stage.desk.open_order(1)
    stage.qtbot.waitUntil(stage.desk.page.is_whole)

    assert "and 300 more lines" in texts(stage.desk.page)
    assert f"and {len(events) - 120} earlier ones" in texts(stage.desk.page)
    assert "No parcel has been packed yet." in texts(stage.desk.page)


def test_f2_copies_the_page_as_text(opened: Stage) -> None:
    opened.press(KEY.Key_F2)
    copied = QGuiApplication.clipboard().text()

    assert copied.startswith("Order SO-00001 · Harbour Gifts Ltd\n\n4 of 6 units leave today")
    assert "Fri 20 Nov 10:05  the house  Event 0 of this order" not in copied
    assert "Event 11 of this order" in copied
    assert opened.desk.band.outcome is Outcome.STEP_DONE


def test_f5_prints_and_a_refusal_is_shown(opened: Stage) -> None:
    opened.press(KEY.Key_F5)
    opened.refused["print_story"] = REFUSED
    opened.press(KEY.Key_F5)

    assert opened.acts == [("print_story", {"order": 1})] * 2
    assert opened.desk.band.outcome is Outcome.STOP


def test_f6_shows_the_order_in_the_work_list(opened: Stage) -> None:
    opened.press(KEY.Key_F6)

    assert opened.gone == [("backlog", {"order": 1})]


def test_f9_tells_why_of_the_line_under_the_keyboard(opened: Stage) -> None:
    opened.desk.page._blocks[1].why.setFocus()
    opened.press(KEY.Key_F9)
    asked, said = opened.asked[-1], opened.desk.why.sentences
    opened.press(KEY.Key_Escape)

    assert (asked, said) == (("why", {"line": 2}), ("It waits for 12 units of PO-007.",))
    assert opened.desk.why.isHidden()


@pytest.mark.parametrize("key", [KEY.Key_F2, KEY.Key_F5, KEY.Key_F6, KEY.Key_F9])
def test_without_an_order_every_key_says_so(stage: Stage, key: KEY) -> None:
    stage.press(key)

    assert (stage.acts, stage.gone) == ([], [])
    assert stage.desk.note.text() == "Look an order up first."


def test_an_order_that_is_gone_is_said_to_be_gone(stage: Stage) -> None:
    stage.answers["story"] = lambda args: None
    stage.desk.open_order(77)

    assert stage.desk.note.text() == "That order is not there any more."


def test_an_answer_about_another_order_is_dropped(opened: Stage) -> None:
    opened.desk.show_story(rows.story(9))

    assert opened.desk.page.story.order_id == 1


def test_a_look_up_that_fails_says_why(stage: Stage) -> None:
    stage.answers["find"] = lambda args: Message("ui.read_failed", {"reason": "broken"})
    stage.type("x")
    stage.press(KEY.Key_Return)

    assert (stage.desk.band.outcome, "broken" in stage.desk.note.text()) == (Outcome.STOP, True)


def test_hostile_text_is_shown_letter_by_letter(stage: Stage) -> None:
    stage.answers["story"] = lambda args: rows.story(1, customer=rows.HOSTILE, hold_reason=rows.HOSTILE, is_held=True)
    stage.desk.open_order(1)

    assert texts(stage.desk.page).count("<h1>Evil & Sons</h1><1B>[31m") == 2


def scan(window: MainWindow, text: str) -> None:
    handle: Any = window.windowHandle()
    type_into(handle, text + "\r")


def test_a_scan_on_the_order_desk_is_looked_up_there(qtbot: QtBot, picking: MainWindow, reads: FakeReads) -> None:
    sought: list[str] = []
    reads.answers["find"] = lambda args: sought.append(args["text"]) or (rows.found("order", 1),)  # type: ignore[func-returns-value]
    picking.show_place("story")
    scan(picking, f"]C10104012345000009{GS}21Q7")
    desk: Any = picking.desks.desk("story")
    qtbot.waitUntil(lambda: desk.page.story is not None)

    assert sought == [f"]C10104012345000009{GS}21Q7"]
    assert picking.place == "story"


def test_a_figure_pressed_brings_up_its_rows_in_the_window(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    picking.show_place("figures")
    desk: Any = picking.desks.desk("figures")
    qtbot.waitUntil(lambda: bool(desk.boards.bars("customer")))
    desk.boards.chart("customer").row("C1").click()
    qtbot.waitUntil(lambda: picking.place == "backlog" and picking.desks.backlog.model.rowCount() == 2)

    assert picking.desks.backlog.head.chip.text().startswith("Customer: Casa Bonita")


def test_an_act_of_the_work_list_goes_through_the_runner_and_is_taken_back(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    picking.show_place("backlog")
    desk = picking.desks.backlog
    qtbot.waitUntil(lambda: desk.model.rowCount() == 3)
    desk.choose_order(2)
    for key in (KEY.Key_P, KEY.Key_F8):
        qtbot.keyClick(picking.windowHandle(), key)
    qtbot.waitUntil(lambda: desk.band.undo.isVisible())
    qtbot.keyClick(picking.windowHandle(), KEY.Key_F4)
    qtbot.waitUntil(lambda: len(runner.acts) == 2)

    assert runner.acts == [("pin", {"orders": [2]}), ("unpin", {"orders": [2]})]
