"""Two kinds of people take units from one dock: those who put away leave what a picker was told to fetch."""

from __future__ import annotations

import pytest

from tests.builders import House
from tests.services.pick_floor import held
from tests.services.putaway_floor import is_clean, on_plate, worker
from tests.services.test_picking_shorts import MUG, at_the_bin, floor

__all__ = ["floor"]

SQLITE = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


def fetched_from_dock(house: House, mug: int, *, plate: bool) -> None:
    """Nine mugs came in, and a picker who is two short was told to fetch them there."""
    if plate:
        on_plate(house, (mug, 9))
    else:
        house.put(mug, "DOCK-1", 9)
    walker = at_the_bin(house)
    walker.key("short", "1")
    walker.key("choose", "1")


@SQLITE
@pytest.mark.parametrize("plate", [True, False])
def test_what_a_picker_fetches_from_the_dock_is_not_put_away(house: House, floor: int, plate: bool) -> None:
    fetched_from_dock(house, floor, plate=plate)
    kept = [row for row in held(house) if row[0] == "DOCK-1"]
    me = worker(house)
    assert me.prompt().args["units"] == 9 - kept[0][-1]

    me.scan("PAL-1" if plate else MUG)
    me.scan(me.prompt().big)

    assert [row for row in held(house) if row[0] == "DOCK-1"] == kept
    assert (house.on_hand("DOCK-1", floor), is_clean(house)) == (kept[0][-1], True)


@SQLITE
def test_a_cart_leaves_what_a_picker_fetches(house: House, floor: int) -> None:
    fetched_from_dock(house, floor, plate=False)
    kept = [row for row in held(house) if row[0] == "DOCK-1"]
    me = worker(house)

    me.scan("CART-2")
    me.scan(MUG)

    assert [row for row in held(house) if row[0] == "DOCK-1"] == kept
    assert house.on_hand("DOCK-1", floor) == kept[0][-1]
