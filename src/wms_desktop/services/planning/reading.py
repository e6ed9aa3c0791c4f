"""Reads what the sharing-out of a truck is decided on: what comes, what stands in bins, who waits, what is planned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import Delivery, Order, OrderLine, Peg, PurchaseLine, Receipt, ReceiptLine
from wms_desktop.domain.arrivals import Candidate, Given, Problem, Want, rank_up
from wms_desktop.domain.demand import urgency_of
from wms_desktop.services import settings, site_time, waiting_orders
from wms_desktop.services.picturing import WAITS, free_in_bins
from wms_desktop.services.planning.supplying import (
    IS_PLANNED,
    SupplyLine,
    arrives_at,
    list_open,
    list_planned,
    list_supply,
    lock_truck,
)
from wms_desktop.services.waiting_orders import OPEN, Line

MADE_FOR_IT = "made_for_it"
_STANDING = ("arrived", "in_lane")
_Row = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A problem with what is needed to write its answer down.

    ``made`` (by purchase line) goes to the lines it was bought for, whatever else; ``pegs`` are the living planned
    pegs of these orders and of those that want nothing any more; ``others`` are the units of each purchase line that
    the truck's plan gives to orders which are not looked at. ``guards`` says of orders kept out by which rule.
    """

    problem: Problem
    supply: tuple[SupplyLine, ...]
    made: tuple[tuple[int, Given], ...]
    pegs: tuple[_Row, ...]
    others: Mapping[int, int]
    services: Mapping[int, int]
    guards: Mapping[int, str]

    def standing(self) -> set[int]:
        """The orders that the plan completes as it stands."""
        return {peg.order_id for peg in self.pegs if peg.reason == "completes"}


def read(session: Session, now: datetime, delivery: Delivery, *, product_ids: Collection[int] | None = None,
         lock: bool = False) -> Reading:  # fmt: skip
    """The sharing-out of one truck: against all who wait, or against those only who wait for some products.

    Narrowed, the units that the plan gives to all others are no part of it. What trucks that come before it bring
    to an order is not wanted of this one any more; what later ones would bring is. To ``lock`` is to wait first for
    whoever scans or plans goods of the truck: what comes, and what is planned of it, is read after that.
    """
    if lock:
        lock_truck(session, delivery)
    supply = list_supply(session, delivery)
    before = list_before(session, now, delivery)
    return assemble(session, now, supply, arrives=arrives_at(delivery, now), before=before,
                    product_ids=product_ids, delivery_id=delivery.id, lock=lock)  # fmt: skip


def assemble(session: Session, now: datetime, supply: Sequence[SupplyLine], *, arrives: datetime,
             before: Collection[int] = (), product_ids: Collection[int] | None = None, delivery_id: int = 0,
             lock: bool = False) -> Reading:  # fmt: skip
    """Puts a problem together from what comes; see :func:`read`."""
    coming = {line.product_id for line in supply}
    pegs = _list_pegs(session, delivery_id) if product_ids is None else []
    asked = coming | {peg.product_id for peg in pegs} if product_ids is None else product_ids
    order_ids = waiting_orders.list_orders_for(session, asked)
    covered, completed = _list_covered(session, before) if before else ({}, set())
    rows = waiting_orders.list_lines_of(session, order_ids - completed, lock=lock)
    table = _Table(now, site_time.today(session, max(now, arrives)), arrives, coming, covered)
    table.minutes = settings.get_int(session, "crossdock_minutes")
    by_order: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        by_order[row.order_id].append(row)
    others: dict[int, int] = {}
    if product_ids is not None:
        pegs = _list_pegs(session, delivery_id, by_order.keys(), product_ids)
        others = _list_others(session, delivery_id, supply, pegs)
    table.supply = {line.purchase_line_id: line.units - others.get(line.purchase_line_id, 0) for line in supply}
    _, table.value = waiting_orders.rest_of(session, by_order.keys())
    table.begun = _list_begun(session, by_order.keys())
    candidates = [one for order_id, lines in by_order.items() if (one := table.candidate(order_id, lines)) is not None]
    wanted = {product_id for one in candidates for product_id, _ in one.needs()}
    arriving: dict[int, int] = defaultdict(int)
    for line in supply:
        arriving[line.product_id] += table.supply[line.purchase_line_id]
    problem = Problem(
        ranks=rank_up(candidates, now, site_time.today(session, now)),
        arriving=tuple((product_id, units) for product_id, units in arriving.items() if units > 0),
        in_bins=_free(session, now, wanted, by_order.keys()),
        done=count_done(session, delivery_id) if delivery_id else 0,
    )
    return Reading(
        problem=problem,
        supply=tuple(supply),
        made=tuple(table.made),
        pegs=tuple(pegs),
        others=others,
        services={order_id: lines[0].service_id for order_id, lines in by_order.items()},
        guards=table.guards,
    )


class _Table:
    """Makes candidates of rows, and deals out what was bought for certain lines on the way."""

    def __init__(self, now: datetime, today: date, arrives: datetime, coming: Collection[int],
                 covered: Mapping[int, int]) -> None:  # fmt: skip
        self.supply: dict[int, int] = {}
        self.value: Mapping[int, Decimal] = {}
        self.begun: Collection[int] = ()
        self.minutes = 0
        self.made: list[tuple[int, Given]] = []
        self.guards: dict[int, str] = {}
        self._now, self._today, self._arrives = now, today, arrives
        self._coming, self._covered = coming, covered

    def candidate(self, order_id: int, lines: Sequence[Line]) -> Candidate | None:
        """The order as the rules see it; None where a rule keeps it out, or where it wants nothing that comes."""
        guard = self._guard(lines)
        if guard:
            self.guards[order_id] = guard
            return None
        wants, beside, can_complete = [], defaultdict[int, int](int), True
        for row in lines:
            units = row.open - self._covered.get(row.line_id, 0)
            if row.made_to_order:
                can_complete &= units - self._make(row, units) <= 0
            elif waiting_orders.guard_of(row, self._today):
                can_complete = False
            elif row.product_id in self._coming and units > 0:
                wants.append(Want(row.line_id, row.product_id, units, in_part=not row.kit_qty))
            elif units > 0:
                beside[row.product_id] += units
        if not wants:
            return None
        return Candidate(
            urgency=urgency_of(lines[0], order_id, self.value.get(order_id, Decimal(0))),
            wants=tuple(wants),
            beside=tuple(beside.items()),
            ship_complete=lines[0].ship_complete,
            can_complete=can_complete,
            is_begun=order_id in self.begun,
        )

    def _guard(self, lines: Sequence[Line]) -> str:
        first = lines[0]
        if all(waiting_orders.guard_of(row, self._today) for row in lines):
            return waiting_orders.guard_of(first, self._today)
        if waiting_orders.misses_cutoff(first, self._arrives, self._now, self.minutes):
            return "cutoff_missed"
        return ""

    def _make(self, row: Line, units: int) -> int:
        source = row.made_by_id or 0
        left = self.supply.get(source, 0)
        given = max(0, min(units, left))
        if given:
            self.supply[source] = left - given
            gift = Given(row.order_id, row.line_id, row.product_id, given, given, MADE_FOR_IT)
            self.made.append((source, gift))
        return given


def list_before(session: Session, now: datetime, delivery: Delivery | None) -> list[int]:
    """The open trucks whose plans come before one's own; for goods that no truck brings yet, those that are here."""
    open_ = list_open(session, now)
    if delivery is None:
        return [one.id for one in open_ if one.state == "here"]
    ids = [one.id for one in open_]
    return ids[: ids.index(delivery.id)] if delivery.id in ids else ids


def count_done(session: Session, delivery_id: int) -> int:
    """How many orders the truck's plan has completed already, with all their planned units on the dock or further."""
    open_ = select(OrderLine.order_id).join(Peg, Peg.order_line_id == OrderLine.id)
    still = open_.where(IS_PLANNED, Peg.delivery_id == delivery_id)
    query = (
        select(func.count(OrderLine.order_id.distinct()))
        .select_from(Receipt)
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(Receipt.delivery_id == delivery_id, Peg.state.in_(("arrived", "in_lane", "packed")),
               Peg.kind == "planned", Peg.reason == "completes", OrderLine.order_id.not_in(still))
    )  # fmt: skip
    return session.scalar(query) or 0


def _list_pegs(session: Session, delivery_id: int, order_ids: Collection[int] | None = None,
               product_ids: Collection[int] = ()) -> list[_Row]:  # fmt: skip
    """The living planned pegs of a truck: all, or those of some orders and those of some products."""
    query = (
        select(Peg.id, Peg.order_line_id, Peg.purchase_line_id, Peg.qty, Peg.state, Peg.lane_id, Peg.reason,
               OrderLine.order_id, OrderLine.product_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(IS_PLANNED, Peg.delivery_id == delivery_id)
    )  # fmt: skip
    if order_ids is None:
        return list(session.execute(query.order_by(Peg.id)))
    connection = session.connection()
    of_orders = session.execute(query.where(is_among(connection, OrderLine.order_id, order_ids)))
    bought = select(PurchaseLine.id).where(is_among(connection, PurchaseLine.product_id, product_ids))
    of_products = session.execute(query.where(Peg.purchase_line_id.in_(bought)))
    found = {row.id: row for row in (*of_orders, *of_products)}
    return [found[peg_id] for peg_id in sorted(found)]


def _list_others(session: Session, delivery_id: int, supply: Sequence[SupplyLine],
                 pegs: Sequence[_Row]) -> dict[int, int]:  # fmt: skip
    """Units of each purchase line that the truck's plan gives to orders which are not looked at."""
    others = defaultdict(int, list_planned(session, delivery_id, [line.purchase_line_id for line in supply]))
    for peg in pegs:
        if peg.purchase_line_id in others:
            others[peg.purchase_line_id] -= peg.qty
    return dict(others)


def _list_covered(session: Session, before: Collection[int]) -> tuple[dict[int, int], set[int]]:
    """Units by order line that trucks before this one bring, and the orders that they complete, perhaps with bins."""
    rows = session.execute(
        select(Peg.order_line_id, OrderLine.order_id, Peg.qty, Peg.reason)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(IS_PLANNED, Peg.delivery_id.in_(before))
    ).all()
    units: dict[int, int] = defaultdict(int)
    for row in rows:
        units[row.order_line_id] += row.qty
    return units, {row.order_id for row in rows if row.reason == "completes"}


def _list_begun(session: Session, order_ids: Collection[int]) -> set[int]:
    """Those of the orders of which units stand in a lane, or on the dock for one."""
    rows = session.scalars(
        select(OrderLine.order_id).join(Peg, Peg.order_line_id == OrderLine.id).where(Peg.state.in_(_STANDING))
    )
    return set(rows).intersection(order_ids)


def _free(session: Session, now: datetime, products: Collection[int],
          orders: Collection[int]) -> tuple[tuple[int, int], ...]:  # fmt: skip
    """Free units in bins, without those that orders not looked at are to be completed with."""
    free = {product_id: units for product_id, units in free_in_bins(session, now, products).items() if units}
    if not free:
        return ()
    for row in list_counted_on(session, free):
        if row.order_id not in orders:
            free[row.product_id] -= max(0, int(row.units))
    return tuple((product_id, units) for product_id, units in free.items() if units > 0)


def list_counted_on(session: Session, product_ids: Collection[int]) -> Sequence[_Row]:
    """Units of bins that a plan completes orders with, per order and product: what they lack and no truck brings.

    With what decides the order's turn: only who comes after it has to leave them.
    """
    planned = (
        select(OrderLine.order_id)
        .select_from(Delivery)
        .join(Peg, Peg.delivery_id == Delivery.id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(Delivery.state.in_(("expected", "here")), IS_PLANNED, Peg.reason == "completes")
    )
    pegged = (
        select(func.coalesce(func.sum(Peg.qty), 0))
        .where(IS_PLANNED, Peg.order_line_id == OrderLine.id)
        .correlate(OrderLine)
        .scalar_subquery()
    )
    turn = (Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class, Order.placed_at, Order.passed_over)
    return session.execute(
        select(OrderLine.order_id, OrderLine.product_id, func.sum(OPEN - pegged).label("units"), *turn)
        .join(Order, Order.id == OrderLine.order_id)
        .where(WAITS, is_among(session.connection(), OrderLine.product_id, product_ids),
               OrderLine.order_id.in_(planned))
        .group_by(OrderLine.order_id, OrderLine.product_id, *turn)
    ).all()  # fmt: skip
