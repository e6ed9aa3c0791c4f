"""The real window on a screen in memory, driven by key events and watched until it has painted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from benchmarks.bare_commit import RowCounter, Taken
from wms_desktop import app
from wms_desktop.config import Profile
from wms_desktop.db.engine import open_engine, reading
from wms_desktop.db.tables import PrintJob
from wms_desktop.prompts import Answer, Event, Key, Prompt, Scan
from wms_desktop.ui.keys import function_keys
from wms_desktop.ui.main_window import MainWindow

PATIENCE_MS = 30_000
PRINTERS_S = 2.0
_PAINTED = QEvent.Type(QEvent.registerEventType())


def application() -> QApplication:
    """The one application object, as `run_window` makes it."""
    app.go_offscreen(1280, 720)
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication([])


class Painted(QObject):
    """Calls back as soon as the window has painted what was asked of it after :meth:`expect`."""

    def __init__(self, window: MainWindow, told: Callable[[], None]) -> None:
        super().__init__()
        self._told = told
        self._expected = False
        window.installEventFilter(self)

    def expect(self) -> None:
        """From now on the next finished painting counts."""
        self._expected = True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if self._expected and event.type() == QEvent.Type.UpdateRequest:
            self._expected = False
            QCoreApplication.postEvent(self, QEvent(_PAINTED), Qt.EventPriority.HighEventPriority.value)
        return False

    def customEvent(self, event: QEvent) -> None:
        if event.type() == _PAINTED:
            self._told()


class Windowed:
    """Types events into the window and times each, from the last key's event to the painted answer."""

    def __init__(self, profile: Profile, bare: Any) -> None:
        self._application = application()
        self._bare = bare
        self._loop = QEventLoop()
        self._answer: Answer | None = None
        self._prompts: dict[str, Prompt] = {}
        self._end = 0.0
        self.taken: dict[str, list[Any]] = {flow: [] for flow in ("receive", "putaway", "pick", "pack", "dispatch")}
        self.station = app.Workstation(profile)
        self.window = self.station.window
        self.operations = self.station.operations
        self.operations.answered.connect(self._answered)
        self.operations.prompted.connect(self._prompted)
        self.operations.failed.connect(lambda failure: self._fail(failure.report))
        self._reads = open_engine(profile.database_url, read_only=True)
        self._painted = Painted(self.window, self._finish)
        # Said by the window itself as it begins to show the answer; ``answered`` reaches us at some other moment.
        self.window.floor.heard.connect(lambda _: self._painted.expect())
        self._failed = ""
        self.station.open()
        self._wait(lambda: self.window.place == "chooser")
        self._counter = RowCounter(thread="scans")

    def prompt(self, flow: str) -> Prompt:
        """Opens the station's screen and gives its instruction."""
        self._prompts.pop(flow, None)
        self.window.show_place(flow)
        self._wait(lambda: flow in self._prompts)
        return self._prompts[flow]

    def send(self, flow: str, event: Event) -> Answer:
        """One event, timed and held against a bare commit."""
        if self.window.place != flow:
            self.prompt(flow)
        self._wait_for_printers()
        self._counter.take()
        answer, ms, cpu_ms = self.type_and_wait(flow, event)
        rows, statements = self._counter.take()
        self.taken[flow].append(
            Taken(ms=ms, cpu_ms=cpu_ms, bare_ms=self._bare.commit(rows), rows=sum(rows.values()), statements=statements,
                  said=answer.message.code)
        )  # fmt: skip
        return answer

    def type_and_wait(self, flow: str, event: Event) -> tuple[Answer, float, float]:
        """Types one event; gives its answer and the wall and CPU milliseconds until it is painted."""
        self.type_keys(flow, event)
        self._answer, self._end = None, 0.0
        cpu, begun = time.process_time(), time.perf_counter()
        self.press_last(flow, event)
        self._loop.exec()
        if self._failed or self._answer is None:
            raise AssertionError(self._failed or f"no answer to {event} at {flow}")
        return self._answer, (self._end - begun) * 1000, (time.process_time() - cpu) * 1000

    def close(self) -> None:
        """Closes the window as its X does."""
        self._counter.close()
        self._reads.dispose()
        self.station.close()
        self._application.processEvents()

    def type_keys(self, flow: str, event: Event) -> None:
        """Everything but the last key."""
        field = self.window.floor.screen(flow).field
        for character in event.text if isinstance(event, Scan) else event.value:
            QTest.keyClick(field, character)

    def press_last(self, flow: str, event: Event) -> None:
        """The key that ends it."""
        field = self.window.floor.screen(flow).field
        key = int(Qt.Key.Key_Return)
        if isinstance(event, Key) and event.name not in ("choose", "quantity"):
            key = next(code for code, name in function_keys(flow).items() if name == event.name)
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(field, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))

    def _answered(self, _flow: str, answer: Answer) -> None:
        self._answer = answer
        if self._end:
            self._loop.quit()

    def _prompted(self, flow: str, prompt: Prompt) -> None:
        self._prompts[flow] = prompt

    def _finish(self) -> None:
        self._end = time.perf_counter()
        if self._answer is not None:
            self._loop.quit()

    def _fail(self, report: str) -> None:
        self._failed = report
        self._loop.quit()

    def _wait_for_printers(self) -> None:
        """Lets the papers of the last scan come out first, as they do at a person's pace (the storm does not wait)."""
        until = time.perf_counter() + PRINTERS_S

        def idle() -> bool:
            with reading(self._reads) as session:
                queued = session.scalar(select(PrintJob.id).where(PrintJob.state == "queued").limit(1))
            return queued is None or time.perf_counter() > until

        self._wait(idle)

    def _wait(self, holds: Callable[[], bool]) -> None:
        """Runs the event loop until something holds."""
        ticker = QTimer()
        ticker.setInterval(2)
        until = time.perf_counter() + PATIENCE_MS / 1000
        ticker.timeout.connect(lambda: self._loop.quit() if holds() or time.perf_counter() > until else None)
        ticker.start()
        if not holds():
            self._loop.exec()
        ticker.stop()
        if self._failed or not holds():
            raise AssertionError(self._failed or "the window did not get there")
