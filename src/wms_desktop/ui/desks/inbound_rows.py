"""The rows behind a figure of the dock: a table with a title, and the way back to the figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from wms_desktop.ui.desks import inbound_words as words
from wms_desktop.ui.desks.column_kinds import ColumnKinds
from wms_desktop.ui.desks.mark_table import MarkTable
from wms_desktop.ui.tables import Column, RowsModel
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import find_sentence, say
from wms_desktop.views.dock import DockRows, DockTruck, TieRow

_kinds = ColumnKinds("ui.inbound", none="ui.inbound.none")
_WIDEST = 232
_NARROWEST = 96


class RowsPage(QWidget):
    """``left()``: Esc, back to the figures; ``story_wanted(order_id)`` and ``truck_wanted(delivery_id)``: Enter."""

    left = Signal()
    story_wanted = Signal(int)
    truck_wanted = Signal(int)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self.what = ("", "")
        """What is shown: figure and key; ("", ""): nothing."""
        self.title = Label("", 15, bold=True, wrap=True)
        self.sum = Label("", 12)
        self.table = MarkTable(RowsModel(()), say("ui.inbound.rows"))
        self.table.opened.connect(self._open)
        self.back = QPushButton(say("ui.inbound.rows.back"))
        self.back.setObjectName("rows-back")
        self.back.setAccessibleName(self.back.text())
        self.back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.back.clicked.connect(lambda _=False: self.left.emit())
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.title, 1)
        head.addWidget(self.sum)
        head.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)

    def wait_for(self, what: str, key: str, title: str) -> None:
        """Say whose rows are being read; others that come in meanwhile are not shown."""
        self.what = (what, key)
        self.title.setText(title)
        self.sum.setText(say("ui.inbound.rows.reading"))
        self.table.setAccessibleName(title)
        self.table.rows.show_columns(COLUMNS[what](self._zone), ())

    def show_rows(self, found: DockRows) -> None:
        """Show the rows, if they are still the wanted ones."""
        if (found.what, found.key) != self.what:
            return
        current = self.table.currentIndex().row()
        is_first = not self.table.rows.rowCount()
        self.table.rows.show_rows(found.rows)
        self.sum.setText(_sum(found))
        if is_first:
            self.table.fit_columns(_WIDEST)
            self._narrow()
        if found.rows:
            self.table.selectRow(min(max(0, current), len(found.rows) - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _narrow(self) -> None:
        """Take from the widest columns, as far as a word of them stays, what the page has no room for."""
        table = self.table
        widths = {section: table.columnWidth(section) for section in table.columns_shown()}
        for _ in range(over := sum(widths.values()) - table.viewport().width()):
            widest = max(widths, key=lambda section: widths[section])
            if widths[widest] <= _NARROWEST:
                break
            widths[widest] -= 1
        for section, width in widths.items() if over > 0 else ():
            table.setColumnWidth(section, width)

    def _open(self, row: Any) -> None:
        if isinstance(row, DockTruck):
            self.truck_wanted.emit(row.delivery_id)
        elif getattr(row, "order_id", 0):
            self.story_wanted.emit(row.order_id)


def reason_in_words(reason: str) -> str:
    """Why a verdict was declined; one that this version does not know as it came."""
    return find_sentence(f"reason.{reason}", {}) or plain(reason, 60)


def _sum(found: DockRows) -> str:
    if found.is_cut:
        return say("ui.inbound.rows.cut", count=f"{len(found.rows):,}")
    if not found.rows:
        return say("ui.inbound.rows.none")
    if found.what == "trucks":
        kept = Counter(row.verdict for row in found.rows)
        return say("ui.inbound.rows.trucks", count=f"{len(found.rows):,}", on_time=kept["on_time"], late=kept["late"],
                   missed=kept["missed"])  # fmt: skip
    if found.what == "received":
        crossed, units = (f"{sum(getattr(row, name) for row in found.rows):,}" for name in ("crossed", "units"))
        return say("ui.inbound.rows.received", count=f"{len(found.rows):,}", crossed=crossed, units=units)
    return say("ui.inbound.rows.sum", count=f"{len(found.rows):,}", units=f"{sum(row.units for row in found.rows):,}")


def _goods() -> tuple[Column, ...]:
    return (
        _kinds.words("sku", lambda row: row.sku),
        _kinds.words("product", lambda row: row.product),
        _kinds.number("units", lambda row: row.units),
    )


def _ties(zone: tzinfo) -> tuple[Column, ...]:
    return (
        _kinds.instant("received_at", lambda row: row.at, zone),
        _kinds.words("order", lambda row: row.order),
        _kinds.words("customer", lambda row: row.customer),
        *_goods(),
        _kinds.words("tie", _tie),
        _kinds.words("found", lambda row: say(f"ui.inbound.kind.{row.kind}")),
        _kinds.words("truck", lambda row: row.truck),
        _kinds.words("receipt", lambda row: row.receipt),
    )


def _declined(zone: tzinfo) -> tuple[Column, ...]:
    return (
        _kinds.instant("received_at", lambda row: row.at, zone),
        _kinds.words("order", lambda row: row.order),
        _kinds.words("customer", lambda row: row.customer),
        *_goods(),
        _kinds.words("why", lambda row: reason_in_words(row.why)),
        _kinds.words("found", lambda row: say(f"ui.inbound.kind.{row.kind}")),
        _kinds.words("truck", lambda row: row.truck),
        _kinds.words("receipt", lambda row: row.receipt),
    )


def _tie(row: TieRow) -> str:
    return (
        say("ui.inbound.tie.in_lane", lane=plain(row.lane, 30))
        if row.state == "in_lane"
        else say("ui.inbound.tie.packed")
    )


def _orders(zone: tzinfo) -> tuple[Column, ...]:
    return (
        _kinds.words("order", lambda row: row.order),
        _kinds.words("customer", lambda row: row.customer),
        _kinds.number("lines", lambda row: row.lines),
        _kinds.number("units", lambda row: row.units),
        _kinds.instant("first", lambda row: row.first, zone),
        _kinds.instant("last", lambda row: row.last, zone),
    )


def _passages(zone: tzinfo) -> tuple[Column, ...]:
    return (
        _kinds.words("through", lambda row: say(f"ui.inbound.through.{row.through}")),
        _kinds.words("order", lambda row: row.order),
        *_goods(),
        _kinds.instant("received_at", lambda row: row.came, zone),
        _kinds.instant("left_at", lambda row: row.left, zone),
        Column(title=_kinds.title("took"), text=lambda row: words.span(row.minutes), sort=lambda row: row.minutes,
               is_number=True, value=lambda row: row.minutes),
    )  # fmt: skip


def _walks(zone: tzinfo) -> tuple[Column, ...]:
    return (
        _kinds.instant("walked_at", lambda row: row.at, zone),
        *_goods(),
        _kinds.words("from", lambda row: row.source),
        _kinds.words("to", lambda row: row.target),
        _kinds.words("who", lambda row: row.who),
    )


def _trucks(zone: tzinfo) -> tuple[Column, ...]:
    def late(row: DockTruck) -> str:
        return words.span(row.late_minutes) if row.late_minutes else ""

    return (
        _kinds.words("truck", lambda row: row.number),
        _kinds.words("suppliers", lambda row: words.names(row.suppliers)),
        _kinds.instant("opens", lambda row: row.opens_at, zone),
        _kinds.instant("closes", lambda row: row.closes_at, zone),
        _kinds.instant("checked_in", lambda row: row.came, zone),
        Column(title=_kinds.title("kept"), text=lambda row: say(f"ui.inbound.verdict.{row.verdict}"),
               tone=lambda row: "" if row.verdict == "on_time" else "alarm"),
        Column(title=_kinds.title("late_by"), text=late, sort=lambda row: row.late_minutes or 0, is_number=True,
               value=lambda row: row.late_minutes),
    )  # fmt: skip


def _came(zone: tzinfo) -> tuple[Column, ...]:
    sku, product, units = _goods()
    return (
        _kinds.instant("received_at", lambda row: row.at, zone),
        sku,
        product,
        _kinds.number("crossed", lambda row: row.crossed),
        units,
        _kinds.words("truck", lambda row: row.truck),
        _kinds.words("receipt", lambda row: row.receipt),
        _kinds.words("who", lambda row: row.who),
    )


COLUMNS: dict[str, Callable[[tzinfo], tuple[Column, ...]]] = {
    "crossed": _ties, "declined": _declined, "orders": _orders, "minutes": _passages, "saved": _passages,
    "walked": _walks, "trucks": _trucks, "received": _came,
}  # fmt: skip
"""The columns of each figure's rows."""
