"""Item models over frozen rows."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.ui.fakes import Waiting
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
