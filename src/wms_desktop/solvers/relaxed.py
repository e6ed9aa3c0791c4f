"""The sharing problem as HiGHS sees it: its relaxation, made tighter by rounded inequalities, and the proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import highspy
import numpy as np

from wms_desktop.domain.sharing import Wish
from wms_desktop.solvers.cuts import Cut, Rounding

_EPS = 1e-6
_LARGEST = 1_000_000
"""Worths above it are scaled down: a count with the value and age behind it has more digits than the solver keeps."""
_GIVE, _MERGED = 3, 1e-5
"""How many more or fewer orders of one product a merging may choose of a kind, and the gap at which it ends."""
_SLOW, _PATIENCE = 5e-6, 3
"""Tightening ends when so many rounds, one after the other, lower the bound by less than this share of it each, and
leave no fewer kinds broken.
"""


class Talk(Protocol):
    """Whoever listens to a proof while it runs, on the proof's own thread, and may tell it a better choice."""

    def hear(self, bound: float, chosen: Any) -> None:
        """The bound so far, and a better choice (None: only the bound is new)."""

    def offer(self) -> Any:
        """A choice that the proof may not know yet; None: there is nothing new."""

    def is_over(self) -> bool:
        """Whether the proof may end at once."""


@dataclass(frozen=True, slots=True)
class Guide:
    """What a relaxation says: a bound of the worth, how many of each kind, what one of a kind is worth beyond its
    goods (below nothing: less than them), and what one unit of each product is worth.
    """

    bound: float
    share: Any
    surplus: Any
    prices: Any

    def core(self, worth: Any, nearest: float) -> Any:
        """Marks the kinds that are broken, or at the edge: their surplus is at most so small a share of their worth."""
        return self._is_broken() | (np.abs(self.surplus) <= nearest * worth)

    def broken(self) -> int:
        """How many kinds are not whole."""
        return int(self._is_broken().sum())

    def _is_broken(self) -> Any:
        return np.abs(self.share - np.round(self.share)) > _EPS


class Matrix:
    """Kinds of wishes as columns, products as rows, in the compressed form that the solver takes.

    Wishes of the same needs and worth are of one kind; a choice says how many of each kind are in. Worths are scaled:
    ``scale`` to one.
    """

    def __init__(self, wishes: Sequence[Wish], supply: Mapping[int, int]) -> None:
        self.products = sorted(supply)
        row_of = {product: row for row, product in enumerate(self.products)}
        self._numbers: dict[tuple[tuple[tuple[int, int], ...], int], list[int]] = {}
        for number, wish in enumerate(wishes):
            self._numbers.setdefault((wish.needs, wish.worth), []).append(number)
        self.count = len(self._numbers)
        self.supply = np.array([supply[p] for p in self.products], float)
        self.scale = max(1, max(wish.worth for wish in wishes) // _LARGEST)
        self.worth = np.array([worth / self.scale for _, worth in self._numbers], float)
        self.most = np.array([len(numbers) for numbers in self._numbers.values()], float)
        self.starts = np.cumsum([0, *(len(needs) for needs, _ in self._numbers)])
        self.rows = np.array([row_of[p] for needs, _ in self._numbers for p, _ in needs], int)
        self.units = np.array([units for needs, _ in self._numbers for _, units in needs], float)
        self.column = np.repeat(np.arange(self.count), np.diff(self.starts))

    def numbers(self, chosen: Any) -> list[int]:
        """The wishes of a choice, by their places: of each kind those that were named first."""
        return [
            number
            for numbers, many in zip(self._numbers.values(), chosen, strict=True)
            for number in numbers[: round(float(many))]
        ]

    def worth_of(self, chosen: Any) -> int:
        """What a choice is worth, exactly."""
        return sum(worth * round(float(many)) for (_, worth), many in zip(self._numbers, chosen, strict=True))

    def used(self, chosen: Any) -> Any:
        """The units of each product that a choice takes."""
        return np.bincount(self.rows, self.units * chosen[self.column], len(self.supply))

    def model(self) -> Any:
        """The relaxed problem."""
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.count, len(self.supply)
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = self.worth
        model.col_lower_, model.col_upper_ = np.zeros(self.count), self.most
        model.row_lower_, model.row_upper_ = np.full(len(self.supply), -highspy.kHighsInf), self.supply
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = self.starts, self.rows
        model.a_matrix_.value_ = self.units
        return model


class Relaxation:
    """The relaxation of a whole problem, which rounded inequalities bring nearer to whole orders round by round."""

    def __init__(self, matrix: Matrix) -> None:
        self._matrix = matrix
        self._rounding = Rounding((matrix.rows, matrix.column, matrix.units), matrix.supply, matrix.most)
        self._solver = _open(matrix)
        if not _run(self._solver):
            raise ArithmeticError("the relaxation was not solved")
        self.guide = self._read()

    def tighten(self, is_over: Callable[[], bool]) -> None:
        """Adds inequalities until ``is_over`` says so or they bring next to nothing more; ``guide`` follows."""
        fewest, idle = self.guide.broken(), 0
        while idle < _PATIENCE and not is_over():
            before = self.guide
            cuts = self._rounding.find(before.share)
            if not cuts:
                return
            self._forget()
            self._add(cuts)
            if not _run(self._solver):
                return
            self.guide = guide = self._read(before.bound)
            is_better = guide.bound < before.bound * (1 - _SLOW) or guide.broken() < fewest
            fewest, idle = min(fewest, guide.broken()), 0 if is_better else idle + 1

    def prove(self, start: Any, seconds: float, gap: float, talk: Talk) -> tuple[float, Any]:
        """Branches: the best bound and choice found in so many seconds, from a first choice; stops at the gap."""
        _connect(self._solver, talk)
        bound, chosen = _branch(self._solver, start, seconds, gap)
        return min(bound, self.guide.bound), chosen

    def _add(self, cuts: Sequence[Cut]) -> None:
        starts = np.cumsum([0, *(len(cut.columns) for cut in cuts)])
        self._solver.addRows(
            len(cuts), np.full(len(cuts), -highspy.kHighsInf), np.array([cut.most for cut in cuts]), int(starts[-1]),
            starts[:-1].astype(np.int32), np.concatenate([cut.columns for cut in cuts]).astype(np.int32),
            np.concatenate([cut.weights for cut in cuts]),
        )  # fmt: skip

    def _forget(self) -> None:
        """Takes out the inequalities that hold nothing back."""
        first = len(self._matrix.supply)
        status = self._solver.getBasis().row_status
        idle = [row for row in range(first, len(status)) if status[row] == highspy.HighsBasisStatus.kBasic]
        if idle:
            self._solver.deleteRows(len(idle), np.array(idle, np.int32))

    def _read(self, known: float = np.inf) -> Guide:
        """The bound is computed from the prices, whatever tolerances the solver allowed itself: any prices give one."""
        solution, model = self._solver.getSolution(), self._solver.getLp()
        prices = np.maximum(0.0, np.array(solution.row_dual))
        inner, value = np.array(model.a_matrix_.index_), np.array(model.a_matrix_.value_)
        outer = np.repeat(np.arange(len(model.a_matrix_.start_) - 1), np.diff(model.a_matrix_.start_))
        is_by_column = model.a_matrix_.format_ == highspy.MatrixFormat.kColwise
        row, column = (inner, outer) if is_by_column else (outer, inner)
        matrix = self._matrix
        surplus = matrix.worth - np.bincount(column, prices[row] * value, matrix.count)
        bound = float(prices @ np.array(model.row_upper_) + np.maximum(0.0, surplus) @ matrix.most)
        return Guide(min(known, bound), np.array(solution.col_value), surplus, prices[: len(matrix.supply)])


def merge(matrix: Matrix, choices: Sequence[Any], seconds: float) -> Any:
    """The best found, in so many seconds, of what lies between some choices; at least as good as the first of them.

    What they all agree on stays; of the orders of one product some more or fewer may be in.
    """
    low, high = np.min(choices, axis=0), np.max(choices, axis=0)
    give = np.where(np.diff(matrix.starts) == 1, _GIVE, 0)
    solver = _open(matrix)
    solver.changeColsBounds(
        matrix.count, np.arange(matrix.count, dtype=np.int32), np.maximum(0, low - give),
        np.minimum(matrix.most, high + give),
    )  # fmt: skip
    return _branch(solver, choices[0], seconds, _MERGED)[1]


def _open(matrix: Matrix) -> Any:
    make: Any = highspy.Highs  # ships no types for its constructor
    solver = make()
    solver.silent()
    solver.passModel(matrix.model())
    return solver


def _branch(solver: Any, start: Any, seconds: float, gap: float) -> tuple[float, Any]:
    """Branch and bound from a first choice: the bound, and what is chosen (the first choice where nothing better)."""
    count = len(start)
    whole = np.array([highspy.HighsVarType.kInteger] * count)
    solver.changeColsIntegrality(count, np.arange(count, dtype=np.int32), whole)
    first = highspy.HighsSolution()
    first.col_value = [float(many) for many in start]
    solver.setSolution(first)
    solver.setOptionValue("time_limit", max(0.05, seconds))
    solver.setOptionValue("mip_rel_gap", gap)
    solver.run()
    found, info = np.array(solver.getSolution().col_value), solver.getInfo()
    is_answer = len(found) == count and info.primal_solution_status == 2
    return float(info.mip_dual_bound), np.round(found) if is_answer else start


def _connect(solver: Any, talk: Talk) -> None:
    def better(event: Any) -> None:
        talk.hear(event.data_out.mip_dual_bound, np.round(np.array(event.data_out.mip_solution)))

    def ask(event: Any) -> None:
        offered = talk.offer()
        if offered is not None:
            event.data_in.setSolution(offered)

    solver.cbMipImprovingSolution += better
    solver.cbMipLogging += lambda event: talk.hear(event.data_out.mip_dual_bound, None)

    def stop(event: Any) -> None:
        event.data_in.user_interrupt = talk.is_over()

    solver.cbMipUserSolution += ask
    solver.cbMipInterrupt += stop


def _run(solver: Any) -> bool:
    solver.run()
    return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)
