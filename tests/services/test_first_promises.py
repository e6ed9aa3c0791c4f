"""The first day a new line is promised, by each rule; backorder modes that lengthen it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.builders import NOON, House
from tests.services.test_promising import act, day, deliver
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import BackorderMode, KitPart
from wms_desktop.services import modes
from wms_desktop.services.first_promises import NewWant, first_days

TODAY = NOON.date()


@pytest.fixture
def mug(house: House) -> int:
    """An article with a bin."""
    house.bin("A-1")
    return house.product("MUG")


def want(product: int, qty: int, *, leave: int = 0, release: date | None = None, made: bool = False) -> NewWant:
    """Units wanted by an hour of a day."""
    return NewWant(product_id=product, qty=qty, leave_by=NOON + timedelta(days=leave, hours=4), release_on=release,
                   made_to_order=made)  # fmt: skip


def ask(house: House, *wants: NewWant) -> list[tuple[date, str]]:
    """The days as import and order entry ask for them."""
    return house.read(lambda session: first_days(session, house.now, wants))


def test_stock_then_inbounds_then_the_suppliers_time_each_unit_promised_once(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    house.order("O1", (mug, 2))
    house.purchase("P1", (mug, 4), due=day(6))
    found = ask(house, want(mug, 3, leave=1), want(mug, 3), want(mug, 2), want(mug, 1))

    # 5 in stock, 2 of them waited for; the purchase order's 4: 3 to the second, 1 of the 2 of the third.
    assert found == [(day(1), "stock"), (day(6), "inbound"), (day(14), "lead_time"), (day(14), "lead_time")]


def test_a_measured_lead_time_goes_before_the_default(house: House, mug: int) -> None:
    deliver(house, mug, 0, 1, 2, 3, 4)

    assert ask(house, want(mug, 1), want(house.product("CUP"), 1)) == [(day(12), "lead_time"), (day(14), "lead_time")]


def test_a_pre_order_is_promised_for_its_release_day_unless_the_goods_come_later(house: House, mug: int) -> None:
    house.purchase("P1", (mug, 4), due=day(20))
    cup = house.product("CUP")
    found = ask(house, want(cup, 1, release=day(9)), want(mug, 1, release=day(30)), want(mug, 1, release=day(3)))

    assert found == [(day(9), "pre_order"), (day(30), "pre_order"), (day(20), "inbound")]


def test_what_is_made_to_order_is_not_promised_from_stock(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)

    assert ask(house, want(mug, 1, made=True)) == [(day(14), "lead_time")]


def test_a_kit_is_promised_for_the_day_of_its_last_part(house: House, mug: int) -> None:
    cup, box = house.product("CUP"), house.product("BOX")
    with writing(house.engine) as session:
        session.add_all([KitPart(kit_id=box, part_id=mug, qty=2), KitPart(kit_id=box, part_id=cup, qty=1)])
    house.put(mug, "A-1", 9)
    house.put(box, "A-1", 1)
    house.purchase("P1", (cup, 2), due=day(4))
    found = ask(house, want(box, 1), want(box, 2), want(cup, 1))

    assert found == [(TODAY, "stock"), (day(4), "inbound"), (day(14), "lead_time")]


def test_many_wants_take_a_few_questions(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)

    assert ask(house) == []
    assert [rule for _, rule in ask(house, *[want(mug, 1)] * 2000)].count("stock") == 5


def test_a_backorder_mode_lengthens_new_promises_at_once_and_is_listed(house: House, mug: int) -> None:
    cup = house.product("CUP")
    house.put(mug, "A-1", 5)
    house.put(cup, "A-1", 5)
    said = act(house, "backorder_mode_on", product="MUG", extra_days=3, reason="two hands ill").message.code
    house_wide = act(house, "backorder_mode_on", product="", extra_days=2, reason="stock-taking").message.code
    listed = house.read(modes.list_on)

    assert (said, house_wide) == ("promises.mode_on", "promises.mode_on_house")
    assert ask(house, want(mug, 1), want(cup, 1)) == [(day(3), "mode"), (day(2), "mode")]
    assert [(mode.sku, mode.extra_days, mode.reason, mode.by) for mode in listed] == [
        ("", 2, "stock-taking", "Buyer"), ("MUG", 3, "two hands ill", "Buyer")]  # fmt: skip


def test_a_mode_that_is_off_is_kept_and_lengthens_nothing(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    act(house, "backorder_mode_on", product="MUG", extra_days=3, reason="ill")
    mode = house.read(modes.list_on)[0].mode_id
    said = act(house, "backorder_mode_off", mode=mode).message.code
    kept = house.read(lambda session: session.scalars(select(BackorderMode)).one())

    assert said == "promises.mode_off"
    assert ask(house, want(mug, 1)) == [(TODAY, "stock")]
    assert (house.read(modes.list_on), kept.until is not None) == ((), True)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"product": "MUG", "extra_days": 0, "reason": "x"}, "promises.mode_days"),
        ({"product": "MUG", "extra_days": 366, "reason": "x"}, "promises.mode_days"),
        ({"product": "MUG", "extra_days": 1, "reason": " "}, "promises.reason_missing"),
        ({"product": "NOPE", "extra_days": 1, "reason": "x"}, "promises.no_product"),
        ({"product": "CUP", "extra_days": 1, "reason": "x"}, "promises.mode_is_on"),
        ({"product": "", "extra_days": 1, "reason": "x"}, "promises.house_mode_is_on"),
    ],
)
def test_a_mode_that_cannot_be_is_refused_with_what_to_do(
    house: House, mug: int, args: dict[str, object], code: str
) -> None:
    house.product("CUP")
    act(house, "backorder_mode_on", product="CUP", extra_days=1, reason="x")
    act(house, "backorder_mode_on", product="", extra_days=1, reason="x")

    assert act(house, "backorder_mode_on", **args).message.code == code


def test_a_mode_that_is_not_on_cannot_be_switched_off(house: House) -> None:
    assert act(house, "backorder_mode_off", mode=7).message.code == "promises.mode_is_off"
