"""Backorder modes: times in which hands or goods are short, for a product or the whole house, and promises longer."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import BackorderMode, Operator, Product
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.prompts import Message
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import MOST_TEXT
from wms_desktop.views.promises import Mode

MOST_DAYS = 365


def switch_on(session: Session, context: Context, sku: str, extra_days: int, reason: str) -> Message:
    """New promises for a product (``sku`` "": for everything) are so many days longer from now on.

    Raises BadInput `promises.mode_days` for fewer than 1 or more than 365 days, `promises.reason_missing`,
    `promises.no_product`; refuses `promises.mode_is_on` (`house_mode_is_on`) when such a mode is on already.
    """
    if not 1 <= extra_days <= MOST_DAYS:
        raise BadInput("promises.mode_days", days=extra_days, most=MOST_DAYS)
    if not reason.strip():
        raise BadInput("promises.reason_missing")
    product_id = _product(session, sku)
    known = select(BackorderMode).where(BackorderMode.until.is_(None), BackorderMode.product_id == product_id)
    if session.scalars(known.limit(1)).first() is not None:
        raise Refusal("promises.mode_is_on", sku=sku) if sku else Refusal("promises.house_mode_is_on")
    session.add(
        BackorderMode(
            product_id=product_id,
            extra_days=extra_days,
            reason=reason.strip()[:MOST_TEXT],
            since=context.at,
            operator_id=context.operator_id,
        )
    )
    session.flush()
    if not sku:
        return Message("promises.mode_on_house", {"days": extra_days})
    return Message("promises.mode_on", {"sku": sku, "days": extra_days})


def switch_off(session: Session, context: Context, mode_id: int) -> Message:
    """Ends a mode; promises made meanwhile stay. Refuses `promises.mode_is_off` when it is not on."""
    mode = session.get(BackorderMode, mode_id, populate_existing=True, with_for_update=True)
    if mode is None or mode.until is not None:
        raise Refusal("promises.mode_is_off")
    mode.until = context.at
    session.flush()
    if mode.product_id is None:
        return Message("promises.mode_off_house")
    return Message("promises.mode_off", {"sku": session.get_one(Product, mode.product_id).sku})


def list_on(session: Session) -> tuple[Mode, ...]:
    """The modes that are on, the house's first, then by product."""
    rows = session.execute(
        select(BackorderMode, Product.sku, Operator.name)
        .outerjoin(Product, Product.id == BackorderMode.product_id)
        .join(Operator, Operator.id == BackorderMode.operator_id)
        .where(BackorderMode.until.is_(None))
    )
    modes = [
        Mode(
            mode_id=row.BackorderMode.id,
            sku=row.sku or "",
            extra_days=row.BackorderMode.extra_days,
            reason=row.BackorderMode.reason,
            since=row.BackorderMode.since,
            by=row.name,
        )
        for row in rows
    ]
    return tuple(sorted(modes, key=lambda mode: (mode.sku, mode.mode_id)))


def extra_days(session: Session, product_ids: Collection[int]) -> Mapping[int, int]:
    """The days that new promises of these products are longer by; of the house's and the product's mode the longer."""
    rows = session.execute(
        select(BackorderMode.product_id, BackorderMode.extra_days).where(BackorderMode.until.is_(None))
    ).all()
    house = max((row.extra_days for row in rows if row.product_id is None), default=0)
    days = {product_id: house for product_id in product_ids} if house else {}
    for row in rows:
        if row.product_id in product_ids:
            days[row.product_id] = max(days.get(row.product_id, 0), row.extra_days)
    return days


def _product(session: Session, sku: str) -> int | None:
    if not sku:
        return None
    found = session.scalar(select(Product.id).where(Product.sku == sku))
    if found is None:
        raise BadInput("promises.no_product", sku=sku)
    return found
