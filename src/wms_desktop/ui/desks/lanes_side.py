"""Work beside the lane board: what is walked back, which pick faces are refilled, which bins are counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from wms_desktop.ui.desks.mark_table import MarkTable
from wms_desktop.ui.tables import Column, RowsModel, wrap_lines
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_or_code
from wms_desktop.views.lanes import WalkBackRow
from wms_desktop.views.refills import Look, Refill

LISTS = ("walk", "refill", "count")
WIDTHS = {"walk": (84, 186, 60), "refill": (156, 130, 56), "count": (126, 128, 84)}
"""First widths of the columns in sight, in pixels."""
_WIDE = 344
_title = "ui.lanes.column.{}".format


class SideLists(QWidget):
    """One list in sight, chosen by its button; each says how many rows it has, and why the row in hand is on it."""

    def __init__(self, age: Callable[[WalkBackRow], str]) -> None:
        super().__init__()
        self.setFixedWidth(_WIDE)
        self.title = Label("", 15, bold=True, wrap=True)
        self.hint = Label("", 11, wrap=True, role="soft")
        self.reason = Label("", 12, wrap=True)
        self.tables = {
            "walk": MarkTable(RowsModel(_walk_columns(age), key=walk_key), say("ui.lanes.walk_table")),
            "refill": MarkTable(
                RowsModel(_refill_columns(), key=lambda row: row.face_id), say("ui.lanes.refill_table")
            ),
            "count": MarkTable(RowsModel(_count_columns(), key=lambda row: row.task_id), say("ui.lanes.count_table")),
        }
        for table in self.tables.values():
            wrap_lines(table)
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self.buttons = {name: self._button(name) for name in LISTS}
        self._lay_out()
        for table in self.tables.values():
            table.selectionModel().currentChanged.connect(lambda _now, _before: self._tell_reason())
            table.rows.modelReset.connect(self._tell_reason)
        self._tell()

    def current(self) -> str:
        """The list in sight."""
        return next(name for name, button in self.buttons.items() if button.isChecked())

    def table(self) -> MarkTable:
        """The table in sight."""
        return self.tables[self.current()]

    def bring_up(self, name: str) -> None:
        """Show a list."""
        self.buttons[name].setChecked(True)
        self._stack.setCurrentWidget(self.tables[name])
        self._tell()

    def take_keyboard(self) -> bool:
        """The list in sight gets the keys; False: it is empty."""
        table = self.table()
        if not table.rows.rowCount():
            return False
        table.setFocus()
        if not table.chosen():
            table.choose([table.rows.key(table.current() or table.rows.shown()[0])])
        return True

    def show_rows(self, name: str, rows: Sequence[Any]) -> None:
        """Show a list anew."""
        self.tables[name].rows.show_rows(tuple(rows))
        self.buttons[name].setText(say(f"ui.lanes.{name}_tab", count=len(rows)))
        self.buttons[name].setAccessibleName(self.buttons[name].text())
        self._tell()

    def _tell(self) -> None:
        name, rows = self.current(), self.table().rows.shown()
        if not rows:
            self.title.setText(say(f"ui.lanes.{name}_none"))
            self.hint.setText(say(f"ui.lanes.{name}_none_hint"))
        elif name == "walk":
            self.title.setText(say("ui.lanes.walk_back", units=sum(row.units for row in rows)))
            self.hint.setText(say("ui.lanes.walk_hint"))
        else:
            urgent = sum(row.is_urgent for row in rows)
            self.title.setText(say(f"ui.lanes.{name}_title", count=len(rows), urgent=urgent))
            self.hint.setText(say(f"ui.lanes.{name}_hint"))
        self.table().setVisible(bool(rows))
        self._tell_reason()

    def _tell_reason(self) -> None:
        row = self.table().current()
        self.reason.setText(reason_in_words(row) if row is not None else "")
        self.reason.setVisible(bool(self.reason.text()))

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(say(f"ui.lanes.{name}_tab", count=0))
        button.setObjectName(f"lanes-{name}")
        button.setAccessibleName(button.text())
        button.setCheckable(True)
        button.setChecked(name == LISTS[0])
        button.clicked.connect(lambda _=False: self.bring_up(name))
        self._group.addButton(button)
        self._stack.addWidget(self.tables[name])
        return button

    def _lay_out(self) -> None:
        tabs = QHBoxLayout()
        tabs.setSpacing(0)
        for button in self.buttons.values():
            tabs.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(tabs)
        for part in (self.title, self.hint):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        column.addWidget(self.reason)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)


def reason_in_words(row: WalkBackRow | Refill | Look) -> str:
    """Why a face is refilled or a bin counted; "" for what is walked back."""
    if isinstance(row, Refill):
        code = "ui.lanes.refill_urgent" if row.is_urgent else "ui.lanes.refill_low"
        return say(code, face=plain(row.face, 40), there=row.there, least=row.face_min, wanted=row.wanted, qty=row.qty,
                   source=plain(row.source, 40))  # fmt: skip
    if isinstance(row, Look):
        code = "counted" if row.is_counted else "urgent" if row.is_urgent else "calm"
        return say(f"ui.lanes.count_{code}", bin=plain(row.bin, 40), product=plain(row.product, 60), why=_seen(row),
                   there=row.there, found=row.found, wanted=row.wanted, missing=row.missing)  # fmt: skip
    return ""


def walk_key(row: WalkBackRow) -> tuple[int, int, str]:
    """What a row of the walk-back list is known by."""
    return row.lane_id, row.product_id, row.lot


def _seen(row: Look) -> str:
    return say_or_code(f"ui.lanes.seen.{row.reason}", {})


def _walk_columns(age: Callable[[WalkBackRow], str]) -> tuple[Column, ...]:
    return (
        _words("lane", lambda row: row.lane),
        _words("product", lambda row: row.product),
        _number("units", lambda row: row.units),
        _words("sku", lambda row: row.sku, is_hidden=True),
        _words("lot", lambda row: row.lot, is_hidden=True),
        _words("age", age, is_hidden=True),
    )


def _refill_columns() -> tuple[Column, ...]:
    return (
        _words("face", lambda row: say("ui.lanes.urgent", place=row.face) if row.is_urgent else row.face),
        _words("product", lambda row: row.product),
        _number("units", lambda row: row.qty),
        _words("source", lambda row: row.source, is_hidden=True),
        _words("sku", lambda row: row.sku, is_hidden=True),
        _words("lot", lambda row: row.lot, is_hidden=True),
        _number("there", lambda row: row.there, is_hidden=True),
        _number("wanted", lambda row: row.wanted, is_hidden=True),
    )


def _count_columns() -> tuple[Column, ...]:
    return (
        _words("bin", lambda row: say("ui.lanes.urgent", place=row.bin) if row.is_urgent else row.bin),
        _words("product", lambda row: row.product),
        _words("seen", _seen),
        _words("sku", lambda row: row.sku, is_hidden=True),
        _number("there", lambda row: row.there, is_hidden=True),
        _number("found", lambda row: row.found, is_hidden=True),
        _number("wanted", lambda row: row.wanted, is_hidden=True),
    )


def _words(name: str, text: Callable[[Any], str], *, is_hidden: bool = False) -> Column:
    return Column(title=say(_title(name)), text=text, is_hidden=is_hidden)


def _number(name: str, number: Callable[[Any], int], *, is_hidden: bool = False) -> Column:
    return Column(title=say(_title(name)), text=lambda row: f"{number(row):,}", sort=number, is_number=True,
                  is_hidden=is_hidden)  # fmt: skip
