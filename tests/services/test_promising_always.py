"""Whatever a day brings: the days that lines have are those that a look at everything would give them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import NOON, Desk, House
from tests.services.test_promising import day, work
from wms_desktop.db.tables import Order, OrderLine, PromiseChange, PurchaseOrder
from wms_desktop.domain.promises import plan
from wms_desktop.prompts import Answer
from wms_desktop.services import commands, order_acts, orders, outlooks, promise_acts, promising, receiving
from wms_desktop.services.orders import NewOrder, NewOrderLine
from wms_desktop.services.purchasing import NewPurchase, NewPurchaseLine, add_purchases

ACTS = {**order_acts.ACTS, **promise_acts.ACTS}
SKUS = ("MUG", "CUP")


class Walk:
    """A house, a dice, and what may happen in it."""

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.dice = random.Random(seed)
        self.made = 0
        self.done: list[str] = []
        house.bin("A-1")
        for sku in SKUS:
            house.product(sku, safety_stock=self.dice.choice((0, 2)))
        self.dock = Desk(house, receiving, "DOCK-A", "OP-receiver")

    def step(self) -> str:
        """One thing that happens; gives its name."""
        happened = self.dice.choice((
            self.order, self.order, self.purchase, self.receive, self.receive, self.undo, self.move, self.cancel,
            self.hold, self.pin, self.put, self.wait, self.sleep,
        ))  # fmt: skip
        happened()
        return str(happened.__name__)

    def order(self) -> None:
        self.made += 1
        lines = tuple(NewOrderLine(self.dice.choice(SKUS), self.dice.randint(1, 5)) for _ in range(2))
        row = NewOrder(
            number=f"O{self.made}", customer="C1", service="PARCEL", placed_at=self.house.now,
            leave_by=self.house.now + timedelta(hours=self.dice.randint(-30, 60)), promise=day(self.dice.randint(0, 6)),
            priority_class=self.dice.randint(1, 3), ship_name="Acme Ltd", street="1 High Street", city="Leeds",
            postcode="LS1 1AA", lines=lines, release_on=day(4) if self.dice.random() < 0.2 else None,
        )  # fmt: skip
        work(self.house, lambda session, context: orders.add_orders(session, [row], now=context.at))

    def purchase(self) -> None:
        self.made += 1
        lines = tuple(NewPurchaseLine(sku, self.dice.randint(1, 8)) for sku in SKUS)
        due = self._today() + timedelta(days=self.dice.randint(0, 9))
        row = NewPurchase(number=f"P{self.made}", supplier="S1", due=due, lines=lines)
        work(self.house, lambda session, context: add_purchases(session, [row]))

    def receive(self) -> None:
        number = self._any(select(PurchaseOrder.number).where(PurchaseOrder.state == "open"))
        if number is not None and self.dock.prompt().state == "idle":
            self.dock.scan(number)
        self.dock.scan(f"EAN-{self.dice.choice(SKUS)}")
        if self.dice.random() < 0.3:
            self.dock.key("done")

    def undo(self) -> None:
        self.dock.key("undo")

    def move(self) -> None:
        purchase = self._any(select(PurchaseOrder.id).where(PurchaseOrder.state == "open"))
        due = self._today() + timedelta(days=self.dice.randint(0, 12))
        self._act("move_purchase", purchase=purchase or 0, due=due)

    def cancel(self) -> None:
        self._act("cancel", order=self._order(), lines=None, reason="test")

    def hold(self) -> None:
        self._act(self.dice.choice(("hold", "unhold")), orders=[self._order()], reason="test")

    def pin(self) -> None:
        self._act(self.dice.choice(("pin", "unpin")), orders=[self._order()])

    def put(self) -> None:
        product = self.dice.choice((1, 2))
        self.house.put(product, "A-1", self.dice.randint(1, 4))
        work(self.house, lambda session, context: promising.refresh(session, context, [product]))

    def wait(self) -> None:
        line = self._any(select(OrderLine.id))
        self._act("decide", line=line or 0, choice="wait", days=self.dice.randint(0, 20))

    def sleep(self) -> None:
        self.house.now += timedelta(days=1)
        work(self.house, promising.recompute_all)

    def _today(self) -> date:
        return self.house.now.date()

    def _any(self, query: Any) -> Any:
        found = self.house.read(lambda session: session.scalars(query).all())
        return self.dice.choice(found) if found else None

    def _order(self) -> int:
        return self._any(select(Order.id)) or 0

    def _act(self, name: str, **args: Any) -> Answer:
        context = self.house.context(station="DESK-1", badge="OP-buyer")
        found = ACTS[name]
        return commands.run(
            self.house.engine, found.workflow, repr(args), context, lambda s, inside: found.do(s, inside, args),
            orders.prompt,
        )  # fmt: skip


def days(house: House) -> tuple[dict[int, Any], dict[int, Any]]:
    """What waiting lines have written beside them, and what a look at everything says; the instant is the last one."""
    whole = house.read(lambda session: plan(outlooks.read(session, house.now)))
    rows = house.read(lambda session: outlooks.list_lines(session, outlooks.IS_WAITING))
    written = {row.id: (row.eta, row.eta_late, row.eta_from_id) for row in rows}
    return written, {n: (whole[n].eta, whole[n].eta_late, whole[n].inbound_id) for n in written}


@pytest.mark.parametrize("seed", [2, 4, 10])
def test_after_every_act_of_a_random_day_the_days_are_those_of_a_look_at_everything(house: House, seed: int) -> None:
    walk = Walk(house, seed)
    for _ in range(30):
        walk.done.append(walk.step())
        written, looked = days(house)

        assert written == looked, walk.done


@pytest.mark.parametrize("seed", [6])
def test_no_promise_of_a_random_day_moves_before_the_first_or_slips_twice_to_one_day(house: House, seed: int) -> None:
    walk = Walk(house, seed)
    for _ in range(30):
        walk.step()
    rows = house.read(lambda s: s.scalars(select(PromiseChange).order_by(PromiseChange.id)).all())
    lines = {line.id: line for line in house.read(lambda s: s.scalars(select(OrderLine)).all())}
    last: dict[int, tuple[str, date | None]] = {}
    for row in rows:
        assert last.get(row.order_line_id) != (row.kind, row.became)
        last[row.order_line_id] = (row.kind, row.became)

    assert all(line.promise is None or line.promise >= line.first_promise for line in lines.values())
    assert rows
    assert house.now > NOON
