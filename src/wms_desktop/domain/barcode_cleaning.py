"""What people really type into a barcode column: kept, cleaned (saying what was done), offered or refused.

Only what cannot change the meaning is mended. Leading zeros that a spreadsheet seems to have eaten are offered, never
put back unasked: one in ten wrong numbers has a right check digit too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from wms_desktop.domain import barcodes, sscc

KEPT, CLEANED, OFFERED, REFUSED = "kept", "cleaned", "offered", "refused"
MOST_LENGTH = 60
_EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}")
_QUOTED = re.compile(r'="?([^"]*)"?')
_ELEMENT = re.compile(r"\(01\)([0-9]{14})")
_GTIN_8, _GTIN_12, _GTIN_14 = 8, 12, 14
_SHORTEST = 5


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of one barcode: its ``state``, the code to store (offered: with its zeros put back), what was
    ``done`` (formula, apostrophe, fraction, brackets, gaps, zeros), and the ``rule`` that refuses it (a code of the
    phrases) with the check digit it should ``want``.
    """

    state: str
    code: str
    done: tuple[str, ...] = ()
    rule: str = ""
    wanted: str = ""


def clean(text: str) -> Cleaned:
    """Reads one barcode as it stands in a column; "" is kept as ""."""
    code, done = _unwrap(text.strip())
    if not code:
        return Cleaned(KEPT, "", done)
    if not (code.isascii() and code.isprintable()) or len(code) > MOST_LENGTH:
        return _refused(code, "import.read.barcode_unreadable")
    if code.startswith(barcodes.KEY_PREFIX):
        return _refused(code, "import.read.barcode_key")
    if _EXPONENT.fullmatch(code):
        return _refused(code, "import.read.barcode_exponent")
    if not code.isdigit():
        return Cleaned(CLEANED if done else KEPT, code, done)
    return _number(code, done)


def _unwrap(code: str) -> tuple[str, tuple[str, ...]]:
    done: list[str] = []
    if code.startswith("=") and (found := _QUOTED.fullmatch(code)):
        code, done = found[1].strip(), ["formula"]
    if code.startswith("'"):
        code = code[1:].strip()
        done.append("apostrophe")
    if code.endswith(".0") and _is_digits(code[:-2]):
        code = code[:-2]
        done.append("fraction")
    if found := _ELEMENT.fullmatch(code):
        code = found[1]
        done.append("brackets")
    close = re.sub("[ \u00a0-]", "", code)
    if close != code and len(close) >= _GTIN_8 and _is_digits(close):
        code = close
        done.append("gaps")
    return code, tuple(done)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(code: str, done: tuple[str, ...]) -> Cleaned:
    if barcodes.is_gtin(code):
        return Cleaned(CLEANED if done else KEPT, code, done)
    if sscc.is_sscc(code):
        return _refused(code, "import.read.barcode_sscc")
    if len(code) > _GTIN_14:
        return _refused(code, "import.read.barcode_long")
    if len(code) < _SHORTEST:
        return _refused(code, "import.read.barcode_short")
    if len(code) < _GTIN_12 and len(code) != _GTIN_8 and sscc.is_valid(code):
        return Cleaned(OFFERED, code.zfill(_GTIN_8 if len(code) < _GTIN_8 else _GTIN_12), (*done, "zeros"))
    return _refused(code, "import.read.barcode_check_digit", str(sscc.check_digit(code[:-1])))


def _refused(code: str, rule: str, wanted: str = "") -> Cleaned:
    return Cleaned(REFUSED, code, (), rule, wanted)
