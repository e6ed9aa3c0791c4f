"""One more stop in a walk that has begun goes where it costs the least."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.detours import distance, find_place, trace
from wms_desktop.domain.tours import Layout, Place, Stop, length

LAYOUT = Layout((0, 4000, 8000), (0, 13000, 26000), Place(0, 0))

places = st.builds(Place, st.sampled_from(LAYOUT.aisles), st.integers(0, 26).map(lambda m: m * 1000))


def test_the_way_between_aisles_goes_over_the_nearest_crossing() -> None:
    assert distance(LAYOUT, Place(0, 2000), Place(0, 9000)) == 7000
    assert distance(LAYOUT, Place(0, 2000), Place(4000, 3000)) == 9000
    assert distance(LAYOUT, Place(0, 12000), Place(4000, 15000)) == 4000 + 3000


def test_a_stop_on_the_way_costs_nothing_and_comes_between() -> None:
    ahead = [Place(0, 9000), Place(4000, 1000)]

    assert find_place(LAYOUT, Place(0, 2000), ahead, Place(0, 5000)) == (0, 0)
    assert find_place(LAYOUT, Place(0, 2000), ahead, Place(4000, 500)) == (1, 0)


def test_with_nothing_ahead_it_comes_next() -> None:
    assert find_place(LAYOUT, Place(0, 2000), [], Place(0, 4000)) == (0, 4000)


@given(places, places, places)
def test_distance_is_a_distance(a: Place, b: Place, c: Place) -> None:
    assert distance(LAYOUT, a, b) == distance(LAYOUT, b, a)
    assert distance(LAYOUT, a, a) == 0
    assert distance(LAYOUT, a, c) <= distance(LAYOUT, a, b) + distance(LAYOUT, b, c)


@given(places, st.lists(places, max_size=6), places)
def test_no_other_place_in_the_walk_costs_less(here: Place, ahead: list[Place], new: Place) -> None:
    index, detour = find_place(LAYOUT, here, ahead, new)

    def walked(points: list[Place]) -> int:
        return sum(distance(LAYOUT, a, b) for a, b in pairwise([here, *points, LAYOUT.depot]))

    costs = [walked([*ahead[:n], new, *ahead[n:]]) - walked(ahead) for n in range(len(ahead) + 1)]
    assert (detour, index) == (min(costs), costs.index(min(costs)))


@given(st.lists(places, max_size=6))
def test_the_drawn_way_is_as_long_as_it_says_and_runs_along_the_aisles(stops: list[Place]) -> None:
    total, corners = trace(LAYOUT, stops)

    assert (corners[0], corners[-1]) == ((0, 0), (0, 0))
    assert all(a[0] == b[0] or (a[1] == b[1] and a[1] in LAYOUT.cross_aisles) for a, b in pairwise(corners))
    assert sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(corners)) == total
    exact = length(LAYOUT, [Stop(n, LAYOUT.aisles.index(stop.x), stop.y) for n, stop in enumerate(stops)])
    assert exact <= total
