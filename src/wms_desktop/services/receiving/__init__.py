"""The receiving dialogue: open a receipt, count goods in, hear lane or bin at once, carry, decline, inspect, close."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from wms_desktop.prompts import Answer, Event, Prompt
from wms_desktop.services.conversation import converse
from wms_desktop.services.dialogue import UNKNOWN, Context, Resolved
from wms_desktop.services.receiving import offers, prompts
from wms_desktop.services.receiving.state import NAME, where
from wms_desktop.services.receiving.steps import WORKFLOW

__all__ = ["NAME", "WORKFLOW", "answer", "prompt"]


def answer(session: Session, context: Context, event: Event) -> Answer:
    """The answer to one event at a dock station."""
    state = where(session, context)[0]

    def find(text: str) -> Resolved | None:
        return offers.find(session, text, takes_unknown=WORKFLOW.takes(state, UNKNOWN))

    done = converse(WORKFLOW, session, context, event, state, prompt, find=find)
    return replace(done, prompt=prompt(session, context))


def prompt(session: Session, context: Context) -> Prompt:
    """What the dock station shows now, from the rows alone."""
    state, facts = where(session, context)
    args, details, big = prompts.show(session, context, state, facts)
    return Prompt(
        workflow=NAME, state=state, args=args, accepts=WORKFLOW.accepts(state), keys=WORKFLOW.keys(state),
        details=tuple(details), big=big, progress=prompts.progress(session, facts),
    )  # fmt: skip
