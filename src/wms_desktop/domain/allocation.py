"""Shares out the free stock of the bins among open order lines, in the stated order of demand: picture in, plan out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from wms_desktop.domain.demand import Rank, full_key, rank, urgency_of
from wms_desktop.domain.removal import Reason, Supply, choose, in_turn, reason_of, take_in_turn
from wms_desktop.domain.whole_kits import count_whole

__all__ = [
    "Allotment", "Demand", "Held", "Line", "Picture", "Share", "Supply", "Taken", "Unmet", "choose", "decide",
    "in_order", "rank_of", "why_not_line", "why_not_yet",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An order line: ``open`` units that nothing holds yet, ``secured`` ones that are held or shipped.

    ``release_on``: not from stock before that site-local day. A ``made_to_order`` line gets nothing from stock. A
    part of a kit names the line of the kit in ``kit_id`` and how many of it one kit takes in ``kit_qty``.
    """

    line_id: int
    product_id: int
    open: int
    secured: int = 0
    release_on: date | None = None
    made_to_order: bool = False
    kit_id: int = 0
    kit_qty: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """An order with its open lines, and what decides its place in the demand order.

    ``ship_complete`` (also: somebody must be asked first): all lines or none. ``is_asked``: the horizon does not count;
    ``use_safety``: the safety stock too; ``takes_back``: what it does not find free is taken from lower ranks.
    """

    order_id: int
    number: str = ""
    is_pinned: bool = False
    promise: date
    leave_by: datetime
    priority_class: int = 2
    placed_at: datetime
    passed_over: int = 0
    ship_complete: bool = False
    is_held: bool = False
    release_on: date | None = None
    is_asked: bool = False
    use_safety: bool = False
    takes_back: bool = False
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Units in a bin that are reserved for a line and that nobody has begun to pick: they may be taken back.

    ``supply.free`` is how many. The line's order is among the picture's demands.
    """

    order_id: int
    line_id: int
    supply: Supply


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything a run of the allocation looks at, as plain values: change it, and decide again.

    ``safety`` are the units of a product that are left alone; ``rules`` the products' own rules of removal beside the
    house's ``rule``; ``horizon``: orders that leave later are not served (None: no limit); ``held_units`` counts by
    product the units in bins that are reserved already (for the reason only).
    """

    now: datetime
    today: date
    demands: tuple[Demand, ...]
    supplies: tuple[Supply, ...]
    held: tuple[Held, ...] = ()
    safety: Mapping[int, int] = field(default_factory=dict)
    rule: str = "fefo"
    rules: Mapping[int, str] = field(default_factory=dict)
    horizon: datetime | None = None
    held_units: Mapping[int, int] = field(default_factory=dict)

    def with_order(self, order_id: int, change: Callable[[Demand], Demand]) -> Picture:
        """The same picture with one order changed (pinned, another cut-off, other lines)."""
        return replace(self, demands=tuple(change(one) if one.order_id == order_id else one for one in self.demands))

    def with_line(self, line_id: int, change: Callable[[Line], Line]) -> Picture:
        """The same picture with one line changed (another product, other units)."""

        def changed(demand: Demand) -> Demand:
            if all(line.line_id != line_id for line in demand.lines):
                return demand
            return replace(demand, lines=tuple(change(one) if one.line_id == line_id else one for one in demand.lines))

        return replace(self, demands=tuple(changed(demand) for demand in self.demands))

    def with_supply(self, *more: Supply) -> Picture:
        """The same picture with more free units."""
        return replace(self, supplies=(*self.supplies, *more))


@dataclass(frozen=True, slots=True)
class Share:
    """So many units of a stock row for an order line; ``why`` is a code with what fills its sentence.

    Codes: fefo (lot, expiry), one_bin (bin), several_bins (bin), fifo (bin, day), closest (bin), empty_bin (bin),
    taken_back (bin, the number of the order that had them). The next best row's bin comes last, where there is one.
    """

    stock_id: int
    line_id: int
    qty: int
    why: Reason


@dataclass(frozen=True, slots=True)
class Unmet:
    """Units that a line did not get, and the deciding reason.

    Codes: no_stock (none in any bin), too_few (not enough for an order that leaves complete), all_held (other orders
    hold every unit), expired (what is free may not be sold any more), safety (what is free is safety stock),
    went_before (orders that come first took it),
    waits_for_rest (a ship-complete order whose other lines are not covered), kit_part (another part of the kit is
    missing), made_to_order, on_hold, not_released, beyond_horizon.
    """

    line_id: int
    qty: int
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of a stock row that a line gives back; ``for_order`` is the order that has a better right to them."""

    stock_id: int
    line_id: int
    qty: int
    for_order: int


@dataclass(frozen=True, slots=True)
class Allotment:
    """The decision: what is taken back, who gets which units, who does not and why, who was passed over."""

    shares: tuple[Share, ...]
    unmet: tuple[Unmet, ...]
    passed_over: tuple[int, ...]
    taken: tuple[Taken, ...] = ()


def decide(picture: Picture) -> Allotment:
    """Serves the demands of the picture in the stated order; the same picture gives the same answer.

    Never more than is free beyond the safety stock; a ship-complete order gets all its lines or nothing; no later
    order gets a unit that an earlier ship-available one still wants; parts of a kit only in whole kits; units are
    taken back only for an order that may, only from orders of a strictly lower rank, the latest first; a
    ship-complete order and a kit that lose units let go of the rest of what may be taken.
    """
    return _Run(picture).serve()


def in_order(picture: Picture) -> list[Demand]:
    """The demands, the most urgent first."""
    return sorted(picture.demands, key=lambda one: full_key(urgency_of(one, one.order_id), picture.now, picture.today))


def rank_of(demand: Demand, picture: Picture) -> Rank:
    """The demand's rank: within one, nobody takes anything back."""
    return rank(urgency_of(demand, demand.order_id), picture.now, picture.today)


def why_not_yet(demand: Demand, picture: Picture) -> str:
    """What keeps the whole order from being served, whatever is free: a code of :class:`Unmet`, empty: nothing."""
    if demand.is_held:
        return "on_hold"
    if demand.release_on is not None and demand.release_on > picture.today:
        return "not_released"
    horizon = None if demand.is_asked else picture.horizon
    return "beyond_horizon" if horizon is not None and demand.leave_by > horizon else ""


def why_not_line(line: Line, picture: Picture) -> str:
    """What keeps a line from being served from stock, whatever is free: a code of :class:`Unmet`, empty: nothing."""
    if line.made_to_order:
        return "made_to_order"
    return "not_released" if line.release_on is not None and line.release_on > picture.today else ""


class _Pools:
    """The free units while they are given away, by product; ``locked`` of them are safety stock."""

    def __init__(self, picture: Picture) -> None:
        self._rule, self._rules = picture.rule, picture.rules
        self._held_units = picture.held_units
        self._rows: dict[int, list[Supply]] = {}
        self._free: dict[int, int] = defaultdict(int)
        self._expired: set[int] = set()
        found: dict[int, list[Supply]] = defaultdict(list)
        for supply in picture.supplies:
            if supply.expiry is not None and supply.expiry < picture.today:
                self._expired.add(supply.product_id)
            else:
                found[supply.product_id].append(supply)
                self._free[supply.product_id] += supply.free
        for product_id, rows in found.items():
            self._rows[product_id] = in_turn(rows, self.rule_of(product_id))
        self._locked = {product: min(units, self._free.get(product, 0)) for product, units in picture.safety.items()}
        self._first = dict(self._free)

    def rule_of(self, product_id: int) -> str:
        return self._rules.get(product_id) or self._rule

    def available(self, product_id: int, use_safety: bool) -> int:
        """Units that a line may have now."""
        free = self._free.get(product_id, 0)
        return free if use_safety else free - self._locked.get(product_id, 0)

    def take(self, product_id: int, qty: int) -> list[tuple[Supply, int, Reason]]:
        """Takes units by the product's rule of removal, each row with its reason."""
        rows, rule = self._rows.get(product_id, []), self.rule_of(product_id)
        chosen = take_in_turn(rows, qty, rule)
        gone = {supply.stock_id for supply, _ in chosen}
        runner_up = next((row for row in rows if row.stock_id not in gone), None)
        for supply, taken in chosen:
            place = rows.index(supply)
            rows[place : place + 1] = [replace(supply, free=supply.free - taken)] if taken < supply.free else []
            self._free[product_id] -= taken
        if product_id in self._locked:
            self._locked[product_id] = min(self._locked[product_id], self._free[product_id])
        return [(supply, taken, reason_of(supply, rule, len(chosen), runner_up)) for supply, taken in chosen]

    def give_back(self, supply: Supply) -> None:
        """Adds units that somebody let go of; they do not become safety stock."""
        product_id = supply.product_id
        rows = self._rows.setdefault(product_id, [])
        same = [row for row in rows if row.stock_id == supply.stock_id]
        for row in same:
            rows.remove(row)
        rows.append(replace(supply, free=supply.free + sum(row.free for row in same)))
        self._rows[product_id] = in_turn(rows, self.rule_of(product_id))
        self._free[product_id] += supply.free

    def explain(self, line: Line, use_safety: bool) -> str:
        """Why the line is not (wholly) served."""
        product_id, free = line.product_id, self._free.get(line.product_id, 0)
        if self.available(product_id, use_safety) >= line.open:
            return "waits_for_rest"
        if self._first.get(product_id, 0) > free:
            return "went_before"
        if self._locked.get(product_id) and not use_safety:
            return "safety"
        if free > 0:
            return "too_few"
        if self._held_units.get(product_id):
            return "all_held"
        return "expired" if product_id in self._expired else "no_stock"


class _Holds:
    """What may be taken back, by product, the latest in the demand order first."""

    def __init__(self, picture: Picture, places: Mapping[int, int]) -> None:
        self._by_product: dict[int, list[Held]] = defaultdict(list)
        self._by_order: dict[int, list[Held]] = defaultdict(list)
        self._left: dict[tuple[int, int], int] = {}
        sound = [one for one in picture.held if one.supply.expiry is None or one.supply.expiry >= picture.today]
        for held in sorted(sound, key=lambda one: (-places[one.order_id], -one.line_id, -one.supply.stock_id)):
            self._by_product[held.supply.product_id].append(held)
            self._by_order[held.order_id].append(held)
            self._left[held.supply.stock_id, held.line_id] = held.supply.free

    def of_product(self, product_id: int) -> Sequence[Held]:
        return self._by_product.get(product_id, ())

    def of_order(self, order_id: int) -> Sequence[Held]:
        return self._by_order.get(order_id, ())

    def left(self, held: Held) -> int:
        return self._left[held.supply.stock_id, held.line_id]

    def take(self, held: Held, qty: int) -> None:
        self._left[held.supply.stock_id, held.line_id] -= qty


class _Run:
    """One run over a picture: the demands in their order, each served from the pools and, if it may, from holds."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._demands = in_order(picture)
        self._pools = _Pools(picture)
        self._takes_back = any(demand.takes_back for demand in picture.demands)
        self._lost: dict[int, int] = defaultdict(int)
        self._shares: list[Share] = []
        self._unmet: list[Unmet] = []
        self._taken: list[Taken] = []
        self._refused: list[tuple[int, frozenset[int], int]] = []
        self._from: dict[int, str] = {}
        if self._takes_back:
            self._by_id = {demand.order_id: demand for demand in self._demands}
            self._ranks = {demand.order_id: rank_of(demand, picture) for demand in self._demands}
            self._holds = _Holds(picture, {one.order_id: place for place, one in enumerate(self._demands)})

    def serve(self) -> Allotment:
        for demand in self._demands:
            lines = demand.lines if not self._lost else tuple(self._as_now(line) for line in demand.lines)
            wants = [line for line in lines if line.open > 0]
            if not wants:
                continue
            barrier = why_not_yet(demand, self._picture)
            if barrier:
                self._unmet += [Unmet(line.line_id, line.open, barrier) for line in wants]
            elif demand.ship_complete:
                self._serve_whole(demand, wants)
            else:
                self._serve_part(demand, wants)
        return Allotment(tuple(self._shares), tuple(self._unmet), self._passed_over(), tuple(self._taken))

    def _as_now(self, line: Line) -> Line:
        lost = self._lost.get(line.line_id, 0)
        return replace(line, open=line.open + lost, secured=line.secured - lost) if lost else line

    def _serve_whole(self, demand: Demand, wants: Sequence[Line]) -> None:
        barriers = [why_not_line(line, self._picture) for line in wants]
        asked: dict[int, int] = defaultdict(int)
        for line in wants:
            asked[line.product_id] += line.open
        if not any(barriers) and all(self._available(demand, one) >= qty for one, qty in asked.items()):
            for line in wants:
                self._give(demand, line, line.open)
            return
        for line, barrier in zip(wants, barriers, strict=True):
            why = barrier or self._pools.explain(line, demand.use_safety)
            self._unmet.append(Unmet(line.line_id, line.open, why))
        self._refused.append((demand.order_id, frozenset(asked), len(self._shares)))

    def _serve_part(self, demand: Demand, wants: Sequence[Line]) -> None:
        kits: dict[int, list[Line]] = defaultdict(list)
        for line in wants:
            barrier = why_not_line(line, self._picture)
            if barrier:
                self._unmet.append(Unmet(line.line_id, line.open, barrier))
            elif line.kit_qty:
                kits[line.kit_id].append(line)
            else:
                self._give_what_there_is(demand, line, line.open)
        for parts in kits.values():
            whole = count_whole(parts, partial(self._available, demand))
            for line in parts:
                self._give_what_there_is(demand, line, max(0, whole * line.kit_qty - line.secured))

    def _give_what_there_is(self, demand: Demand, line: Line, qty: int) -> None:
        """Gives a line up to ``qty`` units, and says why it gets no more."""
        given = min(qty, self._available(demand, line.product_id))
        if given > 0:
            self._give(demand, line, given)
        else:
            given = 0
        if given < line.open:
            left = replace(line, open=line.open - given) if given else line
            why = self._pools.explain(left, demand.use_safety)
            self._unmet.append(Unmet(line.line_id, left.open, "kit_part" if why == "waits_for_rest" else why))

    def _available(self, demand: Demand, product_id: int) -> int:
        free = self._pools.available(product_id, demand.use_safety)
        if not demand.takes_back:
            return free
        return free + sum(self._holds.left(held) for held in self._lower(demand, product_id))

    def _lower(self, demand: Demand, product_id: int) -> list[Held]:
        """What orders of a strictly lower rank hold of a product."""
        mine = self._ranks[demand.order_id]
        return [held for held in self._holds.of_product(product_id) if self._ranks[held.order_id] > mine]

    def _give(self, demand: Demand, line: Line, qty: int) -> None:
        if demand.takes_back:
            self._claim(demand, line.product_id, qty)
        for supply, taken, why in self._pools.take(line.product_id, qty):
            had = self._from.get(supply.stock_id) if demand.takes_back else None
            reason = why if had is None else ("taken_back", supply.bin, had)
            self._shares.append(Share(supply.stock_id, line.line_id, taken, reason))

    def _claim(self, demand: Demand, product_id: int, qty: int) -> None:
        """Takes back from lower ranks what is lacking of so many units, the latest first."""
        for held in self._lower(demand, product_id):
            lacking = min(qty - self._pools.available(product_id, demand.use_safety), self._holds.left(held))
            if lacking > 0:
                self._lose(held, lacking, demand)
                self._let_go_of_rest(held, demand)

    def _lose(self, held: Held, qty: int, to: Demand) -> None:
        self._holds.take(held, qty)
        self._lost[held.line_id] += qty
        self._taken.append(Taken(held.supply.stock_id, held.line_id, qty, to.order_id))
        self._pools.give_back(replace(held.supply, free=qty))
        self._from[held.supply.stock_id] = self._by_id[held.order_id].number

    def _let_go_of_rest(self, lost: Held, to: Demand) -> None:
        """What is of no use any more without the units that went: the rest of the order, or of its kits."""
        victim = self._by_id[lost.order_id]
        if victim.ship_complete:
            for held in self._holds.of_order(victim.order_id):
                if self._holds.left(held):
                    self._lose(held, self._holds.left(held), to)
            return
        lines = {line.line_id: line for line in victim.lines}
        part = self._as_now(lines[lost.line_id])
        if not part.kit_qty:
            return
        whole = part.secured // part.kit_qty
        for held in self._holds.of_order(victim.order_id):
            line = self._as_now(lines[held.line_id])
            spare = min(self._holds.left(held), line.secured - whole * line.kit_qty)
            if line.kit_id == part.kit_id and line.kit_qty and spare > 0:
                self._lose(held, spare, to)

    def _passed_over(self) -> tuple[int, ...]:
        """Ship-complete orders that got nothing while a later order got units of a product they want."""
        if not self._refused:
            return ()
        product_of = {line.line_id: line.product_id for demand in self._demands for line in demand.lines}
        last: dict[int, int] = {}
        for place, one in enumerate(self._shares):
            last[product_of[one.line_id]] = place
        return tuple(
            order_id for order_id, products, place in self._refused if any(last.get(p, -1) >= place for p in products)
        )
