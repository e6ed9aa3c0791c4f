"""Open purchase orders with what is still due of them, and the notices and trucks that bring it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    Notice,
    NoticeLine,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)
from wms_desktop.errors import BadInput
from wms_desktop.services import site_time
from wms_desktop.services.inbound_board.trucks import DUE, LIVING, OPEN
from wms_desktop.services.intake import in_pieces
from wms_desktop.views.inbound import (
    DueLine,
    NoticeRow,
    OpenPurchase,
)


def list_purchases(session: Session, now: datetime) -> tuple[OpenPurchase, ...]:
    today = site_time.today(session, now)
    units: dict[int, int] = defaultdict(int)
    lines: dict[int, int] = defaultdict(int)
    for row in session.execute(  # summed here: grouped, all lines that ever were would be read
        select(PurchaseLine.purchase_order_id, DUE.label("due"))
        .where(PurchaseLine.received < PurchaseLine.ordered)
        .order_by(PurchaseLine.product_id)
    ):
        units[row.purchase_order_id] += row.due
        lines[row.purchase_order_id] += 1
    found: list[Row[*tuple[Any, ...]]] = []
    notices: dict[int, list[NoticeRow]] = {}
    for part in in_pieces(units):
        found += session.execute(
            select(PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.due, Supplier.name)
            .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
            .where(PurchaseOrder.id.in_(part), PurchaseOrder.state == "open")
        ).all()
        notices |= _list_notices(session, part)
    found.sort(key=lambda row: (row.due, row.number))
    trucks = _trucks_of(session)
    return tuple(
        OpenPurchase(
            purchase_id=row.id,
            number=row.number,
            supplier=row.name,
            due=row.due,
            lines=lines[row.id],
            units=units[row.id],
            notices=tuple(notices.get(row.id, ())),
            truck=", ".join(dict.fromkeys(trucks.get(row.id, ()))),
            is_overdue=row.due < today,
        )
        for row in found
    )


def _list_notices(session: Session, purchase_ids: Sequence[int]) -> Mapping[int, list[NoticeRow]]:
    """Notices of these purchase orders that are on their way, by purchase order."""
    still = case((NoticeLine.qty > NoticeLine.received, NoticeLine.qty - NoticeLine.received), else_=0)
    rows = session.execute(
        select(Notice.id, Notice.number, Notice.due, Notice.purchase_order_id, func.sum(still).label("units"))
        .join(NoticeLine, NoticeLine.notice_id == Notice.id)
        .where(Notice.purchase_order_id.in_(purchase_ids), Notice.state.in_(LIVING))
        .group_by(Notice.id)
        .order_by(Notice.due, Notice.id)
    ).all()
    booked = {
        row.notice_id: row.number
        for row in session.execute(
            select(DeliveryPart.notice_id, Delivery.number)
            .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
            .where(Delivery.state.in_(OPEN), DeliveryPart.notice_id.is_not(None))
        )
    }
    found: dict[int, list[NoticeRow]] = defaultdict(list)
    for row in rows:
        found[row.purchase_order_id].append(
            NoticeRow(notice_id=row.id, number=row.number, due=row.due, units=int(row.units),
                      truck=booked.get(row.id, ""))
        )  # fmt: skip
    return found


def _trucks_of(session: Session) -> Mapping[int, list[str]]:
    """The trucks that bring goods of each purchase order."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(
        select(DeliveryPart.purchase_order_id, Delivery.number)
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .where(Delivery.state.in_(OPEN))
        .order_by(Delivery.opens_at, Delivery.id)
    ):
        found[row.purchase_order_id].append(row.number)
    return found


def list_due_lines(session: Session, purchase_id: int) -> tuple[DueLine, ...]:
    """What is still due of a purchase order, line by line; raises BadInput `inbound.no_purchase`."""
    if session.get(PurchaseOrder, purchase_id) is None:
        raise BadInput("inbound.no_purchase")
    still = case((NoticeLine.qty > NoticeLine.received, NoticeLine.qty - NoticeLine.received), else_=0)
    told = (
        select(NoticeLine.purchase_line_id, func.sum(still).label("units"))
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .where(Notice.purchase_order_id == purchase_id, Notice.state.in_(LIVING))
        .group_by(NoticeLine.purchase_line_id)
        .subquery()
    )
    rows = session.execute(
        select(PurchaseLine.id, PurchaseLine.line_no, Product.sku, Product.name, DUE.label("due"), told.c.units)
        .join(Product, Product.id == PurchaseLine.product_id)
        .outerjoin(told, told.c.purchase_line_id == PurchaseLine.id)
        .where(PurchaseLine.purchase_order_id == purchase_id, DUE > 0)
        .order_by(PurchaseLine.line_no)
    )
    return tuple(
        DueLine(line_id=row.id, line_no=row.line_no, sku=row.sku, product=row.name, due=row.due,
                unannounced=max(0, row.due - int(row.units or 0)))
        for row in rows
    )  # fmt: skip
