"""One key at the work list begins the work on an order."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.builders import House
from tests.services.pick_floor import picks
from wms_desktop import phrases
from wms_desktop.db.tables import OrderLine
from wms_desktop.prompts import Answer, Outcome
from wms_desktop.services import batches, commands
from wms_desktop.services.batch_acts import ACTS


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1", y_mm=2000)
    return house.product("MUG", name="Blue mug")


def start(house: House, order: int, badge: str = "OP-supervisor") -> Answer:
    answer = commands.run(
        house.engine, ACTS["start_work"].workflow, f"start {order}", house.context(station="DESK-1", badge=badge),
        lambda session, context: ACTS["start_work"].do(session, context, {"order": order}), batches.prompt,
    )  # fmt: skip
    assert phrases.sentence(answer.message.code, answer.message.args)
    return answer


def reserved(house: House) -> int:
    return int(house.read(lambda s: s.scalar(select(func.sum(OrderLine.reserved)))))


def test_starting_work_reserves_for_the_order_and_makes_a_batch_of_it(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    answer = start(house, house.order("O1", (mug, 3)))

    assert (answer.message.code, answer.message.args["batch"]) == ("work.started", "B000001")
    assert [stop[0] for stop in picks(house)] == ["A-1"]


def test_what_cannot_be_begun_whole_is_refused_and_reserves_nothing(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    answer = start(house, house.order("O1", (mug, 3), complete=True))

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "work.not_ready")
    assert reserved(house) == 0


def test_an_order_in_work_is_not_begun_twice(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    order = house.order("O1", (mug, 3))
    start(house, order)
    again = start(house, order).message

    assert (again.code, again.args["batch"]) == ("work.in_batch", "B000001")


def test_who_may_not_give_work_out_may_not_start_it(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    answer = start(house, house.order("O1", (mug, 3)), badge="OP-picker")

    assert answer.outcome is Outcome.STOP
    assert reserved(house) == 0
