"""Milliseconds from process start to the first painted window, beside Qt alone, and to the first prompt; memory.

``python -m benchmarks.start [--runs 5] [--json]``. Each run is a process of its own on a screen in memory: first a
bare Qt window with one label, then the application on a house that is there already (the demo warehouse).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]
_LIMIT_S = 120

# Each child prints the clock when its window has painted, when its first prompt stands, and its memory.
_WATCH = """
import json, time
from pathlib import Path
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer

def resident_mb():
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024

class Watch(QObject):
    shown = 0.0
    def eventFilter(self, watched, event):
        if not self.shown and event.type() == QEvent.Type.UpdateRequest:
            self.shown = -1.0
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value)
        return False
    def customEvent(self, event):
        self.shown = time.time()
        self.shown_mb = resident_mb()
        self.then()
"""
_BARE = (
    _WATCH
    + """
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
label = QLabel("Qt alone")
label.resize(1280, 720)
watch = Watch()
watch.then = application.quit
label.installEventFilter(watch)
label.show()
application.exec()
print(json.dumps({"shown": watch.shown, "prompt": watch.shown, "shown_mb": watch.shown_mb, "mb": resident_mb()}))
"""
)
_OURS = f"""
import sys
from pathlib import Path
from wms_desktop import app, config
profile = config.read_profile(Path(sys.argv[1]))
from PySide6.QtWidgets import QApplication
application = QApplication([])
{_WATCH}
station = app.Workstation(profile)
watch = Watch()
watch.then = lambda: None
prompts = []
def prompted(*_):
    prompts.append(time.time())
    QTimer.singleShot(50, application.quit)
station.operations.prompted.connect(prompted)
station.operations.failed.connect(lambda failure: (print(failure.report, file=sys.stderr), application.exit(1)))
station.window.installEventFilter(watch)
station.open()
status = application.exec()
figures = {{"shown": watch.shown, "prompt": prompts[0] if prompts else 0, "shown_mb": watch.shown_mb,
           "mb": resident_mb()}}
station.close()
print(json.dumps(figures))
sys.exit(status)
"""


def run_once(program: str, folder: Path) -> dict[str, float]:
    """One start in a process of its own; milliseconds since just before it was asked for."""
    environment = os.environ | {"PYTHONPATH": str(_ROOT / "src"), "QT_QPA_PLATFORM": "offscreen"}
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)], env=environment, cwd=_ROOT, capture_output=True, text=True,
        timeout=_LIMIT_S, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr)
    found = json.loads(done.stdout.splitlines()[-1])
    return {
        "first_window_ms": round((found["shown"] - begun) * 1000, 1),
        "first_prompt_ms": round((found["prompt"] - begun) * 1000, 1),
        "window_mb": round(found["shown_mb"], 1),
        "resident_mb": round(found["mb"], 1),
    }


def middle(runs: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each figure, and the best first window."""
    figures = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return {"best_first_window_ms": min(run["first_window_ms"] for run in runs)} | figures


def run(runs: int, folder: Path) -> dict[str, object]:
    """Both programs in turn, so that a busy machine is busy for both; each once before, for the disk's caches."""
    subprocess.run(
        [sys.executable, "-m", "wms_desktop", "demo", "--home", str(folder)], cwd=_ROOT, check=True,
        env=os.environ | {"PYTHONPATH": str(_ROOT / "src")}, stdout=subprocess.DEVNULL, timeout=_LIMIT_S,
    )  # fmt: skip
    bare, ours = [], []
    for _ in range(runs + 1):
        bare.append(run_once(_BARE, folder))
        ours.append(run_once(_OURS, folder))
    qt, wms = middle(bare[1:]), middle(ours[1:])
    return {
        "runs": runs,
        "qt_alone": qt,
        "wms_desktop": wms,
        "ratio_to_qt_alone": round(wms["first_window_ms"] / qt["first_window_ms"], 2),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the options, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        result = run(options.runs, Path(folder))
    if options.json:
        print(json.dumps(result))
        return
    print("                 first window  first prompt   memory then   memory at the prompt")
    for name in ("qt_alone", "wms_desktop"):
        f = result[name]
        assert isinstance(f, dict)
        print(f"  {name:12} {f['first_window_ms']:10.0f} ms {f['first_prompt_ms']:10.0f} ms {f['window_mb']:10.0f} MB"
              f" {f['resident_mb']:14.0f} MB")  # fmt: skip
    print(f"  {result['ratio_to_qt_alone']} times Qt alone")


if __name__ == "__main__":
    main()
