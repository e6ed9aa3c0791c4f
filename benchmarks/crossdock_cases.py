"""Cases of one arrival against waiting orders: seeded generation, and their form as files.

A case is a folder of three CSV files: `supply.csv` (product, units), `orders.csv` (order, age_days, factor, is_late,
value) and `lines.csv` (order, product, units). Demand over the products is Zipf, an order has one to six lines, the
arrival covers a share of the demand of each product, give or take a fifth. `factor` is the class factor 1, 3 or 9.
"""

from __future__ import annotations

import bisect
import csv
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wms_desktop.domain.sharing import Wish

OBJECTIVES = ("count", "value", "weighted")
_ZIPF = 0.9
_LINES = ((1, 2, 3, 4, 5, 6), (45, 25, 12, 8, 6, 4))
_UNITS = ((1, 2, 3, 4, 6, 12), (60, 20, 8, 6, 4, 2))
_FACTORS = ((1, 3, 9), (60, 30, 10))


@dataclass(frozen=True, slots=True)
class Waiting:
    """One waiting order: its age in days, class factor, whether it is late, its value in cents, what it needs."""

    order_id: int
    age_days: int
    factor: int
    is_late: bool
    value: int
    needs: tuple[tuple[int, int], ...]

    def worth(self, objective: str) -> int:
        """Its worth: one, its value, or the class factor with age and lateness (in hundredths)."""
        if objective == "count":
            return 1
        if objective == "value":
            return self.value
        return round(100 * self.factor * (1 + self.age_days / 30) * (1.5 if self.is_late else 1.0))


@dataclass(frozen=True, slots=True)
class Case:
    """One arrival and who waits for it."""

    name: str
    supply: dict[int, int]
    orders: tuple[Waiting, ...]

    def wishes(self, objective: str) -> list[Wish]:
        """The orders as the solver takes them."""
        return [Wish(one.order_id, one.needs, one.worth(objective)) for one in self.orders]


def generate(products: int, orders: int, cover: float, seed: int) -> Case:
    """A seeded case; the same numbers give the same case everywhere."""
    rng = random.Random(f"{seed} {products} {orders} {cover}")
    weights = [1 / (rank + 1) ** _ZIPF for rank in range(products)]
    rng.shuffle(weights)
    shares = list(itertools.accumulate(weights))
    prices = [rng.randint(200, 8000) for _ in range(products)]
    demand = [0] * products
    waiting = []
    for order_id in range(1, orders + 1):
        needs: dict[int, int] = {}
        for _ in range(rng.choices(*_LINES)[0]):
            product = min(products - 1, bisect.bisect(shares, rng.random() * shares[-1]))
            needs[product] = rng.choices(*_UNITS)[0]
        for product, units in needs.items():
            demand[product] += units
        value = sum(units * prices[product] for product, units in needs.items())
        waiting.append(
            Waiting(order_id, rng.randint(0, 60), rng.choices(*_FACTORS)[0], rng.random() < 0.2, value,
                    tuple(sorted(needs.items())))
        )  # fmt: skip
    supply = {product: round(units * cover * rng.uniform(0.8, 1.2)) for product, units in enumerate(demand)}
    return Case(f"{products}x{orders}-{cover:.0%}-{seed}", supply, tuple(waiting))


def write(case: Case, folder: Path) -> None:
    """Writes a case as files."""
    folder.mkdir(parents=True, exist_ok=True)
    orders = [(o.order_id, o.age_days, o.factor, int(o.is_late), o.value) for o in case.orders]
    lines = [(o.order_id, product, units) for o in case.orders for product, units in o.needs]
    tables = {
        "supply": (("product", "units"), sorted(case.supply.items())),
        "orders": (("order", "age_days", "factor", "is_late", "value"), orders),
        "lines": (("order", "product", "units"), lines),
    }
    for name, (titles, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([titles, *rows])


def read(folder: Path) -> Case:
    """Reads a case from its files."""
    needs: dict[int, list[tuple[int, int]]] = {}
    for row in _rows(folder / "lines.csv"):
        needs.setdefault(int(row["order"]), []).append((int(row["product"]), int(row["units"])))
    orders = tuple(
        Waiting(int(row["order"]), int(row["age_days"]), int(row["factor"]), row["is_late"] == "1", int(row["value"]),
                tuple(sorted(needs[int(row["order"])])))
        for row in _rows(folder / "orders.csv")
    )  # fmt: skip
    supply = {int(row["product"]): int(row["units"]) for row in _rows(folder / "supply.csv")}
    return Case(folder.name, supply, orders)


def list_cases(folder: Path) -> list[Case]:
    """The case that a folder is, or those it holds."""
    places = [folder] if (folder / "supply.csv").exists() else sorted(p.parent for p in folder.glob("*/supply.csv"))
    return [read(place) for place in places]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
