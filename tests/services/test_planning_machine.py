"""Whatever happens around two trucks, in any order: no peg is dead, and no lane holds what cannot leave."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services import truck_floor as floor
from tests.services.house_copies import OpenHouse, postgres_copies, sqlite_copies
from wms_desktop.db.tables import Delivery, Order, OrderLine, Peg, PurchaseLine, Receipt, ReceiptLine
from wms_desktop.services import cancelling, crossdocking, orders, planning, selfcheck
from wms_desktop.services.waiting_orders import OPEN

EXAMPLES = int(os.environ.get("WMS_EXAMPLES", "6"))
PRODUCT = st.integers(1, 3)
QTY = st.integers(1, 4)
NTH = st.integers(0, 7)
TRUCK = st.integers(1, 2)


def furnish(house: House) -> House:
    """Three products, a bin with some of one of them, five orders of both kinds, and two trucks."""
    house.furnish()
    mug, cup, pen = (house.product(sku) for sku in ("MUG", "CUP", "PEN"))
    house.bin("A-1")
    house.put(pen, "A-1", 3)
    first, second = house.purchase("PO-1", (mug, 8), (cup, 6)), house.purchase("PO-2", (mug, 5), (pen, 5))
    house.order("O1", (mug, 3), (cup, 2), complete=True)
    house.order("O2", (cup, 3), (pen, 2), complete=True, hours=9)
    house.order("O3", (mug, 4), hours=6)
    house.order("O4", (mug, 2), (pen, 4), complete=True, hours=9)
    house.order("O5", (cup, 4), (mug, 9), hours=9)
    floor.truck(house, first, hours=1)
    floor.truck(house, second, hours=2)
    return house


class TruckMachine(RuleBasedStateMachine):
    """People at a dock and at a desk, who do what comes to their minds."""

    open_house: OpenHouse

    @initialize()
    def enter(self) -> None:
        self.house, self.leave = self.open_house()
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "leave"):
            self.leave()

    def some(self, query: Any, nth: int) -> Any:
        rows = self.house.read(lambda s: s.scalars(query).all())
        return rows[nth % len(rows)] if rows else None

    def state(self, truck: int) -> str:
        return self.house.read(lambda s: s.get_one(Delivery, truck).state)

    @rule(truck=TRUCK)
    def plan(self, truck: int) -> None:
        if self.state(truck) in ("expected", "here"):
            floor.plan(self.house, truck)

    @rule(truck=TRUCK)
    def check_in(self, truck: int) -> None:
        if self.state(truck) == "expected":
            floor.check_in(self.house, truck)

    @rule(truck=TRUCK, product=PRODUCT, qty=QTY, is_good=st.sampled_from([True, True, True, False]))
    def receive(self, truck: int, product: int, qty: int, is_good: bool) -> None:
        if self.state(truck) == "here" and not self._closed(truck):
            floor.scan(self.house, truck, product, qty, condition="good" if is_good else "damaged")

    @rule()
    def carry(self) -> None:
        floor.carry(self.house)

    @rule(nth=NTH)
    def decline(self, nth: int) -> None:
        peg_id = self.some(select(Peg.id).where(Peg.state == "arrived").order_by(Peg.id), nth)

        def away(session: Session, context: Any) -> None:
            peg = session.get_one(Peg, peg_id)
            crossdocking.release(session, peg, "declined: other")
            crossdocking.offer_again(session, context, peg)

        if peg_id:
            floor.command(self.house, away)

    @rule(truck=TRUCK)
    def close(self, truck: int) -> None:
        waiting = self.some(select(Peg.id).where(Peg.state == "arrived"), 0)
        if waiting is None:
            floor.close(self.house, truck)

    @rule(truck=TRUCK)
    def miss(self, truck: int) -> None:
        def gone(session: Session, context: Any) -> None:
            planning.drop(session, truck, "missed")
            session.get_one(Delivery, truck).state = "missed"

        if self.state(truck) == "expected":
            floor.command(self.house, gone)

    @rule(nth=NTH)
    def cancel(self, nth: int) -> None:
        order_id = self.some(select(Order.id).order_by(Order.id), nth)
        floor.command(self.house, lambda s, c: cancelling.cancel(s, c, order_id, reason="no"), workflow="orders")

    @rule(nth=NTH, act=st.sampled_from(["hold", "unhold", "pin"]))
    def decide(self, nth: int, act: str) -> None:
        order_id = self.some(select(Order.id).order_by(Order.id), nth)
        args = ("credit",) if act == "hold" else ()
        floor.command(self.house, lambda s, c: getattr(orders, act)(s, c, [order_id], *args), workflow="orders")

    @rule(product=PRODUCT, other=PRODUCT, qty=QTY, whole=st.booleans(), hours=st.sampled_from([3, 9]))
    def order(self, product: int, other: int, qty: int, whole: bool, hours: int) -> None:
        self.number += 1
        lines = {product: qty, other: 1}
        order_id = self.house.order(f"N{self.number}", *lines.items(), complete=whole, hours=hours)
        floor.command(self.house, lambda s, c: orders.note_demand(s, [order_id]), workflow="orders")

    @rule()
    def undo(self) -> None:
        floor.undo(self.house)

    @invariant()
    def no_peg_is_dead(self) -> None:
        if hasattr(self, "house"):
            self.house.read(check_pegs)

    @invariant()
    def no_lane_holds_what_cannot_leave(self) -> None:
        if hasattr(self, "house"):
            self.house.read(check_lanes)

    @invariant()
    def the_ledger_adds_up(self) -> None:
        if hasattr(self, "house"):
            assert self.house.read(selfcheck.find_differences) == []

    def _closed(self, truck: int) -> bool:
        return (
            self.some(select(Receipt.id).where(Receipt.delivery_id == truck, Receipt.state == "closed"), 0) is not None
        )


def check_pegs(session: Session) -> None:
    """Every planned peg has a line that wants it, of an order that may have it, and a truck that brings it."""
    planned = Peg.state.in_(("proposed", "firm"))
    rows = session.execute(
        select(Peg.state, Peg.qty, Peg.order_line_id, OPEN.label("open"), Order.is_held, Delivery.state.label("truck"))
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Delivery, Delivery.id == Peg.delivery_id)
        .where(planned)
    ).all()
    wanted: dict[int, int] = defaultdict(int)
    for row in rows:
        wanted[row.order_line_id] += row.qty
        assert not row.is_held
        assert row.truck == ("here" if row.state == "firm" else "expected")
        assert wanted[row.order_line_id] <= row.open
    for line in session.scalars(select(PurchaseLine)):
        assert line.planned <= max(0, line.ordered - line.received)
    over = select(ReceiptLine.id).where(ReceiptLine.pegged > ReceiptLine.qty)
    assert session.scalars(over).all() == []


def check_lanes(session: Session) -> None:
    """A ship-complete order with units in a lane lacks only what a truck that is here brings it."""
    standing = (
        select(OrderLine.order_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Peg.state.in_(("arrived", "in_lane")), Order.ship_complete == True)
    )
    firm = (
        select(func.coalesce(func.sum(Peg.qty), 0))
        .where(Peg.state == "firm", Peg.order_line_id == OrderLine.id)
        .correlate(OrderLine)
        .scalar_subquery()
    )
    lacking = select(Order.number, OrderLine.product_id, OPEN, firm).join(Order).where(
        OrderLine.order_id.in_(standing), firm < OPEN
    )  # fmt: skip
    assert session.execute(lacking).all() == []


@pytest.fixture
def sqlite_houses() -> Iterator[OpenHouse]:
    """Copies of one furnished file."""
    with sqlite_copies(furnish) as open_house:
        yield open_house


@pytest.fixture
def postgres_houses(postgres_databases: Any) -> OpenHouse:
    """Copies of one furnished database."""
    return postgres_copies(postgres_databases, "planning_machine", furnish)


def test_a_truck_that_comes_as_planned_gives_the_same_in_any_split(sqlite_houses: OpenHouse) -> None:
    """In any split and order of the scans, as long as all units are good and nothing else changes in between."""

    @given(order=st.permutations([1, 1, 1, 2, 2, 2]), sizes=st.lists(QTY, min_size=6, max_size=6))
    @hypothesis_settings(max_examples=max(2, EXAMPLES // 2), deadline=None)
    def check(order: list[int], sizes: list[int]) -> None:
        house, leave = sqlite_houses()
        try:
            floor.check_in(house, 1)
            planned = units_by_order(house, "firm")
            left = {1: 8, 2: 6}
            scans = [(product, min(size, left[product])) for product, size in zip(order, sizes, strict=True)]
            for product, size in [*scans, (1, 8), (2, 6)]:
                size = min(size, left[product])
                left[product] -= size
                if size:
                    floor.scan(house, 1, product, size)
            assert units_by_order(house, "arrived") == planned
            assert units_by_order(house, "firm") == {}
        finally:
            leave()

    check()


def units_by_order(house: House, state: str) -> dict[tuple[str, str], int]:
    """Units of pegs in a state, by order and product."""
    units: dict[tuple[str, str], int] = defaultdict(int)
    for order, product, qty, _ in floor.pegs(house, state):
        units[order, product] += qty
    return dict(units)


def run(open_house: OpenHouse, examples: int) -> None:
    machine = type("Machine", (TruckMachine,), {"open_house": staticmethod(open_house)})
    run_state_machine_as_test(
        machine, settings=hypothesis_settings(max_examples=examples, stateful_step_count=20, deadline=None)
    )


def test_plans_and_lanes_hold_whatever_happens_on_sqlite(sqlite_houses: OpenHouse) -> None:
    run(sqlite_houses, EXAMPLES)


@pytest.mark.postgres
def test_plans_and_lanes_hold_whatever_happens_on_postgresql(postgres_houses: OpenHouse) -> None:
    run(postgres_houses, max(1, EXAMPLES // 3))
