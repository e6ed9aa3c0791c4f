"""A truck is here: it is checked in, its plan becomes firm; it is done when everything of it was received."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, case, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery, DeliveryPart, Location, Notice, NoticeLine, PurchaseOrder, Receipt, Station
from wms_desktop.errors import Refusal
from wms_desktop.services import news, planning, settings, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inbound.finding import list_products

OPEN = ("expected", "here", "missed")
"""States of a delivery that may still bring something."""
_RECEIPT = select(Receipt.id).where(
    Receipt.delivery_id == Delivery.id, Receipt.purchase_order_id == DeliveryPart.purchase_order_id
)
IS_RECEIVED = _RECEIPT.where(Receipt.state == "closed").exists() & ~_RECEIPT.where(Receipt.state == "open").exists()
"""Whether a part of a delivery was received: nothing more of its purchase order comes out of that truck."""
_IS_BOOKED = (
    select(DeliveryPart.id)
    .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
    .where(DeliveryPart.notice_id == Notice.id, Delivery.state.in_(OPEN))
    .exists()
)
_FIRST = case({"here": 0, "expected": 1}, value=Delivery.state, else_=2)


def check_in(session: Session, context: Context, *, delivery_id: int | None = None,
             purchase_order_id: int | None = None, notice_id: int | None = None) -> Delivery:  # fmt: skip
    """Says that a truck is here, by its delivery, a purchase order or a notice it brings; gives the delivery.

    What nobody booked gets a delivery of its own, with the notices that are on their way for the order. The notices
    are here, the dock is this station's, and the plan becomes firm at once; to check in again changes nothing. A truck
    that was given up as missed may come after all (`is_late` says so). Refuses `inbound.no_delivery`,
    `inbound.delivery_over` (done or cancelled), `po_closed`, `inbound.no_notice`, `inbound.notice_over`,
    `station_has_no_dock`.
    """
    if delivery_id is not None:
        delivery = get_delivery(session, delivery_id)
    elif notice_id is not None:
        delivery = _for_notice(session, notice_id)
    else:
        delivery = _for_purchase(session, context, purchase_order_id or 0)
    if delivery.state == "here":
        return delivery
    if delivery.state not in OPEN:
        raise Refusal("inbound.delivery_over", delivery=delivery.number, state=delivery.state)
    delivery.dock_id = _dock(session, context, delivery)
    delivery.state, delivery.checked_in_at = "here", context.at
    parts = list_parts(session, delivery.id)
    for notice in _notices(session, parts):
        if notice.state == "announced":
            notice.state = "here"
    session.flush()
    note_days(session, parts)
    planning.firm(session, context, delivery.id)
    return delivery


def is_late(delivery: Delivery) -> bool:
    """Whether a truck came after its window had ended."""
    came, closes = delivery.checked_in_at, delivery.closes_at
    return came is not None and closes is not None and came > closes


def finish(session: Session, context: Context, receipt: Receipt) -> None:
    """After a receipt was closed: its notice is over, and its delivery is done once nothing of it is left to receive.

    A delivery is done when none of its receipts is open and each of its purchase orders had one.
    """
    if receipt.delivery_id is None or receipt.state != "closed":
        return
    delivery = get_delivery(session, receipt.delivery_id)
    if delivery.state != "here":
        return
    parts = list_parts(session, delivery.id)
    mine = [part for part in parts if part.purchase_order_id == receipt.purchase_order_id]
    if not _is_open(session, delivery.id, [part.purchase_order_id for part in mine]):
        _close_notices(session, mine)
        _close_announced(session, receipt.purchase_order_id)
    closed = set(session.scalars(
        select(Receipt.purchase_order_id).where(Receipt.delivery_id == delivery.id, Receipt.state == "closed")
    ))  # fmt: skip
    if {part.purchase_order_id for part in parts} <= closed and not _is_open(session, delivery.id):
        _end(session, context, delivery)
    session.flush()
    _finish_others(session, context, receipt)
    note_days(session, parts)


def finish_delivery(session: Session, context: Context, delivery_id: int) -> Delivery:
    """Says that a truck is empty: what it did not bring is due again on its order's day.

    Refuses `inbound.no_delivery`, `inbound.not_here`, `inbound.receipts_open`.
    """
    delivery = get_delivery(session, delivery_id)
    if delivery.state != "here":
        raise Refusal("inbound.not_here", delivery=delivery.number)
    open_ = session.scalar(
        select(Receipt.number).where(Receipt.delivery_id == delivery_id, Receipt.state == "open").limit(1)
    )
    if open_ is not None:
        raise Refusal("inbound.receipts_open", delivery=delivery.number, receipt=open_)
    parts = list_parts(session, delivery_id)
    _close_notices(session, parts)
    _end(session, context, delivery)
    note_days(session, parts)
    return delivery


def get_delivery(session: Session, delivery_id: int) -> Delivery:
    """The delivery as it stands, locked until the commit; refuses `inbound.no_delivery`."""
    found = session.get(Delivery, delivery_id, populate_existing=True, with_for_update=True)
    if found is None:
        raise Refusal("inbound.no_delivery")
    return found


def list_parts(session: Session, delivery_id: int) -> Sequence[DeliveryPart]:
    """What a delivery brings."""
    query = select(DeliveryPart).where(DeliveryPart.delivery_id == delivery_id).order_by(DeliveryPart.id)
    return session.scalars(query).all()


def note_days(session: Session, parts: Collection[DeliveryPart]) -> None:
    """The days of everything that waits for these goods are computed anew at the end of the command."""
    news.note_moved(session, list_products(session, [part.purchase_order_id for part in parts]))


def new_delivery(session: Session, parts: Sequence[tuple[int, int | None]]) -> Delivery:
    """A delivery with the next number, that brings (purchase order, its notice or None)."""
    delivery = Delivery(number=f"T{settings.next_number(session, 'delivery'):06d}")
    session.add(delivery)
    session.flush()
    session.add_all(
        DeliveryPart(delivery_id=delivery.id, purchase_order_id=order_id, notice_id=notice_id)
        for order_id, notice_id in parts
    )
    session.flush()
    return delivery


def get_purchase(session: Session, purchase_order_id: int) -> PurchaseOrder:
    """An open purchase order, locked until the commit; refuses `inbound.no_purchase`, `po_closed`."""
    purchase = session.get(PurchaseOrder, purchase_order_id, populate_existing=True, with_for_update=True)
    if purchase is None:
        raise Refusal("inbound.no_purchase")
    if purchase.state != "open":
        raise Refusal("po_closed", number=purchase.number, state=purchase.state)
    return purchase


def get_notice(session: Session, notice_id: int) -> Notice:
    """A notice that is not over, locked until the commit; refuses `inbound.no_notice`, `inbound.notice_over`."""
    notice = session.get(Notice, notice_id, populate_existing=True, with_for_update=True)
    if notice is None:
        raise Refusal("inbound.no_notice")
    if notice.state not in ("announced", "here"):
        raise Refusal("inbound.notice_over", notice=notice.number, state=notice.state)
    return notice


def _for_notice(session: Session, notice_id: int) -> Delivery:
    """The delivery that brings a notice, or a new one with all notices of that shipment."""
    notice = get_notice(session, notice_id)
    get_purchase(session, notice.purchase_order_id)
    booked = _booked(session, DeliveryPart.notice_id == notice_id)
    if booked is not None:
        return booked
    its_order = DeliveryPart.purchase_order_id == notice.purchase_order_id
    whole = _booked(session, and_(its_order, DeliveryPart.notice_id.is_(None)))
    if whole is not None:
        for part in list_parts(session, whole.id):
            if part.purchase_order_id == notice.purchase_order_id and part.notice_id is None:
                part.notice_id = notice_id
        return whole
    alike = session.scalars(
        select(Notice)
        .join(PurchaseOrder, PurchaseOrder.id == Notice.purchase_order_id)
        .where(Notice.number == notice.number, Notice.supplier_id == notice.supplier_id, Notice.state == "announced",
               PurchaseOrder.state == "open", ~_IS_BOOKED)
        .order_by(Notice.id)
    ).all()  # fmt: skip
    return new_delivery(session, [(one.purchase_order_id, one.id) for one in alike] or
                        [(notice.purchase_order_id, notice.id)])  # fmt: skip


def _for_purchase(session: Session, context: Context, purchase_order_id: int) -> Delivery:
    """The delivery that brings a purchase order, or a new one with the notices that are on their way."""
    get_purchase(session, purchase_order_id)
    booked = find_booked(session, purchase_order_id)
    if booked is not None:
        return booked
    announced = session.scalars(
        select(Notice)
        .where(Notice.purchase_order_id == purchase_order_id, Notice.state == "announced")
        .order_by(Notice.due, Notice.id)
    ).all()
    today = site_time.today(session, context.at)
    come = [notice for notice in announced if notice.due <= today] or announced[:1]
    return new_delivery(session, [(purchase_order_id, notice.id) for notice in come] or [(purchase_order_id, None)])


def find_booked(session: Session, purchase_order_id: int) -> Delivery | None:
    """The truck that brings a purchase order: the one that is here, else the next expected, else a missed one."""
    return _booked(session, DeliveryPart.purchase_order_id == purchase_order_id)


def _booked(session: Session, which: ColumnElement[bool]) -> Delivery | None:
    """The delivery with such a part, not received yet, that is here, else expected next, else missed; locked."""
    found = session.scalar(
        select(Delivery.id)
        .join(DeliveryPart, DeliveryPart.delivery_id == Delivery.id)
        .where(Delivery.state.in_(OPEN), ~IS_RECEIVED, which)
        .order_by(_FIRST, Delivery.opens_at, Delivery.id)
        .limit(1)
    )
    return get_delivery(session, found) if found is not None else None


def _dock(session: Session, context: Context, delivery: Delivery) -> int:
    """This station's dock; at a desk or a bench the booked one, else the first."""
    station = session.get_one(Station, context.station_id)
    if station.location_id is not None and session.get_one(Location, station.location_id).kind == "dock":
        return station.location_id
    if delivery.dock_id is not None:
        return delivery.dock_id
    first = session.scalar(select(Location.id).where(Location.kind == "dock").order_by(Location.id).limit(1))
    if first is None:
        raise Refusal("station_has_no_dock", station=station.code)
    return first


def _notices(session: Session, parts: Sequence[DeliveryPart]) -> Sequence[Notice]:
    ids = [part.notice_id for part in parts if part.notice_id is not None]
    return session.scalars(select(Notice).where(Notice.id.in_(ids))).all() if ids else []


def _close_notices(session: Session, parts: Sequence[DeliveryPart]) -> None:
    for notice in _notices(session, parts):
        if notice.state in ("announced", "here"):
            notice.state = "closed"


def _close_announced(session: Session, purchase_order_id: int | None) -> None:
    """What was announced of an order that is complete, and that no truck is booked for, comes no more."""
    left = select(Notice).join(PurchaseOrder, PurchaseOrder.id == Notice.purchase_order_id).where(
        PurchaseOrder.id == purchase_order_id, PurchaseOrder.state == "closed", Notice.state == "announced",
        ~_IS_BOOKED)  # fmt: skip
    for notice in session.scalars(left):
        notice.state = "closed"


def _finish_others(session: Session, context: Context, receipt: Receipt) -> None:
    """Other trucks here that brought goods for the same receipt are done too, once all that they announced came."""
    others = session.scalars(
        select(Delivery.id)
        .join(DeliveryPart, DeliveryPart.delivery_id == Delivery.id)
        .where(DeliveryPart.purchase_order_id == receipt.purchase_order_id, Delivery.state == "here",
               Delivery.id != receipt.delivery_id)
        .distinct()
        .order_by(Delivery.id)
    ).all()  # fmt: skip
    for delivery_id in others:
        delivery, parts = get_delivery(session, delivery_id), list_parts(session, delivery_id)
        if delivery.state != "here" or _is_open(session, delivery_id):
            continue
        came = [part for part in parts if part.purchase_order_id == receipt.purchase_order_id and _came(session, part)]
        _close_notices(session, came)
        session.flush()
        if all(_came(session, part) for part in parts):
            _end(session, context, delivery)
            note_days(session, parts)


def _came(session: Session, part: DeliveryPart) -> bool:
    """Whether nothing more is awaited of a part: its order is over, or its notice is, or all of that came."""
    if session.get_one(PurchaseOrder, part.purchase_order_id).state != "open":
        return True
    if part.notice_id is None:
        return False
    if session.get_one(Notice, part.notice_id).state not in ("announced", "here"):
        return True
    left = select(NoticeLine.id).where(NoticeLine.notice_id == part.notice_id, NoticeLine.received < NoticeLine.qty)
    return session.scalar(left.limit(1)) is None


def _is_open(session: Session, delivery_id: int, purchase_order_ids: Collection[int] | None = None) -> bool:
    """Whether a receipt of the delivery (for one of these purchase orders) is open."""
    query = select(Receipt.id).where(Receipt.delivery_id == delivery_id, Receipt.state == "open")
    if purchase_order_ids is not None:
        query = query.where(Receipt.purchase_order_id.in_(purchase_order_ids))
    return session.scalar(query.limit(1)) is not None


def _end(session: Session, context: Context, delivery: Delivery) -> None:
    """The truck is done: what was planned and did not come is let go."""
    delivery.state, delivery.done_at = "done", context.at
    session.flush()
    planning.drop(session, delivery.id, "did_not_come")
