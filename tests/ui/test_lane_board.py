"""The lane board: cards that are walked over by the arrows, a lane's orders beside them, what is walked back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.ui import lane_rows as rows
from tests.ui.stage import REFUSED, Stage
from wms_desktop.prompts import Message, Outcome
from wms_desktop.ui import theme
from wms_desktop.ui.desks.lanes import LanesDesk
from wms_desktop.ui.desks.lanes_card import LEAST_HIGH, columns_for
from wms_desktop.ui.desks.lanes_words import SHAPES, collected_in_words, short_codes, source_in_words
from wms_desktop.ui.settings import Settings
from wms_desktop.views import lanes as views
from wms_desktop.views.lanes import Source

KEY = Qt.Key


@pytest.fixture
def stage(qtbot: QtBot, tmp_path: Path) -> Stage:
    made = Stage(LanesDesk(Settings(tmp_path / "station.ini"), UTC, lambda: rows.NOW), qtbot)
    made.answers.update(rows.ANSWERS)
    return made.open()


def here(stage: Stage) -> str:
    """The code of the lane whose card has the keyboard."""
    return next((card.lane.code for card in stage.desk.grid.cards if card.hasFocus()), "")


def words_of(stage: Stage, lane_id: int) -> str:
    return str(stage.desk.grid.card(lane_id).accessibleName())


# --- the cards -------------------------------------------------------------------------------------------------------


def test_a_card_says_how_many_of_its_orders_could_be_packed_now(stage: Stage) -> None:
    lanes = {card.lane.code: card.lane for card in stage.desk.grid.cards}
    said = {code: collected_in_words(lane) for code, lane in lanes.items()}

    for code, lane in lanes.items():
        complete = lane.counts["complete"]
        assert said[code].endswith(f", {complete} complete") is bool(complete)
    assert any(words.endswith("complete") for words in said.values())


def test_every_lane_has_a_card_and_the_board_says_how_many_are_in_which_state(stage: Stage) -> None:
    assert [card.lane.code for card in stage.desk.grid.cards] == [lane.code for lane in rows.BUSY.lanes]
    assert stage.desk.summary.text() == (
        "✕ 3 blocked   ● 3 complete   ◐ 6 filling   ◇ 3 booked   ■ 3 packed   ↩ 3 walk back   ○ 3 empty"
        "   ! 3 stand too long"
    )


def test_all_twenty_four_cards_fit_the_smallest_window_without_scrolling(stage: Stage) -> None:
    bottom = max(card.y() + card.height() for card in stage.desk.grid.cards)
    right = max(card.x() + card.width() for card in stage.desk.grid.cards)

    assert bottom <= stage.desk.grid.viewport().height()
    assert right <= stage.desk.grid.viewport().width()


def test_a_card_says_state_units_orders_cut_off_and_what_is_wrong(stage: Stage) -> None:
    assert words_of(stage, 1) == (
        "LANE-01. Filling. Northway Parcel 24. Orders 2 of 4. 2 filling. 4 of 10. 13:25 in 25 min"
    )
    assert words_of(stage, 6).startswith("LANE-06. Blocked. Blocked: roller door is broken.")
    assert "12:48, 12 min ago" in words_of(stage, 0)
    assert words_of(stage, 3).endswith("Here 6 h 40")
    assert "Walk back 3" in words_of(stage, 7)


def test_every_state_has_a_shape_of_its_own() -> None:
    assert set(SHAPES) == set(views.LANE_STATES)
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_a_complete_lane_wears_its_colour_and_an_empty_one_none(stage: Stage) -> None:
    wears = theme.current()
    found = [stage.desk.grid.card(lane_id).grab().toImage().pixelColor(5, 40) for lane_id in (8, 5)]

    assert found == [QColor(wears.bands[Outcome.STEP_DONE].fill), QColor(wears.raised)]


@pytest.mark.parametrize(
    ("codes", "short"),
    [
        (["LANE-01", "LANE-12"], ["01", "12"]),
        (["LANE-11", "LANE-12"], ["11", "12"]),
        (["L-NORTH", "WALL-3"], ["L-NORTH", "WALL-3"]),
        (["LANE-01"], ["LANE-01"]),
        (["LANE", "LANE-1"], ["LANE", "LANE-1"]),
    ],
)
def test_what_tells_lanes_apart_is_written_large(codes: list[str], short: list[str]) -> None:
    assert list(short_codes(codes).values()) == short


@pytest.mark.parametrize("count", [1, 2, 7, 12, 24, 40, 120])
@pytest.mark.parametrize(("wide", "high"), [(930, 570), (1560, 930), (500, 570)])
def test_cards_never_get_too_narrow_and_as_few_as_can_be_scroll(count: int, wide: int, high: int) -> None:
    columns = columns_for(count, wide, high)

    assert columns >= 1
    assert wide / columns >= 140 or columns == 1
    if -(-count // (wide // 148)) * (LEAST_HIGH + 8) <= high:
        assert -(-count // columns) * LEAST_HIGH <= high


# --- going about -----------------------------------------------------------------------------------------------------


def test_the_arrows_walk_over_the_board_and_stop_at_its_edge(stage: Stage) -> None:
    across = stage.desk.grid.columns()
    walked = [here(stage)]
    for key in (KEY.Key_Left, KEY.Key_Right, KEY.Key_Down, KEY.Key_Up, KEY.Key_Up):
        stage.press(key)
        walked.append(here(stage))

    assert walked == ["LANE-00", "LANE-00", "LANE-01", f"LANE-{1 + across:02d}", "LANE-01", "LANE-01"]


def test_fresh_rows_leave_the_keyboard_where_it_is(stage: Stage) -> None:
    stage.press(KEY.Key_Right, KEY.Key_Right)
    before = here(stage)
    stage.desk.refresh()

    assert before == here(stage) == "LANE-02"


def test_another_set_of_lanes_makes_other_cards(stage: Stage) -> None:
    stage.answers.update(rows.IDLE)
    stage.desk.refresh()

    assert [card.lane.state for card in stage.desk.grid.cards] == ["empty"] * 12


def test_minutes_go_on_although_nothing_changes(stage: Stage) -> None:
    later = rows.NOW + timedelta(minutes=10)
    stage.answers["lanes"] = lambda args: replace(rows.BUSY, at=later)
    stage.desk._timer.timeout.emit()

    assert "13:25 in 15 min" in words_of(stage, 1)


def test_out_of_sight_nothing_is_read(stage: Stage) -> None:
    running = stage.desk._timer.isActive()
    stage.desk.hide()

    assert (running, stage.desk._timer.isActive()) == (True, False)


def test_a_house_without_lanes_says_what_to_do(stage: Stage) -> None:
    stage.answers.update(rows.EMPTY)
    stage.desk.refresh()
    stage.press(KEY.Key_B)

    assert stage.desk.empty.isVisible()
    assert stage.desk.band.outcome is Outcome.LOOK_HERE


# --- a lane's orders -------------------------------------------------------------------------------------------------


def test_enter_opens_the_orders_with_what_they_lack_and_whence_it_comes(stage: Stage) -> None:
    stage.press(KEY.Key_Right, KEY.Key_Return)
    box = stage.desk.opened.boxes[0]

    assert stage.asked[-1] == ("lane", {"lane": 1})
    assert stage.desk.opened.title.text() == "LANE-01 · Filling"
    assert box.hasFocus()
    assert box.sentences == (
        "◐ SO-00100, Harbour Gifts Ltd",
        "Filling · 2 units in, 3 to come · 13:25 in 25 min",
        "In: 2 × Glass jug 1 l · lot L77 · tote TOTE-04",
        "Lacks 4 × Blue mug 300 ml (MUG-BLUE): 1 from A-03-02-B-04, in batch B000118; 2 from truck T000012 at DOCK-1; "
        "1 on backorder, PO-4711 expected Fri 6 Mar",
    )


def test_the_open_lane_takes_the_place_of_the_walk_back_list_and_esc_gives_it_back(stage: Stage) -> None:
    stage.press(KEY.Key_Right, KEY.Key_Return)
    during = (stage.desk.opened.isVisible(), stage.desk.side.tables["walk"].isVisible())
    stage.press(KEY.Key_Escape)

    assert during == (True, False)
    assert (stage.desk.opened.isVisible(), stage.desk.side.tables["walk"].isVisible(), here(stage)) == (
        False,
        True,
        "LANE-01",
    )


def test_the_arrows_walk_the_orders_and_a_fresh_reading_keeps_the_place(stage: Stage) -> None:
    stage.press(KEY.Key_Right, KEY.Key_Return, KEY.Key_Down)
    stage.desk.refresh()

    assert [box.hasFocus() for box in stage.desk.opened.boxes] == [False, True]


@pytest.mark.parametrize("key", [KEY.Key_S, KEY.Key_Return])
def test_an_order_s_story_is_one_key_away(stage: Stage, key: Qt.Key) -> None:
    stage.press(KEY.Key_Right, KEY.Key_Return, key)

    assert stage.gone == [("story", {"order": 100})]


def test_another_desk_opens_a_lane(stage: Stage) -> None:
    stage.desk.open_with({"lane": 8})

    assert stage.desk.opened.title.text() == "LANE-08 · Complete"


def test_a_lane_that_is_gone_is_told(stage: Stage) -> None:
    stage.answers["lane"] = lambda args: Message("lanes.no_lane")
    stage.press(KEY.Key_Return)

    assert "not there any more" in stage.desk.note.text()
    assert stage.desk.opened.isHidden()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (Source(kind=views.DOCK, units=2, place="DOCK-1"), "2 on DOCK-1, to be carried here"),
        (Source(kind=views.BIN, units=1, place="A-1"), "1 to be picked from A-1"),
        (Source(kind=views.PLANNED, units=3, number="T000004"), "3 with T000004, no day yet"),
        (Source(kind=views.BACKORDER, units=3), "3 on backorder, expected no day yet"),
    ],
)
def test_each_source_is_said_in_words(source: Source, said: str) -> None:
    assert source_in_words(source).lower() == said.lower()


# --- acts ------------------------------------------------------------------------------------------------------------


def test_a_lane_is_blocked_with_a_reason_and_opened_again_by_undo(stage: Stage) -> None:
    stage.press(KEY.Key_Right, KEY.Key_B, KEY.Key_F8)
    without = list(stage.acts)
    stage.type("wet floor")
    stage.press(KEY.Key_F8, KEY.Key_F4)

    assert without == []
    assert stage.acts == [("block_lane", {"lane": 1, "reason": "wet floor"}), ("unblock_lane", {"lane": 1})]


def test_a_blocked_lane_is_opened_and_not_blocked_twice(stage: Stage) -> None:
    stage.desk.grid.card(6).setFocus()
    stage.press(KEY.Key_B)
    said = stage.desk.band.outcome
    stage.press(KEY.Key_O, KEY.Key_F8, KEY.Key_F4)

    assert said is Outcome.LOOK_HERE
    assert stage.acts == [
        ("unblock_lane", {"lane": 6}), ("block_lane", {"lane": 6, "reason": "roller door is broken"}),
    ]  # fmt: skip


def test_an_order_s_units_are_let_go_after_a_second_yes_by_name(stage: Stage) -> None:
    stage.press(KEY.Key_Right, KEY.Key_Return, KEY.Key_L, KEY.Key_F8)
    asked, once = stage.desk.panel.accept.text(), list(stage.acts)
    stage.press(KEY.Key_F8)

    assert asked.startswith("Yes: Let 2 units of order SO-00100 go")
    assert once == []
    assert stage.acts == [("let_go", {"order": 100})]


def test_after_an_act_the_open_lane_is_there_again(stage: Stage) -> None:
    stage.press(KEY.Key_Right, KEY.Key_Return, KEY.Key_L)
    during = stage.desk.opened.isVisible()
    stage.press(KEY.Key_F8, KEY.Key_F8)

    assert (during, stage.desk.opened.isVisible()) == (False, True)


def test_a_refusal_is_shown_and_the_panel_stays(stage: Stage) -> None:
    stage.refused["block_lane"] = REFUSED
    stage.press(KEY.Key_B)
    stage.type("x")
    stage.press(KEY.Key_F8)

    assert stage.desk.band.outcome is Outcome.STOP
    assert stage.desk.panel.isVisible()


def test_letters_typed_as_a_reason_do_nothing_else(stage: Stage) -> None:
    stage.press(KEY.Key_B)
    stage.type("owls")

    assert stage.desk.panel.values() == {"reason": "owls"}
    assert stage.gone == []


# --- walking back ----------------------------------------------------------------------------------------------------


def test_what_nobody_holds_is_listed_beside_the_board(stage: Stage) -> None:
    model = stage.desk.side.tables["walk"].rows

    assert stage.desk.side.title.text() == "Walk back 7 units"
    assert [model.text_at(0, column) for column in range(6)] == [
        "LANE-07", "Blue mug 300 ml", "3", "SKU-0", "", "1 h 00",
    ]  # fmt: skip


def test_w_goes_to_the_list_enter_to_its_lane_and_esc_back(stage: Stage) -> None:
    stage.press(KEY.Key_W)
    there = stage.desk.side.tables["walk"].hasFocus()
    stage.press(KEY.Key_Down, KEY.Key_Return)

    assert there
    assert here(stage) == "LANE-15"


def test_nothing_to_walk_back_is_said(stage: Stage) -> None:
    stage.answers.update(rows.IDLE)
    stage.desk.refresh()
    stage.press(KEY.Key_W)

    assert stage.desk.side.title.text() == "Nothing to walk back"
    assert stage.desk.band.outcome is Outcome.LOOK_HERE


@pytest.mark.parametrize(
    ("key", "title", "row", "reason"),
    [
        (KEY.Key_R, "Refill 3 pick faces, 1 at once", ["▲ A-03-00-A-01", "Blue mug 300 ml", "24"],
         "9 wait to be picked, 0 are in A-03-00-A-01: 24 from A-07-00-D-02."),
        (KEY.Key_C, "Count in 3 bins, 1 at once", ["▲ A-01-00-B-04", "Blue mug 300 ml", "not found"],
         "A-01-00-B-04, Blue mug 300 ml: not found. The book says 12, and 3 wait to be picked there."),
    ],
)  # fmt: skip
def test_r_and_c_go_to_the_faces_and_bins_that_want_work(
    stage: Stage, key: Qt.Key, title: str, row: list[str], reason: str
) -> None:
    stage.press(key)
    side = stage.desk.side

    assert (side.title.text(), side.reason.text(), side.table().hasFocus()) == (title, reason, True)
    assert [side.table().rows.text_at(0, column) for column in range(len(row))] == row
    stage.press(KEY.Key_Return)
    assert stage.desk.band.outcome is Outcome.LOOK_HERE
    stage.press(KEY.Key_Escape)
    assert here(stage)


def test_a_count_that_differs_says_both_figures(stage: Stage) -> None:
    stage.press(KEY.Key_C, KEY.Key_Down, KEY.Key_Down)

    assert stage.desk.side.reason.text() == (
        "A-01-02-B-04, Glass jug 1 l: 14 were counted, the book says 12. A supervisor settles it."
    )


def test_the_lists_say_how_long_they_are_and_empty_themselves(stage: Stage) -> None:
    buttons = stage.desk.side.buttons
    assert [button.text() for button in buttons.values()] == ["Walk back 2", "Refill 3", "Count 3"]

    stage.answers.update(rows.IDLE)
    stage.desk.refresh()
    stage.press(KEY.Key_R)

    assert [button.text() for button in buttons.values()] == ["Walk back 0", "Refill 0", "Count 0"]
    assert stage.desk.side.title.text() == "Nothing to refill"


def test_leaving_what_is_thought_over_goes_back_to_its_lane(stage: Stage) -> None:
    stage.press(KEY.Key_Right, KEY.Key_B)
    before = stage.desk.panel.title.text()
    stage.press(KEY.Key_Escape)

    assert before == f"Block {here(stage)}"
    assert here(stage) != "LANE-00"


@pytest.mark.parametrize("keys", [(KEY.Key_R,), (KEY.Key_W, KEY.Key_R), (KEY.Key_R, KEY.Key_W, KEY.Key_C)])
def test_the_list_that_gets_the_keyboard_has_a_chosen_row(stage: Stage, keys: tuple[KEY, ...]) -> None:
    for key in keys:
        stage.press(key)

    table = stage.desk.side.table()
    assert (table.hasFocus(), table.chosen()) == (True, (table.current(),))
