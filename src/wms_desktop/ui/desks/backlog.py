"""The work list's desk: every ordered unit not yet shipped, the most pressing first, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.ui.desks import proposals
from wms_desktop.ui.desks.acting import GOOD
from wms_desktop.ui.desks.key_bar import DeskKey, KeyBar
from wms_desktop.ui.desks.panel import Proposal
from wms_desktop.ui.desks.work_list import WorkList
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views.backlog import STATES, BacklogLine, BacklogOrder
from wms_desktop.views.promises import Alternative

_WAITS = (STATES.index("backordered"), STATES.index("stock_blocked"))


class BacklogDesk(WorkList):
    """Letters are keys while the table has the keyboard; each opens a panel, and nothing is done before F8.

    A scan over the table can so open a panel at most, never carry anything out. Asks ``backlog``, ``why``,
    ``alternatives`` and ``rehearse``; acts as in :mod:`wms_desktop.ui.desks.proposals`, and ``start_work``.
    """

    def __init__(self, settings: Settings, zone: tzinfo) -> None:
        super().__init__(settings, zone)
        key = Qt.Key
        self.keys = KeyBar(
            "backlog",
            (
                DeskKey(key.Key_Return, say("ui.backlog.enter"), "story", self.open_story),
                DeskKey(key.Key_F6, "F6", "start", self.start_work),
                DeskKey(key.Key_T, "T", "reserve", self.reserve),
                DeskKey(key.Key_H, "H", "hold", self._with_orders(proposals.hold)),
                DeskKey(key.Key_P, "P", "pin", self._with_orders(proposals.pin)),
                DeskKey(key.Key_C, "C", "cancel", self.cancel),
                DeskKey(key.Key_R, "R", "priority", self._with_orders(proposals.priority)),
                DeskKey(key.Key_D, "D", "dates", self.change_dates),
                DeskKey(key.Key_A, "A", "parts", self._with_orders(proposals.ship_rule)),
                DeskKey(key.Key_S, "S", "substitute", self.substitute),
                DeskKey(key.Key_Y, "Y", "cause", self.set_cause),
                DeskKey(key.Key_F9, "F9", "why", self.ask_why),
            ),
        )
        self.lay_out(self.keys)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F3 filters, F6 starts, F9 tells why; the letters count while the table has the keyboard."""
        is_letter = Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z and not event.modifiers()
        if event.key() == Qt.Key.Key_F3:
            self.filter.setFocus()
            self.filter.selectAll()
        elif event.key() == Qt.Key.Key_Escape and self.why.isVisible():
            self.why.close_panel()
        elif event.key() == Qt.Key.Key_Escape and not self.panel.isVisible():
            self.take_keyboard()
        elif (is_letter and self.table.hasFocus()) or event.key() in (Qt.Key.Key_F6, Qt.Key.Key_F9):
            if not self.keys.press(event.key()):
                super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def propose(self, proposal: Proposal) -> None:
        """Think an act over; the reasons give way to it."""
        self.why.hide()
        self.show_panel(True)
        super().propose(proposal)

    def open_story(self) -> None:
        """Enter: the order's whole story."""
        row = self.table.current()
        if row is not None:
            self.go("story", order=row.order_id)

    def start_work(self) -> None:
        """F6: reserve for the top order that can be worked and give it out as a batch."""
        ready = STATES.index("ready")
        top = next((row for row in self.model.shown() if row.by_state[ready] and not row.is_held), None)
        if top is None:
            self.tell(say("ui.backlog.nothing_to_start"), Outcome.LOOK_HERE)
            return
        self.tell(say("ui.backlog.starting", order=plain(top.order_number, 40)))
        self.do("start_work", {"order": top.order_id}, self._note_start)

    def cancel(self) -> None:
        """C: cancel an order or part of it."""
        orders = self._orders()
        if len(orders) > 1:
            self.tell(say("ui.backlog.one_to_cancel"), Outcome.LOOK_HERE)
        elif orders:
            self.propose(proposals.cancel(orders[0], self.sheet.by_order[orders[0].order_id]))

    def reserve(self) -> None:
        """T: reserve for an order at once, also from the safety stock or from later orders."""
        orders = self._orders()
        if len(orders) > 1:
            self.tell(say("ui.backlog.one_to_reserve"), Outcome.LOOK_HERE)
        elif orders:
            self.propose(proposals.reserve(orders[0]))

    def change_dates(self) -> None:
        """D: another day to leave by, or not before a day."""
        if orders := self._orders():
            today = self.sheet.backlog.at.astimezone(self.zone).date()
            self.propose(proposals.dates(orders, today, self.zone))

    def substitute(self) -> None:
        """S: what could be sent instead; the panel comes when the house has answered."""
        waiting = [line for line in self.chosen_lines() if any(line.by_state[place] for place in _WAITS)]
        if len(waiting) != 1:
            self.tell(say("ui.backlog.one_to_substitute" if waiting else "ui.backlog.none_waits"), Outcome.LOOK_HERE)
            return
        line = waiting[0]

        def show(alternatives: tuple[Alternative, ...]) -> None:
            if not alternatives:
                self.tell(say("ui.backlog.no_alternative", sku=plain(line.sku, 40)), Outcome.LOOK_HERE)
            else:
                self.propose(proposals.substitute(line, alternatives))

        self.ask("alternatives", {"line": line.line_id}, show)

    def set_cause(self) -> None:
        """Y: why the chosen lines are late."""
        if lines := self.chosen_lines():
            self.propose(proposals.cause(lines))
        else:
            self._orders()

    def ask_why(self) -> None:
        """F9: why the line under the keyboard stands there."""
        line = self._current_line()
        if line is None:
            self._orders()
            return
        title = say("ui.why.title", order=plain(line.order_number, 40), sku=plain(line.sku, 40))

        def show(messages: tuple[Message, ...]) -> None:
            self.panel.close_panel()
            self.why.show_why(title, messages, self.sheet.by_number)

        self.ask("why", {"line": line.line_id}, show)

    def _with_orders(self, make: Callable[[list[BacklogOrder]], Proposal]) -> Callable[[], None]:
        """A key that proposes something for the chosen orders."""

        def act() -> None:
            if orders := self._orders():
                self.propose(make(orders))

        return act

    def _orders(self) -> list[BacklogOrder]:
        """The chosen orders; where there are none it is said."""
        orders = self.chosen_orders()
        if not orders:
            self.tell(say("ui.backlog.choose_first"), Outcome.LOOK_HERE)
        return orders

    def _current_line(self) -> BacklogLine | None:
        """The line under the keyboard; of an order, the line that keeps it from leaving."""
        row = self.table.current()
        if row is None or isinstance(row, BacklogLine):
            return row
        lines = self.sheet.by_order.get(row.order_id, [])
        return next((line for line in lines if line.state == row.state), lines[0] if lines else None)

    def _note_start(self, answer: Answer) -> None:
        if answer.outcome in GOOD:
            self.band.offer_undo(False)
