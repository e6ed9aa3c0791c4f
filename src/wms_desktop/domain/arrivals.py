"""Shares a whole arrival out among the orders that wait, rank by rank: who leaves complete, then who gets a part."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from wms_desktop.domain import demand
from wms_desktop.domain.demand import STARVED, Urgency, full_key
from wms_desktop.domain.sharing import Sharing, Wish

_PARTS_OF_MONEY = 10_000
_Units = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Want:
    """One open line: so many units of a product. Not ``in_part``: it is served with its whole order or not at all."""

    line_id: int
    product_id: int
    units: int
    in_part: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One order that waits for something that comes.

    ``wants`` are its open lines of products that come; ``beside`` is what else it lacks, (product, units), which only
    free stock in bins could bring. ``can_complete`` is False when something keeps it from leaving whole whatever comes;
    ``is_begun`` says that units of it stand in a lane or on the dock for one already.
    """

    urgency: Urgency
    wants: tuple[Want, ...]
    beside: _Units = ()
    ship_complete: bool = False
    can_complete: bool = True
    is_begun: bool = False

    @property
    def order_id(self) -> int:
        """The order's id."""
        return self.urgency.order_id

    def needs(self) -> _Units:
        """Everything it lacks, each product once."""
        units: dict[int, int] = defaultdict(int)
        for want in self.wants:
            units[want.product_id] += want.units
        for product_id, more in self.beside:
            units[product_id] += more
        return tuple(units.items())


@dataclass(frozen=True, slots=True)
class Rank:
    """The orders of one rank: those passed over too often first, then by age."""

    key: demand.Rank
    orders: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """Units in bins that a plan completes an order with which is not part of a problem; of which rank it is."""

    key: demand.Rank
    product_id: int
    units: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What comes and what stands free in bins, as (product, units), and who waits, the most urgent rank first.

    Orders leave what is claimed of the bins to others of their own rank and of those before it, and to nobody else.
    ``done`` orders have been completed by this arrival already; they count in the answer's bound.
    """

    ranks: tuple[Rank, ...]
    arriving: _Units
    in_bins: _Units = ()
    claims: tuple[Claim, ...] = ()
    done: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """So many units for an order line, ``arriving`` of them from what comes and the others from a bin; why.

    Reasons: completes (the order leaves whole), part (ship-available, more to come), made_for_it.
    """

    order_id: int
    line_id: int
    product_id: int
    units: int
    arriving: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A sharing-out: which orders leave whole, rank by rank, what each line gets, and how good it is.

    ``method``: stated (the stated order alone), search (the plain search), solver. ``bound`` is a number of orders that
    no sharing-out with the same ranks above can pass, those done before included; ``worth`` is the money of the
    completed orders. ``passed_over`` could have been completed instead of others of their rank.
    """

    method: str
    completed: tuple[int, ...]
    given: tuple[Given, ...] = ()
    bound: int = 0
    worth: Decimal = Decimal(0)
    passed_over: tuple[int, ...] = ()


def rank_up(candidates: Iterable[Candidate], now: datetime, today: date) -> tuple[Rank, ...]:
    """The candidates by rank, in the stated order."""
    keyed = sorted(((full_key(one.urgency, now, today), one) for one in candidates), key=lambda pair: pair[0])
    return tuple(
        Rank(key, tuple(one for _, one in group)) for key, group in groupby(keyed, key=lambda pair: pair[0][0])
    )


def share_out(problem: Problem, is_over: Callable[[], bool], standing: Collection[int] = ()) -> Answer:
    """The plain answer, in whole numbers and without any library; stops searching as soon as ``is_over`` says so.

    Strictly rank by rank: a rank is done with, its part deliveries included, before the next one is looked at. In a
    rank come those passed over too often, then those begun, then the most orders, the most value, the oldest. It
    starts from the ``standing`` orders. A rank whose turn comes when the time is over is served in the stated order,
    one order after the other, and the method says so.
    """
    dealing = Dealing(problem)
    method = "search"
    for rank in problem.ranks:
        wishes, supply = dealing.begin(rank)
        if not wishes:
            dealing.finish(rank, ())
        elif is_over():
            method = "stated"
            dealing.finish(rank, _in_turn(wishes, supply), bound=most(wishes, supply))
        else:
            sharing = _start(wishes, supply, standing)
            sharing.improve(is_over)
            dealing.finish(rank, sharing.chosen(), bound=most(wishes, supply))
    return dealing.answer(method)


def repair(problem: Problem, standing: Collection[int], method: str = "search") -> Answer:
    """The answer nearest to a standing one: whoever still fits stays, what is free is shared out, rank by rank.

    What was carried is no longer part of the problem, so nothing of it is moved; an order begun goes before others of
    its rank. A rank takes from lower ones what it can be completed with, and never the other way round.
    """
    dealing = Dealing(problem)
    for rank in problem.ranks:
        wishes, supply = dealing.begin(rank)
        chosen = _start(wishes, supply, standing).chosen() if wishes else ()
        dealing.finish(rank, chosen, bound=most(wishes, supply))
    return dealing.answer(method)


class Dealing:
    """Walks a problem rank by rank and keeps count of what is left; whoever chooses gives the choice back to it.

    For each rank in turn: ``begin`` gives the wishes and the supply to choose under, ``finish`` takes the chosen order
    ids. Arriving units go to the orders first and those in bins only after them: what is carried to a lane from the
    dock needs no pick, and what stays in its bin no walk.
    """

    def __init__(self, problem: Problem) -> None:
        self._coming = dict(problem.arriving)
        self._in_bins = dict(problem.in_bins)
        self._claims = sorted(problem.claims, key=lambda claim: claim.key, reverse=True)
        self._completed: list[int] = []
        self._given: list[Given] = []
        self._passed: list[int] = []
        self._bound = problem.done
        self._worth = Decimal(0)
        self._able: set[int] = set()

    def begin(self, rank: Rank) -> tuple[list[Wish], dict[int, int]]:
        """Serves those who come first in a rank; gives the others that could be completed, and what is left for them.

        The worth of a wish is built so that the most orders count first, then value, then age. With n wishes, the
        oldest has n points for its age and the youngest 1: together n(n+1)/2, so a step of one more than that makes
        the smallest difference in value outweigh all the ages. Values are whole numbers, in ten-thousandths divided by
        what is common to all; every order has, besides, one more than all values and ages together.
        """
        while self._claims and self._claims[-1].key <= rank.key:
            claim = self._claims.pop()
            self._in_bins[claim.product_id] = self._in_bins.get(claim.product_id, 0) - claim.units
        first = [one for one in rank.orders if one.urgency.passed_over >= STARVED]
        first += [one for one in rank.orders if one.is_begun and one.urgency.passed_over < STARVED]
        for one in first:
            if self._fits(one):
                self._complete(one)
                self._bound += 1
        done = {one.order_id for one in first}
        able = [one for one in rank.orders if one.order_id not in done and self._fits(one)]
        self._able = {one.order_id for one in able}
        needs = [one.needs() for one in able]
        wishes = [Wish(one.order_id, units, worth) for one, units, worth in zip(able, needs, worths(able), strict=True)]
        return wishes, {product: self._left(product) for units in needs for product, _ in units}

    def finish(self, rank: Rank, chosen: Collection[int], *, bound: int | None = None) -> None:
        """Completes the chosen orders as far as they fit, then gives ship-available ones of the rank a part each."""
        ids = set(chosen)
        done = set(self._completed)
        before = len(self._completed)
        for one in rank.orders:
            if one.order_id in ids and one.order_id not in done and self._fits(one):
                self._complete(one)
        completed = set(self._completed)
        number = len(self._completed) - before
        self._bound += number if bound is None else max(bound, number)
        if number:
            self._passed += sorted(self._able - completed)
        for one in rank.orders:
            if one.order_id not in completed and not one.ship_complete:
                self._give_part(one)

    def answer(self, method: str) -> Answer:
        """The sharing-out so far."""
        return Answer(
            method=method,
            completed=tuple(self._completed),
            given=tuple(self._given),
            bound=self._bound,
            worth=self._worth,
            passed_over=tuple(self._passed),
        )

    def _left(self, product_id: int) -> int:
        return self._coming.get(product_id, 0) + max(0, self._in_bins.get(product_id, 0))

    def _fits(self, one: Candidate) -> bool:
        return one.can_complete and all(self._left(product_id) >= units for product_id, units in one.needs())

    def _complete(self, one: Candidate) -> None:
        self._completed.append(one.order_id)
        self._worth += one.urgency.value
        for want in one.wants:
            coming = min(want.units, self._coming.get(want.product_id, 0))
            self._coming[want.product_id] = self._coming.get(want.product_id, 0) - coming
            if want.units > coming:
                self._in_bins[want.product_id] -= want.units - coming
            self._given.append(_given(one, want, want.units, coming, "completes"))
        for product_id, units in one.beside:
            self._in_bins[product_id] -= units

    def _give_part(self, one: Candidate) -> None:
        for want in one.wants:
            units = min(want.units, self._coming.get(want.product_id, 0)) if want.in_part else 0
            if units:
                self._coming[want.product_id] -= units
                self._given.append(_given(one, want, units, units, "part"))


def worths(orders: Sequence[Candidate]) -> list[int]:
    """What each order is worth to the search (see :meth:`Dealing.begin`); the orders come oldest first."""
    values = [max(0, int(one.urgency.value * _PARTS_OF_MONEY)) for one in orders]
    common = math.gcd(*values) or 1
    ages = [len(orders) - place for place in range(len(orders))]
    step = sum(ages) + 1
    points = [value // common * step + age for value, age in zip(values, ages, strict=True)]
    one_more = sum(points) + 1
    return [one_more + point for point in points]


def most(wishes: Sequence[Wish], supply: dict[int, int]) -> int:
    """A number of orders that no choice can pass: for each product alone, those that want the least of it first."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for wish in wishes:
        for product_id, units in wish.needs:
            wanted[product_id].append(units)
    bound = len(wishes)
    for product_id, needs in wanted.items():
        left, fits = supply.get(product_id, 0), 0
        for units in sorted(needs):
            left -= units
            if left < 0:
                break
            fits += 1
        bound = min(bound, len(wishes) - len(needs) + fits)
    return bound


def list_overtaken(problem: Problem, answer: Answer) -> set[int]:
    """The products of which an answer takes units from bins that are claimed for others, who rank lower."""
    left = dict(problem.in_bins)
    completed, taken = set(answer.completed), set[int]()
    gifts = [(gift.product_id, gift.units - gift.arriving) for gift in answer.given]
    beside = [units for rank in problem.ranks for one in rank.orders if one.order_id in completed
              for units in one.beside]  # fmt: skip
    for product_id, units in (*gifts, *beside):
        if units:
            left[product_id] = left.get(product_id, 0) - units
            taken.add(product_id)
    for claim in problem.claims:
        left[claim.product_id] = left.get(claim.product_id, 0) - claim.units
    return {product_id for product_id in taken if left[product_id] < 0}


def value_of(problem: Problem, answer: Answer) -> tuple[int, ...]:
    """What the completed orders of each rank are worth: of two answers the one whose tuple is larger is better."""
    completed = set(answer.completed)
    return tuple(
        sum(worth for one, worth in zip(rank.orders, worths(rank.orders), strict=True) if one.order_id in completed)
        for rank in problem.ranks
    )


def _start(wishes: Sequence[Wish], supply: dict[int, int], standing: Collection[int]) -> Sharing:
    sharing = Sharing(wishes, supply)
    if standing:
        sharing.take(number for number, wish in enumerate(wishes) if wish.order_id in standing)
    sharing.fill()
    return sharing


def _in_turn(wishes: Sequence[Wish], supply: dict[int, int]) -> list[int]:
    """The stated order without any search: one after the other, whoever can still be completed."""
    left, chosen = dict(supply), []
    for wish in wishes:
        if all(left[product_id] >= units for product_id, units in wish.needs):
            chosen.append(wish.order_id)
            for product_id, units in wish.needs:
                left[product_id] -= units
    return chosen


def _given(one: Candidate, want: Want, units: int, coming: int, reason: str) -> Given:
    return Given(one.order_id, want.line_id, want.product_id, units, coming, reason)
