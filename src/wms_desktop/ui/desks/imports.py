"""The imports desk: a file comes in step by step, is shown before it counts, and its bad rows are mended here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.ui.desks.desk import Desk
from wms_desktop.ui.desks.imports_files import FileWork
from wms_desktop.ui.desks.imports_progress import ProgressPage
from wms_desktop.ui.desks.imports_reading import ReadingPage
from wms_desktop.ui.desks.imports_run import RunWork
from wms_desktop.ui.desks.imports_start import StartPage
from wms_desktop.ui.desks.imports_steps import STEPS, StepBar
from wms_desktop.ui.export_dialog import documents
from wms_desktop.ui.operations import Imports
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.imports import Glance


class ImportsDesk(Desk):
    """Steps: the file, how it is read, the reading, the preview, the fix list. F8 goes on, Esc goes back, Ctrl+O asks
    for a file. Nothing is in the house before it is published.
    """

    cares_for = Changes.NONE

    def __init__(self, settings: Settings, zone: tzinfo, imports: Callable[[], Imports]) -> None:
        super().__init__("imports", settings)
        self.step = "start"
        self._queue: list[Path] = []
        self._read_run = 0
        self.files = FileWork(self, imports)
        self.start = StartPage(zone)
        self.reading = ReadingPage()
        self.progress = ProgressPage()
        self.runs = RunWork(self, self.files)
        self.steps = StepBar()
        self.back = QPushButton(say("ui.imports.back"))
        self.back.setObjectName("imports-back")
        self.pages, self.feet = QStackedWidget(), QStackedWidget()
        for page in (self.start, self.reading, self.progress, self.runs.preview, self.runs.problems):
            self.pages.addWidget(page)
            self.feet.addWidget(page.foot)
        self._lay_out()
        self._connect()
        self.add_table(self.start.table, self.start.widths(), "runs")
        self.add_table(self.runs.problems.table, self.runs.problems.widths(), "problems")
        for table in (self.reading.sample, self.runs.preview.sample, self.runs.preview.field_table):
            self.join_table(table)
        self.reading.split.restoreState(settings.bytes_of("imports-split"))
        self.show_step("start")

    def save(self) -> None:
        """Remember columns, and how the reading's page is divided."""
        super().save()
        self.settings.keep_bytes("imports-split", self.reading.split.saveState())

    # ------------------------------------------------------------------------------------------ going about

    def refresh(self) -> None:
        """The list of the files that came before is read anew."""
        self.ask("runs", {}, self.start.show_runs)

    def open_with(self, args: Mapping[str, Any]) -> None:
        """Take ``files`` (paths) in turn, or show a ``run`` by its id; ``choose``: ask for a file."""
        self._queue += [Path(file) for file in args.get("files", ())]
        if args.get("run"):
            self.runs.open(int(args["run"]))
        elif args.get("choose"):
            QTimer.singleShot(0, self, self.choose_file)  # beside the desk, not beside what was up before
        elif self._queue and self.step == "progress":
            self.tell(say("ui.imports.queued", file=plain(self._queue[-1].name, 80)))
        elif self._queue:
            self._take_next()

    def choose_file(self) -> None:
        """Ask for a file beside the work."""
        dialog = QFileDialog(self, say("ui.imports.choose"))
        dialog.setObjectName("import-dialog")
        dialog.setModal(False)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([say("ui.imports.files"), say("ui.imports.all_files")])
        folder = self.settings.import_folder
        dialog.setDirectory(folder if folder and Path(folder).is_dir() else documents())
        dialog.fileSelected.connect(lambda file: self.open_with({"files": [file]}))
        dialog.show()

    def show_step(self, step: str) -> None:
        """Bring up a step."""
        self.step = step
        self.pages.setCurrentIndex(STEPS.index(step))
        self.steps.show_step(step)
        self.feet.setCurrentIndex(STEPS.index(step))
        self.back.setVisible(step not in ("start", "progress"))
        focus: Mapping[str, QWidget] = {
            "start": self.start.zone,
            "reading": self.reading.choices["kind"],
            "progress": self.progress.cancel,
            "preview": self.runs.preview.publish,
            "problems": self.runs.problems.table,
        }
        if self.isVisible():
            focus[step].setFocus()

    def go_back(self) -> None:
        """One step back; what was read stays to be found in the list."""
        if self.step == "progress":
            self.files.cancel()
            self.tell(say("ui.imports.cancelled"))
            self.show_step("reading")
        elif self.step == "problems":
            self.show_step("preview")
        elif self.step in ("reading", "preview"):
            self.files.cancel()
            self.tell("")
            self._ended()

    def go_on(self) -> None:
        """The one thing that comes next at this step."""
        if self.step == "start":
            self.choose_file()
        elif (
            self.step == "reading" and self.reading.next.isEnabled() and (reading := self.reading.reading()) is not None
        ):
            self.tell("")
            self.progress.begin(self.files.path.name if self.files.path else "")
            self.show_step("progress")
            self.files.stage(reading)
        elif self.step == "preview":
            self.runs.preview.accept()
        elif self.step == "problems":
            self.runs.problems.panel.send()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F8 goes on, Esc back, Ctrl+O chooses a file."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_F8:
            self.go_on()
        elif event.key() == Qt.Key.Key_Escape:
            self.go_back()
        elif control and event.key() == Qt.Key.Key_O and self.step != "progress":
            self.choose_file()
        else:
            super().keyPressEvent(event)

    # ------------------------------------------------------------------------------------------ the file

    def _take_next(self) -> None:
        if not self._queue:
            return
        path = self._queue.pop(0)
        if path.parent.is_dir():
            self.settings.import_folder = str(path.parent)
        self.tell(say("ui.imports.looking", file=plain(path.name, 80)))
        self.files.glance(path)

    def _show_glance(self, glance: Glance) -> None:
        self.tell("")
        self.reading.show_glance(glance)
        if self.step != "reading":
            self.show_step("reading")
        self.ask("mappings", {"kind": glance.reading.kind}, self.reading.show_mappings)
        self._remean(at_once=True)

    def _reshape(self, kind: str = "") -> None:
        path, reading = self.files.path, self.reading.reading()
        if path is not None and reading is not None:
            self.files.glance(path, kind or reading.kind, None if kind else reading)

    def _remean(self, *, at_once: bool = False) -> None:
        problem = self.reading.problem()
        self.reading.next.setEnabled(not problem)
        self.tell(problem)
        if (reading := self.reading.reading()) is not None:
            self.files.sample(reading, at_once=at_once)

    def _fail(self, what: str, message: Message) -> None:
        why = say_message(message)
        if what == "stage":
            self.show_step("reading")
        elif what == "sample":
            self.reading.show_sample(())
        if what == "glance" and self.files.path is not None:
            why = say("ui.imports.cannot_read", file=plain(self.files.path.name, 80), why=why)
        self.tell(why, Outcome.STOP)

    def _save_mapping(self, name: str) -> None:
        reading = self.reading.reading()
        if reading is None:
            return

        def saved(_answer: Answer) -> None:
            self.ask("mappings", {"kind": reading.kind}, self.reading.show_mappings)

        self.do("save_mapping", {"kind": reading.kind, "name": name, "mapping": self.reading.mapping.saved()}, saved)

    def _read_again(self) -> None:
        """The same file once more, after somebody mended it or what it names; an old run's file is asked for."""
        path, reading = self.files.path, self.reading.reading()
        if path is not None and reading is not None and self._read_run == self.runs.run:
            self.files.glance(path, reading.kind, reading)
        else:
            self.choose_file()

    # ------------------------------------------------------------------------------------------ inside

    def _staged(self, run: int) -> None:
        self._read_run = run
        self.tell("")
        self.runs.open(run)

    def _ended(self) -> None:
        self.show_step("start")
        self.refresh()
        self._take_next()

    def _connect(self) -> None:
        self.back.clicked.connect(self.go_back)
        self.reading.next.clicked.connect(self.go_on)
        self.start.wanted.connect(self.choose_file)
        self.start.table.opened.connect(lambda run: self.runs.open(run.run_id))
        self.reading.rekinded.connect(self._reshape)
        self.reading.reshaped.connect(self._reshape)
        self.reading.remeant.connect(self._remean)
        self.reading.saving.connect(self._save_mapping)
        self.progress.cancelled.connect(self.go_back)
        self.files.glanced.connect(self._show_glance)
        self.files.sampled.connect(self.reading.show_sample)
        self.files.progressed.connect(self.progress.show_progress)
        self.files.staged.connect(self._staged)
        self.files.failed.connect(self._fail)
        self.runs.shown.connect(self.show_step)
        self.runs.ended.connect(self._ended)
        self.runs.problems.again.connect(self._read_again)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(Label(say("ui.imports.title"), 22, bold=True))
        head.addStretch(1)
        head.addWidget(self.steps)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.back)
        foot.addWidget(self.feet, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 14, 24, 12)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        column.addWidget(self.note)
        column.addLayout(foot)
