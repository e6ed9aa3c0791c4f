"""Puts a day's work into a big house (deliveries, goods on the dock, batches, cartons) and plays it by reading prompts.

The player knows nothing but prompts and the lists a person would have on paper; it drives the engine's runner and the
real window alike.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from benchmarks.big_house import STEP, Size
from wms_desktop.config import Profile
from wms_desktop.db.engine import reading, writing
from wms_desktop.db.tables import (
    Carton,
    Command,
    Location,
    Order,
    OrderLine,
    Plate,
    PurchaseLine,
    PurchaseOrder,
    Station,
    Stock,
)
from wms_desktop.prompts import Answer, Event, Key, Outcome, Prompt, Scan
from wms_desktop.services import batches, commands, inventory, packing
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

FLOWS = ("receive", "putaway", "pick", "pack", "dispatch")
STATIONS = {"receive": "DOCK-A", "putaway": "DOCK-A", "pick": "PICK-1", "pack": "PACK-1", "dispatch": "SHIP-1"}
_PEOPLE = {"DOCK-A": 1, "PICK-1": 2, "PACK-1": 3, "SHIP-1": 3, "DESK-1": 4}
_LINES = 4
_TOTES = 6
_TRUCK = "TRUCK-NORTHWAY"
_BENCH = "BENCH-1"
Send = Callable[[str, Event], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What people hold in their hands: purchase orders with their articles, free totes, a cart."""

    purchases: tuple[tuple[str, tuple[int, ...]], ...]
    totes: tuple[str, ...]
    cart: str
    cartons: int


def profile(folder: Path, url: str) -> Profile:
    """A workstation that does the work of every station."""
    folder.mkdir(parents=True, exist_ok=True)
    return Profile(folder=folder, url=url, stations=STATIONS)


def lay_out(engine: Engine, size: Size, scans: int) -> Papers:
    """Work for at least ``scans`` events at each station, none of it used up by an earlier run."""
    tag = uuid.uuid4().hex[:6].upper()
    with writing(engine) as session:
        session.execute(update(Station).where(Station.id.in_((1, 2, 3, 4, 5))).values(operator_id=None))
        for code, person in _PEOPLE.items():
            session.execute(update(Station).where(Station.code == code).values(operator_id=person))
    papers = _act(engine, f"{tag}-lay", lambda session, context: _lay_out(session, context, size, (scans, tag)))
    _pack_singles(engine, papers.cartons, tag)
    return papers


def _act(engine: Engine, key: str, work: Callable[[Session, Context], Papers]) -> Papers:
    """One transaction as the supervisor at the desk, under a command row of its own."""
    context = Context(operator_id=4, station_id=5, command_id=key, at=datetime.now(UTC))
    with writing(engine) as session:
        session.add(Command(id=key, workflow="setup", content="", operator_id=4, station_id=5, at=context.at,
                            state="done"))  # fmt: skip
        session.flush()
        return work(session, context)


def _lay_out(session: Session, context: Context, size: Size, wanted: tuple[int, str]) -> Papers:
    scans, tag = wanted
    chosen = _articles(session, size)
    purchases = []
    for nth in range(1 + scans // 25):
        goods = tuple(next(chosen) for _ in range(min(20, scans)))
        order = PurchaseOrder(number=f"PO-{tag}-{nth:03d}", supplier_id=1, due=context.at.date())
        session.add(order)
        session.flush()
        session.add_all(
            PurchaseLine(purchase_order_id=order.id, line_no=at, product_id=product, ordered=10)
            for at, product in enumerate(goods, 1)
        )
        purchases.append((order.number, goods))
    adjustment, dock = Spot(location_id=4), Spot(location_id=5)
    for _ in range(scans // 2):
        goods_here = Goods(product_id=next(chosen), qty=3)
        inventory.post(session, context, goods_here, adjustment, dock, reason="opening")
    _batch(session, context, size, (scans, tag))
    cartons = max(4, scans)
    _place_singles(session, context, chosen, (cartons, tag))
    totes = session.scalars(
        select(Plate.code).where(Plate.kind == "tote", ~select(Stock.id).where(
            Stock.plate_id == Plate.id, Stock.on_hand > 0).exists()).order_by(Plate.id)
    ).all()  # fmt: skip
    return Papers(purchases=tuple(purchases), totes=tuple(totes), cart="CART-1", cartons=cartons)


def _articles(session: Session, size: Size) -> Iterator[int]:
    """Products in a scattered order, another start each time; articles of earlier work may come again."""
    start = (session.scalar(select(func.count(PurchaseOrder.id))) or 0) * 131
    at = start
    while True:
        at += 1
        yield 1 + at * STEP % size.products


def _batch(session: Session, context: Context, size: Size, wanted: tuple[int, str]) -> None:
    """Orders of four lines, reserved in bins, and the batches of six that pick them."""
    scans, tag = wanted
    count = max(_TOTES, -(-scans * 2 // (3 * _LINES)))
    seen = session.scalar(select(func.max(OrderLine.id))) or 0
    ids = [1 + 4 * ((seen + at) * STEP % size.shipped) for at in range(count * _LINES * 3)]
    rows = session.execute(
        select(Stock.id, Stock.product_id)
        .where(Stock.id.in_(ids), Stock.on_hand - Stock.reserved > 1, Stock.condition == "good")
        .order_by(Stock.id)
    ).all()
    lines, orders = [], []
    for nth in range(min(count, len(rows) // _LINES)):
        mine = rows[nth::count][:_LINES]
        order = _order(session, context, f"PK-{tag}-{nth:04d}", [row.product_id for row in mine])
        orders.append(order.id)
        made = session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id).order_by(OrderLine.line_no))
        lines += [(row.id, line, 1, "[]") for row, line in zip(mine, made, strict=True)]
    inventory.hold_many(session, lines)
    batches.form_batches(session, context, max_totes=_TOTES, order_ids=orders)


def _order(session: Session, context: Context, number: str, products: list[int]) -> Order:
    order = Order(
        number=number, customer_id=1, service_id=1, placed_at=context.at - timedelta(days=1),
        leave_by=context.at + timedelta(hours=4), promise=(context.at + timedelta(days=1)).date(),
        ship_name="Acme Ltd", street="1 High Street", postcode="LS1 1AA", city="Leeds",
    )  # fmt: skip
    session.add(order)
    session.flush()
    session.add_all(
        OrderLine(order_id=order.id, line_no=at, product_id=product, ordered=1, price=Decimal("2.50"))
        for at, product in enumerate(products, 1)
    )
    session.flush()
    return order


def _place_singles(session: Session, context: Context, chosen: Iterator[int], wanted: tuple[int, str]) -> None:
    """Orders of one unit that stands on the bench already."""
    count, tag = wanted
    bench, adjustment = Spot(location_id=7), Spot(location_id=4)
    for nth in range(count):
        product = next(chosen)
        order = _order(session, context, f"SG-{tag}-{nth:04d}", [product])
        stock = inventory.post(session, context, Goods(product_id=product, qty=1), adjustment, bench, reason="opening")
        line = session.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
        inventory.hold(session, stock, line, 1, "[]")


def _pack_singles(engine: Engine, count: int, tag: str) -> None:
    """Cartons for the trucks, packed by the real dialogue before anything is measured."""
    with reading(engine) as session:
        goods = session.scalars(
            select(OrderLine.product_id).join(Order, Order.id == OrderLine.order_id)
            .where(Order.number.like(f"SG-{tag}-%")).order_by(Order.number).limit(count)
        ).all()  # fmt: skip
        station = session.scalars(select(Station.id).where(Station.code == STATIONS["pack"])).one()
    for nth, product in enumerate(goods):
        event = Scan(barcode(product))
        context = Context(operator_id=3, station_id=station, command_id=f"{tag}-s{nth}", at=datetime.now(UTC))
        answer = commands.run(engine, "pack", commands.content_of(event), context,
                              lambda session, inside, event=event: packing.answer(session, inside, event),
                              packing.prompt)  # fmt: skip
        expect(answer, "a single unit is packed at once", answer.outcome is Outcome.JOB_COMPLETE)


def barcode(product: int) -> str:
    """The code on the article itself."""
    return f"P{10000000 + product - 1}"


def expect(answer: Answer, what: str, holds: bool) -> None:
    """Stops the run when the floor does not do what the work was laid out for."""
    if not holds:
        raise AssertionError(f"{what}: {answer.outcome} {answer.message} at {answer.prompt.state}")


@dataclass
class Player:
    """Five people in one: each method does one station's work to its end, event by event, through ``send``."""

    send: Send
    prompt_of: Callable[[str], Prompt]
    papers: Papers
    most: int = 10**9
    counts: dict[str, int] = field(default_factory=dict)

    def play(self, flow: str) -> None:
        """One station's work, at most ``most`` events of it (to the next resting point)."""
        getattr(self, f"_{flow}")()

    def _do(self, flow: str, event: Event) -> Prompt:
        answer = self.send(flow, event)
        self.counts[flow] = self.counts.get(flow, 0) + 1
        good = answer.outcome not in (Outcome.STOP, Outcome.NOT_UNDERSTOOD)
        expect(answer, f"{flow} {event}", good)
        return answer.prompt

    def _more(self, flow: str) -> bool:
        return self.counts.get(flow, 0) < self.most

    def _receive(self) -> None:
        for number, goods in self.papers.purchases:
            if not self._more("receive"):
                return
            self._do("receive", Scan(number))
            for product in goods:
                prompt = self._do("receive", Scan(barcode(product)))
                while prompt.state == "carry":
                    prompt = self._do("receive", Scan(prompt.big))
            self._do("receive", Key("done"))

    def _putaway(self) -> None:
        prompt = self.prompt_of("putaway")
        while prompt.details and self._more("putaway"):
            product = int(str(prompt.details[0].args["product"]).removeprefix("Article "))
            prompt = self._do("putaway", Scan(barcode(product)))
            prompt = self._do("putaway", Scan(str(prompt.args["bin"])))

    def _pick(self) -> None:
        totes = iter(self.papers.totes)
        prompt = self.prompt_of("pick")
        while self._more("pick") and (prompt.state != "start" or prompt.args["waiting"]):
            prompt = self._do("pick", Scan(self.papers.cart))
            while prompt.state == "totes":
                prompt = self._do("pick", Scan(next(totes)))
            while prompt.state != "drop":
                prompt = self._do("pick", self._next_pick(prompt))
            prompt = self._do("pick", Scan(_BENCH))

    def _next_pick(self, prompt: Prompt) -> Event:
        if prompt.state == "empty":
            return Key("yes")
        if prompt.state == "bin":
            return Scan(str(prompt.args["bin"]))
        if prompt.state == "item":
            return Scan(barcode(int(str(prompt.args["sku"]).removeprefix("SKU-"))))
        return Scan(str(prompt.args["tote"]))

    def _pack(self) -> None:
        prompt = self.prompt_of("pack")
        while prompt.details and self._more("pack"):
            prompt = self._do("pack", Scan(str(prompt.details[0].args["place"])))
            if prompt.state == "choose":
                ready = next(d for d in prompt.details if d.code == "pack.choice")
                prompt = self._do("pack", Key("choose", str(ready.args["n"])))
            while prompt.state == "verify":
                line = next(d for d in prompt.details if d.code == "pack.line")
                prompt = self._do("pack", Scan(barcode(int(str(line.args["sku"]).removeprefix("SKU-")))))
            prompt = self._do("pack", Key("yes"))

    def _dispatch(self) -> None:
        prompt = self._do("dispatch", Scan(_TRUCK))
        while self._more("dispatch"):
            waiting = [d for d in prompt.details if d.code in ("dispatch.behind", "dispatch.split")]
            if not waiting:
                break
            prompt = self._do("dispatch", Scan(str(waiting[0].args["sscc"])))
        self._do("dispatch", Key("done"))
        self._do("dispatch", Key("yes"))


def count_behind(engine: Engine) -> int:
    """Closed cartons that stand in the house."""
    with reading(engine) as session:
        return session.scalar(select(func.count(Carton.id)).where(Carton.state == "closed")) or 0


def code_of(engine: Engine, location_id: int) -> str:
    """The code of a place."""
    with reading(engine) as session:
        return session.scalars(select(Location.code).where(Location.id == location_id)).one()
