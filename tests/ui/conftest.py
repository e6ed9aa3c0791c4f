"""The window over a fake runner, dressed as the application dresses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import PHRASES, FakeReads, FakeRunner
from tests.ui.import_fakes import FakeHouse, FakeImports, button, drop
from wms_desktop import phrases
from wms_desktop.phrases import desks, promises, ui_backlog, ui_dock, ui_imports, ui_orders
from wms_desktop.ui import theme, wording
from wms_desktop.ui.desks.imports import ImportsDesk
from wms_desktop.ui.main_window import MainWindow, StationFacts
from wms_desktop.ui.operations import Operations
from wms_desktop.ui.settings import Settings


@pytest.fixture(autouse=True)
def said(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The window's own phrases and a few prompts, so that these tests need no dialogue's texts."""
    parts = (desks, promises, ui_imports, ui_backlog, ui_orders, ui_dock)
    texts = {code: text for part in parts for code, text in part.TEXTS.items()} | PHRASES
    for module in (phrases, wording):
        monkeypatch.setattr(module, "texts", lambda: texts)
    return texts


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    light = theme.THEMES[theme.ThemeName.LIGHT]
    if theme.current() is not light or not qapp.styleSheet():
        theme.wear(qapp, theme.ThemeName.LIGHT)


@pytest.fixture(autouse=True)
def released(qapp: QApplication) -> Iterator[None]:
    """No key of one test is still held in the next: Qt remembers Ctrl and Shift of a simulated key until another."""
    yield
    if QGuiApplication.keyboardModifiers() is not Qt.KeyboardModifier.NoModifier:
        QTest.keyClick(QWindow(), Qt.Key.Key_F24)
    assert QGuiApplication.keyboardModifiers() is Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def cleared(qapp: QApplication) -> Iterator[None]:
    """The closed window goes at once; outside of an event loop Qt keeps what was to be deleted later.

    Dozens of kept windows make each new one slow to dress and to show.
    """
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
def reads() -> FakeReads:
    return FakeReads()


@pytest.fixture
def imports() -> FakeImports:
    return FakeImports()


@pytest.fixture
def operations(qapp: QApplication, runner: FakeRunner, reads: FakeReads, imports: FakeImports) -> Iterator[Operations]:
    made = Operations(lambda: runner, lambda: reads, lambda: imports)
    yield made
    runner.gate.set()
    made.close()


@pytest.fixture
def open_window(qtbot: QtBot, operations: Operations, tmp_path: Path) -> Callable[[], MainWindow]:
    """Shows the window at 1280 x 720 and waits until it waits for a badge (or for the tray to be read)."""

    def open_it() -> MainWindow:
        facts = StationFacts(name="Station P3", zone=UTC, version="0.1.0")
        window = MainWindow(operations, Settings(tmp_path / "station.ini"), facts)
        qtbot.addWidget(window)
        window.sounds.is_on = False
        window.resize(1280, 720)
        window.show()
        qtbot.waitActive(window).__enter__()
        operations.start()
        qtbot.waitUntil(lambda: window.floor.screen("sign_on").prompt is not None)
        return window

    return open_it


@pytest.fixture
def window(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> MainWindow:
    """The window with Ana signed on, at the station chooser."""
    made = open_window()
    made.floor.send("sign_on", "BADGE-ANA")
    qtbot.waitUntil(lambda: made.place == "chooser")
    return made


@pytest.fixture
def picking(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window at the pick station, its scan field ready."""
    window.show_place("pick")
    qtbot.waitUntil(lambda: window.floor.screen("pick").prompt is not None)
    qtbot.waitUntil(lambda: window.floor.screen("pick").field.hasFocus())
    return window


@pytest.fixture
def import_house(reads: FakeReads) -> FakeHouse:
    """What the house knows of one run."""
    made = FakeHouse()
    reads.answers.update(made.answers())
    return made


@pytest.fixture
def import_file(tmp_path: Path) -> Path:
    made = tmp_path / "orders.csv"
    made.write_text("Invoice,Code,Pieces,Price,Note\n", encoding="utf-8")
    return made


@pytest.fixture
def import_desk(qtbot: QtBot, window: MainWindow, import_house: FakeHouse) -> ImportsDesk:
    """The imports desk at its first step."""
    window.show_place("imports")
    qtbot.waitUntil(lambda: window.desks.imports.start.rows.rowCount() == 1)
    return window.desks.imports


@pytest.fixture
def at_reading(qtbot: QtBot, window: MainWindow, import_desk: ImportsDesk, import_file: Path) -> ImportsDesk:
    """A file was dropped and looked into."""
    drop(window, import_file)
    qtbot.waitUntil(lambda: import_desk.step == "reading" and import_desk.reading.rows.rowCount() == 2)
    return import_desk


@pytest.fixture
def at_staged(qtbot: QtBot, at_reading: ImportsDesk) -> ImportsDesk:
    """The file is read."""
    qtbot.keyClick(at_reading, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: at_reading.step == "preview")
    return at_reading


@pytest.fixture
def at_preview(qtbot: QtBot, import_desk: ImportsDesk) -> ImportsDesk:
    """A file that was read earlier is up."""
    import_desk.open_with({"run": 7})
    qtbot.waitUntil(lambda: import_desk.step == "preview")
    return import_desk


@pytest.fixture
def at_problems(qtbot: QtBot, at_preview: ImportsDesk) -> ImportsDesk:
    """The fix list is up."""
    qtbot.mouseClick(button(at_preview, "preview-list"), Qt.MouseButton.LeftButton)
    assert at_preview.step == "problems"
    return at_preview
