"""What desks and maps read, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.builders import NOON, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Batch, BatchOrder, Pick
from wms_desktop.services import inventory, lookups


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


def test_a_walk_is_drawn_with_its_racks_and_stops(house: House, mug: int) -> None:
    _batch(house, mug)

    view = house.read(lambda s: lookups.find_tour(s, "B000001"))

    assert view.path == ((0, 0), (0, 1000), (0, 0))
    assert [(stop.bin, stop.is_done) for stop in view.stops] == [("A-1", False)]
    assert [(y, depth) for _, y, _, depth in view.racks] == [(400, 2400), (400, 2400)]
    assert house.read(lambda s: lookups.find_tour(s, "B999999")) is None
