"""The sheet one draws on: millimetres from the top left, snapped to whole printer dots; text that always fits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import Any

from wms_desktop.errors import BadInput
from wms_desktop.gateways.paper import fonts
from wms_desktop.gateways.paper.symbols import Symbol

_POINTS_A_MM = 72 / 25.4
_INSET = 0.1  # dots taken off each side of a bar, so that no rasteriser rounds it up (measured in the lab)
_ELLIPSIS = "…"
CAP_HEIGHT = 0.729  # of a capital letter or digit in DejaVu Sans, as a share of the font size


@dataclass(frozen=True, slots=True)
class Format:
    """A paper size in mm, with the margin that every printer can print up to."""

    name: str
    width: float
    height: float
    margin: float


LABEL = Format("4x6", 101.6, 152.4, 3.0)
A4 = Format("A4", 210.0, 297.0, 12.0)
LETTER = Format("Letter", 215.9, 279.4, 12.0)
FORMATS = {shape.name: shape for shape in (LABEL, A4, LETTER)}


@dataclass(frozen=True, slots=True)
class Style:
    """A face and a size in points."""

    face: str
    size: float

    @property
    def cap(self) -> float:
        """Height of a capital letter, mm."""
        return self.size * CAP_HEIGHT / _POINTS_A_MM


def capitals(face: str, height_mm: float) -> Style:
    """The style whose capitals are ``height_mm`` high."""
    return Style(face, height_mm * _POINTS_A_MM / CAP_HEIGHT)


def width_of(text: str, style: Style) -> float:
    """Width of the text in mm, cleaned as it will be drawn."""
    return fonts.measure(fonts.clean(text), style.face, style.size) / _POINTS_A_MM


def wrap(text: str, style: Style, width: float) -> list[str]:
    """The cleaned text in lines no wider than ``width`` mm; a word too long for a line is cut."""
    lines: list[str] = []
    line = ""
    for word in fonts.clean(text).split(" "):
        longer = f"{line} {word}" if line else word
        if width_of(longer, style) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while width_of(word, style) > width:
            head = _fitting(word, style, width)
            lines.append(head)
            word = word[len(head) :]
        line = word
    return [*lines, line] if line else lines


def break_up(code: str, count: int) -> list[str]:
    """The cleaned code in at most ``count`` lines of as many letters each, broken at any of them."""
    shown = fonts.clean(code)
    each = max(1, math.ceil(len(shown) / count))
    return [shown[start : start + each] for start in range(0, len(shown), each)]


def wrap_short(text: str, style: Style, width: float, most: int) -> list[str]:
    """Like :func:`wrap`, but at most ``most`` lines, the last one ending in an ellipsis where text was left out."""
    lines = wrap(text, style, width)
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), style, width)]


def shorten(text: str, style: Style, width: float) -> str:
    """The cleaned text on one line of ``width`` mm, with an ellipsis where its end was left out."""
    shown = fonts.clean(text)
    if width_of(shown, style) <= width:
        return shown
    return _fitting(shown, style, width - width_of(_ELLIPSIS, style)).rstrip() + _ELLIPSIS


def squeeze_for(text: str, style: Style, width: float, least: float = 0.7) -> float:
    """How much narrower (1: not at all) the letters must be set for the text to fit ``width`` mm.

    Refuses ``text_too_long`` below ``least``: a code is printed whole or not at all.
    """
    needed = width_of(text, style)
    squeeze = min(1.0, width / needed) if needed else 1.0
    if squeeze < least:
        raise BadInput("text_too_long", text=fonts.clean(text)[:80])
    return squeeze


def _fitting(text: str, style: Style, width: float) -> str:
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width_of(text[:middle], style) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low]


class Sheet:
    """Pages of one size for one printer resolution; everything lands on whole dots; ends as PDF bytes.

    ``inset`` mm shifts all that is drawn, right and down (a label on office paper keeps off its edge).
    """

    def __init__(self, shape: Format, dpi: int, title: str, inset: float = 0.0) -> None:
        from reportlab.pdfgen.canvas import Canvas  # late: start-up

        self.shape = shape
        self.dpi = dpi
        across, down = self.dots(shape.width), self.dots(shape.height)
        self._shift = self.dots(inset)
        self._down = down - self._shift
        self._bytes = BytesIO()
        size = (self._edge(across), self._edge(down))
        self._canvas: Any = Canvas(self._bytes, pagesize=size, invariant=1, pageCompression=1)
        self._canvas.setTitle(fonts.clean(title))
        self._canvas.setAuthor("WMS Desktop")
        self._canvas.setSubject(f"{dpi} dpi")
        self._grey = 0.0
        self._begin()

    def dots(self, mm: float) -> int:
        """Whole dots for a length in mm."""
        return round(mm * self.dpi / 25.4)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        style: Style,
        *,
        align: str = "left",
        squeeze: float = 1.0,
        grey: float = 0.0,
    ) -> None:
        """One line of cleaned text with its base line at ``y`` mm; ``grey`` 0 is black, 1 white."""
        pieces = fonts.split_runs(fonts.clean(text), style.face)
        if not pieces:
            return
        if align != "left":
            whole = width_of(text, style) * squeeze
            x -= whole if align == "right" else whole / 2
        self._ink(grey)
        line = self._canvas.beginText()
        line.setTextOrigin(self._shift + x * self.dpi / 25.4, self._down - y * self.dpi / 25.4)
        line.setHorizScale(squeeze * 100)
        for face, piece in pieces:
            line.setFont(fonts.registered_name(face), style.size * self.dpi / 72)
            line.textOut(piece)
        if squeeze != 1.0:
            line.setHorizScale(100)
        self._canvas.drawText(line)

    def fit(
        self,
        x: float,
        y: float,
        text: str,
        style: Style,
        width: float,
        *,
        align: str = "left",
        least: float = 0.7,
        grey: float = 0.0,
    ) -> None:
        """One line that must be whole, its letters set narrower where needed. Refuses ``text_too_long``."""
        squeeze = squeeze_for(text, style, width, least)
        self.text(x, y, text, style, align=align, squeeze=squeeze, grey=grey)

    def name(self, x: float, y: float, text: str, style: Style, width: float, *, align: str = "left") -> None:
        """One line of words: its letters set narrower to 0.8, beyond that its end left out with an ellipsis."""
        shown = shorten(text, style, width / 0.8)
        self.text(x, y, shown, style, align=align, squeeze=squeeze_for(shown, style, width, 0.0))

    def box(self, x: float, y: float, width: float, height: float, *, grey: float = 0.0) -> None:
        """A filled rectangle from its top left corner; at least one dot thick."""
        left, top = self.dots(x), self.dots(y)
        # Lines are all equally thick; areas meet their neighbours.
        across = max(1, self.dots(width) if width < 1 else self.dots(x + width) - left)
        down = max(1, self.dots(height) if height < 1 else self.dots(y + height) - top)
        self._ink(grey)
        self._canvas.rect(self._shift + left, self._down - top - down, across, down, stroke=0, fill=1)

    def frame(self, x: float, y: float, width: float, height: float, *, thick: float = 0.25) -> None:
        """The outline of a rectangle, drawn inside it."""
        self.box(x, y, width, thick)
        self.box(x, y + height - thick, width, thick)
        self.box(x, y, thick, height)
        self.box(x + width - thick, y, thick, height)

    def symbol_width(self, symbol: Symbol) -> float:
        """Width in mm with both quiet zones, at this printer's dots."""
        return symbol.width_dots(self.dpi) * 25.4 / self.dpi

    def symbol(self, x: float, y: float, height: float, symbol: Symbol, *, room: float) -> float:
        """The bars, their left quiet zone beginning at ``x`` mm, their top at ``y`` mm; gives the width in mm.

        Refuses ``symbol_too_wide`` where bars and quiet zones need more than ``room`` mm: nothing is shrunk.
        """
        width = self.symbol_width(symbol)
        if width > room + 25.4 / self.dpi:
            raise BadInput("symbol_too_wide", text=symbol.caption[:80], width_mm=round(width + 0.5), room_mm=int(room))
        module = symbol.module_dots(self.dpi)
        at = self._shift + self.dots(x) + symbol.quiet * module
        top, down = self.dots(y), max(1, self.dots(height))
        self._ink(0.0)
        for bit, group in groupby(symbol.bits):
            run = sum(1 for _ in group) * module
            if bit == "1":
                self._canvas.rect(at + _INSET, self._down - top - down, run - 2 * _INSET, down, stroke=0, fill=1)
            at += run
        return width

    def next_page(self) -> None:
        """Ends the page and begins another."""
        self._canvas.showPage()
        self._begin()

    def finish(self) -> bytes:
        """The whole PDF: the same bytes for the same drawing."""
        self._canvas.showPage()
        self._canvas.save()
        return self._bytes.getvalue()

    def _begin(self) -> None:
        self._canvas.scale(72 / self.dpi, 72 / self.dpi)
        self._grey = -1.0

    def _ink(self, grey: float) -> None:
        if grey != self._grey:
            self._canvas.setFillGray(grey)
            self._grey = grey

    def _edge(self, dots: int) -> float:
        # A hair less than whole dots: viewers that round the page up to dots must not get one more than there is
        # and stretch every bar to fill it (288 points at 300 dpi are 1200.0000000000002 dots to some).
        return (dots - 0.02) * 72 / self.dpi
