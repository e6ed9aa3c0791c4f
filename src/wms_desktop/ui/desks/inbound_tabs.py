"""The inbound desk's tabs: two tables of what comes, the docks of a day, figures, suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QWidget

from wms_desktop.ui.days import full_day
from wms_desktop.ui.desks.inbound_calendar import DockCalendar, truck_in_words
from wms_desktop.ui.desks.inbound_columns import due_columns, supplier_columns, truck_columns
from wms_desktop.ui.desks.inbound_figures import FiguresPage
from wms_desktop.ui.desks.mark_table import MarkTable
from wms_desktop.ui.tables import RowsModel, wrap_lines
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say

TABS = ("trucks", "orders", "docks", "figures", "suppliers")


class InboundTabs(QObject):
    """``switched(tab)``: a tab's button was pressed. ``head``, ``hint`` and ``stack`` are for the desk's layout."""

    switched = Signal(str)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self.calendar = DockCalendar(zone)
        self.figures = FiguresPage(zone)
        self.tables = {
            "trucks": _table("trucks", RowsModel(truck_columns(zone), key=lambda row: row.delivery_id)),
            "orders": _table("orders", RowsModel(due_columns(), key=lambda row: row.key)),
            "suppliers": _table("suppliers", RowsModel(supplier_columns(), key=lambda row: row.supplier)),
        }
        self.as_of = Label("", 11, role="soft")
        self.hint = Label("", 12, wrap=True)
        self.stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self.buttons = {tab: self._button(tab) for tab in TABS}
        self._read: set[str] = set()
        self.head = QHBoxLayout()
        self.head.setSpacing(0)
        self.head.addWidget(Label(say("ui.inbound.title"), 22, bold=True))
        self.head.addSpacing(20)
        for button in self.buttons.values():
            self.head.addWidget(button)
        self.head.addStretch(1)
        self.head.addWidget(self.as_of, 0, Qt.AlignmentFlag.AlignBottom)

    def current(self) -> str:
        """The tab in sight."""
        return next(tab for tab, button in self.buttons.items() if button.isChecked())

    def bring_up(self, tab: str) -> None:
        """Show a tab."""
        self.buttons[tab].setChecked(True)
        self.stack.setCurrentIndex(TABS.index(tab))

    def part(self, tab: str) -> QWidget:
        """What a tab shows, and what gets its keys."""
        return self.tables.get(tab) or (self.calendar if tab == "docks" else self.figures)

    def show_rows(self, tab: str, rows: Sequence[Any]) -> None:
        """Show a table's rows anew; where nothing was looked at, the first is."""
        self._read.add(tab)
        table = self.tables[tab]
        table.rows.show_rows(tuple(rows))
        if table.current() is None and rows:
            table.choose([table.rows.key(table.rows.shown()[0])])

    def count(self, tab: str, count: int) -> None:
        """Say on a tab how many there are."""
        self.buttons[tab].setText(say(f"ui.inbound.tab.{tab}", count=count))
        self.buttons[tab].setAccessibleName(self.buttons[tab].text())

    def tell_hint(self, day: date) -> None:
        """What the tab in sight is for, or that it is empty."""
        tab = self.current()
        if tab == "docks":
            truck = self.calendar.current()
            said = truck_in_words(truck, self._zone) if truck else say("ui.inbound.no_trucks_day")
            self.hint.setText(say("ui.inbound.hint.docks", day=full_day(day), truck=said))
        elif tab == "figures" and self.figures.opened() != ("", ""):
            self.hint.setText(say("ui.inbound.hint.rows"))
        elif tab in self._read and not self.tables[tab].rows.rowCount():
            self.hint.setText(say(f"ui.inbound.empty.{tab}"))
        else:
            self.hint.setText(say(f"ui.inbound.hint.{tab}"))

    def _button(self, tab: str) -> QPushButton:
        button = QPushButton(say(f"ui.inbound.tab.{tab}", count=0))
        button.setObjectName(f"inbound-{tab}")
        button.setAccessibleName(button.text())
        button.setCheckable(True)
        button.setChecked(tab == TABS[0])
        button.clicked.connect(lambda _=False: self.switched.emit(tab))
        self._group.addButton(button)
        self.stack.addWidget(self.part(tab))
        return button


def _table(name: str, model: RowsModel) -> MarkTable:
    table = MarkTable(model, say(f"ui.inbound.table.{name}"))
    wrap_lines(table)
    return table
