"""What is not the daily run: the fault screen and the tray of scans that had no answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from wms_desktop.ui.operations import SIGN_ON, Failure, Operations, Runner, Unanswered
from wms_desktop.ui.pages.halt import HaltPage
from wms_desktop.ui.pages.tray import TrayPage


class TroubleWork(QObject):
    """Owns both pages; ``station`` tells the workflow whose scans are to be kept, ``go(place)`` asks for a screen."""

    go = Signal(str)
    left_halt = Signal()

    def __init__(self, operations: Operations, station: Callable[[], str]) -> None:
        super().__init__()
        self._operations = operations
        self._station = station
        self.halt, self.tray = HaltPage(), TrayPage()
        operations.failed.connect(self._show_halt)
        operations.kept.connect(self._count_kept)
        operations.resumed.connect(self._resume)
        operations.recovered.connect(self._show_tray)
        self.halt.retried.connect(lambda: operations.resume(station() or SIGN_ON))
        self.halt.scanned.connect(lambda text: operations.submit(station() or SIGN_ON, text))
        self.tray.read.connect(self._dismiss)

    def has_open_scans(self) -> bool:
        """Whether scans of an earlier run still wait to be read."""
        return self.tray.model.rowCount() > 0

    def _show_halt(self, failure: Failure) -> None:
        self.halt.show_failure(failure)
        self.go.emit("halt")

    def _count_kept(self, reason: str, count: int) -> None:
        if reason == "fault":
            self.halt.add_kept(count)

    def _resume(self) -> None:
        self.halt.clear()
        self.left_halt.emit()

    def _show_tray(self, scans: tuple[Unanswered, ...]) -> None:
        if scans:
            self.tray.show_scans(scans)
            self.go.emit("tray")

    def _dismiss(self, keys: tuple[str, ...]) -> None:
        for key in keys:
            self._operations.command(_dismissing(key), _ignore)
        self.go.emit("chooser")


def _dismissing(key: str) -> Callable[[Runner], None]:
    return lambda runner: runner.dismiss(key)


def _ignore(_result: None) -> None:
    """A dismissed scan needs no further word."""
