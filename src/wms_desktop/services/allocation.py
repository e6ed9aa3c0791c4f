"""Reserves the free stock of the bins for open orders: set-based reads, a pure decision, one bulk write."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Lot, Order, OrderLine, Stock
from wms_desktop.domain import allocation
from wms_desktop.domain.allocation import Allotment, Need, Supply, Want
from wms_desktop.domain.demand import full_key, urgency_of
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import inventory, site_time
from wms_desktop.services.dialogue import Context

_OPEN = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An open line that got nothing, or not all: so many units are missing, and the code of the reason."""

    order_id: int
    line_id: int
    product_id: int
    missing: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """What one run did: units and lines that are reserved now, orders touched, and who still waits, with why."""

    units: int
    lines: int
    orders: int
    waiting: tuple[Waiting, ...]


def allocate(session: Session, context: Context, *, horizon: timedelta | None = None,
             product_ids: Sequence[int] | None = None) -> Allocated:  # fmt: skip
    """Reserves what is free in the bins for open lines, in the stated order of demand.

    Left out: orders on hold, before their release day, or leaving later than ``horizon`` from now (None: no limit).
    ``product_ids`` narrows the run to lines of these products (ship-complete orders are then left out, because
    they are judged as a whole). A second run without news changes nothing. The command becomes final.
    """
    today = site_time.today(session, context.at)
    which = _open_lines(session, context, horizon, product_ids)
    # Stock rows are locked before lines, as every pick does: the triggers of a reservation go the same way.
    wanted = set(session.scalars(select(OrderLine.product_id).join(Order).where(*which).distinct()))
    stocks = _list_free(session, wanted) if wanted else []
    held = _held_in_bins(session, wanted) if wanted else {}
    orders, lines = _list_open(session, which)
    needs = _needs(orders, lines, context.at, today)
    decision = allocation.share(needs, [_supply(row) for row in stocks], today, held)
    inventory.hold_many(
        session, [(one.stock_id, one.line_id, one.qty, reason_text(one.why)) for one in decision.shares]
    )
    _count_passed_over(session, decision, orders, lines)
    return _report(decision, lines)


def reason_text(why: Sequence[str]) -> str:
    """The reason of a reservation as it is stored: short JSON of a code and what fills its sentence."""
    return json.dumps(list(why), ensure_ascii=False, separators=(",", ":"))


def reason_message(reason: str) -> Message:
    """The sentence of a stored reason; what other workflows wrote there is shown as it is."""
    try:
        code, *args = json.loads(reason)
    except (ValueError, TypeError):
        return Message("why.plain", {"text": reason})
    if code == "fefo" and len(args) == 2:
        return Message("why.fefo", {"lot": args[0], "expiry": args[1]})
    if code in ("one_bin", "several_bins", "short_elsewhere", "short_dock") and len(args) == 1:
        return Message(f"why.{code}", {"bin": args[0]})
    return Message("why.plain", {"text": reason})


def list_free(session: Session, product_id: int, kinds: Sequence[str]) -> Sequence[Row[Any]]:
    """Free good stock of a product at places of these kinds, locked: stock_id, free, place, its point, lot, expiry."""
    return session.execute(_free_stock(Stock.product_id == product_id, kinds)).all()


def _open_lines(session: Session, context: Context, horizon: timedelta | None,
                product_ids: Sequence[int] | None) -> list[ColumnElement[bool]]:  # fmt: skip
    today = site_time.today(session, context.at)
    which: list[ColumnElement[bool]] = [
        OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved,
        Order.is_held == False,
        or_(Order.release_on.is_(None), Order.release_on <= today),
    ]
    if horizon is not None:
        which.append(Order.leave_by <= context.at + horizon)
    if product_ids is not None:
        which += [OrderLine.product_id.in_(product_ids), Order.ship_complete == False]
    return which


def _list_open(session: Session, which: Sequence[ColumnElement[bool]]) -> tuple[Sequence[Any], Sequence[Any]]:
    """The orders with open lines, and these lines, locked."""
    lines = session.execute(
        select(OrderLine.id, OrderLine.order_id, OrderLine.product_id, _OPEN.label("open"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(*which)
        .order_by(OrderLine.order_id, OrderLine.line_no)
        .with_for_update(of=OrderLine)
    ).all()
    some = select(OrderLine.order_id).join(Order).where(*which)
    orders = session.execute(
        select(
            Order.id, Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class, Order.placed_at,
            Order.passed_over, Order.ship_complete,
        ).where(Order.id.in_(some))
    ).all()  # fmt: skip
    return orders, lines


def _list_free(session: Session, product_ids: Iterable[int]) -> Sequence[Row[Any]]:
    """Free good stock in bins of the products that somebody waits for (every product, where they are many)."""
    ids = sorted(product_ids)
    which = Stock.product_id.in_(ids) if len(ids) <= 500 else Stock.product_id > 0
    wanted = set(ids)
    rows = session.execute(_free_stock(which, ("bin",))).all()
    return [row for row in rows if row.product_id in wanted]


def _free_stock(which: ColumnElement[bool], kinds: Sequence[str]) -> Any:
    return (
        select(
            Stock.id.label("stock_id"),
            Stock.product_id,
            Stock.lot_id,
            (Stock.on_hand - Stock.reserved).label("free"),
            Location.id.label("location_id"),
            Location.code.label("place"),
            Location.kind,
            Location.aisle,
            Location.x_mm,
            Location.y_mm,
            Location.walk_seq,
            Lot.code.label("lot"),
            Lot.expiry,
        )
        .join(Location, Location.id == Stock.location_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(which, Stock.condition == "good", Stock.on_hand > Stock.reserved, Location.kind.in_(kinds))
        .order_by(Stock.id)
        .with_for_update(of=Stock)
    )


def _held_in_bins(session: Session, wanted: set[int]) -> Mapping[int, int]:
    rows = session.execute(
        select(Stock.product_id, func.sum(Stock.reserved).label("held"))
        .join(Location, Location.id == Stock.location_id)
        .where(Location.kind == "bin", Stock.reserved > 0)
        .group_by(Stock.product_id)
    )
    return {row.product_id: int(row.held) for row in rows if row.product_id in wanted}


def _needs(orders: Sequence[Row[Any]], lines: Sequence[Row[Any]], now: datetime, today: Any) -> list[Need]:
    wants = {
        order_id: tuple(Want(line.id, line.product_id, line.open) for line in group)
        for order_id, group in groupby(lines, key=lambda line: line.order_id)
    }
    ranked = sorted(
        (order for order in orders if order.id in wants),
        key=lambda order: full_key(urgency_of(order, order.id), now, today),
    )
    return [Need(order_id=order.id, ship_complete=order.ship_complete, wants=wants[order.id]) for order in ranked]


def _supply(row: Row[Any]) -> Supply:
    return Supply(
        stock_id=row.stock_id,
        product_id=row.product_id,
        free=row.free,
        bin=row.place,
        walk_seq=row.walk_seq,
        lot=row.lot,
        expiry=row.expiry,
    )


def _count_passed_over(
    session: Session, decision: Allotment, orders: Sequence[Row[Any]], lines: Sequence[Row[Any]]
) -> None:
    """An order passed over three times comes first in its rank; one that is served begins anew."""
    served_lines = {one.line_id for one in decision.shares}
    served = {line.order_id for line in lines if line.id in served_lines}
    passed = set(decision.passed_over)
    counts = [
        {"order": order.id, "times": order.passed_over + 1 if order.id in passed else 0}
        for order in orders
        if order.id in passed or (order.id in served and order.passed_over)
    ]
    if counts:
        session.connection().execute(
            update(Order).where(Order.id == bindparam("order")).values(passed_over=bindparam("times")), counts
        )


def _report(decision: Allotment, lines: Sequence[Row[Any]]) -> Allocated:
    by_line = {line.id: line for line in lines}
    served = {one.line_id for one in decision.shares}
    return Allocated(
        units=sum(one.qty for one in decision.shares),
        lines=len(served),
        orders=len({by_line[line_id].order_id for line_id in served}),
        waiting=tuple(
            Waiting(
                order_id=by_line[one.line_id].order_id,
                line_id=one.line_id,
                product_id=by_line[one.line_id].product_id,
                missing=one.qty,
                why=one.why,
            )
            for one in decision.unmet
        ),
    )


def waiting_message(waiting: Waiting) -> Message:
    """The sentence that says why a line waits."""
    args: dict[str, Value] = {"qty": waiting.missing}
    return Message(f"waits.{waiting.why}", args)
