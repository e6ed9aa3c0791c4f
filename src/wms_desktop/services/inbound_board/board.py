"""The board of trucks and open orders, and the docks of a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Delivery,
    Location,
)
from wms_desktop.services import site_time
from wms_desktop.services.inbound_board.purchases import list_purchases
from wms_desktop.services.inbound_board.trucks import OPEN, list_trucks
from wms_desktop.views.inbound import (
    Calendar,
    InboundBoard,
)

_MISSED_DAYS = 7
_LAST = 300


def read_board(session: Session, now: datetime) -> InboundBoard:
    """The trucks that are here, expected, missed within a week, or done today; and what else is on order."""
    trucks = list_trucks(session, now, _list_now(session, now))
    docks = session.execute(
        select(Location.id, Location.code)
        .where(Location.kind == "dock", Location.is_blocked == False)
        .order_by(Location.walk_seq, Location.id)
    )
    return InboundBoard(
        at=now,
        today=site_time.today(session, now),
        trucks=trucks,
        purchases=list_purchases(session, now),
        docks=tuple((row.id, row.code) for row in docks),
    )


def _list_now(session: Session, now: datetime) -> set[int]:
    """Trucks that are here or expected, those missed within a week, and those done today.

    Each found through an index; what had no window is looked for among the last that came.
    """
    begins = site_time.day_end(session, now) - timedelta(days=1)
    since = now - timedelta(days=_MISSED_DAYS)
    over = select(Delivery.id).where(
        or_(
            and_(Delivery.state == "missed", or_(Delivery.closes_at.is_(None), Delivery.closes_at > since)),
            and_(Delivery.state == "done", Delivery.done_at >= begins),
        )
    )
    last = session.scalar(select(func.max(Delivery.id))) or 0
    found = set(session.scalars(select(Delivery.id).where(Delivery.state.in_(OPEN))))
    found.update(session.scalars(over.where(Delivery.closes_at > since)))
    found.update(session.scalars(over.where(Delivery.id > last - _LAST)))
    return found


def read_calendar(session: Session, now: datetime, day: date) -> Calendar:
    """The docks' appointments on a site-local day, and the open trucks that have no window or no dock."""
    zone = site_time.zone_of(session)
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    ends = begins + timedelta(days=1)
    docks = session.scalars(
        select(Location.code).where(Location.kind == "dock").order_by(Location.walk_seq, Location.id)
    )
    placed = select(Delivery.id).where(
        Delivery.closes_at > begins, Delivery.opens_at < ends, Delivery.dock_id.is_not(None),
        Delivery.state != "cancelled",
    )  # fmt: skip
    lost = select(Delivery.id).where(
        Delivery.state.in_(OPEN), or_(Delivery.dock_id.is_(None), Delivery.opens_at.is_(None))
    )
    return Calendar(
        day=day,
        begins=begins,
        ends=ends,
        docks=tuple(docks),
        trucks=list_trucks(session, now, session.scalars(placed)),
        unplaced=list_trucks(session, now, session.scalars(lost)),
    )
