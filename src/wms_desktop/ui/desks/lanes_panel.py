"""One lane opened: its orders, what each still lacks, and whence that comes."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, tzinfo

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.desks import lanes_words as words
from wms_desktop.ui.desks.side_panel import ScrollPanel
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say
from wms_desktop.views.lanes import Lack, LaneOrder, LaneView, Standing

_MOST_LACKS = 40


class OrderBox(QWidget):
    """One order of the lane; the keyboard walks from one to the next. ``chosen(order_id)``, ``walked(step)``."""

    chosen = Signal(int)
    walked = Signal(int)

    def __init__(self, order: LaneOrder, lines: list[str], now: datetime, zone: tzinfo) -> None:
        super().__init__()
        self.order = order
        self.setObjectName(f"lane-order-{order.order_id}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        title = say(
            "ui.lanes.order", shape=words.SHAPES[order.state], order=plain(order.number, 40),
            customer=plain(order.customer, 60),
        )  # fmt: skip
        state = words.state_in_words(order.state)
        self.sentences = (title, f"{state} · {words.order_in_words(order, now, zone)}", *lines)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(4)
        late = order.is_late
        column.addWidget(Label(self.sentences[0], 13, bold=True, wrap=True))
        column.addWidget(Label(self.sentences[1], 11, wrap=True, role="alarm" if late else "soft"))
        for line in lines:
            column.addWidget(Label(line, 11, wrap=True))
        self.setAccessibleName(". ".join(self.sentences))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell which order the keyboard is on."""
        super().focusInEvent(event)
        self.chosen.emit(self.order.order_id)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let the frame go."""
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down walk; the rest is the panel's."""
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1}
        if event.key() in steps:
            self.walked.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw its ground, and the frame where the keyboard is."""
        wears = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(QColor(wears.accent if self.hasFocus() else wears.line), 3 if self.hasFocus() else 1))
        painter.setBrush(QColor(wears.ground))
        painter.drawRoundedRect(box, 7, 7)


class LanePanel(ScrollPanel):
    """``story_wanted(order_id)``: Enter or S; ``let_go_wanted(order)``: L; ``left()``: Esc."""

    story_wanted = Signal(int)
    let_go_wanted = Signal(object)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__("lane", 20)
        self._zone = zone
        self.lane_id = 0
        self.boxes: list[OrderBox] = []
        self._order = 0
        self.facts = Label("", 11, wrap=True)
        self.column.insertWidget(1, self.facts)

    def show_view(self, view: LaneView) -> None:
        """Show a lane; the keyboard stays on its order where that is still there."""
        is_same, lane = self.lane_id == view.lane.lane_id, view.lane
        had = any(box.hasFocus() for box in self.boxes) or self.leave.hasFocus()
        self.lane_id = lane.lane_id
        state = words.state_in_words(lane.state)
        self.title.setText(say("ui.lanes.open_title", lane=plain(lane.code, 40), state=state))
        facts = [words.service_in_words(lane), words.orders_in_words(lane), words.alarm_in_words(lane, view.at)]
        why = say("ui.lanes.blocked_why", why=plain(lane.blocked_why, 200)) if lane.is_blocked else ""
        self.facts.setText("\n".join(part for part in (why, " · ".join(fact for fact in facts if fact)) if part))
        self._fill(view)
        self.show()
        if not is_same or had:
            self.take_keyboard()

    def take_keyboard(self) -> None:
        """The order that had the keys, else the first; without orders the way out."""
        box = next((box for box in self.boxes if box.order.order_id == self._order), None)
        box = box or (self.boxes[0] if self.boxes else None)
        (box or self.leave).setFocus()
        if box is not None:
            self.area.ensureWidgetVisible(box, 0, 8)

    def close_panel(self) -> None:
        """Esc."""
        self.lane_id = 0
        super().close_panel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter or S tells the order's story, L lets it go, Esc leaves."""
        box = next((box for box in self.boxes if box.hasFocus()), None)
        if box is not None and event.key() in (Qt.Key.Key_S, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.story_wanted.emit(box.order.order_id)
        elif box is not None and event.key() == Qt.Key.Key_L:
            self.let_go_wanted.emit(box.order)
        else:
            super().keyPressEvent(event)

    def _fill(self, view: LaneView) -> None:
        lacks: dict[int, list[Lack]] = defaultdict(list)
        stands: dict[int, list[Standing]] = defaultdict(list)
        for lack in view.lacks:
            lacks[lack.order_id].append(lack)
        for one in view.standing:
            stands[one.order_id].append(one)
        column = self.begin()
        self.boxes = []
        for number, order in enumerate(view.lane.orders):
            lines = [_standing_in_words(one) for one in stands[order.order_id]]
            lines += [words.lack_in_words(lack) for lack in lacks[order.order_id]]
            left = len(lines) - _MOST_LACKS
            shown = lines if left <= 0 else [*lines[:_MOST_LACKS], say("ui.lanes.more_lines", count=left)]
            box = OrderBox(order, shown, view.at, self._zone)
            box.walked.connect(lambda step, number=number: self._walk(number, step))
            box.chosen.connect(self._note_order)
            self.boxes.append(box)
            column.addWidget(box)
        if not self.boxes:
            column.addWidget(Label(say("ui.lanes.no_orders"), 12, wrap=True))
        self.show_page(column)

    def _note_order(self, order_id: int) -> None:
        self._order = order_id

    def _walk(self, number: int, step: int) -> None:
        to = number + step
        if 0 <= to < len(self.boxes):
            self.boxes[to].setFocus()
            self.area.ensureWidgetVisible(self.boxes[to], 0, 8)


def _standing_in_words(one: Standing) -> str:
    tote = say("ui.lanes.in_tote", tote=plain(one.tote, 30)) if one.tote else ""
    lot = say("ui.lanes.of_lot", lot=plain(one.lot, 30)) if one.lot else ""
    words_ = say("ui.lanes.stands", units=one.units, product=plain(one.product, 60))
    return " · ".join(part for part in (words_, lot, tote) if part)
