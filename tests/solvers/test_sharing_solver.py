"""The solver of the sharing-out: a proven answer, from a process that may fail without harm."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.crossdock_cases import OBJECTIVES, Case, generate, list_cases, write
from wms_desktop.domain.sharing import Wish
from wms_desktop.solvers import process
from wms_desktop.solvers.sharing import Found, solve


@pytest.fixture(scope="module")
def case() -> Case:
    return generate(60, 400, 0.4, 3)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_small_case_is_proven_within_a_thousandth(case: Case, objective: str) -> None:
    heard: list[Found] = []

    found = solve(case.wishes(objective), case.supply, 5, heard.append)

    assert found.gap <= 0.001
    assert heard
    assert all(one.worth <= found.worth for one in heard)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=12), st.integers(0, 20))
def test_one_product_is_solved_exactly(orders: list[tuple[int, int]], supply: int) -> None:
    wishes = [Wish(n, ((0, units),), worth) for n, (units, worth) in enumerate(orders)]
    best = [0] * (supply + 1)
    for units, worth in orders:
        for room in range(supply, units - 1, -1):
            best[room] = max(best[room], best[room - units] + worth)

    found = solve(wishes, {0: supply}, 1)

    assert (found.worth, found.bound) == (best[supply], best[supply])


def test_where_nothing_fits_the_answer_is_nobody() -> None:
    assert solve([Wish(1, ((0, 5),), 1)], {0: 4}, 1) == Found((), 0, 0)


def test_the_process_answers_and_says_its_last_word(case: Case) -> None:
    said = list(process.answers(case.wishes("count"), case.supply, 2))

    assert said[-1].is_last
    assert said[-1].bound >= said[-1].worth == len(said[-1].orders)


def test_a_process_that_dies_ends_the_answers_without_a_last_word(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    assert list(process.answers(case.wishes("count"), case.supply, 1)) == []


def test_one_process_solves_one_problem_after_the_other_and_is_gone_with_its_block(case: Case) -> None:
    few = case.wishes("count")[:40]

    with process.Solver() as solver:
        said = [list(solver.answers(wishes, case.supply, 1))[-1] for wishes in (few, case.wishes("value"))]
        child = solver._child

    assert [one.is_last for one in said] == [True, True]
    assert child.returncode is not None


def test_a_process_that_is_closed_from_outside_ends_the_answers_at_once(case: Case) -> None:
    big = generate(200, 3000, 0.4, 1)
    with process.Solver() as solver:
        Timer(0.7, solver.close).start()
        began = time.monotonic()
        said = list(solver.answers(big.wishes("value"), big.supply, 20))

    assert time.monotonic() - began < 5
    assert not any(one.is_last for one in said)


def test_worths_beyond_what_the_solver_keeps_put_the_count_first_and_the_value_second() -> None:
    step = 10**17
    wishes = [Wish(1, ((0, 4),), step + 9), Wish(2, ((0, 2),), step + 1), Wish(3, ((0, 2),), step + 2),
              Wish(4, ((0, 2),), step + 3)]  # fmt: skip

    found = solve(wishes, {0: 4}, 1)

    assert set(found.orders) == {3, 4}
    assert found.worth <= found.bound < 3 * step


def test_a_case_comes_back_from_its_files(case: Case, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    write(case, folder)

    assert list_cases(folder.parent)[0].orders == case.orders
    assert list_cases(folder)[0].supply == case.supply


def test_an_answer_as_good_as_its_bound_ends_the_search_long_before_its_time(case: Case) -> None:
    few = case.wishes("value")[:60]
    began = time.monotonic()

    found = solve(few, case.supply, 60)

    assert found.worth == found.bound
    assert time.monotonic() - began < 20
