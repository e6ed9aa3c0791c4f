"""The sharing-out of one arrival within one rank: a good answer at once, better ones as they come, and the proof."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Thread

from wms_desktop.domain.sharing import Sharing, Wish
from wms_desktop.solvers.relaxed import Effort, Matrix, Relaxed

_SLICE_S = 0.25
_GAP = 0.0005
"""The proof may stop when the best answer is so near to the bound."""
_HEADROOM_S = 0.05
_FIRST = Effort(orders=700, seconds=0.75)
_MOST = Effort(orders=2_000, seconds=5.0)
_CROSS_S = 4.0
_EARLY = 0.8
_SHARE_LEFT = 0.6
"""A polishing takes at most this share of the time that is left: the local search fills up after it."""


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
        self._scale = matrix.scale
        self.numbers: tuple[int, ...] = ()
        self._offered: tuple[int, ...] = ()
        self._thread = Thread(target=self._work, args=(matrix, tuple(start), seconds), name="proof")
        self._thread.start()

    def is_running(self) -> bool:
        """Whether more may come."""
        return self._thread.is_alive()

    def wait(self) -> None:
        """Waits for its end."""
        self._thread.join()

    def tell(self, sharing: Sharing) -> None:
        """Lets the proof know of a choice, to go on from; what it found itself is not told back."""
        self._offered = tuple(number for number, is_in in enumerate(sharing.is_chosen) if is_in)

    def hear(self, bound: float, numbers: Sequence[int]) -> None:
        """What the proof says: its bound, and a better choice."""
        self.bound = min(self.bound, bound * self._scale)
        if numbers:
            self.numbers = tuple(numbers)

    def offer(self) -> Sequence[int]:
        """The choice it was told of last, once."""
        offered, self._offered = self._offered, ()
        return offered

    def _work(self, matrix: Matrix, start: Sequence[bool], seconds: float) -> None:
        self.hear(*matrix.prove(start, seconds, _GAP, self))


class _Polish:
    """Polishing in rounds: one that was done early or brought nothing lets the next choose among more orders, one that
    brought nothing in all its time lets it take twice as long as well.
    """

    def __init__(self, matrix: Matrix, relaxed: Relaxed) -> None:
        self._matrix, self._relaxed = matrix, relaxed
        self._effort, self._rounds = _FIRST, 0

    def cross(self, sharing: Sharing, other: Sequence[bool], left_s: float) -> None:
        """One round between the choice and another one, which took another way and may be better in parts."""
        effort = Effort(self._effort.orders, min(_CROSS_S, _SHARE_LEFT * left_s))
        sharing.retake(self._matrix.polish(sharing.is_chosen, self._relaxed, effort, 0, other=other))

    def improve(self, sharing: Sharing, left_s: float) -> None:
        """One round, within what is left of the time."""
        self._rounds += 1
        before, seconds = sharing.worth, min(self._effort.seconds, _SHARE_LEFT * left_s)
        effort, began = Effort(self._effort.orders, seconds), time.monotonic()
        sharing.retake(self._matrix.polish(sharing.is_chosen, self._relaxed, effort, self._rounds))
        is_early, is_better = time.monotonic() - began < _EARLY * seconds, sharing.worth > before
        orders, allowed = self._effort.orders, self._effort.seconds
        if is_early or not is_better:
            orders = min(_MOST.orders, orders * 5 // 4)
        if not (is_early or is_better):
            allowed = min(_MOST.seconds, 2 * allowed)
        self._effort = Effort(orders, allowed)


def solve(wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float,
          tell: Callable[[Found], None] = lambda found: None) -> Found:  # fmt: skip
    """The best choice found in so many seconds of the clock; ``tell`` hears the first answer and each better one.

    Relaxation and its prices, a dive and a greedy filling, then local search and polishing beside the branch-and-bound
    that proves how good it is; each goes on from what the other found.
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
    polish = _Polish(matrix, relaxed)
    while proof.is_running() and (left := until - time.monotonic()) > 0:
        end, before = time.monotonic() + min(left, _SLICE_S), sharing.worth
        sharing.improve(lambda end=end: time.monotonic() >= end or not proof.is_running())  # type: ignore[misc]
        mine = tuple(sharing.is_chosen)
        sharing.retake(proof.numbers)
        if (left := until - time.monotonic()) > 0:
            if sharing.is_chosen != list(mine):
                polish.cross(sharing, mine, left)
            elif sharing.worth == before:
                polish.improve(sharing, left)
        if sharing.worth > best.worth:
            best = _report(sharing, proof.bound)
            tell(best)
            proof.tell(sharing)
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
