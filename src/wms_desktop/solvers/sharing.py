"""The sharing-out of one arrival within one rank: a good answer at once, better ones as they come, and the proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread

from wms_desktop.domain.sharing import Sharing, Wish
from wms_desktop.solvers.relaxed import Matrix

_SLICE_S = 0.25
_GAP = 0.0005
"""The proof may stop when the best answer is so near to the bound."""
_HEADROOM_S = 0.05
_POLISH_S = 0.5


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

    def __init__(self, matrix: Matrix, start: Sequence[bool], seconds: float, bound: float) -> None:
        self.bound = bound
        self.numbers: list[int] = []
        self._thread = Thread(target=self._work, args=(matrix, tuple(start), seconds), name="proof")
        self._thread.start()

    def is_running(self) -> bool:
        """Whether more may come."""
        return self._thread.is_alive()

    def wait(self) -> None:
        """Waits for its end."""
        self._thread.join()

    def _work(self, matrix: Matrix, start: Sequence[bool], seconds: float) -> None:
        bound, self.numbers = matrix.prove(start, seconds, _GAP)
        self.bound = min(self.bound, bound)


def solve(wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float,
          tell: Callable[[Found], None] = lambda found: None) -> Found:  # fmt: skip
    """The best choice found in so many seconds of the clock; ``tell`` hears the first answer and each better one.

    Relaxation and its prices, a dive and a greedy filling, then local search beside the branch-and-bound that proves
    how good it is.
    """
    until = time.monotonic() + seconds - _HEADROOM_S
    possible = [w for w in wishes if all(supply.get(p, 0) >= units for p, units in w.needs)]
    if not possible:
        return Found((), 0, 0)
    matrix = Matrix(possible, supply)
    relaxed = matrix.relax()
    sharing = Sharing(possible, supply, prices=relaxed.prices)
    sharing.take(matrix.dive(relaxed))
    sharing.fill()
    best = _report(sharing, relaxed.value)
    tell(best)
    proof = _Proof(matrix, sharing.is_chosen, until - time.monotonic(), relaxed.value)
    rounds = 0
    while proof.is_running() and (left := until - time.monotonic()) > 0:
        end, before = time.monotonic() + min(left, _SLICE_S), sharing.worth
        sharing.improve(lambda end=end: time.monotonic() >= end or not proof.is_running())  # type: ignore[misc]
        if sharing.worth == before and (left := until - time.monotonic()) > 0:
            rounds += 1
            sharing.retake(matrix.polish(sharing.is_chosen, relaxed, min(left, _POLISH_S), rounds))
        if sharing.worth > best.worth:
            best = _report(sharing, proof.bound)
            tell(best)
    proof.wait()
    return _settle(possible, supply, sharing, proof)


def _report(sharing: Sharing, bound: float) -> Found:
    return Found(tuple(sharing.chosen()), sharing.worth, max(sharing.worth, int(bound + 1e-6)))


def _settle(wishes: Sequence[Wish], supply: Mapping[int, int], sharing: Sharing, proof: _Proof) -> Found:
    """The better of the two answers, filled up with whatever still fits."""
    proven = Sharing(wishes, supply)
    proven.take(proof.numbers)
    proven.fill()
    return _report(max((sharing, proven), key=lambda one: one.worth), proof.bound)
