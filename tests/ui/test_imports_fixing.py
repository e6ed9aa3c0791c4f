"""The imports desk: the fix list, and what goes wrong on a file's way in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.fakes import BADGE, FakeReads, FakeRunner, stopper
from tests.ui.import_fakes import FakeHouse, FakeImports, button, drop, problem
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Message, Scan
from wms_desktop.ui.desks.imports import ImportsDesk
from wms_desktop.ui.main_window import MainWindow

# --------------------------------------------------------------------------------------------- the fix list


def test_a_row_is_mended_by_keyboard_alone_and_leaves_the_list(
    qtbot: QtBot, at_problems: ImportsDesk, runner: FakeRunner, import_house: FakeHouse
) -> None:
    page = at_problems.runs.problems
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    entry = page.panel.findChild(QLineEdit, "mend-qty")
    qtbot.waitUntil(entry.hasFocus)
    qtbot.keyClicks(entry, "6")
    import_house.problems = [problem(2)]
    qtbot.keyClick(entry, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: page.rows.rowCount() == 1)

    assert runner.acts == [("mend", {"row": 1, "fields": {"qty": "6"}})]
    assert page.panel.problem == problem(2)
    assert page.panel.findChild(QLineEdit, "mend-qty").hasFocus()


def test_a_row_that_is_still_wrong_stays_with_its_new_reason(
    qtbot: QtBot, at_problems: ImportsDesk, import_house: FakeHouse
) -> None:
    page = at_problems.runs.problems
    still = problem(1, value="six", cure=Message("row", {"text": "six is no number."}))
    import_house.problems = [still, problem(2)]
    page.panel.send()
    qtbot.waitUntil(lambda: page.panel.why.text() == "six is no number.")

    assert page.panel.check.isEnabled()
    assert page.rows.rowCount() == 2


def test_chosen_rows_are_left_out_together(
    qtbot: QtBot, at_problems: ImportsDesk, runner: FakeRunner, import_house: FakeHouse
) -> None:
    at_problems.runs.problems.table.selectAll()
    import_house.problems = []
    qtbot.mouseClick(button(at_problems, "problems-leave-out"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at_problems.runs.problems.rows.rowCount() == 0)

    assert runner.acts == [("leave_out", {"rows": [1, 2]})]
    assert at_problems.runs.problems.title.text() == "No row is refused any more"


def test_what_was_mended_after_publishing_can_be_published_too(
    qtbot: QtBot, import_desk: ImportsDesk, import_house: FakeHouse, runner: FakeRunner
) -> None:
    import_house.state = "published"
    import_desk.open_with({"run": 7})
    qtbot.waitUntil(lambda: import_desk.step == "preview")
    import_desk.runs.preview.list.click()
    import_house.problems = []
    import_desk.runs.problems.panel.send()
    qtbot.waitUntil(lambda: import_desk.runs.problems.rows.rowCount() == 0)
    qtbot.keyClick(import_desk, Qt.Key.Key_Escape)
    qtbot.keyClick(import_desk, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: len(runner.acts) == 2)

    assert runner.acts[1] == ("publish", {"run": 7, "good_only": True})


def test_the_mistake_stands_first_even_where_the_file_calls_it_otherwise(
    qtbot: QtBot, at_problems: ImportsDesk, import_house: FakeHouse
) -> None:
    page = at_problems.runs.problems
    import_house.problems = [problem(1, column="Pieces")]
    page.panel.send()
    qtbot.waitUntil(lambda: page.rows.rowCount() == 1)
    page.panel.focus_first()

    assert page.panel.findChild(QLineEdit, "mend-qty").hasFocus()


def test_control_down_goes_to_the_next_row_without_leaving_the_fields(qtbot: QtBot, at_problems: ImportsDesk) -> None:
    page = at_problems.runs.problems
    page.panel.focus_first()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)

    assert page.panel.problem == problem(2)
    assert page.panel.findChild(QLineEdit, "mend-qty").hasFocus()


def test_a_long_fix_list_is_fetched_page_by_page_and_stays_whole_after_a_row_is_mended(
    qtbot: QtBot, import_desk: ImportsDesk, import_house: FakeHouse
) -> None:
    import_house.problems, import_house.page = [problem(n) for n in range(1, 31)], 10
    import_desk.open_with({"run": 7})
    qtbot.waitUntil(lambda: import_desk.step == "preview")
    page = import_desk.runs.problems
    page.show_more.click()
    qtbot.waitUntil(lambda: page.rows.rowCount() == 30)
    import_house.problems = import_house.problems[1:]
    page.panel.send()
    qtbot.waitUntil(lambda: page.rows.rowCount() == 29)

    assert page.show_more.isHidden()


def test_the_fix_list_is_exported_with_its_reasons(qtbot: QtBot, at_problems: ImportsDesk, tmp_path: Path) -> None:
    at_problems.settings.export_folder = str(tmp_path)
    qtbot.mouseClick(button(at_problems, "problems-export"), Qt.MouseButton.LeftButton)
    dialog = at_problems.findChild(QFileDialog, "export-dialog")
    proposed, is_modal = Path(dialog.selectedFiles()[0]), dialog.isModal()
    dialog.accept()
    qtbot.waitUntil(lambda: at_problems.note.text().startswith("Written: 2 rows"))

    assert not is_modal
    assert proposed == tmp_path / "orders-refused.csv"
    assert proposed.read_text(encoding="utf-8") == "run 7"


def test_the_file_is_read_again_with_the_same_choices(
    qtbot: QtBot, at_staged: ImportsDesk, imports: FakeImports, import_file: Path
) -> None:
    at_staged.show_step("problems")
    qtbot.mouseClick(button(at_staged, "problems-again"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at_staged.step == "reading")

    assert imports.glances[-1][0] == import_file
    assert imports.glances[-1][2] is not None
    assert imports.glances[-1][2].mapping == {"Invoice": "number", "Code": "sku", "Pieces": "qty"}


# ------------------------------------------------------------------------------------------ what goes wrong


def test_a_file_that_cannot_be_read_is_told_and_the_desk_goes_on(
    qtbot: QtBot, window: MainWindow, import_desk: ImportsDesk, imports: FakeImports, import_file: Path
) -> None:
    imports.faults["glance"] = Refusal("row", text="It is a picture, not a table.")
    drop(window, import_file)
    qtbot.waitUntil(lambda: "picture" in import_desk.note.text())
    told, step = import_desk.note.text(), import_desk.step
    drop(window, import_file)
    qtbot.waitUntil(lambda: import_desk.step == "reading")

    assert (told, step) == ("orders.csv cannot be read. It is a picture, not a table.", "start")


def test_a_reader_that_dies_half_way_leaves_the_choices_as_they_were(
    qtbot: QtBot, at_reading: ImportsDesk, imports: FakeImports
) -> None:
    imports.faults["stage"] = Refusal("row", text="The file needed more memory than allowed.")
    qtbot.keyClick(at_reading, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: "memory" in at_reading.note.text())

    assert at_reading.step == "reading"
    assert at_reading.reading.mapping.mapping()["Pieces"] == "qty"


def test_escape_while_reading_stops_it_and_nothing_stays(
    qtbot: QtBot, at_reading: ImportsDesk, imports: FakeImports
) -> None:
    imports.gate.clear()
    qtbot.keyClick(at_reading, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: at_reading.progress.told.text().startswith("25%"))
    qtbot.keyClick(at_reading, Qt.Key.Key_Escape)
    qtbot.waitUntil(imports.was_cancelled.is_set)

    assert at_reading.progress.rows.text() == "12,000 rows read"
    assert at_reading.step == "reading"
    assert at_reading.note.text() == "Stopped. Nothing of this file was kept."
    assert imports.staged == []


def test_a_file_already_imported_is_told_among_the_notes(
    qtbot: QtBot, import_desk: ImportsDesk, import_house: FakeHouse
) -> None:
    import_house.notes = (Message("row", {"text": "This very file was published on 20 November."}),)
    import_desk.open_with({"run": 7})
    qtbot.waitUntil(lambda: import_desk.step == "preview")

    assert import_desk.runs.preview.notes.text() == "This very file was published on 20 November."


def test_where_every_row_is_bad_there_is_nothing_to_publish(
    qtbot: QtBot, import_desk: ImportsDesk, import_house: FakeHouse, runner: FakeRunner
) -> None:
    import_house.good = 0
    import_desk.open_with({"run": 7})
    qtbot.waitUntil(lambda: import_desk.step == "preview")
    qtbot.keyClick(import_desk, Qt.Key.Key_F8)

    assert not import_desk.runs.preview.publish.isEnabled()
    assert runner.acts == []


def test_who_may_not_is_refused_by_the_house_and_the_run_stays(
    qtbot: QtBot, at_preview: ImportsDesk, runner: FakeRunner
) -> None:
    runner.act_answers["publish"] = stopper("Ben may not", BADGE)
    qtbot.keyClick(at_preview, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: at_preview.note.text() == "Heard Ben may not")
    qtbot.waitUntil(at_preview.runs.preview.publish.isEnabled)

    assert at_preview.step == "preview"


def test_a_question_that_cannot_be_answered_is_told_in_a_sentence(
    qtbot: QtBot, import_desk: ImportsDesk, reads: FakeReads
) -> None:
    def broken(_args: object) -> None:
        raise RuntimeError("the server went away")

    reads.answers["preview"] = broken
    import_desk.open_with({"run": 7})
    qtbot.waitUntil(lambda: "the server went away" in import_desk.note.text())

    assert import_desk.step == "start"


def test_the_window_closed_while_importing_stops_the_reading(
    qtbot: QtBot, window: MainWindow, at_reading: ImportsDesk, imports: FakeImports
) -> None:
    imports.gate.clear()
    qtbot.keyClick(at_reading, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: window.operations.jobs.running() == 1)
    window.close()

    assert imports.was_cancelled.is_set()
    assert imports.staged == []


def test_a_scan_during_an_import_is_answered_at_once(
    qtbot: QtBot, window: MainWindow, at_reading: ImportsDesk, imports: FakeImports, runner: FakeRunner
) -> None:
    imports.gate.clear()
    qtbot.keyClick(at_reading, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: window.operations.jobs.running() == 1)
    window.show_place("pick")
    window.floor.send("pick", "5012345678900")
    qtbot.waitUntil(lambda: runner.sent[-1][1] == Scan("5012345678900"))
    imports.gate.set()
    qtbot.waitUntil(lambda: at_reading.step == "preview")

    assert window.place == "pick"
