"""Keeps the days of waiting lines true: computes them anew when goods, dates or demand change, and moves promises."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true, union
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Customer,
    KitPart,
    Order,
    OrderLine,
    Product,
    PromiseChange,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)
from wms_desktop.domain.delays import SUPPLIER, Case
from wms_desktop.domain.promises import GIVEN, NO_DATE, SLIPPED, Expected, Move, Promised, WaitingLine, move, plan
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.services import causes, lead_times, outlooks, promise_rows, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import AT_ONCE, in_pieces
from wms_desktop.services.outlooks import IS_OWED, IS_WAITING, LineRow
from wms_desktop.views.promises import Drift, Moved, PurchaseRow

# What a change of goods or dates may move.
_MAY_MOVE = or_(
    IS_WAITING,
    OrderLine.eta_from_id.is_not(None),
    and_(OrderLine.first_promise.is_not(None), OrderLine.promise > OrderLine.first_promise),
    OrderLine.promise_rule == NO_DATE,
)
# Wholly covered before anybody asked for its day: it leaves by its cut-off, whatever comes.
_NEVER_DATED = and_(OrderLine.eta.is_(None), ~_MAY_MOVE)
_HALF = AT_ONCE // 2
_OPEN = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped


@dataclass(frozen=True, slots=True)
class _Change:
    """One line whose promise moves: its row, the move, what is expected now, and why it slipped."""

    row: LineRow
    move: Move
    expected: Expected
    cause: str

    @property
    def purchase_line_id(self) -> int | None:
        """The purchase line it waits for now; that it waited for last, where nothing is in sight."""
        lost: int | None = self.row.eta_from_id
        return lost if self.expected.rule == NO_DATE else self.expected.inbound_id


def may_move(row: LineRow, units: int) -> bool:
    """Whether a line, so many units of which have no reservation, gets its day anew when goods or dates change.

    One that is wholly covered, and whose promise stands where it stood first, keeps the day that it has.
    """
    has_slipped = bool(row.line_promise and row.first_promise and row.line_promise > row.first_promise)
    return units > 0 or row.eta is None or row.eta_from_id is not None or has_slipped or row.promise_rule == NO_DATE


def refresh(session: Session, context: Context, product_ids: Collection[int]) -> None:
    """Computes the days of the lines that wait for these products anew, and moves their promises.

    One indexed question when nothing waits. Nothing of it is in the command's undo record: whoever takes the command
    back notes the products again, and the days follow.
    """
    _recompute(session, context, product_ids)


def recompute(session: Session, context: Context, product_ids: Collection[int]) -> Drift:
    """As `refresh`, and says whose promise slipped, whose was rescued, and how many lines stayed as they were."""
    changes, looked_at = _recompute(session, context, product_ids)
    return _drift(session, changes, looked_at)


def recompute_all(session: Session, context: Context) -> Drift:
    """As `recompute` for every open line: when a day has passed, or a rule of the house was changed."""
    session.flush()
    owed = select(OrderLine.product_id).where(IS_OWED).distinct()
    changes, looked_at = _apply(session, context, set(session.scalars(owed)), true())
    return _drift(session, changes, looked_at)


def move_purchase(session: Session, context: Context, purchase_id: int, due: date) -> Drift:
    """Gives a purchase order another day; every ETA behind it follows at once.

    Refuses `promises.no_purchase`, `promises.purchase_over` (closed or cancelled), `promises.same_day`; raises
    BadInput `promises.past_day` for a day that is over.
    """
    purchase = session.get(PurchaseOrder, purchase_id, populate_existing=True, with_for_update=True)
    if purchase is None:
        raise Refusal("promises.no_purchase")
    if purchase.state != "open":
        raise Refusal("promises.purchase_over", purchase=purchase.number)
    if due < site_time.today(session, context.at):
        raise BadInput("promises.past_day", day=due.isoformat())
    if due == purchase.due:
        raise Refusal("promises.same_day", purchase=purchase.number, day=due.isoformat())
    if purchase.first_due is None:
        purchase.first_due = purchase.due
    purchase.due = due
    session.flush()
    products = select(PurchaseLine.product_id).where(PurchaseLine.purchase_order_id == purchase_id).distinct()
    return recompute(session, context, set(session.scalars(products)))


def list_moved(session: Session, since: datetime, at_most: int) -> tuple[Moved, ...]:
    """The last promises that moved since an instant, the latest first."""
    rows = session.execute(
        select(PromiseChange, OrderLine.order_id, _OPEN.label("units"))
        .join(OrderLine, OrderLine.id == PromiseChange.order_line_id)
        .where(PromiseChange.at >= since)
        .order_by(PromiseChange.id.desc())
        .limit(at_most)
    ).all()
    names = _names(session, [row.PromiseChange.order_line_id for row in rows])
    numbers = _purchase_numbers(session, {row.PromiseChange.purchase_line_id for row in rows} - {None})
    return tuple(
        Moved(
            order_id=row.order_id,
            line_id=row.PromiseChange.order_line_id,
            order_number=names[row.PromiseChange.order_line_id][0],
            customer=names[row.PromiseChange.order_line_id][1],
            sku=names[row.PromiseChange.order_line_id][2],
            units=row.units,
            was=row.PromiseChange.was,
            now=row.PromiseChange.became,
            cause=row.PromiseChange.cause,
            purchase=numbers.get(row.PromiseChange.purchase_line_id or 0, ""),
        )
        for row in rows
    )


def list_purchases(session: Session, now: datetime) -> tuple[PurchaseRow, ...]:
    """The purchase orders on their way, the likely first, with what waits behind each."""
    today = site_time.today(session, now)
    due = session.execute(outlooks.due_lines(true())).all()
    days: dict[int, tuple[date, date]] = {}
    units: dict[int, int] = {}
    for part in outlooks.expect_slices(session, today, due):
        last = days.get(part.row.purchase_id, part.days)
        days[part.row.purchase_id] = (max(last[0], part.days[0]), max(last[1], part.days[1]))
        units[part.row.purchase_id] = units.get(part.row.purchase_id, 0) + part.units
    waiting = {
        row[0]: (row[1], row[2])
        for row in session.execute(
            select(PurchaseLine.purchase_order_id, func.count(), func.count(OrderLine.order_id.distinct()))
            .join(OrderLine, OrderLine.eta_from_id == PurchaseLine.id)
            .where(IS_WAITING)
            .group_by(PurchaseLine.purchase_order_id)
        )
    }
    suppliers = {row.purchase_id: row.supplier_id for row in due}
    known = lead_times.read(session, today, set(suppliers.values())) if suppliers else {}
    rows = session.execute(
        select(PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.due, PurchaseOrder.first_due, Supplier.name)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.state == "open")
    )
    found = [
        PurchaseRow(
            purchase_id=row.id,
            number=row.number,
            supplier=row.name,
            due=row.due,
            first_due=row.first_due or row.due,
            likely=days[row.id][0],
            late=days[row.id][1],
            units_due=units[row.id],
            lines_waiting=waiting.get(row.id, (0, 0))[0],
            orders_waiting=waiting.get(row.id, (0, 0))[1],
            on_time_share=known[suppliers[row.id]].record.on_time_share,
            deliveries_known=len(known[suppliers[row.id]].record.lateness),
        )
        for row in rows
        if row.id in units
    ]
    return tuple(sorted(found, key=lambda row: (row.likely, row.number)))


def _recompute(session: Session, context: Context, product_ids: Collection[int]) -> tuple[list[_Change], int]:
    if not product_ids:
        return [], 0
    session.flush()
    touched: set[int] = set()
    for part in in_pieces(product_ids, at_once=_HALF):
        kits = select(KitPart.kit_id).where(KitPart.part_id.in_(part))
        wanted = union(select(Product.id).where(Product.id.in_(part)), kits)
        mine = select(OrderLine.product_id).where(OrderLine.product_id.in_(wanted), IS_OWED)
        touched.update(session.scalars(mine.where(or_(_MAY_MOVE, OrderLine.eta.is_(None))).distinct()))
    if not touched:
        return [], 0
    changes, looked_at = _apply(session, context, outlooks.widen(session, touched), _MAY_MOVE)
    return changes, looked_at + _date_covered(session, context, touched)


def _apply(session: Session, context: Context, product_ids: set[int],
           which: ColumnElement[bool]) -> tuple[list[_Change], int]:  # fmt: skip
    """Writes the new days and promises; gives the moves, and how many lines were looked at."""
    _take_turns(session, product_ids)
    rows = outlooks.list_lines(session, which, product_ids)
    outlook = outlooks.build(session, context.at, rows)
    expected = plan(outlook)
    updates: list[dict[str, Any]] = []
    moves: list[tuple[LineRow, Move]] = []
    for row in rows:
        found = expected[row.id]
        promise = row.line_promise or row.promise
        promised = Promised(row.first_promise or promise, promise, row.promise_rule, row.eta)
        moved = move(promised, found)
        before = (row.eta, row.eta_late, row.eta_from_id)
        if moved is None and before == (found.eta, found.eta_late, found.inbound_id) and row.line_promise is not None:
            continue
        if moved is not None:
            moves.append((row, moved))
        updates.append({
            "line": row.id, "new_eta": found.eta, "new_late": found.eta_late, "new_from": found.inbound_id,
            "first": promised.first, "current": moved.promise if moved else promise,
            "rule": moved.rule if moved else row.promise_rule or GIVEN,
        })  # fmt: skip
    written = promise_rows.write_days(session, updates)
    lines = {line.line_id: line for line in outlook.lines}
    changes = _explain(session, context, [one for one in moves if one[0].id in written], expected, lines)
    _log(session, context, changes)
    return changes, len(rows)


def _date_covered(session: Session, context: Context, product_ids: Collection[int]) -> int:
    """Gives their day to lines that were covered before they ever had one; gives how many."""
    zone, today = site_time.zone_of(session), site_time.today(session, context.at)
    leaves: dict[datetime, date] = {}
    updates = []
    for row in outlooks.list_lines(session, _NEVER_DATED, product_ids):
        if row.leave_by not in leaves:
            leaves[row.leave_by] = max(today, row.leave_by.astimezone(zone).date())
        day = max(leaves[row.leave_by], row.release_on or today, row.line_release_on or today)
        promise = row.line_promise or row.promise
        updates.append({
            "line": row.id, "new_eta": day, "new_late": day, "new_from": None,
            "first": row.first_promise or promise, "current": promise, "rule": row.promise_rule or GIVEN,
        })  # fmt: skip
    return len(promise_rows.write_days(session, updates))


def _take_turns(session: Session, product_ids: Collection[int]) -> None:
    """Two stations that compute the days of one product do it one after the other, each from what the other left."""
    if session.get_bind().dialect.name == "sqlite":
        return
    for part in in_pieces(product_ids):
        session.execute(
            select(Product.id).where(Product.id.in_(part)).order_by(Product.id).with_for_update(key_share=True)
        )


def _explain(session: Session, context: Context, moves: Sequence[tuple[LineRow, Move]],
             expected: Mapping[int, Expected], lines: Mapping[int, WaitingLine]) -> list[_Change]:  # fmt: skip
    """The moves, those that slipped with their cause."""
    slipped = [(row, moved) for row, moved in moves if moved.kind == SLIPPED]
    why: dict[int, str] = {}
    if slipped:
        cases = [_case(row, lines[row.id], expected[row.id]) for row, _ in slipped]
        why = causes.explain(cases, causes.read_facts(session, context.at, cases))
        # The purchase that was to cover it is gone.
        why |= {row.id: row.cause or SUPPLIER for row, moved in slipped if moved.became is None and row.eta_from_id}
    return [
        _Change(row, moved, expected[row.id], why.get(row.id, "") if moved.kind == SLIPPED else "")
        for row, moved in moves
    ]


def _case(row: LineRow, line: WaitingLine, expected: Expected) -> Case:
    promise = row.line_promise or row.promise
    return Case(
        row.id, row.product_id, row.units, row.is_held, line.release_on, row.made_to_order, row.made_by_id,
        row.leave_by, row.first_promise or promise, promise, expected.eta, expected.inbound_id, row.cause,
    )  # fmt: skip


def _log(session: Session, context: Context, changes: Sequence[_Change]) -> None:
    rows = [
        {"order_line_id": one.row.id, "kind": one.move.kind, "was": one.move.was, "became": one.move.became,
         "cause": one.cause, "purchase_line_id": one.purchase_line_id}
        for one in changes
    ]  # fmt: skip
    promise_rows.add_moves(session, context.at, rows)


def _drift(session: Session, changes: Sequence[_Change], looked_at: int) -> Drift:
    if not changes:
        return Drift(slipped=(), rescued=(), unchanged=looked_at)
    names = _names(session, [one.row.id for one in changes])
    numbers = _purchase_numbers(session, {one.purchase_line_id for one in changes} - {None})
    moved = [
        (
            one.move.kind,
            Moved(
                order_id=one.row.order_id,
                line_id=one.row.id,
                order_number=names[one.row.id][0],
                customer=names[one.row.id][1],
                sku=names[one.row.id][2],
                units=one.row.units,
                was=one.move.was,
                now=one.move.became,
                cause=one.cause,
                purchase=numbers.get(one.purchase_line_id or 0, ""),
            ),
        )
        for one in changes
    ]
    return Drift(
        slipped=tuple(one for kind, one in moved if kind == SLIPPED),
        rescued=tuple(one for kind, one in moved if kind != SLIPPED),
        unchanged=looked_at - len(changes),
    )


def _names(session: Session, line_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """The order's number, the customer's name and the sku of lines."""
    rows = [
        row
        for part in in_pieces(set(line_ids))
        for row in session.execute(
            select(OrderLine.id, Order.number, Customer.name, Product.sku)
            .join(Order, Order.id == OrderLine.order_id)
            .join(Customer, Customer.id == Order.customer_id)
            .join(Product, Product.id == OrderLine.product_id)
            .where(OrderLine.id.in_(part))
        )
    ]
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _purchase_numbers(session: Session, purchase_line_ids: Collection[int | None]) -> dict[int, str]:
    ids = [line_id for line_id in purchase_line_ids if line_id is not None]
    rows = [
        row
        for part in in_pieces(ids)
        for row in session.execute(
            select(PurchaseLine.id, PurchaseOrder.number)
            .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
            .where(PurchaseLine.id.in_(part))
        )
    ]
    return {row[0]: row[1] for row in rows}
