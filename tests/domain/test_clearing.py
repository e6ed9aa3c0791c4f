"""Days to clear, hands by the cut-off and the way to a goal: by hand, and as laws."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.clearing import (
    Flow,
    count_back,
    days_to_clear,
    ideal_line,
    inflow_a_day,
    people_for,
    people_for_a_day,
)

TODAY = date(2026, 3, 16)  # a Monday
NOW = datetime(2026, 3, 16, 12, tzinfo=UTC)


def flow(*days: tuple[int, int, int]) -> list[Flow]:
    """(came, left, cancelled) of the days that end yesterday, and a today of nothing."""
    first = TODAY - timedelta(days=len(days))
    return [*(Flow(first + timedelta(days=n), *one) for n, one in enumerate(days)), Flow(TODAY, 0, 0, 0)]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))), st.integers(0, 1000))
def test_counting_back_undoes_each_days_flow(days: list[tuple[int, int, int]], open_now: int) -> None:
    whole = flow(*days)
    sizes = count_back(whole, open_now)

    assert sizes[-1] == open_now
    for before, after, one in zip(sizes, sizes[1:], whole[1:], strict=False):
        assert before + one.came - one.left - one.cancelled == after


def test_seven_working_days_of_ten_net_clear_a_hundred_in_ten() -> None:
    assert days_to_clear(flow(*[(20, 25, 5)] * 9), 100, TODAY) == 10


def test_what_came_on_a_day_without_work_slows_the_clearing() -> None:
    week = [(10, 30, 0)] * 5 + [(40, 0, 0), (40, 0, 0)]

    assert days_to_clear(flow(*week), 100, TODAY) == pytest.approx(100 * 5 / 20)


def test_days_before_the_last_seven_working_days_do_not_count() -> None:
    assert days_to_clear(flow((0, 900, 0), *[(0, 10, 0)] * 7), 70, TODAY) == 7


@pytest.mark.parametrize("days", [(), ((0, 0, 0),), ((10, 10, 0),), ((20, 10, 0),), ((5, 0, 30),)])
def test_a_backlog_that_does_not_shrink_by_shipping_has_no_days(days: tuple[tuple[int, int, int], ...]) -> None:
    assert days_to_clear(flow(*days), 100, TODAY) is None


def test_nothing_open_is_cleared_at_once() -> None:
    assert days_to_clear(flow((20, 10, 0)), 0, TODAY) == 0


def test_inflow_is_an_average_of_the_last_seven_days_and_unknown_before() -> None:
    assert inflow_a_day(flow((700, 0, 0), *[(14, 3, 0)] * 6, (0, 0, 0)), TODAY) == pytest.approx(12)
    assert inflow_a_day(flow((7, 0, 0)), TODAY) is None


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("work", "people"),
    [
        ([], 0),
        ([(at(4), 0)], 0),
        ([(at(4), 320)], 1),
        ([(at(4), 321)], 2),
        ([(at(2), 480), (at(4), 160)], 3),  # the tightest cut-off decides
        ([(at(-3), 320), (at(4), 320)], 2),  # one that has passed is done by the last one
        ([(at(9), 320)], 1),  # and so is what is due later
    ],
)
def test_so_many_people_that_no_cut_off_is_missed(work: list[tuple[datetime, int]], people: int) -> None:
    assert people_for(work, 80.0, NOW, at(4)) == people


@given(st.lists(st.tuples(st.floats(-2, 8).map(at), st.integers(0, 500)), max_size=8), st.floats(1, 500))
def test_with_the_people_named_every_cut_off_is_met(work: list[tuple[datetime, int]], speed: float) -> None:
    people = people_for(work, speed, NOW, at(4))

    for cut_off in {c for c, _ in work if NOW < c < at(4)} | {at(4)}:
        due = sum(units for c, units in work if NOW < c <= cut_off or cut_off == at(4))
        assert due <= people * speed * ((cut_off - NOW).total_seconds() / 3600) + 1e-5


def test_a_day_of_eight_hours_of_one_person() -> None:
    assert [people_for_a_day(units, 100.0, 8.0) for units in (0, 1, 800, 801)] == [0, 1, 1, 2]


def test_the_ideal_way_is_straight_and_ends_at_the_goal() -> None:
    line = ideal_line((TODAY, 100), (TODAY + timedelta(days=4), 0))

    assert [units for _, units in line] == [100, 75, 50, 25, 0]
    assert ideal_line((TODAY, 100), (TODAY, 10)) == ((TODAY, 10),)
