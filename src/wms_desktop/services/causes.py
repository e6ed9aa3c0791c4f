"""Causes of delay: proposed for every line that is late or waits, and what somebody knows better."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Text, case, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    BackorderMode,
    Carton,
    CountTask,
    Order,
    OrderLine,
    PromiseChange,
    PurchaseLine,
    PurchaseOrder,
    Reservation,
    Stock,
)
from wms_desktop.domain.delays import Case, Facts, cause_of
from wms_desktop.domain.promises import SLIPPED
from wms_desktop.errors import BadInput
from wms_desktop.prompts import Message
from wms_desktop.services import order_log, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.inventory import ON_PLATE
from wms_desktop.services.outlooks import IS_OWED, IS_WAITING, WAITING
from wms_desktop.views.backlog import CAUSES

_WEEK = timedelta(days=7)
_WEEKS_BEFORE = 4
_SPIKE = 1.5


def propose(session: Session, now: datetime, line_ids: Collection[int] | None = None) -> Mapping[int, str]:
    """The cause of every open line that is late or waits (by line id); the others are not in it.

    What somebody set goes before the proposal. ``line_ids`` narrows it. Some ten statements, however many lines.
    """
    cases = _list_cases(session, line_ids)
    facts = read_facts(session, now)
    found = ((case.line_id, cause_of(case, facts)) for case in cases)
    return {line_id: cause for line_id, cause in found if cause}


def explain(cases: Iterable[Case], facts: Facts) -> dict[int, str]:
    """The causes of lines that were read already, as `propose` gives them."""
    found = ((case.line_id, cause_of(case, facts)) for case in cases)
    return {line_id: cause for line_id, cause in found if cause}


def set_cause(session: Session, context: Context, line_ids: Sequence[int], cause: str) -> Message:
    """Writes down why these lines are late ("": the proposal holds again), in each order's story too.

    Raises BadInput `promises.no_cause` for an unknown one, `promises.no_lines` when none is given.
    """
    if cause not in CAUSES:
        raise BadInput("promises.no_cause", cause=cause)
    lines = [
        line
        for part in in_pieces(set(line_ids))
        for line in session.scalars(select(OrderLine).where(OrderLine.id.in_(part)).order_by(OrderLine.id))
    ]
    if not lines or len(lines) < len(set(line_ids)):
        raise BadInput("promises.no_lines")
    for line in lines:
        line.cause = cause
        said: dict[str, str | int] = {"line": line.line_no, "cause": f"cause.{cause}"}
        order_log.note(
            session, context, line.order_id, "event.cause" if cause else "event.cause_cleared", said, line.id
        )
    session.flush()
    if not cause:
        return Message("promises.cause_cleared", {"lines": len(lines)})
    return Message("promises.cause_set", {"lines": len(lines), "cause": f"cause.{cause}"})


def read_facts(session: Session, now: datetime, cases: Sequence[Case] | None = None) -> Facts:
    """What the house knows that explains delays: seven statements, and one more when it comes to a rise of demand.

    ``cases`` narrows it to what explains these lines; without, it is everything that explains any.
    """
    today = site_time.today(session, now)
    products = None if cases is None else sorted({one.product_id for one in cases})
    lines = None if cases is None else sorted({one.line_id for one in cases})
    late_purchases, late_products, coming = _list_purchases(session, today, products)
    return Facts(
        now=now,
        today=today,
        late_purchases=late_purchases,
        late_products=late_products,
        coming=coming,
        differences=_list_differences(session, products),
        spikes=_Spikes(session, now),
        modes=_list_modes(session),
        packed=_list_packed(session, lines),
        slips=_list_slips(session, lines),
    )


def _list_cases(session: Session, line_ids: Collection[int] | None) -> list[Case]:
    """The open lines; their days are read as text, which is several times faster where many say the same few days."""
    days = [type_coerce(column, Text) for column in (OrderLine.release_on, OrderLine.first_promise,
                                                     OrderLine.promise, OrderLine.eta)]  # fmt: skip
    query = select(
        OrderLine.id, OrderLine.order_id, OrderLine.product_id, WAITING, type_coerce(OrderLine.made_to_order, Integer),
        OrderLine.made_by_id, OrderLine.eta_from_id, OrderLine.cause, *days,
    ).where(IS_OWED)  # fmt: skip
    heads = select(Order.id, Order.is_held, Order.release_on, Order.leave_by, Order.promise)
    connection = session.connection()
    if line_ids is None:
        orders = connection.execute(heads.where(Order.id.in_(select(OrderLine.order_id).where(IS_OWED)))).all()
        rows = connection.execute(query).all()
    else:
        rows = [row for part in in_pieces(line_ids) for row in connection.execute(query.where(OrderLine.id.in_(part)))]
        ids = {row[1] for row in rows}
        orders = [row for part in in_pieces(ids) for row in connection.execute(heads.where(Order.id.in_(part)))]
    known = {row[0]: tuple(row) for row in orders}
    return [_case(tuple(row), known[row[1]]) for row in rows]


def _case(line: tuple[Any, ...], order: tuple[Any, ...]) -> Case:
    line_id, _, product_id, short, is_made, made_by_id, eta_from_id, cause, release, first, promise, eta = line
    _, is_held, release_on, leave_by, order_promise = order
    if release:
        release_on = max(day_of(release), release_on or date.min)
    now = day_of(promise) if promise else order_promise
    return Case(
        line_id, product_id, short, is_held, release_on, bool(is_made), made_by_id, leave_by,
        day_of(first) if first else now, now, day_of(eta) if eta else None, eta_from_id, cause,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def day_of(text: str) -> date:
    """A day from its ISO text."""
    return date.fromisoformat(text)


def _list_purchases(
    session: Session, today: date, products: Sequence[int] | None
) -> tuple[set[int], set[int], set[int]]:
    """Purchase lines still due that were moved later or are overdue, their products, and all products due."""
    is_late = case((or_(PurchaseOrder.due < today, PurchaseOrder.due > PurchaseOrder.first_due), 1), else_=0)
    query = (
        select(PurchaseLine.id, PurchaseLine.product_id, is_late.label("is_late"))
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PurchaseLine.received < PurchaseLine.ordered, PurchaseOrder.state == "open")
    )
    rows = [
        row for which in _narrowed(PurchaseLine.product_id, products) for row in session.execute(query.where(which))
    ]
    late = [row for row in rows if row.is_late]
    return {row.id for row in late}, {row.product_id for row in late}, {row.product_id for row in rows}


def _list_differences(session: Session, products: Sequence[int] | None) -> set[int]:
    """Products that somebody waits for with an open count that found less, or with missing units on the book."""
    counts = select(CountTask.product_id).where(CountTask.state == "open", CountTask.found < CountTask.expected)
    waiting = select(OrderLine.product_id).where(IS_WAITING)
    missing = select(Stock.product_id).where(Stock.condition == "missing", Stock.on_hand > 0)
    found = set(session.scalars(counts))
    for which in [Stock.product_id.in_(waiting)] if products is None else _narrowed(Stock.product_id, products):
        found.update(session.scalars(missing.where(which)))
    return found


class _Spikes:
    """Products ordered half as much again in the last week as in an average one of the four before.

    Read when somebody asks, because it is the one fact that takes a look at the history.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._now = now
        self._products: set[int] | None = None

    def __contains__(self, product_id: object) -> bool:
        if self._products is None:
            self._products = self._read()
        return product_id in self._products

    def _read(self) -> set[int]:
        recent = case((Order.placed_at > self._now - _WEEK, OrderLine.ordered), else_=0)
        rows = self._session.execute(
            select(OrderLine.product_id, func.sum(recent).label("recent"), func.sum(OrderLine.ordered).label("all"))
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.placed_at > self._now - (_WEEKS_BEFORE + 1) * _WEEK, OrderLine.replaces_id.is_(None))
            .group_by(OrderLine.product_id)
        )
        return {row[0] for row in rows if row[1] > _SPIKE * int(row[2] - row[1]) / _WEEKS_BEFORE}


def _list_modes(session: Session) -> dict[int | None, str]:
    rows = session.execute(
        select(BackorderMode.product_id, BackorderMode.reason)
        .where(BackorderMode.until.is_(None))
        .order_by(BackorderMode.id)
    )
    return {row.product_id: row.reason for row in rows}


def _list_packed(session: Session, lines: Sequence[int] | None) -> set[int]:
    """Lines with units in closed cartons, which stand in the house and on no truck."""
    query = (
        select(Reservation.order_line_id)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Carton, Carton.plate_id == Stock.plate_id)
        .where(Carton.state == "closed", Reservation.state == "held", Stock.on_hand > 0, ON_PLATE)
    )
    return {
        line_id
        for which in _narrowed(Reservation.order_line_id, lines)
        for line_id in session.scalars(query.where(which))
    }


def _list_slips(session: Session, lines: Sequence[int] | None) -> dict[int, str]:
    """The cause of the last slip of every line that is open still."""
    query = (
        select(PromiseChange.order_line_id, PromiseChange.cause)
        .where(PromiseChange.kind == SLIPPED)
        .order_by(PromiseChange.id)
    )
    owed = select(OrderLine.id).where(IS_OWED)
    which = [PromiseChange.order_line_id.in_(owed)] if lines is None else _narrowed(PromiseChange.order_line_id, lines)
    return {row[0]: row[1] for some in which for row in session.execute(query.where(some))}


def _narrowed(column: Any, ids: Sequence[int] | None) -> Iterator[ColumnElement[bool]]:
    """The condition that a column is one of these ids, in pieces that a statement takes; None: whatever it is."""
    if ids is None:
        yield true()
        return
    for part in in_pieces(ids):
        yield column.in_(part)
