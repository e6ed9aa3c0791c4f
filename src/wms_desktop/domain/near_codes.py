"""Which code a damaged one may stand for: zeros that a spreadsheet ate, a check digit left out, UPC-E, letters' case.

Nothing here is ever taken unasked: what the house knows of these is offered to whoever scanned.
"""

from __future__ import annotations

from wms_desktop.domain import barcodes, sscc

_MOST_ZEROS = 6
_SHORTEST, _LONGEST = 4, 40
_UPC_E = 6


def list_near(text: str) -> tuple[str, ...]:
    """Codes, as the house stores them, that an unknown text may have been; the text itself is not among them.

    Of digits: with leading zeros put back or taken away, with the check digit added, UPC-E written out. Of other
    texts: in capitals, in small letters, with the case turned, and without blanks and hyphens.
    """
    if not _SHORTEST <= len(text) <= _LONGEST:
        return ()
    found = _near_number(text) if text.isascii() and text.isdigit() else _near_word(text)
    return tuple(dict.fromkeys(code for code in found if code not in (text, barcodes.normal(text))))


def expand_upc_e(text: str) -> str:
    """The UPC-A (12 digits, right check digit) that six UPC-E digits stand for.

    Source: GS1 General Specifications, 5.2.2.4 (zero suppression).
    """
    last = text[5]
    if last in "012":
        body = f"{text[:2]}{last}0000{text[2:5]}"
    elif last == "3":
        body = f"{text[:3]}00000{text[3:5]}"
    elif last == "4":
        body = f"{text[:4]}00000{text[4]}"
    else:
        body = f"{text[:5]}0000{last}"
    return f"0{body}{sscc.check_digit('0' + body)}"


def _near_number(text: str) -> list[str]:
    bare = text.lstrip("0")
    found = [text.zfill(len(text) + zeros) for zeros in range(1, _MOST_ZEROS + 1)]
    found += [text[zeros:] for zeros in range(1, len(text) - len(bare) + 1)]
    if len(bare) <= barcodes.GTIN_LENGTH and sscc.is_valid(bare):
        found.append(bare.zfill(barcodes.GTIN_LENGTH))
    if len(bare) < barcodes.GTIN_LENGTH and bare:
        found.append(f"{bare}{sscc.check_digit(bare)}".zfill(barcodes.GTIN_LENGTH))
    if len(text) == _UPC_E:
        found.append(expand_upc_e(text).zfill(barcodes.GTIN_LENGTH))
    if len(text) == _UPC_E + 2 and text[0] == "0" and expand_upc_e(text[1:7])[-1] == text[7]:
        found.append(expand_upc_e(text[1:7]).zfill(barcodes.GTIN_LENGTH))
    return [code for code in found if code]


def _near_word(text: str) -> list[str]:
    close = text.replace(" ", "").replace("-", "")
    found = [text.upper(), text.lower(), text.swapcase()]
    if close and close != text:
        found += [barcodes.normal(close), close.upper()]
    return found
