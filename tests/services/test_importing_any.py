"""Whatever files come, in whatever order: every row is in or explained, and every figure of the house still adds up."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.builders import House
from tests.services import import_desk as desk
from tests.services.import_desk import order_row
from wms_desktop.db.engine import open_engine, writing
from wms_desktop.db.tables import OrderLine
from wms_desktop.errors import Refusal
from wms_desktop.services import cancelling, orders, selfcheck

ROWS = st.builds(
    order_row,
    number=st.sampled_from(["W1", "W2", "CW1", ""]),
    sku=st.sampled_from(["MUG", "CUP", "POST", "GONE", "4006381333931"]),
    qty=st.one_of(st.integers(-3, 6), st.sampled_from(["x", "1.5"])),
    line_no=st.sampled_from(["", "", "1", "2"]),
    cancelled=st.sampled_from(["", "", "1"]),
    is_cancelled=st.sampled_from(["", "", "", "1"]),
    city=st.sampled_from(["Leeds", "Leeds", "York", ""]),
    release_on=st.sampled_from(["", "", "2026-09-01"]),
    customer_code=st.sampled_from(["C1", "C1", "C2"]),
)
FILES = st.lists(st.lists(ROWS, min_size=1, max_size=6), min_size=1, max_size=3)


def total(house: House, *columns: Any) -> list[int]:
    row = house.read(lambda s: s.execute(select(*(func.coalesce(func.sum(c), 0) for c in columns))).one())
    return [int(value) for value in row]


def check_file(house: House, rows: list[dict[str, str]], number: int) -> None:
    """Takes one file in, and holds every count against every other."""
    run = desk.stage(
        house, "orders", rows, file=f"{number}.csv", constants={"not_goods": "leave_out"} if number % 2 else {}
    )
    shown = desk.preview(house, run)
    assert shown.good.rows + shown.bad.rows == shown.total.rows == len(rows)
    desk.publish(house, run)
    found, after = desk.states(house, run), desk.preview(house, run)

    assert sum(found.values()) == len(rows)
    assert (found["published"], found["bad"]) == (
        after.good.rows if after.state == "published" else 0,
        after.problem_count,
    )
    assert found["good"] == 0 or after.state == "staged"
    assert house.read(selfcheck.find_differences) == []


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(files=FILES, cut=st.booleans())
def test_any_files_leave_every_row_in_or_explained_and_every_figure_true(
    template: Path, files: list[list[dict[str, str]]], cut: bool
) -> None:
    with tempfile.TemporaryDirectory(dir=template.parent) as folder:
        shutil.copy(template, Path(folder) / "house.db")
        house = House(open_engine(f"sqlite:///{Path(folder) / 'house.db'}"))
        house.bin("A-1")
        house.put(house.product("MUG", "4006381333931"), "A-1", 5)
        house.product("CUP")
        for number, rows in enumerate(files):
            try:
                check_file(house, rows, number)
            except Refusal as refused:
                assert refused.code == "import.run.published_already"  # noqa: PT017 the same rows drawn twice
            if cut:
                cancel_something(house)
        ordered, cancelled, shipped, reserved = total(
            house, OrderLine.ordered, OrderLine.cancelled, OrderLine.shipped, OrderLine.reserved
        )
        house.engine.dispose()

    assert 0 <= reserved <= ordered - cancelled - shipped


def cancel_something(house: House) -> None:
    """Somebody at the desk takes a unit of the first open line back."""
    with writing(house.engine) as session:
        query = select(OrderLine).where(OrderLine.ordered > OrderLine.cancelled, OrderLine.kit_qty == 0)
        line = session.scalars(query.order_by(OrderLine.id).limit(1)).first()
        if line is not None:
            context = house.context(station="DESK-1", badge="OP-buyer", command="opening")
            cancelling.cancel(session, context, line.order_id, {line.id: 1}, reason="phone")


@pytest.mark.parametrize("kind", ["products", "stock", "purchases", "notices"])
def test_a_file_of_nothing_but_faults_changes_nothing(house: House, kind: str) -> None:
    run = desk.stage(house, kind, [desk.fault(n, "", "", "cells") for n in range(2, 9)])

    assert desk.publish(house, run).message.code == "import.run.nothing_good"
    assert desk.states(house, run) == {"bad": 7}
    assert house.read(lambda s: orders.prompt(s, house.context(station="DESK-1", badge="OP-buyer")).args["open"]) == 0
