"""Plans a truck, makes its plan firm when it is here, takes better answers over, and lets the plan go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import forget_answers
from wms_desktop.db.tables import Delivery, DeliveryPart, Order, OrderLine, Peg
from wms_desktop.domain.arrivals import Answer, list_overtaken, repair, share_out, value_of
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
Question = tuple[str, datetime | None]
"""What tells one plan of a truck from the next: its state and when it was shared out, or mended."""


def plan(session: Session, context: Context, delivery_id: int) -> None:
    """Shares out what a truck brings, by the plain answer: pegs, lanes, and the figures of the delivery.

    Pegs are proposed while it is expected, firm once it is here. What stands already is where the search begins, so
    that nothing changes without a gain. A truck beyond the house's days, or one that is over, loses its plan.
    """
    delivery = session.get_one(Delivery, delivery_id)
    session.flush()
    session.refresh(delivery, with_for_update=True)
    if delivery_id not in {one.id for one in list_open(session, context.at)}:
        drop(session, delivery_id, "not_planned")
        return
    reading = read(session, context.at, delivery, lock=True)
    answer = share_out(reading.problem, count_moves(), reading.standing())
    _keep(session, context, delivery, reading, answer)


def firm(session: Session, context: Context, delivery_id: int) -> None:
    """Makes the plan of a truck that is here firm, against everybody who waits now, and books the lanes.

    Orders that could have been completed, and were not because others of their rank were, count it.
    """
    delivery = session.get_one(Delivery, delivery_id)
    session.flush()
    reading = read(session, context.at, delivery, lock=True)
    answer = share_out(reading.problem, count_moves(), reading.standing())
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

    Proposals go without a trace; what was firm is kept as released. Units that came already are not touched. The
    figures go too, except those of a truck that is done, so that it is planned again should it come near.
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
    delivery = session.get_one(Delivery, delivery_id)
    if delivery.state != "done":
        delivery.method, delivery.shared_at = "", None
        delivery.completes, delivery.bound = 0, 0
    session.flush()
    forget_answers(session)
    news.note(session, {row.product_id for row in rows})


def adopt(session: Session, context: Context, delivery_id: int, answer: Answer,
          question: Question | None = None) -> bool:  # fmt: skip
    """Takes over an answer that was found beside the work, where it is better than what stands; says whether it did.

    Units that were carried, or that have arrived, are no longer part of the question and stay where they are. Orders
    of the answer that no longer fit are left out and what that frees is shared out anew; where the truck is no
    longer open, or what stands is as good, nothing changes but the proof. Where the plan is not the one any more that
    was the ``question`` (None: the one that stands), a better answer is taken, and nothing of its proof.
    """
    delivery = session.get_one(Delivery, delivery_id)
    session.flush()
    session.refresh(delivery, with_for_update=True)
    if delivery_id not in {one.id for one in list_open(session, context.at)}:
        return False
    reading = read(session, context.at, delivery, lock=True)
    was = delivery.shared_at
    is_same = question in (None, (delivery.state, was))
    stands = repair(reading.problem, reading.standing())
    found = repair(reading.problem, set(answer.completed), answer.method if is_same else "search")
    is_whole = set(answer.completed) <= set(found.completed)
    is_better = value_of(reading.problem, found) > value_of(reading.problem, stands)
    if is_better:
        _keep(session, context, delivery, reading, found)
        _count_passed(session, delivery, stands, found)
    if is_same:
        delivery.shared_at = was  # it is still the answer to this question, and the next one may be better
    if is_same and is_whole and (is_better or len(answer.completed) == len(stands.completed)):
        delivery.method = answer.method
        known = answer.bound if delivery.bound is None else min(delivery.bound, answer.bound)
        delivery.bound = max(delivery.completes, known)
    session.flush()
    return is_better


def prove(session: Session, now: datetime, delivery: Delivery) -> int:
    """A number of orders that no sharing-out of the truck can pass: what is proven, else what a look at it proves."""
    if delivery.bound is not None:
        return delivery.bound
    reading = read(session, now, delivery)
    answer = repair(reading.problem, reading.standing())
    if set(answer.completed) == reading.standing():
        return max(delivery.completes, answer.bound)
    return max(delivery.completes, reading.problem.done + sum(len(rank.orders) for rank in reading.problem.ranks))


def _count_passed(session: Session, delivery: Delivery, before: Answer, now: Answer) -> None:
    """Of a truck that is here: whom the answer before passed over is not counted any more, whom this one does, is."""
    if delivery.state != "here":
        return
    passed = {one: 1 for one in now.passed_over}
    for one in before.passed_over:
        passed[one] = passed.get(one, 0) - 1
    for part in in_pieces([one for one, change in passed.items() if change], at_once=_AT_ONCE):
        for order in session.scalars(select(Order).where(Order.id.in_(part))):
            order.passed_over = max(0, order.passed_over + passed[order.id])
    session.flush()


def _keep(session: Session, context: Context, delivery: Delivery, reading: Reading, answer: Answer) -> None:
    moved = writing.write(session, context, delivery, reading, answer)
    delivery.method = answer.method
    delivery.completes = reading.problem.done + len(answer.completed)
    delivery.bound = max(delivery.completes, answer.bound)
    delivery.shared_at = context.at
    session.flush()
    mend_later(session, context, delivery, moved | list_overtaken(reading.problem, answer))


def count_moves() -> Callable[[], bool]:
    """Counts the moves of a search, whose end so does not depend on the machine; says when they are used up."""
    moves = count()
    return lambda: next(moves) >= _MOVES
