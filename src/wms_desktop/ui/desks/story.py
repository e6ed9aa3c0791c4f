"""The order desk: scan or type anything, and read an order's whole story for the customer's question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from wms_desktop.changes import Changes
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui.desks import story_words as words
from wms_desktop.ui.desks.acting import ActingDesk
from wms_desktop.ui.desks.key_bar import DeskKey, KeyBar
from wms_desktop.ui.desks.rehearsal import OpenList
from wms_desktop.ui.desks.story_page import StoryPage
from wms_desktop.ui.desks.why_panel import WhyPanel
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say
from wms_desktop.views.orders import Found, OrderStory

_LONGEST = 120
_RESULTS_WIDE = 300


class StoryDesk(ActingDesk):
    """Asks ``find``, ``story`` and ``why``; acts ``print_story``. A scan anywhere on this desk is looked up.

    Another desk opens it with ``order`` (an id) or ``text`` (to be looked up).
    """

    cares_for = Changes.ORDERS | Changes.STOCK | Changes.LANES | Changes.SHIPMENTS | Changes.INBOUND | Changes.BATCHES
    takes_codes = True

    def __init__(self, settings: Settings, zone: tzinfo) -> None:
        super().__init__("story", settings)
        self._zone = zone
        self._order = 0
        self._sought = ""
        self._found: list[int] = []
        self.lookup = QLineEdit()
        self.lookup.setObjectName("story-lookup")
        self.lookup.setPlaceholderText(say("ui.story.field"))
        self.lookup.setAccessibleName(say("ui.story.field"))
        self.lookup.setMaxLength(_LONGEST)
        self.lookup.setClearButtonEnabled(True)
        self.lookup.returnPressed.connect(lambda: self.look_up(self.lookup.text()))
        self.results = OpenList(say("ui.story.results"))
        self.results.setFixedWidth(_RESULTS_WIDE)
        self.results.hide()
        self.results.opened.connect(self._open_result)
        self.page = StoryPage(zone)
        self.page.why_wanted.connect(self.ask_why)
        self.page.hide()
        self.why = WhyPanel()
        self.why.setParent(self)
        self.why.left.connect(self.page.setFocus)
        self.why.opened.connect(self.open_order)
        self.hint = Label(say("ui.story.hint"), 14, wrap=True, role="soft")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        key = Qt.Key
        self.keys = KeyBar(
            "story",
            (
                DeskKey(key.Key_F3, "F3", "find", self.take_keyboard),
                DeskKey(key.Key_F2, "F2", "copy", self.copy_text),
                DeskKey(key.Key_F5, "F5", "print", self.print_story),
                DeskKey(key.Key_F6, "F6", "rows", self.show_in_backlog),
                DeskKey(key.Key_F9, "F9", "why", lambda: self.ask_why(self.page.line_in_focus())),
            ),
        )
        self._lay_out()

    def refresh(self) -> None:
        """Read the order in sight anew."""
        if self._order:
            self._ask_story()

    def open_with(self, args: Mapping[str, Any]) -> None:
        """An order by its id, or something to be looked up."""
        if "order" in args:
            self.open_order(args["order"])
        elif "text" in args:
            self.look_up(args["text"])

    def take_code(self, text: str) -> None:
        """A scan on this desk is looked up."""
        self.lookup.setText(plain(text, _LONGEST))
        self.look_up(text)

    def take_keyboard(self) -> None:
        """The field gets the keys, its text ready to be typed over."""
        self.lookup.setFocus()
        self.lookup.selectAll()

    def look_up(self, text: str) -> None:
        """Find what a text may mean, and the orders that have to do with it."""
        text = text.strip()
        if not text:
            return
        self._sought = text
        self.tell(say("ui.story.looking", text=plain(text, 60)))
        self.ask("find", {"text": text}, lambda found: self._show_found(text, found))

    def open_order(self, order_id: int) -> None:
        """Show an order."""
        if order_id != self._order:
            self.why.hide()
        self._order = order_id
        if self.isVisible():  # else it is asked for when the desk comes up
            self._ask_story()

    def show_story(self, story: OrderStory | None) -> None:
        """Show an order's story; an answer about an order that is not wanted any more is dropped."""
        if story is None:
            self.tell(say("ui.story.gone"), Outcome.LOOK_HERE)
        elif story.order_id == self._order:
            self.page.show_story(story)
            self.page.show()
            self.hint.hide()

    def copy_text(self) -> None:
        """F2: the page as text on the clipboard."""
        if (story := self._story()) is not None:
            QGuiApplication.clipboard().setText(words.in_text(story, self._zone))
            self.tell(say("ui.story.copied", order=plain(story.number, 40)), Outcome.STEP_DONE)

    def print_story(self) -> None:
        """F5: the page on the office printer."""
        if (story := self._story()) is not None:
            self.carry_out(("print_story", {"order": story.order_id}))

    def show_in_backlog(self) -> None:
        """F6: the order in the work list."""
        if (story := self._story()) is not None:
            self.go("backlog", order=story.order_id)

    def ask_why(self, line_id: int) -> None:
        """F9: why a line stands where it does."""
        story = self._story()
        line = next((each for each in story.lines if each.line_id == line_id), None) if story else None
        if story is None or line is None:
            return
        title = say("ui.why.title", order=plain(story.number, 40), sku=plain(line.sku, 40))

        def show(messages: Sequence[Message]) -> None:
            self.why.show_why(title, messages, {})

        self.ask("why", {"line": line_id}, show)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the bar; Esc closes the reasons, else goes back to the field."""
        if event.key() == Qt.Key.Key_Escape:
            if self.why.isVisible():
                self.why.close_panel()
            else:
                self.take_keyboard()
        elif event.key() == Qt.Key.Key_Down and self.lookup.hasFocus() and self.results.isVisible():
            self.results.setFocus()
        elif not self.keys.press(event.key()):
            super().keyPressEvent(event)

    def _ask_story(self) -> None:
        self.ask("story", {"order": self._order}, self.show_story)

    def _show_found(self, text: str, found: Sequence[Found]) -> None:
        """One order is shown at once; several are offered, the most urgent first."""
        if text != self._sought:
            return
        self._found, lines = [], []
        for each in found:
            self._found.append(each.orders[0][0] if each.orders else 0)
            lines.append(words.found_line(each))
            for order in each.orders:
                self._found.append(order[0])
                lines.append(words.order_line(order))
        orders = {order[0] for each in found for order in each.orders}
        self.results.show_lines(lines)
        self.results.setVisible(len(orders) > 1)
        if len(orders) == 1:
            self.tell("")
            self.open_order(orders.pop())
        elif orders:
            self.tell("")
            self.results.choose(next(row for row, order in enumerate(self._found) if order))
            self.results.setFocus()
        elif found:
            self.tell(say("ui.story.no_orders", what=words.found_line(found[0])), Outcome.LOOK_HERE)
        else:
            self.tell(say("ui.story.nothing", text=plain(text, 60)), Outcome.NOT_UNDERSTOOD)
            self.take_keyboard()

    def _open_result(self, row: int) -> None:
        if row < len(self._found) and self._found[row]:
            self.open_order(self._found[row])

    def _story(self) -> OrderStory | None:
        """The story in sight; where there is none it is said."""
        if self.page.story is None:
            self.tell(say("ui.story.choose"), Outcome.LOOK_HERE)
        return self.page.story

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(Label(say("ui.story.title"), 22, bold=True))
        head.addWidget(self.lookup, 1)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.results)
        middle.addWidget(self.hint, 1)
        middle.addWidget(self.page, 1)
        middle.addWidget(self.why)
        middle.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 10)
        column.setSpacing(10)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(self.keys)
        column.addWidget(self.band)
