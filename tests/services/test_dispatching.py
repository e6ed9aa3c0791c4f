"""Dispatch: cartons onto the right truck, what is missing in sight, and a manifest that is final."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from tests.services.bench import (
    balances,
    cancel,
    change,
    jobs,
    loader,
    packer,
    plate_at,
    shipped,
    ssccs,
    stand,
    states,
)
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Location, PrintJob, Station
from wms_desktop.domain import documents
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Answer, Outcome

MUG = "5012345678900"


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", MUG)


def packed(
    house: House, number: str, product: int, *parcels: int, service: str = "PARCEL", hours: int = 4
) -> list[str]:
    """An order packed at the bench into parcels of so many mugs; gives the new SSCCs."""
    house.order(number, (product, sum(parcels)), service=service, hours=hours)
    stand(house, number, product, sum(parcels), "BENCH-1", tote="TOTE-01")
    before = len(ssccs(house))
    desk = packer(house)
    desk.scan("TOTE-01")
    for place, units in enumerate(parcels, 1):
        desk.scan(*[MUG] * units)
        desk.key("yes" if place == len(parcels) else "next_parcel")
    return ssccs(house)[before:]


def refused(desk: Desk, answer: Answer, code: str) -> str:
    """Checks that the event was refused with a sentence and left the same prompt; gives the sentence."""
    assert (answer.message.code, answer.outcome) == (code, Outcome.STOP)
    assert desk.prompt() == answer.prompt
    return sentence(answer.message.code, answer.message.args)


def test_a_door_opens_a_manifest_and_cartons_go_onto_the_truck(house: House, mug: int) -> None:
    first, second = packed(house, "O1", mug, 2), packed(house, "O2", mug, 1)
    truck = loader(house)

    opened = truck.scan("TRUCK-NORTHWAY")
    assert (opened.prompt.state, opened.prompt.args["left"], opened.prompt.progress) == ("load", 2, (0, 2))
    answer = truck.scan(f"(00){first[0]}")

    assert (answer.outcome, answer.message.code) == (Outcome.ACCEPTED, "carton_loaded")
    assert answer.prompt.args["loaded"] == 1
    assert [d.args["sscc"] for d in answer.prompt.details] == second
    assert plate_at(house, first[0]) == "TRUCK-NORTHWAY"


def test_any_carton_opens_its_carriers_truck_and_is_loaded(house: House, mug: int) -> None:
    code = packed(house, "O1", mug, 1, service="FREIGHT")[0]
    truck = loader(house)

    answer = truck.scan(code)

    assert (answer.message.code, answer.prompt.args["truck"]) == ("carton_loaded", "TRUCK-BULKLINE")
    assert states(house) == (["loaded"], ["packed"], ["open"])


def test_a_closed_manifest_ships_everything_on_it_for_good(house: House, mug: int) -> None:
    codes = packed(house, "O1", mug, 2, 1)
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY", *codes)

    asked = truck.key("done")
    assert (asked.outcome, asked.prompt.state, asked.prompt.args["loaded"]) == (Outcome.LOOK_HERE, "confirm", 2)
    answer = truck.key("yes")

    assert (answer.outcome, answer.message.code, answer.prompt.state) == (
        Outcome.JOB_COMPLETE,
        "manifest_closed",
        "open",
    )
    assert states(house) == (["shipped", "shipped"], ["shipped"], ["closed"])
    assert shipped(house, "O1") == (3, 3)
    assert (house.on_hand("TRUCK-NORTHWAY", mug), house.on_hand("CUSTOMER", mug)) == (0, 3)
    assert truck.key("undo").message.code == "nothing_to_undo"


def test_the_manifest_lists_every_parcel_and_is_printed_and_printed_again(house: House, mug: int) -> None:
    codes = packed(house, "O1", mug, 2, 1)
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY", *codes)
    truck.key("done")
    truck.key("yes")

    paper = documents.from_payload("manifest", _payload(house, "manifest"))
    assert isinstance(paper, documents.Manifest)
    assert (paper.carrier, [row.sscc for row in paper.rows]) == ("Northway", codes)
    first = paper.rows[0]
    assert (first.order, first.place, first.weight_g) == ("O1", "LS1 1AA Leeds GB", 200)
    assert truck.key("reprint").message.args["copy"] == 1
    assert [job[1] for job in jobs(house, "manifest")] == [0, 1]


def test_what_is_missing_is_shown_parted_shipments_first_and_unpacked_orders_before_closing(
    house: House, mug: int
) -> None:
    lone = packed(house, "O1", mug, 1, hours=1)[0]
    first, second = packed(house, "O2", mug, 1, 1, hours=3)
    house.order("O3", (mug, 2), hours=2)
    stand(house, "O3", mug, 2, "LANE-1")
    truck = loader(house)

    answer = truck.scan("TRUCK-NORTHWAY", first)
    assert (answer.message.code, answer.message.args["others"]) == ("carton_loaded_others", "2")
    assert [(d.code, d.args["sscc"]) for d in answer.prompt.details] == [
        ("dispatch.split", second),
        ("dispatch.behind", lone),
    ]

    asked = truck.key("done")
    assert asked.message.code == "manifest_ask_behind"
    assert asked.prompt.details[-1].args == {"order": "O3", "units": 2, "leave_by": "14:00"}


def test_a_carton_found_at_the_question_is_loaded_and_loading_goes_on(house: House, mug: int) -> None:
    first, second = packed(house, "O1", mug, 1)[0], packed(house, "O2", mug, 1)[0]
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY", first)
    truck.key("done")

    answer = truck.scan(second)

    assert (answer.prompt.state, answer.prompt.args["loaded"]) == ("load", 2)


def test_a_carton_scanned_again_is_taken_off_after_one_question(house: House, mug: int) -> None:
    code = packed(house, "O1", mug, 2)[0]
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY", code)

    asked = truck.scan(code)
    assert (asked.outcome, asked.message.code, asked.prompt.details[0].code) == (
        Outcome.LOOK_HERE, "carton_on_truck", "dispatch.off")  # fmt: skip
    answer = truck.key("yes")

    assert answer.message.args == {"sscc": code, "place": "BENCH-1"}
    assert (states(house)[0], plate_at(house, code)) == (["closed"], "BENCH-1")
    refused(truck, truck.key("yes"), "dispatch_nothing_asked")
    assert truck.scan(code).message.code == "carton_loaded"


def test_a_shipment_is_shipped_when_its_last_parcel_left(house: House, mug: int) -> None:
    first, second = packed(house, "O1", mug, 1, 1)
    truck = loader(house)
    for code, shipment in ((first, "packed"), (second, "shipped")):
        truck.scan("TRUCK-NORTHWAY", code)
        truck.key("done")
        truck.key("yes")
        assert states(house)[1] == [shipment]

    assert shipped(house, "O1") == (2, 2)


def test_two_people_load_one_truck_and_the_late_one_hears_that_it_left(house: House, mug: int) -> None:
    first, second = packed(house, "O1", mug, 1)[0], packed(house, "O2", mug, 1)[0]
    with writing(house.engine) as session:
        session.add(Station(code="SHIP-2", kind="ship"))
    one, two = loader(house), loader(house, "SHIP-2")
    one.scan("TRUCK-NORTHWAY", first)
    two.scan("TRUCK-NORTHWAY")
    assert two.last is not None
    assert two.last.prompt.args["loaded"] == 1
    one.key("done")
    one.key("yes")

    assert "M000001" in refused(two, two.scan(second), "manifest_gone")
    assert two.prompt().state == "open"
    assert two.scan(second).prompt.args["manifest"] == "M000002"


# --- wrong turns ------------------------------------------------------------------------------------------------


def test_a_carton_of_another_carrier_is_refused_and_shown_its_door(house: House, mug: int) -> None:
    code = packed(house, "O1", mug, 1, service="FREIGHT")[0]
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY")

    said = refused(truck, truck.scan(code), "wrong_carrier")
    assert "Bulkline" in said
    assert "TRUCK-BULKLINE" in said


def test_a_carton_not_closed_or_loaded_elsewhere_or_gone_is_refused(house: House, mug: int) -> None:
    code = packed(house, "O1", mug, 1)[0]
    house.order("O2", (mug, 2))
    stand(house, "O2", mug, 2, "LANE-1")
    packer(house).scan("LANE-1", MUG)
    with writing(house.engine) as session:
        session.add(Location(warehouse_id=1, code="TRUCK-2", kind="truck", service_id=1))
    truck = loader(house)

    refused(truck, truck.scan(ssccs(house)[1]), "carton_not_closed")
    refused(truck, truck.scan(code), "dispatch_which_truck")
    truck.scan("TRUCK-NORTHWAY", code)
    truck.key("back")
    truck.scan("TRUCK-2")
    refused(truck, truck.scan(code), "carton_elsewhere")
    refused(truck, truck.scan("TRUCK-NORTHWAY"), "dispatch_other_truck")
    assert truck.scan("TRUCK-2").message.code == "dispatch_truck_is_open"
    truck.key("back")
    truck.scan("TRUCK-NORTHWAY")
    truck.key("done")
    truck.key("yes")
    refused(truck, truck.scan(code), "carton_gone")


def test_a_label_made_void_by_a_new_address_is_not_loaded_until_it_is_renewed(house: House, mug: int) -> None:
    code = packed(house, "O1", mug, 1)[0]
    change(house, "O1", city="York")
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY")

    refused(truck, truck.scan(code), "label_void")
    desk = packer(house)
    desk.scan(code)
    desk.key("reprint")
    assert truck.scan(code).message.code == "carton_loaded"


def test_a_label_whose_packing_was_taken_back_is_not_loaded(house: House, mug: int) -> None:
    code = packed(house, "O1", mug, 1)[0]
    desk = packer(house)
    for _ in range(3):
        desk.key("undo")
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY")

    assert code in refused(truck, truck.scan(code), "label_void_gone")


def test_a_held_or_cancelled_order_is_not_loaded_and_not_shipped(house: House, mug: int) -> None:
    held, gone = packed(house, "O1", mug, 1)[0], packed(house, "O2", mug, 2)[0]
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY")
    change(house, "O1", is_held=True)
    cancel(house, "O2", mug, 1)

    refused(truck, truck.scan(held), "order_is_held")
    refused(truck, truck.scan(gone), "carton_unwanted")
    change(house, "O1", is_held=False)
    truck.scan(held)
    change(house, "O1", is_held=True)
    truck.key("done")
    refused(truck, truck.key("yes"), "order_is_held")
    assert states(house)[2] == ["open"]


def test_an_empty_truck_is_not_closed_and_an_unknown_code_changes_nothing(house: House, mug: int) -> None:
    truck = loader(house)
    refused(truck, truck.key("reprint"), "no_manifest_to_reprint")
    truck.scan("TRUCK-NORTHWAY")

    refused(truck, truck.key("done"), "manifest_empty")
    assert truck.scan("952000000000000017").outcome is Outcome.NOT_UNDERSTOOD
    refused(truck, truck.scan(MUG), "wrong_scan")
    assert truck.key("back").message.code == "manifest_left"


def test_a_door_or_parcel_without_a_carrier_or_door_says_so(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        session.add(Location(warehouse_id=1, code="TRUCK-X", kind="truck"))
        session.scalars(select(Location).where(Location.code == "TRUCK-BULKLINE")).one().service_id = None
    code = packed(house, "O1", mug, 1, service="FREIGHT")[0]
    truck = loader(house)

    refused(truck, truck.scan("TRUCK-X"), "dispatch_no_carrier")
    refused(truck, truck.scan(code), "dispatch_no_truck")


def test_a_loaded_carton_cannot_be_unpacked_by_undo_at_the_bench(house: House, mug: int) -> None:
    code = packed(house, "O1", mug, 1)[0]
    loader(house).scan(code)

    answer = packer(house).key("undo")

    assert answer.message.code == "cannot_undo"
    assert states(house)[0] == ["loaded"]


# --- undo and resume ----------------------------------------------------------------------------------------------


def _steps(first: str, second: str) -> list[Callable[[Desk], Answer]]:
    return [
        lambda d: d.scan("TRUCK-NORTHWAY"),
        lambda d: d.scan(first),
        lambda d: d.scan(first),
        lambda d: d.key("yes"),
        lambda d: d.scan(first),
        lambda d: d.scan(second),
        lambda d: d.key("done"),
        lambda d: d.key("back"),
        lambda d: d.key("done"),
        lambda d: d.key("yes"),
    ]


def test_the_same_prompt_is_found_again_after_every_step(house: House, mug: int) -> None:
    truck = loader(house)

    for step in _steps(*packed(house, "O1", mug, 1, 1)):
        answer = step(truck)
        assert truck.prompt() == answer.prompt

    assert states(house)[2] == ["closed"]


def test_every_step_before_the_closing_can_be_taken_back(house: House, mug: int) -> None:
    codes = packed(house, "O1", mug, 1, 1)
    truck = loader(house)
    before = []
    for step in _steps(*codes)[:-1]:
        before.append((truck.prompt(), balances(house), states(house)))
        step(truck)

    for state in reversed(before):
        assert truck.key("undo").message.code == "undone"
        assert (truck.prompt(), balances(house), states(house)) == state


def test_an_order_told_from_bench_to_truck_ends_with_everything_ordered_shipped(house: House, mug: int) -> None:
    bowl = house.product("BOWL")
    house.order("O1", (mug, 3), (bowl, 2), complete=True)
    stand(house, "O1", mug, 3, "BENCH-1", tote="TOTE-01")
    stand(house, "O1", bowl, 2, "LANE-3")
    desk = packer(house)
    desk.scan("TOTE-01", MUG, MUG, MUG)
    desk.key("next_parcel")
    desk.scan("EAN-BOWL", "EAN-BOWL")
    desk.key("done")
    truck = loader(house)
    truck.scan("TRUCK-NORTHWAY", *ssccs(house))
    truck.key("done")

    assert truck.key("yes").message.args["parcels"] == 2
    assert shipped(house, "O1") == (5, 5)
    assert [row for row in balances(house) if row[3] > 0 and row[1] != house.place("CUSTOMER")] == []


def _payload(house: House, kind: str) -> str:
    return house.read(lambda s: s.scalars(select(PrintJob.payload).where(PrintJob.kind == kind)).one())
