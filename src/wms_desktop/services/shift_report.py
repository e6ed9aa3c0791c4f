"""What a shift came to, counted from the ledger and its documents; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from wms_desktop.db.tables import (
    Batch,
    Carton,
    Command,
    CountTask,
    Customer,
    Location,
    Movement,
    Operator,
    Order,
    OrderLine,
    Peg,
    Pick,
    PrintJob,
    Product,
    ReceiptLine,
)
from wms_desktop.services import selfcheck, site_time
from wms_desktop.services.selfcheck import Difference

_FLOOR = ("receive", "putaway", "pick", "pack", "dispatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryStep:
    """One movement of a unit: site-local clock time, how many, from and to which place, by whom, why."""

    at: str
    qty: int
    source: str
    target: str
    who: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The figures by name, the story of one article that went through a lane, and what the self-check found."""

    figures: dict[str, int]
    story: tuple[StoryStep, ...]
    product: str
    order: str
    customer: str
    differences: tuple[Difference, ...]


def tell(session: Session) -> Facts:
    """Counts everything, and follows one article from the supplier to the truck."""
    differences = tuple(selfcheck.find_differences(session))
    movements, balances = selfcheck.count_proved(session)
    whole, part = _shipped(session)
    lane_only = list_lane_orders(session)
    story, names = _story(session, lane_only)
    figures = {
        "orders_shipped": len(whole),
        "orders_part_shipped": len(part),
        "orders_by_lane_alone": len(lane_only),
        "parcels": _count(session, select(func.count(Carton.id)).where(Carton.state == "shipped")),
        "units_shipped": _count(session, select(func.sum(OrderLine.shipped))),
        "movements": movements,
        "balances": balances,
        "differences": len(differences),
    }
    figures |= _inbound(session) | _outbound(session)
    return Facts(
        figures=figures, story=story, product=names[0], order=names[1], customer=names[2], differences=differences
    )


def count_unprinted(session: Session) -> int:
    """Papers that still wait for a printer."""
    return _count(session, select(func.count(PrintJob.id)).where(PrintJob.state == "queued"))


def list_lane_orders(session: Session) -> list[int]:
    """Orders of which something left, and every unit of that came from the dock through a lane: never from a bin."""
    source, target = aliased(Location), aliased(Location)
    by_lane = func.sum(case(((source.kind == "dock") & (target.kind == "lane"), Movement.qty), else_=0))
    from_bin = func.sum(case(((source.kind == "bin") | (target.kind == "bin"), Movement.qty), else_=0))
    left = func.sum(case((target.kind == "customer", Movement.qty), else_=0))
    rows = session.execute(
        select(OrderLine.order_id)
        .join(Movement, Movement.order_line_id == OrderLine.id)
        .join(source, source.id == Movement.from_location_id)
        .join(target, target.id == Movement.to_location_id)
        .group_by(OrderLine.order_id)
        .having(left > 0, by_lane == left, from_bin == 0)
        .order_by(OrderLine.order_id)
    )
    return [row.order_id for row in rows]


def _shipped(session: Session) -> tuple[list[int], list[int]]:
    """Orders that left whole, and those of which a part left."""
    owed = func.sum(OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped)
    rows = session.execute(
        select(OrderLine.order_id, owed.label("owed"))
        .group_by(OrderLine.order_id)
        .having(func.sum(OrderLine.shipped) > 0)
    ).all()
    return [row.order_id for row in rows if not row.owed], [row.order_id for row in rows if row.owed]


def _inbound(session: Session) -> dict[str, int]:
    units = func.sum(ReceiptLine.qty)
    return {
        "units_received": _count(session, select(units)),
        "units_damaged": _count(session, select(units).where(ReceiptLine.condition == "damaged")),
        "receiving_scans": _count(session, select(func.count(func.distinct(ReceiptLine.id)))),
        "units_to_lanes": _moved(session, "crossdock"),
        "units_planned": _by_peg(session, "planned"),
        "units_opportunistic": _by_peg(session, "opportunistic"),
        "units_did_not_come": _count(session, select(func.sum(Peg.qty)).where(Peg.why == "did_not_come")),
        "units_inspected": _count(
            session,
            select(func.sum(Movement.qty)).where(Movement.from_condition == "inspect", Movement.to_condition == "good"),
        ),
        "units_walked_back": _count(
            session, select(func.sum(Movement.qty)).where(Movement.reason.startswith("walk back"))
        ),
        "units_put_away": _count(session, select(func.sum(Movement.qty)).where(Movement.reason.startswith("putaway"))),
        "declined": _count(session, select(func.count(Peg.id)).where(Peg.why.startswith("declined"))),
    }


def _outbound(session: Session) -> dict[str, int]:
    short = select(func.count(Pick.id)).where(Pick.reason != "", Pick.reason != "batch_cancelled")
    lines = select(Pick.order_line_id).where(Pick.reason != "", Pick.reason != "batch_cancelled")
    again = select(func.count(Pick.id)).where(Pick.order_line_id.in_(lines), Pick.reason == "", Pick.picked > 0)
    open_lines = select(func.count(OrderLine.id)).where(
        OrderLine.id.in_(lines), OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped + OrderLine.reserved
    )
    refused = select(func.count(Command.id)).where(Command.state == "refused", Command.workflow.in_(_FLOOR))
    done = select(func.count(Batch.id)).where(Batch.state == "done")
    return {
        "picks": _count(session, select(func.count(Pick.id)).where(Pick.picked > 0)),
        "batches_picked": _count(session, done),
        "metres": _count(session, select(func.sum(Batch.metres)).where(Batch.state == "done")),
        "shorts": _count(session, short),
        "shorts_found_elsewhere": _count(session, again),
        "shorts_backordered": _count(session, open_lines),
        "counts_asked": _count(session, select(func.count(CountTask.id))),
        "refused_scans": _count(session, refused),
    }


def _story(session: Session, lane_only: Sequence[int]) -> tuple[tuple[StoryStep, ...], tuple[str, str, str]]:
    """The movements of one line of an order that went through a lane alone, with how it came in before that."""
    line = session.scalars(
        select(OrderLine).where(OrderLine.order_id.in_(lane_only), OrderLine.shipped > 0)
        .order_by(OrderLine.shipped.desc(), OrderLine.id).limit(1)
    ).one_or_none()  # fmt: skip
    if line is None:
        return (), ("", "", "")
    first = session.scalars(select(Movement).where(Movement.order_line_id == line.id).order_by(Movement.id)).first()
    arrival = session.scalars(
        select(Movement)
        .where(Movement.product_id == line.product_id, Movement.reason == "receive",
               Movement.id < (first.id if first else 0))
        .order_by(Movement.id.desc()).limit(1)
    ).all()  # fmt: skip
    walked = session.scalars(select(Movement).where(Movement.order_line_id == line.id).order_by(Movement.id)).all()
    order = session.get_one(Order, line.order_id)
    names = (session.get_one(Product, line.product_id).name, order.number,
             session.get_one(Customer, order.customer_id).name)  # fmt: skip
    return tuple(_step(session, movement) for movement in (*arrival, *walked)), names


def _step(session: Session, movement: Movement) -> StoryStep:
    return StoryStep(
        at=site_time.clock_time(session, movement.at),
        qty=movement.qty,
        source=session.get_one(Location, movement.from_location_id).code,
        target=session.get_one(Location, movement.to_location_id).code,
        who=session.get_one(Operator, movement.operator_id).name,
        reason=movement.reason,
    )


def _by_peg(session: Session, kind: str) -> int:
    """Units that went through a lane by a decision of this kind."""
    gone = Peg.state.in_(("in_lane", "packed"))
    return _count(session, select(func.sum(Peg.qty)).where(gone, Peg.kind == kind))


def _moved(session: Session, reason: str) -> int:
    return _count(session, select(func.sum(Movement.qty)).where(Movement.reason == reason))


def _count(session: Session, query: object) -> int:
    return int(session.scalar(query) or 0)  # type: ignore[call-overload]
