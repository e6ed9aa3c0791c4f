"""What floor users complain of at the dock, each as a test that keeps it from coming back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop.db.tables import OrderLine, Peg, PurchaseOrder
from wms_desktop.prompts import Answer, Outcome
from wms_desktop.services import commands, order_acts, orders, promise_acts, receiving, selfcheck

CASE = "18412345000006"
LIVING = ("arrived", "in_lane", "stored", "packed")


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1")
    return house.product("MUG", "8412345000009", case=(CASE, 12), name="Blue mug")


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


def act(house: House, acts: Any, name: str, **args: Any) -> Answer:
    """One act of a buyer at a desk."""
    one = acts.ACTS[name]
    context = house.context(station="DESK-1", badge="OP-buyer")
    return commands.run(
        house.engine, one.workflow, f"{name} {args}", context, lambda s, c: one.do(s, c, args), orders.prompt
    )  # fmt: skip


def held(house: House, order_id: int) -> list[int]:
    """Units held for each line of an order."""
    lines = select(OrderLine.reserved).where(OrderLine.order_id == order_id).order_by(OrderLine.line_no)
    return house.read(lambda s: list(s.scalars(lines)))


def living(house: House) -> list[tuple[int, str]]:
    """Units and state of each peg that ties real units to an order."""
    return house.read(lambda s: [(p.qty, p.state) for p in s.query(Peg).order_by(Peg.id) if p.state in LIVING])


def lane_of(answer: Answer) -> str:
    assert answer.prompt.state == "carry", answer.message
    return answer.prompt.big


@pytest.mark.parametrize("parts", [(4, 6), (1, 1, 8), (9, 1)])
def test_complaint_01_goods_received_in_parts_move_on_to_the_order_part_by_part(
    house: House, clerk: Desk, mug: int, parts: tuple[int, ...]
) -> None:
    order = house.order("O1", (mug, 10))
    house.purchase("PO-1", (mug, 10))

    came = 0
    for part in parts:
        clerk.scan("PO-1")
        answer = clerk.scan(*["8412345000009"] * 1)
        if part > 1:
            answer = clerk.key("quantity", str(part))
        while answer.prompt.state == "carry":
            answer = clerk.scan(lane_of(answer))
        clerk.key("done")
        came += part
        assert held(house, order) == [came]

    assert house.on_hand("LANE-1", mug) == 10
    assert house.on_hand("DOCK-1", mug) == 0
    assert house.read(selfcheck.find_differences) == []


def test_complaint_02_the_same_article_goes_to_the_lane_and_to_a_bin_by_quantity_alone(
    house: House, clerk: Desk, mug: int
) -> None:
    house.purchase("PO-1", (mug, 24))
    answer = clerk.scan("PO-1", CASE)
    assert (answer.message.code, answer.outcome) == ("verdict_bin", Outcome.ACCEPTED)

    house.order("O1", (mug, 5))
    answer = clerk.scan(CASE)

    assert lane_of(answer) == "LANE-1"
    assert (answer.message.args["lane_qty"], answer.message.args["rest"]) == (5, 7)


@pytest.mark.parametrize("figures", [(12, 12, 0), (5, 5, 7), (30, 12, 0)])
def test_complaint_03_equal_more_and_less_than_ordered_are_all_taken_and_count_from_the_lane_on(
    house: House, clerk: Desk, mug: int, figures: tuple[int, int, int]
) -> None:
    wanted, to_lane, rest = figures
    order = house.order("O1", (mug, wanted))
    house.purchase("PO-1", (mug, 24))

    answer = clerk.scan("PO-1", CASE)

    assert (answer.message.args["lane_qty"], answer.message.args["rest"]) == (to_lane, rest)
    assert house.on_hand("DOCK-1", mug) == 12
    assert living(house) == [(to_lane, "arrived")]
    clerk.scan(lane_of(answer))
    assert living(house) == [(to_lane, "in_lane")]
    assert held(house, order) == [to_lane]


def test_complaint_09_an_order_whose_truck_does_not_come_takes_the_next_units_that_do(
    house: House, clerk: Desk, mug: int
) -> None:
    order = house.order("O1", (mug, 5))
    late = house.purchase("PO-LATE", (mug, 24))
    act(house, promise_acts, "move_purchase", purchase=late, due=(house.now + timedelta(days=9)).date())
    house.purchase("PO-OTHER", (mug, 12), due=(house.now + timedelta(days=20)).date())

    clerk.scan("PO-OTHER", CASE, "LANE-1")

    assert held(house, order) == [5]
    assert house.read(lambda s: s.scalars(select(PurchaseOrder.state).where(PurchaseOrder.id == late)).one()) == "open"


def test_complaint_09_a_cancelled_order_frees_its_units_for_the_one_behind_it(
    house: House, clerk: Desk, mug: int
) -> None:
    first, second = house.order("O1", (mug, 5)), house.order("O2", (mug, 5), hours=8)
    house.purchase("PO-1", (mug, 5))
    clerk.scan("PO-1", "8412345000009")
    clerk.key("quantity", "5")
    assert (held(house, first), held(house, second)) == ([5], [0])

    act(house, order_acts, "cancel", order=first, lines=None, reason="customer")

    assert (held(house, first), held(house, second)) == ([0], [5])
    assert house.read(selfcheck.find_differences) == []
