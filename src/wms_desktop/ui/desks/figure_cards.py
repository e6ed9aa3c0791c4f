"""The cockpit's parts: headline figures, cards with a title and an export, and columns that fill the window."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.desks.charts import Mark, draw_frame
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.widgets import Label, plain, set_tip
from wms_desktop.ui.wording import say

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_SMALLEST = 9.0


class Tile(Mark):
    """One headline figure: what it is, how much, and a word more; pressed, it opens its rows."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"figure-{name}")
        self._title = title
        self._lines: tuple[str, ...] = ("",)
        self._more = ""
        self.setFixedHeight(92)
        self.setMinimumWidth(120)

    def show_figure(self, lines: Sequence[str], more: str = "") -> None:
        """Show a figure (two lines where there are two currencies) and a word more."""
        self._lines, self._more = tuple(lines[:2]) or ("",), more
        words = ", ".join(part for part in (*lines, more) if part)
        self.setAccessibleName(f"{self._title}: {words}")
        set_tip(self, words)
        self.update()

    def words(self) -> tuple[str, ...]:
        """What stands on the tile."""
        return (self._title, *self._lines, self._more)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw title, figure and the word more."""
        draw_frame(self, self.rect())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_ground(painter)
        wears = theme.current()
        wide = self.width() - 24.0
        _fit(painter, QRectF(12, 7, wide, 22), self._title, (11, wears.soft, QFont.Weight.Medium))
        large = 20.0 if len(self._lines) == 1 else 12.5
        high = (34.0 if self._more else 50.0) / len(self._lines)
        for number, line in enumerate(self._lines):
            _fit(painter, QRectF(12, 29 + number * high, wide, high), line, (large, wears.ink, QFont.Weight.Bold))
        _fit(painter, QRectF(12, 65, wide, 20), self._more, (10, wears.soft, QFont.Weight.Normal))


class Sentence(Mark):
    """A sentence that wants to be read (an alert, the hands needed), with the shape of its outcome before it."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self._outcome = outcome
        self.setFixedHeight(36)

    def show_sentence(self, sentence: str) -> None:
        """Say it."""
        self.setText(plain(sentence))
        self.setAccessibleName(f"{say(f'ui.outcome.{self._outcome.value}')}: {plain(sentence)}")
        set_tip(self, sentence)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the shape and the sentence."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band = theme.current().bands[self._outcome]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(band.fill))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 1, 0, -1), 6, 6)
        paint_icon(painter, f"outcome-{self._outcome.value}", QRectF(10, 8, 20, 20), band.ink)
        room = QRectF(40, 0, self.width() - 52, self.height())
        _fit(painter, room, self.text(), (12, band.ink, QFont.Weight.Medium))
        if self.hasFocus():
            painter.setPen(QColor(band.ink))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 4, -3, -4), 4, 4)


class Card(QWidget):
    """A framed part of the cockpit; ``export_wanted()``: its rows are wanted as a file."""

    export_wanted = Signal()

    def __init__(self, name: str, title: str, *parts: QWidget, has_export: bool = True) -> None:
        super().__init__()
        self.setObjectName(f"card-{name}")
        self.setAccessibleName(title)
        self.title = Label(title, 13, bold=True)
        self.export = QPushButton(say("ui.figures.export"))
        self.export.setObjectName(f"export-{name}")
        self.export.setAccessibleName(say("ui.figures.export_name", what=title))
        self.export.setFont(theme.font(10))
        self.export.setProperty("small", True)
        self.export.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.export.setVisible(False)
        self.export.clicked.connect(lambda _=False: self.export_wanted.emit())
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.export)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(14, 8, 14, 12)
        self.column.setSpacing(6)
        self.column.addLayout(head)
        for part in parts:
            self.column.addWidget(part)
        self.export.setVisible(has_export)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card's ground."""
        draw_frame(self, self.rect())


class Columns(QWidget):
    """Cards in as many columns as there is room for, each card under the shortest column; their order stays theirs."""

    def __init__(self, cards: Sequence[QWidget], least: int) -> None:
        super().__init__()
        self._cards = tuple(cards)
        self._least = least
        self._count = 0
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(14)
        for card in self._cards:
            card.setParent(self)
        self.arrange(3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, more columns."""
        super().resizeEvent(event)
        self.arrange(min(len(self._cards), max(1, (self.width() + 14) // (self._least + 14))))

    def arrange(self, count: int, *, anew: bool = False) -> None:
        """Put the cards into so many columns (``anew``: their heights have changed)."""
        if count == self._count and not anew:
            return
        self._count = count or 1
        while (item := self._row.takeAt(0)) is not None:
            layout = item.layout()
            while layout is not None and layout.takeAt(0) is not None:
                pass
        columns = [QVBoxLayout() for _ in range(self._count)]
        heights = [0] * self._count
        for column in columns:
            column.setSpacing(14)
            self._row.addLayout(column, 1)
        for card in self._cards:
            if card.isHidden():
                continue
            place = heights.index(min(heights))
            columns[place].addWidget(card)
            heights[place] += card.sizeHint().height() + 14
        for column in columns:
            column.addStretch(1)

    def rearrange(self) -> None:
        """The cards' heights have changed."""
        self.arrange(self._count, anew=True)


def _fit(painter: QPainter, room: QRectF, text: str, look: tuple[float, str, QFont.Weight]) -> None:
    """Draw text on one line, smaller where it is long, cut with dots only where it is very long."""
    points, ink, weight = look
    font = theme.font(points, weight)
    while points > _SMALLEST and QFontMetricsF(font).horizontalAdvance(text) > room.width():
        points -= 0.5
        font = theme.font(points, weight)
    painter.setFont(font)
    painter.setPen(QColor(ink))
    cut = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, _LEFT, cut)
