"""Every figure equals its rows, and filters are quick on 20,000 lines."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ui import backlog_rows as rows
from wms_desktop.ui.desks.backlog_rows import Filter, Narrow, amounts_in_words, narrow_of, sheet_of, sum_up, week_of
from wms_desktop.views.backlog import STATES, Backlog

SOME = st.lists(st.integers(0, 5_000), unique=True, max_size=40)


@given(SOME)
@settings(deadline=None, max_examples=60)
def test_every_figure_comes_to_what_its_rows_come_to(numbers: list[int]) -> None:
    book = Backlog(at=rows.NOW, lines=tuple(rows.line(number) for number in numbers), orders=())
    sheet = sheet_of(book)
    by_id = {line.line_id: line for line in book.lines}
    for figure in rows.slices(book):
        narrow = Narrow(dimension=figure.dimension, keys=frozenset((figure.key,)), label="")
        left = sheet.accepted(Filter(narrow=narrow), UTC)
        state = figure.key if figure.dimension == "state" else ""
        sums = sum_up([by_id[line_id] for line_id in left[0]] if left else [], state)

        assert (sums.units, sums.lines, sums.orders) == (figure.units, figure.lines, figure.orders)
        assert dict(sums.amounts) == dict(figure.amounts)


@given(SOME)
@settings(deadline=None, max_examples=40)
def test_the_states_of_all_lines_add_up_to_the_whole(numbers: list[int]) -> None:
    lines = [rows.line(number) for number in numbers]
    parts = [sum_up(lines, state) for state in STATES]

    assert sum(part.units for part in parts) == sum_up(lines).units
    assert sum((sum(part.amounts.values(), Decimal(0)) for part in parts), Decimal(0)) == sum(
        sum_up(lines).amounts.values(), Decimal(0)
    )


def test_the_rest_is_all_but_the_first() -> None:
    sheet = sheet_of(rows.backlog(40))
    asked = {"dimension": "customer", "keys": ["C1", "C2"]}
    first, rest = (
        sheet.accepted(Filter(narrow=narrow_of({**asked, "is_rest": turned})), UTC) or (frozenset[int](),)
        for turned in (False, True)
    )

    assert len(first[0]) == 4
    assert not first[0] & rest[0]
    assert len(first[0] | rest[0]) == 40


def test_no_filter_is_every_row() -> None:
    assert sheet_of(rows.backlog(4)).accepted(Filter(), UTC) is None
    assert narrow_of({"order": 3}) is None


@pytest.mark.parametrize(("eta", "monday"), [("2026-11-22", 16), ("2026-11-23", 23), (None, 23)])
def test_a_week_is_called_by_its_monday(eta: str | None, monday: int) -> None:
    line = rows.line(0, eta=date.fromisoformat(eta) if eta else None, promise=date(2026, 11, 24))

    assert week_of(line) == f"2026-11-{monday}"


def test_money_is_told_by_currency_the_largest_first() -> None:
    assert amounts_in_words({"EUR": Decimal(7), "GBP": Decimal("1205.5")}) == "1,205.50 GBP + 7.00 EUR"
    assert amounts_in_words({}) == ""
