"""The zip that an XLSX file is, looked at before anything in it is unpacked, and its XML, read without any entity.

Own reader, no library: openpyxl took over a minute for a million tiny rows and for two cells in the far corners,
gives hidden protection only with a further package, and would be the largest run-time dependency of the imports.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.parsers import expat

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports import caps

MAGIC = b"PK\x03\x04"
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
_END_SIZE, _MOST_COMMENT = 22, 65_535
_AT_ONCE = 1 << 16
_ENCRYPTED = 0x1
_LINK = 0o120000
_ARCHIVES = (".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".pptx", ".jar", ".7z", ".gz", ".rar", ".bz2", ".xz", ".ods")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_PLAIN = (".xml", ".rels", ".vml")
_MOST_DEPTH = 64
_MOST_NAME = 200


class Package:
    """The members of a workbook, each of them looked at."""

    def __init__(self, stream: BinaryIO) -> None:
        _check_directory(stream)
        try:
            self._zip = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError, UnicodeError) as fault:
            raise BadInput("import.read.xlsx_damaged", place="zip") from fault
        self.members = {info.filename: info for info in self._zip.infolist()}
        _check_members(self._zip.infolist())
        for info in self._zip.infolist():
            self._check_nested(info)
        self._check_kind()

    def _check_nested(self, info: zipfile.ZipInfo) -> None:
        name = info.filename.lower()
        if name.endswith(_ARCHIVES):
            raise BadInput("import.read.xlsx_nested", member=info.filename[:80])
        if not name.endswith(_PLAIN) and info.file_size >= len(MAGIC):
            for head in self.chunks(info.filename, len(MAGIC)):
                if head == MAGIC:
                    raise BadInput("import.read.xlsx_nested", member=info.filename[:80])
                break

    def _check_kind(self) -> None:
        if "xl/workbook.bin" in self.members:
            raise BadInput("import.read.old_excel")
        if "xl/workbook.xml" not in self.members:
            raise BadInput("import.read.not_a_workbook")

    def chunks(self, name: str, size: int = _AT_ONCE) -> Iterator[bytes]:
        """The unpacked bytes of a member, some at a time. Refuses a damaged one, and more than the directory said."""
        info = self.members.get(name)
        if info is None:
            raise BadInput("import.read.xlsx_damaged", place=name[:80])
        left = info.file_size
        try:
            with self._zip.open(info) as file:
                while chunk := file.read(size):
                    left -= len(chunk)
                    if left < 0:
                        raise BadInput("import.read.xlsx_ratio", member=name[:80])
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, struct.error, RuntimeError) as fault:
            raise BadInput("import.read.xlsx_damaged", place=name[:80]) from fault

    def parse(self, name: str, reader: XmlReader) -> Iterator[None]:
        """Feeds a member's XML to a reader; comes back after every piece, so that what was read can be taken."""
        parser = reader.parser
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError as fault:
            place = f"{name[:80]}, XML line {fault.lineno}"
            raise BadInput("import.read.xlsx_damaged", place=place) from fault
        yield


class XmlReader:
    """A parser that knows elements and text only: a document type or entity in the file refuses the file."""

    def __init__(self, member: str) -> None:
        self.member = member
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        forbid = self._forbid
        self.parser.StartDoctypeDeclHandler = forbid
        self.parser.EntityDeclHandler = forbid
        self.parser.UnparsedEntityDeclHandler = forbid
        self.parser.ExternalEntityRefHandler = forbid
        self.parser.NotationDeclHandler = forbid
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end

    def _forbid(self, *_: object) -> int:
        raise BadInput("import.read.xlsx_entity", member=self.member[:80])

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise BadInput("import.read.xlsx_damaged", place=self.member[:80])
        self.begin(name if ":" not in name else name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.end(name if ":" not in name else name.rpartition(":")[2])

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""


def drain(package: Package, name: str, reader: XmlReader) -> None:
    """Reads a whole member."""
    for _ in package.parse(name, reader):
        continue


def local(attributes: dict[str, str], name: str) -> str:
    """An attribute by its name, whatever its prefix."""
    if name in attributes:
        return attributes[name]
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), "")


def _check_directory(stream: BinaryIO) -> None:
    """Reads the end of the zip itself: a directory of a million members is not even loaded."""
    stream.seek(0)
    if stream.read(len(MAGIC)) != MAGIC:
        raise BadInput("import.read.not_a_workbook")
    size = stream.seek(0, 2)
    start = max(0, size - _END_SIZE - _MOST_COMMENT)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise BadInput("import.read.xlsx_damaged", place="zip")
    entries, directory = struct.unpack_from("<HI", tail, at + 10)
    if tail[max(0, at - 20) : max(0, at - 20) + 4] == _LOCATOR_64:
        entries, directory = _directory_64(stream, tail, at - 20, size)
    if entries > caps.MOST_MEMBERS or directory > caps.MOST_DIRECTORY_BYTES:
        raise BadInput("import.read.xlsx_members", place="zip", most=caps.MOST_MEMBERS)


def _directory_64(stream: BinaryIO, tail: bytes, at: int, size: int) -> tuple[int, int]:
    (offset,) = struct.unpack_from("<Q", tail, at + 8)
    if offset + 56 > size:
        raise BadInput("import.read.xlsx_damaged", place="zip")
    stream.seek(offset)
    head = stream.read(56)
    if head[:4] != _END_64:
        raise BadInput("import.read.xlsx_damaged", place="zip")
    entries, directory = struct.unpack_from("<QQ", head, 32)
    return entries, directory


def _check_members(infos: list[zipfile.ZipInfo]) -> None:
    if len(infos) > caps.MOST_MEMBERS:
        raise BadInput("import.read.xlsx_members", place="zip", most=caps.MOST_MEMBERS)
    seen: set[str] = set()
    unpacked = 0
    end_before = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        _check_name(info.orig_filename, seen)
        _check_member(info)
        if info.header_offset < end_before:
            raise BadInput("import.read.xlsx_overlap", member=info.filename[:80])
        end_before = info.header_offset + info.compress_size
        unpacked += info.file_size
    if unpacked > caps.MOST_UNPACKED:
        raise BadInput("import.read.xlsx_size", most=caps.MOST_UNPACKED >> 20)


def _check_name(name: str, seen: set[str]) -> None:
    parts = PurePosixPath(name).parts
    is_bad = (
        not name
        or len(name) > _MOST_NAME
        or name.startswith("/")
        or "\\" in name
        or ":" in name
        or ".." in parts
        or not name.isprintable()
        or any(_RESERVED.fullmatch(part) for part in parts)
        or name.lower() in seen
    )
    if is_bad:
        raise BadInput("import.read.xlsx_name", member=name[:80])
    seen.add(name.lower())


def _check_member(info: zipfile.ZipInfo) -> None:
    name = info.filename[:80]
    if info.flag_bits & _ENCRYPTED:
        raise BadInput("import.read.xlsx_locked", member=name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadInput("import.read.xlsx_damaged", place=name)
    if (info.external_attr >> 16) & 0o170000 == _LINK:
        raise BadInput("import.read.xlsx_name", member=name)
    if info.file_size > caps.RATIO_FROM and info.file_size > caps.MOST_RATIO * max(info.compress_size, 1):
        raise BadInput("import.read.xlsx_ratio", member=name)
