"""Whatever happens to orders and goods, in any order: the states add up to what the ledger says is owed."""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders import NOON, House
from tests.services.test_backlog import days
from tests.services.test_orders import GOOD
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Batch, Cancellation, Carton, Movement, OrderLine, Pick, Plate, Shipment
from wms_desktop.domain import states as domain
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import allocation, cancelling, commands, inventory, orders, states, undo, undoing
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.orders import NewOrderLine

KEYS = itertools.count()
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("put", "spoil", "allocate", "walk", "cart", "pack", "hold", "unhold", "release_on", "cancel",
                         "ship", "receive", "order", "undo")),
        st.integers(0, 2), st.integers(1, 5),
    ), min_size=3, max_size=12,
)  # fmt: skip


class Mixer:
    """A house in which things happen to three orders of one product, in any order."""

    def __init__(self, house: House, number: int) -> None:
        self.house, self.number = house, number
        self.product = house.product(f"P{number}")
        self.orders = [house.order(f"X{number}-{n}", (self.product, 4 + n), hours=n - 1) for n in range(3)]
        house.put(self.product, "A-1", 8)
        self.do("allocate", 0, 0)

    def do(self, what: str, which: int, qty: int) -> None:
        """One command; what cannot be done is refused, and that is all right."""

        def carry_out(session: Session, context: Context) -> Answer:
            line = session.scalars(select(OrderLine).where(OrderLine.order_id == self.orders[which])).one()
            getattr(self, what)(session, context, line, qty)
            return orders.answer(session, context, Message("orders.done"))

        context = self.house.context(badge="OP-supervisor", station="DESK-1", command=f"x{next(KEYS)}")
        if what == "undo":
            with writing(self.house.engine) as session, suppress(Refusal):
                undoing.undo_last(session, context, "orders")
        else:
            commands.run(self.house.engine, "orders", what, context, carry_out, orders.prompt)

    def order(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        line = NewOrderLine(f"P{self.number}", qty)
        orders.add_orders(session, [replace(GOOD, number=f"N{context.command_id}", lines=(line,))])

    def put(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        self._move(session, context, qty, "ADJUSTMENT", "A-1")

    def receive(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        self._move(session, context, qty, "SUPPLIER", "DOCK-1")

    def spoil(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        here = Spot(location_id=self.house.place("A-1"))
        goods = Goods(product_id=self.product, qty=qty)
        inventory.post(session, context, goods, here, inventory.at(here, self.house.place("HOLD-1")), reason="x")

    def allocate(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        allocation.allocate(session, context, product_ids=[self.product])

    def walk(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        for held in self._held(session, line):
            known = select(Pick.id).where(Pick.order_line_id == line.id, Pick.state == "todo")
            if session.scalar(known) is None:
                batch = Batch(number=f"B{self.number}-{line.id}", created_at=NOON, state="picked")
                session.add(batch)
                session.flush()
                session.add(Pick(batch_id=batch.id, order_line_id=line.id, stock_id=held.stock_id, seq=1,
                                 qty=min(qty, held.qty)))  # fmt: skip

    def cart(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        for held in self._held(session, line)[:1]:
            spot = Spot(location_id=self.house.place("CART-1"))
            inventory.carry(session, context, held.stock_id, line.id, min(qty, held.qty), spot, reason="pick")

    def pack(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        code = f"S{self.number}-{line.id}-{session.scalar(select(func.count(Plate.id)))}"
        plate = Plate(code=code, kind="carton")
        shipment = Shipment(number=code, order_id=line.order_id, created_at=NOON)
        session.add_all([plate, shipment])
        session.flush()
        session.add(Carton(shipment_id=shipment.id, seq=1, plate_id=plate.id, sscc=code, state="closed"))
        for held in self._held(session, line)[:1]:
            spot = Spot(location_id=self.house.place("BENCH-1"), plate_id=plate.id)
            inventory.carry(session, context, held.stock_id, line.id, min(qty, held.qty), spot, reason="pack")

    def hold(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        orders.hold(session, context, [line.order_id], "why")

    def unhold(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        orders.unhold(session, context, [line.order_id])

    def release_on(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        orders.set_release(session, context, [line.order_id], days(qty - 2))

    def cancel(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        cancelling.cancel(session, context, line.order_id, {line.id: qty}, reason="too late")

    def ship(self, session: Session, context: Context, line: OrderLine, qty: int) -> None:
        customer = Spot(location_id=self.house.place("CUSTOMER"))
        undo.close(session)  # as a truck that has left
        for held in self._held(session, line):
            if session.scalar(select(Pick.id).where(Pick.order_line_id == line.id)) is None:
                inventory.consume(session, context, held.stock_id, line.id, customer)

    def _move(self, session: Session, context: Context, qty: int, source: str, target: str) -> None:
        spots = [Spot(location_id=self.house.place(code)) for code in (source, target)]
        inventory.post(session, context, Goods(product_id=self.product, qty=qty), *spots, reason="x")

    @staticmethod
    def _held(session: Session, line: OrderLine) -> list[Any]:
        return [held for _, held, other in inventory.list_held_on(session, order_id=line.order_id)
                if other.id == line.id]  # fmt: skip


NUMBERS = itertools.count()


@pytest.fixture
def floor(house: House) -> House:
    """A house with one bin; every example brings its own product and orders."""
    house.bin("A-1")
    return house


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_whatever_happens_the_states_add_up_to_what_the_ledger_owes(
    floor: House, steps: list[tuple[str, int, int]]
) -> None:
    mixer = Mixer(floor, next(NUMBERS))
    for step in steps:
        mixer.do(*step)
        check(floor, mixer.product)


def check(house: House, product: int) -> None:
    """Each line's states are what was ordered, less what the ledger says left, less what was cancelled.

    And nobody waits for goods that are held for them.
    """
    reading = house.read(lambda s: states.read(s, NOON, [product]))
    cancelled = select(Cancellation.order_line_id, func.sum(Cancellation.qty)).group_by(Cancellation.order_line_id)
    gone = house.read(lambda s: {row[0]: int(row[1]) for row in s.execute(cancelled)})
    for line_id, ordered, reserved, left in house.read(lambda s: s.execute(_ledger_of(product)).all()):
        split = reading.by_state.get(line_id, (0,) * 6)
        owed = ordered - left - gone.get(line_id, 0)

        assert sum(split) == owed
        assert split[domain.BACKORDERED] + split[domain.STOCK_BLOCKED] <= owed - reserved


def _ledger_of(product: int) -> Any:
    left = func.coalesce(func.sum(Movement.qty), 0)
    joined = (Movement.order_line_id == OrderLine.id) & (Movement.reason == "ship")
    return (
        select(OrderLine.id, OrderLine.ordered, OrderLine.reserved, left)
        .outerjoin(Movement, joined)
        .where(OrderLine.product_id == product)
        .group_by(OrderLine.id)
    )
