"""A supplier's record: percentiles by hand, defaults where there is none, and never a day in the past."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.lead_times import Record, expect, percentile

TODAY = date(2026, 3, 2)
NONE = Record((), 7)
LATE = Record((-1, 0, 0, 1, 2, 3, 4, 5, 9, 20), 7)


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def test_half_and_nine_in_ten_are_of_the_nearest_rank() -> None:
    assert percentile(LATE.lateness, 0.5) == 2
    assert percentile(LATE.lateness, 0.9) == 9
    assert LATE.on_time_share == 0.3


def test_without_a_record_the_due_day_holds_and_the_late_day_is_the_default_later() -> None:
    assert expect(NONE, day(4), day(4), TODAY) == (day(4), day(11))
    assert (NONE.is_measured, NONE.on_time_share) == (False, None)
    assert not Record((0, 1, 2, 3), 7).is_measured


def test_a_record_moves_the_due_day() -> None:
    assert expect(LATE, day(4), day(4), TODAY) == (day(6), day(13))


def test_a_delay_that_was_told_counts_towards_the_usual_lateness() -> None:
    assert expect(LATE, day(5), day(4), TODAY) == (day(6), day(13))
    assert expect(LATE, day(8), day(4), TODAY) == (day(8), day(13))
    assert expect(LATE, day(2), day(4), TODAY) == (day(4), day(11))


def test_what_is_overdue_is_judged_by_those_that_were_later_still() -> None:
    # Six days late by now: of ten deliveries two were later, by 9 and by 20 days.
    assert expect(LATE, day(-6), day(-6), TODAY) == (day(3), day(14))


@pytest.mark.parametrize(("overdue", "likely"), [(1, 6), (6, 1), (7, 0), (8, 6), (15, 6)])
def test_what_is_overdue_without_a_record_is_expected_in_whole_stretches(overdue: int, likely: int) -> None:
    assert expect(NONE, day(-overdue), day(-overdue), TODAY) == (day(likely), day(likely + 7))


def test_what_is_later_than_anything_before_is_expected_as_without_a_record() -> None:
    assert expect(LATE, day(-30), day(-30), TODAY) == (day(5), day(12))


RECORDS = st.lists(st.integers(-5, 40), max_size=12).map(lambda days: Record(tuple(sorted(days)), 7))


@given(RECORDS, st.integers(-40, 40), st.integers(-40, 40))
def test_no_day_lies_in_the_past_and_the_late_one_is_no_earlier(record: Record, due: int, first: int) -> None:
    likely, late = expect(record, day(due), day(first), TODAY)

    assert TODAY <= likely <= late


@given(RECORDS, st.integers(0, 40), st.integers(0, 40), st.integers(-40, 40))
def test_an_earlier_due_day_never_makes_the_goods_later(record: Record, due: int, sooner: int, first: int) -> None:
    later = expect(record, day(due + sooner), day(first), TODAY)

    assert all(a <= b for a, b in zip(expect(record, day(due), day(first), TODAY), later, strict=True))
