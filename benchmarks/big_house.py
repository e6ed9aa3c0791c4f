"""Builds a house with a long history: N stock rows, 5 N movements, and everything that belongs to them.

``python -m benchmarks.big_house [--rows 1000000] [--work DIR] [--url URL] [--check] [--json]``. The ledger is
consistent (``--check`` proves it with the application's own self-check). Set-based SQL; the triggers are taken off
for the load and put back, so the schema is the shipped one. A house that is there already is used again.

What it holds for each 1,000,000 rows: 50,000 products; 208,000 bins, those of the front zone all full and every 25th
of the others empty; a balance row that came to zero on the dock for every product ever received, and on bench and
truck for every carton ever packed; 142,000 shipped cartons with labels; 20,000 orders that wait, 10,000 that are
reserved, 2,000 purchase orders on the way, 250,000 commands.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from sqlalchemy import Connection, Engine, text

from benchmarks import Stopwatch
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, reading
from wms_desktop.services import selfcheck

BIN = 100
"""Location ids of bins follow this one."""
STEP = 1_000_003
FIRST_AT = 1_600_000_000_000_000
_MARK = "benchmark.house"


@dataclass(frozen=True, slots=True)
class Size:
    """How many of everything, for about ``rows`` stock rows and exactly five times as many movements."""

    rows: int

    @property
    def bin_rows(self) -> int:
        """Balance rows in bins; every fourth came to zero."""
        return 4 * (self.rows * 85 // 600)

    @property
    def shipped(self) -> int:
        """Shipped cartons, one line each."""
        return self.bin_rows // 4

    @property
    def products(self) -> int:
        return (self.rows - self.bin_rows - 2 * self.shipped) // 3

    @property
    def stock_rows(self) -> int:
        return self.bin_rows + 3 * self.products + 2 * self.shipped

    @property
    def used_bins(self) -> int:
        """An odd number, so that no bin holds emptied rows only."""
        return max(21, self.rows // 5) | 1

    @property
    def front_bins(self) -> int:
        """Zone A: the nearest to the dock, all of them full."""
        return self.used_bins // 5

    @property
    def bins(self) -> int:
        rest = self.used_bins - self.front_bins
        return self.front_bins + rest + rest // 24

    @property
    def pairs(self) -> int:
        """Moves to the dock and back, as a relocation or a recount makes them."""
        return (5 * self.rows - 2 * self.bin_rows - 4 * self.shipped) // 2

    @property
    def commands(self) -> int:
        return max(20, self.rows // 4)


def build(engine: Engine, rows: int) -> Size:
    """Makes the house, or finds it there; gives its sizes. An older or other house in the database is a ValueError."""
    schema.upgrade(engine)
    size = Size(rows)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT value FROM counter WHERE name = :name"), {"name": _MARK}).scalar()
        used = connection.execute(text("SELECT count(*) FROM warehouse")).scalar()
    if found == _mark(rows):
        return size
    if found is not None or used:
        raise ValueError("the database holds something else: give an empty one")
    if engine.dialect.name == "sqlite":
        _load_sqlite(engine, size)
    else:
        _load_postgresql(engine, size)
    return size


def open_sqlite(work: Path, rows: int) -> Path:
    """The file of a house of that size in a folder, made when it is not there."""
    work.mkdir(parents=True, exist_ok=True)
    path = work / f"house-{rows}-{_shape():08x}.db"
    if not path.exists():
        fresh = path.with_suffix(".part")
        for leftover in work.glob(f"{fresh.name}*"):
            leftover.unlink()
        engine = open_engine(f"sqlite:///{fresh}")
        build(engine, rows)
        engine.dispose()
        fresh.rename(path)
    return path


def default_work() -> Path:
    """Where houses are kept between runs."""
    return Path(tempfile.gettempdir()) / "wms-benchmarks"


def _shape() -> int:
    """Changes with the schema and with what is built, so that an older house is not taken for a new one."""
    migrations = Path(schema.__file__).parent
    sources = [*sorted(migrations.rglob("versions/*.py")), migrations / "triggers.py", Path(__file__)]
    return zlib.crc32(b"".join(source.read_bytes() for source in sources))


def _mark(rows: int) -> int:
    return rows << 32 | _shape()


def _load_sqlite(engine: Engine, size: Size) -> None:
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        connection.rollback()
        assert driver is not None
        triggers = driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for pragma in ("foreign_keys=0", "synchronous=0", "journal_mode=off", "cache_size=-400000"):
            driver.execute(f"PRAGMA {pragma}")
        for name, _ in triggers:
            driver.execute(f"DROP TRIGGER {name}")
        for statement in _statements(size, "sqlite"):
            driver.execute(statement)
        for _, made in triggers:
            driver.execute(made)
        driver.execute("PRAGMA journal_mode=wal")
    engine.dispose()


def _load_postgresql(engine: Engine, size: Size) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET session_replication_role = replica"))
        for statement in _statements(size, "postgresql"):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        _set_sequences(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _set_sequences(connection: Connection) -> None:
    tables = connection.execute(
        text("SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id'"
             " AND column_default LIKE 'nextval%'")
    ).scalars()  # fmt: skip
    for table in tables:
        connection.execute(
            text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) + 1 FROM {table}))")
        )


def _statements(size: Size, dialect: str) -> Iterator[str]:
    """Every INSERT, in the order of their references."""

    def n(count: int) -> str:
        """Rows i = 0 to count - 1."""
        if dialect == "sqlite":
            return (f"(WITH RECURSIVE c(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM c WHERE i + 1 < {count})"
                    f" SELECT i FROM c WHERE i < {count}) AS n")  # fmt: skip
        return f"generate_series(0::bigint, {count - 1}::bigint) AS n(i)"

    yield from _places(size, n)
    yield from _catalogue(size, n)
    yield from _inbound(size, n)
    yield from _orders(size, n)
    yield from _ledger(size, n)
    yield from _outbound(size, n)
    yield f"INSERT INTO counter (name, value) VALUES ('{_MARK}', {_mark(size.rows)})"


def _product(i: str, size: Size) -> str:
    """The product of the i-th bin row."""
    return f"(1 + {i} * {size.products} / {size.bin_rows})"


def _bin(i: str, size: Size) -> str:
    """The location of the i-th bin row: scattered over the used bins."""
    used = f"(({i} * {STEP}) % {size.used_bins})"
    behind = f"({used} - {size.front_bins})"
    return f"({BIN + 1} + CASE WHEN {used} < {size.front_bins} THEN {used} ELSE {used} + {behind} / 24 END)"


def _came(i: str) -> str:
    """Units that came into the i-th bin row; every fourth row has been shipped empty."""
    return f"(CASE WHEN {i} % 4 = 3 THEN 3 + {i} % 5 ELSE 5 + {i} % 40 END)"


def _places(size: Size, n: object) -> Iterator[str]:
    assert callable(n)
    yield "INSERT INTO warehouse (id, code, name, timezone) VALUES (1, 'BIG', 'Big house', 'Europe/London')"
    yield ("INSERT INTO carrier_service (id, code, carrier, name, sort_code) VALUES"
           " (1, 'PARCEL', 'Northway', 'Parcel 24', 'N1'), (2, 'FREIGHT', 'Bulkline', 'Pallet', 'B7')")  # fmt: skip
    fixed = [
        (1, "SUPPLIER", "supplier"), (2, "CUSTOMER", "customer"), (3, "SCRAP", "scrap"),
        (4, "ADJUSTMENT", "adjustment"), (5, "DOCK-1", "dock"), (6, "HOLD-1", "hold"), (7, "BENCH-1", "bench"),
        (8, "BENCH-2", "bench"), (9, "TRUCK-NORTHWAY", "truck"), (10, "TRUCK-BULKLINE", "truck"),
        *((10 + k, f"CART-{k}", "cart") for k in range(1, 5)), *((20 + k, f"LANE-{k}", "lane") for k in range(1, 9)),
    ]  # fmt: skip
    rows = ", ".join(
        f"({at}, 1, '{code}', '{kind}', {int(at <= 4)}, 0, 0, 0, {at}, '', 0, 0,"
        f" {1 if at == 9 or at in range(21, 27) else 2 if at == 10 or at > 26 else 'NULL'}, {40 if at > 20 else 0},"
        " '', '', 'any', 0, '')"
        for at, code, kind in fixed
    )
    columns = ("id, warehouse_id, code, kind, is_virtual, level, x_mm, y_mm, walk_seq, zone, capacity_mm3,"
               " max_weight_g, service_id, capacity_orders, carrier, wall, mixing, is_blocked,"
               " blocked_why")  # fmt: skip
    yield f"INSERT INTO location ({columns}) VALUES {rows}"
    front = size.front_bins
    yield (f"INSERT INTO location ({columns}, aisle) SELECT {BIN + 1} + i, 1, 'BIN-' || (1000000 + i), 'bin', 0, i % 5,"
           f" i / 2000 * 4000, 1200 + i % 2000 / 10 * 1200, {BIN + 1} + i,"
           f" CASE WHEN i < {front} THEN 'A' WHEN i < {2 * front} THEN 'B' ELSE 'C' END, 600000000, 500000, NULL, 0,"
           f" '', '', 'any', 0, '', i / 2000 FROM {n(size.bins)}")  # fmt: skip
    yield "INSERT INTO setting (name, value) VALUES ('cross_aisles_mm', '0,121800,242400'), ('depot', '0,0')"
    yield f"INSERT INTO plate (id, code, kind) SELECT 1 + i, 'TOTE-' || (1000 + i), 'tote' FROM {n(999)}"
    yield (f"INSERT INTO plate (id, code, kind) SELECT 1001 + i, '9' || (10000000000000000 + i), 'carton'"
           f" FROM {n(size.shipped)}")  # fmt: skip
    people = ("receiver", "picker", "packer", "supervisor")
    yield ("INSERT INTO operator (id, badge, name, role, pin_hash, failed_pins, language, is_active) VALUES "
           + ", ".join(f"({k}, 'OP-{role}', '{role.title()}', '{role}', '', 0, 'en', 1)"
                       for k, role in enumerate(people, 1)))  # fmt: skip
    stations = (("DOCK-A", "dock", 5), ("PICK-1", "pick", "NULL"), ("PACK-1", "pack", 7), ("SHIP-1", "ship", "NULL"),
                ("DESK-1", "desk", "NULL"), ("DOCK-B", "dock", 5), ("PACK-2", "pack", 8))  # fmt: skip
    yield ("INSERT INTO station (id, code, kind, location_id, label_printer, paper_printer) VALUES "
           + ", ".join(f"({k}, '{code}', '{kind}', {place}, 'labels', 'paper')"
                       for k, (code, kind, place) in enumerate(stations, 1)))  # fmt: skip


def _catalogue(size: Size, n: object) -> Iterator[str]:
    assert callable(n)
    yield ("INSERT INTO product (id, sku, name, brand, category, weight_g, length_mm, width_mm, height_mm, velocity,"
           " lot_tracked, expiry_tracked, backorders, backorder_limit, safety_stock, removal, price,"
           " serial_tracked, is_inspected, is_relabelled, opens_cases, face_min, face_max, mixing)"
           " SELECT 1 + i, 'SKU-' || (1 + i), 'Article ' || (1 + i), 'Brand', '',"
           " 100 + i % 900, 100, 60, 40, CASE i % 10 WHEN 0 THEN 'A' WHEN 1 THEN 'B' WHEN 2 THEN 'B' ELSE 'C' END, 0,"
           f" 0, 'allow', 0, 0, '', 10000 + i % 7 * 2500, 0, 0, 0, 1, 0, 0, '' FROM {n(size.products)}")  # fmt: skip
    yield ("INSERT INTO barcode (id, product_id, code, units) SELECT 1 + i, 1 + i, 'P' || (10000000 + i), 1"
           f" FROM {n(size.products)}")  # fmt: skip
    yield (
        "INSERT INTO customer (id, code, name, priority_class, backorders, backorder_limit, ship_rule)"
        " VALUES (1, 'C1', 'Acme Ltd', 2, 'allow', 0, 'available')"
    )
    yield "INSERT INTO supplier (id, code, name, is_inspected) VALUES (1, 'S1', 'Supplier One', 0)"
    work = ("receive", "pick", "pack", "dispatch", "batches")
    flow = " ".join(f"WHEN {k} THEN '{name}'" for k, name in enumerate(work))
    answer = '{"outcome":"accepted","message":["carried",{"qty":1}],"prompt":{"workflow":"receive","args":{}}}'
    yield ("INSERT INTO command (id, workflow, content, operator_id, station_id, at, state, answer, undo, seq)"
           f" SELECT 'h' || (100000000 + i), CASE i % 5 {flow} END, 'c' || (100000000 + i) || '{'0' * 50}', 1 + i % 4,"
           f" 1 + i % 5, {FIRST_AT} + i * 1000000, 'done', '{answer * 3}', '[]', 1 + i / 5"
           f" FROM {n(size.commands)}")  # fmt: skip


def _inbound(size: Size, n: object) -> Iterator[str]:
    assert callable(n)
    receipts = size.bin_rows // 50 + 1
    yield ("INSERT INTO purchase_order (id, number, supplier_id, due, state)"
           f" SELECT 1 + i, 'PH' || (1000000 + i), 1, '2024-01-01', 'closed' FROM {n(receipts)}")  # fmt: skip
    yield (
        "INSERT INTO receipt (id, number, purchase_order_id, dock_id, state, opened_at, closed_at)"
        f" SELECT 1 + i, 'RH' || (1000000 + i), 1 + i, 5, 'closed', {FIRST_AT}, {FIRST_AT} FROM {n(receipts)}"
    )
    yield ("INSERT INTO purchase_line (id, purchase_order_id, line_no, product_id, ordered, received, planned, price)"
           f" SELECT 1 + i, 1 + i / 50, 1 + i % 50, {_product('i', size)}, {_came('i')}, {_came('i')}, 0, 10000"
           f" FROM {n(size.bin_rows)}")  # fmt: skip
    yield ("INSERT INTO receipt_line (id, receipt_id, purchase_line_id, product_id, lot_id, condition, qty, pegged,"
           f" note, operator_id, station_id, state, plate_id, photo, case_units, at)"
           f" SELECT 1 + i, 1 + i / 50, 1 + i, {_product('i', size)}, 0, 'good',"
           f" {_came('i')}, CASE WHEN i % 40 = 3 THEN {_came('i')} ELSE 0 END, '', 1, 1, 'received', 0, '',"
           f" 1, {FIRST_AT} + i"
           f" FROM {n(size.bin_rows)}")  # fmt: skip
    coming = max(2, size.rows // 500)
    yield ("INSERT INTO purchase_order (id, number, supplier_id, due, state)"
           f" SELECT {receipts + 1} + i, 'PC' || (1000000 + i), 1, '2030-01-' || (10 + i % 20), 'open'"
           f" FROM {n(coming)}")  # fmt: skip
    yield ("INSERT INTO purchase_line (id, purchase_order_id, line_no, product_id, ordered, received, planned, price)"
           f" SELECT {size.bin_rows + 1} + i, {receipts + 1} + i / 10, 1 + i % 10,"
           f" 1 + i * {STEP} % {size.products}, 24, 0, 0, 10000 FROM {n(coming * 10)}")  # fmt: skip


_ORDER = ("id, number, customer_id, service_id, placed_at, leave_by, promise, priority_class, ship_complete,"
          " is_pinned, is_held, passed_over, must_ask, is_paid, hold_reason, channel, currency, ship_name, street,"
          " postcode, city, country")  # fmt: skip
_LINE = ("id, order_id, line_no, product_id, replaced, kit_qty, made_to_order, promise_rule, cause, ordered, cancelled,"
         " shipped, reserved, price")  # fmt: skip
_PLAIN = "0, 0, 0, '', ''"
"""What a line has after its product: nothing special."""


def _order(first: int, letter: str, placed: str, leave: str, promise: str) -> str:
    return (f"SELECT {first} + i, '{letter}' || (1000000 + i), 1, 1 + i % 7 / 6, {placed}, {leave}, {promise}, 2,"
            " CASE WHEN i % 9 = 0 THEN 1 ELSE 0 END, 0, 0, 0, 0, 0, '', '', 'GBP', 'Acme Ltd',"
            " '1 High Street', 'LS1 1AA', 'Leeds', 'GB'")  # fmt: skip


def _orders(size: Size, n: object) -> Iterator[str]:
    """Shipped ones, two lines each; waiting ones, three lines each; reserved ones, two lines each."""
    assert callable(n)
    done, waiting, ready = (size.shipped + 1) // 2, max(3, size.rows // 50), max(2, size.rows // 100)
    later = "4000000000000000 + i * 60000000"
    past = _order(1, "H", f"{FIRST_AT} + i", f"{FIRST_AT} + i", "'2024-01-01'")
    yield f"INSERT INTO sales_order ({_ORDER}) {past} FROM {n(done)}"
    for first, letter, count in ((done + 1, "W", waiting), (done + waiting + 1, "G", ready)):
        facts = _order(first, letter, f"{FIRST_AT} + i", later, "'2030-01-20'")
        yield f"INSERT INTO sales_order ({_ORDER}) {facts} FROM {n(count)}"
    row = "(4 * i + 3)"
    yield (f"INSERT INTO order_line ({_LINE}) SELECT 1 + i, 1 + i / 2, 1 + i % 2, {_product(row, size)},"
           f" {_PLAIN}, {_came(row)}, 0, {_came(row)}, 0, 25000 FROM {n(size.shipped)}")  # fmt: skip
    chance = f"(i * {STEP} % 9973)"
    yield (f"INSERT INTO order_line ({_LINE}) SELECT {size.shipped + 1} + i, {done + 1} + i / 3, 1 + i % 3,"
           f" 1 + {chance} * {chance} * {size.products - 1} / 99460729, {_PLAIN}, 1 + i % 3, 0, 0, 0, 25000"
           f" FROM {n(3 * waiting)}")  # fmt: skip
    stock = f"(4 * (i * {STEP} % {size.shipped}))"
    yield (f"INSERT INTO order_line ({_LINE}) SELECT {size.shipped + 3 * waiting + 1} + i,"
           f" {done + waiting + 1} + i / 2, 1 + i % 2, {_product(stock, size)}, {_PLAIN}, 1, 0, 0, 1, 25000"
           f" FROM {n(2 * ready)}")  # fmt: skip
    yield ("INSERT INTO reservation (id, stock_id, order_line_id, qty, state, reason)"
           f" SELECT {size.shipped + 1} + i, 1 + {stock}, {size.shipped + 3 * waiting + 1} + i, 1, 'held', '[]'"
           f" FROM {n(2 * ready)}")  # fmt: skip
    yield ("INSERT INTO reservation (id, stock_id, order_line_id, qty, state, reason) SELECT 1 + i,"
           f" {size.bin_rows + 3 * size.products + size.shipped + 1} + i, 1 + i, {_came(row)}, 'consumed', '[]'"
           f" FROM {n(size.shipped)}")  # fmt: skip
    yield ("INSERT INTO peg (id, receipt_line_id, order_line_id, qty, state, lane_id, reason, why, kind, at)"
           f" SELECT 1 + i, 4 + 40 * i, 1 + 10 * i, {_came('(40 * i + 3)')}, 'packed', 21 + i % 8, 'completes', '',"
           f" 'opportunistic', {FIRST_AT} FROM {n((size.bin_rows + 36) // 40)}")  # fmt: skip


def _move(first: str, fro: tuple[str, str], to: tuple[str, str], facts: tuple[str, str, str, str]) -> str:
    """The SELECT of one movement: (location, plate) both sides; product, units, reason, order line."""
    product, units, reason, line = facts
    return (f"SELECT {first}, {product}, 0, {units}, {fro[0]}, {fro[1]}, 'good', {to[0]}, {to[1]}, 'good',"
            f" '{reason}', {line}, 1 + i % 4, 1 + i % 5")  # fmt: skip


def _ledger(size: Size, n: object) -> Iterator[str]:
    assert callable(n)
    columns = ("id, product_id, lot_id, qty, from_location_id, from_plate_id, from_condition, to_location_id,"
               " to_plate_id, to_condition, reason, order_line_id, operator_id, station_id, command_id,"
               " at")  # fmt: skip
    rows, pairs, shipped = size.bin_rows, size.pairs, size.shipped

    def post(count: int, total: int, select: str) -> str:
        key = f"'h' || (100000000 + i * {size.commands} / {total})"
        return f"INSERT INTO movement ({columns}) {select}, {key}, {FIRST_AT} + i FROM {n(count)}"

    i = "(i / 2)"
    product, units, place = _product(i, size), _came(i), _bin(i, size)
    came = ("CASE i % 2 WHEN 0 THEN 1 ELSE 5 END", "0"), (f"CASE i % 2 WHEN 0 THEN 5 ELSE {place} END", "0")
    first = _move("1 + i", *came, (product, units, "receive", "NULL"))
    yield post(2 * rows, 2 * rows, first)
    i = f"(i / 2 * {rows} / {pairs})"
    product, place = _product(i, size), _bin(i, size)
    there = (f"CASE i % 2 WHEN 0 THEN {place} ELSE 5 END", "0"), (f"CASE i % 2 WHEN 0 THEN 5 ELSE {place} END", "0")
    yield post(2 * pairs, 2 * pairs, _move(f"{2 * rows + 1} + i", *there, (product, "1", "recount", "NULL")))
    i = "(i / 4 * 4 + 3)"
    tote, carton = "1 + i / 4 % 999", "1001 + i / 4"
    spots = [(_bin(i, size), "0"), ("11", tote), ("7", carton), ("9", carton), ("2", "0")]
    fro = tuple("CASE i % 4 " + " ".join(f"WHEN {k} THEN {spots[k][s]}" for k in range(4)) + " END" for s in (0, 1))
    to = tuple("CASE i % 4 " + " ".join(f"WHEN {k} THEN {spots[k + 1][s]}" for k in range(4)) + " END" for s in (0, 1))
    facts = (_product(i, size), _came(i), "ship", "1 + i / 4")
    yield post(4 * shipped, 4 * shipped, _move(f"{2 * rows + 2 * pairs + 1} + i", fro, to, facts))
    yield from _balances(size, n)


def _balances(size: Size, n: object) -> Iterator[str]:
    assert callable(n)
    columns = (
        "id, product_id, lot_id, plate_id, location_id, is_virtual, condition, on_hand, reserved, last_movement_id"
    )
    rows, goods, shipped = size.bin_rows, size.products, size.shipped
    picks = 2 * rows + 2 * size.pairs
    last_pair = f"{2 * rows} + 2 * (((i + 1) * {size.pairs} - 1) / {rows}) + 2"
    yield (f"INSERT INTO stock ({columns}) SELECT 1 + i, {_product('i', size)}, 0, 0, {_bin('i', size)}, 0, 'good',"
           f" CASE WHEN i % 4 = 3 THEN 0 ELSE {_came('i')} END, 0,"
           f" CASE WHEN i % 4 = 3 THEN {picks + 1} + i / 4 * 4 ELSE {last_pair} END FROM {n(rows)}")  # fmt: skip
    yield "UPDATE stock SET reserved = 1 WHERE id IN (SELECT stock_id FROM reservation WHERE state = 'held')"
    for nth, (place, virtual, sign, step, where) in enumerate(
        ((1, 1, "-", 2, "from_location_id = 1"), (2, 1, "", 4, "to_location_id = 2"), (5, 0, "0 * ", 2, "id % 2 = 0"))
    ):
        low, high = (picks, picks + 4 * shipped) if step == 4 else (0, 2 * rows)
        yield (f"INSERT INTO stock ({columns}) SELECT {rows + nth * goods} + product_id, product_id, 0, 0, {place},"
               f" {virtual}, 'good', {sign}SUM(qty), 0, MAX(id) FROM movement WHERE id > {low} AND id <= {high}"
               f" AND {where} GROUP BY product_id")  # fmt: skip
    for nth, (place, last) in enumerate(((7, 3), (9, 4))):
        product = _product("(4 * i + 3)", size)
        yield (f"INSERT INTO stock ({columns}) SELECT {rows + 3 * goods + nth * shipped + 1} + i, {product}, 0,"
               f" 1001 + i, {place}, 0, 'good', 0, 0, {picks + last} + 4 * i FROM {n(shipped)}")  # fmt: skip


def _outbound(size: Size, n: object) -> Iterator[str]:
    assert callable(n)
    shipped, orders = size.shipped, (size.shipped + 1) // 2
    manifests, batches = shipped // 200 + 1, shipped // 24 + 1
    yield ("INSERT INTO manifest (id, number, carrier, truck_id, state, opened_at, closed_at)"
           f" SELECT 1 + i, 'MH' || (1000000 + i), 'Northway', 9, 'closed', {FIRST_AT}, {FIRST_AT}"
           f" FROM {n(manifests)}")  # fmt: skip
    yield ("INSERT INTO shipment (id, number, order_id, state, created_at, packed_at, shipped_at)"
           f" SELECT 1 + i, 'SH' || (1000000 + i), 1 + i, 'shipped', {FIRST_AT}, {FIRST_AT}, {FIRST_AT}"
           f" FROM {n(orders)}")  # fmt: skip
    yield ("INSERT INTO carton (id, shipment_id, seq, plate_id, sscc, state, weight_g, manifest_id, closed_at)"
           " SELECT 1 + i, 1 + i / 2, 1 + i % 2, 1001 + i, '9' || (10000000000000000 + i), 'shipped', 500,"
           f" 1 + i / 200, {FIRST_AT} FROM {n(shipped)}")  # fmt: skip
    yield ("INSERT INTO batch (id, number, mode, state, operator_id, cart_id, dropped_at_id, epoch, step, facts,"
           f" metres, tour, created_at, finished_at) SELECT 1 + i, 'BH' || (1000000 + i), 'cluster', 'done', 2, 11, 7,"
           f" 1, '', '{{}}', 120, '[]', {FIRST_AT}, {FIRST_AT} FROM {n(batches)}")  # fmt: skip
    yield ("INSERT INTO batch_order (batch_id, order_id, position, plate_id, is_open)"
           f" SELECT 1 + i / 12, 1 + i, 1 + i % 12, 1 + i % 999, 0 FROM {n(orders)}")  # fmt: skip
    yield ("INSERT INTO pick (id, batch_id, order_line_id, stock_id, seq, qty, picked, state, reason, done_at)"
           f" SELECT 1 + i, 1 + i / 24, 1 + i, 4 + 4 * i, 1000 * (i % 24), {_came('(4 * i + 3)')},"
           f" {_came('(4 * i + 3)')}, 'done', '', {FIRST_AT} FROM {n(shipped)}")  # fmt: skip
    paper = '{"facts":{"receiver":{"name":"Acme Ltd","city":"Leeds"}},"kind":"shipping_label","version":1}'
    yield ("INSERT INTO print_job (id, kind, number, payload, content_hash, printer, copies, copy_no, state, reason,"
           " attempts, fault, carton_id, operator_id, station_id, command_id, created_at, printed_at) SELECT 1 + i,"
           " CASE i % 2 WHEN 0 THEN 'shipping_label' ELSE 'packing_slip' END, '9' || (10000000000000000 + i / 2),"
           f" '{paper * 3}', '{'0' * 56}' || (10000000 + i / 2), CASE i % 2 WHEN 0 THEN 'labels' ELSE 'paper' END, 1,"
           f" 0, 'printed', '', 1, '', 1 + i / 2, 3, 3, 'h' || (100000000 + i % {size.commands}), {FIRST_AT},"
           f" {FIRST_AT} FROM {n(2 * shipped)}")  # fmt: skip


def main() -> None:
    """Builds the house, proves it where asked, and says what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path, default=default_work())
    parser.add_argument("--url", default="")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    watch = Stopwatch()
    url = options.url or f"sqlite:///{open_sqlite(options.work, options.rows)}"
    engine = open_engine(url)
    size = build(engine, options.rows)
    result: dict[str, object] = {"wall_s": round(watch.wall_s, 2), "cpu_s": round(watch.cpu_s, 2), "rows": options.rows}
    with reading(engine) as session:
        result["movements"], result["stock_rows"] = selfcheck.count_proved(session)
    if engine.dialect.name == "sqlite":
        result["mb"] = Path(url.removeprefix("sqlite:///")).stat().st_size // 1_000_000
    if options.check:
        proof = Stopwatch()
        with reading(engine) as session:
            result["differences"] = [f"{d.code} {d.args}" for d in selfcheck.find_differences(session)]
        result["check_s"] = round(proof.wall_s, 2)
    if options.json:
        print(json.dumps(result))
        return
    print(f"{size.products} products, {size.bins} bins, {size.shipped} shipped cartons")
    print("\n".join(f"{name:12} {value}" for name, value in result.items()))


if __name__ == "__main__":
    main()
