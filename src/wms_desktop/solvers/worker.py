"""The solver's own process: reads one problem from its input, writes answers as lines of JSON, and ends."""

from __future__ import annotations

import json
import sys
from typing import Any

from wms_desktop.domain.sharing import Wish
from wms_desktop.solvers.sharing import Found, solve


def main() -> int:
    """Reads ``{"wishes": [[id, [[product, units], ...], worth], ...], "supply": {product: units}, "seconds": s}``."""
    task: dict[str, Any] = json.loads(sys.stdin.readline())
    wishes = [Wish(number, tuple((p, units) for p, units in needs), worth) for number, needs, worth in task["wishes"]]
    supply = {int(product): units for product, units in task["supply"].items()}
    _tell(solve(wishes, supply, task["seconds"], _tell), is_last=True)
    return 0


def _tell(found: Found, *, is_last: bool = False) -> None:
    answer = {"orders": found.orders, "worth": found.worth, "bound": found.bound, "last": is_last}
    sys.stdout.write(json.dumps(answer, separators=(",", ":")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
