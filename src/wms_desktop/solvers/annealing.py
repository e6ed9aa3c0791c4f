"""A search over the orders of several products, many at a time, with the orders of one product answered by tables.

What the orders of one product alone come to with so many units of it is known exactly (a knapsack's table for each
product), so only the orders that tie products together are searched: each goes in or out with the change in its own
worth and in the tables. In one step every order of the core is weighed at once, and those that may change and share no
product do (annealing: Kirkpatrick, Gelatt and Vecchi, 1983).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from wms_desktop.solvers.relaxed import Guide, Matrix

HEATS = ((0.1, 0.03), (0.01, 0.003))
"""Temperatures at the beginning and the end of a run, as shares of the mean worth of an order; the first suits orders
that all count alike, the last those whose worth is that of their goods."""
_LARGEST = 4_000_000
"""Cells of a product's table beyond which its orders are searched like the others."""
_EPS, _HALF = 1e-6, 0.5
_FORBIDDEN = -1e18
_AT_ONCE = 1_200
"""How many orders are weighed at once; of a larger core, others each time."""
_STEPS = 30
"""Steps between two looks at the clock, with the same orders."""
_Tables = tuple[Any, Any, Any]
"""The best worth of the orders of one product for each number of units, all products one after the other; where each
product's begins, and the number of units beyond which it has no more.
"""


class Annealing:
    """The tables of one problem, and runs of the search over it."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        alone = [list[int]() for _ in matrix.supply]
        for kind in np.nonzero(np.diff(matrix.starts) == 1)[0]:
            alone[matrix.rows[matrix.starts[kind]]].append(int(kind))
        self._taken: list[list[tuple[int, int, Any]]] = []
        tables = [self._tabulate(row, kinds) for row, kinds in enumerate(alone)]
        self._last = np.array([len(table) - 1 for table in tables])
        first = np.concatenate([[0], np.cumsum(self._last[:-1] + 1)]).astype(int)
        self._tables: _Tables = (np.concatenate(tables), first, self._last)
        known = {kind for taken in self._taken for kind, _, _ in taken}
        self._searched = np.array([kind not in known for kind in range(matrix.count)], bool)

    def round(self, guide: Guide) -> Any:
        """A choice near the relaxation: orders of several products rounded, those of one filled up by the tables."""
        matrix = self._matrix
        chosen = np.where(self._searched, np.floor(guide.share + _EPS), 0)
        part = guide.share - chosen
        left = matrix.supply - matrix.used(chosen)
        broken = np.nonzero(self._searched & (part >= _HALF))[0]
        for kind in broken[np.argsort(-part[broken], kind="stable")]:
            cells = slice(matrix.starts[kind], matrix.starts[kind + 1])
            if (left[matrix.rows[cells]] >= matrix.units[cells]).all():
                left[matrix.rows[cells]] -= matrix.units[cells]
                chosen[kind] += 1
        return self._complete(chosen)

    def run(self, start: Any, core: Any, heat: tuple[float, float], seed: int, elapsed: Callable[[], float]) -> Any:
        """How many of each kind, at least as good as at the start: the kinds marked as ``core`` are chosen anew.

        ``elapsed`` gives the share of the run's time that is over; it ends at one.
        """
        matrix, rng = self._matrix, np.random.default_rng(seed)
        kinds = np.repeat(np.arange(matrix.count), np.where(core & self._searched, matrix.most, 0).astype(int))
        chosen = np.where(self._searched, start, 0)
        if not len(kinds):
            return self._complete(chosen)
        nth = np.arange(len(kinds)) - np.searchsorted(kinds, kinds)
        run = _Run(matrix, kinds, nth < chosen[kinds], matrix.supply - matrix.used(chosen))
        (hot, cold), mean = heat, float(matrix.worth.mean())
        while (share := elapsed()) < 1:
            warmth = mean * hot * math.pow(cold / hot, share)
            run.look_at(rng.permutation(len(kinds))[:_AT_ONCE])
            for _ in range(_STEPS):
                run.step(warmth, rng, self._tables)
        found = chosen.copy()
        found[kinds] = 0
        np.add.at(found, kinds, run.best)
        return self._complete(found)

    def _tabulate(self, row: int, kinds: list[int]) -> Any:
        """The best worth of the orders of one product for each number of units, and who is taken for it."""
        matrix = self._matrix
        orders = [(k, int(matrix.units[matrix.starts[k]])) for k in kinds for _ in range(int(matrix.most[k]))]
        units = int(min(matrix.supply[row], sum(each for _, each in orders)))
        self._taken.append([])
        if units * len(orders) > _LARGEST:
            return np.zeros(1)
        table = np.zeros(units + 1)
        for kind, each in orders:
            with_it = table[: units + 1 - each] + matrix.worth[kind]
            is_better = with_it > table[each:]
            self._taken[row].append((kind, each, is_better))
            table[each:] = np.where(is_better, with_it, table[each:])
        return table

    def _complete(self, chosen: Any) -> Any:
        """Adds the orders of one product that make the most of what the others leave."""
        left = self._matrix.supply - self._matrix.used(chosen)
        for row, taken in enumerate(self._taken):
            units = int(min(left[row], self._last[row]))
            for kind, each, is_better in reversed(taken):
                if units >= each and is_better[units - each]:
                    chosen[kind] += 1
                    units -= each
        return chosen


class _Run:
    """One run: who is in, what is left of each product, and the best so far."""

    def __init__(self, matrix: Matrix, kinds: Any, is_in: Any, left: Any) -> None:
        self._matrix, self._kinds = matrix, kinds
        self._in = is_in
        self._left = left.astype(int)
        self._over = self._most = 0.0
        self.best = is_in.copy()

    def look_at(self, some: Any) -> None:
        """The orders that the next steps weigh, by their places."""
        matrix, kinds = self._matrix, self._kinds[some]
        lengths = matrix.starts[kinds + 1] - matrix.starts[kinds]
        self._some = some
        self._starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(int)
        cells = np.repeat(matrix.starts[kinds] - self._starts, lengths) + np.arange(lengths.sum())
        self._rows = matrix.rows[cells]
        self._owner = np.repeat(np.arange(len(kinds)), lengths)
        is_in = self._in[some]
        self._gain = np.where(is_in, -1.0, 1.0) * matrix.worth[kinds]
        self._gives = np.where(is_in[self._owner], 1, -1) * matrix.units[cells].astype(int)

    def step(self, warmth: float, rng: Any, tables: _Tables) -> None:
        """Every order that may change, by its gain and the warmth, does so unless another one wants the same goods."""
        worths, first, last = tables
        after = self._left[self._rows] + self._gives
        now = worths[first + np.minimum(self._left, last)]
        then = worths[first[self._rows] + np.clip(after, 0, last[self._rows])]
        change = np.where(after >= 0, then - now[self._rows], _FORBIDDEN)
        gain = self._gain + np.add.reduceat(change, self._starts)
        count = len(gain)
        willing = np.nonzero(gain > warmth * np.log(rng.random(count)))[0]
        turn = np.full(count, count)
        turn[willing] = rng.permutation(len(willing))
        cells = np.nonzero(turn[self._owner] < count)[0]
        rows, turns = self._rows[cells], turn[self._owner[cells]]
        claimed = np.full(len(self._left), count)
        np.minimum.at(claimed, rows, turns)
        turn[self._owner[cells[claimed[rows] < turns]]] = count
        self._move(turn < count, gain)

    def _move(self, moves: Any, gain: Any) -> None:
        cells = np.nonzero(moves[self._owner])[0]
        self._left[self._rows[cells]] += self._gives[cells]
        self._over += float(gain[moves].sum())
        self._in[self._some[moves]] ^= True
        self._gain[moves] *= -1
        self._gives[cells] *= -1
        if self._over > self._most:
            self._most = self._over
            self.best = self._in.copy()
