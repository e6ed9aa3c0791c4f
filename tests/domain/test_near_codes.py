"""Codes that came damaged: what they may have been is listed, and never more than that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.barcodes import normal
from wms_desktop.domain.near_codes import expand_upc_e, list_near
from wms_desktop.domain.sscc import check_digit


@pytest.mark.parametrize(("digits", "upc"), [
    ("425261", "042100005264"),
    ("123453", "012300000451"),
    ("123454", "012340000053"),
    ("123455", "012345000058"),
])  # fmt: skip
def test_upc_e_is_written_out(digits: str, upc: str) -> None:
    assert expand_upc_e(digits) == upc


@pytest.mark.parametrize(("damaged", "was"), [
    ("12345678905", "00012345678905"),  # UPC-A without its zero
    ("401234500000", "04012345000009"),  # EAN-13 without its check digit
    ("000004012345000009", "04012345000009"),  # too many zeros
    ("425261", "00042100005264"),  # UPC-E, six digits
    ("04252614", "00042100005264"),  # UPC-E with its zero and check digit
    ("ean-mug", "EAN-MUG"),  # small letters
    ("4012345 000009", "04012345000009"),  # a blank
    ("77123", "0077123"),  # a number of the house's own
])  # fmt: skip
def test_a_damaged_code_leads_back_to_what_it_was(damaged: str, was: str) -> None:
    assert was in list_near(damaged)


@given(st.text(max_size=60))
def test_nothing_scanned_breaks_the_search_and_the_text_is_never_near_itself(text: str) -> None:
    assert text not in list_near(text)


@given(st.integers(10**6, 10**12 - 1))
def test_lost_zeros_and_a_lost_check_digit_are_always_found(number: int) -> None:
    body = f"{number:012d}"
    code = normal(f"{body}{check_digit(body)}")

    for damaged in (code.lstrip("0"), body, body.lstrip("0")):
        assert code in (normal(damaged), *list_near(damaged))
