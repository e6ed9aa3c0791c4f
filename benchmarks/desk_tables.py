"""Milliseconds until the backlog desk has painted what was asked of it: shown, sorted, filtered, a figure opened.

``python -m benchmarks.desk_tables [--lines 1000 5000 20000] [--runs 5] [--json]``. The desk stands at 1280 x 720 on a
screen in memory with so many open lines, two to an order; each figure is the worst of all runs, by the clock (``ms``)
and of the window's own thread (``cpu_ms``: what it takes on a machine that does nothing else). *cold* filters type the
first letter as soon as the rows are painted; *pause* is the longest that the window did not answer while it made ready
for filters.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt
from PySide6.QtWidgets import QApplication

from tests.ui import backlog_rows
from wms_desktop import app
from wms_desktop.prompts import Message
from wms_desktop.ui import theme
from wms_desktop.ui.desks.backlog import BacklogDesk
from wms_desktop.ui.settings import Settings
from wms_desktop.views.backlog import Backlog

Taken = tuple[float, float]
"""Milliseconds by the clock, and of the thread's own."""
BAR_MS = 200
_WORD = "harbour"
_FIGURES = (("state", ("backordered",)), ("age_band", ("31+",)), ("customer", ("C7",)), ("cause", ("supplier_late",)))


class Stand:
    """The desk on its screen, and the clock beside it."""

    def __init__(self, lines: int, folder: Path) -> None:
        self.backlog = _spoken(backlog_rows.backlog(lines))
        self.desk = BacklogDesk(Settings(folder / "station.ini"), UTC)
        self.desk.resize(1280, 656)
        self.desk.show()
        self.desk.head.set_mode("lines")
        _settle()

    def measure(self) -> dict[str, Taken]:
        """One round: each act until it is painted, in milliseconds."""
        desk, table = self.desk, self.desk.table
        found = {"show": self._until_painted(lambda: desk.show_backlog(self.backlog))}
        found["filter_cold"] = self._until_painted(lambda: desk.filter.setText(_WORD[0]))
        self._until_painted(lambda: desk.filter.setText(""))
        self._until_painted(lambda: desk.show_backlog(self.backlog))
        found["pause"] = self._longest_pause()
        typed = [_WORD[: end + 1] for end in range(len(_WORD))]
        found["filter"] = max(self._until_painted(lambda text=text: desk.filter.setText(text)) for text in typed)
        self._until_painted(lambda: desk.filter.setText(""))
        columns = [(c, order) for c in table.columns_shown() for order in Qt.SortOrder]
        found["sort"] = max(self._until_painted(lambda s=sorting: table.sortByColumn(*s)) for sorting in columns)
        table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        found["open"] = max(
            self._until_painted(lambda f=figure: desk.open_with({"dimension": f[0], "keys": f[1], "label": f[0]}))
            for figure in _FIGURES
        )
        desk.head.clear()
        return found

    def _until_painted(self, act: Callable[[], object]) -> Taken:
        _settle_once()

        def until() -> None:
            act()
            self.desk.repaint()
            self.desk.table.viewport().repaint()

        return _time(until)

    def _longest_pause(self) -> Taken:
        """Turn the event loop until the rows are ready for a filter; the longest turn."""
        longest = (0.0, 0.0)
        rows = self.desk.table.rows
        while not rows.texts.is_prepared():
            turn = _time(lambda: QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1))
            longest = max(longest, turn)
        return longest


def measure(sizes: Sequence[int], runs: int) -> dict[str, Any]:
    """The worst of so many rounds for each size."""
    app.go_offscreen(1280, 720)
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.wear(application, theme.ThemeName.LIGHT)
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for lines in sizes:
            stand = Stand(lines, Path(folder))
            rounds = [stand.measure() for _ in range(runs)]
            columns = len(stand.desk.table.columns_shown())
            result[str(lines)] = {"columns": columns}
            for place, unit in enumerate(("ms", "cpu_ms")):
                worst = {f"{n}_{unit}": round(max(each[n][place] for each in rounds), 1) for n in rounds[0]}
                result[str(lines)] |= worst
            stand.desk.close()
    return {"lines": result, "runs": runs, "bar_ms": BAR_MS}


def _time(act: Callable[[], object]) -> Taken:
    clock, cpu = time.perf_counter(), time.thread_time()
    act()
    return (time.perf_counter() - clock) * 1000, (time.thread_time() - cpu) * 1000


def _spoken(backlog: Backlog) -> Backlog:
    """The same backlog with reasons that the application can say."""
    said = Message("backlog.waits.purchase", {"purchase": "PO-118", "due": "2026-11-24", "units": 4, "open": 6})
    lines = tuple(row._replace(waits=said) for row in backlog.lines)
    return replace(backlog, lines=lines, orders=tuple(row._replace(waits=said) for row in backlog.orders))


def _settle() -> None:
    for _ in range(5):
        _settle_once()


def _settle_once() -> None:
    QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeSocketNotifiers, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="+", default=[1000, 5000, 20000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.lines, options.runs)
    if options.json:
        print(json.dumps(result))
        return
    for lines, figures in result["lines"].items():
        print(f"{lines:>7} lines: " + "  ".join(f"{name} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
