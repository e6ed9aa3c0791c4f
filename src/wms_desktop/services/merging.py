"""Lets an order's parts leave together: what is packed or in a lane waits for the rest that is ready now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Carton, Location, Order, OrderLine, Reservation, Shipment, Stock
from wms_desktop.domain.demand import full_key, urgency_of
from wms_desktop.errors import Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import order_log, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import AT_ONCE
from wms_desktop.services.orders import get_open

Offer = tuple[int, str, Message]
_OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """Units of one order: owed; in closed cartons; in cartons on a truck; in a lane; held anywhere.

    ``shipments`` counts those with a carton that has not left; ``open_ones`` of them wait for more.
    """

    owed: int
    boxed: int
    loaded: int
    in_lane: int
    held: int
    shipments: int
    open_ones: int

    @property
    def first(self) -> int:
        """Units of the part that came first: packed, or waiting in a lane."""
        return self.boxed + self.in_lane

    @property
    def rest(self) -> int:
        """Units that are held, but not yet where the first part is."""
        return self.held - self.first - self.loaded


def list_offers(session: Session, now: datetime) -> tuple[Offer, ...]:
    """Orders whose first part has not left and whose rest is ready: (id, number, what could leave together).

    The most urgent first. Left out: orders on hold, and those that leave together anyway.
    """
    query = select(Order).where(Order.id.in_(_begun()), Order.is_held == False, Order.ship_complete == False)
    orders = {order.id: order for order in session.scalars(query)}
    parts = _parts(session, orders)
    today = site_time.today(session, now)
    ranked = sorted(orders.values(), key=lambda order: full_key(urgency_of(order, order.id), now, today))
    offers = []
    for order in ranked:
        here = parts[order.id]
        if _refusal(order, here) is None:
            args: dict[str, Value] = {"first": here.first, "rest": here.rest, "parts": here.shipments}
            code = "merge.offer" if here.rest else "merge.offer_packed"
            offers.append((order.id, order.number, Message(code, args)))
    return tuple(offers)


def merge(session: Session, context: Context, order_id: int) -> Message:
    """Makes one shipment of an order's parts: packed parcels wait, the rest joins them, and it all leaves at once.

    From now on the order ships complete: no parcel of it goes onto a truck before the last one is packed. Refuses
    `orders.over`, `order_is_held`, `orders.merge_loaded` (a parcel is on a truck), `orders.merge_nothing` (no part
    came first), `orders.merge_waits` (units are still waited for), `orders.merge_done`.
    """
    order = get_open(session, order_id)
    here = _parts(session, [order_id])[order_id]
    refusal = _refusal(order, here)
    if refusal is not None:
        raise refusal
    shipments = session.scalars(
        select(Shipment)
        .where(Shipment.order_id == order_id, Shipment.state != "shipped")
        .order_by(Shipment.id)
        .with_for_update()
    ).all()
    if shipments:
        _join(session, shipments)
        is_packed = here.boxed == here.owed
        shipments[0].state = "packed" if is_packed else "open"
        shipments[0].packed_at = context.at if is_packed else None
    order.ship_complete, order.must_ask = True, False
    said: dict[str, Value] = {"first": here.first, "rest": here.rest}
    order_log.note(session, context, order_id, "event.merged", said)
    session.flush()
    return Message("orders.merged" if here.rest else "orders.merged_packed", said | {"order": order.number})


def _join(session: Session, shipments: Sequence[Shipment]) -> None:
    """Puts every carton into the first shipment, numbered on, and forgets the emptied ones."""
    first = shipments[0]
    seq = session.scalar(select(func.max(Carton.seq)).where(Carton.shipment_id == first.id)) or 0
    for other in shipments[1:]:
        cartons = session.scalars(select(Carton).where(Carton.shipment_id == other.id).order_by(Carton.seq)).all()
        for carton in cartons:
            seq += 1
            carton.shipment_id, carton.seq = first.id, seq
        session.flush()
        session.delete(other)
        session.flush()


def _refusal(order: Order, here: _Parts) -> Refusal | None:
    """Why the parts cannot leave together."""
    args: dict[str, Value] = {"order": order.number}
    if order.is_held:
        return Refusal("order_is_held", **args)
    if here.loaded:
        return Refusal("orders.merge_loaded", **args)
    if here.shipments == here.open_ones == 1 or (order.ship_complete and not here.shipments):
        return Refusal("orders.merge_done", **args)
    if not here.first or (not here.rest and here.shipments < 2 and not (here.in_lane and here.boxed)):
        return Refusal("orders.merge_nothing", **args)
    if here.owed > here.held:
        return Refusal("orders.merge_waits", **args, units=here.owed - here.held)
    return None


def _begun() -> CompoundSelect[*tuple[Any, ...]]:
    """The ids of orders with a closed carton in the house, or with units in a lane."""
    boxed = select(Shipment.order_id).join(Carton, Carton.shipment_id == Shipment.id).where(Carton.state == "closed")
    in_lane = (
        select(OrderLine.order_id)
        .join(Reservation, Reservation.order_line_id == OrderLine.id)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .where(Location.kind == "lane", Stock.on_hand > 0, Reservation.state == "held")
    )
    return boxed.union(in_lane)


def _parts(session: Session, order_ids: Iterable[int]) -> Mapping[int, _Parts]:
    """Where the units of these orders are; three statements for each 5,000."""
    owed: dict[int, int] = {}
    units: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    shipments: dict[int, tuple[int, int]] = {}
    ids = sorted(order_ids)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        owed |= {row[0]: int(row[1]) for row in session.execute(
            select(OrderLine.order_id, func.sum(_OWED)).where(OrderLine.order_id.in_(some)).group_by(
                OrderLine.order_id))}  # fmt: skip
        held = session.execute(
            select(OrderLine.order_id, Location.kind, Carton.state, func.sum(Reservation.qty))
            .join(Reservation, Reservation.order_line_id == OrderLine.id)
            .join(Stock, Stock.id == Reservation.stock_id)
            .join(Location, Location.id == Stock.location_id)
            .outerjoin(Carton, Carton.plate_id == Stock.plate_id)
            .where(OrderLine.order_id.in_(some), Reservation.state == "held")
            .group_by(OrderLine.order_id, Location.kind, Carton.state)
        )
        for order_id, kind, state, qty in held:
            where = state or ("lane" if kind == "lane" else "elsewhere")
            units[order_id][where] += int(qty)
            units[order_id]["held"] += int(qty)
        alive = session.execute(
            select(Shipment.order_id, Shipment.id, Shipment.state)
            .join(Carton, Carton.shipment_id == Shipment.id)
            .where(Shipment.order_id.in_(some), Shipment.state != "shipped", Carton.state != "shipped")
            .distinct()
        )
        for order_id, _, state in alive:
            all_of_them, open_ones = shipments.get(order_id, (0, 0))
            shipments[order_id] = all_of_them + 1, open_ones + (state == "open")
    return {
        order_id: _Parts(
            owed=owed.get(order_id, 0),
            boxed=units[order_id]["closed"],
            loaded=units[order_id]["loaded"],
            in_lane=units[order_id]["lane"],
            held=units[order_id]["held"],
            shipments=shipments.get(order_id, (0, 0))[0],
            open_ones=shipments.get(order_id, (0, 0))[1],
        )
        for order_id in ids
    }
