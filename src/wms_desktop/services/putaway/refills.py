"""Pick faces are refilled from reserve between two trucks: the units are fetched, then put in the face."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Location
from wms_desktop.errors import Refusal, Value, WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import bins, replenishing
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods
from wms_desktop.services.putaway import placing
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.work import Job, Told, Work
from wms_desktop.views.refills import Refill


def find(session: Session, context: Context, _key: Resolved) -> Told:
    """The most urgent pick face that runs low, and where its reserve lies. Refuses `nothing_to_refill`."""
    found = find_next(session, context, [])
    if found is None:
        raise Refusal("nothing_to_refill")
    return _offer(session, context, found, [])


def skip(session: Session, context: Context, _key: Resolved) -> Told:
    """Another face first. Refuses `nothing_else_to_refill`."""
    work = works.read(session, context)
    avoid = [*work.avoid, work.job().bin_id]
    found = find_next(session, context, avoid)
    if found is None:
        raise Refusal("nothing_else_to_refill", bin=work.job().bin)
    return _offer(session, context, found, avoid)


def fetch_at_bin(session: Session, context: Context, scan: Resolved) -> Told:
    """The bin of the reserve: the units are taken there."""
    work = works.read(session, context)
    if scan.id != work.source.id:
        raise WrongScan("refill_wrong_bin", bin=scan.name, wanted=work.source.code)
    return _fetched(session, context, work)


def fetch_item(session: Session, context: Context, scan: Resolved) -> Told:
    """The item itself, taken at the reserve; a wrong one is refused."""
    work = works.read(session, context)
    product = works.product_of(session, work.job())
    if scan.id != product.id:
        raise WrongScan("refill_wrong_item", scanned=scan.name, product=product.name, bin=work.source.code)
    return _fetched(session, context, work)


def fetch_some(session: Session, context: Context, key: Resolved) -> Told:
    """Only so many are taken along."""
    work = works.read(session, context)
    job = work.job()
    work.jobs = [works.without(job, placing.number(key.text, job.qty))]
    return _fetched(session, context, work)


def put_in_face(session: Session, context: Context, scan: Resolved) -> Told:
    """The face: the units stand in it, and the next face that runs low is offered."""
    work = works.read(session, context)
    job = work.job()
    if scan.id != job.bin_id:
        raise WrongScan("refill_wrong_face", bin=scan.name, wanted=job.bin, source=work.source.code)
    product = works.product_of(session, job)
    row = works.row_of(session, work, job.stock_id)
    room = bins.room_in(session, scan.id, product, row.lot_id)
    if room < job.qty:
        raise Refusal("bin_too_small", bin=scan.name, room=room, product=product.name, qty=job.qty)
    face = session.get_one(Location, scan.id)
    works.move(session, context, job.stock_id, job.qty, face, reason=replenishing.REASON)
    args: dict[str, Value] = {"qty": job.qty, "product": product.name, "bin": scan.name}
    found = find_next(session, context, work.avoid)
    if found is None:
        works.rest(session, context)
        return Told(Outcome.JOB_COMPLETE, Message("refilled_last", args), Changes.STOCK)
    _offer(session, context, found, work.avoid)
    more: dict[str, Value] = {"next": found.face, "source": found.source}
    return Told(Outcome.STEP_DONE, Message("refilled", args | more), Changes.STOCK)


def put_some(session: Session, context: Context, key: Resolved) -> Told:
    """Only so many fit in the face; the others go back to where they were taken."""
    work = works.read(session, context)
    job = work.job()
    asked = placing.number(key.text, job.qty)
    work.jobs = [works.without(job, asked)]
    works.keep(session, context, work)
    args: dict[str, Value] = {"qty": asked, "bin": job.bin, "left": job.qty - asked, "source": work.source.code}
    return Told(Outcome.ACCEPTED, Message("refill_only", args))


def why(session: Session, context: Context, _key: Resolved) -> Told:
    """Why this face, with its figures."""
    work = works.read(session, context)
    job = work.job()
    one = next((found for found in replenishing.list_refills(session) if found.face_id == job.bin_id), None)
    if one is None:
        return Told(Outcome.LOOK_HERE, Message("why_refill_over", {"bin": job.bin}))
    args: dict[str, Value] = {"bin": one.face, "there": one.there, "least": one.face_min, "wanted": one.wanted}
    return Told(Outcome.LOOK_HERE, Message("why_refill_urgent" if one.is_urgent else "why_refill", args))


def leave(session: Session, context: Context, _key: Resolved) -> Told:
    """Nothing was moved: what was taken goes back to its bin."""
    work = works.read(session, context)
    works.rest(session, context)
    if work.is_fetched:
        return Told(Outcome.LOOK_HERE, Message("refill_left", {"source": work.source.code, "qty": work.job().qty}))
    return Told(Outcome.LOOK_HERE, Message("left_as_it_is"))


def find_next(session: Session, context: Context, avoid: list[int]) -> Refill | None:
    """The most urgent face that nobody else is on the way to, and that has room."""
    taken = {one.location_id for one in works.list_planned(session, context)} | set(avoid)
    for one in replenishing.list_refills(session):
        if one.face_id not in taken and _room(session, one):
            return one
    return None


def _room(session: Session, one: Refill) -> int:
    stock = works.stock_of(session, one.stock_id)
    goods = Goods(product_id=one.product_id, lot_id=stock.lot_id, qty=1)
    return min(one.qty, bins.room_of(session, one.face_id, goods))


def _offer(session: Session, context: Context, one: Refill, avoid: list[int]) -> Told:
    job = Job(stock_id=one.stock_id, qty=_room(session, one), bin_id=one.face_id, bin=one.face, rule="refill")
    work = Work(source=session.get_one(Location, one.source_id), jobs=[job], avoid=avoid)
    works.keep(session, context, work)
    args: dict[str, Value] = {"qty": job.qty, "product": one.product, "bin": one.face, "source": one.source}
    return Told(Outcome.ACCEPTED, Message("refill_offered", args))


def _fetched(session: Session, context: Context, work: Work) -> Told:
    work.is_fetched = True
    works.keep(session, context, work)
    job = work.job()
    args: dict[str, Value] = {"qty": job.qty, "product": works.product_of(session, job).name, "bin": job.bin}
    return Told(Outcome.ACCEPTED, Message("refill_fetched", args))
