"""A bin that somebody found full is proposed to nobody before it was looked into, by whoever passes."""

from __future__ import annotations

import pytest

from tests.builders import House
from tests.services.putaway_floor import counts, is_clean, on_plate, rows, worker
from tests.services.test_putaway_looks import looks
from wms_desktop import phrases

SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture
def goods(house: House) -> tuple[int, int]:
    """Pens and cups on a pallet, and two free bins for all of it."""
    pen, cup = house.product("PEN"), house.product("CUP")
    house.bin("A-1", y_mm=1000)
    house.bin("A-2", y_mm=2000)
    on_plate(house, (pen, 6), (cup, 4))
    return pen, cup


@SQLITE
def test_an_item_of_a_plate_is_not_sent_to_the_bin_that_was_full(house: House) -> None:
    pen, cup = house.product("PEN"), house.product("CUP")
    for at, room in enumerate((0, 700_000, 700_000), 1):
        house.bin(f"A-{at}", y_mm=1000 * at, capacity_mm3=room)
    on_plate(house, (pen, 6), (cup, 4))
    me = worker(house)
    assert me.scan("PAL-1").prompt.big == "A-1"
    assert (me.key("full").message.code, me.state) == ("plate_full_apart", "apart")

    for code in ("PEN", "CUP"):
        me.scan(f"EAN-{code}")
        assert me.prompt().big in ("A-2", "A-3")
        me.scan(me.prompt().big)


def test_a_free_bin_found_full_is_looked_into_and_then_proposed_again(house: House, goods: tuple[int, int]) -> None:
    me, other = worker(house), worker(house, "DOCK-B", "OP-picker")
    me.scan("PAL-1")
    assert (me.key("full").prompt.big, counts(house)) == ("A-2", [("A-1", "unknown")])
    me.key("back")
    assert other.scan("PAL-1").prompt.big == "A-2"
    other.key("back")
    assert "2 · LOOK INTO A-1" not in rows(other.prompt())
    assert rows(other.prompt())[-1].endswith("LOOK INTO A-1")

    other.key("find")
    assert (other.state, other.prompt().big) == ("look_into", "A-1")
    assert other.key("why").message.code == "why_look_into"
    assert other.scan("A-1").prompt.state == "look_bin"
    assert other.key("yes").message.code == "look_free"

    assert (looks(house), me.scan("PAL-1").prompt.big) == ([], "A-1")


@SQLITE
def test_what_lies_in_a_bin_that_should_be_free_is_scanned_counted_and_settled(
    house: House, goods: tuple[int, int]
) -> None:
    mug = house.product("MUG", name="Blue mug")
    me = worker(house, badge="OP-supervisor")
    me.scan("PAL-1")
    me.key("full")
    me.key("back")
    me.scan("A-1")

    assert me.scan("EAN-MUG").prompt.state == "look_count"
    assert (counts(house), me.prompt().args["there"]) == ([("A-1", "unknown"), ("A-1", "not_empty")], 0)
    me.key("quantity", "5")
    assert me.key("yes").message.code == "look_settled"

    assert (house.on_hand("A-1", mug), looks(house), is_clean(house)) == (5, [], True)


@SQLITE
def test_the_article_that_found_no_room_may_be_what_lies_there(house: House, goods: tuple[int, int]) -> None:
    me = worker(house, badge="OP-supervisor")
    me.scan("PAL-1")
    me.key("full")
    me.key("back")
    me.scan("A-1")

    me.scan("EAN-CUP")
    me.key("quantity", "3")

    assert (me.key("yes").message.code, sum(house.on_hand("A-1", one) for one in goods), looks(house)) == (
        "look_settled", 3, [],
    )  # fmt: skip


@SQLITE
def test_a_plate_of_one_article_whose_bin_is_full_goes_to_several(house: House) -> None:
    pen = house.product("PEN")
    house.bin("A-1", y_mm=1000)
    for at in (2, 3):
        house.bin(f"A-{at}", y_mm=1000 * at, capacity_mm3=300_000)
    on_plate(house, (pen, 6))
    me = worker(house)
    me.scan("PAL-1")

    told = me.key("full")

    assert phrases.sentence(told.message.code, told.message.args) == (
        "A-1 is noted to be counted. PAL-1 now goes to several bins: A-2 (3), A-3 (3)."
    )


@SQLITE
def test_a_plate_that_a_colleague_put_away_whole_is_said_to_be_away(house: House, goods: tuple[int, int]) -> None:
    me, other = worker(house), worker(house, "DOCK-B", "OP-picker")
    me.scan("PAL-1")
    other.scan("PAL-1")
    other.scan(other.prompt().big)

    assert me.scan("A-1").message.code == "plate_is_put_away"


@SQLITE
def test_a_plate_of_many_articles_shows_the_first_and_how_many_more(house: House) -> None:
    products = [(house.product(f"P{at}"), 1) for at in range(7)]
    house.bin("A-1")
    on_plate(house, *products)

    told = worker(house).scan("PAL-1")

    assert [len(rows(told.prompt)), rows(told.prompt)[-1]] == [4, "+ 4 more"]
