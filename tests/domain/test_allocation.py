"""The sharing-out of stock as a rule: never too much, in order, whole orders and kits whole, and always the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.allocation import (
    Allotment,
    Demand,
    Held,
    Line,
    Picture,
    Supply,
    choose,
    decide,
    in_order,
    rank_of,
)

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PRODUCTS = st.integers(1, 4)
RULES = st.sampled_from(("fefo", "fifo", "closest", "empty_bin"))

supplies = st.lists(
    st.builds(
        Supply,
        stock_id=st.integers(1, 10**6),
        product_id=PRODUCTS,
        free=st.integers(1, 9),
        bin=st.sampled_from(("A-1", "A-2", "B-1")),
        walk_seq=st.integers(0, 50),
        lot=st.sampled_from(("", "L")),
        expiry=st.none() | st.integers(-3, 9).map(lambda days: TODAY + timedelta(days)),
        since=st.none() | st.integers(0, 30).map(lambda days: NOW - timedelta(days)),
    ),
    max_size=12,
    unique_by=lambda supply: supply.stock_id,
)
shapes = st.lists(
    st.tuples(
        st.booleans(),  # ship complete
        st.integers(1, 3),  # hours to the cut-off
        st.lists(st.tuples(PRODUCTS, st.integers(1, 8)), min_size=1, max_size=4),
    ),
    max_size=8,
)
safety = st.dictionaries(PRODUCTS, st.integers(1, 6), max_size=3)


def demand(order_id: int, *lines: Line, hours: int = 4, **facts: object) -> Demand:
    facts = {"promise": TODAY, "leave_by": NOW + timedelta(hours=hours), "placed_at": NOW} | facts
    return Demand(order_id=order_id, number=f"O{order_id}", lines=lines, **facts)  # type: ignore[arg-type]


def picture_of(orders: list[tuple[bool, int, list[tuple[int, int]]]], stock: list[Supply], **more: object) -> Picture:
    demands, line_id = [], 0
    for order_id, (complete, hours, lines) in enumerate(orders, 1):
        made = []
        for product_id, qty in lines:
            line_id += 1
            made.append(Line(line_id=line_id, product_id=product_id, open=qty))
        demands.append(demand(order_id, *made, hours=hours, ship_complete=complete))
    return Picture(now=NOW, today=TODAY, demands=tuple(demands), supplies=tuple(stock), **more)  # type: ignore[arg-type]


def given_to(allotment: Allotment) -> Counter[int]:
    got: Counter[int] = Counter()
    for one in allotment.shares:
        got[one.line_id] += one.qty
    return got


def lines_of(picture: Picture) -> dict[int, Line]:
    return {line.line_id: line for demand in picture.demands for line in demand.lines}


def sellable(picture: Picture) -> Counter[int]:
    free: Counter[int] = Counter()
    for supply in picture.supplies:
        if supply.expiry is None or supply.expiry >= TODAY:
            free[supply.product_id] += supply.free
    return free


@given(shapes, supplies, RULES)
def test_no_unit_is_given_twice_and_no_line_gets_more_than_it_wants(orders: list, stock: list, rule: str) -> None:
    picture = picture_of(orders, stock, rule=rule)

    allotment = decide(picture)

    taken: Counter[int] = Counter()
    for one in allotment.shares:
        taken[one.stock_id] += one.qty
    assert all(qty <= next(s.free for s in stock if s.stock_id == stock_id) for stock_id, qty in taken.items())
    got, missing = given_to(allotment), Counter({one.line_id: one.qty for one in allotment.unmet})
    assert {line: got[line] + missing[line] for line in lines_of(picture)} == {
        line.line_id: line.open for line in lines_of(picture).values()
    }


@given(shapes, supplies, safety)
def test_safety_stock_is_left_alone_whoever_waits(orders: list, stock: list, kept: dict[int, int]) -> None:
    picture = picture_of(orders, stock, safety=kept)
    lines = lines_of(picture)
    given_away: Counter[int] = Counter()
    for one in decide(picture).shares:
        given_away[lines[one.line_id].product_id] += one.qty

    free = sellable(picture)

    assert all(qty <= max(0, free[product] - kept.get(product, 0)) for product, qty in given_away.items())


@given(shapes, supplies, RULES)
def test_only_the_same_product_that_may_still_be_sold_is_given(orders: list, stock: list, rule: str) -> None:
    picture = picture_of(orders, stock, rule=rule)
    rows, lines = {supply.stock_id: supply for supply in stock}, lines_of(picture)

    for one in decide(picture).shares:
        supply = rows[one.stock_id]
        assert supply.product_id == lines[one.line_id].product_id
        assert supply.expiry is None or supply.expiry >= TODAY


@given(shapes, supplies, safety)
def test_a_ship_complete_order_gets_all_or_nothing(orders: list, stock: list, kept: dict[int, int]) -> None:
    picture = picture_of(orders, stock, safety=kept)
    got = given_to(decide(picture))

    for one in picture.demands:
        whole = [got[line.line_id] == line.open for line in one.lines]
        assert all(whole) or not one.ship_complete or not any(got[line.line_id] for line in one.lines)


@given(shapes, supplies, safety)
def test_no_later_order_gets_what_an_earlier_one_still_wants(orders: list, stock: list, kept: dict[int, int]) -> None:
    picture = picture_of(orders, stock, safety=kept)
    got = given_to(decide(picture))

    starved: set[int] = set()
    for one in in_order(picture):
        assert not any(got[line.line_id] and line.product_id in starved for line in one.lines)
        if not one.ship_complete:
            starved |= {line.product_id for line in one.lines if got[line.line_id] < line.open}


@given(shapes, supplies, st.randoms(use_true_random=False), RULES)
def test_the_order_in_which_rows_are_read_changes_nothing(orders: list, stock: list, chance: object, rule: str) -> None:
    picture = picture_of(orders, stock, rule=rule)
    shuffled, others = list(stock), list(picture.demands)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    chance.shuffle(others)  # type: ignore[attr-defined]

    assert decide(replace(picture, supplies=tuple(shuffled), demands=tuple(others))) == decide(picture)


@given(shapes, supplies)
def test_nothing_is_left_that_somebody_may_have(orders: list, stock: list) -> None:
    picture = picture_of(orders, stock)
    left, lines, got = sellable(picture), lines_of(picture), given_to(decide(picture))
    for line_id, qty in got.items():
        left[lines[line_id].product_id] -= qty

    partial = [line for one in picture.demands if not one.ship_complete for line in one.lines]

    assert all(left[line.product_id] == 0 for line in partial if got[line.line_id] < line.open)


# --- kits ------------------------------------------------------------------------------------------------------------

kit_shapes = st.lists(
    st.tuples(
        st.integers(1, 4),  # kits ordered
        st.lists(st.tuples(PRODUCTS, st.integers(1, 3)), min_size=1, max_size=3, unique_by=lambda part: part[0]),
    ),
    min_size=1,
    max_size=4,
)


@given(kit_shapes, supplies, st.booleans())
def test_parts_are_reserved_in_whole_kits_only(kits: list, stock: list, apart: bool) -> None:
    demands, line_id = [], 0
    for order_id, (ordered, parts) in enumerate(kits, 1):
        made = []
        for product_id, per_kit in parts:
            line_id += 1
            made.append(Line(line_id=line_id, product_id=product_id, open=ordered * per_kit, kit_id=order_id,
                             kit_qty=per_kit))  # fmt: skip
        demands.append(demand(order_id if apart else 1 + order_id % 2, *made))
    if not apart:
        demands = [demand(n, *(line for one in demands if one.order_id == n for line in one.lines)) for n in (1, 2)]
    got = given_to(decide(Picture(now=NOW, today=TODAY, demands=tuple(demands), supplies=tuple(stock))))

    for one in demands:
        for kit_id in {line.kit_id for line in one.lines}:
            whole = {got[line.line_id] / line.kit_qty for line in one.lines if line.kit_id == kit_id}
            assert len(whole) == 1
            assert all(number == int(number) for number in whole)


def test_a_kit_that_holds_one_part_waits_for_the_other_and_says_so() -> None:
    parts = (Line(line_id=1, product_id=1, open=4, secured=2, kit_id=9, kit_qty=2),
             Line(line_id=2, product_id=2, open=3, kit_id=9, kit_qty=1))  # fmt: skip
    stock = (Supply(stock_id=1, product_id=1, free=9, bin="A-1", walk_seq=1),
             Supply(stock_id=2, product_id=2, free=2, bin="A-2", walk_seq=2))  # fmt: skip

    allotment = decide(Picture(now=NOW, today=TODAY, demands=(demand(1, *parts),), supplies=stock))

    assert given_to(allotment) == {1: 2, 2: 2}
    assert [(one.line_id, one.qty, one.why) for one in allotment.unmet] == [(1, 2, "kit_part"), (2, 1, "went_before")]


# --- taking back -----------------------------------------------------------------------------------------------------


@st.composite
def held_pictures(draw: st.DrawFn) -> Picture:
    """Orders of three ranks that hold units in bins, some of them whole or of kits, and one that may take back."""
    demands: list[Demand] = []
    held: list[Held] = []
    stock_id = line_id = 0
    for order_id in range(1, draw(st.integers(2, 7))):
        lines = []
        complete = draw(st.booleans())
        for product_id in draw(st.lists(PRODUCTS, min_size=1, max_size=3)):
            line_id, stock_id = line_id + 1, stock_id + 1
            units = draw(st.integers(1, 5))
            loose = draw(st.integers(0, units))  # in a tote: held, but not to be taken
            lines.append(Line(line_id=line_id, product_id=product_id, open=0, secured=units))
            if units > loose:
                supply = Supply(stock_id=stock_id, product_id=product_id, free=units - loose, bin="A", walk_seq=1)
                held.append(Held(order_id=order_id, line_id=line_id, supply=supply))
        demands.append(demand(order_id, *lines, hours=draw(st.integers(1, 3)), ship_complete=complete))
    wants = [
        Line(line_id=line_id + n, product_id=product, open=qty)
        for n, (product, qty) in enumerate(draw(st.lists(st.tuples(PRODUCTS, st.integers(1, 9)), max_size=3)), 1)
    ]
    facts = {"hours": draw(st.integers(1, 3)), "ship_complete": draw(st.booleans()), "takes_back": True}
    demands.append(demand(99, *wants, **facts))
    stock = [replace(one, stock_id=one.stock_id + 100) for one in draw(supplies)]
    return Picture(now=NOW, today=TODAY, demands=tuple(demands), supplies=tuple(stock), held=tuple(held))


@given(held_pictures())
def test_units_are_taken_back_from_lower_ranks_only_and_never_more_than_may_be(picture: Picture) -> None:
    ranks = {one.order_id: rank_of(one, picture) for one in picture.demands}
    of_line = {line.line_id: one.order_id for one in picture.demands for line in one.lines}
    may = {(one.supply.stock_id, one.line_id): one.supply.free for one in picture.held}

    taken = decide(picture).taken

    assert all(ranks[of_line[one.line_id]] > ranks[99] and one.for_order == 99 for one in taken)
    for one in taken:
        may[one.stock_id, one.line_id] -= one.qty
    assert min(may.values(), default=0) >= 0


@given(held_pictures())
def test_what_is_taken_back_serves_the_one_who_asked_and_the_latest_lose_first(picture: Picture) -> None:
    allotment = decide(picture)
    place = {one.order_id: n for n, one in enumerate(in_order(picture))}
    of_line = {line.line_id: one.order_id for one in picture.demands for line in one.lines}
    product = {one.supply.stock_id: one.supply.product_id for one in picture.held}
    complete = {one.order_id for one in picture.demands if one.ship_complete}
    gone: defaultdict[tuple[int, int], int] = defaultdict(int)
    for one in allotment.taken:
        gone[one.stock_id, one.line_id] += one.qty

    for one in allotment.taken:
        later = [
            held for held in picture.held
            if place[held.order_id] > place[of_line[one.line_id]] and of_line[one.line_id] not in complete
            and held.supply.product_id == product[one.stock_id]
        ]  # fmt: skip
        assert all(gone[held.supply.stock_id, held.line_id] == held.supply.free for held in later)
    assert not allotment.taken or any(of_line[share.line_id] == 99 for share in allotment.shares)


@given(held_pictures())
def test_a_ship_complete_order_that_loses_a_unit_lets_go_of_all_it_may(picture: Picture) -> None:
    allotment = decide(picture)
    of_line = {line.line_id: one.order_id for one in picture.demands for line in one.lines}
    complete = {one.order_id for one in picture.demands if one.ship_complete}
    losers = {of_line[one.line_id] for one in allotment.taken} & complete
    gone: Counter[tuple[int, int]] = Counter()
    for one in allotment.taken:
        gone[one.stock_id, one.line_id] += one.qty

    for held in picture.held:
        if held.order_id in losers:
            assert gone[held.supply.stock_id, held.line_id] == held.supply.free


def test_nothing_is_taken_back_for_a_ship_complete_order_that_stays_incomplete() -> None:
    asks = demand(1, Line(line_id=1, product_id=1, open=1), Line(line_id=2, product_id=2, open=1), hours=1,
                  ship_complete=True, takes_back=True)  # fmt: skip
    has = demand(2, Line(line_id=3, product_id=1, open=0, secured=1), hours=2)
    supply = Supply(stock_id=7, product_id=1, free=1, bin="A-1", walk_seq=1)
    held = Held(order_id=2, line_id=3, supply=supply)

    allotment = decide(Picture(now=NOW, today=TODAY, demands=(asks, has), supplies=(), held=(held,)))

    assert (allotment.taken, allotment.shares) == ((), ())


def test_a_kit_that_loses_a_part_lets_go_of_the_other_parts_of_that_kit() -> None:
    parts = (Line(line_id=1, product_id=1, open=0, secured=4, kit_id=9, kit_qty=2),
             Line(line_id=2, product_id=2, open=0, secured=2, kit_id=9, kit_qty=1))  # fmt: skip
    held = tuple(
        Held(order_id=2, line_id=line.line_id,
             supply=Supply(stock_id=line.line_id, product_id=line.product_id, free=line.secured, bin="A", walk_seq=1))
        for line in parts
    )  # fmt: skip
    asks = demand(1, Line(line_id=8, product_id=1, open=1), hours=1, takes_back=True)

    allotment = decide(Picture(now=NOW, today=TODAY, demands=(asks, demand(2, *parts)), supplies=(), held=held))

    lost = Counter({one.line_id: one.qty for one in allotment.taken if one.line_id == 2})
    assert (sum(one.qty for one in allotment.taken if one.line_id == 1), lost) == (2, Counter({2: 1}))
    assert given_to(allotment)[8] == 1


def test_who_lost_units_may_have_others_that_are_free() -> None:
    asks = demand(1, Line(line_id=1, product_id=1, open=3), hours=1, takes_back=True)
    has = demand(2, Line(line_id=2, product_id=1, open=0, secured=2), hours=2)
    held = Held(order_id=2, line_id=2, supply=Supply(stock_id=5, product_id=1, free=2, bin="A-1", walk_seq=1))
    free = Supply(stock_id=6, product_id=1, free=2, bin="A-2", walk_seq=2)

    allotment = decide(Picture(now=NOW, today=TODAY, demands=(asks, has), supplies=(free,), held=(held,)))

    assert [(one.stock_id, one.qty) for one in allotment.taken] == [(5, 1)]
    assert given_to(allotment) == {1: 3}
    assert ("taken_back", "A-1", "O2") in [one.why for one in allotment.shares]


# --- which units -----------------------------------------------------------------------------------------------------


@given(supplies, st.integers(1, 40))
def test_the_first_to_expire_is_taken_first(stock: list[Supply], qty: int) -> None:
    chosen = choose(stock, qty)

    taken = {supply.stock_id for supply, _ in chosen}
    last = max((supply.expiry or date.max for supply, _ in chosen), default=date.min)
    assert all((supply.expiry or date.max) >= last for supply in stock if supply.stock_id not in taken)
    assert sum(units for _, units in chosen) == min(qty, sum(supply.free for supply in stock))


@given(supplies, st.integers(1, 40))
def test_what_came_first_goes_first_where_the_rule_is_age(stock: list[Supply], qty: int) -> None:
    chosen = choose(stock, qty, "fifo")

    begin = datetime.min.replace(tzinfo=UTC)
    taken = {supply.stock_id for supply, _ in chosen}
    last = max((supply.since or begin for supply, _ in chosen), default=begin)
    assert all((supply.since or begin) >= last for supply in stock if supply.stock_id not in taken)
    assert sum(units for _, units in chosen) == min(qty, sum(supply.free for supply in stock))


@given(supplies, st.integers(1, 40))
def test_bins_with_the_smallest_rest_are_emptied_first(stock: list[Supply], qty: int) -> None:
    chosen = choose(stock, qty, "empty_bin")

    emptied = [supply.free for supply, units in chosen if units == supply.free]
    left = sorted(supply.free for supply in stock)[: len(chosen)]
    assert sorted(emptied) == left[: len(emptied)]


def test_one_bin_that_holds_all_comes_before_two_nearer_ones() -> None:
    near, other, far = (
        Supply(stock_id=n, product_id=1, free=free, bin=f"A-{n}", walk_seq=n) for n, free in ((1, 2), (2, 2), (3, 9))
    )

    assert choose([near, other, far], 3) == [(far, 3)]
    assert choose([near, other, far], 2) == [(near, 2)]
    assert choose([near, other], 3) == [(near, 2), (other, 1)]
    assert choose([near, other, far], 3, "closest") == [(near, 2), (other, 1)]


def test_who_was_passed_over_is_counted_once_and_only_when_somebody_was_served() -> None:
    whole = demand(7, Line(line_id=1, product_id=1, open=5), hours=1, ship_complete=True)
    after = demand(8, Line(line_id=2, product_id=1, open=2), hours=2)
    picture = Picture(now=NOW, today=TODAY, demands=(whole, after),
                      supplies=(Supply(stock_id=1, product_id=1, free=2, bin="A-1", walk_seq=1),))  # fmt: skip

    assert decide(picture).passed_over == (7,)
    assert decide(picture.with_order(8, lambda one: replace(one, is_pinned=True))).passed_over == ()
    assert decide(replace(picture, demands=(whole,))).passed_over == ()


def test_held_unreleased_far_off_and_made_lines_get_nothing_whatever_is_free() -> None:
    line = Line(line_id=1, product_id=1, open=1)
    later = TODAY + timedelta(3)
    cases = {
        "on_hold": demand(1, line, is_held=True),
        "not_released": demand(1, replace(line, release_on=later)),
        "beyond_horizon": demand(1, line, hours=24 * 9),
        "made_to_order": demand(1, replace(line, made_to_order=True)),
    }
    stock = (Supply(stock_id=1, product_id=1, free=9, bin="A-1", walk_seq=1),)

    found = {
        why: decide(Picture(now=NOW, today=TODAY, demands=(one,), supplies=stock, horizon=NOW + timedelta(days=2)))
        for why, one in cases.items()
    }

    assert {why: allotment.unmet[0].why for why, allotment in found.items()} == {why: why for why in cases}
    assert all(allotment.shares == () for allotment in found.values())


def test_an_order_that_was_asked_for_is_served_beyond_the_horizon_and_from_safety_stock() -> None:
    far = demand(1, Line(line_id=1, product_id=1, open=3), hours=24 * 9, is_asked=True)
    stock = (Supply(stock_id=1, product_id=1, free=5, bin="A-1", walk_seq=1),)
    picture = Picture(now=NOW, today=TODAY, demands=(far,), supplies=stock, safety={1: 4}, horizon=NOW)

    plain = decide(picture)
    urged = decide(picture.with_order(1, lambda one: replace(one, use_safety=True)))

    assert (given_to(plain), plain.unmet[0].why) == ({1: 1}, "went_before")
    assert given_to(urged) == {1: 3}


def test_free_safety_stock_is_named_as_the_reason() -> None:
    line = Line(line_id=1, product_id=1, open=3)
    stock = (Supply(stock_id=1, product_id=1, free=2, bin="A-1", walk_seq=1),)

    allotment = decide(Picture(now=NOW, today=TODAY, demands=(demand(1, line),), supplies=stock, safety={1: 5}))

    assert [(one.qty, one.why) for one in allotment.unmet] == [(3, "safety")]
