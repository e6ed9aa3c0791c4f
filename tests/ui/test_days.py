"""Days as people type them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from wms_desktop.ui.days import day_in_words, full_day, instant_in_words, read_day

TODAY = date(2026, 11, 20)
ENGLISH = QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom)
GERMAN = QLocale(QLocale.Language.German, QLocale.Country.Germany)
AMERICAN = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)


@pytest.fixture
def english() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(ENGLISH)
    yield
    QLocale.setDefault(before)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("24/11/2026", date(2026, 11, 24)), ("2026-11-24", date(2026, 11, 24)), ("24/11/26", date(2026, 11, 24)),
        ("+3", date(2026, 11, 23)), (" +0 ", TODAY), ("", None), ("soon", None), ("24/13/2026", None),
        ("31/11/2026", None), ("24/11/2126", None), ("+9999", None), ("-3", None), ("٢٤/١١/٢٠٢٦x", None),
    ],
)  # fmt: skip
def test_a_day_is_read_as_the_house_writes_it(english: None, text: str, day: date | None) -> None:
    assert read_day(text, TODAY) == day


@pytest.mark.parametrize("house", [ENGLISH, GERMAN, AMERICAN, QLocale.c()])
def test_what_the_house_writes_it_can_read(house: QLocale) -> None:
    before = QLocale()
    QLocale.setDefault(house)
    try:
        days = [TODAY + timedelta(days=number * 7) for number in range(60)]
        assert [read_day(full_day(day), TODAY) for day in days] == days
    finally:
        QLocale.setDefault(before)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_near_day_or_none(text: str) -> None:
    day = read_day(text, TODAY)

    assert day is None or abs((day - TODAY).days) < 2_000


def test_days_and_instants_in_words(english: None) -> None:
    assert day_in_words(TODAY) == "Fri 20 Nov"
    assert day_in_words(None) == full_day(None) == instant_in_words(None, UTC) == ""
    assert instant_in_words(datetime(2026, 11, 20, 9, 5, tzinfo=UTC), UTC) == "Fri 20 Nov 09:05"
