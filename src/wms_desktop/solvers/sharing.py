"""The sharing-out of one arrival within one rank: a good answer at once, better ones as they come, and the proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread
from typing import Any

from wms_desktop.domain.sharing import Sharing, Wish
from wms_desktop.solvers.annealing import HEATS, Annealing
from wms_desktop.solvers.relaxed import Matrix, Relaxation, merge

_EPS = _GAP = 1e-6
"""The proof may stop when the best answer is so near to the bound: nearer than that the solver does not count."""
_HEADROOM_S, _HEADROOM_EACH_S = 0.05, 0.00001
"""What is kept of the time for the end: so much, and so much for each order."""
_TRIAL_S, _SHORTEST_RUN_S, _LONGEST_RUN_S = 0.2, 0.3, 1.5
_POOL, _LEAST_MERGE_S, _MOST_MERGE_S, _MERGE = 5, 2.0, 8.0, 0.4
"""How many runs are merged, and the time for it: this share of what is left, within limits."""
_CORE = 0.03
"""Orders whose worth and goods' worth differ by at most this share are chosen anew by a run of the search."""
_TIGHTENING = 0.4
"""The share of the time in which the proof tightens the relaxation before it branches."""
_FINISH_S = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """An answer so far: the chosen order ids, their worth, and a bound that no answer can pass."""

    orders: tuple[int, ...]
    worth: int
    bound: int

    @property
    def gap(self) -> float:
        """How much better another answer might be at most, as a share of the bound."""
        return (self.bound - self.worth) / self.bound if self.bound else 0.0


class _Proof:
    """The proof, on a thread of its own (the solver lets go of the interpreter while it works)."""

    def __init__(self, matrix: Matrix, relaxation: Relaxation, start: Any, seconds: float) -> None:
        self.chosen = self._newest = start
        self._offered: Any = None
        self._is_over = False
        self._bound = relaxation.guide.bound
        self._matrix, self._relaxation = matrix, relaxation
        self._thread = Thread(target=self._work, args=(seconds,), name="proof")
        self._thread.start()

    @property
    def bound(self) -> float:
        """The bound so far."""
        return min(self._bound, self._relaxation.guide.bound) * self._matrix.scale

    def is_running(self) -> bool:
        """Whether more may come."""
        return self._thread.is_alive()

    def is_over(self) -> bool:
        """Whether it may end at once."""
        return self._is_over

    def end(self) -> None:
        """Ends it, and waits for that."""
        self._is_over = True
        self._thread.join()

    def tell(self, chosen: Any) -> None:
        """Lets the proof know of a better choice, to go on from."""
        self._newest = self._offered = chosen

    def hear(self, bound: float, chosen: Any) -> None:
        """What the proof says: its bound, and a better choice."""
        self._bound = min(self._bound, bound)
        if chosen is not None:
            self.chosen = chosen

    def offer(self) -> Any:
        """The choice it was told of last, once."""
        offered, self._offered = self._offered, None
        return offered

    def _work(self, seconds: float) -> None:
        began = time.monotonic()
        self._relaxation.tighten(lambda: self._is_over or time.monotonic() - began >= _TIGHTENING * seconds)
        left = seconds - (time.monotonic() - began)
        if not self._is_over:
            self.hear(*self._relaxation.prove(self._newest, left, _GAP, self))


class _Search:
    """Runs of the search, one after the other, and the best choice so far.

    The first runs are short and try one heat each; those after them keep to the heat that brought most. Every third
    begins at the best choice, the others at the newest relaxation. Where there is time, what some runs found is merged.
    """

    def __init__(self, matrix: Matrix, relaxation: Relaxation) -> None:
        self._matrix, self._relaxation = matrix, relaxation
        self._annealing = Annealing(matrix)
        first = self._annealing.round(relaxation.guide)
        self._brought = [0] * len(HEATS)
        self._runs, self._pool = 0, list[Any]()
        self.best, self.worth = first, matrix.worth_of(first)

    def hear(self, chosen: Any) -> bool:
        """Takes a choice over where it is better; says whether it was."""
        worth = self._matrix.worth_of(chosen)
        if worth > self.worth:
            self.best, self.worth = chosen, worth
            return True
        return False

    def go_on(self, until: float, is_over: Callable[[], bool]) -> None:
        """One run, about the edge of the newest relaxation, and now and then a merging."""
        guide, number = self._relaxation.guide, self._runs
        self._runs += 1
        is_trial = number < len(HEATS)
        heat = number if is_trial else max(range(len(HEATS)), key=lambda one: self._brought[one])
        began = time.monotonic()
        left = until - began
        seconds = max(0.01, min(left, _TRIAL_S if is_trial else max(_SHORTEST_RUN_S, min(_LONGEST_RUN_S, left / 2))))
        start = self.best if number % 3 == 1 else self._annealing.round(guide)
        found = self._annealing.run(
            start, guide.core(self._matrix.worth, _CORE), HEATS[heat], number,
            lambda: 1.0 if is_over() else (time.monotonic() - began) / seconds,
        )  # fmt: skip
        self._brought[heat] = max(self._brought[heat], self._matrix.worth_of(found))
        self.hear(found)
        if not is_trial:
            self._pool.append(found)
        if len(self._pool) >= _POOL and not is_over():
            self._merge(min(_MOST_MERGE_S, _MERGE * (until - time.monotonic())))

    def _merge(self, seconds: float) -> None:
        choices, self._pool = [self.best, *self._pool], []
        if seconds >= _LEAST_MERGE_S:
            self.hear(merge(self._matrix, choices, seconds))


def solve(wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float,
          tell: Callable[[Found], None] = lambda found: None) -> Found:  # fmt: skip
    """The best choice found in so many seconds of the clock; ``tell`` hears the first answer and each better one.

    The relaxation, rounded; then runs of the search, beside a proof that tightens the relaxation and branches
    from it; each goes on from what the other found.
    """
    end = time.monotonic() + seconds
    until = end - _HEADROOM_S - _HEADROOM_EACH_S * len(wishes)
    possible = [w for w in wishes if all(supply.get(p, 0) >= units for p, units in w.needs)]
    if not possible:
        return Found((), 0, 0)
    matrix = Matrix(possible, supply)
    relaxation = Relaxation(matrix)
    search = _Search(matrix, relaxation)
    told = search.worth
    tell(_report(possible, matrix.numbers(search.best), relaxation.guide.bound * matrix.scale))
    proof = _Proof(matrix, relaxation, search.best, until - time.monotonic())
    while proof.is_running() and time.monotonic() < until and search.worth < int(proof.bound + _EPS):
        search.go_on(until, lambda: not proof.is_running())
        search.hear(proof.chosen)
        if search.worth > told:
            told = search.worth
            proof.tell(search.best)
            tell(_report(possible, matrix.numbers(search.best), proof.bound))
    proof.end()
    search.hear(proof.chosen)
    sharing = _finish(possible, supply, matrix.numbers(search.best), end)
    return _report(possible, [n for n, is_in in enumerate(sharing.is_chosen) if is_in], proof.bound)


def _report(wishes: Sequence[Wish], numbers: Sequence[int], bound: float) -> Found:
    worth = sum(wishes[number].worth for number in numbers)
    return Found(tuple(wishes[number].order_id for number in numbers), worth, max(worth, int(bound + _EPS)))


def _finish(wishes: Sequence[Wish], supply: Mapping[int, int], numbers: Sequence[int], end: float) -> Sharing:
    """Fills up, and swaps a moment in whole numbers, which tell apart what the solver's precision does not."""
    sharing, until = Sharing(wishes, supply), min(end, time.monotonic() + _FINISH_S)
    sharing.take(numbers)
    sharing.fill()
    sharing.improve(lambda: time.monotonic() >= until)
    return sharing
