"""Goods-in of a whole purchase order, as announced: one step instead of a scan for each case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import insert_numbered
from wms_desktop.db.tables import NO_LOT, NO_PLATE, Location, Product, PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from wms_desktop.errors import Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import crossdocking, inventory, receipts, undo
from wms_desktop.services.crossdocking import Arrival
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came in at once: units and lines on the dock, units of those tied to waiting orders, and what was left out.

    ``left_out`` are the skus whose lot or expiry day must be read from the goods.
    """

    purchase: str
    receipt: str
    units: int
    lines: int
    tied: int
    left_out: tuple[str, ...]

    @property
    def message(self) -> Message:
        """What the desk is told."""
        args: dict[str, Value] = {"purchase": self.purchase, "receipt": self.receipt, "units": self.units,
                                  "lines": self.lines, "tied": self.tied, "skus": ", ".join(self.left_out)}  # fmt: skip
        return Message("goods_in.part" if self.left_out else "goods_in.whole", args)


def receive_all(session: Session, context: Context, purchase_order_id: int) -> TakenIn:
    """Takes in everything that is still due of a purchase order, in good condition, onto this station's dock.

    Units that somebody waits for are tied to their orders and to lanes, as if each had been scanned; the rest waits to
    be put away. Articles with lots or expiry days are left out: they must be scanned. What is not there is taken back
    by undoing, or counted off. Refuses `po_closed`, `station_has_no_dock`, `goods_in.nothing_due`, `goods_in.scan_all`.
    """
    receipt = receipts.open_for(session, context, purchase_order_id)
    arrivals, left_out = take_in_all(session, context, receipt)
    tied = crossdocking.serve(session, context, arrivals)
    return TakenIn(
        purchase=session.get_one(PurchaseOrder, purchase_order_id).number,
        receipt=receipt.number,
        units=sum(arrival.qty for arrival in arrivals),
        lines=len(arrivals),
        tied=tied,
        left_out=left_out,
    )


def take_in_all(session: Session, context: Context, receipt: Receipt) -> tuple[list[Arrival], tuple[str, ...]]:
    """Posts all that is due of a receipt's purchase order to the dock; gives the arrivals, nobody's yet, and the skus
    that must be scanned instead. Refuses `goods_in.nothing_due` and `goods_in.scan_all`.
    """
    due = _list_due(session, receipt)
    rows = [row for row in due if not row.lot_tracked and not row.expiry_tracked]
    left_out = tuple(sorted({row.sku for row in due if row.lot_tracked or row.expiry_tracked}))
    if not rows:
        number = session.scalar(select(PurchaseOrder.number).where(PurchaseOrder.id == receipt.purchase_order_id))
        raise Refusal("goods_in.scan_all" if left_out else "goods_in.nothing_due", purchase=number or "-")
    dock = Spot(location_id=receipt.dock_id)
    supplier = session.scalars(select(Location.id).where(Location.kind == "supplier").order_by(Location.id)).first()
    goods = [(Goods(product_id=row.product_id, qty=row.due), dock) for row in rows]
    stock_ids = inventory.bring_in(session, context, goods, supplier or 0, reason="receive")
    line_ids = _write_lines(session, context, receipt, rows)
    arrivals = [
        Arrival(receipt_line_id=line_id, stock_id=stock_id, product_id=row.product_id, qty=row.due,
                purchase_line_id=row.id)
        for line_id, stock_id, row in zip(line_ids, stock_ids, rows, strict=True)
    ]  # fmt: skip
    return arrivals, left_out


def _list_due(session: Session, receipt: Receipt) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            PurchaseLine.id, PurchaseLine.product_id, (PurchaseLine.ordered - PurchaseLine.received).label("due"),
            Product.sku, Product.lot_tracked, Product.expiry_tracked,
        )
        .join(Product, Product.id == PurchaseLine.product_id)
        .where(
            PurchaseLine.purchase_order_id == receipt.purchase_order_id,
            PurchaseLine.received < PurchaseLine.ordered,
        )
        .order_by(PurchaseLine.line_no)
        .with_for_update(of=PurchaseLine)
    ).all()  # fmt: skip


def _write_lines(session: Session, context: Context, receipt: Receipt,
                 rows: Sequence[Row[*tuple[Any, ...]]]) -> list[int]:  # fmt: skip
    """A line of the receipt for each purchase line; gives their ids in the same order."""
    session.flush()
    made = insert_numbered(
        session.connection(),
        ReceiptLine.metadata.tables["receipt_line"],
        [
            {"receipt_id": receipt.id, "purchase_line_id": row.id, "product_id": row.product_id, "lot_id": NO_LOT,
             "condition": "good", "qty": row.due, "pegged": 0, "note": "", "operator_id": context.operator_id,
             "station_id": context.station_id, "at": context.at, "state": "received", "plate_id": NO_PLATE,
             "photo": ""}
            for row in rows
        ],
    )  # fmt: skip
    for line_id in made:
        undo.note_insert(session, "receipt_line", line_id)
    return made
