"""The site's own day and clock: instants are UTC, promises and what a worker reads are local."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Warehouse

_KNOWN = "zone"
"""Where a transaction keeps the house's zone once it is read."""


def today(session: Session, at: datetime) -> date:
    """The site-local day of an instant."""
    return at.astimezone(zone_of(session)).date()


def clock_time(session: Session, at: datetime) -> str:
    """An instant as the site's clock shows it, like 10:42."""
    return at.astimezone(zone_of(session)).strftime("%H:%M")


def day_end(session: Session, at: datetime) -> datetime:
    """The first instant of the site-local day after an instant."""
    zone = zone_of(session)
    day = at.astimezone(zone).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def zone_of(session: Session) -> ZoneInfo:
    """The house's time zone, read once in a transaction."""
    known = session.info.get(_KNOWN)
    if known is None:
        name = session.scalar(select(Warehouse.timezone).order_by(Warehouse.id).limit(1))
        known = session.info[_KNOWN] = ZoneInfo(name or "UTC")
    zone: ZoneInfo = known
    return zone
