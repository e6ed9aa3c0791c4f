"""The receiving dialogue: open a receipt, count goods in, hear lane or bin at once, carry, decline, inspect, close."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from wms_desktop.domain import barcodes
from wms_desktop.prompts import Answer, Event, Prompt, Scan
from wms_desktop.services.conversation import converse
from wms_desktop.services.dialogue import UNKNOWN, Context, Resolved
from wms_desktop.services.receiving import offers, prompts
from wms_desktop.services.receiving.state import NAME, where
from wms_desktop.services.receiving.steps import WORKFLOW

__all__ = ["NAME", "WORKFLOW", "answer", "prompt"]


def answer(session: Session, context: Context, event: Event) -> Answer:
    """The answer to one event at a dock station."""
    state = where(session, context)[0]
    if state == "note" and isinstance(event, Scan) and not barcodes.parse(event.text).key:
        return _note(session, context, event.text)

    def find(text: str) -> Resolved | None:
        return offers.find(session, text, takes_unknown=WORKFLOW.takes(state, UNKNOWN))

    done = converse(WORKFLOW, session, context, event, state, prompt, find=find)
    return replace(done, prompt=prompt(session, context))


def _note(session: Session, context: Context, text: str) -> Answer:
    """A note says what it says: words that name an item or a place are words too."""
    typed = Resolved(kind="text", text=text)
    done = WORKFLOW.step("note", typed).handler(session, context, typed)
    return replace(done, prompt=prompt(session, context))


def prompt(session: Session, context: Context) -> Prompt:
    """What the dock station shows now, from the rows alone."""
    state, facts = where(session, context)
    args, details, big = prompts.show(session, context, state, facts)
    return Prompt(
        workflow=NAME, state=state, args=args, accepts=WORKFLOW.accepts(state),
        keys=prompts.digits(state, facts, WORKFLOW.keys(state)), details=tuple(details), big=big,
        progress=prompts.progress(session, facts),
    )  # fmt: skip
