"""Which rows of the backlog stand behind a figure, and what they come to; pure, and quick for 20,000 lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta, tzinfo
from decimal import Decimal
from typing import Any

from wms_desktop.views.backlog import STATES, Backlog, BacklogLine, BacklogOrder

Accepts = Callable[[BacklogLine], bool]
ALL = "all"
"""The dimension of a figure that counts every row."""
_WORKABLE = (STATES.index("ready"), STATES.index("in_work"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """The rows behind one figure: ``label`` is what a person reads on the chip.

    ``dimension`` is one of :data:`wms_desktop.views.figures.DIMENSIONS`, or *paid* (paid and not sent), *placed* (came
    in on the day ``keys``), *purchase* (waits for one of these), *line* (these line ids), *leaves_by* (can be worked
    and must leave by that instant), *risk* (promise broken or in danger). ``is_rest`` turns it round: all but these.
    """

    dimension: str
    keys: frozenset[Any]
    label: str
    is_rest: bool = False


def narrow_of(args: Mapping[str, Any]) -> Narrow | None:
    """The figure another desk sent along when it opened this one."""
    if "dimension" not in args:
        return None
    return Narrow(
        dimension=args["dimension"], keys=frozenset(args.get("keys", ())), label=args.get("label", ""),
        is_rest=args.get("is_rest", False),
    )  # fmt: skip


def week_of(line: BacklogLine) -> str:
    """The week a line is expected to leave in, as the figures call it: its Monday."""
    day = line.eta or line.promise
    return (day - timedelta(days=day.weekday())).isoformat()


def accepts(narrow: Narrow, zone: tzinfo) -> Accepts:
    """Whether a line stands behind a figure; days are counted in ``zone``."""
    keys = narrow.keys
    find: Mapping[str, Accepts] = {
        "age_band": lambda line: line.age_band in keys,
        "customer": lambda line: line.customer_code in keys,
        "product": lambda line: line.sku in keys,
        "cause": lambda line: line.cause in keys,
        "channel": lambda line: line.channel in keys,
        "currency": lambda line: line.currency in keys,
        "paid_week": lambda line: line.is_paid and week_of(line) in keys,
        "paid": lambda line: line.is_paid,
        "placed": lambda line: line.placed_at.astimezone(zone).date() in keys,
        "purchase": lambda line: line.eta_from in keys,
        "line": lambda line: line.line_id in keys,
        "leaves_by": lambda line: any(line.by_state[n] for n in _WORKABLE) and line.leave_by <= max(keys),
        "risk": lambda line: line.risk in keys,
    }
    if narrow.dimension == "state":
        places = [STATES.index(key) for key in keys if key in STATES]
        return lambda line: any(line.by_state[place] for place in places)
    chosen = find[narrow.dimension]
    return (lambda line: not chosen(line)) if narrow.is_rest else chosen


def in_state(state: str) -> Accepts:
    """Whether a line has units in a state."""
    place = STATES.index(state)
    return lambda line: line.by_state[place] > 0


@dataclass(frozen=True, slots=True)
class Sums:
    """What rows come to; ``amounts`` by currency, never added across them."""

    orders: int
    lines: int
    units: int
    amounts: Mapping[str, Decimal]


def sum_up(lines: Iterable[BacklogLine], state: str = "") -> Sums:
    """The open units of these lines, or only those in ``state`` (a line's units may stand in several)."""
    place = STATES.index(state) if state else -1
    orders: set[int] = set()
    amounts: dict[str, Decimal] = {}
    count = units = 0
    for line in lines:
        here = line.by_state[place] if state else line.units_open
        if not here:
            continue
        value = line.value if here == line.units_open else line.value * here / line.units_open
        orders.add(line.order_id)
        count += 1
        units += here
        amounts[line.currency] = amounts.get(line.currency, Decimal(0)) + value
    return Sums(len(orders), count, units, amounts)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the backlog is narrowed to: a figure's rows, a state; words are the table's own matter."""

    narrow: Narrow | None = None
    state: str = ""


@dataclass(slots=True)
class Sheet:
    """The backlog made ready to be looked up; made off the window's thread."""

    backlog: Backlog
    by_number: dict[str, int] = field(default_factory=dict)
    by_order: dict[int, list[BacklogLine]] = field(default_factory=dict)
    orders: dict[int, BacklogOrder] = field(default_factory=dict)

    def accepted(self, wanted: Filter, zone: tzinfo) -> tuple[frozenset[int], frozenset[int]] | None:
        """The line ids and order ids that a filter leaves; None: all of them."""
        tests = [accepts(wanted.narrow, zone)] if wanted.narrow else []
        tests += [in_state(wanted.state)] if wanted.state else []
        if not tests:
            return None
        lines = [line for line in self.backlog.lines if all(test(line) for test in tests)]
        return frozenset(line.line_id for line in lines), frozenset(line.order_id for line in lines)


def sheet_of(backlog: Backlog) -> Sheet:
    """Index a backlog."""
    made = Sheet(backlog)
    for order in backlog.orders:
        made.by_number[order.order_number] = order.order_id
        made.orders[order.order_id] = order
    for line in backlog.lines:
        made.by_order.setdefault(line.order_id, []).append(line)
    return made


def counted_state(wanted: Filter) -> str:
    """The one state whose units alone are counted under a filter, "" for all of them."""
    if wanted.state:
        return wanted.state
    if wanted.narrow and wanted.narrow.dimension == "state" and len(wanted.narrow.keys) == 1:
        return str(next(iter(wanted.narrow.keys)))
    return ""


def amounts_in_words(amounts: Mapping[str, Decimal]) -> str:
    """Money by currency, the largest first: "1,200.00 GBP + 300.00 EUR"."""
    ranked = sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))
    return " + ".join(f"{value:,.2f} {currency}" for currency, value in ranked)
