"""The docks of one day by the hour: a column for each dock, a box for each truck."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.desks import inbound_words as words
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views.inbound import Calendar, TruckRow

_TONES = {
    "here": Outcome.ACCEPTED, "late": Outcome.LOOK_HERE, "missed": Outcome.STOP, "done": Outcome.NOT_UNDERSTOOD,
}  # fmt: skip
_HEAD, _HOURS, _MARGIN = 34.0, 58.0, 4.0
_WIDE = 380.0
"""A box so wide has its load beside its hours."""
_USUAL = (6, 18)
"""Hours that are always shown; the day grows where a truck is booked outside them."""
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class DockCalendar(QWidget):
    """``chosen(delivery_id)`` when the keyboard comes to a truck, ``opened(delivery_id)`` by Enter or a double click,
    ``turned(days)`` by left and right: another day.
    """

    chosen = Signal(int)
    opened = Signal(int)
    turned = Signal(int)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self._calendar: Calendar | None = None
        self._now: datetime | None = None
        self._trucks: tuple[TruckRow, ...] = ()
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(say("ui.inbound.calendar"))
        self.setMinimumHeight(260)

    def show_day(self, calendar: Calendar, now: datetime) -> None:
        """Show a day; the keyboard stays on its truck."""
        self._calendar, self._now = calendar, now
        placed = sorted(calendar.trucks, key=lambda one: (one.opens_at or calendar.begins, one.dock, one.delivery_id))
        self._trucks = (*placed, *calendar.unplaced)
        if self.current() is None:
            self._current = self._trucks[0].delivery_id if self._trucks else 0
        self._describe()
        self.update()

    def current(self) -> TruckRow | None:
        """The truck the keyboard is on."""
        return next((truck for truck in self._trucks if truck.delivery_id == self._current), None)

    def boxes(self) -> dict[int, QRectF]:
        """Where each truck is drawn."""
        calendar = self._calendar
        if calendar is None:
            return {}
        columns = self._columns()
        found = {}
        for number, dock in enumerate(calendar.docks):
            left, wide = columns[number]
            beside = _side_by_side([truck for truck in calendar.trucks if truck.dock == dock])
            wide /= max(1, len(beside))
            for place, trucks in enumerate(beside):
                for truck in trucks:
                    top = self._y(max(truck.opens_at or calendar.begins, calendar.begins))
                    bottom = self._y(min(truck.closes_at or calendar.ends, calendar.ends))
                    box = QRectF(left + place * wide + 3, top + 1, wide - 6, max(24.0, bottom - top - 2))
                    found[truck.delivery_id] = box
        left, wide = columns[-1]
        for number, truck in enumerate(calendar.unplaced):
            found[truck.delivery_id] = QRectF(left + 3, _HEAD + 6 + number * 56, wide - 6, 50)
        return found

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down walk the trucks, left and right the days, Enter opens."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        days = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        key = Qt.Key(event.key())
        if key in steps:
            self._walk(steps[key])
        elif key in days:
            self.turned.emit(days[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.current() is not None:
                self.opened.emit(self._current)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the truck under the mouse."""
        self.setFocus()
        for delivery_id, box in self.boxes().items():
            if box.contains(event.position()):
                self._choose(delivery_id)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the truck under the mouse."""
        for delivery_id, box in self.boxes().items():
            if box.contains(event.position()):
                self.opened.emit(delivery_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw docks, hours, trucks and the present moment."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        painter.setPen(QColor(wears.line))
        painter.setBrush(QColor(wears.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        if self._calendar is None:
            return
        self._draw_ground(painter, self._calendar)
        boxes = self.boxes()
        for truck in self._trucks:
            if truck.delivery_id in boxes:
                self._draw_truck(painter, truck, boxes[truck.delivery_id])
        self._draw_now(painter)

    def _draw_ground(self, painter: QPainter, calendar: Calendar) -> None:
        wears = theme.current()
        first, last = self._hours()
        for hour in range(first, last + 1):
            y = self._y(calendar.begins + timedelta(hours=hour))
            painter.setPen(QPen(QColor(wears.line), 1))
            painter.drawLine(int(_HOURS), int(y), self.width() - 6, int(y))
            if hour < last:
                painter.setPen(QColor(wears.soft))
                painter.setFont(theme.font(10))
                painter.drawText(QRectF(8, y, _HOURS - 14, 18), _LEFT, f"{hour % 24:02d}:00")
        titles = [plain(code, 30) for code in calendar.docks]
        titles += [say("ui.inbound.unplaced")] if calendar.unplaced else []
        for (left, wide), title in zip(self._columns(), titles, strict=False):
            painter.setPen(QPen(QColor(wears.line), 1))
            painter.drawLine(int(left), 6, int(left), self.height() - 6)
            _line(painter, QRectF(left + 6, 2, wide - 12, _HEAD - 4), title, (12.0, wears.ink, QFont.Weight.Bold))

    def _draw_truck(self, painter: QPainter, truck: TruckRow, box: QRectF) -> None:
        wears = theme.current()
        state = words.state_of(truck)
        tone = _TONES.get(state)
        ink = wears.bands[tone].ink if tone else wears.ink
        is_current = truck.delivery_id == self._current and self.hasFocus()
        painter.setPen(QPen(QColor(wears.accent), 4) if is_current else QPen(QColor(wears.accent), 1))
        painter.setBrush(QColor(wears.bands[tone].fill if tone else wears.raised))
        painter.drawRoundedRect(box, 5, 5)
        inside = box.adjusted(8, 2, -6, -2)
        head = f"{words.SHAPES[state]} {plain(truck.number, 30)}  {words.hours_in_words(truck, self._zone)}"
        count = say("ui.inbound.short_completes", count=truck.completes) if truck.method else ""
        load = " · ".join(p for p in (words.load_in_words(truck), count) if p)
        rows = [head, words.names(truck.suppliers), load]
        if box.width() >= _WIDE:  # there is room for all of it, however short the hour is
            rows = [f"{head}   {load}", rows[1]]
        shown = rows[: max(1, int(inside.height() // 16.5))]
        high = min(20.0, inside.height() / len(shown))
        for number, text in enumerate(shown):
            room = QRectF(inside.left(), inside.top() + number * high, inside.width(), high)
            _line(painter, room, text, (11.0, ink, QFont.Weight.Bold if not number else QFont.Weight.Normal))

    def _draw_now(self, painter: QPainter) -> None:
        calendar = self._calendar
        if calendar is None or self._now is None or not calendar.begins <= self._now < calendar.ends:
            return
        y = self._y(self._now)
        painter.setPen(QPen(QColor(theme.current().alarm), 2))
        painter.drawLine(int(_HOURS - 6), int(y), self.width() - 6, int(y))

    def _hours(self) -> tuple[int, int]:
        """The first and the last hour shown, counted from the day's beginning."""
        calendar = self._calendar
        first, last = _USUAL
        for truck in calendar.trucks if calendar is not None else ():
            if calendar is not None and truck.opens_at and truck.closes_at:
                opens, closes = max(truck.opens_at, calendar.begins), min(truck.closes_at, calendar.ends)
                first = min(first, int((opens - calendar.begins).total_seconds() // 3600))
                last = max(last, -int(-(closes - calendar.begins).total_seconds() // 3600))
        return first, last

    def _y(self, moment: datetime) -> float:
        first, last = self._hours()
        begins = self._calendar.begins if self._calendar is not None else moment
        hours = (moment - begins).total_seconds() / 3600 - first
        room = self.height() - _HEAD - 2 * _MARGIN
        return _HEAD + _MARGIN + room * min(1.0, max(0.0, hours / max(1, last - first)))

    def _columns(self) -> list[tuple[float, float]]:
        """Left edge and width of each dock's column, and of the last one for trucks without a place."""
        calendar = self._calendar
        count = (len(calendar.docks) + bool(calendar.unplaced)) if calendar is not None else 0
        wide = (self.width() - _HOURS - 8) / max(1, count)
        return [(_HOURS + number * wide, wide) for number in range(max(1, count))]

    def _walk(self, step: int) -> None:
        ids = [truck.delivery_id for truck in self._trucks]
        if ids:
            to = ids.index(self._current) + step if self._current in ids else 0
            self._choose(ids[min(max(0, to), len(ids) - 1)])

    def _choose(self, delivery_id: int) -> None:
        self._current = delivery_id
        self._describe()
        self.chosen.emit(delivery_id)
        self.update()

    def _describe(self) -> None:
        """Say the truck the keyboard is on to whoever cannot see it."""
        truck = self.current()
        said = truck_in_words(truck, self._zone) if truck is not None else say("ui.inbound.no_trucks_day")
        self.setAccessibleDescription(said)


def _side_by_side(trucks: Sequence[TruckRow]) -> list[list[TruckRow]]:
    """The trucks of a dock in as many rows as are needed so that none covers another."""
    rows: list[list[TruckRow]] = []
    for truck in sorted(trucks, key=_turn):
        free = next((row for row in rows if _is_after(truck, row[-1])), None)
        if free is None:
            rows.append([truck])
        else:
            free.append(truck)
    return rows


def _turn(truck: TruckRow) -> tuple[float, int]:
    return (truck.opens_at.timestamp() if truck.opens_at else 0.0, truck.delivery_id)


def _is_after(truck: TruckRow, other: TruckRow) -> bool:
    return truck.opens_at is not None and other.closes_at is not None and truck.opens_at >= other.closes_at


def truck_in_words(truck: TruckRow, zone: tzinfo) -> str:
    """A truck on one line."""
    parts: Sequence[str] = (
        plain(truck.number, 40), words.state_in_words(truck), plain(truck.dock, 30) or say("ui.inbound.no_dock"),
        words.window_in_words(truck, zone), words.names(truck.suppliers), words.names(truck.purchases),
        words.completes_in_words(truck),
    )  # fmt: skip
    return " · ".join(part for part in parts if part)


def _line(painter: QPainter, room: QRectF, text: str, look: tuple[float, str, QFont.Weight]) -> None:
    points, ink, weight = look
    font = theme.font(points, weight)
    while points > 9 and QFontMetricsF(font).horizontalAdvance(text) > room.width():
        points -= 0.5
        font = theme.font(points, weight)
    painter.setFont(font)
    painter.setPen(QColor(ink))
    cut = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, _LEFT, cut)
