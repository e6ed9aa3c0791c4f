"""Everything slow happens here, off the window's thread: scans in one queue, desk reads on a thread of their own."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer, Event, Key, Outcome, Prompt
from wms_desktop.ui.keys import interpret
from wms_desktop.ui.rows import BacklogRow, BatchRow, OperatorRow, TourView

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The person at this station; ``role`` is one of picker, packer, receiver, supervisor, buyer, admin."""

    operator_id: int
    name: str
    role: str


class Unanswered(Protocol):
    """A scan of an earlier run whose answer nobody saw; ``outcome`` is "applied" or "unknown", ``at`` ready to show."""

    @property
    def key(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def outcome(self) -> str: ...


class Runner(Protocol):
    """What the application hands in; every method but ``close`` is called on the scan thread only.

    Refusals come back as answers; what is raised is a bug or the disk (:class:`OSError`), and stops the queue.
    """

    def send(self, workflow: str, event: Event, epoch: int) -> Answer:
        """Journal the event, carry it out in one transaction, answer (PINs are never journalled)."""

    def keep(self, workflow: str, event: Event, epoch: int, reason: str) -> None:
        """Journal the event without carrying it out: after a "stop" (then closed), or a "fault" (waits in the tray)."""

    def prompt(self, workflow: str) -> Prompt:
        """The instruction of the moment, derived from rows."""

    def unanswered(self) -> Sequence[Unanswered]:
        """Scans found in the journal at the start."""

    def dismiss(self, key: str) -> None:
        """The person has read what became of an unanswered scan."""

    def reassign(self, batch_id: int, operator_id: int) -> Answer:
        """Give a batch to somebody else (0: to nobody)."""

    def who(self) -> Who | None:
        """Who is signed on here; None: nobody."""

    def close(self) -> None:
        """Let go of the database; called on the scan thread when the window closes."""


class Reads(Protocol):
    """Desk reads with a read-only connection; called on the desk thread only."""

    def batches(self) -> Sequence[BatchRow]:
        """Open batches."""

    def operators(self) -> Sequence[OperatorRow]:
        """Active people."""

    def backlog(self) -> Sequence[BacklogRow]:
        """Every open order, in the stated demand order."""

    def tour(self, batch: str) -> TourView | None:
        """The walk of a batch by its number; None: nothing to draw."""

    def close(self) -> None:
        """Let go of the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A bug or a full disk: the phrase code of what is said, and the report for the developers."""

    code: str
    report: str


@dataclass(frozen=True, slots=True)
class _Sent:
    workflow: str
    raw: str | Key
    epoch: int
    generation: int


@dataclass(frozen=True, slots=True)
class _Called:
    call: Callable[[Any], Any]
    done: Callable[[Any], None]


class Operations(QObject):
    """One queue of scans, answered in order by one thread; nothing of the database on the window's thread.

    After a *stop* the scans made before it was seen are kept in the journal, not applied. After a bug or a disk error
    nothing more is applied until :meth:`resume`.
    """

    opened = Signal()
    answered = Signal(str, object)
    prompted = Signal(str, object)
    signed_on = Signal(object)
    waiting = Signal(int)
    kept = Signal(str, int)
    failed = Signal(object)
    resumed = Signal()
    recovered = Signal(object)
    changed = Signal(object)
    read_failed = Signal(str)
    _delivered = Signal(object, object)

    def __init__(self, open_runner: Callable[[], Runner], open_reads: Callable[[], Reads]) -> None:
        super().__init__()
        self._open_runner, self._open_reads = open_runner, open_reads
        self._scans: SimpleQueue[_Sent | _Called | None] = SimpleQueue()
        self._reads: SimpleQueue[_Called | None] = SimpleQueue()
        self._threads: list[Thread] = []
        self._count = 0
        self._generation = 0
        self._stopped_through = -1
        self._halted = False
        self._prompts: dict[str, Prompt] = {}
        self._who: Who | None = None
        self.answered.connect(self._note_answer, Qt.ConnectionType.QueuedConnection)
        self.kept.connect(self._note_done, Qt.ConnectionType.QueuedConnection)
        self._delivered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin: both sides of the database are opened on their own threads, so that the window shows at once."""
        for name, work in (("scans", self._work_scans), ("desk", self._work_reads)):
            thread = Thread(target=work, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def submit(self, workflow: str, raw: str | Key, epoch: int = 0) -> None:
        """Queue a scanned or typed text, or a key; the answer comes by ``answered``, in the order of the calls."""
        self._count += 1
        self._scans.put(_Sent(workflow, raw, epoch, self._generation))
        self.waiting.emit(self._count)

    def ask(self, workflow: str) -> None:
        """Queue a question for the present prompt; it comes by ``prompted``."""
        self._scans.put(_Called(lambda runner: self._prompt(runner, workflow), lambda _: None))

    def command(self, call: Callable[[Runner], T], done: Callable[[T], None]) -> None:
        """Queue any other call of the runner between the scans; ``done`` gets the result on the window's thread."""
        self._scans.put(_Called(call, done))

    def read(self, call: Callable[[Reads], T], done: Callable[[T], None]) -> None:
        """Queue a desk read; ``done`` gets the result on the window's thread."""
        self._reads.put(_Called(call, done))

    def resume(self, workflow: str) -> None:
        """Try again after a fault: the present prompt is derived anew, and scans are applied from here on."""
        self._scans.put(_Called(lambda runner: self._resume(runner, workflow), lambda _: self.resumed.emit()))

    def pending(self) -> int:
        """Scans not answered yet."""
        return self._count

    def close(self, seconds: float = 10.0) -> None:
        """Answer what is queued, close both connections, end the threads."""
        self._scans.put(None)
        self._reads.put(None)
        for thread in self._threads:
            thread.join(seconds)
        self._threads.clear()

    # ------------------------------------------------------------------------------- on the scan thread

    def _work_scans(self) -> None:
        runner = self._opened(self._open_runner)
        if runner is None:
            return
        self._guard(lambda: self.recovered.emit(tuple(runner.unanswered())))
        self.opened.emit()
        while (job := self._scans.get()) is not None:
            if isinstance(job, _Called):
                self._call(job, runner)
            elif self._halted or job.generation <= self._stopped_through:
                self._keep(runner, job)
            else:
                self._guard(lambda job=job: self._send(runner, job), job=job)  # type: ignore[misc]
        self._guard(runner.close)

    def _send(self, runner: Runner, job: _Sent) -> None:
        answer = runner.send(job.workflow, self._event(job), job.epoch)
        if answer.outcome is Outcome.STOP:
            self._stopped_through = job.generation
        self._prompts[answer.prompt.workflow] = answer.prompt
        who = runner.who()
        if who != self._who:
            self._who = who
            self.signed_on.emit(who)
        self.answered.emit(job.workflow, answer)

    def _event(self, job: _Sent) -> Event:
        return job.raw if isinstance(job.raw, Key) else interpret(job.raw, self._prompts.get(job.workflow))

    def _keep(self, runner: Runner, job: _Sent) -> None:
        reason = "fault" if self._halted else "stop"
        self._guard(lambda: runner.keep(job.workflow, self._event(job), job.epoch, reason))
        self.kept.emit(reason, 1)

    def _prompt(self, runner: Runner, workflow: str) -> None:
        prompt = runner.prompt(workflow)
        self._prompts[workflow] = prompt
        who = runner.who()
        if who != self._who:
            self._who = who
            self.signed_on.emit(who)
        self.prompted.emit(workflow, prompt)

    def _resume(self, runner: Runner, workflow: str) -> None:
        self._prompt(runner, workflow)
        self._halted = False  # only now: what was queued before this was made in front of the fault's screen

    def _call(self, job: _Called, runner: Runner) -> None:
        self._guard(lambda: self._delivered.emit(job.done, job.call(runner)))

    def _opened(self, opener: Callable[[], T]) -> T | None:
        try:
            return opener()
        except Exception as error:
            self._fail(error)
            return None

    def _guard(self, act: Callable[[], None], job: _Sent | None = None) -> None:
        try:
            act()
        except Exception as error:  # a fault must not end the thread: later scans are still journalled
            self._halted = True
            self._fail(error)
            if job is not None:
                self.kept.emit("fault", 1)

    def _fail(self, error: Exception) -> None:
        _log.exception("the queue of scans stops", exc_info=error)
        code = "ui.halt.disk" if isinstance(error, OSError) else "ui.halt.bug"
        self.failed.emit(Failure(code=code, report="".join(traceback.format_exception(error))))

    # ------------------------------------------------------------------------------- on the desk thread

    def _work_reads(self) -> None:
        try:
            reads = self._open_reads()
        except Exception as error:
            _log.exception("the desk's connection cannot be opened")
            self.read_failed.emit(str(error))
            return
        while (job := self._reads.get()) is not None:
            try:
                self._delivered.emit(job.done, job.call(reads))
            except Exception as error:
                _log.exception("a desk read failed")
                self.read_failed.emit(str(error))
        reads.close()

    # ----------------------------------------------------------------------------- on the window's thread

    def _note_answer(self, _workflow: str, answer: Answer) -> None:
        if answer.outcome is Outcome.STOP:
            self._generation += 1
        self._note_done("", 1)
        if answer.changes is not Changes.NONE:
            self.changed.emit(answer.changes)

    def _note_done(self, _reason: str, count: int) -> None:
        self._count -= count
        self.waiting.emit(self._count)

    def _deliver(self, done: Callable[[Any], None], result: Any) -> None:
        done(result)
