"""At the bench and at the doors: the packer proves every unit, labels every parcel, and loads the trucks."""

from __future__ import annotations

import re
from pathlib import Path

from wms_desktop.prompts import Detail, Outcome, Prompt
from wms_desktop.shift import papers
from wms_desktop.shift.floor import Move
from wms_desktop.shift.player import Player
from wms_desktop.shift.watching import Lost

PACKER = "OP-1004"
_CARTON = "CARTON "
_LARGE = 24
"""An order of more units than this is packed in two parcels, once in the shift."""


def pack(player: Player) -> None:
    """Packs everything that stands ready in totes and lanes; what is not all there yet is left standing."""
    player.sign_on(PACKER)
    player.open("pack")
    player.tell_once("shift.pack")
    while True:
        prompt = player.prompt()
        match prompt.state:
            case "open":
                if not _open_next(player, prompt):
                    return
            case "choose":
                _choose(player, prompt)
            case "verify":
                _prove(player, prompt)
            case "confirm":
                _close(player, prompt)
            case _:
                raise Lost(f"packing stands in {prompt.state}")


def dispatch(player: Player, labels: Path) -> None:
    """Loads every labelled parcel onto its carrier's truck and closes the manifests."""
    player.sign_on(PACKER)
    stuck = _read_labels(player, labels)
    player.open("dispatch")
    player.tell_once("shift.dispatch")
    while True:
        prompt = player.prompt()
        if prompt.state == "open":
            doors = [d.args for d in prompt.details if int(d.args["waiting"]) or int(d.args["loaded"])]
            if not doors:
                return
            player.scan(str(doors[0]["truck"]))
        elif prompt.state == "load":
            _load(player, prompt, stuck)
        else:
            _finish_truck(player, prompt, stuck)


# ------------------------------------------------------------------------------------------------ packing


def _open_next(player: Player, prompt: Prompt) -> bool:
    """Opens the most urgent order on the list that was not left standing; then goes round the totes and lanes."""
    floor = player.floor
    for row in prompt.details:
        place, order, units = str(row.args["place"]), str(row.args["order"]), int(row.args["units"])
        if floor.has(f"left {order}"):
            continue
        if units == 1 and place.startswith("LANE") and not floor.has(f"no single {order}"):
            _try_single(player, place, order)
        else:
            _open_place(player, place, order)
        return True
    for place in sorted(floor.places()):
        if place.startswith(("LANE", "TOTE")):
            order = next((p.order for p in floor.piles(place) if p.order and not floor.has(f"left {p.order}")), "")
            if order:
                _open_place(player, place, order)
                return True
    return False


def _try_single(player: Player, place: str, order: str) -> None:
    """A parcel of one unit needs no tote: scan the item, and the label comes."""
    pile = next((pile for pile in player.floor.piles(place) if pile.order == order), None)
    if pile is None:
        raise Lost(f"{order} is said to wait in {place}, but nothing there is tagged for it")
    carton = f"{_CARTON}{order}/1"
    move = Move(sku=pile.sku, units=1, source=place, target=carton, order=order)
    answer = player.scan(player.floor.articles[pile.sku].code, moves=(move,), notes=(carton,))
    if answer.message.code == "pack_single":
        if str(answer.message.args["order"]) != order:
            raise Lost(f"the single unit tagged for {order} went to {answer.message.args['order']}")
        player.moment("pack-single")
        player.tell_once("shift.single")
    else:
        player.floor.note(f"no single {order}")


def _open_place(player: Player, place: str, order: str) -> None:
    answer = player.scan(place)
    if answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD):
        player.floor.note(f"left {order}")


def _choose(player: Player, prompt: Prompt) -> None:
    """Of several orders in one place, the first that is all there."""
    for row in prompt.details:
        order = str(row.args.get("order", ""))
        if not order or player.floor.has(f"left {order}"):
            continue
        if row.code == "pack.choice" and player.scan(str(row.args["n"])).outcome is not Outcome.STOP:
            return
        player.floor.note(f"left {order}")
    player.press("back")


def _prove(player: Player, prompt: Prompt) -> None:
    """Takes the next line's units from where the screen says they stand, one scan and a count."""
    floor, order = player.floor, str(prompt.args["order"])
    is_coming = any(detail.code == "pack.missing_at" for detail in prompt.details)
    if is_coming and not int(prompt.args["packed"]):
        player.press("back", notes=(f"left {order}",), only_in=("open",))
        return
    line = next(detail for detail in prompt.details if detail.code in ("pack.line", "pack.line_at"))
    sku, place, there = str(line.args["sku"]), *_first_place(line, str(prompt.args["source"]))
    if not floor.has("wrong unit") and _try_wrong_unit(player, sku):
        return
    if not floor.has("two parcels") and _is_half_of_a_large_one(prompt):
        player.press("next_parcel", notes=("two parcels", _carton(prompt)))
        player.tell_once("shift.two_parcels")
        return
    move = Move(sku=sku, units=1, source=place, target=_carton(prompt), order=order)
    answer = player.scan(floor.articles[sku].code, moves=(move,))
    if answer.outcome is Outcome.STOP:
        raise Lost(f"{sku} for order {order} is refused: {answer.message.code}")
    if there > 1 and answer.prompt.state == "verify":
        more = Move(sku=sku, units=there - 1, source=place, target=_carton(prompt), order=order)
        counted = player.scan(str(there), moves=(more,))
        if counted.outcome is Outcome.STOP:
            raise Lost(f"{there} x {sku} for order {order} are refused: {counted.message.code}")


def _try_wrong_unit(player: Player, sku: str) -> bool:
    others = (p.sku for place in player.floor.places() if place.startswith("LANE") for p in player.floor.piles(place))
    wanted = {str(d.args.get("sku", "")) for d in player.prompt().details}
    wrong = next((other for other in others if other not in wanted and other != sku), "")
    if not wrong:
        return False
    answer = player.scan(player.floor.articles[wrong].code)
    if answer.outcome is not Outcome.STOP:
        raise Lost(f"a wrong unit is packed: {answer.message.code}")
    player.moment("pack-wrong-refused")
    player.tell("shift.wrong_unit")
    player.floor.note("wrong unit")
    return True


def _close(player: Player, prompt: Prompt) -> None:
    if not player.floor.has("seen close"):
        player.floor.note("seen close")
        player.moment("pack-confirm")
    answer = player.press("yes", notes=(_carton(prompt),), only_in=("open",))
    if answer.outcome is not Outcome.JOB_COMPLETE:
        raise Lost(f"{_carton(prompt)} is not closed: {answer.message.code}")
    if not player.floor.has("seen label"):
        player.floor.note("seen label")
        player.moment("pack-label")
        player.tell("shift.label")


def _is_half_of_a_large_one(prompt: Prompt) -> bool:
    boxed, total = prompt.progress
    return total > _LARGE and boxed * 2 >= total and int(prompt.args["packed"]) > 0


def _first_place(line: Detail, source: str) -> tuple[str, int]:
    """Where to reach first, and for how many, in "TOTE-003, BENCH-1: 4; LANE-2: 1"; what was opened leads."""
    places = []
    for part in str(line.args["where"]).split("; "):
        where, _, units = part.rpartition(": ")
        places.append((where.split(", ")[0], int(units)))
    return next((place for place in places if place[0] == source), places[0])


def _carton(prompt: Prompt) -> str:
    return f"{_CARTON}{prompt.args['order']}/{prompt.args['parcel']}"


# ------------------------------------------------------------------------------------------------ the doors


def _read_labels(player: Player, labels: Path) -> dict[str, str]:
    """Which SSCC stands on which carton: as the labels came out of the printer, each with its order's number."""
    cartons = sorted(note for note in player.floor.notes if note.startswith(_CARTON))
    stuck: dict[str, str] = {}
    seen: set[Path] = set()

    def are_all_labelled() -> bool:
        for page in papers.list_new(labels, "shipping_label", seen):
            text = papers.read_text(page)
            found = re.search(r"\(00\) ?(\d{18})", text)
            if found is None:
                raise Lost(f"{page.name} bears no SSCC")
            owner = next((c for c in cartons if c not in stuck.values() and _is_for(c, text)), "")
            if owner and found[1] not in stuck:
                stuck[found[1]] = owner
        return len(stuck) == len(cartons)

    player.wait_until(are_all_labelled, "a label for every carton")
    return stuck


def _is_for(carton: str, text: str) -> bool:
    order = carton.removeprefix(_CARTON).partition("/")[0]
    return re.search(rf"(?<!\d){order}(?!\d)", text) is not None


def _load(player: Player, prompt: Prompt, stuck: dict[str, str]) -> None:
    left, loaded = int(prompt.args["left"]), int(prompt.args["loaded"])
    if left == 0 or (left == 1 and loaded and not player.floor.has("seen missing")):
        player.press("done")
        return
    _load_one(player, prompt, stuck)


def _load_one(player: Player, prompt: Prompt, stuck: dict[str, str]) -> None:
    """Looks for the parcel that the screen misses, and scans it onto the truck."""
    sscc = next(str(d.args["sscc"]) for d in prompt.details if d.code in ("dispatch.behind", "dispatch.split"))
    if sscc not in stuck:
        raise Lost(f"parcel {sscc} is missed, but no carton bears that label")
    truck = str(prompt.args["truck"])
    moves = tuple(
        Move(sku=pile.sku, units=pile.units, source=stuck[sscc], target=truck, lot=pile.lot, order=pile.order)
        for pile in player.floor.piles(stuck[sscc])
    )
    answer = player.scan(f"]C100{sscc}", moves=moves)
    if answer.outcome is Outcome.STOP:
        raise Lost(f"parcel {sscc} is refused: {answer.message.code}")


def _finish_truck(player: Player, prompt: Prompt, stuck: dict[str, str]) -> None:
    if int(prompt.args["left"]):
        player.moment("dispatch-missing")
        player.tell_once("shift.missing")
        player.floor.note("seen missing")
        _load_one(player, prompt, stuck)
        return
    truck = str(prompt.args["truck"])
    answer = player.press("yes", notes=(f"left {truck}",), only_in=("open",))
    if answer.outcome is not Outcome.JOB_COMPLETE:
        raise Lost(f"the manifest of {truck} is not closed: {answer.message.code}")
    if not player.floor.has("seen manifest"):
        player.floor.note("seen manifest")
        player.moment("manifest-closed")
        player.tell("shift.manifest")
