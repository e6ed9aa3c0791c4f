"""What cross-docking has come to: its share of what came in, how soon it left, what was declined and walked back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery, OrderLine, Peg, ReceiptLine
from wms_desktop.services import flow, site_time
from wms_desktop.services.dock_figures.passages import Passage, list_crossed, list_through_bins
from wms_desktop.services.dock_figures.window import DAYS, DECLINED, KINDS, WALKED, Window, look_back, of_walks
from wms_desktop.views.dock import Count, DockDay, DockFigures, Minutes

_NINE_IN_TEN = 0.9
_QUARTER_S = 15 * 60


def figures(session: Session, now: datetime, days: int = DAYS) -> DockFigures:
    """The figures of the last ``days`` site-local days, today included; see `views.dock.DockFigures`.

    Everything but the minutes is of the goods received on these days, the minutes of what was shipped on them. Raises
    BadInput `dock.no_days` unless ``days`` is 1 to 366.
    """
    window = look_back(session, now, days)
    received, received_lines = _received(session, window)
    crossed = session.execute(
        select(func.sum(Peg.qty), func.count(OrderLine.id.distinct()), func.count(OrderLine.order_id.distinct()))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(*window.crossed())
    ).one()
    on_time, late, missed = _deliveries(session, window)
    lanes, bins = _minutes(session, window)
    return DockFigures(
        at=now,
        days=days,
        first=window.first,
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


def _received(session: Session, window: Window) -> tuple[int, int]:
    row = session.execute(select(func.sum(ReceiptLine.qty), func.count()).where(*window.good())).one()
    return int(row[0] or 0), row[1]


def _verdicts(session: Session, window: Window) -> int:
    """Receiving scans of good goods that somebody waited for, whatever became of it."""
    found = session.scalar(
        select(func.count(ReceiptLine.id.distinct()))
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .where(*window.good(), *window.tied())
    )
    return found or 0


def _kinds(session: Session, window: Window) -> tuple[Count, ...]:
    rows = session.execute(
        select(Peg.kind, func.sum(Peg.qty), func.count())
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(*window.crossed())
        .group_by(Peg.kind)
    )
    found = {kind: (int(units), pegs) for kind, units, pegs in rows}
    return tuple(Count(key=kind, units=found.get(kind, (0, 0))[0], pegs=found.get(kind, (0, 0))[1]) for kind in KINDS)


def _declines(session: Session, window: Window) -> tuple[Count, ...]:
    rows = session.execute(
        select(Peg.why, func.sum(Peg.qty), func.count())
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(*window.declined())
        .group_by(Peg.why)
    )
    found = [Count(key=why.removeprefix(DECLINED), units=int(units), pegs=pegs) for why, units, pegs in rows]
    return tuple(sorted(found, key=lambda one: (-one.units, one.key)))


def _walked_back(session: Session, window: Window) -> int:
    return int(session.scalar(of_walks(select(func.sum(WALKED)), window)) or 0)


def _deliveries(session: Session, window: Window) -> tuple[int, int, int]:
    """Trucks whose window closed on these days: in time, late, never came."""
    came = Delivery.checked_in_at.is_not(None)
    row = session.execute(
        select(
            func.sum(case((came & (Delivery.checked_in_at <= Delivery.closes_at), 1), else_=0)),
            func.sum(case((came & (Delivery.checked_in_at > Delivery.closes_at), 1), else_=0)),
            func.sum(case((Delivery.state == "missed", 1), else_=0)),
        ).where(*window.due())
    ).one()
    return int(row[0] or 0), int(row[1] or 0), int(row[2] or 0)


def _by_day(session: Session, window: Window, days: int) -> tuple[DockDay, ...]:
    zone = site_time.zone_of(session)
    at = flow.quarter(ReceiptLine.at)
    crossed = (
        select(at.label("at"), func.sum(Peg.qty).label("units"))
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .where(*window.crossed())
        .group_by(at)
    )
    came = select(at.label("at"), func.sum(ReceiptLine.qty).label("units")).where(*window.good()).group_by(at)
    sums: list[dict[date, int]] = []
    for query in (came, crossed):
        mine: dict[date, int] = defaultdict(int)
        for row in session.connection().execute(query):
            mine[datetime.fromtimestamp(row.at * _QUARTER_S, zone).date()] += int(row.units)
        sums.append(mine)
    listed = [window.first + timedelta(days=number) for number in range(days)]
    return tuple(DockDay(day=day, received=sums[0].get(day, 0), crossed=sums[1].get(day, 0)) for day in listed)


# --- from the receiving scan to the truck ---------------------------------------------------------------------------


def _minutes(session: Session, window: Window) -> tuple[Minutes, Minutes]:
    """How long units took that left on these days: through a lane, and through a bin."""
    crossed = list_crossed(session, window)
    return sum_up(crossed), sum_up(list_through_bins(session, window, crossed))


def sum_up(passages: Iterable[Passage]) -> Minutes:
    """Median and P90 over units, by the nearest rank."""
    timed = sorted((one.minutes, one.units) for one in passages)
    units = sum(qty for _, qty in timed)
    if not units:
        return Minutes(units=0, median=None, p90=None)
    return Minutes(units=units, median=_at_share(timed, units, 0.5), p90=_at_share(timed, units, _NINE_IN_TEN))


def _at_share(ordered: list[tuple[int, int]], units: int, share: float) -> int:
    rank, seen = -(-units * int(share * 100) // 100), 0
    for minutes, qty in ordered:
        seen += qty
        if seen >= rank:
            return minutes
    return ordered[-1][0]
