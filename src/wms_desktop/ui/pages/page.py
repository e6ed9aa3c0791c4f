"""What the pages share: a large title, a line under it, room for content, and a scan field at the foot."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wms_desktop.ui import theme
from wms_desktop.ui.icons import paint_icon
from wms_desktop.ui.scan_field import ScanField
from wms_desktop.ui.widgets import FitText


class ScanPage(QWidget):
    """A page whose keys all go to its scan field; ``body`` is where a page puts what it shows."""

    def __init__(self, name: str, keys: Mapping[int, str], picture: str = "") -> None:
        super().__init__()
        self.setObjectName(f"page-{name}")
        self.title = FitText(34, 16, weight=QFont.Weight.Bold)
        self.sub = FitText(17, 11)
        self.field = ScanField()
        self.field.set_keys(keys)
        self.field.setFont(theme.font(16))
        self.field.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.field.setFixedSize(320, 56)
        self._picture = picture
        self.title.fix_height(64)
        self.sub.fix_height(52)
        self.body = QVBoxLayout()
        self.body.setSpacing(14)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(12)
        self.foot.addWidget(self.field)
        head = QVBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.title)
        head.addWidget(self.sub)
        top = QHBoxLayout()
        top.addSpacing(104 if picture else 0)
        top.addLayout(head)
        column = QVBoxLayout(self)
        column.setContentsMargins(36, 26, 36, 20)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(self.body, 1)
        column.addLayout(self.foot)

    def showEvent(self, event: QShowEvent) -> None:
        """Keys belong to the scan field."""
        super().showEvent(event)
        self.field.take_keys_soon()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the picture beside the title."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wears = theme.current()
        painter.fillRect(self.rect(), QColor(wears.ground))
        if self._picture:
            box = self.title.geometry()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._picture_ground()))
            painter.drawRoundedRect(36, box.top() + 14, 84, 84, 16, 16)
            paint_icon(painter, self._picture, QRectF(52, box.top() + 30, 52, 52), self._picture_ink())

    def _picture_ground(self) -> str:
        return theme.current().accent

    def _picture_ink(self) -> str:
        return theme.current().on_accent
