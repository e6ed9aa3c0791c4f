"""A truck is planned before it comes, firm when it is here, and its plan is mended by whatever changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services.truck_floor import carry, check_in, close, command, pegs, plan, scan, truck, undo
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Delivery, Location, Order, OrderLine, Peg, PurchaseLine, Stock
from wms_desktop.domain.arrivals import Answer
from wms_desktop.services import cancelling, crossdocking, orders, planning, selfcheck, settings
from wms_desktop.services.dialogue import Context


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG")


@pytest.fixture
def pen(house: House) -> int:
    house.bin("A-1")
    return house.product("PEN")


def delivery(house: House, delivery_id: int) -> Delivery:
    return house.read(lambda s: s.get_one(Delivery, delivery_id))


def test_a_truck_to_come_is_planned_for_the_most_orders(house: House, mug: int) -> None:
    house.order("BIG", (mug, 10), complete=True)
    house.order("ONE", (mug, 5), complete=True)
    house.order("TWO", (mug, 5), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))

    plan(house, truck_id)

    assert pegs(house) == [("ONE", "MUG", 5, "proposed"), ("TWO", "MUG", 5, "proposed")]
    shared = delivery(house, truck_id)
    assert (shared.completes, shared.bound, shared.method) == (2, 2, "search")


def test_the_plan_is_firm_and_its_lanes_are_booked_at_check_in(house: House, mug: int) -> None:
    house.order("O1", (mug, 4))
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))
    plan(house, truck_id)

    check_in(house, truck_id)

    assert pegs(house) == [("O1", "MUG", 4, "firm")]
    assert house.read(lambda s: s.query(Peg).one().lane_id) == house.place("LANE-1")
    assert house.read(lambda s: s.query(PurchaseLine).one().planned) == 4


def test_units_of_the_plan_go_to_the_order_it_names_and_the_rest_to_who_waits(house: House, mug: int) -> None:
    house.order("O1", (mug, 4))
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 3)

    carry(house)
    scan(house, truck_id, mug, 7)

    assert pegs(house) == [("O1", "MUG", 3, "in_lane"), ("O1", "MUG", 1, "arrived")]
    assert house.read(lambda s: {peg.kind for peg in s.query(Peg)}) == {"planned"}
    assert house.read(selfcheck.find_differences) == []


def test_what_exceeds_the_plan_is_shared_out_on_the_spot(house: House, mug: int) -> None:
    house.order("O1", (mug, 4))
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    house.order("O2", (mug, 5), hours=9)

    scan(house, truck_id, mug, 6)

    assert pegs(house) == [("O1", "MUG", 4, "arrived"), ("O2", "MUG", 2, "arrived")]
    kinds = house.read(lambda s: [peg.kind for peg in s.query(Peg).order_by(Peg.order_line_id)])
    assert kinds == ["planned", "opportunistic"]


def test_a_ship_complete_order_is_planned_with_what_stands_in_a_bin(house: House, mug: int, pen: int) -> None:
    house.put(pen, "A-1", 3)
    house.order("O1", (mug, 4), (pen, 2), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    assert pegs(house) == [("O1", "MUG", 4, "firm")]

    scan(house, truck_id, mug, 4)

    assert pegs(house) == [("O1", "MUG", 4, "arrived")]
    assert house.read(lambda s: [line.reserved for line in s.query(OrderLine).order_by(OrderLine.id)]) == [4, 2]


def test_without_a_plan_too_the_bin_part_of_a_ship_complete_order_is_reserved(house: House, mug: int, pen: int) -> None:
    house.put(pen, "A-1", 3)
    house.order("O1", (mug, 4), (pen, 2), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), hours=99)

    scan(house, truck_id, mug, 4)

    assert pegs(house) == [("O1", "MUG", 4, "arrived")]
    assert house.read(lambda s: [line.reserved for line in s.query(OrderLine).order_by(OrderLine.id)]) == [4, 2]


def test_a_ship_complete_order_goes_to_its_lane_while_the_rest_is_on_the_truck(
    house: House, mug: int, pen: int
) -> None:
    house.order("O1", (mug, 4), (pen, 2), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4), (pen, 2)), here=True)
    check_in(house, truck_id)

    scan(house, truck_id, mug, 4)

    assert pegs(house) == [("O1", "MUG", 4, "arrived"), ("O1", "PEN", 2, "firm")]


def test_a_damaged_rest_gives_the_lane_units_back_to_another_order(house: House, mug: int, pen: int) -> None:
    house.order("O1", (mug, 4), (pen, 2), complete=True)
    house.order("O2", (mug, 3), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4), (pen, 2)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)
    carry(house)

    scan(house, truck_id, pen, 1, condition="damaged")

    assert pegs(house) == [("O2", "MUG", 3, "in_lane")]
    assert sorted(pegs(house, "released")) == [("O1", "MUG", 4, "released"), ("O1", "PEN", 2, "released")]
    assert house.on_hand("LANE-1", mug) == 4
    assert house.read(selfcheck.find_differences) == []


def test_the_damage_taken_back_restores_plan_and_lane(house: House, mug: int, pen: int) -> None:
    house.order("O1", (mug, 4), (pen, 2), complete=True)
    house.order("O2", (mug, 3), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4), (pen, 2)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)
    carry(house)
    before = pegs(house)
    scan(house, truck_id, pen, 1, condition="damaged")

    undo(house)

    assert pegs(house) == before == [("O1", "MUG", 4, "in_lane"), ("O1", "PEN", 2, "firm")]
    assert house.read(selfcheck.find_differences) == []


def test_a_cancelled_order_gives_its_planned_units_to_the_next(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 4))
    house.order("O2", (mug, 4), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="changed mind"), workflow="orders")

    assert pegs(house) == [("O2", "MUG", 4, "firm")]
    assert house.read(lambda s: s.query(Peg).filter(Peg.state == "released").one().why) == "not_wanted"


def test_an_order_on_hold_loses_its_planned_units(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 4))
    house.order("O2", (mug, 4), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)

    command(house, lambda s, c: orders.hold(s, c, [first], "credit"), workflow="orders")

    assert pegs(house) == [("O2", "MUG", 4, "firm")]


def test_a_pinned_order_takes_planned_units_of_a_lower_rank(house: House, mug: int) -> None:
    house.order("O1", (mug, 4))
    second = house.order("O2", (mug, 4), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    assert pegs(house) == [("O1", "MUG", 4, "firm")]

    command(house, lambda s, c: orders.pin(s, c, [second]), workflow="orders")

    assert pegs(house) == [("O2", "MUG", 4, "firm")]


def test_a_cancelled_order_leaves_its_lane_units_to_one_that_may_collect_there(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 4))
    house.order("O2", (mug, 3), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)
    carry(house)

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="changed mind"), workflow="orders")

    assert pegs(house) == [("O2", "MUG", 3, "in_lane")]
    assert [tuple(row) for row in house.read(free_in_lanes)] == [("LANE-1", 1)]
    assert house.read(selfcheck.find_differences) == []


def free_in_lanes(session: Session) -> Sequence[Row[tuple[str, int]]]:
    """What must be walked back: (lane, units)."""
    return session.execute(
        select(Location.code, Stock.on_hand - Stock.reserved)
        .join(Location, Location.id == Stock.location_id)
        .where(Location.kind == "lane", Stock.on_hand > Stock.reserved)
    ).all()


def test_units_in_a_lane_of_another_carrier_are_walked_back(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 4))
    house.order("O2", (mug, 3), service="FREIGHT", hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)
    carry(house)

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="changed mind"), workflow="orders")

    assert pegs(house) == []
    assert [tuple(row) for row in house.read(free_in_lanes)] == [("LANE-1", 4)]


def test_units_on_the_dock_for_a_cancelled_order_are_offered_to_the_next(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 4))
    house.order("O2", (mug, 3), service="FREIGHT", hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="changed mind"), workflow="orders")

    assert pegs(house) == [("O2", "MUG", 3, "arrived")]


def test_what_a_person_let_go_is_not_given_back_to_the_same_order(house: House, mug: int) -> None:
    first = house.order("O1", (mug, 4))
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)
    carry(house)

    command(house, lambda s, c: crossdocking.let_go(s, c, [first], "let_go"), workflow="orders")

    assert pegs(house) == []
    assert [tuple(row) for row in house.read(free_in_lanes)] == [("LANE-1", 4)]


def test_a_new_order_of_a_higher_rank_takes_what_is_planned_for_a_lower_one(house: House, mug: int) -> None:
    house.order("O1", (mug, 4), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    second = house.order("O2", (mug, 3), hours=2)

    command(house, lambda s, c: orders.note_demand(s, [second]), workflow="orders")

    assert pegs(house) == [("O1", "MUG", 1, "firm"), ("O2", "MUG", 3, "firm")]


def test_a_receipt_closed_with_less_ends_the_rest_of_its_plan(house: House, mug: int) -> None:
    house.order("O1", (mug, 4))
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 1)

    close(house, truck_id)

    assert pegs(house) == [("O1", "MUG", 1, "arrived")]
    gone = house.read(lambda s: s.query(Peg).filter(Peg.state == "released").one())
    assert (gone.qty, gone.why) == (3, "did_not_come")
    assert house.read(lambda s: s.query(PurchaseLine).one().planned) == 0


def test_what_one_truck_brings_is_not_planned_of_the_next(house: House, mug: int) -> None:
    house.order("O1", (mug, 4), hours=9)
    first = truck(house, house.purchase("PO-1", (mug, 3)), hours=2)
    second = truck(house, house.purchase("PO-2", (mug, 9)), hours=5)
    plan(house, second)
    assert pegs(house) == [("O1", "MUG", 4, "proposed")]

    plan(house, first)

    assert [units for _, _, units, _ in pegs(house)] == [1, 3]
    by_truck = house.read(lambda s: {peg.delivery_id: peg.qty for peg in s.query(Peg)})
    assert by_truck == {first: 3, second: 1}


def test_a_truck_that_is_missed_leaves_no_peg_and_the_next_one_is_planned_for_its_orders(
    house: House, mug: int
) -> None:
    house.order("O1", (mug, 3), hours=9)
    first = truck(house, house.purchase("PO-1", (mug, 3)), hours=2)
    second = truck(house, house.purchase("PO-2", (mug, 9)), hours=5)
    plan(house, first)
    plan(house, second)

    def miss(session: Session, _context: Context) -> None:
        planning.drop(session, first, "missed")
        session.get_one(Delivery, first).state = "missed"

    command(house, miss)

    assert house.read(lambda s: [(peg.delivery_id, peg.qty) for peg in s.query(Peg)]) == [(second, 3)]


def test_goods_to_be_inspected_are_planned_for_nobody(house: House) -> None:
    pill = house.product("PILL", is_inspected=True)
    house.order("O1", (pill, 3))
    truck_id = truck(house, house.purchase("PO-1", (pill, 3)))

    plan(house, truck_id)

    assert pegs(house) == []


def test_an_order_whose_cutoff_is_too_near_is_not_planned(house: House, mug: int) -> None:
    house.order("O1", (mug, 3), hours=4)
    house.order("O2", (mug, 3), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 3)), hours=4)

    plan(house, truck_id)

    assert pegs(house) == [("O2", "MUG", 3, "proposed")]


def test_looking_at_a_truck_writes_nothing(house: House, mug: int, pen: int) -> None:
    house.put(pen, "A-1", 1)
    house.order("O1", (mug, 3), (pen, 1), complete=True)
    house.order("O2", (mug, 2))
    purchase = house.purchase("PO-1", (mug, 6))
    now = house.now

    seen = house.read(lambda s: planning.look(s, now, purchase_order_id=purchase))

    assert (seen.completes, seen.units, seen.to_lanes, seen.to_bins) == (2, 6, 5, 1)
    assert [(one.units, one.from_bins) for one in sorted(seen.orders, key=lambda one: one.order_id)] == [(3, 1), (2, 0)]
    assert pegs(house) == []


def test_a_better_answer_is_adopted_and_what_was_carried_stays(house: House, mug: int) -> None:
    ids = [house.order(name, (mug, units), complete=True) for name, units in (("BIG", 6), ("ONE", 4), ("TWO", 4))]
    truck_id = truck(house, house.purchase("PO-1", (mug, 8)), here=True)
    check_in(house, truck_id)
    _stand_as(house, truck_id, ids[0])

    took = command(
        house, lambda s, c: planning.adopt(s, c, truck_id, Answer(method="solver", completed=tuple(ids[1:]), bound=2))
    )

    assert took
    assert pegs(house) == [("ONE", "MUG", 4, "firm"), ("TWO", "MUG", 4, "firm")]
    assert (delivery(house, truck_id).method, delivery(house, truck_id).bound) == ("solver", 2)


def _stand_as(house: House, truck_id: int, order_id: int) -> None:
    """The plan as if the plain search had found this order alone."""
    with writing(house.engine) as session:
        for peg in session.query(Peg):
            session.delete(peg)
        session.flush()
        line = session.query(OrderLine).filter(OrderLine.order_id == order_id).one()
        purchase_line = session.query(PurchaseLine).one()
        session.add(
            Peg(
                receipt_line_id=None,
                order_line_id=line.id,
                qty=line.ordered,
                state="firm",
                reason="completes",
                at=house.now,
                kind="planned",
                purchase_line_id=purchase_line.id,
                delivery_id=truck_id,
            )
        )


def test_an_answer_that_came_too_late_changes_nothing(house: House, mug: int) -> None:
    order_id = house.order("O1", (mug, 3), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 3)), here=True)
    check_in(house, truck_id)
    scan(house, truck_id, mug, 3)
    before = pegs(house)

    took = command(house, lambda s, c: planning.adopt(s, c, truck_id, Answer(method="solver", completed=(order_id,))))

    assert not took
    assert pegs(house) == before
    assert delivery(house, truck_id).completes == 1


def test_a_closed_case_goes_whole_or_not_at_all(house: House) -> None:
    oil = house.product("OIL", opens_cases=False)
    house.order("O1", (oil, 10))
    house.order("O2", (oil, 5), hours=9)
    truck_id = truck(house, house.purchase("PO-1", (oil, 12)), here=True)
    check_in(house, truck_id)

    scan(house, truck_id, oil, 12, case=6)

    assert [row for row in pegs(house) if row[3] == "arrived"] == [("O1", "OIL", 6, "arrived")]


def test_units_that_expire_much_later_than_those_in_stock_are_put_away(house: House) -> None:
    house.bin("A-1")
    milk = house.product("MILK", expiry_tracked=True, lot_tracked=True, safety_stock=5)
    old = house.lot(milk, "OLD", (house.now + timedelta(days=5)).date())
    new = house.lot(milk, "NEW", (house.now + timedelta(days=50)).date())
    house.put(milk, "A-1", 5, lot_id=old)
    house.order("O1", (milk, 3))
    command(house, lambda s, c: settings.put(s, "fefo_gap_days", "10"))
    truck_id = truck(house, house.purchase("PO-1", (milk, 3)), hours=99)

    scan(house, truck_id, milk, 3, lot=new)

    assert pegs(house) == []


def test_a_made_to_order_line_is_planned_from_its_own_purchase(house: House, mug: int) -> None:
    house.order("O1", (mug, 5), hours=2)
    house.order("O2", (mug, 2), hours=9)
    purchase = house.purchase("PO-1", (mug, 4))
    with writing(house.engine) as session:
        line = session.query(OrderLine).join(Order).filter(Order.number == "O2").one()
        line.made_to_order, line.made_by_id = True, session.query(PurchaseLine).one().id
    truck_id = truck(house, purchase, here=True)

    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)

    assert pegs(house) == [("O1", "MUG", 2, "arrived"), ("O2", "MUG", 2, "arrived")]


def test_a_check_in_taken_back_leaves_the_proposals(house: House, mug: int) -> None:
    house.order("O1", (mug, 4))
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)))
    plan(house, truck_id)
    check_in(house, truck_id)

    undo(house)

    assert pegs(house) == [("O1", "MUG", 4, "proposed")]
    assert delivery(house, truck_id).state == "expected"


def test_units_beside_a_truck_are_not_counted_on_twice(house: House, mug: int, pen: int) -> None:
    house.put(pen, "A-1", 2)
    house.order("O1", (mug, 2), (pen, 2), complete=True)
    house.order("O2", (mug, 2), (pen, 2), complete=True, hours=9)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)

    check_in(house, truck_id)
    scan(house, truck_id, mug, 4)

    assert pegs(house) == [("O1", "MUG", 2, "arrived")]
    assert house.read(lambda s: [line.reserved for line in s.query(OrderLine).order_by(OrderLine.id)]) == [2, 2, 0, 0]


def test_the_bin_part_is_reserved_while_the_rest_is_still_on_the_truck(house: House, mug: int, pen: int) -> None:
    house.put(pen, "A-1", 2)
    house.order("O1", (mug, 3), (pen, 2), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 3)), here=True)
    check_in(house, truck_id)

    scan(house, truck_id, mug, 1)

    assert pegs(house) == [("O1", "MUG", 2, "firm"), ("O1", "MUG", 1, "arrived")]
    assert house.read(lambda s: [line.reserved for line in s.query(OrderLine).order_by(OrderLine.id)]) == [1, 2]
