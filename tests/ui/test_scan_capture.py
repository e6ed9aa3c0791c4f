"""Codes with an AIM identifier reach the station whatever has the focus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.fakes import ANA, GS, FakeRunner, key_event, press, type_into
from wms_desktop.prompts import Scan
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.widgets import Notice

CODE = f"]C10104012345000009{GS}21Q7"


def active_window() -> QObject:
    """What the window system sends keys to."""
    window = QApplication.activeWindow()
    assert window is not None
    return window.windowHandle()


def scans(runner: FakeRunner) -> list[str]:
    return [event.text for workflow, event, _ in runner.sent if workflow == "pick" and isinstance(event, Scan)]


def focus(qtbot: QtBot, widget: QLineEdit) -> None:
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)


def test_a_code_typed_into_the_desks_filter_goes_to_the_last_station(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    picking.show_place("backlog")
    focus(qtbot, picking.desks.backlog.filter)
    type_into(active_window(), CODE + "\r")
    qtbot.waitUntil(lambda: len(scans(runner)) == 1)

    assert scans(runner) == [CODE]
    assert picking.desks.backlog.filter.text() == ""
    assert picking.place == "pick"


def test_a_code_typed_over_a_table_does_not_move_its_selection(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    picking.show_place("backlog")
    desk = picking.desks.backlog
    qtbot.waitUntil(lambda: desk.model.rowCount() == 3)
    desk.table.setFocus()
    desk.table.selectRow(0)
    type_into(active_window(), CODE + "\r")
    qtbot.waitUntil(lambda: len(scans(runner)) == 1)

    assert scans(runner) == [CODE]
    assert [index.row() for index in desk.table.selectionModel().selectedRows()] == [0]


def test_a_code_typed_over_a_window_beside_presses_none_of_its_buttons(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    notice = Notice(picking, "Title", "Text")
    chosen: list[str] = []
    notice.chosen.connect(chosen.append)
    notice.show()
    qtbot.waitUntil(notice.isActiveWindow)
    type_into(notice.windowHandle(), CODE + "\r")
    qtbot.waitUntil(lambda: len(scans(runner)) == 1)

    assert scans(runner) == [CODE]
    assert chosen == []
    assert notice.isVisible()


def test_a_code_without_identifier_typed_over_a_notice_reaches_the_station_too(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    notice = Notice(picking, "Title", "Text")
    notice.show()
    qtbot.waitUntil(notice.isActiveWindow)
    type_into(notice.windowHandle(), "5012345678900\r")
    qtbot.waitUntil(lambda: len(scans(runner)) == 1)
    open_before = notice.isVisible()
    press(notice.windowHandle(), Qt.Key.Key_Escape)

    assert scans(runner) == ["5012345678900"]
    assert (open_before, notice.isVisible()) == (True, False)


def test_a_code_typed_over_the_palette_runs_no_command(qtbot: QtBot, picking: MainWindow, runner: FakeRunner) -> None:
    palette = picking.open_palette()
    qtbot.waitUntil(palette.isActiveWindow)
    type_into(palette.windowHandle(), CODE + "\r")
    qtbot.waitUntil(lambda: len(scans(runner)) == 1)

    assert palette.entry.text() == ""
    assert picking.place == "pick"


@pytest.mark.parametrize("text", ["]", "]x", "]9", "a]b", "]]", "x", "]C"])
def test_what_is_no_identifier_is_given_back_in_order(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner, text: str
) -> None:
    picking.show_place("backlog")
    entry = picking.desks.backlog.filter
    focus(qtbot, entry)

    type_into(active_window(), text + "!")

    assert entry.text() == text + "!"
    assert scans(runner) == []


def test_a_bracket_alone_is_given_back_after_a_while(qtbot: QtBot, picking: MainWindow) -> None:
    picking.show_place("backlog")
    entry = picking.desks.backlog.filter
    focus(qtbot, entry)
    type_into(active_window(), "]")
    picking.capture.give_up()

    assert entry.text() == "]"


def test_a_code_that_never_ends_is_dropped_and_told(qtbot: QtBot, picking: MainWindow, runner: FakeRunner) -> None:
    picking.show_place("backlog")
    focus(qtbot, picking.desks.backlog.filter)
    type_into(active_window(), "]C1010401")
    with qtbot.waitSignal(picking.capture.cut_off):
        picking.capture.give_up()
    type_into(active_window(), "\r")

    assert scans(runner) == []
    assert picking.desks.backlog.filter.text() == ""


def test_the_floor_field_gets_every_key_even_when_it_lost_the_focus(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    picking.floor.screen("pick").field.clearFocus()
    type_into(active_window(), "5012345678900\r")
    qtbot.waitUntil(lambda: len(scans(runner)) == 1)

    assert scans(runner) == ["5012345678900"]


def test_shift_keys_between_the_letters_change_nothing(qtbot: QtBot, picking: MainWindow, runner: FakeRunner) -> None:
    picking.show_place("backlog")
    focus(qtbot, picking.desks.backlog.filter)
    for character in "]C1AB\r":
        press(active_window(), Qt.Key.Key_Shift, Qt.KeyboardModifier.ShiftModifier)
        type_into(active_window(), character)
    qtbot.waitUntil(lambda: len(scans(runner)) == 1)

    assert scans(runner) == ["]C1AB"]


def test_before_any_station_is_open_a_code_is_refused_with_a_word(
    qtbot: QtBot, window: MainWindow, runner: FakeRunner
) -> None:
    window.show_place("backlog")
    focus(qtbot, window.desks.backlog.filter)

    type_into(active_window(), "]C1AB\r")

    assert window.statusBar().currentMessage()
    assert scans(runner) == []


@pytest.mark.parametrize("count", [100, pytest.param(500, marks=pytest.mark.reliability)])
def test_codes_at_fifty_a_second_arrive_once_and_in_order(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner, count: int
) -> None:
    codes = [f"]C1{number:013}{GS}21{number}" for number in range(count)]
    waiting = iter(codes)

    def scan() -> None:
        code = next(waiting, "")
        type_into(active_window(), code + "\r" if code else "")

    timer = every(qtbot, 20, scan)
    qtbot.waitUntil(lambda: len(scans(runner)) == len(codes), timeout=60_000)
    timer()

    assert scans(runner) == codes
    assert ANA is runner.operator


def every(qtbot: QtBot, milliseconds: int, act: Callable[[], None]) -> Callable[[], None]:
    """Call ``act`` again and again; the answer stops it."""
    timer = QTimer(interval=milliseconds)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(act)
    timer.start()
    return timer.stop


def test_the_first_key_of_a_code_is_not_seen_twice(qtbot: QtBot, picking: MainWindow, runner: FakeRunner) -> None:
    seen: list[None] = []
    picking.capture.touched.connect(lambda: seen.append(None))
    picking.show_place("backlog")
    focus(qtbot, picking.desks.backlog.filter)
    QApplication.sendEvent(active_window(), key_event("q"))

    assert len(seen) == 1
    assert picking.desks.backlog.filter.text() == "q"
