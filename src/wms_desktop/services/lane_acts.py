"""What the lane board does, by name: blocks a lane, opens it again, lets an order's units in lanes go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.tables import Location, OrderLine, Reservation, Stock
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.prompts import Answer, Message, Outcome, Prompt
from wms_desktop.services import crossdocking, inventory, lane_board, order_log
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args
from wms_desktop.services.intake import Entry
from wms_desktop.services.orders import get_open

NAME = "lanes"
WHY = "let_go"


def block_lane(session: Session, context: Context, lane_id: int, reason: str) -> Message:
    """Nothing is sent to the lane any more; what stands in it or is booked for it stays until it is packed.

    Refuses `lanes.reason_wanted`, `lanes.is_blocked`; raises BadInput `lanes.no_lane`.
    """
    lane = _get_lane(session, lane_id)
    if not reason.strip():
        raise Refusal("lanes.reason_wanted", lane=lane.code)
    Entry("locations", 1).maybe_text("blocked_why", reason)
    if lane.is_blocked:
        raise Refusal("lanes.is_blocked", lane=lane.code, reason=lane.blocked_why)
    lane.is_blocked, lane.blocked_why = True, reason.strip()
    session.flush()
    orders = len(lane_board.open_lane(session, context.at, lane_id).lane.orders)
    return Message("lanes.blocked", {"lane": lane.code, "orders": orders})


def unblock_lane(session: Session, context: Context, lane_id: int) -> Message:
    """Orders may collect in the lane again. Refuses `lanes.not_blocked`; raises BadInput `lanes.no_lane`."""
    lane = _get_lane(session, lane_id)
    if not lane.is_blocked:
        raise Refusal("lanes.not_blocked", lane=lane.code)
    lane.is_blocked, lane.blocked_why = False, ""
    session.flush()
    return Message("lanes.unblocked", {"lane": lane.code})


def let_go(session: Session, context: Context, order_id: int) -> Message:
    """Lets go of all units that stand in lanes for an order, or on the dock for one.

    Others who wait for them and may collect there get them before the command ends, this order not; the rest is walked
    back. Refuses `orders.over`, `lanes.nothing_in_lanes`; raises BadInput `orders.gone`.
    """
    order = get_open(session, order_id)
    before = _list_in_lanes(session, order_id)
    on_dock = crossdocking.let_go(session, context, [order_id], WHY) - sum(row.qty for row in before)
    for row in _list_in_lanes(session, order_id):  # what came there without a receipt
        inventory.free(session, row.stock_id, row.order_line_id, row.qty)
    units = sum(row.qty for row in before) + max(0, on_dock)
    if not units:
        raise Refusal("lanes.nothing_in_lanes", order=order.number)
    places = ", ".join(sorted({row.code for row in before})) or "–"
    order_log.note(session, context, order_id, "event.lanes_let_go", {"units": units, "lanes": places})
    session.flush()
    return Message("lanes.let_go", {"order": order.number, "units": units, "lanes": places})


def _list_in_lanes(session: Session, order_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What is held for an order in lanes, locked."""
    session.flush()
    return session.execute(
        select(Reservation.stock_id, Reservation.order_line_id, Reservation.qty, Location.code)
        .join(Stock, Stock.id == Reservation.stock_id)
        .join(Location, Location.id == Stock.location_id)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .where(OrderLine.order_id == order_id, Reservation.state == "held", Location.kind == "lane")
        .order_by(Reservation.id)
        .with_for_update(of=Reservation)
    ).all()


def prompt(session: Session, context: Context) -> Prompt:
    """The lane board's own state: it has none but its rows."""
    return Prompt(workflow=NAME, state="board")


def _get_lane(session: Session, lane_id: int) -> Location:
    lane = session.get(Location, lane_id, populate_existing=True, with_for_update=True)
    if lane is None or lane.kind != "lane":
        raise BadInput("lanes.no_lane")
    return lane


def _answer(session: Session, context: Context, message: Message) -> Answer:
    changes = Changes.LANES | Changes.STOCK | Changes.ORDERS
    return Answer(outcome=Outcome.STEP_DONE, message=message, prompt=prompt(session, context), changes=changes)


def _block(session: Session, context: Context, args: Args) -> Answer:
    return _answer(session, context, block_lane(session, context, args["lane"], args["reason"]))


def _unblock(session: Session, context: Context, args: Args) -> Answer:
    return _answer(session, context, unblock_lane(session, context, args["lane"]))


def _let_go(session: Session, context: Context, args: Args) -> Answer:
    return _answer(session, context, let_go(session, context, args["order"]))


ACTS: Mapping[str, Act] = {
    "block_lane": Act(NAME, _block),
    "unblock_lane": Act(NAME, _unblock),
    "let_go": Act(NAME, _let_go),
}
