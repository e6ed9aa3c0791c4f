"""What desks ask about the backlog and its orders, by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from wms_desktop.services import (
    allocation,
    backlog,
    cockpit,
    dock_reasons,
    finding,
    merging,
    rehearsing,
    story,
    substituting,
)
from wms_desktop.services.doors import Args, Find


def _backlog(session: Session, now: datetime, args: Args) -> Any:
    """Every open line and order with its state, its risk, and what it waits for."""
    return backlog.backlog(session, now)


def _figures(session: Session, now: datetime, args: Args) -> Any:
    """The backlog in figures."""
    return cockpit.figures(session, now)


def _story(session: Session, now: datetime, args: Args) -> Any:
    """One order's whole story; None where there is no such order."""
    return story.story(session, now, args["order"])


def _find(session: Session, now: datetime, args: Args) -> Any:
    """What a scanned or typed text names, with its orders."""
    return finding.find(session, now, args["text"])


def _why(session: Session, now: datetime, args: Args) -> Any:
    """Everything there is to say about one line: why this, why not that, who holds it, and who got what came."""
    said = allocation.explain(session, now, args["line"])
    return (*said, *dock_reasons.tell_beside(session, now, args["line"]))


def _alternatives(session: Session, now: datetime, args: Args) -> Any:
    """What may be sent instead of what a line waits for, the best first."""
    return substituting.alternatives(session, now, args["line"])


def _merges(session: Session, now: datetime, args: Args) -> Any:
    """Orders whose parts could leave as one: (id, number, sentence), the most urgent first."""
    return merging.list_offers(session, now)


def _rehearse(session: Session, now: datetime, args: Args) -> Any:
    """What a change would do, with nothing written: ``what`` is pin, purchase or substitute."""
    if args["what"] == "pin":
        return rehearsing.rehearse_pin(session, now, args["order"])
    if args["what"] == "purchase":
        return rehearsing.rehearse_purchase(session, now, args["purchase"], args["due"])
    return rehearsing.rehearse_substitute(session, now, args["line"], args["alternative"], args.get("units"))


QUESTIONS: Mapping[str, Find] = {
    "backlog": _backlog,
    "figures": _figures,
    "story": _story,
    "find": _find,
    "why": _why,
    "alternatives": _alternatives,
    "merges": _merges,
    "rehearse": _rehearse,
}
