"""The cockpit: what it says, and that every figure opens its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from pytestqt.qtbot import QtBot

from tests.ui import backlog_rows as rows
from tests.ui.stage import REFUSED, Stage
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui.desks import figure_parts as parts
from wms_desktop.ui.desks.backlog_rows import Filter, narrow_of, sheet_of
from wms_desktop.ui.desks.figures import FiguresDesk
from wms_desktop.ui.settings import Settings
from wms_desktop.views.backlog import STATES

KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton
BOOK = rows.backlog(120)


@pytest.fixture(autouse=True)
def english() -> Any:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    made = Stage(FiguresDesk(Settings(tmp_path / "station.ini"), UTC), qtbot)
    made.answers["figures"] = lambda args: rows.figures(BOOK)
    return made.open()


def rows_behind(stage: Stage) -> int:
    """The units of the rows that the last press opened."""
    place, args = stage.gone[-1]
    assert place == "backlog"
    left = sheet_of(BOOK).accepted(Filter(narrow=narrow_of(args)), UTC)
    return sum(line.units_open for line in BOOK.lines if left is None or line.line_id in left[0])


@pytest.mark.parametrize("dimension", ["age_band", "cause", "customer", "product", "paid_week", "channel", "currency"])
def test_every_bar_opens_the_rows_that_it_counts(stage: Stage, dimension: str) -> None:
    chart = stage.desk.boards.chart(dimension)
    for bar in chart.bars():
        chart.row(bar.key).click()

        assert f"{rows_behind(stage):,}" == bar.words, bar


def test_the_bar_of_the_rest_opens_all_but_the_first_ten(stage: Stage) -> None:
    keys = [bar.key for bar in stage.desk.boards.bars("customer")]
    stage.desk.boards.chart("customer").row(parts.REST).click()

    assert len(keys) == 11
    assert stage.gone[-1][1]["is_rest"]
    assert stage.gone[-1][1]["keys"] == keys[:10]


@pytest.mark.parametrize("state", STATES)
def test_every_state_opens_its_rows(stage: Stage, state: str) -> None:
    mark = stage.desk.boards.states().mark(state)
    mark.setFocus()
    stage.press(KEY.Key_Return)

    assert stage.gone[-1][1]["keys"] == [state]
    assert f"{rows_behind(stage):,}" == mark.words[1]


def test_the_headline_says_the_totals_and_no_sum_of_two_currencies(stage: Stage) -> None:
    tile = stage.desk.headline.tile

    assert tile("units").words() == ("Open units", "591", "in 120 lines")
    assert tile("orders").words()[1] == "60"
    assert tile("money").words()[1:3] == ("2,002.50 GBP", "213.75 EUR")
    assert tile("clear").words()[1:] == ("8.4 days", "at the pace of the last days")
    assert tile("today").words()[1] == "+339  −381"


@pytest.mark.parametrize(
    ("name", "dimension", "mode"),
    [("units", "all", "lines"), ("orders", "all", "orders"), ("money", "all", "orders"), ("paid", "paid", "orders"),
     ("clear", "all", "lines")],
)  # fmt: skip
def test_a_headline_figure_opens_its_rows(stage: Stage, name: str, dimension: str, mode: str) -> None:
    stage.desk.headline.tile(name).setFocus()
    stage.press(KEY.Key_Space)

    place, args = stage.gone[-1]
    assert (place, args["dimension"], args["mode"]) == ("backlog", dimension, mode)


def test_what_came_today_and_on_any_day_opens(stage: Stage) -> None:
    stage.desk.headline.tile("today").click()
    today = stage.gone[-1][1]
    stage.desk.boards.flow.setFocus()
    stage.press(KEY.Key_Left, KEY.Key_Return)

    assert today["keys"] == [rows.TODAY]
    assert stage.gone[-1][1]["keys"] == [rows.TODAY - timedelta(days=1)]
    assert stage.gone[-1][1]["label"] == "Placed Thu 19 Nov, still open"


def test_the_hands_needed_say_which_rates_are_defaults_and_open_the_work(stage: Stage) -> None:
    stage.desk.boards.hands.click()

    assert stage.desk.boards.rates.text().splitlines() == [
        "Picking: 100 units an hour, measured from 3,412",
        "Packing: 155 units an hour, a default: too little was measured yet",
    ]
    assert stage.gone[-1][1]["dimension"] == "leaves_by"
    assert stage.gone[-1][1]["keys"] == [rows.NOW + timedelta(hours=3)]


def test_bars_can_show_orders_or_money_of_one_currency(stage: Stage) -> None:
    words = {}
    for place in range(stage.desk.measure.count()):
        stage.desk.measure.setCurrentIndex(place)
        words[stage.desk.measure.currentText()] = [bar.words for bar in stage.desk.boards.bars("currency")]

    assert words == {
        "units": ["534", "57"], "orders": ["54", "6"], "money in EUR": ["213.75", "0.00"],
        "money in GBP": ["2,002.50", "0.00"],
    }  # fmt: skip


def test_what_the_bars_show_stays_when_read_anew(stage: Stage) -> None:
    stage.desk.measure.setCurrentIndex(1)
    stage.desk.refresh()

    assert stage.desk.measure.currentText() == "orders"


def test_alerts_are_said_and_open_the_list(stage: Stage) -> None:
    said = stage.desk.headline.alerts()
    stage.desk.headline._alerts[0].click()
    stage.desk.show_figures(rows.figures(BOOK, alerts=()))

    assert said == ["The backlog has grown for five days.", "PO-007 is late: 212 orders wait for it."]
    assert stage.gone[-1][1]["dimension"] == "all"
    assert stage.desk.headline.alerts() == []


def opened_by(stage: Stage, table: str) -> dict[str, Any]:
    """What Enter on the second row of a table opens."""
    stage.desk.tables[table].setFocus()
    stage.desk.tables[table].selectRow(1)
    stage.press(KEY.Key_Return)
    return dict(stage.gone[-1][1])


def test_arrivals_moves_and_waits_open_their_rows(stage: Stage) -> None:
    arrival = opened_by(stage, "arrivals")
    moved = opened_by(stage, "moved")
    waited = opened_by(stage, "waited")

    assert (arrival["dimension"], arrival["keys"]) == ("purchase", ["PO-001"])
    assert (moved["dimension"], moved["keys"]) == ("line", [5])
    assert (waited["dimension"], waited["keys"]) == ("product", ["SKU-0001"])


def test_a_slip_and_a_rescue_are_told_by_shape_and_word(stage: Stage) -> None:
    model = stage.desk.tables["moved"].rows

    assert [model.text_at(place, 0) for place in range(2)] == ["▼ slipped", "▲ rescued"]


def test_a_target_is_typed_in_place(stage: Stage) -> None:
    stage.desk.goal.units.setFocus()
    stage.desk.goal.units.selectAll()
    stage.type("15000")
    stage.press(KEY.Key_Return)
    stage.desk.goal.day.selectAll()
    stage.type("+9")
    stage.press(KEY.Key_Return, KEY.Key_Space)

    assert stage.acts == [("set_limits", {"backlog_target_units": "15000", "backlog_target_day": "2026-11-29"})]


@pytest.mark.parametrize(
    ("units", "day", "said"),
    [("many", "+9", "“many” is no whole number. Type figures only."),
     ("-5", "+9", "“-5” is no whole number. Type figures only."),
     ("5", "some day", "“some day” is no day. Type it like 20/11/2026, or +3 for three days from today.")],
)  # fmt: skip
def test_what_is_no_target_is_said_and_not_set(stage: Stage, units: str, day: str, said: str) -> None:
    stage.desk.goal.units.setText(units)
    stage.desk.goal.day.setText(day)
    stage.desk.goal.set.click()

    assert (stage.acts, stage.desk.goal.problem.text()) == ([], said)


def test_an_empty_target_takes_it_away(stage: Stage) -> None:
    stage.desk.goal.units.clear()
    stage.desk.goal.day.clear()
    stage.desk.goal.set.click()

    assert stage.acts == [("set_limits", {"backlog_target_units": "", "backlog_target_day": ""})]


def test_what_is_being_typed_survives_a_fresh_reading(stage: Stage) -> None:
    stage.desk.goal.units.setFocus()
    stage.desk.goal.units.selectAll()
    stage.type("77")
    stage.desk.refresh()

    assert stage.desk.goal.units.text() == "77"


def test_a_limit_is_changed_and_the_others_stay(stage: Stage) -> None:
    stage.answers["figures"] = lambda args: rows.figures(BOOK, limits={"clear_limit_days": "9"})
    stage.refused["set_limits"] = REFUSED
    stage.desk.refresh()
    stage.desk.goal.limits.click()
    stage.type("30000")
    stage.press(KEY.Key_F8)

    limits = {"backlog_limit_units": "30000", "clear_limit_days": "9", "inflow_limit_units": ""}
    assert stage.acts == [("set_limits", limits)]
    assert stage.desk.band.outcome is Outcome.STOP


def test_an_empty_house_says_so_everywhere(stage: Stage) -> None:
    nothing = replace(
        rows.figures(rows.backlog(0)), flow=(), days_to_clear=None, alerts=(), arrivals=(), burn_down=None, waited=()
    )
    stage.answers["moved"] = lambda args: ()
    stage.answers["figures"] = lambda args: nothing
    stage.desk.refresh()

    assert stage.desk.headline.tile("money").words()[1] == "none"
    assert stage.desk.headline.tile("clear").words()[1:] == ("never", "less leaves than comes in")
    assert stage.desk.goal.message.text().startswith("No target is set.")
    assert all(not stage.desk.boards.bars(dimension) for dimension in ("cause", "customer"))
    assert not stage.desk.grab().isNull()


def test_figures_that_cannot_be_read_say_why(stage: Stage) -> None:
    stage.answers["figures"] = lambda args: Message("ui.read_failed", {"reason": "the disk is gone"})
    stage.desk.refresh()

    assert "the disk is gone" in stage.desk.note.text()


def exported(stage: Stage, export: Callable[[], None], target: Path) -> list[str]:
    """The lines of what a card writes."""
    tables: list[Any] = []
    stage.desk.exported = None
    export()
    tables = [stage.desk.exported] if stage.desk.exported else []
    tables[0].export_to(target)
    stage.qtbot.waitUntil(lambda: stage.jobs.running() == 0)
    return target.read_text(encoding="utf-8-sig").splitlines()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_all_customers_are_exported_not_only_the_first_ten(stage: Stage, tmp_path: Path) -> None:
    written = exported(stage, lambda: stage.desk.export_card("customer"), tmp_path / "customers.csv")

    assert len(written) == 1 + 60
    assert "Customer" in written[1]


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
@pytest.mark.parametrize("name", ["state", "flow", "goal", "all"])
def test_every_chart_has_its_figures_as_a_file(stage: Stage, tmp_path: Path, name: str) -> None:
    written = exported(stage, lambda: stage.desk.export_card(name), tmp_path / f"{name}.csv")

    assert len(written) > 6


def test_the_cards_fill_as_many_columns_as_there_is_room_for(stage: Stage) -> None:
    def columns() -> int:
        return len({card.x() for card in stage.desk.boards.cards.values()})

    for wide, count in ((900, 2), (1280, 3), (1900, 4)):
        stage.desk.resize(wide, 700)

        stage.qtbot.waitUntil(lambda count=count: columns() == count)
