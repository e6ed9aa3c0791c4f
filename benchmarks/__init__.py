"""Every performance claim as a command over public instances or seeded cases: `python -m benchmarks.NAME`."""

import os
import time
from pathlib import Path


def find_shared(*parts: str) -> Path | None:
    """A folder of the shared data: under WMS_SHARED, else in `shared` beside the checkout; None if it is not there."""
    root = os.environ.get("WMS_SHARED")
    shared = Path(root) if root else Path(__file__).resolve().parents[2] / "shared"
    folder = shared.joinpath(*parts)
    return folder if folder.is_dir() else None


class Stopwatch:
    """Wall and processor seconds since it was made; ended child processes count as ours."""

    def __init__(self) -> None:
        self._wall = time.perf_counter()
        self._cpu = _cpu_seconds()

    @property
    def wall_s(self) -> float:
        return time.perf_counter() - self._wall

    @property
    def cpu_s(self) -> float:
        return _cpu_seconds() - self._cpu


def _cpu_seconds() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
