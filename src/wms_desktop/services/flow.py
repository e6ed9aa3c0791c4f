"""What came into the backlog and left it, day by day of the site's own calendar, counted from the rows themselves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Cancellation, Movement, Order, OrderLine
from wms_desktop.db.types import BigInt
from wms_desktop.domain.clearing import Flow
from wms_desktop.services import site_time

DAYS = 28
_QUARTER_US = 900_000_000


def read(session: Session, now: datetime, first: date | None = None) -> list[Flow]:
    """The flow of each day from ``first`` (else 27 days ago) to today.

    A unit comes on the day its order was placed, leaves with the movement that ships it, is cancelled on the day of its
    cancellation. Units that live on in another line (a substitute, the parts of a kit) came with their order and
    were never cancelled; units cancelled without a record (an order that came in cut) never came. So, over all days,
    came less left less cancelled is what is ordered, not shipped and not cancelled.
    """
    today = site_time.today(session, now)
    first = first or today - timedelta(days=DAYS - 1)
    zone = site_time.zone_of(session)
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    came = _by_day(session, zone, _ordered(since))
    for day, units in _by_day(session, zone, _cancelled_of(since)).items():
        came[day] = came.get(day, 0) + units
    left = _by_day(session, zone, _shipped(since))
    cancelled = _by_day(session, zone, _cancelled(since))
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [Flow(day, came.get(day, 0), left.get(day, 0), cancelled.get(day, 0)) for day in days]


def quarter(column: ColumnElement[datetime] | Any) -> ColumnElement[int]:
    """The quarter of an hour of an instant, counted since 1970: no zone's day begins within one."""
    return type_coerce(column, BigInt) // bindparam(None, _QUARTER_US, type_=BigInt, unique=True, literal_execute=True)


def _by_day(session: Session, zone: ZoneInfo, query: Select[*tuple[Any, ...]]) -> dict[date, int]:
    """Units by site-local day, of rows (quarter of an hour, units)."""
    sums: dict[date, int] = {}
    for at, units in session.connection().execute(query):
        day = datetime.fromtimestamp(at * 900, zone).date()
        sums[day] = sums.get(day, 0) + int(units)
    return sums


def _ordered(since: datetime) -> Select[*tuple[Any, ...]]:
    at = quarter(Order.placed_at)
    return (
        select(at, func.sum(OrderLine.ordered - OrderLine.cancelled))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.placed_at >= since)
        .group_by(at)
    )


def _cancelled_of(since: datetime) -> Select[*tuple[Any, ...]]:
    """What was cancelled of the orders placed since: it came as well."""
    at = quarter(Order.placed_at)
    return (
        select(at, func.sum(Cancellation.qty))
        .select_from(Cancellation)
        .join(OrderLine, OrderLine.id == Cancellation.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Cancellation.at >= since, Order.placed_at >= since)
        .group_by(at)
    )


def _shipped(since: datetime) -> Select[*tuple[Any, ...]]:
    at = quarter(Movement.at)
    which = Movement.reason == "ship", Movement.at >= since
    return select(at, func.sum(Movement.qty)).where(*which).group_by(at)


def _cancelled(since: datetime) -> Select[*tuple[Any, ...]]:
    at = quarter(Cancellation.at)
    return select(at, func.sum(Cancellation.qty)).where(Cancellation.at >= since).group_by(at)
