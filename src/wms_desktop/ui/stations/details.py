"""The rows under the instruction: lines of a verdict, items of a carton, receipts to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.widgets import largest_fitting, plain
from wms_desktop.ui.wording import say

_WRAP = int(Qt.TextFlag.TextWordWrap)
_MOST = 8


class DetailRows(QWidget):
    """Up to eight rows of plain text, all of one size; where a number chooses, each shows its own and can be touched.

    ``chosen(row)`` counts from 1.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("detail-rows")
        self._rows: list[str] = []
        self._numbered = False
        self._scale = 1.0
        self._columns = 0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_rows(self, rows: Sequence[str], *, columns: int = 0) -> None:
        """Show the rows, side by side where ``columns`` is given; what does not fit is counted in the last one.

        Rows that say their own number first ("2   broken") get it as a chip and can be touched instead of typed.
        """
        self._columns = columns
        shown = [plain(row, 200) for row in rows[:_MOST]]
        numbers = [f"{n}  " for n in range(1, len(shown) + 1)]
        self._numbered = bool(shown) and all(row.startswith(n) for row, n in zip(shown, numbers, strict=True))
        if self._numbered:
            shown = [row.removeprefix(n).strip() for row, n in zip(shown, numbers, strict=True)]
        if len(rows) > _MOST:
            shown[-1] = say("ui.more_rows", count=len(rows) - _MOST + 1)
        self._rows = shown
        self.setAccessibleName("\n".join(self._rows))
        self.update()

    def rows(self) -> tuple[str, ...]:
        """What is shown."""
        return tuple(self._rows)

    def count(self) -> int:
        """How many rows are shown."""
        return len(self._rows)

    def set_scale(self, scale: float) -> None:
        """Larger letters on a larger screen."""
        self._scale = scale

    def boxes(self) -> list[QRectF]:
        """Where the rows stand: one column up to four, then two; beside each other under a verdict."""
        columns = min(self._columns, len(self._rows)) or (1 if len(self._rows) <= 4 else 2)
        lines = max(1, -(-len(self._rows) // columns))
        gap = 8.0
        high = min((self.height() - gap * (lines - 1)) / lines, (84.0 if self._columns else 62.0) * self._scale)
        wide = (self.width() - gap * (columns - 1)) / columns
        return [
            QRectF((i // lines) * (wide + gap), (i % lines) * (high + gap), wide, high) for i in range(len(self._rows))
        ]

    def text_pixels(self) -> int:
        """The one letter size at which every row is whole."""
        boxes = self.boxes()
        if not boxes:
            return 0
        room = self._room(boxes[0]).size().toSize()
        font = theme.font(22, QFont.Weight.Medium)
        sizes = (theme.pixels(self, 22 * self._scale), theme.pixels(self, 8))
        fits = [largest_fitting(row, font, QSize(room.width(), room.height()), sizes, _WRAP) for row in self._rows]
        return min(fits) or sizes[1]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows as one calm list."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        font = theme.font(22, QFont.Weight.Medium)
        font.setPixelSize(max(9, self.text_pixels()))
        for number, (box, row) in enumerate(zip(self.boxes(), self._rows, strict=True), start=1):
            painter.setPen(QColor(wears.line))
            painter.setBrush(QColor(wears.surface))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
            room = self._room(box)
            if self._numbered:
                chip = QRectF(box.left() + 8, box.center().y() - 17, 34, 34)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(wears.accent))
                painter.drawRoundedRect(chip, 6, 6)
                painter.setPen(QColor(wears.on_accent))
                painter.setFont(theme.font(14, QFont.Weight.Bold))
                painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), str(number))
            painter.setPen(QColor(wears.ink))
            painter.setFont(font)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter) | _WRAP, row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A touched row is chosen."""
        if not self._numbered:
            return
        for number, box in enumerate(self.boxes(), start=1):
            if box.contains(event.position()):
                self.chosen.emit(number)

    def _room(self, box: QRectF) -> QRectF:
        return box.adjusted(54 if self._numbered else 16, 3, -12, -3)
