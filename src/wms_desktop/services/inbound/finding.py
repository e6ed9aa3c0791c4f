"""Says which truck, shipping notice or announced package a scanned code names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery, DeliveryPart, Notice, NoticePackage, PurchaseLine, Supplier
from wms_desktop.domain import barcodes
from wms_desktop.errors import WrongScan
from wms_desktop.services.intake import in_pieces

_LIVING = ("announced", "here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a code names: a "delivery", a "notice" or a "package" of one, with the rows it belongs to.

    ``delivery_id`` is the truck that brings it, where one is booked or here; a delivery itself has neither notice nor
    purchase order, for it may bring several.
    """

    kind: str
    id: int
    name: str
    delivery_id: int | None = None
    notice_id: int | None = None
    package_id: int | None = None
    purchase_order_id: int | None = None


def find_by_code(session: Session, text: str) -> Found | None:
    """What a scanned or typed code names among the trucks and notices; None: nothing.

    Takes a delivery's number, a notice's number, and the SSCC of a pallet or carton that a notice announced (plain or
    in a GS1 barcode). What is still to come goes before what is over. A shipment for several purchase orders is named
    by its first notice: checking it in takes the others along. Raises WrongScan `ambiguous_scan` where notices of
    several suppliers bear the code.
    """
    parsed = barcodes.parse(text)
    if parsed.fault or parsed.key:
        return None
    delivery = session.execute(select(Delivery.id, Delivery.number).where(Delivery.number == parsed.text)).first()
    if delivery is not None:
        return Found(kind="delivery", id=delivery.id, name=delivery.number, delivery_id=delivery.id)
    return _find_package(session, parsed.sscc or parsed.text) or _find_notice(session, parsed.text)


def _find_notice(session: Session, number: str) -> Found | None:
    rows = session.execute(
        select(Notice.id, Notice.number, Supplier.name.label("supplier"), Notice.state, Notice.purchase_order_id)
        .join(Supplier, Supplier.id == Notice.supplier_id)
        .where(Notice.number == number)
        .order_by(Notice.id)
    ).all()
    row = _one_of(rows, number)
    if row is None:
        return None
    return Found(
        kind="notice", id=row.id, name=row.number, delivery_id=_delivery_of(session, row.id), notice_id=row.id,
        purchase_order_id=row.purchase_order_id,
    )  # fmt: skip


def _find_package(session: Session, code: str) -> Found | None:
    rows = session.execute(
        select(NoticePackage.id, NoticePackage.code, NoticePackage.notice_id, Notice.state,
               Notice.purchase_order_id, Supplier.name.label("supplier"))
        .join(Notice, Notice.id == NoticePackage.notice_id)
        .join(Supplier, Supplier.id == Notice.supplier_id)
        .where(NoticePackage.code == code)
        .order_by(NoticePackage.id)
    ).all()  # fmt: skip
    row = _one_of(rows, code)
    if row is None:
        return None
    return Found(
        kind="package", id=row.id, name=row.code, delivery_id=_delivery_of(session, row.notice_id),
        notice_id=row.notice_id, package_id=row.id, purchase_order_id=row.purchase_order_id,
    )  # fmt: skip


def _one_of(rows: Sequence[Row[*tuple[Any, ...]]], code: str) -> Row[*tuple[Any, ...]] | None:
    """The first that is still to come, else the last that was; refuses several suppliers' of the same code."""
    living = [row for row in rows if row.state in _LIVING]
    suppliers = sorted({row.supplier for row in living})
    if len(suppliers) > 1:
        raise WrongScan("ambiguous_scan", text=code, names=", ".join(suppliers))
    return living[0] if living else rows[-1] if rows else None


def _delivery_of(session: Session, notice_id: int) -> int | None:
    """The truck that brings a notice: the one that is here, else the last that was booked."""
    found = session.execute(
        select(Delivery.id)
        .join(DeliveryPart, DeliveryPart.delivery_id == Delivery.id)
        .where(DeliveryPart.notice_id == notice_id, Delivery.state != "cancelled")
        .order_by((Delivery.state == "here").desc(), Delivery.id.desc())
        .limit(1)
    ).first()
    return found.id if found is not None else None


def list_products(session: Session, purchase_order_ids: Sequence[int]) -> set[int]:
    """The products that these purchase orders bring: whose days move when their truck does."""
    products: set[int] = set()
    for part in in_pieces(purchase_order_ids):
        products.update(
            session.scalars(select(PurchaseLine.product_id).where(PurchaseLine.purchase_order_id.in_(part)).distinct())
        )
    return products
