"""Takes orders into the house, and what a desk does with them: hold, pin, rank, date, and let go again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.bulk import look_up
from wms_desktop.db.catalog import SHIP_RULES
from wms_desktop.db.tables import CarrierService, Customer, Order, OrderLine, Product
from wms_desktop.domain.countries import find_number
from wms_desktop.errors import BadInput, Refusal, Value
from wms_desktop.prompts import Answer, Message, Outcome, Prompt
from wms_desktop.services import news, order_log, policies, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import (
    AT_ONCE,
    Entry,
    append_rows,
    check_new,
    entries,
    find_ids,
    insert_rows,
)
from wms_desktop.services.policies import Wanted

NAME = "orders"
CLASSES = range(1, 10)
GIVEN = "given"
# Countries whose addresses have no post code, as far as this house ships (Universal Postal Union, addressing units).
NO_POST_CODE = frozenset({"AE", "AG", "AO", "BS", "BW", "BZ", "FJ", "HK", "QA", "UG", "ZW"})
_OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
_WAITS = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved


@dataclass(frozen=True, slots=True)
class NewOrderLine:
    """So many units of a product (its sku) at a price.

    Not sent before ``release_on`` (None: the product's own day, where that is still to come); ``made_to_order`` is
    served by its own purchase line alone. ``promise`` is the site-local day that the customer is told (None: the
    order's), ``promise_rule`` what it came from ("given": the shop said so).
    """

    product: str
    qty: int
    price: Decimal = Decimal(0)
    release_on: date | None = None
    made_to_order: bool = False
    promise: date | None = None
    promise_rule: str = GIVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a customer (a code) wants sent by a carrier's service (a code), to whom, until when.

    ``promise`` and ``release_on`` are site-local days; ``country`` has two letters. ``ship_rule``: available,
    complete, ask, or "" for the customer's own. ``channel`` is where it was sold.
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
    ship_rule: str = ""
    release_on: date | None = None
    is_paid: bool = False
    channel: str = ""
    lines: tuple[NewOrderLine, ...] = field(default=())


_PLAIN = ("number", "placed_at", "leave_by", "promise", "ship_name", "street", "city", "postcode", "country",
          "currency", "priority_class", "release_on", "is_paid", "channel")  # fmt: skip
_FRESH = {"is_pinned": False, "is_held": False, "hold_reason": "", "passed_over": 0}
_LINE_FRESH = {"cancelled": 0, "shipped": 0, "reserved": 0, "replaced": 0, "kit_qty": 0, "cause": "",
               "replaces_id": None, "made_by_id": None, "eta": None, "eta_late": None, "eta_from_id": None}  # fmt: skip
_plain = attrgetter(*_PLAIN)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the house knows of the customers, services and products that new orders name, by code and sku.

    ``is_limited``: a backorder rule of one of them limits what may be ordered.
    """

    customers: dict[str, tuple[int, str]]
    services: dict[str, int]
    products: dict[str, int]
    released: dict[str, date]
    is_limited: bool


def add_orders(session: Session, rows: Sequence[NewOrder], *, now: datetime | None = None,
               check_policy: bool = True) -> dict[str, int]:  # fmt: skip
    """Adds orders with their lines, numbered from 1; gives their ids by number.

    Raises BadInput, and adds none, for a number that comes twice or is taken, an unknown customer, service or
    product, a missing part of the address, no lines, a quantity below 1, and (``check_policy``) for what the backorder
    rules refuse at ``now`` (None: when the last of them was placed); ``row`` counts the orders, the line stands in
    the field's name. The command becomes final; waiting stock is matched with the new lines at its end.
    """
    known = _look_up(session, rows)
    heads: list[dict[str, Any]] = []
    for entry, row in entries("orders", rows):
        check_head(entry, row)
        _check_lines(entry, row, known.products)
        heads.append(_head(entry, row, known))
    check_new(session, "orders", Order.number, [row.number for row in rows])
    lines = [_line(row, line, known) for row in rows for line in row.lines]
    if check_policy and known.is_limited:
        _check_policies(session, rows, lines, heads, now or max(row.placed_at for row in rows))
    place = iter(lines)
    for number, row in enumerate(rows):
        for line_no in range(1, len(row.lines) + 1):
            line = next(place)
            line["order_id"], line["line_no"] = number, line_no
    order_ids = write_orders(session, heads, lines)
    return {row.number: order_id for row, order_id in zip(rows, order_ids, strict=True)}


def write_orders(session: Session, heads: Sequence[dict[str, Any]], lines: Sequence[dict[str, Any]]) -> list[int]:
    """Writes orders that were checked, by two statements; gives their ids in the order of ``heads``.

    Heads and lines are the columns of their tables that have no fixed beginning; ``order_id`` of a line is the place
    of its head, and is filled in. The command becomes final; waiting stock is matched with the lines at its end.
    """
    order_ids = insert_rows(session, Order, heads, _FRESH)
    for line in lines:
        line["order_id"] = order_ids[line["order_id"]]
    add_lines(session, lines)
    return order_ids


def add_lines(session: Session, lines: Sequence[dict[str, Any]]) -> None:
    """Writes lines of orders that are there, by one statement; as :func:`write_orders`, with real ``order_id``."""
    append_rows(session, OrderLine, lines, _LINE_FRESH)
    news.note(session, {line["product_id"] for line in lines})


def list_ids(session: Session, numbers: Sequence[str]) -> list[int]:
    """The ids of orders by their numbers. Raises BadInput `orders.unknown` for the first that there is not."""
    found = find_ids(session, Order.number, Order.id, numbers)
    for number in numbers:
        if number not in found:
            raise BadInput("orders.unknown", order=number)
    return [found[number] for number in numbers]


def hold(session: Session, context: Context, order_ids: Sequence[int], reason: str) -> Message:
    """Stops orders: nothing of them is reserved, batched, packed or loaded from now on; what is reserved stays so.

    All of them or none; those that are held stay as they are. Refuses `orders.reason_wanted`, `orders.over` when
    nothing of one is open, `orders.held_already` when all are held.
    """
    check_reason(reason)
    free = [order for order in get_all_open(session, order_ids) if not order.is_held]
    if not free:
        raise Refusal("orders.held_already", order=_first(session, order_ids))
    for order in free:
        order.is_held, order.hold_reason = True, reason.strip()
        order_log.note(session, context, order.id, "event.held", {"reason": reason.strip()})
    session.flush()
    note_demand(session, [order.id for order in free])  # what trucks are to bring them goes to others
    return _done("held", free)


def unhold(session: Session, context: Context, order_ids: Sequence[int]) -> Message:
    """Lets held orders go on; what waits of them is matched at once. Refuses `orders.not_held` when none is held."""
    held = [order for order in get_all_open(session, order_ids) if order.is_held]
    if not held:
        raise Refusal("orders.not_held", order=_first(session, order_ids))
    for order in held:
        order.is_held, order.hold_reason = False, ""
        order_log.note(session, context, order.id, "event.unheld", {})
    session.flush()
    note_demand(session, [order.id for order in held])
    return _done("unheld", held)


def pin(session: Session, context: Context, order_ids: Sequence[int]) -> Message:
    """Puts orders before every other in the demand order. Refuses `orders.pinned_already` when all are pinned.

    What later orders hold in bins is not taken for them here: see `allocation.allocate_for`.
    """
    free = [order for order in get_all_open(session, order_ids) if not order.is_pinned]
    if not free:
        raise Refusal("orders.pinned_already", order=_first(session, order_ids))
    for order in free:
        order.is_pinned = True
        order_log.note(session, context, order.id, "event.pinned", {})
    session.flush()
    note_demand(session, [order.id for order in free])
    return _done("pinned", free)


def unpin(session: Session, context: Context, order_ids: Sequence[int]) -> Message:
    """Gives orders back their own place in the demand order. Refuses `orders.not_pinned` when none is pinned."""
    pinned = [order for order in get_all_open(session, order_ids) if order.is_pinned]
    if not pinned:
        raise Refusal("orders.not_pinned", order=_first(session, order_ids))
    for order in pinned:
        order.is_pinned = False
        order_log.note(session, context, order.id, "event.unpinned", {})
    session.flush()
    note_demand(session, order_ids)
    return _done("unpinned", pinned)


def rank(session: Session, context: Context, order_ids: Sequence[int], priority_class: int) -> Message:
    """Gives orders another priority class (1 first, 9 last). Raises BadInput `orders.no_class` for any other."""
    if priority_class not in CLASSES:
        raise BadInput("orders.no_class", asked=priority_class)
    found = get_all_open(session, order_ids)
    for order in found:
        args: dict[str, Value] = {"was": order.priority_class, "now": priority_class}
        order.priority_class = priority_class
        order_log.note(session, context, order.id, "event.ranked", args)
    session.flush()
    note_demand(session, order_ids)
    return _done("ranked", found, {"priority": priority_class})


def set_ship_rule(session: Session, context: Context, order_ids: Sequence[int], rule: str) -> Message:
    """How much of an order may leave at once: available (a part may), complete, ask (a part once somebody said so).

    What is reserved already stays so. Raises BadInput `orders.no_ship_rule`.
    """
    if rule not in SHIP_RULES:
        raise BadInput("orders.no_ship_rule", asked=rule)
    found = get_all_open(session, order_ids)
    for order in found:
        args: dict[str, Value] = {"was": f"ship_rule.{ship_rule_of(order)}", "now": f"ship_rule.{rule}"}
        order.ship_complete, order.must_ask = rule != "available", rule == "ask"
        order_log.note(session, context, order.id, "event.ship_rule", args)
    session.flush()
    note_demand(session, order_ids)
    return _done("ship_rule", found, {"rule": f"ship_rule.{rule}"})


def set_release(session: Session, context: Context, order_ids: Sequence[int], day: date | None) -> Message:
    """The site-local day before which nothing of these orders leaves (None: they may leave now).

    What is reserved for them is let go by `cancelling.let_go_early`, which belongs into the same command.
    """
    found = get_all_open(session, order_ids)
    for order in found:
        order.release_on = day
        said: dict[str, Value] = {"day": day.isoformat()} if day else {}
        order_log.note(session, context, order.id, "event.release_on" if day else "event.released", said)
    session.flush()
    note_demand(session, order_ids)
    return _done("release_on", found, {"day": day.isoformat()}) if day else _done("released", found)


def move_leave_by(session: Session, context: Context, order_ids: Sequence[int], leave_by: datetime) -> Message:
    """Another truck: the instant until which these orders must leave. Refuses `orders.leave_by_past`."""
    if leave_by <= context.at:
        raise Refusal("orders.leave_by_past", at=_local(session, leave_by))
    found = get_all_open(session, order_ids)
    for order in found:
        args: dict[str, Value] = {"was": _local(session, order.leave_by), "now": _local(session, leave_by)}
        order.leave_by = leave_by
        order_log.note(session, context, order.id, "event.leave_by", args)
    session.flush()
    note_demand(session, order_ids)
    return _done("leave_by", found, {"at": _local(session, leave_by)})


def ship_rule_of(order: Order) -> str:
    """The order's rule in one word: available, complete, ask."""
    return "ask" if order.must_ask else "complete" if order.ship_complete else "available"


def check_reason(reason: str) -> None:
    """Refuses `orders.reason_wanted` for an empty reason, BadInput for one that cannot be read."""
    if not reason.strip():
        raise Refusal("orders.reason_wanted")
    Entry("orders", 1).maybe_text("reason", reason)


def note_demand(session: Session, order_ids: Sequence[int]) -> None:
    """What these orders wait for is looked at again at the end of the command."""
    for start in range(0, len(order_ids), AT_ONCE):
        waits = select(OrderLine.product_id).where(OrderLine.order_id.in_(order_ids[start : start + AT_ONCE]), _WAITS)
        news.note(session, session.scalars(waits.distinct()))


def count_reserved(session: Session) -> tuple[int, int]:
    """How many units are reserved in the house, and for how many orders."""
    query = select(func.coalesce(func.sum(OrderLine.reserved), 0), func.count(OrderLine.order_id.distinct()))
    row = session.execute(query.where(OrderLine.reserved > 0)).one()
    return int(row[0]), row[1]


def get_open(session: Session, order_id: int) -> Order:
    """The order, locked until the transaction ends. Refuses `orders.over` when no unit of it is open any more."""
    return get_all_open(session, [order_id])[0]


def get_all_open(session: Session, order_ids: Sequence[int]) -> list[Order]:
    """The orders, each once, locked until the transaction ends.

    Refuses `orders.none_chosen`, and `orders.over` for the first of which no unit is open any more.
    """
    if not order_ids:
        raise Refusal("orders.none_chosen")
    wanted = list(dict.fromkeys(order_ids))
    found: dict[int, Order] = {}
    is_open: set[int] = set()
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        query = select(Order).where(Order.id.in_(some)).order_by(Order.id)
        rows = session.scalars(query.execution_options(populate_existing=True).with_for_update())
        found |= {order.id: order for order in rows}
        owed = select(OrderLine.order_id).where(OrderLine.order_id.in_(some), _OWED > 0).distinct()
        is_open |= set(session.scalars(owed))
    for order_id in wanted:
        if order_id not in found:
            raise BadInput("orders.gone")
        if order_id not in is_open:
            raise Refusal("orders.over", order=found[order_id].number)
    return [found[order_id] for order_id in wanted]


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


def _done(what: str, orders: Sequence[Order], more: dict[str, Value] | None = None) -> Message:
    """`orders.<what>` for one order, `orders.<what>_many` for several."""
    args = more or {}
    if len(orders) == 1:
        return Message(f"orders.{what}", {"order": orders[0].number} | args)
    return Message(f"orders.{what}_many", {"count": len(orders)} | args)


def _first(session: Session, order_ids: Sequence[int]) -> str:
    return session.get_one(Order, order_ids[0]).number


def _local(session: Session, at: datetime) -> str:
    return at.astimezone(site_time.zone_of(session)).strftime("%Y-%m-%d %H:%M")


def _look_up(session: Session, rows: Sequence[NewOrder]) -> _Known:
    skus = list(dict.fromkeys(line.product for row in rows for line in row.lines))
    codes = list(dict.fromkeys(row.customer for row in rows))
    customers: dict[str, tuple[int, str]] = {}
    products: dict[str, int] = {}
    released: dict[str, date] = {}
    rules: set[str] = set()
    session.flush()
    connection = session.connection()
    who, what = (
        (Customer.id, Customer.ship_rule, Customer.backorders),
        (Product.id, Product.release_on, Product.backorders),
    )
    for start in range(0, len(codes), AT_ONCE):
        for code, customer_id, rule, backorders in look_up(
            connection, Customer.code, who, codes[start : start + AT_ONCE]
        ):
            customers[code] = (customer_id, rule)
            rules.add(backorders)
    for start in range(0, len(skus), AT_ONCE):
        for sku, product_id, day, backorders in look_up(connection, Product.sku, what, skus[start : start + AT_ONCE]):
            products[sku] = product_id
            rules.add(backorders)
            if day is not None:
                released[sku] = day
    services = find_ids(session, CarrierService.code, CarrierService.id, [row.service for row in rows])
    return _Known(customers, services, products, released, is_limited=bool(rules - {policies.ALLOW}))


def _head(entry: Entry, row: NewOrder, known: _Known) -> dict[str, Any]:
    customer = known.customers.get(row.customer)
    if customer is None:
        raise entry.refusal("unknown", "customer", row.customer)
    rule = row.ship_rule or customer[1]
    return dict(zip(_PLAIN, _plain(row), strict=True)) | {
        "customer_id": customer[0], "service_id": entry.known("service", row.service, known.services),
        "ship_complete": rule != "available", "must_ask": rule == "ask",
    }  # fmt: skip


def _line(row: NewOrder, line: NewOrderLine, known: _Known) -> dict[str, Any]:
    release_on = line.release_on
    if release_on is None and known.released:
        release_on = known.released.get(line.product)
        release_on = release_on if release_on and release_on > row.placed_at.date() else None
    promise = line.promise or row.promise
    return {
        "product_id": known.products[line.product], "ordered": line.qty, "price": line.price,
        "release_on": release_on, "made_to_order": line.made_to_order, "first_promise": promise, "promise": promise,
        "promise_rule": line.promise_rule,
    }  # fmt: skip


def _check_policies(session: Session, rows: Sequence[NewOrder], lines: Sequence[dict[str, Any]],
                    heads: Sequence[dict[str, Any]], now: datetime) -> None:  # fmt: skip
    """Raises BadInput for the first line that a backorder rule refuses; pre-orders and what is made are not asked."""
    today = site_time.today(session, now)
    wants: list[Wanted] = []
    where: list[tuple[int, int]] = []
    place = iter(lines)
    for number, (row, head) in enumerate(zip(rows, heads, strict=True), 1):
        for line_no in range(1, len(row.lines) + 1):
            line = next(place)
            if not (line["made_to_order"] or max(line["release_on"] or today, row.release_on or today) > today):
                wants.append(Wanted(line["product_id"], head["customer_id"], line["ordered"]))
                where.append((number, line_no))
    refused = policies.check_backorders(session, now, wants)
    if refused:
        index, why = next(iter(refused.items()))
        number, line_no = where[index]
        raise BadInput(why.code, **dict(why.args) | {"row": number, "field": f"lines[{line_no}].qty"})


def check_head(entry: Entry, row: NewOrder) -> None:
    """What an order must say of itself: number, whole address, currency, times, class. Raises BadInput `input.*`."""
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
    if row.ship_rule:
        entry.one_of("ship_rule", row.ship_rule, SHIP_RULES)
    if row.channel:
        entry.maybe_text("channel", row.channel)


def _check_lines(entry: Entry, row: NewOrder, products: dict[str, int]) -> None:
    if not row.lines:
        raise entry.refusal("no_lines", "lines", row.number)
    for line_no, line in enumerate(row.lines, 1):
        if line.product not in products:
            raise entry.refusal("unknown", f"lines[{line_no}].product", line.product)
        if line.qty < 1:
            raise entry.refusal("too_small", f"lines[{line_no}].qty", line.qty, least=1)
        if line.price:
            entry.money(f"lines[{line_no}].price", line.price)
