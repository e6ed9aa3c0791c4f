"""The first look: format, kind, encoding, delimiter, decimals, days, titles; what is a guess is said to be one."""

from __future__ import annotations

import io

import pytest

from tests.gateways import import_samples as samples
from tests.gateways.import_samples import glance_at, sheet, table
from wms_desktop.errors import Refusal
from wms_desktop.gateways.imports.looking import look
from wms_desktop.views.imports import Glance


def _notes(seen: Glance) -> list[str]:
    return [note.code.removeprefix("import.read.") for note in seen.notes]


GERMAN = ["Auftragsnr.;Artikelnummer;Menge;Einzelpreis;Bestelldatum;PLZ;Ort;Straße",
          "A1;X-1;2;1.234,50;13.11.2026;04109;Köln;Weg 1", "A1;X-2;1;7,00;02.11.2026;04109;Köln;Weg 1"]  # fmt: skip
SPANISH = ["Número de pedido;Código;Cantidad;Precio unitario;Fecha de pedido;Código postal;Población",
           "P1;X-1;2;3,50;13/11/2026;28001;Madrid"]  # fmt: skip
FRENCH = ["N° de commande;Référence;Quantité;Prix unitaire;Date de commande;Code postal;Ville",
          "C1;X-1;2;3,50;13/11/2026;75001;Évry"]  # fmt: skip
ENGLISH = ["Order number,SKU,Quantity,Unit price,Order date,Postcode,City", "S1,X-1,2,3.50,11/13/2026,78701,Austin"]


@pytest.mark.parametrize(
    ("lines", "delimiter", "decimal", "dates"),
    [(GERMAN, ";", ",", "dmy"), (SPANISH, ";", ",", "dmy"), (FRENCH, ";", ",", "dmy"), (ENGLISH, ",", ".", "mdy")],
)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_titles_of_four_languages_are_fields_and_marks_are_seen(
    lines: list[str], delimiter: str, decimal: str, dates: str, encoding: str
) -> None:
    seen = glance_at("\n".join(lines).encode(encoding))
    reading = seen.reading

    assert (reading.kind, reading.delimiter, reading.decimal, reading.dates) == ("orders", delimiter, decimal, dates)
    assert {"number", "sku", "qty", "price", "placed_at", "postcode", "city"} <= set(reading.mapping.values())
    assert samples.rules("\n".join(lines).encode(encoding), reading) == [""] * (len(lines) - 1)


def test_what_no_value_proves_is_said_to_be_assumed() -> None:
    seen = glance_at(b"Order;SKU;Qty;Price;Date\nS1;A;1;5;01.02.2026\n")

    assert (seen.reading.decimal, seen.reading.dates) == (",", "dmy")
    assert _notes(seen)[:3] == ["doubt_kind", "doubt_decimal", "doubt_dates"]


@pytest.mark.parametrize(
    ("titles", "kind"),
    [
        ("sku,name,barcode,brand,weight (kg)", "products"),
        ("Artikelnummer;Bezeichnung;EAN;Hersteller", "products"),
        ("location,sku,qty,lot,expiry", "stock"),
        ("Lagerplatz;Artikelnummer;Bestand;Charge;MHD", "stock"),
        ("order,sku,qty", "orders"),
    ],
)
def test_the_kind_is_guessed_by_the_titles_unless_it_is_given(titles: str, kind: str) -> None:
    cells = titles.replace(";", ",").split(",")
    data = table([cells, ["x"] * len(cells)])

    assert glance_at(data).reading.kind == kind
    assert glance_at(data, "products").reading.kind == "products"
    assert "doubt_kind" in _notes(glance_at(data))
    assert "doubt_kind" not in _notes(glance_at(data, "stock"))


def test_titles_may_stand_lower_or_be_missing_and_that_is_told() -> None:
    lower = glance_at(b"November\nall shops,,\nOrder,SKU,Qty\nS1,A,1\n")
    missing = glance_at(b"1001,A-1,2\n1002,A-2,3\n", "orders")

    assert (lower.reading.header, lower.sample[0]) == (3, ("S1", "A", "1"))
    assert _notes(lower)[0] == "doubt_header"
    assert (missing.reading.header, missing.columns, missing.sample[0]) == (0, ("1", "2", "3"), ("1001", "A-1", "2"))
    assert _notes(missing)[0] == "doubt_missing"


def test_what_stands_in_the_way_is_told_first() -> None:
    seen = glance_at(b"Order,Qty,Qty,EAN\nS1,1,2,36000291452\n", "orders")

    assert seen.columns == ("Order", "Qty (1)", "Qty (2)", "EAN")
    assert _notes(seen)[:4] == ["doubt_zeros", "doubt_goods_by_barcode", "doubt_missing", "doubt_twice"]
    assert ("sku", False) in seen.fields


def test_a_sheet_is_chosen_and_a_glance_shows_its_cells_as_they_are_read() -> None:
    data = sheet([], Orders=[["Order", "SKU", "Qty"], ["S1", "A-1", 2]], Other=[["x"]])
    seen = glance_at(data)

    assert (seen.reading.sheet, seen.sheets) == ("Orders", ("Sheet", "Orders", "Other"))
    assert seen.sample == (("S1", "A-1", "2"),)
    assert _notes(seen)[0] == "doubt_sheet"


@pytest.mark.parametrize("name", ["x12", "edifact"])
def test_segments_show_their_lines_and_need_no_mapping(name: str) -> None:
    seen = glance_at(samples.ALL[name]().data)

    assert (seen.reading.format, seen.fields, dict(seen.reading.mapping)) == (name, (), {})
    assert seen.columns[:2] == ("number", "sku")
    assert len(seen.sample) == 2


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"%PDF-1.7", "not_a_table"),
        (b"<html><table>", "not_a_table"),
        (b"<?xml version='1.0'?><a/>", "not_a_table"),
        (b'{"orders": []}', "not_a_table"),
        (b"\x1f\x8b\x08", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        (b"  \n ", "empty_file"),
        (b"one\ntwo\nthree\n", "one_column"),
        (b"PK\x03\x04", "xlsx_damaged"),
    ],
)
def test_what_is_no_table_is_refused_by_its_first_bytes(data: bytes, rule: str) -> None:
    with pytest.raises(Refusal) as refused:
        look(io.BytesIO(data), "odd.file")

    assert (refused.value.code, refused.value.args_["file"]) == (f"import.read.{rule}", "odd.file")
