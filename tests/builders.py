"""Says what a warehouse holds, in the fewest words; every service test starts from here."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from wms_desktop.db.engine import reading, writing
from wms_desktop.db.tables import (
    HOUSE,
    Barcode,
    CarrierService,
    Command,
    Customer,
    Location,
    Lot,
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
    Warehouse,
)
from wms_desktop.domain.barcodes import normal
from wms_desktop.prompts import Answer, Event, Key, Prompt, Scan
from wms_desktop.services import commands, inventory
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
VIRTUAL = ("SUPPLIER", "CUSTOMER", "SCRAP", "ADJUSTMENT")


@dataclass
class House:
    """A small warehouse on a real database: two lanes, two carts, two benches, people of every role."""

    engine: Engine
    now: datetime = NOON
    keys: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    dialogues: dict[str, Any] = field(default_factory=dict)
    _ids: dict[tuple[str, str], int] = field(default_factory=dict, init=False, repr=False)

    def furnish(self) -> House:
        """Puts up the walls: places, people, stations, one customer, one supplier, two carriers."""
        with writing(self.engine) as session:
            session.add(Warehouse(code="MAIN", name="Main"))
            session.add(CarrierService(code="PARCEL", carrier="Northway", name="Parcel 24", sort_code="N1"))
            session.add(CarrierService(code="FREIGHT", carrier="Bulkline", name="Pallet", sort_code="B7"))
            session.add(Customer(code="C1", name="Acme Ltd"))
            session.add(Supplier(code="S1", name="Supplier One"))
            session.flush()
            self._build_places(session)
            self._hire(session)
            session.add(
                Command(id="opening", workflow="setup", content="", operator_id=HOUSE, station_id=HOUSE, at=self.now,
                        state="done")
            )  # fmt: skip
        return self

    @staticmethod
    def _build_places(session: Session) -> None:
        rooms = {"dock": ["DOCK-1"], "hold": ["HOLD-1"], "bench": ["BENCH-1", "BENCH-2"], "cart": ["CART-1", "CART-2"]}
        session.add_all(Location(warehouse_id=1, code=v, kind=v.lower(), is_virtual=True) for v in VIRTUAL)
        session.add_all(Location(warehouse_id=1, code=c, kind=kind) for kind, codes in rooms.items() for c in codes)
        for code, service in (("TRUCK-NORTHWAY", 1), ("TRUCK-BULKLINE", 2)):
            session.add(Location(warehouse_id=1, code=code, kind="truck", service_id=service))
        for number, service in ((1, 1), (2, 2), (3, 1)):
            lane = f"LANE-{number}"
            session.add(Location(warehouse_id=1, code=lane, kind="lane", service_id=service, capacity_orders=4))
        session.add_all(Plate(code=f"TOTE-{number:02d}", kind="tote") for number in range(1, 13))
        session.flush()

    def _hire(self, session: Session) -> None:
        roles = ("picker", "packer", "receiver", "supervisor", "buyer", "admin")
        session.add_all(Operator(badge=f"OP-{role}", name=role.title(), role=role) for role in roles)
        session.add(Operator(badge="OP-picker2", name="Second picker", role="picker"))
        dock, bench = self._place(session, "DOCK-1"), self._place(session, "BENCH-1")
        stations = (("DOCK-A", "dock", dock), ("DOCK-B", "dock", dock), ("PICK-1", "pick", None),
                    ("PICK-2", "pick", None), ("PACK-1", "pack", bench), ("SHIP-1", "ship", None),
                    ("DESK-1", "desk", None))  # fmt: skip
        session.add_all(Station(code=code, kind=kind, location_id=place) for code, kind, place in stations)
        session.flush()

    def product(self, sku: str, code: str = "", *, case: tuple[str, int] | None = None, **facts: Any) -> int:
        """An article with its barcode (and a case barcode with its units); gives its id."""
        with writing(self.engine) as session:
            facts = {"name": f"Item {sku}", "weight_g": 100, "length_mm": 100, "width_mm": 50, "height_mm": 20} | facts
            product = Product(sku=sku, **facts)
            session.add(product)
            session.flush()
            session.add(Barcode(product_id=product.id, code=normal(code or f"EAN-{sku}")))
            if case:
                session.add(Barcode(product_id=product.id, code=normal(case[0]), units=case[1]))
            return product.id

    def bin(self, code: str, *, aisle: int = 0, y_mm: int = 1000, **facts: Any) -> int:
        """A storage bin at a point of the walk; gives its id."""
        with writing(self.engine) as session:
            place = Location(warehouse_id=1, code=code, kind="bin", aisle=aisle, x_mm=aisle * 4000, y_mm=y_mm,
                             walk_seq=aisle * 100_000 + y_mm, **facts)  # fmt: skip
            session.add(place)
            session.flush()
            return place.id

    def lot(self, product_id: int, code: str, expiry: date | None = None) -> int:
        """A lot of a product; gives its id."""
        with writing(self.engine) as session:
            lot = Lot(product_id=product_id, code=code, expiry=expiry)
            session.add(lot)
            session.flush()
            return lot.id

    def put(self, product_id: int, place: str, qty: int, *, lot_id: int = 0) -> int:
        """Units of a product standing at a place; gives the stock row's id."""
        with writing(self.engine) as session:
            return inventory.post(
                session, self.context(command="opening"), Goods(product_id=product_id, qty=qty, lot_id=lot_id),
                Spot(location_id=self._place(session, "ADJUSTMENT")), Spot(location_id=self._place(session, place)),
                reason="opening",
            )  # fmt: skip

    def order(self, number: str, *lines: tuple[int, int], complete: bool = False, service: str = "PARCEL",
              hours: int = 4, **facts: Any) -> int:  # fmt: skip
        """A waiting order of (product id, quantity) lines; gives its id."""
        with writing(self.engine) as session:
            service_id = session.scalars(select(CarrierService.id).where(CarrierService.code == service)).one()
            facts = {"placed_at": self.now - timedelta(days=1), "promise": (self.now + timedelta(days=1)).date(),
                     "ship_name": "Acme Ltd", "street": "1 High Street", "city": "Leeds", "postcode": "LS1 1AA",
                     "leave_by": self.now + timedelta(hours=hours)} | facts  # fmt: skip
            order = Order(number=number, customer_id=1, service_id=service_id, ship_complete=complete, **facts)
            session.add(order)
            session.flush()
            for line_no, (product_id, qty) in enumerate(lines, 1):
                session.add(OrderLine(order_id=order.id, line_no=line_no, product_id=product_id, ordered=qty,
                                      price=Decimal("2.50")))  # fmt: skip
            return order.id

    def purchase(self, number: str, *lines: tuple[int, int], due: date | None = None) -> int:
        """Goods on their way as (product id, quantity) lines; gives the purchase order's id."""
        with writing(self.engine) as session:
            purchase = PurchaseOrder(number=number, supplier_id=1, due=due or self.now.date())
            session.add(purchase)
            session.flush()
            for line_no, (product_id, qty) in enumerate(lines, 1):
                session.add(PurchaseLine(purchase_order_id=purchase.id, line_no=line_no, product_id=product_id,
                                         ordered=qty))  # fmt: skip
            return purchase.id

    def context(self, *, station: str = "", badge: str = "", command: str = "", epoch: int = 0) -> Context:
        """Who acts and where; a new command key each time unless one is given."""
        self.now += timedelta(seconds=1)
        return Context(
            operator_id=self._id("operator", badge),
            station_id=self._id("station", station),
            command_id=command or f"test-{next(self.keys)}",
            at=self.now,
            epoch=epoch,
        )

    def _id(self, kind: str, code: str) -> int:
        """The id of an operator or station, asked once: a badge or code never goes to another."""
        if (kind, code) not in self._ids:
            wanted = select(Operator.id).where(Operator.badge == code)
            if kind == "station":
                wanted = select(Station.id).where(Station.code == code)
            self._ids[kind, code] = self.read(lambda session: session.scalars(wanted).one())
        return self._ids[kind, code]

    def at(self, workflow: Any, station: str, badge: str) -> Desk:
        """A person at a station, ready to scan; ``workflow`` is the service module of the dialogue."""
        return Desk(self, workflow, station, badge)

    def place(self, code: str) -> int:
        """The id of a location."""
        return self.read(lambda session: self._place(session, code))

    def read(self, question: Callable[[Session], Any]) -> Any:
        """The answer of a question to the database."""
        with reading(self.engine) as session:
            return question(session)

    def on_hand(self, place: str, product_id: int, condition: str = "good") -> int:
        """Units of a product at a place, over lots and plates."""

        def ask(session: Session) -> int:
            rows = session.scalars(select(Stock).join(Location, Location.id == Stock.location_id).where(
                Location.code == place, Stock.product_id == product_id, Stock.condition == condition))  # fmt: skip
            return sum(row.on_hand for row in rows)

        return self.read(ask)

    @staticmethod
    def _place(session: Session, code: str) -> int:
        return session.scalars(select(Location.id).where(Location.code == code)).one()


@dataclass
class Desk:
    """A person at a station, speaking with one dialogue through real commands."""

    house: House
    workflow: Any
    station: str
    badge: str
    last: Answer | None = None
    epoch: int = 0

    def scan(self, *codes: str) -> Answer:
        """Scans codes one after the other; gives the last answer."""
        for code in codes:
            self.last = self._send(Scan(code))
        return self.last

    def key(self, name: str, value: str = "") -> Answer:
        """Presses a key of the floor screen."""
        self.last = self._send(Key(name, value))
        return self.last

    def prompt(self) -> Prompt:
        """What the screen shows after a restart: derived from rows alone."""
        context = self.house.context(station=self.station, badge=self.badge)
        return self.house.read(lambda session: self.workflow.prompt(session, context))

    def _send(self, event: Event) -> Answer:
        context = self.house.context(station=self.station, badge=self.badge, epoch=self.epoch)
        answer = commands.run(
            self.house.engine, self.workflow.NAME, commands.content_of(event), context,
            lambda session, inside: self.workflow.answer(session, inside, event), self.workflow.prompt,
        )  # fmt: skip
        self.epoch = answer.prompt.epoch
        return answer
