"""What cross-docking has come to, every figure counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.builders import NOON, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Delivery, DeliveryPart, Movement, Peg, Receipt, ReceiptLine
from wms_desktop.errors import BadInput
from wms_desktop.services import dock_reads, inventory
from wms_desktop.services.dock_figures import rows as dock_rows
from wms_desktop.services.dock_figures.counting import sum_up
from wms_desktop.services.dock_figures.passages import Passage, pair
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.views.dock import Count, DockFigures, DockRows, Minutes


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1")
    return house.product("MUG")


def ask(house: House, days: int = 28, **later: int) -> DockFigures:
    """The desk's question."""
    now = NOON + timedelta(**(later or {"hours": 9}))
    found: DockFigures = house.read(lambda s: dock_reads.QUESTIONS["dock_figures"](s, now, {"days": days}))
    return found


def came(house: House, product: int, qty: int, minutes: int = 0, condition: str = "good") -> int:
    """Units received so many minutes after noon; gives the receipt line."""
    house.put(product, "DOCK-1", qty)
    with writing(house.engine) as session:
        receipt = session.query(Receipt).first() or Receipt(number="R1", dock_id=1, opened_at=NOON)
        receipt.dock_id = house.place("DOCK-1")
        session.add(receipt)
        session.flush()
        line = ReceiptLine(receipt_id=receipt.id, product_id=product, lot_id=0, qty=qty, condition=condition,
                           operator_id=1, station_id=1, at=NOON + timedelta(minutes=minutes))  # fmt: skip
        session.add(line)
        session.flush()
        return line.id


def peg(house: House, ends: tuple[int, int], qty: int, state: str, *, kind: str = "opportunistic",
        why: str = "") -> None:  # fmt: skip
    """What became of units of a receipt line for an order line."""
    receipt_line, order_line = ends
    with writing(house.engine) as session:
        session.add(Peg(receipt_line_id=receipt_line, order_line_id=order_line, qty=qty, state=state, kind=kind,
                        why=why, lane_id=house.place("LANE-1"), reason="completes", at=NOON))  # fmt: skip


def move(house: House, product: int, qty: int, route: tuple[str, str], reason: str, *, minutes: int = 0,
         line: int | None = None) -> None:  # fmt: skip
    """A movement of the ledger, so many minutes after noon."""
    source, target = (Spot(location_id=house.place(code)) for code in route)
    context = replace(house.context(command="opening"), at=NOON + timedelta(minutes=minutes))
    with writing(house.engine) as session:
        inventory.post(session, context, Goods(product_id=product, qty=qty), source, target, reason=reason,
                       order_line_id=line)  # fmt: skip


def test_share_split_declines_and_walks_back_by_hand(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.order("A", (mug, 4), (jug, 1))
    house.order("B", (mug, 3))
    first, second = came(house, mug, 10), came(house, jug, 6, 60)
    came(house, mug, 5, condition="damaged")
    peg(house, (first, 1), 4, "packed", kind="planned")
    peg(house, (first, 3), 3, "in_lane")
    peg(house, (first, 3), 2, "released", why="declined: does_not_fit")
    peg(house, (second, 2), 1, "released", why="declined: lane_blocked")
    move(house, mug, 2, ("DOCK-1", "LANE-1"), "crossdock")
    move(house, mug, 1, ("LANE-1", "A-1"), "putaway")

    found = ask(house)

    assert (found.received, found.received_lines, found.verdict_lines) == (16, 2, 2)
    assert (found.crossed, found.crossed_lines, found.crossed_orders) == (7, 2, 2)
    assert found.kinds == (Count(key="planned", units=4, pegs=1), Count(key="opportunistic", units=3, pegs=1),
                           Count(key="short", units=0, pegs=0))  # fmt: skip
    assert found.declines == (Count(key="does_not_fit", units=2, pegs=1), Count(key="lane_blocked", units=1, pegs=1))
    assert (found.walked_back, found.share) == (1, 7 / 16)


def test_minutes_to_the_truck_through_a_lane_and_through_a_bin(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.order("A", (mug, 4))
    house.order("C", (jug, 4))
    peg(house, (came(house, mug, 4), 1), 4, "packed", kind="planned")
    came(house, jug, 6, 60)
    move(house, mug, 4, ("DOCK-1", "CUSTOMER"), "ship", minutes=90, line=1)
    move(house, jug, 6, ("DOCK-1", "A-1"), "putaway", minutes=70)
    move(house, jug, 1, ("A-1", "CUSTOMER"), "ship", minutes=120, line=2)
    move(house, jug, 3, ("A-1", "CUSTOMER"), "ship", minutes=240, line=2)

    found = ask(house)

    assert found.crossed_minutes == Minutes(units=4, median=90, p90=90)
    assert found.stored_minutes == Minutes(units=4, median=180, p90=180)
    assert found.saved_minutes == 90


def test_what_was_there_before_is_not_taken_for_what_came(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    house.order("A", (mug, 5))
    came(house, mug, 3, 10)
    move(house, mug, 5, ("A-1", "CUSTOMER"), "ship", minutes=60, line=1)

    assert ask(house).stored_minutes == Minutes(units=0, median=None, p90=None)


def test_trucks_in_time_late_and_missed(house: House) -> None:
    opens = NOON - timedelta(hours=2)
    window: dict[str, Any] = {"opens_at": opens, "closes_at": NOON}
    with writing(house.engine) as session:
        session.add_all([
            Delivery(number="T1", state="here", checked_in_at=NOON - timedelta(minutes=1), **window),
            Delivery(number="T2", state="done", checked_in_at=NOON, **window),
            Delivery(number="T3", state="done", checked_in_at=NOON + timedelta(hours=1), **window),
            Delivery(number="T4", state="missed", **window),
            Delivery(number="T5", state="expected", **window),
            Delivery(number="T6", state="here", checked_in_at=NOON),
        ])  # fmt: skip

    found = ask(house)

    assert (found.on_time, found.late, found.missed) == (2, 1, 1)


def test_each_day_of_the_site_has_its_units_and_older_ones_are_left_out(house: House, mug: int) -> None:
    house.order("A", (mug, 9))
    peg(house, (came(house, mug, 5, -24 * 60), 1), 2, "in_lane")
    peg(house, (came(house, mug, 4), 1), 1, "packed")
    came(house, mug, 7, -3 * 24 * 60)

    found = ask(house, 2)

    assert [(one.day.day, one.received, one.crossed) for one in found.by_day] == [(1, 5, 2), (2, 4, 1)]
    assert (found.received, found.crossed, found.days) == (9, 3, 2)


def test_a_walk_back_that_was_taken_back_does_not_count(house: House, mug: int) -> None:
    house.put(mug, "LANE-1", 2)
    move(house, mug, 2, ("LANE-1", "A-1"), "putaway")
    assert ask(house).walked_back == 2

    with writing(house.engine) as session:
        last = session.scalars(select(func.max(Movement.id))).one()
        inventory.reverse(session, house.context(command="opening"), last)

    assert ask(house).walked_back == 0


def test_a_house_without_any_dock_work_has_figures_too(house: House) -> None:
    found = ask(house)

    assert (found.received, found.share, found.saved_minutes, found.declines) == (0, None, None, ())
    assert found.crossed_minutes == found.stored_minutes == Minutes(units=0, median=None, p90=None)
    assert len(found.by_day) == 28


def test_the_figures_are_exported_as_rows_that_add_up(house: House, mug: int) -> None:
    house.order("A", (mug, 9))
    peg(house, (came(house, mug, 5), 1), 2, "in_lane")

    rows = ask(house, 3).rows()

    assert ("received", "", 5) in rows
    assert ("kind", "opportunistic", 2) in rows
    assert sum(int(value) for name, key, value in rows if name == "crossed" and key) == 2
    assert not any(name.endswith("_minutes") for name, _, _ in rows)


def rows_of(house: House, what: str, key: str = "") -> tuple[Any, ...]:
    """The rows behind a figure."""
    args = {"what": what, "key": key}
    found: DockRows = house.read(lambda s: dock_reads.QUESTIONS["dock_rows"](s, NOON + timedelta(hours=9), args))
    assert not found.is_cut
    return found.rows


def test_every_figure_is_the_sum_of_its_rows(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.order("A", (mug, 4), (jug, 1))
    house.order("B", (mug, 3))
    first, second = came(house, mug, 10, -24 * 60), came(house, jug, 6, 60)
    peg(house, (first, 1), 4, "packed", kind="planned")
    peg(house, (first, 3), 3, "in_lane")
    peg(house, (second, 2), 2, "released", why="declined: does_not_fit")
    move(house, mug, 2, ("DOCK-1", "LANE-1"), "crossdock")
    move(house, mug, 1, ("LANE-1", "A-1"), "putaway")

    found = ask(house)

    assert sum(row.units for row in rows_of(house, "crossed")) == found.crossed == 7
    for kind in found.kinds:
        assert sum(row.units for row in rows_of(house, "crossed", kind.key)) == kind.units
    assert [(row.units, row.why) for row in rows_of(house, "declined", "does_not_fit")] == [(2, "does_not_fit")]
    assert sum(row.units for row in rows_of(house, "walked")) == found.walked_back == 1
    for day in found.by_day:
        mine = rows_of(house, "received", day.day.isoformat())
        assert (sum(row.units for row in mine), sum(row.crossed for row in mine)) == (day.received, day.crossed)
    assert sum(row.units for row in rows_of(house, "received")) == found.received == 16


def test_orders_served_are_told_with_their_lines_and_units(house: House, mug: int) -> None:
    house.order("A", (mug, 4), (mug, 1))
    house.order("B", (mug, 3))
    line = came(house, mug, 10)
    for order_line, units in ((1, 4), (2, 1), (3, 2)):
        peg(house, (line, order_line), units, "in_lane")

    found = rows_of(house, "orders")

    assert {(row.order, row.lines, row.units) for row in found} == {("A", 2, 5), ("B", 1, 2)}
    assert len(found) == ask(house).crossed_orders


def test_minutes_are_told_passage_by_passage_with_the_order_or_the_bin(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.order("A", (mug, 4))
    house.order("C", (jug, 4))
    peg(house, (came(house, mug, 4), 1), 4, "packed")
    came(house, jug, 6, 60)
    move(house, mug, 4, ("DOCK-1", "CUSTOMER"), "ship", minutes=90, line=1)
    move(house, jug, 6, ("DOCK-1", "A-1"), "putaway", minutes=70)
    move(house, jug, 3, ("A-1", "CUSTOMER"), "ship", minutes=240, line=2)

    assert [(row.through, row.order, row.sku, row.units, row.minutes) for row in rows_of(house, "saved")] == [
        ("bin", "", "JUG", 3, 180), ("lane", "A", "MUG", 4, 90)]  # fmt: skip
    assert [row.minutes for row in rows_of(house, "minutes")] == [90]


def test_trucks_are_told_with_how_they_came(house: House) -> None:
    window: dict[str, Any] = {"opens_at": NOON - timedelta(hours=2), "closes_at": NOON}
    with writing(house.engine) as session:
        session.add_all([
            Delivery(number="T2", state="done", checked_in_at=NOON, **window),
            Delivery(number="T3", state="done", checked_in_at=NOON + timedelta(hours=1), **window),
            Delivery(number="T4", state="missed", **window),
            Delivery(number="T5", state="expected", **window),
        ])  # fmt: skip

    found = rows_of(house, "trucks")

    assert [(row.number, row.verdict, row.late_minutes) for row in found] == [
        ("T4", "missed", None), ("T3", "late", 60), ("T2", "on_time", 0)]  # fmt: skip


def test_a_truck_tells_whose_goods_it_brought(house: House, mug: int) -> None:
    purchase = house.purchase("PO-1", (mug, 5))
    with writing(house.engine) as session:
        hours: dict[str, Any] = {"opens_at": NOON - timedelta(hours=1), "closes_at": NOON}
        truck = Delivery(number="T1", state="done", checked_in_at=NOON, **hours)
        session.add(truck)
        session.flush()
        session.add(DeliveryPart(delivery_id=truck.id, purchase_order_id=purchase))

    (found,) = rows_of(house, "trucks")

    assert found.suppliers == ("Supplier One",)


@pytest.mark.parametrize(("what", "key"), [("weather", ""), ("received", "someday")])
def test_what_is_no_figure_has_no_rows(house: House, what: str, key: str) -> None:
    with pytest.raises(BadInput, match=r"dock\.no_figure"):
        rows_of(house, what, key)


def test_of_more_rows_than_a_table_takes_the_latest_are_told(
    house: House, mug: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dock_rows, "MOST", 2)
    for minutes in (1, 2, 3):
        came(house, mug, minutes, minutes)
    find = dock_reads.QUESTIONS["dock_rows"]

    found = house.read(lambda s: find(s, NOON + timedelta(hours=9), {"what": "received"}))

    assert ([row.units for row in found.rows], found.is_cut) == ([3, 2], True)


@pytest.mark.parametrize("days", [0, 367])
def test_a_span_beyond_a_year_is_refused(house: House, days: int) -> None:
    with pytest.raises(BadInput, match=r"dock\.no_days"):
        ask(house, days)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 9)), min_size=1, max_size=30))
def test_median_and_p90_are_of_single_units(timed: list[tuple[int, int]]) -> None:
    units = sorted(minutes for minutes, qty in timed for _ in range(qty))

    found = sum_up(Passage(1, qty, NOON, NOON + timedelta(minutes=minutes)) for minutes, qty in timed)

    assert found.units == len(units)
    assert found.median == units[-(-len(units) * 50 // 100) - 1]
    assert found.p90 == units[-(-len(units) * 90 // 100) - 1]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 5)), max_size=8),
       st.lists(st.tuples(st.integers(0, 99), st.integers(1, 5)), max_size=8))  # fmt: skip
def test_no_unit_leaves_twice_or_before_it_came(came: list[tuple[int, int]], left: list[tuple[int, int]]) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rest = [(start + timedelta(minutes=at), units) for at, units in sorted(left)]
    paired = []
    for at, units in sorted(came, reverse=True):
        begun = start + timedelta(minutes=at)
        paired += [(begun, gone, qty) for gone, qty in pair(begun, units, rest)]

    assert all(gone >= begun for begun, gone, _ in paired)
    assert sum(qty for _, _, qty in paired) <= min(sum(qty for _, qty in came), sum(qty for _, qty in left))
