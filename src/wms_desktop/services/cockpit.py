"""The backlog in figures: totals, money, flow, hands, goal; all from one reading, so that each equals its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter

from sqlalchemy.orm import Session

from wms_desktop.domain.clearing import Flow, count_back, days_to_clear, ideal_line, inflow_a_day
from wms_desktop.errors import Value
from wms_desktop.prompts import Message
from wms_desktop.services import backlog, flow, hands, settings, states, waited
from wms_desktop.views.backlog import AGE_BANDS, STATES, Backlog, BacklogLine
from wms_desktop.views.figures import BurnDown, Figures, FlowDay, Slice

LONGEST_GOAL_DAYS = 366
LIMITS = ("backlog_limit_units", "clear_limit_days", "inflow_limit_units")


def figures(session: Session, now: datetime) -> Figures:
    """Every figure of the backlog at an instant.

    Each slice is the sum of the rows that `backlog` gives for the same instant: of *state* the units in that state, of
    *paid_week* the paid lines by the Monday of the week they should leave in (ETA, else promise), *cause* only of
    lines that have one. Money is by currency. ``flow`` are the last 28 site-local days, ``days_to_clear`` None while
    the backlog does not shrink.
    """
    with backlog.unswept():
        reading = states.read(session, now)
        book = backlog.make(session, now, reading)
        total = slice_of("total", "", "", book.lines)
        goal = _read_goal(session, reading.today)
        past = flow.read(session, now, goal.start if goal else None)
        days = past[-flow.DAYS :]
        clear = days_to_clear(days, total.units, reading.today)
        rates = hands.read_rates(session, now)
        return Figures(
            at=now,
            total=total,
            slices=tuple(_slices(book)),
            paid_unshipped=_amounts([line for line in book.lines if line.is_paid]),
            flow=_flow(days, total.units),
            days_to_clear=clear,
            alerts=_alerts(session, total.units, clear, inflow_a_day(days, reading.today)),
            hands=hands.plan_hands(session, now, reading, book, rates),
            arrivals=hands.plan_arrivals(session, reading, book, rates),
            burn_down=_burn_down(goal, past, total.units, reading.today) if goal else None,
            waited=waited.list_waited(session, now, book),
            limits={name: settings.get(session, name) for name in LIMITS},
        )


# --- slices ---------------------------------------------------------------------------------------------------


_KEYS: Mapping[str, Callable[[BacklogLine], str]] = {
    "age_band": attrgetter("age_band"),
    "customer": attrgetter("customer_code"),
    "product": attrgetter("sku"),
    "cause": attrgetter("cause"),
    "channel": attrgetter("channel"),
    "currency": attrgetter("currency"),
}
_LABELS: Mapping[str, Callable[[BacklogLine], str]] = {
    "customer": attrgetter("customer"),
    "product": attrgetter("product"),
    "channel": lambda line: line.channel or "-",
}
_units: Callable[[BacklogLine], int] = attrgetter("units_open")
_value: Callable[[BacklogLine], Decimal] = attrgetter("value")
_order: Callable[[BacklogLine], int] = attrgetter("order_id")
_currency: Callable[[BacklogLine], str] = attrgetter("currency")


def week_of(line: BacklogLine) -> str:
    """The week a line should leave in, by its Monday in ISO form."""
    day = line.eta or line.promise
    return (day - timedelta(days=day.weekday())).isoformat()


def slice_of(dimension: str, key: str, label: str, lines: Sequence[BacklogLine]) -> Slice:
    """What these lines come to, money by currency."""
    return Slice(
        dimension=dimension, key=key, label=label, units=sum(map(_units, lines)), lines=len(lines),
        orders=len(set(map(_order, lines))), amounts=_amounts(lines),
    )  # fmt: skip


def _amounts(lines: Sequence[BacklogLine]) -> dict[str, Decimal]:
    if len(set(map(_currency, lines))) < 2:
        return {line.currency: sum(map(_value, lines), Decimal(0)) for line in lines[:1]}
    by_currency: dict[str, list[Decimal]] = {}
    for line in lines:
        by_currency.setdefault(line.currency, []).append(line.value)
    return {currency: sum(values, Decimal(0)) for currency, values in sorted(by_currency.items())}


def _slices(book: Backlog) -> list[Slice]:
    """Every dimension's figures; what stands in a fixed order stays in it, the rest by units."""
    made = [slice_of("state", state, state, lines) for state, lines in _by_state(book.lines).items() if lines]
    for dimension, key_of in _KEYS.items():
        groups = _grouped(book.lines, key_of)
        if dimension == "cause":
            groups.pop("", None)
        label_of = _LABELS.get(dimension, key_of)
        found = [slice_of(dimension, key, label_of(lines[0]), lines) for key, lines in groups.items()]
        if dimension == "age_band":
            found.sort(key=lambda one: AGE_BANDS.index(one.key))
        else:
            found.sort(key=lambda one: (-one.units, one.key))
        made += found
    weeks = _grouped([line for line in book.lines if line.is_paid], week_of)
    return made + [slice_of("paid_week", week, week, lines) for week, lines in sorted(weeks.items())]


def _grouped(lines: Iterable[BacklogLine], key_of: Callable[[BacklogLine], str]) -> dict[str, list[BacklogLine]]:
    groups: dict[str, list[BacklogLine]] = {}
    for line in lines:
        groups.setdefault(key_of(line), []).append(line)
    return groups


def _by_state(lines: Iterable[BacklogLine]) -> dict[str, list[BacklogLine]]:
    """The lines with units in each state; of one in several states, the part that is in it."""
    found: dict[str, list[BacklogLine]] = {state: [] for state in STATES}
    for line in lines:
        if line.units_open in line.by_state:  # all in one state, as nearly always
            found[line.state].append(line)
            continue
        for state, units in zip(STATES, line.by_state, strict=True):
            if units:
                found[state].append(line._replace(units_open=units, value=line.value * units / line.units_open))
    return found


# --- flow and alerts ------------------------------------------------------------------------------------------


def _flow(days: Sequence[Flow], open_now: int) -> tuple[FlowDay, ...]:
    sizes = count_back(days, open_now)
    return tuple(
        FlowDay(day=one.day, came=one.came, left=one.left, cancelled=one.cancelled, open_at_end=size)
        for one, size in zip(days, sizes, strict=True)
    )


def _alerts(session: Session, units: int, clear: float | None, inflow: float | None) -> tuple[Message, ...]:
    """What has passed a limit that the house has set; "" in a setting is no limit."""
    alerts = []
    limit = settings.get(session, "backlog_limit_units")
    if limit and units > int(limit):
        alerts.append(Message("cockpit.alert.units", {"units": units, "limit": int(limit)}))
    limit = settings.get(session, "clear_limit_days")
    if limit and clear is None:
        alerts.append(Message("cockpit.alert.grows", {"units": units, "limit": int(limit)}))
    elif limit and clear is not None and clear > int(limit):
        alerts.append(Message("cockpit.alert.clear", {"days": f"{clear:.1f}", "limit": int(limit)}))
    limit = settings.get(session, "inflow_limit_units")
    if limit and inflow is not None and inflow < int(limit):
        alerts.append(Message("cockpit.alert.inflow", {"units": f"{inflow:.0f}", "limit": int(limit)}))
    return tuple(alerts)


# --- the goal -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Goal:
    units: int
    day: date
    start: date


def _read_goal(session: Session, today: date) -> _Goal | None:
    units, day = settings.get(session, "backlog_target_units"), settings.get(session, "backlog_target_day")
    if not units or not day:
        return None
    began = settings.get(session, "backlog_target_from")
    start = date.fromisoformat(began) if began else today - timedelta(days=flow.DAYS - 1)
    start = max(min(start, today), today - timedelta(days=LONGEST_GOAL_DAYS))
    return _Goal(int(units), date.fromisoformat(day), start)


def _burn_down(goal: _Goal, past: Sequence[Flow], open_now: int, today: date) -> BurnDown:
    actual = tuple((one.day, size) for one, size in zip(past, count_back(past, open_now), strict=True))
    ideal = ideal_line(next(pair for pair in actual if pair[0] >= goal.start), (goal.day, goal.units))
    return BurnDown(
        target_units=goal.units,
        target_day=goal.day,
        ideal=ideal,
        actual=tuple(pair for pair in actual if pair[0] >= goal.start),
        message=_course(goal, ideal, open_now, today),
    )


def _course(goal: _Goal, ideal: Sequence[tuple[date, int]], open_now: int, today: date) -> Message:
    left = (goal.day - today).days
    said: dict[str, Value] = {"open": open_now, "target": goal.units, "day": goal.day.isoformat(), "days": left}
    if open_now <= goal.units:
        return Message("cockpit.goal.reached", said)
    if left < 0:
        return Message("cockpit.goal.missed", {**said, "over": open_now - goal.units})
    should = dict(ideal).get(today, goal.units)
    a_day = -(-(open_now - goal.units) // max(left, 1))
    if open_now <= should:
        return Message("cockpit.goal.on_course", {**said, "ahead": should - open_now, "a_day": a_day})
    return Message("cockpit.goal.behind", {**said, "behind": open_now - should, "a_day": a_day})
