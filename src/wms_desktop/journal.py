"""The station's own file of scans, written before the transaction begins, so that no scan is ever forgotten."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from wms_desktop.prompts import Event, Key, Scan

_FRESH_AT = 1_000_000
"""Bytes after which a file without open scans is begun anew (the old one is kept once, as ``*.old``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One scan or key as it was made: ``key`` is its idempotency key, ``at`` an aware UTC instant.

    ``applied`` tells whether it was handed to the database (then its outcome can be looked up by the key) or only
    kept, because it came after a stop or a fault.
    """

    key: str
    workflow: str
    event: Event
    at: datetime
    operator_id: int
    station_id: int
    epoch: int = 0
    applied: bool = True


class Journal:
    """Append-only lines with a checksum each; a line torn by a power cut is skipped, never guessed at.

    ``write`` returns only when the line is on the disk; it raises :class:`OSError` when it cannot be (disk full), and
    then the scan must not be carried out. All methods may be called from any thread.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open: dict[str, Entry] = {}
        for line in _lines(path):
            self._take(line)
        self._begin_anew_when_long()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if not _ends_with_newline(path):
            self._append("", durable=False)  # a torn last line must not swallow the next one

    def write(self, entry: Entry) -> None:
        """Put the entry on the disk before its transaction begins."""
        with self._lock:
            self._append(_line(_as_facts(entry)), durable=True)
            self._open[entry.key] = entry

    def answer(self, key: str) -> None:
        """Note that the worker saw the answer; needs no flush, for the key can be looked up again."""
        with self._lock:
            if self._open.pop(key, None) is not None:
                self._append(_line({"done": key}), durable=False)

    def unanswered(self) -> tuple[Entry, ...]:
        """Entries nobody saw an answer to, oldest first."""
        with self._lock:
            return tuple(self._open.values())

    def close(self) -> None:
        """Flush and let go of the file."""
        with self._lock:
            if self._file >= 0:
                os.fsync(self._file)
                os.close(self._file)
                self._file = -1

    def _append(self, line: str, *, durable: bool) -> None:
        data = (line + "\n").encode()
        if os.write(self._file, data) != len(data):
            raise OSError(28, "the scan journal could not be written whole", str(self._path))
        if durable:
            os.fsync(self._file)

    def _take(self, facts: dict[str, object]) -> None:
        if "done" in facts:
            self._open.pop(str(facts["done"]), None)
            return
        entry = _as_entry(facts)
        self._open[entry.key] = entry

    def _begin_anew_when_long(self) -> None:
        if self._open or not self._path.exists() or self._path.stat().st_size < _FRESH_AT:
            return
        os.replace(self._path, self._path.with_suffix(self._path.suffix + ".old"))


def kept(entry: Entry) -> Entry:
    """The entry as one that was not handed to the database."""
    return replace(entry, applied=False)


def _as_facts(entry: Entry) -> dict[str, object]:
    event = entry.event
    return {
        "key": entry.key,
        "workflow": entry.workflow,
        "event": ["scan", event.text] if isinstance(event, Scan) else ["key", event.name, event.value],
        "at": entry.at.isoformat(),
        "operator": entry.operator_id,
        "station": entry.station_id,
        "epoch": entry.epoch,
        "applied": entry.applied,
    }


def _as_entry(facts: dict[str, object]) -> Entry:
    kind, *values = (str(part) for part in _as_list(facts["event"]))
    return Entry(
        key=str(facts["key"]),
        workflow=str(facts["workflow"]),
        event=Scan(*values) if kind == "scan" else Key(*values),
        at=datetime.fromisoformat(str(facts["at"])),
        operator_id=int(str(facts["operator"])),
        station_id=int(str(facts["station"])),
        epoch=int(str(facts["epoch"])),
        applied=bool(facts["applied"]),
    )


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _line(facts: dict[str, object]) -> str:
    text = json.dumps(facts, ensure_ascii=True, separators=(",", ":"))
    return f"{zlib.crc32(text.encode()):08x} {text}"


def _lines(path: Path) -> Iterator[dict[str, object]]:
    if not path.exists():
        return
    with path.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            checksum, _, text = line.rstrip("\n").partition(" ")
            if checksum == f"{zlib.crc32(text.encode()):08x}":
                yield json.loads(text)


def _ends_with_newline(path: Path) -> bool:
    size = path.stat().st_size
    if size == 0:
        return True
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
