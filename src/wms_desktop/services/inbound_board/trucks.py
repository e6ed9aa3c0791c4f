"""Trucks with what they bring, how much of it is for orders that wait, and how they were shared out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Delivery,
    DeliveryPart,
    Location,
    Notice,
    NoticeLine,
    Peg,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Supplier,
)
from wms_desktop.services import dock_sharing, settings
from wms_desktop.services.intake import in_pieces
from wms_desktop.views.inbound import (
    TruckRow,
)

OPEN = ("expected", "here")
PLANNED = ("proposed", "firm")
CAME = ("arrived", "in_lane", "stored", "packed")
"""States of a peg whose units are here."""
LIVING = ("announced", "here")
"""States of a notice whose goods are still to come."""
DUE = PurchaseLine.ordered - PurchaseLine.received
_MINUTE = 60


@dataclass(slots=True)
class _Load:
    """What a truck brings: names in the order of its parts, units and lines."""

    suppliers: dict[str, None] = field(default_factory=dict)
    purchases: dict[int, str] = field(default_factory=dict)
    notices: dict[str, None] = field(default_factory=dict)
    units: int = 0
    received: int = 0
    lines: int = 0
    planned: int = 0


def list_trucks(session: Session, now: datetime, ids: Iterable[int]) -> tuple[TruckRow, ...]:
    """Trucks with what they bring: those here, then those expected, missed and done, each by their windows."""
    loads: dict[int, _Load] = defaultdict(_Load)
    rows: list[Row[*tuple[Any, ...]]] = []
    for part in in_pieces(ids):
        rows += session.execute(
            select(Delivery, Location.code)
            .outerjoin(Location, Location.id == Delivery.dock_id)
            .where(Delivery.id.in_(part))
        ).all()
        _read_parts(session, loads, part)
        _read_units(session, loads, part)
    clock = (now, settings.get_int(session, "late_truck_minutes"), settings.get_int(session, "solver_seconds"))
    made = [_truck(row.Delivery, row.code or "", loads[row.Delivery.id], clock) for row in rows]
    order = ("here", "expected", "missed", "done", "cancelled")
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return tuple(sorted(made, key=lambda one: (order.index(one.state), one.opens_at or far, one.delivery_id)))


def _read_parts(session: Session, loads: dict[int, _Load], ids: Sequence[int]) -> None:
    for row in session.execute(
        select(DeliveryPart.delivery_id, PurchaseOrder.id, PurchaseOrder.number, Supplier.name,
               Notice.number.label("notice"))
        .join(PurchaseOrder, PurchaseOrder.id == DeliveryPart.purchase_order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .outerjoin(Notice, Notice.id == DeliveryPart.notice_id)
        .where(DeliveryPart.delivery_id.in_(ids))
        .order_by(DeliveryPart.id)
    ):  # fmt: skip
        load = loads[row.delivery_id]
        load.suppliers[row.name] = None
        load.purchases[row.id] = row.number
        if row.notice:
            load.notices[row.notice] = None


def _read_units(session: Session, loads: dict[int, _Load], ids: Sequence[int]) -> None:
    """Units still to come as the notices say, else as is due; those received of the truck; those for orders."""
    still = case((NoticeLine.qty > NoticeLine.received, NoticeLine.qty - NoticeLine.received), else_=0)
    noticed = (
        select(DeliveryPart.delivery_id, func.sum(still).label("units"), func.count().label("lines"))
        .join(NoticeLine, NoticeLine.notice_id == DeliveryPart.notice_id)
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .where(DeliveryPart.delivery_id.in_(ids), Notice.state.in_(LIVING))
    )
    bare = (
        select(DeliveryPart.delivery_id, func.sum(DUE).label("units"), func.count().label("lines"))
        .join(PurchaseLine, PurchaseLine.purchase_order_id == DeliveryPart.purchase_order_id)
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .join(PurchaseOrder, PurchaseOrder.id == DeliveryPart.purchase_order_id)
        .where(DeliveryPart.delivery_id.in_(ids), DeliveryPart.notice_id.is_(None), DUE > 0)
        .where(Delivery.state.in_((*OPEN, "missed")), PurchaseOrder.state == "open")
    )
    for query in (noticed, bare):
        for row in session.execute(query.group_by(DeliveryPart.delivery_id)):
            loads[row.delivery_id].units += int(row.units)
            loads[row.delivery_id].lines += row.lines
    came = (
        select(Receipt.delivery_id, func.sum(ReceiptLine.qty).label("units"),
               func.count(ReceiptLine.purchase_line_id.distinct()).label("lines"))
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .where(Receipt.delivery_id.in_(ids), ReceiptLine.state == "received")
        .group_by(Receipt.delivery_id)
    )  # fmt: skip
    for row in session.execute(came):
        loads[row.delivery_id].received = int(row.units)
        loads[row.delivery_id].units += int(row.units)
        loads[row.delivery_id].lines = max(row.lines, loads[row.delivery_id].lines)
    planned = (
        select(Peg.delivery_id, func.sum(Peg.qty).label("units"))
        .where(Peg.delivery_id.in_(ids), Peg.state.in_(PLANNED))
        .group_by(Peg.delivery_id)
    )
    given = (
        select(Receipt.delivery_id, func.sum(Peg.qty).label("units"))
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .join(Peg, Peg.receipt_line_id == ReceiptLine.id)
        .where(Receipt.delivery_id.in_(ids), Peg.state.in_(CAME))
        .group_by(Receipt.delivery_id)
    )
    for row in (*session.execute(planned), *session.execute(given)):
        loads[row.delivery_id].planned += int(row.units)


def _truck(delivery: Delivery, dock: str, load: _Load, clock: tuple[datetime, int, int]) -> TruckRow:
    now, allowed, seconds = clock
    late = 0
    if delivery.closes_at is not None and delivery.state != "cancelled":
        came = delivery.checked_in_at or now
        late = max(0, int((came - delivery.closes_at).total_seconds()) // _MINUTE)
    return TruckRow(
        delivery_id=delivery.id,
        number=delivery.number,
        state=delivery.state,
        suppliers=tuple(load.suppliers),
        purchases=tuple(load.purchases.values()),
        notices=tuple(load.notices),
        purchase_ids=tuple(load.purchases),
        opens_at=delivery.opens_at,
        closes_at=delivery.closes_at,
        dock_id=delivery.dock_id,
        dock=dock,
        carrier=delivery.carrier,
        note=delivery.note,
        checked_in_at=delivery.checked_in_at,
        done_at=delivery.done_at,
        units=load.units,
        received=load.received,
        lines=load.lines,
        planned=load.planned,
        completes=delivery.completes,
        bound=delivery.bound,
        method=delivery.method,
        sharing=dock_sharing.how_it_stands(delivery, delivery.bound, now, seconds),
        late_minutes=late,
        is_late=late > allowed,
    )
