"""Files dropped anywhere on the window: seen at the window itself, before any field could take the path for a text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QColor, QDropEvent, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.wording import say

_DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class _Veil(QWidget):
    """Lies over the window while a file is held above it, and takes no key and no click."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words over the dimmed window."""
        painter = QPainter(self)
        wears = theme.current()
        ground = QColor(wears.strip)
        ground.setAlpha(215)
        painter.fillRect(self.rect(), ground)
        painter.setPen(QColor(wears.on_strip))
        painter.setFont(theme.font(28, QFont.Weight.Bold))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), say("ui.drop.take"))


class FileDrops(QObject):
    """``take(files)`` gets the paths of what was dropped; ``tell(sentence)`` what could not be taken.

    Drops that are no files (a card of the batches board) are left to the widgets.
    """

    def __init__(self, window: QMainWindow, take: Callable[[list[str]], None], tell: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window = window
        self._take = take
        self._tell = tell
        self._veil = _Veil(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the window come up, then the drags over it."""
        kind = event.type()
        if watched is self._window:
            if kind == QEvent.Type.Show and (handle := self._window.windowHandle()) is not None:
                handle.installEventFilter(self)
            return False
        if kind == QEvent.Type.DragLeave and self._veil.isVisible():
            self._veil.hide()
        elif kind in (*_DRAGS, QEvent.Type.Drop) and isinstance(event, QDropEvent) and event.mimeData().hasUrls():
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            self._show_veil(kind in _DRAGS)
            if kind == QEvent.Type.Drop:
                self._drop(event.mimeData())
            return True
        return False

    def _show_veil(self, is_over: bool) -> None:
        self._veil.setGeometry(self._window.rect())
        self._veil.setVisible(is_over)
        self._veil.raise_()

    def _drop(self, data: QMimeData) -> None:
        paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        files = [path for path in paths if Path(path).is_file()]
        if files:
            self._take(files)
        elif paths:
            self._tell(say("ui.drop.folder", file=Path(paths[0]).name))
        else:
            self._tell(say("ui.drop.elsewhere"))
