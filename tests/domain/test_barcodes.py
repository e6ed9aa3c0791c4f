"""What a scanned text says, and that nothing scanned can break the reader."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.barcodes import GS, MAX_LENGTH, Parsed, is_gtin, normal, parse
from wms_desktop.domain.sscc import check_digit


@pytest.mark.parametrize(("text", "expected"), [
    ("4012345000009", Parsed(text="4012345000009", gtin="04012345000009")),
    ("]E04012345000009", Parsed(text="4012345000009", gtin="04012345000009")),
    ("96385074", Parsed(text="96385074", gtin="00000096385074")),
    ("]C100340123450000000017", Parsed(text="00340123450000000017", sscc="340123450000000017")),
    ("00340123450000000017", Parsed(text="00340123450000000017", sscc="340123450000000017")),
    ("(00)340123450000000017", Parsed(text="(00)340123450000000017", sscc="340123450000000017")),
    ("WMS-KEY-YES", Parsed(text="WMS-KEY-YES", key="yes")),
    ("LANE-1", Parsed(text="LANE-1")),
    ("]C0LANE-1", Parsed(text="LANE-1")),
])  # fmt: skip
def test_a_code_is_read_for_what_it_is(text: str, expected: Parsed) -> None:
    assert parse(text) == expected


def test_a_gs1_string_brings_item_lot_expiry_and_count() -> None:
    read = parse(f"]C10104012345000009172702001 0AB{GS}3748".replace(" ", ""))

    assert (read.gtin, read.lot, read.expiry, read.count) == ("04012345000009", "AB", date(2027, 2, 28), 48)


@pytest.mark.parametrize("symbol", ["]C1", "]d2", "]Q3", "]e0"])
def test_every_gs1_symbology_is_read_alike(symbol: str) -> None:
    assert parse(f"{symbol}010401234500000921S7").serial == "S7"


def test_a_wrong_check_digit_inside_a_gs1_string_is_a_fault() -> None:
    assert parse("]C10104012345000008").fault == "check_digit"


def test_a_gs1_symbol_that_is_no_element_string_is_a_fault() -> None:
    assert parse("]C1garbage").fault == "not_gs1"


def test_a_number_with_a_wrong_check_digit_is_plain_text() -> None:
    assert parse("4012345000008") == Parsed(text="4012345000008")


def test_the_check_digit_of_the_standards_own_example() -> None:
    """GS1 General Specifications, section 7.9: GTIN-13 629104150021 has the check digit 3."""
    assert check_digit("629104150021") == 3


def test_valid_gtins_are_stored_with_fourteen_digits_and_others_as_they_are() -> None:
    assert normal("96385074") == "00000096385074"
    assert normal("96385075") == "96385075"


@given(st.text(max_size=MAX_LENGTH * 2))
def test_nothing_scanned_breaks_the_reader(text: str) -> None:
    parse(text)


@given(st.text(alphabet=st.characters(max_codepoint=127), max_size=60))
def test_nothing_behind_a_gs1_symbol_breaks_the_reader(text: str) -> None:
    parse("]C1" + text)


@given(st.integers(0, 10**13 - 1))
def test_every_completed_number_is_a_gtin_and_a_changed_digit_is_not(number: int) -> None:
    body = f"{number:013d}"
    code = f"{body}{check_digit(body)}"

    assert is_gtin(code)
    changed = str((int(code[5]) + 1) % 10)
    assert not is_gtin(code[:5] + changed + code[6:])
