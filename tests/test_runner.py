"""One workstation's commands: journalled before they happen, answered once, found again after a crash."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.builders import NOON, House
from wms_desktop import config
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, writing
from wms_desktop.db.tables import HOUSE, Command, Counter
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Outcome, Scan
from wms_desktop.runner import DeskReads, StationRunner
from wms_desktop.services import people


@pytest.fixture
def profile(tmp_path: Path) -> config.Profile:
    return config.read_profile(tmp_path / "home")


@pytest.fixture
def house(profile: config.Profile) -> Iterator[House]:
    engine = open_engine(profile.database_url)
    schema.upgrade(engine)
    yield House(engine).furnish()
    engine.dispose()


@pytest.fixture
def runner(profile: config.Profile, house: House) -> Iterator[StationRunner]:
    made = _start(profile)
    yield made
    made.close()


def _start(profile: config.Profile) -> StationRunner:
    return StationRunner(profile, open_engine(profile.database_url), lambda: NOON + timedelta(hours=1))


def test_a_badge_signs_on_and_says_what_the_person_may_do(runner: StationRunner) -> None:
    assert runner.who() is None
    runner.send(people.NAME, Scan("OP-receiver"), 0)

    who = runner.who()
    assert (who.name, "receive" in who.may, "pick" in who.may) == ("Receiver", True, False)


def test_nobody_signed_on_gets_a_refusal_and_nothing_happens(runner: StationRunner, house: House) -> None:
    house.purchase("PO-1", (house.product("MUG"), 3))

    answer = runner.send("receive", Scan("PO-1"), 0)

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "not_signed_on")
    assert runner.prompt("receive").state == "open"


def test_a_scan_is_carried_out_at_the_station_of_its_kind(runner: StationRunner, house: House) -> None:
    mug = house.product("MUG")
    house.purchase("PO-1", (mug, 3))
    runner.send(people.NAME, Scan("OP-receiver"), 0)

    answer = [runner.send("receive", Scan(code), 0) for code in ("PO-1", "EAN-MUG")][-1]

    assert answer.prompt.state == "count"
    assert house.on_hand("DOCK-1", mug) == 1


def test_after_a_kill_the_last_scan_is_shown_with_what_became_of_it(profile: config.Profile, house: House) -> None:
    house.purchase("PO-1", (house.product("MUG"), 3))
    first = _start(profile)
    first.send(people.NAME, Scan("OP-receiver"), 0)
    shown = first.send("receive", Scan("PO-1"), 0).prompt
    first.keep("receive", Scan("EAN-MUG"), 0, "fault")  # made in front of a fault, never carried out; then killed

    second = _start(profile)

    assert [(u.text, u.outcome) for u in second.unanswered()] == [("PO-1", "applied"), ("EAN-MUG", "unknown")]
    assert second.prompt("receive") == shown
    assert second.who().name == "Receiver"
    for told in second.unanswered():
        second.dismiss(told.key)
    assert second.unanswered() == []
    second.close()
    first.close()


def test_an_answer_counts_as_seen_when_the_next_scan_comes(runner: StationRunner, profile: config.Profile) -> None:
    runner.send(people.NAME, Scan("OP-receiver"), 0)
    runner.send("receive", Scan("NONSENSE"), 0)
    runner.send("receive", Scan("MORE"), 0)

    again = _start(profile)
    assert [u.text for u in again.unanswered()] == ["MORE"]
    again.close()


def test_scans_kept_after_a_stop_are_journalled_and_closed(runner: StationRunner) -> None:
    runner.send(people.NAME, Scan("OP-receiver"), 0)
    runner.keep("receive", Scan("EAN-MUG"), 0, "stop")

    assert runner.unanswered() == []


def test_a_pin_is_never_written_down(runner: StationRunner, profile: config.Profile, house: House) -> None:
    boss = people.NewOperator(badge="OP-BOSS", name="Boss", role="supervisor", pin_hash=people.hash_pin("8642"))
    with writing(house.engine) as session:
        people.add_operators(session, [boss])

    runner.send(people.NAME, Scan("OP-BOSS"), 0)
    runner.send(people.NAME, Scan("8642"), 0)

    assert runner.who().name == "Boss"
    assert b"8642" not in profile.journal.read_bytes()
    contents = house.read(lambda s: " ".join(s.scalars(select(Command.content + Command.answer))))
    assert "8642" not in contents


def test_numbers_go_on_above_the_marks_after_a_restore(profile: config.Profile, house: House) -> None:
    config.keep_marks(profile.marks, {"sscc": 500})

    _start(profile).close()

    assert house.read(lambda s: s.get_one(Counter, "sscc").value) == 500


def test_the_desk_reads_cannot_write_and_feel_every_command(runner: StationRunner, profile: config.Profile) -> None:
    reads = DeskReads(profile, lambda: NOON)
    before = reads.pulse()
    runner.send(people.NAME, Scan("OP-receiver"), 0)

    assert reads.pulse() != before
    assert [row.name for row in reads.operators() if row.id == HOUSE] == []
    assert reads.ask("backlog", {}).lines == ()
    reads.close()


def test_the_desk_reads_answer_what_the_desks_of_the_backlog_ask(profile: config.Profile, house: House) -> None:
    order = house.order("O1", (house.product("MUG"), 3))
    reads = DeskReads(profile, lambda: NOON)
    book, figures = reads.ask("backlog", {}), reads.ask("figures", {})
    told, found = reads.ask("story", {"order": order}), reads.ask("find", {"text": "O1"})
    why = reads.ask("why", {"line": book.lines[0].line_id})
    reads.close()

    assert [row.order_id for row in book.orders] == [order] == [told.order_id] == [found[0].orders[0][0]]
    assert (figures.total.units, told.lines[0].by_state) == (3, book.lines[0].by_state)
    assert all(sentence(message.code, message.args) for message in why)


def test_a_profile_may_name_its_stations(profile: config.Profile, house: House) -> None:
    file = profile.folder / "settings.json"
    file.write_text('{"stations": {"receive": "DOCK-B"}}')
    house.purchase("PO-1", (house.product("MUG"), 3))
    runner = _start(config.read_profile(profile.folder))
    runner.send(people.NAME, Scan("OP-receiver"), 0)

    runner.send("receive", Scan("PO-1"), 0)

    used = house.read(lambda s: s.scalars(select(Command.station_id).where(Command.workflow == "receive")).one())
    assert used == house.context(station="DOCK-B").station_id
    runner.close()
    shutil.rmtree(profile.folder)
