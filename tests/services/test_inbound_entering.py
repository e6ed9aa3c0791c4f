"""Purchase orders and notices that a buyer types, with every wrong turn; notices that are taken back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.inbound_desk import SSCC, act, book, delivery, get_notice, notice, planned, said
from wms_desktop.db.tables import NoticeLine, NoticePackage, OrderLine, PurchaseLine

MONDAY = date(2026, 3, 2)


@pytest.fixture
def mug(house: House) -> int:
    """An article for which nobody waits yet."""
    house.bin("A-1")
    return house.product("MUG", name="Blue mug")


def test_a_typed_purchase_order_gives_those_who_wait_their_day(house: House, mug: int) -> None:
    order = house.order("O-1", (mug, 3))
    answer = act(house, "enter_purchase", badge="OP-buyer", supplier="S1", number="PO-9", due="2026-03-06",
                 lines=[{"sku": "MUG", "qty": "12", "price": "1.25"}])  # fmt: skip

    assert (said(answer), dict(answer.message.args)) == (
        "purchase_entered",
        {"number": "PO-9", "lines": 1, "units": 12},
    )
    assert _eta(house, order) == date(2026, 3, 6)


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # rules alone, no question of their own
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"supplier": "S9"}, "input.unknown"),
        ({"due": "2026-03-01"}, "inbound.past_day"),
        ({"due": "soon"}, "inbound.no_day"),
        ({"lines": []}, "input.no_lines"),
        ({"lines": [{"sku": "CUP", "qty": 1}]}, "input.unknown"),
        ({"lines": [{"sku": "MUG", "qty": "many"}]}, "inbound.no_units"),
        ({"lines": [{"sku": "MUG", "qty": 0}]}, "input.too_small"),
        ({"lines": [{"sku": "MUG", "qty": 9_999_999}]}, "inbound.too_many"),
        ({"lines": [{"sku": "MUG", "qty": 1, "price": "cheap"}]}, "inbound.no_price"),
        ({"number": "PO-1"}, "input.taken"),
    ],
)
def test_a_wrong_purchase_order_is_named(house: House, mug: int, change: dict[str, Any], why: str) -> None:
    house.purchase("PO-1", (mug, 5))
    typed = {"supplier": "S1", "number": "PO-9", "due": "2026-03-06", "lines": [{"sku": "MUG", "qty": 1}]}
    answer = act(house, "enter_purchase", **(typed | change))

    assert answer.message.code == why


def test_a_typed_notice_names_lot_expiry_and_package(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    notice(house, po, lines=[(1, 5, {"lot": "L7", "expiry": "2027-01-31", "package": SSCC})])
    line = house.read(lambda s: s.scalars(select(NoticeLine)).one())
    package = house.read(lambda s: s.scalars(select(NoticePackage)).one())

    assert (line.qty, line.lot, line.expiry, line.package_id) == (5, "L7", date(2027, 1, 31), package.id)
    assert (package.code, package.kind) == (SSCC, "pallet")


def test_a_notice_without_a_number_gets_one(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    answer = act(
        house, "enter_notice", purchase=po, number="", due=MONDAY, lines=[{"line": _line(house, po), "qty": 1}]
    )

    assert answer.message.args["notice"] == "N000001"


@pytest.mark.parametrize("house", ["sqlite"], indirect=True)  # rules alone, no question of their own
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"due": "2026-03-01"}, "past_day"),
        ({"lines": []}, "notice_empty"),
        ({"number": "OLD"}, "notice_taken"),
        ({"qty": 0}, "too_few"),
        ({"qty": 8}, "notice_over_line"),
        ({"package": "340123450000000018"}, "not_sscc"),
        ({"line": 999}, "no_line"),
        ({"purchase": 999}, "no_purchase"),
    ],
)
def test_a_wrong_notice_is_named(house: House, mug: int, change: dict[str, Any], why: str) -> None:
    po = house.purchase("PO-1", (mug, 10))
    notice(house, po, "OLD", lines=[(1, 4)])
    line = {"line": _line(house, po), "qty": 7} | {k: v for k, v in change.items() if k in ("qty", "package", "line")}
    typed = {"purchase": po, "number": "NEW", "due": MONDAY, "lines": [line]}
    answer = act(house, "enter_notice", **(typed | {k: v for k, v in change.items() if k in typed and k != "line"}))

    assert said(answer) == why


def test_a_notice_may_go_beyond_the_order_by_the_tolerance(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 10))
    notice(house, po, "OLD", lines=[(1, 4)])
    notice(house, po, "NEW", lines=[(1, 7)])  # 4 + 7 of 10, a tenth is allowed

    assert get_notice(house, "NEW").state == "announced"


def test_a_notice_that_is_taken_back_takes_its_truck_along(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5), due=MONDAY + timedelta(days=6))
    order = house.order("O-1", (mug, 3))
    mine = notice(house, po, days=2)
    book(house, (po, mine))
    before = _eta(house, order)
    gone = act(house, "cancel_notice", notice=mine)

    assert (said(gone), before, _eta(house, order)) == ("notice_cancelled", MONDAY, MONDAY + timedelta(days=6))
    assert (get_notice(house).state, delivery(house).state, planned(house)) == ("cancelled", "cancelled", [])
    assert said(act(house, "cancel_notice", notice=mine)) == "notice_over"


def test_a_notice_that_is_here_is_not_taken_back(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    mine = notice(house, po)
    act(house, "check_in", notice=mine)

    assert said(act(house, "cancel_notice", notice=mine)) == "notice_here"


def test_goods_of_an_inspected_supplier_are_planned_for_nobody(house: House, mug: int) -> None:
    po = house.purchase("PO-1", (mug, 5))
    house.order("O-1", (mug, 3))
    book(house, po)
    told = act(house, "inspect_supplier", supplier="S1", inspected=True)
    inspected = planned(house)
    act(house, "inspect_supplier", supplier="S1", inspected=False)

    assert (said(told), inspected, planned(house)) == ("supplier_inspected", [], [("proposed", 3)])
    assert said(act(house, "inspect_supplier", supplier="S1", inspected=False)) == "inspected_already"
    assert said(act(house, "inspect_supplier", supplier="S9", inspected=True)) == "no_supplier"


def _line(house: House, purchase: int) -> int:
    """The only line of a purchase order."""
    return house.read(
        lambda s: s.scalars(select(PurchaseLine.id).where(PurchaseLine.purchase_order_id == purchase)).one()
    )


def _eta(house: House, order: int) -> date | None:
    """The day of an order's only line."""
    return house.read(lambda s: s.scalars(select(OrderLine.eta).where(OrderLine.order_id == order)).one())
