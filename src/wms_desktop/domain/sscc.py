"""GS1 numbers: the check digit of every GS1 key, and the serial shipping container code of a carton."""

from __future__ import annotations

from wms_desktop.errors import BadInput

SSCC_LENGTH = 18
_PREFIX_LENGTHS = range(4, 13)


def check_digit(body: str) -> int:
    """The last digit of a GS1 key whose other digits are ``body``: modulo 10, weights 3 and 1 from the right.

    The same for every length (GTIN-8, 12, 13, 14, GLN, GSIN, SSCC): GS1 General Specifications, 7.9.
    Refuses ``not_digits``.
    """
    if not (body.isascii() and body.isdigit()):
        raise BadInput("not_digits", text=body)
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return -weighted % 10


def is_valid(key: str) -> bool:
    """Whether ``key`` is all digits and its last digit is the check digit of the others."""
    return key.isascii() and key.isdigit() and len(key) > 1 and check_digit(key[:-1]) == int(key[-1])


def is_sscc(text: str) -> bool:
    """Whether ``text`` is a serial shipping container code: 18 digits, the last one right."""
    return len(text) == SSCC_LENGTH and is_valid(text)


def capacity(company_prefix: str) -> int:
    """How many serial numbers one extension digit has for this company prefix."""
    return int(10 ** (SSCC_LENGTH - 2 - len(company_prefix)))


def number(company_prefix: str, serial: int, *, extension: int = 0) -> str:
    """The SSCC for a company prefix (4 to 12 digits) and a serial number: 18 digits (GS1 Gen. Spec. 3.3.1).

    Refuses ``company_prefix_wrong`` and ``sscc_used_up`` (the serial does not fit; the next extension digit has
    as many again).
    """
    if not (company_prefix.isascii() and company_prefix.isdigit()) or len(company_prefix) not in _PREFIX_LENGTHS:
        raise BadInput("company_prefix_wrong", text=company_prefix)
    if not 0 <= extension <= 9 or not 0 <= serial < capacity(company_prefix):
        raise BadInput("sscc_used_up", serial=serial, extension=extension)
    width = SSCC_LENGTH - 2 - len(company_prefix)
    body = f"{extension}{company_prefix}{serial:0{width}d}"
    return f"{body}{check_digit(body)}"
