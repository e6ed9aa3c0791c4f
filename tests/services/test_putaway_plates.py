"""A whole plate is put away at once: one bin that takes all of it, one scan of that bin."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.inbound_desk import OTHER_SSCC, SSCC, notice
from tests.services.putaway_floor import counts, is_clean, last_reason, on_plate, rows, worker
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Movement, NoticePackage, Product, Stock
from wms_desktop.prompts import Outcome
from wms_desktop.services import inventory, receiving

# On PostgreSQL the first tests walk the same statements.
SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture
def goods(house: House) -> tuple[int, int]:
    """Pens and cups, 0.1 l and 100 g each."""
    return house.product("PEN"), house.product("CUP")


@pytest.fixture
def mixed(house: House, goods: tuple[int, int]) -> tuple[int, int]:
    """Six pens and four cups on a pallet (1 l, 1 kg), a bin too small for it, and a farther one of the right size."""
    house.bin("A-1", y_mm=1000, capacity_mm3=900_000)
    house.bin("A-2", y_mm=2000, capacity_mm3=1_000_000, max_weight_g=1000)
    on_plate(house, (goods[0], 6), (goods[1], 4))
    return goods


def test_one_bin_takes_the_whole_plate_with_one_scan(house: House, mixed: tuple[int, int]) -> None:
    me = worker(house)

    told = me.scan("PAL-1")
    assert (told.message.code, told.prompt.state, told.prompt.big) == ("plate_to_bin", "plate", "A-2")
    assert rows(told.prompt) == ["4 × Item CUP ", "6 × Item PEN "]
    me.scan("A-2")

    assert [house.on_hand("A-2", product) for product in mixed] == [6, 4]
    assert (me.said, me.state) == ("plate_put_away_last", "take")
    assert len(set(house.read(lambda s: s.scalars(select(Movement.command_id).where(Movement.reason == "putaway"))
                              .all()))) == 1  # fmt: skip
    assert is_clean(house)


def test_a_plate_is_put_back_whole_by_one_undo(house: House, mixed: tuple[int, int]) -> None:
    me = worker(house)
    before = me.scan("PAL-1").prompt
    me.scan("A-2")

    me.key("undo")

    assert me.prompt() == before
    assert [house.on_hand("DOCK-1", product) for product in mixed] == [6, 4]
    assert me.scan("A-2").message.code == "plate_put_away_last"


def test_a_plate_that_fits_nowhere_whole_is_put_away_item_by_item(house: House, goods: tuple[int, int]) -> None:
    house.bin("A-1", y_mm=1000, capacity_mm3=600_000)
    house.bin("A-2", y_mm=2000, capacity_mm3=400_000)
    on_plate(house, (goods[0], 6), (goods[1], 4))
    house.put(goods[1], "DOCK-1", 2)
    me = worker(house)

    told = me.scan("PAL-1")
    assert (told.outcome, told.message.code, me.state) == (Outcome.LOOK_HERE, "plate_fits_nowhere", "apart")
    assert rows(told.prompt) == ["1 · 4 × Item CUP ", "2 · 6 × Item PEN "]
    assert me.scan("EAN-PEN").prompt.big == "A-1"
    assert me.scan("A-1").prompt.state == "apart"
    assert me.key("choose", "1").prompt.args["qty"] == 4
    assert me.scan("A-2").message.code == "put_away"

    assert (me.state, house.on_hand("DOCK-1", goods[1])) == ("take", 2)
    assert is_clean(house)


@SQLITE
def test_the_bin_with_the_same_goods_takes_the_plate_before_a_nearer_free_one(
    house: House, goods: tuple[int, int]
) -> None:
    house.bin("A-1", y_mm=1000)
    house.bin("A-9", y_mm=9000)
    house.put(goods[1], "A-9", 1)
    on_plate(house, (goods[0], 6), (goods[1], 4))

    told = worker(house).scan("PAL-1")

    assert (told.prompt.big, told.prompt.args["why"]) == ("A-9", "why.same_goods")


@SQLITE
@pytest.mark.parametrize("facts", [{"mixing": "one_product"}, {"is_blocked": True}, {"max_weight_g": 999}])
def test_a_bin_that_may_not_hold_the_plate_is_neither_proposed_nor_taken(
    house: House, goods: tuple[int, int], facts: dict[str, Any]
) -> None:
    house.bin("A-1", y_mm=1000, **facts)
    house.bin("A-2", y_mm=2000)
    on_plate(house, (goods[0], 6), (goods[1], 4))
    me = worker(house)

    assert me.scan("PAL-1").prompt.big == "A-2"
    assert me.scan("A-1").message.code in ("bin_does_not_mix_plate", "bin_is_blocked", "bin_too_small_for_plate")
    assert me.scan("A-2").outcome == Outcome.JOB_COMPLETE


@SQLITE
def test_goods_that_lie_beside_nothing_else_keep_a_plate_apart(house: House, goods: tuple[int, int]) -> None:
    house.bin("A-1")
    on_plate(house, (goods[0], 6), (house.product("ACID", mixing="alone"), 1))

    assert worker(house).scan("PAL-1").message.code == "plate_fits_nowhere"


@SQLITE
def test_a_full_house_shares_the_nearest_bin_with_room_for_all(house: House, goods: tuple[int, int]) -> None:
    for number, capacity in ((1, 1_100_000), (2, 1_200_000)):
        house.bin(f"A-{number}", y_mm=1000 * number, capacity_mm3=capacity)
        house.put(house.product(f"OLD{number}"), f"A-{number}", 2)
    on_plate(house, (goods[0], 6), (goods[1], 4))

    told = worker(house).scan("PAL-1")

    assert (told.prompt.big, told.prompt.args["why"]) == ("A-2", "why.nearest_shared")


@SQLITE
def test_another_bin_for_a_plate_wants_a_reason(house: House, mixed: tuple[int, int]) -> None:
    house.bin("A-3", y_mm=3000)
    me = worker(house)
    me.scan("PAL-1")

    assert me.scan("A-3").prompt.state == "plate_other"
    assert me.key("back").prompt.state == "plate"
    me.scan("A-3")
    me.key("choose", "1")

    assert (house.on_hand("A-3", mixed[0]), last_reason(house)) == (6, "putaway, other bin: full")
    assert counts(house)[0] == ("A-2", "unknown")


@SQLITE
def test_the_other_bin_scanned_twice_takes_the_plate(house: House, mixed: tuple[int, int]) -> None:
    house.bin("A-3", y_mm=3000)
    me = worker(house)

    me.scan("PAL-1", "A-3", "A-3")

    assert (house.on_hand("A-3", mixed[1]), last_reason(house)) == (4, "putaway, other bin: other")


@SQLITE
def test_a_full_bin_gets_the_plate_another_one_or_none(house: House, mixed: tuple[int, int]) -> None:
    house.bin("A-3", y_mm=3000)
    me = worker(house)
    me.scan("PAL-1")

    told = me.key("full")
    assert (told.message.code, told.message.args["full"], told.prompt.big) == ("plate_full_next", "A-2", "A-3")
    told = me.key("full")
    assert (told.message.code, told.prompt.state) == ("plate_full_apart", "apart")
    assert [code for code, _ in counts(house)] == ["A-2", "A-3"]


@SQLITE
def test_why_this_bin_and_not_the_nearer_one_is_told_of_a_plate(house: House, mixed: tuple[int, int]) -> None:
    me = worker(house)
    me.scan("PAL-1")

    told = me.key("why").message

    assert (told.code, told.args["not1"], told.args["because1"]) == ("why_putaway_not_one", "A-1", "why.bin_full")
    assert told.args["qty"] == 10


@SQLITE
def test_a_colleague_who_takes_part_of_the_plate_is_noticed(house: House, mixed: tuple[int, int]) -> None:
    me, other = worker(house), worker(house, "DOCK-B", "OP-picker")
    me.scan("PAL-1")
    other.scan("PAL-1", "EAN-CUP")
    other.scan(other.prompt().big)

    told = me.scan("A-2")
    assert (told.outcome, told.message.code, told.prompt.state) == (Outcome.STOP, "plate_changed", "take")
    assert me.scan("PAL-1").prompt.args["qty"] == 6
    me.scan(me.prompt().big)
    assert is_clean(house)


@SQLITE
def test_a_plate_that_a_colleague_put_away_is_not_here_any_more(house: House, mixed: tuple[int, int]) -> None:
    me, other = worker(house), worker(house, "DOCK-B", "OP-picker")
    me.scan("PAL-1")
    other.scan("PAL-1", "A-2")

    assert me.prompt().state == "take"
    assert me.scan("PAL-1").message.code == "plate_not_here"


@SQLITE
def test_an_item_of_a_plate_may_be_put_away_by_itself(house: House, mixed: tuple[int, int]) -> None:
    me = worker(house)
    me.scan("PAL-1", "EAN-CUP")

    assert me.state == "apart_place"
    assert me.scan(me.prompt().big).prompt.state == "apart"
    assert me.scan("EAN-CUP").message.code == "nothing_on_plate"
    assert me.scan("PAL-1").prompt.args["qty"] == 6


@SQLITE
def test_units_for_a_lane_and_damaged_ones_do_not_go_along(house: House, goods: tuple[int, int]) -> None:
    house.bin("A-1")
    house.order("O1", (goods[0], 2))
    house.purchase("PO-1", (goods[0], 6))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    clerk.scan("PO-1", "TOTE-01", "EAN-PEN")
    clerk.key("quantity", "6")
    me = worker(house)

    told = me.scan("TOTE-01")
    assert (told.message.code, told.message.args["stay"]) == ("plate_to_bin_rest_stays", 2)
    me.scan("A-1")

    assert (house.on_hand("A-1", goods[0]), house.on_hand("DOCK-1", goods[0])) == (4, 2)
    assert is_clean(house)


@SQLITE
def test_units_kept_for_an_order_ride_along_with_their_reservation(house: House, goods: tuple[int, int]) -> None:
    pen, lid = goods[0], house.product("LID")
    house.bin("A-1")
    house.order("O1", (pen, 4), (lid, 1), complete=True)
    house.purchase("PO-LID", (lid, 1))
    house.purchase("PO-1", (pen, 6))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    clerk.scan("PO-1", "TOTE-01", "EAN-PEN")
    clerk.key("quantity", "6")
    me = worker(house)

    me.scan("TOTE-01", "A-1")

    place = house.place("A-1")
    held = house.read(lambda s: [(r.qty, t.on_hand) for t, r, _ in inventory.list_held_on(s, location_id=place)])
    assert (held, is_clean(house)) == ([(4, 6)], True)


@SQLITE
def test_a_carton_that_came_in_on_a_pallet_leads_to_that_pallet(house: House, goods: tuple[int, int]) -> None:
    """The pallet was received whole: its carton bears a code of its own, but no plate."""
    house.bin("A-1")
    order = house.purchase("PO-1", (goods[0], 4), (goods[1], 3))
    notice(house, order, "ASN-1", lines=[(1, 4, {"package": SSCC}), (2, 3, {"package": OTHER_SSCC})])
    with writing(house.engine) as session:
        inner, outer = (session.scalars(select(NoticePackage).where(NoticePackage.code == code)).one()
                        for code in (OTHER_SSCC, SSCC))  # fmt: skip
        inner.parent_id, inner.kind = outer.id, "carton"
    got = house.at(receiving, "DOCK-A", "OP-receiver").scan(SSCC)
    assert got.message.code == "package_in", got.message

    me = worker(house)
    told = me.scan(OTHER_SSCC)
    assert told.message.code == "plate_to_bin", told.message
    assert (told.prompt.args["plate"], told.prompt.args["qty"]) == (SSCC, 7)

    me.key("full")
    assert (me.state, me.scan(OTHER_SSCC).message.args["plate"]) == ("apart", SSCC)
    me.key("back")
    me.scan("CART-1")
    assert (me.scan(OTHER_SSCC).message.code, me.prompt().args["units"]) == ("loaded_last", 7)


@SQLITE
def test_the_plate_is_empty_afterwards_and_may_be_used_again(house: House, mixed: tuple[int, int]) -> None:
    worker(house).scan("PAL-1", "A-2")
    house.purchase("PO-1", (mixed[0], 3))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")

    clerk.scan("PO-1", "PAL-1", "EAN-PEN")

    standing = house.read(lambda s: s.scalars(select(Stock.on_hand).where(Stock.plate_id > 0, Stock.on_hand > 0)).all())
    assert standing == [1]


@SQLITE
def test_a_plate_of_one_article_fills_the_empty_face_that_a_pick_waits_for(
    house: House, goods: tuple[int, int]
) -> None:
    face, pen = house.bin("F-1"), goods[0]
    house.bin("A-1", y_mm=5000)
    with writing(house.engine) as session:
        product = session.get_one(Product, pen)
        product.face_id, product.face_max = face, 4
    on_plate(house, (pen, 10))
    me = worker(house)
    assert me.scan("PAL-1").prompt.big == "A-1"
    me.key("back")

    house.order("O1", (pen, 2))
    assert me.scan("PAL-1").prompt.big == "F-1"
    assert me.scan("F-1").prompt.big == "A-1"
    me.scan("A-1")
    assert (house.on_hand("F-1", pen), house.on_hand("A-1", pen), is_clean(house)) == (4, 6, True)


@SQLITE
def test_a_plate_of_one_article_without_a_bin_for_all_goes_to_several(house: House, goods: tuple[int, int]) -> None:
    for number, units in ((1, 6), (2, 4)):
        house.bin(f"A-{number}", y_mm=1000 * number, capacity_mm3=units * 100_000)
    on_plate(house, (goods[0], 10))

    told = worker(house).scan("PAL-1")

    assert (told.message.code, told.message.args["bins"]) == ("take_to_bins", "A-1 (6), A-2 (4)")


@SQLITE
def test_two_plates_are_not_sent_to_a_bin_for_one(house: House, mixed: tuple[int, int]) -> None:
    house.bin("A-3", y_mm=3000)
    on_plate(house, (mixed[0], 6), (mixed[1], 4), code="PAL-2")
    worker(house).scan("PAL-1")

    assert worker(house, "DOCK-B", "OP-picker").scan("PAL-2").prompt.big == "A-3"


@SQLITE
def test_a_plate_stays_where_it_stands_when_left(house: House, mixed: tuple[int, int]) -> None:
    me = worker(house)
    me.scan("PAL-1")

    assert (me.key("back").message.code, me.state) == ("left_as_it_is", "take")
    assert house.on_hand("DOCK-1", mixed[0]) == 6
    assert me.scan("A-2").message.code == "bin_without_item"


def test_a_plate_with_its_pick_face_is_not_put_in_the_face_of_another(house: House, goods: tuple[int, int]) -> None:
    face = house.bin("F-1", y_mm=1000)
    house.bin("A-1", y_mm=2000)
    with writing(house.engine) as session:
        session.get_one(Product, goods[0]).face_id = face
    on_plate(house, (goods[0], 6), (goods[1], 4))

    assert worker(house).scan("PAL-1").prompt.big == "A-1"
