"""Joins the desks to the threads: questions, acts and long work go out, answers come back, changes are read anew.

A desk is a :class:`~wms_desktop.ui.desks.desk.Desk`; nothing here knows what one asks. A hidden desk is read when it
comes up, a visible one soon after a change of a kind it cares for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any, cast

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer, Message
from wms_desktop.ui.desks.backlog import BacklogDesk
from wms_desktop.ui.desks.batches import BatchesDesk
from wms_desktop.ui.desks.decisions import DecisionsDesk
from wms_desktop.ui.desks.desk import Desk
from wms_desktop.ui.desks.figures import FiguresDesk
from wms_desktop.ui.desks.imports import ImportsDesk
from wms_desktop.ui.desks.inbound import InboundDesk
from wms_desktop.ui.desks.lanes import LanesDesk
from wms_desktop.ui.desks.story import StoryDesk
from wms_desktop.ui.operations import Operations, Reads
from wms_desktop.ui.rows import BatchRow, OperatorRow
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.wording import say, say_message

_CALM_MS = 250
"""Changes within this time are read once, so that a burst of scans costs one read."""
_REST = 5
"""A desk whose reading takes long rests so many times as long after it, so that the scans keep the processor."""

_Told = Callable[[Any], None]


class DeskWork(QObject):
    """Owns the desks. ``went(place)``: this one is to come up, and was already told what to show."""

    went = Signal(str)

    def __init__(self, operations: Operations, settings: Settings, zone: tzinfo, clock: Callable[[], datetime]) -> None:
        super().__init__()
        self._operations = operations
        self.makers: dict[str, Callable[[], QWidget]] = {
            "batches": lambda: BatchesDesk(zone),
            "backlog": lambda: BacklogDesk(settings, zone),
            "figures": lambda: FiguresDesk(settings, zone),
            "decisions": lambda: DecisionsDesk(settings, zone, clock),
            "story": lambda: StoryDesk(settings, zone),
            "imports": lambda: ImportsDesk(settings, zone, operations.imports),
            "inbound": lambda: InboundDesk(settings, zone, clock),
            "lanes": lambda: LanesDesk(settings, zone, clock),
        }
        self.made: dict[str, QWidget] = {}
        """The desks made so far."""
        self._stale: dict[str, Changes] = {}
        self._asking: dict[str, int] = {}
        self._cost: dict[tuple[str, str], float] = {}
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._reload)
        operations.changed.connect(self.note)
        operations.read_failed.connect(self._tell_failure)

    def desk(self, place: str) -> QWidget:
        """The desk called ``place``, made when it is first wanted: the window is to be there at once."""
        if place not in self.made:
            made = self.made[place] = self.makers[place]()
            if isinstance(made, Desk):
                self._connect(made)
            elif isinstance(made, BatchesDesk):
                self._connect_batches(made)
        return self.made[place]

    @property
    def batches(self) -> BatchesDesk:
        """The batches board."""
        return cast(BatchesDesk, self.desk("batches"))

    @property
    def backlog(self) -> BacklogDesk:
        """The work list."""
        return cast(BacklogDesk, self.desk("backlog"))

    @property
    def imports(self) -> ImportsDesk:
        """The imports."""
        return cast(ImportsDesk, self.desk("imports"))

    def open_with(self, place: str, args: Mapping[str, Any]) -> None:
        """Bring up a desk and let it show what ``args`` names."""
        desk = self.desk(place)
        if isinstance(desk, Desk):
            desk.open_with(args)
        self.went.emit(place)

    def note(self, changes: Changes) -> None:
        """Something changed, here or at another station."""
        for place, desk in self.made.items():
            if desk.isVisible():  # a hidden one is read when it comes up
                self._stale[place] = self._stale.get(place, Changes.NONE) | changes
        if not self._timer.isActive():  # a floor that never rests must not put the reading off for ever
            self._timer.start(self._rest())

    def stop(self) -> None:
        """The window closes: nothing more is read, and each desk remembers its columns."""
        self._timer.stop()
        for desk in self._desks():
            desk.save()

    def _desks(self) -> list[Desk]:
        return [desk for desk in self.made.values() if isinstance(desk, Desk)]

    def _connect(self, desk: Desk) -> None:
        desk.asked.connect(lambda *asked: self._ask(desk.place, *asked))
        desk.acted.connect(lambda *acted: self._do(desk, *acted))
        desk.went.connect(self.open_with)
        desk.worked.connect(self._operations.jobs.begin)

    # ----------------------------------------------------------------------------------- questions and acts

    def _ask(self, place: str, question: str, args: Mapping[str, Any], done: _Told, on_failed: _Told) -> None:
        self._asking[place] = self._asking.get(place, 0) + 1

        def ask(reads: Reads) -> Any:
            began = time.monotonic()
            answer = reads.ask(question, args)
            self._cost[place, question] = time.monotonic() - began
            return answer

        def answered(tell: _Told, result: Any) -> None:
            self._asking[place] -= 1
            if self._stale.get(place) and not self._timer.isActive():
                self._timer.start(self._rest())
            tell(result)

        self._operations.read(ask, lambda result: answered(done, result), lambda message: answered(on_failed, message))

    def _rest(self) -> int:
        """Milliseconds to wait before what is in sight is read again."""
        costs = [cost for (place, _), cost in self._cost.items() if self.made[place].isVisible()]
        return max(_CALM_MS, int(max(costs, default=0.0) * 1000 * _REST))

    def _do(self, desk: Desk, name: str, args: Mapping[str, Any], done: Callable[[Answer], None] | None) -> None:
        def answered(answer: Answer) -> None:
            desk.tell(say_message(answer.message), answer.outcome)
            if answer.changes is not Changes.NONE:
                self._operations.changed.emit(answer.changes)
                self._stale[desk.place] = Changes.NONE
                desk.refresh()  # who did something sees it at once
            if done is not None:
                done(answer)

        self._operations.command(lambda runner: runner.act(name, args), answered)

    def _reload(self) -> None:
        for place, desk in self.made.items():
            if not desk.isVisible() or self._asking.get(place):
                continue  # a hidden desk is read when it comes up; a busy one when its answer is there
            stale = self._stale.pop(place, Changes.NONE)
            if isinstance(desk, Desk) and stale & desk.cares_for:
                desk.refresh()
            elif isinstance(desk, BatchesDesk) and stale & BatchesDesk.cares_for:
                self.read_batches()

    def _tell_failure(self, reason: str) -> None:
        if "batches" in self.made:
            self.batches.tell(say("ui.read_failed", reason=reason))
        for desk in self._desks():
            desk.tell_message(Message("ui.read_failed", {"reason": reason}))

    # -------------------------------------------------------------------------------------- the batches board

    def _connect_batches(self, desk: BatchesDesk) -> None:
        desk.wanted.connect(self.read_batches)
        desk.moved.connect(lambda batch, operator: self._move("reassign", batch=batch, operator=operator))
        desk.release_wanted.connect(self._release)
        desk.list_wanted.connect(lambda batch: self._move("print_list", batch=batch))

    def read_batches(self) -> None:
        """Read the board anew."""
        self._operations.read(_board, lambda rows: self.batches.show_rows(*rows))

    def _release(self) -> None:
        self.batches.tell(say("ui.batches.releasing"))
        self._operations.command(lambda runner: runner.release_wave(), self._moved)

    def _move(self, name: str, **args: int) -> None:
        self._operations.command(lambda runner: runner.act(name, args), self._moved)

    def _moved(self, answer: Answer) -> None:
        self.batches.tell(say_message(answer.message))
        self._operations.changed.emit(answer.changes)
        self.read_batches()


def _board(reads: Reads) -> tuple[tuple[BatchRow, ...], tuple[OperatorRow, ...]]:
    return tuple(reads.batches()), tuple(reads.operators())
