"""Whether more of a product may be sold than there is: its own rule, its customer's, and what they refuse."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from wms_desktop.db.tables import (
    Customer,
    KitPart,
    Location,
    Lot,
    Order,
    OrderLine,
    Product,
    Stock,
)
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import site_time
from wms_desktop.services.first_promises import Till
from wms_desktop.services.intake import in_pieces

ALLOW = "allow"
_FEW = 500
_SELLING = ("bin", "dock", "lane", "bench", "cart")
_OPEN = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved
_IS_OPEN = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a product that a customer wants to order."""

    product_id: int
    customer_id: int
    qty: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """A backorder rule with its limit, and who it is of (a sku, or a customer's code)."""

    kind: str
    limit: int
    name: str


@dataclass(slots=True)
class _Shelf:
    """What is left to sell while wants are taken, by product; below 0: units wait with nothing behind them."""

    left: dict[int, int]
    parts: Mapping[int, Sequence[tuple[int, int]]]

    def sellable(self, product_id: int) -> int:
        """Units that could be promised from stock; a kit counts what its parts make up. Negative: units wait."""
        own, parts = self.left.get(product_id, 0), self.parts.get(product_id)
        return own + min(self.left.get(part, 0) // qty for part, qty in parts) if parts else own

    def take(self, product_id: int, qty: int) -> None:
        """Promises units: a kit's from its own stock first, then from its parts."""
        parts = self.parts.get(product_id)
        own = qty if not parts else min(qty, max(self.left.get(product_id, 0), 0))
        self.left[product_id] = self.left.get(product_id, 0) - own
        for part, per_kit in parts or ():
            self.left[part] = self.left.get(part, 0) - (qty - own) * per_kit


def check_backorders(session: Session, now: datetime, wants: Sequence[Wanted],
                     days: Mapping[int, date] | None = None) -> dict[int, Message]:  # fmt: skip
    """Which of these may not be ordered, by place in the list: index -> the sentence that says why and what to do.

    The wants are taken in turn, each on top of those before it that were not refused. ``days`` are the first
    possible days (site-local) by index, for the rule "at most so many days"; without them they are asked for here,
    as `first_promises` tells them. A dozen statements, however many wants there are; two when no rule limits
    anything.
    """
    products = _rules(session, Product, Product.sku, {want.product_id for want in wants})
    customers = _rules(session, Customer, Customer.code, {want.customer_id for want in wants})
    strict = {w.product_id for w in wants if w.product_id in products or w.customer_id in customers}
    if not strict:
        return {}
    waiting = _of_customers(session, {c for c, rule in customers.items() if rule.kind == "units"})
    today = site_time.today(session, now)
    shelf = _shelf(session, today, strict | {product_id for _, product_id in waiting})
    counts_days = any(rule.kind == "days" for rule in (*products.values(), *customers.values()))
    till = Till(session, now, strict) if counts_days and days is None else None
    skus = _names(session, Product, Product.sku, strict)
    asked: dict[int, int] = defaultdict(int)
    for (customer_id, product_id), units in waiting.items():
        asked[customer_id] += min(units, max(0, -shelf.sellable(product_id)))
    refused = {}
    for index, want in enumerate(wants):
        if want.product_id not in strict:
            continue
        short = min(want.qty, max(0, want.qty - max(0, shelf.sellable(want.product_id))))
        first = till.ask(want.product_id, want.qty) if till and short else (days or {}).get(index)
        case = _Case(want.qty, short, first, today, skus[want.product_id])
        total = max(0, want.qty - shelf.sellable(want.product_id))
        why = _judge(products.get(want.product_id), case, total, "product") or _judge(
            customers.get(want.customer_id), case, asked[want.customer_id] + short, "customer"
        )
        if why is not None:
            refused[index] = why
            continue
        shelf.take(want.product_id, want.qty)
        if till is not None:
            till.take(want.product_id, want.qty)
        asked[want.customer_id] += short
    return refused


def list_sellable(session: Session, now: datetime, product_ids: Collection[int]) -> dict[int, int]:
    """Units of each product that could be sold from stock now: good and free, beyond safety stock and waiting demand.

    A kit counts what can be made of its parts. Negative: so many units wait with nothing behind them.
    """
    shelf = _shelf(session, site_time.today(session, now), product_ids)
    return {product_id: shelf.sellable(product_id) for product_id in product_ids}


@dataclass(frozen=True, slots=True)
class _Case:
    """One want: units, those of them with nothing behind, the first possible day, today, and the product's sku."""

    qty: int
    short: int
    first: date | None
    today: date
    sku: str


def _judge(rule: _Rule | None, case: _Case, total: int, whose: str) -> Message | None:
    """The sentence of a rule that refuses; ``total`` are the units on backorder if the want were taken."""
    if rule is None or not case.short:
        return None
    args: dict[str, Value] = {"sku": case.sku, "asked": case.qty, "free": case.qty - case.short, "name": rule.name}
    if rule.kind == "deny":
        return Message(f"policy.{whose}_deny", args)
    if rule.kind == "units" and total > rule.limit:
        left = max(0, case.qty - (total - rule.limit))
        return Message(f"policy.{whose}_units", args | {"limit": rule.limit, "left": left})
    if rule.kind == "days" and (case.first is None or case.first > case.today + timedelta(days=rule.limit)):
        if case.first is None:
            return Message(f"policy.{whose}_no_day", args | {"limit": rule.limit})
        return Message(f"policy.{whose}_days", args | {"limit": rule.limit, "day": case.first.isoformat()})
    return None


def _rules(session: Session, table: type[Product] | type[Customer], name: InstrumentedAttribute[str],
           ids: Collection[int]) -> dict[int, _Rule]:  # fmt: skip
    """The rules that limit anything, of these rows."""
    query = select(table.id, table.backorders, table.backorder_limit, name).where(table.backorders != ALLOW)
    if len(ids) <= _FEW:
        query = query.where(table.id.in_(ids))
    return {row[0]: _Rule(row[1], row[2], row[3]) for row in session.execute(query) if row[0] in ids}


def _names(session: Session, table: type[Product], name: InstrumentedAttribute[str],
           ids: Collection[int]) -> dict[int, str]:  # fmt: skip
    return {row[0]: row[1] for part in in_pieces(ids) for row in session.execute(select(table.id, name).where(
        table.id.in_(part)))}  # fmt: skip


def _shelf(session: Session, today: date, product_ids: Collection[int]) -> _Shelf:
    """What is free of these products, of the parts of kits among them, and of kits made of them; less what waits."""
    kits = _list_kits(session, product_ids)
    known = {*product_ids, *kits, *(part for rows in kits.values() for part, _ in rows)}
    free, waits = _free(session, today, known), _waiting(session, known)
    left = {product_id: free.get(product_id, 0) - waits.get(product_id, 0) for product_id in known}
    shelf = _Shelf(left, kits)
    for kit in kits:
        missing = -min(left[kit], 0)
        if missing:  # kits that wait are waited for in their parts
            left[kit] = 0
            shelf.take(kit, missing)
    return shelf


def _list_kits(session: Session, product_ids: Collection[int]) -> dict[int, list[tuple[int, int]]]:
    """The kits among the products, and those that share parts with them: (part, units in one kit) by kit."""
    rows = session.execute(select(KitPart.kit_id, KitPart.part_id, KitPart.qty).order_by(KitPart.id)).all()
    known = set(product_ids)
    known |= {row.part_id for row in rows if row.kit_id in known}
    touched = {row.kit_id for row in rows if row.part_id in known}
    kits: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        if row.kit_id in touched:
            kits[row.kit_id].append((row.part_id, row.qty))
    return dict(kits)


def _free(session: Session, today: date, product_ids: Collection[int]) -> dict[int, int]:
    """Good units that nobody holds, not expired, beyond the safety stock."""
    free: dict[int, int] = {}
    for part in in_pieces(product_ids):
        rows = session.execute(
            select(Stock.product_id, func.sum(Stock.on_hand - Stock.reserved), Product.safety_stock)
            .join(Product, Product.id == Stock.product_id)
            .join(Location, Location.id == Stock.location_id)
            .join(Lot, Lot.id == Stock.lot_id)
            .where(Stock.product_id.in_(part), Stock.condition == "good", Stock.on_hand > Stock.reserved)
            .where(Location.kind.in_(_SELLING), Lot.expiry.is_(None) | (Lot.expiry >= today))
            .group_by(Stock.product_id, Product.safety_stock)
        )
        free |= {row[0]: max(0, int(row[1]) - row[2]) for row in rows}
    return free


def _waiting(session: Session, product_ids: Collection[int]) -> dict[int, int]:
    """Units that wait with no stock reserved for them; what is made to order waits for nobody's stock."""
    waits: dict[int, int] = {}
    for part in in_pieces(product_ids):
        waits |= {row[0]: int(row[1]) for row in session.execute(
            select(OrderLine.product_id, func.sum(_OPEN))
            .where(OrderLine.product_id.in_(part), _IS_OPEN, OrderLine.made_to_order == False)
            .group_by(OrderLine.product_id))}  # fmt: skip
    return waits


def _of_customers(session: Session, customer_ids: Collection[int]) -> dict[tuple[int, int], int]:
    """Units of each of these customers that wait with no stock reserved, by (customer, product)."""
    found: dict[tuple[int, int], int] = {}
    for part in in_pieces(customer_ids):
        rows = session.execute(
            select(Order.customer_id, OrderLine.product_id, func.sum(_OPEN))
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.customer_id.in_(part), _IS_OPEN, OrderLine.made_to_order == False)
            .group_by(Order.customer_id, OrderLine.product_id)
        )
        found |= {(row[0], row[1]): int(row[2]) for row in rows}
    return found
