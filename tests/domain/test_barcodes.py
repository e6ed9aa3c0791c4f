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
    read = parse(f"]C10204012345000009172702001 0AB{GS}3748".replace(" ", ""))

    assert (read.gtin, read.lot, read.expiry, read.count) == ("04012345000009", "AB", date(2027, 2, 28), 48)


def test_a_pallets_symbol_brings_its_plate_with_what_it_contains() -> None:
    read = parse("]C1003401234500000000170204012345000009" + "3712")

    assert (read.sscc, read.gtin, read.count) == ("340123450000000017", "04012345000009", 12)


def test_a_weight_and_pieces_are_read_beside_the_item() -> None:
    read = parse(f"]C10198412345000006310200125030{24}")

    assert (read.weight_g, read.pieces, read.count) == (12_500, 24, 0)


@pytest.mark.parametrize(("symbol", "fault", "elements"), [
    ("]C101040123450000093748", "excluded", ("01", "37")),
    ("]C10204012345000009", "demanded", ("02", "37")),
    ("]C13712", "demanded", ("37", "02")),
    (f"]C1020401234500000937{12}{GS}21S7", "excluded", ("02", "21")),
    ("]C13012", "demanded", ("30", "01", "02")),
    ("]C102040123450000093799999999", "too_many", ()),
])  # fmt: skip
def test_elements_that_may_not_stand_so_are_a_fault_that_names_them(
    symbol: str, fault: str, elements: tuple[str, ...]
) -> None:
    read = parse(symbol)

    assert (read.fault, read.elements) == (fault, elements)


def test_the_day_to_use_by_goes_before_the_best_before_day() -> None:
    assert parse("]C101040123450000091727010115261231").expiry == date(2027, 1, 1)


def test_a_lot_alone_is_read_for_its_item_may_stand_in_another_symbol() -> None:
    assert parse("]C110L77") == Parsed(text="10L77", lot="L77")


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
