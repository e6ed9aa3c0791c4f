"""The life of a carton and of a truck's manifest: opened, filled, closed with its label, loaded, shipped."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    CarrierService,
    Carton,
    Location,
    Manifest,
    Order,
    OrderLine,
    Plate,
    PrintJob,
    Product,
    Reservation,
    Shipment,
    Station,
    Stock,
)
from wms_desktop.domain import barcodes, documents, sscc
from wms_desktop.domain.documents import ShippingLabel
from wms_desktop.errors import Bug, Refusal, WrongScan
from wms_desktop.services import inventory, printing, settings, undo
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.packing_queue import Work
from wms_desktop.services.shipping_papers import count_parcels, make_label, make_manifest, make_slip


def start_carton(session: Session, context: Context, order_id: int) -> Carton:
    """A new open carton of the order's open shipment (made where there is none), with an SSCC of its own."""
    shipment = session.scalars(
        select(Shipment).where(Shipment.order_id == order_id, Shipment.state == "open").order_by(Shipment.id).limit(1)
    ).one_or_none()
    if shipment is None:
        number = f"S{settings.next_number(session, 'shipment'):06d}"
        shipment = Shipment(number=number, order_id=order_id, created_at=context.at)
        session.add(shipment)
        session.flush()
    code = _next_sscc(session)
    plate = Plate(code=code, kind="carton")
    session.add(plate)
    session.flush()
    carton = Carton(shipment_id=shipment.id, seq=count_parcels(session, shipment.id) + 1, plate_id=plate.id, sscc=code)
    session.add(carton)
    session.flush()
    return carton


def count_open_parcels(session: Session, order_id: int) -> int:
    """How many cartons the order's open shipment has."""
    query = (
        select(func.count(Carton.id))
        .join(Shipment, Shipment.id == Carton.shipment_id)
        .where(Shipment.order_id == order_id, Shipment.state == "open")
    )
    return session.scalar(query) or 0


def weigh(work: Work) -> int:
    """What the units in the open carton weigh by their products' weights, in grams; unknown weights count nothing."""
    weights = {line.id: line.weight_g for line in work.lines}
    return sum(h.qty * weights[h.line_id] for h in work.open_box)


def close_carton(session: Session, context: Context, carton: Carton, work: Work, *, weight_g: int,
                 is_last: bool) -> tuple[int, ...]:  # fmt: skip
    """Closes a carton and queues its label and packing slip; the last one closes the shipment.

    Refuses `carton_unwanted` when it holds units that the order does not want any more. The label says *of m*
    on the last parcel only. Gives the numbers of earlier parcels that get a new label, because theirs tells another
    number of parcels (the rest of the order joined their shipment).
    """
    _check_wanted(session, carton)
    carton.state = "closed"
    carton.weight_g = weight_g
    carton.closed_at = context.at
    parcels = carton.seq if is_last else 0
    session.flush()
    if is_last:
        finish_shipment(session, context, carton.shipment_id)
    station = session.get_one(Station, context.station_id)
    label = make_label(session, carton, parcels)
    printing.enqueue(session, context, label, printer=station.label_printer, carton_id=carton.id)
    slip = make_slip(session, context, carton, work, parcels)
    printing.enqueue(session, context, slip, printer=station.paper_printer, carton_id=carton.id)
    return _renew_labels(session, context, carton, station.label_printer) if is_last and carton.seq > 1 else ()


def _renew_labels(session: Session, context: Context, last: Carton, printer: str) -> tuple[int, ...]:
    """New labels for the parcels before the last one whose label says that they were the last."""
    renewed = []
    before = select(Carton).where(Carton.shipment_id == last.shipment_id, Carton.seq < last.seq).order_by(Carton.seq)
    for carton in session.scalars(before).all():
        job = find_label(session, carton.id)
        if job is None or not _counts_otherwise(job, last.seq):
            continue
        label = make_label(session, carton, 0)
        printing.enqueue(session, context, label, printer=printer, carton_id=carton.id, reason="joined")
        renewed.append(carton.seq)
    return tuple(renewed)


def _counts_otherwise(job: PrintJob, parcels: int) -> bool:
    """Whether the label tells a number of parcels, and another one."""
    return _label_of(job).parcels not in (0, parcels)


def finish_shipment(session: Session, context: Context, shipment_id: int) -> None:
    """No carton will follow in this shipment."""
    shipment = session.get_one(Shipment, shipment_id)
    shipment.state = "packed"
    shipment.packed_at = context.at
    session.flush()


def empty_carton(session: Session, context: Context, carton: Carton, work: Work, bench: Spot) -> int:
    """Puts everything in an open carton back on the bench and forgets the carton; gives how many units.

    Units still wanted stay held for their order; others are free.
    """
    plate_id = carton.plate_id
    moved = sum(held.qty for held in work.open_box)
    loads = [(held.stock_id, held.line_id, held.qty, bench) for held in work.open_box]
    if loads:
        inventory.carry_many(session, context, loads, reason="unpack")
    for stock in session.scalars(
        select(Stock)
        .where(Stock.plate_id == plate_id, inventory.ON_PLATE, Stock.on_hand > 0)
        .execution_options(populate_existing=True)
    ).all():
        goods = Goods(product_id=stock.product_id, qty=stock.on_hand, lot_id=stock.lot_id)
        inventory.post(session, context, goods, inventory.spot_of(stock), bench, reason="unpack")
        moved += goods.qty
    shipment_id = carton.shipment_id
    session.delete(carton)
    session.flush()
    if count_parcels(session, shipment_id) == 0:
        session.delete(session.get_one(Shipment, shipment_id))
        session.flush()
    return moved


def find_label(session: Session, carton_id: int) -> PrintJob | None:
    """The carton's last label that is not void."""
    return printing.find_latest(session, ShippingLabel.kind, carton_id=carton_id)


def is_label_true(session: Session, carton: Carton) -> bool:
    """Whether the label on the carton says what the rows say now: address, service, weight, parcel, of how many."""
    job = find_label(session, carton.id)
    if job is None or _counts_otherwise(job, count_parcels(session, carton.shipment_id)):
        return False
    return documents.content_hash(make_label(session, carton, _label_of(job).parcels)) == job.content_hash


def _label_of(job: PrintJob) -> ShippingLabel:
    printed = documents.from_payload(job.kind, job.payload)
    if not isinstance(printed, ShippingLabel):
        raise Bug(f"print job {job.id} is no shipping label")
    return printed


def reprint_label(session: Session, context: Context, carton: Carton, reason: str) -> tuple[int, bool]:
    """Prints the carton's label again at this station: a numbered copy, or a new label where the old one is untrue.

    Gives the copy's number (0 for a new label) and whether it is new; the untrue one is void from now on.
    """
    if carton.state == "open":
        raise WrongScan("carton_not_closed", sscc=carton.sscc)
    job = find_label(session, carton.id)
    printer = session.get_one(Station, context.station_id).label_printer
    if job is not None and is_label_true(session, carton):
        copy = printing.reprint(session, context, job.id, reason=reason, printer=printer)
        return session.get_one(PrintJob, copy).copy_no, False
    shipment = session.get_one(Shipment, carton.shipment_id)
    parcels = count_parcels(session, shipment.id)
    is_last = shipment.state != "open" and carton.seq == parcels
    label = make_label(session, carton, parcels if is_last else 0)
    printing.enqueue(session, context, label, printer=printer, carton_id=carton.id, reason=reason)
    return 0, True


def refuse_void_label(session: Session, text: str) -> None:
    """Raises `label_void` when an unknown code is the label of a carton that was taken back."""
    code = barcodes.parse(text).sscc
    if code and session.scalar(select(Plate.id).where(Plate.code == code, Plate.kind == "carton")) is not None:
        raise WrongScan("label_void_gone", sscc=code)


# --- trucks --------------------------------------------------------------------------------------------------


def carrier_of(session: Session, truck_id: int) -> str:
    """The carrier whose truck stands at a door; refuses `no_carrier` where none was given."""
    carrier = session.scalar(
        select(CarrierService.carrier)
        .join(Location, Location.service_id == CarrierService.id)
        .where(Location.id == truck_id)
    )
    if carrier is None:
        raise WrongScan("dispatch_no_carrier", truck=session.get_one(Location, truck_id).code)
    return carrier


def list_trucks(session: Session, carrier: str) -> Sequence[Location]:
    """The doors at which this carrier's trucks stand."""
    return session.scalars(
        select(Location)
        .join(CarrierService, CarrierService.id == Location.service_id)
        .where(Location.kind == "truck", CarrierService.carrier == carrier)
        .order_by(Location.code)
    ).all()


def open_manifest(session: Session, context: Context, truck_id: int) -> Manifest:
    """The truck's open manifest; a new one where there is none."""
    truck = session.get_one(Location, truck_id, with_for_update=True)
    manifest = session.scalars(
        select(Manifest).where(Manifest.truck_id == truck.id, Manifest.state == "open")
    ).one_or_none()
    if manifest is None:
        number = f"M{settings.next_number(session, 'manifest'):06d}"
        carrier = carrier_of(session, truck.id)
        manifest = Manifest(number=number, carrier=carrier, truck_id=truck.id, opened_at=context.at)
        session.add(manifest)
        session.flush()
    return manifest


def get_carton(session: Session, carton_id: int) -> Carton:
    """The carton as the database has it now, locked until the transaction ends."""
    return session.get_one(Carton, carton_id, populate_existing=True, with_for_update=True)


def load_carton(session: Session, context: Context, carton: Carton, manifest: Manifest) -> None:
    """Moves a closed carton with its units onto the manifest's truck.

    Refuses `carton_waits` while other units of an order that leaves at once are not packed.
    """
    _check_whole(session, carton, _check_wanted(session, carton))
    _move(session, context, carton, manifest.truck_id, "load")
    carton.state = "loaded"
    carton.manifest_id = manifest.id
    session.flush()


def unload_carton(session: Session, context: Context, carton: Carton, place_id: int) -> None:
    """Takes a loaded carton off the truck again, to a place in the house."""
    _move(session, context, carton, place_id, "unload")
    carton.state = "closed"
    carton.manifest_id = None
    session.flush()


def close_manifest(session: Session, context: Context, manifest: Manifest) -> int:
    """Ships every carton on the truck, freezes the manifest and queues it for printing; gives the print job's id.

    Refuses `carton_unwanted` when a carton holds units that nobody waits for any more. It cannot be taken back.
    """
    cartons = session.scalars(
        select(Carton).where(Carton.manifest_id == manifest.id).order_by(Carton.id).with_for_update()
    ).all()
    for carton in cartons:
        carton.state = "shipped"
    manifest.state = "closed"
    manifest.closed_at = context.at
    session.flush()
    _refuse_stopped(session, manifest.id)
    _refuse_unwanted(session, [carton.plate_id for carton in cartons])
    customer = session.scalars(
        select(Location.id).where(Location.kind == "customer").order_by(Location.id).limit(1)
    ).one()
    plates = [carton.plate_id for carton in cartons]
    held = [(row.stock_id, row.order_line_id) for row in _list_on(session, plates)]
    inventory.consume_many(session, context, held, Spot(location_id=customer))
    inventory.forget_plates(session, plates)
    shipments = {carton.shipment_id for carton in cartons}
    behind = set(
        session.scalars(select(Carton.shipment_id).where(Carton.shipment_id.in_(shipments), Carton.state != "shipped"))
    )
    for shipment in session.scalars(select(Shipment).where(Shipment.id.in_(shipments - behind))):
        shipment.state = "shipped"
        shipment.shipped_at = context.at
    printer = session.get_one(Station, context.station_id).paper_printer
    undo.close(session)
    return printing.enqueue(session, context, make_manifest(session, manifest), printer=printer)


def _next_sscc(session: Session) -> str:
    prefix = settings.get(session, "company_prefix")
    extension, serial = divmod(settings.next_number(session, "sscc"), sscc.capacity(prefix))
    return sscc.number(prefix, serial, extension=extension)


def _move(session: Session, context: Context, carton: Carton, place_id: int, reason: str) -> None:
    target = Spot(location_id=place_id, plate_id=carton.plate_id)
    loads = [(h.stock_id, h.order_line_id, h.qty, target) for h in _list_on(session, [carton.plate_id])]
    inventory.carry_many(session, context, loads, reason=reason)


def _list_on(session: Session, plate_ids: Sequence[int]) -> Sequence[Reservation]:
    return session.scalars(
        select(Reservation)
        .join(Stock, Stock.id == Reservation.stock_id)
        .where(Stock.plate_id.in_(plate_ids), inventory.ON_PLATE, Reservation.state == "held")
        .order_by(Reservation.stock_id, Reservation.order_line_id)
        .execution_options(populate_existing=True)
    ).all()


def _check_wanted(session: Session, carton: Carton) -> Row[int, str, bool, bool]:
    """Everything in the carton is held for a line that still wants it, and its order, which it gives, may leave."""
    order = session.execute(
        select(Order.id, Order.number, Order.is_held, Order.ship_complete)
        .join(Shipment, Shipment.order_id == Order.id)
        .where(Shipment.id == carton.shipment_id)
    ).one()
    if order.is_held:
        raise Refusal("order_is_held", order=order.number)
    _refuse_unwanted(session, [carton.plate_id])
    return order


def _check_whole(session: Session, carton: Carton, order: Row[int, str, bool, bool]) -> None:
    """An order that leaves at once goes onto the truck only when every unit of it is in a closed carton."""
    if not order.ship_complete:
        return
    owed = session.scalar(
        select(func.sum(OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped)).where(
            OrderLine.order_id == order.id
        )
    )
    packed = session.scalar(
        select(func.sum(Reservation.qty))
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Carton, Carton.plate_id == Stock.plate_id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .where(OrderLine.order_id == order.id, Reservation.state == "held", Carton.state.in_(("closed", "loaded")))
    )
    left = int(owed or 0) - int(packed or 0)
    if left > 0:
        raise Refusal("carton_waits", sscc=carton.sscc, order=order.number, units=left)


def _refuse_stopped(session: Session, manifest_id: int) -> None:
    number = session.scalar(
        select(Order.number)
        .join(Shipment, Shipment.order_id == Order.id)
        .join(Carton, Carton.shipment_id == Shipment.id)
        .where(Carton.manifest_id == manifest_id, Order.is_held == True)
        .order_by(Order.number)
        .limit(1)
    )
    if number is not None:
        raise Refusal("order_is_held", order=number)


def _refuse_unwanted(session: Session, plate_ids: Sequence[int]) -> None:
    row = session.execute(
        select(Product.name, Plate.code, (Stock.on_hand - Stock.reserved).label("spare"))
        .join(Product, Product.id == Stock.product_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .where(Stock.plate_id.in_(plate_ids), inventory.ON_PLATE, Stock.on_hand > Stock.reserved)
        .order_by(Plate.code, Product.name)
        .limit(1)
    ).first()
    if row is not None:
        raise Refusal("carton_unwanted", sscc=row.code, qty=row.spare, product=row.name)
