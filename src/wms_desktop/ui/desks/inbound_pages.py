"""What the inbound desk shows: its tabs, the truck that is open; the desk does things with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wms_desktop.changes import Changes
from wms_desktop.prompts import Message
from wms_desktop.ui.days import instant_in_words
from wms_desktop.ui.desks.acting import ActingDesk
from wms_desktop.ui.desks.inbound_columns import WIDTHS
from wms_desktop.ui.desks.inbound_panel import TruckPanel
from wms_desktop.ui.desks.inbound_tabs import TABS, InboundTabs
from wms_desktop.ui.desks.inbound_words import all_due
from wms_desktop.ui.desks.panel import Proposal
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.wording import say
from wms_desktop.views.dock import TruckNow
from wms_desktop.views.inbound import Calendar, InboundBoard, SupplierRecord, TruckView

_FIGURE_DAYS = 28
_LOOK_AGAIN_MS = 5_000
"""So soon it is read anew whether a better sharing-out was found; that none came changes nothing else."""


class InboundPages(ActingDesk):
    """Asks ``deliveries``, ``delivery``, ``sharing``, ``why_share``, ``appointments``, ``dock_figures``,
    ``dock_rows`` and ``suppliers_record``; :class:`~wms_desktop.ui.desks.inbound.InboundDesk` does the acts.
    """

    cares_for = Changes.INBOUND | Changes.ORDERS | Changes.STOCK

    def __init__(
        self, settings: Settings, zone: tzinfo, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__("inbound", settings)
        self.zone, self._clock = zone, clock
        self.board: InboundBoard | None = None
        self._day = clock().astimezone(zone).date()
        self._wanted_truck = 0
        self.opened = TruckPanel(zone)
        self.opened.setParent(self)
        self.opened.left.connect(self.take_keyboard)
        self.opened.story_wanted.connect(lambda order: self.go("story", order=order))
        self.opened.why_wanted.connect(lambda line: self.ask("why_share", {"order_line": line}, self._show_why))
        self.tabs = InboundTabs(zone)
        self.tabs.switched.connect(self.show_tab)
        self.tables, self.calendar, self.figures = self.tabs.tables, self.tabs.calendar, self.tabs.figures
        self.calendar.opened.connect(self.open_truck)
        self.calendar.turned.connect(self.turn)
        self.calendar.chosen.connect(lambda _: self.tabs.tell_hint(self._day))
        for name, table in self.tables.items():
            self.add_table(table, WIDTHS[name], name=name)
        self.join_table(self.figures.rows.table)
        self.figures.rows_wanted.connect(self._ask_rows)
        self.figures.export_wanted.connect(self.export_rows)
        self.figures.rows.left.connect(lambda: self.tabs.tell_hint(self._day))
        self.figures.rows.story_wanted.connect(lambda order: self.go("story", order=order))
        self.figures.rows.truck_wanted.connect(self.open_truck)
        self.tables["trucks"].opened.connect(lambda row: self.open_truck(row.delivery_id))
        self.panel.left.connect(self._make_room)
        self._look_again = QTimer(self, interval=_LOOK_AGAIN_MS, singleShot=True)
        self._look_again.timeout.connect(lambda: self.refresh() if self.isVisible() else None)
        self.tell(say("ui.inbound.reading"))

    def refresh(self) -> None:
        """Read what the tab in sight shows, and the truck that is open."""
        self.ask("deliveries", {}, self.show_board)
        tab = self.tabs.current()
        if tab == "docks":
            self.ask("appointments", {"day": self._day}, self.show_day)
        elif tab == "figures":
            self.ask("dock_figures", {"days": _FIGURE_DAYS}, self.figures.show_figures)
            self.figures.want_again()
        elif tab == "suppliers":
            self.ask("suppliers_record", {}, self.show_suppliers)
        if self.opened.delivery_id:
            self._ask_truck(self.opened.delivery_id, self._show_again)

    def open_with(self, args: Mapping[str, Any]) -> None:
        """One truck (``delivery``: its id), or one of the tabs (``tab``)."""
        if args.get("tab") in TABS:
            self.show_tab(args["tab"])
        if args.get("delivery"):
            self.show_tab("trucks")
            self.open_truck(args["delivery"])

    def show_board(self, board: InboundBoard) -> None:
        """Show trucks and open orders anew; what was looked at stays looked at."""
        is_first, self.board = self.board is None, board
        self.tabs.as_of.setText(say("ui.backlog.as_of", when=instant_in_words(board.at, self.zone)))
        self.tabs.show_rows("trucks", board.trucks)
        self.tabs.show_rows("orders", all_due(board.purchases))
        self.tabs.count("trucks", sum(truck.state in ("here", "expected") for truck in board.trucks))
        self.tabs.count("orders", len(board.purchases))
        if is_first:
            self.tell("")
        self.tabs.tell_hint(self._day)
        if any(truck.sharing == "searching" for truck in board.trucks):
            self._look_again.start()

    def show_day(self, calendar: Calendar) -> None:
        """Show the docks of a day, if it is still the day that is wanted."""
        if calendar.day == self._day:
            self.calendar.show_day(calendar, self.board.at if self.board else self._clock())
            self.tabs.tell_hint(self._day)

    def show_suppliers(self, records: Sequence[SupplierRecord]) -> None:
        """Show how suppliers kept their days."""
        self.tabs.show_rows("suppliers", records)
        self.tabs.tell_hint(self._day)

    def show_now(self, now: TruckNow) -> None:
        """Show what would happen if a truck came now."""
        self.opened.show_now(now)
        self._make_room()
        self.opened.take_keyboard()

    def show_tab(self, tab: str) -> None:
        """Bring up a tab, and read what it shows."""
        self.tabs.bring_up(tab)
        if self.panel.isVisible():
            self.panel.close_panel()
        if self.opened.isVisible():
            self.opened.close_panel()
        self.tabs.tell_hint(self._day)
        self.take_keyboard()
        if self.isVisible():
            self.refresh()

    def take_keyboard(self) -> None:
        """The tab's own part gets the keys, or the truck that is open."""
        self._make_room()
        if self.opened.isVisible():
            self.opened.take_keyboard()
        else:
            self.tabs.part(self.tabs.current()).setFocus()

    def open_truck(self, delivery_id: int) -> None:
        """Show one truck with its lines and whom they are for."""
        self._wanted_truck = delivery_id
        self._ask_truck(delivery_id, self._show_truck)

    def propose(self, proposal: Proposal) -> None:
        """The panel takes the place of the open truck."""
        super().propose(proposal)
        self._make_room()

    def turn(self, days: int) -> None:
        """The docks so many days on; 0: today."""
        self._day = self._day + timedelta(days=days) if days else self.today()
        self.ask("appointments", {"day": self._day}, self.show_day)
        self.tabs.tell_hint(self._day)

    def today(self) -> date:
        """The house's own day."""
        return self.board.today if self.board else self._clock().astimezone(self.zone).date()

    def lay_out(self, keys: QWidget) -> None:
        """Head, hint, the tab with what is open beside it, keys, band."""
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self.tabs.stack, 1)
        middle.addWidget(self.opened)
        middle.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 10)
        column.setSpacing(8)
        column.addLayout(self.tabs.head)
        column.addWidget(self.tabs.hint)
        column.addLayout(middle, 1)
        column.addWidget(keys)
        column.addWidget(self.band)

    def _ask_rows(self, what: str, key: str) -> None:
        self.tabs.tell_hint(self._day)
        self.ask("dock_rows", {"what": what, "key": key, "days": _FIGURE_DAYS}, self.figures.show_rows)

    def _ask_truck(self, delivery_id: int, show: Callable[[TruckView], None]) -> None:
        self.ask("delivery", {"delivery": delivery_id}, show)
        self.ask("sharing", {"delivery": delivery_id}, self.opened.show_sharing)

    def _show_why(self, messages: Sequence[Message]) -> None:
        if self.opened.isVisible() and self.opened.delivery_id:
            self.opened.show_why(messages)

    def _show_truck(self, view: TruckView) -> None:
        if view.truck.delivery_id == self._wanted_truck:
            self.opened.show_truck(view)
            self._make_room()
            self.opened.take_keyboard()

    def _show_again(self, view: TruckView) -> None:
        if view.truck.delivery_id == self.opened.delivery_id:
            self.opened.show_truck(view)
            self._make_room()

    def _make_room(self) -> None:
        """What is thought over takes the place of the truck that is open."""
        thinks = self.panel.proposal is not None
        if thinks and self.opened.isVisible():
            self.opened.hide()
        elif not thinks and self.opened.delivery_id:
            self.opened.show()
