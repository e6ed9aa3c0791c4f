"""Lines that are late beyond the limit: the queue in which a person decides, and what each decision does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.promises import CHOICES
from wms_desktop.db.tables import Customer, Decision, Order, OrderLine, Product, PromiseChange
from wms_desktop.domain.promises import ACCEPTED, SLIPPED, count_slips
from wms_desktop.errors import BadInput, Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import cancelling, causes, news, order_log, settings, site_time, substituting
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import MOST_TEXT, in_pieces
from wms_desktop.services.orders import get_open
from wms_desktop.services.outlooks import IS_OWED, IS_WAITING, WAITING
from wms_desktop.views.promises import Alternative, DecisionRow

WAIT, SUBSTITUTE, PART_SHIP, CANCEL = CHOICES
MOST_DAYS = 3650
_SECOND = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody decided about a line.

    ``days`` (for *wait*) are those that the customer accepts beyond the first promise, None: until the ETA. ``units``
    (for *substitute* and *cancel*) None: all that wait. ``alternative`` is the id of the product sent instead.
    """

    choice: str
    days: int | None = None
    alternative: int | None = None
    units: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A line that may need a decision: its row, how often it slipped, and why it stands in the queue."""

    row: Any
    first: date
    promise: date
    slips: int
    days_late: int
    why: Message
    asks: bool


def list_decisions(session: Session, now: datetime) -> tuple[DecisionRow, ...]:
    """Lines without stock that need somebody's decision, the longest delay first.

    Their ETA is later than the first promise by more than the limit, or later at all after a second slip; they have no
    day; or a part of an order that must be asked about could leave. Not again after a decision, until the day moves
    past what was decided. Choices that make no sense for a line are left out; the first is the proposed one.
    """
    found = _find(session, now)
    if not found:
        return ()
    ids = [one.row.id for one in found]
    alternatives = substituting.list_alternatives(session, now, ids)
    why = causes.propose(session, now, ids)
    names = _names(session, ids)
    rows = [_row(one, alternatives[one.row.id], why.get(one.row.id, ""), names[one.row.id]) for one in found]
    return tuple(sorted(rows, key=lambda row: (row.eta is not None, -row.days_late, row.order_number, row.line_id)))


def decide(session: Session, context: Context, line_id: int, wish: Wish) -> Message:
    """Carries out a decision about a line and keeps it, with the ETA of the moment.

    wait: the order's promise moves to the day the customer accepted. substitute and cancel: as those services do it.
    part_ship: an order that had to be asked about sends what it has. Refuses `promises.nothing_waits`,
    `promises.wait_how_long`, `promises.wait_too_short`, `promises.not_asked`, `promises.no_alternative`, and what
    the services refuse; raises BadInput `promises.no_choice`, `promises.no_lines`, `promises.decide_how_many`.
    """
    line = session.get(OrderLine, line_id, populate_existing=True, with_for_update=True)
    if line is None:
        raise BadInput("promises.no_lines")
    order = get_open(session, line.order_id)
    waits = line.ordered - line.cancelled - line.shipped - line.reserved
    if not waits:
        raise Refusal("promises.nothing_waits", order=order.number, line=line.line_no)
    if wish.units is not None and not 1 <= wish.units <= waits:
        raise BadInput("promises.decide_how_many", order=order.number, line=line.line_no, asked=wish.units, open=waits)
    if wish.choice not in _DO:
        raise BadInput("promises.no_choice", choice=wish.choice)
    eta = line.eta
    days, message = _DO[wish.choice](session, context, (order, line, wish.units or waits), wish)
    session.add(
        Decision(
            order_line_id=line_id,
            choice=wish.choice,
            eta=eta,
            days=days,
            operator_id=context.operator_id,
            at=context.at,
        )
    )
    if wish.reason.strip() and wish.choice != CANCEL:  # a cancellation keeps its own
        said: dict[str, Value] = {"line": line.line_no, "reason": wish.reason.strip()[:MOST_TEXT]}
        order_log.note(session, context, order.id, "event.decided_why", said, line.id)
    session.flush()
    return message


def _wait(session: Session, context: Context, what: tuple[Order, OrderLine, int], wish: Wish) -> tuple[int, Message]:
    order, line, _ = what
    first = line.first_promise or order.promise
    if wish.days is None and line.eta is None:
        raise Refusal("promises.wait_how_long", order=order.number, line=line.line_no)
    if wish.days is not None and not 0 <= wish.days <= MOST_DAYS:
        raise BadInput("promises.wait_days", days=wish.days, most=MOST_DAYS)
    accepted = first + timedelta(days=wish.days) if wish.days is not None else max(first, line.eta or first)
    earliest = max(site_time.today(session, context.at), line.eta or accepted)
    if accepted < earliest:
        least = (earliest - first).days
        raise Refusal("promises.wait_too_short", order=order.number, line=line.line_no, day=earliest.isoformat(),
                      days=least)  # fmt: skip
    days = (accepted - first).days
    line.first_promise, line.promise, line.promise_rule = first, accepted, ACCEPTED
    order.promise = max(order.promise, accepted)
    _look_again(session, order.id)
    said: dict[str, Value] = {"line": line.line_no, "day": accepted.isoformat(), "days": days}
    order_log.note(session, context, order.id, "event.decided_wait", said, line.id)
    return days, Message("promises.decided_wait", {"order": order.number, **said})


def _substitute(session: Session, context: Context, what: tuple[Order, OrderLine, int],
                wish: Wish) -> tuple[int, Message]:  # fmt: skip
    order, line, units = what
    if wish.alternative is None:
        raise Refusal("promises.no_alternative", order=order.number, line=line.line_no)
    return 0, substituting.substitute(session, context, line.id, wish.alternative, units)


def _part_ship(session: Session, context: Context, what: tuple[Order, OrderLine, int],
               _wish: Wish) -> tuple[int, Message]:  # fmt: skip
    order, line, _ = what
    if not order.must_ask:
        raise Refusal("promises.not_asked", order=order.number)
    order.must_ask = False
    order.ship_complete = False
    _look_again(session, order.id)
    order_log.note(session, context, order.id, "event.decided_part_ship", {}, line.id)
    return 0, Message("promises.decided_part_ship", {"order": order.number})


def _cancel(session: Session, context: Context, what: tuple[Order, OrderLine, int],
            wish: Wish) -> tuple[int, Message]:  # fmt: skip
    order, line, units = what
    done = cancelling.cancel(session, context, order.id, {line.id: units}, reason=wish.reason)
    return 0, done.message


_DO = {WAIT: _wait, SUBSTITUTE: _substitute, PART_SHIP: _part_ship, CANCEL: _cancel}


def _look_again(session: Session, order_id: int) -> None:
    """What the order wants is served and dated anew at the end of the command: its place in the demand changed."""
    session.flush()
    news.note(session, session.scalars(select(OrderLine.product_id).where(OrderLine.order_id == order_id, IS_OWED)))


def _find(session: Session, now: datetime) -> list[_Waiting]:
    limit = settings.get_int(session, "decide_after_days")
    today = site_time.today(session, now)
    first_promise = func.coalesce(OrderLine.first_promise, Order.promise)
    rows = session.execute(
        select(
            OrderLine.id, OrderLine.order_id, OrderLine.line_no, WAITING.label("waits"), OrderLine.first_promise,
            OrderLine.promise.label("line_promise"), OrderLine.eta, OrderLine.release_on.label("line_release_on"),
            OrderLine.kit_qty, OrderLine.made_to_order, OrderLine.price, Order.promise, Order.release_on,
            Order.must_ask,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(IS_WAITING, or_(OrderLine.eta.is_(None), OrderLine.eta_from_id.is_not(None)))
        .where(or_(OrderLine.eta.is_(None), OrderLine.eta > first_promise, Order.must_ask == True))
        .order_by(OrderLine.order_id, OrderLine.line_no)
    ).all()  # fmt: skip
    slips, decided = _list_slips(session), _list_decided(session)
    asked = _first_asked(session, rows)
    found = []
    for row in rows:
        first = row.first_promise or row.promise
        late = (row.eta - first).days if row.eta is not None else max(0, (today - first).days)
        count = count_slips(slips.get(row.id, ()))
        why = _why(row, late, count, today, limit)
        if row.id in asked:
            why = Message("promises.why_part", {"units": asked[row.id]})
        if why is None or _is_decided(row, first, decided.get(row.id)):
            continue
        found.append(_Waiting(row, first, row.line_promise or row.promise, count, max(0, late), why, row.id in asked))
    return found


def _why(row: Any, late: int, slips: int, today: date, limit: int) -> Message | None:
    """Why a line stands in the queue, if it does; a pre-order without a day is none yet."""
    release = max((day for day in (row.release_on, row.line_release_on) if day is not None), default=today)
    if row.eta is None:
        return None if release > today else Message("promises.why_no_day")
    if slips >= _SECOND and late > 0:
        return Message("promises.why_slips", {"slips": slips, "days": late})
    return Message("promises.why_late", {"days": late}) if late > limit else None


def _is_decided(row: Any, first: date, last: Decision | None) -> bool:
    """Whether somebody decided already, and the day is none but what was decided on, or within what was accepted."""
    if last is None:
        return False
    if last.eta == row.eta:
        return True
    return last.choice == WAIT and row.eta is not None and row.eta <= first + timedelta(days=last.days)


def _list_slips(session: Session) -> dict[int, list[date | None]]:
    """The days to which lines that wait slipped, the oldest first."""
    waiting = select(OrderLine.id).where(IS_WAITING)
    slips: dict[int, list[date | None]] = {}
    for line_id, became in session.execute(
        select(PromiseChange.order_line_id, PromiseChange.became)
        .where(PromiseChange.kind == SLIPPED, PromiseChange.order_line_id.in_(waiting))
        .order_by(PromiseChange.id)
    ):
        slips.setdefault(line_id, []).append(became)
    return slips


def _list_decided(session: Session) -> dict[int, Decision]:
    """The last decision about each line that waits."""
    waiting = select(OrderLine.id).where(IS_WAITING)
    rows = session.scalars(select(Decision).where(Decision.order_line_id.in_(waiting)).order_by(Decision.id))
    return {row.order_line_id: row for row in rows}


def _first_asked(session: Session, rows: Sequence[Any]) -> dict[int, int]:
    """Of each order that must be asked about and could send a part: its first waiting line, and units that could go."""
    first: dict[int, int] = {}
    for row in rows:
        if row.must_ask:
            first.setdefault(row.order_id, row.id)
    there = or_(~IS_WAITING, OrderLine.eta.is_not(None) & OrderLine.eta_from_id.is_(None))
    ready: dict[int, int] = {}
    for part in in_pieces(first):
        for line in session.execute(
            select(OrderLine.order_id, OrderLine.ordered, OrderLine.cancelled, OrderLine.shipped, OrderLine.reserved,
                   there.label("is_there"))
            .where(OrderLine.order_id.in_(part), IS_OWED)
        ):  # fmt: skip
            owed = line.ordered - line.cancelled - line.shipped
            ready[line.order_id] = ready.get(line.order_id, 0) + (owed if line.is_there else line.reserved)
    return {line_id: ready[order_id] for order_id, line_id in first.items() if ready.get(order_id)}


def _row(one: _Waiting, alternatives: tuple[Alternative, ...], cause: str, names: Mapping[str, Any]) -> DecisionRow:
    row = one.row
    return DecisionRow(
        order_id=row.order_id,
        line_id=row.id,
        order_number=names["number"],
        customer=names["customer"],
        sku=names["sku"],
        product=names["product"],
        units=row.waits,
        value=Decimal(row.waits) * row.price,
        currency=names["currency"],
        first_promise=one.first,
        promise=one.promise,
        eta=row.eta,
        days_late=one.days_late,
        slips=one.slips,
        cause=cause,
        choices=_choices(one, alternatives),
        alternatives=alternatives,
        why=one.why,
    )


def _choices(one: _Waiting, alternatives: Sequence[Alternative]) -> tuple[str, ...]:
    """What makes sense, the proposed one first.

    A part that could leave is sent; a substitute that covers all is taken; else the customer waits where there is a
    day, and is asked to cancel where there is none. A part of a kit is neither replaced nor cancelled alone.
    """
    whole = any(other.free >= one.row.waits for other in alternatives)
    order = [PART_SHIP] if one.asks else []
    order += [SUBSTITUTE] if whole else []
    order += [WAIT] if one.row.eta is not None else []
    order += [SUBSTITUTE] if alternatives and not whole else []
    order += [] if one.row.kit_qty else [CANCEL]
    order += [WAIT] if one.row.eta is None else []
    return tuple(order)


def _names(session: Session, line_ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    found: dict[int, Mapping[str, Any]] = {}
    for part in in_pieces(line_ids):
        for row in session.execute(
            select(OrderLine.id, Order.number, Order.currency, Customer.name.label("customer"), Product.sku,
                   Product.name.label("product"))
            .join(Order, Order.id == OrderLine.order_id)
            .join(Customer, Customer.id == Order.customer_id)
            .join(Product, Product.id == OrderLine.product_id)
            .where(OrderLine.id.in_(part))
        ):  # fmt: skip
            found[row.id] = dict(row._mapping)
    return found
