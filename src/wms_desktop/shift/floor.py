"""The player's own world: what really lies where, kept in a folder so that it outlives a killed program.

``floor.json`` is written once; ``moves.jsonl`` grows by a line for each act, so that the last act before a kill can be
settled by looking at the screen. Nothing here is read from, or told to, the program under play.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from wms_desktop.errors import Bug
from wms_desktop.shift.world import World

ASIDE = "ASIDE"
_MOMENT = "%Y-%m-%dT%H:%M:%S%z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What is printed on an article: its name, the unit's barcode, the case's with its units (0: no case)."""

    sku: str
    name: str
    code: str
    case_code: str = ""
    case_units: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """So many units of an article at a place; ``order`` is the tag that stands on it, "" where there is none."""

    sku: str
    units: int
    lot: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One thing on a truck: a closed case or a loose unit, with what is printed on it."""

    sku: str
    code: str
    units: int
    lot: str = ""
    expiry: str = ""
    damaged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Units that change their place; from a truck (``pack`` is its place in the delivery) to anywhere."""

    sku: str
    units: int
    source: str
    target: str
    lot: str = ""
    order: str = ""
    pack: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """An act about to be made: where, what, and what it does to the floor once the program has taken it.

    ``only_in``: the moves happen only when the screen then stands in one of these states (empty: in any).
    ``seen`` is the fingerprint of the prompt before it.
    """

    workflow: str
    raw: Sequence[str]
    moves: tuple[Move, ...] = ()
    notes: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()
    seen: str = ""


class Floor:
    """The places with their piles, the deliveries, people's badges, and the notes of what has been done.

    ``regret`` is the order whose customer will call and take it back ("": nobody calls).
    """

    def __init__(self, folder: Path) -> None:
        facts: dict[str, Any] = json.loads((folder / "floor.json").read_text(encoding="utf-8"))
        self.seed: int = facts["seed"]
        self.began: str = facts["began"]
        self.articles = {sku: Article(**row) for sku, row in facts["articles"].items()}
        self.people: Mapping[str, Mapping[str, str]] = facts["people"]
        self.deliveries = {po: [Pack(**pack) for pack in packs] for po, packs in facts["deliveries"].items()}
        self.totes: tuple[str, ...] = tuple(facts["totes"])
        self.carts: tuple[str, ...] = tuple(facts["carts"])
        self.regret: str = facts["regret"]
        self.notes: dict[str, str] = {}
        self.acts = 0
        self.pending: Intent | None = None
        self._piles: dict[str, list[Pile]] = defaultdict(list)
        for place, piles in facts["piles"].items():
            self._piles[place] = [Pile(**pile) for pile in piles]
        self._taken: dict[str, set[int]] = defaultdict(set)
        self._path = folder / "moves.jsonl"
        _mend(self._path)
        for record in _records(self._path):
            self._replay(record)
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    # ------------------------------------------------------------------------------------ what is seen

    def piles(self, place: str) -> tuple[Pile, ...]:
        """What lies at a place."""
        return tuple(self._piles.get(place, ()))

    def places(self) -> tuple[str, ...]:
        """Every place where something lies."""
        return tuple(place for place, piles in self._piles.items() if piles)

    def units(self, place: str, sku: str, lot: str = "") -> int:
        """Units of an article at a place; of one lot where it is named."""
        return sum(p.units for p in self._piles.get(place, ()) if p.sku == sku and lot in ("", p.lot))

    def find_sku(self, place: str, name: str) -> str:
        """The article of that name which lies most at the place; "" where none does."""
        found = [pile for pile in self._piles.get(place, ()) if self.articles[pile.sku].name == name]
        return max(found, key=lambda pile: (pile.units, pile.sku)).sku if found else ""

    def next_pack(self, po: str) -> tuple[int, Pack] | None:
        """The pack on top of the truck, None when it is empty; broken ones come last."""
        left = [(at, pack) for at, pack in enumerate(self.deliveries[po]) if at not in self._taken[po]]
        return min(left, key=lambda row: (row[1].damaged, row[0])) if left else None

    def has(self, note: str) -> bool:
        """Whether something was done already."""
        return note in self.notes

    # ----------------------------------------------------------------------------------- what is done

    def intend(self, intent: Intent) -> None:
        """Notes an act just before it is made."""
        self.pending = intent
        self.notes.pop("tray", None)  # what it said was about an earlier act
        self._write({"do": asdict(intent)})

    def done(self, told: Mapping[str, Any], *, moved: bool) -> None:
        """The pending act was answered; ``moved`` tells whether it did what was meant."""
        intent = self.pending
        if intent is None:
            raise Bug("an answer without an act")
        record: dict[str, Any] = {"did": dict(told), "workflow": intent.workflow, "raw": list(intent.raw)}
        if moved:
            record |= {"moves": [_bare(move) for move in intent.moves], "notes": list(intent.notes)}
        self._write(record)
        self._replay(record)

    def drop(self) -> None:
        """The pending act never reached the program: it is as if it had not been meant."""
        self._write({"drop": True})
        self.pending = None

    def move(self, *moves: Move) -> None:
        """Moves units by hand, without a scan (a unit put aside)."""
        record = {"moves": [_bare(move) for move in moves]}
        self._write(record)
        self._replay(record)

    def note(self, name: str, value: str = "yes") -> None:
        """Remembers something that was done or seen."""
        record = {"note": [name, value]}
        self._write(record)
        self._replay(record)

    def close(self) -> None:
        """Lets go of the file."""
        os.close(self._file)

    # ---------------------------------------------------------------------------------------- inside

    def _write(self, record: Mapping[str, Any]) -> None:
        os.write(self._file, (json.dumps(record, separators=(",", ":")) + "\n").encode())

    def _replay(self, record: Mapping[str, Any]) -> None:
        if "do" in record:
            facts = record["do"]
            moves = tuple(Move(**move) for move in facts["moves"])
            lists = {name: tuple(facts[name]) for name in ("raw", "notes", "only_in")}
            self.pending = Intent(workflow=facts["workflow"], seen=facts["seen"], moves=moves, **lists)
            self.notes.pop("tray", None)
            return
        if "did" in record:
            self.acts += 1
        if "did" in record or "drop" in record:
            self.pending = None
        for move in record.get("moves", ()):
            self._apply(Move(**move))
        for name in record.get("notes", ()):
            self.notes[name] = "yes"
        if "note" in record:
            name, value = record["note"]
            self.notes[name] = value

    def _apply(self, move: Move) -> None:
        if move.pack >= 0:
            self._taken[move.source].add(move.pack)
        else:
            self._take(move)
        piles = self._piles[move.target]
        for at, pile in enumerate(piles):
            if (pile.sku, pile.lot, pile.order) == (move.sku, move.lot, move.order):
                piles[at] = replace(pile, units=pile.units + move.units)
                return
        piles.append(Pile(sku=move.sku, units=move.units, lot=move.lot, order=move.order))

    def _take(self, move: Move) -> None:
        """Takes units from a place: those tagged for the order first, then untagged ones, then any."""
        left = move.units
        ranked = sorted(
            (pile for pile in self._piles[move.source] if pile.sku == move.sku and move.lot in ("", pile.lot)),
            key=lambda pile: (pile.order != move.order, pile.order != ""),
        )
        for pile in ranked:
            part = min(left, pile.units)
            self._piles[move.source].remove(pile)
            if pile.units > part:
                self._piles[move.source].append(replace(pile, units=pile.units - part))
            left -= part
            if not left:
                return
        raise Bug(f"{left} of {move.units} x {move.sku} do not lie in {move.source}")


def furnish(folder: Path, world: World) -> None:
    """Writes down, once, what really lies in a world; raises Bug where a floor stands in the folder already."""
    if (folder / "floor.json").exists():
        raise Bug(f"a floor stands in {folder} already")
    piles: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in world.physical.stock:
        piles[row.location].append({"sku": row.sku, "units": row.quantity, "lot": row.lot})
    facts = {
        "seed": world.seed,
        "began": world.now.strftime(_MOMENT),
        "articles": {row.sku: _article(row) for row in world.products},
        "people": {p.badge: {"name": p.name, "role": p.role, "pin": p.pin} for p in world.operators},
        "deliveries": {d.po_number: [_pack(pack) for pack in d.packs] for d in world.physical.deliveries},
        "totes": list(world.totes),
        "carts": [place.code for place in world.locations if place.kind == "cart"],
        "piles": piles,
        "regret": world.plan.regret,
        # For the proofs after the play; the player does not look at it.
        "planted": [difference.location for difference in world.physical.differences],
    }
    fresh = folder / "floor.json.new"
    fresh.write_text(json.dumps(facts, separators=(",", ":")), encoding="utf-8")
    fresh.replace(folder / "floor.json")


def read_acts(folder: Path) -> list[dict[str, Any]]:
    """Every act that was answered, as it was noted: ``did``, ``workflow``, ``raw``; for proofs after the play."""
    return [record for record in _records(folder / "moves.jsonl") if "did" in record]


def _article(row: Any) -> dict[str, Any]:
    return {"sku": row.sku, "name": row.name, "code": row.gtin, "case_code": row.case_gtin,
            "case_units": row.units_per_case}  # fmt: skip


def _pack(row: Any) -> dict[str, Any]:
    return {"sku": row.sku, "code": row.barcode, "units": row.units, "lot": row.lot,
            "expiry": row.expiry.isoformat() if row.expiry else "", "damaged": row.damaged}  # fmt: skip


def _bare(move: Move) -> dict[str, Any]:
    return asdict(move)


def _mend(path: Path) -> None:
    """Cuts off a line torn by a kill: it was never acted on."""
    if path.exists() and (torn := path.read_bytes().rpartition(b"\n")[2]):
        os.truncate(path, path.stat().st_size - len(torn))


def _records(path: Path) -> Iterable[dict[str, Any]]:
    """The lines of the file."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
