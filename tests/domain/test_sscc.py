"""GS1 check digits and SSCCs against published numbers and their own algebra."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain import countries, sscc
from wms_desktop.errors import BadInput

# EAN-8, UPC-A, EAN-13, GTIN-14, GLN, SSCC as printed in public GS1 material and on well-known packages.
PUBLISHED = (
    "96385074",
    "036000291452",
    "4006381333931",
    "9780201379624",
    "09521234543213",
    "10614141000415",
    "0614141000012",
    "106141411234567897",
    "340123450000000017",
)


@pytest.mark.parametrize("key", PUBLISHED)
def test_published_keys_of_every_length_are_valid(key: str) -> None:
    assert sscc.is_valid(key)
    assert sscc.check_digit(key[:-1]) == int(key[-1])


@given(st.text("0123456789", min_size=7, max_size=17), st.integers(0, 17), st.integers(1, 9))
def test_any_single_wrong_digit_is_found(body: str, place: int, by: int) -> None:
    key = body + str(sscc.check_digit(body))
    place %= len(key)

    broken = key[:place] + str((int(key[place]) + by) % 10) + key[place + 1 :]

    assert sscc.is_valid(key)
    assert not sscc.is_valid(broken)


def test_an_sscc_is_extension_prefix_serial_and_check_digit() -> None:
    assert sscc.number("4012345", 1, extension=3) == "340123450000000017"
    assert sscc.number("0614141", 123456789, extension=1) == "106141411234567897"


@given(st.integers(4, 12), st.data())
def test_every_prefix_and_serial_gives_an_sscc_of_its_own(length: int, data: st.DataObject) -> None:
    prefix = "9" * length
    serial = data.draw(st.integers(0, sscc.capacity(prefix) - 1))

    code = sscc.number(prefix, serial)

    assert sscc.is_sscc(code)
    assert int(code[1 + length : 17]) == serial


@pytest.mark.parametrize("prefix", ["", "123", "1234567890123", "40123a5", "٤٠١٢٣٤٥"])
def test_a_company_prefix_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(BadInput, match="company_prefix_wrong"):
        sscc.number(prefix, 1)


@pytest.mark.parametrize(("serial", "extension"), [(10**9, 0), (-1, 0), (1, 10), (1, -1)])
def test_a_serial_beyond_the_prefix_is_refused_never_wrapped(serial: int, extension: int) -> None:
    with pytest.raises(BadInput, match="sscc_used_up"):
        sscc.number("4012345", serial, extension=extension)


@pytest.mark.parametrize("text", ["", "7", "34012345000000001", "34012345000000001X", "３40123450000000017"])
def test_what_is_not_an_sscc_is_not_taken_for_one(text: str) -> None:
    assert not sscc.is_sscc(text)


def test_countries_have_their_iso_numbers() -> None:
    assert [countries.find_number(x) for x in ("GB", "de", " US ", "VA")] == ["826", "276", "840", "336"]
    assert countries.find_number("XX") is None
