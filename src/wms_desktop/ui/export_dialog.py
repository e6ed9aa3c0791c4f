"""Asks where an export goes: a file dialog beside the work, never in the way of a scan."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from wms_desktop.ui.table_files import SUFFIXES
from wms_desktop.ui.wording import say

_ODD = re.compile(r"[^\w\-]+")


class ExportDialog(QFileDialog):
    """Not modal; goes away with the page that asked. ``take`` gets the path, which always has a known ending."""

    def __init__(
        self,
        parent: QWidget,
        name: str,
        folder: str,
        take: Callable[[Path], None],
        suffixes: tuple[str, ...] = SUFFIXES,
    ) -> None:
        super().__init__(parent)
        self._take = take
        self._suffixes = suffixes
        self.setObjectName("export-dialog")
        self.setWindowTitle(say("ui.table.export_title", name=name))
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setFileMode(QFileDialog.FileMode.AnyFile)
        self.setNameFilters([say(f"ui.table{suffix}") for suffix in suffixes])
        self.setDefaultSuffix(suffixes[0])
        self.setDirectory(folder if folder and Path(folder).is_dir() else documents())
        self.selectFile(_ODD.sub("-", name).strip("-").casefold() or "table")
        self.filterSelected.connect(lambda _: self.setDefaultSuffix(self._suffix()))
        self.fileSelected.connect(self._chosen)
        parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close when the page that asked goes away: a scan has brought up its station."""
        if watched is self.parent() and event.type() == QEvent.Type.Hide:
            self.close()
        return super().eventFilter(watched, event)

    def _suffix(self) -> str:
        return self._suffixes[self.nameFilters().index(self.selectedNameFilter())]

    def _chosen(self, file: str) -> None:
        path = Path(file)
        if path.suffix.casefold() not in self._suffixes:
            path = path.with_name(path.name + self._suffix())
        self._take(path)


def documents() -> str:
    """The person's own folder for documents, else their home."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return found if found and Path(found).is_dir() else str(Path.home())
