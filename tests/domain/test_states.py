"""The states of open units as a rule: each unit in exactly one, the first that fits, stock never given out twice."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.states import (
    BACKORDERED,
    IN_WORK,
    ON_HOLD,
    PRE_ORDER,
    READY,
    STOCK_BLOCKED,
    Demand,
    Split,
    add,
    most,
    split,
    strongest,
)
from wms_desktop.views.backlog import STATES

UNITS = st.integers(0, 12)
demands = st.lists(
    st.builds(
        Demand,
        line_id=st.integers(1, 999),
        product_id=st.integers(1, 3),
        open=UNITS,
        in_work=UNITS,
        kept=UNITS,
        stuck=UNITS,
        stop=st.sampled_from((0, PRE_ORDER, ON_HOLD)),
        is_own=st.booleans(),
    ),
    max_size=12,
)
pools = st.dictionaries(st.integers(1, 3), UNITS)


@given(demands, pools, pools)
def test_every_split_adds_up_whatever_the_figures_say(
    lines: list[Demand], free: dict[int, int], blocked: dict[int, int]
) -> None:
    splits = split(lines, free, blocked)

    assert [sum(one) for one in splits] == [line.open for line in lines]
    assert all(units >= 0 for one in splits for units in one)


@given(demands, pools, pools)
def test_free_and_blocked_stock_is_given_out_once(
    lines: list[Demand], free: dict[int, int], blocked: dict[int, int]
) -> None:
    ready: Counter[int] = Counter()
    halted: Counter[int] = Counter()
    for line, one in zip(lines, split(lines, free, blocked), strict=True):
        ready[line.product_id] += one[READY] - min(line.kept, one[READY])
        halted[line.product_id] += one[STOCK_BLOCKED] - min(line.stuck, one[STOCK_BLOCKED])

    assert all(units <= free.get(product, 0) for product, units in ready.items())
    assert all(units <= blocked.get(product, 0) for product, units in halted.items())


@given(demands, pools, pools)
def test_nobody_waits_while_stock_that_may_serve_them_is_left(
    lines: list[Demand], free: dict[int, int], blocked: dict[int, int]
) -> None:
    splits = split(lines, free, blocked)
    given_out: Counter[int] = Counter()
    for line, one in zip(lines, splits, strict=True):
        given_out[line.product_id] += max(0, one[READY] - line.kept)

    for line, one in zip(lines, splits, strict=True):
        if one[BACKORDERED] and not line.is_own:
            assert given_out[line.product_id] >= free.get(line.product_id, 0)


def test_the_names_stand_where_the_rule_puts_them() -> None:
    places = {READY: "ready", IN_WORK: "in_work", BACKORDERED: "backordered", STOCK_BLOCKED: "stock_blocked",
              PRE_ORDER: "pre_order", ON_HOLD: "on_hold"}  # fmt: skip

    assert tuple(places[place] for place in range(6)) == STATES


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (Demand(1, 1, 10), (4, 0, 4, 2, 0, 0)),
        (Demand(1, 1, 10, in_work=3, kept=5), (7, 3, 0, 0, 0, 0)),
        (Demand(1, 1, 10, in_work=3, stop=ON_HOLD), (0, 3, 0, 0, 0, 7)),
        (Demand(1, 1, 10, in_work=3, kept=7, stop=PRE_ORDER), (0, 3, 0, 0, 7, 0)),
        (Demand(1, 1, 10, is_own=True), (0, 0, 10, 0, 0, 0)),
        (Demand(1, 1, 10, kept=2, is_own=True), (2, 0, 8, 0, 0, 0)),
        (Demand(1, 1, 10, stuck=6), (4, 0, 0, 6, 0, 0)),
        (Demand(1, 2, 3), (0, 0, 3, 0, 0, 0)),
    ],
)
def test_the_first_rule_that_fits_decides(line: Demand, expected: Split) -> None:
    assert split([line], {1: 4}, {1: 2}) == [expected]


def test_stock_goes_out_in_the_order_of_demand() -> None:
    lines = [Demand(1, 1, 3), Demand(2, 1, 4), Demand(3, 1, 5)]

    assert split(lines, {1: 5}, {1: 4}) == [(3, 0, 0, 0, 0, 0), (2, 0, 0, 2, 0, 0), (0, 0, 3, 2, 0, 0)]


@pytest.mark.parametrize(
    ("by_state", "keeps", "mostly"),
    [
        ((5, 0, 1, 0, 0, 0), BACKORDERED, READY),
        ((2, 2, 0, 0, 0, 0), READY, READY),
        ((2, 0, 0, 2, 0, 0), STOCK_BLOCKED, STOCK_BLOCKED),
        ((0, 3, 0, 0, 1, 2), ON_HOLD, IN_WORK),
        ((0, 4, 0, 0, 0, 0), IN_WORK, IN_WORK),
    ],
)
def test_one_state_keeps_units_from_leaving_another_has_most_of_them(by_state: Split, keeps: int, mostly: int) -> None:
    assert (strongest(by_state), most(by_state)) == (keeps, mostly)


@given(st.lists(st.tuples(*[UNITS] * 6)))
def test_splits_are_added_state_by_state(splits: list[Split]) -> None:
    assert add(splits) == tuple(sum(one[place] for one in splits) for place in range(6))
