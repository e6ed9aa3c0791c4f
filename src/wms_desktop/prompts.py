"""What a station speaks: events in, prompts and answers out; plain values, so that the window can load first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wms_desktop.changes import Changes
from wms_desktop.errors import Value


class Outcome(StrEnum):
    """The six outcomes a worker hears and sees, each with its own colour, shape, word and sound."""

    ACCEPTED = "accepted"
    STEP_DONE = "step_done"
    JOB_COMPLETE = "job_complete"
    LOOK_HERE = "look_here"
    STOP = "stop"
    NOT_UNDERSTOOD = "not_understood"


@dataclass(frozen=True, slots=True)
class Scan:
    """A code that was scanned or typed, as it came (GS kept, AIM identifier kept)."""

    text: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the floor screen (`short`, `skip`, `decline`, `yes`, `quantity`, `done`, ...) with its value."""

    name: str
    value: str = ""


Event = Scan | Key


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence to the worker: a code of :mod:`wms_desktop.phrases` and what fills it."""

    code: str
    args: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Detail:
    """One row of the small table under the instruction (a line of the verdict, an item of the carton)."""

    code: str
    args: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """The one instruction a station shows, derived from rows, so that a crash finds the same one again.

    ``workflow`` and ``state`` name the row of the state table; ``args`` fill the headline, sub-line and strip
    (sentences ``prompt.<workflow>.<state>`` and ``prompt.<workflow>.<state>.sub``). ``accepts`` names the kinds
    of code that may be scanned next, ``keys`` the keys that do something now, ``big`` the word readable at 5 m
    (a lane, a bin) where there is one, ``epoch`` the version of the work the screen saw (a scan carries it
    back), ``tour`` the document key of the map to draw, if any.
    """

    workflow: str
    state: str
    args: Mapping[str, Value] = field(default_factory=dict)
    accepts: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    details: tuple[Detail, ...] = ()
    big: str = ""
    epoch: int = 0
    progress: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a station shows after an event: how it went, in which words, and what comes next."""

    outcome: Outcome
    message: Message
    prompt: Prompt
    changes: Changes = Changes.NONE
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """The person at this station; ``may`` names the kinds of work their role allows (the services' own table)."""

    operator_id: int
    name: str
    role: str
    may: frozenset[str]


def as_json(answer: Answer) -> str:
    """The answer as text for the command row, so that a repeated key gets the very same one."""
    prompt = answer.prompt
    return json.dumps(
        {
            "outcome": answer.outcome.value,
            "message": [answer.message.code, dict(answer.message.args)],
            "prompt": {
                "workflow": prompt.workflow,
                "state": prompt.state,
                "args": dict(prompt.args),
                "accepts": prompt.accepts,
                "keys": prompt.keys,
                "details": [[d.code, dict(d.args)] for d in prompt.details],
                "big": prompt.big,
                "epoch": prompt.epoch,
                "progress": prompt.progress,
            },
            "changes": answer.changes.value,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def from_json(text: str) -> Answer:
    """The stored answer again, marked as replayed."""
    raw: dict[str, Any] = json.loads(text)
    prompt = raw["prompt"]
    return Answer(
        outcome=Outcome(raw["outcome"]),
        message=Message(raw["message"][0], raw["message"][1]),
        prompt=Prompt(
            workflow=prompt["workflow"],
            state=prompt["state"],
            args=prompt["args"],
            accepts=tuple(prompt["accepts"]),
            keys=tuple(prompt["keys"]),
            details=tuple(Detail(code, args) for code, args in prompt["details"]),
            big=prompt["big"],
            epoch=prompt["epoch"],
            progress=(prompt["progress"][0], prompt["progress"][1]),
        ),
        changes=Changes(raw["changes"]),
        replayed=True,
    )
