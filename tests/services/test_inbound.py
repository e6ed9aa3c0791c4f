"""Trucks are booked, moved, missed, checked in and done; whatever happens, plans and days follow at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services.inbound_desk import (
    OTHER_SSCC,
    SSCC,
    act,
    book,
    delivery,
    found,
    get_notice,
    notice,
    parts,
    planned,
    said,
    supplier,
)
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import (
    Delivery,
    Location,
    Notice,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
)
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import commands, inbound, lead_times, orders, receipts, receiving, undoing
from wms_desktop.services.dialogue import Context

MONDAY = date(2026, 3, 2)


@pytest.fixture
def mug(house: House) -> int:
    """An article for which nobody waits yet."""
    house.bin("A-1")
    return house.product("MUG", name="Blue mug")


def _close(house: House, purchase: int, delivery_id: int | None, qty: int, product: int) -> None:
    """Receives units and closes the receipt, as the dock does."""

    def receive(session: Session, context: Context) -> Answer:
        receipt = receipts.open_for(session, context, purchase, delivery_id=delivery_id)
        if qty:
            receipts.take_in(session, context, receipt, [receipts.Parcel(product_id=product, qty=qty)])
        receipts.close(session, context, receipt)
        inbound.finish(session, context, receipt)
        return orders.answer(session, context, Message("inbound.finished", {"delivery": ""}))

    context = house.context(station="DOCK-A", badge="OP-receiver")
    commands.run(house.engine, "receive", f"close {purchase} {qty}", context, receive, orders.prompt)


# --- checking in ---------------------------------------------------------------------------------------------


def test_an_unannounced_order_gets_a_delivery_of_its_own_at_the_stations_dock(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    answer = act(house, "check_in", station="DOCK-A", badge="OP-receiver", purchase=po)
    here = delivery(house)

    assert said(answer) == "checked_in"
    assert (here.state, here.dock_id, parts(house)) == ("here", house.place("DOCK-1"), [(po, None)])
    assert here.checked_in_at == house.now


def test_a_bench_is_no_dock_for_the_truck_that_is_checked_in_there(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))

    act(house, "check_in", station="PACK-1", purchase=po)

    assert delivery(house).dock_id == house.place("DOCK-1")


def test_a_truck_checked_in_at_a_bench_stays_at_the_dock_that_was_booked(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        session.add(Location(warehouse_id=1, code="DOCK-2", kind="dock"))
    book(house, house.purchase("PO-1", (mug, 5)), dock="DOCK-2")

    act(house, "check_in", station="PACK-1", delivery=delivery(house).id)

    assert delivery(house).dock_id == house.place("DOCK-2")


def test_a_receipt_is_not_opened_at_a_bench(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))

    answer = house.at(receiving, "PACK-1", "OP-supervisor").scan("PO-1")

    assert (answer.message.code, answer.message.args) == ("station_has_no_dock", {"station": "PACK-1"})
    assert house.read(lambda s: s.scalars(select(Receipt.id).where(Receipt.purchase_order_id == po)).all()) == []


def test_checking_in_twice_changes_nothing_and_says_so(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    act(house, "check_in", purchase=po)
    before = delivery(house)
    again = act(house, "check_in", delivery=before.id)
    act(house, "check_in", purchase=po)

    assert said(again) == "here_already"
    assert delivery(house).checked_in_at == before.checked_in_at
    assert house.read(lambda s: s.scalars(select(Delivery.id)).all()) == [before.id]


def test_checking_in_makes_the_plan_firm_for_those_who_wait(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    house.order("O-1", (mug, 3))
    book(house, po)
    before = planned(house)
    answer = act(house, "check_in", delivery=delivery(house).id)

    assert (before, planned(house)) == ([("proposed", 3)], [("firm", 3)])
    assert answer.message.args["orders"] == 1


def test_a_scanned_order_takes_along_what_was_announced_for_it(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 9))
    early = notice(house, po, "ASN-1", days=0, lines=[(1, 4)])
    notice(house, po, "ASN-2", days=2, lines=[(1, 5)])
    act(house, "check_in", purchase=po)

    assert parts(house) == [(po, early)]
    assert (get_notice(house, "ASN-1").state, get_notice(house, "ASN-2").state) == ("here", "announced")


def test_a_notice_checks_in_all_orders_of_its_shipment(house: House, mug: int) -> None:
    first, second = house.purchase("PO-1", (mug, 4)), house.purchase("PO-2", (mug, 6))
    mine = notice(house, first, "ASN-1")
    act(
        house,
        "enter_notice",
        purchase=second,
        number="ASN-1",
        due=MONDAY,
        lines=[{"line": _line(house, second), "qty": 6}],
    )
    act(house, "check_in", notice=mine)

    assert [order for order, _ in parts(house)] == [first, second]


def test_a_notice_joins_the_truck_that_was_booked_for_its_order(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 4))
    book(house, po)
    mine = notice(house, po)
    act(house, "check_in", notice=mine)

    assert (parts(house), delivery(house).state) == ([(po, mine)], "here")


def test_a_truck_that_was_missed_may_come_after_all_and_that_is_said(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 4))
    book(house, po, hours=1)
    house.now += timedelta(hours=5)
    missed = act(house, "miss_delivery", delivery=delivery(house).id)
    came = act(house, "check_in", purchase=po)

    assert (said(missed), said(came)) == ("missed", "checked_in_late")
    assert delivery(house).state == "here"


def test_what_is_over_is_not_checked_in(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 4))
    book(house, po)
    gone = delivery(house).id
    act(house, "cancel_delivery", delivery=gone, reason="wrong day")
    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, po).state = "closed"

    assert said(act(house, "check_in", delivery=gone)) == "delivery_over"
    assert said(act(house, "check_in", purchase=po)) == "po_closed"
    assert said(act(house, "check_in", delivery=999)) == "no_delivery"
    assert said(act(house, "check_in", notice=999)) == "no_notice"


def test_a_check_in_can_be_taken_back(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 4))
    mine = notice(house, po)
    act(house, "check_in", station="DOCK-A", notice=mine)
    with writing(house.engine) as session:
        context = house.context(station="DOCK-A", badge="OP-supervisor")
        undoing.undo_last(session, context, "inbound")

    assert house.read(lambda s: s.scalars(select(Delivery)).all()) == []
    assert get_notice(house).state == "announced"


# --- done ----------------------------------------------------------------------------------------------------


def test_a_delivery_is_done_when_each_of_its_orders_was_received(house: House, mug: int) -> None:
    first, second = house.purchase("PO-1", (mug, 4)), house.purchase("PO-2", (mug, 6))
    book(house, first, second)
    here = delivery(house).id
    act(house, "check_in", delivery=here)
    _close(house, first, here, 4, mug)
    between = delivery(house).state
    _close(house, second, here, 2, mug)

    assert (between, delivery(house).state) == ("here", "done")
    assert delivery(house).done_at is not None


def test_a_receipt_that_closes_short_ends_its_notice_and_its_plan(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 4))
    house.order("O-1", (mug, 4))
    mine = notice(house, po)
    act(house, "check_in", notice=mine)
    _close(house, po, delivery(house).id, 0, mug)

    assert (get_notice(house).state, delivery(house).state, planned(house)) == ("closed", "done", [])


def test_what_was_announced_of_a_complete_order_comes_no_more(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10))
    mine = notice(house, po, lines=[(1, 9)])
    notice(house, po, "ASN-2", days=3, lines=[(1, 1)])
    act(house, "check_in", notice=mine)
    _close(house, po, delivery(house).id, 10, mug)

    assert (get_notice(house).state, get_notice(house, "ASN-2").state) == ("closed", "closed")


def test_a_second_truck_is_not_taken_for_the_first_of_which_the_order_was_received(house: House, mug: int) -> None:
    po, other = house.purchase("PO-1", (mug, 10)), house.purchase("PO-2", (mug, 10))
    book(house, po, other)
    act(house, "check_in", purchase=po)
    _close(house, po, delivery(house).id, 4, mug)
    book(house, po, hours=9)
    act(house, "check_in", purchase=po)

    assert (delivery(house).state, delivery(house, "T000002").state) == ("here", "here")
    assert parts(house, "T000002") == [(po, None)]


def test_a_truck_that_is_empty_is_done_but_not_with_an_open_receipt(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 4))
    act(house, "check_in", purchase=po)
    here = delivery(house).id
    with writing(house.engine) as session:
        context = house.context(station="DOCK-A", badge="OP-receiver")
        receipt = receipts.open_for(session, context, po, delivery_id=here)
    refused = act(house, "finish_delivery", delivery=here)
    with writing(house.engine) as session:
        session.get_one(Receipt, receipt.id).state = "closed"

    assert said(refused) == "receipts_open"
    assert said(act(house, "finish_delivery", delivery=here)) == "finished"
    assert said(act(house, "finish_delivery", delivery=here)) == "not_here"


# --- booking -------------------------------------------------------------------------------------------------


def test_a_booked_truck_plans_its_goods_and_a_cancelled_one_lets_them_go(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    house.order("O-1", (mug, 3))
    booked = book(house, po, carrier="Northway")
    plan = planned(house)
    gone = act(house, "cancel_delivery", delivery=delivery(house).id, reason="supplier rang")

    assert (said(booked), plan, said(gone), planned(house)) == ("booked_completes", [("proposed", 3)], "cancelled", [])
    assert (delivery(house).state, delivery(house).note, delivery(house).carrier) == (
        "cancelled", "supplier rang", "Northway")  # fmt: skip


def test_a_dock_that_is_taken_is_refused_with_who_has_it(house: House, mug: int) -> None:
    first, second = house.purchase("PO-1", (mug, 5)), house.purchase("PO-2", (mug, 5))
    book(house, first, hours=2, long=2)
    taken = book(house, second, hours=3)

    assert said(taken) == "dock_taken"
    assert (taken.message.args["delivery"], taken.message.args["opens"]) == ("T000001", "14:00")
    assert said(book(house, second, hours=4)) == "booked"


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # rules alone, no question of their own
@pytest.mark.parametrize(
    ("opens", "closes", "why"),
    [(-3, -1, "window_past"), (3, 2, "window_backwards"), (1, 30, "window_long"), (1, None, "half_window")],
)
def test_a_window_that_cannot_be_is_refused(house: House, mug: int, opens: int, closes: int | None, why: str) -> None:
    po = house.purchase("PO-1", (mug, 5))
    ends = house.now + timedelta(hours=closes) if closes is not None else None
    answer = act(house, "book_delivery", parts=[{"purchase": po}], dock=house.place("DOCK-1"),
                 opens_at=house.now + timedelta(hours=opens), closes_at=ends)  # fmt: skip

    assert said(answer) == why
    assert house.read(lambda s: s.scalars(select(Delivery)).all()) == []


def test_goods_that_come_with_another_truck_are_not_booked_twice(house: House, mug: int) -> None:
    po, other = house.purchase("PO-1", (mug, 5)), house.purchase("PO-2", (mug, 5))
    first, second = notice(house, po, "A-1", lines=[(1, 2)]), notice(house, po, "A-2", lines=[(1, 3)])
    book(house, (po, first))

    assert said(book(house, po, hours=5)) == "booked_already"
    assert said(book(house, (po, first), hours=5)) == "booked_already"
    assert said(book(house, (other, second), hours=5)) == "other_order"
    assert said(book(house, (po, second), (po, second), hours=5)) == "booked_twice"
    assert said(book(house, (po, second), hours=5)) == "booked"
    assert said(book(house)) == "nothing_booked"
    assert said(book(house, other, hours=9, dock="HOLD-1")) == "no_dock"


def test_a_moved_truck_moves_the_days_of_those_who_wait(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5), due=MONDAY + timedelta(days=1))
    order = house.order("O-1", (mug, 3))
    book(house, po, hours=2)
    before = _eta(house, order)
    start = house.now + timedelta(days=4)
    moved = act(house, "move_delivery", delivery=delivery(house).id, dock=None, opens_at=start,
                closes_at=start + timedelta(hours=1))  # fmt: skip

    assert said(moved).startswith("moved")
    assert (before, _eta(house, order)) == (MONDAY, MONDAY + timedelta(days=4))
    assert said(act(house, "move_delivery", delivery=999)) == "no_delivery"


def test_a_missed_truck_moves_the_days_at_once_and_can_be_booked_anew(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5), due=MONDAY + timedelta(days=6))
    order = house.order("O-1", (mug, 3))
    book(house, po, hours=2)
    early = act(house, "miss_delivery", delivery=delivery(house).id)
    house.now += timedelta(hours=4)
    act(house, "miss_delivery", delivery=delivery(house).id)
    lost = _eta(house, order), planned(house)
    start = house.now + timedelta(hours=1)
    act(house, "move_delivery", delivery=delivery(house).id, opens_at=start, closes_at=start + timedelta(hours=1))

    assert (said(early), lost) == ("not_late", (MONDAY + timedelta(days=6), []))
    assert (delivery(house).state, _eta(house, order), planned(house)) == ("expected", MONDAY, [("proposed", 3)])


def test_trucks_of_days_that_are_over_are_given_up_by_themselves(house: House, mug: int) -> None:
    po, other = house.purchase("PO-1", (mug, 5)), house.purchase("PO-2", (mug, 5))
    book(house, po, hours=2)
    book(house, other, hours=22)
    house.now += timedelta(days=1)
    with writing(house.engine) as session:
        gone = inbound.miss_overdue(session, house.context(station="DESK-1", badge="OP-supervisor"))

    assert gone == ["T000001"]
    assert delivery(house, "T000002").state == "expected"


def test_a_truck_of_which_something_came_is_neither_cancelled_nor_moved(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    mine = notice(house, po)
    act(house, "check_in", notice=mine)
    here = delivery(house).id
    moved = act(house, "move_delivery", delivery=here)
    with writing(house.engine) as session:
        receipts.open_for(session, house.context(station="DOCK-A", badge="OP-receiver"), po, delivery_id=here)

    assert said(moved) == "is_here"
    assert said(act(house, "cancel_delivery", delivery=here, reason="x")) == "has_receipts"


def test_a_check_in_by_mistake_is_cancelled_and_the_notice_waits_again(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    act(house, "check_in", notice=notice(house, po))
    here = delivery(house).id

    assert said(act(house, "cancel_delivery", delivery=here, reason=" ")) == "why_cancelled"
    assert said(act(house, "cancel_delivery", delivery=here, reason="wrong gate")) == "cancelled"
    assert (get_notice(house).state, delivery(house).checked_in_at) == ("announced", None)


def test_only_those_who_may_book(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))

    assert act(house, "check_in", badge="OP-picker", purchase=po).message.code == "not_permitted"


# --- days and records ----------------------------------------------------------------------------------------


def test_announced_units_come_on_the_notices_day_and_the_rest_on_the_orders(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10), due=MONDAY + timedelta(days=6))
    first, second = house.order("O-1", (mug, 4), hours=1), house.order("O-2", (mug, 3), hours=2)
    notice(house, po, days=2, lines=[(1, 5)])

    assert (_eta(house, first), _eta(house, second)) == (MONDAY + timedelta(days=2), MONDAY + timedelta(days=6))


def test_a_booked_truck_says_more_than_its_notice(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10), due=MONDAY + timedelta(days=6))
    order = house.order("O-1", (mug, 4))
    mine = notice(house, po, days=2)
    book(house, (po, mine), hours=72)

    assert _eta(house, order) == MONDAY + timedelta(days=3)


def test_what_a_truck_did_not_bring_is_due_on_its_orders_day_again(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10), due=MONDAY + timedelta(days=6))
    order = house.order("O-1", (mug, 4))
    book(house, po)
    act(house, "check_in", delivery=delivery(house).id)
    here = _eta(house, order)
    _close(house, po, delivery(house).id, 0, mug)

    assert (here, _eta(house, order)) == (MONDAY, MONDAY + timedelta(days=6))


def test_a_suppliers_record_holds_what_he_said_against_what_he_did(house: House, mug: int) -> None:
    for number, (asked, came, days) in enumerate(((10, 10, 0), (10, 10, -2), (10, 4, -6)), 1):
        po = house.purchase(f"PO-{number}", (mug, asked), due=MONDAY + timedelta(days=days))
        act(house, "check_in", notice=notice(house, po, f"ASN-{number}", days=1))
        _close(house, po, delivery(house, f"T{number:06d}").id, came, mug)
        with writing(house.engine) as session:
            session.get_one(PurchaseOrder, po).state = "closed"
    (row,) = house.read(lambda s: lead_times.suppliers_record(s, house.now))

    assert (row.name, row.deliveries, row.late_half, row.late_most) == ("Supplier One", 3, 2, 6)
    assert (row.on_time_share, row.in_full_share, row.units_share) == (1 / 3, 2 / 3, 24 / 30)
    assert (row.notices, row.notice_late_half, row.notice_late_most) == (3, -1, -1)


# --- codes ---------------------------------------------------------------------------------------------------


def test_a_scanned_code_names_delivery_notice_or_package(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    mine = notice(house, po, lines=[(1, 5, {"package": SSCC})])
    act(house, "check_in", notice=mine)
    here = delivery(house).id

    for code, kind in (("T000001", "delivery"), ("ASN-1", "notice"), (SSCC, "package"), (f"]C100{SSCC}", "package")):
        named = found(house, code)
        assert named is not None
        assert (named.kind, named.delivery_id) == (kind, here)
    assert found(house, OTHER_SSCC) is None
    assert found(house, "WMS-KEY-DONE") is None


def test_a_number_of_two_suppliers_is_asked_back(house: House, mug: int) -> None:
    notice(house, house.purchase("PO-1", (mug, 5)))
    supplier(house, "S2", "Supplier Two")
    with writing(house.engine) as session:
        session.add(PurchaseOrder(number="PO-2", supplier_id=2, due=MONDAY))
        session.flush()
        session.add(Notice(number="ASN-1", supplier_id=2, purchase_order_id=2, due=MONDAY))
    with pytest.raises(Refusal) as refused:
        found(house, "ASN-1")

    assert refused.value.args_["names"] == "Supplier One, Supplier Two"


def _line(house: House, purchase: int) -> int:
    """The only line of a purchase order."""
    return house.read(
        lambda s: s.scalars(select(PurchaseLine.id).where(PurchaseLine.purchase_order_id == purchase)).one()
    )


def _eta(house: House, order: int) -> date | None:
    """The day of an order's only line."""
    return house.read(lambda s: s.scalars(select(OrderLine.eta).where(OrderLine.order_id == order)).one())
