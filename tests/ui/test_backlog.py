"""The work list: what it shows, what it is narrowed to, what is chosen, and its keys."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui import backlog_rows as rows
from tests.ui.stage import DONE, REFUSED, Stage
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui.desks.backlog import BacklogDesk
from wms_desktop.ui.settings import Settings
from wms_desktop.views.backlog import Backlog

KEY = Qt.Key


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    """Twelve lines of six orders, one in each state and more."""
    made = Stage(BacklogDesk(Settings(tmp_path / "station.ini"), UTC), qtbot)
    made.answers["backlog"] = lambda args: rows.backlog(12)
    made.open()
    made.desk.take_keyboard()
    return made


def shown(stage: Stage) -> list[str]:
    return [row.order_number for row in stage.desk.model.shown()]


def open_on(stage: Stage, **args: object) -> list[int]:
    """What another desk's figure leaves: the line ids."""
    stage.desk.open_with(args)
    return [row.line_id for row in stage.desk.model.shown()]


def test_orders_come_first_and_in_the_order_they_were_given(stage: Stage) -> None:
    assert stage.desk.head.mode() == "orders"
    assert shown(stage) == [f"SO-{number:05}" for number in range(1, 7)]


def test_lines_are_one_press_away_and_stay_on_the_same_order(stage: Stage) -> None:
    stage.desk.choose_order(3)
    stage.qtbot.mouseClick(stage.desk.head.modes["lines"], Qt.MouseButton.LeftButton)

    assert stage.desk.model.rowCount() == 12
    assert stage.desk.table.current().order_id == 3


def test_the_sums_are_of_what_the_words_leave(stage: Stage) -> None:
    whole = stage.desk.totals.text()
    stage.press(KEY.Key_F3)
    stage.type("so-00002")

    assert whole == "Orders 6 · lines 12 · units 51 · 180.00 GBP + 11.25 EUR"
    assert stage.desk.totals.text() == "Orders 1 · lines 2 · units 7 · 26.25 GBP"


def test_a_state_counts_only_the_units_that_are_in_it(stage: Stage) -> None:
    half = rows.line(0, by_state=(2, 0, 3, 0, 0, 0), units_open=5, value=Decimal("10.00"))
    stage.desk.show_backlog(Backlog(at=rows.NOW, lines=(half,), orders=(rows.order_of([half]),)))
    stage.desk.states.setCurrentIndex(stage.desk.states.findData("backordered"))

    assert stage.desk.totals.text() == "Orders 1 · lines 1 · units 3 · 6.00 EUR"


def test_a_state_is_told_by_shape_and_word(stage: Stage) -> None:
    column = [column.title for column in stage.desk.model.columns].index("State")

    assert stage.desk.model.text_at(0, column) == "●  ready"
    assert stage.desk.model.text_at(1, column) == "○  backordered"


@pytest.mark.parametrize(
    ("args", "left"),
    [
        ({"dimension": "state", "keys": ["backordered"], "label": "x"}, [3, 10]),
        ({"dimension": "age_band", "keys": ["0-1"], "label": "x"}, [1, 2]),
        ({"dimension": "customer", "keys": ["C1"], "label": "x"}, [3, 4]),
        ({"dimension": "customer", "keys": ["C1", "C2"], "label": "x", "is_rest": True}, [1, 2, 7, 8, 9, 10, 11, 12]),
        ({"dimension": "product", "keys": ["SKU-0004"], "label": "x"}, [5]),
        ({"dimension": "cause", "keys": ["stock_difference"], "label": "x"}, [3]),
        ({"dimension": "currency", "keys": ["EUR"], "label": "x"}, [1, 2]),
        ({"dimension": "paid", "label": "x"}, [1, 2, 7, 8]),
        ({"dimension": "placed", "keys": [rows.TODAY - timedelta(days=3)], "label": "x"}, [4]),
        ({"dimension": "purchase", "keys": ["PO-002"], "label": "x"}, [3]),
        ({"dimension": "line", "keys": [2, 7], "label": "x"}, [2, 7]),
        ({"dimension": "leaves_by", "keys": [rows.NOW], "label": "x"}, [1, 2]),
        ({"dimension": "all", "label": "x"}, list(range(1, 13))),
    ],
)
def test_a_figure_opens_its_rows(stage: Stage, args: dict[str, object], left: list[int]) -> None:
    assert open_on(stage, **args) == left


def test_the_figure_stands_on_a_chip_that_lets_it_go(stage: Stage) -> None:
    open_on(stage, dimension="cause", keys=["stock_difference"], label="Cause: <b>supplier</b> late")
    chip, narrowed = stage.desk.head.chip.text(), stage.desk.model.rowCount()
    stage.qtbot.mouseClick(stage.desk.head.chip, Qt.MouseButton.LeftButton)

    assert (chip, narrowed) == ("Cause: <b>supplier</b> late   ×", 1)
    assert stage.desk.model.rowCount() == 12
    assert stage.desk.head.chip.isHidden()


def test_a_figures_rows_drop_what_was_filtered_before(stage: Stage) -> None:
    stage.desk.filter.setText("nothing like it")
    open_on(stage, dimension="state", keys=["ready"], label="ready")

    assert stage.desk.filter.text() == ""
    assert stage.desk.model.rowCount() == 3


def test_the_reason_of_the_row_under_the_keyboard_is_told(stage: Stage) -> None:
    stage.press(KEY.Key_Down)

    assert stage.desk.reason.text().startswith("Why order SO-00002 stands here: Waits for PO-002")


def test_an_empty_backlog_and_an_empty_filter_say_different_things(stage: Stage) -> None:
    stage.desk.filter.setText("nothing like it")
    filtered = stage.desk.reason.text()
    stage.desk.filter.setText("")
    stage.desk.show_backlog(Backlog(at=rows.NOW, lines=(), orders=()))

    assert filtered == "No order fits this filter."
    assert stage.desk.reason.text() == "Nothing waits: every ordered unit has been shipped."
    assert stage.desk.totals.text() == "Orders 0 · lines 0 · units 0"


@pytest.mark.parametrize("key", [KEY.Key_H, KEY.Key_P, KEY.Key_C, KEY.Key_S, KEY.Key_Y, KEY.Key_F6, KEY.Key_F9])
def test_where_nothing_waits_every_key_says_so_and_does_nothing(stage: Stage, key: KEY) -> None:
    stage.desk.show_backlog(Backlog(at=rows.NOW, lines=(), orders=()))
    stage.desk.table.setFocus()
    stage.press(key)

    assert stage.desk.band.outcome is Outcome.LOOK_HERE
    assert stage.acts == []


def test_space_marks_rows_and_the_arrows_leave_the_marks_alone(stage: Stage) -> None:
    stage.press(KEY.Key_Space, KEY.Key_Down, KEY.Key_Space)

    assert [order.order_id for order in stage.desk.chosen_orders()] == [1, 3]
    assert stage.desk.reason.text() == "Marked: 2. What you do now is done with all of them."


def test_what_is_marked_stays_marked_when_the_list_is_read_anew(stage: Stage) -> None:
    stage.press(KEY.Key_Space, KEY.Key_Down, KEY.Key_Space)
    stage.desk.refresh()

    assert [order.order_id for order in stage.desk.chosen_orders()] == [1, 3]


def test_enter_opens_the_orders_story(stage: Stage) -> None:
    stage.press(KEY.Key_Down, KEY.Key_Return)

    assert stage.gone == [("story", {"order": 2})]


def test_f6_starts_work_on_the_first_order_that_can_be_worked(stage: Stage) -> None:
    stage.desk.states.setCurrentIndex(stage.desk.states.findData("ready"))
    stage.desk.table.setFocus()
    stage.press(KEY.Key_F6)

    assert stage.acts == [("start_work", {"order": 1})]


def test_f6_passes_over_what_cannot_be_worked(stage: Stage) -> None:
    held = tuple(order._replace(is_held=order.order_id < 4) for order in rows.backlog(12).orders)
    stage.desk.show_backlog(replace(rows.backlog(12), orders=held))
    stage.press(KEY.Key_F6)

    assert stage.acts == [("start_work", {"order": 4})]


def test_f9_tells_why_and_jumps_to_the_order_that_is_named(stage: Stage) -> None:
    stage.answers["why"] = lambda args: (Message("row", {"text": "SO-00005 holds 3", "order": "SO-00005"}),)
    stage.press(KEY.Key_F9)
    said = stage.desk.why.sentences
    stage.press(KEY.Key_Return)

    assert said == ("SO-00005 holds 3",)
    assert stage.desk.table.current().order_id == 5


def test_an_order_that_is_gone_is_said_to_be_gone(stage: Stage) -> None:
    stage.desk.open_with({"order": 999})

    assert stage.desk.note.text().startswith("That order is no longer open")


def test_an_order_sent_from_elsewhere_is_found_behind_a_filter(stage: Stage) -> None:
    stage.desk.filter.setText("so-00001")
    stage.desk.open_with({"order": 4})

    assert stage.desk.table.current().order_id == 4
    assert stage.desk.filter.text() == ""


def test_a_code_scanned_over_the_list_does_nothing_for_good(stage: Stage) -> None:
    """Its letters are keys of the desk: at most a panel opens."""
    for letter in "PCH-118H D R SYAT-5012345678900":
        stage.type(letter)
    stage.press(KEY.Key_Return)

    assert stage.acts == []


def test_hostile_names_are_shown_letter_by_letter(stage: Stage) -> None:
    stage.desk.choose_order(5)
    stage.press(KEY.Key_H)

    assert "<h1>Evil & Sons</h1><1B>[31m" in stage.desk.panel.facts.text()


def test_copied_rows_hold_the_shown_columns(stage: Stage) -> None:
    stage.press(KEY.Key_C, modifiers=Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text().splitlines()[1].startswith("pin 1\tSO-00001\tHarbour Gifts Ltd")
    assert stage.desk.panel.isHidden()


def test_the_columns_of_both_tables_are_remembered(qtbot: QtBot, stage: Stage, tmp_path: Path) -> None:
    stage.desk.tables["lines"].setColumnWidth(2, 321)
    stage.desk.save()
    again = BacklogDesk(stage.desk.settings, UTC)
    qtbot.addWidget(again)

    assert again.tables["lines"].columnWidth(2) == 321


def test_a_list_that_cannot_be_read_says_why(stage: Stage) -> None:
    stage.answers["backlog"] = lambda args: Message("ui.read_failed", {"reason": "the disk is gone"})
    stage.desk.refresh()

    assert stage.desk.band.outcome is Outcome.STOP
    assert "the disk is gone" in stage.desk.note.text()


def test_a_sentence_of_success_wears_its_stamp(stage: Stage) -> None:
    stage.press(KEY.Key_F6)
    done = stage.desk.band.outcome
    stage.refused["start_work"] = REFUSED
    stage.press(KEY.Key_F6)

    assert (done, stage.desk.band.outcome) == (DONE.outcome, Outcome.STOP)


@pytest.fixture(scope="module")
def large() -> Backlog:
    return rows.backlog(20_000)


def test_twenty_thousand_lines_answer_at_once(qtbot: QtBot, tmp_path: Path, large: Backlog) -> None:
    """Showing, sorting, filtering, opening a figure's rows: each under 200 ms of this process."""
    desk = BacklogDesk(Settings(tmp_path / "station.ini"), UTC)
    stage = Stage(desk, qtbot)
    stage.answers["backlog"] = lambda args: large
    stage.open()
    desk.head.set_mode("lines")
    qtbot.waitUntil(lambda: not desk.model._pause.isActive(), timeout=20_000)
    doings: dict[str, Callable[[], object]] = {
        "show": desk.refresh,
        "sort": lambda: desk.table.sortByColumn(6, Qt.SortOrder.DescendingOrder),
        "words": lambda: desk.filter.setText("harbour mug"),
        "all": lambda: desk.filter.setText(""),
        "state": lambda: desk.states.setCurrentIndex(3),
        "figure": lambda: desk.open_with({"dimension": "cause", "keys": ["staff"], "label": "staff"}),
    }
    times = {name: min(seconds(doing) for _ in range(2)) for name, doing in doings.items()}

    assert {name: took for name, took in times.items() if took > 0.2} == {}


def seconds(doing: Callable[[], object]) -> float:
    """Processor time until it is on the screen."""
    began = time.process_time()
    doing()
    QApplication.processEvents()
    return time.process_time() - began
