"""A whole pallet or tote is put away: one bin that takes all of it, one scan of that bin, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Location, NoticePackage, Plate, Stock
from wms_desktop.domain import barcodes, slotting
from wms_desktop.errors import Refusal, Value, WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import bins, inventory
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods
from wms_desktop.services.putaway import placing
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.standing import Waiting
from wms_desktop.services.putaway.work import Job, Told, Work

_CHANGED = Changes.STOCK


def find(session: Session, text: str) -> Resolved | None:
    """The pallet on which an announced carton came in: the carton's own code bears no plate."""
    parsed = barcodes.parse(text)
    outer = aliased(NoticePackage)
    row = session.execute(
        select(Plate.id, Plate.code, Plate.kind)
        .join(outer, outer.code == Plate.code)
        .join(NoticePackage, NoticePackage.parent_id == outer.id)
        .where(NoticePackage.code == (parsed.sscc or parsed.text), NoticePackage.state == "received")
        .order_by(NoticePackage.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Resolved(kind=row.kind, text=text, id=row.id, name=row.code)


def take(session: Session, context: Context, plate: Resolved) -> Told:
    """A pallet or tote on the dock: the one bin that takes all of it, or, where none does, its articles one by one.

    A single article whose pick face is empty while a pick waits goes there first, the rest of it after. Refuses
    `plate_not_here`.
    """
    dock = works.dock_of(session, context)
    work = Work(source=dock, plate=(plate.id, plate.name))
    rows = works.list_here(session, work)
    if not rows:
        raise WrongScan("plate_not_here", plate=plate.name, dock=dock.code)
    if len(rows) == 1 and bins.is_face_waited_for(session, rows[0].product_id):
        return placing.begin(session, context, replace(work, plate=None), rows[0])
    return _propose(session, context, work, rows)


def take_text(session: Session, context: Context, typed: Resolved) -> Told:
    """A code that no row bears: a carton that came in on a pallet, else a lot that was typed."""
    found = find(session, typed.text)
    return placing.take_lot(session, context, typed) if found is None else take(session, context, found)


def take_item(session: Session, context: Context, scan: Resolved) -> Told:
    """An item of a plate that has its bin: it is put away by itself, and the plate apart from now on."""
    work = works.read(session, context)
    rows = placing.of_product(works.list_here(session, work), scan)
    if not rows:
        raise placing.nothing_there(work, scan.name)
    return placing.begin(session, context, work, placing.one_of(rows, scan.name))


def choose(session: Session, context: Context, key: Resolved) -> Told:
    """An item of a plate that is put away apart, by the number of its row; the number of a lot is the lot."""
    work = works.read(session, context)
    rows = works.list_here(session, work)
    if any(row.lot == key.text for row in rows):
        return placing.take_lot(session, context, key)
    return placing.begin(session, context, work, rows[placing.number(key.text, len(rows)) - 1])


def place(session: Session, context: Context, scan: Resolved) -> Told:
    """A bin was scanned: all of the plate stands in the proposed one; another one is asked about."""
    work = works.read(session, context)
    _check(session, work, scan.id, scan.name)
    if work.job().bin_id == scan.id:
        return _put(session, context, work, (scan.id, scan.name), works.REASONS[work.kind])
    work.other = (scan.id, scan.name)
    works.keep(session, context, work)
    return Told(Outcome.LOOK_HERE, Message("other_bin", {"bin": scan.name, "wanted": work.job().bin}))


def place_other(session: Session, context: Context, scan: Resolved) -> Told:
    """The other bin once more: the plate stands there, without a better reason. A third one is asked about anew."""
    work = works.read(session, context)
    if work.other is None or scan.id != work.other[0]:
        work.other = None
        works.keep(session, context, work)
        return place(session, context, scan)
    return _put_other(session, context, work, placing.WHY_OTHER[-1])


def choose_why(session: Session, context: Context, key: Resolved) -> Told:
    """The reason for the other bin, by its number."""
    work = works.read(session, context)
    reason = placing.WHY_OTHER[placing.number(key.text, len(placing.WHY_OTHER)) - 1]
    return _put_other(session, context, work, reason)


def find_full(session: Session, context: Context, _key: Resolved) -> Told:
    """The proposed bin is full or blocked: it is to be counted, and the next one for the whole plate is proposed."""
    work = works.read(session, context)
    full = work.job()
    placing.request_count(session, context, work.jobs, "full")
    avoid = [*work.avoid, full.bin_id]
    rows = works.list_here(session, work)
    told = _propose(session, context, Work(source=work.source, plate=work.plate, avoid=avoid), rows)
    now = works.read(session, context)
    args: dict[str, Value] = dict(told.message.args) | {"full": full.bin, "plate": work.plate[1] if work.plate else ""}
    return Told(Outcome.LOOK_HERE, Message(_after_full(now), args | _shares(now)), _CHANGED)


def _after_full(now: Work) -> str:
    """What becomes of a plate whose bin is full: another for all of it, several for its one article, or apart."""
    if now.is_whole:
        return "plate_full_next"
    if not now.jobs:
        return "plate_full_apart"
    return "plate_full_split" if now.job().bin_id else "plate_full_no_bin"


def _shares(now: Work) -> dict[str, Value]:
    return {} if now.is_whole else {"bins": ", ".join(f"{job.bin or '?'} ({job.qty})" for job in now.jobs)}


def why(session: Session, context: Context, _key: Resolved) -> Told:
    """Why this bin for the whole plate, and why not the better or nearer ones."""
    work = works.read(session, context)
    return Told(Outcome.LOOK_HERE, placing.reason_of(work.job(), _units(work.jobs)))


def _propose(session: Session, context: Context, work: Work, rows: Sequence[Waiting]) -> Told:
    """One bin for all of the plate, kept with its reason; without one the plate is put away apart."""
    goods = [Goods(product_id=row.product_id, qty=row.free, lot_id=row.lot_id) for row in rows]
    # A colleague who scanned the same plate is on the way with the same units, not with more of them.
    planned = works.list_planned(session, context, but=[row.stock_id for row in rows])
    found = bins.propose_whole(session, goods, planned=planned, avoid=work.avoid)
    args: dict[str, Value] = {
        "plate": work.plate[1] if work.plate else "", "qty": sum(row.free for row in rows),
        "kinds": len({row.product_id for row in rows}), "stay": _count_staying(session, work, rows),
        "dock": work.source.code,
    }  # fmt: skip
    if found is None and len(rows) == 1:  # several bins, as for any item
        return placing.begin(session, context, replace(work, plate=None), rows[0], avoid=work.avoid)
    if found is None:
        works.keep(session, context, replace(work, jobs=[], is_whole=False, other=None))
        return Told(Outcome.LOOK_HERE, Message("plate_fits_nowhere", args))
    jobs = [works.jobs_of(found, row.stock_id, row.free)[0] for row in rows]
    work.jobs = [works.without(job, row.free) for job, row in zip(jobs, rows, strict=True)]
    work.is_whole, work.other = True, None
    works.keep(session, context, work)
    args |= {"bin": found.code}
    code = "plate_to_bin_rest_stays" if args["stay"] else "plate_to_bin"
    return Told(Outcome.LOOK_HERE if args["stay"] else Outcome.ACCEPTED, Message(code, args))


def _count_staying(session: Session, work: Work, rows: Sequence[Waiting]) -> int:
    """Units on the plate that are not put away: those for a lane, damaged ones, those to be inspected."""
    there = session.scalar(
        select(func.sum(Stock.on_hand)).where(
            Stock.plate_id == (work.plate[0] if work.plate else 0), inventory.ON_PLATE,
            Stock.location_id == work.source.id, Stock.on_hand > 0,
        )
    )  # fmt: skip
    return int(there or 0) - sum(row.free for row in rows)


def _check(session: Session, work: Work, bin_id: int, code: str) -> None:
    """Refuses a bin that is blocked, too small for all of the plate, or may not hold all of it."""
    goods = []
    for job in work.jobs:
        stock = works.stock_of(session, job.stock_id)
        goods.append(Goods(product_id=stock.product_id, qty=job.qty, lot_id=stock.lot_id))
    loads, slot = bins.look_whole(session, bin_id, goods)
    found = slotting.why_not_whole(loads, replace(slot, is_face_of_other=False))
    plate = work.plate[1] if work.plate else ""
    if found == "bin_full":
        raise Refusal("bin_too_small_for_plate", bin=code, plate=plate, qty=_units(work.jobs))
    if found == "bin_blocked":
        raise Refusal("bin_is_blocked", bin=code)
    if found:
        raise Refusal("bin_does_not_mix_plate", bin=code, plate=plate)


def _put_other(session: Session, context: Context, work: Work, reason: str) -> Told:
    if work.other is None:
        raise Refusal("number_wanted", text=reason, most=0)
    if reason in placing.LOOK_INTO:
        placing.request_count(session, context, work.jobs, reason)
    _check(session, work, *work.other)
    return _put(session, context, work, work.other, f"{works.REASONS[work.kind]}{placing.OTHER_BIN}{reason}")


def _put(session: Session, context: Context, work: Work, target: tuple[int, str], reason: str) -> Told:
    """All of the plate stands loose in the bin, and the plate may be used again."""
    bin_ = session.get_one(Location, target[0])
    for job in work.jobs:
        works.move(session, context, job.stock_id, job.qty, bin_, reason=reason)
    kinds = {works.stock_of(session, job.stock_id).product_id for job in work.jobs}
    works.rest(session, context)
    args: dict[str, Value] = {"plate": work.plate[1] if work.plate else "", "qty": _units(work.jobs),
                              "kinds": len(kinds), "bin": target[1]}  # fmt: skip
    if works.list_at(session, work.source):
        return Told(Outcome.STEP_DONE, Message("plate_put_away", args), _CHANGED)
    return Told(Outcome.JOB_COMPLETE, Message("plate_put_away_last", args), _CHANGED)


def _units(jobs: Sequence[Job]) -> int:
    return sum(job.qty for job in jobs)
