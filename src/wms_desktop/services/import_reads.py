"""What the imports desk asks, by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from wms_desktop.services import importing
from wms_desktop.services.doors import Args, Find
from wms_desktop.views.imports import Preview, Problem, RunRow


def _runs(session: Session, now: datetime, args: Args) -> tuple[RunRow, ...]:
    """The last imports, the newest first."""
    return importing.list_runs(session)


def _preview(session: Session, now: datetime, args: Args) -> Preview:
    """What publishing a run would do."""
    return importing.preview(session, args["run"])


def _problems(session: Session, now: datetime, args: Args) -> tuple[Problem, ...]:
    """A run's refused rows from the ``offset``-th, in the file's order."""
    return importing.list_problems(session, args["run"], args["offset"])


def _mappings(session: Session, now: datetime, args: Args) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """The saved mappings of a kind of file."""
    return importing.list_mappings(session, args["kind"])


QUESTIONS: Mapping[str, Find] = {
    "runs": _runs,
    "preview": _preview,
    "problems": _problems,
    "mappings": _mappings,
}
