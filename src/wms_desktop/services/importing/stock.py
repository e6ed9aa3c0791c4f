"""Opening stock from a file: each row stands for itself, and goes only where that article never stood before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import NO_LOT, NO_PLATE, Location, Lot, Product, Stock
from wms_desktop.errors import BadInput
from wms_desktop.services import inventory, news
from wms_desktop.services.dialogue import Context
from wms_desktop.services.importing import lookups
from wms_desktop.services.importing.fields import MOST_UNITS, BadField, Fields, Wrong, day, whole, word
from wms_desktop.services.importing.lookups import Catalog
from wms_desktop.services.importing.rows import Document, Verdict, judge_rows
from wms_desktop.services.intake import in_pieces, insert_rows
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.views.imports import Reading

_CONDITIONS = ("good", "damaged")
_PLACES = ("bin", "hold", "dock")
_MOST_LOT = 60
_Key = tuple[int, int, int, str, str]
"""Product, place, lot (0: none, or a new one), its code where it is new, condition."""


@dataclass(frozen=True, slots=True)
class _Tracked:
    """What must be said of an article's units."""

    sku: str
    lot: bool
    expiry: bool


@dataclass(frozen=True, slots=True)
class _Standing:
    """Units to be posted: ``lot_id`` 0 with a ``lot`` is one that comes in with the file."""

    product_id: int
    location_id: int
    qty: int
    condition: str
    lot_id: int
    lot: str
    expiry: date | None

    @property
    def key(self) -> _Key:
        """What may stand once only."""
        return (self.product_id, self.location_id, self.lot_id, self.lot if not self.lot_id else "", self.condition)


@dataclass(slots=True)
class _Known:
    """What the house knows of the rows at hand."""

    catalog: Catalog
    places: dict[str, tuple[int, str]]
    tracked: dict[int, _Tracked]
    lots: dict[tuple[int, str], tuple[int, date | None]]
    stands: set[tuple[int, int, int, str]]


class StockJudge:
    """Judges and writes opening stock."""

    by_row = True

    def __init__(self, session: Session, now: datetime, reading: Reading) -> None:
        self._options = lookups.options_of(session, reading)
        self._seen: dict[_Key, int] = {}

    def judge(self, session: Session, documents: Sequence[Document], *, lock: bool = False) -> list[Verdict]:
        """The verdict on each row; the second of two that mean the same units of the same place is refused."""
        verdicts = [Verdict(document) for document in documents]
        rows = [self._options.filled(document.rows[0].fields) for document in documents]
        known = _look_up(session, rows)
        judge_rows(verdicts, rows, lambda fields, line: self._read_once(fields, known, line))
        return verdicts

    def remember(self, verdicts: Sequence[Verdict]) -> None:
        """Rows are judged alone."""

    def refuse(self, session: Session) -> dict[str, dict[int, Wrong]]:
        """Nothing more than each row says of itself."""
        return {}

    def write(self, session: Session, context: Context, verdicts: Sequence[Verdict]) -> None:
        """Posts the units from the adjustment place, with lots that are new."""
        rows: list[_Standing] = [verdict.plan for verdict in verdicts]
        source = session.scalar(select(Location.id).where(Location.kind == "adjustment").order_by(Location.id).limit(1))
        if source is None:
            raise BadInput("input.no_adjustment")
        fresh = {(row.product_id, row.lot): row.expiry for row in rows if row.lot and not row.lot_id}
        known = _lots(session, {product_id for product_id, _ in fresh})
        missing = {key: expiry for key, expiry in fresh.items() if key not in known}
        made = [
            {"product_id": product_id, "code": code, "expiry": expiry} for (product_id, code), expiry in missing.items()
        ]
        ids = {key: lot_id for key, (lot_id, _) in known.items()} | dict(
            zip(missing, insert_rows(session, Lot, made), strict=True)
        )
        posted = [
            (
                Goods(
                    product_id=row.product_id,
                    qty=row.qty,
                    lot_id=row.lot_id or ids.get((row.product_id, row.lot), NO_LOT),
                ),
                Spot(location_id=row.location_id, condition=row.condition),
            )
            for row in rows
        ]
        inventory.open_stock(session, context, posted, source)
        news.note(session, {row.product_id for row in rows})

    def finish(self, session: Session, context: Context) -> None:
        """Nothing is left to do."""

    def _read_once(self, fields: Fields, known: _Known, line: int) -> _Standing:
        standing = _read(fields, known)
        first = self._seen.setdefault(standing.key, line)
        if first != line:
            raise BadField("location", fields["location"], "stock_twice", line=first)
        return standing


def _read(fields: Fields, known: _Known) -> _Standing:
    """A row's units, or the first thing that is wrong with them."""
    goods = known.catalog.find(fields)
    if goods is None:
        column = next((name for name in ("sku", "barcode") if fields.get(name)), "sku")
        raise BadField(column, fields.get(column, ""), "unknown_product" if fields.get(column) else "empty")
    code = fields.get("location", "")
    place = known.places.get(code)
    if not code or place is None:
        raise BadField("location", code, "unknown_place" if code else "empty")
    if place[1] not in _PLACES:
        raise BadField("location", code, "no_storage")
    qty = whole(fields, "qty", 1, most=MOST_UNITS) * goods.units
    condition = word(fields, "condition", _CONDITIONS) or "good"
    lot_id, lot, expiry = _lot(fields, goods.id, known)
    if not qty:
        raise BadField("qty", "", "empty")
    if not (lot and not lot_id) and (goods.id, place[0], lot_id, condition) in known.stands:
        raise BadField("location", code, "stands_already", sku=known.tracked[goods.id].sku)
    return _Standing(goods.id, place[0], qty, condition, lot_id, lot, expiry)


def _lot(fields: Fields, product_id: int, known: _Known) -> tuple[int, str, date | None]:
    """The lot of a row: known, new, or none."""
    tracked = known.tracked[product_id]
    lot, expiry = fields.get("lot", ""), day(fields, "expiry")
    if tracked.expiry and expiry and not lot:
        lot = expiry.isoformat()
    if tracked.lot and not lot:
        raise BadField("lot", "", "lot_wanted", sku=tracked.sku)
    if lot and not (tracked.lot or tracked.expiry):
        raise BadField("lot", lot, "lot_unwanted", sku=tracked.sku)
    if len(lot) > _MOST_LOT:
        raise BadField("lot", lot, "too_long", most=_MOST_LOT)
    lot_id, known_expiry = known.lots.get((product_id, lot), (NO_LOT, None)) if lot else (NO_LOT, None)
    if lot_id and expiry and known_expiry != expiry:
        raise BadField("expiry", expiry.isoformat(), "other_expiry", lot=lot, known=str(known_expiry or "-"))
    if tracked.expiry and not (expiry or known_expiry):
        raise BadField("expiry", "", "expiry_wanted", sku=tracked.sku)
    if expiry and not lot:
        raise BadField("expiry", expiry.isoformat(), "lot_unwanted", sku=tracked.sku)
    return lot_id, lot, expiry


def _look_up(session: Session, rows: Sequence[Fields]) -> _Known:
    catalog = lookups.find_catalog(session, rows)
    products = {goods.id for goods in (*catalog.by_sku.values(), *catalog.by_code.values())}
    products |= {goods.id for many in catalog.by_name.values() for goods in many}
    places: dict[str, tuple[int, str]] = {}
    for part in in_pieces({fields.get("location", "") for fields in rows}):
        query = select(Location.code, Location.id, Location.kind).where(Location.code.in_(part))
        places |= {row.code: (row.id, row.kind) for row in session.execute(query)}
    tracked: dict[int, _Tracked] = {}
    for some in in_pieces(products):
        facts = select(Product.id, Product.sku, Product.lot_tracked, Product.expiry_tracked).where(Product.id.in_(some))
        tracked |= {row.id: _Tracked(row.sku, row.lot_tracked, row.expiry_tracked) for row in session.execute(facts)}
    stands: set[tuple[int, int, int, str]] = set()
    for some in in_pieces({place[0] for place in places.values()}):
        standing = select(Stock.product_id, Stock.location_id, Stock.lot_id, Stock.condition).where(
            Stock.location_id.in_(some), Stock.plate_id == NO_PLATE
        )
        stands |= {(row[0], row[1], row[2], row[3]) for row in session.execute(standing)}
    return _Known(catalog, places, tracked, _lots(session, products), stands)


def _lots(session: Session, product_ids: Iterable[int]) -> dict[tuple[int, str], tuple[int, date | None]]:
    lots: dict[tuple[int, str], tuple[int, date | None]] = {}
    for part in in_pieces(product_ids):
        query = select(Lot.id, Lot.product_id, Lot.code, Lot.expiry).where(Lot.product_id.in_(part))
        lots |= {(row.product_id, row.code): (row.id, row.expiry) for row in session.execute(query) if row.product_id}
    return lots
