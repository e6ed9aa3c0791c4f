"""Announced pallets: the notice that each fills, several products on one, several orders on one, and what is said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders import Desk, House
from tests.services.inbound_desk import OTHER_SSCC, SSCC, act, book, delivery, get_notice, notice, said, supplier
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Delivery, Notice, NoticeLine, NoticePackage, PurchaseOrder
from wms_desktop.prompts import Outcome
from wms_desktop.services import putaway, receiving, selfcheck

P1, P2 = SSCC, OTHER_SSCC
MUG, TEA = "8412345000003", "4012345000009"
ON_P1, ON_P2 = {"package": P1}, {"package": P2}


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", MUG, name="Blue mug")


@pytest.fixture
def tea(house: House) -> int:
    return house.product("TEA", TEA, name="Green tea")


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


def _received(house: House) -> list[tuple[str, int]]:
    """What came of each announced line, by its notice."""
    rows = select(Notice.number, NoticeLine.received).join(Notice).order_by(NoticeLine.id)
    return [tuple(row) for row in house.read(lambda s: s.execute(rows).all())]


def _trucks(house: House) -> list[str]:
    return list(house.read(lambda s: s.scalars(select(Delivery.state).order_by(Delivery.id)).all()))


# --- the notice that a pallet fills -----------------------------------------------------------------------------------


def test_a_pallet_checks_in_its_own_truck_and_fills_its_own_notice(house: House, clerk: Desk, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 20))
    book(house, (po, notice(house, po, "ASN-1", lines=[(1, 10, ON_P1)])))
    notice(house, po, "ASN-2", lines=[(1, 10, ON_P2)])

    assert clerk.scan(P2).message.code == "package_in"

    assert _received(house) == [("ASN-1", 0), ("ASN-2", 10)]
    assert (delivery(house, "T000001").state, get_notice(house, "ASN-1").state) == ("expected", "announced")
    assert house.read(selfcheck.find_differences) == []


def test_of_two_trucks_at_the_dock_each_pallet_fills_its_own_notice(house: House, clerk: Desk, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 20))
    book(house, (po, notice(house, po, "ASN-1", lines=[(1, 10, ON_P1)])))
    book(house, (po, notice(house, po, "ASN-2", lines=[(1, 10, ON_P2)])), hours=4)
    clerk.scan("T000001")
    clerk.key("back")
    clerk.scan("T000002")

    clerk.scan(P2)
    assert _received(house) == [("ASN-1", 0), ("ASN-2", 10)]
    clerk.scan(P1)
    clerk.key("done")

    assert _received(house) == [("ASN-1", 10), ("ASN-2", 10)]
    assert (_trucks(house), get_notice(house, "ASN-2").state) == (["done", "done"], "closed")
    assert house.read(selfcheck.find_differences) == []


def test_loose_units_fill_what_another_truck_at_the_dock_announced(house: House, clerk: Desk, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 3))
    book(house, (po, notice(house, po, "ASN-1", lines=[(1, 1)])))
    book(house, (po, notice(house, po, "ASN-2", lines=[(1, 2)])), hours=4)
    clerk.scan("T000001")
    clerk.key("back")
    clerk.scan("T000002")

    clerk.scan(MUG, MUG)

    assert _received(house) == [("ASN-1", 1), ("ASN-2", 1)]


def test_a_truck_that_still_has_something_stays_at_the_dock(house: House, clerk: Desk, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 20))
    book(house, (po, notice(house, po, "ASN-1", lines=[(1, 10, ON_P1)])))
    book(house, (po, notice(house, po, "ASN-2", lines=[(1, 10, ON_P2)])), hours=4)
    clerk.scan("T000001", P1)
    clerk.key("back")
    clerk.scan("T000002")

    clerk.key("done")

    assert _trucks(house) == ["done", "here"]


# --- a surplus of several products ------------------------------------------------------------------------------------


def test_each_surplus_is_asked_and_the_one_beyond_the_tolerance_first(
    house: House, clerk: Desk, mug: int, tea: int
) -> None:
    po = house.purchase("PO-1", (mug, 1000), (tea, 10))
    notice(house, po, lines=[(1, 1000, ON_P1), (2, 10, ON_P1)])
    with writing(house.engine) as session:  # the supplier loaded more than he may announce
        session.execute(update(NoticeLine).where(NoticeLine.product_id == mug).values(qty=1020))
        session.execute(update(NoticeLine).where(NoticeLine.product_id == tea).values(qty=25))

    first = clerk.scan(P1)
    second = clerk.scan("OP-supervisor")
    assert house.on_hand("DOCK-1", tea) == 0
    taken = clerk.key("yes")

    assert [(a.prompt.state, a.prompt.args["product"], a.prompt.args["over"]) for a in (first, second)] == [
        ("over_far", "Green tea", 15),
        ("over", "Blue mug", 20),
    ]
    assert (taken.message.code, house.on_hand("DOCK-1", mug), house.on_hand("DOCK-1", tea)) == ("package_in", 1020, 25)


# --- a pallet scanned again -------------------------------------------------------------------------------------------


def test_a_pallet_that_was_taken_back_is_scanned_again(house: House, clerk: Desk, mug: int) -> None:
    notice(house, house.purchase("PO-1", (mug, 10)), lines=[(1, 10, ON_P1)])
    clerk.scan(P1)
    clerk.key("undo")
    assert clerk.prompt().state == "open"

    answer = clerk.scan(P1)

    assert (answer.message.code, house.on_hand("DOCK-1", mug)) == ("package_in", 10)
    assert house.read(selfcheck.find_differences) == []


def test_a_pallet_that_nobody_announced_wants_the_order_first(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 10))
    clerk.scan("PO-1", P1, P1, MUG)
    clerk.key("back")

    answer = clerk.scan(P1)

    assert (answer.message.code, answer.prompt.state) == ("pallet_needs_order", "open")


# --- one pallet, two orders -------------------------------------------------------------------------------------------


def test_a_pallet_of_two_orders_is_received_half_by_half(house: House, clerk: Desk, mug: int, tea: int) -> None:
    one, two = house.purchase("PO-1", (mug, 10)), house.purchase("PO-2", (tea, 10))
    notice(house, one, "ASN-1", lines=[(1, 10, ON_P1)])
    notice(house, two, "ASN-2", lines=[(1, 10, ON_P1)])

    clerk.scan("PO-2", P1)
    assert _received(house) == [("ASN-1", 0), ("ASN-2", 10)]
    answer = clerk.scan(P1)

    assert (answer.message.code, answer.prompt.args["order"]) == ("package_in", "PO-1")
    assert _received(house) == [("ASN-1", 10), ("ASN-2", 10)]
    assert clerk.scan(P1).message.code == "package_received"
    assert (house.on_hand("DOCK-1", mug), house.on_hand("DOCK-1", tea)) == (10, 10)
    assert house.read(selfcheck.find_differences) == []


def test_the_second_half_stands_loose_once_the_pallet_was_carried_away(
    house: House, clerk: Desk, mug: int, tea: int
) -> None:
    house.bin("A-1")
    one, two = house.purchase("PO-1", (mug, 10)), house.purchase("PO-2", (tea, 10))
    notice(house, one, "ASN-1", lines=[(1, 10, ON_P1)])
    notice(house, two, "ASN-2", lines=[(1, 10, ON_P1)])
    clerk.scan("PO-1", P1)
    clerk.key("done")
    house.at(putaway, "DOCK-B", "OP-receiver").scan(P1, "A-1")
    assert house.on_hand("A-1", mug) == 10

    answer = clerk.scan(P1)

    assert (answer.message.code, house.on_hand("DOCK-1", tea)) == ("package_in", 10)
    assert house.read(selfcheck.find_differences) == []


def test_a_pallet_that_another_supplier_announced_is_not_announced_again(house: House, mug: int) -> None:
    notice(house, house.purchase("PO-1", (mug, 10)), "ASN-1", lines=[(1, 10, ON_P1)])
    supplier(house, "S2", "Supplier Two")
    other = house.purchase("PO-2", (mug, 10))
    with writing(house.engine) as session:
        session.execute(update(PurchaseOrder).where(PurchaseOrder.id == other).values(supplier_id=2))
    typed: dict[str, Any] = {"purchase": other, "number": "ASN-2", "due": house.now.date()}
    typed["lines"] = [{"line": 2, "qty": 5} | ON_P1]

    refused = act(house, "enter_notice", **typed)
    act(house, "cancel_notice", notice=1)
    entered = act(house, "enter_notice", **typed)

    assert (said(refused), refused.message.args) == ("package_taken", {"line": 1, "sscc": P1, "notice": "ASN-1"})
    assert said(entered) == "notice_entered"


# --- where the goods go -----------------------------------------------------------------------------------------------


def test_a_pallet_says_what_goes_to_the_hold_and_what_is_set_aside(house: House, clerk: Desk, mug: int) -> None:
    milk = house.product("MILK", TEA, name="Milk", lot_tracked=True, expiry_tracked=True)
    lamp = house.product("LAMP", "4012345000016", name="Lamp", is_inspected=True)
    po = house.purchase("PO-1", (mug, 10), (milk, 6), (lamp, 4))
    over = (house.now - timedelta(days=3)).date().isoformat()
    notice(house, po, lines=[(1, 10, ON_P1), (2, 6, {"lot": "L7", "expiry": over} | ON_P1), (3, 4, ON_P1)])
    house.order("O1", (mug, 3))

    answer = clerk.scan(P1)

    assert (answer.message.code, answer.outcome) == ("package_in_parts", Outcome.LOOK_HERE)
    counts = {"qty": 20, "kinds": 3, "lane_qty": 3, "rest": 7, "aside": 4, "held": 6}
    assert answer.message.args == {"package": P1} | counts
    shown = {name: answer.prompt.args[name] for name in ("product", "qty", "step")}
    assert (answer.prompt.state, shown) == ("aside", {"product": "Lamp", "qty": 4, "step": "step.inspect"})
    assert house.on_hand("HOLD-1", milk, "damaged") == 6


def test_each_product_of_a_pallet_has_its_own_bin(house: House, clerk: Desk, mug: int, tea: int) -> None:
    for place, product in (("A-1", mug), ("A-2", tea)):
        house.bin(place)
        house.put(product, place, 1)
    notice(house, house.purchase("PO-1", (mug, 10), (tea, 6)), lines=[(1, 10, ON_P1), (2, 6, ON_P1)])

    rows = clerk.scan(P1).prompt.details

    assert [(row.code, row.args) for row in rows] == [
        ("receive.to_bin_of", {"qty": 10, "product": "Blue mug", "bin": "A-1"}),
        ("receive.to_bin_of", {"qty": 6, "product": "Green tea", "bin": "A-2"}),
    ]


# --- loose units and pallets ------------------------------------------------------------------------------------------


def test_loose_units_fill_the_loose_lines_of_a_notice_first(house: House, clerk: Desk, mug: int) -> None:
    notice(house, house.purchase("PO-1", (mug, 15)), lines=[(1, 10, ON_P1), (1, 5)])

    clerk.scan("PO-1", MUG, MUG)

    assert _received(house) == [("ASN-1", 0), ("ASN-1", 2)]
    assert clerk.scan(P1).message.args["qty"] == 10


def test_loose_units_leave_the_pallet_that_is_still_to_come(house: House, clerk: Desk, mug: int) -> None:
    notice(house, house.purchase("PO-1", (mug, 15)), lines=[(1, 5, ON_P1), (1, 5, ON_P2)])
    with writing(house.engine) as session:  # the second was opened, and its units are scanned one by one
        session.execute(update(NoticePackage).where(NoticePackage.code == P2).values(state="opened"))

    clerk.scan("PO-1", MUG)

    assert _received(house) == [("ASN-1", 0), ("ASN-1", 1)]
