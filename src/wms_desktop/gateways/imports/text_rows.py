"""Text files: decoded by a fixed list of encodings, cut into rows by a strict reader that goes on after a fault."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import caps

ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "cp1250",
    "iso-8859-15",
    "iso-8859-1",
    "cp850",
    "cp437",
    "mac-roman",
    "ascii",
)
DELIMITERS = (",", ";", "\t", "|")
_AT_ONCE = 1 << 20
csv.field_size_limit(caps.MOST_LINE_BYTES)  # a longer cell is refused by its own rule, with its column

Row = tuple[int, list[str]]
Broken = tuple[int, str]


def survey(stream: BinaryIO, encoding: str) -> int:
    """Reads through a text file once and gives its length in bytes.

    Refuses a line that is too long, too many lines, and bytes that no text has; leaves the stream at its beginning.
    """
    is_wide = encoding.startswith("utf-16")
    lines = size = since = 0
    stream.seek(0)
    while chunk := stream.read(_AT_ONCE):
        size += len(chunk)
        if b"\0" in chunk and not is_wide:
            line = lines + chunk[: chunk.index(b"\0")].count(b"\n") + 1
            raise BadInput("import.read.binary", line=line)
        ends = max(chunk.count(b"\n"), chunk.count(b"\r"))
        # A stretch without any line end can begin in the chunk before.
        first = min((at for at in (chunk.find(b"\n"), chunk.find(b"\r")) if at >= 0), default=len(chunk))
        if since + first > caps.MOST_LINE_BYTES:
            raise BadInput("import.read.line_long", line=lines + 1, most=caps.MOST_LINE_BYTES)
        lines += ends
        since = len(chunk) - 1 - max(chunk.rfind(b"\n"), chunk.rfind(b"\r")) if ends else since + len(chunk)
        if lines > caps.MOST_LINES:
            raise BadInput("import.read.many_lines", most=caps.MOST_LINES)
    stream.seek(0)
    return size


def decode(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The stream as text with its own line ends; bytes that do not fit the encoding stay recognisable as such."""
    if encoding not in ENCODINGS:
        raise BadInput("import.read.encoding_unknown", encoding=encoding, known=", ".join(ENCODINGS))
    if encoding == "utf-16":
        begin = stream.read(2)
        stream.seek(-len(begin), io.SEEK_CUR)
        if begin not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise BadInput("import.read.no_byte_order", line=1)
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(
        stream, encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors=errors, newline=""
    )


class _Feed:
    """The lines of a text for the reader of rows; remembers those of the present row, to give them back."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._again: list[str] = []
        self._number = 0
        self.row: list[str] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._text)
        self._number += 1
        self.row.append(line)
        if len(self.row) > caps.MOST_ROW_LINES:
            raise csv.Error("a quoted cell never ends")
        return line

    def begin(self) -> int:
        """A row begins; gives the number of its first line."""
        self.row.clear()
        return self._number + 1

    def give_back(self) -> None:
        """All lines of the present row but its first are to be read again."""
        self._number -= len(self.row) - 1
        self._again += reversed(self.row[1:])


def text_rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[Row | Broken]:
    """The rows with the line each begins at; instead of its cells the rule that a broken row breaks.

    A row whose quotes are wrong is broken alone: reading goes on with the line behind its first.
    """
    feed = _Feed(text)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    broken = 0
    while True:
        line = feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            feed.give_back()
            reader = csv.reader(feed, delimiter=delimiter, strict=True)
            broken += 1
            if broken > caps.MOST_BROKEN_QUOTES:
                raise BadInput("import.read.quotes", line=line, most=caps.MOST_BROKEN_QUOTES) from None
            yield line, "import.read.quote"
        else:
            if any(cells):
                yield line, cells
