"""The decision queue: who comes into it and when not again, and what each choice does or refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.test_promising import act, changes, day, lines, recompute
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Cancellation, Decision, Order, OrderEvent, OrderLine, PurchaseOrder, Substitute
from wms_desktop.services import allocation, deciding, promise_reads
from wms_desktop.views.promises import DecisionRow


@pytest.fixture
def mug(house: House) -> int:
    """An article with a bin."""
    house.bin("A-1")
    return house.product("MUG", price=5)


def queue(house: House) -> tuple[DecisionRow, ...]:
    """The queue as the desk asks for it."""
    found: tuple[DecisionRow, ...] = house.read(
        lambda session: promise_reads.QUESTIONS["decisions"](session, house.now, {})
    )
    return found


def late(house: House, mug: int, *, due: int = 12, number: str = "O1", qty: int = 3, **facts: Any) -> int:
    """An order promised for the day after tomorrow whose goods come later; gives its line's id."""
    house.order(number, (mug, qty), promise=day(2), **facts)
    house.purchase(f"P-{number}", (mug, qty), due=day(due))
    recompute(house)
    return lines(house)[number].id


def decide(house: House, line: int, choice: str, **more: Any) -> str:
    """One decision; gives the code of what is said."""
    args = {"days": None, "alternative": None, "units": None, "reason": ""} | more
    return act(house, "decide", line=line, choice=choice, **args).message.code


# --- who comes in --------------------------------------------------------------------------------------------


def test_a_line_later_than_the_limit_needs_a_decision_and_one_within_it_does_not(house: House, mug: int) -> None:
    line = late(house, mug, due=10)
    cup = house.product("CUP")
    late(house, cup, due=9, number="O2")
    row, *others = queue(house)

    assert (row.line_id, row.order_number, row.sku, row.units, row.days_late, row.eta) == (
        line, "O1", "MUG", 3, 8, day(10))  # fmt: skip
    assert (row.first_promise, row.promise, row.value, row.currency, row.choices) == (
        day(2), day(10), 3 * lines(house)["O1"].price, "GBP", ("wait", "cancel"))  # fmt: skip
    assert (row.why.code, row.why.args, row.cause) == ("promises.why_late", {"days": 8}, "demand")
    assert others == []


def test_a_second_slip_needs_one_however_short(house: House, mug: int) -> None:
    late(house, mug, due=3)
    assert queue(house) == ()

    act(house, "move_purchase", purchase=1, due=day(4))

    assert [(row.slips, row.days_late, row.why.code) for row in queue(house)] == [(2, 2, "promises.why_slips")]


def test_a_line_without_a_day_needs_one_but_a_pre_order_does_not_yet(house: House, mug: int) -> None:
    house.order("O1", (mug, 3), promise=day(5))
    house.order("O2", (mug, 3), promise=day(9), release_on=day(9))
    recompute(house)

    assert [(row.order_number, row.eta, row.choices, row.why.code) for row in queue(house)] == [
        ("O1", None, ("cancel", "wait"), "promises.why_no_day")]  # fmt: skip


def test_what_has_its_goods_needs_none_however_late(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3)
    house.order("O1", (mug, 3), promise=day(-30))
    recompute(house)

    assert queue(house) == ()


def test_of_an_order_that_must_be_asked_about_one_line_asks_when_a_part_could_leave(house: House, mug: int) -> None:
    cup = house.product("CUP")
    house.put(cup, "A-1", 2)
    house.order("O1", (cup, 2), (mug, 3), (mug, 1), promise=day(5), complete=True, must_ask=True)
    house.order("O2", (mug, 1), promise=day(5), complete=True, must_ask=True)
    house.purchase("P1", (mug, 9), due=day(5))
    recompute(house)
    row, *others = queue(house)

    assert (row.order_number, row.units, row.choices[0], row.why.args) == ("O1", 3, "part_ship", {"units": 2})
    assert others == []


def test_a_substitute_that_covers_all_is_proposed_first(house: House, mug: int) -> None:
    line, cup = late(house, mug), house.product("CUP", price=4)
    with writing(house.engine) as session:
        session.add(Substitute(product_id=mug, alternative_id=cup))
    house.put(cup, "A-1", 2)
    partly = queue(house)[0].choices
    house.put(cup, "A-1", 1)

    assert partly == ("wait", "substitute", "cancel")
    assert (queue(house)[0].choices, queue(house)[0].alternatives[0].sku) == (("substitute", "wait", "cancel"), "CUP")
    assert decide(house, line, "substitute", alternative=cup) == "orders.substituted"
    assert queue(house) == ()


# --- what each choice does -----------------------------------------------------------------------------------


def test_waiting_moves_the_orders_promise_to_the_accepted_day_and_is_kept(house: House, mug: int) -> None:
    line = late(house, mug)
    said = decide(house, line, "wait", days=14, reason="asked by phone")
    order, kept = house.read(lambda s: (s.scalars(select(Order)).one(), s.scalars(select(Decision)).one()))
    events = house.read(lambda s: s.scalars(select(OrderEvent).order_by(OrderEvent.id)).all())
    found = lines(house)["O1"]

    assert (said, order.promise) == ("promises.decided_wait", day(16))
    assert (found.first_promise, found.promise, found.promise_rule) == (day(2), day(16), "accepted")
    assert (kept.choice, kept.days, kept.eta) == ("wait", 14, day(12))
    assert [(event.code, event.order_line_id) for event in events] == [
        ("event.decided_wait", line), ("event.decided_why", line)]  # fmt: skip
    assert queue(house) == ()


def test_waiting_without_a_number_is_until_the_eta(house: House, mug: int) -> None:
    decide(house, late(house, mug), "wait")

    assert house.read(lambda s: s.scalars(select(Decision.days)).one()) == 10
    assert lines(house)["O1"].promise == day(12)


def test_once_decided_it_is_asked_again_only_past_what_was_accepted(house: House, mug: int) -> None:
    line = late(house, mug)
    decide(house, line, "wait", days=14)
    moved = {}
    for due in (15, 13, 17):
        act(house, "move_purchase", purchase=1, due=day(due))
        moved[due] = len(queue(house))

    assert moved == {15: 0, 13: 0, 17: 1}
    assert changes(house)[-1][:3] == ("slipped", day(16), day(17))


def test_a_part_is_sent_when_somebody_says_so(house: House, mug: int) -> None:
    cup = house.product("CUP")
    house.put(cup, "A-1", 2)
    house.order("O1", (cup, 2), (mug, 3), promise=day(5), complete=True, must_ask=True)
    recompute(house)
    line = queue(house)[0].line_id
    said = decide(house, line, "part_ship")
    order = house.read(lambda s: s.scalars(select(Order)).one())
    reserved = house.read(lambda s: s.scalars(select(OrderLine.reserved).order_by(OrderLine.id)).all())

    assert (said, order.must_ask, order.ship_complete) == ("promises.decided_part_ship", False, False)
    assert reserved == [2, 0]


def test_cancelling_keeps_reason_day_and_how_long_the_customer_had_waited(house: House, mug: int) -> None:
    line = late(house, mug)
    house.now += timedelta(days=3)
    said = decide(house, line, "cancel", units=2, reason="too late for a birthday")
    row = house.read(lambda s: s.scalars(select(Cancellation)).one())

    assert said == "orders.cancelled"
    assert (row.qty, row.reason, row.waited_days) == (2, "too late for a birthday", 4)
    assert lines(house)["O1"].cancelled == 2
    assert house.read(lambda s: s.scalars(select(Decision.choice)).one()) == "cancel"


def test_nothing_is_cancelled_unseen_however_late_it_is(house: House, mug: int) -> None:
    late(house, mug, due=200)
    house.now += timedelta(days=300)
    recompute(house)

    assert lines(house)["O1"].cancelled == 0
    assert len(queue(house)) == 1


# --- what is refused -----------------------------------------------------------------------------------------

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("sell", {}, "promises.no_choice"),
    ("wait", {"days": 9}, "promises.wait_too_short"),
    ("wait", {"days": -1}, "promises.wait_days"),
    ("wait", {"days": 99999}, "promises.wait_days"),
    ("substitute", {}, "promises.no_alternative"),
    ("substitute", {"alternative": 1}, "orders.no_substitute"),
    ("part_ship", {}, "promises.not_asked"),
    ("cancel", {"reason": ""}, "orders.reason_wanted"),
    ("cancel", {"units": 4, "reason": "x"}, "promises.decide_how_many"),
    ("cancel", {"units": 0, "reason": "x"}, "promises.decide_how_many"),
]


def test_what_cannot_be_decided_is_refused_and_nothing_is_kept(house: House, mug: int) -> None:
    line = late(house, mug)
    said = [decide(house, line, choice, **more) for choice, more, _ in REFUSED]

    assert said == [code for _, _, code in REFUSED]
    assert house.read(lambda s: (s.scalars(select(Decision)).all(), s.scalars(select(Cancellation)).all())) == ([], [])
    assert lines(house)["O1"].promise_rule == "inbound"


def _served(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3)
    with writing(house.engine) as session:
        allocation.allocate(session, house.context(station="DESK-1", badge="OP-buyer", command="opening"))


def test_a_line_that_has_its_goods_by_now_or_is_gone_is_refused(house: House, mug: int) -> None:
    line = late(house, mug)
    _served(house, mug)

    assert decide(house, line, "wait", days=20) == "promises.nothing_waits"
    assert decide(house, 999, "wait", days=20) == "promises.no_lines"


def test_waiting_for_nothing_needs_a_number_of_days(house: House, mug: int) -> None:
    line = late(house, mug)
    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, 1).state = "cancelled"
    recompute(house)

    assert decide(house, line, "wait") == "promises.wait_how_long"
    assert decide(house, line, "wait", days=20) == "promises.decided_wait"
    assert queue(house) == ()


def test_the_choices_are_those_that_the_table_keeps() -> None:
    assert set(deciding._DO) == {"wait", "substitute", "part_ship", "cancel"}
