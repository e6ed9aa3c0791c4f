"""What needs Qt to reach a device: the six sounds, and a printer of the system's own print dialog."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QMarginsF, QProcess, QRectF, QSizeF
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPainter
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo
from PySide6.QtWidgets import QApplication

from wms_desktop.gateways.printers import PrinterFault
from wms_desktop.prompts import Outcome
from wms_desktop.resources import find_resource

if sys.platform == "win32":
    import winsound

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

_PLAYERS = (("pw-play", ()), ("paplay", ()), ("aplay", ("-q",)), ("afplay", ()))
_DOTS_PER_POINT = 72.0
_EXACT = QPageSize.SizeMatchPolicy.ExactMatch


@cache
def _find_player() -> tuple[str, tuple[str, ...]] | None:
    for program, arguments in _PLAYERS:
        path = shutil.which(program)
        if path:
            return path, arguments
    return None


class Sounds:
    """Plays the six outcomes without waiting; where the machine has no player it beeps.

    ``beep`` and ``start`` are handed in by tests.
    """

    def __init__(
        self,
        beep: Callable[[], None] = QApplication.beep,
        start: Callable[[str, list[str]], object] = QProcess.startDetached,
    ) -> None:
        self.is_on = True
        self._beep = beep
        self._start = start

    def play(self, outcome: Outcome) -> None:
        """Let the outcome be heard; returns at once."""
        if not self.is_on:
            return
        file = find_resource(f"sounds/{outcome.value}.wav")
        player = _find_player()
        if file is None:
            self._beep()
        elif sys.platform == "win32":
            winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_ASYNC)
        elif player is None:
            self._beep()
        else:
            self._start(player[0], [*player[1], str(file)])


def list_printers() -> tuple[str, ...]:
    """The names of the system's printers."""
    return tuple(QPrinterInfo.availablePrinterNames())


class QtPrinter:
    """A printer of the system, by name; pages are drawn at its own resolution, dot for dot, never re-scaled.

    May be called from the spooler's thread. With ``file`` the printer writes a PDF there instead.
    """

    def __init__(self, name: str, *, dots_per_inch: int = 0, file: str = "") -> None:
        self._name = name
        self._dots = dots_per_inch
        self._file = file

    def send(self, pdf: bytes, title: str, copies: int) -> None:
        """Print all pages; raises PrinterFault ``printer_gone``, ``printer_refuses`` or ``document_damaged``."""
        import pypdfium2  # late: start-up

        if not self._file and self._name not in list_printers():
            raise PrinterFault("printer_gone", printer=self._name)
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError as error:
            raise PrinterFault("document_damaged", printer=self._name, why=str(error)) from error
        try:
            self._print(document, title, copies)
        finally:
            document.close()

    def _print(self, document: PdfDocument, title: str, copies: int) -> None:
        printer = self._printer(title, copies)
        painter = QPainter()
        for number in range(len(document)):
            page = document[number]
            wide, high = page.get_size()
            printer.setPageSize(QPageSize(QSizeF(wide, high), QPageSize.Unit.Point, "", _EXACT))
            printer.setPageMargins(QMarginsF(0, 0, 0, 0), QPageLayout.Unit.Point)
            if number == 0 and not painter.begin(printer):
                raise PrinterFault("printer_refuses", printer=self._name)
            if number and not printer.newPage():
                raise PrinterFault("printer_refuses", printer=self._name)
            dots = printer.resolution() / _DOTS_PER_POINT
            image = _image_of(page, dots)
            painter.drawImage(QRectF(0, 0, image.width(), image.height()), image)
        painter.end()

    def _printer(self, title: str, copies: int) -> QPrinter:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        if self._file:
            printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
            printer.setOutputFileName(self._file)
        else:
            printer.setPrinterName(self._name)
        if self._dots:
            printer.setResolution(self._dots)
        printer.setFullPage(True)
        printer.setDocName(title)
        printer.setCopyCount(copies)
        return printer


def _image_of(page: object, dots_per_point: float) -> QImage:
    bitmap = page.render(scale=dots_per_point, rev_byteorder=True, prefer_bgrx=True)  # type: ignore[attr-defined]
    image = QImage(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888)
    return image.copy()
