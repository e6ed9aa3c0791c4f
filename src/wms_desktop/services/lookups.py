"""What desks and maps read: open batches, the walk of a batch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Batch,
    BatchOrder,
    Location,
    Operator,
    Pick,
    Stock,
)

# Stated until the house's own rates are measured: seconds to take one pick, millimetres walked in a second.
SECONDS_A_PICK = 15
MM_A_SECOND = 1200
_RACK_DEPTH_MM = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRow:
    """One open batch; instants are UTC, ``metres`` its tour, ``predicted_at`` from the stated rates."""

    batch_id: int
    number: str
    state: str
    picker: str
    picker_id: int
    cart: str
    picks_done: int
    picks_total: int
    orders: int
    metres: int
    started_at: datetime | None
    due_at: datetime | None
    predicted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TourStop:
    """One bin of a walk; millimetres from the house's corner."""

    bin: str
    x: int
    y: int
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TourView:
    """A walk as drawn: racks as (x, y, width, depth), the path's corners, the stops in walking order."""

    racks: tuple[tuple[int, int, int, int], ...]
    path: tuple[tuple[int, int], ...]
    stops: tuple[TourStop, ...]


def list_batches(session: Session, now: datetime) -> list[BatchRow]:
    """Open batches, the most urgent first."""
    total = func.count(Pick.id)
    done = func.sum(_one_if(Pick.state != "todo"))
    picks = (
        select(Pick.batch_id, total.label("total"), done.label("done"))
        .where(Pick.state != "cancelled")
        .group_by(Pick.batch_id)
        .subquery()
    )
    orders = select(BatchOrder.batch_id, func.count().label("orders")).group_by(BatchOrder.batch_id).subquery()
    rows = session.execute(
        select(Batch, Operator.name, Location.code, picks.c.total, picks.c.done, orders.c.orders)
        .outerjoin(Operator, Operator.id == Batch.operator_id)
        .outerjoin(Location, Location.id == Batch.cart_id)
        .outerjoin(picks, picks.c.batch_id == Batch.id)
        .outerjoin(orders, orders.c.batch_id == Batch.id)
        .where(Batch.state.in_(("released", "running", "picked")))
        .order_by(Batch.leave_by, Batch.id)
    )
    return [_batch_row(row, now) for row in rows]


def find_tour(session: Session, number: str) -> TourView | None:
    """The walk of a batch by its number, None when there is no such batch or nothing to draw."""
    batch = session.scalars(select(Batch).where(Batch.number == number)).one_or_none()
    if batch is None or len(path := json.loads(batch.tour)) < 2:
        return None
    stops: dict[str, TourStop] = {}
    rows = session.execute(
        select(Location.code, Location.x_mm, Location.y_mm, Pick.state)
        .join(Stock, Stock.id == Pick.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .where(Pick.batch_id == batch.id, Pick.state != "cancelled")
        .order_by(Pick.seq, Pick.id)
    )
    for row in rows:
        done = row.state != "todo" and (row.code not in stops or stops[row.code].is_done)
        stops[row.code] = TourStop(bin=row.code, x=row.x_mm, y=row.y_mm, is_done=done)
    return TourView(racks=list_racks(session), path=tuple((x, y) for x, y in path), stops=tuple(stops.values()))


def _one_if(condition: Any) -> Any:
    return case((condition, 1), else_=0)


def _batch_row(row: Row[*tuple[Any, ...]], now: datetime) -> BatchRow:
    batch: Batch = row.Batch
    total, done = int(row.total or 0), int(row.done or 0)
    left = total - done
    share = left / total if total else 0.0
    seconds = left * SECONDS_A_PICK + batch.metres * 1000 * share / MM_A_SECOND
    started = batch.state in ("running", "picked")
    state = {"running": "started", "picked": "picked"}.get(batch.state, "assigned" if batch.operator_id else "new")
    return BatchRow(
        batch_id=batch.id,
        number=batch.number,
        state=state,
        picker=row.name or "",
        picker_id=batch.operator_id or 0,
        cart=row.code or "",
        picks_done=done,
        picks_total=total,
        orders=int(row.orders or 0),
        metres=batch.metres,
        started_at=batch.started_at,
        due_at=batch.leave_by,
        predicted_at=now + timedelta(seconds=seconds) if started else None,
    )


def list_racks(session: Session) -> tuple[tuple[int, int, int, int], ...]:
    """The racks on both sides of each aisle, a piece per unbroken run of bays."""
    points = session.execute(
        select(Location.aisle, Location.x_mm, Location.y_mm)
        .where(Location.kind == "bin", Location.aisle.is_not(None))
        .distinct()
        .order_by(Location.aisle, Location.x_mm, Location.y_mm)  # as their index has them: nothing is sorted
    )
    by_aisle: dict[int, set[int]] = {}
    for _, x, y in points:
        by_aisle.setdefault(x, set()).add(y)
    racks = []
    for x, ys in sorted(by_aisle.items()):
        for low, high in _runs(sorted(ys)):
            racks += [
                (x - 2 * _RACK_DEPTH_MM, low, _RACK_DEPTH_MM, high - low),
                (x + _RACK_DEPTH_MM, low, _RACK_DEPTH_MM, high - low),
            ]
    return tuple(racks)


def _runs(ys: Sequence[int]) -> list[tuple[int, int]]:
    """Stretches of bays with no cross-aisle between them, widened by half a bay at both ends."""
    bay = min((b - a for a, b in pairwise(ys)), default=1200)
    runs: list[tuple[int, int]] = []
    first = before = ys[0]
    for y in [*ys[1:], ys[-1] + 10 * bay]:
        if y - before > 2 * bay:
            runs.append((first - bay // 2, before + bay // 2))
            first = y
        before = y
    return runs
