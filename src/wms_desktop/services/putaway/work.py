"""What somebody who puts away has in hand: where the units come from, where they go next, and how they move."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import CountTask, Dialogue, Location, Product, Station, Stock
from wms_desktop.errors import Bug, Refusal
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import bins, inventory, replenishing, walk_backs
from wms_desktop.services.bins import Planned, Proposal
from wms_desktop.services.dialogue import Context, load, save
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.putaway.standing import Waiting, list_free, list_kept, list_on_cart, list_waiting
from wms_desktop.views.refills import COUNTED, UNKNOWN, Look

NAME = "putaway"
HOME, PLACE, NO_BIN, OTHER = range(4)
STATES = {
    "dock": ("take", "place", "no_bin", "other"),
    "lane": ("lane", "back", "back_no_bin", "back_other"),
    "cart": ("load", "stop", "stop_no_bin", "stop_other"),
    "bin": ("refill", "refill", "refill", "refill"),
    "plate": ("apart", "apart_place", "apart_no_bin", "apart_other"),
}
"""The states by what the units are taken from: at rest, on the way to a bin, without one, and asked why another."""
SHOWN = 8
"""Rows of work that a screen lists."""
LOOKS_SHOWN = 2
"""Bins to look into among them."""
REASONS = {
    "dock": "putaway",
    "plate": "putaway",
    "lane": walk_backs.REASON,
    "cart": "putaway",
    "bin": replenishing.REASON,
}


@dataclass(frozen=True, slots=True)
class Told:
    """How an event went, in which words, and what it changed; the dialogue adds the prompt that follows."""

    outcome: Outcome
    message: Message
    changes: Changes = Changes.NONE


class Not(NamedTuple):
    """A better or nearer bin that was refused, why, and how many units would have fitted."""

    code: str
    why: str
    room: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """So many units of a stock row on their way to a bin (0: none has room), by which rule, and why not another."""

    stock_id: int
    qty: int
    bin_id: int = 0
    bin: str = ""
    rule: str = "none"
    refused: tuple[Not, ...] = ()

    def as_json(self) -> list[Any]:
        """The job as the dialogue keeps it."""
        return [self.stock_id, self.qty, self.bin_id, self.bin, self.rule, [list(one) for one in self.refused]]

    @classmethod
    def of_json(cls, kept: list[Any]) -> Job:
        """The job that was kept."""
        stock_id, qty, bin_id, code, rule, refused = kept
        return cls(stock_id=stock_id, qty=qty, bin_id=bin_id, bin=code, rule=rule,
                   refused=tuple(Not(*one) for one in refused))  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Work:
    """What this station does: the place the units come from, and the jobs in the order in which they are done.

    ``plate`` (its id and code) is put away: whole, where ``is_whole``, and then all jobs go to one bin; else apart.
    ``avoid`` are bins that were found full; ``other`` the bin that was scanned instead of the proposed one;
    ``metres``, ``total`` and ``done`` (bins in which it was) belong to a walk with a cart, ``last`` to what was put on
    it last; ``is_fetched``: the units of a refill are in hand, or the worker stands before the bin of the ``look`` (a
    count task's id). A look ``is_unknown`` where nobody said yet what lies there, and ``is_differing`` when a
    supervisor is to settle its count, of one ``lot`` where several lie there.
    """

    source: Location
    plate: tuple[int, str] | None = None
    is_whole: bool = False
    jobs: list[Job] = field(default_factory=list)
    avoid: list[int] = field(default_factory=list)
    other: tuple[int, str] | None = None
    metres: int = 0
    total: int = 0
    done: list[int] = field(default_factory=list)
    last: tuple[int, int, int] | None = None
    is_fetched: bool = False
    look: int = 0
    is_unknown: bool = False
    is_differing: bool = False
    lot: int = 0

    @property
    def kind(self) -> str:
        """dock, plate, lane, cart, or bin for a refill: what the units are taken from."""
        return "plate" if self.plate else self.source.kind

    @property
    def state(self) -> str:
        """The state of the dialogue, derived."""
        states = STATES[self.kind]
        if self.look:
            return self._state_of_look()
        if self.is_fetched:
            return "refill_put"
        if not self.jobs:
            return states[HOME]
        if self.is_whole:
            return "plate" if self.other is None else "plate_other"
        if self.other is not None:
            return states[OTHER]
        return states[PLACE if self.jobs[0].bin_id else NO_BIN]

    def _state_of_look(self) -> str:
        if self.is_differing:
            return "look_settle"
        if self.is_unknown:
            return "look_bin" if self.is_fetched else "look_into"
        return "look_count" if self.is_fetched else "look"

    def job(self) -> Job:
        """The job of the moment; there must be one."""
        if not self.jobs:
            raise Bug("nothing is on its way to a bin")
        return self.jobs[0]


def dock_of(session: Session, context: Context) -> Location:
    """The dock at which this station stands. Refuses `station_has_no_dock`."""
    station = session.get_one(Station, context.station_id)
    if station.location_id is None:
        raise Refusal("station_has_no_dock", station=station.code)
    return session.get_one(Location, station.location_id)


def list_at(session: Session, source: Location) -> Sequence[Waiting]:
    """What is to be put away from a place."""
    if source.kind == "lane":
        return [
            Waiting(row.stock_id, row.product_id, row.product, row.lot_id, row.lot, row.qty, 0)
            for row in walk_backs.list_walk_backs(session, source.id)
        ]
    if source.kind == "bin":
        return list_free(session, source.id)
    return list_on_cart(session, source.id) if source.kind == "cart" else list_waiting(session, source.id)


def list_here(session: Session, work: Work) -> Sequence[Waiting]:
    """What is to be put away from the place of a work, of its plate alone where it has one."""
    rows = list_at(session, work.source)
    return rows if work.plate is None else [row for row in rows if row.plate_id == work.plate[0]]


def read(session: Session, context: Context) -> Work:
    """What this station does now. What a colleague finished meanwhile is left out of it.

    A plate that changed meanwhile is no longer put away whole: it is scanned again.
    """
    state, facts = load(session, context, NAME, "take")
    source = session.get(Location, facts["source"]) if "source" in facts else None
    if source is None or state == "take":
        return Work(source=dock_of(session, context))
    if "look" in facts:
        return _read_look(session, context, facts)
    plate = facts.get("plate")
    there = list_here(session, Work(source=source, plate=(plate[0], plate[1]) if plate else None))
    if not there and source.kind != "cart":
        return Work(source=dock_of(session, context))
    other = facts.get("other")
    last = facts.get("last")
    work = Work(
        source=source,
        plate=(plate[0], plate[1]) if plate else None,
        is_whole=facts.get("whole", False),
        jobs=[Job.of_json(kept) for kept in facts["jobs"]],
        avoid=facts.get("avoid", []),
        other=(other[0], other[1]) if other else None,
        metres=facts.get("metres", 0),
        total=facts.get("total", 0),
        done=facts.get("done", []),
        last=(last[0], last[1], last[2]) if last else None,
        is_fetched=facts.get("fetched", False),
    )
    left = {row.stock_id: row.free for row in there}
    if work.is_whole and {job.stock_id: job.qty for job in work.jobs} != left:
        return Work(source=dock_of(session, context))
    if any(job.qty > left.get(job.stock_id, 0) for job in work.jobs) or _more_than(work, left):
        work.jobs, work.other = [], None
        if work.kind in ("dock", "bin"):
            return Work(source=dock_of(session, context))
    return work


def _read_look(session: Session, context: Context, facts: dict[str, Any]) -> Work:
    """The bin that is looked into, until it is counted and settled, here or by a colleague."""
    dock = dock_of(session, context)
    reason = session.scalar(
        select(CountTask.reason).where(CountTask.id == facts["look"], CountTask.state == "open")
    )  # fmt: skip
    is_differing = facts.get("differs", False)
    if reason is None or (is_differing and reason != COUNTED):
        return Work(source=dock)
    return Work(source=dock, look=facts["look"], avoid=facts.get("avoid", []), is_fetched=facts.get("fetched", False),
                is_unknown=reason == UNKNOWN, is_differing=is_differing, lot=facts.get("lot", 0))  # fmt: skip


def _more_than(work: Work, left: dict[int, int]) -> bool:
    for job in work.jobs:
        left[job.stock_id] = left.get(job.stock_id, 0) - job.qty
    return any(qty < 0 for qty in left.values())


def keep(session: Session, context: Context, work: Work) -> None:
    """Writes what this station does now."""
    facts: dict[str, Any] = {"source": work.source.id, "jobs": [job.as_json() for job in work.jobs]}
    if work.look:
        facts["look"] = work.look
    if work.is_differing:
        facts |= {"differs": True, "lot": work.lot}
    if work.plate:
        facts |= {"plate": list(work.plate), "whole": work.is_whole}
    if work.avoid:
        facts["avoid"] = work.avoid
    if work.other:
        facts["other"] = list(work.other)
    if work.is_fetched:
        facts["fetched"] = True
    if work.last:
        facts["last"] = list(work.last)
    if work.total:
        facts |= {"metres": work.metres, "total": work.total, "done": work.done}
    save(session, context, NAME, work.state, {} if work.state == "take" else facts)


def keep_at(session: Session, context: Context, work: Work) -> None:
    """Nothing is in hand, and the next item is taken from the place of this work, or from the plate that is apart."""
    plate = None if work.is_whole else work.plate
    keep(session, context, Work(source=work.source, plate=plate, avoid=work.avoid))


def find_changed_plate(session: Session, context: Context) -> str:
    """The code of the plate that was put away whole here and changed meanwhile; "" where none did."""
    _, facts = load(session, context, NAME, "take")
    return str(facts["plate"][1]) if facts.get("whole") else ""


def find_look(session: Session, context: Context) -> int:
    """The count task that this station looked into last, still open or not; 0 where it did something else."""
    _, facts = load(session, context, NAME, "take")
    return int(facts.get("look", 0))


def list_looked_into(session: Session, context: Context) -> dict[int, str]:
    """The count tasks that colleagues are at, with the codes of their stations."""
    rows = session.execute(
        select(Dialogue.facts, Station.code)
        .join(Station, Station.id == Dialogue.station_id)
        .where(Dialogue.workflow == NAME, Dialogue.station_id != context.station_id)
    )
    return {look: row.code for row in rows if (look := json.loads(row.facts).get("look"))}


def list_in_hand(session: Session, context: Context) -> Counter[int]:
    """Units that colleagues took out of a bin to refill a face and that are still booked there, by stock row."""
    rows = session.scalars(select(Dialogue).where(Dialogue.workflow == NAME, Dialogue.station_id != context.station_id))
    fetched = [facts for row in rows if (facts := json.loads(row.facts)).get("fetched")]
    units: Counter[int] = Counter()
    for job in [Job.of_json(kept) for facts in fetched for kept in facts["jobs"]]:
        units[job.stock_id] += job.qty
    return units


def is_plate_left(session: Session, context: Context) -> bool:
    """Whether anything of the plate that was put away whole here is still to be put away."""
    _, facts = load(session, context, NAME, "take")
    rows = list_at(session, session.get_one(Location, facts["source"]))
    return any(row.plate_id == facts["plate"][0] for row in rows)


def list_offered(session: Session, dock: Location, looks: Sequence[Look] = ()) -> list[Waiting | int | Look]:
    """What is offered to somebody with empty hands: bins in which a pick waits to be counted, what stands on the dock,
    the lanes to be walked back (ids), then other bins to look into."""
    lanes = list(dict.fromkeys(row.lane_id for row in walk_backs.list_walk_backs(session)))[: SHOWN // 2]
    urgent = [look for look in looks if look.is_urgent][:LOOKS_SHOWN]
    others = [look for look in looks if not look.is_urgent][: LOOKS_SHOWN - len(urgent)]
    room = SHOWN - len(lanes) - len(urgent) - len(others)
    return [*urgent, *list_at(session, dock)[:room], *lanes, *others]


def rest(session: Session, context: Context) -> None:
    """Nothing is in hand any more."""
    save(session, context, NAME, "take", {})


def list_planned(session: Session, context: Context, *mine: Job, but: Collection[int] = ()) -> list[Planned]:
    """What colleagues, and these jobs of one's own, are on the way to bins with, ``but`` the units of these rows."""
    rows = session.scalars(select(Dialogue).where(Dialogue.workflow == NAME, Dialogue.station_id != context.station_id))
    jobs = [Job.of_json(kept) for row in rows for kept in json.loads(row.facts).get("jobs", ())] + list(mine)
    stocks = {
        stock.id: stock for stock in session.scalars(select(Stock).where(Stock.id.in_({job.stock_id for job in jobs})))
    }
    return [
        Planned(location_id=job.bin_id, product_id=stocks[job.stock_id].product_id, lot_id=stocks[job.stock_id].lot_id,
                qty=min(job.qty, stocks[job.stock_id].on_hand))
        for job in jobs
        if job.bin_id and job.stock_id not in but and job.stock_id in stocks and stocks[job.stock_id].on_hand > 0
    ]  # fmt: skip


def propose(session: Session, context: Context, row: Waiting, qty: int, *others: Job,
            avoid: Sequence[int] = ()) -> list[Job]:  # fmt: skip
    """The bins for units of a stock row, one job for each; what no bin takes is a job without one."""
    goods = Goods(product_id=row.product_id, qty=qty, lot_id=row.lot_id)
    found = bins.propose(session, goods, planned=list_planned(session, context, *others), avoid=avoid)
    return jobs_of(found, row.stock_id, qty)


def jobs_of(found: Proposal | None, stock_id: int, qty: int) -> list[Job]:
    """A proposal as jobs."""
    if found is None:
        return [Job(stock_id=stock_id, qty=qty)]
    refused = tuple(Not(one.code, one.why, min(one.room, qty)) for one in found.refused)
    jobs = [
        Job(stock_id=stock_id, qty=part.qty, bin_id=part.slot_id, bin=part.code, rule=part.rule, refused=refused)
        for part in found.parts
    ]
    return [*jobs, *([Job(stock_id=stock_id, qty=found.left)] if found.left else [])]


def row_of(session: Session, work: Work, stock_id: int) -> Waiting:
    """What stands at the source of a stock row."""
    row = next((one for one in list_here(session, work) if one.stock_id == stock_id), None)
    if row is None:
        raise Bug(f"stock {stock_id} stands no more at {work.source.code}")
    return row


def stock_of(session: Session, stock_id: int) -> Stock:
    """A stock row."""
    return session.get_one(Stock, stock_id)


def product_of(session: Session, job: Job) -> Product:
    """The product of a job."""
    return session.get_one(Product, session.get_one(Stock, job.stock_id).product_id)


def move(session: Session, context: Context, stock_id: int, qty: int, target: Location, *, reason: str,
         free_first: bool = False) -> int:  # fmt: skip
    """Moves units to a place, loose; those kept for an order take their reservation along and go first.

    With ``free_first`` the free ones go first: to a lane, where nothing is kept.

    Gives the stock row they stand in then.
    """
    stock = inventory.get_stock(session, stock_id)
    spot = Spot(location_id=target.id)
    moved = 0
    free = min(qty, stock.on_hand - stock.reserved) if free_first else 0
    if free:
        goods = Goods(product_id=stock.product_id, qty=free, lot_id=stock.lot_id)
        moved = inventory.post(session, context, goods, inventory.spot_of(stock), spot, reason=reason)
    left = qty - free
    for line_id, kept in list_kept(session, stock):
        part = min(left, kept)
        if part:
            moved = inventory.carry(session, context, stock.id, line_id, part, spot, reason=reason)
            left -= part
    if left:
        goods = Goods(product_id=stock.product_id, qty=left, lot_id=stock.lot_id)
        moved = inventory.post(session, context, goods, inventory.spot_of(stock), spot, reason=reason)
    return moved


def adopt(session: Session, context: Context, state: str, facts: dict[str, Any]) -> None:
    """Goes on with what another station did."""
    save(session, context, NAME, state, facts)


def find_gone(session: Session, context: Context) -> tuple[str, str] | None:
    """The cart that was taken over from this station, and by whom, until something else is done here."""
    _, facts = load(session, context, NAME, "take")
    gone = facts.get("gone")
    return (gone[0], gone[1]) if gone else None


def without(job: Job, qty: int) -> Job:
    """The job with another quantity."""
    return replace(job, qty=qty)
