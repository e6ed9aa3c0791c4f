"""Sets the rules that products and customers are sold by: backorders, safety stock, release days, substitutes, kits.

Every function checks all its rows before it changes the first: what is refused leaves nothing half done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from wms_desktop.db.catalog import REMOVALS, SHIP_RULES
from wms_desktop.db.tables import Customer, KitPart, OrderLine, Product, Substitute
from wms_desktop.services import news, undo
from wms_desktop.services.catalog import check_backorder_rule
from wms_desktop.services.intake import AT_ONCE, Entry, entries, find_ids, insert_rows

_IS_OPEN = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped


@dataclass(frozen=True, slots=True)
class NewSubstitute:
    """An article (its sku) that may be sent instead of another; rank 1 is offered first."""

    product: str
    alternative: str
    rank: int = 1


@dataclass(frozen=True, slots=True)
class NewKitPart:
    """So many units of a part (its sku) in one unit of a kit (its sku)."""

    kit: str
    part: str
    qty: int


def set_backorder_policy(session: Session, skus: Sequence[str], rule: str, limit: int = 0) -> None:
    """Whether more of these products may be ordered than there is: allow, deny, at most ``limit`` units or days.

    Raises BadInput for an unknown product or rule, or a limit below 0. What is ordered already stays ordered.
    """
    _check_rule("products", rule, limit)
    for product in _products(session, skus):
        product.backorders, product.backorder_limit = rule, limit
    session.flush()


def set_safety_stock(session: Session, skus: Sequence[str], units: int) -> None:
    """How many units of each of these products allocation leaves alone. Raises BadInput below 0, or unknown."""
    Entry("products", 1).at_least("safety_stock", units, 0)
    products = _products(session, skus)
    for product in products:
        product.safety_stock = units
    session.flush()
    news.note(session, [product.id for product in products])


def set_release(session: Session, skus: Sequence[str], day: date | None) -> None:
    """The site-local day before which these products are not sold from stock (None: sold now).

    Open lines that had the products' old day get the new one, and are looked at again; the command becomes final.
    """
    products = _products(session, skus)
    undo.close(session)
    for product in products:
        had = product.release_on
        product.release_on = day
        session.execute(
            update(OrderLine)
            .where(OrderLine.product_id == product.id, OrderLine.release_on == had, _IS_OPEN)
            .values(release_on=day)
            .execution_options(synchronize_session=False)
        )
    session.flush()
    news.note(session, [product.id for product in products])


def set_removal(session: Session, skus: Sequence[str], rule: str) -> None:
    """Which units of these products are taken first: fefo, fifo, closest, empty_bin ("": the house's rule)."""
    Entry("products", 1).one_of("removal", rule, REMOVALS)
    for product in _products(session, skus):
        product.removal = rule
    session.flush()


def set_customer_policy(session: Session, codes: Sequence[str], rule: str, limit: int = 0) -> None:
    """As :func:`set_backorder_policy`, for everything that these customers order."""
    _check_rule("customers", rule, limit)
    for customer in _customers(session, codes):
        customer.backorders, customer.backorder_limit = rule, limit
    session.flush()


def set_customer_ship_rule(session: Session, codes: Sequence[str], rule: str) -> None:
    """How new orders of these customers are sent where the order says nothing: available, complete, ask."""
    Entry("customers", 1).one_of("ship_rule", rule, SHIP_RULES)
    for customer in _customers(session, codes):
        customer.ship_rule = rule
    session.flush()


def add_substitutes(session: Session, rows: Sequence[NewSubstitute]) -> None:
    """Says what may be sent instead of what; a pair that is known already gets the new rank.

    Raises BadInput, and adds none, for an unknown product, one that replaces itself, a rank below 1, or a pair
    that comes twice.
    """
    products = find_ids(session, Product.sku, Product.id, [s for row in rows for s in (row.product, row.alternative)])
    ranks: dict[tuple[int, int], int] = {}
    for entry, row in entries("substitutes", rows):
        pair = entry.known("product", row.product, products), entry.known("alternative", row.alternative, products)
        if pair[0] == pair[1]:
            raise entry.refusal("itself", "alternative", row.alternative)
        entry.at_least("rank", row.rank, 1)
        if pair in ranks:
            raise entry.refusal("twice", "alternative", row.alternative, first=list(ranks).index(pair) + 1)
        ranks[pair] = row.rank
    asked = sorted({product_id for product_id, _ in ranks})
    for start in range(0, len(asked), AT_ONCE):
        query = select(Substitute).where(Substitute.product_id.in_(asked[start : start + AT_ONCE]))
        for known in session.scalars(query):
            known.rank = ranks.pop((known.product_id, known.alternative_id), known.rank)
    session.flush()
    insert_rows(session, Substitute, [
        {"product_id": product_id, "alternative_id": alternative_id, "rank": rank}
        for (product_id, alternative_id), rank in ranks.items()
    ])  # fmt: skip


def remove_substitutes(session: Session, sku: str) -> None:
    """Nothing is offered instead of this product any more. Raises BadInput for an unknown product."""
    (product,) = _products(session, [sku])
    for known in session.scalars(select(Substitute).where(Substitute.product_id == product.id)).all():
        session.delete(known)
    session.flush()


def add_kits(session: Session, rows: Sequence[NewKitPart]) -> None:
    """Says what kits are made of; a kit stands with all its parts in one call.

    Raises BadInput, and adds none, for an unknown product, a quantity below 1, a part twice in a kit, a kit that is
    known already, and a kit that would be part of a kit.
    """
    products = find_ids(session, Product.sku, Product.id, [sku for row in rows for sku in (row.kit, row.part)])
    known_kits, known_parts = _kits_and_parts(session, sorted(products.values()))
    kits = {row.kit for row in rows}
    first: dict[tuple[int, int], int] = {}
    made = []
    for entry, row in entries("kits", rows):
        kit, part = entry.known("kit", row.kit, products), entry.known("part", row.part, products)
        entry.at_least("qty", row.qty, 1)
        if kit in known_kits:
            raise entry.refusal("taken", "kit", row.kit)
        if row.part in kits or part in known_kits:
            raise entry.refusal("kit_in_kit", "part", row.part)
        if kit in known_parts:
            raise entry.refusal("kit_in_kit", "kit", row.kit)
        if (kit, part) in first:
            raise entry.refusal("twice", "part", row.part, first=first[kit, part])
        first[kit, part] = entry.row
        made.append({"kit_id": kit, "part_id": part, "qty": row.qty})
    insert_rows(session, KitPart, made)
    news.note(session, {row["kit_id"] for row in made})


def _check_rule(table: str, rule: str, limit: int) -> None:
    check_backorder_rule(Entry(table, 1), rule, limit)


def _products(session: Session, skus: Sequence[str]) -> list[Product]:
    found = {
        product.sku: product
        for start in range(0, len(skus), AT_ONCE)
        for product in session.scalars(select(Product).where(Product.sku.in_(skus[start : start + AT_ONCE])))
    }
    for entry, sku in entries("products", skus):
        if sku not in found:
            raise entry.refusal("unknown", "sku", sku)
    return [found[sku] for sku in dict.fromkeys(skus)]


def _customers(session: Session, codes: Sequence[str]) -> list[Customer]:
    found = {
        customer.code: customer
        for start in range(0, len(codes), AT_ONCE)
        for customer in session.scalars(select(Customer).where(Customer.code.in_(codes[start : start + AT_ONCE])))
    }
    for entry, code in entries("customers", codes):
        if code not in found:
            raise entry.refusal("unknown", "code", code)
    return [found[code] for code in dict.fromkeys(codes)]


def _kits_and_parts(session: Session, product_ids: Sequence[int]) -> tuple[set[int], set[int]]:
    """Which of these products are kits, and which are parts of one."""
    kits: set[int] = set()
    parts: set[int] = set()
    for start in range(0, len(product_ids), AT_ONCE):
        some = product_ids[start : start + AT_ONCE]
        rows = session.execute(select(KitPart.kit_id, KitPart.part_id).where(
            or_(KitPart.kit_id.in_(some), KitPart.part_id.in_(some)))).all()  # fmt: skip
        kits |= {row.kit_id for row in rows}
        parts |= {row.part_id for row in rows}
    return kits, parts
