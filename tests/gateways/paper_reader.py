"""Reads printed pages with other libraries than those that drew them: pdfium draws, zxing-cpp decodes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import pypdfium2
import zxingcpp
from PIL import Image


@dataclass(frozen=True)
class Read:
    """One decoded symbol."""

    data: bytes
    symbology: str
    left: int
    top: int
    right: int
    bottom: int


def draw_pages(pdf: bytes, dpi: int) -> list[Image.Image]:
    """Every page as a grey picture at the printer's own resolution."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    finally:
        document.close()


def read_symbols(picture: Image.Image) -> list[Read]:
    """All barcodes on the page, from the top."""
    found = []
    for hit in zxingcpp.read_barcodes(picture, try_rotate=False, try_downscale=False):
        spot = hit.position
        corners = (spot.top_left, spot.top_right, spot.bottom_left, spot.bottom_right)
        across, down = [c.x for c in corners], [c.y for c in corners]
        found.append(Read(hit.bytes, hit.symbology_identifier, min(across), min(down), max(across), max(down)))
    return sorted(found, key=lambda read: (read.top, read.left))


def read_all(pdf: bytes, dpi: int) -> list[tuple[bytes, str]]:
    """(bytes, symbology identifier) of every barcode of every page."""
    return [(read.data, read.symbology) for page in draw_pages(pdf, dpi) for read in read_symbols(page)]


def run_lengths(picture: Image.Image, read: Read) -> list[int]:
    """Dots of each bar and gap of the symbol, along the row through its middle."""
    row = (read.top + read.bottom) // 2
    dark = [picture.getpixel((x, row)) < 128 for x in range(read.left - 4, read.right + 5)]
    runs = [(is_dark, sum(1 for _ in group)) for is_dark, group in groupby(dark)]
    inside = [length for _, length in runs]
    while runs and not runs[0][0]:
        runs.pop(0)
        inside.pop(0)
    while runs and not runs[-1][0]:
        runs.pop()
        inside.pop()
    return inside


def page_texts(pdf: bytes) -> list[str]:
    """The text of each page, as a viewer would copy it."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()
