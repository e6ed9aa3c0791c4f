"""Everything slow happens here, off the window's thread: scans in one queue, desk reads and long work on others."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from wms_desktop.changes import Changes
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Event, Key, Message, Outcome, Prompt, Who
from wms_desktop.ui.jobs import Jobs, message_of
from wms_desktop.ui.keys import interpret
from wms_desktop.ui.rows import BatchRow, OperatorRow, TourView
from wms_desktop.views.imports import Fault, Glance, Reading, Record

_log = logging.getLogger(__name__)
T = TypeVar("T")
SIGN_ON = "sign_on"
"""The workflow that alone changes who works here."""


class Unanswered(Protocol):
    """A scan of an earlier run whose answer nobody saw; ``outcome`` is "applied", "refused" or "unknown"."""

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

    def release_wave(self) -> Answer:
        """Reserve what can be reserved, and make batches of what can leave."""

    def act(self, name: str, args: Mapping[str, Any]) -> Answer:
        """Carry out one of the desks' acts, by its name."""

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

    def tour(self, batch: str) -> TourView | None:
        """The walk of a batch by its number; None: nothing to draw."""

    def ask(self, question: str, args: Mapping[str, Any]) -> Any:
        """The answer to one of the desks' questions, by its name, from one consistent reading."""

    def pulse(self) -> tuple[int, int]:
        """Something that changes with every command of any station."""

    def close(self) -> None:
        """Let go of the connection."""


class Imports(Protocol):
    """What takes files in; every method is called on a job's thread, and refusals are raised."""

    def glance(self, path: Path, kind: str = "", reading: Reading | None = None, /) -> Glance:
        """The first look at a file: how it seems to be meant, or, with a ``reading``, what that makes of it."""

    def sample(self, path: Path, reading: Reading, count: int, /) -> Sequence[Record | Fault]:
        """The first rows, as this reading understands them."""

    def stage(
        self,
        path: Path,
        reading: Reading,
        progress: Callable[[int, int], None],
        is_cancelled: Callable[[], bool],
        count_rows: Callable[[int], None],
        /,
    ) -> int:
        """Read the whole file into a run that waits to be published; gives the run. Cancelled: nothing is left.

        ``progress`` is told the way in hundredths, ``count_rows`` how many rows are read so far.
        """

    def export_problems(self, run: int, target: Path, /) -> int:
        """Write a run's refused rows with their reasons to a file; gives how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A bug, a full disk or a refused opening: what is said, and the report for the developers."""

    message: Message
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
    failed: Callable[[Message], None] | None = None


class _DeskReads(QObject):
    """The desk thread: one connection of its own, so that a large table never delays a scan."""

    failed = Signal(str)
    _delivered = Signal(object, object)

    def __init__(self, open_reads: Callable[[], Reads]) -> None:
        super().__init__()
        self._open_reads = open_reads
        self._jobs: SimpleQueue[_Called | None] = SimpleQueue()
        self.worker = Thread(target=self._work, name="desk", daemon=True)
        self._delivered.connect(lambda done, result: done(result), Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin."""
        self.worker.start()

    def put(self, job: _Called | None) -> None:
        """Queue a read; None ends the thread."""
        self._jobs.put(job)

    def _work(self) -> None:
        reads = self._open()
        while (job := self._jobs.get()) is not None:
            reads = reads or self._open(job)
            if reads is None:
                continue
            try:
                self._delivered.emit(job.done, job.call(reads))
            except Exception as error:
                _log.exception("a desk read failed")
                self._fail(error, job)
        if reads is not None:
            reads.close()

    def _open(self, job: _Called | None = None) -> Reads | None:
        """The connection, tried again at each read; None: not to be had now."""
        try:
            return self._open_reads()
        except Exception as error:
            _log.exception("the desk's connection cannot be opened")
            self._fail(error, job)
            return None

    def _fail(self, error: Exception, job: _Called | None) -> None:
        if job is None or job.failed is None:
            self.failed.emit(str(error))
        else:
            self._delivered.emit(job.failed, message_of(error, "ui.read_failed"))


class Operations(QObject):
    """One queue of scans, answered in order by one thread; nothing of the database on the window's thread.

    After a *stop* the scans made before it was seen are kept in the journal, not applied. After a bug or a disk error
    nothing more is applied until :meth:`resume`. Long work goes to ``jobs``; ``imports`` gives what takes files in, and
    is called on a job's thread.
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

    def __init__(
        self,
        open_runner: Callable[[], Runner],
        open_reads: Callable[[], Reads],
        open_imports: Callable[[], Imports] | None = None,
    ) -> None:
        super().__init__()
        self._open_runner = open_runner
        self.imports = open_imports or _no_imports
        self._scans: SimpleQueue[_Sent | _Called | None] = SimpleQueue()
        self._thread = Thread(target=self._work_scans, name="scans", daemon=True)
        self._desk = _DeskReads(open_reads)
        self.jobs = Jobs()
        self._count = 0
        self._generation = 0
        self._stopped_through = -1
        self._halted = False
        self._prompts: dict[str, Prompt] = {}
        self._who: Who | None = None
        self.answered.connect(self._note_answer, Qt.ConnectionType.QueuedConnection)
        self._desk.failed.connect(self.read_failed)
        self.kept.connect(self._note_done, Qt.ConnectionType.QueuedConnection)
        self._delivered.connect(lambda done, result: done(result), Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Begin: both sides of the database are opened on their own threads, so that the window shows at once."""
        self._thread.start()
        self._desk.start()

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

    def read(
        self, call: Callable[[Reads], T], done: Callable[[T], None], failed: Callable[[Message], None] | None = None
    ) -> None:
        """Queue a desk read; ``done`` gets the result on the window's thread, ``failed`` (or a signal) the fault."""
        self._desk.put(_Called(call, done, failed))

    def resume(self, workflow: str) -> None:
        """Try again after a fault: the present prompt is derived anew, and scans are applied from here on."""
        self._scans.put(_Called(lambda runner: self._resume(runner, workflow), lambda _: self.resumed.emit()))

    def close(self, seconds: float = 10.0) -> None:
        """Answer what is queued, cancel long work, close both connections, end the threads."""
        self._scans.put(None)
        self._desk.put(None)
        self.jobs.close(seconds)
        for thread in (self._thread, self._desk.worker):
            if thread.is_alive():
                thread.join(seconds)

    # ------------------------------------------------------------------------------- on the scan thread

    def _work_scans(self) -> None:
        runner = self._open()
        if runner is None:
            return
        self._guard(lambda: self.recovered.emit(tuple(runner.unanswered())))
        self.opened.emit()
        while (job := self._scans.get()) is not None:
            if isinstance(job, _Called):
                self._guard(lambda job=job: self._delivered.emit(job.done, job.call(runner)))  # type: ignore[misc]
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
        if SIGN_ON in (job.workflow, answer.prompt.workflow):
            self._note_who(runner)
        self.answered.emit(job.workflow, answer)

    def _event(self, job: _Sent) -> Event:
        return job.raw if isinstance(job.raw, Key) else interpret(job.raw, self._prompts.get(job.workflow))

    def _note_who(self, runner: Runner) -> None:
        who = runner.who()
        if who != self._who:
            self._who = who
            self.signed_on.emit(who)

    def _keep(self, runner: Runner, job: _Sent) -> None:
        reason = "fault" if self._halted else "stop"
        self._guard(lambda: runner.keep(job.workflow, self._event(job), job.epoch, reason))
        self.kept.emit(reason, 1)

    def _prompt(self, runner: Runner, workflow: str) -> None:
        prompt = runner.prompt(workflow)
        self._prompts[workflow] = prompt
        if workflow == SIGN_ON:
            self._note_who(runner)
        self.prompted.emit(workflow, prompt)

    def _resume(self, runner: Runner, workflow: str) -> None:
        self._prompt(runner, workflow)
        self._halted = False  # only now: what was queued before this was made in front of the fault's screen

    def _open(self) -> Runner | None:
        """The runner, tried again at each call for it (the person pressed "go on"); None: the window closed."""
        while True:
            try:
                return self._open_runner()
            except Exception as error:  # shown as a fault, like every other one
                self._fail(error)
            while not isinstance(job := self._scans.get(), _Called):
                if job is None:
                    return None
                self.kept.emit("fault", 1)
            self._scans.put(job)

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
        if isinstance(error, Refusal):
            message = Message(error.code, error.args_)
        else:
            message = Message("ui.halt.disk" if isinstance(error, OSError) else "ui.halt.bug")
        self.failed.emit(Failure(message=message, report="".join(traceback.format_exception(error))))

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


def _no_imports() -> Imports:
    raise NotImplementedError("this window was opened without a way to take files in")
