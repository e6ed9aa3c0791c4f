"""The line over an import that says where one is: five steps, the present one lit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.wording import say

STEPS = ("start", "reading", "progress", "preview", "problems")
_HIGH = 34
_CENTRE = int(Qt.AlignmentFlag.AlignCenter)


def foot_of(buttons: Sequence[QWidget], last: Sequence[QWidget]) -> QWidget:
    """A step's own buttons in one line: what goes on from the left, what throws away at the right."""
    foot = QWidget()
    row = QHBoxLayout(foot)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    for button in last:
        row.addWidget(button)
    return foot


class StepBar(QWidget):
    """Numbers in discs with a word each."""

    def __init__(self) -> None:
        super().__init__()
        self._step = STEPS[0]
        self._words = [say(f"ui.imports.step.{step}") for step in STEPS]
        self.setFixedHeight(_HIGH)
        self.setMinimumWidth(560)

    def show_step(self, step: str) -> None:
        """Light a step up."""
        self._step = step
        number = STEPS.index(step)
        self.setAccessibleName(say("ui.imports.step_of", number=number + 1, of=len(STEPS), step=self._words[number]))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the steps from left to right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        here = STEPS.index(self._step)
        left = 2.0
        for number, word in enumerate(self._words):
            lit = number == here
            disc = QRectF(left, (_HIGH - 24) / 2, 24, 24)
            painter.setPen(Qt.PenStyle.NoPen if lit else QColor(wears.accent if number < here else wears.line))
            painter.setBrush(QColor(wears.accent) if lit else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc)
            painter.setFont(theme.font(11, QFont.Weight.Bold))
            painter.setPen(QColor(wears.on_accent if lit else wears.soft))
            painter.drawText(disc, _CENTRE, str(number + 1))
            painter.setFont(theme.font(12, QFont.Weight.Bold if lit else QFont.Weight.Normal))
            painter.setPen(QColor(wears.ink if lit else wears.soft))
            wide = QFontMetricsF(painter.font()).horizontalAdvance(word)
            painter.drawText(QRectF(left + 31, 0, wide + 4, _HIGH), int(Qt.AlignmentFlag.AlignVCenter), word)
            left += 31 + wide + 26
