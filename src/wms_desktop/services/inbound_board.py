"""Reads what comes: trucks with what they bring and complete, open purchase orders, the docks of a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Customer,
    Delivery,
    DeliveryPart,
    Location,
    Notice,
    NoticeLine,
    NoticePackage,
    Order,
    OrderLine,
    Peg,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    Supplier,
)
from wms_desktop.errors import BadInput
from wms_desktop.services import settings, site_time
from wms_desktop.services.intake import in_pieces
from wms_desktop.views.inbound import (
    Announced,
    Calendar,
    DueLine,
    InboundBoard,
    NoticeRow,
    OpenPurchase,
    Package,
    Share,
    TruckLine,
    TruckRow,
    TruckView,
)

_OPEN = ("expected", "here")
_PLANNED = ("proposed", "firm")
_LIVING = ("announced", "here")
_CAME = ("arrived", "in_lane", "stored", "packed")
_DUE = PurchaseLine.ordered - PurchaseLine.received
_MISSED_DAYS = 7
_LAST = 300
_MINUTE = 60


def read_board(session: Session, now: datetime) -> InboundBoard:
    """The trucks that are here, expected, missed within a week, or done today; and what else is on order."""
    trucks = _list_trucks(session, now, _list_now(session, now))
    docks = session.execute(
        select(Location.id, Location.code)
        .where(Location.kind == "dock", Location.is_blocked == False)
        .order_by(Location.walk_seq, Location.id)
    )
    return InboundBoard(
        at=now,
        today=site_time.today(session, now),
        trucks=trucks,
        purchases=_list_purchases(session, now),
        docks=tuple((row.id, row.code) for row in docks),
    )


def _list_now(session: Session, now: datetime) -> set[int]:
    """Trucks that are here or expected, those missed within a week, and those done today.

    Each found through an index; what had no window is looked for among the last that came.
    """
    begins = site_time.day_end(session, now) - timedelta(days=1)
    since = now - timedelta(days=_MISSED_DAYS)
    over = select(Delivery.id).where(
        or_(
            and_(Delivery.state == "missed", or_(Delivery.closes_at.is_(None), Delivery.closes_at > since)),
            and_(Delivery.state == "done", Delivery.done_at >= begins),
        )
    )
    last = session.scalar(select(func.max(Delivery.id))) or 0
    found = set(session.scalars(select(Delivery.id).where(Delivery.state.in_(_OPEN))))
    found.update(session.scalars(over.where(Delivery.closes_at > since)))
    found.update(session.scalars(over.where(Delivery.id > last - _LAST)))
    return found


# ------------------------------------------------------------------------------------------------- trucks


@dataclass(slots=True)
class _Load:
    """What a truck brings: names in the order of its parts, units and lines."""

    suppliers: dict[str, None] = field(default_factory=dict)
    purchases: dict[int, str] = field(default_factory=dict)
    notices: dict[str, None] = field(default_factory=dict)
    units: int = 0
    received: int = 0
    lines: int = 0
    planned: int = 0


def _list_trucks(session: Session, now: datetime, ids: Iterable[int]) -> tuple[TruckRow, ...]:
    """Trucks with what they bring: those here, then those expected, missed and done, each by their windows."""
    loads: dict[int, _Load] = defaultdict(_Load)
    rows: list[Row[*tuple[Any, ...]]] = []
    for part in in_pieces(ids):
        rows += session.execute(
            select(Delivery, Location.code)
            .outerjoin(Location, Location.id == Delivery.dock_id)
            .where(Delivery.id.in_(part))
        ).all()
        _read_parts(session, loads, part)
        _read_units(session, loads, part)
    allowed = settings.get_int(session, "late_truck_minutes")
    made = [_truck(row.Delivery, row.code or "", loads[row.Delivery.id], (now, allowed)) for row in rows]
    order = ("here", "expected", "missed", "done", "cancelled")
    far = datetime.max.replace(tzinfo=now.tzinfo)
    return tuple(sorted(made, key=lambda one: (order.index(one.state), one.opens_at or far, one.delivery_id)))


def _read_parts(session: Session, loads: dict[int, _Load], ids: Sequence[int]) -> None:
    for row in session.execute(
        select(DeliveryPart.delivery_id, PurchaseOrder.id, PurchaseOrder.number, Supplier.name,
               Notice.number.label("notice"))
        .join(PurchaseOrder, PurchaseOrder.id == DeliveryPart.purchase_order_id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .outerjoin(Notice, Notice.id == DeliveryPart.notice_id)
        .where(DeliveryPart.delivery_id.in_(ids))
        .order_by(DeliveryPart.id)
    ):  # fmt: skip
        load = loads[row.delivery_id]
        load.suppliers[row.name] = None
        load.purchases[row.id] = row.number
        if row.notice:
            load.notices[row.notice] = None


def _read_units(session: Session, loads: dict[int, _Load], ids: Sequence[int]) -> None:
    """Units still to come as the notices say, else as is due; those received of the truck; those planned for orders."""
    still = case((NoticeLine.qty > NoticeLine.received, NoticeLine.qty - NoticeLine.received), else_=0)
    noticed = (
        select(DeliveryPart.delivery_id, func.sum(still).label("units"), func.count().label("lines"))
        .join(NoticeLine, NoticeLine.notice_id == DeliveryPart.notice_id)
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .where(DeliveryPart.delivery_id.in_(ids), Notice.state.in_(_LIVING))
    )
    bare = (
        select(DeliveryPart.delivery_id, func.sum(_DUE).label("units"), func.count().label("lines"))
        .join(PurchaseLine, PurchaseLine.purchase_order_id == DeliveryPart.purchase_order_id)
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .join(PurchaseOrder, PurchaseOrder.id == DeliveryPart.purchase_order_id)
        .where(DeliveryPart.delivery_id.in_(ids), DeliveryPart.notice_id.is_(None), _DUE > 0)
        .where(Delivery.state.in_((*_OPEN, "missed")), PurchaseOrder.state == "open")
    )
    for query in (noticed, bare):
        for row in session.execute(query.group_by(DeliveryPart.delivery_id)):
            loads[row.delivery_id].units += int(row.units)
            loads[row.delivery_id].lines += row.lines
    came = (
        select(Receipt.delivery_id, func.sum(ReceiptLine.qty).label("units"),
               func.count(ReceiptLine.purchase_line_id.distinct()).label("lines"))
        .join(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .where(Receipt.delivery_id.in_(ids), ReceiptLine.state == "received")
        .group_by(Receipt.delivery_id)
    )  # fmt: skip
    for row in session.execute(came):
        loads[row.delivery_id].received = int(row.units)
        loads[row.delivery_id].units += int(row.units)
        loads[row.delivery_id].lines = max(row.lines, loads[row.delivery_id].lines)
    planned = (
        select(Peg.delivery_id, func.sum(Peg.qty).label("units"))
        .where(Peg.delivery_id.in_(ids), Peg.state.in_(_PLANNED))
        .group_by(Peg.delivery_id)
    )
    for row in session.execute(planned):
        loads[row.delivery_id].planned = int(row.units)


def _truck(delivery: Delivery, dock: str, load: _Load, clock: tuple[datetime, int]) -> TruckRow:
    now, allowed = clock
    late = 0
    if delivery.closes_at is not None and delivery.state != "cancelled":
        came = delivery.checked_in_at or now
        late = max(0, int((came - delivery.closes_at).total_seconds()) // _MINUTE)
    return TruckRow(
        delivery_id=delivery.id,
        number=delivery.number,
        state=delivery.state,
        suppliers=tuple(load.suppliers),
        purchases=tuple(load.purchases.values()),
        notices=tuple(load.notices),
        purchase_ids=tuple(load.purchases),
        opens_at=delivery.opens_at,
        closes_at=delivery.closes_at,
        dock_id=delivery.dock_id,
        dock=dock,
        carrier=delivery.carrier,
        note=delivery.note,
        checked_in_at=delivery.checked_in_at,
        done_at=delivery.done_at,
        units=load.units,
        received=load.received,
        lines=load.lines,
        planned=load.planned,
        completes=delivery.completes,
        bound=delivery.bound,
        method=delivery.method,
        late_minutes=late,
        is_late=late > allowed,
    )


# ------------------------------------------------------------------------------------------ purchase orders


def _list_purchases(session: Session, now: datetime) -> tuple[OpenPurchase, ...]:
    today = site_time.today(session, now)
    units: dict[int, int] = defaultdict(int)
    lines: dict[int, int] = defaultdict(int)
    for row in session.execute(  # summed here: grouped, all lines that ever were would be read
        select(PurchaseLine.purchase_order_id, _DUE.label("due"))
        .where(PurchaseLine.received < PurchaseLine.ordered)
        .order_by(PurchaseLine.product_id)
    ):
        units[row.purchase_order_id] += row.due
        lines[row.purchase_order_id] += 1
    found: list[Row[*tuple[Any, ...]]] = []
    notices: dict[int, list[NoticeRow]] = {}
    for part in in_pieces(units):
        found += session.execute(
            select(PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.due, Supplier.name)
            .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
            .where(PurchaseOrder.id.in_(part), PurchaseOrder.state == "open")
        ).all()
        notices |= _list_notices(session, part)
    found.sort(key=lambda row: (row.due, row.number))
    trucks = _trucks_of(session)
    return tuple(
        OpenPurchase(
            purchase_id=row.id,
            number=row.number,
            supplier=row.name,
            due=row.due,
            lines=lines[row.id],
            units=units[row.id],
            notices=tuple(notices.get(row.id, ())),
            truck=", ".join(dict.fromkeys(trucks.get(row.id, ()))),
            is_overdue=row.due < today,
        )
        for row in found
    )


def _list_notices(session: Session, purchase_ids: Sequence[int]) -> Mapping[int, list[NoticeRow]]:
    """Notices of these purchase orders that are on their way, by purchase order."""
    still = case((NoticeLine.qty > NoticeLine.received, NoticeLine.qty - NoticeLine.received), else_=0)
    rows = session.execute(
        select(Notice.id, Notice.number, Notice.due, Notice.purchase_order_id, func.sum(still).label("units"))
        .join(NoticeLine, NoticeLine.notice_id == Notice.id)
        .where(Notice.purchase_order_id.in_(purchase_ids), Notice.state.in_(_LIVING))
        .group_by(Notice.id)
        .order_by(Notice.due, Notice.id)
    ).all()
    booked = {
        row.notice_id: row.number
        for row in session.execute(
            select(DeliveryPart.notice_id, Delivery.number)
            .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
            .where(Delivery.state.in_(_OPEN), DeliveryPart.notice_id.is_not(None))
        )
    }
    found: dict[int, list[NoticeRow]] = defaultdict(list)
    for row in rows:
        found[row.purchase_order_id].append(
            NoticeRow(notice_id=row.id, number=row.number, due=row.due, units=int(row.units),
                      truck=booked.get(row.id, ""))
        )  # fmt: skip
    return found


def _trucks_of(session: Session) -> Mapping[int, list[str]]:
    """The trucks that bring goods of each purchase order."""
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(
        select(DeliveryPart.purchase_order_id, Delivery.number)
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .where(Delivery.state.in_(_OPEN))
        .order_by(Delivery.opens_at, Delivery.id)
    ):
        found[row.purchase_order_id].append(row.number)
    return found


def list_due_lines(session: Session, purchase_id: int) -> tuple[DueLine, ...]:
    """What is still due of a purchase order, line by line; raises BadInput `inbound.no_purchase`."""
    if session.get(PurchaseOrder, purchase_id) is None:
        raise BadInput("inbound.no_purchase")
    still = case((NoticeLine.qty > NoticeLine.received, NoticeLine.qty - NoticeLine.received), else_=0)
    told = (
        select(NoticeLine.purchase_line_id, func.sum(still).label("units"))
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .where(Notice.purchase_order_id == purchase_id, Notice.state.in_(_LIVING))
        .group_by(NoticeLine.purchase_line_id)
        .subquery()
    )
    rows = session.execute(
        select(PurchaseLine.id, PurchaseLine.line_no, Product.sku, Product.name, _DUE.label("due"), told.c.units)
        .join(Product, Product.id == PurchaseLine.product_id)
        .outerjoin(told, told.c.purchase_line_id == PurchaseLine.id)
        .where(PurchaseLine.purchase_order_id == purchase_id, _DUE > 0)
        .order_by(PurchaseLine.line_no)
    )
    return tuple(
        DueLine(line_id=row.id, line_no=row.line_no, sku=row.sku, product=row.name, due=row.due,
                unannounced=max(0, row.due - int(row.units or 0)))
        for row in rows
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------- one truck


def open_truck(session: Session, now: datetime, delivery_id: int) -> TruckView:
    """One truck with its lines, whom they are for, and what was announced; raises BadInput `inbound.no_delivery`."""
    trucks = _list_trucks(session, now, [delivery_id])
    if not trucks:
        raise BadInput("inbound.no_delivery")
    parts = select(DeliveryPart.notice_id).where(DeliveryPart.delivery_id == delivery_id)
    return TruckView(
        truck=trucks[0],
        lines=_list_lines(session, delivery_id),
        announced=_list_announced(session, parts),
        packages=_list_packages(session, parts),
    )


def _list_lines(session: Session, delivery_id: int) -> tuple[TruckLine, ...]:
    """The purchase lines that the truck brings or brought: announced ones, all that is due without a notice."""
    announced = dict(
        session.execute(
            select(NoticeLine.purchase_line_id, func.sum(NoticeLine.qty))
            .join(DeliveryPart, DeliveryPart.notice_id == NoticeLine.notice_id)
            .where(DeliveryPart.delivery_id == delivery_id)
            .group_by(NoticeLine.purchase_line_id)
        ).all()
    )  # fmt: skip
    came = dict(
        session.execute(
            select(ReceiptLine.purchase_line_id, func.sum(ReceiptLine.qty))
            .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
            .where(Receipt.delivery_id == delivery_id, ReceiptLine.state == "received",
                   ReceiptLine.purchase_line_id.is_not(None))
            .group_by(ReceiptLine.purchase_line_id)
        ).all()
    )  # fmt: skip
    bare = select(DeliveryPart.purchase_order_id).where(
        DeliveryPart.delivery_id == delivery_id, DeliveryPart.notice_id.is_(None)
    )
    named = [*announced, *(line_id for line_id in came if line_id is not None)]
    rows = session.execute(
        select(PurchaseLine.id, PurchaseLine.line_no, _DUE.label("due"), PurchaseOrder.number, Product.sku,
               Product.name)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .join(Product, Product.id == PurchaseLine.product_id)
        .where(or_(PurchaseLine.id.in_(named), and_(PurchaseLine.purchase_order_id.in_(bare), _DUE > 0)))
        .order_by(PurchaseOrder.number, PurchaseLine.line_no)
    ).all()  # fmt: skip
    shares = _list_shares(session, delivery_id)
    lines = []
    for row in rows:
        received = int(came.get(row.id, 0))
        units = int(announced[row.id]) if row.id in announced else max(0, row.due) + received
        mine = tuple(shares.get(row.id, ()))
        given = sum(share.units for share in mine)
        lines.append(
            TruckLine(purchase=row.number, line_no=row.line_no, sku=row.sku, product=row.name, units=units,
                      received=received, rest=max(0, units - given), shares=mine)
        )  # fmt: skip
    return tuple(lines)


def _list_shares(session: Session, delivery_id: int) -> Mapping[int, list[Share]]:
    """Whom the truck's goods are for, by purchase line: what is planned, and what came of it for somebody."""
    lane = select(Location.id, Location.code).subquery()
    query = (
        select(Order.id, OrderLine.id.label("wanted_id"), Order.number, Customer.name, Peg.state, lane.c.code,
               func.sum(Peg.qty).label("units"))
        .select_from(Peg)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(lane, lane.c.id == Peg.lane_id)
        .group_by(Order.id, OrderLine.id, Customer.id, Peg.state, lane.c.code)
        .order_by(Order.leave_by, Order.id, OrderLine.id)
    )  # fmt: skip
    planned = (
        query.add_columns(Peg.purchase_line_id.label("line_id"))
        .where(Peg.delivery_id == delivery_id, Peg.state.in_(_PLANNED))
        .group_by(Peg.purchase_line_id)
    )
    came = (
        query.add_columns(ReceiptLine.purchase_line_id.label("line_id"))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Receipt.delivery_id == delivery_id, Peg.state.in_(_CAME))
        .group_by(ReceiptLine.purchase_line_id)
    )
    found: dict[int, list[Share]] = defaultdict(list)
    for row in (*session.execute(came), *session.execute(planned)):
        found[row.line_id].append(
            Share(order_id=row.id, line_id=row.wanted_id, order=row.number, customer=row.name, units=int(row.units),
                  lane=row.code or "", state=row.state)
        )  # fmt: skip
    return found


def _list_announced(session: Session, notices: Any) -> tuple[Announced, ...]:
    rows = session.execute(
        select(NoticeLine, Notice.number, Product.sku, NoticePackage.code)
        .join(Notice, Notice.id == NoticeLine.notice_id)
        .join(Product, Product.id == NoticeLine.product_id)
        .outerjoin(NoticePackage, NoticePackage.id == NoticeLine.package_id)
        .where(NoticeLine.notice_id.in_(notices))
        .order_by(Notice.id, NoticeLine.line_no)
    )
    return tuple(
        Announced(
            notice=row.number,
            line_no=row.NoticeLine.line_no,
            sku=row.sku,
            lot=row.NoticeLine.lot,
            expiry=row.NoticeLine.expiry,
            package=row.code or "",
            units=row.NoticeLine.qty,
            received=row.NoticeLine.received,
        )
        for row in rows
    )


def _list_packages(session: Session, notices: Any) -> tuple[Package, ...]:
    rows = session.execute(
        select(NoticePackage.id, NoticePackage.code, NoticePackage.kind, NoticePackage.state, NoticePackage.parent_id,
               func.sum(NoticeLine.qty).label("units"))
        .outerjoin(NoticeLine, NoticeLine.package_id == NoticePackage.id)
        .where(NoticePackage.notice_id.in_(notices))
        .group_by(NoticePackage.id)
        .order_by(NoticePackage.id)
    ).all()  # fmt: skip
    codes = {row.id: row.code for row in rows}
    return tuple(
        Package(code=row.code, kind=row.kind, parent=codes.get(row.parent_id, ""), state=row.state,
                units=_units_on(row.id, rows))
        for row in rows
    )  # fmt: skip


def _units_on(package_id: int, rows: Iterable[Row[*tuple[Any, ...]]]) -> int:
    """Units in a package, with those in the cartons that stand on it."""
    return sum(int(row.units or 0) for row in rows if package_id in (row.id, row.parent_id))


# ------------------------------------------------------------------------------------------------- docks


def read_calendar(session: Session, now: datetime, day: date) -> Calendar:
    """The docks' appointments on a site-local day, and the open trucks that have no window or no dock."""
    zone = site_time.zone_of(session)
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    ends = begins + timedelta(days=1)
    docks = session.scalars(
        select(Location.code).where(Location.kind == "dock").order_by(Location.walk_seq, Location.id)
    )
    placed = select(Delivery.id).where(
        Delivery.closes_at > begins, Delivery.opens_at < ends, Delivery.dock_id.is_not(None),
        Delivery.state != "cancelled",
    )  # fmt: skip
    lost = select(Delivery.id).where(
        Delivery.state.in_(_OPEN), or_(Delivery.dock_id.is_(None), Delivery.opens_at.is_(None))
    )
    return Calendar(
        day=day,
        begins=begins,
        ends=ends,
        docks=tuple(docks),
        trucks=_list_trucks(session, now, session.scalars(placed)),
        unplaced=_list_trucks(session, now, session.scalars(lost)),
    )
