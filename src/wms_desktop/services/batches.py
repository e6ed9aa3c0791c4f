"""Forms batches of ready orders into short tours, and hands them to people, also in the middle of the walk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import Row, exists, func, insert, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import (
    NO_PLATE,
    Batch,
    BatchOrder,
    CountTask,
    Location,
    Operator,
    Order,
    OrderLine,
    Pick,
    Product,
    Reservation,
    Stock,
)
from wms_desktop.domain import batching, tours
from wms_desktop.domain.batching import BatchPlan, Cart, OrderWork
from wms_desktop.domain.demand import full_key, rank, urgency_of
from wms_desktop.domain.tours import Stop
from wms_desktop.errors import BadInput, Moved, Refusal
from wms_desktop.prompts import Answer, Message, Outcome, Prompt
from wms_desktop.services import floor_plan, settings, site_time, undo
from wms_desktop.services.dialogue import Context
from wms_desktop.services.floor_plan import FloorPlan
from wms_desktop.views.refills import COUNTED

NAME = "batches"
OPEN_STATES = ("released", "running", "picked")
GAP = 1000
"""Between two stops' numbers in a walk, so that one more can be put between them."""


class PickerBusy(Refusal):
    """The person is walking another batch already."""

    code = "picker_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Formed:
    """The batches that were made: their numbers, how many orders and stops, and the metres of all tours.

    ``stale`` counts planned orders that had changed before they could be written.
    """

    numbers: tuple[str, ...]
    orders: int
    stops: int
    metres: int
    stale: int


class Wave(TypedDict, total=False):
    """How batches are to be formed; what is left out follows the house's rules."""

    max_totes: int | None
    mode: str
    max_batches: int | None
    order_ids: Sequence[int] | None
    max_weight_g: int | None
    singles_apart: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBatch:
    """One cart: its orders by place, its stops (line, stock row, units) in walking order, its walk."""

    order_ids: tuple[int, ...]
    stops: tuple[tuple[int, int, int], ...]
    metres: int
    tour: str
    leave_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePlan:
    """Batches that were reckoned but not written; they hold while their orders stay as they are."""

    mode: str
    batches: tuple[PlannedBatch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A batch has another owner; ``was`` and ``who`` are names (empty: nobody), ``epoch`` its new version."""

    number: str
    was: str
    who: str
    epoch: int
    is_running: bool

    @property
    def message(self) -> Message:
        """What the supervisor is told."""
        code = "batch_unassigned" if not self.who else "batch_handed_over" if self.is_running else "batch_assigned"
        return Message(code, {"batch": self.number, "who": self.who, "was": self.was})


def form_batches(session: Session, context: Context, **how: Unpack[Wave]) -> Formed:
    """Puts every ready order that is in no open batch on a cart, with each cart's shortest walk; see `plan_batches`.

    Plans and writes in one transaction: for many orders plan on a read-only snapshot, then `write_batches`.
    """
    return write_batches(session, context, plan_batches(session, context, **how))


def plan_batches(session: Session, context: Context, **how: Unpack[Wave]) -> WavePlan:
    """The batches that should be formed now; only reads, so that nobody waits while it reckons.

    Ready: units held in bins; a ship-complete order also needs everything else to be held in bins, lanes, carts or
    benches. ``max_totes`` orders a cart (None: the house's setting), batches in the order of urgency, at most
    ``max_batches`` of them; ``order_ids`` narrows the choice. Mode is ``cluster`` or ``paper``.
    """
    mode = how.get("mode", "cluster")
    rows = _list_ready(session, context, how.get("order_ids"))
    if not rows:
        return WavePlan(mode=mode, batches=())
    plan = floor_plan.load(session)
    works = _works(session, context, rows, plan)
    totes = how.get("max_totes") or settings.get_int(session, "totes_per_cart")
    cart = Cart(totes, max_weight_g=how.get("max_weight_g"))
    made = batching.form(works, cart, plan.layout, singles_apart=how.get("singles_apart", False))
    return WavePlan(mode=mode, batches=tuple(_walk(rows, plan, one) for one in made[: how.get("max_batches")]))


def write_batches(session: Session, context: Context, plan: WavePlan) -> Formed:
    """Writes planned batches whose orders are still as they were planned; the others wait for the next wave.

    The command is final.
    """
    undo.close(session)
    if not plan.batches:
        return Formed(numbers=(), orders=0, stops=0, metres=0, stale=0)
    number = settings.next_number(session, "batch")  # its row stays locked: nobody else forms batches meanwhile
    now: dict[int, set[tuple[int, int, int]]] = {}
    for row in _list_ready(session, context, [order_id for one in plan.batches for order_id in one.order_ids]):
        now.setdefault(row.order_id, set()).add((row.line_id, row.stock_id, row.qty))
    good = []
    for one in plan.batches:
        ready = set().union(*(now.get(order_id, set()) for order_id in one.order_ids))
        if ready == set(one.stops):
            good.append(one)
    numbers = []
    for at, one in enumerate(good):
        numbers.append(f"B{number if at == 0 else settings.next_number(session, 'batch'):06d}")
        _write(session, context, one, plan.mode, numbers[-1])
    return Formed(
        numbers=tuple(numbers),
        orders=sum(len(one.order_ids) for one in good),
        stops=sum(len(one.stops) for one in good),
        metres=sum(one.metres for one in good),
        stale=sum(len(one.order_ids) for one in plan.batches) - sum(len(one.order_ids) for one in good),
    )


def assign(session: Session, context: Context, batch_id: int, operator_id: int | None) -> Assigned:
    """Gives a batch to a person (None or 0: to nobody), whatever it stands at.

    One that has not begun changes its owner only. A running one keeps cart, totes and place in the walk, and its
    epoch grows: scans from the old screen are refused, and the new picker proves the cart by scanning it. Raises
    PickerBusy when the person is walking another batch, Moved (`batch_over`) when the batch is done or cancelled.
    """
    batch = _get_open(session, batch_id)
    new = session.get(Operator, operator_id) if operator_id else None
    if operator_id and (new is None or not new.is_active):
        raise BadInput("unknown_operator")
    old = session.get(Operator, batch.operator_id) if batch.operator_id is not None else None
    if old is new:
        return _assigned(batch, old, new)
    running = batch.state in ("running", "picked")
    if running and batch.mode == "cluster" and new is not None:
        _refuse_busy(session, batch, new)
    batch.operator_id = new.id if new else None
    if running:
        boss = session.get_one(Operator, context.operator_id)
        facts = json.loads(batch.facts)
        kept = {name: facts[name] for name in ("found", "why") if name in facts}
        facts = {"scans": facts.get("scans", 0) + 1, "handover": batch.mode == "cluster"} | kept
        facts["moved"] = {
            "who": new.name if new else "",
            "by": boss.name,
            "at": site_time.clock_time(session, context.at),
        }
        batch.facts = json.dumps(facts, sort_keys=True)
        batch.epoch = next_epoch(session, batch)
    session.flush()
    return _assigned(batch, old, new)


reassign = assign


def cancel_batch(session: Session, context: Context, batch_id: int) -> Message:
    """Ends a batch early: what is not picked stays reserved for a later batch; what is in totes stays in them.

    With something in a tote the picker is sent to the drop-off place; else the batch is over. Raises Moved
    (`batch_over`) when it is over already.
    """
    batch = _get_open(session, batch_id)
    picks = session.scalars(select(Pick).where(Pick.batch_id == batch.id).order_by(Pick.seq)).all()
    kept = sum(pick.picked for pick in picks)
    left = sum(pick.qty - pick.picked for pick in picks if pick.state == "todo")
    for pick in picks:
        if pick.state == "todo":
            pick.state = "done" if pick.picked == pick.qty else "short" if pick.picked else "cancelled"
            pick.reason = "batch_cancelled"
    facts = json.loads(batch.facts)
    boss = session.get_one(Operator, context.operator_id)
    batch.facts = json.dumps(
        {
            "scans": facts.get("scans", 0) + 1,
            "cancelled": {"by": boss.name, "at": site_time.clock_time(session, context.at)},
        },
        sort_keys=True,
    )
    batch.epoch = next_epoch(session, batch)
    if kept and batch.mode == "cluster":
        batch.state = "picked"
    else:
        batch.state = "cancelled"
        batch.finished_at = context.at
        for place in session.scalars(select(BatchOrder).where(BatchOrder.batch_id == batch.id)):
            place.is_open = False
    session.flush()
    return Message("batch_cancelled", {"batch": batch.number, "left": left, "kept": kept})


def request_count(session: Session, context: Context, spot: tuple[int, int], *, reason: str, found: int,
                  expected: int) -> int | None:  # fmt: skip
    """Asks for a count of a (location id, product id), unless one is open; gives the task's id, None if it was.

    One that was counted already and waits for a supervisor is asked for anew: more was seen since.
    """
    location_id, product_id = spot
    known = session.scalars(
        select(CountTask).where(
            CountTask.location_id == location_id, CountTask.product_id == product_id, CountTask.state == "open"
        )
    ).one_or_none()
    if known is not None and known.reason != COUNTED:
        return None
    if known is not None:
        known.reason, known.found, known.expected = reason, found, expected
        known.operator_id, known.at = context.operator_id, context.at
        session.flush()
        return known.id
    task = CountTask(location_id=location_id, product_id=product_id, reason=reason, found=found, expected=expected,
                     operator_id=context.operator_id, at=context.at)  # fmt: skip
    session.add(task)
    session.flush()
    return task.id


def tour_text(corners: Sequence[tuple[int, int]]) -> str:
    """The corner points of a walk (x, y in mm) as the batch keeps them."""
    return json.dumps(corners, separators=(",", ":"))


def next_epoch(session: Session, batch: Batch) -> int:
    """A version greater than the batch's and never given to another batch, so that a stale screen is always seen."""
    return max(settings.next_number(session, "epoch"), batch.epoch) + 1


def prompt(session: Session, context: Context) -> Prompt:
    """What the batches board shows: how many batches are open and how many run."""
    rows = session.execute(select(Batch.state, func.count()).where(Batch.state.in_(OPEN_STATES)).group_by(Batch.state))
    counts = {row[0]: int(row[1]) for row in rows}
    return Prompt(
        workflow=NAME,
        state="board",
        args={"released": counts.get("released", 0), "running": counts.get("running", 0) + counts.get("picked", 0)},
    )


def answer(session: Session, context: Context, message: Message) -> Answer:
    """The board's answer after a change: hand it back from the command."""
    return Answer(
        outcome=Outcome.STEP_DONE,
        message=message,
        prompt=prompt(session, context),
        changes=Changes.BATCHES | Changes.ORDERS | Changes.STOCK,
    )


def formed_message(formed: Formed) -> Message:
    """What the supervisor is told after batches were formed."""
    if not formed.numbers:
        return Message("nothing_to_batch")
    return Message(
        "batches_formed_part" if formed.stale else "batches_formed",
        {
            "batches": len(formed.numbers),
            "orders": formed.orders,
            "stops": formed.stops,
            "metres": formed.metres,
            "stale": formed.stale,
        },
    )


def _get_open(session: Session, batch_id: int) -> Batch:
    batch = session.get(Batch, batch_id, populate_existing=True, with_for_update=True)
    if batch is None:
        raise BadInput("unknown_batch")
    if batch.state not in OPEN_STATES:
        raise Moved("batch_over", batch=batch.number)
    return batch


def _refuse_busy(session: Session, batch: Batch, picker: Operator) -> None:
    other = session.scalar(
        select(Batch.number).where(
            Batch.operator_id == picker.id,
            Batch.state.in_(("running", "picked")),
            Batch.mode == "cluster",
            Batch.id != batch.id,
        )
    )
    if other is not None:
        raise PickerBusy(who=picker.name, batch=other)


def _assigned(batch: Batch, old: Operator | None, new: Operator | None) -> Assigned:
    return Assigned(
        number=batch.number,
        was=old.name if old else "",
        who=new.name if new else "",
        epoch=batch.epoch,
        is_running=batch.state in ("running", "picked"),
    )


def _list_ready(session: Session, context: Context, order_ids: Sequence[int] | None) -> list[Row[Any]]:
    """Held units in bins of orders that may be picked now and are in no open batch."""
    today = site_time.today(session, context.at)
    taken = exists().where(
        BatchOrder.order_id == Order.id, Batch.id == BatchOrder.batch_id, Batch.state.in_(OPEN_STATES)
    )
    query = (
        select(
            Reservation.stock_id,
            Reservation.order_line_id.label("line_id"),
            Reservation.qty,
            OrderLine.order_id,
            Location.code.label("bin"),
            Location.aisle,
            Location.x_mm,
            Location.y_mm,
            Product.sku,
            Product.weight_g,
            (Product.length_mm * Product.width_mm * Product.height_mm).label("volume_mm3"),
            Order.ship_complete,
            Order.leave_by,
        )
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Product, Product.id == Stock.product_id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Reservation.state == "held",
            Location.kind == "bin",
            Stock.condition == "good",
            Order.is_held == False,
            Order.release_on.is_(None) | (Order.release_on <= today),
            ~taken,
        )
        .order_by(Reservation.id)
    )
    if order_ids is not None:
        query = query.where(Order.id.in_(order_ids))
    rows: list[Any] = list(session.execute(query).all())
    incomplete = _list_incomplete(session, {row.order_id for row in rows if row.ship_complete})
    return [row for row in rows if row.order_id not in incomplete]


def _list_incomplete(session: Session, order_ids: set[int]) -> set[int]:
    """Of these orders, those with an open unit that is not held where a picker or packer can take it."""
    if not order_ids:
        return set()
    in_reach = (
        select(Reservation.order_line_id, func.sum(Reservation.qty).label("qty"))
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .where(
            Reservation.state == "held",
            Location.kind.in_(("bin", "lane", "cart", "bench")),
            # Loose on a cart it is being put away, and not yet where it can be picked.
            (Location.kind != "cart") | (Stock.plate_id != NO_PLATE),
        )
        .group_by(Reservation.order_line_id)
        .subquery()
    )
    rows = session.scalars(
        select(OrderLine.order_id)
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(in_reach, in_reach.c.order_line_id == OrderLine.id)
        .where(
            Order.ship_complete == True,
            OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped > func.coalesce(in_reach.c.qty, 0),
        )
    )
    return order_ids.intersection(rows)


def _works(session: Session, context: Context, rows: Sequence[Row[Any]], plan: FloorPlan) -> list[OrderWork]:
    today = site_time.today(session, context.at)
    by_order: dict[int, list[Row[Any]]] = {}
    for row in rows:
        by_order.setdefault(row.order_id, []).append(row)
    orders = session.scalars(select(Order).where(Order.id.in_(by_order)).order_by(Order.id)).all()
    urgencies = [
        urgency_of(order, order.id)
        for order in orders
    ]  # fmt: skip
    ranked = sorted(urgencies, key=lambda urgency: full_key(urgency, context.at, today))
    works = []
    for place, urgency in enumerate(ranked):
        lines = by_order[urgency.order_id]
        later, kept, *_ = rank(urgency, context.at, today)
        works.append(
            OrderWork(
                key=urgency.order_id,
                stops=tuple(_stop(row, plan) for row in lines),
                weight_g=sum(row.qty * row.weight_g for row in lines),
                volume_mm3=sum(row.qty * int(row.volume_mm3) for row in lines),
                rank=(0 if not later else 1 if not kept else 2, place),
                single_unit=sum(row.qty for row in lines) == 1,
            )
        )
    return works


def _stop(row: Row[Any], plan: FloorPlan) -> Stop:
    column = plan.columns.get(row.aisle)
    if column is None:
        raise BadInput("bin_without_aisle", bin=row.bin)
    return Stop((row.line_id, row.stock_id), column, row.y_mm)


def _walk(rows: Sequence[Row[Any]], plan: FloorPlan, cart: BatchPlan) -> PlannedBatch:
    """One cart's stops in walking order; at one place by bin, article and place on the cart."""
    position = {order_id: at for at, order_id in enumerate(cart.order_keys, 1)}
    mine = sorted(
        (row for row in rows if row.order_id in position), key=lambda row: (row.bin, row.sku, position[row.order_id])
    )
    tour = tours.walk(plan.layout, [_stop(row, plan) for row in mine])
    found = {(row.line_id, row.stock_id): row for row in mine}
    walked = [found[key] for key in tour.order if isinstance(key, tuple)]
    return PlannedBatch(
        order_ids=tuple(row for row in position if isinstance(row, int)),
        stops=tuple((row.line_id, row.stock_id, row.qty) for row in walked),
        metres=round(tour.length / 1000),
        tour=tour_text(tour.path),
        leave_by=min(row.leave_by for row in mine),
    )


def _write(session: Session, context: Context, one: PlannedBatch, mode: str, number: str) -> None:
    batch = Batch(number=number, mode=mode, metres=one.metres, tour=one.tour, leave_by=one.leave_by,
                  created_at=context.at)  # fmt: skip
    session.add(batch)
    session.flush()
    session.execute(
        insert(BatchOrder),
        [
            {"batch_id": batch.id, "order_id": order_id, "position": at, "plate_id": NO_PLATE, "is_open": True}
            for at, order_id in enumerate(one.order_ids, 1)
        ],
    )
    session.execute(
        insert(Pick),
        [
            {"batch_id": batch.id, "order_line_id": line_id, "stock_id": stock_id, "seq": at * GAP, "qty": qty}
            for at, (line_id, stock_id, qty) in enumerate(one.stops, 1)
        ],
    )
