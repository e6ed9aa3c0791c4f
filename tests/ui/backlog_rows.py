"""Backlogs, figures, decisions and stories as the services give them, of any size, for the desks' tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from wms_desktop.prompts import Message
from wms_desktop.views.backlog import AGE_BANDS, CAUSES, STATES, Backlog, BacklogLine, BacklogOrder
from wms_desktop.views.figures import (
    ArrivalDay,
    BurnDown,
    Figures,
    FlowDay,
    Hands,
    Rate,
    Slice,
    Waited,
)
from wms_desktop.views.orders import Found, OrderStory, StoryEvent, StoryLine, StoryParcel, StoryPlace
from wms_desktop.views.promises import Alternative, DecisionRow, Mode, Moved, PurchaseRow
from wms_desktop.views.rehearsal import Changed, Rehearsal

NOW = datetime(2026, 11, 20, 13, 5, tzinfo=UTC)
TODAY = NOW.date()
HOSTILE = "<h1>Evil & Sons</h1>\x1b[31m"
CUSTOMERS = ("Harbour Gifts Ltd", "Casa Bonita S.L.", "Müller & Söhne GmbH", "Northern Lights Trading Company", HOSTILE)
PRODUCTS = (
    "Blue mug 300 ml",
    "White hanging heart T-light holder",
    "Regency cakestand 3 tier",
    "Jumbo bag red retrospot",
)
_BAND_OF = ((1, "0-1"), (3, "2-3"), (7, "4-7"), (14, "8-14"), (30, "15-30"))


def row(text: str) -> Message:
    return Message("row", {"text": text})


def line(number: int, **changed: Any) -> BacklogLine:
    """The ``number``-th line of a backlog in which two lines make an order."""
    state = STATES[number % 7 % 6]
    units = 1 + number % 9
    by_state = tuple(units if each == state else 0 for each in STATES)
    age = number % 40
    order = number // 2
    made = BacklogLine(
        order_id=order + 1, line_id=number + 1, order_number=f"SO-{order + 1:05}", line_no=1 + number % 2,
        customer_code=f"C{order % 400}",
        customer=CUSTOMERS[order % 5] if order % 400 < 5 else f"{CUSTOMERS[order % 4]} {order % 400}",
        channel=("web", "trade", "market")[order % 3], sku=f"SKU-{number % 900:04}",
        product=f"{PRODUCTS[number % 4]} no. {number % 900}", state=state, by_state=by_state,  # type: ignore[arg-type]
        units_open=units, value=Decimal("3.75") * units, currency="EUR" if order % 11 == 0 else "GBP",
        is_paid=order % 3 == 0, is_pinned=order == 0, is_held=state == "on_hold",
        ship_rule=("available", "complete", "ask")[order % 3], priority_class=1 + order % 3, place=order + 1,
        risk=3 if age > 30 else number % 3, placed_at=NOW - timedelta(days=age, hours=3),
        leave_by=NOW + timedelta(minutes=37 * (number % 60) - 200), minutes_to_cut_off=37 * (number % 60) - 200,
        age_days=age, age_band=next((band for most, band in _BAND_OF if age <= most), AGE_BANDS[-1]),
        first_promise=TODAY + timedelta(days=2 - age % 9), promise=TODAY + timedelta(days=4 - age % 9),
        promise_rule="rule", eta=TODAY + timedelta(days=number % 12) if number % 5 else None,
        eta_late=TODAY + timedelta(days=number % 12 + 4) if number % 5 else None,
        eta_from=f"PO-{number % 30:03}" if state == "backordered" else "",
        cause=CAUSES[number % 9] if state == "backordered" else "", is_cause_set=False,
        waits=row(f"Waits for PO-{number % 30:03}: 12 units are due on Tuesday, 4 orders are before it."),
    )  # fmt: skip
    return made._replace(**changed)


def order_of(lines: list[BacklogLine], **changed: Any) -> BacklogOrder:
    first = lines[0]
    by_state = tuple(sum(each.by_state[place] for each in lines) for place in range(6))
    made = BacklogOrder(
        order_id=first.order_id, order_number=first.order_number, customer=first.customer, channel=first.channel,
        state=first.state, by_state=by_state, units_open=sum(by_state), lines_open=len(lines),  # type: ignore[arg-type]
        value=sum((each.value for each in lines), Decimal(0)), currency=first.currency, is_paid=first.is_paid,
        is_pinned=first.is_pinned, is_held=first.is_held, ship_rule=first.ship_rule,
        priority_class=first.priority_class, place=first.place, risk=max(each.risk for each in lines),
        leave_by=first.leave_by, minutes_to_cut_off=first.minutes_to_cut_off, age_days=first.age_days,
        promise=first.promise, eta=first.eta, waits=first.waits,
    )  # fmt: skip
    return made._replace(**changed)


def backlog(lines: int = 8) -> Backlog:
    """So many lines, two to an order."""
    made = [line(number) for number in range(lines)]
    orders = tuple(order_of(made[at : at + 2]) for at in range(0, lines, 2))
    return Backlog(at=NOW, lines=tuple(made), orders=orders)


def slices(book: Backlog) -> tuple[Slice, ...]:
    """What the rows of a backlog come to, by each dimension."""
    sums: dict[tuple[str, str], list[BacklogLine]] = {}
    labels: dict[tuple[str, str], str] = {}
    for each in book.lines:
        week = ((each.eta or each.promise) - timedelta(days=(each.eta or each.promise).weekday())).isoformat()
        keys = [
            ("state", each.state, each.state), ("age_band", each.age_band, each.age_band),
            ("customer", each.customer_code, each.customer), ("product", each.sku, each.product),
            ("channel", each.channel, each.channel), ("currency", each.currency, each.currency),
        ]  # fmt: skip
        keys += [("cause", each.cause, each.cause)] if each.cause else []
        keys += [("paid_week", week, week)] if each.is_paid else []
        for dimension, key, label in keys:
            sums.setdefault((dimension, key), []).append(each)
            labels[dimension, key] = label
    return tuple(slice_of(dimension, key, labels[dimension, key], rows) for (dimension, key), rows in sums.items())


def slice_of(dimension: str, key: str, label: str, rows: list[BacklogLine]) -> Slice:
    amounts: dict[str, Decimal] = {}
    for each in rows:
        amounts[each.currency] = amounts.get(each.currency, Decimal(0)) + each.value
    return Slice(
        dimension=dimension, key=key, label=label, units=sum(each.units_open for each in rows), lines=len(rows),
        orders=len({each.order_id for each in rows}), amounts=amounts,
    )  # fmt: skip


def figures(book: Backlog, **changed: Any) -> Figures:
    total = slice_of("", "", "", list(book.lines))
    paid = slice_of("", "", "", [each for each in book.lines if each.is_paid]).amounts
    flow = tuple(
        FlowDay(
            day=TODAY - timedelta(days=27 - number), came=300 + 37 * number % 160, left=280 + 53 * number % 190,
            cancelled=number % 9, open_at_end=max(0, total.units - 40 * (27 - number)),
        )
        for number in range(28)
    )  # fmt: skip
    hands = Hands(
        until=NOW + timedelta(hours=3), units_to_pick=1_240, units_to_pack=1_410, pick_hours=12.4, pack_hours=9.1,
        pickers=5, packers=4, message=row("5 pickers and 4 packers clear this by 16:05."),
        rates=(
            Rate(work="pick", units_per_hour=100.0, is_measured=True, measured_from=3_412),
            Rate(work="pack", units_per_hour=155.0, is_measured=False, measured_from=0),
        ),
    )  # fmt: skip
    burn = BurnDown(
        target_units=20_000, target_day=TODAY + timedelta(days=9),
        ideal=tuple((TODAY + timedelta(days=n - 5), total.units - n * 1_500) for n in range(15)),
        actual=tuple((TODAY + timedelta(days=n - 5), total.units - n * 1_100 + 300 * (n % 3)) for n in range(6)),
        message=row("At this pace the target is missed by 2,300 units."),
    )  # fmt: skip
    made = Figures(
        at=NOW, total=total, slices=slices(book), paid_unshipped=paid, flow=flow, days_to_clear=8.4,
        alerts=(row("The backlog has grown for five days."), row("PO-007 is late: 212 orders wait for it.")),
        hands=hands, arrivals=tuple(arrival(number) for number in range(14)), burn_down=burn,
        waited=tuple(waited(number) for number in range(12)),
    )  # fmt: skip
    return replace(made, **changed)


def arrival(number: int) -> ArrivalDay:
    return ArrivalDay(
        day=TODAY + timedelta(days=number), purchases=(f"PO-{number:03}", f"PO-{number + 14:03}")[: number % 3],
        units=480 * (number % 3), units_waited_for=130 * (number % 3), orders_served=41 * (number % 3),
        amounts={"GBP": Decimal("1250.50") * (number % 3)} if number % 3 else {}, receivers=number % 3,
        pickers=number % 2, packers=number % 2,
    )  # fmt: skip


def waited(number: int) -> Waited:
    return Waited(
        sku=f"SKU-{number:04}", product=PRODUCTS[number % 4], units_backordered=120 - number, units_shipped_late=40,
        units_cancelled=number, cancel_rate=number / 120, accepted_days=6.5, waited_days=9.25,
    )  # fmt: skip


def moved(number: int, *, slipped: bool = True) -> Moved:
    early, late = TODAY + timedelta(days=2), TODAY + timedelta(days=2 + number % 9)
    return Moved(
        order_id=number + 1, line_id=2 * number + 1, order_number=f"SO-{number + 1:05}", customer=CUSTOMERS[number % 4],
        sku=f"SKU-{number:04}", units=3, was=early if slipped else late, now=late if slipped else early,
        cause="supplier_late", purchase=f"PO-{number % 30:03}",
    )  # fmt: skip


def alternative(number: int) -> Alternative:
    return Alternative(
        product_id=900 + number, sku=f"ALT-{number}", product=PRODUCTS[number % 4], free=40 - 10 * number,
        price=Decimal("4.10") + number, rank=number, reason=row("Dearer by 0.35, and enough of it is free."),
    )  # fmt: skip


def decision(number: int, **changed: Any) -> DecisionRow:
    made = DecisionRow(
        order_id=number + 1, line_id=2 * number + 1, order_number=f"SO-{number + 1:05}",
        customer=CUSTOMERS[number % 5], sku=f"SKU-{number:04}", product=PRODUCTS[number % 4], units=3 + number % 4,
        value=Decimal("11.25"), currency="GBP", first_promise=TODAY - timedelta(days=4),
        promise=TODAY + timedelta(days=1), eta=TODAY + timedelta(days=11), days_late=10, slips=2, cause="supplier_late",
        choices=("wait", "substitute", "part_ship", "cancel"), alternatives=(alternative(0), alternative(1)),
        why=row("PO-007 comes 10 days after the promise; it has moved twice."),
    )  # fmt: skip
    return replace(made, **changed)


def purchase(number: int) -> PurchaseRow:
    due = TODAY + timedelta(days=number)
    return PurchaseRow(
        purchase_id=number + 1, number=f"PO-{number:03}", supplier=CUSTOMERS[number % 4], due=due,
        first_due=due - timedelta(days=number % 3), likely=due + timedelta(days=1), late=due + timedelta(days=5),
        units_due=480, lines_waiting=31, orders_waiting=22, on_time_share=0.62 if number % 3 else None,
        deliveries_known=13 if number % 3 else 1,
    )  # fmt: skip


def mode(number: int, sku: str = "") -> Mode:
    return Mode(mode_id=number, sku=sku, extra_days=3, reason="Two pickers are ill", since=NOW, by="Ana Martins")


def rehearsal(better: int = 2, worse: int = 1) -> Rehearsal:
    changed = tuple(
        Changed(
            order_id=n + 1, line_id=n + 1, order_number=f"SO-{n + 1:05}", customer=CUSTOMERS[n % 5],
            sku=f"SKU-{n:04}", reserved_was=0 if n < better else 3, reserved_now=3 if n < better else 0,
            eta_was=TODAY + timedelta(days=9), eta_now=TODAY if n < better else None, is_better=n < better,
        )
        for n in range(better + worse)
    )  # fmt: skip
    return Rehearsal(
        question=row("If SO-00001 were pinned"), changed=changed, completed=("SO-00001",), broken=("SO-9",)
    )


def story(order_id: int = 1, **changed: Any) -> OrderStory:
    lines = tuple(
        StoryLine(
            line_id=n, line_no=n, sku=f"SKU-{n:04}", product=PRODUCTS[n % 4], ordered=6, shipped=1, cancelled=2,
            replaced=0, replaces="SKU-9" if n == 2 else "", by_state=(1, 0, 2, 0, 0, 0), price=Decimal("3.75"),
            first_promise=TODAY - timedelta(days=3), promise=TODAY + timedelta(days=4), promise_rule="promise.stock",
            eta=TODAY + timedelta(days=5), eta_late=TODAY + timedelta(days=9), eta_from="PO-007",
            cause="supplier_late", waits=row("2 units wait for PO-007."),
            places=(
                StoryPlace(units=1, where=row("1 in bin A-03-02-B-04")), StoryPlace(units=2, where=row("2 not here"))
            ),
        )
        for n in (1, 2)
    )  # fmt: skip
    events = tuple(
        StoryEvent(at=NOW - timedelta(hours=30 - n), what=row(f"Event {n} of this order"), who="Ana" if n % 2 else "")
        for n in range(12)
    )
    made = OrderStory(
        order_id=order_id, number=f"SO-{order_id:05}", customer_code="C1", customer=CUSTOMERS[0], channel="web",
        address=("Jane Doe", "1 Harbour Road", "HULL HU1 1AA", "GB"), service="Royal Mail Tracked 48",
        placed_at=NOW - timedelta(days=3), leave_by=NOW + timedelta(hours=2), promise=TODAY + timedelta(days=4),
        ship_rule="available", priority_class=2, is_pinned=False, is_held=False, hold_reason="", is_paid=True,
        value_open=Decimal("22.50"), currency="GBP",
        short=row("4 of 6 units leave today; 2 wait for PO-007, due Wed 25."),
        lines=lines, events=events,
        parcels=(
            StoryParcel(sscc="095200012345678905", number=1, state="shipped", weight_g=1_250,
                        shipped_at=NOW - timedelta(days=1), manifest="M000012"),
        ),
    )  # fmt: skip
    return replace(made, **changed)


def found(kind: str = "product", count: int = 3) -> Found:
    return Found(
        kind=kind, label="Blue mug 300 ml", orders=tuple((n + 1, f"SO-{n + 1:05}", "ready") for n in range(count))
    )


ANSWERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "backlog": lambda args: backlog(6),
    "figures": lambda args: figures(backlog(6)),
    "story": lambda args: story(args["order"]),
    "find": lambda args: (found("order", 1),),
    "why": lambda args: (row("It waits for 12 units of PO-007."),),
    "rehearse": lambda args: rehearsal(),
    "alternatives": lambda args: (alternative(0), alternative(1)),
    "merges": lambda args: ((1, "SO-00001", row("4 of 4 units are ready.")),),
    "decisions": lambda args: (decision(0), decision(1)),
    "purchases": lambda args: (purchase(0), purchase(1)),
    "modes": lambda args: (mode(1), mode(2, "SKU-0001")),
    "moved": lambda args: (moved(1), moved(2, slipped=False)),
    "causes": lambda args: (),
}
"""What the services would answer, as a desk's test may change it."""
