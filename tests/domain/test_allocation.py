"""The sharing-out of stock as a rule: never too much, in order, whole orders whole, and always the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.allocation import Allotment, Need, Supply, Want, choose, share

TODAY = date(2026, 3, 2)

supplies = st.lists(
    st.builds(
        Supply,
        stock_id=st.integers(1, 10**6),
        product_id=st.integers(1, 4),
        free=st.integers(1, 9),
        bin=st.sampled_from(("A-1", "A-2", "B-1")),
        walk_seq=st.integers(0, 50),
        lot=st.sampled_from(("", "L")),
        expiry=st.none() | st.integers(-3, 9).map(lambda days: TODAY + timedelta(days)),
    ),
    max_size=12,
    unique_by=lambda supply: supply.stock_id,
)
lines = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 8)), min_size=1, max_size=4)
shapes = st.lists(st.tuples(st.booleans(), lines), max_size=8)


def needs_of(orders: list[tuple[bool, list[tuple[int, int]]]]) -> list[Need]:
    needs, line_id = [], 0
    for order_id, (complete, lines) in enumerate(orders, 1):
        wants = []
        for product_id, qty in lines:
            line_id += 1
            wants.append(Want(line_id, product_id, qty))
        needs.append(Need(order_id=order_id, ship_complete=complete, wants=tuple(wants)))
    return needs


def given_to(allotment: Allotment) -> Counter[int]:
    got: Counter[int] = Counter()
    for one in allotment.shares:
        got[one.line_id] += one.qty
    return got


@given(shapes, supplies)
def test_no_unit_is_given_twice_and_no_line_gets_more_than_it_wants(orders: list, stock: list[Supply]) -> None:
    allotment = share(needs_of(orders), stock, TODAY, {})

    taken: Counter[int] = Counter()
    for one in allotment.shares:
        taken[one.stock_id] += one.qty
    assert all(qty <= next(s.free for s in stock if s.stock_id == stock_id) for stock_id, qty in taken.items())
    got = given_to(allotment)
    wanted = {want.line_id: want.qty for need in needs_of(orders) for want in need.wants}
    missing = Counter({one.line_id: one.qty for one in allotment.unmet})
    assert {line: got[line] + missing[line] for line in wanted} == wanted


@given(shapes, supplies)
def test_only_the_same_product_that_may_still_be_sold_is_given(orders: list, stock: list[Supply]) -> None:
    rows = {supply.stock_id: supply for supply in stock}
    product = {want.line_id: want.product_id for need in needs_of(orders) for want in need.wants}

    for one in share(needs_of(orders), stock, TODAY, {}).shares:
        supply = rows[one.stock_id]
        assert supply.product_id == product[one.line_id]
        assert supply.expiry is None or supply.expiry >= TODAY


@given(shapes, supplies)
def test_a_ship_complete_order_gets_all_or_nothing(orders: list, stock: list[Supply]) -> None:
    got = given_to(share(needs_of(orders), stock, TODAY, {}))

    for need in needs_of(orders):
        whole = [got[want.line_id] == want.qty for want in need.wants]
        assert all(whole) or not need.ship_complete or not any(got[want.line_id] for want in need.wants)


@given(shapes, supplies)
def test_no_later_order_gets_what_an_earlier_one_still_wants(orders: list, stock: list[Supply]) -> None:
    needs = needs_of(orders)
    allotment = share(needs, stock, TODAY, {})
    got = given_to(allotment)

    starved: set[int] = set()
    for need in needs:
        assert not any(got[want.line_id] and want.product_id in starved for want in need.wants)
        if not need.ship_complete:
            starved |= {want.product_id for want in need.wants if got[want.line_id] < want.qty}


@given(shapes, supplies, st.randoms(use_true_random=False))
def test_the_order_in_which_stock_is_read_changes_nothing(orders: list, stock: list[Supply], chance: object) -> None:
    shuffled = list(stock)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert share(needs_of(orders), shuffled, TODAY, {}) == share(needs_of(orders), stock, TODAY, {})


@given(shapes, supplies)
def test_nothing_is_left_that_somebody_may_have(orders: list, stock: list[Supply]) -> None:
    needs = needs_of(orders)
    allotment = share(needs, stock, TODAY, {})
    left: dict[int, int] = defaultdict(int)
    for supply in stock:
        if supply.expiry is None or supply.expiry >= TODAY:
            left[supply.product_id] += supply.free
    product = {want.line_id: want.product_id for need in needs for want in need.wants}
    for one in allotment.shares:
        left[product[one.line_id]] -= one.qty

    got = given_to(allotment)
    partial = [want for need in needs if not need.ship_complete for want in need.wants]
    assert all(left[want.product_id] == 0 for want in partial if got[want.line_id] < want.qty)


@given(supplies, st.integers(1, 40))
def test_the_first_to_expire_is_taken_first(stock: list[Supply], qty: int) -> None:
    chosen = choose(stock, qty)

    taken = {supply.stock_id for supply, _ in chosen}
    last = max((supply.expiry or date.max for supply, _ in chosen), default=date.min)
    assert all((supply.expiry or date.max) >= last for supply in stock if supply.stock_id not in taken)
    assert sum(units for _, units in chosen) == min(qty, sum(supply.free for supply in stock))


def test_one_bin_that_holds_all_comes_before_two_nearer_ones() -> None:
    near, other, far = (
        Supply(stock_id=n, product_id=1, free=free, bin=f"A-{n}", walk_seq=n) for n, free in ((1, 2), (2, 2), (3, 9))
    )

    assert choose([near, other, far], 3) == [(far, 3)]
    assert choose([near, other, far], 2) == [(near, 2)]
    assert choose([near, other], 3) == [(near, 2), (other, 1)]


def test_who_was_passed_over_is_counted_once_and_only_when_somebody_was_served() -> None:
    want = (Want(1, 1, 5),)
    whole = Need(order_id=7, ship_complete=True, wants=want)
    after = Need(order_id=8, ship_complete=False, wants=(Want(2, 1, 2),))
    supply = Supply(stock_id=1, product_id=1, free=2, bin="A-1", walk_seq=1)

    assert share([whole, after], [supply], TODAY, {}).passed_over == (7,)
    assert share([after, whole], [supply], TODAY, {}).passed_over == ()
    assert share([whole], [supply], TODAY, {}).passed_over == ()
