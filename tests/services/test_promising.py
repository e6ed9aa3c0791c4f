"""Days and promises of waiting lines follow goods, dates and demand: slips once, rescues, undo, suppliers' records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from tests.builders import NOON, House
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import KitPart, Order, OrderLine, PromiseChange, PurchaseOrder, Receipt, ReceiptLine
from wms_desktop.prompts import Answer
from wms_desktop.services import commands, lead_times, orders, outlooks, promise_acts, promising, receiving
from wms_desktop.services.orders import NewOrder, NewOrderLine
from wms_desktop.services.purchasing import NewPurchase, NewPurchaseLine, add_purchases
from wms_desktop.views.promises import Drift, PurchaseRow

TODAY = NOON.date()


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


@pytest.fixture
def mug(house: House) -> int:
    """An article with a bin."""
    house.bin("A-1")
    return house.product("MUG")


def act(house: House, name: str, **args: Any) -> Answer:
    """One act of the desk by its name, as the window sends it."""
    context = house.context(station="DESK-1", badge="OP-buyer")
    found = promise_acts.ACTS[name]
    return commands.run(
        house.engine, found.workflow, repr(args), context, lambda s, inside: found.do(s, inside, args), orders.prompt
    )


def work(house: House, do: Callable[[Any, Any], Any]) -> Any:
    """Something done inside a command of the house, with what comes at its end."""
    given: list[Any] = []

    def carry_out(session: Any, context: Any) -> Answer:
        given.append(do(session, context))
        return orders.answer(session, context, orders.Message("orders.over", {"order": ""}))

    answer = commands.run(house.engine, "orders", f"{len(given)}", house.context(station="DESK-1", badge="OP-buyer"),
                          carry_out, orders.prompt)  # fmt: skip
    assert answer.outcome.value == "step_done", answer.message
    return given[0]


def recompute(house: House) -> Drift:
    """All days anew, as on a new day."""
    return work(house, promising.recompute_all)


def lines(house: House) -> dict[str, OrderLine]:
    """The first line of each order, by the order's number."""
    rows = house.read(lambda s: s.execute(select(Order.number, OrderLine).join(Order).order_by(OrderLine.id)).all())
    found: dict[str, OrderLine] = {}
    for number, line in rows:
        found.setdefault(number, line)
    return found


def changes(house: House) -> list[tuple[str, date | None, date | None, str]]:
    """Every move of a promise: kind, from, to, cause."""
    rows = house.read(lambda s: s.scalars(select(PromiseChange).order_by(PromiseChange.id)).all())
    return [(row.kind, row.was, row.became, row.cause) for row in rows]


# --- days ----------------------------------------------------------------------------------------------------


def test_each_line_gets_its_day_from_stock_and_inbounds_in_the_demand_order(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    for number, qty in (("O1", 5), ("O2", 4), ("O3", 4)):
        house.order(number, (mug, qty), promise=day(30))
    first = house.purchase("P1", (mug, 4), due=day(3))
    house.purchase("P2", (mug, 9), due=day(9))
    recompute(house)
    found = lines(house)

    assert [(found[n].eta, found[n].eta_late) for n in ("O1", "O2", "O3")] == [
        (TODAY, TODAY), (day(3), day(10)), (day(9), day(16))]  # fmt: skip
    assert found["O1"].eta_from_id is None
    assert house.read(lambda s: s.get_one(PurchaseOrder, first).number) == "P1"
    assert (found["O2"].first_promise, found["O2"].promise, found["O2"].promise_rule) == (day(30), day(30), "given")


def test_what_is_reserved_before_it_had_a_day_gets_that_of_its_cut_off(house: House, mug: int) -> None:
    row = NewOrder(
        number="O1", customer="C1", service="PARCEL", placed_at=NOON, leave_by=NOON + timedelta(days=3), promise=day(5),
        ship_name="Acme Ltd", street="1 High Street", city="Leeds", postcode="LS1 1AA",
        lines=(NewOrderLine("MUG", 2), NewOrderLine("MUG", 2)),
    )  # fmt: skip
    house.put(mug, "A-1", 3)
    work(house, lambda session, context: orders.add_orders(session, [row], now=context.at))
    found = house.read(lambda s: s.execute(select(OrderLine.reserved, OrderLine.eta).order_by(OrderLine.id)).all())

    assert [tuple(row) for row in found] == [(2, day(3)), (1, None)]


def test_handling_days_safety_stock_blocked_units_and_the_dock_count_as_they_should(house: House) -> None:
    house.bin("A-1")
    pan = house.product("PAN", safety_stock=2)
    house.put(pan, "A-1", 5)
    house.put(pan, "HOLD-1", 50)
    house.put(pan, "DOCK-1", 1)
    house.order("O1", (pan, 4), promise=day(30))
    house.order("O2", (pan, 1), promise=day(30))
    house.purchase("P1", (pan, 1), due=day(2))
    act(house, "set_limits", handling_days="3")
    found = lines(house)

    assert (found["O1"].eta, found["O1"].eta_from_id) == (TODAY, None)
    assert found["O2"].eta == day(5)


def test_an_order_on_hold_keeps_its_place_and_its_day(house: House, mug: int) -> None:
    house.order("O1", (mug, 3), is_held=True, hold_reason="unpaid", promise=day(30))
    house.order("O2", (mug, 3), promise=day(30))
    house.purchase("P1", (mug, 3), due=day(3))
    recompute(house)

    assert (lines(house)["O1"].eta, lines(house)["O2"].eta) == (day(3), None)


def test_a_line_made_to_order_waits_for_its_own_purchase_line(house: House, mug: int) -> None:
    house.put(mug, "A-1", 5)
    house.order("O1", (mug, 3), promise=day(30))
    purchase = house.purchase("P1", (mug, 3), due=day(6))

    def tie(session: Any, context: Any) -> None:
        line = session.scalars(select(OrderLine)).one()
        line.made_to_order, line.made_by_id = True, 1
        session.flush()
        promising.refresh(session, context, [mug])

    work(house, tie)

    assert (lines(house)["O1"].eta, purchase) == (day(6), 1)


def test_narrowed_to_a_product_every_day_is_the_same(house: House, mug: int) -> None:
    cup = house.product("CUP")
    house.put(mug, "A-1", 2)
    for number in range(4):
        house.order(f"O{number}", (mug, 2), (cup, 3))
    house.purchase("P1", (mug, 4), (cup, 7), due=day(2))
    now = NOON
    whole = house.read(lambda s: promising.plan(outlooks.read(s, now)))
    parts = house.read(lambda s: [promising.plan(outlooks.read(s, now, [product])) for product in (mug, cup)])

    assert whole == parts[0] | parts[1]


def test_a_kit_that_nothing_is_made_of_yet_waits_for_its_parts(house: House, mug: int) -> None:
    cup, box = house.product("CUP"), house.product("BOX")
    with writing(house.engine) as session:
        session.add_all([KitPart(kit_id=box, part_id=mug, qty=2), KitPart(kit_id=box, part_id=cup, qty=1)])
    house.order("O1", (box, 2), is_held=True, promise=day(30))
    house.put(cup, "A-1", 2)
    house.purchase("P1", (mug, 4), due=day(4))
    work(house, lambda session, context: promising.refresh(session, context, [mug]))

    assert lines(house)["O1"].eta == day(4)


# --- slips and rescues ---------------------------------------------------------------------------------------


@pytest.fixture
def waiting(house: House, mug: int) -> int:
    """Two orders behind one purchase order due in two days, promised for then; gives the purchase order's id."""
    for number in ("O1", "O2"):
        house.order(number, (mug, 3), promise=day(2))
    purchase = house.purchase("P1", (mug, 6), due=day(2))
    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, purchase).first_due = day(2)
    recompute(house)
    return purchase


def test_moving_a_purchase_order_slips_what_stands_behind_it_with_the_cause(house: House, waiting: int) -> None:
    answer = act(house, "move_purchase", purchase=waiting, due=day(6))
    found = lines(house)

    assert (answer.message.code, answer.message.args["slipped"]) == ("promises.purchase_moved_late", 2)
    assert changes(house) == [("slipped", day(2), day(6), "supplier_late")] * 2
    assert (found["O1"].first_promise, found["O1"].promise, found["O1"].promise_rule) == (day(2), day(6), "inbound")
    assert house.read(lambda s: s.scalars(select(Order.promise)).all()) == [day(2), day(2)]


def test_the_same_slip_is_never_written_twice(house: House, waiting: int) -> None:
    act(house, "move_purchase", purchase=waiting, due=day(6))
    again = recompute(house)

    assert (again.slipped, again.rescued, again.unchanged) == ((), (), 2)
    assert len(changes(house)) == 2


def test_an_earlier_day_brings_the_promise_back_and_never_before_the_first(house: House, waiting: int) -> None:
    act(house, "move_purchase", purchase=waiting, due=day(6))
    drift = work(house, lambda s, c: promising.move_purchase(s, c, waiting, day(4)))
    act(house, "move_purchase", purchase=waiting, due=day(1))

    assert [(one.order_number, one.sku, one.was, one.now, one.purchase) for one in drift.rescued] == [
        ("O1", "MUG", day(6), day(4), "P1"), ("O2", "MUG", day(6), day(4), "P1")]  # fmt: skip
    assert changes(house)[2:] == [("rescued", day(6), day(4), "")] * 2 + [("rescued", day(4), day(2), "")] * 2
    assert {line.promise for line in lines(house).values()} == {day(2)}


def test_another_purchase_order_rescues_at_once(house: House, mug: int, waiting: int) -> None:
    act(house, "move_purchase", purchase=waiting, due=day(9))
    row = NewPurchase(number="P2", supplier="S1", due=day(3), lines=(NewPurchaseLine("MUG", 3),))
    work(house, lambda session, context: add_purchases(session, [row]))

    assert (lines(house)["O1"].eta, lines(house)["O2"].eta) == (day(3), day(9))
    assert changes(house)[2:] == [("rescued", day(9), day(3), "")]


def test_a_purchase_order_that_is_gone_loses_the_day_once_and_a_new_one_brings_it_back(
    house: House, mug: int, waiting: int
) -> None:
    def call_off(session: Any, context: Any) -> None:
        session.get_one(PurchaseOrder, waiting).state = "cancelled"
        promising.refresh(session, context, [mug])
        promising.refresh(session, context, [mug])

    work(house, call_off)
    lost = lines(house)["O1"]
    house.purchase("P2", (mug, 6), due=day(1))
    recompute(house)

    assert (lost.eta, lost.promise, lost.promise_rule) == (None, day(2), "no_date")
    assert changes(house) == [("slipped", day(2), None, "supplier_late")] * 2 + [("rescued", None, day(2), "")] * 2


def test_goods_on_the_dock_keep_the_day_and_undo_gives_back_what_it_was(house: House, mug: int, waiting: int) -> None:
    dock = house.at(receiving, "DOCK-A", "OP-receiver")
    before = {number: (line.eta, line.promise) for number, line in lines(house).items()}
    dock.scan("P1", "EAN-MUG")
    dock.key("quantity", "3")
    received = lines(house)
    dock.key("undo")
    dock.key("undo")
    after = lines(house)

    assert [line for kind, *line in changes(house) if kind == "slipped"] == []
    assert received["O1"].eta is not None
    assert {number: line.promise for number, line in after.items()} == {
        n: promise for n, (_, promise) in before.items()
    }
    assert house.read(lambda s: promising.plan(outlooks.read(s, house.now))) == {
        line.id: promising.Expected(line.eta, line.eta_late, line.eta_from_id, "inbound") for line in after.values()
    }


def test_goods_that_are_here_and_late_slip_once_however_many_days_pass(house: House, mug: int) -> None:
    house.put(mug, "A-1", 3)
    house.order("O1", (mug, 3), promise=TODAY)
    recompute(house)
    for _ in range(3):
        house.now += timedelta(days=1)
        recompute(house)

    assert changes(house) == [("slipped", TODAY, day(1), "staff")]
    assert (lines(house)["O1"].eta, lines(house)["O1"].promise) == (day(3), day(1))


def test_a_day_that_passes_moves_what_is_overdue_in_whole_stretches(house: House, waiting: int) -> None:
    etas = []
    for _ in range(10):
        house.now += timedelta(days=1)
        recompute(house)
        etas.append(lines(house)["O1"].eta)

    # Due on day 2: then it is expected on day 9, and from day 10 on day 16.
    assert etas == [day(2)] * 2 + [day(9)] * 7 + [day(16)]
    assert [(was, became) for _, was, became, _ in changes(house)[::2]] == [(day(2), day(9)), (day(9), day(16))]


@pytest.mark.parametrize(
    ("due", "code"),
    [(day(-1), "promises.past_day"), (day(2), "promises.same_day")],
)
def test_a_day_that_is_over_or_no_other_is_refused(house: House, waiting: int, due: date, code: str) -> None:
    assert act(house, "move_purchase", purchase=waiting, due=due).message.code == code
    assert changes(house) == []


def test_a_purchase_order_that_is_closed_or_gone_is_refused(house: House, waiting: int) -> None:
    with writing(house.engine) as session:
        session.get_one(PurchaseOrder, waiting).state = "closed"

    assert act(house, "move_purchase", purchase=waiting, due=day(9)).message.code == "promises.purchase_over"
    assert act(house, "move_purchase", purchase=999, due=day(9)).message.code == "promises.no_purchase"


def test_where_nothing_waits_one_question_is_all(house: House, mug: int) -> None:
    asked: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    with writing(house.engine) as session:
        asked.clear()
        promising.refresh(session, house.context(station="DESK-1", badge="OP-buyer"), [mug])
        found = [text for text in asked if "order_line" in text]

    assert len(found) == 1


# --- the supplier's record -----------------------------------------------------------------------------------


def deliver(house: House, mug: int, *late: int, first: int = -60) -> None:
    """Past purchase orders of the supplier that were complete so many days late."""
    for number, days in enumerate(late):
        purchase = house.purchase(f"OLD-{number}", (mug, 1), due=day(first))
        came = datetime.combine(day(first + days), NOON.timetz())
        with writing(house.engine) as session:
            order = session.get_one(PurchaseOrder, purchase)
            order.state, order.first_due, order.placed_on = "closed", day(first), day(first - 10)
            receipt = Receipt(number=f"R-{number}", purchase_order_id=purchase, dock_id=house.place("DOCK-1"),
                              state="closed", opened_at=came, closed_at=came)  # fmt: skip
            session.add(receipt)
            session.flush()
            session.add(ReceiptLine(receipt_id=receipt.id, purchase_line_id=None, product_id=mug, lot_id=0, qty=1,
                                    operator_id=1, station_id=1, at=came))  # fmt: skip


def test_a_supplier_is_known_by_his_last_deliveries(house: House, mug: int) -> None:
    deliver(house, mug, 0, 0, -1, 2, 5, 20)
    known = house.read(lambda s: lead_times.read(s, TODAY, [1]))[1]
    house.order("O1", (mug, 3), promise=day(30))
    house.purchase("P1", (mug, 3), due=day(4))
    recompute(house)

    assert known.record.lateness == (-1, 0, 0, 2, 5, 20)
    assert (known.record.on_time_share, known.lead_days, known.is_lead_measured) == (0.5, 10, True)
    assert (lines(house)["O1"].eta, lines(house)["O1"].eta_late) == (day(4), day(24))


def test_four_deliveries_are_too_few_to_go_by(house: House, mug: int) -> None:
    deliver(house, mug, 9, 9, 9, 9)
    known = house.read(lambda s: lead_times.read(s, TODAY, [1]))[1]

    assert (known.record.is_measured, known.record.on_time_share) == (False, None)
    assert (known.lead_days, known.is_lead_measured) == (14, False)


def test_purchases_say_what_waits_behind_them_and_how_reliable_the_supplier_is(house: House, mug: int) -> None:
    deliver(house, mug, 0, 0, 0, 0, 8)
    for number in ("O1", "O2"):
        house.order(number, (mug, 2), (mug, 1), promise=day(30))
    purchase = house.purchase("P1", (mug, 5), due=day(3))
    recompute(house)
    found = house.read(lambda s: promising.list_purchases(s, house.now))

    assert found == (
        PurchaseRow(purchase_id=purchase, number="P1", supplier="Supplier One", due=day(3), first_due=day(3),
                    likely=day(3), late=day(11), units_due=5, lines_waiting=3, orders_waiting=2, on_time_share=0.8,
                    deliveries_known=5),
    )  # fmt: skip


def test_what_stands_at_the_dock_is_due_today(house: House, mug: int) -> None:
    house.purchase("P1", (mug, 5), due=day(3))
    house.at(receiving, "DOCK-A", "OP-receiver").scan("P1")
    found = house.read(lambda s: promising.list_purchases(s, house.now))

    assert (found[0].likely, found[0].late) == (TODAY, TODAY)


def test_bad_days_and_rules_are_refused_with_what_is_wrong(house: House) -> None:
    said = {
        name: act(house, "set_limits", **{name: value}).message.code
        for name, value in (("handling_days", "-1"), ("late_days", "0"), ("backlog_target_day", "soon"),
                            ("backlog_limit_units", "many"), ("page", "A5"), ("export_folder", "a\nb"))
    }  # fmt: skip

    assert said == {
        "handling_days": "promises.limit_number", "late_days": "promises.limit_number",
        "backlog_target_day": "promises.no_day", "backlog_limit_units": "promises.limit_number",
        "page": "promises.no_limit", "export_folder": "promises.limit_folder",
    }  # fmt: skip
    assert act(house, "set_limits", backlog_target_day=day(9), backlog_limit_units=None).message.args == {"count": 2}
