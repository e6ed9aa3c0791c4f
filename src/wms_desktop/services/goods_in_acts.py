"""What may be done with goods that arrive, by name: take in a whole order, keep a picture, give units back."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import NO_LOT, Product, Receipt, ReceiptLine
from wms_desktop.errors import BadInput, Refusal, Value
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import goods_in, orders, receipts
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args
from wms_desktop.services.inventory import Goods

_PICTURE = re.compile(r"[0-9a-f]{8,64}\.(jpg|png|webp)\Z")


def _receive_purchase(session: Session, context: Context, args: Args) -> Answer:
    done = goods_in.receive_all(session, context, args["purchase"])
    return orders.answer(session, context, done.message)


def _attach_photo(session: Session, context: Context, args: Args) -> Answer:
    """{file}: the picture belongs to the damaged units that this station counted last, while their receipt is open."""
    if not _PICTURE.match(args["file"]):
        raise BadInput("photo_unreadable", file=args["file"])
    damaged = (
        select(ReceiptLine)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(ReceiptLine.station_id == context.station_id, ReceiptLine.condition == "damaged",
               ReceiptLine.state == "received", Receipt.state == "open")
        .order_by(ReceiptLine.id.desc())
    )  # fmt: skip
    last = session.scalars(damaged.limit(1)).one_or_none()
    if last is None:
        raise Refusal("photo_of_nothing")
    counted = damaged.where(ReceiptLine.receipt_id == last.receipt_id, ReceiptLine.product_id == last.product_id,
                            ReceiptLine.at == last.at)  # fmt: skip
    lines = session.scalars(counted).all()  # one scan may fill several lines of an order
    for line in lines:
        line.photo = args["file"]
    session.flush()
    product = session.get_one(Product, last.product_id).name
    told: dict[str, Value] = {"qty": sum(line.qty for line in lines), "product": product}
    return orders.answer(session, context, Message("photo_kept", told))


def _counter_receipt(session: Session, context: Context, args: Args) -> Answer:
    """{receipt, product, qty, reason, lot}: units of a closed receipt go back to the supplier; ``lot`` may be 0."""
    receipt = session.get(Receipt, args["receipt"], populate_existing=True, with_for_update=True)
    if receipt is None:
        raise BadInput("counter_no_receipt")
    goods = Goods(product_id=args["product"], qty=args["qty"], lot_id=args.get("lot", NO_LOT))
    reason = str(args["reason"]).strip()
    if goods.qty < 1 or not reason:
        raise BadInput("counter_incomplete")
    places = receipts.give_back(session, context, receipt, goods, reason)
    code = "given_back_due" if receipts.is_due_again(session, receipt) else "given_back"
    product = session.get_one(Product, goods.product_id).name
    message = Message(code, {"qty": goods.qty, "product": product, "places": ", ".join(places)})
    return orders.answer(session, context, message)


ACTS: Mapping[str, Act] = {
    "receive_purchase": Act("receive", _receive_purchase),
    "attach_photo": Act("receive", _attach_photo),
    "counter_receipt": Act("receive", _counter_receipt),
}
