"""Which orders share a cart, so that all tours together are short and nothing urgent waits for company.

Orders join by the walking they save (Clarke & Wright 1964), measured on exact tours, and are then exchanged
between carts as long as that shortens two tours together (de Koster, van der Poort & Wolters 1999 for savings in
order batching). A rough reckoning by the pieces of aisle that a cart enters decides only which exact tours are
looked at. The answer is a good one, not a proven one; each tour's length is exact.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, groupby
from typing import Any

from wms_desktop.domain.tours import Layout, Stop, length

SHORTLIST = 6
"""Companions whose exact tour is looked at before one is chosen."""
TRIES = 6
"""Exchanges between two carts whose exact tours are looked at, the most promising first."""

_Extent = dict[tuple[int, int], tuple[int, int]]
_Move = tuple[int, "_Order | None", "_Order | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWork:
    """What one order asks of a picker; the smaller `rank`, the more urgent; its first member is its class.

    Orders whose `apart` differs never share a cart (zones, classes of goods that must not be mixed).
    """

    key: Hashable
    stops: tuple[Stop, ...]
    weight_g: int
    volume_mm3: int
    rank: tuple[Any, ...]
    single_unit: bool = False
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Cart:
    """How many orders (one tote each), grams and cubic millimetres one tour can carry; None is without limit."""

    totes: int
    max_weight_g: int | None = None
    max_volume_mm3: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """Orders for one cart, most urgent first, and the exact length in mm of the shortest tour past their stops."""

    order_keys: tuple[Hashable, ...]
    tour_length: int
    is_oversized: bool = False
    """One order that is beyond the cart alone: it goes by itself, and somebody has to see to it."""


def form(
    orders: Iterable[OrderWork],
    cart: Cart,
    layout: Layout,
    *,
    singles_apart: bool = False,
    effort: int = 5_000,
) -> tuple[BatchPlan, ...]:
    """Batches for `cart`, the most urgent first; together never longer than those of `take_first_come`.

    Every batch holds orders of one urgency class (`rank[0]`) only and is begun with the most urgent order left, so
    none waits for a batch of later ones. `singles_apart` keeps single-unit orders in batches of their own.
    `effort` bounds the exact tours spent on exchanges. The same input gives the same answer. Raises ValueError for
    a cart without totes and for a stop that is not on the floor.
    """
    return _plan(orders, cart, layout, singles_apart, partial(_shorten, effort=effort))


def take_first_come(
    orders: Iterable[OrderWork], cart: Cart, layout: Layout, *, singles_apart: bool = False
) -> tuple[BatchPlan, ...]:
    """Batches in plain order of urgency with exact tours under the same rules as `form`: what it is measured by."""
    return _plan(orders, cart, layout, singles_apart, _keep)


@dataclass(frozen=True, slots=True, eq=False)
class _Order:
    work: OrderWork
    alone: int
    """Length of a tour for this order only."""
    extent: _Extent
    """First and last y by piece of aisle (aisle, block)."""


class _Load:
    """The orders on one cart and what they come to."""

    __slots__ = ("extent", "length", "orders", "relief", "volume", "weight")

    def __init__(self, orders: Sequence[_Order], ruler: "_Ruler") -> None:
        self.orders = tuple(orders)
        self.weight = sum(order.work.weight_g for order in orders)
        self.volume = sum(order.work.volume_mm3 for order in orders)
        self.length = ruler.measure(self.orders)
        self.extent = _span(order.extent for order in orders)
        self.relief: list[int] | None = None
        """About what the walking changes by when each order but the first goes; reckoned when first asked for."""


class _Ruler:
    """Measures sets of orders on one floor: exactly, remembering what was measured, or roughly."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._known: dict[frozenset[_Order], int] = {}

    def read(self, work: OrderWork) -> _Order:
        lines = self._layout.cross_aisles
        extent: _Extent = {}
        for stop in work.stops:
            block = min(max(sum(line <= stop.y for line in lines) - 1, 0), len(lines) - 2)
            first, last = extent.get((stop.aisle, block), (stop.y, stop.y))
            extent[stop.aisle, block] = (min(first, stop.y), max(last, stop.y))
        return _Order(work, length(self._layout, work.stops), extent)

    def measure(self, orders: Sequence[_Order]) -> int:
        """The exact length of one tour for `orders`."""
        if len(orders) == 1:
            return orders[0].alone
        key = frozenset(orders)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = length(self._layout, [stop for o in orders for stop in o.work.stops])
        return known

    def reckon(self, extent: _Extent) -> int:
        """About how long a tour past `extent` is: each piece for itself, and the way across the aisles."""
        left, right = self._find_reach(extent)
        return 2 * (right - left) + sum(self._reckon_piece(piece[1], ys) for piece, ys in extent.items())

    def reckon_added(self, load: _Load, order: _Order) -> int:
        """About what `order` adds to the walking for `load`."""
        left, right = self._find_reach(load.extent)
        order_left, order_right = self._find_reach(order.extent)
        added = 2 * (max(left - order_left, 0) + max(order_right - right, 0))
        for piece, (first, last) in order.extent.items():
            known = load.extent.get(piece)
            if known is None:
                added += self._reckon_piece(piece[1], (first, last))
            elif first < known[0] or last > known[1]:
                joined = (min(first, known[0]), max(last, known[1]))
                added += self._reckon_piece(piece[1], joined) - self._reckon_piece(piece[1], known)
        return added

    def _find_reach(self, extent: _Extent) -> tuple[int, int]:
        """The least and the greatest x that a tour past `extent` comes to."""
        aisles, depot_x = self._layout.aisles, self._layout.depot.x
        if not extent:
            return depot_x, depot_x
        return min(depot_x, aisles[min(extent)[0]]), max(depot_x, aisles[max(extent)[0]])

    def _reckon_piece(self, block: int, ys: tuple[int, int]) -> int:
        top, bottom = self._layout.cross_aisles[block : block + 2]
        return min(bottom - top, 2 * (ys[1] - top), 2 * (bottom - ys[0]))


_Arrange = Callable[[list[_Order], Cart, _Ruler], list[_Load]]


def _plan(
    orders: Iterable[OrderWork], cart: Cart, layout: Layout, singles_apart: bool, arrange: _Arrange
) -> tuple[BatchPlan, ...]:
    if cart.totes < 1:
        raise ValueError("a cart holds at least one tote")
    ruler = _Ruler(layout)

    def group(work: OrderWork) -> tuple[Any, str, bool]:
        return (work.rank[0], work.apart, singles_apart and work.single_unit)

    plans: list[tuple[tuple[Any, ...], BatchPlan]] = []
    urgent_first = sorted(orders, key=lambda work: work.rank)
    for _, members in groupby(sorted(urgent_first, key=group), key=group):
        read = [ruler.read(work) for work in members]
        fitting: list[_Order] = []
        for order in read:
            if _fits(cart, order.work.weight_g, order.work.volume_mm3):
                fitting.append(order)
            else:
                plans.append((order.work.rank, _describe(_Load([order], ruler), oversized=True)))
        loads = arrange(fitting, cart, ruler)
        plans += [(min(o.work.rank for o in load.orders), _describe(load)) for load in loads]
    return tuple(plan for _, plan in sorted(plans, key=lambda plan: plan[0]))


def _describe(load: _Load, *, oversized: bool = False) -> BatchPlan:
    keys = tuple(order.work.key for order in sorted(load.orders, key=lambda order: order.work.rank))
    return BatchPlan(order_keys=keys, tour_length=load.length, is_oversized=oversized)


def _fits(cart: Cart, weight: int, volume: int) -> bool:
    return (cart.max_weight_g is None or weight <= cart.max_weight_g) and (
        cart.max_volume_mm3 is None or volume <= cart.max_volume_mm3
    )


def _has_room(load: _Load, cart: Cart, into: _Order | None, out: _Order | None = None) -> bool:
    """True if `into` can take the place of `out` on the cart of `load`."""
    count = len(load.orders) + (into is not None) - (out is not None)
    weight, volume = load.weight, load.volume
    for order, sign in ((into, 1), (out, -1)):
        if order is not None:
            weight += sign * order.work.weight_g
            volume += sign * order.work.volume_mm3
    return count <= cart.totes and _fits(cart, weight, volume)


def _keep(orders: list[_Order], cart: Cart, ruler: _Ruler) -> list[_Load]:
    """Fill cart after cart in the given order."""
    loads: list[_Load] = []
    filling: list[_Order] = []
    weight = volume = 0
    for order in orders:
        weight += order.work.weight_g
        volume += order.work.volume_mm3
        if filling and (len(filling) == cart.totes or not _fits(cart, weight, volume)):
            loads.append(_Load(filling, ruler))
            filling, weight, volume = [], order.work.weight_g, order.work.volume_mm3
        filling.append(order)
    return [*loads, _Load(filling, ruler)] if filling else loads


def _shorten(orders: list[_Order], cart: Cart, ruler: _Ruler, *, effort: int) -> list[_Load]:
    """Join by savings, then exchange; first come, first served if even that is shorter."""
    joined = _exchange(_join(orders, cart, ruler), cart, ruler, effort)
    plain = _keep(orders, cart, ruler)
    return min(joined, plain, key=lambda loads: sum(load.length for load in loads))


def _join(orders: list[_Order], cart: Cart, ruler: _Ruler) -> list[_Load]:
    """Begin each cart with the most urgent order left and add whatever saves most."""
    left = list(orders)
    loads: list[_Load] = []
    while left:
        load = _Load([left.pop(0)], ruler)
        while companion := _find_companion(load, left, cart, ruler):
            left.remove(companion)
            load = _Load((*load.orders, companion), ruler)
        loads.append(load)
    return loads


def _find_companion(load: _Load, left: Sequence[_Order], cart: Cart, ruler: _Ruler) -> _Order | None:
    """The order with the greatest saving, exactly measured among the most promising; the more urgent if equal."""
    if len(load.orders) == cart.totes:
        return None
    promising = sorted(
        (ruler.reckon_added(load, order) - order.alone, n)
        for n, order in enumerate(left)
        if _has_room(load, cart, order)
    )[:SHORTLIST]
    added = [(ruler.measure((*load.orders, left[n])) - left[n].alone, n) for _, n in promising]
    return left[min(added)[1]] if added else None


def _span(extents: Iterable[_Extent]) -> _Extent:
    """The pieces of aisle of several `extents`, each from the first to the last y."""
    union: _Extent = {}
    for extent in extents:
        for piece, (first, last) in extent.items():
            known = union.get(piece)
            union[piece] = (min(known[0], first), max(known[1], last)) if known else (first, last)
    return union


def _exchange(loads: list[_Load], cart: Cart, ruler: _Ruler, effort: int) -> list[_Load]:
    """Swap or move orders between two carts while that shortens their tours; a cart's first order stays."""
    loads = list(loads)
    changed = set(range(len(loads)))
    while changed and effort > 0:
        pairs = [pair for pair in combinations(range(len(loads)), 2) if changed.intersection(pair)]
        changed = set()
        for a, b in pairs:
            better, measured = _find_better(loads[a], loads[b], cart, ruler)
            effort -= measured
            if better:
                loads[a], loads[b] = better
                changed.update((a, b))
            if effort <= 0:
                break
    return loads


def _find_better(a: _Load, b: _Load, cart: Cart, ruler: _Ruler) -> tuple[tuple[_Load, _Load] | None, int]:
    """The two carts after the first promising exchange that shortens their tours, and how many were measured."""
    moves = sorted(_list_moves(a, b, cart, ruler), key=lambda move: move[0])[:TRIES]
    for measured, (_, from_a, from_b) in enumerate(moves, 1):
        new_a = _Load(_replace(a.orders, from_a, from_b), ruler)
        new_b = _Load(_replace(b.orders, from_b, from_a), ruler)
        if new_a.length + new_b.length < a.length + b.length:
            return (new_a, new_b), 2 * measured
    return None, 2 * len(moves)


def _replace(orders: Sequence[_Order], out: _Order | None, into: _Order | None) -> list[_Order]:
    return [order for order in orders if order is not out] + ([into] if into else [])


def _list_moves(a: _Load, b: _Load, cart: Cart, ruler: _Ruler) -> list[_Move]:
    """Exchanges that keep both carts within their limits, each with about what it adds to the walking."""
    from_a = _reckon_leaving(a, b, ruler)
    from_b = _reckon_leaving(b, a, ruler)
    return [
        (cost_a + cost_b, leaving_a, leaving_b)
        for leaving_a, cost_a in from_a
        for leaving_b, cost_b in from_b
        if (leaving_a or leaving_b)
        and cost_a + cost_b < 0
        and _has_room(a, cart, leaving_b, leaving_a)
        and _has_room(b, cart, leaving_a, leaving_b)
    ]


def _reckon_leaving(load: _Load, other: _Load, ruler: _Ruler) -> list[tuple[_Order | None, int]]:
    """Every order but the first, or none, with about what its going from `load` to `other` adds to the walking."""
    if load.relief is None:
        whole = ruler.reckon(load.extent)
        rests = (_span(o.extent for o in load.orders if o is not order) for order in load.orders[1:])
        load.relief = [ruler.reckon(rest) - whole for rest in rests]
    costs: list[tuple[_Order | None, int]] = [(None, 0)]
    for order, relief in zip(load.orders[1:], load.relief, strict=True):
        costs.append((order, relief + ruler.reckon_added(other, order)))
    return costs
