"""A putaway floor in few words: goods on the dock, and people whose every answer is proved."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy import select

from tests.builders import Desk, House
from wms_desktop import phrases
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import CountTask, Location, Movement, Plate
from wms_desktop.prompts import Answer, Event, Key, Outcome, Prompt
from wms_desktop.services import inventory, putaway, selfcheck
from wms_desktop.services.inventory import Goods, Spot


@dataclass
class Worker(Desk):
    """Somebody who puts away: after each answer a restart shows the same prompt, and every sentence can be said."""

    seen: set[str] = field(default_factory=set)

    def _send(self, event: Event) -> Answer:
        before = self.prompt().state
        answer = super()._send(event)
        assert self.prompt() == answer.prompt
        assert answer.prompt.state in leads_to(before, event, answer)
        phrases.sentence(answer.message.code, answer.message.args)
        say_prompt(answer.prompt)
        self.seen.add(answer.message.code)
        return answer

    @property
    def said(self) -> str:
        """The code of the last answer's sentence."""
        assert self.last is not None
        return self.last.message.code

    @property
    def state(self) -> str:
        """The state the dialogue stands in."""
        return self.prompt().state


def leads_to(state: str, event: Event, answer: Answer) -> set[str]:
    """The states to which the table says this event may lead; a refusal or an undo leads anywhere."""
    if answer.outcome in (Outcome.STOP, Outcome.NOT_UNDERSTOOD) or answer.message.code == "undone":
        return {step.state for step in putaway.WORKFLOW.steps}
    rows = [step for step in putaway.WORKFLOW.steps if step.state == state]
    if isinstance(event, Key):
        return {then for step in rows if step.kind == f"key:{event.name}" for then in step.then}
    return {then for step in rows if not step.kind.startswith("key:") for then in step.then}


def say_prompt(prompt: Prompt) -> None:
    """Every sentence of a prompt."""
    phrases.sentence(f"prompt.{prompt.workflow}.{prompt.state}", prompt.args)
    phrases.sentence(f"prompt.{prompt.workflow}.{prompt.state}.sub", prompt.args)
    for detail in prompt.details:
        phrases.sentence(detail.code, detail.args)


def worker(house: House, station: str = "DOCK-A", badge: str = "OP-receiver") -> Worker:
    """Somebody at a dock."""
    return Worker(house, putaway, station, badge)


def on_plate(house: House, *goods: tuple[int, int], code: str = "PAL-1", place: str = "DOCK-1") -> None:
    """So many units of each product stand on a pallet, which is new to the house or not."""
    with writing(house.engine) as session:
        plate = session.scalars(select(Plate).where(Plate.code == code)).one_or_none() or Plate(
            code=code, kind="pallet"
        )
        session.add(plate)
        session.flush()
        spots = {row.code: Spot(location_id=row.id) for row in session.scalars(select(Location))}
        target = replace(spots[place], plate_id=plate.id)
        for product, qty in goods:
            inventory.post(session, house.context(command="opening"), Goods(product_id=product, qty=qty),
                           spots["ADJUSTMENT"], target, reason="opening")  # fmt: skip


def counts(house: House) -> list[tuple[str, str]]:
    """The bins that are to be counted, with why."""
    query = select(Location.code, CountTask.reason).join(Location, Location.id == CountTask.location_id)
    return [tuple(row) for row in house.read(lambda s: s.execute(query.order_by(CountTask.id)).all())]


def last_reason(house: House) -> str:
    """What the last movement was for."""
    query = select(Movement.reason).order_by(Movement.id.desc()).limit(1)
    return str(house.read(lambda s: s.scalar(query)))


def rows(prompt: Prompt) -> list[str]:
    """The rows of a prompt, as they are read."""
    return [phrases.sentence(detail.code, detail.args) for detail in prompt.details]


def is_clean(house: House) -> bool:
    """Whether the self-check finds nothing."""
    return house.read(selfcheck.find_differences) == []
