"""Suppliers' records: how late their past orders and announced shipments were, how complete, and how long they took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    Notice,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Supplier,
)
from wms_desktop.domain.lead_times import ENOUGH, HALF, NINE_IN_TEN, Record, percentile
from wms_desktop.services import settings, site_time

AS_FAR_BACK = timedelta(days=365)
AT_MOST = 40
"""A record goes by so many of the last purchase orders, due within so many days."""


@dataclass(frozen=True, slots=True)
class Supplied:
    """What is known of a supplier: the record of lateness, and the days from order to goods.

    ``lead_days`` is what half of the deliveries took; ``is_lead_measured`` False: it is the house's stated default.
    """

    record: Record
    lead_days: int
    is_lead_measured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierRecord:
    """What a supplier promised against what he did, over the last year's purchase orders that are closed.

    ``deliveries`` counts them. Days late are counted from the day promised first (half of the orders were no later
    than ``late_half``, nine in ten no later than ``late_most``; negative: early; None: nothing came yet). The shares,
    0 to 1, are of the orders on time and of those of which everything ordered came; ``units_share`` is of the units.
    ``notices`` counts the shipments that were announced and came, ``notice_late_half`` and ``notice_late_most`` their
    days after the announced one.
    """

    supplier_id: int
    code: str
    name: str
    deliveries: int
    late_half: int | None
    late_most: int | None
    on_time_share: float | None
    in_full_share: float | None
    units_share: float | None
    notices: int
    notice_late_half: int | None
    notice_late_most: int | None


def read(session: Session, today: date, supplier_ids: Collection[int]) -> Mapping[int, Supplied]:
    """What is known of each of these suppliers; one statement however many.

    A purchase order counts when it was closed and something of it came; it was complete on the day its last goods
    came, and is held against the day promised first. With fewer than five the stated defaults hold.
    """
    late_days = settings.get_int(session, "late_days")
    lead_days = settings.get_int(session, "lead_days")
    lateness: dict[int, list[int]] = defaultdict(list)
    took: dict[int, list[int]] = defaultdict(list)
    for supplier_id, placed_on, first_due, came in _past(session, today, supplier_ids):
        lateness[supplier_id].append((came - first_due).days)
        if placed_on is not None:
            took[supplier_id].append(max(0, (came - placed_on).days))
    return {
        supplier_id: Supplied(
            Record(tuple(sorted(lateness[supplier_id])), late_days),
            *_lead(sorted(took[supplier_id]), lead_days),
        )
        for supplier_id in supplier_ids
    }


def _lead(took: list[int], default: int) -> tuple[int, bool]:
    return (percentile(took, HALF), True) if len(took) >= ENOUGH else (default, False)


def _past(session: Session, today: date, supplier_ids: Collection[int]) -> list[tuple[int, date | None, date, date]]:
    """The last purchase orders that came: supplier, day placed, day promised first, day complete."""
    place = func.row_number().over(
        partition_by=PurchaseOrder.supplier_id, order_by=(PurchaseOrder.due.desc(), PurchaseOrder.id.desc())
    )
    last = (
        select(PurchaseOrder.id, place.label("place"))
        .where(
            PurchaseOrder.supplier_id.in_(sorted(supplier_ids)),
            PurchaseOrder.due >= today - AS_FAR_BACK,
            PurchaseOrder.state == "closed",
        )
        .subquery()
    )
    rows = session.execute(
        select(PurchaseOrder.supplier_id, PurchaseOrder.placed_on, PurchaseOrder.first_due, PurchaseOrder.due,
               func.max(ReceiptLine.at, type_=ReceiptLine.at.type).label("came"))
        .join(last, last.c.id == PurchaseOrder.id)
        .join(Receipt, Receipt.purchase_order_id == PurchaseOrder.id)
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .where(last.c.place <= AT_MOST)
        .group_by(PurchaseOrder.id)
        .order_by(PurchaseOrder.id)
    )  # fmt: skip
    return [
        (row.supplier_id, row.placed_on, row.first_due or row.due, site_time.today(session, row.came)) for row in rows
    ]


def read_notices(session: Session, today: date, supplier_ids: Collection[int]) -> Mapping[int, Record]:
    """How late the announced shipments of these suppliers were at the dock, in days after the announced one."""
    late_days = settings.get_int(session, "late_days")
    late = _late_notices(session, today)
    return {one: Record(tuple(sorted(late.get(one, ())[-AT_MOST:])), late_days) for one in supplier_ids}


def suppliers_record(session: Session, now: datetime) -> tuple[SupplierRecord, ...]:
    """Promised against actual, of every supplier with an order or a notice in the last year, by name.

    Three questions, however many suppliers there are.
    """
    today = site_time.today(session, now)
    came = _list_over(session, today)
    late = _late_notices(session, today)
    by_supplier: dict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in came:
        by_supplier[row.supplier_id].append(row)
    names = session.execute(select(Supplier.id, Supplier.code, Supplier.name).order_by(Supplier.name, Supplier.id))
    return tuple(
        _record(session, supplier, by_supplier.get(supplier.id, []), sorted(late.get(supplier.id, ())))
        for supplier in names
        if supplier.id in by_supplier or supplier.id in late
    )


def _record(session: Session, supplier: Row[*tuple[Any, ...]], rows: Sequence[Row[*tuple[Any, ...]]],
            noticed: list[int]) -> SupplierRecord:  # fmt: skip
    """One supplier's row; an order of which nothing came is neither on time nor in full."""
    late = sorted(
        (site_time.today(session, row.came) - (row.first_due or row.due)).days for row in rows if row.came is not None
    )
    many, ordered = len(rows), sum(int(row.ordered) for row in rows)
    return SupplierRecord(
        supplier_id=supplier.id,
        code=supplier.code,
        name=supplier.name,
        deliveries=many,
        late_half=percentile(late, HALF) if late else None,
        late_most=percentile(late, NINE_IN_TEN) if late else None,
        on_time_share=sum(days <= 0 for days in late) / many if many else None,
        in_full_share=sum(not row.short for row in rows) / many if many else None,
        units_share=sum(int(row.taken) for row in rows) / ordered if ordered else None,
        notices=len(noticed),
        notice_late_half=percentile(noticed, HALF) if noticed else None,
        notice_late_most=percentile(noticed, NINE_IN_TEN) if noticed else None,
    )


def _list_over(session: Session, today: date) -> Sequence[Row[*tuple[Any, ...]]]:
    """The last year's closed purchase orders: what was ordered and came of them, and when the last of it came."""
    came = (
        select(Receipt.purchase_order_id, func.max(ReceiptLine.at, type_=ReceiptLine.at.type).label("came"))
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .where(ReceiptLine.state == "received")
        .group_by(Receipt.purchase_order_id)
        .subquery()
    )
    least = case((PurchaseLine.received < PurchaseLine.ordered, PurchaseLine.received), else_=PurchaseLine.ordered)
    is_short = case((PurchaseLine.received < PurchaseLine.ordered, 1), else_=0)
    return session.execute(
        select(PurchaseOrder.id, PurchaseOrder.supplier_id, PurchaseOrder.due, PurchaseOrder.first_due, came.c.came,
               func.sum(PurchaseLine.ordered).label("ordered"), func.sum(least).label("taken"),
               func.max(is_short).label("short"))
        .join(PurchaseLine, PurchaseLine.purchase_order_id == PurchaseOrder.id)
        .outerjoin(came, came.c.purchase_order_id == PurchaseOrder.id)
        .where(PurchaseOrder.state == "closed", PurchaseOrder.due >= today - AS_FAR_BACK)
        .group_by(PurchaseOrder.id, came.c.came)
        .order_by(PurchaseOrder.id)
    ).all()  # fmt: skip


def _late_notices(session: Session, today: date) -> dict[int, list[int]]:
    """Days from the announced day to the dock, by supplier, in the order of the notices."""
    rows = session.execute(
        select(Notice.supplier_id, Notice.due,
               func.min(Delivery.checked_in_at, type_=Delivery.checked_in_at.type).label("came"))
        .join(DeliveryPart, DeliveryPart.notice_id == Notice.id)
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .where(Notice.due >= today - AS_FAR_BACK, Notice.state.in_(("here", "closed")),
               Delivery.state.in_(("here", "done")), Delivery.checked_in_at.is_not(None))
        .group_by(Notice.id)
        .order_by(Notice.id)
    )  # fmt: skip
    late: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        late[row.supplier_id].append((site_time.today(session, row.came) - row.due).days)
    return late
