"""F9: why this line stands where it stands, and who holds what it wants; each order that is named can be opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from wms_desktop.prompts import Message
from wms_desktop.ui.desks.side_panel import ScrollPanel
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message


class WhyPanel(ScrollPanel):
    """Sentences below each other; ``opened(order_id)`` jumps to an order that one of them names, ``left()``: Esc."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__("why", 15, spacing=10)
        self.sentences: tuple[str, ...] = ()
        self.jumps: tuple[QPushButton, ...] = ()

    def show_why(self, title: str, messages: Sequence[Message], orders: Mapping[str, int]) -> None:
        """Show the reasons; ``orders`` are the ids of the open orders by number."""
        self.title.setText(title)
        self.sentences = tuple(say_message(message) for message in messages) or (say("ui.why.nothing"),)
        column = self.begin()
        jumps: list[QPushButton] = []
        for number, sentence in enumerate(self.sentences):
            column.addWidget(Label(sentence, 12, wrap=True))
            named = _orders_in(messages[number], orders) if messages else {}
            for text, order_id in named.items():
                jumps.append(self._jump(text, order_id))
                column.addWidget(jumps[-1], 0, Qt.AlignmentFlag.AlignLeft)
        self.jumps = tuple(jumps)
        self.show_page(column)
        self.show()
        (self.jumps[0] if self.jumps else self.leave).setFocus()

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
