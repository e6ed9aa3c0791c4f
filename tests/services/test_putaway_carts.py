"""Many items on one cart, put away in one shortest walk."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.pick_floor import form, picker
from tests.services.putaway_floor import Worker, counts, is_clean, last_reason, on_plate, rows, worker
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Location, Plate, Product
from wms_desktop.prompts import Outcome
from wms_desktop.services import cancelling, inventory, lane_reads, picking, receiving, settings
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.services.lookups import TourView

# On PostgreSQL the sequences of test_putaway_undo walk the same states.
pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture
def goods(house: House) -> dict[str, int]:
    """Three articles on the dock, each with its kind lying in a bin of its own in another aisle."""
    made = {}
    for sku, aisle, y_mm in (("MUG", 0, 9000), ("PEN", 2, 4000), ("CUP", 0, 3000)):
        house.bin(f"{sku}-1", aisle=aisle, y_mm=y_mm)
        made[sku] = house.product(sku, name=f"Item {sku}")
        house.put(made[sku], f"{sku}-1", 1)
    house.bin("FREE-1", aisle=1, y_mm=5000)
    house.bin("FREE-2", aisle=1, y_mm=6000)
    for sku, qty in (("MUG", 4), ("PEN", 6), ("CUP", 2)):
        house.put(made[sku], "DOCK-1", qty)
    return made


def loaded(house: House, *codes: str) -> Worker:
    me = worker(house)
    me.scan("CART-1", *(f"EAN-{code}" for code in codes or ("MUG", "PEN", "CUP")))
    return me


def test_items_are_loaded_one_after_the_other(house: House, goods: dict[str, int]) -> None:
    me = worker(house)
    assert me.scan("CART-1").message.code == "cart_begun"

    answer = me.scan("EAN-MUG")
    assert (answer.message.code, answer.message.args["left"], answer.prompt.state) == ("loaded", 8, "load")
    assert (house.on_hand("CART-1", goods["MUG"]), house.on_hand("DOCK-1", goods["MUG"])) == (4, 0)
    assert me.scan("EAN-PEN", "EAN-CUP").message.code == "loaded_last"
    assert rows(me.prompt()) == ["2 × Item CUP ", "4 × Item MUG ", "6 × Item PEN "]


def test_the_stops_come_in_the_shortest_walk_with_its_metres(house: House, goods: dict[str, int]) -> None:
    """Hand-computed: up aisle 0 past 3 m and 9 m to 13 m, 8 m across, down aisle 2, 8 m back: 42 m.

    Going back from 9 m in aisle 0 and from 4 m in aisle 2 to the front is shorter: 18 + 8 + 8 + 8 = 42 m as well,
    so the length is 42 m whichever is walked.
    """
    me = loaded(house)

    answer = me.key("done")

    assert (answer.message.code, answer.message.args["stops"], answer.message.args["metres"]) == ("cart_tour", 3, 42)
    assert (answer.prompt.state, answer.prompt.progress) == ("stop", (0, 3))
    walked = []
    while me.state == "stop":
        walked.append(me.prompt().big)
        me.scan(me.prompt().big)
    assert walked in (["CUP-1", "MUG-1", "PEN-1"], ["PEN-1", "MUG-1", "CUP-1"])
    assert (me.said, me.last and me.last.outcome) == ("cart_put_away", Outcome.JOB_COMPLETE)
    assert [house.on_hand(f"{sku}-1", goods[sku]) for sku in goods] == [5, 7, 3]
    assert is_clean(house)


def test_the_cart_scanned_once_more_begins_the_walk(house: House, goods: dict[str, int]) -> None:
    assert loaded(house).scan("CART-1").message.code == "cart_tour"


def test_only_so_many_of_the_last_item_stay_on_the_cart(house: House, goods: dict[str, int]) -> None:
    me = loaded(house, "MUG")

    assert me.key("quantity", "5").message.code == "number_wanted"
    assert me.key("quantity", "3").message.args["left"] == 1
    assert (house.on_hand("CART-1", goods["MUG"]), house.on_hand("DOCK-1", goods["MUG"])) == (3, 1)


def test_an_empty_cart_has_no_walk(house: House, goods: dict[str, int]) -> None:
    me = worker(house)
    me.scan("CART-1")

    assert me.key("done").message.code == "cart_empty"
    assert me.key("quantity", "1").message.code == "scan_first"


def test_two_articles_get_two_free_bins(house: House, goods: dict[str, int]) -> None:
    for sku in ("JAR", "TIN"):
        house.put(house.product(sku, name=sku), "DOCK-1", 3)
    me = loaded(house, "JAR", "TIN")

    first = me.key("done").prompt

    assert first.progress == (0, 2)
    assert {first.big, str(first.details[0].args["bin"])} == {"FREE-1", "FREE-2"}


def test_a_stop_is_skipped_and_comes_at_the_end(house: House, goods: dict[str, int]) -> None:
    me = loaded(house)
    first = me.key("done").prompt.big

    assert me.key("skip").prompt.big != first
    me.scan(me.prompt().big)
    me.scan(me.prompt().big)
    assert me.prompt().big == first
    assert me.key("skip").message.code == "last_stop"


def test_a_full_bin_gets_its_units_another_one_in_the_walk(house: House, goods: dict[str, int]) -> None:
    me = loaded(house)
    me.key("done")
    while me.prompt().big != "PEN-1":
        me.key("skip")

    answer = me.key("full")

    bins_ahead = [answer.prompt.big, *(str(d.args["bin"]) for d in answer.prompt.details)]
    assert sorted(bins_ahead) == ["CUP-1", "FREE-1", "MUG-1"]
    assert (counts(house), answer.prompt.progress) == ([("PEN-1", "full")], (0, 3))


def test_only_so_many_of_a_stop_go_to_its_bin(house: House, goods: dict[str, int]) -> None:
    me = loaded(house, "PEN")
    me.key("done")
    assert me.key("quantity", "7").message.code == "too_many_on_cart"

    assert me.key("quantity", "4").message.code == "stop_only"
    me.scan("PEN-1")
    assert (me.prompt().big, me.prompt().args["qty"], me.prompt().progress) == ("FREE-1", 2, (1, 2))
    me.scan("FREE-1")
    assert (house.on_hand("PEN-1", goods["PEN"]), house.on_hand("FREE-1", goods["PEN"])) == (5, 2)


def test_another_bin_at_a_stop_wants_a_reason(house: House, goods: dict[str, int]) -> None:
    me = loaded(house, "MUG")
    me.key("done")

    assert me.scan("FREE-1").prompt.state == "stop_other"
    me.key("choose", "3")

    assert (house.on_hand("FREE-1", goods["MUG"]), last_reason(house)) == (4, "putaway, other bin: better_place")


def test_the_wrong_item_at_a_stop_is_refused_in_words(house: House, goods: dict[str, int]) -> None:
    me = loaded(house, "MUG")
    me.key("done")

    assert me.scan("EAN-MUG").message.code == "right_item"
    answer = me.scan("EAN-PEN")
    assert (answer.outcome, answer.message.code) == (Outcome.STOP, "wrong_item_at_stop")
    assert house.on_hand("CART-1", goods["MUG"]) == 4


def test_what_is_left_goes_back_on_the_dock(house: House, goods: dict[str, int]) -> None:
    me = loaded(house)
    me.key("done")
    me.scan(me.prompt().big)

    answer = me.key("done")

    assert (answer.message.code, answer.prompt.state) == ("cart_unloaded", "take")
    assert answer.message.args["units"] == answer.prompt.args["units"]
    assert is_clean(house)


def test_units_without_a_bin_come_last_and_say_so(house: House, goods: dict[str, int]) -> None:
    with writing(house.engine) as session:
        for place in session.scalars(select(Location).where(Location.kind == "bin", Location.code != "MUG-1")):
            place.is_blocked = True
    me = loaded(house, "PEN", "MUG")
    with writing(house.engine) as session:
        mug_bin = session.scalars(select(Location).where(Location.code == "MUG-1")).one()
        mug_bin.mixing = "one_product"
    me.key("done")

    assert me.prompt().big == "MUG-1"
    answer = me.scan("MUG-1")
    assert (answer.prompt.state, answer.prompt.args["qty"]) == ("stop_no_bin", 6)
    assert me.key("why").message.code == "why_putaway_none"


def test_a_left_cart_is_gone_on_with(house: House, goods: dict[str, int]) -> None:
    me = loaded(house)
    me.key("done")

    assert (me.key("back").message.code, me.state) == ("cart_left", "take")
    again = me.scan("CART-1")
    assert (again.message.code, again.message.args["units"]) == ("cart_goes_on", 12)
    assert me.key("done").message.args["stops"] == 3


def test_a_colleague_takes_the_cart_over_where_it_stands(house: House, goods: dict[str, int]) -> None:
    me, other = loaded(house), worker(house, "DOCK-B", "OP-picker")
    me.key("done")
    me.scan(me.prompt().big)
    before = me.prompt()

    taken = other.scan("CART-1")

    assert (taken.message.code, taken.message.args["stops"]) == ("cart_taken_over", 2)
    assert (taken.prompt.big, taken.prompt.progress) == (before.big, (1, 3))
    gone = me.scan(before.big)
    assert (gone.outcome, gone.message.code, gone.message.args["who"]) == (Outcome.STOP, "cart_gone", "Picker")


def test_a_cart_that_is_being_loaded_is_taken_over_too(house: House, goods: dict[str, int]) -> None:
    me, other = loaded(house, "MUG"), worker(house, "DOCK-B", "OP-picker")

    assert other.scan("CART-1").message.code == "cart_goes_on"
    assert (other.state, me.state) == ("load", "take")


def test_taking_over_is_taken_back_whole(house: House, goods: dict[str, int]) -> None:
    me, other = loaded(house), worker(house, "DOCK-B", "OP-picker")
    before = me.key("done").prompt
    other.scan("CART-1")

    other.key("undo")

    assert (me.prompt(), other.state) == (before, "take")


def test_a_pickers_cart_is_refused(house: House, goods: dict[str, int]) -> None:
    house.order("O1", (goods["MUG"], 1))
    form(house)
    picker(house).scan("CART-1")

    assert worker(house).scan("CART-1").message.code == "cart_of_picker"


def test_a_cart_with_totes_on_it_is_refused(house: House, goods: dict[str, int]) -> None:
    with writing(house.engine) as session:
        tote = session.scalars(select(Plate.id).where(Plate.code == "TOTE-01")).one()
        inventory.post(session, house.context(command="opening"), Goods(product_id=goods["MUG"], qty=1),
                       Spot(location_id=house.place("ADJUSTMENT")),
                       Spot(location_id=house.place("CART-2"), plate_id=tote), reason="opening")  # fmt: skip

    assert worker(house).scan("CART-2").message.code == "cart_of_picker"


def test_a_loaded_cart_is_none_for_a_picker(house: House, goods: dict[str, int]) -> None:
    loaded(house)

    assert house.at(picking, "PICK-1", "OP-picker").scan("CART-1").message.code == "pick_cart_not_empty"


@pytest.fixture
def kept(house: House, goods: dict[str, int]) -> int:
    """Six of an article came, four of them kept for an order that ships complete and lacks its lid; gives the order."""
    kit, lid = house.product("KIT"), house.product("LID")
    order = house.order("O1", (kit, 4), (lid, 1), complete=True)
    house.purchase("PO-LID", (lid, 1))
    house.purchase("PO-KIT", (kit, 6))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    clerk.scan("PO-KIT", "EAN-KIT")
    clerk.key("quantity", "6")
    return order


def test_units_kept_for_an_order_ride_with_their_reservation(house: House, kept: int) -> None:
    me = loaded(house, "KIT")

    me.key("done")
    me.scan(me.prompt().big)

    held = house.read(lambda s: [(stock.on_hand, r.qty) for stock, r, _ in inventory.list_held_on(s)])
    assert held == [(6, 4)]
    assert is_clean(house)


def test_an_order_cancelled_while_its_units_ride_lets_them_go(house: House, kept: int) -> None:
    me = loaded(house, "KIT")
    me.key("done")
    with writing(house.engine) as session:
        done = cancelling.cancel(session, house.context(), kept, reason="test")

    assert (done.go_back, done.walk_back, me.state) == ((), (), "stop")
    me.scan(me.prompt().big)
    assert house.read(lambda s: list(inventory.list_held_on(s))) == []
    assert is_clean(house)


def test_what_rides_to_a_bin_is_not_yet_in_a_pickers_reach(house: House, kept: int) -> None:
    house.put(house.read(lambda s: s.scalars(select(Product.id).where(Product.sku == "LID")).one()), "FREE-2", 1)
    me = loaded(house, "KIT")
    me.key("done")
    assert form(house).orders == 0

    me.scan(me.prompt().big)
    assert form(house).orders == 1


def test_a_whole_pallet_is_loaded_at_once(house: House, goods: dict[str, int]) -> None:
    with writing(house.engine) as session:
        session.add(Plate(code="PAL-1", kind="pallet"))
        session.flush()
        plate = session.scalars(select(Plate.id).where(Plate.code == "PAL-1")).one()
        for sku in ("MUG", "PEN"):
            inventory.post(session, house.context(command="opening"), Goods(product_id=goods[sku], qty=10),
                           Spot(location_id=house.place("ADJUSTMENT")),
                           Spot(location_id=house.place("DOCK-1"), plate_id=plate), reason="opening")  # fmt: skip
    me = worker(house)

    answer = me.scan("CART-1", "PAL-1")

    assert (answer.message.args["qty"], house.on_hand("CART-1", goods["PEN"])) == (20, 10)


def test_lots_are_loaded_by_what_is_typed(house: House, goods: dict[str, int]) -> None:
    milk = house.product("MILK", lot_tracked=True)
    for code in ("L1", "L2"):
        house.put(milk, "DOCK-1", 2, lot_id=house.lot(milk, code))
    me = worker(house)
    me.scan("CART-1")

    assert me.scan("EAN-MILK").message.code == "several_lots"
    assert me.scan("L2").message.args["qty"] == 2
    assert rows(me.prompt()) == ["2 × Item MILK L2"]


def test_every_step_of_a_cart_is_taken_back_by_undo(house: House, goods: dict[str, int]) -> None:
    me = worker(house)
    before = me.prompt()
    me.scan("CART-1", "EAN-MUG", "EAN-PEN")
    me.key("done")
    me.key("skip")
    me.key("full")
    me.scan(me.prompt().big)

    for _ in range(7):
        me.key("undo")

    assert me.prompt() == before
    assert (house.on_hand("CART-1", goods["MUG"]), counts(house), is_clean(house)) == (0, [], True)


def bears(house: House, *, litres: float = 0, kg: float = 0) -> None:
    """The cart's own limits."""
    with writing(house.engine) as session:
        cart = session.scalars(select(Location).where(Location.code == "CART-1")).one()
        cart.capacity_mm3, cart.max_weight_g = int(litres * 1_000_000), int(kg * 1000)


def test_a_cart_takes_what_it_bears_and_says_what_stays(house: House, goods: dict[str, int]) -> None:
    """Hand-computed: 0.1 l a unit; 4 mugs are on it, so 3 of the 6 pens fill 0.75 l."""
    bears(house, litres=0.75)
    me = loaded(house, "MUG")
    assert rows(me.prompt())[0] == "0 l more fit on it"

    told = me.scan("EAN-PEN")

    assert (told.outcome, told.message.code) == (Outcome.LOOK_HERE, "loaded_part")
    assert (told.message.args["qty"], told.message.args["behind"]) == (3, 3)
    assert me.scan("EAN-CUP").message.code == "cart_full"
    assert (house.on_hand("CART-1", goods["PEN"]), house.on_hand("DOCK-1", goods["PEN"])) == (3, 3)
    assert me.key("done").message.args["stops"] == 2
    assert is_clean(house)


def test_a_cart_that_was_emptied_goes_for_the_rest(house: House, goods: dict[str, int]) -> None:
    bears(house, litres=0.6)
    for _ in range(2):
        me = loaded(house, "PEN") if house.on_hand("DOCK-1", goods["PEN"]) else loaded(house, "MUG")
        me.key("done")
        while me.state == "stop":
            me.scan(me.prompt().big)

    assert (house.on_hand("PEN-1", goods["PEN"]), house.on_hand("MUG-1", goods["MUG"])) == (7, 5)


@pytest.mark.parametrize(("name", "value", "fits"), [("cart_kg", "1", 5), ("cart_litres", "2", 10)])
def test_the_house_s_limit_bounds_a_cart_without_its_own(
    house: House, goods: dict[str, int], name: str, value: str, fits: int
) -> None:
    with writing(house.engine) as session:
        settings.put(session, name, value)
    jug = house.product("JUG", weight_g=200, length_mm=100, width_mm=100, height_mm=20)
    house.put(jug, "DOCK-1", 30)

    told = loaded(house, "JUG").last

    assert told is not None
    assert (told.message.args["qty"], told.message.args["behind"]) == (fits, 30 - fits)


def test_an_article_of_unknown_size_is_no_load(house: House, goods: dict[str, int]) -> None:
    bears(house, litres=0.1, kg=0.1)
    foam = house.product("FOAM", weight_g=0, length_mm=0)
    house.put(foam, "DOCK-1", 50)

    assert loaded(house, "FOAM").said == "loaded"


def test_a_plate_is_loaded_as_far_as_the_cart_bears(house: House, goods: dict[str, int]) -> None:
    bears(house, kg=1.2)
    on_plate(house, (goods["MUG"], 10), (goods["PEN"], 10))

    told = worker(house).scan("CART-1", "PAL-1")

    assert (told.message.code, told.message.args["qty"], told.message.args["behind"]) == ("loaded_part", 12, 8)
    assert is_clean(house)


def test_the_walk_is_drawn_stop_by_stop(house: House, goods: dict[str, int]) -> None:
    me = loaded(house)
    assert _drawn(house) is None
    me.key("done")
    whole = _drawn(house)
    first = me.prompt()
    me.scan(first.big)

    assert whole is not None
    assert [stop.bin for stop in whole.stops] == [first.big, *(str(row.args["bin"]) for row in first.details)]
    assert (whole.path[0], whole.path[-1], first.args["left"]) == ((0, 0), (0, 0), 2)
    later = _drawn(house)
    assert later is not None
    assert [(stop.bin, stop.is_done) for stop in later.stops] == [
        (stop.bin, at == 0) for at, stop in enumerate(whole.stops)
    ]


def _drawn(house: House) -> TourView | None:
    drawn: TourView | None = house.read(lambda s: lane_reads.QUESTIONS["cart_tour"](s, house.now, {"cart": "CART-1"}))
    return drawn
