"""Receiving: the verdict (a lane, or that units are inspected first) fills the screen; pictures are chosen by a key."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from wms_desktop.prompts import Answer
from wms_desktop.ui.stations.floor import FloorScreen
from wms_desktop.ui.wording import say

_ASKS_PHOTO = "photo_wanted"


class ReceivingScreen(FloorScreen):
    """The floor screen of the workflow ``receive``.

    ``photo_chosen(path)``: the file of a picture of damaged goods was chosen.
    """

    photo_chosen = Signal(str)
    workflow = "receive"
    verdicts = frozenset({"carry", "bring", "aside"})

    def __init__(self, station: str = "") -> None:
        super().__init__(station)
        self._folder = ""

    def show_answer(self, answer: Answer) -> None:
        """Show how the last scan went; where the dialogue asks for a picture, its file is asked for at once."""
        super().show_answer(answer)
        if answer.message.code == _ASKS_PHOTO and not answer.replayed:
            self.choose_photo()

    def choose_photo(self) -> None:
        """Ask for the file of a picture beside the work, by keyboard or mouse."""
        dialog = QFileDialog(self, say("ui.photo.choose"))
        dialog.setObjectName("photo-dialog")
        dialog.setModal(False)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(say("ui.photo.files"))
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog.setDirectory(self._folder or pictures)
        dialog.fileSelected.connect(self._take_photo)
        dialog.finished.connect(self.field.take_keys_soon)
        dialog.show()
        dialog.activateWindow()  # what is typed now names the file, and is no scan

    def _take_photo(self, file: str) -> None:
        self._folder = str(Path(file).parent)
        self.photo_chosen.emit(file)
