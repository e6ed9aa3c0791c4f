"""An order's whole story on one page: the answer first, then the lines, the parcels, and what happened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import tzinfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from wms_desktop.ui.desks import story_words as words
from wms_desktop.ui.desks.charts import draw_frame
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.orders import OrderStory, StoryLine

_MOST_LINES = 100
_MOST_EVENTS = 120
_AT_ONCE_S = 0.06
_STEP_S = 0.01


class _Block(QWidget):
    """One line of the order, with a button that asks why."""

    def __init__(self, line: StoryLine) -> None:
        super().__init__()
        self.line_id = line.line_id
        self.why = QPushButton(say("ui.story.why"))
        self.why.setProperty("small", True)
        self.why.setObjectName(f"why-{line.line_id}")
        self.why.setAccessibleName(say("ui.story.why_name", number=line.line_no))
        head = QHBoxLayout()
        head.addWidget(Label(words.line_head(line), 13, bold=True, wrap=True), 1)
        head.addWidget(self.why)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 14, 10)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(Label(words.line_counts(line), 12, wrap=True))
        for text, role in ((words.line_now(line), "ink"), (words.line_promises(line), "soft")):
            if text:
                column.addWidget(Label(text, 11.5, wrap=True, role=role))

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_frame(self, self.rect())


class StoryPage(QScrollArea):
    """``why_wanted(line_id)``: somebody asks why a line stands where it does."""

    why_wanted = Signal(int)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self.setObjectName("story-page")
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._zone = zone
        self._blocks: list[_Block] = []
        self._building: Iterator[None] = iter(())
        self._rest: QWidget | None = None
        self._to = (0, 0)
        self._pause = QTimer(self, interval=0)
        self._pause.timeout.connect(lambda: self._go_on(_STEP_S))
        self.story: OrderStory | None = None
        self.short = Label("", 18, bold=True, wrap=True)

    def show_story(self, story: OrderStory) -> None:
        """Show an order; the same one read anew stays where it was scrolled to. A very long one goes on building in the
        pauses between two keys.
        """
        is_same = self.story is not None and self.story.order_id == story.order_id
        self._to = (self.verticalScrollBar().value(), self._line_with_keyboard()) if is_same else (0, 0)
        self.story = story
        self._blocks = []
        self._rest = None
        self._pause.stop()
        page = QWidget()
        self._whole = _column(page, 12)
        self._part = self._whole
        self._building = self._build(story)
        self._go_on(_AT_ONCE_S)
        if not self.is_whole():  # built apart and put in at once: each widget added would lay the whole page out anew
            self._rest = QWidget(page)
            self._rest.hide()
            self._part = _column(self._rest, 0)
        self._whole.addStretch(1)
        self.setWidget(page)
        page.setAutoFillBackground(False)
        self._find_place()

    def is_whole(self) -> bool:
        """Whether everything of the order is on the page by now."""
        return not self._pause.isActive()

    def line_in_focus(self) -> int:
        """The line whose button has the keyboard, else the first; 0: there is none."""
        return self._line_with_keyboard() or (self._blocks[0].line_id if self._blocks else 0)

    def _line_with_keyboard(self) -> int:
        return next((block.line_id for block in self._blocks if block.why.hasFocus()), 0)

    def _go_on(self, seconds: float) -> None:
        """Build on for so long; what is left waits for the next pause."""
        until = time.monotonic() + seconds
        for _ in self._building:
            if time.monotonic() > until:
                self._pause.start()
                return
        self._pause.stop()
        if self._rest is not None:
            self._whole.insertWidget(self._whole.count() - 1, self._rest)
            self._rest.show()
            self._rest = None
        self._find_place()

    def _find_place(self) -> None:
        """Go back to where the page stood, once it is long enough for that."""
        scrolled, line_id = self._to
        self.verticalScrollBar().setValue(scrolled)
        block = next((block for block in self._blocks if block.line_id == line_id), None)
        if block is not None:
            block.why.setFocus()

    def _build(self, story: OrderStory) -> Iterator[None]:
        """The page's parts, from the top down, a step each."""
        self.short = Label(say_message(story.short), 18, bold=True, wrap=True, role="accent")
        self._part.addWidget(Label(words.head(story), 15, bold=True, wrap=True))
        self._part.addWidget(self.short)
        self._part.addWidget(Label(words.facts(story, self._zone), 11.5, wrap=True))
        self._part.addWidget(Label(words.address(story), 11.5, wrap=True, role="soft"))
        for line in story.lines[:_MOST_LINES]:
            block = _Block(line)
            block.why.clicked.connect(lambda _=False, block=block: self.why_wanted.emit(block.line_id))
            self._part.addWidget(block)
            self._blocks.append(block)
            yield
        if len(story.lines) > _MOST_LINES:
            more = len(story.lines) - _MOST_LINES
            self._part.addWidget(Label(say("ui.story.more_lines", count=more), 11.5, wrap=True, role="soft"))
        self._part.addWidget(Label(say("ui.story.parcels"), 13, bold=True))
        for one in story.parcels:
            self._part.addWidget(Label(words.parcel(one, self._zone), 11.5, wrap=True))
            yield
        if not story.parcels:
            self._part.addWidget(Label(say("ui.story.no_parcels"), 11.5, role="soft"))
        self._part.addWidget(Label(say("ui.story.events"), 13, bold=True))
        grid = QGridLayout()
        self._part.addLayout(grid)
        yield from self._build_events(story, grid)

    def _build_events(self, story: OrderStory, grid: QGridLayout) -> Iterator[None]:
        """The newest events last, as they happened; the earliest of a very long story are counted."""
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(2, 1)
        hidden = len(story.events) - _MOST_EVENTS
        if hidden > 0:
            grid.addWidget(Label(say("ui.story.more_events", count=hidden), 11, role="soft"), 0, 0, 1, 3)
        for row, event in enumerate(story.events[-_MOST_EVENTS:], start=1):
            when, who, what = words.event(event, self._zone)
            grid.addWidget(Label(when, 11, role="soft"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(who, 11, role="soft"), row, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(what, 11.5, wrap=True), row, 2)
            yield
        if not story.events:
            grid.addWidget(Label(say("ui.story.no_events"), 11, role="soft"), 1, 0, 1, 3)


def _column(widget: QWidget, right: int) -> QVBoxLayout:
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, right, 0)
    column.setSpacing(10)
    return column
