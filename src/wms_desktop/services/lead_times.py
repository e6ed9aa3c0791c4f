"""Suppliers' records: how late their past purchase orders were complete, and how long they took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import PurchaseOrder, Receipt, ReceiptLine
from wms_desktop.domain.lead_times import ENOUGH, HALF, Record, percentile
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
