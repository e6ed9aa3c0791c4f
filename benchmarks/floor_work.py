"""Puts a day's work into a big house (deliveries, goods on the dock, batches, cartons) and plays it by reading prompts.

The player knows nothing but prompts and the lists a person would have on paper; it drives the engine's runner and the
real window alike.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from benchmarks.big_house import STEP
from wms_desktop.config import Profile
from wms_desktop.db.engine import reading, writing
from wms_desktop.db.tables import (
    HOUSE,
    NO_LOT,
    Barcode,
    Batch,
    BatchOrder,
    Command,
    Customer,
    Location,
    Operator,
    Order,
    OrderLine,
    Plate,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Station,
    Stock,
    Supplier,
)
from wms_desktop.prompts import Answer, Event, Key, Outcome, Prompt, Scan
from wms_desktop.services import batches, commands, inventory, packing
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

FLOWS = ("receive", "putaway", "pick", "pack", "dispatch")
_KINDS = {"receive": "dock", "putaway": "dock", "pick": "pick", "pack": "pack", "dispatch": "ship"}
_LINES = 4
_TOTES = 6
Send = Callable[[str, Event], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The parts of a house that the work is laid out on; codes as they are scanned."""

    dock_id: int
    bench_id: int
    source_id: int
    bench: str
    truck: str
    cart: str
    service_id: int
    customer_id: int
    supplier_id: int
    boss_id: int
    desk_id: int
    stations: dict[str, str]
    articles: tuple[int, ...]
    by_sku: dict[str, str]
    by_name: dict[str, str]
    by_id: dict[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What people hold in their hands: purchase orders with their articles, free totes."""

    floor: Floor
    purchases: tuple[tuple[str, tuple[int, ...]], ...]
    totes: tuple[str, ...]


def profile(folder: Path, url: str, floor: Floor) -> Profile:
    """A workstation that does the work of every station."""
    folder.mkdir(parents=True, exist_ok=True)
    return Profile(folder=folder, url=url, stations=floor.stations)


def read_floor(session: Session) -> Floor:
    """Finds the parts in any house that has a station of every kind."""
    stations = {kind: session.scalars(select(Station).where(Station.kind == kind, Station.id != HOUSE)
                                      .order_by(Station.id).limit(1)).one()
                for kind in ("dock", "pick", "pack", "ship", "desk")}  # fmt: skip
    bench = session.get_one(Location, stations["pack"].location_id)
    truck = session.execute(
        select(Location.code, Location.service_id).where(Location.kind == "truck").order_by(Location.id).limit(1)
    ).one()
    goods = session.execute(
        select(Product.id, Product.sku, Product.name, Barcode.code).join(Barcode, Barcode.product_id == Product.id)
        .where(Product.lot_tracked == 0, Product.expiry_tracked == 0, Barcode.units == 1)
        .order_by(Product.id, Barcode.id.desc())
    ).all()  # fmt: skip

    def place(kind: str) -> int:
        return session.scalars(select(Location.id).where(Location.kind == kind).order_by(Location.id).limit(1)).one()

    return Floor(
        dock_id=stations["dock"].location_id or 0, bench_id=bench.id, source_id=place("adjustment"), bench=bench.code,
        truck=truck.code, cart=session.get_one(Location, place("cart")).code, service_id=truck.service_id,
        customer_id=session.scalars(select(func.min(Customer.id))).one(),
        supplier_id=session.scalars(select(func.min(Supplier.id))).one(),
        boss_id=session.scalars(select(func.min(Operator.id)).where(Operator.role == "supervisor")).one(),
        desk_id=stations["desk"].id, stations={flow: stations[kind].code for flow, kind in _KINDS.items()},
        articles=tuple(dict.fromkeys(row.id for row in goods)), by_sku={row.sku: row.code for row in goods},
        by_name={row.name: row.code for row in goods}, by_id={row.id: row.code for row in goods},
    )  # fmt: skip


def lay_out(engine: Engine, scans: int) -> Papers:
    """Work for at least ``scans`` events at each station, none of it used up by an earlier run.

    A supervisor is signed on, who may do all of it.
    """
    tag = uuid.uuid4().hex[:6].upper()
    with reading(engine) as session:
        floor = read_floor(session)
    with writing(engine) as session:
        sign_on(session, floor)
    context = Context(operator_id=floor.boss_id, station_id=floor.desk_id, command_id=f"{tag}-lay",
                      at=datetime.now(UTC))  # fmt: skip
    with writing(engine) as session:
        session.add(Command(id=context.command_id, workflow="setup", content="", operator_id=floor.boss_id,
                            station_id=floor.desk_id, at=context.at, state="done"))  # fmt: skip
        session.flush()
        papers = _Layer(session, context, floor, tag).lay_out(scans)
    _pack_singles(engine, floor, tag)
    return papers


def sign_on(session: Session, floor: Floor) -> None:
    """A supervisor's badge is in the reader."""
    session.execute(update(Station).where(Station.id == floor.desk_id).values(operator_id=floor.boss_id))


class _Layer:
    """One transaction that puts the work down."""

    def __init__(self, session: Session, context: Context, floor: Floor, tag: str) -> None:
        self._session, self._context, self._floor, self._tag = session, context, floor, tag
        self._at = (session.scalar(select(func.count(PurchaseOrder.id))) or 0) * 131

    def lay_out(self, scans: int) -> Papers:
        purchases = [self._purchase(nth, min(20, scans)) for nth in range(1 + scans // 25)]
        for nth in range(scans // 2):
            self._put(self._new_article(nth) if nth % 5 == 0 else self._article(), 3, self._floor.dock_id)
        self._batch(scans)
        for nth in range(max(4, scans)):
            self._single(nth)
        full = select(Stock.id).where(Stock.plate_id == Plate.id, Stock.on_hand > 0).exists()
        used = select(BatchOrder.order_id).where(BatchOrder.plate_id == Plate.id, BatchOrder.is_open == 1).exists()
        totes = self._session.scalars(
            select(Plate.code).where(Plate.kind == "tote", ~full, ~used).order_by(Plate.id)
        ).all()
        floor = read_floor(self._session)
        return Papers(floor=floor, purchases=tuple(purchases), totes=tuple(totes))

    def _article(self) -> int:
        """The next product in a scattered order; articles of earlier work may come again."""
        self._at += 1
        return self._floor.articles[self._at * STEP % len(self._floor.articles)]

    def _new_article(self, nth: int) -> int:
        """A product that has no bin yet, of the class whose zone is full in a big house."""
        code = f"N{self._tag}{nth:05d}"
        product = Product(sku=f"SKU-{code}", name=f"Article {code}", velocity="A", weight_g=200, length_mm=100,
                          width_mm=60, height_mm=40)  # fmt: skip
        self._session.add(product)
        self._session.flush()
        self._session.add(Barcode(product_id=product.id, code=code))
        return product.id

    def _put(self, product_id: int, qty: int, place_id: int) -> int:
        goods, source = Goods(product_id=product_id, qty=qty), Spot(location_id=self._floor.source_id)
        return inventory.post(self._session, self._context, goods, source, Spot(location_id=place_id), reason="opening")

    def _purchase(self, nth: int, lines: int) -> tuple[str, tuple[int, ...]]:
        goods = tuple(dict.fromkeys(self._article() for _ in range(lines)))
        order = PurchaseOrder(number=f"PO-{self._tag}-{nth:03d}", supplier_id=self._floor.supplier_id,
                              due=self._context.at.date())  # fmt: skip
        self._session.add(order)
        self._session.flush()
        self._session.add_all(
            PurchaseLine(purchase_order_id=order.id, line_no=at, product_id=product, ordered=10)
            for at, product in enumerate(goods, 1)
        )
        self._session.flush()
        return order.number, goods

    def _batch(self, scans: int) -> None:
        """Orders of four lines, reserved in bins, and the batches of six that pick them."""
        count = max(_TOTES, -(-scans * 2 // (3 * _LINES)))
        allowed = select(Barcode.id).join(Product, Product.id == Barcode.product_id).where(
            Barcode.product_id == Stock.product_id, Product.lot_tracked == 0).exists()  # fmt: skip
        rows = self._session.execute(
            select(Stock.id, Stock.product_id).join(Location, Location.id == Stock.location_id)
            .where(Location.kind == "bin", Stock.on_hand - Stock.reserved > 1, Stock.condition == "good",
                   Stock.lot_id == NO_LOT, allowed)
            .order_by((Stock.id + self._at) * STEP % 999_983).limit(count * _LINES)
        ).all()  # fmt: skip
        lines, orders = [], []
        for nth in range(min(count, len(rows) // _LINES)):
            mine = rows[nth * _LINES : (nth + 1) * _LINES]
            order_id, made = self._order(f"PK-{self._tag}-{nth:04d}", [row.product_id for row in mine])
            orders.append(order_id)
            lines += [(row.id, line, 1, "[]") for row, line in zip(mine, made, strict=True)]
        inventory.hold_many(self._session, lines)
        made_batches = batches.form_batches(self._session, self._context, max_totes=_TOTES, order_ids=orders)
        for batch_id in self._session.scalars(select(Batch.id).where(Batch.number.in_(made_batches.numbers))).all():
            batches.assign(self._session, self._context, batch_id, self._floor.boss_id)

    def _order(self, number: str, products: list[int]) -> tuple[int, list[int]]:
        at = self._context.at
        order = Order(
            number=number, customer_id=self._floor.customer_id, service_id=self._floor.service_id,
            placed_at=at - timedelta(days=1), leave_by=at + timedelta(hours=4),
            promise=(at + timedelta(days=1)).date(), ship_name="Acme Ltd", street="1 High Street",
            postcode="LS1 1AA", city="Leeds",
        )  # fmt: skip
        self._session.add(order)
        self._session.flush()
        lines = [OrderLine(order_id=order.id, line_no=no, product_id=product, ordered=1, price=Decimal("2.50"))
                 for no, product in enumerate(products, 1)]  # fmt: skip
        self._session.add_all(lines)
        self._session.flush()
        return order.id, [line.id for line in lines]

    def _single(self, nth: int) -> None:
        """An order of one unit that stands on the bench already."""
        product = self._article()
        _, lines = self._order(f"SG-{self._tag}-{nth:04d}", [product])
        inventory.hold(self._session, self._put(product, 1, self._floor.bench_id), lines[0], 1, "[]")


def _pack_singles(engine: Engine, floor: Floor, tag: str) -> None:
    """Cartons for the trucks, packed by the real dialogue before anything is measured."""
    with reading(engine) as session:
        goods = session.scalars(
            select(OrderLine.product_id).join(Order, Order.id == OrderLine.order_id)
            .where(Order.number.between(f"SG-{tag}-", f"SG-{tag}-A")).order_by(Order.number)
        ).all()  # fmt: skip
        station = session.scalars(select(Station.id).where(Station.code == floor.stations["pack"])).one()
    for nth, product in enumerate(goods):
        event = Scan(floor.by_id[product])
        context = Context(operator_id=floor.boss_id, station_id=station, command_id=f"{tag}-s{nth}",
                          at=datetime.now(UTC))  # fmt: skip
        answer = commands.run(engine, "pack", commands.content_of(event), context,
                              lambda session, inside, event=event: packing.answer(session, inside, event),
                              packing.prompt)  # fmt: skip
        expect(answer, "a single unit is packed at once", answer.outcome is Outcome.JOB_COMPLETE)


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
        codes = self.papers.floor.by_id
        for number, goods in self.papers.purchases:
            if not self._more("receive"):
                return
            self._do("receive", Scan(number))
            for product in goods:
                prompt = self._do("receive", Scan(codes[product]))
                while prompt.state == "carry":
                    prompt = self._do("receive", Scan(prompt.big))
            self._do("receive", Key("done"))

    def _putaway(self) -> None:
        prompt = self.prompt_of("putaway")
        while (waiting := [d for d in prompt.details if d.code == "putaway.waiting"]) and self._more("putaway"):
            code = self.papers.floor.by_name[str(waiting[0].args["product"])]
            prompt = self._do("putaway", Scan(code))
            while prompt.state == "place" and self._more("putaway"):
                prompt = self._do("putaway", Scan(str(prompt.args["bin"])))

    def _pick(self) -> None:
        totes = iter(self.papers.totes)
        prompt = self.prompt_of("pick")
        while self._more("pick") and (prompt.state != "start" or prompt.args["waiting"]):
            prompt = self._do("pick", Scan(self.papers.floor.cart))
            while prompt.state == "totes":
                prompt = self._do("pick", Scan(next(totes)))
            while prompt.state != "drop":
                prompt = self._do("pick", self._next_pick(prompt))
            prompt = self._do("pick", Scan(self.papers.floor.bench))

    def _next_pick(self, prompt: Prompt) -> Event:
        if prompt.state == "empty":
            return Key("yes")
        if prompt.state == "bin":
            return Scan(str(prompt.args["bin"]))
        if prompt.state == "item":
            return Scan(self.papers.floor.by_sku[str(prompt.args["sku"])])
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
                prompt = self._do("pack", Scan(self.papers.floor.by_sku[str(line.args["sku"])]))
            prompt = self._do("pack", Key("yes"))

    def _dispatch(self) -> None:
        prompt = self._do("dispatch", Scan(self.papers.floor.truck))
        while self._more("dispatch"):
            waiting = [d for d in prompt.details if d.code in ("dispatch.behind", "dispatch.split")]
            if not waiting:
                break
            prompt = self._do("dispatch", Scan(str(waiting[0].args["sscc"])))
        self._do("dispatch", Key("done"))
        self._do("dispatch", Key("yes"))
