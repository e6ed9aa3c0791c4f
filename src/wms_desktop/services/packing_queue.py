"""Reads what stands on benches and in lanes for which order: that stock is the packing queue, none is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    CarrierService,
    Carton,
    Dialogue,
    Location,
    Lot,
    Operator,
    Order,
    OrderLine,
    Plate,
    Product,
    Reservation,
    Shipment,
    Station,
    Stock,
)
from wms_desktop.domain.demand import full_key, urgency_of
from wms_desktop.services import inventory, site_time
from wms_desktop.services.dialogue import Context

HERE = ("bench", "lane")
_OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an order, in units; ``owed`` is what was ordered, neither cancelled nor shipped.

    ``replaced`` of the cancelled units are sent in other lines; ``replaces_id`` names the line that this one stands
    for. ``expected`` is the day that the rest of it is told for (site-local; None: none in sight).
    """

    id: int
    line_no: int
    product_id: int
    sku: str
    name: str
    weight_g: int
    lot_tracked: bool
    ordered: int
    cancelled: int
    shipped: int
    replaced: int = 0
    replaces_id: int | None = None
    expected: date | None = None

    @property
    def owed(self) -> int:
        """Units that the customer still has to get."""
        return self.ordered - self.cancelled - self.shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Units of one stock row that are held for one line, and where they stand."""

    line_id: int
    product_id: int
    stock_id: int
    qty: int
    lot_id: int
    lot: str
    expiry: date | None
    plate_id: int
    plate: str
    location_id: int
    place: str
    kind: str
    carton_id: int | None
    carton_state: str

    @property
    def where(self) -> str:
        """The tote and the place, or the place alone."""
        return f"{self.plate}, {self.place}" if self.plate_id and self.carton_id is None else self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """An order as the packer sees it: what was ordered, and where its held units stand."""

    order_id: int
    number: str
    receiver: str
    carrier: str
    leave_by: datetime
    ship_complete: bool
    is_held: bool
    lines: tuple[Line, ...]
    held: tuple[Held, ...]

    @property
    def here(self) -> tuple[Held, ...]:
        """Units on a bench or in a lane, not yet in a carton."""
        return tuple(h for h in self.held if h.carton_id is None and h.kind in HERE)

    @property
    def boxed(self) -> tuple[Held, ...]:
        """Units in cartons that have not left."""
        return tuple(h for h in self.held if h.carton_id is not None)

    @property
    def open_box(self) -> tuple[Held, ...]:
        """Units in the carton that is being packed."""
        return tuple(h for h in self.held if h.carton_state == "open")

    @property
    def elsewhere(self) -> tuple[Held, ...]:
        """Units held in bins, on carts, on the dock."""
        return tuple(h for h in self.held if h.carton_id is None and h.kind not in HERE)

    @property
    def owed(self) -> int:
        """Units that the customer still has to get."""
        return sum(line.owed for line in self.lines)

    @property
    def missing(self) -> int:
        """Units owed that are neither here nor in a carton."""
        return self.owed - units(self.here) - units(self.boxed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Units of one order in one tote or place that wait for a packer.

    ``is_ready``: the order may be packed now (ship-complete ones only when nothing of them is ``missing``).
    """

    order_id: int
    order: str
    receiver: str
    kind: str
    place: str
    plate: str
    plate_id: int
    location_id: int
    units: int
    missing: int
    leave_by: datetime
    is_ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Single:
    """The one unit of a single-unit order, standing where a packer can take it."""

    order_id: int
    line_id: int
    stock_id: int
    lot: str


def units(rows: Iterable[Held]) -> int:
    """How many units the rows hold."""
    return sum(row.qty for row in rows)


def get_work(session: Session, order_id: int) -> Work:
    """The order with its lines and held units as the database has them now; two statements."""
    rows = session.execute(
        select(Order.number, Order.ship_name, Order.leave_by, Order.ship_complete, Order.is_held,
               CarrierService.carrier, OrderLine.id, OrderLine.line_no, OrderLine.product_id, Product.sku, Product.name,
               Product.weight_g, Product.lot_tracked, OrderLine.ordered, OrderLine.cancelled, OrderLine.shipped,
               OrderLine.replaced, OrderLine.replaces_id, OrderLine.eta, OrderLine.promise,
               Order.promise.label("day"))
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, Product.id == OrderLine.product_id)
        .join(CarrierService, CarrierService.id == Order.service_id)
        .where(Order.id == order_id)
        .order_by(OrderLine.line_no)
    ).all()  # fmt: skip
    first = rows[0]
    lines = tuple(
        Line(
            id=r.id, line_no=r.line_no, product_id=r.product_id, sku=r.sku, name=r.name, weight_g=r.weight_g,
            lot_tracked=r.lot_tracked, ordered=r.ordered, cancelled=r.cancelled, shipped=r.shipped,
            replaced=r.replaced, replaces_id=r.replaces_id, expected=r.eta or r.promise or r.day,
        )
        for r in rows
    )  # fmt: skip
    return Work(
        order_id=order_id,
        number=first.number,
        receiver=first.ship_name,
        carrier=first.carrier,
        leave_by=first.leave_by,
        ship_complete=first.ship_complete,
        is_held=first.is_held,
        lines=lines,
        held=list_held(session, [line.id for line in lines]),
    )


def list_held(session: Session, line_ids: Sequence[int]) -> tuple[Held, ...]:
    """Where the held units of these order lines stand, by line, then by place."""
    rows = session.execute(
        select(Reservation.order_line_id, Reservation.qty, Stock.id, Stock.product_id, Stock.lot_id, Stock.plate_id,
               Stock.location_id, Lot.code.label("lot"), Lot.expiry, Plate.code.label("plate"),
               Location.code.label("place"), Location.kind, Carton.id.label("carton_id"), Carton.state)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .join(Location, Location.id == Stock.location_id)
        .outerjoin(Carton, Carton.plate_id == Stock.plate_id)
        .where(Reservation.order_line_id.in_(line_ids), Reservation.state == "held")
        .order_by(Reservation.order_line_id, Location.kind, Location.code, Stock.id)
    ).all()  # fmt: skip
    return tuple(
        Held(
            line_id=r.order_line_id, product_id=r.product_id, stock_id=r.id, qty=r.qty, lot_id=r.lot_id, lot=r.lot,
            expiry=r.expiry, plate_id=r.plate_id, plate=r.plate, location_id=r.location_id, place=r.place, kind=r.kind,
            carton_id=r.carton_id, carton_state=r.state or "",
        )
        for r in rows
    )  # fmt: skip


def list_waiting(session: Session, now: datetime, *, location_id: int | None = None,
                 plate_id: int | None = None) -> list[Waiting]:  # fmt: skip
    """What waits for a packer, the most urgent order first; of one place or tote where asked."""
    query = _standing().add_columns(
        Order.number, Order.ship_name, Order.leave_by, Order.ship_complete, Order.is_held, Plate.code.label("plate"),
        Stock.plate_id, Stock.location_id, Location.code.label("place"), Location.kind,
        func.sum(Reservation.qty).label("units"), *_demand(),
    )  # fmt: skip
    if location_id is not None:
        query = query.where(Stock.location_id == location_id)
    if plate_id is not None:
        query = query.where(Stock.plate_id == plate_id, inventory.ON_PLATE)
    rows = session.execute(query.group_by(Order.id, Plate.id, Stock.plate_id, Stock.location_id, Location.id)).all()
    if not rows:
        return []
    missing = _missing(session, {row.order_id for row in rows})
    today = site_time.today(session, now)
    return [
        Waiting(
            order_id=r.order_id,
            order=r.number,
            receiver=r.ship_name,
            kind="tote" if r.plate_id else r.kind,
            place=r.place,
            plate=r.plate if r.plate_id else "",
            plate_id=r.plate_id,
            location_id=r.location_id,
            units=int(r.units),
            missing=missing[r.order_id],
            leave_by=r.leave_by,
            is_ready=not r.is_held and not (r.ship_complete and missing[r.order_id]),
        )
        for r in sorted(rows, key=lambda row: (_urgency(row, now, today), row.location_id, row.plate_id))
    ]


def list_singles(session: Session, now: datetime, product_id: int, bench_id: int | None) -> list[Single]:
    """Orders of one single unit whose unit, of this product, stands on this bench or in a lane; most urgent first."""
    whole = select(func.sum(_OWED)).where(OrderLine.order_id == Order.id).correlate(Order).scalar_subquery()
    nearby = (Location.kind == "lane") if bench_id is None else (Location.kind == "lane") | (Location.id == bench_id)
    rows = session.execute(
        _standing()
        .add_columns(OrderLine.id.label("line_id"), Stock.id.label("stock_id"), Lot.code.label("lot"), *_demand())
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Stock.product_id == product_id, nearby, whole == 1)
        .where(Order.is_held == False)
    ).all()
    today = site_time.today(session, now)
    return [
        Single(order_id=r.order_id, line_id=r.line_id, stock_id=r.stock_id, lot=r.lot)
        for r in sorted(rows, key=lambda row: _urgency(row, now, today))
    ]


def find_claim(session: Session, context: Context, order_id: int) -> tuple[str, str] | None:
    """The name of the packer and the station where the order is being packed now, if it is another station."""
    claims = list_claims(session, context)
    return claims.get(order_id)


def list_claims(session: Session, context: Context) -> dict[int, tuple[str, str]]:
    """The orders that other stations are packing now, with the packer's name and the station."""
    rows = session.execute(
        select(Dialogue.facts, Station.code)
        .join(Station, Station.id == Dialogue.station_id)
        .where(Dialogue.workflow == "pack", Dialogue.station_id != context.station_id)
    ).all()
    claims = {facts["order"]: (facts["who"], r.code) for r in rows if "order" in (facts := json.loads(r.facts))}
    people = {who for who, _ in claims.values()}
    if not people:
        return {}
    names = dict(session.execute(select(Operator.id, Operator.name).where(Operator.id.in_(people))).all())
    return {order_id: (names.get(who, ""), station) for order_id, (who, station) in claims.items()}


def find_open_carton(session: Session, order_id: int) -> Carton | None:
    """The carton of the order that is being packed, if there is one."""
    return session.scalars(
        select(Carton)
        .join(Shipment, Shipment.id == Carton.shipment_id)
        .where(Shipment.order_id == order_id, Carton.state == "open")
    ).one_or_none()


def _standing() -> Select[*tuple[Any, ...]]:
    """Held units on benches and in lanes that are not in a carton."""
    return (
        select(Order.id.label("order_id"))
        .select_from(Location)
        .join(Stock, Stock.location_id == Location.id)
        .join(Plate, Plate.id == Stock.plate_id)
        .join(Reservation, Reservation.stock_id == Stock.id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Location.kind.in_(HERE), Stock.on_hand > 0, Plate.kind != "carton", Reservation.state == "held",
        )
    )  # fmt: skip


def _demand() -> tuple[Any, ...]:
    return (
        Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class, Order.placed_at, Order.passed_over,
    )  # fmt: skip


def _urgency(row: Row[*tuple[Any, ...]], now: datetime, today: date) -> tuple[Any, ...]:
    return full_key(urgency_of(row, row.order_id), now, today)


def _missing(session: Session, order_ids: set[int]) -> dict[int, int]:
    """Per order, units owed that stand neither on a bench, nor in a lane, nor in a carton."""
    owed = dict(
        session.execute(
            select(OrderLine.order_id, func.sum(_OWED))
            .where(OrderLine.order_id.in_(order_ids))
            .group_by(OrderLine.order_id)
        ).all()
    )
    there = dict(
        session.execute(
            select(OrderLine.order_id, func.sum(Reservation.qty))
            .join(Reservation, Reservation.order_line_id == OrderLine.id)
            .join(Stock, Stock.id == Reservation.stock_id)
            .join(Location, Location.id == Stock.location_id)
            .outerjoin(Carton, Carton.plate_id == Stock.plate_id)
            .where(
                OrderLine.order_id.in_(order_ids),
                Reservation.state == "held",
                Location.kind.in_(HERE) | Carton.id.is_not(None),
            )
            .group_by(OrderLine.order_id)
        ).all()
    )
    return {order_id: int(owed.get(order_id, 0)) - int(there.get(order_id, 0)) for order_id in order_ids}
