"""What trucks bring: the open deliveries in their order, and so many units of each purchase line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    NoticeLine,
    OrderLine,
    Peg,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    Supplier,
)
from wms_desktop.services import settings

PLANNED = ("proposed", "firm")
IS_PLANNED = Peg.state.in_(PLANNED)
OPEN_STATES = ("expected", "here")


@dataclass(frozen=True, slots=True)
class SupplyLine:
    """Units of a purchase line that are still to come out of one truck, ``planned`` of them for anybody."""

    purchase_line_id: int
    product_id: int
    units: int
    planned: int = 0


def list_open(session: Session, now: datetime) -> list[Delivery]:
    """The trucks that are planned now: those here first, then those expected within the house's days, soonest first.

    One indexed question where there is none.
    """
    rows = session.scalars(select(Delivery).where(Delivery.state.in_(OPEN_STATES))).all()
    if not rows:
        return []
    far = now + timedelta(days=settings.get_int(session, "plan_days"))
    soon = [row for row in rows if row.state == "here" or row.opens_at is None or row.opens_at <= far]
    return sorted(soon, key=_turn)


def lock_trucks(session: Session, deliveries: Collection[Delivery]) -> None:
    """Waits for whoever receives or plans goods of these trucks now, and lets nobody do so until the transaction ends.

    What is read of them after that is what stands. SQLite's write lock has seen to it already.
    """
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        return
    ids = [delivery.id for delivery in deliveries]
    trucks = select(Delivery).where(Delivery.id.in_(ids)).order_by(Delivery.id).with_for_update()
    session.scalars(trucks.execution_options(populate_existing=True)).all()
    some = select(DeliveryPart.purchase_order_id).where(DeliveryPart.delivery_id.in_(ids))
    which = PurchaseLine.purchase_order_id.in_(some)
    session.execute(select(PurchaseLine.id).where(which).order_by(PurchaseLine.id).with_for_update())


def arrives_at(delivery: Delivery | None, now: datetime) -> datetime:
    """When the goods of a truck can be at the dock: now, unless it is still expected later."""
    if delivery is None or delivery.state != "expected" or delivery.opens_at is None:
        return now
    return max(now, delivery.opens_at)


def list_supply(session: Session, delivery: Delivery) -> list[SupplyLine]:
    """What is still to come out of one truck; see :func:`list_supplies`."""
    return list_supplies(session, [delivery])[delivery.id]


def list_supplies(session: Session, deliveries: Sequence[Delivery],
                  product_ids: Collection[int] | None = None) -> dict[int, list[SupplyLine]]:  # fmt: skip
    """What is still to come out of each truck (of some products) and may go to somebody as it comes.

    As its notices say where it has some, else what is due of its purchase orders; what another truck's plan counts on
    is left out, and so is what must be inspected first. A purchase order of which the receipt was closed brings
    nothing more.
    """
    ids = [delivery.id for delivery in deliveries]
    parts: dict[int, dict[int, bool]] = defaultdict(dict)  # by purchase order and truck: whether it comes wholly
    for part in session.execute(
        select(DeliveryPart.delivery_id, DeliveryPart.purchase_order_id, DeliveryPart.notice_id)
        .where(DeliveryPart.delivery_id.in_(ids))
    ):  # fmt: skip
        trucks = parts[part.purchase_order_id]
        trucks[part.delivery_id] = trucks.get(part.delivery_id, False) or part.notice_id is None
    which: ColumnElement[bool] = is_among(session.connection(), PurchaseOrder.id, parts)
    if product_ids is not None:
        which = which & is_among(session.connection(), PurchaseLine.product_id, product_ids)
    over, announced = _list_over(session, ids), _list_announced(session, ids, product_ids)
    rows = _list_due(session, which)
    mine = _list_planned(session, ids, [row.id for row in rows])
    supplies: dict[int, list[SupplyLine]] = {delivery_id: [] for delivery_id in ids}
    for row in rows:
        for delivery_id, is_whole in parts[row.purchase_order_id].items():
            planned = mine.get((delivery_id, row.id), 0)
            due = row.due - (row.planned - planned)
            units = due if is_whole else min(due, announced.get((delivery_id, row.id), 0))
            if units > 0 and (delivery_id, row.purchase_order_id) not in over:
                supplies[delivery_id].append(SupplyLine(row.id, row.product_id, units, planned))
    return supplies


def list_due(session: Session, purchase_order_id: int) -> list[SupplyLine]:
    """What is due of one purchase order and no truck's plan counts on, as if it came now."""
    rows = _list_due(session, PurchaseOrder.id == purchase_order_id)
    return [SupplyLine(row.id, row.product_id, row.due - row.planned) for row in rows if row.due > row.planned]


def _list_due(session: Session, which: ColumnElement[bool]) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            PurchaseLine.id, PurchaseLine.purchase_order_id, PurchaseLine.product_id, PurchaseLine.planned,
            (PurchaseLine.ordered - PurchaseLine.received).label("due"),
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .join(Product, Product.id == PurchaseLine.product_id)
        .where(which, PurchaseOrder.state == "open", PurchaseLine.ordered > PurchaseLine.received,
               Product.is_inspected == False, Supplier.is_inspected == False)
        .order_by(PurchaseLine.purchase_order_id, PurchaseLine.line_no)
    ).all()  # fmt: skip


def _list_announced(session: Session, delivery_ids: Sequence[int],
                    product_ids: Collection[int] | None) -> dict[tuple[int, int], int]:  # fmt: skip
    """Units that the notices of these trucks still let expect, by truck and purchase line."""
    query = (
        select(DeliveryPart.delivery_id, NoticeLine.purchase_line_id,
               func.sum(NoticeLine.qty - NoticeLine.received).label("due"))
        .join(DeliveryPart, DeliveryPart.notice_id == NoticeLine.notice_id)
        .where(DeliveryPart.delivery_id.in_(delivery_ids), NoticeLine.qty > NoticeLine.received)
        .group_by(DeliveryPart.delivery_id, NoticeLine.purchase_line_id)
    )  # fmt: skip
    if product_ids is not None:
        query = query.join(PurchaseLine, PurchaseLine.id == NoticeLine.purchase_line_id).where(
            is_among(session.connection(), PurchaseLine.product_id, product_ids)
        )
    return {(row.delivery_id, row.purchase_line_id): int(row.due) for row in session.execute(query)}


def _list_planned(session: Session, delivery_ids: Sequence[int],
                  purchase_line_ids: Collection[int]) -> dict[tuple[int, int], int]:  # fmt: skip
    """Units that the plans of these trucks give to anybody, by truck and purchase line."""
    rows = session.execute(
        select(Peg.delivery_id, Peg.purchase_line_id, func.sum(Peg.qty))
        .where(IS_PLANNED, Peg.delivery_id.in_(delivery_ids),
               is_among(session.connection(), Peg.purchase_line_id, purchase_line_ids))
        .group_by(Peg.delivery_id, Peg.purchase_line_id)
    )  # fmt: skip
    return {(row[0] or 0, row[1] or 0): int(row[2]) for row in rows}


def _list_over(session: Session, delivery_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Trucks and purchase orders of theirs that were received: a receipt was closed, and none is open."""
    states: dict[tuple[int, int], set[str]] = defaultdict(set)
    query = select(Receipt.delivery_id, Receipt.purchase_order_id, Receipt.state)
    for row in session.execute(query.where(Receipt.delivery_id.in_(delivery_ids))):
        if row.purchase_order_id is not None:
            states[row.delivery_id or 0, row.purchase_order_id].add(row.state)
    return {key for key, found in states.items() if found == {"closed"}}


def list_concerned(session: Session, deliveries: Collection[Delivery], product_ids: Collection[int]) -> set[int]:
    """Those of the trucks that bring any of these products, or that are to serve an order which wants them."""
    ids = [delivery.id for delivery in deliveries]
    connection = session.connection()
    bring = (
        select(DeliveryPart.delivery_id)
        .join(PurchaseLine, PurchaseLine.purchase_order_id == DeliveryPart.purchase_order_id)
        .where(DeliveryPart.delivery_id.in_(ids), is_among(connection, PurchaseLine.product_id, product_ids))
    )
    also = aliased(OrderLine)
    serve = (
        select(Peg.delivery_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(also, also.order_id == OrderLine.order_id)
        .where(IS_PLANNED, Peg.delivery_id.in_(ids), is_among(connection, also.product_id, product_ids))
    )
    return {row for query in (bring, serve) for row in session.scalars(query.distinct()) if row is not None}


def _turn(delivery: Delivery) -> tuple[bool, bool, str, int]:
    opens = delivery.opens_at
    return delivery.state != "here", opens is None, opens.isoformat() if opens else "", delivery.id
