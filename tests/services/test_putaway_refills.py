"""A pick face is refilled on the putaway screen."""

from __future__ import annotations

import pytest

from tests.builders import House
from tests.services.putaway_floor import is_clean, last_reason, worker
from tests.services.test_replenishing import faced
from wms_desktop.db.engine import writing
from wms_desktop.prompts import Outcome
from wms_desktop.services import inventory, lane_reads
from wms_desktop.services.inventory import Goods, Spot

pytestmark = pytest.mark.parametrize("house", ["sqlite"], indirect=True)


@pytest.fixture
def mug(house: House) -> int:
    """Two faces that run low, mugs and pens in reserve."""
    mug, pen = faced(house, "MUG", "F-1"), faced(house, "PEN", "F-2")
    house.bin("C-1", y_mm=5000)
    house.put(mug, "F-1", 1)
    house.put(mug, "C-1", 40)
    house.put(pen, "F-2", 4)
    house.put(pen, "C-1", 40)
    return mug


def test_the_most_urgent_face_is_offered_and_refilled(house: House, mug: int) -> None:
    me = worker(house)

    offered = me.key("find")
    assert (offered.prompt.state, offered.prompt.big, offered.prompt.args["bin"]) == ("refill", "C-1", "F-1")
    fetched = me.scan("C-1")
    assert (fetched.prompt.state, fetched.prompt.big) == ("refill_put", "F-1")
    done = me.scan("F-1")

    assert (house.on_hand("F-1", mug), house.on_hand("C-1", mug), last_reason(house)) == (12, 29, "replenish")
    assert (done.message.code, done.prompt.args["bin"]) == ("refilled", "F-2")
    assert me.scan("EAN-PEN", "F-2").outcome == Outcome.JOB_COMPLETE
    assert is_clean(house)


def test_wrong_scans_move_nothing(house: House, mug: int) -> None:
    me = worker(house)
    me.key("find")

    assert me.scan("F-2").message.code == "refill_wrong_bin"
    assert me.scan("EAN-PEN").message.code == "refill_wrong_item"
    assert me.scan("C-1", "F-2").message.code == "refill_wrong_face"
    assert house.on_hand("F-1", mug) == 1


def test_only_so_many(house: House, mug: int) -> None:
    me = worker(house)
    me.key("find")

    assert me.key("quantity", "6").prompt.args["qty"] == 6
    assert me.key("quantity", "5").message.args["left"] == 1
    me.scan("F-1")
    assert house.on_hand("F-1", mug) == 6


def test_another_face_first_and_none_left(house: House, mug: int) -> None:
    me = worker(house)
    me.key("find")

    assert me.key("skip").prompt.args["bin"] == "F-2"
    assert me.key("skip").message.code == "nothing_else_to_refill"
    assert me.key("back").prompt.state == "take"


def test_two_people_are_not_sent_to_the_same_face(house: House, mug: int) -> None:
    me, other = worker(house), worker(house, "DOCK-B", "OP-picker")

    assert (me.key("find").prompt.args["bin"], other.key("find").prompt.args["bin"]) == ("F-1", "F-2")


def test_units_promised_meanwhile_end_the_work_in_words(house: House, mug: int) -> None:
    me = worker(house)
    me.key("find")
    me.scan("C-1")
    order = house.order("O1", (mug, 35))
    with writing(house.engine) as session:
        goods = Goods(product_id=mug, qty=1)
        stock = inventory.find_stock(session, goods, Spot(location_id=house.place("C-1")))
        assert stock is not None
        inventory.hold(session, stock.id, order, 35, "{}")

    answer = me.scan("F-1")

    assert (answer.outcome, answer.prompt.state, house.on_hand("F-1", mug)) == (Outcome.STOP, "take", 1)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_every_step_is_taken_back(house: House, mug: int, steps: int) -> None:
    me = worker(house)
    before = me.prompt()
    for step in ("find", "C-1", "F-1")[:steps]:
        me.key(step) if step == "find" else me.scan(step)
    for _ in range(steps):
        me.key("undo")

    assert (me.prompt(), house.on_hand("F-1", mug)) == (before, 1)


def test_why_this_face(house: House, mug: int) -> None:
    me = worker(house)
    me.key("find")
    assert me.key("why").message.args == {"bin": "F-1", "there": 1, "least": 5, "wanted": 0}

    house.order("O1", (mug, 3))
    assert me.key("why").message.code == "why_refill_urgent"


def test_nothing_to_refill_is_said(house: House, mug: int) -> None:
    other = worker(house)
    other.key("find")
    other.scan("C-1", "F-1", "C-1", "F-2")

    assert other.key("find").message.code == "nothing_to_refill"


def test_a_desk_can_ask_for_the_list(house: House, mug: int) -> None:
    found = house.read(lambda s: lane_reads.QUESTIONS["refills"](s, house.now, {}))

    assert [(one.face, one.qty) for one in found] == [("F-1", 11), ("F-2", 8)]
