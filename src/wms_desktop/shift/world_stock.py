"""What stands in the demo's bins, by the book and in truth."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from wms_desktop.shift.world_facts import Difference, Location, Order, Product, StockRow
from wms_desktop.shift.world_orders import demand_by_sku
from wms_desktop.shift.world_plan import Plan

# How many bins an article of a velocity class fills, and how often.
BINS_OF_CLASS = {"A": ((1, 2, 3), (15, 45, 40)), "B": ((1, 2, 3), (45, 45, 10)), "C": ((1, 2), (85, 15))}
ZONES_OF_CLASS = {"A": "ABC", "B": "BCA", "C": "CBA"}
SURPLUS_BINS = 2


class _Shelves:
    """The bins that are still empty, zone by zone, in an order that depends on the seed."""

    def __init__(self, bins: Iterable[Location], rng: random.Random) -> None:
        self.empty: dict[str, list[Location]] = defaultdict(list)
        for place in bins:
            self.empty[place.zone].append(place)
        for zone in sorted(self.empty):
            rng.shuffle(self.empty[zone])

    def take(self, velocity: str) -> Location:
        """An empty bin, of the class's own zone if there is one left."""
        zone = next(zone for zone in ZONES_OF_CLASS[velocity] if self.empty[zone])
        return self.empty[zone].pop()


def units_that_fit(product: Product, place: Location) -> int:
    """How many units of the article the bin holds, by room and by weight."""
    return min(place.capacity_mm3 // product.volume_mm3, place.max_weight_g // product.weight_g)


def opening_stock(
    products: Sequence[Product],
    orders: Iterable[Order],
    bins: Iterable[Location],
    plan: Plan,
    *,
    seed: int,
    today: date,
) -> tuple[StockRow, ...]:
    """The book's stock, by bin: enough for every order except of the articles that the plan keeps short."""
    demand = demand_by_sku(orders)
    shelves = _Shelves(bins, random.Random(f"{seed}:shelves"))
    rows: list[StockRow] = []
    for product in products:
        rng = random.Random(f"{seed}:stock:{product.sku}")
        asked = sum(demand.get(product.sku, {}).values())
        units = plan.on_hand.get(product.sku, asked + _spare(rng, asked))
        rows.extend(_spread(rng, product, units, _parts(rng, product, plan), shelves, today=today))
    return tuple(sorted(rows, key=lambda row: (row.location, row.sku)))


def physical_stock(
    seed: int, book: Sequence[StockRow], orders: Sequence[Order], plan: Plan
) -> tuple[tuple[StockRow, ...], tuple[Difference, ...]]:
    """What really lies there, and the list of what differs from the book."""
    by_sku: dict[str, list[StockRow]] = defaultdict(list)
    for row in book:
        by_sku[row.sku].append(row)
    smallest = {sku: min(asked.values()) for sku, asked in demand_by_sku(orders).items()}
    differences = [_short(by_sku[sku][0], smallest[sku], "none") for sku in plan.lonely]
    differences.append(_short(by_sku[plan.rescue][0], smallest[plan.rescue], "dock"))
    # Either of the two bins alone could serve the line, so both must be visited to find it: empty the fuller one.
    fuller = max(by_sku[plan.twin], key=lambda row: (row.quantity, row.location))
    differences.append(_short(fuller, 1, "another_bin"))
    rng = random.Random(f"{seed}:surplus")
    idle = [row for row in book if row.sku not in smallest]
    for row in rng.sample(idle, SURPLUS_BINS):
        real = row.quantity + rng.randrange(1, 4)
        differences.append(
            Difference(location=row.location, sku=row.sku, book=row.quantity, real=real, remedy="surplus")
        )
    return _with_truth(book, differences), tuple(sorted(differences, key=lambda d: d.location))


def _with_truth(book: Iterable[StockRow], differences: Iterable[Difference]) -> tuple[StockRow, ...]:
    real: Mapping[tuple[str, str], int] = {(d.location, d.sku): d.real for d in differences}
    rows = (replace(row, quantity=real.get((row.location, row.sku), row.quantity)) for row in book)
    return tuple(row for row in rows if row.quantity)


def _short(row: StockRow, smallest_line: int, remedy: str) -> Difference:
    """Fewer than the smallest line asks for, so that whoever comes first finds too few."""
    return Difference(location=row.location, sku=row.sku, book=row.quantity, real=smallest_line - 1, remedy=remedy)


def _spare(rng: random.Random, asked: int) -> int:
    return round(max(asked, 12) * rng.uniform(0.4, 1.6))


def _parts(rng: random.Random, product: Product, plan: Plan) -> int:
    if product.sku == plan.twin:
        return 2
    if product.sku == plan.rescue or product.sku in plan.lonely or product.sku in plan.on_hand:
        return 1
    counts, weights = BINS_OF_CLASS[product.velocity]
    return rng.choices(counts, weights)[0]


def _spread(
    rng: random.Random, product: Product, units: int, parts: int, shelves: _Shelves, *, today: date
) -> Iterable[StockRow]:
    """The units over so many bins (more where they do not fit), each bin with one lot."""
    share = -(-units // parts)
    while units > 0:
        place = shelves.take(product.velocity)
        here = min(units, share, units_that_fit(product, place))
        if here:
            expiry = today + timedelta(days=rng.randrange(30, 420)) if product.expiry_tracked else None
            lot = f"L{rng.randrange(10_000, 100_000)}" if product.lot_tracked else ""
            yield StockRow(location=place.code, sku=product.sku, quantity=here, lot=lot, expiry=expiry)
        units -= here
