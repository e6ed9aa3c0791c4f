"""Finds orders by anything that is scanned or typed: their number, who, what, and wherever their goods are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from wms_desktop.db.tables import (
    BatchOrder,
    Carton,
    Customer,
    Order,
    OrderLine,
    Peg,
    Product,
    PurchaseLine,
    ReceiptLine,
    Reservation,
    Shipment,
    Stock,
)
from wms_desktop.domain.barcodes import GS
from wms_desktop.domain.demand import full_key, urgency_of
from wms_desktop.domain.states import Split, add, strongest
from wms_desktop.services import codes, inventory, site_time, states
from wms_desktop.views.backlog import STATES
from wms_desktop.views.orders import Found

MOST = 50
"""So many orders are shown of each thing found, and so many things of each kind."""
_MOST_NAMED = 10
_MOST_TEXT = 100
_SHORTEST = 2
_LAST = "\U0010ffff"
_Row = Row[*tuple[Any, ...]]
_KINDS: Mapping[str, str] = {
    "product": "product", "carton": "parcel", "tote": "tote", "pallet": "tote", "order": "order",
    "purchase_order": "purchase", "receipt": "purchase", "batch": "batch", "lane": "lane", "bin": "place",
    "dock": "place", "hold": "place", "bench": "place", "cart": "place", "truck": "place",
}  # fmt: skip


def find(session: Session, now: datetime, text: str) -> tuple[Found, ...]:
    """What a scan or a typed text names, each with its orders, the most urgent first, then those that are over.

    A code names exactly what bears it: orders, items (by any barcode or GS1 symbol), customers, parcels, totes, places,
    purchase orders, receipts, batches. A text that is nobody's code finds orders and items whose number begins so, and
    customers and items with the text in their name, whatever the case. Nothing in it is a pattern: what it says is what
    is looked for. The word of an order is one of the backlog's states, or *shipped* or *cancelled*.
    """
    scanned = "".join(letter for letter in text if letter.isprintable() or letter == GS)
    typed = scanned.replace(GS, "").strip()[:_MOST_TEXT]
    things: list[_Thing] = []
    for variant in dict.fromkeys((scanned, scanned.upper())):
        things = things or _with_code(session, variant)
    if not things and len(typed) >= _SHORTEST:
        things = _with_name(session, typed)
    lists = [_list_orders(session, now, thing.which) for thing in things]
    words = _words(session, now, {row.id for waiting, _ in lists for row in waiting})
    left = _which_left(session, {row.id for _, over in lists for row in over})
    return tuple(
        Found(
            kind=thing.kind,
            label=thing.label,
            orders=(
                *((row.id, row.number, words[row.id]) for row in waiting),
                *((row.id, row.number, "shipped" if row.id in left else "cancelled") for row in over),
            ),
        )
        for thing, (waiting, over) in zip(things, lists, strict=True)
    )


class _Thing(NamedTuple):
    """Something that the text names, and which orders have to do with it."""

    kind: str
    label: str
    which: ColumnElement[bool]


def _with_code(session: Session, text: str) -> list[_Thing]:
    meant = [one for one in codes.list_meanings(session, text) if one.kind in _KINDS]
    bearer = select(Customer.id, Customer.name).where(Customer.code == text[:_MOST_TEXT].strip())
    return [
        *(_Thing(_KINDS[one.kind], one.name, _WHICH[one.kind](one.id)) for one in meant),
        *(_Thing("customer", row.name, Order.customer_id == row.id) for row in session.execute(bearer)),
    ]


def _with_name(session: Session, text: str) -> list[_Thing]:
    things = []
    numbers = session.execute(
        select(Order.id, Order.number).where(_begins(session, Order.number, text)).order_by(Order.number).limit(MOST)
    ).all()
    if numbers:
        label = numbers[0].number if len(numbers) == 1 else f"{text}…"
        things.append(_Thing("order", label, Order.id.in_([row.id for row in numbers])))
    customers = select(Customer.id, Customer.name).where(Customer.name.icontains(text, autoescape=True))
    for row in session.execute(customers.order_by(Customer.name).limit(_MOST_NAMED)):
        things.append(_Thing("customer", row.name, Order.customer_id == row.id))
    items = select(Product.id, Product.name).where(
        or_(_begins(session, Product.sku, text), Product.name.icontains(text, autoescape=True))
    )
    for row in session.execute(items.order_by(Product.sku).limit(_MOST_NAMED)):
        things.append(_Thing("product", row.name, _of_product(row.id)))
    return things


def _begins(session: Session, column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Whether a code begins with the text, as it was typed or in capitals; SQLite finds it through the index."""
    begins = [
        and_(func.substr(column, 1, len(each)) == each, column >= each, column < each + _LAST)
        if session.get_bind().dialect.name == "sqlite"
        else column.startswith(each, autoescape=True)
        for each in {text, text.upper()}
    ]
    return or_(*begins)


def _list_orders(session: Session, now: datetime, which: ColumnElement[bool]) -> tuple[Sequence[_Row], Sequence[_Row]]:
    """The orders that fit: open ones in the demand order, then the others, the newest first."""
    is_open = exists().where(OrderLine.order_id == Order.id, states.IS_OPEN)
    rank = (Order.id, Order.number, Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class,
            Order.placed_at, Order.passed_over)  # fmt: skip
    today = site_time.today(session, now)
    rows = session.execute(select(*rank).where(which, is_open)).all()
    waiting = sorted(rows, key=lambda row: full_key(urgency_of(row, row.id), now, today))[:MOST]
    over = select(Order.id, Order.number).where(which, ~is_open).order_by(Order.placed_at.desc(), Order.id.desc())
    room = MOST - len(waiting)
    return waiting, session.execute(over.limit(room)).all() if room else ()


def _words(session: Session, now: datetime, order_ids: Collection[int]) -> dict[int, str]:
    """The state that keeps each open order from leaving."""
    if not order_ids:
        return {}
    wanted = select(OrderLine.product_id).where(OrderLine.order_id.in_(order_ids), states.IS_OPEN)
    reading = states.read(session, now, sorted(set(session.scalars(wanted))))
    splits: dict[int, list[Split]] = {}
    for order_id in order_ids:
        splits[order_id] = [reading.by_state[line.id] for line in reading.lines.get(order_id, ())]
    return {order_id: STATES[strongest(add(rows))] for order_id, rows in splits.items()}


def _which_left(session: Session, order_ids: Collection[int]) -> set[int]:
    """Those of the orders of which anything was shipped."""
    if not order_ids:
        return set()
    shipped = select(OrderLine.order_id).where(OrderLine.order_id.in_(order_ids), OrderLine.shipped > 0)
    return set(session.scalars(shipped))


def _lines(which: ColumnElement[bool], *joins: Any) -> ColumnElement[bool]:
    return Order.id.in_(_joined(select(OrderLine.order_id), joins).where(which))


def _joined(query: Select[*tuple[Any, ...]], joins: Sequence[tuple[Any, Any]]) -> Select[*tuple[Any, ...]]:
    for table, on in joins:
        query = query.join(table, on)
    return query


_HELD = ((Reservation, Reservation.order_line_id == OrderLine.id), (Stock, Stock.id == Reservation.stock_id))
_PEGGED = ((Peg, Peg.order_line_id == OrderLine.id), (ReceiptLine, ReceiptLine.id == Peg.receipt_line_id))


def _of_product(product_id: int) -> ColumnElement[bool]:
    return _lines(and_(OrderLine.product_id == product_id, states.IS_OPEN))


def _of_plate(plate_id: int) -> ColumnElement[bool]:
    """What stands on it for somebody, and whose tote it is while the batch is open."""
    walked = select(BatchOrder.order_id).where(BatchOrder.plate_id == plate_id, BatchOrder.is_open == True)
    held = _lines(and_(Stock.plate_id == plate_id, inventory.ON_PLATE, Reservation.state == "held"), *_HELD)
    return or_(held, Order.id.in_(walked))


def _of_place(location_id: int) -> ColumnElement[bool]:
    return _lines(and_(Stock.location_id == location_id, Reservation.state == "held"), *_HELD)


def _of_purchase(purchase_id: int) -> ColumnElement[bool]:
    """Who waits for it, and who got something of it."""
    lines = select(PurchaseLine.id).where(PurchaseLine.purchase_order_id == purchase_id)
    products = select(PurchaseLine.product_id).where(PurchaseLine.purchase_order_id == purchase_id)
    waits = and_(
        OrderLine.product_id.in_(products), states.IS_OPEN,
        or_(OrderLine.eta_from_id.in_(lines), OrderLine.made_by_id.in_(lines)),
    )  # fmt: skip
    return or_(_lines(waits), _lines(ReceiptLine.purchase_line_id.in_(lines), *_PEGGED))


_WHICH: Mapping[str, Callable[[int], ColumnElement[bool]]] = {
    "order": lambda key: Order.id == key,
    "product": _of_product,
    "carton": lambda key: Order.id.in_(
        select(Shipment.order_id).join(Carton, Carton.shipment_id == Shipment.id).where(Carton.id == key)
    ),
    "tote": _of_plate,
    "pallet": _of_plate,
    "purchase_order": _of_purchase,
    "receipt": lambda key: _lines(ReceiptLine.receipt_id == key, *_PEGGED),
    "batch": lambda key: Order.id.in_(select(BatchOrder.order_id).where(BatchOrder.batch_id == key)),
    **dict.fromkeys(("lane", "bin", "dock", "hold", "bench", "cart", "truck"), _of_place),
}
