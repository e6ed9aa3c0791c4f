"""Plain-text building blocks: text from outside is capped, made visible, and never read as markup."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from wms_desktop.ui import theme
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.wording import say

TEXT_LIMIT = 500
_HARD_FLOOR_PX = 9
_WRAP = int(Qt.TextFlag.TextWordWrap)
_BREAK = int(Qt.TextFlag.TextWrapAnywhere)


def plain(text: str, limit: int = TEXT_LIMIT) -> str:
    """Foreign text made harmless: at most ``limit`` characters, control and bidi characters shown as ``<1D>``."""
    capped = text if len(text) <= limit else text[: limit - 1] + "…"
    if capped.isprintable():
        return capped  # nearly always, and twenty times as fast as looking at each letter
    return "".join(c if c.isprintable() or c == "\n" else f"<{ord(c):02X}>" for c in capped)


def plain_tip(text: str) -> str:
    """A tool tip that Qt shows letter by letter, whatever it looks like."""
    return f"<p style='white-space:pre-wrap'>{html.escape(plain(text))}</p>" if text else ""


def set_tip(widget: QWidget, text: str) -> None:
    """Give the widget a plain tool tip and the same words for a screen reader."""
    widget.setToolTip(plain_tip(text))
    widget.setAccessibleDescription(plain(text))


class Label(QLabel):
    """A line or paragraph of plain text, at most 500 characters."""

    def __init__(
        self,
        text: str = "",
        points: float = theme.DESK_POINTS,
        *,
        bold: bool = False,
        wrap: bool = False,
        role: str = "ink",
    ) -> None:
        super().__init__()
        self._role = role
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setFont(theme.font(points, QFont.Weight.Bold if bold else QFont.Weight.Normal))
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show the text as plain text."""
        super().setText(plain(text))

    def set_role(self, role: str) -> None:
        """Take another of the theme's inks from now on ("ink", "soft", "alarm")."""
        if role != self._role:
            self._role = role
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Take the ink from the theme of the moment, so that a switch of themes needs no visit to each label."""
        palette = self.palette()
        ink = QColor(getattr(theme.current(), self._role))
        if palette.color(self.foregroundRole()) != ink:
            palette.setColor(self.foregroundRole(), ink)
            self.setPalette(palette)
        super().paintEvent(event)


class FitText(QWidget):
    """Text as large as its place allows between two sizes; it shrinks rather than being cut, and never moves others."""

    def __init__(
        self,
        largest: float,
        smallest: float,
        *,
        weight: QFont.Weight = QFont.Weight.Normal,
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
    ) -> None:
        super().__init__()
        self._text = ""
        self._sizes = (largest, smallest)
        self._weight = weight
        self._align = align
        self._ink = ""
        self._fitted: tuple[tuple[object, ...], tuple[str, QFont, int]] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def text(self) -> str:
        """What is shown."""
        return self._text

    def set_text(self, text: str, ink: str = "") -> None:
        """Show plain text, in a colour of its own where ``ink`` is given."""
        self._text, self._ink = plain(text), ink
        self.setAccessibleName(self._text)
        self.update()

    def set_sizes(self, largest: float, smallest: float) -> None:
        """Change the largest and the smallest size, in points."""
        if (largest, smallest) != self._sizes:
            self._sizes = (largest, smallest)
            self.update()

    def fix_height(self, pixels: int) -> None:
        """Take exactly so much height (a policy of Ignored would let neighbours overlap it)."""
        self.setFixedHeight(pixels)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def is_whole(self) -> bool:
        """Whether every word fits at a size that is still readable (the smallest one, or larger)."""
        text, font, _ = self._fitting()
        return text == self._text and font.pixelSize() >= theme.pixels(self, self._sizes[1])

    def shown_pixels(self) -> int:
        """The height of the letters chosen, in pixels."""
        return self._fitting()[1].pixelSize()

    def minimumSizeHint(self) -> QSize:
        """None: the layout decides, the text follows."""
        return QSize(0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text at the fitting size."""
        if not self._text:
            return
        text, font, flags = self._fitting()
        painter = QPainter(self)
        painter.setFont(font)
        painter.setPen(QColor(self._ink or theme.current().ink))
        painter.drawText(self.rect(), int(self._align.value) | flags, text)

    def _fitting(self) -> tuple[str, QFont, int]:
        asked = (self._text, self.width(), self.height(), self._sizes, self.logicalDpiY())
        if self._fitted is None or self._fitted[0] != asked:
            self._fitted = (asked, self._fit())
        return self._fitted[1]

    def _fit(self) -> tuple[str, QFont, int]:
        largest, smallest = (theme.pixels(self, points) for points in self._sizes)
        font = theme.font(self._sizes[0], self._weight)
        room = self.size()
        for flags, floor in ((_WRAP, smallest), (_WRAP | _BREAK, _HARD_FLOOR_PX)):
            size = largest_fitting(self._text, font, room, (largest, floor), flags)
            if size:
                font.setPixelSize(size)
                return self._text, font, flags
        font.setPixelSize(_HARD_FLOOR_PX)
        text = self._text
        while len(text) > 1 and not _fits(text + "…", font, room, _WRAP | _BREAK):
            text = text[: len(text) * 9 // 10]
        return text + "…", font, _WRAP | _BREAK


def largest_fitting(text: str, font: QFont, room: QSize, sizes: tuple[int, int], flags: int) -> int:
    """The largest pixel size between ``sizes`` (largest, smallest) at which the text fits the room; 0: none does."""
    return _largest(text, font.weight(), (room.width(), room.height()), sizes, flags)


@lru_cache(maxsize=4_096)
def _largest(
    text: str, weight: QFont.Weight, room: tuple[int, int], sizes: tuple[int, int], flags: int
) -> int:  # remembered, for the same words are drawn at every scan
    high, low = sizes
    trial = theme.font(12, weight)
    place = QSize(*room)
    best = 0
    while low <= high:
        middle = (low + high) // 2
        trial.setPixelSize(middle)
        if _fits(text, trial, place, flags):
            best, low = middle, middle + 1
        else:
            high = middle - 1
    return best


def _fits(text: str, font: QFont, room: QSize, flags: int) -> bool:
    needed = QFontMetrics(font).boundingRect(QRect(0, 0, room.width(), 100_000), flags, text)
    return needed.width() <= room.width() and needed.height() <= room.height()


class FloorButton(QAbstractButton):
    """A key of the floor screen: its function key, one icon, one word; pressed by thumb, never holding the focus."""

    def __init__(self, name: str, key_text: str, word: str) -> None:
        super().__init__()
        self.name = name
        self.key_text = key_text
        self._awake = True
        self.setText(word)
        self.setObjectName(f"key-{name}")
        self.setAccessibleName(f"{word} ({key_text})" if key_text else word)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def is_awake(self) -> bool:
        """Whether the key does something now."""
        return self._awake

    def set_awake(self, awake: bool) -> None:
        """Light the key up, or let it rest; a resting key keeps its place, so that the bar never jumps."""
        if awake != self._awake:
            self._awake = awake
            self.setEnabled(awake)
            self.update()

    def sizeHint(self) -> QSize:
        """Large enough for a glove."""
        side = theme.touch_pixels(theme.OTHER_TOUCH_MM, self.screen())
        return QSize(side * 2, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the key cap."""
        wears = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        down = self.isDown()
        if self._awake:
            painter.setPen(QColor(wears.accent if down or self.underMouse() else wears.line))
            painter.setBrush(QColor(wears.accent if down else wears.surface))
            painter.drawRoundedRect(box, 8, 8)
        ink = wears.on_accent if down else (wears.ink if self._awake else wears.soft)
        self._draw_face(painter, box, ink, wears.on_accent if down else wears.accent)

    def _draw_face(self, painter: QPainter, box: QRectF, ink: str, accent: str) -> None:
        side = min(24.0, box.height() * 0.42) if self._awake else 0.0
        gap = 6.0 if self._awake else 0.0
        left = box.center().x() - side / 2
        if self.key_text:
            painter.setFont(theme.font(9.5, QFont.Weight.Bold if self._awake else QFont.Weight.Normal))
            painter.setPen(QColor(accent if self._awake else ink))
            wide = QFontMetrics(painter.font()).horizontalAdvance(self.key_text)
            left = box.center().x() - (side + gap + wide) / 2
            place = QRectF(left + side + gap, box.top() + box.height() * 0.1, wide + 4, 26)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), self.key_text)
        if self._awake:
            icon = QRectF(left, box.top() + box.height() * 0.12, side, side)
            paint_icon(painter, f"key-{self.name}", icon, ink)
        room = QRectF(box.left() + 4, box.top() + box.height() * 0.52, box.width() - 8, box.height() * 0.44)
        font = theme.font(12, QFont.Weight.Medium if self._awake else QFont.Weight.Normal)
        sizes = (theme.pixels(self, 12), _HARD_FLOOR_PX)
        size = largest_fitting(self.text(), font, room.size().toSize(), sizes, _WRAP)
        font.setPixelSize(size or _HARD_FLOOR_PX)
        painter.setFont(font)
        painter.setPen(QColor(ink))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter.value) | _WRAP, self.text())


@dataclass(frozen=True, slots=True)
class Choice:
    """One button of a :class:`Notice`: a name for the program, a word for the person."""

    name: str
    word: str


class Notice(QDialog):
    """Says something in plain text beside the work; never modal, so that no scan is swallowed.

    ``chosen`` gives the name of the button pressed ("" when the window was closed).
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None, title: str, text: str, choices: Sequence[Choice] = ()) -> None:
        super().__init__(parent)
        self.setWindowTitle(plain(title, 120))
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        column.addWidget(Label(title, 16, bold=True, wrap=True))
        column.addWidget(Label(text, 11, wrap=True))
        self._column = column
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        for choice in choices or (Choice("close", say("ui.close")),):
            self._add_choice(choice)
        column.addLayout(self._row)

    def add_report(self, text: str) -> None:
        """Show a long plain text that can be read in full and copied."""
        box = QPlainTextEdit()
        box.setPlainText(plain(text, 200_000))
        box.setReadOnly(True)
        box.setAccessibleName(say("ui.report"))
        box.setMinimumSize(680, 260)
        self._column.insertWidget(2, box, 1)
        copy = QPushButton(say("ui.copy_report"))
        copy.setObjectName("copy-report")
        copy.setAutoDefault(False)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        self._row.insertWidget(0, copy)

    def _add_choice(self, choice: Choice) -> None:
        button = QPushButton(plain(choice.word, 60))
        button.setObjectName(f"choice-{choice.name}")
        button.setAccessibleName(button.text())
        button.clicked.connect(lambda: self._choose(choice.name))
        self._row.addWidget(button)

    def _choose(self, name: str) -> None:
        self.chosen.emit(name)
        self.close()
