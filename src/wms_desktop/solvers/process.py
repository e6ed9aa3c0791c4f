"""Starts the solver's process, hands it problems and hears its answers; never blocks longer than it is allowed."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from types import TracebackType
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


class Solver:
    """One process that solves one problem after the other; it is ended with the block that opened it.

    Raises OSError where no process can be started. ``close`` may be called from another thread: whoever listens then
    hears nothing more.
    """

    def __init__(self) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "wms_desktop.solvers.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
        )  # fmt: skip
        self._said: SimpleQueue[str | None] = SimpleQueue()
        self._tasks: SimpleQueue[str | None] = SimpleQueue()
        self._threads = [
            Thread(target=target, daemon=True, name=name)
            for target, name in ((self._listen, "solver"), (self._speak, "solver tasks"))
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Solver:
        """Gives itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:  # fmt: skip
        """Ends the process and waits until it is gone."""
        self.close()
        self._child.wait()
        for thread in self._threads:
            thread.join()
        cast(IO[str], self._child.stdout).close()

    def close(self) -> None:
        """Ends the process at once, whatever it is doing."""
        self._child.kill()
        self._tasks.put(None)

    def answers(self, wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float) -> Iterator[Answer]:
        """The answers to one problem, each better than the one before, as they come.

        Ends without a last word when the process fails or is late: the caller then keeps what it had, and says so, and
        asks this process nothing more.
        """
        task = {
            "wishes": [[wish.order_id, wish.needs, wish.worth] for wish in wishes],
            "supply": supply,
            "seconds": seconds,
        }
        self._tasks.put(json.dumps(task))
        until = time.monotonic() + seconds + _GRACE_S
        while (left := until - time.monotonic()) > 0:
            try:
                line = self._said.get(timeout=left)
            except Empty:
                return
            if line is None:
                self._said.put(None)
                return
            answer = Answer(line)
            yield answer
            if answer.is_last:
                return

    def _speak(self) -> None:
        """Writes the tasks: a process that does not read may not stop anybody else."""
        with contextlib.suppress(OSError), cast(IO[str], self._child.stdin) as to:  # gone: what it said before stands
            while (task := self._tasks.get()) is not None:
                to.write(task + "\n")
                to.flush()

    def _listen(self) -> None:
        """Passes the lines on; None at the end, whatever it was."""
        with contextlib.suppress(OSError, ValueError):
            for line in cast(IO[str], self._child.stdout):
                if line.endswith("\n"):
                    self._said.put(line)
        self._said.put(None)


def answers(wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float) -> Iterator[Answer]:
    """The answers of a process of its own to one problem; see :meth:`Solver.answers`."""
    with Solver() as solver:
        yield from solver.answers(wishes, supply, seconds)
