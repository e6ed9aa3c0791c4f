"""The inbound desk: trucks and what they complete, what is on order, docks by the hour, figures, suppliers' records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget

from wms_desktop.prompts import Outcome
from wms_desktop.ui.desks import inbound_acts as acts
from wms_desktop.ui.desks.inbound_pages import InboundPages
from wms_desktop.ui.desks.inbound_tabs import TABS
from wms_desktop.ui.desks.inbound_words import Due
from wms_desktop.ui.desks.key_bar import DeskKey, KeyBar
from wms_desktop.ui.desks.panel import Proposal
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views.inbound import DueLine, TruckRow


class InboundDesk(InboundPages):
    """Asks ``due_lines`` and ``truck_now``; acts as in :mod:`wms_desktop.ui.desks.inbound_acts`. Nothing is done before
    F8.
    """

    def __init__(
        self, settings: Settings, zone: tzinfo, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(settings, zone, clock)
        self.tables["orders"].opened.connect(lambda _: self._waits())
        made = self._keys()
        self.keys = {tab: KeyBar("inbound", made[tab]) for tab in TABS}
        self._bars = QStackedWidget()
        self._bars.setFixedHeight(38)
        for bar in self.keys.values():
            self._bars.addWidget(bar)
        self.lay_out(self._bars)

    def show_tab(self, tab: str) -> None:
        """Bring up a tab with its keys."""
        self._bars.setCurrentWidget(self.keys[tab])
        super().show_tab(tab)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The letters of the tab in sight, while no field has the keyboard."""
        is_letter = not event.modifiers() and event.text().isalpha() and self.panel.proposal is None
        if is_letter and self.keys[self.tabs.current()].press(event.key()):
            return
        super().keyPressEvent(event)

    def truck(self) -> TruckRow | None:
        """The truck that is looked at; where there is none it is said."""
        if self.tabs.current() == "docks":
            found = self.calendar.current()
        else:
            found = self.tables["trucks"].current() if self.tabs.current() == "trucks" else None
        if found is None:
            self.tell(say("ui.inbound.choose_truck"), Outcome.LOOK_HERE)
        return found

    def rehearse(self) -> None:
        """What would happen if the truck, or all that is due of a purchase order, came now."""
        if self.tabs.current() == "orders":
            due = self._due()
            if due is not None:
                self.ask("truck_now", {"purchase": due.purchase.purchase_id}, self.show_now)
        elif (truck := self.truck()) is not None:
            self.ask("truck_now", {"delivery": truck.delivery_id}, self.show_now)

    def _with_truck(self, make: Callable[[TruckRow], Proposal], *states: str) -> None:
        """Think an act over for the truck looked at, where it makes sense in its state."""
        truck = self.truck()
        if truck is not None and truck.state not in states:
            word = say(f"ui.inbound.state.{truck.state}")
            self.tell(say("ui.inbound.not_now", truck=plain(truck.number, 40), state=word), Outcome.LOOK_HERE)
        elif truck is not None:
            self.propose(make(truck))

    def _book(self) -> None:
        chosen = [due for due in self.tables["orders"].chosen() if isinstance(due, Due)]
        booked = next((due for due in chosen if due.truck), None)
        if not chosen:
            self.tell(say("ui.inbound.choose_orders"), Outcome.LOOK_HERE)
        elif booked is not None:
            said = say("ui.inbound.booked", number=plain(booked.number, 40), truck=plain(booked.truck, 60))
            self.tell(said, Outcome.LOOK_HERE)
        else:
            self.propose(acts.book(chosen, self._house()))

    def _enter_notice(self) -> None:
        due = self._due()
        if due is not None:
            self.ask("due_lines", {"purchase": due.purchase.purchase_id}, lambda lines: self._notice_for(due, lines))

    def _notice_for(self, due: Due, lines: Sequence[DueLine]) -> None:
        self.propose(acts.enter_notice(due, lines, self._house()))

    def _with_due(self, make: Callable[[Due], Proposal], *, notice: bool = False) -> None:
        due = self._due()
        if due is not None and notice and due.notice is None:
            self.tell(say("ui.inbound.choose_notice"), Outcome.LOOK_HERE)
        elif due is not None:
            self.propose(make(due))

    def _due(self) -> Due | None:
        due = self.tables["orders"].current()
        if not isinstance(due, Due):
            self.tell(say("ui.inbound.choose_orders"), Outcome.LOOK_HERE)
            return None
        return due

    def _waits(self) -> None:
        due = self._due()
        if due is not None:
            number = due.purchase.number
            label = say("ui.figures.for_purchases", purchases=plain(number, 40))
            self.go("backlog", dimension="purchase", keys=[number], label=label)

    def _open_current(self) -> None:
        truck = self.truck()
        if truck is not None:
            self.open_truck(truck.delivery_id)

    def _house(self) -> acts.House:
        return acts.House(self.board.docks if self.board else (), self.today(), self.zone)

    def _keys(self) -> dict[str, list[DeskKey]]:
        key = Qt.Key
        house = self._house
        trucks = [
            DeskKey(key.Key_Return, "Enter", "open", self._open_current),
            DeskKey(key.Key_R, "R", "rehearse", self.rehearse),
            DeskKey(key.Key_I, "I", "check_in", lambda: self._with_truck(acts.check_in, "expected", "missed")),
            DeskKey(key.Key_M, "M", "move", lambda: self._with_truck(
                lambda truck: acts.move(truck, house()), "expected", "missed")),
            DeskKey(key.Key_N, "N", "missed", lambda: self._with_truck(acts.missed, "expected")),
            DeskKey(key.Key_X, "X", "cancel", lambda: self._with_truck(acts.cancel, "expected", "here", "missed")),
            DeskKey(key.Key_D, "D", "finish", lambda: self._with_truck(acts.finish, "here")),
        ]  # fmt: skip
        return {
            "trucks": [*trucks, DeskKey(key.Key_E, "E", "export", self.tables["trucks"].export)],
            "docks": [*trucks, DeskKey(key.Key_T, "T", "today", lambda: self.turn(0))],
            "orders": [
                DeskKey(key.Key_B, "B", "book", self._book),
                DeskKey(key.Key_R, "R", "rehearse", self.rehearse),
                DeskKey(key.Key_I, "I", "check_in", lambda: self._with_due(acts.check_in_due)),
                DeskKey(key.Key_A, "A", "notice", self._enter_notice),
                DeskKey(key.Key_X, "X", "cancel_notice", lambda: self._with_due(acts.cancel_notice, notice=True)),
                DeskKey(key.Key_P, "P", "purchase", lambda: self.propose(acts.enter_purchase(house()))),
                DeskKey(key.Key_G, "G", "receive_all", lambda: self._with_due(acts.receive_all)),
                DeskKey(key.Key_W, "W", "waits", self._waits),
                DeskKey(key.Key_E, "E", "export", self.tables["orders"].export),
            ],
            "figures": [DeskKey(key.Key_E, "E", "export", self.figures.export_here)],
            "suppliers": [DeskKey(key.Key_E, "E", "export", self.tables["suppliers"].export)],
        }
