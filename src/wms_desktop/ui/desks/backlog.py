"""The backlog list: every ordered unit not yet shipped, in the stated demand order, with the reason of each order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from PySide6.QtCore import QDate, QItemSelection, QLocale, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wms_desktop.changes import Changes
from wms_desktop.ui.rows import BacklogRow
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say

_STATES = ("ready", "in_work", "backordered", "stock_blocked", "pre_order", "on_hold")
_LAST_DAY = date.max
_LAST_INSTANT = datetime.max.replace(tzinfo=UTC)
_WIDTHS = (60, 90, 210, 115, 62, 125, 122, 165, 58, 205)


class BacklogDesk(QWidget):
    """A table that sorts, filters and copies; ``wanted()`` asks for fresh rows.

    Needs :class:`~wms_desktop.ui.rows.BacklogRow`; instants are shown in ``zone``.
    """

    wanted = Signal()
    cares_for = Changes.ORDERS | Changes.STOCK | Changes.LANES | Changes.SHIPMENTS | Changes.INBOUND

    def __init__(self, settings: Settings, zone: tzinfo) -> None:
        super().__init__()
        self.setObjectName("desk-backlog")
        self._settings = settings
        self.model = RowsModel(_columns(zone))
        self.table = Table(self.model, say("ui.backlog.title"))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(say("ui.backlog.filter"))
        self.filter.setAccessibleName(say("ui.backlog.filter"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaxLength(100)
        self.states = QComboBox()
        self.states.setAccessibleName(say("ui.backlog.all_states"))
        self.states.addItem(say("ui.backlog.all_states"), "")
        for state in _STATES:
            self.states.addItem(say(f"ui.backlog.state.{state}"), state)
        self.totals = Label("", 12, bold=True)
        self.note = Label("", 12, wrap=True)
        self.note.setMinimumHeight(48)
        self._lay_out()
        self.filter.textChanged.connect(self._narrow)
        self.states.currentIndexChanged.connect(self._narrow)
        self.table.selectionModel().selectionChanged.connect(self._tell_why)
        self.model.modelReset.connect(self._sum_up)

    def show_rows(self, rows: Sequence[BacklogRow]) -> None:
        """Show fresh rows."""
        self.model.show_rows(rows)

    def save(self) -> None:
        """Remember the columns."""
        self._settings.keep_bytes("backlog-columns", self.table.horizontalHeader().saveState())

    def showEvent(self, event: QShowEvent) -> None:
        """Fresh rows whenever the desk comes up."""
        super().showEvent(event)
        self.wanted.emit()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(Label(say("ui.backlog.title"), 22, bold=True))
        head.addSpacing(16)
        head.addWidget(self.totals)
        head.addStretch(1)
        self.filter.setMinimumWidth(300)
        head.addWidget(self.filter)
        head.addWidget(self.states)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 18, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        saved = self._settings.bytes_of("backlog-columns")
        if saved.isEmpty() or not self.table.horizontalHeader().restoreState(saved):
            for section, width in enumerate(_WIDTHS):
                self.table.setColumnWidth(section, width)

    def _narrow(self) -> None:
        state = str(self.states.currentData())
        self.model.set_filter(self.filter.text(), lambda row: not state or row.state == state)

    def _sum_up(self) -> None:
        shown: tuple[BacklogRow, ...] = self.model.shown()
        values: dict[str, Decimal] = {}
        for row in shown:
            values[row.currency] = values.get(row.currency, Decimal(0)) + row.value
        worth = " + ".join(f"{value:,.2f} {currency}" for currency, value in sorted(values.items()))
        units = sum(row.units_open for row in shown)
        self.totals.setText(say("ui.backlog.totals", orders=len(shown), units=f"{units:,}", value=worth or "0"))
        if not shown:
            narrowed = self.filter.text() or self.states.currentData()
            self.note.setText(say("ui.backlog.nothing_found" if narrowed else "ui.backlog.empty"))
        else:
            self.note.setText("")

    def _tell_why(self, selected: QItemSelection, _gone: QItemSelection) -> None:
        indexes = selected.indexes()
        if indexes:
            row: BacklogRow = self.model.row_at(indexes[0])
            self.note.setText(f"{say('ui.backlog.why', order=row.order_number)}: {row.reason}")


def _columns(zone: tzinfo) -> tuple[Column, ...]:
    def instant(value: datetime | None) -> str:
        return f"{_day(value.astimezone(zone))} {value.astimezone(zone):%H:%M}" if value else ""

    def rank(row: BacklogRow) -> str:
        return say("ui.backlog.pinned", rank=row.rank_text) if row.pin else row.rank_text

    name = "ui.backlog.column.{}".format
    return (
        Column(title=say(name("rank")), text=rank, sort=lambda r: (not r.pin, len(r.rank_text), r.rank_text)),
        Column(title=say(name("order")), text=lambda r: r.order_number, sort=lambda r: r.order_number),
        Column(title=say(name("customer")), text=lambda r: r.customer, sort=lambda r: r.customer.casefold()),
        Column(title=say(name("state")), text=_state, sort=_state),
        _count(say(name("units")), lambda r: r.units_open),
        Column(
            title=say(name("value")),
            text=lambda r: f"{r.value:,.2f} {r.currency}",
            sort=lambda r: (r.currency, r.value),
            is_number=True,
        ),
        Column(
            title=say(name("promise")), text=lambda r: _day(r.promise_date), sort=lambda r: r.promise_date or _LAST_DAY
        ),
        Column(
            title=say(name("leave_by")), text=lambda r: instant(r.leave_by), sort=lambda r: r.leave_by or _LAST_INSTANT
        ),
        Column(
            title=say(name("age")),
            text=lambda r: say("ui.backlog.age", days=r.age_days),
            sort=lambda r: r.age_days,
            is_number=True,
        ),
        Column(title=say(name("reason")), text=lambda r: r.reason, sort=lambda r: r.reason),
    )


def _day(value: date | None) -> str:
    return QLocale().toString(QDate(value.year, value.month, value.day), "ddd d MMM") if value else ""


def _count(title: str, number: Callable[[BacklogRow], int]) -> Column:
    return Column(title=title, text=lambda r: f"{number(r):,}", sort=number, is_number=True)


def _state(row: BacklogRow) -> str:
    return say(f"ui.backlog.state.{row.state}") if row.state in _STATES else row.state
