"""A pallet or carton that a notice announced is received whole in one scan: all its lines, with their lots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import NO_PLATE, Notice, NoticeLine, NoticePackage, Product, Receipt
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import receipts
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.receipts import Expected, Parcel
from wms_desktop.services.receiving import opening, plates
from wms_desktop.services.receiving.state import TOUCHED, Facts, go, kept, receipt_of, said, where


def scan_package(session: Session, context: Context, scan: Resolved) -> Answer:
    """The SSCC of an announced pallet or carton: its order's receipt opens where another, or none, is open."""
    _, facts = where(session, context)
    package = session.get_one(NoticePackage, scan.id)
    order_id = session.get_one(Notice, package.notice_id).purchase_order_id
    if "receipt" not in facts or receipt_of(session, facts).purchase_order_id != order_id:
        facts = {"receipt": opening.open_for(session, context, order_id).id}
    return receive(session, context, facts, {"package": package.id})


def scan_pallet(session: Session, context: Context, scan: Resolved) -> Answer:
    """A pallet that the house knows: one that a notice of today's trucks announced is received, else it is a plate."""
    package_id = session.scalar(
        select(NoticePackage.id)
        .join(Notice, Notice.id == NoticePackage.notice_id)
        .where(NoticePackage.code == scan.name, Notice.state.in_(("announced", "here")))
        .order_by(NoticePackage.id)
        .limit(1)
    )
    if package_id is None:
        return plates.use(session, context, scan)
    return scan_package(session, context, replace(scan, kind="package", id=package_id))


def receive(session: Session, context: Context, facts: Facts, pending: Facts) -> Answer:
    """Takes in what stands on the package, its cartons with it; all good units are shared out as one arrival.

    Refuses `package_received`, `package_empty`, `package_lots_wanted`, `package_days_wanted`,
    `package_serials_wanted`: then its units are scanned.
    """
    package = session.get_one(NoticePackage, pending["package"], populate_existing=True, with_for_update=True)
    if package.state == "received":
        raise Refusal("package_received", package=package.code)
    packages = [package, *_list_inside(session, package.id)]
    lines = _list_lines(session, [one.id for one in packages])
    if not lines:
        raise Refusal("package_empty", package=package.code)
    _refuse_unsaid(package, lines)
    receipt = receipt_of(session, facts)
    units: Counter[int] = Counter()
    for line in lines:
        units[line.product_id] += line.qty
    over, worst = _find_over(session, receipt, units)
    if worst is not None and over.over > pending.get("allowed", 0):
        return _ask_over(session, context, facts, pending, (worst, over))
    parcels = _parcels(session, context, receipt, lines, _plate(session, package))
    made = receipts.take_in(session, context, receipt, parcels)
    for one in packages:
        one.state = "received"
    last = {"lines": [line.id for line in made], "units": 0, "count": 1, "product": lines[0].product_id}
    go(session, context, "count", kept(facts) | {"last": last})
    args: Facts = {"package": package.code, "qty": units.total(), "kinds": len(units)}
    to_lane = sum(peg.qty for peg in receipts.list_pegs(session, last["lines"]) if peg.state == "arrived")
    args |= {"lane_qty": to_lane, "rest": units.total() - to_lane}
    return said(Outcome.STEP_DONE, Message("package_in", args), TOUCHED)


def _list_inside(session: Session, package_id: int) -> Sequence[NoticePackage]:
    return session.scalars(
        select(NoticePackage)
        .where(NoticePackage.parent_id == package_id, NoticePackage.state != "received")
        .order_by(NoticePackage.id)
        .with_for_update()
    ).all()


def _list_lines(session: Session, package_ids: Sequence[int]) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            NoticeLine.id, NoticeLine.product_id, (NoticeLine.qty - NoticeLine.received).label("qty"), NoticeLine.lot,
            NoticeLine.expiry, Product.sku, Product.lot_tracked, Product.expiry_tracked, Product.serial_tracked,
        )
        .join(Product, Product.id == NoticeLine.product_id)
        .where(NoticeLine.package_id.in_(package_ids), NoticeLine.received < NoticeLine.qty)
        .order_by(NoticeLine.line_no, NoticeLine.id)
    ).all()  # fmt: skip


def _refuse_unsaid(package: NoticePackage, lines: Sequence[Row[*tuple[Any, ...]]]) -> None:
    """What the notice does not say of units that need it must be read from the goods."""
    for code, unsaid in (
        ("package_serials_wanted", [line.sku for line in lines if line.serial_tracked]),
        ("package_lots_wanted", [line.sku for line in lines if line.lot_tracked and not line.lot]),
        ("package_days_wanted", [line.sku for line in lines if line.expiry_tracked and line.expiry is None]),
    ):
        if unsaid:
            raise Refusal(code, package=package.code, skus=", ".join(sorted(set(unsaid))))


def _find_over(session: Session, receipt: Receipt, units: Counter[int]) -> tuple[Expected, int | None]:
    """The product with the largest surplus over what is ordered (None: there is none)."""
    found = receipts.compare_all(session, receipt, units)
    worst = max(found, key=lambda product_id: (found[product_id].over, -product_id))
    return found[worst], worst if found[worst].over else None


def _ask_over(session: Session, context: Context, facts: Facts, pending: Facts,
              found: tuple[int, Expected]) -> Answer:  # fmt: skip
    product_id, over = found
    state = "over" if over.tolerated else "over_far"
    pending = pending | {"product": product_id, "qty": over.over, "over": over.over}
    go(session, context, state, kept(facts) | {"pending": pending})
    args: Facts = {"product": session.get_one(Product, product_id).name, "qty": over.over, "ordered": over.ordered,
                   "received": over.received, "over": over.over}  # fmt: skip
    return said(Outcome.LOOK_HERE, Message(f"receive_{state}", args))


def _plate(session: Session, package: NoticePackage) -> int:
    return plates.for_content(session, package.code) if package.code else NO_PLATE


def _parcels(session: Session, context: Context, receipt: Receipt, lines: Sequence[Row[*tuple[Any, ...]]],
             plate_id: int) -> list[Parcel]:  # fmt: skip
    steps = receipts.steps_of(session, receipt, {line.product_id for line in lines})
    parcels = []
    for line in lines:
        expiry = line.expiry.isoformat() if line.expiry else ""
        expired = receipts.is_expired(session, context, expiry)
        step = next(iter(steps[line.product_id]), "good")
        parcels.append(
            Parcel(
                product_id=line.product_id, qty=line.qty, lot=line.lot, expiry=expiry,
                condition="damaged" if expired else step, note="expired" if expired else "", plate_id=plate_id,
                notice_line_id=line.id,
            )
        )  # fmt: skip
    return parcels
