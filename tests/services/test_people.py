"""Badges and PINs: who stands at a station, proved by a scan, and never by a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import HOUSE, Command, Operator, Station
from wms_desktop.errors import BadInput, NotPermitted
from wms_desktop.phrases import sign_on as phrases
from wms_desktop.prompts import Answer, Event, Key, Outcome, Prompt, Scan
from wms_desktop.services import commands, people
from wms_desktop.services.dialogue import Context
from wms_desktop.services.people import NewOperator

PIN = "2468"
HASH = people.hash_pin(PIN)


@dataclass
class Door:
    """A station where people sign on, spoken to as the application does it: the PIN is checked before the command."""

    house: House
    code: str = "PICK-1"

    def scan(self, text: str) -> Answer:
        return self._send(Scan(text))

    def key(self, name: str) -> Answer:
        return self._send(Key(name))

    def who(self) -> str:
        person = self.house.read(lambda s: people.get_signed_on(s, self.context().station_id))
        return person.badge if person else ""

    def prompt(self) -> Prompt:
        return self.house.read(lambda s: people.prompt(s, self.context()))

    def context(self) -> Context:
        return self.house.context(station=self.code, badge="")

    def run(self, act: commands.Act, content: str = "act") -> Answer:
        return commands.run(self.house.engine, people.NAME, content, self.context(), act, people.prompt)

    def _send(self, event: Event) -> Answer:
        station = self.context().station_id
        text = event.text if isinstance(event, Scan) else ""
        pin_ok = people.verify_pin(self.house.engine, station, text)
        content = commands.content_of(event) if pin_ok is None else people.PIN_CONTENT
        return self.run(lambda session, context: people.answer(session, context, event, pin_ok), content)


@pytest.fixture
def door(house: House) -> Door:
    """A pick station; the supervisor, the buyer and the admin have a PIN."""
    with writing(house.engine) as session:
        session.execute(update(Operator).where(Operator.role.in_(people.WITH_PIN)).values(pin_hash=HASH))
        session.execute(update(Operator).where(Operator.id == HOUSE).values(pin_hash=""))
    return Door(house)


def test_a_badge_without_a_pin_signs_on_at_once(door: Door) -> None:
    answer = door.scan("OP-picker")

    assert (answer.outcome, answer.message.code) == (Outcome.STEP_DONE, "signed_on")
    assert door.who() == "OP-picker"
    assert [detail.args["who"] for detail in door.prompt().details] == ["Picker"]


def test_another_badge_takes_over(door: Door) -> None:
    door.scan("OP-picker")

    answer = door.scan("OP-picker2")

    assert (answer.message.code, answer.message.args["was"]) == ("signed_on_instead", "Picker")
    assert door.who() == "OP-picker2"


def test_a_supervisor_is_asked_for_the_pin_and_not_signed_on_before(door: Door) -> None:
    asked = door.scan("OP-supervisor")
    before = door.who()
    answer = door.scan(PIN)

    assert (asked.prompt.state, before) == ("pin", "")
    assert (answer.message.code, door.who()) == ("signed_on", "OP-supervisor")


def test_a_wrong_pin_is_counted_and_the_right_one_sets_the_count_back(door: Door) -> None:
    door.scan("OP-supervisor")
    wrong = [door.scan("1111") for _ in range(4)]
    again = door.prompt()
    door.scan(PIN)
    failed = select(Operator.failed_pins).where(Operator.badge == "OP-supervisor")

    assert [answer.message.args["left"] for answer in wrong] == [4, 3, 2, 1]
    assert {answer.outcome for answer in wrong} == {Outcome.STOP}
    assert (again.state, again.args["left"]) == ("pin", 1)
    assert door.house.read(lambda s: s.scalar(failed)) == 0


def lock_badge(door: Door) -> Answer:
    """Five wrong PINs."""
    door.scan("OP-supervisor")
    return [door.scan("1111") for _ in range(people.WRONG_PINS)][-1]


def test_five_wrong_pins_lock_the_badge_everywhere(door: Door) -> None:
    last = lock_badge(door)
    here, there = door.scan("OP-supervisor"), Door(door.house, "PACK-1").scan("OP-supervisor")

    assert (last.message.code, last.prompt.state) == ("badge_locked", "badge")
    assert (here.message.code, there.message.code) == ("badge_locked", "badge_locked")
    assert door.who() == ""


def test_the_right_pin_no_longer_helps_when_the_badge_was_locked_meanwhile(door: Door) -> None:
    other = Door(door.house, "PACK-1")
    other.scan("OP-supervisor")
    lock_badge(door)

    answer = other.scan(PIN)

    assert (answer.message.code, answer.prompt.state, other.who()) == ("badge_locked", "badge", "")


def test_a_right_pin_checked_just_before_the_badge_was_locked_does_not_sign_on(door: Door) -> None:
    other = Door(door.house, "PACK-1")
    other.scan("OP-supervisor")
    checked = people.verify_pin(door.house.engine, other.context().station_id, PIN)
    lock_badge(door)
    answer = other.run(lambda session, context: people.answer(session, context, Scan(PIN), checked))

    assert (checked, answer.message.code, other.who()) == (True, "badge_locked", "")


def unlock(door: Door, badge: str, by: str) -> None:
    """Somebody unlocks a badge."""
    with writing(door.house.engine) as session:
        wanted = session.scalars(select(Operator.id).where(Operator.badge == badge)).one()
        people.unlock_badge(session, door.house.context(badge=by), wanted)


def test_another_supervisor_or_admin_unlocks_a_badge(door: Door) -> None:
    lock_badge(door)
    unlock(door, "OP-supervisor", by="OP-admin")
    door.scan("OP-supervisor")
    door.scan(PIN)

    assert door.who() == "OP-supervisor"


@pytest.mark.parametrize(("badge", "by"), [("OP-supervisor", "OP-picker"), ("OP-supervisor", "OP-supervisor"),
                                           ("OP-buyer", "OP-admin")])  # fmt: skip
def test_nobody_else_unlocks_and_nobody_himself(door: Door, badge: str, by: str) -> None:
    lock_badge(door)

    with pytest.raises(NotPermitted):
        unlock(door, badge, by)

    assert door.scan("OP-supervisor").message.code == "badge_locked"


def test_while_a_pin_is_waited_for_another_badge_switches_and_escape_leaves(door: Door) -> None:
    door.scan("OP-supervisor")
    left = door.key("back")
    door.scan("OP-supervisor")
    door.scan("OP-picker")

    assert (left.message.code, left.prompt.state) == ("sign_on_left", "badge")
    assert door.who() == "OP-picker"


@pytest.mark.parametrize("text", ["", "]C1", "OP-nobody", "DOCK-1", "WMS-KEY-DONE"])
def test_nothing_but_a_badge_signs_on_and_least_of_all_an_empty_scan(door: Door, text: str) -> None:
    answer = door.scan(text)

    assert answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD)
    assert (door.who(), answer.prompt.state) == ("", "badge")


def test_what_cannot_be_a_pin_is_refused_without_counting(door: Door) -> None:
    door.scan("OP-supervisor")
    answers = [door.scan(text) for text in ("123", "DOCK-1", "5012345678900", "")]

    assert {answer.message.code for answer in answers} == {"no_pin"}
    assert door.prompt().args["left"] == people.WRONG_PINS


def test_a_badge_that_is_not_in_use_any_more_is_refused(door: Door) -> None:
    with writing(door.house.engine) as session:
        session.execute(update(Operator).where(Operator.badge == "OP-picker").values(is_active=False))

    assert door.scan("OP-picker").message.code == "badge_inactive"
    assert door.who() == ""
    assert "OP-picker" not in {person.badge for person in door.house.read(people.list_operators)}


def test_signing_on_cannot_be_undone_into_somebody_else(door: Door) -> None:
    door.scan("OP-picker")
    door.scan("OP-picker2")

    assert door.key("undo").message.code == "nothing_to_undo"
    assert door.who() == "OP-picker2"
    assert set(door.house.read(lambda s: s.scalars(select(Command.undo).where(Command.state == "done")).all())) == {""}


def test_a_locked_station_says_whose_work_waits_until_a_badge_is_scanned(door: Door) -> None:
    door.scan("OP-picker")
    locked = door.run(people.lock)
    during = door.who()
    door.scan("OP-picker")

    assert (locked.message.code, during) == ("station_locked", "")
    assert [(d.code, d.args["who"]) for d in locked.prompt.details] == [("sign_on.locked_by", "Picker")]
    assert door.who() == "OP-picker"


def test_signing_off_leaves_nobody(door: Door) -> None:
    door.scan("OP-picker")
    answer = door.run(people.sign_off)

    assert (answer.message.code, door.who(), answer.prompt.details) == ("signed_off", "", ())
    assert door.run(people.sign_off, "again").message.code == "nobody_signed_on"
    assert door.house.read(lambda s: s.scalar(select(Station.signed_on_at).where(Station.code == "PICK-1"))) is None


def test_the_pin_stands_in_no_command(door: Door) -> None:
    door.scan("OP-supervisor")
    door.scan("1111")
    door.scan(PIN)
    kept = door.house.read(lambda s: [(c.content, c.answer, c.undo) for c in s.scalars(select(Command))])
    by_content = {commands._digest(people.NAME, commands.content_of(Scan(pin))) for pin in (PIN, "1111")}

    assert not [row for row in kept if PIN in row[1] + row[2] or "1111" in row[1] + row[2]]
    assert by_content.isdisjoint(row[0] for row in kept)


def test_a_pin_is_looked_at_only_where_one_is_waited_for(door: Door) -> None:
    station = door.context().station_id
    before = people.verify_pin(door.house.engine, station, PIN)
    door.scan("OP-supervisor")

    checked = [people.verify_pin(door.house.engine, station, text) for text in (PIN, "1111", "OP-picker")]

    assert (before, checked) == (None, [True, False, None])


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        (NewOperator(badge="OP-picker", name="A", role="picker"), "input.taken", "badge"),
        (NewOperator(badge="OP-9", name=" ", role="picker"), "input.empty", "name"),
        (NewOperator(badge="OP-9", name="A", role="boss"), "input.not_one_of", "role"),
        (NewOperator(badge="OP-9", name="A", role="buyer"), "input.pin_wanted", "pin_hash"),
        (NewOperator(badge="OP-9", name="A", role="buyer", pin_hash=PIN), "input.not_hashed", "pin_hash"),
        (NewOperator(badge=" OP-9", name="A", role="picker"), "input.blanks", "badge"),
        (NewOperator(badge="OP-8", name="A", role="picker"), "input.twice", "badge"),
    ],
)
def test_a_wrong_row_of_people_is_named_and_none_is_added(
    house: House, row: NewOperator, code: str, field: str
) -> None:
    good = NewOperator(badge="OP-8", name="Ada", role="picker")
    with pytest.raises(BadInput) as refused, writing(house.engine) as session:
        people.add_operators(session, [good, row])

    assert (refused.value.code, refused.value.args_["row"], refused.value.args_["field"]) == (code, 2, field)
    assert house.read(lambda s: s.scalar(select(Operator.id).where(Operator.badge == "OP-8"))) is None


def test_people_are_added_with_their_pins(house: House) -> None:
    with writing(house.engine) as session:
        people.add_operators(session, [NewOperator(badge="OP-9", name="Ada", role="admin", pin_hash=HASH)])
    person = next(p for p in house.read(people.list_operators) if p.badge == "OP-9")

    assert (person.name, person.role, person.has_pin, person.is_locked) == ("Ada", "admin", True, False)


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "１２３４"])
def test_a_pin_is_four_to_eight_digits(pin: str) -> None:
    with pytest.raises(BadInput, match="bad_pin"):
        people.hash_pin(pin)


def test_every_code_of_signing_on_has_its_sentence() -> None:
    source = Path(people.__file__).read_text(encoding="utf-8")
    used = set(re.findall(r'(?:Message|Detail|NotPermitted|CannotUndo)\(\s*"([a-z_.]+)"', source)) | {"no_pin"}
    states = {f"prompt.sign_on.{step.state}{sub}" for step in people.WORKFLOW.steps for sub in ("", ".sub")}

    assert used - {"nothing_to_undo"} | states == phrases.TEXTS.keys()


def test_people_are_listed_without_the_house_itself(house: House) -> None:
    names = [row.name for row in house.read(people.list_operators)]

    assert names == sorted(names)
    assert "house" not in names
