"""A purchase order taken in as announced, and what was made for a line: it gets that, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import allocate, form, give, picker, proved, reserved, say
from tests.services.stock_floor import bring, change_line, change_order, command, story
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Peg, PurchaseLine, PurchaseOrder, ReceiptLine
from wms_desktop.prompts import Answer, Outcome
from wms_desktop.services import allocation, goods_in, putaway, receiving, undoing
from wms_desktop.services.goods_in_acts import ACTS


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1", y_mm=1000)
    house.bin("A-2", y_mm=2000)
    return house.product("MUG")


def take_in(house: House, purchase: int = 1) -> Answer:
    return command(house, lambda s, c: goods_in.receive_all(s, c, purchase).message, station="DOCK-A")


def told(answer: Answer) -> str:
    return say(answer.message.code, dict(answer.message.args))


def pegs(house: House) -> list[tuple[int, int, str, str]]:
    """Of each peg: the line, units, state and reason."""
    rows = house.read(lambda s: s.scalars(select(Peg).order_by(Peg.id)).all())
    return [(row.order_line_id, row.qty, row.state, row.reason) for row in rows]


# --- a whole purchase order ------------------------------------------------------------------------------------------


def test_everything_that_is_due_stands_on_the_dock_and_who_waits_has_it(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.purchase("PO-1", (mug, 5), (jug, 3))
    house.order("O1", (mug, 2), (jug, 1))

    answer = take_in(house)

    assert told(answer) == (
        "Purchase order PO-1: 8 units of 2 lines stand on the dock (receipt R000001), 3 of them for waiting orders."
    )
    assert (house.on_hand("DOCK-1", mug), house.on_hand("DOCK-1", jug)) == (5, 3)
    assert pegs(house) == [(1, 2, "arrived", "completes"), (2, 1, "arrived", "completes")]
    assert house.read(lambda s: s.scalars(select(PurchaseLine.received).order_by(PurchaseLine.id)).all()) == [5, 3]
    assert proved(house) == []


def test_what_must_be_inspected_comes_in_and_waits_for_it(house: House, mug: int) -> None:
    jug = house.product("JUG", is_inspected=True)
    house.purchase("PO-1", (mug, 5), (jug, 3))
    house.order("O1", (jug, 1))

    answer = take_in(house)

    assert (answer.message.args["units"], answer.message.args["lines"], answer.message.args["tied"]) == (8, 2, 0)
    assert (house.on_hand("DOCK-1", jug, "inspect"), house.on_hand("DOCK-1", jug)) == (3, 0)
    assert proved(house) == []


def test_units_with_serial_numbers_are_left_to_be_scanned(house: House, mug: int) -> None:
    drill = house.product("DRILL", serial_tracked=True)
    house.purchase("PO-1", (mug, 5), (drill, 3))

    answer = take_in(house)

    assert (answer.message.code, answer.message.args["skus"]) == ("goods_in.part", "DRILL")
    assert house.on_hand("DOCK-1", drill) == 0


def test_only_what_is_still_due_comes_in(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 5))
    house.at(receiving, "DOCK-A", "OP-receiver").scan("PO-1", "EAN-MUG", "EAN-MUG")

    take_in(house)

    assert house.on_hand("DOCK-1", mug) == 5
    assert told(take_in(house)) == "Nothing is due of purchase order PO-1 any more."


def test_a_ship_complete_order_that_the_whole_arrival_completes_goes_to_its_lane(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.purchase("PO-1", (mug, 2), (jug, 3))
    house.order("WHOLE", (mug, 2), (jug, 3), complete=True)

    take_in(house)

    assert pegs(house) == [(1, 2, "arrived", "completes"), (2, 3, "arrived", "completes")]


def test_a_ship_complete_order_that_stays_incomplete_gets_nothing(house: House, mug: int) -> None:
    jug, pot = house.product("JUG"), house.product("POT")
    house.purchase("PO-1", (mug, 2), (jug, 3))
    house.order("WHOLE", (mug, 2), (jug, 3), (pot, 1), complete=True)

    take_in(house)

    assert pegs(house) == []


def test_the_whole_order_is_shared_out_as_scan_by_scan(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 4), (mug, 3))
    house.order("LATE", (mug, 3), hours=9)
    house.order("SOON", (mug, 3), hours=1)

    take_in(house)

    assert reserved(house) == {1: 3, 2: 3}
    assert [(line, qty) for line, qty, _, _ in pegs(house)] == [(2, 3), (1, 1), (1, 2)]
    assert proved(house) == []


def test_articles_with_lots_or_days_are_left_to_be_scanned(house: House, mug: int) -> None:
    milk = house.product("MILK", lot_tracked=True, expiry_tracked=True)
    house.purchase("PO-1", (mug, 5), (milk, 3))
    house.purchase("PO-2", (milk, 3))

    assert told(take_in(house)).endswith("Scan these, their lot or day must be read: MILK.")
    assert house.on_hand("DOCK-1", milk) == 0
    assert told(take_in(house, 2)) == (
        "Every article of purchase order PO-2 has a lot or an expiry day: scan them at the dock.")  # fmt: skip


def test_a_closed_purchase_order_is_refused(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 5))

    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, 1).state = "closed"

    assert take_in(house).outcome is Outcome.STOP


def test_the_whole_goods_in_is_taken_back(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 5))
    house.order("O1", (mug, 2))
    take_in(house)

    command(house, lambda s, c: undoing.undo_last(s, c, "setup"), station="DOCK-A")

    assert (house.on_hand("DOCK-1", mug), reserved(house), pegs(house)) == (0, {1: 0}, [])
    assert house.read(lambda s: s.scalars(select(ReceiptLine)).all()) == []
    assert house.read(lambda s: s.get_one(PurchaseLine, 1).received) == 0
    assert proved(house) == []


def test_a_desk_takes_a_purchase_order_in_by_name(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 5))

    answer = command(house, lambda s, c: ACTS["receive_purchase"].do(s, c, {"purchase": 1}).message, station="DOCK-A")

    assert (answer.message.code, ACTS["receive_purchase"].workflow) == ("goods_in.whole", "receive")


# --- made to order ---------------------------------------------------------------------------------------------------


@pytest.fixture
def made(house: House, mug: int) -> int:
    """A made-to-order line of two mugs, bought with the second line of PO-1; gives its order line's id."""
    house.purchase("PO-1", (mug, 3), (mug, 2))
    house.order("OLDER", (mug, 9), hours=1)
    house.order("MADE", (mug, 2), hours=9)
    change_line(house, 2, made_to_order=True, made_by_id=2)
    return 2


def test_a_made_to_order_line_gets_nothing_from_stock(house: House, mug: int, made: int) -> None:
    house.put(mug, "A-1", 20)

    waiting = allocate(house).waiting

    assert reserved(house) == {1: 9, made: 0}
    assert [(one.line_id, one.why) for one in waiting] == [(made, "made_to_order")]
    assert story(house, made)[0] == (
        "2 units are made to order: they come with purchase order PO-1, due 2026-03-02.")  # fmt: skip


def test_what_was_made_for_a_line_is_offered_to_it_first(house: House, mug: int, made: int) -> None:
    take_in(house)

    assert reserved(house) == {1: 3, made: 2}
    assert set(pegs(house)) == {(made, 2, "arrived", "made_for_it"), (1, 3, "arrived", "part")}


def test_units_of_another_purchase_line_are_not_offered_to_it(house: House, mug: int, made: int) -> None:
    house.purchase("PO-2", (mug, 20))

    take_in(house, 2)

    assert reserved(house) == {1: 9, made: 0}


def test_scan_by_scan_its_own_purchase_line_fills_last_and_is_its_own(house: House, mug: int, made: int) -> None:
    dock = house.at(receiving, "DOCK-A", "OP-receiver")
    dock.scan("PO-1", "EAN-MUG")
    dock.key("quantity", "3")
    first = reserved(house)

    dock.key("quantity", "5")

    assert (first, reserved(house)) == ({1: 3, made: 0}, {1: 3, made: 2})
    assert told(dock.key("why")).startswith("Order MADE had these 2 made for it")
    assert proved(house) == []


def test_a_declined_lane_leaves_what_was_made_for_it_in_a_bin(house: House, mug: int, made: int) -> None:
    dock = house.at(receiving, "DOCK-A", "OP-receiver")
    dock.scan("PO-1", "EAN-MUG")
    dock.key("quantity", "3")
    dock.key("quantity", "5")

    dock.key("decline")
    dock.key("choose", "1")

    assert reserved(house)[made] == 2
    assert (made, 2, "stored", "made_for_it") in pegs(house)


def test_what_is_made_for_an_order_on_hold_is_kept_for_it(house: House, mug: int, made: int) -> None:
    change_order(house, 2, is_held=True)

    take_in(house)

    assert (made, 2, "stored", "made_for_it") in pegs(house)


def test_the_rest_of_a_ship_complete_order_follows_what_was_made_for_it(house: House, mug: int) -> None:
    jug = house.product("JUG")
    house.purchase("PO-1", (mug, 2))
    house.put(jug, "A-2", 3)
    house.order("WHOLE", (mug, 2), (jug, 3), complete=True)
    change_line(house, 1, made_to_order=True, made_by_id=1)

    take_in(house)

    assert reserved(house) == {1: 2, 2: 3}
    assert pegs(house) == [(1, 2, "stored", "made_for_it")]


def test_a_short_pick_of_what_was_made_is_not_made_up_from_stock(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 2))
    house.order("MADE", (mug, 2), is_held=True)
    change_line(house, 1, made_to_order=True, made_by_id=1)
    take_in(house)
    house.at(putaway, "DOCK-A", "OP-receiver").scan("EAN-MUG", "A-1")
    bring(house, mug, "A-2", 9)
    change_order(house, 1, is_held=False)
    number = form(house).numbers[0]
    give(house, number, "OP-picker")
    hand = picker(house)
    hand.scan("CART-1", "TOTE-01", "A-1")

    hand.key("short", "1")
    hand.key("choose", "1")

    assert hand.said == "pick_short_backorder"
    assert (reserved(house), house.on_hand("A-2", mug)) == ({1: 1}, 9)


def test_what_was_made_for_a_line_is_never_taken_back(house: House, mug: int) -> None:
    house.purchase("PO-1", (mug, 2))
    house.order("MADE", (mug, 2), is_held=True)
    change_line(house, 1, made_to_order=True, made_by_id=1)
    take_in(house)
    house.at(putaway, "DOCK-A", "OP-receiver").scan("EAN-MUG", "A-1")
    house.order("URGENT", (mug, 1), is_pinned=True)

    command(house, lambda s, c: allocation.allocate_for(s, c, 2, take_back=True))

    assert reserved(house) == {1: 2, 2: 0}
