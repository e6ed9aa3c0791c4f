"""Articles from a file: new ones, and changes by sku, with barcodes, kits and substitutes. Each row stands alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, delete, select, update
from sqlalchemy.orm import Session

from wms_desktop.db.catalog import BACKORDERS, REMOVALS
from wms_desktop.db.tables import Barcode, ImportRow, KitPart, Location, Product, Stock, Substitute
from wms_desktop.domain import barcodes
from wms_desktop.errors import Refusal
from wms_desktop.services import catalog_rules, news, undo
from wms_desktop.services.catalog import VELOCITIES
from wms_desktop.services.dialogue import Context
from wms_desktop.services.importing import lookups
from wms_desktop.services.importing.fields import (
    MOST_UNITS,
    BadField,
    Fields,
    Wrong,
    amount,
    day,
    flag,
    whole,
    word,
)
from wms_desktop.services.importing.rows import Document, Verdict, judge_rows
from wms_desktop.services.intake import Entry, find_ids, in_pieces, insert_rows
from wms_desktop.views.imports import Reading

_TEXTS = ("name", "brand", "category", "mixing")
_SIZES = ("weight_g", "length_mm", "width_mm", "height_mm")
_FLAGS = ("lot_tracked", "expiry_tracked")
_STEPS = ("serial_tracked", "is_inspected", "is_relabelled", "opens_cases")
_FACE = ("face_min", "face_max")
_WORDS = {"velocity": VELOCITIES, "backorders": BACKORDERS, "removal": REMOVALS}
_DEFAULTS: Mapping[str, Any] = {
    "brand": "", "category": "", **dict.fromkeys(_SIZES, 0), "velocity": "C", "lot_tracked": False,
    "expiry_tracked": False, "price": Decimal(0), "backorders": "allow", "backorder_limit": 0, "safety_stock": 0,
    "release_on": None, "removal": "", "serial_tracked": False, "is_inspected": False, "is_relabelled": False,
    "opens_cases": True, "face_id": None, "face_min": 0, "face_max": 0, "mixing": "",
}  # fmt: skip
_MOVES_GOODS = {"safety_stock", "removal", "is_inspected", "is_relabelled"}
_MOST = 100_000_000
_Lists = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Article:
    """What a row does: the columns it says (of a new article: all), codes to add, and its lists where they change."""

    sku: str
    id: int
    values: dict[str, Any]
    codes: list[tuple[str, int]] = field(default_factory=list)
    kit: _Lists | None = None
    substitutes: _Lists | None = None

    @property
    def changes(self) -> bool:
        """Whether it does anything to an article that is here."""
        return bool(self.values or self.codes) or self.kit is not None or self.substitutes is not None


@dataclass(slots=True)
class _Known:
    """What the house knows of the rows at hand."""

    products: dict[str, Row[*tuple[Any, ...]]]
    owners: dict[str, tuple[int, int]]
    """Barcode -> its product and units."""
    kits: dict[int, _Lists]
    substitutes: dict[int, _Lists]
    in_stock: set[int]
    bins: dict[str, int]
    """Bins that may be pick faces, by their codes."""


class ProductsJudge:
    """Judges and writes articles."""

    by_row = True

    def __init__(self, session: Session, now: datetime, reading: Reading, run_id: int) -> None:
        self._options = lookups.options_of(session, reading)
        self._run_id = run_id
        self._skus: dict[str, int] = {}
        self._codes: dict[str, tuple[str, int]] = {}
        self._lists: list[tuple[str, int, _Article]] = []
        self._written: list[_Article] = []

    def judge(self, session: Session, documents: Sequence[Document], *, lock: bool = False) -> list[Verdict]:
        """The verdict on each row; what an earlier row of the file said already is refused."""
        verdicts = [Verdict(document) for document in documents]
        rows = [self._options.filled(document.rows[0].fields) for document in documents]
        known = _look_up(session, rows)
        judge_rows(verdicts, rows, lambda fields, line: self._read(fields, known, line))
        for verdict in verdicts:
            if (article := verdict.plan) is not None:
                verdict.effect = "fresh" if not article.id else "updated" if article.changes else "untouched"
        return verdicts

    def remember(self, verdicts: Sequence[Verdict]) -> None:
        """The lists of good rows: what they name may stand further down in the file."""
        for verdict in verdicts:
            if verdict.is_good and (verdict.plan.kit or verdict.plan.substitutes):
                self._lists.append((verdict.document.key, verdict.document.rows[0].id, verdict.plan))

    def refuse(self, session: Session) -> dict[str, dict[int, Wrong]]:
        """Kits and substitutes that name what is neither here nor coming in with the file, and kits of kits."""
        named = {sku for _, _, one in self._lists for sku, _ in (*(one.kit or ()), *(one.substitutes or ()))}
        own = {one.sku for _, _, one in self._lists if one.kit}
        known = set(find_ids(session, Product.sku, Product.id, named))
        coming = _coming(session, self._run_id, named)
        kits, parts = _kits_and_parts(session, named | own)
        kits |= own
        parts |= {sku for _, _, one in self._lists for sku, _ in one.kit or ()}
        found: dict[str, dict[int, Wrong]] = {}
        while True:
            for key, row_id, one in self._lists:
                wrong = _wrong_list(one, known | coming, kits, parts)
                if wrong is not None:
                    found[key] = {row_id: wrong}
            if not coming & found.keys():
                break
            coming -= found.keys()  # what is refused does not come in, and nothing may name it
        self._lists.clear()
        return found

    def write(self, session: Session, context: Context, verdicts: Sequence[Verdict]) -> None:
        """Inserts new articles and changes known ones; codes are added."""
        undo.close(session)
        articles: list[_Article] = [verdict.plan for verdict in verdicts]
        fresh = [one for one in articles if not one.id]
        ids = insert_rows(session, Product, [{"sku": one.sku, **_DEFAULTS, **one.values} for one in fresh])
        for one, product_id in zip(fresh, ids, strict=True):
            one.id, one.values = product_id, {}
        _change(session, articles)
        codes = [{"product_id": one.id, "code": code, "units": units} for one in articles for code, units in one.codes]
        insert_rows(session, Barcode, codes)
        self._written += [one for one in articles if one.kit is not None or one.substitutes is not None]

    def finish(self, session: Session, context: Context) -> None:
        """Writes kits and substitutes, once all articles of the file are in."""
        kits = {one.sku: one.kit for one in self._written if one.kit is not None}
        substitutes = {one.sku: one.substitutes for one in self._written if one.substitutes is not None}
        named = {sku for lists in (kits, substitutes) for own, many in lists.items() for sku in (own, *dict(many))}
        ids = find_ids(session, Product.sku, Product.id, named)
        for sku in (*kits, *substitutes):
            for part, _ in (*(kits.get(sku) or ()), *(substitutes.get(sku) or ())):
                if part not in ids:
                    raise Refusal("import.run.part_gone", sku=sku, part=part)
        for part_ids in in_pieces(ids[sku] for sku in kits):
            session.execute(delete(KitPart).where(KitPart.kit_id.in_(part_ids)))
        for part_ids in in_pieces(ids[sku] for sku in substitutes):
            session.execute(delete(Substitute).where(Substitute.product_id.in_(part_ids)))
        insert_rows(
            session, KitPart,
            [{"kit_id": ids[sku], "part_id": ids[part], "qty": qty}
             for sku, many in kits.items() for part, qty in many],
        )  # fmt: skip
        insert_rows(
            session, Substitute,
            [{"product_id": ids[sku], "alternative_id": ids[other], "rank": rank}
             for sku, many in substitutes.items() for other, rank in many],
        )  # fmt: skip
        news.note(session, {ids[sku] for sku in kits})

    def _read(self, fields: Fields, known: _Known, line: int) -> _Article:
        sku = fields.get("sku", "")
        Entry("products", 1).code("sku", sku)
        first = self._skus.setdefault(sku, line)
        if first != line:
            raise BadField("sku", sku, "twice", line=first)
        row = known.products.get(sku)
        values = _values(fields) | _face(fields, known)
        if row is None:
            Entry("products", 1).text("name", values.get("name", ""))
        else:
            values = {name: value for name, value in values.items() if value != getattr(row, name)}
            if row.id in known.in_stock and values.keys() & set(_FLAGS):
                name = next(name for name in _FLAGS if name in values)
                raise BadField(name, fields[name], "tracking_in_use", sku=sku)
        article = _Article(sku, row.id if row is not None else 0, values)
        article.codes = list(self._new_codes(fields, article, known, line))
        kit, substitutes = _kit(fields), _substitutes(fields)
        article.kit = kit if kit and kit != known.kits.get(article.id) else None
        article.substitutes = substitutes if substitutes and substitutes != known.substitutes.get(article.id) else None
        return article

    def _new_codes(self, fields: Fields, article: _Article, known: _Known, line: int) -> Iterator[tuple[str, int]]:
        seen: set[str] = set()
        for name in ("barcode", "case_barcode"):
            text = fields.get(name, "")
            if not text:
                continue
            units = 1 if name == "barcode" else whole(fields, "units_per_case", 2, most=MOST_UNITS)
            if not units:
                raise BadField("units_per_case", "", "empty")
            Entry("products", 1).code(name, text)
            code = barcodes.normal(text)
            sku, first = self._codes.setdefault(code, (article.sku, line))
            if sku != article.sku or code in seen:
                raise BadField(name, text, "barcode_twice", sku=sku, line=first)
            seen.add(code)
            owner = known.owners.get(code)
            if owner is None:
                yield code, units
            elif owner[0] != article.id:
                raise BadField(name, text, "barcode_taken")
            elif owner[1] != units:
                raise BadField(name, text, "barcode_units", units=owner[1])


def _values(fields: Fields) -> dict[str, Any]:
    """The columns that a row says something of, read."""
    values: dict[str, Any] = {}
    for name in _TEXTS:
        if fields.get(name):
            Entry("products", 1).maybe_text(name, fields[name])
            values[name] = fields[name]
    for name in (*_SIZES, "backorder_limit", "safety_stock"):
        if fields.get(name):
            values[name] = whole(fields, name, 0, most=_MOST)
    for name in (*_FLAGS, *_STEPS):
        if fields.get(name):
            values[name] = flag(fields, name)
    for name, choices in _WORDS.items():
        if fields.get(name):
            values[name] = word(fields, name, choices)
    if fields.get("price"):
        values["price"] = amount(fields, "price")
    if fields.get("release_on"):
        values["release_on"] = day(fields, "release_on")
    return values


def _face(fields: Fields, known: _Known) -> dict[str, Any]:
    """The fixed pick face and the units between which it is refilled; a face without a most is never refilled."""
    values: dict[str, Any] = {name: whole(fields, name, 0, most=_MOST) for name in _FACE if fields.get(name)}
    code = fields.get("face", "")
    if code:
        if code not in known.bins:
            raise BadField("face", code, "unknown_place")
        values["face_id"] = known.bins[code]
    row = known.products.get(fields.get("sku", ""))
    least, most = (values.get(name, getattr(row, name) if row is not None else 0) for name in _FACE)
    if least > most:
        raise BadField("face_min", str(least), "face_turned", most=most)
    return values


def _kit(fields: Fields) -> _Lists:
    """The parts of a kit, "SKU*2;SKU*1", in the order of their codes; none where the row says nothing."""
    text = fields.get("kit", "")
    parts: dict[str, int] = {}
    for part in filter(None, text.split(";")):
        sku, _, qty = part.rpartition("*")
        if not sku or not qty.isascii() or not qty.isdigit() or not 0 < int(qty[:8]) <= MOST_UNITS:
            raise BadField("kit", text, "not_parts")
        if sku in parts or sku == fields.get("sku"):
            raise BadField("kit", text, "part_twice", part=sku)
        parts[sku] = int(qty)
    return tuple(sorted(parts.items()))


def _substitutes(fields: Fields) -> _Lists:
    """What may be sent instead, "SKU;SKU", the first the best; none where the row says nothing."""
    text = fields.get("substitutes", "")
    skus = [sku for sku in text.split(";") if sku]
    for sku in skus:
        if sku == fields.get("sku") or skus.count(sku) > 1:
            raise BadField("substitutes", text, "part_twice", part=sku)
    return tuple((sku, rank) for rank, sku in enumerate(skus, 1))


def _wrong_list(one: _Article, here: set[str], kits: set[str], parts: set[str]) -> Wrong | None:
    """What is wrong with the lists of an article."""
    for name, many in (("kit", one.kit), ("substitutes", one.substitutes)):
        for sku, _ in many or ():
            if sku not in here:
                return Wrong(name, sku, "import.run.part_unknown", {"part": sku})
            if name == "kit" and sku in kits:
                return Wrong(name, sku, "import.run.kit_in_kit", {"part": sku})
    if one.kit and one.sku in parts:
        return Wrong("kit", one.sku, "import.run.kit_in_kit", {"part": one.sku})
    return None


def _change(session: Session, articles: Sequence[_Article]) -> None:
    """The columns of known articles, one statement for all that change the same ones."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    released: dict[date | None, list[str]] = defaultdict(list)
    for one in articles:
        values = {name: value for name, value in one.values.items() if name != "release_on"}
        if "release_on" in one.values:
            released[one.values["release_on"]].append(one.sku)
        if values:
            by_columns[tuple(values)].append({"id": one.id, **values})
    for rows in by_columns.values():
        session.execute(update(Product), rows)
    for release_on, skus in released.items():
        catalog_rules.set_release(session, skus, release_on)
    news.note(session, {one.id for one in articles if one.values.keys() & _MOVES_GOODS})


def _look_up(session: Session, rows: Sequence[Fields]) -> _Known:
    known = _Known({}, {}, {}, {}, set(), {})
    for part in in_pieces({fields.get("face", "") for fields in rows} - {""}):
        places = select(Location.code, Location.id).where(Location.code.in_(part), Location.kind == "bin")
        known.bins |= {row.code: row.id for row in session.execute(places)}
    columns = [getattr(Product, name) for name in ("id", "sku", "name", *_DEFAULTS)]
    for part in in_pieces({fields.get("sku", "") for fields in rows}):
        known.products |= {row.sku: row for row in session.execute(select(*columns).where(Product.sku.in_(part)))}
    codes = {
        barcodes.normal(text) for fields in rows for name in ("barcode", "case_barcode") if (text := fields.get(name))
    }
    for part in in_pieces(codes):
        query = select(Barcode.code, Barcode.product_id, Barcode.units).where(Barcode.code.in_(part))
        known.owners |= {row.code: (row.product_id, row.units) for row in session.execute(query)}
    ids = [row.id for row in known.products.values()]
    for part in in_pieces(ids):
        standing = select(Stock.product_id).where(Stock.product_id.in_(part), Stock.on_hand > 0)
        known.in_stock |= set(session.scalars(standing.distinct()))
        kits = (
            select(KitPart.kit_id, Product.sku, KitPart.qty)
            .join(Product, Product.id == KitPart.part_id)
            .where(KitPart.kit_id.in_(part)).order_by(Product.sku)
        )  # fmt: skip
        for kit_id, sku, qty in session.execute(kits):
            known.kits[kit_id] = tuple(sorted((*known.kits.get(kit_id, ()), (sku, qty))))
        others = (
            select(Substitute.product_id, Product.sku, Substitute.rank)
            .join(Product, Product.id == Substitute.alternative_id)
            .where(Substitute.product_id.in_(part)).order_by(Substitute.rank, Substitute.id)
        )  # fmt: skip
        for product_id, sku, rank in session.execute(others):
            known.substitutes[product_id] = (*known.substitutes.get(product_id, ()), (sku, rank))
    return known


def _coming(session: Session, run_id: int, skus: Iterable[str]) -> set[str]:
    """Which of these come in with the file."""
    found: set[str] = set()
    for part in in_pieces(skus):
        query = select(ImportRow.key).where(
            ImportRow.run_id == run_id, ImportRow.key.in_(part), ImportRow.state == "good"
        )
        found |= set(session.scalars(query))
    return found


def _kits_and_parts(session: Session, skus: Iterable[str]) -> tuple[set[str], set[str]]:
    """Which of these are kits in the house, and which parts of one."""
    kits: set[str] = set()
    parts: set[str] = set()
    for part in in_pieces(skus):
        for found, column in ((kits, KitPart.kit_id), (parts, KitPart.part_id)):
            query = select(Product.sku).join(KitPart, column == Product.id).where(Product.sku.in_(part))
            found |= set(session.scalars(query.distinct()))
    return kits, parts
