"""The desks of the dock ask and act by name as the window does, from the booking of a truck to its last unit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import House
from wms_desktop import phrases, runner
from wms_desktop.db.engine import reading
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import commands, orders, receiving


def ask(house: House, question: str, **args: Any) -> Any:
    with reading(house.engine) as session:
        return runner.QUESTIONS[question](session, house.now, args)


def act(house: House, name: str, **args: Any) -> Answer:
    """An act of the window through a real command; its sentence can be said."""
    done = runner.ACTS[name]
    answer = commands.run(
        house.engine, done.workflow, f"{name} {args}", house.context(station="DESK-1", badge="OP-supervisor"),
        lambda session, context: done.do(session, context, args), orders.prompt,
    )  # fmt: skip
    assert phrases.sentence(answer.message.code, answer.message.args)
    return answer


def said(messages: tuple[Message, ...]) -> list[str]:
    return [phrases.sentence(message.code, message.args) for message in messages]


@pytest.fixture
def booked(house: House) -> int:
    """A truck with five mugs, three of them wanted; gives its id."""
    mug = house.product("MUG", name="Blue mug")
    house.bin("A-1", y_mm=2000)
    house.order("O1", (mug, 3), hours=8)
    purchase = house.purchase("PO-1", (mug, 5))
    opens = house.now + timedelta(hours=1)
    act(house, "book_delivery", parts=[{"purchase": purchase, "notice": None}], dock=house.place("DOCK-1"),
        opens_at=opens, closes_at=opens + timedelta(hours=1), carrier="Hull Haulage")  # fmt: skip
    return int(ask(house, "deliveries").trucks[0].delivery_id)


def test_a_booked_truck_is_on_the_desk_with_what_it_will_complete(house: House, booked: int) -> None:
    truck = ask(house, "deliveries").trucks[0]
    line = ask(house, "delivery", delivery=booked).lines[0]
    now = ask(house, "truck_now", delivery=booked)

    assert (truck.state, truck.units, truck.planned, truck.completes, truck.bound) == ("expected", 5, 3, 1, 1)
    assert [(share.order, share.units, share.state) for share in line.shares] == [("O1", 3, "proposed")]
    assert (line.units, line.rest, now.completes, now.to_lanes, now.to_bins) == (5, 2, 1, 3, 2)
    assert said(ask(house, "why_share", order_line=line.shares[0].line_id))
    assert said((ask(house, "sharing", delivery=booked).message,))


def test_a_truck_that_is_checked_in_books_the_lane_on_the_board(house: House, booked: int) -> None:
    act(house, "check_in", delivery=booked)
    lane = next(lane for lane in ask(house, "lanes").lanes if lane.orders)
    lack = ask(house, "lane", lane=lane.lane_id).lacks[0]

    assert (lane.state, lane.units_in, lane.units_coming) == ("booked", 0, 3)
    assert [(source.kind, source.units, source.number) for source in lack.sources] == [("truck", 3, "T000001")]


def test_what_is_received_fills_the_lane_and_the_truck(house: House, booked: int) -> None:
    act(house, "check_in", delivery=booked)
    desk = house.at(receiving, "DOCK-A", "OP-receiver")
    desk.scan("PO-1", "EAN-MUG", "EAN-MUG")
    on_dock = next(lane for lane in ask(house, "lanes").lanes if lane.orders)
    desk.scan(on_dock.code)
    desk.scan("EAN-MUG", on_dock.code)
    lane = next(lane for lane in ask(house, "lanes").lanes if lane.orders)
    truck = ask(house, "deliveries").trucks[0]

    assert (on_dock.state, on_dock.units_coming) == ("booked", 3)
    assert (lane.state, lane.units_in, lane.orders[0].missing) == ("complete", 3, 0)
    assert (truck.state, truck.units, truck.received) == ("here", 5, 3)
    assert ask(house, "dock_figures", days=28).crossed == 3


def test_moved_missed_and_cancelled_trucks_are_told(house: House, booked: int) -> None:
    opens = house.now + timedelta(hours=3)
    act(house, "move_delivery", delivery=booked, dock=None, opens_at=opens, closes_at=opens + timedelta(hours=1))
    moved = ask(house, "appointments", day=house.now.date())
    house.now += timedelta(hours=6)
    act(house, "miss_delivery", delivery=booked)
    missed = ask(house, "deliveries").trucks[0]
    act(house, "cancel_delivery", delivery=booked, reason="broke down")

    assert [truck.number for truck in moved.unplaced] == ["T000001"]
    assert (missed.state, missed.is_late) == ("missed", True)
    assert ask(house, "deliveries").trucks == ()


def test_orders_and_notices_typed_at_the_desk_are_on_it(house: House) -> None:
    house.product("MUG", name="Blue mug")
    due = house.now.date() + timedelta(days=2)
    lines = [{"sku": "MUG", "qty": 12, "price": "2.50"}]
    act(house, "enter_purchase", supplier="S1", number="PO-9", due=due, lines=lines)
    purchase = ask(house, "deliveries").purchases[0]
    line = ask(house, "due_lines", purchase=purchase.purchase_id)[0]
    told = [{"line": line.line_id, "qty": 10, "lot": "", "expiry": None, "package": ""}]
    act(house, "enter_notice", purchase=purchase.purchase_id, number="ASN-9", due=due, lines=told)
    after = ask(house, "deliveries").purchases[0]
    rest = ask(house, "due_lines", purchase=purchase.purchase_id)[0].unannounced
    act(house, "cancel_notice", notice=after.notices[0].notice_id)

    assert (purchase.number, purchase.units, purchase.due) == ("PO-9", 12, due)
    assert [(notice.number, notice.units) for notice in after.notices] == [("ASN-9", 10)]
    assert rest == 2
    assert ask(house, "deliveries").purchases[0].notices == ()
