"""Text from outside is plain, short and quick, wherever it is shown."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import PICK
from wms_desktop.prompts import Detail, Outcome, Prompt
from wms_desktop.ui.stations.picking import PickingScreen
from wms_desktop.ui.widgets import FitText, Label, Notice, plain, plain_tip, set_tip

HOSTILE = [
    "<table><tr><td>" * 16 + "x",
    "<img src=/etc/passwd>",
    "<b>bold</b>",
    "<a href='file:///'>click</a>",
    "a\x00b\x1bc\u202egpj.exe",
    "&amp;&#x41;",
    "%s %d {0} {name}",
    "x" * 1_000_000,
    "<b>" * 20_000,
    "\n" * 10_000,
    "漢字かな",
    "😀" * 400,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_label_shows_letters_not_markup(qtbot: QtBot, text: str) -> None:
    label = Label(text, wrap=True)
    qtbot.addWidget(label)

    assert label.textFormat() is Qt.TextFormat.PlainText
    assert len(label.text()) <= 500 * 7
    assert not any(ord(c) < 32 and c != "\n" for c in label.text())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_floor_screen_full_of_hostile_text_paints_at_once(qtbot: QtBot, said: dict[str, str], text: str) -> None:
    said["prompt.pick.evil"] = said["prompt.pick.evil.sub"] = said["row"] = "{text}"
    screen = PickingScreen()
    qtbot.addWidget(screen)
    screen.resize(1280, 690)
    screen.show()
    args = {"text": text, "batch": text, "bin": text}
    prompt = Prompt(workflow="pick", state="evil", args=args, details=(Detail("row", args),) * 6, keys=PICK.keys)
    began = time.process_time()
    screen.show_outcome(Outcome.STOP, text)
    screen.show_prompt(prompt)
    screen.grab()

    assert time.process_time() - began < 1.0


def test_tool_tips_are_escaped_and_told_to_screen_readers(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    set_tip(widget, "<b>Mug</b>")

    assert "&lt;b&gt;" in widget.toolTip()
    assert widget.accessibleDescription() == "<b>Mug</b>"
    assert plain_tip("") == ""


def test_control_and_bidi_characters_are_made_visible() -> None:
    assert plain("a\x1db\u202ec") == "a<1D>b<202E>c"


def test_a_notice_is_not_modal_and_its_report_is_plain(qtbot: QtBot) -> None:
    notice = Notice(None, "<b>Title</b>", "<i>Text</i>")
    qtbot.addWidget(notice)
    notice.add_report("<img src=x>")

    assert not notice.isModal()
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in notice.findChildren(Label))


@pytest.mark.parametrize(("text", "size"), [("A-03", 96), ("word " * 40, 30), ("unbreakable" * 30, 10), ("x" * 500, 8)])
def test_text_shrinks_until_it_is_whole(qtbot: QtBot, text: str, size: int) -> None:
    shown = FitText(72, 8, weight=QFont.Weight.Bold)
    qtbot.addWidget(shown)
    shown.resize(800, 260)
    shown.set_text(text)

    assert shown.shown_pixels() >= size
    assert shown.is_whole()


def test_text_that_cannot_be_whole_says_so(qtbot: QtBot) -> None:
    shown = FitText(24, 14)
    qtbot.addWidget(shown)
    shown.resize(60, 20)
    shown.set_text("far too many words for so small a place")

    assert not shown.is_whole()
    shown.grab()
