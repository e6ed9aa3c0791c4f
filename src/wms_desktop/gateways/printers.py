"""Printers outside the process: a folder of PDFs, or a queue or printer that speaks IPP."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from wms_desktop.errors import Refusal
from wms_desktop.gateways import ipp

_NAME_LIMIT = 60
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NOT_NAME = re.compile(r"[^A-Za-z0-9._-]+")


class PrinterFault(Refusal):
    """The printer did not take the page, or nobody knows whether it did; the code says what to look at."""

    code = "printer_fault"


class Printer(Protocol):
    """What takes a PDF to paper."""

    def send(self, pdf: bytes, title: str, copies: int) -> None:
        """Returns once the printer has the whole job; raises :class:`PrinterFault` otherwise, within its time."""
        ...


class FolderPrinter:
    """Each job becomes one PDF in a folder: written under another name, flushed, renamed, the folder synced.

    The name begins with a running number, so that the folder's order is the order of printing; of the title only
    harmless characters are taken.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number = 0

    def send(self, pdf: bytes, title: str, copies: int) -> None:
        """Raises PrinterFault ``folder_not_writable`` or ``disk_full``; never leaves half a file in sight."""
        part = self._folder / f".{uuid.uuid4().hex}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("xb") as file:
                file.write(pdf)
                file.flush()
                os.fsync(file.fileno())
            self._publish(part, _plain_name(title) + (f"-x{copies}" if copies > 1 else ""))
            _sync_folder(self._folder)
        except OSError as fault:
            code = "disk_full" if fault.errno in _FULL else "folder_not_writable"
            raise PrinterFault(code, folder=str(self._folder), why=fault.strerror or "") from fault
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def _publish(self, part: Path, name: str) -> None:
        self._number = self._number or self._last_number()
        while True:
            self._number += 1
            target = self._folder / f"{self._number:06d}-{name}.pdf"
            try:
                _rename_if_free(part, target)
            except FileExistsError:
                continue  # another process of ours took the number
            return

    def _last_number(self) -> int:
        heads = (path.name.partition("-")[0] for path in self._folder.glob("*.pdf"))
        return max((int(head) for head in heads if head.isascii() and head.isdigit()), default=0)


def _plain_name(title: str) -> str:
    return _NOT_NAME.sub("_", title)[:_NAME_LIMIT].strip("._-") or "page"


def _rename_if_free(part: Path, target: Path) -> None:
    """Gives the file its name unless something has it (FileExistsError); whole or not at all."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links: only our own process could come between
        if target.exists():
            raise FileExistsError(target) from None
        part.rename(target)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows cannot flush a folder; renames are in its journal
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# What a printer's status means for the person who must do something (RFC 8011, appendix B).
_REFUSALS = {
    0x0401: "printer_forbids",
    0x0402: "printer_forbids",
    0x0403: "printer_forbids",
    0x0406: "printer_unknown",
    0x040A: "printer_cannot_read",
    0x0503: "printer_stopped",
    0x0506: "printer_not_accepting",
    0x0507: "printer_busy",
}
_DONE = 9
_STOPPED = 6
_GIVEN_UP = frozenset({7, 8})


class IppPrinter:
    """A CUPS queue or a network printer, by the Internet Printing Protocol, with our own small client.

    ``uri`` is ``ipp://host:631/printers/name`` or ``ipps://...``; ``timeout_s`` bounds each request whatever the
    other side does, ``wait_s`` how long the job may take to be finished. ``media`` is a PWG name such as
    ``na_index-4x6_4x6in`` or ``iso_a4_210x297mm``, empty for what the queue is set to.
    """

    def __init__(
        self,
        uri: str,
        *,
        timeout_s: float = 10.0,
        wait_s: float = 60.0,
        poll_s: float = 0.1,
        media: str = "",
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = ipp.Client(uri, timeout_s=timeout_s)
        self._wait_s = wait_s
        self._poll_s = poll_s
        self._media = media
        self._pause = pause

    def send(self, pdf: bytes, title: str, copies: int) -> None:
        """Returns when the queue says completed; otherwise cancels the job there and raises PrinterFault.

        ``printer_unreachable``, ``printer_timeout``, ``printer_cut``, ``printer_stopped``, ``printer_gave_up``
        or what the queue refused with; after any but the first a part of the job may be on paper.
        """
        try:
            job = self._client.print_job(pdf, title, copies, self._media)
            self._wait(job)
        except ipp.NotAnswered as fault:
            raise PrinterFault(fault.code, printer=self._client.where) from fault
        except ipp.Refused as fault:
            code = _REFUSALS.get(fault.status, "printer_refused")
            raise PrinterFault(code, printer=self._client.where, status=f"{fault.status:04X}") from fault

    def _wait(self, job: int) -> None:
        until = time.monotonic() + self._wait_s
        while True:
            state, reasons = self._client.get_job_state(job)
            if state == _DONE:
                return
            if state in _GIVEN_UP:
                raise PrinterFault("printer_gave_up", printer=self._client.where, why=reasons)
            if time.monotonic() >= until:
                self._cancel(job)
                code = "printer_stopped" if state == _STOPPED or "stopped" in reasons else "printer_timeout"
                raise PrinterFault(code, printer=self._client.where, why=reasons)
            self._pause(self._poll_s)

    def _cancel(self, job: int) -> None:
        # Left in the queue, it would come out beside our retry once somebody fills the paper tray.
        with contextlib.suppress(ipp.NotAnswered, ipp.Refused):
            self._client.cancel_job(job)
