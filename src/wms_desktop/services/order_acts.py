"""What a desk does with orders, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.errors import BadInput, Refusal
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import (
    allocation,
    cancelling,
    catalog_rules,
    merging,
    orders,
    site_time,
    story,
    substituting,
)
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args, Do

Speak = Callable[[Session, Context, Args], Message]


def _hold(session: Session, context: Context, args: Args) -> Message:
    return orders.hold(session, context, args["orders"], args["reason"])


def _unhold(session: Session, context: Context, args: Args) -> Message:
    return orders.unhold(session, context, args["orders"])


def _pin(session: Session, context: Context, args: Args) -> Message:
    """Pins orders, and takes back for them at once what later orders hold in bins and nobody walks for."""
    told = orders.pin(session, context, args["orders"])
    free = [order.id for order in orders.get_all_open(session, args["orders"]) if not order.is_held]
    if len(free) == len(set(args["orders"])) == 1:
        try:
            return allocation.allocate_for(session, context, free[0], take_back=True)
        except Refusal as early:
            if early.code != "stock.before_release":
                raise
    elif free:
        allocation.allocate(session, context, for_orders=free, take_back=True, final=False)
    return told


def _unpin(session: Session, context: Context, args: Args) -> Message:
    return orders.unpin(session, context, args["orders"])


def _cancel(session: Session, context: Context, args: Args) -> Message:
    lines = args.get("lines")
    units = None if lines is None else {int(line): qty for line, qty in lines.items()}
    return cancelling.cancel(session, context, args["order"], units, reason=args["reason"]).message


def _rank(session: Session, context: Context, args: Args) -> Message:
    return orders.rank(session, context, args["orders"], args["priority_class"])


def _ship_rule(session: Session, context: Context, args: Args) -> Message:
    return orders.set_ship_rule(session, context, args["orders"], args["rule"])


def _release_on(session: Session, context: Context, args: Args) -> Message:
    """Another release day; what is reserved for orders that are not sent yet is let go."""
    day: date | None = args["day"]
    if day is None or day <= site_time.today(session, context.at):
        return orders.set_release(session, context, args["orders"], day)
    freed = cancelling.let_go_early(session, context, args["orders"])
    told = orders.set_release(session, context, args["orders"], day)
    if not freed.units:
        return told
    return Message("orders.release_on_freed", {"count": len(args["orders"]), "day": str(day), "units": freed.units})


def _move_leave_by(session: Session, context: Context, args: Args) -> Message:
    return orders.move_leave_by(session, context, args["orders"], args["leave_by"])


def _substitute(session: Session, context: Context, args: Args) -> Message:
    return substituting.substitute(session, context, args["line"], args["alternative"], args["units"])


def _merge(session: Session, context: Context, args: Args) -> Message:
    return merging.merge(session, context, args["order"])


def _allocate(session: Session, context: Context, args: Args) -> Message:
    """Reserves for one order what can be had now; with ``use_safety`` the safety stock too."""
    return allocation.allocate_for(session, context, args["order"], use_safety=args.get("use_safety", False))


def _take_back(session: Session, context: Context, args: Args) -> Message:
    """Takes for one order what orders of a lower rank hold in bins."""
    return allocation.allocate_for(session, context, args["order"], take_back=True)


def _product_policy(session: Session, context: Context, args: Args) -> Message:
    """The rules that a product is sold by; what is not named stays as it is."""
    skus = [args["product"]]
    if "backorders" in args:
        catalog_rules.set_backorder_policy(session, skus, args["backorders"], args.get("limit", 0))
    if "safety_stock" in args:
        catalog_rules.set_safety_stock(session, skus, args["safety_stock"])
    if "release_on" in args:
        catalog_rules.set_release(session, skus, args["release_on"])
    if "removal" in args:
        catalog_rules.set_removal(session, skus, args["removal"])
    _refuse_idle(args, ("backorders", "safety_stock", "release_on", "removal"))
    return Message("policy.product_set", {"sku": args["product"]})


def _customer_policy(session: Session, context: Context, args: Args) -> Message:
    """The rules for what a customer orders; what is not named stays as it is."""
    codes = [args["customer"]]
    if "backorders" in args:
        catalog_rules.set_customer_policy(session, codes, args["backorders"], args.get("limit", 0))
    if "ship_rule" in args:
        catalog_rules.set_customer_ship_rule(session, codes, args["ship_rule"])
    _refuse_idle(args, ("backorders", "ship_rule"))
    return Message("policy.customer_set", {"customer": args["customer"]})


def _refuse_idle(args: Args, names: Sequence[str]) -> None:
    if not any(name in args for name in names):
        raise BadInput("policy.nothing_set", names=", ".join(names))


def _act(speak: Speak) -> Act:
    def do(session: Session, context: Context, args: Mapping[str, Any]) -> Answer:
        return orders.answer(session, context, speak(session, context, args))

    done: Do = do
    return Act(orders.NAME, done)


def _print_story(session: Session, context: Context, args: Args) -> Message:
    return story.print_story(session, context, args["order"])


ACTS: Mapping[str, Act] = {
    "hold": _act(_hold),
    "unhold": _act(_unhold),
    "pin": _act(_pin),
    "unpin": _act(_unpin),
    "cancel": _act(_cancel),
    "priority": _act(_rank),
    "ship_rule": _act(_ship_rule),
    "release_on": _act(_release_on),
    "move_leave_by": _act(_move_leave_by),
    "substitute": _act(_substitute),
    "merge": _act(_merge),
    "print_story": _act(_print_story),
    "allocate_order": _act(_allocate),
    "take_back_for": _act(_take_back),
    "product_policy": _act(_product_policy),
    "customer_policy": _act(_customer_policy),
}
