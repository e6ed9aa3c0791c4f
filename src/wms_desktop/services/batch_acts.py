"""What the batches board does, by name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Batch, BatchOrder
from wms_desktop.errors import Refusal, Value
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import allocation, batches, orders, paper_picking
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args


def _reassign(session: Session, context: Context, args: Args) -> Answer:
    """Gives a batch to somebody else (``operator`` 0: to nobody)."""
    assigned = batches.assign(session, context, args["batch"], args["operator"])
    return batches.answer(session, context, assigned.message)


def _print_list(session: Session, context: Context, args: Args) -> Answer:
    """Queues a batch's paper pick list for this station's printer."""
    paper_picking.print_pick_list(session, context, args["batch"])
    number = session.get_one(Batch, args["batch"]).number
    return batches.answer(session, context, Message("pick_list_printed", {"batch": number}))


def _start_work(session: Session, context: Context, args: Args) -> Answer:
    """Reserves for one order what can be had, and makes a batch of it; refuses `work.in_batch`, `work.not_ready`."""
    order = orders.get_open(session, args["order"])
    batch = session.scalar(
        select(Batch.number)
        .join(BatchOrder, BatchOrder.batch_id == Batch.id)
        .where(BatchOrder.order_id == order.id, BatchOrder.is_open == True)
        .limit(1)
    )
    if batch is not None:
        raise Refusal("work.in_batch", order=order.number, batch=batch)
    allocation.allocate_for(session, context, order.id)
    formed = batches.form_batches(session, context, order_ids=[order.id])
    if not formed.numbers:
        raise Refusal("work.not_ready", order=order.number)
    message: dict[str, Value] = {
        "order": order.number,
        "batch": ", ".join(formed.numbers),
        "stops": formed.stops,
        "metres": formed.metres,
    }
    return batches.answer(session, context, Message("work.started", message))


ACTS: Mapping[str, Act] = {
    "reassign": Act(batches.NAME, _reassign),
    "print_list": Act(batches.NAME, _print_list),
    "start_work": Act(batches.NAME, _start_work),
}
