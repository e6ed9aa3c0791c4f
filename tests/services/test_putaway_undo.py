"""Whatever is done while putting away, undo after undo finds every step before it again."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services.putaway_floor import Worker, counts, is_clean, on_plate, worker
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Command, Location, Product, Reservation, Stock
from wms_desktop.prompts import Outcome, Prompt
from wms_desktop.services import inventory, receiving

BINS = ("A-1", "A-2", "B-1", "B-2", "C-1")
CODES = ("EAN-MUG", "EAN-PEN", "EAN-CUP", "LANE-1", "LANE-3", "CART-1", "CART-2", "TOTE-01", "PAL-1", *BINS)


@pytest.fixture
def floor(house: House) -> House:
    """Small bins, free units and units kept for an order on the dock, and free units in lanes."""
    for at, code in enumerate(BINS):
        house.bin(code, aisle=at // 2, y_mm=2000 + 3000 * at, capacity_mm3=600_000, mixing="one_product")
    mug, pen, cup = (house.product(sku) for sku in ("MUG", "PEN", "CUP"))
    house.put(cup, "A-2", 1)
    with writing(house.engine) as session:
        product = session.get_one(Product, cup)
        product.face_id, product.face_min, product.face_max = house.place("B-1"), 2, 4
    house.put(pen, "DOCK-1", 5)
    on_plate(house, (pen, 2), (cup, 2))
    house.put(cup, "LANE-1", 2)
    house.put(pen, "LANE-3", 1)
    house.order("O1", (mug, 3), (house.product("LID"), 1), complete=True)
    house.purchase("PO-LID", (4, 1))
    house.purchase("PO-MUG", (mug, 7))
    clerk = house.at(receiving, "DOCK-A", "OP-receiver")
    clerk.scan("PO-MUG", "EAN-MUG")
    clerk.key("quantity", "7")
    return house


def _seen(house: House, me: Worker) -> tuple[Prompt, Any, Any]:
    def ask(session: Any) -> Any:
        stock = select(Location.code, Stock.product_id, Stock.on_hand, Stock.reserved).where(
            Location.id == Stock.location_id, Location.is_virtual == False, Stock.on_hand > 0)  # fmt: skip
        held = select(Reservation.order_line_id, Reservation.qty).where(Reservation.state == "held")
        return [sorted(map(tuple, session.execute(query).all())) for query in (stock, held)]

    return me.prompt(), house.read(ask), counts(house)


def _left_something(house: House) -> bool:
    """Whether the last command can be taken back."""
    return bool(house.read(lambda s: s.scalar(select(Command.undo).order_by(Command.seq.desc()).limit(1))) != "[]")


def _do_something(me: Worker, random: Random) -> None:
    prompt = me.prompt()
    if prompt.big and random.random() < 0.4:
        me.scan(prompt.big)
    elif random.random() < 0.35 and prompt.keys:
        me.key(random.choice(prompt.keys), str(random.randint(1, 4)))
    else:
        me.scan(random.choice(CODES))


@pytest.mark.parametrize("seed", range(2))
def test_every_step_is_found_again(floor: House, seed: int) -> None:
    random = Random(seed)
    me = worker(floor)
    before = [_seen(floor, me)]
    for _ in range(18):
        _do_something(me, random)
        if me.last is not None and me.last.outcome not in (Outcome.STOP, Outcome.NOT_UNDERSTOOD):
            before += [_seen(floor, me)] if _left_something(floor) else []
    assert is_clean(floor)

    for seen in reversed(before[:-1]):
        assert me.key("undo").message.code == "undone"
        assert _seen(floor, me) == seen
    assert len(before) > 5
    assert is_clean(floor)


def test_units_are_neither_made_nor_lost_by_two_people_at_random(floor: House) -> None:
    random = Random(7)
    people = [worker(floor), worker(floor, "DOCK-B", "OP-picker")]
    total = _units(floor)
    for _ in range(40):
        _do_something(random.choice(people), random)
        assert _units(floor) == total

    assert is_clean(floor)


def _units(house: House) -> int:
    query = select(Stock.on_hand).join(Location, Location.id == Stock.location_id).where(Location.is_virtual == False)
    return sum(house.read(lambda s: s.scalars(query).all()))


def test_the_cart_survives_a_kill_at_every_step(floor: House) -> None:
    """A restart derives the prompt from the rows alone: the worker proves it after each answer, here at the stops."""
    me = worker(floor)
    me.scan("CART-1", "EAN-PEN", "EAN-MUG")
    me.key("done")
    while me.state.startswith("stop"):
        again = Worker(floor, me.workflow, me.station, me.badge)
        assert again.prompt() == me.prompt()
        me.scan(me.prompt().big or "C-1")

    assert is_clean(floor)


def test_a_colleague_cannot_undo_what_moved_on(floor: House) -> None:
    me, other = worker(floor), worker(floor, "DOCK-B", "OP-picker")
    me.scan("CART-1", "EAN-PEN")
    other.scan("CART-1")
    other.key("done")

    answer = me.key("undo")

    assert answer.outcome == Outcome.STOP
    assert is_clean(floor)


def test_an_emptied_lane_falls_back_to_the_dock(floor: House) -> None:
    me = worker(floor)
    me.scan("LANE-3")
    with writing(floor.engine) as session:
        row = session.scalars(select(Stock).where(Stock.location_id == floor.place("LANE-3"))).one()
        goods = inventory.Goods(product_id=row.product_id, qty=1)
        target = inventory.Spot(location_id=floor.place("B-1"))
        inventory.post(session, floor.context(command="opening"), goods, inventory.spot_of(row), target, reason="test")

    assert me.prompt().state == "take"
