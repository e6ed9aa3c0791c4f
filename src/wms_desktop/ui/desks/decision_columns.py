"""The columns of the four lists of decisions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from wms_desktop.prompts import Message
from wms_desktop.ui.days import day_in_words, instant_in_words
from wms_desktop.ui.desks.backlog_columns import cause_in_words
from wms_desktop.ui.tables import Column
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.promises import Mode, PurchaseRow

_title = "ui.decide.column.{}".format


@dataclass(frozen=True, slots=True)
class Merge:
    """An order whose waiting parts are all there before the first has left."""

    order_id: int
    number: str
    why: Message


def line_columns() -> tuple[Column, ...]:
    """A late line."""
    return (
        _words("order", lambda row: row.order_number),
        _words("customer", lambda row: row.customer),
        _words("product", lambda row: row.product),
        _number("units", lambda row: row.units),
        _day("promise", lambda row: row.promise),
        _day("eta", lambda row: row.eta),
        Column(
            title=say(_title("late")), text=lambda row: say("ui.backlog.age", days=row.days_late),
            sort=lambda row: row.days_late, is_number=True,
        ),
        _number("slips", lambda row: row.slips),
        _words("cause", lambda row: cause_in_words(row.cause)),
        Column(
            title=say(_title("value")), text=lambda row: f"{row.value:,.2f} {row.currency}",
            sort=lambda row: (row.currency, row.value), is_number=True, value=lambda row: row.value,
        ),
        _words("why", lambda row: say_message(row.why)),
    )  # fmt: skip


def purchase_columns() -> tuple[Column, ...]:
    """A purchase order on its way."""
    return (
        _words("purchase", lambda row: row.number),
        _words("supplier", lambda row: row.supplier),
        _day("due", lambda row: row.due),
        _day("first_due", lambda row: row.first_due),
        _day("likely", lambda row: row.likely),
        _day("at_latest", lambda row: row.late),
        _number("units", lambda row: row.units_due),
        _number("lines", lambda row: row.lines_waiting),
        _number("orders", lambda row: row.orders_waiting),
        Column(
            title=say(_title("on_time")), text=_on_time,
            sort=lambda row: -1.0 if row.on_time_share is None else row.on_time_share, is_number=True,
            value=lambda row: row.on_time_share,
        ),
    )  # fmt: skip


def mode_columns(zone: tzinfo) -> tuple[Column, ...]:
    """A backorder mode that is on; instants in ``zone``."""

    def where(row: Mode) -> str:
        return row.sku or say("ui.decide.house")

    return (
        _words("where", where),
        _number("extra_days", lambda row: row.extra_days),
        _words("reason", lambda row: row.reason),
        Column(
            title=say(_title("since")), text=lambda row: instant_in_words(row.since, zone), sort=lambda row: row.since,
            value=lambda row: row.since,
        ),
        _words("by", lambda row: row.by),
    )  # fmt: skip


def merge_columns() -> tuple[Column, ...]:
    """An order whose parts can leave together."""
    return (_words("order", lambda row: row.number), _words("why", lambda row: say_message(row.why)))


COLUMNS: dict[str, tuple[Callable[[], tuple[Column, ...]], tuple[int, ...], Callable[[Any], Hashable]]] = {
    "lines": (line_columns, (104, 150, 180, 62, 118, 118, 62, 62, 140, 106, 300), lambda row: row.line_id),
    "purchases": (purchase_columns, (100, 190, 118, 118, 118, 118, 70, 70, 70, 150), lambda row: row.purchase_id),
    "modes": (tuple, (160, 100, 400, 160, 140), lambda row: row.mode_id),
    "merges": (merge_columns, (120, 700), lambda row: row.order_id),
}
"""How to make each list's columns, their first widths, and what tells its rows apart."""


def _on_time(row: PurchaseRow) -> str:
    if row.on_time_share is None:
        return say("ui.decide.too_few", count=row.deliveries_known)
    return say("ui.decide.on_time", percent=round(100 * row.on_time_share), count=row.deliveries_known)


def _words(name: str, text: Callable[[Any], str]) -> Column:
    return Column(title=say(_title(name)), text=text, sort=lambda row: text(row).casefold())


def _number(name: str, number: Callable[[Any], int]) -> Column:
    return Column(title=say(_title(name)), text=lambda row: f"{number(row):,}", sort=number, is_number=True)


def _day(name: str, day: Callable[[Any], date | None]) -> Column:
    return Column(
        title=say(_title(name)), text=lambda row: day_in_words(day(row)) or say("ui.no_day"),
        sort=lambda row: day(row) or date.max, value=day,
    )  # fmt: skip
