"""Bins that somebody said the book is wrong of are counted on the putaway screen."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import form, picker
from tests.services.putaway_floor import Worker, is_clean, last_reason, rows, worker
from tests.services.test_replenishing import faced
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Stock
from wms_desktop.prompts import Outcome
from wms_desktop.services import batches, inventory, lane_reads
from wms_desktop.views.refills import Look

# The question runs on both databases, the dialogue on one.
SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture
def mug(house: House) -> int:
    """Twelve mugs in a bin that somebody found full, and a pen's bin that somebody could not reach."""
    mug, pen = house.product("MUG", name="Blue mug"), house.product("PEN", name="Pen")
    for at, (product, code, qty) in enumerate(((mug, "A-1", 12), (pen, "A-2", 5)), 1):
        house.bin(code, y_mm=1000 * at)
        house.put(product, code, qty)
    ask(house, mug, "A-1", "full")
    ask(house, pen, "A-2", "blocked")
    return mug


def ask(house: House, product: int, code: str, reason: str) -> None:
    """Somebody asks for a count."""
    context = house.context(badge="OP-receiver")
    with writing(house.engine) as session:
        batches.request_count(session, context, (house.place(code), product), reason=reason, found=1, expected=1)


def looks(house: House) -> list[Look]:
    """What the desk asks."""
    return list(house.read(lambda s: lane_reads.QUESTIONS["looks"](s, house.now, {})))


def before_bin(house: House) -> Worker:
    me = worker(house)
    me.key("find")
    me.scan("A-1")
    return me


def test_the_desk_lists_each_bin_with_its_figures(house: House, mug: int) -> None:
    first, second = looks(house)

    assert (first.bin, first.product, first.reason, first.there, first.missing, first.wanted) == (
        "A-1", "Blue mug", "full", 12, 0, 0,
    )  # fmt: skip
    assert (second.bin, second.is_urgent, second.is_counted) == ("A-2", False, False)


def test_a_bin_in_which_a_pick_waits_comes_first(house: House, mug: int) -> None:
    pen = looks(house)[1].product_id
    house.order("O1", (pen, 2))
    assert form(house).orders == 1

    assert [(one.bin, one.wanted) for one in looks(house)] == [("A-2", 2), ("A-1", 0)]
    assert rows(worker(house).prompt())[0] == "1 · COUNT Pen in A-2: a pick waits"


@SQLITE
def test_a_bin_is_counted_by_its_scan_and_a_number(house: House, mug: int) -> None:
    me = worker(house)

    assert (me.key("find").prompt.state, me.prompt().big) == ("look", "A-1")
    assert me.scan("A-1").prompt.state == "look_count"
    told = me.scan("A-2")
    assert told.outcome == Outcome.STOP
    told = me.key("quantity", "12")

    assert (told.message.code, told.message.args["left"], me.state) == ("look_right", 1, "take")
    assert [one.bin for one in looks(house)] == ["A-2"]


@SQLITE
def test_f8_says_as_many_as_the_book(house: House, mug: int) -> None:
    me = before_bin(house)

    assert me.key("yes").message.args["qty"] == 12
    me.scan("A-2")
    assert me.key("yes").outcome == Outcome.JOB_COMPLETE
    assert (looks(house), me.key("find").message.code) == ([], "nothing_to_refill")


@SQLITE
def test_fewer_are_held_as_missing_and_come_back_with_a_later_count(house: House, mug: int) -> None:
    me = before_bin(house)

    assert me.key("quantity", "9").message.args["moved"] == 3
    assert (house.on_hand("A-1", mug), house.on_hand("A-1", mug, "missing")) == (9, 3)
    ask(house, mug, "A-1", "other")
    me.scan("A-1")
    assert me.key("quantity", "11").message.code == "look_more"

    assert (house.on_hand("A-1", mug), house.on_hand("A-1", mug, "missing")) == (11, 1)
    assert (last_reason(house), is_clean(house)) == ("count", True)


@SQLITE
def test_an_empty_bin_is_counted_as_nothing(house: House, mug: int) -> None:
    me = before_bin(house)

    assert me.scan("0").message.code == "look_fewer"
    assert house.on_hand("A-1", mug, "missing") == 12


@SQLITE
@pytest.mark.parametrize("text", ["many", "-3"])
def test_what_is_no_number_is_asked_for_again(house: House, mug: int, text: str) -> None:
    me = before_bin(house)

    assert (me.scan(text).message.code, me.state) == ("count_wanted", "look_count")


@SQLITE
def test_more_than_the_book_knows_goes_to_a_supervisor(house: House, mug: int) -> None:
    me = before_bin(house)

    assert me.key("quantity", "15").message.code == "look_differs"

    assert house.on_hand("A-1", mug) == 12
    counted = looks(house)[-1]
    assert (counted.bin, counted.is_counted, counted.found, counted.there) == ("A-1", True, 15, 12)
    assert me.key("find").prompt.big == "A-2"


@SQLITE
def test_units_that_orders_hold_are_never_taken_as_missing(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 10))
    stock = house.read(lambda s: s.scalars(select(Stock.id).where(Stock.location_id == house.place("A-1"))).one())
    with writing(house.engine) as session:
        inventory.hold(session, stock, order, 10, "{}")
    me = before_bin(house)

    told = me.key("quantity", "4")

    assert (told.message.code, told.message.args["moved"]) == ("look_differs_fewer", 2)
    assert (house.on_hand("A-1", mug), is_clean(house)) == (10, True)


@SQLITE
def test_of_several_lots_nobody_says_which_one_lacks(house: House) -> None:
    milk = house.product("MILK", lot_tracked=True)
    house.bin("A-1")
    for code in ("L1", "L2"):
        house.put(milk, "A-1", 3, lot_id=house.lot(milk, code))
    ask(house, milk, "A-1", "not_there")
    me = before_bin(house)

    assert me.key("quantity", "5").message.code == "look_differs"
    assert house.on_hand("A-1", milk) == 6


@SQLITE
def test_undo_finds_the_count_again(house: House, mug: int) -> None:
    me = before_bin(house)
    before = (me.prompt(), looks(house))
    me.key("quantity", "9")

    me.key("undo")

    assert (me.prompt(), looks(house)) == before
    assert (house.on_hand("A-1", mug), is_clean(house)) == (12, True)


@SQLITE
def test_another_bin_first_why_and_back(house: House, mug: int) -> None:
    me = worker(house)
    me.key("find")

    assert me.key("why").message.code == "why_look"
    assert me.key("skip").prompt.big == "A-2"
    assert me.key("skip").message.code == "nothing_else_to_look_into"
    assert me.scan("A-1").message.code == "look_wrong_bin"
    assert (me.key("back").prompt.state, len(looks(house))) == ("take", 2)


@SQLITE
def test_a_face_that_a_pick_waits_for_goes_before_a_bin_and_a_bin_before_a_low_face(house: House, mug: int) -> None:
    pen = faced(house, "CUP", "F-1")
    house.put(pen, "F-1", 1)
    house.bin("C-1", y_mm=5000)
    house.put(pen, "C-1", 40)
    me = worker(house)
    assert me.key("find").prompt.state == "refill"
    me.key("back")

    house.order("O2", (mug, 2))
    form(house)
    assert me.key("find").prompt.state == "look"
    me.key("back")
    house.order("O3", (pen, 3))
    assert me.key("find").prompt.state == "refill"


@SQLITE
def test_a_short_pick_puts_its_bin_on_the_list(house: House, mug: int) -> None:
    for _ in range(2):
        me = worker(house)
        me.scan(looks(house)[0].bin)
        me.key("yes")
    house.order("O1", (mug, 2))
    form(house)
    pick = picker(house)
    pick.scan("CART-1", "TOTE-01", "A-1")
    pick.key("short")
    pick.key("quantity", "0")
    pick.key("choose", "1")

    (one,) = looks(house)
    assert (one.bin, one.reason, one.missing) == ("A-1", "not_there", 12)
