"""The outbox of papers: a document is queued in the transaction that makes it true, and printed afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import persist, reading, writing
from wms_desktop.db.tables import PrintJob
from wms_desktop.domain import documents
from wms_desktop.domain.documents import Document
from wms_desktop.errors import Refusal
from wms_desktop.services.dialogue import Clock, Context

_MOST_JOBS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedJob:
    """A row of the outbox: ``copy`` 0 is the first print, ``attempt`` how often sending was begun so far."""

    id: int
    kind: str
    number: str
    payload: str
    copies: int = 1
    copy: int = 0
    attempt: int = 0


def enqueue(session: Session, context: Context, document: Document, *, printer: str, copies: int = 1,
            carton_id: int | None = None, batch_id: int | None = None, reason: str = "") -> int:  # fmt: skip
    """Queues a document for a printer; gives the job's id.

    Earlier papers of this kind for the same carton or batch that say something else become void.
    """
    content = documents.content_hash(document)
    if carton_id is not None or batch_id is not None:
        for job in _list_living(session, document.kind, carton_id, batch_id):
            if job.content_hash != content:
                job.state = "void"
    job = PrintJob(
        kind=document.kind,
        number=document.number,
        payload=documents.as_payload(document),
        content_hash=content,
        printer=printer,
        copies=copies,
        reason=reason,
        carton_id=carton_id,
        batch_id=batch_id,
        operator_id=context.operator_id,
        station_id=context.station_id,
        command_id=context.command_id,
        created_at=context.at,
    )
    session.add(job)
    session.flush()
    return job.id


def reprint(session: Session, context: Context, job_id: int, *, reason: str, printer: str = "",
            copies: int = 1) -> int:  # fmt: skip
    """Queues the same content once more, marked as the next copy; gives the new job's id.

    The copy belongs to the command that made the first one: taking that back makes every copy void. A job that
    had failed is replaced. Raises the refusal `paper_void` for a void paper: it is never printed again.
    """
    old = session.get_one(PrintJob, job_id, populate_existing=True, with_for_update=True)
    if old.state == "void":
        raise Refusal("paper_void", number=old.number)
    last = session.scalar(
        select(func.max(PrintJob.copy_no)).where(
            PrintJob.command_id == old.command_id,
            PrintJob.kind == old.kind,
            PrintJob.content_hash == old.content_hash,
        )
    )
    if old.state == "failed":
        old.state = "void"
    job = PrintJob(
        kind=old.kind,
        number=old.number,
        payload=old.payload,
        content_hash=old.content_hash,
        printer=printer or old.printer,
        copies=copies,
        copy_no=(last or 0) + 1,
        reason=reason,
        carton_id=old.carton_id,
        batch_id=old.batch_id,
        operator_id=context.operator_id,
        station_id=context.station_id,
        command_id=old.command_id,
        created_at=context.at,
    )
    session.add(job)
    session.flush()
    return job.id


def find_latest(session: Session, kind: str, *, carton_id: int | None = None,
                batch_id: int | None = None) -> PrintJob | None:  # fmt: skip
    """The last paper of a kind for a carton or batch that is not void."""
    living = _list_living(session, kind, carton_id, batch_id)
    return living[-1] if living else None


def list_failed(session: Session) -> Sequence[PrintJob]:
    """Papers that no printer took, oldest first: print them again, or give them up."""
    return session.scalars(select(PrintJob).where(PrintJob.state == "failed").order_by(PrintJob.id)).all()


def give_up(session: Session, job_id: int) -> None:
    """A paper that failed is not wanted any more."""
    job = session.get_one(PrintJob, job_id, with_for_update=True)
    if job.state != "printed":
        job.state = "void"
    session.flush()


def _list_living(session: Session, kind: str, carton_id: int | None, batch_id: int | None) -> Sequence[PrintJob]:
    query = select(PrintJob).where(PrintJob.kind == kind, PrintJob.state != "void").order_by(PrintJob.id)
    if carton_id is not None:
        query = query.where(PrintJob.carton_id == carton_id)
    if batch_id is not None:
        query = query.where(PrintJob.batch_id == batch_id)
    return session.scalars(query).all()


class PrintOutbox:
    """The queued papers as a spooler takes them; each call is one short transaction, from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def next_jobs(self, printer: str) -> Sequence[QueuedJob]:
        """The printer's queued jobs, oldest first; none while the oldest waits for its time to be tried again."""
        with reading(self._engine) as session:
            jobs = session.scalars(
                select(PrintJob)
                .where(PrintJob.state == "queued", PrintJob.printer == printer)
                .order_by(PrintJob.id)
                .limit(_MOST_JOBS)
            ).all()
        if jobs and jobs[0].retry_at is not None and jobs[0].retry_at > self._clock():
            return ()
        return [
            QueuedJob(
                id=job.id,
                kind=job.kind,
                number=job.number,
                payload=job.payload,
                copies=job.copies,
                copy=job.copy_no,
                attempt=job.attempts,
            )
            for job in jobs
        ]

    def mark_started(self, job_id: int) -> int | None:
        """Counts an attempt, durably, and gives its number; None where the job is void or done by now."""
        return persist(lambda: self._start(job_id))

    def _start(self, job_id: int) -> int | None:
        with writing(self._engine) as session:
            job = self._find_queued(session, job_id)
            if job is None:
                return None
            job.attempts += 1
            return job.attempts

    def mark_printed(self, job_id: int) -> None:
        """The printer has it. A paper that became void meanwhile stays void."""
        persist(lambda: self._end(job_id))

    def _end(self, job_id: int) -> None:
        with writing(self._engine) as session:
            job = self._find_queued(session, job_id)
            if job is not None:
                job.state = "printed"
                job.fault = ""
                job.retry_at = None
                job.printed_at = self._clock()

    def mark_failed(self, job_id: int, fault: str, retry_in_s: float | None) -> None:
        """The attempt failed; again after ``retry_in_s`` seconds, or never by itself (None: the dead-letter tray)."""
        persist(lambda: self._fail(job_id, fault, retry_in_s))

    def _fail(self, job_id: int, fault: str, retry_in_s: float | None) -> None:
        with writing(self._engine) as session:
            job = self._find_queued(session, job_id)
            if job is None:
                return
            job.fault = fault
            if retry_in_s is None:
                job.state = "failed"
                job.retry_at = None
            else:
                job.retry_at = self._clock() + timedelta(seconds=retry_in_s)

    @staticmethod
    def _find_queued(session: Session, job_id: int) -> PrintJob | None:
        return session.scalars(
            select(PrintJob).where(PrintJob.id == job_id, PrintJob.state == "queued").with_for_update()
        ).one_or_none()
