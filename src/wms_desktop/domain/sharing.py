"""Which orders of one rank leave complete: shares out a whole arrival among orders that want several products.

A set of orders is chosen so that, for every product, the units of the chosen orders do not exceed what there is, and
their worth is as large as can be found: a multidimensional knapsack. This is the plain answer, in whole numbers and
without any library: a greedy start, then a local search by ejection (Glover, 1996, "Ejection chains, reference
structures and alternating path methods") that can be stopped at any moment. `repair` mends a plan when the supply of
some products turns out otherwise, and leaves alone what was carried already.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

_HOPELESS = 0.5
"""A wish whose goods are worth so much more than itself (as a share of its worth) is not tried."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One order that could be completed: (product, units) it still lacks, each product once; its worth, above 0."""

    order_id: int
    needs: tuple[tuple[int, int], ...]
    worth: int


class Sharing:
    """A choice among wishes that always keeps to the supply, and can be improved step by step.

    ``prices`` are what one unit of each product is worth in a good sharing-out (the duals of the relaxed problem where
    they are known, else scarcity: demand over supply). The same wishes, supply, prices and seed give the same choice
    after the same number of moves.
    """

    def __init__(self, wishes: Sequence[Wish], supply: Mapping[int, int], *, prices: Mapping[int, float] | None = None,
                 seed: int = 1) -> None:  # fmt: skip
        self.wishes = tuple(wishes)
        self.left = dict(supply)
        self.is_chosen = [False] * len(self.wishes)
        self.worth = 0
        self._units = [dict(wish.needs) for wish in self.wishes]
        self._worth = [wish.worth for wish in self.wishes]
        self._takers: dict[int, set[int]] = {product: set() for product in self.left}
        self._wanting: dict[int, list[int]] = {product: [] for product in self.left}
        self._random = random.Random(seed)
        self._log: list[int] = []
        self._pushed: list[int] = []
        possible = [all(self.left.get(p, 0) >= units for p, units in wish.needs) for wish in self.wishes]
        self._price(prices if prices is not None else self._scarcity(possible))
        ranked = sorted(
            (n for n, fits in enumerate(possible) if fits), key=lambda n: (-self._ratio[n], self.wishes[n].order_id)
        )
        for number in ranked:
            for product, _ in self.wishes[number].needs:
                self._wanting[product].append(number)
        self._ranked = ranked

    def chosen(self) -> list[int]:
        """The ids of the chosen orders, in the order of the wishes."""
        return [wish.order_id for wish, is_in in zip(self.wishes, self.is_chosen, strict=True) if is_in]

    def take(self, numbers: Iterable[int]) -> None:
        """Takes the wishes of these places in, as far as they still fit."""
        for number in numbers:
            if not self.is_chosen[number] and self._fits(number):
                self._flip(number)

    def retake(self, numbers: Iterable[int]) -> None:
        """Chooses these wishes instead of the present ones, where they are worth more; then fills up."""
        wanted = set(numbers)
        if sum(self._worth[number] for number in wanted) > self.worth:
            for number, is_in in enumerate(self.is_chosen):
                if is_in and number not in wanted:
                    self._flip(number)
            self.take(sorted(wanted))
            self.fill()

    def fill(self) -> None:
        """Takes in whatever still fits, the best worth for its goods first."""
        self.take(self._ranked)

    def improve(self, is_over: Callable[[], bool], *, daring: float = 2.0) -> int:
        """Swaps wishes until ``is_over`` says so or a whole round brings nothing; gives how many rounds it took.

        ``daring`` is how many times its own worth a wish may push out for a moment before what it frees is filled.
        """
        rounds = 0
        while True:
            before, rounds = self.worth, rounds + 1
            outside = [
                n for n in self._ranked if not self.is_chosen[n] and self._surplus[n] > -_HOPELESS * self._worth[n]
            ]
            self._random.shuffle(outside)
            for number in outside:
                if is_over():
                    return rounds
                if not self.is_chosen[number]:
                    self._try(number, daring)
            if self.worth == before:
                return rounds

    def repair(self, changes: Mapping[int, int], fixed: Collection[int] = ()) -> None:
        """Keeps to a supply that changed by so many units of some products; ``fixed`` order ids are never let go.

        What no longer fits is let go, the least worth first, and what was freed is shared out anew. Fixed orders keep
        their units even where the supply falls below them: ``left`` is then negative.
        """
        kept = {n for n, wish in enumerate(self.wishes) if wish.order_id in fixed} if fixed else set()
        freed: set[int] = set()
        for product, change in changes.items():
            self.left[product] = self.left.get(product, 0) + change
            self._wanting.setdefault(product, [])
            freed.add(product)
            takers = self._takers.setdefault(product, set())
            held = takers & kept
            takers -= held
            while self.left[product] < 0 and takers:
                gone = self._find_least(product, -self.left[product])
                freed |= self._units[gone].keys()
                self._flip(gone)
            takers |= held
        self._refill(freed)

    # ------------------------------------------------------------------------------------------ inside

    def _price(self, prices: Mapping[int, float]) -> None:
        cost = [sum(prices.get(p, 0.0) * units for p, units in wish.needs) for wish in self.wishes]
        self._ratio = [wish.worth / (price + 1e-9) for wish, price in zip(self.wishes, cost, strict=True)]
        self._surplus = [wish.worth - price for wish, price in zip(self.wishes, cost, strict=True)]

    def _scarcity(self, possible: Sequence[bool]) -> dict[int, float]:
        demand = dict.fromkeys(self.left, 0)
        for wish, fits in zip(self.wishes, possible, strict=True):
            if fits:
                for product, units in wish.needs:
                    demand[product] += units
        return {product: max(0.01, units / (self.left[product] or 1)) for product, units in demand.items()}

    def _fits(self, number: int) -> bool:
        left = self.left
        return all(left.get(product, 0) >= units for product, units in self.wishes[number].needs)

    def _flip(self, number: int) -> None:
        wish = self.wishes[number]
        self._log.append(number)
        if self.is_chosen[number]:
            self.is_chosen[number] = False
            self.worth -= wish.worth
            for product, units in wish.needs:
                self.left[product] += units
                self._takers[product].discard(number)
        else:
            self.is_chosen[number] = True
            self.worth += wish.worth
            for product, units in wish.needs:
                self.left[product] -= units
                self._takers[product].add(number)

    def _force(self, number: int, most: float) -> bool:
        """Takes a wish in and pushes out the least for it; False when that is worth more than ``most``."""
        cost = 0
        for product, units in self.wishes[number].needs:
            while (missing := units - self.left[product]) > 0:
                worst = self._find_least(product, missing)
                if worst < 0:
                    return False
                cost += self.wishes[worst].worth
                if cost > most:
                    return False
                self._flip(worst)
                self._pushed.append(worst)
        self._flip(number)
        return True

    def _find_least(self, product: int, missing: int) -> int:
        """The chosen wish whose letting go costs least for the missing units, -1 when nobody has any."""
        best, least = -1, float("inf")
        for number in self._takers[product]:  # written out, not min(key=...): half of the whole search is spent here
            freed, worth = self._units[number][product], self._worth[number]
            loss = worth * missing / freed if freed < missing else worth + (freed - missing) * 1e-3
            if loss < least or (loss == least and number < best):
                best, least = number, loss
        return best

    def _refill(self, products: Iterable[int]) -> None:
        for product in sorted(products):
            if self.left[product] <= 0:
                continue
            for number in self._wanting[product]:
                if not self.is_chosen[number] and self._fits(number):
                    self._flip(number)
                    if self.left[product] <= 0:
                        break

    def _try(self, number: int, daring: float) -> None:
        """One move: in with a wish, out with the least, fill up, and a second chance for those pushed out."""
        self._log, self._pushed, before = [], [], self.worth
        is_in = self._force(number, self.wishes[number].worth * daring)
        if is_in:
            pushed = self._pushed
            self._refill({p for n in pushed for p in self._units[n]})
            for out in sorted(pushed, key=lambda n: (-self.wishes[n].worth, n)):
                if not self.is_chosen[out]:
                    self._try_again(out)
        gain = self.worth - before
        if not is_in or gain < 0 or (gain == 0 and not self._is_lighter()):
            self._take_back(0)

    def _try_again(self, number: int) -> None:
        self._pushed, at, before = [], len(self._log), self.worth
        if self._force(number, self.wishes[number].worth):
            self._refill({p for n in self._pushed for p in self._units[n]})
        if self.worth < before or not self.is_chosen[number]:
            self._take_back(at)

    def _take_back(self, at: int) -> None:
        undone = self._log[at:]
        for number in reversed(undone):
            self._flip(number)
        self._log = self._log[:at]

    def _is_lighter(self) -> bool:
        """Whether a move of no gain uses less precious goods; now and then it is taken anyway, to get on."""
        surplus = sum(self._surplus[n] if self.is_chosen[n] else -self._surplus[n] for n in set(self._log))
        return surplus > 1e-9 or self._random.random() < 0.1
