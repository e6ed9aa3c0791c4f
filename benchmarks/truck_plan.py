"""A truck against ten thousand waiting orders: its plan, the check-in, and the verdict of each scan.

`python -m benchmarks.truck_plan [--products 500] [--orders 10000] [--cover 0.4] [--scans 60] [--json]`: a house is
filled from a seeded case (see `crossdock_cases`) on SQLite, and every step is timed as a command of its own.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.crossdock_cases import Case, generate
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, writing
from wms_desktop.db.tables import (
    HOUSE,
    CarrierService,
    Command,
    Customer,
    Delivery,
    DeliveryPart,
    Location,
    Order,
    OrderLine,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Station,
    Supplier,
    Warehouse,
)
from wms_desktop.services import crossdocking, inventory, planning, rematching, undo
from wms_desktop.services.crossdocking import Arrival
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark and prints what it took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.truck_plan", description=__doc__)
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--cover", type=float, default=0.4)
    parser.add_argument("--scans", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="on one line")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'house.db'}")
        schema.upgrade(engine)
        case = generate(options.products, options.orders, options.cover, options.seed)
        with writing(engine) as session:
            _furnish(session, case)
        report = _measure(engine, case, options.scans, options.seed)
        engine.dispose()
    json.dump(report, sys.stdout, indent=None if options.json else 1)
    print()
    return 0


def _furnish(session: Session, case: Case) -> None:
    session.add(Warehouse(code="MAIN", name="Main"))
    session.add_all([CarrierService(code=f"S{n}", carrier=f"C{n}", name=f"S{n}", sort_code="X") for n in range(3)])
    session.add(Customer(code="C1", name="Customer"))
    session.add(Supplier(code="S1", name="Supplier"))
    session.flush()
    for code, kind in (("SUPPLIER", "supplier"), ("DOCK-1", "dock"), ("HOLD-1", "hold")):
        session.add(Location(warehouse_id=1, code=code, kind=kind, is_virtual=kind == "supplier"))
    session.flush()
    session.add_all([Location(warehouse_id=1, code=f"LANE-{n}", kind="lane", service_id=1 + n % 3) for n in range(9)])
    session.add(Station(code="DOCK-A", kind="dock", location_id=2))
    session.add(Command(id="bench", workflow="setup", content="", operator_id=HOUSE, station_id=HOUSE, at=NOW,
                        state="done"))  # fmt: skip
    session.flush()
    session.add_all([Product(sku=f"P{n}", name=f"Product {n}") for n in case.supply])
    session.flush()
    ids = {int(row.sku[1:]): row.id for row in session.execute(select(Product.id, Product.sku))}
    session.add_all([
        Order(
            number=f"O{one.order_id}", customer_id=1, service_id=1 + one.order_id % 3, ship_name="A", street="B",
            city="C", postcode="D", placed_at=NOW - timedelta(days=one.age_days),
            promise=(NOW + timedelta(days=1 - 3 * one.is_late)).date(),
            leave_by=NOW + timedelta(hours=4 + 2 * (one.order_id % 3)), priority_class={1: 3, 3: 2}.get(one.factor, 1),
            ship_complete=one.order_id % 2 == 0,
        )
        for one in case.orders
    ])  # fmt: skip
    session.flush()
    orders = {int(row.number[1:]): row.id for row in session.execute(select(Order.id, Order.number))}
    session.add_all([
        OrderLine(order_id=orders[one.order_id], line_no=no, product_id=ids[product], ordered=units,
                  price=Decimal("4.50"))
        for one in case.orders for no, (product, units) in enumerate(one.needs, 1)
    ])  # fmt: skip
    session.add(PurchaseOrder(number="PO-1", supplier_id=1, due=NOW.date()))
    session.flush()
    session.add_all([PurchaseLine(purchase_order_id=1, line_no=no, product_id=ids[product], ordered=units)
                     for no, (product, units) in enumerate(case.supply.items(), 1) if units])  # fmt: skip
    session.add(Delivery(number="D1", opens_at=NOW + timedelta(hours=1), closes_at=NOW + timedelta(hours=2)))
    session.flush()
    session.add(DeliveryPart(delivery_id=1, purchase_order_id=1))
    session.add(Receipt(number="R1", purchase_order_id=1, dock_id=2, opened_at=NOW, delivery_id=1))


def _timed(engine: Any, report: dict[str, Any], name: str, act: Callable[[Session, Context], Any]) -> float:
    context = Context(operator_id=HOUSE, station_id=1, command_id="bench", at=NOW)
    began = time.process_time()
    with writing(engine) as session:
        undo.start(session)
        act(session, context)
        rematching.settle(session, context)
        undo.finish(session)
    took = time.process_time() - began
    report.setdefault(name, []).append(took)
    return took


def _measure(engine: Any, case: Case, scans: int, seed: int) -> dict[str, Any]:
    times: dict[str, list[float]] = {}
    _timed(engine, times, "plan", lambda s, c: planning.plan(s, c, 1))

    def check_in(session: Session, context: Context) -> None:
        session.get_one(Delivery, 1).state = "here"
        planning.firm(session, context, 1)

    _timed(engine, times, "check_in", check_in)
    rng = random.Random(seed)
    with writing(engine) as session:
        lines = list(session.execute(select(PurchaseLine.id, PurchaseLine.product_id, PurchaseLine.ordered)))
        shared = session.get_one(Delivery, 1)
        figures = {"completes": shared.completes, "bound": shared.bound, "method": shared.method}
    for row in rng.sample(lines, scans):
        _timed(engine, times, "scan", partial(_scan, row=row, units=min(row.ordered, 12)))
    for row in rng.sample(lines, min(10, scans)):
        _timed(engine, times, "damaged", partial(_scan, row=row, units=1, condition="damaged"))
    report: dict[str, Any] = dict(figures)
    for name, found in times.items():
        found.sort()
        report[name] = {"median_ms": round(1000 * found[len(found) // 2], 1), "max_ms": round(1000 * found[-1], 1)}
    return report


def _scan(session: Session, context: Context, row: Any, units: int, condition: str = "good") -> None:
    place = 2 if condition == "good" else 3
    stock = inventory.post(session, context, Goods(product_id=row.product_id, qty=units), Spot(location_id=1),
                           Spot(location_id=place, condition=condition), reason="receive")  # fmt: skip
    line = ReceiptLine(receipt_id=1, purchase_line_id=row.id, product_id=row.product_id, lot_id=0, qty=units,
                       condition=condition, operator_id=HOUSE, station_id=1, at=NOW)  # fmt: skip
    session.add(line)
    session.flush()
    if condition == "good":
        crossdocking.serve(session, context, [Arrival(receipt_line_id=line.id, stock_id=stock,
                                                      product_id=row.product_id, qty=units,
                                                      purchase_line_id=row.id)])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
