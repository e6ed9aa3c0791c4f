"""The map beside the instruction: racks, the walk, what is done, and the stop that is next."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.rows import TourView
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say

_MARGIN = 14.0


class TourMap(QWidget):
    """Draws a :class:`~wms_desktop.ui.rows.TourView` to scale; the stop at ``here`` is the large one."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("tour-map")
        self._tour: TourView | None = None
        self._here = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_tour(self, tour: TourView | None) -> None:
        """Draw another walk."""
        self._tour = tour
        self.update()

    def has_tour(self) -> bool:
        """Whether there is anything to draw."""
        return self._tour is not None and bool(self._tour.racks)

    def set_here(self, bin_name: str) -> None:
        """Mark the stop that is next."""
        self._here = bin_name
        self.setAccessibleName(say("ui.map", bin=plain(bin_name, 40)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw racks, walk and stops."""
        tour = self._tour
        if tour is None or not tour.racks:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        painter.setPen(QColor(wears.line))
        painter.setBrush(QColor(wears.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        self._fit(painter, tour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(wears.raised if wears.raised != wears.surface else wears.line))
        for x, y, wide, deep in tour.racks:
            painter.drawRect(QRectF(self._at(x, y + deep), self._at(x + wide, y)))
        self._draw_walk(painter, tour)

    def _draw_walk(self, painter: QPainter, tour: TourView) -> None:
        wears = theme.current()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(QColor(wears.accent), 3)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF([self._at(x, y) for x, y in tour.path]))
        here = next((i for i, stop in enumerate(tour.stops) if stop.bin == self._here), None)
        for number, stop in enumerate(tour.stops):
            if number == here:
                continue
            done = stop.is_done or (here is not None and number < here)
            painter.setPen(QPen(QColor(wears.accent), 2.5))
            painter.setBrush(QColor(wears.accent if done else wears.surface))
            painter.drawEllipse(self._at(stop.x, stop.y), 5, 5)
        if here is not None:
            self._draw_here(painter, self._at(tour.stops[here].x, tour.stops[here].y), here + 1)

    def _draw_here(self, painter: QPainter, at: QPointF, number: int) -> None:
        painter.setPen(QPen(QColor("#000000"), 2.5))
        painter.setBrush(QColor("#FFC20A"))
        painter.drawEllipse(at, 15, 15)
        painter.setFont(theme.font(11, QFont.Weight.Bold))
        painter.drawText(QRectF(at.x() - 15, at.y() - 15, 30, 30), int(Qt.AlignmentFlag.AlignCenter), str(number))

    def _fit(self, painter: QPainter, tour: TourView) -> None:
        xs = [x for x, _ in tour.path] + [r[0] for r in tour.racks] + [r[0] + r[2] for r in tour.racks]
        ys = [y for _, y in tour.path] + [r[1] for r in tour.racks] + [r[1] + r[3] for r in tour.racks]
        self._low = (min(xs), min(ys))
        wide, deep = max(1, max(xs) - min(xs)), max(1, max(ys) - min(ys))
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        self._factor = min(room.width() / wide, room.height() / deep)
        self._left = room.center().x() - wide * self._factor / 2
        self._bottom = room.center().y() + deep * self._factor / 2

    def _at(self, x: int, y: int) -> QPointF:
        return QPointF(self._left + (x - self._low[0]) * self._factor, self._bottom - (y - self._low[1]) * self._factor)
