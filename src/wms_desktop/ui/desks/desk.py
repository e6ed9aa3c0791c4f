"""What every desk is: it asks questions, does acts, gives long work away, and never calls a service itself.

A desk is written like this; :mod:`wms_desktop.ui.desk_work` connects it, and nothing else has to know it::

    class StoryDesk(Desk):
        cares_for = Changes.ORDERS | Changes.STOCK

        def __init__(self, settings: Settings, zone: tzinfo) -> None:
            super().__init__("story", settings)
            ...
            self.add_table(self.table, widths=(90, 210, ...))

        def refresh(self) -> None:
            self.ask("story", {"order": self._order}, self._show)

        def open_with(self, args: Mapping[str, Any]) -> None:
            self._order = args.get("order", 0)
            self.refresh()

Answers to questions and acts come back on the window's thread, in the order in which they were asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.ui.jobs import Job
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.widgets import Label
from wms_desktop.ui.wording import say_message

_DONE = (Outcome.ACCEPTED, Outcome.STEP_DONE, Outcome.JOB_COMPLETE, Outcome.LOOK_HERE)


class Desk(QWidget):
    """The base of every desk.

    ``cares_for``: after a change of any of these kinds :meth:`refresh` is called, soon and once for a burst; and
    whenever the desk comes up. ``note`` is the line that :meth:`tell` writes to: the desk places it in its layout.

    Signals, heard by the desk work: ``asked(question, args, callback, on_failed)``, ``acted(name, args, callback)``,
    ``went(place, args)`` (bring up another desk, whose :meth:`open_with` gets the args), ``worked(job)``.
    """

    asked = Signal(str, object, object, object)
    acted = Signal(str, object, object)
    went = Signal(str, object)
    worked = Signal(object)
    cares_for: Changes = Changes.NONE
    takes_codes = False
    """Whether a scan made while this desk is up is for :meth:`take_code`; else it goes to the last station."""

    def __init__(self, place: str, settings: Settings) -> None:
        super().__init__()
        self.place = place
        self.settings = settings
        self.setObjectName(f"desk-{place}")
        self.note = Label("", 12, wrap=True)
        self._tables: list[Table] = []
        self._remembered: dict[str, Table] = {}
        self.exported: Table | None = None
        """What :meth:`export_rows` writes, until the next."""

    # ------------------------------------------------------------------------------- what a desk overrides

    def refresh(self) -> None:
        """Ask anew for everything shown; called when the desk comes up and after changes."""

    def open_with(self, args: Mapping[str, Any]) -> None:
        """Another desk sends here: show what ``args`` names (an order, a state, a file); called before showing."""

    def take_code(self, text: str) -> None:
        """A whole scanned code, where ``takes_codes``."""

    # ----------------------------------------------------------------------------------- what a desk calls

    def ask(
        self,
        question: str,
        args: Mapping[str, Any],
        done: Callable[[Any], None],
        on_failed: Callable[[Message], None] | None = None,
    ) -> None:
        """Ask a question; ``done`` gets the answer. A refusal or a fault goes to ``on_failed``, else to the note."""
        self.asked.emit(question, dict(args), done, on_failed or self.tell_message)

    def do(self, name: str, args: Mapping[str, Any], done: Callable[[Answer], None] | None = None) -> None:
        """Carry out an act; its sentence is shown in the note before ``done`` gets the answer."""
        self.acted.emit(name, dict(args), done)

    def go(self, place: str, **args: Any) -> None:
        """Bring up another desk (or this one) and let it show what ``args`` names."""
        self.went.emit(place, args)

    def work(self, job: Job) -> Job:
        """Begin long work on a thread of its own; gives the job back, to be cancelled."""
        self.worked.emit(job)
        return job

    def tell(self, sentence: str, outcome: Outcome | None = None) -> None:
        """Show a sentence; an ``outcome`` of stop or not understood is shown as one that wants to be read."""
        self.note.setText(sentence)
        bad = outcome is not None and outcome not in _DONE
        self.note.set_role("alarm" if bad else "ink")

    def tell_message(self, message: Message) -> None:
        """Show what could not be read or done."""
        self.tell(say_message(message), Outcome.STOP)

    def add_table(self, table: Table, widths: Sequence[int] = (), name: str = "") -> None:
        """Remember this table's columns between runs, and let it export on a thread of its own.

        ``widths`` are the columns' first widths in pixels; ``name`` tells several tables of one desk apart.
        """
        key = f"{self.place}-{name}-columns" if name else f"{self.place}-columns"
        self._remembered[key] = table
        self.join_table(table)
        table.restore(self.settings.bytes_of(key), widths)

    def join_table(self, table: Table) -> None:
        """Let a table export, without remembering its columns: they are of the moment."""
        self._tables.append(table)
        table.worked.connect(self.worked)
        table.told.connect(self.tell)
        table.folder = self.settings.export_folder
        table.filed.connect(self._keep_folder)

    def export_rows(self, title: str, columns: Sequence[Column], rows: Sequence[Any]) -> None:
        """Ask for a file name beside the work, then write these rows; for what is no table on the screen."""
        sheet = Table(RowsModel(columns), title)
        sheet.setParent(self)
        sheet.hide()
        sheet.rows.show_rows(tuple(rows))
        if self.exported is not None:
            self._tables.remove(self.exported)
            self.exported.deleteLater()
        self.exported = sheet
        self.join_table(sheet)
        sheet.export()

    def _keep_folder(self, folder: str) -> None:
        self.settings.export_folder = folder
        for table in self._tables:
            table.folder = folder

    def save(self) -> None:
        """Remember the columns; the window closes."""
        for key, table in self._remembered.items():
            self.settings.keep_bytes(key, table.header_state())

    def showEvent(self, event: QShowEvent) -> None:
        """Fresh rows whenever the desk comes up."""
        super().showEvent(event)
        self.refresh()
