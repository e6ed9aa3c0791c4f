"""What a picker's screen says in each state, derived from the rows alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Batch, BatchOrder, Pick
from wms_desktop.errors import Value
from wms_desktop.prompts import Detail, Prompt
from wms_desktop.services import site_time
from wms_desktop.services.dialogue import Context, Workflow
from wms_desktop.services.picking_shorts import REASONS
from wms_desktop.services.picking_walks import NAME, Halt, Walk, after_empty, find_walk, list_chosen, state_of

_SHOWN = 3


def build(session: Session, context: Context, workflow: Workflow) -> Prompt:
    """The prompt of the operator at this station, read from the rows."""
    walk = find_walk(session, context)
    return show(walk, workflow) if walk is not None else _start(session, context, workflow)


def show(walk: Walk, workflow: Workflow) -> Prompt:
    """The prompt of a walk that has just been read or changed."""
    state = state_of(walk)
    args: dict[str, Value] = {
        "batch": walk.batch.number,
        "cart": walk.cart,
        "metres": walk.batch.metres,
        "done": walk.progress[0],
        "total": walk.progress[1],
    }
    details: tuple[Detail, ...] = ()
    keys = workflow.keys(state)
    if state in ("bin", "item", "tote"):
        args |= _stop_args(walk, walk.here())
        details = _stop_details(walk, walk.here())
    elif state == "totes":
        args, details = args | _tote_args(walk), _tote_details(walk)
    elif state == "short":
        halt = walk.here()
        args |= _stop_args(walk, halt) | {"found": int(walk.facts["short"]["found"])}
        details = _reasons()
    elif state == "empty":
        args |= {"bin": str(walk.facts["empty"]["code"]), "next_bin": _next_place(walk, None)}
    elif state == "drop":
        used = [tote for tote in walk.totes.values() if tote.code]
        args |= {"totes": len(used), "units": sum(halt.pick.picked for halt in walk.halts)}
    elif state == "paper":
        args, details = args | _paper_args(walk), _paper_details(walk)
    elif state == "paper_line":
        args, details, keys = _paper_line(walk, args, keys)
    return Prompt(
        workflow=NAME,
        state=state,
        args=args,
        accepts=workflow.accepts(after_empty(walk) if state == "empty" else state),
        keys=keys,
        details=details,
        big=str(args["bin"]) if state == "bin" else "",
        epoch=walk.batch.epoch,
        progress=walk.progress,
    )


def paper_lines(walk: Walk) -> list[Halt]:
    """The lines of a pick list, numbered from 1 as printed."""
    return [halt for halt in walk.halts if halt.pick.state == "todo"]


def _start(session: Session, context: Context, workflow: Workflow) -> Prompt:
    chosen = str(list_chosen(session, context).get("chosen", ""))
    waits = [
        Batch.state == "released",
        Batch.mode == "cluster",
        or_(Batch.operator_id == context.operator_id, Batch.operator_id.is_(None)),
    ]
    orders = select(func.count()).where(BatchOrder.batch_id == Batch.id).scalar_subquery()
    stops = select(func.count()).where(Pick.batch_id == Batch.id).scalar_subquery()
    rows = session.execute(
        select(Batch.number, Batch.operator_id, Batch.metres, Batch.leave_by, orders.label("orders"),
               stops.label("stops"), func.count().over().label("waiting"))
        .where(*waits)
        .order_by(Batch.number != chosen, Batch.operator_id.is_(None), Batch.leave_by, Batch.id)
        .limit(_SHOWN)
    ).all()  # fmt: skip
    is_chosen = bool(rows) and rows[0].number == chosen
    details = tuple(
        Detail(
            "pick.chosen" if is_chosen and at == 0 else "pick.yours" if row.operator_id else "pick.waiting",
            {
                "batch": row.number,
                "orders": row.orders,
                "stops": row.stops,
                "metres": row.metres,
                "leave_by": site_time.clock_time(session, row.leave_by) if row.leave_by else "-",
            },
        )
        for at, row in enumerate(rows)
    )
    return Prompt(
        workflow=NAME,
        state="start",
        args={"waiting": rows[0].waiting if rows else 0, "batch": rows[0].number if rows else "-"},
        accepts=workflow.accepts("start"),
        keys=workflow.keys("start"),
        details=details,
    )


def _stop_args(walk: Walk, halt: Halt) -> dict[str, Value]:
    tote = walk.tote_of(halt)
    return {
        "bin": halt.place,
        "product": halt.product,
        "sku": halt.sku,
        "lot": halt.lot,
        "qty": halt.left,
        "taken": walk.taken,
        "left": halt.left - walk.taken,
        "tote": tote.code,
        "position": tote.position,
        "order": tote.number,
        "next_bin": _next_place(walk, halt),
    }


def _stop_details(walk: Walk, halt: Halt) -> tuple[Detail, ...]:
    details = [Detail("pick.take", {"qty": halt.left, "taken": walk.taken, "product": halt.product, "sku": halt.sku})]
    if halt.lot:
        details.append(Detail("pick.lot", {"lot": halt.lot}))
    tote = walk.tote_of(halt)
    details.append(Detail("pick.for", {"order": tote.number, "tote": tote.code, "position": tote.position}))
    following = _next_place(walk, halt)
    details.append(Detail("pick.next", {"bin": following}) if following else Detail("pick.next_drop"))
    return tuple(details)


def _next_place(walk: Walk, halt: Halt | None) -> str:
    """The next bin after this one, empty when the drop-off place comes next."""
    here = halt.location_id if halt is not None else 0
    return next((other.place for other in walk.todo if other.location_id != here), "")


def _tote_args(walk: Walk) -> dict[str, Value]:
    tote = next(t for t in walk.totes.values() if t.row.order_id == wanted_order(walk))
    return {"order": tote.number, "position": tote.position, "totes": len(walk.totes), "old": tote.code}


def _tote_details(walk: Walk) -> tuple[Detail, ...]:
    tote = next(t for t in walk.totes.values() if t.row.order_id == wanted_order(walk))
    if tote.code:
        return (Detail("pick.another_tote", {"order": tote.number, "tote": tote.code}),)
    return tuple(
        Detail("pick.tote_known", {"position": t.position, "tote": t.code, "order": t.number})
        for t in walk.totes.values()
        if t.code
    )


def wanted_order(walk: Walk) -> int:
    """The order whose tote is asked for: a further one, else the first that has none."""
    further = walk.facts.get("new_tote")
    if further:
        return int(further)
    return next(order_id for order_id, tote in walk.totes.items() if not tote.row.plate_id)


def _reasons() -> tuple[Detail, ...]:
    return tuple(Detail(f"pick.reason.{reason}", {"n": n}) for n, reason in enumerate(REASONS, 1))


def _paper_args(walk: Walk) -> dict[str, Value]:
    lines = paper_lines(walk)
    confirmed = len(walk.facts.get("found", {}))
    return {"lines": len(lines), "confirmed": confirmed, "open": len(lines) - confirmed}


def _paper_details(walk: Walk) -> tuple[Detail, ...]:
    found = walk.facts.get("found", {})
    details = []
    for n, halt in enumerate(paper_lines(walk), 1):
        args: dict[str, Value] = {"n": n, "bin": halt.place, "sku": halt.sku, "qty": halt.left}
        if str(n) in found:
            details.append(Detail("pick.paper.found", args | {"found": found[str(n)]}))
        else:
            details.append(Detail("pick.paper.open", args))
    return tuple(details)


def _paper_line(walk: Walk, args: dict[str, Value], keys: tuple[str, ...]) -> Any:
    n = int(walk.facts["line"])
    halt = paper_lines(walk)[n - 1]
    args = args | {"line": n, "bin": halt.place, "product": halt.product, "sku": halt.sku, "qty": halt.left}
    count = walk.facts.get("count")
    asks_why = count is not None
    # Digits mean the quantity first, and the number of the reason afterwards: one of the two keys at a time.
    keys = tuple(key for key in keys if key != ("quantity" if asks_why else "choose"))
    return args | {"found": str(count) if asks_why else "-"}, _reasons() if asks_why else (), keys
