"""Files and runs without a parser and without a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from threading import Event as Flag
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QPushButton

from wms_desktop.prompts import Message
from wms_desktop.ui.desks.imports import ImportsDesk
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.views.imports import (
    FIELDS,
    Fault,
    Glance,
    Preview,
    Problem,
    Reading,
    Record,
    RunRow,
    Totals,
)

COLUMNS = ("Invoice", "Code", "Pieces", "Price", "Note")
ROWS = (("5640", "85123A", "6", "2.55", ""), ("5641", "71053", "8", "3.39", "gift"))
READING = Reading(kind="orders", format="csv", mapping={"Invoice": "number", "Code": "sku", "Pieces": "qty"})
GLANCE = Glance(file_name="orders.csv", reading=READING, columns=COLUMNS, sample=ROWS, fields=FIELDS["orders"])
RECORDS = tuple(
    Record(line=line, key=row[0], fields={"number": row[0], "sku": row[1], "qty": row[2]})
    for line, row in enumerate(ROWS, start=2)
)
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def totals(documents: int, rows: int, units: int, **amounts: str) -> Totals:
    return Totals(
        documents=documents, rows=rows, units=units, amounts={c: Decimal(money) for c, money in amounts.items()}
    )


def problem(row_id: int, **changed: Any) -> Problem:
    made = Problem(
        row_id=row_id,
        line=row_id + 10,
        key=f"56{row_id}",
        column="qty",
        value="-6",
        rule="import.run.range",
        cure=Message("row", {"text": f"Line {row_id + 10}: type how many units are wanted."}),
        fields={"number": f"56{row_id}", "sku": "85123A", "qty": "-6"},
    )
    return replace(made, **changed)


@dataclass
class FakeHouse:
    """The runs that the house knows: answers the four questions, and what an act does to them."""

    problems: list[Problem] = field(default_factory=lambda: [problem(1), problem(2)])
    page: int = 100
    state: str = "staged"
    good: int = 5
    notes: tuple[Message, ...] = ()
    mappings: tuple[tuple[str, Mapping[str, str]], ...] = (("Web shop", {"Code": "barcode", "Pieces": "qty"}),)

    def answers(self) -> dict[str, Callable[[Mapping[str, Any]], Any]]:
        return {
            "runs": lambda _: (self._run(),),
            "preview": lambda args: self.preview(int(args["run"])),
            "problems": lambda args: tuple(self.problems[args["offset"] : args["offset"] + self.page]),
            "mappings": lambda _: self.mappings,
        }

    def preview(self, run: int) -> Preview:
        bad = len(self.problems)
        return Preview(
            run_id=run,
            file_name="orders.csv",
            reading=READING,
            state=self.state,
            total=totals(self.good + bad, 9 + bad, 60 + bad, GBP="1234.50", EUR="7"),
            good=totals(self.good, 9, 60, GBP="1200", EUR="7"),
            bad=totals(bad, bad, bad, GBP="34.50"),
            fresh=self.good - 1 if self.good else 0,
            updated=0,
            untouched=1 if self.good else 0,
            problem_count=bad,
            problems=tuple(self.problems[: self.page]),
            columns=("number", "sku", "qty"),
            sample=ROWS,
            notes=self.notes,
        )

    def _run(self) -> RunRow:
        return RunRow(
            run_id=7, at=NOON, kind="orders", format="csv", file_name="orders.csv", by="Ana Martins", state=self.state,
            good=9, bad=len(self.problems),
        )  # fmt: skip


class FakeImports:
    """Finds :data:`GLANCE` in every file; ``faults`` are raised once by the name of the call."""

    def __init__(self) -> None:
        self.faults: dict[str, Exception] = {}
        self.glances: list[tuple[Path, str, Reading | None]] = []
        self.samples: list[Reading] = []
        self.staged: list[tuple[Path, Reading]] = []
        self.gate = Flag()
        self.gate.set()
        self.was_cancelled = Flag()
        self.sample_rows: Sequence[Record | Fault] = RECORDS

    def glance(self, path: Path, kind: str = "", reading: Reading | None = None) -> Glance:
        self._fail("glance")
        self.glances.append((path, kind, reading))
        found = reading or (replace(READING, kind=kind) if kind else READING)
        return replace(GLANCE, file_name=path.name, reading=found, fields=FIELDS[found.kind])

    def sample(self, path: Path, reading: Reading, count: int) -> Sequence[Record | Fault]:
        self._fail("sample")
        self.samples.append(reading)
        return self.sample_rows

    def stage(
        self,
        path: Path,
        reading: Reading,
        progress: Callable[[int, int], None],
        is_cancelled: Callable[[], bool],
        count_rows: Callable[[int], None],
    ) -> int:
        count_rows(12_000)
        progress(25, 100)
        while not self.gate.wait(0.005):
            if is_cancelled():
                self.was_cancelled.set()
                raise InterruptedError("cancelled")
        self._fail("stage")
        progress(100, 100)
        self.staged.append((path, reading))
        return 7

    def export_problems(self, run: int, target: Path) -> int:
        self._fail("export")
        target.write_text(f"run {run}", encoding="utf-8")
        return 2

    def _fail(self, what: str) -> None:
        if what in self.faults:
            raise self.faults.pop(what)


def drop(window: MainWindow, *files: Path) -> None:
    """Hold files over the window and let go, as the desktop does it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    drop_data(window, data)


def drop_data(window: MainWindow, data: QMimeData) -> bool:
    event = QDropEvent(
        QPointF(300, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    return QCoreApplication.sendEvent(window.windowHandle(), event)


def button(desk: ImportsDesk, name: str) -> QPushButton:
    found = desk.findChild(QPushButton, name)
    assert found is not None
    return found
