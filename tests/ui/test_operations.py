"""The queue of scans: in order, once, and kept when something is wrong."""

from __future__ import annotations

import logging
import threading

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.fakes import COUNT, PICK, FakeReads, FakeRunner, Open, accepted, stopper
from wms_desktop.changes import Changes
from wms_desktop.errors import NotPermitted
from wms_desktop.prompts import Answer, Key, Message, Outcome, Scan
from wms_desktop.ui.operations import Failure, Operations


def submit(operations: Operations, *texts: str) -> None:
    for text in texts:
        operations.submit("pick", text, 7)


def heard(operations: Operations) -> list[str]:
    texts: list[str] = []
    operations.answered.connect(lambda _, answer: texts.append(str(answer.message.args["text"])))
    return texts


def test_answers_come_in_the_order_of_the_scans(qtbot: QtBot, operations: Operations, runner: FakeRunner) -> None:
    texts = heard(operations)
    codes = [f"C{number}" for number in range(200)]
    submit(operations, *codes)
    operations.start()
    qtbot.waitUntil(lambda: len(texts) == 200)

    assert texts == codes
    assert [epoch for _, _, epoch in runner.sent] == [7] * 200


def test_nothing_of_the_runner_is_called_on_the_windows_thread(
    qtbot: QtBot, operations: Operations, runner: FakeRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: set[str] = set()
    real = runner.send
    monkeypatch.setattr(runner, "send", lambda *a: (threads.add(threading.current_thread().name), real(*a))[1])
    operations.start()
    with qtbot.waitSignal(operations.answered):
        submit(operations, "A")

    assert threads == {"scans"}


def test_what_waits_is_counted(qtbot: QtBot, operations: Operations, runner: FakeRunner) -> None:
    counts: list[int] = []
    operations.waiting.connect(counts.append)
    runner.gate.clear()
    operations.start()
    submit(operations, "A", "B", "C")
    runner.gate.set()
    qtbot.waitUntil(lambda: len(counts) == 6)

    assert counts == [1, 2, 3, 2, 1, 0]


def test_scans_made_before_a_stop_was_seen_are_kept_not_applied(
    qtbot: QtBot, operations: Operations, runner: FakeRunner
) -> None:
    runner.answers["BAD"] = stopper("BAD", PICK)
    counts: list[int] = []
    operations.waiting.connect(counts.append)
    submit(operations, "A", "BAD", "B", "C")
    operations.start()
    qtbot.waitUntil(lambda: counts[-1] == 0)
    with qtbot.waitSignal(operations.answered):
        submit(operations, "D")

    assert [event for _, event, _ in runner.sent] == [Scan("A"), Scan("BAD"), Scan("D")]
    assert [(event, reason) for _, event, _, reason in runner.kept] == [(Scan("B"), "stop"), (Scan("C"), "stop")]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OSError(28, "No space left on device"), "ui.halt.disk"),
        (ZeroDivisionError(), "ui.halt.bug"),
        (NotPermitted("not_signed_on"), "not_signed_on"),
    ],
)
def test_a_fault_stops_the_queue_and_says_what_it_is(
    qtbot: QtBot, operations: Operations, runner: FakeRunner, fault: Exception, code: str
) -> None:
    runner.faults["BAD"] = fault
    told: list[Failure] = []
    operations.failed.connect(told.append)
    submit(operations, "A", "BAD", "B", "C")
    operations.start()
    qtbot.waitUntil(lambda: len(runner.kept) == 2)
    qtbot.waitUntil(lambda: len(told) == 1)

    assert told[0].message.code == code
    assert type(fault).__name__ in told[0].report
    assert [reason for *_, reason in runner.kept] == ["fault", "fault"]
    assert [event for _, event, _ in runner.sent] == [Scan("A"), Scan("BAD")]


def test_after_resume_scans_are_applied_again_and_the_earlier_ones_stay_kept(
    qtbot: QtBot, operations: Operations, runner: FakeRunner
) -> None:
    runner.faults["BAD"] = OSError(28, "full")
    operations.start()
    submit(operations, "BAD", "B")
    qtbot.waitUntil(lambda: len(runner.kept) == 1)
    submit(operations, "C")
    with qtbot.waitSignals([operations.resumed, operations.prompted]):
        operations.resume("pick")
    with qtbot.waitSignal(operations.answered):
        submit(operations, "D")

    assert [event for _, event, _, _ in runner.kept] == [Scan("B"), Scan("C")]
    assert runner.sent[-1][1] == Scan("D")


def test_a_database_that_does_not_open_is_tried_again_on_resume(qtbot: QtBot, runner: FakeRunner) -> None:
    attempts = [PermissionError(13, "locked")]

    def opener() -> FakeRunner:
        if attempts:
            raise attempts.pop()
        return runner

    operations = Operations(opener, FakeReads)
    with qtbot.waitSignal(operations.failed):
        operations.start()
    with qtbot.waitSignals([operations.opened, operations.resumed]):
        operations.resume("sign_on")
    with qtbot.waitSignal(operations.answered):
        submit(operations, "A")
    operations.close()

    assert runner.is_closed


def test_digits_are_read_against_the_prompt_that_the_scan_before_led_to(
    qtbot: QtBot, operations: Operations, runner: FakeRunner
) -> None:
    runner.answers["ITEM"] = accepted("ITEM", COUNT)
    operations.start()
    operations.submit("receive", "12")
    operations.submit("receive", "ITEM")
    operations.submit("receive", "12")
    qtbot.waitUntil(lambda: len(runner.sent) == 3)

    assert [event for _, event, _ in runner.sent] == [Scan("12"), Scan("ITEM"), Key("quantity", "12")]


def test_what_an_answer_changed_is_told(qtbot: QtBot, operations: Operations, runner: FakeRunner) -> None:
    runner.answers["A"] = Answer(
        outcome=Outcome.ACCEPTED, message=Message("heard", {"text": "A"}), prompt=PICK, changes=Changes.BATCHES
    )
    operations.start()
    with qtbot.waitSignal(operations.changed) as told:
        submit(operations, "A")

    assert told.args == [Changes.BATCHES]


def test_scans_of_an_earlier_run_are_told_before_anything_else(
    qtbot: QtBot, operations: Operations, runner: FakeRunner
) -> None:
    runner.open = (Open("k1", "5012", "13:02", "unknown"),)
    order: list[str] = []
    operations.recovered.connect(lambda scans: order.append(f"recovered {len(scans)}"))
    operations.prompted.connect(lambda *_: order.append("prompt"))
    operations.ask("pick")
    operations.start()
    qtbot.waitUntil(lambda: len(order) == 2)

    assert order == ["recovered 1", "prompt"]


def test_a_failed_desk_read_is_told_and_the_next_one_works(
    qtbot: QtBot, operations: Operations, caplog: pytest.LogCaptureFixture
) -> None:
    operations.start()
    rows: list[object] = []
    with caplog.at_level(logging.CRITICAL), qtbot.waitSignal(operations.read_failed):
        operations.read(lambda reads: 1 // 0, rows.append)
    operations.read(lambda reads: reads.operators(), rows.append)
    qtbot.waitUntil(lambda: len(rows) == 1)

    assert rows


def test_closing_answers_what_is_queued_and_closes_the_runner(operations: Operations, runner: FakeRunner) -> None:
    submit(operations, "A", "B")
    operations.start()
    operations.close()

    assert [event for _, event, _ in runner.sent] == [Scan("A"), Scan("B")]
    assert runner.is_closed


def test_a_desk_whose_question_fails_hears_of_it_and_nobody_else(qtbot: QtBot, operations: Operations) -> None:
    told: list[Message] = []
    others: list[str] = []
    operations.read_failed.connect(others.append)
    operations.start()

    def broken(_reads: object) -> None:
        raise RuntimeError("gone")

    operations.read(broken, lambda _: None, told.append)
    qtbot.waitUntil(lambda: bool(told))

    assert told == [Message("ui.read_failed", {"reason": "gone"})]
    assert others == []


def test_a_read_connection_that_could_not_be_opened_is_opened_at_the_next_read(qtbot: QtBot) -> None:
    tries: list[int] = []

    def open_reads() -> FakeReads:
        tries.append(1)
        if len(tries) < 3:
            raise OSError(2, "not there yet")
        return FakeReads()

    made = Operations(FakeRunner, open_reads)
    failed: list[object] = []
    made.read_failed.connect(failed.append)
    made.start()
    rows: list[object] = []
    for _ in range(2):
        made.read(lambda reads: reads.operators(), rows.append, failed.append)
    qtbot.waitUntil(lambda: bool(rows))
    made.close()

    assert len(failed) == 2
    assert len(rows) == 1
