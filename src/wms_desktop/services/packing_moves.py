"""Moves proved units from tote or lane into the carton, and says why a scan cannot be packed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from sqlalchemy import exists, literal_column, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    BatchOrder,
    Carton,
    Location,
    OrderLine,
    Peg,
    Plate,
    Reservation,
    Shipment,
    Stock,
)
from wms_desktop.errors import WrongScan
from wms_desktop.services import inventory, shipping, short_pegs
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Spot
from wms_desktop.services.packing_queue import HERE, Held, Work, find_open_carton, list_held, units

Near = tuple[tuple[str, int], Location]


def take(session: Session, context: Context, work: Work, scan: Resolved, near: Near) -> Carton:
    """Moves the scanned units of the order into its open carton (a new one where there is none).

    Taken first from the tote or lane that was opened, then from this bench, then from lanes. Refuses what the
    order does not want, more than it still wants, and another lot.
    """
    rows = _choose(session, work, scan)
    (kind, source_id), bench = near
    rows.sort(key=lambda h: (not is_from(h, kind, source_id), h.location_id != bench.id, h.kind != "lane", h.stock_id))
    carton = find_open_carton(session, work.order_id) or shipping.start_carton(session, context, work.order_id)
    stands = work.open_box[0].location_id if work.open_box else bench.id
    target = Spot(location_id=stands, plate_id=carton.plate_id)
    rest = scan.units
    used: list[Held] = []
    loads = []
    for held in rows:
        if not rest:
            break
        qty = min(rest, held.qty)
        loads.append((held.stock_id, held.line_id, qty, target))
        used.append(held)
        rest -= qty
    inventory.carry_many(session, context, loads, reason="pack")
    _close_totes(session, {h.plate_id for h in used if h.plate_id})
    _settle_pegs(session, [h for h in used if h.kind == "lane"])
    short_pegs.pack(session, {h.line_id for h in used})
    return carton


def is_from(held: Held, kind: str, source_id: int) -> bool:
    """Whether the units stand on this plate or at this place (`plate` or `place`)."""
    return source_id == (held.plate_id if kind == "plate" else held.location_id)


def list_orders_with(session: Session, order_ids: Sequence[int], product_id: int,
                     source: tuple[str, int, str]) -> list[int]:  # fmt: skip
    """Which of the orders have units of the product standing on that plate or at that place."""
    lines = session.execute(
        select(OrderLine.id, OrderLine.order_id).where(
            OrderLine.order_id.in_(order_ids), OrderLine.product_id == product_id
        )
    ).all()
    order_of = {line.id: line.order_id for line in lines}
    held = list_held(session, list(order_of))
    return sorted({order_of[h.line_id] for h in held if h.carton_id is None and is_from(h, source[0], source[1])})


def finish_without_carton(session: Session, context: Context, order_id: int) -> Carton:
    """Ends a shipment whose cartons are all closed; gives the last of them."""
    last = session.scalars(
        select(Carton)
        .join(Shipment, Shipment.id == Carton.shipment_id)
        .where(Shipment.order_id == order_id, Shipment.state == "open")
        .order_by(Carton.seq.desc())
        .limit(1)
    ).one()
    shipping.finish_shipment(session, context, last.shipment_id)
    return last


def refuse_plate(session: Session, scan: Resolved) -> NoReturn:
    """Says why a tote or pallet that nobody waits for here cannot be packed: empty, elsewhere, not wanted."""
    row = session.execute(
        select(Location.code, Location.kind)
        .join(Stock, Stock.location_id == Location.id)
        .where(Stock.plate_id == scan.id, inventory.ON_PLATE, Stock.on_hand > 0)
        .limit(1)
    ).first()
    if row is None:
        raise WrongScan("pack_tote_empty", tote=scan.name)
    if row.kind == "cart":
        raise WrongScan("pack_tote_on_cart", tote=scan.name, cart=row.code)
    if row.kind not in HERE:
        raise WrongScan("pack_tote_elsewhere", tote=scan.name, place=row.code)
    raise WrongScan("pack_tote_unwanted", tote=scan.name, place=row.code)


def refuse_absent(work: Work) -> NoReturn:
    """Says why an order cannot be packed: all in cartons, still being picked, or nothing there for it yet."""
    if work.boxed and not work.missing:
        raise WrongScan("pack_order_packed", order=work.number, place=work.boxed[0].place)
    if work.elsewhere:
        raise WrongScan(
            "pack_order_not_here", order=work.number, units=units(work.elsewhere), place=work.elsewhere[0].where
        )
    raise WrongScan("pack_order_waits", order=work.number, units=work.missing)


def _choose(session: Session, work: Work, scan: Resolved) -> list[Held]:
    """The rows that the scan may take its units from; refuses otherwise."""
    wanted = [line for line in work.lines if line.product_id == scan.id]
    rows = [h for h in work.here if h.product_id == scan.id]
    if not wanted:
        raise WrongScan("pack_wrong_item", product=scan.name, order=work.number)
    if not rows and all(line.owed == 0 and line.cancelled for line in wanted):
        raise WrongScan("pack_item_cancelled", product=scan.name, order=work.number)
    if not rows:
        code = "pack_item_full" if any(h.product_id == scan.id for h in work.boxed) else "pack_item_absent"
        raise WrongScan(code, product=scan.name, order=work.number)
    lots = sorted({h.lot for h in rows})
    if scan.lot and any(lots):
        rows = [h for h in rows if h.lot == scan.lot]
        if not rows:
            raise WrongScan("pack_wrong_lot", product=scan.name, lot=scan.lot, wanted=", ".join(lots))
        expiry = rows[0].expiry
        if scan.expiry and expiry is not None and expiry.isoformat() != scan.expiry:
            raise WrongScan("pack_wrong_expiry", product=scan.name, expiry=scan.expiry, wanted=expiry.isoformat())
    elif len(lots) > 1 and wanted[0].lot_tracked:
        raise WrongScan("pack_lot_wanted", product=scan.name, wanted=", ".join(lots))
    left = units(rows)
    if scan.units > left:
        raise WrongScan("pack_too_many", product=scan.name, units=scan.units, left=left, order=work.number)
    return rows


def _close_totes(session: Session, plate_ids: set[int]) -> None:
    """Totes that are empty now are free for another order."""
    if not plate_ids:
        return
    full = exists().where(Stock.plate_id == BatchOrder.plate_id, inventory.ON_PLATE, Stock.on_hand > 0)
    for place in session.scalars(
        select(BatchOrder)
        .join(Plate, Plate.id == BatchOrder.plate_id)
        .where(BatchOrder.plate_id.in_(plate_ids), Plate.kind == "tote", ~full)
        .where(BatchOrder.is_open == True, BatchOrder.plate_id != literal_column("0"))
    ):
        place.is_open = False
    session.flush()


def _settle_pegs(session: Session, taken: Sequence[Held]) -> None:
    """A peg is packed when no unit of its line is left in its lane."""
    if not taken:
        return
    waiting = (
        exists()
        .where(Stock.id == Reservation.stock_id, Stock.location_id == Peg.lane_id)
        .where(Reservation.order_line_id == Peg.order_line_id, Reservation.state == "held")
    )
    for peg in session.scalars(
        select(Peg).where(
            Peg.order_line_id.in_({h.line_id for h in taken}),
            Peg.lane_id.in_({h.location_id for h in taken}),
            Peg.state == "in_lane",
            ~waiting,
        )
    ):
        peg.state = "packed"
    session.flush()
