"""Long work on threads of its own: with progress and cancel, and never in the way of a scan or a desk read."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from wms_desktop.errors import Refusal
from wms_desktop.prompts import Message

_log = logging.getLogger(__name__)
_STEP_S = 0.05
"""Progress is shown at most twenty times a second; a loop that reports each row must not flood the window."""

Progress = Callable[[int, int], None]
"""Called with what is done and what there is to do; 0: not known how much."""
Work = Callable[[Progress, Callable[[], bool]], Any]
"""Long work: told where to report, and asked to look now and then whether it is still wanted."""


class Job:
    """One piece of long work: make it, hand it to :meth:`Jobs.begin` (a desk: ``self.worked.emit(job)``).

    ``call(progress, is_cancelled)`` runs on a thread of its own and must not touch a widget; the other three are
    called on the window's thread: ``on_progress(done, total)``, then either ``on_done(result)`` or
    ``on_failed(message)``. After :meth:`cancel` neither of these two is called: whoever cancelled knows.
    """

    def __init__(
        self,
        call: Work,
        on_done: Callable[[Any], None],
        on_failed: Callable[[Message], None],
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self.call = call
        self.on_done = on_done
        self.on_failed = on_failed
        self.on_progress = on_progress
        self._cancelled = Event()

    def cancel(self) -> None:
        """Ask the work to end; it looks at its next step."""
        self._cancelled.set()

    def is_cancelled(self) -> bool:
        """Whether the work is no longer wanted."""
        return self._cancelled.is_set()


class Jobs(QObject):
    """Runs jobs, each on a thread of its own, so that an export never waits for an import."""

    _reported = Signal(object, int, int)
    _finished = Signal(object, object)
    _broke = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._running: dict[Job, Thread] = {}
        queued = Qt.ConnectionType.QueuedConnection
        self._reported.connect(self._report, queued)
        self._finished.connect(self._finish, queued)
        self._broke.connect(self._fail, queued)

    def begin(self, job: Job) -> Job:
        """Start the work; gives the job back."""
        thread = Thread(target=self._work, args=(job,), name="job", daemon=True)
        with self._lock:
            self._running[job] = thread
        thread.start()
        return job

    def job(
        self,
        call: Work,
        on_progress: Callable[[int, int], None] | None,
        on_done: Callable[[Any], None],
        on_failed: Callable[[Message], None],
    ) -> Job:
        """Make a job and start it."""
        return self.begin(Job(call, on_done, on_failed, on_progress))

    def running(self) -> int:
        """How many jobs have not ended yet, cancelled ones counted."""
        with self._lock:
            return len(self._running)

    def close(self, seconds: float) -> None:
        """Cancel everything, and give it so long together to end; what does not end dies with the process."""
        with self._lock:
            running = dict(self._running)
        for job in running:
            job.cancel()
        until = time.monotonic() + seconds
        for thread in running.values():
            thread.join(max(0.0, until - time.monotonic()))

    # ------------------------------------------------------------------------------- on the job's thread

    def _work(self, job: Job) -> None:
        try:
            result = job.call(self._reporter(job), job.is_cancelled)
        except Exception as error:  # shown in a sentence: a job that breaks must not end the window
            if not job.is_cancelled():
                _log.exception("a job failed")
            self._broke.emit(job, message_of(error))
        else:
            self._finished.emit(job, result)
        finally:
            with self._lock:
                self._running.pop(job, None)

    def _reporter(self, job: Job) -> Progress:
        last = [0.0]

        def report(done: int, total: int) -> None:
            now = time.monotonic()
            if now - last[0] >= _STEP_S or done >= total > 0:
                last[0] = now
                self._reported.emit(job, done, total)

        return report

    # ----------------------------------------------------------------------------- on the window's thread

    def _report(self, job: Job, done: int, total: int) -> None:
        if job.on_progress is not None and not job.is_cancelled():
            job.on_progress(done, total)

    def _finish(self, job: Job, result: Any) -> None:
        if not job.is_cancelled():
            job.on_done(result)

    def _fail(self, job: Job, message: Message) -> None:
        if not job.is_cancelled():
            job.on_failed(message)


def message_of(error: Exception, otherwise: str = "ui.job.failed") -> Message:
    """What a person is told of an error: a refusal's own words, a failing disk, or ``otherwise`` with its reason."""
    if isinstance(error, Refusal):
        return Message(error.code, error.args_)
    if isinstance(error, OSError):
        return Message("ui.job.disk", {"reason": error.strerror or str(error)})
    return Message(otherwise, {"reason": str(error) or type(error).__name__})
