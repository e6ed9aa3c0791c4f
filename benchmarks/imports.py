"""Rows a second from a shop's file to the house: read in the limited process, staged and checked, published.

``python -m benchmarks.imports [--lines 100000] [--url URL] [--json]``. The file is made from a seed: orders of one to
eight lines with whole addresses, so many lines in all, one row in a thousand with a fault. The bar: 100,000 lines under
60 s on 2 cores, from the file's first byte to the answer of the publishing command.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from benchmarks import Stopwatch
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, writing
from wms_desktop.db.tables import CarrierService, Warehouse
from wms_desktop.gateways import imports as gateway
from wms_desktop.importer import Importer
from wms_desktop.services import catalog, settings
from wms_desktop.views.imports import Ending, Reading

BAR_S = 60.0
SEED = 20260101
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_TITLES = ("number", "customer_code", "customer_name", "placed_at", "promise", "service", "currency", "is_paid",
           "ship_name", "street", "postcode", "city", "country", "line_no", "sku", "name", "qty", "price")  # fmt: skip
_FAULTY = 1000


def make_file(path: Path, lines: int, skus: int) -> None:
    """An export of so many order lines; the same arguments give the same bytes."""
    chance = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_TITLES)
        left, order = lines, 0
        while left:
            order += 1
            many = min(left, chance.choice((1, 1, 1, 2, 2, 3, 5, 8)))
            left -= many
            buyer = chance.randrange(2000)
            placed = NOON - timedelta(minutes=chance.randrange(60 * 24 * 5))
            name = f"Customer {buyer}"
            head = (f"W{order:07d}", f"CU{buyer:05d}", name, placed.isoformat(), date(2026, 3, 6), "PARCEL", "GBP", 1,
                    name, f"{buyer} High Street", f"LS{buyer % 90} 1AA", "Leeds", "GB")  # fmt: skip
            for line_no, sku in enumerate(chance.sample(range(skus), many), 1):
                qty = chance.choice((1, 1, 1, 2, 3, 12))
                fault = chance.randrange(_FAULTY) == 0
                writer.writerow((*head, line_no, f"SKU{sku:05d}" if not fault else "NO-SUCH", f"Article {sku}", qty,
                                 f"{chance.randrange(99, 9999) / 100:.2f}"))  # fmt: skip


def furnish(url: str, skus: int) -> None:
    """A house with the articles of the file and one carrier's service."""
    engine = open_engine(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        session.add(Warehouse(code="MAIN", name="Main", timezone="Europe/London"))
        session.add(CarrierService(code="PARCEL", carrier="Northway", name="Parcel 24", sort_code="N1"))
        settings.put(session, "default_service", "PARCEL")
        rows = [catalog.NewProduct(sku=f"SKU{sku:05d}", name=f"Article {sku}") for sku in range(skus)]
        catalog.add_products(session, rows)
    engine.dispose()


def run(folder: Path, lines: int, url: str = "") -> dict[str, Any]:
    """The three stages of one import, and the reader alone beside them."""
    skus = min(5000, max(50, lines // 5))
    path = folder / "orders.csv"
    make_file(path, lines, skus)
    url = url or f"sqlite:///{folder / 'house.db'}"
    furnish(url, skus)
    engine = open_engine(url)
    importer = Importer(engine, lambda: NOON)
    reading = importer.glance(path, "orders").reading
    figures: dict[str, Any] = {"lines": lines, "bytes": path.stat().st_size}
    figures["read"] = _timed(lines, lambda: _read(path, reading))
    runs: list[int] = []
    whole = Stopwatch()
    figures["staged"] = _timed(lines, lambda: runs.append(importer.stage(path, reading)))
    shown = importer.preview(runs[0])
    figures["published"] = _timed(lines, lambda: importer.publish(runs[0], good_only=True))
    figures["wall_s"], figures["cpu_s"] = round(whole.wall_s, 2), round(whole.cpu_s, 2)
    figures["lines_per_s"] = round(lines / whole.wall_s)
    figures["bar_s"], figures["within_bar"] = BAR_S, whole.wall_s * 100_000 / lines <= BAR_S
    figures["good_rows"], figures["bad_rows"] = shown.good.rows, shown.bad.rows
    figures["peak_rss_mb"] = _peak(resource.RUSAGE_SELF)
    figures["peak_rss_reader_mb"] = _peak(resource.RUSAGE_CHILDREN)
    engine.dispose()
    return figures


def _read(path: Path, reading: Reading) -> None:
    with closing(cast("Any", gateway.read(path, reading))) as rows:
        for row in rows:
            if isinstance(row, Ending):
                return


def _timed(lines: int, act: Any) -> dict[str, float]:
    watch = Stopwatch()
    act()
    return {
        "wall_s": round(watch.wall_s, 3), "cpu_s": round(watch.cpu_s, 3), "lines_per_s": round(lines / watch.wall_s)
    }  # fmt: skip


def _peak(whose: int) -> float:
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return round(resource.getrusage(whose).ru_maxrss / unit, 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--url", default="", help="an empty database instead of an SQLite file")
    parser.add_argument("--json", action="store_true", help="one JSON object (the only form there is)")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wms-imports-") as folder:
        print(json.dumps(run(Path(folder), given.lines, given.url), indent=None if given.json else 1))


if __name__ == "__main__":
    main()
