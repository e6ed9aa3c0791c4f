"""One working day through the dialogues alone, on both databases: from the truck to the customer, and nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from tests.builders import Desk, House
from tests.services.conftest import BACKENDS, lend_house
from tests.services.pick_floor import Picker, form, picker
from wms_desktop.db.tables import Carton, Location, Order, OrderLine, Plate, Stock
from wms_desktop.prompts import Answer, Outcome
from wms_desktop.services import backlog, dispatching, packing, putaway, receiving, selfcheck, shift_report, story

MUG, BOWL, LAMP, CASE = "5012345678900", "5012345678917", "5012345678924", "15012345678914"
VIRTUAL_KINDS = ("supplier", "customer", "scrap", "adjustment")
REALLY_THERE = {"A-1": 10, "B-1": 1}
"""What lies in the bins; the book says that three lamps do in B-1."""


@dataclass
class Day:
    """The house in the evening, with what its people were told on the way."""

    house: House
    told: list[str]
    short: Answer
    lamp: int


@pytest.fixture(scope="module", params=BACKENDS)
def day(request: pytest.FixtureRequest) -> Iterator[Day]:
    """The day is lived once for each database; the tests look at its evening and change nothing."""
    with lend_house(request) as house:
        yield _live(house)


def _live(house: House) -> Day:
    """Receives a case with a cross-dock, puts the rest away, picks a batch with a short, packs and dispatches."""
    told: list[str] = []
    lamp = _morning(house)
    _receive(house, told)
    form(house)
    short = _pick(picker(house), told)
    _pack(house, told)
    _dispatch(house, told)
    return Day(house, told, short, lamp)


def _morning(house: House) -> int:
    mug, bowl = house.product("MUG", MUG), house.product("BOWL", BOWL, case=(CASE, 6))
    lamp = house.product("LAMP", LAMP)
    for code, aisle in (("A-1", 0), ("B-1", 1), ("C-1", 2)):
        house.bin(code, aisle=aisle)
    house.put(mug, "A-1", 10)
    house.put(lamp, "B-1", 3)
    house.order("O1", (mug, 2), (bowl, 1))
    house.order("O2", (bowl, 2), complete=True)
    house.order("O3", (lamp, 3), (mug, 1))
    house.purchase("PO-1", (bowl, 6))
    return lamp


def _receive(house: House, told: list[str]) -> None:
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    answer = clerk.scan("PO-1", CASE)
    while answer.prompt.state == "carry":
        answer = clerk.scan(answer.prompt.big)
        told.append(answer.message.code)
    told.append(clerk.key("done").message.code)
    rest = house.at(putaway, "DOCK-A", "OP-receiver")
    answer = rest.scan(BOWL)
    told.append(rest.scan(str(answer.prompt.args["bin"])).message.code)


def _pick(walker: Picker, told: list[str]) -> Answer:
    """Follows the screen with what really lies in the bins; gives the answer to the short."""
    codes = {"MUG": MUG, "LAMP": LAMP}
    totes = iter(("TOTE-01", "TOTE-02", "TOTE-03"))
    answer = walker.scan("CART-1")
    short = answer
    left = dict(REALLY_THERE)
    while answer.prompt.state != "start":
        args, state = answer.prompt.args, answer.prompt.state
        if state == "item" and left[str(args["bin"])] > int(args["taken"]):
            answer = walker.scan(codes[str(args["sku"])])
        elif state == "item":
            walker.key("short")
            answer = short = walker.key("choose", "1")
        elif state == "tote":
            left[str(args["bin"])] -= int(args["taken"])
            answer = walker.scan(str(args["tote"]))
        elif state == "empty":
            answer = walker.key("yes")
        elif state == "totes":
            answer = walker.scan(next(totes))
        else:
            answer = walker.scan(str(args["bin"]) if state == "bin" else "BENCH-1")
        told.append(answer.message.code)
    return short


def _pack(house: House, told: list[str]) -> None:
    """Opens each order by its number and takes what the screen lists."""
    packer = house.at(packing, "PACK-1", "OP-packer")
    codes = {"MUG": MUG, "BOWL": BOWL, "LAMP": LAMP}
    for order in ("O1", "O2", "O3"):
        answer = packer.scan(order)
        while answer.prompt.state == "verify":
            line = next(d.args for d in answer.prompt.details if d.code in ("pack.line", "pack.line_at"))
            answer = packer.scan(codes[str(line["sku"])])
        told.append(packer.key("yes").message.code)


def _dispatch(house: House, told: list[str]) -> None:
    loader: Desk = house.at(dispatching, "SHIP-1", "OP-packer")
    answer = loader.scan("TRUCK-NORTHWAY")
    while int(answer.prompt.args["left"]):
        answer = loader.scan(str(answer.prompt.details[0].args["sscc"]))
    loader.key("done")
    told.append(loader.key("yes").message.code)


def _lines(house: House) -> dict[tuple[str, int], tuple[int, int, int]]:
    rows = house.read(lambda s: s.execute(
        select(Order.number, OrderLine.line_no, OrderLine.ordered, OrderLine.shipped, OrderLine.reserved)
        .join(OrderLine, OrderLine.order_id == Order.id)).all())  # fmt: skip
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}


def test_everything_that_could_leave_has_left(day: Day) -> None:
    assert _lines(day.house) == {
        ("O1", 1): (2, 2, 0), ("O1", 2): (1, 1, 0), ("O2", 1): (2, 2, 0), ("O3", 1): (3, 1, 0), ("O3", 2): (1, 1, 0),
    }  # fmt: skip
    assert day.house.read(lambda s: s.scalars(select(Carton.state)).all()) == ["shipped"] * 3


def test_the_short_pick_is_a_backorder_with_its_sentence(day: Day) -> None:
    waiting = day.house.read(lambda s: backlog.backlog(s, day.house.now)).orders

    assert (day.short.outcome, day.short.message.code) == (Outcome.LOOK_HERE, "pick_short_backorder")
    assert [(row.order_number, row.units_open) for row in waiting] == [("O3", 2)]
    assert day.house.on_hand("B-1", day.lamp, "missing") == 2


def test_the_story_of_the_short_order_tells_where_every_unit_is_and_what_happened(day: Day) -> None:
    told = day.house.read(lambda s: story.story(s, day.house.now, 3))

    assert told is not None
    assert [[(place.units, place.where.code) for place in line.places] for line in told.lines] == [
        [(2, "story.place.blocked"), (1, "story.place.shipped")], [(1, "story.place.shipped")],
    ]  # fmt: skip
    assert [event.what.code.removeprefix("story.event.") for event in told.events] == [
        "placed", "walk", "picked", "short", "packed", "left",
    ]  # fmt: skip
    assert (told.short.code, told.parcels[0].state) == ("story.short.blocked_rest", "shipped")


def test_the_order_that_waited_for_the_truck_never_saw_a_bin(day: Day) -> None:
    lane_only = day.house.read(shift_report.list_lane_orders)
    numbers = day.house.read(lambda s: s.scalars(select(Order.number).where(Order.id.in_(lane_only))).all())

    assert numbers == ["O2"]


def test_every_unit_is_somewhere_and_the_check_is_clean(day: Day) -> None:
    rows = day.house.read(lambda s: s.execute(
        select(Location.code, func.sum(Stock.on_hand)).join(Stock, Stock.location_id == Location.id)
        .where(Location.kind.not_in(VIRTUAL_KINDS), Stock.on_hand > 0).group_by(Location.code)).all())  # fmt: skip
    standing = {row[0]: int(row[1]) for row in rows}

    assert standing == {"A-1": 7, "B-1": 2, "C-1": 3}
    assert day.house.read(selfcheck.find_differences) == []


def test_totes_cart_and_dock_are_empty_in_the_evening(day: Day) -> None:
    left = day.house.read(lambda s: s.execute(
        select(Location.kind, Plate.code).join(Stock, Stock.location_id == Location.id)
        .join(Plate, Plate.id == Stock.plate_id)
        .where(Stock.on_hand > 0, Location.kind.not_in(VIRTUAL_KINDS), Location.kind != "bin")).all())  # fmt: skip

    assert left == []
    assert day.told[-1] == "manifest_closed"
