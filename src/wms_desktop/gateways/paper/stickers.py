"""Stickers for bins, totes and carts: one a label, or a sheet of them with cutting lines."""

from __future__ import annotations

from wms_desktop.domain.documents import Mark, Stickers
from wms_desktop.gateways.paper import fonts, symbols
from wms_desktop.gateways.paper.sheets import LABEL, Sheet, Style, capitals, squeeze_for, wrap_short
from wms_desktop.gateways.paper.shipping import ACROSS, MARKS_TOP, draw_marks
from wms_desktop.gateways.paper.terms import Terms

_COLUMNS = 2
_HEIGHT = 45.0
_TWO_METRES = 48.0  # points, read at two metres


def draw(sheet: Sheet, document: Stickers, terms: Terms) -> None:
    """All stickers: one a page on label stock, in two columns on office paper."""
    if sheet.shape == LABEL:
        for place, mark in enumerate(document.marks):
            if place:
                sheet.next_page()
            _draw_large(sheet, mark, terms, terms.say(document.kind))
        return
    rows = int((sheet.shape.height - 2 * sheet.shape.margin) // _HEIGHT)
    across = (sheet.shape.width - 2 * sheet.shape.margin) / _COLUMNS
    for place, mark in enumerate(document.marks):
        slot = place % (rows * _COLUMNS)
        if place and slot == 0:
            sheet.next_page()
        if slot == 0:
            draw_marks(sheet, terms, sheet.shape.margin, MARKS_TOP, across)
        x = sheet.shape.margin + (slot % _COLUMNS) * across
        _draw_small(sheet, mark, terms.say(document.kind), (x, sheet.shape.margin + slot // _COLUMNS * _HEIGHT, across))


def _draw_large(sheet: Sheet, mark: Mark, terms: Terms, caption: str) -> None:
    middle = LABEL.width / 2
    sheet.box(0, 0, LABEL.width, 16)
    sheet.text(middle, 11.8, caption, Style(fonts.BOLD, 30), align="center", grey=1)
    draw_marks(sheet, terms, LABEL.margin, 17, ACROSS)
    style = Style(fonts.BOLD, 96.0)
    if squeeze_for(mark.code, style, ACROSS, 0.0) < 0.7:
        style = Style(fonts.BOLD, _TWO_METRES)
    sheet.fit(middle, 44 + style.cap / 2, mark.code, style, ACROSS, align="center", least=0.4)
    for place, line in enumerate(wrap_short(mark.text, Style(fonts.BOLD, 18), ACROSS, 2)):
        sheet.text(middle, 70 + 8 * place, line, Style(fonts.BOLD, 18), align="center")
    symbol = symbols.code128(mark.code)
    x = max(0.0, (LABEL.width - sheet.symbol_width(symbol)) / 2)
    sheet.symbol(x, 86, 52, symbol, room=LABEL.width)
    sheet.fit(middle, 146, mark.code, capitals(fonts.MONO, 3.6), ACROSS, align="center", least=0.5)


def _draw_small(sheet: Sheet, mark: Mark, caption: str, place: tuple[float, float, float]) -> None:
    x, y, across = place
    sheet.frame(x, y, across, _HEIGHT, thick=0.15)
    middle = x + across / 2
    sheet.text(x + 3, y + 4.8, caption, Style(fonts.BOLD, 8))
    text = (wrap_short(mark.text, Style(fonts.SANS, 9), across - 24, 1) or [""])[0]
    sheet.text(x + across - 3, y + 4.8, text, Style(fonts.SANS, 9), align="right")
    sheet.fit(middle, y + 17.5, mark.code, Style(fonts.BOLD, 40), across - 6, align="center", least=0.45)
    symbol = symbols.code128(mark.code)
    width = sheet.symbol_width(symbol)
    sheet.symbol(x + max(0.0, (across - width) / 2), y + 20.5, 17.5, symbol, room=across)
    sheet.fit(middle, y + 42.6, mark.code, Style(fonts.MONO, 9), across - 6, align="center", least=0.5)
