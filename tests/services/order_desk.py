"""The desk of a test: acts and questions by name, as the window sends them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.builders import House
from wms_desktop import phrases
from wms_desktop.db.engine import reading, writing
from wms_desktop.db.tables import Location, Order, OrderEvent, OrderLine, Plate, Reservation, Stock
from wms_desktop.prompts import Answer
from wms_desktop.services import allocation, backlog_reads, catalog_rules, commands, inventory, order_acts, orders
from wms_desktop.services.catalog_rules import NewSubstitute
from wms_desktop.services.inventory import Spot


def act(house: House, name: str, badge: str = "OP-buyer", **args: Any) -> Answer:
    """One act of the desk through a real command; its sentence can be said."""
    done = order_acts.ACTS[name]
    answer = commands.run(
        house.engine, done.workflow, name, house.context(station="DESK-1", badge=badge),
        lambda session, context: done.do(session, context, args), orders.prompt,
    )  # fmt: skip
    assert phrases.sentence(answer.message.code, answer.message.args)
    return answer


def ask(house: House, question: str, **args: Any) -> Any:
    """The answer to one of the desk's questions."""
    with reading(house.engine) as session:
        return backlog_reads.QUESTIONS[question](session, house.now, args)


def allocate(house: House) -> None:
    """Reserves what can be reserved."""
    with writing(house.engine) as session:
        allocation.allocate(session, house.context(command="opening"))


def reserve(house: House, stock: int, line: int, qty: int) -> None:
    """Holds units for a line."""
    with writing(house.engine) as session:
        inventory.hold(session, stock, line, qty, "test")


def may_stand_in(house: House, *rows: tuple[str, str, int]) -> None:
    """What may be sent instead of what: (sku, other sku, rank)."""
    with writing(house.engine) as session:
        catalog_rules.add_substitutes(session, [NewSubstitute(*row) for row in rows])


def lines_of(house: House, order: int) -> list[tuple[int, int, int, int]]:
    """Product, ordered, cancelled and reserved units of each line of an order."""
    query = select(OrderLine).where(OrderLine.order_id == order).order_by(OrderLine.line_no)
    return house.read(lambda s: [(x.product_id, x.ordered, x.cancelled, x.reserved) for x in s.scalars(query)])


def line_ids(house: House, order: int) -> list[int]:
    """The ids of an order's lines, in their order."""
    query = select(OrderLine.id).where(OrderLine.order_id == order).order_by(OrderLine.line_no)
    return house.read(lambda s: list(s.scalars(query)))


def events_of(house: House, order: int) -> list[str]:
    """The codes of what was done to an order, in turn; each has its sentence."""
    query = select(OrderEvent).where(OrderEvent.order_id == order).order_by(OrderEvent.id)
    return house.read(lambda s: [event.code for event in s.scalars(query)])


def held_by(house: House) -> dict[str, int]:
    """Units held by each order, by its number."""
    query = (
        select(Order.number, Reservation.qty)
        .join(OrderLine, OrderLine.id == Reservation.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Reservation.state == "held")
    )
    sums: dict[str, int] = {}
    for number, qty in house.read(lambda s: s.execute(query).all()):
        sums[number] = sums.get(number, 0) + qty
    return sums


def bring(house: House, number: str, place: str, *, tote: str = "", qty: int = 0) -> None:
    """Carries what an order holds in bins to a place (all of it, or so many units), in a tote where one is named."""
    with writing(house.engine) as session:
        plate = session.scalars(select(Plate.id).where(Plate.code == tote)).one()
        spot = Spot(location_id=house.place(place), plate_id=plate)
        rows = session.execute(
            select(Reservation.stock_id, Reservation.order_line_id, Reservation.qty)
            .join(OrderLine, OrderLine.id == Reservation.order_line_id)
            .join(Order, Order.id == OrderLine.order_id)
            .join(Stock, Stock.id == Reservation.stock_id)
            .join(Location, Location.id == Stock.location_id)
            .where(Order.number == number, Reservation.state == "held", Location.kind == "bin")
            .order_by(Reservation.id)
        ).all()
        left = qty or sum(row.qty for row in rows)
        for stock, line, held in rows:
            some = min(held, left)
            left -= some
            if some:
                context = house.context(command="opening")
                inventory.carry(session, context, stock, line, some, spot, reason="test")
