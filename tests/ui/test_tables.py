"""Item models over frozen rows."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.fakes import Waiting
from wms_desktop.ui import table_files
from wms_desktop.ui.jobs import Jobs
from wms_desktop.ui.tables import Column, RowsModel, Table

ROWS = (Waiting("SO-3", "Casa", units_open=1), Waiting("SO-1", "Harbour", units_open=30), Waiting("SO-2", "=1+1"))
COLUMNS = (
    Column(title="Order", text=lambda r: r.order_number, sort=lambda r: r.order_number),
    Column(title="Customer", text=lambda r: r.customer, sort=lambda r: r.customer),
    Column(title="Units", text=lambda r: str(r.units_open), sort=lambda r: r.units_open, is_number=True),
)


@pytest.fixture
def model() -> RowsModel:
    made = RowsModel(COLUMNS)
    made.show_rows(ROWS)
    return made


def orders(model: RowsModel) -> list[str]:
    return [row.order_number for row in model.shown()]


def test_the_model_passes_qts_own_tester(model: RowsModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.sort(0)
    model.set_filter("casa")
    model.set_filter("")
    model.show_rows(ROWS[:1])
    model.show_rows(())

    assert tester.model() is model


def test_rows_keep_their_order_until_a_column_is_sorted(model: RowsModel) -> None:
    came = orders(model)
    model.sort(2, Qt.SortOrder.DescendingOrder)
    down = orders(model)
    model.sort(-1)

    assert came == orders(model) == ["SO-3", "SO-1", "SO-2"]
    assert down == ["SO-1", "SO-2", "SO-3"]


def test_numbers_sort_as_numbers(model: RowsModel) -> None:
    model.show_rows([Waiting("A", units_open=9), Waiting("B", units_open=10)])
    model.sort(2)

    assert orders(model) == ["A", "B"]


def test_every_word_of_the_filter_must_be_there_whatever_the_case(model: RowsModel) -> None:
    model.set_filter("so- CASA")

    assert orders(model) == ["SO-3"]


def test_the_selection_goes_with_its_row_when_sorted(qtbot: QtBot, model: RowsModel) -> None:
    table = Table(model, "orders")
    qtbot.addWidget(table)
    table.selectRow(1)
    model.sort(0)

    assert [model.row_at(i).order_number for i in table.selectionModel().selectedRows()] == ["SO-1"]


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier])
def test_a_row_chosen_by_the_desk_is_the_only_one_whatever_keys_are_held(
    qtbot: QtBot, model: RowsModel, held: Qt.KeyboardModifier
) -> None:
    table = Table(model, "orders")
    qtbot.addWidget(table)
    table.selectRow(0)
    qtbot.keyPress(table, Qt.Key.Key_F24, held)
    table.selectRow(1)

    assert [row.order_number for row in table.chosen()] == ["SO-1"]


def test_copied_rows_have_titles_and_compute_nothing_in_a_spreadsheet(qtbot: QtBot, model: RowsModel) -> None:
    table = Table(model, "orders")
    qtbot.addWidget(table)
    table.selectAll()
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text().splitlines() == [
        "Order\tCustomer\tUnits",
        "SO-3\tCasa\t1",
        "SO-1\tHarbour\t30",
        "SO-2\t'=1+1\t3",
    ]


def test_a_cell_shows_markup_as_letters_and_its_tip_is_escaped(model: RowsModel) -> None:
    model.show_rows([Waiting("<b>SO</b>")])
    index = model.index(0, 0)

    assert index.data() == "<b>SO</b>"
    assert "&lt;b&gt;" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_ten_thousand_rows_are_shown_sorted_and_filtered_in_a_blink(model: RowsModel, qtbot: QtBot) -> None:
    import time

    rows = [Waiting(f"SO-{n}", units_open=n % 97) for n in range(10_000)]
    began = time.process_time()
    model.show_rows(rows)
    model.sort(2)
    model.set_filter("SO-99")

    assert time.process_time() - began < 1.5
    assert len(orders(model)) == 111


# ------------------------------------------------------------------------------------- twenty thousand rows


def test_a_cell_is_worded_when_it_is_seen_and_once_for_rows_that_say_the_same() -> None:
    worded: list[int] = []

    def text(row: Waiting) -> str:
        worded.append(row.units_open)
        return f"{row.units_open} pcs"

    model = RowsModel([Column(title="Units", text=text, by=lambda r: r.units_open)])
    model.show_rows([Waiting(f"SO-{n}", units_open=n % 3) for n in range(3_000)])
    at_first = len(worded)
    model.set_filter("2 pcs")

    assert (at_first, sorted(worded)) == (0, [0, 1, 2])
    assert len(orders(model)) == 1_000


def test_a_column_without_a_sort_key_sorts_by_its_text_whatever_the_case() -> None:
    model = RowsModel([Column(title="Customer", text=lambda r: r.customer)])
    model.show_rows([Waiting("1", "harbour"), Waiting("2", "Casa"), Waiting("3", "almond")])
    model.sort(0)

    assert orders(model) == ["3", "2", "1"]


def test_what_the_filter_looks_in_is_made_ready_in_the_pauses(qtbot: QtBot, model: RowsModel) -> None:
    model.show_rows([Waiting(f"SO-{n}") for n in range(3_000)])
    at_first = model.texts.is_prepared()

    qtbot.waitUntil(model.texts.is_prepared)
    assert not at_first


def test_the_filter_looks_only_where_the_person_can_see(qtbot: QtBot, model: RowsModel) -> None:
    table = Table(model, "orders")
    qtbot.addWidget(table)
    model.set_filter("casa")
    found = orders(model)
    table.show_column(1, shown=False)
    hidden = orders(model)
    table.show_column(1, shown=True)

    assert (found, hidden, orders(model)) == (["SO-3"], [], ["SO-3"])


def test_what_is_chosen_stays_chosen_when_the_rows_are_read_anew(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS, key=lambda row: row.order_number)
    model.show_rows(ROWS)
    table = Table(model, "orders")
    qtbot.addWidget(table)
    table.choose(["SO-2", "SO-3"], "SO-2")
    model.show_rows([Waiting("SO-9"), *(Waiting(row.order_number, units_open=77) for row in ROWS)])

    assert [row.order_number for row in table.chosen()] == ["SO-3", "SO-2"]
    assert table.current() == Waiting("SO-2", units_open=77)


def test_a_row_that_is_gone_leaves_the_others_chosen(qtbot: QtBot) -> None:
    model = RowsModel(COLUMNS, key=lambda row: row.order_number)
    model.show_rows(ROWS)
    table = Table(model, "orders")
    qtbot.addWidget(table)
    table.choose(["SO-1", "SO-2"], "SO-1")
    model.show_rows(ROWS[2:])

    assert [row.order_number for row in table.chosen()] == ["SO-2"]


# --------------------------------------------------------------------------------- opening, columns, export


@pytest.fixture
def table(qtbot: QtBot, model: RowsModel) -> Table:
    made = Table(model, "Backlog")
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    return made


def test_enter_and_a_double_click_open_the_row(qtbot: QtBot, table: Table) -> None:
    opened: list[str] = []
    table.opened.connect(lambda row: opened.append(row.order_number))
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    place = table.visualRect(table.rows.index(0, 1)).center()
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert opened == ["SO-1", "SO-3"]


def test_a_column_is_put_away_by_the_menu_and_the_last_one_cannot_be(qtbot: QtBot, table: Table) -> None:
    for title in ("Order", "Customer"):
        menu = table.open_columns(QPoint(5, 5))
        next(action for action in menu.actions() if action.text() == title).trigger()
        menu.close()
    last = table.open_columns(QPoint(5, 5))
    enabled = {action.text(): action.isEnabled() for action in last.actions()}
    last.close()

    assert table.columns_shown() == [2]
    assert enabled == {"Order": True, "Customer": True, "Units": False}


def test_order_width_sorting_and_hidden_columns_are_remembered(qtbot: QtBot, table: Table) -> None:
    table.horizontalHeader().moveSection(2, 0)
    table.show_column(1, shown=False)
    table.setColumnWidth(2, 222)
    table.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    again = Table(RowsModel(COLUMNS), "Backlog")
    qtbot.addWidget(again)
    again.rows.show_rows(ROWS)
    again.restore(table.header_state(), (10, 10, 10))

    assert again.columns_shown() == [2, 0]
    assert again.columnWidth(2) == 222
    assert orders(again.rows) == ["SO-1", "SO-2", "SO-3"]


def test_columns_saved_by_a_version_with_others_are_not_taken_up(qtbot: QtBot, table: Table) -> None:
    fewer = Table(RowsModel(COLUMNS[:2]), "Backlog")
    qtbot.addWidget(fewer)
    fewer.restore(table.header_state(), (111, 50))

    assert fewer.columnWidth(0) == 111


def export(qtbot: QtBot, table: Table, target: Path) -> str:
    """What the table tells after an export, its job run on the spot."""
    told: list[str] = []
    jobs = Jobs()
    table.worked.connect(jobs.begin)
    table.told.connect(lambda sentence, _: told.append(sentence))
    table.export_to(target)
    qtbot.waitUntil(lambda: len(told) == 2)
    return told[1]


def test_what_is_shown_is_exported_as_csv_and_nothing_in_it_computes(
    qtbot: QtBot, table: Table, tmp_path: Path
) -> None:
    table.rows.sort(2, Qt.SortOrder.DescendingOrder)
    table.horizontalHeader().moveSection(2, 0)
    told = export(qtbot, table, tmp_path / "out.csv")

    assert (tmp_path / "out.csv").read_bytes().decode("utf-8-sig").splitlines() == [
        "Units,Order,Customer",
        "30,SO-1,Harbour",
        "3,SO-2,'=1+1",
        "1,SO-3,Casa",
    ]
    assert told == f"Written: 3 rows to {tmp_path / 'out.csv'}"
    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]


def test_what_is_shown_is_exported_as_a_workbook_with_numbers_and_days(
    qtbot: QtBot, table: Table, tmp_path: Path
) -> None:
    columns = (*COLUMNS, Column(title="Day", text=lambda r: "Friday", value=lambda r: date(2026, 11, 20)))
    table.rows.show_columns(columns, ROWS)
    export(qtbot, table, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]

    assert rows[0] == ["Order", "Customer", "Units", "Day"]
    assert rows[3] == ["SO-2", "=1+1", 3, datetime(2026, 11, 20)]
    assert sheet["B4"].data_type == "s"


def test_an_export_that_fails_leaves_the_old_file_and_says_what_to_do(
    qtbot: QtBot, table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(table_files.os, "fsync", full)
    told = export(qtbot, table, target)

    assert told.startswith("out.csv was not written. The disk did not take it (No space left on device).")
    assert [file.read_text(encoding="utf-8") for file in tmp_path.iterdir()] == ["old"]


def test_an_export_given_up_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    count = table_files.write_table(
        target, ["A"], [["1"], ["2"]], total=2, progress=lambda *_: None, is_cancelled=lambda: True
    )

    assert count == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_no_text_of_a_file_begins_like_a_formula(text: str, tmp_path: Path) -> None:
    table_files.write_table(
        tmp_path / "a.csv", ["A"], [[text]], total=1, progress=lambda *_: None, is_cancelled=lambda: False
    )
    written = next(csv.reader((tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1:]))

    assert written[0][0] not in "=+-@\t\r"


def test_control_e_asks_for_a_name_beside_the_work(qtbot: QtBot, table: Table, tmp_path: Path) -> None:
    table.folder = str(tmp_path)
    jobs = Jobs()
    table.worked.connect(jobs.begin)
    qtbot.keyClick(table, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = table.findChild(QFileDialog, "export-dialog")
    is_modal = dialog.isModal()
    dialog.selectNameFilter(dialog.nameFilters()[1])
    dialog.filterSelected.emit(dialog.nameFilters()[1])
    with qtbot.waitSignal(table.filed):
        dialog.accept()

    assert not is_modal
    assert (tmp_path / "backlog.xlsx").is_file()


def test_the_export_dialog_goes_away_with_its_page(qtbot: QtBot, table: Table) -> None:
    table.export()
    dialog = table.findChild(QFileDialog, "export-dialog")
    table.hide()

    assert not dialog.isVisible()
