"""How desks are joined to the threads: questions, acts, changes, jumps, and what they cost the floor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.fakes import BADGE, FakeReads, FakeRunner, accepted, stopper
from tests.ui.import_fakes import FakeHouse
from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer, Who
from wms_desktop.ui.desks.desk import Desk
from wms_desktop.ui.desks.imports import ImportsDesk
from wms_desktop.ui.main_window import MainWindow
from wms_desktop.ui.settings import Settings


class Probe(Desk):
    """A desk that asks one question and shows nothing."""

    cares_for = Changes.STOCK

    def __init__(self, settings: Settings) -> None:
        super().__init__("story", settings)
        self.answers: list[object] = []
        self.opened: list[Mapping[str, Any]] = []
        self.codes: list[str] = []

    def refresh(self) -> None:
        self.ask("probe", {"n": len(self.answers)}, self.answers.append)

    def open_with(self, args: Mapping[str, Any]) -> None:
        self.opened.append(args)

    def take_code(self, text: str) -> None:
        self.codes.append(text)


@pytest.fixture
def probe(qtbot: QtBot, window: MainWindow, reads: FakeReads) -> Probe:
    """The probe in the place of the order story, up and read once."""
    reads.answers["probe"] = lambda args: args["n"]
    made = Probe(window.settings)
    window.desks.makers["story"] = lambda: made
    window.show_place("story")
    qtbot.waitUntil(lambda: made.answers == [0])
    return made


def changed(outcome: Answer, changes: Changes) -> Answer:
    return Answer(outcome=outcome.outcome, message=outcome.message, prompt=outcome.prompt, changes=changes)


def test_a_desk_is_made_when_it_is_first_wanted(window: MainWindow) -> None:
    assert not window.desks.made
    window.show_place("batches")
    assert list(window.desks.made) == ["batches"]


def test_a_change_it_cares_for_is_read_anew_and_others_are_not(qtbot: QtBot, window: MainWindow, probe: Probe) -> None:
    window.operations.changed.emit(Changes.PEOPLE)
    window.operations.changed.emit(Changes.STOCK)
    qtbot.waitUntil(lambda: probe.answers == [0, 1])
    qtbot.wait(400)

    assert probe.answers == [0, 1]


def test_a_floor_that_never_rests_does_not_put_the_reading_off_for_ever(
    qtbot: QtBot, window: MainWindow, probe: Probe
) -> None:
    def storm() -> bool:
        window.operations.changed.emit(Changes.STOCK)
        return len(probe.answers) > 1

    qtbot.waitUntil(storm, timeout=2_000)


def test_a_hidden_desk_is_left_alone(qtbot: QtBot, window: MainWindow, probe: Probe) -> None:
    window.show_place("chooser")
    window.operations.changed.emit(Changes.STOCK)
    qtbot.wait(400)

    assert probe.answers == [0]


def test_who_did_something_sees_it_at_once_and_is_told_how_it_went(
    qtbot: QtBot, window: MainWindow, probe: Probe, runner: FakeRunner
) -> None:
    runner.act_answers["pin"] = changed(accepted("pinned", BADGE), Changes.STOCK)
    heard: list[Answer] = []
    probe.do("pin", {"orders": [1]}, heard.append)
    qtbot.waitUntil(lambda: probe.answers == [0, 1])

    assert runner.acts == [("pin", {"orders": [1]})]
    assert probe.note.text() == "Heard pinned"
    assert heard == [runner.act_answers["pin"]]


def test_a_refused_act_is_told_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, probe: Probe, runner: FakeRunner
) -> None:
    runner.act_answers["pin"] = stopper("not you", BADGE)
    probe.do("pin", {"orders": [1]})
    qtbot.waitUntil(lambda: probe.note.text() == "Heard not you")

    assert probe.answers == [0]


def test_a_question_that_fails_is_told_at_its_desk(qtbot: QtBot, probe: Probe, reads: FakeReads) -> None:
    reads.answers["probe"] = lambda args: args["not there"]
    probe.refresh()
    qtbot.waitUntil(lambda: "not there" in probe.note.text())


def test_a_desk_sends_to_another_and_tells_it_what_to_show(
    qtbot: QtBot, window: MainWindow, probe: Probe, reads: FakeReads
) -> None:
    reads.answers.update(FakeHouse().answers())
    probe.go("imports", run=7)
    qtbot.waitUntil(lambda: window.desks.imports.step == "preview")
    window.desks.imports.go("story", order=5)

    assert window.place == "story"
    assert probe.opened == [{"order": 5}]


def test_a_scan_goes_to_the_desk_that_takes_codes_and_else_to_the_station(
    qtbot: QtBot, window: MainWindow, probe: Probe, runner: FakeRunner
) -> None:
    probe.takes_codes = True  # type: ignore[misc]
    window.take_code("]C10012")
    window.show_place("pick")
    window.show_place("story")
    probe.takes_codes = False  # type: ignore[misc]
    window.take_code("]C10013")
    qtbot.waitUntil(lambda: window.place == "pick")

    assert probe.codes == ["]C10012"]


def test_a_desk_that_takes_long_to_read_rests_long(
    qtbot: QtBot, window: MainWindow, probe: Probe, reads: FakeReads
) -> None:
    def slow(args: Mapping[str, Any]) -> Any:
        Event().wait(0.12)
        return args["n"]

    reads.answers["probe"] = slow
    probe.refresh()
    qtbot.waitUntil(lambda: len(probe.answers) == 2)
    window.operations.changed.emit(Changes.STOCK)
    qtbot.wait(400)
    early = len(probe.answers)
    qtbot.waitUntil(lambda: len(probe.answers) == 3, timeout=2_000)

    assert early == 2


@pytest.mark.parametrize(
    ("may", "offered"),
    [
        ({"pick"}, ("pick",)),
        ({"orders", "promises", "imports"}, ("backlog", "figures", "decisions", "story", "imports")),
        ({"batches", "imports"}, ("batches", "imports")),
    ],
)
def test_a_person_is_offered_the_desks_of_their_work(
    window: MainWindow, may: set[str], offered: tuple[str, ...]
) -> None:
    window.floor.signed_on.emit(Who(operator_id=9, name="Bea", role="buyer", may=frozenset(may)))

    assert window.chooser.places() == offered
    assert window.menus.action("import").isEnabled() == ("imports" in may)


def test_the_columns_of_every_desk_are_remembered_when_the_window_closes(
    qtbot: QtBot, window: MainWindow, import_desk: ImportsDesk
) -> None:
    import_desk.start.table.show_column(3, shown=False)
    window.close()
    again = ImportsDesk(window.settings, UTC, window.operations.imports)
    qtbot.addWidget(again)

    assert 3 not in again.start.table.columns_shown()
