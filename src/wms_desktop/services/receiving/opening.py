"""Opens a receipt: by the order's paper, the notice, the truck, an announced pallet, any item, or without any."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Delivery, DeliveryPart, Notice, Product, PurchaseOrder, Receipt, Supplier
from wms_desktop.errors import NothingExpected, Refusal
from wms_desktop.prompts import Answer, Detail, Message, Outcome
from wms_desktop.services import inbound, receipts
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.receiving import counting
from wms_desktop.services.receiving.state import Facts, go, number, order_number, said, where


def open_purchase(session: Session, context: Context, scan: Resolved) -> Answer:
    """The purchase order's paper: its truck is checked in, its receipt opens."""
    return _opened(session, context, open_for(session, context, scan.id))


def open_delivery(session: Session, context: Context, scan: Resolved) -> Answer:
    """A truck's number: it is checked in; of several orders that it brings one is chosen."""
    delivery = inbound.check_in(session, context, delivery_id=scan.id)
    return _open_truck(session, context, delivery)


def open_notice(session: Session, context: Context, scan: Resolved) -> Answer:
    """A shipping notice's number: its truck is checked in."""
    notice = session.get_one(Notice, scan.id)
    delivery = inbound.check_in(session, context, notice_id=notice.id)
    return _open_truck(session, context, delivery, notice.number)


def open_receipt(session: Session, context: Context, scan: Resolved) -> Answer:
    """A colleague's receipt is joined; of a closed one goods can be given back."""
    receipt = session.get_one(Receipt, scan.id)
    if receipt.state == "open":
        return _opened(session, context, receipt)
    go(session, context, "give_back", {"closed": receipt.id})
    return said(Outcome.LOOK_HERE, Message("give_back_opened", {"number": receipt.number}))


def open_by_product(session: Session, context: Context, scan: Resolved) -> Answer:
    """Any item: the order that expects it opens and the unit is counted; several are offered, the best first."""
    rows = receipts.list_expecting(session, scan.id)
    if not rows:
        raise NothingExpected(product=scan.name)
    here = [row for row in rows if row.here]
    if len(rows) > 1 and len(here) != 1:
        facts = {"product": scan.id, "orders": [row.id for row in rows], "scan": counting.scan_facts(scan)}
        go(session, context, "choose", facts)
        message = Message("choose_receipt", {"product": scan.name, "count": len(rows)})
        return said(Outcome.LOOK_HERE, message)
    receipt = open_for(session, context, (here or rows)[0].id)
    go(session, context, "count", {"receipt": receipt.id})
    return counting.count(session, context, scan)


def open_blind(session: Session, context: Context, _key: Resolved) -> Answer:
    """No paper: a receipt without an order."""
    receipt = receipts.open_for(session, context, None)
    go(session, context, "count", {"receipt": receipt.id})
    return said(Outcome.STEP_DONE, Message("blind_opened", {"number": receipt.number}), Changes.INBOUND)


def choose(session: Session, context: Context, key: Resolved) -> Answer:
    """The row of an order that was offered; the item that was scanned is counted with it."""
    _, facts = where(session, context)
    order_id = facts["orders"][number(key.text, len(facts["orders"])) - 1]
    receipt = open_for(session, context, order_id)
    if "product" not in facts:
        return _opened(session, context, receipt)
    go(session, context, "count", {"receipt": receipt.id})
    name = session.get_one(Product, facts["product"]).name
    scan = Resolved(kind="product", text="", id=facts["product"], name=name, **facts["scan"])
    return counting.count(session, context, scan)


def open_of_truck(session: Session, context: Context, scan: Resolved) -> Answer:
    """Any item of the truck: its order of this truck opens and the unit is counted; of several one is chosen."""
    _, facts = where(session, context)
    expecting = {row.id for row in receipts.list_expecting(session, scan.id)}
    rows = [order_id for order_id in facts["orders"] if order_id in expecting]
    if not rows:
        raise Refusal("not_of_truck", product=scan.name)
    if len(rows) > 1:
        go(session, context, "choose", {"product": scan.id, "orders": rows, "scan": counting.scan_facts(scan)})
        return said(Outcome.LOOK_HERE, Message("choose_receipt", {"product": scan.name, "count": len(rows)}))
    go(session, context, "count", {"receipt": open_for(session, context, rows[0]).id})
    return counting.count(session, context, scan)


def list_choices(session: Session, facts: Facts) -> list[Detail]:
    """The orders that are offered, as rows to choose from, in the order they were offered."""
    if "product" in facts:
        open_ = {row.id: int(row.open) for row in receipts.list_expecting(session, facts["product"])}
    else:
        open_ = {}
    rows = session.execute(
        select(PurchaseOrder.id, PurchaseOrder.number, PurchaseOrder.due, Supplier.name)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id.in_(facts["orders"]))
    ).all()
    by_id = {row.id: row for row in rows}
    shown = []
    for n, order_id in enumerate(facts["orders"], 1):
        row = by_id[order_id]
        args: Facts = {"n": n, "number": row.number, "supplier": row.name, "due": row.due.isoformat()}
        if "product" in facts:
            shown.append(Detail("receive.choice", args | {"open": open_.get(order_id, 0)}))
        else:
            shown.append(Detail("receive.choice_of_truck", args))
    return shown


def open_for(session: Session, context: Context, purchase_order_id: int, notice_id: int | None = None) -> Receipt:
    """The receipt of a purchase order whose truck (that of its notice, where one is named) is checked in."""
    delivery = inbound.check_in(session, context, purchase_order_id=purchase_order_id, notice_id=notice_id)
    return _receipt(session, context, delivery, purchase_order_id)


def _receipt(session: Session, context: Context, delivery: Delivery, purchase_order_id: int) -> Receipt:
    notices = session.scalars(
        select(DeliveryPart.notice_id).where(
            DeliveryPart.delivery_id == delivery.id, DeliveryPart.purchase_order_id == purchase_order_id,
            DeliveryPart.notice_id.is_not(None),
        )
    ).all()  # fmt: skip
    notice_id = notices[0] if len(notices) == 1 else None
    return receipts.open_for(session, context, purchase_order_id, delivery_id=delivery.id, notice_id=notice_id)


def _open_truck(session: Session, context: Context, delivery: Delivery, name: str = "") -> Answer:
    orders = session.scalars(
        select(DeliveryPart.purchase_order_id)
        .join(PurchaseOrder, PurchaseOrder.id == DeliveryPart.purchase_order_id)
        .where(DeliveryPart.delivery_id == delivery.id, PurchaseOrder.state == "open")
        .group_by(DeliveryPart.purchase_order_id, PurchaseOrder.due)
        .order_by(PurchaseOrder.due, DeliveryPart.purchase_order_id)
        .limit(9)
    ).all()
    if not orders:
        raise Refusal("truck_is_empty", delivery=name or delivery.number)
    if len(orders) == 1:
        return _opened(session, context, _receipt(session, context, delivery, orders[0]))
    go(session, context, "choose", {"orders": list(orders)})
    message = Message("choose_of_truck", {"delivery": name or delivery.number, "count": len(orders)})
    return said(Outcome.LOOK_HERE, message, Changes.INBOUND)


def _opened(session: Session, context: Context, receipt: Receipt) -> Answer:
    go(session, context, "count", {"receipt": receipt.id})
    args: Facts = {"number": receipt.number, "order": order_number(session, receipt)}
    return said(Outcome.STEP_DONE, Message("receipt_opened", args), Changes.INBOUND)
