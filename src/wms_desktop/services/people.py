"""People, their badges and PINs, and the sign-on dialogue of every station.

A PIN is slow to check on purpose, so it is checked before the transaction (:func:`verify_pin`), and the verdict is
handed to :func:`answer`. The PIN itself never enters a command, a journal or an answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wms_desktop.changes import Changes
from wms_desktop.db.engine import reading
from wms_desktop.db.places import ROLES
from wms_desktop.db.tables import HOUSE, Dialogue, Operator, Station
from wms_desktop.domain import barcodes
from wms_desktop.errors import BadInput, Bug, CannotUndo, NotPermitted, NotUnderstood
from wms_desktop.prompts import Answer, Detail, Event, Key, Message, Outcome, Prompt
from wms_desktop.services import codes, undo
from wms_desktop.services.dialogue import Context, Resolved, Step, Workflow, load, save
from wms_desktop.services.intake import check_new, entries, insert_rows

if TYPE_CHECKING:
    from argon2 import PasswordHasher

NAME = "sign_on"
WRONG_PINS = 5
WITH_PIN = frozenset({"supervisor", "buyer", "admin"})
_CAN_UNLOCK = frozenset({"supervisor", "admin"})
_PIN = re.compile(r"[0-9]{4,8}\Z")
_HASH = "$argon2id$"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOperator:
    """A person to be added; ``pin_hash`` comes from :func:`hash_pin` (empty: signs on by badge alone)."""

    badge: str
    name: str
    role: str
    pin_hash: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One active person as desks show them."""

    id: int
    badge: str
    name: str
    role: str
    language: str
    has_pin: bool
    is_locked: bool


def hash_pin(pin: str) -> str:
    """The salted hash of a PIN of 4 to 8 digits, some 50 ms: call it outside transactions. Raises BadInput."""
    if not _PIN.match(pin):
        raise BadInput("input.bad_pin")
    return _hasher().hash(pin)


def add_operators(session: Session, rows: Sequence[NewOperator]) -> dict[str, int]:
    """Adds people; gives their ids by badge. Raises BadInput and adds none when one row is wrong.

    Whoever may spend money, move work or change the house (supervisor, buyer, admin) must have a PIN.
    """
    for entry, row in entries("operators", rows):
        entry.code("badge", row.badge)
        entry.text("name", row.name)
        entry.one_of("role", row.role, ROLES)
        entry.code("language", row.language)
        if row.role in WITH_PIN and not row.pin_hash:
            raise entry.refusal("pin_wanted", "pin_hash", "", role=row.role)
        if row.pin_hash and not row.pin_hash.startswith(_HASH):
            raise entry.refusal("not_hashed", "pin_hash", "")
    badges = [row.badge for row in rows]
    check_new(session, "operators", Operator.badge, badges)
    fresh = {"failed_pins": 0, "is_active": True}
    made = [{name: getattr(row, name) for name in NewOperator.__slots__} | fresh for row in rows]
    return dict(zip(badges, insert_rows(session, Operator, made), strict=True))


def list_operators(session: Session) -> list[Person]:
    """Active people, by name."""
    rows = session.scalars(
        select(Operator).where(Operator.is_active == True, Operator.id != HOUSE).order_by(Operator.name, Operator.id)
    )
    return [_person(row) for row in rows]


def get_signed_on(session: Session, station_id: int) -> Person | None:
    """Who is signed on at a station; None: nobody."""
    row = session.scalars(
        select(Operator).join(Station, Station.operator_id == Operator.id).where(Station.id == station_id)
    ).one_or_none()
    return _person(row) if row is not None else None


def house_context(at: datetime, command_id: str, station_id: int = HOUSE) -> Context:
    """The house itself as the one who acts: for signing on, and for setting up."""
    return Context(operator_id=HOUSE, station_id=station_id, command_id=command_id, at=at)


def verify_pin(engine: Engine, station_id: int, text: str) -> bool | None:
    """Whether the text is the PIN that the station waits for; None: it waits for none, or the text is no PIN.

    Reads in a short transaction of its own and computes after it (some 50 ms). Where it is not None the text is
    secret: it must not be journalled, and the command's content is :data:`PIN_CONTENT`.
    """
    with reading(engine) as session:
        row = session.get(Dialogue, (station_id, NAME))
        if row is None or row.state != "pin" or not _PIN.match(text):
            return None
        operator = session.get_one(Operator, json.loads(row.facts)["operator"])
        locked, kept = operator.failed_pins >= WRONG_PINS, operator.pin_hash
    if locked:
        return False
    from argon2.exceptions import VerifyMismatchError  # late: start-up

    try:
        return _hasher().verify(kept, text)
    except VerifyMismatchError:
        return False


PIN_CONTENT = "pin"
"""What a command with a PIN says it was asked, in place of the PIN."""


def answer(session: Session, context: Context, event: Event, pin_ok: bool | None = None) -> Answer:
    """The answer to one event of signing on; ``pin_ok`` is what :func:`verify_pin` said of it before.

    A wrong PIN is counted, so it is an answer, not a refusal. Signing on cannot be undone, or the one before would
    stand at the station without a badge.
    """
    state, _ = _state(session, context)
    resolved = _read(session, event, state, pin_ok)
    if resolved.kind == "key:undo":
        raise CannotUndo("nothing_to_undo")
    undo.close(session)
    return WORKFLOW.step(state, resolved).handler(session, context, resolved)


def prompt(session: Session, context: Context) -> Prompt:
    """What a station shows to somebody who signs on, from the rows alone."""
    state, facts = _state(session, context)
    args: dict[str, Any] = {"station": session.get_one(Station, context.station_id).code}
    details = []
    if state == "pin":
        operator = session.get_one(Operator, facts["operator"])
        args |= {"who": operator.name, "left": WRONG_PINS - operator.failed_pins}
    elif "locked" in facts:
        details = [Detail("sign_on.locked_by", {"who": session.get_one(Operator, facts["locked"]).name})]
    else:
        now = get_signed_on(session, context.station_id)
        details = [Detail("sign_on.now", {"who": now.name})] if now else []
    return Prompt(
        workflow=NAME, state=state, args=args, accepts=WORKFLOW.accepts(state), keys=WORKFLOW.keys(state),
        details=tuple(details),
    )  # fmt: skip


def sign_off(session: Session, context: Context) -> Answer:
    """Nobody is signed on here any more; the work stands as it is."""
    who = _leave_station(session, context, {})
    message = Message("signed_off", {"who": who.name}) if who else Message("nobody_signed_on")
    return _said(session, context, Outcome.STEP_DONE, message)


def lock(session: Session, context: Context) -> Answer:
    """Locks the station until a badge is scanned; the screen says whose work waits."""
    who = get_signed_on(session, context.station_id)
    if who is None:
        return _said(session, context, Outcome.LOOK_HERE, Message("nobody_signed_on"))
    _leave_station(session, context, {"locked": who.id})
    return _said(session, context, Outcome.LOOK_HERE, Message("station_locked", {"who": who.name}))


def unlock_badge(session: Session, context: Context, operator_id: int) -> Message:
    """Lets a person try the PIN again after five wrong ones.

    Raises NotPermitted unless another supervisor or admin does it, and for a badge that is not locked.
    """
    by = session.get_one(Operator, context.operator_id)
    row = session.get_one(Operator, operator_id, populate_existing=True, with_for_update=True)
    if by.role not in _CAN_UNLOCK or by.id == row.id:
        raise NotPermitted("unlock_not_permitted", who=by.name, badge=row.name)
    if row.failed_pins < WRONG_PINS:
        raise NotPermitted("badge_not_locked", who=row.name)
    undo.close(session)
    row.failed_pins = 0
    session.flush()
    return Message("badge_unlocked", {"who": row.name, "by": by.name})


def _read(session: Session, event: Event, state: str, pin_ok: bool | None) -> Resolved:
    """What the event is here. While a PIN is waited for, a code that is no badge and no key is never looked up."""
    if isinstance(event, Key):
        return Resolved(kind=f"key:{event.name}", text=event.value)
    if state != "pin":
        found = codes.resolve(session, event.text, WORKFLOW.accepts(state))
        # The house's own row bears the empty badge: nobody is let in by it.
        if found.kind == "operator" and found.id == HOUSE:
            raise NotUnderstood("unknown_code", text=event.text)
        return found
    parsed = barcodes.parse(event.text)
    if parsed.key:
        return Resolved(kind=f"key:{parsed.key}", text=parsed.text)
    badge = session.scalars(select(Operator).where(Operator.badge == parsed.text, Operator.id != HOUSE)).one_or_none()
    if badge is not None:
        return Resolved(kind="operator", text=parsed.text, id=badge.id, name=badge.name)
    if not _PIN.match(event.text):
        raise NotUnderstood("no_pin")
    if pin_ok is None:
        raise Bug("a PIN must be checked before the transaction")
    return Resolved(kind="pin", text="", name="right" if pin_ok else "wrong")


def _badge(session: Session, context: Context, scan: Resolved) -> Answer:
    operator = session.get_one(Operator, scan.id, populate_existing=True, with_for_update=True)
    if not operator.is_active:
        raise NotPermitted("badge_inactive", who=operator.name)
    if operator.failed_pins >= WRONG_PINS:
        raise NotPermitted("badge_locked", who=operator.name)
    if not operator.pin_hash:
        return _sign_on(session, context, operator)
    save(session, context, NAME, "pin", {"operator": operator.id})
    return _said(session, context, Outcome.ACCEPTED, Message("pin_wanted", {"who": operator.name}))


def _pin(session: Session, context: Context, typed: Resolved) -> Answer:
    _, facts = _state(session, context)
    operator = session.get_one(Operator, facts["operator"], populate_existing=True, with_for_update=True)
    is_locked = operator.failed_pins >= WRONG_PINS
    if typed.name == "right" and operator.is_active and not is_locked:
        return _sign_on(session, context, operator)
    if not is_locked:
        operator.failed_pins += 1
    left = WRONG_PINS - operator.failed_pins
    if left:
        return _said(session, context, Outcome.STOP, Message("wrong_pin", {"who": operator.name, "left": left}))
    save(session, context, NAME, "badge", {})
    return _said(session, context, Outcome.STOP, Message("badge_locked", {"who": operator.name}))


def _back(session: Session, context: Context, _key: Resolved) -> Answer:
    save(session, context, NAME, "badge", {})
    return _said(session, context, Outcome.LOOK_HERE, Message("sign_on_left"))


def _sign_on(session: Session, context: Context, operator: Operator) -> Answer:
    station = session.get_one(Station, context.station_id, populate_existing=True, with_for_update=True)
    before = get_signed_on(session, station.id)
    station.operator_id = operator.id
    station.signed_on_at = context.at
    operator.failed_pins = 0
    save(session, context, NAME, "badge", {})
    args = {"who": operator.name, "station": station.code}
    if before is not None and before.id != operator.id:
        return _said(session, context, Outcome.STEP_DONE, Message("signed_on_instead", args | {"was": before.name}))
    return _said(session, context, Outcome.STEP_DONE, Message("signed_on", args))


def _leave_station(session: Session, context: Context, facts: dict[str, Any]) -> Person | None:
    undo.close(session)
    who = get_signed_on(session, context.station_id)
    station = session.get_one(Station, context.station_id, populate_existing=True, with_for_update=True)
    station.operator_id = None
    station.signed_on_at = None
    save(session, context, NAME, "badge", facts)
    return who


def _said(session: Session, context: Context, outcome: Outcome, message: Message) -> Answer:
    session.flush()
    return Answer(outcome=outcome, message=message, prompt=prompt(session, context), changes=Changes.PEOPLE)


def _state(session: Session, context: Context) -> tuple[str, dict[str, Any]]:
    return load(session, context, NAME, "badge")


def _person(row: Operator) -> Person:
    return Person(
        id=row.id,
        badge=row.badge,
        name=row.name,
        role=row.role,
        language=row.language,
        has_pin=bool(row.pin_hash),
        is_locked=row.failed_pins >= WRONG_PINS,
    )


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with the least cost that OWASP's password storage cheat sheet allows (19 MiB, 2 passes, 1 lane).

    A floor PIN guards against a colleague at the screen, not against somebody who holds the file.
    """
    from argon2 import PasswordHasher  # late: start-up

    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


WORKFLOW = Workflow(
    NAME,
    [
        Step("badge", "operator", _badge, ("badge", "pin"),
             "Scan a badge: signed on at once, or the PIN is asked; it takes the place of whoever was signed on."),
        Step("pin", "pin", _pin, ("badge", "pin"),
             "Type the PIN: the right one signs on; a wrong one is counted, the fifth locks the badge."),
        Step("pin", "operator", _badge, ("badge", "pin"), "Scan another badge: that person signs on instead."),
        Step("pin", "key:back", _back, ("badge",), "Esc: leave it; nobody new is signed on."),
    ],
)  # fmt: skip
