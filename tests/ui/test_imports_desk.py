"""The imports desk: a file's way in by key and by drop, and what it shows."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import BADGE, FakeRunner, stopper
from tests.ui.import_fakes import FakeHouse, FakeImports, button
from wms_desktop.ui.desks.imports import ImportsDesk
from wms_desktop.ui.desks.imports_steps import STEPS
from wms_desktop.views.imports import Fault

# --------------------------------------------------------------------------------------------- the way through


def test_a_dropped_file_is_looked_into_and_shown_as_it_would_be_read(
    at_reading: ImportsDesk, imports: FakeImports, import_file: Path
) -> None:
    page = at_reading.reading

    assert imports.glances == [(import_file, "", None)]
    assert page.choices["format"].currentText() == "CSV table"
    assert page.mapping.mapping() == {"Invoice": "number", "Code": "sku", "Pieces": "qty"}
    assert [page.rows.text_at(0, column) for column in range(4)] == ["2", "5640", "85123A", "6"]


def test_f8_reads_the_file_and_shows_the_control_totals_side_by_side(
    at_staged: ImportsDesk, imports: FakeImports, import_file: Path
) -> None:
    page = at_staged.runs.preview

    assert [(path, reading.kind) for path, reading in imports.staged] == [(import_file, "orders")]
    assert page.totals.figures() == (
        ("", "In the file", "Goes in", "Refused"),
        ("Orders", "7", "5", "2"),
        ("Rows", "11", "9", "2"),
        ("Units", "62", "60", "2"),
        ("EUR", "7.00", "7.00", "0.00"),
        ("GBP", "1,234.50", "1,200.00", "34.50"),
    )
    assert [card.text() for card in page.cards.values()] == ["4", "0", "1", "2"]


def test_f8_at_the_preview_publishes_the_good_rows_only(
    qtbot: QtBot, at_preview: ImportsDesk, runner: FakeRunner, import_house: FakeHouse
) -> None:
    import_house.state, import_house.problems = "published", []
    qtbot.keyClick(at_preview, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: at_preview.runs.preview.state.text().endswith("it is in the house"))

    assert runner.acts == [("publish", {"run": 7, "good_only": True})]
    assert not at_preview.runs.preview.publish.isVisible()
    assert at_preview.note.text() == "Heard move"


def test_all_or_none_is_asked_of_the_house_and_its_refusal_is_told(
    qtbot: QtBot, at_preview: ImportsDesk, runner: FakeRunner
) -> None:
    runner.act_answers["publish"] = stopper("not all", BADGE)
    qtbot.mouseClick(button(at_preview, "preview-publish-all"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at_preview.note.text() == "Heard not all")
    qtbot.waitUntil(at_preview.runs.preview.publish.isEnabled)

    assert runner.acts == [("publish", {"run": 7, "good_only": False})]


def test_dropping_an_import_is_asked_twice(qtbot: QtBot, at_preview: ImportsDesk, runner: FakeRunner) -> None:
    qtbot.mouseClick(button(at_preview, "preview-drop"), Qt.MouseButton.LeftButton)
    asked = (list(runner.acts), button(at_preview, "preview-drop").text())
    qtbot.mouseClick(button(at_preview, "preview-drop"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: at_preview.step == "start")

    assert asked == ([], "Press again to drop it")
    assert runner.acts == [("drop", {"run": 7})]


def test_an_earlier_file_is_opened_from_the_list_by_enter(qtbot: QtBot, import_desk: ImportsDesk) -> None:
    import_desk.start.table.selectRow(0)
    qtbot.keyClick(import_desk.start.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: import_desk.step == "preview")

    assert import_desk.runs.run == 7


def test_every_control_of_every_step_has_a_name_for_a_screen_reader(qtbot: QtBot, at_preview: ImportsDesk) -> None:
    nameless = [
        f"{step}: {widget.metaObject().className()} {widget.objectName()}"
        for step in STEPS
        for widget in named_controls(at_preview, step)
        if not widget.accessibleName() and not getattr(widget, "text", str)()
    ]

    assert nameless == []


def named_controls(desk: ImportsDesk, step: str) -> list[QWidget]:
    """What the keyboard can reach at a step."""
    desk.show_step(step)
    return [
        widget
        for widget in desk.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.focusProxy()
    ]


def test_escape_goes_back_step_by_step(qtbot: QtBot, at_problems: ImportsDesk) -> None:
    steps = []
    for _ in range(3):
        qtbot.keyClick(at_problems, Qt.Key.Key_Escape)
        steps.append(at_problems.step)

    assert steps == ["preview", "start", "start"]


# ------------------------------------------------------------------------------------------- how it is read


def test_a_column_given_to_another_field_leaves_the_first_and_the_file_cannot_be_read_without_it(
    qtbot: QtBot, at_reading: ImportsDesk, imports: FakeImports
) -> None:
    combo = at_reading.reading.mapping.findChild(QWidget, "map-line_no")
    combo.setFocus()
    qtbot.keyClicks(combo, "Pieces")

    assert at_reading.reading.mapping.mapping()["Pieces"] == "line_no"
    assert not at_reading.reading.next.isEnabled()
    assert "Units" in at_reading.note.text()
    qtbot.keyClick(at_reading, Qt.Key.Key_F8)
    assert (at_reading.step, imports.staged) == ("reading", [])


def test_what_is_always_the_same_stands_in_for_a_column(
    qtbot: QtBot, at_reading: ImportsDesk, imports: FakeImports
) -> None:
    at_reading.reading.mapping.findChild(QWidget, "map-qty").setCurrentIndex(0)
    entry = at_reading.reading.mapping.findChild(QLineEdit, "always-qty")
    entry.setFocus()
    qtbot.keyClicks(entry, "1")
    qtbot.keyClick(entry, Qt.Key.Key_F8)
    qtbot.waitUntil(lambda: at_reading.step == "preview")

    assert imports.staged[0][1].constants == {"qty": "1"}


def test_an_article_may_be_named_by_its_barcode_or_its_name_where_there_is_no_sku(at_reading: ImportsDesk) -> None:
    combo = at_reading.reading.mapping.findChild(QWidget, "map-barcode")
    combo.setCurrentIndex(combo.findText("Code"))

    assert at_reading.reading.mapping.mapping()["Code"] == "barcode"
    assert at_reading.reading.next.isEnabled()


def test_what_is_the_same_in_every_row_is_kept_with_the_mapping(
    qtbot: QtBot, at_reading: ImportsDesk, runner: FakeRunner
) -> None:
    form = at_reading.reading.mapping
    form.findChild(QLineEdit, "always-currency").setText("GBP")
    kept = form.saved()
    form.findChild(QLineEdit, "always-currency").setText("")
    form.take_saved(kept)

    assert kept["constant:currency"] == "GBP"
    assert form.constants() == {"currency": "GBP"}


def test_another_date_style_is_tried_on_the_first_rows_at_once(
    qtbot: QtBot, at_reading: ImportsDesk, imports: FakeImports
) -> None:
    imports.sample_rows = (
        Fault(line=2, key="5640", column="placed_at", value="31/12", rule="row", args={"text": "no day"}, fields={}),
    )
    combo = at_reading.reading.choices["dates"]
    combo.setFocus()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: at_reading.reading.rows.rowCount() == 1)

    assert imports.samples[-1].dates == "dmy"
    assert at_reading.reading.rows.text_at(0, 1) == "no day"


def test_another_delimiter_gives_other_columns_and_another_kind_is_found_out_anew(
    qtbot: QtBot, at_reading: ImportsDesk, imports: FakeImports
) -> None:
    qtbot.keyClick(at_reading.reading.choices["delimiter"], Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: len(imports.glances) == 2)
    qtbot.keyClick(at_reading.reading.choices["kind"], Qt.Key.Key_Down)
    qtbot.waitUntil(
        lambda: at_reading.reading.choices["kind"].currentData() == "products" and len(imports.glances) == 3
    )

    assert imports.glances[1][2] is not None
    assert imports.glances[1][2].delimiter == ";"
    assert imports.glances[2][1:] == ("products", None)


def test_a_saved_mapping_is_chosen_and_a_new_one_is_saved_under_a_name(
    qtbot: QtBot, at_reading: ImportsDesk, runner: FakeRunner
) -> None:
    qtbot.waitUntil(lambda: at_reading.reading.saved.count() == 2)
    at_reading.reading.saved.setCurrentIndex(1)
    at_reading.reading.saved.activated.emit(1)
    chosen = at_reading.reading.mapping.mapping()
    at_reading.reading.save_name.clear()
    qtbot.keyClicks(at_reading.reading.save_name, "Till")
    qtbot.mouseClick(button(at_reading, "save-mapping"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(runner.acts))

    assert chosen == {"Code": "barcode", "Pieces": "qty"}
    assert runner.acts == [("save_mapping", {"kind": "orders", "name": "Till", "mapping": chosen})]


def test_the_wheel_changes_no_choice_that_the_keyboard_is_not_on(qtbot: QtBot, at_reading: ImportsDesk) -> None:
    at_reading.reading.choices["kind"].setFocus()
    combo = at_reading.reading.choices["dates"]
    turn = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QCoreApplication.sendEvent(combo, turn)

    assert combo.currentData() == "ymd"
