"""A truck's plan gets better beside the work, or stays as it is and says so; no process outlives the window."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from tests.builders import NOON, House
from tests.services.inbound_desk import act, book, delivery
from tests.services.truck_floor import command
from wms_desktop import app
from wms_desktop import sharer as module
from wms_desktop.changes import Changes
from wms_desktop.config import read_profile
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, writing
from wms_desktop.db.tables import Delivery
from wms_desktop.domain.arrivals import Answer, Candidate, Problem, Want, rank_up, share_out, value_of
from wms_desktop.domain.demand import Urgency
from wms_desktop.domain.sharing import Wish
from wms_desktop.phrases import sentence
from wms_desktop.services import dock_sharing, news, planning, rematching, settings
from wms_desktop.services.planning import making
from wms_desktop.sharer import Sharer, SolverFailed, improve
from wms_desktop.solvers.process import Solver
from wms_desktop.solvers.sharing import Found, solve


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A truck with four mugs that an old order for four and two orders for two wait for, in the stated order."""
    monkeypatch.setattr(making, "_MOVES", 0)
    engine = open_engine(f"sqlite:///{tmp_path / 'house.db'}")
    schema.upgrade(engine)
    made = House(engine).furnish()
    mug = made.product("MUG")
    made.order("OLD", (mug, 4), placed_at=NOON - timedelta(days=9))
    made.order("A", (mug, 2))
    made.order("B", (mug, 2))
    book(made, made.purchase("PO-1", (mug, 4)))
    act(made, "check_in", station="DOCK-A", delivery=1)
    yield made
    engine.dispose()


def rule(house: House, **values: str) -> None:
    """Sets rules of the house."""
    with writing(house.engine) as session:
        for name, value in values.items():
            settings.put(session, name, value)


def sharer(house: House, **args: Any) -> Sharer:
    """What looks after the trucks, on the house's clock; not started."""
    return Sharer(str(house.engine.url), lambda: house.now, **args)


def standing(house: House) -> tuple[str, int, int]:
    """How the truck is shared out: method, orders completed, and the bound."""
    row = delivery(house)
    return row.method, row.completes, row.bound


def told(house: House, seconds: int = 0) -> str:
    """What the desk says of it, so many seconds later."""
    now = house.now + timedelta(seconds=seconds)
    message = house.read(lambda s: dock_sharing.tell(s, now, 1)).message
    return sentence(message.code, message.args)


def test_a_better_sharing_out_is_found_and_taken_over(house: House) -> None:
    assert standing(house)[:2] == ("stated", 1)

    taken = sharer(house).turn(house.engine)

    assert taken == 1
    assert standing(house) == ("solver", 2, 2)
    assert told(house) == "Orders that leave complete: 2. No sharing-out completes more."


def test_a_plan_is_looked_at_once_and_again_when_it_was_made_anew(house: House) -> None:
    started: list[Solver] = []

    def start() -> Solver:
        started.append(Solver())
        return started[-1]

    one = sharer(house, start_solver=start)
    one.turn(house.engine)
    one.turn(house.engine)
    assert len(started) == 1

    book(house, house.purchase("PO-2", (1, 2)))
    one.turn(house.engine)

    assert len(started) <= 2
    assert all(solver._child.returncode is not None for solver in started)


def test_a_plan_that_every_scan_mends_is_not_looked_at_at_every_scan(house: House) -> None:
    started: list[int] = []

    def start() -> Solver:
        started.append(1)
        return Solver()

    def mend() -> None:
        with writing(house.engine) as session:
            news.note(session, [1])
            rematching.settle(session, house.context(station="DOCK-A", badge="OP-supervisor"))

    one = sharer(house, start_solver=start)
    house.now += timedelta(seconds=30)
    one.turn(house.engine)
    house.now += timedelta(seconds=4)
    house.order("C", (1, 2))
    mend()
    one.turn(house.engine)
    assert len(started) == 1

    house.now += timedelta(seconds=7)
    one.turn(house.engine)

    assert len(started) == 2


def test_an_answer_to_an_older_plan_proves_nothing_and_the_plan_is_looked_at_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Problem] = []

    def answers(problem: Problem, *_: object) -> Iterator[Answer]:
        asked.append(problem)
        if len(asked) == 1:  # while the solver thinks, the truck is planned anew
            house.now += timedelta(minutes=1)
            command(house, lambda s, c: planning.plan(s, c, 1))
        yield Answer(method="solver", completed=(1,), bound=1)

    monkeypatch.setattr(module, "improve", answers)
    one = sharer(house)
    one.turn(house.engine)
    assert standing(house) == ("stated", 1, 2)

    one.turn(house.engine)

    assert len(asked) == 2
    assert standing(house)[0] == "solver"


def test_a_plan_that_could_not_be_read_is_looked_at_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    real, turns = planning.problem, Counter[str]()

    def problem(*args: Any) -> Problem:
        turns["read"] += 1
        if turns["read"] == 1:
            raise OperationalError("", {}, Exception("gone"))
        return real(*args)

    monkeypatch.setattr(planning, "problem", problem)
    one = sharer(house)
    with pytest.raises(OperationalError):
        one.turn(house.engine)

    assert one.turn(house.engine) == 1


def test_what_another_workstation_improved_is_left_alone(house: House) -> None:
    sharer(house).turn(house.engine)

    def never() -> Solver:
        raise AssertionError

    assert sharer(house, start_solver=never).turn(house.engine) == 0


def test_a_solver_that_cannot_be_started_leaves_the_plain_answer(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> Solver:
        raise OSError("no such program")

    with caplog.at_level(logging.WARNING):
        taken = sharer(house, start_solver=refuse).turn(house.engine)

    assert (taken, standing(house)[:2]) == (0, ("stated", 1))
    assert "The sharing-out stays as it is, the solver brought nothing: no such program" in caplog.text
    assert told(house) == "Orders that leave complete: 1. A better sharing-out is being sought."
    assert told(house, 60).endswith("1, of at most 2, in the stated order. No answer of the solver stands.")


def test_a_solver_that_dies_leaves_the_plain_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    assert sharer(house).turn(house.engine) == 0
    assert standing(house)[:2] == ("stated", 1)


def test_switched_off_it_never_starts(house: House) -> None:
    rule(house, solver_seconds="0")

    def never() -> Solver:
        raise AssertionError

    assert sharer(house, start_solver=never).turn(house.engine) == 0
    assert told(house, 60).endswith("1, of at most 2, in the stated order. The solver is switched off.")


def test_where_nobody_competes_no_process_is_started(house: House) -> None:
    jug = house.product("JUG")
    house.order("C", (jug, 1))
    act(house, "finish_delivery", station="DOCK-A", delivery=1)
    book(house, house.purchase("PO-2", (jug, 9)))

    def never() -> Solver:
        raise AssertionError

    assert sharer(house, start_solver=never).turn(house.engine) == 0


def test_it_works_on_a_thread_of_its_own_and_leaves_no_process(house: House) -> None:
    heard, started = Event(), list[Solver]()

    def start() -> Solver:
        started.append(Solver())
        return started[-1]

    one = sharer(house, heard=heard.set, start_solver=start)
    one.start()
    one.wake()
    is_heard = heard.wait(30)
    one.stop()

    assert is_heard
    assert standing(house)[:2] == ("solver", 2)
    assert [solver._child.returncode is not None for solver in started] == [True]
    assert one._thread is not None
    assert not one._thread.is_alive()


def test_stopping_in_the_middle_ends_the_process_at_once(house: House) -> None:
    asked, started = Event(), list[Solver]()

    class Slow(Solver):
        def answers(self, wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float) -> Iterator[Any]:
            asked.set()
            many = [Wish(n, ((n % 97, 1 + n % 5), (97 + n % 89, 1)), 1000 + n % 13) for n in range(4000)]
            return super().answers(many, dict.fromkeys(range(200), 30), 30)

    def start() -> Solver:
        started.append(Slow())
        return started[-1]

    one = sharer(house, start_solver=start)
    one.start()
    one.wake()
    assert asked.wait(30)
    one.stop()

    assert one._thread is not None
    assert not one._thread.is_alive()
    assert started[0]._child.returncode is not None
    assert standing(house)[:2] == ("stated", 1)


# --- rank by rank ----------------------------------------------------------------------------------------------------


class Here:
    """The solver without its process."""

    def answers(self, wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float) -> Iterator[Any]:
        """What the process would say last."""
        found: Found = solve(wishes, supply, seconds)
        yield type("Said", (), {"orders": found.orders, "worth": found.worth, "bound": found.bound, "is_last": True})


class Mute:
    """A solver that says nothing."""

    def answers(self, wishes: Sequence[Wish], supply: Mapping[int, int], seconds: float) -> Iterator[Any]:
        """Nothing."""
        return iter(())


def waiting(order_id: int, priority: int, value: int, needs: Mapping[int, int]) -> Candidate:
    """An order of a priority class that wants so many units of some products."""
    urgency = Urgency(order_id=order_id, is_pinned=False, promise=date(2026, 3, 9), leave_by=NOON + timedelta(hours=4),
                      priority_class=priority, placed_at=NOON, value=Decimal(value))  # fmt: skip
    wants = tuple(Want(100 * order_id + product, product, units) for product, units in needs.items())
    return Candidate(urgency=urgency, wants=wants, ship_complete=True)


CASES = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 50), st.dictionaries(st.integers(0, 2), st.integers(1, 4), min_size=1)),
    min_size=1, max_size=9,
)  # fmt: skip


@hypothesis_settings(max_examples=25, deadline=None)
@given(CASES, st.lists(st.integers(0, 9), min_size=3, max_size=3))
def test_no_rank_is_worse_off_than_by_the_plain_answer(
    orders: list[tuple[int, int, dict[int, int]]], arriving: list[int]
) -> None:
    made = [waiting(n, *order) for n, order in enumerate(orders, 1)]
    problem = Problem(ranks=rank_up(made, NOON, NOON.date()), arriving=tuple(enumerate(arriving)))
    plain = share_out(problem, lambda: False)

    answers: list[Answer] = list(improve(problem, 1, Here()))  # type: ignore[arg-type]

    best = answers[-1]
    assert value_of(problem, best) >= value_of(problem, plain)
    assert len(best.completed) <= best.bound <= plain.bound
    used = {product: sum(gift.arriving for gift in best.given if gift.product_id == product) for product in range(3)}
    assert all(used[product] <= arriving[product] for product in range(3))


def test_a_solver_that_says_nothing_is_named_as_failed() -> None:
    orders = [waiting(1, 1, 1, {0: 2}), waiting(2, 1, 1, {0: 2})]
    problem = Problem(ranks=rank_up(orders, NOON, NOON.date()), arriving=((0, 3),))

    with pytest.raises(SolverFailed):
        list(improve(problem, 1, Mute()))  # type: ignore[arg-type]


@pytest.mark.parametrize(("open_", "answers"), [(0, 1), (10**6, 1), (10**9, 2)])
def test_an_answer_within_the_solvers_precision_of_its_bound_is_proven_and_not_sought_again(
    open_: int, answers: int
) -> None:
    worth = 10**12
    orders = [waiting(1, 1, 1, {0: 2}), waiting(2, 1, 1, {0: 2})]
    problem = Problem(ranks=rank_up(orders, NOON, NOON.date()), arriving=((0, 3),))

    class Near:
        def answers(self, *_: object) -> Iterator[Any]:
            yield type("Said", (), {"orders": (1,), "worth": worth, "bound": worth + open_, "is_last": True})

    assert len(list(improve(problem, 4, Near()))) == answers  # type: ignore[arg-type]


def test_every_state_of_a_sharing_out_has_its_sentence(house: House) -> None:
    said = {told(house)}
    for method, completes in (("", 0), ("search", 1), ("search", 0), ("solver", 0), ("solver", 1)):
        with writing(house.engine) as session:
            row = session.get_one(Delivery, 1)
            row.method, row.completes, row.bound = method, completes, 1
        said |= {told(house, seconds) for seconds in (0, 60)}
    rule(house, solver_seconds="0")
    with writing(house.engine) as session:
        session.get_one(Delivery, 1).method, session.get_one(Delivery, 1).completes = "search", 0
    said.add(told(house))

    assert len(said) == 7


# --- with the window ------------------------------------------------------------------------------------------------


def test_it_begins_and_ends_with_the_window_and_hears_of_a_check_in(tmp_path: Path, qtbot: QtBot) -> None:
    def furnish(engine: Engine) -> None:
        House(engine).furnish()

    station = app.Workstation(read_profile(tmp_path), furnish)
    with qtbot.waitSignal(station.operations.opened, timeout=20_000):
        station.open()

    one = station._sharer
    assert one is not None
    assert one._thread is not None
    assert one._thread.is_alive()
    one._woken.clear()
    station.operations.changed.emit(Changes.INBOUND)
    assert one._woken.is_set()

    station.close()

    assert not one._thread.is_alive()


def test_a_headless_command_never_starts_it(house: House, tmp_path: Path) -> None:
    script = "import sys; from wms_desktop import cli; cli.commands.main(sys.argv[1:], standalone_mode=False); "
    script += "print('wms_desktop.sharer' in sys.modules, 'wms_desktop.solvers.process' in sys.modules)"
    check = ("check", "--home", str(tmp_path), "--url", str(house.engine.url))

    said = subprocess.run([sys.executable, "-c", script, *check], capture_output=True, text=True, check=True)

    assert said.stdout.splitlines()[-1] == "False False"
