"""The panel beside a desk's table in which an act is thought over: fields, rehearsal, then do it or leave it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from wms_desktop.prompts import Message
from wms_desktop.ui.desks.charts import draw_frame
from wms_desktop.ui.desks.fields import Editor, Field, editor_of
from wms_desktop.ui.desks.rehearsal import RehearsalList
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.rehearsal import Rehearsal

WIDE = 420
Values = Mapping[str, Any]
Step = tuple[str, dict[str, Any]]
"""An act by its name, with its arguments."""


def _no_steps(_values: Values) -> tuple[Step, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An act that is thought over. ``make`` gives the act from the fields' values; ``confirm`` says in words what will
    be done; ``check`` what is wrong with the values together ("": nothing); ``rehearse`` what to ask ("rehearse" of the
    house), None where nothing of the sort can be foreseen; ``undo`` the acts that take it back; ``is_final``: it cannot
    be taken back, and is asked for twice by name.
    """

    title: str
    confirm: Callable[[Values], str]
    make: Callable[[Values], Step]
    facts: str = ""
    fields: tuple[Field, ...] = ()
    rehearse: Callable[[Values], dict[str, Any]] | None = None
    undo: Callable[[Values], tuple[Step, ...]] = _no_steps
    check: Callable[[Values], str] = lambda _values: ""
    is_final: bool = False


class _FormArea(QScrollArea):
    """As high as its fields where there is room, else it scrolls."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)

    def sizeHint(self) -> QSize:
        form = self.widget()
        wide = self.viewport().width()
        return QSize(wide, form.heightForWidth(wide) if form and form.hasHeightForWidth() else _high(form))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, min(90, self.sizeHint().height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()  # how high wrapped text is, only its width tells


def _high(form: QWidget | None) -> int:
    return form.sizeHint().height() if form else 0


class ActPanel(QWidget):
    """One proposal at a time; F7 rehearses, F8 does it, Esc leaves it. Enter never does anything for good: a scan ends
    with one.

    ``rehearsed(args)``: ask for the rehearsal. ``accepted(step, undo)``: do it. ``left()``: closed. ``opened(order)``.
    """

    rehearsed = Signal(object)
    accepted = Signal(object, object)
    left = Signal()
    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("act-panel")
        self.setFixedWidth(WIDE)
        self.proposal: Proposal | None = None
        self._editors: dict[str, Editor] = {}
        self._armed = False
        self.title = Label("", 15, bold=True, wrap=True)
        self.facts = Label("", 11, wrap=True)
        self.problem = Label("", 11, wrap=True, role="alarm")
        self.foreseen = RehearsalList()
        self.foreseen.opened.connect(self.opened)
        self.problem.hide()
        self.rehearse = self._button("rehearse", self.ask_rehearsal)
        self.accept = self._button("do", self.press)
        self.accept.setDefault(True)  # only its looks
        self.accept.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a scanned space or Enter must never press it: F8 does
        self.leave = self._button("leave", self.close_panel)
        self._lay_out()
        self.hide()

    def show_proposal(self, proposal: Proposal) -> None:
        """Think over another act; the keyboard goes to its first field."""
        self.proposal, self._armed = proposal, False
        self.title.setText(proposal.title)
        self.facts.setText(proposal.facts)
        self.facts.setVisible(bool(proposal.facts))
        self._editors = {field.name: editor_of(field) for field in proposal.fields}
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(10)
        for editor in self._editors.values():
            editor.changed.connect(self._note_change)
            column.addWidget(editor)
        self._form.setWidget(form)
        form.setAutoFillBackground(False)
        self._form.setVisible(bool(self._editors))
        self.rehearse.setVisible(proposal.rehearse is not None)
        self.foreseen.hide()
        self._space.setVisible(True)
        self._note_change()
        self.show()
        first = next(iter(self._editors.values()), None)
        (first or (self.rehearse if proposal.rehearse else self.leave)).setFocus()

    def show_rehearsal(self, rehearsal: Rehearsal) -> None:
        """Show what the act would do; stale answers (the panel was left) are dropped by the caller."""
        self._tell("")
        self.foreseen.show_rehearsal(rehearsal)
        self.foreseen.show()
        self._space.setVisible(False)

    def tell_problem(self, message: Message) -> None:
        """Say why it cannot be rehearsed."""
        self._tell(say_message(message))

    def values(self) -> Values:
        """What the fields say."""
        return {name: editor.value() for name, editor in self._editors.items()}

    def ask_rehearsal(self) -> None:
        """F7: what would happen."""
        if self.proposal is not None and self.proposal.rehearse is not None and self._is_whole():
            self.rehearsed.emit(self.proposal.rehearse(self.values()))

    def press(self) -> None:
        """F8: do it; what cannot be taken back is asked for a second time, by name."""
        if self.proposal is None or not self._is_whole():
            return
        if self.proposal.is_final and not self._armed:
            self._armed = True
            self.accept.setText(say("ui.act.sure", what=self.proposal.confirm(self.values())))
            self._tell(say("ui.act.no_way_back"))
            return
        values = self.values()
        self.accepted.emit(self.proposal.make(values), self.proposal.undo(values))

    def close_panel(self) -> None:
        """Esc: leave it; nothing was changed."""
        self.proposal = None
        self.hide()
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F7, F8, Esc."""
        acts = {Qt.Key.Key_F7: self.ask_rehearsal, Qt.Key.Key_F8: self.press, Qt.Key.Key_Escape: self.close_panel}
        act = acts.get(Qt.Key(event.key()))
        if act is not None:
            act()
        elif event.key() not in (Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F9):
            event.accept()  # letters meant for a field never reach the desk's own keys
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel's ground."""
        draw_frame(self, self.rect())

    def _lay_out(self) -> None:
        self._form = _FormArea()
        self._space = QWidget()
        self._space.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(10)
        column.addWidget(self.title)
        column.addWidget(self.facts)
        column.addWidget(self._form)
        column.addWidget(self.problem)
        column.addWidget(self.rehearse)
        column.addWidget(self.foreseen, 1)
        column.addWidget(self._space, 1)
        column.addWidget(self.accept)
        last = QHBoxLayout()
        last.addWidget(self.leave, 1)
        column.addLayout(last)

    def _button(self, name: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(say(f"ui.act.{name}"))
        button.setObjectName(f"act-{name}")
        button.setAccessibleName(button.text())
        button.clicked.connect(lambda _=False: act())
        return button

    def _note_change(self) -> None:
        """Another value: what was foreseen or half said yes to counts no more."""
        self._armed = False
        self._tell("")
        self.foreseen.hide()
        self._space.setVisible(True)
        if self.proposal is not None:
            words = self.proposal.confirm(self.values()) if not self._first_problem() else say("ui.act.plain_do")
            self.accept.setText(say("ui.act.do_it", what=plain(words, 90)))
            self.accept.setAccessibleName(self.accept.text())

    def _first_problem(self) -> str:
        wrong = next((problem for editor in self._editors.values() if (problem := editor.problem())), "")
        return wrong or (self.proposal.check(self.values()) if self.proposal else "")

    def _is_whole(self) -> bool:
        """Whether every field is good; the first that is not says so and gets the keyboard."""
        for editor in self._editors.values():
            if problem := editor.problem():
                self._tell(problem)
                editor.setFocus()
                return False
        wrong = self._first_problem()
        self._tell(wrong)
        return not wrong

    def _tell(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
