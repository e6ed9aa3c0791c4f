"""Which bin goods are put into: the chain of rules, mixing, splitting, and what was refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms_desktop.domain.slotting import (
    CHAIN,
    Content,
    Load,
    Placing,
    Slot,
    choose,
    choose_whole,
    room_for,
    why_not,
    with_contents,
)

MUG, PEN, BLEACH = 1, 2, 3


def slot(number: int, **facts: Any) -> Slot:
    """A bin that stands at its number on the walk."""
    return Slot(**({"id": number, "code": f"A-{number}", "walk_seq": number} | facts))


def lies(product: int, qty: int, *, lot: int = 0, size: int = 10, mixing: str = "") -> Content:
    return Content(product_id=product, lot_id=lot, qty=qty, volume_mm3=qty * size, weight_g=qty, mixing=mixing)


def mugs(qty: int, **facts: Any) -> Load:
    return Load(**({"product_id": MUG, "qty": qty, "volume_mm3": 10, "weight_g": 1, "zone": "A"} | facts))


def parts_of(placing: Placing) -> list[tuple[str, int, str]]:
    return [(part.code, part.qty, part.rule) for part in placing.parts]


def refused_of(placing: Placing) -> list[tuple[str, str]]:
    return [(one.code, one.why) for one in placing.refused]


EVERY_RULE = [
    ("empty_face", slot(9, zone="C"), {"face_id": 9, "is_wanted": True}),
    ("face", slot(9, zone="C"), {"face_id": 9}),
    ("same_goods", slot(9, zone="C", contents=(lies(MUG, 1),)), {}),
    ("zone_free", slot(9, zone="A"), {}),
    ("nearest_free", slot(9, zone="C"), {}),
    ("zone_shared", slot(9, zone="A", contents=(lies(PEN, 1),)), {}),
    ("nearest_shared", slot(9, zone="C", contents=(lies(PEN, 1),)), {}),
]


@pytest.mark.parametrize(("rule", "bin_", "facts"), EVERY_RULE)
def test_each_rule_decides_where_it_is_the_first_that_takes_all(rule: str, bin_: Slot, facts: dict[str, Any]) -> None:
    assert parts_of(choose(mugs(4, **facts), [bin_])) == [("A-9", 4, rule)]


def test_the_chain_is_tried_in_its_order_whatever_is_nearer() -> None:
    """Hand-computed: the bins stand in the reverse order of the chain on the walk."""
    bins = [
        slot(1, zone="C", contents=(lies(PEN, 1),)),
        slot(2, zone="A", contents=(lies(PEN, 1),)),
        slot(3, zone="C"),
        slot(4, zone="A"),
        slot(5, zone="C", contents=(lies(MUG, 1),)),
        slot(6),
    ]
    found = []
    while bins:
        placing = choose(mugs(4, face_id=6), bins)
        found.append(placing.parts[0].rule)
        bins = [one for one in bins if one.id != placing.parts[0].slot_id]

    assert found == [rule.name for rule in CHAIN[1:]]


def test_a_face_is_filled_up_and_the_rest_goes_to_one_bin() -> None:
    face = slot(7, contents=(lies(MUG, 3),))

    placing = choose(mugs(20, face_id=7, face_max=12), [face, slot(1, zone="A"), slot(2, zone="A")])

    assert parts_of(placing) == [("A-7", 9, "face"), ("A-1", 11, "zone_free")]


def test_one_bin_for_all_goes_before_two_with_the_same_goods() -> None:
    same = [slot(n, capacity_mm3=50, contents=(lies(MUG, 2),)) for n in (1, 2)]

    assert parts_of(choose(mugs(6), [*same, slot(8, zone="C")])) == [("A-8", 6, "nearest_free")]


def test_what_fits_no_single_bin_is_split_in_the_order_of_the_chain() -> None:
    bins = [slot(1, zone="A", capacity_mm3=120), slot(2, zone="A", capacity_mm3=90), slot(3, capacity_mm3=100)]

    placing = choose(mugs(28), bins)

    assert parts_of(placing) == [("A-1", 12, "zone_free"), ("A-2", 9, "zone_free"), ("A-3", 7, "nearest_free")]
    assert placing.left == 0


def test_what_no_bin_takes_is_left() -> None:
    placing = choose(mugs(20), [slot(1, capacity_mm3=120), slot(2, is_blocked=True)])

    assert (parts_of(placing), placing.left) == ([("A-1", 12, "nearest_free")], 8)


def test_weight_counts_as_volume_does_and_unknown_sizes_fit_everywhere() -> None:
    small = slot(1, capacity_mm3=30, max_weight_g=2)

    assert room_for(mugs(9), small) == 2
    assert room_for(mugs(9, weight_g=0), small) == 3
    assert room_for(mugs(9, weight_g=0, volume_mm3=0), small) >= 9


MIXED = [
    ("any", "", lies(PEN, 1), ""),
    ("any", "", lies(MUG, 1, lot=5), ""),
    ("one_product", "", lies(PEN, 1), "bin_mixing"),
    ("one_product", "", lies(MUG, 1, lot=5), ""),
    ("one_lot", "", lies(MUG, 1, lot=5), "bin_mixing"),
    ("one_lot", "", lies(MUG, 1), ""),
    ("any", "alone", lies(PEN, 1), "bin_mixing"),
    ("any", "alone", lies(MUG, 1, mixing="alone"), ""),
    ("any", "", lies(BLEACH, 1, mixing="alone"), "bin_mixing"),
    ("any", "", lies(BLEACH, 1, mixing="chemical"), "bin_mixing"),
    ("any", "chemical", lies(BLEACH, 1, mixing="chemical"), ""),
    ("any", "food", lies(BLEACH, 1, mixing="chemical"), "bin_mixing"),
]


@pytest.mark.parametrize(("mixing", "own", "content", "why"), MIXED)
def test_mixing_table(mixing: str, own: str, content: Content, why: str) -> None:
    assert why_not(mugs(1, mixing=own), slot(1, mixing=mixing, contents=(content,)), 1) == why


def test_the_face_of_another_product_is_left_to_it() -> None:
    placing = choose(mugs(2), [slot(1, zone="A", is_face_of_other=True), slot(2, zone="A")])

    assert (parts_of(placing), refused_of(placing)) == ([("A-2", 2, "zone_free")], [("A-1", "bin_face")])


def test_the_refusals_of_better_and_nearer_bins_are_kept() -> None:
    bins = [
        slot(1, zone="A", contents=(lies(PEN, 1),)),
        slot(2, zone="C"),
        slot(3, zone="A", is_blocked=True),
        slot(4, zone="A", capacity_mm3=30),
        slot(5, zone="A"),
        slot(6, zone="A", capacity_mm3=20, contents=(lies(MUG, 1),)),
    ]

    placing = choose(mugs(4), bins)

    assert parts_of(placing) == [("A-5", 4, "zone_free")]
    assert refused_of(placing) == [
        ("A-6", "bin_full"), ("A-3", "bin_blocked"), ("A-4", "bin_full"), ("A-2", "bin_zone"),
    ]  # fmt: skip
    assert [one.room for one in placing.refused] == [1, 0, 3, 10**9]


def test_what_is_on_its_way_to_a_bin_counts_as_lying_there() -> None:
    bins = [slot(1, zone="A", capacity_mm3=100), slot(2, zone="A", capacity_mm3=100)]
    planned = with_contents(bins[0], [lies(PEN, 7)])

    assert parts_of(choose(mugs(4), [planned, bins[1]])) == [("A-2", 4, "zone_free")]


CONTENTS = st.builds(
    lies, st.sampled_from([MUG, PEN, BLEACH]), st.integers(1, 9), lot=st.integers(0, 2),
    mixing=st.sampled_from(["", "alone", "food"]),
)  # fmt: skip
SLOTS = st.lists(
    st.builds(
        Slot, id=st.integers(1, 40), code=st.just("A"), walk_seq=st.integers(0, 9), zone=st.sampled_from("ABC"),
        capacity_mm3=st.sampled_from([0, 50, 120]), max_weight_g=st.sampled_from([0, 4, 12]),
        mixing=st.sampled_from(["any", "one_product", "one_lot"]), is_blocked=st.booleans(),
        contents=st.lists(CONTENTS, max_size=2).map(tuple),
    ),
    max_size=7, unique_by=lambda one: one.id,
)  # fmt: skip
LOADS = st.builds(
    Load, product_id=st.just(MUG), qty=st.integers(1, 40), lot_id=st.integers(0, 2),
    volume_mm3=st.sampled_from([0, 10]),
    weight_g=st.sampled_from([0, 1]), mixing=st.sampled_from(["", "alone", "food"]), zone=st.just("A"),
    face_id=st.integers(0, 9), face_max=st.sampled_from([0, 5]), is_wanted=st.booleans(),
)  # fmt: skip


@settings(max_examples=100)
@given(load=LOADS, slots=SLOTS)
def test_no_bin_gets_more_than_fits_and_no_unit_is_lost(load: Load, slots: list[Slot]) -> None:
    placing = choose(load, slots)
    known = {one.id: one for one in slots}

    assert sum(part.qty for part in placing.parts) + placing.left == load.qty
    assert len({part.slot_id for part in placing.parts}) == len(placing.parts)
    assert all(0 < part.qty <= room_for(load, known[part.slot_id]) for part in placing.parts)
    assert not placing.left or sum(min(room_for(load, one), load.qty) for one in slots) < load.qty


@settings(max_examples=50)
@given(load=LOADS, slots=SLOTS)
def test_a_load_is_split_only_where_no_bin_takes_what_the_face_leaves(load: Load, slots: list[Slot]) -> None:
    placing = choose(load, slots)
    faces = sum(part.qty for part in placing.parts if part.rule in ("face", "empty_face"))
    others = [part for part in placing.parts if part.rule not in ("face", "empty_face")]

    if len(others) > 1 or placing.left:
        rest = load.qty - faces
        assert all(room_for(load, one) < rest for one in slots if one.id != load.face_id)


@settings(max_examples=50)
@given(load=LOADS, slots=SLOTS, data=st.data())
def test_the_order_of_the_bins_does_not_matter(load: Load, slots: list[Slot], data: st.DataObject) -> None:
    assert choose(load, data.draw(st.permutations(slots))) == choose(load, slots)


PLATES = st.lists(
    st.builds(
        Load, product_id=st.sampled_from([MUG, PEN, BLEACH]), qty=st.integers(1, 9), lot_id=st.integers(0, 1),
        volume_mm3=st.sampled_from([0, 10]), weight_g=st.sampled_from([0, 1]),
        mixing=st.sampled_from(["", "food"]), zone=st.sampled_from("AB"),
    ),
    min_size=1, max_size=4, unique_by=lambda one: (one.product_id, one.lot_id),
)  # fmt: skip


@settings(max_examples=100)
@given(plate=PLATES, slots=SLOTS)
def test_a_plate_goes_whole_to_a_bin_that_takes_each_load_beside_the_others(
    plate: list[Load], slots: list[Slot]
) -> None:
    """Loaded one after the other, each load still fits beside those before it."""
    placing = choose_whole(plate, slots)
    known = {one.id: one for one in slots}
    takes_all = [one for one in slots if _fill_in_turn(plate, one)]

    assert bool(placing.parts) == bool(takes_all)
    assert all(known[part.slot_id] in takes_all and part.qty == sum(load.qty for load in plate)
               for part in placing.parts)  # fmt: skip


def _fill_in_turn(plate: list[Load], one: Slot) -> bool:
    for load in plate:
        if room_for(load, one) < load.qty:
            return False
        lying = Content(product_id=load.product_id, lot_id=load.lot_id, qty=load.qty, mixing=load.mixing,
                        volume_mm3=load.qty * load.volume_mm3, weight_g=load.qty * load.weight_g)  # fmt: skip
        one = with_contents(one, [lying])
    return True


@settings(max_examples=100)
@given(load=LOADS, slots=SLOTS)
def test_a_plate_of_one_load_goes_where_the_load_goes_whole(load: Load, slots: list[Slot]) -> None:
    load = replace(load, face_id=0)
    alone = choose(load, slots)

    whole = choose_whole([load], slots)

    assert [(part.slot_id, part.rule) for part in whole.parts] == (
        [(part.slot_id, part.rule) for part in alone.parts] if len(alone.parts) == 1 and not alone.left else []
    )
