"""The rows behind the figures of the dock: what adds up to each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import is_among
from wms_desktop.db.tables import (
    Customer,
    Delivery,
    DeliveryPart,
    Location,
    Movement,
    Operator,
    Order,
    OrderLine,
    Peg,
    Product,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Supplier,
)
from wms_desktop.errors import BadInput
from wms_desktop.services import site_time
from wms_desktop.services.dock_figures.passages import Passage, list_crossed, list_through_bins
from wms_desktop.services.dock_figures.window import (
    CROSSED,
    DAYS,
    DECLINED,
    SOURCE,
    TARGET,
    WALKED,
    AnyRow,
    Window,
    look_back,
    of_walks,
)
from wms_desktop.views.dock import CameLine, DockRows, DockTruck, PassageRow, ServedOrder, TieRow, WalkRow

MOST = 20_000
"""So many rows are shown; of more, the latest."""


def list_rows(session: Session, now: datetime, what: str, key: str = "", days: int = DAYS) -> DockRows:
    """What adds up to a figure of the last ``days`` site-local days, the latest first; see `views.dock.DockRows`.

    Raises BadInput `dock.no_days` unless ``days`` is 1 to 366, `dock.no_figure` where ``what`` or its ``key`` names no
    figure.
    """
    if what not in _LISTS:
        raise BadInput("dock.no_figure")
    rows = _LISTS[what](session, look_back(session, now, days), key)
    return DockRows(what=what, key=key, rows=tuple(rows[:MOST]), is_cut=len(rows) > MOST)


def _list_ties(session: Session, window: Window, key: str) -> list[TieRow]:
    """Units that reached a lane; ``key``: of one kind."""
    return _tie_rows(session, (*window.crossed(), Peg.kind == key) if key else window.crossed())


def _list_declined(session: Session, window: Window, key: str) -> list[TieRow]:
    """Units that were sent to storage at the dock; ``key``: for one reason."""
    return _tie_rows(session, (*window.declined(), Peg.why == f"{DECLINED}{key}") if key else window.declined())


def _tie_rows(session: Session, wanted: Iterable[ColumnElement[bool]]) -> list[TieRow]:
    lane = select(Location.id, Location.code).subquery()
    rows = session.execute(
        select(ReceiptLine.at, Product.sku, Product.name.label("product"), Peg.qty, Peg.kind, Peg.state, Peg.why,
               Order.id.label("order_id"), Order.number.label("order"), Customer.name.label("customer"),
               lane.c.code.label("lane"), Receipt.number.label("receipt"), Delivery.number.label("truck"))
        .select_from(Peg)
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .join(Product, Product.id == ReceiptLine.product_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(Delivery, Delivery.id == Receipt.delivery_id)
        .outerjoin(lane, lane.c.id == Peg.lane_id)
        .where(*wanted)
        .order_by(ReceiptLine.at.desc(), Peg.id.desc())
        .limit(MOST + 1)
    )  # fmt: skip
    return [
        TieRow(at=row.at, sku=row.sku, product=row.product, units=row.qty, kind=row.kind, state=row.state,
               why=row.why.removeprefix(DECLINED), order_id=row.order_id, order=row.order, customer=row.customer,
               lane=row.lane or "", receipt=row.receipt, truck=row.truck or "")
        for row in rows
    ]  # fmt: skip


def _list_orders(session: Session, window: Window, key: str) -> list[ServedOrder]:
    """The orders that units reached a lane for."""
    last = func.max(ReceiptLine.at)
    rows = session.execute(
        select(Order.id, Order.number, Customer.name, func.count(OrderLine.id.distinct()).label("lines"),
               func.sum(Peg.qty).label("units"), func.min(ReceiptLine.at).label("first"), last.label("last"))
        .select_from(Peg)
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(*window.crossed())
        .group_by(Order.id, Order.number, Customer.name)
        .order_by(last.desc(), Order.id.desc())
        .limit(MOST + 1)
    )  # fmt: skip
    return [
        ServedOrder(order_id=row.id, order=row.number, customer=row.name, lines=row.lines, units=int(row.units),
                    first=row.first, last=row.last)
        for row in rows
    ]  # fmt: skip


def _list_lane_passages(session: Session, window: Window, key: str) -> list[PassageRow]:
    """What left through lanes, and how long it took."""
    return _passage_rows(session, list_crossed(session, window))


def _list_passages(session: Session, window: Window, key: str) -> list[PassageRow]:
    """What left, through lanes and through bins."""
    crossed = list_crossed(session, window)
    return _passage_rows(session, [*crossed, *list_through_bins(session, window, crossed)])


def _passage_rows(session: Session, passages: Sequence[Passage]) -> list[PassageRow]:
    among = session.connection()
    products = {
        row.id: row
        for row in session.execute(
            select(Product.id, Product.sku, Product.name).where(
                is_among(among, Product.id, sorted({one.product_id for one in passages}))
            )
        )
    }
    lines = sorted({one.order_line_id for one in passages if one.order_line_id is not None})
    orders = {
        row.line_id: row
        for row in session.execute(
            select(OrderLine.id.label("line_id"), Order.id, Order.number)
            .join(Order, Order.id == OrderLine.order_id)
            .where(is_among(among, OrderLine.id, lines))
        )
    }
    made = [_passage_row(one, products[one.product_id], orders.get(one.order_line_id or 0)) for one in passages]
    return sorted(made, key=lambda one: (one.left, one.came), reverse=True)


def _passage_row(one: Passage, product: AnyRow, order: AnyRow | None) -> PassageRow:
    return PassageRow(
        through="lane" if order is not None else "bin", sku=product.sku, product=product.name, units=one.units,
        came=one.came, left=one.left, minutes=one.minutes, order_id=order.id if order is not None else 0,
        order=order.number if order is not None else "",
    )  # fmt: skip


def _list_walks(session: Session, window: Window, key: str) -> list[WalkRow]:
    """What was walked back from lanes; what went back to its lane off a cart counts against it."""
    query = select(Movement.at, Product.sku, Product.name.label("product"), WALKED.label("units"),
                   SOURCE.code.label("source"), TARGET.code.label("target"), Operator.name.label("who"))  # fmt: skip
    rows = session.execute(
        of_walks(query, window)
        .join(Product, Product.id == Movement.product_id)
        .join(Operator, Operator.id == Movement.operator_id)
        .order_by(Movement.id.desc())
        .limit(MOST + 1)
    )
    return [
        WalkRow(at=row.at, sku=row.sku, product=row.product, units=row.units, source=row.source, target=row.target,
                who=row.who)
        for row in rows
    ]  # fmt: skip


def _list_trucks(session: Session, window: Window, key: str) -> list[DockTruck]:
    """The trucks whose hours at the dock ended on these days."""
    rows = session.execute(
        select(Delivery).where(*window.due()).order_by(Delivery.closes_at.desc(), Delivery.id.desc()).limit(MOST + 1)
    )
    found = list(rows.scalars())
    suppliers = _suppliers_of(session, [one.id for one in found])
    return [_truck(one, suppliers.get(one.id, ())) for one in found]


def _truck(delivery: Delivery, suppliers: Iterable[str]) -> DockTruck:
    came, closed = delivery.checked_in_at, delivery.closes_at
    late = max(0, int((came - closed).total_seconds()) // 60) if came and closed else None
    verdict = "missed" if came is None else "late" if closed is not None and came > closed else "on_time"
    return DockTruck(
        delivery_id=delivery.id, number=delivery.number, suppliers=tuple(suppliers), opens_at=delivery.opens_at,
        closes_at=closed, came=came, late_minutes=late, verdict=verdict,
    )  # fmt: skip


def _suppliers_of(session: Session, ids: Sequence[int]) -> Mapping[int, dict[str, None]]:
    found: dict[int, dict[str, None]] = {}
    for row in session.execute(
        select(DeliveryPart.delivery_id, Supplier.name)
        .join(PurchaseOrder, PurchaseOrder.id == DeliveryPart.purchase_order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(is_among(session.connection(), DeliveryPart.delivery_id, ids))
        .order_by(DeliveryPart.id)
    ):
        found.setdefault(row.delivery_id, {})[row.name] = None
    return found


def _list_came(session: Session, window: Window, key: str) -> list[CameLine]:
    """What came in, and how much of it went to lanes; ``key``: on one day."""
    crossed = (
        select(Peg.receipt_line_id.label("line_id"), func.sum(Peg.qty).label("units"))
        .where(Peg.receipt_line_id >= window.first_line, Peg.state.in_(CROSSED))
        .group_by(Peg.receipt_line_id)
        .subquery()
    )
    good = and_(ReceiptLine.condition == "good", ReceiptLine.state == "received")
    units = case((good, ReceiptLine.qty), else_=0)
    rows = session.execute(
        select(ReceiptLine.at, Product.sku, Product.name.label("product"), units.label("units"), crossed.c.units,
               Receipt.number.label("receipt"), Delivery.number.label("truck"), Operator.name.label("who"))
        .select_from(ReceiptLine)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .join(Product, Product.id == ReceiptLine.product_id)
        .join(Operator, Operator.id == ReceiptLine.operator_id)
        .outerjoin(Delivery, Delivery.id == Receipt.delivery_id)
        .outerjoin(crossed, crossed.c.line_id == ReceiptLine.id)
        .where(*window.received(), *_on_day(session, key), or_(good, crossed.c.line_id.is_not(None)))
        .order_by(ReceiptLine.at.desc(), ReceiptLine.id.desc())
        .limit(MOST + 1)
    )  # fmt: skip
    return [
        CameLine(at=row[0], sku=row.sku, product=row.product, units=row[3], crossed=int(row[4] or 0),
                 receipt=row.receipt, truck=row.truck or "", who=row.who)
        for row in rows
    ]  # fmt: skip


def _on_day(session: Session, key: str) -> tuple[ColumnElement[bool], ...]:
    if not key:
        return ()
    try:
        day = date.fromisoformat(key)
    except ValueError as wrong:
        raise BadInput("dock.no_figure") from wrong
    zone = site_time.zone_of(session)
    begins, ends = (datetime.combine(one, time(), tzinfo=zone) for one in (day, day + timedelta(days=1)))
    return ReceiptLine.at >= begins, ReceiptLine.at < ends


_LISTS: Mapping[str, Callable[[Session, Window, str], Sequence[object]]] = {
    "crossed": _list_ties,
    "declined": _list_declined,
    "orders": _list_orders,
    "minutes": _list_lane_passages,
    "saved": _list_passages,
    "walked": _list_walks,
    "trucks": _list_trucks,
    "received": _list_came,
}
