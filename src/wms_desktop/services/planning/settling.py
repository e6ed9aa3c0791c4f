"""Mends the plans of trucks when demand or supply changed, for the products that it concerns and what hangs on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import Delivery, OrderLine, Peg, PurchaseLine
from wms_desktop.domain.arrivals import repair
from wms_desktop.services import waiting_orders
from wms_desktop.services.dialogue import Context
from wms_desktop.services.planning import writing
from wms_desktop.services.planning.reading import count_done, read
from wms_desktop.services.planning.supplying import IS_PLANNED, list_concerned, list_open, list_supply
from wms_desktop.services.waiting_orders import OPEN

_ROUNDS = 6
"""So often what a mended plan freed is looked at again; each round frees less than the one before."""
_MOST_AT_ONCE = 60
"""So many waiting orders are read again at the end of a command, to say how good a mended plan is."""


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
    for delivery in deliveries:
        if product_ids and delivery.shared_at is None and delivery.state == "expected":
            products |= _begin(session, context, delivery)
        else:
            products |= _mend(session, context, delivery, products)


def _begin(session: Session, context: Context, delivery: Delivery) -> set[int]:
    """The first plan of a truck that has come within the house's days since it was booked."""
    reading = read(session, context.at, delivery, lock=True)
    answer = repair(reading.problem, reading.standing())
    moved = writing.write(session, context, delivery, reading, answer)
    delivery.method, delivery.worth, delivery.shared_at = answer.method, answer.worth, context.at
    delivery.completes, delivery.bound = len(answer.completed), answer.bound
    session.flush()
    return moved


def mend_later(session: Session, context: Context, delivery: Delivery, product_ids: Collection[int]) -> None:
    """Mends the plans of the trucks that come after one, for what its own plan took or gave back."""
    deliveries = list_open(session, context.at)
    places = [one.id for one in deliveries]
    products = set(product_ids)
    for later in deliveries[places.index(delivery.id) + 1 :] if delivery.id in places else ():
        products |= _mend(session, context, later, products)


def _mend(session: Session, context: Context, delivery: Delivery, product_ids: Collection[int]) -> set[int]:
    """Mends one plan, until nothing is freed that was not looked at; gives the products of which units moved."""
    todo, seen, touched, is_mended = set(product_ids), set[int](), set[int](), False
    concerned = bool(todo) and _is_concerned(session, delivery, todo)
    for _ in range(_ROUNDS):
        if not todo or not concerned:
            break
        reading = read(session, context.at, delivery, product_ids=todo, lock=True)
        before = sum(peg.qty for peg in reading.pegs)
        answer = repair(reading.problem, reading.standing())
        moved = writing.write(session, context, delivery, reading, answer)
        touched |= moved
        seen |= todo
        todo = moved - seen
        is_mended |= bool(before or moved or reading.problem.ranks)
    if is_mended:
        _count_again(session, context, delivery, is_moved=bool(touched))
    return touched


def _is_concerned(session: Session, delivery: Delivery, products: Collection[int]) -> bool:
    """Whether a truck brings the products, or an order that it is to serve wants them."""
    if list_concerned(session, [delivery], products):
        return True
    orders = (
        select(OrderLine.order_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .where(IS_PLANNED, Peg.delivery_id == delivery.id)
    )
    among = is_among(session.connection(), OrderLine.product_id, products)
    return session.scalar(select(OrderLine.id).where(among, OrderLine.order_id.in_(orders)).limit(1)) is not None


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
    comes: dict[tuple[int, int], int] = {}
    for delivery in deliveries:
        if any(delivery.id == key[0] for key in planned):
            comes |= {
                (delivery.id, line.purchase_line_id): line.units for line in list_supply(session, delivery, products)
            }
    return unsound | {
        row.product_id for row in rows
        if planned[row.delivery_id, row.purchase_line_id] > comes.get((row.delivery_id, row.purchase_line_id), 0)
    }  # fmt: skip


def _count_again(session: Session, context: Context, delivery: Delivery, *, is_moved: bool) -> None:
    """The figures of a plan that was mended: how many orders it completes now, and how many any could.

    What was proven of the plan before is not proven of this one: it is for the solver to look at again.
    """
    planned = session.scalars(
        select(OrderLine.order_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .where(IS_PLANNED, Peg.delivery_id == delivery.id, Peg.reason == "completes")
        .distinct()
    ).all()
    done = count_done(session, delivery.id)
    completes = len(planned) + done
    bound = max(completes, _find_bound(session, context, delivery, set(planned), done))
    if is_moved or (completes, bound) != (delivery.completes, delivery.bound):
        delivery.method = "search" if delivery.method == "solver" else delivery.method
    delivery.completes, delivery.bound = completes, bound
    if delivery.shared_at is not None:  # else its first plan is still to be made
        delivery.shared_at = context.at
    session.flush()


def _find_bound(session: Session, context: Context, delivery: Delivery, standing: set[int], done: int) -> int:
    """A number of orders that no sharing-out of the truck can pass: closely where that is quick, else all that wait."""
    coming = {line.product_id for line in list_supply(session, delivery)}
    waiting = len(waiting_orders.list_orders_for(session, coming))
    if waiting > _MOST_AT_ONCE:
        return waiting + done
    problem = read(session, context.at, delivery).problem
    answer = repair(problem, standing)
    if set(answer.completed) == standing:
        return answer.bound
    return done + sum(len(rank.orders) for rank in problem.ranks)
