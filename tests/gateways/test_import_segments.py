"""X12 850 and 940, EDIFACT ORDERS: the marks, the fields, and control counts that must be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateways import import_samples as samples
from tests.gateways.import_samples import (
    edifact,
    edifact_message,
    records,
    rules,
    run,
    x12,
    x12_850,
    x12_940,
    x12_envelope,
    x12_set,
)
from wms_desktop.errors import Refusal
from wms_desktop.gateways.imports import caps
from wms_desktop.views.imports import Fault, Reading

X12 = x12().reading
EDIFACT = edifact().reading


def _refusal(data: bytes, reading: Reading) -> tuple[str, object]:
    with pytest.raises(Refusal) as refused:
        run(data, reading)
    return refused.value.code.removeprefix("import.read."), refused.value.args_["line"]


def test_an_850_gives_its_head_and_lines_with_our_numbers_before_the_buyers() -> None:
    first, second = records(*_parts(x12()))

    assert first.fields == {
        "number": "PO-77", "placed_at": "2026-11-01", "currency": "USD", "promise": "2026-11-10", "leave_by":
        "2026-11-06", "customer_code": "4711", "customer_name": "ENGINES INC", "ship_name": "Ada Byron", "street":
        "1 High Street, Flat 2", "city": "Austin, TX", "postcode": "78701", "country": "US", "service": "GROUND",
        "qty": "2", "line_no": "1", "price": "19", "sku": "A-1", "barcode": "036000291452", "name": "BLUE WIDGET",
    }  # fmt: skip
    assert (second.fields["sku"], second.fields["price"], second.line) == ("D-4", "4.5", 15)


def test_a_940_gives_its_head_and_lines() -> None:
    first, second = records(x12_envelope(x12_940(), group="OW"), X12)

    assert (first.key, first.fields["ship_name"], first.fields["country"]) == ("SO-9", "Grace Hopper", "CA")
    assert (first.fields["leave_by"], first.fields["service"]) == ("2026-11-06", "GROUND")
    assert first.fields["note"] == "Handle with care"
    assert [(row.fields["sku"], row.fields["qty"]) for row in (first, second)] == [("A-1", "4"), ("B-2", "1")]


@pytest.mark.parametrize("mark", ["*", "|", "^", "\x1d"])
@pytest.mark.parametrize("end", ["~", "\n", "\r\n", "'", "\x1c"])
def test_any_marks_that_the_isa_sets_are_taken(mark: str, end: str) -> None:
    data = x12_envelope(x12_850(), mark=mark, end=end)

    assert [row.fields for row in records(data, X12)] == [row.fields for row in records(*_parts(x12()))]
    assert samples.glance_at(data).reading.format == "x12"


def test_several_sets_give_the_counts_of_all_that_the_file_declares() -> None:
    _, ending = run(x12_envelope(x12_850("A", "0001"), x12_850("B", "0002")), X12)

    assert {each.what.removeprefix("import.read.said_"): (each.said, each.counted) for each in ending.declared} == {
        "segments": ("32", "32"), "lines": ("4", "4"), "units": ("10", "10"), "documents": ("2", "2"),
        "groups": ("1", "1"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("CTT*2*5", "CTT*3*5", "lines_count"),
        ("CTT*2*5", "CTT*2*6", "units_count"),
        ("PO1*1*2*EA", "PO1*1*3*EA", "units_count"),
        ("SE*16", "SE*15", "segment_count"),
        ("SE*16*0001", "SE*16*0002", "control_number"),
        ("BEG*00", "BEG*04", "edi_purpose"),
        ("PID*F****BLUE", "PXD*F****BLUE", "edi_segment"),
        ("DTM*002*20261110", "DTM*002*20261310", "not_day"),
        ("BEG*00*SA*PO-77", "BEG*00*SA*", "empty"),
    ],
)
def test_a_document_whose_counts_or_head_are_wrong_is_refused_with_all_its_lines(old: str, new: str, rule: str) -> None:
    assert rules(x12().data.replace(old.encode(), new.encode()), X12) == [rule, rule]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("PO1*1*2*EA", "PO1*1*2*KG", "unit"),
        ("19.00*PE", "19.00*HP", "price_basis"),
        ("19.00", "19,00", "amount_style"),
        ("VN*A-1*UP*036000291452", "UP*036000291453", "barcode_check_digit"),
        ("VN*A-1*UP*036000291452", "**", ""),
        ("PID*F****BLUE WIDGET", "SDQ*EA*92*0001*1", "several_places"),
    ],
)
def test_a_wrong_line_is_refused_alone(old: str, new: str, rule: str) -> None:
    assert rules(x12().data.replace(old.encode(), new.encode()), X12) == [rule, ""]


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (x12().data[:-16], ("edi_cut", 19)),
        (x12().data[: x12().data.index(b"CTT")], ("edi_cut", 16)),
        (x12().data.replace(b"GE*1*1", b"GE*2*1"), ("envelope_count", 19)),
        (x12().data.replace(b"IEA*1*000000905", b"IEA*1*000000906"), ("envelope_number", 20)),
        (x12().data.replace(b"ST*850", b"ST*856"), ("x12_set", 3)),
        (x12().data.replace(b"GS*PO", b"XX*PO"), ("edi_order", 2)),
        (x12().data[:60], ("x12_isa", 1)),
        (b"ISA" + b"A" * 200, ("x12_isa", 1)),
        (x12().data.replace(b"Flat 2", b"F" * (caps.MOST_SEGMENT + 1)), ("segment_long", 10)),
        (x12().data.replace(b"SE*16*0001~", b""), ("edi_order", 18)),
    ],
)
def test_an_envelope_that_is_cut_or_miscounted_refuses_the_whole_file(data: bytes, refused: tuple[str, int]) -> None:
    assert _refusal(data, X12) == refused


def test_cancelling_and_repeated_orders_say_so() -> None:
    cancelled = records(x12().data.replace(b"BEG*00", b"BEG*01"), X12)
    called_off = records(x12_envelope(x12_940().replace("W05*N", "W05*F"), group="OW"), X12)
    rows, _ = run(x12_envelope(x12_850("A", "0001"), x12_850("A", "0002")), X12)

    assert {row.fields["is_cancelled"] for row in (*cancelled, *called_off)} == {"1"}
    assert [row.rule if isinstance(row, Fault) else "" for row in rows] == ["", "", *["import.read.twice"] * 2]


def test_an_order_without_lines_is_refused_as_one() -> None:
    empty = x12_envelope(x12_set("850", "0001", "BEG*00*SA*PO-1**20261101", "CTT*0"))

    assert rules(empty, X12) == ["no_lines"]


def test_a_ship_notice_is_refused_by_its_segment_and_name(shared: Path) -> None:
    file = shared / "data" / "import-samples" / "x12-856-asn.edi"
    if not file.is_file():
        pytest.skip(f"{file} is not there")

    assert _refusal(file.read_bytes(), X12) == ("x12_set", 3)


def test_orders_gives_its_head_and_lines_with_released_characters() -> None:
    sample = edifact()
    first, second = records(sample.data.replace(b".? '", b".? '").replace(b"UNA:+.?", b"UNA:+.?"), sample.reading)

    assert first.fields == {
        "number": "801", "placed_at": "2026-11-01", "promise": "2026-11-10", "customer_code": "5412345000013",
        "customer_name": "Engines SA", "ship_name": "Grace Hopper", "street": "7 Navy Road", "city": "Gent",
        "postcode": "9000", "country": "BE", "currency": "EUR", "line_no": "1", "qty": "8", "price": "12.5",
        "sku": "A-1", "barcode": "5020436373085", "name": "Widget+, blue",
    }  # fmt: skip
    assert (second.fields["sku"], second.fields["barcode"]) == ("B-2", "5020436373108")


def test_a_sample_without_its_unz_is_taken_and_that_is_said(shared: Path) -> None:
    file = shared / "data" / "import-samples" / "edifact-orders-d96a.edi"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    rows, ending = run(file.read_bytes(), samples.glance_at(file.read_bytes()).reading)

    assert [(row.key, row.fields["barcode"], row.fields["qty"]) for row in rows] == [
        ("801715918011", "5020436373085", "8"), ("801715918011", "5020436373108", "8"),
    ]  # fmt: skip
    assert rows[0].fields["ship_name"] == "8711576100019"
    assert [(note.code, note.args) for note in ending.notes] == [("import.read.no_unz", {"count": 1})]


def test_files_without_una_and_with_other_marks_are_taken() -> None:
    usual = edifact().data.replace(b"UNA:+.? '", b"")
    other = edifact().data.replace(b"UNA:+.? '", b"UNA|*.! ~").translate(bytes.maketrans(b":+'?", b"|*~!"))

    assert records(usual, EDIFACT) == records(*_parts(edifact()))
    assert [row.fields["name"] for row in records(other.replace(b"!*,", b"!*,"), EDIFACT)[:1]] == ["Widget*, blue"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("CNT+2:2", "CNT+2:3", "lines_count"),
        ("CNT+1:13", "CNT+1:14", "units_count"),
        ("QTY+21:8", "QTY+21:9", "units_count"),
        ("UNT+20", "UNT+19", "segment_count"),
        ("UNT+20+1", "UNT+20+2", "control_number"),
        ("801+9", "801+4", "edi_purpose"),
        ("UNS+S", "UXS+S", "edi_segment"),
        ("BGM+220+801+9", "BGM+220++9", "empty"),
    ],
)
def test_a_message_whose_counts_or_head_are_wrong_is_refused_with_all_its_lines(old: str, new: str, rule: str) -> None:
    assert rules(edifact().data.replace(old.encode(), new.encode()), EDIFACT) == [rule, rule]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("QTY+21:8:PCE", "QTY+21:8:KGM", "unit"),
        ("QTY+21:8:PCE", "QTY+11:8:PCE", "several_places"),
        ("LIN+1++", "LIN+1+2+", "edi_purpose"),
        ("PRI+AAA:12.5", "PRI+AAA:x", "not_amount"),
        ("PIA+5+A-1:SA", "PIA+5", ""),
        ("PRI+AAA:12.5", "PRI+AAA:1250:::100", ""),
    ],
)
def test_a_wrong_line_of_a_message_is_refused_alone(old: str, new: str, rule: str) -> None:
    found = rules(
        edifact().data.replace(old.encode(), new.encode()).replace(b"CNT+1:13'\n", b"").replace(b"UNT+20", b"UNT+19"),
        EDIFACT,
    )

    assert found == [rule, ""]


def test_a_price_for_a_hundred_is_divided() -> None:
    data = edifact().data.replace(b"PRI+AAA:12.5", b"PRI+AAA:1250,00:::100")

    assert records(data, EDIFACT)[0].fields["price"] == "12.5"


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        (edifact().data.replace(b"UNZ+1", b"UNZ+2"), ("envelope_count", 22)),
        (edifact().data.replace(b"UNZ+1+77", b"UNZ+1+78"), ("envelope_number", 22)),
        (edifact().data[: edifact().data.index(b"UNS")], ("edi_cut", 17)),
        (edifact().data[: edifact().data.index(b"UNH")], ("edi_cut", 1)),
        (edifact().data.replace(b"ORDERS", b"DESADV"), ("edifact_message", 2)),
        (b"UNA:::: '", ("edifact_una", 1)),
        (b"UNB+UNOA:1'LIN+1'", ("edi_order", 2)),
    ],
)
def test_an_interchange_that_is_cut_or_miscounted_refuses_the_whole_file(data: bytes, refused: tuple[str, int]) -> None:
    assert _refusal(data, EDIFACT) == refused


def test_several_messages_are_several_orders_and_a_number_comes_once() -> None:
    two = edifact(edifact_message("801", "1"), edifact_message("802", "2"))
    same = edifact(edifact_message("801", "1"), edifact_message("801", "2"))

    assert [row.key for row in records(*_parts(two))] == ["801", "801", "802", "802"]
    assert rules(*_parts(same)) == ["", "", "twice", "twice"]


def test_control_counts_tell_every_lost_or_changed_line_of_a_message() -> None:
    lines = edifact().data.splitlines(keepends=True)
    for at in range(2, len(lines) - 1):
        spoilt = b"".join([*lines[:at], *lines[at + 1 :]])
        try:
            rows, _ = run(spoilt, EDIFACT)
        except Refusal:
            continue

        assert all(isinstance(row, Fault) for row in rows), lines[at]


def _parts(sample: samples.Sample) -> tuple[bytes, Reading]:
    return sample.data, sample.reading
