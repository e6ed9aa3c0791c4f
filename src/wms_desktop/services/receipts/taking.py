"""Takes units in: compares them with what is expected, posts them, writes the receipt's lines, and shares them out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import (
    NO_LOT,
    NO_PLATE,
    DeliveryPart,
    Location,
    Lot,
    Notice,
    NoticeLine,
    NoticePackage,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    ReceiptLine,
    ReceivedSerial,
)
from wms_desktop.errors import Bug, NothingExpected, Refusal
from wms_desktop.services import crossdocking, inventory, settings
from wms_desktop.services.crossdocking import Arrival
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Units to take in: product, quantity, lot code and expiry as read (empty: none), condition and plate (0: none).

    Damaged units, and those ``not_ordered``, go to the hold. ``notice_line_id`` where the label says which announced
    line it is. ``serials``: one number for each unit, or none; ``case``: how many
    units stand in each closed case (1: loose).
    """

    product_id: int
    qty: int
    lot: str = ""
    expiry: str = ""
    condition: str = "good"
    note: str = ""
    plate_id: int = NO_PLATE
    not_ordered: bool = False
    serials: tuple[str, ...] = ()
    notice_line_id: int | None = None
    case: int = 1

    @property
    def is_held(self) -> bool:
        """Whether the units go to the hold."""
        return self.condition == "damaged" or self.not_ordered


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How a quantity compares with what the purchase order still has open for the product."""

    ordered: int
    received: int
    over: int
    tolerated: bool


def compare(session: Session, receipt: Receipt, product_id: int, qty: int) -> Expected:
    """What the order expects of a product, and how far this quantity goes beyond it.

    The order's lines of the product are locked until the commit: of two scans at once the second sees the first.
    Raises NothingExpected when the product is not on the order; a blind receipt expects anything.
    """
    return compare_all(session, receipt, {product_id: qty})[product_id]


def compare_all(session: Session, receipt: Receipt, units: Mapping[int, int]) -> dict[int, Expected]:
    """As `compare` for so many units of each product, in one question."""
    if receipt.purchase_order_id is None:
        return {product_id: Expected(ordered=0, received=0, over=0, tolerated=True) for product_id in units}
    lines = _lock_lines(session, receipt, list(units))
    if missing := sorted(units.keys() - {line.product_id for line in lines}):
        product = session.get_one(Product, missing[0])
        number = session.get_one(PurchaseOrder, receipt.purchase_order_id).number
        raise NothingExpected("not_on_order", product=product.name, number=number)
    percent = settings.get_int(session, "over_receipt_percent")
    compared = {}
    for product_id, qty in units.items():
        mine = [line for line in lines if line.product_id == product_id]
        ordered, received = sum(line.ordered for line in mine), sum(line.received for line in mine)
        over = max(0, received + qty - ordered)
        compared[product_id] = Expected(
            ordered=ordered, received=received, over=over, tolerated=over <= ordered * percent // 100
        )
    return compared


def take_in(session: Session, context: Context, receipt: Receipt, parcels: Sequence[Parcel]) -> list[ReceiptLine]:
    """Posts units from the supplier to the dock (held ones to the hold) and ties what somebody waits for.

    Good units are shared out at once, all parcels as one arrival; units that must be inspected or relabelled wait on
    the dock and serve nobody. A receipt line is written for each purchase line and announced line that they fill.
    Refuses `lot_expiry_differs`.
    """
    lots = _lots(session, parcels)
    supplier, hold = list_places(session, ("supplier", "hold"))
    spots = [
        Spot(location_id=hold if parcel.is_held else receipt.dock_id, condition=parcel.condition,
             plate_id=NO_PLATE if parcel.is_held else parcel.plate_id)
        for parcel in parcels
    ]  # fmt: skip
    goods = [
        Goods(product_id=parcel.product_id, qty=parcel.qty, lot_id=lot_id)
        for parcel, lot_id in zip(parcels, lots, strict=True)
    ]
    stock_ids = _post(session, context, list(zip(goods, spots, strict=True)), supplier)
    fills = _Fills(session, receipt, parcels)
    lines: list[ReceiptLine] = []
    stood: list[int] = []
    for parcel, lot_id, stock_id in zip(parcels, lots, stock_ids, strict=True):
        for purchase_line_id, notice_line_id, qty in fills.spread(parcel):
            line = _line(context, receipt, parcel, qty)
            line.lot_id, line.purchase_line_id, line.notice_line_id = lot_id, purchase_line_id, notice_line_id
            lines.append(line)
            stood.append(stock_id)
    session.add_all(lines)
    session.flush()
    _note_serials(session, lines, parcels)
    arrivals = [
        Arrival(receipt_line_id=line.id, stock_id=stock_id, product_id=line.product_id, qty=line.qty,
                purchase_line_id=line.purchase_line_id, case=line.case_units)
        for line, stock_id in zip(lines, stood, strict=True)
        if line.condition == "good" and line.note != NOT_ORDERED
    ]  # fmt: skip
    if arrivals:
        crossdocking.serve(session, context, arrivals)
    return lines


def list_fills(session: Session, receipt: Receipt, due: Sequence[tuple[int, int]]) -> list[tuple[int, int | None, int]]:
    """(purchase line, announced line, units) that so many units of purchase lines fill, in the notices' order."""
    announced = _list_announced(session, receipt, [line_id for line_id, _ in due], [])
    fills: list[tuple[int, int | None, int]] = []
    for line_id, qty in due:
        left = qty
        for row in announced.get(line_id, ()):
            take = min(left, row.qty - row.received)
            if take:
                fills.append((line_id, row.id, take))
                left -= take
        if left:
            fills.append((line_id, None, left))
    return fills


NOT_ORDERED = "not_ordered"
"""The note of a receipt line whose units nobody ordered."""


def list_places(session: Session, kinds: Sequence[str]) -> list[int]:
    """The first place of each kind, in the order asked; a house without one is a bug."""
    rows = session.execute(
        select(Location.kind, Location.id).where(Location.kind.in_(kinds)).order_by(Location.id.desc())
    )
    first = {row.kind: row.id for row in rows}
    if missing := [kind for kind in kinds if kind not in first]:
        raise Bug(f"the house has no {missing[0]}")
    return [first[kind] for kind in kinds]


def _post(session: Session, context: Context, rows: Sequence[tuple[Goods, Spot]], supplier: int) -> list[int]:
    if len(rows) == 1:
        goods, spot = rows[0]
        return [inventory.post(session, context, goods, Spot(location_id=supplier), spot, reason="receive")]
    return inventory.bring_in(session, context, rows, supplier, reason="receive")


def _line(context: Context, receipt: Receipt, parcel: Parcel, qty: int) -> ReceiptLine:
    return ReceiptLine(
        receipt_id=receipt.id,
        product_id=parcel.product_id,
        lot_id=NO_LOT,
        condition=parcel.condition,
        qty=qty,
        note=NOT_ORDERED if parcel.not_ordered else parcel.note,
        operator_id=context.operator_id,
        station_id=context.station_id,
        at=context.at,
        plate_id=NO_PLATE if parcel.is_held else parcel.plate_id,
        case_units=parcel.case,
    )


class _Fills:
    """Which purchase lines and announced lines parcels fill: open ones in order, what is over goes to the last."""

    def __init__(self, session: Session, receipt: Receipt, parcels: Sequence[Parcel]) -> None:
        ordered = [parcel.product_id for parcel in parcels if not parcel.not_ordered]
        self._lines: dict[int, list[PurchaseLine]] = defaultdict(list)
        for line in _lock_lines(session, receipt, ordered):
            self._lines[line.product_id].append(line)
        self._open = {line.id: line.ordered - line.received for rows in self._lines.values() for line in rows}
        named = [parcel.notice_line_id for parcel in parcels if parcel.notice_line_id is not None]
        self._announced = _list_announced(session, receipt, list(self._open), named)
        self._left = {row.id: row.qty - row.received for rows in self._announced.values() for row in rows}
        self._unopened = _list_unopened(session, [row for rows in self._announced.values() for row in rows])

    def spread(self, parcel: Parcel) -> Iterator[tuple[int | None, int | None, int]]:
        """(purchase line, announced line, units) of a parcel."""
        lines = [] if parcel.not_ordered else self._lines[parcel.product_id]
        if not lines:
            yield None, None, parcel.qty
            return
        left = parcel.qty
        takes: dict[int, int] = {}
        for line in _named_first(lines, self._announced, parcel):
            takes[line.id] = min(left, max(0, self._open[line.id]))
            left -= takes[line.id]
        takes[lines[-1].id] += left
        for line_id, take in takes.items():
            self._open[line_id] -= take
            yield from ((line_id, notice_line_id, qty) for notice_line_id, qty in self._announce(line_id, parcel, take))

    def _announce(self, purchase_line_id: int, parcel: Parcel, qty: int) -> Iterator[tuple[int | None, int]]:
        """What the label names, then the parcel's lot; loose lines before packages, those still to come last."""
        rows = self._announced.get(purchase_line_id, ())
        for row in sorted(rows, key=lambda one: (
            one.id != parcel.notice_line_id, one.lot not in ("", parcel.lot), one.package_id in self._unopened,
            one.package_id is not None,
        )):  # fmt: skip
            take = min(qty, self._left[row.id])
            if take > 0:
                self._left[row.id] -= take
                qty -= take
                yield row.id, take
        if qty:
            yield None, qty


def _list_unopened(session: Session, rows: Sequence[NoticeLine]) -> set[int]:
    """The packages of announced lines that nobody received or opened yet."""
    ids = {row.package_id for row in rows if row.package_id is not None}
    if not ids:
        return set()
    return set(session.scalars(
        select(NoticePackage.id).where(NoticePackage.id.in_(ids), NoticePackage.state == "announced")
    ))  # fmt: skip


def _named_first(lines: list[PurchaseLine], announced: dict[int, list[NoticeLine]],
                 parcel: Parcel) -> list[PurchaseLine]:  # fmt: skip
    """The purchase lines in order, that of the announced line which the label names before the others."""
    named = {line for line, rows in announced.items() if any(row.id == parcel.notice_line_id for row in rows)}
    return sorted(lines, key=lambda line: (line.id not in named, line.line_no))


def _lock_lines(session: Session, receipt: Receipt, product_ids: Sequence[int]) -> Sequence[PurchaseLine]:
    """The order's lines of these products as they are now, locked until the commit."""
    if receipt.purchase_order_id is None or not product_ids:
        return []
    return session.scalars(
        select(PurchaseLine)
        .where(PurchaseLine.purchase_order_id == receipt.purchase_order_id, PurchaseLine.product_id.in_(product_ids))
        .order_by(PurchaseLine.line_no)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _list_announced(session: Session, receipt: Receipt, purchase_line_ids: list[int],
                    named: Sequence[int]) -> dict[int, list[NoticeLine]]:  # fmt: skip
    """What the receipt's notice, its truck and the other trucks that are here still announce of purchase lines.

    The lines that labels name are always among them.
    """
    if receipt.purchase_order_id is None or not purchase_line_ids:
        return {}
    of_truck = select(DeliveryPart.notice_id).where(
        DeliveryPart.delivery_id == receipt.delivery_id, DeliveryPart.notice_id.is_not(None)
    )
    here = select(Notice.id).where(Notice.purchase_order_id == receipt.purchase_order_id, Notice.state == "here")
    rows = session.scalars(
        select(NoticeLine)
        .where(
            NoticeLine.purchase_line_id.in_(purchase_line_ids),
            NoticeLine.received < NoticeLine.qty,
            (NoticeLine.notice_id == receipt.notice_id)
            | NoticeLine.notice_id.in_(of_truck)
            | NoticeLine.notice_id.in_(here)
            | NoticeLine.id.in_(named),
        )
        .order_by(NoticeLine.notice_id, NoticeLine.line_no)
        .execution_options(populate_existing=True)
    )
    announced: dict[int, list[NoticeLine]] = defaultdict(list)
    for row in rows:
        announced[row.purchase_line_id].append(row)
    return announced


def _lots(session: Session, parcels: Sequence[Parcel]) -> list[int]:
    """The lot of each parcel, made where it is new; its expiry day is kept."""
    codes = {parcel.lot for parcel in parcels if parcel.lot}
    if not codes:
        return [NO_LOT for _ in parcels]
    products = {parcel.product_id for parcel in parcels}
    rows = session.scalars(select(Lot).where(Lot.product_id.in_(products), Lot.code.in_(codes)))
    known = {(row.product_id, row.code): row for row in rows}
    for parcel in parcels:
        expiry = date.fromisoformat(parcel.expiry) if parcel.expiry else None
        lot = known.get((parcel.product_id, parcel.lot))
        if lot is None and parcel.lot:
            lot = known[parcel.product_id, parcel.lot] = Lot(
                product_id=parcel.product_id, code=parcel.lot, expiry=expiry
            )
            session.add(lot)
        elif lot is not None and expiry and lot.expiry and lot.expiry != expiry:
            known_day = lot.expiry.isoformat()
            raise Refusal("lot_expiry_differs", lot=parcel.lot, known=known_day, read=parcel.expiry)
        elif lot is not None and expiry:
            lot.expiry = expiry
    session.flush()
    return [known[parcel.product_id, parcel.lot].id if parcel.lot else NO_LOT for parcel in parcels]


def _note_serials(session: Session, lines: Sequence[ReceiptLine], parcels: Sequence[Parcel]) -> None:
    """The serial numbers of the units of each line, in the order they were scanned."""
    pool: dict[int, list[str]] = defaultdict(list)
    for parcel in parcels:
        pool[parcel.product_id] += parcel.serials
    for line in lines:
        mine, pool[line.product_id] = pool[line.product_id][: line.qty], pool[line.product_id][line.qty :]
        session.add_all(ReceivedSerial(receipt_line_id=line.id, product_id=line.product_id, code=code) for code in mine)
    session.flush()
