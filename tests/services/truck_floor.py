"""A truck at the dock in few words: booked, checked in, scanned, closed; and what the plan says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import (
    NO_LOT,
    Delivery,
    DeliveryPart,
    Order,
    OrderLine,
    Peg,
    Product,
    PurchaseLine,
    Receipt,
    ReceiptLine,
)
from wms_desktop.prompts import Answer, Message, Outcome, Prompt
from wms_desktop.services import commands, crossdocking, inventory, news, planning, undoing
from wms_desktop.services.crossdocking import Arrival
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

_NOTHING = Prompt(workflow="", state="")
Act = Callable[[Session, Context], Any]


def command(house: House, act: Act, *, workflow: str = "receive") -> Any:
    """One command of the supervisor, with all that follows from it at its end; gives what the act gave."""
    found: list[Any] = []

    def work(session: Session, context: Context) -> Answer:
        found.append(act(session, context))
        return Answer(outcome=Outcome.STEP_DONE, message=Message("stock.reserved_none", {}), prompt=_NOTHING)

    context = house.context(station="DOCK-A", badge="OP-supervisor")
    commands.run(house.engine, workflow, context.command_id, context, work, lambda *_: _NOTHING)
    return found[0] if found else None


def undo(house: House) -> None:
    """Takes the last command at the dock back."""

    def back(session: Session, context: Context) -> None:
        undoing.undo_last(session, context, "receive")

    command(house, back)


def truck(house: House, *purchases: int, here: bool = False, hours: int = 3) -> int:
    """A truck that brings what is due of these purchase orders; gives its id. Nothing is planned yet."""
    with writing(house.engine) as session:
        number = len(session.scalars(select(Delivery.id)).all()) + 1
        delivery = Delivery(number=f"D{number}", state="here" if here else "expected",
                            opens_at=house.now + timedelta(hours=hours),
                            closes_at=house.now + timedelta(hours=hours + 1))  # fmt: skip
        session.add(delivery)
        session.flush()
        session.add_all(DeliveryPart(delivery_id=delivery.id, purchase_order_id=one) for one in purchases)
        return delivery.id


def plan(house: House, delivery: int) -> None:
    """Plans a truck."""
    command(house, lambda s, c: planning.plan(s, c, delivery))


def check_in(house: House, delivery: int) -> None:
    """The truck is here, its plan firm."""

    def here(session: Session, context: Context) -> None:
        session.get_one(Delivery, delivery).state = "here"
        planning.firm(session, context, delivery)

    command(house, here)


def scan(house: House, delivery: int, product: int, qty: int, **facts: Any) -> None:
    """Good units of the truck are received; what the purchase lines still expect is filled in order."""
    command(house, lambda s, c: receive(s, c, delivery, product, qty, **facts))


def receive_all(house: House, delivery: int, *goods: tuple[int, int]) -> None:
    """Good units of several products of the truck are received in one command, and tied in one go."""

    def take(session: Session, context: Context) -> None:
        posted = [_post(session, context, delivery, product, qty) for product, qty in goods]
        crossdocking.serve(session, context, [arrival for arrivals in posted for arrival in arrivals])

    command(house, take)


def receive(session: Session, context: Context, delivery: int, product: int, qty: int, *, condition: str = "good",
            case: int = 1, lot: int = NO_LOT) -> None:  # fmt: skip
    """Posts units to the dock and ties them, as a receiving scan does."""
    arrivals = _post(session, context, delivery, product, qty, condition=condition, case=case, lot=lot)
    if condition == "good":
        crossdocking.serve(session, context, arrivals)


def _post(session: Session, context: Context, delivery: int, product: int, qty: int, *, condition: str = "good",
          case: int = 1, lot: int = NO_LOT) -> list[Arrival]:  # fmt: skip
    part = DeliveryPart.purchase_order_id
    lines = session.scalars(
        select(PurchaseLine)
        .join(DeliveryPart, part == PurchaseLine.purchase_order_id)
        .where(DeliveryPart.delivery_id == delivery, PurchaseLine.product_id == product)
        .order_by(PurchaseLine.id)
        .execution_options(populate_existing=True)
    ).all()
    dock = _place(session, "DOCK-1" if condition == "good" else "HOLD-1")
    arrivals = []
    for line in lines:
        units = qty if line is lines[-1] else min(qty, max(0, line.ordered - line.received))
        if not units:
            continue
        qty -= units
        receipt = _receipt(session, context, delivery, line.purchase_order_id)
        stock = inventory.post(
            session, context, Goods(product_id=product, qty=units, lot_id=lot),
            Spot(location_id=_place(session, "SUPPLIER")), Spot(location_id=dock, condition=condition),
            reason="receive",
        )  # fmt: skip
        row = ReceiptLine(receipt_id=receipt.id, purchase_line_id=line.id, product_id=product, lot_id=lot, qty=units,
                          condition=condition, operator_id=context.operator_id, station_id=context.station_id,
                          at=context.at, case_units=case)  # fmt: skip
        session.add(row)
        session.flush()
        arrivals.append(Arrival(receipt_line_id=row.id, stock_id=stock, product_id=product, qty=units,
                                purchase_line_id=line.id, case=case))  # fmt: skip
    return arrivals


def carry(house: House) -> None:
    """Everything that is to go to a lane is carried there."""

    def walk(session: Session, context: Context) -> None:
        for receipt_id in session.scalars(select(Receipt.id)):
            crossdocking.carry_to_lane(
                session, context, crossdocking.list_carries(session, receipt_id, context.station_id)
            )

    command(house, walk)


def close(house: House, delivery: int) -> None:
    """The receipts of a truck are closed."""

    def shut(session: Session, context: Context) -> None:
        for receipt in session.scalars(select(Receipt).where(Receipt.delivery_id == delivery)):
            receipt.state = "closed"
            due = select(PurchaseLine.product_id).where(PurchaseLine.purchase_order_id == receipt.purchase_order_id)
            news.note_moved(session, session.scalars(due))

    command(house, shut)


def pegs(house: House, *states: str) -> list[tuple[str, str, int, str]]:
    """(order, product, units, state) of the pegs that live (or of these states), in the order made."""
    wanted = states or ("proposed", "firm", "arrived", "in_lane", "stored")

    def ask(session: Session) -> list[tuple[str, str, int, str]]:
        rows = session.execute(
            select(Order.number, Product.sku, Peg.qty, Peg.state)
            .join(OrderLine, OrderLine.id == Peg.order_line_id)
            .join(Order, Order.id == OrderLine.order_id)
            .join(Product, Product.id == OrderLine.product_id)
            .where(Peg.state.in_(wanted))
            .order_by(Order.number, Product.sku, Peg.id)
        )
        return [tuple(row) for row in rows]

    return house.read(ask)


def _receipt(session: Session, context: Context, delivery: int, purchase: int) -> Receipt:
    found = session.scalars(
        select(Receipt).where(Receipt.delivery_id == delivery, Receipt.purchase_order_id == purchase)
    ).first()
    if found is None:
        found = Receipt(number=f"R-{delivery}-{purchase}", purchase_order_id=purchase, delivery_id=delivery,
                        dock_id=_place(session, "DOCK-1"), opened_at=context.at)  # fmt: skip
        session.add(found)
        session.flush()
    return found


def _place(session: Session, code: str) -> int:
    return House._place(session, code)
