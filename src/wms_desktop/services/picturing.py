"""Reads what the allocation decides on: who waits, what stands free in bins, and what may be taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Row, case, exists, func, literal, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import KitPart, Location, Lot, Order, OrderLine, Pick, Product, Reservation, Stock
from wms_desktop.domain.allocation import Demand, Held, Line, Picture, Supply
from wms_desktop.domain.demand import NEVER, STARVED
from wms_desktop.domain.removal import RULES
from wms_desktop.services import settings, site_time
from wms_desktop.services.intake import in_pieces

NO_HORIZON = timedelta.max
# Not the bare column: beside many products SQLite would begin with all the bins of the house.
IN_BIN = func.coalesce(Location.kind, "") == "bin"
WAITS = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved
_OPEN = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved
_AT_ONCE = 4000
# A brief question looks at so many lines of so many products first.
_FIRST = 50
_FEW_PRODUCTS = 5
_Row = Row[*tuple[Any, ...]]
_LINE = (
    OrderLine.id, OrderLine.order_id, OrderLine.product_id, _OPEN.label("open"),
    (OrderLine.reserved + OrderLine.shipped).label("secured"), OrderLine.release_on, OrderLine.made_to_order,
    OrderLine.replaces_id, OrderLine.kit_qty,
)  # fmt: skip
_ORDER = (
    Order.id, Order.number, Order.is_pinned, Order.promise, Order.leave_by, Order.priority_class, Order.placed_at,
    Order.passed_over, Order.ship_complete, Order.is_held, Order.release_on,
)  # fmt: skip
_SUPPLY = (
    Stock.id.label("stock_id"), Stock.product_id, Stock.lot_id, Stock.since, Location.id.label("location_id"),
    Location.code.label("place"), Location.kind, Location.aisle, Location.x_mm, Location.y_mm, Location.walk_seq,
    Lot.code.label("lot"), Lot.expiry,
)  # fmt: skip


def read(session: Session, now: datetime, *, product_ids: Collection[int] | None = None,
         order_ids: Collection[int] | None = None, horizon: timedelta | None = None,
         asked: Collection[int] = (), use_safety: Collection[int] = (), takes_back: Collection[int] = (),
         lock: bool = False, brief: bool = False) -> Picture:  # fmt: skip
    """The picture of the moment, with nothing written: of everything, or of what concerns some products or orders.

    Narrowed, it holds every line that waits for these products (``order_ids``: the products of these orders' open
    lines), and ship-complete orders with all their lines and all who compete for those. ``horizon``: orders that leave
    later than so far from now are not served (None: the house's setting, NO_HORIZON: no limit). Of the orders in
    ``asked`` the horizon does not count; those in ``use_safety`` and ``takes_back`` may have the safety stock, and
    units of later orders. ``lock`` keeps the rows until the transaction ends. ``brief`` leaves out those who come so
    late that nothing is left for them: who is served does not change, but not everybody hears why he is not.
    """
    far = _horizon(session, now, horizon)
    named = _products_of(session, product_ids, order_ids)
    first = _list_first(session, now, far, named) if brief and named else None
    rows = _list_lines(session, named, first)
    products = {row.product_id for row in rows}
    supplies = _list_supplies(session, products, lock)  # before the lines are locked, as the triggers of a pick go
    if lock:
        rows = _read_again(session, rows)
    wanted = {row.product_id for row in rows if row.order_id in takes_back}
    held = list_held(session, wanted, takes_back) if wanted else []
    rows = [*rows, *_list_lines_of(session, {one.order_id for one in held}, {row.id for row in rows})]
    rule = settings.get(session, "removal")
    flags = (frozenset(asked), frozenset(use_safety), frozenset(takes_back))
    return Picture(
        now=now,
        today=site_time.today(session, now),
        demands=_demands(session, rows, flags),
        supplies=tuple(supply_of(row, row.free) for row in supplies),
        held=tuple(held),
        rule=rule if rule in RULES else RULES[0],
        rules=_by_product(session, products, Product.removal, Product.removal != ""),
        safety=_by_product(session, products, Product.safety_stock, Product.safety_stock > 0),
        horizon=far,
        held_units=_held_units(session, products),
    )


def widen(session: Session, picture: Picture, order_ids: Collection[int], product_ids: Collection[int]) -> Picture:
    """The same picture with all lines of these orders, and with what stands free of these products and their rules."""
    rows = _list_lines_of(session, set(order_ids), set())
    asked = frozenset(one.order_id for one in picture.demands if one.is_asked)
    takes_back = frozenset(one.order_id for one in picture.demands if one.takes_back)
    fresh = {one.order_id: one for one in _demands(session, rows, (asked, frozenset(), takes_back))}
    known = {supply.stock_id for supply in picture.supplies}
    products = set(product_ids)
    more = [supply_of(row, row.free) for row in _list_supplies(session, products, lock=False)]
    return replace(
        picture,
        demands=(*(one for one in picture.demands if one.order_id not in fresh), *fresh.values()),
        supplies=(*picture.supplies, *(supply for supply in more if supply.stock_id not in known)),
        rules={**picture.rules, **_by_product(session, products, Product.removal, Product.removal != "")},
        safety={**picture.safety, **_by_product(session, products, Product.safety_stock, Product.safety_stock > 0)},
    )


def list_supplies(session: Session, stock_ids: Collection[int]) -> list[Supply]:
    """These stock rows, as far as they are good and in bins, whether anything of them is free or not."""
    rows: Sequence[Any] = session.execute(
        select(*_SUPPLY, (Stock.on_hand - Stock.reserved).label("free"))
        .join(Location, Location.id == Stock.location_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Stock.id.in_(stock_ids), Stock.condition == "good", Location.kind == "bin")
    ).all()
    return [supply_of(row, row.free) for row in rows]


def list_free(session: Session, product_id: int, kinds: Sequence[str]) -> Sequence[_Row]:
    """Free good stock of a product at places of these kinds, locked: stock_id, free, place, its point, lot, expiry."""
    which = (Stock.product_id == product_id) & Location.kind.in_(kinds)
    return session.execute(_free_stock(which, lock=True)).all()


def free_in_bins(session: Session, now: datetime, product_ids: Collection[int]) -> dict[int, int]:
    """Units of the products that stand free in bins and may be sold, beyond the safety stock."""
    today = site_time.today(session, now)
    free: dict[int, int] = {}
    for part in in_pieces(product_ids, at_once=_AT_ONCE):
        rows = session.execute(
            select(Stock.product_id, func.sum(Stock.on_hand - Stock.reserved), Product.safety_stock)
            .join(Location, Location.id == Stock.location_id)
            .join(Lot, Lot.id == Stock.lot_id)
            .join(Product, Product.id == Stock.product_id)
            .where(Stock.product_id.in_(part), Stock.condition == "good", IN_BIN,
                   Lot.expiry.is_(None) | (Lot.expiry >= today))
            .group_by(Stock.product_id, Product.safety_stock)
        )  # fmt: skip
        free |= {row[0]: max(0, int(row[1]) - row[2]) for row in rows}
    return free


def supply_of(row: _Row, free: int) -> Supply:
    """A row of stock as the rules know it."""
    return Supply(
        stock_id=row.stock_id, product_id=row.product_id, free=free, bin=row.place, walk_seq=row.walk_seq,
        lot=row.lot, expiry=row.expiry, since=row.since,
    )  # fmt: skip


def _horizon(session: Session, now: datetime, horizon: timedelta | None) -> datetime | None:
    if horizon is None:
        days = settings.get(session, "reserve_horizon_days")
        horizon = timedelta(days=int(days)) if days else NO_HORIZON
    return None if horizon == NO_HORIZON else now + horizon


def _products_of(session: Session, product_ids: Collection[int] | None,
                 order_ids: Collection[int] | None) -> set[int] | None:  # fmt: skip
    if order_ids is None:
        return None if product_ids is None else set(product_ids)
    found = set(product_ids or ())
    for part in in_pieces(order_ids, at_once=_AT_ONCE):
        found.update(session.scalars(select(OrderLine.product_id).where(WAITS, OrderLine.order_id.in_(part))))
    return found


def _list_lines(session: Session, products: set[int] | None, first: Sequence[_Row] | None) -> Sequence[_Row]:
    """Every line that waits (for these products: the ``first`` ones), with all that is judged together with it."""
    if products is None:
        return session.execute(_lines(WAITS)).all()
    found = {row.id: row for row in (_waiting_for(session, products, ship_complete=None) if first is None else first)}
    whole = set(_whole_orders(session, found.values()))
    kits = {row.replaces_id for row in found.values() if row.kit_qty}
    more = [
        *_in_parts(session, whole, lambda part: _lines(WAITS, OrderLine.order_id.in_(part))),
        *_in_parts(session, kits, lambda part: _lines(WAITS, OrderLine.replaces_id.in_(part))),
    ]
    found.update((row.id, row) for row in more)
    beside = {row.product_id for row in more} - products
    if first is not None and beside:
        beside = {row.product_id for row in _list_supplies(session, beside, lock=False)}
    if beside:
        found.update((row.id, row) for row in _waiting_for(session, beside, ship_complete=False))
    return sorted(found.values(), key=lambda row: (row.order_id, row.id))


def _list_first(session: Session, now: datetime, far: datetime | None, products: set[int]) -> list[_Row] | None:
    """The lines that come first, product by product, until ship-available ones want all that is free.

    None: there are too many products, the first lines do not use it up, or what waits is made of parts.
    """
    if len(products) > _FEW_PRODUCTS:
        return None
    today = site_time.today(session, now)
    free = free_in_bins(session, now, products)
    found: list[_Row] = []
    for product_id in products:
        query = (
            select(*_LINE, Order.is_held, Order.ship_complete, Order.leave_by, Order.release_on.label("order_release"))
            .join(Order, Order.id == OrderLine.order_id)
            .where(WAITS, OrderLine.product_id == product_id)
            .order_by(*in_turn(now, today), OrderLine.line_no)
        )
        rows = session.execute(query.limit(_FIRST + 1)).all()
        if len(rows) > _FIRST:
            wanted = accumulate(row.open if _takes_at_once(row, far, today) else 0 for row in rows)
            enough = next((n for n, units in enumerate(wanted, 1) if units >= free.get(product_id, 0)), None)
            if enough is None or _is_kit(session, product_id):
                return None
            rows = rows[:enough]
        found += rows
    return found


def _is_kit(session: Session, product_id: int) -> bool:
    """Whether all who wait for a product are looked at: a kit that is not there may be made."""
    return session.scalar(select(KitPart.id).where(KitPart.kit_id == product_id).limit(1)) is not None


def in_turn(now: datetime, today: date) -> tuple[Any, ...]:
    """The stated demand order as columns to sort orders by."""
    reachable = case((Order.leave_by > now, Order.leave_by), else_=literal(NEVER, Order.leave_by.type))
    return (
        Order.is_pinned.desc(), case((Order.promise < today, 0), else_=1), reachable, Order.priority_class,
        case((Order.passed_over < STARVED, 1), else_=0), Order.promise, Order.placed_at, Order.id,
    )  # fmt: skip


def _takes_at_once(row: _Row, far: datetime | None, today: date) -> bool:
    """Whether a line takes what is free when its turn comes, whatever else its order wants."""
    days = (row.release_on, row.order_release)
    too_early = any(day is not None and day > today for day in days) or (far is not None and row.leave_by > far)
    return not (row.is_held or row.ship_complete or row.made_to_order or row.kit_qty or too_early)


def _lines(*which: ColumnElement[bool]) -> Any:
    return select(*_LINE).where(*which).order_by(OrderLine.order_id, OrderLine.line_no)


def _waiting_for(session: Session, products: set[int], *, ship_complete: bool | None) -> list[_Row]:
    query = _lines(WAITS, is_among(session.connection(), OrderLine.product_id, products))
    if ship_complete is not None:
        query = query.join(Order, Order.id == OrderLine.order_id).where(Order.ship_complete == ship_complete)
    return list(session.execute(query).all())


def _whole_orders(session: Session, rows: Iterable[_Row]) -> list[int]:
    ids = {row.order_id for row in rows}
    whole = select(Order.id).where(Order.ship_complete == True)
    return [row.id for row in _in_parts(session, ids, lambda part: whole.where(Order.id.in_(part)))]


def _read_again(session: Session, rows: Sequence[_Row]) -> Sequence[_Row]:
    """The lines as they are now that nobody else may change them."""
    if session.get_bind().dialect.name == "sqlite":
        return rows
    ids = [row.id for row in rows]
    return _in_parts(session, ids, lambda part: _lines(WAITS, OrderLine.id.in_(part)).with_for_update(of=OrderLine))


def _list_lines_of(session: Session, order_ids: set[int], known: set[int]) -> list[_Row]:
    """All lines of orders that may lose something."""
    found = _in_parts(session, order_ids, lambda part: _lines(OrderLine.order_id.in_(part)))
    return [row for row in found if row.id not in known]


def _list_supplies(session: Session, products: set[int], lock: bool) -> Sequence[_Row]:
    if not products:
        return ()
    which = is_among(session.connection(), Stock.product_id, products) & IN_BIN
    return session.execute(_free_stock(which, lock=lock)).all()


def _free_stock(which: ColumnElement[bool], *, lock: bool) -> Any:
    query = (
        select(*_SUPPLY, (Stock.on_hand - Stock.reserved).label("free"))
        .join(Location, Location.id == Stock.location_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(which, Stock.condition == "good", Stock.on_hand > Stock.reserved)
        .order_by(Stock.id)
    )
    return query.with_for_update(of=Stock) if lock else query


def list_held(session: Session, wanted: Collection[int], takes_back: Collection[int]) -> list[Held]:
    """What other orders hold in bins, where no walk wants it: those that hold any of these products, all they hold."""
    first = _in_parts(session, wanted, lambda part: _held(Stock.product_id.in_(part)))
    orders = {row.order_id for row in first if row.order_id not in takes_back}
    rest = _in_parts(session, orders, lambda part: _held(OrderLine.order_id.in_(part)))
    return [
        Held(order_id=row.order_id, line_id=row.order_line_id, supply=supply_of(row, row.qty))
        for row in sorted(rest, key=lambda row: (row.order_line_id, row.stock_id))
    ]


def _held(which: ColumnElement[bool]) -> Any:
    walked = exists().where(
        Pick.stock_id == Reservation.stock_id, Pick.order_line_id == Reservation.order_line_id, Pick.state == "todo"
    )
    return (
        select(*_SUPPLY, Reservation.order_line_id, Reservation.qty, OrderLine.order_id)
        .join(Reservation, Reservation.stock_id == Stock.id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(which, Reservation.state == "held", IN_BIN, Stock.condition == "good",
               OrderLine.made_to_order == False, ~walked)
    )  # fmt: skip


def _held_units(session: Session, products: set[int]) -> Mapping[int, int]:
    """Units of each product that are reserved in bins."""
    rows = session.execute(
        select(Stock.product_id, func.sum(Stock.reserved).label("held"))
        .join(Location, Location.id == Stock.location_id)
        .where(is_among(session.connection(), Stock.product_id, products), IN_BIN, Stock.reserved > 0)
        .group_by(Stock.product_id)
    )
    return {row.product_id: int(row.held) for row in rows}


def _by_product(session: Session, products: set[int], column: Any, which: ColumnElement[bool]) -> Mapping[int, Any]:
    named = is_among(session.connection(), Product.id, products)
    return {row[0]: row[1] for row in session.execute(select(Product.id, column).where(named, which))}


def _demands(session: Session, rows: Sequence[_Row],
             flags: tuple[frozenset[int], frozenset[int], frozenset[int]]) -> tuple[Demand, ...]:  # fmt: skip
    lines: dict[int, list[Line]] = defaultdict(list)
    for row in rows:
        lines[row.order_id].append(_line(row))
    asked, use_safety, takes_back = flags
    return tuple(
        Demand(
            order_id=row.id, number=row.number, is_pinned=row.is_pinned, promise=row.promise, leave_by=row.leave_by,
            priority_class=row.priority_class, placed_at=row.placed_at, passed_over=row.passed_over,
            ship_complete=row.ship_complete, is_held=row.is_held, release_on=row.release_on,
            is_asked=row.id in asked, use_safety=row.id in use_safety, takes_back=row.id in takes_back,
            lines=tuple(lines[row.id]),
        )
        for row in _list_orders(session, lines.keys())
    )  # fmt: skip


def _line(row: _Row) -> Line:
    return Line(
        line_id=row.id, product_id=row.product_id, open=row.open, secured=row.secured, release_on=row.release_on,
        made_to_order=row.made_to_order, kit_id=row.replaces_id if row.kit_qty else 0, kit_qty=row.kit_qty,
    )  # fmt: skip


def _list_orders(session: Session, order_ids: Collection[int]) -> Sequence[_Row]:
    return _in_parts(session, order_ids, lambda part: select(*_ORDER).where(Order.id.in_(part)))


def _in_parts(session: Session, ids: Collection[int], ask: Any) -> list[_Row]:
    """The rows of a question that names ids, asked for so many at once as a statement may bind."""
    return [row for part in in_pieces(ids, at_once=_AT_ONCE) for row in session.execute(ask(part)).all()]
