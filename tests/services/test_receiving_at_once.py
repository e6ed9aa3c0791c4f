"""Two clerks at the same instant: one receipt for one order, and no scan passes what the other one used up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Timer

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import Desk, House
from wms_desktop.db.tables import PurchaseLine, Receipt, ReceivedSerial
from wms_desktop.prompts import Answer, Scan
from wms_desktop.services import commands, receiving, selfcheck
from wms_desktop.services.dialogue import Context


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", "8412345000009", case=("18412345000006", 10), name="Blue mug")


@pytest.fixture
def clerks(house: House) -> list[Desk]:
    return [house.at(receiving, "DOCK-A", "OP-receiver"), house.at(receiving, "DOCK-B", "OP-supervisor")]


def test_two_clerks_who_open_an_order_at_once_share_one_receipt(house: House, mug: int, clerks: list[Desk]) -> None:
    for turn in range(4):
        house.purchase(f"PO-{turn}", (mug, 5))
        for clerk in clerks:
            clerk.key("back")

        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(lambda clerk, code=f"PO-{turn}": clerk.scan(code), clerks))

        assert [answer.message.code for answer in answers] == ["receipt_opened"] * 2
        assert len({answer.prompt.args["receipt"] for answer in answers}) == 1
    assert house.read(lambda s: s.scalar(select(func.count(Receipt.id)))) == 4


def test_of_two_scans_at_once_the_second_sees_the_first_and_asks(house: House, mug: int, clerks: list[Desk]) -> None:
    for turn in range(4):
        house.purchase(f"PO-{turn}", (mug, 10))
        for clerk in clerks:
            clerk.key("back")
            clerk.scan(f"PO-{turn}")

        with ThreadPoolExecutor(2) as threads:
            states = sorted(threads.map(lambda clerk: clerk.scan("18412345000006").prompt.state, clerks))

        assert states == ["count", "over_far"]
        next(clerk for clerk in clerks if clerk.prompt().state == "over_far").key("back")
    assert house.read(lambda s: set(s.scalars(select(PurchaseLine.received)))) == {10}
    assert house.read(selfcheck.find_differences) == []


def test_a_receipt_is_not_closed_under_a_scan_that_is_under_way(house: House, mug: int, clerks: list[Desk]) -> None:
    clerk, colleague = clerks
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 10))
    for one in clerks:
        one.scan("PO-1")
    counted, may_end = Event(), Event()

    def scan_slowly() -> str:
        """A scan whose commit takes its time."""
        event = Scan("8412345000009")
        context = house.context(station=clerk.station, badge=clerk.badge)

        def act(session: Session, inside: Context) -> Answer:
            answer = receiving.answer(session, inside, event)
            session.flush()
            counted.set()
            may_end.wait(5)
            return answer

        return commands.run(house.engine, "receive", commands.content_of(event), context, act,
                            receiving.prompt).message.code  # fmt: skip

    def close_meanwhile() -> str:
        counted.wait(5)
        Timer(0.3, may_end.set).start()
        return colleague.key("done").message.code

    with ThreadPoolExecutor(2) as threads:
        codes = [running.result() for running in [threads.submit(scan_slowly), threads.submit(close_meanwhile)]]

    assert codes == ["verdict_lane", "colleague_carries"]
    assert clerk.scan("LANE-1").message.code == "carried"


def test_of_two_equal_serials_at_once_one_is_refused(house: House, clerks: list[Desk]) -> None:
    drill = house.product("DRILL", "4012345000009", serial_tracked=True)
    house.purchase("PO-1", (drill, 9))
    for clerk in clerks:
        clerk.scan("PO-1")

    with ThreadPoolExecutor(2) as threads:
        codes = sorted(threads.map(lambda clerk: clerk.scan("]C1010401234500000921S7").message.code, clerks))

    assert codes == ["serial_known", "verdict_bin"]
    assert house.read(lambda s: list(s.scalars(select(ReceivedSerial.code)))) == ["S7"]
