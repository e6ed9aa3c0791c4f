"""What the keys do at this station; closes itself at the next scan or key."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.keys import BAR, key_text
from wms_desktop.ui.widgets import largest_fitting
from wms_desktop.ui.wording import say

_WRAP = int(Qt.TextFlag.TextWordWrap)


class HelpPage(QWidget):
    """One line a key: cap, icon, word, what it does; two columns."""

    def __init__(self, workflow: str) -> None:
        super().__init__()
        self.setObjectName("help")
        names = [*(name for name in BAR[workflow] if name != "help"), "back"]
        self._lines = [(n, key_text(workflow, n), say(f"ui.key.{n}"), say(f"ui.help.{n}")) for n in names]
        self.setAccessibleName("\n".join(f"{key} {word}: {text}" for _, key, word, text in self._lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        painter.setPen(QColor(wears.ink))
        painter.setFont(theme.font(24, QFont.Weight.Bold))
        painter.drawText(QRectF(4, 0, self.width(), 44), int(Qt.AlignmentFlag.AlignVCenter), say("ui.help.title"))
        painter.setFont(theme.font(13))
        painter.setPen(QColor(wears.soft))
        painter.drawText(QRectF(4, 44, self.width(), 28), int(Qt.AlignmentFlag.AlignVCenter), say("ui.help.scan"))
        lines = -(-len(self._lines) // 2)
        high = min(78.0, (self.height() - 84) / lines)
        wide = self.width() / 2 - 10
        for number, line in enumerate(self._lines):
            column, row = divmod(number, lines)
            self._draw_line(painter, QRectF(column * (wide + 20), 84 + row * high, wide, high - 6), line)

    def _draw_line(self, painter: QPainter, box: QRectF, line: tuple[str, str, str, str]) -> None:
        wears = theme.current()
        name, key, word, text = line
        painter.setPen(QColor(wears.line))
        painter.setBrush(QColor(wears.surface))
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(QColor(wears.accent))
        painter.setFont(theme.font(14, QFont.Weight.Bold))
        painter.drawText(QRectF(box.left() + 12, box.top(), 46, box.height()), int(Qt.AlignmentFlag.AlignVCenter), key)
        icon = QRectF(box.left() + 60, box.center().y() - 13, 26, 26)
        paint_icon(painter, f"key-{name}", icon, wears.ink)
        painter.setPen(QColor(wears.ink))
        for left, wide, shown, weight in (
            (100.0, 112.0, word, QFont.Weight.Bold),
            (218.0, box.width() - 228, text, QFont.Weight.Normal),
        ):
            room = QRectF(box.left() + left, box.top() + 2, wide, box.height() - 4)
            font = theme.font(14, weight)
            size = largest_fitting(shown, font, room.size().toSize(), (theme.pixels(self, 14), 9), _WRAP)
            font.setPixelSize(size or 9)
            painter.setFont(font)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter) | _WRAP, shown)
