"""What the lane board shows: the cards, the lane that is open, the lists of work beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from wms_desktop.changes import Changes
from wms_desktop.prompts import Outcome
from wms_desktop.ui.days import instant_in_words
from wms_desktop.ui.desks import lanes_words as words
from wms_desktop.ui.desks.acting import ActingDesk
from wms_desktop.ui.desks.key_bar import KeyBar
from wms_desktop.ui.desks.lanes_grid import LaneGrid
from wms_desktop.ui.desks.lanes_panel import LanePanel
from wms_desktop.ui.desks.lanes_side import WIDTHS, SideLists, reason_in_words
from wms_desktop.ui.desks.panel import Proposal
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say
from wms_desktop.views import lanes as views
from wms_desktop.views.lanes import Lane, LaneBoard, LaneView, WalkBackRow

_READ_AGAIN_MS = 30_000
"""Minutes until cut-offs go on although nothing changes."""


class LanePages(ActingDesk):
    """Asks ``lanes``, ``lane``, ``walk_backs``, ``refills`` and ``looks``.

    :class:`~wms_desktop.ui.desks.lanes.LanesDesk` does the acts.
    """

    cares_for = Changes.LANES | Changes.STOCK | Changes.ORDERS | Changes.INBOUND | Changes.SHIPMENTS | Changes.BATCHES

    def __init__(
        self, settings: Settings, zone: tzinfo, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__("lanes", settings)
        self._zone = zone
        self._clock = clock
        self._board: LaneBoard | None = None
        self._chosen = 0
        self._kept = 0  # the lane to come back to: the keyboard wanders when a panel goes
        self._timer = QTimer(self, interval=_READ_AGAIN_MS)
        self._timer.timeout.connect(self.refresh)
        self.summary = Label("", 12)
        self.as_of = Label("", 11, role="soft")
        self.grid = LaneGrid(zone)
        self.grid.chosen.connect(self._note_lane)
        self.grid.opened.connect(self.open_lane)
        self.opened = LanePanel(zone)
        self.opened.setParent(self)
        self.opened.left.connect(self.take_keyboard)
        self.opened.story_wanted.connect(lambda order: self.go("story", order=order))
        self.side = SideLists(self._age)
        for name, table in self.side.tables.items():
            self.add_table(table, WIDTHS[name], name=name)
        self.side.tables["walk"].opened.connect(lambda row: self.grid.take_keyboard(row.lane_id))
        for name in ("refill", "count"):
            self.side.tables[name].opened.connect(lambda row: self.tell(reason_in_words(row), Outcome.LOOK_HERE))
        self.empty = Label(say("ui.lanes.none"), 14, wrap=True)
        self.panel.left.connect(self._make_room)
        self.tell(say("ui.lanes.reading"))

    def refresh(self) -> None:
        """Read the board, the lists beside it and the lane that is open anew."""
        self.ask("lanes", {}, self.show_board)
        self.ask("walk_backs", {}, lambda rows: self.side.show_rows("walk", rows))
        self.ask("refills", {}, lambda rows: self.side.show_rows("refill", rows))
        self.ask("looks", {}, lambda rows: self.side.show_rows("count", rows))
        if self.opened.lane_id:
            self.ask("lane", {"lane": self.opened.lane_id}, self._show_again)

    def open_with(self, args: Mapping[str, Any]) -> None:
        """One lane (``lane``: its id), opened."""
        if args.get("lane"):
            self.open_lane(args["lane"])

    def show_board(self, board: LaneBoard) -> None:
        """Show the lanes as they are now; the keyboard stays on its lane."""
        is_first, self._board = self._board is None, board
        self.grid.show_lanes(board.lanes, board.at)
        self.empty.setVisible(not board.lanes)
        self.grid.setVisible(bool(board.lanes))
        self.as_of.setText(say("ui.backlog.as_of", when=instant_in_words(board.at, self._zone)))
        self.summary.setText(_summary(board))
        if is_first:
            self.tell("")
            if self.isVisible() and not self.panel.isVisible() and not self.opened.isVisible():
                self.take_keyboard()

    def open_lane(self, lane_id: int) -> None:
        """Show a lane's orders beside the board."""
        self._kept = lane_id
        self.ask("lane", {"lane": lane_id}, self._show_view)

    def take_keyboard(self) -> None:
        """The orders of an open lane, else the card the keyboard was on."""
        self._make_room()
        if self.opened.isVisible():
            self.opened.take_keyboard()
        else:
            kept, self._kept = self._kept or self._chosen, 0
            self.grid.take_keyboard(kept)

    def propose(self, proposal: Proposal) -> None:
        """The panel takes the place of the orders and the lists."""
        self._kept = self.opened.lane_id or self._chosen
        super().propose(proposal)
        self._make_room()

    def lane(self) -> Lane | None:
        """The lane the keyboard is on, or that is open."""
        lanes = self._board.lanes if self._board is not None else ()
        return next((lane for lane in lanes if lane.lane_id == (self.opened.lane_id or self._chosen)), None)

    def showEvent(self, event: QShowEvent) -> None:
        """While the board is up it is read again, for the minutes go on."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Out of sight nothing is read."""
        super().hideEvent(event)
        self._timer.stop()

    def _show_view(self, view: LaneView) -> None:
        self.opened.show_view(view)
        self._make_room()
        self.opened.take_keyboard()

    def _show_again(self, view: LaneView) -> None:
        """A fresh reading of the lane that is open; it may have been closed meanwhile."""
        if self.opened.lane_id == view.lane.lane_id:
            shown = self.opened.isVisible()
            self.opened.show_view(view)
            self.opened.setVisible(shown)
            self._make_room()

    def _note_lane(self, lane_id: int) -> None:
        self._chosen = lane_id

    def _make_room(self) -> None:
        """One thing stands beside the board: what is thought over, else the open lane, else the lists of work."""
        thinks = self.panel.proposal is not None
        self.opened.setVisible(bool(self.opened.lane_id) and not thinks)
        self.side.setVisible(not thinks and not self.opened.lane_id)

    def _age(self, row: WalkBackRow) -> str:
        now = self._board.at if self._board is not None else self._clock()
        minutes = words.minutes_until(now, row.since) if row.since is not None else None
        return "" if minutes is None else words.span(minutes)

    def lay_out(self, keys: KeyBar) -> None:
        """Head, board, what stands beside it, keys, band."""
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(Label(say("ui.lanes.title"), 22, bold=True))
        head.addWidget(self.summary, 1, Qt.AlignmentFlag.AlignBottom)
        head.addWidget(self.as_of, 0, Qt.AlignmentFlag.AlignBottom)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.grid, 1)
        middle.addWidget(self.empty, 1, Qt.AlignmentFlag.AlignTop)
        middle.addWidget(self.side)
        middle.addWidget(self.opened)
        middle.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(middle, 1)
        column.addWidget(keys)
        column.addWidget(self.band)
        self.empty.hide()


def _summary(board: LaneBoard) -> str:
    """How many lanes are in each state, those first that ask most."""
    count = {state: sum(lane.state == state for lane in board.lanes) for state in views.LANE_STATES}
    parts = [
        f"{words.SHAPES[state]} {say('ui.lanes.count', count=number, state=words.state_in_words(state).lower())}"
        for state, number in count.items()
        if number
    ]
    stale = sum(lane.is_stale for lane in board.lanes)
    return "   ".join([*parts, *([say("ui.lanes.stale", count=stale)] if stale else [])])
