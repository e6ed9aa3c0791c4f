"""What ship-complete orders may count on of the free units in bins, and what one of them has spoken for already."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any


@dataclass(frozen=True, slots=True)
class Claim:
    """Units of a product in bins that a plan completes an order with; ``place`` is the order's, as its turn says."""

    product_id: int
    order_id: int
    place: Any
    units: int


class BinUnits:
    """Free units of bins, by product. An order sees what no plan counts on for somebody of its own place or of one
    before it, and always what it spoke for itself.

    ``places`` are those of the orders that may ask. ``overtaken`` are the products of which an order spoke for units
    that a plan counts on for somebody else.
    """

    def __init__(self, free: Mapping[int, int], places: Mapping[int, Any], claims: Iterable[Claim]) -> None:
        self.overtaken: set[int] = set()
        self._free = dict(free)
        self._places = places
        self._spoken: dict[int, dict[int, int]] = {}
        self._claims: dict[int, dict[int, Claim]] = defaultdict(dict)
        for claim in claims:
            self._claims[claim.product_id][claim.order_id] = claim
        self._sums = {product_id: _sum_up(mine.values()) for product_id, mine in self._claims.items()}

    def copy(self) -> BinUnits:
        """The same, to try out on."""
        claims = [claim for mine in self._claims.values() for claim in mine.values()]
        twin = BinUnits(self._free, self._places, claims)
        twin._spoken = {order_id: dict(units) for order_id, units in self._spoken.items()}
        return twin

    def there(self, order_id: int, product_id: int) -> int:
        """Units that the order may count on: free ones, and those it spoke for."""
        return self._open_to(order_id, product_id) + self.spoken(order_id, product_id)

    def spoken(self, order_id: int, product_id: int) -> int:
        """Units that the order spoke for."""
        return self._spoken.get(order_id, {}).get(product_id, 0)

    def speak(self, order_id: int, lacks: Mapping[int, int]) -> bool:
        """The order speaks for what it lacks, as far as it is there; says whether it spoke for anything just now."""
        has_spoken = False
        for product_id, units in lacks.items():
            more = min(units - self.spoken(order_id, product_id), self._open_to(order_id, product_id))
            if more > 0:
                self._take(order_id, product_id, more)
                has_spoken = True
        return has_spoken

    def _take(self, order_id: int, product_id: int, units: int) -> None:
        mine = self._spoken.setdefault(order_id, {})
        mine[product_id] = mine.get(product_id, 0) + units
        self._free[product_id] -= units
        claims = self._claims.get(product_id, {})
        if order_id in claims:
            claims[order_id] = replace(claims[order_id], units=max(0, claims[order_id].units - units))
            self._sums[product_id] = _sum_up(claims.values())
        if self._free[product_id] < sum(claim.units for claim in claims.values()):
            self.overtaken.add(product_id)

    def _open_to(self, order_id: int, product_id: int) -> int:
        free = self._free.get(product_id, 0)
        claims = self._claims.get(product_id)
        if free and claims:
            places, sums = self._sums[product_id]
            free -= sums[bisect_right(places, self._places[order_id])]
            free += claims[order_id].units if order_id in claims else 0
        return max(0, free)


def _sum_up(claims: Iterable[Claim]) -> tuple[list[Any], list[int]]:
    """The places of claims, and how many units are claimed before the first of them, the second, and in all."""
    ordered = sorted(claims, key=lambda claim: claim.place)
    return [claim.place for claim in ordered], list(accumulate((claim.units for claim in ordered), initial=0))
