"""The screen after a bug or a full disk: says that the scans are saved, counts them, and waits for YES."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPushButton

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.keys import desk_sheet_key, function_keys
from wms_desktop.ui.operations import Failure
from wms_desktop.ui.pages.page import ScanPage
from wms_desktop.ui.widgets import Choice, FitText, Notice
from wms_desktop.ui.wording import say, say_message


class HaltPage(ScanPage):
    """``retried()`` asks to go on; ``scanned(text)`` is a scan that will be kept, not carried out."""

    retried = Signal()
    scanned = Signal(str)

    def __init__(self) -> None:
        super().__init__("halt", function_keys("sign_on"), "outcome-stop")
        self._report = ""
        self._kept = 0
        self.title.set_text(say("ui.halt.title"))
        self.words = FitText(26, 12, align=Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.count = FitText(24, 12, weight=QFont.Weight.Bold)
        self.count.fix_height(60)
        self.body.addWidget(self.words, 1)
        self.body.addWidget(self.count)
        retry = QPushButton(say("ui.halt.retry"))
        report = QPushButton(say("ui.halt.report"))
        for button, act in ((retry, self.retried.emit), (report, self.show_report)):
            button.setFont(theme.font(14))
            button.setMinimumHeight(56)
            button.setAccessibleName(button.text())
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(act)
            self.foot.addWidget(button)
        self.foot.addStretch(1)
        self.field.submitted.connect(self.take)
        self.field.pressed.connect(lambda name, _: self.retried.emit() if name == "yes" else None)

    def show_failure(self, failure: Failure) -> None:
        """Say what happened."""
        self._report = failure.report
        self.words.set_text(say_message(failure.message))

    def add_kept(self, count: int) -> None:
        """One more scan is saved and not carried out."""
        self._kept += count
        self.count.set_text(say("ui.halt.kept", count=self._kept))

    def clear(self) -> None:
        """Begin to count anew."""
        self._kept = 0
        self.count.set_text("")

    def take(self, text: str) -> None:
        """YES goes on; every other scan is kept."""
        if desk_sheet_key(text) == "yes":
            self.retried.emit()
        else:
            self.scanned.emit(text)

    def show_report(self) -> None:
        """The whole report, to read and copy."""
        notice = Notice(self, say("ui.report"), say("ui.error.text"), (Choice("close", say("ui.close")),))
        notice.add_report(self._report)
        notice.show()

    def _picture_ground(self) -> str:
        return theme.current().bands[Outcome.STOP].fill

    def _picture_ink(self) -> str:
        return theme.current().bands[Outcome.STOP].ink
