"""Carries a change through on plain values: by the same decisions, in the same steps, as the real thing takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wms_desktop.domain.allocation import Allotment, Demand, Held, Line, Picture, Supply, decide
from wms_desktop.domain.kits import Build, Part, plan_builds

FRESH = 1 << 60
"""Lines that come about have ids above this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kits:
    """What kits are made of, by product, and which of them are on order assembled."""

    parts: Mapping[int, Sequence[Part]] = field(default_factory=dict)
    on_order: frozenset[int] = frozenset()


class Course:
    """The values of a house while a change is carried through.

    The picture must hold every line that waits, what is free of every product concerned, and (for an order that takes
    back) what may be taken from others. ``gained`` counts by line the units that are reserved more (or less, below 0)
    than before, ``cut`` the units that leave a line, ``freed`` by product the free units in bins; ``touched`` are the
    products whose days may change.
    """

    def __init__(self, picture: Picture, kits: Kits) -> None:
        self._picture = picture
        self._kits = kits
        self._demands: dict[int, Demand] = {demand.order_id: demand for demand in picture.demands}
        self._supplies: dict[int, Supply] = {supply.stock_id: supply for supply in picture.supplies}
        self._before = {order_id: _open_units(demand) for order_id, demand in self._demands.items()}
        self._noted: set[int] = set()
        self._moved: set[int] = set()
        self._order_of = {line.line_id: demand.order_id for demand in picture.demands for line in demand.lines}
        self._last_id = FRESH
        self.gained: dict[int, int] = defaultdict(int)
        self.cut: dict[int, int] = defaultdict(int)
        self.freed: dict[int, int] = defaultdict(int)

    @property
    def touched(self) -> set[int]:
        """Products of which units were freed, given or asked for."""
        return self._noted | self._moved

    @property
    def demands(self) -> Mapping[int, Demand]:
        """The orders with their lines as they are now, by id."""
        return self._demands

    def opened(self, order_id: int) -> int:
        """Units of an order that wait more (below 0: fewer) than before the change."""
        return _open_units(self._demands[order_id]) - self._before[order_id]

    # --- changes -------------------------------------------------------------------------------------------------

    def change_order(self, order_id: int, change: Callable[[Demand], Demand]) -> None:
        """Changes an order; what it waits for is looked at by `settle`."""
        self._demands[order_id] = change(self._demands[order_id])
        self._noted |= self._waited_for(order_id)

    def exchange(self, line_id: int, product_id: int, units: int, freed: Iterable[tuple[Supply, int]]) -> int:
        """Sends units of another product instead: gives the new line's id. ``freed`` rows stand with what they free.

        Units that nobody holds go first; the rest must be freed.
        """
        order_id, line = self._find(line_id)
        loose = min(units, line.open)
        self._noted |= {line.product_id, product_id}
        self._put_line(order_id, replace(line, open=line.open - loose, secured=line.secured - (units - loose)))
        for supply, qty in freed:
            self._free(supply, qty)
        self.gained[line_id] -= units - loose
        self.cut[line_id] += units
        return self._add_line(order_id, Line(line_id=0, product_id=product_id, open=units))

    # --- the steps of the real thing ------------------------------------------------------------------------------

    def serve_order(self, order_id: int) -> None:
        """What is reserved for one order on somebody's word, with what it takes back from lower ranks."""
        view = self._view(self._waited_for(order_id), self._held_against(order_id))
        if self._explode(view):
            view = self._view(self._waited_for(order_id), self._held_against(order_id))
        self._carry_out(decide(view), view)

    def settle(self) -> None:
        """What the end of a command does: serves who waits for the products that were noted."""
        for order_id, demand in self._demands.items():
            if demand.is_asked or demand.takes_back or demand.use_safety:
                self._demands[order_id] = replace(demand, is_asked=False, takes_back=False, use_safety=False)
        served = self._servable()
        if not served:
            return
        view = self._view(served)
        parts = self._explode(view)
        if parts:
            view = self._view(served | parts)
        self._carry_out(decide(view), view)

    def _servable(self) -> set[int]:
        """Noted products, and kits made of them, that somebody waits for and of which units stand in bins."""
        named = self._noted | {
            kit for kit, parts in self._kits.parts.items() if any(part.product_id in self._noted for part in parts)
        }
        waiting = {line.product_id for demand in self._demands.values() for line in demand.lines if line.open > 0}
        there = {supply.product_id for supply in self._supplies.values() if supply.free > 0}
        return {one for one in waiting & named if one in there or one in self._kits.parts}

    def _carry_out(self, decision: Allotment, view: Picture) -> None:
        held = {(one.supply.stock_id, one.line_id): one.supply for one in view.held}
        for taken in decision.taken:
            order_id, line = self._find(taken.line_id)
            self._put_line(order_id, replace(line, open=line.open + taken.qty, secured=line.secured - taken.qty))
            self.gained[taken.line_id] -= taken.qty
            self._free(held[taken.stock_id, taken.line_id], taken.qty)
        for share in decision.shares:
            order_id, line = self._find(share.line_id)
            self._put_line(order_id, replace(line, open=line.open - share.qty, secured=line.secured + share.qty))
            self.gained[share.line_id] += share.qty
            supply = self._supplies[share.stock_id]
            self._supplies[share.stock_id] = replace(supply, free=supply.free - share.qty)
            self.freed[supply.product_id] -= share.qty
        served = {share.line_id for share in decision.shares}
        for demand in view.demands:
            now = self._demands[demand.order_id]
            if demand.order_id in decision.passed_over:
                self._demands[demand.order_id] = replace(now, passed_over=demand.passed_over + 1)
            elif demand.passed_over and any(line.line_id in served for line in demand.lines):
                self._demands[demand.order_id] = replace(now, passed_over=0)

    def _free(self, supply: Supply, qty: int) -> None:
        """Adds units to a stock row; ``supply`` is how it stood before the change."""
        known = self._supplies.get(supply.stock_id)
        self._supplies[supply.stock_id] = replace(supply, free=(known.free if known else 0) + qty)
        self.freed[supply.product_id] += qty
        self._noted.add(supply.product_id)

    # --- kits ------------------------------------------------------------------------------------------------------

    def _explode(self, view: Picture) -> set[int]:
        """Makes kits of their parts as the real thing does; gives the products of the parts."""
        waiting = {
            line.product_id for demand in view.demands for line in demand.lines if line.open and not line.kit_qty
        }
        parts = {kit: self._kits.parts[kit] for kit in waiting if kit in self._kits.parts}
        if not parts:
            return set()
        builds = plan_builds(view, parts, self._kits.on_order, _free_in_bins(self._supplies.values(), view))
        for build in builds:
            self._build(build, parts[build.kit_id])
        products = {part.product_id for build in builds for part in parts[build.kit_id]}
        self._moved |= products
        return products

    def _build(self, build: Build, parts: Sequence[Part]) -> None:
        order_id, kit = self._find(build.line_id)
        self._put_line(order_id, replace(kit, open=kit.open - build.kits))
        self.cut[kit.line_id] += build.kits
        known = [line for line in self._demands[order_id].lines if line.kit_id == kit.line_id and line.kit_qty]
        for line in known:
            self._put_line(order_id, replace(line, open=line.open + build.kits * line.kit_qty))
        for part in parts if not known else ():
            fresh = Line(line_id=0, product_id=part.product_id, open=build.kits * part.qty, release_on=kit.release_on,
                         kit_id=kit.line_id, kit_qty=part.qty)  # fmt: skip
            self._add_line(order_id, fresh)

    # --- the part of the values that a step looks at -----------------------------------------------------------------

    def _view(self, products: Collection[int], held: Sequence[Held] = ()) -> Picture:
        """Every line that waits for these products, with all that is judged together with it, as it is read."""
        lines = self._judged_together(set(products))
        wanted = {line.product_id for line in lines.values()}
        losers = {one.order_id for one in held}
        demands = []
        for order_id, demand in self._demands.items():
            mine = sorted((one for one in demand.lines if one.line_id in lines), key=_place)
            if order_id in losers:
                mine += [one for one in demand.lines if one.line_id not in lines]
            if mine:
                demands.append(replace(demand, lines=tuple(mine)))
        supplies = tuple(one for one in self._supplies.values() if one.product_id in wanted and one.free > 0)
        return replace(self._picture, demands=tuple(demands), supplies=supplies, held=tuple(held))

    def _judged_together(self, products: set[int]) -> dict[int, Line]:
        open_lines = [(demand, line) for demand in self._demands.values() for line in demand.lines if line.open > 0]
        found = {line.line_id: line for _, line in open_lines if line.product_id in products}
        whole = {demand.order_id for demand, line in open_lines if line.line_id in found and demand.ship_complete}
        kits = {line.kit_id for line in found.values() if line.kit_qty}
        more = {
            line.line_id: line
            for demand, line in open_lines
            if demand.order_id in whole or (line.kit_qty and line.kit_id in kits)
        }
        beside = {line.product_id for line in more.values()} - products
        competing = {
            line.line_id: line for demand, line in open_lines if line.product_id in beside and not demand.ship_complete
        }
        return found | more | competing

    def _held_against(self, order_id: int) -> list[Held]:
        """What may be taken back for an order: of those who hold what it waits for, all that they hold."""
        wanted = self._waited_for(order_id)
        losers = {one.order_id for one in self._picture.held if one.supply.product_id in wanted}
        return [one for one in self._picture.held if one.order_id in losers]

    def _waited_for(self, order_id: int) -> set[int]:
        return {line.product_id for line in self._demands[order_id].lines if line.open > 0}

    # --- lines -----------------------------------------------------------------------------------------------------

    def _find(self, line_id: int) -> tuple[int, Line]:
        order_id = self._order_of[line_id]
        return order_id, next(line for line in self._demands[order_id].lines if line.line_id == line_id)

    def _put_line(self, order_id: int, line: Line) -> None:
        demand = self._demands[order_id]
        lines = tuple(line if one.line_id == line.line_id else one for one in demand.lines)
        self._demands[order_id] = replace(demand, lines=lines)

    def _add_line(self, order_id: int, line: Line) -> int:
        self._last_id += 1
        demand = self._demands[order_id]
        fresh = replace(line, line_id=self._last_id)
        self._demands[order_id] = replace(demand, lines=(*demand.lines, fresh))
        self._order_of[self._last_id] = order_id
        return self._last_id


def _free_in_bins(supplies: Iterable[Supply], picture: Picture) -> dict[int, int]:
    """Free units that may be sold, beyond the safety stock, by product."""
    free: dict[int, int] = defaultdict(int)
    for supply in supplies:
        if supply.expiry is None or supply.expiry >= picture.today:
            free[supply.product_id] += supply.free
    return {one: max(0, units - picture.safety.get(one, 0)) for one, units in free.items()}


def _open_units(demand: Demand) -> int:
    return sum(line.open for line in demand.lines)


def _place(line: Line) -> int:
    return line.line_id
