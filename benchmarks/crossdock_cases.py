"""Cases of one arrival against waiting orders: seeded generation, and their form as files.

A case is a folder of CSV files with a line of titles, in UTF-8 (`docs/benchmarks.md` has an example):

- `supply.csv`: `product`, `units`: what arrives, with the free stock.
- `orders.csv`: `order_id`, `rank` (1 is served first, and never at the cost of a lower number), `value` (money, at most
  two decimals), `age_days`, `ship_complete` (1: all or nothing; 0: what is left over may be sent in part), and where it
  matters to the objective `weighted` also `factor` (class factor, else 1) and `is_late` (else 0).
- `lines.csv`: `order_id`, `product`, `units`: what the order still lacks.
- `case.json`, if wanted: `{"name": "...", "objectives": ["count", "value", "weighted"]}`; all three without it.

Orders and products may have any text as their id. In a generated case the demand over the products is Zipf, an order
has one to six lines, the arrival covers a share of the demand of each product, give or take a fifth.
"""

from __future__ import annotations

import bisect
import csv
import itertools
import json
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from wms_desktop.domain.sharing import Wish

OBJECTIVES = ("count", "value", "weighted")
FILES = ("supply.csv", "orders.csv", "lines.csv")
_ZIPF = 0.9
_LINES = ((1, 2, 3, 4, 5, 6), (45, 25, 12, 8, 6, 4))
_UNITS = ((1, 2, 3, 4, 6, 12), (60, 20, 8, 6, 4, 2))
_FACTORS = ((1, 3, 9), (60, 30, 10))


class BadCase(ValueError):
    """A file of a case that cannot be understood: which, where, and why."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One waiting order: its age in days, class factor, whether it is late, its value in cents, what it needs."""

    order_id: int
    age_days: int
    factor: int
    is_late: bool
    value: int
    needs: tuple[tuple[int, int], ...]
    rank: int = 1
    ship_complete: bool = True

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
    objectives: tuple[str, ...] = OBJECTIVES

    @property
    def ranks(self) -> list[int]:
        """The ranks there are, the first served first."""
        return sorted({one.rank for one in self.orders})

    def of_rank(self, rank: int) -> list[Waiting]:
        """The orders of one rank."""
        return [one for one in self.orders if one.rank == rank]

    def wishes(self, objective: str, rank: int | None = None) -> list[Wish]:
        """The orders (of one rank) as the solver takes them; an order worth nothing counts for the least there is."""
        orders = self.orders if rank is None else self.of_rank(rank)
        return [Wish(one.order_id, one.needs, max(1, one.worth(objective))) for one in orders]


def generate(products: int, orders: int, cover: float, seed: int, ranks: int = 1) -> Case:
    """A seeded case; the same numbers give the same case everywhere."""
    rng = random.Random(f"{seed} {products} {orders} {cover}")
    other = random.Random(f"{seed} {orders} ranks")
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
                    tuple(sorted(needs.items())), other.randint(1, ranks), other.random() < 0.5)
        )  # fmt: skip
    supply = {product: round(units * cover * rng.uniform(0.8, 1.2)) for product, units in enumerate(demand)}
    named = f"{products}x{orders}-{cover:.0%}-{seed}" + (f"-{ranks}ranks" if ranks > 1 else "")
    return Case(named, supply, tuple(waiting))


def write(case: Case, folder: Path) -> None:
    """Writes a case as files."""
    folder.mkdir(parents=True, exist_ok=True)
    orders = [
        (o.order_id, o.rank, f"{o.value // 100}.{o.value % 100:02d}", o.age_days, int(o.ship_complete), o.factor,
         int(o.is_late))
        for o in case.orders
    ]  # fmt: skip
    lines = [(o.order_id, product, units) for o in case.orders for product, units in o.needs]
    tables: dict[str, tuple[tuple[str, ...], Iterable[tuple[Any, ...]]]] = {
        "supply": (("product", "units"), sorted(case.supply.items())),
        "orders": (("order_id", "rank", "value", "age_days", "ship_complete", "factor", "is_late"), orders),
        "lines": (("order_id", "product", "units"), lines),
    }
    for name, (titles, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([titles, *rows])
    about = json.dumps({"name": case.name, "objectives": case.objectives}, indent=1)
    (folder / "case.json").write_text(about + "\n", encoding="utf-8")


def read(folder: Path) -> Case:
    """Reads a case from its files. Raises BadCase with the file, the line and what is wrong there."""
    for name in FILES:
        if not (folder / name).exists():
            raise BadCase(f"{folder / name} is missing: a case has {', '.join(FILES)}")
    supply_rows, order_rows, line_rows = (list(_rows(folder / name)) for name in FILES)
    orders = _numbered(row.text("order_id") for row in order_rows)
    products = _numbered(row.text("product") for row in (*supply_rows, *line_rows))
    if len(orders) < len(order_rows):
        raise BadCase(f"{folder / 'orders.csv'}: an order stands there twice")
    needs: dict[int, dict[int, int]] = {}
    for row in line_rows:
        if row.text("order_id") not in orders:
            raise row.wrong(f"order {row.text('order_id')} is not in orders.csv")
        mine = needs.setdefault(orders[row.text("order_id")], {})
        product = products[row.text("product")]
        mine[product] = mine.get(product, 0) + row.number("units", least=1)
    supply: dict[int, int] = {}
    for row in supply_rows:
        product = products[row.text("product")]
        supply[product] = supply.get(product, 0) + row.number("units")
    waiting = [_waiting(row, orders[row.text("order_id")], needs) for row in order_rows]
    about = _about(folder / "case.json")
    return Case(about.get("name") or folder.name, supply, tuple(waiting), _objectives(folder, about))


def list_cases(folder: Path) -> list[Case]:
    """The case that a folder is, or those it holds."""
    places = [folder] if (folder / "supply.csv").exists() else sorted(p.parent for p in folder.glob("*/supply.csv"))
    return [read(place) for place in places]


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a file, that knows where it stands."""

    path: Path
    number_of_line: int
    cells: Mapping[str, str | None]

    def wrong(self, why: str) -> BadCase:
        return BadCase(f"{self.path}, line {self.number_of_line}: {why}")

    def text(self, column: str, default: str | None = None) -> str:
        found = (self.cells.get(column) or "").strip()
        if found:
            return found
        if default is None:
            raise self.wrong(f"{column} is empty")
        return default

    def number(self, column: str, default: str | None = None, *, least: int = 0) -> int:
        found = self.text(column, default)
        if not (found.isascii() and found.isdigit() and int(found) >= least):
            raise self.wrong(f"{column} is {found}, a whole number of {least} or more is wanted")
        return int(found)

    def flag(self, column: str, default: str | None = None) -> bool:
        found = self.text(column, default)
        if found not in ("0", "1"):
            raise self.wrong(f"{column} is {found}, 0 or 1 is wanted")
        return found == "1"

    def cents(self, column: str) -> int:
        found = self.text(column)
        try:
            cents = 100 * Decimal(found)
        except InvalidOperation:
            raise self.wrong(f"{column} is {found}, an amount is wanted") from None
        if not cents.is_finite() or cents < 0 or cents != cents.to_integral_value():
            raise self.wrong(f"{column} is {found}, an amount with at most two decimals is wanted")
        return int(cents)


def _waiting(row: _Row, order_id: int, needs: Mapping[int, Mapping[int, int]]) -> Waiting:
    if order_id not in needs:
        raise row.wrong("the order has no line in lines.csv")
    return Waiting(
        order_id=order_id, age_days=row.number("age_days"), factor=row.number("factor", "1", least=1),
        is_late=row.flag("is_late", "0"), value=row.cents("value"), needs=tuple(sorted(needs[order_id].items())),
        rank=row.number("rank", "1"), ship_complete=row.flag("ship_complete", "1"),
    )  # fmt: skip


def _rows(path: Path) -> Iterator[_Row]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        for cells in reader:
            yield _Row(path, reader.line_num, cells)


def _numbered(names: Iterable[str]) -> dict[str, int]:
    """A number for each name: its own where all are numbers (told apart by their text), else its place."""
    distinct = dict.fromkeys(names)
    own = {name: int(name) for name in distinct if name.isascii() and name.isdigit()}
    if len(own) == len(distinct) == len(set(own.values())):
        return own
    return {name: place for place, name in enumerate(distinct)}


def _about(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise BadCase(f"{path}: {wrong}") from None
    if not isinstance(found, dict):
        raise BadCase(f"{path}: an object with name and objectives is wanted")
    return found


def _objectives(folder: Path, about: Mapping[str, Any]) -> tuple[str, ...]:
    wanted = about.get("objectives", about.get("objective", OBJECTIVES))
    listed = (wanted,) if isinstance(wanted, str) else tuple(wanted)
    unknown = [one for one in listed if one not in OBJECTIVES]
    if unknown or not listed:
        raise BadCase(f"{folder / 'case.json'}: objectives are among {', '.join(OBJECTIVES)}")
    return listed
