"""Which state of a half-walked floor follows which: the tables behind `tours`, per number of cross-aisles.

A state describes the aisle where a sweep from left to right stands, one cell for each cross-aisle: not
touched yet, or touched by an even or an odd number of passages, and which touched crossings already hang
together. Nothing in it depends on a distance, so the tables are built once for each number of cross-aisles
(Ratliff & Rosenthal 1983 for two, Roodbergen & de Koster 2001 for three, the idea for any number after
Cambazard & Catusse 2018 and Pansart, Catusse & Cambazard 2018).

The walk over the tables goes backwards (cost still to come), because each choice has exactly one successor:
a step is then a gather and a minimum over whole lists, which plain Python does at the speed of its C core.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from operator import itemgetter

# One number per cross-aisle: 0 untouched, else 2 x component (from 1, in order of appearance) + 1 if odd.
State = tuple[int, ...]
Gather = Callable[[Sequence[int]], tuple[int, ...]]

EMPTY = 0
"""Number of the state in which nothing has been touched: the start of every sweep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Successor of every state for each way of walking one piece of aisle between two cross-aisles."""

    straight: tuple[int, ...]
    """Walked through once."""
    double: tuple[int, ...]
    """Walked through and back."""
    top: tuple[int, ...]
    """Entered and left at the cross-aisle with the smaller y."""
    bottom: tuple[int, ...]
    """Entered and left at the cross-aisle with the larger y."""
    gap: tuple[int, ...]
    """Entered and left at both, one gap between two stops is not walked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """`Ends` of one piece of aisle, sorted by what can matter there, as gathers over the list of values.

    *Linked* states have both crossings touched and connected, *parted* ones touched but not connected,
    *loose* ones at least one untouched. `restore` brings the three results, one after the other, back to
    state order.
    """

    ends: Ends
    linked: tuple[Gather, Gather]
    parted: tuple[Gather, Gather, Gather]
    loose: tuple[Gather, Gather, Gather, Gather, Gather, Gather]
    restore: Gather


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """All that depends on the number of cross-aisles alone.

    The last state number is a dead one: it stands for every move that would leave a part of the walk cut off.
    """

    cells: tuple[State, ...]
    """The cells of each state by its number, without the dead state."""
    rungs: tuple[Rung, ...]
    """One per piece of aisle, top to bottom."""
    copies: tuple[int, ...]
    """How often all cross-aisles together are walked on to the next aisle when no crossing is given up."""
    drops: tuple[tuple[int, int], ...]
    """(state, state without one even crossing), so ordered that one pass allows any set of drops."""
    drop_at: tuple[tuple[int, ...], ...]
    """Per cross-aisle and state, the state without that crossing; the dead one where that cannot be."""
    finals: tuple[int, ...]
    """States in which the walk may end: one component, every crossing even."""


@cache
def get_tables(cross_aisles: int) -> Tables:
    """Build, once per process, the tables for a floor of `cross_aisles` >= 2 cross-aisles.

    States with the dead one: 7, 25, 113, 569, 3,033, 16,769 for 2 to 7 cross-aisles (1 ms to 1 s to build).
    Raises ValueError below 2.
    """
    if cross_aisles < 2:
        raise ValueError("a floor of aisles needs at least two cross-aisles")
    cells, ends, drop_at = _explore(cross_aisles)
    dead = len(cells)
    return Tables(
        cells=tuple(cells),
        rungs=tuple(_sort_rung(cells, k, ends[k]) for k in range(cross_aisles - 1)),
        copies=(*(sum((c & 1) or 2 for c in state if c) for state in cells), 0),
        drops=tuple((s, t) for row in drop_at for s, t in enumerate(row) if t != dead),
        drop_at=drop_at,
        finals=tuple(n for n, state in enumerate(cells) if n and all(c in (0, 2) for c in state)),
    )


def _explore(rows: int) -> tuple[list[State], list[Ends], tuple[tuple[int, ...], ...]]:
    """Every state that can be reached from `EMPTY`, with its successors."""
    cells: list[State] = [(0,) * rows]
    numbers: dict[State, int] = {cells[0]: EMPTY}
    moves: list[list[tuple[int, int, int, int, int]]] = [[] for _ in range(rows - 1)]
    drops: list[list[int]] = [[] for _ in range(rows)]

    def number(state: State) -> int:
        found = numbers.get(state)
        if found is None:
            found = numbers[state] = len(cells)
            cells.append(state)
        return found

    for here, state in enumerate(cells):  # grows while it is walked
        for row in range(rows):
            drops[row].append(number(_drop(state, row)) if _can_drop(state, row) else -1)
        touched = [_touch(state, row) for row in range(rows)]
        for k in range(rows - 1):
            top, bottom = (here if state[j] else number(touched[j]) for j in (k, k + 1))
            both = touched[k] if state[k + 1] else touched[k + 1] if state[k] else _touch(touched[k], k + 1)
            gap = number(both)
            double = gap if both[k] >> 1 == both[k + 1] >> 1 else number(_join(both, k, 0))
            moves[k].append((number(_join(both, k, 1)), double, top, bottom, gap))
    dead = len(cells)
    ends = []
    for rung in moves:
        straight, doubles, tops, bottoms, gaps = ((*column, dead) for column in zip(*rung, strict=True))
        ends.append(Ends(straight=straight, double=doubles, top=tops, bottom=bottoms, gap=gaps))
    return cells, ends, tuple((*(t if t >= 0 else dead for t in row), dead) for row in drops)


def _touch(state: State, row: int) -> State:
    """`state` with the crossing at `row` touched, on its own if it was not."""
    if state[row]:
        return state
    fresh = 2 * len(state) + 2
    return _rename((*state[:row], fresh, *state[row + 1 :]))


def _join(state: State, row: int, odd: int) -> State:
    """`state` (both crossings touched) with `row` and the next one joined by 1 (`odd`) or 2 passages."""
    upper, lower = state[row] >> 1, state[row + 1] >> 1
    joined = list(state) if upper == lower else [upper * 2 + (c & 1) if c >> 1 == lower else c for c in state]
    joined[row] ^= odd
    joined[row + 1] ^= odd
    return tuple(joined) if upper == lower else _rename(joined)


def _can_drop(state: State, row: int) -> bool:
    """True if the walk may leave this crossing behind: even, and another one carries its component on."""
    cell = state[row]
    return cell > 0 and not cell & 1 and state.count(cell) + state.count(cell + 1) > 1


def _drop(state: State, row: int) -> State:
    return _rename((*state[:row], 0, *state[row + 1 :]))


def _rename(cells: Sequence[int]) -> State:
    """The same state with its components numbered 1, 2, ... in order of appearance."""
    names = {0: 0}
    return tuple([names.setdefault(c >> 1, len(names)) * 2 + (c & 1) for c in cells])


def _sort_rung(cells: Sequence[State], k: int, ends: Ends) -> Rung:
    dead = len(cells)
    linked, parted, loose = [dead], list[int](), list[int]()
    for n, state in enumerate(cells):
        upper, lower = state[k], state[k + 1]
        kind = loose if not (upper and lower) else linked if upper >> 1 == lower >> 1 else parted
        kind.append(n)
    place = {n: at for at, n in enumerate(chain(linked, parted, loose))}
    return Rung(
        ends=ends,
        linked=(_gather(linked), _follow(ends.straight, linked)),
        parted=(_gather(parted), _follow(ends.straight, parted), _follow(ends.double, parted)),
        loose=(
            _gather(loose),
            _follow(ends.straight, loose),
            _follow(ends.double, loose),
            _follow(ends.top, loose),
            _follow(ends.bottom, loose),
            _follow(ends.gap, loose),
        ),
        restore=_gather([place[n] for n in range(dead + 1)]),
    )


def _follow(ends: Sequence[int], states: Sequence[int]) -> Gather:
    return _gather([ends[n] for n in states])


def _gather(numbers: Sequence[int]) -> Gather:
    """`itemgetter` that gives a tuple for a single number too."""
    if len(numbers) > 1:
        gather: Gather = itemgetter(*numbers)
        return gather
    return lambda values: tuple([values[n] for n in numbers])
