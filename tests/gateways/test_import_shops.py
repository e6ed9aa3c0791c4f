"""The exports of Shopify, Amazon and WooCommerce, as they come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateways import import_samples as samples
from tests.gateways.import_samples import (
    SHOPIFY_TITLES,
    amazon,
    amazon_row,
    records,
    rules,
    run,
    shopify,
    shopify_head,
    shopify_line,
    shopify_rows,
    woo_row,
    woocommerce,
)
from wms_desktop.views.imports import Fault

READING = shopify().reading


def test_the_whole_shopify_export_has_79_columns_and_is_recognised() -> None:
    seen = samples.glance_at(shopify().data)

    assert len(SHOPIFY_TITLES) == len(seen.columns) == 79
    assert (seen.reading.format, seen.reading.kind) == ("shopify", "orders")
    assert seen.reading.mapping == READING.mapping


def test_further_lines_of_a_shopify_order_take_its_fields_from_its_first_row() -> None:
    first, second, third, fourth, _ = records(shopify().data, READING)

    assert {name: value for name, value in first.fields.items() if second.fields[name] != value} == {
        "qty": "2", "sku": "A-1", "name": "Article A-1", "price": "19",
    }  # fmt: skip
    assert (first.fields["is_paid"], third.fields["is_paid"]) == ("1", "0")
    assert first.fields["placed_at"] == "2026-11-02T17:41:00-05:00"
    assert (first.fields["street"], first.fields["postcode"]) == ("1 High Street, Flat 2", "01234")
    assert (first.fields["city"], first.fields["country"]) == ("Austin, TX", "US")
    assert fourth.fields["ship_name"] == "Ada Byron, Engines Ltd"


def test_the_sum_that_shopify_names_stands_beside_that_of_the_lines_and_a_difference_is_told() -> None:
    _, right = run(shopify().data, READING)
    _, wrong = run(shopify().data.replace(b"19.00", b"91.00", 1), READING)

    assert [(each.said, each.counted) for each in right.declared] == [("82.75 USD", "82.75 USD")]
    assert right.notes == ()
    assert wrong.notes[0].args == {"said": "82.75 USD", "counted": "226.75 USD"}


@pytest.mark.parametrize(
    ("head", "line", "rule"),
    [
        ({}, {"Lineitem_fulfillment_status": "fulfilled"}, "fulfilled"),
        ({}, {"Lineitem_fulfillment_status": "partial"}, "fulfilled_partly"),
        ({}, {"Lineitem_requires_shipping": "false"}, "no_shipping"),
        ({"Created_at": "yesterday"}, {}, "not_day"),
        ({"Shipping_Country": "Atlantis"}, {}, "country"),
        ({"Shipping_Company": "\x07"}, {}, "characters"),
    ],
)
def test_what_shopify_says_of_a_line_or_order_refuses_it_by_its_rule(
    head: dict[str, str], line: dict[str, str], rule: str
) -> None:
    data = shopify_rows([(shopify_head("#1", "5", **head), [shopify_line("A", 1, "5", **line)])])

    assert rules(data, READING) == [rule]


def test_an_order_whose_first_row_is_wrong_is_refused_with_all_its_lines_a_wrong_line_alone() -> None:
    lines = [shopify_line("A", 1, "5"), shopify_line("B", 1, "5")]
    wrong_head = shopify_rows([(shopify_head("#1", "5", Currency="?"), lines)])
    wrong_line = shopify_rows([(shopify_head("#1", "5"), [{**lines[0], "Lineitem quantity": "x"}, lines[1]])])
    rows, _ = run(wrong_line, READING)

    assert rules(wrong_head, READING) == ["currency", "first_row"]
    assert rules(wrong_line, READING) == ["not_whole", ""]
    assert rows[1].fields["customer_code"] == "ada@example.com"


def test_rows_that_lost_their_first_row_or_stand_apart_are_refused() -> None:
    sound = shopify().data.splitlines(keepends=True)
    without_first = b"".join([sound[0], *sound[2:]])
    apart = b"".join([sound[0], sound[1], sound[3], sound[2]])

    assert rules(without_first, READING)[0] == "first_row_missing"
    assert rules(apart, READING) == ["", "", "first_row_missing"]


def test_an_order_that_comes_twice_is_refused_the_second_time() -> None:
    sound = shopify().data.splitlines(keepends=True)
    doubled = b"".join([*sound, *sound[1:]])

    assert rules(doubled, READING) == [""] * 5 + ["twice", "first_row", "twice", "twice", "first_row"]


def test_a_cancelled_shopify_order_says_so() -> None:
    data = shopify_rows(
        [(shopify_head("#1", "5", Cancelled_at="2026-11-03 10:00:00 +0100"), [shopify_line("A", 1, "5")])]
    )

    assert records(data, READING)[0].fields["is_cancelled"] == "1"


def test_an_export_of_nine_columns_without_skus_names_its_goods_by_their_names(shared: Path) -> None:
    file = shared / "data" / "import-samples" / "shopify-orders-partial.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    seen = samples.glance_at(file.read_bytes())
    rows, ending = run(file.read_bytes(), seen.reading)

    assert seen.reading.format == "shopify"
    assert ("sku", False) in seen.fields
    assert seen.notes[0].code == "import.read.doubt_goods_by_name"
    assert (ending.totals.documents, ending.totals.rows, ending.totals.units, ending.faults) == (127, 249, 249, 0)
    assert rows[1].fields["customer_code"] == "customer1@example.com"


def test_a_shopify_export_saved_as_a_workbook_keeps_its_ways() -> None:
    rows = [
        line.split(",") for line in shopify().data.decode().replace('"1 High Street, Flat 2"', "Street").splitlines()
    ]
    data = samples.sheet(rows)
    seen = samples.glance_at(data)

    assert seen.reading.format == "xlsx"
    assert [row.fields["currency"] for row in records(data, seen.reading)] == ["USD"] * 5


def test_an_amazon_report_gives_the_price_of_one_unit_and_the_whole_street() -> None:
    first, *_ = records(*_parts(amazon()))

    assert (first.fields["qty"], first.fields["price"]) == ("2", "19")
    assert first.fields["street"] == "5 Devonshire Street, Marylebone"
    assert (first.fields["promise"], first.fields["is_paid"], first.fields["service"]) == (
        "2026-11-06",
        "1",
        "Expedited",
    )
    assert samples.glance_at(amazon().data).reading == amazon().reading


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"quantity_to_ship": "0"}, "fulfilled"),
        ({"quantity_to_ship": "x"}, "not_whole"),
        ({"quantity_purchased": "0"}, "not_above_zero"),
        ({"ship_address_2": "\x01"}, "characters"),
    ],
)
def test_an_amazon_item_that_is_sent_or_spoilt_is_refused_by_its_rule(more: dict[str, str], rule: str) -> None:
    assert rules(*_parts(amazon(amazon_row("1", "11", "A", 2, "5", **more)))) == [rule]


def test_an_amazon_item_comes_once_promotion_rows_are_passed_over_and_rounding_is_told() -> None:
    item = amazon_row("1", "11", "A", 3, "10.00")
    promotion = {"order-id": "1", "order-item-id": "11"}
    rows, ending = run(*_parts(amazon(item, promotion, item, amazon_row("1", "12", "B", 2, "5", quantity_to_ship="1"))))

    assert [row.rule if isinstance(row, Fault) else row.fields["price"] for row in rows] == [
        "3.3333", "import.read.twice", "2.5",
    ]  # fmt: skip
    assert rows[2].fields["qty"] == "1"
    assert [note.code for note in ending.notes] == ["import.read.continued", "import.read.rounded"]


def test_woocommerce_products_come_with_sizes_in_our_units_and_their_last_category() -> None:
    first, *_ = records(*_parts(woocommerce()))

    assert first.fields == {
        "sku": "W-0", "barcode": "5020436373085", "name": "Article W-0", "backorders": "allow", "weight_g": "350",
        "length_mm": "125", "width_mm": "80", "height_mm": "30", "price": "19", "category": "Hoodies", "brand": "Acme",
    }  # fmt: skip
    assert samples.glance_at(woocommerce().data).reading == woocommerce().reading


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"Type": "variable"}, "not_a_good"),
        ({"Type": "simple, downloadable, virtual"}, "not_a_good"),
        ({"Type": "variation"}, ""),
        ({"SKU": ""}, "empty"),
        ({"Regular_price": "19,00"}, "amount_style"),
        ({"Backorders_allowed?": "0"}, ""),
    ],
)
def test_woocommerce_rows_that_are_no_goods_or_spoilt_are_refused_by_their_rule(
    more: dict[str, str], rule: str
) -> None:
    assert rules(*_parts(woocommerce(woo_row("W", "5020436373085", **more)))) == [rule]


def test_a_german_woocommerce_export_is_recognised() -> None:
    words = {"Type": "Typ", "SKU": "Artikelnummer", "Regular price": "Regulärer Preis", "Brands": "Marken",
             "Categories": "Kategorien", "Weight (kg)": "Gewicht (kg)", "Length (cm)": "Länge (cm)"}  # fmt: skip
    text = woocommerce().data.decode()
    for ours, theirs in words.items():
        text = text.replace(ours, theirs, 1)
    seen = samples.glance_at(text.encode())

    assert seen.reading.format == "woocommerce"
    assert {"sku", "name", "price", "weight_g", "length_mm", "barcode", "brand"} <= set(seen.reading.mapping.values())


def _parts(sample: samples.Sample) -> tuple[bytes, samples.Reading]:
    return sample.data, sample.reading
