"""The backlog: every open unit in exactly one state, with its risk and what it waits for; it adds up, always."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders import NOON, House
from tests.services.bench import stand
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import (
    Batch,
    BatchOrder,
    Order,
    OrderLine,
    Pick,
    Product,
    PurchaseLine,
)
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Message
from wms_desktop.services import backlog, inventory, receiving, states
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.views.backlog import STATES, Backlog, BacklogLine, BacklogOrder

TODAY = NOON.date()
sqlite_only = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


def read(house: House) -> Backlog:
    return house.read(lambda s: backlog.backlog(s, NOON))


def line_of(house: House, number: str = "O1") -> BacklogLine:
    return next(line for line in read(house).lines if line.order_number == number)


def order_of(house: House, number: str = "O1") -> BacklogOrder:
    return next(order for order in read(house).orders if order.order_number == number)


def states_of(line: BacklogLine | BacklogOrder) -> dict[str, int]:
    return {state: units for state, units in zip(STATES, line.by_state, strict=True) if units}


def said(line: BacklogLine | BacklogOrder) -> str:
    return sentence(line.waits.code, line.waits.args)


def change(house: House, table: Any, *which: Any, **values: Any) -> None:
    with writing(house.engine) as session:
        session.execute(update(table).where(*which).values(**values))


def reserve(house: House, stock: int, line: int, qty: int) -> int:
    with writing(house.engine) as session:
        inventory.hold(session, stock, line, qty, "x")
    return stock


def walk(house: House, stock: int, line: int, qty: int, state: str = "running") -> None:
    """A batch that takes these units, begun or not."""
    with writing(house.engine) as session:
        batch = Batch(number=f"B{line}", created_at=NOON, operator_id=1, state=state, leave_by=NOON)
        session.add(batch)
        session.flush()
        session.add(BatchOrder(batch_id=batch.id, order_id=session.get_one(OrderLine, line).order_id, position=1))
        session.add(Pick(batch_id=batch.id, order_line_id=line, stock_id=stock, seq=1, qty=qty))


def spoil(house: House, product: int, qty: int, place: str, condition: str) -> None:
    """Free units at a place become damaged or missing."""
    with writing(house.engine) as session:
        here = Spot(location_id=house.place(place))
        there = Spot(location_id=here.location_id, condition=condition)
        goods = Goods(product_id=product, qty=qty)
        inventory.post(session, house.context(command="opening"), goods, here, there, reason="x")


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1")
    return house.product("MUG")


def test_units_of_one_line_stand_in_several_states_and_add_up(house: House, mug: int) -> None:
    house.order("O1", (mug, 20))
    stock = reserve(house, house.put(mug, "A-1", 9), 1, 7)
    walk(house, stock, 1, 3)
    stand(house, "O1", mug, 2, "CART-1", tote="TOTE-01")
    house.put(mug, "HOLD-1", 4)

    line = line_of(house)

    assert states_of(line) == {"ready": 6, "in_work": 5, "stock_blocked": 4, "backordered": 5}
    assert (line.state, line.units_open, line.value) == ("ready", 20, Decimal(50))
    assert order_of(house).state == "backordered"


def test_a_batch_that_nobody_has_begun_leaves_its_units_ready(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    walk(house, reserve(house, house.put(mug, "A-1", 3), 1, 3), 1, 3, state="released")

    assert states_of(line_of(house)) == {"ready": 3}
    change(house, Batch, state="running")
    assert states_of(line_of(house)) == {"in_work": 3}


@pytest.mark.parametrize(("place", "tote"), [("CART-1", "TOTE-01"), ("BENCH-1", ""), ("LANE-1", ""),
                                             ("TRUCK-NORTHWAY", ""), ("A-1", "TOTE-02")])  # fmt: skip
@sqlite_only
def test_what_is_on_the_floor_is_in_work_even_when_its_order_is_held(
    house: House, mug: int, place: str, tote: str
) -> None:
    house.order("O1", (mug, 5), is_held=True)
    stand(house, "O1", mug, 2, place, tote=tote)

    assert states_of(line_of(house)) == {"in_work": 2, "on_hold": 3}


def test_what_the_dock_keeps_for_a_lane_is_in_work_and_free_goods_there_are_blocked(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 5))
    house.at(receiving, "DOCK-A", "OP-receiver").scan("PO-1", "EAN-MUG", "EAN-MUG")
    lamp = house.product("LAMP")
    house.put(lamp, "DOCK-1", 2)
    house.order("O2", (lamp, 3))

    assert states_of(line_of(house)) == {"in_work": 2, "backordered": 3}
    assert states_of(line_of(house, "O2")) == {"stock_blocked": 2, "backordered": 1}
    assert said(order_of(house, "O2")) == "Nothing is on its way for 1 of 3. Buy it, or decide."


@sqlite_only
def test_a_hold_and_a_release_day_stop_an_order_and_its_stock_serves_the_next(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.order("HELD", (mug, 2), hours=1, is_held=True, hold_reason="Address unclear")
    house.order("LATER", (mug, 2), hours=2, release_on=days(1))
    house.order("NEXT", (mug, 2), hours=3)
    change(house, Product, release_on=None)

    rows = {order.order_number: (order.state, said(order)) for order in read(house).orders}

    assert rows == {
        "HELD": ("on_hold", "On hold: Address unclear"),
        "LATER": ("pre_order", "Not before 2026-03-03: 2 of 2."),
        "NEXT": ("ready", "Ready to be picked."),
    }


@sqlite_only
def test_a_line_waits_for_its_own_release_day_until_it_has_come(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    house.put(mug, "A-1", 2)
    change(house, OrderLine, release_on=days(1))
    before = line_of(house).state
    change(house, OrderLine, release_on=days(0))

    assert (before, line_of(house).state) == ("pre_order", "ready")


@sqlite_only
@pytest.mark.parametrize(("condition", "text"), [("damaged", "2 of 3 are damaged, in HOLD-1."),
                                                 ("missing", "2 of 3 are missing in HOLD-1. Count it.")])  # fmt: skip
def test_goods_nobody_may_pick_block_and_say_where(house: House, mug: int, condition: str, text: str) -> None:
    house.order("O1", (mug, 3))
    house.put(mug, "A-1", 1)
    house.put(mug, "HOLD-1", 2)
    spoil(house, mug, 2, "HOLD-1", condition)

    assert states_of(line_of(house)) == {"ready": 1, "stock_blocked": 2}
    assert said(line_of(house)) == text


def test_expired_lots_and_the_safety_stock_block(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3, lot_id=house.lot(mug, "OLD", days(-1)))
    house.put(mug, "A-1", 4, lot_id=house.lot(mug, "NEW", days(9)))
    house.order("O1", (mug, 9))
    change(house, Product, safety_stock=1)

    line = line_of(house)

    assert states_of(line) == {"ready": 3, "stock_blocked": 4, "backordered": 2}
    assert house.read(lambda s: states.read(s, NOON)).halted[mug] == [("A-1", 3, "expired"), ("", 1, "safety")]


@sqlite_only
def test_what_is_made_to_order_is_not_served_from_the_shelf(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    house.put(mug, "A-1", 9)
    change(house, OrderLine, made_to_order=True)

    assert (states_of(line_of(house)), said(line_of(house))) == (
        {"backordered": 2}, "Made to order and not bought yet: 2 of 2.",
    )  # fmt: skip


@sqlite_only
def test_free_stock_goes_out_in_the_demand_order(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    house.order("LATE", (mug, 3), hours=9)
    house.order("SOON", (mug, 3), hours=2)
    house.order("PINNED", (mug, 1), hours=99, is_pinned=True)

    book = read(house)

    assert [(o.order_number, o.place, states_of(o)) for o in book.orders] == [
        ("PINNED", 1, {"ready": 1}), ("SOON", 2, {"ready": 3}), ("LATE", 3, {"ready": 1, "backordered": 2}),
    ]  # fmt: skip
    assert [line.place for line in book.lines] == [1, 2, 3]


def test_a_waiting_line_names_its_purchase_and_its_days(house: House, mug: int) -> None:
    house.order("O1", (mug, 10), (mug, 4))
    reserve(house, house.put(mug, "A-1", 4), 1, 4)
    house.purchase("PO-7", (mug, 24), due=date(2026, 12, 12))
    change(house, OrderLine, eta=date(2026, 12, 12), eta_late=date(2026, 12, 15), first_promise=days(2),
           promise=date(2026, 12, 12), eta_from_id=house.read(lambda s: s.scalar(select(PurchaseLine.id))))  # fmt: skip

    line = line_of(house)

    assert said(line) == "Waits for PO-7, due 2026-12-12: 6 of 10."
    assert (line.eta_from, line.eta, line.eta_late) == ("PO-7", date(2026, 12, 12), date(2026, 12, 15))
    assert (line.first_promise, line.promise, line.risk) == (days(2), date(2026, 12, 12), backlog.LATE)
    assert (order_of(house).eta, order_of(house).lines_open) == (date(2026, 12, 12), 2)


RISKS: list[tuple[dict[str, Any], dict[str, Any], int]] = [
    ({}, {}, backlog.SAFE),
    ({"leave_by": NOON + timedelta(hours=3)}, {}, backlog.TIGHT),
    ({"promise": days(0)}, {"first_promise": days(0), "eta": days(0)}, backlog.TIGHT),
    ({}, {"eta_late": days(6)}, backlog.TIGHT),
    ({}, {"eta": days(6)}, backlog.LATE),
    ({"promise": days(7)}, {"eta": days(6), "first_promise": days(1)}, backlog.SAFE),  # the customer has accepted
    ({"promise": days(-1)}, {"first_promise": days(-1)}, backlog.BROKEN),
    ({"leave_by": NOON - timedelta(minutes=1)}, {}, backlog.BROKEN),
]


@sqlite_only
@pytest.mark.parametrize(("order", "line", "risk"), RISKS)
def test_the_risk_says_how_much_a_promise_is_in_danger(
    house: House, mug: int, order: dict[str, Any], line: dict[str, Any], risk: int
) -> None:
    house.order("O1", (mug, 1), **{"leave_by": NOON + timedelta(days=2), "promise": days(5)} | order)
    house.put(mug, "A-1", 1)
    change(house, OrderLine, **{"first_promise": days(5), "eta": days(2)} | line)

    assert (line_of(house).risk, order_of(house).risk) == (risk, risk)


@sqlite_only
def test_no_day_in_sight_is_a_danger_and_a_line_with_its_goods_leaves_with_its_truck(house: House, mug: int) -> None:
    house.order("O1", (mug, 1), leave_by=NOON + timedelta(days=2), promise=days(5))
    nothing = line_of(house)
    house.put(mug, "A-1", 1)

    assert (nothing.risk, nothing.eta) == (backlog.LATE, None)
    assert (line_of(house).risk, line_of(house).eta) == (backlog.SAFE, days(2))


@sqlite_only
@pytest.mark.parametrize(("rule", "code"), [
    ({"ship_complete": True}, "backlog.waits.rest"), ({"ship_complete": True, "must_ask": True}, "backlog.waits.ask"),
    ({"ship_complete": False}, "backlog.waits.ready"),
])  # fmt: skip
def test_a_ready_line_says_when_its_order_waits_for_the_rest(
    house: House, mug: int, rule: dict[str, Any], code: str
) -> None:
    lamp = house.product("LAMP")
    house.order("O1", (mug, 1), (lamp, 1))
    change(house, Order, **rule)
    house.put(mug, "A-1", 1)

    assert line_of(house).waits.code == code
    assert said(line_of(house))


@sqlite_only
def test_a_row_says_everything_under_its_own_name(house: House, mug: int) -> None:
    placed, leaves = NOON - timedelta(days=8), NOON - timedelta(hours=2)
    house.order("O1", (mug, 2), placed_at=placed, leave_by=leaves, complete=True, is_paid=True, channel="web",
                priority_class=1, is_pinned=True, promise=days(4), currency="EUR")  # fmt: skip
    house.purchase("PO-7", (mug, 9), due=days(5))
    change(house, OrderLine, first_promise=days(1), promise=days(6), promise_rule="inbound", eta=days(6),
           eta_late=days(9), eta_from_id=1, cause="demand", line_no=3)  # fmt: skip

    (line,), (order,) = read(house).lines, read(house).orders

    waits = Message("backlog.waits.purchase", {"units": 2, "open": 2, "purchase": "PO-7", "due": days(5).isoformat()})
    shared = {"order_id": 1, "order_number": "O1", "customer": "Acme Ltd", "channel": "web", "state": "backordered",
              "by_state": (0, 0, 2, 0, 0, 0), "units_open": 2, "value": Decimal(5), "currency": "EUR", "is_paid": True,
              "is_pinned": True, "is_held": False, "ship_rule": "complete", "priority_class": 1, "place": 1, "risk": 3,
              "leave_by": leaves, "minutes_to_cut_off": -120, "age_days": 8, "promise": days(6), "eta": days(6),
              "waits": waits}  # fmt: skip
    assert line._asdict() == shared | {
        "line_id": 1, "line_no": 3, "customer_code": "C1", "sku": "MUG", "product": "Item MUG", "placed_at": placed,
        "age_band": "8-14", "first_promise": days(1), "promise_rule": "inbound", "eta_late": days(9),
        "eta_from": "PO-7", "cause": "demand", "is_cause_set": True,
    }  # fmt: skip
    assert order._asdict() == shared | {"lines_open": 1}


@pytest.mark.parametrize(("age", "band"), [(0, "0-1"), (1, "0-1"), (2, "2-3"), (3, "2-3"), (7, "4-7"), (14, "8-14"),
                                           (30, "15-30"), (31, "31+"), (400, "31+")])  # fmt: skip
def test_age_bands_hold_the_days_they_name(age: int, band: str) -> None:
    assert backlog.age_band(age) == band


def test_some_products_give_the_same_splits_as_the_whole_house(house: House, mug: int) -> None:
    lamp = house.product("LAMP")
    house.put(mug, "A-1", 3)
    house.put(lamp, "A-1", 3)
    for number in range(3):
        house.order(f"O{number}", (mug, 2), (lamp, 1 + number))

    whole = house.read(lambda s: states.read(s, NOON))
    part = house.read(lambda s: states.read(s, NOON, [lamp]))

    assert len(part.by_state) == 3
    assert part.by_state.items() <= whole.by_state.items()


def test_what_has_left_or_was_cancelled_is_not_in_the_backlog(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    house.order("O2", (mug, 1))
    stock = reserve(house, house.put(mug, "A-1", 3), 1, 3)
    with writing(house.engine) as session:
        customer = Spot(location_id=house.place("CUSTOMER"))
        inventory.consume(session, house.context(command="opening"), stock, 1, customer)
    change(house, OrderLine, cancelled=1)

    assert [(line.order_number, line.units_open) for line in read(house).lines] == [("O1", 1)]


@sqlite_only
def test_a_backlog_takes_two_dozen_statements_however_long_it_is(house: House, mug: int) -> None:
    def count() -> int:
        return house.read(lambda s: _count_statements(s, lambda: backlog.backlog(s, NOON)))

    house.order("O1", (mug, 2))
    few = count()
    for number in range(20):
        house.order(f"P{number}", (mug, 2), (house.product(f"SKU{number}"), 1))

    assert count() == few <= 24


def _count_statements(session: Any, act: Callable[[], object]) -> int:
    from sqlalchemy import event  # late: for this one test

    seen: list[str] = []

    def note(*told: Any) -> None:
        seen.append(told[2])

    event.listen(session.get_bind(), "before_cursor_execute", note)
    act()
    event.remove(session.get_bind(), "before_cursor_execute", note)
    return len(seen)
