"""Brings stock to benches and lanes in the fewest words, for the tests of packing and dispatch."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

from sqlalchemy import func, select, update

from tests.builders import Desk, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import (
    Batch,
    BatchOrder,
    Carton,
    Location,
    Manifest,
    Order,
    OrderLine,
    Plate,
    PrintJob,
    Reservation,
    Shipment,
    Station,
    Stock,
)
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Answer, Event
from wms_desktop.services import dispatching, inventory, packing
from wms_desktop.services.inventory import Goods, Spot

_SAYS = ("Message", "Detail", "Refusal", "WrongScan", "Moved", "NotUnderstood")
Balances = list[tuple[int, int, int, int, int]]


def stand(house: House, order: str, product: int, qty: int, place: str, *, tote: str = "", lot: int = 0) -> None:
    """Units of an order standing at a place, in a tote where one is named, held for the order's line."""
    with writing(house.engine) as session:
        line = session.scalars(
            select(OrderLine).join(Order, Order.id == OrderLine.order_id).where(
                Order.number == order, OrderLine.product_id == product)
        ).one()  # fmt: skip
        plate = session.scalars(select(Plate.id).where(Plate.code == tote)).one() if tote else 0
        goods = Goods(product_id=product, qty=qty, lot_id=lot)
        source, target = (
            Spot(location_id=house.place("ADJUSTMENT")),
            Spot(location_id=house.place(place), plate_id=plate),
        )
        stock = inventory.post(session, house.context(command="opening"), goods, source, target, reason="opening")
        inventory.hold(session, stock, line.id, qty, "test")


def on_cart(house: House, order_id: int, tote: str) -> None:
    """The order's place in a batch that was picked into a tote."""
    with writing(house.engine) as session:
        plate = session.scalars(select(Plate.id).where(Plate.code == tote)).one()
        batch = Batch(number=f"B-{order_id}", state="done", created_at=house.now)
        session.add(batch)
        session.flush()
        session.add(BatchOrder(batch_id=batch.id, order_id=order_id, position=1, plate_id=plate))


class SpokenDesk(Desk):
    """A person at a station whose every answer must be a whole sentence, with a whole prompt below it."""

    def _send(self, event: Event) -> Answer:
        answer = super()._send(event)
        prompt = answer.prompt
        headline = f"prompt.{prompt.workflow}.{prompt.state}"
        for code in (headline, f"{headline}.sub"):
            sentence(code, prompt.args)
        for part in (answer.message, *prompt.details):
            sentence(part.code, part.args)
        return answer


def packer(house: House, station: str = "PACK-1", badge: str = "OP-packer") -> Desk:
    """A packer at a bench."""
    return SpokenDesk(house, packing, station, badge)


def loader(house: House, station: str = "SHIP-1") -> Desk:
    """A person at the trucks."""
    return SpokenDesk(house, dispatching, station, "OP-packer")


def codes_in(*modules: ModuleType) -> set[str]:
    """Every code that these modules can say, read from their source."""
    found: set[str] = set()
    for module in modules:
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            is_said = isinstance(node, ast.Call) and getattr(node.func, "id", "") in _SAYS
            is_code = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code"
            if is_said:
                found |= _texts(node.args[0]) if node.args else set()
            elif is_code:
                found |= _texts(node.value)
    return found


def _texts(node: ast.expr) -> set[str]:
    if isinstance(node, ast.IfExp):
        return _texts(node.body) | _texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def second_bench(house: House) -> None:
    """A second packing station, at BENCH-2."""
    with writing(house.engine) as session:
        session.add(Station(code="PACK-2", kind="pack", location_id=house.place("BENCH-2")))


def change(house: House, number: str, **facts: object) -> None:
    """Somebody at a desk changes an order."""
    with writing(house.engine) as session:
        session.execute(update(Order).where(Order.number == number).values(facts))


def cancel(house: House, number: str, product: int, qty: int) -> None:
    """Units of an order are cancelled and let go, wherever they stand."""
    with writing(house.engine) as session:
        rows = session.execute(
            select(Reservation.stock_id, Reservation.order_line_id, Reservation.qty)
            .join(OrderLine, OrderLine.id == Reservation.order_line_id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.number == number, OrderLine.product_id == product, Reservation.state == "held")
            .order_by(Reservation.id)
        ).all()
        rest = qty
        for stock_id, line_id, held in rows:
            inventory.free(session, stock_id, line_id, min(held, rest))
            rest -= min(held, rest)
            if not rest:
                break
        session.execute(update(OrderLine).where(OrderLine.id == rows[0].order_line_id).values(cancelled=qty))


def balances(house: House) -> Balances:
    """Every balance that is not zero: product, place, plate, on hand, reserved."""
    rows = house.read(
        lambda s: s.execute(
            select(Stock.product_id, Stock.location_id, Stock.plate_id, Stock.on_hand, Stock.reserved)
            .where(Stock.on_hand != 0)
            .order_by(Stock.product_id, Stock.location_id, Stock.plate_id)
        ).all()
    )
    return [tuple(row) for row in rows]


def jobs(house: House, kind: str = "shipping_label") -> list[tuple[str, int, str]]:
    """The print jobs of a kind: number, copy and state."""
    rows = house.read(
        lambda s: s.execute(
            select(PrintJob.number, PrintJob.copy_no, PrintJob.state).where(PrintJob.kind == kind).order_by(PrintJob.id)
        ).all()
    )
    return [tuple(row) for row in rows]


def ssccs(house: House) -> list[str]:
    """The SSCC of every carton, the oldest first."""
    return list(house.read(lambda s: s.scalars(select(Carton.sscc).order_by(Carton.id)).all()))


def states(house: House) -> tuple[list[str], list[str], list[str]]:
    """The states of all cartons, shipments and manifests, the oldest first."""
    return house.read(
        lambda s: tuple(list(s.scalars(select(t.state).order_by(t.id)).all()) for t in (Carton, Shipment, Manifest))
    )


def shipped(house: House, number: str) -> tuple[int, int]:
    """How many units of an order were ordered and have shipped."""
    query = (
        select(func.sum(OrderLine.ordered), func.sum(OrderLine.shipped))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.number == number)
    )
    return tuple(house.read(lambda s: s.execute(query).one()))


def plate_at(house: House, sscc: str) -> str:
    """Where a carton stands."""
    query = (
        select(Location.code)
        .join(Stock, Stock.location_id == Location.id)
        .join(Plate, Plate.id == Stock.plate_id)
        .where(Plate.code == sscc, Stock.on_hand > 0)
        .distinct()
    )
    return house.read(lambda s: s.scalars(query).one())
