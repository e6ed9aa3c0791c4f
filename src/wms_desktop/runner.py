"""What the window's scan thread and desk thread call: one station's commands and reads on the opened house."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from wms_desktop import config
from wms_desktop.config import Profile
from wms_desktop.db import schema
from wms_desktop.db.engine import open_engine, reading
from wms_desktop.db.tables import HOUSE, Command, Counter, Movement, Operator, Station
from wms_desktop.errors import Refusal
from wms_desktop.journal import Entry, Journal, kept
from wms_desktop.prompts import Answer, Event, Key, Message, Prompt, Scan, Who
from wms_desktop.services import (
    allocation,
    backlog_reads,
    batch_acts,
    batches,
    commands,
    dispatching,
    dock_acts,
    dock_reads,
    goods_in_acts,
    import_acts,
    import_reads,
    inbound_acts,
    inbound_reads,
    lane_acts,
    lane_reads,
    lookups,
    order_acts,
    orders,
    packing,
    people,
    picking,
    promise_acts,
    promise_reads,
    putaway,
    receiving,
    settings,
    site_time,
)
from wms_desktop.services.dialogue import Clock, Context
from wms_desktop.services.doors import Act, Args, Find

DIALOGUES: Mapping[str, ModuleType] = {
    module.NAME: module for module in (receiving, putaway, picking, packing, dispatching)
}
ACTS: Mapping[str, Act] = {
    **batch_acts.ACTS,
    **goods_in_acts.ACTS,
    **order_acts.ACTS,
    **promise_acts.ACTS,
    **import_acts.ACTS,
    **lane_acts.ACTS,
    **dock_acts.ACTS,
    **inbound_acts.ACTS,
}
QUESTIONS: Mapping[str, Find] = {
    **backlog_reads.QUESTIONS,
    **promise_reads.QUESTIONS,
    **import_reads.QUESTIONS,
    **inbound_reads.QUESTIONS,
    **lane_reads.QUESTIONS,
    **dock_reads.QUESTIONS,
}
_ASKS_PIN = "pin"
_NOBODY = -1
_MARKED = ("sscc",)


def utc_now() -> datetime:
    """The clock of the real house."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A scan of an earlier run whose answer nobody saw, ready to show."""

    key: str
    text: str
    at: str
    outcome: str


def open_house(profile: Profile) -> Engine:
    """The profile's database, made or brought up to date; refuses a footing that would lose scans."""
    if profile.is_local:
        config.refuse_network_drive(profile.folder)
    engine = open_engine(profile.database_url)
    schema.upgrade(engine)
    return engine


class StationRunner:
    """One workstation's commands, in order; used by one thread at a time.

    Every event is journalled on disk before its transaction begins. Refusals come back as answers; what is raised
    is a bug, or the disk or server that failed.
    """

    def __init__(self, profile: Profile, engine: Engine, clock: Clock = utc_now) -> None:
        self._profile = profile
        self._engine = engine
        self._clock = clock
        self._journal = Journal(profile.journal)
        self._seen = ""
        self._stations: dict[str, int] = {}
        self._raise_numbers()

    def send(self, workflow: str, event: Event, epoch: int) -> Answer:
        """Journals the event, carries it out in one transaction, answers (PINs are never journalled)."""
        self._note_seen()
        context = self._context(workflow, epoch)
        if workflow == people.NAME:
            return self._sign_on(event, context)
        self._write(workflow, event, context)
        module = DIALOGUES[workflow]
        answer = commands.run(
            self._engine, workflow, commands.content_of(event), context,
            lambda session, inside: _answer(module, session, inside, event), module.prompt,
        )  # fmt: skip
        self._seen = context.command_id
        self._keep_marks(workflow)
        return answer

    def keep(self, workflow: str, event: Event, epoch: int, reason: str) -> None:
        """Journals the event without carrying it out: after a "stop" it is closed at once, else it waits."""
        context = self._context(workflow, epoch)
        if workflow == people.NAME:
            return
        entry = kept(self._entry(workflow, event, context))
        self._journal.write(entry)
        if reason == "stop":
            self._journal.answer(entry.key)

    def prompt(self, workflow: str) -> Prompt:
        """The instruction of the moment, derived from rows."""
        context = self._context(workflow, 0)
        module: ModuleType = people if workflow == people.NAME else DIALOGUES[workflow]
        with reading(self._engine) as session:
            prompt: Prompt = module.prompt(session, context)
        return prompt

    def unanswered(self) -> Sequence[Unanswered]:
        """Scans found in the journal at the start: applied or refused (the database knows their key), or unknown."""
        entries = self._journal.unanswered()
        with reading(self._engine) as session:
            keys = [entry.key for entry in entries]
            rows = session.execute(select(Command.id, Command.state).where(Command.id.in_(keys))).all()
            known = {row.id: row.state for row in rows}
            zone = site_time.zone_of(session)
        return [
            Unanswered(
                key=entry.key,
                text=_text_of(entry.event),
                at=entry.at.astimezone(zone).strftime("%H:%M:%S"),
                outcome={"": "unknown", "refused": "refused"}.get(known.get(entry.key, ""), "applied"),
            )
            for entry in entries
        ]

    def dismiss(self, key: str) -> None:
        """The person has read what became of an unanswered scan."""
        self._journal.answer(key)

    def release_wave(self) -> Answer:
        """Reserves what can be reserved and makes batches of what can leave.

        The walks are planned on a snapshot, outside any write transaction; what changed meanwhile is left out.
        """

        def reserve(session: Session, context: Context) -> Answer:
            made = allocation.allocate(session, context)
            message = Message("units_reserved", {"units": made.units, "orders": made.orders})
            return batches.answer(session, context, message)

        reserved = self._do("reserve", reserve)
        if reserved.message.code != "units_reserved":
            return reserved
        with reading(self._engine) as session:
            plan = batches.plan_batches(session, self._context(batches.NAME, 0))

        def write(session: Session, context: Context) -> Answer:
            formed = batches.write_batches(session, context, plan)
            return batches.answer(session, context, batches.formed_message(formed))

        return self._do("release", write)

    def act(self, name: str, args: Args) -> Answer:
        """Carries out one of the desks' acts, by its name."""
        act = ACTS[name]
        content = f"{name} {json.dumps(dict(args), sort_keys=True, default=str)}"
        return commands.run(
            self._engine, act.workflow, content, self._context(act.workflow, 0),
            lambda session, context: act.do(session, context, args),
            batches.prompt if act.workflow == batches.NAME else orders.prompt,
        )  # fmt: skip

    def who(self) -> Who | None:
        """Who is signed on here; None: nobody."""
        with reading(self._engine) as session:
            found = _signed_on(session, self._station("sign_on"))
        if found is None:
            return None
        may = frozenset(work for work, roles in commands.PERMISSIONS.items() if found.role in roles)
        return Who(operator_id=found.id, name=found.name, role=found.role, may=may)

    def close(self) -> None:
        """Lets go of the journal and the database."""
        self._note_seen()
        self._journal.close()
        self._engine.dispose()

    def _do(self, content: str, act: Callable[[Session, Context], Answer]) -> Answer:
        context = self._context(batches.NAME, 0)
        return commands.run(self._engine, batches.NAME, content, context, act, batches.prompt)

    def _sign_on(self, event: Event, context: Context) -> Answer:
        if event == Key("lock"):
            return commands.run(
                self._engine, people.NAME, commands.content_of(event), context, people.lock, people.prompt
            )
        with reading(self._engine) as session:
            asks_pin = people.prompt(session, context).state == _ASKS_PIN
        text = event.text if isinstance(event, Scan) else event.value
        checked = people.verify_pin(self._engine, context.station_id, text) if asks_pin else None
        content = "pin" if asks_pin else commands.content_of(event)
        return commands.run(
            self._engine, people.NAME, content, context,
            lambda session, inside: people.answer(session, inside, event, checked), people.prompt,
        )  # fmt: skip

    def _note_seen(self) -> None:
        """The next event proves that the answer before it was seen."""
        if self._seen:
            self._journal.answer(self._seen)
            self._seen = ""

    def _write(self, workflow: str, event: Event, context: Context) -> None:
        self._journal.write(self._entry(workflow, event, context))

    def _entry(self, workflow: str, event: Event, context: Context) -> Entry:
        return Entry(
            key=context.command_id, workflow=workflow, event=event, at=context.at,
            operator_id=context.operator_id, station_id=context.station_id, epoch=context.epoch,
        )  # fmt: skip

    def _context(self, workflow: str, epoch: int) -> Context:
        operator_id = HOUSE
        if workflow != people.NAME:
            with reading(self._engine) as session:
                found = _signed_on(session, self._station(people.NAME))
            operator_id = found.id if found is not None else _NOBODY
        return Context(
            operator_id=operator_id, station_id=self._station(workflow), command_id=uuid.uuid4().hex,
            at=self._clock(), epoch=epoch,
        )  # fmt: skip

    def _station(self, workflow: str) -> int:
        """The station row that a workflow's screen works for: the profile's choice, else the first of its kind."""
        if workflow not in self._stations:
            with reading(self._engine) as session:
                self._stations[workflow] = _get_station(session, self._profile, workflow)
        return self._stations[workflow]

    def _raise_numbers(self) -> None:
        """After a restore no number is given a second time: the series go on above the marks kept outside."""
        marks = config.read_marks(self._profile.marks)
        if not marks:
            return
        context = Context(operator_id=HOUSE, station_id=HOUSE, command_id=uuid.uuid4().hex, at=self._clock())

        def act(session: Session, _context: Context) -> Answer:
            for series, value in marks.items():
                settings.raise_to(session, series, value)
            return batches.answer(session, context, Message("numbers_raised"))

        commands.run(self._engine, "setup", "raise numbers", context, act, batches.prompt)

    def _keep_marks(self, workflow: str) -> None:
        if workflow != packing.NAME:
            return
        with reading(self._engine) as session:
            rows = session.execute(select(Counter.name, Counter.value).where(Counter.name.in_(_MARKED))).all()
        marks = {row.name: row.value for row in rows}
        if marks != config.read_marks(self._profile.marks):
            config.keep_marks(self._profile.marks, marks)


class DeskReads:
    """The desks' questions, on a read-only connection of their own."""

    def __init__(self, profile: Profile, clock: Clock = utc_now) -> None:
        self._engine = open_engine(profile.database_url, read_only=True)
        self._clock = clock

    def batches(self) -> Sequence[lookups.BatchRow]:
        """Open batches."""
        with reading(self._engine) as session:
            return lookups.list_batches(session, self._clock())

    def operators(self) -> Sequence[people.Person]:
        """Active people."""
        with reading(self._engine) as session:
            return people.list_operators(session)

    def tour(self, batch: str) -> lookups.TourView | None:
        """The walk of a batch by its number."""
        with reading(self._engine) as session:
            return lookups.find_tour(session, batch)

    def ask(self, question: str, args: Args) -> Any:
        """The answer to one of the desks' questions, by its name."""
        with reading(self._engine) as session:
            return QUESTIONS[question](session, self._clock(), args)

    def pulse(self) -> tuple[int, int]:
        """Something that changes with every command of any station: how far the ledger and the commands have come."""
        with reading(self._engine) as session:
            row = session.execute(select(select(func.max(Movement.id)).scalar_subquery(),
                                         select(func.max(Command.at)).scalar_subquery())).one()  # fmt: skip
        return (row[0] or 0, int(row[1].timestamp() * 1000) if row[1] else 0)

    def close(self) -> None:
        """Lets go of the connection."""
        self._engine.dispose()


def _answer(module: ModuleType, session: Session, context: Context, event: Event) -> Answer:
    answer: Answer = module.answer(session, context, event)
    return answer


def _text_of(event: Event) -> str:
    """What was scanned, or the key with what was typed before it."""
    return event.text if isinstance(event, Scan) else f"{event.name} {event.value}".strip()


def who_is_here(profile: Profile) -> Callable[[Session, str, datetime], Context]:
    """Finds who is signed on at a workstation, as the one who acts: for work beside the queue of scans."""

    def find(session: Session, key: str, at: datetime) -> Context:
        station_id = _get_station(session, profile, people.NAME)
        found = _signed_on(session, station_id)
        return Context(
            operator_id=found.id if found is not None else _NOBODY, station_id=station_id, command_id=key, at=at
        )

    return find


def _get_station(session: Session, profile: Profile, workflow: str) -> int:
    code = profile.stations.get(workflow, "")
    kind = profile.kind_of(workflow)
    if kind == "desk" and profile.station:
        code = profile.station
    query = select(Station.id).where(Station.code == code if code else Station.kind == kind, Station.id != HOUSE)
    found = session.scalar(query.order_by(Station.id).limit(1))
    if found is None:
        raise Refusal("no_station", work=workflow, station=code or kind)
    return found


def _signed_on(session: Session, station_id: int) -> Operator | None:
    return session.scalar(
        select(Operator).join(Station, Station.operator_id == Operator.id).where(Station.id == station_id)
    )
