"""Says what a scanned code names in this house: one look-up over every kind of row that bears a code."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Integer, bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    HOUSE,
    Barcode,
    Batch,
    Carton,
    Location,
    Operator,
    Order,
    Plate,
    Product,
    PurchaseOrder,
    Receipt,
    Station,
)
from wms_desktop.domain import barcodes
from wms_desktop.errors import NotUnderstood, WrongScan
from wms_desktop.services.dialogue import Resolved

_FAULTS = {
    "not_gs1": "not_gs1",
    "check_digit": "bad_check_digit",
    "too_long": "code_too_long",
    "excluded": "gs1_excluded",
    "demanded": "gs1_demanded",
    "too_many": "gs1_too_many",
}


def resolve(session: Session, text: str, accepts: Sequence[str] = ()) -> Resolved:
    """The one thing the code names, preferring the kinds that are accepted now.

    Kinds: product, bin (and dock, lane, hold, cart, bench, truck: the location's kind), tote, pallet, carton,
    order, purchase_order, receipt, batch, operator, station, key:<name>, and text (an unknown code where free
    text is accepted). Raises NotUnderstood for an unknown or
    unreadable code, WrongScan (`ambiguous_scan`) when several accepted things bear it.
    """
    parsed = barcodes.parse(text)
    if parsed.fault:
        first, *others = (f"({element})" for element in parsed.elements or ("",))
        raise NotUnderstood(_FAULTS[parsed.fault], text=parsed.text, first=first, others=" / ".join(others))
    if parsed.key:
        return Resolved(kind=f"key:{parsed.key}", text=parsed.text)
    found = _look_up(session, parsed)
    if not found and "text" in accepts:
        return Resolved(kind="text", text=parsed.text, name=parsed.text, lot=parsed.lot, expiry=_day(parsed),
                        serial=parsed.serial)  # fmt: skip
    if not found and not (parsed.gtin or parsed.sscc) and (parsed.lot or parsed.expiry or parsed.serial):
        raise NotUnderstood("gs1_item_wanted", text=parsed.text)
    if not found:
        raise NotUnderstood("unknown_code", text=parsed.text)
    wanted = [r for r in found if r.kind in accepts] or found
    if len(wanted) > 1:
        names = ", ".join(sorted(f"{r.kind} {r.name}" for r in wanted))
        raise WrongScan("ambiguous_scan", text=parsed.text, names=names)
    return wanted[0]


def list_meanings(session: Session, text: str) -> list[Resolved]:
    """Everything in the house that bears the code; nothing for an unreadable code and for the code of a key."""
    parsed = barcodes.parse(text)
    return [] if parsed.fault or parsed.key else _look_up(session, parsed)


def _look_up(session: Session, parsed: barcodes.Parsed) -> list[Resolved]:
    code = parsed.gtin or parsed.sscc or parsed.text
    rows = session.execute(_query(), {"code": code, "text": parsed.text}).all()
    return [
        Resolved(
            kind=row.kind,
            text=parsed.text,
            id=row.id,
            name=row.name,
            units=_units(row.units, parsed) if row.kind == "product" else 1,
            lot=parsed.lot,
            expiry=_day(parsed),
            serial=parsed.serial,
            sscc=parsed.sscc if row.kind == "product" else "",
            weight_g=parsed.weight_g,
            case=row.units,
        )
        for row in rows
    ]


def _units(each: int, parsed: barcodes.Parsed) -> int:
    """Units of a scan: so many of the item on a logistic unit, or the pieces that this one item is of."""
    return parsed.pieces or each * (parsed.count or 1)


def _day(parsed: barcodes.Parsed) -> str:
    return parsed.expiry.isoformat() if parsed.expiry else ""


@cache
def _query() -> CompoundSelect[*tuple[Any, ...]]:
    code: BindParameter[str] = bindparam("code")
    text: BindParameter[str] = bindparam("text")
    one = literal(1, Integer)
    return union_all(
        select(literal("product").label("kind"), Barcode.product_id.label("id"), Product.name.label("name"),
               Barcode.units.label("units")).join(Product, Product.id == Barcode.product_id)
        .where(Barcode.code == code),
        select(literal("product"), Product.id, Product.name, one).where(Product.sku == text),
        select(Location.kind, Location.id, Location.code, one).where(Location.code == text),
        select(Plate.kind, Plate.id, Plate.code, one).where(Plate.code == text, Plate.kind != "carton", Plate.id != 0),
        select(Plate.kind, Plate.id, Plate.code, one).where(Plate.code == code, code != text, Plate.kind == "pallet"),
        select(literal("carton"), Carton.id, Carton.sscc, one).where(Carton.sscc == code),
        select(literal("order"), Order.id, Order.number, one).where(Order.number == text),
        select(literal("purchase_order"), PurchaseOrder.id, PurchaseOrder.number, one)
        .where(PurchaseOrder.number == text),
        select(literal("receipt"), Receipt.id, Receipt.number, one).where(Receipt.number == text),
        select(literal("batch"), Batch.id, Batch.number, one).where(Batch.number == text),
        select(literal("operator"), Operator.id, Operator.name, one)
        .where(Operator.badge == text, Operator.id != HOUSE),
        select(literal("station"), Station.id, Station.code, one).where(Station.code == text, Station.id != HOUSE),
    )  # fmt: skip
