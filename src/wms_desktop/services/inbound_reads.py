"""What the inbound desk asks, by name: trucks and open orders, one truck, a day's docks, suppliers' records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery, DeliveryPart, PurchaseOrder
from wms_desktop.errors import BadInput
from wms_desktop.services import inbound_board, lead_times, site_time
from wms_desktop.services.doors import Args, Find
from wms_desktop.views.inbound import Calendar, DueLine, InboundBoard, SupplierRecord, TruckView

_RECORD_DAYS = 365


def list_records(session: Session, now: datetime) -> tuple[SupplierRecord, ...]:
    """How each supplier kept his days over the last year: orders, notices, and the windows of his trucks."""
    today = site_time.today(session, now)
    rows = lead_times.suppliers_record(session, now)
    known = lead_times.read(session, today, {row.supplier_id for row in rows}) if rows else {}
    trucks = _count_trucks(session, now)
    records = []
    for row in rows:
        booked = trucks.get(row.supplier_id, ())
        records.append(
            SupplierRecord(
                supplier=row.name,
                code=row.code,
                orders=row.deliveries,
                on_time_share=row.on_time_share,
                in_full_share=row.in_full_share,
                units_share=row.units_share,
                late_half=row.late_half,
                late_most=row.late_most,
                lead_days=known[row.supplier_id].lead_days,
                is_lead_measured=known[row.supplier_id].is_lead_measured,
                notices=row.notices,
                notice_late_half=row.notice_late_half,
                notice_late_most=row.notice_late_most,
                trucks=len(booked),
                trucks_late=booked.count("late"),
                trucks_missed=booked.count("missed"),
            )
        )
    return tuple(records)


def _count_trucks(session: Session, now: datetime) -> Mapping[int, tuple[str, ...]]:
    """Of each supplier's booked trucks within a year that came or were missed: "in_time", "late" or "missed"."""
    rows = session.execute(
        select(PurchaseOrder.supplier_id, Delivery.id, Delivery.state, Delivery.closes_at, Delivery.checked_in_at)
        .join(DeliveryPart, DeliveryPart.purchase_order_id == PurchaseOrder.id)
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .where(Delivery.closes_at > now - timedelta(days=_RECORD_DAYS), Delivery.state.in_(("here", "done", "missed")))
        .distinct()
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        late = row.checked_in_at is not None and row.checked_in_at > row.closes_at
        found[row.supplier_id].append("missed" if row.state == "missed" else "late" if late else "in_time")
    return {supplier_id: tuple(kinds) for supplier_id, kinds in found.items()}


def _day(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as wrong:
        raise BadInput("promises.no_day", value=str(value)) from wrong


def _deliveries(session: Session, now: datetime, args: Args) -> InboundBoard:
    return inbound_board.read_board(session, now)


def _delivery(session: Session, now: datetime, args: Args) -> TruckView:
    return inbound_board.open_truck(session, now, args["delivery"])


def _due_lines(session: Session, now: datetime, args: Args) -> tuple[DueLine, ...]:
    return inbound_board.list_due_lines(session, args["purchase"])


def _appointments(session: Session, now: datetime, args: Args) -> Calendar:
    return inbound_board.read_calendar(session, now, _day(args["day"]))


def _records(session: Session, now: datetime, args: Args) -> tuple[SupplierRecord, ...]:
    return list_records(session, now)


QUESTIONS: Mapping[str, Find] = {
    "deliveries": _deliveries,
    "delivery": _delivery,
    "due_lines": _due_lines,
    "appointments": _appointments,
    "suppliers_record": _records,
}
