"""The demo warehouse is deterministic, real where it says so, and holds the work that the guided shift needs."""

from __future__ import annotations

import csv
import hashlib
import os
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wms_desktop.domain.sscc import is_sscc, is_valid
from wms_desktop.resources import read_bytes
from wms_desktop.shift import world
from wms_desktop.shift.world import World
from wms_desktop.shift.world_facts import Location, Order, StockRow
from wms_desktop.shift.world_orders import demand_by_sku, demand_key
from wms_desktop.shift.world_products import read_table

MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CHECKOUT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("WMS_SHARED", CHECKOUT.parent / "shared"))
SOURCE = SHARED / "data/orders-uci-online-retail/online-retail-2011-09.csv"


@pytest.fixture(scope="module", params=(1, 7, 42))
def demo(request: pytest.FixtureRequest) -> World:
    """The demo warehouse of three seeds."""
    return world.build(request.param, MORNING)


def fingerprint(made: World) -> str:
    """One number for everything in a world."""
    return hashlib.sha256(repr(made).encode()).hexdigest()


def waits_for(demo: World, order: Order) -> set[str]:
    """The short articles that the order asks for."""
    return {line.sku for line in order.lines} & demo.plan.on_hand.keys()


class Sharing:
    """A simple reference: stock, then each delivery, go to the orders one after another in the demand order."""

    def __init__(self, demo: World) -> None:
        self.orders = sorted(demo.orders, key=lambda order: demand_key(order, demo.now))
        self.missing = {
            order.number: Counter({line.sku: line.quantity for line in order.lines}) for order in self.orders
        }
        self.from_stock: Counter[str] = Counter()
        for number, units in self._share(_units(demo.stock), keep_for_later=True).items():
            self.from_stock[number] += units

    def receive(self, arrived: Counter[str]) -> set[str]:
        """Shares a delivery out; gives the orders that it made complete."""
        touched = self._share(arrived, keep_for_later=False)
        return {number for number in touched if not self.missing[number].total()}

    def _share(self, free: Counter[str], keep_for_later: bool) -> Counter[str]:
        given: Counter[str] = Counter()
        for order in self.orders:
            need = self.missing[order.number]
            take = Counter({sku: min(units, free[sku]) for sku, units in need.items() if min(units, free[sku])})
            if order.ship_policy == "complete" and not keep_for_later and take != +need:
                continue
            need -= take
            self.missing[order.number] = need
            free -= take
            if take:
                given[order.number] += take.total()
        return given


def _units(stock: tuple[StockRow, ...]) -> Counter[str]:
    units: Counter[str] = Counter()
    for row in stock:
        units[row.sku] += row.quantity
    return units


def good_packs(demo: World, truck: int) -> Counter[str]:
    """Units of a delivery that are undamaged and on its purchase order."""
    bought = {line.sku for line in demo.purchase_orders[truck].lines}
    units: Counter[str] = Counter()
    for pack in demo.physical.deliveries[truck].packs:
        if pack.sku in bought and not pack.damaged:
            units[pack.sku] += pack.units
    return units


def test_equal_seeds_make_equal_worlds_and_others_do_not() -> None:
    first, again, other = (world.build(seed, MORNING) for seed in (5, 5, 6))

    assert fingerprint(first) == fingerprint(again)
    assert fingerprint(first) != fingerprint(other)


def test_it_is_as_large_as_the_demo_promises(demo: World) -> None:
    kinds = Counter(place.kind for place in demo.locations)
    sources = Counter(product.source for product in demo.products)

    assert kinds["bin"] == 2_000
    assert (kinds["lane"], kinds["bench"], kinds["cart"], kinds["truck"]) == (6, 2, 6, 4)
    assert 950 <= len(demo.products) <= 1_050
    assert sources["usda"] == 150
    assert 330 <= len(demo.orders) <= 370
    assert 6 <= len(demo.purchase_orders) <= 8
    assert len(demo.totes) == 60


def test_every_code_is_there_once(demo: World) -> None:
    codes = [place.code for place in demo.locations] + [*demo.totes] + [o.badge for o in demo.operators]
    barcodes = [product.gtin.zfill(14) for product in demo.products]
    barcodes += [product.case_gtin for product in demo.products if product.case_gtin]

    assert len(codes) == len(set(codes))
    assert len(barcodes) == len(set(barcodes))
    assert len({product.sku for product in demo.products}) == len(demo.products)
    assert len({place.walk_seq for place in demo.locations if place.kind == "bin"}) == 2_000


def test_every_check_digit_is_right(demo: World) -> None:
    pallets = [pallet.sscc for delivery in demo.physical.deliveries for pallet in delivery.pallets]

    assert all(is_valid(product.gtin) for product in demo.products)
    assert all(is_valid(product.case_gtin) for product in demo.products if product.case_gtin)
    assert all(product.gtin.startswith("29") for product in demo.products if product.source == "uci")
    assert all(is_sscc(sscc) for sscc in pallets)


def test_usda_barcodes_are_the_real_ones_and_cases_are_common(demo: World) -> None:
    real = {row["gtin"] for row in read_table("barcodes.csv")}
    cases = sum(bool(product.case_gtin) for product in demo.products)

    assert {product.gtin for product in demo.products if product.source == "usda"} == real
    assert 0.5 < cases / len(demo.products) < 0.7
    assert all(bool(product.case_gtin) == (product.units_per_case > 0) for product in demo.products)


def test_velocity_follows_the_real_number_of_orders(demo: World) -> None:
    slowest_a = min(product.orders_in_month for product in demo.products if product.velocity == "A")
    fastest_c = max(product.orders_in_month for product in demo.products if product.velocity == "C")

    assert slowest_a >= fastest_c


def test_bins_stand_in_two_blocks_between_the_cross_aisles(demo: World) -> None:
    front, middle, rear = demo.layout.cross_aisle_y_mm
    bins = [place for place in demo.locations if place.kind == "bin"]

    assert len(demo.layout.aisle_x_mm) == 10
    assert all(front < place.y_mm < middle for place in bins if place.bay <= 10)
    assert all(middle < place.y_mm < rear for place in bins if place.bay > 10)
    assert {place.x_mm for place in bins} == set(demo.layout.aisle_x_mm)


@pytest.mark.parametrize("truth", [False, True])
def test_all_stock_fits_its_bin_by_room_and_weight(demo: World, truth: bool) -> None:
    places = {place.code: place for place in demo.locations}
    products = {product.sku: product for product in demo.products}
    volume: Counter[str] = Counter()
    weight: Counter[str] = Counter()
    for row in demo.physical.stock if truth else demo.stock:
        volume[row.location] += row.quantity * products[row.sku].volume_mm3
        weight[row.location] += row.quantity * products[row.sku].weight_g

    assert all(places[code].kind == "bin" for code in volume)
    assert all(volume[code] <= places[code].capacity_mm3 for code in volume)
    assert all(weight[code] <= places[code].max_weight_g for code in weight)


def test_about_three_quarters_of_the_bins_are_filled_fast_articles_in_front(demo: World) -> None:
    zone = {place.code: place.zone for place in demo.locations}
    velocity = {product.sku: product.velocity for product in demo.products}
    fast = [zone[row.location] for row in demo.stock if velocity[row.sku] == "A"]

    assert 0.70 <= len({row.location for row in demo.stock}) / 2_000 <= 0.75
    assert fast.count("A") > 0.95 * len(fast)


def test_tracked_food_has_lots_and_dates_and_gifts_have_none(demo: World) -> None:
    products = {product.sku: product for product in demo.products}
    expiring = [product for product in demo.products if product.expiry_tracked]

    assert 60 <= len(expiring) <= 120
    assert all(product.source == "usda" for product in expiring)
    assert all(bool(row.lot) == products[row.sku].lot_tracked for row in demo.stock)
    assert all((row.expiry is not None) == products[row.sku].expiry_tracked for row in demo.stock)


def test_every_order_line_is_in_the_resource(demo: World) -> None:
    real = {(row["order"], row["code"], int(row["quantity"]), row["customer"]) for row in read_table("orders.csv")}
    made = [(o.number, line.sku, line.quantity, o.customer_code) for o in demo.orders for line in o.lines]

    assert len(made) == len(real)
    assert set(made) == real


def test_orders_have_the_shape_of_the_real_ones(demo: World) -> None:
    single = sum(len(order.lines) == 1 for order in demo.orders) / len(demo.orders)
    complete = sum(order.ship_policy == "complete" for order in demo.orders) / len(demo.orders)

    assert 0.12 <= single <= 0.18
    assert 0.20 <= complete <= 0.32
    assert all(1 <= len(order.lines) <= 25 for order in demo.orders)
    assert all(1 <= line.quantity <= 48 for order in demo.orders for line in order.lines)
    assert {order.priority for order in demo.orders} == {1, 2, 3}


@pytest.mark.skipif(not SOURCE.is_file(), reason=f"the shared data is not at {SHARED}; set WMS_SHARED")
def test_the_resource_says_what_the_source_says() -> None:
    source: Counter[tuple[str, str]] = Counter()
    with SOURCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if int(row["Quantity"]) > 0 and float(row["UnitPrice"]) > 0:
                source[row["InvoiceNo"], row["StockCode"].upper()] += int(row["Quantity"])

    assert all(int(row["quantity"]) == source[row["order"], row["code"]] for row in read_table("orders.csv"))


@pytest.mark.parametrize("hour", [0, 9, 15, 23])
def test_at_any_hour_nothing_lies_in_the_future_and_no_cut_off_is_impossible(hour: int) -> None:
    now = MORNING.replace(hour=hour)
    made = world.build(3, now)

    assert all(order.placed_at <= now for order in made.orders)
    assert max(order.placed_at for order in made.orders).date() == now.date()
    assert all(order.leave_by >= now + timedelta(minutes=90) for order in made.orders)
    assert max(order.leave_by for order in made.orders) <= now + timedelta(days=5)


def test_services_lanes_and_doors_belong_together(demo: World) -> None:
    places = {place.code: place for place in demo.locations}
    codes = {service.code for service in demo.services}

    assert {order.service for order in demo.orders} == codes
    assert all(places[service.lane].service == service.code for service in demo.services)
    assert all(places[f"TRUCK-{service.carrier}"].kind == "truck" for service in demo.services)


def test_some_orders_are_backordered_and_most_are_not(demo: World) -> None:
    units, demand = _units(demo.stock), demand_by_sku(demo.orders)
    short = {sku for sku, asked in demand.items() if units[sku] < sum(asked.values())}
    waiting = [order for order in demo.orders if waits_for(demo, order)]

    assert short == demo.plan.on_hand.keys()
    assert 40 <= len(short) <= 80
    assert 0.15 <= len(waiting) / len(demo.orders) <= 0.40


def test_todays_trucks_have_enough_to_scan_and_cases_among_it(demo: World) -> None:
    for truck, delivery in enumerate(demo.physical.deliveries):
        kinds = Counter(pack.kind for pack in delivery.packs)

        assert demo.purchase_orders[truck].due_at.date() == demo.now.date()
        assert 64 <= len(delivery.packs) <= 140
        assert min(kinds["case"], kinds["unit"]) >= 10


def test_todays_trucks_complete_orders_of_both_policies(demo: World) -> None:
    sharing = Sharing(demo)
    policies = {order.number: order.ship_policy for order in demo.orders}

    completed = [sharing.receive(good_packs(demo, truck)) for truck in (0, 1)]

    assert all(completed)
    assert len(completed[0] | completed[1]) >= 15
    assert {policies[number] for number in completed[0] | completed[1]} == {"complete", "available"}


def test_at_least_five_orders_leave_without_any_storage_step(demo: World) -> None:
    sharing = Sharing(demo)
    completed = sharing.receive(good_packs(demo, 0)) | sharing.receive(good_packs(demo, 1))
    never_stored = {number for number in completed if not sharing.from_stock[number]}

    assert len(never_stored) >= 5
    assert set(demo.plan.whole) <= never_stored


def test_no_lane_gets_more_orders_from_the_trucks_than_it_holds(demo: World) -> None:
    lane_of = {service.code: service.lane for service in demo.services}
    room = {place.code: place.capacity_orders for place in demo.locations if place.kind == "lane"}
    arriving = {line.sku for po in demo.purchase_orders[:2] for line in po.lines} & demo.plan.on_hand.keys()
    orders = Counter(lane_of[o.service] for o in demo.orders if {line.sku for line in o.lines} & arriving)

    assert all(orders[lane] <= room[lane] for lane in room)


def test_a_case_of_the_showcase_serves_several_lanes_and_the_shelf(demo: World) -> None:
    sku = demo.plan.showcase
    first = demo.physical.deliveries[0].packs[0]
    orders = [order for order in demo.orders if any(line.sku == sku for line in order.lines)]
    asked = sum(demand_by_sku(demo.orders)[sku].values())

    assert (first.sku, first.kind, first.units) == (sku, "case", 24)
    assert len({order.service for order in orders}) == 2
    assert asked < 24


def test_purchase_lines_bring_less_more_and_what_nobody_waits_for(demo: World) -> None:
    demand, units = demand_by_sku(demo.orders), _units(demo.stock)
    signs: Counter[str] = Counter()
    for line in (line for po in demo.purchase_orders for line in po.lines):
        missing = sum(demand.get(line.sku, {}).values()) - units[line.sku]
        sign = "idle" if missing <= 0 else "less" if line.quantity < missing else "enough"
        signs["more" if sign == "enough" and line.quantity > missing else sign] += 1

    assert all(signs[sign] >= 5 for sign in ("idle", "less", "enough", "more"))


def truck_against_paper(demo: World, truck: int) -> tuple[Counter[str], dict[str, int]]:
    """What was bought, and by how many units the truck differs from it, article by article."""
    paper = Counter({line.sku: line.quantity for line in demo.purchase_orders[truck].lines})
    real: Counter[str] = Counter()
    for pack in demo.physical.deliveries[truck].packs:
        real[pack.sku] += pack.units
    return paper, {sku: real[sku] - paper[sku] for sku in paper | real if real[sku] != paper[sku]}


def test_the_trucks_differ_from_the_paper_as_planted(demo: World) -> None:
    _, first = truck_against_paper(demo, 0)
    paper, second = truck_against_paper(demo, 1)
    over, unordered = sorted(second, key=lambda sku: second[sku])

    assert list(first.values()) == [-1]
    assert (second[over], second[unordered], paper[unordered]) == (1, 3, 0)
    assert paper[over] * demo.site.over_receipt_percent >= 100
    assert sum(pack.damaged for delivery in demo.physical.deliveries for pack in delivery.packs) == 2


def test_every_pack_bears_a_barcode_of_its_article(demo: World) -> None:
    products = {product.sku: product for product in demo.products}
    for pack in (pack for delivery in demo.physical.deliveries for pack in delivery.packs):
        product = products[pack.sku]
        unit = pack.kind == "unit"

        assert pack.units == (1 if unit else product.units_per_case)
        assert pack.barcode == product.gtin if unit else product.case_gtin in pack.barcode
        assert bool(pack.lot) == product.lot_tracked
        assert (f"10{pack.lot}" in pack.barcode) == (not unit and product.lot_tracked) or not pack.lot


def test_planted_bins_hold_fewer_than_the_first_order_to_come_asks_for(demo: World) -> None:
    demand = demand_by_sku(demo.orders)
    bins_of: dict[str, set[str]] = defaultdict(set)
    for row in demo.stock:
        bins_of[row.sku].add(row.location)
    remedies = Counter(difference.remedy for difference in demo.physical.differences)
    short = [d for d in demo.physical.differences if d.remedy != "surplus"]

    assert remedies == {"none": 4, "dock": 1, "another_bin": 1, "surplus": 2}
    assert all(d.real < min(demand[d.sku].values()) <= d.book for d in short)
    assert all(len(bins_of[d.sku]) == (2 if d.remedy == "another_bin" else 1) for d in short)


def test_the_truth_differs_from_the_book_where_it_says_and_nowhere_else(demo: World) -> None:
    book = {(row.location, row.sku): row.quantity for row in demo.stock}
    real = {(row.location, row.sku): row.quantity for row in demo.physical.stock}
    listed = {(d.location, d.sku): (d.book, d.real) for d in demo.physical.differences}

    assert {k: (n, real.get(k, 0)) for k, n in book.items() if real.get(k, 0) != n} == listed
    assert real.keys() <= book.keys()


def test_what_lies_short_and_comes_today_is_waited_for_by_nobody(demo: World) -> None:
    rescue = demo.plan.rescue

    assert rescue in good_packs(demo, 0)
    assert rescue not in demo.plan.on_hand


def test_people_and_stations_cover_the_shift(demo: World) -> None:
    roles = {operator.role for operator in demo.operators}
    places: dict[str, Location] = {place.code: place for place in demo.locations}

    assert roles == {"picker", "packer", "receiver", "supervisor", "buyer", "admin"}
    assert all(o.pin for o in demo.operators if o.role in ("supervisor", "buyer", "admin"))
    assert {station.kind for station in demo.stations} == {"receive", "pick", "pack", "ship", "desk"}
    assert all(station.location in places for station in demo.stations if station.location)


def test_the_sheet_has_a_code_for_every_step_by_hand(demo: World) -> None:
    sheet = demo.barcode_sheet()
    sections = {entry.section for entry in sheet}

    assert sections == {"badges", "keys", "deliveries", "places", "totes", "goods on the truck", "bins"}
    assert len({(entry.section, entry.code) for entry in sheet}) == len(sheet)
    assert all(entry.code.isascii() and entry.code == entry.code.strip() for entry in sheet)


def test_sources_are_cited_and_generated_data_is_marked(demo: World) -> None:
    readme = read_bytes("demo/README.md").decode("utf-8")

    assert "10.24432/C5BW33" in readme
    assert "10.24432/C5BW33" in demo.citations[0]
    assert "FoodData Central" in readme
    assert "FoodData Central" in demo.citations[1]
    assert "CC BY 4.0" in readme
    assert all(product.generated for product in demo.products)
    assert "generated" in demo.generated


def test_the_resources_stay_small() -> None:
    folder = CHECKOUT / "resources" / "demo"

    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_000_000
