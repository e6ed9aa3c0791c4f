"""Barcodes as people type them: kept, cleaned, offered with their zeros, or refused; and 9,541 real ones."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain import barcodes, sscc
from wms_desktop.domain.barcode_cleaning import clean


@pytest.mark.parametrize(
    ("text", "state", "code", "done"),
    [
        ("5020436373085", "kept", "5020436373085", ()),
        ("96385074", "kept", "96385074", ()),
        ("", "kept", "", ()),
        ("ACME-17/B", "kept", "ACME-17/B", ()),
        ("10-20", "kept", "10-20", ()),
        (" 5020436373085 ", "kept", "5020436373085", ()),
        ("5 020436 373085", "cleaned", "5020436373085", ("gaps",)),
        ("0-36000-29145-2", "cleaned", "036000291452", ("gaps",)),
        ("'036000291452", "cleaned", "036000291452", ("apostrophe",)),
        ('="036000291452"', "cleaned", "036000291452", ("formula",)),
        ("5020436373085.0", "cleaned", "5020436373085", ("fraction",)),
        ("(01)10038034720202", "cleaned", "10038034720202", ("brackets",)),
        ("36000291452", "offered", "036000291452", ("zeros",)),
        ("36000291452.0", "offered", "036000291452", ("fraction", "zeros")),
    ],
)
def test_only_what_cannot_change_the_meaning_is_mended(text: str, state: str, code: str, done: tuple[str, ...]) -> None:
    found = clean(text)

    assert (found.state, found.code, found.done) == (state, code, done)


@pytest.mark.parametrize(
    ("text", "rule", "wanted"),
    [
        ("5020436373086", "check_digit", "5"),
        ("36000291453", "check_digit", "2"),
        ("5.02044E+12", "exponent", ""),
        ("5,02E12", "exponent", ""),
        ("340123450000000017", "sscc", ""),
        ("123456789012345", "long", ""),
        ("1234", "short", ""),
        ("WMS-KEY-YES", "key", ""),
        ("50204363730８5", "unreadable", ""),
        ("x" * 61, "unreadable", ""),
    ],
)
def test_what_no_scanner_would_say_is_refused_with_its_reason(text: str, rule: str, wanted: str) -> None:
    found = clean(text)

    assert (found.state, found.rule, found.wanted) == ("refused", f"import.read.barcode_{rule}", wanted)


@given(st.integers(10**4, 10**11 - 1), st.sampled_from([12, 13, 14]))
def test_a_number_without_its_leading_zeros_is_offered_whole_and_means_the_same(body: int, length: int) -> None:
    code = str(body).zfill(length - 1)
    code += str(sscc.check_digit(code))
    found = clean(code.lstrip("0"))

    assert clean(code).state == "kept"
    assert found.state in ("kept", "offered")
    assert barcodes.normal(found.code) == barcodes.normal(code)


def test_every_barcode_of_a_real_catalogue_is_kept_offered_or_refused(shared: Path) -> None:
    file = shared / "data" / "barcodes-usda-fdc" / "branded-gtins.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    with file.open(encoding="utf-8", newline="") as rows:
        found = [(row["gtin_upc"], clean(row["gtin_upc"])) for row in csv.DictReader(rows)]

    states = Counter((each.state, each.done, each.rule) for _, each in found)
    assert states == {
        ("kept", (), ""): 4257,
        ("offered", ("zeros",), ""): 5062,
        ("refused", (), "import.read.barcode_check_digit"): 222,
    }
    assert all(barcodes.is_gtin(each.code) for _, each in found if each.state != "refused")
    assert all(each.code.lstrip("0") == text.lstrip("0") for text, each in found if each.state == "offered")
    assert all(not sscc.is_valid(text) and each.wanted for text, each in found if each.state == "refused")
