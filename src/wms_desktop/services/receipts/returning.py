"""A counter-receipt: units of a closed receipt go back to the supplier, wherever in the house they stand free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Product, PurchaseOrder, Receipt, ReceiptLine, Stock
from wms_desktop.errors import Refusal
from wms_desktop.services import inventory, news
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.receipts.preparing import split
from wms_desktop.services.receipts.taking import list_places

_FROM = ("hold", "dock", "bin")
_NEAREST = case({kind: place for place, kind in enumerate(_FROM)}, value=Location.kind)


def give_back(session: Session, context: Context, receipt: Receipt, goods: Goods, why: str) -> list[str]:
    """Gives units of a closed receipt back to its supplier; gives the places they were taken from.

    Damaged units go first, then good ones that nobody reserved: from the hold, the dock, the nearest bin. The lines
    of the receipt are countered and count as not received; the purchase order expects them again while it is open.
    Refuses `counter_open` (undo, or recount, an open receipt), `counter_not_here` (so many of the receipt were not
    received, or are given back already), `counter_left` (they have left the house or stand for somebody).
    """
    if receipt.state == "open":
        raise Refusal("counter_open", number=receipt.number)
    name = session.get_one(Product, goods.product_id).name
    lines = _list_lines(session, receipt, goods)
    able = sum(line.qty - line.pegged for line in lines)
    if able < goods.qty:
        raise Refusal("counter_not_here", product=name, number=receipt.number, qty=able, asked=goods.qty)
    (supplier,) = list_places(session, ["supplier"])
    left, places = goods.qty, []
    for line in lines:
        take = min(left, line.qty - line.pegged)
        if not take:
            continue
        for row, qty in _find_free(session, line, take, name):
            moved = Goods(product_id=row.Stock.product_id, qty=qty, lot_id=row.Stock.lot_id)
            source = inventory.spot_of(row.Stock)
            inventory.post(session, context, moved, source, Spot(location_id=supplier), reason="counter_receipt")
            places.append(row.code)
        part = line if take == line.qty else split(session, context, line, take)
        part.state, part.note = "countered", f"{part.note}; {why}" if part.note else why
        left -= take
    session.flush()
    news.note(session, [goods.product_id])
    return list(dict.fromkeys(places))


def is_due_again(session: Session, receipt: Receipt) -> bool:
    """Whether the supplier still owes what was given back: the purchase order is open."""
    if receipt.purchase_order_id is None:
        return False
    return session.get_one(PurchaseOrder, receipt.purchase_order_id).state == "open"


def _list_lines(session: Session, receipt: Receipt, goods: Goods) -> Sequence[ReceiptLine]:
    query = (
        select(ReceiptLine)
        .where(ReceiptLine.receipt_id == receipt.id, ReceiptLine.product_id == goods.product_id,
               ReceiptLine.state == "received")
        .order_by(case((ReceiptLine.condition == "damaged", 0), else_=1), ReceiptLine.id.desc())
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if goods.lot_id:
        query = query.where(ReceiptLine.lot_id == goods.lot_id)
    return session.scalars(query).all()


def _find_free(session: Session, line: ReceiptLine, qty: int,
               name: str) -> list[tuple[Row[*tuple[Any, ...]], int]]:  # fmt: skip
    """Free units in the line's lot and condition, nearest to the door first; refuses `counter_left`."""
    rows = session.execute(
        select(Stock, Location.code)
        .join(Location, Location.id == Stock.location_id)
        .where(Stock.product_id == line.product_id, Stock.lot_id == line.lot_id, Stock.condition == line.condition,
               Stock.on_hand > Stock.reserved, Location.kind.in_(_FROM))
        .order_by(_NEAREST, Location.walk_seq, Stock.id)
        .with_for_update(of=Stock)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip
    found, left = [], qty
    for row in rows:
        take = min(left, row.Stock.on_hand - row.Stock.reserved)
        if take:
            found.append((row, take))
            left -= take
    if left:
        raise Refusal("counter_left", product=name, free=qty - left, asked=qty)
    return found
