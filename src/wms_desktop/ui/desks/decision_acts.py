"""What can be decided: about a late line, a purchase order's day, a backorder mode, orders that can leave together."""

from __future__ import annotations

from datetime import date
from typing import Any

from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.desks.fields import ChoiceField, DayField, Field, NumberField, TextField
from wms_desktop.ui.desks.panel import Proposal, Step, Values
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.promises import Alternative, DecisionRow, Mode, PurchaseRow

_LONGEST_DAYS = 365
_MOST_DIGITS = 6
BACKORDERS = ("allow", "deny", "units", "days")
REMOVALS = ("", "fefo", "fifo", "closest", "empty_bin")
KEEP = "keep"


def decide(row: DecisionRow, choice: str) -> Proposal:
    """One of the choices for a late line, with what it needs to be told."""
    names = {"order": plain(row.order_number, 40), "sku": plain(row.sku, 40)}
    by_id = {each.product_id: each for each in row.alternatives}

    def confirm(values: Values) -> str:
        instead = by_id.get(values.get("alternative", 0))
        return say(
            f"ui.decide.{choice}.do", units=values.get("units", row.units), days=values.get("days", 0),
            instead=plain(instead.sku, 40) if instead else "", **names,
        )  # fmt: skip

    def make(values: Values) -> Step:
        return "decide", {
            "line": row.line_id, "choice": choice, "days": values.get("days", 0),
            "alternative": values.get("alternative"), "units": values.get("units"), "reason": values.get("reason", ""),
        }  # fmt: skip

    return Proposal(
        title=say(f"ui.decide.{choice}.title", **names), facts=consequence(row, choice), fields=_fields(row, choice),
        confirm=confirm, make=make, is_final=choice == "cancel",
        rehearse=(lambda values: {"what": "substitute", "line": row.line_id, "alternative": values["alternative"]})
        if choice == "substitute" else None,
    )  # fmt: skip


def consequence(row: DecisionRow, choice: str) -> str:
    """What a choice means for the customer, in a sentence."""
    best = row.alternatives[0] if row.alternatives else None
    code = f"ui.decide.{choice}.means" + ("_none" if choice == "wait" and row.eta is None else "")
    return say(
        code, days=row.days_late, eta=day_in_words(row.eta) or say("ui.no_day"),
        units=row.units, value=f"{row.value:,.2f} {row.currency}",
        sku=plain(best.sku, 40) if best else "", free=best.free if best else 0,
        price=f"{best.price:,.2f}" if best else "",
    )  # fmt: skip


def move(row: PurchaseRow, today: date) -> Proposal:
    """Another day for a purchase order; who slips and who is rescued can be seen before."""
    number = plain(row.number, 40)
    return Proposal(
        title=say("ui.decide.move", purchase=number),
        facts=say(
            "ui.decide.move_facts", supplier=plain(row.supplier, 60), due=day_in_words(row.due),
            first=day_in_words(row.first_due), lines=row.lines_waiting, orders=row.orders_waiting,
        ),
        fields=(DayField(name="due", label=say("ui.decide.due"), today=today, value=row.due),),
        confirm=lambda values: say("ui.decide.move_to", purchase=number, day=day_in_words(values["due"])),
        make=lambda values: ("move_purchase", {"purchase": row.purchase_id, "due": values["due"]}),
        rehearse=lambda values: {"what": "purchase", "purchase": row.purchase_id, "due": values["due"]},
        undo=lambda _: (("move_purchase", {"purchase": row.purchase_id, "due": row.due}),),
    )  # fmt: skip


def mode_on() -> Proposal:
    """New promises lengthen, for one product or for the whole house."""

    def confirm(values: Values) -> str:
        where = plain(values["product"], 40) or say("ui.decide.house")
        return say("ui.decide.mode_on_do", where=where, days=values["days"])

    return Proposal(
        title=say("ui.decide.mode_on"), facts=say("ui.decide.mode_facts"), confirm=confirm,
        fields=(
            TextField(
                name="product", label=say("ui.decide.mode_product"), hint=say("ui.decide.house"), is_needed=False
            ),
            NumberField(name="days", label=say("ui.decide.mode_days"), value=3, least=1, most=_LONGEST_DAYS),
            TextField(name="reason", label=say("ui.act.reason"), hint=say("ui.decide.mode_hint")),
        ),
        make=lambda values: (
            "backorder_mode_on",
            {"product": values["product"], "extra_days": values["days"], "reason": values["reason"]},
        ),
    )  # fmt: skip


def mode_off(row: Mode) -> Proposal:
    """Promises are as usual again."""
    where = plain(row.sku, 40) or say("ui.decide.house")
    again: dict[str, Any] = {"product": row.sku, "extra_days": row.extra_days, "reason": row.reason}
    return Proposal(
        title=say("ui.decide.mode_off", where=where), facts=plain(row.reason, 200),
        confirm=lambda _: say("ui.decide.mode_off", where=where),
        make=lambda _: ("backorder_mode_off", {"mode": row.mode_id}),
        undo=lambda _: (("backorder_mode_on", again),),
    )  # fmt: skip


def product_rules() -> Proposal:
    """How a product is sold: whether and how far it may be backordered, and what allocation leaves alone."""

    def make(values: Values) -> Step:
        args: dict[str, Any] = {"product": values["product"]}
        if values["backorders"]:
            args |= {"backorders": values["backorders"], "limit": values["limit"]}
        if values["safety"]:
            args["safety_stock"] = int(values["safety"])
        if values["removal"] != KEEP:
            args["removal"] = values["removal"]
        return "product_policy", args

    return Proposal(
        title=say("ui.decide.product_rules"), make=make, check=_check_rules,
        fields=(
            TextField(name="product", label=say("ui.decide.column.sku")),
            *_backorder_fields(),
            TextField(name="safety", label=say("ui.decide.safety"), hint=say("ui.decide.keep"), is_needed=False),
            ChoiceField(
                name="removal", label=say("ui.decide.removal"), value=KEEP,
                options=(
                    (KEEP, say("ui.decide.keep")),
                    *((rule, say(f"ui.decide.removal.{rule}")) for rule in REMOVALS),
                ),
            ),
        ),
        confirm=lambda values: say("ui.decide.rules_do", who=plain(values["product"], 40)),
    )  # fmt: skip


def customer_rules() -> Proposal:
    """How a customer is served: whether and how far backorders are taken, and in how many parts orders leave."""

    def make(values: Values) -> Step:
        args: dict[str, Any] = {"customer": values["customer"]}
        if values["backorders"]:
            args |= {"backorders": values["backorders"], "limit": values["limit"]}
        if values["rule"]:
            args["ship_rule"] = values["rule"]
        return "customer_policy", args

    rules = tuple((rule, say(f"ui.ship_rule.{rule}")) for rule in ("complete", "available", "ask"))
    return Proposal(
        title=say("ui.decide.customer_rules"), make=make,
        fields=(
            TextField(name="customer", label=say("ui.decide.customer_code")),
            *_backorder_fields(),
            ChoiceField(name="rule", label=say("ui.act.rule"), value="", options=(("", say("ui.decide.keep")), *rules)),
        ),
        confirm=lambda values: say("ui.decide.rules_do", who=plain(values["customer"], 40)),
    )  # fmt: skip


def _backorder_fields() -> tuple[Field, ...]:
    options = (("", say("ui.decide.keep")), *((rule, say(f"ui.decide.backorders.{rule}")) for rule in BACKORDERS))
    return (
        ChoiceField(name="backorders", label=say("ui.decide.backorders"), options=options, value=""),
        NumberField(name="limit", label=say("ui.decide.limit"), value=0, most=100_000),
    )


def _check_rules(values: Values) -> str:
    """Whether the safety stock is a whole number, or left as it is."""
    text = values["safety"]
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return say("ui.figures.no_number", text=text) if text and not is_number else ""


def merge(order_id: int, number: str, why: str) -> Proposal:
    """All that is ready of an order leaves as one shipment."""
    return Proposal(
        title=say("ui.decide.merge", order=plain(number, 40)), facts=why,
        confirm=lambda _: say("ui.decide.merge", order=plain(number, 40)),
        make=lambda _: ("merge", {"order": order_id}),
    )  # fmt: skip


def _fields(row: DecisionRow, choice: str) -> tuple[Field, ...]:
    reason = TextField(name="reason", label=say("ui.act.reason"), is_needed=choice == "cancel")
    if choice == "wait":
        days = NumberField(
            name="days", label=say("ui.decide.wait.days"), value=max(1, row.days_late), least=1, most=_LONGEST_DAYS
        )
        return (days, reason)
    if choice == "substitute":
        options = tuple((each.product_id, _alternative(each)) for each in row.alternatives)
        units = NumberField(name="units", label=say("ui.act.units"), value=row.units, least=1, most=row.units)
        return (ChoiceField(name="alternative", label=say("ui.act.instead"), options=options), units)
    return (reason,)


def _alternative(each: Alternative) -> str:
    words = say(
        "ui.act.alternative", sku=plain(each.sku, 40), product=plain(each.product, 60), free=each.free,
        price=f"{each.price:,.2f}",
    )  # fmt: skip
    return f"{words}\n{say_message(each.reason)}"
