"""What the backorder rules of products and customers allow, and what they refuse with which sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import NOON, House
from tests.services.order_desk import act
from wms_desktop import phrases
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import Customer, OrderLine, Product
from wms_desktop.errors import BadInput
from wms_desktop.services import catalog, catalog_rules, orders, policies
from wms_desktop.services import settings as house_rules
from wms_desktop.services.catalog_rules import NewKitPart, NewSubstitute
from wms_desktop.services.orders import NewOrder, NewOrderLine
from wms_desktop.services.policies import Wanted

TODAY = NOON.date()
GOOD = NewOrder(
    number="O-1", customer="C1", service="PARCEL", placed_at=NOON, leave_by=NOON + timedelta(hours=4),
    promise=date(2026, 3, 4), ship_name="Acme Ltd", street="1 High Street", city="Leeds", postcode="LS1 1AA",
    lines=(NewOrderLine("MUG", 5),),
)  # fmt: skip


@pytest.fixture
def mug(house: House) -> int:
    """An article with ten units in a bin."""
    house.bin("A-1")
    product = house.product("MUG")
    house.put(product, "A-1", 10)
    return product


def rule(house: House, kind: str, limit: int = 0, *, sku: str = "MUG") -> None:
    """Gives a product its backorder rule."""
    with writing(house.engine) as session:
        catalog_rules.set_backorder_policy(session, [sku], kind, limit)


def refused(house: House, *wants: tuple[int, int], **more: object) -> dict[int, str]:
    """Which wants (product, units) are refused, with the codes of why; each has its sentence."""
    some = [Wanted(product, 1, qty) for product, qty in wants]
    found = house.read(lambda s: policies.check_backorders(s, house.now, some, **more))
    assert all(phrases.sentence(why.code, why.args) for why in found.values())
    return {index: why.code for index, why in found.items()}


# --- A9: allow, deny, at most so many units or days ------------------------------------------------------------


def test_a9_backorders_are_allowed_where_no_rule_says_otherwise(house: House, mug: int) -> None:
    assert refused(house, (mug, 11), (mug, 1000)) == {}


def test_a9_a_product_that_takes_no_backorders_is_sold_to_the_last_free_unit(house: House, mug: int) -> None:
    rule(house, "deny")
    house.order("O1", (mug, 3))

    assert refused(house, (mug, 7)) == {}
    assert refused(house, (mug, 8)) == {0: "policy.product_deny"}
    assert refused(house, (mug, 4), (mug, 4), (mug, 3)) == {1: "policy.product_deny"}


def test_a9_at_most_so_many_units_are_on_backorder_in_all(house: House, mug: int) -> None:
    rule(house, "units", 5)
    house.order("O1", (mug, 12))

    assert refused(house, (mug, 3), (mug, 1)) == {1: "policy.product_units"}


def test_a9_nobody_waits_longer_than_the_days_allowed(house: House, mug: int) -> None:
    rule(house, "days", 7)
    house.purchase("P1", (mug, 5), due=TODAY + timedelta(days=5))
    house.purchase("P2", (mug, 5), due=TODAY + timedelta(days=9))

    assert refused(house, (mug, 15), (mug, 1)) == {1: "policy.product_days"}
    assert refused(house, (mug, 21), (mug, 10)) == {0: "policy.product_days"}
    assert refused(house, (mug, 15), days={0: TODAY + timedelta(days=8)}) == {0: "policy.product_days"}
    assert refused(house, (mug, 15), days={}) == {0: "policy.product_no_day"}


@pytest.mark.parametrize(("kind", "limit", "code"), [("deny", 0, "policy.customer_deny"),
                                                     ("units", 2, "policy.customer_units"),
                                                     ("days", 3, "policy.customer_days")])  # fmt: skip
def test_a9_a_customers_rule_holds_for_all_that_he_orders(
    house: House, mug: int, kind: str, limit: int, code: str
) -> None:
    cup = house.product("CUP")
    with writing(house.engine) as session:
        catalog_rules.set_customer_policy(session, ["C1"], kind, limit)

    assert refused(house, (mug, 10)) == {}
    assert refused(house, (mug, 10), (cup, 3)) == {1: code}


def test_a9_a_customer_who_waits_for_the_most_allowed_gets_nothing_more_on_backorder(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        catalog_rules.set_customer_policy(session, ["C1"], "units", 6)
    house.order("O1", (mug, 15))

    assert refused(house, (mug, 1)) == {}
    assert refused(house, (mug, 1), (mug, 1)) == {1: "policy.customer_units"}


def test_a9_order_entry_obeys_the_rule_and_names_the_line(house: House, mug: int) -> None:
    rule(house, "deny")
    with pytest.raises(BadInput) as no, writing(house.engine) as session:
        orders.add_orders(session, [GOOD, replace(GOOD, number="O-2", lines=(NewOrderLine("MUG", 6),))])

    assert (no.value.code, no.value.args_["row"], no.value.args_["field"]) == ("policy.product_deny", 2, "lines[1].qty")
    with writing(house.engine) as session:
        assert len(orders.add_orders(session, [replace(GOOD, lines=(NewOrderLine("MUG", 11),))], check_policy=False))


def test_a9_what_is_sold_before_its_release_or_made_to_order_is_no_backorder(house: House, mug: int) -> None:
    rule(house, "deny")
    lines = (NewOrderLine("MUG", 99, release_on=TODAY + timedelta(days=9)), NewOrderLine("MUG", 99, made_to_order=True))
    with writing(house.engine) as session:
        assert orders.add_orders(session, [replace(GOOD, lines=lines)])


@given(st.lists(st.integers(1, 6), max_size=12), st.integers(0, 8))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a9_never_more_units_wait_than_the_limit(one_mug: House, qtys: list[int], limit: int) -> None:
    with writing(one_mug.engine) as session:
        catalog_rules.set_backorder_policy(session, ["MUG"], "units", limit)
    taken = [qty for index, qty in enumerate(qtys) if index not in refused(one_mug, *((1, q) for q in qtys))]

    assert sum(taken) - 10 <= limit
    assert sum(taken) == sum(qtys) or any(sum(taken) + qty - 10 > limit for qty in qtys)


@pytest.fixture
def one_mug(house: House, mug: int) -> House:
    """A house with ten units of one article."""
    return house


# --- what can be sold -----------------------------------------------------------------------------------------


def sellable(house: House, *products: int) -> list[int]:
    """Units that could be sold now."""
    found = house.read(lambda s: policies.list_sellable(s, house.now, products))
    return [found[product] for product in products]


def test_safety_stock_held_damaged_and_expired_units_are_not_for_sale(house: House, mug: int) -> None:
    old = house.lot(mug, "OLD", TODAY - timedelta(days=1))
    house.put(mug, "A-1", 4, lot_id=old)
    house.put(mug, "HOLD-1", 5)
    with writing(house.engine) as session:
        catalog_rules.set_safety_stock(session, ["MUG"], 3)

    assert sellable(house, mug) == [7]
    house.order("O1", (mug, 9))
    assert sellable(house, mug) == [-2]


def test_a_kit_can_be_sold_as_often_as_its_parts_make_it_up(house: House, mug: int) -> None:
    plate, kit = house.product("PLATE"), house.product("SET")
    house.put(plate, "A-1", 9)
    with writing(house.engine) as session:
        catalog_rules.add_kits(session, [NewKitPart("SET", "MUG", 2), NewKitPart("SET", "PLATE", 3)])
        catalog_rules.set_backorder_policy(session, ["SET"], "deny")

    assert sellable(house, kit) == [3]
    house.order("O1", (kit, 1))
    assert sellable(house, kit, mug, plate) == [2, 8, 6]
    assert refused(house, (kit, 2), (kit, 1)) == {1: "policy.product_deny"}


# --- setting the rules -------------------------------------------------------------------------------------------


def test_the_desk_sets_the_rules_of_products_and_customers(house: House, mug: int) -> None:
    act(house, "product_policy", product="MUG", backorders="units", limit=4, safety_stock=2, removal="fifo")
    act(house, "customer_policy", customer="C1", backorders="deny", ship_rule="ask")
    product, customer = house.read(lambda s: (s.get_one(Product, mug), s.get_one(Customer, 1)))

    assert (product.backorders, product.backorder_limit, product.safety_stock) == ("units", 4, 2)
    assert (product.removal, customer.backorders, customer.ship_rule) == ("fifo", "deny", "ask")
    assert act(house, "product_policy", badge="OP-packer", product="MUG", removal="").message.code == "not_permitted"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"product": "CUP", "backorders": "deny"}, "input.unknown"),
        ({"product": "MUG", "backorders": "never"}, "input.not_one_of"),
        ({"product": "MUG", "backorders": "units", "limit": -1}, "input.too_small"),
        ({"product": "MUG", "safety_stock": -1}, "input.too_small"),
        ({"product": "MUG", "removal": "lifo"}, "input.not_one_of"),
        ({"product": "MUG"}, "policy.nothing_set"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_words(house: House, mug: int, args: dict[str, object], code: str) -> None:
    assert act(house, "product_policy", **args).message.code == code


def test_a_new_customers_rule_is_taken_by_orders_that_say_nothing(house: House, mug: int) -> None:
    with writing(house.engine) as session:
        catalog.add_customers(session, [catalog.NewCustomer("C2", "Whole Ltd", ship_rule="ask")])
        ids = orders.add_orders(session, [replace(GOOD, customer="C2"), replace(GOOD, number="O-2", customer="C2",
                                                                                ship_rule="available")])  # fmt: skip
    rules = house.read(lambda s: [orders.ship_rule_of(s.get_one(orders.Order, i)) for i in ids.values()])

    assert rules == ["ask", "available"]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        ([NewSubstitute("MUG", "CUP")], "alternative"),
        ([NewSubstitute("MUG", "MUG")], "alternative"),
        ([NewSubstitute("MUG", "POT", 0)], "rank"),
        ([NewSubstitute("MUG", "POT"), NewSubstitute("MUG", "POT")], "alternative"),
        ([NewKitPart("SET", "CUP", 1)], "part"),
        ([NewKitPart("SET", "MUG", 0)], "qty"),
        ([NewKitPart("SET", "MUG", 1), NewKitPart("SET", "MUG", 2)], "part"),
        ([NewKitPart("SET", "MUG", 1), NewKitPart("POT", "SET", 2)], "part"),
        ([NewKitPart("OLD", "MUG", 1)], "kit"),
        ([NewKitPart("SET", "OLD", 1)], "part"),
        ([NewKitPart("POT", "MUG", 1)], "kit"),
    ],
)
def test_substitutes_and_kits_that_cannot_be_are_named_and_none_comes_in(
    house: House, mug: int, rows: Sequence[NewSubstitute | NewKitPart], field: str
) -> None:
    for sku in ("POT", "SET", "OLD"):
        house.product(sku)
    with writing(house.engine) as session:
        catalog_rules.add_kits(session, [NewKitPart("OLD", "POT", 1)])
    add = catalog_rules.add_kits if isinstance(rows[0], NewKitPart) else catalog_rules.add_substitutes
    with pytest.raises(BadInput) as no, writing(house.engine) as session:
        add(session, rows)  # type: ignore[operator]

    assert no.value.args_["field"] == field
    assert phrases.sentence(no.value.code, no.value.args_)


def test_a_products_release_day_moves_the_lines_that_wait_for_it(house: House, mug: int) -> None:
    first, second = TODAY + timedelta(days=3), TODAY + timedelta(days=20)
    act(house, "product_policy", product="MUG", release_on=first)
    with writing(house.engine) as session:
        orders.add_orders(
            session, [GOOD, replace(GOOD, number="O-2", lines=(NewOrderLine("MUG", 1, release_on=TODAY),))]
        )
    act(house, "product_policy", product="MUG", release_on=second)

    assert house.read(lambda s: [line.release_on for line in s.query(OrderLine).order_by(OrderLine.id)]) == [
        second,
        TODAY,
    ]


def test_handling_days_count_when_the_day_is_found(house: House, mug: int) -> None:
    rule(house, "days", 5)
    house.purchase("P1", (mug, 5), due=TODAY + timedelta(days=4))
    with writing(house.engine) as session:
        house_rules.put(session, "handling_days", "2")

    assert refused(house, (mug, 12)) == {0: "policy.product_days"}
