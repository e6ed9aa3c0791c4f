"""Which units are taken first: by expiry, by age, by the way to them, or so that bins become empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

RULES = ("fefo", "fifo", "closest", "empty_bin")
NO_EXPIRY = date.max
Reason = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Free units of one stock row in a bin; ``walk_seq`` is the bin's place on the walk through the house.

    ``since`` is when units came to the row (UTC; None: before anybody noted it, so it is the oldest).
    """

    stock_id: int
    product_id: int
    free: int
    bin: str
    walk_seq: int
    lot: str = ""
    expiry: date | None = None
    since: datetime | None = None


Taking = list[tuple[Supply, int]]


def choose(supplies: Sequence[Supply], qty: int, rule: str = "fefo") -> Taking:
    """Which units to take for one line, as (supply, units) pairs that add up to ``qty`` or to all there is.

    fefo: the lot that expires first, then the fewest bins, then the nearest. fifo: what came first. closest: the
    nearest bin first, however many it takes. empty_bin: the smallest remainder first, so that bins become free.
    """
    return take_in_turn(in_turn(supplies, rule), qty, rule)


def in_turn(supplies: Sequence[Supply], rule: str) -> list[Supply]:
    """The rows that hold anything, in the order in which a rule looks at them."""
    return sorted((one for one in supplies if one.free > 0), key=_TURNS[rule])


def take_in_turn(rows: Sequence[Supply], qty: int, rule: str) -> Taking:
    """As `choose`, from rows that stand in the rule's order already."""
    if rule == "fefo":
        return _take_first_expiry(rows, qty)
    chosen = []
    for supply in rows:
        if not qty:
            break
        taken = min(supply.free, qty)
        chosen.append((supply, taken))
        qty -= taken
    return chosen


def reason_of(supply: Supply, rule: str, bins: int, runner_up: Supply | None) -> Reason:
    """Why a row was taken, one of so many ``bins``: a code with what fills its sentence, and the next best row."""
    best: Reason
    if rule == "fifo":
        best = ("fifo", supply.bin, supply.since.date().isoformat() if supply.since else "")
    elif rule != "fefo":
        best = (rule, supply.bin)
    elif supply.expiry is not None:
        best = ("fefo", supply.lot, supply.expiry.isoformat())
    else:
        best = ("one_bin" if bins == 1 else "several_bins", supply.bin)
    if runner_up is None:
        return best
    return (*best, f"{runner_up.bin}, {runner_up.lot}" if runner_up.lot else runner_up.bin)


def _take_first_expiry(rows: Sequence[Supply], qty: int) -> Taking:
    chosen: Taking = []
    start = 0
    while qty and start < len(rows):
        expiry = rows[start].expiry
        end = start
        best: Supply | None = None
        while end < len(rows) and rows[end].expiry == expiry:
            if rows[end].free >= qty:
                best = rows[end]
                break
            end += 1
        if best is not None:
            chosen.append((best, qty))
            return chosen
        # No row of this expiry holds all of it: the fullest first, the nearer of two that are alike.
        lot = sorted(rows[start:end], key=lambda one: -one.free)
        while qty and lot:
            enough = [one for one in lot if one.free >= qty]
            taken = min(enough, key=_nearest) if enough else lot[0]
            lot.remove(taken)
            chosen.append((taken, min(taken.free, qty)))
            qty -= min(taken.free, qty)
        start = end
    return chosen


def _nearest(supply: Supply) -> tuple[int, int]:
    return supply.walk_seq, supply.stock_id


def _first_expiry(supply: Supply) -> tuple[date, int, int]:
    return supply.expiry or NO_EXPIRY, supply.walk_seq, supply.stock_id


def _oldest(supply: Supply) -> tuple[float, int, int]:
    return supply.since.timestamp() if supply.since else 0.0, supply.walk_seq, supply.stock_id


def _smallest(supply: Supply) -> tuple[int, int, int]:
    return supply.free, supply.walk_seq, supply.stock_id


_TURNS: Mapping[str, Callable[[Supply], tuple[date | float, ...]]] = {
    "fefo": _first_expiry,
    "fifo": _oldest,
    "closest": _nearest,
    "empty_bin": _smallest,
}
