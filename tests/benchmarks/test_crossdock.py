"""The sharing-out's benchmark: cases as files come back, wrong ones are named by line, and ranks are strict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import crossdock
from benchmarks.crossdock_cases import BadCase, generate, list_cases, read, write

SMALL = ("--products", "30", "--orders", "120", "--budget", "0.5", "--scans", "20", "--json")
CASE = {
    "supply.csv": "product,units\nCUP,3\nPOT,1\n",
    "orders.csv": "order_id,rank,value,age_days,ship_complete\nA-1,1,10.50,3,1\nA-2,1,8,9,1\nB-1,2,99,30,0\n",
    "lines.csv": "order_id,product,units\nA-1,CUP,1\nA-1,POT,1\nA-2,CUP,2\nB-1,CUP,1\nB-1,POT,1\n",
}


def lay_out(folder: Path, **changed: str) -> Path:
    """A hand-made case as files; ``changed`` texts by the file's name without its ending."""
    folder.mkdir()
    for name, text in CASE.items():
        (folder / name).write_text(changed.get(name.removesuffix(".csv"), text), encoding="utf-8")
    return folder


def run(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    """What the benchmark prints; it must be content with every answer."""
    assert crossdock.main(options) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_every_objective_is_printed_with_its_proof_and_five_rules(capsys: pytest.CaptureFixture[str]) -> None:
    found = run(capsys, *SMALL, "--cover", "0.4")

    assert [row["objective"] for row in found["cases"]] == ["count", "value", "weighted"]
    for row in found["cases"]:
        assert len(row["rules"]) == 5
        assert max(row["rules"].values()) <= row["value"] <= row["bound"]
        assert abs(row["gap"] - (row["bound"] - row["value"]) / row["bound"]) < 1e-6
    assert found["repair_ms"]["p50"] <= found["repair_ms"]["p95"] <= found["repair_ms"]["p99"]
    assert found["worker"]["is_last_word"]


def test_without_json_a_table_for_people_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert crossdock.main([*SMALL[:-1], "--cover", "0.4", "--objectives", "count"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:4] == ["case", "objective", "budget", "value"]
    assert lines[1].split()[1] == "count"
    assert len(lines) == 4


def test_generated_cases_are_kept_as_files_and_come_to_the_same(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = run(capsys, *SMALL, "--cover", "0.4", "--ranks", "3", "--objectives", "value", "--write", str(tmp_path))
    again = run(capsys, str(tmp_path), *SMALL, "--objectives", "value")

    said = [[row["rules"], row["value"], row["units_in_part"]] for row in made["cases"]]
    assert said == [[row["rules"], row["value"], row["units_in_part"]] for row in again["cases"]]


def test_a_seeded_case_comes_back_from_its_files_whole(tmp_path: Path) -> None:
    case = generate(20, 50, 0.7, 5, ranks=4)
    write(case, tmp_path / "one")

    assert read(tmp_path / "one") == case
    assert {order.ship_complete for order in case.orders} == {True, False}


def test_a_lower_rank_gets_only_what_the_first_leaves_whatever_it_is_worth(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = run(capsys, str(lay_out(tmp_path / "by-hand")), *SMALL, "--objectives", "value")

    figures = found["cases"][0]
    assert (figures["value"], figures["completed"], figures["gap"]) == (1850, 2, 0)
    assert figures["units_in_part"] == 0


def test_what_completes_nobody_goes_to_ship_available_orders_in_part(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = lay_out(tmp_path / "by-hand", supply="product,units\nCUP,4\nPOT,1\n")

    figures = run(capsys, str(folder), *SMALL, "--objectives", "count")["cases"][0]

    assert (figures["completed"], figures["units_in_part"]) == (2, 1)


def test_a_case_may_name_its_objective(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "by-hand")
    (folder / "case.json").write_text('{"name": "monday", "objective": "count"}')

    case = list_cases(tmp_path)[0]

    assert (case.name, case.objectives, case.ranks) == ("monday", ("count",), [1, 2])
    assert [order.value for order in case.orders] == [1050, 800, 9900]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lines": "order_id,product,units\nA-9,CUP,1\n"}, "lines.csv, line 2: order A-9 is not in orders.csv"),
        ({"lines": "order_id,product,units\nA-1,CUP,0\n"}, "units is 0, a whole number of 1 or more is wanted"),
        ({"supply": "product,units\nCUP,-1\n"}, "supply.csv, line 2: units is -1"),
        ({"supply": "product;units\nCUP;1\n"}, "supply.csv, line 2: product is empty"),
        ({"orders": CASE["orders.csv"].replace("10.50", "1.005")}, "at most two decimals"),
        ({"orders": CASE["orders.csv"].replace("10.50", "NaN")}, "at most two decimals"),
        ({"orders": CASE["orders.csv"].replace("30,0", "30,yes")}, "ship_complete is yes, 0 or 1"),
        ({"orders": CASE["orders.csv"] + "A-1,1,1,1,1\n"}, "an order stands there twice"),
        ({"orders": CASE["orders.csv"] + "C-1,1,1,1,1\n"}, "line 5: the order has no line in lines.csv"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, changed: dict[str, str], said: str) -> None:
    folder = lay_out(tmp_path / "bad", **changed)

    with pytest.raises(BadCase) as refused:
        read(folder)

    assert said in str(refused.value)


def test_a_missing_file_and_an_unknown_objective_are_named(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "bad")
    (folder / "case.json").write_text('{"objectives": ["profit"]}')
    with pytest.raises(BadCase, match="objectives are among"):
        read(folder)
    (folder / "lines.csv").unlink()
    with pytest.raises(BadCase, match=r"lines\.csv is missing"):
        read(folder)
