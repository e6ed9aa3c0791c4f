"""Splits the open units of order lines into their states: every unit into exactly one, the first rule that fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

READY, IN_WORK, BACKORDERED, STOCK_BLOCKED, PRE_ORDER, ON_HOLD = range(6)
"""Places in a split; the names are those of `views.backlog.STATES`."""
Split = tuple[int, int, int, int, int, int]
"""Units of one line by state."""
NOTHING: Split = (0, 0, 0, 0, 0, 0)
# What keeps an order from leaving, the strongest first.
STRONGEST = (ON_HOLD, PRE_ORDER, BACKORDERED, STOCK_BLOCKED, READY, IN_WORK)


class Demand(NamedTuple):
    """One line with open units, in whole units.

    ``open`` is owed in all (ordered less cancelled less shipped). Of these ``in_work`` are held on the floor,
    ``kept`` are held where they can be picked, ``stuck`` are held where they may not be picked. ``stop`` is ON_HOLD
    or PRE_ORDER for a line that must not move, else 0. ``is_own``: served by its own purchase alone, never from
    free stock.
    """

    line_id: int
    product_id: int
    open: int
    in_work: int = 0
    kept: int = 0
    stuck: int = 0
    stop: int = 0
    is_own: bool = False


def split(demands: Iterable[Demand], free: Mapping[int, int], blocked: Mapping[int, int]) -> list[Split]:
    """The open units of each line by state; ``demands`` come in the order of demand.

    ``free`` counts by product the units that may be picked and that nobody holds, ``blocked`` those that stand in
    the house and may not be picked. Both are given out in the order of demand, none of them twice. A split always
    adds up to ``open``, whatever the figures say: what is held beyond it counts nothing.
    """
    free_left, blocked_left = dict(free), dict(blocked)
    splits: list[Split] = []
    for demand in demands:
        _, product_id, rest, in_work, kept, stuck, stop, is_own = demand
        in_work = min(in_work, rest)
        rest -= in_work
        if stop:
            splits.append((0, in_work, 0, 0, rest, 0) if stop == PRE_ORDER else (0, in_work, 0, 0, 0, rest))
            continue
        ready = min(kept, rest)
        rest -= ready
        halted = min(stuck, rest)
        rest -= halted
        if rest and not is_own:
            more = min(rest, free_left.get(product_id, 0))
            if more:
                free_left[product_id] -= more
                ready += more
                rest -= more
            if rest and (more := min(rest, blocked_left.get(product_id, 0))):
                blocked_left[product_id] -= more
                halted += more
                rest -= more
        splits.append((ready, in_work, rest, halted, 0, 0))
    return splits


def strongest(by_state: Split) -> int:
    """The state that keeps these units from leaving; READY when there are none."""
    for state in STRONGEST:
        if by_state[state]:
            return state
    return READY


def most(by_state: Split) -> int:
    """The state of most of the units; of two with as many, the one that keeps them longer."""
    units = max(by_state)
    if by_state.count(units) == 1:
        return by_state.index(units)
    return next(state for state in STRONGEST if by_state[state] == units)


def add(splits: Sequence[Split]) -> Split:
    """The sum of several lines' units, state by state."""
    if len(splits) == 1:
        return splits[0]
    a = b = c = d = e = f = 0
    for one in splits:
        a += one[0]
        b += one[1]
        c += one[2]
        d += one[3]
        e += one[4]
        f += one[5]
    return (a, b, c, d, e, f)
