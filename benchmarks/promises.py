"""The days of waiting lines: how long they take when one purchase order moves, and when every line is looked at.

``python -m benchmarks.promises [--lines 10000] [--purchases 500] [--products 1000] [--url URL] [--json]``. Builds a
house in which every line waits and every purchase order has waiting lines behind it, moves purchase orders by the
desk's own act, each in its own transaction as a person's command, and prints the milliseconds of wall and of CPU.
``move_furthest``: the purchase order with the most lines behind its products; ``move_all``: one that brings them all.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from sqlalchemy import Engine, func, select

from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.db.tables import (
    HOUSE,
    CarrierService,
    Command,
    Customer,
    Order,
    OrderLine,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    Warehouse,
)
from wms_desktop.domain.promises import plan
from wms_desktop.prompts import Answer
from wms_desktop.services import causes, commands, deciding, orders, outlooks, promise_acts, promising, settings
from wms_desktop.services.dialogue import Context
from wms_desktop.services.first_promises import NewWant, first_days
from wms_desktop.services.intake import insert_rows

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_SEED = 2026
_REPEATS = 5
_SUPPLIERS = 20
_BOUGHT = 1.1
"""Units on their way for each unit that waits."""


@dataclass
class Bench:
    """One house and its clock: each act gets a later instant and a key of its own."""

    engine: Engine
    made: int = 0
    taken: dict[str, list[tuple[float, float]]] = field(default_factory=dict)

    def context(self) -> Context:
        """A new command of the house itself."""
        self.made += 1
        at = NOW + timedelta(seconds=self.made)
        return Context(operator_id=HOUSE, station_id=HOUSE, command_id=f"bench-{self.made}", at=at)

    def time(self, name: str, do: Callable[[], Any]) -> Any:
        """Does something and keeps how long it took."""
        gc.collect()
        cpu, begun = time.thread_time(), time.perf_counter()
        given = do()
        spent = (time.perf_counter() - begun) * 1000, (time.thread_time() - cpu) * 1000
        self.taken.setdefault(name, []).append(spent)
        return given

    def move(self, name: str, purchase_id: int, due: date) -> Answer:
        """Moves a purchase order as the desk does."""
        args = {"purchase": purchase_id, "due": due}
        act = promise_acts.ACTS["move_purchase"]
        context = self.context()
        return self.time(
            name,
            lambda: commands.run(self.engine, act.workflow, f"{args}", context,
                                 lambda s, c: act.do(s, c, args), orders.prompt),
        )  # fmt: skip

    def write(self, name: str, do: Callable[[Any, Context], Any]) -> Any:
        """Something in one write transaction."""
        context = self.context()

        def inside() -> Any:
            with writing(self.engine) as session:
                return do(session, context)

        return self.time(name, inside)

    def read(self, name: str, ask: Callable[[Any], Any]) -> Any:
        """A question."""

        def inside() -> Any:
            with reading(self.engine) as session:
                return ask(session)

        return self.time(name, inside)


def build(engine: Engine, lines: int, purchases: int, products: int) -> None:
    """A house in which every line waits: three lines an order, purchase orders over the next sixty days."""
    rng = random.Random(_SEED)
    with writing(engine) as session:
        session.add(Warehouse(code="MAIN", name="Main", timezone="Europe/London"))
        session.add(Customer(code="C1", name="Acme Ltd"))
        session.add(CarrierService(code="PARCEL", carrier="Northway", name="Parcel 24"))
        session.add_all(Supplier(code=f"S{n}", name=f"Supplier {n}") for n in range(_SUPPLIERS))
        session.add(Command(id="opening", workflow="setup", content="", operator_id=HOUSE, station_id=HOUSE, at=NOW,
                            state="done"))  # fmt: skip
        session.flush()
        insert_rows(session, Product, [{"sku": f"P{n}", "name": f"Item {n}"} for n in range(products)])
        insert_rows(session, Order, [_order(rng, n) for n in range(-(-lines // 3))])
        wanted = [_line(rng, n, products) for n in range(lines)]
        insert_rows(session, OrderLine, wanted)
        insert_rows(session, PurchaseOrder, [_purchase(rng, n) for n in range(purchases)])
        insert_rows(session, PurchaseLine, _bought(rng, wanted, purchases))


def _order(rng: random.Random, number: int) -> dict[str, Any]:
    placed = NOW - timedelta(days=rng.randint(0, 20), minutes=rng.randint(0, 600))
    return {
        "number": f"O{number}", "customer_id": 1, "service_id": 1, "placed_at": placed,
        "leave_by": NOW + timedelta(hours=rng.randint(-48, 48)), "promise": (placed + timedelta(days=2)).date(),
        "priority_class": rng.randint(1, 3), "ship_complete": rng.random() < 0.2, "is_pinned": rng.random() < 0.01,
    }  # fmt: skip


def _line(rng: random.Random, number: int, products: int) -> dict[str, Any]:
    product_id = min(products, int(rng.paretovariate(0.7)))
    return {
        "order_id": number // 3 + 1, "line_no": number % 3 + 1, "product_id": product_id,
        "ordered": rng.randint(1, 6), "price": Decimal("2.50"),
    }  # fmt: skip


def _purchase(rng: random.Random, number: int) -> dict[str, Any]:
    due = (NOW + timedelta(days=rng.randint(-5, 60))).date()
    return {
        "number": f"PO{number}", "supplier_id": rng.randint(1, _SUPPLIERS), "due": due, "first_due": due,
        "placed_on": due - timedelta(days=20),
    }  # fmt: skip


def _bought(rng: random.Random, wanted: Sequence[dict[str, Any]], purchases: int) -> list[dict[str, Any]]:
    """What waits is on its way, and a little more, spread over the purchase orders; the last one brings everything."""
    units: dict[int, int] = {}
    for line in wanted:
        units[line["product_id"]] = units.get(line["product_id"], 0) + line["ordered"]
    rows: dict[tuple[int, int], int] = {}
    for product_id, waiting in units.items():
        parts = min(8, max(1, waiting // 10))
        for _ in range(parts):
            where = (rng.randint(1, purchases - 1), product_id)
            rows[where] = rows.get(where, 0) + max(1, int(waiting * _BOUGHT / parts))
        rows[purchases, product_id] = 1
    numbers: dict[int, int] = {}
    made = []
    for (purchase_id, product_id), qty in sorted(rows.items()):
        numbers[purchase_id] = numbers.get(purchase_id, 0) + 1
        made.append({"purchase_order_id": purchase_id, "line_no": numbers[purchase_id], "product_id": product_id,
                     "ordered": qty, "price": Decimal(1)})  # fmt: skip
    return made


def measure(engine: Engine) -> dict[str, Any]:
    """Every figure of a house that stands."""
    bench = Bench(engine)
    today = NOW.date()
    gc.freeze()  # as the application does once it is open
    bench.write("first_look", promising.recompute_all)
    behind = select(PurchaseLine.purchase_order_id, func.count().label("lines")).join(
        OrderLine, OrderLine.product_id == PurchaseLine.product_id
    )
    ranked = behind.group_by(PurchaseLine.purchase_order_id).order_by(func.count().desc())
    with reading(engine) as session:
        waiting = session.scalar(select(func.count()).select_from(OrderLine)) or 0
        products = session.scalar(select(func.count()).select_from(Product)) or 0
        everything, furthest, *others = [row[0] for row in session.execute(ranked)]
    for turn in range(_REPEATS):
        bench.move("move_one", others[len(others) // 2 + turn], today + timedelta(days=70 + turn))
        bench.move("move_furthest", furthest, today + timedelta(days=90 - 20 * (turn % 2) + turn))
        bench.move("move_all", everything, today + timedelta(days=95 - 30 * (turn % 2) + turn))
        bench.write("nothing_new", promising.recompute_all)
        bench.write("every_line_slips", lambda session, context, turn=turn: _handle(session, context, turn + 1))
        bench.write("one_product", lambda session, context: promising.refresh(session, context, [900]))
        bench.read("read", lambda session: outlooks.read(session, NOW))
        bench.read("causes", lambda session: causes.propose(session, NOW))
        bench.read("decisions", lambda session: deciding.list_decisions(session, NOW))
        wants = [NewWant(product_id=n % products + 1, qty=2, leave_by=NOW) for n in range(waiting)]
        bench.read("promise_as_many", lambda session, wants=wants: first_days(session, NOW, wants))
    outlook = bench.read("read", lambda session: outlooks.read(session, NOW))
    for _ in range(_REPEATS):
        bench.time("plan", lambda: plan(outlook))
    with reading(engine) as session:
        moved = len(promising.list_moved(session, NOW - timedelta(days=1), 10**6))
    figures = {name: _figures(taken) for name, taken in bench.taken.items()}
    return {"waiting_lines": waiting, "promises_moved": moved, "steps": figures}


def _handle(session: Any, context: Context, days: int) -> None:
    """Goods take so many days in the house: every day behind a purchase order moves."""
    settings.put(session, "handling_days", str(days))
    promising.recompute_all(session, context)


def _figures(taken: Sequence[tuple[float, float]]) -> dict[str, float]:
    walls, cpus = sorted(one[0] for one in taken), sorted(one[1] for one in taken)
    return {"p50_ms": round(walls[len(walls) // 2], 1), "max_ms": round(walls[-1], 1),
            "cpu_p50_ms": round(cpus[len(cpus) // 2], 1)}  # fmt: skip


def main() -> None:
    """Builds the house in a folder that is thrown away (or at --url, empty), measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--purchases", type=int, default=500)
    parser.add_argument("--products", type=int, default=1000)
    parser.add_argument("--url", default="")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(options.url or f"sqlite:///{folder}/promises.db")
        schema.upgrade(engine)
        build(engine, options.lines, options.purchases, options.products)
        found = {"lines": options.lines, "purchases": options.purchases, **measure(engine)}
        engine.dispose()
    if options.json:
        print(json.dumps(found))
        return
    print(f"{found['waiting_lines']} waiting lines, {found['purchases']} purchase orders")
    for name, figures in found["steps"].items():
        print(f"{name:16} {figures['p50_ms']:9.1f} ms  (max {figures['max_ms']:.1f}, cpu {figures['cpu_p50_ms']:.1f})")


if __name__ == "__main__":
    main()
