"""A seeded day of warehouse work through the services: import, allocate, receive, match again; beside bare SQLite.

``python -m benchmarks.floor_day [DAY] [--sizes 1000,3000,10000] [--bare] [--url URL] [--work DIR] [--json]``. ``DAY``
is a folder in the format of the shared set ``floor-day``; without one the shared generator makes a day of each size.
Orders come in chunks of 100, each its own transaction, as an import program hands them over; one run allocates
everything; a purchase order of 500 lines is entered, taken in as announced, and matched with the orders that wait.
The two sums of the day's manifest are checked: a fast wrong answer is no figure. ``--bare`` runs the set's own
``bare_floor.py`` on the same files in the same session: ``ratio_to_bare`` is CPU seconds over its CPU seconds. The
clock starts when every statement has been made once, in a transaction that leaves nothing.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from sqlalchemy import Engine, func, select, text

from benchmarks import find_shared
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.db.tables import HOUSE, Command, Receipt, Reservation, Station
from wms_desktop.services import (
    allocation,
    catalog,
    crossdocking,
    goods_in,
    orders,
    places,
    purchasing,
    receipts,
    selfcheck,
)
from wms_desktop.services.dialogue import Context

SIZES = (1000, 3000, 10_000)
CHUNK = 100
NOON = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
BARE = {"import": ("a_import_create_and_confirm",), "allocate": ("b_reserve",),
        "purchase": ("c_purchase_order",), "receive": ("c_receive",), "rematch": ("c_reassign",)}  # fmt: skip
Rows = list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The files of one day, and what must come out of it."""

    folder: Path
    products: Rows
    locations: Rows
    stock: Rows
    orders: Rows
    purchases: Rows
    manifest: dict[str, Any]

    @property
    def order_count(self) -> int:
        return int(self.manifest["orders"])


def read_day(folder: Path) -> Day:
    """The day in a folder of the shared set's format."""

    def rows(name: str) -> Rows:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            return list(csv.DictReader(stream))

    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return Day(folder=folder, products=rows("products"), locations=rows("locations"), stock=rows("stock"),
               orders=rows("orders"), purchases=rows("purchase_orders"), manifest=manifest)  # fmt: skip


def make_day(folder: Path, order_count: int, *more: str) -> Day:
    """A day of so many orders by the shared generator; raises FileNotFoundError without it."""
    shared = find_shared("benchmarks", "floor-day")
    if shared is None:
        raise FileNotFoundError("no shared set floor-day: give a folder, set WMS_SHARED, or put `shared` beside this")
    made = [sys.executable, str(shared / "generate.py"), str(folder), "--orders", str(order_count), *more]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
    return read_day(folder)


@dataclass(slots=True)
class Clock:
    """Wall and CPU seconds of each step; on a server its process for this connection counts too."""

    engine: Engine
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    _backend: int = 0

    def __post_init__(self) -> None:
        if self.engine.dialect.name == "postgresql":
            with reading(self.engine) as session:
                self._backend = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())

    @contextmanager
    def step(self, name: str, count: int, what: str) -> Iterator[None]:
        wall, cpu = time.perf_counter(), self._cpu()
        yield
        wall, cpu = time.perf_counter() - wall, self._cpu() - cpu
        self.steps[name] = {
            "n": count, "of": what, "wall_s": round(wall, 4), "cpu_s": round(cpu, 4),
            "per_wall_s": round(count / wall) if wall else 0, "per_cpu_s": round(count / cpu) if cpu else 0,
        }  # fmt: skip

    def _cpu(self) -> float:
        return time.process_time() + _cpu_of(self._backend)


def _cpu_of(process: int) -> float:
    """CPU seconds of another process of this machine; 0 where there is none to see."""
    try:
        part = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(part[11]) + int(part[12])) / os.sysconf("SC_CLK_TCK")


def furnish(engine: Engine, day: Day) -> Context:
    """The shop of the day: places, articles, customers, a supplier, a dock, and what stands in the bins."""
    with writing(engine) as session:
        warehouse = places.add_warehouse(session, "MAIN", "Floor day", "UTC")
        catalog.add_services(session, [catalog.NewService("PARCEL", "Northway", "Parcel", "N1")])
        virtual = [places.NewLocation(code=kind.upper(), kind=kind) for kind in sorted(places.VIRTUAL_KINDS)]
        floor = [places.NewLocation(code="DOCK-1", kind="dock"), places.NewLocation(code="LANE-1", kind="lane")]
        bins = [
            places.NewLocation(code=row["location"], kind="bin", aisle=int(row["aisle"]) - 1,
                               level=int(row["level"]), x_mm=int(row["aisle"]) * 4000,
                               y_mm=int(row["bay"]) * 1200, walk_seq=int(row["pick_seq"]))
            for row in day.locations
        ]  # fmt: skip
        places.add_locations(session, warehouse, [*virtual, *floor, *bins])
        places.add_stations(session, [places.NewStation(code="DOCK-A", kind="dock", location="DOCK-1")])
        codes = sorted({row["customer"] for row in day.orders})
        catalog.add_customers(session, [catalog.NewCustomer(code, f"Customer {code}") for code in codes])
        suppliers = sorted({row["supplier"] for row in day.purchases})
        catalog.add_suppliers(session, [catalog.NewSupplier(code, code) for code in suppliers])
        catalog.add_products(
            session,
            [
                catalog.NewProduct(sku=row["sku"], name=row["name"], weight_g=int(row["weight_g"]),
                                   velocity=row["abc"], price=Decimal(row["list_price"]))
                for row in day.products
            ],
        )  # fmt: skip
        session.add(Command(id="floor-day", workflow="setup", content="", operator_id=HOUSE, station_id=HOUSE,
                            at=NOON, state="done"))  # fmt: skip
        session.flush()
        station = session.scalars(select(Station.id).where(Station.code == "DOCK-A")).one()
        context = Context(operator_id=HOUSE, station_id=station, command_id="floor-day", at=NOON)
        standing = [
            places.Standing(location=row["location"], product=row["sku"], qty=int(row["qty"])) for row in day.stock
        ]
        places.add_opening_stock(session, context, standing)
    return context


def list_orders(day: Day) -> list[orders.NewOrder]:
    """The day's orders as an import program hands them over."""
    made = []
    for number, lines in groupby(day.orders, key=lambda row: row["order_ref"]):
        rows = list(lines)
        leave_by = NOON + timedelta(minutes=int(rows[0]["due_min"]))
        made.append(
            orders.NewOrder(
                number=number, customer=rows[0]["customer"], service="PARCEL", placed_at=NOON, leave_by=leave_by,
                promise=leave_by.date(), ship_name=rows[0]["customer"], street="1 High Street", city="Leeds",
                postcode="LS1 1AA", priority_class=1 if rows[0]["priority"] == "1" else 2,
                lines=tuple(orders.NewOrderLine(row["sku"], int(row["qty"])) for row in rows),
            )
        )  # fmt: skip
    return made


def list_purchases(day: Day) -> list[purchasing.NewPurchase]:
    """The day's purchase orders."""
    return [
        purchasing.NewPurchase(
            number=number, supplier=rows[0]["supplier"], due=NOON.date(),
            lines=tuple(purchasing.NewPurchaseLine(row["sku"], int(row["qty"])) for row in rows),
        )
        for number, rows in ((n, list(some)) for n, some in groupby(day.purchases, key=lambda row: row["po_ref"]))
    ]  # fmt: skip


def play(engine: Engine, day: Day) -> dict[str, Any]:
    """Plays the day through the services; gives the steps and what the sums came to."""
    context = furnish(engine, day)
    incoming = list_orders(day)
    clock = Clock(engine)
    _warm_up(engine, context, incoming[:2])
    gc.collect()
    gc.freeze()  # as the application does once it is open; what is handed over is not its own either
    with clock.step("import", len(incoming), "orders"):
        for start in range(0, len(incoming), CHUNK):
            with writing(engine) as session:
                orders.add_orders(session, incoming[start : start + CHUNK])
    with clock.step("allocate", len(day.orders), "lines"), writing(engine) as session:
        allocation.allocate(session, context)
    reserved = _count_reserved(engine)
    with clock.step("purchase", len(day.purchases), "lines"), writing(engine) as session:
        bought = purchasing.add_purchases(session, list_purchases(day))
    taken: list[tuple[list[crossdocking.Arrival], int]] = []
    with clock.step("receive", len(day.purchases), "lines"), writing(engine) as session:
        for purchase_id in bought.values():
            receipt = receipts.open_for(session, context, purchase_id)
            taken.append((goods_in.take_in_all(session, context, receipt)[0], receipt.id))
    with clock.step("rematch", len(day.purchases), "lines"), writing(engine) as session:
        for arrivals, receipt_id in taken:
            session.get_one(Receipt, receipt_id)
            crossdocking.serve(session, context, arrivals)
    expected = day.manifest["units_ordered"] - day.manifest["units_short"]
    handed_on = _count_reserved(engine) - reserved
    with reading(engine) as session:
        differences = selfcheck.find_differences(session)
    return {
        "orders": day.order_count,
        "order_lines": len(day.orders),
        "steps": clock.steps,
        "checks": {
            "reserved": reserved,
            "expected_reserved": expected,
            "handed_on": handed_on,
            "expected_handed_on": day.manifest["units_short_that_the_purchase_covers"],
            "ledger_differences": len(differences),
        },
    }


def _warm_up(engine: Engine, context: Context, few: Sequence[orders.NewOrder]) -> None:
    """Lets every statement be made once, as in a house that is open; leaves nothing behind."""
    with suppress(_Enough), writing(engine) as session:
        orders.add_orders(session, few)
        allocation.allocate(session, context)
        raise _Enough


class _Enough(Exception):
    """Ends the warm-up without a trace."""


def _count_reserved(engine: Engine) -> int:
    with reading(engine) as session:
        return int(session.scalar(select(func.sum(Reservation.qty)).where(Reservation.state == "held")) or 0)


def play_bare(day: Day, work: Path) -> dict[str, Any]:
    """The same files through the set's own bare script, in a process of its own; empty when it is not there."""
    shared = find_shared("benchmarks", "floor-day", "bare")
    if shared is None:
        return {}
    out = work / "bare.json"
    called = [sys.executable, str(shared / "bare_floor.py"), "day", "--data", str(day.folder), "--work", str(work),
              "--out", str(out), "--scans", "1", "--ships", "2"]  # fmt: skip
    subprocess.run(called, check=True, capture_output=True)
    steps = json.loads(out.read_text(encoding="utf-8"))["steps"]
    return {
        name: {
            "wall_s": round(sum(steps[one]["wall_s"] for one in parts), 4),
            "cpu_s": round(sum(steps[one]["own_cpu_s"] for one in parts), 4),
        }
        for name, parts in BARE.items()
    }


def run_day(day: Day, options: argparse.Namespace) -> dict[str, Any]:
    """One day, with its figures per line and beside the bare script."""
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        engine = open_engine(options.url or f"sqlite:///{Path(name) / 'house.db'}")
        try:
            if options.url:
                _empty(engine)
            schema.upgrade(engine)
            result = play(engine, day)
        finally:
            engine.dispose()
        bare = play_bare(day, Path(name)) if options.bare else {}
    steps = result["steps"]
    for step in steps.values():
        step["cpu_us_per_order_line"] = round(step["cpu_s"] / max(1, result["order_lines"]) * 1e6, 1)
    result["handling_s"] = round(sum(steps[one]["wall_s"] for one in ("purchase", "receive", "rematch")), 3)
    if bare:
        result["bare"] = bare
        result["ratio_to_bare"] = {
            one: round(steps[one]["cpu_s"] / bare[one]["cpu_s"], 2) for one in bare if bare[one]["cpu_s"]
        }
    return result


def _empty(engine: Engine) -> None:
    """Drops what an earlier day left in the benchmark's own database on the server."""
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The days asked for; ``steps`` and ``checks`` are those of the largest, ``per_line`` compares the sizes."""
    options.work.mkdir(parents=True, exist_ok=True)
    if options.dir:
        return {"day": str(options.dir), **run_day(read_day(options.dir), options)}
    days = []
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        for size in options.sizes:
            day = make_day(Path(name) / str(size), size, *options.shop.split())
            days.append(run_day(day, options))
            shutil.rmtree(day.folder)
    per_line = {str(day["orders"]): {one: step["cpu_us_per_order_line"] for one, step in day["steps"].items()}
                for day in days}  # fmt: skip
    first, last = days[0]["steps"], days[-1]["steps"]
    growth = {one: round(last[one]["cpu_us_per_order_line"] / first[one]["cpu_us_per_order_line"], 2)
              for one in ("import", "allocate")}  # fmt: skip
    return {**days[-1], "sizes": days, "cpu_us_per_order_line": per_line, "growth": growth}


def show(result: dict[str, Any]) -> None:
    """The table for people."""
    for day in result.get("sizes", [result]):
        checks = day["checks"]
        right = (checks["reserved"], checks["handed_on"]) == (checks["expected_reserved"], checks["expected_handed_on"])
        print(f"{day['orders']} orders, {day['order_lines']} lines; sums {'right' if right else f'WRONG: {checks}'}")
        print("  step           n      wall s     CPU s   per CPU s  us a line  bare CPU s  ratio")
        for name, step in day["steps"].items():
            bare = day.get("bare", {}).get(name, {}).get("cpu_s", "")
            print(f"  {name:9} {step['n']:7} {step['of']:6} {step['wall_s']:8.3f} {step['cpu_s']:8.3f}"
                  f" {step['per_cpu_s']:10} {step['cpu_us_per_order_line']:10.1f} {bare:>10}"
                  f" {day.get('ratio_to_bare', {}).get(name, ''):>7}")  # fmt: skip
        print(f"  purchase, receive and match again: {day['handling_s']} s")
    if "growth" in result:
        print(f"cost of a line, largest over smallest day: {result['growth']}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the options, plays the days, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("dir", nargs="?", type=Path, metavar="DAY")
    parser.add_argument("--sizes", type=lambda said: [int(one) for one in said.split(",")], default=list(SIZES))
    parser.add_argument("--shop", default="", help="more arguments for the generator, as one text (smaller shops)")
    parser.add_argument("--bare", action="store_true", help="the set's bare script on the same files as well")
    parser.add_argument("--url", default="", help="a database of its own on a server; it is emptied")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    try:
        result = run(options)
    except FileNotFoundError as missing:
        parser.exit(2, f"floor_day: skipped: {missing}\n")
    if options.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
