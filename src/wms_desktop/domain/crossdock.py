"""Shares out units that have just arrived among the orders that wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from wms_desktop.domain.demand import STARVED, Rank, Urgency, age_key

_EXACT_WORK = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One order that waits for the product.

    ``lines`` are its (line id, open units) of this product; ``rest_missing`` counts its other open units that
    nothing holds yet; ``rest_due`` says that whatever would still be missing is due within the house's limit. ``guard``
    names the rule that keeps this order out (empty: none); ``lane_free`` is False when no lane has room for it.
    """

    urgency: Urgency
    rank: Rank
    lines: tuple[tuple[int, int], ...]
    ship_complete: bool
    rest_missing: int = 0
    rest_due: bool = False
    guard: str = ""
    lane_free: bool = True

    @property
    def needed(self) -> int:
        """Open units of this product over all lines."""
        return sum(qty for _, qty in self.lines)


@dataclass(frozen=True, slots=True)
class Portion:
    """So many units for one order line: ``to`` the lane, or kept for it in a ``bin``; ``reason`` is a code.

    Reasons: completes, part (ship-available, more to come), kept_for_rest, kept_lane_full.
    """

    order_id: int
    line_id: int
    qty: int
    to: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """The decision: portions in the order served, who got nothing and why, and what nobody waits for."""

    portions: tuple[Portion, ...]
    refused: tuple[tuple[int, str], ...]
    passed_over: tuple[int, ...]
    left: int


def share(qty: int, waiting: Sequence[Waiting]) -> Sharing:
    """Shares ``qty`` units rank by rank; a lower rank never takes from a higher one.

    Within a rank the most orders leave complete, then the most value, then the oldest; what remains serves
    ship-available orders in part, in order of age. A ship-complete order that stays incomplete keeps its units in
    a bin when its rest is due, and gets none otherwise. An order passed over three times goes first in its rank.
    """
    portions: list[Portion] = []
    refused: list[tuple[int, str]] = [(w.urgency.order_id, w.guard) for w in waiting if w.guard]
    passed: list[int] = []
    ready = sorted((w for w in waiting if not w.guard), key=lambda w: (w.rank, age_key(w.urgency)))
    for _, group in groupby(ready, key=lambda w: w.rank):
        rank = list(group)
        completed = _complete(rank, qty)
        for order in completed:
            portions += _portions(order, order.needed, "completes")
            qty -= order.needed
        done = {order.urgency.order_id for order in completed}
        rest = [order for order in rank if order.urgency.order_id not in done]
        if completed:
            passed += [order.urgency.order_id for order in rest if order.rest_missing == 0]
        for order in rest:
            given, reason = _part(order, qty)
            if given:
                portions += _portions(order, given, reason)
                qty -= given
            else:
                refused.append((order.urgency.order_id, reason))
    return Sharing(tuple(portions), tuple(refused), tuple(passed), qty)


def _complete(rank: Sequence[Waiting], qty: int) -> list[Waiting]:
    """The orders of one rank that this quantity completes."""
    chosen: list[Waiting] = []
    able = [order for order in rank if order.rest_missing == 0 and order.needed <= qty]
    for order in [o for o in able if o.urgency.passed_over >= STARVED]:
        if order.needed <= qty:
            chosen.append(order)
            qty -= order.needed
    others = [o for o in able if o not in chosen and o.needed <= qty]
    picked = {id(order) for order in chosen + _most(others, qty)}
    return [order for order in rank if id(order) in picked]


def _most(orders: Sequence[Waiting], qty: int) -> list[Waiting]:
    """The set that fits with the most orders, then the most value, then the oldest (exact where it is small)."""
    if sum(order.needed for order in orders) <= qty:
        return list(orders)
    if len(orders) * qty > _EXACT_WORK:
        return _smallest_first(orders, qty)
    # best[used] = (orders, value, who), where the bits of who prefer the older order; absent: cannot be reached
    best: dict[int, tuple[int, Decimal, int]] = {0: (0, Decimal(0), 0)}
    for place, order in enumerate(orders):
        bit = 1 << (len(orders) - 1 - place)
        for used, (count, value, who) in sorted(best.items(), reverse=True):
            total = used + order.needed
            if total > qty:
                continue
            found = (count + 1, value + order.urgency.value, who | bit)
            if total not in best or found > best[total]:
                best[total] = found
    _, _, who = max(best.values())
    return [order for place, order in enumerate(orders) if who >> (len(orders) - 1 - place) & 1]


def _smallest_first(orders: Sequence[Waiting], qty: int) -> list[Waiting]:
    """The most orders, exactly; among equal needs the more valuable, then the older (value is not optimal)."""
    chosen = []
    for order in sorted(orders, key=lambda o: (o.needed, -o.urgency.value, age_key(o.urgency))):
        if order.needed > qty:
            break
        chosen.append(order)
        qty -= order.needed
    return chosen


def _part(order: Waiting, qty: int) -> tuple[int, str]:
    given = min(order.needed, qty)
    if not order.ship_complete:
        return given, "part" if given else "nothing_left"
    if given == 0:
        return 0, "nothing_left"
    return (given, "kept_for_rest") if order.rest_due else (0, "cannot_complete")


def _portions(order: Waiting, qty: int, reason: str) -> list[Portion]:
    to = "bin" if reason == "kept_for_rest" else "lane"
    if to == "lane" and not order.lane_free:
        to, reason = "bin", "kept_lane_full"
    made = []
    for line_id, needed in order.lines:
        given = min(needed, qty)
        if given:
            made.append(Portion(order.urgency.order_id, line_id, given, to, reason))
            qty -= given
    return made
