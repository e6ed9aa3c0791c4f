"""The line of words under the window that says what is being shown, while somebody watches a shift."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QSizePolicy, QToolBar

from wms_desktop.shift.player import Pace
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.widgets import FitText

# Together they make a cut of about three minutes: routine scans fast, telling moments and captions readable.
WATCHED = Pace(act_ms=8, moment_ms=1_000, caption_ms=3_000)
_HEIGHT = 76
_LETTERS = 20


class CaptionBar:
    """A bar at the foot of the window; it takes no keys and hides nothing."""

    def __init__(self, window: MainWindow) -> None:
        bar = QToolBar(window)
        bar.setObjectName("caption-bar")
        bar.setMovable(False)
        bar.setFloatable(False)
        bar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words = FitText(_LETTERS, 12, weight=QFont.Weight.Medium)
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._words.fix_height(_HEIGHT)
        bar.addWidget(self._words)
        window.addToolBar(Qt.ToolBarArea.BottomToolBarArea, bar)

    def show_caption(self, text: str) -> None:
        """Says it until the next one."""
        self._words.set_text(text)
