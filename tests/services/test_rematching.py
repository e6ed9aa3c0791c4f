"""What becomes free, or wanted, is matched at the end of the command that did it, and is taken back with it."""

from __future__ import annotations

import random
import shutil
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services.pick_floor import allocate, form, give, held, picker, proved, reserved
from tests.services.stock_floor import bring, change_order, command, kit_of, lines
from tests.services.test_orders import GOOD
from wms_desktop.db.engine import open_engine, writing
from wms_desktop.db.tables import Command, Order, Stock
from wms_desktop.domain.allocation import in_order
from wms_desktop.prompts import Key, Outcome
from wms_desktop.services import (
    allocation,
    cancelling,
    inventory,
    orders,
    picturing,
    putaway,
    receiving,
    rematching,
    undoing,
)
from wms_desktop.services.dialogue import Context
from wms_desktop.services.orders import NewOrderLine


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1", y_mm=1000)
    house.bin("A-2", y_mm=2000)
    return house.product("MUG")


def undo(house: House) -> Outcome:
    return command(house, lambda s, c: undoing.undo_last(s, c, "setup")).outcome


def free(house: House, stock: int, line: int, qty: int) -> None:
    command(house, lambda s, _c: inventory.free(s, stock, line, qty))


def test_units_that_come_to_a_bin_are_reserved_for_who_waits_in_the_demand_order(house: House, mug: int) -> None:
    house.order("LATER", (mug, 2), hours=9)
    house.order("SOONER", (mug, 2), hours=2)

    bring(house, mug, "A-1", 3)

    assert reserved(house) == {1: 1, 2: 2}
    assert proved(house) == []


def test_units_on_the_dock_wait_for_their_putaway(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    bring(house, mug, "DOCK-1", 5)
    dock = house.at(putaway, "DOCK-A", "OP-receiver")

    before = reserved(house)
    answer = dock.scan("EAN-MUG", "A-1")

    assert (before, answer.message.code) == ({1: 0}, "all_put_away")
    assert held(house) == [("A-1", "", 1, 2)]


def test_putting_away_is_taken_back_together_with_what_it_reserved(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    bring(house, mug, "DOCK-1", 5)
    dock = house.at(putaway, "DOCK-A", "OP-receiver")
    dock.scan("EAN-MUG", "A-1")

    dock.key("undo")

    assert (reserved(house), house.on_hand("DOCK-1", mug), house.on_hand("A-1", mug)) == ({1: 0}, 5, 0)
    assert proved(house) == []


def test_freed_units_go_to_the_next_who_waits_and_back_when_that_is_undone(house: House, mug: int) -> None:
    stock = house.put(mug, "A-1", 2)
    house.order("FIRST", (mug, 2), hours=1)
    allocate(house)
    house.order("NEXT", (mug, 2), hours=2)

    command(house, lambda s, c: cancelling.cancel(s, c, 1, reason="by mistake"))
    given = reserved(house)
    undo(house)

    assert (given, reserved(house)) == ({1: 0, 2: 2}, {1: 2, 2: 0})
    assert held(house) == [("A-1", "", 1, 2)]
    assert house.read(lambda s: s.get_one(Stock, stock).reserved) == 2


def test_what_was_freed_for_nobody_else_comes_back_to_who_had_it(house: House, mug: int) -> None:
    stock = house.put(mug, "A-1", 2)
    house.order("ONLY", (mug, 2))
    allocate(house)

    free(house, stock, 1, 2)

    assert reserved(house) == {1: 2}


def test_a_new_order_is_served_from_what_stands_free(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)

    command(house, lambda s, _c: orders.add_orders(s, [GOOD]))

    assert reserved(house) == {1: 5}


def test_an_order_that_is_let_go_on_is_served_at_once(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    house.order("O1", (mug, 2), is_held=True)

    command(house, lambda s, c: orders.unhold(s, c, [1]))

    assert reserved(house) == {1: 2}


def test_a_ship_complete_order_is_judged_over_all_its_lines(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.put(jug, "A-2", 1)
    house.order("WHOLE", (mug, 1), (jug, 1), complete=True)

    bring(house, mug, "A-1", 1)

    assert reserved(house) == {1: 1, 2: 1}


def test_a_ship_complete_order_takes_nothing_that_an_earlier_order_wants(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.put(jug, "A-2", 1)
    house.order("EARLY", (jug, 1), hours=1)
    house.order("WHOLE", (mug, 1), (jug, 1), complete=True, hours=2)

    bring(house, mug, "A-1", 1)

    assert reserved(house) == {1: 1, 2: 0, 3: 0}


def test_part_of_a_ship_complete_order_that_is_kept_on_the_dock_draws_the_rest_from_the_bins(
    house: House, mug: int
) -> None:
    jug = house.product("JUG")
    house.purchase("PO-1", (mug, 2), (jug, 5))
    house.order("WHOLE", (mug, 2), (jug, 3), complete=True)
    dock = house.at(receiving, "DOCK-A", "OP-receiver")
    dock.scan("PO-1", "EAN-MUG")
    dock.key("quantity", "2")
    kept = reserved(house)

    bring(house, jug, "A-2", 3)

    assert (kept, reserved(house)) == ({1: 2, 2: 0}, {1: 2, 2: 3})


def test_a_declined_lane_leaves_the_units_to_be_reserved_in_their_bin(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 2))
    house.order("O1", (mug, 2))
    dock = house.at(receiving, "DOCK-A", "OP-receiver")
    dock.scan("PO-1", "EAN-MUG")
    dock.key("quantity", "2")
    for _ in range(2):  # the first scan and the rest of the quantity are two verdicts
        dock.key("decline")
        dock.key("choose", "1")
    declined = reserved(house)

    house.at(putaway, "DOCK-A", "OP-receiver").scan("EAN-MUG", "A-1")

    assert (declined, reserved(house)) == ({1: 0}, {1: 2})
    assert held(house) == [("A-1", "", 1, 2)]


def test_what_a_cancelled_pick_leaves_free_serves_the_next(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.order("O1", (mug, 2), hours=1)
    form(house)
    house.order("O2", (mug, 1), hours=2)

    command(house, lambda s, c: cancelling.cancel(s, c, 1, {1: 1}, reason="one too many"))

    assert reserved(house) == {1: 1, 2: 1}


def test_units_that_others_found_short_are_not_handed_on(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3)
    house.order("O1", (mug, 3), hours=1)
    number = form(house).numbers[0]
    give(house, number, "OP-picker")
    house.order("O2", (mug, 2), hours=2)
    hand = picker(house)
    hand.scan("CART-1", "TOTE-01", "A-1")

    hand.key("short", "1")
    hand.key("choose", "1")

    assert (reserved(house)[2], house.on_hand("A-1", mug, "missing")) == (0, 2)
    assert proved(house) == []


def test_found_again_missing_units_are_reserved_at_once(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    place = house.place("A-1")
    bring(house, mug, "A-1", 0 + 1)
    gone, good = (inventory.Spot(location_id=place, condition=one) for one in ("missing", "good"))
    source = inventory.Spot(location_id=house.place("ADJUSTMENT"))
    goods = inventory.Goods(product_id=mug, qty=1)
    command(house, lambda s, c: inventory.post(s, c, goods, source, gone, reason="short_not_there"))
    before = reserved(house)

    command(house, lambda s, c: inventory.post(s, c, goods, gone, good, reason="count"))

    assert (before, reserved(house)) == ({1: 1}, {1: 2})


def test_a_command_whose_units_somebody_walks_for_is_not_taken_back(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    bring(house, mug, "A-1", 2)
    form(house)

    answer = command(house, lambda s, c: undoing.undo_last(s, c, "setup"))

    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "cannot_undo_walked")
    assert (reserved(house), proved(house)) == ({1: 2}, [])


def test_what_follows_from_taking_back_is_not_itself_taken_back(house: House, mug: int) -> None:
    dock, shelf = (inventory.Spot(location_id=house.place(code)) for code in ("DOCK-1", "A-1"))
    bring(house, mug, "A-1", 2)
    goods = inventory.Goods(product_id=mug, qty=2)
    command(house, lambda s, c: inventory.post(s, c, goods, shelf, dock, reason="x"))
    house.order("SINCE", (mug, 2))

    undo(house)
    served = reserved(house)
    again = undo(house)

    assert served == {1: 2}  # the units stand in the bin again, and somebody waits for them by now
    assert again is Outcome.STOP  # the command before brought them, and they are reserved
    assert house.read(lambda s: s.scalars(select(Command.state).where(Command.workflow == "setup")).all()).count(
        "undone") == 1  # fmt: skip


def test_a_part_that_comes_makes_a_kit_that_waits(house: House, mug: int) -> None:
    lid, kit = house.product("LID"), house.product("KIT")
    kit_of(house, kit, (mug, 1), (lid, 1))
    house.purchase("PO-1", (kit, 5))  # assembled ones are on their way, so nothing is made without parts
    house.put(mug, "A-1", 1)
    house.order("O1", (kit, 1))

    bring(house, lid, "A-2", 1)

    assert lines(house, 1) == [(kit, 1, 1, 0), (mug, 1, 0, 1), (lid, 1, 0, 1)]


def test_bulk_work_is_served_too_and_makes_the_command_final(
    house: House, mug: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(allocation, "MOST_RECORDED", 3)
    house.put(mug, "A-1", 50)
    many = [replace(GOOD, number=f"N{n}", lines=(NewOrderLine("MUG", 1),)) for n in range(20)]

    command(house, lambda s, _c: orders.add_orders(s, many))

    assert set(reserved(house).values()) == {1}
    last = select(Command.undo).where(Command.workflow == "setup", Command.id != "opening")
    assert house.read(lambda s: s.scalars(last).all()) == [""]


def test_days_are_computed_anew_after_the_units_were_given(house: House, mug: int) -> None:
    house.order("O1", (mug, 2), leave_by=house.now + timedelta(days=3))
    bring(house, mug, "A-1", 1)
    waits = house.read(lambda s: s.get_one(orders.OrderLine, 1)).eta

    bring(house, mug, "A-2", 1)

    assert (waits, house.read(lambda s: s.get_one(orders.OrderLine, 1)).eta) == (
        None, house.now.date() + timedelta(days=3))  # fmt: skip


def test_an_order_passed_over_is_counted_and_that_is_taken_back(house: House, mug: int) -> None:
    house.order("WHOLE", (mug, 5), complete=True, hours=1)
    house.order("PART", (mug, 1), hours=2)

    bring(house, mug, "A-1", 1)
    counted = house.read(lambda s: s.get_one(Order, 1).passed_over)
    undo(house)

    assert (counted, house.read(lambda s: s.get_one(Order, 1).passed_over)) == (1, 0)


def asked(house: House, session: Session, context: Context) -> list[str]:
    """The statements that the matching of one command sends."""
    seen: list[str] = []

    def note(*told: object) -> None:
        seen.append(str(told[2]))

    event.listen(house.engine, "before_cursor_execute", note)
    try:
        rematching.settle(session, context)
    finally:
        event.remove(house.engine, "before_cursor_execute", note)
    return seen


def test_where_nobody_waits_a_putaway_costs_three_questions_and_a_pick_none(house: House, mug: int) -> None:
    stock = house.put(mug, "DOCK-1", 5)
    counts = []

    def put_away(session: Session, context: Context) -> None:
        row = inventory.get_stock(session, stock)
        goods = inventory.Goods(product_id=mug, qty=5)
        target = inventory.Spot(location_id=house.place("A-1"))
        inventory.post(session, context, goods, inventory.spot_of(row), target, reason="putaway")
        counts.append(len(asked(house, session, context)))

    def nothing(session: Session, context: Context) -> None:
        counts.append(len(asked(house, session, context)))

    command(house, put_away)
    command(house, nothing)

    assert counts == [3, 0]


def test_who_may_not_be_served_yet_is_left_alone(house: House, mug: int) -> None:
    house.order("HELD", (mug, 1), is_held=True, hours=1)
    house.order("PRE", (mug, 1), release_on=house.now.date() + timedelta(days=3), hours=1)
    house.order("FREE", (mug, 1), hours=2)

    bring(house, mug, "A-1", 1)
    served = reserved(house)
    change_order(house, 3, is_held=True)
    bring(house, mug, "A-2", 5)

    assert (served, reserved(house)) == ({1: 0, 2: 0, 3: 1}, {1: 0, 2: 0, 3: 1})


def test_keys_of_a_dialogue_that_move_nothing_note_nothing(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    dock = house.at(putaway, "DOCK-A", "OP-receiver")
    bring(house, mug, "DOCK-1", 1)
    dock.scan("EAN-MUG")

    dock.key("why")
    dock._send(Key("back"))

    assert reserved(house) == {1: 0}


# --- many who wait ---------------------------------------------------------------------------------------------------

FACTS = st.fixed_dictionaries(
    {
        "hours": st.integers(-2, 3),
        "is_pinned": st.booleans(),
        "late": st.integers(-1, 1),
        "priority_class": st.integers(1, 3),
        "passed_over": st.integers(0, 4),
        "complete": st.booleans(),
        "is_held": st.booleans(),
        "qty": st.integers(1, 4),
    }
)


def crowd(house: House, product: int, facts: list[dict[str, Any]]) -> None:
    """Orders of one line each that wait for a product."""
    with writing(house.engine) as session:
        for number, one in enumerate(facts, 1):
            head = {name: one[name] for name in ("is_pinned", "priority_class", "passed_over", "is_held")}
            placed, leave_by = house.now - timedelta(days=number % 3), house.now + timedelta(hours=one["hours"])
            promise = house.now.date() + timedelta(one["late"])
            session.add(
                Order(number=f"N{number}", customer_id=1, service_id=1, ship_complete=one["complete"],
                      placed_at=placed, promise=promise, leave_by=leave_by, **head)
            )  # fmt: skip
        session.flush()
        session.add_all(
            orders.OrderLine(order_id=number, line_no=1, product_id=product, ordered=one["qty"])
            for number, one in enumerate(facts, 1)
        )


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FACTS, min_size=1, max_size=25), st.integers(1, 12), st.integers(1, 8))
def test_those_who_come_too_late_may_be_left_unread(
    template: Path, facts: list[dict[str, Any]], units: int, first: int
) -> None:
    with tempfile.TemporaryDirectory(dir=template.parent) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(picturing, "_FIRST", first)
        shutil.copy(template, Path(folder) / "house.db")
        house = House(open_engine(f"sqlite:///{Path(folder) / 'house.db'}"))
        product = house.product("MUG")
        house.bin("A-1")
        crowd(house, product, facts)
        house.put(product, "A-1", units)
        how = {"product_ids": [product], "horizon": timedelta(hours=2)}

        whole = house.read(lambda s: allocation.decide(allocation.read(s, house.now, **how)))
        brief = house.read(lambda s: allocation.decide(allocation.read(s, house.now, brief=True, **how)))
        house.engine.dispose()

    assert (brief.shares, brief.passed_over) == (whole.shares, whole.passed_over)


def test_the_database_sorts_orders_as_the_rule_does(house: House, mug: int) -> None:
    chance = random.Random(7)
    names = {"is_pinned": (False, False, True), "late": (-1, 0, 1), "hours": (-1, 1, 2), "priority_class": (1, 2),
             "passed_over": (0, 2, 3), "complete": (False,), "is_held": (False,), "qty": (1,)}  # fmt: skip
    crowd(house, mug, [{name: chance.choice(values) for name, values in names.items()} for _ in range(80)])
    today = house.now.date()

    by_rule = house.read(lambda s: in_order(allocation.read(s, house.now)))
    by_query = house.read(lambda s: s.scalars(select(Order.id).order_by(*picturing.in_turn(house.now, today))).all())

    assert [demand.order_id for demand in by_rule] == by_query


def test_a_kit_that_many_wait_for_is_made_for_all_of_them(
    house: House, mug: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picturing, "_FIRST", 2)
    kit = house.product("KIT")
    kit_of(house, kit, (mug, 1))
    for number in range(5):
        house.order(f"O{number}", (kit, 1))

    bring(house, kit, "A-1", 1)

    assert [lines(house, order)[0][1:] for order in range(1, 6)] == [(1, 0, 1), *[(1, 1, 0)] * 4]
