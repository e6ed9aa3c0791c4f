"""Units that came in and are not free yet: they are inspected, get their new labels, and are then shared out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.db.inbound import IN_PREPARATION
from wms_desktop.db.tables import NO_PLATE, Lot, Product, Receipt, ReceiptLine, Stock
from wms_desktop.errors import NotEnoughStock
from wms_desktop.services import crossdocking, inventory, news
from wms_desktop.services.crossdocking import Arrival
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.receipts.taking import list_places

STEPS = ("inspect", "relabel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Units of a product and lot on a dock that must be inspected or relabelled (``step``)."""

    product_id: int
    product: str
    lot_id: int
    lot: str
    step: str
    qty: int


def list_waiting(session: Session, dock_id: int) -> list[Waiting]:
    """What stands on a dock to be inspected or relabelled, by product and lot: what is to be inspected first."""
    rows = session.execute(
        select(Stock.product_id, Product.name, Stock.lot_id, Lot.code, Stock.condition,
               func.sum(Stock.on_hand).label("qty"))
        .join(Product, Product.id == Stock.product_id)
        .join(Lot, Lot.id == Stock.lot_id)
        .where(Stock.location_id == dock_id, Stock.condition.in_(STEPS), Stock.on_hand > 0)
        .group_by(Stock.product_id, Product.name, Stock.lot_id, Lot.code, Stock.condition)
        .order_by(Stock.condition, Product.name, Lot.code)
    )  # fmt: skip
    return [
        Waiting(product_id=row.product_id, product=row.name, lot_id=row.lot_id, lot=row.code, step=row.condition,
                qty=int(row.qty))
        for row in rows
    ]  # fmt: skip


def pass_on(session: Session, context: Context, dock_id: int, goods: Goods, step: str) -> list[ReceiptLine]:
    """Units passed a step: they go on to the next one, or are good and shared out exactly as if just scanned.

    Gives the receipt lines they stand in now. Raises NotEnoughStock where fewer wait for the step on this dock.
    """
    relabelled = bool(session.get_one(Product, goods.product_id).is_relabelled)
    becomes = "relabel" if step == "inspect" and relabelled else "good"
    taken = _take(session, context, dock_id, goods, step)
    arrivals = []
    for plate_id, lines in _by_plate(taken).items():
        qty = sum(line.qty for line in lines)
        target = Spot(location_id=dock_id, plate_id=plate_id, condition=becomes)
        stock_id = _move(session, context, dock_id, (goods, qty, plate_id), step, target)
        for line in lines:
            line.condition = becomes
            arrivals.append(
                Arrival(receipt_line_id=line.id, stock_id=stock_id, product_id=line.product_id, qty=line.qty,
                        purchase_line_id=line.purchase_line_id, case=line.case_units)
            )  # fmt: skip
    session.flush()
    if becomes == "good":
        crossdocking.serve(session, context, arrivals)
    return taken


def fail(session: Session, context: Context, dock_id: int, goods: Goods, step: str, why: str) -> list[ReceiptLine]:
    """Units failed a step: they go to the hold as damaged, with the reason. Raises NotEnoughStock."""
    (hold,) = list_places(session, ["hold"])
    taken = _take(session, context, dock_id, goods, step)
    for plate_id, lines in _by_plate(taken).items():
        qty = sum(line.qty for line in lines)
        target = Spot(location_id=hold, condition="damaged")
        _move(session, context, dock_id, (goods, qty, plate_id), step, target)
        for line in lines:
            line.condition, line.note, line.plate_id = "damaged", why, NO_PLATE
    session.flush()
    news.note(session, [goods.product_id])
    return taken


def _take(session: Session, context: Context, dock_id: int, goods: Goods, step: str) -> list[ReceiptLine]:
    """Receipt lines of so many units that wait for the step, the oldest first; one is split where it has more.

    They are this station's from now on: who passes units carries them.
    """
    rows = session.scalars(
        select(ReceiptLine)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Receipt.dock_id == dock_id, ReceiptLine.product_id == goods.product_id,
               ReceiptLine.lot_id == goods.lot_id, IN_PREPARATION, ReceiptLine.condition == step,
               ReceiptLine.state == "received")
        .order_by(ReceiptLine.id)
        .with_for_update(of=ReceiptLine)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    left, taken = goods.qty, []
    for row in rows:
        if left and row.qty <= left:
            row.station_id, row.operator_id = context.station_id, context.operator_id
            taken.append(row)
        elif left:
            taken.append(split(session, context, row, left))
        left -= taken[-1].qty if left else 0
    if left:
        raise NotEnoughStock(asked=goods.qty, free=goods.qty - left)
    session.flush()
    return taken


def split(session: Session, context: Context, row: ReceiptLine, qty: int) -> ReceiptLine:
    """Units of a receipt line as a line of their own, in this station's hands; fewer than it has.

    Units that make no whole case were taken out of an opened one: they are loose.
    """
    case = row.case_units
    row.qty -= qty
    row.case_units = case if row.qty >= case else 1
    session.flush()
    part = ReceiptLine(
        receipt_id=row.receipt_id, purchase_line_id=row.purchase_line_id, product_id=row.product_id,
        lot_id=row.lot_id, condition=row.condition, qty=qty, note=row.note, operator_id=context.operator_id,
        station_id=context.station_id, at=row.at, notice_line_id=row.notice_line_id, plate_id=row.plate_id,
        photo=row.photo, case_units=1 if qty % case else case,
    )  # fmt: skip
    session.add(part)
    session.flush()
    return part


def _by_plate(lines: Sequence[ReceiptLine]) -> dict[int, list[ReceiptLine]]:
    grouped: dict[int, list[ReceiptLine]] = defaultdict(list)
    for line in lines:
        grouped[line.plate_id].append(line)
    return grouped


def _move(session: Session, context: Context, dock_id: int, part: tuple[Goods, int, int], step: str,
          target: Spot) -> int:  # fmt: skip
    goods, qty, plate_id = part
    source = Spot(location_id=dock_id, plate_id=plate_id, condition=step)
    moved = Goods(product_id=goods.product_id, qty=qty, lot_id=goods.lot_id)
    return inventory.post(session, context, moved, source, target, reason=step)
