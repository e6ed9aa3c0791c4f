"""What is done with a file that was read: publish, drop, mend, export; always asked for, then shown anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from wms_desktop.prompts import Answer, Outcome
from wms_desktop.ui.desks.desk import Desk
from wms_desktop.ui.desks.imports_files import FileWork
from wms_desktop.ui.desks.imports_preview import PreviewPage
from wms_desktop.ui.desks.imports_problems import ProblemsPage
from wms_desktop.ui.export_dialog import ExportDialog
from wms_desktop.ui.wording import say
from wms_desktop.views.imports import Preview, Problem

_FIRST = 100
"""So many refused rows stand in the fix list when it comes up."""
_MORE = 1_000
_REFUSED = (Outcome.STOP, Outcome.NOT_UNDERSTOOD)


class RunWork(QObject):
    """Owns the preview and the fix list of one run. ``shown(step)``: bring it up; ``ended()``: the run was dropped."""

    shown = Signal(str)
    ended = Signal()

    def __init__(self, desk: Desk, files: FileWork) -> None:
        super().__init__(desk)
        self._desk = desk
        self._files = files
        self.run = 0
        self.preview = PreviewPage()
        self.problems = ProblemsPage()
        self._loaded: tuple[Problem, ...] = ()
        self._count = 0
        self.preview.published.connect(lambda good_only: self._act("publish", good_only=good_only))
        self.preview.dropped.connect(lambda: self._act("drop"))
        self.preview.left.connect(lambda: desk.go("backlog"))
        self.preview.listed.connect(self._open_list)
        self.problems.left_out.connect(
            lambda rows: self._desk.do("leave_out", {"rows": rows}, lambda _: self._mended())
        )
        self.problems.mended.connect(self._mend)
        self.problems.more.connect(lambda: self._collect(self._loaded, len(self._loaded) + _MORE))
        self.problems.exported.connect(self._export)
        files.exported.connect(self._tell_exported)

    def open(self, run: int, step: str = "preview") -> None:
        """Show what a run would do, or did; the step comes up when the answer is there."""
        self.run = run

        def show(preview: Preview) -> None:
            if preview.run_id == self.run:  # a slow answer of the run before is not shown over this one
                self._show(preview)
                self.shown.emit(step)

        self._desk.ask("preview", {"run": run}, show)

    def _show(self, preview: Preview) -> None:
        self.preview.show_preview(preview)
        self._count = preview.problem_count
        self.problems.reading = preview.reading
        self._list(preview.problems)

    def _open_list(self) -> None:
        self.shown.emit("problems")
        if len(self._loaded) < min(self._count, _FIRST):
            self._collect(self._loaded, min(self._count, _FIRST))

    def _list(self, problems: Sequence[Problem]) -> None:
        self._loaded = tuple(problems)
        self.problems.show_problems(self._loaded, self._count)

    def _collect(self, rows: Sequence[Problem], wanted: int) -> None:
        """Ask for the next refused rows until so many are there, or there are no more."""

        def add(page: Sequence[Problem]) -> None:
            known = {problem.row_id for problem in rows}
            whole = (*rows, *(problem for problem in page if problem.row_id not in known))
            if page and len(whole) < wanted:
                self._collect(whole, wanted)
            else:
                self._list(whole)

        self._desk.ask("problems", {"run": self.run, "offset": len(rows)}, add)

    def _act(self, name: str, **args: Any) -> None:
        self.preview.wait()
        self._desk.tell(say(f"ui.imports.doing.{name}"))
        self._desk.do(name, {"run": self.run, **args}, lambda answer: self._acted(name, answer))

    def _acted(self, name: str, answer: Answer) -> None:
        if name == "drop" and answer.outcome not in _REFUSED:
            self.ended.emit()
        else:
            self.open(self.run)

    def _mend(self, row_id: int, fields: Mapping[str, str]) -> None:
        self._desk.do("mend", {"row": row_id, "fields": dict(fields)}, lambda _: self._mended())

    def _mended(self) -> None:
        self.preview.note_mended()
        wanted = len(self._loaded)

        def show(preview: Preview) -> None:
            self._show(preview)
            if len(self._loaded) < min(wanted, self._count):
                self._collect(self._loaded, min(wanted, self._count))

        self._desk.ask("preview", {"run": self.run}, show)

    def _export(self) -> None:
        run, folder = self.run, self._desk.settings.export_folder

        def write(target: Path) -> None:
            self._desk.settings.export_folder = str(target.parent)
            self._files.export(run, target)

        name = say("ui.imports.export_name", file=Path(self._file_name()).stem)
        ExportDialog(self.problems, name, folder, write, (".csv",)).show()

    def _file_name(self) -> str:
        return self.preview.preview.file_name if self.preview.preview else ""

    def _tell_exported(self, count: int, file: str) -> None:
        self._desk.tell(say("ui.table.exported", rows=f"{count:,}", file=file), Outcome.STEP_DONE)
