"""Everything that happened to an order, in the order in which it happened, told from the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import (
    HOUSE,
    Batch,
    BatchOrder,
    Carton,
    ImportRow,
    ImportRun,
    Location,
    Manifest,
    Operator,
    Order,
    OrderEvent,
    OrderLine,
    Peg,
    Pick,
    Product,
    PromiseChange,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Shipment,
)
from wms_desktop.errors import Value
from wms_desktop.phrases import texts
from wms_desktop.prompts import Message
from wms_desktop.services import order_log
from wms_desktop.views.orders import StoryEvent


def list_events(session: Session, order: Order, lines: Sequence[OrderLine]) -> tuple[StoryEvent, ...]:
    """What happened, oldest first: how it came, what was done to it, promises that moved, goods, walks, parcels."""
    numbers = {line.id: line.line_no for line in lines}
    events = [StoryEvent(at=order.placed_at, what=_placed(order), who="")]
    for tell in (_imports, _log, _promises, _arrivals, _walks, _picks, _parcels, _departures):
        events += tell(session, order, numbers)
    return tuple(sorted(events, key=lambda event: event.at))


def _placed(order: Order) -> Message:
    if order.channel:
        return Message("story.event.placed_by", {"channel": order.channel})
    return Message("story.event.placed")


def _event(at: datetime, code: str, said: Mapping[str, Value], who: str | None = "") -> StoryEvent:
    return StoryEvent(at=at, what=Message(code, said), who=who or "")


def _imports(session: Session, order: Order, _numbers: Mapping[int, int]) -> Iterator[StoryEvent]:
    rows = session.execute(
        select(ImportRun.file_name, ImportRun.published_at, Operator.name)
        .join(Operator, Operator.id == ImportRun.operator_id)
        .where(ImportRun.state == "published", ImportRun.kind == "orders", ImportRun.id.in_(_runs_of(order)))
        .order_by(ImportRun.id)
    )
    for row in rows:
        if row.published_at is not None:
            yield _event(row.published_at, "story.event.imported", {"file": row.file_name}, row.name)


def _runs_of(order: Order) -> Select[*tuple[Any, ...]]:
    runs = aliased(ImportRun)
    return (
        select(runs.id)
        .join(ImportRow, ImportRow.run_id == runs.id)
        .where(runs.state == "published", ImportRow.key == order.number, ImportRow.state == "published")
    )


def _log(session: Session, order: Order, _numbers: Mapping[int, int]) -> Iterator[StoryEvent]:
    """What somebody did to the order, as it was written down."""
    rows = session.execute(
        select(OrderEvent.at, OrderEvent.code, OrderEvent.args, OrderEvent.operator_id, Operator.name)
        .join(Operator, Operator.id == OrderEvent.operator_id)
        .where(OrderEvent.order_id == order.id)
        .order_by(OrderEvent.id)
    )
    for row in rows:
        known = row.code in texts()
        what = order_log.message(row.code, row.args) if known else Message("story.event.other", {"what": row.code})
        yield StoryEvent(at=row.at, what=what, who="" if row.operator_id == HOUSE else row.name)


def _promises(session: Session, _order: Order, numbers: Mapping[int, int]) -> Iterator[StoryEvent]:
    rows = session.execute(
        select(PromiseChange, PurchaseOrder.number)
        .outerjoin(PurchaseLine, PurchaseLine.id == PromiseChange.purchase_line_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .where(PromiseChange.order_line_id.in_(numbers))
        .order_by(PromiseChange.id)
    )
    for row in rows:
        change: PromiseChange = row[0]
        purchase: str | None = row[1]
        said: dict[str, Value] = {"line": numbers[change.order_line_id]}
        if change.was is not None:
            said["was"] = change.was.isoformat()
        if change.became is not None:
            said["now"] = change.became.isoformat()
        if purchase is not None:
            said["purchase"] = purchase
        days = "lost" if change.became is None else change.kind if change.was is not None else "found"
        by = "_by" if purchase is not None else ""
        yield _event(change.at, f"story.event.{days}{by}", said)


def _arrivals(session: Session, _order: Order, numbers: Mapping[int, int]) -> Iterator[StoryEvent]:
    """Goods that came over the dock for the order."""
    rows = session.execute(
        select(Peg.at, Peg.qty, Peg.state, Product.sku, Receipt.number, Location.code, Operator.name)
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .join(Product, Product.id == ReceiptLine.product_id)
        .join(Operator, Operator.id == ReceiptLine.operator_id)
        .outerjoin(Location, Location.id == Peg.lane_id)
        .where(Peg.order_line_id.in_(numbers))
        .order_by(Peg.id)
    )
    for row in rows:
        said: dict[str, Value] = {"units": row.qty, "sku": row.sku, "receipt": row.number, "lane": row.code or ""}
        kind = "let_go" if row.state == "released" else "arrived" if row.code else "kept"
        yield _event(row.at, f"story.event.{kind}", said, row.name)


def _walks(session: Session, order: Order, _numbers: Mapping[int, int]) -> Iterator[StoryEvent]:
    """Batches the order was picked in: when somebody began to walk."""
    rows = session.execute(
        select(Batch.number, Batch.started_at, Operator.name)
        .join(BatchOrder, BatchOrder.batch_id == Batch.id)
        .outerjoin(Operator, Operator.id == Batch.operator_id)
        .where(BatchOrder.order_id == order.id, Batch.started_at.is_not(None))
        .order_by(Batch.id)
    )
    for row in rows:
        yield _event(row.started_at, "story.event.walk", {"batch": row.number}, row.name)


def _picks(session: Session, _order: Order, numbers: Mapping[int, int]) -> Iterator[StoryEvent]:
    """What was picked in a batch, told at its last unit; apart from it, stops at which not all was found."""
    is_short = case((Pick.reason != "", 1), else_=0).label("is_short")
    stops = (
        select(Pick.batch_id, is_short, Pick.picked, Pick.done_at)
        .where(Pick.order_line_id.in_(numbers), Pick.state.in_(("done", "short")), Pick.done_at.is_not(None))
        .subquery()
    )
    rows = session.execute(
        select(Batch.number, stops.c.is_short, Operator.name, func.sum(stops.c.picked).label("picked"),
               func.max(stops.c.done_at).label("at"))
        .join(stops, stops.c.batch_id == Batch.id)
        .outerjoin(Operator, Operator.id == Batch.operator_id)
        .group_by(Batch.number, stops.c.is_short, Operator.name)
    )  # fmt: skip
    for row in rows:
        said: dict[str, Value] = {"units": int(row.picked), "batch": row.number}
        yield _event(row.at, "story.event.short" if row.is_short else "story.event.picked", said, row.name)


def _parcels(session: Session, order: Order, _numbers: Mapping[int, int]) -> Iterator[StoryEvent]:
    rows = session.execute(
        select(Carton.sscc, Carton.closed_at)
        .join(Shipment, Shipment.id == Carton.shipment_id)
        .where(Shipment.order_id == order.id, Carton.closed_at.is_not(None))
        .order_by(Carton.id)
    )
    for row in rows:
        yield _event(row.closed_at, "story.event.packed", {"sscc": row.sscc})


def _departures(session: Session, order: Order, _numbers: Mapping[int, int]) -> Iterator[StoryEvent]:
    rows = session.execute(
        select(Manifest.number, Manifest.carrier, Manifest.closed_at, func.count(Carton.id).label("parcels"))
        .join(Carton, Carton.manifest_id == Manifest.id)
        .join(Shipment, Shipment.id == Carton.shipment_id)
        .where(Shipment.order_id == order.id, Manifest.closed_at.is_not(None))
        .group_by(Manifest.id, Manifest.number, Manifest.carrier, Manifest.closed_at)
        .order_by(Manifest.id)
    )
    for row in rows:
        said: dict[str, Value] = {"parcels": row.parcels, "manifest": row.number, "carrier": row.carrier}
        yield _event(row.closed_at, "story.event.left", said)
