"""Shortest tours against proven optima: `python -m benchmarks.tours [DIR] [--limit N] [--seed S] [--json]`.

`--floors` measures random floors of one to six blocks (30 aisles, 60 stops) instead.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import Stopwatch, find_shared
from benchmarks.sprp_files import Instance, list_files, read_instances, read_optima
from wms_desktop.domain.tours import Layout, Place, Stop, Tour, walk

AISLES, STOPS, BLOCK_MM, AISLE_MM = 30, 60, 20_000, 3_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 if a tour differs from its proven optimum."""
    options = _parse(arguments)
    if options.floors:
        floors = [_measure_floor(blocks, options.seed) for blocks in range(1, 7)]
        _show({"floors": floors}, floors, as_json=options.json)
        return 0
    folder = options.dir or find_shared("benchmarks", "sprp-hessler-irnich")
    if folder is None or not folder.is_dir():
        sys.exit("no instances: give their folder, or set WMS_SHARED")
    stopwatch = Stopwatch()
    rows = [_solve(instance) for instance in _list_instances(folder, options.limit, options.seed)]
    summary = _sum_up(rows) | {"wall_s": round(stopwatch.wall_s, 3), "cpu_s": round(stopwatch.cpu_s, 3)}
    _show({"instances": rows} | summary, [*rows, summary], as_json=options.json)
    return 0 if summary["equal"] == summary["compared"] else 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tours", description=__doc__)
    parser.add_argument("dir", nargs="?", type=Path, help="folder of instance files")
    parser.add_argument("--limit", type=int, help="only the first N files of a seeded shuffle")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--floors", action="store_true", help="time random floors of one to six blocks")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def _list_instances(folder: Path, limit: int | None, seed: int) -> Iterator[Instance]:
    """The plain instances of `folder`; how many leave a choice of location is said on standard error."""
    files = list_files(folder)
    optima = read_optima(folder)
    random.Random(seed).shuffle(files)
    taken = skipped = 0
    for path in files:
        if limit is not None and taken >= limit:
            break
        instances = read_instances(path, optima)
        taken += bool(instances)
        skipped += not instances
        yield from instances
    print(f"{taken} files, skipped {skipped} with a choice of location", file=sys.stderr)


def _solve(instance: Instance) -> dict[str, Any]:
    started = time.perf_counter()
    tour = walk(instance.layout, instance.stops)
    ms = (time.perf_counter() - started) * 1000
    _check(tour, instance.stops)
    return {
        "name": instance.name,
        "layout": instance.layout_name,
        "value": _plain(tour.length / instance.scale),
        "optimum": None if instance.optimum is None else _plain(instance.optimum),
        "ms": round(ms, 3),
    }


def _plain(value: float) -> float | int:
    return int(value) if value.is_integer() else value


def _check(tour: Tour, stops: Sequence[Stop]) -> None:
    """A value counts only with a walk of that length past every stop."""
    walked = sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(tour.path))
    if walked != tour.length or Counter(tour.order) != Counter(stop.key for stop in stops):
        raise AssertionError("the walk does not have the length that was found for it")


def _sum_up(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    times = [row["ms"] for row in rows]
    compared = [row for row in rows if row["optimum"] is not None]
    return {
        "compared": len(compared),
        "equal": sum(row["value"] == row["optimum"] for row in compared),
        "max_ms": max(times, default=0),
        "mean_ms": round(sum(times) / max(len(times), 1), 3),
    }


def _measure_floor(blocks: int, seed: int) -> dict[str, Any]:
    """Milliseconds of the first tour (its tables are built then) and of ten further ones."""
    rng = random.Random(seed * 10 + blocks)
    times = []
    for _ in range(11):
        layout = Layout(
            tuple(AISLE_MM * n for n in range(AISLES)),
            tuple(BLOCK_MM * n for n in range(blocks + 1)),
            Place(0, 0),
        )
        stops = [Stop(n, rng.randrange(AISLES), rng.randrange(BLOCK_MM * blocks)) for n in range(STOPS)]
        started = time.perf_counter()
        tour = walk(layout, stops)
        times.append((time.perf_counter() - started) * 1000)
        _check(tour, stops)
    first, *others = times
    return {
        "blocks": blocks,
        "first_ms": round(first, 2),
        "mean_ms": round(sum(others) / len(others), 2),
        "max_ms": round(max(others), 2),
    }


def _show(answer: dict[str, Any], rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer))
        return
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    sys.exit(main())
