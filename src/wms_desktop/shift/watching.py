"""Eyes that wait: the player looks at the window whenever it says something, and never sleeps blindly."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, QTimer

from wms_desktop.prompts import Answer, Prompt
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.operations import Failure

PATIENCE_MS = 60_000
"""Longer than the slowest answer on a loaded machine; beyond it the player says what it waited for and gives up."""
GLANCE_MS = 10
_FLOOR = frozenset({"sign_on", "receive", "putaway", "pick", "pack", "dispatch"})


class Lost(Exception):
    """The window did not do what a person would wait for; the text says what that was."""


class Stopped(Exception):
    """Enough was played: the asked number of acts, or the window was closed."""


class Watcher(QObject):
    """Hears the window's answers and prompts; ``answers`` and ``prompted`` are what came since they were cleared."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        self.answers: list[Answer] = []
        self.prompted: list[str] = []
        self._failure: Failure | None = None
        self._loop: QEventLoop | None = None
        operations = window.operations
        operations.answered.connect(self._hear)
        operations.prompted.connect(self._see)
        operations.failed.connect(self._fail)
        for signal in (operations.signed_on, operations.changed, operations.recovered):
            signal.connect(self._look)

    def wait_until(self, is_so: Callable[[], bool], what: str) -> None:
        """Lets the window live until something is so; raises Lost, naming ``what``, when it never comes."""
        self.check()
        if is_so():
            return
        loop = QEventLoop()
        late = QTimer(singleShot=True, interval=PATIENCE_MS)
        glance = QTimer(interval=GLANCE_MS)  # for what no signal tells: a folder, a closed window
        late.timeout.connect(loop.quit)
        glance.timeout.connect(lambda: loop.quit() if is_so() or not self.window.isVisible() else None)
        self._loop = loop
        late.start()
        glance.start()
        while not is_so() and late.isActive():
            loop.exec()
            self.check()
        self._loop = None
        if not is_so():
            raise Lost(f"waited for {what}, but {self._shown()}")

    def rest(self, milliseconds: int) -> None:
        """Lets a person look; the window lives on."""
        if milliseconds <= 0:
            return
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()
        self.check()

    def check(self) -> None:
        """Raises Lost when the window halted, Stopped when it was closed."""
        if self._failure is not None:
            raise Lost(f"the window halted: {self._failure.report}")
        if not self.window.isVisible():
            raise Stopped

    def _shown(self) -> str:
        place = self.window.place
        screen = self.window.floor.screen(place) if place in _FLOOR else None
        state = f" in {screen.prompt.state}: {screen.band.sentence.text()}" if screen and screen.prompt else ""
        return f"{place} is up{state}"

    def _hear(self, _workflow: str, answer: Answer) -> None:
        self.answers.append(answer)
        self._look()

    def _see(self, workflow: str, _prompt: Prompt) -> None:
        self.prompted.append(workflow)
        self._look()

    def _fail(self, failure: Failure) -> None:
        self._failure = failure
        self._look()

    def _look(self, *_args: object) -> None:
        if self._loop is not None:
            self._loop.quit()
