"""What the shop is told: sellable units and days by hand, and every unit of every order in one row."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import House
from tests.services.bench import loader, packer, ssccs, stand
from tests.services.test_promising import act, day, recompute, work
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Cancellation, KitPart, OrderLine, Substitute
from wms_desktop.services import cancelling, shop_reports, substituting
from wms_desktop.services.shop_reports import Report


@pytest.fixture
def mug(house: House) -> int:
    """An article with a bin."""
    house.bin("A-1")
    return house.product("MUG")


def rows_of(house: House, report: Any) -> list[dict[str, Any]]:
    """The rows of a report by column."""
    made: Report = house.read(lambda session: report(session, house.now))
    assert all(len(row) == len(made.columns) for row in made.rows)
    return [dict(zip(made.columns, row, strict=True)) for row in made.rows]


def available(house: House) -> dict[str, dict[str, Any]]:
    """The availability rows by sku."""
    return {row["sku"]: row for row in rows_of(house, shop_reports.availability)}


def status(house: House) -> list[tuple[Any, ...]]:
    """Order, line, state and units of each row of the order status."""
    return [
        (row["order"], row["line"], row["state"], row["units"]) for row in rows_of(house, shop_reports.order_status)
    ]


# --- availability --------------------------------------------------------------------------------------------


def test_stock_beyond_safety_and_what_waits_is_sellable_and_inbound_inside_the_window_counts(house: House) -> None:
    house.bin("A-1")
    pan = house.product("PAN", safety_stock=2)
    house.put(pan, "A-1", 10)
    house.put(pan, "HOLD-1", 50)
    house.order("O1", (pan, 5), promise=day(9))
    house.purchase("P1", (pan, 4), due=day(1))
    house.purchase("P2", (pan, 40), due=day(2))
    row = available(house)["PAN"]

    # 10 - 2 safety - 5 waiting; 4 more come inside the window of one day.
    assert (row["in_stock"], row["sellable"], row["sell_as_in_stock"]) == (3, 7, 1)
    assert (row["available_from"], row["available_latest"], row["rule"]) == (day(0), day(0), "stock")
    assert (row["backorders"], row["extra_days"], row["as_of"]) == ("allow", 0, house.now)


def test_what_is_out_says_from_which_day_with_the_late_one(house: House, mug: int) -> None:
    house.product("CUP", backorders="units", backorder_limit=9)
    house.order("O1", (mug, 5), promise=day(9))
    house.purchase("P1", (mug, 5), due=day(1))
    house.purchase("P2", (mug, 5), due=day(6))
    act(house, "set_limits", handling_days=2)
    found = available(house)
    mugs, cups = found["MUG"], found["CUP"]

    assert (mugs["in_stock"], mugs["sellable"], mugs["sell_as_in_stock"]) == (0, 0, 0)
    assert (mugs["available_from"], mugs["available_latest"], mugs["rule"]) == (day(8), day(15), "inbound")
    assert (cups["available_from"], cups["available_latest"], cups["rule"]) == (day(16), None, "lead_time")
    assert (cups["backorders"], cups["backorder_limit"]) == ("units", 9)


def test_a_mode_a_release_day_and_a_kit_are_told_as_they_are_promised(house: House, mug: int) -> None:
    cup, box = house.product("CUP", release_on=day(20)), house.product("BOX")
    with writing(house.engine) as session:
        session.add(KitPart(kit_id=box, part_id=mug, qty=2))
    house.put(mug, "A-1", 7)
    house.put(cup, "A-1", 7)
    act(house, "backorder_mode_on", product="MUG", extra_days=3, reason="two hands ill")
    found = available(house)

    assert (found["MUG"]["available_from"], found["MUG"]["rule"]) == (day(3), "mode")
    assert (found["MUG"]["extra_days"], found["MUG"]["mode_reason"]) == (3, "two hands ill")
    assert (found["CUP"]["sellable"], found["CUP"]["available_from"], found["CUP"]["rule"]) == (0, day(20), "pre_order")
    assert (found["BOX"]["in_stock"], found["BOX"]["sellable"], found["BOX"]["extra_days"]) == (3, 3, 0)


# --- order status --------------------------------------------------------------------------------------------


def test_backordered_cancelled_and_replaced_units_are_told_with_day_reason_and_what_comes_instead(
    house: House, mug: int
) -> None:
    cup = house.product("CUP")
    with writing(house.engine) as session:
        session.add(Substitute(product_id=mug, alternative_id=cup))
    house.put(cup, "A-1", 2)
    order = house.order("O1", (mug, 9), promise=day(3))
    house.purchase("P1", (mug, 6), due=day(6))
    work(house, lambda s, c: cancelling.cancel(s, c, order, {1: 1}, reason="=HYPERLINK(1)"))
    work(house, lambda s, c: substituting.substitute(s, c, 1, cup, 2))
    found = rows_of(house, shop_reports.order_status)

    assert [(row["line"], row["sku"], row["state"], row["units"]) for row in found] == [
        (1, "MUG", "backordered", 6), (1, "MUG", "cancelled", 1), (1, "MUG", "replaced", 2),
        (2, "CUP", "ready", 2)]  # fmt: skip
    assert (found[0]["expected"], found[0]["expected_latest"], found[0]["promise"]) == (day(6), day(13), day(6))
    assert (found[1]["reason"], found[1]["day"]) == ("=HYPERLINK(1)", day(0))
    assert found[2]["sent_instead"] == "CUP*2"


def test_shipped_units_are_told_with_their_parcels(house: House) -> None:
    cup = house.product("CUP", "5012345678900")
    house.order("O1", (cup, 3))
    stand(house, "O1", cup, 3, "BENCH-1", tote="TOTE-01")
    desk, truck = packer(house), loader(house)
    desk.scan("TOTE-01", "5012345678900", "5012345678900")
    desk.key("next_parcel")
    desk.scan("5012345678900")
    desk.key("yes")
    truck.scan("TRUCK-NORTHWAY", *ssccs(house))
    truck.key("done")
    truck.key("yes")
    found = rows_of(house, shop_reports.order_status)
    told = [(row["state"], row["units"], row["parcels"], row["day"]) for row in found]
    house.now += timedelta(days=31)

    assert told == [("shipped", 3, ";".join(ssccs(house)), day(0))]
    assert rows_of(house, shop_reports.order_status) == []


def test_units_cancelled_without_a_word_are_told_too_and_every_line_adds_up(house: House, mug: int) -> None:
    house.put(mug, "A-1", 4)
    for number, facts in (("O1", {}), ("O2", {"is_held": True}), ("O3", {"release_on": day(9)})):
        house.order(number, (mug, 3), (mug, 2), promise=day(9), **facts)
    with writing(house.engine) as session:
        session.get_one(OrderLine, 2).cancelled = 1
        session.add(Cancellation(order_line_id=3, qty=1, reason="x", waited_days=0, operator_id=1, at=house.now))
        session.get_one(OrderLine, 3).cancelled = 2
    recompute(house)
    added: dict[tuple[str, int], int] = defaultdict(int)
    for number, line, _, units in status(house):
        added[number, line] += units

    assert added == {(number, line): {1: 3, 2: 2}[line] for number in ("O1", "O2", "O3") for line in (1, 2)}
    assert ("O1", 2, "cancelled", 1) in status(house)
    assert ("O2", 1, "on_hold", 1) in status(house)
    assert ("O3", 1, "pre_order", 3) in status(house)
