"""The sharing-out of an arrival, its proof, five simple rules, and the repair after each scan.

`python -m benchmarks.crossdock [DIR] [--budget 2,20] [--json]`: DIR is a folder of cases (see `crossdock_cases`);
without one, 500 products x 10,000 orders at 20, 40 and 70 % cover are generated (`--write DIR` keeps them, `--ranks N`
deals the orders out over so many ranks). A gap is a share of the bound. Ranks are served strictly one after the other,
each with what the ranks before it left; what completes nobody goes to ship-available orders in part, the oldest first,
before the next rank is served.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.crossdock_cases import OBJECTIVES, BadCase, Case, Waiting, generate, list_cases, write
from wms_desktop.domain.sharing import Sharing, Wish
from wms_desktop.solvers import process
from wms_desktop.solvers.sharing import solve

COVERS = (0.2, 0.4, 0.7)
_PARTS = ("p50", "p95", "p99")
Rule = Callable[[Sequence[Waiting], dict[int, int], str], int]
Key = Callable[[Waiting], Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; 1 where an answer is worse than a simple rule, or breaks the supply."""
    options = _parse(arguments)
    try:
        cases = list_cases(options.dir) if options.dir else _generate(options)
    except BadCase as wrong:
        sys.exit(str(wrong))
    if not cases:
        sys.exit(f"no case in {options.dir}: a case has supply.csv, orders.csv and lines.csv")
    if options.write:
        for case in cases:
            write(case, options.write / case.name)
    wanted = options.objectives.split(",") if options.objectives else OBJECTIVES
    budgets = [float(seconds) for seconds in options.budget.split(",")]
    rows = [
        row
        for case in cases
        for objective in case.objectives
        if objective in wanted
        for row in _measure(case, objective, budgets)
    ]
    repairs = [_repair(case, options.scans, options.seed) for case in cases] if options.scans else []
    worst = {name: max(one[f"{name}_ms"] for one in repairs) for name in _PARTS} if repairs else {}
    report = {"cases": rows, "repair_ms": worst, "repair": repairs, "worker": _ask_worker(cases[0])}
    print(json.dumps(report) if options.json else _tabulate(report))
    return 0 if all(row["is_best"] for row in rows) else 1


def _tabulate(report: dict[str, Any]) -> str:
    lines = [f"{'case':<20} {'objective':<9} {'budget':>6} {'value':>12} {'bound':>12} {'gap %':>7} {'s':>6}"
             f" {'cpu s':>6}  {'best of five rules'}"]  # fmt: skip
    for row in report["cases"]:
        rule, value = max(row["rules"].items(), key=lambda one: one[1])
        lines.append(
            f"{row['name']:<20} {row['objective']:<9} {row['budget_s']:>6g} {row['value']:>12} {row['bound']:>12}"
            f" {100 * row['gap']:>7.4f} {row['s']:>6.2f} {row['cpu_s']:>6.2f}  {value} ({rule})"
        )
    for one in report["repair"]:
        lines.append(f"{one['case']:<20} repair after {one['scans']} scans: "
                     + ", ".join(f"{name} {one[f'{name}_ms']} ms" for name in (*_PARTS, "max")))  # fmt: skip
    worker = report["worker"]
    lines.append(f"process of its own: first answer {worker['first_s']} s, last {worker['last_s']} s")
    return "\n".join(lines)


def _generate(options: argparse.Namespace) -> list[Case]:
    covers = [float(cover) for cover in options.cover.split(",")]
    return [generate(options.products, options.orders, cover, options.seed, options.ranks) for cover in covers]


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crossdock", description=__doc__)
    parser.add_argument("dir", nargs="?", type=Path, help="folder of cases")
    parser.add_argument("--budget", "--seconds", default="2,20", help="seconds of the clock, several with commas")
    parser.add_argument("--objectives", default="", help="some of count,value,weighted; else all that a case names")
    parser.add_argument(
        "--cover", "--covers", default=",".join(map(str, COVERS)), help="shares of the demand that arrive"
    )
    parser.add_argument("--ranks", type=int, default=1, help="ranks of generated orders")
    parser.add_argument("--products", type=int, default=500)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--scans", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="keep the generated cases here")
    parser.add_argument("--json", action="store_true", help="on one line")
    return parser.parse_args(arguments)


def _measure(case: Case, objective: str, budgets: Sequence[float]) -> list[dict[str, Any]]:
    rules = {name: _follow(case, objective, rule) for name, rule in RULES.items()}
    plain_s, plain = _plain(case.wishes(objective, case.ranks[0] if case.ranks else None), case.supply)
    rows = []
    for seconds in budgets:
        shared = _share(case, objective, seconds)
        is_best = shared.is_best and _keeps(case, shared.orders)
        rows.append({"name": case.name, "objective": objective, "budget_s": seconds, **shared.figures, "rules": rules,
                     "is_best": is_best, "plain_s": plain_s, "plain_value": plain})  # fmt: skip
    return rows


@dataclass(frozen=True, slots=True)
class _Shared:
    """One sharing-out: the completed orders, whether no rank's worth is below a simple rule's on the same goods, and
    what is printed of it.
    """

    orders: list[int]
    is_best: bool
    figures: dict[str, Any]


def _share(case: Case, objective: str, seconds: float) -> _Shared:
    """Rank by rank, each with the time that its orders are a share of; what a rank proves early the next may use."""
    first: list[float] = []
    began, cpu = time.perf_counter(), time.process_time()
    left, chosen, is_best = dict(case.supply), list[int](), True
    worth = bound = parts = 0
    waiting = len(case.orders)
    for rank in case.ranks:
        wishes = case.wishes(objective, rank)
        best = max(rule(case.of_rank(rank), dict(left), objective) for rule in RULES.values())
        time_left = seconds - (time.perf_counter() - began)
        found = solve(wishes, left, max(0.2, time_left * len(wishes) / waiting),
                      lambda _found: first.append(time.perf_counter() - began))  # fmt: skip
        waiting -= len(wishes)
        is_best &= found.worth >= best
        worth, bound = worth + found.worth, bound + found.bound
        chosen += found.orders
        parts += _give(case.of_rank(rank), set(found.orders), left)
    figures = {
        "value": worth,
        "bound": bound,
        "gap": round((bound - worth) / bound, 6) if bound else 0.0,
        "completed": len(chosen),
        "units_in_part": parts,
        "first_s": round(first[0], 3) if first else None,
        "s": round(time.perf_counter() - began, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
    }
    return _Shared(chosen, is_best, figures)


def _give(orders: Sequence[Waiting], chosen: Collection[int], left: dict[int, int]) -> int:
    """Takes from the supply what the orders of a rank get: whole ones, then ship-available ones in part, the oldest
    first; gives the units of the latter.
    """
    for order in orders:
        if order.order_id in chosen:
            for product, units in order.needs:
                left[product] -= units
    parts = 0
    for order in sorted(orders, key=_oldest):
        if order.order_id not in chosen and not order.ship_complete:
            for product, units in order.needs:
                given = min(units, left.get(product, 0))
                left[product] = left.get(product, 0) - given
                parts += given
    return parts


def _plain(wishes: Sequence[Wish], supply: Mapping[int, int]) -> tuple[float, int]:
    """The answer for the first rank without any solver, after half a second."""
    began = time.perf_counter()
    sharing = Sharing(wishes, supply)
    sharing.fill()
    sharing.improve(lambda: time.perf_counter() > began + 0.5)
    return round(time.perf_counter() - began, 2), sharing.worth


def _keeps(case: Case, orders: Sequence[int]) -> bool:
    used: dict[int, int] = {}
    needs = {order.order_id: order.needs for order in case.orders}
    for order_id in orders:
        for product, units in needs[order_id]:
            used[product] = used.get(product, 0) + units
    return len(set(orders)) == len(orders) and all(units <= case.supply.get(p, 0) for p, units in used.items())


def _oldest(order: Waiting) -> tuple[int, int]:
    return -order.age_days, order.order_id


def _priority(order: Waiting) -> tuple[int, bool, int, int]:
    return -order.factor, not order.is_late, -order.age_days, order.order_id


def _follow(case: Case, objective: str, rule: Rule) -> int:
    """What a rule comes to over all ranks."""
    left = dict(case.supply)
    return sum(rule(case.of_rank(rank), left, objective) for rank in case.ranks)


def _reserve(orders: Sequence[Waiting], left: dict[int, int], objective: str, key: Key) -> int:
    """Line by line, whatever there is; an order counts when it happens to be whole."""
    worth = 0
    for order in sorted(orders, key=key):
        is_whole = True
        for product, units in order.needs:
            given = min(units, left.get(product, 0))
            left[product] = left.get(product, 0) - given
            is_whole &= given == units
        worth += order.worth(objective) if is_whole else 0
    return worth


def _skip(orders: Sequence[Waiting], left: dict[int, int], objective: str, key: Key) -> int:
    """Order by order; one that cannot be completed takes nothing but what is left over in the end."""
    chosen, worth, free = set[int](), 0, dict(left)
    for order in sorted(orders, key=key):
        if all(free.get(product, 0) >= units for product, units in order.needs):
            chosen.add(order.order_id)
            worth += order.worth(objective)
            for product, units in order.needs:
                free[product] -= units
    _give(orders, chosen, left)
    return worth


def _per_unit(orders: Sequence[Waiting], left: dict[int, int], objective: str) -> int:
    return _skip(
        orders, left, objective, lambda o: (-o.worth(objective) / sum(units for _, units in o.needs), o.order_id)
    )


RULES: dict[str, Rule] = {
    "oldest_reserving": lambda orders, left, objective: _reserve(orders, left, objective, _oldest),
    "oldest_skipping": lambda orders, left, objective: _skip(orders, left, objective, _oldest),
    "priority_reserving": lambda orders, left, objective: _reserve(orders, left, objective, _priority),
    "priority_skipping": lambda orders, left, objective: _skip(orders, left, objective, _priority),
    "worth_per_unit": _per_unit,
}
"""What each comes to with the orders of one rank; it takes from the supply what it gives away."""


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
        carried.update(rng.sample(chosen, min(1, len(chosen))))
    ms.sort()
    fresh = Sharing(wishes, supply)
    fresh.fill()
    return {
        "case": case.name, "scans": scans, "p50_ms": round(ms[len(ms) // 2], 3),
        "p95_ms": round(ms[int(len(ms) * 0.95)], 3), "p99_ms": round(ms[int(len(ms) * 0.99)], 3),
        "max_ms": round(ms[-1], 3), "carried": len(carried),
        "worth_to_planned": round(sharing.worth / max(1, planned), 4),
        "worth_to_planned_anew": round(fresh.worth / max(1, planned), 4),
    }  # fmt: skip


def _ask_worker(case: Case) -> dict[str, Any]:
    """How long the process of its own takes to its first answer."""
    began = time.perf_counter()
    times = [(time.perf_counter() - began, answer) for answer in process.answers(case.wishes("count"), case.supply, 1)]
    return {"answers": len(times), "first_s": round(times[0][0], 2), "last_s": round(times[-1][0], 2),
            "is_last_word": times[-1][1].is_last}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
