"""Articles and opening stock from a file: each row stands for itself, and each refusal says what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.builders import House
from tests.services import import_desk as desk
from tests.services.import_desk import order_row
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Barcode, KitPart, Location, Lot, Movement, OrderLine, Product, Stock, Substitute
from wms_desktop.phrases import sentence
from wms_desktop.services import codes, selfcheck


@pytest.fixture
def mug(house: House) -> int:
    """An article with ten units in a bin."""
    house.bin("A-1")
    house.bin("A-2")
    product = house.product("MUG", "4006381333931", name="Blue mug", price=Decimal(3))
    house.put(product, "A-1", 10)
    return product


def get(house: House, sku: str) -> Product:
    return house.read(lambda s: s.scalars(select(Product).where(Product.sku == sku)).one())


def parts(house: House) -> list[tuple[int, int]]:
    return [tuple(row) for row in house.read(lambda s: s.execute(select(KitPart.part_id, KitPart.qty)).all())]


def refused(house: House, kind: str, rows: list[dict[str, str]]) -> dict[int, tuple[str, str]]:
    """The rules that refuse rows, by line, each with its column; every one has its sentence."""
    run = desk.stage(house, kind, rows)
    found = desk.problems(house, run)
    assert all(sentence(one.cure.code, one.cure.args) for one in found)
    return {one.line: (one.rule.removeprefix("import.run."), one.column) for one in found}


# --- articles --------------------------------------------------------------------------------------------------------


def test_a_new_article_comes_in_with_everything_the_file_says(house: House, mug: int) -> None:
    row = {
        "sku": "CUP", "name": "Cup", "barcode": "4006381333948", "case_barcode": "14006381333945",
        "units_per_case": "6", "brand": "Acme", "category": "Kitchen",
        "price": "4.5", "weight_g": "250", "length_mm": "100", "width_mm": "90",
        "height_mm": "80", "velocity": "A",
        "lot_tracked": "1", "expiry_tracked": "0", "backorders": "units",
        "backorder_limit": "5", "safety_stock": "2", "release_on": "2026-05-01", "removal": "fifo",
        "substitutes": "MUG",
    }  # fmt: skip
    answer = desk.take_in(house, "products", [row])
    cup = get(house, "CUP")

    assert answer.message.code == "import.run.published"
    assert (cup.name, cup.brand, cup.category, cup.price, cup.weight_g) == (
        "Cup",
        "Acme",
        "Kitchen",
        Decimal("4.5"),
        250,
    )
    assert (cup.length_mm, cup.width_mm, cup.height_mm, cup.velocity) == (100, 90, 80, "A")
    assert (cup.lot_tracked, cup.expiry_tracked, cup.backorders, cup.backorder_limit) == (True, False, "units", 5)
    assert (cup.safety_stock, cup.release_on, cup.removal) == (2, date(2026, 5, 1), "fifo")
    assert [house.read(lambda s, c=c: codes.resolve(s, c).units) for c in ("4006381333948", "14006381333945")] == [1, 6]
    assert house.read(lambda s: s.scalars(select(Substitute.alternative_id)).all()) == [mug]


def test_a_known_article_is_changed_by_what_the_row_says_and_no_more(house: House, mug: int) -> None:
    rows = [{"sku": "MUG", "name": "Red mug", "price": "5", "barcode": "4006381333948"}]
    run = desk.stage(house, "products", rows)
    shown = desk.preview(house, run)
    desk.publish(house, run)

    assert (shown.fresh, shown.updated, shown.untouched) == (0, 1, 0)
    assert (get(house, "MUG").name, get(house, "MUG").price, get(house, "MUG").weight_g) == ("Red mug", 5, 100)
    assert house.read(lambda s: s.scalar(select(func.count()).select_from(Barcode))) == 2


def test_a_row_that_says_nothing_new_leaves_the_article_alone(house: House, mug: int) -> None:
    run = desk.stage(
        house, "products", [{"sku": "MUG", "name": "Blue mug", "price": "3.00", "barcode": "4006381333931"}]
    )

    assert desk.preview(house, run).untouched == 1
    assert desk.publish(house, run).message.code == "import.run.published"


def test_wrong_articles_are_refused_each_alone(house: House, mug: int) -> None:
    house.product("CUP", "4006381333948", case=("14006381333945", 6))
    new = {"sku": "NEW", "name": "New"}
    rows = [
        new | {"barcode": "4006381333931"}, new | {"sku": "N2", "name": ""}, new | {"sku": "N3", "price": "x"},
        new | {"sku": "N4", "weight_g": "-1"}, new | {"sku": "N5", "velocity": "Z"},
        new | {"sku": "N6", "case_barcode": "1"},
        new | {"sku": "CUP", "case_barcode": "14006381333945", "units_per_case": "8"},
        {"sku": "MUG", "lot_tracked": "1"}, new | {"sku": "N8", "kit": "MUG"},
        new | {"sku": "N9", "kit": "MUG*1;MUG*2"},
        new | {"sku": "N10", "kit": "GONE*1"},
        new | {"sku": "N11", "substitutes": "GONE"}, new | {"sku": "N12", "release_on": "1.1."}, new | {"sku": " N13"},
        new | {"sku": "N14", "substitutes": "N14"}, new | {"sku": "N15"}, new | {"sku": "N15", "name": "Other"},
        new | {"sku": "N16", "barcode": "X-1"}, new | {"sku": "N17", "barcode": "X-1"},
        new | {"sku": "N18", "barcode": "X-2", "case_barcode": "X-2", "units_per_case": "4"},
    ]  # fmt: skip

    assert refused(house, "products", rows) == {
        2: ("barcode_taken", "barcode"), 3: ("empty", "name"), 4: ("not_money", "price"), 5: ("too_small", "weight_g"),
        6: ("not_one_of", "velocity"), 7: ("empty", "units_per_case"), 8: ("barcode_units", "case_barcode"),
        9: ("tracking_in_use", "lot_tracked"), 10: ("not_parts", "kit"), 11: ("part_twice", "kit"),
        12: ("part_unknown", "kit"), 13: ("part_unknown", "substitutes"), 14: ("not_a_day", "release_on"),
        15: ("blanks", "sku"), 16: ("part_twice", "substitutes"), 18: ("twice", "sku"),
        20: ("barcode_twice", "barcode"), 21: ("barcode_twice", "case_barcode"),
    }  # fmt: skip


def test_a_kit_may_name_parts_that_come_further_down(house: House, mug: int) -> None:
    rows = [{"sku": "A-SET", "name": "Set", "kit": "MUG*2;Z-LID*1"}, {"sku": "Z-LID", "name": "Lid"}]
    desk.take_in(house, "products", rows)

    assert sorted(parts(house)) == sorted([(mug, 2), (get(house, "Z-LID").id, 1)])


def test_a_kit_is_refused_with_the_part_that_is_refused(house: House, mug: int) -> None:
    rows = [{"sku": "A-SET", "name": "Set", "kit": "Z-LID*1"}, {"sku": "B", "name": "B", "substitutes": "A-SET"},
            {"sku": "Z-LID", "name": "Lid", "price": "x"}]  # fmt: skip

    assert refused(house, "products", rows) == {
        2: ("part_unknown", "kit"), 3: ("part_unknown", "substitutes"), 4: ("not_money", "price")
    }  # fmt: skip


def test_a_kit_of_kits_is_refused(house: House, mug: int) -> None:
    desk.take_in(house, "products", [{"sku": "SET", "name": "Set", "kit": "MUG*2"}])
    rows = [
        {"sku": "BIG", "name": "Big", "kit": "SET*2"},
        {"sku": "MUG", "kit": "CUP*1"},
        {"sku": "CUP", "name": "Cup"},
    ]

    assert refused(house, "products", rows) == {2: ("kit_in_kit", "kit"), 3: ("kit_in_kit", "kit")}


def test_a_list_is_replaced_by_the_files_and_kept_where_it_says_nothing(house: House, mug: int) -> None:
    house.product("CUP")
    desk.take_in(house, "products", [{"sku": "SET", "name": "Set", "kit": "MUG*2", "substitutes": "MUG"}])
    desk.take_in(house, "products", [{"sku": "SET", "name": "Set of two"}])
    assert parts(house) == [(mug, 2)]
    desk.take_in(house, "products", [{"sku": "SET", "kit": "CUP*3"}])

    assert [qty for _, qty in parts(house)] == [3]
    assert house.read(lambda s: s.scalar(select(func.count()).select_from(Substitute))) == 1


def test_a_release_day_of_an_article_moves_its_open_lines(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        session.get_one(Product, mug).release_on = date(2026, 5, 1)
    desk.take_in(house, "orders", [order_row("W1", "MUG", 2)])
    desk.take_in(house, "products", [{"sku": "MUG", "release_on": "2026-06-01"}])

    assert house.read(lambda s: s.scalar(select(OrderLine.release_on))) == date(2026, 6, 1)


def test_good_articles_go_in_beside_bad_ones_or_none_does(house: House, mug: int) -> None:
    rows = [{"sku": "A", "name": "A"}, {"sku": "B", "name": "B", "price": "x"}]
    run = desk.stage(house, "products", rows)

    assert desk.publish(house, run, good_only=False).message.code == "import.run.has_bad"
    assert desk.publish(house, run).message.args["rows"] == 1
    assert house.read(lambda s: s.scalars(select(Product.sku).order_by(Product.sku)).all()) == ["A", "MUG"]


def test_a_mended_sku_leaves_its_double(house: House, mug: int) -> None:
    run = desk.stage(house, "products", [{"sku": "A", "name": "A"}, {"sku": "A", "name": "B"}])
    desk.act(house, "mend", row=desk.problems(house, run)[0].row_id, fields={"sku": "B"})
    desk.publish(house, run)

    assert get(house, "B").name == "B"


def test_a_spoilt_barcode_is_mended_by_its_check_digit(house: House, mug: int) -> None:
    run = desk.stage(house, "products", [{"sku": "A", "name": "A", "barcode": "4006381333931"}])
    row = desk.problems(house, run)[0].row_id
    wrong = desk.act(house, "mend", row=row, fields={"barcode": "4006381333949"})
    right = desk.act(house, "mend", row=row, fields={"barcode": "4006381333948"})

    assert (wrong.message.code, right.message.code) == ("import.read.barcode_check_digit", "import.run.mended")


# --- opening stock ---------------------------------------------------------------------------------------------------


def stock(sku: str, location: str, qty: int | str, **more: str) -> dict[str, str]:
    return {"sku": sku, "location": location, "qty": str(qty), **more}


def test_opening_stock_is_posted_and_waiting_orders_get_it(house: House, mug: int) -> None:
    house.product("CUP", "4006381333948", case=("14006381333945", 6))
    desk.take_in(house, "orders", [order_row("W1", "CUP", 5)])
    rows = [stock("CUP", "A-2", 7), stock("CUP", "HOLD-1", 1, condition="damaged"), stock("MUG", "A-2", 2),
            {"barcode": "14006381333945", "location": "DOCK-1", "qty": "2"}]  # fmt: skip
    answer = desk.take_in(house, "stock", rows)
    cup = get(house, "CUP").id

    assert answer.message.args["rows"] == 4
    assert [house.on_hand("A-2", cup), house.on_hand("DOCK-1", cup), house.on_hand("A-2", mug)] == [7, 12, 2]
    assert house.on_hand("HOLD-1", cup, "damaged") == 1
    assert house.read(lambda s: s.scalar(select(OrderLine.reserved))) == 5
    assert house.read(selfcheck.find_differences) == []


def test_lots_come_in_with_their_stock(house: House, mug: int) -> None:
    house.product("MILK", lot_tracked=True, expiry_tracked=True)
    house.product("EGGS", expiry_tracked=True)
    rows = [stock("MILK", "A-1", 3, lot="L1", expiry="2026-04-01"),
            stock("MILK", "A-2", 4, lot="L1", expiry="2026-04-01"),
            stock("EGGS", "A-2", 6, expiry="2026-03-20")]  # fmt: skip
    desk.take_in(house, "stock", rows)
    lots = house.read(lambda s: s.execute(select(Lot.code, Lot.expiry).where(Lot.id != 0).order_by(Lot.code)).all())

    assert [tuple(row) for row in lots] == [("2026-03-20", date(2026, 3, 20)), ("L1", date(2026, 4, 1))]
    assert (
        house.read(lambda s: s.scalar(select(func.sum(Stock.on_hand)).where(Stock.lot_id != 0, Stock.on_hand > 0)))
        == 13
    )


def test_wrong_stock_is_refused_row_by_row(house: House, mug: int) -> None:
    milk = house.product("MILK", lot_tracked=True, expiry_tracked=True)
    house.lot(milk, "OLD", date(2026, 3, 9))
    rows = [
        stock("NO", "A-2", 1), stock("MUG", "Z-9", 1), stock("MUG", "LANE-1", 1), stock("MUG", "A-2", 0),
        stock("MUG", "A-1", 1), stock("MUG", "A-2", 1), stock("MUG", "A-2", 2), stock("MILK", "A-2", 1),
        stock("MILK", "A-2", 1, lot="NEW"), stock("MILK", "A-2", 1, lot="OLD", expiry="2026-05-01"),
        stock("MUG", "HOLD-1", 1, lot="L"), stock("MUG", "HOLD-1", 1, condition="lost"), stock("MUG", "", 1),
        {"sku": "MUG", "location": "HOLD-1"}, stock("MUG", "SUPPLIER", 1),
        {"barcode": "4006381333931", "location": "A-2", "qty": "3"},
    ]  # fmt: skip

    assert refused(house, "stock", rows) == {
        2: ("unknown_product", "sku"), 3: ("unknown_place", "location"), 4: ("no_storage", "location"),
        5: ("too_small", "qty"), 6: ("stands_already", "location"), 8: ("stock_twice", "location"),
        9: ("lot_wanted", "lot"), 10: ("expiry_wanted", "expiry"), 11: ("other_expiry", "expiry"),
        12: ("lot_unwanted", "lot"), 13: ("not_one_of", "condition"), 14: ("empty", "location"), 15: ("empty", "qty"),
        16: ("no_storage", "location"), 7: ("stock_twice", "location"),
    }  # fmt: skip


def test_stock_goes_in_once(house: House, mug: int) -> None:
    desk.take_in(house, "stock", [stock("MUG", "A-2", 4)])
    again = desk.stage(house, "stock", [stock("MUG", "A-2", 4, condition="good")])

    assert desk.rules(house, again) == {2: "stands_already"}
    assert house.on_hand("A-2", mug) == 4


def test_stock_of_many_rows_takes_a_few_statements(house: House, mug: int) -> None:
    for number in range(60):
        house.bin(f"B-{number:02d}", aisle=1)
    run = desk.stage(house, "stock", [stock("MUG", f"B-{n:02d}", n + 1) for n in range(60)])
    before = house.read(lambda s: s.scalar(select(func.count()).select_from(Movement)))
    desk.publish(house, run)
    query = select(func.count(), func.count(Movement.command_id.distinct())).where(Movement.id > before)

    assert tuple(house.read(lambda s: s.execute(query).one())) == (60, 1)


def test_no_adjustment_place_no_stock(house: House, mug: int) -> None:
    run = desk.stage(house, "stock", [stock("MUG", "A-2", 4)])
    with writing(house.engine) as session:
        place: Any = session.scalars(select(Location).where(Location.kind == "adjustment")).one()
        place.kind = "scrap"

    assert desk.publish(house, run).message.code == "input.no_adjustment"
    assert house.on_hand("A-2", mug) == 0


def test_steps_before_goods_are_free_and_the_pick_face_come_in_with_the_article(house: House, mug: int) -> None:
    steps = {"is_inspected": "1", "is_relabelled": "1", "serial_tracked": "1", "opens_cases": "0", "mixing": "food"}
    desk.take_in(
        house, "products", [{"sku": "CUP", "name": "Cup", "face": "A-2", "face_min": "4", "face_max": "20", **steps}]
    )
    desk.take_in(house, "products", [{"sku": "MUG", "name": "Blue mug", "is_inspected": "1"}])
    cup, known = get(house, "CUP"), get(house, "MUG")

    assert (cup.is_inspected, cup.is_relabelled, cup.serial_tracked, cup.opens_cases) == (True, True, True, False)
    assert (cup.face_id, cup.face_min, cup.face_max, cup.mixing) == (house.place("A-2"), 4, 20, "food")
    assert (known.is_inspected, known.opens_cases, known.face_id) == (True, True, None)


def test_a_face_that_is_no_bin_or_turned_round_is_refused(house: House, mug: int) -> None:
    found = refused(house, "products", [
        {"sku": "CUP", "name": "Cup", "face": "DOCK-1"},
        {"sku": "POT", "name": "Pot", "face": "A-2", "face_min": "9", "face_max": "4"},
    ])  # fmt: skip

    assert found == {2: ("unknown_place", "face"), 3: ("face_turned", "face_min")}
