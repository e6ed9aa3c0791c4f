"""A command happens once: repeated keys, refusals, retries, roles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from tests.builders import House
from wms_desktop.db import engine
from wms_desktop.db.tables import Command, Product, Setting
from wms_desktop.errors import Bug, Refusal
from wms_desktop.prompts import Answer, Key, Message, Outcome, Prompt, Scan
from wms_desktop.services import codes, commands, settings
from wms_desktop.services.dialogue import Context

PROMPT = Prompt(workflow="setup", state="here")


def _see(_session: Session, _context: Context) -> Prompt:
    return PROMPT


def _done(_session: Session, _context: Context) -> Answer:
    return Answer(outcome=Outcome.ACCEPTED, message=Message("done", {"n": 1}), prompt=PROMPT)


def _put(value: str) -> Callable[[Session, Context], Answer]:
    def act(session: Session, context: Context) -> Answer:
        settings.put(session, "site", value)
        return _done(session, context)

    return act


def _run(house: House, key: str, act: Callable[[Session, Context], Answer], content: str = "x", **who: str) -> Answer:
    return commands.run(house.engine, "setup", content, house.context(command=key, **who), act, _see)


def test_the_same_key_gives_the_stored_answer_and_does_nothing_again(house: House) -> None:
    first = _run(house, "K1", _put("one"))
    second = _run(house, "K1", _put("two"))

    assert (first.replayed, second.replayed) == (False, True)
    assert second.message == first.message
    assert house.read(lambda s: settings.get(s, "site")) == "one"


def test_the_same_key_with_other_content_is_a_bug(house: House) -> None:
    _run(house, "K1", _put("one"))

    with pytest.raises(Bug):
        _run(house, "K1", _put("two"), content="y")


def test_a_refusal_leaves_nothing_but_its_own_record(house: House) -> None:
    def act(session: Session, _context: Context) -> Answer:
        settings.put(session, "site", "half done")
        raise Refusal("nothing_on_dock", product="Mug")

    answer = _run(house, "K1", act)

    assert (answer.outcome, answer.message) == (Outcome.STOP, Message("nothing_on_dock", {"product": "Mug"}))
    assert house.read(lambda s: s.get(Setting, "site")) is None
    assert house.read(lambda s: s.get_one(Command, "K1").state) == "refused"


def test_a_repeated_refused_key_gets_the_same_refusal_though_it_would_work_now(house: House) -> None:
    def refuse(_session: Session, _context: Context) -> Answer:
        raise Refusal("nothing_on_dock", product="Mug")

    _run(house, "K1", refuse)
    again = _run(house, "K1", _put("one"))

    assert again.message.code == "nothing_on_dock"
    assert house.read(lambda s: s.get(Setting, "site")) is None


def test_a_role_that_may_not_is_refused_by_the_service(house: House) -> None:
    answer = _run(house, "K1", _put("mine"), badge="OP-picker")

    assert answer.message == Message("not_permitted", {"who": "Picker", "role": "picker", "work": "setup"})
    assert house.read(lambda s: s.get(Setting, "site")) is None


def test_nobody_signed_on_is_refused_and_not_recorded(house: House) -> None:
    context = house.context(command="K1")
    nobody = Context(operator_id=-1, station_id=context.station_id, command_id="K1", at=context.at)

    answer = commands.run(house.engine, "setup", "x", nobody, _put("ghost"), _see)

    assert answer.message.code == "not_signed_on"
    assert house.read(lambda s: s.get(Command, "K1")) is None


def test_a_passing_lock_is_waited_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    monkeypatch.setattr(engine.time, "sleep", lambda seconds: tries.append(1))

    def act(session: Session, context: Context) -> Answer:
        if len(tries) < 2:
            raise OperationalError("BEGIN", {}, Exception("database is locked"))
        return _put("late")(session, context)

    answer = _run(house, "K1", act)

    assert (answer.outcome, len(tries)) == (Outcome.ACCEPTED, 2)
    assert house.read(lambda s: s.scalar(select(func.count()).select_from(Command).where(Command.id == "K1"))) == 1


def test_a_lock_that_stays_is_told_after_five_tries(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[float] = []
    monkeypatch.setattr(engine.time, "sleep", tries.append)

    def act(_session: Session, _context: Context) -> Answer:
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    with pytest.raises(OperationalError):
        _run(house, "K1", act)

    assert len(tries) == engine.TRIES - 1
    assert house.read(lambda s: s.get(Command, "K1")) is None


def test_a_row_that_a_command_makes_twice_each_time_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.time, "sleep", lambda seconds: None)
    house.product("X")
    tries: list[int] = []

    def act(session: Session, _context: Context) -> Answer:
        tries.append(1)
        session.add(Product(sku="X", name="X"))
        session.flush()
        raise AssertionError

    with pytest.raises(IntegrityError):
        _run(house, "K1", act)

    assert len(tries) == (1 if house.engine.dialect.name == "sqlite" else 2)


def test_a_bug_leaves_nothing_and_is_not_swallowed(house: House) -> None:
    def act(session: Session, _context: Context) -> Answer:
        session.add(Product(sku="X", name="X"))
        session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _run(house, "K1", act)

    assert house.read(lambda s: s.scalar(select(func.count()).select_from(Product))) == 0


def test_what_is_asked_is_told_apart() -> None:
    said = {commands.content_of(e) for e in (Scan("A"), Key("A"), Key("A", "1"), Scan("A "))}

    assert len(said) == 4


@pytest.mark.parametrize("code", ["", " ", "\x1d"])
def test_no_empty_code_names_anything(house: House, code: str) -> None:
    with pytest.raises(Refusal):
        house.read(lambda s: codes.resolve(s, code, ("operator", "station", "product", "bin")))
