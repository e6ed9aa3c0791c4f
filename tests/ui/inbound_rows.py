"""A dock on a busy morning, for the tests and the pictures of the inbound desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from wms_desktop.prompts import Message
from wms_desktop.views.dock import (
    CameLine,
    Count,
    DockDay,
    DockFigures,
    DockRows,
    DockTruck,
    Minutes,
    PassageRow,
    ServedOrder,
    SharingState,
    TieRow,
    TruckNow,
    TruckOrder,
    WalkRow,
)
from wms_desktop.views.inbound import (
    Announced,
    Calendar,
    DueLine,
    InboundBoard,
    NoticeRow,
    OpenPurchase,
    Package,
    Share,
    SupplierRecord,
    TruckLine,
    TruckRow,
    TruckView,
)

NOW = datetime(2026, 3, 2, 9, 40, tzinfo=UTC)
TODAY = NOW.date()
DOCKS = ((11, "DOCK-1"), (12, "DOCK-2"), (13, "DOCK-3"))
SUPPLIERS = ("Porcelain Works Ltd", "Northern Glass & Co", "Blue River Imports")


def truck(number: int, state: str, hour: float | None, **facts: Any) -> TruckRow:
    """A truck whose hour at a dock begins at an hour of the day."""
    opens = NOW.replace(hour=0, minute=0) + timedelta(hours=hour) if hour is not None else None
    closes = opens + timedelta(hours=1) if opens else None
    late = max(0, int((NOW - closes).total_seconds() // 60)) if closes and state in ("expected", "missed") else 0
    dock = DOCKS[number % 3] if hour is not None else (None, "")
    made: dict[str, Any] = {
        "delivery_id": number, "number": f"T{number:06d}", "state": state, "suppliers": (SUPPLIERS[number % 3],),
        "purchases": (f"PO-{4700 + number}",), "notices": (f"ASN-{number}",) if number % 2 else (),
        "purchase_ids": (number,), "opens_at": opens, "closes_at": closes, "dock_id": dock[0], "dock": dock[1],
        "carrier": "Hull Haulage", "note": "", "checked_in_at": NOW if state == "here" else None, "done_at": None,
        "units": 96 * number, "received": 40 if state in ("here", "done") else 0, "lines": 4, "planned": 30 * number,
        "completes": 7 * number, "bound": 7 * number + (number == 2), "method": "solver" if number % 2 else "search",
        "sharing": "search" if number == 2 else "proven",
        "late_minutes": late, "is_late": late > 60,
    }  # fmt: skip
    return TruckRow(**made | facts)


TRUCKS = (
    truck(1, "here", 8.5),
    truck(2, "expected", 10.5),
    truck(3, "expected", 7),
    truck(4, "expected", 14),
    truck(5, "expected", None, method="", sharing="none", completes=0, bound=0, planned=0),
    truck(6, "missed", 6.5, late_minutes=130),
    truck(7, "done", 7.25),
)


def purchase(number: int, *, notice: bool = False, on_truck: str = "") -> OpenPurchase:
    """An open purchase order."""
    told = NoticeRow(notice_id=100 + number, number=f"ASN-{number}", due=TODAY, units=24, truck=on_truck)
    return OpenPurchase(
        purchase_id=number, number=f"PO-{4700 + number}", supplier=SUPPLIERS[number % 3],
        due=TODAY + timedelta(days=number - 9), lines=4, units=96, notices=(told,) if notice else (), truck=on_truck,
        is_overdue=number < 9,
    )  # fmt: skip


PURCHASES = (purchase(8), purchase(9, notice=True), purchase(10), purchase(11, on_truck="T000002"))
BOARD = InboundBoard(at=NOW, today=TODAY, trucks=TRUCKS, purchases=PURCHASES, docks=DOCKS)
NOTHING = InboundBoard(at=NOW, today=TODAY, trucks=(), purchases=(), docks=DOCKS)


def view(delivery: int) -> TruckView:
    """A truck opened: two lines, three orders, a pallet."""
    found = next(one for one in TRUCKS if one.delivery_id == delivery)
    shares = (
        Share(order_id=41, line_id=410, order="SO-00041", customer="Harbour Gifts Ltd", units=6, lane="LANE-04",
              state="in_lane"),
        Share(order_id=42, line_id=420, order="SO-00042", customer="Corner Shop", units=12, lane="LANE-01",
              state="firm"),
    )  # fmt: skip
    lines = (
        TruckLine(purchase="PO-4701", line_no=1, sku="MUG-BLUE", product="Blue mug 300 ml", units=24, received=8,
                  rest=6, shares=shares),
        TruckLine(purchase="PO-4701", line_no=2, sku="JUG", product="Glass jug 1 l", units=12, received=0, rest=12,
                  shares=()),
    )  # fmt: skip
    announced = (
        Announced(notice="ASN-1", line_no=1, sku="MUG-BLUE", lot="L77", expiry=date(2027, 1, 31),
                  package="340123450000000018", units=24, received=8),
    )  # fmt: skip
    packages = (Package(code="340123450000000018", kind="pallet", parent="", state="opened", units=24),)
    return TruckView(truck=found, lines=lines, announced=announced, packages=packages)


def calendar(day: date) -> Calendar:
    """The docks of a day; trucks are there today only."""
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
    placed = tuple(one for one in TRUCKS if one.opens_at) if day == TODAY else ()
    unplaced = tuple(one for one in TRUCKS if one.opens_at is None)
    return Calendar(day=day, begins=begins, ends=begins + timedelta(days=1), docks=tuple(code for _, code in DOCKS),
                    trucks=placed, unplaced=unplaced)  # fmt: skip


def truck_order(order_id: int, **facts: Any) -> TruckOrder:
    """What one order would get."""
    made: dict[str, Any] = {
        "order_id": order_id, "number": f"SO-{order_id:05d}", "customer": "Harbour Gifts Ltd", "promise": TODAY,
        "leave_by": NOW, "eta": None, "units": 6, "from_bins": 0, "is_completed": True, "is_rescued": False,
        "is_stored_too": False, "value": Decimal("45.60"), "currency": "GBP",
        "reason": Message("heard", {"text": "why"}),
    }  # fmt: skip
    return TruckOrder(**made | facts)


NOW_ANSWER = TruckNow(
    question=Message("heard", {"text": "if it came now"}), at=NOW,
    orders=(truck_order(41, is_rescued=True), truck_order(42, is_completed=False), truck_order(43, from_bins=3)),
    units=96, to_lanes=63, to_bins=33, completes=5, bound=6, in_part=1, rescued=1, stored_completes=2,
    notes=(Message("heard", {"text": "two must be inspected"}),),
)  # fmt: skip
FIGURES = DockFigures(
    at=NOW, days=28, first=TODAY - timedelta(days=27), received=2400, crossed=900, received_lines=310,
    verdict_lines=150, crossed_lines=140, crossed_orders=96, kinds=(Count(key="planned", units=700, pegs=90),
                                                 Count(key="opportunistic", units=200, pegs=50)),
    declines=(Count(key="damaged", units=6, pegs=2), Count(key="does_not_fit", units=4, pegs=1)), walked_back=12,
    crossed_minutes=Minutes(units=900, median=62, p90=140), stored_minutes=Minutes(units=700, median=310, p90=900),
    on_time=18, late=3, missed=1,
    by_day=tuple(DockDay(day=TODAY - timedelta(days=n), received=100 + 10 * n, crossed=40 + 5 * n) for n in range(7)),
)  # fmt: skip


def tie(order_id: int, **facts: Any) -> TieRow:
    """Units that crossed the dock for an order."""
    made: dict[str, Any] = {
        "at": NOW, "sku": "MUG-BLUE", "product": "Blue mug 300 ml", "units": 6, "kind": "planned", "state": "in_lane",
        "why": "", "order_id": order_id, "order": f"SO-{order_id:05d}", "customer": "Harbour Gifts Ltd",
        "lane": "LANE-04", "receipt": "R000012", "truck": "T000001",
    }  # fmt: skip
    return TieRow(**made | facts)


def passage(through: str, order_id: int, minutes: int) -> PassageRow:
    """Units on their way from the dock to the truck."""
    return PassageRow(
        through=through, sku="JUG", product="Glass jug 1 l", units=4, came=NOW - timedelta(minutes=minutes), left=NOW,
        minutes=minutes, order_id=order_id, order=f"SO-{order_id:05d}" if order_id else "",
    )  # fmt: skip


BEHIND: dict[str, tuple[Any, ...]] = {
    "crossed": (tie(41), tie(42, state="packed", kind="opportunistic")),
    "declined": (tie(43, state="released", why="does_not_fit"),),
    "orders": (ServedOrder(order_id=41, order="SO-00041", customer="Harbour Gifts Ltd", lines=2, units=12,
                           first=NOW - timedelta(days=1), last=NOW),),
    "minutes": (passage("lane", 41, 62),),
    "saved": (passage("lane", 41, 62), passage("bin", 0, 310)),
    "walked": (WalkRow(at=NOW, sku="JUG", product="Glass jug 1 l", units=12, source="LANE-02", target="A-01-01-1",
                       who="Ada"),),
    "trucks": (DockTruck(delivery_id=3, number="T000003", suppliers=(SUPPLIERS[0],), opens_at=NOW, closes_at=NOW,
                         came=NOW + timedelta(minutes=95), late_minutes=95, verdict="late"),),
    "received": (CameLine(at=NOW, sku="JUG", product="Glass jug 1 l", units=24, crossed=12, receipt="R000012",
                          truck="T000001", who="Ada"),),
}  # fmt: skip
"""The rows behind each figure."""


def record(supplier: str, **facts: Any) -> SupplierRecord:
    """How a supplier kept his days."""
    made: dict[str, Any] = {
        "supplier": supplier, "code": supplier[:3].upper(), "orders": 12, "on_time_share": 0.75, "in_full_share": 0.9,
        "units_share": 0.97, "late_half": 0, "late_most": 4, "lead_days": 9, "is_lead_measured": True, "notices": 7,
        "notice_late_half": 0, "notice_late_most": 1, "trucks": 8, "trucks_late": 2, "trucks_missed": 1,
    }  # fmt: skip
    return SupplierRecord(**made | facts)


RECORDS = (
    record("Blue River Imports"),
    record("Northern Glass & Co", orders=0, on_time_share=None, in_full_share=None, units_share=None, late_half=None,
           late_most=None, lead_days=14, is_lead_measured=False, trucks=0),
    record("Porcelain Works Ltd", late_half=2, late_most=-1),
)  # fmt: skip
DUE_LINES = (
    DueLine(line_id=501, line_no=1, sku="MUG-BLUE", product="Blue mug 300 ml", due=24, unannounced=20),
    DueLine(line_id=502, line_no=2, sku="JUG", product="Glass jug 1 l", due=12, unannounced=0),
)


def sharing(delivery: int) -> SharingState:
    """How a truck was shared out."""
    return SharingState(delivery_id=delivery, method="solver", completes=7, bound=7, is_sought=False,
                        message=Message("heard", {"text": "the best there is"}))  # fmt: skip


Answers = dict[str, Callable[[Mapping[str, Any]], Any]]
ANSWERS: Answers = {
    "deliveries": lambda args: BOARD,
    "delivery": lambda args: view(args["delivery"]),
    "due_lines": lambda args: DUE_LINES,
    "appointments": lambda args: calendar(args["day"]),
    "dock_figures": lambda args: FIGURES,
    "dock_rows": lambda args: DockRows(what=args["what"], key=args["key"], rows=BEHIND[args["what"]], is_cut=False),
    "suppliers_record": lambda args: RECORDS,
    "truck_now": lambda args: NOW_ANSWER,
    "sharing": lambda args: sharing(args["delivery"]),
    "why_share": lambda args: (Message("heard", {"text": "it is pinned"}), Message("heard", {"text": "it is older"})),
}
EMPTY: Answers = {"deliveries": lambda args: NOTHING, "suppliers_record": lambda args: ()}
