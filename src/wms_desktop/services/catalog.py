"""Takes products, barcodes, lots, customers, suppliers and carriers' services into the house, many at once.

Every function checks all its rows before it inserts the first: what is refused leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.catalog import BACKORDERS, REMOVALS, SHIP_RULES
from wms_desktop.db.tables import Barcode, CarrierService, Customer, Lot, Product, Supplier
from wms_desktop.domain import barcodes, sscc
from wms_desktop.services.intake import AT_ONCE, Entry, check_new, entries, find_ids, insert_rows

VELOCITIES = ("A", "B", "C")
CLASSES = range(1, 10)
_GTIN_LENGTHS = (12, 13, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProduct:
    """An article; lengths in millimetres and weight in grams (0: not known yet), price of one unit.

    ``backorders``: allow, deny, or at most ``backorder_limit`` units or days; ``safety_stock`` units are left alone
    by allocation; not sold from stock before ``release_on``; ``removal`` as in the table ("": the house's rule). What
    comes in of an inspected article is free for nobody before it is passed.
    """

    sku: str
    name: str
    brand: str = ""
    category: str = ""
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0
    velocity: str = "C"
    lot_tracked: bool = False
    expiry_tracked: bool = False
    price: Decimal = Decimal(0)
    backorders: str = "allow"
    backorder_limit: int = 0
    safety_stock: int = 0
    release_on: date | None = None
    removal: str = ""
    is_inspected: bool = False


@dataclass(frozen=True, slots=True)
class NewBarcode:
    """A code on a unit, case or pallet of a product (named by its sku), and how many units a scan stands for."""

    product: str
    code: str
    units: int = 1


@dataclass(frozen=True, slots=True)
class NewLot:
    """A production lot of a product (named by its sku)."""

    product: str
    code: str
    expiry: date | None = None


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """Who orders; the class orders the demand (1 first, 9 last); rules for backorders and shipping."""

    code: str
    name: str
    priority_class: int = 2
    backorders: str = "allow"
    backorder_limit: int = 0
    ship_rule: str = "available"


@dataclass(frozen=True, slots=True)
class NewSupplier:
    """Who delivers."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NewService:
    """One service of a carrier, with its sort code on the label."""

    code: str
    carrier: str
    name: str
    sort_code: str = ""


def add_products(session: Session, rows: Sequence[NewProduct]) -> dict[str, int]:
    """Adds articles; gives their ids by sku. Raises BadInput and adds none when one row is wrong."""
    for entry, row in entries("products", rows):
        entry.code("sku", row.sku)
        entry.text("name", row.name)
        entry.maybe_text("brand", row.brand)
        entry.maybe_text("category", row.category)
        for field in ("weight_g", "length_mm", "width_mm", "height_mm"):
            entry.at_least(field, getattr(row, field), 0)
        entry.one_of("velocity", row.velocity, VELOCITIES)
        entry.money("price", row.price)
        check_backorder_rule(entry, row.backorders, row.backorder_limit)
        entry.at_least("safety_stock", row.safety_stock, 0)
        entry.one_of("removal", row.removal, REMOVALS)
    skus = [row.sku for row in rows]
    check_new(session, "products", Product.sku, skus)
    ids = insert_rows(session, Product, [{name: getattr(row, name) for name in NewProduct.__slots__} for row in rows])
    return dict(zip(skus, ids, strict=True))


def add_barcodes(session: Session, rows: Sequence[NewBarcode]) -> None:
    """Adds codes to products, stored in their normal form (GTINs with 14 digits).

    Raises BadInput, and adds none, for a GTIN with a wrong check digit, a code of two products, units below 1.
    """
    products = find_ids(session, Product.sku, Product.id, [row.product for row in rows])
    made = []
    for entry, row in entries("barcodes", rows):
        entry.code("code", row.code)
        _check_barcode(entry, row.code)
        entry.at_least("units", row.units, 1)
        product_id = entry.known("product", row.product, products)
        made.append({"product_id": product_id, "code": barcodes.normal(row.code), "units": row.units})
    check_new(session, "barcodes", Barcode.code, [str(row["code"]) for row in made])
    insert_rows(session, Barcode, made)


def add_lots(session: Session, rows: Sequence[NewLot]) -> dict[tuple[str, str], int]:
    """Adds lots; gives their ids by (sku, lot). Raises BadInput and adds none when one row is wrong."""
    products = find_ids(session, Product.sku, Product.id, [row.product for row in rows])
    first: dict[tuple[str, str], int] = {}
    made = []
    for entry, row in entries("lots", rows):
        entry.code("code", row.code)
        product_id = entry.known("product", row.product, products)
        if (row.product, row.code) in first:
            raise entry.refusal("twice", "code", row.code, first=first[row.product, row.code])
        first[row.product, row.code] = entry.row
        made.append({"product_id": product_id, "code": row.code, "expiry": row.expiry})
    _check_new_lots(session, made)
    return dict(zip(first, insert_rows(session, Lot, made), strict=True))


def add_customers(session: Session, rows: Sequence[NewCustomer]) -> dict[str, int]:
    """Adds customers; gives their ids by code. Raises BadInput and adds none when one row is wrong."""
    for entry, row in entries("customers", rows):
        entry.code("code", row.code)
        entry.text("name", row.name)
        if row.priority_class not in CLASSES:
            raise entry.refusal("not_one_of", "priority_class", row.priority_class, choices="1 - 9")
        check_backorder_rule(entry, row.backorders, row.backorder_limit)
        entry.one_of("ship_rule", row.ship_rule, SHIP_RULES)
    codes = [row.code for row in rows]
    check_new(session, "customers", Customer.code, codes)
    made = [{name: getattr(row, name) for name in NewCustomer.__slots__} for row in rows]
    return dict(zip(codes, insert_rows(session, Customer, made), strict=True))


def add_suppliers(session: Session, rows: Sequence[NewSupplier]) -> dict[str, int]:
    """Adds suppliers; gives their ids by code. Raises BadInput and adds none when one row is wrong."""
    for entry, row in entries("suppliers", rows):
        entry.code("code", row.code)
        entry.text("name", row.name)
    codes = [row.code for row in rows]
    check_new(session, "suppliers", Supplier.code, codes)
    made = [{"code": row.code, "name": row.name} for row in rows]
    return dict(zip(codes, insert_rows(session, Supplier, made), strict=True))


def add_services(session: Session, rows: Sequence[NewService]) -> dict[str, int]:
    """Adds carriers' services; gives their ids by code. Raises BadInput and adds none when one row is wrong."""
    for entry, row in entries("services", rows):
        entry.code("code", row.code)
        entry.text("carrier", row.carrier)
        entry.text("name", row.name)
        entry.maybe_text("sort_code", row.sort_code)
    codes = [row.code for row in rows]
    check_new(session, "services", CarrierService.code, codes)
    made = [{name: getattr(row, name) for name in NewService.__slots__} for row in rows]
    return dict(zip(codes, insert_rows(session, CarrierService, made), strict=True))


def check_backorder_rule(entry: Entry, rule: str, limit: int) -> None:
    """A known rule; a limit from 0 upwards."""
    entry.one_of("backorders", rule, BACKORDERS)
    entry.at_least("backorder_limit", limit, 0)


def _check_barcode(entry: Entry, code: str) -> None:
    """No key of the desk sheet, and no GTIN or SSCC that was mistyped (its check digit says so)."""
    if code.startswith(barcodes.KEY_PREFIX):
        raise entry.refusal("is_a_key", "code", code)
    if len(code) in _GTIN_LENGTHS and code.isascii() and code.isdigit() and not barcodes.is_gtin(code):
        raise entry.refusal("check_digit", "code", code, wanted=str(sscc.check_digit(code[:-1])))


def _check_new_lots(session: Session, made: Sequence[Mapping[str, Any]]) -> None:
    products = sorted({row["product_id"] for row in made})
    known: set[tuple[object, ...]] = set()
    for start in range(0, len(products), AT_ONCE):
        found = select(Lot.product_id, Lot.code).where(Lot.product_id.in_(products[start : start + AT_ONCE]))
        known |= {tuple(row) for row in session.execute(found)}
    for entry, row in entries("lots", made):
        if (row["product_id"], row["code"]) in known:
            raise entry.refusal("taken", "code", row["code"])
