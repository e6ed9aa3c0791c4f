"""What the inbound desk reads: trucks with what they bring and complete, open orders, docks by the day, records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import House
from wms_desktop.db.engine import reading, writing
from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    Notice,
    NoticeLine,
    NoticePackage,
    Peg,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
)
from wms_desktop.errors import BadInput
from wms_desktop.services.inbound_reads import QUESTIONS
from wms_desktop.views.inbound import InboundBoard, TruckRow, TruckView

HOUR = timedelta(hours=1)


def ask(house: House, question: str, **args: Any) -> Any:
    with reading(house.engine) as session:
        return QUESTIONS[question](session, house.now, args)


def trucks(house: House) -> tuple[TruckRow, ...]:
    board: InboundBoard = ask(house, "deliveries")
    return board.trucks


def truck(house: House, *parts: tuple[int, int | None], opens: timedelta | None = HOUR, dock: str = "DOCK-1",
          **facts: Any) -> int:  # fmt: skip
    """A truck booked for an hour that brings (purchase order, notice); gives its id."""
    with writing(house.engine) as session:
        number = f"T{session.query(Delivery).count() + 1:06d}"
        made = Delivery(number=number, dock_id=house.place(dock) if dock else None, carrier="Hauler")
        if opens is not None:
            made.opens_at, made.closes_at = house.now + opens, house.now + opens + HOUR
        for name, value in facts.items():
            setattr(made, name, value)
        session.add(made)
        session.flush()
        session.add_all(DeliveryPart(delivery_id=made.id, purchase_order_id=order, notice_id=notice)
                        for order, notice in parts)  # fmt: skip
        return made.id


def notice(house: House, purchase: int, *lines: tuple[int, int, str], pallet: str = "") -> int:
    """A notice of (purchase line, units, lot), all on one pallet where one is named; gives its id."""
    with writing(house.engine) as session:
        made = Notice(number=f"ASN-{purchase}", supplier_id=1, purchase_order_id=purchase, due=house.now.date())
        session.add(made)
        session.flush()
        package = None
        if pallet:
            package = NoticePackage(notice_id=made.id, code=pallet)
            session.add(package)
            session.flush()
        for line_no, (line_id, qty, lot) in enumerate(lines, 1):
            product = session.get_one(PurchaseLine, line_id).product_id
            session.add(NoticeLine(notice_id=made.id, line_no=line_no, purchase_line_id=line_id, product_id=product,
                                   qty=qty, lot=lot, package_id=package.id if package else None))  # fmt: skip
        return made.id


def came(house: House, purchase: int, line_id: int, qty: int, delivery: int | None = None, *,
         notice_line: int | None = None) -> int:  # fmt: skip
    """Good units of a purchase line received now; gives the receipt line's id."""
    with writing(house.engine) as session:
        receipt = Receipt(number=f"R{session.query(Receipt).count() + 1}", purchase_order_id=purchase,
                          dock_id=house.place("DOCK-1"), opened_at=house.now, delivery_id=delivery)  # fmt: skip
        session.add(receipt)
        session.flush()
        line = ReceiptLine(
            receipt_id=receipt.id, purchase_line_id=line_id, lot_id=0, qty=qty, operator_id=1, station_id=1,
            product_id=session.get_one(PurchaseLine, line_id).product_id, at=house.now, notice_line_id=notice_line,
        )  # fmt: skip
        session.add(line)
        session.flush()
        return line.id


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", name="Blue mug")


# --- trucks ----------------------------------------------------------------------------------------------------------


def test_a_truck_says_what_it_brings_when_where_and_from_whom(house: House, mug: int) -> None:
    jug = house.product("JUG")
    truck(house, (house.purchase("PO-1", (mug, 5), (jug, 3)), None), (house.purchase("PO-2", (mug, 4)), None))
    found = trucks(house)[0]

    assert (found.number, found.state, found.dock, found.carrier) == ("T000001", "expected", "DOCK-1", "Hauler")
    assert (found.suppliers, found.purchases, found.notices) == (("Supplier One",), ("PO-1", "PO-2"), ())
    assert (found.units, found.received, found.lines, found.is_late) == (12, 0, 3, False)


def test_a_notice_says_what_comes_and_the_rest_stays_due(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 50))
    truck(house, (purchase, notice(house, purchase, (1, 20, "L1"), (1, 10, "L2"))))
    found = trucks(house)[0]

    assert (found.units, found.lines, found.notices) == (30, 2, ("ASN-1",))


def test_what_came_of_a_truck_counts_towards_what_it_brings(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 10))
    delivery = truck(house, (purchase, None), state="here", checked_in_at=house.now)
    came(house, purchase, 1, 4, delivery)

    assert [(t.units, t.received) for t in trucks(house)] == [(10, 4)]


def test_what_came_of_a_notice_is_not_counted_twice(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 50))
    told = notice(house, purchase, (1, 20, ""))
    delivery = truck(house, (purchase, told), state="here", checked_in_at=house.now)
    came(house, purchase, 1, 8, delivery, notice_line=1)

    assert [(t.units, t.received) for t in trucks(house)] == [(20, 8)]


def test_a_truck_is_late_only_beyond_what_the_house_allows(house: House, mug: int) -> None:
    truck(house, (house.purchase("PO-1", (mug, 5)), None), opens=HOUR)
    house.now += 3 * HOUR
    at_the_limit = trucks(house)[0]
    house.now += timedelta(minutes=1)
    beyond = trucks(house)[0]

    assert (at_the_limit.late_minutes, at_the_limit.is_late) == (60, False)
    assert (beyond.late_minutes, beyond.is_late) == (61, True)


def test_a_truck_that_came_late_stays_as_late_as_it_was(house: House, mug: int) -> None:
    delivery = truck(house, (house.purchase("PO-1", (mug, 5)), None))
    with writing(house.engine) as session:
        row = session.get_one(Delivery, delivery)
        row.state, row.checked_in_at = "here", house.now + 3 * HOUR
    house.now += 9 * HOUR

    assert (trucks(house)[0].late_minutes, trucks(house)[0].is_late) == (60, False)


def test_trucks_here_come_first_and_those_done_before_today_are_gone(house: House, mug: int) -> None:
    bought = [house.purchase(f"PO-{number}", (mug, 1)) for number in range(6)]
    truck(house, (bought[0], None), opens=2 * HOUR)
    truck(house, (bought[1], None), opens=HOUR)
    truck(house, (bought[2], None), opens=5 * HOUR, state="here", checked_in_at=house.now)
    truck(house, (bought[3], None), opens=-HOUR, state="done", done_at=house.now)
    truck(house, (bought[4], None), opens=-30 * HOUR, state="done", done_at=house.now - 30 * HOUR)
    truck(house, (bought[5], None), opens=HOUR, state="cancelled")

    assert [t.number for t in trucks(house)] == ["T000003", "T000002", "T000001", "T000004"]


def test_what_the_sharing_out_found_stands_on_the_truck(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    delivery = truck(house, (house.purchase("PO-1", (mug, 5)), None), completes=1, bound=2, method="search")
    with writing(house.engine) as session:
        session.add(Peg(receipt_line_id=None, order_line_id=1, qty=3, state="proposed", reason="completes",
                        at=house.now, kind="planned", purchase_line_id=1, delivery_id=delivery))  # fmt: skip
    found = trucks(house)[0]

    assert (found.completes, found.bound, found.method, found.planned) == (1, 2, "search", 3)


def test_what_came_for_orders_still_counts_as_for_orders(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    delivery = truck(house, (house.purchase("PO-1", (mug, 5)), None), state="here", checked_in_at=house.now)
    with writing(house.engine) as session:
        receipt = Receipt(number="R1", dock_id=house.place("DOCK-1"), opened_at=house.now, delivery_id=delivery)
        session.add(receipt)
        session.flush()
        line = ReceiptLine(receipt_id=receipt.id, product_id=mug, lot_id=0, qty=4, operator_id=1, station_id=1,
                           at=house.now)  # fmt: skip
        session.add(line)
        session.flush()
        for state, qty in (("in_lane", 2), ("released", 1)):
            session.add(Peg(receipt_line_id=line.id, order_line_id=1, qty=qty, state=state, reason="completes",
                            at=house.now, lane_id=house.place("LANE-1")))  # fmt: skip
        session.add(Peg(receipt_line_id=None, order_line_id=1, qty=1, state="firm", reason="completes", at=house.now,
                        kind="planned", purchase_line_id=1, delivery_id=delivery))  # fmt: skip

    assert trucks(house)[0].planned == 3


# --- one truck -------------------------------------------------------------------------------------------------------


def test_each_line_says_whom_it_is_for_and_what_is_left(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    house.order("O2", (mug, 2))
    purchase = house.purchase("PO-1", (mug, 10))
    delivery = truck(house, (purchase, None), state="here", checked_in_at=house.now)
    receipt_line = came(house, purchase, 1, 4, delivery)
    with writing(house.engine) as session:
        session.add(Peg(receipt_line_id=receipt_line, order_line_id=1, qty=3, state="arrived", reason="completes",
                        lane_id=house.place("LANE-1"), at=house.now, kind="planned"))  # fmt: skip
        firm = Peg(receipt_line_id=None, order_line_id=2, qty=2, state="firm", reason="completes", at=house.now,
                   lane_id=house.place("LANE-3"), kind="planned", purchase_line_id=1, delivery_id=delivery)  # fmt: skip
        session.add(firm)
    view: TruckView = ask(house, "delivery", delivery=delivery)
    line = view.lines[0]

    assert (line.purchase, line.sku, line.units, line.received, line.rest) == ("PO-1", "MUG", 10, 4, 5)
    assert [(s.order, s.units, s.lane, s.state) for s in line.shares] == [
        ("O1", 3, "LANE-1", "arrived"), ("O2", 2, "LANE-3", "firm"),
    ]  # fmt: skip


def test_what_a_notice_announced_is_told_with_lots_and_pallets(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 50))
    told = notice(house, purchase, (1, 20, "L1"), (1, 10, "L2"), pallet="340123450000000018")
    view: TruckView = ask(house, "delivery", delivery=truck(house, (purchase, told)))

    assert [(line.units, line.rest) for line in view.lines] == [(30, 30)]
    assert [(a.lot, a.units, a.package) for a in view.announced] == [
        ("L1", 20, "340123450000000018"), ("L2", 10, "340123450000000018"),
    ]  # fmt: skip
    assert [(p.code, p.kind, p.state, p.units) for p in view.packages] == [
        ("340123450000000018", "pallet", "announced", 30)
    ]


def test_a_pallet_counts_what_stands_on_it_in_cartons(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 50))
    told = notice(house, purchase, (1, 20, ""), pallet="PALLET")
    with writing(house.engine) as session:
        session.add(NoticePackage(notice_id=told, code="CARTON", kind="carton", parent_id=1))
        session.flush()
        session.query(NoticeLine).one().package_id = 2
    view: TruckView = ask(house, "delivery", delivery=truck(house, (purchase, told)))

    assert [(p.code, p.parent, p.units) for p in view.packages] == [("PALLET", "", 20), ("CARTON", "PALLET", 20)]


def test_a_truck_that_is_gone_is_said(house: House) -> None:
    with pytest.raises(BadInput, match="no_delivery"):
        ask(house, "delivery", delivery=99)


# --- purchase orders -------------------------------------------------------------------------------------------------


def test_open_purchase_orders_say_what_is_due_announced_and_booked(house: House, mug: int) -> None:
    late = house.purchase("PO-LATE", (mug, 5), due=house.now.date() - timedelta(days=1))
    told = house.purchase("PO-TOLD", (mug, 9))
    asn = notice(house, told, (2, 6, ""))
    truck(house, (told, asn))
    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, house.purchase("PO-OVER", (mug, 1))).state = "closed"
    board: InboundBoard = ask(house, "deliveries")

    assert [(p.purchase_id, p.number, p.units, p.truck, p.is_overdue) for p in board.purchases] == [
        (late, "PO-LATE", 5, "", True), (told, "PO-TOLD", 9, "T000001", False),
    ]  # fmt: skip
    assert [(n.number, n.units, n.truck) for n in board.purchases[1].notices] == [("ASN-2", 6, "T000001")]
    assert board.docks == ((house.place("DOCK-1"), "DOCK-1"),)


def test_due_lines_say_what_no_notice_has_told_yet(house: House, mug: int) -> None:
    jug = house.product("JUG")
    purchase = house.purchase("PO-1", (mug, 10), (jug, 4))
    notice(house, purchase, (1, 7, ""))

    assert [(d.sku, d.due, d.unannounced) for d in ask(house, "due_lines", purchase=purchase)] == [
        ("MUG", 10, 3), ("JUG", 4, 4),
    ]  # fmt: skip


# --- docks -----------------------------------------------------------------------------------------------------------


def test_a_day_s_docks_show_the_trucks_whose_window_touches_it(house: House, mug: int) -> None:
    bought = [house.purchase(f"PO-{number}", (mug, 1)) for number in range(4)]
    truck(house, (bought[0], None), opens=HOUR)
    truck(house, (bought[1], None), opens=11 * HOUR + HOUR / 2)
    truck(house, (bought[2], None), opens=30 * HOUR)
    truck(house, (bought[3], None), opens=None, dock="")
    today = ask(house, "appointments", day=house.now.date())
    tomorrow = ask(house, "appointments", day=(house.now + timedelta(days=1)).date().isoformat())

    assert [t.number for t in today.trucks] == ["T000001", "T000002"]
    assert [t.number for t in tomorrow.trucks] == ["T000002", "T000003"]
    assert [t.number for t in today.unplaced] == ["T000004"]
    assert (today.docks, today.ends - today.begins) == (("DOCK-1",), timedelta(days=1))


def test_what_is_no_day_is_said(house: House) -> None:
    with pytest.raises(BadInput, match="no_day"):
        ask(house, "appointments", day="someday")


# --- suppliers -------------------------------------------------------------------------------------------------------


def test_a_supplier_s_record_tells_how_late_his_orders_and_trucks_were(house: House, mug: int) -> None:
    for number, late in enumerate((0, 0, 1, 2, 6)):
        purchase = house.purchase(f"PO-{number}", (mug, 1), due=house.now.date() - timedelta(days=late))
        with writing(house.engine) as session:
            row = session.get_one(PurchaseOrder, purchase)
            row.placed_on = row.due - timedelta(days=3)
        came(house, purchase, number + 1, 1)
        with writing(house.engine) as session:
            session.get_one(PurchaseOrder, purchase).state = "closed"
        truck(house, (purchase, None), opens=-5 * HOUR, state="done", done_at=house.now,
              checked_in_at=house.now - (HOUR if number == 4 else 5 * HOUR))  # fmt: skip
    truck(house, (house.purchase("PO-X", (mug, 1)), None), opens=-9 * HOUR, state="missed")
    record = ask(house, "suppliers_record")[0]

    assert (record.supplier, record.orders, record.on_time_share, record.in_full_share) == ("Supplier One", 5, 0.4, 1.0)
    assert (record.late_half, record.late_most, record.lead_days, record.is_lead_measured) == (1, 6, 4, True)
    assert (record.trucks, record.trucks_late, record.trucks_missed) == (6, 1, 1)


def test_an_empty_house_has_nothing_on_its_way(house: House) -> None:
    board: InboundBoard = ask(house, "deliveries")

    assert (board.trucks, board.purchases, ask(house, "suppliers_record")) == ((), (), ())
    assert ask(house, "appointments", day=date(2026, 3, 2)).trucks == ()
