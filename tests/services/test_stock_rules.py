"""What allocation leaves alone, which units it takes, what it takes back, what it makes, and how it explains itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from tests.builders import NOON, House
from tests.services.pick_floor import allocate, form, give, held, picker, proved, put_setting, reserved, say
from tests.services.stock_floor import (
    bring,
    change_line,
    change_order,
    change_product,
    command,
    kit_of,
    lines,
    reasons,
    story,
)
from wms_desktop.db.tables import OrderEvent, OrderLine, Peg
from wms_desktop.domain.allocation import Supply
from wms_desktop.prompts import Message
from wms_desktop.services import allocation, putaway, receiving, undoing


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1", y_mm=1000)
    house.bin("A-2", y_mm=2000)
    house.bin("A-3", y_mm=3000)
    return house.product("MUG")


def for_order(house: House, order: int, **how: bool) -> str:
    """What the desk is told when it allocates one order by hand."""
    answer = command(house, lambda s, c: allocation.allocate_for(s, c, order, **how))
    return say(answer.message.code, dict(answer.message.args))


def test_safety_stock_is_left_alone_until_somebody_says_otherwise(house: House, mug: int) -> None:
    change_product(house, mug, safety_stock=3)
    house.put(mug, "A-1", 5)
    house.order("O1", (mug, 4))

    waiting = allocate(house).waiting
    by_rule = reserved(house)
    told = for_order(house, 1, use_safety=True)

    assert (by_rule, reserved(house)) == ({1: 2}, {1: 4})
    assert [(one.missing, one.why) for one in waiting] == [(2, "went_before")]
    assert told == "Order O1: all 4 open units are reserved."


def test_safety_stock_given_to_one_order_is_given_to_no_other(house: House, mug: int) -> None:
    change_product(house, mug, safety_stock=5)
    house.put(mug, "A-1", 5)
    house.order("EARLY", (mug, 2), hours=1)
    house.order("URGED", (mug, 2), hours=2)

    for_order(house, 2, use_safety=True)

    assert reserved(house) == {1: 0, 2: 2}


def test_the_house_locks_no_stock_beyond_its_horizon(house: House, mug: int) -> None:
    put_setting(house, "reserve_horizon_days", "2")
    house.put(mug, "A-1", 9)
    house.order("FAR", (mug, 5), hours=24 * 9)
    house.order("NEAR", (mug, 1), hours=24)

    allocate(house)

    assert reserved(house) == {1: 0, 2: 1}
    assert allocate(house, horizon=allocation.NO_HORIZON).units == 5


def test_an_order_that_is_asked_for_by_hand_is_reserved_beyond_the_horizon(house: House, mug: int) -> None:
    put_setting(house, "reserve_horizon_days", "2")
    house.put(mug, "A-1", 9)
    house.order("FAR", (mug, 5), hours=24 * 9)
    house.order("FAR TOO", (mug, 1), hours=24 * 9)

    for_order(house, 1)

    assert reserved(house) == {1: 5, 2: 0}


def test_an_order_that_must_be_asked_about_takes_all_or_nothing(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.order("ASK", (mug, 3), complete=True, must_ask=True)

    allocate(house)

    assert reserved(house) == {1: 0}


def test_a_line_before_its_own_release_day_waits_and_the_others_go(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.put(mug, "A-1", 2)
    house.put(jug, "A-2", 2)
    house.order("O1", (mug, 1), (jug, 1))
    change_line(house, 2, release_on=house.now.date() + timedelta(days=4))

    allocate(house)

    assert reserved(house) == {1: 1, 2: 0}


def test_an_order_on_hold_or_before_its_day_is_refused_with_the_reason(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.order("HELD", (mug, 1), is_held=True)
    house.order("PRE", (mug, 1), release_on=house.now.date() + timedelta(days=3))

    assert for_order(house, 1).startswith("Order HELD is on hold")
    assert for_order(house, 2).startswith("Order PRE waits for its release day")
    assert reserved(house) == {1: 0, 2: 0}


# --- which units -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "taken", "why"),
    [
        ("fifo", [("A-3", "", 1, 4)], "The units in A-3 have stood there longest, since 2026-03-02; next best: A-2."),
        ("closest", [("A-1", "", 1, 2), ("A-2", "", 1, 2)], "A-1 is the nearest bin; next best: A-3."),
        ("empty_bin", [("A-1", "", 1, 2), ("A-2", "", 1, 2)],
         "A-1 holds the smallest rest and becomes free; next best: A-3."),
        ("fefo", [("A-3", "", 1, 4)], "A-3 holds all of it and is the nearest that does; next best: A-1."),
    ],
)  # fmt: skip
def test_a_product_has_its_own_rule_of_removal(
    house: House, mug: int, rule: str, taken: list[tuple[str, str, int, int]], why: str
) -> None:
    change_product(house, mug, removal=rule)
    for place, qty in (("A-3", 9), ("A-2", 3), ("A-1", 2)):
        house.put(mug, place, qty)
    house.order("O1", (mug, 4))

    allocate(house)

    assert held(house) == taken
    assert reasons(house)[0] == why


def test_the_house_has_a_rule_for_products_without_their_own(house: House, mug: int) -> None:
    put_setting(house, "removal", "closest")
    house.put(mug, "A-1", 1)
    house.put(mug, "A-2", 9)
    house.order("O1", (mug, 2))

    allocate(house)

    assert held(house) == [("A-1", "", 1, 1), ("A-2", "", 1, 1)]


def test_age_begins_anew_when_units_come_to_an_empty_row(house: House, mug: int) -> None:
    change_product(house, mug, removal="fifo")
    house.order("O1", (mug, 1))
    bring(house, mug, "A-1", 1)  # goes to O1 and stays the oldest
    house.put(mug, "A-1", 1)
    house.put(mug, "A-2", 1)
    house.order("O2", (mug, 1))

    allocate(house)

    assert held(house) == [("A-1", "", 1, 1), ("A-1", "", 2, 1)]


# --- taking back -----------------------------------------------------------------------------------------------------


def test_a_pinned_order_takes_back_from_the_latest_first(house: House, mug: int) -> None:
    house.put(mug, "A-1", 6)
    for name, hours in (("A", 1), ("B", 2), ("C", 3)):
        house.order(name, (mug, 2), hours=hours)
    allocate(house)
    house.order("URGENT", (mug, 3), hours=9, is_pinned=True)

    told = for_order(house, 4, take_back=True)

    assert reserved(house) == {1: 2, 2: 1, 3: 0, 4: 3}
    assert told == "Order URGENT: all 3 open units are reserved; 3 were taken back from B, C."
    assert reasons(house)[-1] == "Taken back in A-1 from order B, which comes later."
    assert proved(house) == []


def test_nothing_is_taken_back_from_an_equal_or_higher_rank(house: House, mug: int) -> None:
    house.put(mug, "A-1", 4)
    now = house.now
    house.order("HIGH", (mug, 2), leave_by=now + timedelta(hours=1))
    house.order("EQUAL", (mug, 2), leave_by=now + timedelta(hours=2))
    allocate(house)
    house.order("ASKS", (mug, 1), leave_by=now + timedelta(hours=2))

    told = for_order(house, 3, take_back=True)

    assert reserved(house) == {1: 2, 2: 2, 3: 0}
    assert told == (
        "Order ASKS: nothing could be reserved for 1 units: every unit in the bins is held for other orders."
    )


def test_units_on_a_pick_list_and_in_a_tote_stay_where_they_are(house: House, mug: int) -> None:
    house.put(mug, "A-1", 4)
    house.order("ON LIST", (mug, 2), hours=2)
    house.order("IN TOTE", (mug, 2), hours=3)
    number = form(house).numbers[0]
    give(house, number, "OP-picker")
    picker(house).scan("CART-1", "TOTE-01", "TOTE-02", "A-1", "EAN-MUG")
    house.order("URGENT", (mug, 2), is_pinned=True)

    for_order(house, 3, take_back=True)

    assert reserved(house) == {1: 2, 2: 2, 3: 0}
    assert "4 units of other orders stand on pick lists: those are not taken back." in story(house, 3)


def test_taking_back_is_taken_back(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.order("LATER", (mug, 2), hours=3)
    allocate(house)
    house.order("URGENT", (mug, 2), is_pinned=True)
    for_order(house, 2, take_back=True)

    command(house, lambda s, c: undoing.undo_last(s, c, "setup"))

    assert reserved(house) == {1: 2, 2: 0}
    assert proved(house) == []


def test_units_that_were_kept_for_an_order_on_arrival_are_let_go_with_their_peg(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.purchase("PO-1", (mug, 2))
    house.purchase("PO-2", (jug, 5), due=(house.now + timedelta(days=3)).date())
    house.order("WHOLE", (mug, 2), (jug, 3), complete=True, hours=5)
    dock = house.at(receiving, "DOCK-A", "OP-receiver")
    dock.scan("PO-1", "EAN-MUG")
    dock.key("quantity", "2")
    house.at(putaway, "DOCK-A", "OP-receiver").scan("EAN-MUG", "A-1")
    kept = held(house)
    house.order("URGENT", (mug, 1), is_pinned=True)

    for_order(house, 2, take_back=True)

    assert kept == [("A-1", "", 1, 2)]
    assert reserved(house) == {1: 0, 2: 0, 3: 1}  # what ships complete lets go of all of it
    pegs = house.read(lambda s: s.scalars(select(Peg)).all())
    assert {(peg.state, peg.why) for peg in pegs} == {("released", "taken_back")}


# --- kits ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def kit(house: House, mug: int) -> int:
    """A kit of one mug and two lids, sold for 9.00."""
    made, lid = house.product("KIT"), house.product("LID", price=Decimal(1))
    change_product(house, mug, price=Decimal(4))
    kit_of(house, made, (mug, 1), (lid, 2))
    return made


def test_assembled_kits_go_first_and_the_rest_is_made_of_parts(house: House, mug: int, kit: int) -> None:
    lid = kit + 1
    house.put(kit, "A-1", 1)
    house.put(mug, "A-2", 9)
    house.put(lid, "A-3", 9)
    house.order("O1", (kit, 3))

    allocate(house)

    assert lines(house, 1) == [(kit, 3, 2, 1), (lid, 4, 0, 4), (mug, 2, 0, 2)]
    assert house.read(lambda s: [(row.code, row.args) for row in s.scalars(select(OrderEvent))]) == [
        ("event.kit_exploded", '{"sku":"KIT","units":2}')]  # fmt: skip
    assert proved(house) == []


def test_the_parts_cost_what_the_kit_cost_and_name_it(house: House, mug: int, kit: int) -> None:
    house.order("O1", (kit, 2))

    allocate(house)

    owed = OrderLine.ordered - OrderLine.cancelled
    value = house.read(lambda s: s.scalar(select(func.sum(owed * OrderLine.price, type_=OrderLine.price.type))))
    rows = house.read(lambda s: s.scalars(select(OrderLine).order_by(OrderLine.line_no)).all())
    assert value == 2 * Decimal("2.50")
    assert [(row.line_no, row.replaces_id, row.kit_qty, row.replaced) for row in rows] == [
        (1, None, 0, 2), (2, 1, 2, 0), (3, 1, 1, 0)]  # fmt: skip


def test_parts_are_reserved_in_whole_kits_and_the_line_says_which_part_is_missing(
    house: House, mug: int, kit: int
) -> None:
    lid = kit + 1
    house.put(mug, "A-2", 9)
    house.put(lid, "A-3", 3)
    house.order("O1", (kit, 3))

    allocate(house)

    assert lines(house, 1) == [(kit, 3, 3, 0), (lid, 6, 0, 2), (mug, 3, 0, 1)]
    assert story(house, 3)[2] == ("2 units wait: parts are reserved in whole kits only, and these are missing: LID.")


def test_a_ship_complete_order_of_kits_takes_all_parts_or_none(house: House, mug: int, kit: int) -> None:
    lid = kit + 1
    house.put(mug, "A-2", 9)
    house.put(lid, "A-3", 3)
    house.order("O1", (kit, 2), complete=True)

    allocate(house)
    before = reserved(house)
    bring(house, lid, "A-1", 1)

    assert (sum(before.values()), sum(reserved(house).values())) == (0, 6)


def test_more_kits_of_a_line_go_to_the_lines_of_its_parts(house: House, mug: int, kit: int) -> None:
    lid = kit + 1
    house.purchase("PO-1", (kit, 9))
    house.order("O1", (kit, 3))
    house.put(mug, "A-2", 9)
    house.put(lid, "A-3", 2)
    allocate(house)
    once = lines(house, 1)

    bring(house, lid, "A-3", 2)

    assert once == [(kit, 3, 1, 0), (lid, 2, 0, 2), (mug, 1, 0, 1)]
    assert lines(house, 1) == [(kit, 3, 2, 0), (lid, 4, 0, 4), (mug, 2, 0, 2)]


def test_making_a_kit_is_taken_back_with_the_command(house: House, mug: int, kit: int) -> None:
    lid = kit + 1
    house.put(lid, "A-3", 2)
    house.purchase("PO-1", (kit, 9))
    house.order("O1", (kit, 1))
    bring(house, mug, "A-2", 1)
    made = lines(house, 1)

    command(house, lambda s, c: undoing.undo_last(s, c, "setup"))

    assert made == [(kit, 1, 1, 0), (lid, 2, 0, 2), (mug, 1, 0, 1)]
    assert lines(house, 1) == [(kit, 1, 0, 0)]
    assert proved(house) == []


def test_parts_that_arrive_go_to_the_lane_in_whole_kits(house: House, mug: int, kit: int) -> None:
    lid = kit + 1
    house.put(mug, "A-2", 1)
    house.order("O1", (kit, 2))
    allocate(house)
    house.purchase("PO-1", (lid, 4))
    dock = house.at(receiving, "DOCK-A", "OP-receiver")
    dock.scan("PO-1", "EAN-LID")

    dock.key("quantity", "4")

    assert lines(house, 1) == [(kit, 2, 2, 0), (lid, 4, 0, 2), (mug, 2, 0, 1)]
    assert proved(house) == []


def test_parts_that_arrive_make_no_more_kits_whole_than_the_other_parts_allow(house: House, mug: int, kit: int) -> None:
    lid = kit + 1
    house.put(mug, "A-2", 1)
    house.order("LATER", (kit, 1), hours=5)
    house.order("SOONER", (kit, 1), hours=2)
    allocate(house)
    house.purchase("PO-1", (lid, 4))
    dock = house.at(receiving, "DOCK-A", "OP-receiver")
    dock.scan("PO-1", "EAN-LID")

    dock.key("quantity", "4")

    assert [line[3] for line in lines(house, 1)] == [0, 0, 0]
    assert [line[3] for line in lines(house, 2)] == [0, 2, 1]


# --- the whole story of a line ---------------------------------------------------------------------------------------


def test_a_line_says_what_it_holds_and_why(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.put(mug, "A-2", 5)
    house.order("O1", (mug, 2))
    allocate(house)

    assert story(house, 1) == [
        "2 units are held in A-1.",
        "A-1 holds all of it and is the nearest that does; next best: A-2.",
    ]


def test_a_line_that_waits_says_who_has_the_goods_and_what_would_free_them(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3)
    house.order("HAS", (mug, 3), leave_by=house.now + timedelta(hours=1))
    allocate(house)
    house.order("LATE", (mug, 1), hours=5, promise=house.now.date() - timedelta(days=2))
    house.order("NEXT", (mug, 4), hours=9)
    house.put(mug, "HOLD-1", 2)
    house.put(mug, "DOCK-1", 1)
    house.purchase("PO-7", (mug, 9))

    assert story(house, 3) == [
        "4 missing: every unit in the bins is held for other orders.",
        "Order HAS holds 3 of them: its cut-off is still reachable, leaves by 2026-03-02 13:00.",
        "Number 2 of the 2 orders that wait for this article.",
        "Before it: order LATE, 1 units.",
        "1 units stand in DOCK-1: once put away they are reserved at once.",
        "2 units stand on hold in HOLD-1: release them, and they are reserved at once.",
        "Pinned, the order could take back 3 units.",
        "9 units are due on 2026-03-02 with purchase order PO-7; 5 are waited for.",
    ]


def test_safety_stock_and_units_of_later_orders_are_offered(house: House, mug: int) -> None:
    change_product(house, mug, safety_stock=2)
    house.put(mug, "A-1", 5)
    house.order("LATER", (mug, 3), hours=8)
    allocate(house)
    house.order("ASKS", (mug, 4), hours=2)

    told = story(house, 2)

    assert told[0] == "4 missing: what is free is safety stock."
    assert "Safety stock would give it 2 units: allocate the order with it." in told
    assert "3 units could be taken back from later orders." in told


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"is_held": True, "hold_reason": "card refused"}, "1 units wait: the order is on hold (card refused)."),
        ({"release_on": NOON.date() + timedelta(days=3)}, "1 units wait for their release day, 2026-03-05."),
        ({"leave_by": NOON + timedelta(days=9)},
         "1 units wait: the order leaves on 2026-03-11, and stock is locked 2 days ahead only."),
    ],
)  # fmt: skip
def test_a_line_that_may_not_go_yet_says_what_it_waits_for(
    house: House, mug: int, facts: dict[str, object], said: str
) -> None:
    put_setting(house, "reserve_horizon_days", "2")
    house.put(mug, "A-1", 1)
    house.order("O1", (mug, 1))
    change_order(house, 1, **facts)

    assert story(house, 1)[0] == said


def test_a_line_that_ships_complete_names_what_is_missing_beside_it(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.put(mug, "A-1", 1)
    house.order("O1", (mug, 1), (jug, 1), complete=True)

    assert story(house, 1)[0] == "1 units are there, but the order ships complete and these are missing: JUG."


def test_what_is_free_for_a_line_is_announced(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    house.put(mug, "A-1", 1)

    assert story(house, 1)[0] == "1 units are free for it: the next allocation reserves them."


def test_a_line_with_nothing_open_says_so(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    change_line(house, 1, cancelled=1)

    assert story(house, 1) == ["Nothing of this line is open any more."]


def test_a_reason_that_nobody_knows_is_shown_as_it_is() -> None:
    assert allocation.reason_message("by hand") == Message("why.plain", {"text": "by hand"})
    assert allocation.reason_message('["fefo"]') == Message("why.plain", {"text": '["fefo"]'})
    assert allocation.reason_message('{"rule": "completes", "by": "crossdock"}') == Message(
        "why.crossdock", {"rule": "why.completes"})  # fmt: skip


def test_the_picture_can_be_changed_and_decided_again_with_nothing_written(house: House, mug: int) -> None:
    house.put(mug, "A-1", 1)
    house.order("FIRST", (mug, 1), hours=1)
    house.order("SECOND", (mug, 1), hours=2)
    seen = house.read(lambda s: allocation.read(s, house.now))
    more = Supply(stock_id=99, product_id=mug, free=1, bin="A-2", walk_seq=9)

    as_it_is = allocation.decide(seen)
    pinned = allocation.decide(seen.with_order(2, lambda one: replace(one, is_pinned=True)))
    richer = allocation.decide(seen.with_supply(more))

    assert [one.line_id for one in as_it_is.shares] == [1]
    assert [one.line_id for one in pinned.shares] == [2]
    assert [one.line_id for one in richer.shares] == [1, 2]
    assert reserved(house) == {1: 0, 2: 0}
