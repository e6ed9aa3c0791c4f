"""The scan field: every key, whole codes only."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.qtbot import QtBot

from tests.ui.fakes import GS, key_event, press, type_into
from wms_desktop.ui.keys import function_keys
from wms_desktop.ui.scan_field import LONGEST_CODE, ScanField


@pytest.fixture
def field(qtbot: QtBot) -> ScanField:
    made = ScanField()
    made.set_keys(function_keys("pick"))
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def codes(field: ScanField) -> list[str]:
    heard: list[str] = []
    field.submitted.connect(heard.append)
    return heard


@pytest.fixture
def pressed(field: ScanField) -> list[tuple[str, str]]:
    heard: list[tuple[str, str]] = []
    field.pressed.connect(lambda name, digits: heard.append((name, digits)))
    return heard


@pytest.mark.parametrize("suffix", ["\r", "\t"])
def test_a_code_is_given_whole_at_its_suffix(field: ScanField, codes: list[str], suffix: str) -> None:
    type_into(field, "]C10104012345000009" + suffix)

    assert codes == ["]C10104012345000009"]
    assert field.text() == ""


def test_the_group_separator_is_kept(field: ScanField, codes: list[str]) -> None:
    type_into(field, f"]d210AB{GS}3748\r")

    assert codes == [f"]d210AB{GS}3748"]


def test_a_separator_sent_as_f8_is_one_inside_a_code_and_yes_outside(
    field: ScanField, codes: list[str], pressed: list[tuple[str, str]]
) -> None:
    field.set_scanner(gs_key=int(Qt.Key.Key_F8))

    type_into(field, "10AB")
    press(field, Qt.Key.Key_F8)
    type_into(field, "21X\r")
    press(field, Qt.Key.Key_F8)

    assert codes == [f"10AB{GS}21X"]
    assert pressed == [("yes", "")]


def test_a_stand_in_for_the_separator_is_put_right(field: ScanField, codes: list[str]) -> None:
    field.set_scanner(gs_stand_in="~")

    type_into(field, "10AB~21X\r")

    assert codes == [f"10AB{GS}21X"]


def test_every_printable_ascii_key_is_taken(field: ScanField, codes: list[str]) -> None:
    everything = "".join(chr(c) for c in range(0x20, 0x7F))

    type_into(field, everything + "\r")

    assert codes == [everything]


def test_control_characters_and_keys_with_modifiers_add_nothing(field: ScanField, codes: list[str]) -> None:
    for number in (*range(1, 9), 11, 12, *range(14, 29), 30, 31, 127):
        event = QKeyEvent(QEvent.Type.KeyPress, 0x40 + number % 32, Qt.KeyboardModifier.ControlModifier, chr(number))
        QCoreApplication.sendEvent(field, event)
    for modifier in (Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.MetaModifier):
        QCoreApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, modifier, "a"))
    type_into(field, "X\r")

    assert codes == ["X"]


def test_the_bracket_of_a_german_layout_is_alt_gr_and_counts(field: ScanField, codes: list[str]) -> None:
    alt_gr = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    QCoreApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_9, alt_gr, "]"))
    type_into(field, "C1X\r")

    assert codes == ["]C1X"]


def test_letters_from_outside_ascii_are_dropped(field: ScanField, codes: list[str]) -> None:
    QCoreApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, "ä\u202e漢A"))
    type_into(field, "\r")

    assert codes == ["A"]


def test_repeated_digits_flagged_as_auto_repeat_are_kept(field: ScanField, codes: list[str]) -> None:
    none = Qt.KeyboardModifier.NoModifier
    for repeat in (False, True, True):
        QCoreApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, none, "1", repeat))
    type_into(field, "\r")

    assert codes == ["111"]


def test_a_code_too_long_is_refused_whole(field: ScanField, codes: list[str], qtbot: QtBot) -> None:
    type_into(field, "9" * (LONGEST_CODE + 1))
    with qtbot.waitSignal(field.refused) as told:
        type_into(field, "\r")
    type_into(field, "12345\r")

    assert told.args == ["ui.scan.too_long"]
    assert codes == ["12345"]


@pytest.mark.parametrize(("code", "name"), sorted(function_keys("pick").items()))
def test_each_function_key_is_its_floor_key(
    field: ScanField, pressed: list[tuple[str, str]], code: int, name: str
) -> None:
    press(field, Qt.Key(code))

    assert pressed == [(name, "")]


def test_f2_is_decline_at_the_dock(field: ScanField, pressed: list[tuple[str, str]]) -> None:
    field.set_keys(function_keys("receive"))

    press(field, Qt.Key.Key_F2)

    assert pressed == [("decline", "")]


def test_digits_before_a_function_key_are_its_number(field: ScanField, pressed: list[tuple[str, str]]) -> None:
    type_into(field, "12")
    press(field, Qt.Key.Key_F2)

    assert pressed == [("short", "12")]
    assert field.code() == ""


def test_a_function_key_inside_a_code_does_nothing(
    field: ScanField, pressed: list[tuple[str, str]], codes: list[str]
) -> None:
    type_into(field, "ABC")
    press(field, Qt.Key.Key_F2)
    type_into(field, "D\r")

    assert pressed == []
    assert codes == ["ABCD"]


def test_control_z_is_undo_and_escape_clears_then_goes_back(field: ScanField, pressed: list[tuple[str, str]]) -> None:
    press(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    type_into(field, "AB")
    press(field, Qt.Key.Key_Escape)
    press(field, Qt.Key.Key_Escape)

    assert pressed == [("undo", ""), ("back", "")]


def test_backspace_takes_one_character_back(field: ScanField, codes: list[str]) -> None:
    type_into(field, "AB")
    press(field, Qt.Key.Key_Backspace)
    type_into(field, "C\r")

    assert codes == ["AC"]


def test_no_shortcut_may_fire_inside_a_code(field: ScanField) -> None:
    override = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier, "\x0b")
    override.ignore()
    field.event(override)
    outside = override.isAccepted()
    QCoreApplication.sendEvent(field, key_event("A"))
    field.event(override)

    assert not outside
    assert override.isAccepted()


def test_a_pin_is_not_shown(field: ScanField) -> None:
    field.set_secret(True)

    type_into(field, "4711")

    assert "4711" not in field.displayText()
