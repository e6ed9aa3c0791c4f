"""The batches board: a column for each person, a card for each batch; drag a card, or Ctrl+M, to move the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import tzinfo

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from wms_desktop.changes import Changes
from wms_desktop.ui import theme
from wms_desktop.ui.desks.card import MIME, BatchCard
from wms_desktop.ui.rows import BatchRow, OperatorRow
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say

_PICKERS = frozenset({"picker", "supervisor", "admin"})
_NOBODY = 0


class _Lane(QWidget):
    """One person's column; a card dropped here is theirs."""

    dropped = Signal(int, int)

    def __init__(self, operator_id: int, name: str, cards: Sequence[BatchCard]) -> None:
        super().__init__()
        self.operator_id = operator_id
        self._is_over = False
        self.setObjectName(f"lane-{operator_id}")
        self.setAcceptDrops(True)
        self.setMinimumWidth(290)
        left = sum(card.row.picks_total - card.row.picks_done for card in cards)
        self.setAccessibleName(say("ui.batches.column", name=plain(name, 40), count=len(cards), picks=left))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(10)
        column.addWidget(Label(plain(name, 40), 14, bold=True))
        column.addWidget(Label(say("ui.batches.left", picks=left), 12, role="soft"))
        for card in cards:
            column.addWidget(card)
        column.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take batches only."""
        if event.mimeData().hasFormat(MIME):
            self._is_over = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Let the frame go."""
        self._is_over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hand the batch over."""
        self._is_over = False
        self.update()
        text = bytes(event.mimeData().data(MIME).data()).decode("ascii", "replace")
        if text.isascii() and text.isdigit():
            event.acceptProposedAction()
            self.dropped.emit(int(text), self.operator_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the column's ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        painter.setPen(QColor(wears.accent if self._is_over else wears.line))
        painter.setBrush(QColor(wears.raised))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 10, 10)


class BatchesDesk(QWidget):
    """Cards by person; ``wanted()`` asks for fresh rows, ``moved(batch_id, operator_id)`` hands work over (0: nobody).

    ``release_wanted()`` asks for new batches of what can leave, ``list_wanted(batch_id)`` for a batch's paper list.
    Needs :class:`~wms_desktop.ui.rows.BatchRow` and :class:`~wms_desktop.ui.rows.OperatorRow`. The last move can be
    taken back until its batch has one more pick.
    """

    wanted = Signal()
    moved = Signal(int, int)
    release_wanted = Signal()
    list_wanted = Signal(int)
    cares_for = Changes.BATCHES | Changes.PEOPLE

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self.setObjectName("desk-batches")
        self._zone = zone
        self._batches: tuple[BatchRow, ...] = ()
        self._operators: tuple[OperatorRow, ...] = ()
        self._chosen = 0
        self._last: tuple[int, int, int] | None = None
        self._menu: QMenu | None = None
        self.note = Label(say("ui.batches.hint"), 12, role="soft")
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setAccessibleName(say("ui.batches.title"))
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 16)
        column.setSpacing(6)
        self.release = self._button("release", self.release_wanted.emit)
        self.print_list = self._button("print_list", self._want_list)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Label(say("ui.batches.title"), 22, bold=True))
        head.addStretch(1)
        head.addWidget(self.release)
        head.addWidget(self.print_list)
        column.addLayout(head)
        column.addWidget(self.note)
        column.addSpacing(8)
        column.addWidget(self._area, 1)

    def show_rows(self, batches: Sequence[BatchRow], operators: Sequence[OperatorRow]) -> None:
        """Show fresh rows; the keyboard stays on its card."""
        had_focus = isinstance(self.focusWidget(), BatchCard) and self.focusWidget().hasFocus()
        self._batches, self._operators = tuple(batches), tuple(operators)
        board = QWidget()
        row = QHBoxLayout(board)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for operator_id, name in self._people():
            lane = _Lane(operator_id, name, [self._card(b) for b in self._batches if b.picker_id == operator_id])
            lane.dropped.connect(self.move_batch)
            row.addWidget(lane)
        if not self._batches:
            row.addWidget(Label(say("ui.batches.empty"), 13, wrap=True))
        self._area.setWidget(board)
        card = self.findChild(BatchCard, f"batch-{self._chosen}")
        if card is not None and had_focus:
            card.setFocus()

    def move_batch(self, batch_id: int, operator_id: int) -> None:
        """Hand a batch over; to the same person is nothing."""
        batch = self._find(batch_id)
        if batch is None or batch.picker_id == operator_id:
            return
        self._last = (batch_id, batch.picker_id, batch.picks_done)
        self.moved.emit(batch_id, operator_id)

    def undo(self) -> bool:
        """Take the last move back; false when there is none or the worker has scanned since."""
        last, self._last = self._last, None
        batch = self._find(last[0]) if last else None
        if last is None or batch is None or batch.picks_done != last[2]:
            return False
        self.moved.emit(last[0], last[1])
        return True

    def tell(self, sentence: str) -> None:
        """Show how the last move went."""
        self.note.setText(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+M moves the chosen card, Ctrl+Z takes that back, Ctrl+R releases, Ctrl+P prints, arrows walk."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_M:
            self.open_move_menu()
        elif control and event.key() == Qt.Key.Key_Z:
            self.undo()
        elif control and event.key() == Qt.Key.Key_R:
            self.release_wanted.emit()
        elif control and event.key() == Qt.Key.Key_P:
            self._want_list()
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down):
            self.focusNextChild()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def open_move_menu(self) -> QMenu | None:
        """Offer the people who may walk the chosen batch; a number key chooses."""
        batch = self._find(self._chosen)
        if batch is None:
            return None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSection(say("ui.batches.move", number=plain(batch.number, 30)))
        for number, (operator_id, name) in enumerate(self._people()):
            if operator_id != batch.picker_id:
                text = f"&{number}  {plain(name, 40).replace('&', '&&')}"
                menu.addAction(text).triggered.connect(
                    lambda _=False, to=operator_id: self.move_batch(batch.batch_id, to)
                )
        card = self.findChild(BatchCard, f"batch-{self._chosen}")
        menu.popup(card.mapToGlobal(QPoint(20, 60)) if card else self.mapToGlobal(QPoint(40, 80)))
        self._menu = menu
        return menu

    def showEvent(self, event: QShowEvent) -> None:
        """Fresh rows whenever the desk comes up."""
        super().showEvent(event)
        self.wanted.emit()

    def _people(self) -> list[tuple[int, str]]:
        busy = {batch.picker_id for batch in self._batches}
        people = [(o.id, o.name) for o in self._operators if o.role in _PICKERS or o.id in busy]
        return [(_NOBODY, say("ui.batches.nobody")), *people]

    def _card(self, batch: BatchRow) -> BatchCard:
        card = BatchCard(batch, self._zone)
        card.picked_up.connect(self._choose)
        return card

    def _choose(self, batch_id: int) -> None:
        self._chosen = batch_id
        self.print_list.setEnabled(True)

    def _want_list(self) -> None:
        if self._find(self._chosen) is not None:
            self.list_wanted.emit(self._chosen)

    def _button(self, name: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(say(f"ui.batches.{name}"))
        button.setObjectName(f"batches-{name}")
        button.setAccessibleName(say(f"ui.batches.{name}"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setEnabled(name == "release")
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _find(self, batch_id: int) -> BatchRow | None:
        return next((batch for batch in self._batches if batch.batch_id == batch_id), None)
