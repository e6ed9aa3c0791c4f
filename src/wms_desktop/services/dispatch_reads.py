"""Reads what a carrier's truck still lacks: cartons left behind, split shipments, orders not packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    CarrierService,
    Carton,
    Location,
    Manifest,
    Order,
    OrderLine,
    Reservation,
    Shipment,
    Stock,
)
from wms_desktop.services import inventory, site_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A carton of the carrier that is not on the truck; ``is_split``: another parcel of its shipment is."""

    carton_id: int
    sscc: str
    order: str
    parcel: int
    place: str
    is_split: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """An order of the carrier that should leave today, with units held but not in a carton."""

    order_id: int
    order: str
    units: int
    leave_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A carrier's door: how many closed cartons wait for it, and its open manifest with its parcels, if any."""

    truck: str
    carrier: str
    waiting: int
    manifest: str
    loaded: int


def list_behind(session: Session, manifest: Manifest) -> list[Behind]:
    """Closed cartons of the manifest's carrier that stand in the house; parcels split from their shipment first."""
    stands = (
        select(func.min(Location.code))
        .join(Stock, Stock.location_id == Location.id)
        .where(Stock.plate_id == Carton.plate_id, inventory.ON_PLATE, Stock.on_hand > 0)
        .correlate(Carton)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Carton.id, Carton.sscc, Carton.seq, Carton.shipment_id, Order.number, stands.label("place"))
        .join(Shipment, Shipment.id == Carton.shipment_id)
        .join(Order, Order.id == Shipment.order_id)
        .join(CarrierService, CarrierService.id == Order.service_id)
        .where(Carton.state == "closed", CarrierService.carrier == manifest.carrier)
        .order_by(Order.leave_by, Carton.sscc)
    ).all()
    loaded = set(session.scalars(select(Carton.shipment_id).where(Carton.manifest_id == manifest.id)))
    behind = [
        Behind(
            carton_id=r.id,
            sscc=r.sscc,
            order=r.number,
            parcel=r.seq,
            place=r.place or "",
            is_split=r.shipment_id in loaded,
        )
        for r in rows
    ]
    return sorted(behind, key=lambda b: not b.is_split)


def list_unpacked(session: Session, carrier: str, now: datetime, most: int) -> list[Unpacked]:
    """The carrier's orders that should leave today and have held units outside cartons, the most urgent first."""
    due = (
        select(Order.id, Order.number, Order.leave_by, Reservation.stock_id, Reservation.qty)
        .select_from(Reservation)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(CarrierService, CarrierService.id == Order.service_id)
        .where(
            Reservation.state == "held",
            CarrierService.carrier == carrier,
            Order.is_held == False,
            Order.leave_by < site_time.day_end(session, now),
        )
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")  # else it joins every stock row there ever was
    )
    rows = session.execute(
        select(due.c.id, due.c.number, due.c.leave_by, func.sum(due.c.qty).label("units"))
        .join(Stock, Stock.id == due.c.stock_id)
        .outerjoin(Carton, Carton.plate_id == Stock.plate_id)
        .where(Carton.id.is_(None))
        .group_by(due.c.id, due.c.number, due.c.leave_by)
        .order_by(due.c.leave_by, due.c.id)
        .limit(most)
    ).all()
    return [Unpacked(order_id=r.id, order=r.number, units=int(r.units), leave_by=r.leave_by) for r in rows]


def list_doors(session: Session) -> list[Door]:
    """Every carrier's door, by its code."""
    waiting = dict(
        session.execute(
            select(CarrierService.carrier, func.count(Carton.id))
            .select_from(Carton)
            .join(Shipment, Shipment.id == Carton.shipment_id)
            .join(Order, Order.id == Shipment.order_id)
            .join(CarrierService, CarrierService.id == Order.service_id)
            .where(Carton.state == "closed")
            .group_by(CarrierService.carrier)
        ).all()
    )
    rows = session.execute(
        select(Location.code, CarrierService.carrier, Manifest.number, func.count(Carton.id).label("loaded"))
        .join(CarrierService, CarrierService.id == Location.service_id)
        .outerjoin(Manifest, (Manifest.truck_id == Location.id) & (Manifest.state == "open"))
        .outerjoin(Carton, Carton.manifest_id == Manifest.id)
        .where(Location.kind == "truck")
        .group_by(Location.id, CarrierService.carrier, Manifest.number)
        .order_by(Location.code)
    ).all()
    return [
        Door(
            truck=r.code,
            carrier=r.carrier,
            waiting=waiting.get(r.carrier, 0),
            manifest=r.number or "",
            loaded=int(r.loaded),
        )
        for r in rows
    ]


def find_stand(session: Session, carton: Carton) -> int | None:
    """The bench on which a carton stood before it was loaded; another bench where its place is forgotten."""
    stood = session.scalar(
        select(Stock.location_id)
        .join(Location, Location.id == Stock.location_id)
        .where(Stock.plate_id == carton.plate_id, inventory.ON_PLATE, Location.kind == "bench")
        .order_by(Stock.last_movement_id.desc())
        .limit(1)
    )
    if stood is not None:
        return stood
    return session.scalar(select(Location.id).where(Location.kind == "bench").order_by(Location.code).limit(1))


def count_loaded(session: Session, manifest_id: int) -> int:
    """How many cartons are on the manifest."""
    return session.scalar(select(func.count(Carton.id)).where(Carton.manifest_id == manifest_id)) or 0


def list_siblings_left(session: Session, carton: Carton) -> Sequence[int]:
    """Numbers of the parcels of the carton's shipment that are not on a truck."""
    return session.scalars(
        select(Carton.seq)
        .where(Carton.shipment_id == carton.shipment_id, Carton.state.in_(("open", "closed")), Carton.id != carton.id)
        .order_by(Carton.seq)
    ).all()
