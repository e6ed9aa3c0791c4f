"""The inbound desk: trucks and what they complete, what is on order, docks by the hour, figures, suppliers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.ui import inbound_rows as rows
from tests.ui import lane_rows
from tests.ui.fakes import FakeReads
from tests.ui.inbound_stage import ELEVEN, TEN, fill, open_inbound, texts
from tests.ui.stage import REFUSED, Stage
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui.days import full_day
from wms_desktop.ui.desks.inbound_tabs import TABS
from wms_desktop.ui.desks.inbound_words import read_time
from wms_desktop.ui.main_window import MainWindow

KEY = Qt.Key


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    return open_inbound(qtbot, tmp_path)


def choose(stage: Stage, delivery: int) -> None:
    stage.desk.tables["trucks"].choose([delivery])


# --- trucks ----------------------------------------------------------------------------------------------------------


def test_trucks_say_their_state_window_load_and_what_they_complete(stage: Stage) -> None:
    assert texts(stage, "trucks", 1) == [
        "▶ Here", "◇ Expected", "! Late by 1 h 40", "◇ Expected", "◇ Expected", "✕ Did not come", "■ Done",
    ]  # fmt: skip
    assert texts(stage, "trucks", 2)[:2] == ["Mon 2 Mar 08:30–09:30", "Mon 2 Mar 10:30–11:30"]
    assert texts(stage, "trucks", 5)[:2] == ["40 of 96", "192"]
    assert texts(stage, "trucks", 6)[:2] == ["7 orders, no more can be", "14 orders, at most 15"]
    assert texts(stage, "trucks", 6)[4] == "not shared out yet"


@pytest.mark.parametrize(("sharing", "bound", "words"), [
    ("proven", 14, "14 orders, no more can be"), ("solver", 15, "14 orders, at most 15"), ("solver", None, "14 orders"),
    ("searching", 15, "14 orders, still looking"), ("search", None, "14 orders"),
    ("stated", 20, "14 orders, stated order, at most 20"), ("stated_off", None, "14 orders, stated order"),
])  # fmt: skip
def test_how_the_sharing_out_stands_is_said_in_few_words_and_never_beyond_what_is_proven(
    stage: Stage, sharing: str, bound: int | None, words: str
) -> None:
    row = rows.truck(2, "here", 10.5, sharing=sharing, bound=bound)
    stage.answers["deliveries"] = lambda args: replace(rows.BOARD, trucks=(row,))
    stage.desk.refresh()

    assert texts(stage, "trucks", 6) == [words]


def test_while_a_better_answer_is_sought_the_desk_looks_again_and_then_no_more(stage: Stage) -> None:
    searching = replace(rows.BOARD, trucks=(rows.truck(2, "here", 10.5, sharing="searching"),))
    found = replace(rows.BOARD, trucks=(rows.truck(2, "here", 10.5, sharing="solver"),))
    boards = iter([searching, found])
    stage.answers["deliveries"] = lambda args: next(boards)
    stage.desk._look_again.setInterval(1)
    stage.desk.refresh()

    stage.qtbot.waitUntil(lambda: texts(stage, "trucks", 6) == ["14 orders, at most 15"])
    assert not stage.desk._look_again.isActive()


def test_tabs_count_trucks_still_to_come_and_open_orders(stage: Stage) -> None:
    assert [stage.desk.tabs.buttons[tab].text() for tab in TABS] == [
        "Trucks 5", "On order 4", "Docks", "Cross-docking", "Suppliers",
    ]  # fmt: skip


def test_enter_opens_a_truck_with_its_lines_and_whom_they_are_for(stage: Stage) -> None:
    stage.press(KEY.Key_Return)

    assert stage.desk.opened.title.text() == "Truck T000001"
    assert "Completes" not in stage.desk.opened.facts.text()
    assert stage.desk.opened.sharing.text() == "Heard the best there is"
    assert stage.desk.opened.list.lines() == [
        "24 × Blue mug 300 ml (MUG-BLUE) of PO-4701: received 8, for no order 6",
        "    6 for SO-00041, Harbour Gifts Ltd: in LANE-04",
        "    12 for SO-00042, Corner Shop: to LANE-01",
        "12 × Glass jug 1 l (JUG) of PO-4701: received 0, for no order 12",
        f"Announced: 24 × MUG-BLUE, lot L77, best before {full_day(date(2027, 1, 31))}, "
        "on 340123450000000018; received 8",
        "Pallet 340123450000000018: 24 units, opened",
    ]


def test_an_order_of_the_truck_tells_its_story_and_esc_goes_back(stage: Stage) -> None:
    stage.press(KEY.Key_Return, KEY.Key_Down, KEY.Key_Return)
    stage.press(KEY.Key_Escape)

    assert stage.gone == [("story", {"order": 41})]
    assert stage.desk.opened.isHidden()
    assert stage.desk.tables["trucks"].hasFocus()


def test_an_open_truck_is_read_anew_and_keeps_its_line(stage: Stage) -> None:
    stage.press(KEY.Key_Return, KEY.Key_Down, KEY.Key_Down)
    stage.desk.refresh()

    assert stage.desk.opened.list.chosen() == 2
    assert [asked for asked in stage.asked if asked[0] == "delivery"] == [("delivery", {"delivery": 1})] * 2


def test_how_a_truck_was_shared_out_stands_above_its_lines(stage: Stage) -> None:
    stage.press(KEY.Key_Return)

    assert stage.desk.opened.sharing.text() == "Heard the best there is"


def test_a_line_that_is_a_little_too_long_is_wrapped_and_not_cut(stage: Stage) -> None:
    stage.press(KEY.Key_Return)
    shown = stage.desk.opened.list
    metrics = shown.fontMetrics()
    wide = shown.viewport().width()
    words = "x"
    while metrics.horizontalAdvance(words) < wide - 20:
        words += " x"
    shown.show_lines([words, "x"])
    long, short = (shown.sizeHintForIndex(shown.model().index(row, 0)).height() for row in (0, 1))

    assert long >= short + metrics.height()


def test_f9_tells_why_this_order_and_esc_goes_back_to_the_truck(stage: Stage) -> None:
    stage.press(KEY.Key_Return, KEY.Key_F9, KEY.Key_Down, KEY.Key_F9)
    why, asked = stage.desk.opened.list.lines(), [args for question, args in stage.asked if question == "why_share"]
    stage.desk.refresh()
    still = stage.desk.opened.list.lines()
    stage.press(KEY.Key_Escape)

    assert asked == [{"order_line": 410}]
    assert why == still == ["Heard it is pinned", "Heard it is older"]
    assert stage.desk.opened.isVisible()
    assert stage.desk.opened.title.text() == "Truck T000001"


def test_if_it_came_now_shows_the_orders_it_would_complete_and_changes_nothing(stage: Stage) -> None:
    stage.press(KEY.Key_Down, KEY.Key_R)

    assert stage.asked[-1] == ("truck_now", {"delivery": 2})
    assert stage.desk.opened.facts.text() == (
        "Of 96 units 63 go to lanes and 33 to bins.\n"
        "Completed orders 5, at most 6. In part 1, saved from a broken promise 1.\n"
        "Put away first, it would complete 2, and 63 units would be put away and picked once more."
    )
    assert stage.desk.opened.list.lines()[1] == (
        "● SO-00041, Harbour Gifts Ltd: complete with 6 of this truck, 45.60 GBP."
        " Rescued: promised Mon 2 Mar. Heard why"
    )
    assert stage.acts == []


def test_a_truck_nobody_waits_for_says_so(stage: Stage) -> None:
    stage.answers["truck_now"] = lambda args: replace(rows.NOW_ANSWER, orders=(), notes=())
    stage.press(KEY.Key_R)

    assert stage.desk.opened.list.lines() == ["Nobody waits for any of it: all goes to bins."]


def test_what_cannot_be_rehearsed_is_told(stage: Stage) -> None:
    stage.answers["truck_now"] = lambda args: Message("heard", {"text": "gone"})
    stage.press(KEY.Key_R)

    assert stage.desk.note.text() == "Heard gone"
    assert stage.desk.opened.isHidden()


# --- acts on trucks --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("delivery", "key", "act"),
    [
        (2, KEY.Key_I, ("check_in", {"delivery": 2})),
        (6, KEY.Key_I, ("check_in", {"delivery": 6})),
        (2, KEY.Key_N, ("miss_delivery", {"delivery": 2})),
    ],
)
def test_a_truck_is_checked_in_or_given_up(stage: Stage, delivery: int, key: Qt.Key, act: tuple[str, Any]) -> None:
    choose(stage, delivery)
    stage.press(key)
    before = list(stage.acts)
    stage.press(KEY.Key_F8)

    assert before == []
    assert stage.acts == [act]


@pytest.mark.parametrize(
    ("delivery", "key"), [(1, KEY.Key_I), (7, KEY.Key_M), (1, KEY.Key_N), (7, KEY.Key_X), (2, KEY.Key_D)]
)
def test_what_makes_no_sense_for_a_truck_is_said(stage: Stage, delivery: int, key: Qt.Key) -> None:
    choose(stage, delivery)
    stage.press(key)

    assert stage.desk.band.outcome is Outcome.LOOK_HERE
    assert stage.desk.panel.isHidden()


def test_a_truck_is_moved_and_moved_back(stage: Stage) -> None:
    truck = rows.TRUCKS[1]
    choose(stage, 2)
    stage.press(KEY.Key_M)
    fill(stage, opens="10", closes="11.30")
    said = stage.desk.panel.accept.text()
    stage.press(KEY.Key_F8, KEY.Key_F4)
    moved = {"delivery": 2, "dock": truck.dock_id}

    assert said.startswith("Move T000002 to Mon 2 Mar 10–11.30, DOCK-3")
    assert stage.acts == [
        ("move_delivery", {**moved, "opens_at": TEN, "closes_at": ELEVEN}),
        ("move_delivery", {**moved, "opens_at": truck.opens_at, "closes_at": truck.closes_at}),
    ]


def test_a_window_that_ends_at_or_before_its_beginning_ends_on_the_next_day(stage: Stage) -> None:
    choose(stage, 2)
    stage.press(KEY.Key_M)
    fill(stage, opens="22:00", closes="2:00")
    said = stage.desk.panel.accept.text()
    stage.press(KEY.Key_F8)
    moved = stage.acts[0][1]

    assert said.startswith("Move T000002 to Mon 2 Mar 22:00–2:00 on Tue 3 Mar, DOCK-3")
    assert (moved["opens_at"], moved["closes_at"]) == (TEN + timedelta(hours=12), TEN + timedelta(hours=16))


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [("soon", "9", "“soon” is no time of day"), ("9", "", "Still wanted: Until.")],
)
def test_what_is_no_window_moves_nothing(stage: Stage, opens: str, closes: str, said: str) -> None:
    choose(stage, 2)
    stage.press(KEY.Key_M)
    fill(stage, opens=opens, closes=closes)
    stage.press(KEY.Key_F8)

    assert stage.acts == []
    assert said in stage.desk.panel.problem.text()


def test_a_booking_is_cancelled_with_a_reason_and_a_second_yes(stage: Stage) -> None:
    choose(stage, 2)
    stage.press(KEY.Key_X, KEY.Key_F8)
    stage.type("broke down")
    stage.press(KEY.Key_F8)
    once = list(stage.acts)
    stage.press(KEY.Key_F8)

    assert once == []
    assert stage.acts == [("cancel_delivery", {"delivery": 2, "reason": "broke down"})]


def test_an_empty_truck_with_something_missing_is_asked_for_twice(stage: Stage) -> None:
    stage.press(KEY.Key_D, KEY.Key_F8)
    once = list(stage.acts)
    stage.press(KEY.Key_F8)

    assert once == []
    assert stage.acts == [("finish_delivery", {"delivery": 1})]


def test_the_panel_takes_the_place_of_the_open_truck_and_gives_it_back(stage: Stage) -> None:
    choose(stage, 2)
    stage.press(KEY.Key_Return, KEY.Key_M)
    during = (stage.desk.panel.isVisible(), stage.desk.opened.isVisible())
    stage.press(KEY.Key_Escape)

    assert during == (True, False)
    assert (stage.desk.panel.isVisible(), stage.desk.opened.isVisible()) == (False, True)


def test_a_refusal_is_shown_and_the_panel_stays(stage: Stage) -> None:
    stage.refused["check_in"] = REFUSED
    choose(stage, 2)
    stage.press(KEY.Key_I, KEY.Key_F8)

    assert stage.desk.band.outcome is Outcome.STOP
    assert stage.desk.panel.isVisible()


# --- docks -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def docks(stage: Stage) -> Stage:
    stage.desk.show_tab("docks")
    return stage


def test_trucks_stand_at_their_dock_by_the_hour_and_none_covers_another(docks: Stage) -> None:
    boxes = docks.desk.calendar.boxes()
    pairs = [(a, b) for a in boxes.values() for b in boxes.values() if a is not b]

    assert boxes.keys() == {truck.delivery_id for truck in rows.TRUCKS}
    assert boxes[2].top() < boxes[4].top()
    assert not any(a.intersects(b) for a, b in pairs)


def test_the_arrows_walk_trucks_and_days(docks: Stage) -> None:
    walked = [docks.desk.calendar.current().number]
    docks.press(KEY.Key_Down)
    walked.append(docks.desk.calendar.current().number)
    docks.press(KEY.Key_Right)
    tomorrow = docks.asked[-1]
    docks.press(KEY.Key_T)

    assert walked == ["T000006", "T000003"]
    assert tomorrow == ("appointments", {"day": rows.TODAY + timedelta(days=1)})
    assert docks.asked[-1] == ("appointments", {"day": rows.TODAY})


def test_the_truck_on_the_calendar_is_told_opened_and_moved(docks: Stage) -> None:
    docks.press(KEY.Key_Down)
    hint = docks.desk.tabs.hint.text()
    docks.press(KEY.Key_Return)
    opened = docks.desk.opened.title.text()
    docks.press(KEY.Key_Escape, KEY.Key_M)

    assert "T000003 · ! Late by 1 h 40 · DOCK-1" in hint
    assert opened == "Truck T000003"
    assert docks.desk.panel.title.text() == "Move truck T000003"


def test_a_press_of_the_mouse_chooses_a_truck(docks: Stage) -> None:
    box = docks.desk.calendar.boxes()[4]
    docks.qtbot.mouseClick(docks.desk.calendar, Qt.MouseButton.LeftButton, pos=QPointF(box.center()).toPoint())

    assert docks.desk.calendar.current().number == "T000004"


def test_a_day_without_trucks_says_so(docks: Stage) -> None:
    docks.answers["appointments"] = lambda args: replace(rows.calendar(args["day"]), trucks=(), unplaced=())
    docks.press(KEY.Key_Right, KEY.Key_Return, KEY.Key_M)

    assert "No truck is booked on this day." in docks.desk.tabs.hint.text()
    assert docks.desk.band.outcome is Outcome.LOOK_HERE


def test_an_answer_for_a_day_that_is_left_is_not_shown(docks: Stage) -> None:
    late = rows.calendar(rows.TODAY + timedelta(days=5))
    docks.desk.show_day(late)

    assert docks.desk.calendar.boxes().keys() == {truck.delivery_id for truck in rows.TRUCKS}


def test_a_night_shift_is_shown_whole(docks: Stage) -> None:
    early = replace(rows.truck(1, "expected", 2), late_minutes=0)
    docks.answers["appointments"] = lambda args: replace(rows.calendar(args["day"]), trucks=(early,))
    docks.desk.refresh()

    assert docks.desk.calendar._hours() == (2, 18)


# --- figures and suppliers -------------------------------------------------------------------------------------------


def test_figures_say_what_cross_docking_has_come_to(stage: Stage) -> None:
    stage.desk.show_tab("figures")
    page = stage.desk.figures

    assert stage.asked[-1] == ("dock_figures", {"days": 28})
    assert page.tiles["share"].words()[1:] == ("38 %", "900 of 2,400 units")
    assert page.tiles["saved"].words()[1:] == ("4 h 08", "than through a bin")
    assert [bar.words for bar in page.charts["kinds"].bars()] == ["700 units", "200 units"]
    assert [bar.label for bar in page.charts["kinds"].bars()] == ["planned before it came", "decided at the scan"]


def test_what_was_never_measured_is_not_given_as_nought(stage: Stage) -> None:
    nothing = replace(rows.FIGURES.crossed_minutes, units=0, median=None, p90=None)
    stage.answers["dock_figures"] = lambda args: replace(
        rows.FIGURES, received=0, crossed=0, kinds=(), declines=(), by_day=(), crossed_minutes=nothing
    )
    stage.desk.show_tab("figures")
    page = stage.desk.figures

    assert [page.tiles[name].words()[1] for name in ("share", "minutes", "saved")] == ["–", "–", "–"]
    assert page.empty["declines"].text() == "No verdict was declined in this time."
    assert not page.empty["declines"].isHidden()


def test_suppliers_records_stand_side_by_side(stage: Stage) -> None:
    stage.desk.show_tab("suppliers")

    assert texts(stage, "suppliers", 2) == ["75 %", "–", "75 %"]
    assert texts(stage, "suppliers", 4) == ["its day", "–", "2 d late"]
    assert texts(stage, "suppliers", 5) == ["4 d late", "–", "1 d early"]
    assert texts(stage, "suppliers", 6) == ["9 days", "14 days (default)", "9 days"]


# --- going about -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tab", TABS)
def test_an_empty_house_says_what_to_do_and_its_keys_do_nothing(stage: Stage, tab: str) -> None:
    stage.answers.update(rows.EMPTY)
    stage.answers["appointments"] = lambda args: replace(rows.calendar(args["day"]), trucks=(), unplaced=())
    stage.desk.show_tab(tab)
    for key in (KEY.Key_B, KEY.Key_R, KEY.Key_I, KEY.Key_M, KEY.Key_X, KEY.Key_E, KEY.Key_Return):
        stage.press(key)

    assert stage.desk.tabs.hint.text()
    assert (stage.acts, stage.gone, stage.desk.panel.isVisible(), stage.desk.opened.isVisible()) == (
        [],
        [],
        False,
        False,
    )


def test_another_desk_opens_a_truck_or_a_tab(stage: Stage) -> None:
    stage.desk.open_with({"tab": "suppliers"})
    first = stage.desk.tabs.current()
    stage.desk.open_with({"delivery": 2})

    assert (first, stage.desk.tabs.current()) == ("suppliers", "trucks")
    assert stage.desk.opened.title.text() == "Truck T000002"


def test_fresh_rows_keep_the_truck_that_is_looked_at(stage: Stage) -> None:
    stage.press(KEY.Key_Down, KEY.Key_Down)
    stage.answers["deliveries"] = lambda args: replace(rows.BOARD, trucks=rows.TRUCKS[1:])
    stage.desk.refresh()

    assert stage.desk.tables["trucks"].current().number == "T000003"


@pytest.mark.parametrize(
    ("text", "found"),
    [("8", time(8)), ("8:30", time(8, 30)), ("0830", time(8, 30)), ("8.05", time(8, 5)), ("23h15", time(23, 15)),
     ("24", None), ("8:3", None), ("", None), ("x", None)],
)  # fmt: skip
def test_a_time_is_read_as_people_type_it(text: str, found: time | None) -> None:
    assert read_time(text) == found


@pytest.mark.parametrize(("key", "place"), [(KEY.Key_D, "inbound"), (KEY.Key_L, "lanes")])
def test_the_window_opens_both_desks_by_their_keys(
    qtbot: QtBot, window: MainWindow, reads: FakeReads, key: Qt.Key, place: str
) -> None:
    reads.answers.update(rows.ANSWERS | lane_rows.ANSWERS)
    qtbot.keyClick(window, key, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    desk = window.desks.desk(place)
    qtbot.waitUntil(lambda: desk.note.text() == "")

    assert (window.place, window.pages.currentWidget()) == (place, desk)
