"""Mends the plans of trucks when demand or supply changed, for the products that it concerns and what hangs on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import Delivery, OrderLine, Peg, PurchaseLine
from wms_desktop.domain.arrivals import list_overtaken, repair
from wms_desktop.services.dialogue import Context
from wms_desktop.services.planning import writing
from wms_desktop.services.planning.reading import Demand, Load, compose, count_done, list_pegs, read, read_demand
from wms_desktop.services.planning.supplying import (
    IS_PLANNED,
    OPEN_STATES,
    SupplyLine,
    arrives_at,
    list_concerned,
    list_open,
    list_supplies,
    lock_trucks,
)
from wms_desktop.services.waiting_orders import OPEN

_ROUNDS = 6
"""So often what a mended plan freed is looked at again; each round frees less than the one before."""


def settle(session: Session, context: Context, product_ids: Collection[int], *, moved: Collection[int] = ()) -> None:
    """Mends the open plans for these products: pegs of lines that want no more, or of goods that do not come, end, and
    what is free goes to those who wait, rank by rank; nothing that was carried is moved.

    Of products that only ``moved``, as on each scan, no more is asked than whether their pegs still hold. A truck that
    came within the house's days since it was booked gets its first plan here. One indexed question where no truck is
    open.
    """
    deliveries = list_open(session, context.at)
    if not deliveries:
        return
    session.flush()
    products = set(product_ids) | _list_unsound(session, deliveries, set(moved) - set(product_ids))
    if products:
        _mend(session, context, deliveries, products, may_begin=bool(product_ids))


def mend_later(session: Session, context: Context, delivery: Delivery, product_ids: Collection[int]) -> None:
    """Mends the plans of the trucks that come after one, for what its own plan took or gave back."""
    deliveries = list_open(session, context.at)
    places = [one.id for one in deliveries]
    if product_ids and delivery.id in places:
        _mend(session, context, deliveries, set(product_ids), after=places.index(delivery.id) + 1)


def _mend(session: Session, context: Context, deliveries: Sequence[Delivery], products: set[int], *, after: int = 0,
          may_begin: bool = False) -> None:  # fmt: skip
    """Mends the plans in the trucks' turn, each until nothing is freed that was not looked at.

    What one truck's plan frees is looked at in its own and in the later ones. Everything is read once for all trucks,
    and again only where a plan changed.
    """
    todo, rounds = list(deliveries[after:]), 0
    scene: _Scene | None = None
    mended: set[int] = set()
    while todo:
        delivery = todo[0]
        if may_begin and delivery.shared_at is None and delivery.state == "expected":
            moved, is_over = _begin(session, context, delivery), True
        else:
            scene = scene or _Scene(session, context, deliveries, products)
            moved = set[int]()
            if scene.concerns(delivery):
                moved = scene.mend(delivery)
                mended.add(delivery.id)
            rounds += 1
            is_over = not moved - products or rounds >= _ROUNDS
        if moved:
            products, scene = products | moved, None
        if is_over:
            todo, rounds = todo[1:], 0
    if mended:
        _count_again(session, context, [one for one in deliveries if one.id in mended])


def _begin(session: Session, context: Context, delivery: Delivery) -> set[int]:
    """The first plan of a truck that has come within the house's days since it was booked."""
    reading = read(session, context.at, delivery, lock=True)
    answer = repair(reading.problem, reading.standing())
    moved = writing.write(session, context, delivery, reading, answer)
    delivery.method, delivery.shared_at = answer.method, context.at
    delivery.completes, delivery.bound = len(answer.completed), answer.bound
    session.flush()
    return moved | list_overtaken(reading.problem, answer)


class _Scene:
    """What the trucks bring of some products and who waits for these, read once for all of them, under their locks."""

    def __init__(self, session: Session, context: Context, deliveries: Sequence[Delivery],
                 products: Collection[int]) -> None:  # fmt: skip
        self._session, self._context = session, context
        concerned = list_concerned(session, deliveries, products)
        trucks = [one for one in deliveries if one.id in concerned]
        if trucks:
            lock_trucks(session, trucks)
        trucks = [one for one in trucks if one.state in OPEN_STATES]
        self._ids = [one.id for one in trucks]
        if trucks:
            self._read(trucks, products)

    def _read(self, trucks: Sequence[Delivery], products: Collection[int]) -> None:
        session, context = self._session, self._context
        self._demand: Demand = read_demand(session, context.at, products, lock=True)
        self._supplies = list_supplies(session, trucks, self._demand.products().union(products))
        self._pegs: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
        for peg in list_pegs(session, self._ids, self._demand.lines, products):
            self._pegs[peg.delivery_id].append(peg)

    def concerns(self, delivery: Delivery) -> bool:
        """Whether a truck brings any of the products, or serves an order that wants them."""
        return delivery.id in self._ids

    def mend(self, delivery: Delivery) -> set[int]:
        """Mends one truck's plan; gives the products of which units moved, after which all must be read again."""
        earlier = self._ids[: self._ids.index(delivery.id)]
        load = Load(
            delivery_id=delivery.id,
            arrives=arrives_at(delivery, self._context.at),
            supply=self._supplies[delivery.id],
            pegs=self._pegs[delivery.id],
            others=_list_others(self._supplies[delivery.id], self._pegs[delivery.id]),
            before=[peg for one in earlier for peg in self._pegs[one]],
            before_ids=earlier,
        )
        reading = compose(self._session, self._context.at, self._demand, load)
        answer = repair(reading.problem, reading.standing())
        moved = writing.write(self._session, self._context, delivery, reading, answer)
        return moved | list_overtaken(reading.problem, answer)


def _list_others(supply: Sequence[SupplyLine], pegs: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, int]:
    """Units of each purchase line that the truck's plan gives to orders which are not looked at."""
    others = {line.purchase_line_id: line.planned for line in supply}
    for peg in pegs:
        if peg.purchase_line_id in others:
            others[peg.purchase_line_id] -= peg.qty
    return others


def _list_unsound(session: Session, deliveries: Sequence[Delivery], products: Collection[int]) -> set[int]:
    """Those of the products of which more is planned than still comes, or than its lines still want."""
    if not products:
        return set()
    rows = session.execute(
        select(Peg.delivery_id, Peg.purchase_line_id, PurchaseLine.product_id, Peg.order_line_id, Peg.qty,
               OPEN.label("open"))
        .select_from(PurchaseLine)
        .join(Peg, Peg.purchase_line_id == PurchaseLine.id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(is_among(session.connection(), PurchaseLine.product_id, products), IS_PLANNED,
               Peg.delivery_id.in_([delivery.id for delivery in deliveries]))
    ).all()  # fmt: skip
    wanted: dict[int, int] = {}
    planned: dict[tuple[int, int], int] = {}
    for row in rows:
        wanted[row.order_line_id] = wanted.get(row.order_line_id, row.open) - row.qty
        key = (row.delivery_id, row.purchase_line_id)
        planned[key] = planned.get(key, 0) + row.qty
    unsound = {row.product_id for row in rows if wanted[row.order_line_id] < 0}
    trucks = [delivery for delivery in deliveries if any(delivery.id == key[0] for key in planned)]
    comes = {
        (delivery_id, line.purchase_line_id): line.units
        for delivery_id, supply in (list_supplies(session, trucks, products).items() if trucks else ())
        for line in supply
    }
    return unsound | {
        row.product_id for row in rows
        if planned[row.delivery_id, row.purchase_line_id] > comes.get((row.delivery_id, row.purchase_line_id), 0)
    }  # fmt: skip


def _count_again(session: Session, context: Context, deliveries: Sequence[Delivery]) -> None:
    """How many orders the plans complete that were mended.

    What was proven of a plan before is not proven of this one, even where nothing moved: others may want the goods now.
    How many any sharing-out could complete is for whoever asks, and for the solver, which looks at the plan again.
    """
    ids = [delivery.id for delivery in deliveries]
    rows = session.execute(
        select(Peg.delivery_id, func.count(OrderLine.order_id.distinct()))
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(IS_PLANNED, Peg.delivery_id.in_(ids), Peg.reason == "completes")
        .group_by(Peg.delivery_id)
    )
    planned = {row[0]: int(row[1]) for row in rows}
    done = count_done(session, ids)
    for delivery in deliveries:
        delivery.method = "search" if delivery.method == "solver" else delivery.method
        delivery.completes, delivery.bound = planned.get(delivery.id, 0) + done[delivery.id], None
        if delivery.shared_at is not None:  # else its first plan is still to be made
            delivery.shared_at = context.at
    session.flush()
