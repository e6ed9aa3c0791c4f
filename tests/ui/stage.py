"""A desk without a window: its questions are answered at once, its acts are written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.backlog_rows import ANSWERS
from tests.ui.fakes import BADGE, accepted
from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.ui.desks.desk import Desk
from wms_desktop.ui.jobs import Job, Jobs
from wms_desktop.ui.wording import say_message

DONE = Answer(
    outcome=Outcome.STEP_DONE, message=Message("heard", {"text": "done"}), prompt=BADGE, changes=Changes.ORDERS
)
REFUSED = accepted("too late", BADGE, Outcome.STOP)


@dataclass
class Stage:
    """Answers by ``answers``, refuses the acts in ``refused``, and keeps what was asked, done and gone to."""

    desk: Any
    qtbot: QtBot
    answers: dict[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=lambda: dict(ANSWERS))
    refused: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    acts: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    gone: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    jobs: Jobs = field(default_factory=Jobs)

    def open(self, width: int = 1280, height: int = 690) -> Stage:
        """Connect the desk as the window does, and show it."""
        desk: Desk = self.desk
        self.qtbot.addWidget(desk)
        desk.asked.connect(self._answer)
        desk.acted.connect(self._act)
        desk.went.connect(lambda place, args: self.gone.append((place, args)))
        desk.worked.connect(self.work)
        desk.resize(width, height)
        desk.show()
        self.qtbot.waitActive(desk).__enter__()
        return self

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Keys, each to whatever has the keyboard."""
        for key in keys:
            self.qtbot.keyClick(self.focus(), key, modifiers)

    def type(self, text: str) -> None:
        """Letters to whatever has the keyboard."""
        self.qtbot.keyClicks(self.focus(), text)

    def focus(self) -> Any:
        """What has the keyboard."""
        return QApplication.focusWidget() or self.desk

    def work(self, job: Job) -> None:
        """Long work, on its own thread."""
        self.jobs.begin(job)

    def _answer(self, question: str, args: Mapping[str, Any], done: Any, failed: Any) -> None:
        self.asked.append((question, args))
        answer = self.answers[question](args)
        (failed if isinstance(answer, Message) else done)(answer)

    def _act(self, name: str, args: Mapping[str, Any], done: Any) -> None:
        self.acts.append((name, args))
        answer = self.refused.get(name, DONE)
        self.desk.tell(say_message(answer.message), answer.outcome)
        if answer.changes is not Changes.NONE:
            self.desk.refresh()
        if done is not None:
            done(answer)
