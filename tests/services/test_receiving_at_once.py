"""Two clerks at the same instant: one receipt for one order, and no scan passes what the other one used up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Event, Timer
from typing import Any

import pytest
from sqlalchemy import event as events
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import Desk, House
from tests.services.inbound_desk import SSCC, notice
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Lot, Plate, PurchaseLine, Receipt, ReceivedSerial
from wms_desktop.prompts import Answer, Scan
from wms_desktop.services import commands, receiving, selfcheck, settings
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


def meet(house: House, table: str) -> None:
    """Both clerks have looked, and found nothing, before either of them writes a new row of the table."""
    barrier = Barrier(2)

    def wait(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(f"INSERT INTO {table} "):
            with suppress(BrokenBarrierError):  # on SQLite the other one waits for the whole transaction
                barrier.wait(0.1 if house.engine.dialect.name == "sqlite" else 3)

    events.listen(house.engine, "before_cursor_execute", wait)


def scan_at_once(clerks: list[Desk], code: str) -> list[str]:
    with ThreadPoolExecutor(2) as threads:
        return sorted(threads.map(lambda clerk: clerk.scan(code).message.code, clerks))


def test_two_clerks_with_the_same_new_lot_take_in_units_of_one_lot(house: House, clerks: list[Desk]) -> None:
    tea = house.product("TEA", lot_tracked=True)
    for number, clerk in enumerate(clerks):
        house.purchase(f"PO-{number}", (tea, 5))
        clerk.scan(f"PO-{number}", "TEA")
    meet(house, "lot")

    assert scan_at_once(clerks, "L7") == ["verdict_bin"] * 2
    assert house.read(lambda s: list(s.scalars(select(Lot.code).where(Lot.product_id == tea)))) == ["L7"]
    assert house.read(selfcheck.find_differences) == []


def test_two_clerks_with_halves_of_one_new_pallet_put_them_on_one_plate(house: House, clerks: list[Desk]) -> None:
    for number, (clerk, sku) in enumerate(zip(clerks, ("MUG", "TEA"), strict=True)):
        purchase = house.purchase(f"PO-{number}", (house.product(sku), 5))
        notice(house, purchase, f"ASN-{number}", lines=[(1, 5, {"package": SSCC})])
        clerk.scan(f"PO-{number}")
    meet(house, "plate")

    assert scan_at_once(clerks, SSCC) == ["package_in"] * 2
    assert house.read(lambda s: s.scalar(select(func.count(Plate.id)).where(Plate.kind == "pallet"))) == 1


def test_two_clerks_who_name_the_same_unknown_pallet_share_its_plate(
    house: House, mug: int, clerks: list[Desk]
) -> None:
    house.purchase("PO-1", (mug, 10))
    for clerk in clerks:
        clerk.scan("PO-1", SSCC)
    meet(house, "plate")

    assert scan_at_once(clerks, SSCC) == ["plate_made", "plate_used"]


def test_of_two_clerks_who_teach_the_same_barcode_the_second_is_told(
    house: House, mug: int, clerks: list[Desk]
) -> None:
    with writing(house.engine) as session:
        settings.put(session, "receivers_teach", "1")
    house.purchase("PO-1", (mug, 10))
    for clerk in clerks:
        clerk.scan("PO-1", "X-UNKNOWN", "X-UNKNOWN", "8412345000009")
    meet(house, "barcode")

    with ThreadPoolExecutor(2) as threads:
        told = sorted(threads.map(lambda clerk: clerk.key("yes").message.code, clerks))

    assert told == ["taught", "teach_known"]
