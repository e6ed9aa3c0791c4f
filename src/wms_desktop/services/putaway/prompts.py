"""What the putaway screen shows: the work that waits, the bin to go to, or the next stop of a cart."""

from __future__ import annotations

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Location, Lot, Stock
from wms_desktop.errors import Value
from wms_desktop.prompts import Detail, Prompt
from wms_desktop.services import walk_backs
from wms_desktop.services.dialogue import Context, Workflow
from wms_desktop.services.putaway import work as works
from wms_desktop.services.putaway.placing import WHY_OTHER
from wms_desktop.services.putaway.standing import Waiting
from wms_desktop.services.putaway.work import Job, Work

_STOPS_SHOWN = 3
_ROWS_SHOWN = 8


def show(session: Session, context: Context, table: Workflow) -> Prompt:
    """The prompt of the moment, from the rows alone."""
    work = works.read(session, context)
    state = work.state
    args, details = _at_rest(session, context, work) if not work.jobs else _on_the_way(session, work)
    has_bin = bool(work.jobs) and work.other is None
    done = work.total - len(work.jobs)
    return Prompt(
        workflow=works.NAME,
        state=state,
        args=args,
        accepts=table.accepts(state),
        keys=table.keys(state),
        details=details,
        big=_big(work) if has_bin else "",
        progress=(done, work.total) if work.jobs and work.total else (0, 0),
    )


def _big(work: Work) -> str:
    """The place to go to: the bin, or first the reserve that a face is refilled from."""
    return work.source.code if work.kind == "bin" and not work.is_fetched else work.job().bin


def _at_rest(session: Session, context: Context, work: Work) -> tuple[dict[str, Value], tuple[Detail, ...]]:
    rows = works.list_at(session, work.source)
    args: dict[str, Value] = {
        "units": sum(row.free for row in rows),
        "kinds": len({row.product_id for row in rows}),
        work.kind: work.source.code,
    }
    if work.kind == "dock":
        return args, tuple(_offered(session, work.source))
    if work.kind == "cart":
        waiting = works.list_at(session, works.dock_of(session, context))
        args |= {"waiting": sum(row.free for row in waiting)}
    return args, tuple(_row(row) for row in rows[:_ROWS_SHOWN])


def _offered(session: Session, dock: Location) -> list[Detail]:
    """The dock's rows, and below them the lanes from which something is walked back, with their numbers."""
    back: dict[int, list[walk_backs.WalkBack]] = {}
    for one in walk_backs.list_walk_backs(session):
        back.setdefault(one.lane_id, []).append(one)
    details = []
    for number, offered in enumerate(works.list_offered(session, dock), 1):
        if isinstance(offered, Waiting):
            details.append(_row(offered))
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
        "source" if work.kind == "bin" else work.kind: work.source.code,
    }
    if work.kind == "cart":
        args |= {"stop": work.total - len(work.jobs) + 1, "total": work.total, "metres": work.metres}
    if work.other is not None:
        args |= {"other": work.other[1]}
        reasons = enumerate(WHY_OTHER, 1)
        return args, tuple(Detail("putaway.reason", {"n": n, "reason": f"reason.bin_{why}"}) for n, why in reasons)
    return args, tuple(_next(session, work, one) for one in work.jobs[1 : 1 + _STOPS_SHOWN])


def _next(session: Session, work: Work, job: Job) -> Detail:
    args: dict[str, Value] = {"qty": job.qty, "bin": job.bin or "-", "product": works.product_of(session, job).name}
    return Detail("putaway.next_stop" if work.kind == "cart" else "putaway.then", args)


def _row(row: Waiting) -> Detail:
    return Detail("putaway.waiting", {"qty": row.free, "product": row.name, "lot": row.lot})
