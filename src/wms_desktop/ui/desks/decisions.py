"""Decisions: late lines with their choices, purchase orders that may move, backorder modes, parts that may join."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout

from wms_desktop.changes import Changes
from wms_desktop.prompts import Outcome
from wms_desktop.ui.desks import decision_acts as acts
from wms_desktop.ui.desks.acting import ActingDesk
from wms_desktop.ui.desks.choice_panel import KEYS, ChoicePanel
from wms_desktop.ui.desks.decision_columns import COLUMNS, Merge, mode_columns
from wms_desktop.ui.desks.key_bar import DeskKey, KeyBar
from wms_desktop.ui.desks.mark_table import MarkTable
from wms_desktop.ui.desks.panel import Proposal
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.tables import RowsModel
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.promises import DecisionRow, Mode, PurchaseRow

TABS = ("lines", "purchases", "modes", "merges")
_LETTERS = {
    "lines": (Qt.Key.Key_W, Qt.Key.Key_S, Qt.Key.Key_P, Qt.Key.Key_C, Qt.Key.Key_O),
    "purchases": (Qt.Key.Key_M, Qt.Key.Key_B),
    "modes": (Qt.Key.Key_N, Qt.Key.Key_O, Qt.Key.Key_P, Qt.Key.Key_C),
    "merges": (Qt.Key.Key_M, Qt.Key.Key_O),
}


class DecisionsDesk(ActingDesk):
    """Asks ``decisions``, ``purchases``, ``modes``, ``merges`` and ``rehearse``; acts as in
    :mod:`wms_desktop.ui.desks.decision_acts`. Nothing is done before F8.
    """

    cares_for = Changes.ORDERS | Changes.STOCK | Changes.INBOUND | Changes.SHIPMENTS

    def __init__(
        self, settings: Settings, zone: tzinfo, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__("decisions", settings)
        self._zone = zone
        self._clock = clock
        self._read: set[str] = set()
        self.choice = ChoicePanel()
        self.choice.chosen.connect(self.decide)
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self.tabs = {tab: self._tab(tab) for tab in TABS}
        self.tables = {tab: self._table(tab) for tab in TABS}
        self.keys = {tab: KeyBar("decide", self._keys(tab)) for tab in TABS}
        self._bars = QStackedWidget()
        self._bars.setFixedHeight(38)
        self.reason = Label("", 12, wrap=True)
        self._lay_out()
        self.panel.left.connect(self._show_choice)
        self.tell(say("ui.decide.reading"))

    def refresh(self) -> None:
        """Read all four lists anew."""
        for question, tab in (
            ("decisions", "lines"),
            ("purchases", "purchases"),
            ("modes", "modes"),
            ("merges", "merges"),
        ):
            self.ask(question, {}, lambda rows, tab=tab: self.show_rows(tab, rows))  # type: ignore[misc]

    def open_with(self, args: Mapping[str, Any]) -> None:
        """One of the lists (``tab``)."""
        self.show_tab(args.get("tab", "lines"))

    def show_rows(self, tab: str, rows: Sequence[Any]) -> None:
        """Show a list anew; what was looked at stays looked at."""
        if not self._read:
            self.tell("")
        self._read.add(tab)
        made = tuple(Merge(*row) for row in rows) if tab == "merges" else tuple(rows)
        table = self.tables[tab]
        table.rows.show_rows(made)
        self.tabs[tab].setText(say(f"ui.decide.tab.{tab}", count=len(made)))
        self.tabs[tab].setAccessibleName(self.tabs[tab].text())
        if table.current() is None and made:
            table.choose([table.rows.key(table.rows.shown()[0])])
        self._look()

    def tab(self) -> str:
        """The list in sight."""
        return next(tab for tab, button in self.tabs.items() if button.isChecked())

    def show_tab(self, tab: str) -> None:
        """Bring up a list."""
        self.tabs[tab].setChecked(True)
        self._stack.setCurrentWidget(self.tables[tab])
        self._bars.setCurrentWidget(self.keys[tab])
        if self.panel.isVisible():
            self.panel.close_panel()
        self._look()
        self.take_keyboard()

    def take_keyboard(self) -> None:
        """The list gets the keys."""
        self.tables[self.tab()].setFocus()

    def decide(self, choice: str) -> None:
        """Think one of the choices over."""
        row = self._current(DecisionRow)
        if row is None:
            return
        if choice not in row.choices:
            self.tell(say("ui.decide.not_offered", what=say(f"ui.decide.{choice}")), Outcome.LOOK_HERE)
        else:
            self.propose(acts.decide(row, choice))

    def move_date(self) -> None:
        """Another day for the purchase order, or one shipment for the order's parts."""
        if self.tab() == "merges":
            if (merge := self._current(Merge)) is not None:
                self.propose(acts.merge(merge.order_id, merge.number, say_message(merge.why)))
        elif (row := self._current(PurchaseRow)) is not None:
            self.propose(acts.move(row, self._clock().astimezone(self._zone).date()))

    def switch_off(self) -> None:
        """End a backorder mode."""
        if (row := self._current(Mode)) is not None:
            self.propose(acts.mode_off(row))

    def open_row(self) -> None:
        """The story of the order, or the backlog's rows behind a purchase order."""
        row = self.tables[self.tab()].current()
        if isinstance(row, DecisionRow | Merge):
            self.go("story", order=row.order_id)
        elif isinstance(row, PurchaseRow):
            label = say("ui.figures.for_purchases", purchases=plain(row.number, 40))
            self.go("backlog", dimension="purchase", keys=[row.number], label=label)

    def propose(self, proposal: Proposal) -> None:
        """The panel takes the place of the choices."""
        self.choice.hide()
        super().propose(proposal)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The letters of the list in sight, while the list has the keyboard; Enter as a click."""
        tab = self.tab()
        is_letter = event.key() in _LETTERS[tab] and not event.modifiers()
        if is_letter and self.tables[tab].hasFocus():
            self.keys[tab].press(event.key())
        elif event.key() == Qt.Key.Key_Escape and not self.panel.isVisible():
            self.take_keyboard()
        else:
            super().keyPressEvent(event)

    def _current(self, kind: type[Any]) -> Any:
        """The row under the keyboard; where there is none it is said."""
        row = self.tables[self.tab()].current()
        if not isinstance(row, kind):
            self.tell(say("ui.backlog.choose_first"), Outcome.LOOK_HERE)
            return None
        return row

    def _look(self) -> None:
        """Show the choices of the line under the keyboard, or that there is nothing to decide."""
        tab = self.tab()
        row = self.tables[tab].current()
        is_empty = tab in self._read and not self.tables[tab].rows.rowCount()
        self.reason.setText(say(f"ui.decide.empty.{tab}") if is_empty else say(f"ui.decide.hint.{tab}"))
        self._show_choice()
        if tab == "lines" and isinstance(row, DecisionRow):
            self.choice.show_row(row)

    def _show_choice(self) -> None:
        has_row = self.tab() == "lines" and self.tables["lines"].current() is not None
        self.choice.setVisible(has_row and self.panel.proposal is None)

    def _tab(self, tab: str) -> QPushButton:
        button = QPushButton(say(f"ui.decide.tab.{tab}", count=0))
        button.setObjectName(f"decide-{tab}")
        button.setAccessibleName(button.text())
        button.setCheckable(True)
        button.setChecked(tab == TABS[0])
        button.clicked.connect(lambda _=False: self.show_tab(tab))
        self._group.addButton(button)
        return button

    def _table(self, tab: str) -> MarkTable:
        columns, widths, key = COLUMNS[tab]
        made = mode_columns(self._zone) if tab == "modes" else columns()
        table = MarkTable(RowsModel(made, key=key), say(f"ui.decide.table.{tab}"))
        self.add_table(table, widths, name=tab)
        self._stack.addWidget(table)
        table.opened.connect(lambda _: self.move_date() if tab == "purchases" else self.open_row())
        table.selectionModel().currentChanged.connect(lambda *_: self._look())
        return table

    def _keys(self, tab: str) -> list[DeskKey]:
        key = Qt.Key
        if tab == "lines":
            made = [
                DeskKey(code, KEYS[choice], choice, lambda choice=choice: self.decide(choice))  # type: ignore[misc]
                for code, choice in zip(_LETTERS["lines"], KEYS, strict=False)
            ]
            return [*made, DeskKey(key.Key_O, "O", "story", self.open_row)]
        if tab == "purchases":
            return [DeskKey(key.Key_M, "M", "move", self.move_date), DeskKey(key.Key_B, "B", "rows", self.open_row)]
        if tab == "modes":
            return [
                DeskKey(key.Key_N, "N", "on", lambda: self.propose(acts.mode_on())),
                DeskKey(key.Key_O, "O", "off", self.switch_off),
                DeskKey(key.Key_P, "P", "product", lambda: self.propose(acts.product_rules())),
                DeskKey(key.Key_C, "C", "customer", lambda: self.propose(acts.customer_rules())),
            ]
        return [DeskKey(key.Key_M, "M", "merge", self.move_date), DeskKey(key.Key_O, "O", "story", self.open_row)]

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(Label(say("ui.decide.title"), 22, bold=True))
        head.addSpacing(20)
        for button in self.tabs.values():
            head.addWidget(button)
        head.addStretch(1)
        for bar in self.keys.values():
            self._bars.addWidget(bar)
        middle = QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self.choice)
        middle.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 10)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.reason)
        column.addLayout(middle, 1)
        column.addWidget(self._bars)
        column.addWidget(self.band)
