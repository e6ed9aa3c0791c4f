"""What a desk does with trucks, purchase orders and shipping notices, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Delivery
from wms_desktop.errors import BadInput, Value
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import inbound, orders, site_time
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args
from wms_desktop.services.inbound import TypedLine, Window
from wms_desktop.services.purchasing import NewPurchase, NewPurchaseLine

NAME = "inbound"


def _book(session: Session, context: Context, args: Args) -> Message:
    parts = [(int(part["purchase"]), _id(part.get("notice"))) for part in args["parts"]]
    made = inbound.book(session, context, parts, _window(args), args.get("carrier") or "")
    return _planned("booked", session, made)


def _move(session: Session, context: Context, args: Args) -> Message:
    return _planned("moved", session, inbound.move(session, context, args["delivery"], _window(args)))


def _cancel(session: Session, context: Context, args: Args) -> Message:
    gone = inbound.cancel(session, context, args["delivery"], args.get("reason") or "")
    return Message("inbound.cancelled", {"delivery": gone.number})


def _miss(session: Session, context: Context, args: Args) -> Message:
    return Message("inbound.missed", {"delivery": inbound.miss(session, context, args["delivery"]).number})


def _check_in(session: Session, context: Context, args: Args) -> Message:
    """Checks a truck in by its delivery, or by a purchase order or notice that it brings."""
    before = session.get(Delivery, args["delivery"]) if args.get("delivery") else None
    was_here = before is not None and before.state == "here"
    here = inbound.check_in(
        session, context, delivery_id=_id(args.get("delivery")), purchase_order_id=_id(args.get("purchase")),
        notice_id=_id(args.get("notice")),
    )  # fmt: skip
    session.refresh(here)
    told: dict[str, Value] = {"delivery": here.number, "orders": here.completes}
    if was_here:
        return Message("inbound.here_already", {"delivery": here.number})
    if inbound.is_late(here):
        return Message("inbound.checked_in_late", told)
    return Message("inbound.checked_in", told)


def _finish(session: Session, context: Context, args: Args) -> Message:
    done = inbound.finish_delivery(session, context, args["delivery"])
    return Message("inbound.finished", {"delivery": done.number})


def _enter_purchase(session: Session, context: Context, args: Args) -> Message:
    lines = tuple(
        NewPurchaseLine(product=str(line["sku"]).strip(), qty=_units(line["qty"]), price=_money(line.get("price")))
        for line in args["lines"]
    )
    number = str(args["number"]).strip()
    new = NewPurchase(
        number=number, supplier=str(args["supplier"]).strip(), due=_day(args["due"]), lines=lines,
        placed_on=site_time.today(session, context.at),
    )  # fmt: skip
    inbound.enter_purchase(session, context, new)
    units = sum(line.qty for line in lines)
    return Message("inbound.purchase_entered", {"number": number, "lines": len(lines), "units": units})


def _enter_notice(session: Session, context: Context, args: Args) -> Message:
    lines: Sequence[Mapping[str, Any]] = args["lines"]
    typed = [
        TypedLine(
            line=int(line["line"]), qty=_units(line["qty"]), lot=line.get("lot") or "",
            expiry=_day(line["expiry"]) if line.get("expiry") else None, package=line.get("package") or "",
        )
        for line in lines
    ]  # fmt: skip
    number, due = str(args.get("number") or ""), _day(args["due"])
    made = inbound.enter_notice(session, context, args["purchase"], number, due, typed)
    units = sum(line.qty for line in typed)
    return Message("inbound.notice_entered", {"notice": made.number, "units": units, "day": due.isoformat()})


def _cancel_notice(session: Session, context: Context, args: Args) -> Message:
    gone = inbound.cancel_notice(session, context, args["notice"])
    return Message("inbound.notice_cancelled", {"notice": gone.number})


def _inspect_supplier(session: Session, context: Context, args: Args) -> Message:
    """Whether all that a supplier (its code) sends is inspected before it is free."""
    one = inbound.inspect_supplier(session, context, str(args["supplier"]), bool(args["inspected"]))
    code = "inbound.supplier_inspected" if one.is_inspected else "inbound.supplier_trusted"
    return Message(code, {"supplier": one.name})


def _planned(what: str, session: Session, delivery: Delivery) -> Message:
    """`inbound.<what>`, or `inbound.<what>_completes` where the goods complete orders that wait."""
    session.refresh(delivery)
    told: dict[str, Value] = {"delivery": delivery.number, "orders": delivery.completes}
    return Message(f"inbound.{what}_completes" if delivery.completes else f"inbound.{what}", told)


def _window(args: Args) -> Window:
    return Window(dock_id=_id(args.get("dock")), opens_at=_instant(args.get("opens_at")),
                  closes_at=_instant(args.get("closes_at")))  # fmt: skip


def _id(value: object) -> int | None:
    return int(str(value)) if value else None


def _instant(value: object) -> datetime | None:
    if not value:
        return None
    try:
        return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as wrong:
        raise BadInput("inbound.no_instant", value=str(value)) from wrong


def _day(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as wrong:
        raise BadInput("inbound.no_day", value=str(value)) from wrong


def _units(value: object) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit()):
        raise BadInput("inbound.no_units", value=text)
    return int(text)


def _money(value: object) -> Decimal:
    text = "0" if value is None else str(value).strip() or "0"
    try:
        amount = Decimal(text)
    except InvalidOperation as wrong:
        raise BadInput("inbound.no_price", value=text) from wrong
    if not amount.is_finite():
        raise BadInput("inbound.no_price", value=text)
    return amount


def _act(speak: Callable[[Session, Context, Args], Message]) -> Act:
    def do(session: Session, context: Context, args: Args) -> Answer:
        return orders.answer(session, context, speak(session, context, args))

    return Act(NAME, do)


ACTS: Mapping[str, Act] = {
    "book_delivery": _act(_book),
    "move_delivery": _act(_move),
    "cancel_delivery": _act(_cancel),
    "miss_delivery": _act(_miss),
    "check_in": _act(_check_in),
    "finish_delivery": _act(_finish),
    "enter_purchase": _act(_enter_purchase),
    "enter_notice": _act(_enter_notice),
    "cancel_notice": _act(_cancel_notice),
    "inspect_supplier": _act(_inspect_supplier),
}
