"""Why a line holds what it holds, why the rest of it waits, who has the goods, and what would set them free."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Location,
    Lot,
    Order,
    OrderLine,
    Pick,
    Plate,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Reservation,
    Stock,
)
from wms_desktop.domain.allocation import Demand, Picture, decide, in_order
from wms_desktop.domain.demand import Ordered, full_key, urgency_of
from wms_desktop.prompts import Message
from wms_desktop.services import settings, site_time
from wms_desktop.services.picturing import WAITS, read

FEW = 3
_BY_BIN = ("one_bin", "several_bins", "short_elsewhere", "short_dock", "closest", "empty_bin")
_OPEN = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved


def reason_text(why: tuple[str, ...]) -> str:
    """The reason of a reservation as it is stored: short JSON of a code and what fills its sentence."""
    return json.dumps(list(why), ensure_ascii=False, separators=(",", ":"))


def reason_message(reason: str) -> Message:
    """The sentence of a stored reason; what nobody knows how to say is shown as it is."""
    try:
        known = json.loads(reason)
    except ValueError:
        known = None
    if isinstance(known, dict) and known.get("rule"):
        return Message("why.crossdock", {"rule": f"why.{known['rule']}"})
    if not isinstance(known, list) or not known or not all(isinstance(one, str) for one in known):
        return Message("why.plain", {"text": reason})
    code, *args = known
    names = {"fefo": ("lot", "expiry"), "fifo": ("bin", "day"), "taken_back": ("bin", "order")}
    wanted = ("bin",) if code in _BY_BIN else names.get(code)
    if wanted is None or len(args) not in (len(wanted), len(wanted) + 1):
        return Message("why.plain", {"text": reason})
    if len(args) == len(wanted):
        return Message(f"why.{code}", dict(zip(wanted, args, strict=True)))
    return Message(f"why.{code}_next", dict(zip((*wanted, "next"), args, strict=True)))


def explain(session: Session, now: datetime, line_id: int) -> tuple[Message, ...]:
    """Everything there is to say about one order line, the plainest first.

    What it holds, where and why these units; why the rest waits; which orders have the goods (with their numbers) and
    which come before and after; what stands in the house but may not be had; and what would set units free. Nothing is
    written. An unknown line is a bug.
    """
    asked = _ask(session, now, line_id)
    said = [*_holds(session, line_id)]
    if asked.open:
        said += _waits(session, asked)
        said += _holders(session, asked)
        said += _queue(asked)
        said += _elsewhere(session, asked)
        said += _ways_out(session, asked)
    elif not said:
        said.append(Message("stock.nothing_open"))
    return tuple(said)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The line in question, its order, how many of its units nobody holds, and the picture of its product."""

    line: OrderLine
    order: Order
    open: int
    picture: Picture

    @property
    def why(self) -> str:
        """The deciding reason of the moment; empty: the next run would serve it."""
        return next((one.why for one in decide(self.picture).unmet if one.line_id == self.line.id), "")

    def would_get(self, change: Callable[[Demand], Demand] = lambda one: one) -> int:
        """Units the line would get if its order were changed so."""
        picture = self.picture.with_order(self.order.id, change)
        return sum(one.qty for one in decide(picture).shares if one.line_id == self.line.id)


def _ask(session: Session, now: datetime, line_id: int) -> _Asked:
    line = session.get_one(OrderLine, line_id, populate_existing=True)
    order = session.get_one(Order, line.order_id, populate_existing=True)
    picture = read(session, now, product_ids=[line.product_id], takes_back=[order.id])
    picture = picture.with_order(order.id, lambda one: replace(one, takes_back=False))
    waits = line.ordered - line.cancelled - line.shipped - line.reserved
    return _Asked(line, order, waits, picture)


def _holds(session: Session, line_id: int) -> Iterator[Message]:
    rows = session.execute(
        select(Reservation.qty, Reservation.reason, Location.code, Plate.code.label("plate"), Stock.plate_id)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .where(Reservation.order_line_id == line_id, Reservation.state == "held")
        .order_by(Reservation.id)
    )
    for row in rows:
        place = f"{row.code}, {row.plate}" if row.plate_id else row.code
        yield Message("stock.holds", {"units": row.qty, "place": place})
        yield reason_message(row.reason)


def _waits(session: Session, asked: _Asked) -> Iterator[Message]:
    """The deciding reason why the rest is not reserved, with what it hangs on."""
    why, units = asked.why, asked.open
    zone = site_time.zone_of(session)
    if not why:
        yield Message("stock.next_run", {"units": units})
    elif why == "on_hold":
        yield Message("stock.waits_hold", {"units": units, "reason": asked.order.hold_reason or "-"})
    elif why == "not_released":
        days = [day for day in (asked.order.release_on, asked.line.release_on) if day is not None]
        yield Message("stock.waits_release", {"units": units, "day": max(days).isoformat()})
    elif why == "beyond_horizon":
        days_ahead = settings.get(session, "reserve_horizon_days")
        leaves = asked.order.leave_by.astimezone(zone).date().isoformat()
        yield Message("stock.waits_horizon", {"units": units, "days": days_ahead, "day": leaves})
    elif why == "made_to_order":
        yield _made_to_order(session, asked)
    elif why in ("waits_for_rest", "kit_part"):
        yield Message(f"stock.waits_{why}", {"units": units, "missing": ", ".join(_missing_beside(session, asked))})
    else:
        yield Message(f"waits.{why}", {"qty": units})


def _made_to_order(session: Session, asked: _Asked) -> Message:
    row = session.execute(
        select(PurchaseOrder.number, PurchaseOrder.due)
        .join(PurchaseLine, PurchaseLine.purchase_order_id == PurchaseOrder.id)
        .where(PurchaseLine.id == asked.line.made_by_id)
    ).one_or_none()
    if row is None:
        return Message("stock.waits_to_be_bought", {"units": asked.open})
    return Message("stock.waits_made", {"units": asked.open, "purchase": row.number, "day": row.due.isoformat()})


def _missing_beside(session: Session, asked: _Asked) -> list[str]:
    """The articles that keep the rest of the order, or of the kit, from being reserved with it."""
    decision = decide(asked.picture)
    lacking = {one.line_id for one in decision.unmet if one.why not in ("waits_for_rest", "kit_part")}
    mine = next(one for one in asked.picture.demands if one.order_id == asked.order.id)
    ids = {line.product_id for line in mine.lines if line.line_id in lacking and line.line_id != asked.line.id}
    return list(session.scalars(select(Product.sku).where(Product.id.in_(ids)).order_by(Product.sku))) or ["-"]


def _holders(session: Session, asked: _Asked) -> Iterator[Message]:
    """The first few orders, in the demand order, that hold units of the product."""
    rows = session.execute(
        select(
            Order.id, Order.number, Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class,
            Order.placed_at, Order.passed_over, func.sum(Reservation.qty).label("units"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Reservation, Reservation.order_line_id == OrderLine.id)
        .join(Stock, Stock.id == Reservation.stock_id)
        .where(Stock.product_id == asked.line.product_id, Reservation.state == "held", Order.id != asked.order.id)
        .group_by(
            Order.id, Order.number, Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class,
            Order.placed_at, Order.passed_over,
        )
    ).all()  # fmt: skip
    now, today = asked.picture.now, asked.picture.today
    ordered = sorted(rows, key=lambda row: full_key(urgency_of(row, row.id), now, today))
    for row in ordered[:FEW]:
        yield Message("stock.held_by", {"units": int(row.units), **_named(session, row, row.number, asked.picture)})
    if len(ordered) > FEW:
        units = sum(int(row.units) for row in ordered[FEW:])
        yield Message("stock.held_by_more", {"orders": len(ordered) - FEW, "units": units})


def _named(session: Session, order: Ordered, number: str, picture: Picture) -> dict[str, str]:
    """An order's number and what its place in the demand order comes from."""
    if order.is_pinned:
        code = "reason.rank_pinned"
    elif order.promise < picture.today:
        code = "reason.rank_late"
    else:
        code = "reason.rank_cut_off" if order.leave_by > picture.now else "reason.rank_missed"
    local = order.leave_by.astimezone(site_time.zone_of(session))
    return {"order": number, "rank": code, "leave_by": local.strftime("%Y-%m-%d %H:%M")}


def _queue(asked: _Asked) -> Iterator[Message]:
    """Its place among those who wait for the product, and its neighbours there."""
    product_id = asked.line.product_id
    waiting = [
        one for one in in_order(asked.picture)
        if any(line.product_id == product_id and line.open for line in one.lines)
    ]  # fmt: skip
    place = next((n for n, one in enumerate(waiting) if one.order_id == asked.order.id), None)
    if place is None or len(waiting) == 1:
        return
    yield Message("stock.queue", {"place": place + 1, "count": len(waiting)})
    if place:
        before = waiting[place - 1]
        yield Message("stock.queue_after", {"order": before.number, "units": _open_of(before, product_id)})
    if place + 1 < len(waiting):
        after = waiting[place + 1]
        yield Message("stock.queue_before", {"order": after.number, "units": _open_of(after, product_id)})


def _open_of(demand: Demand, product_id: int) -> int:
    return sum(line.open for line in demand.lines if line.product_id == product_id)


def _elsewhere(session: Session, asked: _Asked) -> Iterator[Message]:
    """Units of the product that stand in the house and that no allocation gives away."""
    rows = session.execute(
        select(Location.code, Location.kind, Stock.condition, Lot.expiry,
               func.sum(Stock.on_hand - Stock.reserved).label("units"))
        .join(Location, Location.id == Stock.location_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Stock.product_id == asked.line.product_id, Stock.on_hand > Stock.reserved,
               Location.is_virtual == False)
        .group_by(Location.code, Location.kind, Stock.condition, Lot.expiry)
        .order_by(Location.code, Stock.condition)
    ).all()  # fmt: skip
    for row in rows:
        why = _why_not(row, asked.picture.today)
        if why:
            yield Message(f"stock.there_{why}", {"units": int(row.units), "place": row.code})


def _why_not(row: Row[*tuple[Any, ...]], today: date) -> str:
    if row.condition != "good":
        return str(row.condition)
    if row.expiry is not None and row.expiry < today:
        return "expired"
    return "" if row.kind == "bin" else "held_place" if row.kind == "hold" else "not_put_away"


def _ways_out(session: Session, asked: _Asked) -> Iterator[Message]:
    """What would set units free: the safety stock, taking back, goods on their way."""
    served = asked.would_get()
    safety = asked.would_get(lambda one: replace(one, use_safety=True)) - served
    if safety > 0:
        yield Message("stock.could_use_safety", {"units": safety})
    back = asked.would_get(lambda one: replace(one, takes_back=True)) - served
    if back > 0:
        yield Message("stock.could_take_back", {"units": back})
    pinned = asked.would_get(lambda one: replace(one, takes_back=True, is_pinned=True)) - served
    if pinned > max(back, 0):
        yield Message("stock.could_pin", {"units": pinned})
    walked = _on_walks(session, asked)
    if walked:
        yield Message("stock.on_walks", {"units": walked})
    yield from _on_the_way(session, asked)


def _on_walks(session: Session, asked: _Asked) -> int:
    """Units in bins that other orders hold and that stand on a list: they are not taken back."""
    found = session.scalar(
        select(func.sum(Pick.qty - Pick.picked))
        .join(Stock, Stock.id == Pick.stock_id)
        .join(OrderLine, OrderLine.id == Pick.order_line_id)
        .where(Stock.product_id == asked.line.product_id, Pick.state == "todo", OrderLine.order_id != asked.order.id)
    )
    return int(found or 0)


def _on_the_way(session: Session, asked: _Asked) -> Iterator[Message]:
    rows = session.execute(
        select(PurchaseOrder.number, PurchaseOrder.due,
               func.sum(PurchaseLine.ordered - PurchaseLine.received).label("units"))
        .join(PurchaseLine, PurchaseLine.purchase_order_id == PurchaseOrder.id)
        .where(PurchaseLine.product_id == asked.line.product_id, PurchaseLine.received < PurchaseLine.ordered,
               PurchaseOrder.state == "open")
        .group_by(PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.due)
        .order_by(PurchaseOrder.due, PurchaseOrder.id)
        .limit(FEW)
    ).all()  # fmt: skip
    first = session.scalar(select(func.sum(_OPEN)).where(OrderLine.product_id == asked.line.product_id, WAITS))
    for row in rows:
        args = {"units": int(row.units), "purchase": row.number, "day": row.due.isoformat(), "wanted": int(first or 0)}
        yield Message("stock.due", args)
    if not rows:
        yield Message("stock.nothing_due", {"wanted": int(first or 0)})
