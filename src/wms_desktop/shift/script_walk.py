"""On the floor: pickers walk their batches with a cart; the supervisor moves one in the middle of its walk."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from wms_desktop.prompts import Outcome, Prompt
from wms_desktop.shift.floor import Move
from wms_desktop.shift.player import Player
from wms_desktop.shift.script_desk import SUPERVISOR
from wms_desktop.shift.watching import Lost
from wms_desktop.ui.desks.card import BatchCard
from wms_desktop.ui.wording import say

BENCH = "BENCH-1"
_CONTROL = Qt.KeyboardModifier.ControlModifier
FIRST, SECOND = "OP-1002", "OP-1003"
_MANY = 2
"""More units than this of one article are scanned once and then keyed, as a picker does."""


def walk_and_hand_over(player: Player) -> None:
    """The first batch: begun by one picker, moved by the supervisor half-way, finished by another."""
    floor = player.floor
    if not floor.has("half walked"):
        player.tell_once("shift.pick")
        _walk(player, FIRST, is_half_enough=True)
        floor.note("half walked")
    if not floor.has("handed over"):
        _hand_over(player, floor.people[FIRST]["name"], floor.people[SECOND]["name"])
        floor.note("handed over")
    _walk(player, SECOND, "first")


def walk_next(player: Player, number: str) -> None:
    """One more batch, from the empty cart to the bench."""
    _walk(player, FIRST, number)


def _walk(player: Player, badge: str, number: str = "first", *, is_half_enough: bool = False) -> None:
    while not player.floor.has(f"walked {number}"):
        player.sign_on(badge)
        player.open("pick")
        prompt = player.prompt()
        done, total = prompt.progress
        if is_half_enough and total and done * 2 >= total and prompt.state == "bin":
            return
        if prompt.state == "drop":
            player.scan(BENCH, notes=(f"walked {number}",), only_in=("start",))
        else:
            _step(player, prompt)


def _step(player: Player, prompt: Prompt) -> None:
    args = prompt.args
    match prompt.state:
        case "start":
            _start(player, prompt)
        case "handover":
            player.moment("hand-over")
            player.tell_once("shift.handover")
            player.scan(str(args["cart"]))
        case "totes":
            tote = next(t for t in player.floor.totes if not player.floor.has(f"tote {t}"))
            player.scan(tote, notes=(f"tote {tote}",))
        case "bin":
            _marvel(player)
            player.scan(str(args["bin"]))
        case "item":
            _take(player, prompt)
        case "tote":
            _put(player, prompt)
        case "short":
            answer = player.scan("1", notes=(f"short {args['sku']}",))
            player.moment(answer.message.code.replace("_", "-"))
            player.tell_once(f"shift.{answer.message.code}")
        case "empty":
            left = sum(pile.units for pile in player.floor.piles(str(args["bin"])))
            player.scan(str(left)) if left else player.press("yes")
        case _:
            raise Lost(f"picking stands in {prompt.state}")


def _start(player: Player, prompt: Prompt) -> None:
    """The most urgent batch comes first; after that the one with the fewest stops of those on the screen is chosen."""
    floor = player.floor
    walked = sum(note.startswith("walked ") for note in floor.notes)
    offered = [detail.args for detail in prompt.details]
    if walked and offered and not any(detail.code == "pick.chosen" for detail in prompt.details):
        quick = min(offered, key=lambda row: (int(row["stops"]), str(row["batch"])))
        player.scan(str(quick["batch"]))
        return
    player.scan(floor.carts[walked % len(floor.carts)])


def _marvel(player: Player) -> None:
    """The first walk is worth a look, once its map is drawn."""
    if player.floor.has("seen map"):
        return
    player.floor.note("seen map")
    player.wait_until(player.window.floor.screen("pick").map.has_tour, "the map of the walk")
    player.moment("pick-map")
    player.tell("shift.map")


def _take(player: Player, prompt: Prompt) -> None:
    """Takes what is asked for as far as it really lies there, and says so where it does not."""
    floor, args = player.floor, prompt.args
    sku, place, lot = str(args["sku"]), str(args["bin"]), str(args["lot"])
    wanted, taken = int(args["qty"]), int(args["taken"])
    there = floor.units(place, sku, lot)
    if not floor.has("wrong item") and _try_wrong_item(player, sku):
        return
    if there < wanted and taken == there:
        player.tell_once("shift.short", there=there, wanted=wanted)
        player.press("short")
        return
    goal = min(there, wanted)
    if taken and goal - taken > 1:
        player.scan(str(goal))
        return
    answer = player.scan(floor.articles[sku].code)
    if answer.message.code == "pick_lot_needed":
        player.press("yes")
    elif answer.outcome is Outcome.STOP:
        raise Lost(f"{sku} from {place} is refused: {answer.message.code}")


def _try_wrong_item(player: Player, sku: str) -> bool:
    """Once in a shift the hand goes into the bin beside; the scan is refused."""
    place = str(player.prompt().args["next_bin"])
    beside = next((pile.sku for pile in player.floor.piles(place) if pile.sku != sku), "")
    if not beside:
        return False
    answer = player.scan(player.floor.articles[beside].code)
    if answer.outcome is not Outcome.STOP:
        raise Lost(f"a wrong item is taken: {answer.message.code}")
    player.moment("pick-wrong-refused")
    player.tell("shift.wrong_item")
    player.floor.note("wrong item")
    return True


def _put(player: Player, prompt: Prompt) -> None:
    args = prompt.args
    move = Move(sku=str(args["sku"]), units=int(args["taken"]), source=str(args["bin"]), target=str(args["tote"]),
                lot=str(args["lot"]), order=str(args["order"]))  # fmt: skip
    answer = player.scan(str(args["tote"]), moves=(move,))
    if answer.outcome is Outcome.STOP:
        raise Lost(f"tote {args['tote']} is refused: {answer.message.code}")


def _hand_over(player: Player, was: str, to: str) -> None:
    """The supervisor moves the running batch on the board, by the keyboard: the card, Ctrl+M, the person's number."""
    player.sign_on(SUPERVISOR)
    player.open("batches")
    desk = player.window.desks.batches

    def find(name: str) -> BatchCard | None:
        cards = desk.findChildren(BatchCard)
        return next((c for c in cards if c.row.picker == name and c.row.state in ("started", "picked")), None)

    player.wait_until(lambda: bool(find(was) or find(to)), "the running batch on the board")
    if find(was) is None:
        _release(player)  # it was moved before the program was killed
        return
    player.moment("batches-board")
    player.tell("shift.board", was=was, to=to)
    player.wait_until(lambda: find(was) is not None, "the card")  # the board may have been read anew meanwhile
    card = find(was)
    if card is not None:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    player.tap(Qt.Key.Key_M, _CONTROL)
    player.wait_until(lambda: isinstance(QApplication.activePopupWidget(), QMenu), "the list of people")
    player.tap(_number_key(to))
    player.wait_until(lambda: find(to) is not None, f"the batch with {to}")
    _release(player)


def _release(player: Player) -> None:
    """What the trucks have made complete becomes batches too."""
    desk = player.window.desks.batches
    not_yet = (desk.note.text(), say("ui.batches.releasing"))
    player.tap(Qt.Key.Key_R, _CONTROL)
    player.wait_until(lambda: desk.note.text() not in not_yet, "the released work")
    player.tell("shift.release")
    _print_list(player)


def _print_list(player: Player) -> None:
    """A batch that nobody has taken goes on paper too, for whoever walks without a screen."""
    desk = player.window.desks.batches

    def find() -> BatchCard | None:
        return next((card for card in desk.findChildren(BatchCard) if card.row.state == "new"), None)

    player.wait_until(lambda: find() is not None, "a batch that waits")
    card = find()
    before = desk.note.text()
    if card is not None:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    player.tap(Qt.Key.Key_P, _CONTROL)
    player.wait_until(lambda: desk.note.text() != before, "the printed list")
    player.tell("shift.list")


def _number_key(name: str) -> Qt.Key:
    menu = QApplication.activePopupWidget()
    actions: list[QAction] = menu.actions() if menu else []
    line = next((action.text() for action in actions if action.text().endswith(name)), "")
    if not line.startswith("&"):
        raise Lost(f"{name} is not offered")
    return Qt.Key(int(Qt.Key.Key_0) + int(line[1]))
