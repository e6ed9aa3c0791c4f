"""Pages as people read them: sizes, marks, counts, hostile and foreign text, the same bytes for the same facts."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.gateways import paper_samples as samples
from tests.gateways.paper_reader import draw_pages, page_texts, read_all
from wms_desktop.domain import documents
from wms_desktop.domain.documents import Document
from wms_desktop.errors import BadInput
from wms_desktop.gateways.paper import fonts, sheets
from wms_desktop.gateways.paper.rendering import LABEL_KINDS, render
from wms_desktop.gateways.paper.tags import choose_lane_style
from wms_desktop.gateways.paper.terms import ENGLISH

EACH = samples.one_of_each()
HOSTILE = (
    "<b>bold</b><img src='http://x/y'>",
    "&lt;para&gt;</para>",
    "\x00\x07\x1b[31mred",
    "\u202egnp.exe\u2066",
    "line\nbreak\r\ttab",
    "^XA^FDevil^XZ ~JR",
    "%PDF-1.4 (BT) Tj ET \\) endstream",
    "{order} {0} %s $(id)",
    "A" * 5000,
    "W" * 80 + " " + "W" * 80,
    "",
    "   ",
)


@pytest.mark.parametrize("document", EACH.values(), ids=EACH)
def test_the_same_document_gives_the_same_bytes(document: Document) -> None:
    first = render(document, dpi=300, copy=1, attempt=2)
    render(samples.shipping_label(order="another between"))

    assert render(document, dpi=300, copy=1, attempt=2) == first
    assert b"CreationDate (D:2000" in first


@pytest.mark.parametrize("document", EACH.values(), ids=EACH)
def test_a_payload_prints_as_the_document_did(document: Document) -> None:
    again = documents.from_payload(document.kind, documents.as_payload(document))

    assert render(again) == render(document)


@pytest.mark.parametrize("document", EACH.values(), ids=EACH)
def test_pages_are_vector_with_embedded_fonts_and_no_pictures(document: Document) -> None:
    pdf = render(document)

    assert b"/Subtype /Image" not in pdf
    assert b"/FontFile2" in pdf
    assert not re.search(rb"/(JavaScript|URI|Launch|OpenAction /S)", pdf)


@pytest.mark.parametrize(("page", "size"), [("4x6", (288, 432)), ("A4", (595, 842)), ("Letter", (612, 792))])
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_pages_have_the_size_of_the_paper(page: str, size: tuple[int, int], dpi: int) -> None:
    document = pypdfium2.PdfDocument(render(samples.shipping_label(), dpi=dpi, page=page))

    width, height = document[0].get_size()
    document.close()
    assert (width, height) == (pytest.approx(size[0], abs=0.5), pytest.approx(size[1], abs=0.5))


@pytest.mark.parametrize("kind", sorted(set(EACH) - LABEL_KINDS))
def test_a_list_does_not_go_on_label_stock(kind: str) -> None:
    with pytest.raises(BadInput, match="page_unfit"):
        render(EACH[kind], page="4x6")


@pytest.mark.parametrize("arguments", [{"page": "A3"}, {"dpi": 72}])
def test_a_page_or_resolution_nobody_knows_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="unfit"):
        render(samples.pick_list(), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("document", EACH.values(), ids=EACH)
def test_copies_and_attempts_say_so_and_first_prints_do_not(document: Document) -> None:
    first = " ".join(page_texts(render(document)))
    copies = page_texts(render(document, copy=2, attempt=3, training=True))

    assert not re.search("COPY|ATTEMPT|TRAINING", first)
    for text in copies:
        assert "COPY 2" in text
        assert "ATTEMPT 3" in text
        assert "TRAINING" in text


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (9, 1), (30, 3), (200, 17)])
def test_a_pick_list_shows_every_row_once_in_order_on_counted_pages(rows: int, pages: int) -> None:
    texts = page_texts(render(samples.pick_list(rows)))
    bins = re.findall(r"A-\d\d-\d\d-B-\d\d", " ".join(texts))

    assert bins == [row.bin for row in samples.pick_list(rows).rows]
    assert len(texts) == pages
    for place, text in enumerate(texts, start=1):
        assert f"{place} / {pages}" in text
        assert "PL-000118" in text


@pytest.mark.parametrize("rows", range(8, 20))
def test_the_end_of_a_list_never_runs_into_the_foot_of_the_page(rows: int) -> None:
    document = pypdfium2.PdfDocument(render(samples.pick_list(rows)))
    page = document[len(document) - 1]
    words = page.get_textpage()
    first, count = words.search(ENGLISH["scan_list"]).get_next()
    lowest = min(words.get_charbox(place)[1] for place in range(first, first + count))
    document.close()

    assert lowest * 25.4 / 72 > 12 + 4.6


@pytest.mark.parametrize(
    ("page", "dpi", "size"),
    [
        ("4x6", 203, (812, 1218)),
        ("4x6", 300, (1200, 1800)),
        ("A4", 203, (1678, 2374)),
        ("A4", 300, (2480, 3508)),
        ("A4", 600, (4961, 7016)),
        ("Letter", 203, (1726, 2233)),
        ("Letter", 300, (2550, 3300)),
    ],
)
def test_a_viewer_that_rounds_up_gets_the_printers_whole_dots(page: str, dpi: int, size: tuple[int, int]) -> None:
    (picture,) = draw_pages(render(samples.shipping_label(), dpi=dpi, page=page), dpi)

    assert picture.size == size


def test_a_pick_list_says_totals_due_in_site_time_and_where_to_drop_off() -> None:
    (text,) = page_texts(render(samples.pick_list(), zone="Europe/Berlin"))

    units = sum(row.quantity for row in samples.pick_list().rows)
    for words in (
        f"Units {units}",
        "2026-11-23 16:30",
        "412 m",
        "PACK-2",
        "Lot L2026-11-A",
        "red, 45 cm",
        "Ana Martínez",
    ):
        assert words in text


def test_a_packing_slip_says_what_is_still_to_come_and_when() -> None:
    (text,) = page_texts(render(samples.packing_slip()))
    whole = replace(samples.packing_slip(), lines=samples.packing_slip().lines[:1])

    for words in ("14 more will follow", "2026-12-02", "date not", "Instead of 22722", "1 cancelled", "2 of 3"):
        assert words in text
    assert ENGLISH["all_here"] in page_texts(render(whole))[0]


def test_slip_and_pick_list_name_the_product_ordered_and_the_kit_a_part_belongs_to() -> None:
    facts = {"instead_of": "22722 CAKE TINS", "part_of": "SET-9 PARTY SET"}
    slip = replace(samples.packing_slip(), lines=(replace(samples.packing_slip().lines[0], **facts),))
    pick = replace(samples.pick_list(), rows=(replace(samples.pick_list().rows[0], **facts),))

    for page in (slip, pick):
        (text,) = page_texts(render(page))
        assert "Instead of 22722 CAKE TINS" in " ".join(text.split())
        assert "Part of SET-9 PARTY SET" in " ".join(text.split())


def test_a_received_note_shows_differences_first() -> None:
    (text,) = page_texts(render(samples.RECEIVED))

    assert text.index("Differences") < text.index("22423") < text.index("As expected") < text.index("85123A")
    assert "-4" in text


def test_a_received_note_says_the_whole_note_and_the_picture_of_damaged_goods() -> None:
    note, photo = "corner pressed in, " * 10 + "as was the pallet", f"{'0123456789ab' * 2}.jpg"
    damage = documents.Damage(reason="crushed", qty=2, note=note, photo=photo)
    row = replace(samples.RECEIVED.rows[0], damaged=2, damages=(damage,))

    flat = " ".join(" ".join(page_texts(render(replace(samples.RECEIVED, rows=(row,))))).split())

    assert f"2 crushed: {note}" in flat
    assert f"picture {photo}" in flat


def test_an_orders_story_answers_first_and_stays_on_one_page_with_its_newest_steps() -> None:
    page = replace(samples.STORY, steps=samples.STORY.steps * 9)
    (text,) = page_texts(render(page, zone="Europe/London"))
    flat = " ".join(text.split())

    assert page.answer in flat
    assert flat.index(page.answer) < flat.index("Where it is") < flat.index("Parcels") < flat.index("What happened")
    assert flat.count("Parcel 340123450000000172 packed.") < 9
    assert re.search(r"\d+ earlier entries are on the screen\.", flat)


def test_a_long_orders_story_shows_every_line_and_ends_with_what_happened() -> None:
    page = replace(samples.STORY, lines=samples.STORY.lines * 12, parcels=samples.STORY.parcels * 9)
    texts = page_texts(render(page, page="Letter"))
    flat = " ".join(" ".join(texts).split())

    assert flat.count("85123A") == 12
    assert "6 more parcels are on the screen." in flat
    assert "What happened" in texts[-1]


def test_captions_come_from_the_mapping_and_fall_back_to_english() -> None:
    (text,) = page_texts(render(samples.packing_slip(), captions={"packing_slip": "Lieferschein", "to_come": "Folgt"}))

    assert "Lieferschein" in text
    assert "Folgt" in text
    assert "Ordered" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_prints_as_text_and_the_barcodes_stay(text: str) -> None:
    receiver = replace(samples.CUSTOMER, name=text)
    label = render(samples.shipping_label(receiver=receiver), dpi=203)
    tag = render(samples.crossdock_tag(customer=text, item=text))
    pick = samples.pick_list(3)
    listing = render(
        replace(pick, picker=text, rows=tuple(replace(row, name=text, attribute=text) for row in pick.rows))
    )

    assert (b"00" + samples.shipping_label().sscc.encode(), "]C1") in read_all(label, 203)
    assert read_all(tag, 203) == [(b"XD-0000347", "]C0")]
    assert read_all(listing, 203)[0] == (b"PL-000118", "]C0")
    assert not re.search(r"[\x00\x07\x1b\u202e\u2066]", page_texts(label)[0])


def test_controls_and_direction_marks_are_made_visible() -> None:
    assert fonts.clean("a\x1bb\u202ec\ud800\t d\n") == "a<1B>b<202E>c<D800> d"


@pytest.mark.parametrize("name", ["Łukasz Gżegżółka", "Ελευθερία", "Владимир Щукин", "Đặng Thị Ngọc", "Çağlar Işık"])
def test_latin_greek_and_cyrillic_are_printed_whole(name: str) -> None:
    receiver = replace(samples.CUSTOMER, name=name)

    (text,) = page_texts(render(samples.shipping_label(receiver=receiver)))
    assert name in text


@pytest.mark.parametrize("name", ["محمد", "דוד", "हिन्दी", "สมชาย", "\U00012000"])
def test_what_the_font_cannot_print_whole_is_refused_never_boxed(name: str) -> None:
    receiver = replace(samples.CUSTOMER, name=f"To {name}")

    with pytest.raises(BadInput, match="no_glyph") as refused:
        render(samples.shipping_label(receiver=receiver))
    assert str(refused.value.args_["number"]).startswith("U+")


def test_a_font_of_the_machine_prints_what_ours_lacks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ours = fonts.get_resource("fonts/DejaVuSans.ttf")
    (tmp_path / "ipag.ttf").write_bytes(ours.read_bytes())
    (tmp_path / "msyh.ttc").write_bytes(b"not a font")
    monkeypatch.setattr(fonts, "_list_font_folders", lambda: [tmp_path])
    monkeypatch.setattr(fonts, "SANS", fonts.MONO)
    fonts._list_machine_faces.cache_clear()

    runs = fonts.split_runs("A∥", fonts.MONO)

    fonts._list_machine_faces.cache_clear()
    assert runs == [(fonts.MONO, "A"), (str(tmp_path / "ipag.ttf"), "∥")]


def test_an_address_that_does_not_fit_is_refused_rather_than_cut() -> None:
    receiver = replace(samples.CUSTOMER, lines=("Long Street Name Number " * 6,) * 4)

    with pytest.raises(BadInput, match="address_too_long"):
        render(samples.shipping_label(receiver=receiver))


@settings(max_examples=30)
@given(st.text(min_size=0, max_size=60), st.text("ABCDEFGHIJ0123456789 -", min_size=1, max_size=16))
def test_any_text_either_prints_or_is_refused_with_a_code(name: str, route: str) -> None:
    label = samples.shipping_label(receiver=replace(samples.CUSTOMER, name=name, city=name), route=route)

    refused = ""
    try:
        found = read_all(render(label), 203)
    except BadInput as refusal:
        refused = refusal.code

    assert refused in {"no_glyph", "text_too_long", "address_too_long"} or (
        found[-1] == (b"00" + label.sscc.encode(), "]C1")
    )


def test_the_receivers_main_lines_are_at_least_7_mm_and_larger_than_all_but_the_route() -> None:
    heights = {}
    document = pypdfium2.PdfDocument(render(samples.shipping_label()))
    page = document[0]
    for item in page.get_objects(textpage=page.get_textpage()):
        if item.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
            heights[item.extract().strip()] = item.get_font_size() * item.get_matrix().d * 25.4 / 72
    document.close()

    assert heights["Zoë Müller-Łukaszewicz"] >= 7.0
    assert heights["10623 Berlin"] * sheets.CAP_HEIGHT >= 6.99
    readable = [size for text, size in heights.items() if text.startswith("(")]
    assert min(readable) * sheets.CAP_HEIGHT >= 3.0


@pytest.mark.parametrize(("lane", "least"), [("LANE 4", 71), ("4", 118), ("CARRIER-12", 71), ("B12", 96)])
def test_the_lane_is_at_least_71_points_and_as_large_as_it_fits(lane: str, least: int) -> None:
    style, squeeze = choose_lane_style(lane)

    assert style.size >= least
    assert squeeze > 0.5


def test_a_lane_name_that_cannot_be_read_from_afar_is_refused() -> None:
    with pytest.raises(BadInput, match="text_too_long"):
        render(samples.crossdock_tag(lane="The third lane on the left"))


@given(st.text(max_size=200), st.floats(8, 80), st.integers(1, 4))
@settings(max_examples=60)
def test_wrapped_lines_never_leave_their_room(text: str, width: float, most: int) -> None:
    style = sheets.Style(fonts.SANS, 10)
    try:
        lines = sheets.wrap_short(text, style, width, most)
    except BadInput as refusal:
        assume(refusal.code != "no_glyph")
        raise

    assert len(lines) <= most
    for line in lines:
        assert sheets.width_of(line, style) <= width + 0.01


def test_nothing_is_printed_outside_the_paper() -> None:
    for document in EACH.values():
        for picture in draw_pages(render(document, page="A4"), 203):
            edges = [picture.crop((0, 0, picture.width, 20)), picture.crop((0, 0, 20, picture.height))]
            edges.append(picture.crop((picture.width - 20, 0, picture.width, picture.height)))
            assert min(edge.getextrema()[0] for edge in edges) == 255, document.kind
