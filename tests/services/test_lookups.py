"""What desks and maps read, on both databases."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.builders import NOON, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Batch, BatchOrder, Order, Pick
from wms_desktop.phrases import sentence
from wms_desktop.services import inventory, lookups


def _backlog(house: House) -> list[lookups.BacklogRow]:
    return house.read(lambda s: lookups.list_backlog(s, NOON, NOON.date(), sentence))


@pytest.fixture
def mug(house: House) -> int:
    made = house.product("MUG")
    house.bin("A-1", y_mm=1000)
    house.bin("A-2", y_mm=2200)
    return made


def _hold(house: House, mug: int, line: int, qty: int) -> int:
    stock = house.put(mug, "A-1", qty)
    with writing(house.engine) as session:
        inventory.hold(session, stock, line, qty, "x")
    return stock


def test_every_open_order_stands_in_the_stated_order_with_its_state(house: House, mug: int) -> None:
    house.order("LATER", (mug, 2), hours=6)
    house.order("SOONER", (mug, 3), hours=2)
    house.order("HELD", (mug, 1), hours=9, is_held=True)
    house.order("COMING", (mug, 1), hours=10, release_on=(NOON + timedelta(days=9)).date())
    _hold(house, mug, 2, 3)

    rows = _backlog(house)

    assert [(r.order_number, r.state, r.units_open) for r in rows] == [
        ("SOONER", "ready", 3), ("LATER", "backordered", 2), ("HELD", "on_hold", 1), ("COMING", "pre_order", 1),
    ]  # fmt: skip
    assert [r.rank_text for r in rows] == ["1", "2", "3", "4"]
    assert rows[0].value == Decimal("7.50")
    assert rows[1].reason == "2 of 2 units without stock"


def test_missing_stock_blocks_an_order_rather_than_backorders_it(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    house.put(mug, "HOLD-1", 1)
    with writing(house.engine) as session:
        spot = inventory.Spot(location_id=house.place("HOLD-1"))
        broken = inventory.Spot(location_id=house.place("HOLD-1"), condition="damaged")
        goods = inventory.Goods(product_id=mug, qty=1)
        inventory.post(session, house.context(command="opening"), goods, spot, broken, reason="x")

    assert [row.state for row in _backlog(house)] == ["stock_blocked"]


def _batch(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    stock = _hold(house, mug, 1, 2)
    with writing(house.engine) as session:
        batch = Batch(number="B000001", metres=60, tour="[[0, 0], [0, 1000], [0, 0]]", created_at=NOON,
                      operator_id=1, state="running", started_at=NOON, leave_by=NOON)  # fmt: skip
        session.add(batch)
        session.flush()
        session.add(BatchOrder(batch_id=batch.id, order_id=1, position=1))
        session.add(Pick(batch_id=batch.id, order_line_id=1, stock_id=stock, seq=1, qty=2))


def test_a_batch_is_shown_with_its_picker_progress_and_predicted_finish(house: House, mug: int) -> None:
    _batch(house, mug)

    (row,) = house.read(lambda s: lookups.list_batches(s, NOON))

    assert (row.picker, row.state, row.picks_done, row.picks_total, row.orders) == ("Picker", "started", 0, 1, 1)
    assert row.predicted_at == NOON + timedelta(seconds=lookups.SECONDS_A_PICK + 60_000 / lookups.MM_A_SECOND)
    assert [r.state for r in _backlog(house)] == ["in_work"]


def test_an_order_whose_batch_nobody_has_begun_is_still_ready(house: House, mug: int) -> None:
    _batch(house, mug)
    with writing(house.engine) as session:
        session.get_one(Batch, 1).state = "released"

    assert [r.state for r in _backlog(house)] == ["ready"]


def test_a_walk_is_drawn_with_its_racks_and_stops(house: House, mug: int) -> None:
    _batch(house, mug)

    view = house.read(lambda s: lookups.find_tour(s, "B000001"))

    assert view.path == ((0, 0), (0, 1000), (0, 0))
    assert [(stop.bin, stop.is_done) for stop in view.stops] == [("A-1", False)]
    assert [(y, depth) for _, y, _, depth in view.racks] == [(400, 2400), (400, 2400)]
    assert house.read(lambda s: lookups.find_tour(s, "B999999")) is None


def test_a_shipped_order_is_not_in_the_backlog(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    stock = _hold(house, mug, 1, 2)
    with writing(house.engine) as session:
        customer = inventory.Spot(location_id=house.place("CUSTOMER"))
        inventory.consume(session, house.context(command="opening"), stock, 1, customer)

    assert _backlog(house) == []
    assert house.read(lambda s: s.get_one(Order, 1).number) == "O1"


def test_people_are_listed_without_the_house_itself(house: House) -> None:
    names = [row.name for row in house.read(lookups.list_operators)]

    assert names == sorted(names)
    assert "house" not in names
