"""One truck opened: its lines, whom they are for, and what was announced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    Customer,
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
)
from wms_desktop.errors import BadInput
from wms_desktop.services import short_pegs
from wms_desktop.services.inbound_board.trucks import CAME, DUE, PLANNED, list_trucks
from wms_desktop.views.inbound import (
    Announced,
    Package,
    Share,
    TruckLine,
    TruckView,
)


def open_truck(session: Session, now: datetime, delivery_id: int) -> TruckView:
    """One truck with its lines, whom they are for, and what was announced; raises BadInput `inbound.no_delivery`."""
    trucks = list_trucks(session, now, [delivery_id])
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
        select(PurchaseLine.id, PurchaseLine.line_no, DUE.label("due"), PurchaseOrder.number, Product.sku,
               Product.name)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
        .join(Product, Product.id == PurchaseLine.product_id)
        .where(or_(PurchaseLine.id.in_(named), and_(PurchaseLine.purchase_order_id.in_(bare), DUE > 0)))
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
        select(Order.id, OrderLine.id.label("wanted_id"), Order.number, Customer.name, Peg.state, Peg.reason,
               lane.c.code, func.sum(Peg.qty).label("units"))
        .select_from(Peg)
        .join(OrderLine, OrderLine.id == Peg.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(lane, lane.c.id == Peg.lane_id)
        .group_by(Order.id, OrderLine.id, Customer.id, Peg.state, Peg.reason, lane.c.code)
        .order_by(Order.leave_by, Order.id, OrderLine.id)
    )  # fmt: skip
    planned = (
        query.add_columns(Peg.purchase_line_id.label("line_id"))
        .where(Peg.delivery_id == delivery_id, Peg.state.in_(PLANNED))
        .group_by(Peg.purchase_line_id)
    )
    came = (
        query.add_columns(ReceiptLine.purchase_line_id.label("line_id"))
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Receipt.delivery_id == delivery_id, Peg.state.in_(CAME))
        .group_by(ReceiptLine.purchase_line_id)
    )
    found: dict[int, list[Share]] = defaultdict(list)
    for row in (*session.execute(came), *session.execute(planned)):
        found[row.line_id].append(
            Share(order_id=row.id, line_id=row.wanted_id, order=row.number, customer=row.name, units=int(row.units),
                  lane=row.code or "", state=_state_of(row))
        )  # fmt: skip
    return found


def _state_of(row: Any) -> str:
    return "fetched" if row.state == "stored" and row.reason == short_pegs.REASON else str(row.state)


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
