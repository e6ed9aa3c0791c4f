"""What a file says of itself without words: its encoding, its delimiter, how it writes amounts and days."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import BinaryIO

from wms_desktop.errors import BadInput

_AT_ONCE = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_EIGHT_BIT = ("cp1252", "iso-8859-15", "mac-roman", "cp850", "cp1250")
_LIKELY = frozenset("äöüßÄÖÜéèêàçùâîôûëïœñáíóúÁÉÍÓÚÑ¿¡åøæÅØÆ€£°§’‘“”–…®™łśżźćńęąčřšžěů")
_FOREIGN = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\xfd7zXZ", "xz"), (b"SQLite format", "SQLite"),
    (b"\x7fELF", "program"), (b"MZ", "program"),
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_NOTICE_SET = re.compile(rb"[^A-Za-z0-9\s]\s*ST([^A-Za-z0-9\s])856\1")
_NOTICE_MESSAGE = re.compile(rb"UNH[^A-Za-z0-9\s].{0,40}?[^A-Za-z0-9\s]DESADV", re.DOTALL)
_AMOUNT = re.compile(r"-?[0-9][0-9.,' \u00a0\u202f]*")
_DAY = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})(?![0-9])")


def sniff(head: bytes) -> str:
    """What the first bytes of a file are: xlsx, x12, edifact or text. Refuses what is none of them."""
    if not head.strip():
        raise BadInput("import.read.empty_file")
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(_OLE):
        raise BadInput("import.read.old_excel")
    for magic, kind in _FOREIGN:
        if head.startswith(magic):
            raise BadInput("import.read.not_a_table", found=kind)
    start = head.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n\t ")
    sign = start[3:4]
    if sign and not sign.isalnum() and sign not in b"\"'_ \t;,":
        if start.startswith(b"ISA") and b"GS" + sign in start[:2000]:
            return "x12"
        if start.startswith((b"UNA", b"UNB")) and (b"UNH" in start[:4000] or start.startswith(b"UNA")):
            return "edifact"
    if start.startswith(b"<"):
        raise BadInput("import.read.not_a_table", found="XML / HTML")
    if start.startswith((b"{", b"[{")):
        raise BadInput("import.read.not_a_table", found="JSON")
    return "text"


def encoding_of(stream: BinaryIO) -> tuple[str, bool]:
    """The encoding of a text file, looked at to its end, and whether it is sure."""
    stream.seek(0)
    head = stream.read(_AT_ONCE)
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name, True
    for name, nulls in (("utf-16-le", head[1:4000:2].count(0)), ("utf-16-be", head[0:4000:2].count(0))):
        if nulls > len(head[:4000]) // 5:
            return name, True
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    odd = Counter[bytes]()
    is_utf_8 = True
    chunk = head
    while chunk:
        if is_utf_8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf_8 = False
        if not chunk.isascii():
            odd.update(re.findall(rb"[A-Za-z]?[\x80-\xff]+[A-Za-z]?", chunk[:200_000]))
        chunk = stream.read(_AT_ONCE)
    if is_utf_8 and not decoder.getstate()[0]:
        return "utf-8", True
    return _eight_bit(odd)


def _eight_bit(odd: Counter[bytes]) -> tuple[str, bool]:
    scores = []
    for place, name in enumerate(_EIGHT_BIT):
        score = sum(count * _likely(run.decode(name, "replace")) for run, count in odd.most_common(500))
        scores.append((score, -place, name))
    scores.sort(reverse=True)
    return scores[0][2], scores[0][0] > scores[1][0] + 2


def _likely(text: str) -> int:
    """How much a stretch of text looks like words: with letters of Europe, and capitals at their beginning only."""
    score = 0
    for before, sign in pairwise(f" {text}"):
        if not sign.isascii():
            score += 2 if sign in _LIKELY else 0 if sign.isalpha() else -3 if not sign.isprintable() else -1
            score += sign.isupper() and before == " "
        if before.islower() and sign.isupper():
            score -= 2
    return score


def decimal_of(cells: Iterable[str], delimiter: str) -> tuple[str, bool]:
    """The decimal mark that amounts are written with, and whether any of them is a proof."""
    votes: Counter[str] = Counter()
    for cell in cells:
        text = cell.strip()
        if not _AMOUNT.fullmatch(text):
            continue
        point, comma = text.rfind("."), text.rfind(",")
        if point >= 0 and comma >= 0:
            votes["." if point > comma else ","] += 2
        elif point >= 0 or comma >= 0:
            mark = "." if point >= 0 else ","
            tail = text.rpartition(mark)[2]
            if text.count(mark) > 1:
                votes["," if mark == "." else "."] += 2
            elif len(tail) != 3:
                votes[mark] += 2
    if votes["."] == votes[","]:
        return ("," if delimiter == ";" else "."), False
    return ("." if votes["."] > votes[","] else ","), not min(votes["."], votes[","])


def dates_of(cells: Iterable[str]) -> tuple[str, bool]:
    """The order of year, month and day, and whether it is proved: a day above 12, or the year in front."""
    proofs: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for cell in cells:
        found = _DAY.match(cell.strip())
        if found is None:
            continue
        first, mark, second = found[1], found[2], found[3]
        if len(first) == 4:
            proofs["ymd"] += 1
        elif int(first) > 12:
            proofs["dmy"] += 1
        elif int(second) > 12:
            proofs["mdy"] += 1
        else:
            seen[mark] += 1
    if proofs:
        return proofs.most_common(1)[0][0], len(proofs) == 1
    if seen:
        return "dmy", False
    return "ymd", True


def width_of(rows: Sequence[Sequence[str]]) -> tuple[int, float]:
    """How many cells most rows have, and what share of the rows that is."""
    if not rows:
        return 0, 0.0
    width, count = Counter(len(row) for row in rows).most_common(1)[0]
    return width, count / len(rows)


def kind_of_segments(head: bytes) -> str:
    """What an X12 or EDIFACT file holds, by its first set or message: notices (856, DESADV), else orders."""
    text = head.replace(b"\x00", b"")
    return "notices" if _NOTICE_SET.search(text) or _NOTICE_MESSAGE.search(text) else "orders"
