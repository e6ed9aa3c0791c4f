"""At the desk: the supervisor looks at the backlog, and a customer who calls has his order cancelled."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt

from wms_desktop.shift import hands
from wms_desktop.shift.floor import Pile
from wms_desktop.shift.player import Player
from wms_desktop.shift.watching import Lost
from wms_desktop.ui.desks.inbound import InboundDesk
from wms_desktop.ui.desks.lanes import LanesDesk

SUPERVISOR = "OP-1005"
_REASON = "customer called: ordered twice"


def look_at_the_backlog(player: Player) -> None:
    """The supervisor begins the day at the desk."""
    player.moment("sign-on")
    player.tell("shift.begin")
    player.sign_on(SUPERVISOR)
    player.moment("chooser")
    _open_backlog(player)
    player.moment("backlog")
    player.tell("shift.backlog", orders=player.window.desks.backlog.model.rowCount())


def look_at_the_trucks(player: Player) -> None:
    """Before the first truck is opened: what it would complete if it came now."""
    player.sign_on(SUPERVISOR)
    player.open("inbound")
    desk = cast(InboundDesk, player.window.desks.desk("inbound"))
    player.wait_until(lambda: desk.tables["trucks"].rows.rowCount() > 0, "the trucks")
    truck = desk.tables["trucks"].rows.shown()[0]
    player.tell("shift.trucks", truck=truck.number, orders=truck.completes)
    player.moment("inbound-desk")
    player.tap(Qt.Key.Key_R)
    player.wait_until(desk.opened.isVisible, "the rehearsal")
    player.moment("truck-now")
    player.tap(Qt.Key.Key_Escape)


def look_at_the_lanes(player: Player) -> None:
    """What stands in the lanes, for whom, and until when."""
    player.sign_on(SUPERVISOR)
    player.open("lanes")
    desk = cast(LanesDesk, player.window.desks.desk("lanes"))
    player.wait_until(lambda: bool(desk.summary.text()), "the lane board")
    player.tell("shift.lanes")
    player.moment("lane-board")


def cancel_the_regretted(player: Player) -> None:
    """The order that a customer takes back stands in a lane by now: it is cancelled, its goods must be walked back.

    A cancellation is no scan: after a kill the list on the screen tells whether it was done.
    """
    number, floor = player.floor.regret, player.floor
    if not number or floor.has("regretted"):
        return
    player.sign_on(SUPERVISOR)
    _open_backlog(player)
    if _find(player, number):
        player.tell_once("shift.regret", order=number)
        _cancel(player, number)
    player.wait_until(lambda: not _is_listed(player, number), f"order {number} to leave the list")
    floor.note("regretted")


def standing_for(player: Player, number: str) -> list[tuple[str, Pile]]:
    """Where goods with an order's tag stand: (place, pile)."""
    floor = player.floor
    return [(place, pile) for place in floor.places() for pile in floor.piles(place) if pile.order == number]


def _open_backlog(player: Player) -> None:
    player.open("backlog")
    player.wait_until(lambda: player.window.desks.backlog.model.rowCount() > 0, "the backlog")


def _cancel(player: Player, number: str) -> None:
    """C, the reason, F8, and F8 once more: an order is asked for twice, by name."""
    desk = player.window.desks.backlog
    player.tap(Qt.Key.Key_C)
    player.wait_until(desk.panel.isVisible, "the panel")
    hands.type_text(player.window, _REASON)
    player.tap(Qt.Key.Key_F8)
    player.moment("cancel-asked")
    player.tap(Qt.Key.Key_F8)
    player.wait_until(lambda: not desk.panel.isVisible(), f"order {number} to be cancelled")
    player.moment("cancelled")


def _find(player: Player, number: str) -> bool:
    """Types the number into the filter; False when the list does not know it any more."""
    desk = player.window.desks.backlog
    player.tap(Qt.Key.Key_F3)
    hands.type_text(player.window, number)
    player.wait_until(lambda: _shown(player) in ([number], []), f"the list of {number}")
    if not _shown(player):
        return False
    player.tap(Qt.Key.Key_Escape)
    player.wait_until(desk.table.hasFocus, "the list to have the keys")
    player.tap(Qt.Key.Key_Home)
    row = desk.table.current()
    if row is None or row.order_number != number:
        raise Lost(f"the list does not stand at {number}")
    return True


def _shown(player: Player) -> list[str]:
    return [row.order_number for row in player.window.desks.backlog.model.shown()]


def _is_listed(player: Player, number: str) -> bool:
    return number in _shown(player)
