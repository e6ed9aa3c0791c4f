"""Several people, open refills, codes for numbers and supervisors: a count puts the book right once, and truly."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import form
from tests.services.putaway_floor import Worker, is_clean, last_reason, rows, worker
from tests.services.test_putaway_looks import ask, before_bin, looks, mug
from tests.services.test_replenishing import faced
from wms_desktop import phrases
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Dialogue, Reservation, Stock
from wms_desktop.prompts import Outcome
from wms_desktop.services import inventory

__all__ = ["mug"]

SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)
POSTGRESQL = pytest.mark.parametrize("house", ["postgresql"], indirect=True)


def beside(house: House) -> tuple[Worker, Worker]:
    """Two people before one bin, as when both scan it in one moment."""
    me, other = before_bin(house), worker(house, "DOCK-B", "OP-picker")
    other.key("find")
    with writing(house.engine) as session:
        mine, theirs = session.scalars(select(Dialogue).order_by(Dialogue.station_id)).all()
        theirs.state, theirs.facts = mine.state, mine.facts
    return me, other


def held(house: House, mug: int, qty: int) -> None:
    """An order holds so many mugs of the bin."""
    order = house.order("O1", (mug, qty))
    stock = house.read(lambda s: s.scalars(select(Stock.id).where(Stock.location_id == house.place("A-1"))).one())
    with writing(house.engine) as session:
        inventory.hold(session, stock, order, qty, "{}")


@POSTGRESQL
def test_two_counts_in_one_moment_put_the_book_right_once(house: House, mug: int) -> None:
    both = beside(house)
    gate, told = threading.Barrier(2, timeout=5), []

    def count(one: Worker) -> None:
        gate.wait()
        told.append(one.key("quantity", "9").message.code)

    threads = [threading.Thread(target=count, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["look_fewer", "look_over"]
    assert (house.on_hand("A-1", mug), house.on_hand("A-1", mug, "missing")) == (9, 3)


@SQLITE
@pytest.mark.parametrize("key", ["yes", "quantity"])
def test_the_second_hears_that_it_is_counted_already(house: House, mug: int, key: str) -> None:
    me, other = beside(house)
    other.key("quantity", "9")

    assert (me.prompt().state, me.key(key, "9").message.code, me.scan("A-1").message.code) == (
        "take", "look_over", "look_over",
    )  # fmt: skip
    assert me.scan("A-2").message.code == "look_at_bin"


@SQLITE
def test_a_bin_that_a_colleague_counts_is_given_to_nobody_else(house: House, mug: int) -> None:
    me, other = before_bin(house), worker(house, "DOCK-B", "OP-picker")

    assert (other.scan("A-1").message.code, other.key("choose", "1").message.code) == ("look_taken", "look_taken")
    me.key("back")
    assert other.scan("A-1").message.code == "look_at_bin"


@SQLITE
@pytest.mark.parametrize("counted", [29, 25])
def test_units_in_the_hands_of_a_colleague_are_not_missing(house: House, counted: int) -> None:
    pen = faced(house, "CUP", "F-1")
    house.put(pen, "F-1", 1)
    house.bin("C-1", y_mm=5000)
    house.put(pen, "C-1", 40)
    me, other = worker(house), worker(house, "DOCK-B", "OP-picker")
    me.key("find")
    me.scan("C-1")  # eleven are in hand, and booked in C-1 until the face is scanned
    ask(house, pen, "C-1", "other")

    assert other.scan("C-1").prompt.args["there"] == 29
    other.key("quantity", str(counted))
    assert me.scan("F-1").message.code == "refilled_last"

    assert (house.on_hand("C-1", pen), house.on_hand("C-1", pen, "missing")) == (counted, 29 - counted)
    assert is_clean(house)


@SQLITE
@pytest.mark.parametrize("text", ["4006381333931", "00340123450000000018", "9" * 20, "1000001"])
def test_a_code_is_no_count(house: House, mug: int, text: str) -> None:
    me = before_bin(house)

    assert me.scan(text).outcome in (Outcome.NOT_UNDERSTOOD, Outcome.STOP)
    assert (me.state, looks(house)[0].is_counted) == ("look_count", False)


@SQLITE
def test_an_unknown_ean_asks_for_the_number_again(house: House, mug: int) -> None:
    me = before_bin(house)

    assert me.scan("4006381333931").message.code == "count_wanted"


@SQLITE
def test_a_bin_that_was_counted_is_asked_for_anew_by_a_later_report(house: House, mug: int) -> None:
    me = before_bin(house)
    me.key("quantity", "15")

    ask(house, mug, "A-1", "not_there")

    assert [(one.bin, one.reason) for one in looks(house) if not one.is_counted] == [
        ("A-2", "blocked"), ("A-1", "not_there"),
    ]  # fmt: skip
    assert (me.state, me.scan("A-1").message.code) == ("take", "look_at_bin")


@SQLITE
def test_a_supervisors_badge_writes_in_what_the_book_does_not_know(house: House, mug: int) -> None:
    me = before_bin(house)
    assert me.key("quantity", "15").prompt.state == "look_settle"
    assert (me.key("yes").message.code, me.scan("OP-picker").message.code) == ("supervisor_wanted", "supervisor_wanted")

    told = me.scan("OP-supervisor")

    assert (told.message.code, house.on_hand("A-1", mug), me.state) == ("look_settled", 15, "take")
    assert ([one.bin for one in looks(house)], last_reason(house)) == (["A-2"], "count, settled by Supervisor")
    assert is_clean(house)
    me.key("undo")
    assert (house.on_hand("A-1", mug), me.state, is_clean(house)) == (12, "look_settle", True)


@SQLITE
def test_a_supervisor_who_counts_settles_with_f8(house: House, mug: int) -> None:
    me = worker(house, badge="OP-supervisor")
    me.scan("A-1")
    me.key("quantity", "15")

    assert (me.key("yes").message.code, house.on_hand("A-1", mug)) == ("look_settled", 15)


@SQLITE
def test_settled_fewer_lets_orders_go_and_holds_the_rest_as_missing(house: House, mug: int) -> None:
    held(house, mug, 10)
    me = before_bin(house)

    told = me.key("quantity", "4")
    assert (told.message.code, told.message.args["moved"], told.message.args["now"]) == ("look_differs_fewer", 2, 10)
    assert "2" in phrases.sentence(told.message.code, told.message.args)
    assert me.scan("OP-supervisor").message.code == "look_settled"

    assert (house.on_hand("A-1", mug), house.on_hand("A-1", mug, "missing"), is_clean(house)) == (4, 8, True)
    assert house.read(lambda s: s.scalars(select(Reservation.qty)).all()) == [4]
    me.key("undo")
    assert (house.on_hand("A-1", mug), is_clean(house)) == (10, True)


@SQLITE
def test_what_a_picker_is_on_the_way_to_stays_on_the_list(house: House, mug: int) -> None:
    house.order("O1", (mug, 10))
    form(house)
    me = before_bin(house)
    me.key("quantity", "4")

    told = me.scan("OP-supervisor")

    assert (told.message.code, told.message.args["behind"], house.on_hand("A-1", mug)) == ("look_settled_part", 6, 10)
    counted = looks(house)[-1]
    assert (counted.is_counted, counted.found, counted.there) == (True, 4, 10)


@SQLITE
def test_a_count_that_differs_is_typed_again_or_left_for_later(house: House, mug: int) -> None:
    me = before_bin(house)
    me.key("quantity", "150")
    assert me.key("back").prompt.state == "take"

    assert me.scan("A-1").message.code == "look_at_bin"
    assert me.key("quantity", "15").prompt.args["found"] == 15
    assert me.key("quantity", "12").message.code == "look_right"


@SQLITE
def test_the_difference_is_settled_whatever_was_moved_since(house: House, mug: int) -> None:
    me = before_bin(house)
    me.key("quantity", "15")
    house.put(mug, "A-1", 2)

    me.scan("OP-supervisor")

    assert house.on_hand("A-1", mug) == 17


@SQLITE
def test_of_several_lots_the_one_that_differs_is_typed_before_the_badge(house: House) -> None:
    milk = house.product("MILK", lot_tracked=True)
    house.bin("A-1")
    lots = {code: house.lot(milk, code) for code in ("L1", "L2", "L3")}
    for code in ("L1", "L2"):
        house.put(milk, "A-1", 3, lot_id=lots[code])
    ask(house, milk, "A-1", "not_there")
    me = before_bin(house)
    me.key("quantity", "5")
    assert me.scan("OP-supervisor").message.code == "look_lot_wanted"
    me.scan("L3")
    assert me.scan("OP-supervisor").message.code == "look_lot_wanted"

    assert rows(me.scan("L2").prompt) == ["Lot L2 differs"]
    assert me.scan("OP-supervisor").message.code == "look_settled"

    assert (house.on_hand("A-1", milk), house.on_hand("A-1", milk, "missing"), is_clean(house)) == (5, 1, True)
