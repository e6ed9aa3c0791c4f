"""What desks ask about promises, purchases and decisions, by name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Order, OrderLine
from wms_desktop.services import causes, deciding, modes, promising
from wms_desktop.services.doors import Args, Find
from wms_desktop.services.outlooks import IS_OWED
from wms_desktop.views.figures import Slice
from wms_desktop.views.promises import DecisionRow, Mode, Moved, PurchaseRow

_MOST_MOVED = 1000
_DAYS = 7


def _decisions(session: Session, now: datetime, args: Args) -> tuple[DecisionRow, ...]:
    return deciding.list_decisions(session, now)


def _purchases(session: Session, now: datetime, args: Args) -> tuple[PurchaseRow, ...]:
    return promising.list_purchases(session, now)


def _modes(session: Session, now: datetime, args: Args) -> tuple[Mode, ...]:
    return modes.list_on(session)


def _moved(session: Session, now: datetime, args: Args) -> tuple[Moved, ...]:
    return promising.list_moved(session, now - timedelta(days=args.get("days", _DAYS)), _MOST_MOVED)


def _causes(session: Session, now: datetime, args: Args) -> tuple[Slice, ...]:
    """The open units of lines that are late or wait, by cause, the most units first; the label names the cause."""
    why = causes.propose(session, now)
    owed = (OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped).label("owed")
    rows = session.execute(
        select(OrderLine.id, OrderLine.order_id, owed, OrderLine.price, Order.currency)
        .join(Order, Order.id == OrderLine.order_id)
        .where(IS_OWED)
    )
    units: dict[str, int] = defaultdict(int)
    lines: dict[str, int] = defaultdict(int)
    orders: dict[str, set[int]] = defaultdict(set)
    amounts: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows:
        cause = why.get(row.id)
        if cause is None:
            continue
        units[cause] += row.owed
        lines[cause] += 1
        orders[cause].add(row.order_id)
        amounts[cause][row.currency] += row.owed * row.price
    return tuple(
        Slice(
            dimension="cause",
            key=cause,
            label=f"cause.{cause}",
            units=units[cause],
            lines=lines[cause],
            orders=len(orders[cause]),
            amounts=dict(amounts[cause]),
        )
        for cause in sorted(units, key=lambda cause: (-units[cause], cause))
    )


QUESTIONS: Mapping[str, Find] = {
    "decisions": _decisions,
    "purchases": _purchases,
    "modes": _modes,
    "moved": _moved,
    "causes": _causes,
}
