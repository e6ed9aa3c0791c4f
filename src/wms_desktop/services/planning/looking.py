"""Looks at a sharing-out without writing anything: if this truck came now, and what the solver is asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery
from wms_desktop.domain.arrivals import Answer, Given, Problem, share_out
from wms_desktop.services.planning.making import count_moves
from wms_desktop.services.planning.reading import Reading, assemble, list_before, read
from wms_desktop.services.planning.supplying import list_due, list_supply


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOrder:
    """What one order would get: ``units`` of what comes go to its lane, ``from_bins`` are in the house already."""

    order_id: int
    units: int
    from_bins: int
    is_completed: bool
    lines: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A truck as if it came now: ``units`` it brings, of which ``to_lanes`` for the orders, in the order served, and
    ``to_bins`` for nobody; ``kept_out`` says of orders that wait which rule keeps them out.
    """

    orders: tuple[LookOrder, ...]
    units: int
    to_lanes: int
    to_bins: int
    bound: int
    method: str
    kept_out: tuple[tuple[int, str], ...]
    problem: Problem
    answer: Answer

    @property
    def completes(self) -> int:
        """Orders that would leave whole."""
        return sum(order.is_completed for order in self.orders)


def problem(session: Session, now: datetime, delivery_id: int) -> Problem:
    """What a solver needs for the best sharing-out of a truck: what is not carried yet, and who waits, by rank."""
    return read(session, now, session.get_one(Delivery, delivery_id)).problem


def look(session: Session, now: datetime, delivery_id: int | None = None,
         purchase_order_id: int | None = None) -> Look:  # fmt: skip
    """The sharing-out of a truck, or of what is due of a purchase order, if it came now; nothing is written."""
    if delivery_id is not None:
        delivery = session.get_one(Delivery, delivery_id)
        supply = list_supply(session, delivery)
        before = list_before(session, now, delivery if delivery.state == "here" else None)
        reading = assemble(session, now, supply, arrives=now, before=before, delivery_id=delivery_id)
    else:
        supply = list_due(session, purchase_order_id or 0)
        reading = assemble(session, now, supply, arrives=now, before=list_before(session, now, None))
    answer = share_out(reading.problem, count_moves(), reading.standing())
    return _show(reading, answer)


def _show(reading: Reading, answer: Answer) -> Look:
    completed = set(answer.completed)
    beside = {
        one.order_id: sum(units for _, units in one.beside)
        for rank in reading.problem.ranks
        for one in rank.orders
        if one.order_id in completed
    }
    given: dict[int, list[Given]] = defaultdict(list)
    for gift in (*(gift for _, gift in reading.made), *answer.given):
        given[gift.order_id].append(gift)
    orders = tuple(
        LookOrder(
            order_id=order_id,
            units=sum(gift.arriving for gift in gifts),
            from_bins=sum(gift.units - gift.arriving for gift in gifts) + beside.get(order_id, 0),
            is_completed=order_id in completed,
            lines=tuple(gifts),
        )
        for order_id, gifts in given.items()
    )
    units = sum(line.units for line in reading.supply)
    to_lanes = sum(order.units for order in orders)
    return Look(
        orders=orders,
        units=units,
        to_lanes=to_lanes,
        to_bins=units - to_lanes,
        bound=answer.bound,
        method=answer.method,
        kept_out=tuple(reading.guards.items()),
        problem=reading.problem,
        answer=answer,
    )
