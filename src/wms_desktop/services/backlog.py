"""The backlog as desks see it: every open line and order with its state, its risk, and what it waits for."""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Customer, Order, OrderLine, Product, PurchaseLine, PurchaseOrder
from wms_desktop.domain.delays import Case, cause_of
from wms_desktop.domain.states import (
    BACKORDERED,
    IN_WORK,
    PRE_ORDER,
    READY,
    STOCK_BLOCKED,
    Split,
    add,
    most,
    strongest,
)
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import causes, site_time, states
from wms_desktop.services.states import OpenLine, OpenOrder, Reading
from wms_desktop.views.backlog import AGE_BANDS, STATES, Backlog, BacklogLine, BacklogOrder

SAFE, TIGHT, LATE, BROKEN = range(4)
"""How much a promise is in danger."""
_UNIT = Decimal(10_000)
_BANDS = (1, 3, 7, 14, 30)
_PLAIN = {name: Message(f"backlog.waits.{name}") for name in ("ready", "rest", "ask", "held")}


def backlog(session: Session, now: datetime) -> Backlog:
    """Every open unit of the house in exactly one state, by line and by order, in the demand order.

    A line's ``place`` is its order's. Risk: 3, the promise is broken or the cut-off has passed; 2, its ETA is after
    the promise, or nothing is in sight; 1, it is due today, or one delivery in ten would be too late; 0, safe. The
    promise that counts is the later of the day told first and the day that the customer has accepted since. Some
    twenty statements, however many lines.
    """
    with unswept():
        return make(session, now, states.read(session, now))


def backlog_of(session: Session, now: datetime, product_ids: Collection[int]) -> Backlog:
    """The same for the open lines of these products only; the orders count these lines alone."""
    return make(session, now, states.read(session, now, product_ids))


@contextmanager
def unswept() -> Iterator[None]:
    """Stops the search for garbage while many rows are made of which none is garbage: it takes half of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def make(session: Session, now: datetime, reading: Reading) -> Backlog:
    """The rows that desks show, of one reading."""
    maker = _Maker(session, now, reading)
    lines: list[BacklogLine] = []
    orders: list[BacklogOrder] = []
    for place, order in enumerate(reading.orders, 1):
        rows = maker.lines_of(order, place)
        lines += rows
        orders.append(_sum_up(rows))
    return Backlog(at=now, lines=tuple(lines), orders=tuple(orders))


def rule_of(ship_complete: bool, must_ask: bool) -> str:
    """The name of an order's shipping rule: available, complete or ask."""
    return "ask" if must_ask else "complete" if ship_complete else "available"


def age_band(days: int) -> str:
    """The age band of so many days."""
    return AGE_BANDS[sum(days > most_days for most_days in _BANDS)]


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """A day from its ISO text: many lines say the same few days."""
    return date.fromisoformat(text)


class _Purchase(NamedTuple):
    number: str
    due: str


class _Its(NamedTuple):
    """What the lines of an order share."""

    order: OpenOrder
    place: int
    leaves_on: date
    minutes: int
    age: int
    band: str
    rule: str
    waits_for_rest: bool
    customer: tuple[str, str]


class _Maker:
    """Everything that the rows of one reading need, read at once; then it makes them, order by order."""

    def __init__(self, session: Session, now: datetime, reading: Reading) -> None:
        self._now = now
        self._reading = reading
        self._zone = site_time.zone_of(session)
        self._facts = causes.read_facts(session, now)
        connection = session.connection()
        some = select(OrderLine.product_id).where(reading.which)
        products = connection.execute(select(Product.id, Product.sku, Product.name).where(Product.id.in_(some)))
        self._products = {row[0]: (row[1], row[2]) for row in products}
        their = select(Order.customer_id).join(OrderLine, OrderLine.order_id == Order.id).where(reading.which)
        customers = connection.execute(select(Customer.id, Customer.code, Customer.name).where(Customer.id.in_(their)))
        self._customers = {row[0]: (row[1], row[2]) for row in customers}
        behind = select(OrderLine.eta_from_id).where(reading.which, OrderLine.eta_from_id.is_not(None))
        made = select(OrderLine.made_by_id).where(reading.which, OrderLine.made_by_id.is_not(None))
        purchases = connection.execute(
            select(PurchaseLine.id, PurchaseOrder.number, PurchaseOrder.due)
            .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
            .where(PurchaseLine.id.in_(behind.union(made)))
        )
        self._purchases = {row[0]: _Purchase(row[1], row[2].isoformat()) for row in purchases}
        self._leaves_on: dict[datetime, date] = {}

    def lines_of(self, order: OpenOrder, place: int) -> list[BacklogLine]:
        """The rows of one order's open lines."""
        lines = self._reading.lines[order.id]
        splits = [self._reading.by_state[line.id] for line in lines]
        whole = add(splits)
        age = max(0, (self._now - order.placed_at).days)
        leaves_on = self._leaves_on.get(order.leave_by)
        if leaves_on is None:  # many orders leave with the same truck
            leaves_on = self._leaves_on[order.leave_by] = order.leave_by.astimezone(self._zone).date()
        its = _Its(
            order=order,
            place=place,
            leaves_on=leaves_on,
            minutes=int((order.leave_by - self._now).total_seconds() // 60),
            age=age,
            band=age_band(age),
            rule=rule_of(order.ship_complete, order.must_ask),
            waits_for_rest=order.ship_complete and whole[READY] + whole[IN_WORK] < sum(whole),
            customer=self._customers[order.customer_id],
        )
        return [self._line(its, line, split) for line, split in zip(lines, splits, strict=True)]

    def _line(self, its: _Its, line: OpenLine, by_state: Split) -> BacklogLine:
        order = its.order
        promise = day_of(line.promise) if line.promise else order.promise
        first = day_of(line.first_promise) if line.first_promise else order.promise
        eta = day_of(line.eta) if line.eta else None
        if eta is None and by_state[READY] + by_state[IN_WORK] == line.open:
            eta = max(its.leaves_on, self._reading.today)
        purchase = self._purchases.get(line.eta_from_id or line.made_by_id or 0)
        sku, product = self._products[line.product_id]
        days = (first, promise, eta)
        value = line.price * line.open / _UNIT
        late = day_of(line.eta_late) if line.eta_late else None
        cause = cause_of(_case(its, line, days), self._facts)
        # In the order of the fields: to name each of them takes three times as long.
        return BacklogLine(
            order.id, line.id, order.number, line.line_no, *its.customer, order.channel, sku, product,
            STATES[most(by_state)], by_state, line.open, value, order.currency, order.is_paid, order.is_pinned,
            order.is_held, its.rule, order.priority_class, its.place, self._risk(its, days, late, by_state),
            order.placed_at, order.leave_by, its.minutes, its.age, its.band, first, promise, line.promise_rule, eta,
            late, purchase.number if purchase else "", cause, line.cause != "",
            self._waits(its, line, by_state, purchase),
        )  # fmt: skip

    def _risk(self, its: _Its, days: tuple[date, date, date | None], late: date | None, by_state: Split) -> int:
        first, _, eta = days
        told, today = max(first, its.order.promise), self._reading.today
        if told < today or its.order.leave_by <= self._now:
            return BROKEN
        if (eta is None and by_state[BACKORDERED]) or (eta is not None and eta > told):
            return LATE
        if its.leaves_on == today or told == today or (late is not None and late > told):
            return TIGHT
        return SAFE

    def _waits(self, its: _Its, line: OpenLine, by_state: Split, purchase: _Purchase | None) -> Message:
        """What keeps the line, the strongest reason first."""
        state = strongest(by_state)
        if state in (READY, IN_WORK):
            if its.waits_for_rest:
                return _PLAIN["ask" if its.order.must_ask else "rest"]
            if not by_state[IN_WORK]:
                return _PLAIN["ready"]
            return Message("backlog.waits.in_work", {"units": by_state[IN_WORK], "open": line.open})
        units: dict[str, Value] = {"units": by_state[state], "open": line.open}
        if state == BACKORDERED:
            if purchase is not None:
                return Message("backlog.waits.purchase", {**units, "purchase": purchase.number, "due": purchase.due})
            return Message("backlog.waits.not_made" if line.made_to_order else "backlog.waits.nothing", units)
        if state == STOCK_BLOCKED:
            return self._blocked(line, units)
        if state == PRE_ORDER:
            ordered = its.order.release_on
            day = max(line.release_on or "", ordered.isoformat() if ordered else "")
            return Message("backlog.waits.pre_order", {**units, "day": day})
        reason = its.order.hold_reason
        return Message("backlog.waits.on_hold", {"reason": reason}) if reason else _PLAIN["held"]

    def _blocked(self, line: OpenLine, units: dict[str, Value]) -> Message:
        there = self._reading.halted.get(line.product_id)
        if not there:  # its own units were carried to a hold place
            return Message("backlog.waits.blocked", units)
        worst = max(there, key=lambda halted: halted.units)
        return Message(f"backlog.waits.{worst.why}", {**units, "place": worst.place})


def _case(its: _Its, line: OpenLine, days: tuple[date, date, date | None]) -> Case:
    order = its.order
    release_on = order.release_on
    if line.release_on:
        release_on = max(day_of(line.release_on), release_on or date.min)
    return Case(
        line.id, line.product_id, line.open - line.reserved, order.is_held, release_on, bool(line.made_to_order),
        line.made_by_id, order.leave_by, *days, line.eta_from_id, line.cause,
    )  # fmt: skip


def _sum_up(rows: Sequence[BacklogLine]) -> BacklogOrder:
    """One order of its open lines: the line that keeps it from leaving gives state and reason."""
    first = rows[0]
    by_state = add([row.by_state for row in rows])
    state = strongest(by_state)
    keeper, value, risk, promise, eta = first, Decimal(0), SAFE, first.promise, first.eta
    for row in rows:
        value += row.value
        if row.by_state[state] > keeper.by_state[state]:
            keeper = row
        if row.risk > risk:
            risk = row.risk
        if row.promise > promise:
            promise = row.promise
        if eta is not None:
            eta = max(row.eta, eta) if row.eta is not None else None
    return BacklogOrder(
        first.order_id, first.order_number, first.customer, first.channel, STATES[state], by_state, sum(by_state),
        len(rows), value, first.currency, first.is_paid, first.is_pinned, first.is_held, first.ship_rule,
        first.priority_class, first.place, risk, first.leave_by, first.minutes_to_cut_off, first.age_days, promise, eta,
        keeper.waits,
    )  # fmt: skip
