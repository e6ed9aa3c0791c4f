"""A real print queue of our own: a private cupsd takes the label and delivers it unchanged."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gateways import paper_samples as samples
from tests.gateways.paper_reader import read_all
from wms_desktop.gateways.paper.rendering import render
from wms_desktop.gateways.printers import IppPrinter, PrinterFault

SBIN = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/cups/daemon"))
CUPSD = shutil.which("cupsd", path=SBIN)
LPADMIN = shutil.which("lpadmin", path=SBIN)
# Where cups lies elsewhere: its ServerBin and DataDir lines.
ELSEWHERE = os.environ.get("WMS_CUPS_FILES", "")
SENDS = ELSEWHERE or Path("/usr/lib/cups/backend/socket").exists()
pytestmark = pytest.mark.skipif(
    not (CUPSD and LPADMIN and SENDS), reason="the private print queue needs cups installed here"
)

SERVER = """
Listen 127.0.0.1:{port}
LogLevel warn
WebInterface No
Browsing Off
PreserveJobHistory Yes
DefaultAuthType None
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
<Limit All>
Order allow,deny
Allow all
</Limit>
</Policy>
"""
FILES = """
ServerRoot {folder}
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/spool/tmp
AccessLog {folder}/access_log
ErrorLog {folder}/error_log
PageLog {folder}/page_log
Sandboxing relaxed
"""


class Paper:
    """What a printer on the network does with a job: reads it to its end, then hangs up."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.jobs: list[bytes] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            wire, _ = self._server.accept()
            with wire, wire.makefile("rb") as stream:
                job = stream.read()
            if job == b"stop":
                return
            self.jobs.append(job)

    def close(self) -> None:
        """Ends the thread."""
        with socket.create_connection(("127.0.0.1", self.port)) as wire:
            wire.sendall(b"stop")
        self._thread.join()
        self._server.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the queue's own user may enter, as pytest's are not when root runs it."""
    place = Path(tempfile.mkdtemp(prefix="wms-cups-"))
    place.chmod(0o755)
    yield place
    shutil.rmtree(place)


@pytest.fixture
def queue(folder: Path) -> Iterator[tuple[str, Paper]]:
    """The address of a raw queue, and the printer behind it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for name in ("spool/tmp", "cache", "state"):
        (folder / name).mkdir(parents=True)
        (folder / name).chmod(0o777)
    (folder / "cupsd.conf").write_text(SERVER.format(port=port), encoding="utf-8")
    (folder / "files.conf").write_text(FILES.format(folder=folder) + ELSEWHERE, encoding="utf-8")
    assert CUPSD
    command = [CUPSD, "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "files.conf")]
    server = subprocess.Popen(command)
    paper = Paper()
    try:
        _wait_for(port, server)
        _admin(port, "-p", "label", "-E", "-v", f"socket://127.0.0.1:{paper.port}", "-m", "raw")
        yield f"ipp://127.0.0.1:{port}/printers/label", paper
    finally:
        server.terminate()
        server.wait(10)
        paper.close()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as wire:
            wire.settimeout(0.2)
            if wire.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail("the private cupsd did not answer")


def _admin(port: int, *arguments: str) -> None:
    assert LPADMIN
    environment = {**os.environ, "CUPS_SERVER": f"127.0.0.1:{port}"}
    subprocess.run([LPADMIN, *arguments], env=environment, check=True, capture_output=True, timeout=30)


def test_a_label_passes_a_real_queue_and_still_reads(queue: tuple[str, Paper]) -> None:
    uri, paper = queue
    pdf = render(samples.shipping_label(), dpi=203)

    IppPrinter(uri).send(pdf, "shipping_label-1", 1)

    assert paper.jobs == [pdf]
    assert read_all(paper.jobs[0], 203)[-1] == (b"00" + samples.shipping_label().sscc.encode(), "]C1")


def test_a_queue_that_rejects_jobs_and_one_that_is_not_there_are_named(queue: tuple[str, Paper]) -> None:
    uri, _ = queue
    port = int(uri.split(":")[2].split("/")[0])
    reject = shutil.which("cupsreject", path=SBIN)
    assert reject
    subprocess.run([reject, "-h", f"127.0.0.1:{port}", "label"], check=True, capture_output=True, timeout=30)

    with pytest.raises(PrinterFault, match="printer_not_accepting"):
        IppPrinter(uri).send(b"%PDF-1.4", "a", 1)
    with pytest.raises(PrinterFault, match="printer_unknown"):
        IppPrinter(uri + "-none").send(b"%PDF-1.4", "a", 1)
