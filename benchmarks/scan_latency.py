"""From the last key of a scan to the acknowledged prompt, station by station, on a small and on a big house.

``python -m benchmarks.scan_latency [--rows 1000000] [--small] [--scans 200] [--window] [--url URL] [--json]``.
Without ``--window``: the engine, as the window's scan thread calls it (journal, one transaction, the answer). With it:
the real window on a screen in memory, from the Enter key's event until the answer is painted. After each scan a bare
commit of as many rows of the same tables is timed, with the same pragmas. First on the demo warehouse, then on the
big house (``--small``: on the demo alone). A run is told apart from a busy machine by ``cpu_p50_ms``.
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from sqlalchemy import Engine

from benchmarks import big_house, floor_work
from benchmarks.bare_commit import BarePostgresql, BareSqlite, RowCounter, Taken
from benchmarks.floor_work import FLOWS, Papers, Player
from wms_desktop.config import Profile
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine
from wms_desktop.prompts import Answer, Event
from wms_desktop.runner import StationRunner

LIMIT_MS = 50.0
_SEED = 2011
_WARM_UP = 5
Bare = BareSqlite | BarePostgresql


class Engined:
    """Sends events to the runner itself and times each."""

    def __init__(self, profile: Profile, bare: Bare) -> None:
        engine = open_engine(profile.database_url)
        self._runner = StationRunner(profile, engine)
        gc.freeze()  # as the application does once it is open
        self._counter = RowCounter(engine)
        self._bare = bare
        self._epochs: dict[str, int] = {}
        self.taken: dict[str, list[Taken]] = {flow: [] for flow in FLOWS}
        self.prompt = self._runner.prompt

    def send(self, flow: str, event: Event) -> Answer:
        self._counter.take()
        cpu, begun = time.thread_time(), time.perf_counter()
        answer = self._runner.send(flow, event, self._epochs.get(flow, 0))
        ms, cpu_ms = (time.perf_counter() - begun) * 1000, (time.thread_time() - cpu) * 1000
        self._epochs[flow] = answer.prompt.epoch
        rows, statements = self._counter.take()
        self.taken[flow].append(
            Taken(ms=ms, cpu_ms=cpu_ms, bare_ms=self._bare.commit(rows), rows=sum(rows.values()),
                  statements=statements, said=answer.message.code)
        )  # fmt: skip
        return answer

    def close(self) -> None:
        self._counter.close()
        self._runner.close()


def measure(profile: Profile, papers: Papers, bare: Bare, scans: int, *, window: bool) -> dict[str, list[Taken]]:
    """Every station's work, event by event."""
    through: Any
    if window:
        from benchmarks.real_window import Windowed  # late: brings Qt

        through = Windowed(profile, bare)
    else:
        through = Engined(profile, bare)
    try:
        player = Player(send=through.send, prompt_of=through.prompt, papers=papers, most=scans)
        for flow in FLOWS:
            player.play(flow)
    finally:
        through.close()
    found: dict[str, list[Taken]] = through.taken
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value that so large a share of them does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(round(share * len(ordered), 6)) - 1)]


def summary(taken: Sequence[Taken]) -> dict[str, float | str]:
    """The figures of one station, its first few events (caches, imports) left out when there are many."""
    kept = taken[_WARM_UP:] if len(taken) > 4 * _WARM_UP else taken
    ms = [one.ms for one in kept]
    bare = [one.bare_ms for one in kept]
    above = [one.ms - one.bare_ms for one in kept]
    slowest = max(kept, key=lambda one: one.ms)
    return {
        "n": len(kept),
        "p50_ms": round(percentile(ms, 0.5), 2),
        "p95_ms": round(percentile(ms, 0.95), 2),
        "p99_ms": round(percentile(ms, 0.99), 2),
        "max_ms": round(max(ms), 2),
        "max_at": slowest.said,
        "bare_p50_ms": round(percentile(bare, 0.5), 3),
        "bare_p99_ms": round(percentile(bare, 0.99), 3),
        "ratio_to_bare_commit": round(percentile(ms, 0.5) / percentile(bare, 0.5), 1),
        "above_commit_p99_ms": round(percentile(above, 0.99), 2),
        "cpu_p50_ms": round(percentile([one.cpu_ms for one in kept], 0.5), 2),
        "rows_p50": percentile([one.rows for one in kept], 0.5),
        "statements_p50": percentile([one.statements for one in kept], 0.5),
    }


def run_sqlite(make: Callable[[Path], None], options: argparse.Namespace) -> dict[str, dict[str, float | str]]:
    """Measures on a copy of a house, in a folder of its own that is removed afterwards."""
    options.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.work) as name:
        folder = Path(name)
        file = folder / "house.db"
        make(file)
        return _run(f"sqlite:///{file}", folder, options, lambda: BareSqlite(file, folder))


def _run(url: str, folder: Path, options: argparse.Namespace, bare: Callable[[], Bare]) -> dict[str, Any]:
    engine = open_engine(url)
    papers = floor_work.lay_out(engine, options.scans)
    engine.dispose()
    profile = floor_work.profile(folder / "station", url, papers.floor)
    measure_against = bare()
    try:
        taken = measure(profile, papers, measure_against, options.scans, window=options.window)
    finally:
        measure_against.close()
    return {flow: summary(found) for flow, found in taken.items() if found}


def make_demo(file: Path) -> None:
    """The demo warehouse, as `make run` makes it."""
    from wms_desktop.shift import demo  # late: not for the big house alone

    engine = open_engine(f"sqlite:///{file}")
    schema.upgrade(engine)
    demo.fill_if_empty(engine, _SEED, datetime.now(UTC))
    engine.dispose()


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The whole measurement; ``stations`` are those of the largest house measured."""
    result: dict[str, Any] = {"through": "window" if options.window else "engine", "scans": options.scans}
    if options.url:
        engine: Engine = open_engine(options.url)
        big_house.build(engine, options.rows)
        engine.dispose()
        with tempfile.TemporaryDirectory() as name:
            stations = _run(options.url, Path(name), options, lambda: BarePostgresql(options.url))
        return result | {"rows": options.rows, "stations": stations}
    small = run_sqlite(make_demo, options)
    if options.small:
        return result | {"rows": "demo", "stations": small}
    source = big_house.open_sqlite(options.work, options.rows)
    stations = run_sqlite(lambda file: _copy(source, file), options)
    flat = {
        flow: {f"{at}_large_to_small": round(float(stations[flow][at]) / float(small[flow][at]), 2)
               for at in ("p50_ms", "p99_ms")}
        for flow in stations
    }  # fmt: skip
    return result | {"rows": options.rows, "stations": stations, "small": small, "flatness": flat}


def _copy(source: Path, target: Path) -> None:
    shutil.copy(source, target)


def show(result: dict[str, Any]) -> None:
    """The table for people."""
    for title, part in (("demo", result.get("small")), (f"{result['rows']} rows", result["stations"])):
        if not part:
            continue
        print(f"{title}, through the {result['through']}")
        print("  station       n     p50     p95     p99     max   bare p50  ratio  above commit p99   CPU p50")
        for flow, f in part.items():
            mark = "" if f["above_commit_p99_ms"] < LIMIT_MS else f"  over {LIMIT_MS:.0f} ms"
            print(f"  {flow:10} {f['n']:4} {f['p50_ms']:7.1f} {f['p95_ms']:7.1f} {f['p99_ms']:7.1f} {f['max_ms']:7.1f}"
                  f"    {f['bare_p50_ms']:7.2f} {f['ratio_to_bare_commit']:6.1f} {f['above_commit_p99_ms']:17.1f}"
                  f" {f['cpu_p50_ms']:9.1f}{mark}")  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--small", action="store_true", help="the demo warehouse alone")
    parser.add_argument("--scans", type=int, default=200, help="events at each station, at least")
    parser.add_argument("--window", action="store_true", help="through the real window, offscreen")
    parser.add_argument("--work", type=Path, default=big_house.default_work())
    parser.add_argument("--url", default="")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    result = run(options)
    if options.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
