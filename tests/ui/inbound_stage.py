"""The inbound desk on a stage, its fields filled and its tables read in few words."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.ui import inbound_rows as rows
from tests.ui.stage import Stage
from wms_desktop.ui.desks.inbound import InboundDesk
from wms_desktop.ui.settings import Settings

TEN, ELEVEN = rows.NOW.replace(hour=10, minute=0), rows.NOW.replace(hour=11, minute=30)


def open_inbound(qtbot: QtBot, folder: Path) -> Stage:
    """The desk over a busy morning, its trucks in sight."""
    made = Stage(InboundDesk(Settings(folder / "station.ini"), UTC, lambda: rows.NOW), qtbot)
    made.answers.update(rows.ANSWERS)
    return made.open()


def fill(stage: Stage, **given: str) -> None:
    """Types into fields of the panel."""
    for name, text in given.items():
        entry = stage.desk.panel.findChild(object, f"field-{name}")
        entry.setPlainText(text) if isinstance(entry, QPlainTextEdit) else entry.setText(text)


def texts(stage: Stage, tab: str, column: int) -> list[str]:
    """The texts of a column of one of the tables."""
    model = stage.desk.tables[tab].rows
    return [model.text_at(place, column) for place in range(model.rowCount())]
