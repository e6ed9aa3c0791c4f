"""Reads what decides when waiting lines can leave: who waits, what is free, what is on its way."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Row, Select, Text, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    KitPart,
    Location,
    Lot,
    Order,
    OrderLine,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    Stock,
)
from wms_desktop.domain.demand import Urgency, urgency_of
from wms_desktop.domain.lead_times import expect
from wms_desktop.domain.promises import Inbound, Outlook, WaitingLine
from wms_desktop.services import announced, lead_times, settings, site_time
from wms_desktop.services.intake import in_pieces

IS_OWED = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped
IS_WAITING = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved
WAITING = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved
IN_THE_HOUSE = ("bin", "dock", "lane", "bench", "cart")
"""Kinds of place whose free good units can serve an order, at once or when they have been put away."""
_FEW = 500
DueRow = Row[*tuple[Any, ...]]


class LineRow(NamedTuple):
    """An open line with what of its order decides; ``promise``, ``release_on`` and the rest below are the order's.

    ``units`` have no reservation; ``line_promise`` and ``first_promise`` are its own, where it has any.
    """

    id: int
    order_id: int
    product_id: int
    units: int
    made_to_order: bool
    made_by_id: int | None
    line_release_on: date | None
    first_promise: date | None
    line_promise: date | None
    promise_rule: str
    eta: date | None
    eta_late: date | None
    eta_from_id: int | None
    cause: str
    is_pinned: bool
    promise: date
    leave_by: datetime
    priority_class: int
    placed_at: datetime
    passed_over: int
    is_held: bool
    release_on: date | None


def read(session: Session, now: datetime, product_ids: Collection[int] | None = None) -> Outlook:
    """Everything that decides the days of open lines; ``product_ids`` narrows it to these products.

    Narrowed or not, a line's day is the same: stock and inbounds are shared out product by product, kits and their
    parts together.
    """
    if product_ids is None:
        return build(session, now, list_lines(session, IS_OWED))
    wider = widen(session, product_ids)
    return build(session, now, list_lines(session, IS_OWED, wider), wider)


def widen(session: Session, product_ids: Collection[int]) -> set[int]:
    """These products, the parts of kits among them, and the kits that share parts with them."""
    return _among(list_kits(session), set(product_ids))


def list_kits(session: Session) -> dict[int, tuple[tuple[int, int], ...]]:
    """Every kit's parts: (product, units in one kit)."""
    kits: dict[int, list[tuple[int, int]]] = {}
    for row in session.execute(select(KitPart.kit_id, KitPart.part_id, KitPart.qty).order_by(KitPart.id)):
        kits.setdefault(row.kit_id, []).append((row.part_id, row.qty))
    return {kit_id: tuple(rows) for kit_id, rows in kits.items()}


def _among(kits: Mapping[int, Sequence[tuple[int, int]]], product_ids: set[int]) -> set[int]:
    known = product_ids | {part for kit in product_ids for part, _ in kits.get(kit, ())}
    touched = {kit for kit, rows in kits.items() if any(part in known for part, _ in rows)}
    return known | touched | {part for kit in touched for part, _ in kits[kit]}


def list_lines(session: Session, which: ColumnElement[bool],
               product_ids: Collection[int] | None = None) -> Sequence[LineRow]:  # fmt: skip
    """The open lines that fit, with what of their orders decides: the rows that `build` takes."""
    session.flush()
    connection = session.connection()
    query = select(*_LINE).where(IS_OWED, which)
    their = select(OrderLine.order_id).where(IS_OWED, which)
    rows: list[Any] = []
    heads: list[Any] = []
    for some in [true()] if product_ids is None else [OrderLine.product_id.in_(ids) for ids in in_pieces(product_ids)]:
        rows += connection.execute(query.where(some)).all()
        heads += connection.execute(select(*_HEAD).where(Order.id.in_(their.where(some)))).all()
    orders = {head[0]: tuple(head[1:]) for head in heads}
    return [
        LineRow(
            row[0], row[1], row[2], row[3], bool(row[4]), row[5], _day_of(row[6]), _day_of(row[7]), _day_of(row[8]),
            row[9], _day_of(row[10]), _day_of(row[11]), row[12], row[13], *orders[row[1]],
        )
        for row in rows
    ]  # fmt: skip


@lru_cache(maxsize=4096)
def _day_of(text: str | None) -> date | None:
    """A day from its ISO text: many lines say the same few, and this is several times faster than reading each."""
    return None if text is None else date.fromisoformat(text)


_LINE = (
    OrderLine.id, OrderLine.order_id, OrderLine.product_id, WAITING, type_coerce(OrderLine.made_to_order, Integer),
    OrderLine.made_by_id, type_coerce(OrderLine.release_on, Text), type_coerce(OrderLine.first_promise, Text),
    type_coerce(OrderLine.promise, Text), OrderLine.promise_rule, type_coerce(OrderLine.eta, Text),
    type_coerce(OrderLine.eta_late, Text), OrderLine.eta_from_id, OrderLine.cause,
)  # fmt: skip
_HEAD = (
    Order.id, Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class, Order.placed_at,
    Order.passed_over, Order.is_held, Order.release_on,
)  # fmt: skip


def build(session: Session, now: datetime, rows: Sequence[LineRow],
          product_ids: Collection[int] | None = None) -> Outlook:  # fmt: skip
    """The outlook for lines read before, with the stock and the inbounds of their products and of ``product_ids``."""
    today = site_time.today(session, now)
    kits = list_kits(session)
    products = {row.product_id for row in rows if row.units} | set(product_ids or ())
    products |= {part for kit in products for part, _ in kits.get(kit, ())}
    urgencies: dict[int, Urgency] = {}
    days: dict[datetime, date] = {}
    zone = site_time.zone_of(session)
    return Outlook(
        now=now,
        today=today,
        handling_days=settings.get_int(session, "handling_days"),
        lines=tuple(_line(row, urgencies, _day(days, zone, row.leave_by)) for row in sorted(rows, key=_place)),
        free=list_free(session, today, products),
        inbounds=list_inbounds(session, today, products),
        kits=kits,
    )


def list_free(session: Session, today: date, product_ids: Collection[int]) -> dict[int, int]:
    """Good units in the house that nobody holds, not expired, beyond the safety stock, by product."""
    loose = list_loose(session, today, product_ids)
    return {product_id: units - safety for product_id, (units, safety) in loose.items() if units > safety}


def list_loose(session: Session, today: date, product_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Good units in the house that nobody holds, not expired, and the safety stock, by product (where any are)."""
    loose: dict[int, tuple[int, int]] = {}
    for which in _which(Stock.product_id, product_ids):
        rows = session.execute(
            select(Stock.product_id, func.sum(Stock.on_hand - Stock.reserved), Product.safety_stock)
            .join(Product, Product.id == Stock.product_id)
            .join(Location, Location.id == Stock.location_id)
            .join(Lot, Lot.id == Stock.lot_id)
            .where(which, Stock.is_virtual == False, Stock.condition == "good", Stock.on_hand > Stock.reserved,
                   Location.kind.in_(IN_THE_HOUSE), or_(Lot.expiry.is_(None), Lot.expiry >= today))
            .group_by(Stock.product_id, Product.safety_stock)
        )  # fmt: skip
        loose |= {row[0]: (int(row[1]), row[2]) for row in rows if row[0] in product_ids}
    return loose


def list_inbounds(session: Session, today: date, product_ids: Collection[int]) -> tuple[Inbound, ...]:
    """What is still due of these products, each with its likely and its late day.

    What a truck at the dock brings is due today, what a booked truck brings on its window's day, what a notice
    announces on the notice's day; the rest by its purchase order's day and the supplier's own record.
    """
    rows = [
        row
        for which in _which(PurchaseLine.product_id, product_ids)
        for row in session.execute(due_lines(which))
        if row.product_id in product_ids
    ]
    return tuple(
        Inbound(
            purchase_line_id=slice_.row.id,
            purchase_id=slice_.row.purchase_id,
            product_id=slice_.row.product_id,
            units=slice_.units,
            likely=slice_.days[0],
            late=slice_.days[1],
            is_announced=slice_.is_announced,
        )
        for slice_ in expect_slices(session, today, rows)
    )


class Slice(NamedTuple):
    """Units of a due line that come together, with their likely and their late day."""

    row: DueRow
    units: int
    days: tuple[date, date]
    is_announced: bool


def expect_slices(session: Session, today: date, due: Sequence[DueRow]) -> list[Slice]:
    """The due lines cut into what is here, what comes with booked trucks, what is announced, and the rest."""
    if not due:
        return []
    days = expect_all(session, today, due)
    told = announced.read(session, today, due)
    slices = []
    for row in due:
        left = row.units
        for units, when in told.get(row.id, ()):
            given = min(left, units)
            if given:
                slices.append(Slice(row, given, when, True))
                left -= given
        if left:
            slices.append(Slice(row, left, days[row.purchase_id], False))
    return slices


def expect_all(session: Session, today: date, due: Sequence[DueRow]) -> dict[int, tuple[date, date]]:
    """The likely and the late day of each purchase order of these due lines."""
    known = lead_times.read(session, today, {row.supplier_id for row in due}) if due else {}
    days: dict[int, tuple[date, date]] = {}
    for row in due:
        if row.purchase_id in days:
            continue
        first_due = row.first_due or row.due
        days[row.purchase_id] = expect(known[row.supplier_id].record, row.due, first_due, today)
    return days


def _which(column: Any, product_ids: Collection[int]) -> Iterator[ColumnElement[bool]]:
    """Few products are named; of many everything is read, which is cheaper than naming them."""
    if len(product_ids) > _FEW:
        yield true()
    elif product_ids:
        yield column.in_(sorted(product_ids))


def due_lines(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The question for purchase lines that are still due, with their order's days and whether its truck is here."""
    at_dock = (
        select(Receipt.id)
        .where(Receipt.purchase_order_id == PurchaseOrder.id, Receipt.state == "open")
        .exists()
    )  # fmt: skip
    return (
        select(
            PurchaseLine.id, PurchaseLine.product_id, (PurchaseLine.ordered - PurchaseLine.received).label("units"),
            PurchaseOrder.id.label("purchase_id"), PurchaseOrder.supplier_id, PurchaseOrder.due,
            PurchaseOrder.first_due, at_dock.label("at_dock"),
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(which, PurchaseLine.received < PurchaseLine.ordered, PurchaseOrder.state == "open")
        .order_by(PurchaseLine.id)
    )  # fmt: skip


def _place(row: LineRow) -> tuple[int, int]:
    return row.order_id, row.id


def _day(known: dict[datetime, date], zone: ZoneInfo, at: datetime) -> date:
    if at not in known:
        known[at] = at.astimezone(zone).date()
    return known[at]


def _line(row: LineRow, urgencies: dict[int, Urgency], leave_on: date) -> WaitingLine:
    urgency = urgencies.get(row.order_id)
    if urgency is None:
        urgency = urgencies[row.order_id] = urgency_of(row, row.order_id)
    days = [day for day in (row.release_on, row.line_release_on) if day is not None]
    return WaitingLine(
        line_id=row.id,
        product_id=row.product_id,
        units=row.units,
        urgency=urgency,
        leave_on=leave_on,
        release_on=max(days, default=None),
        is_held=row.is_held,
        is_made=row.made_to_order,
        made_by_id=row.made_by_id,
    )
