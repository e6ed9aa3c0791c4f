"""Hands for tests of trucks and notices: acts as the application carries them out, and what the tables then say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Delivery, DeliveryPart, Notice, Peg, PurchaseLine, Supplier
from wms_desktop.prompts import Answer
from wms_desktop.services import commands, inbound, inbound_acts, orders

SSCC = "340123450000000017"
OTHER_SSCC = "340123450000000024"


def act(house: House, name: str, /, station: str = "DESK-1", badge: str = "OP-supervisor", **args: Any) -> Answer:
    """One of the desk's acts."""
    door = inbound_acts.ACTS[name]
    return commands.run(
        house.engine, door.workflow, f"{name} {args}", house.context(station=station, badge=badge),
        lambda session, context: door.do(session, context, args), orders.prompt,
    )  # fmt: skip


def said(answer: Answer) -> str:
    """The code of what was said, without the common beginning."""
    return answer.message.code.removeprefix("inbound.")


def book(house: House, *parts: int | tuple[int, int], hours: int = 2, long: int = 1, dock: str = "DOCK-1",
         carrier: str = "") -> Answer:  # fmt: skip
    """Books a truck with these purchase orders (or purchase order and notice), some hours from now."""
    named = [
        {"purchase": part} if isinstance(part, int) else {"purchase": part[0], "notice": part[1]} for part in parts
    ]
    opens = house.now + timedelta(hours=hours)
    return act(house, "book_delivery", parts=named, dock=house.place(dock), carrier=carrier, opens_at=opens,
               closes_at=opens + timedelta(hours=long))  # fmt: skip


def delivery(house: House, number: str = "T000001") -> Delivery:
    """A delivery by its number."""
    return house.read(lambda s: s.scalars(select(Delivery).where(Delivery.number == number)).one())


def parts(house: House, number: str = "T000001") -> list[tuple[int, int | None]]:
    """What a delivery brings."""
    query = (
        select(DeliveryPart.purchase_order_id, DeliveryPart.notice_id).join(Delivery).where(Delivery.number == number)
    )
    return [tuple(row) for row in house.read(lambda s: s.execute(query.order_by(DeliveryPart.id)).all())]


def notice(house: House, purchase: int, number: str = "ASN-1", *, days: int = 1, lines: Sequence[Any] = ()) -> int:
    """A notice of all that was ordered (or of (line number, units, more facts)); gives its id."""
    query = select(PurchaseLine).where(PurchaseLine.purchase_order_id == purchase).order_by(PurchaseLine.line_no)
    ordered = house.read(lambda s: s.scalars(query).all())
    wanted = lines or [(line.line_no, line.ordered) for line in ordered]
    typed = [
        {"line": ordered[one[0] - 1].id, "qty": one[1], **(one[2] if len(one) > 2 else {})} for one in wanted
    ]  # fmt: skip
    answer = act(house, "enter_notice", purchase=purchase, number=number, lines=typed,
                 due=house.now.date() + timedelta(days=days))  # fmt: skip
    assert said(answer) == "notice_entered", answer.message
    return house.read(lambda s: s.scalars(select(Notice.id).where(Notice.number == number)).one())


def get_notice(house: House, number: str = "ASN-1") -> Notice:
    """A notice by its number."""
    return house.read(lambda s: s.scalars(select(Notice).where(Notice.number == number)).one())


def planned(house: House) -> list[tuple[str, int]]:
    """The living plan: states and units."""
    query = select(Peg.state, Peg.qty).where(Peg.state.in_(("proposed", "firm"))).order_by(Peg.id)
    return [tuple(row) for row in house.read(lambda s: s.execute(query).all())]


def supplier(house: House, code: str, name: str) -> None:
    """A further supplier."""
    with writing(house.engine) as session:
        session.add(Supplier(code=code, name=name))


def found(house: House, text: str) -> inbound.Found | None:
    """What a code names."""
    return house.read(lambda s: inbound.find_by_code(s, text))
