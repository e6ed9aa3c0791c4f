"""Plain tables, CSV as it comes: every row a record or a fault that names line, column, value and rule."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.gateways import import_samples as samples
from tests.gateways.import_samples import orders_csv, records, rules, run, table
from wms_desktop.errors import Refusal
from wms_desktop.gateways.imports import caps, looking
from wms_desktop.views.imports import Fault, Reading, Totals

UCI_MAPPING = {
    "InvoiceNo": "number", "StockCode": "sku", "Description": "name", "Quantity": "qty", "InvoiceDate": "placed_at",
    "UnitPrice": "price", "CustomerID": "customer_code", "Country": "country",
}  # fmt: skip


def _refusal(data: bytes, reading: Reading) -> tuple[str, object]:
    with pytest.raises(Refusal) as refused:
        run(data, reading)
    assert refused.value.args_["file"] == "sample"
    return refused.value.code.removeprefix("import.read."), refused.value.args_.get("line")


def test_rows_become_records_with_their_lines_and_canonical_values() -> None:
    first, *_, last = records(*_parts(orders_csv()))

    assert (first.line, first.key) == (2, "S1")
    assert first.fields == {"currency": "EUR", "number": "S1", "sku": "A-1", "qty": "2", "price": "19",
                            "placed_at": "2026-11-01", "ship_name": "Ada"}  # fmt: skip
    assert (last.line, last.fields["price"], last.fields["ship_name"]) == (7, "1234.56", "Émilie")


def test_the_ending_adds_up_documents_rows_units_and_money_and_sums_up_each_field() -> None:
    _, ending = run(*_parts(orders_csv()))
    qty = next(each for each in ending.columns if each.name == "qty")

    assert ending.totals == Totals(documents=3, rows=6, units=24, amounts={"EUR": Decimal("8789.92")})
    assert (ending.good, ending.faults) == (ending.totals, 0)
    assert (qty.filled, qty.different, qty.least, qty.most) == (6, 5, "1", "10")


def test_refused_rows_count_in_the_totals_of_the_file_but_not_among_the_good() -> None:
    sample = orders_csv(("S1", "A-1", "2", "5", "2026-11-01", ""), ("S1", "A-2", "3", "5", "2026-13-01", ""))
    _, ending = run(*_parts(sample))

    assert (ending.totals.units, ending.totals.amounts["EUR"]) == (5, Decimal(25))
    assert (ending.good.units, ending.good.amounts["EUR"], ending.faults) == (2, Decimal(10), 1)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "iso-8859-15", "mac-roman", "cp850"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_change_nothing_and_are_found(encoding: str, delimiter: str) -> None:
    sample = orders_csv(encoding=encoding, delimiter=delimiter)
    seen = samples.glance_at(sample.data).reading

    assert [row.fields for row in records(*_parts(sample))] == [row.fields for row in records(*_parts(orders_csv()))]
    assert seen.delimiter == delimiter
    assert sample.data.decode(seen.encoding).removeprefix("\ufeff") == sample.data.decode(encoding).removeprefix(
        "\ufeff"
    )


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (b"S9,A-1,x,1,2026-11-01,Ada", "not_whole"),
        (b"S9,A-1,0,1,2026-11-01,Ada", "not_above_zero"),
        (b"S9,A-1,1,one,2026-11-01,Ada", "not_amount"),
        (b"S9,A-1,1,-1,2026-11-01,Ada", "negative"),
        (b"S9,A-1,1,1,01.11.2026,Ada", "not_day"),
        (b"S9,,1,1,2026-11-01,Ada", "empty"),
        (b",A-1,1,1,2026-11-01,Ada", "empty"),
        (b"S9,A-1,1,1,2026-11-01", "cells"),
        (b"S9,A-1,1,1,2026-11-01,Ada,more", "cells"),
        (b'S9,A-1,1,1,2026-11-01,"Ada', "quote"),
        (b'S9,A-1,1,1,2026-11-01,"Ada"x', "quote"),
        (b"S9,A-1,1,1,2026-11-01,Ad\xe9le", "characters"),
        (b"S9,A-1,1,1,2026-11-01,\x1b[31mAda", "characters"),
        (b"S9,A-1,#REF!,1,2026-11-01,Ada", "formula"),
        (b"Order,SKU,Qty,Price,Date,Ship to", "header_again"),
        (b"S9,A-1,1,1,2026-11-01," + b"A" * 40_000, "cell_long"),
        (b"S9," + b"A" * 61 + b",1,1,2026-11-01,Ada", "text_long"),
    ],
)
def test_a_spoilt_row_is_refused_alone_by_its_rule_and_line(line: bytes, rule: str) -> None:
    sound = orders_csv()
    lines = sound.data.splitlines()
    data = b"\n".join([*lines[:3], line, *lines[3:]])
    rows, ending = run(data, sound.reading)
    faults = [row for row in rows if isinstance(row, Fault)]

    assert [(fault.line, fault.rule) for fault in faults] == [(4, f"import.read.{rule}")]
    assert ending.good.rows == 6
    assert all(text.isprintable() for fault in faults for text in (fault.value, *fault.fields.values()))


def test_a_fault_names_column_and_value_and_keeps_what_could_be_read() -> None:
    rows, _ = run(*_parts(orders_csv(("S1", "A-1", "two", "1.50", "2026-11-01", "Ada"))))
    fault = rows[0]

    assert isinstance(fault, Fault)
    assert (fault.key, fault.column, fault.value) == ("S1", "Qty", "two")
    assert (fault.fields["price"], fault.fields["qty"]) == ("1.5", "two")


def test_empty_rows_and_trailing_separators_are_nothing_and_line_breaks_stay_in_their_cell() -> None:
    data = (
        orders_csv().data.splitlines()[0]
        + b'\n\n,,,,,\nS1,A-1,1,1,2026-11-01,"Ada\nByron",,,\n"S2",A-1,1,1,2026-11-01,Bob'
    )
    found = records(data, orders_csv().reading)

    assert [(row.line, row.fields["ship_name"]) for row in found] == [(4, "Ada, Byron"), (6, "Bob")]


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"mapping": {}}, ("no_mapping", 1)),
        ({"mapping": {"Order": "number", "Qty": "qty"}}, ("field_missing", 1)),
        ({"mapping": {**samples.ORDER_MAPPING, "Colour": "note"}}, ("column_missing", 1)),
        ({"mapping": {**samples.ORDER_MAPPING, "Date": "number"}}, ("field_twice", None)),
        ({"mapping": {**samples.ORDER_MAPPING, "Date": "colour"}}, ("field_unknown", None)),
        ({"constants": {"promise": "soon"}}, ("constant", None)),
        ({"encoding": "utf-7"}, ("encoding_unknown", None)),
        ({"delimiter": "x"}, ("delimiter_unknown", None)),
        ({"kind": "returns"}, ("kind_unknown", None)),
        ({"format": "pdf"}, ("format_unknown", None)),
        ({"decimal": "'"}, ("style_unknown", None)),
        ({"header": 40}, ("no_rows", 40)),
        ({"kind": "stock", "format": "shopify"}, ("format_kind", None)),
        ({"encoding": "utf-16"}, ("no_byte_order", 1)),
        ({"encoding": "utf-16-le"}, ("title_unreadable", 1)),
    ],
)
def test_a_reading_that_does_not_fit_refuses_the_whole_file(
    change: dict[str, object], refused: tuple[str, object]
) -> None:
    sample = orders_csv()

    code, line = _refusal(sample.data, replace(sample.reading, **change))

    assert (code, line) == refused


def test_two_columns_of_one_title_are_numbered_and_the_bare_title_is_no_column() -> None:
    data = b"Order,SKU,Qty,Qty\nS1,A-1,1,7\n"
    reading = Reading(kind="orders", format="csv", mapping={"Order": "number", "SKU": "sku", "Qty (2)": "qty"})

    assert records(data, reading)[0].fields["qty"] == "7"
    assert _refusal(data, replace(reading, mapping={"Order": "number", "SKU": "sku", "Qty": "qty"})) == (
        "column_missing",
        1,
    )


def test_a_file_without_titles_is_read_by_the_places_of_its_columns() -> None:
    reading = Reading(kind="orders", format="csv", header=0, mapping={"1": "number", "2": "sku", "3": "qty"})
    found = records(b"S1,A-1,4\nS2,B-2,5\n", reading)

    assert [(row.line, row.fields["qty"]) for row in found] == [(1, "4"), (2, "5")]


def test_rows_above_the_titles_are_passed_over() -> None:
    sample = orders_csv()

    assert len(records(b"Orders of\nNovember\n" + sample.data, replace(sample.reading, header=3))) == 6


@pytest.mark.parametrize("name", ["MOST_ROWS", "MOST_LINES", "MOST_COLUMNS"])
def test_more_than_the_caps_allow_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caps, name, 5)

    code, _ = _refusal(*_parts(orders_csv()))

    assert code in ("many_rows", "many_lines", "many_columns")


def test_binary_and_endless_lines_are_refused_at_their_line() -> None:
    reading = orders_csv().reading

    assert _refusal(b"Order,SKU\nS1,\x00\x01\x02", reading) == ("binary", 2)
    assert _refusal(b"Order,SKU\n" + b"A" * (caps.MOST_LINE_BYTES + 10), reading) == ("line_long", 2)
    assert _refusal(orders_csv().data + b'S,"x"y\n' * 2000, reading)[0] == "quotes"


def test_weights_and_sizes_take_the_unit_of_their_title() -> None:
    titles = {"SKU": "sku", "Name": "name", "Weight (lbs)": "weight_g", "Length [cm]": "length_mm", "Width": "width_mm"}
    data = table([list(titles), ["A", "Anvil", "2.5", "12.34", "80"], ["B", "Ball", "0.0001", "0", "1.5"]])
    rows, _ = run(data, Reading(kind="products", format="csv", mapping=titles))

    assert [rows[0].fields[name] for name in ("weight_g", "length_mm", "width_mm")] == ["1134", "123", "80"]
    assert isinstance(rows[1], Fault)
    assert (rows[1].fields["weight_g"], rows[1].fields["length_mm"], rows[1].rule) == (
        "1",
        "0",
        "import.read.not_whole",
    )


def test_opening_stock_and_products_have_grammars_of_their_own() -> None:
    stock = Reading(
        kind="stock", format="csv", mapping={n: n for n in ("location", "sku", "qty", "lot", "expiry", "condition")}
    )
    products = Reading(kind="products", format="csv", mapping={n: n for n in ("sku", "name", "kit", "velocity")})

    good = table(
        [list(stock.mapping), ["A01", "A-1", "5", "L7", "2027-01-31", "good"], ["A01", "A-1", "-5", "", "", ""]]
    )
    assert rules(good, stock) == ["", "negative"]
    twice = table([list(products.mapping), ["A", "Anvil", "", "a"], ["K", "Kit", "A*2", "c"], ["A", "Again", "", ""]])
    assert rules(twice, products) == ["", "", "twice"]


def test_a_barcode_without_its_zeros_is_offered_or_restored_as_chosen() -> None:
    products = Reading(kind="products", format="csv", mapping={"sku": "sku", "name": "name", "code": "barcode"})
    data = table([["sku", "name", "code"], ["A", "Anvil", "36000291452"], ["B", "Ball", "036000291453"]])
    rows, _ = run(data, products)
    restored, ending = run(data, replace(products, restore_zeros=True))

    assert isinstance(rows[0], Fault)
    assert (rows[0].rule, rows[0].args) == ("import.read.barcode_zeros", {"offer": "036000291452"})
    assert rules(data, products)[1] == "barcode_check_digit"
    assert restored[0].fields["barcode"] == "036000291452"
    assert [(note.code, note.args) for note in ending.notes] == [("import.read.cleaned_zeros", {"count": 1})]


def test_a_spoilt_barcode_beside_a_sku_harms_no_order_and_is_told() -> None:
    mapping = {"Order": "number", "SKU": "sku", "EAN": "barcode", "Qty": "qty"}
    data = table([list(mapping), ["S1", "A-1", "5.02E+12", "1"], ["S1", "", "5.02E+12", "1"]])
    rows, ending = run(data, Reading(kind="orders", format="csv", mapping=mapping))

    assert rows[0].fields["barcode"] == ""
    assert rules(data, Reading(kind="orders", format="csv", mapping=mapping)) == ["", "barcode_exponent"]
    assert [(note.code, note.args) for note in ending.notes] == [("import.read.cleaned_ignored", {"count": 1})]


def test_every_row_of_a_real_catalogue_is_in_or_refused_by_a_rule_of_its_barcode_or_name(shared: Path) -> None:
    file = shared / "data" / "barcodes-usda-fdc" / "branded-gtins.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    mapping = {"fdc_id": "sku", "brand_owner": "name", "gtin_upc": "barcode"}
    reading = Reading(kind="products", format="csv", mapping=mapping)
    as_it_is, restored = (
        Counter(rules(file.read_bytes(), replace(reading, restore_zeros=zeros))) for zeros in (False, True)
    )

    assert as_it_is == {"": 4224, "barcode_zeros": 5062, "barcode_check_digit": 222, "empty": 33}
    assert restored == {"": 9255, "barcode_check_digit": 222, "empty": 64}


def _uci(shared: Path) -> bytes:
    file = shared / "data" / "orders-uci-online-retail" / "online-retail-2011-09.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    return file.read_bytes()


def test_a_month_of_a_real_shop_reads_with_the_proposed_mapping_and_every_refused_row_says_why(shared: Path) -> None:
    data = _uci(shared)
    seen = looking.look(io.BytesIO(data), "uci.csv")
    rows, ending = run(data, replace(seen.reading, constants={"currency": "GBP"}))
    refused = Counter((row.rule, row.column, row.value) for row in rows if isinstance(row, Fault))

    assert (seen.reading.kind, dict(seen.reading.mapping)) == ("orders", UCI_MAPPING)
    assert refused == {("import.read.country", "Country", "Channel Islands"): 66}
    assert (ending.totals.documents, ending.totals.rows) == (2327, 50226)
    assert sum(row.fields["qty"].startswith("-") for row in rows) == 903
    assert sum(not row.fields["customer_code"] for row in rows) == 9404
    assert sum(row.fields["price"] == "0" for row in rows) == 160


def test_the_totals_are_those_of_the_cells_of_real_rows(shared: Path) -> None:
    data = _uci(shared)
    reading = Reading(kind="orders", format="csv", mapping=UCI_MAPPING, constants={"currency": "GBP"})
    cells = [line.split(",") for line in data.decode().splitlines()[1:8000] if '"' not in line]
    _, ending = run(b"\n".join([data.splitlines()[0], *(",".join(row).encode() for row in cells)]), reading)

    assert ending.totals.units == sum(int(row[3]) for row in cells)
    assert ending.totals.amounts == {"GBP": sum((Decimal(row[5]) * int(row[3]) for row in cells), Decimal(0))}


def _parts(sample: samples.Sample) -> tuple[bytes, Reading]:
    return sample.data, sample.reading
