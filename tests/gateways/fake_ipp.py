"""A printer that lives in the test: takes jobs, refuses, hangs, dribbles or hangs up, as it is told."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from wms_desktop.gateways import ipp


@dataclass
class FakePrinter:
    """``behaviour``: take, refuse, hang, cut, dribble, garbage, stopped, abort, lost (accepts, then hangs up)."""

    behaviour: str = "take"
    status: int = 0x0507
    uri: str = ""
    jobs: list[bytes] = field(default_factory=list)
    facts: list[dict[str, list[str | int]]] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)
    asked: int = 0
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def printer(behaviour: str = "take", **facts: Any) -> Iterator[FakePrinter]:
    """Serves a fake printer on a free port of this machine while the block runs."""
    fake = FakePrinter(behaviour, **facts)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    fake.uri = f"ipp://127.0.0.1:{server.server_address[1]}/printers/label"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield fake
    finally:
        fake.over.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    fake: FakePrinter

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = struct.unpack_from(">HHI", body)[1]
        if operation == ipp.PRINT_JOB:
            self._print(body)
        elif operation == ipp.CANCEL_JOB:
            self.fake.cancelled.append(int(ipp.parse(body).attributes["job-id"][0]))
            self._answer(0, b"")
        else:
            self._tell_state()

    def _print(self, body: bytes) -> None:
        fake = self.fake
        if fake.behaviour == "hang":
            fake.over.wait(30)
        elif fake.behaviour == "cut":
            self.connection.close()
        elif fake.behaviour == "dribble":
            self._dribble()
        elif fake.behaviour == "garbage":
            self._reply(b"\x01\x01\x00\x00\x00\x00\x00\x01\x02\x21\xff\xff")
        elif fake.behaviour == "refuse":
            self._answer(fake.status, b"")
        else:
            pdf = body[body.index(b"%PDF") :]
            fake.jobs.append(pdf)
            fake.facts.append(ipp.parse(body[: body.index(b"%PDF")] + b"\x03").attributes)
            if fake.behaviour == "lost":
                self.connection.close()
            else:
                self._answer(0, b"\x02" + ipp._attribute(0x21, "job-id", len(fake.jobs)))

    def _tell_state(self) -> None:
        fake = self.fake
        fake.asked += 1
        state, reason = {"stopped": (6, "printer-stopped"), "abort": (8, "aborted-by-system")}.get(
            fake.behaviour, (9 if fake.asked > 1 else 5, "none")
        )
        job = ipp._attribute(0x23, "job-state", state) + ipp._attribute(0x44, "job-state-reasons", reason)
        self._answer(0, b"\x02" + job)

    def _answer(self, status: int, groups: bytes) -> None:
        first = ipp._group(0x01, [(0x47, "attributes-charset", "utf-8"), (0x48, "attributes-natural-language", "en")])
        self._reply(struct.pack(">HHI", 0x0101, status, 1) + first + groups + b"\x03")

    def _reply(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/ipp")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _dribble(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        while not self.fake.over.wait(0.02):
            try:
                self.wfile.write(b"\x00")
                self.wfile.flush()
            except OSError:
                return
