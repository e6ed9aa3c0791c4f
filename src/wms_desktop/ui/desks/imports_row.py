"""One refused row, mended on the spot: what is wrong with it, and its fields to be typed over."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from wms_desktop.ui.desks.imports_mapping import field_word
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.imports import FIELDS, Problem

WIDE = 380


class RowPanel(QWidget):
    """``mended(row_id, fields)``: check the row again with these typed over. The one that was refused comes first."""

    mended = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("row-panel")
        self.setFixedWidth(WIDE)
        self.problem: Problem | None = None
        self._entries: dict[str, QLineEdit] = {}
        self.title = Label("", 15, bold=True, wrap=True)
        self.why = Label("", 12, wrap=True, role="alarm")
        self.hint = Label(say("ui.imports.mend_hint"), 11, wrap=True, role="soft")
        self.check = QPushButton(say("ui.imports.check_again"))
        self.check.setObjectName("check-again")
        self.check.clicked.connect(self.send)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(8)
        for part in (self.title, self.why, self.hint):
            column.addWidget(part)
        column.addWidget(self._area, 1)

    def show_problem(self, problem: Problem | None, kind: str, mapping: Mapping[str, str]) -> None:
        """Show another row; None: none is chosen, or none is left. ``mapping`` tells which column is which field."""
        self.problem = problem
        self._entries = {}
        self.check.setEnabled(problem is not None)
        self.title.setText(say("ui.imports.row", line=problem.line) if problem else say("ui.imports.no_row"))
        self.why.setText(say_message(problem.cure) if problem else "")
        self.hint.setVisible(problem is not None)
        form = QWidget()
        lines = QFormLayout(form)
        lines.setContentsMargins(0, 0, 8, 0)
        lines.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        bad = mapping.get(problem.column, problem.column) if problem else ""
        for name in _fields(problem, kind, bad) if problem else ():
            is_bad = name == bad
            word = Label(field_word(name), 11, bold=is_bad, role="alarm" if is_bad else "ink")
            lines.addRow(word, self._entry(name, problem.fields.get(name, "") if problem else ""))
        self._area.setWidget(form)

    def fields(self) -> dict[str, str]:
        """The fields that were typed over."""
        came = self.problem.fields if self.problem else {}
        typed = {name: entry.text() for name, entry in self._entries.items()}
        return {name: text for name, text in typed.items() if text != came.get(name, "")}

    def focus_first(self) -> None:
        """Put the keyboard where the mistake is."""
        first = next(iter(self._entries.values()), None)
        if first is not None:
            first.setFocus()
            first.selectAll()

    def send(self) -> None:
        """Have the row checked again."""
        if self.problem is not None and self.check.isEnabled():
            self.check.setEnabled(False)
            self.mended.emit(self.problem.row_id, self.fields())

    def _entry(self, name: str, text: str) -> QLineEdit:
        entry = QLineEdit(text)
        entry.setObjectName(f"mend-{name}")
        entry.setAccessibleName(field_word(name))
        entry.setMaxLength(2_000)
        entry.setAcceptDrops(False)
        entry.returnPressed.connect(entry.nextInFocusChain)
        self._entries[name] = entry
        return entry


def _fields(problem: Problem, kind: str, bad: str) -> list[str]:
    """The row's fields: the refused one first, then what is filled, then what may be."""
    known = [name for name, _ in FIELDS.get(kind, ())]
    filled = [name for name, text in problem.fields.items() if text]
    first = [bad] if bad in known else []
    return [name for name in dict.fromkeys([*first, *filled, *known]) if name in known]
