"""Each benchmark of the floor runs small and prints one JSON object of the stated shape, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks import big_house
from benchmarks.scan_latency import percentile
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, reading
from wms_desktop.services import selfcheck

CHECKOUT = Path(__file__).resolve().parents[2]
STATIONS = {"receive", "putaway", "pick", "pack", "dispatch"}


def run(name: str, *options: str) -> dict[str, Any]:
    """What a benchmark prints, as a person would call it."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *options, "--json"],
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONPATH": str(CHECKOUT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small big house."""
    return big_house.open_sqlite(tmp_path_factory.mktemp("house"), 1200)


def test_a_big_house_has_a_clean_ledger_of_the_size_asked_for(tmp_path: Path) -> None:
    found = run("big_house", "--rows", "1500", "--work", str(tmp_path), "--check")

    assert found["differences"] == []
    assert (found["movements"], found["rows"]) == (7500, 1500)
    assert 1497 <= found["stock_rows"] <= 1500


def test_a_big_house_has_the_shipped_schema_triggers_and_all(house: Path, tmp_path: Path) -> None:
    engines = [open_engine(f"sqlite:///{path}") for path in (house, tmp_path / "fresh.db")]
    schema.upgrade(engines[1])
    listed = text("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2")

    found = []
    for engine in engines:
        with reading(engine) as session:
            found.append(session.execute(listed).all())
        engine.dispose()

    assert found[0] == found[1]


def test_every_reference_in_a_big_house_has_its_row(house: Path) -> None:
    engine = open_engine(f"sqlite:///{house}")

    with reading(engine) as session:
        broken = session.execute(text("PRAGMA foreign_key_check")).all()
        stale = session.execute(
            text(
                "SELECT count(*) FROM stock s WHERE on_hand <> 0 AND NOT EXISTS (SELECT 1 FROM movement m"
                " WHERE m.id = s.last_movement_id AND m.product_id = s.product_id"
                " AND s.location_id IN (m.from_location_id, m.to_location_id))"
            )
        ).scalar()
    engine.dispose()

    assert broken == []
    assert stale == 0


def test_a_big_house_is_built_once_and_an_old_one_is_not_taken_for_it(house: Path) -> None:
    before = house.stat().st_mtime_ns

    again = big_house.open_sqlite(house.parent, 1200)

    assert (again, again.stat().st_mtime_ns) == (house, before)
    engine = open_engine(f"sqlite:///{house}")
    with pytest.raises(ValueError, match="something else"):
        big_house.build(engine, 1300)
    engine.dispose()


@pytest.mark.postgres
def test_a_big_house_stands_on_postgresql_too(postgres_url: str) -> None:
    engine = open_engine(postgres_url)

    size = big_house.build(engine, 900)

    with reading(engine) as session:
        assert selfcheck.find_differences(session) == []
        assert selfcheck.count_proved(session) == (4500, size.stock_rows)
    engine.dispose()


def test_scan_latency_measures_every_station_on_both_houses(tmp_path: Path) -> None:
    found = run("scan_latency", "--rows", "1200", "--scans", "6", "--work", str(tmp_path))

    assert found["stations"].keys() == found["small"].keys() == found["flatness"].keys() == STATIONS
    for figures in found["stations"].values():
        assert figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"] <= figures["max_ms"]
        assert figures["ratio_to_bare_commit"] > 1
        assert figures["rows_p50"] >= 2
        assert figures["above_commit_p99_ms"] < figures["max_ms"]


def test_scan_latency_measures_through_the_real_window(tmp_path: Path) -> None:
    found = run("scan_latency", "--small", "--window", "--scans", "4", "--work", str(tmp_path))

    assert found["through"] == "window"
    assert found["stations"].keys() == STATIONS
    assert min(figures["statements_p50"] for figures in found["stations"].values()) > 3


@pytest.mark.postgres
def test_scan_latency_measures_on_a_server(postgres_url: str) -> None:
    found = run("scan_latency", "--rows", "1200", "--scans", "4", "--url", postgres_url)

    assert found["stations"].keys() == STATIONS


def test_a_storm_of_scans_is_taken_whole_and_in_order_while_pages_print(tmp_path: Path) -> None:
    found = run("scan_storm", "--scans", "100", "--rows", "1200", "--pages", "4", "--work", str(tmp_path))

    assert (found["answered"], found["lost"], found["doubled"], found["in_order"]) == (100, 0, 0, True)
    assert found["lists_printed"] > 0
    assert found["gap_max_ms"] < 2000


def test_the_start_is_held_against_qt_alone() -> None:
    found = run("start", "--runs", "1")

    assert found["wms_desktop"]["first_window_ms"] < found["wms_desktop"]["first_prompt_ms"]
    assert found["qt_alone"]["resident_mb"] < found["wms_desktop"]["resident_mb"]


def test_percentiles_are_of_the_nearest_rank() -> None:
    values = [float(n) for n in range(1, 101)]

    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.99) == 7
