"""Tells the shop: writes the availability and order-status tables into the folder it reads, on a timer of its own.

The same thread sees to it that a day that has passed moves what is overdue, whether or not anybody exports.
"""

from __future__ import annotations

import logging
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wms_desktop.db.engine import open_engine, reading
from wms_desktop.db.tables import HOUSE
from wms_desktop.domain import csv_text
from wms_desktop.errors import BadInput
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import commands, inbound, orders, promise_acts, promising, settings, shop_reports, site_time
from wms_desktop.services.dialogue import Clock, Context
from wms_desktop.services.shop_reports import Report

_LOG = logging.getLogger(__name__)
_LOOK_S = 20.0
_STOP_S = 10.0
_MINUTE_S = 60.0
REPORTS: tuple[Callable[[Session, datetime], Report], ...] = (shop_reports.availability, shop_reports.order_status)


@dataclass(frozen=True, slots=True)
class Written:
    """One file that was written, and how many rows it has."""

    path: Path
    rows: int


def export(engine: Engine, now: datetime, folder: Path, *, is_guarded: bool = False) -> list[Written]:
    """Writes every table into a folder that is there; each file is replaced only when the new one is whole.

    All tables are of one reading. ``is_guarded``: for spreadsheets, not for programs. Raises BadInput
    `export.no_folder` and `export.disk`, with the reason.
    """
    if not folder.is_dir():
        raise BadInput("export.no_folder", folder=str(folder))
    with reading(engine) as session:
        reports = [report(session, now) for report in REPORTS]
    written = []
    for one in reports:
        target = folder / one.name
        try:
            _replace(target, csv_text.write(one.columns, one.rows, is_guarded=is_guarded))
        except OSError as failed:
            raise BadInput("export.disk", file=str(target), reason=failed.strerror or str(failed)) from failed
        written.append(Written(target, len(one.rows)))
    return written


def chosen_folder(engine: Engine) -> Path | None:
    """The folder that the house's rules name; None: nothing is exported."""
    with reading(engine) as session:
        name = settings.get(session, "export_folder")
    return Path(name) if name else None


def see_new_day(engine: Engine, now: datetime) -> None:
    """Gives up trucks that did not come, and computes every open line's day anew: yesterday's days may be over."""
    context = Context(operator_id=HOUSE, station_id=HOUSE, command_id=uuid.uuid4().hex, at=now)

    def act(session: Session, inside: Context) -> Answer:
        inbound.miss_overdue(session, inside)
        drift = promising.recompute_all(session, inside)
        moved = {"slipped": len(drift.slipped), "rescued": len(drift.rescued)}
        return orders.answer(session, inside, Message("promises.day_seen", moved))

    commands.run(engine, promise_acts.NAME, "new day", context, act, orders.prompt)


class Exporter:
    """Exports every so many minutes, as the house's rules say at that moment, on a thread of its own.

    Whatever stops an export (a folder that is gone, a full disk, a lost server) is said in the log and tried again at
    the next turn; nothing of it reaches the window.
    """

    def __init__(self, url: str, clock: Clock, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._clock = clock
        self._ticks = ticks
        self._over = Event()
        self._thread: Thread | None = None
        self._last: float | None = None
        self._day: date | None = None

    def start(self) -> None:
        """Begins; once."""
        self._thread = Thread(target=self._run, name="exporter", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends after the file in hand; waits for that, but not for ever."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(_STOP_S)

    def turn(self, engine: Engine) -> list[Written]:
        """Does what is due now; gives what was written."""
        try:
            self._see_day(engine)
            return self._export(engine)
        except BadInput as refused:
            _LOG.warning(sentence(refused.code, refused.args_))
        except (SQLAlchemyError, OSError) as failed:
            _LOG.warning(sentence("export.failed", {"reason": str(failed).splitlines()[0]}))
        return []

    def _run(self) -> None:
        engine = open_engine(self._url)
        try:
            while not self._over.wait(_LOOK_S):  # first of all the window shows
                try:
                    self.turn(engine)
                except Exception:  # a bug here must not end the exports of a day
                    _LOG.exception("the export went wrong")
        finally:
            engine.dispose()

    def _see_day(self, engine: Engine) -> None:
        now = self._clock()
        with reading(engine) as session:
            today = site_time.today(session, now)
        if today != self._day:
            see_new_day(engine, now)
            self._day = today

    def _export(self, engine: Engine) -> list[Written]:
        folder = chosen_folder(engine)
        if folder is None:
            self._last = None
            return []
        with reading(engine) as session:
            pause = settings.get_int(session, "export_minutes") * _MINUTE_S
        now = self._ticks()
        if self._last is not None and now - self._last < pause:
            return []
        self._last = now
        return export(engine, self._clock(), folder)


def _replace(target: Path, text: str) -> None:
    """The whole file under its name, or the old one as it was."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
