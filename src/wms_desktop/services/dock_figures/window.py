"""The days that the figures of the dock look back on, and what picks their goods, walks and trucks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import Command, Delivery, Location, Movement, Peg, ReceiptLine
from wms_desktop.errors import BadInput
from wms_desktop.services import site_time, walk_backs

DAYS = 28
MOST_DAYS = 366
DECLINED = "declined: "
CROSSED = ("in_lane", "packed")
KINDS = ("planned", "opportunistic", "short")
AnyRow = Row[*tuple[Any, ...]]
_NONE = 2**40
"""Beyond every receipt line: nothing came."""


@dataclass(frozen=True, slots=True)
class Window:
    """The site-local days that are looked at, the instants they begin and end with, and their first receipt line."""

    first: date
    since: datetime
    now: datetime
    first_line: int

    def received(self) -> tuple[ColumnElement[bool], ...]:
        """What picks the receipt lines of these days, and lets their ties be found without reading older ones."""
        return ReceiptLine.at >= self.since, ReceiptLine.id >= self.first_line

    def good(self) -> tuple[ColumnElement[bool], ...]:
        """What picks the good goods received on these days."""
        return *self.received(), ReceiptLine.condition == "good", ReceiptLine.state == "received"

    def tied(self) -> tuple[ColumnElement[bool], ...]:
        """What picks the ties to these lines."""
        return *self.received(), Peg.receipt_line_id >= self.first_line

    def crossed(self) -> tuple[ColumnElement[bool], ...]:
        """What picks the ties whose units reached their lane."""
        return *self.tied(), Peg.state.in_(CROSSED)

    def declined(self) -> tuple[ColumnElement[bool], ...]:
        """What picks the ties that a person declined at the dock."""
        return *self.tied(), Peg.state == "released", Peg.why.startswith(DECLINED)

    def due(self) -> tuple[ColumnElement[bool], ...]:
        """What picks the trucks whose hours at the dock ended on these days, and that came or were given up."""
        came = or_(Delivery.checked_in_at.is_not(None), Delivery.state == "missed")
        return Delivery.closes_at >= self.since, Delivery.closes_at <= self.now, came


def look_back(session: Session, now: datetime, days: int) -> Window:
    """The last ``days`` site-local days, today included. Raises BadInput `dock.no_days` unless they are 1 to 366."""
    if not 1 <= days <= MOST_DAYS:
        raise BadInput("dock.no_days", most=MOST_DAYS)
    zone = site_time.zone_of(session)
    first = site_time.today(session, now) - timedelta(days=days - 1)
    since = datetime.combine(first, time(), tzinfo=zone)
    first_line = session.scalar(select(func.min(ReceiptLine.id)).where(ReceiptLine.at >= since))
    return Window(first, since, now, first_line if first_line is not None else _NONE)


SOURCE, TARGET = aliased(Location), aliased(Location)
"""Whence and whereto a walk back goes."""
_UNDONE = aliased(Movement)
WALKED = case((Movement.reason == walk_backs.OFF_CART, -Movement.qty), else_=Movement.qty)
"""Units of a walk back; what did not go along on a cart after all counts against it."""


def of_walks(query: Any, window: Window) -> Any:
    """Units carried from a lane to a bin, or on a cart that goes to bins, but for what was undone; over `Movement`."""
    return (
        query.select_from(Movement)
        .join(Command, Command.id == Movement.command_id)
        .join(SOURCE, SOURCE.id == Movement.from_location_id)
        .join(TARGET, TARGET.id == Movement.to_location_id)
        .outerjoin(_UNDONE, _UNDONE.reverses_id == Movement.id)
        .where(Command.at >= window.since,
               or_(and_(SOURCE.kind == "lane", TARGET.kind == "bin"),
                   Movement.reason.in_((walk_backs.ON_CART, walk_backs.OFF_CART))),
               Movement.reverses_id.is_(None), _UNDONE.id.is_(None))
    )  # fmt: skip
