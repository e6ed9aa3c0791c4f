"""The columns of the inbound desk's tables: trucks, what is on order, suppliers' records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo

from wms_desktop.ui.days import day_in_words
from wms_desktop.ui.desks import inbound_words as words
from wms_desktop.ui.desks.column_kinds import ColumnKinds
from wms_desktop.ui.tables import Column
from wms_desktop.ui.wording import say
from wms_desktop.views.inbound import TRUCK_STATES, SupplierRecord

_kinds = ColumnKinds("ui.inbound", none="ui.inbound.none")
WIDTHS = {
    "trucks": (92, 134, 204, 84, 160, 106, 220, 140, 96, 62, 130),
    "orders": (84, 120, 220, 130, 80, 70, 110, 120),
    "suppliers": (216, 74, 78, 72, 96, 100, 150, 78, 92, 72, 60, 74, 90),
}
"""The columns' first widths in pixels."""
_FAR = datetime.max.replace(tzinfo=UTC)


def truck_columns(zone: tzinfo) -> tuple[Column, ...]:
    """A truck."""
    return (
        _kinds.words("truck", lambda row: row.number),
        Column(title=_kinds.title("state"), text=words.state_in_words,
               sort=lambda row: (TRUCK_STATES.index(row.state), -row.late_minutes),
               tone=lambda row: "alarm" if row.is_late or row.state == "missed" else ""),
        Column(title=_kinds.title("window"), text=lambda row: words.window_in_words(row, zone),
               sort=lambda row: row.opens_at or _FAR),
        _kinds.words("dock", lambda row: row.dock),
        _kinds.words("suppliers", lambda row: words.names(row.suppliers)),
        Column(title=_kinds.title("units"), text=words.load_in_words, sort=lambda row: row.units, is_number=True),
        Column(title=_kinds.title("completes"), text=words.completes_in_words,
               sort=lambda row: (row.completes, row.bound or 0), value=lambda row: row.completes if row.method else ""),
        _kinds.words("brings", lambda row: words.names((*row.purchases, *row.notices))),
        _kinds.number("planned", lambda row: row.planned),
        _kinds.number("lines", lambda row: row.lines),
        _kinds.words("carrier", lambda row: row.carrier),
        Column(title=_kinds.title("method"), text=words.method_in_words, is_hidden=True),
        _kinds.words("note", lambda row: row.note),
    )  # fmt: skip


def due_columns() -> tuple[Column, ...]:
    """What can be put on a truck."""
    return (
        Column(title=_kinds.title("kind"),
               text=lambda row: say("ui.inbound.notice") if row.notice else say("ui.inbound.purchase")),
        _kinds.words("number", lambda row: row.number),
        _kinds.words("supplier", lambda row: row.purchase.supplier),
        Column(title=_kinds.title("due"), text=lambda row: day_in_words(row.due), sort=lambda row: row.due,
               value=lambda row: row.due, tone=lambda row: "alarm" if row.purchase.is_overdue else ""),
        _kinds.number("units", lambda row: row.units),
        Column(title=_kinds.title("lines"), text=lambda row: "" if row.notice else f"{row.purchase.lines:,}",
               sort=lambda row: 0 if row.notice else row.purchase.lines, is_number=True),
        _kinds.words("of", lambda row: row.purchase.number if row.notice else ""),
        _kinds.words("truck", lambda row: row.truck),
    )  # fmt: skip


def supplier_columns() -> tuple[Column, ...]:
    """How a supplier kept his days."""
    return (
        _kinds.words("supplier", lambda row: row.supplier),
        _kinds.number("orders", lambda row: row.orders),
        _kinds.share("on_time", lambda row: row.on_time_share),
        _kinds.share("in_full", lambda row: row.in_full_share),
        _days("late_half", lambda row: row.late_half),
        _days("late_most", lambda row: row.late_most),
        Column(title=_kinds.title("lead"), text=_lead, sort=lambda row: row.lead_days, is_number=True),
        _kinds.number("notices", lambda row: row.notices),
        _days("notice_late", lambda row: row.notice_late_half),
        _kinds.number("trucks", lambda row: row.trucks),
        _kinds.number("trucks_late", lambda row: row.trucks_late),
        _kinds.number("trucks_missed", lambda row: row.trucks_missed),
        _kinds.words("code", lambda row: row.code),
        _kinds.share("units_share", lambda row: row.units_share, is_hidden=True),
    )  # fmt: skip


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

    return Column(title=_kinds.title(name), text=text, sort=order, is_number=True, value=days)
