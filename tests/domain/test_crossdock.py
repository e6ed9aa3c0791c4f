"""The sharing-out of an arrival: the most orders, rank by rank, and never a unit twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.crossdock import Portion, Sharing, Waiting, share
from wms_desktop.domain.demand import Urgency, full_key, rank

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TODAY = NOW.date()


def _waiting(order_id: int, *needs: int, hours: int = 4, value: int = 10, complete: bool = False, rest: int = 0,
             **facts: object) -> Waiting:  # fmt: skip
    keep = {name: facts.pop(name) for name in ("rest_due", "guard", "lane_free") if name in facts}
    plain = {"is_pinned": False, "promise": TODAY, "priority_class": 2, "placed_at": NOW - timedelta(days=1)} | facts
    urgency = Urgency(order_id=order_id, leave_by=NOW + timedelta(hours=hours), value=Decimal(value), **plain)
    lines = tuple((order_id * 10 + n, qty) for n, qty in enumerate(needs))
    return Waiting(urgency=urgency, rank=rank(urgency, NOW, TODAY), lines=lines, ship_complete=complete,
                   rest_missing=rest, **keep)  # fmt: skip


def _given(sharing: Sharing) -> dict[int, int]:
    totals: dict[int, int] = {}
    for portion in sharing.portions:
        totals[portion.order_id] = totals.get(portion.order_id, 0) + portion.qty
    return totals


def test_equal_to_demand_goes_wholly_to_the_lane() -> None:
    sharing = share(5, [_waiting(1, 5)])

    assert sharing == Sharing((Portion(1, 10, 5, "lane", "completes"),), (), (), 0)


def test_more_than_demand_leaves_the_rest() -> None:
    assert share(8, [_waiting(1, 5)]).left == 3


def test_less_than_demand_completes_the_most_orders_of_a_rank() -> None:
    """Needs 6, 3, 3 with 7 units: the two small ones leave, the last unit goes in part to the big one."""
    sharing = share(7, [_waiting(1, 6), _waiting(2, 3), _waiting(3, 3)])

    assert _given(sharing) == {2: 3, 3: 3, 1: 1}
    assert [p.reason for p in sharing.portions] == ["completes", "completes", "part"]


def test_among_equally_many_the_more_valuable_orders_leave() -> None:
    assert _given(share(4, [_waiting(1, 4, value=10), _waiting(2, 4, value=11)])) == {2: 4}


def test_among_equal_value_the_older_promise_leaves() -> None:
    older = _waiting(9, 4, promise=TODAY + timedelta(days=1))
    newer = _waiting(1, 4, promise=TODAY + timedelta(days=2))

    assert _given(share(4, [newer, older])) == {9: 4}


def test_a_lower_rank_never_takes_from_a_higher_one() -> None:
    sharing = share(5, [_waiting(1, 9, hours=2), _waiting(2, 5, hours=3)])

    assert _given(sharing) == {1: 5}


def test_a_pin_comes_before_a_broken_promise_before_a_cut_off_before_a_class() -> None:
    pinned = _waiting(1, 1, is_pinned=True, hours=9)
    broken = _waiting(2, 1, promise=TODAY - timedelta(days=1), hours=8)
    early = _waiting(3, 1, hours=2, priority_class=3)
    first_class = _waiting(4, 1, hours=4, priority_class=1)
    missed = _waiting(5, 1, hours=-1, priority_class=1)
    everybody = [missed, first_class, early, broken, pinned]

    order = [next(iter(_given(share(1, everybody[: n + 1])))) for n in range(5)]

    assert order == [5, 4, 3, 2, 1]


def test_an_order_passed_over_three_times_goes_first_in_its_rank() -> None:
    assert _given(share(6, [_waiting(1, 6, passed_over=3), _waiting(2, 3), _waiting(3, 3)])) == {1: 6}


def test_orders_passed_over_are_named() -> None:
    assert share(3, [_waiting(1, 6), _waiting(2, 3)]).passed_over == (1,)


def test_a_ship_complete_order_that_stays_incomplete_gets_nothing() -> None:
    sharing = share(5, [_waiting(1, 5, complete=True, rest=2)])

    assert (sharing.portions, sharing.refused, sharing.left) == ((), ((1, "cannot_complete"),), 5)


def test_its_units_are_kept_in_a_bin_when_the_rest_is_due() -> None:
    sharing = share(5, [_waiting(1, 5, complete=True, rest=2, rest_due=True)])

    assert sharing.portions == (Portion(1, 10, 5, "bin", "kept_for_rest"),)


def test_a_full_lane_sends_the_units_to_a_bin_but_keeps_them() -> None:
    sharing = share(5, [_waiting(1, 5, lane_free=False)])

    assert sharing.portions == (Portion(1, 10, 5, "bin", "kept_lane_full"),)


def test_a_guard_keeps_an_order_out_and_says_why() -> None:
    assert share(5, [_waiting(1, 5, guard="order_held")]).refused == ((1, "order_held"),)


def test_nothing_arrived_gives_nobody_anything() -> None:
    assert share(0, [_waiting(1, 5)]).refused == ((1, "nothing_left"),)


_ORDERS = st.lists(
    st.builds(
        lambda needs, hours, value, complete, rest, due, passed: (needs, hours, value, complete, rest, due, passed),
        st.lists(st.integers(1, 6), min_size=1, max_size=2), st.integers(1, 3), st.integers(0, 20), st.booleans(),
        st.integers(0, 1), st.booleans(), st.integers(0, 3),
    ),
    max_size=7,
)  # fmt: skip


def _build(rows: list[tuple[list[int], int, int, bool, int, bool, int]]) -> list[Waiting]:
    return [
        _waiting(n, *needs, hours=hours, value=value, complete=complete, rest=rest, rest_due=due, passed_over=passed)
        for n, (needs, hours, value, complete, rest, due, passed) in enumerate(rows, 1)
    ]


@given(st.integers(0, 30), _ORDERS)
def test_every_unit_is_given_once_or_left(qty: int, rows: list) -> None:
    waiting = _build(rows)

    sharing = share(qty, waiting)

    assert sum(p.qty for p in sharing.portions) + sharing.left == qty
    needs = {line: units for w in waiting for line, units in w.lines}
    assert len({p.line_id for p in sharing.portions}) == len(sharing.portions)
    assert all(0 < p.qty <= needs[p.line_id] for p in sharing.portions)
    told = {p.order_id for p in sharing.portions} | {order for order, _ in sharing.refused}
    assert told == {w.urgency.order_id for w in waiting}


@given(st.integers(0, 30), _ORDERS, st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_asking(qty: int, rows: list, random: object) -> None:
    waiting = _build(rows)
    shuffled = list(waiting)
    random.shuffle(shuffled)

    assert set(share(qty, shuffled).portions) == set(share(qty, waiting).portions)


@given(st.integers(0, 30), _ORDERS)
def test_adding_lower_ranks_never_changes_what_a_higher_one_gets(qty: int, rows: list) -> None:
    waiting = _build(rows)
    top = [w for w in waiting if w.rank == min(x.rank for x in waiting)] if waiting else []

    alone, together = _given(share(qty, top)), _given(share(qty, waiting))

    assert {order: units for order, units in together.items() if order in alone} == alone


@given(st.integers(0, 20), st.lists(st.tuples(st.integers(1, 6), st.integers(0, 9)), max_size=6))
def test_within_a_rank_no_other_choice_completes_more_or_is_worth_more(qty: int, rows: list[tuple[int, int]]) -> None:
    waiting = [_waiting(n, need, value=value) for n, (need, value) in enumerate(rows, 1)]

    completed = {p.order_id for p in share(qty, waiting).portions if p.reason == "completes"}

    best = max(
        (len(some), sum(rows[n][1] for n in some))
        for size in range(len(rows) + 1)
        for some in combinations(range(len(rows)), size)
        if sum(rows[n][0] for n in some) <= qty
    )
    assert (len(completed), sum(rows[n - 1][1] for n in completed)) == best


def test_the_total_order_starts_with_the_rank_and_ends_with_the_id() -> None:
    one, two = _waiting(1, 1).urgency, _waiting(2, 1).urgency

    assert full_key(one, NOW, TODAY) < full_key(two, NOW, TODAY)
    assert full_key(one, NOW, TODAY)[0][:2] == (True, one.promise >= date(2026, 3, 2))
