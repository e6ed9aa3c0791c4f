"""The band under the work: how the last scan went, by colour, shape and word, with the sentence."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.widgets import FitText
from wms_desktop.ui.wording import say


class OutcomeBand(QWidget):
    """One line of outcome; keeps its height, whatever is said in it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("outcome-band")
        self.outcome: Outcome | None = None
        self._picture = "scanner"
        self.word = FitText(26, 12, weight=QFont.Weight.Bold)
        self.sentence = FitText(22, 11, weight=QFont.Weight.Medium)
        for child in (self.word, self.sentence):
            child.setParent(self)

    def show_outcome(self, outcome: Outcome, sentence: str) -> None:
        """Show one of the six outcomes."""
        self.outcome = outcome
        ink = theme.current().bands[outcome].ink
        self.word.set_text(say(f"ui.outcome.{outcome.value}"), ink)
        self.sentence.set_text(sentence, ink)
        self.setAccessibleName(f"{self.word.text()}: {self.sentence.text()}")
        self.update()

    def show_resting(self, sentence: str, state: str = "ready") -> None:
        """Show that nothing has happened yet (``ready``), or that the station is ``locked``."""
        self.outcome = None
        self._picture = "key-lock" if state == "locked" else "scanner"
        self.word.set_text(say(f"ui.outcome.{state}"))
        self.sentence.set_text(sentence)
        self.setAccessibleName(self.sentence.text())
        self.update()

    def set_scale(self, scale: float) -> None:
        """Larger letters on a larger screen."""
        self.word.set_sizes(26 * scale, 12)
        self.sentence.set_sizes(22 * scale, 11)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place icon, word and sentence side by side."""
        high = self.height()
        word = round(self.width() * 0.17)
        self.word.setGeometry(high + 4, 8, word, high - 16)
        left = high + word + 28
        self.sentence.setGeometry(left, 8, self.width() - left - 20, high - 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the coloured ground and the shape."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        band = wears.bands[self.outcome] if self.outcome else None
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(QColor(band.edge if band else wears.line), 3))
        painter.setBrush(QColor(band.fill if band else wears.surface))
        painter.drawRoundedRect(box, 10, 10)
        side = self.height() * 0.62
        place = QRectF((self.height() - side) / 2 + 4, (self.height() - side) / 2, side, side)
        name = f"outcome-{self.outcome.value}" if self.outcome else self._picture
        paint_icon(painter, name, place, band.ink if band else wears.soft)
        painter.setPen(QPen(QColor(band.ink if band else wears.line), 1))
        painter.setOpacity(0.5)
        line = self.height() + round(self.width() * 0.17) + 16
        painter.drawLine(line, 18, line, self.height() - 18)
