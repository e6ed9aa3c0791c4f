"""One door for paper: a document's frozen value becomes the PDF for one printer."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from zoneinfo import ZoneInfo

from wms_desktop.domain.documents import (
    BadgeSheet,
    BarcodeSheet,
    BinLabel,
    CartLabel,
    CrossDockTag,
    DeskSheet,
    Document,
    ItemLabel,
    Manifest,
    OrderPage,
    PackingSlip,
    PickList,
    ReceivedNote,
    ShippingLabel,
    ToteLabel,
)
from wms_desktop.errors import BadInput
from wms_desktop.gateways.paper import handouts, items, lists, shipping, stickers, stories, tags
from wms_desktop.gateways.paper.sheets import FORMATS, LABEL, Sheet
from wms_desktop.gateways.paper.terms import ENGLISH, LANGUAGES, Terms

RESOLUTIONS = (203, 300, 600)
# What may be drawn on label stock; everything may be drawn on office paper.
LABEL_KINDS = frozenset(
    shape.kind for shape in (ShippingLabel, CrossDockTag, BinLabel, ToteLabel, CartLabel, ItemLabel)
)

# The drawing library keeps its fonts in one place for the whole process.
_one_at_a_time = Lock()


def render(
    document: Document,
    *,
    dpi: int = 203,
    page: str = "",
    copy: int = 0,
    attempt: int = 1,
    captions: Mapping[str, str] | None = None,
    zone: str = "UTC",
    training: bool = False,
) -> bytes:
    """The document as a vector PDF laid out in whole dots of a printer of ``dpi`` (203, 300 or 600).

    ``page`` is ``4x6``, ``A4`` or ``Letter``; empty takes label stock for labels and A4 for the rest. ``copy`` 0
    is the first print, 1 the first copy; ``attempt`` counts the tries to send this print. ``captions`` are those
    of the document's language, else English; ``zone`` is the site's. The same arguments give the same bytes.
    Refuses (BadInput) ``no_glyph``, ``symbol_too_wide``, ``text_too_long``, ``address_too_long``,
    ``not_encodable``, ``page_unfit`` and ``dpi_unfit``; nothing is shrunk or cut in silence.
    """
    shape = FORMATS.get(page or ("4x6" if document.kind in LABEL_KINDS else "A4"))
    if shape is None or (shape == LABEL and document.kind not in LABEL_KINDS):
        raise BadInput("page_unfit", kind=document.kind, page=page)
    if dpi not in RESOLUTIONS:
        raise BadInput("dpi_unfit", dpi=dpi)
    words = captions or LANGUAGES.get(document.language) or ENGLISH
    terms = Terms(captions=words, zone=ZoneInfo(zone), copy=copy, attempt=attempt, training=training)
    with _one_at_a_time:
        is_label_on_office = shape != LABEL and isinstance(document, ShippingLabel | CrossDockTag | ItemLabel)
        inset = shape.margin if is_label_on_office else 0.0
        sheet = Sheet(shape, dpi, f"{document.kind} {document.number}", inset)
        if is_label_on_office:
            sheet.frame(-0.5, -0.5, LABEL.width + 1, LABEL.height + 1, thick=0.15)
        _draw(sheet, document, terms)
        return sheet.finish()


def _draw(sheet: Sheet, document: Document, terms: Terms) -> None:
    match document:
        case ShippingLabel():
            shipping.draw(sheet, document, terms)
        case CrossDockTag():
            tags.draw(sheet, document, terms)
        case PickList():
            lists.draw_pick_list(sheet, document, terms)
        case PackingSlip():
            lists.draw_packing_slip(sheet, document, terms)
        case Manifest():
            lists.draw_manifest(sheet, document, terms)
        case ReceivedNote():
            lists.draw_received_note(sheet, document, terms)
        case OrderPage():
            stories.draw(sheet, document, terms)
        case BinLabel() | ToteLabel() | CartLabel():
            stickers.draw(sheet, document, terms)
        case ItemLabel():
            items.draw(sheet, document, terms)
        case BadgeSheet() | DeskSheet() | BarcodeSheet():
            _draw_handout(sheet, document, terms)


def _draw_handout(sheet: Sheet, document: BadgeSheet | DeskSheet | BarcodeSheet, terms: Terms) -> None:
    match document:
        case BadgeSheet():
            handouts.draw_badges(sheet, document, terms)
        case DeskSheet():
            handouts.draw_desk_sheet(sheet, document, terms)
        case BarcodeSheet():
            handouts.draw_barcode_sheet(sheet, document, terms)
