"""XLSX: what a spreadsheet shows is what is read; what no workbook has is refused before it costs anything."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from tests.gateways import import_samples as samples
from tests.gateways.import_samples import bare_xlsx, records, rules, run, sheet, xlsx
from wms_desktop.errors import Refusal
from wms_desktop.gateways.imports import caps
from wms_desktop.gateways.imports.sheets import NOT_CALCULATED, Workbook
from wms_desktop.views.imports import Reading

READING = xlsx().reading


def _cells(data: bytes, name: str = "", decimal: str = ".") -> list[tuple[int, list[str]]]:
    book = Workbook(io.BytesIO(data))
    return list(book.rows(book.choose(name), decimal))


def _refusal(data: bytes, reading: Reading = READING) -> tuple[str, object]:
    with pytest.raises(Refusal) as refused:
        run(data, reading)
    args = refused.value.args_
    return refused.value.code.removeprefix("import.read.xlsx_"), args.get("member") or args.get("cell") or args.get(
        "line"
    )


def test_numbers_days_and_texts_come_as_they_are_shown() -> None:
    found = records(xlsx().data, READING)

    assert [row.fields["price"] for row in found] == ["19", "6.5", "7.25", "19", "0.3", "1234.56"]
    assert [row.fields["placed_at"] for row in found[1:4]] == ["2026-11-01", "2026-11-02T08:30:00", "2026-11-03"]
    assert [row.line for row in found] == [2, 3, 4, 5, 6, 7]


def test_numbers_of_a_sheet_mean_the_same_whichever_decimal_mark_its_texts_have() -> None:
    rows = [["Order", "SKU", "Qty", "Price"], ["S1", "A", 1, 1234.5], ["S2", "A", 1, "1.234,5"]]
    mapping = {title: samples.ORDER_MAPPING[title] for title in rows[0]}
    reading = Reading(kind="orders", format="xlsx", decimal=",", mapping=mapping)

    assert [row.fields["price"] for row in records(sheet(rows), reading)] == ["1234.5", "1234.5"]


def test_any_workbook_reads_as_the_library_reads_it() -> None:
    dice = random.Random(7)
    texts = ("", "A-1", "Ümläut & <b>", "'00123", "two\nlines", " blank ")
    numbers = (0, 7, -3, 12.5, 1e-7, 5020436373085, 0.1 + 0.2, True, False)
    pool: Sequence[Any] = (*texts, *numbers, datetime(2026, 2, 28, 23, 59, 59), datetime(2000, 1, 1))
    rows = [[f"c{n}" for n in range(8)]] + [[dice.choice(pool) for _ in range(8)] for _ in range(200)]
    data = sheet(rows)
    wanted = {}
    for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows():
        texts = [_text(cell.value) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        wanted[row[0].row] = texts

    assert dict(_cells(data)) == {line: texts for line, texts in wanted.items() if texts}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time().isoformat() == "00:00:00" else "%Y-%m-%d %H:%M:%S")
    return value if isinstance(value, str) else f"{float(value):.7f}".rstrip("0").rstrip(".")


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("<c r='A1'><v>1E3</v></c>", "1000"),
        ("<c r='A1'><v>5.020436373085E12</v></c>", "5020436373085"),
        ("<c r='A1'><v>19.989999999999998</v></c>", "19.99"),
        ("<c r='A1' t='b'><v>1</v></c>", "1"),
        ("<c r='A1' t='e'><v>#REF!</v></c>", "#REF!"),
        ("<c r='A1' t='str'><f>A2</f><v>text</v></c>", "text"),
        ("<c r='A1'><f>A2+1</f></c>", NOT_CALCULATED),
        (
            "<c r='A1' t='inlineStr'><is><r><t>rich </t></r><r><t>text</t></r><rPh><t>sound</t></rPh></is></c>",
            "rich text",
        ),
        ("<c t='inlineStr'><is><t>&amp;&#65;_x0042_</t></is></c>", "&AB"),
        ("<x:c r='A1'><x:v>7</x:v></x:c>", "7"),
    ],
)
def test_each_kind_of_cell_gives_its_text(cell: str, found: str) -> None:
    text = f"<x xmlns:x='s'><row r='1'>{cell}</row></x>"

    assert _cells(bare_xlsx(text)) == [(1, [found])]


def test_days_count_from_1900_or_1904_as_the_workbook_says() -> None:
    formats = "<numFmt numFmtId='164' formatCode='[$-409]d\\-mmm;@'/><numFmt numFmtId='165' formatCode='0.00\"days\"'/>"
    cells_of = "".join(f"<xf numFmtId='{number}'/>" for number in (14, 164, 165))
    styles = {
        "xl/styles.xml": f"<s><numFmts>{formats}</numFmts><cellXfs>{cells_of}</cellXfs></s>",
        "xl/_rels/workbook.xml.rels": "<R><Relationship Id='a' Type='x/worksheet' Target='worksheets/sheet1.xml'/>"
        "<Relationship Id='b' Type='x/styles' Target='/xl/styles.xml'/></R>",
    }
    values = (("0", "46327"), ("1", "46327.75"), ("2", "46327"), ("0", "1"))
    cells = "<row r='1'>" + "".join(f"<c s='{style}'><v>{value}</v></c>" for style, value in values) + "</row>"
    book = "<w xmlns:r='r'><workbookPr date1904='1'/><sheets><sheet name='One' r:id='a'/></sheets></w>"

    assert _cells(bare_xlsx(cells, **styles))[0][1] == ["2026-11-01", "2026-11-01 18:00:00", "46327", "1900-01-01"]
    assert _cells(bare_xlsx(cells, **styles, **{"xl/workbook.xml": book}))[0][1][0] == "2030-11-02"


def test_the_chosen_sheet_is_read_and_hidden_rows_are_told() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx().data))
    book.create_sheet("Notes", 0).sheet_state = "hidden"
    page = book["Sheet"]
    page.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    _, ending = run(out.getvalue(), READING)
    seen = samples.glance_at(out.getvalue())

    assert [(note.code, note.args) for note in ending.notes] == [("import.read.hidden_rows", {"count": 1})]
    assert (seen.sheets, seen.reading.sheet) == (("Notes", "Sheet"), "Sheet")
    assert (
        _refusal(out.getvalue(), Reading(kind="orders", format="xlsx", sheet="Other"))[0] == "import.read.sheet_missing"
    )


def test_errors_of_formulas_and_formulas_without_a_value_are_refused_where_they_stand() -> None:
    rows = [list(samples.ORDER_MAPPING), ["S1", "A", "=1+1", 5, None, ""], ["S2", "A", "#N/A", 5, None, ""]]

    assert rules(sheet(rows), READING) == ["formula", "formula"]


def test_a_sheet_takes_any_gap_and_counts_its_rows_as_they_are_numbered() -> None:
    cells = "<row r='2'><c r='B2'><v>1</v></c></row><row r='9'/><row r='40'><c r='A40'><v>2</v></c></row>"

    assert _cells(bare_xlsx(cells)) == [(2, ["", "1"]), (40, ["2"])]


def _zip(parts: dict[str, bytes], attributes: int = 0) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = attributes
            info.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(info, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("../../etc/passwd", "name"),
        ("/etc/passwd", "name"),
        ("xl\\..\\x.xml", "name"),
        ("C:/x.xml", "name"),
        ("//server/share/x.xml", "name"),
        ("xl/CON.xml", "name"),
        ("xl/a\nb.xml", "name"),
        ("x" * 300 + ".xml", "name"),
        ("XL/Workbook.xml", "name"),
        ("xl/embeddings/one.xlsx", "nested"),
        ("inner.zip", "nested"),
    ],
)
def test_a_member_that_no_workbook_has_is_refused_by_its_name(name: str, rule: str) -> None:
    data = bare_xlsx("<row/>", **{name.replace("\n", "\n"): "<x/>"})

    assert _refusal(data)[0] == rule


def test_nested_zips_links_encryption_and_odd_packing_are_refused() -> None:
    locked = bytearray(bare_xlsx("<row/>"))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    odd = bytearray(bare_xlsx("<row/>"))
    odd[odd.index(b"PK\x01\x02") + 10] = 99

    assert _refusal(bare_xlsx("<row/>", **{"xl/media/image1.png": "PK\x03\x04 a zip"}))[0] == "nested"
    assert _refusal(_zip({"xl/workbook.xml": b"x"}, 0o120777 << 16))[0] == "name"
    assert _refusal(bytes(locked))[0] == "locked"
    assert _refusal(bytes(odd))[0] == "damaged"


def test_entities_and_document_types_are_refused_in_every_part() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><w>&b;</w>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w>&a;</w>'
    for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"):
        for text in (bomb, outside, "<!DOCTYPE x><w/>", '<!DOCTYPE x SYSTEM "http://x.example/x.dtd"><w/>'):
            assert _refusal(bare_xlsx("", **{part: text})) == ("entity", part)


@pytest.mark.parametrize(
    ("cells", "refused"),
    [
        ("<row r='1'><c r='A1'><v>1</v></c><c r='XFD1'><v>1</v></c></row>", ("corner", "XFD1")),
        (
            "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='A1048576'><v>1</v></c></row>",
            ("corner", "A1048576"),
        ),
        ("<row r='2'/><row r='1'/>", ("order", 1)),
        ("<row r='1'><c r='B1'><v>1</v></c><c r='A1'><v>1</v></c></row>", ("order", 1)),
        ("<row r='1'><c r='A2'><v>1</v></c></row>", ("order", 1)),
        (f"<row r='1'><c r='A1' t='inlineStr'><is><t>{'x' * 40_000}</t></is></c></row>", ("cell_long", "A1")),
        ("<row r='1'><c r='A1' t='s'><v>5</v></c></row>", ("damaged", None)),
        ("<row r='1'><c r='A1'><v>1_000</v></c></row>", ("damaged", None)),
        ("<a>" * 100 + "</a>" * 100, ("damaged", None)),
        ("<row r='1'>", ("damaged", None)),
    ],
)
def test_a_sheet_that_is_not_in_order_is_refused_by_its_place(cells: str, refused: tuple[str, object]) -> None:
    assert _refusal(bare_xlsx(cells)) == refused


def test_a_styled_cell_without_a_value_may_lie_anywhere() -> None:
    row = "<row r='1048576'><c r='XFD1048576' s='1'/></row>"

    assert _cells(bare_xlsx(f"<row r='1'><c r='A1'><v>1</v></c></row>{row}")) == [(1, ["1"])]


@pytest.mark.parametrize("name", ["MOST_MEMBERS", "MOST_UNPACKED", "MOST_ROWS", "MOST_CELL"])
def test_more_than_the_caps_allow_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caps, name, 2)

    assert _refusal(xlsx().data)[0] in ("members", "size", "import.read.many_rows", "cell_long", "damaged", "corner")


@pytest.mark.parametrize("name", ["MOST_STRINGS", "MOST_STRING_CHARS", "MOST_CELL"])
def test_more_shared_strings_than_the_caps_allow_are_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caps, name, 2)

    assert _refusal(samples.small_xlsx().data)[0] in ("size", "cell_long")


def test_a_member_that_unpacks_to_more_than_it_says_is_refused() -> None:
    data = bytearray(bare_xlsx(f"<row r='1'><c r='A1' t='inlineStr'><is><t>{'x' * 5000}</t></is></c></row>"))
    at = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02")) - 46
    struct.pack_into("<I", data, at + 24, 100)

    assert _refusal(bytes(data))[0] in ("ratio", "damaged")


def test_parts_that_lie_on_each_other_are_refused() -> None:
    data = bytearray(bare_xlsx("<row/>"))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    struct.pack_into("<I", data, second + 42, 4)

    assert _refusal(bytes(data))[0] in ("overlap", "damaged")


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({"xl/workbook.bin": b"x"}, "import.read.old_excel"),
        ({"word/document.xml": b"x"}, "import.read.not_a_workbook"),
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "import.read.not_a_workbook"),
        ({"xl/workbook.xml": b"<w/>"}, "damaged"),
    ],
)
def test_other_packages_are_no_workbooks(parts: dict[str, bytes], rule: str) -> None:
    assert _refusal(_zip(parts))[0] == rule
