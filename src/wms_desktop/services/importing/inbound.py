"""What files of purchase orders and notices share: what rows say of the whole document, suppliers, goods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Supplier
from wms_desktop.errors import BadInput, Value
from wms_desktop.services.importing.drafts import Draft
from wms_desktop.services.importing.fields import MOST_UNITS, BadField, Fields, Wrong, amount, of_refusal, whole
from wms_desktop.services.importing.lookups import Catalog, Options
from wms_desktop.services.importing.rows import Document, Staged, Verdict, own_problems
from wms_desktop.services.intake import Entry, in_pieces, insert_rows

_MOST_CODE = 60


@dataclass(frozen=True, slots=True)
class Seller:
    """A supplier; ``id`` 0: one that comes in with the file."""

    id: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """One row's goods: the article, its units, and the price of one (``has_price``: it was said).

    ``is_case``: the row named a case, or counts in cases.
    """

    row: Staged
    fields: Fields
    product_id: int
    sku: str
    qty: int
    price: Decimal
    has_price: bool
    is_case: bool = False


def draft_of(options: Options, document: Document, head: Sequence[str]) -> Draft:
    """Gathers what the rows say of the whole document; a row that says otherwise than one before it is wrong."""
    draft = Draft(Verdict(document))
    own_problems(draft.verdict)
    for row in document.rows:
        for name in head:
            text = row.fields.get(name, "")
            if not text:
                continue
            before = draft.said.setdefault(name, text)
            if before == text:
                draft.said_by.setdefault(name, row)
                continue
            args: dict[str, Value] = {"other": before, "line": draft.said_by[name].line, "document": draft.number}
            draft.verdict.refuse(row, Wrong(name, text, "import.run.contradiction", args))
        draft.fields.append((row, options.filled(row.fields)))
    for name, text in options.constants.items():
        if name in head:
            draft.said.setdefault(name, text)
    try:
        Entry("documents", 1).code("number", draft.number)
    except BadInput as bad:
        draft.refuse(of_refusal(bad))
    return draft


def goods_of(draft: Draft, catalog: Catalog) -> list[Wanted]:
    """The goods of each row; what is no article, or no quantity, is refused."""
    found = []
    for row, fields in draft.rows:
        try:
            found.append(_wanted(row, fields, catalog))
            draft.verdict.counts["by_case"] += found[-1].is_case
        except BadField as bad:
            draft.verdict.refuse(row, bad.wrong)
    return found


def _wanted(row: Staged, fields: Fields, catalog: Catalog) -> Wanted:
    goods = catalog.find(fields)
    name = next((name for name in ("sku", "barcode", "name") if fields.get(name)), "sku")
    if goods is None:
        raise BadField(name, fields.get(name, ""), "unknown_product" if fields.get(name) else "empty")
    goods = catalog.counted(fields, goods)
    qty = whole(fields, "qty", 1, most=MOST_UNITS)
    if not qty:
        raise BadField("qty", "", "empty")
    price = amount(fields, "price")
    if goods.units > 1:  # a case was named: its units are meant, at the price divided by them
        price = (price / goods.units).quantize(Decimal("0.0001"))
    units = qty * goods.units
    if units > MOST_UNITS:
        raise BadField("qty", str(qty), "too_large", most=MOST_UNITS // goods.units)
    return Wanted(row, fields, goods.id, fields.get(name, ""), units, price, bool(fields.get("price")),
                  goods.units > 1)  # fmt: skip


@dataclass(slots=True)
class Sellers:
    """Suppliers by code and by name, as far as some documents ask for them."""

    by_code: dict[str, Seller] = field(default_factory=dict)
    by_name: dict[str, list[Seller]] = field(default_factory=dict)
    by_id: dict[int, Seller] = field(default_factory=dict)
    makes_new: bool = True

    def find(self, draft: Draft) -> Seller | None:
        """The supplier that a document names, perhaps a new one; None: it names none. Raises BadField."""
        code, name = draft.said.get("supplier_code", ""), draft.said.get("supplier_name", "")
        known = self.by_code.get(code)
        if known is not None:
            return known
        named = self.by_name.get(name, []) if not code else []
        if len(named) > 1:
            raise BadField("supplier_name", name, "several_suppliers")
        if named:
            return named[0]
        if not (code or name):
            return None
        if not self.makes_new:
            raise BadField("supplier_code" if code else "supplier_name", code or name, "unknown_supplier")
        made = code or name
        if len(made) > _MOST_CODE:
            raise BadField("supplier_name", name, "too_long", most=_MOST_CODE)
        return Seller(0, made, name or made)


def find_sellers(session: Session, options: Options, drafts: Iterable[Draft], ids: Iterable[int] = ()) -> Sellers:
    """The suppliers that documents name, and those of these ids."""
    said = [draft.said for draft in drafts]
    sellers = Sellers(makes_new=options.makes_suppliers)
    query = select(Supplier.id, Supplier.code, Supplier.name)
    names = {one.get("supplier_name", "") for one in said} - {""}
    wanted = [Supplier.code.in_(part) for part in in_pieces({one.get("supplier_code", "") for one in said} - {""})]
    wanted += [Supplier.name.in_(part) for part in in_pieces(names)]
    wanted += [Supplier.id.in_(part) for part in in_pieces(ids)]
    for which in wanted:
        for row in session.execute(query.where(which).order_by(Supplier.id)):
            if row.id not in sellers.by_id:
                seller = sellers.by_id[row.id] = sellers.by_code[row.code] = Seller(*row)
                sellers.by_name.setdefault(row.name, []).append(seller)
    # A code may stand in the column of names, where the file has only one of the two.
    for part in in_pieces(names):
        for row in session.execute(query.where(Supplier.code.in_(part))):
            sellers.by_name.setdefault(row.code, [Seller(*row)])
    return sellers


def add_sellers(session: Session, sellers: Iterable[Seller]) -> dict[str, int]:
    """The suppliers that come in with a file, each once; gives their ids by code."""
    names: dict[str, str] = {}
    for one in sellers:
        if not one.id:
            names.setdefault(one.code, one.name)
    made = [{"code": code, "name": name, "is_inspected": False} for code, name in names.items()]
    return dict(zip(names, insert_rows(session, Supplier, made), strict=True))
