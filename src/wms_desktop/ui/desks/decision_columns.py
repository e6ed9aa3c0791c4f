"""The columns of the four lists of decisions."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from wms_desktop.prompts import Message
from wms_desktop.ui.desks.backlog_columns import cause_in_words
from wms_desktop.ui.desks.column_kinds import ColumnKinds
from wms_desktop.ui.tables import Column
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.promises import Mode, PurchaseRow

_kinds = ColumnKinds("ui.decide", none="ui.no_day")


@dataclass(frozen=True, slots=True)
class Merge:
    """An order whose waiting parts are all there before the first has left."""

    order_id: int
    number: str
    why: Message


def line_columns() -> tuple[Column, ...]:
    """A late line."""
    return (
        _kinds.words("order", lambda row: row.order_number),
        _kinds.words("customer", lambda row: row.customer),
        _kinds.words("product", lambda row: row.product),
        _kinds.number("units", lambda row: row.units),
        _kinds.day("promise", lambda row: row.promise),
        _kinds.day("eta", lambda row: row.eta),
        Column(
            title=_kinds.title("late"), text=lambda row: say("ui.backlog.age", days=row.days_late),
            sort=lambda row: row.days_late, is_number=True,
        ),
        _kinds.number("slips", lambda row: row.slips),
        _kinds.words("cause", lambda row: cause_in_words(row.cause)),
        _kinds.money("value", lambda row: row.value, lambda row: row.currency),
        _kinds.words("why", lambda row: say_message(row.why)),
    )  # fmt: skip


def purchase_columns() -> tuple[Column, ...]:
    """A purchase order on its way."""
    return (
        _kinds.words("purchase", lambda row: row.number),
        _kinds.words("supplier", lambda row: row.supplier),
        _kinds.day("due", lambda row: row.due),
        _kinds.day("first_due", lambda row: row.first_due),
        _kinds.day("likely", lambda row: row.likely),
        _kinds.day("at_latest", lambda row: row.late),
        _kinds.number("units", lambda row: row.units_due),
        _kinds.number("lines", lambda row: row.lines_waiting),
        _kinds.number("orders", lambda row: row.orders_waiting),
        Column(
            title=_kinds.title("on_time"), text=_on_time,
            sort=lambda row: -1.0 if row.on_time_share is None else row.on_time_share, is_number=True,
            value=lambda row: row.on_time_share,
        ),
    )  # fmt: skip


def mode_columns(zone: tzinfo) -> tuple[Column, ...]:
    """A backorder mode that is on; instants in ``zone``."""

    def where(row: Mode) -> str:
        return row.sku or say("ui.decide.house")

    return (
        _kinds.words("where", where),
        _kinds.number("extra_days", lambda row: row.extra_days),
        _kinds.words("reason", lambda row: row.reason),
        _kinds.instant("since", lambda row: row.since, zone),
        _kinds.words("by", lambda row: row.by),
    )  # fmt: skip


def merge_columns() -> tuple[Column, ...]:
    """An order whose parts can leave together."""
    return (_kinds.words("order", lambda row: row.number), _kinds.words("why", lambda row: say_message(row.why)))


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
