"""Reads what collects in which lane, what is still missing there and whence it comes; nothing of it is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Batch,
    CarrierService,
    Customer,
    Delivery,
    Location,
    Lot,
    Order,
    OrderLine,
    Peg,
    Pick,
    Plate,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Reservation,
    Stock,
)
from wms_desktop.errors import BadInput
from wms_desktop.services import settings, site_time, walk_backs
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.packing_queue import HERE
from wms_desktop.views import lanes as views
from wms_desktop.views.lanes import Lack, Lane, LaneBoard, LaneOrder, LaneView, Source, Standing, WalkBackRow

_OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
_PLANNED = ("proposed", "firm")
_EXPECTED = ("expected", "here")
_STANDING = ("arrived", "in_lane")
_BOXED_AT = ("bench", "lane", "dock", "truck")
_AT_PLACE = {"dock": views.DOCK, "bin": views.BIN, "cart": views.CART}
Rows = Sequence[Row[*tuple[Any, ...]]]


@dataclass(slots=True)
class _Part:
    """What one order has in one lane, in units."""

    units_in: int = 0
    coming: int = 0
    is_packed: bool = False
    since: datetime | None = None

    def stands(self, units: int, since: datetime | None) -> None:
        """Counts units that stand in the lane since an instant."""
        self.units_in += units
        if since is not None and (self.since is None or since < self.since):
            self.since = since


@dataclass(slots=True)
class _Reading:
    """Everything that was read of the lanes: parts by lane and order, loose units by lane."""

    parts: dict[int, dict[int, _Part]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(_Part)))
    loose: dict[int, _Part] = field(default_factory=lambda: defaultdict(_Part))


def read_board(session: Session, now: datetime) -> LaneBoard:
    """All lanes in walking order with the orders that collect in them, at one instant.

    An order is booked while units are tied to the lane and none stands in it, filling when some do, complete when every
    unit that it is still owed stands in lanes, on benches or in cartons, and packed until its cartons have left.
    """
    stale = settings.get_int(session, "stale_lane_minutes")
    return LaneBoard(at=now, stale_minutes=stale, lanes=_read(session, now, stale))


def open_lane(session: Session, now: datetime, lane_id: int) -> LaneView:
    """One lane, what stands in it for whom, and what each of its orders lacks; raises BadInput `lanes.no_lane`."""
    found = _read(session, now, settings.get_int(session, "stale_lane_minutes"), lane_id)
    if not found:
        raise BadInput("lanes.no_lane")
    lane = found[0]
    short = [order.order_id for order in lane.orders if order.missing]
    return LaneView(at=now, lane=lane, standing=_list_standing(session, lane_id), lacks=_list_lacks(session, short))


def list_walk_backs(session: Session) -> tuple[WalkBackRow, ...]:
    """Good units at lanes that nobody holds, lane by lane, as the board shows them."""
    return tuple(
        WalkBackRow(
            lane_id=row.lane_id,
            lane=row.lane,
            product_id=row.product_id,
            sku=row.sku,
            product=row.product,
            lot=row.lot,
            units=row.qty,
            since=row.since,
        )
        for row in walk_backs.list_walk_backs(session)
    )


# ------------------------------------------------------------------------------------------------ the board


def _read(session: Session, now: datetime, stale: int, lane_id: int | None = None) -> tuple[Lane, ...]:
    query = (
        select(Location, CarrierService.name, CarrierService.carrier.label("by"))
        .outerjoin(CarrierService, CarrierService.id == Location.service_id)
        .where(Location.kind == "lane")
        .order_by(Location.walk_seq, Location.id)
    )
    rows = session.execute(query if lane_id is None else query.where(Location.id == lane_id)).all()
    reading = _Reading()
    wanted = {row.Location.id for row in rows} if lane_id is not None else None
    _read_standing(session, reading, wanted)
    _read_pegs(session, reading, wanted)
    facts = _order_facts(session, {order_id for orders in reading.parts.values() for order_id in orders})
    limit = now - timedelta(minutes=stale)
    return tuple(_lane(row, reading, facts, (now, limit)) for row in rows)


def _read_standing(session: Session, reading: _Reading, lane_ids: Collection[int] | None) -> None:
    """Units in the lanes: for whom, since when; and those for nobody.

    A stock row's own age goes back to when it was last empty; units that came later to it are as old as their peg.
    """
    query = (
        select(Location.id, OrderLine.order_id, OrderLine.id.label("line_id"), Stock.id.label("stock_id"), Stock.since,
               Stock.on_hand, Stock.reserved, Stock.condition, Reservation.qty)
        .select_from(Location)
        .join(Stock, Stock.location_id == Location.id)
        .join(Plate, Plate.id == Stock.plate_id)
        .outerjoin(Reservation, (Reservation.stock_id == Stock.id) & (Reservation.state == "held"))
        .outerjoin(OrderLine, OrderLine.id == Reservation.order_line_id)
        .where(Location.kind == "lane", Stock.on_hand > 0, Plate.kind != "carton")
    )  # fmt: skip
    rows = session.execute(query if lane_ids is None else query.where(Location.id.in_(lane_ids))).all()
    pegged = _pegged_at(session) if rows else {}
    seen: set[int] = set()
    for row in rows:
        if row.order_id is not None:
            came = pegged.get((row.id, row.line_id))
            since = max(filter(None, (row.since, came)), default=None)
            reading.parts[row.id][row.order_id].stands(row.qty, since)
        if row.stock_id not in seen and row.condition == "good" and row.on_hand > row.reserved:
            reading.loose[row.id].stands(row.on_hand - row.reserved, row.since)
        seen.add(row.stock_id)


def _pegged_at(session: Session) -> dict[tuple[int, int], datetime]:
    """When the first units that stand in a lane for a line came to the house, by lane and line."""
    rows = session.execute(
        select(Peg.lane_id, Peg.order_line_id, func.min(Peg.at, type_=Peg.at.type).label("at"))
        .where(Peg.state.in_(_STANDING), Peg.state == "in_lane", Peg.lane_id.is_not(None))
        .group_by(Peg.lane_id, Peg.order_line_id)
    )
    return {(row.lane_id, row.order_line_id): row.at for row in rows}


def _read_pegs(session: Session, reading: _Reading, lane_ids: Collection[int] | None) -> None:
    """Units tied to a lane that are not in it yet, and those that were packed out of it and have not left."""
    coming = (
        select(Peg.lane_id, OrderLine.order_id, func.sum(Peg.qty).label("units"))
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .where(Peg.lane_id.is_not(None))
        .group_by(Peg.lane_id, OrderLine.order_id)
    )
    arrived = coming.where(Peg.state.in_(_STANDING), Peg.state == "arrived")
    firm = coming.join(Delivery, Delivery.id == Peg.delivery_id).where(
        Delivery.state.in_(_EXPECTED), Delivery.state == "here", Peg.state.in_(_PLANNED), Peg.state == "firm"
    )
    for query in (arrived, firm):
        for row in session.execute(query if lane_ids is None else query.where(Peg.lane_id.in_(lane_ids))):
            reading.parts[row.lane_id or 0][row.order_id].coming += int(row.units)
    packed = (
        select(Peg.lane_id, OrderLine.order_id)
        .select_from(Location)
        .join(Stock, Stock.location_id == Location.id)
        .join(Plate, Plate.id == Stock.plate_id)
        .join(Reservation, Reservation.stock_id == Stock.id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .where(Location.kind.in_(_BOXED_AT), Stock.on_hand > 0, Plate.kind == "carton", Reservation.state == "held")
        .where(Peg.state == "packed", Peg.lane_id.is_not(None))
        .distinct()
    )
    for boxed in session.execute(packed if lane_ids is None else packed.where(Peg.lane_id.in_(lane_ids))):
        reading.parts[boxed.lane_id or 0][boxed.order_id].is_packed = True


@dataclass(frozen=True, slots=True)
class _Facts:
    row: Row[*tuple[Any, ...]]
    missing: int


def _order_facts(session: Session, order_ids: Collection[int]) -> dict[int, _Facts]:
    """Each order's head, and its units that stand neither in a lane, on a bench nor in a carton."""
    ready: dict[int, int] = {}
    found: dict[int, _Facts] = {}
    for part in in_pieces(order_ids):
        held = (
            select(OrderLine.order_id, func.sum(Reservation.qty).label("units"))
            .join(Reservation, Reservation.order_line_id == OrderLine.id)
            .join(Stock, Stock.id == Reservation.stock_id)
            .join(Plate, Plate.id == Stock.plate_id)
            .join(Location, Location.id == Stock.location_id)
            .where(OrderLine.order_id.in_(part), Reservation.state == "held")
            .where(Location.kind.in_(HERE) | (Plate.kind == "carton"))
            .group_by(OrderLine.order_id)
        )
        ready |= {row.order_id: int(row.units) for row in session.execute(held)}
        heads = (
            select(Order.id, Order.number, Order.leave_by, Order.ship_complete, Order.is_held, Customer.name,
                   func.sum(_OWED).label("owed"))
            .join(Customer, Customer.id == Order.customer_id)
            .join(OrderLine, OrderLine.order_id == Order.id)
            .where(Order.id.in_(part))
            .group_by(Order.id, Customer.id)
        )  # fmt: skip
        found |= {row.id: _Facts(row, int(row.owed) - ready.get(row.id, 0)) for row in session.execute(heads)}
    return found


def _lane(row: Row[*tuple[Any, ...]], reading: _Reading, facts: Mapping[int, _Facts],
          clock: tuple[datetime, datetime]) -> Lane:  # fmt: skip
    place, (now, limit) = row.Location, clock
    parts = reading.parts.get(place.id, {})
    orders = [_order(facts[order_id], part, now) for order_id, part in parts.items()]
    orders.sort(key=lambda order: (order.leave_by, order.number))
    loose = reading.loose.get(place.id, _Part())
    since = min((when for when in (*(order.since for order in orders), loose.since) if when), default=None)
    waiting = [order.leave_by for order in orders if order.state != views.PACKED]
    return Lane(
        lane_id=place.id,
        code=place.code,
        state=_state(orders, loose.units_in, is_blocked=place.is_blocked),
        carrier=place.carrier or row.by or "",
        service=row.name or "",
        wall=place.wall,
        capacity=place.capacity_orders,
        is_blocked=place.is_blocked,
        blocked_why=place.blocked_why,
        units_in=sum(order.units_in for order in orders),
        units_coming=sum(order.units_coming for order in orders),
        loose=loose.units_in,
        leave_by=min(waiting, default=None),
        since=since,
        is_stale=since is not None and since < limit,
        orders=tuple(orders),
    )


def _order(facts: _Facts, part: _Part, now: datetime) -> LaneOrder:
    row = facts.row
    if part.units_in:
        state = views.FILLING if facts.missing else views.COMPLETE
    else:
        state = views.BOOKED if part.coming else views.PACKED
    return LaneOrder(
        order_id=row.id,
        number=row.number,
        customer=row.name,
        state=state,
        units_in=part.units_in,
        units_coming=part.coming,
        missing=facts.missing,
        leave_by=row.leave_by,
        since=part.since,
        is_ship_complete=row.ship_complete,
        is_held=row.is_held,
        is_late=row.leave_by < now,
    )


def _state(orders: Iterable[LaneOrder], loose: int, *, is_blocked: bool) -> str:
    if is_blocked:
        return views.BLOCKED
    states = {order.state for order in orders}
    found = next((state for state in views.ORDER_STATES if state in states), views.EMPTY)
    return views.LOOSE if loose and found in (views.EMPTY, views.PACKED) else found


# ------------------------------------------------------------------------------------------------ one lane


def _list_standing(session: Session, lane_id: int) -> tuple[Standing, ...]:
    rows = session.execute(
        select(OrderLine.order_id, Product.sku, Product.name, Lot.code.label("lot"), Plate.code.label("plate"),
               Stock.plate_id, Reservation.qty)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .where(Stock.location_id == lane_id, Stock.on_hand > 0, Reservation.state == "held", Plate.kind != "carton")
        .order_by(OrderLine.order_id, OrderLine.line_no, Stock.id)
    )  # fmt: skip
    return tuple(
        Standing(
            order_id=row.order_id,
            sku=row.sku,
            product=row.name,
            lot=row.lot,
            tote=row.plate if row.plate_id else "",
            units=row.qty,
        )
        for row in rows
    )


def _list_lacks(session: Session, order_ids: Collection[int]) -> tuple[Lack, ...]:
    """The lines of these orders that are not all there, each unit with whence it comes."""
    lacks: list[Lack] = []
    for part in in_pieces(order_ids):
        lines = session.execute(
            select(OrderLine.id, OrderLine.order_id, OrderLine.line_no, OrderLine.eta, Product.sku, Product.name,
                   _OWED.label("owed"), PurchaseOrder.number)
            .join(Product, Product.id == OrderLine.product_id)
            .outerjoin(PurchaseLine, PurchaseLine.id == OrderLine.eta_from_id)
            .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
            .where(OrderLine.order_id.in_(part), _OWED > 0)
            .order_by(OrderLine.order_id, OrderLine.line_no)
        ).all()  # fmt: skip
        here, sources = _whence(session, [row.id for row in lines])
        for row in lines:
            units = row.owed - here.get(row.id, 0)
            if units <= 0:
                continue
            found = _cut(sources.get(row.id, ()), units)
            rest = units - sum(source.units for source in found)
            if rest:
                found.append(Source(kind=views.BACKORDER, units=rest, number=row.number or "", day=row.eta))
            lacks.append(
                Lack(line_id=row.id, order_id=row.order_id, line_no=row.line_no, sku=row.sku, product=row.name,
                     units=units, sources=tuple(found))
            )  # fmt: skip
    return tuple(lacks)


def _whence(session: Session, line_ids: Sequence[int]) -> tuple[dict[int, int], dict[int, list[Source]]]:
    """Units of each line that a packer has at hand, and where the others are held or planned from."""
    here: dict[int, int] = defaultdict(int)
    sources: dict[int, list[Source]] = defaultdict(list)
    walk = func.max(Batch.number).label("batch")
    held = session.execute(
        select(Reservation.order_line_id, Reservation.qty, Location.code, Location.kind, Plate.kind.label("plate"),
               Stock.plate_id, walk)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .outerjoin(Pick, (Pick.stock_id == Stock.id) & (Pick.order_line_id == Reservation.order_line_id)
                   & (Pick.state == "todo"))
        .outerjoin(Batch, Batch.id == Pick.batch_id)
        .where(Reservation.order_line_id.in_(line_ids), Reservation.state == "held")
        .group_by(Reservation.id, Stock.id, Location.id, Plate.id)
        .order_by(Reservation.id)
    )  # fmt: skip
    for row in held:
        if row.kind in HERE or row.plate == "carton":
            here[row.order_line_id] += row.qty
        else:
            kind = _AT_PLACE.get(row.kind, views.HOLD)
            source = Source(kind=kind, units=row.qty, place=row.code, number=row.batch or "")
            sources[row.order_line_id].append(source)
    for line_id, source in _planned(session, line_ids):
        sources[line_id].append(source)
    for found in sources.values():
        found.sort(key=lambda source: views.SOURCES.index(source.kind))
    return here, sources


def _planned(session: Session, line_ids: Sequence[int]) -> list[tuple[int, Source]]:
    """What trucks bring for these lines: those that are here, and those that are expected."""
    rows = session.execute(
        select(Peg.order_line_id, Peg.state, func.sum(Peg.qty).label("units"), Delivery.number, Delivery.opens_at,
               Location.code, func.min(PurchaseOrder.due, type_=PurchaseOrder.due.type).label("due"),
               func.min(PurchaseOrder.number).label("purchase"))
        .join(PurchaseLine, PurchaseLine.id == Peg.purchase_line_id)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .outerjoin(Delivery, Delivery.id == Peg.delivery_id)
        .outerjoin(Location, Location.id == Delivery.dock_id)
        .where(Peg.order_line_id.in_(line_ids), Peg.state.in_(_PLANNED))
        .group_by(Peg.order_line_id, Peg.state, Delivery.id, Location.id)
        .order_by(Delivery.opens_at, Delivery.id)
    )  # fmt: skip
    return [
        (
            row.order_line_id,
            Source(
                kind=views.TRUCK if row.state == "firm" else views.PLANNED,
                units=int(row.units),
                place=row.code or "",
                number=row.number or row.purchase,
                day=None if row.state == "firm"
                else site_time.today(session, row.opens_at) if row.opens_at else row.due,
            ),
        )
        for row in rows
    ]  # fmt: skip


def _cut(sources: Iterable[Source], units: int) -> list[Source]:
    """The nearest sources, so many units in all."""
    found = []
    for source in sources:
        given = min(units, source.units)
        if given:
            found.append(
                Source(kind=source.kind, units=given, place=source.place, number=source.number, day=source.day)
            )
        units -= given
    return found
