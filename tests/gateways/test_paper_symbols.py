"""Barcodes as they come off the printer: decoded by another library, and measured dot by dot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gateways import paper_samples as samples
from tests.gateways.paper_reader import draw_pages, page_texts, read_all, read_symbols, run_lengths
from wms_desktop.domain import documents, sscc
from wms_desktop.domain.documents import Document, ItemLabel
from wms_desktop.errors import BadInput
from wms_desktop.gateways.paper import symbols
from wms_desktop.gateways.paper.rendering import render
from wms_desktop.gateways.paper.sheets import A4, Sheet

EACH = samples.one_of_each()
SSCC = samples.shipping_label().sscc
GS = b"\x1d"


def expected(kind: str) -> list[tuple[bytes, str]]:
    """Every symbol the samples must show, in no order."""
    plain = {
        "pick_list": ["PL-000118"],
        "crossdock_tag": ["XD-0000347"],
        "packing_slip": ["PS-004711-2"],
        "bin_label": [mark.code for mark in samples.BINS.marks],
        "tote_label": [mark.code for mark in samples.TOTES.marks],
        "cart_label": ["CART-03"],
        "badge_sheet": [badge.code for badge in samples.BADGES.badges],
        "desk_sheet": [documents.key_code(key) for key in samples.DESK.keys],
        "manifest": ["M-000052"] * 3,
        "received_note": ["GR-000077"],
        "order_story": ["SO-2026-004711"],
        "barcode_sheet": ["PO-20881", "PO-20882", *(f"LANE-{n}" for n in range(1, 7))],
    }
    found = [(code.encode(), "]C0") for code in plain.get(kind, [])]
    if kind == "shipping_label":
        found = [(b"42127610623", "]C1"), (b"00" + SSCC.encode(), "]C1")]
    if kind == "item_label":
        found = [(b"5012345678900", "]E0")]
    if kind == "barcode_sheet":
        found += [(b"5012345678900", "]E0"), (b"0036000291452", "]E0"), (b"96385074", "]E4")]
        found += [(b"0115012345678907", "]C1"), (b"010952123454321317271231" + b"10AB1" + GS + b"21S-99", "]C1")]
        found += [(b"00" + sscc.number("4012345", 99).encode(), "]C1")]
    return sorted(found)


@pytest.mark.parametrize("page", ["", "A4", "Letter"])
@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("document", EACH.values(), ids=EACH)
def test_every_barcode_of_every_document_reads_as_it_should(document: Document, dpi: int, page: str) -> None:
    found = read_all(render(document, dpi=dpi, page=page), dpi)

    wanted = expected(document.kind)
    if document.kind in ("pick_list", "manifest"):  # every page says the number; a shorter paper has more pages
        wanted = [wanted[0]] * len(found)
    assert found
    assert sorted(found) == wanted


@pytest.mark.parametrize(("dpi", "module"), [(203, 4), (300, 6)])
def test_the_labels_bars_are_whole_modules_of_whole_dots(dpi: int, module: int) -> None:
    (picture,) = draw_pages(render(samples.shipping_label(), dpi=dpi), dpi)

    for read in read_symbols(picture):
        runs = run_lengths(picture, read)
        assert {run % module for run in runs} == {0}
        assert set(runs) <= {module * n for n in (1, 2, 3, 4)}
        assert sum(runs) % module == 0


@pytest.mark.parametrize(("dpi", "module"), [(203, 3), (300, 5)])
def test_the_houses_own_bars_are_whole_dots_on_office_paper_too(dpi: int, module: int) -> None:
    (picture,) = draw_pages(render(samples.pick_list(), dpi=dpi), dpi)
    (read,) = read_symbols(picture)

    assert set(run_lengths(picture, read)) == {module * n for n in (1, 2, 3, 4)}


@pytest.mark.parametrize("dpi", [203, 300])
def test_the_sscc_stands_lowest_is_tall_enough_and_keeps_its_quiet_zones(dpi: int) -> None:
    (picture,) = draw_pages(render(samples.shipping_label(), dpi=dpi), dpi)
    lowest = read_symbols(picture)[-1]
    middle = (lowest.top + lowest.bottom) // 2
    column = next(x for x in range(picture.width) if picture.getpixel((x, middle)) < 128)
    bars = next(y for y in range(middle, 0, -1) if picture.getpixel((column, y)) >= 128)
    under = next(y for y in range(middle, picture.height) if picture.getpixel((column, y)) >= 128)

    assert lowest.data == b"00" + SSCC.encode()
    assert (under - bars - 1) * 25.4 / dpi >= 31.7
    quiet = 10 * symbols.gs1_128([("00", SSCC)]).module_dots(dpi)
    for x in (*range(column - quiet, column), *range(picture.width - column, picture.width - column + quiet)):
        assert picture.getpixel((x, middle)) >= 128


def test_the_sscc_symbol_is_as_wide_as_the_lab_measured() -> None:
    symbol = symbols.gs1_128([("00", "340123450000000017")])

    assert len(symbol.bits) == 156
    assert symbol.width_dots(203) * 25.4 / 203 == pytest.approx(88.0, abs=0.1)
    assert symbol.width_dots(300) * 25.4 / 300 == pytest.approx(89.4, abs=0.1)


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"code": "96385074"}, (b"96385074", "]E4")),
        ({"code": "0036000291452"}, (b"0036000291452", "]E0")),
        ({"code": "15012345678907"}, (b"0115012345678907", "]C1")),
        ({"lot": "AB1", "expiry": date(2027, 12, 31)}, (b"01050123456789001727123110AB1", "]C1")),
        ({"lot": "Łódź 7"}, (b"5012345678900", "]E0")),
        ({"lot": "AB1xY9-b7/Q3.z8+K4_m"}, (b"010501234567890010AB1xY9-b7/Q3.z8+K4_m", "]C1")),
        ({"code": "HOUSE-1", "is_gtin": False}, (b"HOUSE-1", "]C0")),
        ({"code": "a-Long-sku-of-27-characters", "is_gtin": False}, (b"a-Long-sku-of-27-characters", "]C0")),
    ],
)
def test_an_item_label_bears_the_fullest_code_that_fits_it(
    changes: dict[str, Any], says: tuple[bytes, str], dpi: int
) -> None:
    assert read_all(render(replace(samples.ITEM, **changes), dpi=dpi), dpi) == [says]


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("letter", ["W", "A", "i", "Я"])
def test_the_longest_sku_and_lot_print_whole_and_the_code_scans(letter: str, dpi: int) -> None:
    sku, lot = letter * 59 + "1", letter * 59 + "2"
    label = replace(samples.ITEM, sku=sku, lot=lot, expiry=date(2027, 12, 31))

    pdf = render(label, dpi=dpi)

    text = "".join(page_texts(pdf)[0].split())
    assert (sku in text, lot in text) == (True, True)
    [(data, _)] = read_all(pdf, dpi)
    assert data.startswith(b"0105012345678900")


@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_a_label_bears_any_own_code_of_the_letters_it_promises(dpi: int) -> None:
    code = "aB-3" * 7 + "Xy9"
    assert len(code) == ItemLabel.most_letters

    assert read_all(render(replace(samples.ITEM, code=code, is_gtin=False), dpi=dpi), dpi) == [(code.encode(), "]C0")]


def test_an_item_whose_code_no_label_can_bear_is_refused_and_not_shrunk() -> None:
    with pytest.raises(BadInput, match="symbol_too_wide"):
        render(replace(samples.ITEM, code="x" * 60, is_gtin=False))


GS1_TEXT = st.text("ABCXYZabcxyz0123456789-./", min_size=1, max_size=12)
PARTS = {
    "01": st.just("09521234543213"),
    "17": st.just("271231"),
    "10": GS1_TEXT,
    "21": GS1_TEXT,
    "400": GS1_TEXT,
    "37": st.text("0123456789", min_size=1, max_size=6),
}


@settings(max_examples=40)
@given(st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=3, unique=True), st.data())
def test_separators_stand_after_variable_values_only_and_all_reads_back(order: list[str], data: st.DataObject) -> None:
    elements = [(ai, data.draw(PARTS[ai])) for ai in order]
    sheet = Sheet(A4, 300, "symbols")
    sheet.symbol(0, 20, 20, symbols.gs1_128(elements, module_mm=0.25), room=210)
    ends = [GS if ai not in ("01", "17") else b"" for ai in order[:-1]] + [b""]

    found = read_all(sheet.finish(), 300)

    wanted = b"".join((ai + value).encode() + end for (ai, value), end in zip(elements, ends, strict=True))
    assert found == [(wanted, "]C1")]


@settings(max_examples=40)
@given(st.text([chr(n) for n in range(32, 127)], min_size=1, max_size=24))
def test_any_printable_code_of_the_house_reads_back(code: str) -> None:
    sheet = Sheet(A4, 203, "symbols")
    sheet.symbol(0, 20, 20, symbols.code128(code, module_mm=0.25), room=210)

    assert [read for read, _ in read_all(sheet.finish(), 203)] == [code.encode()]


@pytest.mark.parametrize("text", ["", "Łódź", "A\nB", "\x1d", "٤٢", "A\xf1B"])
def test_what_code_128_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="not_encodable"):
        symbols.code128(text)
    with pytest.raises(BadInput, match="not_encodable"):
        symbols.gs1_128([("10", text)]) if text else symbols.gs1_128([("", "")])


@pytest.mark.parametrize("digits", ["5012345678901", "123", "", "50123456789X0", "15012345678908"])
def test_a_retail_code_with_a_wrong_check_digit_is_never_drawn(digits: str) -> None:
    with pytest.raises(BadInput, match="not_encodable"):
        symbols.gtin(digits)


@pytest.mark.parametrize("text", ["(01)09521234543214", "(00)340123450000000018", "(01)123", "0109521234543213", "(99"])
def test_gs1_text_in_brackets_is_proved_before_it_is_drawn(text: str) -> None:
    with pytest.raises(BadInput, match="not_encodable"):
        symbols.gs1_from_brackets(text)


def test_a_symbol_that_does_not_fit_is_refused_with_its_width_never_shrunk() -> None:
    with pytest.raises(BadInput, match="symbol_too_wide") as refused:
        render(samples.crossdock_tag(number="XD-" + "ABCDEFGH-" * 4), dpi=203)

    assert int(refused.value.args_["width_mm"]) > int(refused.value.args_["room_mm"])
