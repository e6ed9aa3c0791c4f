"""X12 856, EDIFACT DESADV and tables of notices: orders, pallets, cartons, lots, days, and what is spoilt."""

from __future__ import annotations

import io

import pytest

from tests.gateways import import_samples as samples
from tests.gateways.import_samples import (
    SSCCS,
    Sample,
    desadv,
    desadv_message,
    edifact,
    notice_table,
    records,
    rules,
    run,
    x12,
    x12_856,
    x12_envelope,
    x12_notices,
    x12_set,
)
from wms_desktop.domain import written
from wms_desktop.errors import BadInput, Refusal
from wms_desktop.gateways.imports.looking import look
from wms_desktop.views.imports import Fault, Reading

X12 = x12_notices().reading
EDIFACT = desadv().reading


def _faults(data: bytes, reading: Reading) -> list[tuple[str, str]]:
    rows, _ = run(data, reading)
    return [(row.column, row.rule.removeprefix("import.read.")) for row in rows if isinstance(row, Fault)]


def _without(*names: str) -> list[str]:
    return [segment for segment in desadv_message() if not segment.startswith(names)]


def test_an_856_gives_each_item_with_its_order_pallet_carton_lot_and_day() -> None:
    first, second, third = records(*_parts(x12_notices()))

    assert first.fields == {
        "number": "SHIP-1", "shipped_on": "2026-11-20", "due": "2026-11-24", "supplier_code": "S1", "supplier_name":
        "Engines Inc", "carrier": "NORTHWAY", "purchase": "PO-1", "pallet": SSCCS[0], "carton": SSCCS[1], "sku": "A-1",
        "barcode": "036000291452", "qty": "4", "lot": "L-7", "expiry": "2027-01-31",
    }  # fmt: skip
    assert (second.fields["carton"], second.fields["lot"], second.fields["name"]) == (SSCCS[2], "L-8", "RED WIDGET")
    assert (third.fields["purchase"], third.fields["carton"], "pallet" in third.fields) == ("PO-2", SSCCS[3], False)


def test_a_tree_whose_levels_name_no_parents_is_read_by_its_order() -> None:
    bare = x12_856().replace("HL*4*3*P", "HL*4**P").replace("HL*5*4*I", "HL*5**I").replace("HL*8*1*O", "HL*8**O")
    first, _, third = records(x12_envelope(bare, group="SH"), X12)

    assert (first.fields["pallet"], first.fields["carton"]) == (SSCCS[0], SSCCS[1])
    assert third.fields["purchase"] == "PO-2"


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ("CTT*10*13", "CTT*9*13", "levels_count"),
        ("CTT*10*13", "CTT*10*14", "units_count"),
        ("HL*4*3*P", "HL*4*99*P", "hl_parent"),
        ("HL*6*3*P", "HL*4*3*P", "hl_twice"),
        ("HL*6*3*P", "HL*6*5*P", "hl_packs"),
        ("BSN*00", "BSN*44", "edi_purpose"),
        ("TD1*CTN25*3", "XX1*CTN25*3", "edi_segment"),
    ],
)
def test_a_spoilt_856_refuses_all_its_rows(was: str, now: str, why: str) -> None:
    found = _faults(x12_envelope(x12_856().replace(was, now), group="SH"), X12)

    assert [rule for _, rule in found] == [why] * 3


@pytest.mark.parametrize(
    ("was", "now", "place", "why"),
    [
        (f"MAN*GM*00{SSCCS[1]}", f"MAN*GM*{SSCCS[1][:-1]}9", "MAN-02", "not_sscc"),
        ("SN1**4*EA", "SN1**4*PL", "SN1-03", "unit"),
        ("DTM*036*20270131", "DTM*036*20271331", "DTM-02", "not_day"),
    ],
)
def test_a_wrong_value_of_an_856_is_named_with_its_place(was: str, now: str, place: str, why: str) -> None:
    found = _faults(x12_envelope(x12_856().replace(was, now), group="SH"), X12)

    assert found == [(place, why)]


@pytest.mark.parametrize(
    ("sample", "was", "now"),
    [
        (x12(), b"PO1*1*2*EA", b"PO1*1*2*CA"),
        (x12_notices(), b"SN1**4*EA", b"SN1**4*CT"),
        (edifact(), b"QTY+21:8:PCE", b"QTY+21:8:CS"),
        (desadv(), b"QTY+12:10:PCE", b"QTY+12:10:CT"),
    ],
    ids=["850", "856", "ORDERS", "DESADV"],
)
def test_a_line_that_counts_in_cases_says_so_and_keeps_its_count(sample: Sample, was: bytes, now: bytes) -> None:
    before = records(*_parts(sample))[0].fields

    first = records(sample.data.replace(was, now), sample.reading)[0].fields

    assert first == before | {"unit": "case"}


def test_a_desadv_gives_its_lines_and_deals_them_out_over_like_cartons() -> None:
    first, second, third = records(*_parts(desadv()))

    assert first.fields == {
        "number": "DES-1", "shipped_on": "2026-11-20", "due": "2026-11-24", "supplier_code": "5412345000013",
        "supplier_name": "Engines SA", "carrier": "NORTHWAY", "purchase": "PO-1", "pallet": SSCCS[0],
        "carton": SSCCS[1], "sku": "A-1", "barcode": "5020436373085", "qty": "5", "lot": "L-7", "expiry": "2027-01-31",
    }  # fmt: skip
    assert (second.fields["carton"], second.fields["qty"]) == (SSCCS[2], "5")
    assert (third.fields["purchase"], third.fields["pallet"], third.fields["lot"]) == ("PO-2", SSCCS[3], "L-8")


def test_a_d01b_message_reads_alike() -> None:
    newer = desadv(desadv_message(release="01B:UN:EAN007"))

    assert [row.fields for row in records(*_parts(newer))] == [row.fields for row in records(*_parts(desadv()))]


def test_a_line_that_does_not_divide_over_its_cartons_stays_whole_and_names_the_pallet() -> None:
    odd = [segment.replace("QTY+12:10:PCE", "QTY+12:9:PCE") for segment in desadv_message()]
    first, *_ = records(*_parts(desadv(odd)))

    assert (first.fields["qty"], first.fields["pallet"], "carton" in first.fields) == ("9", SSCCS[0], False)


@pytest.mark.parametrize(
    ("was", "now", "why"),
    [
        ("CNT+2:2", "CNT+2:3", "lines_count"),
        ("CPS+3+2", "CPS+3+9", "cps_parent"),
        ("BGM+351+DES-1+9", "BGM+351+DES-1+4", "edi_purpose"),
        ("TDT+20", "TDX+20", "edi_segment"),
    ],
)
def test_a_spoilt_desadv_refuses_all_its_rows(was: str, now: str, why: str) -> None:
    message = [segment.replace(was, now) for segment in desadv_message()]
    found = {rule for _, rule in _faults(desadv(message).data, EDIFACT)}

    assert found == {why}


def test_a_cancelled_notice_says_so() -> None:
    x12 = records(x12_envelope(x12_856().replace("BSN*00", "BSN*01"), group="SH"), X12)
    edi = records(desadv([one.replace("DES-1+9", "DES-1+1") for one in desadv_message()]).data, EDIFACT)

    assert {row.fields["is_cancelled"] for row in (*x12, *edi)} == {"1"}


def test_packages_without_end_are_refused() -> None:
    deep = x12_set("856", "0001", "BSN*00*S*20261120*1200", "HL*1**S",
                   *(f"HL*{level}*{level - 1}*T" for level in range(2, 40)))  # fmt: skip
    nested = [*_without("CPS", "CNT"), *(f"CPS+{level}+{level - 1}" for level in range(2, 40))]
    nested.insert(1, "CPS+1")

    for data, reading in ((x12_envelope(deep, group="SH"), X12), (desadv(nested).data, EDIFACT)):
        with pytest.raises(Refusal, match="hl_deep"):
            run(data, reading)


@pytest.mark.parametrize("sample", [x12_notices(), desadv()], ids=["x12", "edifact"])
def test_the_first_look_sees_that_a_file_holds_notices(sample: Sample) -> None:
    glance = look(io.BytesIO(sample.data), "day")

    assert (glance.reading.kind, glance.reading.format) == ("notices", sample.reading.format)
    assert {"purchase", "pallet", "carton"} <= set(glance.columns)


def test_orders_among_notices_are_refused_by_their_set() -> None:
    for data, reading, rule in (
        (x12_envelope(samples.x12_850()), X12, "x12_set"),
        (x12_envelope(x12_856(), group="SH"), samples.x12().reading, "x12_set"),
        (samples.edifact().data, EDIFACT, "edifact_message"),
    ):
        with pytest.raises(Refusal, match=rule):
            run(data, reading)


def test_a_table_of_notices_is_recognised_and_read() -> None:
    sample = notice_table()
    glance = look(io.BytesIO(sample.data), "asn.csv")
    rows = records(sample.data, glance.reading)

    assert (glance.reading.kind, dict(glance.reading.mapping)) == ("notices", dict(sample.reading.mapping))
    assert [row.fields["carton"] for row in rows] == [SSCCS[1], SSCCS[2], ""]


def test_a_table_of_purchase_orders_is_recognised_by_its_supplier() -> None:
    data = b"PO number,Vendor,Due date,SKU,Qty,Unit price\nPO-1,S1,2026-11-24,A-1,4,1.50\n"
    glance = look(io.BytesIO(data), "po.csv")
    (row,) = records(data, glance.reading)

    assert glance.reading.kind == "purchases"
    assert row.fields == {"number": "PO-1", "supplier_code": "S1", "due": "2026-11-24", "sku": "A-1", "qty": "4",
                          "price": "1.5"}  # fmt: skip


@pytest.mark.parametrize("text", [SSCCS[0], f"(00) {SSCCS[0]}", f"00{SSCCS[0]}", f"{SSCCS[0][:9]} {SSCCS[0][9:]}"])
def test_an_sscc_is_read_however_it_is_written(text: str) -> None:
    assert written.canonical("pallet", text) == SSCCS[0]


@pytest.mark.parametrize("text", ["34012345000000001", "3.4E+17", "X", SSCCS[0][:-1] + "8"])
def test_what_is_no_sscc_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not_sscc"):
        written.canonical("carton", text)


def test_lost_leading_zeros_of_an_sscc_are_offered_not_guessed() -> None:
    with pytest.raises(BadInput, match="sscc_zeros") as refused:
        written.canonical("carton", "52000000000000016")

    assert refused.value.args_["offer"] == "052000000000000016"


def test_a_spoilt_sscc_refuses_its_row_alone() -> None:
    spoilt = notice_table().data.replace(SSCCS[2].encode(), b"123")

    assert rules(spoilt, notice_table().reading) == ["", "not_sscc", ""]


def _parts(sample: Sample) -> tuple[bytes, Reading]:
    return sample.data, sample.reading
