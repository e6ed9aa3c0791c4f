"""One batch as a card: who can see at a glance how far it is, and whether it makes its truck."""

from __future__ import annotations

from datetime import datetime, tzinfo

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDrag, QFocusEvent, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.rows import BatchRow
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say

MIME = "application/x-wms-batch"
_STATES = frozenset({"new", "assigned", "started", "paused", "picked"})
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_Place = tuple[float, float, float, float]
_Look = tuple[QFont, int, str]
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class BatchCard(QWidget):
    """A focusable card that can be dragged; ``picked_up`` when it gets the focus."""

    picked_up = Signal(int)

    def __init__(self, row: BatchRow, zone: tzinfo) -> None:
        super().__init__()
        self.row = row
        self._zone = zone
        self._press_at: QPoint | None = None
        self.setObjectName(f"batch-{row.batch_id}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setFixedHeight(156)
        self.setAccessibleName(", ".join(part for part in self.words() if part))

    def words(self) -> tuple[str, ...]:
        """Everything the card says, top to bottom."""
        row = self.row
        return (
            say("ui.batches.card", number=plain(row.number, 30)),
            self._state(),
            say("ui.batches.facts", orders=row.orders, metres=row.metres),
            say("ui.batches.cart", cart=plain(row.cart, 20)) if row.cart else "",
            say("ui.batches.progress", done=row.picks_done, total=row.picks_total),
            say("ui.batches.finish", time=self._time(row.predicted_at)) if row.predicted_at else "",
            say("ui.batches.due", time=self._time(row.due_at)) if row.due_at else "",
            self._lateness(),
        )

    def late_minutes(self) -> int:
        """Minutes by which the predicted finish misses the cut-off; 0: on time or not known."""
        row = self.row
        if not row.predicted_at or not row.due_at:
            return 0
        return max(0, int((row.predicted_at - row.due_at).total_seconds() // 60))

    def sizeHint(self) -> QSize:
        """Wide enough for its words."""
        return QSize(280, 156)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell which batch the keyboard is on."""
        super().focusInEvent(event)
        self.picked_up.emit(self.row.batch_id)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let the frame go."""
        super().focusOutEvent(event)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the card."""
        self._press_at = event.position().toPoint()
        self.setFocus()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag it."""
        if self._press_at is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        moved = (event.position().toPoint() - self._press_at).manhattanLength()
        if moved < QApplication.startDragDistance():
            return
        drag = QDrag(self)
        data = QMimeData()
        data.setData(MIME, str(self.row.batch_id).encode())
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(self._press_at)
        self._press_at = None
        drag.exec(Qt.DropAction.MoveAction)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(QColor(wears.accent if self.hasFocus() else wears.line), 3 if self.hasFocus() else 1))
        painter.setBrush(QColor(wears.surface))
        painter.drawRoundedRect(box, 8, 8)
        number, state, facts, cart, progress, finish, due, lateness = self.words()
        wide = box.width() - 28
        strong, usual = QFont.Weight.Bold, QFont.Weight.Medium
        self._line(painter, (14, 11, wide, 26), number, (theme.font(15, strong), _LEFT, wears.ink))
        self._line(painter, (14, 11, wide, 26), state, (theme.font(12, usual), _RIGHT, wears.soft))
        self._line(painter, (14, 40, wide * 0.68, 22), facts, (theme.font(12), _LEFT, wears.soft))
        self._line(painter, (14 + wide * 0.68, 40, wide * 0.32, 22), cart, (theme.font(12), _RIGHT, wears.soft))
        self._bar(painter, QRectF(14, 69, wide, 9))
        self._line(painter, (14, 84, wide * 0.56, 24), progress, (theme.font(12, usual), _LEFT, wears.ink))
        self._line(painter, (14 + wide * 0.56, 84, wide * 0.44, 24), finish, (theme.font(12, usual), _RIGHT, wears.ink))
        if due:
            self._verdict(painter, QRectF(14, 115, wide, 29), " · ".join(part for part in (due, lateness) if part))

    def _verdict(self, painter: QPainter, box: QRectF, text: str) -> None:
        known = self.row.predicted_at is not None
        outcome = Outcome.STOP if self.late_minutes() else Outcome.STEP_DONE
        band = theme.current().bands[outcome if known else Outcome.NOT_UNDERSTOOD]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(band.fill))
        painter.drawRoundedRect(box, 5, 5)
        icon = QRectF(box.left() + 7, box.top() + 6, 17, 17)
        paint_icon(painter, f"outcome-{outcome.value}" if known else "clock", icon, band.ink)
        room = (box.left() + 30, box.top(), box.width() - 36, box.height())
        self._line(painter, room, text, (theme.font(12, QFont.Weight.Medium), _LEFT, band.ink))

    def _bar(self, painter: QPainter, box: QRectF) -> None:
        wears = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(wears.raised if wears.raised != wears.surface else wears.line))
        painter.drawRoundedRect(box, 4, 4)
        share = min(1.0, self.row.picks_done / max(1, self.row.picks_total))
        if share > 0:
            painter.setBrush(QColor(wears.accent))
            painter.drawRoundedRect(QRectF(box.left(), box.top(), max(8.0, box.width() * share), box.height()), 4, 4)

    def _line(self, painter: QPainter, place: _Place, text: str, look: _Look) -> None:
        font, side, ink = look
        while font.pointSizeF() > 7 and QFontMetrics(font).horizontalAdvance(text) > place[2]:
            font.setPointSizeF(font.pointSizeF() - 0.5)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(QRectF(*place), side, text)

    def _state(self) -> str:
        state = self.row.state
        return say(f"ui.batches.state.{state}") if state in _STATES else plain(state, 20)

    def _lateness(self) -> str:
        if not self.row.due_at or not self.row.predicted_at:
            return ""
        late = self.late_minutes()
        return say("ui.batches.late", minutes=late) if late else say("ui.batches.on_time")

    def _time(self, instant: datetime | None) -> str:
        return f"{instant.astimezone(self._zone):%H:%M}" if instant else ""
