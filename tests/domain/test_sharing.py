"""The sharing-out of a whole arrival: never more than there is, never worse by improving, and repaired in place."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.sharing import Sharing, Wish

PRODUCTS = 4


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Wish], dict[int, int]]:
    """Up to nine orders over four products, and what arrived."""
    needs = st.dictionaries(st.integers(0, PRODUCTS - 1), st.integers(1, 5), min_size=1)
    rows = draw(st.lists(st.tuples(needs, st.integers(1, 20)), max_size=9))
    wishes = [Wish(number, tuple(sorted(need.items())), worth) for number, (need, worth) in enumerate(rows)]
    return wishes, {product: draw(st.integers(0, 10)) for product in range(PRODUCTS)}


def used(sharing: Sharing) -> dict[int, int]:
    units = dict.fromkeys(range(PRODUCTS), 0)
    for wish in sharing.wishes:
        if wish.order_id in sharing.chosen():
            for product, qty in wish.needs:
                units[product] += qty
    return units


def best(wishes: list[Wish], supply: dict[int, int]) -> int:
    """The best worth of all, by trying everything."""
    found = 0
    for size in range(len(wishes) + 1):
        for some in combinations(wishes, size):
            need = dict.fromkeys(range(PRODUCTS), 0)
            for wish in some:
                for product, qty in wish.needs:
                    need[product] += qty
            if all(need[product] <= supply[product] for product in need):
                found = max(found, sum(wish.worth for wish in some))
    return found


def improved(wishes: list[Wish], supply: dict[int, int]) -> Sharing:
    sharing = Sharing(wishes, supply)
    sharing.fill()
    sharing.improve(lambda: False)
    return sharing


def test_two_small_orders_go_before_a_large_one_of_less_worth() -> None:
    wishes = [Wish(1, ((0, 4),), 10), Wish(2, ((0, 2),), 6), Wish(3, ((0, 2),), 6)]

    sharing = improved(wishes, {0: 4})

    assert (sharing.chosen(), sharing.worth, sharing.left) == ([2, 3], 12, {0: 0})


def test_an_order_whose_other_product_is_missing_takes_nothing() -> None:
    sharing = improved([Wish(1, ((0, 1), (1, 1)), 100), Wish(2, ((0, 1),), 1)], {0: 1, 1: 0})

    assert sharing.chosen() == [2]


@given(cases())
def test_a_sharing_keeps_to_what_there_is_and_counts_its_worth(case: tuple[list[Wish], dict[int, int]]) -> None:
    wishes, supply = case
    sharing = improved(wishes, supply)

    assert all(units <= supply[product] for product, units in used(sharing).items())
    assert sharing.left == {product: supply[product] - units for product, units in used(sharing).items()}
    assert sharing.worth == sum(wish.worth for wish in wishes if wish.order_id in sharing.chosen())


@given(cases())
def test_improving_never_loses_and_stays_near_the_best(case: tuple[list[Wish], dict[int, int]]) -> None:
    wishes, supply = case
    filled = Sharing(wishes, supply)
    filled.fill()
    optimum = best(wishes, supply)

    assert filled.worth <= improved(wishes, supply).worth <= optimum
    assert improved(wishes, supply).worth >= optimum / 2


@given(cases())
def test_nothing_that_still_fits_is_left_out(case: tuple[list[Wish], dict[int, int]]) -> None:
    wishes, supply = case
    sharing = improved(wishes, supply)

    outside = [wish for wish in wishes if wish.order_id not in sharing.chosen()]
    assert not any(all(sharing.left[p] >= qty for p, qty in wish.needs) for wish in outside)


@given(cases(), st.dictionaries(st.integers(0, PRODUCTS - 1), st.integers(-6, 6), min_size=1), st.data())
def test_a_repair_keeps_what_was_carried_and_fits_again(
    case: tuple[list[Wish], dict[int, int]], changes: dict[int, int], data: st.DataObject
) -> None:
    wishes, supply = case
    sharing = improved(wishes, supply)
    carried = data.draw(st.sets(st.sampled_from(sharing.chosen()))) if sharing.chosen() else set()
    changes = {product: max(change, -supply[product]) for product, change in changes.items()}

    sharing.repair(changes, carried)

    units, kept = used(sharing), dict.fromkeys(range(PRODUCTS), 0)
    for wish in wishes:
        if wish.order_id in carried:
            for product, qty in wish.needs:
                kept[product] += qty
    assert carried <= set(sharing.chosen())
    assert all(units[p] <= max(supply[p] + changes.get(p, 0), kept[p]) for p in units)


@given(cases())
def test_the_same_case_gives_the_same_answer(case: tuple[list[Wish], dict[int, int]]) -> None:
    assert improved(*case).chosen() == improved(*case).chosen()


def test_a_bound_on_time_is_kept_to() -> None:
    asked = iter([False, True])
    sharing = Sharing([Wish(n, ((0, 1),), n + 1) for n in range(50)], {0: 10})
    sharing.take(range(10))

    assert sharing.improve(lambda: next(asked)) == 1
