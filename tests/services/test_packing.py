"""Packing from tote, lane and order: every unit proved, one label, and the order's units in its carton."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.builders import Desk, House
from tests.services.bench import balances, jobs, on_cart, packer, plate_at, second_bench, ssccs, stand, states
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import BatchOrder, OrderLine, Peg, PrintJob, Receipt, ReceiptLine
from wms_desktop.domain import documents, sscc
from wms_desktop.domain.documents import PackingSlip, ShippingLabel
from wms_desktop.prompts import Outcome
from wms_desktop.services import packing_queue


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG", "5012345678900", case=("15012345678907", 6))


@pytest.fixture
def bowl(house: House) -> int:
    return house.product("BOWL", weight_g=250)


def paper(house: House, kind: type[ShippingLabel] | type[PackingSlip], place: int = -1) -> documents.Document:
    """The latest (or another) queued paper of a kind."""
    rows = house.read(lambda s: s.scalars(select(PrintJob.payload).where(PrintJob.kind == kind.kind)
                                          .order_by(PrintJob.id)).all())  # fmt: skip
    return documents.from_payload(kind.kind, rows[place])


def test_a_tote_is_packed_unit_by_unit_and_its_label_comes_with_the_last_key(house: House, mug: int, bowl: int) -> None:
    house.order("O1", (mug, 2), (bowl, 1))
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    stand(house, "O1", bowl, 1, "BENCH-1", tote="TOTE-01")
    bench = packer(house)

    assert bench.scan("TOTE-01").outcome is Outcome.STEP_DONE
    assert bench.scan("5012345678900", "5012345678900").prompt.args["left"] == 1
    assert bench.scan("EAN-BOWL").prompt.state == "confirm"
    assert jobs(house) == []

    answer = bench.key("yes")

    assert (answer.outcome, answer.message.code, answer.prompt.state) == (Outcome.JOB_COMPLETE, "pack_closed", "open")
    assert states(house) == (["closed"], ["packed"], [])
    assert [job[1:] for job in jobs(house)] == [(0, "queued")]
    assert plate_at(house, ssccs(house)[0]) == "BENCH-1"


def test_the_label_says_who_where_how_heavy_and_which_parcel(house: House, mug: int, bowl: int) -> None:
    house.order("O1", (mug, 2), (bowl, 1), ship_name="Jo Doe", postcode="LS1 1AA")
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    stand(house, "O1", bowl, 1, "BENCH-1", tote="TOTE-01")
    bench = packer(house)
    bench.scan("TOTE-01", "5012345678900", "5012345678900", "EAN-BOWL")
    bench.key("yes")

    label = paper(house, ShippingLabel)

    assert isinstance(label, ShippingLabel)
    assert (label.order, label.carrier, label.service, label.route) == ("O1", "Northway", "Parcel 24", "N1")
    assert (label.parcel, label.parcels, label.weight_g) == (1, 1, 450)
    assert (label.receiver.name, label.receiver.postcode, label.sender.country) == ("Jo Doe", "LS1 1AA", "GB")
    assert sscc.is_sscc(label.sscc)
    assert label.sscc == ssccs(house)[0]


def test_a_keyed_weight_stands_on_the_label(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    bench = packer(house)
    bench.scan("TOTE-01", "5012345678900", "5012345678900")

    assert bench.last is not None
    assert bench.last.prompt.args["grams"] == 200
    assert bench.key("quantity", "730").prompt.args["grams"] == 730
    bench.key("done")

    label = paper(house, ShippingLabel)
    assert isinstance(label, ShippingLabel)
    assert label.weight_g == 730


def test_cases_and_keyed_numbers_count_units(house: House, mug: int) -> None:
    house.order("O1", (mug, 10))
    stand(house, "O1", mug, 10, "BENCH-1", tote="TOTE-01")
    bench = packer(house)

    assert bench.scan("TOTE-01", "15012345678907").prompt.args["left"] == 4
    assert bench.scan("5012345678900").prompt.args["left"] == 3
    assert bench.key("quantity", "4").prompt.state == "confirm"


def test_a_lane_with_one_order_opens_it_and_a_lane_with_several_asks(house: House, mug: int, bowl: int) -> None:
    house.order("O1", (mug, 2), hours=8)
    stand(house, "O1", mug, 2, "LANE-1")
    bench = packer(house)

    assert bench.scan("LANE-1").prompt.state == "verify"
    bench.key("back")
    house.order("O2", (bowl, 2), hours=2)
    stand(house, "O2", bowl, 2, "LANE-1")

    answer = bench.scan("LANE-1")

    assert (answer.outcome, answer.prompt.state) == (Outcome.LOOK_HERE, "choose")
    assert [d.args["order"] for d in answer.prompt.details] == ["O2", "O1"]
    assert bench.key("choose", "2").prompt.args["order"] == "O1"


def test_an_item_that_one_order_of_the_lane_wants_opens_it_and_is_its_first_unit(
    house: House, mug: int, bowl: int
) -> None:
    house.order("O1", (mug, 2))
    house.order("O2", (bowl, 2))
    stand(house, "O1", mug, 2, "LANE-1")
    stand(house, "O2", bowl, 2, "LANE-1")
    bench = packer(house)

    answer = bench.scan("LANE-1", "EAN-BOWL")

    assert (answer.prompt.state, answer.prompt.args["order"], answer.prompt.args["left"]) == ("verify", "O2", 1)


def test_one_item_of_a_single_unit_order_prints_the_most_urgent_label_at_once(house: House, mug: int) -> None:
    for number, hours in (("O1", 9), ("O2", 2), ("O3", 5)):
        house.order(number, (mug, 1), hours=hours)
        stand(house, number, mug, 1, "LANE-1" if number == "O2" else "BENCH-1")
    bench = packer(house)

    answers = [bench.scan("5012345678900") for _ in range(3)]

    assert [a.message.args["order"] for a in answers] == ["O2", "O3", "O1"]
    assert all(a.outcome is Outcome.JOB_COMPLETE and a.prompt.state == "open" for a in answers)
    assert len(jobs(house)) == 3
    assert states(house)[0] == ["closed"] * 3


def test_two_parcels_say_their_numbers_and_the_last_how_many(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    stand(house, "O1", mug, 3, "BENCH-1", tote="TOTE-01")
    bench = packer(house)
    bench.scan("TOTE-01", "5012345678900")

    answer = bench.key("next_parcel", "410")
    assert (answer.message.code, answer.prompt.state, answer.prompt.args["parcel"]) == ("pack_next", "verify", 2)
    bench.scan("5012345678900", "5012345678900")
    bench.key("yes")

    labels = [paper(house, ShippingLabel, place) for place in (0, 1)]
    assert [(x.parcel, x.parcels, x.weight_g) for x in labels if isinstance(x, ShippingLabel)] == [
        (1, 0, 410),
        (2, 2, 200),
    ]
    assert states(house) == (["closed", "closed"], ["packed"], [])
    assert all(job[2] == "queued" for job in jobs(house))


def test_the_packing_slip_says_ordered_here_sent_and_to_come(house: House, mug: int, bowl: int) -> None:
    house.order("O1", (mug, 3), (bowl, 1))
    stand(house, "O1", mug, 3, "BENCH-1", tote="TOTE-01")
    bench = packer(house)
    bench.scan("TOTE-01", "5012345678900")
    bench.key("next_parcel")
    bench.scan("5012345678900", "5012345678900")
    bench.key("yes")

    slip = paper(house, PackingSlip)

    assert isinstance(slip, PackingSlip)
    assert [(x.sku, x.ordered, x.sent, x.here, x.to_come) for x in slip.lines] == [
        ("MUG", 3, 1, 2, 0),
        ("BOWL", 1, 0, 0, 1),
    ]
    assert slip.lines[1].expected is not None


def test_parts_of_an_order_in_tote_and_lane_are_named_and_packed_together(house: House, mug: int, bowl: int) -> None:
    house.order("O1", (mug, 2), (bowl, 2), complete=True)
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    stand(house, "O1", bowl, 2, "LANE-3")
    bench = packer(house)

    answer = bench.scan("TOTE-01")
    assert (answer.outcome, answer.message.code) == (Outcome.LOOK_HERE, "pack_parts")
    assert answer.message.args["where"] == "LANE-3: 2"
    assert bench.scan("LANE-3").message.code == "pack_source"
    bench.scan("5012345678900", "EAN-BOWL", "5012345678900", "EAN-BOWL")

    assert bench.key("done").message.code == "pack_closed"
    assert states(house)[0] == ["closed"]


def test_an_emptied_tote_is_free_again_and_pegs_of_the_lane_are_packed(house: House, mug: int, bowl: int) -> None:
    order = house.order("O1", (mug, 2), (bowl, 2))
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    stand(house, "O1", bowl, 2, "LANE-1")
    on_cart(house, order, "TOTE-01")
    _peg(house, bowl, 2)
    bench = packer(house)

    bench.scan("TOTE-01", "5012345678900", "EAN-BOWL")
    assert _open_totes(house) == [True]
    assert _pegs(house) == ["in_lane"]
    bench.scan("5012345678900", "EAN-BOWL")

    assert _open_totes(house) == [False]
    assert _pegs(house) == ["packed"]
    bench.key("undo")
    assert _pegs(house) == ["in_lane"]


def test_part_of_an_order_is_sent_after_one_more_question_and_the_rest_stays_held(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    stand(house, "O1", mug, 5, "BENCH-1", tote="TOTE-01")
    bench = packer(house)
    bench.scan("TOTE-01", "5012345678900", "5012345678900")

    asked = bench.key("done")
    assert (asked.outcome, asked.message.code, asked.prompt.state) == (Outcome.LOOK_HERE, "pack_partial", "confirm")
    assert bench.key("done").message.code == "pack_press_yes"
    assert bench.key("yes").message.code == "pack_part_closed"

    line = house.read(lambda s: s.scalars(select(OrderLine)).one())
    assert line.reserved == 5
    assert bench.scan("TOTE-01").prompt.args["left"] == 3


def test_an_item_scanned_at_the_question_goes_on_packing(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    stand(house, "O1", mug, 3, "BENCH-1", tote="TOTE-01")
    bench = packer(house)
    bench.scan("TOTE-01", "5012345678900")
    bench.key("done")

    answer = bench.scan("5012345678900")

    assert (answer.prompt.state, answer.prompt.args["packed"]) == ("verify", 2)


def test_the_queue_is_what_stands_there_and_ship_complete_orders_are_ready_when_whole(
    house: House, mug: int, bowl: int
) -> None:
    house.order("O1", (mug, 2), (bowl, 1), complete=True, hours=1)
    house.order("O2", (mug, 2), (bowl, 1), hours=3)
    stand(house, "O1", mug, 2, "LANE-1")
    stand(house, "O2", mug, 2, "BENCH-1", tote="TOTE-02")

    def ready() -> list[tuple[str, str, bool, int]]:
        rows = house.read(lambda s: packing_queue.list_waiting(s, house.now))
        return [(row.order, row.plate or row.place, row.is_ready, row.missing) for row in rows]

    assert ready() == [("O1", "LANE-1", False, 1), ("O2", "TOTE-02", True, 1)]
    stand(house, "O1", bowl, 1, "BENCH-1", tote="TOTE-01")
    assert ready()[0] == ("O1", "TOTE-01", True, 0)


def test_a_closed_carton_tells_where_it_is_and_its_label_is_printed_again_with_count_and_reason(
    house: House, mug: int
) -> None:
    house.order("O1", (mug, 1))
    stand(house, "O1", mug, 1, "BENCH-1")
    bench = packer(house)
    bench.scan("5012345678900")
    code = ssccs(house)[0]

    assert bench.scan(f"]C100{code}").message.code == "carton_is_closed"
    assert bench.key("reprint", "1").message.args == {"sscc": code, "copy": 1}
    assert bench.key("reprint").message.args["copy"] == 2
    assert jobs(house) == [(code, 0, "queued"), (code, 1, "queued"), (code, 2, "queued")]
    assert house.read(lambda s: s.scalars(select(PrintJob.reason).where(PrintJob.copy_no > 0)).all()) == [
        "torn",
        "again",
    ]


# --- undo and resume ------------------------------------------------------------------------------------------


STORY: tuple[Callable[[Desk], object], ...] = (
    lambda d: d.scan("TOTE-01"),
    lambda d: d.scan("5012345678900"),
    lambda d: d.scan("LANE-1"),
    lambda d: d.scan("EAN-BOWL"),
    lambda d: d.key("next_parcel"),
    lambda d: d.scan("EAN-BOWL"),
    lambda d: d.key("quantity", "2"),
    lambda d: d.scan("5012345678900"),
    lambda d: d.key("quantity", "900"),
    lambda d: d.key("yes"),
)


def _story(house: House, mug: int, bowl: int) -> Desk:
    order = house.order("O1", (mug, 2), (bowl, 3))
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    stand(house, "O1", bowl, 3, "LANE-1")
    on_cart(house, order, "TOTE-01")
    _peg(house, bowl, 3)
    return packer(house)


def test_the_same_prompt_is_found_again_after_every_step(house: House, mug: int, bowl: int) -> None:
    bench = _story(house, mug, bowl)

    for step in STORY:
        step(bench)
        assert bench.last is not None
        assert bench.prompt() == bench.last.prompt

    assert bench.last.prompt.state == "open"


def test_every_step_can_be_taken_back_to_the_very_state_before_it(house: House, mug: int, bowl: int) -> None:
    bench = _story(house, mug, bowl)
    before = []
    for step in STORY:
        before.append((bench.prompt(), balances(house), _pegs(house), _open_totes(house), states(house)))
        step(bench)

    for state in reversed(before):
        assert bench.key("undo").message.code == "undone"
        assert (bench.prompt(), balances(house), _pegs(house), _open_totes(house), states(house)) == state

    assert bench.key("undo").message.code == "nothing_to_undo"


def test_a_closing_taken_back_makes_label_and_copies_void(house: House, mug: int) -> None:
    house.order("O1", (mug, 2))
    stand(house, "O1", mug, 2, "BENCH-1", tote="TOTE-01")
    bench = packer(house)
    bench.scan("TOTE-01", "5012345678900", "5012345678900")
    bench.key("yes")
    bench.key("reprint")

    assert bench.key("undo").prompt.state == "confirm"
    assert [job[2] for job in jobs(house)] == ["void", "void"]
    assert bench.key("yes").message.code == "pack_closed"
    assert [job[2] for job in jobs(house)] == ["void", "void", "queued"]


def test_leaving_an_order_puts_its_open_carton_back_on_the_bench_still_held(house: House, mug: int) -> None:
    house.order("O1", (mug, 3))
    stand(house, "O1", mug, 3, "BENCH-1", tote="TOTE-01")
    bench = packer(house)
    bench.scan("TOTE-01", "5012345678900", "5012345678900")

    answer = bench.key("back")

    assert (answer.message.code, answer.message.args["units"], answer.prompt.state) == ("pack_emptied", 2, "open")
    assert states(house) == ([], [], [])
    assert bench.scan("O1").prompt.args["left"] == 3
    bench.key("undo")
    bench.key("undo")
    assert bench.prompt().args["packed"] == 2


def test_two_packers_pack_two_orders_side_by_side(house: House, mug: int) -> None:
    second_bench(house)
    for number, tote in (("O1", "TOTE-01"), ("O2", "TOTE-02")):
        house.order(number, (mug, 2))
        stand(house, number, mug, 2, "BENCH-1" if number == "O1" else "BENCH-2", tote=tote)
    first, second = packer(house), packer(house, "PACK-2")

    first.scan("TOTE-01")
    second.scan("TOTE-02")
    for _ in range(2):
        first.scan("5012345678900")
        second.scan("5012345678900")

    assert (first.key("yes").message.args["order"], second.key("yes").message.args["order"]) == ("O1", "O2")
    assert [plate_at(house, code) for code in ssccs(house)] == ["BENCH-1", "BENCH-2"]


def _peg(house: House, product: int, qty: int) -> None:
    with writing(house.engine) as session:
        context = house.context(command="opening")
        receipt = Receipt(number="R1", dock_id=house.place("DOCK-1"), opened_at=house.now)
        session.add(receipt)
        session.flush()
        line = ReceiptLine(receipt_id=receipt.id, product_id=product, lot_id=0, qty=qty, at=house.now,
                           operator_id=context.operator_id, station_id=context.station_id)  # fmt: skip
        session.add(line)
        session.flush()
        wanted = session.scalars(select(OrderLine.id).where(OrderLine.product_id == product)).one()
        session.add(Peg(receipt_line_id=line.id, order_line_id=wanted, qty=qty, state="in_lane",
                        lane_id=house.place("LANE-1"), reason="part", at=house.now))  # fmt: skip


def _pegs(house: House) -> list[str]:
    return list(house.read(lambda s: s.scalars(select(Peg.state).order_by(Peg.id)).all()))


def _open_totes(house: House) -> list[bool]:
    return list(house.read(lambda s: s.scalars(select(BatchOrder.is_open)).all()))


def test_two_packers_scanning_the_same_item_at_once_never_pack_the_same_order(house: House, mug: int) -> None:
    second_bench(house)
    for number in range(8):
        house.order(f"O{number}", (mug, 1), hours=number + 1)
        stand(house, f"O{number}", mug, 1, "LANE-1")
    benches = [packer(house), packer(house, "PACK-2")]

    def pack(desk: Desk) -> list[str]:
        answers = [desk.scan("5012345678900") for _ in range(8)]
        return [str(a.message.args["order"]) for a in answers if a.message.code == "pack_single"]

    with ThreadPoolExecutor(2) as pool:
        orders = [order for done in pool.map(pack, benches) for order in done]

    assert sorted(orders) == [f"O{number}" for number in range(8)]
    assert len(set(ssccs(house))) == 8
