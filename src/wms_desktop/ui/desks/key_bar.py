"""The row of keys at a desk's foot: what can be done here, by which key, and by a press of the mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.widgets import set_tip
from wms_desktop.ui.wording import say

_CENTRE = int(Qt.AlignmentFlag.AlignCenter)
_POINTS = 10.5


@dataclass(frozen=True, slots=True)
class DeskKey:
    """One key: the Qt code, what stands on the keyboard, the name of its word, and what it does."""

    code: Qt.Key
    text: str
    name: str
    act: Callable[[], None]


class _KeyCap(QAbstractButton):
    def __init__(self, key: DeskKey, word: str, tip: str) -> None:
        super().__init__()
        self._key = key
        self.setText(word)
        self.setObjectName(f"key-{key.name}")
        self.setAccessibleName(f"{word} ({key.text})")
        set_tip(self, tip)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(38)
        self.clicked.connect(lambda _=False: key.act())

    def sizeHint(self) -> QSize:
        return QSize(round(self._cap_wide() + self._word_wide() + 26), 38)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        wears = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        down = self.isDown()
        painter.setPen(QColor(wears.accent if down or self.underMouse() else wears.line))
        painter.setBrush(QColor(wears.accent if down else wears.surface))
        painter.drawRoundedRect(box, 6, 6)
        cap, word = self._cap_wide(), self._word_wide()
        left = (self.width() - cap - word - 6) / 2
        painter.setPen(QColor(wears.on_accent if down else wears.accent))
        painter.setFont(theme.font(_POINTS, QFont.Weight.Bold))
        painter.drawText(QRectF(left, 0, cap, self.height()), _CENTRE, self._key.text)
        painter.setPen(QColor(wears.on_accent if down else wears.ink))
        painter.setFont(theme.font(_POINTS))
        painter.drawText(QRectF(left + cap + 6, 0, word, self.height()), _CENTRE, self.text())

    def _cap_wide(self) -> float:
        return QFontMetricsF(theme.font(_POINTS, QFont.Weight.Bold)).horizontalAdvance(self._key.text) + 2

    def _word_wide(self) -> float:
        return QFontMetricsF(theme.font(_POINTS)).horizontalAdvance(self.text()) + 2


class KeyBar(QWidget):
    """Key caps side by side; they take no focus, for their keys work anyway. ``area`` names the words' phrases."""

    def __init__(self, area: str, keys: Sequence[DeskKey]) -> None:
        super().__init__()
        self._keys = tuple(keys)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for key in keys:
            row.addWidget(_KeyCap(key, say(f"ui.{area}.key.{key.name}"), say(f"ui.{area}.tip.{key.name}")))

    def press(self, code: int) -> bool:
        """Do what a key of the keyboard does here; false: it does nothing."""
        found = next((key for key in self._keys if key.code == code), None)
        if found is not None:
            found.act()
        return found is not None
