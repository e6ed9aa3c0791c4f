"""The frame of what stands beside a desk's table: a title, something that scrolls, and a button that closes it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from wms_desktop.ui.desks.charts import draw_frame
from wms_desktop.ui.desks.panel import WIDE
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say


class SidePanel(QWidget):
    """``left()``: Esc, or Close. A panel fills :attr:`column` above the button, and says what Esc means to it."""

    left = Signal()

    def __init__(self, name: str, points: float, *, wide: int = WIDE, spacing: int = 8) -> None:
        super().__init__()
        self.setObjectName(f"{name}-panel")
        self.setFixedWidth(wide)
        self.title = Label("", points, bold=True, wrap=True)
        self.leave = QPushButton(say("ui.act.close"))
        self.leave.setObjectName(f"{name}-leave")
        self.leave.setAccessibleName(self.leave.text())
        self.leave.clicked.connect(lambda _=False: self.close_panel())
        self.column = QVBoxLayout()
        self.column.setSpacing(spacing)
        self.column.addWidget(self.title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 14, 16, 14)
        outer.setSpacing(spacing)
        outer.addLayout(self.column, 1)
        outer.addWidget(self.leave)
        self.hide()

    def close_panel(self) -> None:
        """Away with it."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, Enter presses the button that has the keyboard."""
        button = self.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(button, QPushButton):
            button.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel's ground."""
        draw_frame(self, self.rect())


class ScrollPanel(SidePanel):
    """A side panel whose parts stand below each other and scroll."""

    def __init__(self, name: str, points: float, *, spacing: int = 8) -> None:
        super().__init__(name, points, spacing=spacing)
        self._spacing = spacing
        self._page = QWidget()
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.viewport().setAutoFillBackground(False)
        self.column.addWidget(self.area, 1)

    def begin(self) -> QVBoxLayout:
        """An empty page, to be filled and then given to :meth:`show_page`."""
        self._page = QWidget()
        column = QVBoxLayout(self._page)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(self._spacing)
        return column

    def show_page(self, column: QVBoxLayout) -> None:
        """Show the filled page in place of the one before."""
        column.addStretch(1)
        self.area.setWidget(self._page)
        self._page.setAutoFillBackground(False)
