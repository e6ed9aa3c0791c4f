"""The sharing-out of an arrival, its proof, five simple rules, and the repair after each scan.

`python -m benchmarks.crossdock [DIR] [--seconds 2,20] [--json]`: DIR is a folder of cases (see `crossdock_cases`);
without one, 500 products x 10,000 orders at 20, 40 and 70 % cover are generated (`--write DIR` keeps them).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.crossdock_cases import OBJECTIVES, Case, Waiting, generate, list_cases, write
from wms_desktop.domain.sharing import Sharing, Wish
from wms_desktop.solvers import process
from wms_desktop.solvers.sharing import solve

COVERS = (0.2, 0.4, 0.7)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 1 where an answer is worse than a simple rule, or breaks the supply."""
    options = _parse(arguments)
    cases = (
        list_cases(options.dir)
        if options.dir
        else [generate(options.products, options.orders, cover, options.seed) for cover in COVERS]
    )
    if not cases:
        sys.exit(f"no case in {options.dir}: a case has supply.csv, orders.csv and lines.csv")
    if options.write:
        for case in cases:
            write(case, options.write / case.name)
    rows = [
        _measure(case, objective, [float(s) for s in options.seconds.split(",")])
        for case in cases
        for objective in options.objectives.split(",")
    ]
    repairs = [_repair(case, options.scans, options.seed) for case in cases]
    report = {"sharing": rows, "repair": repairs, "worker": _ask_worker(cases[0])}
    print(json.dumps(report, indent=None if options.json else 1))
    return 0 if all(row["is_best"] for row in rows) else 1


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crossdock", description=__doc__)
    parser.add_argument("dir", nargs="?", type=Path, help="folder of cases")
    parser.add_argument("--seconds", default="2,20", help="budgets, in seconds of the clock")
    parser.add_argument("--objectives", default=",".join(OBJECTIVES))
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--scans", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="keep the generated cases here")
    parser.add_argument("--json", action="store_true", help="on one line")
    return parser.parse_args(arguments)


def _measure(case: Case, objective: str, budgets: Sequence[float]) -> dict[str, Any]:
    wishes = case.wishes(objective)
    rules = {name: rule(case, objective) for name, rule in RULES.items()}
    row: dict[str, Any] = {"case": case.name, "objective": objective, "rules": rules, "is_best": True}
    for seconds in budgets:
        first: list[float] = []
        began, cpu = time.perf_counter(), time.process_time()
        found = solve(wishes, case.supply, seconds, lambda _f, b=began, f=first: f.append(time.perf_counter() - b))
        row[f"{seconds:g}s"] = {
            "worth": found.worth,
            "bound": found.bound,
            "gap_percent": round(100 * found.gap, 4),
            "first_s": round(first[0], 3) if first else None,
            "wall_s": round(time.perf_counter() - began, 2),
            "cpu_s": round(time.process_time() - cpu, 2),
        }
        row["is_best"] &= found.worth >= max(rules.values()) and _keeps(wishes, case.supply, found.orders)
    row["plain_s"], row["plain_worth"] = _plain(wishes, case.supply)
    return row


def _plain(wishes: Sequence[Wish], supply: Mapping[int, int]) -> tuple[float, int]:
    """The answer without any solver, after half a second."""
    began = time.perf_counter()
    sharing = Sharing(wishes, supply)
    sharing.fill()
    sharing.improve(lambda: time.perf_counter() > began + 0.5)
    return round(time.perf_counter() - began, 2), sharing.worth


def _keeps(wishes: Sequence[Wish], supply: Mapping[int, int], orders: Sequence[int]) -> bool:
    used: dict[int, int] = {}
    needs = {wish.order_id: wish.needs for wish in wishes}
    for order_id in orders:
        for product, units in needs[order_id]:
            used[product] = used.get(product, 0) + units
    return len(set(orders)) == len(orders) and all(units <= supply.get(p, 0) for p, units in used.items())


def _oldest(order: Waiting) -> tuple[int, int]:
    return -order.age_days, order.order_id


def _priority(order: Waiting) -> tuple[int, bool, int, int]:
    return -order.factor, not order.is_late, -order.age_days, order.order_id


def _reserve(case: Case, objective: str, key: Callable[[Waiting], Any]) -> int:
    """Line by line, whatever there is; an order counts when it happens to be whole."""
    left, worth = dict(case.supply), 0
    for order in sorted(case.orders, key=key):
        is_whole = True
        for product, units in order.needs:
            given = min(units, left.get(product, 0))
            left[product] = left.get(product, 0) - given
            is_whole &= given == units
        worth += order.worth(objective) if is_whole else 0
    return worth


def _skip(case: Case, objective: str, key: Callable[[Waiting], Any]) -> int:
    """Order by order; one that cannot be completed takes nothing."""
    left, worth = dict(case.supply), 0
    for order in sorted(case.orders, key=key):
        if all(left.get(product, 0) >= units for product, units in order.needs):
            worth += order.worth(objective)
            for product, units in order.needs:
                left[product] -= units
    return worth


RULES: dict[str, Callable[[Case, str], int]] = {
    "oldest_reserving": lambda case, objective: _reserve(case, objective, _oldest),
    "oldest_skipping": lambda case, objective: _skip(case, objective, _oldest),
    "priority_reserving": lambda case, objective: _reserve(case, objective, _priority),
    "priority_skipping": lambda case, objective: _skip(case, objective, _priority),
    "worth_per_unit": lambda case, objective: _skip(
        case, objective, lambda o: (-o.worth(objective) / sum(units for _, units in o.needs), o.order_id)
    ),
}


def _repair(case: Case, scans: int, seed: int) -> dict[str, Any]:
    """A count that differs, scan after scan, while orders are carried away one by one and stay carried."""
    wishes = case.wishes("weighted")
    sharing = Sharing(wishes, case.supply)
    sharing.fill()
    rng, carried, ms = random.Random(seed), set[int](), []
    products = sorted(case.supply)
    supply = dict(case.supply)
    planned = sharing.worth
    for _ in range(scans):
        product = rng.choice(products)
        change = rng.choice((-12, -6, -3, -1, 1, 3, 6, 12))
        change = max(change, -supply[product])
        supply[product] += change
        began = time.perf_counter()
        sharing.repair({product: change}, carried)
        ms.append(1000 * (time.perf_counter() - began))
        chosen = sharing.chosen()
        if not carried <= set(chosen):
            raise AssertionError("a carried order was let go")
        carried.add(rng.choice(chosen))
    ms.sort()
    fresh = Sharing(wishes, supply)
    fresh.fill()
    return {
        "case": case.name, "scans": scans, "p50_ms": round(ms[len(ms) // 2], 3),
        "p99_ms": round(ms[int(len(ms) * 0.99)], 3), "max_ms": round(ms[-1], 3), "carried": len(carried),
        "worth_to_planned": round(sharing.worth / planned, 4), "worth_to_planned_anew": round(fresh.worth / planned, 4),
    }  # fmt: skip


def _ask_worker(case: Case) -> dict[str, Any]:
    """How long the process of its own takes to its first answer."""
    began = time.perf_counter()
    times = [(time.perf_counter() - began, answer) for answer in process.answers(case.wishes("count"), case.supply, 1)]
    return {"answers": len(times), "first_s": round(times[0][0], 2), "last_s": round(times[-1][0], 2),
            "is_last_word": times[-1][1].is_last}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
