"""What cross-docking has come to: its share of what came in, how soon it left, what was declined and walked back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import Command, Delivery, Location, Movement, OrderLine, Peg, ReceiptLine, Stock
from wms_desktop.errors import BadInput
from wms_desktop.services import flow, site_time, walk_backs
from wms_desktop.views.dock import Count, DockDay, DockFigures, Minutes

DAYS = 28
MOST_DAYS = 366
_LOOK_BACK = timedelta(days=90)
"""How far back receipts are looked at for what was stored and then shipped."""
_BEFORE = timedelta(days=30)
_DECLINED = "declined: "
_CROSSED = ("in_lane", "packed")
_KINDS = ("planned", "opportunistic", "short")
_NINE_IN_TEN = 0.9
_MINUTE = 60
_NONE = 2**40
"""Beyond every receipt line: nothing came."""
_Row = Row[*tuple[Any, ...]]
_Timed = list[tuple[int, int]]
"""(minutes, units)."""


@dataclass(frozen=True, slots=True)
class _Window:
    """The site-local days that are looked at, the instants they begin and end with, and their first receipt line."""

    first: date
    since: datetime
    now: datetime
    first_line: int

    def received(self) -> tuple[Any, ...]:
        """What picks the receipt lines of these days, and lets their ties be found without reading older ones."""
        return ReceiptLine.at >= self.since, ReceiptLine.id >= self.first_line

    def tied(self) -> tuple[Any, ...]:
        """The same for the ties to these lines."""
        return *self.received(), Peg.receipt_line_id >= self.first_line


def figures(session: Session, now: datetime, days: int = DAYS) -> DockFigures:
    """The figures of the last ``days`` site-local days, today included; see `views.dock.DockFigures`.

    Everything but the minutes is of the goods received on these days, the minutes of what was shipped on them. Raises
    BadInput `dock.no_days` unless ``days`` is 1 to 366.
    """
    if not 1 <= days <= MOST_DAYS:
        raise BadInput("dock.no_days", most=MOST_DAYS)
    zone = site_time.zone_of(session)
    first = site_time.today(session, now) - timedelta(days=days - 1)
    since = datetime.combine(first, time(), tzinfo=zone)
    first_line = session.scalar(select(func.min(ReceiptLine.id)).where(ReceiptLine.at >= since))
    window = _Window(first, since, now, first_line if first_line is not None else _NONE)
    received, received_lines = _received(session, window)
    crossed = session.execute(
        select(func.sum(Peg.qty), func.count(OrderLine.id.distinct()), func.count(OrderLine.order_id.distinct()))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(*window.tied(), Peg.state.in_(_CROSSED))
    ).one()
    on_time, late, missed = _deliveries(session, window)
    lanes, bins = _minutes(session, window)
    return DockFigures(
        at=now,
        days=days,
        first=first,
        received=received,
        crossed=int(crossed[0] or 0),
        received_lines=received_lines,
        verdict_lines=_verdicts(session, window),
        crossed_lines=crossed[1],
        crossed_orders=crossed[2],
        kinds=_kinds(session, window),
        declines=_declines(session, window),
        walked_back=_walked_back(session, window),
        crossed_minutes=lanes,
        stored_minutes=bins,
        on_time=on_time,
        late=late,
        missed=missed,
        by_day=_by_day(session, window, days),
    )


# --- counted ---------------------------------------------------------------------------------------------------------


def _good(window: _Window) -> tuple[Any, ...]:
    return *window.received(), ReceiptLine.condition == "good", ReceiptLine.state == "received"


def _received(session: Session, window: _Window) -> tuple[int, int]:
    row = session.execute(select(func.sum(ReceiptLine.qty), func.count()).where(*_good(window))).one()
    return int(row[0] or 0), row[1]


def _verdicts(session: Session, window: _Window) -> int:
    """Receiving scans of good goods that somebody waited for, whatever became of it."""
    found = session.scalar(
        select(func.count(ReceiptLine.id.distinct()))
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .where(*_good(window), *window.tied())
    )
    return found or 0


def _kinds(session: Session, window: _Window) -> tuple[Count, ...]:
    rows = session.execute(
        select(Peg.kind, func.sum(Peg.qty), func.count())
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(*window.tied(), Peg.state.in_(_CROSSED))
        .group_by(Peg.kind)
    )
    found = {kind: (int(units), pegs) for kind, units, pegs in rows}
    return tuple(Count(key=kind, units=found.get(kind, (0, 0))[0], pegs=found.get(kind, (0, 0))[1]) for kind in _KINDS)


def _declines(session: Session, window: _Window) -> tuple[Count, ...]:
    rows = session.execute(
        select(Peg.why, func.sum(Peg.qty), func.count())
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(*window.tied(), Peg.state == "released", Peg.why.startswith(_DECLINED))
        .group_by(Peg.why)
    )
    found = [Count(key=why.removeprefix(_DECLINED), units=int(units), pegs=pegs) for why, units, pegs in rows]
    return tuple(sorted(found, key=lambda one: (-one.units, one.key)))


def _walked_back(session: Session, window: _Window) -> int:
    """Units carried from a lane to a bin, or on a cart that goes to bins, less what was taken back of it."""
    source, target, undone = aliased(Location), aliased(Location), aliased(Movement)
    units = case((Movement.reason == walk_backs.OFF_CART, -Movement.qty), else_=Movement.qty)
    found = session.scalar(
        select(func.sum(units))
        .join(Command, Command.id == Movement.command_id)
        .join(source, source.id == Movement.from_location_id)
        .join(target, target.id == Movement.to_location_id)
        .outerjoin(undone, undone.reverses_id == Movement.id)
        .where(Command.at >= window.since,
               ((source.kind == "lane") & (target.kind == "bin"))
               | Movement.reason.in_((walk_backs.ON_CART, walk_backs.OFF_CART)),
               Movement.reverses_id.is_(None), undone.id.is_(None))
    )  # fmt: skip
    return int(found or 0)


def _deliveries(session: Session, window: _Window) -> tuple[int, int, int]:
    """Trucks whose window closed on these days: in time, late, never came."""
    came = Delivery.checked_in_at.is_not(None)
    row = session.execute(
        select(
            func.sum(case((came & (Delivery.checked_in_at <= Delivery.closes_at), 1), else_=0)),
            func.sum(case((came & (Delivery.checked_in_at > Delivery.closes_at), 1), else_=0)),
            func.sum(case((Delivery.state == "missed", 1), else_=0)),
        ).where(Delivery.closes_at >= window.since, Delivery.closes_at <= window.now)
    ).one()
    return int(row[0] or 0), int(row[1] or 0), int(row[2] or 0)


def _by_day(session: Session, window: _Window, days: int) -> tuple[DockDay, ...]:
    zone = site_time.zone_of(session)
    at = flow.quarter(ReceiptLine.at)
    crossed = (
        select(at.label("at"), func.sum(Peg.qty).label("units"))
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .where(*window.tied(), Peg.state.in_(_CROSSED))
        .group_by(at)
    )
    came = select(at.label("at"), func.sum(ReceiptLine.qty).label("units")).where(*_good(window)).group_by(at)
    sums: list[dict[date, int]] = []
    for query in (came, crossed):
        mine: dict[date, int] = defaultdict(int)
        for row in session.connection().execute(query):
            mine[datetime.fromtimestamp(row.at * 15 * _MINUTE, zone).date()] += int(row.units)
        sums.append(mine)
    listed = [window.first + timedelta(days=number) for number in range(days)]
    return tuple(DockDay(day=day, received=sums[0].get(day, 0), crossed=sums[1].get(day, 0)) for day in listed)


# --- from the receiving scan to the truck ---------------------------------------------------------------------------


def _minutes(session: Session, window: _Window) -> tuple[Minutes, Minutes]:
    """How long units took that left on these days: through a lane, and through a bin."""
    crossed = _list_crossed(session, window)
    lanes = [(_between(row.came, row.left), row.qty) for row in crossed]
    return _sum_up(lanes), _sum_up(_through_bins(session, window, crossed))


def _list_crossed(session: Session, window: _Window) -> Sequence[_Row]:
    """Each cross-docked tie that left: its product, units, when they came and when their line first left after that.

    A line that was sent twice is told by its first sending, so the days before the window are looked at as well.
    """
    left = func.min(Movement.at)
    return session.execute(
        select(Peg.id, ReceiptLine.product_id, Peg.qty, ReceiptLine.at.label("came"), left.label("left"))
        .select_from(Movement)
        .join(Peg, Peg.order_line_id == Movement.order_line_id)
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(Movement.reason == "ship", Movement.at >= window.since - _BEFORE, Peg.state == "packed",
               ReceiptLine.at <= Movement.at)
        .group_by(Peg.id, ReceiptLine.product_id, Peg.qty, ReceiptLine.at)
        .having(left >= window.since)
    ).all()  # fmt: skip


def _through_bins(session: Session, window: _Window, crossed: Iterable[_Row]) -> _Timed:
    """(minutes, units) of what was stored before it left, first in first out by product.

    Told backwards: of all that was received, what came last still stands here, and what came before that left, the
    last to come with the last to leave. So no more has to be read than these days shipped.
    """
    left = _list_shipped(session, window, crossed)
    if not left:
        return []
    here = _count_here(session, left.keys())
    timed: _Timed = []
    for product_id, came in _list_stored(session, window, left.keys()).items():
        rest, stands = left[product_id], here.get(product_id, 0)
        for at, units in came:
            kept = min(stands, units)
            stands -= kept
            timed += _pair(at, units - kept, rest)
    return timed


def _pair(came: datetime, units: int, left: list[tuple[datetime, int]]) -> _Timed:
    """Units that came then with the latest that left and are not paired yet (the last of the list)."""
    timed: _Timed = []
    while units and left:
        at, gone = left.pop()
        taken = min(units, gone)
        if gone > taken:
            left.append((at, gone - taken))
        if at >= came:
            timed.append((_between(came, at), taken))
        units -= taken
    return timed


def _list_shipped(session: Session, window: _Window, crossed: Iterable[_Row]) -> dict[int, list[tuple[datetime, int]]]:
    """By product: when units left that did not go through a lane, the earliest first."""
    less: dict[tuple[int, datetime], int] = defaultdict(int)
    for row in crossed:
        less[row.product_id, row.left] += row.qty
    rows = session.execute(
        select(Movement.product_id, Movement.at, func.sum(Movement.qty).label("units"))
        .where(Movement.reason == "ship", Movement.at >= window.since)
        .group_by(Movement.product_id, Movement.at)
        .order_by(Movement.at)
    )
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row in rows:
        units = int(row.units) - less[row.product_id, row.at]
        if units > 0:
            found[row.product_id].append((row.at, units))
    return found


def _count_here(session: Session, product_ids: Iterable[int]) -> dict[int, int]:
    """Good units in the house, but for those in lanes, by product."""
    rows = session.execute(
        select(Stock.product_id, func.sum(Stock.on_hand))
        .join(Location, Location.id == Stock.location_id)
        .where(is_among(session.connection(), Stock.product_id, list(product_ids)), Stock.on_hand > 0,
               Stock.condition == "good", Location.is_virtual == False, Location.kind != "lane")
        .group_by(Stock.product_id)
    )  # fmt: skip
    return {row[0]: int(row[1]) for row in rows}


def _list_stored(session: Session, window: _Window,
                 product_ids: Iterable[int]) -> dict[int, list[tuple[datetime, int]]]:  # fmt: skip
    """By product: what came in and went to a bin, the latest first."""
    since = min(window.since, window.now - _LOOK_BACK)
    laned = (
        select(func.coalesce(func.sum(Peg.qty), 0))
        .where(Peg.receipt_line_id == ReceiptLine.id, Peg.state.in_(("arrived", *_CROSSED)))
        .correlate(ReceiptLine)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ReceiptLine.product_id, ReceiptLine.at, (ReceiptLine.qty - laned).label("units"))
        .where(ReceiptLine.at >= since, ReceiptLine.condition == "good", ReceiptLine.state == "received",
               is_among(session.connection(), ReceiptLine.product_id, list(product_ids)))
        .order_by(ReceiptLine.at.desc(), ReceiptLine.id.desc())
    )  # fmt: skip
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for row in rows:
        if row.units > 0:
            found[row.product_id].append((row.at, int(row.units)))
    return found


def _between(came: datetime, left: datetime) -> int:
    return int((left - came).total_seconds()) // _MINUTE


def _sum_up(timed: _Timed) -> Minutes:
    """Median and P90 over units, by the nearest rank."""
    units = sum(qty for _, qty in timed)
    if not units:
        return Minutes(units=0, median=None, p90=None)
    ordered = sorted(timed)
    return Minutes(units=units, median=_at_share(ordered, units, 0.5), p90=_at_share(ordered, units, _NINE_IN_TEN))


def _at_share(ordered: _Timed, units: int, share: float) -> int:
    rank, seen = -(-units * int(share * 100) // 100), 0
    for minutes, qty in ordered:
        seen += qty
        if seen >= rank:
            return minutes
    return ordered[-1][0]
