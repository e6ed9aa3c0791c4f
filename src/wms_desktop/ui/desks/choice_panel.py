"""The late line that is looked at: what is known of it, and each choice as a large button with what it means."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.desks.backlog_columns import cause_in_words
from wms_desktop.ui.desks.charts import Mark, draw_frame
from wms_desktop.ui.desks.decision_acts import consequence
from wms_desktop.ui.desks.panel import WIDE
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.promises import DecisionRow

KEYS = {"wait": "W", "substitute": "S", "part_ship": "P", "cancel": "C"}
_WRAP = int(Qt.TextFlag.TextWordWrap)


class ChoiceButton(Mark):
    """A choice: its key, its word, and in a sentence what it means."""

    def __init__(self, choice: str) -> None:
        super().__init__()
        self.choice = choice
        self._means = ""
        self.setObjectName(f"choice-{choice}")
        self.setText(say(f"ui.decide.{choice}"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_meaning(self, means: str) -> None:
        """Say what it means for this line."""
        self._means = means
        self.setAccessibleName(f"{self.text()} ({KEYS.get(self.choice, '')}): {means}")
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        """High enough for its sentence."""
        box = QFontMetrics(theme.font(11)).boundingRect(QRect(0, 0, max(40, width - 70), 10_000), _WRAP, self._means)
        return 42 + box.height()

    def sizeHint(self) -> QSize:
        """As high as its sentence asks for."""
        return QSize(240, self.heightForWidth(max(240, self.width())))

    def minimumSizeHint(self) -> QSize:
        """No smaller."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key cap, the word and the sentence."""
        wears = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(wears.accent if self.underMouse() or self.isDown() else wears.line))
        painter.setBrush(QColor(wears.raised))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        self.draw_ground(painter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(wears.accent))
        painter.drawRoundedRect(QRectF(12, 10, 32, 26), 5, 5)
        painter.setPen(QColor(wears.on_accent))
        painter.setFont(theme.font(12, QFont.Weight.Bold))
        painter.drawText(QRectF(12, 10, 32, 26), int(Qt.AlignmentFlag.AlignCenter), KEYS.get(self.choice, ""))
        painter.setPen(QColor(wears.ink))
        painter.setFont(theme.font(13, QFont.Weight.Bold))
        painter.drawText(QRectF(54, 6, self.width() - 66, 26), int(Qt.AlignmentFlag.AlignVCenter), self.text())
        painter.setFont(theme.font(11))
        painter.drawText(QRectF(54, 32, self.width() - 68, self.height() - 36), _WRAP, self._means)


class ChoicePanel(QWidget):
    """``chosen(choice)``: a button was pressed. The house's own proposal stands first."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("choice-panel")
        self.setFixedWidth(WIDE)
        self.title = Label("", 15, bold=True, wrap=True)
        self.facts = Label("", 11, wrap=True)
        self.why = Label("", 11, wrap=True)
        self.buttons = {choice: ChoiceButton(choice) for choice in KEYS}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 14, 16, 14)
        self._column.setSpacing(9)
        for part in (self.title, self.facts, self.why):
            self._column.addWidget(part)
        for button in self.buttons.values():
            button.clicked.connect(lambda _=False, button=button: self.chosen.emit(button.choice))
            button.walked.connect(lambda step, button=button: self._walk(button, step))
            self._column.addWidget(button)
        self._column.addStretch(1)

    def offered(self) -> list[str]:
        """The choices there are, the proposed one first."""
        places = {self._column.indexOf(button): choice for choice, button in self.buttons.items()}
        return [places[place] for place in sorted(places) if not self.buttons[places[place]].isHidden()]

    def show_row(self, row: DecisionRow) -> None:
        """Show a line and its choices."""
        self.title.setText(say("ui.decide.line", order=plain(row.order_number, 40), customer=plain(row.customer, 60)))
        self.facts.setText(
            say(
                "ui.decide.facts", units=row.units, product=plain(row.product, 80), sku=plain(row.sku, 40),
                value=f"{row.value:,.2f} {row.currency}", first=day_in_words(row.first_promise),
                promise=day_in_words(row.promise), eta=day_in_words(row.eta) or say("ui.no_day"), slips=row.slips,
                why=cause_in_words(row.cause) or say("ui.cause.none"),
            )
        )  # fmt: skip
        self.why.setText(say_message(row.why))
        for button in self.buttons.values():
            button.setVisible(button.choice in row.choices)
        for place, choice in enumerate(row.choices):
            if choice in self.buttons:
                self._column.removeWidget(self.buttons[choice])
                self._column.insertWidget(3 + place, self.buttons[choice])
                self.buttons[choice].show_meaning(consequence(row, choice))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel's ground."""
        draw_frame(self, self.rect())

    def _walk(self, button: ChoiceButton, step: int) -> None:
        offered = self.offered()
        self.buttons[offered[(offered.index(button.choice) + step) % len(offered)]].setFocus()
