"""The player's own floor: what really lies where outlives a kill, and a unit is never in two places."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from wms_desktop.errors import Bug
from wms_desktop.shift import world
from wms_desktop.shift.floor import Floor, Intent, Move, furnish, read_acts


@pytest.fixture
def home(tmp_path: Path) -> Path:
    furnish(tmp_path, world.build(2011, datetime(2026, 3, 2, 8, tzinfo=UTC)))
    return tmp_path


@pytest.fixture
def floor(home: Path) -> Floor:
    return Floor(home)


def some_pile(floor: Floor) -> tuple[str, str, int]:
    """A bin with more than two units: place, article, units."""
    return next((place, p.sku, p.units) for place in floor.places() for p in floor.piles(place) if p.units > 2)


def test_what_was_done_is_found_again_after_a_kill(home: Path, floor: Floor) -> None:
    place, sku, units = some_pile(floor)
    floor.intend(Intent(workflow="pick", raw=("scan", "TOTE-001", "")))
    floor.done({"outcome": "step_done"}, moved=True)
    floor.move(Move(sku=sku, units=2, source=place, target="TOTE-001", order="O1"))
    floor.note("at", "pick")

    again = Floor(home)

    assert (again.units(place, sku), again.units("TOTE-001", sku)) == (units - 2, 2)
    assert (again.notes["at"], again.acts, again.pending) == ("pick", 1, None)
    assert [act["workflow"] for act in read_acts(home)] == ["pick"]


def test_an_act_that_was_not_answered_is_pending_with_what_it_was_to_do(home: Path, floor: Floor) -> None:
    place, sku, units = some_pile(floor)
    move = Move(sku=sku, units=1, source=place, target="TOTE-002")
    floor.intend(Intent(workflow="pick", raw=("scan", "TOTE-002", ""), moves=(move,), notes=("seen",), seen="a1"))

    again = Floor(home)
    assert again.pending == floor.pending
    assert (again.units(place, sku), again.has("seen")) == (units, False)

    again.done({"outcome": "settled"}, moved=True)
    assert (Floor(home).units("TOTE-002", sku), again.has("seen")) == (1, True)


def test_a_line_torn_by_a_kill_is_cut_off(home: Path, floor: Floor) -> None:
    floor.note("first")
    with (home / "moves.jsonl").open("a") as file:
        file.write('{"note": ["torn')

    again = Floor(home)
    again.note("second")

    assert set(Floor(home).notes) == {"first", "second"}


def test_units_that_do_not_lie_there_cannot_be_moved(floor: Floor) -> None:
    place, sku, units = some_pile(floor)

    with pytest.raises(Bug, match="do not lie in"):
        floor.move(Move(sku=sku, units=units + 1, source=place, target="TOTE-001"))


def test_units_tagged_for_an_order_are_taken_first(floor: Floor) -> None:
    place, sku, _ = some_pile(floor)
    for order in ("", "O1", "O2"):
        floor.move(Move(sku=sku, units=1, source=place, target="LANE-9", order=order))

    floor.move(Move(sku=sku, units=1, source="LANE-9", target="CARTON O2/1", order="O2"))

    assert {pile.order for pile in floor.piles("LANE-9")} == {"", "O1"}


def test_packs_come_off_the_truck_once_and_broken_ones_last(floor: Floor) -> None:
    po = list(floor.deliveries)[1]
    order = []
    while (found := floor.next_pack(po)) is not None:
        at, pack = found
        floor.move(Move(sku=pack.sku, units=pack.units, source=po, target="DOCK-1", pack=at))
        order.append(pack)

    assert len(order) == len(floor.deliveries[po])
    assert [pack.damaged for pack in order[-3:]] == [False, True, True]


def test_a_floor_is_furnished_once(home: Path) -> None:
    with pytest.raises(Bug):
        furnish(home, world.build(2011, datetime(2026, 3, 2, 8, tzinfo=UTC)))
