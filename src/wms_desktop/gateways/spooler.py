"""Takes queued documents to their printers: print, then mark; one printer's trouble is no other printer's.

Nothing is lost and nothing is mixed: a job is marked as begun, with its attempt counted, before it is sent, so a
page that may be the second of its kind says so; jobs of one printer keep their order.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Protocol

from wms_desktop.domain import documents
from wms_desktop.errors import Refusal
from wms_desktop.gateways.paper.rendering import render
from wms_desktop.gateways.printers import Printer, PrinterFault

MOST_ATTEMPTS = 6
_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 60.0
_LOG = logging.getLogger(__name__)


class Queued(Protocol):
    """A row of the outbox, as the spooler needs it; ``copy`` 0 is the first print."""

    @property
    def id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def payload(self) -> str: ...
    @property
    def copies(self) -> int: ...
    @property
    def copy(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """What is printed now; ``attempt`` 1 is the first try to send it."""

    id: int
    kind: str
    number: str
    payload: str
    copies: int = 1
    copy: int = 0
    attempt: int = 1


class Outbox(Protocol):
    """The queued prints; each call is a transaction of its own and may come from a printer's thread."""

    def next_jobs(self, printer: str) -> Sequence[Queued]:
        """The printer's queued jobs, oldest first; none while the oldest waits for its time to be tried again."""
        ...

    def mark_started(self, job_id: int) -> int | None:
        """Counts an attempt, durably, and gives its number; None where the job is void or done by now."""
        ...

    def mark_printed(self, job_id: int) -> None:
        """The printer has it."""
        ...

    def mark_failed(self, job_id: int, fault: str, retry_in_s: float | None) -> None:
        """The attempt failed; again after ``retry_in_s`` seconds, or never by itself (None: the dead-letter tray)."""
        ...


Render = Callable[[str, QueuedJob], bytes]  # printer's name, job with the attempt being made


@dataclass(frozen=True, slots=True)
class Drained:
    """What one pass did: jobs printed, and those that failed with their faults."""

    printed: tuple[int, ...] = ()
    failed: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperSetting:
    """What a printer prints on: its resolution and paper (empty: label stock for labels, A4 for the rest)."""

    dpi: int = 203
    page: str = ""


def renderer(settings: Mapping[str, PaperSetting], *, zone: str = "UTC", training: bool = False) -> Render:
    """The usual renderer: documents from their payload, at each printer's resolution and paper."""

    def draw(printer: str, job: QueuedJob) -> bytes:
        paper = settings.get(printer, PaperSetting())
        return render(
            documents.from_payload(job.kind, job.payload),
            dpi=paper.dpi,
            page=paper.page,
            copy=job.copy,
            attempt=job.attempt,
            zone=zone,
            training=training,
        )

    return draw


def back_off_s(attempt: int) -> float:
    """Seconds to wait after the attempt of this number failed: 2, 4, 8, ... at most 60."""
    return float(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** (attempt - 1)))


def drain_printer(
    outbox: Outbox,
    name: str,
    printer: Printer,
    render: Render,
    *,
    most_attempts: int = MOST_ATTEMPTS,
    is_over: Callable[[], bool] = lambda: False,
) -> Drained:
    """Prints what waits for one printer, in order, until its queue is empty or the printer is at fault.

    A document that cannot be drawn, or that failed ``most_attempts`` times, goes to the dead-letter tray with its
    reason, and the next one is printed; any other fault ends the pass, so that the order is kept. Between two jobs
    ``is_over`` may end it too.
    """
    printed: list[int] = []
    failed: list[tuple[int, str]] = []
    for job in outbox.next_jobs(name):
        if is_over():
            break
        attempt = outbox.mark_started(job.id)
        if attempt is None:
            continue
        fault, is_final = _print(_begin(job, attempt), name, printer, render)
        if not fault:
            outbox.mark_printed(job.id)
            printed.append(job.id)
            continue
        failed.append((job.id, fault))
        is_dead = is_final or attempt >= most_attempts
        outbox.mark_failed(job.id, fault, None if is_dead else back_off_s(attempt))
        if not is_dead:
            break
    return Drained(tuple(printed), tuple(failed))


def _begin(job: Queued, attempt: int) -> QueuedJob:
    return QueuedJob(
        id=job.id,
        kind=job.kind,
        number=job.number,
        payload=job.payload,
        copies=job.copies,
        copy=job.copy,
        attempt=attempt,
    )


def _print(job: QueuedJob, name: str, printer: Printer, render: Render) -> tuple[str, bool]:
    """The fault's code (empty: none), and whether trying again is useless."""
    try:
        pdf = render(name, job)
    except Refusal as refusal:
        return refusal.code, True
    except Exception:
        _LOG.exception("drawing print job %d (%s) failed", job.id, job.kind)
        return "drawing_failed", True
    try:
        printer.send(pdf, f"{job.kind}-{job.number}" if job.number else job.kind, job.copies)
    except PrinterFault as fault:
        return fault.code, fault.code == "printer_cannot_read"
    except Exception:
        _LOG.exception("printer %s failed on print job %d", name, job.id)
        return PrinterFault.code, False
    return "", False


def drain(
    outbox: Outbox, printers: Mapping[str, Printer], render: Render, *, most_attempts: int = MOST_ATTEMPTS
) -> Drained:
    """One pass over all printers, each on a thread of its own; returns when the slowest has ended."""
    results: dict[str, Drained] = {}
    shared = _Locked(outbox)

    def run(name: str, printer: Printer) -> None:
        try:
            results[name] = drain_printer(shared, name, printer, render, most_attempts=most_attempts)
        except Exception:
            _LOG.exception("the outbox of printer %s could not be served", name)

    threads = [Thread(target=run, args=pair, name=f"print-{pair[0]}") for pair in printers.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [results[name] for name in printers if name in results]
    return Drained(
        tuple(job for each in done for job in each.printed),
        tuple(pair for each in done for pair in each.failed),
    )


class Spooler:
    """One thread a printer, woken by new jobs and looking by itself every ``poll_s`` seconds."""

    def __init__(
        self,
        outbox: Outbox,
        printers: Mapping[str, Printer],
        render: Render,
        *,
        poll_s: float = 2.0,
        told: Callable[[str, Drained], None] = lambda printer, drained: None,
    ) -> None:
        self._outbox = _Locked(outbox)
        self._render = render
        self._poll_s = poll_s
        self._told = told
        self._is_over = False
        self._bells = {name: Event() for name in printers}
        self._threads = [
            Thread(target=self._serve, args=pair, name=f"print-{pair[0]}", daemon=True) for pair in printers.items()
        ]

    def start(self) -> None:
        """Begins to serve the printers."""
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Something was queued: looks at once."""
        for bell in self._bells.values():
            bell.set()

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ends after the jobs in hand; False where a printer did not let go in time (its job will be tried again)."""
        self._is_over = True
        self.wake()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    def _serve(self, name: str, printer: Printer) -> None:
        bell = self._bells[name]
        while not self._is_over:
            bell.clear()
            try:
                drained = drain_printer(self._outbox, name, printer, self._render, is_over=lambda: self._is_over)
                if drained.printed or drained.failed:
                    self._told(name, drained)
            except Exception:
                _LOG.exception("the outbox of printer %s could not be served", name)
            if not self._is_over:
                bell.wait(self._poll_s)


class _Locked:
    """The outbox, one call at a time."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._lock = Lock()

    def next_jobs(self, printer: str) -> Sequence[Queued]:
        with self._lock:
            return self._outbox.next_jobs(printer)

    def mark_started(self, job_id: int) -> int | None:
        with self._lock:
            return self._outbox.mark_started(job_id)

    def mark_printed(self, job_id: int) -> None:
        with self._lock:
            self._outbox.mark_printed(job_id)

    def mark_failed(self, job_id: int, fault: str, retry_in_s: float | None) -> None:
        with self._lock:
            self._outbox.mark_failed(job_id, fault, retry_in_s)
