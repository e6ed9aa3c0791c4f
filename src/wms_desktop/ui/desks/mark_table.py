"""A desk table in which several rows are marked with Space, and whose letters are the desk's keys."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent

from wms_desktop.ui.tables import RowsModel, Table

_WALKS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class MarkTable(Table):
    """Space marks and goes on, the arrows then leave the marks alone; Shift and the arrows mark a stretch.

    Letters and figures go to the desk: a list does not jump about when somebody presses a key of the desk.
    """

    def __init__(self, model: RowsModel, name: str) -> None:
        super().__init__(model, name)
        self._is_marking = False
        model.modelReset.connect(self._stop_marking)

    def count_chosen(self) -> int:
        """How many rows are chosen; quick for all of 20,000."""
        ranges = self.selectionModel().selection().toList()
        return sum(each.bottom() - each.top() + 1 for each in ranges if each.left() == 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Marks and walks; letters are left to the desk."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        step = _WALKS.get(Qt.Key(event.key()), 0)
        if plain and event.key() == Qt.Key.Key_Space:
            self._mark()
        elif plain and step and self._is_marking:
            self._walk(step)
        elif plain and event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self._is_marking = False
            super().keyPressEvent(event)

    def _mark(self) -> None:
        """Turn the mark of the row over, and go to the next."""
        index = self.currentIndex()
        if not index.isValid():
            return
        flags = QItemSelectionModel.SelectionFlag
        if self._is_marking:
            self.selectionModel().select(index, flags.Toggle | flags.Rows)
        else:  # the row that is chosen already becomes the first mark
            self.selectionModel().select(index, flags.ClearAndSelect | flags.Rows)
        self._is_marking = True
        self._walk(1)

    def _walk(self, step: int) -> None:
        at = self.currentIndex()
        to = self.model().index(min(max(0, at.row() + step), self.model().rowCount() - 1), at.column())
        self.selectionModel().setCurrentIndex(to, QItemSelectionModel.SelectionFlag.NoUpdate)
        self.scrollTo(to)

    def _stop_marking(self) -> None:
        self._is_marking = self.count_chosen() > 1
