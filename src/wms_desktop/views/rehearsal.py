"""What would happen: the difference that a change would make, with nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from wms_desktop.prompts import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One order line that would fare otherwise: units reserved and its ETA, before and after; ``is_better`` for it."""

    order_id: int
    line_id: int
    order_number: str
    customer: str
    sku: str
    reserved_was: int
    reserved_now: int
    eta_was: date | None
    eta_now: date | None
    is_better: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The answer to "what if": the lines that gain and lose, and orders that would become or cease to be complete."""

    question: Message
    changed: tuple[Changed, ...]
    completed: tuple[str, ...]
    broken: tuple[str, ...]
