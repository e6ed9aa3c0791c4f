"""The demo building: ten aisles in two blocks, 2,000 bins, dock, lanes, benches, carts, doors, people."""

from __future__ import annotations

from datetime import time

from wms_desktop.shift.world_facts import (
    CarrierService,
    Layout,
    Location,
    Operator,
    Station,
)

AISLES = 10
BAYS = 20
FRONT_BAYS = 10
LEVELS = 5
AISLE_PITCH_MM = 4_000
BAY_LENGTH_MM = 1_200
CROSS_AISLE_MM = 3_000
SHELF_DEPTH_MM = 600
LANE_CAPACITY_ORDERS = 60

# Clear height and permitted weight of the levels, lowest first; a bin is never filled above 90 % of its room.
LEVEL_HEIGHT_MM = (600, 450, 400, 400, 500)
LEVEL_WEIGHT_G = (300_000, 200_000, 150_000, 100_000, 60_000)
USABLE_PERCENT = 90

SERVICES = (
    CarrierService(
        code="ALDER-24",
        name="Next day",
        carrier="ALDER",
        carrier_name="Alder Parcels",
        cut_off=time(17, 30),
        transit_days=1,
        lane="LANE-1",
    ),
    CarrierService(
        code="ALDER-48",
        name="Two days",
        carrier="ALDER",
        carrier_name="Alder Parcels",
        cut_off=time(16, 30),
        transit_days=2,
        lane="LANE-2",
    ),
    CarrierService(
        code="DOVE-POST",
        name="Small parcel",
        carrier="DOVE",
        carrier_name="Dovetail Post",
        cut_off=time(15, 30),
        transit_days=3,
        lane="LANE-3",
    ),
    CarrierService(
        code="BRACK-CARGO",
        name="Heavy goods",
        carrier="BRACK",
        carrier_name="Bracken Freight",
        cut_off=time(14, 30),
        transit_days=3,
        lane="LANE-4",
    ),
    CarrierService(
        code="CELAND-EU",
        name="Europe",
        carrier="CELAND",
        carrier_name="Celandine Export",
        cut_off=time(16, 0),
        transit_days=5,
        lane="LANE-5",
    ),
    CarrierService(
        code="CELAND-WORLD",
        name="World",
        carrier="CELAND",
        carrier_name="Celandine Export",
        cut_off=time(15, 0),
        transit_days=10,
        lane="LANE-6",
    ),
)

VIRTUAL = ("supplier", "customer", "scrap", "adjustment")
CARTS = tuple(f"CART-{number:02}" for number in range(1, 7))
TOTES = tuple(f"TOTE-{number:03}" for number in range(1, 61))

OPERATOR_ROLES = (
    ("OP-1001", "receiver", ""),
    ("OP-1002", "picker", ""),
    ("OP-1003", "picker", ""),
    ("OP-1004", "packer", ""),
    ("OP-1005", "supervisor", "2468"),
    ("OP-1006", "buyer", "1357"),
    ("OP-1007", "admin", "8642"),
    ("OP-1008", "picker", ""),
)

STATIONS = (
    Station(code="DOCK-A", kind="receive", name="Dock A", location="DOCK-1"),
    Station(code="PICK-1", kind="pick", name="Picking 1"),
    Station(code="PICK-2", kind="pick", name="Picking 2"),
    Station(code="PACK-1", kind="pack", name="Packing bench 1", location="BENCH-1"),
    Station(code="SHIP-1", kind="ship", name="Shipping"),
    Station(code="DESK-1", kind="desk", name="Supervisor's desk"),
)


def layout() -> Layout:
    """The grid that tours are walked on; the depot is in front of the second aisle, beside the benches."""
    return Layout(
        aisle_x_mm=tuple(aisle_x(aisle) for aisle in range(1, AISLES + 1)),
        cross_aisle_y_mm=(
            0,
            CROSS_AISLE_MM + FRONT_BAYS * BAY_LENGTH_MM,
            2 * CROSS_AISLE_MM + BAYS * BAY_LENGTH_MM,
        ),
        bay_length_mm=BAY_LENGTH_MM,
        depot_x_mm=aisle_x(2),
        depot_y_mm=0,
    )


def aisle_x(aisle: int) -> int:
    """Where the middle line of the aisle (1 to 10) lies, in mm from the left wall."""
    return AISLE_PITCH_MM // 2 + (aisle - 1) * AISLE_PITCH_MM


def bay_y(bay: int) -> int:
    """Where the middle of the bay (1 to 20) lies, in mm from the middle line of the front cross-aisle."""
    crossings = CROSS_AISLE_MM // 2 if bay <= FRONT_BAYS else CROSS_AISLE_MM // 2 + CROSS_AISLE_MM
    return crossings + (bay - 1) * BAY_LENGTH_MM + BAY_LENGTH_MM // 2


def bins() -> tuple[Location, ...]:
    """All 2,000 bins in walking order: up the odd aisles, down the even ones, both sides of a bay at once."""
    places = [
        (aisle, bay, side, level)
        for aisle in range(1, AISLES + 1)
        for bay in (range(1, BAYS + 1) if aisle % 2 else range(BAYS, 0, -1))
        for side in "LR"
        for level in range(1, LEVELS + 1)
    ]
    return tuple(_bin(*place, walk_seq) for walk_seq, place in enumerate(places, start=1))


def _bin(aisle: int, bay: int, side: str, level: int, walk_seq: int) -> Location:
    room = BAY_LENGTH_MM * SHELF_DEPTH_MM * LEVEL_HEIGHT_MM[level - 1]
    return Location(
        code=f"{aisle:02}-{bay:02}-{side}-{level}",
        kind="bin",
        zone="A" if bay <= 5 else "B" if bay <= FRONT_BAYS else "C",
        aisle=aisle,
        bay=bay,
        side=side,
        level=level,
        x_mm=aisle_x(aisle),
        y_mm=bay_y(bay),
        walk_seq=walk_seq,
        capacity_mm3=room * USABLE_PERCENT // 100,
        max_weight_g=LEVEL_WEIGHT_G[level - 1],
    )


def locations() -> tuple[Location, ...]:
    """Every location of the house: the virtual ones, the floor before the shelves, and the bins."""
    floor_y = -4_000
    lanes = [
        Location(
            code=service.lane,
            kind="lane",
            x_mm=aisle_x(5 + number),
            y_mm=floor_y,
            carrier=service.carrier,
            service=service.code,
            capacity_orders=LANE_CAPACITY_ORDERS,
        )
        for number, service in enumerate(SERVICES)
    ]
    carriers = list(dict.fromkeys(service.carrier for service in SERVICES))
    return (
        *(Location(code=kind.upper(), kind=kind) for kind in VIRTUAL),
        Location(code="DOCK-1", kind="dock", x_mm=aisle_x(1), y_mm=floor_y),
        Location(code="HOLD-1", kind="hold", x_mm=0, y_mm=floor_y),
        *lanes,
        Location(code="BENCH-1", kind="bench", x_mm=aisle_x(2), y_mm=floor_y),
        Location(code="BENCH-2", kind="bench", x_mm=aisle_x(3), y_mm=floor_y),
        *(Location(code=code, kind="cart") for code in CARTS),
        *(Location(code=f"TRUCK-{carrier}", kind="truck", carrier=carrier) for carrier in carriers),
        *bins(),
    )


def operators(names: list[str]) -> tuple[Operator, ...]:
    """The people of the shift, with generated names; whoever may spend money or move work has a PIN."""
    return tuple(
        Operator(badge=badge, name=name, role=role, pin=pin)
        for (badge, role, pin), name in zip(OPERATOR_ROLES, names, strict=False)
    )
