"""Values as people write them: one canonical text, or a refusal; what could mean two things is never guessed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop import phrases
from wms_desktop.domain import written
from wms_desktop.errors import BadInput

_RULES = {code.removeprefix("import.read.") for code in phrases.texts() if code.startswith("import.read.")}


def _rule(field: str, text: str, decimal: str = ".", dates: str = "ymd") -> str:
    """The canonical text, or the rule that refuses it."""
    try:
        return written.canonical(field, text, decimal, dates)
    except BadInput as refused:
        return refused.code.removeprefix("import.read.")


@pytest.mark.parametrize(
    ("text", "decimal", "found"),
    [
        ("3", ".", "3"),
        (" 3 ", ".", "3"),
        ("003", ".", "3"),
        ("3.0", ".", "3"),
        ("3,00", ",", "3"),
        ("1,200", ".", "1200"),
        ("1 200", ",", "1200"),
        ("1.000", ".", "thousands"),
        ("1,000", ",", "thousands"),
        ("1.200", ",", "1200"),
        ("0", ".", "not_above_zero"),
        ("-2", ".", "-2"),
        ("2.5", ".", "not_whole"),
        ("1_000", ".", "not_whole"),
        ("1e3", ".", "not_whole"),
        ("NaN", ".", "not_whole"),
        ("٣", ".", "not_whole"),
        ("²", ".", "not_whole"),
        ("+3", ".", "not_whole"),
        ("12,00,000", ".", "not_whole"),
        ("", ".", ""),
        ("1000001", ".", "too_large"),
        ("99999999999999999999", ".", "not_whole"),
        ("#N/A", ".", "formula"),
    ],
)
def test_a_quantity_is_a_whole_number_in_plain_digits_and_never_zero(text: str, decimal: str, found: str) -> None:
    assert _rule("qty", text, decimal) == found


@pytest.mark.parametrize(
    ("text", "decimal", "found"),
    [
        ("12.50", ".", "12.5"),
        ("12,50", ",", "12.5"),
        ("12.50", ",", "amount_style"),
        ("12,50", ".", "amount_style"),
        ("1,234.56", ".", "1234.56"),
        ("1.234,56", ",", "1234.56"),
        ("1'234.56", ".", "1234.56"),
        ("007.10", ".", "7.1"),
        ("0.00", ".", "0"),
        ("-0.00", ".", "0"),
        ("-1.00", ".", "negative"),
        ("12.34567", ".", "amount_fine"),
        ("12.340000000", ".", "12.34"),
        ("Infinity", ".", "not_amount"),
        ("1e5", ".", "not_amount"),
        ("1e1000000", ".", "not_amount"),
        ("EUR 5", ".", "not_amount"),
        ("1_0", ".", "not_amount"),
        (".5", ".", "not_amount"),
    ],
)
def test_an_amount_keeps_its_meaning_or_is_refused(text: str, decimal: str, found: str) -> None:
    assert _rule("price", text, decimal) == found


@pytest.mark.parametrize(
    ("text", "dates", "found"),
    [
        ("2026-11-02", "ymd", "2026-11-02"),
        ("20261102", "dmy", "2026-11-02"),
        ("2026/1/2", "mdy", "2026-01-02"),
        ("02.11.2026", "dmy", "2026-11-02"),
        ("11/2/26", "mdy", "2026-11-02"),
        ("02.11.2026", "ymd", "not_day"),
        ("13/02/2026", "mdy", "not_day"),
        ("30.02.2026", "dmy", "not_day"),
        ("2 Nov 2026", "ymd", "2026-11-02"),
        ("02-novembre-2026", "ymd", "2026-11-02"),
        ("Nov. 2, 2026", "ymd", "2026-11-02"),
        ("3. März 2026", "ymd", "2026-03-03"),
        ("2026-11-02 17:41:00 -0500", "ymd", "2026-11-02"),
        ("0026-11-02", "ymd", "day_far"),
        ("1899-12-31", "ymd", "day_far"),
        ("46327", "ymd", "not_day"),
        ("2026-W45-1", "ymd", "not_day"),
        ("soon", "ymd", "not_day"),
    ],
)
def test_a_day_is_read_in_the_order_that_was_chosen(text: str, dates: str, found: str) -> None:
    assert _rule("promise", text, dates=dates) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-02 17:41:00 -0500", "2026-11-02T17:41:00-05:00"),
        ("2026-11-02T08:15:30Z", "2026-11-02T08:15:30+00:00"),
        ("2026-11-02 8:05", "2026-11-02T08:05:00"),
        ("2026-11-02", "2026-11-02"),
        ("2026-11-02 12:05 am", "2026-11-02T00:05:00"),
        ("2026-11-02 1:05 PM", "2026-11-02T13:05:00"),
        ("2026-11-02 25:00", "not_day"),
        ("2026-11-02 13:00 pm", "not_day"),
        ("2026-11-02 10:00 +99:99", "not_day"),
    ],
)
def test_an_instant_keeps_its_zone_and_has_none_where_none_was_written(text: str, found: str) -> None:
    assert _rule("placed_at", text) == found


@pytest.mark.parametrize(
    ("field", "text", "found"),
    [
        ("is_paid", "paid", "1"),
        ("is_paid", "pending", "0"),
        ("is_paid", "2026-11-02 10:00", "1"),
        ("is_paid", "?", "not_flag"),
        ("is_cancelled", "2026-11-02 10:00:00 +0100", "1"),
        ("is_cancelled", "Storniert", "1"),
        ("made_to_order", "ja", "1"),
        ("country", "EIRE", "IE"),
        ("country", "österreich", "AT"),
        ("country", "us", "US"),
        ("country", "Channel Islands", "country"),
        ("country", "Unspecified", ""),
        ("currency", "eur", "EUR"),
        ("currency", "€", "currency"),
        ("ship_rule", "All", "complete"),
        ("velocity", "D", "not_one_of"),
        ("priority_class", "10", "not_one_of"),
        ("customer_code", "13509.0", "13509"),
        ("kit", "A-1*2; B-2", "A-1*2;B-2*1"),
        ("kit", "*2", "not_parts"),
        ("kit", "A*0", "not_above_zero"),
        ("substitutes", "A-1; B-2;", "A-1;B-2"),
        ("sku", '="00123"', "00123"),
        ("sku", "x" * 61, "text_long"),
        ("backorders", "notify", "allow"),
        ("condition", "Damaged", "damaged"),
        ("removal", "house", ""),
    ],
)
def test_words_and_codes_are_read_by_what_they_are(field: str, text: str, found: str) -> None:
    assert _rule(field, text) == found


def test_text_comes_on_one_line_without_what_cannot_be_seen() -> None:
    assert written.plain("1 High\u00a0Street\r\n Flat 2\n") == "1 High Street, Flat 2"
    assert written.plain("\ufeffA\u200b-1") == "A-1"
    assert written.plain("E\u0301milie") == "Émilie"
    for broken in ("A\x00B", "A\udce9", "A\ufffd", "\x1b[31m"):
        assert _rule("name", broken) == "characters"


@given(st.decimals(0, 10**8, places=2, allow_nan=False, allow_infinity=False))
def test_any_amount_comes_back_as_it_was_written(amount: Decimal) -> None:
    german = f"{amount:,.2f}".replace(",", " ").replace(".", ",")

    assert Decimal(written.amount(f"{amount:.2f}")) == amount
    assert Decimal(written.amount(german, ",")) == amount


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_day_comes_back_in_each_order(day: date) -> None:
    for style, text in (("ymd", f"{day:%Y-%m-%d}"), ("dmy", f"{day:%d.%m.%Y}"), ("mdy", f"{day:%m/%d/%Y}")):
        assert written.day(text, style) == day.isoformat()


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))
def test_any_instant_comes_back_to_the_second(moment: datetime) -> None:
    assert written.instant(moment.isoformat(" ", "seconds")) == moment.isoformat(timespec="seconds")


@given(st.text(max_size=30), st.sampled_from(["qty", "price", "promise", "placed_at", "country", "kit", "sku", "note"]))
def test_what_was_read_reads_as_itself_again(text: str, field: str) -> None:
    value = _rule(field, text)

    assert value in _RULES or written.canonical(field, value) == value
