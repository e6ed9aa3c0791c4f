"""What the cockpit's charts and tables are made of: bars out of figures, and the columns of its tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from PySide6.QtCore import QDate, QLocale

from wms_desktop.prompts import Outcome
from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.desks.backlog_columns import cause_in_words
from wms_desktop.ui.desks.backlog_rows import amounts_in_words
from wms_desktop.ui.desks.charts import Bar
from wms_desktop.ui.desks.column_kinds import ColumnKinds
from wms_desktop.ui.desks.line_chart import Series
from wms_desktop.ui.tables import Column
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views.backlog import AGE_BANDS, STATES
from wms_desktop.views.figures import BurnDown, FlowDay, Slice
from wms_desktop.views.promises import Moved

TOP = 10
REST = "\x00rest"
"""The key of the bar that sums what is not among the first ones."""
_kinds = ColumnKinds("ui.figures", none="ui.no_day")


@dataclass(frozen=True, slots=True)
class Measure:
    """What bars are as long as: units, orders, or money of one currency."""

    name: str
    currency: str = ""

    def of(self, one: Slice) -> int:
        """The length of a figure's bar; money in whole units of its currency."""
        if self.currency:
            return int(one.amounts.get(self.currency, Decimal(0)))
        return one.orders if self.name == "orders" else one.units

    def words(self, one: Slice) -> str:
        """What stands at the bar's end."""
        if self.currency:
            return f"{one.amounts.get(self.currency, Decimal(0)):,.2f}"
        return f"{self.of(one):,}"


def measures_of(total: Slice) -> tuple[Measure, ...]:
    """Units, orders, and money by each currency there is."""
    return (Measure("units"), Measure("orders"), *(Measure("money", each) for each in sorted(total.amounts)))


def by_dimension(slices: Iterable[Slice]) -> dict[str, list[Slice]]:
    """The figures of each dimension."""
    found: dict[str, list[Slice]] = {}
    for one in slices:
        found.setdefault(one.dimension, []).append(one)
    return found


def in_order(slices: Sequence[Slice], keys: Sequence[str]) -> list[Slice]:
    """Figures in the order of their keys, as states and ages have one."""
    places = {key: number for number, key in enumerate(keys)}
    return sorted(slices, key=lambda one: places.get(one.key, len(places)))


def label_of(one: Slice) -> str:
    """What a person reads: the house's own words for states, ages, causes; names from outside as they are."""
    if one.dimension == "state" and one.key in STATES:
        return say(f"ui.backlog.state.{one.key}")
    if one.dimension == "age_band" and one.key in AGE_BANDS:
        return say("ui.figures.age", days=one.key.replace("-", "–"))
    if one.dimension == "cause":
        return cause_in_words(one.key) or say("ui.cause.none")
    if one.dimension == "paid_week":
        return week_in_words(one.key)
    return plain(one.label or one.key, 80) or say("ui.figures.unnamed")


def week_in_words(key: str) -> str:
    """A week by its Monday; what is no day stays as it is."""
    try:
        return say("ui.figures.week", day=day_in_words(date.fromisoformat(key)))
    except ValueError:
        return plain(key, 40) or say("ui.no_day")


def in_words(one: Slice) -> str:
    """A figure in full: units, lines, orders, money."""
    words = say("ui.figures.slice", units=f"{one.units:,}", lines=f"{one.lines:,}", orders=f"{one.orders:,}")
    return f"{words}, {amounts_in_words(one.amounts)}" if one.amounts else words


def bars(slices: Sequence[Slice], measure: Measure) -> list[Bar]:
    """A bar for each figure, in their order."""
    return [
        Bar(key=one.key, label=label_of(one), value=measure.of(one), words=measure.words(one),
            tip=f"{label_of(one)}: {in_words(one)}")
        for one in slices
    ]  # fmt: skip


def top_bars(slices: Sequence[Slice], measure: Measure) -> list[Bar]:
    """The ten longest, and the rest as one."""
    ranked = sorted(slices, key=lambda one: (-measure.of(one), one.key))
    made = bars(ranked[:TOP], measure)
    rest = ranked[TOP:]
    if rest:
        whole = sum_of(rest)
        label = say("ui.figures.others", count=f"{len(rest):,}")
        made.append(Bar(key=REST, label=label, value=0, words=measure.words(whole), tip=f"{label}: {in_words(whole)}"))
    return made


def sum_of(slices: Sequence[Slice]) -> Slice:
    """Several figures of one dimension together; an order in two of them counts twice, as it does in each."""
    amounts: dict[str, Decimal] = {}
    for one in slices:
        for currency, value in one.amounts.items():
            amounts[currency] = amounts.get(currency, Decimal(0)) + value
    return Slice(
        dimension=slices[0].dimension if slices else "", key=REST, label="", units=sum(one.units for one in slices),
        lines=sum(one.lines for one in slices), orders=sum(one.orders for one in slices), amounts=amounts,
    )  # fmt: skip


def flow_lines(flow: Sequence[FlowDay]) -> tuple[list[str], list[Series], list[str]]:
    """Days, lines and readings of what came and went."""
    series = [
        Series(word=say("ui.figures.came"), values=tuple(day.came for day in flow), outcome=Outcome.ACCEPTED),
        Series(word=say("ui.figures.left"), values=tuple(day.left for day in flow), outcome=Outcome.STEP_DONE),
    ]
    readings = [
        say("ui.figures.flow_day", day=day_in_words(day.day), came=f"{day.came:,}", left=f"{day.left:,}",
            cancelled=f"{day.cancelled:,}")
        for day in flow
    ]  # fmt: skip
    return [_short(day.day) for day in flow], series, readings


def size_lines(flow: Sequence[FlowDay]) -> tuple[list[str], list[Series], list[str]]:
    """Days, line and readings of the backlog's size at each day's end."""
    series = [
        Series(word=say("ui.figures.open"), values=tuple(day.open_at_end for day in flow), outcome=Outcome.JOB_COMPLETE)
    ]
    readings = [say("ui.figures.size_day", day=day_in_words(day.day), units=f"{day.open_at_end:,}") for day in flow]
    return [_short(day.day) for day in flow], series, readings


def burn_lines(goal: BurnDown) -> tuple[list[str], list[Series], list[str]]:
    """Days, lines and readings of the way down to the target."""
    days = sorted({day for day, _ in (*goal.ideal, *goal.actual)})
    ideal, actual = dict(goal.ideal), dict(goal.actual)
    series = [
        Series(word=say("ui.figures.actual"), values=tuple(actual.get(day) for day in days), outcome=Outcome.ACCEPTED),
        Series(
            word=say("ui.figures.ideal"), values=tuple(ideal.get(day) for day in days), outcome=Outcome.NOT_UNDERSTOOD,
            is_dashed=True,
        ),
    ]  # fmt: skip
    readings = [
        say("ui.figures.burn_day", day=day_in_words(day), actual=_units(actual.get(day)), ideal=_units(ideal.get(day)))
        for day in days
    ]
    return [_short(day) for day in days], series, readings


def slice_columns() -> tuple[Column, ...]:
    """A figure as a row of a file."""
    return (
        _kinds.words("what", lambda one: say(f"ui.figures.dimension.{one.dimension}")),
        _kinds.words("name", label_of),
        _kinds.words("key", lambda one: one.key),
        _kinds.number("units", lambda one: one.units),
        _kinds.number("lines", lambda one: one.lines),
        _kinds.number("orders", lambda one: one.orders),
        _kinds.words("money", lambda one: amounts_in_words(one.amounts)),
    )


def flow_columns() -> tuple[Column, ...]:
    """A day of the flow as a row of a file."""
    return (
        _kinds.day("day", lambda day: day.day),
        _kinds.number("came", lambda day: day.came),
        _kinds.number("left", lambda day: day.left),
        _kinds.number("cancelled", lambda day: day.cancelled),
        _kinds.number("open", lambda day: day.open_at_end),
    )


def burn_columns() -> tuple[Column, ...]:
    """A day on the way to the target as a row of a file: (day, actual, ideal)."""
    return (
        _kinds.day("day", lambda row: row[0]),
        _kinds.words("actual", lambda row: _units(row[1])),
        _kinds.words("ideal", lambda row: _units(row[2])),
    )


def arrival_columns() -> tuple[Column, ...]:
    """What is due on a day, and the hands it takes."""
    return (
        _kinds.day("day", lambda row: row.day),
        _kinds.words("purchases", lambda row: ", ".join(plain(number, 40) for number in row.purchases)),
        _kinds.number("due", lambda row: row.units),
        _kinds.number("waited_for", lambda row: row.units_waited_for),
        _kinds.number("orders_served", lambda row: row.orders_served),
        _kinds.words("money", lambda row: amounts_in_words(row.amounts)),
        _kinds.number("receivers", lambda row: row.receivers),
        _kinds.number("pickers", lambda row: row.pickers),
        _kinds.number("packers", lambda row: row.packers),
    )


def waited_columns() -> tuple[Column, ...]:
    """What customers waited for."""
    return (
        _kinds.words("sku", lambda row: row.sku),
        _kinds.words("product", lambda row: row.product),
        _kinds.number("backordered", lambda row: row.units_backordered),
        _kinds.number("late", lambda row: row.units_shipped_late),
        _kinds.number("cancelled", lambda row: row.units_cancelled),
        _kinds.share("cancel_rate", lambda row: row.cancel_rate),
        _kinds.number("accepted", lambda row: row.accepted_days, places=1),
        _kinds.number("waited", lambda row: row.waited_days, places=1),
    )


def moved_columns() -> tuple[Column, ...]:
    """Promises that moved: which way, whose, from when to when, and why."""
    return (
        Column(title=_kinds.title("moved"), text=_way, sort=is_rescue),
        _kinds.words("order", lambda row: row.order_number),
        _kinds.words("customer", lambda row: row.customer),
        _kinds.words("sku", lambda row: row.sku),
        _kinds.number("units", lambda row: row.units),
        _kinds.day("was", lambda row: row.was),
        _kinds.day("now", lambda row: row.now),
        _kinds.words("cause", lambda row: cause_in_words(row.cause)),
        _kinds.words("purchase", lambda row: row.purchase),
    )


def is_rescue(row: Moved) -> bool:
    """Whether the line fares better than before; no day is worse than any."""
    return (row.now or date.max) < (row.was or date.max)


def _way(row: Moved) -> str:
    return say("ui.figures.rescued") if is_rescue(row) else say("ui.figures.slipped")


def _short(day: date) -> str:
    return QLocale().toString(QDate(day.year, day.month, day.day), "d MMM")


def _units(units: int | None) -> str:
    return "–" if units is None else f"{units:,}"


def names_of(amounts: Mapping[str, Decimal]) -> list[str]:
    """Money by currency as lines of their own, the largest first."""
    return [f"{value:,.2f} {each}" for each, value in sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))]
