"""The window: signing in, the stations, the desks, and what is the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon
from PySide6.QtWidgets import QApplication, QMainWindow, QStackedWidget, QWidget

from wms_desktop.gateways import photos
from wms_desktop.prompts import Outcome, Who
from wms_desktop.resources import get_resource
from wms_desktop.ui import theme
from wms_desktop.ui.about import open_about
from wms_desktop.ui.command_palette import CommandPalette
from wms_desktop.ui.desk_work import DeskWork
from wms_desktop.ui.desks.desk import Desk
from wms_desktop.ui.devices import Sounds
from wms_desktop.ui.error_window import ErrorWindow
from wms_desktop.ui.file_drops import FileDrops
from wms_desktop.ui.floor_work import FloorWork
from wms_desktop.ui.operations import SIGN_ON, Operations
from wms_desktop.ui.pages.chooser import ChooserPage
from wms_desktop.ui.pages.scanner_test import ScannerTestPage
from wms_desktop.ui.scan_capture import ScanCapture
from wms_desktop.ui.scan_field import ScanField
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.stations import make_screen
from wms_desktop.ui.stations.floor import FloorScreen
from wms_desktop.ui.stations.receiving import ReceivingScreen
from wms_desktop.ui.theme import ThemeName
from wms_desktop.ui.trouble_work import TroubleWork
from wms_desktop.ui.widgets import Notice, plain
from wms_desktop.ui.window_menus import DESKS, RIGHTS, STATIONS, WindowMenus, icon_of
from wms_desktop.ui.wording import say


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFacts:
    """What the window knows of its place: the station's name, the house's clock and zone, training or not."""

    name: str
    zone: tzinfo
    version: str
    training: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def time(self) -> str:
        """The time of the house, as the strip shows it."""
        return self.clock().astimezone(self.zone).strftime("%H:%M")


class MainWindow(QMainWindow):
    """One window, one page at a time; scans reach the station whatever page or dialog has the focus.

    ``watch_requested()``: Help > Watch a shift. ``logs_requested()``: Help > Open the log folder.
    ``photo_dropped(path)``: a picture was dropped at the dock; the caller keeps it and says so. The caller starts
    ``operations`` after :meth:`show`, so that the window is there before the database is.
    """

    watch_requested = Signal()
    logs_requested = Signal()
    photo_dropped = Signal(str)

    def __init__(self, operations: Operations, settings: Settings, facts: StationFacts) -> None:
        super().__init__()
        self.operations, self.settings, self.facts = operations, settings, facts
        self.place = SIGN_ON
        self._station = ""
        self._before_halt = SIGN_ON
        self.sounds = Sounds()
        self.sounds.is_on = settings.has_sound
        self.pages = QStackedWidget()
        self.setCentralWidget(self.pages)
        self.floor = FloorWork(operations, self._make_screen, facts.name)
        self.desks = DeskWork(operations, settings, facts.zone, facts.clock)
        self.trouble = TroubleWork(operations, lambda: self._station)
        self.chooser = ChooserPage()
        self.scanner = ScannerTestPage()
        self.menus = WindowMenus(self, self.act)
        self.capture = ScanCapture(self._find_field)
        self.drops = FileDrops(self, self._take_files, self._tell_drop)
        self.errors = ErrorWindow(self, facts.version)
        self.idle = QTimer(self, singleShot=True, interval=max(1, settings.lock_minutes) * 60_000)
        self._dress()
        self._connect()
        self._begin()

    # ------------------------------------------------------------------------------------------ places

    def show_place(self, place: str) -> None:
        """Bring up a station, a desk or a page, by name; where nobody is signed on only signing in is shown."""
        if self.floor.who is None and place not in (SIGN_ON, "halt", "tray", "scanner"):
            place = SIGN_ON
        if self.trouble.has_open_scans() and place != "halt":
            place = "tray"  # what became of earlier scans is read before the first prompt
        if place == "halt" and self.place != "halt":
            self._before_halt = self.place
        self.place = place
        self.menus.set_at_desk(place in DESKS)
        page = self._page(place)
        self.pages.setCurrentWidget(page)
        if place in STATIONS:
            self._station = place
            self.floor.open_place(place)
        self.menuBar().setVisible(place != "halt" and not self.floor.locked_place)
        self.setWindowTitle(f"{say(f'ui.place.{place}') if place != 'halt' else ''} – {say('ui.app')}".lstrip(" –"))

    def page(self) -> QWidget:
        """The page on the screen."""
        return self.pages.currentWidget() or self.pages

    def take_code(self, text: str) -> None:
        """A whole code caught outside the scan field goes to the page, or from a desk to the last station."""
        page = self.page()
        field = getattr(page, "field", None)
        if isinstance(field, ScanField):
            field.submitted.emit(text)
        elif isinstance(page, Desk) and page.takes_codes:
            page.take_code(text)
        elif self._station:
            self.show_place(self._station)
            self.floor.send(self._station, text)
        else:
            self.sounds.play(Outcome.NOT_UNDERSTOOD)
            self.statusBar().showMessage(say("ui.scan.nowhere"), 8_000)

    def act(self, name: str) -> None:
        """Carry out a menu command by its name."""
        acts: dict[str, Callable[[], object]] = {
            "lock": self.lock,
            "quit": self.close,
            "palette": self.open_palette,
            "keys": lambda: self.floor.screen(self._station or SIGN_ON).press("help"),
            "about": lambda: open_about(self, self.facts.version),
            "watch": self.watch_requested.emit,
            "logs": self.logs_requested.emit,
            "import": lambda: self.desks.open_with("imports", {"choose": True}),
        }
        if name == "sound":
            self.sounds.is_on = self.settings.has_sound = self.menus.action(name).isChecked()
        elif name == "full_screen":
            (self.showFullScreen if self.menus.action(name).isChecked() else self.showNormal)()
        elif name.startswith("theme."):
            self.set_theme(ThemeName(name.removeprefix("theme.")))
        elif name in acts:
            acts[name]()
        else:
            self.show_place(name)

    def lock(self) -> None:
        """Lock the station; the work stays, the next badge finds it again."""
        self.floor.lock(self.place)

    def open_palette(self) -> CommandPalette:
        """Show the command palette."""
        palette = CommandPalette(self, self.menus.commands())
        palette.show()
        return palette

    def set_theme(self, name: ThemeName) -> None:
        """Wear another theme, from now on."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.wear(application, name)
        self.settings.theme = name
        for screen in self.floor.screens():
            screen.restyle()
        self.menus.check(name, has_sound=self.sounds.is_on)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the shape of the window, answer what is queued, let go of the keyboard."""
        self.settings.keep_bytes("window", self.saveGeometry())
        self.desks.stop()
        self.settings.save()
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self.capture)
        self.operations.close()
        super().closeEvent(event)

    # ------------------------------------------------------------------------------------------ inside

    def _dress(self) -> None:
        self.setWindowIcon(QIcon(str(get_resource("icons/app.svg"))))
        self.setMinimumSize(960, 600)
        self.resize(1280, 720)
        shape = self.settings.bytes_of("window")
        if not shape.isEmpty():
            self.restoreGeometry(shape)
        self.statusBar().setSizeGripEnabled(False)
        self.statusBar().hide()
        self.statusBar().messageChanged.connect(lambda text: self.statusBar().setVisible(bool(text)))
        for place in ("chooser", "halt", "tray", "scanner"):
            self.pages.addWidget(self._page(place))
        self.menus.set_places(())
        self.menus.check(self.settings.theme, has_sound=self.sounds.is_on)

    def _connect(self) -> None:
        self.trouble.go.connect(self.show_place)
        self.desks.went.connect(self.show_place)
        self.trouble.left_halt.connect(lambda: self.show_place(self._before_halt))
        self.operations.failed.connect(lambda _: self.sounds.play(Outcome.STOP))
        self.floor.go.connect(self.show_place)
        self.floor.signed_on.connect(self._signed)
        self.floor.heard.connect(self.sounds.play)
        self.chooser.chosen.connect(self.show_place)
        self.chooser.locked.connect(self.lock)
        self.chooser.scanned.connect(lambda _: self.sounds.play(Outcome.NOT_UNDERSTOOD))
        self.scanner.stand_in_found.connect(self._use_stand_in)
        self.capture.captured.connect(self.take_code)
        self.capture.cut_off.connect(lambda: self.floor.stop_here("ui.scan.cut_off"))
        self.capture.touched.connect(self.idle.start)
        self.idle.timeout.connect(self._lock_idle)

    def _begin(self) -> None:
        screen = self.floor.screen(SIGN_ON)
        screen.instruction.show_words(say("ui.opening"), say("ui.opening.sub"), "", is_verdict=False)
        self._use_stand_in(self.settings.gs_stand_in)
        self.show_place(SIGN_ON)
        self.operations.ask(SIGN_ON)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self.capture)

    def _make_screen(self, workflow: str) -> FloorScreen:
        screen = make_screen(workflow)
        screen.set_training(self.facts.training)
        screen.strip.set_clock(self.facts.time)
        screen.field.set_scanner(self.settings.gs_key, self.settings.gs_stand_in)
        self.pages.addWidget(screen)
        screen.left.connect(lambda: self.show_place("chooser"))
        if isinstance(screen, ReceivingScreen):
            screen.photo_chosen.connect(self.photo_dropped)
        return screen

    def _page(self, place: str) -> QWidget:
        pages: dict[str, QWidget] = {
            "chooser": self.chooser,
            "halt": self.trouble.halt,
            "tray": self.trouble.tray,
            "scanner": self.scanner,
        }
        if place in pages:
            return pages[place]
        if place not in DESKS:
            return self.floor.screen(place)
        desk = self.desks.desk(place)
        if self.pages.indexOf(desk) < 0:
            self.pages.addWidget(desk)
        return desk

    def _find_field(self) -> QWidget | None:
        field = getattr(self.page(), "field", None)
        alone = QApplication.activePopupWidget() is None and QApplication.activeModalWidget() is None
        here = self.isActiveWindow() or isinstance(QApplication.activeWindow(), Notice)
        return field if isinstance(field, ScanField) and alone and here else None

    def _signed(self, who: Who | None) -> None:
        places = _places_of(who)
        self.menus.set_places(places)
        if who is not None:
            self.chooser.show_places(who.name, [(place, icon_of(place)) for place in places])
        if who is not None and self.settings.lock_minutes:
            self.idle.start()

    def _take_files(self, files: list[str]) -> None:
        """Files dropped on the window: to the imports desk; a floor screen stays up, and says where they wait."""
        name = plain(Path(files[0]).name, 80)
        if self.floor.who is None:
            self._tell_drop(say("ui.drop.nobody", file=name))
        elif self.place == "receive" and photos.is_picture_name(files[0]):
            self.photo_dropped.emit(files[0])
        elif "imports" not in _places_of(self.floor.who):
            self._tell_drop(say("ui.drop.may_not", file=name))
        elif self.place in STATIONS:
            self.desks.imports.open_with({"files": files})
            keys = self.menus.action("imports").shortcut().toString()
            self._tell_drop(say("ui.drop.waits", file=name, keys=keys), Outcome.LOOK_HERE)
        else:
            self.desks.open_with("imports", {"files": files})

    def _tell_drop(self, sentence: str, outcome: Outcome = Outcome.NOT_UNDERSTOOD) -> None:
        if self.place in (*STATIONS, SIGN_ON):
            self.floor.tell_here(outcome, sentence)
        else:
            self.sounds.play(outcome)
            self.statusBar().showMessage(sentence, 12_000)

    def _lock_idle(self) -> None:
        if self.floor.who is not None and self.settings.lock_minutes:
            self.lock()

    def _use_stand_in(self, character: str) -> None:
        self.settings.gs_stand_in = character
        self.capture.set_scanner(self.settings.gs_key, character)
        for screen in self.floor.screens():
            screen.field.set_scanner(self.settings.gs_key, character)


def _places_of(who: Who | None) -> tuple[str, ...]:
    if who is None:
        return ()
    return (
        *(place for place in STATIONS if place in who.may),
        *(place for place in DESKS if RIGHTS[place] in who.may),
    )
