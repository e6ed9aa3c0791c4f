"""Closed cases stay closed: also after a decline, a cancelled order, a walk to the lane and an inspection."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import Desk, House
from tests.services.stock_floor import command
from wms_desktop.db.tables import Order, OrderLine, Peg, ReceiptLine
from wms_desktop.services import cancelling, receiving, selfcheck

CODE, CASE = "8412345000003", "18412345000000"


@pytest.fixture
def clerk(house: House) -> Desk:
    return house.at(receiving, "DOCK-A", "OP-receiver")


@pytest.fixture
def oil(house: House) -> int:
    return house.product("OIL", CODE, case=(CASE, 12), name="Oil", opens_cases=False)


def tied(house: House) -> list[tuple[str, int]]:
    """Orders and their units of living pegs on the dock or in lanes."""
    query = select(Peg).where(Peg.state.in_(("arrived", "in_lane"))).order_by(Peg.id)

    def ask(session: Session) -> list[tuple[str, int]]:
        lines = [(session.get_one(OrderLine, peg.order_line_id), peg.qty) for peg in session.scalars(query)]
        return [(session.get_one(Order, line.order_id).number, qty) for line, qty in lines]

    return house.read(ask)


def test_a_declined_case_is_not_opened_for_the_next_order(house: House, clerk: Desk, oil: int) -> None:
    house.order("O1", (oil, 12))
    house.order("O2", (oil, 5))
    house.purchase("PO-1", (oil, 12))
    assert clerk.scan("PO-1", CASE).prompt.args["order"] == "O1"
    clerk.key("decline")

    clerk.key("choose", "1")

    assert tied(house) == []


def test_a_declined_case_goes_whole_to_an_order_that_wants_a_case(house: House, clerk: Desk, oil: int) -> None:
    house.order("O1", (oil, 12))
    house.order("O2", (oil, 17))
    house.purchase("PO-1", (oil, 12))
    clerk.scan("PO-1", CASE)
    clerk.key("decline")

    clerk.key("choose", "1")

    assert tied(house) == [("O2", 12)]


def test_a_case_of_a_cancelled_order_is_not_opened_on_the_dock(house: House, clerk: Desk, oil: int) -> None:
    first = house.order("O1", (oil, 12))
    house.order("O2", (oil, 5))
    house.purchase("PO-1", (oil, 12))
    clerk.scan("PO-1", CASE)

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="customer"))

    assert tied(house) == []
    assert house.read(selfcheck.find_differences) == []


@pytest.mark.parametrize(("wanted", "gets"), [(5, []), (17, [("O2", 12)])])
def test_a_case_in_a_lane_is_not_opened_either(
    house: House, clerk: Desk, oil: int, wanted: int, gets: list[tuple[str, int]]
) -> None:
    first = house.order("O1", (oil, 12))
    house.order("O2", (oil, wanted))
    house.purchase("PO-1", (oil, 12))
    clerk.scan("PO-1", CASE, "LANE-1")

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="customer"))

    assert tied(house) == gets


def test_a_case_that_passed_its_inspection_is_still_closed(house: House, clerk: Desk) -> None:
    oil = house.product("OIL", CODE, case=(CASE, 12), opens_cases=False, is_inspected=True)
    house.order("O1", (oil, 5))
    house.order("O2", (oil, 12))
    house.purchase("PO-1", (oil, 24))
    clerk.scan("PO-1", CASE)
    clerk.key("quantity", "2")
    clerk.key("yes")

    assert clerk.key("yes").message.args["lane_qty"] == 12
    assert tied(house) == [("O2", 12)]


def test_part_of_a_case_that_passed_is_loose_and_so_is_what_is_left_of_that_case(house: House, clerk: Desk) -> None:
    oil = house.product("OIL", CODE, case=(CASE, 12), opens_cases=False, is_inspected=True)
    house.order("O1", (oil, 5))
    house.purchase("PO-1", (oil, 24))
    clerk.scan("PO-1", CASE)
    clerk.key("quantity", "2")
    clerk.key("yes")
    clerk.key("quantity", "7")

    assert clerk.key("yes").message.args["lane_qty"] == 5
    assert house.read(
        lambda s: [(line.qty, line.case_units) for line in s.query(ReceiptLine).order_by(ReceiptLine.id)]
    ) == [
        (5, 1),
        (12, 12),
        (7, 1),
    ]


def test_loose_units_are_shared_out_one_by_one(house: House, clerk: Desk, oil: int) -> None:
    house.order("O1", (oil, 12))
    house.order("O2", (oil, 5))
    house.purchase("PO-1", (oil, 12))
    clerk.scan("PO-1", CODE)
    clerk.key("quantity", "12")
    clerk.key("decline")

    clerk.key("choose", "1")

    assert ("O2", 5) in tied(house)


def test_a_loose_unit_beside_a_case_does_not_open_the_case(house: House, clerk: Desk, oil: int) -> None:
    first = house.order("O1", (oil, 16))
    house.order("O2", (oil, 5))
    house.purchase("PO-1", (oil, 15))
    clerk.scan("PO-1", CODE)
    clerk.key("quantity", "3")
    clerk.scan(CASE)

    command(house, lambda s, c: cancelling.cancel(s, c, first, reason="customer"))

    assert [order for order, _ in tied(house)] == ["O2", "O2"]
    assert sum(qty for _, qty in tied(house)) == 3
