"""One person of the race, as a process of their own: `python -m tests.reliability.race_hand ROLE URL SECONDS NUMBER`.

Prints what happened as JSON: commands, tries they took, errors a person would have seen, refusals by code.
"""

from __future__ import annotations

import json
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from wms_desktop.db.engine import open_engine, reading, sqlite_module
from wms_desktop.db.tables import Operator, Station
from wms_desktop.domain.documents import BinLabel
from wms_desktop.prompts import Answer, Event, Key, Message, Outcome, Prompt, Scan
from wms_desktop.services import allocation, batches, commands, orders, picking, printing, receiving
from wms_desktop.services.dialogue import Context

GOODS = tuple(f"EAN-G{n}" for n in range(6))
PURCHASE = "PO-RACE"
MOST_FAILURES = 20


class Hand:
    """Acts at one station until the time is up, and keeps count."""

    def __init__(self, url: str, seconds: float, number: int) -> None:
        self.engine = open_engine(url)
        self.number = number
        self.chance = random.Random(number)
        self.until = time.monotonic() + seconds
        self.runs = 0
        self.tries = 0
        self.failures: list[str] = []
        self.refused: Counter[str] = Counter()
        self.milliseconds: list[float] = []
        self._count_tries()

    def _count_tries(self) -> None:
        once = commands._once

        def counted(*arguments: Any, **named: Any) -> Answer:
            self.tries += 1
            return once(*arguments, **named)

        commands._once = counted

    def who(self, station: str, badge: str) -> tuple[int, int]:
        """Ids of the person and the station."""
        with reading(self.engine) as session:
            return (session.scalars(select(Operator.id).where(Operator.badge == badge)).one(),
                    session.scalars(select(Station.id).where(Station.code == station)).one())  # fmt: skip

    def goes_on(self) -> bool:
        """Whether there is time left, and not everything fails."""
        return time.monotonic() < self.until and len(self.failures) < MOST_FAILURES

    def run(self, flow: str, ids: tuple[int, int], content: str, act: commands.Act, see: commands.See) -> Answer | None:
        """One command; None when it failed before the person's eyes."""
        context = Context(operator_id=ids[0], station_id=ids[1], command_id=uuid.uuid4().hex, at=datetime.now(UTC))
        begun = time.perf_counter()
        self.runs += 1
        try:
            answer = commands.run(self.engine, flow, content, context, act, see)
        except Exception as error:  # what reaches a person as a fault is what is counted
            self.failures.append(f"{type(error).__name__}: {str(error)[:300]}")
            return None
        self.milliseconds.append((time.perf_counter() - begun) * 1000)
        if answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD):
            self.refused[answer.message.code] += 1
        return answer

    def say(self, workflow: ModuleType, ids: tuple[int, int], event: Event) -> Answer | None:
        """One event at a dialogue."""
        return self.run(
            workflow.NAME, ids, commands.content_of(event),
            lambda session, context: workflow.answer(session, context, event), workflow.prompt,
        )  # fmt: skip

    def report(self) -> dict[str, Any]:
        """The counts."""
        ordered = sorted(self.milliseconds) or [0.0]
        return {
            "runs": self.runs, "tries": self.tries, "failures": self.failures, "refused": dict(self.refused),
            "p50_ms": ordered[len(ordered) // 2], "p99_ms": ordered[int(len(ordered) * 0.99)],
        }  # fmt: skip


def receive(hand: Hand) -> None:
    """Counts scarce goods in, and carries half of what goes to lanes."""
    ids = hand.who(f"DOCK-{hand.number}", "OP-receiver")
    answer = hand.say(receiving, ids, Scan(PURCHASE))
    while hand.goes_on():
        if answer is not None and answer.prompt.state == "carry" and hand.chance.random() < 0.5:
            answer = hand.say(receiving, ids, Scan(answer.prompt.big))
        else:
            answer = hand.say(receiving, ids, Scan(hand.chance.choice(GOODS)))


def allocate(hand: Hand) -> None:
    """Reserves what there is, and puts it on carts."""
    ids = hand.who("DESK-1", "OP-supervisor")

    def act(session: Session, context: Context) -> Answer:
        every = hand.chance.random() < 0.1
        allocation.allocate(session, context, product_ids=None if every else [hand.chance.randint(1, 6)])
        formed = batches.form_batches(session, context, max_totes=3)
        return batches.answer(session, context, batches.formed_message(formed))

    while hand.goes_on():
        hand.run(batches.NAME, ids, "release", act, batches.prompt)


def pick(hand: Hand) -> None:
    """Walks one batch after the other."""
    ids = hand.who(f"PICK-{hand.number}", f"OP-race{hand.number}")
    totes = (f"TOTE-{hand.number}-{n:04d}" for n in range(10_000))
    prompt: Prompt | None = None
    while hand.goes_on():
        answer = hand.say(picking, ids, _next_pick(prompt, hand.number, totes))
        if answer is not None:
            prompt = answer.prompt


def _next_pick(prompt: Prompt | None, number: int, totes: Any) -> Event:
    if prompt is None or prompt.state == "start":
        return Scan(f"CART-{number}")
    return {
        "totes": lambda: Scan(next(totes)),
        "bin": lambda: Scan(str(prompt.args["bin"])),
        "item": lambda: Scan(f"EAN-{prompt.args['sku']}"),
        "tote": lambda: Scan(str(prompt.args["tote"])),
        "empty": lambda: Key("yes"),
        "drop": lambda: Scan("BENCH-1"),
    }[prompt.state]()


def bring_orders(hand: Hand) -> None:
    """The importer: a chunk of orders in each command."""
    ids = hand.who("DESK-1", "OP-supervisor")
    nth = 0
    while hand.goes_on():
        nth += 1
        hand.run(orders.NAME, ids, f"chunk {nth}", lambda session, context, nth=nth: _add(session, context, nth),
                 batches.prompt)  # fmt: skip


def _add(session: Session, context: Context, nth: int) -> Answer:
    at = context.at
    rows = [
        orders.NewOrder(
            number=f"IMP-{nth}-{row}", customer="C1", service="PARCEL", placed_at=at, leave_by=at + timedelta(hours=5),
            promise=(at + timedelta(days=1)).date(), ship_name="Acme Ltd", street="1 High Street", city="Leeds",
            postcode="LS1 1AA", lines=(orders.NewOrderLine(f"G{row % 6}", 1 + row % 3),),
        )
        for row in range(20)
    ]  # fmt: skip
    orders.add_orders(session, rows)
    return batches.answer(session, context, Message("pick_back"))


def print_papers(hand: Hand) -> None:
    """The outbox: queues papers and marks them, each in a short transaction of its own."""
    ids = hand.who("DESK-1", "OP-supervisor")
    outbox = printing.PrintOutbox(hand.engine, lambda: datetime.now(UTC))

    def act(session: Session, context: Context) -> Answer:
        printing.enqueue(session, context, BinLabel(marks=(), number="A"), printer="labels")
        return batches.answer(session, context, Message("pick_back"))

    while hand.goes_on():
        hand.run(batches.NAME, ids, "paper", act, batches.prompt)
        for job in outbox.next_jobs("labels"):
            hand.runs += 1
            try:
                outbox.mark_started(job.id)
                outbox.mark_printed(job.id)
            except DBAPIError as error:
                hand.failures.append(str(error)[:300])


def reserve_naively(hand: Hand) -> None:
    """Reads what is free, then writes: the guard is left out, so that the race must be lost."""
    while hand.goes_on():
        hand.runs += 1
        with hand.engine.begin() as connection:
            row = connection.execute(text("SELECT on_hand, reserved FROM scratch_stock WHERE id = 1")).one()
            if row.reserved < row.on_hand:
                connection.execute(text("INSERT INTO scratch_hold (stock_id, qty) VALUES (1, 1)"))
                connection.execute(
                    text("UPDATE scratch_stock SET reserved = :reserved WHERE id = 1"), {"reserved": row.reserved + 1}
                )


def write_deferred(hand: Hand) -> None:
    """Two statements in a deferred transaction, as the driver does by itself: the lock comes too late."""
    driver = sqlite_module().connect(str(hand.engine.url.database), isolation_level=None, timeout=5)
    driver.execute("PRAGMA busy_timeout=5000")
    while hand.goes_on():
        hand.runs += 1
        try:
            driver.execute("BEGIN")
            driver.execute("SELECT value FROM counter WHERE name = 'race'").fetchone()
            driver.execute("UPDATE counter SET value = value + 1 WHERE name = 'race'")
            driver.execute("COMMIT")
        except Exception as error:  # the driver's own class differs between the two SQLite modules
            hand.failures.append(str(error))
            if driver.in_transaction:
                driver.execute("ROLLBACK")


ROLES: dict[str, Callable[[Hand], None]] = {
    "receive": receive,
    "allocate": allocate,
    "pick": pick,
    "orders": bring_orders,
    "papers": print_papers,
    "naive": reserve_naively,
    "deferred": write_deferred,
}


def main() -> None:
    """Plays one role to the end of its time."""
    role, url, seconds, number = sys.argv[1:5]
    hand = Hand(url, float(seconds), int(number))
    ROLES[role](hand)
    engine: Engine = hand.engine
    engine.dispose()
    print(json.dumps(hand.report()))


if __name__ == "__main__":
    main()
