"""What a packing bench shows in each state, derived from the rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.errors import Value
from wms_desktop.prompts import Detail, Prompt
from wms_desktop.services import packing_queue as queue
from wms_desktop.services import shipping
from wms_desktop.services.dialogue import Context, Workflow, load
from wms_desktop.services.packing_queue import Held, Work, units

_MOST_ROWS = 8
Args = dict[str, Value]


def state_of(session: Session, context: Context) -> tuple[str, dict[str, Any]]:
    """Where this bench's dialogue stands."""
    return load(session, context, "pack", "open")


def show(workflow: Workflow, session: Session, context: Context) -> Prompt:
    """The prompt of this bench."""
    state, facts = state_of(session, context)
    args: Args = {}
    details: list[Detail] = []
    progress = (0, 0)
    if state == "open":
        args, details = _waiting(session, context)
    elif state == "choose":
        args, details = _choices(session, context, facts)
    else:
        work = queue.get_work(session, facts["order"])
        carton = queue.find_open_carton(session, work.order_id)
        boxed, left = units(work.boxed), units(work.here)
        progress = (boxed, boxed + left)
        parcel = carton.seq if carton else _next_parcel(session, work)
        args = {"order": work.number, "receiver": work.receiver, "parcel": parcel, "left": left,
                "packed": units(work.open_box), "source": facts["prefer"][2]}  # fmt: skip
        if state == "confirm":
            args["grams"] = facts.get("weight", shipping.weigh(work))
        details = _lines(work)
    return Prompt(
        workflow=workflow.name,
        state=state,
        args=args,
        accepts=workflow.accepts(state),
        keys=workflow.keys(state),
        details=tuple(details),
        progress=progress,
    )


def where_is(rows: Iterable[Held]) -> str:
    """The places of held units with how many stand there: `LANE-1: 2, TOTE-03, BENCH-1: 1`."""
    sums: dict[str, int] = {}
    for held in rows:
        sums[held.where] = sums.get(held.where, 0) + held.qty
    return "; ".join(f"{where}: {qty}" for where, qty in sums.items())


def _next_parcel(session: Session, work: Work) -> int:
    return shipping.count_open_parcels(session, work.order_id) + 1


def _waiting(session: Session, context: Context) -> tuple[Args, list[Detail]]:
    rows = queue.list_waiting(session, context.at)
    ready = {row.order_id for row in rows if row.is_ready}
    details = [
        Detail("pack.waiting", {"place": row.plate or row.place, "order": row.order, "units": row.units})
        for row in rows
        if row.is_ready
    ]
    return {"waiting": len(ready)}, details[:_MOST_ROWS]


def _choices(session: Session, context: Context, facts: dict[str, Any]) -> tuple[Args, list[Detail]]:
    kind, source_id, name = facts["prefer"]
    place = {"plate_id": source_id} if kind == "plate" else {"location_id": source_id}
    rows = {row.order_id: row for row in queue.list_waiting(session, context.at, **place)}
    details = []
    for number, order_id in enumerate(facts["orders"], 1):
        row = rows.get(order_id)
        if row is None:
            details.append(Detail("pack.choice_gone", {"n": number}))
            continue
        code = "pack.choice" if row.is_ready else "pack.choice_waits"
        shown: Args = {
            "n": number,
            "order": row.order,
            "receiver": row.receiver,
            "units": row.units,
            "missing": row.missing,
        }
        details.append(Detail(code, shown))
    return {"place": name, "count": len(facts["orders"])}, details


def _lines(work: Work) -> list[Detail]:
    details = []
    places = {(held.plate_id, held.location_id) for held in work.here}
    still_in = "pack.line" if len(places) < 2 else "pack.line_at"
    for line in work.lines:
        here = units(h for h in work.here if h.line_id == line.id)
        boxed = units(h for h in work.boxed if h.line_id == line.id)
        if not here and not boxed:
            continue
        where = where_is(h for h in work.here if h.line_id == line.id)
        args: Args = {"product": line.name, "sku": line.sku, "ordered": line.owed, "packed": boxed, "left": here,
                "where": where}  # fmt: skip
        details.append(Detail(still_in if here else "pack.line_done", args))
    details.sort(key=lambda detail: detail.code == "pack.line_done")
    if work.missing:
        where = where_is(work.elsewhere)
        code = "pack.missing_at" if where else "pack.missing"
        details.insert(0, Detail(code, {"missing": work.missing, "where": where}))
    return details
