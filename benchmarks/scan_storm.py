"""Scans at 50 a second into the real window while pages print: none lost, none doubled, order kept, window alive.

``python -m benchmarks.scan_storm [--scans 500] [--rate 50] [--rows 20000] [--pages 40] [--json]``. The scans are
typed as key events and nobody waits for an answer; a pick list of many pages is printed over and over by the
window's own spooler. The gap between two turns of the event loop is seen by a timer of one millisecond.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from sqlalchemy import Engine, select

from benchmarks import big_house, floor_work
from benchmarks.real_window import PATIENCE_MS, Windowed, application  # first of all Qt: it chooses the screen
from benchmarks.scan_latency import percentile
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.db.tables import Command, Movement, PrintJob, PurchaseLine, PurchaseOrder
from wms_desktop.domain.documents import PickList, PickRow
from wms_desktop.prompts import Answer, Scan
from wms_desktop.services import printing
from wms_desktop.services.dialogue import Context

ARTICLES = 25
AIM_MS = 100.0
_ROWS_A_PAGE = 20


class Storm(QObject):
    """Types the scans by a timer, notes the answers and the gaps between two turns of the event loop."""

    def __init__(self, through: Windowed, codes: Sequence[str], rate: float) -> None:
        super().__init__()
        self._through, self._codes = through, codes
        self._typed: list[float] = []
        self.answers: list[Answer] = []
        self.latency_ms: list[float] = []
        self.gaps_ms: list[float] = []
        self._loop = QEventLoop()
        self._last = 0.0
        self._beat = QTimer(self, interval=1, timerType=Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._note_gap)
        self._begun = 0.0
        self._pause = 1 / rate
        through.operations.answered.connect(self._answered)

    def run(self) -> float:
        """Types everything and waits for the last answer; gives the seconds of it."""
        self._begun = self._last = time.perf_counter()
        self._beat.start()
        limit = QTimer(self, singleShot=True, interval=PATIENCE_MS + 200 * len(self._codes))
        limit.timeout.connect(self._loop.quit)
        limit.start()
        self._loop.exec()
        self._beat.stop()
        limit.stop()
        return time.perf_counter() - self._begun

    def _note_gap(self) -> None:
        now = time.perf_counter()
        self.gaps_ms.append((now - self._last) * 1000)
        while len(self._typed) < len(self._codes) and now >= self._begun + len(self._typed) * self._pause:
            scan = Scan(self._codes[len(self._typed)])
            self._through.type_keys("receive", scan)
            self._typed.append(time.perf_counter())
            self._through.press_last("receive", scan)
        self._last = now

    def _answered(self, _flow: str, answer: Answer) -> None:
        self.latency_ms.append((time.perf_counter() - self._typed[len(self.answers)]) * 1000)
        self.answers.append(answer)
        if len(self.answers) == len(self._codes):
            self._loop.quit()


def lay_out(engine: Engine, scans: int, pages: int) -> tuple[floor_work.Floor, str, list[str], list[int]]:
    """A purchase order that expects every scan, and lists of many pages for the printer."""
    with reading(engine) as session:
        floor = floor_work.read_floor(session)
    goods = floor.articles[:: max(1, len(floor.articles) // ARTICLES)][:ARTICLES]
    at = datetime.now(UTC)
    context = Context(operator_id=floor.boss_id, station_id=floor.desk_id, command_id=f"storm-{at}", at=at)
    with writing(engine) as session:
        floor_work.sign_on(session, floor)
        session.add(Command(id=context.command_id, workflow="setup", content="", operator_id=floor.boss_id,
                            station_id=floor.desk_id, at=at, state="done"))  # fmt: skip
        order = PurchaseOrder(number=f"STORM-{at:%H%M%S}", supplier_id=floor.supplier_id, due=at.date())
        session.add(order)
        session.flush()
        session.add_all(PurchaseLine(purchase_order_id=order.id, line_no=no, product_id=product, ordered=scans)
                        for no, product in enumerate(goods, 1))  # fmt: skip
        for nth in range(pages):
            printing.enqueue(session, context, _list(nth), printer="paper")
    wanted = [goods[nth * 7 % len(goods)] for nth in range(scans)]
    return floor, order.number, [floor.by_id[product] for product in wanted], wanted


def _list(nth: int) -> PickList:
    rows = tuple(
        PickRow(bin=f"BIN-{nth}-{row}", sku=f"SKU-{row}", name=f"An article of some length, number {row}",
                quantity=1 + row % 9, tote=f"TOTE-{row % 6}")
        for row in range(_ROWS_A_PAGE * 6)
    )  # fmt: skip
    return PickList(number=f"LIST-{nth}", batch=f"B{nth:06d}", rows=rows, metres=300)


def verify(engine: Engine, begun: datetime, wanted: Sequence[int]) -> dict[str, int | bool]:
    """What the ledger says of the scans: lost, doubled, and whether they stand in the order they were typed in."""
    with reading(engine) as session:
        came = session.scalars(
            select(Movement.product_id).where(Movement.reason == "receive", Movement.at >= begun).order_by(Movement.id)
        ).all()
        applied = session.scalars(
            select(Command.seq).where(Command.workflow == "receive", Command.at >= begun, Command.state == "done")
            .order_by(Command.seq)
        ).all()  # fmt: skip
        jobs = session.execute(select(PrintJob.state, PrintJob.printed_at).where(PrintJob.kind == PickList.kind)).all()
    return {
        "lost": max(0, len(wanted) - len(came)),
        "doubled": max(0, len(came) - len(wanted)) + len(applied) - len(set(applied)),
        "in_order": list(came) == list(wanted),
        "lists_printed": sum(job.state == "printed" for job in jobs),
        "lists_waiting": sum(job.state == "queued" for job in jobs),
    }


def run(source: Path, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """One storm on a copy of a house."""
    file = folder / "house.db"
    shutil.copy(source, file)
    engine = open_engine(f"sqlite:///{file}")
    floor, purchase, codes, wanted = lay_out(engine, options.scans, options.pages)
    application()
    through = Windowed(floor_work.profile(folder / "station", f"sqlite:///{file}", floor), None)
    try:
        through.prompt("receive")
        through.type_and_wait("receive", Scan(purchase))
        begun = datetime.now(UTC)
        storm = Storm(through, codes, options.rate)
        wall_s = storm.run()
    finally:
        through.close()
    found = verify(engine, begun, wanted)
    engine.dispose()
    gaps = storm.gaps_ms
    return {
        "scans": options.scans,
        "rate": options.rate,
        "answered": len(storm.answers),
        **found,
        "wall_s": round(wall_s, 2),
        "answers_a_second": round(len(storm.answers) / wall_s, 1),
        "gap_p50_ms": round(percentile(gaps, 0.5), 2),
        "gap_p99_ms": round(percentile(gaps, 0.99), 2),
        "gap_max_ms": round(max(gaps), 1),
        "answered_p50_ms": round(percentile(storm.latency_ms, 0.5), 1),
        "answered_p99_ms": round(percentile(storm.latency_ms, 0.99), 1),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the options, runs, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--scans", type=int, default=500)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--pages", type=int, default=40, help="lists of some ten pages for the printer")
    parser.add_argument("--work", type=Path, default=big_house.default_work())
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    source = big_house.open_sqlite(options.work, options.rows)
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        result = run(source, Path(folder), options)
    if options.json:
        print(json.dumps(result))
        return
    print("\n".join(f"{name:18} {value}" for name, value in result.items()))
    print(f"largest gap of the window: {result['gap_max_ms']} ms (aim {AIM_MS:.0f})")


if __name__ == "__main__":
    main()
