"""The lane board: every lane as a card, the orders in it, and the work that lanes and bins make."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from wms_desktop.prompts import Outcome
from wms_desktop.ui.desks import lanes_acts as acts
from wms_desktop.ui.desks.key_bar import DeskKey, KeyBar
from wms_desktop.ui.desks.lanes_pages import LanePages
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.wording import say
from wms_desktop.views.lanes import Lane, LaneOrder

_LETTERS = (Qt.Key.Key_B, Qt.Key.Key_O, Qt.Key.Key_L, Qt.Key.Key_S, Qt.Key.Key_W, Qt.Key.Key_R,
            Qt.Key.Key_C)  # fmt: skip


class LanesDesk(LanePages):
    """Acts ``block_lane``, ``unblock_lane``, ``let_go``, each after a word of yes."""

    def __init__(
        self, settings: Settings, zone: tzinfo, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(settings, zone, clock)
        self.opened.let_go_wanted.connect(lambda order: self.propose(acts.let_go(order)))
        self.keys = KeyBar("lanes", self._keys())
        self.lay_out(self.keys)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The letters of the key bar, while no field has the keyboard."""
        if event.key() in _LETTERS and not event.modifiers() and self.panel.proposal is None:
            self.keys.press(event.key())
        elif event.key() == Qt.Key.Key_Escape and self.side.table().hasFocus():
            self.take_keyboard()
        else:
            super().keyPressEvent(event)

    def _with_lane(self, act: Callable[[Lane], None]) -> None:
        lane = self.lane()
        if lane is None:
            self.tell(say("ui.lanes.choose_first"), Outcome.LOOK_HERE)
        else:
            act(lane)

    def _open(self, lane: Lane) -> None:
        self.open_lane(lane.lane_id)

    def _block(self, lane: Lane) -> None:
        if lane.is_blocked:
            self.tell(say("ui.lanes.blocked_already"), Outcome.LOOK_HERE)
        else:
            self.propose(acts.block(lane))

    def _unblock(self, lane: Lane) -> None:
        if lane.is_blocked:
            self.propose(acts.unblock(lane))
        else:
            self.tell(say("ui.lanes.not_blocked"), Outcome.LOOK_HERE)

    def _let_go(self) -> None:
        order = self._order()
        if order is None or not order.units_in:
            self.tell(say("ui.lanes.open_first"), Outcome.LOOK_HERE)
        else:
            self.propose(acts.let_go(order))

    def _order(self) -> LaneOrder | None:
        box = next((box for box in self.opened.boxes if box.hasFocus()), None)
        return box.order if box is not None else None

    def _go_story(self) -> None:
        order = self._order()
        if order is None:
            self.tell(say("ui.lanes.open_first"), Outcome.LOOK_HERE)
        else:
            self.go("story", order=order.order_id)

    def _to_list(self, name: str) -> None:
        if self.opened.lane_id:
            self.opened.close_panel()
        self.side.bring_up(name)
        if not self.side.take_keyboard():
            self.tell(say(f"ui.lanes.{name}_none"), Outcome.LOOK_HERE)

    def _keys(self) -> list[DeskKey]:
        key = Qt.Key
        return [
            DeskKey(key.Key_Return, "Enter", "open", lambda: self._with_lane(self._open)),
            DeskKey(key.Key_B, "B", "block", lambda: self._with_lane(self._block)),
            DeskKey(key.Key_O, "O", "unblock", lambda: self._with_lane(self._unblock)),
            DeskKey(key.Key_L, "L", "let_go", self._let_go),
            DeskKey(key.Key_S, "S", "story", self._go_story),
            DeskKey(key.Key_W, "W", "walk", lambda: self._to_list("walk")),
            DeskKey(key.Key_R, "R", "refill", lambda: self._to_list("refill")),
            DeskKey(key.Key_C, "C", "count", lambda: self._to_list("count")),
        ]
