"""The solver's own process: reads problems from its input, writes answers as lines of JSON, and ends with its input."""

from __future__ import annotations

import os
import sys
from json import dumps, loads
from typing import Any

from wms_desktop.domain.sharing import Wish
from wms_desktop.solvers.sharing import Found, solve

_NICE = 10
"""How far it stands back behind the window, whose scans come first."""


def main() -> int:
    """Reads ``{"wishes": [[id, [[product, units], ...], worth], ...], "supply": {product: units}, "seconds": s}``."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    for line in sys.stdin:
        task: dict[str, Any] = loads(line)
        wishes = [
            Wish(number, tuple((p, units) for p, units in needs), worth) for number, needs, worth in task["wishes"]
        ]
        supply = {int(product): units for product, units in task["supply"].items()}
        _tell(solve(wishes, supply, task["seconds"], _tell), is_last=True)
    return 0


def _tell(found: Found, *, is_last: bool = False) -> None:
    answer = {"orders": found.orders, "worth": found.worth, "bound": found.bound, "last": is_last}
    sys.stdout.write(dumps(answer, separators=(",", ":")) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
