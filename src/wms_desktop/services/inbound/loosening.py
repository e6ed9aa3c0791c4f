"""A purchase order changes, or comes no more: plans, notices and trucks that counted on it follow."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery, DeliveryPart, Notice
from wms_desktop.services import planning
from wms_desktop.services.inbound.arriving import list_parts
from wms_desktop.services.intake import in_pieces


def let_plans_go(session: Session, purchase_order_ids: Collection[int], why: str) -> None:
    """Lets the plans of all trucks go that bring something of these orders; whoever changes the orders plans anew."""
    trucks: set[int] = set()
    for part in in_pieces(purchase_order_ids):
        trucks.update(session.scalars(
            select(DeliveryPart.delivery_id)
            .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
            .where(DeliveryPart.purchase_order_id.in_(part), Delivery.state.in_(("expected", "here")))
        ))  # fmt: skip
    for delivery_id in sorted(trucks):
        planning.drop(session, delivery_id, why)


def give_up_order(session: Session, purchase_order_id: int) -> None:
    """Nothing more comes of a purchase order: its notices are cancelled, and trucks that bring nothing else too."""
    announced = select(Notice).where(Notice.purchase_order_id == purchase_order_id, Notice.state == "announced")
    for notice in session.scalars(announced):
        notice.state = "cancelled"
    trucks = session.scalars(
        select(Delivery)
        .join(DeliveryPart, DeliveryPart.delivery_id == Delivery.id)
        .where(DeliveryPart.purchase_order_id == purchase_order_id, Delivery.state == "expected")
        .distinct()
        .order_by(Delivery.id)
    ).all()
    for delivery in trucks:
        if all(part.purchase_order_id == purchase_order_id for part in list_parts(session, delivery.id)):
            delivery.state = "cancelled"
    session.flush()
