"""Days of waiting lines: hand-computed examples, and what holds for every outlook."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.demand import Urgency
from wms_desktop.domain.promises import (
    Expected,
    Inbound,
    Left,
    Move,
    Outlook,
    Promised,
    WaitingLine,
    count_slips,
    leftovers,
    move,
    plan,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TODAY = NOW.date()


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


def line(line_id: int, units: int, *, leave: int = 0, release: int | None = None, priority: int = 2,
         product: int = 1, made_by: int | None = None, is_made: bool = False) -> WaitingLine:  # fmt: skip
    """A line of an order of its own; lower ids are older."""
    is_made = is_made or made_by is not None
    urgency = Urgency(
        order_id=line_id, is_pinned=False, promise=day(5), leave_by=NOW - timedelta(hours=1), priority_class=priority,
        placed_at=NOW - timedelta(days=3) + timedelta(minutes=line_id),
    )  # fmt: skip
    return WaitingLine(
        line_id=line_id, product_id=product, units=units, urgency=urgency, leave_on=day(leave),
        release_on=None if release is None else day(release), made_by_id=made_by, is_made=is_made,
    )  # fmt: skip


def inbound(purchase_line_id: int, units: int, likely: int, late: int | None = None, product: int = 1) -> Inbound:
    """Units due on a day."""
    return Inbound(
        purchase_line_id=purchase_line_id, purchase_id=purchase_line_id, product_id=product, units=units,
        likely=day(likely), late=day(likely if late is None else late),
    )  # fmt: skip


def outlook(lines: list[WaitingLine], inbounds: list[Inbound], stock: int = 0, handling: int = 0) -> Outlook:
    """What is known now, with so much free stock of product 1."""
    return Outlook(
        now=NOW, today=TODAY, handling_days=handling, lines=tuple(lines), free={1: stock} if stock else {},
        inbounds=tuple(inbounds),
    )  # fmt: skip


# --- by hand -------------------------------------------------------------------------------------------------


def test_a_line_that_stock_covers_leaves_on_the_day_of_its_cut_off() -> None:
    found = plan(outlook([line(1, 5, leave=2)], [inbound(7, 50, 1)], stock=5))

    assert found == {1: Expected(day(2), day(2), None, "stock")}


def test_stock_goes_first_and_the_inbound_that_covers_the_last_unit_makes_the_day() -> None:
    lines = [line(1, 5), line(2, 4), line(3, 4), line(4, 1)]
    found = plan(outlook(lines, [inbound(8, 6, 9, 12), inbound(7, 3, 3, 4)], stock=7, handling=1))

    # 7 in stock: 5 to line 1, 2 to line 2. PO line 7 brings 3 on day 3: 2 to line 2, 1 to line 3; line 8 the rest.
    assert found[1] == Expected(TODAY, TODAY, None, "stock")
    assert found[2] == Expected(day(4), day(5), 7, "inbound")
    assert found[3] == Expected(day(10), day(13), 8, "inbound")
    assert found[4] == Expected(day(10), day(13), 8, "inbound")


def test_what_nothing_covers_has_no_day() -> None:
    found = plan(outlook([line(1, 3), line(2, 1)], [inbound(7, 3, 3)]))

    assert found[1].eta == day(3)
    assert found[2] == Expected(None, None, None, "no_date")


def test_a_higher_place_in_the_demand_order_takes_the_earlier_inbound() -> None:
    lines = [line(1, 3), line(2, 3, priority=1)]
    found = plan(outlook(lines, [inbound(7, 3, 3), inbound(8, 3, 6)]))

    assert (found[2].inbound_id, found[1].inbound_id) == (7, 8)


def test_the_late_day_is_that_of_a_walk_in_which_every_inbound_is_late() -> None:
    found = plan(outlook([line(1, 3), line(2, 3)], [inbound(7, 3, 2, 20), inbound(8, 3, 5, 6)]))

    # Late: PO line 8 comes on day 6 and serves line 1, PO line 7 on day 20 line 2.
    assert (found[1].eta, found[1].eta_late) == (day(2), day(6))
    assert (found[2].eta, found[2].eta_late) == (day(5), day(20))


def test_before_its_release_day_a_line_takes_nothing_and_later_ones_are_served() -> None:
    lines = [line(1, 3, release=5, priority=1), line(2, 3)]
    found = plan(outlook(lines, [inbound(7, 3, 8)], stock=3))

    assert found[2] == Expected(TODAY, TODAY, None, "stock")
    assert found[1] == Expected(day(8), day(8), 7, "inbound")


def test_a_pre_order_with_goods_in_time_leaves_on_its_release_day() -> None:
    found = plan(outlook([line(1, 3, release=5)], [inbound(7, 3, 2)]))

    assert found[1] == Expected(day(5), day(5), 7, "pre_order")


def test_a_line_made_to_order_takes_from_its_own_purchase_line_alone() -> None:
    lines = [line(1, 3, made_by=8), line(2, 3, is_made=True), line(3, 2), line(4, 2)]
    found = plan(outlook(lines, [inbound(8, 5, 6)], stock=2))

    assert found[1] == Expected(day(6), day(6), 8, "inbound")
    assert found[2].eta is None
    assert (found[3].inbound_id, found[4].inbound_id) == (None, 8)


def test_an_overdue_inbound_is_not_expected_in_the_past() -> None:
    assert plan(outlook([line(1, 1)], [inbound(7, 1, -3)]))[1].eta == TODAY


def test_what_nobody_waits_for_is_left_by_day() -> None:
    left = leftovers(outlook([line(1, 4)], [inbound(7, 3, 3, 9)], stock=5))

    assert left[1] == [Left(TODAY, 1, None), Left(day(3), 3, 7)]


# --- for every outlook ---------------------------------------------------------------------------------------


def numbered(found: list[WaitingLine]) -> list[WaitingLine]:
    """Each of an order of its own."""
    return [replace(one, line_id=n, urgency=replace(one.urgency, order_id=n)) for n, one in enumerate(found)]


LINES = st.lists(
    st.builds(line, st.just(0), st.integers(0, 6), leave=st.integers(-2, 4), priority=st.integers(1, 3),
              product=st.integers(1, 2), release=st.none() | st.integers(-1, 8)), max_size=8,
).map(numbered)  # fmt: skip
INBOUNDS = st.lists(
    st.builds(inbound, st.just(0), st.integers(1, 8), st.integers(-2, 9), st.integers(-2, 20),
              product=st.integers(1, 2)), max_size=5,
).map(lambda found: [replace(one, purchase_line_id=n + 100) for n, one in enumerate(found)])  # fmt: skip
OUTLOOKS = st.builds(outlook, LINES, INBOUNDS, st.integers(0, 8), st.integers(0, 2))


def come_by(seen: Outlook, product: int, last: date) -> int:
    """Units of a product that are here and handled by a day."""
    handled = timedelta(days=seen.handling_days)
    mine = (one for one in seen.inbounds if one.product_id == product)
    return seen.free.get(product, 0) + sum(one.units for one in mine if max(one.likely, TODAY) + handled <= last)


@given(OUTLOOKS)
def test_no_unit_serves_two_lines_and_none_before_it_is_there(seen: Outlook) -> None:
    found = plan(seen)
    taken: dict[int, int] = defaultdict(int)
    for one in sorted(seen.lines, key=lambda one: found[one.line_id].eta or date.max):
        eta = found[one.line_id].eta
        if eta is None:
            break
        taken[one.product_id] += one.units

        assert taken[one.product_id] <= come_by(seen, one.product_id, eta)


@given(OUTLOOKS)
def test_no_day_lies_in_the_past_before_the_release_or_after_the_late_day(seen: Outlook) -> None:
    found = plan(seen)
    for one in seen.lines:
        expected = found[one.line_id]
        if expected.eta is None:
            continue

        assert expected.eta >= max(TODAY, one.leave_on, one.release_on or TODAY)
        assert expected.eta_late is None or expected.eta_late >= expected.eta


@given(OUTLOOKS, st.data())
def test_an_earlier_inbound_never_makes_any_line_later(seen: Outlook, data: st.DataObject) -> None:
    lines = tuple(replace(one, release_on=None) for one in seen.lines)
    before = replace(seen, lines=lines)
    earlier = tuple(
        replace(one, likely=one.likely - timedelta(days=data.draw(st.integers(0, 9)))) for one in seen.inbounds
    )
    was, now = plan(before), plan(replace(before, inbounds=earlier))
    for one in lines:
        assert (now[one.line_id].eta or date.max) <= (was[one.line_id].eta or date.max)


@given(OUTLOOKS, st.integers(1, 5), st.none() | st.integers(1, 8))
def test_a_higher_place_is_never_later_for_the_same_product_and_quantity(
    seen: Outlook, units: int, release: int | None
) -> None:
    twins = (line(50, units, release=release), line(51, units, release=release))
    found = plan(replace(seen, lines=(*seen.lines, *twins)))

    assert (found[50].eta or date.max) <= (found[51].eta or date.max)


@given(OUTLOOKS)
def test_what_is_left_and_what_is_served_are_all_there_is(seen: Outlook) -> None:
    found, left = plan(seen), leftovers(seen)
    for product in (1, 2):
        supply = seen.free.get(product, 0) + sum(one.units for one in seen.inbounds if one.product_id == product)
        mine = [one for one in seen.lines if one.product_id == product]
        served = sum(one.units for one in mine if found[one.line_id].eta is not None)
        rest = sum(one.units for one in left.get(product, ()))

        assert served + rest <= supply
        assert rest == 0 or all(found[one.line_id].eta is not None for one in mine)


# --- promises that move --------------------------------------------------------------------------------------


def promised(current: int, *, first: int = 0, rule: str = "inbound", eta: int | None = 0) -> Promised:
    """A promise some days from today."""
    return Promised(day(first), day(current), rule, None if eta is None else day(eta))


def expected(eta: int | None, rule: str = "inbound") -> Expected:
    """An ETA some days from today."""
    return Expected(None, None, None, "no_date") if eta is None else Expected(day(eta), day(eta), 7, rule)


def test_an_eta_past_the_promise_slips_it_once() -> None:
    slip = move(promised(2), expected(6))

    assert slip == Move("slipped", day(2), day(6), day(6), "inbound")
    assert move(promised(6), expected(6)) is None
    assert move(promised(8), expected(8)) is None


def test_an_earlier_eta_brings_a_moved_promise_back_and_never_before_the_first() -> None:
    assert move(promised(9, first=2), expected(5)) == Move("rescued", day(9), day(5), day(5), "inbound")
    assert move(promised(9, first=2), expected(1)) == Move("rescued", day(9), day(2), day(2), "inbound")
    assert move(promised(2, first=2), expected(1)) is None


def test_a_day_that_the_customer_accepted_stays_though_the_goods_may_come_earlier() -> None:
    assert move(promised(9, first=2, rule="accepted"), expected(5)) is None
    assert move(promised(9, first=2, rule="accepted"), expected(10)) == Move(
        "slipped", day(9), day(10), day(10), "inbound"
    )


def test_a_day_that_is_lost_slips_once_and_is_rescued_or_slips_when_there_is_one_again() -> None:
    lost = Move("slipped", day(3), None, day(3), "no_date")

    assert move(promised(3), expected(None)) == lost
    assert move(promised(3, rule="no_date", eta=None), expected(None)) is None
    assert move(promised(3, rule="no_date", eta=None), expected(2)) == Move("rescued", None, day(2), day(2), "inbound")
    assert move(promised(3, rule="no_date", eta=None), expected(8)) == Move("slipped", None, day(8), day(8), "inbound")


def test_a_line_that_never_had_a_day_does_not_slip_for_want_of_one() -> None:
    assert move(promised(3, rule="lead_time", eta=None), expected(None)) is None


def test_goods_that_are_here_and_late_slip_once_and_not_with_every_day() -> None:
    slip = move(promised(-1, first=-1, rule="stock"), expected(0, "stock"))

    assert slip == Move("slipped", day(-1), day(0), day(0), "overdue")
    assert move(promised(-1, first=-1, rule="overdue"), expected(0, "stock")) is None
    assert move(promised(-1, first=-1, rule="overdue"), expected(4)) is not None


@given(st.lists(st.none() | st.integers(-3, 9), max_size=12))
def test_no_sequence_of_etas_makes_two_moves_of_one_or_a_promise_before_the_first(etas: list[int | None]) -> None:
    now = promised(1, first=1, rule="stock", eta=None)
    for eta in etas:
        moved = move(now, expected(eta))
        now = Promised(now.first, moved.promise if moved else now.current, moved.rule if moved else now.rule,
                       expected(eta).eta)  # fmt: skip

        assert move(now, expected(eta)) is None
        assert now.current >= now.first


def test_coming_back_to_a_day_after_a_rescue_is_no_second_slip() -> None:
    assert count_slips([]) == 0
    assert count_slips([day(5), day(5), day(3)]) == 1
    assert count_slips([day(5), day(9)]) == 2
    assert count_slips([day(5), None]) == 2
    assert count_slips([None, day(5)]) == 1
