"""The tray: scans of an earlier run that had no answer yet, each with what became of it; read before work goes on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton

from wms_desktop.ui import theme
from wms_desktop.ui.keys import desk_sheet_key, function_keys
from wms_desktop.ui.operations import Unanswered
from wms_desktop.ui.pages.page import ScanPage
from wms_desktop.ui.tables import Column, RowsModel, Table
from wms_desktop.ui.wording import say


class TrayPage(ScanPage):
    """``read(keys)`` says that the person has read them; nothing is ever carried out from here."""

    read = Signal(object)

    def __init__(self) -> None:
        super().__init__("tray", function_keys("sign_on"), "desk-tray")
        self.model = RowsModel(
            (
                Column(title=say("ui.tray.column.at"), text=lambda r: r.at, sort=lambda r: r.at),
                Column(title=say("ui.tray.column.text"), text=lambda r: r.text, sort=lambda r: r.text),
                Column(title=say("ui.tray.column.outcome"), text=_became, sort=lambda r: r.outcome),
            )
        )
        self.table = Table(self.model, say("ui.tray.title"))
        self.table.setFont(theme.font(14))
        self.table.verticalHeader().setDefaultSectionSize(48)
        self.table.setColumnWidth(0, 200)
        self.table.setColumnWidth(1, 380)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self.table, 1)
        done = QPushButton(say("ui.tray.read"))
        done.setObjectName("tray-read")
        done.setAccessibleName(done.text())
        done.setFont(theme.font(14))
        done.setMinimumHeight(56)
        done.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        done.clicked.connect(self.finish)
        self.foot.addWidget(done)
        self.foot.addStretch(1)
        self.field.submitted.connect(lambda text: self.finish() if desk_sheet_key(text) == "yes" else None)
        self.field.pressed.connect(lambda name, _: self.finish() if name == "yes" else None)
        self.show_scans(())

    def show_scans(self, scans: Sequence[Unanswered]) -> None:
        """Show what is open."""
        self.model.show_rows(scans)
        self.title.set_text(say("ui.tray.title" if scans else "ui.tray.empty"))
        self.sub.set_text(say("ui.tray.sub") if scans else "")

    def finish(self) -> None:
        """All of them have been read."""
        keys = tuple(row.key for row in self.model.shown())
        self.show_scans(())
        self.read.emit(keys)


def _became(row: Unanswered) -> str:
    return say(f"ui.tray.{row.outcome}" if row.outcome in ("applied", "refused") else "ui.tray.unknown")
