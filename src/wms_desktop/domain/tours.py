"""The shortest closed walk through the aisles of one floor, proven, for any number of cross-aisles.

Parallel aisles, crossed at right angles by two or more cross-aisles, are swept from left to right with the
tables of `tour_tables` (Ratliff & Rosenthal 1983; Roodbergen & de Koster 2001; Cambazard & Catusse 2018).
Before the sweep, aisles and cross-aisles that no shortest walk needs are left out: a whole column of passages
without a stop may be slid sideways, in one of the two directions without getting longer, until it meets an
aisle that has one; and likewise a cross-aisle between two blocks without a stop.

Lengths and positions are millimetres. A picker reaches both sides of an aisle from its middle line; the way
along aisles and cross-aisles is all that counts.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add
from typing import NamedTuple

from wms_desktop.domain.tour_tables import EMPTY, Rung, Tables, get_tables

Point = tuple[int, int]
Edge = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class Place:
    """A point of the floor, mm."""

    x: int
    y: int


@dataclass(frozen=True)
class Layout:
    """A floor of parallel aisles: `aisles` are the x of their middle lines, `cross_aisles` the y of theirs.

    Both strictly increasing, at least one aisle and two cross-aisles. The depot lies on a cross-aisle (at
    any x) or in an aisle (at any y). Raises ValueError where that is not so.
    """

    aisles: tuple[int, ...]
    cross_aisles: tuple[int, ...]
    depot: Place

    def __post_init__(self) -> None:
        if not self.aisles or len(self.cross_aisles) < 2:
            raise ValueError("a floor has at least one aisle and two cross-aisles")
        if any(a >= b for line in (self.aisles, self.cross_aisles) for a, b in pairwise(line)):
            raise ValueError("aisles and cross-aisles are given in increasing order, each once")
        if self.depot.x not in self.aisles and self.depot.y not in self.cross_aisles:
            raise ValueError("the depot lies neither in an aisle nor on a cross-aisle")


@dataclass(frozen=True, slots=True)
class Stop:
    """Something to be done at `y` mm of the aisle with index `aisle`; `key` names it in the tour.

    A `y` beyond the outermost cross-aisle is a stop in a dead end: it is walked to and back from there.
    """

    key: Hashable
    aisle: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A walk from the depot to every stop and back.

    `order` holds each stop's key once, in walking order; `path` the corner points to draw, first and last the
    depot; the way along it is `length` mm. No walk is shorter than `lower_bound` mm.
    """

    length: int
    lower_bound: int
    order: tuple[Hashable, ...]
    path: tuple[Point, ...]

    @property
    def is_proven(self) -> bool:
        """True if no shorter walk exists."""
        return self.length == self.lower_bound


def walk(layout: Layout, stops: Iterable[Stop]) -> Tour:
    """The shortest tour past all `stops`, with its order and path; exact, and the same for the same input.

    Each further cross-aisle multiplies time and memory by about 5.5; the first call for a number of
    cross-aisles builds its tables. Raises ValueError for a stop in an aisle that the layout does not have.
    """
    stops = tuple(stops)
    floor = _reduce(layout, stops)
    trail: list[Sequence[int]] = []
    total = _sweep(floor, trail) + floor.spurs_length
    circuit = _find_circuit((layout.depot.x, layout.depot.y), [*_trace(floor, trail), *floor.spurs])
    waiting: dict[Point, list[Hashable]] = {}
    for stop in stops:
        waiting.setdefault((layout.aisles[stop.aisle], stop.y), []).append(stop.key)
    order = tuple(key for point in circuit for key in waiting.pop(point, ()))
    return Tour(length=total, lower_bound=total, order=order, path=_keep_corners(circuit))


def length(layout: Layout, stops: Iterable[Stop]) -> int:
    """The length in mm of the shortest tour past all `stops`, exact: `walk` without its order and path."""
    floor = _reduce(layout, stops)
    return _sweep(floor, None) + floor.spurs_length


class _Piece(NamedTuple):
    """One piece of an aisle between two neighbouring cross-aisles, and what each way to serve it costs."""

    x: int
    row: int
    stops: tuple[int, ...]
    straight: int
    top: int
    bottom: int
    gap: int


class _Sideways(NamedTuple):
    """The way along the cross-aisles from one aisle to the next."""

    x: int
    next_x: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Floor:
    """The aisles and cross-aisles that a shortest tour may need, as the steps of a sweep left to right."""

    rows: tuple[int, ...]
    steps: tuple[_Piece | _Sideways, ...]
    never: int
    """A cost above that of every possible tour."""
    spurs: tuple[Edge, ...]
    """Ways there and back beyond the outermost cross-aisles."""
    spurs_length: int


def _reduce(layout: Layout, stops: Iterable[Stop]) -> _Floor:
    columns = _group(layout, stops)
    if len(columns) == 1:
        ((x, ys),) = columns.items()
        way, there_and_back = _go_and_return(x, sorted(ys))
        return _Floor(rows=(), steps=(), never=0, spurs=way, spurs_length=there_and_back)
    spurs, spurs_length = _cut_spurs(columns, layout.cross_aisles)
    rows = _find_rows(columns, layout.cross_aisles)
    depot = layout.depot
    at = bisect_left(layout.aisles, depot.x)
    walkable = layout.aisles[at : at + 1] == (depot.x,)
    if not walkable:
        # Passages cannot slide across a depot that no aisle leads to: with stops on both sides of it, the
        # aisles next to it stay. With stops on one side only, what lies beyond it folds onto the first aisle.
        nearest, farthest = min(columns), max(columns)
        for x in layout.aisles[max(at - 1, 0) : at + 1]:
            if nearest < x < farthest:
                columns.setdefault(x, set())
    xs = sorted(columns)
    never = 16 * ((rows[-1] - rows[0]) * len(xs) + (xs[-1] - xs[0]) * len(rows)) + 1
    steps: list[_Piece | _Sideways] = []
    for n, x in enumerate(xs):
        if n:
            steps.append(_Sideways(xs[n - 1], x))
        if x == depot.x and not walkable:
            steps.append(_stand(x, depot.y, rows, never))
        else:
            steps.extend(_cut_aisle(x, columns[x], rows))
    return _Floor(rows=rows, steps=tuple(steps), never=never, spurs=spurs, spurs_length=spurs_length)


def _group(layout: Layout, stops: Iterable[Stop]) -> dict[int, set[int]]:
    """The distinct y to be visited, by x, the depot's among them."""
    columns: dict[int, set[int]] = {layout.depot.x: {layout.depot.y}}
    aisles = layout.aisles
    count = len(aisles)
    for stop in stops:
        if not 0 <= stop.aisle < count:
            raise ValueError(f"the layout has no aisle {stop.aisle}")
        x = aisles[stop.aisle]
        if x in columns:
            columns[x].add(stop.y)
        else:
            columns[x] = {stop.y}
    return columns


def _cut_spurs(columns: dict[int, set[int]], lines: tuple[int, ...]) -> tuple[tuple[Edge, ...], int]:
    """Put the outermost crossing for what lies beyond it; the ways cut off and their length."""
    first, last = lines[0], lines[-1]
    spurs: list[Edge] = []
    total = 0
    for x, ys in columns.items():
        outside = {y for y in ys if not first <= y <= last}
        if not outside:
            continue
        ys -= outside
        above = {y for y in outside if y < first}
        for crossing, beyond in ((first, above), (last, outside - above)):
            if beyond:
                ys.add(crossing)
                way, there_and_back = _go_and_return(x, sorted({crossing, *beyond}))
                spurs += way
                total += there_and_back
    return tuple(spurs), total


def _go_and_return(x: int, ys: Sequence[int]) -> tuple[tuple[Edge, ...], int]:
    """The way along one aisle past all `ys` (increasing) and back."""
    return tuple(2 * [((x, a), (x, b)) for a, b in pairwise(ys)]), 2 * (ys[-1] - ys[0])


def _find_rows(columns: dict[int, set[int]], lines: tuple[int, ...]) -> tuple[int, ...]:
    """The cross-aisles that touch a stop or bound a block with one; at least two."""
    if len(lines) == 2:
        return lines
    needed: set[int] = set()
    for y in set().union(*columns.values()):
        at = bisect_left(lines, y)
        needed.add(at)
        if lines[at] != y:
            needed.add(at - 1)
    if len(needed) == 1:
        (only,) = needed
        needed.add(only - 1 if only else 1)
    return tuple([lines[n] for n in sorted(needed)])


def _cut_aisle(x: int, ys: set[int], rows: tuple[int, ...]) -> list[_Piece]:
    """The pieces of one aisle, top to bottom; a stop on a crossing belongs to the piece below, if any."""
    if len(rows) == 2:
        return [_price(x, 0, tuple(sorted(ys)), rows)]
    held: list[list[int]] = [[] for _ in rows[1:]]
    last = len(rows) - 2
    for y in sorted(ys):
        held[min(bisect_right(rows, y) - 1, last)].append(y)
    return [_price(x, row, tuple(stops), rows) for row, stops in enumerate(held)]


def _price(x: int, row: int, stops: tuple[int, ...], rows: tuple[int, ...]) -> _Piece:
    top, bottom = rows[row], rows[row + 1]
    straight = bottom - top
    if not stops:
        return _Piece(x, row, stops, straight, 0, 0, 0)
    gap = max([b - a for a, b in pairwise(stops)], default=0)
    # A single stop leaves no gap between stops: entering at both ends then costs as much as a double passage.
    return _Piece(x, row, stops, straight, 2 * (stops[-1] - top), 2 * (bottom - stops[0]), 2 * (straight - gap))


def _stand(x: int, y: int, rows: tuple[int, ...], never: int) -> _Piece:
    """A depot on a cross-aisle between two aisles: a crossing to be touched, with no way up or down."""
    row = rows.index(y)
    if row + 1 < len(rows):
        return _Piece(x, row, (y,), never, 0, never, never)
    return _Piece(x, row - 1, (y,), never, never, 0, never)


def _sweep(floor: _Floor, trail: list[Sequence[int]] | None) -> int:
    """Walk the tables backwards over all steps; the shortest length within the cross-aisles.

    Values are relative: what every state pays at a step is added up apart. `trail` is given the values before
    and after each step, last step first.
    """
    if not floor.steps:
        return 0
    tables = get_tables(len(floor.rows))
    values = [floor.never] * (len(tables.cells) + 1)
    for final in tables.finals:
        values[final] = 0
    if trail is not None:
        trail.append(array("q", values))
    paid = 0
    for step in reversed(floor.steps):
        if isinstance(step, _Sideways):
            values = _go_sideways(tables, values, step.next_x - step.x)
        elif step.stops:
            paid += _least(step)
            values = _serve(tables.rungs[step.row], values, step)
        else:
            values = _go_past(tables.rungs[step.row], values, step.straight)
        if trail is not None:
            trail.append(array("q", values))
    return values[EMPTY] + paid


def _least(piece: _Piece) -> int:
    """What serving the stops of `piece` costs at least if both its crossings are in the tour anyway."""
    return min(piece.top, piece.bottom, piece.gap)


def _go_sideways(tables: Tables, values: list[int], distance: int) -> list[int]:
    """Every odd crossing is walked on once, every even one twice or given up."""
    values = list(map(add, values, [distance * copies for copies in tables.copies]))
    for state, dropped in tables.drops:
        if values[dropped] < values[state]:
            values[state] = values[dropped]
    return values


def _go_past(rung: Rung, values: list[int], straight: int) -> list[int]:
    """A piece of aisle without stops: not walked, once, or there and back where that joins something."""
    double = 2 * straight
    stay, through = rung.linked
    merged = _take_less(stay(values), through(values), straight)
    stay, through, twice = rung.parted
    merged += _take_less(_take_less(stay(values), through(values), straight), twice(values), double)
    stay, through, twice = rung.loose[:3]
    merged += _take_less(_take_less(stay(values), through(values), straight), twice(values), double)
    return list(rung.restore(merged))


def _serve(rung: Rung, values: list[int], piece: _Piece) -> list[int]:
    """A piece of aisle with stops, each way of serving them priced above `_least`."""
    least = _least(piece)
    straight, double = piece.straight - least, 2 * piece.straight - least
    stay, through = rung.linked
    merged = _take_less(stay(values), through(values), straight)
    stay, through, twice = rung.parted
    merged += _take_less(_take_less(stay(values), through(values), straight), twice(values), double)
    _, through, twice, top, bottom, gap = rung.loose
    loose = _take_less([value + straight for value in through(values)], twice(values), double)
    loose = _take_less(loose, top(values), piece.top - least)
    loose = _take_less(loose, bottom(values), piece.bottom - least)
    if piece.gap < 2 * piece.straight:  # else walking it twice costs no more and joins both crossings
        loose = _take_less(loose, gap(values), piece.gap - least)
    return list(rung.restore(merged + loose))


def _take_less(values: Sequence[int], others: Sequence[int], more: int) -> list[int]:
    """Pairwise the smaller of a value and another one plus `more`."""
    return [a if a < (b := c + more) else b for a, c in zip(values, others, strict=True)]


def _trace(floor: _Floor, trail: list[Sequence[int]]) -> list[Edge]:
    """The passages of one shortest tour, found by following from the start the values that `_sweep` left."""
    if not floor.steps:
        return []
    tables = get_tables(len(floor.rows))
    edges: list[Edge] = []
    state = EMPTY
    trail.reverse()
    for step, before, after in zip(floor.steps, trail, trail[1:], strict=False):
        if isinstance(step, _Sideways):
            state = _find_drop(tables, state, (before[state], after), step.next_x - step.x)
            for y, cell in zip(floor.rows, tables.cells[state], strict=True):
                edges += (cell and (cell & 1 or 2)) * [((step.x, y), (step.next_x, y))]
        else:
            state, passages = _find_passages(tables.rungs[step.row], state, (before[state], after), step)
            points = sorted({floor.rows[step.row], *step.stops, floor.rows[step.row + 1]})
            for y, next_y in pairwise(points):
                edges += passages(y) * [((step.x, y), (step.x, next_y))]
    return edges


def _find_drop(tables: Tables, state: int, goal: tuple[int, Sequence[int]], distance: int) -> int:
    """The state with which the sweep goes sideways: `state` without the crossings that it gives up there."""
    value, after = goal
    reached = [state]
    for row in tables.drop_at:
        reached += [row[n] for n in reached]
    alive = (n for n in reached if n < len(tables.cells))
    return next(n for n in alive if after[n] + distance * tables.copies[n] == value)


def _find_passages(
    rung: Rung, state: int, goal: tuple[int, Sequence[int]], piece: _Piece
) -> tuple[int, Callable[[int], int]]:
    """The state after `piece`, and how often the way that begins at a given y of it is walked."""
    value, after = goal
    ends = rung.ends
    if not piece.stops:
        least = 0
        ways = [(state, 0, lambda _: 0)]
    else:
        least = _least(piece)
        first, last = piece.stops[0], piece.stops[-1]
        gap = max(pairwise(piece.stops), key=lambda pair: pair[1] - pair[0], default=(None, None))[0]
        ways = [
            (ends.top[state], piece.top, lambda y: 2 if y < last else 0),
            (ends.bottom[state], piece.bottom, lambda y: 2 if y >= first else 0),
            (ends.gap[state], piece.gap, lambda y: 0 if y == gap else 2),
        ]
    ways.append((ends.straight[state], piece.straight, lambda _: 1))
    ways.append((ends.double[state], 2 * piece.straight, lambda _: 2))
    return next((end, passages) for end, cost, passages in ways if after[end] + cost - least == value)


def _find_circuit(start: Point, edges: Sequence[Edge]) -> list[Point]:
    """A closed walk from `start` over every edge once (Hierholzer 1873); all degrees are even."""
    ways: dict[Point, list[tuple[int, Point]]] = {start: []}
    for number, (a, b) in enumerate(edges):
        ways.setdefault(a, []).append((number, b))
        ways.setdefault(b, []).append((number, a))
    walked = [False] * len(edges)
    circuit: list[Point] = []
    stack = [start]
    while stack:
        here = ways[stack[-1]]
        while here and walked[here[-1][0]]:
            here.pop()
        if here:
            number, there = here.pop()
            walked[number] = True
            stack.append(there)
        else:
            circuit.append(stack.pop())
    return circuit


def _keep_corners(circuit: Sequence[Point]) -> tuple[Point, ...]:
    """`circuit` without the points at which the walk goes straight on."""
    corners: list[Point] = []
    for point in circuit:
        if len(corners) > 1 and _heading(corners[-2], corners[-1]) == _heading(corners[-1], point):
            corners.pop()
        corners.append(point)
    return tuple(corners)


def _heading(a: Point, b: Point) -> tuple[bool, bool, bool, bool]:
    return (a[0] < b[0], a[0] > b[0], a[1] < b[1], a[1] > b[1])
