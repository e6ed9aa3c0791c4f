"""What trucks bring: the open deliveries in their order, and so many units of each purchase line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    NoticeLine,
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
_OPEN = ("expected", "here")


@dataclass(frozen=True, slots=True)
class SupplyLine:
    """Units of a purchase line that are still to come out of one truck."""

    purchase_line_id: int
    product_id: int
    units: int


def list_open(session: Session, now: datetime) -> list[Delivery]:
    """The trucks that are planned now: those here first, then those expected within the house's days, soonest first.

    One indexed question where there is none.
    """
    rows = session.scalars(select(Delivery).where(Delivery.state.in_(_OPEN))).all()
    if not rows:
        return []
    far = now + timedelta(days=settings.get_int(session, "plan_days"))
    soon = [row for row in rows if row.state == "here" or row.opens_at is None or row.opens_at <= far]
    return sorted(soon, key=_turn)


def lock_truck(session: Session, delivery: Delivery) -> None:
    """Waits for whoever receives or plans goods of a truck now, and lets nobody do so until the transaction ends."""
    session.flush()
    session.refresh(delivery, with_for_update=True)
    some = select(DeliveryPart.purchase_order_id).where(DeliveryPart.delivery_id == delivery.id)
    which = PurchaseLine.purchase_order_id.in_(some)
    session.execute(select(PurchaseLine.id).where(which).order_by(PurchaseLine.id).with_for_update())


def arrives_at(delivery: Delivery | None, now: datetime) -> datetime:
    """When the goods of a truck can be at the dock: now, unless it is still expected later."""
    if delivery is None or delivery.state != "expected" or delivery.opens_at is None:
        return now
    return max(now, delivery.opens_at)


def list_supply(session: Session, delivery: Delivery,
                product_ids: Collection[int] | None = None) -> list[SupplyLine]:  # fmt: skip
    """What is still to come out of a truck (of some products) and may go to somebody as it comes.

    As its notices say where it has some, else what is due of its purchase orders; what another truck's plan counts on
    is left out, and so is what must be inspected first. A purchase order of which the receipt was closed brings
    nothing more.
    """
    over = _list_over(session, delivery.id)
    noticed = (
        select(NoticeLine.purchase_line_id.label("line_id"),
               func.sum(NoticeLine.qty - NoticeLine.received).label("due"))
        .join(DeliveryPart, DeliveryPart.notice_id == NoticeLine.notice_id)
        .where(DeliveryPart.delivery_id == delivery.id, NoticeLine.qty > NoticeLine.received)
        .group_by(NoticeLine.purchase_line_id)
    )  # fmt: skip
    announced = {row.line_id: int(row.due) for row in session.execute(noticed)}
    whole = select(DeliveryPart.purchase_order_id).where(
        DeliveryPart.delivery_id == delivery.id, DeliveryPart.notice_id.is_(None)
    )
    some = select(DeliveryPart.purchase_order_id).where(DeliveryPart.delivery_id == delivery.id)
    wholly = set(session.scalars(whole))
    which: ColumnElement[bool] = PurchaseOrder.id.in_(some)
    if product_ids is not None:
        which = which & is_among(session.connection(), PurchaseLine.product_id, product_ids)
    rows = _list_due(session, which)
    mine = list_planned(session, delivery.id, [row.id for row in rows])
    supply = []
    for row in rows:
        if row.purchase_order_id in over:
            continue
        due = row.due - (row.planned - mine.get(row.id, 0))
        units = due if row.purchase_order_id in wholly else min(due, announced.get(row.id, 0))
        if units > 0:
            supply.append(SupplyLine(row.id, row.product_id, units))
    return supply


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


def list_planned(session: Session, delivery_id: int, purchase_line_ids: Collection[int]) -> dict[int, int]:
    """Units that a truck's plan gives to anybody, by purchase line."""
    rows = session.execute(
        select(Peg.purchase_line_id, func.sum(Peg.qty))
        .where(IS_PLANNED, Peg.delivery_id == delivery_id,
               is_among(session.connection(), Peg.purchase_line_id, purchase_line_ids))
        .group_by(Peg.purchase_line_id)
    )  # fmt: skip
    return {row[0] or 0: int(row[1]) for row in rows}


def _list_over(session: Session, delivery_id: int) -> set[int]:
    """Purchase orders of a truck that were received: a receipt was closed, and none is open."""
    states: dict[int, set[str]] = defaultdict(set)
    query = select(Receipt.purchase_order_id, Receipt.state).where(Receipt.delivery_id == delivery_id)
    for row in session.execute(query):
        if row.purchase_order_id is not None:
            states[row.purchase_order_id].add(row.state)
    return {order_id for order_id, found in states.items() if found == {"closed"}}


def list_concerned(session: Session, deliveries: Collection[Delivery], product_ids: Collection[int]) -> set[int]:
    """Those of the trucks that bring, or have planned, any of these products."""
    ids = [delivery.id for delivery in deliveries]
    rows = session.scalars(
        select(DeliveryPart.delivery_id)
        .join(PurchaseLine, PurchaseLine.purchase_order_id == DeliveryPart.purchase_order_id)
        .where(DeliveryPart.delivery_id.in_(ids), is_among(session.connection(), PurchaseLine.product_id, product_ids))
        .distinct()
    )
    return set(rows)


def _turn(delivery: Delivery) -> tuple[bool, bool, str, int]:
    opens = delivery.opens_at
    return delivery.state != "here", opens is None, opens.isoformat() if opens else "", delivery.id
