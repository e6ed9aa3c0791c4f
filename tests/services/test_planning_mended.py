"""What a truck's plan says of itself stays true beside other hands: lanes, units, figures, and the solver's answer."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread, current_thread
from typing import Any

import pytest
from sqlalchemy import select, text, update

from tests.builders import House
from tests.services.truck_floor import carry, check_in, command, pegs, plan, scan, truck
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Delivery, Location, Order, Peg, PurchaseLine
from wms_desktop.domain.arrivals import Answer
from wms_desktop.phrases import sentence
from wms_desktop.services import dock_reads, dock_sharing, news, planning, selfcheck, waiting_orders
from wms_desktop.services.planning import making


@pytest.fixture
def mug(house: House) -> int:
    return house.product("MUG")


def notice(house: House, product: int) -> None:
    """A command touches a product, so that the plans are mended for it."""
    command(house, lambda s, c: news.note(s, [product]))


def figures(house: House, delivery: int) -> tuple[str, int, int]:
    """The method of a truck's plan, the orders it completes, and the bound."""
    row = house.read(lambda s: s.get_one(Delivery, delivery))
    return row.method, row.completes, house.read(lambda s: planning.prove(s, house.now, s.get_one(Delivery, delivery)))


def told(house: House, delivery: int) -> str:
    """What the desk says of the plan when nobody seeks a better one any more."""
    message = house.read(lambda s: dock_sharing.tell(s, house.now + timedelta(minutes=5), delivery)).message
    return sentence(message.code, message.args)


def stamp(house: House, delivery: int) -> Any:
    """What tells one plan of a truck from the next."""
    row = house.read(lambda s: s.get_one(Delivery, delivery))
    return row.state, row.shared_at


def hand_over(house: House, delivery: int, *completed: int, bound: int, made_for: Any = None) -> None:
    """The solver's answer to the plan as it stands, or to another one."""
    answer = Answer(method="solver", completed=completed, bound=bound)
    question = made_for or stamp(house, delivery)
    command(house, lambda s, c: planning.adopt(s, c, delivery, answer, question))


def test_two_proposals_for_a_place_for_one_order_part_at_check_in(house: House, mug: int) -> None:
    house.order("O1", (mug, 4), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))
    with writing(house.engine) as session:
        session.execute(update(Location).where(Location.kind == "lane").values(capacity_orders=1))
    plan(house, truck_id)
    house.order("O2", (mug, 4), complete=True)
    notice(house, mug)

    check_in(house, truck_id)

    assert [one[0] for one in pegs(house)] == ["O1", "O2"]
    lanes = house.read(lambda s: list(s.scalars(select(Peg.lane_id).order_by(Peg.order_line_id))))
    assert lanes == [house.place("LANE-1"), house.place("LANE-3")]
    scan(house, truck_id, mug, 8)
    carry(house)
    assert [house.on_hand(code, mug) for code in ("LANE-1", "LANE-3")] == [4, 4]


def test_a_plan_made_beside_a_scan_gives_nobody_what_is_here(
    house: House, mug: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite one of the two waits from the start; on PostgreSQL the plan has read nothing before it may."""
    house.order("O1", (mug, 4))
    house.order("O2", (mug, 4), hours=30)
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)), here=True)
    check_in(house, truck_id)
    real, reached, go = waiting_orders.list_lines_of, Event(), Event()

    def slowly(*args: Any, **facts: Any) -> Any:
        if current_thread() is beside:
            reached.set()
            go.wait(1)
        return real(*args, **facts)

    beside = Thread(target=lambda: plan(house, truck_id))
    monkeypatch.setattr(waiting_orders, "list_lines_of", slowly)
    beside.start()
    reached.wait(10)
    scan(house, truck_id, mug, 4)
    go.set()
    beside.join(30)

    assert pegs(house) == [("O1", "MUG", 4, "arrived")]
    assert house.read(lambda s: s.query(PurchaseLine).one().planned) == 0
    assert house.read(selfcheck.find_differences) == []


def test_more_planned_than_still_comes_is_found(house: House, mug: int) -> None:
    house.order("O1", (mug, 4))
    truck_id = truck(house, house.purchase("PO-1", (mug, 4)))
    plan(house, truck_id)
    with writing(house.engine) as session:
        session.execute(text("UPDATE purchase_line SET received = 1"))

    found = house.read(selfcheck.find_differences)

    codes = [(one.code, one.args["stored"], one.args["should"]) for one in found]
    assert codes == [("received_differs", 1, 0), ("planned_too_much", 4, 3)]


def test_if_it_came_now_it_comes_now_and_not_at_its_appointment(house: House, mug: int) -> None:
    house.order("O1", (mug, 5), hours=4, complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 5)), hours=10)
    truck(house, house.purchase("PO-2", (mug, 5)), hours=1)
    plan(house, 2)

    found = house.read(lambda s: dock_reads.QUESTIONS["truck_now"](s, house.now, {"delivery": truck_id}))

    assert (found.completes, found.to_lanes, found.notes) == (1, 5, ())


def test_a_mended_plan_does_not_claim_what_only_the_old_one_had(house: House, mug: int) -> None:
    at = house.now + timedelta(hours=9)
    house.order("O1", (mug, 10), complete=True, leave_by=at)
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))
    plan(house, truck_id)
    assert figures(house, truck_id) == ("search", 1, 1)

    house.order("O2", (mug, 5), complete=True, leave_by=at)
    house.order("O3", (mug, 5), complete=True, leave_by=at)
    notice(house, mug)

    assert pegs(house) == [("O1", "MUG", 10, "proposed")]
    assert figures(house, truck_id) == ("search", 1, 2)
    assert "No sharing-out completes more" not in told(house, truck_id)


def test_the_bound_falls_with_the_orders_that_another_stock_serves(house: House, mug: int) -> None:
    for number in range(6):
        house.order(f"O{number}", (mug, 1), complete=True)
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))
    plan(house, truck_id)
    house.bin("A-1")
    house.put(mug, "A-1", 4)

    notice(house, mug)

    assert figures(house, truck_id) == ("search", 2, 2)


def test_a_mended_plan_is_for_the_solver_to_look_at_again(house: House, mug: int) -> None:
    at = house.now + timedelta(hours=9)
    first = house.order("O1", (mug, 10), complete=True, leave_by=at)
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))
    plan(house, truck_id)
    hand_over(house, truck_id, first, bound=1)
    assert figures(house, truck_id) == ("solver", 1, 1)
    was = stamp(house, truck_id)

    house.now += timedelta(minutes=1)
    house.order("O2", (mug, 5), complete=True, leave_by=at)
    house.order("O3", (mug, 5), complete=True, leave_by=at)
    notice(house, mug)

    assert figures(house, truck_id)[0] == "search"
    assert stamp(house, truck_id) != was


def test_an_answer_to_an_old_question_proves_nothing_of_the_new_plan(house: House, mug: int) -> None:
    at = house.now + timedelta(hours=9)
    first = house.order("O1", (mug, 10), complete=True, leave_by=at)
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))
    plan(house, truck_id)
    old = stamp(house, truck_id)
    house.order("O2", (mug, 5), complete=True, leave_by=at)
    house.order("O3", (mug, 5), complete=True, leave_by=at)
    house.now += timedelta(minutes=1)
    notice(house, mug)

    hand_over(house, truck_id, first, bound=1, made_for=old)

    assert figures(house, truck_id) == ("search", 1, 2)


def test_a_better_answer_to_an_old_question_is_taken_without_its_proof(house: House, mug: int) -> None:
    at = house.now + timedelta(hours=9)
    house.order("O1", (mug, 10), complete=True, leave_by=at)
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))
    plan(house, truck_id)
    ids = [house.order(f"O{number}", (mug, 5), complete=True, leave_by=at) for number in (2, 3)]
    house.order("O4", (mug, 1), complete=True, leave_by=at)
    notice(house, mug)

    hand_over(house, truck_id, *ids, bound=2, made_for=("expected", house.now - timedelta(hours=1)))

    assert [one[0] for one in pegs(house)] == ["O2", "O3"]
    assert figures(house, truck_id) == ("search", 2, 2)


def test_a_dropped_plan_leaves_no_figures_and_is_made_again_when_it_is_near(house: House, mug: int) -> None:
    far = house.now + timedelta(days=80)
    house.order("O1", (mug, 5), hours=2000, promise=(house.now + timedelta(days=90)).date())
    truck_id = truck(house, house.purchase("PO-1", (mug, 5)))
    plan(house, truck_id)
    with writing(house.engine) as session:
        moved = {"opens_at": far, "closes_at": far + timedelta(hours=1)}
        session.execute(update(Delivery).where(Delivery.id == truck_id).values(**moved))

    plan(house, truck_id)

    assert pegs(house) == []
    assert (figures(house, truck_id), stamp(house, truck_id)[1]) == (("", 0, 0), None)
    house.now += timedelta(days=79)
    notice(house, mug)
    assert pegs(house) == [("O1", "MUG", 5, "proposed")]


def test_who_was_passed_over_is_counted_anew_for_the_solvers_answer(
    house: House, mug: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "_MOVES", 0)
    house.order("O1", (mug, 10), complete=True, placed_at=house.now - timedelta(days=9))
    ids = [house.order(f"O{number}", (mug, 5), complete=True) for number in (2, 3)]
    truck_id = truck(house, house.purchase("PO-1", (mug, 10)))
    check_in(house, truck_id)

    def counted() -> list[int]:
        counts: list[int] = house.read(lambda s: list(s.scalars(select(Order.passed_over).order_by(Order.id))))
        return counts

    assert counted() == [0, 1, 1]

    hand_over(house, truck_id, *ids, bound=2)

    assert [one[0] for one in pegs(house)] == ["O2", "O3"]
    assert counted() == [1, 0, 0]
