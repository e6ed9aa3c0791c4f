"""Dock appointments: a truck is booked for a window at a dock, moved, given up as missed, or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery, DeliveryPart, Location, Notice, PurchaseOrder, Receipt
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.services import planning, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inbound.arriving import (
    IS_RECEIVED,
    get_delivery,
    get_notice,
    get_purchase,
    list_parts,
    new_delivery,
    note_days,
)
from wms_desktop.services.intake import Entry

_STANDING = ("expected", "here")
_LONGEST = timedelta(hours=24)
_MOST_NOTE = 200
Part = tuple[int, int | None]
"""A purchase order, and its notice where the truck brings that alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """When a truck is awaited at which dock; nothing said: some time on its goods' day, at any."""

    dock_id: int | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None


def book(session: Session, context: Context, parts: Sequence[Part], window: Window, carrier: str = "") -> Delivery:
    """Books a truck that brings these purchase orders or notices; the plan for its goods is made at once.

    Refuses `inbound.nothing_booked`, `inbound.no_purchase`, `po_closed`, `inbound.no_notice`, `inbound.notice_over`,
    `inbound.other_order`, `inbound.booked_twice`, `inbound.booked_already` (the goods come with another truck), and
    what is wrong with the window as `move` does.
    """
    if not parts:
        raise Refusal("inbound.nothing_booked")
    if len(set(parts)) < len(parts):
        raise Refusal("inbound.booked_twice")
    Entry("deliveries", 1).maybe_text("carrier", carrier)
    for part in parts:
        _refuse_part(session, part)
    _refuse_window(session, context, window)
    delivery = new_delivery(session, parts)
    delivery.carrier = carrier.strip()
    _set(session, delivery, window)
    _tell(session, context, delivery)
    return delivery


def move(session: Session, context: Context, delivery_id: int, window: Window) -> Delivery:
    """Gives a truck another window or dock; one that was missed is expected again. Plan and days follow at once.

    Refuses `inbound.no_delivery`, `inbound.is_here`, `inbound.delivery_over`, `inbound.half_window`,
    `inbound.window_backwards`, `inbound.window_long`, `inbound.window_past`, `inbound.no_dock`, `inbound.dock_taken`.
    """
    delivery = get_delivery(session, delivery_id)
    _refuse_over(delivery)
    if delivery.state == "here":
        raise Refusal("inbound.is_here", delivery=delivery.number)
    if delivery.state == "missed":
        for part in list_parts(session, delivery.id):
            _refuse_part(session, (part.purchase_order_id, part.notice_id))
    _refuse_window(session, context, window, but=delivery.id)
    delivery.state = "expected"
    _set(session, delivery, window)
    _tell(session, context, delivery)
    return delivery


def cancel(session: Session, context: Context, delivery_id: int, reason: str) -> Delivery:
    """Takes a booking back: its goods are due on their order's or notice's own day again.

    A truck that was checked in by mistake too, as long as nothing of it was received. Refuses `inbound.no_delivery`,
    `inbound.delivery_over`, `inbound.has_receipts`, `inbound.why_cancelled`.
    """
    delivery = get_delivery(session, delivery_id)
    _refuse_over(delivery)
    if not reason.strip():
        raise Refusal("inbound.why_cancelled", delivery=delivery.number)
    Entry("deliveries", 1).maybe_text("reason", reason, most=_MOST_NOTE)
    receipt = session.scalar(select(Receipt.number).where(Receipt.delivery_id == delivery_id).limit(1))
    if receipt is not None:
        raise Refusal("inbound.has_receipts", delivery=delivery.number, receipt=receipt)
    delivery.note = reason.strip()
    _give_up(session, context, delivery, "cancelled")
    return delivery


def miss(session: Session, context: Context, delivery_id: int) -> Delivery:
    """Says that a truck did not come: what waits for its goods gets another day, and the plan for it is let go.

    Checking it in later is still possible. Refuses `inbound.no_delivery`, `inbound.delivery_over`, `inbound.is_here`,
    `inbound.missed_already`, `inbound.not_late` (its window has not begun).
    """
    delivery = get_delivery(session, delivery_id)
    _refuse_over(delivery)
    if delivery.state != "expected":
        code = "inbound.is_here" if delivery.state == "here" else "inbound.missed_already"
        raise Refusal(code, delivery=delivery.number)
    if delivery.opens_at is not None and delivery.opens_at > context.at:
        opens = site_time.clock_time(session, delivery.opens_at)
        raise Refusal("inbound.not_late", delivery=delivery.number, opens=opens)
    _give_up(session, context, delivery, "missed")
    return delivery


def miss_overdue(session: Session, context: Context) -> list[str]:
    """Gives up the trucks whose window ended on a day that is over; gives their numbers."""
    begins = site_time.day_end(session, context.at) - timedelta(days=1)
    late = session.scalars(
        select(Delivery.id)
        .where(Delivery.state == "expected", Delivery.closes_at.is_not(None), Delivery.closes_at < begins)
        .order_by(Delivery.id)
    ).all()
    return [miss(session, context, delivery_id).number for delivery_id in late]


def _give_up(session: Session, context: Context, delivery: Delivery, state: str) -> None:
    parts = list_parts(session, delivery.id)
    planning.drop(session, delivery.id, state)
    if delivery.state == "here":
        delivery.checked_in_at = None
        ids = [part.notice_id for part in parts if part.notice_id is not None]
        for notice in session.scalars(select(Notice).where(Notice.id.in_(ids), Notice.state == "here")):
            notice.state = "announced"
    delivery.state = state
    session.flush()
    note_days(session, parts)


def _tell(session: Session, context: Context, delivery: Delivery) -> None:
    note_days(session, list_parts(session, delivery.id))
    planning.plan(session, context, delivery.id)


def _set(session: Session, delivery: Delivery, window: Window) -> None:
    delivery.dock_id, delivery.opens_at, delivery.closes_at = window.dock_id, window.opens_at, window.closes_at
    session.flush()


def _refuse_over(delivery: Delivery) -> None:
    if delivery.state in ("done", "cancelled"):
        raise Refusal("inbound.delivery_over", delivery=delivery.number, state=delivery.state)


def _refuse_part(session: Session, part: Part) -> None:
    """Refuses goods that nobody sends any more, and those that come with another truck."""
    purchase = get_purchase(session, part[0])
    notice = get_notice(session, part[1]) if part[1] is not None else None
    if notice is not None and notice.purchase_order_id != purchase.id:
        raise Refusal("inbound.other_order", notice=notice.number, number=purchase.number)
    same = DeliveryPart.purchase_order_id == purchase.id
    if notice is not None:
        same &= DeliveryPart.notice_id.is_(None) | (DeliveryPart.notice_id == notice.id)
    taken = session.execute(
        select(Delivery.number, PurchaseOrder.number.label("purchase"))
        .join(DeliveryPart, DeliveryPart.delivery_id == Delivery.id)
        .join(PurchaseOrder, PurchaseOrder.id == DeliveryPart.purchase_order_id)
        .where(Delivery.state.in_(_STANDING), ~IS_RECEIVED, same)
        .order_by(Delivery.id)
        .limit(1)
    ).first()
    if taken is not None:
        raise Refusal("inbound.booked_already", number=taken.purchase, delivery=taken.number)


def _refuse_window(session: Session, context: Context, window: Window, but: int = 0) -> None:
    dock = session.get(Location, window.dock_id, with_for_update=True) if window.dock_id is not None else None
    if window.dock_id is not None and (dock is None or dock.kind != "dock" or dock.is_blocked):
        raise Refusal("inbound.no_dock", dock=dock.code if dock is not None else "-")
    opens, closes = window.opens_at, window.closes_at
    if opens is None and closes is None:
        return
    if opens is None or closes is None:
        raise BadInput("inbound.half_window")
    Entry("deliveries", 1).instant("opens_at", opens)
    Entry("deliveries", 1).instant("closes_at", closes)
    if opens >= closes:
        raise BadInput("inbound.window_backwards")
    if closes - opens > _LONGEST:
        raise BadInput("inbound.window_long")
    if closes <= context.at:
        raise BadInput("inbound.window_past", closes=site_time.clock_time(session, closes))
    if dock is None:
        return
    taken = session.scalars(
        select(Delivery)
        .where(Delivery.dock_id == dock.id, Delivery.state.in_(_STANDING), Delivery.opens_at < closes,
               Delivery.closes_at > opens, Delivery.id != but)
        .order_by(Delivery.opens_at, Delivery.id)
        .limit(1)
    ).first()  # fmt: skip
    if taken is not None and taken.opens_at is not None and taken.closes_at is not None:
        raise Refusal("inbound.dock_taken", dock=dock.code, delivery=taken.number,
                      opens=site_time.clock_time(session, taken.opens_at),
                      closes=site_time.clock_time(session, taken.closes_at))  # fmt: skip
