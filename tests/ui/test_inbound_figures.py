"""The figures of the dock: every one opens its rows, and every card and the whole page go to a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui import inbound_rows as rows
from tests.ui.inbound_stage import open_inbound
from tests.ui.stage import Stage
from wms_desktop.phrases import receive
from wms_desktop.prompts import Message
from wms_desktop.ui.desks.inbound_rows import COLUMNS
from wms_desktop.ui.export_dialog import ExportDialog
from wms_desktop.views.dock import DockRows

KEY = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path, said: dict[str, str]) -> Stage:
    said |= receive.TEXTS  # the words of the reasons
    made = open_inbound(qtbot, tmp_path)
    made.desk.show_tab("figures")
    return made


def texts(stage: Stage) -> list[list[str]]:
    """What the open rows say, cell by cell."""
    model = stage.desk.figures.rows.table.rows
    return [[model.text_at(place, n) for n in range(model.columnCount())] for place in range(model.rowCount())]


def written(stage: Stage, target: Path) -> list[str]:
    """The lines of the file that was asked for."""
    stage.desk.exported.export_to(target)
    stage.qtbot.waitUntil(lambda: stage.jobs.running() == 0)
    return target.read_text(encoding="utf-8-sig").splitlines()


@pytest.mark.parametrize(("tile", "what"), [
    ("share", "crossed"), ("orders", "orders"), ("minutes", "minutes"), ("saved", "saved"), ("walked", "walked"),
    ("trucks", "trucks"),
])  # fmt: skip
def test_enter_on_a_figure_opens_its_rows_and_esc_comes_back_to_it(stage: Stage, tile: str, what: str) -> None:
    stage.desk.figures.tiles[tile].setFocus()
    stage.press(KEY.Key_Return)
    asked, shown = stage.asked[-1], texts(stage)
    stage.press(KEY.Key_Escape)

    assert asked == ("dock_rows", {"what": what, "key": "", "days": 28})
    assert len(shown) == len(rows.BEHIND[what])
    assert stage.desk.figures.opened() == ("", "")
    assert stage.focus() is stage.desk.figures.tiles[tile]


@pytest.mark.parametrize(("chart", "what", "key"), [
    ("kinds", "crossed", "planned"), ("declines", "declined", "does_not_fit"),
    ("days", "received", (rows.TODAY - timedelta(days=1)).isoformat()),
])  # fmt: skip
def test_a_bar_opens_the_rows_of_its_part_under_its_name(stage: Stage, chart: str, what: str, key: str) -> None:
    bar = stage.desk.figures.charts[chart].row(key)
    bar.click()

    assert stage.asked[-1] == ("dock_rows", {"what": what, "key": key, "days": 28})
    assert bar.bar.label in stage.desk.figures.rows.title.text()


def test_rows_say_order_units_and_what_became_of_them(stage: Stage) -> None:
    stage.desk.figures.charts["declines"].row("does_not_fit").click()
    declined = texts(stage)[0]
    stage.press(KEY.Key_Escape)
    stage.desk.figures.tiles["saved"].click()

    assert declined[1:8] == ["SO-00043", "Harbour Gifts Ltd", "MUG-BLUE", "Blue mug 300 ml", "6", "does not fit",
                             "planned before it came"]  # fmt: skip
    assert [row[0] for row in texts(stage)] == ["Lane", "Bin"]
    assert stage.desk.figures.rows.sum.text() == "Rows 2, units 8"


def test_the_rows_of_a_day_sum_to_both_figures_of_its_bar(stage: Stage) -> None:
    (came,) = rows.BEHIND["received"]
    parts = (replace(came, units=100, crossed=45), replace(came, units=10, crossed=0))
    stage.answers["dock_rows"] = lambda args: DockRows(what="received", key=args["key"], rows=parts, is_cut=False)
    bar = stage.desk.figures.charts["days"].row((rows.TODAY - timedelta(days=1)).isoformat())
    bar.click()

    assert bar.bar.words == "45 of 110"
    assert stage.desk.figures.rows.sum.text() == "Rows 2, cross-docked 45 of 110 units"


def test_the_trucks_behind_the_tile_are_counted_as_the_tile_counts_them(stage: Stage) -> None:
    (late,) = rows.BEHIND["trucks"]
    trucks = (late, replace(late, verdict="on_time"), replace(late, verdict="missed"), replace(late, verdict="on_time"))
    stage.answers["dock_rows"] = lambda args: DockRows(what="trucks", key="", rows=trucks, is_cut=False)
    stage.desk.figures.tiles["trucks"].click()

    assert stage.desk.figures.rows.title.text() == "Trucks, and how they kept their windows"
    assert stage.desk.figures.rows.sum.text() == "Trucks 4: in time 2, late 1, missed 1"


@pytest.mark.parametrize("what", rows.BEHIND)
def test_every_column_of_long_rows_is_on_a_small_page_and_the_title_on_one_line(stage: Stage, what: str) -> None:
    page = stage.desk.figures.rows
    long = {"product": "Stoneware serving bowl with two handles, sage", "customer": "Harbour Gifts and Homeware Ltd"}
    wide = tuple(replace(row, **{k: v for k, v in long.items() if hasattr(row, k)}) for row in rows.BEHIND[what])
    stage.answers["dock_rows"] = lambda args: DockRows(what=what, key="", rows=wide, is_cut=False)
    stage.desk.resize(1280, 690)
    stage.desk.figures._open(what, "", "Sent to storage instead, by reason: does not fit")
    stage.qtbot.waitUntil(lambda: page.table.rows.rowCount() > 0)
    stage.qtbot.wait(20)

    assert page.table.horizontalScrollBar().maximum() == 0
    assert page.title.height() < 2 * page.title.fontMetrics().height()


def test_enter_on_a_row_opens_the_orders_story_or_the_truck(stage: Stage) -> None:
    stage.desk.figures.tiles["share"].click()
    stage.press(KEY.Key_Return)
    stage.press(KEY.Key_Escape)
    stage.desk.figures.tiles["trucks"].click()
    stage.press(KEY.Key_Return)

    assert stage.gone[-1] == ("story", {"order": 41})
    assert stage.desk.opened.delivery_id == 3


def test_a_row_without_an_order_opens_nothing(stage: Stage) -> None:
    stage.desk.figures.tiles["walked"].click()
    stage.press(KEY.Key_Return)

    assert stage.gone == []


def test_rows_of_a_figure_left_meanwhile_are_not_shown(stage: Stage) -> None:
    stage.desk.figures.tiles["walked"].click()
    stage.desk.figures.show_rows(DockRows(what="crossed", key="", rows=rows.BEHIND["crossed"], is_cut=False))

    assert [row[1] for row in texts(stage)] == ["JUG"]


def test_a_fresh_reading_reads_the_open_rows_too_and_stays_on_its_row(stage: Stage) -> None:
    stage.desk.figures.tiles["share"].click()
    stage.press(KEY.Key_Down)
    stage.desk.refresh()

    assert [question for question, _ in stage.asked][-2:] == ["dock_figures", "dock_rows"]
    assert stage.desk.figures.rows.table.current().order_id == 42


@pytest.mark.parametrize(("answer", "words"), [
    (DockRows(what="crossed", key="", rows=(), is_cut=False), "Nothing is behind this figure."),
    (DockRows(what="crossed", key="", rows=rows.BEHIND["crossed"], is_cut=True), "The latest 2 rows; there are more."),
])  # fmt: skip
def test_no_rows_and_too_many_are_said(stage: Stage, answer: DockRows, words: str) -> None:
    stage.answers["dock_rows"] = lambda args: answer
    stage.desk.figures.tiles["share"].click()

    assert stage.desk.figures.rows.sum.text() == words


def test_rows_that_cannot_be_read_say_why_and_esc_goes_back(stage: Stage) -> None:
    stage.answers["dock_rows"] = lambda args: Message("ui.read_failed", {"reason": "the disk is gone"})
    stage.desk.figures.tiles["share"].click()
    said = stage.desk.note.text()
    stage.press(KEY.Key_Escape)

    assert "the disk is gone" in said
    assert stage.desk.figures.opened() == ("", "")


@pytest.mark.parametrize("what", COLUMNS)
def test_every_cell_of_every_figures_rows_can_be_shown_and_written(stage: Stage, what: str, tmp_path: Path) -> None:
    stage.desk.figures._open(what, "", what)
    table = stage.desk.figures.rows.table
    table.export_to(tmp_path / "rows.xlsx")
    stage.qtbot.waitUntil(lambda: stage.jobs.running() == 0)
    sheet = load_workbook(tmp_path / "rows.xlsx").active

    assert all(len(row) == table.rows.columnCount() for row in texts(stage))
    assert sheet.max_row == 1 + len(rows.BEHIND[what])


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("card", "head", "line"), [
    ("kinds", "How found,Units,Scans", "planned before it came,700,90"),
    ("declines", "Reason,Units,Scans", "does not fit,4,1"),
    ("days", "Day,Received,Cross-docked", f"{rows.TODAY.isoformat()},100,40"),
])  # fmt: skip
def test_each_card_has_a_button_that_writes_its_rows(
    stage: Stage, tmp_path: Path, card: str, head: str, line: str
) -> None:
    stage.desk.findChild(QPushButton, f"export-{card}").click()
    lines = written(stage, tmp_path / "card.csv")

    assert lines[0] == head
    assert line in lines


def test_the_whole_page_has_a_button_that_writes_every_figure_in_words(stage: Stage, tmp_path: Path) -> None:
    stage.desk.findChild(QPushButton, "dock-export-all").click()
    lines = written(stage, tmp_path / "dock.csv")

    assert lines[0] == "Figure,Of what,Value"
    assert "Units received,,2400" in lines
    assert "Minutes from dock to truck through a lane,median,62" in lines
    assert '"Units sent to storage instead, by reason",does not fit,4' in lines


def asked_for(stage: Stage) -> str:
    """The name of the table whose file is asked for."""
    dialog: Any = next(one for one in stage.desk.findChildren(ExportDialog) if one.isVisible())
    name = dialog.parent().accessibleName()
    dialog.close()
    return str(name)


@pytest.mark.parametrize("keys", [((KEY.Key_E,), Qt.KeyboardModifier.NoModifier), ((KEY.Key_E,), CONTROL)])
def test_e_and_control_e_write_what_is_looked_at(stage: Stage, keys: Any) -> None:
    page = stage.desk.figures
    names = []
    for part in (page.tiles["share"], page.charts["kinds"].row("planned")):
        part.setFocus()
        stage.press(*keys[0], modifiers=keys[1])
        names.append(asked_for(stage))
    page.tiles["orders"].click()
    stage.press(*keys[0], modifiers=keys[1])

    assert names == ["Cross-docking figures", "How they were found"]
    assert asked_for(stage) == "Orders served"


@pytest.mark.parametrize("tab", ["trucks", "orders", "suppliers"])
def test_e_writes_the_table_of_a_tab(stage: Stage, tab: str) -> None:
    stage.desk.show_tab(tab)
    stage.press(KEY.Key_E)

    assert asked_for(stage) == stage.desk.tables[tab].accessibleName()


def test_before_the_figures_are_read_there_is_nothing_to_write(qtbot: QtBot, tmp_path: Path) -> None:
    made = open_inbound(qtbot, tmp_path)
    made.desk.figures.export_here()

    assert made.desk.findChildren(ExportDialog) == []
    assert isinstance(made.desk.figures, QWidget)
