"""Starts the solver's process, hands it one problem and hears its answers; never blocks longer than it is allowed."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, cast

from wms_desktop.domain.sharing import Wish

_GRACE_S = 3.0
"""How long after its time a process may still answer before it is ended (starting it takes part of this)."""


class Answer:
    """What the process said: the chosen order ids, their worth, the bound, and whether it was its last word."""

    __slots__ = ("bound", "is_last", "orders", "worth")

    def __init__(self, line: str) -> None:
        said = json.loads(line)
        self.orders: tuple[int, ...] = tuple(said["orders"])
        self.worth: int = said["worth"]
        self.bound: int = said["bound"]
        self.is_last: bool = said["last"]


def answers(wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float) -> Iterator[Answer]:
    """The answers of one process, each better than the one before, as they come.

    Ends without a last word when the process fails or is late: the caller then keeps what it had, and says so. The
    process is ended when the caller stops listening.
    """
    task = {
        "wishes": [[wish.order_id, wish.needs, wish.worth] for wish in wishes],
        "supply": supply,
        "seconds": seconds,
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "wms_desktop.solvers.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
    )  # fmt: skip
    to, back = cast(IO[str], child.stdin), cast(IO[str], child.stdout)
    said: SimpleQueue[str | None] = SimpleQueue()
    listener = Thread(target=_listen, args=(to, back, json.dumps(task), said), daemon=True, name="solver")
    listener.start()
    until = time.monotonic() + seconds + _GRACE_S
    try:
        while (left := until - time.monotonic()) > 0:
            try:
                line = said.get(timeout=left)
            except Empty:
                return
            if line is None:
                return
            answer = Answer(line)
            yield answer
            if answer.is_last:
                return
    finally:
        child.kill()
        child.wait()
        listener.join()
        back.close()


def _listen(to: IO[str], back: IO[str], task: str, said: SimpleQueue[str | None]) -> None:
    """Writes the task and passes the lines on; None at the end, whatever it was."""
    with contextlib.suppress(OSError):  # it is gone: what it said before stands
        with to:
            to.write(task + "\n")
        for line in back:
            if line.endswith("\n"):
                said.put(line)
    said.put(None)
