"""The demo's suppliers, the purchase orders on the way, and what is really on the two trucks of today."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from wms_desktop.domain import sscc
from wms_desktop.shift.world_facts import (
    DeliveredPack,
    Delivery,
    Order,
    Pallet,
    Product,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
)
from wms_desktop.shift.world_orders import Moment, address, demand_by_sku, words
from wms_desktop.shift.world_plan import Plan

GS1_EXAMPLE_PREFIX = "9501101"
SUPPLIER_EXTENSION = 3
FIRST_NUMBER = 7001
FOOD_SUPPLIER = 5
# Days until each purchase order arrives, and who sends it (place in the list of suppliers).
ARRIVALS = ((0, 0), (0, FOOD_SUPPLIER), (1, 1), (2, 2), (4, 3), (5, 4), (8, 6), (12, 7))
TRUCK_TIMES = (time(9, 30), time(11, 0))
IDLE_LINES, FOOD_LINES = 3, 5
LEAST_PACKS = 66
# What nobody waits for comes mostly in cases of these sizes, so that the units stay few.
SMALL_CASES = (6, 8, 10, 12)
DAMAGED_UNITS = 2
UNORDERED_UNITS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Everything about goods on the way: firms, purchase orders, the truth on the trucks, who sends which article."""

    suppliers: tuple[Supplier, ...]
    purchase_orders: tuple[PurchaseOrder, ...]
    deliveries: tuple[Delivery, ...]
    supplier_of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Load:
    """One line of a delivery: units on the truck, how many of them broken."""

    sku: str
    units: int
    damaged: int = 0


class _Draft:
    """What is waited for, and which articles no purchase order has yet."""

    def __init__(self, seed: int, orders: Iterable[Order], products: Sequence[Product], plan: Plan) -> None:
        self.rng = random.Random(f"{seed}:supply")
        self.products = {product.sku: product for product in products}
        self.plan = plan
        demand = demand_by_sku(orders)
        self.missing = {sku: sum(demand[sku].values()) - left for sku, left in plan.on_hand.items()}
        planted = {plan.rescue, plan.twin, *plan.lonely}
        idle = [p.sku for p in products if p.source == "uci" and p.sku not in plan.on_hand and p.sku not in planted]
        idle = [sku for sku in idle if self.products[sku].units_per_case in SMALL_CASES]
        food = [p.sku for p in products if p.source == "usda" and p.units_per_case in SMALL_CASES]
        self.idle = self.rng.sample(idle, len(idle))
        self.food = sorted(self.rng.sample(food, len(food)), key=lambda sku: not self.products[sku].expiry_tracked)

    def rounded_up(self, sku: str, units: int) -> int:
        """The next full case, or the units themselves where there is no case."""
        case = self.products[sku].units_per_case
        return -(-units // case) * case if case else units

    def enough(self, sku: str, number: int) -> int:
        """What covers the demand: exactly, by the case, or with some to spare, in turn."""
        missing = self.missing[sku]
        more = missing + self.rng.randrange(2, 7)
        return (missing, self.rounded_up(sku, missing), self.rounded_up(sku, more), more)[number % 4]


def supply(seed: int, now: datetime, orders: Sequence[Order], products: Sequence[Product], plan: Plan) -> Supply:
    """Purchase orders of the next twelve days, two of them on a truck that stands at the dock today."""
    draft = _Draft(seed, orders, products, plan)
    moment = Moment(now)
    suppliers = _suppliers(seed)
    wanted = [*_lines_of_today(draft), *_lines_of_later(draft)]
    truth = _trucks(draft, moment.today, wanted[:2])
    numbers = [f"PO-{FIRST_NUMBER + place}" for place in range(len(ARRIVALS))]
    deliveries = tuple(Delivery(po_number=numbers[i], pallets=pallets) for i, pallets in enumerate(truth))
    # The first supplier announces his pallets, the second comes with the paper only.
    announced = {numbers[0]: tuple(pallet.sscc for pallet in truth[0])}
    purchase_orders = tuple(
        PurchaseOrder(
            number=number,
            supplier=suppliers[ARRIVALS[place][1]].code,
            ordered_at=moment.at(moment.today - timedelta(days=6 + place), time(15, 20)),
            due_at=_due_at(moment, place),
            lines=_purchase_lines(draft, lines),
            pallets=announced.get(number, ()),
        )
        for place, (number, lines) in enumerate(zip(numbers, wanted, strict=True))
    )
    return Supply(
        suppliers=suppliers,
        purchase_orders=purchase_orders,
        deliveries=deliveries,
        supplier_of=_supplier_of(seed, products, suppliers, purchase_orders),
    )


def _suppliers(seed: int) -> tuple[Supplier, ...]:
    return tuple(
        Supplier(
            code=f"SUP-{number:02}",
            address=address(random.Random(f"{seed}:supplier:{number}"), "United Kingdom", name),
        )
        for number, name in enumerate(words()["suppliers"], start=1)
    )


def _due_at(moment: Moment, place: int) -> datetime:
    days = ARRIVALS[place][0]
    clock = TRUCK_TIMES[place] if place < len(TRUCK_TIMES) else time(10, 0)
    return moment.at(moment.today + timedelta(days=days), clock)


def _lines_of_today(draft: _Draft) -> tuple[dict[str, int], dict[str, int]]:
    """Articles and units of the two trucks; an order that comes by truck alone comes by one truck if it can."""
    plan = draft.plan
    # As they lie on the pallets: the showcase first, then articles people wait for and others, well mixed.
    trucks: tuple[dict[str, int], dict[str, int]] = ({plan.showcase: 24}, {})
    others = [sku for sku in plan.today if sku != plan.showcase]
    half = len(others) // 2
    for number, sku in enumerate(others):
        trucks[number >= half][sku] = draft.enough(sku, number)
    for number, sku in enumerate(plan.less):
        trucks[number % 2][sku] = max(4, draft.missing[sku] * 6 // 10)
    for number in range(2 * IDLE_LINES):
        sku = draft.idle.pop()
        trucks[number % 2][sku] = draft.rounded_up(sku, draft.rng.randrange(12, 20))
    trucks[0][plan.rescue] = draft.rounded_up(plan.rescue, 12)
    for _ in range(FOOD_LINES):
        sku = draft.food.pop(0)
        trucks[1][sku] = draft.rounded_up(sku, 10)
    return trucks


def _lines_of_later(draft: _Draft) -> list[dict[str, int]]:
    """What the other purchase orders bring: the rest of the short articles, and refills that nobody waits for."""
    loads: list[dict[str, int]] = [{} for _ in ARRIVALS[2:]]
    for number, sku in enumerate(draft.plan.later):
        missing = draft.missing[sku]
        units = max(1, missing // 2) if number % 5 == 4 else draft.enough(sku, number)
        loads[number % len(loads)][sku] = units
    # What comes today too little comes again, to most of those who still wait.
    for number, sku in enumerate(draft.plan.less[:-2]):
        loads[number % 2][sku] = draft.rounded_up(sku, draft.missing[sku])
    for load in loads:
        for _ in range(draft.rng.randrange(4, 9)):
            sku = draft.idle.pop()
            load[sku] = draft.rounded_up(sku, draft.rng.randrange(12, 60))
    return loads


def _purchase_lines(draft: _Draft, lines: Mapping[str, int]) -> tuple[PurchaseLine, ...]:
    """The lines as the buyer wrote them, by article code; cost is a generated part of the price."""
    return tuple(
        PurchaseLine(
            line_no=line_no,
            sku=sku,
            quantity=lines[sku],
            unit_cost=(draft.products[sku].price * Decimal("0.55")).quantize(Decimal("0.0001")),
        )
        for line_no, sku in enumerate(sorted(lines), start=1)
    )


def _trucks(draft: _Draft, today: date, ordered: Sequence[Mapping[str, int]]) -> list[tuple[Pallet, ...]]:
    """The planted truth: one line short and two units broken, one line over, one article nobody ordered."""
    plan = draft.plan
    loads = [[_Load(sku, units) for sku, units in lines.items()] for lines in ordered]
    loads[0] = [replace(load, units=load.units - 1) if load.sku == plan.less[0] else load for load in loads[0]]
    broken = plan.less[1]
    loads[1] = [replace(load, damaged=DAMAGED_UNITS) if load.sku == broken else load for load in loads[1]]
    over = next(sku for sku, units in ordered[1].items() if units >= 10 and sku not in (*plan.today, *plan.less))
    loads[1] = [replace(load, units=load.units + 1) if load.sku == over else load for load in loads[1]]
    loads[1].append(_Load(draft.idle.pop(), UNORDERED_UNITS))
    pallets = []
    for truck, lines in enumerate(loads):
        first, *rest = lines
        draft.rng.shuffle(rest)
        packs = _packs(draft, today, [first, *rest] if truck == 0 else [*rest, first])
        middle = len(packs) // 2
        pallets.append(tuple(_pallet(2 * truck + n, part) for n, part in enumerate((packs[:middle], packs[middle:]))))
    return pallets


def _pallet(number: int, packs: Sequence[DeliveredPack]) -> Pallet:
    serial = sscc.number(GS1_EXAMPLE_PREFIX, 4_001 + number, extension=SUPPLIER_EXTENSION)
    return Pallet(sscc=serial, packs=tuple(packs))


def _packs(draft: _Draft, today: date, loads: Sequence[_Load]) -> list[DeliveredPack]:
    """Cases and loose units of the lines; cases are opened until there is enough to scan for a real delivery."""
    opened: set[str] = set()
    while True:
        packs = [pack for load in loads for pack in _packs_of(draft, today, load, load.sku in opened)]
        closed = [load for load in loads if load.sku not in opened and draft.products[load.sku].units_per_case]
        closed = [load for load in closed if load.sku != draft.plan.showcase]
        if len(packs) >= LEAST_PACKS or not closed:
            return packs
        opened.add(min(closed, key=lambda load: (load.units, load.sku)).sku)


def _packs_of(draft: _Draft, today: date, load: _Load, opened: bool) -> list[DeliveredPack]:
    product = draft.products[load.sku]
    rng = random.Random(f"{load.sku}:{load.units}:lot")
    lot = f"L{rng.randrange(10_000, 100_000)}" if product.lot_tracked else ""
    expiry = today + timedelta(days=rng.randrange(90, 400)) if product.expiry_tracked else None
    whole = load.units - load.damaged
    cases, units = divmod(whole, product.units_per_case) if product.units_per_case and not opened else (0, whole)
    case = DeliveredPack(
        kind="case",
        sku=load.sku,
        barcode=_case_code(product, lot, expiry),
        units=product.units_per_case,
        lot=lot,
        expiry=expiry,
    )
    unit = DeliveredPack(kind="unit", sku=load.sku, barcode=product.gtin, units=1, lot=lot, expiry=expiry)
    return [case] * cases + [unit] * units + [replace(unit, damaged=True)] * load.damaged


def _case_code(product: Product, lot: str, expiry: date | None) -> str:
    """The case's GTIN-14; with lot or expiry the GS1-128 element string, lot last so that no separator is needed."""
    if not lot:
        return product.case_gtin
    use_by = f"17{expiry:%y%m%d}" if expiry else ""
    return f"]C101{product.case_gtin}{use_by}10{lot}"


def _supplier_of(
    seed: int, products: Iterable[Product], suppliers: Sequence[Supplier], purchase_orders: Iterable[PurchaseOrder]
) -> dict[str, str]:
    chosen = {}
    for product in products:
        rng = random.Random(f"{seed}:source:{product.sku}")
        place = FOOD_SUPPLIER if product.source == "usda" else rng.randrange(len(suppliers))
        chosen[product.sku] = suppliers[place].code
    for purchase_order in reversed(list(purchase_orders)):
        chosen.update(dict.fromkeys((line.sku for line in purchase_order.lines), purchase_order.supplier))
    return chosen
