"""What can be done at the inbound desk: book, move and cancel trucks, check them in, enter orders and notices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from wms_desktop.ui.days import day_in_words, full_day, read_day
from wms_desktop.ui.desks.fields import ChoiceField, DayField, Field, RowsField, TextField
from wms_desktop.ui.desks.inbound_words import Due, at, names, parts_of, read_time, window_in_words
from wms_desktop.ui.desks.panel import Proposal, Values
from wms_desktop.ui.widgets import plain
from wms_desktop.ui.wording import say
from wms_desktop.views.inbound import DueLine, TruckRow

_MOST_UNITS = 1_000_000
_DAY = timedelta(days=1)
_PRICE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?\Z")


@dataclass(frozen=True, slots=True)
class House:
    """What the forms know of the house: its docks as (id, code), its day, its zone."""

    docks: tuple[tuple[int, str], ...]
    today: date
    zone: tzinfo


def book(chosen: Sequence[Due], house: House) -> Proposal:
    """A truck for purchase orders or notices: when and where it is awaited."""
    parts = parts_of(chosen)
    what = names([due.number for due in chosen])
    units = sum(due.units for due in chosen if {"purchase": due.key[0], "notice": due.key[1] or None} in parts)
    day = max(house.today, min((due.due for due in chosen), default=house.today))
    return Proposal(
        title=say("ui.inbound.book"), facts=say("ui.inbound.book_facts", what=plain(what, 200), units=f"{units:,}"),
        fields=(*_window_fields(house, day), _carrier()),
        check=lambda values: _check_window(values, house),
        confirm=lambda values: say("ui.inbound.book_do", when=_when(values), dock=_dock_name(values, house)),
        make=lambda values: (
            "book_delivery", {"parts": parts, **_window(values, house), "carrier": values["carrier"]},
        ),
    )  # fmt: skip


def move(truck: TruckRow, house: House) -> Proposal:
    """Another window or dock for a truck."""
    number = plain(truck.number, 40)
    opens = truck.opens_at.astimezone(house.zone) if truck.opens_at else None
    closes = truck.closes_at.astimezone(house.zone) if truck.closes_at else None
    fields = _window_fields(
        house, opens.date() if opens else house.today, f"{opens:%H:%M}" if opens else "",
        f"{closes:%H:%M}" if closes else "", dock=truck.dock_id,
    )  # fmt: skip
    before = {"delivery": truck.delivery_id, "dock": truck.dock_id, "opens_at": truck.opens_at,
              "closes_at": truck.closes_at}  # fmt: skip
    return Proposal(
        title=say("ui.inbound.move", truck=number),
        facts=say("ui.inbound.move_facts", what=names(truck.purchases), when=window_in_words(truck, house.zone)),
        fields=fields, check=lambda values: _check_window(values, house),
        confirm=lambda values: say(
            "ui.inbound.move_do", truck=number, when=_when(values), dock=_dock_name(values, house)
        ),
        make=lambda values: ("move_delivery", {"delivery": truck.delivery_id, **_window(values, house)}),
        undo=lambda _: (("move_delivery", before),) if truck.state == "expected" else (),
    )  # fmt: skip


def cancel(truck: TruckRow) -> Proposal:
    """The booking of a truck is taken back."""
    number = plain(truck.number, 40)
    return Proposal(
        title=say("ui.inbound.cancel", truck=number),
        facts=say("ui.inbound.cancel_facts", what=names(truck.purchases), count=truck.completes),
        fields=(TextField(name="reason", label=say("ui.act.reason"), hint=say("ui.inbound.cancel_hint")),),
        confirm=lambda _: say("ui.inbound.cancel", truck=number),
        make=lambda values: ("cancel_delivery", {"delivery": truck.delivery_id, "reason": values["reason"]}),
        is_final=True,
    )  # fmt: skip


def missed(truck: TruckRow) -> Proposal:
    """A truck did not come."""
    number = plain(truck.number, 40)
    return Proposal(
        title=say("ui.inbound.missed", truck=number),
        facts=say("ui.inbound.missed_facts", what=names(truck.purchases), count=truck.completes),
        confirm=lambda _: say("ui.inbound.missed", truck=number),
        make=lambda _: ("miss_delivery", {"delivery": truck.delivery_id}),
    )  # fmt: skip


def finish(truck: TruckRow) -> Proposal:
    """A truck is empty; what it did not bring is due again."""
    number = plain(truck.number, 40)
    left = max(0, truck.units - truck.received)
    return Proposal(
        title=say("ui.inbound.finish", truck=number), facts=say("ui.inbound.finish_facts", units=f"{left:,}"),
        confirm=lambda _: say("ui.inbound.finish", truck=number),
        make=lambda _: ("finish_delivery", {"delivery": truck.delivery_id}), is_final=bool(left),
    )  # fmt: skip


def check_in(truck: TruckRow) -> Proposal:
    """A truck is here."""
    number = plain(truck.number, 40)
    return Proposal(
        title=say("ui.inbound.check_in", what=number),
        facts=say("ui.inbound.check_in_facts", what=names(truck.purchases), units=f"{truck.units:,}"),
        confirm=lambda _: say("ui.inbound.check_in", what=number),
        make=lambda _: ("check_in", {"delivery": truck.delivery_id}),
    )  # fmt: skip


def check_in_due(due: Due) -> Proposal:
    """Goods that nobody booked a truck for are here."""
    number = plain(due.number, 40)
    args = {"notice": due.notice.notice_id} if due.notice else {"purchase": due.purchase.purchase_id}
    return Proposal(
        title=say("ui.inbound.check_in", what=number),
        facts=say("ui.inbound.check_in_facts", what=number, units=f"{due.units:,}"),
        confirm=lambda _: say("ui.inbound.check_in", what=number), make=lambda _: ("check_in", args),
    )  # fmt: skip


def receive_all(due: Due) -> Proposal:
    """Everything that is due of a purchase order is taken in as announced."""
    number = plain(due.purchase.number, 40)
    return Proposal(
        title=say("ui.inbound.receive_all", purchase=number),
        facts=say("ui.inbound.receive_all_facts", units=f"{due.purchase.units:,}", lines=due.purchase.lines),
        confirm=lambda _: say("ui.inbound.receive_all_do", units=f"{due.purchase.units:,}", purchase=number),
        make=lambda _: ("receive_purchase", {"purchase": due.purchase.purchase_id}), is_final=True,
    )  # fmt: skip


def enter_purchase(house: House) -> Proposal:
    """A purchase order by hand."""
    return Proposal(
        title=say("ui.inbound.enter_purchase"), facts=say("ui.inbound.enter_purchase_facts"),
        fields=(
            _name_field("supplier", say("ui.inbound.supplier_hint")),
            _name_field("number"),
            DayField(name="due", label=say("ui.inbound.due"), today=house.today),
            RowsField(name="lines", label=say("ui.inbound.purchase_lines"), hint=say("ui.inbound.purchase_lines_hint"),
                      most=3),
        ),
        check=lambda values: _unnamed(values, "supplier", "number") or _check_purchase(values["lines"]),
        confirm=lambda values: say("ui.inbound.enter_purchase_do", number=plain(values["number"], 40),
                                   lines=len(values["lines"])),
        make=lambda values: ("enter_purchase", {
            "supplier": values["supplier"], "number": values["number"], "due": values["due"],
            "lines": [_purchase_line(row) for row in values["lines"]],
        }),
    )  # fmt: skip


def enter_notice(due: Due, lines: Sequence[DueLine], house: House) -> Proposal:
    """What a supplier says is on its way, by hand; what is not announced yet is written down to begin with."""
    number = plain(due.purchase.number, 40)
    by_sku = {line.sku.casefold(): line for line in lines}
    written = "\n".join(f"{plain(line.sku, 60)}, {line.unannounced}" for line in lines if line.unannounced)
    return Proposal(
        title=say("ui.inbound.enter_notice", purchase=number), facts=say("ui.inbound.enter_notice_facts"),
        fields=(
            _name_field("notice_number"),
            DayField(name="due", label=say("ui.inbound.due"), today=house.today, value=max(due.due, house.today)),
            RowsField(name="lines", label=say("ui.inbound.notice_lines"), value=written, most=5,
                      hint=say("ui.inbound.notice_lines_hint", day=full_day(house.today))),
        ),
        check=lambda values: _unnamed(values, "notice_number") or _check_notice(values["lines"], by_sku, house),
        confirm=lambda values: say("ui.inbound.enter_notice_do", notice=plain(values["notice_number"], 40),
                                   lines=len(values["lines"])),
        make=lambda values: ("enter_notice", {
            "purchase": due.purchase.purchase_id, "number": values["notice_number"], "due": values["due"],
            "lines": [_notice_line(row, by_sku, house) for row in values["lines"]],
        }),
    )  # fmt: skip


def cancel_notice(due: Due) -> Proposal:
    """A notice counts no more."""
    number = plain(due.number, 40)
    notice = due.notice.notice_id if due.notice else 0
    return Proposal(
        title=say("ui.inbound.cancel_notice", notice=number),
        facts=say("ui.inbound.cancel_notice_facts", units=f"{due.units:,}", purchase=plain(due.purchase.number, 40)),
        confirm=lambda _: say("ui.inbound.cancel_notice", notice=number),
        make=lambda _: ("cancel_notice", {"notice": notice}), is_final=True,
    )  # fmt: skip


# ------------------------------------------------------------------------------------------- windows and lines


def _window_fields(house: House, day: date, opens: str = "", closes: str = "",
                   dock: int | None = None) -> tuple[Field, ...]:  # fmt: skip
    options = ((None, say("ui.inbound.any_dock")), *((dock_id, plain(code, 40)) for dock_id, code in house.docks))
    chosen = dock if dock is not None else next((dock_id for dock_id, _ in house.docks), None)
    return (
        DayField(name="day", label=say("ui.inbound.day"), today=house.today, value=day),
        _time_field("opens", opens),
        _time_field("closes", closes),
        ChoiceField(name="dock", label=say("ui.inbound.dock"), options=options, value=chosen),
    )


def _time_field(name: str, value: str) -> TextField:
    return TextField(name=name, label=say(f"ui.inbound.{name}"), value=value, hint=say("ui.inbound.time_hint"),
                     is_needed=False)  # fmt: skip


def _name_field(name: str, hint: str = "") -> TextField:
    """A name that must be given; `_unnamed` says which is not."""
    return TextField(name=name, label=say(f"ui.inbound.{name}"), hint=hint, is_needed=False)


def _unnamed(values: Values, *names_: str) -> str:
    empty = next((name for name in names_ if not values[name]), "")
    return say("ui.inbound.wanted", what=say(f"ui.inbound.{empty}")) if empty else ""


def _carrier() -> TextField:
    return TextField(name="carrier", label=say("ui.inbound.carrier"), is_needed=False)


def _window(values: Values, house: House) -> dict[str, Any]:
    return {"dock": values["dock"], "opens_at": _at(values, "opens", house), "closes_at": _at(values, "closes", house)}


def _at(values: Values, name: str, house: House) -> datetime | None:
    day = values["day"]
    return at(day + _DAY if name == "closes" and _is_overnight(values) else day, values[name], house.zone)


def _is_overnight(values: Values) -> bool:
    """Whether the window ends at or before the time of its beginning: then it ends on the next day."""
    opens, closes = read_time(values["opens"]), read_time(values["closes"])
    return opens is not None and closes is not None and closes <= opens


def _check_window(values: Values, house: House) -> str:
    for name in ("opens", "closes"):
        found = _at(values, name, house)
        if found is None and not values[name]:
            return say("ui.inbound.wanted", what=say(f"ui.inbound.{name}"))
        if found is None:
            return say("ui.inbound.no_time", text=plain(values[name], 40))
    return ""


def _when(values: Values) -> str:
    when = f"{day_in_words(values['day'])} {plain(values['opens'], 10)}–{plain(values['closes'], 10)}"
    if not _is_overnight(values):
        return when
    return say("ui.inbound.overnight", when=when, day=day_in_words(values["day"] + _DAY))


def _dock_name(values: Values, house: House) -> str:
    return next((plain(code, 40) for dock_id, code in house.docks if dock_id == values["dock"]),
                say("ui.inbound.any_dock"))  # fmt: skip


def _is_units(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:9]) <= _MOST_UNITS


def _check_purchase(rows: Sequence[Sequence[str]]) -> str:
    for number, row in enumerate(rows, 1):
        if len(row) < 2 or not row[0]:
            return say("ui.inbound.row_short", row=number)
        if not _is_units(row[1]):
            return say("ui.inbound.row_units", row=number, text=plain(row[1], 40))
        if len(row) > 2 and row[2] and not _is_price(row[2]):
            return say("ui.inbound.row_price", row=number, text=plain(row[2], 40))
    return ""


def _is_price(text: str) -> bool:
    return _PRICE.match(text) is not None


def _purchase_line(row: Sequence[str]) -> dict[str, Any]:
    return {"sku": row[0], "qty": int(row[1]), "price": row[2] if len(row) > 2 and row[2] else "0"}


def _check_notice(rows: Sequence[Sequence[str]], by_sku: dict[str, DueLine], house: House) -> str:
    for number, row in enumerate(rows, 1):
        if len(row) < 2 or not row[0]:
            return say("ui.inbound.row_short", row=number)
        if row[0].casefold() not in by_sku:
            return say("ui.inbound.row_sku", row=number, sku=plain(row[0], 40))
        if not _is_units(row[1]):
            return say("ui.inbound.row_units", row=number, text=plain(row[1], 40))
        if len(row) > 3 and row[3] and read_day(row[3], house.today) is None:
            return say("ui.inbound.row_day", row=number, text=plain(row[3], 40))
    return ""


def _notice_line(row: Sequence[str], by_sku: dict[str, DueLine], house: House) -> dict[str, Any]:
    sku, units, lot, expiry, package = (*row, "", "", "")[:5]
    return {
        "line": by_sku[sku.casefold()].line_id, "qty": int(units), "lot": lot,
        "expiry": read_day(expiry, house.today) if expiry else None, "package": package,
    }  # fmt: skip
