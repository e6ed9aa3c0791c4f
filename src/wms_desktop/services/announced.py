"""When trucks and notices say that goods come: at once, on the window's day, or on the day that was announced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery, DeliveryPart, Notice, NoticeLine, Receipt
from wms_desktop.domain.lead_times import expect
from wms_desktop.services import lead_times, site_time
from wms_desktop.services.intake import in_pieces

Days = tuple[date, date]
"""The likely and the late day."""
_ALL = 10**9
_HERE, _BOOKED, _SAID = range(3)


def read(session: Session, today: date, due: Sequence[Row[*tuple[Any, ...]]]) -> Mapping[int, list[tuple[int, Days]]]:
    """Units by due purchase line that somebody told a day of, with it: what is here first, then the soonest.

    ``due`` are rows of `outlooks.due_lines`. A truck without a window says no day, and one whose window's day is over
    says none any more: its goods are due as if nobody had booked it. A notice that is overdue is judged by how late
    the supplier's notices were before. A truck at the dock counts, for each of its orders, until its receipt is closed.
    """
    orders = {row.purchase_id: row for row in due}
    trucks = _list_trucks(session, today, set(orders))
    notices = _list_notices(session, set(orders))
    told: dict[int, list[tuple[int, int, Days]]] = defaultdict(list)
    records = _records(session, today, {orders[row.purchase_order_id].supplier_id for row in notices})
    noticed = set()
    for row in notices:
        truck = trucks.get((row.purchase_order_id, row.notice_id))
        if truck is not None and truck[0] == _HERE:
            noticed.add(row.purchase_order_id)
        supplier_id = orders[row.purchase_order_id].supplier_id
        when = truck or (_SAID, expect(records[supplier_id], row.due, row.due, today))
        told[row.purchase_line_id].append((when[0], row.units, when[1]))
    for row in due:
        whole = trucks.get((row.purchase_id, None))
        if row.at_dock and row.purchase_id not in noticed:
            whole = (_HERE, (today, today))
        if whole is not None:
            # The whole order comes: what it has been announced for comes with it, at the latest.
            told[row.id] = [one for one in told[row.id] if one[0] < whole[0] or one[2] < whole[1]]
            told[row.id].append((whole[0], _ALL, whole[1]))
    return {
        line_id: [(units, days) for _, units, days in sorted(many, key=lambda one: (one[2], one[0]))]
        for line_id, many in told.items()
    }


def _list_trucks(session: Session, today: date, orders: set[int]) -> dict[tuple[int, int | None], tuple[int, Days]]:
    """By purchase order and notice (None: all of the order): when the truck that brings it is here."""
    receipt = select(Receipt.id).where(Receipt.delivery_id == Delivery.id,
                                       Receipt.purchase_order_id == DeliveryPart.purchase_order_id)  # fmt: skip
    rows = session.execute(
        select(
            DeliveryPart.purchase_order_id, DeliveryPart.notice_id, Delivery.state, Delivery.opens_at,
            receipt.where(Receipt.state == "closed").exists().label("is_closed"),
            receipt.where(Receipt.state == "open").exists().label("is_open"),
        )
        .join(Delivery, Delivery.id == DeliveryPart.delivery_id)
        .where(Delivery.state.in_(("expected", "here")))
        .order_by(Delivery.id)
    )  # fmt: skip
    found: dict[tuple[int, int | None], tuple[int, Days]] = {}
    for row in rows:
        if row.purchase_order_id not in orders:
            continue
        key = (row.purchase_order_id, row.notice_id)
        if row.state == "here":
            if row.is_open or not row.is_closed:
                found[key] = (_HERE, (today, today))
        elif row.opens_at is not None:
            day = site_time.today(session, row.opens_at)
            if day >= today:
                found.setdefault(key, (_BOOKED, (day, day)))
    return found


def _list_notices(session: Session, orders: set[int]) -> list[Any]:
    """What living notices say is still to come."""
    rows: list[Any] = []
    for part in in_pieces(orders):
        rows += session.execute(
            select(NoticeLine.purchase_line_id, NoticeLine.notice_id, Notice.purchase_order_id, Notice.due,
                   (NoticeLine.qty - NoticeLine.received).label("units"))
            .join(Notice, Notice.id == NoticeLine.notice_id)
            .where(Notice.purchase_order_id.in_(part), Notice.state.in_(("announced", "here")),
                   NoticeLine.received < NoticeLine.qty)
            .order_by(NoticeLine.id)
        ).all()  # fmt: skip
    return rows


def _records(session: Session, today: date, suppliers: set[int]) -> Mapping[int, Any]:
    return lead_times.read_notices(session, today, suppliers) if suppliers else {}
