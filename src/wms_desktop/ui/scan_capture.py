"""Catches scanner codes that begin with an AIM identifier, whatever window, list or dialog has the focus."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from wms_desktop.ui.keys import GS
from wms_desktop.ui.scan_field import LONGEST_CODE, code_characters, is_end, is_gs

_PATIENCE_MS = 2_000
"""A code that does not end in this time was cut off on its way; it is dropped whole and said so."""
_FLAG = "]"


class ScanCapture(QObject):
    """An application-wide filter at window level: one key is seen once, before any widget or button.

    ``captured(text)`` gives a whole code. ``cut_off()`` says that one began and never ended. The two keys after a
    ``]`` decide (letter, digit: ISO/IEC 15424); when they are something else all of them are given back to the widget
    that has the focus, in order. While ``field`` gives a floor field, that field gets every key, even one typed into
    a notice beside the work.
    """

    captured = Signal(str)
    cut_off = Signal()
    touched = Signal()

    def __init__(self, field: Callable[[], QWidget | None]) -> None:
        super().__init__()
        self._field = field
        self._held: list[QKeyEvent] = []
        self._code = ""
        self._is_code = False
        self._too_long = False
        self._gs_key = 0
        self._stand_in = ""
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self.give_up)

    def set_scanner(self, gs_key: int = 0, gs_stand_in: str = "") -> None:
        """How this scanner sends GS, where not as Ctrl+]: as a key, or as a printable stand-in."""
        self._gs_key, self._stand_in = gs_key, gs_stand_in

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at each key press as it reaches a window; true when it belongs to a code."""
        kind = event.type()
        if kind == QEvent.Type.ShortcutOverride and self._held and isinstance(event, QKeyEvent):
            event.accept()
            return True
        if kind != QEvent.Type.KeyPress or not isinstance(watched, QWindow) or not isinstance(event, QKeyEvent):
            return False
        self.touched.emit()
        return self._take(event)

    def _take(self, event: QKeyEvent) -> bool:
        if self._is_code:
            return self._take_into_code(event)
        field = self._field()
        if field is not None and not self._held:
            return self._send_to(field, event)
        characters = code_characters(event)
        if not self._held:
            if characters != _FLAG:
                return False
            return self._hold(event)
        if not characters and not event.text():
            return False  # Shift alone
        if len(self._held) == 1 and characters.isalpha():
            return self._hold(event)
        if len(self._held) == 2 and characters.isdigit():
            self._hold(event)
            self._is_code, self._code = True, "".join(held.text() for held in self._held)
            return True
        return self._give_back(event)

    def _take_into_code(self, event: QKeyEvent) -> bool:
        self._timer.start()
        if is_end(event):
            code, too_long = self._code, self._too_long
            self._forget()
            if too_long:
                self.cut_off.emit()
            else:
                self.captured.emit(code.replace(self._stand_in, GS) if self._stand_in else code)
            return True
        added = GS if is_gs(event, self._gs_key) else code_characters(event)
        if len(self._code) + len(added) > LONGEST_CODE:
            self._too_long = True
        else:
            self._code += added
        return True

    def _hold(self, event: QKeyEvent) -> bool:
        self._held.append(event.clone())
        self._timer.start()
        return True

    def _give_back(self, event: QKeyEvent | None) -> bool:
        held, target = self._held, QApplication.focusWidget()
        self._forget()
        for key in held:
            if target is not None:
                QCoreApplication.sendEvent(target, key)
        return self._take(event) if event is not None else False

    def give_up(self) -> None:
        """The time for the rest of a code is over: drop what came, or give back what was none."""
        if self._is_code:
            self._forget()
            self.cut_off.emit()
        else:
            self._give_back(None)

    def _forget(self) -> None:
        self._timer.stop()
        self._held, self._code, self._is_code, self._too_long = [], "", False, False

    def _send_to(self, field: QWidget, event: QKeyEvent) -> bool:
        if QApplication.focusWidget() is field:
            return False
        if not field.isActiveWindow() and event.key() == Qt.Key.Key_Escape:
            return False  # closes what stands beside the work
        field.setFocus()
        QCoreApplication.sendEvent(field, event.clone())
        return True
