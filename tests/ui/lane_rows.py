"""A busy lane board of 24 lanes, and an idle one, for the tests and the pictures of the lane board."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from wms_desktop.views import lanes as views
from wms_desktop.views.lanes import Lack, Lane, LaneBoard, LaneOrder, LaneView, Source, Standing, WalkBackRow
from wms_desktop.views.refills import Look, Refill

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
STATES = ("complete", "filling", "booked", "filling", "packed", "empty", "blocked", "loose")
MUG = ("MUG-BLUE", "Blue mug 300 ml")


def order(order_id: int, state: str, minutes: int = 95, **facts: Any) -> LaneOrder:
    """An order in a lane that must leave in so many minutes."""
    units_in, coming, missing = {"complete": (6, 0, 0), "filling": (2, 3, 4), "booked": (0, 5, 5), "packed": (0, 0, 0)}[
        state
    ]
    made: dict[str, Any] = {
        "order_id": order_id, "number": f"SO-{order_id:05d}", "customer": "Harbour Gifts Ltd", "state": state,
        "units_in": units_in, "units_coming": coming, "missing": missing, "leave_by": NOW + timedelta(minutes=minutes),
        "since": NOW - timedelta(minutes=40) if units_in else None, "is_ship_complete": state == "booked",
        "is_held": False, "is_late": minutes < 0,
    }  # fmt: skip
    return LaneOrder(**made | facts)


def lane(number: int, state: str, *orders: LaneOrder, **facts: Any) -> Lane:
    """A lane with its orders."""
    blocked = state == "blocked"
    made: dict[str, Any] = {
        "lane_id": number, "code": f"LANE-{number:02d}", "state": state, "carrier": "Northway", "service": "Parcel 24",
        "wall": "", "capacity": 4, "is_blocked": blocked, "blocked_why": "roller door is broken" if blocked else "",
        "units_in": sum(o.units_in for o in orders), "units_coming": sum(o.units_coming for o in orders),
        "loose": 3 if state == "loose" else 0,
        "leave_by": min((o.leave_by for o in orders if o.state != "packed"), default=None),
        "since": NOW - timedelta(minutes=40) if orders else None, "is_stale": False, "orders": orders,
    }  # fmt: skip
    return Lane(**made | facts)


def busy_lane(number: int) -> Lane:
    """One of the 24 lanes of a busy afternoon."""
    state = STATES[number % len(STATES)]
    if state in ("empty", "loose"):
        return lane(number, state)
    if state == "blocked":
        return lane(number, state, order(100 * number, "complete"))
    minutes = (-12, 25, 95, 240, 1500)[number % 5]
    orders = [order(100 * number + n, state, minutes + 30 * n) for n in range(1 + number % 3)]
    stale = number % 7 == 3
    since = NOW - timedelta(minutes=400 if stale else 40)
    return lane(number, state, *orders, is_stale=stale, since=since)


BUSY = LaneBoard(at=NOW, stale_minutes=240, lanes=tuple(busy_lane(number) for number in range(24)))
QUIET = LaneBoard(at=NOW, stale_minutes=240, lanes=tuple(lane(number, "empty") for number in range(1, 13)))
SOURCES = (
    Source(kind=views.BIN, units=1, place="A-03-02-B-04", number="B000118"),
    Source(kind=views.TRUCK, units=2, place="DOCK-1", number="T000012"),
    Source(kind=views.BACKORDER, units=1, number="PO-4711", day=date(2026, 3, 6)),
)
WALK_BACKS = tuple(
    WalkBackRow(lane_id=7 + 8 * n, lane=f"LANE-{7 + 8 * n:02d}", product_id=n, sku=f"SKU-{n}",
                product=("Blue mug 300 ml", "Red bowl, large")[n % 2], lot="", units=3 + n,
                since=NOW - timedelta(hours=n + 1))
    for n in range(2)
)  # fmt: skip

REFILLS = tuple(
    Refill(product_id=n, sku=f"SKU-{n}", product=("Blue mug 300 ml", "Red bowl, large", "Glass jug 1 l")[n], face_id=n,
           face=f"A-03-0{n}-A-01", there=n, face_min=4, face_max=24, wanted=(9, 0, 0)[n], source_id=50 + n,
           source=f"A-07-0{n}-D-02", stock_id=n, lot="", qty=24 - n)
    for n in range(3)
)  # fmt: skip
LOOKS = tuple(
    Look(task_id=n, bin_id=n, bin=f"A-01-0{n}-B-04", product_id=n, sku=f"SKU-{n}",
         product=("Blue mug 300 ml", "Red bowl, large", "Glass jug 1 l")[n], reason=reason, found=14, there=12,
         missing=n, wanted=3 if n == 0 else 0, since=NOW - timedelta(hours=n))
    for n, reason in enumerate(("not_there", "full", "counted"))
)  # fmt: skip


def view(lane_id: int) -> LaneView:
    """A lane opened: each filling or booked order lacks four mugs."""
    found = next(one for one in BUSY.lanes if one.lane_id == lane_id)
    lacks = tuple(
        Lack(line_id=one.order_id, order_id=one.order_id, line_no=1, sku=MUG[0], product=MUG[1], units=4,
             sources=SOURCES)
        for one in found.orders if one.missing
    )  # fmt: skip
    standing = tuple(
        Standing(order_id=one.order_id, sku="JUG", product="Glass jug 1 l", lot="L77", tote="TOTE-04",
                 units=one.units_in)
        for one in found.orders if one.units_in
    )  # fmt: skip
    return LaneView(at=NOW, lane=found, standing=standing, lacks=lacks)


Answers = dict[str, Callable[[Mapping[str, Any]], Any]]
ANSWERS: Answers = {
    "lanes": lambda args: BUSY,
    "lane": lambda args: view(args["lane"]),
    "walk_backs": lambda args: WALK_BACKS,
    "refills": lambda args: REFILLS,
    "looks": lambda args: LOOKS,
}
NO_WORK: Answers = {"walk_backs": lambda args: (), "refills": lambda args: (), "looks": lambda args: ()}
IDLE: Answers = {"lanes": lambda args: QUIET, **NO_WORK}
EMPTY: Answers = {"lanes": lambda args: LaneBoard(at=NOW, stale_minutes=240, lanes=()), **NO_WORK}
