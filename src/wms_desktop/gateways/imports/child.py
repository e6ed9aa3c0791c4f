"""The limited process that parses a file from outside: `python -m wms_desktop.gateways.imports.child`.

It reads one request from its input, and writes what it finds to its output; it opens nothing but the one file.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from wms_desktop.errors import Refusal
from wms_desktop.gateways.imports import caps, wire
from wms_desktop.gateways.imports.looking import look, look_as
from wms_desktop.gateways.imports.opening import open_file
from wms_desktop.gateways.imports.parsing import parse
from wms_desktop.views.imports import Ending, Fault, Reading, Record

_TOLD_EVERY_S = 0.5
_FLUSH_CHARS = 200_000


def limit_self(memory: int = caps.MEMORY_BYTES, cpu_s: int = caps.CPU_S) -> None:
    """Gives up what a reader never needs: memory, processor time, writing files, dumping core.

    Windows has no such limits for a process that sets them itself; there the caps of the readers and the timer of
    the parent, which kills a reader that makes no progress, have to do. macOS ignores the limit of memory.
    """
    if os.name == "nt":
        return
    import resource  # late: not on Windows

    wanted = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for what, most in wanted:
        hard = resource.getrlimit(what)[1]
        try:
            resource.setrlimit(what, (most if hard < 0 else min(most, hard), hard if hard < 0 else min(most, hard)))
        except (ValueError, OSError):
            continue  # what the system does not grant is left to the caps and the timer


class _Speaker:
    """Writes messages to the pipe; tells of progress at most twice a second."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._told = time.monotonic()
        self.size = 0

    def say(self, message: Mapping[str, Any]) -> None:
        """One message, at once."""
        self._out.write(wire.line_of(message))
        self._out.flush()
        self._told = time.monotonic()

    def progress(self, at: int) -> None:
        """So many bytes are read."""
        if time.monotonic() - self._told >= _TOLD_EVERY_S:
            self.say({"at": at, "of": self.size})


def _send(rows: Iterator[Record | Fault | Ending], speaker: _Speaker, stream: BinaryIO) -> None:
    held: list[Record | Fault] = []
    weight = 0
    for row in rows:
        if isinstance(row, Ending):
            if held:
                speaker.say(wire.pack_rows(held))
            speaker.say({"end": wire.pack_ending(row)})
            return
        held.append(row)
        weight += sum(map(len, row.fields.values()))
        if len(held) >= wire.ROWS_AT_ONCE or weight > _FLUSH_CHARS:
            at = 0 if stream.closed else min(stream.tell(), speaker.size)
            speaker.say({**wire.pack_rows(held), "at": at, "of": speaker.size})
            held.clear()
            weight = 0


def serve(request: Mapping[str, Any], out: BinaryIO) -> None:
    """Answers one request: {"what": "read" or "glance", "path", "reading", "kind"}."""
    speaker = _Speaker(out)
    path = Path(request["path"])
    try:
        stream, speaker.size = open_file(path, speaker.progress)
        with stream:
            if request["what"] == "glance":
                chosen = Reading(**request["reading"]) if request.get("reading") else None
                found = look_as(stream, path.name, chosen) if chosen else look(stream, path.name, request["kind"])
                speaker.say({"glance": wire.pack_glance(found)})
            else:
                _send(parse(stream, path.name, Reading(**request["reading"])), speaker, stream)
    except Refusal as refused:
        speaker.say({"refused": [refused.code, dict(refused.args_)]})
    except MemoryError:
        args = {"file": path.name, "most": caps.MEMORY_BYTES >> 20}
        speaker.say({"refused": ["import.read.memory", args]})


def main() -> None:
    """Runs the process: one request, its answers, the end."""
    request = json.loads(sys.stdin.buffer.readline())
    limit_self()
    try:
        serve(request, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more: the import was cancelled


if __name__ == "__main__":
    main()
