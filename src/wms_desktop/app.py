"""Puts one workstation together: profile, window, the threads behind it, and its printers."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from logging.handlers import RotatingFileHandler
from pathlib import Path
from threading import Event as Gate
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QProcess, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

import wms_desktop
from wms_desktop.changes import Changes
from wms_desktop.config import OnlyOne, Profile, read_profile
from wms_desktop.errors import Refusal
from wms_desktop.gateways import photos
from wms_desktop.gateways.printers import FolderPrinter, IppPrinter, Printer
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.devices import QtPrinter
from wms_desktop.ui.main_window import MainWindow, StationFacts
from wms_desktop.ui.operations import Operations
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.wording import say_message

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from wms_desktop.exporter import Exporter
    from wms_desktop.gateways.spooler import Spooler
    from wms_desktop.importer import Importer
    from wms_desktop.runner import DeskReads, StationRunner
    from wms_desktop.sharer import Sharer

DEFAULT_PRINTERS = ("labels", "paper")
_LOG = logging.getLogger(__name__)
T = TypeVar("T")
_GATE_S = 120.0
_SLICE_S = 0.0003
_PULSE_MS = 1500
_HEARTBEAT_MS = 500


class Workstation:
    """One window on one profile. ``prepare`` fills a database that is still empty (the demo warehouse).

    The window is there before the database is: it is opened on the scan thread. The profile's lock is held from
    construction to :meth:`close`; a second window on the same profile is refused with a sentence.
    """

    def __init__(
        self,
        profile: Profile,
        prepare: Callable[[Engine], None] | None = None,
        clock: Callable[[], Any] | None = None,
    ) -> None:
        self.profile = profile
        self._prepare = prepare
        self._clock = clock
        self._only_one = OnlyOne(profile.folder)
        self._is_open = Gate()
        self._spooler: Spooler | None = None
        self._spool_engine: Engine | None = None
        self._exporter: Exporter | None = None
        self._sharer: Sharer | None = None
        self._importer: Importer | None = None
        self._import_engine: Engine | None = None
        self._one_importer = Lock()
        self.operations = Operations(self._open_runner, self._open_reads, self._open_imports)
        settings = Settings(profile.look)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.wear(application, settings.theme)
        facts = StationFacts(
            name=profile.station or "WMS",
            zone=ZoneInfo(profile.timezone),
            version=wms_desktop.__version__,
            clock=clock or (lambda: datetime.now(UTC)),
        )
        self.window = MainWindow(self.operations, settings, facts)
        self.window.logs_requested.connect(self._show_logs)
        self.window.watch_requested.connect(watch_a_shift)
        self.window.photo_dropped.connect(self._keep_photo)
        self.operations.changed.connect(self._changed)
        self.operations.opened.connect(lambda: _keep_window_lively())
        self._pulse: object = None
        self._watch = QTimer(interval=_PULSE_MS)
        self._watch.timeout.connect(self._feel_pulse)

    def open(self) -> None:
        """Shows the window, then begins the threads."""
        self.window.show()
        self.operations.start()
        if not self.profile.is_local:
            self.operations.opened.connect(self._watch.start)

    def close(self) -> None:
        """Answers what is queued, ends the printers after the job in hand, lets go of the lock."""
        self._watch.stop()
        self.window.close()
        if self._exporter is not None:
            self._exporter.stop()
        if self._sharer is not None:
            self._sharer.stop()
        if self._spooler is not None:
            self._spooler.stop()
        for engine in (self._spool_engine, self._import_engine):
            if engine is not None:
                engine.dispose()
        self._only_one.release()

    def ask(self, question: Callable[[Session], T]) -> T:
        """The answer of a read-only question to the database, after it was opened; for sums, not for screens."""
        from wms_desktop.db.engine import open_engine, reading  # late: brings SQLAlchemy

        engine = open_engine(self.profile.database_url, read_only=True)
        try:
            with reading(engine) as session:
                return question(session)
        finally:
            engine.dispose()

    def _open_runner(self) -> StationRunner:
        from wms_desktop import runner  # late: brings SQLAlchemy, and the window shows first

        try:
            engine = runner.open_house(self.profile)
            if self._prepare is not None:
                self._prepare(engine)
            made = runner.StationRunner(self.profile, engine, self._clock or runner.utc_now)
            self._start_spooler()
            self._start_exporter()
            self._start_sharer()
        finally:
            self._is_open.set()
        return made

    def _open_reads(self) -> DeskReads:
        from wms_desktop import runner  # late: brings SQLAlchemy, and the window shows first

        self._is_open.wait(_GATE_S)
        return runner.DeskReads(self.profile, self._clock or runner.utc_now)

    def _open_imports(self) -> Importer:
        """What takes files in, with connections of its own; called on the threads of long work."""
        from wms_desktop import importer, runner  # late: brings SQLAlchemy, and the window shows first
        from wms_desktop.db.engine import open_engine  # late: brings SQLAlchemy

        self._is_open.wait(_GATE_S)
        with self._one_importer:
            if self._importer is None:
                self._import_engine = open_engine(self.profile.database_url)
                who = runner.who_is_here(self.profile)
                self._importer = importer.Importer(self._import_engine, self._clock or runner.utc_now, who)
        return self._importer

    def _start_spooler(self) -> None:
        from wms_desktop import runner  # late: brings SQLAlchemy, and the window shows first
        from wms_desktop.db.engine import open_engine  # late: brings SQLAlchemy
        from wms_desktop.gateways import spooler  # late: brings what draws papers
        from wms_desktop.services.printing import PrintOutbox  # late: brings SQLAlchemy

        self._spool_engine = open_engine(self.profile.database_url)
        outbox = PrintOutbox(self._spool_engine, self._clock or runner.utc_now)
        paper = {"labels": spooler.PaperSetting(dpi=self.profile.label_dpi)}
        draw = spooler.renderer(paper, zone=self.profile.timezone)
        self._spooler = spooler.Spooler(outbox, list_printers(self.profile), draw)
        self._spooler.start()

    def _start_exporter(self) -> None:
        """What the shop is told; not in a shift that is played on a clock of its own."""
        from wms_desktop import exporter, runner  # late: brings SQLAlchemy, and the window shows first

        if self._clock is None:
            self._exporter = exporter.Exporter(self.profile.database_url, runner.utc_now)
            self._exporter.start()

    def _start_sharer(self) -> None:
        """What seeks better sharing-outs of the trucks, beside the work."""
        from wms_desktop import runner, sharer  # late: brings SQLAlchemy, and the window shows first

        clock = self._clock or runner.utc_now
        self._sharer = sharer.Sharer(self.profile.database_url, clock, heard=self._say_shared)
        self._sharer.start()

    def _say_shared(self) -> None:
        """A truck was shared out better: the desks read again. Called on the sharer's thread; the signal is queued."""
        self.operations.changed.emit(Changes.INBOUND | Changes.LANES)

    def _changed(self, changes: Changes) -> None:
        if Changes.INBOUND in changes and self._sharer is not None:
            self._sharer.wake()
        if Changes.PRINTS in changes and self._spooler is not None:
            self._spooler.wake()

    def _feel_pulse(self) -> None:
        """Several workstations share the database: what another one changed shows here within two seconds."""
        self.operations.read(lambda reads: reads.pulse(), self._felt)

    def _felt(self, pulse: object) -> None:
        if self._pulse not in (None, pulse):
            self.operations.changed.emit(~Changes.NONE)
        self._pulse = pulse

    def _keep_photo(self, path: str) -> None:
        """A picture dropped at the dock is copied on the thread of the scans, then named on the damaged units."""

        def keep(runner: Any) -> tuple[Outcome, Message]:
            try:
                name = photos.keep(self.profile.folder / "photos", Path(path))
            except Refusal as refusal:
                return Outcome.STOP, Message(refusal.code, refusal.args_)
            answer = runner.act("attach_photo", {"file": name})
            return answer.outcome, answer.message

        self.operations.command(keep, lambda said: self.window.floor.tell_here(said[0], say_message(said[1])))

    def _show_logs(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.profile.folder)))


def open_station(folder: Path, prepare: Callable[[Engine], None], clock: Callable[[], Any]) -> Workstation:
    """A workstation on the profile in a folder, with its own clock; for the guided shift."""
    return Workstation(read_profile(folder), prepare, clock)


def watch_a_shift() -> None:
    """Plays the captioned shift in a window of its own: another process, a demo warehouse that is thrown away."""
    out = tempfile.mkdtemp(prefix="wms-shift-")
    QProcess.startDetached(sys.executable, ["-m", "wms_desktop", "shift", "--watch", "--plain", "--out", out])


def list_printers(profile: Profile) -> dict[str, Printer]:
    """The profile's printers by name; without any, two folders of PDFs."""
    wanted: Mapping[str, str] = profile.printers or {
        name: f"folder:{profile.folder / 'prints' / name}" for name in DEFAULT_PRINTERS
    }
    made: dict[str, Printer] = {}
    for name, text in wanted.items():
        kind, _, where = text.partition(":")
        made[name] = (
            IppPrinter(f"{kind}:{where}") if kind in ("ipp", "ipps")
            else QtPrinter(where) if kind == "system"
            else FolderPrinter(Path(where))
        )  # fmt: skip
    return made


@cache
def _keep_window_lively() -> None:
    """Both measured by `benchmarks.scan_storm`: they cost the window its longest stops."""
    # What is loaded by now stays to the end; a full collection over it would stop every thread for some 150 ms.
    gc.freeze()
    # A drawing call of Qt lets go of the interpreter and waits a whole slice (5 ms) of a thread that draws paper.
    sys.setswitchinterval(_SLICE_S)


def has_display() -> bool:
    """Whether there is a screen to open a window on."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def go_offscreen(width: int = 1920, height: int = 1080) -> None:
    """Gives Qt a screen in memory of this size; must come before the application object is made."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith("offscreen"):
        return
    config = Path(tempfile.mkdtemp(prefix="wms-screen-")) / "screen.json"
    screen = (
        '{"synchronousWindowSystemEvents":false,"windowFrameMargins":false,"screens":[{"name":"s0","x":0,"y":0,'
        f'"width":{width},"height":{height},"logicalDpi":96,"logicalBaseDpi":96,"dpr":1}}]}}'
    )
    config.write_text(screen, encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={config}"


def start_log(profile: Profile) -> None:
    """Writes the program's log into the profile's folder, a few files of bounded size."""
    handler = RotatingFileHandler(profile.log, maxBytes=1_000_000, backupCount=3, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def run_window(profile: Profile, prepare: Callable[[Engine], None] | None) -> int:
    """Opens the window on a profile and stays until it is closed; gives the exit status."""
    start_log(profile)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    workstation = Workstation(profile, prepare)
    workstation.window.errors.install()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: workstation.window.close())
    heartbeat = QTimer(interval=_HEARTBEAT_MS)  # Qt sleeps in C: without it Ctrl+C is not noticed
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start()
    workstation.open()
    status = application.exec()
    workstation.close()
    return status
