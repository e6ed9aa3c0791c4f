"""The two tables of one backlog, orders and lines: what they show, what they are narrowed to, what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout

from wms_desktop.changes import Changes
from wms_desktop.prompts import Outcome
from wms_desktop.ui.days import instant_in_words
from wms_desktop.ui.desks.acting import ActingDesk
from wms_desktop.ui.desks.backlog_columns import LINE_WIDTHS, ORDER_WIDTHS, line_columns, order_columns
from wms_desktop.ui.desks.backlog_head import BacklogHead
from wms_desktop.ui.desks.backlog_rows import ALL, Filter, Sheet, Sums, counted_state, narrow_of, sheet_of, sum_up
from wms_desktop.ui.desks.key_bar import KeyBar
from wms_desktop.ui.desks.mark_table import MarkTable
from wms_desktop.ui.desks.why_panel import WhyPanel
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.tables import RowsModel
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.backlog import Backlog, BacklogLine, BacklogOrder

_NOTHING = Backlog(at=datetime.min.replace(tzinfo=UTC), lines=(), orders=())


class WorkList(ActingDesk):
    """Shows the backlog; :class:`~wms_desktop.ui.desks.backlog.BacklogDesk` does things with it."""

    cares_for = (
        Changes.ORDERS | Changes.STOCK | Changes.LANES | Changes.SHIPMENTS | Changes.INBOUND | Changes.BATCHES
        | Changes.CATALOG
    )  # fmt: skip

    def __init__(self, settings: Settings, zone: tzinfo) -> None:
        super().__init__("backlog", settings)
        self.zone = zone
        self.sheet: Sheet = sheet_of(_NOTHING)
        self._is_read = False
        self._wanted_order = 0
        self._left: tuple[frozenset[int], frozenset[int]] | None = None
        self._filled: dict[str, Sheet] = {}
        self._how: dict[str, tuple[str, bool]] = {}
        self._accepts: dict[str, Callable[[Any], bool]] = {
            "lines": lambda row: self._left is None or row.line_id in self._left[0],
            "orders": lambda row: self._left is None or row.order_id in self._left[1],
        }
        self.head = BacklogHead()
        self.why = WhyPanel()
        self.why.setParent(self)
        self.reason = Label("", 12, wrap=True)
        self.reason.setMinimumHeight(46)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.tables = {
            "orders": MarkTable(RowsModel(order_columns(zone), key=lambda row: row.order_id), say("ui.backlog.orders")),
            "lines": MarkTable(RowsModel(line_columns(zone), key=lambda row: row.line_id), say("ui.backlog.lines")),
        }
        self._stack = QStackedWidget()
        for mode, table in self.tables.items():
            self._stack.addWidget(table)
            self.add_table(table, LINE_WIDTHS if mode == "lines" else ORDER_WIDTHS, name=mode)
            table.opened.connect(lambda row: self.go("story", order=row.order_id))
            table.selectionModel().selectionChanged.connect(lambda *_: self._tell_reason())
            table.selectionModel().currentChanged.connect(lambda *_: self._tell_reason())
        self.filter, self.states, self.totals = self.head.filter, self.head.states, self.head.totals
        self.head.changed.connect(self.narrow)
        self.head.switched.connect(self._switch)
        self.head.left.connect(self.take_keyboard)
        self.panel.left.connect(lambda: self.show_panel(False))
        self.why.left.connect(self.take_keyboard)
        self.why.opened.connect(self.choose_order)
        self.tell(say("ui.backlog.reading"))

    @property
    def table(self) -> MarkTable:
        """The table in sight."""
        return self.tables[self.head.mode()]

    @property
    def model(self) -> RowsModel:
        """The rows of the table in sight."""
        return self.table.rows

    def refresh(self) -> None:
        """Read the backlog anew."""
        self.ask("backlog", {}, self.show_backlog)

    def open_with(self, args: Mapping[str, Any]) -> None:
        """The rows behind a figure (``dimension``, ``keys``, ``label``), or one order (``order``)."""
        narrow = narrow_of(args)
        if narrow is not None:
            self.head.set_mode(args.get("mode", "lines"))
            self.head.set_narrow(narrow if narrow.dimension != ALL else None)
        self._wanted_order = args.get("order", 0)
        if self._wanted_order and self._is_read:
            self.choose_order(self._wanted_order)

    def show_backlog(self, backlog: Backlog) -> None:
        """Show fresh rows; what was chosen stays chosen."""
        is_first, self._is_read = not self._is_read, True
        self.sheet = sheet_of(backlog)
        self.head.as_of.setText(say("ui.backlog.as_of", when=instant_in_words(backlog.at, self.zone)))
        self.narrow()
        if is_first:
            self.tell("")
        if self._wanted_order:
            self.choose_order(self._wanted_order)
        elif self.table.current() is None and self.model.rowCount():
            self.table.choose([self.model.key(self.model.shown()[0])])

    def narrow(self) -> None:
        """Keep the rows behind the figure, in the state, with the words; say what they come to."""
        self._left = self.sheet.accepted(self.head.wanted(), self.zone)
        mode, words = self.head.mode(), self.filter.text()
        how = (words, self._left is not None)
        is_fresh, self._filled[mode] = self._filled.get(mode) is not self.sheet, self.sheet
        if how != self._how.get(mode) or not is_fresh:
            self._how[mode] = how
            self.model.set_filter(words, self._accepts[mode] if how[1] else None)
        if is_fresh:  # the table out of sight is filled when it comes up
            self.model.show_rows(self.sheet.backlog.lines if mode == "lines" else self.sheet.backlog.orders)
        self.head.show_sums(self._sums(self.head.wanted()))
        self._tell_reason()

    def choose_order(self, order_id: int) -> None:
        """Put the keyboard on an order, where it is shown; filters that hide it are let go."""
        self._wanted_order = 0
        if order_id not in self.sheet.orders:
            self.tell(say("ui.backlog.gone"), Outcome.LOOK_HERE)
            return
        if not any(row.order_id == order_id for row in self.model.shown()):
            self.head.clear()
        row = next(row for row in self.model.shown() if row.order_id == order_id)
        self.table.choose([self.model.key(row)])
        self.table.scrollTo(self.table.currentIndex())
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """The table gets the keys, and a row that they act on: where none is chosen, the current one or the first."""
        self.table.setFocus()
        if not self.table.chosen() and self.model.rowCount():
            self.table.choose([self.model.key(self.table.current() or self.model.shown()[0])])

    def chosen_orders(self) -> list[BacklogOrder]:
        """The orders of the chosen rows, each once, in the order of the screen."""
        ids = dict.fromkeys(row.order_id for row in self.table.chosen())
        return [self.sheet.orders[order_id] for order_id in ids if order_id in self.sheet.orders]

    def chosen_lines(self) -> list[BacklogLine]:
        """The chosen lines; of chosen orders, all lines."""
        if self.head.mode() == "lines":
            return list(self.table.chosen())
        return [line for order in self.chosen_orders() for line in self.sheet.by_order.get(order.order_id, ())]

    def show_panel(self, shown: bool) -> None:
        """The panel says enough about its row: it gets the room of the reason."""
        self.reason.setVisible(not shown)

    def lay_out(self, keys: KeyBar) -> None:
        """Head, table, why, keys, band; the panel beside the table."""
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self.panel)
        middle.addWidget(self.why)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 10)
        column.setSpacing(8)
        column.addWidget(self.head)
        column.addLayout(middle, 1)
        column.addWidget(self.reason)
        column.addWidget(keys)
        column.addWidget(self.band)

    def _switch(self, mode: str) -> None:
        """Show the other table, on the same order."""
        before = self._stack.currentWidget()
        current = before.current() if isinstance(before, MarkTable) else None
        self._stack.setCurrentWidget(self.tables[mode])
        self.narrow()
        if current is not None:
            ids = [row for row in self.model.shown() if row.order_id == current.order_id]
            self.table.choose([self.model.key(row) for row in ids[:1]])
            self.table.scrollTo(self.table.currentIndex())
        self.take_keyboard()

    def _sums(self, wanted: Filter) -> Sums:
        if self.head.mode() == "lines":
            return sum_up(self.model.shown(), counted_state(wanted))
        lines = (line for row in self.model.shown() for line in self.sheet.by_order.get(row.order_id, ()))
        if self._left is not None:
            kept = self._left[0]
            lines = (line for line in lines if line.line_id in kept)
        return sum_up(lines, counted_state(wanted))

    def _tell_reason(self) -> None:
        """Say why the row under the keyboard waits, or why there is none."""
        row = self.table.current()
        count = self.table.count_chosen()
        if not self.model.rowCount():
            empty = "ui.backlog.nothing_found" if self.sheet.orders else "ui.backlog.empty"
            self.reason.setText(say(empty) if self._is_read else "")
        elif count > 1:
            self.reason.setText(say("ui.backlog.marked", count=f"{count:,}"))
        elif row is not None:
            why = say("ui.backlog.why", order=plain(row.order_number, 40))
            self.reason.setText(f"{why}: {say_message(row.waits)}")
