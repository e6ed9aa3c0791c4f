"""Whatever happens to orders, in any order: the states add up to the backlog, and nothing free waits for nobody."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tests.builders import NOON, House
from tests.services.house_copies import OpenHouse, postgres_copies, sqlite_copies
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Location, Movement, Order, OrderLine, PurchaseOrder, Reservation, Stock, Substitute
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import (
    allocation,
    backlog,
    cancelling,
    commands,
    inventory,
    orders,
    promising,
    receiving,
    selfcheck,
    substituting,
    undoing,
)
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.orders import NewOrder, NewOrderLine
from wms_desktop.views.backlog import Backlog

SKUS = ("MUG", "CUP", "PEN")
BINS = ("A-1", "A-2")
EXAMPLES = int(os.environ.get("WMS_EXAMPLES", "10"))
QTY = st.integers(1, 4)
PRODUCT = st.integers(1, len(SKUS))
NTH = st.integers(0, 5)


def furnish(house: House) -> House:
    """Three products, one of which may be sent instead of another, two bins, and a purchase order on its way."""
    house.furnish()
    products = [house.product(sku) for sku in SKUS]
    for code in BINS:
        house.bin(code)
    house.purchase("PO-1", *((product, 6) for product in products))
    mug, cup, pen = products
    house.put(mug, "A-1", 4)
    house.put(cup, "A-2", 2)
    with writing(house.engine) as session:
        session.add_all(
            Substitute(product_id=one, alternative_id=other) for one in products for other in products if one != other
        )
    house.order("O1", (mug, 3), (cup, 2))
    house.order("O2", (cup, 3), (pen, 2), complete=True)
    house.order("O3", (mug, 4), hours=2)
    return house


def some(house: House, query: Any, nth: int) -> Any:
    """One of the rows, or None when there are none."""
    rows = house.read(lambda s: s.execute(query).all())
    return rows[nth % len(rows)] if rows else None


def an_order(house: House, nth: int) -> int:
    order_id: int = some(house, select(Order.id).order_by(Order.id), nth).id
    return order_id


def spot(house: House, place: str) -> Spot:
    return Spot(location_id=house.place(place))


class BacklogMachine(RuleBasedStateMachine):
    """Commands as desks and docks give them, on a real database; refusals are as good an answer as any."""

    open_house: OpenHouse

    @initialize()
    def begin(self) -> None:
        """A furnished house."""
        self.house, self.leave = type(self).open_house()
        self.house.now = NOON
        self.ordered = 3
        self.allocate()

    # ------------------------------------------------------------------------------------- what is done

    def do(self, act: Callable[[Session, Context], object]) -> bool:
        """Carries out one command; False when it was refused."""

        def carry_out(session: Session, context: Context) -> Answer:
            act(session, context)
            return orders.answer(session, context, Message("undone"))

        answer = commands.run(
            self.house.engine, "orders", "x", self.house.context(badge="OP-supervisor", station="DESK-1"),
            carry_out, orders.prompt,
        )  # fmt: skip
        return answer.outcome is not Outcome.STOP

    @rule(wants=st.lists(st.tuples(PRODUCT, QTY), min_size=1, max_size=3, unique_by=lambda w: w[0]),
          rule_=st.sampled_from(("available", "complete", "ask")), days=st.sampled_from((None, 0, 3)))  # fmt: skip
    def order(self, wants: list[tuple[int, int]], rule_: str, days: int | None) -> None:
        """A shop's order comes in."""
        self.ordered += 1
        day = self.house.now.date()
        row = NewOrder(
            number=f"O{self.ordered}", customer="C1", service="PARCEL", placed_at=self.house.now,
            leave_by=self.house.now + timedelta(hours=self.ordered), promise=day + timedelta(days=1), ship_name="Acme",
            street="1 High Street", city="Leeds", postcode="LS1 1AA", ship_rule=rule_,
            release_on=None if days is None else day + timedelta(days=days),
            lines=tuple(NewOrderLine(SKUS[product - 1], qty, Decimal("2.5")) for product, qty in wants),
        )  # fmt: skip
        assert self.do(lambda s, _c: orders.add_orders(s, [row]))

    @rule(product=PRODUCT, qty=QTY, place=st.sampled_from((*BINS, "HOLD-1")))
    def find(self, product: int, qty: int, place: str) -> None:
        """Units turn up in a bin, or on the hold place."""
        goods = Goods(product_id=product, qty=qty)
        source, target = spot(self.house, "ADJUSTMENT"), spot(self.house, place)
        assert self.do(lambda s, c: inventory.post(s, c, goods, source, target, reason="x"))

    @rule(product=PRODUCT, qty=st.integers(1, 3))
    def receive(self, product: int, qty: int) -> None:
        """The dock scans units of the purchase order."""
        dock = self.house.at(receiving, "DOCK-A", "OP-receiver")
        if dock.prompt().state == "document":
            dock.scan("PO-1")
        for _ in range(qty):
            dock.scan(f"EAN-{SKUS[product - 1]}")
        dock.scan("LANE-1") if dock.prompt().state == "lane" else None

    @rule()
    def take_back_a_scan(self) -> None:
        """The clerk takes the last scan back."""
        self.house.at(receiving, "DOCK-A", "OP-receiver").key("undo")

    @rule()
    def allocate(self) -> None:
        """The supervisor reserves what can be reserved."""
        self.do(lambda s, c: allocation.allocate(s, c))

    @rule(nth=NTH, qty=QTY, whole=st.booleans())
    def cancel(self, nth: int, qty: int, whole: bool) -> None:
        """A customer changes their mind, wholly or for a line."""
        line = some(self.house, select(OrderLine.id, OrderLine.order_id).order_by(OrderLine.id), nth)
        units = None if whole else {line.id: qty}
        self.do(lambda s, c: cancelling.cancel(s, c, line.order_id, units, reason="changed their mind"))

    @rule(nth=NTH)
    def hold(self, nth: int) -> None:
        """An order is held."""
        self.do(lambda s, c: orders.hold(s, c, [an_order(self.house, nth)], "address"))

    @rule(nth=NTH)
    def unhold(self, nth: int) -> None:
        """It goes on."""
        self.do(lambda s, c: orders.unhold(s, c, [an_order(self.house, nth)]))

    @rule(nth=NTH)
    def pin(self, nth: int) -> None:
        """An order goes before all others, and may take what a later one holds."""
        self.do(lambda s, c: orders.pin(s, c, [an_order(self.house, nth)]))
        self.do(lambda s, c: allocation.allocate_for(s, c, an_order(self.house, nth), take_back=True))

    @rule(nth=NTH, alternative=PRODUCT, qty=QTY)
    def substitute(self, nth: int, alternative: int, qty: int) -> None:
        """Another product is sent instead."""
        line = some(self.house, select(OrderLine.id).order_by(OrderLine.id), nth)
        self.do(lambda s, c: substituting.substitute(s, c, line.id, alternative, qty))

    @rule(days=st.integers(-3, 9))
    def move_the_purchase(self, days: int) -> None:
        """The supplier moves the date."""
        due = self.house.now.date() + timedelta(days=days)
        purchase = self.house.read(lambda s: s.scalar(select(PurchaseOrder.id)))
        self.do(lambda s, c: promising.move_purchase(s, c, purchase, due))

    @rule(nth=NTH)
    def ship(self, nth: int) -> None:
        """Reserved units leave the house."""
        held = some(self.house,
            select(Reservation.stock_id, Reservation.order_line_id, Reservation.qty)
            .join(Stock, Stock.id == Reservation.stock_id).join(Location, Location.id == Stock.location_id)
            .where(Reservation.state == "held", Location.kind == "bin").order_by(Reservation.id), nth
        )  # fmt: skip
        if not held:
            return

        def act(session: Session, context: Context) -> None:
            stock = inventory.carry(session, context, held.stock_id, held.order_line_id, held.qty,
                                    spot(self.house, "TRUCK-NORTHWAY"), reason="x")  # fmt: skip
            inventory.consume(session, context, stock, held.order_line_id, spot(self.house, "CUSTOMER"))

        assert self.do(act)

    @rule()
    def undo(self) -> None:
        """The desk's last command is taken back, where it may be."""

        def act(session: Session, context: Context) -> None:
            undoing.undo_last(session, context, "orders")

        self.do(act)

    # ----------------------------------------------------------------------------------- what must hold

    @invariant()
    def the_states_add_up(self) -> None:
        """Ordered is shipped, cancelled, and every open unit in exactly one state; the totals agree to the unit."""
        if not hasattr(self, "house"):
            return
        made: Backlog = self.house.read(lambda s: backlog.backlog(s, self.house.now))
        open_units = {row.line_id: sum(row.by_state) for row in made.lines}
        lines = self.house.read(lambda s: s.execute(select(OrderLine)).scalars().all())
        for line in lines:
            assert line.ordered == line.shipped + line.cancelled + open_units.get(line.id, 0)
        assert sum(order.units_open for order in made.orders) == sum(open_units.values())
        assert sum(order.value for order in made.orders) == sum((row.value for row in made.lines), Decimal(0))

    @invariant()
    def nothing_is_promised_twice(self) -> None:
        """Never more reserved than there is, and the books agree with the movements."""
        if not hasattr(self, "house"):
            return
        stocks = self.house.read(lambda s: s.execute(select(Stock).where(Stock.is_virtual == False)).scalars().all())
        assert all(0 <= stock.reserved <= stock.on_hand for stock in stocks)
        assert self.house.read(selfcheck.find_differences) == []

    @invariant()
    def shipped_is_what_left(self) -> None:
        """What the lines count as shipped is what the ledger says went out."""
        if not hasattr(self, "house"):
            return
        left = Counter(dict(self.house.read(lambda s: s.execute(
            select(Movement.order_line_id, func.sum(Movement.qty)).where(Movement.reason == "ship")
            .group_by(Movement.order_line_id)).all())))  # fmt: skip
        lines = self.house.read(lambda s: s.execute(select(OrderLine.id, OrderLine.shipped)).all())
        assert all(left[line.id] == line.shipped for line in lines)

    @invariant()
    def nothing_free_waits_for_nobody(self) -> None:
        """No free unit in a bin while an order that may take it waits: it was matched in the same command."""
        if not hasattr(self, "house"):
            return
        today = self.house.now.date()
        free_units = (
            select(Stock.product_id, func.sum(Stock.on_hand - Stock.reserved))
            .join(Location, Location.id == Stock.location_id)
            .where(Location.kind == "bin", Stock.condition == "good")
            .group_by(Stock.product_id)
        )
        wanted = (
            select(OrderLine.product_id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(
                Order.ship_complete == False,
                Order.is_held == False,
                or_(Order.release_on.is_(None), Order.release_on <= today),
                OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved,
            )
        )
        free = dict(self.house.read(lambda s: s.execute(free_units).all()))
        waiting = self.house.read(lambda s: s.scalars(wanted).all())
        assert not [product for product in waiting if free.get(product, 0) > 0]

    def teardown(self) -> None:
        """Lets go of the database."""
        if hasattr(self, "house"):
            self.leave()


@pytest.fixture(scope="module")
def sqlite_houses() -> Iterator[OpenHouse]:
    """Copies of one furnished file."""
    with sqlite_copies(furnish) as open_house:
        yield open_house


@pytest.fixture
def postgres_houses(postgres_databases: Any) -> OpenHouse:
    """Copies of one furnished database."""
    return postgres_copies(postgres_databases, "backlog_machine", furnish)


def run(open_house: OpenHouse, examples: int) -> None:
    machine = type("Machine", (BacklogMachine,), {"open_house": staticmethod(open_house)})
    run_state_machine_as_test(
        machine, settings=hypothesis_settings(max_examples=examples, stateful_step_count=25, deadline=None)
    )


def test_the_states_add_up_whatever_happens_on_sqlite(sqlite_houses: OpenHouse) -> None:
    run(sqlite_houses, EXAMPLES)


@pytest.mark.postgres
def test_the_states_add_up_whatever_happens_on_postgresql(postgres_houses: OpenHouse) -> None:
    run(postgres_houses, EXAMPLES // 3)
