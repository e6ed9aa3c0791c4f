"""What a desk does with orders, by name: each act says what it did, leaves its line in the log, or refuses whole."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.builders import House
from tests.services.order_desk import act, allocate, events_of, held_by, line_ids, lines_of, reserve
from wms_desktop import phrases
from wms_desktop.db.engine import reading, writing
from wms_desktop.db.tables import Cancellation, Order, OrderEvent, OrderLine, Stock
from wms_desktop.services import (
    catalog_rules,
    commands,
    deciding,
    order_acts,
    order_log,
    orders,
    promising,
    selfcheck,
)
from wms_desktop.services.catalog_rules import NewKitPart
from wms_desktop.services.order_log import Happened


@pytest.fixture
def mug(house: House) -> int:
    """An article in a bin."""
    house.bin("A-1")
    return house.product("MUG", name="Blue mug")


def order_of(house: House, order: int) -> Order:
    """An order's row."""
    return house.read(lambda s: s.get_one(Order, order))


# --- several at once ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("hold", {"reason": "address unclear"}),
        ("pin", {}),
        ("priority", {"priority_class": 1}),
        ("ship_rule", {"rule": "ask"}),
        ("release_on", {"day": None}),
        ("move_leave_by", {"leave_by": "later"}),
    ],
)
def test_several_orders_are_changed_together_or_not_at_all(
    house: House, mug: int, name: str, args: dict[str, Any]
) -> None:
    two = [house.order("O1", (mug, 1)), house.order("O2", (mug, 1))]
    gone = house.order("O3", (mug, 1))
    act(house, "cancel", order=gone, lines=None, reason="test")
    args = {key: house.now + timedelta(days=1) if value == "later" else value for key, value in args.items()}
    whole = act(house, name, orders=two, **args)
    refused = act(house, name, orders=[two[0], gone], **args)

    assert whole.message.args["count"] == 2
    assert [len(events_of(house, order)) for order in two] == [1, 1]
    assert (refused.message.code, refused.message.args["order"]) == ("orders.over", "O3")


@pytest.mark.parametrize(("name", "args"), [("hold", {"reason": "x"}), ("pin", {})])
def test_of_several_orders_those_that_are_so_already_stay_as_they_are(
    house: House, mug: int, name: str, args: dict[str, Any]
) -> None:
    first, second = house.order("O1", (mug, 1)), house.order("O2", (mug, 1))
    act(house, name, orders=[first], **args)
    both = act(house, name, orders=[first, second], **args)
    again = act(house, name, orders=[first, second], **args)

    assert (both.message.args["order"], again.message.code.split("_")[1]) == ("O2", "already")
    assert [len(events_of(house, order)) for order in (first, second)] == [1, 1]


@pytest.mark.parametrize(
    ("name", "args", "code"),
    [
        ("hold", {"orders": [], "reason": "x"}, "orders.none_chosen"),
        ("hold", {"orders": [1], "reason": "  "}, "orders.reason_wanted"),
        ("hold", {"orders": [1], "reason": "bad \x07 bell"}, "input.unreadable"),
        ("hold", {"orders": [99], "reason": "x"}, "orders.gone"),
        ("priority", {"orders": [1], "priority_class": 10}, "orders.no_class"),
        ("ship_rule", {"orders": [1], "rule": "maybe"}, "orders.no_ship_rule"),
        ("cancel", {"order": 1, "lines": {"1": 1}, "reason": ""}, "orders.reason_wanted"),
        ("cancel", {"order": 1, "lines": {}, "reason": "x"}, "orders.nothing_named"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_own_sentence(
    house: House, mug: int, name: str, args: dict[str, Any], code: str
) -> None:
    order = house.order("O1", (mug, 2))

    assert act(house, name, **args).message.code == code
    assert events_of(house, order) == []


# --- hold, dates, ranks --------------------------------------------------------------------------------------------


def test_a_hold_keeps_its_reason_and_letting_go_serves_what_waits(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    act(house, "hold", orders=[order], reason=" card refused ")
    held = order_of(house, order)
    house.put(mug, "A-1", 9)
    allocate(house)
    before = held_by(house)
    act(house, "unhold", orders=[order])

    assert (held.is_held, held.hold_reason, before) == (True, "card refused", {})
    assert (order_of(house, order).hold_reason, held_by(house)) == ("", {"O1": 4})
    assert events_of(house, order) == ["event.held", "event.unheld"]


def test_f4_priorities_of_an_order_its_customer_and_its_promise_decide_who_is_served(house: House, mug: int) -> None:
    for number, more in (("LATE", {"promise": (house.now - timedelta(days=1)).date()}), ("PLAIN", {}),
                         ("FIRST", {"priority_class": 1}), ("PIN", {})):  # fmt: skip
        house.order(number, (mug, 1), **more)
    act(house, "pin", orders=[4])
    served = []
    for _ in range(4):
        house.put(mug, "A-1", 1)
        allocate(house)
        served.append((set(held_by(house)) - set(served)).pop())

    assert served == ["PIN", "LATE", "FIRST", "PLAIN"]


def test_f4_an_override_by_the_supervisor_is_logged_with_who_and_what(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 1))
    act(house, "priority", badge="OP-supervisor", orders=[order], priority_class=1)
    row = house.read(lambda s: s.scalars(select(OrderEvent)).one())

    assert (row.code, order_log.message(row.code, row.args).args) == ("event.ranked", {"was": 2, "now": 1})
    assert row.operator_id == house.context(badge="OP-supervisor").operator_id
    assert order_of(house, order).priority_class == 1


def test_a12_an_order_with_a_release_day_gives_its_units_back_and_gets_none_before_it(house: House, mug: int) -> None:
    early, other = house.order("O1", (mug, 4)), house.order("O2", (mug, 4))
    house.put(mug, "A-1", 4)
    allocate(house)
    day = (house.now + timedelta(days=9)).date()
    done = act(house, "release_on", orders=[early], day=day)
    before = held_by(house)
    act(house, "cancel", order=other, lines=None, reason="test")
    allocate(house)

    assert (done.message.code, done.message.args["units"]) == ("orders.release_on_freed", 4)
    assert (before, held_by(house)) == ({"O2": 4}, {})
    act(house, "release_on", orders=[early], day=None)
    assert held_by(house) == {"O1": 4}


def test_a_release_day_is_refused_while_units_are_on_their_way(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    stock = house.put(mug, "LANE-1", 4)
    reserve(house, stock, 1, 4)
    done = act(house, "release_on", orders=[order], day=(house.now + timedelta(days=1)).date())

    assert (done.message.code, done.message.args["place"]) == ("orders.in_work", "LANE-1")
    assert (held_by(house), order_of(house, order).release_on) == ({"O1": 4}, None)


def test_a_truck_that_is_gone_is_not_taken(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 1))

    assert act(house, "move_leave_by", orders=[order], leave_by=house.now).message.code == "orders.leave_by_past"


def test_a16_an_order_ships_what_is_there_or_all_or_asks_as_the_desk_says(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4), complete=True)
    house.put(mug, "A-1", 3)
    allocate(house)
    seen = [held_by(house)]
    for rule in ("ask", "available"):
        act(house, "ship_rule", orders=[order], rule=rule)
        seen.append(held_by(house))

    assert seen == [{}, {}, {"O1": 3}]
    assert order_log.message(*house.read(lambda s: s.execute(
        select(OrderEvent.code, OrderEvent.args).order_by(OrderEvent.id)).first())).args == {
        "was": "ship_rule.complete", "now": "ship_rule.ask"}  # fmt: skip


def test_a13_a_line_made_to_order_is_served_by_nothing_that_stands_free(house: House, mug: int) -> None:
    made, plain = house.order("O1", (mug, 2)), house.order("O2", (mug, 2), hours=9)
    with writing(house.engine) as session:
        session.get_one(OrderLine, line_ids(house, made)[0]).made_to_order = True
    house.put(mug, "A-1", 9)
    allocate(house)
    act(house, "pin", orders=[made])

    assert held_by(house) == {"O2": 2}
    assert lines_of(house, plain) == [(mug, 2, 0, 2)]


def test_a14_a_line_late_beyond_the_limit_waits_for_a_decision_and_nothing_is_cancelled(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 2), promise=(house.now - timedelta(days=30)).date())
    with writing(house.engine) as session:
        promising.recompute_all(session, house.context(command="opening"))
    rows = house.read(lambda s: deciding.list_decisions(s, house.now))

    assert [(row.order_number, "cancel" in row.choices, "wait" in row.choices) for row in rows] == [("O1", True, True)]
    assert lines_of(house, order) == [(mug, 2, 0, 0)]


# --- pins ----------------------------------------------------------------------------------------------------------


def test_a_pin_takes_back_from_later_orders_at_once(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    late = house.order("O2", (mug, 3), hours=9)
    house.put(mug, "A-1", 5)
    allocate(house)
    done = act(house, "pin", orders=[late])

    assert (done.message.code, done.message.args["losers"]) == ("stock.taken_all", "O1")
    assert held_by(house) == {"O1": 2, "O2": 3}
    assert house.read(selfcheck.find_differences) == []


def test_a_held_order_is_pinned_for_later(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 5))
    act(house, "hold", orders=[order], reason="x")

    assert act(house, "pin", orders=[order]).message.code == "orders.pinned"
    assert order_of(house, order).is_pinned


def test_pinned_orders_do_not_take_from_each_other(house: House, mug: int) -> None:
    two = [house.order("O1", (mug, 3)), house.order("O2", (mug, 3)), house.order("O3", (mug, 3))]
    house.put(mug, "A-1", 5)
    allocate(house)
    act(house, "pin", orders=two[1:])

    assert held_by(house) == {"O2": 3, "O3": 2}


# --- cancelling -----------------------------------------------------------------------------------------------------


def test_a_cancellation_keeps_reason_and_waited_days_and_serves_who_waited(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 4), placed_at=house.now - timedelta(days=6))
    house.order("O2", (mug, 4), hours=9)
    house.put(mug, "A-1", 4)
    allocate(house)
    act(house, "cancel", order=first, lines={str(line_ids(house, first)[0]): 3}, reason="found it cheaper")
    row = house.read(lambda s: s.scalars(select(Cancellation)).one())

    assert (row.qty, row.reason, row.waited_days) == (3, "found it cheaper", 6)
    assert (held_by(house), events_of(house, first)) == ({"O1": 1, "O2": 3}, ["event.line_cancelled"])


def test_what_a_cancelled_line_kept_waiting_is_served_at_once(house: House, mug: int) -> None:
    cup = house.product("CUP")
    order = house.order("O1", (mug, 2), (cup, 1), complete=True)
    house.put(mug, "A-1", 2)
    allocate(house)
    before = held_by(house)
    act(house, "cancel", order=order, lines={line_ids(house, order)[1]: 1}, reason="sold out")

    assert (before, held_by(house)) == ({}, {"O1": 2})


@pytest.fixture
def kit(house: House, mug: int) -> int:
    """A kit of two mugs and one plate; three of it can be made."""
    plate, kit = house.product("PLATE"), house.product("SET")
    house.put(mug, "A-1", 6)
    house.put(plate, "A-1", 3)
    with writing(house.engine) as session:
        catalog_rules.add_kits(session, [NewKitPart("SET", "MUG", 2), NewKitPart("SET", "PLATE", 1)])
    return kit


def test_a_kit_is_cancelled_whole_and_never_by_one_of_its_parts(house: House, kit: int) -> None:
    order = house.order("O1", (kit, 3))
    allocate(house)
    whole, mugs, _ = line_ids(house, order)
    part = act(house, "cancel", order=order, lines={mugs: 1}, reason="x").message
    most = act(house, "cancel", order=order, lines={whole: 4}, reason="x").message
    act(house, "cancel", order=order, lines={whole: 2}, reason="x")

    assert (part.code, part.args["kit"]) == ("orders.part_of_kit", 1)
    assert (most.code, most.args["open"]) == ("orders.cancel_how_many", 3)
    assert [row[1:] for row in lines_of(house, order)] == [(3, 3, 0), (6, 4, 2), (3, 2, 1)]


def test_an_exploded_kit_is_cancelled_with_its_order(house: House, kit: int) -> None:
    order = house.order("O1", (kit, 2))
    allocate(house)
    act(house, "cancel", order=order, lines=None, reason="x")

    assert [ordered - cancelled for _, ordered, cancelled, _ in lines_of(house, order)] == [0, 0, 0]
    assert held_by(house) == {}


# --- the log --------------------------------------------------------------------------------------------------------


def test_many_things_are_logged_by_one_statement_and_said_again(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 1))
    rows = [Happened(order, "event.held", {"reason": f"no. {n} é"}, 1) for n in range(3)]
    with writing(house.engine) as session:
        order_log.note_many(session, house.context(command="opening"), rows)
        order_log.note_many(session, house.context(command="opening"), [])
    found = house.read(lambda s: s.execute(select(OrderEvent.code, OrderEvent.args).order_by(OrderEvent.id)).all())

    assert [order_log.message(*row).args["reason"] for row in found] == ["no. 0 é", "no. 1 é", "no. 2 é"]


def test_every_act_of_the_desk_that_changes_an_order_leaves_its_line_in_the_log(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 4))
    tomorrow = house.now + timedelta(days=1)
    for name, args in (
        ("hold", {"reason": "x"}), ("unhold", {}), ("pin", {}), ("unpin", {}), ("priority", {"priority_class": 3}),
        ("ship_rule", {"rule": "complete"}), ("release_on", {"day": tomorrow.date()}), ("release_on", {"day": None}),
        ("move_leave_by", {"leave_by": tomorrow}),
    ):  # fmt: skip
        act(house, name, orders=[order], **args)

    assert events_of(house, order) == [
        "event.held", "event.unheld", "event.pinned", "event.unpinned", "event.ranked", "event.ship_rule",
        "event.release_on", "event.released", "event.leave_by",
    ]  # fmt: skip


def test_every_line_of_the_log_has_its_sentence() -> None:
    sources = [file.read_text(encoding="utf-8") for file in Path(str(order_log.__file__)).parent.rglob("*.py")]
    codes = {code for text in sources for code in re.findall(r'"(event\.[a-z_]+)"', text)}

    assert "event.held" in codes
    assert codes <= phrases.texts().keys()


# --- A18 -----------------------------------------------------------------------------------------------------------


def test_a18_no_unit_is_confirmed_to_two_orders_however_many_desks_ask_at_once(house: House, mug: int) -> None:
    ids = [house.order(f"O{number}", (mug, 2), hours=number) for number in range(1, 9)]
    house.put(mug, "A-1", 9)
    contexts = [house.context(station="DESK-1", badge="OP-buyer") for _ in ids]
    pin = order_acts.ACTS["pin"].do

    def work(order: int, context: Any) -> None:
        try:
            commands.run(
                house.engine, "orders", "pin", context, lambda s, c: pin(s, c, {"orders": [order]}), orders.prompt
            )
        except Exception as error:
            failed.append(error)

    failed: list[Exception] = []
    threads = [threading.Thread(target=work, args=pair) for pair in zip(ids, contexts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(house.engine) as session:
        on_hand, held = session.execute(select(func.sum(Stock.on_hand), func.sum(Stock.reserved)).where(
            Stock.product_id == mug, Stock.on_hand > 0)).one()  # fmt: skip

    assert failed == []
    assert (on_hand, held, sum(held_by(house).values())) == (9, 9, 9)
    assert house.read(selfcheck.find_differences) == []
