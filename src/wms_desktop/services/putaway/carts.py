"""Many items on one cart: they are loaded at the dock, then put away in one shortest walk, stop after stop."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import NO_PLATE, Batch, Dialogue, Location, Operator, Product, Stock
from wms_desktop.domain import detours, tours
from wms_desktop.errors import NotUnderstood, Refusal, Value, WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import floor_plan, walk_backs
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.putaway import loads, placing, plates
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.standing import Waiting
from wms_desktop.services.putaway.work import Job, Told, Work

ON_CART = "load a cart"
OFF_CART = "unload a cart"


def scan_cart(session: Session, context: Context, cart: Resolved) -> Told:
    """An empty cart is loaded; one that a colleague loads or walks with is taken over as it stands."""
    place = session.get_one(Location, cart.id)
    _refuse_pickers(session, place)
    taken = _take_over(session, context, place)
    rows = works.list_at(session, place)
    args: dict[str, Value] = {"cart": cart.name, "units": sum(row.free for row in rows)}
    if taken is not None and taken.jobs:
        args |= {"stops": len(taken.jobs), "bin": taken.job().bin or "-"}
        return Told(Outcome.STEP_DONE, Message("cart_taken_over", args), Changes.STOCK)
    works.keep_at(session, context, Work(source=place))
    if rows:
        return Told(Outcome.ACCEPTED, Message("cart_goes_on", args))
    return Told(Outcome.ACCEPTED, Message("cart_begun", args))


def scan_cart_again(session: Session, context: Context, cart: Resolved) -> Told:
    """The cart in hand once more begins the walk; another one is taken instead."""
    work = works.read(session, context)
    if cart.id == work.source.id:
        return go(session, context, cart)
    return scan_cart(session, context, cart)


def load_product(session: Session, context: Context, scan: Resolved) -> Told:
    """All units of an item that are to be put away go on the cart: from the dock, else from a lane."""
    source, rows = _find_product(session, context, scan)
    return _load(session, context, source, [placing.one_of(rows, scan.name)])


def load_text(session: Session, context: Context, typed: Resolved) -> Told:
    """A code that no row bears: a carton that came in on a pallet, else a lot that was typed."""
    found = plates.find(session, typed.text)
    return load_lot(session, context, typed) if found is None else load_plate(session, context, found)


def load_lot(session: Session, context: Context, typed: Resolved) -> Told:
    """A lot was typed: the one article of it that stands on the dock."""
    dock = works.dock_of(session, context)
    rows = [row for row in works.list_at(session, dock) if row.lot == typed.text]
    if not rows:
        raise NotUnderstood("unknown_code", text=typed.text)
    if len(rows) > 1:
        raise Refusal("several_articles", lot=typed.text, count=len(rows))
    return _load(session, context, dock, rows)


def load_plate(session: Session, context: Context, plate: Resolved) -> Told:
    """Everything on a pallet or tote that is to be put away goes on the cart."""
    dock = works.dock_of(session, context)
    rows = [row for row in works.list_at(session, dock) if row.plate_id == plate.id]
    if not rows:
        raise WrongScan("plate_not_here", plate=plate.name, dock=dock.code)
    return _load(session, context, dock, rows)


def set_loaded(session: Session, context: Context, key: Resolved) -> Told:
    """Only so many of the item that was loaded last stay on the cart; the others go back to where they stood."""
    work = works.read(session, context)
    if work.last is None:
        raise Refusal("scan_first")
    stock_id, qty, source_id = work.last
    asked = placing.number(key.text, qty)
    source = session.get_one(Location, source_id)
    product = works.product_of(session, Job(stock_id=stock_id, qty=qty))
    if asked < qty:
        is_lane = source.kind == "lane"
        reason = walk_backs.OFF_CART if is_lane else OFF_CART
        works.move(session, context, stock_id, qty - asked, source, reason=reason, free_first=is_lane)
    work.last = (stock_id, asked, source_id)
    works.keep(session, context, work)
    args: dict[str, Value] = {"qty": asked, "product": product.name, "cart": work.source.code, "left": qty - asked,
                              "place": source.code}  # fmt: skip
    return Told(Outcome.ACCEPTED, Message("loaded_only", args), Changes.STOCK)


def go(session: Session, context: Context, _key: Resolved) -> Told:
    """Every item on the cart gets its bins, and the bins their order in the shortest walk past all of them."""
    work = works.read(session, context)
    rows = works.list_at(session, work.source)
    if not rows:
        raise Refusal("cart_empty", cart=work.source.code)
    jobs: list[Job] = []
    for row in rows:
        jobs += works.propose(session, context, row, row.free, *jobs)
    work.jobs, work.metres = _walk(session, jobs)
    work.total, work.avoid, work.last, work.done = len(work.jobs), [], None, []
    works.keep(session, context, work)
    args: dict[str, Value] = {"cart": work.source.code, "stops": work.total, "metres": work.metres,
                              "bin": work.job().bin or "-"}  # fmt: skip
    return Told(Outcome.STEP_DONE, Message("cart_tour", args), Changes.STOCK)


def skip(session: Session, context: Context, _key: Resolved) -> Told:
    """The stop comes back at the end. Refuses `last_stop` where no other one is left."""
    work = works.read(session, context)
    if len(work.jobs) < 2:
        raise Refusal("last_stop", bin=work.job().bin or "-")
    work.jobs, work.other = [*work.jobs[1:], work.jobs[0]], None
    works.keep(session, context, work)
    args: dict[str, Value] = {"bin": work.jobs[-1].bin or "-", "next": work.job().bin or "-"}
    return Told(Outcome.LOOK_HERE, Message("stop_skipped", args))


def find_full(session: Session, context: Context, key: Resolved) -> Told:
    """The bin is full or blocked: its units get another one, which comes where it costs the least of the walk ahead."""
    here = works.read(session, context).job()
    behind = len(works.read(session, context).jobs) - 1
    told = placing.find_full(session, context, key)
    work = works.read(session, context)
    count = len(work.jobs) - behind
    work.jobs = _put_in(session, here, work.jobs[:count], work.jobs[count:])
    work.total += count - 1
    works.keep(session, context, work)
    args = dict(told.message.args) | {"next": work.job().bin or "-"}
    code = "bin_full_next" if work.job().bin_id else "bin_full_no_other"
    return Told(told.outcome, Message(code, args), told.changes)


def place_some(session: Session, context: Context, key: Resolved) -> Told:
    """Only so many go to this bin: the rest of the stop becomes a stop of its own, with another bin."""
    work = works.read(session, context)
    job = work.job()
    asked = int(key.text) if key.text.isascii() and key.text.isdigit() else 0
    product = works.product_of(session, job)
    if not 1 <= asked <= job.qty:
        raise Refusal("too_many_on_cart", product=product.name, qty=job.qty, asked=key.text)
    args: dict[str, Value] = {"qty": asked, "product": product.name, "bin": job.bin or "-", "left": job.qty - asked}
    if asked < job.qty:
        row = works.row_of(session, work, job.stock_id)
        mine = [works.without(job, asked), *work.jobs[1:]]
        more = works.propose(session, context, row, job.qty - asked, *mine, avoid=[*work.avoid, job.bin_id])
        work.jobs = [mine[0], *_put_in(session, job, more, work.jobs[1:])]
        work.total += len(more)
        works.keep(session, context, work)
    return Told(Outcome.ACCEPTED, Message("stop_only", args))


def check_product(session: Session, context: Context, scan: Resolved) -> Told:
    """An item at a stop: the right one is said so, a wrong one is refused."""
    work = works.read(session, context)
    job = work.job()
    product = works.product_of(session, job)
    if scan.id != product.id:
        raise WrongScan("wrong_item_at_stop", scanned=scan.name, product=product.name, bin=job.bin or "-")
    return Told(
        Outcome.ACCEPTED, Message("right_item", {"product": product.name, "qty": job.qty, "bin": job.bin or "-"})
    )


def unload(session: Session, context: Context, _key: Resolved) -> Told:
    """What is left on the cart goes back on the dock, as it stood there."""
    work = works.read(session, context)
    dock = works.dock_of(session, context)
    rows = works.list_at(session, work.source)
    for row in rows:
        works.move(session, context, row.stock_id, row.free, dock, reason=OFF_CART)
    works.rest(session, context)
    args: dict[str, Value] = {"cart": work.source.code, "units": sum(row.free for row in rows), "dock": dock.code}
    return Told(Outcome.STEP_DONE, Message("cart_unloaded", args), Changes.STOCK)


def leave(session: Session, context: Context, key: Resolved) -> Told:
    """The cart stays as it is; whoever scans it goes on with it."""
    work = works.read(session, context)
    if work.other is not None:
        return placing.go_back(session, context, key)
    units = sum(row.free for row in works.list_at(session, work.source))
    works.rest(session, context)
    args: dict[str, Value] = {"cart": work.source.code, "units": units}
    return Told(Outcome.LOOK_HERE, Message("cart_left" if units else "left_as_it_is", args if units else {}))


def _refuse_pickers(session: Session, cart: Location) -> None:
    """A cart that a picker walks with, or that bears totes, is none to put away with."""
    batch = session.scalar(select(Batch.number).where(Batch.cart_id == cart.id, Batch.state.in_(("running", "picked"))))
    totes = session.scalar(
        select(Stock.id)
        .where(Stock.location_id == cart.id, Stock.on_hand > 0, Stock.plate_id != NO_PLATE)
        .limit(1)
    )  # fmt: skip
    if batch is not None or totes is not None:
        raise WrongScan("cart_of_picker", cart=cart.code, batch=batch or "-")


def _take_over(session: Session, context: Context, cart: Location) -> Work | None:
    """The walk of a cart, moved here from the station that had it; None where nobody had begun one."""
    rows = session.scalars(
        select(Dialogue)
        .where(Dialogue.workflow == works.NAME, Dialogue.station_id != context.station_id)
        .order_by(Dialogue.station_id)
    )
    found: Work | None = None
    for row in rows:
        facts = json.loads(row.facts)
        if facts.get("source") != cart.id:
            continue
        who = session.scalar(select(Operator.name).where(Operator.id == context.operator_id))
        if facts["jobs"]:
            works.adopt(session, context, row.state, facts)
            found = works.read(session, context)
        row.state, row.facts = "take", json.dumps({"gone": [cart.code, who or ""]}, sort_keys=True)
        session.flush()
    return found


def _find_product(session: Session, context: Context, scan: Resolved) -> tuple[Location, Sequence[Waiting]]:
    dock = works.dock_of(session, context)
    rows = placing.of_product(works.list_at(session, dock), scan)
    if rows:
        return dock, rows
    lane = placing.lane_of(session, scan)
    rows = placing.of_product(works.list_at(session, lane), scan) if lane is not None else []
    if lane is None or not rows:
        raise placing.nothing_there(Work(source=dock), scan.name)
    return lane, rows


def _load(session: Session, context: Context, source: Location, rows: Sequence[Waiting]) -> Told:
    work = works.read(session, context)
    reason = walk_backs.ON_CART if source.kind == "lane" else ON_CART
    room = loads.room_on(session, work.source)
    units, names = 0, ", ".join(dict.fromkeys(row.name for row in rows))
    for row in rows:
        qty = room.take(session.get_one(Product, row.product_id), row.free)
        if qty:
            stock_id = works.move(session, context, row.stock_id, qty, work.source, reason=reason)
            work.last = (stock_id, qty, source.id) if len(rows) == 1 else None
            units += qty
    if not units:
        raise Refusal("cart_full", cart=work.source.code, product=names)
    works.keep(session, context, work)
    left = sum(row.free for row in works.list_at(session, works.dock_of(session, context)))
    args: dict[str, Value] = {"qty": units, "product": names, "cart": work.source.code, "left": left,
                              "behind": sum(row.free for row in rows) - units, "place": source.code}  # fmt: skip
    if args["behind"]:
        return Told(Outcome.LOOK_HERE, Message("loaded_part", args), Changes.STOCK)
    return Told(Outcome.ACCEPTED, Message("loaded" if left else "loaded_last", args), Changes.STOCK)


def _walk(session: Session, jobs: Sequence[Job]) -> tuple[list[Job], int]:
    """The jobs in the order of the shortest walk from the depot past all bins and back, and its metres.

    Bins that stand in no aisle come after it in their order on the walk, units without a bin last.
    """
    places = _places(session, jobs)
    plan = floor_plan.load(session)
    stops, apart = [], []
    for at, job in enumerate(jobs):
        place = places.get(job.bin_id)
        column = plan.columns.get(place.aisle) if place is not None and place.aisle is not None else None
        if place is None or column is None:
            apart.append((place is None, place.walk_seq if place else 0, at))
        else:
            stops.append(tours.Stop(at, column, place.y_mm))
    if not stops:
        return [jobs[at] for _, _, at in sorted(apart)], 0
    tour = tours.walk(plan.layout, stops)
    order = [at for at in tour.order if isinstance(at, int)] + [at for _, _, at in sorted(apart)]
    return [jobs[at] for at in order], round(tour.length / 1000)


def _put_in(session: Session, here: Job, new: Sequence[Job], ahead: Sequence[Job]) -> list[Job]:
    """New jobs among those ahead, each where it costs the least of the walk; those without a bin at the end."""
    places = _places(session, [here, *new, *ahead])
    plan = floor_plan.load(session)

    def spot(job: Job) -> tours.Place:
        place = places[job.bin_id]
        return plan.place(place.aisle, place.x_mm, place.y_mm)

    walked = [job for job in ahead if job.bin_id]
    for job in new:
        if job.bin_id:
            at, _ = detours.find_place(plan.layout, spot(here), [spot(one) for one in walked], spot(job))
            walked.insert(at, job)
    return [*walked, *(job for job in (*ahead, *new) if not job.bin_id)]


def _places(session: Session, jobs: Sequence[Job]) -> dict[int, Location]:
    ids = {job.bin_id for job in jobs if job.bin_id}
    return {place.id: place for place in session.scalars(select(Location).where(Location.id.in_(ids)))}
