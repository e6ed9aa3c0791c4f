"""Picking with a printed list: scan its number, confirm all or key the exceptions, scan the drop-off place."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Batch, BatchOrder, Location, Station
from wms_desktop.domain.documents import PickList, PickRow
from wms_desktop.errors import Moved, Value, WrongScan
from wms_desktop.prompts import Message, Outcome
from wms_desktop.services import batches, inventory, picking_shorts, picking_walks, printing, replacements
from wms_desktop.services.dialogue import Context, Resolved
from wms_desktop.services.inventory import Spot
from wms_desktop.services.picking_prompts import paper_lines
from wms_desktop.services.picking_shorts import REASONS
from wms_desktop.services.picking_walks import Halt, Told, Walk, get_walk
from wms_desktop.services.replacements import Origin


def print_pick_list(session: Session, context: Context, batch_id: int, *, printer: str = "", reason: str = "") -> int:
    """Queues the list of a batch for the station's paper printer (or the one named); gives the print job's id.

    Raises Moved (`batch_over`) when the batch is done or cancelled.
    """
    batch = session.get_one(Batch, batch_id)
    if batch.state not in batches.OPEN_STATES:
        raise Moved("batch_over", batch=batch.number)
    walk = picking_walks.load(session, batch)
    station = session.get_one(Station, context.station_id)
    origins = replacements.list_origins(session, [halt.pick.order_line_id for halt in walk.todo])
    rows = tuple(
        PickRow(
            bin=halt.place,
            sku=halt.sku,
            name=halt.product,
            quantity=halt.left,
            lot=halt.lot,
            tote=str(walk.tote_of(halt).position),
            instead_of=origins.get(halt.pick.order_line_id, Origin()).instead_of,
            part_of=origins.get(halt.pick.order_line_id, Origin()).part_of,
        )
        for halt in walk.todo
    )
    document = PickList(
        number=batch.number,
        batch=batch.number,
        rows=rows,
        picker=picking_walks.name_of(session, batch.operator_id),
        cart=walk.cart,
        due=batch.leave_by,
        metres=batch.metres,
        drop_off=_nearest_bench(session),
    )
    return printing.enqueue(
        session, context, document, printer=printer or station.paper_printer, batch_id=batch.id, reason=reason
    )


def print_again(session: Session, context: Context, _key: Resolved) -> Told:
    """The list once more, marked as a copy where it was printed before."""
    walk = get_walk(session, context)
    known = printing.find_latest(session, PickList.kind, batch_id=walk.batch.id)
    if known is None:
        print_pick_list(session, context, walk.batch.id)
    else:
        printing.reprint(session, context, known.id, reason="asked")
    walk.keep()
    return Told(Outcome.STEP_DONE, Message("paper_printed", {"batch": walk.batch.number}), Changes.PRINTS)


def open_list(session: Session, context: Context, batch: Batch) -> Told:
    """Begins (or goes on with) a list at this station. Raises WrongScan when it is another person's."""
    if batch.state == "done":
        raise Moved("pick_batch_over", batch=batch.number)
    if batch.state == "cancelled":
        raise Moved("pick_batch_gone", batch=batch.number)
    if batch.operator_id not in (None, context.operator_id):
        who = picking_walks.name_of(session, batch.operator_id)
        raise WrongScan("pick_batch_of", batch=batch.number, who=who)
    batch.operator_id = context.operator_id
    if batch.state == "released":
        batch.state = "running"
        batch.started_at = context.at
        batch.epoch = batches.next_epoch(session, batch)
    walk = picking_walks.load(session, batch)
    walk.keep()
    picking_walks.keep_chosen(session, context, paper=batch.id, last=batch.id, chosen=None)
    message = Message("paper_opened", {"batch": batch.number, "lines": len(paper_lines(walk))})
    return Told(Outcome.STEP_DONE, message, Changes.BATCHES)


def confirm_all(session: Session, context: Context, _key: Resolved) -> Told:
    """Every line without an exception was taken as listed."""
    walk = get_walk(session, context)
    found = dict(walk.facts.get("found", {}))
    for n, halt in enumerate(paper_lines(walk), 1):
        found.setdefault(str(n), halt.left)
    walk.keep(found=found, place=None)
    return Told(Outcome.STEP_DONE, Message("paper_confirmed", {"lines": len(found)}), Changes.BATCHES)


def choose_line(session: Session, context: Context, key: Resolved) -> Told:
    """Opens one line for an exception, by its number on the list."""
    walk = get_walk(session, context)
    lines = paper_lines(walk)
    n = _number(key.text)
    if not 1 <= n <= len(lines):
        raise WrongScan("paper_no_line", line=key.text, lines=len(lines))
    walk.keep(line=n, place=None)
    message = Message("paper_line_opened", {"line": n, "product": lines[n - 1].product})
    return Told(Outcome.ACCEPTED, message, Changes.NONE)


def count_line(session: Session, context: Context, key: Resolved) -> Told:
    """The quantity taken of the open line: as listed, it is confirmed; less, and a reason is asked for."""
    walk = get_walk(session, context)
    n, halt = _open_line(walk)
    units = _number(key.text or "0")
    if not 0 <= units <= halt.left:
        raise WrongScan("paper_too_many", units=key.text, qty=halt.left, product=halt.product)
    if units == halt.left:
        return _note(walk, n, units, "")
    walk.keep(count=str(units))  # as text: nothing taken is an answer too
    return Told(Outcome.LOOK_HERE, Message("paper_why", {"line": n, "found": units, "qty": halt.left}), Changes.NONE)


def give_reason(session: Session, context: Context, key: Resolved) -> Told:
    """Why less was taken of the open line."""
    walk = get_walk(session, context)
    n, _ = _open_line(walk)
    if "count" not in walk.facts:
        raise WrongScan("paper_count_first", line=n)
    reason = get_reason(key.text)
    return _note(walk, n, int(walk.facts["count"]), reason)


def leave_line(session: Session, context: Context, _key: Resolved) -> Told:
    """Back to the list, the line as it was."""
    get_walk(session, context).keep(line=None, count=None)
    return Told(Outcome.ACCEPTED, Message("pick_back"), Changes.NONE)


def leave_list(session: Session, context: Context, _key: Resolved) -> Told:
    """Puts the list away; scanning its number goes on with it."""
    walk = get_walk(session, context)
    walk.keep()
    picking_walks.keep_chosen(session, context, paper=None)
    return Told(Outcome.ACCEPTED, Message("paper_left", {"batch": walk.batch.number}), Changes.NONE)


def drop(session: Session, context: Context, bench: Resolved) -> Told:
    """Books what was confirmed at the drop-off place; what nobody confirmed counts as not taken.

    With unconfirmed lines the place must be scanned a second time. Exceptions are treated as short picks: held as
    missing or damaged, counted, and taken from other bins by a later batch.
    """
    walk = get_walk(session, context)
    found: dict[str, int] = walk.facts.get("found", {})
    lines = paper_lines(walk)
    unsaid = len(lines) - len(found)
    if unsaid and walk.facts.get("place") != bench.id:
        walk.keep(place=bench.id)
        message = Message("paper_unconfirmed", {"lines": unsaid, "bench": bench.name})
        return Told(Outcome.LOOK_HERE, message, Changes.NONE)
    loads = []
    unwanted = 0
    for n, halt in enumerate(lines, 1):
        said = int(found.get(str(n), 0))
        units = _close_line(session, context, walk, halt, n)
        unwanted += said - units
        if units:
            loads.append((halt.pick.stock_id, halt.pick.order_line_id, units, Spot(location_id=bench.id)))
    session.flush()
    if loads:
        inventory.carry_many(session, context, loads, reason="pick")
    walk.batch.state = "done"
    walk.batch.finished_at = context.at
    walk.batch.dropped_at_id = bench.id
    walk.keep(found=None, why=None, place=None)
    for place in session.scalars(select(BatchOrder).where(BatchOrder.batch_id == walk.batch.id)):
        place.is_open = False
    picking_walks.keep_chosen(session, context, paper=None)
    units = sum(load[2] for load in loads)
    args: dict[str, Value] = {"batch": walk.batch.number, "units": units, "bench": bench.name, "unwanted": unwanted}
    code = "paper_dropped_unwanted" if unwanted else "paper_dropped"
    return Told(Outcome.JOB_COMPLETE, Message(code, args))


def get_reason(text: str) -> str:
    """The reason with this number; raises WrongScan for another one."""
    n = _number(text)
    if not 1 <= n <= len(REASONS):
        raise WrongScan("pick_no_reason", text=text, reasons=len(REASONS))
    return REASONS[n - 1]


def _close_line(session: Session, context: Context, walk: Walk, halt: Halt, n: int) -> int:
    """Ends one line; gives the units that are booked: never more than are still wanted of it."""
    said = walk.facts.get("found", {}).get(str(n))
    pick = halt.pick
    if said is None:
        pick.state = "cancelled"
        pick.reason = "unconfirmed"
        return 0
    wanted = min(halt.left, halt.held)
    units = min(int(said), wanted)
    reason = walk.facts.get("why", {}).get(str(n), "")
    if units < wanted:
        expected = picking_shorts.give_up(session, context, [(halt, wanted - units)], reason)
        spot = (halt.location_id, halt.product_id)
        batches.request_count(session, context, spot, reason=reason, found=units, expected=expected)
    if not units:
        pick.state = "short" if reason else "cancelled"
        pick.reason = reason or "not_wanted"
    else:
        pick.qty = units
        pick.picked = units
        pick.state = "short" if reason else "done"
    pick.done_at = context.at
    return units


def _note(walk: Walk, n: int, units: int, reason: str) -> Told:
    found: dict[str, Any] = dict(walk.facts.get("found", {})) | {str(n): units}
    why: dict[str, Any] = {key: value for key, value in walk.facts.get("why", {}).items() if key != str(n)}
    if reason:
        why[str(n)] = reason
    walk.keep(found=found, why=why, line=None, count=None, place=None)
    return Told(Outcome.STEP_DONE, Message("paper_noted", {"line": n, "found": units}), Changes.NONE)


def _open_line(walk: Walk) -> tuple[int, Halt]:
    n = int(walk.facts["line"])
    return n, paper_lines(walk)[n - 1]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else -1


def _nearest_bench(session: Session) -> str:
    code = session.scalar(select(Location.code).where(Location.kind == "bench").order_by(Location.id).limit(1))
    return code or ""
