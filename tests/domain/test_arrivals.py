"""The sharing-out of a whole arrival: rank by rank, whole orders first, never more than there is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.arrivals import (
    Answer,
    Candidate,
    Dealing,
    Problem,
    Want,
    rank_up,
    repair,
    share_out,
    value_of,
    worths,
)
from wms_desktop.domain.demand import Urgency

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = date(2026, 3, 2)
PRODUCTS = 4


def never() -> bool:
    return False


def order(number: int, needs: dict[int, int], *, beside: dict[int, int] | None = None, complete: bool = True,
          rank: int = 5, value: int = 10, days: int = 1, **facts: object) -> Candidate:  # fmt: skip
    passed = facts.pop("passed", 0)
    urgency = Urgency(order_id=number, is_pinned=False, promise=TODAY + timedelta(days=2), value=Decimal(value),
                      leave_by=NOW + timedelta(hours=4), priority_class=rank, placed_at=NOW - timedelta(days=days),
                      passed_over=passed)  # fmt: skip
    wants = tuple(Want(number * 10 + product, product, units) for product, units in sorted(needs.items()))
    return Candidate(
        urgency=urgency, wants=wants, beside=tuple((beside or {}).items()), ship_complete=complete, **facts
    )


def problem(orders: list[Candidate], arriving: dict[int, int], in_bins: dict[int, int] | None = None) -> Problem:
    return Problem(rank_up(orders, NOW, TODAY), tuple(arriving.items()), tuple((in_bins or {}).items()))


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to nine orders in three ranks over four products, what comes, and what stands in bins."""
    needs = st.dictionaries(st.integers(0, PRODUCTS - 1), st.integers(1, 4), min_size=1)
    rows = draw(
        st.lists(st.tuples(needs, st.integers(1, 3), st.booleans(), st.integers(0, 4), st.booleans()), max_size=9)
    )
    orders = [
        order(number, need, complete=whole, rank=rank, value=number, passed=passed, is_begun=begun)
        for number, (need, rank, whole, passed, begun) in enumerate(rows, 1)
    ]
    units = st.integers(0, 8)
    return problem(orders, {p: draw(units) for p in range(PRODUCTS)}, {p: draw(units) // 3 for p in range(PRODUCTS)})


def by_order(answer: Answer) -> dict[int, int]:
    units: Counter[int] = Counter()
    for gift in answer.given:
        units[gift.order_id] += gift.units
    return dict(units)


def test_the_most_orders_go_before_a_large_one() -> None:
    answer = share_out(problem([order(1, {0: 4}, value=999), order(2, {0: 2}), order(3, {0: 2})], {0: 4}), never)

    assert (answer.completed, answer.bound, answer.worth) == ((2, 3), 2, Decimal(20))


def test_among_as_many_orders_the_most_value_counts_then_age() -> None:
    orders = [order(1, {0: 1}, value=5, days=9), order(2, {0: 1}, value=7), order(3, {0: 1}, value=7, days=3)]

    assert share_out(problem(orders, {0: 1}), never).completed == (3,)


def test_orders_of_a_rank_leave_in_part_before_the_next_rank_is_completed() -> None:
    orders = [order(1, {0: 5}, complete=False, rank=1), order(2, {0: 3}, rank=2)]

    answer = share_out(problem(orders, {0: 4}), never)

    assert answer.completed == ()
    assert by_order(answer) == {1: 4}


def test_an_order_passed_over_three_times_goes_first_in_its_rank() -> None:
    orders = [order(1, {0: 4}, passed=3), order(2, {0: 2}), order(3, {0: 2})]

    assert share_out(problem(orders, {0: 4}), never).completed == (1,)


def test_arriving_units_go_out_before_those_in_bins() -> None:
    answer = share_out(problem([order(1, {0: 4}, beside={7: 2})], {0: 3}, {0: 5, 7: 2}), never)

    assert [(gift.units, gift.arriving) for gift in answer.given] == [(4, 3)]


def test_what_no_bin_holds_beside_the_arrival_keeps_a_whole_order_out() -> None:
    answer = share_out(problem([order(1, {0: 4}, beside={7: 2})], {0: 9}, {7: 1}), never)

    assert (answer.completed, answer.given) == ((), ())


def test_without_time_the_stated_order_is_kept_and_said() -> None:
    orders = [order(1, {0: 3}, days=9), order(2, {0: 2}), order(3, {0: 2})]

    answer = share_out(problem(orders, {0: 4}), lambda: True)

    assert (answer.completed, answer.method) == ((1,), "stated")


@given(st.lists(st.tuples(st.decimals(0, 10_000, places=4), st.integers(1, 400)), min_size=1, max_size=12))
def test_one_more_order_outweighs_any_value_and_any_value_outweighs_all_ages(rows: list[tuple[Decimal, int]]) -> None:
    orders = sorted(
        (order(number, {0: 1}, value=0, days=days) for number, (_, days) in enumerate(rows)),
        key=lambda one: one.urgency.placed_at,
    )
    orders = [order(one.order_id, {0: 1}, value=rows[one.order_id][0]) for one in orders]

    worth = worths(orders)

    assert (len(worth) == 1) or 2 * min(worth) > max(worth)
    assert sum(worth) < (len(worth) + 1) * min(worth)
    for first, a in zip(orders, worth, strict=True):
        for second, b in zip(orders, worth, strict=True):
            assert first.urgency.value <= second.urgency.value or a > b


@given(problems())
def test_nothing_is_given_twice_and_no_line_gets_more_than_it_wants(case: Problem) -> None:
    answer = share_out(case, never)

    used: Counter[int] = Counter()
    orders = {one.order_id: one for rank in case.ranks for one in rank.orders}
    wanted = {want.line_id: want.units for one in orders.values() for want in one.wants}
    for gift in answer.given:
        used[gift.product_id] += gift.arriving
        assert 0 <= gift.arriving <= gift.units <= wanted[gift.line_id]
    assert all(units <= dict(case.arriving)[product] for product, units in used.items())
    from_bins = Counter(gift.product_id for gift in answer.given for _ in range(gift.units - gift.arriving))
    assert all(units <= dict(case.in_bins)[product] for product, units in from_bins.items())
    assert len({gift.line_id for gift in answer.given}) == len(answer.given)


@given(problems())
def test_a_ship_complete_order_gets_all_or_nothing(case: Problem) -> None:
    answer = share_out(case, never)

    got = by_order(answer)
    for one in (one for rank in case.ranks for one in rank.orders):
        whole = sum(want.units for want in one.wants)
        assert got.get(one.order_id, 0) == whole or one.order_id not in answer.completed
        assert not one.ship_complete or got.get(one.order_id, 0) in (0, whole)


@given(problems(), st.integers(1, 3))
def test_no_rank_is_served_at_the_cost_of_a_higher_one(case: Problem, keep: int) -> None:
    alone = Problem(case.ranks[:keep], case.arriving, case.in_bins)

    answer, above = share_out(case, never), share_out(alone, never)

    ids = {one.order_id for rank in alone.ranks for one in rank.orders}
    assert [gift for gift in answer.given if gift.order_id in ids] == list(above.given)


@given(problems())
def test_the_bound_is_never_passed_and_nobody_more_could_be_completed(case: Problem) -> None:
    answer = share_out(case, never)

    left = Counter(dict(case.arriving)) + Counter(dict(case.in_bins))
    for gift in answer.given:
        left[gift.product_id] -= gift.units
    assert len(answer.completed) <= answer.bound <= sum(len(rank.orders) for rank in case.ranks)
    for one in (one for rank in case.ranks for one in rank.orders if one.order_id not in answer.completed):
        got = sum(gift.units for gift in answer.given if gift.order_id == one.order_id)
        assert any(left[product] < units for product, units in one.needs()) or got


@given(problems())
def test_to_repair_what_did_not_change_changes_nothing(case: Problem) -> None:
    answer = share_out(case, never)

    again = repair(case, answer.completed)

    assert (set(again.completed), again.worth) == (set(answer.completed), answer.worth)
    assert value_of(case, again) == value_of(case, answer)


@given(problems(), st.integers(0, PRODUCTS - 1), st.integers(1, 8))
def test_a_repair_after_a_loss_keeps_to_the_supply_and_to_the_ranks(case: Problem, product: int, lost: int) -> None:
    answer = share_out(case, never)
    less = {p: max(0, units - lost) if p == product else units for p, units in case.arriving}
    smaller = Problem(case.ranks, tuple(less.items()), case.in_bins)

    mended = repair(smaller, answer.completed)

    used = Counter[int]()
    for gift in mended.given:
        used[gift.product_id] += gift.arriving
    assert all(units <= less[p] for p, units in used.items())
    for place in range(len(case.ranks)):
        above = Problem(case.ranks[: place + 1], smaller.arriving, smaller.in_bins)
        ids = {one.order_id for rank in above.ranks for one in rank.orders}
        assert [g for g in mended.given if g.order_id in ids] == list(repair(above, answer.completed).given)


@given(problems(), st.integers(0, 60))
def test_a_search_that_is_stopped_anywhere_gives_an_answer_that_holds(case: Problem, moves: int) -> None:
    answer = share_out(case, stop_after(moves))

    assert len(answer.completed) <= answer.bound
    assert set(repair(case, answer.completed).completed) >= set(answer.completed)


def stop_after(moves: int) -> Callable[[], bool]:
    calls = count()
    return lambda: next(calls) >= moves


def test_who_chooses_for_a_rank_is_held_to_what_fits() -> None:
    case = problem([order(1, {0: 3}), order(2, {0: 3})], {0: 4})
    dealing = Dealing(case)

    for rank in case.ranks:
        dealing.begin(rank)
        dealing.finish(rank, [1, 2], bound=1)

    assert dealing.answer("solver").completed == (1,)
