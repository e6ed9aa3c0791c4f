"""The band at a desk's foot: how the last act went, by colour, shape and word, and the key that takes it back."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say

_HIGH = 48


class _Stamp(QWidget):
    """The coloured stamp before the sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.outcome: Outcome | None = None
        self.setFixedHeight(_HIGH - 12)
        self.hide()

    def show_outcome(self, outcome: Outcome) -> None:
        """Wear one outcome, as wide as its word."""
        self.outcome = outcome
        word = QFontMetricsF(theme.font(12, QFont.Weight.Bold)).horizontalAdvance(self._word())
        self.setFixedWidth(round(word) + 54)
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape and the word."""
        if self.outcome is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band = theme.current().bands[self.outcome]
        painter.setPen(QColor(band.edge))
        painter.setBrush(QColor(band.fill))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        side = self.height() - 16.0
        paint_icon(painter, f"outcome-{self.outcome.value}", QRectF(10, 8, side, side), band.ink)
        painter.setPen(QColor(band.ink))
        painter.setFont(theme.font(12, QFont.Weight.Bold))
        place = QRectF(18 + side, 0, self.width() - side - 18, self.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self._word())

    def _word(self) -> str:
        return say(f"ui.outcome.{self.outcome.value}") if self.outcome else ""


class ResultBand(QWidget):
    """A stamp, the desk's sentence, and *Undo* where the last act can be taken back; away while nothing is said.

    ``undo_wanted()``: the button was pressed.
    """

    undo_wanted = Signal()

    def __init__(self, note: Label) -> None:
        super().__init__()
        self.setObjectName("result-band")
        self.setFixedHeight(_HIGH)
        self.note = note
        self.note.setWordWrap(True)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._stamp = _Stamp()
        self.undo = QPushButton(say("ui.act.undo"))
        self.undo.setObjectName("act-undo")
        self.undo.setAccessibleName(say("ui.act.undo"))
        self.undo.clicked.connect(lambda _=False: self.undo_wanted.emit())
        self.undo.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._stamp)
        row.addWidget(self.note, 1)
        row.addWidget(self.undo)
        self.hide()

    @property
    def outcome(self) -> Outcome | None:
        """The outcome on the stamp; None: a sentence alone."""
        return self._stamp.outcome if not self._stamp.isHidden() else None

    def show_sentence(self, sentence: str, outcome: Outcome | None) -> None:
        """Show a sentence, with its stamp where something was done or refused."""
        self.note.setText(sentence)
        self.setVisible(bool(sentence))
        if outcome is None:
            self._stamp.hide()
        else:
            self._stamp.show_outcome(outcome)
        word = say(f"ui.outcome.{outcome.value}") + ": " if outcome else ""
        self.setAccessibleName(f"{word}{sentence}")

    def offer_undo(self, offered: bool) -> None:
        """Show or hide the button that takes the last act back."""
        self.setVisible(offered or bool(self.note.text()))
        self.undo.setVisible(offered)
