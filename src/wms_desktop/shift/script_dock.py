"""At the dock: the clerk takes in a delivery, carries what the screen says, and puts the rest away."""

from __future__ import annotations

from wms_desktop.prompts import Answer, Detail, Outcome, Prompt
from wms_desktop.shift import script_desk
from wms_desktop.shift.floor import ASIDE, Move, Pack
from wms_desktop.shift.player import Player
from wms_desktop.shift.watching import Lost

CLERK = "OP-1001"
DOCK, HOLD = "DOCK-1", "HOLD-1"
_TAKEN = ("count", "carry", "aside")
_DECLINE_AT = 6
"""The verdict that is declined: the sixth, far enough into the first truck to be a routine one."""


def receive(player: Player, po: str) -> None:
    """One delivery from its paper to its note: every pack scanned, every verdict followed, the receipt closed."""
    while not player.floor.has(f"received {po}"):
        player.sign_on(CLERK)
        player.open("receive")
        prompt = player.prompt()
        match prompt.state:
            case "open":
                player.tell_once("shift.receive", po=po)
                player.scan(po)
            case "choose":
                player.scan("1")
            case "count" | "aside":
                _count(player, po)
            case "carry":
                _carry(player, prompt)
            case "decline":
                player.scan("1", notes=("declined",), only_in=_TAKEN)
            case "damage":
                _sort_out(player, po, prompt)
            case _:
                _answer_about_pack(player, po, prompt)


def inspect(player: Player) -> None:
    """What had to be looked at first is passed, and carried where the screen then says."""
    while not player.floor.has("inspected"):
        player.sign_on(CLERK)
        player.open("receive")
        prompt = player.prompt()
        if prompt.state == "open":
            answer = player.press("yes")
            if answer.message.code == "nothing_to_inspect":
                player.floor.note("inspected")
        elif prompt.state == "inspect":
            _look_closely(player, prompt)
        elif prompt.state == "passing":
            player.moment("inspect-passing")
            player.press("yes")
        elif prompt.state == "bring":
            _bring(player, prompt)
        else:
            player.press("back")


def put_away(player: Player) -> None:
    """Takes what stands on the dock to the bins that the screen names, and back from lanes what nobody wants there."""
    player.sign_on(CLERK)
    player.open("putaway")
    while True:
        prompt = player.prompt()
        if prompt.state == "take":
            waiting = [row for row in prompt.details if not row.code.startswith("putaway.look")]
            if not waiting:
                return
            _begin(player, waiting[0])
        elif prompt.state == "lane":
            sku = _find(player, str(prompt.args["lane"]), str(prompt.details[0].args["product"]))
            player.scan(player.floor.articles[sku].code)
        elif prompt.state in ("place", "back"):
            _place(player, prompt)
        else:
            player.scan(str(max(1, int(prompt.args["qty"]) // 2)))


def _begin(player: Player, first: Detail) -> None:
    """The first row of the list: an item of the dock, or a lane to clear."""
    if first.code == "putaway.walk_back":
        player.tell_once("shift.walk_back", units=int(first.args["units"]), lane=str(first.args["lane"]))
        player.scan(str(first.args["lane"]))
        player.moment("walk-back")
        return
    sku = _find(player, DOCK, str(first.args["product"]))
    player.scan(player.floor.articles[sku].code)


def _look_closely(player: Player, prompt: Prompt) -> None:
    if not prompt.details:
        player.press("back")
        player.floor.note("inspected")
        return
    player.tell_once("shift.inspect")
    sku = _find(player, DOCK, str(prompt.details[0].args["product"]))
    player.scan(player.floor.articles[sku].code)


def _count(player: Player, po: str) -> None:
    found = player.floor.next_pack(po)
    if found is None:
        answer = player.press("done", notes=(f"received {po}",), only_in=("open",))
        if answer.message.code != "receipt_done":
            raise Lost(f"{po} is not closed: {answer.message.code}")
        return
    at, pack = found
    if pack.damaged:
        player.tell_once("shift.damage")
        player.press("damaged")
        return
    answer = player.scan(pack.code, moves=(_unload(po, at, pack, DOCK),), only_in=_TAKEN)
    if answer.prompt.state in _TAKEN and answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD):
        raise Lost(f"a pack of {pack.sku} is refused: {answer.message.code}")
    elif answer.prompt.state == "carry":
        _marvel(player, answer)
    elif answer.prompt.state == "aside":
        player.tell_once("shift.aside")
        player.moment("receive-inspect")


def _marvel(player: Player, answer: Answer) -> None:
    """The first verdicts are worth a look."""
    if not player.floor.has("seen verdict"):
        player.floor.note("seen verdict")
        player.moment("verdict-lane")
        rest = [detail.args for detail in answer.prompt.details if detail.code == "receive.to_bin"]
        units, place = (int(rest[0]["qty"]), str(rest[0]["bin"])) if rest else (0, "-")
        player.tell("shift.verdict", lane=answer.prompt.big, rest=units, bin=place)


def _answer_about_pack(player: Player, po: str, prompt: Prompt) -> None:
    """What the screen wants to know of the pack in hand: its lot, its expiry, or whether too many are kept."""
    found = player.floor.next_pack(po)
    if found is None:
        raise Lost(f"{prompt.state} is asked, but no pack of {po} is in hand")
    at, pack = found
    moves = (_unload(po, at, pack, DOCK),)
    if prompt.state == "lot":
        player.scan(pack.lot, moves=moves, only_in=_TAKEN)
    elif prompt.state == "expiry":
        player.scan(pack.expiry, moves=moves, only_in=_TAKEN)
    elif prompt.state == "over":
        player.tell_once("shift.over", over=int(prompt.args["over"]))
        player.moment("receive-over")
        player.press("yes", moves=moves, only_in=_TAKEN)
    elif prompt.state == "over_far":
        player.scan(script_desk.SUPERVISOR, moves=moves, only_in=_TAKEN)
    elif prompt.state == "foreign":
        player.tell_once("shift.not_on_order")
        player.moment("receive-not-on-order")
        player.press("back", moves=(_unload(po, at, pack, ASIDE),), only_in=_TAKEN)
    else:
        raise Lost(f"receiving stands in {prompt.state}")


def _carry(player: Player, prompt: Prompt) -> None:
    """Carries to the lane on the screen what is meant for it; one verdict of the shift is declined."""
    floor = player.floor
    carried = sum(note.startswith("carry ") for note in floor.notes)
    if carried >= _DECLINE_AT and not floor.has("declined"):
        player.tell_once("shift.decline")
        player.press("decline")
        return
    answer = player.scan(prompt.big, moves=_moves_to_lane(player, prompt), notes=(f"carry {carried + 1}",))
    if answer.message.code == "carried_freed" and not floor.has("seen freed"):
        floor.note("seen freed")
        player.moment("receive-freed")
        player.tell("shift.freed", freed=int(answer.message.args["freed"]))


def _bring(player: Player, prompt: Prompt) -> None:
    """What passed goes to its lane."""
    player.moment("inspect-bring")
    player.scan(prompt.big, moves=_moves_to_lane(player, prompt))


def _moves_to_lane(player: Player, prompt: Prompt) -> tuple[Move, ...]:
    """The units that the screen sends to the lane it names."""
    lane = prompt.big
    rows = [d.args for d in prompt.details if d.code == "receive.to_lane" and d.args["lane"] == lane]
    return tuple(
        Move(sku=_find(player, DOCK, str(row["product"])), units=int(row["qty"]), source=DOCK, target=lane,
             order=str(row["order"]))
        for row in rows
    )  # fmt: skip


def _sort_out(player: Player, po: str, prompt: Prompt) -> None:
    """Damaged units go to the hold, one by one, with the reason."""
    if not prompt.args.get("reason"):
        player.scan("1")
        return
    found = player.floor.next_pack(po)
    if found is None or not found[1].damaged:
        player.moment("receive-damage")
        player.press("done")
        return
    at, pack = found
    player.scan(pack.code, moves=(_unload(po, at, pack, HOLD),), only_in=("damage",))


def _place(player: Player, prompt: Prompt) -> None:
    source = DOCK if prompt.state == "place" else str(prompt.args["lane"])
    sku = _find(player, source, str(prompt.args["product"]))
    lot = next(pile.lot for pile in player.floor.piles(source) if pile.sku == sku)
    place, units = str(prompt.args["bin"]), int(prompt.args["qty"])
    if not player.floor.has("seen putaway"):
        player.floor.note("seen putaway")
        player.moment("putaway")
        player.tell("shift.putaway")
    gone = Move(sku=sku, units=units, source=source, target=place, lot=lot)
    player.scan(place, moves=(gone,), only_in=("take", "lane", "place", "back"))


def _find(player: Player, place: str, name: str) -> str:
    sku = player.floor.find_sku(place, name)
    if not sku:
        raise Lost(f"the screen speaks of {name}, but none lies on {place}")
    return sku


def _unload(po: str, at: int, pack: Pack, target: str) -> Move:
    return Move(sku=pack.sku, units=pack.units, source=po, target=target, lot=pack.lot, pack=at)
