"""How many whole kits the parts make up that are secured already, or can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Protocol


class PartLine(Protocol):
    """A line for a part of a kit: what is secured of it, what is open, and how many units one kit takes."""

    @property
    def product_id(self) -> int: ...
    @property
    def open(self) -> int: ...
    @property
    def secured(self) -> int: ...
    @property
    def kit_qty(self) -> int: ...


def count_whole(parts: Sequence[PartLine], available: Callable[[int], int]) -> int:
    """The most kits for which each part is secured or can be had; ``available`` gives a product's units."""
    low, high = 0, min((line.secured + line.open) // line.kit_qty for line in parts)
    while low < high:
        middle = (low + high + 1) // 2
        enough = all(available(product) >= units for product, units in asked_for(parts, middle).items())
        low, high = (middle, high) if enough else (low, middle - 1)
    return low


def asked_for(parts: Sequence[PartLine], kits: int) -> dict[int, int]:
    """Units of each product that so many kits still want."""
    asked: dict[int, int] = defaultdict(int)
    for line in parts:
        asked[line.product_id] += max(0, kits * line.kit_qty - line.secured)
    return asked
