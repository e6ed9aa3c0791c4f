"""A runner and reads without a database, and keys as a scanner sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Event as Flag
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from tests.ui.backlog_rows import ANSWERS
from wms_desktop.changes import Changes
from wms_desktop.prompts import Answer, Event, Message, Outcome, Prompt, Scan, Who

GS = "\x1d"
PHRASES = {
    "prompt.sign_on.badge": "Scan your badge",
    "prompt.sign_on.pin": "Type your PIN",
    "prompt.pick.bin": "Scan bin {bin}",
    "prompt.pick.bin.sub": "Take {units} of {item} for tote {tote}.",
    "prompt.receive.count": "Scan {item}",
    "prompt.receive.carry": "Carry {units} of {item} to {lane}",
    "prompt.receive.carry.sub": "Order {order}, {customer}. The rest goes to {bin}.",
    "prompt.receive.choose": "Which delivery?",
    "prompt.pack.verify": "Scan every unit of {order}",
    "prompt.putaway.take": "Scan an item on the dock",
    "prompt.dispatch.load": "Scan the cartons of {truck}",
    "row": "{text}",
    "heard": "Heard {text}",
}
ANA = Who(
    operator_id=1,
    name="Ana Martins",
    role="supervisor",
    may=frozenset({"receive", "putaway", "pick", "pack", "dispatch", "batches", "orders", "promises", "imports",
                   "inbound", "lanes"}),
)  # fmt: skip
BADGE = Prompt(workflow="sign_on", state="badge")
PICK = Prompt(
    workflow="pick",
    state="bin",
    args={"bin": "A-03-02-B-04", "units": 3, "item": "Blue mug", "tote": "2", "batch": "118"},
    keys=("short", "skip", "find", "why", "quantity", "done"),
    big="A-03-02-B-04",
    epoch=7,
    progress=(14, 32),
)
CARRY = Prompt(
    workflow="receive",
    state="carry",
    args={"units": 6, "item": "Blue mug", "lane": "LANE 4", "order": "SO-1", "customer": "Harbour", "bin": "B-02-1"},
    keys=("decline", "why"),
    big="LANE 4",
)
COUNT = Prompt(workflow="receive", state="count", args={"item": "Blue mug"}, keys=("quantity", "done"))
PACK = Prompt(workflow="pack", state="verify", args={"order": "SO-1"}, keys=("done",))
TAKE = Prompt(workflow="putaway", state="take")
LOAD = Prompt(workflow="dispatch", state="load", args={"truck": "14:30"}, keys=("done",))
PROMPTS = {p.workflow: p for p in (BADGE, PICK, COUNT, PACK, TAKE, LOAD)}


@dataclass(frozen=True, slots=True)
class Open:
    key: str
    text: str
    at: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Batch:
    batch_id: int
    number: str
    picker: str = ""
    picker_id: int = 0
    state: str = "assigned"
    cart: str = "C1"
    picks_done: int = 3
    picks_total: int = 20
    orders: int = 4
    metres: int = 300
    started_at: datetime | None = None
    due_at: datetime | None = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)
    predicted_at: datetime | None = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: str
    role: str = "picker"


@dataclass(frozen=True, slots=True)
class Waiting:
    order_number: str
    customer: str = "Harbour"
    state: str = "ready"
    units_open: int = 3
    lines_open: int = 1
    value: Decimal = Decimal("10.50")
    currency: str = "GBP"
    promise_date: date | None = None
    leave_by: datetime | None = None
    age_days: int = 2
    rank_text: str = "4 normal"
    pin: bool = False
    reason: str = "Waits for PO-1"


@dataclass(frozen=True, slots=True)
class Stop:
    bin: str
    x: int
    y: int
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Tour:
    racks: Sequence[tuple[int, int, int, int]] = ((0, 0, 1000, 9000), (3000, 0, 1000, 9000))
    path: Sequence[tuple[int, int]] = ((2000, 0), (2000, 5000), (2000, 0))
    stops: Sequence[Stop] = (Stop("A-01", 2000, 2000, is_done=True), Stop("A-03-02-B-04", 2000, 5000))


@dataclass
class FakeRunner:
    """Answers every scan with *accepted* and the same prompt; ``answers`` and ``faults`` say otherwise by text."""

    answers: dict[str, Answer] = field(default_factory=dict)
    faults: dict[str, Exception] = field(default_factory=dict)
    prompts: dict[str, Prompt] = field(default_factory=lambda: dict(PROMPTS))
    open: tuple[Open, ...] = ()
    gate: Flag = field(default_factory=Flag)
    sent: list[tuple[str, Event, int]] = field(default_factory=list)
    kept: list[tuple[str, Event, int, str]] = field(default_factory=list)
    dismissed: list[str] = field(default_factory=list)
    moves: list[tuple[Any, int]] = field(default_factory=list)
    acts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    act_answers: dict[str, Answer] = field(default_factory=dict)
    operator: Who | None = None
    is_closed: bool = False

    def __post_init__(self) -> None:
        self.gate.set()

    def send(self, workflow: str, event: Event, epoch: int) -> Answer:
        assert self.gate.wait(20)
        self.sent.append((workflow, event, epoch))
        text = event.text if isinstance(event, Scan) else event.name
        if text in self.faults:
            raise self.faults.pop(text)
        if workflow == "sign_on":
            self.operator = None if text == "lock" else ANA
        return self.answers.get(text) or accepted(text, self.prompts[workflow])

    def keep(self, workflow: str, event: Event, epoch: int, reason: str) -> None:
        self.kept.append((workflow, event, epoch, reason))

    def prompt(self, workflow: str) -> Prompt:
        return self.prompts[workflow]

    def unanswered(self) -> Sequence[Open]:
        return self.open

    def dismiss(self, key: str) -> None:
        self.dismissed.append(key)

    def act(self, name: str, args: Mapping[str, Any]) -> Answer:
        self.acts.append((name, dict(args)))
        if name == "reassign":
            self.moves.append((args["batch"], args["operator"]))
        elif name == "print_list":
            self.moves.append(("list", args["batch"]))
        return self.act_answers.get(name) or accepted("move", BADGE)

    def release_wave(self) -> Answer:
        self.moves.append(("release", 0))
        return accepted("move", BADGE)

    def who(self) -> Who | None:
        return self.operator

    def close(self) -> None:
        self.is_closed = True


class FakeReads:
    """Two batches, two people, three orders, one tour."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[Mapping[str, Any]], Any]] = dict(ANSWERS)
        self.rows_of_batches: Sequence[Batch] = (Batch(1, "118", "Ana", 2), Batch(2, "119"))

    def batches(self) -> Sequence[Batch]:
        return self.rows_of_batches

    def operators(self) -> Sequence[Person]:
        return (Person(2, "Ana"), Person(3, "Ben"))

    def tour(self, batch: str) -> Tour | None:
        return Tour()

    def ask(self, question: str, args: Mapping[str, Any]) -> Any:
        return self.answers[question](args)

    def close(self) -> None:
        """Nothing is held."""


def accepted(text: str, prompt: Prompt, outcome: Outcome = Outcome.ACCEPTED) -> Answer:
    return Answer(outcome=outcome, message=Message("heard", {"text": text}), prompt=prompt, changes=Changes.NONE)


def key_event(character: str) -> QKeyEvent:
    """One key press as a keyboard-wedge scanner causes it (GS is Ctrl+])."""
    kind = QEvent.Type.KeyPress
    if character == GS:
        return QKeyEvent(kind, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier, GS)
    if character in "\r\t":
        code = Qt.Key.Key_Return if character == "\r" else Qt.Key.Key_Tab
        return QKeyEvent(kind, code, Qt.KeyboardModifier.NoModifier, character)
    shift = Qt.KeyboardModifier.ShiftModifier if character.isupper() else Qt.KeyboardModifier.NoModifier
    return QKeyEvent(kind, ord(character.upper()), shift, character)


def type_into(target: QObject, text: str) -> None:
    """Send the keys of ``text`` to a widget or window, one event each."""
    for character in text:
        QCoreApplication.sendEvent(target, key_event(character))


def press(target: QObject, code: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Send one key that carries no text."""
    QCoreApplication.sendEvent(target, QKeyEvent(QEvent.Type.KeyPress, code, modifiers, ""))


def stopper(text: str, prompt: Prompt) -> Answer:
    return accepted(text, prompt, Outcome.STOP)
