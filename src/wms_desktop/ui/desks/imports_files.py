"""The long work of an import, off the window's thread: the first look, the sample, the reading, the export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from wms_desktop.prompts import Message
from wms_desktop.ui.desks.desk import Desk
from wms_desktop.ui.jobs import Job, Work
from wms_desktop.ui.operations import Imports
from wms_desktop.views.imports import Reading

SAMPLE = 30
_PAUSE_MS = 250
"""A sample is read when the choices have rested so long."""


class FileWork(QObject):
    """One file at a time. Each signal comes on the window's thread; nothing comes of what was cancelled.

    ``glanced(glance)``, ``sampled(rows)``, ``staged(run)``, ``progressed(done, total, rows)``,
    ``exported(count, file)``; ``failed(what, message)`` names which of these ("glance", "sample", "stage", "export")
    could not be done.
    """

    glanced = Signal(object)
    sampled = Signal(object)
    staged = Signal(int)
    progressed = Signal(int, int, int)
    exported = Signal(int, str)
    failed = Signal(str, object)

    def __init__(self, desk: Desk, imports: Callable[[], Imports]) -> None:
        super().__init__(desk)
        self._imports = imports
        self._begin = desk.work
        self._jobs: dict[str, Job] = {}
        self._reading: Reading | None = None
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._read_sample)
        self.path: Path | None = None
        self.rows_read = [0]

    def glance(self, path: Path, kind: str = "", reading: Reading | None = None) -> None:
        """Look at a file: find out how it is meant, or, with a reading, what that makes of it."""
        self.path = path
        self._cancel("sample")
        self._start("glance", lambda *_: self._imports().glance(path, kind, reading), self.glanced.emit)

    def sample(self, reading: Reading, *, at_once: bool = False) -> None:
        """Read the first rows, once the choices rest; after a glance at once."""
        self._reading = reading
        self._pause.start(0 if at_once else _PAUSE_MS)

    def stage(self, reading: Reading) -> None:
        """Read the whole file."""
        path = self.path
        if path is None:
            return
        self._pause.stop()
        self._cancel("sample")
        counted = self.rows_read = [0]

        def count(rows: int) -> None:
            counted[0] = rows

        self._start(
            "stage",
            lambda progress, is_cancelled: self._imports().stage(path, reading, progress, is_cancelled, count),
            self.staged.emit,
        )

    def export(self, run: int, target: Path) -> None:
        """Write the refused rows of a run with their reasons."""
        self._start(
            "export",
            lambda *_: self._imports().export_problems(run, target),
            lambda count: self.exported.emit(count, str(target)),
        )

    def is_staging(self) -> bool:
        """Whether a whole file is being read."""
        return "stage" in self._jobs

    def cancel(self) -> None:
        """Nothing that is under way is wanted any more."""
        self._pause.stop()
        for what in tuple(self._jobs):
            self._cancel(what)

    def _read_sample(self) -> None:
        path, reading = self.path, self._reading
        if path is not None and reading is not None:
            self._start("sample", lambda *_: self._imports().sample(path, reading, SAMPLE), self.sampled.emit)

    def _start(self, what: str, call: Work, done: Callable[[Any], None]) -> None:
        self._cancel(what)

        def finish(result: Any) -> None:
            self._jobs.pop(what, None)
            done(result)

        def fail(message: Message) -> None:
            self._jobs.pop(what, None)
            self.failed.emit(what, message)

        self._jobs[what] = Job(call, finish, fail, self._report if what == "stage" else None)
        self._begin(self._jobs[what])

    def _report(self, done: int, total: int) -> None:
        self.progressed.emit(done, total, self.rows_read[0])

    def _cancel(self, what: str) -> None:
        if (job := self._jobs.pop(what, None)) is not None:
            job.cancel()
