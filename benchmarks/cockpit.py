"""How long the desk waits for the backlog, its figures, an order's story and a look-up, by the number of open lines.

``python -m benchmarks.cockpit [--lines 1000,5000,20000] [--runs 5] [--work DIR] [--json]``. For each size a house is
made of :mod:`benchmarks.big_house` and kept: so many open lines, and a year of orders, scans and parcels behind them,
spread over the days. A third of the open lines waits for products of which there is nothing (each with a purchase
order on its way), a third is reserved in bins, the rest has free stock in bins. Best of the runs, as the desk's own
thread would find it: processor seconds, and seconds on the wall.
"""

from __future__ import annotations

import argparse
import gc
import json
import shutil
import sys
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from benchmarks import Stopwatch, big_house
from wms_desktop.db.engine import open_engine, reading
from wms_desktop.services import backlog, cockpit, finding, states, story

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LINES_A_ROW = 0.08
"""Open lines of a big house for each of its stock rows."""
LOOK_UPS = ("W1000001", "W100", "SKU-1", "Article 12", "Customer 7", "TOTE-1001", "BIN-1000001", "OUT-1", "PO-OUT-1")
AIMS = {"backlog_cpu_s": 0.5, "figures_cpu_s": 1.0, "story_s": 1.0, "find_s": 1.0}
_STORIES = 10
_US = 1_000_000
_YEAR_US = 365 * 86_400 * _US


def open_house(work: Path, lines: int) -> Path:
    """The file of a house with about so many open lines; made when it is not there."""
    work.mkdir(parents=True, exist_ok=True)
    mark = zlib.crc32(Path(__file__).read_bytes() + Path(big_house.__file__).read_bytes())
    path = work / f"cockpit-{lines}-{mark:08x}.db"
    if not path.exists():
        part = path.with_suffix(".part")
        shutil.copy(big_house.open_sqlite(work, max(600, round(lines / LINES_A_ROW))), part)
        engine = open_engine(f"sqlite:///{part}")
        _live_through_a_year(engine)
        engine.dispose()
        part.rename(path)
    return path


def _live_through_a_year(engine: Engine) -> None:
    """Spreads the house's history over the year before now, and lets a third of what is open wait for purchases."""
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        connection.rollback()
        assert driver is not None
        triggers = driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        driver.execute("PRAGMA foreign_keys=0")
        driver.execute("BEGIN")
        for name, _ in triggers:
            driver.execute(f"DROP TRIGGER {name}")
        for statement in _statements():
            driver.execute(statement)
        for _, made in triggers:
            driver.execute(made)
        driver.execute("COMMIT")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _statements() -> list[str]:
    now = int(NOW.timestamp()) * _US
    owed = "ordered > cancelled + shipped"

    def spread(table: str, row: str, where: str = "1") -> str:
        whole = f"(SELECT count(*) FROM {table} WHERE {where})"
        first = f"(SELECT min({row}) FROM {table} WHERE {where})"
        return f"{now - _YEAR_US} + CAST(({row} - {first}) * 1.0 / {whole} * {_YEAR_US} AS INTEGER)"

    steps = "CASE (id - (SELECT min(id) FROM movement WHERE reason = 'ship')) % 4"
    day = "date(({0}) / 1000000, 'unixepoch')".format
    return [
        *(f"UPDATE movement SET at = {spread('movement', 'id', which)} WHERE {which}"
          for which in ("reason = 'ship'", "reason <> 'ship'")),
        f"UPDATE movement SET reason = {steps} WHEN 0 THEN 'pick' WHEN 1 THEN 'pack' WHEN 2 THEN 'load' ELSE 'ship' END"
        " WHERE reason = 'ship'",
        f"UPDATE command SET at = {spread('command', 'rowid')}",
        "UPDATE command SET workflow = coalesce((SELECT reason FROM movement WHERE command_id = command.id"
        " AND reason IN ('receive', 'pick', 'pack') LIMIT 1), workflow)",
        f"UPDATE sales_order SET placed_at = {spread('sales_order', 'id')}",
        f"UPDATE sales_order SET placed_at = {now} - id % 40 * 86400000000 - id % 1000 * 1000000,"
        f" leave_by = {now} + (id % 90 - 12) * 3600000000, promise = {day(f'{now} + (id % 9 - 3) * 86400000000')}"
        f" WHERE id IN (SELECT order_id FROM order_line WHERE {owed})",
        "INSERT INTO customer (code, name, priority_class, backorders, backorder_limit, ship_rule) WITH RECURSIVE"
        " c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 400) SELECT 'K' || i, 'Customer ' || i, 2, 'allow',"
        " 0, 'available' FROM c",
        "UPDATE sales_order SET customer_id = 1 + id % 400, is_paid = id % 3 = 0, is_held = id % 40 = 7,"
        " channel = CASE id % 3 WHEN 0 THEN 'web' WHEN 1 THEN 'trade' ELSE 'market' END,"
        " currency = CASE WHEN id % 11 = 0 THEN 'EUR' ELSE 'GBP' END",
        *_wait_for_purchases(owed, now, day),
    ]  # fmt: skip


def _wait_for_purchases(owed: str, now: int, day: Callable[[str], str]) -> list[str]:
    """A product with nothing in the house for every forty open lines, and a purchase order for each."""
    count = f"(SELECT max(1, count(*) / 40) FROM order_line WHERE {owed})"
    series = f"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {count})"
    first = "(SELECT min(id) - 1 FROM {} WHERE {})".format
    out = first("product", "sku LIKE 'OUT-%'")
    line = f"{first('purchase_line', 'price = 7')} + (order_line.id % {count}) + 1"
    return [
        "INSERT INTO product (sku, name, brand, category, weight_g, length_mm, width_mm, height_mm, velocity,"
        f" lot_tracked, expiry_tracked, backorders, backorder_limit, safety_stock, removal, price,"
        f" serial_tracked, is_inspected, is_relabelled, opens_cases, face_min, face_max, mixing) {series}"
        " SELECT 'OUT-' || i, 'Sold out ' || i, '', '', 100, 100, 60, 40, 'A', 0, 0, 'allow', 0, 0, '', 30000,"
        " 0, 0, 0, 1, 0, 0, '' FROM c",
        f"INSERT INTO purchase_order (number, supplier_id, due, state, first_due) {series} SELECT 'PO-OUT-' || i, 1,"
        f" {day(f'{now} + i % 20 * 86400000000')}, 'open', {day(f'{now} + i % 20 * 86400000000')} FROM c",
        "INSERT INTO purchase_line (purchase_order_id, line_no, product_id, ordered, received, planned, price)"
        " SELECT o.id, 1, p.id, 500, 0, 0, 7 FROM purchase_order o JOIN product p ON 'PO-' || p.sku = o.number"
        " WHERE o.number LIKE 'PO-OUT-%' ORDER BY p.id",
        f"UPDATE order_line SET product_id = {out} + (id % {count}) + 1, eta_from_id = {line},"
        f" eta = (SELECT o.due FROM purchase_order o JOIN purchase_line l ON l.purchase_order_id = o.id"
        f" WHERE l.id = {line}) WHERE {owed} AND reserved = 0 AND id % 2 = 0",
        "UPDATE order_line SET first_promise = (SELECT promise FROM sales_order WHERE id = order_id),"
        " promise = coalesce(eta, (SELECT promise FROM sales_order WHERE id = order_id)), eta_late = eta,"
        f" promise_rule = 'inbound' WHERE {owed}",
    ]


def measure(engine: Engine, runs: int) -> dict[str, Any]:
    """Each question at the best of its runs, with how many rows it gave."""
    with reading(engine) as session:
        picture = states.read(session, NOW)
    orders = [order.id for order in picture.orders[:: max(1, len(picture.orders) // _STORIES)]]
    found: dict[str, Any] = {
        "open_lines": sum(len(lines) for lines in picture.lines.values()),
        "open_orders": len(picture.orders),
    }
    found |= _time(engine, runs, "states", lambda session: states.read(session, NOW))
    found |= _time(engine, runs, "backlog", lambda session: backlog.backlog(session, NOW))
    found |= _time(engine, runs, "figures", lambda session: cockpit.figures(session, NOW))
    for name, questions in (("story", _stories(orders)), ("find", _finds())):
        slowest = [_time(engine, 2, name, question) for question in questions]
        found |= {key: max(one[key] for one in slowest) for key in slowest[0]}
    for name in ("states", "backlog", "figures"):
        found[f"{name}_us_per_line"] = round(found[f"{name}_cpu_s"] * 1e6 / found["open_lines"], 1)
    return found


def _stories(order_ids: list[int]) -> list[Callable[[Session], object]]:
    return [lambda session, order_id=order_id: story.story(session, NOW, order_id) for order_id in order_ids]  # type: ignore[misc]


def _finds() -> list[Callable[[Session], object]]:
    return [lambda session, text=text: finding.find(session, NOW, text) for text in LOOK_UPS]  # type: ignore[misc]


def _time(engine: Engine, runs: int, name: str, ask: Callable[[Session], object]) -> dict[str, float]:
    walls, cpus = [], []
    for _ in range(runs):
        with reading(engine) as session:
            watch = Stopwatch()
            ask(session)
            walls.append(watch.wall_s)
            cpus.append(watch.cpu_s)
    return {f"{name}_s": round(min(walls), 4), f"{name}_cpu_s": round(min(cpus), 4)}


def main() -> None:
    """Makes the houses, asks the questions, and says what they took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--lines", default="1000,5000,20000")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--work", type=Path, default=big_house.default_work())
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sizes = []
    gc.collect()
    gc.freeze()  # as the application does once it is open
    for lines in (int(part) for part in options.lines.split(",")):
        engine = open_engine(f"sqlite:///{open_house(options.work, lines)}", read_only=True)
        sizes.append(measure(engine, options.runs))
        engine.dispose()
    per_line = [size["backlog_us_per_line"] for size in sizes]
    result = {"sizes": sizes, "aims": AIMS, "backlog_flatness": round(per_line[-1] / per_line[0], 2)}
    if options.json:
        print(json.dumps(result))
        return
    for size in sizes:
        print("\n".join(f"{name:22} {value:>10}" for name, value in size.items()), end="\n\n")
    print(f"cost of a line, the last size beside the first: {result['backlog_flatness']}")


if __name__ == "__main__":
    main()
