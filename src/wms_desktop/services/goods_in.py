"""Goods-in of a whole purchase order, as announced: one step instead of a scan for each case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.db.bulk import insert_numbered
from wms_desktop.db.tables import NO_LOT, NO_PLATE, Product, PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from wms_desktop.errors import Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import crossdocking, inbound, inventory, receipts, undo
from wms_desktop.services.crossdocking import Arrival
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What came in at once: units and lines on the dock, units of those tied to waiting orders, and what was left out.

    ``left_out`` are the skus whose lot, expiry day or serial numbers must be read from the goods; ``checked`` units
    wait to be inspected or relabelled.
    """

    purchase: str
    receipt: str
    units: int
    lines: int
    tied: int
    left_out: tuple[str, ...]
    checked: int = 0

    @property
    def message(self) -> Message:
        """What the desk is told."""
        args: dict[str, Value] = {"purchase": self.purchase, "receipt": self.receipt, "units": self.units,
                                  "lines": self.lines, "tied": self.tied, "skus": ", ".join(self.left_out)}  # fmt: skip
        return Message("goods_in.part" if self.left_out else "goods_in.whole", args)


def receive_all(session: Session, context: Context, purchase_order_id: int) -> TakenIn:
    """Takes in everything that is still due of a purchase order, in good condition, onto this station's dock.

    Units that somebody waits for are tied to their orders and to lanes, as if each had been scanned; the rest waits to
    be put away. The truck is checked in. Articles with lots, expiry days or serial numbers are left out: they must be
    scanned; what must be inspected or relabelled first waits for it on the dock. What is not there is taken back by
    undoing, or counted off. Refuses `po_closed`, `station_has_no_dock`, `goods_in.nothing_due`, `goods_in.scan_all`.
    """
    delivery = inbound.check_in(session, context, purchase_order_id=purchase_order_id)
    receipt = receipts.open_for(session, context, purchase_order_id, delivery_id=delivery.id)
    arrivals, left_out, checked = _take_in(session, context, receipt)
    tied = crossdocking.serve(session, context, arrivals)
    return TakenIn(
        purchase=session.get_one(PurchaseOrder, purchase_order_id).number,
        receipt=receipt.number,
        units=sum(arrival.qty for arrival in arrivals) + sum(checked),
        lines=len({arrival.purchase_line_id for arrival in arrivals}) + len(checked),
        tied=tied,
        left_out=left_out,
        checked=sum(checked),
    )


def take_in_all(session: Session, context: Context, receipt: Receipt) -> tuple[list[Arrival], tuple[str, ...]]:
    """Posts all that is due of a receipt's purchase order to the dock; gives the arrivals, nobody's yet, and the skus
    that must be scanned instead. Refuses `goods_in.nothing_due` and `goods_in.scan_all`.
    """
    arrivals, left_out, _ = _take_in(session, context, receipt)
    return arrivals, left_out


_Written = tuple[int, int | None, int, int]
_Taken = tuple[list[Arrival], tuple[str, ...], list[int]]


def _take_in(session: Session, context: Context, receipt: Receipt) -> _Taken:
    """As `take_in_all`; gives as third the units of each line that wait to be inspected or relabelled."""
    due = _list_due(session, receipt)
    rows = [row for row in due if not _is_read(row)]
    left_out = tuple(sorted({row.sku for row in due if _is_read(row)}))
    if not rows:
        number = session.scalar(select(PurchaseOrder.number).where(PurchaseOrder.id == receipt.purchase_order_id))
        raise Refusal("goods_in.scan_all" if left_out else "goods_in.nothing_due", purchase=number or "-")
    steps = receipts.steps_of(session, receipt, {row.product_id for row in rows})
    states = {product_id: next(iter(named), "good") for product_id, named in steps.items()}
    goods = [
        (Goods(product_id=row.product_id, qty=row.due),
         Spot(location_id=receipt.dock_id, condition=states[row.product_id]))
        for row in rows
    ]  # fmt: skip
    (supplier,) = receipts.list_places(session, ["supplier"])
    stock_ids = inventory.bring_in(session, context, goods, supplier, reason="receive")
    fills = receipts.list_fills(session, receipt, [(row.id, row.due) for row in rows])
    stood = {row.id: (row.product_id, stock_id) for row, stock_id in zip(rows, stock_ids, strict=True)}
    written = [(line_id, notice_id, stood[line_id][0], qty) for line_id, notice_id, qty in fills]
    line_ids = _write_lines(session, context, receipt, written, states)
    arrivals = [
        Arrival(receipt_line_id=receipt_line, stock_id=stood[line_id][1], product_id=product_id, qty=qty,
                purchase_line_id=line_id)
        for receipt_line, (line_id, _, product_id, qty) in zip(line_ids, written, strict=True)
        if states[product_id] == "good"
    ]  # fmt: skip
    return arrivals, left_out, [row.due for row in rows if states[row.product_id] != "good"]


def _is_read(row: Row[*tuple[Any, ...]]) -> bool:
    """Whether something must be read from each unit or pack."""
    return bool(row.lot_tracked or row.expiry_tracked or row.serial_tracked)


def _list_due(session: Session, receipt: Receipt) -> Sequence[Row[*tuple[Any, ...]]]:
    return session.execute(
        select(
            PurchaseLine.id, PurchaseLine.product_id, (PurchaseLine.ordered - PurchaseLine.received).label("due"),
            Product.sku, Product.lot_tracked, Product.expiry_tracked, Product.serial_tracked,
        )
        .join(Product, Product.id == PurchaseLine.product_id)
        .where(
            PurchaseLine.purchase_order_id == receipt.purchase_order_id,
            PurchaseLine.received < PurchaseLine.ordered,
        )
        .order_by(PurchaseLine.line_no)
        .with_for_update(of=PurchaseLine)
    ).all()  # fmt: skip


def _write_lines(session: Session, context: Context, receipt: Receipt, written: Sequence[_Written],
                 states: Mapping[int, str]) -> list[int]:  # fmt: skip
    """A line of the receipt for each (purchase line, announced line, product, units); gives their ids in that order."""
    session.flush()
    made = insert_numbered(
        session.connection(),
        ReceiptLine.metadata.tables["receipt_line"],
        [
            {"receipt_id": receipt.id, "purchase_line_id": line_id, "product_id": product_id, "lot_id": NO_LOT,
             "condition": states[product_id], "qty": qty, "pegged": 0, "note": "",
             "operator_id": context.operator_id, "station_id": context.station_id, "at": context.at,
             "state": "received", "plate_id": NO_PLATE, "photo": "", "case_units": 1,
             "notice_line_id": notice_id}
            for line_id, notice_id, product_id, qty in written
        ],
    )  # fmt: skip
    for line_id in made:
        undo.note_insert(session, "receipt_line", line_id)
    return made
