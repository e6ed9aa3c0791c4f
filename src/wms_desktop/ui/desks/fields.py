"""What an act asks a person for: a reason, a day, a number, one of several, units per line; each says what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from wms_desktop.ui import theme
from wms_desktop.ui.days import full_day, read_day
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say

_LIST_HIGH = 230
_MOST_LINES = 60
_MOST_PASTED = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """A line of free text; ``hint`` says what is meant."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    is_needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DayField:
    """A typed day; ``today`` is the house's own day, which "+3" counts from."""

    name: str
    label: str
    today: date
    value: date | None = None
    is_needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberField:
    """A whole number between two bounds."""

    name: str
    label: str
    value: int
    least: int = 0
    most: int = 9_999


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceField:
    """One of several (value, its words)."""

    name: str
    label: str
    options: tuple[tuple[Any, str], ...]
    value: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsField:
    """Units of several lines: (line id, its words, the most); gives those that are above 0."""

    name: str
    label: str
    lines: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsField:
    """Several rows, typed or pasted from a sheet: cells between tabs, semicolons or commas, at most ``most`` a row."""

    name: str
    label: str
    most: int
    value: str = ""
    hint: str = ""


Field = TextField | DayField | NumberField | ChoiceField | UnitsField | RowsField


class Editor(QWidget):
    """The base of the editors: a value, what is wrong with it ("": nothing), and a sign when it changes."""

    changed = Signal()

    def __init__(self, label: str) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(3)
        if label:
            self.column.addWidget(Label(label, 11, bold=True, wrap=True))

    def value(self) -> Any:
        """What was given."""
        raise NotImplementedError

    def problem(self) -> str:
        """What is wrong with it, in a sentence; "" when nothing is."""
        return ""


class _TextEditor(Editor):
    def __init__(self, field: TextField) -> None:
        super().__init__(field.label)
        self._is_needed = field.is_needed
        self.entry = QLineEdit(plain(field.value, 200))
        self.entry.setObjectName(f"field-{field.name}")
        self.entry.setMaxLength(200)
        self.entry.setPlaceholderText(field.hint)
        self.entry.setAccessibleName(field.label)
        self.entry.textChanged.connect(lambda _: self.changed.emit())
        self.entry.returnPressed.connect(self.focusNextChild)
        self.column.addWidget(self.entry)
        self.setFocusProxy(self.entry)

    def value(self) -> str:
        return self.entry.text().strip()

    def problem(self) -> str:
        return say("ui.act.needs_text") if self._is_needed and not self.value() else ""


class _DayEditor(Editor):
    def __init__(self, field: DayField) -> None:
        super().__init__(field.label)
        self._field = field
        self.entry = QLineEdit(full_day(field.value))
        self.entry.setObjectName(f"field-{field.name}")
        self.entry.setMaxLength(30)
        example = full_day(field.today)
        self.entry.setPlaceholderText(say("ui.act.day_hint", example=example))
        self.entry.setAccessibleName(field.label)
        self.entry.textChanged.connect(lambda _: self.changed.emit())
        self.entry.returnPressed.connect(self.focusNextChild)
        self.column.addWidget(self.entry)
        self.column.addWidget(Label(say("ui.act.day_hint", example=example), 10, role="soft", wrap=True))
        self.setFocusProxy(self.entry)

    def value(self) -> date | None:
        return read_day(self.entry.text(), self._field.today)

    def problem(self) -> str:
        if self.value() is not None or (not self.entry.text().strip() and not self._field.is_needed):
            return ""
        return say("ui.act.no_day", text=self.entry.text().strip(), example=full_day(self._field.today))


class _NumberEditor(Editor):
    def __init__(self, field: NumberField) -> None:
        super().__init__(field.label)
        self.box = spin_box(field.name, field.label, (field.least, field.most), field.value)
        self.box.valueChanged.connect(lambda _: self.changed.emit())
        self.column.addWidget(self.box)
        self.setFocusProxy(self.box)

    def value(self) -> int:
        return self.box.value()


class _ChoiceEditor(Editor):
    def __init__(self, field: ChoiceField) -> None:
        super().__init__(field.label)
        self._values = [value for value, _ in field.options]
        self.list = QListWidget()
        self.list.setObjectName(f"field-{field.name}")
        self.list.setAccessibleName(field.label)
        self.list.setFont(theme.font(11))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.addItems([plain(words) for _, words in field.options])
        self.list.setCurrentRow(self._values.index(field.value) if field.value in self._values else 0)
        high = sum(2 + 36 * (1 + words.count("\n")) for _, words in field.options) + 14
        self.list.setFixedHeight(min(_LIST_HIGH, high))
        self.list.currentRowChanged.connect(lambda _: self.changed.emit())
        self.column.addWidget(self.list)
        self.setFocusProxy(self.list)

    def value(self) -> Any:
        row = self.list.currentRow()
        return self._values[row] if row >= 0 else None

    def problem(self) -> str:
        return say("ui.act.needs_choice") if self.list.currentRow() < 0 else ""


class _UnitsEditor(Editor):
    def __init__(self, field: UnitsField) -> None:
        super().__init__(field.label)
        self._boxes: dict[int, QSpinBox] = {}
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for line_id, words, most in field.lines[:_MOST_LINES]:
            box = spin_box(f"units-{line_id}", words, (0, most), most)
            box.setSuffix(say("ui.act.of_units", most=most))
            box.valueChanged.connect(lambda _: self.changed.emit())
            form.addRow(Label(words, 11, wrap=True), box)
            self._boxes[line_id] = box
        self.column.addLayout(form)
        if self._boxes:
            self.setFocusProxy(next(iter(self._boxes.values())))

    def value(self) -> dict[int, int]:
        return {line_id: box.value() for line_id, box in self._boxes.items() if box.value()}

    def problem(self) -> str:
        return say("ui.act.no_units") if not self.value() else ""


class _RowsEditor(Editor):
    def __init__(self, field: RowsField) -> None:
        super().__init__(field.label)
        self._most = field.most
        self.box = QPlainTextEdit(plain(field.value, _MOST_PASTED))
        self.box.setObjectName(f"field-{field.name}")
        self.box.setAccessibleName(field.label)
        self.box.setPlaceholderText(field.hint)
        self.box.setTabChangesFocus(True)
        self.box.setFixedHeight(_LIST_HIGH // 2)
        self.box.textChanged.connect(self.changed.emit)
        self.column.addWidget(self.box)
        self.column.addWidget(Label(field.hint, 10, role="soft", wrap=True))
        self.setFocusProxy(self.box)

    def value(self) -> list[list[str]]:
        lines = [line for line in self.box.toPlainText().splitlines() if line.strip()]
        return [[cell.strip() for cell in re.split("\t" if "\t" in line else "[;,]", line)] for line in lines]

    def problem(self) -> str:
        rows = self.value()
        if not rows:
            return say("ui.act.needs_rows")
        long = next((number for number, row in enumerate(rows, 1) if len(row) > self._most), 0)
        return say("ui.act.row_long", row=long, most=self._most) if long else ""


def spin_box(name: str, label: str, bounds: tuple[int, int], value: int) -> QSpinBox:
    """A number box that the keyboard and the wheel move, and a scan cannot overfill."""
    box = QSpinBox()
    box.setObjectName(f"field-{name}")
    box.setAccessibleName(plain(label, 100))
    box.setRange(*bounds)
    box.setValue(value)
    box.setMinimumHeight(36)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def editor_of(field: Field) -> Editor:
    """The editor for a field."""
    if isinstance(field, TextField):
        return _TextEditor(field)
    if isinstance(field, DayField):
        return _DayEditor(field)
    if isinstance(field, NumberField):
        return _NumberEditor(field)
    if isinstance(field, RowsField):
        return _RowsEditor(field)
    return _ChoiceEditor(field) if isinstance(field, ChoiceField) else _UnitsEditor(field)
