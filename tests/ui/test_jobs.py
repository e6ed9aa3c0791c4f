"""Long work on threads of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Event as Flag
from threading import current_thread, main_thread
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from wms_desktop.errors import Refusal
from wms_desktop.prompts import Message
from wms_desktop.ui.jobs import Jobs

Progress = Callable[[int, int], None]
Asked = Callable[[], bool]


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close(5)


def waiting(gate: Flag) -> Callable[[Progress, Asked], str]:
    def work(_progress: Progress, is_cancelled: Asked) -> str:
        while not gate.wait(0.005):
            if is_cancelled():
                return "given up"
        return "done"

    return work


def test_the_work_is_done_elsewhere_and_its_result_told_here(qtbot: QtBot, jobs: Jobs) -> None:
    where: list[Any] = []
    jobs.job(lambda *_: where.append(current_thread()), None, lambda _: where.append(current_thread()), where.append)
    qtbot.waitUntil(lambda: len(where) == 2)

    assert where[0] is not main_thread()
    assert where[1] is main_thread()


def test_a_short_job_does_not_wait_for_a_long_one(qtbot: QtBot, jobs: Jobs) -> None:
    gate, done = Flag(), list[str]()
    jobs.job(waiting(gate), None, done.append, lambda _: None)
    jobs.job(lambda *_: "short", None, done.append, lambda _: None)
    qtbot.waitUntil(lambda: done == ["short"])
    gate.set()

    qtbot.waitUntil(lambda: done == ["short", "done"])


def test_nothing_is_told_of_what_was_cancelled(qtbot: QtBot, jobs: Jobs) -> None:
    told: list[object] = []
    job = jobs.job(waiting(Flag()), lambda *_: told.append("progress"), told.append, told.append)
    job.cancel()
    qtbot.waitUntil(lambda: jobs.running() == 0)
    jobs.job(lambda *_: "after", None, told.append, told.append)
    qtbot.waitUntil(lambda: told == ["after"])


@pytest.mark.parametrize(
    ("error", "code"),
    [(Refusal("row", text="six"), "row"), (OSError(28, "full"), "ui.job.disk"), (ValueError("odd"), "ui.job.failed")],
)
def test_what_breaks_is_told_in_a_sentence(qtbot: QtBot, jobs: Jobs, error: Exception, code: str) -> None:
    told: list[Message] = []

    def work(*_: object) -> None:
        raise error

    jobs.job(work, None, lambda _: None, told.append)
    qtbot.waitUntil(lambda: bool(told))

    assert told[0].code == code


def test_a_loop_that_reports_every_row_does_not_flood_the_window(qtbot: QtBot, jobs: Jobs) -> None:
    told: list[tuple[int, int]] = []
    done: list[object] = []

    def work(progress: Progress, _: Asked) -> None:
        for row in range(100_000):
            progress(row, 100_000)
        progress(100_000, 100_000)

    jobs.job(work, lambda *said: told.append(said), done.append, done.append)
    qtbot.waitUntil(lambda: bool(done))

    assert told[-1] == (100_000, 100_000)
    assert len(told) < 200


def test_the_window_goes_on_while_a_job_works(qtbot: QtBot, jobs: Jobs) -> None:
    gate, beats = Flag(), list[int]()
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: beats.append(1))
    timer.start()
    jobs.job(waiting(gate), None, beats.append, beats.append)
    qtbot.waitUntil(lambda: len(beats) > 20)
    timer.stop()
    gate.set()


def test_closing_cancels_what_runs_and_waits_for_it(qtbot: QtBot, jobs: Jobs) -> None:
    ended = Flag()

    def work(_progress: Progress, is_cancelled: Asked) -> None:
        while not is_cancelled():
            ended.wait(0.005)
        ended.set()

    jobs.job(work, None, lambda _: None, lambda _: None)
    jobs.close(5)

    assert ended.is_set()
    assert jobs.running() == 0
