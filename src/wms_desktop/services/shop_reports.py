"""What the shop is told: what may be sold and from which day, and what became of every order. Two tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    BackorderMode,
    Cancellation,
    Carton,
    Movement,
    Order,
    OrderLine,
    Product,
)
from wms_desktop.domain.csv_text import Cell
from wms_desktop.domain.promises import Left, Outlook, leftovers
from wms_desktop.domain.states import Split
from wms_desktop.services import first_promises, modes, outlooks, settings, site_time, states
from wms_desktop.services.outlooks import IS_OWED
from wms_desktop.views.backlog import STATES

AVAILABILITY = (
    "sku", "in_stock", "sellable", "sell_as_in_stock", "available_from", "available_latest", "rule", "backorders",
    "backorder_limit", "extra_days", "mode_reason", "as_of",
)  # fmt: skip
ORDER_STATUS = (
    "order", "line", "sku", "state", "units", "expected", "expected_latest", "promise", "reason", "day", "parcels",
    "sent_instead", "as_of",
)  # fmt: skip
_HERE = ("ready", "in_work")
_NONE: Split = (0, 0, 0, 0, 0, 0)
TOLD_FOR = timedelta(days=30)
"""What was shipped or cancelled is told for so long after."""


@dataclass(frozen=True, slots=True)
class Report:
    """A table: its file's name, its columns and rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def availability(session: Session, now: datetime) -> Report:
    """What may be sold of every product, and when one more unit could leave; by sku. Columns: docs/shop-exports.md.

    Inbounds that are likely to come inside the ship window count as stock; units that wait and safety stock do not.
    A kit counts what its parts make up.
    """
    products = session.execute(
        select(Product.id, Product.sku, Product.backorders, Product.backorder_limit, Product.release_on).order_by(
            Product.sku
        )
    ).all()
    outlook = outlooks.build(session, now, outlooks.list_lines(session, IS_OWED), {row.id for row in products})
    window = outlook.today + timedelta(days=settings.get_int(session, "ship_window_days"))
    soonest, latest = leftovers(outlook), leftovers(outlook, is_late=True)
    days = first_promises.next_days(session, now, {row.id: row.release_on for row in products})
    extra = modes.extra_days(session, {row.id for row in products})
    reasons = _reasons(session)
    rows = []
    for row in products:
        here = _count(outlook, soonest, row.id, None)
        sellable = _count(outlook, soonest, row.id, window)
        if row.release_on is not None and row.release_on > outlook.today:
            here, sellable = 0, 0 if row.release_on > window else sellable
        day, rule = days[row.id]
        last = _first_day(outlook, latest, row.id)
        late = None if last is None else max(day, last + timedelta(days=extra.get(row.id, 0)))
        rows.append((
            row.sku, here, sellable, int(sellable > 0), day, late, rule, row.backorders, row.backorder_limit,
            extra.get(row.id, 0), reasons.get(row.id) or (reasons.get(None, "") if extra.get(row.id) else ""), now,
        ))  # fmt: skip
    return Report("availability.csv", AVAILABILITY, tuple(rows))


def order_status(session: Session, now: datetime) -> Report:
    """What became of every unit of the orders that are open, or that changed in the last thirty days; by order.

    One row for each state of a line's units: the open ones, shipped with its parcels, cancelled with reason and day
    (one row for each time), replaced with what is sent instead. The units of a line add up to what was ordered.
    """
    reading = states.read(session, now)
    since = now - TOLD_FOR
    zone = site_time.zone_of(session)
    lines = session.execute(_told(since)).all()
    ids = _told(since).with_only_columns(OrderLine.id).order_by(None)
    shipped, cancelled = _list_shipped(session, since, ids), _list_cancelled(session, ids)
    instead = _list_instead(session, ids)
    rows: list[tuple[Cell, ...]] = []
    for line in lines:
        head = (line.number, line.line_no, line.sku)
        promise = line.line_promise or line.promise
        by_state = reading.by_state.get(line.id, _NONE)
        leaves = max(line.leave_by.astimezone(zone).date(), reading.today)
        for state, units in zip(STATES, by_state, strict=True):
            if units:
                is_here = line.eta is None and state in _HERE
                days = (leaves, leaves) if is_here else (line.eta, line.eta_late)
                rows.append((*head, state, units, *days, promise, "", None, "", "", now))
        if line.shipped:
            parcels, last = shipped.get(line.id, ((), None))
            rows.append((*head, "shipped", line.shipped, None, None, promise, "", last, ";".join(parcels), "", now))
        told = 0
        for qty, reason, at in cancelled.get(line.id, ()):
            told += qty
            day = site_time.today(session, at)
            rows.append((*head, "cancelled", qty, None, None, promise, reason, day, "", "", now))
        if line.cancelled > told + line.replaced:
            rest = line.cancelled - told - line.replaced
            rows.append((*head, "cancelled", rest, None, None, promise, "", None, "", "", now))
        if line.replaced:
            other = ";".join(instead.get(line.id, ()))
            rows.append((*head, "replaced", line.replaced, None, None, promise, "", None, "", other, now))
    return Report("order-status.csv", ORDER_STATUS, tuple(rows))


def _count(outlook: Outlook, left: Mapping[int, Sequence[Left]], product_id: int, window: date | None) -> int:
    """Units that nobody waits for, in the house (``window`` None) or by the window's last day; of a kit, with parts."""
    handling = timedelta(days=outlook.handling_days)
    own = sum(
        one.units
        for one in left.get(product_id, ())
        if one.inbound_id is None or (window is not None and one.day + handling <= window)
    )
    parts = outlook.kits.get(product_id, ())
    return own + (min(_count(outlook, left, part, window) // qty for part, qty in parts) if parts else 0)


def _first_day(outlook: Outlook, left: Mapping[int, Sequence[Left]], product_id: int) -> date | None:
    """When the first unit that nobody waits for could leave."""
    handling = timedelta(days=outlook.handling_days)
    for one in left.get(product_id, ()):
        return one.day if one.inbound_id is None else one.day + handling
    parts = outlook.kits.get(product_id, ())
    days = [_first_day(outlook, left, part) for part, _ in parts]
    return max((day for day in days if day is not None), default=None) if None not in days else None


def _reasons(session: Session) -> dict[int | None, str]:
    rows = session.execute(
        select(BackorderMode.product_id, BackorderMode.reason)
        .where(BackorderMode.until.is_(None))
        .order_by(BackorderMode.id)
    )
    return {row.product_id: row.reason for row in rows}


def _told(since: datetime) -> Select[*tuple[Any, ...]]:
    """The lines of orders that are open, or of which something was shipped or cancelled since then."""
    their: ColumnElement[bool] = or_(
        Order.id.in_(select(OrderLine.order_id).where(IS_OWED)),
        Order.id.in_(
            select(OrderLine.order_id)
            .join(Movement, Movement.order_line_id == OrderLine.id)
            .where(Movement.reason == "ship", Movement.at >= since)
        ),
        Order.id.in_(
            select(OrderLine.order_id)
            .join(Cancellation, Cancellation.order_line_id == OrderLine.id)
            .where(Cancellation.at >= since)
        ),
    )
    return (
        select(
            OrderLine.id, OrderLine.line_no, OrderLine.cancelled, OrderLine.shipped, OrderLine.replaced,
            OrderLine.eta, OrderLine.eta_late, OrderLine.promise.label("line_promise"), Order.number, Order.promise,
            Order.leave_by, Product.sku,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(their)
        .order_by(Order.number, OrderLine.line_no)
    )  # fmt: skip


def _list_shipped(session: Session, since: datetime, ids: Select[*tuple[Any, ...]]
                  ) -> dict[int, tuple[tuple[str, ...], date]]:  # fmt: skip
    """The parcels that carried units of each line, and the day of the last; of older ones the parcels are not told."""
    rows = session.execute(
        select(Movement.order_line_id, Carton.sscc, func.max(Movement.at, type_=Movement.at.type).label("at"))
        .outerjoin(Carton, Carton.plate_id == Movement.from_plate_id)
        .where(Movement.reason == "ship", Movement.at >= since, Movement.order_line_id.in_(ids))
        .group_by(Movement.order_line_id, Carton.sscc)
        .order_by(Movement.order_line_id, Carton.sscc)
    )
    parcels: dict[int, list[str]] = defaultdict(list)
    last: dict[int, date] = {}
    for line_id, sscc, at in rows:
        if line_id is None:
            continue
        parcels[line_id] += [sscc] if sscc else []
        day = site_time.today(session, at)
        last[line_id] = max(day, last.get(line_id, day))
    return {line_id: (tuple(found), last[line_id]) for line_id, found in parcels.items()}


def _list_cancelled(session: Session, ids: Select[*tuple[Any, ...]]) -> dict[int, list[tuple[int, str, datetime]]]:
    rows = session.execute(
        select(Cancellation.order_line_id, Cancellation.qty, Cancellation.reason, Cancellation.at)
        .where(Cancellation.order_line_id.in_(ids))
        .order_by(Cancellation.id)
    )
    found: dict[int, list[tuple[int, str, datetime]]] = defaultdict(list)
    for line_id, qty, reason, at in rows:
        found[line_id].append((qty, reason, at))
    return found


def _list_instead(session: Session, ids: Select[*tuple[Any, ...]]) -> dict[int, list[str]]:
    """What is sent instead of a line's replaced units: sku*units."""
    rows = session.execute(
        select(OrderLine.replaces_id, Product.sku, OrderLine.ordered - OrderLine.cancelled)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.replaces_id.is_not(None), OrderLine.replaces_id.in_(ids))
        .order_by(OrderLine.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for line_id, sku, units in rows:
        found[line_id or 0].append(f"{sku}*{units}")
    return found
