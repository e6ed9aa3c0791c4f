"""One lane as a card: its code and state can be read from two metres, its cut-off from one."""

from __future__ import annotations

from datetime import datetime, tzinfo

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.desks import lanes_words as words
from wms_desktop.ui.widgets import plain, set_tip
from wms_desktop.ui.wording import say
from wms_desktop.views.lanes import Lane

LEAST_WIDE, LEAST_HIGH = 140, 118
GAP = 8
_CODE_POINTS = 48.0
"""What is read with ease from two metres."""
_SMALL = 11.0
_ROOMY_FOOT = 76.0
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class LaneCard(QWidget):
    """``chosen(lane_id)`` when the keyboard comes to it, ``opened(lane_id)`` by Enter or a double click,
    ``walked(columns, rows)`` by the arrows.
    """

    chosen = Signal(int)
    opened = Signal(int)
    walked = Signal(int, int)

    def __init__(self, lane: Lane, short: str, now: datetime, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self.setObjectName(f"lane-{lane.lane_id}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST_WIDE, LEAST_HIGH)
        self.show_lane(lane, short, now)

    def show_lane(self, lane: Lane, short: str, now: datetime) -> None:
        """Show the lane as it is now."""
        self.lane, self._short, self._now = lane, short, now
        self.setAccessibleName(". ".join(part for part in self.words() if part))
        set_tip(self, "\n".join(part for part in self.words() if part))
        self.update()

    def words(self) -> tuple[str, ...]:
        """Everything the card says, top to bottom."""
        lane = self.lane
        return (
            plain(lane.code, 40),
            words.state_in_words(lane.state),
            say("ui.lanes.blocked_why", why=plain(lane.blocked_why, 120)) if lane.is_blocked else "",
            words.service_in_words(lane),
            words.orders_in_words(lane),
            words.counts_in_words(lane),
            self._units(),
            words.cut_off_in_words(lane.leave_by, self._now, self._zone),
            words.alarm_in_words(lane, self._now),
        )

    def sizeHint(self) -> QSize:
        """Its least size: the grid gives it more where there is more."""
        return QSize(LEAST_WIDE, LEAST_HIGH)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell which lane the keyboard is on."""
        super().focusInEvent(event)
        self.chosen.emit(self.lane.lane_id)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let the frame go."""
        super().focusOutEvent(event)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open it."""
        self.opened.emit(self.lane.lane_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows walk over the board, Enter opens; letters are the desk's."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.walked.emit(*step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.lane.lane_id)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the head in the colour of the state, and below it the orders and the cut-off."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        shape = QPainterPath()
        shape.addRoundedRect(box, 9, 9)
        painter.fillPath(shape, QColor(wears.surface))
        head = QRectF(box.left(), box.top(), box.width(), max(62.0, box.height() * 0.56))
        ink = self._draw_head(painter, shape, head)
        painter.setPen(QPen(QColor(wears.line), 1))
        painter.drawPath(shape)
        self._draw_words(painter, head, ink)
        foot = QRectF(box.left() + 10, head.bottom() + 3, box.width() - 20, box.bottom() - head.bottom() - 6)
        self._draw_foot(painter, foot)
        if self.hasFocus():
            painter.setPen(QPen(QColor(wears.accent), 4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 9, 9)

    def _draw_head(self, painter: QPainter, shape: QPainterPath, head: QRectF) -> str:
        """The ground of the head; gives the ink that reads on it."""
        wears = theme.current()
        tone = words.TONES.get(self.lane.state)
        painter.save()
        painter.setClipRect(head)
        painter.fillPath(shape, QColor(wears.bands[tone].fill if tone else wears.raised))
        painter.restore()
        return wears.bands[tone].ink if tone else wears.ink

    def _draw_words(self, painter: QPainter, head: QRectF, ink: str) -> None:
        lane = self.lane
        scale = max(1.0, min(1.7, head.height() / 84.0))
        mark = QRectF(head.right() - 40 * scale, head.top() + 4, 32 * scale, 32 * scale)
        painter.setPen(QColor(ink))
        painter.setFont(theme.font(20 * scale, QFont.Weight.Bold))
        painter.drawText(mark, int(Qt.AlignmentFlag.AlignCenter), words.SHAPES[lane.state])
        below = 20 * scale
        code = QRectF(head.left() + 10, head.top() + 2, mark.left() - head.left() - 12, head.height() - below - 6)
        _fit(painter, code, self._short, (_CODE_POINTS * scale, ink, QFont.Weight.Bold))
        word = QRectF(head.left() + 10, head.bottom() - below - 5, head.width() * 0.55 - 12, below)
        units = QRectF(word.right() + 4, word.top(), head.right() - word.right() - 14, below)
        _fit(painter, word, words.state_in_words(lane.state), (13 * scale, ink, QFont.Weight.Bold))
        if lane.units_in or lane.units_coming:
            _fit(painter, units, self._units(), (13 * scale, ink, QFont.Weight.Bold), _RIGHT)

    def _draw_foot(self, painter: QPainter, foot: QRectF) -> None:
        wears = theme.current()
        lines = self._foot_lines()
        if foot.height() < _ROOMY_FOOT:
            lines = lines[:2]
        high = min(32.0, foot.height() / max(2, len(lines)))
        scale = min(1.5, max(1.0, high / 21.0))
        for number, (text, is_pressing, points, ink) in enumerate(lines):
            room = QRectF(foot.left(), foot.top() + number * high, foot.width(), high - 1)
            if is_pressing:
                band = wears.bands[Outcome.LOOK_HERE]
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(band.fill))
                painter.drawRoundedRect(room.adjusted(-5, 1, 5, -1), 4, 4)
                ink = band.ink
            weight = QFont.Weight.Bold if points > _SMALL else QFont.Weight.Normal
            _fit(painter, room, text, (points * scale, ink, weight))

    def _foot_lines(self) -> list[tuple[str, bool, float, str]]:
        """The cut-off, what is wrong, and how many orders; each with whether it presses, its size and its ink."""
        wears, lane = theme.current(), self.lane
        lines = [(self._cut_off(), self._is_pressing(), 13.0, wears.ink)] if lane.leave_by else []
        alarm = plain(lane.blocked_why, 60) if lane.is_blocked else words.alarm_in_words(lane, self._now)
        lines += [(alarm, True, _SMALL, wears.ink)] if alarm else []
        lines.append((words.collected_in_words(lane), False, _SMALL, wears.soft))
        return [*lines, (words.service_in_words(lane), False, _SMALL, wears.soft)]

    def _cut_off(self) -> str:
        return words.cut_off_in_words(self.lane.leave_by, self._now, self._zone)

    def _is_pressing(self) -> bool:
        """Whether its next cut-off is over, or near."""
        minutes = words.minutes_until(self.lane.leave_by, self._now)
        return minutes is not None and minutes <= words.SOON_MINUTES

    def _units(self) -> str:
        lane = self.lane
        if not lane.units_in and not lane.units_coming:
            return ""
        return say("ui.lanes.units", units=lane.units_in, total=lane.units_in + lane.units_coming)


def _fit(painter: QPainter, room: QRectF, text: str, look: tuple[float, str, QFont.Weight], side: int = _LEFT) -> None:
    """Draw text on one line as large as its room allows; cut with dots only where it is very long."""
    points, ink, weight = look
    font = theme.font(points, weight)
    while points > 8.5 and (
        QFontMetricsF(font).horizontalAdvance(text) > room.width() or QFontMetricsF(font).ascent() > room.height()
    ):
        points -= 0.5
        font = theme.font(points, weight)
    painter.setFont(font)
    painter.setPen(QColor(ink))
    cut = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, side, cut)


def columns_for(count: int, wide: int, high: int) -> int:
    """How many columns make the cards of a board largest in so much room, none narrower than it can be read."""
    if count <= 0:
        return 1
    most = max(1, (wide + GAP) // (LEAST_WIDE + GAP))
    best, worth = 1, -1.0
    for columns in range(1, min(most, count) + 1):
        rows = -(-count // columns)
        card = (wide / columns, max(float(LEAST_HIGH), high / rows))
        fits = rows * (LEAST_HIGH + GAP) - GAP <= high
        value = min(card[0] / 3, card[1] / 2) + (1_000 if fits else 0) - (0 if fits else rows)
        if value > worth:
            best, worth = columns, value
    return best
