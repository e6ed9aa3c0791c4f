"""The columns of the inbound desk's tables: trucks, what is on order, suppliers' records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from typing import Any

from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.desks import inbound_words as words
from wms_desktop.ui.tables import Column
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views.inbound import TRUCK_STATES, SupplierRecord

_title = "ui.inbound.column.{}".format
WIDTHS = {
    "trucks": (92, 150, 204, 84, 180, 104, 216, 170, 96, 62, 130),
    "orders": (84, 120, 220, 130, 80, 70, 110, 120),
    "suppliers": (220, 76, 80, 76, 112, 108, 156, 80, 124, 76, 64, 76, 100),
}
"""The columns' first widths in pixels."""
_FAR = datetime.max.replace(tzinfo=UTC)


def truck_columns(zone: tzinfo) -> tuple[Column, ...]:
    """A truck."""
    return (
        _words("truck", lambda row: row.number),
        Column(title=say(_title("state")), text=words.state_in_words,
               sort=lambda row: (TRUCK_STATES.index(row.state), -row.late_minutes),
               tone=lambda row: "alarm" if row.is_late or row.state == "missed" else ""),
        Column(title=say(_title("window")), text=lambda row: words.window_in_words(row, zone),
               sort=lambda row: row.opens_at or _FAR),
        _words("dock", lambda row: row.dock),
        _words("suppliers", lambda row: words.names(row.suppliers)),
        Column(title=say(_title("units")), text=words.load_in_words, sort=lambda row: row.units, is_number=True),
        Column(title=say(_title("completes")), text=words.completes_in_words,
               sort=lambda row: (row.completes, row.bound), value=lambda row: row.completes if row.method else ""),
        _words("brings", lambda row: words.names((*row.purchases, *row.notices))),
        _number("planned", lambda row: row.planned),
        _number("lines", lambda row: row.lines),
        _words("carrier", lambda row: row.carrier),
        Column(title=say(_title("method")), text=words.method_in_words, is_hidden=True),
        _words("note", lambda row: row.note),
    )  # fmt: skip


def due_columns() -> tuple[Column, ...]:
    """What can be put on a truck."""
    return (
        Column(title=say(_title("kind")),
               text=lambda row: say("ui.inbound.notice") if row.notice else say("ui.inbound.purchase")),
        _words("number", lambda row: row.number),
        _words("supplier", lambda row: row.purchase.supplier),
        Column(title=say(_title("due")), text=lambda row: day_in_words(row.due), sort=lambda row: row.due,
               value=lambda row: row.due, tone=lambda row: "alarm" if row.purchase.is_overdue else ""),
        _number("units", lambda row: row.units),
        Column(title=say(_title("lines")), text=lambda row: "" if row.notice else f"{row.purchase.lines:,}",
               sort=lambda row: 0 if row.notice else row.purchase.lines, is_number=True),
        _words("of", lambda row: row.purchase.number if row.notice else ""),
        _words("truck", lambda row: row.truck),
    )  # fmt: skip


def supplier_columns() -> tuple[Column, ...]:
    """How a supplier kept his days."""
    return (
        _words("supplier", lambda row: row.supplier),
        _number("orders", lambda row: row.orders),
        _share("on_time", lambda row: row.on_time_share),
        _share("in_full", lambda row: row.in_full_share),
        _days("late_half", lambda row: row.late_half),
        _days("late_most", lambda row: row.late_most),
        Column(title=say(_title("lead")), text=_lead, sort=lambda row: row.lead_days, is_number=True),
        _number("notices", lambda row: row.notices),
        _days("notice_late", lambda row: row.notice_late_half),
        _number("trucks", lambda row: row.trucks),
        _number("trucks_late", lambda row: row.trucks_late),
        _number("trucks_missed", lambda row: row.trucks_missed),
        _words("code", lambda row: row.code),
        _share("units_share", lambda row: row.units_share, is_hidden=True),
    )  # fmt: skip


def _share(name: str, share: Callable[[SupplierRecord], float | None], *, is_hidden: bool = False) -> Column:
    def text(row: SupplierRecord) -> str:
        found = share(row)
        return say("ui.inbound.none") if found is None else say("ui.inbound.percent", percent=round(100 * found))

    def order(row: SupplierRecord) -> float:
        found = share(row)
        return -1.0 if found is None else found

    return Column(title=say(_title(name)), text=text, sort=order, is_number=True, value=share, is_hidden=is_hidden)


def _lead(row: SupplierRecord) -> str:
    return say("ui.inbound.days" if row.is_lead_measured else "ui.inbound.days_default", days=row.lead_days)


def _days(name: str, days: Callable[[SupplierRecord], int | None]) -> Column:
    def text(row: SupplierRecord) -> str:
        found = days(row)
        if found is None:
            return say("ui.inbound.none")
        code = "ui.inbound.late_days" if found > 0 else "ui.inbound.early_days" if found < 0 else "ui.inbound.in_time"
        return say(code, days=abs(found))

    def order(row: SupplierRecord) -> int:
        found = days(row)
        return found if found is not None else -10_000

    return Column(title=say(_title(name)), text=text, sort=order, is_number=True, value=days)


def _words(name: str, text: Callable[[Any], str]) -> Column:
    return Column(title=say(_title(name)), text=lambda row: plain(text(row)), sort=lambda row: text(row).casefold())


def _number(name: str, number: Callable[[Any], int]) -> Column:
    return Column(title=say(_title(name)), text=lambda row: f"{number(row):,}", sort=number, is_number=True)
