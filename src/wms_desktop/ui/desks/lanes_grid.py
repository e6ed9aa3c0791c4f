"""The board of lane cards: as large as the room allows, walked over by the arrows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from wms_desktop.ui.desks.lanes_card import GAP, LaneCard, columns_for
from wms_desktop.ui.desks.lanes_words import short_codes
from wms_desktop.ui.wording import say
from wms_desktop.views.lanes import Lane


class LaneGrid(QScrollArea):
    """``chosen(lane_id)`` and ``opened(lane_id)`` of its cards; fresh rows leave the keyboard where it is."""

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self._columns = 0
        self.cards: list[LaneCard] = []
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(say("ui.lanes.title"))
        self.viewport().setAutoFillBackground(False)
        page = QWidget()
        self._grid = QGridLayout(page)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self.setWidget(page)
        page.setAutoFillBackground(False)

    def show_lanes(self, lanes: Sequence[Lane], now: datetime) -> None:
        """Show the lanes as they are now."""
        short = short_codes([lane.code for lane in lanes])
        if [card.lane.lane_id for card in self.cards] != [lane.lane_id for lane in lanes]:
            self._make(lanes, short, now)
        for card, lane in zip(self.cards, lanes, strict=True):
            card.show_lane(lane, short[lane.code], now)

    def card(self, lane_id: int) -> LaneCard | None:
        """The card of a lane."""
        return next((card for card in self.cards if card.lane.lane_id == lane_id), None)

    def take_keyboard(self, lane_id: int) -> None:
        """The card of this lane, else the first, gets the keys."""
        card = self.card(lane_id) or (self.cards[0] if self.cards else None)
        if card is not None:
            card.setFocus()
            self.ensureWidgetVisible(card, 0, GAP)

    def columns(self) -> int:
        """How many cards stand side by side."""
        return max(1, self._columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room, larger cards."""
        super().resizeEvent(event)
        self._arrange()

    def _make(self, lanes: Sequence[Lane], short: dict[str, str], now: datetime) -> None:
        for card in self.cards:
            self._grid.removeWidget(card)
            card.deleteLater()
        self.cards = [LaneCard(lane, short[lane.code], now, self._zone) for lane in lanes]
        for number, card in enumerate(self.cards):
            card.chosen.connect(self.chosen)
            card.opened.connect(self.opened)
            card.walked.connect(lambda across, down, number=number: self._walk(number, across, down))
        self._columns = 0
        self._arrange()

    def _arrange(self) -> None:
        room = self.viewport().size()
        columns = columns_for(len(self.cards), room.width(), room.height())
        if columns == self._columns:
            return
        self._columns = columns
        for number, card in enumerate(self.cards):
            self._grid.removeWidget(card)
            self._grid.addWidget(card, number // columns, number % columns)
            card.show()  # at once, or the keyboard could not come to it before the next turn of the loop
        for column in range(max(columns, self._grid.columnCount())):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        rows = -(-len(self.cards) // columns) if self.cards else 0
        for row in range(max(rows, self._grid.rowCount())):
            self._grid.setRowStretch(row, 1 if row < rows else 0)

    def _walk(self, number: int, across: int, down: int) -> None:
        to = number + across + down * self.columns()
        if 0 <= to < len(self.cards):
            self.cards[to].setFocus()
            self.ensureWidgetVisible(self.cards[to], 0, GAP)
