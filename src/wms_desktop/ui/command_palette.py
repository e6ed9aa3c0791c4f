"""The command palette: a few letters and Enter go to any screen; nothing in it changes data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListView, QVBoxLayout, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say

Command = tuple[str, Callable[[], None]]


class CommandPalette(QDialog):
    """A small list that narrows while one types; not modal, closed by Esc."""

    def __init__(self, parent: QWidget, commands: Sequence[Command]) -> None:
        super().__init__(parent)
        self.setWindowTitle(say("ui.menu.palette"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(520, 360)
        self._commands = tuple(commands)
        self._found: list[Command] = []
        self.entry = QLineEdit()
        self.entry.setFont(theme.font(14))
        self.entry.setMaxLength(60)
        self.entry.setPlaceholderText(say("ui.palette.hint"))
        self.entry.setAccessibleName(say("ui.palette.hint"))
        self.list = QListView()
        self.list.setFont(theme.font(12))
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setAccessibleName(say("ui.menu.palette"))
        self._model = QStringListModel()
        self.list.setModel(self._model)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.entry)
        column.addWidget(self.list, 1)
        self.entry.textChanged.connect(self._narrow)
        self.entry.returnPressed.connect(self._run)
        self.entry.installEventFilter(self)
        self.list.activated.connect(lambda _: self._run())
        self._narrow("")
        self.entry.setFocus()

    def found(self) -> tuple[str, ...]:
        """What is offered now."""
        return tuple(text for text, _ in self._found)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down walk the list while the entry keeps the focus."""
        if watched is self.entry and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step and self._found:
                row = (self.list.currentIndex().row() + step) % len(self._found)
                self.list.setCurrentIndex(self._model.index(row))
                return True
        return super().eventFilter(watched, event)

    def _narrow(self, text: str) -> None:
        words = text.casefold().split()
        self._found = [c for c in self._commands if all(word in c[0].casefold() for word in words)]
        self._model.setStringList([plain(name, 80) for name, _ in self._found])
        self.list.setCurrentIndex(self._model.index(0))

    def _run(self) -> None:
        row = self.list.currentIndex().row()
        if 0 <= row < len(self._found):
            act = self._found[row][1]
            self.close()
            act()
