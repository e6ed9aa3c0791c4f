"""What customers waited for, product by product: what came late, what they accepted, and what they gave up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, Select, Text, column, func, literal, select, type_coerce, values
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Cancellation, Decision, Movement, Order, OrderLine, Product
from wms_desktop.db.types import BigInt, Instant
from wms_desktop.domain.states import BACKORDERED
from wms_desktop.services import site_time
from wms_desktop.views.backlog import Backlog
from wms_desktop.views.figures import Waited

LOOK_BACK_DAYS = 90
_DAY_S = 86_400
_SECOND_US = 1_000_000


@dataclass(slots=True)
class _Sums:
    backordered: int = 0
    late: int = 0
    cancelled: int = 0
    waited_s: int = 0
    accepted: int = 0
    decisions: int = 0


def list_waited(session: Session, now: datetime, book: Backlog) -> tuple[Waited, ...]:
    """Products that somebody waits for or waited for in the last ninety days, those with most units first.

    ``units_shipped_late`` left after the first promise; ``units_cancelled`` after a day of waiting or more.
    ``cancel_rate`` is their share of all three kinds of units. ``waited_days`` is the average of units shipped late
    or cancelled, since the order was placed; ``accepted_days`` that of the decisions to wait.
    """
    sums: dict[str, _Sums] = {}
    names: dict[str, str] = {}

    def of(sku: str, name: str) -> _Sums:
        names[sku] = name
        return sums.setdefault(sku, _Sums())

    for line in book.lines:
        if line.by_state[BACKORDERED]:
            of(line.sku, line.product).backordered += line.by_state[BACKORDERED]
    since = now - timedelta(days=LOOK_BACK_DAYS)
    for sku, name, units, seconds in session.connection().execute(_shipped_late(_days(session, now), since)):
        found = of(sku, name)
        found.late += int(units)
        found.waited_s += int(seconds)
    for sku, name, units, unit_days in session.connection().execute(_cancelled(since)):
        found = of(sku, name)
        found.cancelled += int(units)
        found.waited_s += int(unit_days) * _DAY_S
    for sku, name, decisions, days in session.connection().execute(_accepted(since)):
        found = of(sku, name)
        found.decisions += int(decisions)
        found.accepted += int(days)
    rows = [_waited(sku, names[sku], one) for sku, one in sums.items()]
    return tuple(sorted(rows, key=lambda row: (-_units(row), row.sku)))


def _units(row: Waited) -> int:
    return row.units_backordered + row.units_shipped_late + row.units_cancelled


def _waited(sku: str, name: str, sums: _Sums) -> Waited:
    gone = sums.late + sums.cancelled
    units = sums.backordered + gone
    return Waited(
        sku=sku,
        product=name,
        units_backordered=sums.backordered,
        units_shipped_late=sums.late,
        units_cancelled=sums.cancelled,
        cancel_rate=sums.cancelled / units if units else 0.0,
        accepted_days=sums.accepted / sums.decisions if sums.decisions else 0.0,
        waited_days=sums.waited_s / _DAY_S / gone if gone else 0.0,
    )


def _days(session: Session, now: datetime) -> CTE:
    """The site's days looked at, each with the instants at which it begins and the next one does."""
    today, zone = site_time.today(session, now), site_time.zone_of(session)
    rows = []
    for back in range(LOOK_BACK_DAYS):
        day = today - timedelta(days=back)
        begins, ends = (datetime(d.year, d.month, d.day, tzinfo=zone) for d in (day, day + timedelta(days=1)))
        rows.append((day.isoformat(), _microseconds(begins), _microseconds(ends)))
    columns: Mapping[str, Any] = {"day": Text, "begins": BigInt, "ends": BigInt}
    return values(*(column(name, kind) for name, kind in columns.items()), name="days").data(rows).cte("days")


def _microseconds(at: datetime) -> int:
    found = Instant().process_bind_param(at, None)  # type: ignore[arg-type]
    return found or 0


def _shipped_late(days: CTE, since: datetime) -> Select[*tuple[Any, ...]]:
    at, placed = type_coerce(Movement.at, BigInt), type_coerce(Order.placed_at, BigInt)
    seconds = func.sum(Movement.qty * ((at - placed) / literal(_SECOND_US, BigInt)))
    told = func.coalesce(type_coerce(OrderLine.first_promise, Text), type_coerce(Order.promise, Text))
    return (
        select(Product.sku, Product.name, func.sum(Movement.qty), seconds)
        .select_from(days)
        .join(Movement, (at >= days.c.begins) & (at < days.c.ends))
        .join(OrderLine, OrderLine.id == Movement.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Movement.reason == "ship", Movement.at >= since, told < days.c.day)
        .group_by(Product.sku, Product.name)
    )


def _cancelled(since: datetime) -> Select[*tuple[Any, ...]]:
    unit_days = func.sum(Cancellation.qty * Cancellation.waited_days)
    return (
        select(Product.sku, Product.name, func.sum(Cancellation.qty), unit_days)
        .select_from(Cancellation)
        .join(OrderLine, OrderLine.id == Cancellation.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Cancellation.at >= since, Cancellation.waited_days > 0)
        .group_by(Product.sku, Product.name)
    )  # fmt: skip


def _accepted(since: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(Product.sku, Product.name, func.count(Decision.id), func.sum(Decision.days))
        .select_from(Decision)
        .join(OrderLine, OrderLine.id == Decision.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Decision.at >= since, Decision.choice == "wait")
        .group_by(Product.sku, Product.name)
    )
