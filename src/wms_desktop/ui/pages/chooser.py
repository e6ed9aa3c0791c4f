"""Choosing a station: one large card each, by thumb, by number, or by its code on the desk sheet."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QSizePolicy

from wms_desktop.ui import theme
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.keys import desk_sheet_key, function_keys
from wms_desktop.ui.pages.page import ScanPage
from wms_desktop.ui.widgets import largest_fitting
from wms_desktop.ui.wording import say

_ROOMY = 170
"""Pixels of height below which a card draws its parts together."""
_WRAP = int(Qt.TextFlag.TextWordWrap)


class PlaceCard(QAbstractButton):
    """A station or desk: its number, icon, word and what it is for."""

    def __init__(self, place: str, number: int, icon: str) -> None:
        super().__init__()
        self.place = place
        self.number = number
        self._icon = icon
        self.setText(say(f"ui.place.{place}"))
        self.setObjectName(f"place-{place}")
        self.setAccessibleName(f"{number} {self.text()}")
        self.setAccessibleDescription(say(f"ui.about.{place}"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """A card that a glove cannot miss."""
        return QSize(320, theme.touch_pixels(theme.MAIN_TOUCH_MM, self.screen()) * 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        lit = self.isDown() or self.underMouse()
        painter.setPen(QPen(QColor(wears.accent if lit else wears.line), 3 if lit else 1))
        painter.setBrush(QColor(wears.surface))
        painter.drawRoundedRect(box, 12, 12)
        chip = QRectF(box.right() - 46, box.top() + 14, 32, 32)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(wears.accent))
        painter.drawRoundedRect(chip, 7, 7)
        painter.setPen(QColor(wears.on_accent))
        painter.setFont(theme.font(14, QFont.Weight.Bold))
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), str(self.number))
        scale = max(0.85, min(1.7, box.height() / 200))
        side = min(72.0 * scale, box.height() * (0.3 if box.height() >= _ROOMY else 0.24))
        gap = 14.0 * scale if box.height() >= _ROOMY else 4.0
        top = box.top() + (20 if box.height() >= _ROOMY else 14)
        paint_icon(painter, self._icon, QRectF(box.left() + 22, top, side, side), wears.accent)
        words = QRectF(box.left() + 22, top + side + gap, box.width() - 40, 44 * scale)
        self._write(painter, words, self.text(), (26.0 * scale, QFont.Weight.Bold), wears.ink)
        below = QRectF(words.left(), words.bottom(), words.width(), max(20.0, box.bottom() - words.bottom() - 10))
        look = (15.0 * max(0.9, scale), QFont.Weight.Normal)
        self._write(painter, below, self.accessibleDescription(), look, wears.soft)

    def _write(self, painter: QPainter, room: QRectF, text: str, look: tuple[float, QFont.Weight], ink: str) -> None:
        font = theme.font(*look)
        sizes = (theme.pixels(self, look[0]), theme.pixels(self, 8))
        font.setPixelSize(largest_fitting(text, font, room.size().toSize(), sizes, _WRAP) or sizes[1])
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | _WRAP, text)


class ChooserPage(ScanPage):
    """``chosen(place)`` names a workflow or a desk; ``locked()`` is F12; other codes go on by ``scanned``."""

    chosen = Signal(str)
    locked = Signal()
    scanned = Signal(str)

    def __init__(self) -> None:
        super().__init__("chooser", function_keys("sign_on"), "app")
        self._cards: list[PlaceCard] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(16)
        self.body.addLayout(self._grid, 1)
        self.sub.set_text(say("ui.chooser.sub"))
        self.field.submitted.connect(self.take)
        self.field.pressed.connect(self._press)
        self.foot.addStretch(1)

    def show_places(self, name: str, places: Sequence[tuple[str, str]]) -> None:
        """Offer ``places`` (name, icon) to the person called ``name``."""
        self.title.set_text(say("ui.chooser.title", name=name))
        for card in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._cards = []
        across = 3 if len(places) <= 6 else 4 if len(places) <= 12 else 5
        for number, (place, icon) in enumerate(places, start=1):
            card = PlaceCard(place, number, icon)
            card.clicked.connect(lambda _=False, chosen=place: self.chosen.emit(chosen))
            self._grid.addWidget(card, (number - 1) // across, (number - 1) % across)
            self._cards.append(card)

    def places(self) -> tuple[str, ...]:
        """What is offered, in order."""
        return tuple(card.place for card in self._cards)

    def take(self, text: str) -> None:
        """A number, or a place's code from the desk sheet; anything else is handed on."""
        name = desk_sheet_key(text)
        if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= len(self._cards):
            self.chosen.emit(self._cards[int(text[:4]) - 1].place)
        elif name in self.places():
            self.chosen.emit(name)
        elif name == "lock":
            self.locked.emit()
        else:
            self.scanned.emit(text)

    def _press(self, name: str, _digits: str) -> None:
        if name == "lock":
            self.locked.emit()

    def _picture_ground(self) -> str:
        return theme.current().ground
