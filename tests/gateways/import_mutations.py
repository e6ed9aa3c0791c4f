"""Spoils files as wires, people and enemies do: bytes, lines, cells and the parts of a workbook; seeded."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

SPECIAL = (b'"', b"'", b",", b";", b"\t", b"\n", b"\r", b"\0", b"\xff", b"*", b"~", b"+", b":", b"?", b"|", b"<", b"&")
WORDS = (
    b"1_000", b"NaN", b"Infinity", b"1e9", b"-1", b"0", b"99999999999", "١٢".encode(), b"1,5", b"1.000", b"=1+1",
    b"#REF!", b'"";', b"\xef\xbb\xbf", b"</c>", b"<!DOCTYPE a>", b"&a;", b"UNH+1", b"SE*1*1", b"\x1b[31m", b"\xc3\x28",
    "\u202e".encode(), b"9" * 40, b"A" * 300, b"31.12.2026", b"2026-13-45", b"\r\n\r\n", b"ISA*", b"'",
)  # fmt: skip


def spoil(data: bytes, dice: random.Random) -> bytes:
    """The file with one to three faults in it."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        data = dice.choice(_WAYS)(data, dice)
    return data


def spoil_workbook(parts: dict[str, bytes], dice: random.Random) -> bytes:
    """A workbook with a fault in the text of one part, or in the bytes of the zip around them."""
    how = dice.random()
    if how < 0.8:
        name = dice.choice([*sorted(parts), *(["xl/worksheets/sheet1.xml"] * 6), "xl/strings.xml", "xl/strings.xml"])
        spoilt = _text(parts[name], dice) if how < 0.4 else spoil(parts[name], dice)
        return pack({**parts, name: spoilt})
    return spoil(pack(parts), dice)


def _text(data: bytes, dice: random.Random) -> bytes:
    """Another text in an element or an attribute, the XML staying whole."""
    pieces = re.split(rb"(>[^<>]*<|'[^'<>]*')", data)
    if len(pieces) < 3:
        return data
    at = dice.randrange(1, len(pieces), 2)
    inner = pieces[at][1:-1]
    changed = dice.choice((dice.choice(WORDS), _digit(inner, dice), _double(inner, dice), b"", b"3", b"0.5", b"46400"))
    text = escape(changed.decode("utf-8", "replace"), {"'": "&apos;"}).replace("\0", "").replace("\x1b", "")
    pieces[at] = pieces[at][:1] + text.encode() + pieces[at][-1:]
    return b"".join(pieces)


def pack(parts: dict[str, bytes]) -> bytes:
    """Parts as a zip; stored, which is faster than packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _at(data: bytes, dice: random.Random) -> int:
    return dice.randrange(len(data) + 1)


def _flip(data: bytes, dice: random.Random) -> bytes:
    if not data:
        return data
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]


def _replace(data: bytes, dice: random.Random) -> bytes:
    at = _at(data, dice)
    return data[:at] + dice.choice(SPECIAL) + data[at + 1 :]


def _insert(data: bytes, dice: random.Random) -> bytes:
    at = _at(data, dice)
    return data[:at] + dice.choice(SPECIAL + WORDS) + data[at:]


def _digit(data: bytes, dice: random.Random) -> bytes:
    places = [at for at, sign in enumerate(data) if 48 <= sign < 58]
    if not places:
        return data
    at = dice.choice(places)
    return data[:at] + dice.choice((b"0", b"7", b".", b",", b"", b"-", b" ", b"e")) + data[at + 1 :]


def _cut(data: bytes, dice: random.Random) -> bytes:
    at, length = _at(data, dice), dice.choice((1, 2, 5, 20, 200))
    return data[:at] + data[at + length :]


def _truncate(data: bytes, dice: random.Random) -> bytes:
    return data[: _at(data, dice)]


def _double(data: bytes, dice: random.Random) -> bytes:
    at, length = _at(data, dice), dice.choice((1, 2, 5, 20, 200))
    return data[: at + length] + data[at:]


def _lines(data: bytes, dice: random.Random) -> bytes:
    mark = dice.choice((b"\n", b"~", b"'", b"<row"))
    lines = data.split(mark)
    at, other = dice.randrange(len(lines)), dice.randrange(len(lines))
    how = dice.randrange(3)
    if how == 0:
        lines[at], lines[other] = lines[other], lines[at]
    elif how == 1:
        lines.insert(at, lines[other])
    else:
        del lines[at]
    return mark.join(lines)


def _cells(data: bytes, dice: random.Random) -> bytes:
    lines = data.split(b"\n")
    at = dice.randrange(len(lines))
    mark = dice.choice((b",", b"\t", b"*", b"+"))
    cells = lines[at].split(mark)
    place, other = dice.randrange(len(cells)), dice.randrange(len(cells))
    if dice.random() < 0.5:
        cells[place], cells[other] = cells[other], cells[place]
    else:
        cells[place] = dice.choice(WORDS)
    lines[at] = mark.join(cells)
    return b"\n".join(lines)


def _recode(data: bytes, dice: random.Random) -> bytes:
    text = data.decode("utf-8", "replace")
    return text.encode(dice.choice(("utf-16", "utf-8-sig", "cp1252", "utf-16-be", "utf-32")), "replace")


_Way = Callable[[bytes, random.Random], bytes]
_WAYS: Sequence[_Way] = (
    _flip, _flip, _replace, _replace, _insert, _insert, _insert, _digit, _digit, _digit, _cut, _cut, _truncate, _double,
    _lines, _lines, _cells, _cells, _cells, _recode,
)  # fmt: skip
