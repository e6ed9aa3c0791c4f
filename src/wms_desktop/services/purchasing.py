"""Takes purchase orders into the house, many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Product, PurchaseLine, PurchaseOrder, Supplier
from wms_desktop.services import news
from wms_desktop.services.intake import check_new, entries, find_ids, insert_rows


@dataclass(frozen=True, slots=True)
class NewPurchaseLine:
    """So many units of a product (its sku) that were bought, and the cost of one."""

    product: str
    qty: int
    price: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPurchase:
    """Goods bought from a supplier (its code), due on a site-local day; ``placed_on``: when they were ordered."""

    number: str
    supplier: str
    due: date
    lines: tuple[NewPurchaseLine, ...]
    placed_on: date | None = None


def add_purchases(session: Session, rows: Sequence[NewPurchase]) -> dict[str, int]:
    """Adds purchase orders with their lines, numbered from 1; gives their ids by number.

    Raises BadInput, and adds none, for a number that comes twice or is taken, an unknown supplier or product, no
    lines, and a quantity below 1; ``row`` counts the orders, the line stands in the field's name. What waits for
    these products gets its day at the end of the command.
    """
    suppliers = find_ids(session, Supplier.code, Supplier.id, [row.supplier for row in rows])
    products = find_ids(session, Product.sku, Product.id, [line.product for row in rows for line in row.lines])
    heads: list[dict[str, Any]] = []
    for entry, row in entries("purchase orders", rows):
        entry.code("number", row.number)
        supplier_id = entry.known("supplier", row.supplier, suppliers)
        if not row.lines:
            raise entry.refusal("no_lines", "lines", row.number)
        for line_no, line in enumerate(row.lines, 1):
            entry.known(f"lines[{line_no}].product", line.product, products)
            entry.at_least(f"lines[{line_no}].qty", line.qty, 1)
            entry.money(f"lines[{line_no}].price", line.price)
        heads.append({"number": row.number, "supplier_id": supplier_id, "due": row.due, "state": "open",
                      "placed_on": row.placed_on, "first_due": row.due})  # fmt: skip
    check_new(session, "purchase orders", PurchaseOrder.number, [row.number for row in rows])
    ids = insert_rows(session, PurchaseOrder, heads)
    insert_rows(
        session,
        PurchaseLine,
        [
            {"purchase_order_id": order_id, "line_no": line_no, "product_id": products[line.product],
             "ordered": line.qty, "received": 0, "price": line.price}
            for order_id, row in zip(ids, rows, strict=True)
            for line_no, line in enumerate(row.lines, 1)
        ],
    )  # fmt: skip
    news.note_moved(session, products.values())
    return {row.number: order_id for row, order_id in zip(rows, ids, strict=True)}


def list_line_ids(session: Session, purchase_order_id: int) -> list[int]:
    """The ids of a purchase order's lines, in their order."""
    return list(session.scalars(
        select(PurchaseLine.id).where(PurchaseLine.purchase_order_id == purchase_order_id)
        .order_by(PurchaseLine.line_no)
    ))  # fmt: skip
