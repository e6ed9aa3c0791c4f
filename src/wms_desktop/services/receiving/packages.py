"""A pallet or carton that a notice announced is received whole in one scan: all its lines, with their lots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, case, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import NO_PLATE, Notice, NoticeLine, NoticePackage, Plate, Product, Receipt, Stock
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message, Outcome
from wms_desktop.services import inventory, receipts
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.receipts import Expected, Parcel
from wms_desktop.services.receiving import opening, plates
from wms_desktop.services.receiving.state import TOUCHED, Facts, go, kept, receipt_of, said, where

_LIVING = ("announced", "here")


def scan_package(session: Session, context: Context, scan: Resolved) -> Answer:
    """The SSCC of an announced pallet or carton: its truck is checked in, its order's receipt opens.

    Refuses `package_received`, and what `inbound.check_in` refuses.
    """
    _, facts = where(session, context)
    package = session.get_one(NoticePackage, scan.id)
    package = session.get_one(NoticePackage, _find_due(session, facts, package.code) or package.id)
    if package.state == "received":
        raise Refusal("package_received", package=package.code)
    notice = session.get_one(Notice, package.notice_id)
    order_id = notice.purchase_order_id
    is_open = "receipt" in facts and receipt_of(session, facts).purchase_order_id == order_id
    if not is_open or notice.state == "announced":
        living = notice.id if notice.state in _LIVING else None
        receipt = opening.open_for(session, context, order_id, living)
        facts = facts if is_open else {"receipt": receipt.id}
    return receive(session, context, facts, {"package": package.id})


def scan_pallet(session: Session, context: Context, scan: Resolved) -> Answer:
    """A pallet that the house knows: one that a living notice announced is received, else it is a plate."""
    _, facts = where(session, context)
    package_id = _find_due(session, facts, scan.name)
    if package_id is None:
        return plates.use(session, context, scan)
    return scan_package(session, context, replace(scan, kind="package", id=package_id))


def open_pallet(session: Session, context: Context, scan: Resolved) -> Answer:
    """A pallet that the house knows, before any order: one that a living notice announced is received.

    Refuses `pallet_needs_order`: good units of an open receipt alone stand on a plate.
    """
    package_id = _find_due(session, {}, scan.name)
    if package_id is None:
        raise Refusal("pallet_needs_order", text=scan.name)
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
    receipt = receipts.hold_open(session, facts["receipt"])
    units: Counter[int] = Counter()
    for line in lines:
        units[line.product_id] += line.qty
    allowed: dict[str, int] = dict(pending.get("each", {}))
    if "allowed" in pending:
        allowed[str(pending["product"])] = pending["allowed"]
    over = _find_over(session, receipt, units, allowed)
    if over is not None:
        return _ask_over(session, context, facts, {"package": package.id, "each": allowed}, over)
    parcels = _parcels(session, context, receipt, lines, _plate(session, receipt, package))
    made = [line.id for line in receipts.take_in(session, context, receipt, parcels)]
    for one in packages:
        one.state = "received"
    go(session, context, "count", kept(facts) | {"last": _last(made, parcels)})
    args: Facts = {"package": package.code, "qty": units.total(), "kinds": len(units)}
    return _verdict(session, made, parcels, args)


def _last(made: list[int], parcels: Sequence[Parcel]) -> Facts:
    """What was scanned last: all lines of the package, and the first of its products that is set aside."""
    last: Facts = {"lines": made, "units": 0, "count": 1, "product": parcels[0].product_id}
    aside = [parcel for parcel in parcels if _is_aside(parcel)]
    if not aside:
        return last
    first = aside[0]
    alike = [one for one in aside if (one.product_id, one.condition) == (first.product_id, first.condition)]
    qty = sum(one.qty for one in alike)
    return last | {"product": first.product_id, "step": first.condition, "aside": qty}


def _verdict(session: Session, made: list[int], parcels: Sequence[Parcel], args: Facts) -> Answer:
    """Where the units go: to lanes, to storage, aside and to the hold."""
    held = sum(parcel.qty for parcel in parcels if parcel.is_held)
    aside = sum(parcel.qty for parcel in parcels if _is_aside(parcel))
    to_lane = sum(peg.qty for peg in receipts.list_pegs(session, made) if peg.state == "arrived")
    args |= {"lane_qty": to_lane, "rest": args["qty"] - held - aside - to_lane}
    if held or aside:
        args |= {"aside": aside, "held": held}
        return said(Outcome.LOOK_HERE, Message("package_in_parts", args), TOUCHED)
    return said(Outcome.STEP_DONE, Message("package_in", args), TOUCHED)


def _is_aside(parcel: Parcel) -> bool:
    return parcel.condition != "good" and not parcel.is_held


def _find_due(session: Session, facts: Facts, code: str) -> int | None:
    """The package that a living notice announces by this code; None: there is none.

    One pallet may bring goods of several orders, each with a notice of its own: what is still to come goes first, of
    that what the open receipt's order expects.
    """
    order_id = receipt_of(session, facts).purchase_order_id if "receipt" in facts else None
    came = case((NoticePackage.state == "received", 1), else_=0)
    other = case((Notice.purchase_order_id == order_id, 0), else_=1)
    return session.scalar(
        select(NoticePackage.id)
        .join(Notice, Notice.id == NoticePackage.notice_id)
        .where(NoticePackage.code == code, Notice.state.in_(_LIVING))
        .order_by(came, other, NoticePackage.id)
        .limit(1)
    )


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


def _find_over(session: Session, receipt: Receipt, units: Counter[int],
               allowed: Mapping[str, int]) -> tuple[int, Expected] | None:  # fmt: skip
    """The product with the worst surplus over what is ordered that nobody allowed yet: beyond the tolerance first."""
    found = receipts.compare_all(session, receipt, units)
    open_ = [one for one in found.items() if one[1].over > allowed.get(str(one[0]), 0)]
    return max(open_, key=lambda one: (not one[1].tolerated, one[1].over, -one[0]), default=None)


def _ask_over(session: Session, context: Context, facts: Facts, pending: Facts,
              found: tuple[int, Expected]) -> Answer:  # fmt: skip
    product_id, over = found
    state = "over" if over.tolerated else "over_far"
    pending = pending | {"product": product_id, "qty": over.over, "over": over.over}
    go(session, context, state, kept(facts) | {"pending": pending})
    args: Facts = {"product": session.get_one(Product, product_id).name, "qty": over.over, "ordered": over.ordered,
                   "received": over.received, "over": over.over}  # fmt: skip
    return said(Outcome.LOOK_HERE, Message(f"receive_{state}", args))


def _plate(session: Session, receipt: Receipt, package: NoticePackage) -> int:
    """The plate that the units stand on; that of another order's half, while it stands on this dock."""
    if not package.code:
        return NO_PLATE
    half = select(NoticePackage.id).where(
        NoticePackage.code == package.code, NoticePackage.id != package.id, NoticePackage.state == "received"
    )
    if session.scalar(half.limit(1)) is None:
        return plates.for_content(session, package.code)
    stands = session.execute(
        select(Stock.plate_id, Stock.location_id)
        .join(Plate, Plate.id == Stock.plate_id)
        .where(Plate.code == package.code, inventory.ON_PLATE, Stock.on_hand > 0)
        .order_by(Stock.id)
    ).all()
    if not stands:
        return plates.for_content(session, package.code)
    return NO_PLATE if any(row.location_id != receipt.dock_id for row in stands) else int(stands[0].plate_id)


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
