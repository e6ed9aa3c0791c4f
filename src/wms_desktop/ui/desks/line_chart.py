"""Lines over days: each with its word at its end and a marker of its own; any day opens its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log10

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.widgets import set_tip
from wms_desktop.ui.wording import say

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_STEPS = (1, 2, 5, 10)
_APART = 17.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart: its word, a value per day (None: none that day), its colour, and whether it is dashed."""

    word: str
    values: tuple[int | None, ...]
    outcome: Outcome
    is_dashed: bool = False


def nice_top(value: int) -> int:
    """The round number at or above ``value`` at which an axis ends: 1, 2 or 5 times a power of ten; at least 5."""
    if value <= 5:
        return 5
    power: int = 10 ** int(log10(value))
    return next(step * power for step in _STEPS if step * power >= value)


class LineChart(QWidget):
    """Lines over days, each with its word at its end and a marker of its own; ``opened(number of the day)``.

    Left and right move the day whose figures stand above the lines; Enter or a press opens it.
    """

    opened = Signal(int)

    def __init__(self, name: str, height: int = 220) -> None:
        super().__init__()
        self._name = name
        self._series: tuple[Series, ...] = ()
        self._days: tuple[str, ...] = ()
        self._readings: tuple[str, ...] = ()
        self._at = 0
        self.setFixedHeight(height)
        self.setMinimumWidth(280)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name)

    def show_lines(self, days: Sequence[str], series: Sequence[Series], readings: Sequence[str]) -> None:
        """Show lines over these days (short words); ``readings`` say each day's figures in a sentence."""
        self._days, self._series, self._readings = tuple(days), tuple(series), tuple(readings)
        first = self._series[0].values if self._series else ()
        known = [day for day, value in enumerate(first) if value is not None]
        self._at = known[-1] if known else max(0, len(self._days) - 1)
        self._tell()

    def reading(self) -> str:
        """The sentence of the day that the keyboard is on."""
        return self._readings[self._at] if self._readings else ""

    def sizeHint(self) -> QSize:
        """Wide enough for a month."""
        return QSize(420, self.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right choose the day, Enter opens it."""
        last = len(self._days) - 1
        to = {
            Qt.Key.Key_Left: self._at - 1,
            Qt.Key.Key_Right: self._at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._days:
            self.opened.emit(self._at)
        elif to is not None and self._days:
            self._at = min(max(0, to), last)
            self._tell()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the nearest day and open it."""
        self.setFocus()
        if self._days:
            plot = self._plot()
            step = plot.width() / max(1, len(self._days) - 1)
            at = round((event.position().x() - plot.left()) / step) if step else 0
            self._at = min(max(0, at), len(self._days) - 1)
            self._tell()
            self.opened.emit(self._at)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the reading, the grid, the lines and their words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        painter.setFont(theme.font(11))
        painter.setPen(QColor(wears.ink))
        head = QRectF(8, 0, self.width() - 16, 26)
        if not self._days:
            painter.drawText(head, _LEFT, say("ui.figures.no_days"))
            return
        metrics = QFontMetricsF(painter.font())
        painter.drawText(head, _LEFT, metrics.elidedText(self.reading(), Qt.TextElideMode.ElideRight, head.width()))
        values = [value for series in self._series for value in series.values if value is not None]
        top = nice_top(max(values, default=0))
        self._draw_grid(painter, top)
        ends: list[float] = []
        for number, series in enumerate(self._series):
            self._draw_series(painter, (number, series), top, ends)
        if self.hasFocus():
            painter.setPen(QPen(QColor(wears.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _plot(self) -> QRectF:
        metrics = QFontMetricsF(theme.font(10))
        values = [value for series in self._series for value in series.values if value is not None]
        left = metrics.horizontalAdvance(f"{nice_top(max(values, default=0)):,}") + 16
        right = max((metrics.horizontalAdvance(series.word) for series in self._series), default=0.0) + 26
        return QRectF(left, 34, max(20.0, self.width() - left - right), self.height() - 34 - 30)

    def _draw_grid(self, painter: QPainter, top: int) -> None:
        wears, plot = theme.current(), self._plot()
        painter.setFont(theme.font(10))
        for part in (0, 1, 2):
            y = plot.bottom() - plot.height() * part / 2
            painter.setPen(QPen(QColor(wears.line), 1))
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
            painter.setPen(QColor(wears.soft))
            half = top * part / 2
            painter.drawText(QRectF(0, y - 10, plot.left() - 6, 20), _RIGHT, f"{half:,.0f}" if half % 1 == 0 else "")
        x = self._x(self._at)
        painter.setPen(QPen(QColor(wears.soft), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        painter.setPen(QColor(wears.soft))
        wide = max(QFontMetricsF(painter.font()).horizontalAdvance(day) for day in self._days) + 14
        every = max(1, ceil(len(self._days) * wide / max(1.0, plot.width())))
        for number in range(len(self._days) - 1, -1, -every):
            box = QRectF(self._x(number) - wide / 2, plot.bottom() + 4, wide, 20)
            if box.left() >= 0:
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._days[number])

    def _draw_series(self, painter: QPainter, numbered: tuple[int, Series], top: int, ends: list[float]) -> None:
        number, series = numbered
        plot, ink = self._plot(), QColor(theme.current().bands[series.outcome].edge)
        points = [
            QPointF(self._x(day), plot.bottom() - plot.height() * value / top)
            for day, value in enumerate(series.values)
            if value is not None
        ]
        if not points:
            return
        style = Qt.PenStyle.DashLine if series.is_dashed else Qt.PenStyle.SolidLine
        painter.setPen(QPen(ink, 2.5, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(ink, 2))
        painter.setBrush(ink)
        _draw_marker(painter, points[-1], number)
        y = _free_place(points[-1].y(), ends)
        ends.append(y)
        painter.setPen(QColor(theme.current().ink))
        painter.setFont(theme.font(10, QFont.Weight.Medium))
        is_inside = points[-1].x() < plot.right() - 1  # a line that ends early has its word above or below its end
        above = 26 if y - 26 > plot.top() else -6
        place = QRectF(points[-1].x() + (-6 if is_inside else 10), y - (above if is_inside else 10), self.width(), 20)
        painter.drawText(place, _LEFT, series.word)

    def _x(self, day: int) -> float:
        plot = self._plot()
        return plot.left() + plot.width() * day / max(1, len(self._days) - 1)

    def _tell(self) -> None:
        self.setAccessibleName(f"{self._name}. {self.reading()}")
        set_tip(self, self.reading())
        self.update()


def _draw_marker(painter: QPainter, at: QPointF, number: int) -> None:
    """A circle, a square, a triangle, a diamond: each line ends with a shape of its own."""
    x, y, r = at.x(), at.y(), 5.0
    if number == 0:
        painter.drawEllipse(at, r, r)
    elif number == 1:
        painter.drawRect(QRectF(x - r, y - r, 2 * r, 2 * r))
    elif number == 2:
        painter.drawPolygon(QPolygonF([QPointF(x, y - r), QPointF(x + r, y + r), QPointF(x - r, y + r)]))
    else:
        painter.drawPolygon(QPolygonF([QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r), QPointF(x - r, y)]))


def _free_place(wanted: float, taken: Sequence[float]) -> float:
    """The height nearest to ``wanted`` at which a word stands on no other."""
    tries = (wanted + sign * step * _APART for step in range(len(taken) + 2) for sign in (-1, 1))
    return next((y for y in tries if all(abs(y - other) >= _APART - 0.5 for other in taken)), wanted)
