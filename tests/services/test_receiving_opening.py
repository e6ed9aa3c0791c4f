"""How a receipt opens: a truck's number, a notice, an announced pallet, any item; and what stands on a plate."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    Notice,
    NoticeLine,
    NoticePackage,
    Peg,
    PurchaseLine,
    Receipt,
    ReceiptLine,
    Stock,
)
from wms_desktop.services import putaway, receiving, selfcheck

PALLET, CARTON, OTHER = "340123450000000017", "340123450000000024", "340123450000000031"
MUG, CASE, MILK = "8412345000003", "18412345000000", "4012345000009"


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", MUG, case=(CASE, 12), name="Blue mug")


@pytest.fixture
def milk(house: House) -> int:
    return house.product("MILK", MILK, name="Milk", lot_tracked=True, expiry_tracked=True)


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


def _announce(house: House, number: str, purchase: int, *lines: tuple[int, str, date | None, str]) -> int:
    """A notice of (units, lot, expiry, package) for the lines of a purchase order in turn; gives its id."""
    with writing(house.engine) as session:
        notice = Notice(number=number, supplier_id=1, purchase_order_id=purchase, due=house.now.date())
        session.add(notice)
        session.flush()
        of = session.scalars(select(PurchaseLine).where(PurchaseLine.purchase_order_id == purchase)).all()
        packages: dict[str, NoticePackage] = {}
        for line_no, (qty, lot, expiry, code) in enumerate(lines, 1):
            if code and code not in packages:
                parent = packages.get(PALLET)
                kind = "carton" if code == CARTON else "pallet"
                inside = parent.id if parent and kind == "carton" else None
                packages[code] = NoticePackage(notice_id=notice.id, code=code, kind=kind, parent_id=inside)
                session.add(packages[code])
                session.flush()
            line = of[(line_no - 1) % len(of)]
            session.add(NoticeLine(notice_id=notice.id, line_no=line_no, purchase_line_id=line.id,
                                   product_id=line.product_id, qty=qty, lot=lot, expiry=expiry,
                                   package_id=packages[code].id if code else None))  # fmt: skip
        return notice.id


def _truck(house: House, number: str, *parts: tuple[int, int | None]) -> None:
    with writing(house.engine) as session:
        delivery = Delivery(number=number)
        session.add(delivery)
        session.flush()
        session.add_all(DeliveryPart(delivery_id=delivery.id, purchase_order_id=p, notice_id=n) for p, n in parts)


def _announced(house: House) -> list[tuple[int, int]]:
    return house.read(lambda s: [(n.qty, n.received) for n in s.scalars(select(NoticeLine).order_by(NoticeLine.id))])


# --- trucks, notices, items -------------------------------------------------------------------------------------------


def test_a_truck_with_one_order_opens_its_receipt_and_is_here(house: House, clerk: Desk, mug: int) -> None:
    _truck(house, "T-7", (house.purchase("PO-1", (mug, 24)), None))

    answer = clerk.scan("T-7")

    assert (answer.prompt.state, answer.prompt.args["order"]) == ("count", "PO-1")
    assert house.read(lambda s: s.scalars(select(Delivery.state)).one()) == "here"
    assert house.read(lambda s: s.scalars(select(Receipt.delivery_id)).one()) == 1


def test_of_a_trucks_orders_one_is_chosen(house: House, clerk: Desk, mug: int, milk: int) -> None:
    one, two = house.purchase("PO-1", (mug, 24)), house.purchase("PO-2", (milk, 24))
    _truck(house, "T-7", (one, None), (two, None))

    offered = clerk.scan("T-7")
    answer = clerk.key("choose", "2")

    assert [detail.args["number"] for detail in offered.prompt.details] == ["PO-1", "PO-2"]
    assert answer.prompt.args["order"] == "PO-2"


def test_an_item_of_a_truck_opens_its_order_of_this_truck(house: House, clerk: Desk, mug: int) -> None:
    pen = house.product("PEN", "EAN-PEN", name="Pen")
    house.purchase("PO-ELSEWHERE", (pen, 5))
    one, two = house.purchase("PO-1", (mug, 24)), house.purchase("PO-2", (pen, 24))
    _truck(house, "T-7", (one, None), (two, None))
    asked = clerk.scan("T-7")
    assert (asked.prompt.state, asked.prompt.args) == ("truck", {"count": 2})

    answer = clerk.scan("EAN-PEN")

    assert (answer.message.code, answer.prompt.args["order"]) == ("verdict_bin", "PO-2")
    assert house.on_hand("DOCK-1", pen) == 1


def test_an_item_that_several_orders_of_a_truck_expect_is_counted_with_the_one_chosen(
    house: House, clerk: Desk, mug: int
) -> None:
    house.purchase("PO-ELSEWHERE", (mug, 5))
    one, two = house.purchase("PO-1", (mug, 24)), house.purchase("PO-2", (mug, 24))
    _truck(house, "T-7", (one, None), (two, None))

    asked = clerk.scan("T-7", CASE)
    assert (asked.message.code, asked.message.args["count"], asked.prompt.state) == ("choose_receipt", 2, "choose")

    assert clerk.key("choose", "2").prompt.args["order"] == "PO-2"
    assert house.on_hand("DOCK-1", mug) == 12


def test_an_item_that_no_order_of_a_truck_expects_is_refused(house: House, clerk: Desk, mug: int, milk: int) -> None:
    house.product("PEN", "EAN-PEN", name="Pen")
    one, two = house.purchase("PO-1", (mug, 24)), house.purchase("PO-2", (milk, 24))
    _truck(house, "T-7", (one, None), (two, None))

    answer = clerk.scan("T-7", "EAN-PEN")

    assert (answer.message.code, answer.prompt.state) == ("not_of_truck", "truck")


def test_a_notices_number_opens_its_order_and_its_lines_are_filled(house: House, clerk: Desk, mug: int) -> None:
    _announce(house, "ASN-5", house.purchase("PO-1", (mug, 24)), (12, "", None, ""))

    clerk.scan("ASN-5")
    clerk.scan(CASE)
    clerk.scan(MUG)

    assert _announced(house) == [(12, 12)]
    lines = house.read(lambda s: [(line.qty, line.notice_line_id) for line in s.query(ReceiptLine)])
    assert lines == [(12, 1), (1, None)]
    assert house.read(selfcheck.find_differences) == []


def test_of_several_orders_the_one_that_is_at_the_dock_takes_the_item(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-SOON", (mug, 5))
    house.purchase("PO-HERE", (mug, 5), due=(house.now + timedelta(days=9)).date())
    house.at(receiving, "DOCK-B", "OP-supervisor").scan("PO-HERE")

    assert clerk.scan(MUG).prompt.args["order"] == "PO-HERE"


# --- announced pallets ------------------------------------------------------------------------------------------------


def test_an_announced_pallet_is_received_whole_in_one_scan(house: House, clerk: Desk, mug: int, milk: int) -> None:
    purchase = house.purchase("PO-1", (mug, 24), (milk, 10))
    _announce(house, "ASN-5", purchase, (24, "", None, PALLET), (10, "L7", date(2027, 1, 1), CARTON))
    house.order("O1", (mug, 5), (milk, 2))

    answer = clerk.scan(f"]C100{PALLET}")

    assert answer.message.args == {"package": PALLET, "qty": 34, "kinds": 2, "lane_qty": 7, "rest": 27}
    assert (house.on_hand("DOCK-1", mug), house.on_hand("DOCK-1", milk)) == (24, 10)
    assert _announced(house) == [(24, 24), (10, 10)]
    clerk.scan("LANE-1")
    assert (house.on_hand("LANE-1", mug), house.on_hand("LANE-1", milk)) == (5, 2)
    assert house.read(selfcheck.find_differences) == []


def test_a_pallet_is_not_received_twice(house: House, clerk: Desk, mug: int) -> None:
    _announce(house, "ASN-5", house.purchase("PO-1", (mug, 48)), (24, "", None, PALLET))
    clerk.scan(PALLET)

    answer = clerk.scan(PALLET)

    assert answer.message.code == "package_received"
    assert house.on_hand("DOCK-1", mug) == 24


def test_a_pallet_whose_notice_names_no_lot_is_scanned_by_units(house: House, clerk: Desk, milk: int) -> None:
    _announce(house, "ASN-5", house.purchase("PO-1", (milk, 10)), (10, "L7", None, PALLET))

    answer = clerk.scan(PALLET)

    assert (answer.message.code, answer.message.args["skus"]) == ("package_days_wanted", "MILK")
    assert house.on_hand("DOCK-1", milk) == 0


def test_a_pallet_with_more_than_ordered_asks_as_a_case_does(house: House, clerk: Desk, mug: int) -> None:
    _announce(house, "ASN-5", house.purchase("PO-1", (mug, 10)), (24, "", None, PALLET))

    asked = clerk.scan(PALLET)
    assert (asked.prompt.state, asked.prompt.args["over"]) == ("over_far", 14)
    clerk.scan("OP-supervisor")

    assert house.on_hand("DOCK-1", mug) == 24


def test_a_whole_pallet_is_taken_back_with_one_key(house: House, clerk: Desk, mug: int, milk: int) -> None:
    purchase = house.purchase("PO-1", (mug, 24), (milk, 10))
    _announce(house, "ASN-5", purchase, (24, "", None, PALLET), (10, "L7", date(2027, 1, 1), CARTON))
    house.order("O1", (mug, 5))
    clerk.scan("ASN-5")
    before = clerk.prompt()
    clerk.scan(PALLET)

    clerk.key("undo")

    assert clerk.prompt() == before
    assert (_announced(house), house.on_hand("DOCK-1", mug)) == ([(24, 0), (10, 0)], 0)
    assert clerk.scan(PALLET).message.code == "package_in"
    assert house.read(selfcheck.find_differences) == []


# --- plates -----------------------------------------------------------------------------------------------------------


def _plates(house: House) -> list[tuple[int, int]]:
    stood = select(Stock).where(Stock.on_hand > 0).order_by(Stock.id)
    return house.read(lambda s: [(row.plate_id, row.on_hand) for row in s.scalars(stood)])


def test_units_stand_on_the_plate_that_was_scanned_before_until_it_is_scanned_again(
    house: House, clerk: Desk, mug: int
) -> None:
    house.purchase("PO-1", (mug, 24))

    clerk.scan("PO-1", "TOTE-01", MUG, MUG, "TOTE-01")
    clerk.scan(MUG)

    assert _plates(house) == [(1, 2), (0, 1)]
    assert house.read(lambda s: [line.plate_id for line in s.query(ReceiptLine)]) == [1, 1, 0]


def test_a_new_pallet_is_confirmed_by_scanning_it_again(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))

    asked = clerk.scan("PO-1", OTHER)
    made = clerk.scan(OTHER)
    clerk.scan(CASE)

    assert (asked.message.code, made.message.code) == ("unknown_plate", "plate_made")
    assert [qty for plate, qty in _plates(house) if plate] == [12]


def test_a_plate_with_other_goods_is_refused(house: House, clerk: Desk, mug: int) -> None:
    house.purchase("PO-1", (mug, 24))
    house.purchase("PO-2", (mug, 24))
    clerk.scan("PO-1", "TOTE-01", MUG)
    clerk.key("back")

    answer = clerk.scan("PO-2", "TOTE-01")

    assert (answer.message.code, answer.message.args["place"]) == ("plate_in_use", "DOCK-1")


def test_what_stands_on_a_plate_is_carried_to_its_lane_and_the_rest_put_away(
    house: House, clerk: Desk, mug: int
) -> None:
    house.bin("A-1")
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 12))
    clerk.scan("PO-1", "TOTE-01", CASE)
    assert house.read(lambda s: s.scalars(select(Peg.qty).where(Peg.state == "arrived")).all()) == [5]

    clerk.scan("LANE-1")
    house.at(putaway, "DOCK-B", "OP-receiver").scan(MUG, "A-1")

    assert (house.on_hand("LANE-1", mug), house.on_hand("A-1", mug), house.on_hand("DOCK-1", mug)) == (5, 7, 0)
    assert house.read(selfcheck.find_differences) == []
