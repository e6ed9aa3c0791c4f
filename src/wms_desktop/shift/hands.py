"""The keys themselves, as a wedge scanner and a keyboard send them to the window that has the focus."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from wms_desktop.ui.keys import GS, function_keys

PLAIN = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
_GS_KEY = int(Qt.Key.Key_BracketRight)


class NoWindow(Exception):
    """The window is gone."""


def type_text(window: QWidget, text: str) -> None:
    """Types a code without its end; GS goes as Ctrl+], as scanners send it."""
    target = _target(window)
    for character in text:
        key, modifiers = (_GS_KEY, CONTROL) if character == GS else (ord(character.upper()), PLAIN)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(target, QKeyEvent(kind, key, modifiers, character))


def type_line(window: QWidget, text: str) -> None:
    """Types a code and Enter."""
    type_text(window, text)
    tap(window, Qt.Key.Key_Return)


def tap(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    """Presses one key and lets go, shortcuts of menus included."""
    QTest.keyClick(_target(window), key, modifiers)


def press_floor_key(window: QWidget, workflow: str, name: str, value: str) -> None:
    """Presses the key that a floor screen calls by this name, behind the number typed before it, if any."""
    type_text(window, value)
    if name == "back":
        tap(window, Qt.Key.Key_Escape)
    else:
        tap(window, Qt.Key(next(code for code, known in function_keys(workflow).items() if known == name)))


def _target(window: QWidget) -> QWindow:
    """The window of the system that has the keyboard: an open menu, else ours."""
    handle = (QApplication.activePopupWidget() or window).windowHandle()
    if handle is None:
        raise NoWindow
    return handle
