"""What a short pick found on a dock or in a lane: which receipt it came with, and what a cancellation leaves of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services.pick_floor import Picker, form, held, picker, picks, proved
from tests.services.truck_floor import carry, close, command, pegs, scan, truck
from wms_desktop.db.tables import Peg, Receipt, ReceiptLine
from wms_desktop.services import cancelling, inventory, orders, spare_units
from wms_desktop.services.dialogue import Context
from wms_desktop.services.inventory import Goods, Spot

MUG = "8412345000003"


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1", y_mm=2000)
    house.bin("B-1", aisle=1, y_mm=3000)
    return house.product("MUG", MUG, name="Blue mug")


@pytest.fixture
def walker(house: House, mug: int) -> Picker:
    """Three mugs of O1 are missing in A-1; three that a cancelled order left in LANE-1 are to be fetched instead."""
    begin(house, mug, "A-1", 3)
    leave_in_lane(house, mug)
    return be_short(house)


def begin(house: House, mug: int, place: str, qty: int, *more: tuple[int, int]) -> None:
    house.put(mug, place, qty)
    house.order("O1", (mug, qty), *more)
    form(house)


def leave_in_lane(house: House, mug: int) -> None:
    new = truck(house, house.purchase("PO-2", (mug, 3)), here=True)
    gone = house.order("X", (mug, 3))
    scan(house, new, mug, 3)
    carry(house)
    cancel(house, gone)


def be_short(house: House) -> Picker:
    one = picker(house)
    one.scan("CART-1", "TOTE-01", "A-1")
    one.key("short", "0")
    assert one.key("choose", "1").message.code == "pick_short_dock"
    return one


def cancel(house: House, order_id: int, units: dict[int, int] | None = None) -> cancelling.Cancelled:
    done: cancelling.Cancelled = command(
        house, lambda s, c: cancelling.cancel(s, c, order_id, units, reason="customer"), workflow="orders"
    )
    return done


def put_away(house: House, mug: int, qty: int) -> None:
    """Units go from the dock to A-1."""

    def away(session: Session, context: Context) -> None:
        dock, bin_ = (Spot(location_id=house._place(session, code)) for code in ("DOCK-1", "A-1"))
        inventory.post(session, context, Goods(product_id=mug, qty=qty), dock, bin_, reason="putaway")

    command(house, away)


def trucks_of(house: House) -> list[tuple[int, int | None]]:
    """(units, truck) of the living pegs of short picks."""
    query = (
        select(Peg.qty, Receipt.delivery_id)
        .join(ReceiptLine, ReceiptLine.id == Peg.receipt_line_id)
        .join(Receipt, Receipt.id == ReceiptLine.receipt_id)
        .where(Peg.kind == "short", Peg.state == "stored")
        .order_by(Peg.id)
    )
    return [tuple(row) for row in house.read(lambda s: s.execute(query).all())]


def test_a_cancelled_short_pick_leaves_no_peg_on_lane_units(house: House, walker: Picker) -> None:
    done = cancel(house, 1)

    assert (pegs(house), held(house)) == ([], [])
    assert [(errand.place, errand.qty) for errand in done.walk_back] == [("LANE-1", 3)]
    assert walker.scan("LANE-1").message.code == "pick_not_wanted"
    assert all(stop[3] != "todo" for stop in picks(house))


def test_lane_units_of_a_cancelled_short_pick_serve_the_next_order(house: House, mug: int, walker: Picker) -> None:
    cancel(house, 1)
    following = house.order("N", (mug, 3))
    command(house, lambda s, c: orders.note_demand(s, [following]), workflow="orders")

    assert pegs(house) == [("N", "MUG", 3, "in_lane")]
    assert proved(house) == []


def test_a_short_pick_cancelled_in_part_keeps_a_peg_for_the_rest(house: House, walker: Picker) -> None:
    cancel(house, 1, {1: 2})

    assert pegs(house) == [("O1", "MUG", 1, "stored")]
    assert house.read(lambda s: set(s.scalars(select(Peg.kind).where(Peg.qty < 3)))) == {"short"}
    assert [row[3] for row in held(house)] == [1]


@pytest.mark.parametrize("cancelled", [2, 3])
def test_a_stop_in_a_lane_that_nobody_walks_to_yet_is_taken_off_the_walk(
    house: House, mug: int, cancelled: int
) -> None:
    jug = house.product("JUG", name="Red jug")
    house.put(jug, "B-1", 1)
    begin(house, mug, "A-1", 3, (jug, 1))
    leave_in_lane(house, mug)
    be_short(house)

    cancel(house, 1, {1: cancelled})

    left = 3 - cancelled
    assert sum(peg[2] for peg in pegs(house)) == left
    assert picks(house)[-1] == (("LANE-1", left, 0, "todo") if left else ("LANE-1", 3, 0, "cancelled"))
    assert proved(house) == []


def test_units_of_a_bin_that_are_cancelled_leave_the_peg_of_the_dock(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3)
    house.put(mug, "B-1", 2)
    house.order("O1", (mug, 5))
    form(house)
    scan(house, truck(house, house.purchase("PO-2", (mug, 3)), here=True), mug, 3)
    be_short(house)

    cancel(house, 1, {1: 2})

    on_dock = sum(units for place, _, _, units in held(house) if place == "DOCK-1")
    assert sum(peg[2] for peg in pegs(house, "stored")) == on_dock


def test_units_cancelled_in_the_tote_leave_no_peg(house: House, mug: int) -> None:
    begin(house, mug, "A-1", 3)
    scan(house, truck(house, house.purchase("PO-2", (mug, 3)), here=True), mug, 3)
    walker = be_short(house)
    walker.scan("DOCK-1", MUG)
    walker.key("quantity", "3")
    walker.scan("TOTE-01")

    cancel(house, 1, {1: 1})
    assert sum(peg[2] for peg in pegs(house, "stored")) == 2
    cancel(house, 1)
    assert pegs(house) == []


def test_a_short_peg_names_the_open_receipt_of_the_dock(house: House, mug: int) -> None:
    """Other units of the product were received and put away long ago."""
    old = truck(house, house.purchase("PO-1", (mug, 5)), here=True)
    scan(house, old, mug, 5)
    put_away(house, mug, 5)
    close(house, old)
    house.order("O1", (mug, 5))
    form(house)
    new = truck(house, house.purchase("PO-2", (mug, 5)), here=True)
    scan(house, new, mug, 5)

    be_short(house)

    assert trucks_of(house) == [(5, new)]


def test_of_two_open_receipts_the_newest_units_are_on_the_dock(house: House, mug: int) -> None:
    old, new = (truck(house, house.purchase(f"PO-{n}", (mug, 3)), here=True) for n in (1, 2))
    scan(house, old, mug, 3)
    put_away(house, mug, 3)
    house.order("O1", (mug, 3))
    form(house)
    scan(house, new, mug, 3)

    be_short(house)

    assert trucks_of(house) == [(3, new)]


def test_units_on_a_dock_without_an_open_receipt_get_no_peg(house: House, mug: int) -> None:
    old = truck(house, house.purchase("PO-1", (mug, 3)), here=True)
    scan(house, old, mug, 3)
    close(house, old)
    house.put(mug, "A-1", 3)
    house.order("O1", (mug, 3))
    form(house)

    be_short(house)

    assert (pegs(house), [row[:2] for row in held(house)]) == ([], [("DOCK-1", "")])


def test_a_short_pick_in_a_lane_is_tied_to_no_more_than_was_let_go_there(house: House, mug: int) -> None:
    """Of ten units of the receipt three stood in the lane; three more came into the lane without one."""
    begin(house, mug, "A-1", 6)
    new = truck(house, house.purchase("PO-2", (mug, 10)), here=True)
    gone = house.order("X", (mug, 3))
    scan(house, new, mug, 10)
    put_away(house, mug, 7)
    carry(house)
    cancel(house, gone)
    house.put(mug, "LANE-1", 3)
    stock = house.read(lambda s: inventory.find_stock(s, Goods(product_id=mug, qty=0),
                                                      Spot(location_id=house._place(s, "LANE-1"))))  # fmt: skip

    spare = house.read(lambda s: spare_units.list_spare(s, stock.id, 6))

    assert [(one.units, one.case) for one in spare] == [(3, 1)]
