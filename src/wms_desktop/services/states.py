"""Reads every open line with where its units stand, and says in which state each unit is: a few statements in all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Integer,
    Row,
    Select,
    Text,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Batch,
    Carton,
    Location,
    Lot,
    Order,
    OrderLine,
    Peg,
    Pick,
    Plate,
    Product,
    Reservation,
    Stock,
)
from wms_desktop.db.types import BigInt
from wms_desktop.domain.demand import full_key, urgency_of
from wms_desktop.domain.states import ON_HOLD, PRE_ORDER, Demand, Split, split
from wms_desktop.services import site_time

IS_OPEN = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped
OWED = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
_IS_WAITING = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved
_A_PART = 2000
_ON_THE_FLOOR = ("cart", "bench", "lane", "truck")
_CARRIED = ("tote", "carton")
_CLOSED = ("closed", "loaded")
_BEGUN = ("running", "picked")


class OpenOrder(NamedTuple):
    """An order with open units, as its row has it."""

    id: int
    number: str
    customer_id: int
    placed_at: datetime
    leave_by: datetime
    promise: date
    priority_class: int
    ship_complete: bool
    must_ask: bool
    is_paid: bool
    is_pinned: bool
    is_held: bool
    hold_reason: str
    release_on: date | None
    passed_over: int
    currency: str
    channel: str


class OpenLine(NamedTuple):
    """A line with open units, as its row has it: there are many, so days are ISO text and money ten-thousandths."""

    id: int
    order_id: int
    line_no: int
    product_id: int
    open: int
    reserved: int
    price: int
    made_to_order: int
    made_by_id: int | None
    release_on: str | None
    first_promise: str | None
    promise: str | None
    promise_rule: str
    eta: str | None
    eta_late: str | None
    eta_from_id: int | None
    cause: str


class Halted(NamedTuple):
    """Units of a product that stand in the house and that nobody may pick: where, how many, and why.

    Reasons: damaged, missing, expired, hold (a hold place), away (on their way to a bin), safety (the safety stock).
    """

    place: str
    units: int
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The open orders in the demand order, their open lines, and the units of each line by state.

    ``free`` and ``halted`` count, by product, what was given out among the units that nothing holds. Of the units in
    work of a line, ``begun`` stand in a bin that somebody walks to, ``packed`` in a closed carton. All is of one
    instant; ``today`` is its site-local day. ``which`` is the condition that its lines fulfil.
    """

    today: date
    which: ColumnElement[bool]
    orders: Sequence[OpenOrder]
    lines: Mapping[int, Sequence[OpenLine]]
    by_state: Mapping[int, Split]
    free: Mapping[int, int]
    halted: Mapping[int, Sequence[Halted]]
    begun: Mapping[int, int]
    packed: Mapping[int, int]


def read(session: Session, now: datetime, product_ids: Collection[int] | None = None) -> Reading:
    """Every open unit in exactly one state; ``product_ids`` narrows it to the open lines of these products.

    Narrowed or not, a line's split is the same: stock is shared out product by product.
    """
    today = site_time.today(session, now)
    narrow = OrderLine.product_id.in_(product_ids) if product_ids is not None else None
    which = IS_OPEN if narrow is None else and_(IS_OPEN, narrow)
    waiting = _IS_WAITING if narrow is None else and_(_IS_WAITING, narrow)
    connection = session.connection()
    lines: dict[int, list[OpenLine]] = {}
    for line in map(OpenLine._make, _in_parts(connection.execute(_lines(which)))):
        lines.setdefault(line.order_id, []).append(line)
    orders = [OpenOrder._make(row) for row in _in_parts(connection.execute(_orders(which)))]
    orders.sort(key=lambda order: full_key(urgency_of(order, order.id), now, today))
    floor = _Floor(session)
    free, halted = _read_stock(session, waiting, today)
    ids = [line.id for order in orders for line in lines[order.id]]
    demands = _demands(orders, lines, floor, today)
    splits = split(demands, free, {p: sum(one.units for one in rows) for p, rows in halted.items()})
    by_state = dict(zip(ids, splits, strict=True))
    return Reading(today, which, orders, lines, by_state, free, halted, floor.begun, floor.packed)


def _demands(orders: Iterable[OpenOrder], lines: Mapping[int, Sequence[OpenLine]], floor: _Floor,
             today: date) -> Iterator[Demand]:  # fmt: skip
    """The lines as the rule sees them, one after the other: none is kept."""
    until = today.isoformat()
    for order in orders:
        stop = ON_HOLD if order.is_held else PRE_ORDER if order.release_on and order.release_on > today else 0
        for line in lines[order.id]:
            released = not line.release_on or line.release_on <= until
            yield floor.demand(line, stop or (0 if released else PRE_ORDER))


def _in_parts(found: CursorResult[*tuple[Any, ...]]) -> Iterator[Row[*tuple[Any, ...]]]:
    """The rows, some thousands at a time: what is used up makes room for the next."""
    for part in found.partitions(_A_PART):
        yield from part


def _lines(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    days = (OrderLine.release_on, OrderLine.first_promise, OrderLine.promise)
    etas = (OrderLine.eta, OrderLine.eta_late)
    return (
        select(
            OrderLine.id, OrderLine.order_id, OrderLine.line_no, OrderLine.product_id, OWED.label("open"),
            OrderLine.reserved, type_coerce(OrderLine.price, BigInt), type_coerce(OrderLine.made_to_order, Integer),
            OrderLine.made_by_id, *(type_coerce(day, Text) for day in days), OrderLine.promise_rule,
            *(type_coerce(day, Text) for day in etas), OrderLine.eta_from_id, OrderLine.cause,
        )
        .where(which)
        .order_by(OrderLine.order_id, OrderLine.line_no)
    )  # fmt: skip


def _orders(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(
        Order.id, Order.number, Order.customer_id, Order.placed_at, Order.leave_by, Order.promise,
        Order.priority_class, Order.ship_complete, Order.must_ask, Order.is_paid, Order.is_pinned, Order.is_held,
        Order.hold_reason, Order.release_on, Order.passed_over, Order.currency, Order.channel,
    ).where(Order.id.in_(select(OrderLine.order_id).where(which)))  # fmt: skip


class _Floor:
    """Which held units of each line are in work, and which are held where they may not be picked."""

    def __init__(self, session: Session) -> None:
        self._out: dict[int, int] = {}
        self._dock: dict[int, int] = {}
        self._hold: dict[int, int] = {}
        self.packed: dict[int, int] = {}
        for line_id, kind, is_carried, carton, units in session.connection().execute(_held_outside_bins()):
            if carton in _CLOSED:
                self.packed[line_id] = self.packed.get(line_id, 0) + units
            if is_carried or kind in _ON_THE_FLOOR:
                self._out[line_id] = self._out.get(line_id, 0) + units
            elif kind == "dock":
                self._dock[line_id] = self._dock.get(line_id, 0) + units
            elif kind == "hold":
                self._hold[line_id] = self._hold.get(line_id, 0) + units
        pegged = select(Peg.order_line_id, Peg.qty).where(Peg.state == "arrived")
        self._pegged = _sums(session, pegged)
        self.begun = _sums(session, _begun_stops())

    def demand(self, line: OpenLine, stop: int) -> Demand:
        """The line as the rule sees it."""
        line_id, held = line.id, line.reserved
        if not held:
            return Demand(line_id, line.product_id, line.open, 0, 0, 0, stop, bool(line.made_to_order))
        out = self._out.get(line_id, 0) + min(self._dock.get(line_id, 0), self._pegged.get(line_id, 0))
        stuck = self._hold.get(line_id, 0)
        in_work = out + max(0, min(self.begun.get(line_id, 0), held - out - stuck))
        kept = max(0, held - in_work - stuck)
        return Demand(line_id, line.product_id, line.open, in_work, kept, stuck, stop, bool(line.made_to_order))


def _held_outside_bins() -> Select[*tuple[Any, ...]]:
    """Held units that do not simply stand in a bin: their kind of place, whether in a tote or carton, and its state."""
    is_carried = case((Plate.kind.in_(_CARRIED), 1), else_=0)
    return (
        select(Reservation.order_line_id, Location.kind, is_carried, Carton.state, Reservation.qty)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .outerjoin(Carton, Carton.plate_id == Stock.plate_id)
        .where(Reservation.state == "held", or_(Location.kind != "bin", Plate.kind.in_(_CARRIED)))
    )


def _begun_stops() -> Select[*tuple[Any, ...]]:
    return (
        select(Pick.order_line_id, Pick.qty - Pick.picked)
        .join(Batch, Batch.id == Pick.batch_id)
        .where(Batch.state.in_(_BEGUN), Pick.state == "todo")
    )


def _sums(session: Session, query: Select[*tuple[Any, ...]]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for line_id, units in session.connection().execute(query):
        sums[line_id] = sums.get(line_id, 0) + units
    return sums


def _read_stock(
    session: Session, waiting: ColumnElement[bool], today: date
) -> tuple[dict[int, int], dict[int, list[Halted]]]:
    """What nobody holds of the products that lines wait for: what may be picked, and what stands there and may not.

    The safety stock is no part of what may be picked.
    """
    wanted = select(OrderLine.product_id).where(waiting)
    free: dict[int, int] = {}
    halted: dict[int, list[Halted]] = {}
    for product_id, why, place, units in session.connection().execute(_unheld(wanted, today)):
        if not why:
            free[product_id] = int(units)
        else:
            halted.setdefault(product_id, []).append(Halted(place, int(units), why))
    safety = select(Product.id, Product.safety_stock).where(Product.safety_stock > 0, Product.id.in_(wanted))
    for product_id, wished in session.connection().execute(safety):
        if kept := min(wished, free.get(product_id, 0)):
            free[product_id] -= kept
            halted.setdefault(product_id, []).append(Halted("", kept, "safety"))
    return free, halted


def _unheld(wanted: Select[*tuple[Any, ...]], today: date) -> Select[*tuple[Any, ...]]:
    """By product and, where units may not be picked, by reason and place. The stock rows are found by product."""
    why = case(
        (Stock.condition != "good", Stock.condition),
        (Lot.expiry < today, "expired"),
        (Location.kind == "hold", "hold"),
        (Location.kind != "bin", "away"),
        else_="",
    )
    place = case((or_(Stock.condition != "good", Location.kind != "bin", Lot.expiry < today), Location.code), else_="")
    units = Stock.on_hand - Stock.reserved
    rows = (
        select(Stock.product_id, why.label("why"), place.label("place"), units.label("units"))
        .join(Location, Location.id == Stock.location_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Stock.product_id.in_(wanted), Stock.is_virtual == False, Stock.on_hand > Stock.reserved)
        .subquery()
    )
    by = (rows.c.product_id, rows.c.why, rows.c.place)
    return select(*by, func.sum(rows.c.units)).group_by(*by).order_by(*by)
