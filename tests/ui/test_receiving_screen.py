"""The receiving screen: the verdict in the largest letters, and a wedge scanner that works whatever has the focus."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.fakes import CARRY, GS, FakeRunner, type_into
from wms_desktop.prompts import Answer, Message, Outcome, Prompt, Scan
from wms_desktop.ui import theme
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.stations import make_screen

CODE = f"]C10108412345000003{'10'}L7{GS}17270101"


@pytest.fixture
def receiving(qtbot: QtBot, window: MainWindow) -> MainWindow:
    window.show_place("receive")
    qtbot.waitUntil(lambda: window.floor.screen("receive").prompt is not None)
    qtbot.waitUntil(lambda: window.floor.screen("receive").field.hasFocus())
    return window


@pytest.mark.parametrize("dark", [False, True])
def test_complaint_04_the_lane_is_said_in_letters_for_five_metres(
    qtbot: QtBot, qapp: QApplication, said: dict[str, str], dark: bool
) -> None:
    said |= {"prompt.receive.aside": "Set aside to {step}", "step.inspect": "INSPECT"}
    theme.wear(qapp, theme.ThemeName.DARK if dark else theme.ThemeName.LIGHT)
    screen = make_screen("receive")
    qtbot.addWidget(screen)
    screen.resize(1280, 690)
    screen.show()
    for prompt in (CARRY, replace(CARRY, state="aside", big="step.inspect", args={"step": "INSPECT"})):
        screen.show_prompt(prompt)
        qapp.processEvents()

        word = screen.instruction.main
        assert (screen.instruction.is_verdict, word.text(), word.is_whole()) == (True, _word(prompt), True)
        assert word.shown_pixels() >= theme.pixels(word, 100)


def _word(prompt: Prompt) -> str:
    return {"carry": "LANE 4", "aside": "INSPECT"}[prompt.state]


def test_complaint_18_a_code_reaches_the_dock_whatever_has_the_focus(
    qtbot: QtBot, receiving: MainWindow, runner: FakeRunner
) -> None:
    receiving.show_place("backlog")
    receiving.desks.backlog.filter.setFocus()
    qtbot.waitUntil(receiving.desks.backlog.filter.hasFocus)

    type_into(receiving.windowHandle(), CODE + "\r")

    qtbot.waitUntil(lambda: runner.sent[-1][:2] == ("receive", Scan(CODE)))
    assert receiving.desks.backlog.filter.text() == ""


def test_complaint_17_forty_quick_scans_at_the_dock_all_arrive_once_and_in_order(
    qtbot: QtBot, receiving: MainWindow, runner: FakeRunner
) -> None:
    codes = [f"84123450{n:05d}" for n in range(40)]
    for code in codes:
        type_into(receiving.windowHandle(), code + "\r")

    qtbot.waitUntil(lambda: len([one for one in runner.sent if one[0] == "receive"]) == len(codes))
    assert [one[1] for one in runner.sent if one[0] == "receive"] == [Scan(code) for code in codes]


def test_complaint_20_a_wedge_scanner_is_all_that_is_needed(
    qtbot: QtBot, receiving: MainWindow, runner: FakeRunner
) -> None:
    type_into(receiving.windowHandle(), "PO-20881\r")

    qtbot.waitUntil(lambda: runner.sent[-1][:2] == ("receive", Scan("PO-20881")))
    assert receiving.floor.screen("receive").field.text() == ""


def test_a_key_asks_for_the_picture_of_damaged_goods_and_a_typed_path_is_taken(
    qtbot: QtBot, receiving: MainWindow, tmp_path: Path
) -> None:
    picture = tmp_path / "crushed.jpg"
    picture.write_bytes(b"\xff\xd8\xff")
    screen = receiving.floor.screen("receive")
    screen.show_answer(_asking())
    qtbot.waitUntil(lambda: screen.findChild(QFileDialog, "photo-dialog") is not None)
    dialog = screen.findChild(QFileDialog, "photo-dialog")
    assert not dialog.isModal()

    qtbot.waitUntil(dialog.isActiveWindow)
    type_into(dialog.windowHandle(), "x")
    assert (dialog.findChild(QLineEdit).text(), screen.field.text()) == ("x", "")

    with qtbot.waitSignal(receiving.photo_dropped) as dropped:
        dialog.findChild(QLineEdit).setText(str(picture))
        qtbot.keyClick(dialog.findChild(QLineEdit), Qt.Key.Key_Return)

    assert dropped.args == [str(picture)]


def test_an_answer_that_was_given_before_asks_for_no_picture_again(receiving: MainWindow) -> None:
    screen = receiving.floor.screen("receive")

    screen.show_answer(replace(_asking(), replayed=True))

    assert screen.findChild(QFileDialog, "photo-dialog") is None


def _asking() -> Answer:
    return Answer(outcome=Outcome.LOOK_HERE, message=Message("photo_wanted"), prompt=replace(CARRY, state="damage"))
