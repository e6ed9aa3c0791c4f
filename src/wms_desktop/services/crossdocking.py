"""Decides on each receiving scan who gets the units, pegs them to waiting orders and carries them to lanes."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import insert_numbered
from wms_desktop.db.tables import (
    Customer,
    Location,
    Order,
    OrderLine,
    Peg,
    PrintJob,
    Product,
    Receipt,
    ReceiptLine,
    Station,
    Stock,
)
from wms_desktop.domain.crossdock import Portion, Sharing, Waiting, share
from wms_desktop.domain.demand import rank, urgency_of
from wms_desktop.domain.documents import CrossDockTag
from wms_desktop.errors import Refusal
from wms_desktop.services import inventory, news, printing, site_time, undo, waiting_orders
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.lanes import Lanes
from wms_desktop.services.waiting_orders import Line

MADE_FOR_IT = "made_for_it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Units that were put on the dock: the receipt line, the stock row they stand in, and how many.

    ``purchase_line_id`` is the purchase line they fill: what is made to order belongs to the line it was bought for.
    """

    receipt_line_id: int
    stock_id: int
    product_id: int
    qty: int
    purchase_line_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """Units on the dock that are to be carried to a lane for an order."""

    peg_id: int
    lane: str
    lane_id: int
    order: str
    customer: str
    qty: int
    product: str
    reason: str
    leave_by: datetime


def decide(session: Session, context: Context, product_id: int, qty: int, *, leave_out: Sequence[int] = ()) -> Sharing:
    """The sharing-out of ``qty`` arriving units of a product among the orders that wait for it now."""
    return _Verdict(session, context, {product_id: qty}, leave_out).share(product_id, qty)


def serve(session: Session, context: Context, arrivals: Sequence[Arrival], *, leave_out: Sequence[int] = ()) -> int:
    """Ties arrived units to the orders that wait for them, reserved on the dock so that nobody else sees them.

    Product by product, as if they had been scanned in turn; what is made to order goes to its own line first. Gives
    how many units were tied. What an order still lacks beside them is news for the stock in the bins.
    """
    by_product: dict[int, list[Arrival]] = defaultdict(list)
    for arrival in arrivals:
        by_product[arrival.product_id].append(arrival)
    arriving = {product_id: sum(one.qty for one in alike) for product_id, alike in by_product.items()}
    verdict = _Verdict(session, context, arriving, leave_out)
    ties: list[_Tie] = []
    for product_id, alike in by_product.items():
        ties += verdict.tie(product_id, alike)
    _peg(session, context, verdict.completed(ties))
    _count_passed_over(session, verdict, ties)
    news.note(session, verdict.wanted_beside)
    return sum(tie.portion.qty for tie in ties)


@dataclass(frozen=True, slots=True)
class _Tie:
    """A portion of one arrival, and the lane it goes to (None: it is kept in a bin)."""

    arrival: Arrival
    portion: Portion
    lane_id: int | None


class _Verdict:
    """Decides for what arrives, product by product, on one reading of who waits."""

    def __init__(self, session: Session, context: Context, arriving: Mapping[int, int],
                 leave_out: Sequence[int]) -> None:  # fmt: skip
        rows = waiting_orders.list_waiting(session, arriving, leave_out)
        self.passed_over: set[int] = set()
        self.wanted_beside: set[int] = set()
        self._now, self._today = context.at, site_time.today(session, context.at)
        self._made: dict[int, list[Line]] = defaultdict(list)
        self._rows: dict[int, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
        self._service = {row.order_id: row.service_id for row in rows}
        self._starved = {row.order_id for row in rows if row.passed_over}
        for row in rows:
            if not row.made_to_order:
                self._rows[row.product_id][row.order_id].append(row)
            elif row.made_by_id is not None:
                self._made[row.made_by_id].append(row)
        if not rows:
            return
        self._lanes = Lanes(session)
        self._kits = waiting_orders.whole_kits(session, context, rows, arriving)
        self._rest, self._value = waiting_orders.rest_of(session, self._service)
        self._due = waiting_orders.due_soon(session, context, set(arriving).union(*self._rest.values()))
        self._to_come = dict(arriving)

    def tie(self, product_id: int, arrivals: Sequence[Arrival]) -> list[_Tie]:
        """Who gets the units of one product."""
        ties = []
        left = []
        for arrival in arrivals:
            made = self._made_for(arrival)
            ties += [_Tie(arrival, portion, self._lane(portion)) for portion in made]
            left.append(arrival.qty - sum(portion.qty for portion in made))
        sharing = self.share(product_id, sum(left))
        for arrival, portions in zip(arrivals, _deal(sharing.portions, left), strict=True):
            ties += [_Tie(arrival, portion, self._lane(portion)) for portion in portions]
        return ties

    def share(self, product_id: int, qty: int) -> Sharing:
        """Shares units of a product out, and counts them as given."""
        orders = self._rows.get(product_id)
        if not orders or not qty:
            return Sharing((), (), (), qty)
        self._to_come.pop(product_id, None)
        sharing = share(qty, [self._waiting(order_id, orders[order_id], qty) for order_id in sorted(orders)])
        for portion in sharing.portions:
            self._give(portion, product_id)
        self.passed_over.update(sharing.passed_over)
        return sharing

    def completed(self, ties: Sequence[_Tie]) -> list[_Tie]:
        """The ties, with what was kept for a rest that has come with the same arrival sent to the lane after all."""
        made = []
        for tie in ties:
            portion = tie.portion
            if portion.reason == "kept_for_rest" and not self._rest[portion.order_id]:
                lane_id = self._lanes.take(portion.order_id, self._service[portion.order_id])
                if lane_id is not None:
                    tie = _Tie(tie.arrival, replace(portion, to="lane", reason="completes"), lane_id)
            made.append(tie)
        return made

    def resets(self, order_id: int) -> bool:
        """Whether the order had been passed over before."""
        return order_id in self._starved

    def _waiting(self, order_id: int, rows: Sequence[Line], qty: int) -> Waiting:
        first, rest = rows[0], self._rest[order_id]
        lines = tuple((row.line_id, self._able(row)) for row in rows if self._able(row))
        own = sum(units for _, units in lines)
        missing = {product: units for product, units in rest.items() if product != first.product_id}
        rest_missing = sum(missing.values())
        if own > qty:
            missing[first.product_id] = own - qty
        urgency = urgency_of(first, order_id, self._value[order_id])
        return Waiting(
            urgency=urgency,
            rank=rank(urgency, self._now, self._today),
            lines=lines,
            ship_complete=first.ship_complete,
            rest_missing=rest_missing,
            rest_due=all(self._in_sight(product) >= units for product, units in missing.items()),
            guard=waiting_orders.guard_of(first, self._today) or ("" if lines else "kit_part"),
            lane_free=self._lanes.find(order_id, first.service_id) is not None,
        )

    def _in_sight(self, product_id: int) -> int:
        """Units that are due soon, or stand on the dock already and are shared out in a moment."""
        return self._due.get(product_id, 0) + self._to_come.get(product_id, 0)

    def _able(self, row: Line) -> int:
        """Units the line may take: of a part, as many as whole kits need."""
        return int(row.open) if row.ship_complete or not row.kit_qty else self._kits.get(row.line_id, 0)

    def _made_for(self, arrival: Arrival) -> list[Portion]:
        """What of an arrival was bought for certain lines: theirs before anybody else's, and kept where it must."""
        portions = []
        left = arrival.qty
        for row in self._made.get(arrival.purchase_line_id or 0, ()):
            given = min(left, self._rest[row.order_id].get(row.product_id, 0), row.open)
            if not given:
                continue
            left -= given
            others = sum(self._rest[row.order_id].values()) - given
            blocked = waiting_orders.guard_of(row, self._today) or (row.ship_complete and others)
            free = self._lanes.find(row.order_id, row.service_id) is not None
            portion = Portion(row.order_id, row.line_id, given, "lane" if free and not blocked else "bin", MADE_FOR_IT)
            self._give(portion, row.product_id)
            portions.append(portion)
        return portions

    def _lane(self, portion: Portion) -> int | None:
        return self._lanes.take(portion.order_id, self._service[portion.order_id]) if portion.to == "lane" else None

    def _give(self, portion: Portion, product_id: int) -> None:
        rest = self._rest[portion.order_id]
        rest[product_id] = rest.get(product_id, 0) - portion.qty
        if rest[product_id] <= 0:
            del rest[product_id]
        self.wanted_beside.update(rest.keys() - {product_id})


def _deal(portions: Sequence[Portion], sizes: Sequence[int]) -> list[tuple[Portion, ...]]:
    """The portions of one decision dealt out over receipt lines of these sizes, split where a line ends."""
    left = deque(portions)
    dealt = []
    for size in sizes:
        mine: list[Portion] = []
        while size and left:
            part = min(size, left[0].qty)
            mine.append(replace(left[0], qty=part))
            if part < left[0].qty:
                left[0] = replace(left[0], qty=left[0].qty - part)
            else:
                left.popleft()
            size -= part
        dealt.append(tuple(mine))
    return dealt


def _peg(session: Session, context: Context, ties: Sequence[_Tie]) -> None:
    if not ties:
        return
    session.flush()
    pegs = [
        {
            "receipt_line_id": tie.arrival.receipt_line_id,
            "order_line_id": tie.portion.line_id,
            "qty": tie.portion.qty,
            "state": "stored" if tie.lane_id is None else "arrived",
            "lane_id": tie.lane_id,
            "reason": tie.portion.reason,
            "why": "",
            "at": context.at,
            "kind": "opportunistic",
        }
        for tie in ties
    ]
    for peg_id in insert_numbered(session.connection(), Peg.metadata.tables["peg"], pegs):
        undo.note_insert(session, "peg", peg_id)
    holds = [(tie.arrival.stock_id, tie.portion.line_id, tie.portion.qty, _reason(tie.portion)) for tie in ties]
    inventory.hold_many(session, holds, recorded=True)


def _count_passed_over(session: Session, verdict: _Verdict, ties: Sequence[_Tie]) -> None:
    """Orders that somebody else was completed before; those that are complete now begin anew."""
    done = {tie.portion.order_id for tie in ties if tie.portion.reason == "completes"}
    reset = {order_id for order_id in done if verdict.resets(order_id)}
    ids = verdict.passed_over | reset
    if not ids:
        return
    for order in session.scalars(select(Order).where(Order.id.in_(ids))):
        order.passed_over = 0 if order.id in reset else order.passed_over + 1
    session.flush()


def list_carries(session: Session, receipt_id: int, station_id: int) -> list[Carry]:
    """What this station still has to carry from the dock to lanes, the last decided first."""
    rows = session.execute(
        select(Peg, Location.code, Order.number, Order.leave_by, Customer.name, Product.name.label("product"))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(Location, Location.id == Peg.lane_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Product, Product.id == OrderLine.product_id)
        .where(Peg.state == "arrived", ReceiptLine.receipt_id == receipt_id, ReceiptLine.station_id == station_id)
        .order_by(ReceiptLine.id.desc(), Peg.id)
    ).all()
    return [
        Carry(
            peg_id=row.Peg.id,
            lane=row.code,
            lane_id=row.Peg.lane_id,
            order=row.number,
            customer=row.name,
            qty=row.Peg.qty,
            product=row.product,
            reason=row.Peg.reason,
            leave_by=row.leave_by,
        )
        for row in rows
    ]


def carry_to_lane(session: Session, context: Context, carries: Sequence[Carry]) -> list[str]:
    """Confirms that units stand in their lane; gives the numbers of the orders this made wholly available.

    One tag per order and receipt is printed at the first units of it.
    """
    order_ids = set()
    for carry in carries:
        row = session.get_one(Peg, carry.peg_id)
        line = session.get_one(ReceiptLine, row.receipt_line_id)
        order_line = session.get_one(OrderLine, row.order_line_id)
        receipt = session.get_one(Receipt, line.receipt_id)
        source = _dock_stock(session, line, receipt.dock_id)
        inventory.carry(
            session, context, source.id, row.order_line_id, row.qty, Spot(location_id=carry.lane_id),
            reason="crossdock",
        )  # fmt: skip
        row.state = "in_lane"
        session.flush()
        order_ids.add(order_line.order_id)
        _print_tag(session, context, carry, receipt, order_line)
    return list_complete(session, sorted(order_ids))


def release(session: Session, peg_row: Peg, why: str) -> None:
    """Lets go of units that still stand on the dock for an order, with the reason."""
    line = session.get_one(ReceiptLine, peg_row.receipt_line_id)
    receipt = session.get_one(Receipt, line.receipt_id)
    inventory.free(session, _dock_stock(session, line, receipt.dock_id).id, peg_row.order_line_id, peg_row.qty)
    peg_row.state = "released"
    peg_row.why = why
    session.flush()


def offer_again(session: Session, context: Context, declined: Peg) -> None:
    """Shares out a declined peg's units anew, leaving every order out that was declined for this line.

    What was made for the line stays its own, in a bin: only the lane was declined.
    """
    line = session.get_one(ReceiptLine, declined.receipt_line_id)
    receipt = session.get_one(Receipt, line.receipt_id)
    refused = (
        select(OrderLine.order_id)
        .join(Peg, Peg.order_line_id == OrderLine.id)
        .where(Peg.receipt_line_id == line.id, Peg.state == "released", Peg.why.startswith("declined"))
    )
    arrival = Arrival(
        receipt_line_id=line.id,
        stock_id=_dock_stock(session, line, receipt.dock_id).id,
        product_id=line.product_id,
        qty=declined.qty,
        purchase_line_id=line.purchase_line_id,
    )
    wanted = session.get_one(OrderLine, declined.order_line_id)
    if wanted.made_to_order:
        portion = Portion(wanted.order_id, wanted.id, declined.qty, "bin", MADE_FOR_IT)
        _peg(session, context, [_Tie(arrival, portion, None)])
        return
    serve(session, context, [arrival], leave_out=tuple(session.scalars(refused)))


def order_of(session: Session, row: Peg) -> Order:
    """The order that a peg serves."""
    return session.get_one(Order, session.get_one(OrderLine, row.order_line_id).order_id)


def count_carries(session: Session, receipt_id: int) -> int:
    """Units of a receipt that anybody still has to carry to a lane."""
    found = session.scalar(
        select(func.sum(Peg.qty))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .where(Peg.state == "arrived", ReceiptLine.receipt_id == receipt_id)
    )
    return int(found or 0)


def list_complete(session: Session, order_ids: Sequence[int]) -> list[str]:
    """Numbers of those orders of which every open unit is held."""
    if not order_ids:
        return []
    rows = session.execute(
        select(Order.number)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.id.in_(order_ids))
        .group_by(Order.number)
        .having(func.sum(waiting_orders.OPEN) == 0)
        .order_by(Order.number)
    )
    return [row.number for row in rows]


def _reason(portion: Portion) -> str:
    return json.dumps({"rule": portion.reason, "by": "crossdock"})


def _dock_stock(session: Session, line: ReceiptLine, dock_id: int) -> Stock:
    goods = Goods(product_id=line.product_id, lot_id=line.lot_id, qty=0)
    found = inventory.find_stock(session, goods, Spot(location_id=dock_id))
    if found is None:
        raise LookupError(f"receipt line {line.id} has no stock on the dock")
    return found


def _print_tag(session: Session, context: Context, carry: Carry, receipt: Receipt, line: OrderLine) -> None:
    number = f"{receipt.number}-{carry.order}"
    printed = select(PrintJob.id).where(
        PrintJob.kind == CrossDockTag.kind, PrintJob.number == number, PrintJob.state != "void"
    )
    if session.scalar(printed.limit(1)) is not None:
        return
    order = session.get_one(Order, line.order_id)
    product = session.get_one(Product, line.product_id)
    tag = CrossDockTag(
        number=number,
        lane=carry.lane,
        order=carry.order,
        customer=carry.customer,
        quantity=carry.qty,
        sku=product.sku,
        item=product.name,
        receipt=receipt.number,
        must_leave_by=order.leave_by,
    )
    printer = session.get_one(Station, context.station_id).label_printer
    printing.enqueue(session, context, tag, printer=printer)


def reprint_tag(session: Session, context: Context) -> str:
    """Prints this station's last cross-dock tag once more, marked as a copy; gives its number."""
    last = session.scalars(
        select(PrintJob)
        .where(
            PrintJob.kind == CrossDockTag.kind,
            PrintJob.station_id == context.station_id,
            PrintJob.state != "void",
        )
        .order_by(PrintJob.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        raise Refusal("nothing_to_reprint")
    printing.reprint(session, context, last.id, reason="asked at the dock")
    return last.number
