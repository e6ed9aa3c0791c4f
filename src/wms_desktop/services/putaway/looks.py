"""Bins to look into: somebody said that the book is wrong there; the units are counted and the book put right.

Fewer than the book says: what no order holds is held as missing. More: what was missing comes back. What neither puts
right a supervisor settles, at the bin with a badge, or later: until then it stays on the list with both figures.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.engine import ask_once
from wms_desktop.db.tables import CountTask, Location, Lot, Operator, Pick, Product, Stock
from wms_desktop.errors import Moved, NotPermitted, Refusal, Value, WrongScan
from wms_desktop.prompts import Event, Key, Message, Outcome
from wms_desktop.services import batches
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Goods
from wms_desktop.services.putaway import counts, placing, refills
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.counts import Counted
from wms_desktop.services.putaway.standing import Waiting
from wms_desktop.services.putaway.work import Told, Work
from wms_desktop.views.refills import COUNTED, Look

MOST_UNITS = 1_000_000
"""More are never counted in a bin: a longer number is a code."""
_CODE_DIGITS = 8
SETTLES = ("supervisor", "admin")
"""Who may write a difference into the book."""


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
    """A bin with nothing in hand: one to look into is counted, or counted again; any other is refused.

    Refuses `look_taken` where a colleague counts.
    """
    is_gone = works.find_gone(session, context) or works.find_changed_plate(session, context)
    one = next((one for one in list_looks(session) if one.bin_id == scan.id), None)
    if one is None or is_gone:
        _refuse_settled(session, context, scan.id)
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
                              "there": count_booked(session, context, one), "wanted": one.wanted}  # fmt: skip
    if one.is_unknown:
        return Told(Outcome.LOOK_HERE, Message("why_look_into", args))
    return Told(Outcome.LOOK_HERE, Message("why_look_urgent" if one.is_urgent else "why_look", args))


def count_as_booked(session: Session, context: Context, _key: Resolved) -> Told:
    """F8: as many lie there as the book says."""
    one = _of(session, works.read(session, context))
    return _settle(session, context, one, count_booked(session, context, one))


def count(session: Session, context: Context, key: Resolved) -> Told:
    """So many lie there. Refuses `count_wanted` for anything but a number of at most `MOST_UNITS`."""
    one = _of(session, works.read(session, context))
    is_number = key.text.isascii() and key.text.isdigit() and len(key.text) <= len(str(MOST_UNITS))
    if not is_number or int(key.text) > MOST_UNITS:
        raise Refusal("count_wanted", text=key.text, product=one.product, bin=one.bin)
    return _settle(session, context, one, int(key.text))


def count_booked(session: Session, context: Context, one: Look) -> int:
    """Good units that the book says, without those that a colleague has in hand for a refill."""
    in_hand = works.list_in_hand(session, context)
    rows = session.scalars(
        select(Stock.id).where(Stock.id.in_(in_hand), Stock.location_id == one.bin_id,
                               Stock.product_id == one.product_id)
    )  # fmt: skip
    return one.there - sum(in_hand[stock_id] for stock_id in rows)


def say_what(session: Session, context: Context, scan: Resolved) -> Told:
    """Nobody knew what lies there: this article does, and it is counted."""
    one = _of(session, works.read(session, context))
    batches.request_count(session, context, (one.bin_id, scan.id), reason="not_empty", found=0, expected=0)
    if scan.id != one.product_id:
        session.get_one(CountTask, one.task_id).state = "done"
    else:
        session.get_one(CountTask, one.task_id).reason = "not_empty"
    session.flush()
    found = next(two for two in list_looks(session) if (two.bin_id, two.product_id) == (one.bin_id, scan.id))
    return _stand_before(session, context, found)


def see_nothing_new(session: Session, context: Context, _key: Resolved) -> Told:
    """F8: the bin is as the book says."""
    one = _of(session, works.read(session, context))
    counts.lock(session, context, one).task.state = "done"
    works.rest(session, context)
    session.flush()
    args: dict[str, Value] = {"bin": one.bin, "left": len(list_open(session))}
    return Told(Outcome.STEP_DONE if args["left"] else Outcome.JOB_COMPLETE, Message("look_free", args), Changes.STOCK)


def settle_by_badge(session: Session, context: Context, scan: Resolved) -> Told:
    """A supervisor's badge: the difference is written into the book. Refuses `supervisor_wanted`."""
    who = session.get_one(Operator, scan.id)
    if who.role not in SETTLES or not who.is_active:
        raise NotPermitted("supervisor_wanted", who=who.name)
    return _book(session, context, who.name)


def settle_myself(session: Session, context: Context, _key: Resolved) -> Told:
    """F8 of a supervisor who counts: the difference is written into the book. Refuses `supervisor_wanted`."""
    return settle_by_badge(session, context, Resolved(kind="operator", text="", id=context.operator_id))


def choose_lot(session: Session, context: Context, typed: Resolved) -> Told:
    """The lot that differs, where several lie there; any other text is another count."""
    work = works.read(session, context)
    one = _of(session, work)
    lot = session.scalars(select(Lot).where(Lot.product_id == one.product_id, Lot.code == typed.text)).one_or_none()
    if lot is None:
        return count(session, context, typed)
    work.lot = lot.id
    works.keep(session, context, work)
    args: dict[str, Value] = {"lot": lot.code, "bin": one.bin, "product": one.product}
    return Told(Outcome.ACCEPTED, Message("look_lot", args))


def refuse_over(session: Session, context: Context, event: Event) -> None:
    """A number, or F8, for a count that a colleague made meanwhile. Refuses `look_over`."""
    is_answer = (
        event.name in ("yes", "quantity")
        if isinstance(event, Key)
        else event.text.isdigit() and len(event.text) < _CODE_DIGITS
    )
    if is_answer and works.read(session, context).state == "take":
        _refuse_settled(session, context)


def leave(session: Session, context: Context, _key: Resolved) -> Told:
    """The bin waits for somebody else."""
    works.rest(session, context)
    return Told(Outcome.LOOK_HERE, Message("left_as_it_is"))


def _settle(session: Session, context: Context, one: Look, units: int) -> Told:
    """The book is put right as far as nobody's approval is needed; a supervisor settles the rest."""
    counted = counts.lock(session, context, one)
    there = counted.there
    # Of several lots nobody can say which one lacks.
    moved = counts.turn(session, context, counted, units - there) if len(counted.lots) <= 1 else 0
    is_right = moved == abs(units - there)
    now = there + (moved if units > there else -moved)
    task = counted.task
    task.state = "done" if is_right else "open"
    task.found, task.expected = units, now
    if is_right:
        works.rest(session, context)
    else:
        task.reason = COUNTED
        dock = works.dock_of(session, context)
        works.keep(session, context, Work(source=dock, look=one.task_id, is_fetched=True, is_differing=True))
    session.flush()
    args: dict[str, Value] = {"bin": one.bin, "product": one.product, "qty": units, "there": there,
                              "moved": moved, "now": now, "left": len(list_open(session))}  # fmt: skip
    kind = "" if not moved else "_fewer" if units < there else "_more"
    if not is_right:
        return Told(Outcome.LOOK_HERE, Message(f"look_differs{kind}", args), Changes.STOCK)
    code = f"look{kind}" if kind else "look_right"
    return Told(Outcome.STEP_DONE if args["left"] else Outcome.JOB_COMPLETE, Message(code, args), Changes.STOCK)


def _book(session: Session, context: Context, who: str) -> Told:
    """The difference that was counted is written into the book, whatever was picked there since.

    Fewer: what orders hold is let go, and held as missing. More: what was missing comes back, the rest is written in.
    """
    work = works.read(session, context)
    one = _of(session, work)
    counted = counts.lock(session, context, one)
    task = counted.task
    difference = task.found - task.expected
    lot = _lot_of(session, one, counted, work.lot)
    if difference < 0:
        moved = counts.turn(session, context, counted, difference, lot)
        counts.let_go(session, counted, -difference - moved, lot)
        session.flush()
        moved += counts.turn(session, context, counts.lock(session, context, one), difference + moved, lot)
    else:
        moved = counts.turn(session, context, counted, difference, lot)
        if moved < difference:
            goods = Goods(product_id=one.product_id, qty=difference - moved, lot_id=lot)
            counts.write_in(session, context, one, goods, f"{counts.REASON}, settled by {who}")
        moved = difference
    left = abs(difference) - moved
    task.expected -= moved if difference < 0 else -moved
    task.state = "open" if left else "done"
    works.rest(session, context)
    session.flush()
    args: dict[str, Value] = {"bin": one.bin, "product": one.product, "moved": moved, "now": task.expected,
                              "behind": left, "who": who}  # fmt: skip
    if left:
        return Told(Outcome.LOOK_HERE, Message("look_settled_part", args), Changes.STOCK)
    return Told(Outcome.STEP_DONE, Message("look_settled", args), Changes.STOCK)


def _lot_of(session: Session, one: Look, counted: Counted, chosen: int) -> int:
    """The lot whose units differ. Refuses `look_lot_wanted` where several may be it."""
    if chosen in counted.lots or (chosen and counted.task.found > counted.task.expected):
        return chosen
    is_tracked = session.get_one(Product, one.product_id).lot_tracked
    if len(counted.lots) == 1 and not chosen:
        return next(iter(counted.lots))
    if counted.lots or is_tracked:
        raise Refusal("look_lot_wanted", product=one.product, bin=one.bin)
    return 0


def _offer(session: Session, context: Context, one: Look, avoid: Sequence[int] = ()) -> Told:
    _refuse_taken(session, context, one)
    dock = works.dock_of(session, context)
    works.keep(session, context, Work(source=dock, look=one.task_id, avoid=[*avoid], is_unknown=one.is_unknown))
    said = "look_into_offered" if one.is_unknown else "look_offered"
    return Told(Outcome.ACCEPTED, Message(said, {"bin": one.bin, "product": one.product}))


def _stand_before(session: Session, context: Context, one: Look) -> Told:
    _refuse_taken(session, context, one)
    dock = works.dock_of(session, context)
    works.keep(session, context, Work(source=dock, look=one.task_id, is_fetched=True, is_unknown=one.is_unknown))
    there = count_booked(session, context, one)
    args: dict[str, Value] = {"bin": one.bin, "product": one.product, "there": there}
    return Told(Outcome.ACCEPTED, Message("look_into_bin" if one.is_unknown else "look_at_bin", args))


def _refuse_taken(session: Session, context: Context, one: Look) -> None:
    """Two who count the same units would both put the book right. Refuses `look_taken`."""
    station = works.list_looked_into(session, context).get(one.task_id)
    if station is not None:
        raise WrongScan("look_taken", bin=one.bin, station=station)


def _refuse_settled(session: Session, context: Context, bin_id: int = 0) -> None:
    """What this station was to count was settled meanwhile. Refuses `look_over`."""
    row = session.execute(
        select(Location.id, Location.code)
        .join(CountTask, CountTask.location_id == Location.id)
        .where(CountTask.id == works.find_look(session, context), CountTask.state == "done")
    ).first()
    if row is not None and bin_id in (0, row.id):
        raise Moved("look_over", bin=row.code)


def _of(session: Session, work: Work) -> Look:
    """The look in hand; `works.read` lets go of one that somebody else settled."""
    return next(one for one in list_looks(session) if one.task_id == work.look)


def list_open(session: Session) -> list[Look]:
    """Those that somebody on the floor can settle."""
    return [one for one in list_looks(session) if not one.is_counted]


def _next(session: Session, context: Context, avoid: Sequence[int]) -> Look | None:
    """The most urgent one that nobody else is on the way to."""
    taken = {*works.list_looked_into(session, context), *avoid}
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
