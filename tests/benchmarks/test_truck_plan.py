"""The benchmark of a truck's plan runs small and prints its figures."""

from __future__ import annotations

import json

import pytest

from benchmarks import truck_plan


def test_a_small_truck_is_planned_and_scanned(capsys: pytest.CaptureFixture[str]) -> None:
    assert truck_plan.main(["--products", "20", "--orders", "120", "--scans", "5", "--json"]) == 0

    found = json.loads(capsys.readouterr().out)
    assert 0 < found["completes"] <= found["bound"] <= 120
    assert set(found) == {"completes", "bound", "method", "plan", "check_in", "scan", "damaged"}
