"""One order's story and the look-up that leads to it: each unit has its place, each scan finds its order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.builders import NOON, House
from tests.services.bench import stand
from tests.services.test_backlog import change, days, reserve, sqlite_only
from tests.services.test_cockpit import ship
from wms_desktop.db.engine import writing
from wms_desktop.db.places import KINDS
from wms_desktop.db.tables import (
    Batch,
    BatchOrder,
    Carton,
    Customer,
    ImportRow,
    ImportRun,
    Manifest,
    Operator,
    Order,
    OrderEvent,
    OrderLine,
    Pick,
    Plate,
    PrintJob,
    PromiseChange,
    Shipment,
)
from wms_desktop.domain import documents
from wms_desktop.errors import Refusal
from wms_desktop.phrases import sentence, texts
from wms_desktop.prompts import Message
from wms_desktop.services import codes, finding, order_acts, orders, receiving, story
from wms_desktop.views.orders import Found, OrderStory


def tell(house: House, order_id: int = 1) -> OrderStory:
    told = house.read(lambda s: story.story(s, NOON, order_id))
    assert told is not None
    return told


def say(message: Message) -> str:
    return sentence(message.code, message.args)


def find(house: House, text: str) -> tuple[Found, ...]:
    return house.read(lambda s: finding.find(s, NOON, text))


def numbers(found: tuple[Found, ...], kind: str) -> list[str]:
    return [number for one in found if one.kind == kind for _, number, _ in one.orders]


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1")
    return house.product("MUG", "5012345678900", name="Blue mug")


def parcel(house: House, order_id: int, code: str, state: str, manifest: int | None = None) -> None:
    """A carton of the order in a shipment of its own."""
    with writing(house.engine) as session:
        plate = Plate(code=code, kind="carton")
        shipment = Shipment(number=f"S-{code}", order_id=order_id, created_at=NOON)
        session.add_all([plate, shipment])
        session.flush()
        session.add(Carton(shipment_id=shipment.id, seq=1, plate_id=plate.id, sscc=code, state=state,
                           manifest_id=manifest, closed_at=NOON, weight_g=900))  # fmt: skip


def leave(house: House, order_id: int, code: str) -> None:
    """A parcel of the order left with a list."""
    with writing(house.engine) as session:
        manifest = Manifest(number="M000001", carrier="Northway", truck_id=house.place("TRUCK-NORTHWAY"),
                            state="closed", opened_at=NOON, closed_at=NOON)  # fmt: skip
        session.add(manifest)
        session.flush()
        number = manifest.id
    parcel(house, order_id, code, "shipped", number)


# --- where each unit is --------------------------------------------------------------------------------------


def test_every_unit_of_a_line_has_its_place(house: House, mug: int) -> None:
    house.order("O1", (mug, 40))
    ship(house, "O1", mug, 2, NOON)
    parcel(house, 1, "SSCC", "closed")
    house.purchase("PO-1", (mug, 3))
    house.at(receiving, "DOCK-A", "OP-receiver").scan("PO-1", "5012345678900")
    stand(house, "O1", mug, 3, "BENCH-1", tote="SSCC")
    stand(house, "O1", mug, 4, "CART-1", tote="TOTE-01")
    stand(house, "O1", mug, 5, "LANE-1")
    stand(house, "O1", mug, 6, "A-1")
    house.put(mug, "A-1", 7)
    house.put(mug, "HOLD-1", 8)
    change(house, OrderLine, cancelled=2, replaced=1)

    (line,) = tell(house).lines

    assert [say(place.where) for place in line.places] == [
        "6 in bin A-1, kept for it", "3 in parcel SSCC, BENCH-1", "4 in tote TOTE-01, CART-1",
        "1 on DOCK-1, to be carried to LANE-1", "5 in LANE-1, to be packed", "7 in the bins, not reserved yet",
        "8 in the house, where nobody may pick them", "2 not in the house", "2 sent", "1 replaced by another article",
        "1 cancelled",
    ]  # fmt: skip
    assert sum(place.units for place in line.places) == line.ordered == 40
    assert (line.shipped, line.cancelled, line.by_state) == (2, 2, (13, 13, 2, 8, 0, 0))


@sqlite_only
@pytest.mark.parametrize("stop", [{"is_held": True}, {"release_on": days(3)}])
def test_units_of_a_stopped_order_add_up_too(house: House, mug: int, stop: dict[str, Any]) -> None:
    house.order("O1", (mug, 9), **stop)
    stand(house, "O1", mug, 4, "A-1")
    stand(house, "O1", mug, 1, "HOLD-1")

    (line,) = tell(house).lines

    assert [(place.units, place.where.code) for place in line.places] == [
        (4, "story.place.bin"), (1, "story.place.hold"), (4, "story.place.stopped"),
    ]  # fmt: skip


@sqlite_only
def test_a_line_that_stands_for_another_names_it(house: House, mug: int) -> None:
    house.order("O1", (house.product("LAMP"), 2))
    with writing(house.engine) as session:
        session.execute(update(OrderLine).values(cancelled=2, replaced=2))
        session.add(OrderLine(order_id=1, line_no=2, product_id=mug, ordered=2, replaces_id=1))

    first, second = tell(house).lines

    assert (first.replaced, first.replaces, say(first.waits)) == (2, "", "Cancelled.")
    assert (second.replaces, second.sku, second.by_state[2]) == ("LAMP", "MUG", 2)


# --- the one sentence ----------------------------------------------------------------------------------------


def _hold(house: House, mug: int) -> None:
    change(house, Order, is_held=True, hold_reason="Address unclear")


def _blocked(house: House, mug: int) -> None:
    house.put(mug, "HOLD-1", 5)


def _ready(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)


def _in_work(house: House, mug: int) -> None:
    stand(house, "O1", mug, 5, "CART-1", tote="TOTE-01")


def _packed(house: House, mug: int) -> None:
    parcel(house, 1, "SSCC", "closed")
    stand(house, "O1", mug, 5, "BENCH-1", tote="SSCC")


def _waits(house: House, mug: int) -> None:
    house.purchase("PO-7", (mug, 9))
    change(house, OrderLine, eta=days(4), eta_from_id=1)


def _pre_order(house: House, mug: int) -> None:
    change(house, OrderLine, release_on=days(8))


ANSWERS = [
    (_hold, "Stopped by us: Address unclear. 5 units have not been sent."),
    (_blocked, "5 of 5 units are in the house, but may not be sent as they are. Somebody sees to it."),
    (_ready, "All 5 units are in the house and leave with Northway by 2026-03-02 16:00."),
    (_in_work, "Being prepared: 5 units leave with Northway by 2026-03-02 16:00."),
    (_packed, "Packed: 5 units wait for the truck of Northway, which leaves by 2026-03-02 16:00."),
    (_waits, "5 of 5 units come with PO-7 and should leave on 2026-03-06. Promised: 2026-03-05."),
    (_pre_order, "Not to be sent before 2026-03-10: 5 units wait for that day."),
    (lambda house, mug: None, "5 of 5 units are not in the house, and no day is known yet. Promised: 2026-03-05."),
    (lambda house, mug: change(house, OrderLine, cancelled=5), "Cancelled: nothing of it will be sent."),
]  # fmt: skip


@sqlite_only
@pytest.mark.parametrize(("happens", "answer"), ANSWERS)
def test_one_sentence_says_where_the_order_is(house: House, mug: int, happens: Any, answer: str) -> None:
    house.order("O1", (mug, 5), leave_by=NOON + timedelta(hours=4), promise=days(3))
    happens(house, mug)

    assert say(tell(house).short) == answer


@sqlite_only
@pytest.mark.parametrize("happens", [happens for happens, _ in ANSWERS[:-1]])
def test_a_part_that_has_left_is_said_first(house: House, mug: int, happens: Any) -> None:
    house.order("O1", (mug, 7), leave_by=NOON + timedelta(hours=4), promise=days(3))
    ship(house, "O1", mug, 2, NOON)
    happens(house, mug)

    assert tell(house).short.code.endswith("_rest")
    assert say(tell(house).short).startswith("2 units have been sent")


def test_an_order_that_has_left_says_when_and_with_whom(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    ship(house, "O1", mug, 2, NOON)
    unknown = say(tell(house).short)
    leave(house, 1, "340123450000000017")

    told = tell(house)

    assert (unknown, say(told.short)) == (
        "All 2 units have been sent.",
        "Sent on 2026-03-02 with Northway. Parcels: 1.",
    )
    assert [(one.number, one.state, one.manifest, one.shipped_at) for one in told.parcels] == [
        (1, "shipped", "M000001", NOON)
    ]  # fmt: skip
    assert (told.value_open, told.lines[0].by_state, say(told.lines[0].waits)) == (Decimal(0), (0,) * 6, "Sent.")


@sqlite_only
def test_the_page_carries_the_orders_own_facts(house: House, mug: int) -> None:
    house.order("O1", (mug, 2), is_paid=True, channel="web", is_pinned=True, complete=True, must_ask=True,
                street="1 High Street\nFlat 2", hold_reason="", currency="EUR", promise=days(3))  # fmt: skip
    change(house, OrderLine, first_promise=days(1), promise=days(5), promise_rule="inbound", cause="demand")

    told = tell(house)

    assert told.address == ("Acme Ltd", "1 High Street", "Flat 2", "LS1 1AA Leeds", "GB")
    assert (told.customer_code, told.service, told.channel) == ("C1", "Northway Parcel 24", "web")
    assert (told.is_paid, told.is_pinned, told.ship_rule, told.currency) == (True, True, "ask", "EUR")
    assert (told.value_open, told.promise, told.lines[0].cause) == (Decimal(5), days(3), "demand")
    assert (told.lines[0].first_promise, told.lines[0].promise, told.lines[0].promise_rule) == (
        days(1), days(5), "inbound",
    )  # fmt: skip


def test_an_order_that_is_not_there_has_no_story(house: House) -> None:
    assert house.read(lambda s: story.story(s, NOON, 999)) is None


def test_every_place_parcel_and_answer_has_its_words() -> None:
    places = [f"story.place.{kind}" for kind in (*KINDS[4:], "other", "tote", "parcel", "for_lane", "free", "stopped")]
    parcels = [f"story.parcel.{state}" for state in ("open", "closed", "loaded", "shipped")]
    whole = ["held", "pre_order", "waits", "waits_stock", "no_date", "blocked", "ready", "in_work", "packed", "loaded"]
    answers = [f"story.short.{what}{rest}" for rest in ("", "_rest") for what in whole]
    waits = [f"backlog.waits.{why}" for why in ("damaged", "missing", "expired", "hold", "away", "safety", "blocked")]

    assert [code for code in (*places, *parcels, *answers, *waits) if code not in texts()] == []


# --- what happened -------------------------------------------------------------------------------------------


def test_events_of_every_kind_come_in_their_order_with_who_did_them(house: House, mug: int) -> None:
    house.order("O1", (mug, 5), channel="web", placed_at=NOON - timedelta(days=9))
    house.purchase("PO-1", (mug, 9))
    house.at(receiving, "DOCK-A", "OP-receiver").scan("PO-1", "5012345678900")
    with writing(house.engine) as session:
        buyer = session.scalars(select(Operator.id).where(Operator.badge == "OP-buyer")).one()
        picker = session.scalars(select(Operator.id).where(Operator.badge == "OP-picker")).one()
        at = iter(NOON + timedelta(hours=n) for n in range(1, 20))
        run = ImportRun(kind="orders", format="csv", file_name="day.csv", file_hash="x", reading="{}", totals="{}",
                        operator_id=buyer, at=NOON, state="published", published_at=next(at))  # fmt: skip
        session.add(run)
        session.flush()
        session.add_all(ImportRow(run_id=run.id, line=n, key="O1", fields="{}", state="published") for n in (2, 3))
        context = replace(house.context(command="opening"), operator_id=buyer, at=next(at))
        orders.hold(session, context, [1], "Address unclear")
        session.add(OrderEvent(order_id=1, order_line_id=None, code="event.from_the_future", args="{}",
                               operator_id=buyer, at=next(at)))  # fmt: skip
        for was, became, purchase in ((days(1), days(6), 1), (days(6), None, None), (None, days(2), None)):
            session.add(PromiseChange(order_line_id=1, kind="slipped", was=was, became=became, cause="supplier_late",
                                      purchase_line_id=purchase, at=next(at)))  # fmt: skip
        batch = Batch(number="B1", state="done", created_at=NOON, started_at=next(at), operator_id=picker)
        session.add(batch)
        session.flush()
        session.add(BatchOrder(batch_id=batch.id, order_id=1, position=1))
        for state, units, reason in (("done", 2, ""), ("done", 1, "missing")):
            session.add(Pick(batch_id=batch.id, order_line_id=1, stock_id=1, seq=1, qty=units, picked=units,
                             state=state, reason=reason, done_at=next(at)))  # fmt: skip
    leave(house, 1, "340123450000000017")
    change(house, Carton, closed_at=NOON + timedelta(hours=30))
    change(house, Manifest, closed_at=NOON + timedelta(hours=40))

    events = tell(house).events

    assert [event.at for event in events] == sorted(event.at for event in events)
    assert [(say(event.what), event.who) for event in events] == [
        ("Ordered through web.", ""),
        ("1 of MUG arrived with R000001, for LANE-1.", "Receiver"),
        ("Came in with the file day.csv.", "Buyer"),
        ("Put on hold: Address unclear", "Buyer"),
        ("Noted: event.from_the_future", "Buyer"),
        ("Line 1: the promise moved from 2026-03-03 to 2026-03-08, because of PO-1.", ""),
        ("Line 1: no day in sight any more.", ""),
        ("Line 1: expected on 2026-03-04.", ""),
        ("Picking began in batch B1.", "Picker"),
        ("2 units picked in batch B1.", "Picker"),
        ("1 units picked in batch B1; not all was where it should be.", "Picker"),
        ("Parcel 340123450000000017 packed.", ""),
        ("Left with Northway, list M000001: parcels 1.", ""),
    ]


# --- looking it up -------------------------------------------------------------------------------------------


@pytest.fixture
def street(house: House, mug: int) -> House:
    """Orders whose goods stand in a tote, a lane, a parcel, a bin, or are on their way."""
    house.order("SO-1", (mug, 2), hours=5)
    house.order("SO-2", (mug, 2), hours=1)
    house.order("SO-3", (house.product("LAMP", name="Brass lamp 100%"), 2))
    house.order("XX-9", (mug, 1))
    stand(house, "SO-1", mug, 1, "CART-1", tote="TOTE-03")
    stand(house, "SO-2", mug, 1, "LANE-2")
    parcel(house, 3, "340123450000000017", "closed")
    reserve(house, house.put(mug, "A-1", 1), 4, 1)
    house.purchase("PO-7", (2, 9))
    change(house, OrderLine, OrderLine.id == 3, eta_from_id=1)
    with writing(house.engine) as session:
        session.add(batch := Batch(number="B000007", created_at=NOON))
        session.flush()
        session.add(BatchOrder(batch_id=batch.id, order_id=2, position=1))
        session.add(Customer(code="SMITH", name="Smith & Sons_"))
        session.flush()
        session.execute(update(Order).where(Order.id == 4).values(customer_id=2))
    return house


LOOK_UPS = [
    ("SO-1", "order", ["SO-1"]), ("so-2", "order", ["SO-2"]), ("SO-", "order", ["SO-2", "SO-3", "SO-1"]),
    ("SMITH", "customer", ["XX-9"]), ("smith &", "customer", ["XX-9"]), ("acme", "customer", ["SO-2", "SO-3", "SO-1"]),
    ("MUG", "product", ["SO-2", "XX-9", "SO-1"]), ("5012345678900", "product", ["SO-2", "XX-9", "SO-1"]),
    ("]d2010501234567890010AB1\x1d21S9", "product", ["SO-2", "XX-9", "SO-1"]), ("LAM", "product", ["SO-3"]),
    ("brass", "product", ["SO-3"]), ("100%", "product", ["SO-3"]), ("TOTE-03", "tote", ["SO-1"]),
    ("tote-03", "tote", ["SO-1"]), ("LANE-2", "lane", ["SO-2"]), ("A-1", "place", ["XX-9"]),
    ("340123450000000017", "parcel", ["SO-3"]), ("]C100340123450000000017", "parcel", ["SO-3"]),
    ("PO-7", "purchase", ["SO-3"]), ("B000007", "batch", ["SO-2"]),
]  # fmt: skip


def test_anything_scanned_or_typed_finds_its_orders_the_most_urgent_first(street: House) -> None:
    found = {text: numbers(find(street, text), kind) for text, kind, _ in LOOK_UPS}

    assert found == {text: expected for text, _, expected in LOOK_UPS}


@sqlite_only
def test_a_receipt_finds_who_got_something_of_it(house: House, mug: int) -> None:
    house.order("SO-1", (mug, 2))
    house.purchase("PO-1", (mug, 9))
    house.at(receiving, "DOCK-A", "OP-receiver").scan("PO-1", "5012345678900")

    assert numbers(find(house, "R000001"), "purchase") == ["SO-1"] == numbers(find(house, "PO-1"), "purchase")


HOSTILE = ["%", "_", "__", "%%", "' OR 1=1 --", '"; DROP TABLE sales_order', "\\", "/%", "a" * 5000, "\x00\x00",
           "SO%", "S_-1", "\ud800ab", "*", "SO-1\x00", "[[", "%(x)s", ":x", "?", "𝔸𝔹", "]d2garbage",
           "WMS-KEY-YES"]  # fmt: skip


def test_nothing_in_a_text_is_a_pattern_or_a_command(street: House) -> None:
    found = {text: [number for one in find(street, text) for _, number, _ in one.orders] for text in HOSTILE}

    assert {text: orders for text, orders in found.items() if orders} == {"SO-1\x00": ["SO-1"]}
    assert numbers(find(street, "SO-1"), "order") == ["SO-1"]


@sqlite_only
def test_each_order_comes_with_a_word_and_those_that_are_over_come_last(house: House, mug: int) -> None:
    for number, placed in (("SO-1", 9), ("SO-2", 8), ("SO-3", 7)):
        house.order(number, (mug, 1), placed_at=NOON - timedelta(days=placed))
    ship(house, "SO-1", mug, 1, NOON)
    change(house, OrderLine, OrderLine.id == 2, cancelled=1)

    (one,) = [found for found in find(house, "SO-") if found.kind == "order"]

    assert [order[1:] for order in one.orders] == [
        ("SO-3", "backordered"), ("SO-2", "cancelled"), ("SO-1", "shipped"),
    ]  # fmt: skip


@sqlite_only
def test_of_very_many_orders_the_most_urgent_are_shown(house: House, mug: int) -> None:
    for number in range(60):
        house.order(f"SO-{number:02}", (mug, 1), leave_by=NOON + timedelta(hours=99 - number))

    (one,) = [found for found in find(house, "MUG") if found.kind == "product"]

    assert [number for _, number, _ in one.orders] == [f"SO-{number:02}" for number in range(59, 9, -1)]


# --- on paper ------------------------------------------------------------------------------------------------


def test_the_story_is_queued_for_the_office_printer_and_its_number_leads_back(house: House, mug: int) -> None:
    house.order("SO-1", (mug, 2))
    with writing(house.engine) as session:
        context = house.context(badge="OP-buyer", station="DESK-1", command="opening")
        said = order_acts.ACTS["print_story"].do(session, context, {"order": 1}).message
    job = house.read(lambda s: s.scalars(select(PrintJob)).one())
    page = documents.from_payload(job.kind, job.payload)

    assert (job.kind, job.number, job.printer, say(said)) == (
        "order_story", "SO-1", "paper", "The page of order SO-1 is on its way to the printer.",
    )  # fmt: skip
    assert isinstance(page, documents.OrderPage)
    assert (page.answer, page.lines[0].where) == (say(tell(house).short), ("2 not in the house",))
    assert house.read(lambda s: codes.resolve(s, page.number)).kind == "order"


@sqlite_only
def test_a_story_of_no_order_is_not_printed(house: House) -> None:
    with pytest.raises(Refusal, match=r"story\.gone"):
        house.read(lambda s: story.make_page(s, NOON, 5))
