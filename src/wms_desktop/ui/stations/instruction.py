"""The one instruction: what to do in letters for two metres, or a verdict in letters for five."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.widgets import FitText

_VERDICT = Outcome.ACCEPTED


def split_headline(headline: str, big: str) -> tuple[str, str]:
    """The words before the big word, and the big word; a headline that ends with it is not said twice."""
    if not big:
        return "", headline
    bare = headline.rstrip(" .!")
    if bare.endswith(big):
        return bare[: -len(big)].rstrip(" :,-–—"), big
    return ("", headline) if big in headline else (headline, big)


class Instruction(QWidget):
    """Three parts, top to bottom: a line that leads in, the large words, a second line.

    The large words are 48 to 72 pt; a verdict turns the whole place into one coloured panel with up to 118 pt.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("instruction")
        self.is_verdict = False
        self.lead = FitText(30, 16, weight=QFont.Weight.Medium)
        self.main = FitText(72, 24, weight=QFont.Weight.Bold)
        self.sub = FitText(30, 14)
        for part in (self.lead, self.main, self.sub):
            part.setParent(self)
        self._scale = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_words(self, headline: str, sub: str, big: str, *, is_verdict: bool) -> None:
        """Show an instruction, or a verdict where the big word alone must be read from five metres."""
        self.is_verdict = is_verdict
        lead, main = split_headline(headline, big)
        ink = theme.current().bands[_VERDICT].ink if is_verdict else ""
        self.lead.set_text(lead, ink or theme.current().soft)
        self.main.set_text(main, ink)
        self.sub.set_text(sub, ink)
        self.setAccessibleName(" ".join(part for part in (lead, main, sub) if part))
        self._place()
        self.update()

    def set_scale(self, scale: float) -> None:
        """Larger letters on a larger screen."""
        self._scale = scale
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the parts anew."""
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the verdict's panel."""
        if not self.is_verdict:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().bands[_VERDICT].fill))
        painter.drawRoundedRect(QRectF(self.rect()), 14, 14)

    def _place(self) -> None:
        scale = self._scale
        wide, high = self.width(), self.height()
        pad = 28 if self.is_verdict else 2
        self.main.set_sizes((118 if self.is_verdict else 72) * scale, 24)
        self.lead.set_sizes(30 * scale, 14)
        self.sub.set_sizes(30 * scale, 14)
        lead = round(min((48 if self.is_verdict else 54) * scale, high * 0.2)) if self.lead.text() else 0
        below = 0.36 if not self.lead.text() else 0.26
        sub = round(min((56 if self.is_verdict else 104) * scale, high * below)) if self.sub.text() else 0
        tallest = high if self.is_verdict else (190 if self.lead.text() else 230) * scale
        main = round(max(0, min(tallest, high - lead - sub - 14)))
        top = round((high - lead - main - sub) / 2) if self.is_verdict else round(4 * scale)
        self.lead.setGeometry(pad, top, wide - 2 * pad, lead)
        self.main.setGeometry(pad, top + lead, wide - 2 * pad, main)
        self.sub.setGeometry(pad, top + lead + main + 4, wide - 2 * pad, sub)
