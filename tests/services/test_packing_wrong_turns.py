"""Every wrong turn at the packing bench: refused in words that say what it is and what to do, and nothing changes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from tests.services.bench import (
    balances,
    cancel,
    change,
    jobs,
    on_cart,
    packer,
    second_bench,
    ssccs,
    stand,
    states,
)
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Location, OrderLine, PrintJob, Station
from wms_desktop.domain import documents
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Answer, Outcome

MUG = "5012345678900"


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", MUG, case=("15012345678907", 6))


@pytest.fixture
def bowl(house: House) -> int:
    return house.product("BOWL")


@pytest.fixture
def bench(house: House, mug: int) -> Desk:
    """Order O1 of three mugs is open from its tote, one mug is in."""
    house.order("O1", (mug, 3))
    stand(house, "O1", mug, 3, "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", MUG)
    return desk


def refused(house: House, desk: Desk, answer: Answer, code: str) -> str:
    """Checks that the event was refused with a sentence and left the same prompt; gives the sentence."""
    assert (answer.message.code, answer.outcome) == (code, Outcome.STOP)
    assert desk.prompt() == answer.prompt
    return sentence(answer.message.code, answer.message.args)


# --- opening --------------------------------------------------------------------------------------------------


def test_a_tote_still_on_a_cart_is_refused_and_names_the_cart(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    stand(house, "O1", mug, 1, "CART-1", tote="TOTE-01")
    desk = packer(house)

    assert "CART-1" in refused(house, desk, desk.scan("TOTE-01"), "pack_tote_on_cart")


def test_a_tote_on_the_dock_an_empty_tote_and_an_empty_lane_are_refused(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    stand(house, "O1", mug, 1, "DOCK-1", tote="TOTE-01")
    desk = packer(house)

    assert "DOCK-1" in refused(house, desk, desk.scan("TOTE-01"), "pack_tote_elsewhere")
    refused(house, desk, desk.scan("TOTE-02"), "pack_tote_empty")
    refused(house, desk, desk.scan("LANE-1"), "pack_lane_empty")


def test_a_tote_of_a_cancelled_order_is_refused_and_goes_to_storage(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    cancel(house, "O1", mug, 2)
    desk = packer(house)

    assert "cancelled" in refused(house, desk, desk.scan("TOTE-01"), "pack_tote_unwanted")
    refused(house, desk, desk.scan("O1"), "pack_order_cancelled")


def test_an_order_that_is_held_picked_elsewhere_or_not_in_the_house_is_refused(house: House, mug: int) -> None:
    for number in ("O1", "O2", "O3"):
        house.order(number, (mug, 1))
    stand(house, "O1", mug, 1, "BENCH-1", tote="TOTE-01")
    stand(house, "O2", mug, 1, "CART-1", tote="TOTE-02")
    change(house, "O1", is_held=True)
    desk = packer(house)

    refused(house, desk, desk.scan("TOTE-01"), "order_is_held")
    assert "TOTE-02, CART-1" in refused(house, desk, desk.scan("O2"), "pack_order_not_here")
    refused(house, desk, desk.scan("O3"), "pack_order_waits")


def test_a_packed_order_names_where_its_parcel_stands(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    stand(house, "O1", mug, 1, "BENCH-1")
    desk = packer(house)
    desk.scan(MUG)

    assert "BENCH-1" in refused(house, desk, desk.scan("O1"), "pack_order_packed")


def test_a_ship_complete_order_with_parts_missing_is_not_begun(house: House, mug: int, bowl: int) -> None:
    house.order("O1", (mug, 2), (bowl, 1), complete=True)
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    desk = packer(house)

    refused(house, desk, desk.scan("TOTE-01"), "pack_complete_short")
    stand(house, "O1", bowl, 1, "CART-1", tote="TOTE-02")
    assert "TOTE-02, CART-1: 1" in refused(house, desk, desk.scan("TOTE-01"), "pack_complete_waits")


def test_an_order_another_packer_has_is_refused_and_names_them(house: House, bench: Desk) -> None:
    second_bench(house)
    other = packer(house, "PACK-2", "OP-supervisor")

    said = refused(house, other, other.scan("TOTE-01"), "pack_order_taken")
    assert "Packer at PACK-1" in said
    bench.key("back")
    assert other.scan("O1").prompt.state == "verify"


def test_a_station_without_a_bench_says_so(house: House, mug: int) -> None:
    house.order("O1", (mug, 1))
    stand(house, "O1", mug, 1, "LANE-1")
    desk = packer(house, "DESK-1")

    refused(house, desk, desk.scan("O1"), "pack_no_bench")


def test_an_item_nobody_waits_for_alone_and_a_case_are_refused_as_singles(house: House, mug: int, bowl: int) -> None:
    house.order("O1", (mug, 2))
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    desk = packer(house)

    refused(house, desk, desk.scan(MUG), "pack_no_single")
    refused(house, desk, desk.scan("EAN-BOWL"), "pack_no_single")
    refused(house, desk, desk.scan("15012345678907"), "pack_single_case")


def test_a_bin_a_badge_and_a_key_without_use_are_named_with_what_was_wanted(house: House, bench: Desk) -> None:
    house.bin("A-01")

    assert "A-01" in refused(house, bench, bench.scan("A-01"), "wrong_scan")
    refused(house, bench, bench.scan("OP-packer"), "wrong_scan")
    refused(house, bench, bench.key("short"), "wrong_key")


def test_an_unknown_or_misread_code_is_not_understood_and_changes_nothing(house: House, bench: Desk) -> None:
    before = balances(house)

    assert bench.scan("NO-SUCH-CODE").outcome is Outcome.NOT_UNDERSTOOD
    assert bench.scan("]C10100000000000017").outcome is Outcome.NOT_UNDERSTOOD
    assert bench.scan("x" * 300).message.code == "code_too_long"
    assert balances(house) == before


# --- choosing -------------------------------------------------------------------------------------------------


def test_wrong_rows_orders_and_items_are_refused_while_choosing(house: House, mug: int, bowl: int) -> None:
    for number in ("O1", "O2"):
        house.order(number, (mug, 2))
        stand(house, number, mug, 2, "LANE-1")
    house.order("O3", (bowl, 1))
    desk = packer(house)
    desk.scan("LANE-1")

    refused(house, desk, desk.key("choose", "3"), "pack_no_such_row")
    refused(house, desk, desk.scan("O3"), "pack_order_not_in")
    refused(house, desk, desk.scan(MUG), "pack_item_in_several")
    refused(house, desk, desk.scan("EAN-BOWL"), "pack_item_not_in")
    assert desk.key("back").prompt.state == "open"


def test_an_order_that_left_the_lane_meanwhile_keeps_its_row_and_is_refused(house: House, mug: int) -> None:
    second_bench(house)
    for number in ("O1", "O2"):
        house.order(number, (mug, 1), hours=int(number[1]))
        stand(house, number, mug, 1, "LANE-1")
    desk = packer(house)
    desk.scan("LANE-1")
    packer(house, "PACK-2").scan(MUG)

    assert desk.prompt().details[0].code == "pack.choice_gone"
    refused(house, desk, desk.key("choose", "1"), "pack_order_packed")
    assert desk.key("choose", "2").prompt.args["order"] == "O2"


# --- proving --------------------------------------------------------------------------------------------------


def test_a_wrong_item_is_named_and_refused(house: House, bench: Desk, bowl: int) -> None:
    before = balances(house)

    assert "That is Item BOWL. Order O1" in refused(house, bench, bench.scan("EAN-BOWL"), "pack_wrong_item")
    assert balances(house) == before


def test_too_many_units_are_refused_and_say_how_many_are_left(house: House, bench: Desk) -> None:
    assert "only 2 more" in refused(house, bench, bench.scan("15012345678907"), "pack_too_many")
    refused(house, bench, bench.key("quantity", "4"), "pack_too_many")
    bench.scan(MUG, MUG)
    refused(house, bench, bench.scan(MUG), "pack_nothing_left")


def test_a_full_item_and_one_not_brought_yet_have_their_own_sentences(house: House, mug: int, bowl: int) -> None:
    cup = house.product("CUP")
    house.order("O1", (mug, 1), (bowl, 2), (cup, 1))
    stand(house, "O1", mug, 1, "BENCH-1", tote="TOTE-01")
    stand(house, "O1", bowl, 2, "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", MUG)

    refused(house, desk, desk.scan(MUG), "pack_item_full")
    refused(house, desk, desk.scan("EAN-CUP"), "pack_item_absent")
    cancel(house, "O1", bowl, 2)
    refused(house, desk, desk.scan("EAN-BOWL"), "pack_item_cancelled")


def test_lots_are_checked_asked_for_and_named(house: House) -> None:
    milk = house.product("MILK", "5012345678900", lot_tracked=True, expiry_tracked=True)
    house.order("O1", (milk, 2))
    for code in ("L1", "L2"):
        stand(house, "O1", milk, 1, "BENCH-1", tote="TOTE-01", lot=house.lot(milk, code, date(2026, 5, 1)))
    desk = packer(house)
    desk.scan("TOTE-01")

    assert "L1, L2" in refused(house, desk, desk.scan(MUG), "pack_lot_wanted")
    refused(house, desk, desk.scan("]C1010501234567890010L9"), "pack_wrong_lot")
    refused(house, desk, desk.scan("]C101050123456789001726060110L1"), "pack_wrong_expiry")
    assert desk.scan("]C101050123456789001726050110L2").message.code == "pack_in"
    assert desk.scan(MUG).message.code == "pack_all_in"


def test_numbers_need_a_scan_and_never_count_down(house: House, mug: int) -> None:
    house.order("O1", (mug, 9))
    stand(house, "O1", mug, 9, "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01")

    refused(house, desk, desk.key("quantity", "2"), "pack_scan_first")
    desk.scan("15012345678907")
    refused(house, desk, desk.key("quantity", "5"), "pack_count_down")
    assert desk.key("quantity", "6").message.code == "pack_counted"
    refused(house, desk, desk.key("quantity", "0"), "pack_bad_number")


def test_another_order_or_tote_in_the_middle_is_refused(house: House, bench: Desk, bowl: int) -> None:
    house.order("O2", (bowl, 1))
    stand(house, "O2", bowl, 1, "BENCH-1", tote="TOTE-02")

    assert "TOTE-02" in refused(house, bench, bench.scan("TOTE-02"), "pack_finish_first")
    refused(house, bench, bench.scan("O2"), "pack_finish_first")
    refused(house, bench, bench.scan("LANE-1"), "pack_finish_first")
    assert bench.scan("O1").message.code == "pack_same_order"
    bench.scan(MUG, MUG)
    refused(house, bench, bench.scan("TOTE-02"), "pack_finish_first")


def test_an_order_held_in_the_middle_stops_and_can_be_set_aside(house: House, bench: Desk) -> None:
    change(house, "O1", is_held=True)

    refused(house, bench, bench.scan(MUG), "order_is_held")
    refused(house, bench, bench.key("next_parcel"), "order_is_held")
    refused(house, bench, bench.key("done"), "order_is_held")
    assert bench.key("back").message.code == "pack_emptied"


def test_an_order_cancelled_in_the_middle_stops_and_its_units_are_free_on_the_bench(
    house: House, bench: Desk, mug: int
) -> None:
    cancel(house, "O1", mug, 3)

    refused(house, bench, bench.scan(MUG), "pack_order_cancelled")
    assert bench.key("undo").message.code == "cannot_undo"
    assert bench.key("back").message.args["units"] == 1
    assert (mug, house.place("BENCH-1"), 0, 1, 0) in balances(house)
    assert states(house) == ([], [], [])


def test_units_cancelled_after_they_were_packed_stop_the_closing(house: House, bench: Desk, mug: int) -> None:
    bench.scan(MUG, MUG)
    cancel(house, "O1", mug, 1)

    said = refused(house, bench, bench.key("yes"), "carton_unwanted")
    assert "1 × Item MUG" in said
    assert bench.key("back").prompt.state == "verify"
    assert bench.key("back").message.code == "pack_emptied"


# --- closing --------------------------------------------------------------------------------------------------


def test_an_empty_parcel_is_not_closed(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01")

    refused(house, desk, desk.key("done"), "carton_empty")
    refused(house, desk, desk.key("next_parcel"), "carton_empty")
    assert jobs(house) == []


def test_a_ship_complete_order_is_not_closed_with_units_left(house: House, mug: int) -> None:
    house.order("O1", (mug, 3), complete=True)
    stand(house, "O1", mug, 3, "BENCH-1", tote="TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", MUG)

    assert "TOTE-01, BENCH-1: 2" in refused(house, desk, desk.key("done"), "pack_complete_left")
    assert jobs(house) == []


def test_a_last_parcel_needs_no_next_one(house: House, bench: Desk) -> None:
    bench.scan(MUG, MUG)
    bench.key("back")

    refused(house, bench, bench.key("next_parcel"), "pack_no_next")
    assert bench.key("done").prompt.state == "confirm"


def test_a_reprint_needs_a_parcel_and_a_known_reason(house: House, bench: Desk) -> None:
    refused(house, bench, bench.key("reprint"), "pack_nothing_to_reprint")
    bench.scan(MUG, MUG)
    bench.key("yes")
    refused(house, bench, bench.key("reprint", "9"), "pack_reprint_reason")
    assert len(jobs(house)) == 1


def test_a_label_whose_packing_was_taken_back_is_known_as_void(house: House, bench: Desk) -> None:
    bench.scan(MUG, MUG)
    bench.key("yes")
    code = ssccs(house)[0]
    for _ in range(4):
        bench.key("undo")
    bench.key("back")

    assert code in refused(house, bench, bench.scan(code), "label_void_gone")


def test_an_open_parcel_scanned_at_another_bench_is_refused(house: House, bench: Desk) -> None:
    second_bench(house)
    other = packer(house, "PACK-2")

    refused(house, other, other.scan(ssccs(house)[0]), "carton_not_closed")


def test_undo_is_refused_once_the_tote_serves_another_order(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 1))
    second = house.order("O2", (mug, 1))
    stand(house, "O1", mug, 1, "BENCH-1", tote="TOTE-01")
    on_cart(house, first, "TOTE-01")
    desk = packer(house)
    desk.scan("TOTE-01", MUG)
    on_cart(house, second, "TOTE-01")

    before = balances(house)
    assert desk.key("undo").message.code == "cannot_undo"
    assert balances(house) == before


# --- what users of other systems complain about (field study, section d) ------------------------------------------


def test_complaint_29_a_label_is_one_document_for_one_label_printer_and_the_slip_goes_to_the_other(
    house: House, bench: Desk
) -> None:
    with writing(house.engine) as session:
        station = session.scalars(select(Station).where(Station.code == "PACK-1")).one()
        station.label_printer, station.paper_printer = "zebra-1", "office-1"
    bench.scan(MUG, MUG)
    bench.key("yes")

    rows = _printers(house)
    assert rows == [("shipping_label", "zebra-1", 1), ("packing_slip", "office-1", 1)]


def test_complaint_30_after_the_address_changed_the_old_label_is_void_and_a_new_one_is_printed(
    house: House, bench: Desk
) -> None:
    bench.scan(MUG, MUG)
    bench.key("yes")
    code = ssccs(house)[0]
    change(house, "O1", street="2 Low Road")

    assert bench.scan(code).message.code == "carton_label_untrue"
    assert bench.key("reprint").message.code == "label_renewed"
    assert jobs(house) == [(code, 0, "void"), (code, 0, "queued")]
    assert "2 Low Road" in _last_label(house).receiver.lines
    assert bench.key("reprint").message.code == "label_reprinted"


def test_complaint_32_after_a_part_shipment_packed_and_left_are_what_the_ledger_says(
    house: House, bench: Desk, mug: int
) -> None:
    bench.key("done")
    bench.key("yes")

    line = house.read(lambda s: s.scalars(select(OrderLine)).one())
    assert (line.ordered, line.shipped, line.reserved) == (3, 0, 3)
    again = bench.scan("TOTE-01")
    assert again.prompt.args["left"] == 2
    assert again.prompt.details[0].args == {"product": "Item MUG", "sku": "MUG", "ordered": 3, "packed": 1, "left": 2,
                                            "where": "TOTE-01, BENCH-1: 2"}  # fmt: skip


def test_complaint_33_an_order_ships_in_parts_and_each_part_has_its_own_shipment(
    house: House, bench: Desk, mug: int
) -> None:
    bench.key("done")
    bench.key("yes")
    bench.scan("TOTE-01", MUG, MUG)
    bench.key("yes")

    assert states(house) == (["closed", "closed"], ["packed", "packed"], [])
    assert [label.parcels for label in _labels(house)] == [1, 1]


def test_complaint_36_what_nobody_scanned_is_not_packed(house: House, bench: Desk, mug: int) -> None:
    bench.key("done")
    bench.key("yes")

    in_cartons = [row for row in balances(house) if row[2] > 12]
    assert [row[3] for row in in_cartons] == [1]
    assert house.read(lambda s: s.scalar(select(Location.id).where(Location.code == "BENCH-1"))) == in_cartons[0][1]


def _printers(house: House) -> list[tuple[str, str, int]]:
    rows = house.read(lambda s: s.execute(select(PrintJob.kind, PrintJob.printer, PrintJob.copies)
                                          .order_by(PrintJob.id)).all())  # fmt: skip
    return [tuple(row) for row in rows]


def _labels(house: House) -> list[documents.ShippingLabel]:
    query = select(PrintJob.payload).where(PrintJob.kind == "shipping_label").order_by(PrintJob.id)
    papers = [documents.from_payload("shipping_label", text) for text in house.read(lambda s: s.scalars(query).all())]
    return [paper for paper in papers if isinstance(paper, documents.ShippingLabel)]


def _last_label(house: House) -> documents.ShippingLabel:
    return _labels(house)[-1]
