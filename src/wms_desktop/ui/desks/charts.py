"""Our own small charts: bars that open their rows, and the states as one bar; words beside every colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.widgets import plain, set_tip
from wms_desktop.ui.wording import say

SHAPES = {
    "ready": "●",
    "in_work": "▶",
    "backordered": "○",
    "stock_blocked": "■",
    "pre_order": "◇",
    "on_hold": "▮▮",
}
"""Each state has a shape of its own, so that nothing hangs on a colour."""
_TONES = {
    "ready": Outcome.STEP_DONE,
    "in_work": Outcome.ACCEPTED,
    "backordered": Outcome.STOP,
    "stock_blocked": Outcome.LOOK_HERE,
    "pre_order": Outcome.JOB_COMPLETE,
    "on_hold": Outcome.NOT_UNDERSTOOD,
}
_ROW = 30
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


def tone(state: str) -> str:
    """The colour of a state in the theme of the moment."""
    return theme.current().bands[_TONES.get(state, Outcome.NOT_UNDERSTOOD)].edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what it opens, what a person reads, how long it is, the words at its end, and more in its tip."""

    key: str
    label: str
    value: int
    words: str
    tip: str = ""


class Mark(QAbstractButton):
    """Something drawn that is pressed by mouse, Space or Enter; the arrows walk to its neighbours of one chart."""

    walked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses too; up and down walk."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.key() in steps:
            self.walked.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def draw_ground(self, painter: QPainter) -> None:
        """The ground under the pointer, and the frame where the keyboard is."""
        wears = theme.current()
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(wears.raised))
            painter.drawRoundedRect(box, 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(QColor(wears.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 4, 4)


class BarRow(Mark):
    """One bar of a chart, with its label before and its words behind it."""

    def __init__(self) -> None:
        super().__init__()
        self.bar = Bar(key="", label="", value=0, words="")
        self._shape = (80.0, 60.0, 1)
        self.setFixedHeight(_ROW)

    def show_bar(self, bar: Bar) -> None:
        """Show another bar."""
        self.bar = bar
        self.setAccessibleName(f"{plain(bar.label, 80)}: {bar.words}")
        set_tip(self, bar.tip or f"{bar.label}: {bar.words}")
        self.update()

    def set_shape(self, label: float, words: float, largest: int) -> None:
        """The widths that all bars of a chart share, and the value of the longest."""
        self._shape = (label, words, max(1, largest))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw label, bar and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_ground(painter)
        wears = theme.current()
        label, words, largest = self._shape
        high = float(self.height())
        painter.setFont(theme.font(11))
        painter.setPen(QColor(wears.ink))
        metrics = QFontMetricsF(painter.font())
        text = metrics.elidedText(plain(self.bar.label, 80), Qt.TextElideMode.ElideRight, label)
        painter.drawText(QRectF(8, 0, label, high), _LEFT, text)
        left = 8 + label + 10
        room = max(10.0, self.width() - left - words - 18)
        long = room * self.bar.value / largest
        if self.bar.value > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(wears.accent))
            painter.drawRoundedRect(QRectF(left, 6, max(3.0, long), high - 12), 3, 3)
        painter.setPen(QColor(wears.ink))
        painter.setFont(theme.font(11, QFont.Weight.Medium))
        painter.drawText(QRectF(left + max(3.0, long) + 8, 0, words + 10, high), _LEFT, self.bar.words)


class BarChart(QWidget):
    """Bars below each other, the longest as wide as there is room; ``opened(key)`` when one is pressed."""

    opened = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._rows: list[BarRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch(1)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these bars, in their order."""
        while len(self._rows) < len(bars):
            self._add_row()
        strong = QFontMetricsF(theme.font(11, QFont.Weight.Medium))
        usual = QFontMetricsF(theme.font(11))
        words = max((strong.horizontalAdvance(bar.words) for bar in bars), default=0.0) + 4
        label = max((usual.horizontalAdvance(plain(bar.label, 80)) for bar in bars), default=0.0) + 4
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(bars))
            if number < len(bars):
                row.show_bar(bars[number])
                row.set_shape(min(label, 190.0), words, max(bar.value for bar in bars))

    def bars(self) -> tuple[Bar, ...]:
        """The bars that are shown."""
        return tuple(row.bar for row in self._rows if not row.isHidden())

    def row(self, key: str) -> BarRow:
        """The bar of a key; raises StopIteration when there is none."""
        return next(row for row in self._rows if not row.isHidden() and row.bar.key == key)

    def _add_row(self) -> None:
        row = BarRow()
        row.clicked.connect(lambda _=False: self.opened.emit(row.bar.key))
        row.walked.connect(lambda step: self._walk(row, step))
        self._column.insertWidget(len(self._rows), row)
        self._rows.append(row)

    def _walk(self, row: BarRow, step: int) -> None:
        shown = [each for each in self._rows if not each.isHidden()]
        shown[(shown.index(row) + step) % len(shown)].setFocus()


class StateMark(Mark):
    """One state of the bar: its shape and word, its units, its share."""

    def __init__(self, state: str) -> None:
        super().__init__()
        self.state = state
        self.words = ("", "", "")
        self.setFixedHeight(_ROW)

    def show_words(self, word: str, units: str, share: str) -> None:
        """Say what the state comes to."""
        self.words = (word, units, share)
        self.setAccessibleName(f"{word}: {units}, {share}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the swatch with its shape, and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_ground(painter)
        wears = theme.current()
        high, wide = float(self.height()), float(self.width())
        painter.setPen(QPen(QColor(wears.ink), 1))
        painter.setBrush(QColor(tone(self.state)))
        painter.drawRoundedRect(QRectF(8, 8, 14, high - 16), 3, 3)
        painter.setPen(QColor(wears.ink))
        painter.setFont(theme.font(11))
        painter.drawText(QRectF(30, 0, 24, high), _LEFT, SHAPES.get(self.state, ""))
        painter.drawText(QRectF(54, 0, wide - 170, high), _LEFT, self.words[0])
        painter.setFont(theme.font(11, QFont.Weight.Medium))
        painter.drawText(QRectF(wide - 150, 0, 86, high), _RIGHT, self.words[1])
        painter.setFont(theme.font(11))
        painter.setPen(QColor(wears.soft))
        painter.drawText(QRectF(wide - 60, 0, 50, high), _RIGHT, self.words[2])


class StateBar(QWidget):
    """All open units as one bar, a part for each state, and the states below in words; ``opened(state)``."""

    opened = Signal(str)

    def __init__(self, name: str, states: Sequence[str]) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._strip = _Strip()
        self._strip.pressed_on.connect(self.opened)
        self._marks = {state: StateMark(state) for state in states}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._strip, 0, 0)
        for number, mark in enumerate(self._marks.values(), start=1):
            mark.clicked.connect(lambda _=False, mark=mark: self.opened.emit(mark.state))
            mark.walked.connect(lambda step, mark=mark: self._walk(mark, step))
            grid.addWidget(mark, number, 0)
        grid.setRowStretch(len(self._marks) + 1, 1)

    def show_parts(self, parts: Sequence[tuple[str, str, int]]) -> None:
        """Show (state, its word, its units)."""
        whole = sum(units for _, _, units in parts)
        self._strip.show_parts([(state, units) for state, _, units in parts])
        for state, word, units in parts:
            share = say("ui.figures.share", percent=round(100 * units / whole) if whole else 0)
            self._marks[state].show_words(word, f"{units:,}", share)

    def mark(self, state: str) -> StateMark:
        """The words of a state."""
        return self._marks[state]

    def _walk(self, mark: StateMark, step: int) -> None:
        marks = list(self._marks.values())
        marks[(marks.index(mark) + step) % len(marks)].setFocus()


class _Strip(QWidget):
    """The bar of states itself; its parts are pressed with the mouse, the keyboard has the words below."""

    pressed_on = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[tuple[str, int]] = []
        self.setFixedHeight(34)

    def show_parts(self, parts: list[tuple[str, int]]) -> None:
        """Show (state, units)."""
        self._parts = parts
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which part was pressed."""
        for state, box in self._boxes():
            if box.contains(event.position()):
                self.pressed_on.emit(state)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the parts, each with its shape where there is room."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        if not any(units for _, units in self._parts):
            painter.setPen(QColor(wears.line))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(8, 4, -9, -5), 4, 4)
        painter.setFont(theme.font(11, QFont.Weight.Bold))
        for state, box in self._boxes():
            fill = tone(state)
            painter.setPen(QPen(QColor(wears.surface), 1))
            painter.setBrush(QColor(fill))
            painter.drawRect(box)
            if box.width() >= 26:
                light = theme.contrast(fill, "#FFFFFF") >= theme.contrast(fill, "#000000")
                painter.setPen(QColor("#FFFFFF" if light else "#000000"))
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), SHAPES.get(state, ""))

    def _boxes(self) -> list[tuple[str, QRectF]]:
        whole = sum(units for _, units in self._parts)
        room = self.width() - 16.0
        left, boxes = 8.0, []
        for state, units in self._parts:
            if units:
                wide = room * units / whole
                boxes.append((state, QRectF(left, 4, wide, self.height() - 8)))
                left += wide
        return boxes


def draw_frame(widget: QWidget, rect: QRect) -> None:
    """The ground of a card on a desk: a rounded surface with a line round it."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wears = theme.current()
    painter.setPen(QColor(wears.line))
    painter.setBrush(QColor(wears.surface))
    painter.drawRoundedRect(rect.adjusted(0, 0, -1, -1), 8, 8)
