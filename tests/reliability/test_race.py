"""Eight people after the same scarce goods on one server; three processes on one file: nothing twice, no fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from tests.builders import House
from tests.reliability import race_hand
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.db.tables import Counter, Location, Operator, Plate, Station
from wms_desktop.services import selfcheck

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(300)]

CHECKOUT = Path(__file__).resolve().parents[2]
SECONDS = 20
MOST_RETRIES = 0.02


def furnish(engine: Engine) -> House:
    """Six products of which far more is ordered than there is, and places for everybody."""
    house = House(engine).furnish()
    goods = [house.product(f"G{n}", f"EAN-G{n}") for n in range(6)]
    for n in range(12):
        house.bin(f"A-{n}", aisle=n % 3, y_mm=1000 + 500 * n)
    for n, product in enumerate(goods):
        house.put(product, f"A-{n}", 15)
        house.put(product, f"A-{n + 6}", 15)
    for n in range(300):
        house.order(f"O-{n}", (goods[n % 6], 1 + n % 4), (goods[(n * 5 + 1) % 6], 1 + n % 3), complete=n % 5 == 0)
    house.purchase(race_hand.PURCHASE, *((product, 5000) for product in goods))
    with writing(engine) as session:
        dock = session.scalars(select(Location.id).where(Location.code == "DOCK-1")).one()
        session.add(Counter(name="race", value=0))
        for n in range(8):
            session.add(Station(code=f"DOCK-{n}", kind="dock", location_id=dock))
            session.add(Operator(badge=f"OP-race{n}", name=f"Picker {n}", role="picker"))
            if n > 2:
                session.add(Station(code=f"PICK-{n}", kind="pick"))
                session.add(Location(warehouse_id=1, code=f"CART-{n}", kind="cart"))
            session.add_all(Plate(code=f"TOTE-{n}-{tote:04d}", kind="tote") for tote in range(400))
    return house


def race(url: str, roles: Sequence[str], seconds: float) -> list[dict[str, Any]]:
    """Lets a process play each role at once; gives what each counted."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(CHECKOUT / "src"), str(CHECKOUT)])}
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.reliability.race_hand", role, url, str(seconds), str(number)],
            cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number, role in enumerate(roles)
    ]  # fmt: skip
    reports = []
    for process in running:
        out, errors = process.communicate(timeout=seconds + 120)
        assert process.returncode == 0, errors
        reports.append(json.loads(out))
    return reports


def overallocated(engine: Engine) -> int:
    """Stock rows that hold more than they have, and lines that hold more than is owed, by their reservations."""
    with reading(engine) as session:
        stock = session.scalar(text(
            "SELECT count(*) FROM stock s JOIN (SELECT stock_id, sum(qty) AS qty FROM reservation WHERE state = 'held'"
            " GROUP BY stock_id) r ON r.stock_id = s.id WHERE r.qty > s.on_hand"))  # fmt: skip
        lines = session.scalar(text(
            "SELECT count(*) FROM order_line l JOIN (SELECT order_line_id, sum(qty) AS qty FROM reservation"
            " WHERE state = 'held' GROUP BY order_line_id) r ON r.order_line_id = l.id"
            " WHERE r.qty > l.ordered - l.cancelled - l.shipped"))  # fmt: skip
    return (stock or 0) + (lines or 0)


def test_eight_people_after_scarce_goods_never_promise_a_unit_twice(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    schema.upgrade(engine)
    furnish(engine)

    reports = race(postgres_url, ["receive"] * 3 + ["pick"] * 3 + ["allocate"] * 2, SECONDS)

    runs, tries = sum(r["runs"] for r in reports), sum(r["tries"] for r in reports)
    print(json.dumps(reports))
    assert [failure for report in reports for failure in report["failures"]] == []
    assert {code for report in reports for code in report["refused"]} <= {"pick_no_batch"}
    assert overallocated(engine) == 0
    with reading(engine) as session:
        assert selfcheck.find_differences(session) == []
        assert session.scalar(text("SELECT count(*) FROM pick WHERE state = 'done'")) > 20
    assert runs > 100
    assert tries - runs <= MOST_RETRIES * runs
    engine.dispose()


def test_the_race_is_lost_without_the_guard(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE scratch_stock (id int PRIMARY KEY, on_hand int, reserved int)"))
        connection.execute(text("CREATE TABLE scratch_hold (stock_id int, qty int)"))
        connection.execute(text("INSERT INTO scratch_stock VALUES (1, 2000, 0)"))

    race(postgres_url, ["naive"] * 8, 4)

    with engine.connect() as connection:
        held = connection.execute(text("SELECT sum(qty) FROM scratch_hold")).scalar()
        counter = connection.execute(text("SELECT reserved FROM scratch_stock")).scalar()
    engine.dispose()
    assert held > counter


def test_locked_never_reaches_a_person_on_one_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    engine = open_engine(url)
    schema.upgrade(engine)
    furnish(engine)

    reports = race(url, ["receive", "orders", "papers"], SECONDS)

    assert [failure for report in reports for failure in report["failures"]] == []
    assert min(report["runs"] for report in reports) > 20
    with reading(engine) as session:
        assert selfcheck.find_differences(session) == []
    engine.dispose()


def test_locked_does_reach_a_person_when_the_lock_is_taken_late(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'house.db'}"
    engine = open_engine(url)
    schema.upgrade(engine)
    with writing(engine) as session:
        session.add(Counter(name="race", value=0))
    engine.dispose()

    reports = race(url, ["deferred"] * 3, 4)

    assert any("locked" in failure for report in reports for failure in report["failures"])
