"""A check-in is taken back as long as nothing came of its truck, whatever became of the truck's plan since."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import Desk, House
from tests.services.inbound_desk import book, delivery
from tests.services.truck_floor import command, pegs
from wms_desktop.db.tables import Delivery, Notice, Order, Peg, PurchaseLine, Receipt
from wms_desktop.domain.arrivals import Answer
from wms_desktop.services import cancelling, orders, planning, receiving, selfcheck
from wms_desktop.services.dialogue import Context


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG")


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


def receipts_of(house: House) -> list[str]:
    return list(house.read(lambda s: s.scalars(select(Receipt.number)).all()))


def passed_over(house: House) -> dict[str, int]:
    return {row.number: row.passed_over for row in house.read(lambda s: s.scalars(select(Order)).all())}


def cancel(house: House, order_id: int) -> None:
    command(house, lambda s, c: cancelling.cancel(s, c, order_id, reason="customer"), workflow="orders")


def test_an_adopted_plan_does_not_stand_in_the_way(house: House, mug: int, clerk: Desk) -> None:
    ids = [house.order(name, (mug, units), complete=True) for name, units in (("BIG", 6), ("ONE", 4), ("TWO", 4))]
    book(house, house.purchase("PO-1", (mug, 8)))
    before, counted = pegs(house), passed_over(house)
    clerk.scan("PO-1")
    other = ids[:1] if pegs(house)[0][0] == "ONE" else ids[1:]
    _adopt(house, other)

    answer = clerk.key("undo")

    assert (answer.message.code, answer.prompt.state) == ("undone", "open")
    assert (delivery(house).state, pegs(house), receipts_of(house)) == ("expected", before, [])
    assert passed_over(house) == counted
    assert house.read(selfcheck.find_differences) == []


def _adopt(house: House, order_ids: list[int]) -> None:
    """Another plan than the one that stands, as the solver's answer replaces it: its pegs are other rows."""

    def other(session: Session, context: Context) -> None:
        truck = session.scalars(select(Delivery)).one()
        planning.drop(session, truck.id, "shared_anew")
        planning.adopt(session, context, truck.id, Answer(method="solver", completed=tuple(order_ids)))

    command(house, other, workflow="inbound")


def test_a_plan_mended_for_a_cancelled_order_is_made_anew(house: House, mug: int, clerk: Desk) -> None:
    first = house.order("O1", (mug, 5))
    house.order("O2", (mug, 5))
    book(house, house.purchase("PO-1", (mug, 5)))
    clerk.scan("PO-1")
    cancel(house, first)
    assert pegs(house) == [("O2", "MUG", 5, "firm")]

    assert clerk.key("undo").message.code == "undone"

    assert pegs(house) == [("O2", "MUG", 5, "proposed")]
    assert house.read(lambda s: s.scalars(select(PurchaseLine.planned)).one()) == 5
    assert house.read(selfcheck.find_differences) == []


def test_a_truck_that_nobody_booked_is_gone_again_with_its_plan(house: House, mug: int, clerk: Desk) -> None:
    first = house.order("O1", (mug, 5))
    house.order("O2", (mug, 5))
    house.purchase("PO-1", (mug, 5))
    clerk.scan("PO-1")
    cancel(house, first)

    assert clerk.key("undo").message.code == "undone"

    assert house.read(lambda s: s.scalars(select(Delivery)).all()) == []
    assert house.read(lambda s: s.scalars(select(Peg)).all()) == []
    clerk.scan("PO-1")
    assert pegs(house) == [("O2", "MUG", 5, "firm")]


def test_the_unit_that_opened_the_receipt_goes_back_with_the_check_in(house: House, mug: int, clerk: Desk) -> None:
    house.order("O1", (mug, 5))
    book(house, house.purchase("PO-1", (mug, 5)))
    clerk.scan("MUG")
    assert ("O1", "MUG", 1, "arrived") in pegs(house)
    command(house, lambda s, c: _let_plan_go(s), workflow="inbound")

    assert clerk.key("undo").message.code == "undone"

    assert (house.on_hand("DOCK-1", mug), receipts_of(house)) == (0, [])
    assert pegs(house) == [("O1", "MUG", 5, "proposed")]
    assert house.read(selfcheck.find_differences) == []


def _let_plan_go(session: Session) -> None:
    truck = session.scalars(select(Delivery)).one()
    planning.drop(session, truck.id, "shared_anew")


def test_what_a_colleague_received_of_the_truck_keeps_it_here(house: House, mug: int, clerk: Desk) -> None:
    house.order("O1", (mug, 5))
    book(house, house.purchase("PO-1", (mug, 5)), house.purchase("PO-2", (mug, 5)))
    clerk.scan("PO-1")
    house.at(receiving, "DOCK-B", "OP-supervisor").scan("PO-2", "MUG")

    assert clerk.key("undo").message.code == "cannot_undo"

    assert delivery(house).state == "here"
    assert house.on_hand("DOCK-1", mug) + house.on_hand("DOCK-2", mug) == 1


def test_a_notice_is_announced_again(house: House, mug: int, clerk: Desk) -> None:
    order_id = house.order("O1", (mug, 5))
    purchase = house.purchase("PO-1", (mug, 5))
    command(
        house, lambda s, c: s.add(Notice(number="A1", supplier_id=1, purchase_order_id=purchase, due=house.now.date()))
    )
    clerk.scan("PO-1")
    cancel(house, order_id)

    assert clerk.key("undo").message.code == "undone"
    assert house.read(lambda s: s.scalars(select(Notice.state)).all()) == ["announced"]


def test_pegs_that_came_after_the_check_in_are_proposals_again(house: House, mug: int, clerk: Desk) -> None:
    book(house, house.purchase("PO-1", (mug, 5)))
    clerk.scan("PO-1")
    order = house.order("O1", (mug, 5))
    command(house, lambda s, c: orders.note_demand(s, [order]), workflow="orders")
    assert pegs(house) == [("O1", "MUG", 5, "firm")]

    clerk.key("undo")

    assert (delivery(house).state, pegs(house)) == ("expected", [("O1", "MUG", 5, "proposed")])
