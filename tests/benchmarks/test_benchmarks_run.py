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
SMALL_SHOP = "--skus 200 --aisles 2 --bays 10 --levels 10 --quants 200 --po-lines 30"
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


@pytest.mark.reliability
def test_scan_latency_measures_every_station_on_both_houses(tmp_path: Path) -> None:
    found = run("scan_latency", "--rows", "1200", "--scans", "6", "--work", str(tmp_path))

    assert found["stations"].keys() == found["small"].keys() == found["flatness"].keys() == STATIONS
    for figures in found["stations"].values():
        assert figures["p50_ms"] <= figures["p95_ms"] <= figures["p99_ms"] <= figures["max_ms"]
        assert figures["ratio_to_bare_commit"] > 1
        assert figures["rows_p50"] >= 2
        assert figures["above_commit_p99_ms"] < figures["max_ms"]


@pytest.mark.reliability
def test_scan_latency_measures_through_the_real_window(tmp_path: Path) -> None:
    found = run("scan_latency", "--small", "--window", "--scans", "4", "--work", str(tmp_path))

    assert found["through"] == "window"
    assert found["stations"].keys() == STATIONS
    assert min(figures["statements_p50"] for figures in found["stations"].values()) > 3


@pytest.mark.reliability
@pytest.mark.postgres
def test_scan_latency_measures_on_a_server(postgres_url: str) -> None:
    found = run("scan_latency", "--rows", "1200", "--scans", "4", "--url", postgres_url)

    assert found["stations"].keys() == STATIONS


@pytest.mark.reliability
def test_a_storm_of_scans_is_taken_whole_and_in_order_while_pages_print(tmp_path: Path) -> None:
    found = run("scan_storm", "--scans", "100", "--rows", "1200", "--pages", "4", "--work", str(tmp_path))

    assert (found["answered"], found["lost"], found["doubled"], found["in_order"]) == (100, 0, 0, True)
    assert found["lists_printed"] > 0
    assert found["gap_max_ms"] < 2000


@pytest.mark.reliability
def test_a_bad_day_at_the_dock_is_timed_and_leaves_a_clean_ledger(tmp_path: Path) -> None:
    found = run("dock_verdicts", "--rows", "1200", "--receipts", "60", "--orders", "120", "--work", str(tmp_path),
                "--bins", "400")  # fmt: skip

    assert (found["verdicts"], found["ledger_differences"]) == (60, [])
    assert found["did"]["carried"] > 0
    assert 0 < found["p50_ms"] <= found["p95_ms"] <= found["p99_ms"] <= found["max_ms"]
    assert {name: found["full_house"][name]["found"] for name in ("whole", "split", "plate")} == {
        "whole": 40, "split": 40, "plate": 40,
    }  # fmt: skip


@pytest.mark.reliability
def test_the_start_is_held_against_qt_alone() -> None:
    found = run("start", "--runs", "1")

    assert found["wms_desktop"]["first_window_ms"] < found["wms_desktop"]["first_prompt_ms"]
    assert found["qt_alone"]["resident_mb"] < found["wms_desktop"]["resident_mb"]


def test_promises_move_with_a_purchase_order_and_every_step_is_timed() -> None:
    found = run("promises", "--lines", "300", "--purchases", "20", "--products", "30")

    assert (found["waiting_lines"], found["purchases"]) == (300, 20)
    assert found["promises_moved"] > 300
    assert {"first_look", "move_one", "move_furthest", "move_all", "one_product", "plan"} <= found["steps"].keys()
    assert all(figures["p50_ms"] <= figures["max_ms"] for figures in found["steps"].values())


def test_the_cockpit_is_timed_at_each_size_and_its_houses_are_kept(tmp_path: Path) -> None:
    found = run("cockpit", "--lines", "80,160", "--runs", "1", "--work", str(tmp_path))

    assert [size["open_lines"] for size in found["sizes"]] == [80, 160]
    for size in found["sizes"]:
        assert min(size[f"{name}_s"] for name in ("states", "backlog", "figures", "story", "find")) > 0
        assert {"backlog_us_per_line", "figures_us_per_line"} <= size.keys()
    assert found["backlog_flatness"] > 0
    assert len(list(tmp_path.glob("cockpit-*.db"))) == 2


def test_percentiles_are_of_the_nearest_rank() -> None:
    values = [float(n) for n in range(1, 101)]

    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.99) == 7


def test_the_desks_table_is_measured_until_it_is_painted() -> None:
    found = run("desk_tables", "--lines", "60", "200", "--runs", "1")

    assert found["lines"].keys() == {"60", "200"}
    for figures in found["lines"].values():
        assert figures["columns"] >= 14
        for step in ("filter", "open"):
            # Two clocks are read one after the other: the same work may come out a little longer on either.
            assert 0 < figures[f"{step}_cpu_ms"] <= figures[f"{step}_ms"] + 5
            assert figures[f"{step}_ms"] < 3000


def test_a_shops_file_is_measured_from_its_first_byte_to_the_house() -> None:
    found = run("imports", "--lines", "2500")

    assert found["good_rows"] + found["bad_rows"] == found["lines"] == 2500
    assert found["bad_rows"] > 0
    assert {"wall_s", "cpu_s", "lines_per_s"} == set(found["read"]) == set(found["staged"]) == set(found["published"])
    assert found["bar_s"] == 60


@pytest.fixture(scope="module")
def tiny_day(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """A day of forty orders by the shared generator."""
    folder = tmp_path_factory.mktemp("day")
    generate = shared / "benchmarks" / "floor-day" / "generate.py"
    subprocess.run([sys.executable, str(generate), str(folder), "--orders", "40", *SMALL_SHOP.split()], check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    return folder


def test_a_floor_day_comes_to_the_sums_of_its_manifest_beside_the_bare_script(tiny_day: Path, tmp_path: Path) -> None:
    found = run("floor_day", str(tiny_day), "--bare", "--work", str(tmp_path))

    checks = found["checks"]
    assert (checks["reserved"], checks["handed_on"]) == (checks["expected_reserved"], checks["expected_handed_on"])
    assert checks["expected_handed_on"] > 0
    assert checks["ledger_differences"] == 0
    assert found["steps"].keys() == {"import", "allocate", "purchase", "receive", "rematch"}
    assert found["ratio_to_bare"].keys() <= found["bare"].keys() == found["steps"].keys()


def test_a_floor_day_of_several_sizes_compares_the_cost_of_a_line(tmp_path: Path, shared: Path) -> None:
    found = run("floor_day", "--sizes", "20,60", f"--shop={SMALL_SHOP}", "--work", str(tmp_path))

    assert [day["orders"] for day in found["sizes"]] == [20, 60]
    assert found["cpu_us_per_order_line"].keys() == {"20", "60"}
    assert found["growth"].keys() == {"import", "allocate"}


@pytest.mark.postgres
def test_a_floor_day_runs_on_a_server(postgres_url: str, tiny_day: Path, tmp_path: Path) -> None:
    found = run("floor_day", str(tiny_day), "--url", postgres_url, "--work", str(tmp_path))

    assert found["checks"]["reserved"] == found["checks"]["expected_reserved"]
    assert found["checks"]["handed_on"] == found["checks"]["expected_handed_on"]
