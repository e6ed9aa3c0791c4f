"""Values as people and programs write them, read by a strict grammar into one canonical text; nothing is guessed.

Every function takes the text of one cell, with no blanks at its ends, and refuses with ``import.read.*``. Canonical
are: whole numbers as digits, amounts with a point and no needless zeros, days and instants in ISO form (an instant
without a zone is the site's own clock; one without a time is a day), flags as "1" and "0".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime

from wms_desktop.domain import sscc
from wms_desktop.domain.countries import find_number
from wms_desktop.domain.country_names import find_letters
from wms_desktop.errors import BadInput

DECIMALS = (".", ",")
DATES = ("ymd", "dmy", "mdy")
MOST_UNITS = 1_000_000
MOST_CODE = 60
MOST_TEXT = 200
MOST_NOTE = 2000
FIRST_YEAR, LAST_YEAR = 2000, 2099
_FEWEST_DIGITS = 15  # of an SSCC whose leading zeros are lost
_PLACES = 4
_GAPS = " '\u2019\u00a0\u202f"  # what stands between thousands beside the point and the comma
_PLAIN = re.compile(r"[0-9]{1,9}")
_GROUPED = {
    mark: re.compile(rf"[0-9]{{1,3}}(?:([{re.escape(other + _GAPS)}])[0-9]{{3}})(?:\1[0-9]{{3}}){{0,2}}")
    for mark, other in ((".", ","), (",", "."))
}
_TAILS = {mark: re.compile(rf"(.*?)(?:{re.escape(mark)}([0-9]{{1,12}}))?", re.DOTALL) for mark in DECIMALS}
_FORMULA_FAULTS = {
    "#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#BEZUG!", "#NV", "#WERT!",
    "#NOT-CALCULATED!",
}  # fmt: skip
_YES = {"1", "yes", "y", "true", "t", "x", "on", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sí", "s", "verdadero"}
_NO = {"0", "no", "n", "false", "f", "-", "off", "nein", "falsch", "non", "faux", "falso"}
_PAID = {"paid", "partially_refunded", "completed", "complete", "processing", "bezahlt", "payé", "pagado"}
_UNPAID = {"pending", "authorized", "partially_paid", "refunded", "voided", "expired", "unpaid", "overdue", "due",
           "offen", "pendiente", "impayé", "on-hold"}  # fmt: skip
_CANCELLED = {"cancelled", "canceled", "storniert", "annulé", "annulée", "cancelado", "cancelada"}
_ALIVE = {"open", "processing", "completed", "pending", "on-hold", "new", "unshipped", "confirmed", "active"}

_SEPARATED = re.compile(r"([0-9]{1,4})([-/.])([0-9]{1,2})\2([0-9]{1,4})")
_COMPACT = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})")
_DAY_NAMED = re.compile(r"([0-9]{1,2})[-. ]{1,2}([^\W\d_]{3,10})[-. ,]{1,2}([0-9]{4})")
_NAMED_DAY = re.compile(r"([^\W\d_]{3,10})[. ]{1,2}([0-9]{1,2}),? ([0-9]{4})")
_TIME = re.compile(
    r"(?P<day>.{6,20}?)(?:T|,? )(?P<h>[0-9]{1,2}):(?P<m>[0-9]{2})(?::(?P<s>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?: ?(?P<half>[AaPp][Mm]))?(?: ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}))?"
)
_MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jän jänner janvier janv ene enero",
            "feb february februar février févr fév febrero",
            "mar march mär märz mrz mars marzo",
            "apr april avr avril abr abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juil juillet julio",
            "aug august août aou ago agosto",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember déc décembre dic diciembre",
        ),
        start=1,
    )
    for name in names.split()
}


def unreadable(text: str) -> bool:
    """Whether the text holds what no reader should take: broken bytes, control characters, a replaced character."""
    if text.isascii() and text.isprintable():
        return False
    return any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") or sign == "\ufffd" for sign in text)


def plain(text: str, most: int = MOST_TEXT) -> str:
    """One line of readable text: line breaks and tabs become a comma or a blank, invisible characters go.

    Refuses ``characters``, ``formula`` (the error of a spreadsheet), ``text_long``.
    """
    if not (text.isascii() and text.isprintable()):
        text = _one_line(text)
    text = text.strip()
    if len(text) > most:
        raise BadInput("import.read.text_long", length=len(text), most=most)
    if text[:1] == "#" and text in _FORMULA_FAULTS:
        raise BadInput("import.read.formula")
    return text


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    joined = ", ".join(line for line in lines if line).replace("\t", " ")
    shown: list[str] = []
    for sign in joined:
        category = unicodedata.category(sign)
        if category == "Zs":
            shown.append(" ")
        elif category != "Cf" or sign in "\u200c\u200d":  # invisible signs go, but for the joiners that scripts need
            shown.append(sign)
    joined = "".join(shown)
    if unreadable(joined):
        raise BadInput("import.read.characters")
    return unicodedata.normalize("NFC", joined)


def note(text: str) -> str:
    """A longer text, on one line."""
    return plain(text, MOST_NOTE)


def code(text: str) -> str:
    """A number or name that is looked up (SKU, order number): short readable text."""
    return plain(text, MOST_CODE)


def number_code(text: str) -> str:
    """As :func:`code`, without the ``.0`` that a spreadsheet adds to a number that it took for an amount."""
    text = code(text)
    return text[:-2] if text.endswith(".0") and text[:-2].isascii() and text[:-2].isdigit() else text


def package(text: str) -> str:
    """The SSCC of a pallet or carton: 18 digits, with or without its (00) before it.

    Refuses ``not_sscc``, and ``sscc_zeros`` where a spreadsheet seems to have eaten its leading zeros.
    """
    digits = re.sub("[ -]", "", plain(text))
    if digits.startswith("(00)"):
        digits = digits[4:]
    elif len(digits) == sscc.SSCC_LENGTH + 2 and digits.startswith("00"):
        digits = digits[2:]
    if sscc.is_sscc(digits):
        return digits
    whole_code = digits.zfill(sscc.SSCC_LENGTH)
    if _FEWEST_DIGITS <= len(digits) < sscc.SSCC_LENGTH and sscc.is_sscc(whole_code):
        raise BadInput("import.read.sscc_zeros", offer=whole_code)
    raise BadInput("import.read.not_sscc")


def _digits(text: str, decimal: str) -> tuple[str, str, bool] | None:
    """The digits before and after the decimal mark, and whether thousands were set apart; None: no number."""
    found = _TAILS[decimal].fullmatch(text)
    if found is None:
        return None
    head, tail = found[1], found[2] or ""
    if _PLAIN.fullmatch(head):
        return head, tail, False
    if _GROUPED[decimal].fullmatch(head):
        return re.sub("[^0-9]", "", head), tail, True
    return None


def _other(decimal: str) -> str:
    return "," if decimal == "." else "."


def whole(text: str, decimal: str = ".", most: int = MOST_UNITS) -> str:
    """A whole number from 0 to ``most``. "3.0" is 3; "1.000" may be a thousand or one and is refused.

    Refuses ``not_whole``, ``thousands``, ``negative``, ``too_large``.
    """
    if text.startswith("-") and _digits(text[1:], decimal):
        raise BadInput("import.read.negative")
    parts = _digits(plain(text), decimal)
    if parts is None or parts[1].strip("0"):
        raise BadInput("import.read.not_whole")
    if len(parts[1]) == 3:
        raise BadInput("import.read.thousands", decimal=decimal)
    value = int(parts[0])
    if value > most:
        raise BadInput("import.read.too_large", most=most)
    return str(value)


def units(text: str, decimal: str = ".") -> str:
    """A whole number above 0; refuses also ``not_above_zero``."""
    value = whole(text, decimal)
    if value == "0":
        raise BadInput("import.read.not_above_zero")
    return value


def ordered(text: str, decimal: str = ".") -> str:
    """A whole number that is not 0; below 0 it takes units back (a credit note)."""
    is_back = text[:1] in ("-", "\u2212")
    value = units(text[1:] if is_back else text, decimal)
    return f"-{value}" if is_back else value


def amount(text: str, decimal: str = ".") -> str:
    """An amount from 0 upwards, exact to four places.

    Refuses ``not_amount``, ``amount_style`` (written with the other decimal mark), ``amount_fine``, ``negative``.
    """
    text = plain(text)
    if text.startswith("-") and _digits(text[1:], decimal):
        if text.strip("-0.,"):
            raise BadInput("import.read.negative")
        text = text[1:]
    parts = _digits(text, decimal)
    if parts is None:
        if _digits(text, _other(decimal)) is not None:
            raise BadInput("import.read.amount_style", decimal=decimal)
        raise BadInput("import.read.not_amount")
    tail = parts[1].rstrip("0")
    if len(tail) > _PLACES:
        raise BadInput("import.read.amount_fine")
    head = parts[0].lstrip("0") or "0"
    return f"{head}.{tail}" if tail else head


def day(text: str, dates: str = "ymd") -> str:
    """A day; where a time stands behind it, the day as written. Refuses ``not_day``, ``day_far``."""
    return instant(text, dates)[:10]


def instant(text: str, dates: str = "ymd") -> str:
    """A day, with its time and zone where they are written. Refuses ``not_day``, ``day_far``."""
    text = plain(text)
    found = _TIME.fullmatch(text)
    written = _date(found["day"] if found else text, dates)
    if found is None:
        return written.isoformat()
    try:
        clock = datetime(written.year, written.month, written.day, _hour(found), int(found["m"]), int(found["s"] or 0))  # noqa: DTZ001
        zone = _zone(found["zone"])
        return datetime.fromisoformat(clock.isoformat() + zone).isoformat()
    except ValueError as fault:
        raise BadInput("import.read.not_day", dates=dates) from fault


def _hour(found: re.Match[str]) -> int:
    hour = int(found["h"])
    if not found["half"]:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("no hour of half a day")
    return hour % 12 + (12 if found["half"].lower() == "pm" else 0)


def _zone(zone: str | None) -> str:
    if not zone:
        return ""
    if zone in ("Z", "UTC", "GMT"):
        return "+00:00"
    return f"{zone[:3]}:{zone[-2:]}"


def _date(text: str, dates: str) -> date:
    try:
        found = _parts(text, dates)
    except ValueError as fault:
        raise BadInput("import.read.not_day", dates=dates) from fault
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadInput("import.read.day_far", first=FIRST_YEAR, last=LAST_YEAR)
    return found


def _parts(text: str, dates: str) -> date:
    if found := _SEPARATED.fullmatch(text):
        first, second, third = found[1], found[3], found[4]
        if len(first) == 4 and len(third) <= 2:
            return date(int(first), int(second), int(third))
        if dates == "ymd" or len(first) > 2 or len(third) not in (2, 4):
            raise ValueError("the year is not where it should be")
        year = int(third) + (2000 if len(third) == 2 else 0)
        return date(year, int(second), int(first)) if dates == "dmy" else date(year, int(first), int(second))
    if found := _COMPACT.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_NAMED.fullmatch(text):
        return date(int(found[3]), _month(found[2]), int(found[1]))
    if found := _NAMED_DAY.fullmatch(text):
        return date(int(found[3]), _month(found[1]), int(found[2]))
    raise ValueError("no day")


def _month(name: str) -> int:
    number = _MONTHS.get(name.lower())
    if number is None:
        raise ValueError("no month")
    return number


def flag(text: str) -> str:
    """Yes or no, in English, German, French or Spanish. Refuses ``not_flag``."""
    word = plain(text).lower()
    if word in _YES:
        return "1"
    if word in _NO:
        return "0"
    raise BadInput("import.read.not_flag")


def paid(text: str) -> str:
    """Whether an order is paid: a flag, a shop's word for the state of payment, or the day of payment."""
    word = plain(text).lower()
    if word in _PAID:
        return "1"
    if word in _UNPAID:
        return "0"
    return _flag_or_day(text)


def called_off(text: str) -> str:
    """Whether an order is cancelled: a flag, a shop's word for the state of an order, or the day it was cancelled."""
    word = plain(text).lower()
    if word in _CANCELLED:
        return "1"
    if word in _ALIVE:
        return "0"
    return _flag_or_day(text)


def _flag_or_day(text: str) -> str:
    try:
        return flag(text)
    except BadInput:
        for dates in DATES:
            try:
                instant(text, dates)
            except BadInput:
                continue
            return "1"
        raise


def currency(text: str) -> str:
    """A currency by its three letters. Refuses ``currency``."""
    letters = plain(text).upper()
    if not re.fullmatch("[A-Z]{3}", letters):
        raise BadInput("import.read.currency")
    return letters


def country(text: str) -> str:
    """A country by its two letters, from those or from its name. Refuses ``country``."""
    letters = plain(text)
    if len(letters) == 2 and find_number(letters):
        return letters.upper()
    found = find_letters(letters)
    if found is None:
        raise BadInput("import.read.country")
    return found


def one_of(text: str, words: Mapping[str, str]) -> str:
    """One of a few words of ours, by any of its spellings. Refuses ``not_one_of``."""
    found = words.get(plain(text).lower())
    if found is None:
        raise BadInput(
            "import.read.not_one_of", words=", ".join(dict.fromkeys(word for word in words.values() if word))
        )
    return found


def parts_list(text: str) -> str:
    """The parts of a kit as "SKU*2;SKU*1" (a number may be left out: 1). Refuses ``not_parts``."""
    made = []
    for part in re.split("[;|\n]", note(text)):
        sku, _, many = part.strip().rpartition("*") if "*" in part else (part.strip(), "", "1")
        if not sku:
            raise BadInput("import.read.not_parts")
        made.append(f"{code(sku.strip())}*{units(many.strip())}")
    return ";".join(made)


def skus(text: str) -> str:
    """Several SKUs as "SKU;SKU"."""
    return ";".join(code(part.strip()) for part in re.split("[;|\n]", note(text)) if part.strip())


SHIP_RULES = {"available": "available", "partial": "available", "complete": "complete", "all": "complete", "ask": "ask"}
BACKORDER_WORDS = {"allow": "allow", "yes": "allow", "1": "allow", "notify": "allow", "deny": "deny", "no": "deny",
                   "0": "deny", "units": "units", "days": "days"}  # fmt: skip
REMOVAL_WORDS = {"fefo": "fefo", "fifo": "fifo", "closest": "closest", "empty_bin": "empty_bin", "house": ""}
CONDITION_WORDS = {"good": "good", "ok": "good", "damaged": "damaged"}
VELOCITY_WORDS = {"a": "A", "b": "B", "c": "C"}


SINGLE_UNITS = frozenset(
    ("", "EA", "PC", "UN", "PCE", "C62", "H87", "NAR", "PCS", "EACH", "PIECE", "PIECES", "UNIT", "UNITS")
)
CASE_UNITS = frozenset(
    ("CA", "CS", "CT", "CTN", "BX", "XCS", "XCT", "XBX", "CASE", "CASES", "CARTON", "CARTONS", "BOX")
)
CASE = "case"
"""What a quantity counts in where it does not count single units."""


def unit(text: str) -> str:
    """What a quantity counts in: "" for single units, "case". Refuses ``import.read.unit`` for any other."""
    word = text.strip().upper().rstrip(".")
    if word in SINGLE_UNITS:
        return ""
    if word in CASE_UNITS:
        return CASE
    raise BadInput("import.read.unit")


STEPS = ("serial_tracked", "is_inspected", "is_relabelled", "opens_cases")


def _of(words: Mapping[str, str]) -> Callable[[str, str, str], str]:
    return lambda text, decimal, dates: one_of(text, words)


def _just(read: Callable[[str], str]) -> Callable[[str, str, str], str]:
    return lambda text, decimal, dates: read(text)


def _number(read: Callable[[str, str], str]) -> Callable[[str, str, str], str]:
    return lambda text, decimal, dates: read(text, decimal)


def _time(read: Callable[[str, str], str]) -> Callable[[str, str, str], str]:
    return lambda text, decimal, dates: read(text, dates)


def _class(text: str, decimal: str = ".") -> str:
    value = units(text, decimal)
    if int(value) > 9:
        raise BadInput("import.read.not_one_of", words="1, 2, ... 9")
    return value


_READERS: Mapping[str, Callable[[str, str, str], str]] = {
    **dict.fromkeys(("number", "sku", "lot", "location", "face", "mixing"), _just(code)),
    **dict.fromkeys(("customer_code", "supplier_code", "purchase"), _just(number_code)),
    **dict.fromkeys(("pallet", "carton"), _just(package)),
    "qty": _number(ordered),
    "units_per_case": _number(units),
    "unit": _just(unit),
    **dict.fromkeys(("line_no", "cancelled", "backorder_limit", "safety_stock"), _number(whole)),
    **dict.fromkeys(("face_min", "face_max"), _number(whole)),
    **dict.fromkeys(("weight_g", "length_mm", "width_mm", "height_mm"), _number(whole)),
    "priority_class": _number(_class),
    "price": _number(amount),
    **dict.fromkeys(("made_to_order", "lot_tracked", "expiry_tracked", *STEPS), _just(flag)),
    "is_paid": _just(paid),
    "is_cancelled": _just(called_off),
    **dict.fromkeys(("promise", "release_on", "line_release_on", "expiry", "due", "shipped_on"), _time(day)),
    **dict.fromkeys(("placed_at", "leave_by"), _time(instant)),
    "currency": _just(currency),
    "country": _just(country),
    "note": _just(note),
    "ship_rule": _of(SHIP_RULES),
    "backorders": _of(BACKORDER_WORDS),
    "removal": _of(REMOVAL_WORDS),
    "condition": _of(CONDITION_WORDS),
    "velocity": _of(VELOCITY_WORDS),
    "kit": _just(parts_list),
    "substitutes": _just(skus),
}
BARCODES = ("barcode", "case_barcode")
"""Fields that :mod:`wms_desktop.domain.barcode_cleaning` reads, not :func:`canonical`."""


def canonical(field: str, text: str, decimal: str = ".", dates: str = "ymd") -> str:
    """The canonical text of a field's value; "" stays "". Refuses ``import.read.*`` as the functions above.

    Fields without a grammar of their own are lines of readable text. ``qty`` may be below 0, as in credit notes: where
    it may not, :func:`units` says so.
    """
    text = text.strip()
    if text[:2] == '="' and text[-1:] == '"' and len(text) > 3:
        text = text[2:-1].strip()  # how people keep a spreadsheet from eating zeros
    if not text:
        return ""
    read = _READERS.get(field)
    return plain(text) if read is None else read(text, decimal, dates)
