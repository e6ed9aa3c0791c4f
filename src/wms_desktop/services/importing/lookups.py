"""What the rows of a file name in this house, looked up for many rows by a few questions: articles, customers, ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from wms_desktop.db.tables import Barcode, CarrierService, Customer, Product
from wms_desktop.domain import barcodes, written
from wms_desktop.services import settings
from wms_desktop.services.importing.fields import BadField, Fields
from wms_desktop.services.importing.rows import Staged
from wms_desktop.services.intake import AT_ONCE
from wms_desktop.views.imports import Reading

NEW_CUSTOMERS = "new_customers"
NEW_SUPPLIERS = "new_suppliers"
NOT_GOODS = "not_goods"
_STEER = (NEW_CUSTOMERS, NEW_SUPPLIERS, NOT_GOODS)
_LEAVE_OUT = "leave_out"
_SERVICE_OF = "service."


@dataclass(frozen=True, slots=True)
class Goods:
    """An article as a row names it: ``units`` of it for each counted (more than one where a case code was given)."""

    id: int
    units: int
    release_on: date | None


@dataclass(slots=True)
class Asked:
    """One line of a document as the file has it, its article found; below 0 units are taken back."""

    row: Staged
    goods: Goods
    sku: str
    qty: int
    cancelled: int
    price: Decimal
    has_price: bool
    line_no: int
    made_to_order: bool
    release_on: date | None


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer; ``id`` is 0 for one that comes in with the file."""

    id: int
    code: str
    priority_class: int = 2
    ship_rule: str = "available"


@dataclass(slots=True)
class Options:
    """How a file is taken, from its reading's constants and the house's settings.

    ``constants`` fill what a row leaves empty; ``new_customers`` and ``new_suppliers`` 0 refuse those not known;
    ``not_goods`` "leave_out" leaves rows of codes that are no goods out of their orders; ``service.CODE`` says which
    service such a code stands for. ``columns`` are the file's own titles by field.
    """

    constants: Mapping[str, str]
    makes_customers: bool
    leaves_out: bool
    service_of: Mapping[str, str]
    not_goods: tuple[str, ...]
    columns: Mapping[str, str]
    makes_suppliers: bool = True

    def is_not_goods(self, code: str) -> bool:
        """Whether a code stands for postage, fees, gifts of money and the like."""
        return any(fnmatchcase(code.upper(), pattern) for pattern in self.not_goods)

    def filled(self, fields: Fields) -> Fields:
        """A row's fields with the constants where it says nothing."""
        return {**self.constants, **fields} if self.constants else fields


def options_of(session: Session, reading: Reading) -> Options:
    """The options of a run."""
    constants = {name: text for name, text in reading.constants.items() if text}
    patterns = settings.get(session, "not_goods").split(",")
    return Options(
        constants={n: t for n, t in constants.items() if n not in _STEER and "." not in n},
        makes_customers=constants.get(NEW_CUSTOMERS, "1") != "0",
        leaves_out=constants.get(NOT_GOODS) == _LEAVE_OUT,
        service_of={n.removeprefix(_SERVICE_OF): t for n, t in constants.items() if n.startswith(_SERVICE_OF)},
        not_goods=tuple(pattern.strip().upper() for pattern in patterns if pattern.strip()),
        columns={name: title for title, name in reading.mapping.items()},
        makes_suppliers=constants.get(NEW_SUPPLIERS, "1") != "0",
    )


@dataclass(slots=True)
class Catalog:
    """Articles by sku, by barcode and by name, as far as some rows ask for them."""

    by_sku: dict[str, Goods] = field(default_factory=dict)
    by_code: dict[str, Goods] = field(default_factory=dict)
    by_name: dict[str, list[Goods]] = field(default_factory=dict)
    cases: dict[int, list[int]] = field(default_factory=dict)
    """The sizes of the cases of articles, by article, where rows count in cases."""

    def find(self, fields: Fields) -> Goods | None:
        """The article that a row names: by its sku, its barcode, the sku read as a barcode; by name if it has no code.

        None where there is no such article. Raises BadField when several bear the name.
        """
        sku, code = fields.get("sku", ""), fields.get("barcode", "")
        found = (sku and self.by_sku.get(sku)) or (code and self.by_code.get(barcodes.normal(code)))
        found = found or (sku and self.by_code.get(barcodes.normal(sku)))
        if found:
            return found
        name = fields.get("name", "")
        if sku or code or not name:
            return None
        named = self.by_name.get(name, [])
        if len(named) > 1:
            raise BadField("name", name, "several_products")
        return named[0] if named else None

    def counted(self, fields: Fields, goods: Goods) -> Goods:
        """The article with the units that one of the row's quantity stands for.

        A row that counts in cases means the article's case, unless its own code is that of a case already. Raises
        BadField where no size of its case is known, or several are.
        """
        if fields.get("unit") != written.CASE or goods.units > 1:
            return goods
        sizes = self.cases.get(goods.id, [])
        if not sizes:
            raise BadField("unit", fields["unit"], "case_unknown", sku=_name_of(fields))
        if len(sizes) > 1:
            known = ", ".join(map(str, sorted(sizes)))
            raise BadField("unit", fields["unit"], "case_several", sku=_name_of(fields), sizes=known)
        return replace(goods, units=sizes[0])


def find_catalog(session: Session, rows: Iterable[Fields]) -> Catalog:
    """The articles that these rows may mean."""
    catalog = Catalog()
    rows = list(rows)
    skus, codes, names = set(), set(), set()
    for fields in rows:
        sku, code = fields.get("sku", ""), fields.get("barcode", "")
        skus.add(sku)
        codes |= {code}
        if not (sku or code):
            names.add(fields.get("name", ""))
    facts = (Product.id, Product.release_on)
    for row in _look_up(session, select(Product.sku, *facts), Product.sku, skus):
        catalog.by_sku[row[0]] = Goods(row[1], 1, row[2])
    codes |= {sku for sku in skus if sku not in catalog.by_sku}
    query = select(Barcode.code, *facts, Barcode.units).join(Product, Product.id == Barcode.product_id)
    for row in _look_up(session, query, Barcode.code, {barcodes.normal(code) for code in codes}):
        catalog.by_code[row[0]] = Goods(row[1], row[3], row[2])
    for row in _look_up(session, select(Product.name, *facts), Product.name, names):
        catalog.by_name.setdefault(row[0], []).append(Goods(row[1], 1, row[2]))
    _add_cases(session, catalog, [fields for fields in rows if fields.get("unit") == written.CASE])
    return catalog


def _add_cases(session: Session, catalog: Catalog, rows: Sequence[Fields]) -> None:
    """The sizes of the cases of articles whose rows count in cases."""
    ids = set()
    for fields in rows:
        with suppress(BadField):  # a name that several bear is told where the row is judged
            goods = catalog.find(fields)
            ids |= {goods.id} if goods is not None else set()
    sizes = select(Barcode.product_id, Barcode.units).where(Barcode.units > 1).distinct()
    for row in _look_up(session, sizes, Barcode.product_id, ids):
        catalog.cases.setdefault(row[0], []).append(row[1])


def _name_of(fields: Fields) -> str:
    return fields.get("sku") or fields.get("barcode") or fields.get("name", "")


def find_customers(session: Session, codes: Iterable[str]) -> dict[str, Buyer]:
    """Customers by their codes."""
    query = select(Customer.id, Customer.code, Customer.priority_class, Customer.ship_rule)
    rows = _look_up(session, query, Customer.code, codes)
    return {row.code: Buyer(row.id, row.code, row.priority_class, row.ship_rule) for row in rows}


@dataclass(frozen=True, slots=True)
class Services:
    """The carriers' services by code and by name, and the one that is taken where none is known (None: refused)."""

    by_name: Mapping[str, int]
    codes: Mapping[int, str]
    default: int | None

    def find(self, text: str) -> int | None:
        """The service that a row names; None: no such one."""
        return self.by_name.get(text.strip().casefold())


def find_services(session: Session) -> Services:
    """The house's services."""
    rows = session.execute(select(CarrierService.id, CarrierService.code, CarrierService.name)).all()
    by_name = {row.name.casefold(): row.id for row in rows} | {row.code.casefold(): row.id for row in rows}
    default = by_name.get(settings.get(session, "default_service").casefold()) if rows else None
    return Services(by_name, {row.id: row.code for row in rows}, default)


def _look_up(session: Session, query: Select[*tuple[Any, ...]], key: InstrumentedAttribute[Any],
             values: Iterable[Any]) -> Iterator[Row[*tuple[Any, ...]]]:  # fmt: skip
    distinct = sorted({value for value in values if value})
    for start in range(0, len(distinct), AT_ONCE):
        yield from session.execute(query.where(key.in_(distinct[start : start + AT_ONCE])))
