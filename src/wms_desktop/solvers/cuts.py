"""What whole orders can use of one product, closer than its units alone say: rounded inequalities that tighten a bound.

Of a row "the units of the chosen orders are at most the supply" the units are divided and rounded, in such a way that
every choice of whole orders still keeps to it (mixed-integer rounding: Marchand and Wolsey, 2001, "Aggregation and
mixed integer rounding to solve MIPs"). Three units for orders of two each serve one and not one and a half.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

_EPS = 1e-9
_LEAST = 1e-3
"""How far a share must be beyond an inequality, as a length, before the inequality is worth having."""
_NEAR = (0.5, 0.0, 0.9)
"""From which share of its most a column is counted down from its most, instead of up from nothing."""
_DIVISORS = 8


class Cut(NamedTuple):
    """The weighted sum of some columns is at most so much, in every choice of whole orders."""

    columns: Any
    weights: Any
    most: float


class Rounding:
    """Finds the inequalities that a share breaks, for rows of whole units and columns of whole numbers."""

    def __init__(self, cells: tuple[Any, Any, Any], supply: Any, most: Any) -> None:
        """Cells are (row, column, units), three arrays of one length; ``most`` is the upper limit of each column."""
        rows, columns, units = cells
        order = np.argsort(rows, kind="stable")
        self._row, self._column, self._units = rows[order], columns[order], units[order]
        self._supply, self._most = supply, most[self._column]
        self._starts = np.searchsorted(self._row, np.arange(len(supply) + 1))
        distinct, times = np.unique(units, return_counts=True)
        by_use = distinct[np.argsort(-times, kind="stable")]
        self._divisors = [float(units) for units in by_use if units > 1][:_DIVISORS]

    def find(self, share: Any) -> list[Cut]:
        """For each row and each way of counting the inequality that the share breaks most, if any."""
        found: list[Cut] = []
        for near in _NEAR:
            best = np.full(len(self._supply), _LEAST)
            cuts: dict[int, Cut] = {}
            is_down = share[self._column] > near * self._most + _EPS
            for divisor in self._divisors:
                self._divide(share, is_down, divisor, best, cuts)
            found.extend(cuts.values())
        return found

    def _divide(self, share: Any, is_down: Any, divisor: float, best: Any, cuts: dict[int, Cut]) -> None:
        sign = np.where(is_down, -1.0, 1.0)
        room = (self._supply - self._sum(np.where(is_down, self._units * self._most, 0.0))) / divisor
        whole = np.floor(room + _EPS)
        part = np.maximum(0.0, room - whole)
        is_useful = (part > _LEAST) & (part < 1 - _LEAST)
        part = np.where(is_useful, part, 0.0)[self._row]
        quotient = sign * self._units / divisor
        floor = np.floor(quotient + _EPS)
        weight = floor + np.maximum(0.0, quotient - floor - part) / (1 - part)
        counted = np.where(is_down, self._most - share[self._column], share[self._column])
        beyond = (self._sum(weight * counted) - whole) / (np.sqrt(self._sum(weight * weight)) + _EPS)
        for row in np.nonzero(is_useful & (beyond > best))[0]:
            cells = slice(self._starts[row], self._starts[row + 1])
            weights, down = weight[cells] * sign[cells], is_down[cells]
            most = whole[row] - float((weight[cells] * self._most[cells])[down].sum())
            there = np.abs(weights) > _EPS
            cuts[int(row)] = Cut(self._column[cells][there], weights[there], most)
            best[row] = beyond[row]

    def _sum(self, cells: Any) -> Any:
        return np.bincount(self._row, cells, len(self._supply))
