"""What the imports desk does, by name."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from wms_desktop.prompts import Answer
from wms_desktop.services import importing
from wms_desktop.services.dialogue import Context
from wms_desktop.services.doors import Act, Args


def _publish(session: Session, context: Context, args: Args) -> Answer:
    """Puts the good rows of a run into the house, or (``good_only`` False) none when any is bad."""
    return importing.publish(session, context, args["run"], good_only=args["good_only"])


def _drop(session: Session, context: Context, args: Args) -> Answer:
    """Gives a run up."""
    return importing.answer(session, context, importing.drop(session, context, args["run"]))


def _mend(session: Session, context: Context, args: Args) -> Answer:
    """Changes fields of a row, and judges its document anew."""
    return importing.mend(session, context, args["row"], args["fields"])


def _leave_out(session: Session, context: Context, args: Args) -> Answer:
    """Takes rows out of their documents."""
    return importing.answer(session, context, importing.leave_out(session, context, args["rows"]))


def _save_mapping(session: Session, context: Context, args: Args) -> Answer:
    """Keeps a mapping under a name."""
    message = importing.save_mapping(session, context, args["kind"], args["name"], args["mapping"])
    return importing.answer(session, context, message)


ACTS: Mapping[str, Act] = {
    "publish": Act(importing.NAME, _publish),
    "drop": Act(importing.NAME, _drop),
    "mend": Act(importing.NAME, _mend),
    "leave_out": Act(importing.NAME, _leave_out),
    "save_mapping": Act(importing.NAME, _save_mapping),
}
