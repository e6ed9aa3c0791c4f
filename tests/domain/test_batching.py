"""Batches respect the cart and the urgency, and walk less than first come, first served."""

import random
from collections.abc import Sequence
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.batching import BatchPlan, Cart, OrderWork, form, take_first_come
from wms_desktop.domain.tours import Layout, Place, Stop, length

FLOOR = Layout(tuple(range(0, 30_000, 3_000)), (0, 15_000, 30_000), Place(0, 0))


def order(
    key: int, places: Sequence[tuple[int, int]], *, urgency: int = 0, grams: int = 1_000, **more: str
) -> OrderWork:
    return OrderWork(
        key=key,
        stops=tuple(Stop((key, n), aisle, y) for n, (aisle, y) in enumerate(places)),
        weight_g=grams,
        volume_mm3=1_000_000,
        rank=(urgency, key),
        single_unit=len(places) == 1,
        **more,
    )


def draw_orders(count: int, seed: int) -> list[OrderWork]:
    """A seeded day: one to four stops each, anywhere on `FLOOR`."""
    rng = random.Random(seed)
    return [
        order(
            key,
            [(rng.randrange(10), rng.randrange(500, 30_000, 500)) for _ in range(rng.choice((1, 1, 2, 2, 3, 4)))],
            urgency=rng.randrange(3) if count < 100 else 0,
            grams=rng.randrange(100, 9_000),
        )
        for key in range(count)
    ]


def total(plans: Sequence[BatchPlan]) -> int:
    return sum(plan.tour_length for plan in plans)


days = st.builds(draw_orders, st.integers(0, 25), st.integers(0, 10_000))
carts = st.builds(Cart, st.integers(1, 6), st.none() | st.integers(5_000, 20_000), st.none() | st.just(3_000_000))


@given(days, carts)
def test_batches_never_walk_more_than_first_come_first_served(day: list[OrderWork], cart: Cart) -> None:
    assert total(form(day, cart, FLOOR)) <= total(take_first_come(day, cart, FLOOR))


@given(days, carts)
def test_every_order_is_in_one_batch_that_its_cart_can_carry(day: list[OrderWork], cart: Cart) -> None:
    works = {work.key: work for work in day}

    plans = form(day, cart, FLOOR)

    assert sorted(chain.from_iterable(plan.order_keys for plan in plans)) == sorted(works)
    for plan in plans:
        weight = sum(works[key].weight_g for key in plan.order_keys)
        assert len(plan.order_keys) <= (1 if plan.is_oversized else cart.totes)
        assert plan.is_oversized == (cart.max_weight_g is not None and weight > cart.max_weight_g)
        assert cart.max_volume_mm3 is None or len(plan.order_keys) * 1_000_000 <= cart.max_volume_mm3


@given(days, carts)
def test_a_tour_length_is_that_of_the_shortest_tour_past_all_stops(day: list[OrderWork], cart: Cart) -> None:
    works = {work.key: work for work in day}

    for plan in form(day, cart, FLOOR):
        stops = [stop for key in plan.order_keys for stop in works[key].stops]
        assert plan.tour_length == length(FLOOR, stops)


@given(days, carts)
def test_urgency_classes_never_share_a_cart_and_come_in_order(day: list[OrderWork], cart: Cart) -> None:
    works = {work.key: work for work in day}

    plans = form(day, cart, FLOOR)

    assert all(len({works[key].rank[0] for key in plan.order_keys}) == 1 for plan in plans)
    assert [works[plan.order_keys[0]].rank for plan in plans] == sorted(
        works[plan.order_keys[0]].rank for plan in plans
    )


def test_the_most_urgent_order_is_in_the_first_batch_however_far_away() -> None:
    day = [order(key, [(0, 1_000)]) for key in range(2, 8)]

    plans = form([*day, order(1, [(9, 29_000)])], Cart(2), FLOOR)

    assert plans[0].order_keys[0] == 1
    assert len(plans) == 4


def test_orders_in_the_same_aisle_share_a_cart() -> None:
    day = [order(key, [(0 if key % 2 else 9, 10_000 + key)]) for key in range(8)]

    plans = form(day, Cart(4), FLOOR)

    assert {plan.order_keys for plan in plans} == {(1, 3, 5, 7), (0, 2, 4, 6)}


def test_an_order_beyond_the_cart_goes_alone_and_is_flagged() -> None:
    heavy = order(1, [(0, 1_000)], grams=90_000)

    plans = form([order(0, [(0, 1_000)]), heavy, order(2, [(0, 1_000)])], Cart(6, 80_000), FLOOR)

    assert [(plan.order_keys, plan.is_oversized) for plan in plans] == [((0, 2), False), ((1,), True)]


def test_goods_to_be_kept_apart_never_share_a_cart() -> None:
    day = [order(key, [(0, 1_000)], apart="food" if key % 2 else "poison") for key in range(6)]

    assert {plan.order_keys for plan in form(day, Cart(6), FLOOR)} == {(0, 2, 4), (1, 3, 5)}


def test_single_unit_orders_are_batched_apart_on_demand() -> None:
    day = [order(0, [(0, 1_000)]), order(1, [(0, 1_000), (1, 1_000)]), order(2, [(0, 1_000)])]

    assert len(form(day, Cart(6), FLOOR)) == 1
    assert {plan.order_keys for plan in form(day, Cart(6), FLOOR, singles_apart=True)} == {(0, 2), (1,)}


def test_a_day_of_300_orders_walks_at_least_a_third_less_than_first_come() -> None:
    day = draw_orders(300, seed=1)

    saved = 1 - total(form(day, Cart(12), FLOOR)) / total(take_first_come(day, Cart(12), FLOOR))

    assert saved > 0.33


def test_the_same_orders_give_the_same_batches_in_whatever_sequence_they_come() -> None:
    day = draw_orders(60, seed=4)
    shuffled = random.Random(5).sample(day, len(day))

    assert form(shuffled, Cart(6), FLOOR) == form(day, Cart(6), FLOOR)


def test_no_orders_make_no_batches() -> None:
    assert form([], Cart(6), FLOOR) == ()


def test_a_cart_without_totes_is_refused() -> None:
    with pytest.raises(ValueError, match="tote"):
        form([order(1, [(0, 1_000)])], Cart(0), FLOOR)
