"""Beside the inbound desk's table: a truck with its lines and whom they are for, or what it would do now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from wms_desktop.prompts import Message
from wms_desktop.ui.days import day_in_words, full_day
from wms_desktop.ui.desks import inbound_words as words
from wms_desktop.ui.desks.rehearsal import OpenList
from wms_desktop.ui.desks.side_panel import SidePanel
from wms_desktop.ui.widgets import Label, plain
from wms_desktop.ui.wording import say, say_message
from wms_desktop.views.dock import SharingState, TruckNow, TruckOrder
from wms_desktop.views.inbound import Announced, Package, TruckView

_WIDE = 470
_Line = tuple[str, int, int]
"""A line's text, the order it names and the order line it is for; 0: none."""


class TruckPanel(SidePanel):
    """``story_wanted(order_id)``: Enter on a line that names an order; ``why_wanted(line_id)``: F9 on one of a truck;
    ``left()``: Esc.
    """

    story_wanted = Signal(int)
    why_wanted = Signal(int)

    def __init__(self, zone: tzinfo) -> None:
        super().__init__("truck", 16, wide=_WIDE)
        self._zone = zone
        self._orders: list[int] = []
        self._lines: list[int] = []
        self._view: TruckView | None = None
        self._is_why = False
        self.delivery_id = 0
        """The truck that is open; 0: none, or a rehearsal."""
        self.facts = Label("", 11, wrap=True)
        self.sharing = Label("", 11, wrap=True)
        self.sharing.hide()
        self.list = OpenList(say("ui.inbound.truck_lines"))
        self.list.opened.connect(self._open)
        self.column.addWidget(self.facts)
        self.column.addWidget(self.sharing)
        self.column.addWidget(self.list, 1)

    def show_truck(self, view: TruckView) -> None:
        """Show a truck: each line with whom it is for, then lots and pallets as announced."""
        if self._is_why and self.delivery_id == view.truck.delivery_id:
            self._view = view  # the reasons are being read; the truck is shown again when they are left
            return
        if self.delivery_id != view.truck.delivery_id:
            self.sharing.setText("")
        self.delivery_id, self._view, self._is_why = view.truck.delivery_id, view, False
        self.title.setText(say("ui.inbound.truck_title", truck=plain(view.truck.number, 40)))
        self.facts.setText(words.truck_facts(view, self._zone))
        lines: list[_Line] = []
        for line in view.lines:
            lines.append((words.line_in_words(line), 0, 0))
            lines += [(words.share_in_words(share), share.order_id, share.line_id) for share in line.shares]
        lines += [(_announced(one), 0, 0) for one in view.announced if one.lot or one.expiry or one.package]
        lines += [(_package(one), 0, 0) for one in view.packages]
        self._show(lines or [(say("ui.inbound.nothing_left"), 0, 0)])

    def show_sharing(self, state: SharingState) -> None:
        """Say how the truck that is open was shared out, and how sure that is."""
        if state.delivery_id == self.delivery_id:
            self.sharing.setText(say_message(state.message))
            self.sharing.show()

    def show_why(self, messages: Sequence[Message]) -> None:
        """Show why an order line gets its units and others do not; Esc goes back to the truck."""
        self._is_why = True
        self.title.setText(say("ui.inbound.why_title"))
        self._show([(say_message(message), 0, 0) for message in messages] or [(say("ui.why.nothing"), 0, 0)])

    def show_now(self, now: TruckNow) -> None:
        """Show what would happen if it came now: how many orders it completes, and which."""
        self.delivery_id, self._view, self._is_why = 0, None, False
        self.sharing.hide()
        self.title.setText(say_message(now.question))
        self.facts.setText(now_in_words(now))
        lines: list[_Line] = [(say_message(note), 0, 0) for note in now.notes]
        lines += [(order_in_words(order), order.order_id, 0) for order in now.orders]
        self._show(lines or [(say("ui.inbound.nobody_waits"), 0, 0)])

    def take_keyboard(self) -> None:
        """The lines get the keys."""
        self.list.setFocus()

    def close_panel(self) -> None:
        """Esc: from the reasons back to the truck, else away."""
        if self._is_why and self._view is not None:
            self._is_why = False
            self.show_truck(self._view)
            return
        self.delivery_id, self._view, self._is_why = 0, None, False
        super().close_panel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F9 asks why."""
        if event.key() == Qt.Key.Key_F9 and self._lines and self._lines[max(0, self.list.chosen())]:
            self.why_wanted.emit(self._lines[self.list.chosen()])
        else:
            super().keyPressEvent(event)

    def _show(self, lines: Sequence[_Line]) -> None:
        chosen = self.list.chosen()
        self._orders = [order for _, order, _ in lines]
        self._lines = [line for _, _, line in lines]
        self.list.show_lines([text for text, _, _ in lines])
        self.list.choose(min(max(0, chosen), len(lines) - 1))
        self.show()

    def _open(self, number: int) -> None:
        if self._orders[number]:
            self.story_wanted.emit(self._orders[number])


def now_in_words(now: TruckNow) -> str:
    """What a truck would come to if it came now."""
    code = "ui.inbound.now_best" if now.completes == now.bound else "ui.inbound.now_bound"
    return "\n".join((
        say("ui.inbound.now_units", units=f"{now.units:,}", lanes=f"{now.to_lanes:,}", bins=f"{now.to_bins:,}"),
        say(code, completes=now.completes, bound=now.bound, part=now.in_part, rescued=now.rescued),
        say("ui.inbound.now_stored", completes=now.stored_completes, units=f"{now.to_lanes:,}"),
    ))  # fmt: skip


def order_in_words(order: TruckOrder) -> str:
    """What one order would get."""
    names = {"order": plain(order.number, 40), "customer": plain(order.customer, 40)}
    code = "ui.inbound.now_completed" if order.is_completed else "ui.inbound.now_part"
    said = [say(code, units=order.units, value=f"{order.value:,.2f} {order.currency}", **names)]
    if order.from_bins:
        said.append(say("ui.inbound.now_from_bins", units=order.from_bins))
    if order.is_rescued:
        said.append(say("ui.inbound.now_rescued", day=day_in_words(order.promise)))
    return " ".join((*said, say_message(order.reason)))


def _announced(one: Announced) -> str:
    return say(
        "ui.inbound.announced", sku=plain(one.sku, 40), units=one.units, lot=plain(one.lot, 40) or "–",
        day=full_day(one.expiry) or "–", package=plain(one.package, 40) or "–", received=one.received,
    )  # fmt: skip


def _package(one: Package) -> str:
    on = say("ui.inbound.on_pallet", pallet=plain(one.parent, 40)) if one.parent else ""
    said = say(f"ui.inbound.{one.kind}", package=plain(one.code, 40), units=one.units,
               state=say(f"ui.inbound.package.{one.state}"))  # fmt: skip
    return " ".join(part for part in (said, on) if part)
