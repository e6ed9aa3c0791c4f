"""Keeps pictures of damaged goods in the profile's folder, under names of our own; only what is a picture is taken."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from wms_desktop.errors import BadInput

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
MOST_BYTES = 20 * 1024 * 1024
_BEGINNINGS = ((b"\xff\xd8\xff", ".jpg"), (b"\x89PNG\r\n\x1a\n", ".png"), (b"RIFF", ".webp"))
_WEBP = slice(8, 12)


def is_picture_name(path: str) -> bool:
    """Whether a file's name ends like a picture's."""
    return path.lower().endswith(SUFFIXES)


def keep(folder: Path, source: Path) -> str:
    """Copies a picture into the folder, durable before it returns; gives its new name. The same picture is kept once.

    Refuses `photo_unreadable` (no such file, or no JPEG, PNG or WebP) and `photo_too_large`.
    """
    try:
        with source.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as gone:
        raise BadInput("photo_unreadable", file=source.name) from gone
    if len(content) > MOST_BYTES:
        raise BadInput("photo_too_large", file=source.name, most=MOST_BYTES // 1024 // 1024)
    name = f"{hashlib.sha256(content).hexdigest()[:24]}{_suffix_of(content, source)}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (folder / name).exists():
        _write(folder, name, content)
    return name


def _suffix_of(content: bytes, source: Path) -> str:
    for beginning, suffix in _BEGINNINGS:
        if content.startswith(beginning) and (suffix != ".webp" or content[_WEBP] == b"WEBP"):
            return suffix
    raise BadInput("photo_unreadable", file=source.name)


def _write(folder: Path, name: str, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).replace(folder / name)
