"""Sends one product instead of another: what may stand in, ranked; and the exchange itself, in one confirmed act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Order, OrderLine, Product, Substitute
from wms_desktop.errors import BadInput, Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import news, order_log, policies, site_time
from wms_desktop.services.cancelling import Effort, cut
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import AT_ONCE
from wms_desktop.services.orders import get_open
from wms_desktop.views.promises import Alternative

_OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped


def alternatives(session: Session, now: datetime, line_id: int) -> tuple[Alternative, ...]:
    """The products that may be sent instead of what a line still waits for, the best first.

    Only those with free units: beyond safety stock and beyond what waits for them already. First the house's rank,
    then those that cover the whole need, then the most free units, then the lowest price, then the sku.
    """
    return list_alternatives(session, now, [line_id])[line_id]


def list_alternatives(session: Session, now: datetime, line_ids: Sequence[int]) -> dict[int, tuple[Alternative, ...]]:
    """As `alternatives`, for many lines at once, in a handful of statements; each line as if it came alone."""
    today = site_time.today(session, now)
    by_product: dict[int, list[Any]] = defaultdict(list)
    lines: list[Any] = []
    for start in range(0, len(line_ids), AT_ONCE):
        lines += session.execute(
            select(OrderLine.id, OrderLine.product_id, OrderLine.price, _OWED.label("owed"), OrderLine.reserved,
                   OrderLine.made_to_order, OrderLine.kit_qty)
            .where(OrderLine.id.in_(line_ids[start : start + AT_ONCE]))
        ).all()  # fmt: skip
    wanted = sorted({line.product_id for line in lines if not line.made_to_order and not line.kit_qty})
    for start in range(0, len(wanted), AT_ONCE):
        for row in session.execute(
            select(Substitute.product_id, Substitute.rank, Product.id, Product.sku, Product.name, Product.price)
            .join(Product, Product.id == Substitute.alternative_id)
            .where(Substitute.product_id.in_(wanted[start : start + AT_ONCE]))
            .where(or_(Product.release_on.is_(None), Product.release_on <= today))
        ):
            by_product[row.product_id].append(row)
    free = policies.list_sellable(session, now, {row.id for rows in by_product.values() for row in rows})
    found = {
        line.id: _rank(line, by_product[line.product_id], free)
        for line in lines
        if not line.made_to_order and not line.kit_qty
    }
    return {line_id: found.get(line_id, ()) for line_id in line_ids}


def substitute(session: Session, context: Context, line_id: int, alternative_id: int, units: int) -> Message:
    """Sends so many units of another product instead; the customer pays what was ordered, or less.

    The units leave the line (`cancelled` and `replaced`) and live on in a new line that names it; what was reserved
    for them in bins is free again, and the new line is served at the end of the command. Refuses, and changes
    nothing: `orders.over`, `orders.made_to_order`, `orders.part_of_kit_stays`, `orders.no_substitute`,
    `orders.substitute_gone` (fewer are free now), `orders.in_work`; BadInput for fewer than one unit or more than
    the line has open.
    """
    order_id = session.scalar(select(OrderLine.order_id).where(OrderLine.id == line_id))
    if order_id is None:
        raise BadInput("orders.gone")
    order = get_open(session, order_id)
    line = session.get_one(OrderLine, line_id, populate_existing=True, with_for_update=True)
    was, now = session.get_one(Product, line.product_id), session.get(Product, alternative_id)
    if now is None:
        raise BadInput("orders.no_such_product")
    check(session, context.at, line, (was, now), units)
    freed = cut(session, context, [line], {line.id: units}, most=Effort.PICK)
    line.replaced += units
    last = session.scalar(select(func.max(OrderLine.line_no)).where(OrderLine.order_id == order.id)) or 0
    fresh = OrderLine(
        order_id=order.id,
        line_no=last + 1,
        product_id=now.id,
        ordered=units,
        price=lower_price(line.price, now.price),
        replaces_id=line.id,
        first_promise=line.first_promise,
        promise=line.promise,
        promise_rule=line.promise_rule,
        cause=line.cause,
    )
    session.add(fresh)
    session.flush()
    said: dict[str, Value] = {"units": units, "was": was.sku, "now": now.sku}
    order_log.note(session, context, order.id, "event.substituted", said, fresh.id)
    news.note(session, (was.id, now.id))
    return Message("orders.substituted", said | {"order": order.number, "freed": freed.units})


def lower_price(ordered: Decimal, alternative: Decimal) -> Decimal:
    """What the customer pays for a substitute: the lower of both prices (0: the alternative's is not known)."""
    return min(ordered, alternative) if alternative else ordered


def check(session: Session, now: datetime, line: OrderLine, products: tuple[Product, Product], units: int) -> None:
    """Refuses what `substitute` refuses, but for units that are in work; ``products``: ordered, and sent instead."""
    order = session.get_one(Order, line.order_id)
    was, other = products
    names: dict[str, Value] = {"order": order.number, "line": line.line_no, "sku": was.sku}
    if line.made_to_order:
        raise Refusal("orders.made_to_order", order=order.number, line=line.line_no)
    if line.kit_qty:
        raise Refusal("orders.part_of_kit_stays", order=order.number, line=line.line_no)
    owed = line.ordered - line.cancelled - line.shipped
    if not 1 <= units <= owed:
        raise BadInput("orders.substitute_how_many", **names, asked=units, open=owed)
    known = select(Substitute.id).where(Substitute.product_id == was.id, Substitute.alternative_id == other.id)
    if session.scalar(known) is None:
        raise Refusal("orders.no_substitute", sku=was.sku, other=other.sku)
    if other.release_on is not None and other.release_on > site_time.today(session, now):
        raise Refusal("orders.substitute_not_released", other=other.sku, day=other.release_on.isoformat())
    free = max(0, policies.list_sellable(session, now, [other.id])[other.id])
    if units > free:
        raise Refusal("orders.substitute_gone", other=other.sku, asked=units, free=free)


def _rank(line: Any, rows: Sequence[Any], free: dict[int, int]) -> tuple[Alternative, ...]:
    need = line.owed - line.reserved or line.owed
    some = [row for row in rows if free[row.id] > 0]
    some.sort(key=lambda row: (row.rank, free[row.id] < need, -free[row.id], row.price, row.sku))
    return tuple(
        Alternative(
            product_id=row.id,
            sku=row.sku,
            product=row.name,
            free=free[row.id],
            price=row.price,
            rank=row.rank,
            reason=_reason(free[row.id], need, row.price - line.price if row.price else Decimal(0)),
        )
        for row in some
    )


def _reason(free: int, need: int, dearer: Decimal) -> Message:
    args: dict[str, Value] = {"free": free, "need": need, "difference": f"{abs(dearer.normalize()):f}"}
    what = "whole" if free >= need else "part"
    if dearer > 0:
        return Message(f"alternative.{what}_dearer", args)
    if dearer < 0:
        return Message(f"alternative.{what}_cheaper", args)
    return Message(f"alternative.{what}", args)
