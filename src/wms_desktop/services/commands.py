"""Carries out commands: the only place that opens write transactions, checks keys, retries and stores answers."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import persist, take_turn, writing
from wms_desktop.db.tables import Command, Operator
from wms_desktop.errors import Bug, NotPermitted, NotUnderstood, Refusal
from wms_desktop.prompts import Answer, Event, Message, Outcome, Prompt, Scan, as_json, from_json
from wms_desktop.services import rematching, undo
from wms_desktop.services.dialogue import Context

Act = Callable[[Session, Context], Answer]
See = Callable[[Session, Context], Prompt]

_EVERYBODY = frozenset({"picker", "packer", "receiver", "supervisor", "buyer", "admin"})
PERMISSIONS = {
    "sign_on": _EVERYBODY,
    "receive": frozenset({"receiver", "supervisor", "admin"}),
    "putaway": frozenset({"receiver", "picker", "supervisor", "admin"}),
    "pick": frozenset({"picker", "supervisor", "admin"}),
    "pack": frozenset({"packer", "supervisor", "admin"}),
    "dispatch": frozenset({"packer", "supervisor", "admin"}),
    "batches": frozenset({"supervisor", "admin"}),
    "orders": frozenset({"supervisor", "buyer", "admin"}),
    "imports": frozenset({"supervisor", "buyer", "admin"}),
    "promises": frozenset({"supervisor", "buyer", "admin"}),
    "inbound": frozenset({"receiver", "supervisor", "buyer", "admin"}),
    "lanes": frozenset({"receiver", "packer", "supervisor", "admin"}),
    "setup": frozenset({"admin"}),
}
_DECIDES = frozenset({"batches", "imports", "inbound", "lanes", "orders", "promises"})
"""Work at a desk that may allocate many lines of the same products: one such command at a time, or they would lock
each other's rows crosswise."""


def run(engine: Engine, workflow: str, content: str, context: Context, act: Act, see: See) -> Answer:
    """Carries out one command once, and gives its answer; a repeated key gives the stored answer.

    ``act`` does the work in one transaction; a refusal from it leaves nothing but its own record, and comes back
    as an answer whose prompt ``see`` derives anew. Raises what the database raises when it cannot keep the
    command (disk, lost server) after at most five tries. A command that met another one crosswise waits its turn.
    """
    tries = itertools.count()

    def once() -> Answer:
        in_turn = next(tries) > 0 or workflow in _DECIDES
        return _once(engine, workflow, content, context, act, see, in_turn=in_turn)

    return persist(once)


def content_of(event: Event) -> str:
    """What an event asks for, as text that is compared when its key comes again."""
    if isinstance(event, Scan):
        return f"scan {event.text}"
    return f"key {event.name} {event.value}"


def permitted(session: Session, context: Context, workflow: str) -> None:
    """Raises NotPermitted when the person's role may not do this kind of work."""
    operator = session.get(Operator, context.operator_id)
    if operator is None or not operator.is_active:
        raise NotPermitted("not_signed_on")
    if operator.role not in PERMISSIONS[workflow]:
        raise NotPermitted(who=operator.name, role=operator.role, work=workflow)


def _once(
    engine: Engine, workflow: str, content: str, context: Context, act: Act, see: See, *, in_turn: bool
) -> Answer:
    key = _digest(workflow, content)
    try:
        with writing(engine) as session:
            if in_turn:
                take_turn(session)
            known = _find_answer(session, context.command_id, key)
            if known is not None:
                return known
            permitted(session, context, workflow)
            command = _begin(session, workflow, key, context)
            undo.start(session)
            answer = act(session, context)
            rematching.settle(session, context)
            session.flush()
            command.state = "done"
            command.answer = as_json(answer)
            command.undo = undo.finish(session)
            return answer
    except Refusal as refusal:
        return _refuse(engine, workflow, key, context, refusal, see)


def _begin(session: Session, workflow: str, key: str, context: Context) -> Command:
    last = session.scalar(
        select(func.max(Command.seq)).where(Command.station_id == context.station_id, Command.workflow == workflow)
    )
    command = Command(
        id=context.command_id,
        workflow=workflow,
        content=key,
        operator_id=context.operator_id,
        station_id=context.station_id,
        at=context.at,
        seq=(last or 0) + 1,
    )
    session.add(command)
    session.flush()
    return command


def _refuse(engine: Engine, workflow: str, key: str, context: Context, refusal: Refusal, see: See) -> Answer:
    outcome = Outcome.NOT_UNDERSTOOD if isinstance(refusal, NotUnderstood) else Outcome.STOP
    message = Message(refusal.code, refusal.args_)
    with writing(engine) as session:
        known = _find_answer(session, context.command_id, key)
        if known is not None:
            return known
        prompt = see(session, replace(context, epoch=0))
        answer = Answer(outcome=outcome, message=message, prompt=prompt)
        if session.get(Operator, context.operator_id) is not None:
            command = _begin(session, workflow, key, context)
            command.state = "refused"
            command.answer = as_json(answer)
    return answer


def _find_answer(session: Session, command_id: str, key: str) -> Answer | None:
    known = session.get(Command, command_id)
    if known is None:
        return None
    if known.content != key:
        raise Bug(f"command {command_id} came again with other content")
    return from_json(known.answer)


def _digest(workflow: str, content: str) -> str:
    return hashlib.sha256(f"{workflow}\x00{content}".encode()).hexdigest()
