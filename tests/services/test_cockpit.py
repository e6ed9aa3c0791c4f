"""The backlog in figures: each the sum of its rows, and rebuilt from the ledger to the cent; flow, hands, goal."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, insert, select

from tests.builders import NOON, House
from tests.services.bench import stand
from tests.services.test_backlog import change, days, reserve, sqlite_only, walk
from wms_desktop.db.engine import writing
from wms_desktop.db.tables import (
    Cancellation,
    Carton,
    Command,
    Decision,
    Movement,
    Order,
    OrderLine,
    Plate,
    PurchaseLine,
    Shipment,
    Warehouse,
)
from wms_desktop.phrases import sentence
from wms_desktop.services import backlog, cancelling, cockpit, flow, hands, inventory, promise_acts, settings
from wms_desktop.services.cockpit import week_of
from wms_desktop.services.inventory import Spot
from wms_desktop.views.backlog import STATES
from wms_desktop.views.figures import DIMENSIONS, Figures, Slice

TODAY = NOON.date()


def read(house: House, at: datetime = NOON) -> Figures:
    return house.read(lambda s: cockpit.figures(s, at))


def slices(figures: Figures, dimension: str) -> dict[str, Slice]:
    return {one.key: one for one in figures.slices if one.dimension == dimension}


def put(house: House, **values: object) -> None:
    with writing(house.engine) as session:
        for name, value in values.items():
            settings.put(session, name, str(value))


def ship(house: House, order: str, product: int, qty: int, at: datetime) -> None:
    """Units of an order leave the house at an instant."""
    stand(house, order, product, qty, "TRUCK-NORTHWAY")
    house.now = at - timedelta(seconds=1)
    with writing(house.engine) as session:
        context = house.context(command="opening")
        customer = Spot(location_id=house.place("CUSTOMER"))
        for stock, _, line in inventory.list_held_on(session, location_id=house.place("TRUCK-NORTHWAY")):
            inventory.consume(session, context, stock.id, line.id, customer)


def cancel(house: House, order_id: int, units: dict[int, int], at: datetime) -> None:
    house.now = at - timedelta(seconds=1)
    with writing(house.engine) as session:
        context = house.context(badge="OP-buyer", station="DESK-1", command="opening")
        cancelling.cancel(session, context, order_id, units, reason="too late")


@pytest.fixture
def mug(house: House) -> int:
    house.bin("A-1")
    return house.product("MUG")


@pytest.fixture
def shop(house: House, mug: int) -> House:
    """Orders of two currencies and channels, paid and not, in every state, with things shipped and cancelled."""
    lamp = house.product("LAMP")
    house.put(mug, "A-1", 9)
    house.put(lamp, "HOLD-1", 2)
    web = {"channel": "web", "is_paid": True}
    first = house.order("O1", (mug, 4), (lamp, 3), placed_at=NOON - timedelta(days=9), **web)
    house.order("O2", (mug, 7), channel="trade", currency="EUR", placed_at=NOON - timedelta(days=20))
    house.order("O3", (lamp, 5), is_held=True, **web)
    house.order("O4", (mug, 2), release_on=days(6), currency="EUR", is_paid=True)
    change(house, OrderLine, OrderLine.id == 2, price=Decimal("0.3333"))
    ship(house, "O1", mug, 3, NOON - timedelta(days=2))
    cancel(house, first, {2: 1}, NOON - timedelta(days=1))
    house.now = NOON
    return house


def test_the_total_is_what_the_ledger_owes_to_the_cent(shop: House) -> None:
    left = select(Movement.order_line_id, func.sum(Movement.qty)).where(Movement.reason == "ship")
    gone = select(Cancellation.order_line_id, func.sum(Cancellation.qty)).group_by(Cancellation.order_line_id)
    shipped = shop.read(lambda s: {row[0]: int(row[1]) for row in s.execute(left.group_by(Movement.order_line_id))})
    cancelled = shop.read(lambda s: {row[0]: int(row[1]) for row in s.execute(gone)})
    rows = shop.read(lambda s: s.execute(
        select(OrderLine.id, OrderLine.ordered, OrderLine.price, Order.currency).join(Order)).all())  # fmt: skip
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    units = 0
    for line_id, ordered, price, currency in rows:
        owed = ordered - shipped.get(line_id, 0) - cancelled.get(line_id, 0)
        units += owed
        amounts[currency] += owed * price

    total = read(shop).total

    assert (total.units, total.amounts) == (units, dict(amounts))
    assert (total.units, total.lines, total.orders) == (17, 5, 4)


def test_every_slice_is_the_sum_of_its_rows_and_every_dimension_of_all(shop: House) -> None:
    figures, book = read(shop), shop.read(lambda s: backlog.backlog(s, NOON))
    keys = {"customer": "customer_code", "product": "sku", "age_band": "age_band", "cause": "cause",
            "channel": "channel", "currency": "currency"}  # fmt: skip

    for dimension, name in keys.items():
        for key, one in slices(figures, dimension).items():
            rows = [line for line in book.lines if getattr(line, name) == key]
            assert one == cockpit.slice_of(dimension, key, one.label, rows)
    for dimension in set(DIMENSIONS) - {"cause", "paid_week"}:
        assert sum(one.units for one in slices(figures, dimension).values()) == figures.total.units
        for currency, value in figures.total.amounts.items():
            assert sum(one.amounts.get(currency, 0) for one in slices(figures, dimension).values()) == value


def test_states_count_the_units_in_them_and_value_a_part_of_a_line(shop: House) -> None:
    by_state = slices(read(shop), "state")

    assert {state: one.units for state, one in by_state.items()} == {
        "ready": 8, "stock_blocked": 2, "pre_order": 2, "on_hold": 5,
    }  # fmt: skip
    assert by_state["stock_blocked"].amounts == {"GBP": Decimal("0.6666")}
    assert tuple(by_state) == tuple(state for state in STATES if state in by_state)


def test_money_paid_and_not_shipped_stands_by_currency_and_by_week(shop: House) -> None:
    change(shop, OrderLine, OrderLine.order_id == 3, eta=date(2026, 3, 18))
    figures, book = read(shop), shop.read(lambda s: backlog.backlog(s, NOON))
    weeks = slices(figures, "paid_week")

    assert figures.paid_unshipped == {"GBP": Decimal("15.6666"), "EUR": Decimal(5)}
    assert set(weeks) == {week_of(line) for line in book.lines if line.is_paid} >= {"2026-03-16"}
    assert list(weeks) == sorted(weeks)
    assert sum(one.units for one in weeks.values()) == 10


def test_each_days_flow_leads_to_the_backlog_of_now(shop: House) -> None:
    figures = read(shop)
    by_day = {one.day: one for one in figures.flow}

    assert len(figures.flow) == flow.DAYS
    assert figures.flow[-1].open_at_end == figures.total.units
    assert [(by_day[days(-n)].came, by_day[days(-n)].left, by_day[days(-n)].cancelled) for n in (20, 9, 2, 1)] == [
        (7, 0, 0), (7, 0, 0), (0, 3, 0), (7, 0, 1),
    ]  # fmt: skip
    assert [by_day[days(-n)].open_at_end for n in (21, 20, 9, 2, 1)] == [0, 7, 14, 11, 17]


@sqlite_only
def test_a_day_is_the_sites_own(house: House, mug: int) -> None:
    change(house, Warehouse, timezone="Pacific/Auckland")
    house.order("O1", (mug, 2), placed_at=datetime(2026, 3, 1, 10, 59, tzinfo=UTC))
    house.order("O2", (mug, 3), placed_at=datetime(2026, 3, 1, 11, 0, tzinfo=UTC))

    assert [(one.day, one.came) for one in read(house).flow[-2:]] == [(date(2026, 3, 2), 3), (date(2026, 3, 3), 0)]
    assert read(house).flow[-3].came == 2


@sqlite_only
def test_a_substituted_unit_came_once_and_was_never_cancelled(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    change(house, OrderLine, cancelled=2, replaced=2)
    with writing(house.engine) as session:
        session.add(OrderLine(order_id=1, line_no=2, product_id=mug, ordered=2, replaces_id=1))

    assert [(one.came, one.cancelled) for one in read(house).flow[-2:]] == [(5, 0), (0, 0)]


def week_of_work(house: House, product: int, came: int, left: int) -> None:
    """Ten days on each of which so many units came in and left."""
    house.order("START", (product, 100), placed_at=NOON - timedelta(days=40))
    for back in range(10, 0, -1):
        at = NOON - timedelta(days=back)
        house.order(f"D{back}", (product, came), placed_at=at)
        ship(house, "START", product, left, at)
    house.now = NOON


@sqlite_only
@pytest.mark.parametrize(("came", "left", "expected"), [(2, 6, 60 / 4), (6, 2, None)])
def test_days_to_clear_come_from_the_last_working_days(
    house: House, mug: int, came: int, left: int, expected: float | None
) -> None:
    week_of_work(house, mug, came, left)

    assert read(house).days_to_clear == expected


@sqlite_only
def test_limits_raise_alerts_and_no_limit_none(house: House, mug: int) -> None:
    week_of_work(house, mug, 2, 6)
    quiet = read(house).alerts
    put(house, backlog_limit_units=59, clear_limit_days=14, inflow_limit_units=3)
    loud = read(house).alerts
    put(house, backlog_limit_units=60, clear_limit_days=15, inflow_limit_units=2)

    assert [sentence(one.code, one.args) for one in loud] == [
        "60 units are open. The limit is 59.",
        "15.0 working days to clear the backlog. The limit is 14.",
        "Only 2 units a day came in last week. The limit is 3.",
    ]
    assert (quiet, read(house).alerts) == ((), ())


@sqlite_only
def test_a_growing_backlog_is_an_alert_of_its_own(house: House, mug: int) -> None:
    house.order("O1", (mug, 5))
    put(house, clear_limit_days=14)

    assert [one.code for one in read(house).alerts] == ["cockpit.alert.grows"]


# --- hands ---------------------------------------------------------------------------------------------------


def work_hours(house: House, workflow: str, moves: int, units: int, *, scans_a_quarter: int = 5) -> None:
    """A person's moves on the ledger, so many a quarter of an hour, beginning two days ago."""
    began = NOON - timedelta(days=2)
    product = house.product(f"FOR-{workflow}")
    spots = {"from_location_id": house.place("A-1"), "from_plate_id": 0, "from_condition": "good",
             "to_location_id": house.place("CART-1"), "to_plate_id": 0, "to_condition": "good"}  # fmt: skip
    with writing(house.engine) as session:
        for n in range(moves):
            at = began + timedelta(minutes=15 * (n // scans_a_quarter))
            key = f"{workflow}-{n}"
            session.execute(insert(Command), [{"id": key, "workflow": workflow, "content": "", "operator_id": 1,
                                               "station_id": 1, "at": at, "state": "done"}])  # fmt: skip
            session.execute(insert(Movement), [{"product_id": product, "lot_id": 0, "qty": units, **spots,
                                                "reason": workflow, "operator_id": 1, "station_id": 1,
                                                "command_id": key, "at": at}])  # fmt: skip


def test_rates_are_measured_in_quarter_hours_of_a_persons_work(house: House, mug: int) -> None:
    work_hours(house, "pick", 200, 3)
    work_hours(house, "pack", 199, 3)

    rates = house.read(lambda s: hands.read_rates(s, NOON))

    assert (rates["pick"].units_per_hour, rates["pick"].is_measured, rates["pick"].measured_from) == (60.0, True, 200)
    assert (rates["pack"].units_per_hour, rates["pack"].is_measured, rates["pack"].measured_from) == (60.0, False, 199)
    assert not rates["receive"].is_measured
    assert house.read(lambda s: hands.read_rates(s, NOON + timedelta(days=30)))["pick"].measured_from == 0


def test_hands_count_what_is_left_to_pick_and_pack_by_the_last_cut_off_of_the_day(house: House, mug: int) -> None:
    house.put(mug, "A-1", 900)
    for number, units, hours in (("GONE", 10, -1), ("SOON", 160, 1), ("TODAY", 80, 4), ("TOMORROW", 500, 20)):
        house.order(number, (mug, units), leave_by=NOON + timedelta(hours=hours))
    stand(house, "TODAY", mug, 20, "CART-1", tote="TOTE-01")

    plan = read(house).hands

    assert (plan.until, plan.units_to_pick, plan.units_to_pack) == (NOON + timedelta(hours=4), 230, 250)
    assert (plan.pick_hours, plan.pack_hours) == (pytest.approx(230 / 80), pytest.approx(250 / 60))
    assert (plan.pickers, plan.packers) == (2, 3)  # one hour for 160 units is the tightest
    assert sentence(plan.message.code, plan.message.args) == "To send 250 units by 16:00: pickers 2, packers 3."
    assert all(not rate.is_measured for rate in plan.rates)


@sqlite_only
def test_what_lies_in_a_closed_carton_needs_no_hands_and_a_begun_walk_still_does(house: House, mug: int) -> None:
    order = house.order("O1", (mug, 12))
    stand(house, "O1", mug, 3, "BENCH-1", tote="TOTE-01")
    with writing(house.engine) as session:
        session.add_all([plate := Plate(code="SSCC", kind="carton"),
                         shipment := Shipment(number="S1", order_id=order, created_at=NOON)])  # fmt: skip
        session.flush()
        session.add(Carton(shipment_id=shipment.id, seq=1, plate_id=plate.id, sscc="SSCC", state="closed"))
    stand(house, "O1", mug, 5, "BENCH-1", tote="SSCC")
    walk(house, reserve(house, house.put(mug, "A-1", 4), 1, 4), 1, 4)

    plan = read(house).hands

    assert (plan.units_to_pick, plan.units_to_pack) == (4, 7)


@sqlite_only
def test_without_a_cut_off_today_the_next_one_counts_and_without_work_nobody(house: House, mug: int) -> None:
    empty = read(house).hands
    house.put(mug, "A-1", 9)
    house.order("O1", (mug, 9), leave_by=NOON + timedelta(hours=30))
    later = read(house).hands

    assert (empty.pickers, empty.packers, empty.message.code) == (0, 0, "cockpit.hands.nothing")
    assert (later.until, later.units_to_pick) == (NOON + timedelta(hours=30), 9)
    assert sentence(later.message.code, later.message.args).startswith("To send 9 units by 18:00 on 2026-03-03")


def test_the_arrival_plan_says_who_waits_for_what_comes_and_how_many_people_that_takes(house: House, mug: int) -> None:
    lamp = house.product("LAMP")
    house.put(lamp, "A-1", 5)
    house.order("O1", (mug, 6), (lamp, 5))
    house.order("O2", (mug, 2), currency="EUR")
    house.purchase("PO-LATE", (lamp, 3), due=days(-4))
    house.purchase("PO-7", (mug, 1300), due=days(3))
    house.purchase("PO-FAR", (mug, 24), due=days(14))
    seven = select(PurchaseLine.id).where(PurchaseLine.ordered == 1300).scalar_subquery()
    change(house, OrderLine, OrderLine.product_id == mug, eta=days(3), eta_from_id=seven)

    plan = read(house).arrivals

    assert [one.day for one in plan] == [days(n) for n in range(14)]
    assert (plan[0].purchases, plan[0].units, plan[0].orders_served) == (("PO-LATE",), 3, 0)
    third = plan[3]
    assert (third.purchases, third.units, third.units_waited_for, third.orders_served) == (("PO-7",), 1300, 8, 2)
    assert third.amounts == {"GBP": Decimal(15), "EUR": Decimal(5)}
    assert (third.receivers, third.pickers, third.packers) == (2, 1, 1)
    assert sum(len(one.purchases) for one in plan) == 2


# --- the goal ------------------------------------------------------------------------------------------------


@sqlite_only
@pytest.mark.parametrize(("units", "day", "code"), [
    (60, days(5), "cockpit.goal.reached"), (20, days(-1), "cockpit.goal.missed"),
    (0, days(10), "cockpit.goal.behind"), (40, days(30), "cockpit.goal.on_course"),
])  # fmt: skip
def test_the_burn_down_says_whether_the_goal_can_be_met(
    house: House, mug: int, units: int, day: date, code: str
) -> None:
    week_of_work(house, mug, 2, 6)
    put(house, backlog_target_units=units, backlog_target_day=day.isoformat(),
        backlog_target_from=days(-10).isoformat())  # fmt: skip

    burn = read(house).burn_down

    assert burn is not None
    assert (burn.message.code, burn.target_units, burn.target_day) == (code, units, day)
    assert sentence(burn.message.code, burn.message.args)
    assert (burn.actual[0], burn.actual[-1]) == ((days(-10), 96), (TODAY, 60))
    assert (burn.ideal[0], burn.ideal[-1]) == ((days(-10), 96), (day, units))


@sqlite_only
def test_the_way_to_a_goal_begins_on_the_day_it_was_set_until_it_is_set_anew(house: House, mug: int) -> None:
    def aim(units: int, hours: int) -> str:
        house.now = NOON + timedelta(hours=hours)
        with writing(house.engine) as session:
            context = house.context(badge="OP-supervisor", station="DESK-1", command="opening")
            promise_acts.ACTS["set_limits"].do(
                session, context, {"backlog_target_units": units, "backlog_target_day": days(30)}
            )
        return house.read(lambda s: settings.get(s, "backlog_target_from"))

    begun = [aim(20, 0), aim(20, 24), aim(10, 48)]

    assert begun == [days(0).isoformat(), days(0).isoformat(), days(2).isoformat()]


@sqlite_only
def test_without_a_goal_there_is_no_burn_down_and_without_its_start_four_weeks(house: House, mug: int) -> None:
    house.order("O1", (mug, 5), placed_at=NOON - timedelta(days=60))
    nothing = read(house).burn_down
    put(house, backlog_target_units=1, backlog_target_day=days(5).isoformat())
    burn = read(house).burn_down

    assert nothing is None
    assert burn is not None
    assert burn.ideal[0] == (days(-27), 5)


# --- what customers waited for -------------------------------------------------------------------------------


def test_products_tell_what_came_late_was_accepted_and_was_given_up(house: House, mug: int) -> None:
    lamp = house.product("LAMP")
    placed = {"placed_at": NOON - timedelta(days=12), "promise": days(-6)}
    first = house.order("O1", (mug, 10), (lamp, 4), **placed)
    ship(house, "O1", mug, 3, NOON - timedelta(days=6))  # in time
    ship(house, "O1", mug, 2, NOON - timedelta(days=4))  # eight days after it was placed, two too late
    cancel(house, first, {1: 1}, NOON - timedelta(days=2))
    with writing(house.engine) as session:
        for chosen in ("wait", "part_ship"):
            session.add(Decision(order_line_id=1, choice=chosen, eta=None, days=6, operator_id=1, at=NOON))

    waited = {one.sku: one for one in read(house).waited}

    mugs = waited["MUG"]
    assert (mugs.units_backordered, mugs.units_shipped_late, mugs.units_cancelled) == (4, 2, 1)
    assert (mugs.cancel_rate, mugs.accepted_days) == (pytest.approx(1 / 7), 6.0)
    assert mugs.waited_days == pytest.approx((2 * 8 + 1 * 10) / 3, abs=0.01)
    assert (waited["LAMP"].units_backordered, waited["LAMP"].cancel_rate, list(waited)) == (4, 0.0, ["MUG", "LAMP"])


@sqlite_only
def test_an_empty_house_has_figures_of_nothing(house: House) -> None:
    figures = read(house)

    assert (figures.total.units, figures.slices, figures.waited, figures.days_to_clear) == (0, (), (), 0.0)
    assert figures.paid_unshipped == {}
