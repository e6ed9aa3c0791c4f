"""What a reading that a person chose at the desk makes of a file."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from wms_desktop.errors import BadInput
from wms_desktop.gateways.imports.looking import look, look_as
from wms_desktop.views.imports import Glance, Reading

TEXT = "Order;Code;Pieces\nA1;MUG;2\nA2;CUP, blue;3\n"
READING = Reading(
    kind="orders", format="csv", delimiter=";", mapping={"Order": "number", "Code": "sku", "Pieces": "qty"}
)


def seen(reading: Reading, text: str = TEXT) -> Glance:
    return look_as(io.BytesIO(text.encode(reading.encoding)), "orders.csv", reading)


def test_the_mapping_that_was_chosen_is_kept_where_its_columns_are_there() -> None:
    chosen = replace(READING, mapping={"Order": "number", "Pieces": "qty", "Gone": "sku"})

    glance = seen(chosen)

    assert glance.columns == ("Order", "Code", "Pieces")
    assert glance.reading.mapping == {"Order": "number", "Pieces": "qty"}
    assert glance.sample == (("A1", "MUG", "2"), ("A2", "CUP, blue", "3"))


def test_another_delimiter_makes_other_columns_and_they_are_proposed_anew() -> None:
    glance = seen(replace(READING, delimiter=","))

    assert glance.columns == ("Order;Code;Pieces",)
    assert glance.reading.mapping == {}
    assert glance.reading.delimiter == ","


@pytest.mark.parametrize(("header", "columns"), [(0, ("1", "2", "3")), (2, ("A1", "MUG", "2"))])
def test_the_titles_stand_where_the_person_says(header: int, columns: tuple[str, ...]) -> None:
    assert seen(replace(READING, header=header)).columns == columns


def test_another_encoding_shows_at_once_in_the_sample() -> None:
    raw = "Order;Code;Pieces\nA1;KÄSE;2\n".encode("cp1252")
    right, wrong = (
        look_as(io.BytesIO(raw), "a.csv", replace(READING, encoding=encoding)).sample[0][1]
        for encoding in ("cp1252", "cp437")
    )

    assert right == "KÄSE"
    assert wrong != "KÄSE"


def test_another_sheet_is_another_table() -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Second").append(["Order", "SKU", "Qty"])
    book["Second"].append(["A1", "MUG", 2])
    book.worksheets[0].append(["SKU", "Name"])
    book.worksheets[0].append(["MUG", "Blue mug"])
    file = io.BytesIO()
    book.save(file)

    glance = look_as(file, "a.xlsx", Reading(kind="orders", format="xlsx", sheet="Second"))

    assert glance.columns == ("Order", "SKU", "Qty")
    assert set(glance.reading.mapping.values()) == {"number", "sku", "qty"}
    assert glance.sheets == ("Sheet", "Second")


def test_what_was_proposed_and_is_chosen_as_it_is_gives_the_same_columns() -> None:
    first = look(io.BytesIO(TEXT.encode()), "orders.csv", "orders")

    again = seen(first.reading)

    assert (again.columns, again.sample, again.reading) == (first.columns, first.sample, first.reading)


def test_a_delimiter_that_nobody_offers_is_refused_with_the_files_name() -> None:
    with pytest.raises(BadInput) as refused:
        seen(replace(READING, delimiter="#"))

    assert refused.value.code == "import.read.delimiter_unknown"
    assert refused.value.args_["file"] == "orders.csv"
