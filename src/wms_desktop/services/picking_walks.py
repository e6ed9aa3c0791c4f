"""Where a picker stands: the batch in hand, its totes and stops, and the state of the dialogue that follows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import (
    NO_PLATE,
    Batch,
    BatchOrder,
    Location,
    Lot,
    Operator,
    Order,
    OrderLine,
    Pick,
    Plate,
    Product,
    Reservation,
    Setting,
    Stock,
)
from wms_desktop.errors import Bug, Moved
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import dialogue, settings
from wms_desktop.services.dialogue import Context

NAME = "pick"
_HELD = "picking.walk"
PLACES = ("bin", "dock", "lane")
"""Kinds of location that units are picked from."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a scan went, in which words, and what it changed; the dialogue adds the prompt that follows."""

    outcome: Outcome
    message: Message
    changes: Changes = Changes.STOCK | Changes.BATCHES
    walk: Walk | None = None
    """The walk as it stands now, where the stops kept their order; without it the prompt reads the rows again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Halt:
    """One pick as the walker sees it: what to take, where, for whom."""

    pick: Pick
    order_id: int
    location_id: int
    place: str
    kind: str
    aisle: int | None
    x_mm: int
    y_mm: int
    product_id: int
    product: str
    sku: str
    lot_id: int
    lot: str
    lot_tracked: bool
    held: int
    """Units still reserved for it: fewer than are left when the order was cancelled meanwhile."""

    @property
    def left(self) -> int:
        """Units that are still to be taken."""
        return self.pick.qty - self.pick.picked


@dataclass(frozen=True, slots=True, kw_only=True)
class Tote:
    """An order's place on the cart: its position and its tote (empty code: not scanned yet)."""

    row: BatchOrder
    number: str
    code: str

    @property
    def position(self) -> int:
        """The place on the cart, counted from 1."""
        return self.row.position


@dataclass(slots=True, kw_only=True)
class Walk:
    """A batch in work: its row, the few facts kept in it, its totes by order, and its stops in walking order."""

    batch: Batch
    facts: dict[str, Any]
    cart: str
    totes: dict[int, Tote]
    halts: list[Halt]
    scans: frozenset[str]
    asks_if_empty: bool

    @property
    def todo(self) -> list[Halt]:
        """Stops that are still to be done, in walking order."""
        return [halt for halt in self.halts if halt.pick.state == "todo"]

    @property
    def current(self) -> Halt | None:
        """The stop the picker stands at or walks to."""
        return next((halt for halt in self.halts if halt.pick.state == "todo"), None)

    @property
    def taken(self) -> int:
        """Units of the current stop that are in the picker's hand."""
        return int(self.facts.get("taken", 0))

    @property
    def progress(self) -> tuple[int, int]:
        """Stops done, and all of them."""
        counted = [halt for halt in self.halts if halt.pick.state != "cancelled"]
        return sum(halt.pick.state != "todo" for halt in counted), len(counted)

    def keep(self, **changes: Any) -> None:
        """Writes facts into the batch (None removes one); every scan counts, so that undo sees who came after."""
        self.facts.update(changes)
        self.facts = {name: value for name, value in self.facts.items() if value not in (None, 0, False, "")}
        self.facts["scans"] = int(self.facts.get("scans", 0)) + 1
        self.batch.facts = json.dumps(self.facts, sort_keys=True)

    def here(self) -> Halt:
        """The current stop; there must be one."""
        halt = self.current
        if halt is None:
            raise Bug(f"batch {self.batch.number} has no stop left")
        return halt

    def tote_of(self, halt: Halt) -> Tote:
        """The tote of a stop's order."""
        return self.totes[halt.order_id]


def state_of(walk: Walk) -> str:
    """The state of the dialogue, derived from the rows: a crash or a hand-over finds the same one."""
    facts = walk.facts
    if walk.batch.mode == "paper":
        return "paper_line" if facts.get("line") else "paper"
    if facts.get("handover"):
        return "handover"
    if facts.get("short"):
        return "short"
    return "empty" if facts.get("empty") else after_empty(walk)


def after_empty(walk: Walk) -> str:
    """The state when the question whether a bin is empty has been answered."""
    halt = walk.current
    if walk.batch.state == "picked" or halt is None:
        return "drop"
    if walk.facts.get("new_tote") or any(tote.row.plate_id == NO_PLATE for tote in walk.totes.values()):
        return "totes"
    if "bin" in walk.scans and walk.facts.get("bin") != halt.location_id:
        return "bin"
    if "item" in walk.scans and walk.taken < halt.left:
        return "item"
    return "tote" if "tote" in walk.scans else "bin"


def get_walk(session: Session, context: Context) -> Walk:
    """The walk of the present command; there must be one."""
    walk = session.info.get(_HELD)
    if not isinstance(walk, Walk):
        raise Bug("no batch in hand")
    return walk


def open_walk(session: Session, context: Context) -> Walk | None:
    """The operator's batch (or the paper list open at this station), locked for this command; None without one.

    Raises Moved when the screen had seen a version of the work that is not the present one.
    """
    session.info.pop(_HELD, None)
    walk = find_walk(session, context, lock=True)
    if context.epoch and (walk is None or walk.batch.epoch != context.epoch):
        _refuse_stale(session, context)
    session.info[_HELD] = walk
    return walk


def find_walk(session: Session, context: Context, *, lock: bool = False) -> Walk | None:
    """The batch that the operator walks with a cart, else the paper list open here, as the rows have it now."""
    batch = session.scalars(_mine(lock), {"operator": context.operator_id}).one_or_none()
    if batch is None:
        paper = list_chosen(session, context).get("paper")
        if paper is not None:
            batch = session.get(Batch, paper, populate_existing=True, with_for_update=lock or None)
        if batch is not None and (batch.operator_id != context.operator_id or batch.state != "running"):
            return None
    return load(session, batch) if batch is not None else None


def load(session: Session, batch: Batch) -> Walk:
    """A batch with its totes and stops."""
    rows = session.execute(_totes(), {"batch": batch.id}).all()
    rules = {row.name: row.value for row in session.execute(_rules())}
    scans = rules.get("pick_scans", settings.DEFAULTS["pick_scans"])
    return Walk(
        batch=batch,
        facts=json.loads(batch.facts),
        cart=rows[0].cart or "" if rows else "",
        totes={
            row.BatchOrder.order_id: Tote(
                row=row.BatchOrder, number=row.number, code=row.code if row.BatchOrder.plate_id else ""
            )
            for row in rows
        },
        halts=list_halts(session, batch.id),
        scans=frozenset(part.strip() for part in scans.split(",")),
        asks_if_empty=rules.get("empty_check", settings.DEFAULTS["empty_check"]) == "1",
    )


def list_halts(session: Session, batch_id: int) -> list[Halt]:
    """Every stop of a batch, in walking order."""
    return [
        Halt(
            pick=row[0],
            order_id=row[1],
            location_id=row[2],
            place=row[3],
            kind=row[4],
            aisle=row[5],
            x_mm=row[6],
            y_mm=row[7],
            product_id=row[8],
            product=row[9],
            sku=row[10],
            lot_id=row[11],
            lot=row[12],
            lot_tracked=row[13],
            held=row[14] or 0,
        )
        for row in session.execute(_halts(), {"batch": batch_id})
    ]


# These run with every scan: they are put together once.


@cache
def _mine(lock: bool) -> Select[Batch]:
    query = select(Batch).where(
        Batch.operator_id == bindparam("operator"),
        Batch.state.in_(("running", "picked")),
        Batch.mode == "cluster",
    )
    return (query.with_for_update() if lock else query).execution_options(populate_existing=True)


@cache
def _rules() -> Select[str, str]:
    return select(Setting.name, Setting.value).where(Setting.name.in_(("pick_scans", "empty_check")))


@cache
def _totes() -> Select[BatchOrder, str, str, str]:
    return (
        select(BatchOrder, Order.number, Plate.code, Location.code.label("cart"))
        .join(Order, Order.id == BatchOrder.order_id)
        .join(Plate, Plate.id == BatchOrder.plate_id)
        .join(Batch, Batch.id == BatchOrder.batch_id)
        .outerjoin(Location, Location.id == Batch.cart_id)
        .where(BatchOrder.batch_id == bindparam("batch"))
        .order_by(BatchOrder.position)
        .execution_options(populate_existing=True)
    )


@cache
def _halts() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Pick, OrderLine.order_id, Location.id, Location.code, Location.kind, Location.aisle, Location.x_mm,
            Location.y_mm, Product.id, Product.name, Product.sku, Stock.lot_id, Lot.code, Product.lot_tracked,
            Reservation.qty,
        )
        .join(OrderLine, OrderLine.id == Pick.order_line_id)
        .join(Stock, Stock.id == Pick.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .outerjoin(
            Reservation,
            (Reservation.stock_id == Pick.stock_id)
            & (Reservation.order_line_id == Pick.order_line_id)
            & (Reservation.state == "held"),
        )
        .where(Pick.batch_id == bindparam("batch"))
        .order_by(Pick.seq, Pick.id)
        .execution_options(populate_existing=True)
    )  # fmt: skip


def find_next(session: Session, context: Context, *, number: str = "") -> Batch | None:
    """The most urgent batch that has not begun, the operator's own first, else nobody's; handed out once.

    ``number`` narrows it to one batch. Rows that another picker is taking at this moment are passed by.
    """
    query = select(Batch).where(
        Batch.state == "released",
        Batch.mode == "cluster",
        or_(Batch.operator_id == context.operator_id, Batch.operator_id.is_(None)),
    )
    if number:
        query = query.where(Batch.number == number)
    return session.scalars(
        query.order_by(Batch.operator_id.is_(None), Batch.leave_by, Batch.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def name_of(session: Session, operator_id: int | None) -> str:
    """A person's name, empty for nobody."""
    operator = session.get(Operator, operator_id) if operator_id is not None else None
    return operator.name if operator is not None else ""


def list_chosen(session: Session, context: Context) -> dict[str, Any]:
    """What this station's dialogue keeps outside the batches: the chosen batch, the paper list, the last batch."""
    _, facts = dialogue.load(session, context, NAME, "start")
    return facts


def keep_chosen(session: Session, context: Context, **changes: Any) -> None:
    """Writes what this station's dialogue keeps (None removes one)."""
    facts = list_chosen(session, context)
    facts.update(changes)
    facts = {name: value for name, value in facts.items() if value is not None}
    dialogue.save(session, context, NAME, "start", facts)


def _refuse_stale(session: Session, context: Context) -> None:
    """Says where the work of the old screen has gone, and what to do with a unit in hand."""
    last = list_chosen(session, context).get("last")
    batch = session.get(Batch, last) if last is not None else None
    if batch is None:
        raise Moved("pick_changed")
    facts = json.loads(batch.facts)
    halts: Sequence[Halt] = [halt for halt in list_halts(session, batch.id) if halt.pick.state == "todo"]
    place = halts[0].place if halts else ""
    if "cancelled" in facts or batch.state == "cancelled":
        gone = facts.get("cancelled", {})
        raise Moved("pick_cancelled", batch=batch.number, by=gone.get("by", ""), at=gone.get("at", ""))
    moved = facts.get("moved")
    if moved is None or batch.state in ("released", "done"):
        raise Moved("pick_batch_over", batch=batch.number)
    if not moved["who"]:
        raise Moved("pick_taken_back", batch=batch.number, by=moved["by"], at=moved["at"], place=place)
    raise Moved("pick_moved", batch=batch.number, who=moved["who"], by=moved["by"], at=moved["at"], place=place)
