"""Takes orders into the house, and what a desk does with them: hold, pin, cancel in part, and let go again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import CarrierService, Customer, Order, OrderLine, Product
from wms_desktop.domain.countries import find_number
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.prompts import Answer, Message, Outcome, Prompt
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import Entry, check_new, entries, find_ids, insert_rows

NAME = "orders"
CLASSES = range(1, 10)
# Countries whose addresses have no post code, as far as this house ships (Universal Postal Union, addressing units).
NO_POST_CODE = frozenset({"AE", "AG", "AO", "BS", "BW", "BZ", "FJ", "HK", "QA", "UG", "ZW"})
_OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped


@dataclass(frozen=True, slots=True)
class NewOrderLine:
    """So many units of a product (its sku) at a price."""

    product: str
    qty: int
    price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a customer (a code) wants sent by a carrier's service (a code), to whom, until when.

    ``promise`` and ``release_on`` are site-local days; ``country`` has two letters.
    """

    number: str
    customer: str
    service: str
    placed_at: datetime
    leave_by: datetime
    promise: date
    ship_name: str
    street: str
    city: str
    postcode: str = ""
    country: str = "GB"
    currency: str = "GBP"
    priority_class: int = 2
    ship_complete: bool = False
    release_on: date | None = None
    lines: tuple[NewOrderLine, ...] = field(default=())


_PLAIN = ("number", "placed_at", "leave_by", "promise", "ship_name", "street", "city", "postcode", "country",
          "currency", "priority_class", "ship_complete", "release_on")  # fmt: skip


def add_orders(session: Session, rows: Sequence[NewOrder]) -> dict[str, int]:
    """Adds orders with their lines, numbered from 1; gives their ids by number.

    Raises BadInput, and adds none, for a number that comes twice or is taken, an unknown customer, service or
    product, a missing part of the address, no lines, and a quantity below 1; ``row`` counts the orders, the line
    stands in the field's name.
    """
    customers = find_ids(session, Customer.code, Customer.id, [row.customer for row in rows])
    services = find_ids(session, CarrierService.code, CarrierService.id, [row.service for row in rows])
    products = find_ids(session, Product.sku, Product.id, [line.product for row in rows for line in row.lines])
    fresh = {"is_pinned": False, "is_held": False, "passed_over": 0}
    heads: list[dict[str, Any]] = []
    for entry, row in entries("orders", rows):
        _check_head(entry, row)
        _check_lines(entry, row, products)
        ids = {
            "customer_id": entry.known("customer", row.customer, customers),
            "service_id": entry.known("service", row.service, services),
        }
        heads.append({name: getattr(row, name) for name in _PLAIN} | ids | fresh)
    check_new(session, "orders", Order.number, [row.number for row in rows])
    order_ids = insert_rows(session, Order, heads)
    insert_rows(
        session,
        OrderLine,
        [
            {"order_id": order_id, "line_no": line_no, "product_id": products[line.product], "ordered": line.qty,
             "cancelled": 0, "shipped": 0, "reserved": 0, "price": line.price}
            for order_id, row in zip(order_ids, rows, strict=True)
            for line_no, line in enumerate(row.lines, 1)
        ],
    )  # fmt: skip
    return {row.number: order_id for row, order_id in zip(rows, order_ids, strict=True)}


def list_ids(session: Session, numbers: Sequence[str]) -> list[int]:
    """The ids of orders by their numbers. Raises BadInput `orders.unknown` for the first that there is not."""
    found = find_ids(session, Order.number, Order.id, numbers)
    for number in numbers:
        if number not in found:
            raise BadInput("orders.unknown", order=number)
    return [found[number] for number in numbers]


def hold(session: Session, context: Context, order_id: int) -> Message:
    """Stops an order: nothing of it is reserved, batched, packed or loaded from now on; what is reserved stays so.

    Refuses `orders.over` when nothing of it is open, `orders.held_already`.
    """
    order = get_open(session, order_id)
    if order.is_held:
        raise Refusal("orders.held_already", order=order.number)
    order.is_held = True
    session.flush()
    return Message("orders.held", {"order": order.number})


def unhold(session: Session, context: Context, order_id: int) -> Message:
    """Lets a held order go on. Refuses `orders.not_held`."""
    order = get_open(session, order_id)
    if not order.is_held:
        raise Refusal("orders.not_held", order=order.number)
    order.is_held = False
    session.flush()
    return Message("orders.unheld", {"order": order.number})


def pin(session: Session, context: Context, order_id: int) -> Message:
    """Puts an order before every other in the demand order. Refuses `orders.pinned_already`."""
    order = get_open(session, order_id)
    if order.is_pinned:
        raise Refusal("orders.pinned_already", order=order.number)
    order.is_pinned = True
    session.flush()
    return Message("orders.pinned", {"order": order.number})


def unpin(session: Session, context: Context, order_id: int) -> Message:
    """Gives an order back its own place in the demand order. Refuses `orders.not_pinned`."""
    order = get_open(session, order_id)
    if not order.is_pinned:
        raise Refusal("orders.not_pinned", order=order.number)
    order.is_pinned = False
    session.flush()
    return Message("orders.unpinned", {"order": order.number})


def get_open(session: Session, order_id: int) -> Order:
    """The order, locked until the transaction ends. Refuses `orders.over` when no unit of it is open any more."""
    order = session.get_one(Order, order_id, populate_existing=True, with_for_update=True)
    if not session.scalar(select(func.sum(_OWED)).where(OrderLine.order_id == order_id)):
        raise Refusal("orders.over", order=order.number)
    return order


def prompt(session: Session, context: Context) -> Prompt:
    """What the backlog's desk shows: how many orders are open, how many of them held and pinned."""
    open_orders = select(OrderLine.order_id).group_by(OrderLine.order_id).having(func.sum(_OWED) > 0)
    rows = session.execute(select(Order.is_held, Order.is_pinned).where(Order.id.in_(open_orders))).all()
    args = {"open": len(rows), "held": sum(r.is_held for r in rows), "pinned": sum(r.is_pinned for r in rows)}
    return Prompt(workflow=NAME, state="backlog", args=args)


def answer(session: Session, context: Context, message: Message) -> Answer:
    """The desk's answer after a change: hand it back from the command."""
    changes = Changes.ORDERS | Changes.STOCK | Changes.BATCHES | Changes.LANES | Changes.INBOUND
    return Answer(outcome=Outcome.STEP_DONE, message=message, prompt=prompt(session, context), changes=changes)


def _check_head(entry: Entry, row: NewOrder) -> None:
    entry.code("number", row.number)
    for name in ("ship_name", "street", "city"):
        entry.text(name, getattr(row, name))
    if find_number(row.country) is None or not row.country.isupper():
        raise entry.refusal("no_country", "country", row.country)
    if row.country in NO_POST_CODE:
        entry.maybe_text("postcode", row.postcode)
    else:
        entry.text("postcode", row.postcode)
    if not (len(row.currency) == 3 and row.currency.isascii() and row.currency.isupper()):
        raise entry.refusal("no_currency", "currency", row.currency)
    entry.instant("placed_at", row.placed_at)
    entry.instant("leave_by", row.leave_by)
    if row.priority_class not in CLASSES:
        raise entry.refusal("not_one_of", "priority_class", row.priority_class, choices="1 - 9")


def _check_lines(entry: Entry, row: NewOrder, products: dict[str, int]) -> None:
    if not row.lines:
        raise entry.refusal("no_lines", "lines", row.number)
    for line_no, line in enumerate(row.lines, 1):
        entry.known(f"lines[{line_no}].product", line.product, products)
        entry.at_least(f"lines[{line_no}].qty", line.qty, 1)
        entry.money(f"lines[{line_no}].price", line.price)
