"""How soon the dock answers: random receipts against many waiting orders on a house with a long history.

``python -m benchmarks.dock_verdicts [--rows 100000] [--receipts 200] [--orders 500] [--seed 1] [--bins 15000]
[--url URL] [--json]``. Each code of goods that the clerk scans is one verdict: journal, one transaction, the answer.
Declines, undone scans, recounts and cancellations come between. Beside each verdict stands a bare commit of as many
rows on the same disk; at the end the ledger is proved. The bar is 200 ms for every verdict. At last a house of so many
bins, none of them free, is asked for bins (`benchmarks.full_bins`); with a URL in that empty database.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import big_house, floor_work, full_bins
from benchmarks.bare_commit import BareSqlite, RowCounter
from benchmarks.dock_work import DockDay, Paper
from benchmarks.floor_work import Floor
from benchmarks.scan_latency import percentile
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.db.tables import Barcode, Order, OrderLine, Product, PurchaseLine, PurchaseOrder
from wms_desktop.prompts import Answer, Event
from wms_desktop.runner import StationRunner
from wms_desktop.services import receiving, selfcheck

BAR_MS = 200.0
_PRODUCTS = 60
_PURCHASES = 20


def lay_out(session: Session, floor: Floor, orders: int, seed: int) -> list[Paper]:
    """New articles, the orders that wait for them, and purchase orders that bring more and less than they want."""
    chance, now = random.Random(seed), datetime.now(UTC)
    codes: dict[int, tuple[str, str]] = {}
    for n in range(_PRODUCTS):
        product = Product(sku=f"DV-{seed}-{n:03d}", name=f"Dock article {n:03d}", weight_g=200, length_mm=100,
                          width_mm=60, height_mm=40)  # fmt: skip
        session.add(product)
        session.flush()
        codes[product.id] = (f"DV{seed}U{n:03d}", f"DV{seed}C{n:03d}")
        session.add(Barcode(product_id=product.id, code=codes[product.id][0]))
        session.add(Barcode(product_id=product.id, code=codes[product.id][1], units=chance.choice((6, 12))))
    for n in range(orders):
        order = Order(
            number=f"DV-{seed}-{n:05d}", customer_id=floor.customer_id, service_id=floor.service_id,
            placed_at=now - timedelta(days=chance.randint(0, 20)),
            leave_by=now + timedelta(hours=chance.randint(1, 30)),
            promise=(now + timedelta(days=chance.randint(-1, 3))).date(), ship_complete=n % 3 == 0,
            ship_name="Acme Ltd", street="1 High Street", postcode="LS1 1AA", city="Leeds",
        )  # fmt: skip
        session.add(order)
        session.flush()
        for line_no, product_id in enumerate(chance.sample(list(codes), chance.choice((1, 1, 1, 2, 3))), 1):
            session.add(OrderLine(order_id=order.id, line_no=line_no, product_id=product_id,
                                  ordered=chance.randint(1, 6), price=Decimal("2.50")))  # fmt: skip
    papers = []
    for n in range(_PURCHASES):
        purchase = PurchaseOrder(number=f"DVP-{seed}-{n:02d}", supplier_id=floor.supplier_id, due=now.date())
        session.add(purchase)
        session.flush()
        brought = chance.sample(list(codes), 15)
        for line_no, product_id in enumerate(brought, 1):
            session.add(PurchaseLine(purchase_order_id=purchase.id, line_no=line_no, product_id=product_id,
                                     ordered=chance.randint(12, 90)))  # fmt: skip
        papers.append(Paper(purchase.number, tuple(code for product_id in brought for code in codes[product_id])))
    return papers


class _Clerk:
    """Sends events through the station's runner; beside each stands a bare commit of as many rows."""

    def __init__(self, runner: StationRunner, counter: RowCounter, bare: BareSqlite) -> None:
        self._runner, self._counter, self._bare = runner, counter, bare
        self._epoch = 0
        self.ms: list[float] = []
        self.bare_ms: list[float] = []

    def send(self, event: Event) -> Answer:
        self._counter.take()
        begun = time.perf_counter()
        answer = self._runner.send(receiving.NAME, event, self._epoch)
        self.ms.append((time.perf_counter() - begun) * 1000)
        rows, _ = self._counter.take()
        self._epoch = answer.prompt.epoch
        self.bare_ms.append(self._bare.commit(rows))
        return answer


def measure(file: Path, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """One day at the dock of this house."""
    url = f"sqlite:///{file}"
    engine = open_engine(url)
    with reading(engine) as session:
        floor = floor_work.read_floor(session)
    with writing(engine) as session:
        floor_work.sign_on(session, floor)
        papers = lay_out(session, floor, options.orders, options.seed)
    engine.dispose()
    profile = floor_work.profile(folder / "station", url, floor)
    engine = open_engine(url)
    runner, counter, bare = StationRunner(profile, engine), RowCounter(engine), BareSqlite(file, folder)
    gc.collect()
    gc.freeze()  # as the application does once it is open

    def cancel(number: str) -> Answer:
        with reading(engine) as session:
            order_id = session.scalars(select(Order.id).where(Order.number == number)).one()
        return runner.act("cancel", {"order": order_id, "lines": None, "reason": "customer"})

    clerk = _Clerk(runner, counter, bare)
    day = DockDay(send=clerk.send, cancel=cancel, papers=papers, seed=options.seed)
    try:
        day.play(options.receipts)
        with reading(engine) as session:
            differences = [str(one) for one in selfcheck.find_differences(session)]
    finally:
        bare.close()
        counter.close()
        runner.close()
    ms = [clerk.ms[at] for at in day.verdicts]
    bare_p50 = percentile([clerk.bare_ms[at] for at in day.verdicts], 0.5)
    return {
        "verdicts": len(ms),
        "did": dict(day.did),
        "p50_ms": round(percentile(ms, 0.5), 1),
        "p95_ms": round(percentile(ms, 0.95), 1),
        "p99_ms": round(percentile(ms, 0.99), 1),
        "max_ms": round(max(ms), 1),
        "bar_ms": BAR_MS,
        "over_the_bar": sum(1 for one in ms if one >= BAR_MS),
        "bare_commit_p50_ms": round(bare_p50, 3),
        "ratio_to_bare_commit": round(percentile(ms, 0.5) / bare_p50, 1),
        "ledger_differences": differences,
    }


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measures on a copy of a big house."""
    options.work.mkdir(parents=True, exist_ok=True)
    source = big_house.open_sqlite(options.work, options.rows)
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        file = Path(name) / "house.db"
        shutil.copy(source, file)
        found = measure(file, Path(name), options)
        url = options.url or f"sqlite:///{Path(name) / 'full.db'}"
        found["full_house"] = full_bins.measure(url, options.bins)
    return {"rows": options.rows, "orders": options.orders, "seed": options.seed} | found


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=100_000, help="stock rows of the house; five times the movements")
    parser.add_argument("--receipts", type=int, default=200, help="codes of goods scanned")
    parser.add_argument("--orders", type=int, default=500, help="orders that wait for them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bins", type=int, default=15_000, help="bins of the house without a free one")
    parser.add_argument("--url", default="", help="an empty database for that house")
    parser.add_argument("--work", type=Path, default=big_house.default_work())
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    found = run(options)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:22} {value}")


if __name__ == "__main__":
    main()
