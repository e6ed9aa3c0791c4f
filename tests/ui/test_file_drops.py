"""Files dropped on the window: at a desk, on a floor screen, and where they are not wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.fakes import BADGE, FakeRunner, accepted
from tests.ui.import_fakes import FakeHouse, FakeImports, drop, drop_data
from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer, Outcome, Scan, Who
from wms_desktop.ui.desks.imports import ImportsDesk
from wms_desktop.ui.main_window import MainWindow

PICKER = Who(operator_id=3, name="Ben", role="picker", may=frozenset({"pick", "putaway"}))


# ------------------------------------------------------------------------------------- dropping on the window


def test_a_file_dropped_on_a_floor_screen_waits_at_the_desk_and_the_screen_stays(
    qtbot: QtBot, picking: MainWindow, import_house: FakeHouse, import_file: Path, runner: FakeRunner
) -> None:
    drop(picking, import_file)
    qtbot.waitUntil(lambda: picking.desks.imports.step == "reading")
    band = picking.floor.screen("pick").band.sentence.text()
    qtbot.keyClicks(picking.floor.screen("pick").field, "5012345678900\r")
    qtbot.waitUntil(lambda: runner.sent[-1][1] == Scan("5012345678900"))

    assert picking.place == "pick"
    assert band.startswith("orders.csv waits at the Imports desk (Ctrl+Shift+I)")


def test_a_picture_dropped_at_the_dock_is_handed_on_to_be_kept(
    qtbot: QtBot, picking: MainWindow, imports: FakeImports, tmp_path: Path
) -> None:
    picture = tmp_path / "crushed.JPG"
    picture.write_bytes(b"\xff\xd8\xff")
    picking.show_place("receive")

    with qtbot.waitSignal(picking.photo_dropped) as dropped:
        drop(picking, picture)

    assert dropped.args == [str(picture)]
    assert imports.glances == []


def test_who_may_not_import_is_told_so_and_the_file_is_not_opened(
    qtbot: QtBot, picking: MainWindow, imports: FakeImports, import_file: Path
) -> None:
    picking.floor.who = PICKER
    drop(picking, import_file)

    band = picking.floor.screen("pick").band
    assert band.outcome is Outcome.NOT_UNDERSTOOD
    assert "supervisor" in band.sentence.text()
    assert imports.glances == []


def test_a_file_dropped_before_anybody_signed_on_is_not_opened(
    open_window: Callable[[], MainWindow], imports: FakeImports, import_file: Path
) -> None:
    window = open_window()
    drop(window, import_file)

    assert window.floor.screen("sign_on").band.sentence.text().startswith("Scan your badge first")
    assert imports.glances == []


def test_a_folder_and_a_link_are_told_apart_from_a_file(
    window: MainWindow, import_house: FakeHouse, tmp_path: Path
) -> None:
    drop(window, tmp_path)
    folder = window.statusBar().currentMessage()
    link = QMimeData()
    link.setUrls([QUrl("https://shop.example/orders.csv")])
    drop_data(window, link)

    assert folder.endswith("is a folder. Drop the file itself.")
    assert window.statusBar().currentMessage().startswith("That is not a file on this computer.")


def test_a_card_of_the_batches_board_is_no_file(window: MainWindow) -> None:
    data = QMimeData()
    data.setData("application/x-batch", b"1")

    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(3, 3), Qt.DropAction.MoveAction, data, left, none)

    assert not window.drops.eventFilter(window.windowHandle(), event)
    assert not window.statusBar().currentMessage()


def test_several_files_come_in_one_after_another(
    qtbot: QtBot, window: MainWindow, import_desk: ImportsDesk, import_file: Path, imports: FakeImports
) -> None:
    other = import_file.with_name("stock.csv")
    other.write_text("x", encoding="utf-8")
    drop(window, import_file, other)
    qtbot.waitUntil(lambda: import_desk.step == "reading")
    qtbot.keyClick(import_desk, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: import_desk.step == "reading" and len(imports.glances) == 2)

    assert import_desk.reading.file.text() == "stock.csv"


def test_a_file_dropped_while_another_is_read_waits_its_turn(
    qtbot: QtBot, window: MainWindow, at_reading: ImportsDesk, import_file: Path, imports: FakeImports
) -> None:
    imports.gate.clear()
    qtbot.keyClick(at_reading, Qt.Key.Key_F8)
    drop(window, import_file.rename(import_file.with_name("second.csv")))
    told = at_reading.note.text()
    imports.gate.set()
    qtbot.waitUntil(lambda: at_reading.step == "preview")

    assert told == "second.csv waits until this one is done."
    assert len(imports.glances) == 1


def test_control_i_asks_for_a_file_at_a_desk_and_is_no_key_of_a_floor_screen(
    qtbot: QtBot, window: MainWindow, import_house: FakeHouse
) -> None:
    window.show_place("pick")
    on_floor = window.menus.action("import").shortcut().isEmpty()
    window.show_place("backlog")
    at_desk = window.menus.action("import").shortcut().toString()
    window.act("import")
    qtbot.waitUntil(lambda: window.desks.imports.findChild(QFileDialog, "import-dialog") is not None)

    assert (on_floor, at_desk) == (True, "Ctrl+I")
    assert window.place == "imports"
    assert not window.desks.imports.findChild(QFileDialog, "import-dialog").isModal()


def test_an_answer_with_changes_reaches_every_desk(
    qtbot: QtBot, window: MainWindow, at_preview: ImportsDesk, runner: FakeRunner
) -> None:
    base = accepted("done", BADGE)
    runner.act_answers["publish"] = Answer(
        outcome=base.outcome, message=base.message, prompt=base.prompt, changes=Changes.ORDERS
    )
    with qtbot.waitSignal(window.operations.changed) as heard:
        qtbot.keyClick(at_preview, Qt.Key.Key_F8)

    assert heard.args == [Changes.ORDERS]
