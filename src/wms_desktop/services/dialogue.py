"""How every scan dialogue works: who acts, what a code means here, and the state table that joins them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from wms_desktop.db.tables import Dialogue
from wms_desktop.errors import WrongScan
from wms_desktop.prompts import Answer


class Clock(Protocol):
    """Gives the aware UTC instant; passed in, never read in the rules."""

    def __call__(self) -> datetime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who acts, where, under which command id, at which instant; every service takes one.

    ``command_id`` is the idempotency key, made where the act happens. ``epoch`` is the version of the batch the
    screen had seen (0: does not matter).
    """

    operator_id: int
    station_id: int
    command_id: str
    at: datetime
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a scanned code means here: its kind, the row it names, and what came with it (units, lot, expiry, ...).

    ``sscc`` is the plate that a pallet's symbol names beside what it contains; ``weight_g`` the weight that it says,
    ``case`` how many units stand in each closed case (1: loose).
    """

    kind: str
    text: str
    id: int = 0
    name: str = ""
    units: int = 1
    lot: str = ""
    expiry: str = ""
    serial: str = ""
    sscc: str = ""
    weight_g: int = 0
    case: int = 1


Handler = Callable[[Session, Context, Resolved], Answer]


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a dialogue's state table: in ``state``, an event of ``kind`` is handled by ``handler``.

    ``then`` names the states it may lead to; ``says`` is the row's sentence in ``docs/workflows``.
    Kinds of keys are written ``key:<name>``.
    """

    state: str
    kind: str
    handler: Handler
    then: tuple[str, ...]
    says: str


UNKNOWN = "unknown"
"""The kind of a code that nobody knows, in the states that do something with it; it is never said to be wanted."""


class Workflow:
    """A dialogue as a table of steps; looks up the handler, refuses what the table does not list."""

    def __init__(self, name: str, steps: Iterable[Step]) -> None:
        self.name = name
        self.steps = tuple(steps)
        self._by_event = {(step.state, step.kind): step for step in self.steps}

    def accepts(self, state: str) -> tuple[str, ...]:
        """Kinds of code that the state takes, in the table's order."""
        kinds = (s.kind for s in self.steps if s.state == state)
        return tuple(kind for kind in kinds if kind != UNKNOWN and not kind.startswith("key:"))

    def takes(self, state: str, kind: str) -> bool:
        """Whether the state has a row for this kind of event."""
        return (state, kind) in self._by_event

    def keys(self, state: str) -> tuple[str, ...]:
        """Keys that do something in the state, in the table's order."""
        return tuple(s.kind[4:] for s in self.steps if s.state == state and s.kind.startswith("key:"))

    def step(self, state: str, resolved: Resolved) -> Step:
        """The row for this event, or the refusal that says what it is and what was expected."""
        step = self._by_event.get((state, resolved.kind))
        if step is None and resolved.kind.startswith("key:"):
            wanted = (*self.accepts(state), *(f"key:{key}" for key in self.keys(state)))
            raise WrongScan("wrong_key", key=resolved.kind.replace(":", "."), expected=",".join(wanted) or "nothing")
        if step is None:
            raise WrongScan(
                what=resolved.name or resolved.text,
                kind=resolved.kind,
                expected=",".join(self.accepts(state)) or "nothing",
            )
        return step


def load(session: Session, context: Context, workflow: str, first: str) -> tuple[str, dict[str, Any]]:
    """Where this station's dialogue stands: its state and facts; ``first`` when it was never begun."""
    row = session.get(Dialogue, (context.station_id, workflow))
    return (first, {}) if row is None else (row.state, json.loads(row.facts))


def save(session: Session, context: Context, workflow: str, state: str, facts: dict[str, Any]) -> None:
    """Writes where this station's dialogue stands now."""
    row = session.get(Dialogue, (context.station_id, workflow))
    text = json.dumps(facts, sort_keys=True)
    if row is None:
        session.add(Dialogue(station_id=context.station_id, workflow=workflow, state=state, facts=text))
    else:
        row.state = state
        row.facts = text
    session.flush()
