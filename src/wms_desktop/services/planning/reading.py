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
from wms_desktop.domain.arrivals import Candidate, Claim, Given, Problem, Want, rank_up
from wms_desktop.domain.demand import full_key, urgency_of
from wms_desktop.services import settings, site_time, waiting_orders
from wms_desktop.services.picturing import WAITS, free_in_bins
from wms_desktop.services.planning.supplying import (
    IS_PLANNED,
    SupplyLine,
    arrives_at,
    list_open,
    list_supply,
    lock_trucks,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Who waits, and what stands in bins for them: read once, for one truck or for many.

    ``lines`` are all open lines of the orders, by order, with their ``value`` and those ``begun``; ``free`` units in
    bins by product; ``claims`` are units of them that plans complete an order with, and ``claimed_by`` the trucks of
    those plans, by order.
    """

    lines: Mapping[int, Sequence[Line]]
    value: Mapping[int, Decimal]
    begun: Collection[int]
    free: Mapping[int, int]
    claims: Sequence[_Row]
    claimed_by: Mapping[int, set[int]]

    def products(self) -> set[int]:
        """Every product that the orders lack."""
        return {row.product_id for rows in self.lines.values() for row in rows}


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one truck brings, and what is planned of it: ``pegs`` are those of the orders looked at.

    ``before`` are the planned pegs of trucks that come earlier, with their ids.
    """

    delivery_id: int
    arrives: datetime
    supply: Sequence[SupplyLine]
    pegs: Sequence[_Row]
    others: Mapping[int, int]
    before: Sequence[_Row] = ()
    before_ids: Collection[int] = ()
    done: int = 0


def read(session: Session, now: datetime, delivery: Delivery, *, lock: bool = False) -> Reading:
    """The sharing-out of one truck against all who wait.

    What trucks that come before it bring to an order is not wanted of this one any more; what later ones would bring
    is. To ``lock`` is to wait first for whoever scans or plans goods of the truck: what comes, and what is planned of
    it, is read after that.
    """
    if lock:
        lock_trucks(session, [delivery])
    return assemble(session, now, list_supply(session, delivery), arrives=arrives_at(delivery, now),
                    before=list_before(session, now, delivery), delivery_id=delivery.id, lock=lock)  # fmt: skip


def assemble(session: Session, now: datetime, supply: Sequence[SupplyLine], *, arrives: datetime,
             before: Collection[int] = (), delivery_id: int = 0, lock: bool = False) -> Reading:  # fmt: skip
    """The problem of what comes against all who wait; see :func:`read`."""
    pegs = list_pegs(session, [delivery_id])
    asked = {line.product_id for line in supply} | {peg.product_id for peg in pegs}
    demand = read_demand(session, now, asked, lock=lock)
    load = Load(
        delivery_id=delivery_id,
        arrives=arrives,
        supply=supply,
        pegs=pegs,
        others={},
        before=list_pegs(session, before, demand.lines, ()) if before else (),
        before_ids=before,
        done=count_done(session, [delivery_id])[delivery_id] if delivery_id else 0,
    )
    return compose(session, now, demand, load)


def read_demand(session: Session, now: datetime, product_ids: Collection[int], *, lock: bool = False) -> Demand:
    """The orders that wait for any of these products, with everything else they lack."""
    rows = waiting_orders.list_lines_of(session, waiting_orders.list_orders_for(session, product_ids), lock=lock)
    lines: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        lines[row.order_id].append(row)
    _, value = waiting_orders.rest_of(session, lines)
    free = free_in_bins(session, now, {row.product_id for row in rows})
    free = {product_id: units for product_id, units in free.items() if units > 0}
    claims = [row for row in list_counted_on(session, free) if row.units > 0] if free else []
    return Demand(
        lines=lines,
        value=value,
        begun=_list_begun(session, lines),
        free=free,
        claims=claims,
        claimed_by=_list_claiming(session, {row.order_id for row in claims}),
    )


def compose(session: Session, now: datetime, demand: Demand, load: Load) -> Reading:
    """Puts the problem of one truck together from what was read."""
    covered, completed = _list_covered(load.before)
    by_order = {order_id: rows for order_id, rows in demand.lines.items() if order_id not in completed}
    coming = {line.product_id for line in load.supply}
    table = _Table(now, site_time.today(session, max(now, load.arrives)), load.arrives, coming, covered)
    table.minutes = settings.get_int(session, "crossdock_minutes")
    table.supply = {
        line.purchase_line_id: line.units - load.others.get(line.purchase_line_id, 0) for line in load.supply
    }
    table.value, table.begun = demand.value, demand.begun
    arriving: dict[int, int] = defaultdict(int)
    for line in load.supply:
        arriving[line.product_id] += table.supply[line.purchase_line_id]
    today = site_time.today(session, now)

    def turn(row: Any) -> Any:
        return full_key(urgency_of(row, row.order_id), now, today)

    # What was made for somebody goes to the first of those it was made for.
    made = [order_id for order_id, rows in by_order.items() if any(row.made_to_order for row in rows)]
    in_turn = dict.fromkeys((*sorted(made, key=lambda order_id: turn(by_order[order_id][0])), *by_order))
    candidates = [one for order_id in in_turn if (one := table.candidate(order_id, by_order[order_id])) is not None]
    able = {one.order_id for one in candidates if _can_be_completed(one, arriving, demand.free)}
    in_bins, claims = dict(demand.free), []
    for row in demand.claims:
        trucks = demand.claimed_by[row.order_id]
        if row.order_id in able or (row.order_id in by_order and load.delivery_id in trucks):
            continue  # it speaks for itself
        if trucks.intersection(load.before_ids):
            in_bins[row.product_id] -= int(row.units)
        else:
            claims.append(Claim(turn(row)[0], row.product_id, int(row.units)))
    problem = Problem(
        ranks=rank_up(candidates, now, today),
        arriving=tuple((product_id, units) for product_id, units in arriving.items() if units > 0),
        in_bins=tuple((product_id, units) for product_id, units in in_bins.items() if units > 0),
        claims=tuple(claims),
        done=load.done,
    )
    return Reading(
        problem=problem,
        supply=tuple(load.supply),
        made=tuple(table.made),
        pegs=tuple(load.pegs),
        others=load.others,
        services={order_id: rows[0].service_id for order_id, rows in by_order.items()},
        guards=table.guards,
    )


def _can_be_completed(one: Candidate, arriving: Mapping[int, int], free: Mapping[int, int]) -> bool:
    """Whether the truck and the bins hold all that an order lacks, as if nobody else wanted it."""
    return one.can_complete and all(
        units <= arriving.get(product_id, 0) + free.get(product_id, 0) for product_id, units in one.needs()
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


def count_done(session: Session, delivery_ids: Sequence[int]) -> dict[int, int]:
    """How many orders each plan has completed already, with all their planned units on the dock or further."""
    came = session.execute(
        select(Receipt.delivery_id, OrderLine.order_id)
        .select_from(Receipt)
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(Receipt.delivery_id.in_(delivery_ids), Peg.state.in_(("arrived", "in_lane", "packed")),
               Peg.kind == "planned", Peg.reason == "completes")
        .distinct()
    ).all()  # fmt: skip
    waits = set[tuple[Any, ...]]()
    if came:
        # From the orders that came, by their lines: a truck may have planned for thousands of others.
        orders = {row.order_id for row in came}
        still = (
            select(Peg.delivery_id, OrderLine.order_id)
            .join(OrderLine, OrderLine.id == Peg.order_line_id)
            .where(IS_PLANNED, is_among(session.connection(), OrderLine.order_id, orders))
        )
        waits = {tuple(row) for row in session.execute(still)}
    done = dict.fromkeys(delivery_ids, 0)
    for row in came:
        done[row.delivery_id] += tuple(row) not in waits
    return done


def list_pegs(session: Session, delivery_ids: Collection[int], order_ids: Collection[int] | None = None,
              product_ids: Collection[int] = ()) -> list[_Row]:  # fmt: skip
    """The living planned pegs of some trucks: all, or those of some orders and those of some products."""
    query = (
        select(Peg.id, Peg.order_line_id, Peg.purchase_line_id, Peg.qty, Peg.state, Peg.lane_id, Peg.reason,
               Peg.delivery_id, OrderLine.order_id, OrderLine.product_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(IS_PLANNED, Peg.delivery_id.in_(delivery_ids))
    )  # fmt: skip
    if order_ids is None:
        return list(session.execute(query.order_by(Peg.id)))
    connection = session.connection()
    found = {row.id: row for row in session.execute(query.where(is_among(connection, OrderLine.order_id, order_ids)))}
    if product_ids:
        bought = select(PurchaseLine.id).where(is_among(connection, PurchaseLine.product_id, product_ids))
        found |= {row.id: row for row in session.execute(query.where(Peg.purchase_line_id.in_(bought)))}
    return [found[peg_id] for peg_id in sorted(found)]


def _list_covered(pegs: Sequence[_Row]) -> tuple[dict[int, int], set[int]]:
    """Units by order line that earlier trucks bring, and the orders that they complete, perhaps with bins."""
    units: dict[int, int] = defaultdict(int)
    for peg in pegs:
        units[peg.order_line_id] += peg.qty
    return units, {peg.order_id for peg in pegs if peg.reason == "completes"}


def _list_claiming(session: Session, order_ids: Collection[int]) -> dict[int, set[int]]:
    """The trucks whose plans complete these orders."""
    if not order_ids:
        return {}
    rows = session.execute(
        select(OrderLine.order_id, Peg.delivery_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .where(IS_PLANNED, Peg.reason == "completes", is_among(session.connection(), OrderLine.order_id, order_ids))
        .distinct()
    )
    found: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        found[row.order_id].add(row.delivery_id or 0)
    return found


def _list_begun(session: Session, order_ids: Collection[int]) -> set[int]:
    """Those of the orders of which units stand in a lane, or on the dock for one."""
    rows = session.scalars(
        select(OrderLine.order_id).join(Peg, Peg.order_line_id == OrderLine.id).where(Peg.state.in_(_STANDING))
    )
    return set(rows).intersection(order_ids)


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
