"""The rules by which a row of an order goes in or not: each has its sentence, its line, and its cure."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import House
from tests.services import import_desk as desk
from tests.services.import_desk import order_row
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Barcode, Customer, Order, OrderLine
from wms_desktop.phrases import sentence
from wms_desktop.prompts import Message
from wms_desktop.services import settings


@pytest.fixture
def mug(house: House) -> int:
    """An article that does not stand anywhere."""
    return house.product("MUG", "4006381333931", case=("14006381333938", 12), name="Blue mug")


def put(house: House, **values: str) -> None:
    with writing(house.engine) as session:
        for name, value in values.items():
            settings.put(session, name, value)


def set_product(house: House, product: int, **facts: Any) -> None:
    with writing(house.engine) as session:
        for name, value in facts.items():
            setattr(session.get_one(desk.Product, product), name, value)


def line_of(house: House, number: str) -> OrderLine:
    query = select(OrderLine).join(Order, Order.id == OrderLine.order_id).where(Order.number == number)
    return house.read(lambda s: s.scalars(query).one())


WRONG = [
    ({"sku": "NO-SUCH"}, "unknown_product", "sku"),
    ({"sku": "", "barcode": "4006381333948"}, "unknown_product", "barcode"),
    ({"sku": "POST"}, "not_goods", "sku"),
    ({"sku": "gift_0001_30"}, "not_goods", "sku"),
    ({"qty": "0"}, "too_small", "qty"),
    ({"qty": "1.5"}, "not_a_number", "qty"),
    ({"qty": "99999999"}, "too_large", "qty"),
    ({"price": "-1"}, "too_small", "price"),
    ({"price": "a lot"}, "not_money", "price"),
    ({"cancelled": "9"}, "too_large", "cancelled"),
    ({"line_no": "0.5"}, "not_a_number", "line_no"),
    ({"made_to_order": "perhaps"}, "not_a_flag", "made_to_order"),
    ({"line_release_on": "soon"}, "not_a_day", "line_release_on"),
    ({"customer_code": ""}, "no_customer", "customer_code"),
    ({"customer_code": "x" * 61}, "too_long", "customer_code"),
    ({"service": "BY-PIGEON"}, "unknown_service", "service"),
    ({"service": ""}, "no_service", "service"),
    ({"ship_name": ""}, "empty", "ship_name"),
    ({"street": ""}, "empty", "street"),
    ({"city": ""}, "empty", "city"),
    ({"postcode": ""}, "empty", "postcode"),
    ({"country": "UK"}, "no_country", "country"),
    ({"currency": "pounds"}, "no_currency", "currency"),
    ({"placed_at": "yesterday"}, "not_an_instant", "placed_at"),
    ({"promise": "2026-13-01"}, "not_a_day", "promise"),
    ({"priority_class": "10"}, "too_large", "priority_class"),
    ({"ship_rule": "whatever"}, "not_one_of", "ship_rule"),
    ({"is_paid": "maybe"}, "not_a_flag", "is_paid"),
    ({"ship_name": "A\x07B"}, "unreadable", "ship_name"),
]


def test_each_wrong_field_is_refused_with_its_column_rule_and_a_sentence(house: House, mug: int) -> None:
    rows = [order_row(f"W{n}", **{"sku": "MUG", **fields}) for n, (fields, _, _) in enumerate(WRONG)]
    run = desk.stage(house, "orders", rows)
    found = {one.line: (one.rule.removeprefix("import.run."), one.column) for one in desk.problems(house, run)}

    assert found == {line: (rule, column) for line, (_, rule, column) in enumerate(WRONG, 2)}
    assert all(sentence(one.cure.code, one.cure.args) for one in desk.problems(house, run))
    assert desk.preview(house, run).good.rows == 0


def test_a_whole_order_comes_in_as_the_file_says(house: House, mug: int) -> None:
    row = order_row(
        "W1", "MUG", 3, promise="2026-03-10", leave_by="2026-03-09T15:30:00+01:00", release_on="2026-03-05",
        is_paid="1", priority_class="1", ship_rule="ask", channel="Shop", note="Ring twice", line_no="10",
        made_to_order="1",
        line_release_on="2026-03-06", placed_at="2026-03-01T09:00:00-05:00",
    )  # fmt: skip
    desk.take_in(house, "orders", [row])
    order, line = desk.get_order(house, "W1"), line_of(house, "W1")

    assert order.leave_by == datetime(2026, 3, 9, 14, 30, tzinfo=UTC)
    assert order.placed_at == datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
    assert (order.promise, order.release_on, order.is_paid) == (date(2026, 3, 10), date(2026, 3, 5), True)
    assert (order.priority_class, order.ship_complete, order.must_ask, order.channel) == (1, True, True, "Shop")
    assert (line.line_no, line.ordered, line.price, line.made_to_order) == (10, 3, Decimal("2.5"), True)
    assert (line.release_on, line.first_promise, line.promise, line.promise_rule) == (
        date(2026, 3, 6), date(2026, 3, 10), date(2026, 3, 10), "given"
    )  # fmt: skip
    assert ("event.import_note", {"text": "Ring twice"}) in desk.events(house, "W1")


def test_what_the_file_leaves_open_the_house_says(house: House, mug: int) -> None:
    put(house, default_service="FREIGHT", currency="EUR", sender="Us\nOur street\nDE")
    with writing(house.engine) as session:
        customer = session.scalars(select(Customer)).one()
        customer.priority_class, customer.ship_rule = 1, "complete"
    row = {"number": "W1", "sku": "MUG", "qty": "1", "customer_code": "C1"} | {
        name: text for name, text in desk.ADDRESS.items() if name != "country"
    }
    desk.take_in(house, "orders", [row])
    order, line = desk.get_order(house, "W1"), line_of(house, "W1")

    assert (order.service_id, order.currency, order.country) == (2, "EUR", "DE")
    assert (order.priority_class, order.ship_complete, order.must_ask) == (1, True, False)
    assert order.leave_by == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
    assert line.promise == line.first_promise == order.promise
    assert line.promise_rule in ("stock", "lead_time", "inbound", "no_date")


def test_a_promise_without_a_cut_off_leaves_the_day_before_and_never_in_the_past(house: House, mug: int) -> None:
    rows = [order_row("W1", "MUG", promise="2026-03-06"), order_row("W2", "MUG", promise="2026-02-20")]
    desk.take_in(house, "orders", rows)

    assert desk.get_order(house, "W1").leave_by == datetime(2026, 3, 6, 0, 0, tzinfo=UTC)
    assert desk.get_order(house, "W2").leave_by == datetime(2026, 3, 3, 0, 0, tzinfo=UTC)


def test_an_unknown_customer_comes_in_with_the_file_unless_that_was_refused(house: House, mug: int) -> None:
    row = order_row("W1", "MUG", customer_code="C77", customer_name="New Ltd")
    refused = desk.stage(house, "orders", [row], constants={"new_customers": "0"})
    run = desk.stage(house, "orders", [row, order_row("W2", "MUG", customer_code="C77")], file="b")
    assert desk.rules(house, refused) == {2: "unknown_customer"}
    assert desk.preview(house, run).notes[0].code == "import.run.count_new_customers"

    desk.publish(house, run)
    made = house.read(lambda s: s.scalars(select(Customer).where(Customer.code == "C77")).one())
    assert (made.name, desk.get_order(house, "W2").customer_id) == ("New Ltd", made.id)


def test_a_name_stands_for_a_customer_without_a_code(house: House, mug: int) -> None:
    desk.take_in(house, "orders", [order_row("W1", "MUG", customer_code="", customer_name="Jo Bloggs")])

    assert house.read(lambda s: s.scalars(select(Customer.name).where(Customer.code == "Jo Bloggs")).one())


def test_an_unknown_service_gets_the_houses_own_and_that_is_said(house: House, mug: int) -> None:
    put(house, default_service="FREIGHT")
    run = desk.stage(house, "orders", [order_row("W1", "MUG", service="Express, please")])
    desk.publish(house, run)

    assert [note.code for note in desk.preview(house, run).notes] == ["import.run.count_default_service"]
    assert desk.get_order(house, "W1").service_id == 2


def test_a_service_may_be_named_by_its_name_in_any_case(house: House, mug: int) -> None:
    desk.take_in(house, "orders", [order_row("W1", "MUG", service="parcel 24")])

    assert desk.get_order(house, "W1").service_id == 1


def test_an_article_is_found_by_sku_barcode_or_name(house: House, mug: int) -> None:
    rows = [
        order_row("W1", "MUG"), order_row("W2", "", barcode="4006381333931"), order_row("W3", "4006381333931"),
        order_row("W4", "", name="Blue mug"), order_row("W5", "", barcode="04006381333931"),
    ]  # fmt: skip
    desk.take_in(house, "orders", rows)

    assert [line_of(house, f"W{n}").product_id for n in range(1, 6)] == [mug] * 5


def test_a_name_that_several_articles_bear_is_refused(house: House, mug: int) -> None:
    house.product("MUG-2", name="Blue mug")
    run = desk.stage(house, "orders", [order_row("W1", "", name="Blue mug")])

    assert desk.rules(house, run) == {2: "several_products"}


def test_a_case_code_orders_the_units_of_the_case(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "", 2, barcode="14006381333938", price="30")])
    desk.publish(house, run)

    assert (line_of(house, "W1").ordered, line_of(house, "W1").price) == (24, Decimal("2.5"))
    assert [note.code for note in desk.preview(house, run).notes] == ["import.run.count_by_case"]


def test_a_line_that_counts_in_cases_orders_the_units_of_the_articles_case(house: House, mug: int) -> None:
    desk.take_in(house, "orders", [order_row("W1", "MUG", 2, unit="case", price="30")])

    assert (line_of(house, "W1").ordered, line_of(house, "W1").price) == (24, Decimal("2.5"))


def test_a_line_in_cases_of_an_article_without_a_case_is_refused(house: House) -> None:
    house.product("CUP")

    assert desk.rules(house, desk.stage(house, "orders", [order_row("W1", "CUP", 2, unit="case")])) == {
        2: "case_unknown"
    }


def test_a_price_of_nothing_goes_in_with_a_note(house: House, mug: int) -> None:
    run = desk.stage(house, "orders", [order_row("W1", "MUG", price="0"), order_row("W2", "MUG", price="0.00")])

    assert desk.preview(house, run).notes[0] == Message("import.run.count_zero_price", {"count": 2})
    assert desk.publish(house, run).message.code == "import.run.published"


def test_rows_of_one_order_may_not_contradict_each_other(house: House, mug: int) -> None:
    rows = [
        order_row("W1", "MUG", city="Leeds"), order_row("W1", "MUG", city="York"), order_row("W1", "MUG", city=""),
        order_row("W2", "MUG", placed_at="2026-03-01T09:00"), order_row("W2", "MUG", placed_at="2026-03-01T09:01"),
    ]  # fmt: skip
    run = desk.stage(house, "orders", rows)
    (problem,) = desk.problems(house, run)

    assert (problem.rule, problem.line, problem.column) == ("import.run.contradiction", 3, "city")
    assert (problem.cure.args["other"], problem.cure.args["line"]) == ("Leeds", 2)
    assert desk.states(house, run) == {"bad": 1, "waits": 2, "good": 2}


def test_a_line_number_that_stands_twice_is_refused(house: House, mug: int) -> None:
    rows = [order_row("W1", "MUG", line_no="1"), order_row("W1", "MUG", line_no="1"), order_row("W1", "MUG")]
    run = desk.stage(house, "orders", rows)

    assert desk.rules(house, run) == {3: "line_twice"}


def test_lines_without_a_number_get_the_first_free_ones(house: House, mug: int) -> None:
    rows = [order_row("W1", "MUG", 1), order_row("W1", "MUG", 2, line_no="1"), order_row("W1", "MUG", 3)]
    desk.take_in(house, "orders", rows)

    assert [(no, qty) for no, _, qty, _ in desk.lines(house, "W1")] == [(1, 2), (2, 1), (3, 3)]


def test_rows_of_an_order_need_not_stand_together(house: House, mug: int) -> None:
    desk.take_in(house, "orders", [order_row(f"W{n % 3}", "MUG", n) for n in range(1, 10)])

    assert [qty for _, _, qty, _ in desk.lines(house, "W1")] == [1, 4, 7]


def test_what_is_no_goods_is_left_out_where_that_was_chosen(house: House, mug: int) -> None:
    rows = [order_row("W1", "MUG", 2), order_row("W1", "POST", 1), order_row("W2", "M", 1)]
    run = desk.stage(house, "orders", rows, constants={"not_goods": "leave_out"})
    shown = desk.preview(house, run)
    desk.publish(house, run)

    assert (shown.good.rows, shown.bad.rows, shown.problem_count) == (1, 2, 0)
    assert desk.lines(house, "W1") == [(1, "MUG", 2, 0)]
    assert desk.states(house, run) == {"published": 1, "dropped": 2}


def test_rows_with_which_nothing_is_to_be_done_do_not_stop_their_order(house: House, mug: int) -> None:
    rows = [
        order_row("W1", "MUG", 2), desk.fault(3, "W1", "qty", "fulfilled", **order_row("W1", "CUP", 1)),
        desk.fault(4, "W2", "sku", "no_shipping", **order_row("W2", "GIFT", 1)), order_row("W3", "NO-SUCH"),
    ]  # fmt: skip
    run = desk.stage(house, "orders", rows)
    shown = desk.preview(house, run)
    desk.publish(house, run)

    assert (shown.total.documents, shown.total.rows, shown.good.rows, shown.problem_count) == (3, 4, 1, 1)
    assert Message("import.run.count_elsewhere", {"count": 2}) in shown.notes
    assert desk.lines(house, "W1") == [(1, "MUG", 2, 0)]
    assert desk.states(house, run) == {"published": 1, "dropped": 2, "bad": 1}


def test_a_postage_code_may_stand_for_a_service(house: House, mug: int) -> None:
    rows = [order_row("W1", "MUG", 2, service=""), order_row("W1", "POST", 1, service="")]
    run = desk.stage(house, "orders", rows, constants={"service.POST": "FREIGHT"})
    desk.publish(house, run)

    assert desk.get_order(house, "W1").service_id == 2
    assert desk.lines(house, "W1") == [(1, "MUG", 2, 0)]


def test_what_only_a_left_out_row_says_of_the_order_is_kept(house: House, mug: int) -> None:
    rest = {"number": "W1", "sku": "MUG", "qty": "2"}
    run = desk.stage(house, "orders", [order_row("W1", "POST"), rest], constants={"not_goods": "leave_out"})
    desk.publish(house, run)
    again = desk.stage(house, "orders", [order_row("W2", "NO-SUCH"), rest | {"number": "W2"}])
    desk.act(house, "leave_out", rows=[desk.problems(house, again)[0].row_id])
    desk.publish(house, again)

    assert [desk.get_order(house, number).street for number in ("W1", "W2")] == ["1 High Street"] * 2


def test_a_code_on_the_list_that_is_an_article_here_is_goods(house: House, mug: int) -> None:
    house.product("POST", name="Fence post")

    assert desk.take_in(house, "orders", [order_row("W1", "POST")]).message.code == "import.run.published"


def test_backorder_rules_speak_of_the_file_as_a_whole(house: House, mug: int) -> None:
    house.bin("A-1")
    house.put(mug, "A-1", 5)
    set_product(house, mug, backorders="units", backorder_limit=2)
    rows = [order_row("W2", "MUG", 4), order_row("W1", "MUG", 3), order_row("W3", "MUG", 1)]
    run = desk.stage(house, "orders", rows)

    assert desk.rules(house, run) == {4: "policy.product_units"}
    assert desk.publish(house, run).message.args["rows"] == 2
    assert desk.rules(house, run) == {4: "policy.product_units"}


def test_pre_orders_and_what_is_made_to_order_ask_no_backorder_rule(house: House, mug: int) -> None:
    set_product(house, mug, backorders="deny")
    rows = [
        order_row("W1", "MUG", release_on="2026-04-01"), order_row("W2", "MUG", line_release_on="2026-04-01"),
        order_row("W3", "MUG", made_to_order="1"), order_row("W4", "MUG"),
    ]  # fmt: skip
    run = desk.stage(house, "orders", rows)

    assert desk.rules(house, run) == {5: "policy.product_deny"}


def test_an_articles_release_day_is_the_lines(house: House, mug: int) -> None:
    set_product(house, mug, release_on=date(2026, 5, 1))
    desk.take_in(house, "orders", [order_row("W1", "MUG")])

    assert line_of(house, "W1").release_on == date(2026, 5, 1)


def test_units_cancelled_in_the_shop_do_not_come_in(house: House, mug: int) -> None:
    rows = [
        order_row("W1", "MUG", 5, cancelled="2"), order_row("W1", "MUG", 1, cancelled="1"),
        order_row("W2", "MUG", 4, is_cancelled="1"), order_row("W3", "MUG", 4, cancelled="4"),
    ]  # fmt: skip
    run = desk.stage(house, "orders", rows)
    shown = desk.preview(house, run)
    desk.publish(house, run)

    assert (shown.fresh, shown.untouched) == (1, 2)
    assert desk.lines(house, "W1") == [(1, "MUG", 3, 0)]
    assert house.read(lambda s: s.scalars(select(Order.number)).all()) == ["W1"]
    assert Message("import.run.count_cancelled_never_here", {"count": 2}) in shown.notes


def test_constants_fill_what_rows_leave_empty(house: House, mug: int) -> None:
    rows = [order_row("W1", "MUG", customer_code=""), order_row("W2", "MUG", country="DE", customer_code="")]
    desk.take_in(house, "orders", rows, constants={"customer_code": "C1", "country": "FR"})

    assert [desk.get_order(house, f"W{n}").country for n in (1, 2)] == ["GB", "DE"]


def test_an_apostrophe_before_a_formula_is_taken_away(house: House, mug: int) -> None:
    desk.take_in(house, "orders", [order_row("W1", "MUG", ship_name="'=Acme", street="'t Hof 1")])
    order = desk.get_order(house, "W1")

    assert (order.ship_name, order.street) == ("=Acme", "'t Hof 1")


def test_a_row_without_a_number_is_refused_alone(house: House, mug: int) -> None:
    broken = desk.fault(2, "", "number", "empty", sku="MUG", qty="1")
    run = desk.stage(house, "orders", [broken, desk.fault(3, "", "", "cells"), order_row("W1", "MUG")])

    assert desk.states(house, run) == {"bad": 2, "good": 1}


def test_what_no_database_likes_is_one_refused_row(house: House, mug: int) -> None:
    long = desk.fault(2, "x" * 60, "number", "cell_long", number="x" * 9000, sku="MUG", qty="1")
    torn = desk.fault(3, "\x00", "number", "characters", number="W\x00\ud83d2", sku="MUG\x07", qty="1\udcff")
    run = desk.stage(house, "orders", [long, torn, order_row("W1", "MUG")])

    assert [one.fields["number"][:3] for one in desk.problems(house, run)] == ["xxx", "W\x00\ud83d"]
    assert desk.publish(house, run).message.args["rows"] == 1


def test_every_row_is_in_or_explained(house: House, mug: int) -> None:
    rows = [order_row(f"W{n}", "MUG" if n % 7 else "NO-SUCH", n % 5 or 1) for n in range(500)]
    run = desk.stage(house, "orders", rows)
    desk.publish(house, run)
    shown, found = desk.preview(house, run), desk.states(house, run)

    assert found["published"] + found["bad"] + found["waits"] + found["dropped"] == 500
    assert found["bad"] == len(desk.rules(house, run)) == shown.bad.rows == shown.problem_count
    assert house.read(lambda s: len(s.scalars(select(OrderLine)).all())) == found["published"]
    assert house.read(lambda s: s.scalars(select(Barcode)).first())
