"""Files on their way in: a first look, the rows one by one, the hash; parsed in a limited process of their own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import wire
from wms_desktop.gateways.imports.opening import open_file
from wms_desktop.gateways.imports.process import answers
from wms_desktop.views.imports import Ending, Fault, Glance, Reading, Record

__all__ = ["Ending", "Fault", "Record", "file_hash", "glance", "read"]
_AT_ONCE = 1 << 20


def glance(path: Path, kind: str = "", reading: Reading | None = None) -> Glance:
    """The first look at a file: how it seems to be written and which column seems to be which field.

    ``kind`` (orders, products, stock) may be given; else it is guessed. The notes say what was guessed and how sure,
    doubts first. With a ``reading`` that a person chose (another encoding, delimiter, sheet, row of titles) nothing of
    it is guessed: columns and sample are what it makes of the file. Refuses ``import.read.*`` where the file is not
    one that can be read.
    """
    chosen = wire.pack_reading(reading) if reading is not None else None
    for message in answers({"what": "glance", "path": str(path), "kind": kind, "reading": chosen}):
        if "glance" in message:
            return wire.unpack_glance(message["glance"])
    raise BadInput("import.read.died", file=path.name, how="?")


def read(
    path: Path,
    reading: Reading,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Record | Fault | Ending]:
    """Gives the rows of a file in its order, each as a record or a fault, and at last one :class:`Ending`.

    A record holds the fields that the file has a column (or a constant) for, "" where the cell is blank; a fault holds
    what could be read in canonical form and what could not as it stands. ``progress`` is told how many bytes of how
    many are read; ``is_cancelled`` is asked ten times a second. Refuses ``import.read.*``, also in the middle: then
    nothing that came before may be used. ``import.read.cancelled`` where ``is_cancelled`` said so. Closing the
    iterator ends the reader's process.
    """
    request = {"what": "read", "path": str(path), "reading": wire.pack_reading(reading)}
    for message in answers(request, is_cancelled=is_cancelled):
        if "rows" in message:
            yield from wire.unpack_rows(message)
        if "of" in message:
            progress(message["at"], message["of"])
        if "end" in message:
            yield wire.unpack_ending(message["end"])


def file_hash(path: Path) -> str:
    """The SHA-256 of the file's bytes, as hex digits; refuses ``import.read.*`` where it cannot be read."""
    made = hashlib.sha256()
    stream, _ = open_file(path)
    with stream:
        while chunk := stream.read(_AT_ONCE):
            made.update(chunk)
    return made.hexdigest()
