"""The columns of the work list, by line and by order: what each shows, sorts by, and gives to a file."""

from __future__ import annotations

from datetime import date, tzinfo

from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.desks.charts import SHAPES
from wms_desktop.ui.desks.column_kinds import ColumnKinds
from wms_desktop.ui.tables import Column
from wms_desktop.ui.wording import find_sentence, say, say_message
from wms_desktop.views.backlog import STATES, BacklogLine, BacklogOrder

Row = BacklogLine | BacklogOrder
LINE_WIDTHS = (64, 106, 142, 210, 152, 60, 122, 120, 196, 270, 150, 98, 58, 320)
ORDER_WIDTHS = (64, 106, 172, 152, 60, 60, 122, 196, 120, 98, 58, 400)
_LAST_DAY = date.max
_DAY_MINUTES = 24 * 60
_kinds = ColumnKinds("ui.backlog")


def line_columns(zone: tzinfo) -> tuple[Column, ...]:
    """A line with what it waits for; instants in ``zone``."""
    return (
        *_first(),
        _kinds.words("product", lambda r: f"{r.sku}  {r.product}"),
        _state(),
        _kinds.number("units", lambda r: r.units_open),
        _kinds.money("value", lambda r: r.value, lambda r: r.currency),
        _kinds.day("first_promise", lambda r: r.first_promise),
        _promise(),
        Column(
            title=_kinds.title("eta"),
            text=eta_in_words,
            sort=lambda r: (r.eta or _LAST_DAY, r.eta_late or _LAST_DAY),
            by=lambda r: (r.eta, r.eta_late, r.eta_from),
        ),
        _kinds.words("cause", lambda r: cause_in_words(r.cause), by=lambda r: r.cause),
        *_last(),
        _kinds.words("sku", lambda r: r.sku, is_hidden=True),
        _kinds.day("eta_late", lambda r: r.eta_late, is_hidden=True),
        _kinds.words("purchase", lambda r: r.eta_from, is_hidden=True),
        *_more(zone),
    )


def order_columns(zone: tzinfo) -> tuple[Column, ...]:
    """An order with its lines' sums; instants in ``zone``."""
    return (
        *_first(),
        _state(),
        _kinds.number("lines", lambda r: r.lines_open),
        _kinds.number("units", lambda r: r.units_open),
        _kinds.money("value", lambda r: r.value, lambda r: r.currency),
        _promise(),
        _kinds.day("expected", lambda r: r.eta),
        *_last(),
        *_more(zone),
    )


def state_in_words(state: str) -> str:
    """A state by its shape and its word."""
    return f"{SHAPES.get(state, '')}  {say(f'ui.backlog.state.{state}')}" if state in STATES else state


def cause_in_words(cause: str) -> str:
    """A cause of delay in words, "" for none; one that this version does not know as it came."""
    return (find_sentence(f"cause.{cause}", {}) or cause) if cause else ""


def eta_in_words(line: BacklogLine) -> str:
    """When half and nine in ten of such deliveries are there, and which purchase order brings it."""
    if line.eta is None:
        return say("ui.no_day")
    late = line.eta_late if line.eta_late != line.eta else None
    days = " / ".join(day_in_words(day) for day in (line.eta, late) if day)
    return f"{days}   {line.eta_from}" if line.eta_from else days


def cut_off_in_words(minutes: int) -> str:
    """The time to the carrier's cut-off."""
    if minutes < 0:
        return say("ui.backlog.cut_off_gone")
    if minutes < 120:
        return say("ui.backlog.cut_off_minutes", minutes=minutes)
    if minutes < _DAY_MINUTES:
        return say("ui.backlog.cut_off_hours", hours=minutes // 60, minutes=minutes % 60)
    return say("ui.backlog.cut_off_days", days=minutes // _DAY_MINUTES)


def promise_in_words(row: Row) -> str:
    """The promised day, with a shape and a word where it is in danger."""
    day = day_in_words(row.promise)
    return f"{day}  {_risk(row.risk)}" if row.risk in (1, 2, 3) else day


def _risk(risk: int) -> str:
    return say(f"ui.backlog.risk.{risk}")


def _first() -> tuple[Column, ...]:
    def place(row: Row) -> str:
        return say("ui.backlog.pinned", rank=row.place) if row.is_pinned else str(row.place)

    return (
        Column(title=_kinds.title("rank"), text=place, sort=lambda r: r.place, is_number=True),
        _kinds.words("order", lambda r: r.order_number),
        _kinds.words("customer", lambda r: r.customer),
    )


def _last() -> tuple[Column, ...]:
    return (
        Column(
            title=_kinds.title("cut_off"), text=lambda r: cut_off_in_words(r.minutes_to_cut_off),
            sort=lambda r: r.minutes_to_cut_off, by=lambda r: r.minutes_to_cut_off, is_number=True,
            tone=lambda r: "alarm" if 0 <= r.minutes_to_cut_off < 60 else "",
        ),
        Column(
            title=_kinds.title("age"), text=lambda r: say("ui.backlog.age", days=r.age_days),
            sort=lambda r: r.age_days, by=lambda r: r.age_days, is_number=True,
        ),
        _kinds.words("reason", lambda r: say_message(r.waits), by=lambda r: (r.waits.code, *r.waits.args.values())),
    )  # fmt: skip


def _more(zone: tzinfo) -> tuple[Column, ...]:
    """Columns that are there for the asking."""
    return (
        _kinds.words("channel", lambda r: r.channel, is_hidden=True),
        _kinds.number("priority", lambda r: r.priority_class, is_hidden=True),
        _kinds.words(
            "ship_rule", lambda r: say(f"ui.ship_rule.{r.ship_rule}"), is_hidden=True, by=lambda r: r.ship_rule
        ),
        _kinds.words(
            "paid", lambda r: say("ui.yes") if r.is_paid else say("ui.no"), is_hidden=True, by=lambda r: r.is_paid
        ),
        _kinds.instant("leave_by", lambda r: r.leave_by, zone, is_hidden=True),
    )


def _state() -> Column:
    return Column(
        title=_kinds.title("state"), text=lambda r: state_in_words(r.state),
        sort=lambda r: STATES.index(r.state) if r.state in STATES else len(STATES),
        value=lambda r: say(f"ui.backlog.state.{r.state}"), by=lambda r: r.state,
    )  # fmt: skip


def _promise() -> Column:
    return Column(
        title=_kinds.title("promise"), text=promise_in_words, sort=lambda r: r.promise, value=lambda r: r.promise,
        tone=lambda r: "alarm" if r.risk >= 3 else "", by=lambda r: (r.promise, r.risk),
    )  # fmt: skip
