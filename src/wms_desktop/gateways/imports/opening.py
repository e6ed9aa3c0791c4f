"""A file from outside, opened with care: a plain file of a bearable size, never a link, a pipe or a device."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import caps

_BUFFER = 1 << 16
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class _Watched(io.FileIO):
    """A file that tells how far it was read."""

    def __init__(self, number: int, told: Callable[[int], None]) -> None:
        super().__init__(number, "rb")
        self._told = told

    def readinto(self, buffer: object) -> int | None:
        """Reads, and tells where it stands."""
        count = super().readinto(buffer)  # type: ignore[arg-type]
        self._told(self.tell())
        return count


def open_file(path: Path, told: Callable[[int], None] = lambda at: None) -> tuple[BinaryIO, int]:
    """The file and its size in bytes; ``told`` hears how far it was read.

    Refuses ``import.read.`` ``no_file``, ``is_link``, ``not_a_file``, ``no_permission``, ``too_big``, ``empty_file``.
    """
    name = path.name[:200]
    if path.is_symlink():
        raise BadInput("import.read.is_link", file=name)
    if path.is_dir():
        raise BadInput("import.read.not_a_file", file=name)
    try:
        number = os.open(path, _FLAGS)
    except (FileNotFoundError, NotADirectoryError, ValueError) as fault:
        raise BadInput("import.read.no_file", file=name) from fault
    except PermissionError as fault:
        raise BadInput("import.read.no_permission", file=name) from fault
    except OSError as fault:
        raise BadInput("import.read.not_readable", file=name, reason=fault.strerror or "?") from fault
    about = os.fstat(number)
    code = ""
    if not stat.S_ISREG(about.st_mode):
        code = "import.read.not_a_file"
    elif about.st_size > caps.MOST_BYTES:
        code = "import.read.too_big"
    elif not about.st_size:
        code = "import.read.empty_file"
    if code:
        os.close(number)
        raise BadInput(code, file=name, most=caps.MOST_BYTES >> 20)
    return io.BufferedReader(_Watched(number, told), _BUFFER), about.st_size
