"""A better sharing-out is taken over by a command like any other; what was begun stays, and nothing worse is taken."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.builders import House
from tests.services.inbound_desk import act, book, delivery
from tests.services.stock_floor import command
from wms_desktop.db.tables import Delivery, Order, OrderLine, Peg
from wms_desktop.domain.arrivals import Answer
from wms_desktop.errors import BadInput
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Answer as Said
from wms_desktop.services import commands, dock_acts, dock_reads, dock_sharing, inbound_reads, orders, receipts
from wms_desktop.services.dialogue import Context
from wms_desktop.services.planning import making


@pytest.fixture
def truck(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Four mugs are here, shared out in the stated order: all of them for the oldest, though two orders could leave."""
    monkeypatch.setattr(making, "_MOVES", 0)
    mug = house.product("MUG")
    house.order("OLD", (mug, 4), placed_at=house.now - timedelta(days=9))
    house.order("A", (mug, 2))
    house.order("B", (mug, 2))
    book(house, house.purchase("PO-1", (mug, 4)))
    act(house, "check_in", station="DOCK-A", delivery=1)
    return house


def adopt(house: House, *completed: int, bound: int = 2) -> str:
    """Hands an answer to the house; gives what it says."""
    door = dock_acts.ACTS["adopt_sharing"]
    row = delivery(house)
    answer = Answer(method="solver", completed=completed, bound=bound)
    args = {"delivery": 1, "answer": answer, "question": (row.state, row.shared_at)}
    said: Said = commands.run(
        house.engine, door.workflow, f"adopt {args}", house.context(station="DESK-1", badge="OP-admin"),
        lambda session, context: door.do(session, context, args), orders.prompt,
    )  # fmt: skip
    return sentence(said.message.code, said.message.args)


def planned(house: House) -> dict[str, int]:
    """Units that are firm, by order."""
    query = select(Order.number, Peg.qty).join(OrderLine, OrderLine.order_id == Order.id)
    query = query.join(Peg, Peg.order_line_id == OrderLine.id).where(Peg.state == "firm")
    return {row[0]: row[1] for row in house.read(lambda s: s.execute(query).all())}


def test_a_better_answer_takes_the_place_of_the_plain_one(truck: House) -> None:
    assert planned(truck) == {"OLD": 4}

    said = adopt(truck, 2, 3)

    assert said == "T000001: a better sharing-out was found: 2 orders leave complete (before: 1)."
    assert planned(truck) == {"A": 2, "B": 2}
    row = delivery(truck)
    assert (row.method, row.completes, row.bound) == ("solver", 2, 2)


def test_an_answer_that_is_no_better_changes_nothing(truck: House) -> None:
    adopt(truck, 2, 3)

    assert adopt(truck, 1) == "T000001: the sharing-out stands: 2 orders leave complete."
    assert planned(truck) == {"A": 2, "B": 2}


def test_an_order_that_was_begun_keeps_what_it_has(truck: House) -> None:
    """One mug for OLD stands on the dock when the answer for the two others comes."""

    def receive_one(session: Session, context: Context) -> None:
        receipt = receipts.open_for(session, context, 1, delivery_id=1)
        receipts.take_in(session, context, receipt, [receipts.Parcel(product_id=1, qty=1)])

    command(truck, receive_one, station="DOCK-A")

    assert adopt(truck, 2, 3) == "T000001: the sharing-out stands: 1 orders leave complete."
    assert planned(truck) == {"OLD": 3}


@pytest.mark.parametrize(("plan", "seconds", "after", "how"), [
    (("", 0, 0), 20, 0, "none"), (("stated", 2, 2), 20, 0, "proven"), (("solver", 2, 3), 20, 0, "solver"),
    (("solver", 2, None), 20, 0, "solver"), (("search", 2, None), 20, 34, "searching"),
    (("search", 2, 3), 20, 35, "search"), (("stated", 2, 3), 20, 35, "stated"), (("stated", 2, 3), 0, 0, "stated_off"),
    (("search", 0, None), 0, 0, "search_off"),
])  # fmt: skip
def test_how_a_sharing_out_stands_is_one_word(
    house: House, plan: tuple[str, int, int | None], seconds: int, after: int, how: str
) -> None:
    """``plan``: its method, how many orders it completes, and the bound."""
    method, completes, bound = plan
    truck = Delivery(number="T", method=method, completes=completes, bound=bound, shared_at=house.now)

    assert dock_sharing.how_it_stands(truck, bound, house.now + timedelta(seconds=after), seconds) == how


def test_list_and_sentence_say_the_same_of_a_truck(truck: House) -> None:
    def ask(question: str, **args: int) -> Any:
        reads = {**dock_reads.QUESTIONS, **inbound_reads.QUESTIONS}
        return truck.read(lambda s: reads[question](s, truck.now, args))

    for answer in ((), (2, 3)):
        if answer:
            adopt(truck, *answer)
        (row,) = ask("deliveries").trucks
        state = ask("sharing", delivery=1)

        assert state.message.code == f"dock.shared_{row.sharing}"
        assert (row.completes, row.method) == (state.completes, state.method)


def test_the_desk_hears_by_which_method_and_how_good(truck: House) -> None:
    def ask() -> tuple[str, bool]:
        found = truck.read(lambda s: dock_reads.QUESTIONS["sharing"](s, truck.now, {"delivery": 1}))
        return found.method, found.is_sought

    assert ask() == ("stated", True)
    adopt(truck, 2, 3)
    assert ask() == ("solver", False)
    with pytest.raises(BadInput, match=r"dock\.no_truck"):
        truck.read(lambda s: dock_reads.QUESTIONS["sharing"](s, truck.now, {"delivery": 9}))
