"""An order that comes again changes what is not yet in work, says what it could not, and never counts twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.builders import House
from tests.services import import_desk as desk
from tests.services.import_desk import order_row
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Cancellation, Location, Order, OrderLine, Plate, Reservation, Substitute
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Message
from wms_desktop.services import cancelling, inventory, orders, selfcheck, settings
from wms_desktop.services.inventory import Spot

_FILES = count(1)


@pytest.fixture
def mug(house: House) -> int:
    """An article with twenty units in a bin."""
    house.bin("A-1")
    product = house.product("MUG", "4006381333931", name="Blue mug")
    house.put(product, "A-1", 20)
    return product


@pytest.fixture
def taken(house: House, mug: int) -> int:
    """An order of four mugs that a file brought in, reserved in the bin; gives its id."""
    desk.take_in(house, "orders", [order_row("W1", "MUG", 4, line_no="1")])
    return desk.get_order(house, "W1").id


def put_in_tote(house: House, units: int) -> None:
    """So many of the reserved units are picked into a tote on a cart."""
    with writing(house.engine) as session:
        held = session.scalars(select(Reservation).where(Reservation.state == "held")).first()
        assert held is not None
        cart = session.scalars(select(Location.id).where(Location.code == "CART-1")).one()
        tote = session.scalars(select(Plate.id).where(Plate.code == "TOTE-01")).one()
        context = house.context(station="PICK-1", badge="OP-picker", command="opening")
        spot = Spot(location_id=cart, plate_id=tote)
        inventory.carry(session, context, held.stock_id, held.order_line_id, units, spot, reason="pick")


def ship(house: House, order: int) -> None:
    """Everything of the order leaves the house."""
    with writing(house.engine) as session:
        held = session.execute(
            select(Reservation.stock_id, Reservation.order_line_id).join(
                OrderLine, OrderLine.id == Reservation.order_line_id
            ).where(OrderLine.order_id == order, Reservation.state == "held")
        ).all()  # fmt: skip
        customer = session.scalars(select(Location.id).where(Location.code == "CUSTOMER")).one()
        context = house.context(station="SHIP-1", badge="OP-packer", command="opening")
        inventory.consume_many(session, context, [(row[0], row[1]) for row in held], Spot(location_id=customer))


def again(house: House, *given: dict[str, str], **reading: Any) -> tuple[Any, Any]:
    """The same order in another file: the preview, and the answer to publishing it."""
    file = {"channel": f"file {next(_FILES)}"}
    rows = [row | file for row in given]
    run = desk.stage(house, "orders", rows, file="next.csv", **reading)
    shown = desk.preview(house, run)
    return shown, desk.publish(house, run)


def kept(shown: Any) -> list[tuple[str, str]]:
    """What the preview says that stays, and why."""
    return [(str(n.args["what"])[5:], str(n.args["why"])[4:]) for n in shown.notes if n.code == "import.run.kept"]


def test_the_same_order_again_changes_nothing(house: House, taken: int) -> None:
    before = desk.events(house, "W1")
    shown, answer = again(house, order_row("W1", "MUG", 4, line_no="1"))

    assert (shown.fresh, shown.updated, shown.untouched, shown.notes) == (0, 0, 1, ())
    assert answer.message.code == "import.run.published"
    assert (desk.lines(house, "W1"), desk.events(house, "W1")) == ([(1, "MUG", 4, 0)], before)


def test_address_dates_service_and_priority_follow_the_file(house: House, taken: int) -> None:
    row = order_row(
        "W1", "MUG", 4, line_no="1", street="2 Low Street", city="York", promise="2026-03-20", service="FREIGHT",
        leave_by="2026-03-19T16:00", priority_class="1", is_paid="1", ship_rule="complete",
    )  # fmt: skip
    shown, _ = again(house, row)
    order = desk.get_order(house, "W1")
    line = house.read(lambda s: s.scalars(select(OrderLine)).one())

    assert (shown.updated, shown.untouched) == (1, 0)
    assert (order.street, order.city, order.promise, order.service_id) == ("2 Low Street", "York", date(2026, 3, 20), 2)
    assert (order.priority_class, order.is_paid, order.ship_complete, order.must_ask) == (1, True, True, False)
    assert (line.promise, line.promise_rule) == (date(2026, 3, 20), "given")
    assert line.first_promise != line.promise
    changed = {args["what"]: (args["was"], args["became"]) for code, args in desk.events(house, "W1")
               if code == "event.import_changed"}  # fmt: skip
    assert changed["kind.street"] == ("1 High Street", "2 Low Street")
    assert changed["kind.service_id"] == ("PARCEL", "FREIGHT")
    assert len(changed) == 8


def test_more_units_are_added_and_served_at_once(house: House, taken: int) -> None:
    shown, _ = again(house, order_row("W1", "MUG", 7, line_no="1"))

    assert (shown.updated, desk.lines(house, "W1")) == (1, [(1, "MUG", 7, 0)])
    assert house.read(lambda s: s.scalar(select(OrderLine.reserved))) == 7
    assert ("event.import_units", {"line": 1, "was": 4, "became": 7}) in desk.events(house, "W1")


def test_fewer_units_are_cancelled_with_the_reason_and_free_at_once(house: House, taken: int) -> None:
    again(house, order_row("W1", "MUG", 1, line_no="1"))
    gone = house.read(lambda s: s.scalars(select(Cancellation)).one())

    assert (gone.qty, gone.reason) == (3, "reason.shop_cancelled")
    assert desk.lines(house, "W1") == [(1, "MUG", 4, 3)]
    assert house.read(lambda s: s.scalar(select(OrderLine.reserved))) == 1
    assert house.read(selfcheck.find_differences) == []


def test_units_that_the_shop_takes_back_and_wants_again_count_once_each(house: House, taken: int) -> None:
    for qty in (1, 5, 5, 3, 4):
        again(house, order_row("W1", "MUG", qty, line_no="1"))
    line = house.read(lambda s: s.scalars(select(OrderLine)).one())

    assert line.ordered - line.cancelled == line.reserved == 4


def test_what_was_cancelled_here_is_not_brought_back_by_the_shops_old_file(house: House, taken: int) -> None:
    with writing(house.engine) as session:
        line = session.scalars(select(OrderLine.id)).one()
        cancelling.cancel(session, house.context(station="DESK-1", badge="OP-buyer"), taken, {line: 1}, reason="phone")
    shown, _ = again(house, order_row("W1", "MUG", 4, line_no="1"))

    assert (shown.untouched, kept(shown)) == (1, [("units", "import_cancelled_here")])
    assert desk.lines(house, "W1") == [(1, "MUG", 4, 1)]
    again(house, order_row("W1", "MUG", 6, line_no="1"))
    assert desk.lines(house, "W1") == [(1, "MUG", 6, 1)]


def test_new_lines_come_in_with_a_promise_and_missing_ones_stay(house: House, mug: int, taken: int) -> None:
    house.product("CUP", name="Cup")
    shown, _ = again(house, order_row("W1", "CUP", 2, price="9"))
    line = house.read(lambda s: s.scalars(select(OrderLine).where(OrderLine.line_no == 2)).one())

    assert desk.lines(house, "W1") == [(1, "MUG", 4, 0), (2, "CUP", 2, 0)]
    assert (line.price, line.first_promise is not None) == (Decimal(9), True)
    assert Message("import.run.not_named", {"order": "W1", "line": 1, "sku": "MUG"}) in shown.notes


def test_prices_follow_until_something_is_shipped(house: House, taken: int) -> None:
    again(house, order_row("W1", "MUG", 4, price="3"))
    assert house.read(lambda s: s.scalar(select(OrderLine.price))) == 3
    ship(house, taken)
    shown, _ = again(house, order_row("W1", "MUG", 4, price="4"))

    assert kept(shown) == [("price", "import_over")]
    assert house.read(lambda s: s.scalar(select(OrderLine.price))) == 3


def test_what_is_in_work_keeps_its_label_and_its_units(house: House, taken: int) -> None:
    put_in_tote(house, 3)
    row = order_row("W1", "MUG", 1, line_no="1", street="2 Low Street", is_paid="1")
    shown, _ = again(house, row, order_row("W1", "MUG", 1, line_no="2", street="2 Low Street", is_paid="1"))
    order = desk.get_order(house, "W1")

    assert sorted(kept(shown)) == [
        ("line", "import_in_work"), ("street", "import_in_work"), ("units", "import_in_work")
    ]  # fmt: skip
    assert (order.street, order.is_paid) == ("1 High Street", True)
    assert desk.lines(house, "W1") == [(1, "MUG", 4, 1)]
    assert [code for code, _ in desk.events(house, "W1")].count("event.import_kept") == 3


def test_a_note_is_written_down_once(house: House, taken: int) -> None:
    for text in ("Ring", "Ring", "Ring twice"):
        again(house, order_row("W1", "MUG", 4, note=text))

    assert [args["text"] for code, args in desk.events(house, "W1") if code == "event.import_note"] == [
        "Ring", "Ring twice"
    ]  # fmt: skip


def test_what_could_not_be_changed_is_written_down_once_however_often_it_comes(house: House, taken: int) -> None:
    put_in_tote(house, 4)
    for _ in range(2):
        shown, _ = again(house, order_row("W1", "MUG", 4, line_no="1", street="2 Low Street"))

    assert kept(shown) == [("street", "import_in_work")]
    assert [code for code, _ in desk.events(house, "W1")].count("event.import_kept") == 1


def test_an_order_that_has_left_changes_no_more(house: House, taken: int) -> None:
    ship(house, taken)
    shown, _ = again(house, order_row("W1", "MUG", 9, line_no="1", street="2 Low Street", is_paid="1"))
    order = desk.get_order(house, "W1")

    assert sorted(kept(shown)) == [("street", "import_over"), ("units", "import_over")]
    assert (order.street, order.is_paid, desk.lines(house, "W1")) == ("1 High Street", True, [(1, "MUG", 4, 0)])


def test_customer_and_currency_stay(house: House, taken: int) -> None:
    shown, _ = again(house, order_row("W1", "MUG", 4, customer_code="C9", currency="EUR"))

    assert sorted(kept(shown)) == [("currency", "import_other_order"), ("customer_id", "import_other_order")]
    assert desk.get_order(house, "W1").currency == "GBP"


def test_what_a_constant_says_changes_no_known_order(house: House, taken: int) -> None:
    shown, _ = again(house, order_row("W1", "MUG", 4, service="FREIGHT"), constants={"service": "FREIGHT"})

    assert (shown.untouched, desk.get_order(house, "W1").service_id) == (1, 1)


def test_a_wrong_address_of_a_known_order_is_refused(house: House, taken: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG", 4, country="UK")])

    assert desk.rules(house, run) == {2: "no_country"}


def test_more_units_ask_the_backorder_rules(house: House, mug: int, taken: int) -> None:
    with writing(house.engine) as session:
        session.get_one(desk.Product, mug).backorders = "deny"
    run = desk.stage(house, "orders", [order_row("W1", "MUG", 40, line_no="1")])

    assert desk.rules(house, run) == {2: "policy.product_deny"}


def test_a_release_day_lets_go_of_what_was_reserved(house: House, taken: int) -> None:
    again(house, order_row("W1", "MUG", 4, release_on="2026-04-01"))

    assert desk.get_order(house, "W1").release_on == date(2026, 4, 1)
    assert house.read(lambda s: s.scalar(select(OrderLine.reserved))) == 0


def test_an_order_cancelled_in_the_shop_loses_what_is_not_in_work(house: House, taken: int) -> None:
    put_in_tote(house, 1)
    shown, _ = again(house, order_row("W1", "MUG", 4, is_cancelled="1"))

    assert (shown.updated, kept(shown)) == (1, [("units", "import_in_work")])
    assert desk.lines(house, "W1") == [(1, "MUG", 4, 3)]


def test_a_kit_is_taken_back_whole_and_a_substitute_with_it(house: House, mug: int) -> None:
    """Two of five kits were made of parts; the file now wants one."""
    house.product("SET", name="Set")
    part = house.product("LID", name="Lid")
    desk.take_in(house, "orders", [order_row("W1", "SET", 5)])
    with writing(house.engine) as session:
        line = session.scalars(select(OrderLine)).one()
        line.cancelled = line.replaced = 2
        session.flush()
        fresh = {"price": Decimal(0), "promise": line.promise, "first_promise": line.promise, "release_on": None,
                 "made_to_order": False, "promise_rule": "given", "order_id": line.order_id}  # fmt: skip
        orders.add_lines(session, [
            fresh | {"line_no": no, "product_id": product, "ordered": qty}
            for no, product, qty in ((2, mug, 4), (3, part, 2))
        ])  # fmt: skip
        for no, kit_qty in ((2, 2), (3, 1)):
            one = session.scalars(select(OrderLine).where(OrderLine.line_no == no)).one()
            one.replaces_id, one.kit_qty = line.id, kit_qty
    again(house, order_row("W1", "SET", 1))

    assert desk.lines(house, "W1") == [(1, "SET", 5, 5), (2, "MUG", 4, 2), (3, "LID", 2, 1)]
    shown, _ = again(house, order_row("W1", "SET", 1))
    assert shown.untouched == 1
    assert house.read(lambda s: s.scalar(select(func.count()).select_from(Substitute))) == 0


# --- documents that take back ----------------------------------------------------------------------------------------


def test_a_credit_note_cancels_units_of_its_order_once(house: House, taken: int) -> None:
    rows = [order_row("CW1", "MUG", -3)]
    shown, answer = again(house, *rows)
    repeated, _ = again(house, *rows, order_row("W2", "MUG", 1))

    assert (shown.updated, answer.message.code) == (1, "import.run.published")
    assert desk.lines(house, "W1") == [(1, "MUG", 4, 3)]
    assert (repeated.untouched, repeated.fresh) == (1, 1)
    assert Message("import.run.count_cancelled_before", {"count": 1}) in repeated.notes
    assert [args["units"] for code, args in desk.events(house, "W1") if code == "event.import_cancelled"] == [3]


def test_a_negative_document_of_the_orders_own_number_cancels_too(house: House, taken: int) -> None:
    again(house, order_row("W1", "MUG", -1))

    assert desk.lines(house, "W1") == [(1, "MUG", 4, 1)]


def test_a_credit_note_of_no_known_order_is_refused(house: House, taken: int) -> None:
    run = desk.stage(house, "orders", [order_row("C99", "MUG", -1), order_row("W5", "MUG", -1)])
    (first, second) = desk.problems(house, run)

    assert (first.rule, first.cure.args["order"], second.rule) == (
        "import.run.cancels_unknown", "99", "import.run.cancels_unknown"
    )  # fmt: skip
    assert "C99" in sentence(first.cure.code, first.cure.args)


def test_a_credit_note_takes_back_all_or_nothing(house: House, taken: int) -> None:
    put_in_tote(house, 2)
    run = desk.stage(house, "orders", [order_row("CW1", "MUG", -1), order_row("CW1", "MUG", -2)])
    (problem,) = desk.problems(house, run)

    assert (problem.rule, problem.cure.args["asked"], problem.cure.args["open"]) == ("import.run.cancels_more", 2, 1)
    assert desk.publish(house, run).message.code == "import.run.nothing_good"
    assert desk.lines(house, "W1") == [(1, "MUG", 4, 0)]


def test_units_are_not_taken_back_beside_units_that_are_ordered(house: House, taken: int) -> None:
    run = desk.stage(house, "orders", [order_row("W2", "MUG", 2), order_row("W2", "MUG", -1)])

    assert desk.rules(house, run) == {3: "negative_line"}
    assert desk.states(house, run) == {"bad": 1, "waits": 1}


def test_the_reader_hands_on_negative_quantities_of_orders(house: House, taken: int) -> None:
    rows = [
        desk.fault(2, "CW1", "qty", "credit_note", **order_row("CW1", "MUG", "-2")),
        desk.fault(3, "CW2", "Menge", "negative", **order_row("CW2", "MUG", "-1,0")),
        desk.fault(4, "CW3", "qty", "negative", **order_row("CW3", "MUG", "-1,5")),
    ]
    rows[1] = replace(rows[1], value="-1,0")
    run = desk.stage(house, "orders", rows, decimal=",", mapping={"Menge": "qty"})

    assert desk.states(house, run) == {"good": 1, "bad": 2}
    desk.publish(house, run)
    assert desk.lines(house, "W1") == [(1, "MUG", 4, 2)]


def test_two_documents_of_one_file_about_the_same_order_do_not_take_twice(house: House, taken: int) -> None:
    run = desk.stage(house, "orders", [order_row("CW1", "MUG", -3), order_row("CRW1", "MUG", -3)])
    desk.publish(house, run)

    assert sum(cancelled for *_, cancelled in desk.lines(house, "W1")) == 3
    assert house.read(selfcheck.find_differences) == []


def test_settings_of_the_house_say_what_is_no_goods(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        settings.put(session, "not_goods", "FEE*")
    run = desk.stage(house, "orders", [order_row("W1", "FEE-1"), order_row("W2", "POST")])

    assert desk.rules(house, run) == {2: "not_goods", 3: "unknown_product"}
    assert house.read(lambda s: s.scalar(select(func.count()).select_from(Order))) == 0
