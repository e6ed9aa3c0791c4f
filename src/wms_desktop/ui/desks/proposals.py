"""What may be done with orders and their lines, each as a proposal to be thought over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from wms_desktop.ui.days import full_day, instant_in_words
from wms_desktop.ui.desks.backlog_columns import cause_in_words
from wms_desktop.ui.desks.fields import ChoiceField, DayField, TextField, UnitsField
from wms_desktop.ui.desks.fields import NumberField as Number
from wms_desktop.ui.desks.panel import Proposal, Step, Values
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.backlog import CAUSES, BacklogLine, BacklogOrder
from wms_desktop.views.promises import Alternative

Orders = Sequence[BacklogOrder]
_CLOCK = re.compile(r"\d{1,2}:\d\d\Z")
RULES = ("complete", "available", "ask")
_NUMBERS = 5


def name_of(orders: Orders) -> str:
    """The order by its number, or how many orders there are."""
    if len(orders) == 1:
        return say("ui.backlog.one_order", order=plain(orders[0].order_number, 40))
    return say("ui.backlog.many_orders", count=len(orders))


def facts_of(orders: Orders) -> str:
    """Who waits: the customer of one order, the numbers of several."""
    if len(orders) == 1:
        return say("ui.backlog.of_customer", customer=plain(orders[0].customer, 80), units=orders[0].units_open)
    named = ", ".join(plain(order.order_number, 40) for order in orders[:_NUMBERS])
    more = len(orders) - _NUMBERS
    return say("ui.and_more", named=named, count=more) if more > 0 else named


def hold(orders: Orders) -> Proposal:
    """Hold what is free, or let go what is held when all of it is."""
    ids = [order.order_id for order in orders]
    name = name_of(orders)
    if all(order.is_held for order in orders):
        return Proposal(
            title=say("ui.act.unhold", orders=name), facts=facts_of(orders),
            confirm=lambda _: say("ui.act.unhold", orders=name), make=lambda _: ("unhold", {"orders": ids}),
        )  # fmt: skip
    free = [order.order_id for order in orders if not order.is_held]
    return Proposal(
        title=say("ui.act.hold", orders=name), facts=facts_of(orders),
        fields=(TextField(name="reason", label=say("ui.act.reason"), hint=say("ui.act.hold_hint")),),
        confirm=lambda _: say("ui.act.hold", orders=name),
        make=lambda values: ("hold", {"orders": ids, "reason": values["reason"]}),
        undo=lambda _: (("unhold", {"orders": free}),),
    )  # fmt: skip


def pin(orders: Orders) -> Proposal:
    """Put orders before all others, or take that back when all of them are there."""
    ids = [order.order_id for order in orders]
    name = name_of(orders)
    if all(order.is_pinned for order in orders):
        return Proposal(
            title=say("ui.act.unpin", orders=name), facts=facts_of(orders),
            confirm=lambda _: say("ui.act.unpin", orders=name), make=lambda _: ("unpin", {"orders": ids}),
            undo=lambda _: (("pin", {"orders": ids}),),
        )  # fmt: skip
    fresh = [order.order_id for order in orders if not order.is_pinned]
    return Proposal(
        title=say("ui.act.pin", orders=name), facts=facts_of(orders) + "\n" + say("ui.act.pin_facts"),
        confirm=lambda _: say("ui.act.pin", orders=name), make=lambda _: ("pin", {"orders": ids}),
        rehearse=(lambda _: {"what": "pin", "order": ids[0]}) if len(ids) == 1 else None,
        undo=lambda _: (("unpin", {"orders": fresh}),),
    )  # fmt: skip


def cancel(order: BacklogOrder, lines: Sequence[BacklogLine]) -> Proposal:
    """Cancel an order's open units, all or some; asked for twice, by name."""
    number = plain(order.order_number, 40)
    whole = {line.line_id: line.units_open for line in lines}

    def confirm(values: Values) -> str:
        return say("ui.act.cancel", units=sum(values["lines"].values()), order=number)

    def make(values: Values) -> Step:
        lines = None if values["lines"] == whole else values["lines"]
        return "cancel", {"order": order.order_id, "lines": lines, "reason": values["reason"]}

    words = tuple(
        (line.line_id, f"{plain(line.sku, 40)}  {plain(line.product, 60)}", line.units_open) for line in lines
    )
    return Proposal(
        title=say("ui.act.cancel_title", order=number), facts=facts_of((order,)), confirm=confirm, make=make,
        fields=(
            TextField(name="reason", label=say("ui.act.reason"), hint=say("ui.act.cancel_hint")),
            UnitsField(name="lines", label=say("ui.act.cancel_units"), lines=words),
        ),
        is_final=True,
    )  # fmt: skip


def priority(orders: Orders) -> Proposal:
    """Give orders another priority class."""
    ids = [order.order_id for order in orders]
    name = name_of(orders)
    before: dict[int, list[int]] = {}
    for order in orders:
        before.setdefault(order.priority_class, []).append(order.order_id)
    return Proposal(
        title=say("ui.act.priority", orders=name), facts=facts_of(orders),
        fields=(
            Number(name="class", label=say("ui.act.class"), value=min(before), least=1, most=9),
        ),
        confirm=lambda values: say("ui.act.priority_to", orders=name, priority=values["class"]),
        make=lambda values: ("priority", {"orders": ids, "priority_class": values["class"]}),
        undo=lambda _: tuple(
            ("priority", {"orders": several, "priority_class": was}) for was, several in before.items()
        ),
    )  # fmt: skip


def ship_rule(orders: Orders) -> Proposal:
    """Send orders whole, as it comes, or only when somebody has said so."""
    ids = [order.order_id for order in orders]
    name = name_of(orders)
    before: dict[str, list[int]] = {}
    for order in orders:
        before.setdefault(order.ship_rule, []).append(order.order_id)
    options = tuple((rule, say(f"ui.ship_rule.{rule}")) for rule in RULES)
    return Proposal(
        title=say("ui.act.ship_rule", orders=name), facts=facts_of(orders),
        fields=(
            ChoiceField(name="rule", label=say("ui.act.rule"), options=options, value=orders[0].ship_rule),
        ),
        confirm=lambda values: say("ui.act.ship_rule_to", orders=name, what=say(f"ui.ship_rule.{values['rule']}")),
        make=lambda values: ("ship_rule", {"orders": ids, "rule": values["rule"]}),
        undo=lambda _: tuple(("ship_rule", {"orders": several, "rule": was}) for was, several in before.items()),
    )  # fmt: skip


def reserve(order: BacklogOrder) -> Proposal:
    """Reserve for one order at once: what is free, the safety stock too, or what later orders hold in bins."""
    name = name_of((order,))
    options = tuple((how, say(f"ui.act.reserve.{how}")) for how in ("free", "safety", "take_back"))

    def make(values: Values) -> Step:
        if values["how"] == "take_back":
            return "take_back_for", {"order": order.order_id}
        return "allocate_order", {"order": order.order_id, "use_safety": values["how"] == "safety"}

    return Proposal(
        title=say("ui.act.reserve", orders=name), facts=facts_of((order,)), make=make,
        fields=(ChoiceField(name="how", label=say("ui.act.reserve_from"), options=options, value="free"),),
        confirm=lambda values: say("ui.act.reserve_do", orders=name, how=say(f"ui.act.reserve.{values['how']}")),
    )  # fmt: skip


def dates(orders: Orders, today: date, zone: tzinfo) -> Proposal:
    """Do not send before a day, or let orders leave by another instant."""
    ids = [order.order_id for order in orders]
    name = name_of(orders)
    local = min(order.leave_by for order in orders).astimezone(zone)
    options = (("leave_by", say("ui.act.leave_by")), ("release", say("ui.act.release")))

    def confirm(values: Values) -> str:
        if values["which"] == "leave_by":
            return say("ui.act.leave_by_to", orders=name, when=_when(values, zone))
        day = values["day"]
        return (
            say("ui.act.release_to", orders=name, day=full_day(day)) if day else say("ui.act.release_now", orders=name)
        )

    def make(values: Values) -> Step:
        if values["which"] == "leave_by":
            return "move_leave_by", {"orders": ids, "leave_by": _instant(values, zone)}
        return "release_on", {"orders": ids, "day": values["day"]}

    def check(values: Values) -> str:
        if values["which"] == "release":
            return ""
        if values["day"] is None:
            return say("ui.act.no_day", text="", example=full_day(today))
        return "" if _time(values["time"]) else say("ui.act.no_time", text=values["time"])

    def undo(values: Values) -> tuple[Step, ...]:
        before: dict[datetime, list[int]] = {}
        for order in orders if values["which"] == "leave_by" else ():
            before.setdefault(order.leave_by, []).append(order.order_id)
        return tuple(("move_leave_by", {"orders": several, "leave_by": was}) for was, several in before.items())

    return Proposal(
        undo=undo,
        title=say("ui.act.dates", orders=name), facts=facts_of(orders), confirm=confirm, make=make, check=check,
        fields=(
            ChoiceField(name="which", label=say("ui.act.which_date"), options=options, value="leave_by"),
            DayField(name="day", label=say("ui.act.day"), today=today, value=local.date(), is_needed=False),
            TextField(name="time", label=say("ui.act.time"), value=f"{local:%H:%M}", is_needed=False),
        ),
    )  # fmt: skip


def substitute(line: BacklogLine, alternatives: Sequence[Alternative]) -> Proposal:
    """Send another product instead; both stand on the packing slip."""
    order = plain(line.order_number, 40)
    by_id = {alternative.product_id: alternative for alternative in alternatives}
    waiting = line.units_open - line.by_state[1]

    def confirm(values: Values) -> str:
        sku = plain(by_id[values["alternative"]].sku, 40)
        return say("ui.act.substitute_to", units=values["units"], sku=sku, order=order)

    return Proposal(
        title=say("ui.act.substitute", sku=plain(line.sku, 40), order=order),
        facts=say("ui.act.substitute_facts", product=plain(line.product, 80), units=waiting),
        fields=(
            ChoiceField(name="alternative", label=say("ui.act.instead"), options=alternatives_in_words(alternatives)),
            Number(name="units", label=say("ui.act.units"), value=max(1, waiting), least=1, most=max(1, waiting)),
        ),
        confirm=confirm,
        make=lambda values: (
            "substitute",
            {"line": line.line_id, "alternative": values["alternative"], "units": values["units"]},
        ),
        rehearse=lambda values: {"what": "substitute", "line": line.line_id, "alternative": values["alternative"]},
    )  # fmt: skip


def alternatives_in_words(alternatives: Sequence[Alternative]) -> tuple[tuple[Any, str], ...]:
    """Each alternative with its free stock, its price and why it stands where it does."""
    return tuple(
        (
            each.product_id,
            say("ui.act.alternative", sku=plain(each.sku, 40), product=plain(each.product, 60), free=each.free,
                price=f"{each.price:,.2f}") + "\n" + say_message(each.reason),
        )
        for each in alternatives
    )  # fmt: skip


def cause(lines: Sequence[BacklogLine]) -> Proposal:
    """Say why lines are late; the proposal of the house counts until then."""
    ids = [line.line_id for line in lines]
    before: dict[str, list[int]] = {}
    for line in lines:
        before.setdefault(line.cause if line.is_cause_set else "", []).append(line.line_id)
    name = say("ui.backlog.many_lines", count=len(lines))
    if len(lines) == 1:
        name = say("ui.backlog.one_line", order=plain(lines[0].order_number, 40), sku=plain(lines[0].sku, 40))
    options = tuple((each, cause_in_words(each) or say("ui.act.cause_proposed")) for each in CAUSES)
    return Proposal(
        title=say("ui.act.cause", lines=name),
        fields=(ChoiceField(name="cause", label=say("ui.act.why_late"), options=options, value=lines[0].cause),),
        confirm=lambda values: say(
            "ui.act.cause_to", lines=name, why=dict(options).get(values["cause"], say("ui.cause.none"))
        ),
        make=lambda values: ("set_cause", {"lines": ids, "cause": values["cause"]}),
        undo=lambda _: tuple(("set_cause", {"lines": several, "cause": was}) for was, several in before.items()),
    )  # fmt: skip


def _instant(values: Values, zone: tzinfo) -> datetime:
    """The typed day and time of the house, as an instant."""
    clock = _time(values["time"]) or time()
    return datetime.combine(values["day"], clock, zone).astimezone(UTC)


def _when(values: Values, zone: tzinfo) -> str:
    return instant_in_words(_instant(values, zone), zone)


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text.strip().zfill(5)).replace(tzinfo=None) if _CLOCK.match(text.strip()) else None
    except ValueError:
        return None
