"""The fix list: every refused row with line, column, value, rule and cure, and the row itself beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from wms_desktop.ui.desks.imports_mapping import field_word
from wms_desktop.ui.desks.imports_row import RowPanel
from wms_desktop.ui.desks.imports_steps import foot_of
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.imports import Problem, Reading

_WIDTHS = (64, 104, 140, 130, 300)


class ProblemsPage(QWidget):
    """``mended(row_id, fields)``, ``exported()``, ``again()`` (read the file anew), ``more()`` (the next rows),
    ``left_out(row_ids)`` (their documents go in without them).
    """

    mended = Signal(int, object)
    exported = Signal()
    again = Signal()
    more = Signal()
    left_out = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("imports-problems")
        self.reading = Reading(kind="orders", format="csv")
        self.title = Label("", 15, bold=True)
        self.filter = QLineEdit()
        self.filter.setObjectName("problems-filter")
        self.filter.setPlaceholderText(say("ui.imports.filter"))
        self.filter.setAccessibleName(say("ui.imports.filter"))
        self.filter.setMaxLength(100)
        self.filter.setAcceptDrops(False)
        self.filter.setClearButtonEnabled(True)
        self.rows = RowsModel(_columns(), key=lambda problem: problem.row_id)
        self.table = Table(self.rows, say("ui.imports.problems"))
        self.panel = RowPanel()
        self.export = self._button("export", say("ui.imports.export"), self.exported.emit)
        self.reread = self._button("again", say("ui.imports.again"), self.again.emit)
        self.show_more = self._button("more", "", self.more.emit)
        self.leave_out = self._button("leave-out", say("ui.imports.leave_out"), self._leave_out)
        self.foot = foot_of([self.show_more, self.leave_out, self.export, self.reread], [self.panel.check])
        self._lay_out()
        for keys, step in (("Ctrl+Down", 1), ("Ctrl+Up", -1)):  # a shortcut: the scroll area would take the key
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda way=step: self.walk(way))
        self.filter.textChanged.connect(lambda text: self.rows.set_filter(text))
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_current())
        self.table.opened.connect(lambda _: self.panel.focus_first())
        self.panel.mended.connect(self.mended)

    def show_problems(self, problems: Sequence[Problem], count: int) -> None:
        """Show the rows fetched so far, of so many."""
        here = self.table.current()
        place = max(0, self.table.currentIndex().row())
        self.rows.show_rows(problems)
        self.title.setText(say("ui.imports.refused_rows", count=f"{count:,}") if count else say("ui.imports.all_good"))
        self.show_more.setVisible(len(problems) < count)
        self.show_more.setText(say("ui.imports.more", shown=f"{len(problems):,}", count=f"{count:,}"))
        for button in (self.export, self.leave_out):
            button.setEnabled(count > 0)
        if here is None or self.table.current() is None:
            self._choose(min(place, self.rows.rowCount() - 1))
        self._show_current(is_fresh=True)

    def walk(self, step: int) -> None:
        """Go to the next row (1) or the last one (-1) without leaving the fields."""
        self._choose(self.table.currentIndex().row() + step)
        self.panel.focus_first()

    def _leave_out(self) -> None:
        rows = [problem.row_id for problem in self.table.chosen()]
        if rows:
            self.left_out.emit(rows)

    def _choose(self, place: int) -> None:
        if 0 <= place < self.rows.rowCount():
            self.table.selectRow(place)

    def _show_current(self, *, is_fresh: bool = False) -> None:
        problem = self.table.current()
        if is_fresh or problem != self.panel.problem:
            holder = QApplication.focusWidget()
            is_typing = holder is not None and self.panel.isAncestorOf(holder)
            self.panel.show_problem(problem, self.reading.kind, self.reading.mapping)
            if is_typing:
                self.panel.focus_first()

    def _button(self, name: str, text: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"problems-{name}")
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        self.filter.setMinimumWidth(280)
        head.addWidget(self.filter)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(head)
        left.addWidget(self.table, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addLayout(left, 1)
        row.addWidget(self.panel)

    @staticmethod
    def widths() -> tuple[int, ...]:
        """The first widths of the columns."""
        return _WIDTHS


def _columns() -> tuple[Column, ...]:
    def column(problem: Problem) -> str:
        return field_word(problem.column) if problem.column else ""

    def cure(problem: Problem) -> str:
        return say_message(problem.cure)

    name = "ui.imports.problem.{}".format
    return (
        Column(title=say(name("line")), text=lambda p: f"{p.line:,}", sort=lambda p: p.line, is_number=True),
        Column(title=say(name("document")), text=lambda p: p.key, sort=lambda p: p.key),
        Column(title=say(name("column")), text=column, sort=column),
        Column(title=say(name("value")), text=lambda p: p.value, sort=lambda p: p.value, tone=lambda _: "alarm"),
        Column(title=say(name("cure")), text=cure, sort=cure),
        Column(title=say(name("rule")), text=lambda p: p.rule, sort=lambda p: p.rule, is_hidden=True),
    )
