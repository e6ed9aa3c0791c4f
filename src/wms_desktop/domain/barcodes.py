"""What a scanned text says, before anybody looks it up: GS1 elements, GTINs, our own key codes, or plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wms_desktop.domain import gs1_rules, sscc

GS = "\x1d"
GS1_SYMBOLS = ("]C1", "]d2", "]Q3", "]e0")
KEY_PREFIX = "WMS-KEY-"
MAX_LENGTH = 200
GTIN_LENGTH = 14
_GTIN_LENGTHS = (8, 12, 13, 14)
_MOST_COUNT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What one symbol carries; fields that it does not carry are empty.

    ``gtin`` is padded to 14 digits, ``sscc`` has 18, ``key`` is the name of a station key, ``text`` is the symbol
    without its AIM identifier. ``count`` is how many of the item a logistic unit contains (AI 37), ``pieces`` how many
    pieces this one item is of (AI 30), ``weight_g`` its net weight (AI 310n); 0: not said.
    ``fault``: why it cannot be used; ``elements`` are those that break an association.
    """

    text: str
    gtin: str = ""
    sscc: str = ""
    lot: str = ""
    expiry: date | None = None
    serial: str = ""
    count: int = 0
    pieces: int = 0
    weight_g: int = 0
    key: str = ""
    fault: str = ""
    elements: tuple[str, ...] = ()


def is_gtin(text: str) -> bool:
    """Whether the text is a GTIN-8, -12, -13 or -14 with a right check digit."""
    return len(text) in _GTIN_LENGTHS and sscc.is_valid(text)


def normal(code: str) -> str:
    """The form in which a product's code is stored: a valid GTIN padded to 14 digits, anything else as it is."""
    return code.zfill(14) if is_gtin(code) else code


def parse(raw: str) -> Parsed:
    """Reads one scan: by its symbology identifier where it has one, else a GTIN or SSCC by length and check digit.

    Never raises: what cannot be read comes back with ``fault`` set and its text.
    """
    if len(raw) > MAX_LENGTH:
        return Parsed(text=raw[:MAX_LENGTH], fault="too_long")
    symbol, text = _split_identifier(raw)
    text = text.strip(" \r\n\t")
    if text.startswith(KEY_PREFIX):
        return Parsed(text=text, key=text.removeprefix(KEY_PREFIX).lower())
    if symbol in GS1_SYMBOLS:
        return _parse_elements(text)
    if is_gtin(text):
        return Parsed(text=text, gtin=text.zfill(14))
    carton = text.removeprefix("(00)")
    if len(carton) == 20:
        carton = carton.removeprefix("00")
    if sscc.is_sscc(carton):
        return Parsed(text=text, sscc=carton)
    if GS in text:
        return _parse_elements(text)
    return Parsed(text=text)


def _split_identifier(raw: str) -> tuple[str, str]:
    if len(raw) > 3 and raw[0] == "]" and raw[1].isalpha() and raw[2].isalnum():
        return raw[:3], raw[3:]
    return "", raw


def _parse_elements(text: str) -> Parsed:
    from biip import BiipException  # late: start-up
    from biip.gs1_messages import GS1Message  # late: start-up

    try:
        message = GS1Message.parse(text)
    except BiipException:
        return Parsed(text=text, fault="not_gs1")
    values: dict[str, str] = {}
    days: dict[str, date] = {}
    weight_g = 0
    for element in message.element_strings:
        code = element.ai.ai
        values[code] = element.value
        if element.gtin_error or element.sscc_error:
            return Parsed(text=text, fault="check_digit")
        if element.date is not None:
            days[code] = element.date
        if code.startswith("310") and element.decimal is not None:
            weight_g = round(element.decimal * 1000)
    breach = gs1_rules.find_breach(values)
    if breach is not None:
        return Parsed(text=text, fault=breach.rule, elements=breach.elements)
    count, pieces = (int(values.get(code) or 0) for code in (gs1_rules.COUNT, gs1_rules.PIECES))
    if max(count, pieces) > _MOST_COUNT:
        return Parsed(text=text, fault="too_many")
    return Parsed(
        text=text,
        gtin=values.get(gs1_rules.ITEM) or values.get(gs1_rules.CONTENT) or "",
        sscc=values.get(gs1_rules.SSCC, ""),
        lot=values.get(gs1_rules.LOT, ""),
        expiry=days.get(gs1_rules.EXPIRY) or days.get(gs1_rules.BEST_BEFORE),
        serial=values.get(gs1_rules.SERIAL, ""),
        count=count,
        pieces=pieces,
        weight_g=weight_g,
    )
