"""What if: nothing is written, and what is rehearsed is what then happens when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text, update

from tests.builders import House
from tests.services.order_desk import act, allocate, ask, line_ids, may_stand_in
from tests.services.pick_floor import form
from wms_desktop import phrases
from wms_desktop.db import tables
from wms_desktop.db.engine import open_engine, reading, writing
from wms_desktop.db.tables import Order, OrderLine, Product, PurchaseOrder, Reservation, Stock
from wms_desktop.errors import Refusal
from wms_desktop.prompts import Answer, Message
from wms_desktop.services import backlog_reads, catalog_rules, commands, inventory, orders, promise_acts, promising
from wms_desktop.services import settings as house_rules
from wms_desktop.services.catalog_rules import NewKitPart
from wms_desktop.services.inventory import Goods, Spot
from wms_desktop.views.rehearsal import Rehearsal

Lines = dict[tuple[str, int], tuple[str, int, date | None]]


@dataclass(frozen=True)
class Change:
    """A change as it is rehearsed and as it is done."""

    question: dict[str, Any]
    do: Callable[[], Answer]


@pytest.fixture
def mug(house: House) -> int:
    """An article in a bin."""
    house.bin("A-1")
    return house.product("MUG", name="Blue mug")


def calm(house: House) -> None:
    """Everything is matched and every day computed, as it is after any command."""
    allocate(house)
    with writing(house.engine) as session:
        promising.recompute_all(session, house.context(command="opening"))


def lines(house: House) -> Lines:
    """Sku, reserved units and ETA of every line, by order number and line number."""
    query = (
        select(Order.number, OrderLine.line_no, Product.sku, OrderLine.reserved, OrderLine.eta)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
    )
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in house.read(lambda s: s.execute(query).all())}


def open_units(house: House) -> dict[str, int]:
    """Units of each order that wait for stock."""
    waits = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped - OrderLine.reserved
    query = select(Order.number, func.sum(waits)).join(Order, Order.id == OrderLine.order_id).group_by(Order.number)
    return {row[0]: int(row[1]) for row in house.read(lambda s: s.execute(query).all())}


def fingerprint(house: House) -> list[tuple[str, int]]:
    """How many rows every table has, and what all of them sum up to."""
    counts = [(t.name, house.read(lambda s, t=t: s.scalar(select(func.count()).select_from(t)))) for t in TABLES]
    return [*counts, ("values", hash(repr(house.read(lambda s: [tuple(r) for r in s.execute(text(
        "SELECT id, reserved, cancelled, product_id FROM order_line ORDER BY id"))]))))]  # fmt: skip


TABLES = tables.metadata.sorted_tables


def prove(house: House, change: Change, *, is_thorough: bool = True) -> Rehearsal:
    """Rehearses a change, does it, and proves that the difference is the one that was told."""
    before, waited, rows = lines(house), open_units(house), fingerprint(house) if is_thorough else []
    told: Rehearsal = ask(house, "rehearse", **change.question)
    assert phrases.sentence(told.question.code, told.question.args)
    assert rows == (fingerprint(house) if is_thorough else [])
    change.do()
    after, waits = lines(house), open_units(house)
    numbers = {row[0]: row[1] for row in house.read(lambda s: s.execute(select(OrderLine.id, OrderLine.line_no)).all())}
    known = {(one.order_number, numbers[one.line_id]): one for one in told.changed if one.line_id}
    for key, (_, held, eta) in after.items():
        if key in known:
            one = known.pop(key)
            assert (one.reserved_was, one.eta_was) == before[key][1:]
            assert (one.reserved_now, one.eta_now) == (held, eta), key
        elif key in before:
            assert before[key][1:] == (held, eta), key
    assert known == {}
    fresh = sorted((one.order_number, one.sku, one.reserved_now, one.eta_now or date.max)
                   for one in told.changed if not one.line_id)  # fmt: skip
    made = sorted((key[0], row[0], row[1], row[2] or date.max) for key, row in after.items() if key not in before)
    assert fresh == made
    assert set(told.completed) == {one for one in waits if waited[one] and not waits[one]}
    assert set(told.broken) == {one for one in waits if waits[one] and not waited[one]}
    return told


def pin(house: House, order: int) -> Change:
    """An order pinned."""
    return Change({"what": "pin", "order": order}, lambda: act(house, "pin", orders=[order]))


def move(house: House, purchase: int, due: date) -> Change:
    """A purchase order that comes on another day."""

    def do() -> Answer:
        done = promise_acts.ACTS["move_purchase"]
        return commands.run(
            house.engine, done.workflow, "move", house.context(station="DESK-1", badge="OP-buyer"),
            lambda session, context: done.do(session, context, {"purchase": purchase, "due": due}), orders.prompt,
        )  # fmt: skip

    return Change({"what": "purchase", "purchase": purchase, "due": due}, do)


def swap(house: House, line: int, other: int, units: int) -> Change:
    """Units of a line replaced."""
    args = {"line": line, "alternative": other, "units": units}
    return Change({"what": "substitute", **args}, lambda: act(house, "substitute", **args))


# --- pin -------------------------------------------------------------------------------------------------------------


def test_a_pin_tells_who_gives_up_what_and_then_does_it(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    late = house.order("O2", (mug, 3), hours=9)
    house.put(mug, "A-1", 5)
    house.purchase("P1", (mug, 9), due=(house.now + timedelta(days=4)).date())
    calm(house)
    told = prove(house, pin(house, late))

    assert [(one.order_number, one.reserved_now, one.is_better) for one in told.changed] == [
        ("O1", 2, False), ("O2", 3, True),
    ]  # fmt: skip
    assert (told.completed, told.broken) == (("O2",), ("O1",))


def test_a_pin_that_breaks_a_whole_order_gives_its_rest_to_others(house: House, mug: int) -> None:
    cup = house.product("CUP")
    house.order("O1", (mug, 2), (cup, 4), complete=True)
    house.order("O2", (cup, 3), hours=6)
    last = house.order("O3", (mug, 1), hours=9)
    house.put(mug, "A-1", 2)
    house.put(cup, "A-1", 4)
    calm(house)
    told = prove(house, pin(house, last))

    assert told.completed == ("O2", "O3")
    assert told.broken == ("O1",)


def test_a_pin_of_a_kit_beyond_the_horizon_makes_it_of_its_parts(house: House, mug: int) -> None:
    kit, plate = house.product("SET"), house.product("PLATE")
    with writing(house.engine) as session:
        catalog_rules.add_kits(session, [NewKitPart("SET", "MUG", 2), NewKitPart("SET", "PLATE", 1)])
        house_rules.put(session, "reserve_horizon_days", "2")
    house.put(mug, "A-1", 5)
    house.put(plate, "A-1", 2)
    house.order("O1", (mug, 4))
    order = house.order("O2", (kit, 2), hours=24 * 9)
    calm(house)
    told = prove(house, pin(house, order))

    assert sorted((one.sku, one.reserved_now) for one in told.changed if not one.line_id) == [("MUG", 4), ("PLATE", 2)]


def test_nothing_in_a_tote_and_nothing_of_equal_rank_is_taken(house: House, mug: int) -> None:
    house.order("O1", (mug, 5), priority_class=1)
    other = house.order("O2", (mug, 3))
    house.put(mug, "A-1", 5)
    calm(house)
    act(house, "pin", orders=[1])
    told = prove(house, pin(house, other))

    assert told.changed == ()


def test_pinning_a_held_order_moves_nobody(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    held = house.order("O2", (mug, 3), is_held=True)
    house.put(mug, "A-1", 5)
    calm(house)

    assert prove(house, pin(house, held)).changed == ()


# --- a purchase on another day ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-2, 9])
def test_another_day_of_a_purchase_moves_the_days_behind_it_as_told(house: House, mug: int, days: int) -> None:
    first, second = (house.now + timedelta(days=n) for n in (4, 7))
    purchase = house.purchase("P1", (mug, 6), due=first.date())
    house.purchase("P2", (mug, 6), due=second.date())
    for number in range(1, 5):
        house.order(f"O{number}", (mug, 3), hours=number)
    calm(house)
    told = prove(house, move(house, purchase, (first + timedelta(days=days)).date()))

    assert {one.is_better for one in told.changed} == {days < 0}
    assert told.changed


# --- a substitute ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("units", [1, 4, 5])
def test_a_substitute_frees_and_takes_what_was_told(house: House, mug: int, units: int) -> None:
    pot = house.product("POT")
    may_stand_in(house, ("MUG", "POT", 1))
    house.put(mug, "A-1", 4)
    house.put(pot, "A-1", 9)
    order = house.order("O1", (mug, 5))
    house.order("O2", (mug, 3), hours=9)
    house.purchase("P1", (mug, 9), due=(house.now + timedelta(days=4)).date())
    calm(house)
    told = prove(house, swap(house, line_ids(house, order)[0], pot, units))

    assert [(one.sku, one.reserved_now) for one in told.changed if not one.line_id] == [("POT", units)]


def test_without_a_number_as_many_as_wait_are_replaced(house: House, mug: int) -> None:
    pot = house.product("POT")
    may_stand_in(house, ("MUG", "POT", 1))
    house.put(mug, "A-1", 2)
    house.put(pot, "A-1", 9)
    house.order("O1", (mug, 5))
    calm(house)

    assert ask(house, "rehearse", what="substitute", line=1, alternative=pot).question.args["units"] == 3


@pytest.mark.parametrize("what", ["pin", "purchase", "substitute"])
def test_a_rehearsal_needs_no_right_to_write(house: House, mug: int, what: str) -> None:
    pot, cup = house.product("POT"), house.product("CUP")
    may_stand_in(house, ("MUG", "POT", 1))
    for product in (mug, pot, cup):
        house.put(product, "A-1", 3)
    house.order("O1", (mug, 3), hours=3)
    late = house.order("O2", (mug, 2), (cup, 1), hours=9)
    purchase = house.purchase("P1", (mug, 9), due=(house.now + timedelta(days=4)).date())
    calm(house)
    form(house, mode="cluster")
    day = (house.now + timedelta(days=9)).date()
    args = {"order": late, "purchase": purchase, "due": day, "line": line_ids(house, late)[0], "alternative": pot}
    engine = open_engine(house.engine.url.render_as_string(hide_password=False), read_only=True)
    with reading(engine) as session:
        told = backlog_reads.QUESTIONS["rehearse"](session, house.now, {"what": what, **args})
    engine.dispose()

    assert isinstance(told, Rehearsal)


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"what": "pin", "order": 99}, "orders.gone"),
        ({"what": "pin", "order": 2}, "orders.over"),
        ({"what": "pin", "order": 3}, "orders.pinned_already"),
        ({"what": "purchase", "purchase": 99, "due": date(2026, 4, 1)}, "promises.no_purchase"),
        ({"what": "purchase", "purchase": 1, "due": date(2026, 2, 1)}, "promises.past_day"),
        ({"what": "purchase", "purchase": 1, "due": date(2026, 3, 9)}, "promises.same_day"),
        ({"what": "purchase", "purchase": 2, "due": date(2026, 4, 1)}, "promises.purchase_over"),
        ({"what": "substitute", "line": 99, "alternative": 1, "units": 1}, "orders.gone"),
        ({"what": "substitute", "line": 1, "alternative": 99, "units": 1}, "orders.no_such_product"),
        ({"what": "substitute", "line": 1, "alternative": 1, "units": 1}, "orders.no_substitute"),
        ({"what": "substitute", "line": 2, "alternative": 1}, "orders.over"),
    ],
)
def test_what_cannot_be_done_is_refused_in_the_rehearsal_with_the_same_sentence(
    house: House, mug: int, question: dict[str, Any], code: str
) -> None:
    for number, more in (("O1", {}), ("O2", {}), ("O3", {"is_pinned": True})):
        house.order(number, (mug, 2), **more)
    act(house, "cancel", order=2, lines=None, reason="test")
    house.purchase("P1", (mug, 1), due=date(2026, 3, 9))
    house.purchase("P2", (mug, 1), due=date(2026, 3, 9))
    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, 2).state = "closed"
    with pytest.raises(Refusal) as refused:
        ask(house, "rehearse", **question)

    assert refused.value.code == code
    assert phrases.sentence(refused.value.code, Message("", refused.value.args_).args)


# --- any house -------------------------------------------------------------------------------------------------------

ORDERS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 4), st.integers(1, 4)), min_size=1, max_size=3),
        st.booleans(), st.integers(1, 60), st.integers(1, 3), st.sampled_from(["", "", "", "held", "early", "late"]),
    ),
    min_size=2, max_size=5,
)  # fmt: skip
CHANGES = st.tuples(st.sampled_from(["purchase", "substitute", "pin", "pin"]), st.integers(0, 99), st.integers(-3, 12))


@given(ORDERS, st.lists(st.integers(0, 9), min_size=5, max_size=5), CHANGES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_rehearsed_is_what_then_happens(
    shop: House, made: list[Any], stock: list[int], change: tuple[str, int, int]
) -> None:
    clear(shop)
    for product, qty in enumerate(stock[:4], 1):
        if qty:
            shop.put(product, f"A-{qty % 2 + 1}", qty)
    shop.purchase(fresh(shop), (stock[4] % 4 + 1, stock[4] + 1), due=(shop.now + timedelta(days=stock[4])).date())
    for rows, complete, hours, priority, more in made:
        facts = {"held": {"is_held": True}, "early": {"release_on": (shop.now + timedelta(days=3)).date()},
                 "late": {"promise": (shop.now - timedelta(days=2)).date()}}.get(more, {})  # fmt: skip
        shop.order(fresh(shop), *[(p + 1, q) for p, q in rows], complete=complete, hours=hours,
                   priority_class=priority, **facts)  # fmt: skip
    calm(shop)
    wanted = any_change(shop, change)
    refusal = refused(shop, wanted)
    if refusal:
        assert wanted.do().message.code == refusal
    else:
        prove(shop, wanted, is_thorough=False)


@pytest.fixture
def shop(house: House) -> House:
    """Four articles, a kit of two of them, safety stock, substitutes, and a horizon of two days."""
    for place in ("A-1", "A-2"):
        house.bin(place)
    for sku in ("P1", "P2", "P3", "P4", "KIT"):
        house.product(sku)
    may_stand_in(house, ("P1", "P2", 1), ("P2", "P3", 1), ("P3", "P1", 1), ("KIT", "P4", 1), ("P4", "KIT", 1))
    with writing(house.engine) as session:
        catalog_rules.add_kits(session, [NewKitPart("KIT", "P1", 2), NewKitPart("KIT", "P2", 1)])
        catalog_rules.set_safety_stock(session, ["P2"], 2)
        house_rules.put(session, "reserve_horizon_days", "2")
    return house


def fresh(house: House) -> str:
    """A number that nothing has yet."""
    return f"N{next(house.keys)}"


def refused(house: House, change: Change) -> str:
    """The code with which the rehearsal is refused, if it is."""
    try:
        ask(house, "rehearse", **change.question)
    except Refusal as refusal:
        return refusal.code
    return ""


def clear(house: House) -> None:
    """Everything that is open is over, and the bins are empty."""
    with writing(house.engine) as session:
        session.execute(delete(Reservation))
        session.execute(update(OrderLine).values(cancelled=OrderLine.ordered - OrderLine.shipped))
        session.execute(update(PurchaseOrder).values(state="closed"))
        rows = session.scalars(select(Stock).where(Stock.on_hand > 0)).all()
        target = Spot(location_id=house.place("ADJUSTMENT"))
        for row in rows:
            goods, context = Goods(product_id=row.product_id, qty=row.on_hand), house.context(command="opening")
            inventory.post(session, context, goods, inventory.spot_of(row), target, reason="test")


def any_change(house: House, change: tuple[str, int, int]) -> Change:
    """One of the changes, about one of the orders, lines or purchases that are open."""
    what, which, more = change
    waits = OrderLine.ordered > OrderLine.cancelled + OrderLine.shipped
    lines = house.read(lambda s: s.scalars(select(OrderLine).where(waits).order_by(OrderLine.id)).all())
    line = lines[which % len(lines)]
    if what == "pin":
        return pin(house, line.order_id)
    if what == "purchase":
        purchase = house.read(lambda s: s.scalar(select(func.max(PurchaseOrder.id))))
        return move(house, purchase, (house.now + timedelta(days=more)).date())
    others = {1: 2, 2: 3, 3: 1, 4: 5, 5: 4}
    return swap(house, line.id, others[line.product_id], max(1, min(more, line.ordered)))
