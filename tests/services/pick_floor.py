"""A picking floor in few words: orders allocated and put on carts, and pickers whose every answer is proved."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop import phrases
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Batch, BatchOrder, CountTask, Location, OrderLine, Pick, Plate, Reservation, Stock
from wms_desktop.errors import Value
from wms_desktop.prompts import Answer, Event, Key, Outcome, Prompt
from wms_desktop.services import allocation, batches, picking, selfcheck, settings
from wms_desktop.services.allocation import Allocated
from wms_desktop.services.batches import Assigned, Formed


@dataclass
class Picker(Desk):
    """A picker at a station: after each answer a restart shows the same prompt, and every sentence can be said."""

    seen: set[str] = field(default_factory=set)

    def _send(self, event: Event) -> Answer:
        before = self.last.prompt.state if self.last is not None else self.prompt().state
        answer = super()._send(event)
        assert self.prompt() == answer.prompt
        assert answer.prompt.state in leads_to(before, event, answer)
        say(answer.message.code, answer.message.args)
        say_prompt(answer.prompt)
        self.seen.add(answer.message.code)
        return answer

    @property
    def said(self) -> str:
        """The code of the last answer's sentence."""
        assert self.last is not None
        return self.last.message.code


def leads_to(state: str, event: Event, answer: Answer) -> set[str]:
    """The states to which the table says this event may lead; a refusal, an undo or lost work leads anywhere."""
    every = {step.state for step in picking.WORKFLOW.steps}
    if answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD) or answer.message.code in ("undone", "pick_not_wanted"):
        return every
    rows = [step for step in picking.WORKFLOW.steps if step.state == state]
    if isinstance(event, Key):
        return {then for step in rows if step.kind == f"key:{event.name}" for then in step.then}
    return {then for step in rows if not step.kind.startswith("key:") for then in step.then}


def say(code: str, args: dict[str, Value]) -> str:
    """The sentence, or an error when it is missing or cannot be filled."""
    return phrases.sentence(code, args)


def say_prompt(prompt: Prompt) -> None:
    """Every sentence of a prompt."""
    head = f"prompt.{prompt.workflow}.{prompt.state}"
    for code in (head, f"{head}.sub"):
        say(code, dict(prompt.args))
    for detail in prompt.details:
        say(detail.code, dict(detail.args))


def picker(house: House, badge: str = "OP-picker", station: str = "PICK-1") -> Picker:
    """A person at a pick station."""
    return Picker(house, picking, station, badge)


def allocate(house: House, **narrow: object) -> Allocated:
    """One run of the allocation."""
    with writing(house.engine) as session:
        return allocation.allocate(session, house.context(command="opening"), **narrow)  # type: ignore[arg-type]


def form(house: House, **how: object) -> Formed:
    """Allocates, and forms the batches."""
    allocate(house)
    with writing(house.engine) as session:
        return batches.form_batches(session, house.context(command="opening"), **how)  # type: ignore[arg-type]


def give(house: House, number: str, badge: str, supervisor: str = "OP-supervisor") -> Assigned:
    """A supervisor gives a batch to a person (empty: to nobody)."""
    context = house.context(badge=supervisor, command="opening")
    to = house.context(badge=badge).operator_id if badge else None
    with writing(house.engine) as session:
        return batches.assign(session, context, batch_of(house, number).id, to)


def cancel(house: House, number: str) -> None:
    """A supervisor ends a batch."""
    with writing(house.engine) as session:
        context = house.context(badge="OP-supervisor", command="opening")
        batches.cancel_batch(session, context, batch_of(house, number).id)


def put_setting(house: House, name: str, value: str) -> None:
    """A rule of the house."""
    with writing(house.engine) as session:
        settings.put(session, name, value)


def batch_of(house: House, number: str) -> Batch:
    """The batch with this number."""
    found: Batch = house.read(lambda s: s.scalars(select(Batch).where(Batch.number == number)).one())
    return found


def picks(house: House) -> list[tuple[str, int, int, str]]:
    """Every stop in walking order: place, wanted, picked, state."""
    rows = house.read(
        lambda s: s.execute(
            select(Location.code, Pick.qty, Pick.picked, Pick.state)
            .join(Stock, Stock.id == Pick.stock_id)
            .join(Location, Location.id == Stock.location_id)
            .order_by(Pick.batch_id, Pick.seq, Pick.id)
        ).all()
    )
    return [tuple(row) for row in rows]


def held(house: House) -> list[tuple[str, str, int, int]]:
    """Every living reservation: place, plate, line, units."""
    rows = house.read(
        lambda s: s.execute(
            select(Location.code, Plate.code, Reservation.order_line_id, Reservation.qty)
            .join(Stock, Stock.id == Reservation.stock_id)
            .join(Location, Location.id == Stock.location_id)
            .join(Plate, Plate.id == Stock.plate_id)
            .where(Reservation.state == "held")
            .order_by(Reservation.order_line_id, Location.code, Plate.code)
        ).all()
    )
    return [(row[0], row[1] if "TOTE" in row[1] else "", row[2], row[3]) for row in rows]


def reserved(house: House) -> dict[int, int]:
    """Units held for each order line."""
    return dict(house.read(lambda s: s.execute(select(OrderLine.id, OrderLine.reserved)).all()))


def counts(house: House) -> list[tuple[str, str, int, int]]:
    """Count tasks: place, reason, found, expected."""
    rows = house.read(
        lambda s: s.execute(
            select(Location.code, CountTask.reason, CountTask.found, CountTask.expected)
            .join(Location, Location.id == CountTask.location_id)
            .order_by(CountTask.id)
        ).all()
    )
    return [tuple(row) for row in rows]


def snapshot(house: House) -> dict[str, object]:
    """Everything a scan may change, to compare after it was taken back."""
    ask = {
        "stock": select(Stock.product_id, Stock.location_id, Stock.plate_id, Stock.condition, Stock.on_hand,
                        Stock.reserved).where(Stock.on_hand != 0).order_by(Stock.id),
        "held": select(Reservation.stock_id, Reservation.order_line_id, Reservation.qty).where(
            Reservation.state == "held").order_by(Reservation.stock_id, Reservation.order_line_id),
        "lines": select(OrderLine.id, OrderLine.reserved, OrderLine.shipped).order_by(OrderLine.id),
        "picks": select(Pick.id, Pick.seq, Pick.qty, Pick.picked, Pick.state, Pick.reason).order_by(Pick.id),
        "batches": select(Batch.id, Batch.state, Batch.operator_id, Batch.cart_id, Batch.epoch, Batch.facts,
                          Batch.metres, Batch.tour).order_by(Batch.id),
        "totes": select(BatchOrder.batch_id, BatchOrder.order_id, BatchOrder.plate_id, BatchOrder.is_open).order_by(
            BatchOrder.batch_id, BatchOrder.order_id),
        "counts": select(CountTask.id, CountTask.state).order_by(CountTask.id),
    }  # fmt: skip
    return {name: house.read(lambda s, q=query: [tuple(row) for row in s.execute(q)]) for name, query in ask.items()}


def proved(house: House) -> list[selfcheck.Difference]:
    """What the self-check finds wrong: nothing."""
    found: list[selfcheck.Difference] = house.read(lambda s: selfcheck.find_differences(s))
    return found
