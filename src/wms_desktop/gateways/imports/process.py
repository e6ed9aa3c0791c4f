"""Starts the limited process for a file, listens to it, and ends it: cancelled, hung, or dead by its own fault."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Thread
from typing import IO, Any

import wms_desktop
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.gateways.imports import caps, wire

_LOG = logging.getLogger(__name__)
_POLL_S = 0.1
_HELD = 8
_TAIL = 2000


def answers(
    request: Mapping[str, Any],
    *,
    is_cancelled: Callable[[], bool] = lambda: False,
    hang_s: float = caps.HANG_S,
) -> Iterator[Mapping[str, Any]]:
    """The messages of a process of its own for one request, until its last.

    Refuses what the process refuses; ``import.read.cancelled``; ``import.read.hung`` after ``hang_s`` seconds in which
    it said nothing; ``import.read.died`` where it ended without an end. Closing the iterator kills the process.
    """
    name = Path(request["path"]).name
    with tempfile.TemporaryFile() as errors:
        process = _start(command(), errors)
        heard: queue.Queue[Mapping[str, Any] | None] = queue.Queue(_HELD)
        listener = Thread(target=_listen, args=(process, request, heard), name="import-reader", daemon=True)
        listener.start()
        try:
            while True:
                message = _wait(heard, name, is_cancelled, hang_s)
                if message is None:
                    raise _death(process, errors, name)
                if "refused" in message:
                    code, args = message["refused"]
                    raise BadInput(str(code), **{"file": name, **args})
                yield message
                if "end" in message or "glance" in message:
                    return
        finally:
            _end(process, heard, listener)


def command() -> list[str]:
    """How the process is started: a fresh interpreter that knows the standard library and this package alone."""
    return [sys.executable, "-P", "-S", "-X", "utf8", "-m", "wms_desktop.gateways.imports.child"]


def _start(command: list[str], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """Never a fork: the process shares nothing with one that has threads, windows and a database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**kept, "PYTHONPATH": str(Path(wms_desktop.__file__).resolve().parent.parent)},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _listen(
    process: subprocess.Popen[bytes], request: Mapping[str, Any], heard: queue.Queue[Mapping[str, Any] | None]
) -> None:
    """Hands on each message; None when there are no more."""
    try:
        if process.stdin is not None:
            with contextlib.suppress(OSError), process.stdin:
                process.stdin.write(wire.line_of(request))
        while process.stdout is not None and (line := process.stdout.readline(wire.MOST_LINE)):
            message = json.loads(line)
            if not isinstance(message, dict):
                break
            heard.put(message)
    except (OSError, ValueError):
        _LOG.warning("the reader of an import broke off", exc_info=True)
    heard.put(None)


def _wait(
    heard: queue.Queue[Mapping[str, Any] | None], name: str, is_cancelled: Callable[[], bool], hang_s: float
) -> Mapping[str, Any] | None:
    late = time.monotonic() + hang_s
    while True:
        if is_cancelled():
            raise Refusal("import.read.cancelled", file=name)
        try:
            return heard.get(timeout=_POLL_S)
        except queue.Empty:
            if time.monotonic() >= late:
                raise BadInput("import.read.hung", file=name, seconds=round(hang_s)) from None


def _death(process: subprocess.Popen[bytes], errors: IO[bytes], name: str) -> BadInput:
    process.wait()
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - _TAIL))
    _LOG.error("the reader of %s ended with %s: %s", name, process.returncode, errors.read().decode("utf-8", "replace"))
    code = process.returncode
    try:
        how = signal.Signals(-code).name if code < 0 else str(code)
    except ValueError:
        how = str(code)
    return BadInput("import.read.died", file=name, how=how)


def _end(process: subprocess.Popen[bytes], heard: queue.Queue[Mapping[str, Any] | None], listener: Thread) -> None:
    """The process is over when this returns, whatever it was doing."""
    process.kill()
    process.wait()
    while listener.is_alive():
        with contextlib.suppress(queue.Empty):
            heard.get(timeout=_POLL_S)  # it may wait for room to hand its message on
    if process.stdout is not None:
        process.stdout.close()
