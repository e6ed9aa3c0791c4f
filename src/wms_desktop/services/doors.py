"""The shape of what a desk may ask for by name: acts that change something, and questions that do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from wms_desktop.prompts import Answer
from wms_desktop.services.dialogue import Context

Args = Mapping[str, Any]
"""Named values of an act or a question: str, int, bool, date, Decimal, or lists and mappings of them."""


class Do(Protocol):
    """Carries out an act inside the command's transaction; raises refusals."""

    def __call__(self, session: Session, context: Context, args: Args) -> Answer: ...


class Find(Protocol):
    """Answers a question from one consistent reading; ``now`` is the instant it is asked at."""

    def __call__(self, session: Session, now: datetime, args: Args) -> Any: ...


@dataclass(frozen=True, slots=True)
class Act:
    """An act of a desk: the workflow whose permission it needs, and what does it."""

    workflow: str
    do: Do
