"""The one field of a floor screen: takes scanned and typed codes alike, keeps GS, and lets nothing else through."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from wms_desktop.ui.keys import GS
from wms_desktop.ui.wording import say

LONGEST_CODE = 512
"""Characters; a longer code is refused whole, never cut."""

_ENDS = frozenset({int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter), int(Qt.Key.Key_Tab)})
_ALT_GR = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_MODIFIED = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def is_gs(event: QKeyEvent, gs_key: int = 0) -> bool:
    """Whether the key is the group separator: Ctrl+] as Qt reports it, or the key a scanner was set to send."""
    return event.text() == GS or (gs_key != 0 and event.key() == gs_key)


def is_end(event: QKeyEvent) -> bool:
    """Whether the key ends a code (Enter, or Tab as some scanners send)."""
    return event.key() in _ENDS


def code_characters(event: QKeyEvent) -> str:
    """The printable ASCII a key adds to a code; keys with Ctrl, Alt or Meta add nothing.

    Ctrl and Alt together are AltGr, which is how a German layout types the very ``]`` that begins a code.
    """
    held = event.modifiers() & _MODIFIED
    if held and held != _ALT_GR:
        return ""
    return "".join(c for c in event.text() if " " <= c <= "~")


class ScanField(QLineEdit):
    """A line that fills letter by letter and gives the whole code on Enter or Tab, never a part of one.

    ``submitted(text)``: a whole code, GS kept. ``pressed(name, digits)``: a floor key, with the number typed before
    it if any. ``refused(code)``: phrase code of why a text was dropped (too long, or a key inside a code).
    The auto-repeat flag is not looked at: fast scanners raise it on honest double digits.
    """

    submitted = Signal(str)
    pressed = Signal(str, str)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("scan-field")
        self.setAccessibleName(say("ui.scan_field"))
        self.setPlaceholderText(say("ui.scan_field.hint"))
        self.setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._code = ""
        self._too_long = False
        self._keys: Mapping[int, str] = {}
        self._gs_key = 0
        self._stand_in = ""

    def set_keys(self, keys: Mapping[int, str]) -> None:
        """Which Qt key is which floor key."""
        self._keys = keys

    def set_scanner(self, gs_key: int = 0, gs_stand_in: str = "") -> None:
        """How this scanner sends GS, where not as Ctrl+]: as a key (F8), or as a printable stand-in."""
        self._gs_key, self._stand_in = gs_key, gs_stand_in

    def set_secret(self, secret: bool) -> None:
        """Show dots while a PIN is typed."""
        self.setEchoMode(QLineEdit.EchoMode.Password if secret else QLineEdit.EchoMode.Normal)

    def code(self) -> str:
        """What has been typed so far."""
        return self._code

    def drop(self) -> None:
        """Forget what has been typed so far."""
        self._code, self._too_long = "", False
        self.setText("")

    def take_number(self) -> str:
        """The number typed so far, if it is one (at most four digits); the field is empty afterwards."""
        code = self._code
        self.drop()
        return code if code.isascii() and code.isdigit() and len(code) <= 4 else ""

    def take_keys_soon(self) -> None:
        """Gets the keys in a moment, unless its page is hidden by then: it would keep them from the page that is up."""
        QTimer.singleShot(0, self, lambda: self.setFocus() if self.isVisible() else None)

    def event(self, event: QEvent) -> bool:
        """Keep every key for the code: no shortcut may fire inside one, and Tab must not move the focus."""
        if isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.setAccepted(bool(self._code) or event.key() in self._keys)
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
                self.keyPressEvent(event)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take one key."""
        event.accept()
        if is_end(event):
            self._finish()
        elif is_gs(event, self._gs_key if self._code else 0):
            self._take(GS)
        elif event.key() == Qt.Key.Key_Backspace:
            self._code = self._code[:-1]
            self._show()
        elif event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif event.key() in self._keys and not event.modifiers() & _MODIFIED:
            self._press(self._keys[event.key()])
        elif event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self._press("undo")
        else:
            self._take(code_characters(event))

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Take what a touch keyboard commits, by the same rule."""
        self._take("".join(c for c in event.commitString() if " " <= c <= "~"))
        event.accept()

    def _take(self, characters: str) -> None:
        if not characters:
            return
        if len(self._code) + len(characters) > LONGEST_CODE:
            self._too_long = True
            return
        self._code += characters
        self._show()

    def _show(self) -> None:
        self.setText(self._code[-60:].replace(GS, "␝"))

    def _finish(self) -> None:
        code, too_long = self._code, self._too_long
        self.drop()
        if too_long:
            self.refused.emit("ui.scan.too_long")
        elif code:
            self.submitted.emit(code.replace(self._stand_in, GS) if self._stand_in else code)

    def _escape(self) -> None:
        if self._code:
            self.drop()
        else:
            self.pressed.emit("back", "")

    def _press(self, name: str) -> None:
        if self._code and not (self._code.isdigit() and len(self._code) <= 4):
            self.refused.emit("ui.scan.key_inside")
        else:
            self.pressed.emit(name, self.take_number())
