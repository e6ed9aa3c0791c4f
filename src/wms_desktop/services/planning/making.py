"""Plans a truck, makes its plan firm when it is here, takes better answers over, and lets the plan go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import forget_answers
from wms_desktop.db.tables import Delivery, DeliveryPart, Order, OrderLine, Peg
from wms_desktop.domain.arrivals import Answer, repair, share_out, value_of
from wms_desktop.services import news
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.planning import writing
from wms_desktop.services.planning.reading import Reading, read
from wms_desktop.services.planning.settling import mend_later
from wms_desktop.services.planning.supplying import IS_PLANNED, list_open

_MOVES = 1500
"""So many moves the plain search may try, over all ranks: about half a second for the largest house."""
_AT_ONCE = 4000


def plan(session: Session, context: Context, delivery_id: int) -> None:
    """Shares out what a truck brings, by the plain answer: pegs, lanes, and the figures of the delivery.

    Pegs are proposed while it is expected, firm once it is here. What stands already is where the search begins, so
    that nothing changes without a gain. A truck beyond the house's days, or one that is over, loses its plan.
    """
    delivery = session.get_one(Delivery, delivery_id)
    session.flush()
    if delivery_id not in {one.id for one in list_open(session, context.at)}:
        drop(session, delivery_id, "not_planned")
        return
    reading = read(session, context.at, delivery, lock=True)
    answer = share_out(reading.problem, _moves(), reading.standing())
    _keep(session, context, delivery, reading, answer)


def firm(session: Session, context: Context, delivery_id: int) -> None:
    """Makes the plan of a truck that is here firm, against everybody who waits now, and books the lanes.

    Orders that could have been completed, and were not because others of their rank were, count it.
    """
    delivery = session.get_one(Delivery, delivery_id)
    session.flush()
    reading = read(session, context.at, delivery, lock=True)
    answer = share_out(reading.problem, _moves(), reading.standing())
    _keep(session, context, delivery, reading, answer)
    for part in in_pieces(answer.passed_over, at_once=_AT_ONCE):
        for order in session.scalars(select(Order).where(Order.id.in_(part))):
            order.passed_over += 1
    session.flush()


def replan(session: Session, context: Context, purchase_order_ids: Sequence[int]) -> None:
    """Plans the trucks anew that bring something of these purchase orders, those here and the soonest first."""
    ids: set[int] = set()
    for part in in_pieces(sorted(purchase_order_ids), at_once=_AT_ONCE):
        named = select(DeliveryPart.delivery_id).where(DeliveryPart.purchase_order_id.in_(part))
        ids.update(session.scalars(named))
    for delivery in list_open(session, context.at):
        if delivery.id in ids:
            plan(session, context, delivery.id)


def drop(session: Session, delivery_id: int, why: str) -> None:
    """Lets everything go that is planned for a truck, with the reason; who waited for it is looked at again.

    Proposals go without a trace; what was firm is kept as released. Units that came already are not touched.
    """
    session.flush()
    rows = session.execute(
        select(Peg, OrderLine.product_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(IS_PLANNED, Peg.delivery_id == delivery_id)
    ).all()
    for row in rows:
        if row.Peg.state == "proposed":
            session.delete(row.Peg)
        else:
            row.Peg.state, row.Peg.why = "released", why
    session.flush()
    forget_answers(session)
    news.note(session, {row.product_id for row in rows})


def adopt(session: Session, context: Context, delivery_id: int, answer: Answer) -> bool:
    """Takes over an answer that was found beside the work, where it is better than what stands; says whether it did.

    Units that were carried, or that have arrived, are no longer part of the question and stay where they are. Orders
    of the answer that no longer fit are left out and what that frees is shared out anew; where the truck is no
    longer open, or what stands is as good, nothing changes but the proof.
    """
    delivery = session.get_one(Delivery, delivery_id)
    session.flush()
    if delivery_id not in {one.id for one in list_open(session, context.at)}:
        return False
    reading = read(session, context.at, delivery, lock=True)
    stands = repair(reading.problem, reading.standing())
    found = repair(reading.problem, set(answer.completed), answer.method)
    is_whole = set(answer.completed) <= set(found.completed)
    is_better = value_of(reading.problem, found) > value_of(reading.problem, stands)
    if is_better:
        _keep(session, context, delivery, reading, found)
    if is_whole and (is_better or len(answer.completed) == len(stands.completed)):
        delivery.method = answer.method
        delivery.bound = max(delivery.completes, min(delivery.bound, answer.bound))
        session.flush()
    return is_better


def _keep(session: Session, context: Context, delivery: Delivery, reading: Reading, answer: Answer) -> None:
    moved = writing.write(session, context, delivery, reading, answer)
    delivery.method = answer.method
    delivery.completes = reading.problem.done + len(answer.completed)
    delivery.bound = max(delivery.completes, answer.bound)
    delivery.worth = answer.worth if not reading.problem.done else max(delivery.worth, answer.worth, Decimal(0))
    delivery.shared_at = context.at
    session.flush()
    mend_later(session, context, delivery, moved)


def _moves() -> Callable[[], bool]:
    """Counts the moves of a search, whose end so does not depend on the machine; says when they are used up."""
    moves = count()
    return lambda: next(moves) >= _MOVES
