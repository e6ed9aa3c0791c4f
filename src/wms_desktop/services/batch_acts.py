"""What the batches board does, by name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Batch
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import batches, paper_picking
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


ACTS: Mapping[str, Act] = {"reassign": Act(batches.NAME, _reassign), "print_list": Act(batches.NAME, _print_list)}
