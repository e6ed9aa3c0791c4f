"""Tours are exact: against Held-Karp on small floors, by hand, and against published optima."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms_desktop.domain.tour_tables import get_tables
from wms_desktop.domain.tours import Layout, Place, Point, Stop, Tour, length, walk

CHECKOUT = Path(__file__).resolve().parents[2]
TWO_AISLES = Layout((0, 3_000), (0, 20_000), Place(0, 0))


@st.composite
def floors(draw: st.DrawFn) -> tuple[Layout, list[Stop]]:
    """Floors of one to four blocks with up to six stops, some of them in dead ends or on a crossing."""
    aisles = tuple(sorted(draw(st.sets(st.integers(0, 25), min_size=1, max_size=6))))
    lines = tuple(sorted(draw(st.sets(st.integers(0, 30), min_size=2, max_size=5))))
    in_aisle = st.builds(Place, st.sampled_from(aisles), st.integers(-3, 33))
    on_cross_aisle = st.builds(Place, st.integers(-4, 29), st.sampled_from(lines))
    layout = Layout(aisles, lines, draw(in_aisle | on_cross_aisle))
    place = st.tuples(st.integers(0, len(aisles) - 1), st.integers(-2, 32) | st.sampled_from(lines))
    places = draw(st.lists(place, max_size=6))
    return layout, [Stop(n, aisle, y) for n, (aisle, y) in enumerate(places)]


def find_way(lines: Sequence[int], a: Point, b: Point) -> int:
    """Shortest way between two points, each in an aisle or on a cross-aisle."""
    if a[0] == b[0]:
        return abs(a[1] - b[1])
    return abs(a[0] - b[0]) + min(abs(a[1] - line) + abs(b[1] - line) for line in lines)


def solve_by_held_karp(layout: Layout, stops: Sequence[Stop]) -> int:
    depot = (layout.depot.x, layout.depot.y)
    points = [depot, *sorted({(layout.aisles[stop.aisle], stop.y) for stop in stops} - {depot})]
    ways = [[find_way(layout.cross_aisles, a, b) for b in points] for a in points]
    best: dict[tuple[int, int], int] = {(1, 0): 0}
    for seen in range(1, 1 << len(points), 2):
        for last in [n for n in range(len(points)) if (seen, n) in best]:
            for following in [n for n in range(len(points)) if not seen >> n & 1]:
                key, value = (seen | 1 << following, following), best[seen, last] + ways[last][following]
                best[key] = min(value, best.get(key, value))
    everything = (1 << len(points)) - 1
    return min(best[everything, last] + ways[last][0] for last in range(len(points)) if (everything, last) in best)


def measure(path: Sequence[Point]) -> int:
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(path))


def is_in_reach(layout: Layout, path: Sequence[Point]) -> bool:
    """True if every leg of the path runs along an aisle or a cross-aisle."""
    return all(
        (a[0] == b[0] and a[0] in layout.aisles) or (a[1] == b[1] and a[1] in layout.cross_aisles)
        for a, b in pairwise(path)
    )


@given(floors())
def test_no_tour_is_shorter(floor: tuple[Layout, list[Stop]]) -> None:
    layout, stops = floor

    assert length(layout, stops) == solve_by_held_karp(layout, stops)


@given(floors())
def test_the_walk_is_as_long_as_its_value_and_passes_every_stop_once(floor: tuple[Layout, list[Stop]]) -> None:
    layout, stops = floor

    tour = walk(layout, stops)

    assert measure(tour.path) == tour.length == tour.lower_bound == length(layout, stops)
    assert sorted(tour.order) == [stop.key for stop in stops]
    assert tour.path[0] == tour.path[-1] == (layout.depot.x, layout.depot.y)
    assert is_in_reach(layout, tour.path)


@given(floors())
def test_stops_visited_in_tour_order_take_no_longer_than_the_tour(floor: tuple[Layout, list[Stop]]) -> None:
    layout, stops = floor
    depot = (layout.depot.x, layout.depot.y)
    places = {stop.key: (layout.aisles[stop.aisle], stop.y) for stop in stops}

    tour = walk(layout, stops)

    round_trip = [depot, *(places[key] for key in tour.order), depot]
    assert sum(find_way(layout.cross_aisles, a, b) for a, b in pairwise(round_trip)) == tour.length


def test_two_deep_stops_are_one_loop_through_both_aisles() -> None:
    tour = walk(TWO_AISLES, [Stop("left", 0, 18_000), Stop("right", 1, 15_000)])

    assert tour.length == 2 * 20_000 + 2 * 3_000
    assert set(tour.path) == {(0, 0), (0, 20_000), (3_000, 20_000), (3_000, 0)}
    assert tour.is_proven


def test_shallow_stops_are_each_reached_from_the_near_cross_aisle() -> None:
    tour = walk(TWO_AISLES, [Stop("left", 0, 2_000), Stop("right", 1, 5_000)])

    assert tour.length == 2 * 2_000 + 2 * 3_000 + 2 * 5_000
    assert tour.path.count((0, 0)) >= 2


def test_the_largest_gap_between_two_stops_is_left_unwalked() -> None:
    layout = Layout((0, 3_000, 6_000), (0, 20_000), Place(0, 0))
    ends = [Stop("a", 0, 10_000), Stop("c", 2, 10_000)]

    tour = walk(layout, [*ends, Stop("front", 1, 1_000), Stop("back", 1, 19_000)])

    assert tour.length == 2 * 20_000 + 2 * 6_000 + 2 * 1_000 + 2 * 1_000


def test_a_middle_cross_aisle_is_used_where_it_shortens_the_walk() -> None:
    stops = [Stop("left", 0, 9_000), Stop("right", 1, 9_000)]
    with_middle = Layout((0, 3_000), (0, 10_000, 20_000), Place(0, 0))

    assert length(TWO_AISLES, stops) == 36_000 + 6_000
    assert length(with_middle, stops) == 20_000 + 6_000


def test_a_depot_in_an_aisle_without_stops_is_connected() -> None:
    layout = Layout((0, 3_000, 6_000), (0, 20_000), Place(6_000, 4_000))

    tour = walk(layout, [Stop("far", 0, 3_000)])

    assert tour.length == 2 * (4_000 + 6_000 + 3_000)
    assert tour.path[0] == tour.path[-1] == (6_000, 4_000)


def test_a_depot_between_two_aisles_is_no_way_through() -> None:
    layout = Layout((0, 4_000), (0, 20_000), Place(2_000, 0))

    tour = walk(layout, [Stop("left", 0, 19_000), Stop("right", 1, 19_000)])

    assert tour.length == 2 * 20_000 + 2 * 4_000
    assert (2_000, 20_000) not in tour.path


def test_a_stop_in_a_dead_end_is_walked_to_and_back() -> None:
    tour = walk(TWO_AISLES, [Stop("dead end", 1, 23_000), Stop("on the way", 1, 4_000)])

    assert tour.length == 2 * (3_000 + 20_000 + 3_000)


def test_without_stops_nobody_walks() -> None:
    assert walk(TWO_AISLES, []) == Tour(length=0, lower_bound=0, order=(), path=((0, 0),))
    assert length(TWO_AISLES, []) == 0


def test_stops_at_one_point_follow_each_other_and_cost_one_way() -> None:
    same = [Stop("first", 1, 5_000), Stop("second", 1, 5_000), Stop("third", 1, 5_000)]

    tour = walk(TWO_AISLES, same)

    assert tour.order == ("first", "second", "third")
    assert tour.length == length(TWO_AISLES, same[:1])


def test_seven_cross_aisles_are_solved_and_more_never_lengthen_the_tour() -> None:
    rng = random.Random(7)
    stops = [Stop(n, rng.randrange(8), rng.randrange(60_000)) for n in range(30)]
    aisles = tuple(range(0, 24_000, 3_000))
    lengths = [
        length(Layout(aisles, tuple(range(0, 60_001, 60_000 // blocks)), Place(0, 0)), stops) for blocks in (1, 2, 6)
    ]

    assert lengths == sorted(lengths, reverse=True)
    assert len(get_tables(7).cells) + 1 == 16_769


@pytest.mark.parametrize(("cross_aisles", "states"), [(2, 7), (3, 25), (4, 113), (5, 569), (6, 3_033)])
def test_the_states_are_as_many_as_published(cross_aisles: int, states: int) -> None:
    assert len(get_tables(cross_aisles).cells) + 1 == states


@pytest.mark.parametrize(
    ("aisles", "lines", "depot"),
    [((), (0, 1), Place(0, 0)), ((0,), (0,), Place(0, 0)), ((1, 0), (0, 1), Place(0, 0)), ((0,), (0, 9), Place(5, 5))],
)
def test_what_is_no_floor_is_refused(aisles: tuple[int, ...], lines: tuple[int, ...], depot: Place) -> None:
    with pytest.raises(ValueError, match=r"floor|increasing|depot"):
        Layout(aisles, lines, depot)


@pytest.mark.parametrize("aisle", [-1, 2])
def test_a_stop_in_no_aisle_is_refused(aisle: int) -> None:
    with pytest.raises(ValueError, match=f"no aisle {aisle}"):
        length(TWO_AISLES, [Stop("nowhere", aisle, 5)])


def test_the_benchmark_reaches_every_published_optimum_of_a_sample(shared: Path) -> None:
    folder = shared / "benchmarks" / "sprp-hessler-irnich"
    command = [sys.executable, "-m", "benchmarks.tours", str(folder), "--limit", "100", "--seed", "3", "--json"]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT / "src")}

    done = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, check=True, text=True)

    instances = json.loads(done.stdout)["instances"]
    assert {row["layout"] for row in instances} == {"one-block", "two-block"}
    assert len(instances) == 200
    assert [row for row in instances if row["value"] != row["optimum"]] == []
