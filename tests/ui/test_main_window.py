"""The window: signing in, going about, locking, troubles, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import ANA, CARRY, PICK, FakeReads, FakeRunner, Open, accepted, press, stopper, type_into
from wms_desktop.prompts import Key, Outcome, Scan
from wms_desktop.ui import theme
from wms_desktop.ui.main_window import MainWindow, StationFacts
from wms_desktop.ui.operations import Operations
from wms_desktop.ui.settings import Settings
from wms_desktop.ui.theme import ThemeName
from wms_desktop.ui.window_menus import DESKS, STATIONS

FULL = OSError(28, "No space left on device")


def scan(window: MainWindow, text: str) -> None:
    """Scan as a scanner does: keys to whatever window is active."""
    type_into(window.windowHandle(), text + "\r")


def test_nothing_is_shown_before_a_badge_is_scanned(
    qtbot: QtBot, open_window: Callable[[], MainWindow], runner: FakeRunner
) -> None:
    window = open_window()
    window.show_place("pick")
    before = window.place
    scan(window, "BADGE-ANA")
    qtbot.waitUntil(lambda: window.place == "chooser")

    assert before == "sign_on"
    assert runner.sent == [("sign_on", Scan("BADGE-ANA"), 0)]
    assert window.chooser.places() == (*STATIONS, *DESKS)
    assert DESKS[:2] == ("batches", "backlog")


def test_a_station_is_opened_by_number_by_barcode_and_by_touch(qtbot: QtBot, window: MainWindow) -> None:
    opened = []
    for act in (
        lambda: scan(window, "3"),
        lambda: scan(window, "]C0WMS-KEY-PACK"),
        lambda: qtbot.mouseClick(window.chooser.findChild(QWidget, "place-dispatch"), Qt.MouseButton.LeftButton),
    ):
        window.show_place("chooser")
        qtbot.waitUntil(window.chooser.field.hasFocus)
        act()
        qtbot.waitUntil(lambda: window.place != "chooser")
        opened.append(window.place)

    assert opened == ["pick", "pack", "dispatch"]


@pytest.mark.parametrize("between", ["chooser", "pick"])
def test_a_desk_opened_in_a_hurry_has_the_keys(qtbot: QtBot, window: MainWindow, between: str) -> None:
    window.show_place("pack")
    qtbot.wait(20)
    window.show_place(between)
    window.show_place("backlog")  # before the other page's scan field had its turn
    qtbot.wait(50)

    assert window.page().isAncestorOf(QApplication.focusWidget())


def test_a_scan_is_answered_on_the_screen_of_its_station(qtbot: QtBot, picking: MainWindow, runner: FakeRunner) -> None:
    scan(picking, "5012345678900")
    screen = picking.floor.screen("pick")
    qtbot.waitUntil(lambda: screen.band.outcome is Outcome.ACCEPTED)

    assert screen.band.sentence.text() == "Heard 5012345678900"
    assert runner.sent[-1] == ("pick", Scan("5012345678900"), PICK.epoch)


def test_a_function_key_reaches_the_dialogue_from_the_keyboard(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    press(picking.windowHandle(), Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: runner.sent[-1][1] == Key("short"))


def test_an_answer_of_another_workflow_switches_the_screen(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    runner.answers["X"] = accepted("X", CARRY)
    runner.prompts["receive"] = CARRY
    scan(picking, "X")
    qtbot.waitUntil(lambda: picking.place == "receive")

    assert picking.floor.screen("receive").instruction.main.text() == "LANE 4"


def test_f12_locks_and_the_next_badge_finds_the_same_work(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    press(picking.windowHandle(), Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: picking.floor.who is None)
    locked, said = picking.place, picking.floor.screen("sign_on").band.sentence.text()
    hidden = not picking.menuBar().isVisible()
    scan(picking, "BADGE-ANA")
    qtbot.waitUntil(lambda: picking.place == "pick")

    assert (locked, hidden) == ("sign_on", True)
    assert "Ana Martins" in said
    assert picking.menuBar().isVisible()


def test_a_locked_station_opens_no_other_place(qtbot: QtBot, picking: MainWindow) -> None:
    picking.lock()
    qtbot.waitUntil(lambda: picking.floor.who is None)
    for place in ("pick", "batches", "backlog", "chooser"):
        picking.show_place(place)

        assert picking.place == "sign_on"


def test_a_station_left_alone_locks_itself(qtbot: QtBot, picking: MainWindow) -> None:
    picking.idle.setInterval(1)
    picking.idle.start()

    qtbot.waitUntil(lambda: picking.place == "sign_on")


def test_scans_of_an_earlier_run_are_read_before_the_first_prompt(
    qtbot: QtBot, open_window: Callable[[], MainWindow], runner: FakeRunner
) -> None:
    runner.open = (Open("k1", "5012", "13:02", "applied"), Open("k2", "5013", "13:03", "unknown"))
    runner.operator = ANA
    window = open_window()
    first = window.place
    shown = [window.trouble.tray.model.index(row, 2).data() for row in range(2)]
    scan(window, "WMS-KEY-YES")
    qtbot.waitUntil(lambda: window.place == "chooser")
    qtbot.waitUntil(lambda: runner.dismissed == ["k1", "k2"])

    assert first == "tray"
    assert shown[0].startswith("Carried out")
    assert shown[1].startswith("Not carried out")
    assert runner.sent == []


def test_a_full_disk_stops_the_floor_says_so_and_goes_on_at_yes(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner
) -> None:
    runner.faults["BAD"] = FULL
    scan(picking, "BAD")
    qtbot.waitUntil(lambda: picking.place == "halt")
    said = picking.trouble.halt.words.text()
    scan(picking, "NEXT")
    qtbot.waitUntil(lambda: len(runner.kept) == 1)
    scan(picking, "WMS-KEY-YES")
    qtbot.waitUntil(lambda: picking.place == "pick")

    assert "disk" in said
    assert runner.kept == [("pick", Scan("NEXT"), 0, "fault")]


def test_the_fault_screen_counts_what_is_saved(qtbot: QtBot, picking: MainWindow, runner: FakeRunner) -> None:
    runner.faults["BAD"] = FULL
    scan(picking, "BAD")
    qtbot.waitUntil(lambda: picking.place == "halt")
    scan(picking, "A")
    scan(picking, "B")

    qtbot.waitUntil(lambda: picking.trouble.halt.count.text() == "Saved and not carried out: 3")


def test_the_sound_of_an_outcome_is_played_once(qtbot: QtBot, picking: MainWindow, runner: FakeRunner) -> None:
    heard: list[Outcome] = []
    picking.floor.heard.connect(heard.append)
    runner.answers["BAD"] = stopper("BAD", PICK)
    scan(picking, "OK")
    qtbot.waitUntil(lambda: len(heard) == 1)
    scan(picking, "BAD")
    qtbot.waitUntil(lambda: len(heard) == 2)

    assert heard == [Outcome.ACCEPTED, Outcome.STOP]


def test_the_palette_goes_to_a_screen_by_a_few_letters(qtbot: QtBot, picking: MainWindow) -> None:
    qtbot.keyClick(picking.windowHandle(), Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: QApplication.activeWindow() is not picking)
    palette = QApplication.activeWindow()
    assert palette is not None
    entry = palette.findChild(QLineEdit)
    qtbot.keyClicks(entry, "backl")
    qtbot.keyClick(entry, Qt.Key.Key_Return)

    assert picking.place == "backlog"


def test_the_palette_offers_nothing_that_changes_data(picking: MainWindow) -> None:
    offered = {text for text, _ in picking.menus.commands()}

    assert {"Receive", "Backlog", "Dark theme", "Scanner test", "Lock"} <= offered
    assert "Quit" not in offered


def test_no_plain_control_letter_but_k_is_a_shortcut(picking: MainWindow) -> None:
    """A barcode can carry Ctrl+A to Ctrl+Z as control characters."""
    shortcuts = [action.shortcut().toString() for action in picking.findChildren(object) if hasattr(action, "shortcut")]
    plain = [keys for keys in shortcuts if keys.startswith("Ctrl+") and len(keys) == 6 and keys[-1].isalpha()]

    assert plain == ["Ctrl+K"]


@pytest.mark.parametrize("number", [*range(1, 9), *range(14, 26), 27, 28, 30, 31])
def test_a_control_character_in_a_barcode_does_nothing(
    qtbot: QtBot, picking: MainWindow, runner: FakeRunner, number: int
) -> None:
    """All but Ctrl+H, I, J, M (keys of their own), K (opens a list of screens), Z (undo, which can be undone)."""
    before = len(runner.sent)
    qtbot.keyClick(picking.windowHandle(), Qt.Key(0x40 + number), Qt.KeyboardModifier.ControlModifier)
    scan(picking, "A")
    qtbot.waitUntil(lambda: len(runner.sent) > before)

    assert runner.sent[before:] == [("pick", Scan("A"), PICK.epoch)]
    assert QApplication.activeWindow() is picking
    assert picking.place == "pick"


def test_a_theme_is_worn_at_once_and_remembered(picking: MainWindow, tmp_path: Path) -> None:
    picking.menus.action("theme.dark").trigger()
    colour = picking.grab().toImage().pixelColor(30, 200).name().upper()
    picking.settings.save()

    assert colour == theme.THEMES[ThemeName.DARK].ground.upper()
    assert Settings(tmp_path / "station.ini").theme is ThemeName.DARK


def test_the_shape_of_the_window_is_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    facts = StationFacts(name="P3", zone=UTC, version="0")
    shapes = []
    for size, place in (((1111, 777), (60, 40)), (None, None)):
        window = MainWindow(Operations(FakeRunner, FakeReads), Settings(tmp_path / "look.ini"), facts)
        qtbot.addWidget(window)
        if size and place:
            window.resize(*size)
            window.move(*place)
        window.show()
        shapes.append((window.size(), window.pos()))
        window.close()

    assert shapes == [(QSize(1111, 777), QPoint(60, 40))] * 2


def test_a_spoilt_settings_file_does_not_stop_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "look.ini"
    file.write_bytes(
        b"[look]\ntheme=pink\n[scanner]\ngs_key=abc\n[shape]\nwindow=\x00\xff\n[people]\nlock_minutes=-1\n"
    )
    settings = Settings(file)
    window = MainWindow(Operations(FakeRunner, FakeReads), settings, StationFacts(name="P3", zone=UTC, version="0"))
    qtbot.addWidget(window)

    assert (settings.theme, settings.gs_key, settings.lock_minutes) == (ThemeName.LIGHT, 0, 5)


def test_the_window_is_there_before_the_database(qtbot: QtBot, tmp_path: Path) -> None:
    operations = Operations(FakeRunner, FakeReads)
    window = MainWindow(operations, Settings(tmp_path / "s.ini"), StationFacts(name="P3", zone=UTC, version="0"))
    qtbot.addWidget(window)
    window.show()

    assert window.floor.screen("sign_on").instruction.main.text() == "Opening the warehouse"
    assert window.isVisible()


def test_training_shows_its_word_and_its_frame(qtbot: QtBot, tmp_path: Path) -> None:
    facts = StationFacts(name="P3", zone=UTC, version="0", training=True)
    window = MainWindow(Operations(FakeRunner, FakeReads), Settings(tmp_path / "s.ini"), facts)
    qtbot.addWidget(window)
    window.show()
    screen = window.floor.screen("sign_on")

    assert screen.grab().toImage().pixelColor(3, 300).name().upper() == theme.current().training
    assert "TRAINING" in screen.strip.words()


def test_help_asks_for_the_guided_shift_and_the_log_folder(qtbot: QtBot, picking: MainWindow) -> None:
    with qtbot.waitSignals([picking.watch_requested, picking.logs_requested]):
        picking.menus.action("watch").trigger()
        picking.menus.action("logs").trigger()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_the_about_box_names_the_licences(qtbot: QtBot, picking: MainWindow) -> None:
    from wms_desktop.ui.about import licences

    lines = "\n".join(licences())

    assert "PySide6_Essentials 6.11.3: LGPL-3.0-only" in lines
    assert "Roboto: Apache License 2.0" in lines


@pytest.mark.parametrize("place", ["sign_on", "chooser", "pick", "batches", "backlog", "scanner", "tray", "halt"])
def test_every_control_of_every_page_has_a_name(qtbot: QtBot, picking: MainWindow, place: str) -> None:
    picking.show_place(place)
    page = picking.page()
    controls = [w for w in page.findChildren(QWidget) if isinstance(w, QAbstractButton | QLineEdit)]
    own = [w for w in controls if not w.objectName().startswith("qt_") and type(w).__module__ != "PySide6.QtWidgets"]
    named = [w for w in controls if w.accessibleName() or (isinstance(w, QAbstractButton) and w.text())]

    assert [w for w in own if w not in named] == []


def test_words_of_two_stations_never_mix(qtbot: QtBot, picking: MainWindow, runner: FakeRunner) -> None:
    """A supervisor who goes from station to station finds each where it was left."""
    scan(picking, "A")
    qtbot.waitUntil(lambda: runner.sent[-1][1] == Scan("A"))
    picking.show_place("pack")
    qtbot.waitUntil(lambda: picking.floor.screen("pack").prompt is not None)
    qtbot.waitUntil(picking.floor.screen("pack").field.hasFocus)
    scan(picking, "B")
    qtbot.waitUntil(lambda: runner.sent[-1] == ("pack", Scan("B"), 0))

    assert picking.floor.screen("pack").band.sentence.text() in ("Heard B", "Waiting for the first scan.")
    assert picking.floor.screen("pick").band.sentence.text() == "Heard A"
