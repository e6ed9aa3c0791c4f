"""F9: why this line stands where it stands, and who holds what it wants; each order that is named can be opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from wms_desktop.prompts import Message
from wms_desktop.ui.desks.charts import draw_frame
from wms_desktop.ui.desks.panel import WIDE
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message


class WhyPanel(QWidget):
    """Sentences below each other; ``opened(order_id)`` jumps to an order that one of them names, ``left()``: Esc."""

    opened = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("why-panel")
        self.setFixedWidth(WIDE)
        self.title = Label("", 15, bold=True, wrap=True)
        self.sentences: tuple[str, ...] = ()
        self.jumps: tuple[QPushButton, ...] = ()
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.viewport().setAutoFillBackground(False)
        self.leave = QPushButton(say("ui.act.close"))
        self.leave.setObjectName("why-leave")
        self.leave.setAccessibleName(self.leave.text())
        self.leave.clicked.connect(lambda _=False: self.close_panel())
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self._area, 1)
        column.addWidget(self.leave)
        self.hide()

    def show_why(self, title: str, messages: Sequence[Message], orders: Mapping[str, int]) -> None:
        """Show the reasons; ``orders`` are the ids of the open orders by number."""
        self.title.setText(title)
        self.sentences = tuple(say_message(message) for message in messages) or (say("ui.why.nothing"),)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(10)
        jumps: list[QPushButton] = []
        for number, sentence in enumerate(self.sentences):
            column.addWidget(Label(sentence, 12, wrap=True))
            named = _orders_in(messages[number], orders) if messages else {}
            for text, order_id in named.items():
                jumps.append(self._jump(text, order_id))
                column.addWidget(jumps[-1], 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.jumps = tuple(jumps)
        self._area.setWidget(page)
        page.setAutoFillBackground(False)
        self.show()
        (self.jumps[0] if self.jumps else self.leave).setFocus()

    def close_panel(self) -> None:
        """Esc."""
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves, Enter jumps."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            button = self.focusWidget()
            if isinstance(button, QPushButton):
                button.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel's ground."""
        draw_frame(self, self.rect())

    def _jump(self, number: str, order_id: int) -> QPushButton:
        button = QPushButton(say("ui.why.jump", order=plain(number, 40)))
        button.setObjectName(f"jump-{order_id}")
        button.setAccessibleName(button.text())
        button.clicked.connect(lambda _=False: self.opened.emit(order_id))
        return button


def _orders_in(message: Message, orders: Mapping[str, int]) -> dict[str, int]:
    """The open orders that a sentence names, by number; a list of numbers is taken apart."""
    found: dict[str, int] = {}
    for value in message.args.values():
        for part in (value, *str(value).replace(";", ",").split(",")) if isinstance(value, str) else ():
            if part.strip() in orders:
                found[part.strip()] = orders[part.strip()]
    return found
