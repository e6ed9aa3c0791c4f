"""Carries one event through a dialogue: what the code means here, the row of the state table, undo for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.errors import NotUnderstood
from wms_desktop.prompts import Answer, Event, Key, Message, Outcome, Prompt
from wms_desktop.services import codes, undoing
from wms_desktop.services.dialogue import Context, Resolved, Workflow


def converse(workflow: Workflow, session: Session, context: Context, event: Event, state: str,
             see: Callable[[Session, Context], Prompt], *,
             find: Callable[[str], Resolved | None] | None = None) -> Answer:  # fmt: skip
    """The answer to an event in a state; raises the refusal when the table does not take it there.

    `undo` is understood in every state of every dialogue; ``see`` derives the prompt from the rows. ``find`` says what
    a code means here that no row of the house bears (None: nothing, and it is refused as unknown).
    """
    if isinstance(event, Key):
        resolved = Resolved(kind=f"key:{event.name}", text=event.value)
    else:
        resolved = _resolve(session, event.text, workflow.accepts(state), find)
    if resolved.kind == "key:undo":
        undoing.undo_last(session, context, workflow.name)
        return Answer(
            outcome=Outcome.LOOK_HERE,
            message=Message("undone"),
            prompt=see(session, context),
            changes=Changes.STOCK | Changes.INBOUND | Changes.ORDERS | Changes.BATCHES | Changes.LANES,
        )
    return workflow.step(state, resolved).handler(session, context, resolved)


def _resolve(session: Session, text: str, accepts: Sequence[str],
             find: Callable[[str], Resolved | None] | None) -> Resolved:  # fmt: skip
    try:
        return codes.resolve(session, text, accepts)
    except NotUnderstood as unknown:
        found = find(text) if find is not None and unknown.code == "unknown_code" else None
        if found is None:
            raise
        return found
