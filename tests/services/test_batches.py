"""Ready orders become short walks, and batches go from hand to hand without anything lost."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import (
    allocate,
    batch_of,
    cancel,
    form,
    give,
    held,
    picker,
    picks,
    proved,
    put_setting,
    say,
)  # fmt: skip
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import BatchOrder, Order
from wms_desktop.errors import BadInput, Moved
from wms_desktop.services import batches, inventory
from wms_desktop.services.batches import PickerBusy


@pytest.fixture
def mug(house: House) -> int:
    """Mugs in three bins of two aisles; the cross-aisles lie at 0, 13 and 26 metres, the depot at the front."""
    house.bin("A-1", y_mm=2000)
    house.bin("A-2", y_mm=4000)
    house.bin("B-1", aisle=1, y_mm=3000)
    return house.product("MUG", name="Blue mug")


def orders_of(house: House, number: str) -> list[str]:
    batch = batch_of(house, number)
    return list(house.read(lambda s: s.scalars(
        select(Order.number).join(BatchOrder, BatchOrder.order_id == Order.id)
        .where(BatchOrder.batch_id == batch.id).order_by(BatchOrder.position)
    )))  # fmt: skip


def test_complaint_31_stops_follow_the_shortest_walk(house: House, mug: int) -> None:
    jug, cup = house.product("JUG"), house.product("CUP")
    house.put(mug, "A-2", 5)
    house.put(jug, "B-1", 5)
    house.put(cup, "A-1", 5)
    house.order("O1", (mug, 1), (jug, 2), (cup, 3))

    formed = form(house)

    assert formed.numbers == ("B000001",)
    assert [stop[0] for stop in picks(house)] == ["A-1", "A-2", "B-1"]
    assert batch_of(house, "B000001").metres == 22  # 2 x 4 m up A, 2 x 3 m up B, 2 x 4 m across
    corners = json.loads(batch_of(house, "B000001").tour)
    assert (corners[0], corners[-1]) == ([0, 0], [0, 0])


def test_a_batch_holds_as_many_orders_as_the_cart_has_totes(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    for n in range(5):
        house.order(f"O{n}", (mug, 1), hours=n + 1)

    formed = form(house, max_totes=2)

    assert (formed.numbers, formed.orders, formed.stops) == (("B000001", "B000002", "B000003"), 5, 5)
    assert orders_of(house, "B000001")[0] == "O0"
    assert batch_of(house, "B000001").leave_by == house.read(lambda s: s.get_one(Order, 1).leave_by)


def test_pinned_and_broken_promises_never_wait_for_company(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    house.order("O1", (mug, 1))
    house.order("O2", (mug, 1), is_pinned=True)

    form(house)

    assert (orders_of(house, "B000001"), orders_of(house, "B000002")) == (["O2"], ["O1"])


def test_complaint_22_an_order_is_in_one_open_batch_only(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    house.order("O1", (mug, 1))
    form(house)

    assert form(house).numbers == ()
    assert say("nothing_to_batch", {}).startswith("No order")


def test_a_ship_complete_order_is_ready_only_when_all_is_in_reach(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.put(mug, "A-1", 9)
    dock = house.put(jug, "DOCK-1", 1)
    house.order("O1", (mug, 1), (jug, 1), complete=True)
    with writing(house.engine) as session:
        inventory.hold(session, dock, 2, 1, "on the dock")
    assert form(house).numbers == ()

    with writing(house.engine) as session:
        lane = inventory.Spot(location_id=house.place("LANE-1"))
        inventory.carry(session, house.context(command="opening"), dock, 2, 1, lane, reason="crossdock")

    assert form(house).orders == 1
    assert [stop[:2] for stop in picks(house)] == [("A-1", 1)]


def test_a_ship_available_order_is_picked_for_what_there_is(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.order("O1", (mug, 5))

    form(house)

    assert picks(house) == [("A-1", 2, 0, "todo")]


def test_held_orders_are_not_batched(house: House, mug: int) -> None:
    house.put(mug, "A-1", 2)
    house.order("O1", (mug, 1))
    allocate(house)
    with writing(house.engine) as session:
        session.get_one(Order, 1).is_held = True

    assert form(house).numbers == ()


def test_only_the_most_urgent_batches_or_orders_can_be_asked_for(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    ids = [house.order(f"O{n}", (mug, 1), hours=5 - n) for n in range(3)]

    assert form(house, max_totes=1, max_batches=1).orders == 1
    assert orders_of(house, "B000001") == ["O2"]
    form(house, order_ids=[ids[0]])
    assert orders_of(house, "B000002") == ["O0"]


def test_a_floor_plan_that_does_not_fit_is_refused_with_its_setting(house: House, mug: int) -> None:
    house.put(mug, "A-1", 1)
    house.order("O1", (mug, 1))
    put_setting(house, "cross_aisles_mm", "0")

    with pytest.raises(BadInput) as refused:
        form(house)

    assert say(refused.value.code, dict(refused.value.args_)).startswith("The setting cross_aisles_mm")


def test_a_bin_without_an_aisle_is_named(house: House, mug: int) -> None:
    house.bin("LOST", aisle=0)
    with writing(house.engine) as session:
        session.get_one(batches.Location, house.place("LOST")).aisle = None
    house.put(mug, "LOST", 1)
    house.order("O1", (mug, 1))

    with pytest.raises(BadInput) as refused:
        form(house)

    assert refused.value.args_ == {"bin": "LOST"}


@pytest.fixture
def batch(house: House, mug: int) -> str:
    house.put(mug, "A-1", 9)
    house.order("O1", (mug, 2))
    return form(house).numbers[0]


def test_an_unstarted_batch_changes_its_owner_only(house: House, batch: str) -> None:
    given = give(house, batch, "OP-picker")

    assert (given.who, given.was, given.is_running) == ("Picker", "", False)
    assert say(given.message.code, dict(given.message.args)) == "Batch B000001 is Picker's."
    assert batch_of(house, batch).epoch == 1
    assert say(*_said(give(house, batch, "")))


def _said(given: batches.Assigned) -> tuple[str, dict[str, object]]:
    return given.message.code, dict(given.message.args)


def test_complaint_23_a_hand_over_keeps_cart_totes_and_place_and_says_who(house: House, batch: str) -> None:
    picker(house).scan("CART-1", "TOTE-01", "A-1")
    before = batch_of(house, batch)

    given = give(house, batch, "OP-picker2")

    after = batch_of(house, batch)
    assert (given.was, given.who, given.is_running) == ("Picker", "Second picker", True)
    assert say(*_said(given)).startswith("Batch B000001 goes to Second picker with its cart.")
    assert (after.cart_id, after.state) == (before.cart_id, "running")
    assert after.epoch > before.epoch


def test_a_picker_who_walks_a_batch_gets_no_second_one(house: House, batch: str, mug: int) -> None:
    house.order("O2", (mug, 1))
    form(house)
    picker(house).scan("CART-1")
    picker(house, "OP-picker2", "PICK-2").scan("CART-2")

    with pytest.raises(PickerBusy) as refused:
        give(house, "B000001", "OP-picker2")

    assert say(refused.value.code, dict(refused.value.args_)) == (
        "Second picker is walking batch B000002. Give that one away first."
    )


def test_versions_are_never_given_twice(house: House, batch: str, mug: int) -> None:
    house.order("O2", (mug, 1))
    form(house)
    epochs = set()
    for number, badges in (("B000001", ("OP-picker", "OP-picker2")), ("B000002", ("OP-picker", "OP-picker2"))):
        picker(house, badges[0]).scan(number, "CART-1" if number == "B000001" else "CART-2")
        epochs.add(batch_of(house, number).epoch)
        epochs.add(give(house, number, badges[1]).epoch)
        give(house, number, "")

    assert len(epochs) == 4


def test_a_cancelled_batch_gives_its_orders_back(house: House, batch: str) -> None:
    cancel(house, batch)

    assert picks(house) == [("A-1", 2, 0, "cancelled")]
    assert held(house) == [("A-1", "", 1, 2)]
    assert form(house).orders == 1
    assert proved(house) == []


def test_what_is_in_totes_when_a_batch_is_cancelled_is_brought_to_the_bench(house: House, batch: str, mug: int) -> None:
    walker = picker(house)
    walker.scan("CART-1", "TOTE-01", "A-1", "EAN-MUG", "TOTE-01")
    cancel(house, batch)

    refused = walker.scan("EAN-MUG")

    assert refused.message.code == "pick_cancelled"
    assert refused.prompt.state == "drop"
    walker.scan("BENCH-1")
    assert held(house) == [("A-1", "", 1, 1), ("BENCH-1", "TOTE-01", 1, 1)]
    assert form(house).orders == 1


def test_a_batch_that_is_over_cannot_be_given_away(house: House, batch: str) -> None:
    cancel(house, batch)

    with pytest.raises(Moved) as refused:
        give(house, batch, "OP-picker")

    assert say(refused.value.code, dict(refused.value.args_)) == "Batch B000001 is over already. Nothing was changed."


def test_one_count_is_asked_for_at_a_time(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        context = house.context(badge="OP-picker", command="opening")
        spot = (house.place("A-1"), mug)
        first = batches.request_count(session, context, spot, reason="doubt", found=1, expected=2)
        again = batches.request_count(session, context, spot, reason="doubt", found=1, expected=2)

    assert (first, again) == (1, None)


def test_the_board_answers_with_its_own_prompt(house: House, batch: str) -> None:
    prompt = house.read(lambda s: batches.prompt(s, house.context()))

    assert (prompt.workflow, prompt.state, dict(prompt.args)) == ("batches", "board", {"released": 1, "running": 0})
    assert say("prompt.batches.board.sub", dict(prompt.args)) == "1 wait, 0 are walked."


def test_complaint_22_two_people_at_once_never_get_the_same_batch(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    house.order("O1", (mug, 1))
    house.order("O2", (mug, 1))
    form(house, max_totes=1)
    walkers = [picker(house), picker(house, "OP-picker2", "PICK-2")]

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda at: walkers[at].scan(f"CART-{at + 1}"), range(2)))

    assert sorted(str(answer.message.args["batch"]) for answer in answers) == ["B000001", "B000002"]


def test_orders_are_never_batched_twice_by_two_supervisors_at_once(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    for n in range(4):
        house.order(f"O{n}", (mug, 1))
    form(house, max_totes=1, max_batches=1)

    def once(_: int) -> int:
        with writing(house.engine) as session:
            return batches.form_batches(session, house.context(command="opening")).orders

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(once, range(2))) == [0, 3]
    assert len(picks(house)) == 4


def test_a_plan_that_was_overtaken_leaves_the_changed_orders_to_the_next_wave(house: House, mug: int) -> None:
    house.put(mug, "A-1", 9)
    for n in range(3):
        house.order(f"O{n}", (mug, 1), hours=n + 1)
    allocate(house)
    plan = house.read(lambda s: batches.plan_batches(s, house.context(), max_totes=1))
    with writing(house.engine) as session:
        session.get_one(Order, 2).is_held = True

    with writing(house.engine) as session:
        formed = batches.write_batches(session, house.context(command="opening"), plan)

    assert (formed.orders, formed.stale) == (2, 1)
    said = batches.formed_message(formed)
    assert say(said.code, dict(said.args)).endswith("1 orders changed meanwhile: they come with the next wave.")
    assert orders_of(house, "B000002") == ["O2"]
