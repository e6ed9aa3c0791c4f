"""Joins the desks to the read thread: fresh rows when a desk comes up, and when something it cares for changed."""

from __future__ import annotations

from datetime import tzinfo

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer
from wms_desktop.ui.desks.backlog import BacklogDesk
from wms_desktop.ui.desks.batches import BatchesDesk
from wms_desktop.ui.operations import Operations, Reads
from wms_desktop.ui.rows import BatchRow, OperatorRow
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.wording import say, say_message

_CALM_MS = 250
"""Changes within this time are read once, so that a burst of scans costs one read."""


class DeskWork(QObject):
    """Owns the desks; a hidden one is read when it comes up, a visible one soon after a change."""

    def __init__(self, operations: Operations, settings: Settings, zone: tzinfo) -> None:
        super().__init__()
        self._operations = operations
        self.batches = BatchesDesk(zone)
        self.backlog = BacklogDesk(settings, zone)
        self._stale = Changes.NONE
        self._timer = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._timer.timeout.connect(self._reload)
        self.batches.wanted.connect(self.read_batches)
        self.batches.moved.connect(self._move)
        self.batches.release_wanted.connect(self._release)
        self.batches.list_wanted.connect(self._print_list)
        self.backlog.wanted.connect(self.read_backlog)
        operations.changed.connect(self.note)
        operations.read_failed.connect(self._tell_failure)

    def desk(self, place: str) -> QWidget:
        """The desk called ``place``."""
        return {"batches": self.batches, "backlog": self.backlog}[place]

    def note(self, changes: Changes) -> None:
        """Something changed, here or at another station."""
        self._stale |= changes
        self._timer.start()

    def stop(self) -> None:
        """The window closes: nothing more is read."""
        self._timer.stop()

    def read_batches(self) -> None:
        """Read the board anew."""
        self._operations.read(_board, lambda rows: self.batches.show_rows(*rows))

    def read_backlog(self) -> None:
        """Read the backlog anew."""
        self._operations.read(lambda reads: reads.backlog(), self.backlog.show_rows)

    def _reload(self) -> None:
        stale, self._stale = self._stale, Changes.NONE
        if self.batches.isVisible() and stale & BatchesDesk.cares_for:
            self.read_batches()
        if self.backlog.isVisible() and stale & BacklogDesk.cares_for:
            self.read_backlog()

    def _move(self, batch_id: int, operator_id: int) -> None:
        self._act("reassign", batch=batch_id, operator=operator_id)

    def _release(self) -> None:
        self.batches.tell(say("ui.batches.releasing"))
        self._operations.command(lambda runner: runner.release_wave(), self._moved)

    def _print_list(self, batch_id: int) -> None:
        self._act("print_list", batch=batch_id)

    def _act(self, name: str, **args: int) -> None:
        self._operations.command(lambda runner: runner.act(name, args), self._moved)

    def _moved(self, answer: Answer) -> None:
        self.batches.tell(say_message(answer.message))
        self._operations.changed.emit(answer.changes)
        self.read_batches()

    def _tell_failure(self, reason: str) -> None:
        self.batches.tell(say("ui.read_failed", reason=reason))
        self.backlog.note.setText(say("ui.read_failed", reason=reason))


def _board(reads: Reads) -> tuple[tuple[BatchRow, ...], tuple[OperatorRow, ...]]:
    return tuple(reads.batches()), tuple(reads.operators())
