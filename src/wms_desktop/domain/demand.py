"""The one stated order in which demand is served, used by every decision that shares out stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol

NEVER = datetime.max.replace(tzinfo=UTC)
STARVED = 3
Rank = tuple[bool, bool, datetime, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Urgency:
    """What of an order decides its place; ``promise`` is a site-local day, the instants are UTC."""

    order_id: int
    is_pinned: bool
    promise: date
    leave_by: datetime
    priority_class: int
    placed_at: datetime
    value: Decimal = Decimal(0)
    passed_over: int = 0


class Ordered(Protocol):
    """Whatever says of an order what its place depends on: a table's row, or the row of a query."""

    @property
    def is_pinned(self) -> bool: ...
    @property
    def promise(self) -> date: ...
    @property
    def leave_by(self) -> datetime: ...
    @property
    def priority_class(self) -> int: ...
    @property
    def placed_at(self) -> datetime: ...
    @property
    def passed_over(self) -> int: ...


def urgency_of(order: Ordered, order_id: int, value: Decimal = Decimal(0)) -> Urgency:
    """What of an order decides its place, taken from its row."""
    return Urgency(
        order_id=order_id,
        is_pinned=order.is_pinned,
        promise=order.promise,
        leave_by=order.leave_by,
        priority_class=order.priority_class,
        placed_at=order.placed_at,
        value=value,
        passed_over=order.passed_over,
    )


def rank(urgency: Urgency, now: datetime, today: date) -> Rank:
    """Pin; promise already broken; earliest cut-off still reachable; priority class. Smaller is served first.

    A cut-off that has passed no longer hurries anybody: it ranks after every one still reachable.
    """
    return (
        not urgency.is_pinned,
        urgency.promise >= today,
        urgency.leave_by if urgency.leave_by > now else NEVER,
        urgency.priority_class,
    )


def age_key(urgency: Urgency) -> tuple[date, datetime, int]:
    """Within one rank, after completeness and value: promise date, then age, then id."""
    return (urgency.promise, urgency.placed_at, urgency.order_id)


def full_key(urgency: Urgency, now: datetime, today: date) -> tuple[Rank, bool, date, datetime, int]:
    """A total order of demand for decisions made order by order: rank, starved ones first, then age."""
    return (rank(urgency, now, today), urgency.passed_over < STARVED, *age_key(urgency))
