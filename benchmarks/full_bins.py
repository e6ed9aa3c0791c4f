"""How soon a house without a free bin names the bin for goods: every bin is used, one in twenty has room left.

Part of ``python -m benchmarks.dock_verdicts [--bins 15000] [--url URL]``; ``--url`` measures on an empty database of
that URL instead, PostgreSQL say. Three questions: 8 units that a bin of the zone takes, 24 that no bin takes whole, and
a plate of three articles.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select, text

from benchmarks.scan_latency import percentile
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.db.tables import HOUSE, Command, Product
from wms_desktop.services import bins, catalog, places
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods

ASKED = 40
_LITRE = 1_000_000
_ZONES = "ABC"
_IN_A_BIN = 2


def furnish(engine: Engine, count: int) -> None:
    """Bins of a litre with ten units of a tenth of a litre in two articles; every twentieth takes ten units more."""
    now = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
    articles = max(40, count // 5)
    schema.upgrade(engine)
    with writing(engine) as session:
        house = places.add_warehouse(session, "MAIN", "Full house", "UTC")
        rooms = [places.NewLocation(code=kind.upper(), kind=kind) for kind in sorted(places.VIRTUAL_KINDS)]
        rooms += [
            places.NewLocation(code=f"B-{n:06}", kind="bin", aisle=n // 500, x_mm=n // 500 * 4000, y_mm=n % 500 * 100,
                               walk_seq=n, zone=_ZONES[n * len(_ZONES) // count], max_weight_g=100_000,
                               capacity_mm3=_LITRE * (2 if n % 20 == 7 else 1))
            for n in range(count)
        ]  # fmt: skip
        places.add_locations(session, house, rooms)
        catalog.add_products(session, [
            catalog.NewProduct(sku=f"P{n}", name=f"Article {n}", weight_g=100, length_mm=100, width_mm=50, height_mm=20,
                               velocity=_ZONES[n % len(_ZONES)])
            for n in range(articles)
        ])  # fmt: skip
        session.add(Command(id="full", workflow="setup", content="", operator_id=HOUSE, station_id=HOUSE, at=now,
                            state="done"))  # fmt: skip
        session.flush()
        standing = [
            places.Standing(location=f"B-{n:06}", product=f"P{(n * 7 + k * 13) % articles}", qty=5)
            for n in range(count) for k in range(_IN_A_BIN)
        ]  # fmt: skip
        context = Context(operator_id=HOUSE, station_id=HOUSE, command_id="full", at=now)
        places.add_opening_stock(session, context, standing)
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def measure(url: str, count: int) -> dict[str, Any]:
    """Proposals in a full house of so many bins, of forty articles: milliseconds by the clock and of this processor.

    Where the database is a server, its work is in the clock's figures alone.
    """
    engine = open_engine(url)
    furnish(engine, count)
    with reading(engine) as session:
        ids = session.scalars(select(Product.id).order_by(Product.id)).all()

        def timed(ask: Callable[[int], bins.Proposal | None]) -> dict[str, Any]:
            ms, busy, found = [], [], 0
            for at in range(ASKED):
                began, worked = time.perf_counter(), time.process_time()
                found += ask(at * len(ids) // ASKED) is not None
                ms.append((time.perf_counter() - began) * 1000)
                busy.append((time.process_time() - worked) * 1000)
            return {"p50_ms": round(percentile(ms, 0.5), 1), "max_ms": round(max(ms), 1),
                    "processor_p50_ms": round(percentile(busy, 0.5), 1), "found": found}  # fmt: skip

        def one(qty: int) -> Callable[[int], bins.Proposal | None]:
            return lambda at: bins.propose(session, Goods(product_id=ids[at], qty=qty))

        def plate(at: int) -> bins.Proposal | None:
            goods = [Goods(product_id=ids[(at + k) % len(ids)], qty=3) for k in range(3)]
            return bins.propose_whole(session, goods)

        answers = {"whole": timed(one(8)), "split": timed(one(24)), "plate": timed(plate)}
    engine.dispose()
    return {"bins": count, "database": engine.dialect.name, **answers}
