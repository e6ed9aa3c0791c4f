"""Where a further stop fits best into a walk that has begun, and the way along a fixed order of stops.

Distances are millimetres along the aisles and cross-aisles of a :class:`~wms_desktop.domain.tours.Layout`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from wms_desktop.domain.tours import Layout, Place, Point


def distance(layout: Layout, a: Place, b: Place) -> int:
    """The shortest way from one point to another: along the aisle, or over the best cross-aisle."""
    if a.x == b.x:
        return abs(a.y - b.y)
    return abs(a.x - b.x) + min(abs(a.y - y) + abs(y - b.y) for y in layout.cross_aisles)


def find_place(layout: Layout, here: Place, ahead: Sequence[Place], new: Place) -> tuple[int, int]:
    """The index in ``ahead`` before which a stop at ``new`` costs the least, and that detour in mm.

    ``here`` is where the picker stands: what is done is never walked again. After the last stop the walk ends at
    the depot. The earliest of equal places is taken.
    """
    points = [here, *ahead, layout.depot]
    best = (0, -1)
    for index, (before, after) in enumerate(pairwise(points)):
        detour = distance(layout, before, new) + distance(layout, new, after) - distance(layout, before, after)
        if best[1] < 0 or detour < best[1]:
            best = (index, detour)
    return best


def trace(layout: Layout, stops: Sequence[Place]) -> tuple[int, tuple[Point, ...]]:
    """The length in mm and the corner points of the walk from the depot past ``stops`` in this order and back."""
    points = [layout.depot, *stops, layout.depot]
    total = 0
    corners: list[Point] = [(layout.depot.x, layout.depot.y)]
    for a, b in pairwise(points):
        total += distance(layout, a, b)
        if a.x != b.x:
            y = min(layout.cross_aisles, key=lambda line: abs(a.y - line) + abs(line - b.y))
            corners += [(a.x, y), (b.x, y)]
        corners.append((b.x, b.y))
    return total, _without_repeats(corners)


def _without_repeats(corners: Sequence[Point]) -> tuple[Point, ...]:
    kept = [corners[0]]
    for corner in corners[1:]:
        if corner != kept[-1]:
            kept.append(corner)
    return tuple(kept)
