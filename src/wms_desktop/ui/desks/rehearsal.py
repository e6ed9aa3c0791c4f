"""What a change would do, before it is done: who gains, who loses, which orders become or cease to be complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from wms_desktop.ui import theme
from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.rehearsal import Changed, Rehearsal

_NOWHERE = QModelIndex()
_NAMED = 6
"""So many order numbers are named; more are counted."""
_MARGINS, _AROUND = 36, 14
"""What an item keeps free beside its words, and above and below them, in pixels."""


class _Lines(QAbstractListModel):
    """Lines whose text is made when it is first seen."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: Sequence[Callable[[], str]] = ()
        self._made: dict[int, str] = {}

    def replace(self, texts: Sequence[Callable[[], str]]) -> None:
        self.beginResetModel()
        self.texts, self._made = texts, {}
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.texts)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        return self.text_at(index.row()) if index.isValid() and role == Qt.ItemDataRole.DisplayRole else None

    def text_at(self, row: int) -> str:
        if row not in self._made:
            self._made[row] = plain(self.texts[row]())
        return self._made[row]


class _Wrapping(QStyledItemDelegate):
    """Makes a line as high as it is once wrapped within its item's margins, which Qt leaves out of its reckoning."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as all of its words ask for."""
        hint = super().sizeHint(option, index)
        metrics = QFontMetrics(self._view.font())
        room = QRect(0, 0, max(1, self._view.viewport().width() - _MARGINS), 10_000)
        wrapped = metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), str(index.data()))
        return QSize(hint.width(), max(hint.height(), wrapped.height() + _AROUND))


class OpenList(QListView):
    """A plain list whose lines open on Enter or a double click: ``opened(number of the line)``."""

    opened = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._lines = _Lines()
        self.setModel(self._lines)
        self.setAccessibleName(name)
        self.setFont(theme.font(11))
        self.setWordWrap(True)
        self.setItemDelegate(_Wrapping(self))
        self.setResizeMode(QListView.ResizeMode.Adjust)  # beside a scroll bar lines are narrower, and wrap once more
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))

    def show_lines(self, lines: Sequence[str | Callable[[], str]], *, uniform: bool = False) -> None:
        """Show plain text, a line each; a text that is a call is made when it is seen (``uniform``: all of one height,
        which keeps thousands quick).
        """
        self.setUniformItemSizes(uniform)
        self._lines.replace([partial(str, line) if isinstance(line, str) else line for line in lines])

    def lines(self) -> list[str]:
        """The texts shown."""
        return [self._lines.text_at(row) for row in range(self._lines.rowCount())]

    def choose(self, number: int) -> None:
        """Put the keyboard's mark on a line."""
        self.setCurrentIndex(self._lines.index(number))

    def chosen(self) -> int:
        """The line that the keyboard is on, -1 for none."""
        index: QModelIndex = self.currentIndex()
        return index.row() if index.isValid() else -1

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens; letters are left to the desk, not used to search the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.chosen() >= 0:
                self.opened.emit(self.chosen())
        elif event.text().isalnum() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)


class RehearsalList(QWidget):
    """The difference that a change would make; ``opened(order_id)`` when one of its lines is opened."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rehearsal")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._changed: tuple[Changed, ...] = ()
        self.question = Label("", 12, bold=True, wrap=True)
        self.counts = Label("", 12, wrap=True)
        self._heads = 0
        self.list = OpenList(say("ui.rehearsal.list"))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMinimumHeight(96)
        self.list.opened.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for part in (self.question, self.counts):
            column.addWidget(part)
        column.addWidget(self.list, 1)

    def show_rehearsal(self, rehearsal: Rehearsal) -> None:
        """Show the lines that lose first: they are what a person must answer for."""
        self._changed = tuple(sorted(rehearsal.changed, key=lambda changed: changed.is_better))
        better = sum(changed.is_better for changed in self._changed)
        worse = len(self._changed) - better
        self.question.setText(say_message(rehearsal.question))
        self.counts.setText(
            say("ui.rehearsal.counts", better=better, worse=worse) if self._changed else say("ui.rehearsal.same")
        )
        done = [
            say(code, count=len(numbers), orders=_named(numbers))
            for code, numbers in (
                ("ui.rehearsal.completed", rehearsal.completed),
                ("ui.rehearsal.broken", rehearsal.broken),
            )
            if numbers
        ]
        self._heads = len(done)
        self.list.setVisible(bool(self._changed or done))
        self.list.show_lines(
            [*done, *(partial(_line, changed) for changed in self._changed)], uniform=len(self._changed) > 500
        )

    def _open(self, row: int) -> None:
        if row >= self._heads:
            self.opened.emit(self._changed[row - self._heads].order_id)


def _named(numbers: Sequence[str]) -> str:
    """The first order numbers, and how many more there are."""
    named = ", ".join(plain(number, 40) for number in numbers[:_NAMED])
    return named if len(numbers) <= _NAMED else say("ui.and_more", named=named, count=len(numbers) - _NAMED)


def _line(changed: Changed) -> str:
    """Two short lines about one order line: who, and what becomes of it."""
    who = say(
        "ui.rehearsal.better" if changed.is_better else "ui.rehearsal.worse",
        order=plain(changed.order_number, 40), customer=plain(changed.customer, 24),
    )  # fmt: skip
    parts = []
    if changed.reserved_was != changed.reserved_now:
        parts.append(say("ui.rehearsal.units", was=changed.reserved_was, now=changed.reserved_now))
    if changed.eta_was != changed.eta_now:
        parts.append(say("ui.rehearsal.eta", was=_eta(changed.eta_was), now=_eta(changed.eta_now)))
    return f"{who}\n{plain(changed.sku, 40)}: {', '.join(parts)}"


def _eta(day: date | None) -> str:
    return day_in_words(day) or say("ui.no_day")
