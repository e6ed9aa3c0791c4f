"""Orders come in many at once or not at all; a desk holds, pins and cancels them, and hears what to carry back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.builders import NOON, Desk, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Batch, BatchOrder, Order, OrderLine, Peg, Pick, Plate, Reservation, Stock
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.phrases import orders as phrases
from wms_desktop.phrases import setup, texts
from wms_desktop.prompts import Answer
from wms_desktop.services import cancelling, commands, inventory, orders, receiving, selfcheck, undoing
from wms_desktop.services.cancelling import Cancelled
from wms_desktop.services.inventory import Spot
from wms_desktop.services.orders import NewOrder, NewOrderLine

GOOD = NewOrder(
    number="O-1", customer="C1", service="PARCEL", placed_at=NOON, leave_by=NOON + timedelta(hours=4),
    promise=date(2026, 3, 4), ship_name="Acme Ltd", street="1 High Street", city="Leeds", postcode="LS1 1AA",
    lines=(NewOrderLine("MUG", 5, Decimal("2.50")),),
)  # fmt: skip


@pytest.fixture
def mug(house: House) -> int:
    """An article in two bins."""
    house.bin("A-1")
    house.bin("A-2")
    return house.product("MUG", name="Blue mug")


# --- taking in -----------------------------------------------------------------------------------------------


def test_an_order_comes_in_with_its_lines_and_waits(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        ids = orders.add_orders(session, [replace(GOOD, number="O-2"), replace(GOOD, ship_rule="complete")])
    order = house.read(lambda s: s.get_one(Order, ids["O-1"]))
    line = house.read(lambda s: s.scalars(select(OrderLine).where(OrderLine.order_id == ids["O-1"])).one())

    assert (order.number, order.ship_complete, order.leave_by, order.city) == ("O-1", True, GOOD.leave_by, "Leeds")
    assert (line.product_id, line.ordered, line.reserved, line.price) == (mug, 5, 0, Decimal("2.50"))
    assert house.read(lambda s: orders.list_ids(s, ["O-1", "O-2"])) == [ids["O-1"], ids["O-2"]]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (replace(GOOD, number="O-2"), ("twice", "number")),
        (replace(GOOD, number="OLD"), ("taken", "number")),
        (replace(GOOD, customer="C9"), ("unknown", "customer")),
        (replace(GOOD, service="SLOW"), ("unknown", "service")),
        (replace(GOOD, ship_name=""), ("empty", "ship_name")),
        (replace(GOOD, street="  "), ("empty", "street")),
        (replace(GOOD, city=""), ("empty", "city")),
        (replace(GOOD, postcode=""), ("empty", "postcode")),
        (replace(GOOD, country="UK"), ("no_country", "country")),
        (replace(GOOD, currency="£"), ("no_currency", "currency")),
        (replace(GOOD, leave_by=datetime(2026, 3, 2)), ("no_zone", "leave_by")),
        (replace(GOOD, priority_class=10), ("not_one_of", "priority_class")),
        (replace(GOOD, lines=()), ("no_lines", "lines")),
        (replace(GOOD, lines=(NewOrderLine("MUG", 0),)), ("too_small", "lines[1].qty")),
        (replace(GOOD, lines=(NewOrderLine("MUG", 1), NewOrderLine("CUP", 1))), ("unknown", "lines[2].product")),
        (replace(GOOD, lines=(NewOrderLine("MUG", 1, Decimal("0.12345")),)), ("not_money", "lines[1].price")),
    ],
)
def test_a_wrong_order_is_named_and_none_comes_in(house: House, mug: int, row: NewOrder, why: tuple[str, str]) -> None:
    house.order("OLD", (mug, 1))
    with pytest.raises(BadInput) as refused, writing(house.engine) as session:
        orders.add_orders(session, [replace(GOOD, number="O-2"), row])
    args = refused.value.args_

    assert (refused.value.code, args["row"], args["field"]) == (f"input.{why[0]}", 2, why[1])
    assert setup.TEXTS[refused.value.code].format_map(args)
    assert house.read(lambda s: s.scalar(select(func.count()).select_from(Order))) == 1


def test_an_address_in_a_country_without_post_codes_needs_none(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        assert orders.add_orders(session, [replace(GOOD, country="HK", postcode="")])


# --- hold and pin --------------------------------------------------------------------------------------------


def act(house: House, do: Callable[..., Any], *args: object, badge: str = "OP-buyer") -> Answer:
    """One act of the desk, as the application carries it out."""

    def carry_out(session: Any, context: Any) -> Answer:
        said = do(session, context, *args)
        return orders.answer(session, context, said.message if isinstance(said, Cancelled) else said)

    context = house.context(station="DESK-1", badge=badge)
    return commands.run(house.engine, "orders", "act", context, carry_out, orders.prompt)


def give_up(session: Any, context: Any, order: int, units: Mapping[int, int] | None = None) -> Cancelled:
    """A cancellation with a reason."""
    return cancelling.cancel(session, context, order, units, reason="too late")


PAIRS = [
    (orders.hold, orders.unhold, "is_held", "orders.held_already", "orders.not_held"),
    (orders.pin, orders.unpin, "is_pinned", "orders.pinned_already", "orders.not_pinned"),
]


@pytest.mark.parametrize("pair", PAIRS)
def test_an_order_is_held_or_pinned_once_and_let_go_once(
    house: House, mug: int, pair: tuple[Any, Any, str, str, str]
) -> None:
    do, undo, flag, again, not_so = pair
    order = house.order("O1", (mug, 5))
    more = ["no reply"] if do is orders.hold else []
    seen = []
    for step, args in ((do, more), (do, more), (undo, []), (undo, [])):
        answer = act(house, step, [order], *args)
        seen.append((answer.message.code, house.read(lambda s: getattr(s.get_one(Order, order), flag))))
        assert phrases.TEXTS[answer.message.code].format_map(answer.message.args)

    assert [code for code, _ in seen if code in (again, not_so)] == [again, not_so]
    assert [is_set for _, is_set in seen] == [True, True, False, False]


def test_a_picker_may_not_touch_orders(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 5))

    assert act(house, orders.hold, [order], "why", badge="OP-picker").message.code == "not_permitted"
    assert not house.read(lambda s: s.get_one(Order, order).is_held)


def test_an_order_of_which_nothing_is_open_is_left_alone(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 5))
    act(house, give_up, order)
    codes = {act(house, orders.hold, [order], "why").message.code, act(house, orders.pin, [order]).message.code,
             act(house, give_up, order).message.code}  # fmt: skip

    assert codes == {"orders.over"}


# --- cancelling ----------------------------------------------------------------------------------------------


def cancel(house: House, order: int, units: Mapping[int, int] | None = None) -> Cancelled:
    """Cancels as the buyer, and proves that every figure still adds up."""
    with writing(house.engine) as session:
        done = give_up(session, house.context(command="opening"), order, units)
    assert house.read(selfcheck.find_differences) == []
    return done


def reserve(house: House, stock: int, line: int, qty: int) -> None:
    """Holds units for a line."""
    with writing(house.engine) as session:
        inventory.hold(session, stock, line, qty, "test")


def carry(house: House, stock: int, line: int, qty: int, *, to: tuple[str, str]) -> int:
    """Carries held units to a place, on a plate (empty: none)."""
    place, plate = to
    with writing(house.engine) as session:
        plates = select(Plate.id).where(Plate.code == plate)
        spot = Spot(location_id=house.place(place), plate_id=session.scalars(plates).one())
        return inventory.carry(session, house.context(command="opening"), stock, line, qty, spot, reason="test")


def held(house: House, line: int) -> list[tuple[int, int]]:
    """Stock row and quantity of what is held for a line."""
    query = select(Reservation).where(Reservation.order_line_id == line, Reservation.state == "held")
    return house.read(lambda s: [(r.stock_id, r.qty) for r in s.scalars(query.order_by(Reservation.id))])


def line_of(house: House, line: int) -> tuple[int, int, int]:
    """Ordered, cancelled and reserved units of a line."""
    row = house.read(lambda s: s.get_one(OrderLine, line))
    return row.ordered, row.cancelled, row.reserved


def test_units_that_nobody_holds_are_cancelled_first(house: House, mug: int) -> None:
    stock = house.put(mug, "A-1", 3)
    order = house.order("O1", (mug, 5))
    reserve(house, stock, 1, 3)

    done = cancel(house, order, {1: 2})

    assert (done.units, done.freed, line_of(house, 1)) == (2, 0, (5, 2, 3))


def test_the_latest_reservation_is_let_go_first(house: House, mug: int) -> None:
    first, second = house.put(mug, "A-1", 3), house.put(mug, "A-2", 3)
    order = house.order("O1", (mug, 5))
    reserve(house, second, 1, 2)
    reserve(house, first, 1, 3)

    done = cancel(house, order, {1: 4})

    assert (done.freed, held(house, 1), line_of(house, 1)) == (4, [(second, 1)], (5, 4, 1))
    assert done.message.code == "orders.cancelled"


def test_what_has_come_least_far_is_let_go_first_and_what_stands_in_a_tote_goes_back(house: House, mug: int) -> None:
    stock = house.put(mug, "A-1", 10)
    order = house.order("O1", (mug, 9))
    reserve(house, stock, 1, 9)
    lane = carry(house, stock, 1, 3, to=("LANE-1", ""))
    tote = carry(house, stock, 1, 2, to=("BENCH-1", "TOTE-01"))

    part = cancel(house, order, {1: 5})
    rest = cancel(house, order)

    assert ([(e.place, e.qty) for e in part.walk_back], part.go_back) == ([("LANE-1", 1)], ())
    assert [(e.place, e.plate, e.qty) for e in (*rest.walk_back, *rest.go_back)] == [
        ("LANE-1", "", 2), ("BENCH-1", "TOTE-01", 2),
    ]  # fmt: skip
    stocks = house.read(lambda s: [s.get_one(Stock, row) for row in (lane, tote)])
    assert [(row.on_hand, row.reserved) for row in stocks] == [(3, 0), (2, 0)]
    assert phrases.TEXTS[rest.message.code].format_map(rest.message.args).endswith("LANE-1, TOTE-01.")


@pytest.fixture
def clerk(house: House) -> Desk:
    """Somebody who receives."""
    return house.at(receiving, "DOCK-A", "OP-receiver")


def pegs(house: House) -> list[tuple[int, str, str]]:
    """Quantity, state and why of every peg."""
    return house.read(lambda s: [(p.qty, p.state, p.why) for p in s.scalars(select(Peg).order_by(Peg.id))])


def test_a_verdict_not_yet_carried_is_let_go_with_its_reason(house: House, mug: int, clerk: Desk) -> None:
    order = house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 5))
    clerk.scan("PO-1", *["EAN-MUG"] * 5)

    done = cancel(house, order)

    assert (done.walk_back, line_of(house, 1)) == ((), (5, 5, 0))
    assert {(state, why) for _, state, why in pegs(house)} == {("released", "order_cancelled")}
    assert clerk.prompt().state == "count"


def test_a_peg_in_the_lane_is_split_when_a_part_of_it_is_cancelled(house: House, mug: int, clerk: Desk) -> None:
    order = house.order("O1", (mug, 5))
    house.purchase("PO-1", (mug, 5))
    with writing(house.engine) as session:
        session.get_one(Order, order).ship_complete = False
    clerk.scan("PO-1", "EAN-MUG")
    clerk.key("quantity", "5")
    clerk.scan("LANE-1")

    done = cancel(house, order, {1: 4})

    living = [qty for qty, state, _ in pegs(house) if state == "in_lane"]
    gone = [(qty, why) for qty, state, why in pegs(house) if state == "released"]
    assert (sum(living), sum(qty for qty, _ in gone), {why for _, why in gone}) == (1, 4, {"order_cancelled"})
    assert [(e.place, e.sku, e.qty) for e in done.walk_back] == [("LANE-1", "MUG", 4)]


def walk(house: House, *stops: tuple[int, int, int], state: str = "released", mode: str = "cluster") -> int:
    """A batch with stops of (stock, line, qty); gives its id."""
    with writing(house.engine) as session:
        batch = Batch(number=f"B-{house.now:%H%M%S}", created_at=NOON, state=state, mode=mode)
        session.add(batch)
        session.flush()
        lines = {line: session.get_one(OrderLine, line).order_id for _, line, _ in stops}
        for position, order_id in enumerate(sorted(set(lines.values())), 1):
            session.add(BatchOrder(batch_id=batch.id, order_id=order_id, position=position))
        for seq, (stock, line, qty) in enumerate(stops, 1):
            session.add(Pick(batch_id=batch.id, order_line_id=line, stock_id=stock, seq=seq, qty=qty))
        return batch.id


def picks(house: House, batch: int) -> list[tuple[int, str]]:
    """Quantity and state of a batch's stops."""
    query = select(Pick).where(Pick.batch_id == batch).order_by(Pick.seq)
    return house.read(lambda s: [(p.qty, p.state) for p in s.scalars(query)])


@pytest.fixture
def two_orders(house: House, mug: int) -> tuple[int, int, int]:
    """Two orders of 4 held in one bin: the stock row and the orders' ids."""
    stock = house.put(mug, "A-1", 10)
    first, second = house.order("O1", (mug, 4)), house.order("O2", (mug, 4))
    for line in (1, 2):
        reserve(house, stock, line, 4)
    return stock, first, second


def test_stops_not_begun_leave_their_list_and_a_list_without_stops_is_over(
    house: House, two_orders: tuple[int, int, int]
) -> None:
    stock, first, second = two_orders
    batch = walk(house, (stock, 1, 4), (stock, 2, 4))
    one = cancel(house, first)
    between = house.read(lambda s: s.get_one(Batch, batch).state)
    other = cancel(house, second)

    assert (one.picks, other.picks, between) == (1, 1, "released")
    assert picks(house, batch) == [(4, "cancelled"), (4, "cancelled")]
    assert house.read(lambda s: s.get_one(Batch, batch).state) == "cancelled"
    assert not house.read(lambda s: s.scalar(select(func.max(BatchOrder.is_open))))


def test_a_part_cancelled_makes_the_stop_smaller(house: House, two_orders: tuple[int, int, int]) -> None:
    stock, first, _ = two_orders
    batch = walk(house, (stock, 1, 4), (stock, 2, 4))

    done = cancel(house, first, {1: 3})

    assert (done.picks, picks(house, batch)) == (0, [(1, "todo"), (4, "todo")])


@pytest.mark.parametrize(("mode", "kept"), [("cluster", ["todo", "cancelled"]), ("paper", ["todo", "todo"])])
def test_the_stop_a_picker_is_at_and_a_printed_list_are_left_to_the_picker(
    house: House, two_orders: tuple[int, int, int], mode: str, kept: list[str]
) -> None:
    stock, first, second = two_orders
    batch = walk(house, (stock, 1, 4), (stock, 2, 4), state="running", mode=mode)
    cancel(house, first)
    cancel(house, second)

    assert [state for _, state in picks(house, batch)] == kept
    assert held(house, 1) == held(house, 2) == []


@pytest.mark.parametrize(("units", "code"), [({1: 6}, "orders.cancel_how_many"), ({1: 0}, "orders.cancel_how_many"),
                                             ({2: 1}, "orders.other_line")])  # fmt: skip
def test_a_cancellation_that_cannot_be_is_refused_whole(
    house: House, mug: int, units: dict[int, int], code: str
) -> None:
    order = house.order("O1", (mug, 5))
    house.order("O2", (mug, 5))
    with pytest.raises(Refusal) as refused:
        cancel(house, order, units)

    assert phrases.TEXTS[code].format_map(refused.value.args_)
    assert (refused.value.code, line_of(house, 1)) == (code, (5, 0, 0))


def test_the_desk_can_take_a_cancellation_back(house: House, mug: int) -> None:
    stock = house.put(mug, "A-1", 5)
    order = house.order("O1", (mug, 5))
    reserve(house, stock, 1, 5)
    walk(house, (stock, 1, 5))
    answer = act(house, give_up, order)
    with writing(house.engine) as session:
        undoing.undo_last(session, house.context(station="DESK-1", badge="OP-buyer"), "orders")

    assert answer.message.args == {"order": "O1", "units": 5, "freed": 5}
    assert (line_of(house, 1), held(house, 1)) == ((5, 0, 5), [(stock, 5)])
    assert house.read(lambda s: s.scalar(select(Pick.state))) == "todo"


def test_every_code_of_the_desk_has_its_sentence() -> None:
    files = [Path(str(module.__file__)).read_text(encoding="utf-8") for module in (orders, cancelling)]
    used = {code for text in files for code in re.findall(r'"(orders\.[a-z_]+)"', text)}
    done = {f"orders.{what}{many}" for text in files for what in re.findall(r'_done\("([a-z_]+)"', text)
            for many in ("", "_many")}  # fmt: skip

    assert used | done | {"prompt.orders.backlog", "prompt.orders.backlog.sub"} >= phrases.TEXTS.keys()
    assert used | done <= texts().keys()
