"""Bins to look into: somebody said that the book is wrong there; the units are counted and the book put right.

Fewer than the book says: what no order holds is held as missing. More: what was missing comes back. What neither puts
right stays on the list for a supervisor, with both figures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import CountTask, Dialogue, Location, Pick, Product, Stock
from wms_desktop.errors import Refusal, Value, WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import inventory
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.putaway import placing, refills
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.standing import Waiting
from wms_desktop.services.putaway.work import Told, Work
from wms_desktop.views.refills import COUNTED, Look

REASON = "count"
"""The reason of the movements between good and missing units in a bin that was counted."""


def list_looks(session: Session) -> Sequence[Look]:
    """The bins to look into: those first in which a pick waits for units, then the oldest; the counted ones last."""
    return ask_once(session, (list_looks,), lambda: _ask(session))


def find(session: Session, context: Context, key: Resolved) -> Told:
    """What is most urgent: a face that a pick waits for, a bin in which one waits, another face, another bin.

    Refuses `nothing_to_refill`.
    """
    refill, look = refills.find_next(session, context, []), _next(session, context, [])
    if look is None or (refill is not None and (refill.is_urgent or not look.is_urgent)):
        return refills.find(session, context, key)
    return _offer(session, context, look)


def scan_bin(session: Session, context: Context, scan: Resolved) -> Told:
    """A bin with nothing in hand: one to look into is counted, any other is refused."""
    is_gone = works.find_gone(session, context) or works.find_changed_plate(session, context)
    one = next((one for one in list_open(session) if one.bin_id == scan.id), None)
    if one is None or is_gone:
        return placing.refuse_bin(session, context, scan)
    return _stand_before(session, context, one)


def choose_work(session: Session, context: Context, key: Resolved) -> Told:
    """A row of the list by its number: an item on the dock, a lane to be walked back, or a bin to look into."""
    dock = works.dock_of(session, context)
    if any(row.lot == key.text for row in works.list_at(session, dock)):
        return placing.take_lot(session, context, key)
    offered = works.list_offered(session, dock, list_open(session))
    chosen = offered[placing.number(key.text, len(offered)) - 1]
    if isinstance(chosen, Look):
        return _offer(session, context, chosen)
    if isinstance(chosen, Waiting):
        return placing.begin(session, context, Work(source=dock), chosen)
    lane = session.get_one(Location, chosen)
    return placing.take_lane(session, context, Resolved(kind="lane", text=lane.code, id=lane.id, name=lane.code))


def reach(session: Session, context: Context, scan: Resolved) -> Told:
    """The bin was scanned: how many units lie there?"""
    one = _of(session, works.read(session, context))
    if scan.id != one.bin_id:
        raise WrongScan("look_wrong_bin", bin=scan.name, wanted=one.bin)
    return _stand_before(session, context, one)


def skip(session: Session, context: Context, _key: Resolved) -> Told:
    """Another bin first. Refuses `nothing_else_to_look_into`."""
    work = works.read(session, context)
    found = _next(session, context, [*work.avoid, work.look])
    if found is None:
        raise Refusal("nothing_else_to_look_into", bin=_of(session, work).bin)
    return _offer(session, context, found, [*work.avoid, work.look])


def why(session: Session, context: Context, _key: Resolved) -> Told:
    """Why this bin is looked into, with its figures."""
    one = _of(session, works.read(session, context))
    args: dict[str, Value] = {"bin": one.bin, "product": one.product, "why": f"why.look_{one.reason}",
                              "there": one.there, "wanted": one.wanted}  # fmt: skip
    return Told(Outcome.LOOK_HERE, Message("why_look_urgent" if one.is_urgent else "why_look", args))


def count_as_booked(session: Session, context: Context, _key: Resolved) -> Told:
    """F8: as many lie there as the book says."""
    one = _of(session, works.read(session, context))
    return _settle(session, context, one, one.there)


def count(session: Session, context: Context, key: Resolved) -> Told:
    """So many lie there. Refuses `count_wanted` for anything but a number."""
    one = _of(session, works.read(session, context))
    if not (key.text.isascii() and key.text.isdigit()):
        raise Refusal("count_wanted", text=key.text, product=one.product, bin=one.bin)
    return _settle(session, context, one, int(key.text))


def leave(session: Session, context: Context, _key: Resolved) -> Told:
    """The bin waits for somebody else."""
    works.rest(session, context)
    return Told(Outcome.LOOK_HERE, Message("left_as_it_is"))


def _settle(session: Session, context: Context, one: Look, units: int) -> Told:
    """The book is put right as far as nobody's approval is needed; else the figures are kept for a supervisor."""
    task = session.get_one(CountTask, one.task_id, with_for_update=True)
    rows = _list_rows(session, one)
    moved = 0
    if len({row.lot_id for row in rows}) <= 1:  # of several lots nobody can say which one lacks
        source, target = ("good", "missing") if units < one.there else ("missing", "good")
        moved = _move(session, context, rows, abs(units - one.there), source, target)
    is_right = moved == abs(units - one.there)
    task.state = "done" if is_right else "open"
    task.found, task.expected = units, one.there
    if not is_right:
        task.reason = COUNTED
    works.rest(session, context)
    session.flush()
    args: dict[str, Value] = {"bin": one.bin, "product": one.product, "qty": units, "there": one.there,
                              "moved": moved, "left": len(list_open(session))}  # fmt: skip
    if not is_right:
        return Told(Outcome.LOOK_HERE, Message("look_differs", args), Changes.STOCK)
    code = "look_right" if not moved else "look_fewer" if units < one.there else "look_more"
    return Told(Outcome.STEP_DONE if args["left"] else Outcome.JOB_COMPLETE, Message(code, args), Changes.STOCK)


def _move(session: Session, context: Context, rows: Sequence[Stock], qty: int, source: str, target: str) -> int:
    """Free units of these rows change from one condition to the other; gives how many did."""
    left = qty
    for row in rows:
        part = min(left, row.on_hand - row.reserved) if row.condition == source else 0
        if part:
            spot = inventory.spot_of(row)
            aside = Spot(location_id=row.location_id, plate_id=row.plate_id, condition=target)
            goods = Goods(product_id=row.product_id, qty=part, lot_id=row.lot_id)
            inventory.post(session, context, goods, spot, aside, reason=REASON)
            left -= part
    return qty - left


def _list_rows(session: Session, one: Look) -> Sequence[Stock]:
    """What is booked there of the product, good or missing, locked."""
    return session.scalars(
        select(Stock)
        .where(Stock.location_id == one.bin_id, Stock.product_id == one.product_id, Stock.on_hand > 0,
               Stock.condition.in_(("good", "missing")))
        .order_by(Stock.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip


def _offer(session: Session, context: Context, one: Look, avoid: Sequence[int] = ()) -> Told:
    works.keep(session, context, Work(source=works.dock_of(session, context), look=one.task_id, avoid=[*avoid]))
    return Told(Outcome.ACCEPTED, Message("look_offered", {"bin": one.bin, "product": one.product}))


def _stand_before(session: Session, context: Context, one: Look) -> Told:
    dock = works.dock_of(session, context)
    works.keep(session, context, Work(source=dock, look=one.task_id, is_fetched=True))
    args: dict[str, Value] = {"bin": one.bin, "product": one.product, "there": one.there}
    return Told(Outcome.ACCEPTED, Message("look_at_bin", args))


def _of(session: Session, work: Work) -> Look:
    """The look in hand; `works.read` lets go of one that somebody else settled."""
    return next(one for one in list_looks(session) if one.task_id == work.look)


def list_open(session: Session) -> list[Look]:
    """Those that somebody on the floor can settle."""
    return [one for one in list_looks(session) if not one.is_counted]


def _next(session: Session, context: Context, avoid: Sequence[int]) -> Look | None:
    """The most urgent one that nobody else is on the way to."""
    rows = session.scalars(
        select(Dialogue.facts).where(Dialogue.workflow == works.NAME, Dialogue.station_id != context.station_id)
    )
    taken = {json.loads(facts).get("look") for facts in rows} | set(avoid)
    return next((one for one in list_open(session) if one.task_id not in taken), None)


def _ask(session: Session) -> list[Look]:
    def booked(condition: str) -> ScalarSelect[int]:
        return (
            select(func.coalesce(func.sum(Stock.on_hand), 0))
            .where(Stock.location_id == CountTask.location_id, Stock.product_id == CountTask.product_id,
                   Stock.on_hand > 0, Stock.condition == condition)
            .scalar_subquery()
        )  # fmt: skip

    wanted = (
        select(func.coalesce(func.sum(Pick.qty - Pick.picked), 0))
        .join(Stock, Stock.id == Pick.stock_id)
        .where(Stock.location_id == CountTask.location_id, Stock.product_id == CountTask.product_id,
               Pick.state == "todo")
        .scalar_subquery()
    )  # fmt: skip
    rows = session.execute(
        select(CountTask.id, CountTask.location_id, Location.code, CountTask.product_id, Product.sku, Product.name,
               CountTask.reason, CountTask.found, CountTask.at, booked("good").label("there"),
               booked("missing").label("missing"), wanted.label("wanted"))
        .join(Location, Location.id == CountTask.location_id)
        .join(Product, Product.id == CountTask.product_id)
        .where(CountTask.state == "open")
    )  # fmt: skip
    looks = [
        Look(task_id=row.id, bin_id=row.location_id, bin=row.code, product_id=row.product_id, sku=row.sku,
             product=row.name, reason=row.reason, found=row.found, there=int(row.there), missing=int(row.missing),
             wanted=int(row.wanted), since=row.at)
        for row in rows
    ]  # fmt: skip
    return sorted(looks, key=lambda one: (one.is_counted, not one.is_urgent, one.since, one.task_id))
