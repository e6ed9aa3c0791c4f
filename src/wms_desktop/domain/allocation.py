"""Shares out the free stock of the bins among open order lines, in the stated order of demand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

NO_EXPIRY = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Free units of one stock row in a bin; ``walk_seq`` is the bin's place on the walk through the house."""

    stock_id: int
    product_id: int
    free: int
    bin: str
    walk_seq: int
    lot: str = ""
    expiry: date | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """An order line that still wants ``qty`` units of a product."""

    line_id: int
    product_id: int
    qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """An order's open lines; a ship-complete order takes all of them or none."""

    order_id: int
    ship_complete: bool
    wants: tuple[Want, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many units of a stock row for an order line; ``why`` is a code with what fills its sentence.

    Codes: fefo (lot, expiry), one_bin (bin), several_bins (bin).
    """

    stock_id: int
    line_id: int
    qty: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unmet:
    """Units that a line did not get, and the deciding reason.

    Codes: no_stock (none in any bin), all_held (other orders hold every unit), expired (what is free may not be
    sold any more), went_before (orders that come first took it), waits_for_rest (a ship-complete order whose
    other lines are not covered).
    """

    line_id: int
    qty: int
    why: str


@dataclass(frozen=True, slots=True)
class Allotment:
    """The decision: who gets which units, who does not and why, and which orders later ones were served before."""

    shares: tuple[Share, ...]
    unmet: tuple[Unmet, ...]
    passed_over: tuple[int, ...]


def share(needs: Sequence[Need], supplies: Iterable[Supply], today: date, held: Mapping[int, int]) -> Allotment:
    """Shares out ``supplies`` among ``needs``, which come in the order of demand.

    Never more than is free; a ship-complete order gets all its wants or nothing; no later order gets a unit that
    an earlier ship-available one still wants. ``held`` counts, by product, the units in bins that are reserved
    already (for the reason only). Expired lots (before ``today``, a site-local day) are left alone.
    """
    pools = _Pools(supplies, today, held)
    shares: list[Share] = []
    unmet: list[Unmet] = []
    refused: list[tuple[int, frozenset[int], int]] = []
    for need in needs:
        if need.ship_complete and not pools.cover(need.wants):
            unmet += [Unmet(want.line_id, want.qty, pools.explain(want)) for want in need.wants]
            refused.append((need.order_id, frozenset(want.product_id for want in need.wants), len(shares)))
            continue
        for want in need.wants:
            taken = pools.take(want)
            shares += taken
            missing = want.qty - sum(one.qty for one in taken)
            if missing:
                unmet.append(Unmet(want.line_id, missing, pools.explain(want)))
    return Allotment(tuple(shares), tuple(unmet), _passed_over(needs, shares, refused))


def choose(supplies: Sequence[Supply], qty: int) -> list[tuple[Supply, int]]:
    """Which units to take for one line: the lot that expires first, then the fewest bins, then the nearest.

    Gives (supply, units) pairs that add up to ``qty``, or to all there is.
    """
    chosen: list[tuple[Supply, int]] = []
    by_expiry = sorted(supplies, key=lambda one: one.expiry or NO_EXPIRY)
    for _, group in groupby(by_expiry, key=lambda one: one.expiry or NO_EXPIRY):
        lot = sorted((one for one in group if one.free > 0), key=_nearest)
        while qty and lot:
            enough = [one for one in lot if one.free >= qty]
            best = enough[0] if enough else max(lot, key=lambda one: one.free)
            lot.remove(best)
            taken = min(best.free, qty)
            chosen.append((best, taken))
            qty -= taken
        if not qty:
            break
    return chosen


def _nearest(supply: Supply) -> tuple[int, int]:
    return supply.walk_seq, supply.stock_id


class _Pools:
    """The free units while they are given away, by product."""

    def __init__(self, supplies: Iterable[Supply], today: date, held: Mapping[int, int]) -> None:
        self._rows: dict[int, list[Supply]] = defaultdict(list)
        self._left: dict[int, int] = {}
        self._free: dict[int, int] = defaultdict(int)
        self._expired: set[int] = set()
        self._first: dict[int, int] = {}
        self._held = held
        for supply in supplies:
            if supply.expiry is not None and supply.expiry < today:
                self._expired.add(supply.product_id)
                continue
            self._rows[supply.product_id].append(supply)
            self._left[supply.stock_id] = supply.free
            self._free[supply.product_id] += supply.free
        self._first.update(self._free)

    def cover(self, wants: Sequence[Want]) -> bool:
        """Whether all of these could be served now."""
        asked: dict[int, int] = defaultdict(int)
        for want in wants:
            asked[want.product_id] += want.qty
        return all(self._free.get(product_id, 0) >= qty for product_id, qty in asked.items())

    def take(self, want: Want) -> list[Share]:
        """The units this want gets, each with its reason."""
        if not self._free.get(want.product_id):
            return []
        rows = self._rows[want.product_id]
        now = [_with(row, self._left[row.stock_id]) for row in rows]
        chosen = choose(now, want.qty)
        for supply, qty in chosen:
            self._left[supply.stock_id] -= qty
            self._free[want.product_id] -= qty
        self._rows[want.product_id] = [row for row in rows if self._left[row.stock_id]]
        return [Share(supply.stock_id, want.line_id, qty, _why(supply, len(chosen))) for supply, qty in chosen]

    def explain(self, want: Want) -> str:
        """Why the want is not (wholly) served."""
        free, product = self._free.get(want.product_id, 0), want.product_id
        if free >= want.qty:
            return "waits_for_rest"
        if self._first.get(product, 0) > free:
            return "went_before"
        if self._held.get(product):
            return "all_held"
        return "expired" if product in self._expired else "no_stock"


def _with(supply: Supply, free: int) -> Supply:
    if supply.free == free:
        return supply
    return Supply(
        stock_id=supply.stock_id,
        product_id=supply.product_id,
        free=free,
        bin=supply.bin,
        walk_seq=supply.walk_seq,
        lot=supply.lot,
        expiry=supply.expiry,
    )


def _why(supply: Supply, rows: int) -> tuple[str, ...]:
    if supply.expiry is not None:
        return ("fefo", supply.lot, supply.expiry.isoformat())
    return ("one_bin" if rows == 1 else "several_bins", supply.bin)


def _passed_over(
    needs: Sequence[Need], shares: Sequence[Share], refused: Sequence[tuple[int, frozenset[int], int]]
) -> tuple[int, ...]:
    """Ship-complete orders that got nothing while a later order got units of a product they want."""
    product_of = {want.line_id: want.product_id for need in needs for want in need.wants}
    last: dict[int, int] = {}
    for place, one in enumerate(shares):
        last[product_of[one.line_id]] = place
    return tuple(order_id for order_id, products, place in refused if any(last.get(p, -1) >= place for p in products))
