"""What is done from the work list: every act by its keys, thought over, done, refused, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from tests.ui import backlog_rows as rows
from tests.ui.stage import REFUSED, Stage
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui.desks.backlog import BacklogDesk
from wms_desktop.ui.settings import Settings

KEY = Qt.Key


@pytest.fixture(autouse=True)
def english() -> Any:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    """The work list with the keyboard on the second order (backordered and stock-blocked)."""
    made = Stage(BacklogDesk(Settings(tmp_path / "station.ini"), UTC), qtbot)
    made.answers["backlog"] = lambda args: rows.backlog(12)
    made.open()
    made.desk.choose_order(2)
    return made


def lines(stage: Stage, *numbers: int) -> None:
    """Show lines, and choose these."""
    stage.desk.head.set_mode("lines")
    stage.desk.table.choose(numbers)


def test_an_order_is_held_with_a_reason(stage: Stage) -> None:
    stage.press(KEY.Key_H)
    stage.type("address is checked")
    stage.press(KEY.Key_F8)

    assert stage.acts == [("hold", {"orders": [2], "reason": "address is checked"})]
    assert stage.desk.panel.isHidden()
    assert stage.desk.table.hasFocus()


def test_what_the_filter_leaves_is_acted_on_without_choosing_it_again(stage: Stage) -> None:
    stage.press(KEY.Key_F3)
    stage.type("so-00004")
    stage.press(KEY.Key_Escape, KEY.Key_P, KEY.Key_F8)

    assert stage.acts == [("pin", {"orders": [4]})]


def test_without_a_reason_nothing_is_held(stage: Stage) -> None:
    stage.press(KEY.Key_H, KEY.Key_F8)

    assert stage.acts == []
    assert stage.desk.panel.problem.text() == "Say why first: whoever looks later will want to know."


def test_a_hold_is_taken_back_by_its_opposite(stage: Stage) -> None:
    stage.press(KEY.Key_H)
    stage.type("x")
    stage.press(KEY.Key_F8, KEY.Key_F4)

    assert stage.acts[1:] == [("unhold", {"orders": [2]})]
    assert stage.desk.band.undo.isHidden()


def test_what_is_held_is_let_go_by_the_same_key(stage: Stage) -> None:
    held = tuple(order._replace(is_held=True) for order in rows.backlog(12).orders)
    stage.desk.show_backlog(replace(rows.backlog(12), orders=held))
    stage.press(KEY.Key_H, KEY.Key_F8)

    assert stage.acts == [("unhold", {"orders": [2]})]


def test_several_marked_orders_are_pinned_together(stage: Stage) -> None:
    stage.press(KEY.Key_Space, KEY.Key_Space, KEY.Key_P)
    title, can_rehearse = stage.desk.panel.title.text(), stage.desk.panel.rehearse.isVisible()
    stage.press(KEY.Key_F8)

    assert (title, can_rehearse) == ("Pin 2 orders", False)
    assert stage.acts == [("pin", {"orders": [2, 3]})]


def test_a_pin_is_rehearsed_before_it_is_done(stage: Stage) -> None:
    stage.press(KEY.Key_P, KEY.Key_F7)
    shown = stage.desk.panel.foreseen
    texts = shown.list.lines()

    assert stage.asked[-1] == ("rehearse", {"what": "pin", "order": 2})
    assert shown.counts.text() == "Lines that gain: 2. Lines that lose: 1."
    assert texts[:2] == ["Orders that become complete (1): SO-00001", "Orders that are complete no more (1): SO-9"]
    assert [text[:7] for text in texts[2:]] == ["▼ loses", "▲ gains", "▲ gains"]
    assert stage.acts == []


def test_a_line_of_the_rehearsal_opens_its_order(stage: Stage) -> None:
    stage.press(KEY.Key_P, KEY.Key_F7)
    listed = stage.desk.panel.foreseen.list
    listed.setFocus()
    listed.choose(2)
    stage.press(KEY.Key_Return)

    assert stage.gone == [("story", {"order": 3})]


def test_what_cannot_be_rehearsed_says_why(stage: Stage) -> None:
    stage.answers["rehearse"] = lambda args: Message("row", {"text": "That order was shipped meanwhile."})
    stage.press(KEY.Key_P, KEY.Key_F7)

    assert stage.desk.panel.problem.text() == "That order was shipped meanwhile."


def test_a_rehearsal_that_comes_late_is_not_shown_for_another_order(stage: Stage) -> None:
    late: list[Any] = []
    stage.desk.asked.disconnect()
    stage.desk.asked.connect(lambda question, args, done, failed: late.append(done))
    stage.press(KEY.Key_P, KEY.Key_F7, KEY.Key_Escape, KEY.Key_Down, KEY.Key_P)
    late[0](rows.rehearsal())

    assert stage.desk.panel.title.text() == "Pin order SO-00003"
    assert stage.desk.panel.foreseen.isHidden()


def test_escape_leaves_everything_as_it_is(stage: Stage) -> None:
    stage.press(KEY.Key_P, KEY.Key_Escape)

    assert stage.acts == []
    assert stage.desk.panel.isHidden()
    assert stage.desk.table.hasFocus()


def test_a_refusal_is_shown_and_the_panel_stays(stage: Stage) -> None:
    stage.refused["pin"] = REFUSED
    stage.press(KEY.Key_P, KEY.Key_F8)

    assert (stage.desk.band.outcome, stage.desk.note.text()) == (Outcome.STOP, "Heard too late")
    assert stage.desk.panel.isVisible()
    assert stage.desk.band.undo.isHidden()


def test_a_cancellation_is_asked_for_twice_by_name(stage: Stage) -> None:
    stage.press(KEY.Key_C)
    stage.type("ordered twice")
    stage.press(KEY.Key_F8)
    asked, before = stage.desk.panel.accept.text(), list(stage.acts)
    stage.press(KEY.Key_F8)

    assert asked == "Yes: Cancel 7 units of order SO-00002   F8"
    assert before == []
    assert stage.acts == [("cancel", {"order": 2, "lines": None, "reason": "ordered twice"})]


def test_part_of_an_order_is_cancelled_line_by_line(stage: Stage) -> None:
    stage.press(KEY.Key_C)
    stage.type("too many")
    stage.desk.panel.findChild(QSpinBox, "field-units-3").setValue(1)
    stage.desk.panel.findChild(QSpinBox, "field-units-4").setValue(0)
    stage.press(KEY.Key_F8, KEY.Key_F8)

    assert stage.acts == [("cancel", {"order": 2, "lines": {3: 1}, "reason": "too many"})]


def test_another_number_takes_the_first_yes_back(stage: Stage) -> None:
    stage.press(KEY.Key_C)
    stage.type("x")
    stage.press(KEY.Key_F8)
    stage.desk.panel.findChild(QSpinBox, "field-units-3").setValue(1)
    stage.press(KEY.Key_F8)

    assert stage.acts == []


def test_several_orders_are_never_cancelled_at_once(stage: Stage) -> None:
    stage.press(KEY.Key_Space, KEY.Key_Space, KEY.Key_C)

    assert stage.desk.panel.isHidden()
    assert stage.desk.note.text() == "Cancel one order at a time: choose a single one."


def test_a_priority_is_given_and_taken_back(stage: Stage) -> None:
    stage.press(KEY.Key_R)
    stage.press(KEY.Key_Up)
    stage.press(KEY.Key_F8, KEY.Key_F4)

    assert stage.acts == [
        ("priority", {"orders": [2], "priority_class": 3}), ("priority", {"orders": [2], "priority_class": 2}),
    ]  # fmt: skip


def test_an_order_leaves_by_another_time(stage: Stage) -> None:
    stage.press(KEY.Key_D, KEY.Key_Tab)
    stage.desk.panel._editors["day"].entry.setText("+2")
    stage.desk.panel._editors["time"].entry.setText("17:30")
    stage.press(KEY.Key_F8)

    when = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
    assert stage.acts == [("move_leave_by", {"orders": [2], "leave_by": when})]


@pytest.mark.parametrize(
    ("day", "clock", "said"),
    [
        ("someday", "17:30", "“someday” is no day. Type it like 20/11/2026, or +3 for three days from today."),
        ("", "17:30", "“” is no day. Type it like 20/11/2026, or +3 for three days from today."),
        ("+1", "25:00", "“25:00” is no time. Type it like 17:30."),
        ("+1", "soon", "“soon” is no time. Type it like 17:30."),
    ],
)
def test_what_is_no_day_or_no_time_is_said_and_nothing_done(stage: Stage, day: str, clock: str, said: str) -> None:
    stage.press(KEY.Key_D)
    stage.desk.panel._editors["day"].entry.setText(day)
    stage.desk.panel._editors["time"].entry.setText(clock)
    stage.press(KEY.Key_F8)

    assert (stage.acts, stage.desk.panel.problem.text()) == ([], said)


@pytest.mark.parametrize(
    ("day", "sent"), [("24/11/2026", date(2026, 11, 24)), ("2026-11-24", date(2026, 11, 24)), ("", None)]
)
def test_an_order_is_released_on_a_day_or_at_once(stage: Stage, day: str, sent: date | None) -> None:
    stage.press(KEY.Key_D, KEY.Key_Down)
    stage.desk.panel._editors["day"].entry.setText(day)
    stage.press(KEY.Key_F8)

    assert stage.acts == [("release_on", {"orders": [2], "day": sent})]


def test_parts_may_leave_or_not(stage: Stage) -> None:
    stage.press(KEY.Key_A, KEY.Key_Down, KEY.Key_F8, KEY.Key_F4)

    assert stage.acts == [
        ("ship_rule", {"orders": [2], "rule": "available"}), ("ship_rule", {"orders": [2], "rule": "complete"}),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("downs", "act"),
    [
        (0, ("allocate_order", {"order": 2, "use_safety": False})),
        (1, ("allocate_order", {"order": 2, "use_safety": True})),
        (2, ("take_back_for", {"order": 2})),
    ],
)
def test_units_are_reserved_from_where_somebody_says(stage: Stage, downs: int, act: tuple[str, dict[str, Any]]) -> None:
    stage.press(KEY.Key_T, *[KEY.Key_Down] * downs, KEY.Key_F8)

    assert stage.acts == [act]


def test_a_substitute_is_chosen_rehearsed_and_sent(stage: Stage) -> None:
    lines(stage, 3)
    stage.press(KEY.Key_S, KEY.Key_Down, KEY.Key_F7, KEY.Key_F8)

    assert ("rehearse", {"what": "substitute", "line": 3, "alternative": 901}) in stage.asked
    assert stage.acts == [("substitute", {"line": 3, "alternative": 901, "units": 3})]


def test_several_waiting_lines_need_one_to_be_chosen(stage: Stage) -> None:
    stage.press(KEY.Key_S)

    assert stage.desk.note.text().startswith("Several lines wait here.")
    assert stage.desk.panel.isHidden()


def test_where_nothing_can_stand_in_it_is_said(stage: Stage) -> None:
    stage.answers["alternatives"] = lambda args: ()
    lines(stage, 3)
    stage.press(KEY.Key_S)

    assert stage.desk.note.text() == "Nothing that is in stock may be sent instead of SKU-0002."


def test_a_cause_is_set_for_all_chosen_lines_and_taken_back(stage: Stage) -> None:
    lines(stage, 3, 4)
    stage.press(KEY.Key_Y, KEY.Key_Home, KEY.Key_Down, KEY.Key_F8, KEY.Key_F4)

    assert stage.acts == [
        ("set_cause", {"lines": [3, 4], "cause": "supplier_late"}), ("set_cause", {"lines": [3, 4], "cause": ""}),
    ]  # fmt: skip


def test_there_is_nothing_to_take_back_at_first(stage: Stage) -> None:
    stage.press(KEY.Key_F4)

    assert stage.acts == []
    assert stage.desk.note.text() == "There is nothing here to take back."


def test_who_may_not_do_it_is_told(stage: Stage) -> None:
    refused = replace(REFUSED, message=Message("row", {"text": "Ben is a picker and may not do that."}))
    stage.refused["hold"] = refused
    stage.press(KEY.Key_H)
    stage.type("x")
    stage.press(KEY.Key_F8)

    assert (stage.desk.band.outcome, stage.desk.note.text()) == (Outcome.STOP, "Ben is a picker and may not do that.")
