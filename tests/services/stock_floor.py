"""Stock and those who wait for it in few words: commands that end as the house's do, lines changed, stories read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services.pick_floor import say
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import KitPart, Order, OrderLine, Product, Reservation, Stock
from wms_desktop.prompts import Answer, Message, Outcome, Prompt
from wms_desktop.services import allocation, commands, inventory
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

PROMPT = Prompt(workflow="setup", state="x")
Act = Callable[[Session, Context], Any]


def command(house: House, act: Act, *, station: str = "DESK-1") -> Answer:
    """Carries an act out as a command of the house: with its undo record, and whoever waits served at its end."""

    def carry_out(session: Session, context: Context) -> Answer:
        told = act(session, context)
        message = told if isinstance(told, Message) else Message("undone")
        return Answer(outcome=Outcome.ACCEPTED, message=message, prompt=PROMPT)

    context = house.context(station=station, badge="OP-admin")
    return commands.run(house.engine, "setup", "x", context, carry_out, lambda *_: PROMPT)


def bring(house: House, product: int, place: str, qty: int, *, lot_id: int = 0) -> Answer:
    """Free units come to a place by a command."""
    source, target = (Spot(location_id=house.place(code)) for code in ("ADJUSTMENT", place))
    goods = Goods(product_id=product, qty=qty, lot_id=lot_id)
    return command(house, lambda s, c: inventory.post(s, c, goods, source, target, reason="count"))


def change_product(house: House, product: int, **facts: Any) -> None:
    """Another rule for an article."""
    with writing(house.engine) as session:
        session.execute(update(Product).where(Product.id == product).values(**facts))


def change_order(house: House, order: int, **facts: Any) -> None:
    """Another fact of an order, without a word to anybody."""
    with writing(house.engine) as session:
        session.execute(update(Order).where(Order.id == order).values(**facts))


def change_line(house: House, line: int, **facts: Any) -> None:
    """Another fact of an order line, without a word to anybody."""
    with writing(house.engine) as session:
        session.execute(update(OrderLine).where(OrderLine.id == line).values(**facts))


def kit_of(house: House, kit: int, *parts: tuple[int, int]) -> None:
    """What a kit is made of: (product id, units) of each part."""
    with writing(house.engine) as session:
        session.add_all(KitPart(kit_id=kit, part_id=part, qty=qty) for part, qty in parts)


def lines(house: House, order: int) -> list[tuple[int, int, int, int]]:
    """Of each line: its product, and the units ordered, cancelled and reserved."""
    rows = house.read(lambda s: s.scalars(select(OrderLine).where(OrderLine.order_id == order).order_by(
        OrderLine.line_no)).all())  # fmt: skip
    return [(row.product_id, row.ordered, row.cancelled, row.reserved) for row in rows]


def reasons(house: House) -> list[str]:
    """Why each living reservation was made, in words, the first made first."""
    held = select(Reservation.reason).where(Reservation.state == "held").order_by(Reservation.id)
    messages = map(allocation.reason_message, house.read(lambda s: s.scalars(held).all()))
    return [say(message.code, dict(message.args)) for message in messages]


def free_at(house: House, stock_id: int) -> int:
    """Units of a stock row that nobody holds."""
    row = house.read(lambda s: s.get_one(Stock, stock_id))
    return int(row.on_hand - row.reserved)


def story(house: House, line: int) -> list[str]:
    """What the house says of a line, sentence by sentence."""
    told = house.read(lambda s: allocation.explain(s, house.now, line))
    return [say(message.code, dict(message.args)) for message in told]
