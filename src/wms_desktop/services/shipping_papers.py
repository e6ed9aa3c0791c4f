"""Makes the papers of a parcel and of a truck from the rows: shipping label, packing slip, manifest."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import CarrierService, Carton, Order, Shipment
from wms_desktop.db.tables import Manifest as ManifestRecord
from wms_desktop.domain.documents import (
    Address,
    Manifest,
    ManifestRow,
    PackingSlip,
    ShippingLabel,
    SlipLine,
)
from wms_desktop.services import replacements, settings, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.packing_queue import Work
from wms_desktop.services.replacements import Origin


def make_label(session: Session, carton: Carton, parcels: int) -> ShippingLabel:
    """The carton's label as its rows have it now; ``parcels`` 0: how many follow is not known yet."""
    order, service = session.execute(
        select(Order, CarrierService)
        .join(Shipment, Shipment.order_id == Order.id)
        .join(CarrierService, CarrierService.id == Order.service_id)
        .where(Shipment.id == carton.shipment_id)
        .execution_options(populate_existing=True)
    ).one()
    return ShippingLabel(
        sender=_sender(session),
        receiver=_receiver(order),
        carrier=service.carrier,
        service=service.name,
        route=service.sort_code,
        parcel=carton.seq,
        parcels=parcels,
        weight_g=carton.weight_g,
        order=order.number,
        sscc=carton.sscc,
    )


def make_slip(session: Session, context: Context, carton: Carton, work: Work, parcels: int) -> PackingSlip:
    """What the customer finds in this carton, what went or goes otherwise, and what is still to come and when.

    A line that was wholly replaced is named by those that came in its place. No day that is over is told.
    """
    order = session.get_one(Order, work.order_id)
    shipment = session.get_one(Shipment, carton.shipment_id)
    today = site_time.today(session, context.at)
    standing_in = [line.id for line in work.lines if line.replaces_id is not None]
    origins = replacements.list_origins(session, standing_in) if standing_in else {}
    lines = []
    for line in work.lines:
        if line.replaced == line.ordered:
            continue
        origin = origins.get(line.id, Origin())
        here = sum(h.qty for h in work.boxed if h.line_id == line.id and h.carton_id == carton.id)
        others = sum(h.qty for h in work.boxed if h.line_id == line.id and h.carton_id != carton.id)
        to_come = line.owed - here - others
        lines.append(
            SlipLine(
                sku=line.sku,
                name=line.name,
                ordered=line.ordered - line.replaced,
                here=here,
                sent=line.shipped + others,
                to_come=to_come,
                expected=line.expected if to_come and line.expected and line.expected >= today else None,
                cancelled=line.cancelled - line.replaced,
                instead_of=origin.instead_of,
                part_of=origin.part_of,
            )
        )
    return PackingSlip(
        number=carton.sscc,
        order=order.number,
        sender=_sender(session),
        receiver=_receiver(order),
        parcel=carton.seq,
        parcels=parcels,
        lines=tuple(lines),
        carton=f"{shipment.number}/{carton.seq}",
        ordered_on=site_time.today(session, order.placed_at),
        packed_on=today,
    )


def make_manifest(session: Session, manifest: ManifestRecord) -> Manifest:
    """The carrier's list of every carton on the truck, in the order of their numbers."""
    rows = session.execute(
        select(Carton.sscc, Carton.weight_g, Order.number, Order.ship_name, Order.postcode, Order.city, Order.country)
        .join(Shipment, Shipment.id == Carton.shipment_id)
        .join(Order, Order.id == Shipment.order_id)
        .where(Carton.manifest_id == manifest.id)
        .order_by(Carton.sscc)
    ).all()
    return Manifest(
        number=manifest.number,
        carrier=manifest.carrier,
        sender=_sender(session),
        rows=tuple(
            ManifestRow(
                sscc=r.sscc,
                order=r.number,
                receiver=r.ship_name,
                place=" ".join(part for part in (r.postcode, r.city, r.country) if part),
                weight_g=r.weight_g,
            )
            for r in rows
        ),
        closed=manifest.closed_at,
    )


def count_parcels(session: Session, shipment_id: int) -> int:
    """How many cartons the shipment has so far."""
    return session.scalar(select(func.count(Carton.id)).where(Carton.shipment_id == shipment_id)) or 0


def _receiver(order: Order) -> Address:
    return Address(
        name=order.ship_name,
        lines=tuple(line.strip() for line in order.street.splitlines() if line.strip()),
        postcode=order.postcode,
        city=order.city,
        country=order.country,
    )


def _sender(session: Session) -> Address:
    """The house's address: its name first, its country's two letters on a line of their own at the end."""
    lines = [line.strip() for line in settings.get(session, "sender").splitlines() if line.strip()]
    has_country = len(lines) > 1 and len(lines[-1]) == 2 and lines[-1].isalpha()
    country = lines.pop().upper() if has_country else ""
    return Address(name=lines[0] if lines else "", lines=tuple(lines[1:]), postcode="", city="", country=country)
