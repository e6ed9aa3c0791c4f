"""The outbox of papers: queued with what made them true, printed in order, never twice, never when void."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Batch, PrintJob
from wms_desktop.domain.documents import Document, ToteLabel, content_hash, from_payload
from wms_desktop.domain.documents import Mark as Sticker
from wms_desktop.errors import Refusal
from wms_desktop.services import printing
from wms_desktop.services.printing import PrintOutbox


def paper(text: str) -> Document:
    return ToteLabel(marks=(Sticker(code="TOTE-01", text=text),), number="T1")


def put(house: House, text: str, *, printer: str = "labels", batch_id: int | None = None) -> int:
    context = house.context(command="opening")
    with writing(house.engine) as session:
        return printing.enqueue(session, context, paper(text), printer=printer, batch_id=batch_id)


def again(house: House, job: int, reason: str = "torn") -> int:
    context = house.context(command="opening")
    with writing(house.engine) as session:
        return printing.reprint(session, context, job, reason=reason)


def facts(house: House, job: int) -> PrintJob:
    return house.read(lambda s: s.get_one(PrintJob, job))


def outbox(house: House) -> PrintOutbox:
    return PrintOutbox(house.engine, lambda: house.now)


def test_a_job_carries_the_document_its_hash_and_who_asked(house: House) -> None:
    job = facts(house, put(house, "red"))

    assert from_payload(job.kind, job.payload) == paper("red")
    assert (job.content_hash, job.number, job.printer) == (content_hash(paper("red")), "T1", "labels")
    assert (job.state, job.copies, job.copy_no, job.command_id) == ("queued", 1, 0, "opening")


def test_jobs_of_one_printer_come_oldest_first_and_not_those_of_another(house: House) -> None:
    first, other, second = put(house, "a"), put(house, "b", printer="paper"), put(house, "c")

    assert [job.id for job in outbox(house).next_jobs("labels")] == [first, second]
    assert [job.id for job in outbox(house).next_jobs("paper")] == [other]


def test_printing_counts_the_attempt_first_and_marks_afterwards(house: House) -> None:
    job, box = put(house, "a"), outbox(house)

    assert box.mark_started(job) == 1
    assert [waiting.attempt for waiting in box.next_jobs("labels")] == [1]
    box.mark_printed(job)

    assert box.next_jobs("labels") == []
    assert box.mark_started(job) is None
    assert facts(house, job).printed_at == house.now


def test_a_failed_attempt_holds_the_printers_queue_until_its_time(house: House) -> None:
    job, box = put(house, "a"), outbox(house)
    put(house, "b")
    box.mark_started(job)
    box.mark_failed(job, "printer_stopped", 30.0)

    assert list(box.next_jobs("labels")) == []
    house.now += timedelta(seconds=31)

    assert box.next_jobs("labels")[0].id == job
    assert facts(house, job).fault == "printer_stopped"


def test_a_job_given_up_goes_to_the_tray_and_lets_the_next_pass(house: House) -> None:
    job, box = put(house, "a"), outbox(house)
    second = put(house, "b")
    box.mark_started(job)
    box.mark_failed(job, "printer_unreachable", None)

    assert [waiting.id for waiting in box.next_jobs("labels")] == [second]
    assert house.read(lambda s: [failed.id for failed in printing.list_failed(s)]) == [job]
    with writing(house.engine) as session:
        printing.give_up(session, job)
    assert facts(house, job).state == "void"


def test_a_copy_says_the_same_with_its_number_and_reason(house: House) -> None:
    first = put(house, "a")
    copies = [facts(house, again(house, first)), facts(house, again(house, first, "lost"))]

    assert [(copy.copy_no, copy.reason) for copy in copies] == [(1, "torn"), (2, "lost")]
    assert {copy.content_hash for copy in copies} == {facts(house, first).content_hash}


def test_printing_a_failed_paper_again_replaces_it(house: House) -> None:
    first, box = put(house, "a"), outbox(house)
    box.mark_started(first)
    box.mark_failed(first, "printer_unreachable", None)
    again(house, first)

    assert facts(house, first).state == "void"
    assert house.read(lambda s: list(printing.list_failed(s))) == []


def test_a_changed_content_makes_the_old_paper_void_and_void_papers_never_come_out(house: House) -> None:
    batch = _batch(house)
    first = put(house, "a", batch_id=batch)
    same = put(house, "a", batch_id=batch)
    changed = put(house, "b", batch_id=batch)

    assert [facts(house, job).state for job in (first, same, changed)] == ["void", "void", "queued"]
    assert [job.id for job in outbox(house).next_jobs("labels")] == [changed]
    assert outbox(house).mark_started(first) is None
    with pytest.raises(Refusal, match="paper_void"):
        again(house, first)


def test_a_paper_that_became_void_while_it_was_printed_stays_void(house: House) -> None:
    batch = _batch(house)
    job, box = put(house, "a", batch_id=batch), outbox(house)
    box.mark_started(job)
    put(house, "b", batch_id=batch)
    box.mark_printed(job)
    box.mark_failed(job, "printer_stopped", 1.0)

    assert (facts(house, job).state, facts(house, job).fault) == ("void", "")


def test_a_job_queued_in_a_transaction_that_fails_does_not_exist(house: House) -> None:
    context = house.context(command="opening")

    def packed_and_failed() -> None:
        with writing(house.engine) as session:
            printing.enqueue(session, context, paper("a"), printer="labels")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        packed_and_failed()
    assert house.read(lambda s: s.scalars(select(PrintJob)).all()) == []


def _batch(house: House) -> int:

    with writing(house.engine) as session:
        batch = Batch(number="B1", created_at=house.now)
        session.add(batch)
        session.flush()
        return batch.id
