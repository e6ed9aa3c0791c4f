"""Why this order, why not that one: every order that got units, and every rule that kept one waiting, is named."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services.inbound_desk import act, book
from tests.services.pick_floor import allocate
from tests.services.stock_floor import change_order, command
from wms_desktop.db.tables import Peg
from wms_desktop.errors import BadInput
from wms_desktop.phrases import sentence, texts
from wms_desktop.prompts import Message
from wms_desktop.services import backlog_reads, dock_reads, dock_reasons, goods_in, receipts
from wms_desktop.services.dialogue import Context


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1")
    return house.product("MUG")


def why(house: House, line: int) -> list[str]:
    """What is told of an order line."""
    said = house.read(lambda s: dock_reads.QUESTIONS["why_share"](s, house.now, {"order_line": line}))
    return [sentence(message.code, message.args) for message in said]


def check_in(house: House, *lines: tuple[int, int]) -> None:
    """A truck with these goods is here."""
    book(house, house.purchase("PO-1", *lines))
    act(house, "check_in", station="DOCK-A", delivery=1)


def receive(house: House) -> None:
    """All of the truck stands on the dock."""

    def take_in(session: Session, context: Context) -> Message:
        receipts.open_for(session, context, 1, delivery_id=1)
        return goods_in.receive_all(session, context, 1).message

    command(house, take_in, station="DOCK-A")


def test_who_gets_units_hears_from_which_truck_and_why(house: House, mug: int) -> None:
    house.order("A", (mug, 2))
    check_in(house, (mug, 2))

    assert why(house, 1) == ["2 units of T000001, which is here, are for it, lane LANE-1: completes the order."]

    receive(house)

    assert why(house, 1) == [
        "2 units of T000001 stand on the dock for it, to be carried to lane LANE-1: completes the order."
    ]


def test_who_comes_later_hears_who_came_first_and_what_is_left(house: House, mug: int) -> None:
    house.order("LATER", (mug, 2), hours=6)
    house.order("FIRST", (mug, 2), hours=3)
    check_in(house, (mug, 2))

    assert why(house, 1) == [
        "FIRST has 2 units of it. It comes first: its cut-off is still reachable, leaves 2026-03-02 15:00.",
        "2 units still wait: all 2 that the trucks bring are for orders that go first.",
    ]


def test_a_large_order_hears_that_more_leave_complete_without_it_and_how_often(house: House, mug: int) -> None:
    house.order("BIG", (mug, 4), placed_at=house.now - timedelta(days=9))
    house.order("A", (mug, 2))
    house.order("B", (mug, 2))
    check_in(house, (mug, 4))

    assert why(house, 1) == [
        "A has 2 units of it. Equal in rank: so more orders, or more value, leave complete.",
        "B has 2 units of it. Equal in rank: so more orders, or more value, leave complete.",
        "4 units still wait: all 4 that the trucks bring are for orders that go first.",
        "Passed over so far: 1. After three it goes first in its rank.",
    ]


def test_a_held_order_hears_that_it_is_kept_out_though_it_comes_first(house: House, mug: int) -> None:
    change_order(house, house.order("HELD", (mug, 2), hours=3), is_held=True, hold_reason="paid?")
    house.order("A", (mug, 2), hours=6)
    check_in(house, (mug, 2))

    assert why(house, 1) == [
        "A has 2 units of it, though it comes later: this order is kept out, the order is on hold.",
        "2 units still wait: the order is on hold.",
    ]


def test_a_ship_complete_order_hears_which_article_is_missing(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.order("WHOLE", (mug, 1), (jug, 1), hours=3, complete=True)
    house.order("A", (mug, 1), hours=6)
    check_in(house, (mug, 1))

    assert why(house, 1) == [
        "A has 1 units of it, though it comes later: this order ships complete, and could not.",
        "1 units still wait: the order ships complete, and nothing covers JUG.",
    ]


def test_the_desks_reasons_tell_the_docks_where_an_arrival_was_tied_to_anybody(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.order("LATER", (mug, 2), (jug, 1), hours=6)
    house.order("FIRST", (mug, 2), hours=3)
    check_in(house, (mug, 2))

    def desk(line: int) -> list[str]:
        said = house.read(lambda s: backlog_reads.QUESTIONS["why"](s, house.now, {"line": line}))
        return [message.code for message in said if message.code.startswith("dock.")]

    assert desk(1) == ["dock.other_before", "dock.rest_nothing_left"]
    assert desk(2) == []


def test_where_no_truck_brings_any_that_is_said(house: House, mug: int) -> None:
    house.order("A", (mug, 1))

    assert why(house, 1) == ["1 units still wait: no truck that is here or planned brings any."]


def test_a_line_that_waits_for_nothing_says_so(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    house.order("A", (mug, 1))
    allocate(house)

    assert why(house, 1) == ["It waits for nothing, and nothing came for it across the dock."]


def test_what_was_declined_or_let_go_is_told_with_its_reason(house: House, mug: int) -> None:
    house.order("A", (mug, 3))
    for qty, reason in ((1, "declined: does_not_fit"), (2, "did_not_come"), (1, "came"), (1, "unheard of")):
        add_released(house, qty, reason)

    assert why(house, 1) == [
        "1 units were sent to storage at the dock instead: does not fit.",
        "2 units were let go again: they did not come.",
        "1 units were let go again: the house took them back.",
        "3 units still wait: no truck that is here or planned brings any.",
    ]


def add_released(house: House, qty: int, reason: str) -> None:
    """A peg of the first line that was let go."""

    def write(session: Session, context: Context) -> Message:
        session.add(Peg(receipt_line_id=None, order_line_id=1, qty=qty, state="released", reason="completes",
                        why=reason, at=context.at))  # fmt: skip
        return Message("orders.checked")

    command(house, write)


def test_many_that_come_first_are_summed_up(house: House, mug: int) -> None:
    house.order("LATER", (mug, 2), hours=9)
    for number in range(8):
        house.order(f"F{number}", (mug, 1), hours=3)
    check_in(house, (mug, 8))

    said = why(house, 1)

    assert len(said) == dock_reasons.FEW + 2
    assert said[dock_reasons.FEW] == "3 more orders have 3 units of it."


def test_every_word_these_sentences_name_is_there() -> None:
    groups = {"why.peg_": dock_reasons._PEG_WHYS, "why.guard_": dock_reasons._GUARDS, "why.": dock_reasons._RULES,
              "reason.": dock_reasons._REASONS}  # fmt: skip
    named = {f"{start}{code}" for start, codes in groups.items() for code in codes} | {"why.guard_other"}
    states = {
        f"dock.has_{state}" for state in ("proposed", "firm", "arrived", "in_lane", "stored", "fetched", "packed")
    }

    assert {*named, *states} <= texts().keys()


def test_an_unknown_line_is_refused(house: House) -> None:
    with pytest.raises(BadInput, match=r"dock\.no_line"):
        why(house, 99)
