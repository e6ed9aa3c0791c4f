"""The lane board: what collects in which lane, what lacks and whence it comes, what is walked back; and its acts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import House
from tests.services.bench import packer, stand
from tests.services.stock_floor import change_order
from wms_desktop import phrases
from wms_desktop.db.engine import reading, writing
from wms_desktop.db.tables import Delivery, Location, Lot, OrderLine, Peg, PurchaseLine, Receipt, ReceiptLine
from wms_desktop.errors import BadInput
from wms_desktop.prompts import Answer, Outcome
from wms_desktop.services import commands, lane_acts, packing_queue, receiving
from wms_desktop.services.lane_reads import QUESTIONS
from wms_desktop.views.lanes import Lane, LaneBoard, LaneView


def ask(house: House, question: str, **args: Any) -> Any:
    with reading(house.engine) as session:
        return QUESTIONS[question](session, house.now, args)


def act(house: House, name: str, badge: str = "OP-supervisor", **args: Any) -> Answer:
    """One act of the board through a real command; its sentence can be said."""
    done = lane_acts.ACTS[name]
    answer = commands.run(
        house.engine, done.workflow, f"{name} {args}", house.context(station="DESK-1", badge=badge),
        lambda session, context: done.do(session, context, args), lane_acts.prompt,
    )  # fmt: skip
    assert phrases.sentence(answer.message.code, answer.message.args)
    return answer


def lane(house: House, code: str = "LANE-1") -> Lane:
    board: LaneBoard = ask(house, "lanes")
    return next(each for each in board.lanes if each.code == code)


def opened(house: House, code: str = "LANE-1") -> LaneView:
    return ask(house, "lane", lane=house.place(code))  # type: ignore[no-any-return]


def peg(house: House, order_line: int, qty: int, state: str, code: str = "LANE-1", *, kind: str = "planned") -> None:
    """A tie of the order line to a truck that is here (firm) or expected (proposed), or to units on the dock."""
    with writing(house.engine) as session:
        line = session.get_one(OrderLine, order_line)
        bought = session.query(PurchaseLine).filter_by(product_id=line.product_id).first()
        truck = session.query(Delivery).first()
        facts: dict[str, Any] = {"purchase_line_id": bought.id, "delivery_id": truck.id} if bought and truck else {}
        received = None
        if state not in ("proposed", "firm"):
            receipt = Receipt(number=f"R{order_line}{state}", dock_id=house.place("DOCK-1"), opened_at=house.now)
            session.add(receipt)
            session.flush()
            entry = ReceiptLine(receipt_id=receipt.id, product_id=line.product_id, lot_id=0, qty=qty, operator_id=1,
                                station_id=1, at=house.now)  # fmt: skip
            session.add(entry)
            session.flush()
            received = entry.id
        place = session.query(Location.id).filter_by(code=code).scalar() if code else None
        session.add(Peg(receipt_line_id=received, order_line_id=order_line, qty=qty, state=state, lane_id=place,
                        reason="part", at=house.now, kind=kind, **facts))  # fmt: skip


def truck(house: House, number: str = "T000001", *, state: str = "here") -> None:
    opens = house.now + timedelta(days=1)
    with writing(house.engine) as session:
        session.add(Delivery(number=number, state=state, dock_id=house.place("DOCK-1"), opens_at=opens,
                             closes_at=opens + timedelta(hours=1)))  # fmt: skip


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1", y_mm=2000)
    return house.product("MUG", name="Blue mug")


# --- states ----------------------------------------------------------------------------------------------------------


def test_every_lane_is_on_the_board_in_walking_order_with_its_service_and_room(house: House) -> None:
    board: LaneBoard = ask(house, "lanes")

    assert [(each.code, each.state, each.carrier, each.service, each.capacity) for each in board.lanes] == [
        ("LANE-1", "empty", "Northway", "Parcel 24", 4),
        ("LANE-2", "empty", "Bulkline", "Pallet", 4),
        ("LANE-3", "empty", "Northway", "Parcel 24", 4),
    ]
    assert board.stale_minutes == 240


def test_an_order_on_a_truck_or_on_the_dock_books_its_lane(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    house.purchase("PO-1", (mug, 3))
    truck(house)
    peg(house, 1, 3, "firm")
    found = lane(house)

    assert (found.state, found.units_in, found.units_coming) == ("booked", 0, 3)
    assert [(o.number, o.state, o.units_coming, o.missing) for o in found.orders] == [("O1", "booked", 3, 3)]


def test_a_lane_fills_and_is_complete_when_every_open_unit_is_there(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    stand(house, "O1", mug, 2, "LANE-1")
    filling = lane(house)
    stand(house, "O1", mug, 1, "LANE-1")

    assert (filling.state, filling.orders[0].missing) == ("filling", 1)
    assert (lane(house).state, lane(house).units_in, lane(house).orders[0].missing) == ("complete", 3, 0)


def test_units_in_another_lane_or_on_a_bench_complete_an_order_too(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    for place in ("LANE-1", "LANE-3", "BENCH-1"):
        stand(house, "O1", mug, 1, place)

    assert [lane(house, code).state for code in ("LANE-1", "LANE-3")] == ["complete", "complete"]


def test_a_packed_order_stays_on_the_board_until_it_leaves(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    stand(house, "O1", mug, 1, "LANE-1")
    peg(house, 1, 1, "in_lane")
    packer(house).scan("LANE-1", "EAN-MUG")
    found = lane(house)

    assert (found.state, found.units_in) == ("packed", 0)
    assert found.counts == {"complete": 0, "filling": 0, "booked": 0, "packed": 1}


def test_the_order_that_leaves_first_stands_first_and_gives_the_lane_its_cut_off(house: House, mug: int) -> None:
    house.order("LATER", (mug, 1), hours=6)
    house.order("SOON", (mug, 1), hours=2)
    for number in ("LATER", "SOON"):
        stand(house, number, mug, 1, "LANE-1")
    found = lane(house)

    assert [order.number for order in found.orders] == ["SOON", "LATER"]
    assert found.leave_by == found.orders[0].leave_by
    assert not any(order.is_late for order in found.orders)


def test_an_order_past_its_cut_off_is_late(house: House, mug: int) -> None:
    house.order("O1", (mug, 1), hours=1)
    stand(house, "O1", mug, 1, "LANE-1")
    house.now += timedelta(hours=2)

    assert lane(house).orders[0].is_late


def test_units_that_stand_longer_than_the_house_allows_make_a_lane_stale(house: House, mug: int) -> None:
    house.order("O1", (mug, 2), hours=90)
    stand(house, "O1", mug, 1, "LANE-1")
    house.now += timedelta(minutes=239)
    before = lane(house).is_stale
    house.now += timedelta(minutes=2)

    assert (before, lane(house).is_stale) == (False, True)


def test_fresh_units_beside_what_stood_for_another_order_are_not_old(house: House, mug: int) -> None:
    house.order("O1", (mug, 1), hours=90)
    house.order("O2", (mug, 1), hours=90)
    stand(house, "O1", mug, 1, "LANE-1")
    house.now += timedelta(hours=5)
    stand(house, "O2", mug, 1, "LANE-1")
    peg(house, 2, 1, "in_lane")

    ages = {order.number: order.since for order in lane(house).orders}

    assert house.now - ages["O1"] > timedelta(hours=4)
    assert house.now - ages["O2"] < timedelta(minutes=1)


# --- what lacks, and whence it comes ---------------------------------------------------------------------------------


def test_each_missing_unit_says_whence_it_comes(house: House, mug: int) -> None:
    house.order("O1", (mug, 10))
    house.purchase("PO-1", (mug, 9))
    truck(house)
    stand(house, "O1", mug, 1, "LANE-1")
    stand(house, "O1", mug, 2, "A-1")
    stand(house, "O1", mug, 1, "CART-1", tote="TOTE-01")
    stand(house, "O1", mug, 1, "DOCK-1")
    peg(house, 1, 3, "firm")
    lack = opened(house).lacks[0]

    assert (lack.sku, lack.units) == ("MUG", 9)
    assert [(s.kind, s.units, s.place, s.number) for s in lack.sources] == [
        ("dock", 1, "DOCK-1", ""), ("bin", 2, "A-1", ""), ("cart", 1, "CART-1", ""),
        ("truck", 3, "DOCK-1", "T000001"), ("backorder", 2, "", ""),
    ]  # fmt: skip


def test_units_of_an_expected_truck_have_its_day(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    house.purchase("PO-1", (mug, 2))
    truck(house, state="expected")
    stand(house, "O1", mug, 1, "LANE-1")
    peg(house, 1, 1, "proposed", "")
    source = opened(house).lacks[0].sources[0]

    assert (source.kind, source.number, source.day) == ("planned", "T000001", (house.now + timedelta(days=1)).date())


def test_what_nothing_covers_names_the_purchase_order_its_date_rests_on(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 2))
    house.purchase("PO-9", (mug, 5))
    stand(house, "O1", mug, 1, "LANE-1")
    day = (house.now + timedelta(days=3)).date()
    with writing(house.engine) as session:
        line = session.query(OrderLine).filter_by(order_id=order).one()
        line.eta, line.eta_from_id = day, 1
    source = opened(house).lacks[0].sources[0]

    assert (source.kind, source.units, source.number, source.day) == ("backorder", 1, "PO-9", day)


def test_a_lane_tells_what_stands_in_it_for_whom(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    with writing(house.engine) as session:
        session.add(Lot(product_id=mug, code="L7"))
    stand(house, "O1", mug, 2, "LANE-1", tote="TOTE-02", lot=1)
    stand(house, "O1", mug, 1, "LANE-1")
    found = opened(house)

    assert [(s.sku, s.lot, s.tote, s.units) for s in found.standing] == [
        ("MUG", "L7", "TOTE-02", 2),
        ("MUG", "", "", 1),
    ]
    assert found.lacks == ()


def test_a_lane_that_is_gone_is_said(house: House) -> None:
    with pytest.raises(BadInput, match="no_lane"):
        ask(house, "lane", lane=house.place("DOCK-1"))


# --- what must be walked back ----------------------------------------------------------------------------------------


def test_units_that_nobody_holds_are_on_the_walk_back_list_and_on_the_card(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    stand(house, "O1", mug, 1, "LANE-1")
    house.put(mug, "LANE-1", 4)
    house.put(mug, "LANE-2", 2)

    assert [(row.lane, row.sku, row.units) for row in ask(house, "walk_backs")] == [
        ("LANE-1", "MUG", 4), ("LANE-2", "MUG", 2),
    ]  # fmt: skip
    assert (lane(house).loose, lane(house).state) == (4, "complete")
    assert (lane(house, "LANE-2").loose, lane(house, "LANE-2").state) == (2, "loose")


def test_units_let_go_are_free_told_in_the_order_s_story_and_walked_back(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 2))
    stand(house, "O1", mug, 2, "LANE-1")
    peg(house, 1, 2, "in_lane")
    change_order(house, order, is_held=True)
    answer = act(house, "let_go", order=order)
    pegs = house.read(lambda s: [(p.state, p.why) for p in s.query(Peg)])

    assert answer.message.args == {"order": "O1", "units": 2, "lanes": "LANE-1"}
    assert pegs == [("released", "let_go")]
    assert [(row.lane, row.units) for row in ask(house, "walk_backs")] == [("LANE-1", 2)]


def test_an_order_without_units_in_a_lane_has_nothing_to_let_go(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 2))

    assert act(house, "let_go", order=order).message.code == "lanes.nothing_in_lanes"


# --- blocking --------------------------------------------------------------------------------------------------------


def test_a_blocked_lane_says_why_and_keeps_its_orders(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    stand(house, "O1", mug, 1, "LANE-1")
    answer = act(house, "block_lane", lane=house.place("LANE-1"), reason=" roller door broken ")
    found = lane(house)

    assert answer.message.args == {"lane": "LANE-1", "orders": 1}
    assert (found.state, found.is_blocked, found.blocked_why) == ("blocked", True, "roller door broken")
    assert found.orders[0].state == "complete"


def test_a_lane_opens_again(house: House) -> None:
    act(house, "block_lane", lane=house.place("LANE-1"), reason="wet floor")
    act(house, "unblock_lane", lane=house.place("LANE-1"))

    assert (lane(house).state, lane(house).blocked_why) == ("empty", "")


@pytest.mark.parametrize(
    ("name", "reason", "code"),
    [("block_lane", "  ", "lanes.reason_wanted"), ("unblock_lane", None, "lanes.not_blocked")],
)
def test_what_makes_no_sense_is_refused(house: House, name: str, reason: str | None, code: str) -> None:
    args: dict[str, Any] = {} if reason is None else {"reason": reason}

    assert act(house, name, lane=house.place("LANE-1"), **args).message.code == code


def test_a_lane_is_not_blocked_twice(house: House) -> None:
    for reason in ("wet floor", "another"):
        answer = act(house, "block_lane", lane=house.place("LANE-1"), reason=reason)

    assert (answer.message.code, answer.message.args["reason"]) == ("lanes.is_blocked", "wet floor")


def test_who_has_no_business_with_lanes_blocks_none(house: House) -> None:
    answer = act(house, "block_lane", badge="OP-picker", lane=house.place("LANE-1"), reason="x")

    assert (answer.outcome, lane(house).is_blocked) == (Outcome.STOP, False)


# --- the packing queue -----------------------------------------------------------------------------------------------


def test_a_lane_joins_the_packing_queue_at_once_in_cut_off_order_and_is_packed_by_its_scan(
    house: House, mug: int
) -> None:
    house.order("LATER", (mug, 1), hours=6, complete=True)
    house.order("SOON", (mug, 2), hours=2, complete=True)
    stand(house, "LATER", mug, 1, "LANE-1")
    stand(house, "SOON", mug, 1, "LANE-3")
    before = house.read(lambda s: packing_queue.list_waiting(s, house.now))
    stand(house, "SOON", mug, 1, "LANE-3")
    after = house.read(lambda s: packing_queue.list_waiting(s, house.now))

    assert {row.order: row.is_ready for row in before} == {"SOON": False, "LATER": True}
    assert [(row.order, row.place, row.is_ready) for row in after] == [
        ("SOON", "LANE-3", True),
        ("LATER", "LANE-1", True),
    ]
    assert packer(house).scan("LANE-3").prompt.args["order"] == "SOON"


# --- letting go, with goods from a receipt ---------------------------------------------------------------------------


def receive_into_lane(house: House, units: int) -> None:
    """A receiver scans so many mugs of PO-1 and carries what is for a lane."""
    desk = house.at(receiving, "DOCK-A", "OP-receiver")
    desk.scan("PO-1", *["EAN-MUG"] * units, "LANE-1")


def holders(house: House) -> dict[str, int]:
    """Units held in lanes, by order."""
    return {order.number: order.units_in for order in lane(house).orders if order.units_in}


def test_an_order_that_was_let_go_does_not_get_the_same_units_back(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 2))
    house.purchase("PO-1", (mug, 2))
    receive_into_lane(house, 2)
    before = holders(house)
    act(house, "let_go", order=order)

    assert before == {"O1": 2}
    assert holders(house) == {}
    assert [(row.lane, row.units) for row in ask(house, "walk_backs")] == [("LANE-1", 2)]


def test_what_is_let_go_goes_to_the_next_who_may_collect_in_that_lane(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 2), hours=2)
    house.order("O2", (mug, 2), hours=6)
    house.purchase("PO-1", (mug, 2))
    receive_into_lane(house, 2)
    act(house, "let_go", order=order)

    assert holders(house) == {"O2": 2}
    assert ask(house, "walk_backs") == ()
