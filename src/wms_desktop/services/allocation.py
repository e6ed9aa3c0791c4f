"""Reserves the free stock of the bins for open orders: a picture is read, a pure decision made, its shares written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Order, OrderLine, Peg
from wms_desktop.domain.allocation import Allotment, Demand, Picture, Taken, decide
from wms_desktop.errors import Refusal, Value
from wms_desktop.prompts import Message
from wms_desktop.services import inventory, kits, news, short_pegs
from wms_desktop.services.dialogue import Context
from wms_desktop.services.explaining import explain, reason_message, reason_text
from wms_desktop.services.orders import get_open
from wms_desktop.services.picturing import NO_HORIZON, list_free, read

__all__ = ["NO_HORIZON", "Allocated", "Waiting", "allocate", "allocate_for", "decide", "explain", "list_free", "read",
           "reason_message", "reason_text", "waiting_message"]  # fmt: skip

WHY = "taken_back"
# So many reservations a command may make and still be taken back; more are bulk work.
MOST_RECORDED = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An open line that got nothing, or not all: so many units are missing, and the code of the reason."""

    order_id: int
    line_id: int
    product_id: int
    missing: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """What one run did: units and lines that are reserved now, orders touched, and who still waits, with why.

    ``taken`` are the units that were taken back from later orders for it.
    """

    units: int
    lines: int
    orders: int
    waiting: tuple[Waiting, ...]
    taken: tuple[Taken, ...] = ()


def allocate(session: Session, context: Context, *, horizon: timedelta | None = None,
             product_ids: Collection[int] | None = None, for_orders: Collection[int] = (), take_back: bool = False,
             use_safety: bool = False, final: bool = True, brief: bool = False) -> Allocated:  # fmt: skip
    """Reserves what is free in the bins for open lines, in the stated order of demand.

    Left out: orders on hold, before their release day, or leaving later than ``horizon`` from now (None: the house's
    setting, NO_HORIZON: no limit). ``product_ids`` narrows the run to what waits for these products; a ship-complete
    order is judged over all its lines. ``for_orders`` narrows it to what these orders want, whatever the horizon; with
    ``take_back`` what is not free is taken from orders of a lower rank, the latest first, where nobody walks for it;
    with ``use_safety`` they may have the safety stock. Kits that no assembled stock covers are exploded into their
    parts. A second run without news changes nothing. The command becomes final, unless ``final`` is False and the
    run is small. ``brief`` spares the reading of those for whom nothing is left; they are not reported as waiting.
    """
    only = for_orders or None
    chosen = {"asked": for_orders, "takes_back": for_orders if take_back else (),
              "use_safety": for_orders if use_safety else ()}  # fmt: skip

    def look() -> Picture:
        return read(session, context.at, product_ids=product_ids, order_ids=only, horizon=horizon, lock=True,
                    brief=brief, **chosen)  # fmt: skip

    picture = look()
    parts = kits.explode(session, context, picture)
    if parts:
        product_ids = None if product_ids is None else {*product_ids, *parts}
        picture = look()
    decision = decide(picture)
    _write(session, decision, picture, final=final)
    return _report(decision, picture.demands)


def allocate_for(session: Session, context: Context, order_id: int, use_safety: bool = False,
                 take_back: bool = False) -> Message:  # fmt: skip
    """Reserves for one order what can be had, on somebody's word: beyond the horizon, and as the flags say.

    Gives the sentence that says what it holds now, what it lacks and from whom units were taken back. Refuses
    `orders.over`, `stock.on_hold` and `stock.before_release`.
    """
    order = get_open(session, order_id)
    if order.is_held:
        raise Refusal("stock.on_hold", order=order.number)
    done = allocate(session, context, for_orders=[order_id], take_back=take_back, use_safety=use_safety, final=False)
    waits = [one for one in done.waiting if one.order_id == order_id]
    if waits and all(one.why == "not_released" for one in waits):
        raise Refusal("stock.before_release", order=order.number)
    open_units = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped
    rows = session.execute(
        select(open_units.label("open"), OrderLine.reserved).where(OrderLine.order_id == order_id)
    ).all()
    held, missing = sum(row.reserved for row in rows), sum(row.open - row.reserved for row in rows)
    args: dict[str, Value] = {"order": order.number, "units": held, "missing": missing}
    if done.taken:
        losers = _numbers(session, {one.line_id for one in done.taken})
        args |= {"taken": sum(one.qty for one in done.taken), "losers": ", ".join(losers)}
        return Message("stock.taken_all" if not missing else "stock.taken_some", args)
    if not missing:
        return Message("stock.reserved_all", args)
    args["why"] = f"why.waits_{max(waits, key=lambda one: one.missing).why}" if waits else "why.waits_no_stock"
    return Message("stock.reserved_some" if held else "stock.reserved_none", args)


def waiting_message(waiting: Waiting) -> Message:
    """The sentence that says why a line waits."""
    args: dict[str, Value] = {"qty": waiting.missing}
    return Message(f"waits.{waiting.why}", args)


def _write(session: Session, decision: Allotment, picture: Picture, *, final: bool) -> None:
    for one in decision.taken:
        inventory.free(session, one.stock_id, one.line_id, one.qty)
    _release_pegs(session, decision.taken)
    rows = [(one.stock_id, one.line_id, one.qty, reason_text(one.why)) for one in decision.shares]
    recorded = not final and len(rows) <= MOST_RECORDED
    inventory.hold_many(session, rows, recorded=recorded)
    products = {line.line_id: line.product_id for demand in picture.demands for line in demand.lines}
    news.note_moved(session, {products[one.line_id] for one in decision.shares})
    _count_passed_over(session, decision, picture.demands, recorded=recorded)


def _release_pegs(session: Session, taken: Sequence[Taken]) -> None:
    """Units that an arrival had kept for an order in a bin are not kept any more."""
    lost: dict[int, int] = {}
    for one in taken:
        lost[one.line_id] = lost.get(one.line_id, 0) + one.qty
    if not lost:
        return
    pegs = session.scalars(
        select(Peg)
        .where(Peg.order_line_id.in_(lost), Peg.state == "stored", Peg.kind != short_pegs.KIND)
        .order_by(Peg.id.desc())
    ).all()
    for peg in pegs:
        gone = min(peg.qty, lost[peg.order_line_id])
        lost[peg.order_line_id] -= gone
        if gone == peg.qty:
            peg.state, peg.why = "released", WHY
        elif gone:
            peg.qty -= gone
    session.flush()


def _count_passed_over(session: Session, decision: Allotment, demands: Sequence[Demand], *, recorded: bool) -> None:
    """An order passed over three times comes first in its rank; one that is served begins anew."""
    lines_served = {one.line_id for one in decision.shares}
    passed = set(decision.passed_over)
    counts = {}
    for demand in demands:
        if demand.order_id in passed:
            counts[demand.order_id] = demand.passed_over + 1
        elif demand.passed_over and any(line.line_id in lines_served for line in demand.lines):
            counts[demand.order_id] = 0
    if not counts:
        return
    if recorded:
        for order in session.scalars(select(Order).where(Order.id.in_(counts))):
            order.passed_over = counts[order.id]
        session.flush()
        return
    session.connection().execute(
        update(Order).where(Order.id == bindparam("order")).values(passed_over=bindparam("times")),
        [{"order": order_id, "times": times} for order_id, times in counts.items()],
    )


def _numbers(session: Session, line_ids: Collection[int]) -> list[str]:
    query = select(Order.number).join(OrderLine).where(OrderLine.id.in_(line_ids)).distinct().order_by(Order.number)
    return list(session.scalars(query))


def _report(decision: Allotment, demands: Sequence[Demand]) -> Allocated:
    at: Mapping[int, tuple[int, int]] = {
        line.line_id: (demand.order_id, line.product_id) for demand in demands for line in demand.lines
    }
    served = {one.line_id for one in decision.shares}
    return Allocated(
        units=sum(one.qty for one in decision.shares),
        lines=len(served),
        orders=len({at[line_id][0] for line_id in served}),
        waiting=tuple(
            Waiting(order_id=at[one.line_id][0], line_id=one.line_id, product_id=at[one.line_id][1],
                    missing=one.qty, why=one.why)
            for one in decision.unmet
        ),
        taken=decision.taken,
    )  # fmt: skip
