"""Who gets what arrives: the truck's firm plan first, what exceeds it as the stated order of demand says."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Product
from wms_desktop.domain.crossdock import Portion, Sharing, Waiting, share
from wms_desktop.domain.demand import full_key, rank, urgency_of
from wms_desktop.services import settings, site_time, waiting_orders
from wms_desktop.services.crossdocking.arrival import Arrival
from wms_desktop.services.crossdocking.bin_units import BinUnits, Claim
from wms_desktop.services.crossdocking.firm_plan import FirmPlan
from wms_desktop.services.crossdocking.fresh import Fresh
from wms_desktop.services.dialogue import Context
from wms_desktop.services.intake import in_pieces
from wms_desktop.services.lanes import Lanes
from wms_desktop.services.picturing import free_in_bins
from wms_desktop.services.planning.reading import MADE_FOR_IT, list_counted_on
from wms_desktop.services.waiting_orders import Line

_AT_ONCE = 4000


@dataclass(frozen=True, slots=True)
class Tie:
    """A portion of one arrival, and the lane it goes to (None: it is kept in a bin); whether it was planned."""

    arrival: Arrival
    portion: Portion
    lane_id: int | None
    is_planned: bool = False


def decide(session: Session, context: Context, product_id: int, qty: int, *, leave_out: Sequence[int] = ()) -> Sharing:
    """The sharing-out of ``qty`` arriving units of a product among the orders that wait for it now."""
    arrival = Arrival(receipt_line_id=0, stock_id=0, product_id=product_id, qty=qty)
    return Verdict(session, context, [arrival], leave_out).share(product_id, qty)


class Verdict:
    """Decides for what arrives, product by product, on one reading of who waits."""

    def __init__(self, session: Session, context: Context, arrivals: Sequence[Arrival],
                 leave_out: Sequence[int]) -> None:  # fmt: skip
        arriving: dict[int, int] = defaultdict(int)
        for arrival in arrivals:
            arriving[arrival.product_id] += arrival.qty
        rows = waiting_orders.list_waiting(session, arriving, leave_out)
        self.passed_over: set[int] = set()
        self.wanted_beside: set[int] = set()
        self.from_bins: set[int] = set()
        self._now, self._today = context.at, site_time.today(session, context.at)
        self._made: dict[int, list[Line]] = defaultdict(list)
        self._rows: dict[int, dict[int, list[Line]]] = defaultdict(lambda: defaultdict(list))
        self._line = {row.line_id: row for row in rows}
        self._service = {row.order_id: row.service_id for row in rows}
        self.starved = {row.order_id for row in rows if row.passed_over}
        for row in rows:
            if not row.made_to_order:
                self._rows[row.product_id][row.order_id].append(row)
            elif row.made_by_id is not None:
                self._made[row.made_by_id].append(row)
        for alike in self._made.values():
            alike.sort(key=self._turn)
        self._given: dict[int, int] = defaultdict(int)
        self._wholes = {row.order_id for row in rows if row.ship_complete}
        self._plan = FirmPlan(session, self._service, arrivals)
        self.bins = BinUnits({}, {}, ())
        if not rows:
            return
        self._lanes = Lanes(session, self._service)
        self._kits = waiting_orders.whole_kits(session, context, rows, arriving)
        self._rest, self._value = waiting_orders.rest_of(session, self._service)
        wanted = set().union(*self._rest.values())
        self._due = waiting_orders.due_soon(session, context, wanted.union(arriving))
        self.bins = self._read_bins(session, rows)
        self._fresh = Fresh(session, self._today, arrivals)
        self._closed = list_closed(session, arriving)
        self._minutes = settings.get_int(session, "crossdock_minutes")
        self._to_come = dict(arriving)

    def tie(self, product_id: int, arrivals: Sequence[Arrival]) -> list[Tie]:
        """Who gets the units of one product."""
        if not self._line:
            return []
        ties: list[Tie] = []
        left: list[int] = []
        may: list[Arrival] = []
        for arrival in arrivals:
            guard = self._fresh.guard(arrival)
            if guard == "lot_expired":
                continue
            made = self._made_for(arrival)
            planned_for = {peg.line_id for peg in self._plan.of(arrival)}
            ties += [
                Tie(arrival, portion, self._lane(portion), is_planned=portion.line_id in planned_for)
                for portion in made
            ]
            rest = arrival.qty - sum(portion.qty for portion in made)
            if guard:
                continue
            planned = self._planned_for(arrival, rest)
            ties += planned
            may.append(arrival)
            left.append(rest - sum(tie.portion.qty for tie in planned))
        for case, alike in _by_case(list(zip(may, left, strict=True)), is_closed=product_id in self._closed):
            sizes = [qty for _, qty in alike]
            sharing = self.share(product_id, sum(sizes), case=case)
            for (arrival, _), portions in zip(alike, _deal(sharing.portions, sizes), strict=True):
                ties += [Tie(arrival, portion, self._lane(portion)) for portion in portions]
        return ties

    def share(self, product_id: int, qty: int, *, case: int = 1) -> Sharing:
        """Shares units of a product out that no plan has a use for, and counts them as given."""
        orders = self._rows.get(product_id)
        if not orders or not qty:
            return Sharing((), (), (), qty)
        self._to_come.pop(product_id, None)
        case = case if product_id in self._closed else 1
        bins = self.bins.copy()
        in_turn = sorted(orders, key=lambda order_id: self._turn(orders[order_id][0]))
        waiting = [self._waiting(order_id, orders[order_id], (qty, case), bins) for order_id in in_turn]
        sharing = share(qty, waiting)
        for portion in sharing.portions:
            self._give(portion, product_id)
        self._count_on_bins(portion.order_id for portion in sharing.portions if portion.reason == "completes")
        self.passed_over.update(sharing.passed_over)
        return sharing

    def completed(self, ties: Sequence[Tie]) -> list[Tie]:
        """The ties, with what was kept for a rest that has come with the same arrival sent to the lane after all."""
        made = []
        for tie in ties:
            portion = tie.portion
            if portion.reason == "kept_for_rest" and not self._missing(portion.order_id, self.bins):
                lane_id = self._lanes.take(portion.order_id, self._service[portion.order_id])
                if lane_id is not None:
                    tie = Tie(tie.arrival, replace(portion, to="lane", reason="completes"), lane_id)
                    self._count_on_bins([portion.order_id])
            made.append(tie)
        return made

    def has_all(self, order_id: int) -> bool:
        """Whether nothing of an order is missing any more, beside what it is to have from bins."""
        return all(units <= self.bins.spoken(order_id, product) for product, units in self._rest[order_id].items())

    @property
    def served(self) -> Mapping[int, int]:
        """Units that came, by the plan's peg."""
        return self._plan.served

    def _planned_for(self, arrival: Arrival, qty: int) -> list[Tie]:
        """What of an arrival the plan of its truck gives to whom, in the demand order."""
        pegs = [peg for peg in self._plan.of(arrival) if peg.qty and peg.line_id in self._line]
        ties: list[Tie] = []
        case = arrival.case if arrival.product_id in self._closed else 1
        for peg in sorted(pegs, key=lambda peg: self._turn(self._line[peg.line_id])):
            row = self._line[peg.line_id]
            if row.made_to_order or self._guard(row):
                continue
            given = min(qty, peg.qty, row.open - self._given[row.line_id]) // case * case
            if given <= 0 or (row.ship_complete and self._missing(row.order_id, self.bins)):
                continue
            lane_id = self._lanes.take(row.order_id, row.service_id)
            reason = peg.reason if lane_id is not None else "kept_lane_full"
            portion = Portion(row.order_id, row.line_id, given, "bin" if lane_id is None else "lane", reason)
            self._plan.take(peg, given)
            self._give(portion, row.product_id)
            if row.ship_complete:
                self._count_on_bins([row.order_id])
            ties.append(Tie(arrival, portion, lane_id, is_planned=True))
            qty -= given
        return ties

    def _waiting(self, order_id: int, rows: Sequence[Line], scan: tuple[int, int], bins: BinUnits) -> Waiting:
        """The order as the rules see it; what it could be completed with from bins is taken off ``bins``."""
        first = rows[0]
        qty, case = scan
        product_id = first.product_id
        own = sum(self._able(row) for row in rows)
        missing = self._missing(order_id, bins)
        missing.pop(product_id, None)
        rest_missing = sum(missing.values())
        least = own
        if first.ship_complete and not rest_missing and own > qty:
            # The rest of it stands in a bin, or is still to come.
            least = max(0, own - bins.there(order_id, product_id) - self._plan.coming(order_id).get(product_id, 0))
        lines = trim([(row.line_id, self._able(row)) for row in rows], least if least <= qty else own, case)
        able = sum(units for _, units in lines)
        if least <= qty:
            rest_missing += least - able
        if first.ship_complete and not rest_missing and able <= qty:
            bins.speak(order_id, self._lacks(order_id))
        if able > qty:
            missing[product_id] = own - qty
        urgency = urgency_of(first, order_id, self._value[order_id])
        return Waiting(
            urgency=urgency,
            rank=rank(urgency, self._now, self._today),
            lines=lines,
            ship_complete=first.ship_complete,
            rest_missing=rest_missing,
            rest_due=all(self._in_sight(product) >= units for product, units in missing.items()),
            guard=self._guard(first) or ("" if lines else self._why_nothing(rows, own)),
            lane_free=self._lanes.find(order_id, first.service_id) is not None,
        )

    def _guard(self, row: Line) -> str:
        guard = waiting_orders.guard_of(row, self._today)
        if not guard and waiting_orders.misses_cutoff(row, self._now, self._now, self._minutes):
            return "cutoff_missed"
        return guard

    def _why_nothing(self, rows: Sequence[Line], own: int) -> str:
        if not own:
            return "kit_part"
        return "planned" if any(self._plan.cover[row.line_id] for row in rows) else "case_closed"

    def _missing(self, order_id: int, bins: BinUnits) -> dict[int, int]:
        """What an order lacks and neither a truck that is here brings it nor, if it ships complete, a bin holds."""
        found = self._lacks(order_id)
        if order_id in self._wholes:
            found = {product: units - bins.there(order_id, product) for product, units in found.items()}
        return {product: units for product, units in found.items() if units > 0}

    def _lacks(self, order_id: int) -> dict[int, int]:
        coming = self._plan.coming(order_id)
        return {product: units - coming.get(product, 0) for product, units in self._rest[order_id].items()}

    def _count_on_bins(self, order_ids: Any) -> None:
        """Ship-complete orders that are completed with units of bins: these are spoken for, and reserved at the end."""
        for order_id in set(order_ids) & self._wholes:
            if self.bins.speak(order_id, self._lacks(order_id)):
                self.from_bins.add(order_id)

    def _read_bins(self, session: Session, rows: Sequence[Line]) -> BinUnits:
        """Free units in bins of what ship-complete orders lack, and what of them plans complete orders with.

        An order leaves that to those of its own rank and of one before it, and in its rank to those passed over.
        """
        lacked = {product for order_id in self._wholes for product in self._rest[order_id]}
        free = {product: units for product, units in free_in_bins(session, self._now, lacked).items() if units > 0}
        claims = [
            Claim(row.product_id, row.order_id, self._turn(row)[:2], int(row.units))
            for row in (list_counted_on(session, free) if free else ())
            if row.units > 0
        ]
        return BinUnits(free, {row.order_id: self._turn(row)[:2] for row in rows if row.ship_complete}, claims)

    def _turn(self, row: Line) -> Any:
        return full_key(urgency_of(row, row.order_id), self._now, self._today)

    def _in_sight(self, product_id: int) -> int:
        """Units that are due soon, or stand on the dock already and are shared out in a moment."""
        return self._due.get(product_id, 0) + self._to_come.get(product_id, 0)

    def _able(self, row: Line) -> int:
        """Units the line may take: of a part, as many as whole kits need.

        Units in hand go to whoever comes first, even where a truck is to bring him others: those are then freed.
        """
        whole = row.ship_complete or not row.kit_qty
        most = int(row.open) if whole else self._kits.get(row.line_id, 0)
        return max(0, min(most, int(row.open) - self._given[row.line_id]))

    def _made_for(self, arrival: Arrival) -> list[Portion]:
        """What of an arrival was bought for certain lines: theirs before anybody else's, and kept where it must."""
        portions = []
        left = arrival.qty
        for row in self._made.get(arrival.purchase_line_id or 0, ()):
            given = min(left, self._rest[row.order_id].get(row.product_id, 0), row.open - self._given[row.line_id])
            if given <= 0:
                continue
            left -= given
            for peg in self._plan.of(arrival):
                if peg.line_id == row.line_id:
                    self._plan.take(peg, min(peg.qty, given))
            others = sum(self._rest[row.order_id].values()) - given
            blocked = waiting_orders.guard_of(row, self._today) or (row.ship_complete and others)
            free = self._lanes.find(row.order_id, row.service_id) is not None
            portion = Portion(row.order_id, row.line_id, given, "lane" if free and not blocked else "bin", MADE_FOR_IT)
            self._give(portion, row.product_id)
            portions.append(portion)
        return portions

    def _lane(self, portion: Portion) -> int | None:
        return self._lanes.take(portion.order_id, self._service[portion.order_id]) if portion.to == "lane" else None

    def _give(self, portion: Portion, product_id: int) -> None:
        self._given[portion.line_id] += portion.qty
        rest = self._rest[portion.order_id]
        rest[product_id] = rest.get(product_id, 0) - portion.qty
        if rest[product_id] <= 0:
            del rest[product_id]
        self.wanted_beside.update(rest.keys() - {product_id})


def trim(lines: Sequence[tuple[int, int]], most: int, case: int) -> tuple[tuple[int, int], ...]:
    """At most so many units of the lines, (line, units), in whole cases of ``case`` units."""
    left = most // case * case
    made = []
    for line_id, units in lines:
        taken = min(units, left)
        left -= taken
        made += [(line_id, taken)] if taken else []
    return tuple(made)


def list_closed(session: Session, product_ids: Collection[int]) -> set[int]:
    """Those of the products whose closed cases are not to be opened."""
    found: set[int] = set()
    for part in in_pieces(product_ids, at_once=_AT_ONCE):
        found.update(session.scalars(select(Product.id).where(Product.id.in_(part), Product.opens_cases == False)))
    return found


def _by_case(beyond: Sequence[tuple[Arrival, int]], *,
             is_closed: bool) -> Iterator[tuple[int, list[tuple[Arrival, int]]]]:  # fmt: skip
    """Arrivals with the units that exceed the plan: those of closed cases of one size together, the largest first."""
    if not any(qty for _, qty in beyond):
        return
    if not is_closed:
        yield 1, list(beyond)
        return
    for case in sorted({arrival.case for arrival, _ in beyond}, reverse=True):
        yield case, [(arrival, qty) for arrival, qty in beyond if arrival.case == case]


def _deal(portions: Sequence[Portion], sizes: Sequence[int]) -> list[tuple[Portion, ...]]:
    """The portions of one decision dealt out over receipt lines of these sizes, split where a line ends."""
    left = deque(portions)
    dealt = []
    for size in sizes:
        mine: list[Portion] = []
        while size and left:
            part = min(size, left[0].qty)
            mine.append(replace(left[0], qty=part))
            if part < left[0].qty:
                left[0] = replace(left[0], qty=left[0].qty - part)
            else:
                left.popleft()
            size -= part
        dealt.append(tuple(mine))
    return dealt
