"""A file while it is read: how far, how long still, and the way out."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say

_SURE_S = 1.0
"""Before this no remaining time is told: it would jump."""
_STEPS = 1000


class ProgressPage(QWidget):
    """``cancelled()``: the person wants it no more; nothing of the file stays."""

    cancelled = Signal()

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.setObjectName("imports-progress")
        self.foot = QWidget()
        self._clock = clock
        self._began = 0.0
        self.title = Label("", 22, bold=True)
        self.told = Label("", 14)
        self.rows = Label("", 14)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(22)
        self.bar.setRange(0, 0)
        self.cancel = QPushButton(say("ui.imports.cancel"))
        self.cancel.setObjectName("cancel-import")
        self.cancel.setFont(theme.font(13))
        self.cancel.clicked.connect(self.cancelled)
        column = QVBoxLayout(self)
        column.setContentsMargins(60, 0, 60, 0)
        column.setSpacing(16)
        column.addStretch(2)
        column.addWidget(self.title)
        column.addWidget(self.bar)
        column.addWidget(self.told)
        column.addWidget(self.rows)
        column.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(3)

    def begin(self, file_name: str) -> None:
        """Another file begins."""
        self._began = self._clock()
        self.title.setText(say("ui.imports.reading_file", file=plain(file_name, 80)))
        self.told.setText(say("ui.imports.begins"))
        self.rows.setText("")
        self.bar.setRange(0, 0)
        self.bar.setAccessibleName(self.title.text())

    def show_progress(self, done: int, total: int, rows: int) -> None:
        """So much of the way is done, and so many rows are read."""
        self.rows.setText(say("ui.imports.rows_read", rows=f"{rows:,}") if rows else "")
        if total <= 0:
            return
        share = min(1.0, done / total)
        self.bar.setRange(0, _STEPS)
        self.bar.setValue(int(share * _STEPS))
        spent = self._clock() - self._began
        percent = f"{share:.0%}"
        if spent < _SURE_S or not done:
            self.told.setText(say("ui.imports.percent", percent=percent))
            return
        left = spent * (total - done) / done if done < total else 0.0
        self.told.setText(say("ui.imports.percent_left", percent=percent, left=duration(left)))


def duration(seconds: float) -> str:
    """A remaining time in words: seconds up to a minute, then minutes."""
    if seconds < 90:
        return say("ui.imports.seconds", seconds=max(1, round(seconds)))
    return say("ui.imports.minutes", minutes=round(seconds / 60))
