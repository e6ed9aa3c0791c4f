"""The first promise of a new order line: the day it can leave, and the rule that says so."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import PurchaseLine, PurchaseOrder
from wms_desktop.domain.promises import INBOUND, LEAD_TIME, MODE, PRE_ORDER, STOCK, Left, leftovers
from wms_desktop.services import lead_times, modes, outlooks, settings, site_time
from wms_desktop.services.intake import in_pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWant:
    """Units of a product (its id) that somebody wants to leave by an instant (UTC); ``release_on``: not before."""

    product_id: int
    qty: int
    leave_by: datetime
    release_on: date | None = None
    made_to_order: bool = False


def first_days(session: Session, now: datetime, wants: Sequence[NewWant]) -> list[tuple[date, str]]:
    """The day each new line can be promised (site-local) and the rule behind it, in the order given.

    Rules: stock (leaves by its own cut-off), inbound (a purchase order covers it), lead_time (nothing in sight: the
    supplier's usual time), mode (a backorder mode adds its days), pre_order (its release day). Behind all that waits
    already, the first of ``wants`` before the next: what was promised to others is not promised again. A kit's day
    is that of its last part. A dozen statements however many there are.
    """
    if not wants:
        return []
    shelf = _read(session, now, {want.product_id for want in wants})
    zone = site_time.zone_of(session)
    extra = modes.extra_days(session, {want.product_id for want in wants})
    days: dict[datetime, date] = {}
    made = []
    for want in wants:
        if want.leave_by not in days:
            days[want.leave_by] = max(want.leave_by.astimezone(zone).date(), shelf.today)
        day, rule = shelf.promise(want, days[want.leave_by])
        made.append(_lengthen(day, rule, extra.get(want.product_id, 0)))
    return made


def next_days(session: Session, now: datetime, releases: Mapping[int, date | None]) -> dict[int, tuple[date, str]]:
    """The day that one more unit of each product could be promised for, and the rule; each asked as if alone.

    ``releases`` are the release days by product id (None: none).
    """
    if not releases:
        return {}
    shelf = _read(session, now, releases.keys())
    extra = modes.extra_days(session, releases.keys())
    found = {}
    for product_id, release_on in releases.items():
        want = NewWant(product_id=product_id, qty=1, leave_by=now, release_on=release_on)
        alone = replace(shelf, left={p: list(shelf.left.get(p, ())) for p in shelf.needed(product_id)})
        found[product_id] = _lengthen(*alone.promise(want, shelf.today), extra.get(product_id, 0))
    return found


class Till:
    """Says days one want at a time, for a caller who takes some and refuses others."""

    def __init__(self, session: Session, now: datetime, product_ids: Collection[int]) -> None:
        self._now = now
        self._shelf = _read(session, now, product_ids)
        self._extra = modes.extra_days(session, product_ids)

    def ask(self, product_id: int, qty: int) -> date:
        """The first day on which so many units could leave, behind all that waits and was taken before."""
        shelf = self._shelf
        alone = replace(shelf, left={p: list(shelf.left.get(p, ())) for p in shelf.needed(product_id)})
        return _lengthen(*alone.promise(self._want(product_id, qty), shelf.today), self._extra.get(product_id, 0))[0]

    def take(self, product_id: int, qty: int) -> None:
        """Promises the units: nobody after gets them."""
        self._shelf.promise(self._want(product_id, qty), self._shelf.today)

    def _want(self, product_id: int, qty: int) -> NewWant:
        return NewWant(product_id=product_id, qty=qty, leave_by=self._now)


def _lengthen(day: date, rule: str, more: int) -> tuple[date, str]:
    """The day with what a backorder mode adds; a release day is not longer for it."""
    return (day + timedelta(days=more), MODE) if more and rule != PRE_ORDER else (day, rule)


@dataclass(slots=True)
class _Shelf:
    """What is left to promise while wants are taken, by product; each want uses up what it is promised."""

    today: date
    handling: timedelta
    left: dict[int, list[Left]]
    kits: Mapping[int, Sequence[tuple[int, int]]]
    lead: Mapping[int, date]

    def promise(self, want: NewWant, leave_on: date) -> tuple[date, str]:
        """The day of one want and its rule; ``leave_on`` is the day of its cut-off."""
        is_pre_order = want.release_on is not None and want.release_on > self.today
        earliest = max(leave_on, want.release_on or leave_on)
        day = None if want.made_to_order else self._cover(want.product_id, want.qty)
        if day is None and is_pre_order:
            return earliest, PRE_ORDER
        if day is None:
            return max(earliest, self.lead[want.product_id]), LEAD_TIME
        found = max(earliest, day)
        if is_pre_order and found == want.release_on:
            return found, PRE_ORDER
        return found, STOCK if day == date.min else INBOUND

    def needed(self, product_id: int) -> list[int]:
        """The products that a want of this one may use up."""
        return [product_id, *(part for part, _ in self.kits.get(product_id, ()))]

    def _cover(self, product_id: int, qty: int) -> date | None:
        """When so many units can leave (``date.min``: from stock); None: never, as far as is known."""
        kit = self.kits.get(product_id)
        if not kit:
            return self._take(product_id, qty)
        own = min(qty, sum(one.units for one in self.left.get(product_id, ()) if one.inbound_id is None))
        self._take(product_id, own)
        days = [self._take(part, (qty - own) * per_kit) for part, per_kit in kit]
        return max((day for day in days if day is not None), default=date.min) if None not in days else None

    def _take(self, product_id: int, qty: int) -> date | None:
        left = self.left.get(product_id, [])
        day = date.min
        while qty and left:
            first = left[0]
            taken = min(qty, first.units)
            qty -= taken
            day = first.day + self.handling if first.inbound_id is not None else day
            left[:1] = [Left(first.day, first.units - taken, first.inbound_id)] if taken < first.units else []
        return None if qty else day


def _read(session: Session, now: datetime, product_ids: Collection[int]) -> _Shelf:
    known = outlooks.widen(session, product_ids)
    waiting = outlooks.list_lines(session, outlooks.IS_WAITING, known)
    outlook = outlooks.build(session, now, waiting, known)
    return _Shelf(
        today=outlook.today,
        handling=timedelta(days=outlook.handling_days),
        left=leftovers(outlook),
        kits=outlook.kits,
        lead=_list_leads(session, outlook.today, known, outlook.kits),
    )


def _list_leads(session: Session, today: date, product_ids: Collection[int],
                kits: Mapping[int, Sequence[tuple[int, int]]]) -> dict[int, date]:  # fmt: skip
    """When goods bought today could leave: the usual time of the supplier they came from last, else the default."""
    of: dict[int, int] = {}
    for part in in_pieces(product_ids):
        last = (
            select(func.max(PurchaseLine.id)).where(PurchaseLine.product_id.in_(part)).group_by(PurchaseLine.product_id)
        )
        rows = session.execute(
            select(PurchaseLine.product_id, PurchaseOrder.supplier_id)
            .join(PurchaseOrder, PurchaseOrder.id == PurchaseLine.purchase_order_id)
            .where(PurchaseLine.id.in_(last))
        )
        of |= {row.product_id: row.supplier_id for row in rows}
    known = lead_times.read(session, today, set(of.values())) if of else {}
    default, handling = settings.get_int(session, "lead_days"), settings.get_int(session, "handling_days")
    took = {product_id: known[of[product_id]].lead_days if product_id in of else default for product_id in product_ids}
    for kit in kits.keys() & took.keys():
        took[kit] = max(took[part] for part, _ in kits[kit])
    return {product_id: today + timedelta(days=days + handling) for product_id, days in took.items()}
