"""Takes back the last scan of a station: counter-movements, and every row as it was before."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wms_desktop.db.tables import Command, PrintJob, Receipt, ReceiptLine
from wms_desktop.errors import CannotUndo
from wms_desktop.services import inventory, undo
from wms_desktop.services.dialogue import Context


def undo_last(session: Session, context: Context, workflow: str) -> None:
    """Takes back the station's last carried-out command of this workflow; again takes back the one before it.

    Labels and lists of that command become void. Raises CannotUndo when there is nothing to take back, when the
    last command was final (goods have left), or when its rows have moved on since.
    """
    last = session.scalars(
        select(Command)
        .where(
            Command.station_id == context.station_id,
            Command.workflow == workflow,
            Command.state == "done",
            Command.undo != undo.NOTHING,
        )
        .order_by(Command.seq.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.undo == undo.FINAL:
        raise CannotUndo("nothing_to_undo")
    made = [entry[2]["id"] for entry in json.loads(last.undo) if entry[:2] == ["insert", "receipt_line"]]
    closed = select(Receipt.id).join(ReceiptLine).where(ReceiptLine.id.in_(made), Receipt.state != "open")
    if made and session.scalar(closed.limit(1)) is not None:
        raise CannotUndo("receipt_closed_since")
    for job in session.scalars(select(PrintJob).where(PrintJob.command_id == last.id)):
        job.state = "void"
        job.carton_id = None  # the carton itself may be taken back next; the number still tells whose paper it was
    last.state = "undone"
    try:
        undo.walk_back(session, last.undo, lambda movement_id: inventory.reverse(session, context, movement_id))
    except IntegrityError as moved_on:
        # What was there before cannot stand beside what is there now: a tote in use again, a line cancelled.
        raise CannotUndo from moved_on
    undo.forget(session)
