"""The sharing problem as HiGHS sees it: its relaxation with prices, a dive to whole orders, and the proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import highspy
import numpy as np

from wms_desktop.domain.sharing import Wish

_EPS = 1e-6
_HALF = 0.5
_STEP = 0.1
"""The share of the broken orders that each dive fixes before the rest is solved again."""

_POLISHED = 0.0002
_LARGEST = 1_000_000
"""Worths above it are scaled down: a count with the value and age behind it has more digits than the solver keeps."""
_SOME = 0.7
"""The share of the products that a polishing of some products looks at."""


class Talk(Protocol):
    """Whoever listens to a proof while it runs, on the proof's own thread, and may tell it a better choice."""

    def hear(self, bound: float, numbers: Sequence[int]) -> None:
        """The bound so far, and the wishes of a better choice (none: only the bound is new)."""

    def offer(self) -> Sequence[int]:
        """The wishes of a choice that the proof may not know yet; none: there is nothing new."""


@dataclass(frozen=True, slots=True)
class Relaxed:
    """The optimum of the relaxation: its value, how much of each wish, and what one unit of each product is worth."""

    value: float
    share: Any
    prices: dict[int, float]


@dataclass(frozen=True, slots=True)
class Effort:
    """How many orders near the edge a polishing chooses anew at once, and how long it may take."""

    orders: int
    seconds: float


class Matrix:
    """Wishes as columns, products as rows, in the compressed form that the solver takes."""

    def __init__(self, wishes: Sequence[Wish], supply: Mapping[int, int]) -> None:
        self.products = sorted(supply)
        row_of = {product: row for row, product in enumerate(self.products)}
        self.count = len(wishes)
        self.supply = np.array([supply[p] for p in self.products], float)
        self.scale = max(1, max(wish.worth for wish in wishes) // _LARGEST)
        self.worth = np.array([wish.worth / self.scale for wish in wishes], float)
        self.starts = np.cumsum([0, *(len(wish.needs) for wish in wishes)])
        self.rows = np.array([row_of[p] for wish in wishes for p, _ in wish.needs], int)
        self.units = np.array([units for wish in wishes for _, units in wish.needs], float)
        self._column = np.repeat(np.arange(self.count), np.diff(self.starts))

    def relax(self) -> Relaxed:
        """Solves the relaxation of the whole problem."""
        value, share, prices = _solve(self._model(np.arange(self.count), self.supply))
        known = {p: float(price) * self.scale for p, price in zip(self.products, prices, strict=True)}
        return Relaxed(value * self.scale, share, known)

    def dive(self, relaxed: Relaxed) -> list[int]:
        """Whole orders near the relaxation: those wholly in it, then the nearest, solving the rest again each time."""
        chosen = np.zeros(self.count, bool)
        alive = np.ones(self.count, bool)
        columns, share = np.arange(self.count), relaxed.share
        while len(columns):
            whole = share > 1 - _EPS
            chosen[columns[whole]] = True
            alive[columns[whole]] = False
            left = self.supply - self._used(chosen)
            broken = np.nonzero((share > _EPS) & ~whole)[0]
            nearest = broken[np.argsort(-share[broken], kind="stable")]
            for place in nearest[: max(3, int(len(broken) * _STEP))]:
                self._take(columns[place], chosen, left)
                alive[columns[place]] = False
            alive[self._column[self.units > left[self.rows]]] = False
            columns = np.nonzero(alive)[0]
            if not len(columns):
                break
            _, share, _ = _solve(self._model(columns, left))
            if (share < _EPS).all():
                break
        return [int(number) for number in np.nonzero(chosen)[0]]

    def prove(self, start: Sequence[bool], seconds: float, gap: float, talk: Talk) -> tuple[float, list[int]]:
        """The best bound and whole orders found in so many seconds, from a first choice; stops at the gap.

        Bounds are in the scaled worth, ``scale`` to one, here and where they are talked of.
        """
        model = self._model(np.arange(self.count), self.supply, whole=True)
        bound, found = _branch(model, np.asarray(start, float), seconds, gap, talk)
        return bound, _list_whole(found)

    def polish(self, start: Sequence[bool], relaxed: Relaxed, effort: Effort, seed: int,
               *, other: Sequence[bool] = ()) -> list[int]:  # fmt: skip
        """Whole orders at least as good: those near the edge of the relaxation are chosen anew, the others stay.

        Every other seed chooses among more orders, but only such as want nothing but some of the products. With an
        ``other`` choice, all about which the two differ is chosen anew, so that the better parts of both may come in.
        """
        chosen = np.asarray(start, bool)
        prices = np.array([relaxed.prices[p] / self.scale for p in self.products])
        cost = np.bincount(self._column, prices[self.rows] * self.units, self.count)
        edge, orders = np.abs(self.worth - cost) / self.worth, effort.orders
        rng = np.random.default_rng(seed)
        if other:
            differs = np.asarray(other, bool) != chosen
            edge[differs] = -1.0
            orders = max(orders, int(differs.sum()))
        elif seed % 2:
            edge *= rng.uniform(0.3, 3.0, self.count)
        else:
            outside = rng.random(len(self.products)) >= _SOME
            edge[np.bincount(self._column, outside[self.rows], self.count) > 0] = np.inf
            orders = min(orders * 3 // 2, int(np.isfinite(edge).sum()))
        free = np.sort(np.argsort(edge, kind="stable")[:orders])
        kept = chosen.copy()
        kept[free] = False
        model = self._model(free, self.supply - self._used(kept), whole=True)
        kept[free] = _branch(model, chosen[free].astype(float), effort.seconds, _POLISHED)[1] > _HALF
        return _list_whole(kept)

    def _take(self, number: int, chosen: Any, left: Any) -> None:
        part = slice(self.starts[number], self.starts[number + 1])
        if (left[self.rows[part]] >= self.units[part]).all():
            left[self.rows[part]] -= self.units[part]
            chosen[number] = True

    def _used(self, chosen: Any) -> Any:
        used = np.zeros(len(self.products))
        inside = chosen[self._column]
        np.add.at(used, self.rows[inside], self.units[inside])
        return used

    def _model(self, columns: Any, supply: Any, *, whole: bool = False) -> Any:
        lengths = self.starts[columns + 1] - self.starts[columns]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        cells = np.repeat(self.starts[columns] - starts[:-1], lengths) + np.arange(starts[-1])
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(columns), len(supply)
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = self.worth[columns]
        model.col_lower_, model.col_upper_ = np.zeros(len(columns)), np.ones(len(columns))
        model.row_lower_, model.row_upper_ = np.full(len(supply), -highspy.kHighsInf), np.asarray(supply, float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = starts, self.rows[cells]
        model.a_matrix_.value_ = self.units[cells]
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
        return model


def _open(model: Any) -> Any:
    make: Any = highspy.Highs  # ships no types for its constructor
    solver = make()
    solver.silent()
    solver.passModel(model)
    return solver


def _branch(model: Any, start: Any, seconds: float, gap: float, talk: Talk | None = None) -> tuple[float, Any]:
    """Branch and bound from a first choice: the bound, and what is chosen (the first choice where nothing better)."""
    solver = _open(model)
    first = highspy.HighsSolution()
    first.col_value = [float(share) for share in start]
    solver.setSolution(first)
    solver.setOptionValue("time_limit", max(0.05, seconds))
    solver.setOptionValue("mip_rel_gap", gap)
    if talk is not None:
        _connect(solver, talk, len(start))
    solver.run()
    found = np.array(solver.getSolution().col_value)
    is_answer = len(found) == len(start) and solver.getInfo().primal_solution_status == 2
    return float(solver.getInfo().mip_dual_bound), found if is_answer else start


def _connect(solver: Any, talk: Talk, count: int) -> None:
    def better(event: Any) -> None:
        talk.hear(event.data_out.mip_dual_bound, _list_whole(event.data_out.mip_solution))

    def ask(event: Any) -> None:
        offered = talk.offer()
        if offered:
            share = np.zeros(count)
            share[list(offered)] = 1.0
            event.data_in.setSolution(share)

    solver.cbMipImprovingSolution += better
    solver.cbMipLogging += lambda event: talk.hear(event.data_out.mip_dual_bound, ())
    solver.cbMipUserSolution += ask


def _list_whole(share: Any) -> list[int]:
    return [int(number) for number in np.nonzero(np.asarray(share) > _HALF)[0]]


def _solve(model: Any) -> tuple[float, Any, Any]:
    solver = _open(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise ArithmeticError(f"the relaxation was not solved: {solver.modelStatusToString(solver.getModelStatus())}")
    solution = solver.getSolution()
    return solver.getObjectiveValue(), np.array(solution.col_value), np.array(solution.row_dual)
