"""Units in hand: the item is scanned, the house names the bin, the bin is scanned, or another one with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Location, Movement, Stock
from wms_desktop.domain import slotting
from wms_desktop.errors import Moved, NotUnderstood, Refusal, Value, WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import batches, bins, walk_backs
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.standing import Waiting
from wms_desktop.services.putaway.work import Job, Told, Work
from wms_desktop.views.refills import UNKNOWN

WHY_OTHER = ("full", "blocked", "better_place", "other")
"""The reasons for another bin, in the order of their numbers; scanning the bin once more means the last one."""
LOOK_INTO = ("full", "blocked")
"""The reasons after which the proposed bin is counted."""
OTHER_BIN = ", other bin: "
"""Stands between what a movement was for and the reason for the other bin."""


def take_product(session: Session, context: Context, scan: Resolved) -> Told:
    """An item in hand: its bin is shown. What does not stand on the dock may have to be walked back from a lane."""
    origin = works.read(session, context)
    rows = of_product(works.list_here(session, origin), scan)
    if not rows and origin.kind == "dock":
        lane = lane_of(session, scan)
        if lane is not None:
            origin = Work(source=lane)
            rows = of_product(works.list_at(session, lane), scan)
    if not rows:
        raise nothing_there(origin, scan.name)
    return begin(session, context, origin, one_of(rows, scan.name))


def take_lot(session: Session, context: Context, typed: Resolved) -> Told:
    """A lot was typed: the one article of it that stands here."""
    origin = works.read(session, context)
    rows = [row for row in works.list_here(session, origin) if row.lot == typed.text]
    if not rows:
        raise NotUnderstood("unknown_code", text=typed.text)
    if len(rows) > 1:
        raise Refusal("several_articles", lot=typed.text, count=len(rows))
    return begin(session, context, origin, rows[0])


def take_lane(session: Session, context: Context, scan: Resolved) -> Told:
    """A lane: what stands in it for nobody is walked back."""
    rows = walk_backs.list_walk_backs(session, scan.id)
    if not rows:
        raise Refusal("nothing_to_walk_back", lane=scan.name)
    works.keep_at(session, context, Work(source=session.get_one(Location, scan.id)))
    args: dict[str, Value] = {"lane": scan.name, "units": sum(row.qty for row in rows)}
    return Told(Outcome.ACCEPTED, Message("walk_back_begun", args))


def refuse_bin(session: Session, context: Context, scan: Resolved) -> Told:
    """A bin before any item: what was in hand is gone, or never was."""
    gone = works.find_gone(session, context)
    if gone is not None:
        raise Moved("cart_gone", cart=gone[0], who=gone[1])
    changed = works.find_changed_plate(session, context)
    if changed:
        code = "plate_changed" if works.is_plate_left(session, context) else "plate_is_put_away"
        raise Moved(code, plate=changed)
    raise WrongScan("bin_without_item", bin=scan.name)


def set_quantity(session: Session, context: Context, key: Resolved) -> Told:
    """Only so many of the item in hand; they may fit elsewhere."""
    work = works.read(session, context)
    row = works.row_of(session, work, work.job().stock_id)
    asked = int(key.text) if key.text.isascii() and key.text.isdigit() else 0
    if not 1 <= asked <= row.free:
        raise Refusal("too_many_to_put", product=row.name, qty=row.free, asked=key.text)
    return begin(session, context, work, row, asked, work.avoid)


def place(session: Session, context: Context, scan: Resolved) -> Told:
    """A bin was scanned: the units stand in the proposed one; another one is asked about."""
    work = works.read(session, context)
    job = work.job()
    _check(session, job, scan)
    if job.bin_id in (scan.id, 0):
        return put(session, context, work, (scan.id, scan.name), works.REASONS[work.kind])
    work.other = (scan.id, scan.name)
    works.keep(session, context, work)
    return Told(Outcome.LOOK_HERE, Message("other_bin", {"bin": scan.name, "wanted": job.bin}))


def place_other(session: Session, context: Context, scan: Resolved) -> Told:
    """The other bin once more: the units stand there, without a better reason. A third one is asked about anew."""
    work = works.read(session, context)
    if work.other is None or scan.id != work.other[0]:
        work.other = None
        works.keep(session, context, work)
        return place(session, context, scan)
    return _put_other(session, context, work, WHY_OTHER[-1])


def choose_why(session: Session, context: Context, key: Resolved) -> Told:
    """The reason for the other bin, by its number."""
    work = works.read(session, context)
    return _put_other(session, context, work, WHY_OTHER[number(key.text, len(WHY_OTHER)) - 1])


def find_full(session: Session, context: Context, _key: Resolved) -> Told:
    """The proposed bin is full or blocked: it is to be counted, and the next one is proposed."""
    work = works.read(session, context)
    job = work.job()
    request_count(session, context, [job], "full")
    work.avoid = [*work.avoid, job.bin_id]
    rest = work.jobs[1:]
    row = works.row_of(session, work, job.stock_id)
    work.jobs = [*works.propose(session, context, row, job.qty, *rest, avoid=work.avoid), *rest]
    work.other = None
    works.keep(session, context, work)
    args: dict[str, Value] = {"bin": job.bin, "product": row.name, "qty": job.qty}
    following = work.job()
    if not following.bin_id:
        return Told(Outcome.LOOK_HERE, Message("bin_full_no_other", args), Changes.STOCK)
    return Told(Outcome.LOOK_HERE, Message("bin_full_next", args | {"next": following.bin}), Changes.STOCK)


def why(session: Session, context: Context, _key: Resolved) -> Told:
    """Why this bin, and why not the better or nearer ones."""
    job = works.read(session, context).job()
    return Told(Outcome.LOOK_HERE, reason_of(job, job.qty))


def reason_of(job: Job, qty: int) -> Message:
    """The reason for the bin of so many units, and why not the better or nearer ones."""
    args: dict[str, Value] = {"qty": qty, "bin": job.bin, "why": f"why.{job.rule}"}
    for at, one in enumerate(job.refused[:2], 1):
        args |= {f"not{at}": one.code, f"because{at}": f"why.{one.why}", f"room{at}": one.room}
    code = ("why_putaway", "why_putaway_not_one", "why_putaway_not_two")[min(len(job.refused), 2)]
    return Message("why_putaway_none" if not job.bin_id else code, args)


def go_back(session: Session, context: Context, _key: Resolved) -> Told:
    """What is in hand stays where it stood; the question about another bin is taken back."""
    work = works.read(session, context)
    if work.other is not None:
        work.other = None
        works.keep(session, context, work)
    elif work.jobs:
        works.keep_at(session, context, work)
    else:
        works.rest(session, context)
    return Told(Outcome.LOOK_HERE, Message("left_as_it_is"))


def put(session: Session, context: Context, work: Work, target: tuple[int, str], reason: str) -> Told:
    """The units of the job stand in a bin now; says what comes next."""
    job, (bin_id, code) = work.job(), target
    product = works.product_of(session, job)
    works.move(session, context, job.stock_id, job.qty, session.get_one(Location, bin_id), reason=reason)
    work.jobs, work.other, work.done = work.jobs[1:], None, [*work.done, bin_id]
    args: dict[str, Value] = {"qty": job.qty, "product": product.name, "bin": code}
    if work.jobs:
        works.keep(session, context, work)
        following = work.job()
        more: dict[str, Value] = {"next": following.bin or "-", "left": sum(one.qty for one in work.jobs)}
        return Told(Outcome.STEP_DONE, Message("put_away_next", args | more), Changes.STOCK)
    left = works.list_here(session, work)
    if left and work.kind != "dock":
        works.keep_at(session, context, work)
    else:
        works.rest(session, context)
    if left or (work.plate and works.list_at(session, work.source)):
        return Told(Outcome.STEP_DONE, Message("put_away", args), Changes.STOCK)
    done = {"lane": "lane_walked_back", "cart": "cart_put_away"}.get(work.kind, "all_put_away")
    return Told(Outcome.JOB_COMPLETE, Message(done, args | {"place": work.source.code}), Changes.STOCK)


def request_count(session: Session, context: Context, jobs: Sequence[Job], reason: str) -> None:
    """The proposed bin is not as the book says: somebody is to count what lies there of these goods.

    Where none of them does, something lies there that the book does not know: somebody is to look what.
    """
    bin_id = jobs[0].bin_id
    product_ids = [works.product_of(session, job).id for job in jobs]
    booked = session.execute(
        select(Stock.product_id, func.sum(Stock.on_hand))
        .where(Stock.location_id == bin_id, Stock.product_id.in_(product_ids), Stock.on_hand > 0)
        .group_by(Stock.product_id)
        .order_by(Stock.product_id)
    ).first()
    product_id, units = booked or (product_ids[0], 0)
    why = reason if units else UNKNOWN
    batches.request_count(session, context, (bin_id, product_id), reason=why, found=int(units), expected=int(units))


def number(text: str, most: int) -> int:
    """A row's number. Refuses `number_wanted` for anything else."""
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        raise Refusal("number_wanted", text=text, most=most)
    return int(text)


def one_of(rows: Sequence[Waiting], name: str) -> Waiting:
    """The one row of a product. Refuses `several_lots`; of several plates the first is taken."""
    if len({row.lot_id for row in rows}) > 1:
        raise Refusal("several_lots", product=name, count=len({row.lot_id for row in rows}))
    return rows[0]


def nothing_there(origin: Work, name: str) -> Refusal:
    """The refusal of an item that does not stand at the place, or on the plate."""
    if origin.plate:
        return Refusal("nothing_on_plate", product=name, plate=origin.plate[1])
    if origin.kind == "lane":
        return Refusal("nothing_in_lane", product=name, lane=origin.source.code)
    return Refusal("nothing_on_dock", product=name)


def begin(session: Session, context: Context, origin: Work, row: Waiting, qty: int = 0,
          avoid: Sequence[int] = ()) -> Told:  # fmt: skip
    """The bins for an item of the origin's place, or of its plate, are proposed and kept: none that was found full."""
    qty = qty or row.free
    avoid = list(dict.fromkeys([*origin.avoid, *avoid]))
    jobs = works.propose(session, context, row, qty, avoid=avoid)
    works.keep(session, context, Work(source=origin.source, plate=origin.plate, jobs=jobs, avoid=avoid))
    args: dict[str, Value] = {"qty": qty, "product": row.name}
    if not jobs[0].bin_id:
        return Told(Outcome.LOOK_HERE, Message("take_no_bin", args))
    said = "walk_back" if origin.kind == "lane" else "take"
    if len(jobs) == 1:
        return Told(Outcome.ACCEPTED, Message(f"{said}_to_bin", args | {"bin": jobs[0].bin}))
    shares = ", ".join(f"{job.bin or '?'} ({job.qty})" for job in jobs)
    return Told(Outcome.ACCEPTED, Message(f"{said}_to_bins", args | {"bins": shares}))


def of_product(rows: Sequence[Waiting], scan: Resolved) -> list[Waiting]:
    """The rows of a scanned product, and of its lot where the code says one."""
    return [row for row in rows if row.product_id == scan.id and scan.lot in ("", row.lot)]


def lane_of(session: Session, scan: Resolved) -> Location | None:
    """The one lane from which a product is to be walked back. Refuses `several_lanes`."""
    lanes = {row.lane_id: row.lane for row in walk_backs.list_walk_backs(session) if row.product_id == scan.id}
    if len(lanes) > 1:
        raise Refusal("several_lanes", product=scan.name, lanes=", ".join(sorted(lanes.values())))
    return session.get_one(Location, next(iter(lanes))) if lanes else None


def _check(session: Session, job: Job, scan: Resolved) -> None:
    """Refuses a bin that is blocked, too small, or may not hold these units beside what lies there."""
    stock = session.get_one(Stock, job.stock_id)
    goods = Goods(product_id=stock.product_id, lot_id=stock.lot_id, qty=job.qty)
    load, slot = bins.look_at(session, scan.id, goods)
    free_of_faces = replace(slot, is_face_of_other=False)  # a person may put goods into another's face, with a reason
    found = slotting.why_not(load, free_of_faces, job.qty)
    name = works.product_of(session, job).name
    if found == "bin_full":
        room = slotting.room_for(load, free_of_faces)
        raise Refusal("bin_too_small", bin=scan.name, room=room, product=name, qty=job.qty)
    if found == "bin_blocked":
        raise Refusal("bin_is_blocked", bin=scan.name)
    if found:
        raise Refusal("bin_does_not_mix", bin=scan.name, product=name)


def _put_other(session: Session, context: Context, work: Work, reason: str) -> Told:
    job = work.job()
    if work.other is None:
        raise Refusal("number_wanted", text=reason, most=0)
    if reason in LOOK_INTO:
        request_count(session, context, [job], reason)
    _check(session, job, Resolved(kind="bin", text=work.other[1], id=work.other[0], name=work.other[1]))
    return put(session, context, work, work.other, f"{works.REASONS[work.kind]}{OTHER_BIN}{reason}")


def count_other_bins(session: Session, since: datetime) -> dict[str, int]:
    """How often another bin was taken since then, by the reason that was given."""
    rows = session.execute(
        select(Movement.reason, func.count())
        .where(Movement.at >= since, Movement.reason.contains(OTHER_BIN, autoescape=True))
        .group_by(Movement.reason)
    )
    counts = dict.fromkeys(WHY_OTHER, 0)
    for reason, count in rows:
        counts[reason.rpartition(OTHER_BIN)[2]] += int(count)
    return counts
