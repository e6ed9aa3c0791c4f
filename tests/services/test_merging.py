"""Parts of an order: sent as they are there, or joined to one shipment; whatever is done, no unit is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.builders import House
from tests.services.bench import jobs, loader, packer, shipped, ssccs, states
from tests.services.order_desk import act, allocate, ask, bring, events_of, held_by
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Carton, Order, Shipment
from wms_desktop.phrases import sentence
from wms_desktop.services import selfcheck, undoing

CODE = "EAN-MUG"


@pytest.fixture
def mug(house: House) -> int:
    """An article in a bin."""
    house.bin("A-1")
    return house.product("MUG", name="Blue mug")


def arrive(house: House, mug: int, qty: int) -> None:
    """Units come into the bin and are reserved."""
    house.put(mug, "A-1", qty)
    allocate(house)


def pack(house: House, number: str, qty: int, *, tote: str = "TOTE-01") -> str:
    """Packs what an order holds in bins as one parcel; gives the code of the last answer."""
    bring(house, number, "BENCH-1", tote=tote, qty=qty)
    desk = packer(house)
    desk.scan(tote, *[CODE] * qty)
    return desk.key("yes").message.code


def part_packed(house: House, mug: int, first: int = 2, whole: int = 5) -> int:
    """An order of which the first units are packed, and the rest stands ready in the bin."""
    order = house.order("O1", (mug, whole))
    arrive(house, mug, first)
    pack(house, "O1", first)
    if whole > first:
        arrive(house, mug, whole - first)
    return order


def offers(house: House) -> list[tuple[str, str]]:
    """The orders that could leave as one, with the code of the sentence."""
    found = ask(house, "merges")
    assert all(sentence(why.code, why.args) for _, _, why in found)
    return [(number, why.code) for _, number, why in found]


def load_all(house: House) -> list[str]:
    """Loads every carton and closes the manifest; gives the codes of the loading answers."""
    desk = loader(house)
    said = [desk.scan(code).message.code for code in ssccs(house)]
    desk.key("done")
    desk.key("yes")
    return said


# --- A16: parts -----------------------------------------------------------------------------------------------------


def test_a16_parts_sent_apart_stay_linked_and_lose_no_unit(house: House, mug: int) -> None:
    order = part_packed(house, mug)
    load_all(house)
    pack(house, "O1", 3, tote="TOTE-02")
    loader(house).scan(ssccs(house)[1])
    desk = loader(house)
    desk.key("done")
    desk.key("yes")
    linked = house.read(lambda s: s.scalars(select(Shipment.order_id).order_by(Shipment.id)).all())

    assert (linked, shipped(house, "O1")) == ([order, order], (5, 5))
    assert states(house) == (["shipped", "shipped"], ["shipped", "shipped"], ["closed", "closed"])


def test_a16_a_ship_complete_order_goes_onto_no_truck_before_its_last_parcel_is_packed(house: House, mug: int) -> None:
    house.order("O1", (mug, 3), complete=True)
    arrive(house, mug, 3)
    bring(house, "O1", "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", CODE)
    desk.key("next_parcel")
    early = loader(house).scan(ssccs(house)[0])
    desk.scan(CODE, CODE)
    desk.key("yes")

    assert (early.message.code, early.message.args["units"]) == ("carton_waits", 2)
    assert load_all(house) == ["carton_loaded_others", "carton_loaded"]


# --- A17: merging -----------------------------------------------------------------------------------------------------


def test_a17_a_part_that_has_not_left_and_a_rest_that_is_ready_are_offered_as_one(house: House, mug: int) -> None:
    house.order("O2", (mug, 4), hours=9)
    part_packed(house, mug, 2, 5)
    offered = offers(house)
    act(house, "hold", orders=[2], reason="x")

    assert offered == [("O1", "merge.offer")]
    assert offers(house) == []


def test_a17_merged_parts_leave_in_one_shipment(house: House, mug: int) -> None:
    order = part_packed(house, mug)
    merged = act(house, "merge", order=order)
    early = loader(house).scan(ssccs(house)[0])
    closed = pack(house, "O1", 3, tote="TOTE-02")
    said = load_all(house)

    assert (merged.message.code, early.message.code, closed) == ("orders.merged", "carton_waits", "pack_joined")
    assert said == ["carton_loaded_others", "carton_loaded"]
    assert (states(house), shipped(house, "O1")) == ((["shipped"] * 2, ["shipped"], ["closed"]), (5, 5))
    assert (events_of(house, order), offers(house)) == (["event.merged"], [])


def test_the_first_parcels_label_is_renewed_because_it_told_another_number_of_parcels(house: House, mug: int) -> None:
    order = part_packed(house, mug)
    act(house, "merge", order=order)
    pack(house, "O1", 3, tote="TOTE-02")
    first, second = ssccs(house)

    assert jobs(house) == [(first, 0, "void"), (second, 0, "queued"), (first, 0, "queued")]


def test_two_packed_parts_become_one_shipment_with_numbered_parcels(house: House, mug: int) -> None:
    order = part_packed(house, mug)
    pack(house, "O1", 3, tote="TOTE-02")
    offered = offers(house)
    merged = act(house, "merge", order=order)
    refused = loader(house).scan(ssccs(house)[0])
    cartons = house.read(lambda s: s.execute(select(Carton.shipment_id, Carton.seq).order_by(Carton.id)).all())

    assert (offered, merged.message.code) == ([("O1", "merge.offer_packed")], "orders.merged_packed")
    assert ([tuple(row) for row in cartons], states(house)[1]) == ([(1, 1), (1, 2)], ["packed"])
    assert refused.message.code == "label_void"


def test_a_part_in_a_lane_waits_for_the_rest_that_is_picked(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 5))
    arrive(house, mug, 5)
    bring(house, "O1", "LANE-1", qty=2)
    before = offers(house)
    act(house, "merge", order=order)
    early = packer(house).scan("LANE-1")
    bring(house, "O1", "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", *[CODE] * 5)

    assert (before, early.message.code) == ([("O1", "merge.offer")], "pack_complete_waits")
    assert desk.key("yes").message.code == "pack_closed"
    assert states(house)[:2] == (["closed"], ["packed"])


def test_the_rest_cancelled_after_merging_lets_the_first_part_leave(house: House, mug: int) -> None:
    order = part_packed(house, mug)
    act(house, "merge", order=order)
    act(house, "cancel", order=order, lines={1: 3}, reason="enough")

    assert load_all(house) == ["carton_loaded"]
    assert (states(house), shipped(house, "O1")) == ((["shipped"], ["shipped"], ["closed"]), (5, 2))


def case_loaded(house: House, mug: int) -> int:
    """The first part is on the truck."""
    order = part_packed(house, mug)
    loader(house).scan(ssccs(house)[0])
    return order


def case_waits(house: House, mug: int) -> int:
    """The rest is not there."""
    house.order("O1", (mug, 5))
    arrive(house, mug, 2)
    pack(house, "O1", 2)
    arrive(house, mug, 1)
    return 1


def case_nothing(house: House, mug: int) -> int:
    """Nothing was packed before the rest."""
    house.order("O1", (mug, 5))
    arrive(house, mug, 5)
    return 1


def case_done(house: House, mug: int) -> int:
    """Merged already."""
    order = part_packed(house, mug)
    act(house, "merge", order=order)
    return order


def case_held(house: House, mug: int) -> int:
    """On hold."""
    order = part_packed(house, mug)
    act(house, "hold", orders=[order], reason="x")
    return order


CASES = [(case_loaded, "orders.merge_loaded"), (case_waits, "orders.merge_waits"), (case_held, "order_is_held"),
         (case_nothing, "orders.merge_nothing"), (case_done, "orders.merge_done")]  # fmt: skip


@pytest.mark.parametrize(("case", "code"), CASES)
def test_parts_that_cannot_leave_as_one_are_neither_offered_nor_joined(
    house: House, mug: int, case: Any, code: str
) -> None:
    order = case(house, mug)

    assert offers(house) == []
    assert act(house, "merge", order=order).message.code == code


def test_a_merge_can_be_taken_back(house: House, mug: int) -> None:
    order = part_packed(house, mug)
    pack(house, "O1", 3, tote="TOTE-02")
    act(house, "merge", order=order)
    with writing(house.engine) as session:
        undoing.undo_last(session, house.context(station="DESK-1", badge="OP-buyer"), "orders")

    assert states(house)[1] == ["packed", "packed"]
    assert not house.read(lambda s: s.get_one(Order, order).ship_complete)
    assert load_all(house) == ["carton_loaded", "carton_loaded"]


@given(st.lists(st.integers(1, 3), min_size=1, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a17_however_parts_are_packed_and_joined_every_unit_leaves_once(
    house: House, parts: list[int], joins: list[bool]
) -> None:
    number, sku = fresh(house)
    mug = house.product(sku, f"EAN-{sku}")
    order = house.order(number, (mug, sum(parts)))
    for place, qty in enumerate(parts):
        arrive(house, mug, qty)
        if place and joins[place]:
            act(house, "merge", order=order)
        bring(house, number, "BENCH-1", tote="TOTE-01")
        desk = packer(house)
        desk.scan("TOTE-01", *[f"EAN-{sku}"] * qty)
        desk.key("yes")
    leave(house, order)

    assert shipped(house, number) == (sum(parts), sum(parts))
    assert held_by(house) == {}
    assert house.read(selfcheck.find_differences) == []


def fresh(house: House) -> tuple[str, str]:
    """A number and a sku that no earlier example used."""
    if not house.read(lambda s: s.scalar(select(func.count(Order.id)))):
        house.bin("A-1")
    count = house.read(lambda s: s.scalar(select(func.count(Order.id))))
    return f"O{count}", f"SKU{count}"


def leave(house: House, order: int) -> None:
    """Every carton of the order onto the truck, with new labels where theirs are untrue, and away."""
    query = select(Carton.sscc).join(Shipment).where(Shipment.order_id == order).order_by(Carton.id)
    for code in house.read(lambda s: s.scalars(query).all()):
        if loader(house).scan(code).message.code == "label_void":
            desk = packer(house)
            desk.scan(code)
            desk.key("reprint")
            loader(house).scan(code)
    desk = loader(house)
    desk.key("done")
    desk.key("yes")
