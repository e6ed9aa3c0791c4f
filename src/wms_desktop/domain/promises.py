"""When a waiting order line can leave: stock first, then what is on its way, in the stated order of demand."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

from wms_desktop.domain.demand import Urgency, full_key

GIVEN, STOCK, INBOUND, LEAD_TIME, MODE, PRE_ORDER, ACCEPTED, OVERDUE, NO_DATE = RULES = (
    "given", "stock", "inbound", "lead_time", "mode", "pre_order", "accepted", "overdue", "no_date",
)  # fmt: skip
"""What a promise can rest on. given: the order brought it; stock: it leaves by its own cut-off; inbound: a purchase
covers it; lead_time: nothing in sight, the usual time; mode: longer by a backorder mode; pre_order: its release day;
accepted: the customer agreed to it; overdue: the goods are here and should have left; no_date: its day was lost."""


SLIPPED, RESCUED = KINDS = ("slipped", "rescued")


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """An open order line: ``units`` of it have no reservation (0: it is wholly covered).

    ``leave_on`` is the site-local day of its cut-off. Before ``release_on`` it takes nothing. A line made to order
    takes from its own purchase line ``made_by_id`` alone. A held line keeps its place, as if it were let go.
    """

    line_id: int
    product_id: int
    units: int
    urgency: Urgency
    leave_on: date
    release_on: date | None = None
    is_held: bool = False
    is_made: bool = False
    made_by_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """Open units of a purchase line: half of such deliveries are here by ``likely``, nine in ten by ``late``.

    ``is_announced``: a notice or a booked truck says when; another day of the purchase order does not move them.
    """

    purchase_line_id: int
    purchase_id: int
    product_id: int
    units: int
    likely: date
    late: date
    is_announced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Everything that decides the days, as of an instant: lines that wait, free stock, what is on its way.

    ``free`` counts by product the good units in the house that nobody holds, beyond safety stock. ``handling_days``
    pass between the arrival of goods and their leaving. ``kits`` have (part, units in one kit): a kit of which none
    is in stock or on its way waits for its parts.
    """

    now: datetime
    today: date
    handling_days: int
    lines: tuple[WaitingLine, ...]
    free: Mapping[int, int]
    inbounds: tuple[Inbound, ...]
    kits: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Expected:
    """When a line can leave (None: nothing in sight): the likely day and the late one, the purchase line behind the
    likely one (None: stock), and the rule: stock, inbound, pre_order or no_date.
    """

    eta: date | None
    eta_late: date | None
    inbound_id: int | None
    rule: str


@dataclass(frozen=True, slots=True)
class Left:
    """What nobody waits for: units of a product that are free on a day; ``inbound_id`` None: they are in the house."""

    day: date
    units: int
    inbound_id: int | None


def plan(outlook: Outlook) -> dict[int, Expected]:
    """The days of every line, by its id.

    A line's day is that of the first inbound at which all its units are covered, demand being served in the stated
    order and each unit once, plus the handling days; never before its cut-off's day, its release day and today. A
    line covered by stock leaves on its cut-off's day. The late day is that of the same walk with every inbound at
    its late day. Takes some microseconds a line.
    """
    ranked, kits = _unpack_kits(outlook, _in_demand_order(outlook))
    likely, late = _walk(outlook, ranked, is_late=False), _walk(outlook, ranked, is_late=True)
    found = {}
    for line in outlook.lines:
        cover = likely.cover(line.line_id, kits)
        if cover is None:
            found[line.line_id] = Expected(None, None, None, NO_DATE)
            continue
        eta = _leaves(outlook, line, cover)
        last = late.cover(line.line_id, kits)
        eta_late = max(eta, _leaves(outlook, line, last)) if last else None
        rule = INBOUND if cover.inbound_id is not None else STOCK
        if line.release_on is not None and eta == line.release_on > outlook.today:
            rule = PRE_ORDER
        found[line.line_id] = Expected(eta, eta_late, cover.inbound_id, rule)
    return found


def leftovers(outlook: Outlook, *, is_late: bool = False) -> dict[int, list[Left]]:
    """What remains of each product when every line has what it waits for, the earliest first."""
    ranked, _ = _unpack_kits(outlook, _in_demand_order(outlook))
    return _walk(outlook, ranked, is_late=is_late).left


@dataclass(frozen=True, slots=True)
class Promised:
    """A line's first and current promise with the rule of the current one, and the ETA as it was computed last."""

    first: date
    current: date
    rule: str
    eta: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """A promise that moves: slipped or rescued, from which day to which (None: none in sight), and what it is now."""

    kind: str
    was: date | None
    became: date | None
    promise: date
    rule: str


def move(promised: Promised, expected: Expected) -> Move | None:
    """How a new ETA moves the promise; None: it stays.

    An ETA past the promise slips it; an earlier one brings a moved promise back, never before the first, but not from
    a day that the customer accepted: he may get his goods earlier than that. A day that is lost slips once and leaves
    the promise where it was, until there is a day again. Goods that are here and did not leave in time slip once, not
    again with every day that passes.
    """
    was = None if promised.rule == NO_DATE else promised.current
    eta = expected.eta
    if eta is None:
        return None if promised.eta is None else Move(SLIPPED, was, None, promised.current, NO_DATE)
    if eta > promised.current:
        if expected.rule == STOCK and promised.rule == OVERDUE:
            return None
        return Move(SLIPPED, was, eta, eta, OVERDUE if expected.rule == STOCK else expected.rule)
    back = promised.current if promised.rule == ACCEPTED else min(promised.current, max(promised.first, eta))
    if back < promised.current or was is None:
        return Move(RESCUED, was, back, back, expected.rule)
    return None


def count_slips(days: Sequence[date | None]) -> int:
    """How often a line slipped, from the days that its slips led to (None: a lost one), the oldest first.

    Only a day later than all before counts (coming back to one after a rescue does not), and a lost one until there
    is a day again.
    """
    count, last = 0, date.min
    for day in days:
        if day is not None and day > last:
            count, last = count + 1, day
    return count + (bool(days) and days[-1] is None)


@dataclass(frozen=True, slots=True)
class _Cover:
    """The day at which a line's last unit is there, and the inbound that brought it (None: stock)."""

    day: date
    inbound_id: int | None


@dataclass(slots=True)
class _Walked:
    days: dict[int, _Cover | None] = field(default_factory=dict)
    left: dict[int, list[Left]] = field(default_factory=dict)

    def cover(self, line_id: int, kits: Mapping[int, Sequence[int]]) -> _Cover | None:
        """When a line is covered; one that waits for parts, when the last of them is."""
        parts = kits.get(line_id)
        if parts is None:
            return self.days[line_id]
        found = [self.days[part] for part in parts]
        there = [one for one in found if one is not None]
        return max(there, key=lambda one: (one.day, one.inbound_id or 0)) if len(there) == len(found) else None


def _leaves(outlook: Outlook, line: WaitingLine, cover: _Cover) -> date:
    day = max(cover.day, line.leave_on)
    if cover.inbound_id is not None and outlook.handling_days:
        day = max(day, cover.day + timedelta(days=outlook.handling_days))
    return day if line.release_on is None else max(day, line.release_on)


def _walk(outlook: Outlook, ranked: Sequence[WaitingLine], *, is_late: bool) -> _Walked:
    walked = _Walked(days={line.line_id: None for line in ranked})
    made: dict[int, list[WaitingLine]] = defaultdict(list)
    wanted: dict[int, list[WaitingLine]] = defaultdict(list)
    for line in ranked:
        if not line.units:
            walked.days[line.line_id] = _Cover(outlook.today, None)
        elif not line.is_made:
            wanted[line.product_id].append(line)
        elif line.made_by_id is not None:
            made[line.made_by_id].append(line)
    coming: dict[int, list[_Parcel]] = defaultdict(list)
    owed = {line.line_id: line.units for lines in made.values() for line in lines}
    for inbound in sorted(outlook.inbounds, key=lambda one: (_day(one, is_late), one.purchase_line_id)):
        day = max(_day(inbound, is_late), outlook.today)
        parcel = _Parcel(day, inbound.purchase_line_id, inbound.units)
        parcel.units = _serve_made(walked, made.get(inbound.purchase_line_id, ()), parcel, owed)
        if parcel.units:
            coming[inbound.product_id].append(parcel)
    for product_id in {*wanted, *coming, *outlook.free}:
        free = outlook.free.get(product_id, 0)
        stock = [_Parcel(outlook.today, None, free)] if free > 0 else []
        shelf = _Shelf(stock + coming.get(product_id, []))
        walked.days.update(shelf.serve(wanted.get(product_id, ()), outlook.today))
        walked.left[product_id] = [Left(one.day, one.units, one.inbound_id) for one in shelf.parcels]
    return walked


def _serve_made(walked: _Walked, lines: Sequence[WaitingLine], parcel: _Parcel, owed: dict[int, int]) -> int:
    """Gives a purchase line's units to what it is made for, as far as it is still owed; the rest is everybody's."""
    units = parcel.units
    for line in lines:
        given = min(owed[line.line_id], units)
        units -= given
        owed[line.line_id] -= given
        if given and not owed[line.line_id]:
            walked.days[line.line_id] = _Cover(parcel.day, parcel.inbound_id)
    return units


def _day(inbound: Inbound, is_late: bool) -> date:
    return max(inbound.late, inbound.likely) if is_late else inbound.likely


def _in_demand_order(outlook: Outlook) -> list[WaitingLine]:
    keys = {
        line.urgency.order_id: full_key(line.urgency, outlook.now, outlook.today) for line in outlook.lines
    }  # fmt: skip
    return sorted(outlook.lines, key=lambda line: keys[line.urgency.order_id])


def _unpack_kits(outlook: Outlook, ranked: Sequence[WaitingLine]) -> tuple[Sequence[WaitingLine], dict[int, list[int]]]:
    """Lines of kits that are not assembled become, at their place, lines of their parts with ids below 0."""
    if not outlook.kits:
        return ranked, {}
    assembled = {*outlook.free, *(one.product_id for one in outlook.inbounds)}
    unpacked: list[WaitingLine] = []
    kits: dict[int, list[int]] = {}
    for line in ranked:
        needed = outlook.kits.get(line.product_id, ())
        if not line.units or line.is_made or line.product_id in assembled or not needed:
            unpacked.append(line)
            continue
        kits[line.line_id] = []
        for product_id, per_kit in needed:
            part = replace(line, line_id=-len(unpacked) - 1, product_id=product_id, units=line.units * per_kit)
            unpacked.append(part)
            kits[line.line_id].append(part.line_id)
    return unpacked, kits


@dataclass(slots=True)
class _Parcel:
    """Units of a product that are there from a day on."""

    day: date
    inbound_id: int | None
    units: int


class _Shelf:
    """The units of one product as they come, and who takes them."""

    def __init__(self, parcels: Iterable[_Parcel]) -> None:
        self.parcels = deque(parcels)

    def serve(self, lines: Sequence[WaitingLine], today: date) -> dict[int, _Cover]:
        """Gives each unit to the first line in the demand order that may take it on the day it comes."""
        releases = [(line.release_on or today, place) for place, line in enumerate(lines)]
        later = deque(sorted(one for one in releases if one[0] > today))
        waiting = [place for day, place in releases if day <= today]  # sorted, so a heap already
        missing = [line.units for line in lines]
        served: dict[int, _Cover] = {}
        days = sorted({today, *(one.day for one in self.parcels), *(day for day, _ in later)})
        for day in days:
            while later and later[0][0] <= day:
                heappush(waiting, later.popleft()[1])
            if not waiting and not later:
                break
            while waiting and self.parcels and self.parcels[0].day <= day:
                place = waiting[0]
                parcel = self.parcels[0]
                taken = min(missing[place], parcel.units)
                missing[place] -= taken
                parcel.units -= taken
                if not missing[place]:
                    heappop(waiting)
                    served[lines[place].line_id] = _Cover(parcel.day, parcel.inbound_id)
                if not parcel.units:
                    self.parcels.popleft()
        return served
