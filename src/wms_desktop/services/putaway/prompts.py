"""What the putaway screen shows: the work that waits, the bin to go to, or the next stop of a cart."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Lot, Stock
from wms_desktop.errors import Value
from wms_desktop.prompts import Detail, Prompt
from wms_desktop.services import walk_backs
from wms_desktop.services.dialogue import Context, Workflow
from wms_desktop.services.putaway import loads, looks
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.placing import WHY_OTHER
from wms_desktop.services.putaway.standing import Waiting, list_lying
from wms_desktop.services.putaway.work import Job, Work
from wms_desktop.views.refills import Look

_STOPS_SHOWN = 3
_ROWS_SHOWN = 8
_WHOLE_SHOWN = 4
"""Rows of a plate or bin, side by side in letters that are read from a step away."""


def show(session: Session, context: Context, table: Workflow) -> Prompt:
    """The prompt of the moment, from the rows alone."""
    work = works.read(session, context)
    state = work.state
    if work.look:
        args, details = _look(session, context, work)
    elif not work.jobs:
        args, details = _at_rest(session, context, work)
    else:
        args, details = _whole(session, work) if work.is_whole else _on_the_way(session, work)
    has_bin = bool(work.jobs) and work.other is None
    done = work.total - len(work.jobs)
    return Prompt(
        workflow=works.NAME,
        state=state,
        args=args,
        accepts=table.accepts(state),
        keys=table.keys(state),
        details=details,
        big=str(args["bin"]) if state in ("look", "look_into") else _big(work) if has_bin else "",
        progress=(done, work.total) if work.jobs and work.total else (0, 0),
    )


def _big(work: Work) -> str:
    """The place to go to: the bin, or first the reserve that a face is refilled from."""
    return work.source.code if work.kind == "bin" and not work.is_fetched else work.job().bin


def _at_rest(session: Session, context: Context, work: Work) -> tuple[dict[str, Value], tuple[Detail, ...]]:
    rows = works.list_here(session, work)
    args: dict[str, Value] = {
        "units": sum(row.free for row in rows),
        "kinds": len({row.product_id for row in rows}),
        work.kind: work.plate[1] if work.plate else work.source.code,
    }
    if work.kind == "dock":
        return args, tuple(_offered(session, work.source))
    if work.kind == "cart":
        waiting = works.list_at(session, works.dock_of(session, context))
        args |= {"waiting": sum(row.free for row in waiting)}
        return args, (*_room(session, work.source), *(_row(row) for row in rows[: _ROWS_SHOWN - 1]))
    if work.kind == "plate":
        numbered = enumerate(rows[:_ROWS_SHOWN], 1)
        return args, tuple(Detail("putaway.on_plate", {"n": n, **_row(row).args}) for n, row in numbered)
    return args, tuple(_row(row) for row in rows[:_ROWS_SHOWN])


def _offered(session: Session, dock: Location) -> list[Detail]:
    """The dock's rows, the lanes from which something is walked back and the bins to look into, with their numbers."""
    back: dict[int, list[walk_backs.WalkBack]] = {}
    for one in walk_backs.list_walk_backs(session):
        back.setdefault(one.lane_id, []).append(one)
    details = []
    for number, offered in enumerate(works.list_offered(session, dock, looks.list_open(session)), 1):
        if isinstance(offered, Waiting):
            details.append(_row(offered))
            continue
        if isinstance(offered, Look):
            said: dict[str, Value] = {"n": number, "bin": offered.bin, "product": offered.product}
            kind = "look_into" if offered.is_unknown else "look_urgent" if offered.is_urgent else "look"
            details.append(Detail(f"putaway.{kind}", said))
            continue
        units, lane = sum(one.qty for one in back[offered]), back[offered][0].lane
        details.append(Detail("putaway.walk_back", {"n": number, "units": units, "lane": lane}))
    return details


def _on_the_way(session: Session, work: Work) -> tuple[dict[str, Value], tuple[Detail, ...]]:
    job = work.job()
    product = works.product_of(session, job)
    stock = session.get_one(Stock, job.stock_id)
    args: dict[str, Value] = {
        "product": product.name,
        "lot": session.get_one(Lot, stock.lot_id).code,
        "qty": job.qty,
        "bin": job.bin,
        "reason": job.rule,
        "why": f"why.{job.rule}",
        "source" if work.kind == "bin" else work.kind: work.plate[1] if work.plate else work.source.code,
    }
    if work.kind == "cart":
        args |= {"stop": work.total - len(work.jobs) + 1, "total": work.total, "metres": work.metres}
        args |= {"left": len(work.jobs) - 1}
    if work.other is not None:
        return args | {"other": work.other[1]}, _reasons()
    return args, tuple(_next(session, work, one) for one in work.jobs[1 : 1 + _STOPS_SHOWN])


def _room(session: Session, cart: Location) -> list[Detail]:
    """How much more the cart bears, where it has limits."""
    room = loads.room_on(session, cart)
    said: dict[str, Value] = {}
    if room.volume_mm3 is not None:
        said["litres"] = max(0, room.volume_mm3) // loads.MM3_A_LITRE
    if room.weight_g is not None:
        said["kg"] = max(0, room.weight_g) // loads.G_A_KG
    code = {2: "putaway.room", 0: ""}.get(len(said), "putaway.room_litres" if "litres" in said else "putaway.room_kg")
    return [Detail(code, said)] if code else []


def _look(session: Session, context: Context, work: Work) -> tuple[dict[str, Value], tuple[Detail, ...]]:
    """A bin to look into, and what the book says of it."""
    one = next(one for one in looks.list_looks(session) if one.task_id == work.look)
    args: dict[str, Value] = {"bin": one.bin, "product": one.product, "why": f"why.look_{one.reason}",
                              "there": looks.count_booked(session, context, one)}  # fmt: skip
    if work.is_differing:
        lot = session.get_one(Lot, work.lot).code if work.lot else ""
        return args | {"found": one.found}, (Detail("putaway.lot_differs", {"lot": lot}),) if lot else ()
    if work.is_unknown and work.is_fetched:
        rows = list_lying(session, one.bin_id)
        return args | {"units": sum(row.free for row in rows)}, _few(rows)
    return args, ()


def _whole(session: Session, work: Work) -> tuple[dict[str, Value], tuple[Detail, ...]]:
    """A plate on its way to the one bin that takes all of it, with what is on it."""
    job, rows = work.job(), works.list_here(session, work)
    args: dict[str, Value] = {
        "plate": work.plate[1] if work.plate else "",
        "qty": sum(one.qty for one in work.jobs),
        "kinds": len({row.product_id for row in rows}),
        "bin": job.bin,
        "reason": job.rule,
        "why": f"why.{job.rule}",
    }
    if work.other is not None:
        return args | {"other": work.other[1]}, _reasons()
    return args, _few(rows)


def _few(rows: Sequence[Waiting]) -> tuple[Detail, ...]:
    """The first rows in large type, and how many more there are."""
    if len(rows) <= _WHOLE_SHOWN:
        return tuple(_row(row) for row in rows)
    shown = tuple(_row(row) for row in rows[: _WHOLE_SHOWN - 1])
    return (*shown, Detail("putaway.more", {"n": len(rows) - len(shown)}))


def _reasons() -> tuple[Detail, ...]:
    reasons = enumerate(WHY_OTHER, 1)
    return tuple(Detail("putaway.reason", {"n": n, "reason": f"reason.bin_{why}"}) for n, why in reasons)


def _next(session: Session, work: Work, job: Job) -> Detail:
    args: dict[str, Value] = {"qty": job.qty, "bin": job.bin or "-", "product": works.product_of(session, job).name}
    return Detail("putaway.next_stop" if work.kind == "cart" else "putaway.then", args)


def _row(row: Waiting) -> Detail:
    return Detail("putaway.waiting", {"qty": row.free, "product": row.name, "lot": row.lot})
