"""Orders that come again: what of them may still change, what may not and why, and the change itself."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select, update
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Batch,
    Cancellation,
    Customer,
    Location,
    Order,
    OrderEvent,
    OrderLine,
    Peg,
    Pick,
    Plate,
    Product,
    Reservation,
    Stock,
)
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import cancelling, order_log, orders, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import AT_ONCE
from wms_desktop.services.order_log import Happened

REASON = "reason.shop_cancelled"
KEPT, NOTE = "event.import_kept", "event.import_note"
_ONCE = (KEPT, NOTE)
"""Events that are written once, however often the file comes."""
DELIVERY = ("ship_name", "street", "postcode", "city", "country", "service_id")
"""What stands on the label: it stays once anything of the order is in work."""
_ON_THE_FLOOR = ("cart", "bench", "lane", "truck")
_CARRIED = ("tote", "carton")
_BEGUN = ("running", "picked")


@dataclass(slots=True)
class KnownLine:
    """A line of an order that is here; ``in_work`` of its open units are on their way through the house."""

    id: int
    line_no: int
    product_id: int
    sku: str
    ordered: int
    cancelled: int
    shipped: int
    replaced: int
    price: Decimal
    kit_qty: int
    replaces_id: int | None
    in_work: int = 0
    by_shop: int = 0
    """Units that an earlier file cancelled, not somebody here."""

    @property
    def open(self) -> int:
        """Units still owed by this line itself."""
        return self.ordered - self.cancelled - self.shipped

    @property
    def alive(self) -> int:
        """Units that were not cancelled, the shipped ones too."""
        return self.ordered - self.cancelled

    @property
    def idle(self) -> int:
        """Open units that are not in work."""
        return max(self.open - self.in_work, 0)


@dataclass(slots=True)
class KnownOrder:
    """An order that is here: its row, the lines that were ordered, and the lines that stand for them."""

    row: Row[*tuple[Any, ...]]
    lines: list[KnownLine] = field(default_factory=list)
    instead: dict[int, list[KnownLine]] = field(default_factory=lambda: defaultdict(list))

    @property
    def in_work(self) -> int:
        """Units of it that are on their way through the house."""
        return sum(line.in_work for line in self.all())

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is open any more."""
        return not any(line.open for line in self.all())

    def wanted(self, line: KnownLine) -> int:
        """Units of a line that were ordered and not cancelled: its own, as kits, and as substitutes."""
        return line.alive + self._kits(line, "alive") + sum(one.alive for one in self._substitutes(line))

    def cut(self, line: KnownLine, units: int) -> dict[int, int]:
        """Takes up to so many units of a line that are not in work, and gives them by line as they are cancelled.

        Its own first, then whole kits (in the line's own name), then substitutes.
        """
        cuts: dict[int, int] = {}
        own = min(units, line.idle)
        kits = min(units - own, self._kits(line, "idle"))
        line.cancelled += own
        for part in self.instead[line.id]:
            part.cancelled += kits * part.kit_qty
        if own + kits:
            cuts[line.id] = own + kits
        rest = units - own - kits
        for one in self._substitutes(line):
            part_units = min(rest, one.idle)
            one.cancelled += part_units
            rest -= part_units
            if part_units:
                cuts[one.id] = part_units
        return cuts

    def _kits(self, line: KnownLine, units: str) -> int:
        """How many whole kits the parts that stand for a line make up."""
        parts: dict[int, int] = defaultdict(int)
        for part in self.instead[line.id]:
            if part.kit_qty:
                parts[part.product_id] += getattr(part, units) // part.kit_qty
        return min(parts.values(), default=0)

    def _substitutes(self, line: KnownLine) -> list[KnownLine]:
        return [one for one in self.instead[line.id] if not one.kit_qty]

    def all(self) -> Iterator[KnownLine]:
        """Its lines, those too that stand for others."""
        yield from self.lines
        for lines in self.instead.values():
            yield from lines


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A line as the file has it: ``line_no`` 0 where the file does not say, ``line`` the row to write if it is new."""

    row_id: int
    line_no: int
    product_id: int
    sku: str
    units: int
    price: Decimal
    has_price: bool
    line: dict[str, Any]


@dataclass(frozen=True, slots=True)
class More:
    """Units more of a line, and the line of the file that asks for them."""

    units: int
    asked: AskedLine


@dataclass(slots=True)
class Repeat:
    """What a repeated order changes: columns of its head, units, prices and new lines; and what stays, with why."""

    order: KnownOrder
    sets: dict[str, Any] = field(default_factory=dict)
    cuts: dict[int, int] = field(default_factory=dict)
    more: dict[int, More] = field(default_factory=dict)
    prices: dict[int, Decimal] = field(default_factory=dict)
    lines: list[AskedLine] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    kept: list[Message] = field(default_factory=list)

    @property
    def changes(self) -> bool:
        """Whether it does anything."""
        return bool(self.sets or self.cuts or self.more or self.prices or self.lines)

    def note(self, code: str, args: Mapping[str, Value], line_id: int | None = None) -> None:
        """Writes into the order's story, once it is published."""
        self.events.append(Happened(self.order.row.id, code, args, line_id))

    def keep(self, what: str, value: object, why: str) -> None:
        """Says what stays as it is, although the file asks for something else."""
        args: dict[str, Value] = {"what": f"kind.{what}", "value": str(value), "why": f"why.{why}"}
        self.kept.append(Message("import.run.kept", {"order": self.order.row.number, **args}))
        self.note(KEPT, args)


def find_known(session: Session, numbers: Iterable[str], *, lock: bool = False) -> dict[str, KnownOrder]:
    """The orders of these numbers with their lines, as they stand now; a few questions for all of them.

    ``lock``: they stay so until the transaction ends.
    """
    wanted = sorted({number for number in numbers if number})
    known: dict[str, KnownOrder] = {}
    for start in range(0, len(wanted), AT_ONCE):
        query = _heads().where(Order.number.in_(wanted[start : start + AT_ONCE])).order_by(Order.id)
        rows = session.execute(query.with_for_update(of=Order) if lock else query)
        known |= {row.number: KnownOrder(row) for row in rows}
    by_id = {order.row.id: order for order in known.values()}
    ids = sorted(by_id)
    for start in range(0, len(ids), AT_ONCE):
        _add_lines(session, by_id, ids[start : start + AT_ONCE])
    return known


def compare_head(repeat: Repeat, said: Mapping[str, Any], show: Callable[[str, Any], str]) -> None:
    """What the file says of the whole order and the house has otherwise: columns with their new values.

    ``said`` has columns of the order, and ``ship_rule``; ``show`` gives a value in words.
    """
    row = repeat.order.row
    for name, value in said.items():
        was = _rule(row) if name == "ship_rule" else getattr(row, name)
        if value == was:
            continue
        if name in ("currency", "customer_id"):
            repeat.keep(name, show(name, value), "import_other_order")
        elif repeat.order.is_over and name != "is_paid":
            repeat.keep(name, show(name, value), "import_over")
        elif name in (*DELIVERY, "release_on") and repeat.order.in_work:
            repeat.keep(name, show(name, value), "import_in_work")
        else:
            repeat.sets[name] = value
            args = {"what": f"kind.{name}", "was": show(name, was), "became": show(name, value)}
            repeat.note("event.import_changed", args)


def compare_lines(repeat: Repeat, asked: Sequence[AskedLine]) -> None:
    """Units up or down, prices, new lines. A line of the house that the file does not name stays as it is."""
    order = repeat.order
    left = list(order.lines)
    pairs: list[tuple[AskedLine, KnownLine | None]] = []
    for one in asked:
        fits = [line for line in left if line.product_id == one.product_id]
        found = next((line for line in fits if line.line_no == one.line_no), fits[0] if fits else None)
        if found is not None:
            left.remove(found)
        pairs.append((one, found))
    for one, line in pairs:
        if line is None:
            _add_line(repeat, one)
        else:
            _compare_units(repeat, one, line)
            _compare_price(repeat, one, line)
    for line in left:
        if order.wanted(line) > line.shipped:
            args: dict[str, Value] = {"order": order.row.number, "line": line.line_no, "sku": line.sku}
            repeat.kept.append(Message("import.run.not_named", args))


def cancel_all(repeat: Repeat) -> None:
    """Everything that is not yet in work goes; the rest stays, and that is said."""
    for line in repeat.order.lines:
        _cut(repeat, line, repeat.order.wanted(line))


def apply(session: Session, context: Context, repeats: Sequence[Repeat]) -> None:
    """Makes the changes, and writes them and what could not be changed into the orders' stories."""
    _set_heads(session, context, repeats)
    lines = OrderLine.__table__
    more = [{"line": line_id, "units": one.units} for repeat in repeats for line_id, one in repeat.more.items()]
    if more:
        session.connection().execute(
            update(OrderLine).where(lines.c.id == bindparam("line"))
            .values(ordered=lines.c.ordered + bindparam("units")), more,
        )  # fmt: skip
    prices = [{"id": line_id, "price": price} for repeat in repeats for line_id, price in repeat.prices.items()]
    if prices:
        session.execute(update(OrderLine), prices)
    for repeat in repeats:
        if repeat.cuts:
            cancelling.cancel(session, context, repeat.order.row.id, repeat.cuts, reason=REASON)
    orders.add_lines(session, [one.line for repeat in repeats for one in repeat.lines])
    told = _told(session, repeats)
    events = [event for repeat in repeats for event in repeat.events]
    order_log.note_many(session, context, [event for event in events if _key(event) not in told])
    orders.note_demand(session, [repeat.order.row.id for repeat in repeats if repeat.sets or repeat.more])


def _told(session: Session, repeats: Sequence[Repeat]) -> set[tuple[int, str, str]]:
    """What has been written down already: the same file may come every day."""
    ids = sorted({event.order_id for repeat in repeats for event in repeat.events if event.code in _ONCE})
    told: set[tuple[int, str, str]] = set()
    for start in range(0, len(ids), AT_ONCE):
        rows = session.execute(
            select(OrderEvent.order_id, OrderEvent.code, OrderEvent.args).where(
                OrderEvent.order_id.in_(ids[start : start + AT_ONCE]), OrderEvent.code.in_(_ONCE)
            )
        )
        told |= {(row.order_id, row.code, row.args) for row in rows}
    return told


def _key(event: Happened) -> tuple[int, str, str]:
    text = json.dumps(dict(event.args), ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return (event.order_id, event.code, text)


def _rule(row: Row[*tuple[Any, ...]]) -> str:
    return "ask" if row.must_ask else "complete" if row.ship_complete else "available"


def _set_heads(session: Session, context: Context, repeats: Sequence[Repeat]) -> None:
    """The columns of the orders; what was reserved for one that is not to leave yet is let go; open lines follow."""
    heads = []
    for repeat in repeats:
        rule = repeat.sets.get("ship_rule")
        rest = {name: value for name, value in repeat.sets.items() if name != "ship_rule"}
        if rule is not None:
            rest |= {"ship_complete": rule != "available", "must_ask": rule == "ask"}
        if rest:
            heads.append((tuple(rest), {"id": repeat.order.row.id, **rest}))
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for columns, head in heads:
        by_columns[columns].append(head)
    for rows in by_columns.values():
        session.execute(update(Order), rows)
    today = site_time.today(session, context.at)
    early = [r.order.row.id for r in repeats if (r.sets.get("release_on") or today) > today and not r.order.is_over]
    if early:
        cancelling.let_go_early(session, context, early)
    moved = [{"order": r.order.row.id, "day": r.sets["promise"]} for r in repeats if "promise" in r.sets]
    if moved:
        lines = OrderLine.__table__
        session.connection().execute(
            update(OrderLine)
            .where(lines.c.order_id == bindparam("order"), lines.c.ordered > lines.c.cancelled + lines.c.shipped)
            .values(promise=bindparam("day", type_=lines.c.promise.type), promise_rule=orders.GIVEN), moved,
        )  # fmt: skip


def _add_line(repeat: Repeat, one: AskedLine) -> None:
    order = repeat.order
    args: dict[str, Value] = {"sku": one.sku, "units": one.units}
    if order.is_over or order.in_work:
        repeat.keep("line", f"{one.units} x {one.sku}", "import_over" if order.is_over else "import_in_work")
    elif one.units:
        numbers = [line.line_no for line in order.all()] + [other.line["line_no"] for other in repeat.lines]
        one.line["line_no"] = max(numbers, default=0) + 1
        one.line["order_id"] = order.row.id
        repeat.lines.append(one)
        repeat.note("event.import_line", args)


def _compare_units(repeat: Repeat, one: AskedLine, line: KnownLine) -> None:
    """Fewer are cancelled. More than the shop ever asked for are added; what was cancelled here stays cancelled."""
    order, now = repeat.order, repeat.order.wanted(line)
    asked_before = now + line.cancelled - line.replaced - line.by_shop
    if one.units < now:
        _cut(repeat, line, now - one.units)
    elif one.units > asked_before:
        if order.is_over or order.in_work:
            repeat.keep("units", f"{one.units} x {line.sku}", "import_over" if order.is_over else "import_in_work")
            return
        more = one.units - asked_before
        line.ordered += more
        repeat.more[line.id] = More(more, one)
        args: dict[str, Value] = {"line": line.line_no, "was": now, "became": now + more}
        repeat.note("event.import_units", args, line.id)
    elif one.units > now:
        repeat.keep("units", f"{one.units} x {line.sku}", "import_cancelled_here")


def _compare_price(repeat: Repeat, one: AskedLine, line: KnownLine) -> None:
    if not one.has_price or one.price == line.price:
        return
    if line.shipped:
        repeat.keep("price", one.price, "import_over")
        return
    repeat.prices[line.id] = one.price
    args: dict[str, Value] = {"line": line.line_no, "was": str(line.price), "became": str(one.price)}
    repeat.note("event.import_price", args, line.id)


def _cut(repeat: Repeat, line: KnownLine, units: int) -> None:
    """Cancels so many units, as far as they are not in work and not shipped."""
    wanted = repeat.order.wanted(line)
    cuts = repeat.order.cut(line, units)
    for line_id, part in cuts.items():
        repeat.cuts[line_id] = repeat.cuts.get(line_id, 0) + part
    if sum(cuts.values()) < units:
        why = "import_in_work" if repeat.order.in_work else "import_over"
        repeat.keep("units", f"{wanted - units} x {line.sku}", why)


def _heads() -> Select[*tuple[Any, ...]]:
    return select(
        Order.id, Order.number, Order.customer_id, Order.service_id, Order.placed_at, Order.leave_by, Order.promise,
        Order.priority_class, Order.ship_complete, Order.must_ask, Order.is_paid, Order.release_on, Order.currency,
        Order.ship_name, Order.street, Order.postcode, Order.city, Order.country, Customer.code.label("customer"),
    ).join(Customer, Customer.id == Order.customer_id)  # fmt: skip


def _add_lines(session: Session, orders_by_id: Mapping[int, KnownOrder], ids: Sequence[int]) -> None:
    rows = session.execute(
        select(
            OrderLine.order_id, OrderLine.id, OrderLine.line_no, OrderLine.product_id, Product.sku, OrderLine.ordered,
            OrderLine.cancelled, OrderLine.shipped, OrderLine.replaced, OrderLine.price, OrderLine.kit_qty,
            OrderLine.replaces_id,
        )
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id.in_(ids))
        .order_by(OrderLine.order_id, OrderLine.line_no)
    ).all()  # fmt: skip
    in_work = _units_in_work(session, ids)
    by_shop = _cancelled_by_shop(session, ids)
    for order_id, *facts in rows:
        line = KnownLine(*facts)
        line.in_work = min(in_work.get(line.id, 0), line.open)
        line.by_shop = by_shop.get(line.id, 0)
        order = orders_by_id[order_id]
        if line.replaces_id is None:
            order.lines.append(line)
        else:
            order.instead[line.replaces_id].append(line)


def _cancelled_by_shop(session: Session, ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(Cancellation.order_line_id, func.sum(Cancellation.qty))
        .join(OrderLine, OrderLine.id == Cancellation.order_line_id)
        .where(OrderLine.order_id.in_(ids), Cancellation.reason == REASON)
        .group_by(Cancellation.order_line_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def _units_in_work(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Units of each line that are carried, on the floor, on the dock for a lane, or wanted by a walk that has begun."""
    which = select(OrderLine.id).where(OrderLine.order_id.in_(ids), OrderLine.reserved > 0)
    found: dict[int, int] = defaultdict(int)
    on_dock: dict[int, int] = defaultdict(int)
    held = (
        select(Reservation.order_line_id, Location.kind, Plate.kind, Reservation.qty)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .where(Reservation.order_line_id.in_(which), Reservation.state == "held")
    )
    for line_id, place, plate, qty in session.execute(held):
        if place in _ON_THE_FLOOR or plate in _CARRIED:
            found[line_id] += qty
        elif place == "dock":
            on_dock[line_id] += qty
    pegged = (
        select(Peg.order_line_id, func.sum(Peg.qty))
        .where(Peg.order_line_id.in_(which), Peg.state == "arrived")
        .group_by(Peg.order_line_id)
    )
    for line_id, qty in session.execute(pegged):
        found[line_id] += min(int(qty), on_dock[line_id])
    begun = (
        select(Pick.order_line_id, func.sum(Pick.qty - Pick.picked))
        .join(Batch, Batch.id == Pick.batch_id)
        .where(Pick.order_line_id.in_(which), Batch.state.in_(_BEGUN), Pick.state == "todo")
        .group_by(Pick.order_line_id)
    )
    for line_id, qty in session.execute(begun):
        found[line_id] += int(qty)
    return found
