"""The outbox drained: order kept, nothing lost, doubles marked, one jam harms nobody else."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field, replace

import pytest

from tests.gateways import paper_samples as samples
from tests.gateways.paper_reader import page_texts
from wms_desktop.domain import documents
from wms_desktop.errors import BadInput
from wms_desktop.gateways.printers import PrinterFault
from wms_desktop.gateways.spooler import (
    MOST_ATTEMPTS,
    Drained,
    PaperSetting,
    QueuedJob,
    Spooler,
    back_off_s,
    drain,
    renderer,
)


@dataclass
class Rows:
    """An outbox in memory that behaves as the table does; time passes when the test says so."""

    queued: dict[str, list[QueuedJob]]
    printed: list[int] = field(default_factory=list)
    dead: dict[int, str] = field(default_factory=dict)
    waits: dict[int, float] = field(default_factory=dict)
    attempts: Counter[int] = field(default_factory=Counter)
    void: set[int] = field(default_factory=set)
    changed: threading.Event = field(default_factory=threading.Event)

    def next_jobs(self, printer: str) -> list[QueuedJob]:
        waiting = [job for job in self.queued[printer] if job.id not in self.dead and job.id not in self.printed]
        return [] if waiting and waiting[0].id in self.waits else waiting

    def mark_started(self, job_id: int) -> int | None:
        if job_id in self.void:
            return None
        self.attempts[job_id] += 1
        return self.attempts[job_id]

    def mark_printed(self, job_id: int) -> None:
        self.printed.append(job_id)
        self.changed.set()

    def mark_failed(self, job_id: int, fault: str, retry_in_s: float | None) -> None:
        if retry_in_s is None:
            self.dead[job_id] = fault
        else:
            self.waits[job_id] = retry_in_s
        self.changed.set()


@dataclass
class Paper:
    """A printer that does what the script says, one word a send: ok, refuse, twice, bug, hang."""

    script: list[str] = field(default_factory=list)
    sheets: list[bytes] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def send(self, pdf: bytes, title: str, copies: int) -> None:
        act = self.script.pop(0) if self.script else "ok"
        if act == "refuse":
            raise PrinterFault("printer_stopped", printer="z")
        if act == "bug":
            raise ZeroDivisionError
        if act == "hang":
            self.release.wait(20)
            raise PrinterFault("printer_timeout", printer="z")
        self.sheets += [pdf]
        if act == "twice":  # taken, and the answer was lost
            raise PrinterFault("printer_cut", printer="z")


def jobs(first: int, count: int) -> list[QueuedJob]:
    return [QueuedJob(id=n, kind="crossdock_tag", number=str(n), payload=str(n)) for n in range(first, first + count)]


def plain(printer: str, job: QueuedJob) -> bytes:
    return f"{job.id}/{job.attempt}".encode()


def drain_to_the_end(rows: Rows, printers: dict[str, Paper]) -> None:
    for _ in range(1000):
        rows.waits.clear()
        result = drain(rows, printers, plain)
        if not result.printed and not result.failed:
            return


def test_every_printer_gets_its_jobs_in_order() -> None:
    rows = Rows({"a": jobs(1, 5), "b": jobs(11, 3)})
    a, b = Paper(), Paper()

    result = drain(rows, {"a": a, "b": b}, plain)

    assert a.sheets == [f"{n}/1".encode() for n in range(1, 6)]
    assert b.sheets == [f"{n}/1".encode() for n in range(11, 14)]
    assert result == Drained((1, 2, 3, 4, 5, 11, 12, 13), ())


def test_a_fault_stops_its_own_printer_and_the_retry_comes_first() -> None:
    rows = Rows({"a": jobs(1, 3), "b": jobs(11, 2)})
    a, b = Paper(["ok", "refuse"]), Paper()

    first = drain(rows, {"a": a, "b": b}, plain)
    nothing = drain(rows, {"a": a, "b": b}, plain)
    rows.waits.clear()
    drain(rows, {"a": a, "b": b}, plain)

    assert first == Drained((1, 11, 12), ((2, "printer_stopped"),))
    assert nothing == Drained()
    assert a.sheets == [b"1/1", b"2/2", b"3/1"]


def test_a_hanging_printer_keeps_no_other_printer_waiting() -> None:
    rows = Rows({"jammed": jobs(1, 1), "b": jobs(11, 3)})
    jammed = Paper(["hang"])
    spooler = Spooler(rows, {"jammed": jammed, "b": Paper()}, plain, poll_s=0.01)
    spooler.start()

    while len(rows.printed) < 3:
        assert rows.changed.wait(10)
        rows.changed.clear()
    assert rows.attempts[1] == 1
    jammed.release.set()
    assert spooler.stop(10)
    assert rows.waits == {1: 2.0}


def test_a_job_that_fails_too_often_goes_to_the_tray_and_the_next_is_printed() -> None:
    rows = Rows({"a": jobs(1, 2)})
    a = Paper(["refuse"] * MOST_ATTEMPTS)

    drain_to_the_end(rows, {"a": a})

    assert rows.dead == {1: "printer_stopped"}
    assert a.sheets == [b"2/1"]
    assert rows.attempts[1] == MOST_ATTEMPTS


def test_a_document_that_cannot_be_drawn_never_blocks_the_queue() -> None:
    rows = Rows({"a": jobs(1, 3)})

    def draw(printer: str, job: QueuedJob) -> bytes:
        if job.id == 1:
            raise BadInput("no_glyph", text="x")
        return plain(printer, job)

    a = Paper()
    drain(rows, {"a": a}, draw)

    assert rows.dead == {1: "no_glyph"}
    assert a.sheets == [b"2/1", b"3/1"]


def test_a_bug_in_drawing_or_printing_is_logged_and_named(caplog: pytest.LogCaptureFixture) -> None:
    rows = Rows({"a": jobs(1, 1), "b": jobs(2, 1)})

    def draw(printer: str, job: QueuedJob) -> bytes:
        return str(1 // (job.id - 1)).encode()

    drain(rows, {"a": Paper(), "b": Paper(["bug"])}, draw)

    assert rows.dead == {1: "drawing_failed"}
    assert rows.waits == {2: 2.0}
    assert len(caplog.records) == 2


def test_a_page_that_may_be_the_second_says_so() -> None:
    payload = documents.as_payload(samples.shipping_label())
    job = QueuedJob(id=1, kind="shipping_label", number="1", payload=payload)
    rows = Rows({"zebra": [job]})
    zebra = Paper(["twice"])
    draw = renderer({"zebra": PaperSetting(dpi=300)})

    drain(rows, {"zebra": zebra}, draw)
    rows.waits.clear()
    drain(rows, {"zebra": zebra}, draw)

    first, second = (page_texts(sheet)[0] for sheet in zebra.sheets)
    assert "ATTEMPT" not in first
    assert "ATTEMPT 2" in second


def test_a_crash_between_sending_and_marking_marks_the_next_page() -> None:
    rows = Rows({"a": jobs(1, 1)})
    a = Paper()
    rows.mark_started(1)  # as the process that died had done

    drain(rows, {"a": a}, plain)

    assert a.sheets == [b"1/2"]


def test_a_void_label_is_not_printed() -> None:
    rows = Rows({"a": jobs(1, 2)}, void={1})
    a = Paper()

    drain(rows, {"a": a}, plain)

    assert a.sheets == [b"2/1"]


def test_an_outbox_that_fails_harms_one_printer_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    rows = Rows({"b": jobs(1, 1)})

    result = drain(rows, {"gone": Paper(), "b": Paper()}, plain)

    assert result.printed == (1,)
    assert "gone" in caplog.text


def test_pauses_double_up_to_a_minute() -> None:
    assert [back_off_s(attempt) for attempt in range(1, 8)] == [2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize("seed", range(5))
def test_through_five_hundred_faulty_jobs_none_is_lost_or_mixed_and_doubles_are_marked(seed: int) -> None:
    chance = random.Random(seed)
    rows = Rows({name: jobs(1000 * n, 125) for n, name in enumerate("abcd", start=1)})
    printers = {
        name: Paper(chance.choices(["ok", "refuse", "twice", "bug"], [8, 1, 1, 0], k=400)) for name in rows.queued
    }

    drain_to_the_end(rows, printers)

    assert sorted(rows.printed + list(rows.dead)) == sorted(job.id for each in rows.queued.values() for job in each)
    for name, paper in printers.items():
        seen = [tuple(map(int, sheet.split(b"/"))) for sheet in paper.sheets]
        assert seen == sorted(seen)
        assert {job.id for job in rows.queued[name]} <= {number for number, _ in seen} | set(rows.dead)
        assert len(seen) == len(set(seen))


def test_a_woken_spooler_prints_what_was_queued_meanwhile() -> None:
    rows = Rows({"a": []})
    told: list[Drained] = []
    spooler = Spooler(rows, {"a": Paper()}, plain, poll_s=60, told=lambda name, drained: told.append(drained))
    spooler.start()
    rows.queued["a"] = [replace(job, copies=2) for job in jobs(1, 2)]
    spooler.wake()

    while len(rows.printed) < 2:
        assert rows.changed.wait(10)
        rows.changed.clear()
    assert spooler.stop(10)
    assert told == [Drained((1, 2), ())]
