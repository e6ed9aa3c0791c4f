"""Barcodes as bars: python-barcode encodes, we check what goes in and say what stands below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from wms_desktop.domain import sscc
from wms_desktop.errors import BadInput, Bug

QUIET_MODULES = 10
_RETAIL_QUIET_MODULES = 11
# Smallest width of one module in mm. GS1: the logistic label's 0.495 (GS1 General Specifications, 5.12, table 5);
# a printer's whole dots make it 4 dots at 203 dpi, 6 at 300. The house's own codes are read from the hand.
GS1_MODULE = 0.495
HOUSE_MODULE = 0.375
SHEET_MODULE = 0.25
RETAIL_MODULE = 0.33

_FNC1 = "\xf1"
# What AI 10 may hold (GS1 General Specifications, 3.4.1 and figure 7.11-1).
_GS1_LOT = re.compile(r"[!-\"%-?A-Z_a-z]{1,20}\Z")
# Application identifiers of predefined length, by their first two digits: no separator follows them
# (GS1 General Specifications, figure 7.8.5-2).
_PREDEFINED = frozenset(
    ["00", "01", "02", "03", "04", *(str(n) for n in range(11, 21)), *(str(n) for n in range(31, 37)), "41"]
)


@dataclass(frozen=True, slots=True)
class Symbol:
    """The modules of one barcode (``1`` is a bar), without quiet zones, and its human-readable line."""

    bits: str
    caption: str
    module_mm: float
    quiet: int = QUIET_MODULES

    def module_dots(self, dpi: int) -> int:
        """Whole printer dots a module, so that it is never narrower than ``module_mm``."""
        dots = self.module_mm * dpi / 25.4
        whole = int(dots)
        # 203 dpi stands for 8 dots a millimetre: a printer's own 4 dots count as 0.5 mm.
        return max(1, whole if dots - whole < 0.01 else whole + 1)

    def width_dots(self, dpi: int) -> int:
        """Dots from edge to edge, both quiet zones included."""
        return (len(self.bits) + 2 * self.quiet) * self.module_dots(dpi)


def gs1_128(elements: Sequence[tuple[str, str]], *, module_mm: float = GS1_MODULE) -> Symbol:
    """The GS1-128 symbol of (AI, value) pairs, FNC1 only after a value of variable length that is not the last.

    Lengths and check digits are the caller's; refuses ``not_encodable`` for characters outside printable ASCII.
    """
    from barcode.codex import Gs1_128  # late: start-up

    text = ""
    for place, (ai, value) in enumerate(elements):
        _check(ai + value)
        open_ended = ai[:2] not in _PREDEFINED and place < len(elements) - 1
        text += ai + value + (_FNC1 if open_ended else "")
    caption = "".join(f"({ai}) {value} " for ai, value in elements).strip()
    return Symbol(_bits(Gs1_128(text)), caption, module_mm)


def code128(text: str, *, module_mm: float = HOUSE_MODULE) -> Symbol:
    """The plain Code 128 symbol of a code of the house. Refuses ``not_encodable``."""
    from barcode.codex import Code128  # late: start-up

    _check(text)
    return Symbol(_bits(Code128(text)), text, module_mm)


def gtin(digits: str) -> Symbol:
    """The retail symbol of a GTIN: EAN-8, UPC-A or EAN-13; a case's 14 digits as GS1-128 (01).

    Refuses ``not_encodable``: another length, or a wrong check digit.
    """
    from barcode.ean import EAN8, EAN13  # late: start-up

    if len(digits) not in (8, 12, 13, 14) or not sscc.is_valid(digits):
        raise BadInput("not_encodable", text=digits)
    if len(digits) == 14:
        return gs1_128([("01", digits)], module_mm=HOUSE_MODULE)
    if len(digits) == 8:
        return Symbol(_bits(EAN8(digits[:-1])), digits, RETAIL_MODULE, _RETAIL_QUIET_MODULES)
    # A UPC-A symbol is the EAN-13 symbol of the same number behind a zero.
    return Symbol(_bits(EAN13(digits.zfill(13)[:-1])), digits, RETAIL_MODULE, _RETAIL_QUIET_MODULES)


def list_item_symbols(code: str, lot: str, expiry: date | None, *, is_gtin: bool) -> Iterator[Symbol]:
    """The symbols that may stand on an item's label, the one that says most first.

    A GTIN with its lot and expiry day as GS1-128, where GS1 can say them, then the GTIN alone; any other code as plain
    Code 128, in wide and in narrow modules. Refuses ``not_encodable``.
    """
    if not is_gtin:
        yield code128(code)
        yield code128(code, module_mm=SHEET_MODULE)
        return
    more = [("17", expiry.strftime("%y%m%d"))] if expiry is not None else []
    if lot and _GS1_LOT.match(lot):
        more.append(("10", lot))
    if more:
        elements = [("01", code.zfill(14)), *more]
        yield gs1_128(elements, module_mm=HOUSE_MODULE)
        yield gs1_128(elements, module_mm=SHEET_MODULE)
    yield gtin(code)


def gs1_from_brackets(text: str) -> Symbol:
    """The symbol of ``(01)09521234543213(10)AB1``; every AI, length and check digit proved. ``not_encodable``."""
    from biip import ParseError  # late: start-up
    from biip.gs1_messages import GS1Message

    try:
        message = GS1Message.parse_hri(text)
    except ParseError as fault:
        raise BadInput("not_encodable", text=text[:80]) from fault
    if any(element.gtin_error or element.sscc_error for element in message.element_strings):
        raise BadInput("not_encodable", text=text[:80])
    return gs1_128([(element.ai.ai, element.value) for element in message.element_strings], module_mm=HOUSE_MODULE)


def entry(code: str, symbology: str) -> Symbol:
    """The symbol a barcode sheet asks for."""
    if symbology == "gtin":
        return gtin(code)
    if symbology == "gs1":
        return gs1_from_brackets(code)
    return code128(code, module_mm=SHEET_MODULE)


def _check(text: str) -> None:
    if not text or not all(" " <= sign <= "~" for sign in text):
        raise BadInput("not_encodable", text=text[:80])


def _bits(encoder: Any) -> str:
    bits = str(encoder.build()[0]).replace("G", "1")
    if bits.strip("01"):
        raise Bug("the encoder gave something else than modules")
    return bits
