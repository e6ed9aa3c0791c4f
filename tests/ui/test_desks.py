"""The batches board."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.fakes import Batch, FakeReads, FakeRunner, Person
from wms_desktop.changes import Changes
from wms_desktop.ui.desks.batches import BatchesDesk
from wms_desktop.ui.desks.card import MIME, BatchCard
from wms_desktop.ui.main_window import MainWindow

PEOPLE = (Person(2, "Ana"), Person(3, "Ben"), Person(4, "Pat", "packer"))


@pytest.fixture
def board(qtbot: QtBot) -> BatchesDesk:
    desk = BatchesDesk(UTC)
    qtbot.addWidget(desk)
    desk.show_rows((Batch(1, "118", "Ana", 2), Batch(2, "119")), PEOPLE)
    desk.resize(1280, 640)
    desk.show()
    qtbot.waitActive(desk).__enter__()
    return desk


@pytest.fixture
def moves(board: BatchesDesk) -> list[tuple[int, int]]:
    heard: list[tuple[int, int]] = []
    board.moved.connect(lambda batch, operator: heard.append((batch, operator)))
    return heard


def card(board: BatchesDesk, batch_id: int) -> BatchCard:
    found = board.findChild(BatchCard, f"batch-{batch_id}")
    assert found is not None
    return found


def drop(board: BatchesDesk, operator_id: int, data: bytes) -> None:
    lane = next(w for w in board.findChildren(object) if w.objectName() == f"lane-{operator_id}")
    mime = QMimeData()
    mime.setData(MIME, data)
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    lane.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.MoveAction, mime, left, none))


def test_each_picker_has_a_column_and_each_batch_a_card(board: BatchesDesk) -> None:
    lanes = [w.objectName() for w in board.findChildren(object) if w.objectName().startswith("lane-")]

    assert lanes == ["lane-0", "lane-2", "lane-3"]
    assert "3 of 20 picks" in card(board, 1).words()
    assert "on time" in card(board, 1).words()


def test_a_batch_that_misses_its_truck_says_by_how_much(board: BatchesDesk) -> None:
    late = Batch(9, "7", predicted_at=datetime(2026, 3, 2, 15, 52, 30, tzinfo=UTC))
    board.show_rows((late,), PEOPLE)

    assert card(board, 9).late_minutes() == 22
    assert "late by 22 min" in card(board, 9).words()


def test_a_card_dropped_on_a_column_is_theirs(board: BatchesDesk, moves: list[tuple[int, int]]) -> None:
    drop(board, 3, b"1")

    assert moves == [(1, 3)]


@pytest.mark.parametrize("data", [b"", b"x", b"\xb2", b"99", b"1 or 1"])
def test_a_foreign_drop_moves_nothing(board: BatchesDesk, moves: list[tuple[int, int]], data: bytes) -> None:
    drop(board, 3, data)

    assert moves == []


def test_a_card_dropped_where_it_was_moves_nothing(board: BatchesDesk, moves: list[tuple[int, int]]) -> None:
    drop(board, 2, b"1")

    assert moves == []


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_control_m_offers_the_others_and_a_number_chooses(
    qtbot: QtBot, board: BatchesDesk, moves: list[tuple[int, int]]
) -> None:
    card(board, 1).setFocus()
    qtbot.keyClick(card(board, 1), Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    qtbot.keyClick(menu, Qt.Key.Key_2)

    assert texts == ["&0  Not given out", "&2  Ben"]
    assert moves == [(1, 3)]


def test_control_z_takes_the_last_move_back_until_a_pick_is_made(
    qtbot: QtBot, board: BatchesDesk, moves: list[tuple[int, int]]
) -> None:
    board.move_batch(1, 3)
    qtbot.keyClick(board, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    board.move_batch(1, 3)
    board.show_rows((Batch(1, "118", "Ben", 3, picks_done=4),), PEOPLE)

    assert not board.undo()
    assert moves == [(1, 3), (1, 2), (1, 3)]


def test_the_keyboard_stays_on_its_card_when_the_board_is_read_anew(qtbot: QtBot, board: BatchesDesk) -> None:
    card(board, 2).setFocus()
    qtbot.waitUntil(card(board, 2).hasFocus)
    board.show_rows((Batch(1, "118", "Ana", 2), Batch(2, "119", picks_done=5)), PEOPLE)

    assert card(board, 2).hasFocus()


def test_a_move_goes_through_the_runner_and_the_board_is_read_again(
    qtbot: QtBot, window: MainWindow, runner: FakeRunner, reads: FakeReads
) -> None:
    window.show_place("batches")
    qtbot.waitUntil(lambda: window.desks.batches.findChild(BatchCard, "batch-2") is not None)
    reads.rows_of_batches = (Batch(2, "119", "Ben", 3),)
    window.desks.batches.move_batch(2, 3)
    qtbot.waitUntil(lambda: card(window.desks.batches, 2).row.picker_id == 3)

    assert runner.moves == [(2, 3)]
    assert window.desks.batches.note.text() == "Heard move"


def test_a_desk_in_sight_is_read_again_when_something_it_cares_for_changed(
    qtbot: QtBot, window: MainWindow, reads: FakeReads
) -> None:
    window.show_place("batches")
    qtbot.waitUntil(lambda: window.desks.batches.findChild(BatchCard, "batch-2") is not None)
    reads.rows_of_batches = (Batch(5, "555"),)
    window.operations.changed.emit(Changes.BATCHES)

    qtbot.waitUntil(lambda: window.desks.batches.findChild(BatchCard, "batch-5") is not None)


def test_control_r_releases_work_and_control_p_prints_the_chosen_list(
    qtbot: QtBot, window: MainWindow, runner: FakeRunner
) -> None:
    window.show_place("batches")
    qtbot.waitUntil(lambda: window.desks.batches.findChild(BatchCard, "batch-2") is not None)
    desk = window.desks.batches
    qtbot.keyClick(desk, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(desk, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    card(desk, 2).setFocus()
    qtbot.keyClick(desk, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(runner.moves) == 2)

    assert runner.moves == [("release", 0), ("list", 2)]
