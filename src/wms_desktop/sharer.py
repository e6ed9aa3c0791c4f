"""Seeks a better sharing-out of each truck in the solver's process, beside the window, and hands it to the house.

The plain answer stands from the moment a truck is planned or checked in. This thread only ever replaces it by a better
one, through a command like any other; what was carried by then stays where it is. Whatever goes wrong with the solver
is said in the log, the truck's plan keeps its method, and nothing of it reaches the window.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Event, Lock, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from wms_desktop.db.engine import open_engine, reading
from wms_desktop.db.tables import HOUSE
from wms_desktop.domain.arrivals import Answer, Dealing, Problem
from wms_desktop.domain.sharing import Wish
from wms_desktop.errors import Refusal
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Outcome
from wms_desktop.services import commands, dock_acts, orders, planning, settings
from wms_desktop.services.dialogue import Clock, Context
from wms_desktop.services.planning import Question
from wms_desktop.solvers.process import Solver

_LOG = logging.getLogger(__name__)
_LOOK_S = 20.0
_PAUSE_S = 0.3
_STOP_S = 10.0
_REST = timedelta(seconds=10)
"""So long a plan that was mended since it was looked at waits for the next look: a clerk scans faster than that."""
_QUICK_S = 2.0
_LEAST_S = 0.2
_ROUNDING = 10**6
"""The solver's precision: one part in so many."""
_BEST = "solver"


class SolverFailed(Exception):
    """The solver could not be started, died, or did not say its last word in time."""


def improve(problem: Problem, seconds: float, solver: Solver) -> Iterator[Answer]:
    """Better answers to a problem, rank by rank: one after two seconds, then one with all the time, unless the first is
    proven already.

    No rank takes from the one before it. Raises SolverFailed where the solver is lost; what was given before stands.
    """
    for budget in (min(_QUICK_S, seconds), seconds - _QUICK_S):
        if budget <= 0:
            return
        answer, is_proven = _share(problem, budget, solver)
        yield answer
        if is_proven:
            return


def is_contested(problem: Problem) -> bool:
    """Whether any two orders of one rank want the same units, so that there is something to choose."""
    dealing = Dealing(problem)
    for rank in problem.ranks:
        wishes, supply = dealing.begin(rank)
        if not _all_fit(wishes, supply):
            return True
        dealing.finish(rank, [wish.order_id for wish in wishes])
    return False


def _share(problem: Problem, seconds: float, solver: Solver) -> tuple[Answer, bool]:
    """One answer in so many seconds, each rank with its orders' share of them; and whether nothing better is left."""
    dealing, is_proven = Dealing(problem), True
    waiting = sum(len(rank.orders) for rank in problem.ranks)
    left = seconds
    for rank in problem.ranks:
        wishes, supply = dealing.begin(rank)
        if _all_fit(wishes, supply):
            dealing.finish(rank, [wish.order_id for wish in wishes], bound=len(wishes))
        else:
            budget = max(_LEAST_S, left * len(rank.orders) / waiting)
            said = list(solver.answers(wishes, supply, budget))
            if not said or not said[-1].is_last:
                raise SolverFailed
            dealing.finish(rank, said[-1].orders, bound=_count(said[-1].bound, wishes))
            is_proven &= said[-1].bound - said[-1].worth <= said[-1].bound // _ROUNDING
            left -= budget
        waiting -= len(rank.orders)
    return dealing.answer(_BEST), is_proven


def _all_fit(wishes: Sequence[Wish], supply: Mapping[int, int]) -> bool:
    left = dict(supply)
    for wish in wishes:
        for product_id, units in wish.needs:
            left[product_id] = left.get(product_id, 0) - units
    return all(units >= 0 for units in left.values())


def _count(bound: int, wishes: Sequence[Wish]) -> int:
    """The most orders whose worth together keeps to a bound of worth; the solver's rounding is on the safe side."""
    left, number = bound + bound // _ROUNDING, 0
    for worth in sorted(wish.worth for wish in wishes):
        left -= worth
        if left < 0:
            break
        number += 1
    return number


class Sharer:
    """Looks after the trucks on a thread of its own, whenever it is woken and every twenty seconds.

    A plan is improved once: again only after the truck was planned anew, mended or checked in. ``heard`` is called, on
    this thread, when an answer was taken over. ``stop`` ends the solver's process with it.
    """

    def __init__(self, url: str, clock: Clock, *, heard: Callable[[], None] = lambda: None,
                 start_solver: Callable[[], Solver] = Solver) -> None:  # fmt: skip
        self._url = url
        self._clock = clock
        self._heard = heard
        self._start_solver = start_solver
        self._woken, self._over = Event(), Event()
        self._thread: Thread | None = None
        self._lock = Lock()
        self._solver: Solver | None = None
        self._done: dict[int, tuple[Question, datetime]] = {}

    def start(self) -> None:
        """Begins; once."""
        self._thread = Thread(target=self._run, name="sharer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something about the goods that come has changed; never waits."""
        self._woken.set()

    def stop(self) -> None:
        """Ends, and ends the solver's process; waits for that, but not for ever."""
        self._over.set()
        self._woken.set()
        with self._lock:
            if self._solver is not None:
                self._solver.close()
        if self._thread is not None:
            self._thread.join(_STOP_S)

    def turn(self, engine: Engine) -> int:
        """Improves every plan that was not looked at yet; gives how many answers were taken over.

        What the database or a rule stopped is raised after the others had their turn, and looked at again the next.
        """
        taken = 0
        stopped: Exception | None = None
        for delivery_id, plan in self._list_new(engine):
            if self._over.is_set():
                break
            try:
                looked_at = self._clock()
                taken += self._look_at(engine, delivery_id, plan)
                self._done[delivery_id] = plan, looked_at
            except (Refusal, SQLAlchemyError) as reason:
                stopped = reason
        if stopped is not None:
            raise stopped
        return taken

    def _look_at(self, engine: Engine, delivery_id: int, plan: Question) -> int:
        with reading(engine) as session:
            problem = planning.problem(session, self._clock(), delivery_id)
            seconds = settings.get_int(session, "solver_seconds")
        return self._improve(engine, delivery_id, plan, problem, seconds) if is_contested(problem) else 0

    def _list_new(self, engine: Engine) -> list[tuple[int, Question]]:
        """Plans that this thread has not looked at and no other workstation's has improved, those here first."""
        with reading(engine) as session:
            if not settings.get_int(session, "solver_seconds"):
                return []
            open_ = [
                (one.id, (one.state, one.shared_at), one.method)
                for one in planning.list_open(session, self._clock())
                if one.shared_at is not None
            ]
        known = {delivery_id for delivery_id, _, _ in open_}
        self._done = {delivery_id: seen for delivery_id, seen in self._done.items() if delivery_id in known}
        return [
            (delivery_id, plan)
            for delivery_id, plan, method in open_
            if method != _BEST and self._is_due(delivery_id, plan)
        ]

    def _is_due(self, delivery_id: int, plan: Question) -> bool:
        seen = self._done.get(delivery_id)
        if seen is None:
            return True
        was, looked_at = seen
        return was != plan and (was[0] != plan[0] or self._clock() - looked_at >= _REST)

    def _improve(self, engine: Engine, delivery_id: int, plan: Question, problem: Problem, seconds: int) -> int:
        taken = 0
        try:
            with self._open_solver() as solver:
                for answer in improve(problem, seconds, solver):
                    taken += self._hand_over(engine, delivery_id, plan, answer)
        except (SolverFailed, OSError) as failed:
            if not self._over.is_set():
                _LOG.warning(sentence("dock.solver_failed", {"reason": str(failed) or "no last word"}))
        return taken

    def _open_solver(self) -> Solver:
        with self._lock:
            if self._over.is_set():
                raise SolverFailed
            self._solver = self._start_solver()
            return self._solver

    def _hand_over(self, engine: Engine, delivery_id: int, plan: Question, answer: Answer) -> bool:
        context = Context(operator_id=HOUSE, station_id=HOUSE, command_id=uuid.uuid4().hex, at=self._clock())
        act = dock_acts.ACTS["adopt_sharing"]
        args = {"delivery": delivery_id, "answer": answer, "question": plan}
        said = commands.run(
            engine, act.workflow, f"adopt sharing {delivery_id} {hash(answer)}", context,
            lambda session, inside: act.do(session, inside, args), orders.prompt,
        )  # fmt: skip
        if said.outcome is Outcome.STEP_DONE and said.message.code == "dock.sharing_adopted":
            self._heard()
            return True
        return False

    def _run(self) -> None:
        engine = open_engine(self._url)
        try:
            while not self._over.is_set():
                self._woken.wait(_LOOK_S)  # first of all the window shows
                self._over.wait(_PAUSE_S)
                self._woken.clear()
                self._look(engine)
        finally:
            engine.dispose()

    def _look(self, engine: Engine) -> None:
        if self._over.is_set():
            return
        try:
            self.turn(engine)
        except Refusal as refused:
            _LOG.warning(sentence(refused.code, refused.args_))
        except SQLAlchemyError as failed:
            _LOG.warning(sentence("dock.solver_failed", {"reason": str(failed).splitlines()[0]}))
        except Exception:  # a bug here must not end the work of a day
            _LOG.exception("the sharing-out went wrong")
